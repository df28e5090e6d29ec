//! Links that are runs: what a page's address says after its `#`, as in `v=1&lesson=adopt` or `v=1&s=…&t=2.5`.
//!
//! A link is read for ever: what a version's keys mean, and what they mean when they are left out, never changes. So do the
//! built-in scenarios' names and the lessons' ids. The golden links in `tests/links/golden.txt` hold this file to it;
//! `docs/links.md` is the contract. Reading never fails: it gives what could be read, and a sentence where something is
//! wrong. It knows neither lessons nor the browser.

mod base64;
mod deflate;
mod dictionary;
mod inflate;

use inflate::Dictionary;

use super::{library, limits, suggestion, text};
use crate::types::{Time, shortened};

/// The version that is written, and the only one so far.
pub const VERSION: &str = "1";

/// Characters of a link after its `#`: enough for the longest script. Of more, nothing is read.
pub const LINK_CHARS: usize = 128 * 1024;

/// Characters of the name of what is selected.
pub const SELECTION_CHARS: usize = 120;

static DICTIONARY: Dictionary = Dictionary::new(dictionary::TEXT.as_bytes());

/// What a link opens.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Opens {
    /// Nothing that could be read.
    #[default]
    Nothing,
    /// This text, which need not be a script.
    Script(String),
    /// The built-in scenario of this name.
    BuiltIn(&'static str),
    /// The lesson of this id, which need not be there.
    Lesson(String),
}

/// A link, as data.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RunLink {
    /// What it opens.
    pub opens: Opens,
    /// Up to when the run has been watched; otherwise it opens as it does without a link.
    pub at: Option<Time>,
    /// What is selected: `A`, `A-B`, `Voted:B-A:2` or `event:17`; not empty.
    pub selection: Option<String>,
}

/// What follows the `#` in something that is a link or the fragment of one; none for anything else.
pub fn fragment(text: &str) -> Option<&str> {
    let after = text.split_once('#').map_or(text, |(_, after)| after);
    let lead = ["v=", "v%3D", "v%3d"].iter().any(|lead| after.starts_with(lead));
    lead.then_some(after)
}

impl RunLink {
    /// The link, without the `#`.
    pub fn print(&self) -> String {
        let mut out = format!("v={VERSION}");
        match &self.opens {
            Opens::Nothing => {}
            Opens::Script(text) => {
                out.push_str("&s=");
                out.push_str(&base64::encode(&deflate::deflate(&DICTIONARY, text.as_bytes())));
            }
            Opens::BuiltIn(name) => push(&mut out, "scenario", name),
            Opens::Lesson(id) => push(&mut out, "lesson", id),
        }
        if let Some(at) = self.at {
            push(&mut out, "t", &at.to_string());
        }
        if let Some(selection) = &self.selection {
            push(&mut out, "sel", selection);
        }
        out
    }

    /// Reads what follows the `#`, percent-encoded or not. What is wrong, if something is, is a sentence without its full
    /// stop; what could be read is kept.
    pub fn read(fragment: &str) -> (Self, Option<String>) {
        let mut reader = Reader::default();
        if fragment.len() > LINK_CHARS {
            return (reader.link, Some(format!("The link is too long: at most {LINK_CHARS} characters are read")));
        }
        // Some programs encode a link as a whole.
        let whole = if fragment.contains('=') { fragment.to_owned() } else { decoded(fragment) };
        reader.read(&whole);
        (reader.link, reader.wrong.or(reader.odd))
    }
}

/// A link that is being read.
#[derive(Default)]
struct Reader {
    link: RunLink,
    /// The keys that were there.
    seen: Vec<&'static str>,
    /// Why it does not open what it should.
    wrong: Option<String>,
    /// What else is wrong with it.
    odd: Option<String>,
}

/// Every key of version 1.
const KEYS: [&str; 6] = ["v", "s", "lesson", "scenario", "t", "sel"];

/// Those that say what is opened, of which there is one.
const OPENERS: [&str; 3] = ["s", "lesson", "scenario"];

