//! A process that only asks: it sends its wish to a process that may lead, waits for the answer, and asks again when none
//! comes. All protocols share it; each says in its row which of its message kinds a client speaks.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Effects, Fact, Input, Kind, Machine, Message, Payload, Protocol, Setup, Slip, TimerId};
use crate::types::{Instance, NodeId, NodeSet, Renaming, Time, Value};

/// How the clients of a protocol ask, and how they are answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientInfo {
    /// The kind of a request: it carries the wish.
    pub request: Kind,
    /// The kind of an answer: it carries the command that was executed or, of a single decree, the decree that has passed.
    pub reply: Kind,
    /// The timer after which a client asks again; none in protocols that leave progress aside.
    pub retry: Option<u8>,
}

/// Longer than any request takes that meets no trouble.
const PATIENCE: Time = Time::deltas(8);

/// A client of this protocol.
pub(super) fn open(protocol: &Protocol, info: ClientInfo, setup: &Arc<Setup>, me: NodeId) -> Box<dyn Machine> {
    let hears_oracle = (protocol.ignores_oracle)(&setup.choices).is_none();
    let place = setup.cast.clients.iter().take_while(|client| *client != me).count();
    let servers = setup.cast.proposers();
    // Without an oracle clients do not all turn to the same process.
    let server = servers.iter().nth(place % servers.len().max(1)).filter(|_| !hears_oracle);
    let state = State { wishes: Vec::new(), server, is_waiting: false };
    Box::new(Client { info, servers, is_log: protocol.is_log, hears_oracle, me, state })
}

#[derive(Clone)]
struct Client {
    info: ClientInfo,
    servers: NodeSet,
    is_log: bool,
    hears_oracle: bool,
    me: NodeId,
    state: State,
}

/// All else is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Client {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

/// What a client remembers; it loses all of it in a crash.
#[derive(Clone, Hash)]
struct State {
    /// What it waits for, in the order asked.
    wishes: Vec<Value>,
    /// Whom it asks.
    server: Option<NodeId>,
    /// Whether its timer is running.
    is_waiting: bool,
}

impl Machine for Client {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        match input {
            Input::Start { .. } | Input::Executed(_) => {}
            Input::Leaders(named) => self.turn_to(named, effects),
            Input::Propose(wish) => {
                self.state.wishes.push(wish);
                self.ask(wish, effects);
            }
            Input::Deliver { message, .. } => {
                if let (true, Payload::Value(value)) = (message.kind == self.info.reply, &message.payload) {
                    self.answered(*value, effects);
                }
            }
            Input::Timer(_) => self.ask_again(effects),
        }
    }

    fn slip(&self) -> Option<Slip> {
        None
    }

    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        // Whom it asks next is a matter of names.
        if self.info.retry.is_some() && !self.hears_oracle {
            return None;
        }
        let mut renamed = self.clone();
        renamed.me = names.of(self.me);
        renamed.servers = self.servers.renamed(names);
        renamed.state.server = self.state.server.map(|server| names.of(server));
        Some(Box::new(renamed))
    }
}

impl Client {
    /// The oracle names another leader: what has no answer is asked of that one.
    fn turn_to(&mut self, named: NodeSet, effects: &mut Effects) {
        let leader = named.shared(self.servers).iter().next();
        if !self.hears_oracle || leader.is_none() || leader == self.state.server {
            return;
        }
        self.state.server = leader;
        self.ask_all(effects);
    }

    fn ask(&mut self, wish: Value, effects: &mut Effects) {
        if let Some(server) = self.state.server {
            let (kind, payload) = (self.info.request, Payload::Value(wish));
            effects.send(server, Message { kind, ballot: None, instance: Instance::FIRST, payload });
        }
        if let (Some(kind), false) = (self.info.retry, self.state.is_waiting) {
            self.state.is_waiting = true;
            effects.set_timer(TimerId { kind, number: 0 }, PATIENCE);
        }
    }

    fn ask_all(&mut self, effects: &mut Effects) {
        for wish in self.state.wishes.clone() {
            self.ask(wish, effects);
        }
    }

    /// No answer has come in time. Who is not told of leaders tries the next process.
    fn ask_again(&mut self, effects: &mut Effects) {
        self.state.is_waiting = false;
        if !self.hears_oracle
            && let Some(server) = self.state.server
        {
            let next = self.servers.iter().find(|other| *other > server);
            self.state.server = next.or(self.servers.iter().next());
        }
        self.ask_all(effects);
    }

    /// A command was executed, or the only decree there can be has passed: then no other wish comes true.
    fn answered(&mut self, value: Value, effects: &mut Effects) {
        let before = self.state.wishes.len();
        self.state.wishes.retain(|wish| self.is_log && *wish != value);
        if self.state.wishes.len() < before {
            effects.state(Fact::Answered(value));
        }
        if let (true, true, Some(kind)) = (self.state.wishes.is_empty(), self.state.is_waiting, self.info.retry) {
            self.state.is_waiting = false;
            effects.cancel_timer(TimerId { kind, number: 0 });
        }
    }
}
