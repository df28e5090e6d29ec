//! What becomes of clients' wishes: they wait at the process that was asked, are handed to the coordinator, and are answered
//! when they were executed. On a U-Ring a wish travels along the ring; when it has to be offered again, the ring may be broken,
//! so it goes to the coordinator itself.

use std::sync::Arc;

use super::{Member, just};
use crate::protocol::parliament::{FORWARD, NO_LEADER, REQUEST, RETRY, reply};
use crate::protocol::{Effects, Fact, Guard, Kind, Message, Payload, TimerId};
use crate::types::{Instance, NodeId, NodeSet, Value};

impl Member {
    /// A client asks, at this process or from a separate process. A command that was executed before is answered at once.
    pub(super) fn admit(&mut self, client: Option<NodeId>, value: Value, effects: &mut Effects) {
        if let Some(from) = client.filter(|_| self.setup.keeps(Guard::Once)) {
            if self.state.ledger.has_executed(value) {
                return reply(from, value, effects);
            }
            if self.state.clients.contains(&(client, value)) {
                return self.offer(value, true, effects);
            }
        }
        self.state.clients.push((client, value));
        self.offer(value, false, effects);
    }

    /// Hands a client's command to the leader.
    fn offer(&mut self, value: Value, is_again: bool, effects: &mut Effects) {
        if self.leads() {
            self.enqueue(value);
        } else if let Some(leader) = self.state.election.leader(self.me) {
            let to = if is_again { leader } else { self.towards(leader) };
            effects.send(to, self.said(REQUEST, Payload::Value(value)));
        }
        if !self.state.is_retrying {
            self.state.is_retrying = true;
            effects.set_timer(TimerId { kind: RETRY, number: 0 }, self.retry_after());
        }
    }

    pub(super) fn offer_all(&mut self, effects: &mut Effects) {
        for (_, value) in self.state.clients.clone() {
            self.offer(value, false, effects);
        }
    }

    pub(super) fn offer_again(&mut self, effects: &mut Effects) {
        for (_, value) in self.state.clients.clone() {
            self.offer(value, true, effects);
        }
    }

    /// The process to which a wish goes next on its way to this leader.
    fn towards(&self, leader: NodeId) -> NodeId {
        let ring = self.state.ring;
        let is_along = self.variant.is_unicast && ring.contains(self.me) && ring.contains(leader);
        self.successor(ring, leader).filter(|_| is_along).unwrap_or(leader)
    }

    /// Another process asks for a command of its client. If the command was passed already, this process sends the passed
    /// decrees instead. A process that does not lead passes the command on to the leader, or says that it knows no leader. On
    /// a U-Ring no process passes on the same wish twice.
    pub(super) fn requested(
        &mut self,
        from: NodeId,
        is_forwarded: bool,
        missing: Instance,
        (value, passed_on): (Value, NodeSet),
        effects: &mut Effects,
    ) {
        if self.state.ledger.has(value) && self.setup.keeps(Guard::Once) {
            return self.tell(from, missing, effects);
        }
        if self.leads() {
            return self.enqueue(value);
        }
        let (next, payload) = if self.variant.is_unicast {
            let next = self.state.election.leader(self.me).map(|leader| self.towards(leader));
            let next = next.filter(|next| !passed_on.contains(*next) && !passed_on.contains(self.me));
            (next, Payload::Passing(value, Arc::new(passed_on.union(just(self.me)))))
        } else {
            (self.state.election.onward(self.me, from, is_forwarded), Payload::Value(value))
        };
        match next {
            Some(next) => effects.send(next, self.said(FORWARD, payload)),
            None => effects.send(from, self.said(NO_LEADER, Payload::Value(value))),
        }
    }

    /// Takes a command into the queue, unless the command is there already, is under way or is in the ledger.
    fn enqueue(&mut self, value: Value) {
        let is_known =
            self.state.ledger.has(value) || self.state.queue.contains(&value) || self.state.leading.has(value);
        if !is_known || !self.setup.keeps(Guard::Once) {
            self.state.queue.push(value);
        }
    }

    /// Executes an entry of the ledger, but no command twice, and answers the clients that wait for it.
    pub(super) fn apply(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let is_new = self.state.ledger.execute(value) || !self.setup.keeps(Guard::Once);
        effects.apply(instance, if is_new { value } else { Value::OLIVE_DAY });
        while let Some(place) = self.state.clients.iter().position(|(_, command)| *command == value) {
            match self.state.clients.remove(place).0 {
                Some(client) => reply(client, value, effects),
                None => effects.state(Fact::Answered(value)),
            }
        }
    }

    /// Stops the `retry` timer when no client waits any more.
    pub(super) fn stop_waiting(&mut self, effects: &mut Effects) {
        if self.state.clients.is_empty() && self.state.is_retrying {
            self.state.is_retrying = false;
            effects.cancel_timer(TimerId { kind: RETRY, number: 0 });
        }
    }

    fn said(&self, kind: Kind, payload: Payload) -> Message {
        Message { kind, ballot: None, instance: self.state.ledger.first_missing(), payload }
    }
}
