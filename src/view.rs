//! What there is to see: a session turned into plain structs, ready to be drawn by anything that can draw.
//!
//! Texts, colours' keys and positions are decided here and tested natively; the page only puts them on the screen.
//!
//! *Architecture invariant:* the view knows neither Yew nor the browser, and no protocol by name.

pub mod events;
pub mod index;
pub mod layout;
pub mod marks;
pub mod panels;
pub mod rules;
pub mod scene;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod why;
pub mod words;

pub use events::{EventRow, EventTable};
pub mod window;

pub use index::Index;
pub use layout::Layout;
pub use marks::{Mark, MarkKind};
pub use panels::{CheckRow, LatencyCard, LedgerRow, Memory, NodeCard, Panels, PhaseShare};
pub use rules::{GuardRow, OptionRow, Rules};
pub use scene::{Anchor, Dash, Drag, Focus, Form, Head, Ink, Input, Scene, Shape, Still, Target, minimap, still, tip};
pub use timeline::{Arrow, Band, Gap, Lane, Timeline, Tip};
pub use why::Why;
pub use window::Window;
pub use words::Vocabulary;

use crate::session::Session;
use crate::trace::What;

/// What just happened, as one sentence a line: the last step's input and what followed from it.
pub fn caption(session: &Session) -> Vec<String> {
    let trace = session.played().trace();
    let Some(last) = session.cursor().events.checked_sub(1) else { return Vec::new() };
    let input = trace.events()[last].cause.0 as usize;
    let told = |what: &What| !matches!(what, What::Persisted(..));
    let events = trace.events()[input..=last].iter().filter(|event| told(&event.what));
    let mut lines: Vec<String> = Vec::new();
    let mut sends: Vec<(String, String)> = Vec::new();
    for event in events {
        if let What::Sent(id) = event.what {
            let envelope = trace.message(id);
            if !envelope.to_self() {
                sends.push((trace.describe_message(id), trace.scenario.symbols.node(envelope.to).to_owned()));
            }
            continue;
        }
        let node =
            trace.node_of(event).map_or(String::new(), |node| format!("{}: ", trace.scenario.symbols.node(node)));
        lines.push(format!("{node}{}", trace.describe(&event.what)));
    }
    if let Some((message, _)) = sends.first() {
        let to: Vec<_> = sends.iter().filter(|(other, _)| other == message).map(|(_, to)| to.as_str()).collect();
        lines.push(format!("send {message} to {}", to.join(", ")));
    }
    lines
}

/// What a person should know about lines of their script, a sentence each.
pub fn notes(session: &Session) -> Vec<String> {
    let sentence = |line: usize, message: &str| match line {
        0 => format!("{message}."),
        line => format!("Line {line}: {message}."),
    };
    session.played().notes.iter().map(|note| sentence(note.line, &note.message)).collect()
}