impl Reader {
    fn read(&mut self, fragment: &str) {
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            // Who copies a link out of a page's source may take this along.
            let part = part.strip_prefix("amp;").unwrap_or(part);
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let Some(key) = KEYS.iter().copied().find(|known| *known == key) else {
                self.odd(format!("The link says “{}”, which is not known here and was left out", shortened(key)));
                continue;
            };
            if self.seen.contains(&key) {
                self.odd(format!("The link says “{key}” twice; the first one counts"));
                continue;
            }
            if OPENERS.contains(&key) && OPENERS.iter().any(|other| self.seen.contains(other)) {
                self.odd("The link names two things to open; the first one counts".to_owned());
                continue;
            }
            self.seen.push(key);
            if !self.take(key, &decoded(value)) {
                return;
            }
        }
        if self.wrong.is_none() && !OPENERS.iter().any(|opener| self.seen.contains(opener)) {
            self.wrong("The link does not say what to open: a script, a lesson or a scenario".to_owned());
        }
        if !self.seen.contains(&"v") {
            self.odd(format!("The link does not say its version, and was read as version {VERSION}"));
        }
    }

    /// Takes a key's value; false when nothing else can be read.
    fn take(&mut self, key: &str, value: &str) -> bool {
        match key {
            "v" if value != VERSION => {
                self.link = RunLink::default();
                self.wrong(format!(
                    "The link is of version “{}”, and only version {VERSION} is known here",
                    shortened(value)
                ));
                return false;
            }
            "s" => match script(value) {
                Ok(text) => self.link.opens = Opens::Script(text),
                Err(why) => self.wrong(format!("The link’s script cannot be read: {why}")),
            },
            "lesson" => {
                let is_id = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
                if !value.is_empty() && value.len() <= limits::VALUE_CHARS && value.bytes().all(is_id) {
                    self.link.opens = Opens::Lesson(value.to_owned());
                } else {
                    self.wrong(format!("The link asks for a lesson, and “{}” is none", shortened(value)));
                }
            }
            "scenario" => match library::find(value) {
                Some(built_in) => self.link.opens = Opens::BuiltIn(built_in.name),
                None => {
                    let hint = suggestion(value, library::LIBRARY.iter().map(|built_in| built_in.name));
                    self.wrong(format!("The link asks for a scenario, and “{}” is none{hint}", shortened(value)));
                }
            },
            "t" => match text::parse_time(value) {
                Ok(at) => self.link.at = Some(at),
                Err(why) => self.odd(format!("The link’s time was left out: {why}")),
            },
            "sel" if value.len() > SELECTION_CHARS || value.contains(char::is_control) => {
                self.odd(format!("The link selects “{}”, which is no name of anything", shortened(value)));
            }
            "sel" => self.link.selection = Some(value.to_owned()).filter(|value| !value.is_empty()),
            _ => {}
        }
        true
    }

    fn wrong(&mut self, sentence: String) {
        self.wrong = self.wrong.take().or(Some(sentence));
    }

    fn odd(&mut self, sentence: String) {
        self.odd = self.odd.take().or(Some(sentence));
    }
}

/// The text that `s` holds, or why there is none.
fn script(value: &str) -> Result<String, String> {
    let bytes = base64::decode(value).map_err(|place| {
        let found = value.chars().nth(place).map(String::from).unwrap_or_default();
        format!("its character {} is “{}”", place + 1, shortened(&found))
    })?;
    let text = inflate::inflate(&DICTIONARY, &bytes, limits::TEXT_BYTES);
    let text = text.map_err(|fault| match fault {
        inflate::Fault::Cut => "its end is missing".to_owned(),
        inflate::Fault::Damaged => "it was changed on its way".to_owned(),
        inflate::Fault::Dictionary => "it was written by a newer version".to_owned(),
        inflate::Fault::TooLong => format!("it is longer than the {} bytes of a script", limits::TEXT_BYTES),
    })?;
    String::from_utf8(text).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// Adds a key and its value; what is special in addresses is percent-encoded.
fn push(out: &mut String, key: &str, value: &str) {
    out.push('&');
    out.push_str(key);
    out.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// Percent-encoding undone. A `%` without its two digits stays; bytes that are no text become “�”.
pub fn decoded(text: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = text.as_bytes();
    let (mut out, mut place) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(place) {
        let digits = bytes.get(place + 1..place + 3).filter(|_| *byte == b'%');
        match digits.and_then(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)) {
            Some(value) => {
                out.push(value as u8);
                place += 3;
            }
            None => {
                out.push(*byte);
                place += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
