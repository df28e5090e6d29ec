//! The requests of a run that have no answer, and what happened to each.

use super::Notebook;
use crate::trace::{EventId, MessageId, Trace};
use crate::types::{Ballot, Instance, NodeId, Sorted, Time, Value};

/// A request without an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unanswered {
    /// The value that was asked for.
    pub value: Value,
    /// The process that was asked.
    pub node: NodeId,
    /// The time at which it was asked.
    pub time: Time,
    /// The event in which it was asked.
    pub event: EventId,
    /// What happened to the request.
    pub answer: Answer,
}

/// What happened to a request that has no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Its decree is decided, but the process that was asked does not know the decree or, in a log, has not executed it.
    Unheard,
    /// Its decree is decided, but the process that was asked has crashed at this time and is still down.
    UnheardCrashed(Time),
    /// This other decree is in the only place of the ledger.
    Other(Value),
    /// Its decree is chosen, but no process knows that.
    Unknown,
    /// The process that was asked crashed at this time, and so lost the request.
    Crashed(Time),
    /// This is the last ballot that was begun for the request, and the ballot did not pass the decree.
    Begun(Ballot),
    /// The process that was asked handed the request to a leader by this message, and the message was lost.
    Lost(MessageId),
    /// The process that was asked handed the request to a leader by this message, but no ballot was begun for the request.
    Handed(MessageId),
    /// No ballot was begun for the request.
    NotBegun,
}

impl Answer {
    /// What happened, in a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unheard => "unheard",
            Self::UnheardCrashed(_) | Self::Crashed(_) => "crashed",
            Self::Other(_) => "other decree",
            Self::Unknown => "chosen",
            Self::Begun(_) => "not passed",
            Self::Lost(_) => "lost",
            Self::Handed(_) => "handed on",
            Self::NotBegun => "not begun",
        }
    }
}

impl Notebook {
    /// The requests without an answer in the events that have been read, in the order in which they were made. Several
    /// requests for one decree at one process count as one request.
    pub fn unanswered(&self, trace: &Trace) -> Vec<Unanswered> {
        let mut known: Sorted<(Value, NodeId), ()> = Sorted::default();
        let mut unanswered = Vec::new();
        for &(event, time, node, value) in &self.requests.asked {
            if known.get(&(value, node)).is_some() || self.is_answered(node, value) {
                continue;
            }
            known.set((value, node), ());
            unanswered.push(Unanswered { value, node, time, event, answer: self.answer(trace, time, node, value) });
        }
        unanswered
    }

    fn is_answered(&self, node: NodeId, value: Value) -> bool {
        if self.is_log || self.requests.answers.get(&(value, node)).is_some() {
            return self.requests.answers.get(&(value, node)).is_some();
        }
        self.learners(Instance::FIRST, value).contains(node)
    }

    fn answer(&self, trace: &Trace, time: Time, node: NodeId, value: Value) -> Answer {
        let crashed = self.crashed[node.index()];
        let requests = &self.requests;
        if self.values.get(&value).is_some() {
            return crashed.filter(|_| !self.up.contains(node)).map_or(Answer::Unheard, Answer::UnheardCrashed);
        }
        if self.fates.chosen.entries().iter().any(|((_, chosen), _)| *chosen == value) {
            return Answer::Unknown;
        }
        if let Some(other) = self.first_decree().filter(|_| !self.is_log) {
            return Answer::Other(other);
        }
        if let Some(ballot) = requests.begun.get(&value) {
            return Answer::Begun(*ballot);
        }
        if let Some(id) = requests.handed.get(&(value, node)) {
            return if trace.is_lost(*id) { Answer::Lost(*id) } else { Answer::Handed(*id) };
        }
        crashed.filter(|crashed| *crashed >= time).map_or(Answer::NotBegun, Answer::Crashed)
    }
}
