//! Vote once: no process votes for two decrees in one round.
//!
//! In a classic round this follows from B1 and from the votes being for ballots that were begun, since the round has one
//! decree. In a fast round the voters choose the decree, so it needs this separate check.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::quorum::Overlap;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "vote-once",
    title: "One {vote} a round",
    statement: "No process {votes_for} two {decrees} in one round.",
    further: &[],
    source: "Fast Paxos (2006), §2.2.1",
    applies: |scenario| scenario.setup.quorums.overlap == Overlap::TwoFast && scenario.setup.histories.is_none(),
    open: |_| Box::new(VoteOnce),
};

/// β holds the votes.
#[derive(Clone, Hash)]
struct VoteOnce;

impl Check for VoteOnce {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Voted(instance, vote))) = seen.fact() else { return Ok(()) };
        let Some(other) = seen.beta.other_vote(instance, vote, node) else { return Ok(()) };
        let symbols = seen.symbols();
        let (name, ballot) = (symbols.node(node), symbols.ballot(vote.ballot));
        Err(Said::of(|words| {
            let [this, other] = [vote.value, other].map(|value| words.value(symbols, value));
            let voted_for = words.voted_for;
            format!("{name} {voted_for} “{this}” in {ballot}, in which it had {voted_for} “{other}”")
        }))
    }
}
