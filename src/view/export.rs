//! A run to take along: as a figure, as a report, as its script, as a test.
//!
//! [`FORMATS`] is the registry. The terminal, the page and whoever drives a page from outside all call [`export`], so what
//! is written is the same to the letter, wherever it is written.

mod figure;
pub(in crate::view) mod legend;
mod lettering;
mod svg;
#[cfg(test)]
mod tests;

use super::scene::Target;
use super::words::Vocabulary;
use crate::report::{Report, pretty, regression};
use crate::session::{Cursor, Session};

/// An SVG has at most so many bytes.
pub const SVG_BYTES_MAX: usize = 4_000_000;

/// A file's name has at most so many characters before its ending.
const NAME_MAX: usize = 60;

/// So many events of a run are worked on at once.
const EVENTS: usize = 100_000;

/// What a run can be exported as, in the order in which it is offered.
pub static FORMATS: [Format; 4] = [
    Format {
        name: "svg",
        title: "SVG",
        about: "The timeline as a figure for slides and papers",
        kind: "image/svg+xml",
        ending: "svg",
        is_figure: true,
        write: figure::svg,
    },
    Format {
        name: "json",
        title: "Report",
        about: "Latencies, checks and message counts as JSON",
        kind: "application/json",
        ending: "json",
        is_figure: false,
        write: |session, _| pretty(&Report::of(&session.played().run)),
    },
    Format {
        name: "script",
        title: "Script",
        about: "The text of the run, as the editor shows it",
        kind: "text/plain",
        ending: "paxos",
        is_figure: false,
        write: |session, _| Ok(session.text().to_owned()),
    },
    Format {
        name: "test",
        title: "Test",
        about: "A test in Rust that fails when the run comes to something else",
        kind: "text/x-rust",
        ending: "rs",
        is_figure: false,
        write: |session, _| Ok(regression::rust_test(session.text(), &session.played().run)),
    },
];

/// One row of the registry.
#[derive(Debug)]
pub struct Format {
    /// What the terminal and pages around a page call it.
    pub name: &'static str,
    /// What its button says.
    pub title: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// What the names of its files end in.
    pub ending: &'static str,
    /// Whether it is drawn, so that a [`Choice`] makes a difference.
    pub is_figure: bool,
    write: fn(&Session, &Choice) -> Result<String, String>,
}

/// The format of that name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// How a figure is drawn: the whole run in 1998's words on white, unless something else is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Choice {
    /// Whether it is for dark paper.
    pub is_dark: bool,
    /// Whose words it uses.
    pub words: Vocabulary,
    /// How far the run is shown; all of it if this is none.
    pub shown: Option<Cursor>,
    /// What is lit: a decision with its critical path, something with its causal past.
    pub chosen: Option<Target>,
}

/// A file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// Its name: letters, digits and hyphens of ASCII, and an ending.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// What is in it.
    pub text: String,
}

/// Exports a run. One that is still being worked on is finished first, on the side: the session stays as it is.
///
/// # Errors
/// A sentence without its full stop: why there is no such file, and what to do instead.
pub fn export(session: &Session, format: &Format, choice: &Choice) -> Result<Exported, String> {
    let finished = finished(session)?;
    let text = (format.write)(finished.as_ref().unwrap_or(session), choice)?;
    let mut name = file_name(&session.scenario().title);
    if format.ending == "rs" {
        name = name.replace('-', "_");
    }
    Ok(Exported { name: format!("{name}.{}", format.ending), kind: format.kind, text })
}

/// The same run to its end, when it is not there yet.
fn finished(session: &Session) -> Result<Option<Session>, String> {
    if session.played().is_judged() {
        return Ok(None);
    }
    let mut whole = Session::open(session.text()).map_err(|error| error.to_string())?;
    while !whole.judge(EVENTS) {}
    Ok(Some(whole))
}

/// A title as a file's name that no system minds.
fn file_name(title: &str) -> String {
    let mut name = String::new();
    for character in title.chars() {
        match character {
            'Δ' => name.push_str("delta"),
            letter if letter.is_ascii_alphanumeric() => name.push(letter.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    name.truncate(NAME_MAX);
    let name = name.trim_end_matches('-');
    if name.is_empty() { "run".to_owned() } else { name.to_owned() }
}
