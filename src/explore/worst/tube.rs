//! Every state that a process can be in has a number here, and each reaction to an input is worked out once.
//!
//! A 64-bit fingerprint tells states apart; a search meets some thousands of states.

use std::hash::Hash;
use std::sync::Arc;

use super::cast::Cast;
use super::state::CRASHED;
use crate::explore::process::{Happening, Outcome, Process};
use crate::explore::table::{Table, content_hash};
use crate::protocol::{Fact, Input, Message, TimerId};
use crate::trace::What;
use crate::types::{Instance, NodeId, NodeSet, Time, Value};

/// Everything that the processes of a cluster were seen doing.
pub(super) struct Tubes {
    cast: Arc<Cast>,
    /// Each process in each of its states, and whether it knows the first decree.
    processes: Vec<(Process, bool)>,
    by_digest: Table,
    messages: Vec<Message>,
    by_hash: Table,
    reactions: Vec<Arc<Reaction>>,
    by_input: Table,
}

/// What can happen to a process after the start.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stimulus {
    /// A message lands: its sender, and its number.
    Message(NodeId, u32),
    /// A timer runs out.
    Timer(TimerId),
    /// The oracle names the leader.
    Leads,
}

/// What a process does at an input, its messages to itself included.
#[derive(Clone, Debug)]
pub(super) struct Reaction {
    /// The state of the process afterwards.
    pub(super) process: u32,
    /// The messages to others, in order: the receiver, and the message's number.
    pub(super) sends: Vec<(NodeId, u32)>,
    /// The timers that the process starts, with their spans, and those that it stops, in order.
    pub(super) timers: Vec<(TimerId, Option<Time>)>,
}

impl Reaction {
    /// The reaction of a process that crashes: it sends nothing and sets nothing.
    pub(super) fn crash() -> Self {
        Self { process: CRASHED, sends: Vec::new(), timers: Vec::new() }
    }

    /// Whether a process in this state takes no notice.
    pub(super) fn is_nothing(&self, process: u32) -> bool {
        self.process == process && self.sends.is_empty() && self.timers.is_empty()
    }
}

impl Tubes {
    pub(super) fn new(cast: &Arc<Cast>) -> Self {
        Self {
            cast: Arc::clone(cast),
            processes: Vec::new(),
            by_digest: Table::default(),
            messages: Vec::new(),
            by_hash: Table::default(),
            reactions: Vec::new(),
            by_input: Table::default(),
        }
    }

    /// A process comes up, hears which leader the oracle names, and may be asked for a decree.
    pub(super) fn open(&mut self, node: NodeId, leaders: NodeSet, wish: Option<Value>) -> Reaction {
        let scenario = &self.cast.scenario;
        let mut process = Process::open(scenario, node);
        let mut outcome = process.step(scenario, Happening::Start { again: false, leaders });
        if let Some(value) = wish {
            let more = process.step(scenario, Happening::Input(Input::Propose(value)));
            outcome.said.extend(more.said);
            outcome.sent.extend(more.sent);
            outcome.timers.extend(more.timers);
        }
        self.keep(process, outcome, false)
    }

    /// What a process does when this happens to it.
    pub(super) fn react(&mut self, process: u32, stimulus: Stimulus) -> Arc<Reaction> {
        let key = u64::from(process) << 36 | stimulus.key();
        if let Some(known) = self.by_input.get(key) {
            return Arc::clone(&self.reactions[known as usize]);
        }
        let (mut process, knew) = self.processes[process as usize].clone();
        let happening = match stimulus {
            Stimulus::Message(from, message) => {
                Happening::Input(Input::Deliver { from, message: self.message(message) })
            }
            Stimulus::Timer(timer) => Happening::Input(Input::Timer(timer)),
            Stimulus::Leads => Happening::Input(Input::Leaders([self.cast.leader].into_iter().collect())),
        };
        let outcome = process.step(&self.cast.scenario, happening);
        let reaction = Arc::new(self.keep(process, outcome, knew));
        self.by_input.put(key, self.reactions.len() as u32);
        self.reactions.push(Arc::clone(&reaction));
        reaction
    }

    /// Whether a process in this state knows the first decree.
    pub(super) fn knows(&self, process: u32) -> bool {
        self.processes[process as usize].1
    }

    pub(super) fn message(&self, number: u32) -> &Message {
        &self.messages[number as usize]
    }

    /// The number of a message.
    pub(super) fn number(&mut self, message: Message) -> u32 {
        let hash = content_hash(|hasher| message.hash(hasher));
        self.by_hash.get(hash).unwrap_or_else(|| {
            let number = self.messages.len() as u32;
            self.by_hash.put(hash, number);
            self.messages.push(message);
            number
        })
    }

    /// Gives a number to the state, and to each of its messages.
    fn keep(&mut self, process: Process, outcome: Outcome, knew: bool) -> Reaction {
        let digest = content_hash(|hasher| process.digest(hasher));
        let number = self.by_digest.get(digest).unwrap_or_else(|| {
            let number = self.processes.len() as u32;
            let learns = |what: &What| matches!(what, What::Stated(_, Fact::Learned(Instance::FIRST, _)));
            let knows = knew || outcome.said.iter().any(learns);
            self.by_digest.put(digest, number);
            self.processes.push((process, knows));
            number
        });
        let sends = outcome.sent.into_iter().map(|(to, message)| (to, self.number(message))).collect();
        Reaction { process: number, sends, timers: outcome.timers }
    }
}

impl Stimulus {
    /// A number of 36 bits for each stimulus: there are fewer than 2²⁴ instances and messages.
    fn key(self) -> u64 {
        match self {
            Self::Message(from, message) => u64::from(from.0) << 24 | u64::from(message),
            Self::Timer(timer) => 1 << 34 | u64::from(timer.kind) << 24 | u64::from(timer.number),
            Self::Leads => 2 << 34,
        }
    }
}
