//! Vote once: no process votes for two decrees in one round.
//!
//! In a classic round this follows from B1 and from the votes being for ballots that were begun, since the round has one
//! decree. In a fast round the voters choose the decree, and a leader that lies may propose several, so it needs this separate
//! check.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, has_certificates, is_vouched};
use crate::protocol::{Fact, Said};
use crate::quorum::Overlap;
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, NodeId, Renaming, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "vote-once",
    title: key!("One {vote} a round"),
    statement: key!("No process {votes_for} two {decrees} in one round."),
    further: &[(
        |setup| has_certificates(setup) || is_vouched(setup),
        key!("Where processes may lie, no correct process accepts two {decrees} for one place of a {ballot}."),
    )],
    source: "Fast Paxos (2006), §2.2.1; Practical Byzantine Fault Tolerance (1999), §4.2; Fast Byzantine Consensus (2006), §4",
    applies: |scenario| match scenario.setup.quorums.overlap {
        Overlap::TwoFast => scenario.setup.histories.is_none(),
        Overlap::Correct | Overlap::TruthfulMajority => true,
        Overlap::AnyTwo | Overlap::AcrossPhases => false,
    },
    open: |_| Box::<VoteOnce>::default(),
};

/// β holds the votes.
#[derive(Clone, Default)]
struct VoteOnce {
    /// What each process has accepted for each place of each ballot.
    accepted: Sorted<(NodeId, Instance, Ballot), Value>,
}

/// Where nobody accepts anything, the hash is empty, as the votes are in β.
impl Hash for VoteOnce {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.accepted.entries().iter().for_each(|entry| entry.hash(hasher));
    }
}

impl Check for VoteOnce {
    fn rename(&mut self, names: &Renaming) {
        for ((node, instance, ballot), value) in std::mem::take(&mut self.accepted).into_entries() {
            self.accepted.set((names.of(node), instance, ballot), value);
        }
    }

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some((node, Fact::Believed { instance, ballot, value, .. })) = seen.fact() {
            let first = *self.accepted.entry((node, instance, ballot), || value);
            if first == value {
                return Ok(());
            }
            let symbols = seen.symbols();
            let (name, ballot, place) = (symbols.node(node), symbols.ballot(ballot), instance.0);
            return Err(Said::of(|words| {
                let [this, first] = [value, first].map(|value| words.value(symbols, value));
                say!("{name} accepted “{this}” as number {place} in {ballot}, for which it had accepted “{first}”")
            }));
        }
        let Some((node, Fact::Voted(instance, vote))) = seen.fact() else { return Ok(()) };
        let Some(other) = seen.beta.other_vote(instance, vote, node) else { return Ok(()) };
        let symbols = seen.symbols();
        let (name, ballot) = (symbols.node(node), symbols.ballot(vote.ballot));
        Err(Said::of(|words| {
            let [this, other] = [vote.value, other].map(|value| words.value(symbols, value));
            let voted_for = words.voted_for;
            say!("{name} {voted_for} “{this}” in {ballot}, in which it had {voted_for} “{other}”")
        }))
    }
}
