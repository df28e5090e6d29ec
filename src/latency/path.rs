//! The critical path of a decision: the chain of messages that it waited for, with the waits before and between them,
//! without a gap.

use super::Notebook;
use crate::protocol::TimerId;
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Instance, NodeId, Time};

/// A stretch of a critical path. The part of a stretch before the path's start is cut off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// When the stretch begins, in ticks of the run.
    pub from: Time,
    /// When the stretch ends, in ticks of the run.
    pub until: Time,
    /// What the decision waited for in this stretch.
    pub what: Awaited,
}

/// What a decision waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Awaited {
    /// A message on its way.
    Message(MessageId),
    /// No message that the decision needs is on its way. The wait ends for this reason, at this process if the reason
    /// concerns a process.
    Wait(Option<NodeId>, Reason),
}

/// The reason why a wait ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// A timer runs out.
    Timer(TimerId),
    /// The script acts, in this event.
    Act(EventId),
    /// A message leaves the port of its sender.
    Port(MessageId),
    /// Another place of the ledger gets its decree.
    Place(Instance),
}

impl Segment {
    /// The message, if the decision waited for one.
    pub fn message(&self) -> Option<MessageId> {
        match self.what {
            Awaited::Message(id) => Some(id),
            Awaited::Wait(..) => None,
        }
    }

    /// How long the stretch takes, in ticks.
    pub fn span(&self) -> Time {
        self.until.since(self.from)
    }
}

impl Notebook {
    /// The path from `start` to the step to which the event `last` belongs. The search goes backwards: from a message to the
    /// step that sent it, and from a timer to the last event in which the timer's process did something for a ballot or a
    /// client.
    pub(super) fn path(&self, trace: &Trace, last: EventId, instance: Instance, start: Time) -> Vec<Segment> {
        let protocol = trace.scenario.protocol;
        let mut path: Vec<Segment> = Vec::new();
        let mut at = trace.event(last).cause;
        while trace.event(at).time > start {
            let (event, until) = (trace.event(at), trace.event(at).time);
            let wait = |node, why| Segment { from: start, until, what: Awaited::Wait(node, why) };
            match event.what {
                What::Landed(id) => {
                    let envelope = trace.message(id);
                    let (kind, place) = (protocol.kind(envelope.message.kind), envelope.message.instance);
                    let belongs = place == instance || envelope.message.ballot.is_none() || kind.is_sweeping;
                    // In a log one decree may wait for another decree, whose own path tells how that decree was decided.
                    if !path.is_empty() && !belongs {
                        path.push(wait(Some(envelope.to), Reason::Place(place)));
                        break;
                    }
                    if !envelope.to_self() {
                        let from = envelope.leaves.max(start);
                        path.push(Segment { from, until, what: Awaited::Message(id) });
                        if envelope.leaves > envelope.sent_at.max(start) {
                            let before = wait(Some(envelope.from), Reason::Port(id));
                            path.push(Segment { from: envelope.sent_at.max(start), until: from, ..before });
                        }
                    }
                    at = trace.event(envelope.sent).cause;
                }
                What::TimerFired(node, timer) => {
                    let wait = wait(Some(node), Reason::Timer(timer));
                    let moves = &self.moves[node.index()];
                    let before = moves[..moves.partition_point(|step| *step < at)].last();
                    let Some(before) = before.filter(|step| trace.event(**step).time > start) else {
                        path.push(wait);
                        break;
                    };
                    path.push(Segment { from: trace.event(*before).time, ..wait });
                    at = trace.event(*before).cause;
                }
                _ => {
                    path.push(wait(trace.node_of(event), Reason::Act(at)));
                    break;
                }
            }
        }
        path.retain(|segment| segment.from < segment.until || segment.message().is_some());
        path.reverse();
        path
    }
}
