//! B1: distinct ballots have distinct numbers.

use super::{Check, CheckInfo, Seen, has_histories, is_fast};
use crate::protocol::{Fact, Said};
use crate::quorum::{Overlap, Round};
use crate::types::{Ballot, Instance, NodeSet, Renaming, Sorted};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B1",
    title: "B1 · unique numbers",
    statement: "Every {ballot} has a number of its own: for all B ≠ B′ in β, B_bal ≠ B′_bal.",
    further: &[
        (
            is_fast,
            "Only a fast round may be begun by several processes, each with a {decree} that the {votes} before it \
             allow.",
        ),
        (
            has_histories,
            "A classic {ballot} may be begun again by its owner, each time with a history that extends the one before.",
        ),
    ],
    source: "PTP §2.1; slides, “Consistency conditions”; Fast Paxos (2006), §3.2",
    applies: |_| true,
    open: |_| Box::<B1>::default(),
};

#[derive(Clone, Hash, Default)]
struct B1 {
    /// Where rounds may be fast, the processes that have begun each ballot.
    by: Sorted<(Instance, Ballot), NodeSet>,
}

impl Check for B1 {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Began { instance, ballot, .. })) = seen.fact() else { return Ok(()) };
        let setup = &seen.scenario.setup;
        let mut is_alone = true;
        if setup.quorums.overlap == Overlap::TwoFast {
            is_alone = self.by.entry((instance, ballot), || NodeSet::EMPTY).insert(node);
        }
        let numbered = seen.beta.numbered(instance, ballot);
        let [first, _, ..] = &*numbered else { return Ok(()) };
        // Uncoordinated recovery: each acceptor goes on to the next fast round by itself, and says on which votes it rests.
        let is_fast = seen.scenario.round(ballot) == Round::Fast;
        let has_histories = setup.histories.is_some();
        if is_fast && !has_histories && is_alone && numbered.iter().all(|begun| begun.value.is_some()) {
            return Ok(());
        }
        // The leader of a classic ballot appends commands to the history of its ballot.
        let is_of_one = self.by.get(&(instance, ballot)).is_some_and(|by| by.len() == 1);
        let values: Vec<_> = numbered.iter().filter_map(|begun| begun.value).collect();
        let grows = values.windows(2).all(|pair| setup.includes(pair[1], pair[0]));
        if has_histories && !is_fast && is_of_one && grows {
            return Ok(());
        }
        let symbols = seen.symbols();
        let number = symbols.ballot(ballot);
        Err(Said::of(|words| {
            format!("{} began a second {} {number}, after {}", symbols.node(node), words.ballot, symbols.node(first.by))
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        for (place, by) in std::mem::take(&mut self.by).into_entries() {
            self.by.set(place, by.renamed(names));
        }
    }
}
