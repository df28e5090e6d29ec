//! A client: a process that sends its wish to a process that may lead, or to all acceptors, waits for the reply, and asks again
//! when no reply comes. All protocols share this client; each protocol's row says which message kinds are its request and its reply.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Effects, Fact, Input, Kind, Machine, Message, Payload, Protocol, Setup, Slip, TimerId};
use crate::types::{Instance, NodeId, NodeSet, Renaming, Time, Value};

/// How the clients of a protocol send requests and receive replies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientInfo {
    /// The message kind of a request, which carries the wish.
    pub request: Kind,
    /// The message kind of a reply. It carries the command that was executed or, where there is a single decree, the decree
    /// that has passed.
    pub reply: Kind,
    /// The timer after which a client asks again, and its span; none in protocols that do not aim at progress.
    pub retry: Option<(u8, Time)>,
    /// The processes that a client asks.
    pub asks: Asks,
}

/// The processes to which a client sends its request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// A process that leads or, where clients hear no oracle, one process after the other.
    Leader,
    /// All acceptors themselves, and the processes that may lead.
    Acceptors,
}

/// Makes the machine of a client of this protocol.
pub(super) fn open(protocol: &Protocol, info: ClientInfo, setup: &Arc<Setup>, me: NodeId) -> Box<dyn Machine> {
    let hears_oracle = (protocol.ignores_oracle)(&setup.choices).is_none();
    let place = setup.cast.clients.iter().take_while(|client| *client != me).count();
    let servers = setup.cast.proposers();
    // Where clients hear no oracle, they spread over the processes and do not all ask the same one.
    let server = servers.iter().nth(place % servers.len().max(1)).filter(|_| !hears_oracle);
    let state = State { wishes: Vec::new(), server, is_waiting: false };
    let asked = if info.asks == Asks::Acceptors { setup.cast.asked() } else { NodeSet::EMPTY };
    Box::new(Client { info, servers, asked, is_log: protocol.is_log, hears_oracle, me, state })
}

#[derive(Clone)]
struct Client {
    info: ClientInfo,
    servers: NodeSet,
    /// The processes to which every request goes, where they are not one server.
    asked: NodeSet,
    is_log: bool,
    hears_oracle: bool,
    me: NodeId,
    state: State,
}

/// The other fields are the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Client {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

/// What a client remembers. The client loses all of this in a crash.
#[derive(Clone, Hash)]
struct State {
    /// The wishes that have no reply yet, in the order in which the client was asked.
    wishes: Vec<Value>,
    /// The process to which the client sends its requests.
    server: Option<NodeId>,
    /// Whether the client's timer is running.
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
        // This client chooses the next process to ask by name, so it cannot be renamed.
        if self.info.asks == Asks::Leader && self.info.retry.is_some() && !self.hears_oracle {
            return None;
        }
        let mut renamed = self.clone();
        renamed.me = names.of(self.me);
        renamed.servers = self.servers.renamed(names);
        renamed.asked = self.asked.renamed(names);
        renamed.state.server = self.state.server.map(|server| names.of(server));
        Some(Box::new(renamed))
    }
}

impl Client {
    /// The oracle names another leader: the client sends every unanswered wish to the new leader.
    fn turn_to(&mut self, named: NodeSet, effects: &mut Effects) {
        let leader = named.shared(self.servers).iter().next();
        if !self.hears_oracle || leader.is_none() || leader == self.state.server {
            return;
        }
        self.state.server = leader;
        if self.info.asks == Asks::Leader {
            self.ask_all(effects);
        }
    }

    fn ask(&mut self, wish: Value, effects: &mut Effects) {
        let to = match self.info.asks {
            Asks::Leader => self.state.server.into_iter().collect(),
            Asks::Acceptors => self.asked,
        };
        let (kind, payload) = (self.info.request, Payload::Value(wish));
        effects.send_each(to.iter(), &Message { kind, ballot: None, instance: Instance::FIRST, payload });
        if let (Some((kind, after)), false) = (self.info.retry, self.state.is_waiting) {
            self.state.is_waiting = true;
            effects.set_timer(TimerId { kind, number: 0 }, after);
        }
    }

    fn ask_all(&mut self, effects: &mut Effects) {
        for wish in self.state.wishes.clone() {
            self.ask(wish, effects);
        }
    }

    /// No reply has come in time. A client that hears no oracle asks the next process.
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

    /// A reply has come. In a log this command was executed. In a protocol with a single decree that decree has passed, and
    /// no other wish can come true any more.
    fn answered(&mut self, value: Value, effects: &mut Effects) {
        let before = self.state.wishes.len();
        self.state.wishes.retain(|wish| self.is_log && *wish != value);
        if self.state.wishes.len() < before {
            effects.state(Fact::Answered(value));
        }
        if let (true, true, Some((kind, _))) = (self.state.wishes.is_empty(), self.state.is_waiting, self.info.retry) {
            self.state.is_waiting = false;
            effects.cancel_timer(TimerId { kind, number: 0 });
        }
    }
}
