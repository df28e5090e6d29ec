//! The coordinator's part: steps 1a and 2a, the ring of a ballot, and when the coordinator gives a ballot up.

use std::sync::Arc;

use super::{IDS, Member, RING_TIMER, RING_TIMER_SHORT, just};
use crate::protocol::parliament::{PATIENCE, PHASE_1, PHASE_2, message};
use crate::protocol::synod::{BEGIN_BALLOT, LAST_TRIED, NEXT_BALLOT, Reported, ballot_above};
use crate::protocol::{
    Decided, Effects, Entry, Fact, Guard, Hop, Message, Payload, Phase, Setup, Slip, TimerId, ValueId,
};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// The coordinator's slip of paper.
#[derive(Clone, Hash)]
pub(super) enum Leading {
    Nothing,
    /// NextBallot was sent (1a), and promises come in for the instance `first` and every later one.
    Asking {
        first: Instance,
        promised: NodeSet,
        /// The processes that have answered; in a U-Ring also some that vote in nothing.
        answered: NodeSet,
        reported: Sorted<Instance, Reported>,
    },
    /// A quorum has promised. The coordinator begins instances, as many as the window holds, and votes come around the ring.
    Presiding {
        quorum: NodeSet,
        ring: NodeSet,
        reported: Sorted<Instance, Reported>,
        open: Sorted<Instance, Open>,
        next: Instance,
        /// The coordinator puts olive-day decrees into the instances up to this one that nobody has reported.
        filled: u32,
    },
}

/// An instance under way.
#[derive(Clone, Hash)]
pub(super) struct Open {
    vote: Vote,
    id: ValueId,
    ring: NodeSet,
    voted: NodeSet,
}

impl Leading {
    pub(super) fn slip(&self, ballot: Ballot) -> Option<Slip> {
        match self {
            Self::Nothing => None,
            Self::Asking { first, promised, .. } => {
                Some(Slip { ballot, instance: *first, phase: Phase::OneB, collected: *promised })
            }
            Self::Presiding { open, .. } => {
                let (instance, open) = open.entries().first()?;
                Some(Slip { ballot, instance: *instance, phase: Phase::TwoB, collected: open.voted })
            }
        }
    }

    /// Ends an instance whose decree is settled; true when the instance was under way.
    pub(super) fn close(&mut self, instance: Instance) -> bool {
        match self {
            Self::Presiding { open, .. } => open.remove(&instance).is_some(),
            _ => false,
        }
    }

    /// Whether the ballot under way can settle this instance: the coordinator still asks for promises, or votes for this
    /// instance are on their way.
    pub(super) fn settles(&self, instance: Instance) -> bool {
        match self {
            Self::Nothing => false,
            Self::Asking { .. } => true,
            Self::Presiding { open, .. } => open.get(&instance).is_some(),
        }
    }

    /// Whether this value is under way.
    pub(super) fn has(&self, value: Value) -> bool {
        self.open().iter().any(|(_, open)| open.vote.value == value)
    }

    /// Counts votes that have come; the vote with its id and all voters, when a quorum has voted for it.
    pub(super) fn add_votes(
        &mut self,
        setup: &Setup,
        instance: Instance,
        voters: NodeSet,
    ) -> Option<(Vote, ValueId, NodeSet)> {
        let Self::Presiding { open, .. } = self else { return None };
        let Open { vote, id, voted, .. } = open.get_mut(&instance)?;
        *voted = voted.union(voters);
        setup.is_quorum(Purpose::Pass, *voted).then_some((*vote, *id, *voted))
    }

    fn open(&self) -> &[(Instance, Open)] {
        match self {
            Self::Presiding { open, .. } => open.entries(),
            _ => &[],
        }
    }
}

impl Member {
    /// Reacts to a change of the leader.
    pub(super) fn follow(&mut self, before: Option<NodeId>, effects: &mut Effects) {
        if self.state.election.leader(self.me) == before {
            return;
        }
        let led = before == Some(self.me);
        if led != self.leads() {
            effects.state(Fact::Leads(!led));
        }
        if led {
            self.state.queue.clear();
        }
        self.offer_all(effects);
        if self.leads() {
            self.next_ballot(effects);
        }
    }

    /// Does everything that a leader may do now: starts a ballot when the leader has work and no ballot is under way, and
    /// begins instances.
    pub(super) fn lead(&mut self, effects: &mut Effects) {
        if !self.leads() {
            return;
        }
        if matches!(self.state.leading, Leading::Nothing) && !self.state.queue.is_empty() {
            self.next_ballot(effects);
        }
        while let Some((instance, value)) = self.choose() {
            self.begin(instance, value, effects);
        }
    }

