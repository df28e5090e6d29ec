//! A client: a process that sends its wish to a process that may lead, or to all acceptors, waits for the reply, and asks again
//! when no reply comes. All protocols share this client; each protocol's row says which message kinds are its request and its reply.
//!
//! Where processes may lie, a client waits for equal replies of so many processes that one of them is correct.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Effects, Fact, Guard, Input, Kind, Machine, Message, Payload, Protocol, Setup, Slip, TimerId, Trust};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Time, Value};

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
    /// The message kind of a reply whose result may still change; a client believes it when enough processes for a
    /// certificate say the same. None where every result is final.
    pub tentative: Option<Kind>,
    /// How a client asks for what only reads; none where it asks for everything in the same way.
    pub reads: Option<Reads>,
}

impl ClientInfo {
    /// Clients that get final replies, and ask for everything in the same way.
    pub const fn new(request: Kind, reply: Kind, retry: Option<(u8, Time)>, asks: Asks) -> Self {
        Self { request, reply, retry, asks, tentative: None, reads: None }
    }
}

/// How a client asks for a command that only reads, when the script chooses that: it asks all acceptors, whose replies are
/// tentative. If not enough of them are equal in time, it asks as for any other command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reads {
    /// The message kind of the request.
    pub request: Kind,
    /// The place of the option, and the choice of it with which clients ask so.
    pub option: usize,
    /// The choice.
    pub choice: u8,
}

/// The processes to which a client sends its request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// A process that leads or, where clients hear no oracle, one process after the other.
    Leader,
    /// All acceptors themselves, and the processes that may lead.
    Acceptors,
    /// The acceptor that leads, as far as the client knows from the ballots of its replies; at first the first acceptor. When
    /// no reply comes in time, all acceptors.
    Primary,
    /// The acceptors where this choice of this option is made, and a leader otherwise.
    AcceptorsWhere {
        /// The place of the option.
        option: usize,
        /// The place of the choice.
        choice: u8,
    },
}

/// Makes the machine of a client of this protocol.
pub(super) fn open(protocol: &Protocol, info: ClientInfo, setup: &Arc<Setup>, me: NodeId) -> Box<dyn Machine> {
    let hears_oracle = (protocol.ignores_oracle)(&setup.choices).is_none();
    let place = setup.cast.clients.iter().take_while(|client| *client != me).count();
    let servers = setup.cast.proposers();
    // Where clients hear no oracle, they spread over the processes and do not all ask the same one.
    let server = servers.iter().nth(place % servers.len().max(1)).filter(|_| !hears_oracle);
    let asks = match info.asks {
        Asks::AcceptorsWhere { option, choice } if setup.choice(option) == choice => Asks::Acceptors,
        Asks::AcceptorsWhere { .. } => Asks::Leader,
        asks => asks,
    };
    let (asked, server) = match asks {
        Asks::Acceptors => (setup.cast.asked(), server),
        Asks::Primary => (setup.cast.acceptors, setup.cast.acceptors.iter().next()),
        Asks::Leader | Asks::AcceptorsWhere { .. } => (NodeSet::EMPTY, server),
    };
    let doubts = protocol.trust == Trust::Byzantine && setup.keeps(Guard::EqualReplies);
    let reads = info.reads.filter(|reads| setup.choice(reads.option) == reads.choice);
    let info = ClientInfo { asks, reads, ..info };
    let state = State { wishes: Vec::new(), server, is_waiting: false, heard: Sorted::default() };
    let (is_log, setup) = (protocol.is_log, Arc::clone(setup));
    Box::new(Client { info, servers, asked, is_log, hears_oracle, doubts, setup, me, state })
}

#[derive(Clone)]
struct Client {
    info: ClientInfo,
    servers: NodeSet,
    /// The processes to which every request goes, where they are not one server.
    asked: NodeSet,
    is_log: bool,
    hears_oracle: bool,
    /// Whether the client believes no process alone.
    doubts: bool,
    setup: Arc<Setup>,
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
#[derive(Clone)]
struct State {
    /// The wishes that have no reply yet, in the order in which the client was asked.
    wishes: Vec<Value>,
    /// The process to which the client sends its requests.
    server: Option<NodeId>,
    /// Whether the client's timer is running.
    is_waiting: bool,
    /// What the client was told of its wishes, where it believes no process alone: for each wish and result, by whom.
    heard: Sorted<(Value, u64), Heard>,
}

/// Where one reply is believed, the hash is that of the other fields, so that searches meet the states of such clients in one
/// order for ever.
impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.wishes, self.server, self.is_waiting).hash(hasher);
        self.heard.entries().iter().for_each(|entry| entry.hash(hasher));
    }
}

