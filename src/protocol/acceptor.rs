//! The acceptor's part, which the protocols with three cells of memory share: steps 1b and 2b (PTP §2.3; slides, "Basic
//! protocol"), for one instance or for many.
//!
//! An acceptor has one `nextBal` for all instances, and one `prevVote` for each instance (PTP §3.1).

use super::synod::{NEXT_BAL, PREV_VOTE};
use super::{Effects, Fact, Guard, Setup, Storage};
use crate::types::{Ballot, Instance, NodeId, Sorted, Vote};

/// What an acceptor remembers, all of it in stable storage.
#[derive(Clone, Hash, Default)]
pub(super) struct Acceptor {
    pub(super) next_bal: Option<Ballot>,
    pub(super) votes: Sorted<Instance, Vote>,
}

/// The guard of step 2b. The sources have two readings of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum VoteGuard {
    /// b = `nextBal` (PTP; slides).
    Strict,
    /// b ≥ `nextBal`, and `nextBal` then rises to b (Paxos Made Simple).
    Relaxed,
}

/// What forbids a step: the ballot that the acceptor has promised.
pub(super) type Refusal = Option<Ballot>;

impl Acceptor {
    /// An acceptor with what it persisted before.
    pub(super) fn open(setup: &Setup, me: NodeId, storage: &Storage) -> Self {
        let mut acceptor = Self::default();
        if setup.remembers(me) {
            acceptor.next_bal = storage.get(NEXT_BAL, Instance::FIRST).ballot;
            for (instance, cell) in storage.list(PREV_VOTE) {
                if let Some(vote) = cell.vote() {
                    acceptor.votes.entry(instance, || vote);
                }
            }
        }
        acceptor
    }

    /// Step 1b, b > `nextBal`: the acceptor promises, for the instance `from` and every later one, or for `from` only when
    /// `is_log` is not set. A second NextBallot with the same number is refused too, so a lost LastVote is not sent again.
    pub(super) fn promise(
        &mut self,
        setup: &Setup,
        ballot: Ballot,
        from: Instance,
        is_log: bool,
        effects: &mut Effects,
    ) -> Result<(), Refusal> {
        let twice = !setup.keeps(Guard::UniqueBallots) && self.next_bal == Some(ballot);
        if Some(ballot) <= self.next_bal && !twice {
            return Err(self.next_bal);
        }
        self.next_bal = Some(ballot);
        effects.persist(NEXT_BAL, Instance::FIRST, ballot.into());
        if !is_log {
            effects.state(Fact::Promised(from, ballot, self.votes.get(&from).copied()));
            return Ok(());
        }
        for (instance, vote) in self.votes.from(&from) {
            effects.state(Fact::Promised(*instance, ballot, Some(*vote)));
        }
        effects.state(Fact::PromisedFrom(from, ballot));
        Ok(())
    }

    /// Step 2b. A duplicate BeginBallot is granted again, but the acceptor does not vote a second time.
    pub(super) fn vote(
        &mut self,
        setup: &Setup,
        instance: Instance,
        vote: Vote,
        guard: VoteGuard,
        effects: &mut Effects,
    ) -> Result<(), Refusal> {
        let bound = self.next_bal;
        let granted = match guard {
            VoteGuard::Strict => Some(vote.ballot) == bound,
            VoteGuard::Relaxed => Some(vote.ballot) >= bound,
        };
        if !granted && setup.keeps(Guard::Promise) {
            return Err(bound);
        }
        if Some(vote.ballot) > bound {
            self.next_bal = Some(vote.ballot);
            effects.persist(NEXT_BAL, Instance::FIRST, vote.ballot.into());
        }
        self.cast(instance, vote, effects);
        Ok(())
    }

    /// Votes, unless this vote is the last one already. The caller has asked for the guard.
    pub(super) fn cast(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        if self.votes.get(&instance) == Some(&vote) {
            return;
        }
        self.votes.set(instance, vote);
        effects.persist(PREV_VOTE, instance, vote.into());
        effects.state(Fact::Voted(instance, vote));
    }
}
