//! The leader's part: steps 1a, 2a and 3a, when the leader gives a ballot up, and which instances it begins next (PTP §2.4,
//! §3.1; slides, "Complete protocol", "Running multiple consensus instances").

use std::sync::Arc;

use super::super::synod::{BEGIN_BALLOT, LAST_TRIED, NEXT_BALLOT, Reported, SUCCESS, ballot_above};
use super::{
    AUDIENCE, AUDIENCE_QUORUM, PATIENCE, PHASE_1, PHASE_2, Parliament, RESTART, RESTART_ANY_NACK, RESTART_HOPELESS,
    RESTART_OWN_NACK, SUCCESS_OPTION, SUCCESS_PIGGYBACK, message,
};
use crate::protocol::{Effects, Entry, Fact, Guard, Payload, Phase, Slip, TimerId};
use crate::quorum::{Purpose, Tally};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// The leader's slip of paper.
#[derive(Clone, Hash)]
pub(super) enum Leading {
    Nothing,
    /// NextBallot was sent (1a), and promises come in for the instance `first` and every later one.
    Asking {
        first: Instance,
        promised: NodeSet,
        reported: Sorted<Instance, Reported>,
    },
    /// A quorum has promised. The leader begins instances, one or many, and votes come in.
    Presiding {
        quorum: NodeSet,
        open: Sorted<Instance, Open>,
        next: Instance,
        /// The first place below `next` that the window has not let the leader look at yet, if there is one. It may be a
        /// gap.
        unfilled: Option<Instance>,
    },
}

/// An instance under way.
#[derive(Clone, Hash)]
pub(super) struct Open {
    vote: Vote,
    voted: NodeSet,
}

impl Leading {
    /// Ends an instance whose decree is settled; true when the instance was under way.
    pub(super) fn close(&mut self, instance: Instance) -> bool {
        match self {
            Self::Presiding { open, .. } => open.remove(&instance).is_some(),
            _ => false,
        }
    }

    /// Whether the ballot under way can settle this instance: the leader still asks for promises, or it asks for votes in
    /// this instance.
    pub(super) fn settles(&self, instance: Instance) -> bool {
        match self {
            Self::Nothing => false,
            Self::Asking { .. } => true,
            Self::Presiding { open, .. } => open.get(&instance).is_some(),
        }
    }

    /// Whether this command is under way.
    fn has(&self, value: Value) -> bool {
        match self {
            Self::Presiding { open, .. } => open.entries().iter().any(|(_, open)| open.vote.value == value),
            _ => false,
        }
    }
}

impl Parliament {
    /// Takes a command into the queue, unless the command is there already, is under way or is in the ledger.
    pub(super) fn enqueue(&mut self, value: Value) {
        let is_known =
            self.state.ledger.has(value) || self.state.queue.contains(&value) || self.state.leading.has(value);
        if !is_known || !self.setup.keeps(Guard::Once) {
            self.state.queue.push(value);
        }
    }

