//! The world: nodes, their storage and clocks, and the network between them, one event at a time.
//!
//! A run is deterministic: time is integer ticks, rules settle ties, and chance comes from the scenario's seed. At one
//! instant the script's lines act first, in the order written; then messages leave ports (`port.rs`); then messages land, in
//! the order in which they left; then timers run out. A node reacts at once and takes no time; a message from a node to itself
//! lands at the same instant, after the step that sent it.
//!
//! A [`World`] is the state of a run *now*; the [`Trace`] is what happened before. The world never reads the trace, so a
//! copy of the world (a checkpoint) can run on without a trace.
//!
//! *Architecture invariant:* simulation does not know checks, reports or the page. A run of a broken protocol is a run like
//! any other; a fault in the simulator is a failed assertion.

mod forge;
mod network;
mod port;
mod queue;
mod run;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use crate::protocol::{Cell, Effect, Executed, Input, Machine, Message, Slip, Storage, TimerId};
use crate::replica::Replica;
use crate::scenario::{Act, Disk, Injection, Scenario};
use crate::tongue::say;
use crate::trace::{Applied, EventId, Loss, MessageId, Trace, What};
use crate::types::{Instance, NodeId, NodeSet, Time, Value};
use forge::Signed;
use network::{Fate, Network, Route};
use port::{Parcel, Port};
use queue::{Class, Item, Queue};

pub use forge::tell_lie;
pub use run::{BYTES_MAX, Bound, EVENTS_MAX, MESSAGES_MAX, Note, Run, STEPS_MAX, Stop};

/// About how many bytes a cell of stable storage takes, together with the machine's own copy of it.
const CELL_BYTES: usize = 160;

/// About how many bytes a command leaves behind in the replica that executed it: a name and its value, of 64 characters at
/// most.
const ENTRY_BYTES: usize = 200;

/// The state of a run at one instant.
#[derive(Clone)]
pub struct World {
    scenario: Arc<Scenario>,
    now: Time,
    nodes: Vec<Node>,
    network: Network,
    queue: Queue,
    /// The processes that the oracle names as leaders.
    leaders: NodeSet,
    acts_done: usize,
    steps: u64,
    events: u32,
    messages: u32,
    /// The bytes of the lists that messages carried so far, with their decrees. The bound on this number also bounds all
    /// texts of a run.
    carried: usize,
    /// About how many bytes the nodes keep: cells, the machines' copies of the cells, and commands that were executed.
    kept: usize,
    /// The bound that the run has reached, if it has reached one. Nothing more happens after that.
    full: Option<Bound>,
    /// The acts that found nothing to do, by their place in the scenario, and the reason.
    idle: Vec<(usize, String)>,
    /// What processes have signed, where a lie may claim it.
    signed: Signed,
    /// The last message that the step under way has sent, where it is a multicast: its sender and what it says. Between two
    /// steps there is none.
    multicast: Option<(NodeId, Message)>,
    /// The lies that the world has refused, by their rules' places in the scenario, and the reason.
    refused: Vec<(usize, String)>,
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("World").field("now", &self.now).field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// A process: its machine, its stable storage, which survives a crash, and its timers.
#[derive(Clone)]
struct Node {
    machine: Box<dyn Machine>,
    storage: Storage,
    /// The state that the commands of its ledger have made so far. The replica is volatile, because the ledger can be
    /// executed again.
    replica: Replica,
    up: bool,
    /// What it has sent and what has not left yet.
    port: Port,
    /// The act that told the node to crash instead of sending, by its place in the scenario, if there was one.
    crash_before_send: Option<usize>,
    /// The running timers, each with the number of the queue's item for its end. Any other item for the same timer is
    /// obsolete.
    timers: Vec<(TimerId, u64)>,
}

/// The trace that a step writes to; none when only the state matters.
type Log<'a> = Option<&'a mut Trace>;

impl World {
    /// A cluster that has just come up.
    pub fn new(scenario: Arc<Scenario>, log: Log<'_>) -> Self {
        let open = |node| Node {
            machine: scenario.protocol.machine(&scenario.setup, node, &Storage::default()),
            storage: Storage::default(),
            replica: Replica::open(scenario.service),
            up: true,
            port: Port::default(),
            crash_before_send: None,
            timers: Vec::new(),
        };
        let mut world = Self {
            now: Time::ZERO,
            nodes: NodeId::all(scenario.nodes()).map(open).collect(),
            network: Network::new(&scenario),
            queue: Queue::default(),
            leaders: scenario.leaders,
            acts_done: 0,
            steps: 0,
            events: 0,
            messages: 0,
            carried: 0,
            kept: 0,
            full: None,
            idle: Vec::new(),
            signed: Signed::of(&scenario),
            multicast: None,
            refused: Vec::new(),
            scenario,
        };
        let mut log = log;
        for node in NodeId::all(world.nodes.len()) {
            world.start(node, false, None, &mut log);
        }
        world
    }

