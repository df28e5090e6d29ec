//! The requests of a run, the messages that forwarded them, and the answers to them.

use crate::protocol::Phase;
use crate::trace::{EventId, MessageId, Trace};
use crate::types::{Ballot, NodeId, Sorted, Time, Value};

/// The requests in the events that have been read.
#[derive(Default, Debug)]
pub(super) struct Requests {
    /// All requests, in the order of time: the event, the time, the process that was asked, and the value.
    pub(super) asked: Vec<(EventId, Time, NodeId, Value)>,
    /// The first request for each value.
    pub(super) first: Sorted<Value, (NodeId, Time)>,
    /// For each value and process, when a client of the process first had its answer.
    pub(super) answers: Sorted<(Value, NodeId), Time>,
    /// The last ballot that was begun for each value.
    pub(super) begun: Sorted<Value, Ballot>,
    /// For each value and process, the last message by which the process handed the request to another process.
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
        if let Some(value) = envelope.message.payload.value()
            && is_request
            && envelope.copy_of.is_none()
            && !trace.is_injected(envelope)
        {
            self.handed.set((value, envelope.from), id);
        }
    }

    /// When a client first had the answer to a request for this value.
    pub(super) fn answered(&self, value: Value) -> Option<Time> {
        let of = self.answers.from(&(value, NodeId(0))).iter().take_while(|((of, _), _)| *of == value);
        of.map(|(_, time)| *time).min()
    }
}
