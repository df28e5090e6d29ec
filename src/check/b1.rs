//! B1: distinct ballots have distinct numbers.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B1",
    title: "B1 · unique numbers",
    statement: "Every {ballot} has a number of its own: for all B ≠ B′ in β, B_bal ≠ B′_bal.",
    source: "PTP §2.1; slides, “Consistency conditions”",
    applies: |_| true,
    open: |_| Box::new(B1),
};

#[derive(Clone, Hash)]
struct B1;

impl Check for B1 {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Began { instance, ballot, .. })) = seen.fact() else { return Ok(()) };
        let [first, _, ..] = seen.beta.numbered(instance, ballot) else { return Ok(()) };
        let symbols = seen.symbols();
        let number = symbols.ballot(ballot);
        Err(Said::of(|words| {
            format!("{} began a second {} {number}, after {}", symbols.node(node), words.ballot, symbols.node(first.by))
        }))
    }
}