    /// Whether the node is up.
    pub fn is_up(&self, node: NodeId) -> bool {
        self.nodes[node.index()].up
    }

    /// The node's stable storage.
    pub fn storage(&self, node: NodeId) -> &Storage {
        &self.nodes[node.index()].storage
    }

    /// The state that the node's ledger has made.
    pub fn replica(&self, node: NodeId) -> &Replica {
        &self.nodes[node.index()].replica
    }

    /// The node's slip of paper: what it collects for its own ballot.
    pub fn slip(&self, node: NodeId) -> Option<Slip> {
        self.nodes[node.index()].machine.slip()
    }

    /// The timers that the node has running.
    pub fn timers(&self, node: NodeId) -> impl Iterator<Item = TimerId> + '_ {
        self.nodes[node.index()].timers.iter().map(|(timer, _)| *timer)
    }

    /// Whether a message that is sent on this link now would leave its sender.
    pub fn is_open(&self, from: NodeId, to: NodeId) -> bool {
        self.network.is_open(from, to)
    }

    /// How many script lines, messages and timers have come up; a timer that was cancelled still counts.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// A fingerprint of everything that the future of the run depends on.
    pub fn digest(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        (self.now, self.acts_done as u64, self.messages, self.leaders).hash(&mut hasher);
        for node in &self.nodes {
            node.machine.digest(&mut hasher);
            (node.up, &node.port, node.crash_before_send.is_some(), &node.storage, &node.replica).hash(&mut hasher);
            node.timers.iter().for_each(|timer| timer.hash(&mut hasher));
        }
        self.network.hash(&mut hasher);
        self.signed.hash(&mut hasher);
        self.queue.hash(&mut hasher);
        hasher.finish()
    }

    /// When the next script line, message or timer is due; none when there is none.
    pub fn next_time(&self) -> Option<Time> {
        let act = self.scenario.acts.get(self.acts_done).map(|planned| planned.at);
        match (act, self.queue.next_time()) {
            (Some(act), Some(item)) => Some(act.min(item)),
            (act, item) => act.or(item),
        }
    }

    /// Handles the next script line, message or timer; false when there is none.
    pub fn step(&mut self, mut log: Log<'_>) -> bool {
        let Some(time) = self.next_time() else { return false };
        debug_assert!(time >= self.now, "time runs forward");
        self.now = time;
        self.steps += 1;
        let scenario = Arc::clone(&self.scenario);
        if let Some(planned) = scenario.acts.get(self.acts_done).filter(|planned| planned.at == time) {
            self.act(self.acts_done, &planned.act, &mut log);
            self.acts_done += 1;
            return true;
        }
        match self.queue.pop() {
            Item::Leave { node, number } => self.leave(node, number, &mut log),
            Item::Land { id, from, to, message } => self.land(id, from, to, &message, &mut log),
            Item::Vanish { id, why } => {
                self.record(&mut log, None, What::Lost(id, why));
            }
            Item::Timer { node, timer, number } => self.fire(node, timer, number, None, &mut log),
        }
        true
    }

