//! The view change (OSDI'99 §4.4, with the timers of §4.5.2): replicas leave a view whose primary does nothing, and the next
//! primary begins its view with everything that can have been committed before.

use std::sync::Arc;

use super::proof::{Beginning, claims, may_begin, new_view, normal, primary, read_new_view, report, view_of};
use super::row::{ACCEPTED, CATCH_UP, CATCH_UP_AFTER, ENTERED, PRE_PREPARE, PROMISED, VIEW_CHANGE};
use super::{Place, Replica, When};
use crate::protocol::{Basis, Cell, Claim, Effects, Fact, Guard, Message, Payload, Phase, TimerId};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// A replica keeps VIEW-CHANGEs of one sender for at most so many views.
const VIEWS_MAX: usize = 16;

impl Replica {
    /// The timer has run out: nothing was executed in time.
    pub(super) fn overdue(&mut self, effects: &mut Effects) {
        self.ask_all(effects);
        if !self.is_replica() {
            return self.watch(effects);
        }
        if !self.state.is_active || !self.state.pending.is_empty() {
            self.leave_for(self.state.view.saturating_add(1), effects);
        }
    }

    /// Leaves the view for a later one: from now on the replica accepts only CHECKPOINT, VIEW-CHANGE and NEW-VIEW.
    fn leave_for(&mut self, view: u32, effects: &mut Effects) {
        self.state.failures = self.state.failures.saturating_add(1);
        self.stop_waiting(effects);
        self.promise(view, effects);
        self.show(effects);
        if !self.state.is_catching_up {
            self.state.is_catching_up = true;
            effects.set_timer(TimerId { kind: CATCH_UP, number: 0 }, CATCH_UP_AFTER);
        }
    }

    /// Moves to a later view, and so promises to vote in no earlier one.
    fn promise(&mut self, view: u32, effects: &mut Effects) {
        (self.state.view, self.state.is_active, self.state.sent) = (view, false, None);
        let (ballot, first) = (self.ballot(), Instance(self.state.low + 1));
        self.promise_ballot(ballot, effects);
        for (instance, place) in self.state.places.from(&first) {
            // Where the script leaves COMMIT out, there is a certificate and no vote.
            if let Some(prepared) = place.prepared.filter(|_| self.setup.performs(Phase::TwoB)) {
                effects.state(Fact::Promised(*instance, ballot, Some(prepared.vote)));
            }
        }
        effects.state(Fact::PromisedFrom(first, ballot));
        self.state.changes.retain_keys(|(of, _)| *of >= view);
    }

    /// Remembers that the replica votes in no smaller ballot.
    pub(super) fn promise_ballot(&mut self, ballot: Ballot, effects: &mut Effects) {
        if self.state.promised < Some(ballot) {
            self.state.promised = Some(ballot);
            effects.persist(PROMISED, Instance::FIRST, Cell::from(ballot));
        }
    }

    /// Sends the VIEW-CHANGE for the view that the replica waits for, unless a crash has taken the signatures of a certificate.
    pub(super) fn show(&self, effects: &mut Effects) {
        let first = Instance(self.state.low + 1);
        let mut all: Vec<Claim> = self.state.proof.to_vec();
        for (instance, place) in self.state.places.from(&first) {
            if let Some(prepared) = place.prepared {
                all.extend(claims(*instance, prepared.vote, prepared.prepares));
            }
        }
        let payload = Payload::Proof(None, Arc::from(all));
        let message = Message { kind: VIEW_CHANGE, ballot: Some(self.ballot()), instance: first, payload };
        if self.setup.accepts(self.me, Phase::OneB) && report(&self.setup, &message).is_some() {
            effects.send_each(self.replicas().iter(), &message);
        }
    }

    /// A VIEW-CHANGE has come.
    pub(super) fn view_change(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        let Some(view) = message.ballot.and_then(|ballot| view_of(&self.setup, ballot)) else { return };
        let is_late = view < self.state.view || view == 0 || !self.is_replica() || !self.replicas().contains(from);
        if is_late || report(&self.setup, message).is_none() {
            return;
        }
        if view == self.state.view && self.state.is_active {
            // The sender is in no view: perhaps it has not got the NEW-VIEW.
            if let Some(sent) = self.state.sent.clone().filter(|_| from != self.me) {
                effects.send(from, sent);
            }
            return;
        }
        let known = self.state.changes.entries().iter().filter(|((_, by), _)| *by == from).count();
        if known < VIEWS_MAX {
            self.state.changes.entry((view, from), || message.clone());
        }
        self.join(effects);
        self.begin_if_enough(effects);
    }

    /// f + 1 replicas have left for later views than this replica: one of them is correct, so this replica follows, to the
    /// smallest of these views.
    fn join(&mut self, effects: &mut Effects) {
        let later = |((view, by), _): &&((u32, NodeId), Message)| *view > self.state.view && *by != self.me;
        let later: Vec<(u32, NodeId)> =
            self.state.changes.entries().iter().filter(later).map(|(key, _)| *key).collect();
        let by: NodeSet = later.iter().map(|(_, by)| *by).collect();
        if let Some((view, _)) = later.first().filter(|_| self.setup.is_quorum(Purpose::Answer, by)) {
            self.leave_for(*view, effects);
        }
    }

