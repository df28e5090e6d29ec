//! A node in a test tube: its machine, its storage and what its ledger has made, without time and without a network.
//!
//! A caller puts in what happens to the node, and gets what the node does. A message to itself lands at once, after the
//! step that sent it, as in the simulation; so everything that one input leads to within the node is one step here.
//! Timers have names only: the caller decides when they run out.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::protocol::{Effect, Effects, Executed, Input, Machine, Message, Slip, Storage, TimerId};
use crate::replica::Replica;
use crate::scenario::Scenario;
use crate::trace::{Applied, What};
use crate::types::{NodeId, NodeSet, Renaming, Time};

/// A node of a scenario's cluster, as it is now.
#[derive(Clone)]
pub struct Process {
    node: NodeId,
    machine: Box<dyn Machine>,
    storage: Storage,
    replica: Replica,
    is_up: bool,
    /// Running timers, in order.
    timers: Vec<TimerId>,
}

impl fmt::Debug for Process {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Process").field("node", &self.node).field("is_up", &self.is_up).finish_non_exhaustive()
    }
}

/// What can happen to a node.
#[derive(Clone, Copy, Debug)]
pub enum Happening<'a> {
    /// It comes up, for the first time or again after a crash, and hears which leaders the oracle names.
    Start {
        /// Whether it comes up after a crash.
        again: bool,
        /// The leaders that the oracle names.
        leaders: NodeSet,
    },
    /// It crashes: everything but stable storage is gone.
    Crash,
    /// Its machine hears this.
    Input(Input<'a>),
}

/// What a node does in one step, its messages to itself included.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outcome {
    /// The facts that the node states and the entries of the ledger that it executes, in order.
    pub said: Vec<What>,
    /// Its messages to others, in the order sent.
    pub sent: Vec<(NodeId, Message)>,
    /// Timers that the node starts, with their spans, and those that it stops, in order.
    pub timers: Vec<(TimerId, Option<Time>)>,
}

impl Process {
    /// A node that has yet to start.
    pub fn open(scenario: &Scenario, node: NodeId) -> Self {
        let storage = Storage::default();
        let machine = scenario.protocol.machine(&scenario.setup, node, &storage);
        Self { node, machine, storage, replica: Replica::open(scenario.service), is_up: true, timers: Vec::new() }
    }

    /// Which node it is.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Whether it is up.
    pub fn is_up(&self) -> bool {
        self.is_up
    }

    /// Its running timers, in order.
    pub fn timers(&self) -> &[TimerId] {
        &self.timers
    }

    /// What it has in stable storage.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// What its ledger has made.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// What the node is collecting for a ballot of its own.
    pub fn slip(&self) -> Option<Slip> {
        self.machine.slip()
    }

    /// Takes one step. The caller sees to it that only a node that is down starts again, that only a node that is up does
    /// anything else, and that only running timers run out.
    pub fn step(&mut self, scenario: &Scenario, happening: Happening<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut own = VecDeque::new();
        match happening {
            Happening::Start { again, leaders } => {
                self.is_up = true;
                self.take(scenario, Input::Start { again }, &mut outcome, &mut own);
                self.take(scenario, Input::Leaders(leaders), &mut outcome, &mut own);
            }
            Happening::Crash => {
                self.is_up = false;
                self.timers.clear();
                self.replica = Replica::open(scenario.service);
                self.machine = scenario.protocol.machine(&scenario.setup, self.node, &self.storage);
            }
            Happening::Input(input) => {
                if let Input::Timer(timer) = input {
                    self.timers.retain(|running| *running != timer);
                }
                self.take(scenario, input, &mut outcome, &mut own);
            }
        }
        while let Some(message) = own.pop_front() {
            let input = Input::Deliver { from: self.node, message: &message };
            self.take(scenario, input, &mut outcome, &mut own);
        }
        outcome
    }

    /// Gives the machine one input, and applies its effects in their order.
    fn take(&mut self, scenario: &Scenario, input: Input<'_>, outcome: &mut Outcome, own: &mut VecDeque<Message>) {
        let mut effects = Effects::default();
        let mut results = Vec::new();
        self.machine.step(input, &mut effects);
        for effect in effects.0 {
            match effect {
                Effect::Persist(field, instance, cell) => self.storage.put(field, instance, cell),
                Effect::Erase(field, instance) => self.storage.erase(field, instance),
                Effect::State(fact) => outcome.said.push(What::Stated(self.node, fact)),
                Effect::Send(to, message) if to == self.node => own.push_back(message),
                Effect::Send(to, message) => outcome.sent.push((to, message)),
                Effect::Apply(instance, value) => {
                    let command = scenario.commands.get(value.0 as usize);
                    let result = self.replica.apply(u64::from(value.0), command);
                    let (chain, digest) = (self.replica.chain(), self.replica.digest());
                    if scenario.protocol.needs_results {
                        results.push(Executed { instance, value, history: chain, state: digest });
                    }
                    let applied = Applied { instance, value, outcome: result, chain, digest };
                    outcome.said.push(What::Applied(self.node, Box::new(applied)));
                }
                Effect::SetTimer(timer, after) => {
                    if let Err(place) = self.timers.binary_search(&timer) {
                        self.timers.insert(place, timer);
                    }
                    outcome.timers.push((timer, Some(after)));
                }
                Effect::CancelTimer(timer) => {
                    self.timers.retain(|running| *running != timer);
                    outcome.timers.push((timer, None));
                }
            }
        }
        for executed in results {
            self.take(scenario, Input::Executed(executed), outcome, own);
        }
    }

    /// The same process under other names of the nodes; none where names matter to the protocol. Storage names only the
    /// owners of ballots, and these keep their names.
    pub fn renamed(&self, names: &Renaming) -> Option<Self> {
        let machine = self.machine.renamed(names)?;
        Some(Self { node: names.of(self.node), machine, ..self.clone() })
    }

    /// Feeds a hasher with everything that the node's future depends on, except its timers.
    pub fn digest(&self, hasher: &mut dyn Hasher) {
        self.machine.digest(hasher);
        let mut hasher = hasher;
        (self.node, self.is_up, &self.storage, &self.replica).hash(&mut hasher);
    }
}
