//! The words of two papers: the engine speaks in the words of *The Part-Time Parliament* (1998), and a reader can ask for
//! the words of *Paxos Made Simple* (2001).
//!
//! Whoever writes a sentence for a reader writes it in the reader's words from the start, by one of three ways:
//!
//! - `format!("{name} starts {} {number}", words.ballot)`, where `words` is the reader's [`Vocabulary`]
//! - `words.fill("starts a {ballot}")`, for a text that is the same in every run
//! - [`Said::of`], where the reader is not known yet
//!
//! A sentence without such a word needs none of them. Scripts, traces and reports for programs keep the words of 1998, and
//! what its author wrote is never changed.

use std::borrow::Cow;
use std::ops::Deref;

use super::{FieldInfo, KindInfo, Protocol};
use crate::tongue::{filled, translated};
use crate::types::{Symbols, Value};

/// The paper whose words a reader wants.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Vocabulary {
    /// The words of *The Part-Time Parliament*, which the engine itself uses.
    #[default]
    Parliament1998,
    /// The words of *Paxos Made Simple* and of most later authors.
    MadeSimple2001,
}

/// Makes [`Words`] from a table: in each row the name of a term, its word of 1998, and its word of 2001.
macro_rules! words {
    ($($term:ident: $old:literal, $new:literal;)*) => {
        /// The words of one paper. Terms are separate where one word of 1998 has several words in 2001: a vote is an
        /// acceptance, and who votes accepts.
        #[derive(Debug)]
        pub struct Words {
            $(#[doc = concat!("“", $old, "”, or in 2001 “", $new, "”.")] pub $term: &'static str,)*
        }

        static PARLIAMENT: Words = Words { $($term: $old,)* };
        static MADE_SIMPLE: Words = Words { $($term: $new,)* };

        impl Words {
            /// The word for the term with this name.
            fn named(&self, name: &str) -> Option<&'static str> {
                match name {
                    $(stringify!($term) => Some(self.$term),)*
                    _ => None,
                }
            }
        }
    };
}

// The paper of 2001 has no names for what an acceptor remembers, so these are the names that textbooks use.
words! {
    ballot: "ballot", "proposal";
    ballots: "ballots", "proposals";
    decree: "decree", "value";
    decrees: "decrees", "values";
    olive_day: "olive-day", "no-op";
    olive_day_decree: "olive-day decree", "no-op";
    an_olive_day_decree: "an olive-day decree", "a no-op";
    olive_day_decrees: "olive-day decrees", "no-ops";
    ledger: "ledger", "log";
    ledgers: "ledgers", "logs";
    slip: "slip of paper", "volatile memory";

    vote: "vote", "acceptance";
    a_vote: "a vote", "an acceptance";
    votes: "votes", "acceptances";
    last_vote: "last vote", "last accepted proposal";
    highest_vote: "highest vote", "highest accepted proposal";
    highest_earlier_vote: "highest earlier vote", "highest proposal accepted earlier";
    voter: "voter", "acceptor";

    it_votes: "votes", "accepts";
    they_vote: "vote", "accept";
    voted: "voted", "accepted";
    voting: "voting", "accepting";
    votes_for: "votes for", "accepts";
    voted_for: "voted for", "accepted";
    votes_in: "votes in", "accepts";
    votes_only_in: "votes only in", "accepts only";
    vote_in: "vote in", "accept";
    vote_for: "vote for", "accept";
    voted_in: "voted in", "accepted";
    casts_no_vote: "casts no vote", "accepts nothing";
    every_vote_it_cast: "every vote it cast", "every proposal it accepted";
    put_to_the_vote: "put to the vote", "proposed";
    passed: "passed", "chosen";
    has_passed: "has passed", "was chosen";
    can_have_passed: "can have passed", "can have been chosen";

    last_tried: "lastTried", "lastProposal";
    next_bal: "nextBal", "promised";
    prev_vote: "prevVote", "accepted";

    next_ballot: "NextBallot", "Prepare";
    last_vote_message: "LastVote", "Promise";
    begin_ballot: "BeginBallot", "Accept";
    voted_message: "Voted", "Accepted";
    success: "Success", "Decide";
    nack: "Nack", "Reject";
    alive: "Alive", "Heartbeat";
}

/// A vocabulary has its words as fields: `words.ballot`.
impl Deref for Vocabulary {
    type Target = Words;

    fn deref(&self) -> &Words {
        match self {
            Self::Parliament1998 => &PARLIAMENT,
            Self::MadeSimple2001 => &MADE_SIMPLE,
        }
    }
}

