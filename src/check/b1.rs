//! B1: distinct ballots have distinct numbers.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::quorum::Round;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B1",
    title: "B1 · unique numbers",
    statement: "Every {ballot} has a number of its own: for all B ≠ B′ in β, B_bal ≠ B′_bal. Only a fast round may be begun by \
                several processes, each with a {decree} that the {votes} before it allow.",
    source: "PTP §2.1; slides, “Consistency conditions”; Fast Paxos (2006), §3.2",
    applies: |_| true,
    open: |_| Box::new(B1),
};

#[derive(Clone, Hash)]
struct B1;

impl Check for B1 {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Began { instance, ballot, .. })) = seen.fact() else { return Ok(()) };
        let numbered = seen.beta.numbered(instance, ballot);
        let [first, _, ..] = numbered.as_slice() else { return Ok(()) };
        // Uncoordinated recovery: each acceptor goes on to the next fast round by itself, and says on which votes it rests.
        let is_fast = seen.scenario.round(ballot) == Round::Fast;
        let is_alone = numbered.iter().filter(|begun| begun.by == node).count() == 1;
        if is_fast && is_alone && numbered.iter().all(|begun| begun.value.is_some()) {
            return Ok(());
        }
        let symbols = seen.symbols();
        let number = symbols.ballot(ballot);
        Err(Said::of(|words| {
            format!("{} began a second {} {number}, after {}", symbols.node(node), words.ballot, symbols.node(first.by))
        }))
    }
}
