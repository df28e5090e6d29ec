//! Links that are runs: the part of a page's address after its `#`, as in `v=1&lesson=adopt` or `v=1&s=…&t=2.5`.
//!
//! A link can be read for ever: the meaning of a version's keys never changes, and neither does the meaning of leaving a
//! key out. The same holds for the built-in scenarios' names and the lessons' ids. The golden links in
//! `tests/links/golden.txt` hold this file to that promise; `docs/links.md` is the contract. Reading never fails: it
//! returns what it could read, and a sentence when something is wrong. This module knows neither lessons nor the browser.

mod base64;
mod deflate;
mod dictionary;
mod inflate;

use inflate::Dictionary;

use super::{library, limits, suggestion, text};
use crate::tongue::{Tongue, say};
use crate::types::{Time, shortened};

/// The version that this code writes, and the only one so far.
pub const VERSION: &str = "1";

/// The most characters of a link after its `#`: enough for the longest script. Of a longer link nothing is read.
pub const LINK_CHARS: usize = 128 * 1024;

/// The most characters of the name of what is selected.
pub const SELECTION_CHARS: usize = 120;

/// The most characters of what is to be shown of the run.
pub const ONLY_CHARS: usize = 1000;

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
    /// The lesson with this id, which need not exist.
    Lesson(String),
}

/// A link, as data.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RunLink {
    /// What the link opens.
    pub opens: Opens,
    /// Up to when the run has been watched; without a time the run opens as it does without a link.
    pub at: Option<Time>,
    /// What is selected, such as `A`, `A-B`, `Voted:B-A:2` or `event:17`; the text is not empty.
    pub selection: Option<String>,
    /// What is shown of the run, such as `kinds:Voted;nodes:A,B`; the text is not empty.
    pub only: Option<String>,
    /// The language in which the page speaks; without one it is the reader's.
    pub lang: Option<Tongue>,
}

/// The part after the `#`, of a text that is a link or the fragment of a link; none for any other text.
pub fn fragment(text: &str) -> Option<&str> {
    let after = text.split_once('#').map_or(text, |(_, after)| after);
    let lead = ["v=", "v%3D", "v%3d"].iter().any(|lead| after.starts_with(lead));
    lead.then_some(after)
}

impl RunLink {
    /// Prints the link, without the `#`.
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
        if let Some(only) = &self.only {
            push(&mut out, "only", only);
        }
        if let Some(tongue) = self.lang {
            push(&mut out, "lang", tongue.code());
        }
        out
    }

    /// Reads the part after the `#`, percent-encoded or not. The second result is a sentence without its full stop about
    /// what is wrong, if something is; the link keeps what could be read.
    pub fn read(fragment: &str) -> (Self, Option<String>) {
        let mut reader = Reader::default();
        if fragment.len() > LINK_CHARS {
            return (
                reader.link,
                Some(say!("The link is too long: at most {most} characters are read", most = LINK_CHARS)),
            );
        }
        // Some programs encode a link as a whole.
        let whole = if fragment.contains('=') { fragment.to_owned() } else { decoded(fragment) };
        reader.read(&whole);
        (reader.link, reader.wrong.or(reader.odd))
    }
}

/// The state of reading a link.
#[derive(Default)]
struct Reader {
    link: RunLink,
    /// The keys that were read.
    seen: Vec<&'static str>,
    /// Why the link does not open what it should.
    wrong: Option<String>,
    /// What else is wrong with the link.
    odd: Option<String>,
}

/// Every key of version 1.
const KEYS: [&str; 8] = ["v", "s", "lesson", "scenario", "t", "sel", "only", "lang"];

/// The keys that say what is opened; a link has one of them.
const OPENERS: [&str; 3] = ["s", "lesson", "scenario"];

