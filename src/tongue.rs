//! The language in which the page speaks. English is the language of the code: a sentence of the page is written where it
//! is needed, in `say!`, and this English sentence is its name. What the sentence is in another language stands in a
//! catalogue, `words/de`, of which a page loads what it needs before it begins ([`speak`]). Without a catalogue nothing is
//! looked up, so the terminal and all programs get English.
//!
//! A sentence has places for what differs from run to run: `{node} promised {ballot}`. In a catalogue they may stand in another
//! order, and a place may choose between words by its value, where the language needs it: `{ballot?ballot=der
//! Wahlgang|proposal=der Vorschlag}`, or `{count?1=Nachricht|*=Nachrichten}`.
//!
//! *Architecture invariant:* it knows no sentence and nothing of the engine.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter};

pub use paxos_playground_words::{key, say};

/// The languages that the page can speak.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Tongue {
    /// The language of the code.
    #[default]
    English,
    /// In `words/de`.
    German,
}

impl Tongue {
    /// All languages, in the order in which a reader chooses.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its name in links, in HTML, and of its catalogue.
    pub fn code(self) -> &'static str {
        ["en", "de"][self as usize]
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        ["English", "Deutsch"][self as usize]
    }

    /// The language of this code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tongue| tongue.code() == code)
    }
}

/// What another language says.
struct Catalogue {
    tongue: Tongue,
    /// The English sentences in order, each with what it is in the other language.
    sentences: Vec<(&'static str, &'static str)>,
}

thread_local! {
    static CATALOGUE: Cell<Option<&'static Catalogue>> = const { Cell::new(None) };
}

/// Speaks another language from now on and for ever. The first line of a catalogue is the code of its language, and then each
/// English sentence has a line and is followed by a line with its translation. The English sentences are in order.
///
/// # Errors
/// This is no catalogue; the text comes back, since it may say why there is none.
pub fn speak(text: String) -> Result<(), String> {
    let Some(tongue) = text.split_once('\n').and_then(|(code, _)| Tongue::named(code)) else { return Err(text) };
    let mut rest: &'static str = text.leak();
    let mut line = || {
        let (line, after) = rest.split_once('\n')?;
        rest = after;
        Some(line)
    };
    line();
    let sentences = std::iter::from_fn(|| line().zip(line())).collect();
    CATALOGUE.set(Some(Box::leak(Box::new(Catalogue { tongue, sentences }))));
    Ok(())
}

/// The language that the page speaks.
pub fn spoken() -> Tongue {
    CATALOGUE.get().map_or(Tongue::English, |catalogue| catalogue.tongue)
}

/// An English text of the page in the language that the page speaks; the text itself when the catalogue does not have it. So
/// the titles of built-in scripts are found, and what another author wrote stays as it is.
pub fn translated(english: &str) -> &str {
    let Some(Catalogue { sentences, .. }) = CATALOGUE.get() else { return english };
    sentences.binary_search_by(|(key, _)| (*key).cmp(english)).map_or(english, |place| sentences[place].1)
}

/// A sentence of the page without places. It is looked up when it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Phrase(&'static str);

impl Phrase {
    /// The phrase that is this in English; `say!` writes it, and so the tests know of it.
    pub const fn new(english: &'static str) -> Self {
        Self(english)
    }

    /// The phrase in the language that the page speaks.
    pub fn text(self) -> &'static str {
        translated(self.0)
    }

    /// The phrase in English, which names it.
    pub const fn english(self) -> &'static str {
        self.0
    }
}

impl Display for Phrase {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}

impl From<Phrase> for String {
    #[inline(never)]
    fn from(phrase: Phrase) -> Self {
        phrase.text().to_owned()
    }
}

/// A sentence of the page with a value for each of its places, in order; `say!` writes it. The places have no names any more:
/// a catalogue calls them by their numbers, and English has them in order.
#[inline(never)]
pub fn fill(english: &'static str, values: &[&dyn Display]) -> String {
    let next = Cell::new(0);
    filled(translated(english), &|number, out| {
        let place = number.parse().unwrap_or_else(|_| next.replace(next.get() + 1));
        out.push_str(&values[place].to_string());
    })
}

/// A text with its places filled: `put` writes the value for the name of a place. A `{` without its `}` stays.
pub fn filled(text: &str, put: &dyn Fn(&str, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (place, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        out.push_str(before);
        match place.split_once('?') {
            None => put(place, &mut out),
            Some((name, choices)) => {
                let mut value = String::new();
                put(name, &mut value);
                out.push_str(chosen(choices, &value));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What a place says for a value, of choices such as `1=Nachricht|*=Nachrichten`.
fn chosen<'a>(choices: &'a str, value: &str) -> &'a str {
    let mut pairs = choices.split('|').filter_map(|choice| choice.split_once('='));
    pairs.find(|(key, _)| *key == value || *key == "*").map_or("", |(_, said)| said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_catalogue_the_page_speaks_english() {
        let (node, count) = ("A", 3);
        assert_eq!(say!("Copy link").to_string(), "Copy link");
        assert_eq!(say!("{node} has {count} of {of}, and {node} is up", of = count + 1), "A has 3 of 4, and A is up");
        assert_eq!((spoken(), key!("No {ballot}")), (Tongue::English, "No {ballot}"));
    }

    #[test]
    fn a_place_of_a_catalogue_can_choose_words_by_its_value() {
        let told = |count: &str, ballot: &str| {
            let put = |name: &str, out: &mut String| out.push_str(if name == "n" { count } else { ballot });
            filled("{b?ballot=Der Wahlgang|proposal=Der Vorschlag}: {n} {n?1=Stimme|*=Stimmen}. {", &put)
        };
        assert_eq!(told("1", "ballot"), "Der Wahlgang: 1 Stimme. {");
        assert_eq!(told("2", "proposal"), "Der Vorschlag: 2 Stimmen. {");
    }
}
