//! What a sequence diagram shows of a run: the messages in the order in which they arrive or are lost, and what happens at a
//! node or to the network that a reader has to know of.
//!
//! Messages of a node to itself are left out, as in the figure. Formats write the steps in their own way.

use super::Choice;
use crate::protocol::{Fact, Vocabulary};
use crate::scenario::Act;
use crate::session::Session;
use crate::tongue::say;
use crate::trace::{Envelope, EventId, Loss, MessageId, Trace, What};
use crate::types::{NodeId, Time};

/// The most steps of a diagram. Programs that draw diagrams become slow or refuse long before a run is too long for us.
pub const STEPS_MAX: usize = 2000;

/// A step of a diagram, and when it happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Step {
    /// The event.
    pub event: EventId,
    /// When the message arrives or is lost, or the other thing happens.
    pub time: Time,
    /// What there is to draw.
    pub what: Drawn,
}

/// What a step draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Drawn {
    /// A message that arrives or is lost.
    Arrow {
        /// The message.
        message: MessageId,
        /// Its sender.
        from: NodeId,
        /// Its receiver.
        to: NodeId,
        /// When it was sent.
        sent: Time,
        /// Its step, kind, ballot and content, with its decree.
        label: String,
        /// Why it was lost; none where it arrives.
        lost: Option<Loss>,
    },
    /// Words about a node; about the whole network where there is no node.
    Note(Option<NodeId>, String),
}

/// The steps of a run, as far as it is shown.
///
/// # Errors
/// A sentence, when there are too many of them.
pub(super) fn steps(session: &Session, choice: &Choice) -> Result<Vec<Step>, String> {
    let trace = session.trace();
    let shown = choice.shown.map_or(usize::MAX, |shown| shown.events);
    let mut steps = Vec::new();
    for (event, happened) in trace.numbered().take(shown).filter(|(_, happened)| choice.only.shows(trace, happened)) {
        let Some(what) = drawn(trace, choice.words, &happened.what) else { continue };
        if steps.len() == STEPS_MAX {
            let until = trace.scenario.time_text(happened.time);
            return Err(say!(
                "A diagram of this run would have more than {STEPS_MAX} steps, which it has at {until}; a diagram of its beginning has \
                 fewer"
            ));
        }
        steps.push(Step { event, time: happened.time, what });
    }
    Ok(steps)
}

fn drawn(trace: &Trace, words: Vocabulary, what: &What) -> Option<Drawn> {
    let arrow = |id: MessageId, lost: Option<Loss>| {
        let envelope = trace.message(id);
        (!envelope.to_self()).then(|| Drawn::Arrow {
            message: id,
            from: envelope.from,
            to: envelope.to,
            sent: envelope.sent_at,
            label: label(trace, words, id, envelope),
            lost,
        })
    };
    match what {
        What::Landed(id) => arrow(*id, None),
        What::Lost(id, loss) => arrow(*id, Some(*loss)),
        What::Acted(_, act) => Some(Drawn::Note(acts_on(act), trace.describe(words, what))),
        What::CrashedBeforeSend(node) => Some(Drawn::Note(Some(*node), trace.describe(words, what))),
        What::Stated(node, Fact::Learned(..) | Fact::Leads(_)) => {
            Some(Drawn::Note(Some(*node), trace.describe(words, what)))
        }
        What::Sent(_) | What::TimerFired(..) | What::Persisted(..) | What::Applied(..) | What::Stated(..) => None,
    }
}

fn acts_on(act: &Act<NodeId, crate::types::Value>) -> Option<NodeId> {
    match act {
        Act::Propose(node, _)
        | Act::Crash(node)
        | Act::CrashBeforeSend(node)
        | Act::Restart(node, _)
        | Act::Timeout(node, ..) => Some(*node),
        Act::Partition(_) | Act::Cut(_) | Act::Heal | Act::HealLink(_) | Act::Leader(_) | Act::Inject(_) => None,
    }
}

/// `2a BeginBallot 1.A "red"`
fn label(trace: &Trace, words: Vocabulary, id: MessageId, envelope: &Envelope) -> String {
    let phase = trace.scenario.protocol.kind(envelope.message.kind).phase.label();
    let lie = if envelope.truth.is_some() { ", a lie" } else { "" };
    let copy = if envelope.copy_of.is_some() { ", a copy" } else { "" };
    let message = trace.describe_message(words, id);
    // Some phases are called as their only kind of message is.
    let before = if message.to_ascii_lowercase().starts_with(&phase.to_ascii_lowercase()) { "" } else { phase };
    let space = if before.is_empty() { "" } else { " " };
    format!("{before}{space}{message}{lie}{copy}")
}
