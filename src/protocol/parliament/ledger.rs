//! The ledger: what was passed, place by place, and how far it was executed (PTP §3.1).

use super::super::synod::LEDGER;
use crate::protocol::Storage;
use crate::types::{Instance, Sorted, Value, Vote};

#[derive(Clone, Hash)]
pub(super) struct Ledger {
    /// Each decree that is known to have passed, with a ballot by which it was.
    pub(super) passed: Sorted<Instance, Vote>,
    /// Every value in `passed`.
    values: Sorted<Value, ()>,
    /// Up to here it was executed without gaps; 0 at first.
    executed: u32,
    /// What was executed.
    done: Sorted<Value, ()>,
}

/// What became of a decree that was to be written.
pub(super) enum Written {
    /// It was not there yet.
    New,
    /// It was there.
    Known,
    /// Another decree was there.
    Otherwise,
}

impl Ledger {
    pub(super) fn open(storage: &Storage) -> Self {
        let (passed, values) = (Sorted::default(), Sorted::default());
        let mut ledger = Self { passed, values, executed: 0, done: Sorted::default() };
        for (instance, cell) in storage.list(LEDGER) {
            if let Some(vote) = cell.vote() {
                ledger.write(instance, vote);
            }
        }
        ledger
    }

    pub(super) fn write(&mut self, instance: Instance, vote: Vote) -> Written {
        match self.passed.get(&instance) {
            Some(known) if known.value == vote.value => Written::Known,
            Some(_) => Written::Otherwise,
            None => {
                self.passed.entry(instance, || vote);
                self.values.entry(vote.value, || ());
                Written::New
            }
        }
    }

    /// Whether this command is in the ledger.
    pub(super) fn has(&self, value: Value) -> bool {
        self.values.get(&value).is_some()
    }

    /// Whether this command was executed.
    pub(super) fn has_executed(&self, value: Value) -> bool {
        self.done.get(&value).is_some()
    }

    /// The first place that is empty or was not executed yet.
    pub(super) fn first_missing(&self) -> Instance {
        Instance(self.executed + 1)
    }

    /// The last place that is filled; 0 when none is.
    pub(super) fn last(&self) -> u32 {
        self.passed.entries().last().map_or(0, |(instance, _)| instance.0)
    }

    /// Goes on by one place, if that is filled.
    pub(super) fn next(&mut self) -> Option<(Instance, Value)> {
        let instance = self.first_missing();
        let vote = self.passed.get(&instance)?;
        self.executed += 1;
        Some((instance, vote.value))
    }

    /// Notes that a command is executed; true when it is for the first time and does something.
    pub(super) fn execute(&mut self, value: Value) -> bool {
        let is_new = value != Value::OLIVE_DAY && self.done.get(&value).is_none();
        self.done.entry(value, || ());
        is_new
    }

    /// Whether a place is known to have a decree, or may have one by one's own vote, that is not here.
    pub(super) fn is_missing(&self, votes: &Sorted<Instance, Vote>) -> bool {
        self.last() > self.executed || !votes.from(&self.first_missing()).is_empty()
    }
}
