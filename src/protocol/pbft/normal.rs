//! The normal case (OSDI'99 §4.2): the primary gives each request a place, and three phases make the order of the view certain.

use super::proof::{certificate, normal};
use super::row::{ACCEPTED, COMMIT, LEDGER, PRE_PREPARE, PREPARE, VIEW, VOTED, window};
use super::{Logged, Place, Prepared, Replica, Written};
use crate::protocol::{Cell, Effects, Fact, Guard, Kind, Phase, TimerId};
use crate::quorum::Purpose;
use crate::types::{Instance, NodeId, NodeSet, Time, Value, Vote};

/// The timer doubles at most so often.
const DOUBLINGS_MAX: u32 = 10;

impl Replica {
    /// The primary gives a place to every command that waits for one, as far as the window allows.
    pub(super) fn order(&mut self, effects: &mut Effects) {
        if !self.is_primary() || !self.setup.performs(Phase::TwoA) {
            return;
        }
        for value in self.state.pending.clone() {
            let next = self.state.last.max(self.state.low) + 1;
            if next > self.state.low + window(&self.setup.choices) {
                return;
            }
            if self.state.ordered.get(&value).is_some() {
                continue;
            }
            self.state.last = next;
            self.state.ordered.set(value, ());
            let (instance, ballot, basis) = (Instance(next), self.ballot(), self.state.basis);
            let vote = Vote { ballot, value };
            // A primary that came back and had forgotten this would give the place to another command.
            effects.persist(ACCEPTED, instance, Cell::from(vote));
            effects.state(Fact::Began { instance, ballot, value: Some(value), basis });
            effects.send_each(self.replicas().iter(), &normal(PRE_PREPARE, instance, vote));
        }
    }

    /// Logs a message of the normal case that counts now.
    pub(super) fn log(&mut self, kind: Kind, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        match kind {
            PRE_PREPARE => return self.accept(from, instance, vote, effects),
            PREPARE => {
                // The primary has said by its PRE-PREPARE what it had to say.
                if from == vote.ballot.owner() && self.setup.keeps(Guard::BackupsPrepare) {
                    return;
                }
                self.logged(instance, vote).prepares.entry(vote.value, || NodeSet::EMPTY).insert(from);
            }
            _ => {
                self.logged(instance, vote).commits.entry(vote.value, || NodeSet::EMPTY).insert(from);
            }
        }
        self.prepare(instance, vote, effects);
        self.commit(instance, vote, effects);
    }

    fn logged(&mut self, instance: Instance, vote: Vote) -> &mut Logged {
        self.state.places.entry(instance, Place::default).rounds.entry(vote.ballot, Logged::default)
    }

    /// A PRE-PREPARE has come: the replica accepts it unless it has accepted another one for this place in this view.
    pub(super) fn accept(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        let (me, basis, is_strict) = (self.me, self.state.basis, self.setup.keeps(Guard::VoteOnce));
        let logged = self.logged(instance, vote);
        let is_taken = logged.accepted.contains(&vote.value) || is_strict && !logged.accepted.is_empty();
        if from != vote.ballot.owner() || is_taken || !self.is_replica() {
            return;
        }
        self.logged(instance, vote).accepted.push(vote.value);
        if me != from {
            effects.persist(ACCEPTED, instance, Cell::from(vote));
        }
        effects.state(Fact::Believed { instance, ballot: vote.ballot, value: vote.value, basis });
        if me != from && self.setup.accepts(me, Phase::Certify) {
            effects.send_each(self.replicas().iter(), &normal(PREPARE, instance, vote));
        }
        if vote.value != Value::OLIVE_DAY && !self.state.ledger.has_executed(vote.value) {
            self.wait_for(vote.value, effects);
        }
        self.prepare(instance, vote, effects);
        self.commit(instance, vote, effects);
    }