    fn record(&mut self, log: &mut Log<'_>, cause: Option<EventId>, what: What) -> EventId {
        let id = EventId(self.events);
        self.events += 1;
        if let Some(trace) = log {
            let recorded = trace.push(self.now, cause, what);
            debug_assert_eq!(recorded, id, "the trace belongs to this world");
        }
        id
    }

    fn act(&mut self, place: usize, act: &Act<NodeId, Value>, log: &mut Log<'_>) {
        if let Some(why) = self.idle_reason(act) {
            self.idle.push((place, why));
            return;
        }
        let event = self.record(log, None, What::Acted(place as u32, act.clone()));
        match act {
            Act::Propose(node, value) => self.step_node(*node, Input::Propose(*value), Some(event), log),
            Act::Crash(node) => {
                if let Some(armed) = self.nodes[node.index()].crash_before_send {
                    let name = self.scenario.symbols.node(*node);
                    self.idle.push((armed, say!("{name} crashes otherwise before it sends")));
                }
                self.crash(*node, Some(event), log);
            }
            Act::CrashBeforeSend(node) => self.nodes[node.index()].crash_before_send = Some(place),
            Act::Timeout(node, timer, number) => {
                let timer = self.timer(timer, *number);
                let running = self.nodes[node.index()].timers.iter().find(|(running, _)| *running == timer);
                if let Some((_, number)) = running.copied() {
                    self.fire(*node, timer, number, Some(event), log);
                }
            }
            Act::Restart(node, disk) => {
                if *disk == Disk::Empty {
                    self.empty(*node);
                }
                self.nodes[node.index()].up = true;
                self.start(*node, true, Some(event), log);
            }
            Act::Partition(groups) => self.network.partition(groups),
            Act::Cut(link) => self.network.cut(*link),
            Act::Heal => self.network.heal(),
            Act::HealLink(link) => self.network.heal_link(*link),
            Act::Leader(leaders) => {
                self.leaders = leaders.iter().copied().collect();
                for node in NodeId::all(self.nodes.len()) {
                    self.tell_leaders(node, Some(event), log);
                }
            }
            Act::Inject(injection) => self.inject(injection, event, log),
        }
    }

    /// The timer with this name.
    fn timer(&self, name: &str, number: u32) -> TimerId {
        let kind = self.scenario.protocol.timer_named(name).expect("resolved");
        TimerId { kind, number }
    }

    /// A node comes up, and hears which leaders the oracle names.
    fn start(&mut self, node: NodeId, again: bool, cause: Option<EventId>, log: &mut Log<'_>) {
        self.step_node(node, Input::Start { again }, cause, log);
        self.tell_leaders(node, cause, log);
    }

    fn tell_leaders(&mut self, node: NodeId, cause: Option<EventId>, log: &mut Log<'_>) {
        if self.is_up(node) {
            self.step_node(node, Input::Leaders(self.leaders), cause, log);
        }
    }

    /// Puts a message into the network that no node has sent.
    #[inline(never)]
    fn inject(&mut self, injection: &Injection<NodeId, Value>, cause: EventId, log: &mut Log<'_>) {
        let message = injection.message(self.scenario.protocol);
        self.send(injection.link.from, injection.link.to, &message, Some(injection.takes), Some(cause), log);
    }

