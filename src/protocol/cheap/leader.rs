//! The leader's part of Cheap Paxos: whom it asks, whom it suspects, and the decrees that change the configuration.

use std::sync::Arc;

use super::{CLOSING, FORGET, FORGETTING, FORGETTING_ON, Member, REJOINING, REJOINING_ON, bare};
use crate::protocol::parliament::{CATCH_UP_AFTER, PATIENCE, PHASE_1, PHASE_2, message};
use crate::protocol::synod::{BEGIN_BALLOT, LAST_TRIED, NEXT_BALLOT, Reported, SUCCESS, ballot_above};
use crate::protocol::{Change, Configuration, Effects, Entry, Fact, Guard, Payload, Phase, Slip, TimerId};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// The leader's slip of paper.
#[derive(Clone, Hash)]
pub(super) enum Leading {
    Nothing,
    /// NextBallot was sent (1a), and promises come in for the instance `first` and every later one.
    Asking {
        first: Instance,
        asked: NodeSet,
        promised: NodeSet,
        reported: Sorted<Instance, Reported>,
        /// The last instance in which an auxiliary process has forgotten its votes.
        closed: u32,
    },
    /// A quorum has promised. The leader begins instances, at most α at a time, and votes come in.
    Presiding {
        promised: NodeSet,
        /// The auxiliary processes that have promised since then. No ballot rests on their promises, because what they
        /// report came too late for the choice of the decrees.
        late: NodeSet,
        reported: Sorted<Instance, Reported>,
        open: Sorted<Instance, Open>,
        next: Instance,
        /// The leader puts olive-day decrees into the instances up to this one that nobody has reported: they stand before
        /// reported ones, or between a change and its coming into force.
        filled: u32,
    },
}

/// An instance under way.
#[derive(Clone, Hash)]
pub(super) struct Open {
    vote: Vote,
    asked: NodeSet,
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

    /// Whether this value is under way.
    pub(super) fn has(&self, value: Value) -> bool {
        self.open().iter().any(|(_, open)| open.vote.value == value)
    }

    /// Ends the ballot.
    pub(super) fn end(&mut self, effects: &mut Effects) {
        for (instance, _) in self.open() {
            effects.cancel_timer(TimerId { kind: PHASE_2, number: instance.0 });
        }
        effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 });
        *self = Self::Nothing;
    }

    fn open(&self) -> &[(Instance, Open)] {
        match self {
            Self::Presiding { open, .. } => open.entries(),
            _ => &[],
        }
    }
}

impl Member {
    /// Reacts to a change of the leader. Whoever led before is suspected, because an oracle or a silence has taken the lead
    /// from it.
    pub(super) fn follow(&mut self, before: Option<NodeId>, effects: &mut Effects) {
        let after = self.state.election.leader(self.me);
        if after == before {
            return;
        }
        let led = before == Some(self.me);
        let is_main = self.newest().mains.contains(self.me);
        if is_main && led != self.leads() {
            effects.state(Fact::Leads(!led));
        }
        if led {
            self.state.queue.clear();
        }
        self.state.suspects = NodeSet::EMPTY;
        self.state.is_removal_due = false;
        self.offer_all(effects);
        if self.leads() {
            self.suspect(before.into_iter().collect());
            self.next_ballot(effects);
        }
    }

    /// The auxiliary processes that replace the suspected main processes of this configuration: as many as a quorum lacks,
    /// first those that are not suspected themselves.
    fn helpers(&self, configuration: Configuration) -> NodeSet {
        if !self.setup.keeps(Guard::WholeQuorum) {
            return NodeSet::EMPTY;
        }
        let live = configuration.mains.without(self.state.suspects);
        let need = configuration.majority().smallest().unwrap_or(0);
        let [first, last] = [configuration.auxiliaries.without(self.state.suspects), configuration.auxiliaries];
        let order = first.iter().chain(last.without(first).iter());
        order.take(need.saturating_sub(live.len())).collect()
    }

    /// Whether these processes are a quorum of the configuration: a majority of its members.
    fn is_quorum(&self, configuration: Configuration, set: NodeSet) -> bool {
        let live = configuration.mains.without(self.state.suspects);
        let is_all_live = !self.setup.keeps(Guard::WholeQuorum) && live.is_subset(set);
        is_all_live || configuration.majority().is_quorum(set)
    }

    /// The configuration of the first instance whose decree the leader does not know. A ballot needs its promises only for this
    /// instance and later ones, also where the leader has learned decrees since it sent NextBallot.
    fn current(&self) -> Configuration {
        self.configuration(self.state.ledger.first_missing())
    }

