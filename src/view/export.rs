//! Exports of a run: as a figure, as a report, as its script, as a test, as its events, as a diagram for other programs.
//!
//! [`FORMATS`] is the registry. The terminal, the page, and a page around a frame all call [`export`], so all of them
//! get the same text, byte for byte.

pub mod animation;
mod figure;
mod mermaid;
mod plantuml;
pub mod race;
mod shiviz;
mod steps;
mod svg;
#[cfg(test)]
mod tests;
mod tikz;

pub use shiviz::{EVENTS_MAX as SHIVIZ_EVENTS_MAX, PATTERN as SHIVIZ_PATTERN};
pub use steps::STEPS_MAX;

use super::filter::Filter;
use super::scene::Target;
use crate::protocol::Vocabulary;
use crate::report::{Report, events, pretty, regression};
use crate::session::{Cursor, Session};
use crate::tongue::{key, say};

pub use svg::plot_svg;

/// An SVG has at most so many bytes.
pub const SVG_BYTES_MAX: usize = 4_000_000;

/// The events of a run that are exported as one text have at most so many bytes; a terminal can print any number of them.
pub const EVENTS_BYTES_MAX: usize = 32_000_000;

/// Mermaid refuses a longer text, unless its page says otherwise.
pub const CHARACTERS_MAX: usize = 50_000;

/// A file's name has at most so many characters before its ending.
const NAME_MAX: usize = 60;

/// So many events of a run are worked on at once.
const EVENTS: usize = 100_000;

/// The formats, in the order in which they are offered.
pub static FORMATS: [Format; 9] = [
    Format {
        name: "svg",
        title: "SVG",
        about: key!("The timeline as a figure for slides and papers"),
        kind: "image/svg+xml",
        ending: "svg",
        is_figure: true,
        is_drawn: true,
        can_leave_out: true,
        write: figure::svg,
    },
    Format {
        name: "json",
        title: key!("Report"),
        about: key!("Latencies, checks and message counts as JSON"),
        kind: "application/json",
        ending: "json",
        is_figure: false,
        is_drawn: false,
        can_leave_out: false,
        write: |session, _| pretty(&Report::of(&session.played().run)),
    },
    Format {
        name: "script",
        title: key!("Script"),
        about: key!("The text of the run, as the editor shows it"),
        kind: "text/plain",
        ending: "paxos",
        is_figure: false,
        is_drawn: false,
        can_leave_out: false,
        write: |session, _| Ok(session.text().to_owned()),
    },
    Format {
        name: "test",
        title: key!("Test"),
        about: key!("A test in Rust that fails when the run comes to something else"),
        kind: "text/x-rust",
        ending: "rs",
        is_figure: false,
        is_drawn: false,
        can_leave_out: false,
        write: |session, _| Ok(regression::rust_test(session.text(), &session.played().run)),
    },
    Format {
        name: "events",
        title: key!("Events"),
        about: key!("Every event, a line of JSON each"),
        kind: "application/x-ndjson",
        ending: "jsonl",
        is_figure: false,
        is_drawn: false,
        can_leave_out: false,
        write: |session, _| all_events(session),
    },
    Format {
        name: "mermaid",
        title: "Mermaid",
        about: key!("A sequence diagram for Markdown"),
        kind: "text/plain",
        ending: "mmd",
        is_figure: false,
        is_drawn: true,
        can_leave_out: true,
        write: mermaid::mermaid,
    },
    Format {
        name: "plantuml",
        title: "PlantUML",
        about: key!("A sequence diagram for PlantUML"),
        kind: "text/plain",
        ending: "puml",
        is_figure: false,
        is_drawn: true,
        can_leave_out: true,
        write: plantuml::plantuml,
    },
    Format {
        name: "shiviz",
        title: "ShiViz",
        about: key!("A log with vector clocks for ShiViz"),
        kind: "text/plain",
        ending: "log",
        is_figure: false,
        is_drawn: true,
        can_leave_out: false,
        write: shiviz::shiviz,
    },
    Format {
        name: "tikz",
        title: "TikZ",
        about: key!("The messages and the lanes as a picture for LaTeX"),
        kind: "text/x-tex",
        ending: "tex",
        is_figure: false,
        is_drawn: true,
        can_leave_out: true,
        write: tikz::tikz,
    },
];

/// One row of the registry.
#[derive(Debug)]
pub struct Format {
    /// Its name for the terminal and for pages around a frame.
    pub name: &'static str,
    /// The text on its button.
    pub title: &'static str,
    /// A few words on what it is.
    pub about: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// The ending of the names of its files.
    pub ending: &'static str,
    /// Whether it is a figure, which can be for dark paper and highlight something.
    pub is_figure: bool,
    /// Whether it is a drawing or a diagram, which can end at an instant and use the words of 2001. A [`Choice`] makes no
    /// difference to the other formats.
    pub is_drawn: bool,
    /// Whether a part of the run may be left out. The clocks of a log for ShiViz need every event, and ShiViz can hide some.
    pub can_leave_out: bool,
    write: fn(&Session, &Choice) -> Result<String, String>,
}

/// The format of that name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// How something is drawn. The default is the whole run in the words of 1998 on white paper.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Choice {
    /// Whether it is for dark paper.
    pub is_dark: bool,
    /// The vocabulary that it uses.
    pub words: Vocabulary,
    /// How far the run is shown; all of it if this is none.
    pub shown: Option<Cursor>,
    /// Whether it is for an exam: it says nothing of what is learned, of the outcome, and of what the checks find.
    pub is_exam: bool,
    /// What is highlighted: a decision with its critical path, or anything else with its causal past.
    pub chosen: Option<Target>,
    /// What is shown of the run.
    pub only: Filter,
}

/// An exported file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// Its name: letters, digits and hyphens of ASCII, and an ending.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its contents.
    pub text: String,
}

/// Exports a run. A run that is not finished yet is finished in a copy first; the session does not change.
///
/// # Errors A sentence without its full stop that says why the run cannot be exported in this format, and what to do
/// instead.
pub fn export(session: &Session, format: &Format, choice: &Choice) -> Result<Exported, String> {
    let finished = finished(session)?;
    let text = (format.write)(finished.as_ref().unwrap_or(session), choice)?;
    let mut name = file_name(&session.scenario().title);
    if format.ending == "rs" {
        name = name.replace('-', "_");
    }
    Ok(Exported { name: format!("{name}.{}", format.ending), kind: format.kind, text })
}

/// The events of a run as one text.
fn all_events(session: &Session) -> Result<String, String> {
    let mut text = String::new();
    for line in events::lines(&session.played().run) {
        text.push_str(&line?);
        text.push('\n');
        if text.len() > EVENTS_BYTES_MAX {
            let most = EVENTS_BYTES_MAX / 1_000_000;
            return Err(say!(
                "The events of this run have more than {most} MB; on a terminal, run --events prints all of them"
            ));
        }
    }
    Ok(text)
}

/// A finished copy of the session, if its run is not finished.
fn finished(session: &Session) -> Result<Option<Session>, String> {
    if session.played().is_judged() {
        return Ok(None);
    }
    let mut whole = Session::open(session.text()).map_err(|error| error.to_string())?;
    while !whole.judge(EVENTS) {}
    Ok(Some(whole))
}

/// Makes a file name of a title; every operating system accepts it.
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
