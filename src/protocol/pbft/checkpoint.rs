//! Checkpoints and water marks (OSDI'99 §4.3): replicas compare what they have executed, and forget the messages that nobody
//! needs any more. A replica that misses what the others have executed asks them for it.

use std::sync::Arc;

use super::Replica;
use super::row::{ACCEPTED, CATCH_UP, CATCH_UP_AFTER, CHECKPOINT, FETCH, STABLE, STATE, VOTED};
use crate::protocol::{Cell, Claim, Effects, Entry, Fact, Message, Payload, TimerId};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// A replica keeps at most so many CHECKPOINTs of one sender.
const CHECKPOINTS_MAX: usize = 4;
/// A message tells at most so many executed commands.
const ENTRIES_MAX: usize = 64;

impl Replica {
    /// After each K places the replica says what it has executed.
    pub(super) fn mark(&mut self, instance: Instance, history: u64, effects: &mut Effects) {
        if self.is_replica() && instance.0.is_multiple_of(self.interval()) {
            effects.send_each(self.audience().iter(), &checkpoint(instance, history));
        }
        self.stabilise(effects);
    }

    /// A CHECKPOINT has come.
    pub(super) fn checkpoint(&mut self, from: NodeId, instance: Instance, history: u64, effects: &mut Effects) {
        if instance.0 <= self.state.low || !self.replicas().contains(from) {
            return;
        }
        let of = |(_, by): &&((Instance, u64), NodeSet)| by.contains(from);
        let oldest = self.state.checkpoints.entries().iter().find(of).map(|(key, _)| *key);
        if let Some(oldest) =
            oldest.filter(|_| self.state.checkpoints.entries().iter().filter(of).count() >= CHECKPOINTS_MAX)
        {
            self.state.checkpoints.entry(oldest, || NodeSet::EMPTY).remove(from);
            self.state.checkpoints.retain(|by| !by.is_empty());
        }
        self.state.checkpoints.entry((instance, history), || NodeSet::EMPTY).insert(from);
        self.stabilise(effects);
    }

    /// The last checkpoint of which 2f + 1 replicas have said the same becomes stable, once this replica has executed so far.
    pub(super) fn stabilise(&mut self, effects: &mut Effects) {
        let is_enough = |(_, by): &&((Instance, u64), NodeSet)| self.setup.is_quorum(Purpose::Certify, *by);
        let Some(((instance, history), by)) = self.state.checkpoints.entries().iter().rfind(is_enough).copied() else {
            return;
        };
        let claim = |by| Claim { by, message: checkpoint(instance, history) };
        self.settle(instance.0, by, history, by.iter().map(claim).collect(), effects);
    }

    /// A NEW-VIEW shows that a checkpoint is stable.
    pub(super) fn catch_up_with(&mut self, low: u32, message: &Message, effects: &mut Effects) {
        let Payload::Proof(_, changes) = &message.payload else { return };
        let is_of = |claim: &&Claim| claim.message.kind == CHECKPOINT && claim.message.instance.0 == low;
        let shown = changes.iter().find_map(|change| match &change.message.payload {
            Payload::Proof(_, claims) if change.message.instance.0 == low + 1 => {
                Some(claims.iter().filter(is_of).cloned().collect::<Vec<_>>())
            }
            _ => None,
        });
        let claims = shown.unwrap_or_default();
        if let Some(Payload::Result(_, history)) = claims.first().map(|claim| claim.message.payload.clone()) {
            let by = claims.iter().map(|claim| claim.by).collect();
            self.settle(low, by, history, Arc::from(claims), effects);
        }
    }

    /// The checkpoint at this place is stable. The replica moves its window if it has executed so far; otherwise it fetches what
    /// it misses.
    fn settle(&mut self, low: u32, by: NodeSet, history: u64, proof: Arc<[Claim]>, effects: &mut Effects) {
        if low <= self.state.low {
            return;
        }
        if low >= self.state.ledger.first_missing().0 {
            if low > self.state.target {
                self.state.target = low;
                self.fetch(effects);
            }
            return;
        }
        let before = std::mem::replace(&mut self.state.low, low);
        self.state.proof = proof;
        effects.persist(STABLE, Instance(low), Cell::from(self.ballot()));
        if before > 0 {
            effects.erase(STABLE, Instance(before));
        }
        for (instance, place) in std::mem::take(&mut self.state.places).into_entries() {
            if instance.0 > low {
                self.state.places.set(instance, place);
                continue;
            }
            if place.has_accepted() {
                effects.erase(ACCEPTED, instance);
            }
            if place.prepared.is_some() {
                effects.erase(VOTED, instance);
            }
        }
        self.state.checkpoints.retain_keys(|(instance, _)| instance.0 > low);
        effects.state(Fact::Stable { instance: Instance(low), history, signers: by });
        self.take_kept(effects);
        self.order(effects);
    }

