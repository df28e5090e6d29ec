//! The steps of FaB's acceptors: accepting, and reporting what was accepted. They have three cells of memory: `promised` (the
//! field `nextBal`), what was accepted in each instance (`prevVote`), and the learner's ledger.

use std::sync::Arc;

use super::{ACCEPTED, Fab, LAST_TRIED, REP, message, row::SUSPECT};
use crate::protocol::synod::NEXT_BAL;
use crate::protocol::{Basis, Claim, Effects, Fact, Guard, Message, Payload, Phase};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

impl Fab {
    /// The first ballot, before which nothing can have been accepted, so that it needs no certificate.
    pub(super) fn first_ballot(&self) -> Ballot {
        self.sizes.ballot(1, self.is_open())
    }

    /// The first ballot that a leader may ask for reports without being elected: the first regency's, where the ballot before
    /// it is open.
    fn is_of_first_regency(&self, ballot: Ballot) -> bool {
        ballot == self.sizes.ballot(1 + u32::from(self.is_open()), self.is_open())
    }

    /// A PROPOSE has come. The acceptor accepts once in each ballot, in no ballot below its promise, and in a later ballot than
    /// the first only with a certificate that vouches for the value.
    pub(super) fn accept(
        &mut self,
        from: NodeId,
        instance: Instance,
        vote: Vote,
        claims: &[Claim],
        effects: &mut Effects,
    ) {
        let ballot = vote.ballot;
        if from != ballot.owner() || !self.sizes.is_ballot(ballot, self.is_open()) {
            return;
        }
        if self.is_proposer() && ballot >= self.state.regency {
            self.state.proposed.entry(instance, || false);
        }
        if !self.setup.accepts(self.me, Phase::TwoB) || (self.is_open() && ballot == self.first_ballot()) {
            return;
        }
        let bound = self.state.acceptor.next_bal;
        if Some(ballot) < bound && self.setup.keeps(Guard::Promise) {
            return effects.state(Fact::Refused(ballot, bound));
        }
        let needs_proof = ballot != self.first_ballot();
        if !self.may_accept(instance, ballot) || (needs_proof && !self.allows(claims, ballot, instance, vote.value)) {
            return;
        }
        let signers: NodeSet = claims.iter().map(|claim| claim.by).collect();
        let basis = if needs_proof && !signers.is_empty() { Basis::Proof(signers) } else { Basis::Nothing };
        self.believe(instance, vote, basis, effects);
    }

    /// One value in each ballot: an acceptor that has accepted something in a ballot accepts nothing more in it or in an
    /// earlier one.
    fn may_accept(&self, instance: Instance, ballot: Ballot) -> bool {
        let last = self.state.acceptor.votes.get(&instance).map(|vote| vote.ballot);
        last < Some(ballot)
            || last == Some(ballot) && !self.setup.keeps(Guard::VoteOnce)
            || last > Some(ballot) && !self.setup.keeps(Guard::Promise)
    }

    fn believe(&mut self, instance: Instance, vote: Vote, basis: Basis, effects: &mut Effects) {
        let Vote { ballot, value } = vote;
        let is_new = self.state.acceptor.votes.get(&instance) != Some(&vote);
        if Some(ballot) > self.state.acceptor.next_bal {
            self.state.acceptor.next_bal = Some(ballot);
            effects.persist(NEXT_BAL, Instance::FIRST, ballot.into());
        }
        if is_new {
            effects.state(Fact::Believed { instance, ballot, value, basis });
        }
        self.state.acceptor.cast(instance, vote, effects);
        // A commit proof stays good while the acceptor keeps its value: the value may have been learned by it.
        if self.state.proofs.get(&instance).is_some_and(|(proved, _)| proved.value != value) {
            self.state.proofs.remove(&instance);
        }
        let cast = &self.setup.cast;
        let mut hearers = cast.learners;
        if self.variant.has_proofs {
            hearers = hearers.union(cast.acceptors);
        }
        if self.is_open() && ballot == self.first_ballot() {
            // Acceptors have to know which places are free, and the leader looks for collisions.
            hearers = hearers.union(cast.acceptors).union([self.state.regency.owner()].into_iter().collect());
        }
        effects.send_each(hearers.iter(), &message(ACCEPTED, ballot, instance, Payload::Value(value)));
    }

    /// Where the first ballot is open, an acceptor gives each wish the first free place, as long as it has promised no later
    /// ballot.
    pub(super) fn vote_for_wishes(&mut self, effects: &mut Effects) {
        let ballot = self.first_ballot();
        let is_over = self.state.acceptor.next_bal > Some(ballot);
        if !self.is_open() || is_over || !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        for wish in self.state.wishes.clone() {
            let is_new = self.state.acceptor.votes.entries().iter().all(|(_, vote)| vote.value != wish);
            if is_new || !self.has_place(wish) && self.knows_its_places() {
                let instance = self.free_place(ballot);
                self.believe(instance, Vote { ballot, value: wish }, Basis::Nothing, effects);
            }
        }
    }

