//! Ordering: what was passed before something was even proposed comes before it.
//!
//! The slides leave qualifiers out, without which this is false. Decrees have to be *important*: an olive-day decree fills
//! a gap below what has passed. And a decree is *proposed* when its command is first begun with its number, in whatever
//! ballot: a new leader begins old decrees again.
//!
//! The paper's argument (PTP §3.2.1) covers a leader that learns of what passed before its ballot. It does not cover a
//! leader that others have outrun meanwhile and that does not know: it may begin a new command below what a larger ballot
//! has passed. Its own ballot cannot pass the command any more, but a ballot larger than both can find that vote, and B3
//! then makes it take the command up. That case alone is let be: first proposed by a ballot b, passed by a ballot c, and
//! the earlier one passed by a ballot a with b < a < c.

use super::{Check, CheckInfo, Seen};
use crate::protocol::Fact;
use crate::types::{Ballot, Instance, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "ordering",
    title: "Ordering",
    statement: "If a command was passed before another was first proposed, it has the lower number (olive-day decrees do \
                not count, nor does what an outrun leader proposed and a later ballot found).",
    source: "PTP §3.2.1; slides, “Running multiple consensus instances”",
    applies: |scenario| scenario.protocol.is_log,
    open: |_| Box::<Ordering>::default(),
};

/// A command that was passed, by which ballot and with which number.
#[derive(Clone, Hash)]
struct Passed {
    instance: Instance,
    value: Value,
    ballot: Ballot,
    /// The largest number passed until then, by any ballot.
    top: Instance,
}

#[derive(Clone, Hash, Default)]
struct Ordering {
    /// What was passed, in the order of time: for each ballot only what has a larger number than all before.
    passed: Vec<Passed>,
    /// The largest number passed by each ballot.
    largest: Sorted<Ballot, Instance>,
    /// For each command and number, the ballot that first proposed it, and how long `passed` was then.
    proposed: Sorted<(Instance, Value), (Ballot, usize)>,
}

impl Check for Ordering {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        match seen.fact() {
            Some((_, Fact::Began { instance, ballot, value: Some(value), .. })) => {
                let count = self.passed.len();
                self.proposed.entry((instance, value), || (ballot, count));
                Ok(())
            }
            Some((_, Fact::Learned(instance, vote))) if vote.value != Value::OLIVE_DAY => {
                let largest = self.largest.entry(vote.ballot, || Instance(0));
                if instance > *largest {
                    *largest = instance;
                    let top = self.passed.last().map_or(instance, |last| last.top.max(instance));
                    self.passed.push(Passed { instance, value: vote.value, ballot: vote.ballot, top });
                }
                let Some((first, count)) = self.proposed.get(&(instance, vote.value)) else { return Ok(()) };
                let breaks = |earlier: &&Passed| {
                    let is_outrun = *first < earlier.ballot && earlier.ballot < vote.ballot;
                    earlier.instance >= instance && !is_outrun
                };
                // In a run that keeps the order nothing that passed before reaches this number, so nothing is looked at.
                let reaches = |earlier: &&Passed| earlier.top >= instance;
                let before = self.passed[..*count].iter().rev().take_while(reaches).filter(breaks);
                let Some(earlier) = before.max_by_key(|earlier| (earlier.instance, earlier.value)) else {
                    return Ok(());
                };
                let symbols = seen.symbols();
                let [this, other] = [vote.value, earlier.value].map(|value| symbols.value(value));
                Err(format!(
                    "“{this}” has number {}, but “{other}”, passed before it was proposed, has {}",
                    instance.0, earlier.instance.0
                ))
            }
            _ => Ok(()),
        }
    }
}
