//! The ledger: the decree that was passed in each place, and how far the process has executed them (PTP §3.1).

use std::sync::Arc;

use super::super::synod::LEDGER;
use crate::protocol::{Entry, Storage};
use crate::types::{Instance, Sorted, Value, Vote};

#[derive(Clone, Hash)]
pub(in crate::protocol) struct Ledger {
    /// Each decree that the process knows to have passed, with a ballot that passed it.
    pub(in crate::protocol) passed: Sorted<Instance, Vote>,
    /// Every value in `passed`.
    values: Sorted<Value, ()>,
    /// The last place up to which the ledger was executed without gaps; 0 at first.
    executed: u32,
    /// The commands that were executed.
    done: Sorted<Value, ()>,
}

/// The result of writing a decree.
pub(in crate::protocol) enum Written {
    /// The place was empty.
    New,
    /// The place held this decree already.
    Known,
    /// The place holds another decree.
    Otherwise,
}

impl Ledger {
    pub(in crate::protocol) fn open(storage: &Storage) -> Self {
        let (passed, values) = (Sorted::default(), Sorted::default());
        let mut ledger = Self { passed, values, executed: 0, done: Sorted::default() };
        for (instance, cell) in storage.list(LEDGER) {
            if let Some(vote) = cell.vote() {
                ledger.write(instance, vote);
            }
        }
        ledger
    }

    pub(in crate::protocol) fn write(&mut self, instance: Instance, vote: Vote) -> Written {
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

    /// Those of these entries that have passed, and whose place is not written yet.
    pub(in crate::protocol) fn news(&self, entries: &[Entry]) -> Arc<[Entry]> {
        let is_news = |entry: &&Entry| entry.is_passed && self.passed.get(&entry.instance).is_none();
        entries.iter().filter(is_news).copied().collect()
    }

    /// What a LastVote tells of the instance `first` and every later one: the decree where this ledger has it, or else the
    /// process's vote.
    pub(in crate::protocol) fn report(&self, votes: &Sorted<Instance, Vote>, first: Instance) -> Arc<[Entry]> {
        let mut known: Sorted<Instance, Entry> = Sorted::default();
        for (instance, vote) in self.passed.from(&first) {
            known.entry(*instance, || Entry { instance: *instance, vote: *vote, is_passed: true });
        }
        for (instance, vote) in votes.from(&first) {
            known.entry(*instance, || Entry { instance: *instance, vote: *vote, is_passed: false });
        }
        known.entries().iter().map(|(_, entry)| *entry).collect()
    }

    /// Whether this command is in the ledger.
    pub(in crate::protocol) fn has(&self, value: Value) -> bool {
        self.values.get(&value).is_some()
    }

    /// Whether this command was executed.
    pub(in crate::protocol) fn has_executed(&self, value: Value) -> bool {
        self.done.get(&value).is_some()
    }

    /// The first place that was not executed yet, which may be empty.
    pub(in crate::protocol) fn first_missing(&self) -> Instance {
        Instance(self.executed + 1)
    }

    /// The last place that holds a decree; 0 when no place does.
    pub(in crate::protocol) fn last(&self) -> u32 {
        self.passed.entries().last().map_or(0, |(instance, _)| instance.0)
    }

    /// Moves on to the next place, if that place holds a decree.
    pub(in crate::protocol) fn next(&mut self) -> Option<(Instance, Value)> {
        let instance = self.first_missing();
        let vote = self.passed.get(&instance)?;
        self.executed += 1;
        Some((instance, vote.value))
    }

    /// Notes that a command is executed; true when the command is executed for the first time and is not the olive-day
    /// decree.
    pub(in crate::protocol) fn execute(&mut self, value: Value) -> bool {
        let is_new = value != Value::OLIVE_DAY && self.done.get(&value).is_none();
        self.done.entry(value, || ());
        is_new
    }

    /// Whether the ledger misses a decree: one in a place before a known decree, or one that may have passed because this
    /// process voted for it.
    pub(in crate::protocol) fn is_missing(&self, votes: &Sorted<Instance, Vote>) -> bool {
        self.last() > self.executed || !votes.from(&self.first_missing()).is_empty()
    }
}
