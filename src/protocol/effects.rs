//! The effects of one step: what a machine asks the world to do, in order.

use super::{Cell, Fact, Field, Message, TimerId};
use crate::types::{Instance, NodeId, Time, Value};

/// One thing that a machine asks the world to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Write a cell of stable storage. Machines persist before they send: if they sent first, a crash before the write could
    /// leave a promise in the world that its process has forgotten. A script can crash a node between the write and the
    /// message.
    Persist(Field, Instance, Cell),
    /// Take a cell of a list out of stable storage: from then on it is as one that was never written.
    Erase(Field, Instance),
    /// State, in the paper's words, what this step has done.
    State(Fact),
    /// Execute this entry of the ledger: the command, or nothing when it is [`Value::OLIVE_DAY`].
    Apply(Instance, Value),
    /// Hand a message to the network. A message to the process itself costs no time and is not counted as a message
    /// (PTP §2.2).
    Send(NodeId, Message),
    /// Start or restart a timer, which runs out after this time.
    SetTimer(TimerId, Time),
    /// Stop a timer.
    CancelTimer(TimerId),
}

/// The list of effects of one step.
#[derive(Default, Debug)]
pub struct Effects(pub Vec<Effect>);

impl Effects {
    /// Persist a cell.
    pub fn persist(&mut self, field: Field, instance: Instance, cell: Cell) {
        self.0.push(Effect::Persist(field, instance, cell));
    }

    /// Take a cell of a list out of stable storage.
    pub fn erase(&mut self, field: Field, instance: Instance) {
        self.0.push(Effect::Erase(field, instance));
    }

    /// State a fact.
    pub fn state(&mut self, fact: Fact) {
        self.0.push(Effect::State(fact));
    }

    /// Execute an entry of the ledger.
    pub fn apply(&mut self, instance: Instance, value: Value) {
        self.0.push(Effect::Apply(instance, value));
    }

    /// Start or restart a timer, which runs out after this time.
    pub fn set_timer(&mut self, timer: TimerId, after: Time) {
        self.0.push(Effect::SetTimer(timer, after));
    }

    /// Stop a timer.
    pub fn cancel_timer(&mut self, timer: TimerId) {
        self.0.push(Effect::CancelTimer(timer));
    }

    /// Send a message to one node.
    pub fn send(&mut self, to: NodeId, message: Message) {
        self.0.push(Effect::Send(to, message));
    }

    /// Send a message to each of these nodes, in this order.
    pub fn send_each(&mut self, to: impl IntoIterator<Item = NodeId>, message: &Message) {
        self.0.extend(to.into_iter().map(|to| Effect::Send(to, message.clone())));
    }
}
