//! The votes that a process has heard of in one instance, and what they say: that a decree has passed, that wishes collide, and
//! which decree the next round has to carry.

use super::pick::pick_among;
use crate::protocol::rounds::round;
use crate::protocol::{Guard, Setup};
use crate::quorum::Purpose;
use crate::types::{Ballot, NodeId, NodeSet, Renaming, Sorted, Value, Vote};

/// The votes by round, in the order in which they came.
#[derive(Clone, Hash, Default)]
pub(super) struct Votes(Sorted<Ballot, Vec<(NodeId, Value)>>);

impl Votes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.entries().is_empty()
    }

    /// Notes a vote.
    pub(super) fn hear(&mut self, from: NodeId, vote: Vote) {
        let heard = self.0.entry(vote.ballot, Vec::new);
        if !heard.contains(&(from, vote.value)) {
            heard.push((from, vote.value));
        }
    }

    /// The last round in which somebody has voted.
    pub(super) fn last(&self) -> Option<Ballot> {
        self.0.entries().last().map(|(ballot, _)| *ballot)
    }

    /// The votes in this round.
    fn of(&self, ballot: Ballot) -> &[(NodeId, Value)] {
        self.0.get(&ballot).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody has voted for this decree in some round.
    pub(super) fn has(&self, value: Value) -> bool {
        self.0.entries().iter().any(|(_, heard)| heard.iter().any(|(_, other)| *other == value))
    }

    /// The processes whose votes in this round have come.
    pub(super) fn voters(&self, ballot: Ballot) -> NodeSet {
        self.of(ballot).iter().map(|(node, _)| *node).collect()
    }

    /// Whether a quorum has cast this vote.
    pub(super) fn has_passed(&self, setup: &Setup, vote: Vote) -> bool {
        let counts = |ballot: Ballot| ballot == vote.ballot || !setup.keeps(Guard::OneBallot);
        let rounds = self.0.entries().iter().filter(|(ballot, _)| counts(*ballot));
        let voters = rounds.flat_map(|(_, heard)| heard).filter(|(_, value)| *value == vote.value);
        let voters = voters.map(|(node, _)| *node).collect();
        setup.quorums.get(Purpose::Pass, round(setup, vote.ballot)).is_quorum(voters)
    }

    /// The decree for the round after this one, and the processes whose votes take the place of promises; none where they are
    /// no quorum for that round. Where no decree can have passed, only an allowed one is taken, or else `otherwise`.
    pub(super) fn recovered(
        &self,
        setup: &Setup,
        ballot: Ballot,
        is_allowed: impl Fn(Value) -> bool,
        otherwise: Option<Value>,
    ) -> Option<(Value, NodeSet)> {
        let (heard, voters) = (self.of(ballot), self.voters(ballot));
        let votes: Vec<_> = heard.iter().map(|(node, value)| (*node, Vote { ballot, value: *value })).collect();
        let is_enough = setup.quorum(Purpose::Promise).is_quorum(voters);
        let value = pick_among(setup, voters, &votes, is_allowed).or(otherwise)?;
        Some((value, voters)).filter(|_| is_enough)
    }

    /// Whether a collision is visible in this round: a quorum has voted for at least two decrees.
    pub(super) fn collides(&self, setup: &Setup, ballot: Ballot) -> bool {
        let heard = self.of(ballot);
        let is_split = heard.iter().any(|(_, value)| *value != heard[0].1);
        is_split && setup.quorum(Purpose::Promise).is_quorum(self.voters(ballot))
    }

    /// Gives the nodes their new names.
    pub(super) fn rename(&mut self, names: &Renaming) {
        for (ballot, heard) in std::mem::take(&mut self.0).into_entries() {
            self.0.set(ballot, heard.into_iter().map(|(node, value)| (names.of(node), value)).collect());
        }
    }
}