    /// Asks all other replicas for what they have executed from the first place on that this replica misses.
    pub(super) fn fetch(&mut self, effects: &mut Effects) {
        let first = self.state.ledger.first_missing();
        let message = Message { kind: FETCH, ballot: None, instance: first, payload: Payload::Empty };
        effects.send_each(self.others().iter(), &message);
        if !self.state.is_catching_up {
            self.state.is_catching_up = true;
            effects.set_timer(TimerId { kind: CATCH_UP, number: 0 }, CATCH_UP_AFTER);
        }
    }

    /// For a while the replica has been in no view, or has missed something: it says again what it has said.
    pub(super) fn catch_up(&mut self, effects: &mut Effects) {
        let is_outside = self.is_replica() && !self.state.is_active;
        if is_outside {
            self.show(effects);
        }
        if is_outside || self.state.target >= self.state.ledger.first_missing().0 {
            self.fetch(effects);
        }
    }

    /// Another process asks what this one has executed from a place on.
    pub(super) fn tell(&self, from: NodeId, first: Instance, effects: &mut Effects) {
        let missing = self.state.ledger.first_missing();
        let executed = self.state.ledger.passed.from(&first).iter().take_while(|(instance, _)| *instance < missing);
        let entries: Arc<[Entry]> = executed
            .take(ENTRIES_MAX)
            .map(|(instance, vote)| Entry { instance: *instance, vote: *vote, is_passed: true })
            .collect();
        if self.is_replica() && from != self.me && !entries.is_empty() {
            let payload = Payload::Entries(entries);
            effects.send(from, Message { kind: STATE, ballot: None, instance: first, payload });
        }
    }

    /// Another replica says what it has executed: f + 1 that say the same are believed.
    pub(super) fn told(&mut self, from: NodeId, entries: &[Entry], effects: &mut Effects) {
        if !self.replicas().contains(from) {
            return;
        }
        let first = self.state.ledger.first_missing();
        let is_news = |entry: &&Entry| entry.instance >= first && entry.instance.0 - first.0 < ENTRIES_MAX as u32;
        for entry in entries.iter().take(ENTRIES_MAX).filter(is_news) {
            self.state.fetched.entry((entry.instance, entry.vote), || NodeSet::EMPTY).insert(from);
        }
        while let Some((instance, vote)) = self.believed() {
            self.learn(instance, vote, effects);
            let missing = self.state.ledger.first_missing();
            self.state.fetched.retain_keys(|(instance, _)| *instance >= missing);
        }
        if self.state.ledger.first_missing() > first && self.state.target >= self.state.ledger.first_missing().0 {
            self.fetch(effects);
        }
    }

    /// The command of the first place that this replica misses, if f + 1 others have executed it there. They may have committed
    /// it in different views; the view that most of them name stands beside it.
    fn believed(&self) -> Option<(Instance, Vote)> {
        let missing = self.state.ledger.first_missing();
        let of = self.state.fetched.from(&(missing, vote_min())).iter();
        let of: Vec<_> = of.take_while(|((instance, _), _)| *instance == missing).collect();
        let mut values: Sorted<Value, NodeSet> = Sorted::default();
        for ((_, vote), by) in &of {
            let all = values.entry(vote.value, || NodeSet::EMPTY);
            *all = all.union(*by);
        }
        let enough = |(_, by): &&(Value, NodeSet)| self.setup.is_quorum(Purpose::Answer, *by);
        let (value, _) = values.entries().iter().find(enough)?;
        let named = of.iter().filter(|((_, vote), _)| vote.value == *value).rev();
        named.max_by_key(|(_, by)| by.len()).map(|((_, vote), _)| (missing, *vote))
    }
}

/// The smallest vote that there is.
fn vote_min() -> Vote {
    Vote { ballot: Ballot::new(1, NodeId(0)), value: Value(0) }
}

fn checkpoint(instance: Instance, history: u64) -> Message {
    let payload = Payload::Result(Value::OLIVE_DAY, history);
    Message { kind: CHECKPOINT, ballot: None, instance, payload }
}