/// The processes that have told a client the same result.
#[derive(Clone, Copy, Hash, Default)]
struct Heard {
    /// Those that have said that the result is final.
    finally: NodeSet,
    /// All of them.
    all: NodeSet,
    /// The smallest ballot that they have named.
    ballot: Option<Ballot>,
}

impl Machine for Client {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        match input {
            Input::Start { .. } | Input::Executed(_) => {}
            Input::Leaders(named) => self.turn_to(named, effects),
            Input::Propose(wish) => {
                self.state.wishes.push(wish);
                match self.info.reads {
                    Some(reads) if self.setup.request(wish).is_some_and(|request| request.only_reads) => {
                        self.send(reads.request, self.asked, wish, effects);
                    }
                    _ => self.ask(wish, effects),
                }
            }
            Input::Deliver { from, message } => self.hear(from, message, effects),
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
        for heard in renamed.state.heard.values_mut() {
            (heard.finally, heard.all) = (heard.finally.renamed(names), heard.all.renamed(names));
        }
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
            Asks::Acceptors => self.asked,
            Asks::Leader | Asks::Primary | Asks::AcceptorsWhere { .. } => self.state.server.into_iter().collect(),
        };
        self.send(self.info.request, to, wish, effects);
    }

    fn send(&mut self, kind: Kind, to: NodeSet, wish: Value, effects: &mut Effects) {
        let payload = Payload::Value(wish);
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
            && self.info.asks != Asks::Primary
            && let Some(server) = self.state.server
        {
            let next = self.servers.iter().find(|other| *other > server);
            self.state.server = next.or(self.servers.iter().next());
        }
        if self.info.asks == Asks::Primary {
            for wish in self.state.wishes.clone() {
                self.send(self.info.request, self.asked, wish, effects);
            }
            return;
        }
        self.ask_all(effects);
    }

    /// A reply has come.
    fn hear(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        let is_final = message.kind == self.info.reply;
        let is_reply = is_final || Some(message.kind) == self.info.tentative;
        let (value, result) = match message.payload {
            Payload::Value(value) if is_final => (value, None),
            Payload::Result(value, result) if is_reply => (value, Some(result)),
            _ => return,
        };
        if self.believes(from, message, value, result.unwrap_or(0)) {
            if let Some(result) = result {
                effects.state(Fact::Result(value, result));
            }
            self.answered(value, effects);
        }
    }

    /// Notes a reply. True when so many processes have replied the same that one of them is correct; of replies that are not
    /// final, when so many have that the result stays what it is.
    fn believes(&mut self, from: NodeId, message: &Message, value: Value, result: u64) -> bool {
        // In a protocol with a single decree the decree may be somebody else's wish.
        let is_wanted = !self.state.wishes.is_empty() && (!self.is_log || self.state.wishes.contains(&value));
        if !self.doubts || !is_wanted || !self.setup.cast.servers().contains(from) {
            return is_wanted && !self.doubts;
        }
        let heard = self.state.heard.entry((value, result), Heard::default);
        heard.all.insert(from);
        if message.kind == self.info.reply {
            heard.finally.insert(from);
        }
        heard.ballot = message.ballot.map(|ballot| heard.ballot.map_or(ballot, |known| known.min(ballot)));
        let is_believed = self.setup.is_quorum(Purpose::Answer, heard.finally)
            || self.info.tentative.is_some()
                && self.setup.is_quorum(Purpose::Certify, heard.all)
                && self.setup.is_quorum(Purpose::Answer, heard.all);
        if let (true, Asks::Primary, Some(ballot)) = (is_believed, self.info.asks, heard.ballot) {
            self.state.server = Some(ballot.owner()).filter(|owner| self.asked.contains(*owner)).or(self.state.server);
        }
        is_believed
    }

    /// A reply has come. In a log this command was executed. In a protocol with a single decree that decree has passed, and
    /// no other wish can come true any more.
    fn answered(&mut self, value: Value, effects: &mut Effects) {
        let before = self.state.wishes.len();
        self.state.wishes.retain(|wish| self.is_log && *wish != value);
        self.state.heard.retain_keys(|(wish, _)| self.is_log && *wish != value);
        if self.state.wishes.len() < before {
            effects.state(Fact::Answered(value));
        }
        if let (true, true, Some((kind, _))) = (self.state.wishes.is_empty(), self.state.is_waiting, self.info.retry) {
            self.state.is_waiting = false;
            effects.cancel_timer(TimerId { kind, number: 0 });
        }
    }
}
