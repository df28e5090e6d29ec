//! A run as a sequence diagram for PlantUML.
//!
//! PlantUML has a markup of its own in every label. So every sign that could belong to it is written as a numeric entity,
//! `&#42;`.

use std::fmt::Write as _;

use super::Choice;
use super::steps::{Drawn, steps};
use crate::session::Session;
use crate::types::NodeId;

/// The diagram.
///
/// # Errors
/// A sentence, when the run is too long for a diagram.
pub(super) fn plantuml(session: &Session, choice: &Choice) -> Result<String, String> {
    let scenario = session.scenario();
    let mut out = String::from("@startuml\n");
    put(&mut out, format_args!("title {}", plain(&scenario.headline())));
    for node in NodeId::all(scenario.nodes()) {
        put(&mut out, format_args!("participant \"{}\" as n{}", plain(scenario.symbols.node(node)), node.0));
    }
    let last = scenario.nodes() - 1;
    for step in steps(session, choice)? {
        let time = plain(&scenario.time_text(step.time));
        match step.what {
            Drawn::Arrow { from, to, label, lost: None, .. } => {
                put(&mut out, format_args!("n{} -> n{} : {time} {}", from.0, to.0, plain(&label)));
            }
            Drawn::Arrow { from, to, label, lost: Some(loss), .. } => {
                let (label, why) = (plain(&label), loss.reason());
                put(&mut out, format_args!("n{} -->x n{} : {time} {label}, lost: {why}", from.0, to.0));
            }
            Drawn::Note(Some(node), words) => {
                put(&mut out, format_args!("note over n{} : {time} {}", node.0, plain(&words)));
            }
            Drawn::Note(None, words) if last == 0 => {
                put(&mut out, format_args!("note over n0 : {time} {}", plain(&words)));
            }
            Drawn::Note(None, words) => {
                put(&mut out, format_args!("note over n0, n{last} : {time} {}", plain(&words)));
            }
        }
    }
    out.push_str("@enduml\n");
    Ok(out)
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(out, "{line}").expect("a string takes everything");
}

/// Words in which no sign means anything to PlantUML.
fn plain(words: &str) -> String {
    let mut plain = String::new();
    for sign in words.chars() {
        match sign {
            control if control.is_control() => plain.push('\u{fffd}'),
            safe if safe.is_alphanumeric() || !safe.is_ascii() || " .,()".contains(safe) => plain.push(safe),
            other => write!(plain, "&#{};", u32::from(other)).expect("a string takes everything"),
        }
    }
    plain
}