    /// Why an act would find nothing to do; none when it has something to do.
    #[inline(never)]
    fn idle_reason(&self, act: &Act<NodeId, Value>) -> Option<String> {
        let name = |node: &NodeId| self.scenario.symbols.node(*node);
        match act {
            Act::Propose(node, _) if !self.is_up(*node) => {
                Some(say!("{node} is down and cannot propose", node = name(node)))
            }
            Act::Crash(node) | Act::CrashBeforeSend(node) if !self.is_up(*node) => {
                Some(say!("{node} is down already", node = name(node)))
            }
            Act::CrashBeforeSend(node) if self.nodes[node.index()].crash_before_send.is_some() => {
                Some(say!("{node} is told this already", node = name(node)))
            }
            Act::Timeout(node, timer, number) => {
                let timer = self.timer(timer, *number);
                let is_running = self.nodes[node.index()].timers.iter().any(|(running, _)| *running == timer);
                (!is_running).then(|| say!("{node} runs no such timer now", node = name(node)))
            }
            Act::Restart(node, _) if self.is_up(*node) => Some(say!("{node} is up already", node = name(node))),
            Act::Cut(link) if !self.is_open(link.from, link.to) => Some(say!("this link is cut already").into()),
            Act::HealLink(link) if self.is_open(link.from, link.to) => Some(say!("this link is open already").into()),
            Act::Heal if self.network.is_whole() => Some(say!("there is nothing to heal").into()),
            Act::Leader(leaders) if leaders.iter().copied().collect::<NodeSet>() == self.leaders => {
                Some(say!("the oracle says this already").into())
            }
            _ => None,
        }
    }

    /// A node crashes and loses everything except its stable storage.
    fn crash(&mut self, id: NodeId, cause: Option<EventId>, log: &mut Log<'_>) {
        let node = &mut self.nodes[id.index()];
        node.up = false;
        node.crash_before_send = None;
        node.timers.clear();
        node.replica = Replica::open(self.scenario.service);
        node.machine = self.scenario.protocol.machine(&self.scenario.setup, id, &node.storage);
        self.empty_port(id, cause, log);
    }

    /// A node that is down loses its stable storage as well.
    fn empty(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        self.kept -= node.storage.len() * CELL_BYTES;
        node.storage = Storage::default();
        node.machine = self.scenario.protocol.machine(&self.scenario.setup, id, &node.storage);
    }

    fn land(&mut self, id: MessageId, from: NodeId, to: NodeId, message: &Message, log: &mut Log<'_>) {
        let loss = if !self.network.is_open(from, to) {
            Some(Loss::Cut)
        } else if !self.is_up(to) {
            Some(Loss::Down)
        } else {
            None
        };
        if let Some(loss) = loss {
            self.record(log, None, What::Lost(id, loss));
            return;
        }
        let event = self.record(log, None, What::Landed(id));
        self.step_node(to, Input::Deliver { from, message }, Some(event), log);
    }

    /// A timer runs out: because its time has come, or because of an act.
    fn fire(&mut self, id: NodeId, timer: TimerId, number: u64, cause: Option<EventId>, log: &mut Log<'_>) {
        let timers = &mut self.nodes[id.index()].timers;
        let Some(place) = timers.iter().position(|running| *running == (timer, number)) else { return };
        timers.remove(place);
        let event = self.record(log, cause, What::TimerFired(id, timer));
        self.step_node(id, Input::Timer(timer), cause.or(Some(event)), log);
    }

    /// Changes the stable storage of a node, and keeps count of what the world holds.
    fn write(&mut self, id: NodeId, change: impl FnOnce(&mut Storage)) {
        let storage = &mut self.nodes[id.index()].storage;
        let before = storage.len();
        change(storage);
        self.kept = self.kept + storage.len() * CELL_BYTES - before * CELL_BYTES;
    }

