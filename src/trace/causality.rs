//! Happens-before, read off the trace: what had to happen first, and the chain of messages that a fact waited for.

use crate::protocol::Message;
use crate::types::Time;

use super::{EventId, MessageId, Trace, What};

impl Trace {
    /// The messages that an event waited for, in the order sent: the message that triggered its step is the last,
    /// before it comes the message that triggered the step which sent the last one, and so on back to the script or a
    /// timer. Messages to oneself take no time and are left out. For a decision in a fault-free ballot these are its
    /// five messages.
    pub fn critical_path(&self, event: EventId) -> Vec<MessageId> {
        self.critical_path_while(event, |_| true)
    }

    /// The end of a critical path: its last message and those before it for as long as `belongs` says true of them.
    pub fn critical_path_while(&self, event: EventId, belongs: impl Fn(&Message) -> bool) -> Vec<MessageId> {
        let mut path = Vec::new();
        let mut at = self.event(event).cause;
        while let What::Landed(message) = self.event(at).what {
            let envelope = self.message(message);
            if !envelope.to_self() {
                if !path.is_empty() && !belongs(&envelope.message) {
                    break;
                }
                path.push(message);
            }
            at = self.event(envelope.sent).cause;
        }
        path.reverse();
        path
    }

    /// Every message in the causal past of an event: a message that landed at the event's node before the event, or
    /// that landed at a node before the node sent another message of that past.
    pub fn causal_past(&self, event: EventId) -> Vec<MessageId> {
        self.causal_past_since(event, Time::ZERO)
    }

    /// The messages of a causal past that landed at `since` or later. Nothing that happened before `since` is looked
    /// at, so the time that this takes depends on the length of what is on the screen and not on the length of the run.
    pub fn causal_past_since(&self, event: EventId, since: Time) -> Vec<MessageId> {
        let mut known_until = vec![None; self.scenario.nodes()];
        if let Some(node) = self.node_of(self.event(event)) {
            known_until[node.index()] = Some(event);
        }
        let mut past = Vec::new();
        for place in (self.count_before(since)..event.0 as usize + 1).rev() {
            let What::Landed(id) = self.events()[place].what else { continue };
            let envelope = self.message(id);
            if known_until[envelope.to.index()] >= Some(EventId(place as u32)) {
                past.push(id);
                let sender = &mut known_until[envelope.from.index()];
                *sender = (*sender).max(Some(envelope.sent));
            }
        }
        past.reverse();
        past
    }
}