    /// Whether this acceptor knows the decrees of all places that it has voted in: a wish that has lost its place may pass in a
    /// place that this acceptor gave to another one.
    fn knows_its_places(&self) -> bool {
        self.state.acceptor.votes.entries().iter().all(|(instance, _)| self.has_passed(*instance))
    }

    /// Whether this acceptor has voted for the wish in a place that the wish may still get.
    fn has_place(&self, wish: Value) -> bool {
        let may_get =
            |instance: &Instance| self.state.ledger.passed.get(instance).is_none_or(|passed| passed.value == wish);
        let votes = self.state.acceptor.votes.entries().iter();
        votes.filter(|(_, vote)| vote.value == wish).any(|(instance, _)| may_get(instance))
    }

    fn free_place(&self, ballot: Ballot) -> Instance {
        let mut instance = self.state.ledger.first_missing();
        while self.has_passed(instance) || !self.may_accept(instance, ballot) {
            instance = instance.next();
        }
        instance
    }

    /// A QUERY has come. The acceptor promises the ballot, and reports what it has accepted, if the QUERY comes from the
    /// ballot's leader and carries the SUSPECTs that have elected it.
    pub(super) fn rep(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        first: Instance,
        claims: &[Claim],
        effects: &mut Effects,
    ) {
        let is_leader = from == ballot.owner() && self.sizes.is_ballot(ballot, self.is_open());
        let is_elected = self.is_of_first_regency(ballot) && self.is_open() || self.is_election(claims, ballot);
        if !is_leader || !is_elected {
            return;
        }
        if self.is_proposer() && ballot > self.state.regency {
            self.enter(ballot, effects);
        }
        if !self.setup.accepts(self.me, Phase::OneB) {
            return;
        }
        let bound = self.state.acceptor.next_bal;
        let last = self.state.acceptor.votes.from(&first).iter().map(|(_, vote)| vote.ballot).max();
        if Some(ballot) < bound {
            return effects.state(Fact::Refused(ballot, bound));
        }
        if last >= Some(ballot) {
            return;
        }
        if Some(ballot) > bound && self.setup.keeps(Guard::Promise) {
            self.state.acceptor.next_bal = Some(ballot);
            effects.persist(NEXT_BAL, Instance::FIRST, ballot.into());
        }
        let votes = self.state.acceptor.votes.from(&first);
        let payload = if self.variant.is_log {
            votes.iter().for_each(|(instance, vote)| effects.state(Fact::Promised(*instance, ballot, Some(*vote))));
            effects.state(Fact::PromisedFrom(first, ballot));
            Payload::Proof(None, votes.iter().map(|(instance, vote)| self.signed(*instance, *vote)).collect())
        } else {
            let vote = votes.first().map(|(_, vote)| *vote);
            effects.state(Fact::Promised(first, ballot, vote));
            Payload::Proof(vote, self.proof_of(first, vote))
        };
        effects.send(from, message(REP, ballot, first, payload));
    }

    /// What this acceptor has said when it voted.
    fn signed(&self, instance: Instance, vote: Vote) -> Claim {
        Claim { by: self.me, message: message(ACCEPTED, vote.ballot, instance, Payload::Value(vote.value)) }
    }

    /// The last commit proof for the value that was accepted last, or no claims.
    fn proof_of(&self, instance: Instance, vote: Option<Vote>) -> Arc<[Claim]> {
        let is_same = |proved: &Vote| vote.is_some_and(|vote| vote.value == proved.value);
        let known = self.state.proofs.get(&instance).filter(|(proved, _)| is_same(proved));
        known.map_or_else(|| Arc::from([]), |(_, claims)| Arc::clone(claims))
    }

    /// Whether these are signed SUSPECTs of the ballot before this one, of enough proposers.
    fn is_election(&self, claims: &[Claim], ballot: Ballot) -> bool {
        let Some(before) = ballot.number().checked_sub(1).filter(|number| *number > 0) else { return false };
        let before = self.sizes.ballot(before, self.is_open());
        let says = |claim: &&Claim| claim.message == suspicion(before) && self.sizes.proposers.contains(claim.by);
        let signers: NodeSet = claims.iter().filter(says).map(|claim| claim.by).collect();
        signers.len() >= self.sizes.regency
    }

    /// Notes that this process leads the ballot.
    pub(super) fn try_ballot(&mut self, ballot: Ballot, effects: &mut Effects) {
        if self.state.last_tried < Some(ballot) {
            self.state.last_tried = Some(ballot);
            effects.persist(LAST_TRIED, Instance::FIRST, ballot.into());
        }
    }
}

/// The SUSPECT of a ballot's leader.
pub(super) fn suspicion(ballot: Ballot) -> Message {
    message(SUSPECT, ballot, Instance::FIRST, Payload::Empty)
}
