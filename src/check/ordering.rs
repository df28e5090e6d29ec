//! Ordering: if one command was passed before another was even proposed, it has the lower number.
//!
//! Without qualifiers, which the slides leave out, the invariant is false. Decrees have to be *important*: an olive-day
//! decree fills a gap below decrees that have passed. And a decree is *proposed* when its command is first begun with its
//! number, in any ballot, because a new leader begins old decrees again. In a fast round no leader chooses: there a decree is
//! proposed when somebody first votes for it.
//!
//! The paper's argument (PTP §3.2.1) covers a leader that learns of the decrees that passed before its ballot. The argument
//! does not cover a leader that does not know that a larger ballot has outrun it meanwhile: such a leader may begin a new
//! command below a decree that the larger ballot has passed. The leader's own ballot cannot pass the command any more, but a
//! ballot larger than both can find a vote for it, and B3 then forces that ballot to take the command. The check allows only
//! this case: ballot b first proposed the command, ballot c passed it, and ballot a passed the earlier one, with b < a < c.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, Sorted, Value, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "ordering",
    title: key!("Ordering"),
    statement: key!(
        "If a command was {passed} before another was first proposed, it has the lower number ({olive_day_decrees} do \
                not count, nor does what an outrun leader proposed and a later {ballot} found)."
    ),
    further: &[],
    source: "PTP §3.2.1; slides, “Running multiple consensus instances”",
    // A lying leader may begin its commands in any order.
    applies: |scenario| scenario.protocol.has_places() && scenario.setup.cast.liars.is_empty(),
    open: |_| Box::<Ordering>::default(),
};

/// A command that was passed, with its number and the ballot that passed it.
#[derive(Clone, Hash)]
struct Passed {
    instance: Instance,
    value: Value,
    ballot: Ballot,
    /// The largest number that any ballot had passed by then.
    top: Instance,
}

#[derive(Clone, Hash, Default)]
struct Ordering {
    /// The passed commands, in the order of time. For each ballot the list holds only the commands with a larger number than
    /// every earlier command of that ballot.
    passed: Vec<Passed>,
    /// The largest number passed by each ballot.
    largest: Sorted<Ballot, Instance>,
    /// For each command and number, the ballot that first proposed the command, and the length of `passed` then.
    proposed: Sorted<(Instance, Value), (Ballot, usize)>,
}

impl Ordering {
    fn propose(&mut self, instance: Instance, Vote { ballot, value }: Vote) {
        let count = self.passed.len();
        self.proposed.entry((instance, value), || (ballot, count));
    }
}

impl Check for Ordering {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        match seen.fact() {
            Some((_, Fact::Began { instance, ballot, value: Some(value), .. })) => {
                self.propose(instance, Vote { ballot, value });
                Ok(())
            }
            Some((_, Fact::Voted(instance, vote))) => {
                self.propose(instance, vote);
                Ok(())
            }
            Some((_, Fact::Learned(instance, vote))) if seen.scenario.setup.is_command(vote.value) => {
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
                // In a run that keeps the order, no earlier command reaches this number, so the search ends at once.
                let reaches = |earlier: &&Passed| earlier.top >= instance;
                let before = self.passed[..*count].iter().rev().take_while(reaches).filter(breaks);
                let Some(earlier) = before.max_by_key(|earlier| (earlier.instance, earlier.value)) else {
                    return Ok(());
                };
                let symbols = seen.symbols();
                let [this, other] = [vote.value, earlier.value].map(|value| symbols.value(value));
                let (number, earlier) = (instance.0, earlier.instance.0);
                Err(Said::of(|words| {
                    let passed = words.passed;
                    say!("“{this}” has number {number}, but “{other}”, {passed} before it was proposed, has {earlier}")
                }))
            }
            _ => Ok(()),
        }
    }
}
