//! The leader's part of a ledger of fast instances: steps 1a and 2a, the recovery of single instances, and gaps.

use super::super::pick::pick_among;
use super::super::{ANY, FAST_ROUND, PATIENCE, PHASE_1, PHASE_2, RECOVERY, RECOVERY_RESTART};
use super::FastLog;
use crate::protocol::parliament::message;
use crate::protocol::rounds::RECOVERY_COORDINATED;
use crate::protocol::rounds::{round, round_above, successor};
use crate::protocol::synod::{BEGIN_BALLOT, LAST_TRIED, NEXT_BALLOT, SUCCESS};
use crate::protocol::{Basis, Effects, Entry, Fact, Payload, Phase, Slip, TimerId};
use crate::quorum::{Purpose, Round};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// How many instances after the last executed one the leader repairs at once. A gap may be ten thousand places wide.
const WINDOW: u32 = 16;
/// The number of the timer for wishes that nobody has voted for. Instances have the other numbers.
const UNPLACED: u32 = 0;

/// The leader's slip of paper.
#[derive(Clone, Hash)]
pub(super) enum Leading {
    Nothing,
    /// NextBallot was sent (1a) for the instance `first` and every later one, and promises come in.
    Asking {
        first: Instance,
        promised: NodeSet,
        reported: Sorted<Instance, Vec<(NodeId, Vote)>>,
    },
    /// A quorum has promised this round.
    Balloting(SecondPhase),
}

/// A round whose second phase is under way.
#[derive(Clone, Hash)]
pub(super) struct SecondPhase {
    ballot: Ballot,
    quorum: NodeSet,
    /// The first instance for which Any was sent, in a fast round; the leader has to settle every instance before it.
    free: Instance,
    /// The votes that the quorum has reported.
    reported: Sorted<Instance, Vec<(NodeId, Vote)>>,
    /// What the leader has begun in each instance whose decree it does not know: in this round or, to recover, in a later one
    /// of its block.
    begun: Sorted<Instance, Vote>,
    /// The running timers: the kind of each number.
    timed: Sorted<u32, u8>,
}

impl FastLog {
    /// The oracle names leaders. A process that begins to lead starts a round, so that phase 1 is done before clients ask.
    pub(super) fn name(&mut self, named: NodeSet, effects: &mut Effects) {
        let leads = named.contains(self.me);
        if leads == self.state.leads {
            return;
        }
        self.state.leads = leads;
        effects.state(Fact::Leads(leads));
        if leads {
            self.next_round(Round::Fast, effects);
        } else {
            self.rest(effects);
        }
    }