    /// Step 1a, with a ballot number above every number that the process has seen. The ballot is for all instances whose
    /// decree the leader does not know.
    pub(super) fn next_ballot(&mut self, effects: &mut Effects) {
        if !self.setup.performs(Phase::OneA) {
            return;
        }
        let seen = self.state.last_tried.max(self.state.acceptor.next_bal).max(self.state.seen);
        let ballot = ballot_above(&self.setup, seen, self.me);
        self.state.last_tried = Some(ballot);
        effects.persist(LAST_TRIED, Instance::FIRST, ballot.into());
        effects.state(Fact::Tried(ballot));
        if !self.setup.keeps(Guard::FreshIds) {
            self.state.named = 0;
        }
        // The commands that were under way go back into the queue. If the promises report one of them, it leaves the queue
        // again.
        let under_way: Vec<_> =
            self.state.leading.open().iter().map(|(place, open)| (*place, open.vote.value)).collect();
        for (instance, value) in under_way.into_iter().rev() {
            effects.cancel_timer(TimerId { kind: PHASE_2, number: instance.0 });
            let is_known = self.setup.keeps(Guard::Once) && self.state.ledger.has(value);
            if value != Value::OLIVE_DAY && !is_known && !self.state.queue.contains(&value) {
                self.state.queue.insert(0, value);
            }
        }
        let (first, none) = (self.state.ledger.first_missing(), NodeSet::EMPTY);
        self.state.leading = Leading::Asking { first, promised: none, answered: none, reported: Sorted::default() };
        let asked = if self.variant.is_unicast { self.group } else { self.setup.cast.acceptors };
        effects.send_each(asked.iter(), &message(NEXT_BALLOT, ballot, first, Payload::Empty));
        effects.set_timer(TimerId { kind: PHASE_1, number: 0 }, PATIENCE);
    }

    /// A LastVote has come. An M-Ring begins phase 2 with the first quorum, because it needs no more processes on the ring; a
    /// U-Ring waits until all have answered, because who is not on the ring hears nothing.
    pub(super) fn promised(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        missing: Instance,
        entries: &[Entry],
        effects: &mut Effects,
    ) {
        if missing < self.state.ledger.first_missing() {
            self.tell(from, missing, effects);
        }
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let Leading::Asking { promised, answered, reported, .. } = &mut self.state.leading else { return };
        answered.insert(from);
        if self.setup.cast.acceptors.contains(from) {
            promised.insert(from);
        }
        for entry in entries.iter() {
            reported.entry(entry.instance, Reported::default).add(Some(entry.vote));
        }
        if !self.variant.is_unicast || self.group.is_subset(*answered) {
            self.preside(effects);
        }
    }

