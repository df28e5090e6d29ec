//! What happened, in a sentence as the playground itself writes it: `promised 2.C, last vote 1.A "red"`, `accepted 1.A "red"`.
//! The words are those of 1998 or those of 2001. A sentence that begins with another word is somebody’s own and no mistake.

use super::entry::{Cast, Deed, Letter, Number};
use super::words::{self, Word};
use super::{VALUE_CHARS_MAX, json};
use crate::tongue::say;

/// What a sentence says.
///
/// # Errors
/// A sentence that says what is missing, where the first word is one that checks read.
pub(super) fn deed(text: &str) -> Result<Deed, String> {
    let mut rest = Rest { text: without_time(text.trim()) };
    let first = rest.word();
    let word = match first {
        "propose" => Word::Asked,
        "duplicate" => Word::Send,
        "apply" => Word::Applied,
        "answers" => return Ok(Deed::Other),
        _ => words::word(first).unwrap_or(Word::Other),
    };
    Ok(match word {
        Word::Asked => Deed::Asked(rest.value()?),
        Word::Crash => Deed::Crash,
        Word::Restart => Deed::Restart,
        Word::Send => {
            let letter = rest.letter()?;
            Deed::Send(letter, rest.after("to")?)
        }
        Word::Receive => {
            let letter = rest.letter()?;
            Deed::Receive(letter, rest.after("from")?)
        }
        Word::Lose => {
            let letter = rest.letter()?;
            Deed::Lose(letter, rest.after("from")?.trim_end_matches(':').to_owned())
        }
        Word::Tried => Deed::Tried(rest.number()?),
        Word::Promised | Word::PromisedFrom => {
            let (place, is_sweeping) = rest.place()?;
            let number = rest.number()?;
            if is_sweeping || word == Word::PromisedFrom {
                return Ok(Deed::PromisedFrom(place, number));
            }
            rest.skip(&["last", "vote", "accepted", "proposal", "reports"]);
            Deed::Promised(place, number, rest.vote()?)
        }
        Word::Began => {
            let (place, _) = rest.place()?;
            let number = rest.number()?;
            let value = rest.value()?;
            let is_told = rest.text.strip_prefix("with quorum ");
            let quorum = is_told.map(|names| names.split_whitespace().map(str::to_owned).collect());
            Deed::Began(place, (number, value), quorum)
        }
        Word::Voted => {
            let (place, _) = rest.place()?;
            Deed::Voted(place, (rest.number()?, rest.value()?))
        }
        Word::Learned => {
            let (place, _) = rest.place()?;
            let value = rest.value()?;
            rest.skip(&["by", "ballot", "proposal"]);
            let number = if rest.text.is_empty() { None } else { Some(rest.number()?) };
            Deed::Learned(place, value, number)
        }
        Word::Refused => Deed::Refused(rest.number()?, None),
        Word::Leads => Deed::Leads(true),
        Word::Follows => Deed::Leads(false),
        Word::Answered => Deed::Answered(rest.value()?),
        Word::Applied => {
            let (place, _) = rest.place()?;
            Deed::Applied(place, rest.value()?.trim_end_matches(':').to_owned(), None)
        }
        Word::Other => Deed::Other,
    })
}

/// The sentence without the instant at its end, which the playground’s own logs for ShiViz have.
fn without_time(text: &str) -> &str {
    match text.rsplit_once(" at ") {
        Some((before, time)) if time.contains('Δ') && time.starts_with(|first: char| first.is_ascii_digit()) => before,
        _ => text,
    }
}

/// What is left of a sentence.
struct Rest<'a> {
    text: &'a str,
}