    /// Does everything that a leader may do now: starts a ballot when the leader has work and no ballot is under way, and
    /// begins instances.
    pub(super) fn lead(&mut self, effects: &mut Effects) {
        if !self.leads() {
            return;
        }
        match &mut self.state.leading {
            Leading::Nothing if !self.state.queue.is_empty() => self.next_ballot(effects),
            Leading::Asking { promised, closed, .. } => {
                let (promised, closed) = (*promised, *closed);
                if closed < self.state.ledger.first_missing().0 && self.is_quorum(self.current(), promised) {
                    self.preside(effects);
                }
            }
            _ => {}
        }
        while let Some((instance, value)) = self.choose(effects) {
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
        // The commands that were under way go back into the queue. If the promises report one of them, it leaves the queue
        // again.
        let under_way: Vec<_> = self.state.leading.open().iter().map(|(_, open)| open.vote.value).collect();
        self.state.leading.end(effects);
        for value in under_way.into_iter().rev() {
            let is_known = self.setup.keeps(Guard::Once) && self.state.ledger.has(value);
            if self.setup.is_command(value) && !is_known && !self.state.queue.contains(&value) {
                self.state.queue.insert(0, value);
            }
            self.state.is_removal_due |= matches!(self.setup.change(value), Some(Change::Remove(_)));
        }
        let (first, configuration) = (self.state.ledger.first_missing(), self.current());
        let asked = configuration.mains.union(self.helpers(configuration));
        let (promised, reported) = (NodeSet::EMPTY, Sorted::default());
        self.state.leading = Leading::Asking { first, asked: NodeSet::EMPTY, promised, reported, closed: 0 };
        self.ask_for_promises(asked, effects);
    }

    /// Sends the NextBallot of the ballot under way to these processes, and waits 2Δ.
    fn ask_for_promises(&mut self, to: NodeSet, effects: &mut Effects) {
        let Some(ballot) = self.state.last_tried else { return };
        let Leading::Asking { first, asked, .. } = &mut self.state.leading else { return };
        *asked = asked.union(to);
        self.state.woken = self.state.woken.union(to.shared(self.setup.cast.auxiliaries));
        effects.send_each(to.iter(), &message(NEXT_BALLOT, ballot, *first, Payload::Empty));
        effects.set_timer(TimerId { kind: PHASE_1, number: 0 }, PATIENCE);
    }

    /// 2Δ have gone by without enough promises. The leader suspects every main process that is silent, and asks auxiliary
    /// processes in their place; when nobody is left to ask, it starts a new ballot.
    pub(super) fn promises_overdue(&mut self, effects: &mut Effects) {
        let Leading::Asking { asked, promised, .. } = &self.state.leading else { return };
        if !self.leads() {
            return;
        }
        let (configuration, asked, promised) = (self.current(), *asked, *promised);
        if self.is_quorum(configuration, promised) {
            // An auxiliary process has closed instances that no main process has told yet.
            self.ask(effects);
            return effects.set_timer(TimerId { kind: PHASE_1, number: 0 }, CATCH_UP_AFTER);
        }
        self.suspect(asked.without(promised));
        let more = self.helpers(configuration).without(asked);
        if self.state.seen > self.state.last_tried || more.is_empty() {
            return self.next_ballot(effects);
        }
        self.ask_for_promises(more, effects);
    }

    fn suspect(&mut self, silent: NodeSet) {
        let silent = silent.without([self.me].into_iter().collect());
        self.state.suspects = self.state.suspects.union(silent);
    }

    /// A LastVote has come. The leader learns every decree that the message reports as passed, whichever ballot it answers.
    /// When a quorum of LastVotes has come, step 2a follows, unless an auxiliary process has closed instances whose decrees
    /// the leader does not know.
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
        // A decree that was new to the leader may be new to others, and nobody else is going to tell them.
        if let Some(first) = news.first().filter(|_| self.leads() && self.setup.performs(Phase::Three)) {
            let success = message(SUCCESS, first.vote.ballot, first.instance, Payload::Entries(Arc::clone(&news)));
            let others = self.informed().without(self.state.suspects);
            effects.send_each(others.iter().filter(|node| *node != from), &success);
        }
        let is_auxiliary = self.setup.cast.auxiliaries.contains(from);
        if missing < self.state.ledger.first_missing() && !is_auxiliary {
            self.tell(from, missing, effects);
        }
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let (promised, closed) = match &mut self.state.leading {
            Leading::Nothing => return,
            // With the strict guard, an auxiliary process had to promise before it can vote.
            Leading::Presiding { promised, late, .. } => {
                if !promised.contains(from) && late.insert(from) {
                    self.ask_for_votes(from, effects);
                }
                return;
            }
            Leading::Asking { promised, reported, closed, .. } => {
                promised.insert(from);
                for entry in entries.iter().filter(|entry| !entry.is_passed) {
                    reported.entry(entry.instance, Reported::default).add(Some(entry.vote));
                }
                if is_auxiliary {
                    *closed = missing.0.saturating_sub(1).max(*closed);
                }
                (*promised, *closed)
            }
        };
        if closed >= self.state.ledger.first_missing().0 && self.is_quorum(self.current(), promised) {
            effects.state(Fact::Blocked(Instance(closed)));
            self.ask(effects);
            effects.set_timer(TimerId { kind: PHASE_1, number: 0 }, CATCH_UP_AFTER);
        }
    }

