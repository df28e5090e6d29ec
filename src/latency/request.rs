//! The requests of a run, the messages that handed them on, and the answers to them.

use crate::protocol::{Payload, Phase};
use crate::trace::{EventId, MessageId, Trace};
use crate::types::{Ballot, NodeId, Sorted, Time, Value};

/// The requests of a run, as far as they have been read.
#[derive(Default, Debug)]
pub(super) struct Requests {
    /// In the order asked.
    pub(super) asked: Vec<(EventId, Time, NodeId, Value)>,
    /// The first request for each value.
    pub(super) first: Sorted<Value, (NodeId, Time)>,
    /// When a client of this process had its answer first.
    pub(super) answers: Sorted<(Value, NodeId), Time>,
    /// The last ballot that was begun for each value.
    pub(super) begun: Sorted<Value, Ballot>,
    /// The last message by which a process handed a request to another.
    pub(super) handed: Sorted<(Value, NodeId), MessageId>,
}

impl Requests {
    pub(super) fn ask(&mut self, id: EventId, time: Time, node: NodeId, value: Value) {
        self.asked.push((id, time, node, value));
        self.first.entry(value, || (node, time));
    }

    pub(super) fn answer(&mut self, time: Time, node: NodeId, value: Value) {
        self.answers.entry((value, node), || time);
    }

    pub(super) fn begin(&mut self, value: Value, ballot: Ballot) {
        self.begun.set(value, ballot);
    }

    /// Notes a message if it hands a request on.
    pub(super) fn take_sent(&mut self, trace: &Trace, id: MessageId) {
        let envelope = trace.message(id);
        let is_request = trace.scenario.protocol.kind(envelope.message.kind).phase == Phase::Request;
        if let Payload::Value(value) = envelope.message.payload
            && is_request
            && envelope.copy_of.is_none()
            && !trace.is_injected(envelope)
        {
            self.handed.set((value, envelope.from), id);
        }
    }

    /// When a client that asked for this first had its answer.
    pub(super) fn answered(&self, value: Value) -> Option<Time> {
        let of = self.answers.from(&(value, NodeId(0))).iter().take_while(|((of, _), _)| *of == value);
        of.map(|(_, time)| *time).min()
    }
}
