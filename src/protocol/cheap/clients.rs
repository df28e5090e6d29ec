//! What becomes of clients' wishes: they wait at the process that was asked, are handed to the leader, and are answered when
//! they were executed.

use super::Member;
use crate::protocol::parliament::{FORWARD, NO_LEADER, REQUEST, RETRY, RETRY_AFTER, reply};
use crate::protocol::{Effects, Fact, Guard, Kind, Message, Payload, TimerId};
use crate::types::{Instance, NodeId, Value};

impl Member {
    /// A client asks, at this process or from a separate process. A command that was executed before is answered at once.
    pub(super) fn admit(&mut self, client: Option<NodeId>, value: Value, effects: &mut Effects) {
        if let Some(from) = client.filter(|_| self.setup.keeps(Guard::Once)) {
            if self.state.ledger.has_executed(value) {
                return reply(from, value, effects);
            }
            if self.state.clients.contains(&(client, value)) {
                return self.offer(value, effects);
            }
        }
        self.state.clients.push((client, value));
        self.offer(value, effects);
    }

    /// Hands a client's command to the leader.
    fn offer(&mut self, value: Value, effects: &mut Effects) {
        if self.leads() {
            self.enqueue(value);
        } else if let Some(leader) = self.state.election.leader(self.me).filter(|leader| *leader != self.me) {
            effects.send(leader, self.said(REQUEST, value));
        }
        if !self.state.is_retrying {
            self.state.is_retrying = true;
            effects.set_timer(TimerId { kind: RETRY, number: 0 }, RETRY_AFTER);
        }
    }

    pub(super) fn offer_all(&mut self, effects: &mut Effects) {
        for (_, value) in self.state.clients.clone() {
            self.offer(value, effects);
        }
    }

    /// Another process asks for a command of its client. If the command was passed already, this process sends the passed
    /// decrees instead. A process that does not lead forwards the command to the leader, or says that it knows no leader.
    pub(super) fn requested(
        &mut self,
        from: NodeId,
        is_forwarded: bool,
        missing: Instance,
        value: Value,
        effects: &mut Effects,
    ) {
        if self.state.ledger.has(value) && self.setup.keeps(Guard::Once) {
            return self.tell(from, missing, effects);
        }
        if self.leads() {
            return self.enqueue(value);
        }
        match self.state.election.onward(self.me, from, is_forwarded).filter(|leader| *leader != self.me) {
            Some(leader) => effects.send(leader, self.said(FORWARD, value)),
            None => effects.send(from, self.said(NO_LEADER, value)),
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

    /// Executes an entry of the ledger, but no command twice, and answers the clients that wait for it. A change of the
    /// configuration is executed as it stands; it means nothing to a service.
    pub(super) fn apply(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let is_change = self.setup.change(value).is_some();
        let is_new = self.state.ledger.execute(value) || is_change || !self.setup.keeps(Guard::Once);
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

    fn said(&self, kind: Kind, value: Value) -> Message {
        let instance = self.state.ledger.first_missing();
        Message { kind, ballot: None, instance, payload: Payload::Value(value) }
    }
}