    /// Takes one step of a machine, and carries out the effects of the step in their order.
    fn step_node(&mut self, id: NodeId, input: Input<'_>, cause: Option<EventId>, log: &mut Log<'_>) {
        let mut effects = self.queue.take_effects();
        self.nodes[id.index()].machine.step(input, &mut effects);
        // When the cluster comes up, a step has no input event, so its first event is the cause of all its events.
        let cause = Some(cause.unwrap_or(EventId(self.events)));
        // The results of executed entries, for machines that need them. Most machines do not, and an empty list takes no
        // memory.
        let mut results: Vec<Executed> = Vec::new();
        for effect in effects.0.drain(..) {
            // A single step can send to everybody in every instance, so the bound is tested before each effect, not after
            // the step.
            if let Some(bound) = self.bound_reached() {
                self.full = Some(bound);
                break;
            }
            match effect {
                Effect::Persist(field, instance, cell) => {
                    self.write(id, |storage| storage.put(field, instance, cell));
                    self.record(log, cause, What::Persisted(id, field, instance, cell));
                }
                Effect::Erase(field, instance) => {
                    self.write(id, |storage| storage.erase(field, instance));
                    self.record(log, cause, What::Persisted(id, field, instance, Cell::default()));
                }
                Effect::State(fact) => {
                    self.record(log, cause, What::Stated(id, fact));
                }
                Effect::Send(to, message) => {
                    if self.nodes[id.index()].crash_before_send.is_some() {
                        self.record(log, cause, What::CrashedBeforeSend(id));
                        self.crash(id, cause, log);
                        break;
                    }
                    self.send(id, to, &message, None, cause, log);
                }
                Effect::Apply(instance, value) => {
                    let executed = self.apply(id, instance, value, cause, log);
                    results.extend(executed);
                }
                Effect::SetTimer(timer, after) => {
                    let due = self.now.plus(after);
                    let number = self.queue.push(due, Class::Timer, |number| Item::Timer { node: id, timer, number });
                    let timers = &mut self.nodes[id.index()].timers;
                    timers.retain(|(running, _)| *running != timer);
                    timers.push((timer, number));
                }
                Effect::CancelTimer(timer) => {
                    self.nodes[id.index()].timers.retain(|(running, _)| *running != timer);
                }
            }
        }
        self.multicast = None;
        self.queue.put_back(effects);
        for executed in results {
            if self.is_up(id) {
                self.step_node(id, Input::Executed(executed), cause, log);
            }
        }
    }

    /// The bound that the run has reached, if it has reached one.
    fn bound_reached(&self) -> Option<Bound> {
        if self.messages >= MESSAGES_MAX {
            Some(Bound::Messages)
        } else if self.events >= EVENTS_MAX {
            Some(Bound::Events)
        } else {
            (self.carried + self.kept >= BYTES_MAX).then_some(Bound::Bytes)
        }
    }

    /// Executes an entry of the ledger, and returns the result if the protocol's machines need it.
    #[inline(never)]
    fn apply(
        &mut self,
        id: NodeId,
        instance: Instance,
        value: Value,
        cause: Option<EventId>,
        log: &mut Log<'_>,
    ) -> Option<Executed> {
        let replica = &mut self.nodes[id.index()].replica;
        self.kept += ENTRY_BYTES;
        let outcome = replica.apply(u64::from(value.0), self.scenario.commands.get(value.0 as usize));
        let is_told = self.scenario.protocol.needs_results;
        let (chain, digest) =
            if log.is_some() || is_told { (replica.chain(), replica.digest()) } else { Default::default() };
        if log.is_some() {
            let applied = Applied { instance, value, outcome, chain, digest };
            self.record(log, cause, What::Applied(id, Box::new(applied)));
        } else {
            self.events += 1;
        }
        is_told.then_some(Executed { instance, value, history: chain, state: digest })
    }

    /// Sends a message. `injected` is given when the script sends the message; it holds the delay, if the script says one.
    fn send(
        &mut self,
        from: NodeId,
        to: NodeId,
        message: &Message,
        injected: Option<Option<Time>>,
        cause: Option<EventId>,
        log: &mut Log<'_>,
    ) {
        let route = self.network.route(&self.scenario, from, to, message.kind, injected);
        let said = if route.lies.is_empty() { message.clone() } else { self.forged(message, from, &route.lies) };
        let truth = (!route.lies.is_empty()).then(|| Arc::new(message.clone()));
        self.signed.add(from, &said);
        // What the script injects is in the network already, and what a liar keeps back never gets there.
        let is_through_port = from != to && injected.is_none() && !matches!(route.fate, Fate::Blocked(..));
        let Route { fate, copies, .. } = route;
        self.hand_over(Parcel { from, to, message: said, truth, fate, cause }, copies, is_through_port, log);
    }
}