impl Vocabulary {
    /// A text of our own in these words. Each `{term}` in it is the name of a field of [`Words`], and `{Term}` is the same
    /// word with a capital letter. The language of the page comes first: what the text is there has the same terms.
    pub fn fill(self, text: &'static str) -> String {
        self.fill_as_written(translated(text))
    }

    /// A text of our own in these words, in its own language: for what stands in a script.
    pub fn fill_as_written(self, text: &str) -> String {
        filled(text, &|term, said| {
            let word = self.named(&term.to_ascii_lowercase());
            debug_assert!(word.is_some(), "“{term}” is no term, in: {text}");
            let word = word.unwrap_or(term);
            if term.starts_with(|first: char| first.is_ascii_uppercase()) {
                said.push_str(&capital(word));
            } else {
                said.push_str(word);
            }
        })
    }

    /// The name of a message kind.
    pub fn kind(self, kind: &KindInfo) -> &'static str {
        if self == Self::Parliament1998 { kind.name } else { kind.name_2001 }
    }

    /// The name of the message kind that a script calls by this name. In the words of 1998 it stays as it was written.
    pub fn kind_named<'a>(self, protocol: &Protocol, name: &'a str) -> &'a str {
        let kind = protocol.kind_named(name).filter(|_| self == Self::MadeSimple2001);
        kind.map_or(name, |kind| self.kind(protocol.kind(kind)))
    }

    /// The name of a field of stable storage.
    pub fn field(self, field: &FieldInfo) -> &'static str {
        if self == Self::Parliament1998 { field.name } else { field.name_2001 }
    }

    /// The text of a decree, which is its author's; the decree that changes nothing has no author.
    pub fn value(self, symbols: &Symbols, value: Value) -> Cow<'_, str> {
        if value == Value::OLIVE_DAY { Cow::Borrowed(self.olive_day) } else { symbols.value(value) }
    }
}

/// A sentence in the words of every paper, for a room that writes it before anybody knows the reader. A search keeps many
/// verdicts, of which few have a sentence, so it is as small as a pointer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said(Box<[String; 2]>);

impl Said {
    /// Writes the sentence in the words of each paper.
    pub fn of(write: impl Fn(Vocabulary) -> String) -> Self {
        Self(Box::new([Vocabulary::Parliament1998, Vocabulary::MadeSimple2001].map(write)))
    }

    /// The sentence in the reader's words.
    pub fn in_words(&self, words: Vocabulary) -> &str {
        &self.0[words as usize]
    }
}

/// A sentence that is the same in the words of every paper.
impl From<String> for Said {
    fn from(sentence: String) -> Self {
        Self(Box::new([sentence.clone(), sentence]))
    }
}

/// The text with a capital letter at its beginning.
pub fn capital(text: &str) -> String {
    let (head, tail) = text.split_at(usize::from(text.starts_with(|first: char| first.is_ascii())));
    head.to_ascii_uppercase() + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PROTOCOLS;

    #[test]
    fn a_text_is_filled_with_the_words_of_the_reader() {
        let text = "{Ballots} carry {a_vote}; {an_olive_day_decree} stands in the {ledger}. {BEGIN";
        let [old, new] = [Vocabulary::Parliament1998, Vocabulary::MadeSimple2001].map(|words| words.fill(text));
        assert_eq!(old, "Ballots carry a vote; an olive-day decree stands in the ledger. {BEGIN");
        assert_eq!(new, "Proposals carry an acceptance; a no-op stands in the log. {BEGIN");
    }

    #[test]
    fn the_table_has_the_names_of_the_rows() {
        let kinds = PROTOCOLS.iter().flat_map(|protocol| protocol.kinds).map(|kind| (kind.name, kind.name_2001));
        let fields = PROTOCOLS.iter().flat_map(|protocol| protocol.fields).map(|field| (field.name, field.name_2001));
        let messages =
            ["next_ballot", "last_vote_message", "begin_ballot", "voted_message", "success", "nack", "alive"];
        let rows: Vec<_> = kinds.chain(fields).collect();
        for term in messages.into_iter().chain(["last_tried", "next_bal", "prev_vote", "ledger"]) {
            let word = |words: &Words| words.named(term).expect("it is a term");
            let pair = (word(&PARLIAMENT), word(&MADE_SIMPLE));
            assert!(rows.contains(&pair), "{term}: {pair:?}");
        }
    }
}