    /// Does everything that a leader may do now: starts a ballot when the leader has work and no ballot is under way, and
    /// begins instances for the commands in the queue, as many as the window holds.
    pub(super) fn lead(&mut self, effects: &mut Effects) {
        if !self.leads() {
            return;
        }
        if matches!(self.state.leading, Leading::Nothing) && !self.state.queue.is_empty() {
            self.next_ballot(effects);
        }
        self.fill(effects);
        while let Leading::Presiding { next, .. } = &mut self.state.leading {
            // Another leader may have filled places in the meantime.
            *next = (*next).max(Instance(self.state.ledger.last()).next());
            let is_free = if self.variant.is_log {
                next.0 - self.state.ledger.first_missing().0 < self.window
            } else {
                *next == Instance::FIRST
            };
            if !is_free || self.state.queue.is_empty() || !self.setup.performs(Phase::TwoA) {
                return;
            }
            let instance = *next;
            *next = next.next();
            let value = self.state.queue.remove(0);
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
        self.state.refused = NodeSet::EMPTY;
        effects.persist(LAST_TRIED, Instance::FIRST, ballot.into());
        effects.state(Fact::Tried(ballot));
        let first = self.state.ledger.first_missing();
        let asking = Leading::Asking { first, promised: NodeSet::EMPTY, reported: Sorted::default() };
        // The commands that were under way go back into the queue. If the promises report one of them, it leaves the queue
        // again.
        if let Leading::Presiding { open, .. } = std::mem::replace(&mut self.state.leading, asking) {
            for (instance, open) in open.into_entries().into_iter().rev() {
                effects.cancel_timer(TimerId { kind: PHASE_2, number: instance.0 });
                let value = open.vote.value;
                let is_known = self.setup.keeps(Guard::Once) && self.state.ledger.has(value);
                if value != Value::OLIVE_DAY && !is_known && !self.state.queue.contains(&value) {
                    self.state.queue.insert(0, value);
                }
            }
        }
        effects.send_each(self.acceptors(), &message(NEXT_BALLOT, ballot, first, Payload::Empty));
        effects.set_timer(TimerId { kind: PHASE_1, number: 0 }, PATIENCE);
    }

    /// A LastVote has come. The leader learns every decree that the message reports as passed, whichever ballot it answers.
    /// When a quorum of LastVotes has come, step 2a follows.
    pub(super) fn promised(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        missing: Instance,
        entries: &[Entry],
        effects: &mut Effects,
    ) {
        let is_news = |entry: &&Entry| entry.is_passed && self.state.ledger.passed.get(&entry.instance).is_none();
        let news: Arc<[Entry]> = entries.iter().filter(is_news).copied().collect();
        self.learn_each(entries, effects);
        // A decree that was new to the leader may be new to others, and nobody else is going to tell them.
        if let Some(first) = news.first().filter(|_| self.leads() && self.setup.performs(Phase::Three)) {
            let success = message(SUCCESS, first.vote.ballot, first.instance, Payload::Entries(Arc::clone(&news)));
            effects.send_each(self.other_learners().filter(|node| *node != from), &success);
        }
        if missing < self.state.ledger.first_missing() {
            self.tell(from, missing, effects);
        }
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let Leading::Asking { first, promised, reported } = &mut self.state.leading else { return };
        promised.insert(from);
        for entry in entries.iter().filter(|entry| !entry.is_passed) {
            reported.entry(entry.instance, Reported::default).add(Some(entry.vote));
        }
        if self.setup.is_quorum(Purpose::Promise, *promised) {
            let (first, quorum, reported) = (*first, *promised, std::mem::take(reported));
            // A leader without anything to begin waits with a new ballot until it has something.
            let is_missing = self.state.ledger.is_missing(&self.state.acceptor.votes);
            let is_open = |instance: &Instance| self.state.ledger.passed.get(instance).is_none();
            let is_reported = reported.entries().iter().any(|(instance, _)| is_open(instance));
            let has_work = is_reported || is_missing || !self.state.queue.is_empty();
            if has_work && self.leads() && !self.can_vote(quorum, NodeSet::EMPTY) {
                return self.next_ballot(effects);
            }
            self.preside(first, quorum, &reported, effects);
        }
    }

    /// Step 2a for every instance that a quorum reports a vote in, all at once. An instance that nobody reports, before one
    /// that somebody reports, gets an olive-day decree (PTP §3.1) as soon as the window holds its place. In a protocol with
    /// a single decree, the leader takes its own wish when nobody reports a vote.
    fn preside(
        &mut self,
        first: Instance,
        quorum: NodeSet,
        reported: &Sorted<Instance, Reported>,
        effects: &mut Effects,
    ) {
        effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 });
        let last_reported = reported.entries().last().map_or(0, |(instance, _)| instance.0);
        let last = last_reported.max(self.state.ledger.last()).max(first.0 - 1);
        let (next, edge) = (Instance(last + 1), Instance(first.0.saturating_add(self.window)));
        let unfilled = Some(edge).filter(|edge| *edge < next);
        self.state.leading = Leading::Presiding { quorum, open: Sorted::default(), next, unfilled };
        // A gap may be ten thousand places wide, so the loop skips the unreported places behind the window.
        let near = (first.0..next.min(edge).0).map(Instance);
        let far = reported.from(&edge).iter().map(|(instance, _)| *instance);
        for instance in near.chain(far) {
            if self.state.ledger.passed.get(&instance).is_some() {
                continue;
            }
            let report = reported.get(&instance).copied().unwrap_or_default();
            let wish = if self.variant.is_log { Some(Value::OLIVE_DAY) } else { self.state.queue.first().copied() };
            if let Some(value) = report.choose(&self.setup, wish) {
                self.state.queue.retain(|queued| *queued != value);
                self.begin(instance, value, effects);
            }
        }
    }

    /// Begins more olive-day decrees in a gap that is wider than the window.
    fn fill(&mut self, effects: &mut Effects) {
        while let Leading::Presiding { open, next, unfilled: unfilled @ Some(_), .. } = &mut self.state.leading {
            let missing = self.state.ledger.first_missing();
            let instance = unfilled.unwrap_or(missing).max(missing);
            if instance.0 - missing.0 >= self.window || !self.setup.performs(Phase::TwoA) {
                return;
            }
            *unfilled = Some(instance.next()).filter(|after| after < next);
            let is_gap = instance < *next && open.get(&instance).is_none();
            if is_gap && self.state.ledger.passed.get(&instance).is_none() {
                self.begin(instance, Value::OLIVE_DAY, effects);
            }
        }
    }

    /// Step 2a for one instance.
    fn begin(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let Some(ballot) = self.state.last_tried else { return };
        let Leading::Presiding { quorum, open, .. } = &mut self.state.leading else { return };
        let (quorum, vote) = (*quorum, Vote { ballot, value });
        open.entry(instance, || Open { vote, voted: NodeSet::EMPTY });
        effects.state(Fact::begun(instance, vote, quorum));
        let payload = if self.state.unannounced.is_empty() {
            Payload::Value(value)
        } else {
            let new = Entry { instance, vote, is_passed: false };
            let entries: Arc<[Entry]> = [new].into_iter().chain(self.state.unannounced.drain(..)).collect();
            Payload::Entries(entries)
        };
        let begin = message(BEGIN_BALLOT, ballot, instance, payload);
        if self.setup.choice(AUDIENCE) == AUDIENCE_QUORUM {
            effects.send_each(self.setup.electorate(self.me, quorum).iter(), &begin);
        } else {
            effects.send_each(self.acceptors(), &begin);
        }
        effects.set_timer(TimerId { kind: PHASE_2, number: instance.0 }, PATIENCE);
    }

    /// Step 3a. With `phase-2 quorum` only the members of Q are asked, and every member must have voted.
    pub(super) fn voted(&mut self, from: NodeId, instance: Instance, ballot: Ballot, effects: &mut Effects) {
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::Three) {
            return;
        }
        let Leading::Presiding { quorum, open, .. } = &mut self.state.leading else { return };
        let Some(Open { vote, voted }) = open.get_mut(&instance) else { return };
        voted.insert(from);
        let enough = if self.setup.choice(AUDIENCE) == AUDIENCE_QUORUM {
            self.setup.electorate(self.me, *quorum).is_subset(*voted)
        } else {
            self.setup.is_quorum(Purpose::Pass, *voted)
        };
        if !enough {
            return;
        }
        let vote = *vote;
        self.learn(instance, vote, effects);
        if self.setup.choice(SUCCESS_OPTION) == SUCCESS_PIGGYBACK {
            self.state.unannounced.push(Entry { instance, vote, is_passed: true });
        } else {
            effects.send_each(self.other_learners(), &message(SUCCESS, ballot, instance, Payload::Value(vote.value)));
        }
    }

    /// Whether the leader's ballot has anything left to do. If it has nothing left to do, a new ballot would do nothing,
    /// either.
    fn is_busy(&self) -> bool {
        match &self.state.leading {
            Leading::Nothing => false,
            Leading::Asking { .. } => true,
            Leading::Presiding { open, .. } => {
                let is_missing = self.state.ledger.is_missing(&self.state.acceptor.votes);
                !open.is_empty() || !self.state.queue.is_empty() || is_missing
            }
        }
    }

    /// A Nack has come. The leader remembers the promised ballot that the Nack names, and the Nack may be reason enough for
    /// a new ballot: the option `restart` says which Nack is. If the instance of the Nack has passed a decree by now, the
    /// leader tells the process that refused.
    pub(super) fn nacked(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        instance: Instance,
        bound: Ballot,
        effects: &mut Effects,
    ) {
        self.state.seen = self.state.seen.max(Some(bound));
        if self.state.ledger.passed.get(&instance).is_some() && self.setup.performs(Phase::Three) {
            self.tell(from, instance, effects);
        }
        let is_own = Some(ballot) == self.state.last_tried;
        let is_larger = Some(bound) > self.state.last_tried;
        let is_reason = match self.setup.choice(RESTART) {
            RESTART_ANY_NACK => is_larger,
            RESTART_OWN_NACK => is_larger && is_own,
            RESTART_HOPELESS if is_own => {
                self.state.refused.insert(from);
                self.is_hopeless()
            }
            _ => false,
        };
        if is_reason && self.is_busy() && self.leads() {
            self.next_ballot(effects);
        }
    }

    /// Whether so many processes have refused the ballot under way that it can no longer get a quorum: a quorum of promises
    /// while the leader asks for promises, or later a quorum of votes in some instance. Promises and votes that a process
    /// gave before its refusal still count.
    fn is_hopeless(&self) -> bool {
        match &self.state.leading {
            Leading::Nothing => false,
            Leading::Asking { promised, .. } => {
                let refused = self.state.refused.without(*promised);
                self.setup.quorum(Purpose::Promise).tally(*promised, refused) == Tally::Lost
            }
            Leading::Presiding { quorum, open, .. } => {
                let mut instances = open.entries().iter();
                instances.any(|(instance, open)| !self.can_vote(*quorum, self.voters(*instance, open)))
            }
        }
    }

    /// What the leader collects: promises, or the votes in its first instance under way.
    pub(super) fn collected(&self) -> Option<Slip> {
        let ballot = self.state.last_tried?;
        match &self.state.leading {
            Leading::Nothing => None,
            Leading::Asking { first, promised, .. } => {
                Some(Slip { ballot, instance: *first, phase: Phase::OneB, collected: *promised })
            }
            Leading::Presiding { open, .. } => {
                let (instance, open) = open.entries().first()?;
                let collected = self.voters(*instance, open);
                Some(Slip { ballot, instance: *instance, phase: Phase::TwoB, collected })
            }
        }
    }

    /// The processes whose votes in an instance under way this leader has, whether the votes came to the leader alone or went
    /// to everybody.
    fn voters(&self, instance: Instance, open: &Open) -> NodeSet {
        let ballot = self.setup.keeps(Guard::OneBallot).then_some(open.vote.ballot);
        let heard = self.state.tallies.get(&(instance, ballot, open.vote.value)).copied();
        open.voted.union(heard.unwrap_or(NodeSet::EMPTY))
    }

    /// Whether the processes that have voted, together with those that have not refused the ballot, are enough to pass a
    /// decree.
    fn can_vote(&self, quorum: NodeSet, voted: NodeSet) -> bool {
        let refused = self.state.refused.without(voted);
        if self.setup.choice(AUDIENCE) == AUDIENCE_QUORUM {
            !self.setup.electorate(self.me, quorum).meets(refused)
        } else {
            self.setup.quorum(Purpose::Pass).tally(voted, refused) != Tally::Lost
        }
    }

    /// 2Δ have gone by without enough promises, or without enough votes for an instance. The process starts a new ballot if
    /// it still leads.
    pub(super) fn overdue(&mut self, timer: TimerId, effects: &mut Effects) {
        let is_waiting = match &self.state.leading {
            Leading::Nothing => false,
            Leading::Asking { .. } => timer.kind == PHASE_1,
            Leading::Presiding { open, .. } => timer.kind == PHASE_2 && open.get(&Instance(timer.number)).is_some(),
        };
        if is_waiting && self.leads() {
            self.next_ballot(effects);
        }
    }
}