    /// Ends the leader's own round, and stops its timers.
    fn rest(&mut self, effects: &mut Effects) {
        match std::mem::replace(&mut self.state.leading, Leading::Nothing) {
            Leading::Nothing => {}
            Leading::Asking { .. } => effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 }),
            Leading::Balloting(round) => {
                for (number, kind) in round.timed.into_entries() {
                    effects.cancel_timer(TimerId { kind, number });
                }
            }
        }
    }

    /// Step 1a, for all instances whose decree the leader does not know.
    fn next_round(&mut self, sort: Round, effects: &mut Effects) {
        if !self.setup.performs(Phase::OneA) {
            return;
        }
        let seen = self.state.last_tried.max(self.highest()).max(self.state.seen);
        let ballot = round_above(&self.setup, seen, self.me, sort);
        self.rest(effects);
        self.state.last_tried = Some(ballot);
        let first = self.state.ledger.first_missing();
        self.state.leading = Leading::Asking { first, promised: NodeSet::EMPTY, reported: Sorted::default() };
        effects.persist(LAST_TRIED, Instance::FIRST, ballot.into());
        effects.state(Fact::Tried(ballot));
        let next_ballot = message(NEXT_BALLOT, ballot, first, Payload::Empty);
        effects.send_each(self.setup.cast.acceptors.iter(), &next_ballot);
        effects.set_timer(TimerId { kind: PHASE_1, number: 0 }, PATIENCE);
    }

    /// A LastVote has come. The leader learns every decree that it reports as passed, and tells those who may not know it. When
    /// a quorum of LastVotes has come, step 2a follows.
    pub(super) fn promised(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        missing: Instance,
        entries: &[Entry],
        effects: &mut Effects,
    ) {
        let news = self.state.ledger.news(entries);
        self.learn_each(entries, effects);
        if let Some(new) = news.first().copied().filter(|_| self.state.leads && self.setup.performs(Phase::Three)) {
            let others = self.hearers(ballot).without([self.me, from].into_iter().collect());
            effects.send_each(others.iter(), &message(SUCCESS, new.vote.ballot, new.instance, Payload::Entries(news)));
        }
        if missing < self.state.ledger.first_missing() {
            self.tell(from, missing, effects);
        }
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let Leading::Asking { first, promised, reported } = &mut self.state.leading else { return };
        if promised.insert(from) {
            for entry in entries.iter().filter(|entry| !entry.is_passed) {
                reported.entry(entry.instance, Vec::new).push((from, entry.vote));
            }
        }
        let (first, quorum) = (*first, *promised);
        if self.setup.quorum(Purpose::Promise).is_quorum(quorum) {
            let reported = std::mem::take(reported);
            effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 });
            let last = reported.entries().last().map_or(0, |(instance, _)| instance.0);
            let free = Instance(last.max(self.state.ledger.last()).max(first.0 - 1)).next();
            let (begun, timed) = (Sorted::default(), Sorted::default());
            self.state.leading = Leading::Balloting(SecondPhase { ballot, quorum, free, reported, begun, timed });
            self.preside(ballot, quorum, free, effects);
        }
    }

    /// Step 2a: the instances in which somebody has voted, and the gaps between them; then all later instances at once, which
    /// are free in a fast round.
    fn preside(&mut self, ballot: Ballot, quorum: NodeSet, free: Instance, effects: &mut Effects) {
        self.repair(effects);
        if round(&self.setup, ballot) == Round::Fast {
            effects.state(Fact::Began { instance: free, ballot, value: None, basis: Basis::Promises(quorum) });
            effects.send_each(self.setup.cast.acceptors.iter(), &message(ANY, ballot, free, Payload::Empty));
        }
    }

    /// Begins the instances before the free ones, as many as the window holds.
    fn repair(&mut self, effects: &mut Effects) {
        let missing = self.state.ledger.first_missing();
        let Leading::Balloting(SecondPhase { ballot, quorum, free, .. }) = &self.state.leading else { return };
        let (ballot, quorum) = (*ballot, *quorum);
        for instance in (missing.0..free.0.min(missing.0.saturating_add(WINDOW))).map(Instance) {
            let Leading::Balloting(SecondPhase { reported, begun, .. }) = &self.state.leading else { return };
            if self.has_passed(instance) || begun.get(&instance).is_some() {
                continue;
            }
            let votes = reported.get(&instance).map_or(&[][..], Vec::as_slice);
            let picked = pick_among(&self.setup, quorum, votes, |value| self.is_unplaced(value, instance));
            let value = picked.unwrap_or(Value::OLIVE_DAY);
            self.begin(instance, Vote { ballot, value }, quorum, effects);
        }
    }

    /// Whether this decree is in no other place, as far as the leader knows.
    fn is_unplaced(&self, value: Value, here: Instance) -> bool {
        let Leading::Balloting(SecondPhase { begun, .. }) = &self.state.leading else { return false };
        let mut others = begun.entries().iter().filter(|(instance, _)| *instance != here);
        value != Value::OLIVE_DAY && !self.state.ledger.has(value) && others.all(|(_, vote)| vote.value != value)
    }

    /// Step 2a for one instance.
    fn begin(&mut self, instance: Instance, vote: Vote, quorum: NodeSet, effects: &mut Effects) {
        let Leading::Balloting(SecondPhase { begun, .. }) = &mut self.state.leading else { return };
        begun.set(instance, vote);
        effects.state(Fact::begun(instance, vote, quorum));
        let begin = message(BEGIN_BALLOT, vote.ballot, instance, Payload::Value(vote.value));
        effects.send_each(self.setup.cast.acceptors.iter(), &begin);
    }

    /// The decree of an instance is known, so the leader has nothing left to do there.
    pub(super) fn close(&mut self, instance: Instance, effects: &mut Effects) {
        let Leading::Balloting(SecondPhase { reported, begun, timed, .. }) = &mut self.state.leading else { return };
        reported.remove(&instance);
        begun.remove(&instance);
        if let Some(kind) = timed.remove(&instance.0) {
            effects.cancel_timer(TimerId { kind, number: instance.0 });
        }
    }

    /// Does everything that a leader may do now: repairs more places, goes back to a fast round when a classic one has settled
    /// all that it found, and waits 2Δ for the decree of each place in which something is under way.
    pub(super) fn lead(&mut self, effects: &mut Effects) {
        if !self.state.leads {
            return;
        }
        self.repair(effects);
        let missing = self.state.ledger.first_missing();
        let Leading::Balloting(SecondPhase { ballot, free, begun, .. }) = &self.state.leading else { return };
        let is_fast = round(&self.setup, *ballot) == Round::Fast;
        if !is_fast && missing >= *free {
            return self.next_round(Round::Fast, effects);
        }
        // Votes of earlier rounds were reported, or cannot pass anything.
        let is_new = |(_, votes): &&(Instance, super::Votes)| is_fast && votes.last() >= Some(*ballot);
        let heard = self.state.heard.entries().iter().rfind(is_new).map_or(0, |(instance, _)| instance.0);
        let last = heard.max(self.state.ledger.last()).max(free.0 - 1);
        let is_classic = |vote: &Vote| round(&self.setup, vote.ballot) == Round::Classic;
        let near = (missing.0..=last.min(missing.0.saturating_add(WINDOW - 1))).map(Instance);
        let open = near.filter(|instance| !self.has_passed(*instance));
        let timer = |instance: Instance| {
            let kind = if begun.get(&instance).is_some_and(is_classic) { PHASE_2 } else { FAST_ROUND };
            TimerId { kind, number: instance.0 }
        };
        let open: Vec<TimerId> = open.map(timer).collect();
        let is_unplaced = is_fast && self.unvoted().next().is_some();
        let unplaced = TimerId { kind: FAST_ROUND, number: UNPLACED };
        open.into_iter().for_each(|timer| self.time(timer, effects));
        if is_unplaced {
            self.time(unplaced, effects);
        } else if let Leading::Balloting(SecondPhase { timed, .. }) = &mut self.state.leading
            && timed.remove(&UNPLACED).is_some()
        {
            effects.cancel_timer(unplaced);
        }
    }

    /// The wishes for which the leader knows of no vote in its round.
    fn unvoted(&self) -> impl Iterator<Item = Value> {
        let (ballot, begun) = match &self.state.leading {
            Leading::Balloting(SecondPhase { ballot, begun, .. }) => (Some(*ballot), begun.entries()),
            _ => (None, &[][..]),
        };
        let wishes = self.state.wishes.iter().map(|wish| wish.value);
        let is_begun = move |value: &Value| begun.iter().any(|(_, vote)| vote.value == *value);
        let heard = self.state.heard.entries();
        let is_heard = move |value: &Value| heard.iter().any(|(_, votes)| votes.last() >= ballot && votes.has(*value));
        wishes.filter(move |value| !is_begun(value) && !is_heard(value))
    }

    /// Starts a timer, if it does not run yet. One number has one timer.
    fn time(&mut self, timer: TimerId, effects: &mut Effects) {
        let Leading::Balloting(SecondPhase { timed, .. }) = &mut self.state.leading else { return };
        let running = timed.get(&timer.number).copied();
        if running == Some(timer.kind) {
            return;
        }
        if let Some(kind) = running {
            effects.cancel_timer(TimerId { kind, ..timer });
        }
        timed.set(timer.number, timer.kind);
        effects.set_timer(timer, PATIENCE);
    }

    /// The round that is under way in an instance: the one that the leader has begun there last, or the fast round to which the
    /// acceptors have gone on by themselves.
    fn current(&self, instance: Instance) -> Option<Ballot> {
        let Leading::Balloting(SecondPhase { ballot, begun, .. }) = &self.state.leading else { return None };
        let begun = begun.get(&instance).map_or(*ballot, |vote| vote.ballot);
        let next = successor(&self.setup, begun).filter(|next| round(&self.setup, *next) == Round::Fast);
        let heard = self.state.heard.get(&instance)?;
        next.filter(|next| !heard.voters(*next).is_empty()).or(Some(begun))
    }

    /// A leader hears of a vote in its own round, and looks for a collision. Acceptors that recover by themselves do so in the
    /// first fast round of a block.
    pub(super) fn vote_has_come(&mut self, instance: Instance, voted: Ballot, effects: &mut Effects) {
        if !self.state.leads || self.current(instance) != Some(voted) {
            return;
        }
        let next = successor(&self.setup, voted).filter(|next| round(&self.setup, *next) == Round::Classic);
        let collides = self.state.heard.get(&instance).is_some_and(|heard| heard.collides(&self.setup, voted));
        if next.is_some() && collides {
            self.recover(instance, effects);
        }
    }

    /// Nothing has passed in an instance: the leader goes on to the next round there, as its recovery says. Where the votes of a
    /// quorum are not there, or the next round is not classic, only a round from its beginning helps.
    fn recover(&mut self, instance: Instance, effects: &mut Effects) {
        let current = self.current(instance);
        let next = current.and_then(|current| successor(&self.setup, current));
        let next = next.filter(|next| round(&self.setup, *next) == Round::Classic);
        let recovered = current.zip(self.state.heard.get(&instance)).and_then(|(current, heard)| {
            let is_allowed = |value| self.is_unplaced(value, instance);
            heard.recovered(&self.setup, current, is_allowed, Some(Value::OLIVE_DAY))
        });
        let is_restart = self.setup.choice(RECOVERY) == RECOVERY_RESTART;
        match (next, recovered) {
            (Some(next), Some((value, quorum))) if !is_restart && self.setup.performs(Phase::TwoA) => {
                if self.state.last_tried < Some(next) {
                    self.state.last_tried = Some(next);
                    effects.persist(LAST_TRIED, Instance::FIRST, next.into());
                }
                self.begin(instance, Vote { ballot: next, value }, quorum, effects);
            }
            _ => self.repair_all(effects),
        }
    }

    /// A round from its beginning, which settles every instance in which something is under way. In a coordinated recovery it is
    /// fast: what it does not pass, the leader takes to the classic round after it. In the other recoveries the leader takes
    /// nothing there from a first fast round, and so they need a classic round now.
    fn repair_all(&mut self, effects: &mut Effects) {
        let is_coordinated = self.setup.choice(RECOVERY) == RECOVERY_COORDINATED;
        self.next_round(if is_coordinated { Round::Fast } else { Round::Classic }, effects);
    }

    /// A timer of the leader has run out.
    pub(super) fn overdue(&mut self, timer: TimerId, effects: &mut Effects) {
        if !self.state.leads {
            return;
        }
        let instance = Instance(timer.number);
        match (timer.kind, &mut self.state.leading) {
            (PHASE_1, Leading::Asking { .. }) => {
                let tried = self.state.last_tried.map_or(Round::Fast, |tried| round(&self.setup, tried));
                self.next_round(tried, effects);
            }
            (kind, Leading::Balloting(SecondPhase { timed, .. })) if timed.get(&timer.number) == Some(&kind) => {
                timed.remove(&timer.number);
                match (kind, timer.number) {
                    (FAST_ROUND, UNPLACED) => {
                        // Perhaps nobody else has heard of the wish, or acceptors that were down do not know of the round.
                        let unvoted: Vec<_> = self.unvoted().collect();
                        unvoted.into_iter().for_each(|wish| self.request(wish, effects));
                        self.next_round(Round::Fast, effects);
                    }
                    (FAST_ROUND, _) => self.recover(instance, effects),
                    _ => self.repair_all(effects),
                }
            }
            _ => {}
        }
    }

    /// Another process asks which decrees have passed from this instance on. An acceptor that was down does not know, either,
    /// that a fast round is open.
    pub(super) fn asked(&mut self, from: NodeId, first: Instance, effects: &mut Effects) {
        self.tell(from, first, effects);
        if let Leading::Balloting(SecondPhase { ballot, free, .. }) = &self.state.leading
            && round(&self.setup, *ballot) == Round::Fast
            && self.setup.cast.acceptors.contains(from)
        {
            effects.send(from, message(ANY, *ballot, *free, Payload::Empty));
        }
    }

    /// What the leader collects: promises, or the votes in the first instance under way.
    pub(super) fn collected(&self) -> Option<Slip> {
        let ballot = self.state.last_tried?;
        match &self.state.leading {
            Leading::Nothing => None,
            Leading::Asking { first, promised, .. } => {
                Some(Slip { ballot, instance: *first, phase: Phase::OneB, collected: *promised })
            }
            Leading::Balloting(_) => {
                let (instance, heard) = self.state.heard.entries().first()?;
                let ballot = self.current(*instance)?;
                Some(Slip { ballot, instance: *instance, phase: Phase::TwoB, collected: heard.voters(ballot) })
            }
        }
    }
}
