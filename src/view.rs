//! The picture of a session: plain structs that anything that can draw can draw.
//!
//! Texts, positions and the meanings of colours are decided here and tested natively; the page only puts them on the
//! screen.
//!
//! *Architecture invariant:* the view knows neither Yew nor the browser, and no protocol by name.

pub mod chamber;
pub mod decimal;
pub mod difference;
pub mod events;
pub mod exercise;
pub mod explore;
pub mod export;
pub mod family;
pub mod filter;
pub mod frame;
pub mod gallery;
pub mod index;
pub mod lies;
pub mod log;
pub mod making;
pub mod panels;
pub mod plot;
pub mod race;
pub mod rules;
pub mod scene;
pub mod search;
#[cfg(test)]
mod tests;
pub mod why;
pub mod window;

pub use crate::protocol::Vocabulary;
pub use chamber::{Chamber, Messenger, Reach, Seat, Sight, Wire};
pub use difference::{Compared, Difference, Parting};
pub use events::{EventRow, EventTable};
pub use index::Index;
pub use panels::nodes::{Memory, NodeCard};
pub use rules::{GuardRow, OptionRow, Rules};
pub use scene::{
    Anchor, Dash, Drag, Emblem, Focus, Form, Head, Ink, Input, Scene, Shape, Still, Target, minimap, rounded, still,
    tip,
};
pub use search::Search;
pub use why::Why;
pub use window::Window;

use crate::report::Broken;
use crate::session::Session;
use crate::tongue::say;

/// A sentence if the run was not run to its end because it takes or holds too much. It matters more than other notes.
#[inline(never)]
pub fn cut_short(session: &Session) -> Option<String> {
    session.played().cut_short().map(|note| say!("This run {what}.", what = note.message))
}

/// What is broken in a run as far as it has been watched; none while every check holds.
#[inline(never)]
pub fn broken(session: &Session, words: Vocabulary) -> Option<Broken> {
    let played = session.played();
    crate::report::broken(played.trace(), words, &played.verdicts, session.cursor().events)
}

/// What a person should know about the lines of their script, in one sentence for each.
pub fn notes(session: &Session) -> Vec<String> {
    let sentence = |line: usize, message: &str| match line {
        0 => format!("{message}."),
        number => say!("Line {number}: {note}.", note = message),
    };
    session.played().notes.iter().map(|note| sentence(note.line, &note.message)).collect()
}