impl<'a> Rest<'a> {
    fn word(&mut self) -> &'a str {
        let (word, rest) = self.text.split_once(' ').unwrap_or((self.text, ""));
        self.text = rest.trim_start();
        word
    }

    /// Passes over these words, as far as they come next.
    fn skip(&mut self, words: &[&str]) {
        while self.text.split(' ').next().is_some_and(|next| words.contains(&next)) {
            self.word();
        }
    }

    /// `[3]` or `[3]…`; the first place where there is none.
    fn place(&mut self) -> Result<(u32, bool), String> {
        let sweeping = self.text.strip_prefix("… ");
        if let Some(rest) = sweeping {
            self.text = rest;
            return Ok((1, true));
        }
        if !self.text.starts_with('[') {
            return Ok((1, false));
        }
        let word = self.word();
        let place = word.trim_end_matches('…').trim_start_matches('[').trim_end_matches(']').parse();
        let place = place.ok().filter(|place| (1..=1_000_000).contains(place));
        Ok((
            place.ok_or_else(|| say!("“{word}” is no place in the ledger", word = crate::types::shortened(word)))?,
            word.ends_with('…'),
        ))
    }

    fn number(&mut self) -> Result<Number, String> {
        let word = self.word().trim_end_matches(',');
        json::numbered(word).ok_or_else(|| say!("“{word}” is no ballot number", word = crate::types::shortened(word)))
    }

    /// A decree: a word, or words in quotation marks.
    fn value(&mut self) -> Result<String, String> {
        let value = match self.text.strip_prefix('"') {
            None => self.word().trim_end_matches(',').to_owned(),
            Some(quoted) => {
                let (mut value, mut end, mut is_escaped) = (String::new(), None, false);
                for (place, sign) in quoted.char_indices() {
                    match sign {
                        '\\' if !is_escaped => is_escaped = true,
                        '"' if !is_escaped => {
                            end = Some(place);
                            break;
                        }
                        _ => {
                            value.push(sign);
                            is_escaped = false;
                        }
                    }
                }
                let end = end.ok_or(say!("a decree in quotation marks has no end"))?;
                self.text = quoted[end + 1..].trim_start_matches([':', ',']).trim_start();
                value
            }
        };
        if value.is_empty() || value.chars().count() > VALUE_CHARS_MAX {
            return Err(say!("here should be a decree of 1 to {most} characters", most = VALUE_CHARS_MAX));
        }
        Ok(value)
    }

    /// `null`, or a ballot number and a decree.
    fn vote(&mut self) -> Result<Option<Cast>, String> {
        if self.text.split([' ', ',']).next() == Some("null") {
            self.word();
            return Ok(None);
        }
        Ok(Some((self.number()?, self.value()?)))
    }

    /// A message, up to the word before the other process.
    fn letter(&mut self) -> Result<Letter, String> {
        let kind = words::kind(self.word())?;
        let is_number = |text: &str| json::numbered(text.split([' ', ',']).next().unwrap_or_default()).is_some();
        let ballot = if is_number(self.text) { Some(self.number()?) } else { None };
        let (instance, _) = self.place()?;
        let mut letter = Letter { id: None, kind, ballot, instance, vote: None, value: None, bound: None };
        match kind {
            "LastVote" if self.text.starts_with("to ") || self.text.starts_with("from ") => {}
            "LastVote" => letter.vote = Some(self.vote()?),
            "BeginBallot" | "Success" | "Request" | "Reply" => letter.value = Some(self.value()?),
            _ if self.text.starts_with('"') => letter.value = Some(self.value()?),
            _ => {}
        }
        Ok(letter)
    }

    /// The word after this one, wherever it stands.
    fn after(&mut self, mark: &str) -> Result<String, String> {
        let mut words = self.text.split_whitespace().skip_while(|word| *word != mark);
        let name = words.nth(1).map(|name| name.trim_end_matches([',', ':']).to_owned());
        name.ok_or_else(|| say!("“{mark}” and a process are missing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        json::numbered(text).expect("a number")
    }

    #[test]
    fn sentences_are_read_in_the_words_of_both_papers() {
        let vote = || (number("1.A"), "red".to_owned());
        assert_eq!(deed("voted 1.A \"red\""), Ok(Deed::Voted(1, vote())));
        assert_eq!(deed("accepted [3] 1.A red at 2.5Δ (50 ms)"), Ok(Deed::Voted(3, vote())));
        assert_eq!(deed("promised 2.C, last vote null"), Ok(Deed::Promised(1, number("2.C"), None)));
        let last = deed("promised [2] 2.C, last accepted proposal 1.A \"red\"");
        assert_eq!(last, Ok(Deed::Promised(2, number("2.C"), Some(vote()))));
        let quorum = Some(vec!["A".to_owned(), "B".to_owned()]);
        assert_eq!(deed("began 1.A \"red\" with quorum A B"), Ok(Deed::Began(1, vote(), quorum)));
        assert_eq!(
            deed("learned \"a \\\"b\\\"\" by ballot 1.A"),
            Ok(Deed::Learned(1, "a \"b\"".to_owned(), Some(number("1.A"))))
        );
        assert_eq!(deed("promised [4]… 2.C, no other votes"), Ok(Deed::PromisedFrom(4, number("2.C"))));
        assert_eq!(deed("had lunch"), Ok(Deed::Other));
        assert!(deed("voted soon \"red\"").is_err_and(|why| why == "“soon” is no ballot number"));
        assert!(
            matches!(deed("send LastVote 1.A null to A"), Ok(Deed::Send(letter, to)) if letter.vote == Some(None) && to == "A")
        );
        assert!(
            matches!(deed("receive Accept 1.A \"red\" from A"), Ok(Deed::Receive(letter, _)) if letter.value.as_deref() == Some("red"))
        );
    }
}
