//! The clients' side (OSDI'99 §4.1): requests and replies, at most once, with the two optimizations of §5.1: tentative
//! execution, and commands that only read.

use super::Replica;
use super::row::{REPLY, REQUEST, TENTATIVE_REPLY};
use crate::protocol::{Effects, Executed, Fact, Kind, Message, Payload};
use crate::types::{Instance, NodeId, Value};

impl Replica {
    /// A process asks for a command: the client itself, or a replica that hands its request on. A command that is known to be
    /// executed is not executed again: the client gets the reply again.
    pub(super) fn asked(&mut self, from: NodeId, value: Value, effects: &mut Effects) {
        let Some(request) = self.setup.request(value) else { return };
        let is_own = from == request.by;
        if self.state.ledger.has_executed(value) {
            if is_own && let Some((instance, result)) = self.state.replied.get(&value).copied() {
                self.reply(REPLY, instance, value, result, effects);
            }
            return;
        }
        self.wait_for(value, effects);
        if self.is_primary() {
            return self.order(effects);
        }
        // A backup hands on what it has heard from the client itself.
        if is_own && self.state.is_active {
            effects.send(self.primary(), request_for(value));
        }
    }

    /// Asks all other replicas for the commands that this process itself wants, as a client does that has waited too long.
    pub(super) fn ask_all(&self, effects: &mut Effects) {
        for value in self.own() {
            effects.send_each(self.others().iter(), &request_for(value));
        }
    }

    /// The commands that wait and that this process itself wants.
    fn own(&self) -> impl Iterator<Item = Value> + '_ {
        let is_own = |value: &Value| self.setup.request(*value).is_some_and(|request| request.by == self.me);
        self.state.pending.iter().copied().filter(is_own)
    }

    /// Hands the commands that this process itself wants to the primary of the view that it has entered.
    pub(super) fn hand_on(&self, effects: &mut Effects) {
        for value in self.own().filter(|_| !self.is_primary()) {
            effects.send(self.primary(), request_for(value));
        }
    }

    /// A client asks for a command that only reads: the answer is a function of the replica's state as it is now.
    pub(super) fn read(&self, from: NodeId, value: Value, effects: &mut Effects) {
        let request = self.setup.request(value).filter(|request| request.only_reads && request.by == from);
        if request.is_some() {
            let last = Instance(self.state.ledger.first_missing().0.max(2) - 1);
            effects.state(Fact::Result(value, self.state.digest));
            self.reply(TENTATIVE_REPLY, last, value, self.state.digest, effects);
        }
    }

    /// An entry was executed.
    pub(super) fn executed(&mut self, executed: Executed, effects: &mut Effects) {
        let Executed { instance, value, history, state } = executed;
        let result = (instance, result_of(self.state.history, value));
        (self.state.history, self.state.digest) = (history, state);
        let is_replied = self.state.replied.get(&value) == Some(&result);
        if self.setup.is_command(value) {
            self.state.replied.set(value, result);
        }
        // What a replica executes again after a crash it has replied to and compared before.
        if instance.0 <= self.state.replayed {
            return;
        }
        if self.setup.is_command(value) && !is_replied {
            effects.state(Fact::Result(value, result.1));
            self.reply(REPLY, instance, value, result.1, effects);
        }
        if self.setup.request(value).is_some_and(|request| request.by == self.me) {
            effects.state(Fact::Answered(value));
        }
        self.mark(instance, history, effects);
    }

    /// Tentative execution: a prepared command whose predecessors are all executed has a result already. The result follows
    /// from the history, so it is what execution will give unless a view change gives the place to another command.
    pub(super) fn reply_tentatively(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let is_next = instance == self.state.ledger.first_missing() && !self.state.ledger.has_executed(value);
        if self.is_tentative() && is_next && self.setup.is_command(value) {
            let result = result_of(self.state.history, value);
            self.state.replied.set(value, (instance, result));
            effects.state(Fact::Result(value, result));
            self.reply(TENTATIVE_REPLY, instance, value, result, effects);
        }
    }

    /// Tells the client that wants a command its result.
    fn reply(&self, kind: Kind, instance: Instance, value: Value, result: u64, effects: &mut Effects) {
        let client = self.setup.request(value).map(|request| request.by);
        if let Some(client) = client.filter(|by| self.is_replica() && self.setup.cast.clients.contains(*by)) {
            let (ballot, payload) = (Some(self.ballot()), Payload::Result(value, result));
            effects.send(client, Message { kind, ballot, instance, payload });
        }
    }
}

fn request_for(value: Value) -> Message {
    Message { kind: REQUEST, ballot: None, instance: Instance::FIRST, payload: Payload::Value(value) }
}

/// A fingerprint of the result of a command. The result follows from what was executed before, whose fingerprint is `history`.
/// Equal histories and commands have equal fingerprints; unequal ones differ, except by an accident (the mixing function of
/// SplitMix64).
fn result_of(history: u64, value: Value) -> u64 {
    let mixed = history.wrapping_add(u64::from(value.0)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