    /// The replica is prepared when it has accepted the PRE-PREPARE, and 2f backups have sent the same PREPARE.
    fn prepare(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        let Vote { ballot, value } = vote;
        let Some(logged) = self.state.places.get(&instance).and_then(|place| place.rounds.get(&ballot)) else { return };
        let prepares = logged.prepares.get(&value).copied().unwrap_or_default();
        if !logged.accepted.contains(&value) || logged.prepared.contains(&value) {
            return;
        }
        let Some(signers) = certificate(&self.setup, vote, prepares) else { return };
        self.logged(instance, vote).prepared.push(value);
        self.state.places.entry(instance, Place::default).prepared = Some(Prepared { vote, prepares });
        self.promise_ballot(ballot, effects);
        effects.persist(VOTED, instance, Cell::from(vote));
        effects.state(Fact::Certified(instance, vote, signers));
        if self.setup.accepts(self.me, Phase::TwoB) {
            effects.state(Fact::Voted(instance, vote));
            effects.send_each(self.audience().iter(), &normal(COMMIT, instance, vote));
        }
        self.reply_tentatively(instance, value, effects);
    }

    /// The replica is committed-local when it is prepared, and has 2f + 1 COMMITs. A process that only learns has no
    /// certificate of its own: f + 1 of the 2f + 1 have one.
    fn commit(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        let Some(logged) = self.state.places.get(&instance).and_then(|place| place.rounds.get(&vote.ballot)) else {
            return;
        };
        let commits = logged.commits.get(&vote.value).copied().unwrap_or_default();
        let is_prepared = logged.prepared.contains(&vote.value);
        let is_committed = self.setup.is_quorum(Purpose::Pass, commits) && (is_prepared || !self.is_replica());
        if is_committed || is_prepared && !self.setup.keeps(Guard::Commit) {
            self.learn(instance, vote, effects);
        }
    }

    /// Writes a command into its place, and executes what can be executed.
    pub(super) fn learn(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        match self.state.ledger.write(instance, vote) {
            Written::Known => return,
            Written::New => effects.persist(LEDGER, instance, Cell::from(vote)),
            // Ledgers are written in indelible ink. Only in a run with broken rules is there anything else to write.
            Written::Otherwise => {}
        }
        effects.state(Fact::Learned(instance, vote));
        self.execute(effects);
    }

    /// Executes the commands in the order of their places, each of them once.
    pub(super) fn execute(&mut self, effects: &mut Effects) {
        let mut has_executed = false;
        while let Some((instance, value)) = self.state.ledger.next() {
            let is_new = self.state.ledger.execute(value);
            effects.apply(instance, if is_new { value } else { Value::OLIVE_DAY });
            self.state.pending.retain(|waiting| *waiting != value);
            has_executed |= is_new;
        }
        if has_executed {
            self.state.failures = 0;
            self.stop_waiting(effects);
            self.watch(effects);
        }
    }

    /// A command is to be executed: if it is not by the time that the timer runs out, the view has failed.
    pub(super) fn wait_for(&mut self, value: Value, effects: &mut Effects) {
        if !self.state.pending.contains(&value) {
            self.state.pending.push(value);
        }
        self.watch(effects);
    }

    /// Starts the timer if anything waits and the timer does not run. The primary does not wait for itself.
    pub(super) fn watch(&mut self, effects: &mut Effects) {
        if self.state.is_active && !self.is_primary() && !self.state.pending.is_empty() {
            self.start_waiting(effects);
        }
    }

    /// Starts the timer, with twice the time for each view that failed after the first one.
    pub(super) fn start_waiting(&mut self, effects: &mut Effects) {
        if !self.state.is_waiting {
            self.state.is_waiting = true;
            let doublings = self.state.failures.saturating_sub(1).min(DOUBLINGS_MAX);
            effects.set_timer(TimerId { kind: VIEW, number: 0 }, Time(self.patience().0 << doublings));
        }
    }

    pub(super) fn stop_waiting(&mut self, effects: &mut Effects) {
        if self.state.is_waiting {
            self.state.is_waiting = false;
            effects.cancel_timer(TimerId { kind: VIEW, number: 0 });
        }
    }
}