    /// Goes on with phase 2, if a quorum has promised. These processes are the ring of an M-Ring. On a U-Ring are all that have
    /// answered.
    fn preside(&mut self, effects: &mut Effects) -> bool {
        let Leading::Asking { first, promised, answered, reported } = &mut self.state.leading else { return false };
        if !self.setup.is_quorum(Purpose::Promise, *promised) {
            return false;
        }
        let (next, quorum, answered, reported) = (*first, *promised, *answered, std::mem::take(reported));
        effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 });
        let ring = if self.variant.is_unicast { answered } else { self.setup.electorate(self.me, quorum) };
        self.state.ring = ring.union(just(self.me));
        let filled = reported.entries().last().map_or(0, |(instance, _)| instance.0).max(self.state.ledger.last());
        self.state.leading = Leading::Presiding { quorum, ring, reported, open: Sorted::default(), next, filled };
        true
    }

    /// 2Δ have gone by since the process asked for promises. Where a quorum has promised, the coordinator of a U-Ring goes on
    /// without the others.
    pub(super) fn promises_overdue(&mut self, effects: &mut Effects) {
        let is_asking = matches!(self.state.leading, Leading::Asking { .. });
        if is_asking && self.leads() && !self.preside(effects) {
            self.next_ballot(effects);
        }
    }

    /// A process is heard that is not on the U-Ring: it is on the ring of what the coordinator begins from now on, because votes
    /// count by their ballot, whichever ring they come along.
    pub(super) fn include(&mut self, from: NodeId) {
        let is_unicast = self.variant.is_unicast && self.group.contains(from);
        if let Leading::Presiding { ring, .. } = &mut self.state.leading
            && is_unicast
            && ring.insert(from)
        {
            self.state.ring.insert(from);
        }
    }

    /// The next instance and its decree, if there is one that the leader may begin now. Reported votes come first, with
    /// olive-day decrees in the gaps (B3; PTP §3.1), and then clients' commands.
    fn choose(&mut self) -> Option<(Instance, Value)> {
        if !self.setup.performs(Phase::TwoA) {
            return None;
        }
        let missing = self.state.ledger.first_missing();
        let Leading::Presiding { reported, open, next, filled, .. } = &mut self.state.leading else { return None };
        *next = (*next).max(missing);
        while self.state.ledger.passed.get(next).is_some() || open.get(next).is_some() {
            *next = next.next();
        }
        if next.0 - missing.0 >= self.window {
            return None;
        }
        if next.0 <= *filled {
            let reported = reported.get(next).copied().unwrap_or_default();
            return Some((*next, reported.choose(&self.setup, Some(Value::OLIVE_DAY))?));
        }
        Some((*next, *self.state.queue.first()?))
    }

    /// Step 2a for one instance: the value gets an id, and BeginBallot leaves.
    fn begin(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let Some(ballot) = self.state.last_tried else { return };
        // A client may have asked twice, and once means once.
        match self.state.queue.iter().position(|queued| *queued == value) {
            Some(place) if !self.setup.keeps(Guard::Once) => drop(self.state.queue.remove(place)),
            _ => self.state.queue.retain(|queued| *queued != value),
        }
        self.state.named += 1;
        let id = ValueId { by: self.me, number: self.state.named };
        effects.persist(IDS, Instance(id.number), value.into());
        effects.state(Fact::Named(id, value));
        let vote = Vote { ballot, value };
        let Leading::Presiding { quorum, ring, open, .. } = &mut self.state.leading else { return };
        let (quorum, ring) = (*quorum, *ring);
        open.set(instance, Open { vote, id, ring, voted: NodeSet::EMPTY });
        effects.state(Fact::begun(instance, vote, quorum));
        let news = self.take_news(effects);
        if let Some(begin) = self.begin_ballot(instance, news) {
            let to = if self.variant.is_unicast { just(self.me) } else { self.group };
            effects.send_each(to.iter(), &begin);
        }
        effects.set_timer(TimerId { kind: PHASE_2, number: instance.0 }, self.ring_timer(ring));
    }

    /// The BeginBallot of an instance under way.
    pub(super) fn begin_ballot(&self, instance: Instance, decided: Arc<[Decided]>) -> Option<Message> {
        let Leading::Presiding { open, .. } = &self.state.leading else { return None };
        let Open { vote, id, ring, .. } = open.get(&instance)?;
        let hop = Hop { id: *id, value: Some(vote.value), ring: *ring, voters: NodeSet::EMPTY, decided };
        Some(message(BEGIN_BALLOT, vote.ballot, instance, Payload::Hop(Arc::new(hop))))
    }

    /// How long the coordinator waits for what comes around the ring. The votes of an M-Ring of r processes take r Δ, and 2Δ more
    /// where a process has to ask for a value. The news of a U-Ring of r processes takes r Δ.
    fn ring_timer(&self, ring: NodeSet) -> Time {
        let is_short = self.variant.is_unicast || self.setup.choice(RING_TIMER) == RING_TIMER_SHORT;
        let processes = ring.union(just(self.me)).len() as u64;
        Time::deltas(processes + if is_short { 1 } else { 3 })
    }

    /// The votes for an instance have not come around in time: the process starts a new ballot if it still leads.
    pub(super) fn votes_overdue(&mut self, instance: Instance, effects: &mut Effects) {
        if self.leads() && self.state.leading.open().iter().any(|(open, _)| *open == instance) {
            self.next_ballot(effects);
        }
    }

    /// A Nack has come. The leader remembers the promised ballot that the Nack names. If the instance of the Nack has passed a
    /// decree by now, the leader tells the process that refused.
    pub(super) fn nacked(&mut self, from: NodeId, instance: Instance, bound: Ballot, effects: &mut Effects) {
        self.state.seen = self.state.seen.max(Some(bound));
        if self.state.ledger.passed.get(&instance).is_some() && self.setup.performs(Phase::Three) {
            self.tell(from, instance, effects);
        }
    }
}