    /// A quorum has promised: the leader goes on with phase 2.
    fn preside(&mut self, effects: &mut Effects) {
        let Leading::Asking { first, promised, reported, .. } = &mut self.state.leading else { return };
        let (next, promised, reported) = (*first, *promised, std::mem::take(reported));
        effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 });
        let filled = reported.entries().last().map_or(0, |(instance, _)| instance.0).max(self.state.ledger.last());
        let (late, open) = (NodeSet::EMPTY, Sorted::default());
        self.state.leading = Leading::Presiding { promised, late, reported, open, next, filled };
    }

    /// The next instance and its decree, if there is one that the leader may begin now: it knows every decree up to α
    /// instances before. Reported votes come first, with olive-day decrees in the gaps (B3; PTP §3.1); then the removal of a
    /// suspected process; then a process that asks to come back; then clients' commands.
    fn choose(&mut self, effects: &mut Effects) -> Option<(Instance, Value)> {
        if !self.setup.performs(Phase::TwoA) {
            return None;
        }
        let known = self.known_for_certain();
        let (alpha, removal, addition) = (self.alpha, self.removal(), self.addition());
        let Leading::Presiding { promised, reported, open, next, filled, .. } = &mut self.state.leading else {
            return None;
        };
        while self.state.ledger.passed.get(next).is_some() {
            *next = next.next();
        }
        if next.0 > known.saturating_add(alpha) {
            return None;
        }
        let (instance, promised) = (*next, *promised);
        let change = removal.or(addition);
        let value = if instance.0 <= *filled {
            let reported = reported.get(&instance).copied().unwrap_or_default();
            reported.choose(&self.setup, Some(Value::OLIVE_DAY))?
        } else if let Some(change) = change {
            if !open.is_empty() {
                return None;
            }
            change
        } else {
            *self.state.queue.first()?
        };
        let configuration = self.configuration(instance);
        if !self.is_quorum(configuration, promised) {
            // The configuration has changed, and too few of its members have promised. What is under way passes first: a
            // ballot that begins before would begin the same instances again, at once and without an end.
            if self.state.leading.open().is_empty() {
                self.next_ballot(effects);
            }
            return None;
        }
        let Leading::Presiding { next, filled, .. } = &mut self.state.leading else { return None };
        *next = instance.next();
        if change == Some(value) {
            *filled = (*filled).max(instance.0 + alpha - 1);
            self.state.is_removal_due = false;
        }
        self.state.queue.retain(|queued| *queued != value);
        Some((instance, value))
    }

    /// The last instance up to which this process knows every decree. Without the rule “change-decided” it takes a change
    /// that it has begun as known.
    fn known_for_certain(&self) -> u32 {
        let known = self.state.ledger.first_missing().0 - 1;
        let is_change = |open: &&(Instance, Open)| self.setup.change(open.1.vote.value).is_some();
        let assumed = self.state.leading.open().iter().rfind(is_change).map_or(0, |(instance, _)| instance.0);
        if self.setup.keeps(Guard::ChangeDecided) { known } else { known.max(assumed) }
    }

    /// The decree that removes a suspected main process, when one has to be removed. It needs a quorum without the suspected
    /// main processes. Where there is none, the leader could pass the removal only when the suspected process votes, and then
    /// the process is there.
    fn removal(&self) -> Option<Value> {
        let configuration = self.newest();
        if !self.is_quorum(configuration, configuration.members().without(self.suspected_mains())) {
            return None;
        }
        let suspect = self.suspected_mains().iter().next();
        let remove = Change::Remove(suspect.filter(|_| self.state.is_removal_due)?);
        self.setup.changes.as_ref()?.value(remove)
    }

    /// The suspected main processes of the newest configuration.
    fn suspected_mains(&self) -> NodeSet {
        self.newest().mains.shared(self.state.suspects)
    }

    /// The decree that adds a process which asks to come back.
    fn addition(&self) -> Option<Value> {
        let add = Change::Add(self.state.joiners.without(self.newest().mains).iter().next()?);
        self.setup.changes.as_ref()?.value(add)
    }

    /// Step 2a for one instance: BeginBallot to the main processes that are not suspected, and to as many auxiliary
    /// processes as replace the others.
    fn begin(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let Some(ballot) = self.state.last_tried else { return };
        let configuration = self.configuration(instance);
        let asked = configuration.mains.without(self.state.suspects).union(self.helpers(configuration));
        let Leading::Presiding { promised, open, .. } = &mut self.state.leading else { return };
        let (quorum, vote) = (promised.shared(configuration.members()), Vote { ballot, value });
        open.entry(instance, || Open { vote, asked: NodeSet::EMPTY, voted: NodeSet::EMPTY });
        effects.state(Fact::begun(instance, vote, quorum));
        self.ask_for_vote(instance, asked, effects);
        if let Some(change) = self.setup.change(value).filter(|_| !self.setup.keeps(Guard::ChangeDecided)) {
            self.reconfigure(instance, change, effects);
        }
    }

    /// Sends the BeginBallot of this instance to these processes, and waits 2Δ. With the strict guard, an auxiliary process
    /// that has not promised is asked for its promise first.
    fn ask_for_vote(&mut self, instance: Instance, to: NodeSet, effects: &mut Effects) {
        let is_strict = self.is_strict();
        let Leading::Presiding { promised, late, open, .. } = &mut self.state.leading else { return };
        let Some(Open { vote, asked, .. }) = open.get_mut(&instance) else { return };
        *asked = asked.union(to);
        let auxiliaries = to.shared(self.setup.cast.auxiliaries);
        let first = if is_strict { auxiliaries.without(promised.union(*late)) } else { NodeSet::EMPTY };
        let begin = message(BEGIN_BALLOT, vote.ballot, instance, Payload::Value(vote.value));
        let next = message(NEXT_BALLOT, vote.ballot, self.state.ledger.first_missing(), Payload::Empty);
        self.state.woken = self.state.woken.union(auxiliaries);
        effects.send_each(to.without(first).iter(), &begin);
        effects.send_each(first.iter(), &next);
        // A promise and then a vote take 4Δ.
        let wait = if first.is_empty() { PATIENCE } else { PATIENCE.plus(PATIENCE) };
        effects.set_timer(TimerId { kind: PHASE_2, number: instance.0 }, wait);
    }

    /// An auxiliary process has promised late: it is asked for the votes for which it was needed.
    fn ask_for_votes(&self, from: NodeId, effects: &mut Effects) {
        for (instance, Open { vote, asked, voted }) in self.state.leading.open() {
            if asked.contains(from) && !voted.contains(from) {
                effects.send(from, message(BEGIN_BALLOT, vote.ballot, *instance, Payload::Value(vote.value)));
            }
        }
    }

    /// 2Δ have gone by without enough votes in an instance. The leader suspects every main process without a vote, and asks
    /// auxiliary processes in their place; when nobody is left to ask, it starts a new ballot.
    pub(super) fn votes_overdue(&mut self, instance: Instance, effects: &mut Effects) {
        let Leading::Presiding { open, .. } = &self.state.leading else { return };
        let Some(Open { asked, voted, .. }) = open.get(&instance).filter(|_| self.leads()) else { return };
        let (asked, voted, configuration) = (*asked, *voted, self.configuration(instance));
        self.suspect(asked.without(voted));
        if self.is_quorum(configuration, voted) {
            return self.pass(instance, effects);
        }
        let live = configuration.mains.without(self.state.suspects);
        let more = live.union(self.helpers(configuration)).without(asked);
        if self.state.seen > self.state.last_tried || more.is_empty() {
            return self.next_ballot(effects);
        }
        self.ask_for_vote(instance, more, effects);
    }

    /// Step 3a: a Voted has come, and perhaps it completes a majority of conf(I).
    pub(super) fn voted(&mut self, from: NodeId, instance: Instance, ballot: Ballot, effects: &mut Effects) {
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::Three) {
            return;
        }
        let Leading::Presiding { open, .. } = &mut self.state.leading else { return };
        let Some(Open { voted, .. }) = open.get_mut(&instance) else { return };
        voted.insert(from);
        let voted = *voted;
        if self.is_quorum(self.configuration(instance), voted) {
            self.pass(instance, effects);
        }
    }

    /// A quorum has voted: the decree has passed. If a main process is suspected, the next decree removes it.
    fn pass(&mut self, instance: Instance, effects: &mut Effects) {
        let Leading::Presiding { open, .. } = &self.state.leading else { return };
        let Some(Open { vote, .. }) = open.get(&instance) else { return };
        let (vote, before, suspects) = (*vote, self.informed(), self.state.suspects);
        self.learn(instance, vote, effects);
        self.state.is_removal_due |= self.newest().mains.meets(self.state.suspects);
        // A process that this decree removes is told as well, unless it is suspected and stays out for ever.
        let removed = before.without(self.informed());
        let may_return = self.setup.choice(REJOINING) == REJOINING_ON;
        let told = before.union(self.informed()).without(suspects);
        let told = if may_return { told.union(removed) } else { told };
        effects.send_each(told.iter(), &message(SUCCESS, vote.ballot, instance, Payload::Value(vote.value)));
        self.close(true, effects);
    }

    /// A Nack has come. The leader remembers the promised ballot that the Nack names, and goes above it when its time is up.
    /// If the instance of the Nack has passed a decree by now, the leader tells the process that refused.
    pub(super) fn nacked(&mut self, from: NodeId, instance: Instance, bound: Ballot, effects: &mut Effects) {
        self.state.seen = self.state.seen.max(Some(bound));
        if self.state.ledger.passed.get(&instance).is_some() && self.setup.performs(Phase::Three) {
            self.tell(from, instance, effects);
        }
    }

    /// A removed process asks to come back. It is added when it knows all that the leader knows; otherwise the leader tells
    /// it what it misses, and the process asks again.
    pub(super) fn joins(&mut self, from: NodeId, missing: Instance, effects: &mut Effects) {
        if !self.leads() || self.newest().mains.contains(from) {
            return;
        }
        if missing < self.state.ledger.first_missing() {
            return self.tell(from, missing, effects);
        }
        self.state.joiners.insert(from);
        if matches!(self.state.leading, Leading::Nothing) {
            self.next_ballot(effects);
        }
    }

    /// Lets the auxiliary processes forget, as far as every main process knows the decrees (the option `forget`). The main
    /// processes are asked only after auxiliary processes have been asked for something, so that this costs nothing while
    /// nothing fails. With `asks` they are asked; otherwise one of them has answered.
    fn close(&mut self, asks: bool, effects: &mut Effects) {
        if self.setup.choice(FORGETTING) != FORGETTING_ON || self.state.woken.is_empty() || !self.leads() {
            return;
        }
        let known = self.state.ledger.first_missing().0 - 1;
        // An instance for whose decrees a process was asked that has been removed since then is not worth waiting for.
        let awaited = self.ignorant();
        if self.state.closing <= self.state.forgotten || !awaited.is_subset(self.newest().mains) {
            self.state.closing = known;
        }
        if self.state.closing <= self.state.forgotten {
            return;
        }
        let awaited = self.ignorant();
        let last = Instance(self.state.closing);
        if !awaited.is_empty() && self.setup.keeps(Guard::MainsKnow) {
            if asks {
                effects.send_each(awaited.iter(), &bare(CLOSING, last));
            }
            return;
        }
        self.state.forgotten = last.0;
        let open = self.state.leading.open().iter().fold(NodeSet::EMPTY, |all, (_, open)| all.union(open.asked));
        let woken = std::mem::replace(&mut self.state.woken, open.shared(self.setup.cast.auxiliaries));
        effects.send_each(woken.iter(), &bare(FORGET, last));
    }

    /// The main processes that have not said that they know every decree up to `closing`, of the configuration that follows
    /// from these decrees.
    fn ignorant(&self) -> NodeSet {
        let last = self.state.closing;
        let mains = self.configuration(Instance(last.saturating_add(self.alpha))).mains;
        let knows = |node: &NodeId| *node == self.me || self.state.known.get(node).is_some_and(|known| *known >= last);
        mains.iter().filter(|node| !knows(node)).collect()
    }

    /// A main process says up to which instance it knows every decree.
    pub(super) fn knows(&mut self, from: NodeId, last: Instance, effects: &mut Effects) {
        let known = self.state.known.entry(from, || 0);
        *known = (*known).max(last.0);
        self.close(false, effects);
    }
}
