//! The words of two papers: the engine speaks in the words of *The Part-Time Parliament* (1998), and the page can show
//! them in the words of *Paxos Made Simple* (2001).
//!
//! Only what is shown is translated: scripts, traces and reports keep the words of 1998. Text in quotes is a decree, so
//! it belongs to its author and is not translated.

use std::borrow::Cow;

use crate::protocol::PROTOCOLS;

/// The paper whose words are shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Vocabulary {
    /// The words of *The Part-Time Parliament*, which the engine itself uses.
    #[default]
    Parliament1998,
    /// The words of *Paxos Made Simple* and of most later authors.
    MadeSimple2001,
}

/// The words that differ in 2001, apart from the names of messages; longer phrases come first. The paper of 2001 has no
/// names for what an acceptor remembers, so these are the names that textbooks use.
static WORDS: [(&str, &str); 22] = [
    ("olive-day decree", "no-op"),
    ("slip of paper", "volatile memory"),
    ("olive-day", "no-op"),
    ("highest vote", "highest accepted proposal"),
    ("last vote", "last accepted proposal"),
    ("a vote", "an acceptance"),
    ("votes for", "accepts"),
    ("vote for", "accept"),
    ("voted for", "accepted"),
    ("voted", "accepted"),
    ("voting", "accepting"),
    ("voter", "acceptor"),
    ("vote", "accept"),
    ("ballot", "proposal"),
    ("decree", "value"),
    ("lastTried", "lastProposal"),
    ("nextBal", "promised"),
    ("prevVote", "accepted"),
    ("ledger", "log"),
    ("passed", "chosen"),
    ("president", "leader"),
    ("priests", "processes"),
];

impl Vocabulary {
    /// A sentence of the engine in these words. Only whole words are translated; capitals and plurals are kept, and “a”
    /// and “an” are adapted.
    pub fn say(self, text: &str) -> Cow<'_, str> {
        if self == Self::Parliament1998 {
            return Cow::Borrowed(text);
        }
        let mut said = String::with_capacity(text.len() + 16);
        let mut rest = text;
        // A word after a point is part of the name of a ballot, such as the owner in `1.ledger`.
        let mut is_word_over = true;
        while let Some(first) = rest.chars().next() {
            let (length, new) = if first == '"' || first == '“' {
                (quotation(rest), None)
            } else if is_word_over && first.is_ascii_alphabetic() {
                translation(rest)
            } else {
                (first.len_utf8(), None)
            };
            let (old, after) = rest.split_at(length);
            match new {
                Some(new) => put(&mut said, old, new),
                None => said.push_str(old),
            }
            is_word_over = !old.ends_with(|last: char| is_of_word(last) || last == '.');
            rest = after;
        }
        Cow::Owned(said)
    }

    /// A word that stands by itself, such as the name of a message kind.
    pub fn word(self, word: &'static str) -> &'static str {
        if self == Self::Parliament1998 { word } else { translation(word).1.unwrap_or(word) }
    }
}

/// The length of the quotation that begins here; one that does not end takes the rest of the text.
fn quotation(text: &str) -> usize {
    let end = if text.starts_with('“') { '”' } else { '"' };
    let mut is_escaped = false;
    for (place, character) in text.char_indices().skip(1) {
        if character == end && !is_escaped {
            return place + character.len_utf8();
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    text.len()
}

/// The word or phrase that begins here: its length and its translation. If there is a translation, the length does not
/// include the s of a plural.
fn translation(text: &str) -> (usize, Option<&'static str>) {
    let is_whole = |length: usize| {
        let after = &text[length..];
        let after = after.strip_prefix('s').unwrap_or(after);
        !after.starts_with(is_of_word)
    };
    for kind in PROTOCOLS.iter().flat_map(|protocol| protocol.kinds) {
        if text.starts_with(kind.name) && is_whole(kind.name.len()) {
            return (kind.name.len(), Some(kind.name_2001));
        }
    }
    for (old, new) in WORDS {
        let is_it = text.len() >= old.len()
            && text.as_bytes()[..1].eq_ignore_ascii_case(&old.as_bytes()[..1])
            && text.as_bytes()[1..old.len()] == old.as_bytes()[1..];
        if is_it && is_whole(old.len()) {
            return (old.len(), Some(new));
        }
    }
    (text.find(|next| !is_of_word(next)).unwrap_or(text.len()), None)
}

/// Writes a translation with a capital letter if the old word had one, and corrects the article before it.
fn put(said: &mut String, old: &str, new: &str) {
    let is_open = new.starts_with(['a', 'A', 'e', 'E', 'i', 'I', 'o', 'O', 'u', 'U']);
    let before = said.strip_suffix(' ').unwrap_or_default();
    let (article, length) = before.strip_suffix('n').map_or((before, 1), |article| (article, 2));
    let is_article = article.ends_with(['a', 'A']) && !article[..article.len() - 1].ends_with(is_of_word);
    if is_article && is_open != (length == 2) {
        said.truncate(article.len());
        said.push_str(if is_open { "n " } else { " " });
    }
    let (head, tail) = new.split_at(1);
    if old.starts_with(|first: char| first.is_ascii_uppercase()) {
        said.push_str(&head.to_ascii_uppercase());
    } else {
        said.push_str(head);
    }
    said.push_str(tail);
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> String {
        Vocabulary::MadeSimple2001.say(text).into_owned()
    }

    #[test]
    fn messages_and_the_words_of_the_field_are_those_of_2001() {
        let pairs = [
            ("B receives NextBallot 1.A from A", "B receives Prepare 1.A from A"),
            ("1.A > nextBal −∞, so B promises", "1.A > promised −∞, so B promises"),
            ("Ballots: two decrees, one ledger", "Proposals: two values, one log"),
            ("LastVotes from a quorum", "Promises from a quorum"),
            ("BeginBallot(b, val), Voted(b), Success(val)", "Accept(b, val), Accepted(b), Decide(val)"),
            ("B votes for it; the highest vote counts", "B accepts it; the highest accepted proposal counts"),
            ("persist prevVote := 1.A null", "persist accepted := 1.A null"),
            ("Slip of paper: ballot 1.A", "Volatile memory: proposal 1.A"),
            ("began 3.B olive-day with quorum A B", "began 3.B no-op with quorum A B"),
            (
                "a Nack, a BeginBallot, an Ask, an Alive, a vote",
                "a Reject, an Accept, a Learn, a Heartbeat, an acceptance",
            ),
        ];
        for (old, new) in pairs {
            assert_eq!(say(old), new);
            assert_eq!(Vocabulary::Parliament1998.say(old), old);
        }
    }

    #[test]
    fn what_its_author_wrote_stays() {
        for text in
            ["“the ledger” \"a \\\" vote\"", "1.ledger and 2.Voted", "balloting", "ledger_2", "“ballot", "élection"]
        {
            assert_eq!(say(text), text);
        }
        assert_eq!(say("decree “decree” decree"), "value “decree” value");
    }

    #[test]
    fn every_message_kind_has_its_word() {
        for kind in PROTOCOLS.iter().flat_map(|protocol| protocol.kinds) {
            assert_eq!(say(kind.name), kind.name_2001);
            assert_eq!(Vocabulary::MadeSimple2001.word(kind.name), kind.name_2001);
        }
    }
}