impl Reader {
    fn read(&mut self, fragment: &str) {
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            // A person who copies a link out of a page's source may copy this along.
            let part = part.strip_prefix("amp;").unwrap_or(part);
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let Some(key) = KEYS.iter().copied().find(|known| *known == key) else {
                self.odd(say!("The link says “{key}”, which is not known here and was left out", key = shortened(key)));
                continue;
            };
            if self.seen.contains(&key) {
                self.odd(say!("The link says “{key}” twice; the first one counts"));
                continue;
            }
            if OPENERS.contains(&key) && OPENERS.iter().any(|other| self.seen.contains(other)) {
                self.odd(say!("The link names two things to open; the first one counts").into());
                continue;
            }
            self.seen.push(key);
            if !self.take(key, &decoded(value)) {
                return;
            }
        }
        // A link may say no more than in which language the page is to speak.
        let is_enough = |key: &&str| OPENERS.contains(key) || *key == "lang";
        if self.wrong.is_none() && !self.seen.iter().any(is_enough) {
            self.wrong(say!("The link does not say what to open: a script, a lesson or a scenario").into());
        }
        if !self.seen.contains(&"v") {
            self.odd(say!("The link does not say its version, and was read as version {version}", version = VERSION));
        }
    }

    /// Takes a key's value; returns false when nothing else can be read.
    fn take(&mut self, key: &str, value: &str) -> bool {
        match key {
            "v" if value != VERSION => {
                self.link = RunLink::default();
                self.wrong(say!(
                    "The link is of version “{value}”, and only version {version} is known here",
                    value = shortened(value),
                    version = VERSION
                ));
                return false;
            }
            "s" => match script(value) {
                Ok(text) => self.link.opens = Opens::Script(text),
                Err(why) => self.wrong(say!("The link’s script cannot be read: {why}")),
            },
            "lesson" => {
                let is_id = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
                if !value.is_empty() && value.len() <= limits::VALUE_CHARS && value.bytes().all(is_id) {
                    self.link.opens = Opens::Lesson(value.to_owned());
                } else {
                    self.wrong(say!("The link asks for a lesson, and “{value}” is none", value = shortened(value)));
                }
            }
            "scenario" => match library::find(value) {
                Some(built_in) => self.link.opens = Opens::BuiltIn(built_in.name),
                None => {
                    let hint = suggestion(value, library::LIBRARY.iter().map(|built_in| built_in.name));
                    self.wrong(say!(
                        "The link asks for a scenario, and “{value}” is none{hint}",
                        value = shortened(value)
                    ));
                }
            },
            "t" => match text::parse_time(value) {
                Ok(at) => self.link.at = Some(at),
                Err(why) => self.odd(say!("The link’s time was left out: {why}")),
            },
            "sel" if value.len() > SELECTION_CHARS || value.contains(char::is_control) => {
                self.odd(say!("The link selects “{value}”, which is no name of anything", value = shortened(value)));
            }
            "sel" => self.link.selection = Some(value.to_owned()).filter(|value| !value.is_empty()),
            "only" if value.len() > ONLY_CHARS || value.contains(char::is_control) => {
                self.odd(say!(
                    "The link shows only “{value}”, which cannot be read, so everything is shown",
                    value = shortened(value)
                ));
            }
            "only" => self.link.only = Some(value.to_owned()).filter(|value| !value.is_empty()),
            "lang" => match Tongue::named(value) {
                Some(tongue) => self.link.lang = Some(tongue),
                None => self.odd(silent(value)),
            },
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

/// What is wrong with a language that is not there.
#[inline(never)]
fn silent(lang: &str) -> String {
    say!(
        "The link asks for the language “{lang}”, which this page does not speak; English stands in for it",
        lang = shortened(lang)
    )
}

/// The text in the value of `s`, or the reason why there is none.
fn script(value: &str) -> Result<String, String> {
    let bytes = base64::decode(value).map_err(|place| {
        let found = value.chars().nth(place).map(String::from).unwrap_or_default();
        say!("its character {number} is “{found}”", number = place + 1, found = shortened(&found))
    })?;
    let text = inflate::inflate(&DICTIONARY, &bytes, limits::TEXT_BYTES);
    let text = text.map_err(|fault| match fault {
        inflate::Fault::Cut => say!("its end is missing").into(),
        inflate::Fault::Damaged => say!("it was changed on its way").into(),
        inflate::Fault::Dictionary => say!("it was written by a newer version").into(),
        inflate::Fault::TooLong => say!("it is longer than the {most} bytes of a script", most = limits::TEXT_BYTES),
    })?;
    String::from_utf8(text).map_err(|_| say!("it is not UTF-8 text").into())
}

/// Adds a key and its value; characters that are special in addresses are percent-encoded.
fn push(out: &mut String, key: &str, value: &str) {
    out.push('&');
    out.push_str(key);
    out.push('=');
    for byte in value.bytes() {
        // Commas and semicolons stand between what a link shows, and mean nothing after a `#`.
        let is_plain = b"-_.~:".contains(&byte) || key == "only" && b",;".contains(&byte);
        if byte.is_ascii_alphanumeric() || is_plain {
            out.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// Decodes percent-encoding. A `%` without its two digits stays; bytes that are no text become “�”.
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
