//! A run as a log for ShiViz: each event with its node and the node's vector clock.
//!
//! A file for ShiViz begins with the regular expression that reads it, and with a second line for the border between several
//! executions, of which there are none here. The network has no clock, so what happens to it is no event of this log: a lost
//! message is a message that is sent and never received.

use std::fmt::Write as _;

use super::Choice;
use super::steps::STEPS_MAX;
use crate::session::Session;
use crate::trace::{MessageId, Trace, What};
use crate::types::{NodeId, Sorted};

/// The regular expression that reads the log: its words first, its node and clock in the second line.
pub const PATTERN: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})";

/// The most events of a log: ShiViz draws all of them at once.
pub const EVENTS_MAX: usize = 5 * STEPS_MAX;

/// The log.
///
/// # Errors
/// A sentence, when the run is too long for a log.
pub(super) fn shiviz(session: &Session, choice: &Choice) -> Result<String, String> {
    let trace = session.trace();
    let shown = choice.shown.map_or(usize::MAX, |shown| shown.events);
    let mut out = format!("{PATTERN}\n\n");
    let mut clocks: Vec<Vec<u32>> = vec![vec![0; trace.scenario.nodes()]; trace.scenario.nodes()];
    let mut sent: Sorted<MessageId, Vec<u32>> = Sorted::default();
    let mut count = 0;
    for (_, event) in trace.numbered().take(shown) {
        let Some(node) = trace.node_of(event) else { continue };
        if matches!(event.what, What::Lost(..)) {
            continue;
        }
        count += 1;
        if count > EVENTS_MAX {
            return Err(format!(
                "A log of this run would have more than {EVENTS_MAX} events, and ShiViz draws all of them at once; a log of its \
                 beginning has fewer"
            ));
        }
        if let What::Landed(id) = event.what
            && let Some(known) = sent.remove(&id)
        {
            let clock = &mut clocks[node.index()];
            clock.iter_mut().zip(known).for_each(|(own, known)| *own = known.max(*own));
        }
        clocks[node.index()][node.index()] += 1;
        if let What::Sent(id) = event.what {
            sent.set(id, clocks[node.index()].clone());
        }
        let words = trace.describe(choice.words, &event.what).replace(char::is_control, "\u{fffd}");
        let time = trace.scenario.time_text(event.time);
        writeln!(out, "{words} at {time}").expect("a string takes everything");
        put_clock(&mut out, trace, node, &clocks[node.index()]);
    }
    Ok(out)
}

/// `B {"A":2, "B":1}`: the node, and how many events of each node have happened before or are this one.
fn put_clock(out: &mut String, trace: &Trace, node: NodeId, clock: &[u32]) {
    let symbols = &trace.scenario.symbols;
    let known = NodeId::all(clock.len()).filter(|other| clock[other.index()] > 0);
    let parts: Vec<_> = known.map(|other| format!("\"{}\":{}", symbols.node(other), clock[other.index()])).collect();
    writeln!(out, "{} {{{}}}", symbols.node(node), parts.join(", ")).expect("a string takes everything");
}
