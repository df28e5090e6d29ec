//! A run as a sequence diagram for Mermaid, which Markdown on many sites draws by itself.
//!
//! Mermaid reads `#` and `;` as signs of its own, and takes a few words and HTML in labels as more than text. So every sign
//! that could mean something is written as a numeric entity, `#59;`.

use std::fmt::Write as _;

use super::steps::{Drawn, steps};
use super::{CHARACTERS_MAX, Choice};
use crate::session::Session;
use crate::types::NodeId;

/// The diagram.
///
/// # Errors
/// A sentence, when the run is too long for a diagram.
pub(super) fn mermaid(session: &Session, choice: &Choice) -> Result<String, String> {
    let scenario = session.scenario();
    let mut out = String::from("sequenceDiagram\n");
    put(&mut out, format_args!("accTitle: {}", plain(&scenario.headline())));
    for node in NodeId::all(scenario.nodes()) {
        put(&mut out, format_args!("participant n{} as {}", node.0, plain(scenario.symbols.node(node))));
    }
    let last = scenario.nodes() - 1;
    for step in steps(session, choice)? {
        let time = plain(&scenario.time_text(step.time));
        match step.what {
            Drawn::Arrow { from, to, label, lost: None, .. } => {
                put(&mut out, format_args!("n{}->>n{}: {time} {}", from.0, to.0, plain(&label)));
            }
            Drawn::Arrow { from, to, label, lost: Some(loss), .. } => {
                let (label, why) = (plain(&label), loss.reason());
                put(&mut out, format_args!("n{}--xn{}: {time} {label}, lost#58; {why}", from.0, to.0));
            }
            Drawn::Note(Some(node), words) => {
                put(&mut out, format_args!("Note over n{}: {time} {}", node.0, plain(&words)));
            }
            Drawn::Note(None, words) => {
                let over = if last == 0 { "n0".to_owned() } else { format!("n0,n{last}") };
                put(&mut out, format_args!("Note over {over}: {time} {}", plain(&words)));
            }
        }
    }
    if out.chars().count() > CHARACTERS_MAX {
        return Err(format!(
            "A Mermaid diagram of this run would have more than {CHARACTERS_MAX} characters, which Mermaid refuses; a diagram of its \
             beginning has fewer"
        ));
    }
    Ok(out)
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(out, "    {line}").expect("a string takes everything");
}

/// Words in which no sign means anything to Mermaid.
fn plain(words: &str) -> String {
    let mut plain = String::new();
    for sign in words.chars() {
        match sign {
            control if control.is_control() => plain.push('\u{fffd}'),
            safe if safe.is_alphanumeric() || !safe.is_ascii() || " .,-()".contains(safe) => plain.push(safe),
            other => write!(plain, "#{};", u32::from(other)).expect("a string takes everything"),
        }
    }
    plain
}