    /// The VIEW-CHANGEs for the view that this replica waits for.
    fn gathered(&self) -> Vec<Claim> {
        let of = self.state.changes.from(&(self.state.view, NodeId(0)));
        let of = of.iter().take_while(|((view, _), _)| *view == self.state.view);
        of.map(|((_, by), message)| Claim { by: *by, message: message.clone() }).collect()
    }

    /// With 2f + 1 VIEW-CHANGEs the replica waits for the NEW-VIEW, and the new primary sends it.
    fn begin_if_enough(&mut self, effects: &mut Effects) {
        if self.state.is_active {
            return;
        }
        let changes = self.gathered();
        let by: NodeSet = changes.iter().map(|change| change.by).collect();
        if self.setup.is_quorum(Purpose::Promise, by) {
            self.start_waiting(effects);
        }
        let (ballot, is_mine) = (self.ballot(), self.primary() == self.me && by.contains(self.me));
        if !is_mine || !may_begin(&self.setup, by) || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let Some((message, beginning)) = new_view(&self.setup, ballot, changes) else { return };
        effects.persist(ENTERED, Instance::FIRST, Cell::from(ballot));
        for (instance, value) in &beginning.values {
            let (vote, basis) = (Vote { ballot, value: *value }, Basis::Proof(beginning.by));
            if instance.0 > self.state.low {
                effects.persist(ACCEPTED, *instance, Cell::from(vote));
            }
            effects.state(Fact::Began { instance: *instance, ballot, value: Some(*value), basis });
        }
        effects.send_each(self.others().iter(), &message);
        self.enter(&beginning, &message, effects);
        self.state.sent = Some(message);
        self.order(effects);
    }

    /// A NEW-VIEW has come: the replica computes again what the view begins with, and enters it.
    pub(super) fn new_view(&mut self, from: NodeId, ballot: Ballot, message: &Message, effects: &mut Effects) {
        let Some(view) = view_of(&self.setup, ballot).filter(|view| *view > 0) else { return };
        let is_old = view < self.state.view || view == self.state.view && self.state.is_active;
        if is_old || from != primary(&self.setup, view) || from == self.me || !self.is_replica() {
            return;
        }
        let Some(beginning) = read_new_view(&self.setup, ballot, message) else { return };
        if view > self.state.view {
            self.stop_waiting(effects);
            self.promise(view, effects);
        }
        effects.persist(ENTERED, Instance::FIRST, Cell::from(ballot));
        self.enter(&beginning, message, effects);
    }

    /// Enters the view: whatever it begins with counts as if its PRE-PREPAREs had come.
    fn enter(&mut self, beginning: &Beginning, message: &Message, effects: &mut Effects) {
        let (view, ballot, primary) = (self.state.view, self.ballot(), self.primary());
        (self.state.is_active, self.state.basis) = (true, Basis::Proof(beginning.by));
        // What the primary orders from now on comes after all of O.
        let commands = beginning.values.iter().filter(|(_, value)| *value != Value::OLIVE_DAY);
        self.state.last = beginning.values.last().map_or(beginning.low, |(instance, _)| instance.0);
        self.state.ordered = Sorted::default();
        commands.for_each(|(_, value)| self.state.ordered.set(*value, ()));
        self.state.changes.retain_keys(|(of, _)| *of > view);
        if self.state.is_catching_up && self.state.target < self.state.ledger.first_missing().0 {
            self.state.is_catching_up = false;
            effects.cancel_timer(TimerId { kind: CATCH_UP, number: 0 });
        }
        if self.setup.keeps(Guard::Promise) {
            for place in self.state.places.values_mut() {
                place.forget(ballot);
            }
        }
        // A command that only a lying primary has named is waited for no longer.
        let setup = &self.setup;
        self.state.pending.retain(|value| setup.request(*value).is_some());
        self.catch_up_with(beginning.low, message, effects);
        for (instance, value) in &beginning.values {
            // A replica that misses a checkpoint takes what is above its window when it has reached the checkpoint.
            let vote = Vote { ballot, value: *value };
            match self.when(ballot, *instance) {
                When::Now => self.accept(primary, *instance, vote, effects),
                When::Later => self.keep(primary, &normal(PRE_PREPARE, *instance, vote)),
                When::Never => {}
            }
        }
        if self.state.pending.is_empty() {
            self.stop_waiting(effects);
        }
        self.watch(effects);
        self.hand_on(effects);
        self.take_kept(effects);
    }
}

impl Place {
    /// Forgets what was logged in the views before this one, except the certificate.
    fn forget(&mut self, ballot: Ballot) {
        self.rounds.retain_keys(|of| *of >= ballot);
    }
}
