//! What a node does: the trait of its machine, the messages and facts that machines speak in, and the registry of protocols.
//!
//! A machine is data in, data out: an [`Input`] goes in, [`Effects`] come out. A machine never reads a clock, draws a random
//! number or sends anything itself. All protocols share one object-safe trait and one message envelope. A machine asks for
//! quorums by purpose and round, a ballot need not have a value of its own, and the [`Cast`] says which process plays which
//! part; so nothing here assumes one leader, one value or majorities.
//!
//! *Architecture invariant:* this module does not know simulation, time sources, chance or the page. Readers of a run
//! (checks, reports, the page) read [`Fact`]s and each message kind's declared [`Phase`], never a protocol's name.

mod acceptor;
mod basic;
mod broadcast;
mod cast;
mod cheap;
mod client;
mod complete;
mod effects;
mod fab;
mod fast;
pub mod formula;
mod generalized;
mod guard;
mod history;
pub mod kin;
mod membership;
mod message;
mod multi;
mod parliament;
mod pbft;
mod phase;
mod preliminary;
mod progress;
mod ring;
mod rounds;
mod storage;
mod synod;
mod trust;
mod values;
mod words;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::quorum::{Overlap, Purpose, QuorumSystem, Quorums, Round};
use crate::tongue::{say, translated};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Value, Vote};

pub use cast::Cast;
pub use client::{Asks, ClientInfo, Reads};
pub use effects::{Effect, Effects};
pub use formula::Formula;
pub use guard::{Guard, GuardInfo, Guards};
pub use history::{Histories, Structure, has};
pub use kin::Kin;
pub use membership::{Change, Changes, Configuration, Configurations, Membership};
pub use message::{Carries, Claim, Decided, Entry, Hop, Kind, KindInfo, Message, Payload, ValueId};
pub use phase::Phase;
pub use progress::Progress;
pub use storage::{Cell, Field, FieldInfo, Meaning, Storage};
pub use trust::{Tolerance, Trust};
pub use words::{Said, Vocabulary, Words, capital};

/// Every protocol, in the order in which they are taught. A new protocol adds its row here and its file in this folder.
pub static PROTOCOLS: &[&Protocol] = &[
    &preliminary::PROTOCOL,
    &basic::PROTOCOL,
    &complete::PROTOCOL,
    &multi::PROTOCOL,
    &broadcast::PROTOCOL,
    &cheap::PROTOCOL,
    &fast::PROTOCOL,
    &fast::log::PROTOCOL,
    &generalized::PROTOCOL,
    &pbft::PROTOCOL,
    &fab::row::PROTOCOL,
    &fab::row::SWIFT_PROTOCOL,
    &fab::row::LOG_PROTOCOL,
    &ring::M_RING,
    &ring::U_RING,
];

/// How many of the protocols the slides teach in full; these come first. The slides only name the others.
pub const LADDER: usize = 5;

/// The protocol with this name.
pub fn find(name: &str) -> Option<&'static Protocol> {
    PROTOCOLS.iter().copied().find(|protocol| protocol.name == name)
}

/// The slides' three variants, from 5Δ to 2Δ. A comparison takes these where the user names no protocols.
pub static VARIANTS: [&Protocol; 3] = [&basic::PROTOCOL, &multi::PROTOCOL, &broadcast::PROTOCOL];

/// One row of the registry: everything that the rest of the engine and the page may know of a protocol.
#[derive(Debug)]
pub struct Protocol {
    /// The protocol's name in scripts.
    pub name: &'static str,
    /// A heading for people.
    pub title: &'static str,
    /// One sentence on what the protocol does.
    pub summary: &'static str,
    /// The papers and sections in which its rules are written.
    pub source: &'static str,
    /// The formulas of its cost, each with its starting point and its situation, in groups. The very first formula is the
    /// time until all learners know.
    pub formulas: &'static [&'static [Formula]],
    /// Its place in the family: what it takes, what it costs, and what it changes in the protocols before it.
    pub kin: fn() -> Kin,
    /// The family of protocols in whose words its steps are explained.
    pub family: Family,
    /// Whether its processes may lie.
    pub trust: Trust,
    /// Its message kinds; a [`Kind`] is a place in this list.
    pub kinds: &'static [KindInfo],
    /// Its fields of stable storage; a [`Field`] is a place in this list.
    pub fields: &'static [FieldInfo],
    /// Its timers; [`TimerId::kind`] is a place in this list.
    pub timers: &'static [TimerInfo],
    /// The options that a script may choose; [`Setup::choices`] has one place for each.
    pub options: &'static [OptionInfo],
    /// The rules that a script may switch off, to see what each rule is for.
    pub guards: &'static [Guard],
    /// Whether it fills a ledger of many decrees, each `propose` a command of its own; otherwise it passes a single decree.
    pub is_log: bool,
    /// The quorums of a cluster with this cast, for each purpose and round: made from those that the script names, if it
    /// names any. The guards are the rules that are switched off. An error is a sentence, without a full stop, that says why
    /// the protocol cannot use the quorums that the script names.
    pub quorums: fn(&Cast, Guards, Option<Quorums>) -> Result<Quorums, String>,
    /// Whether a ballot is run as a classic round or as a fast round.
    pub round: fn(&Setup, Ballot) -> Round,
    /// How passed decrees change which processes the quorums are made of; none where nothing changes that.
    pub membership: Option<Membership>,
    /// By the choices of its options, how many places above its last stable checkpoint a process may accept a decree for; none
    /// where there are no checkpoints.
    pub window: Option<fn(&[u8]) -> u32>,
    /// Which histories of commands the protocol agrees on, by the choices of its options; none where it agrees on one decree
    /// after the other. All histories are in the first instance.
    pub histories: Option<fn(&[u8]) -> Structure>,
    /// How client processes send requests and receive replies; none where no process can be a client.
    pub client: Option<ClientInfo>,
    /// Whether its machines are told the result of each entry of the ledger that they execute ([`Input::Executed`]).
    pub needs_results: bool,
    /// Why this protocol, with these choices, does not listen to the oracle that names leaders; none when it listens.
    pub ignores_oracle: fn(&[u8]) -> Option<&'static str>,
    /// What a search for its slowest execution has to know; none where nothing limits how long an execution takes.
    pub progress: Option<Progress>,
    /// Makes the machine of a process that is not a client, when the process comes up with this stable storage.
    pub open: fn(&Arc<Setup>, NodeId, &Storage) -> Box<dyn Machine>,
}

/// Every protocol has its own row and its own name, so comparing names is enough.
impl PartialEq for Protocol {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Protocol {
    /// Makes a process's machine when the process comes up with this stable storage. The storage is empty at the first
    /// start; after a crash it holds what the process persisted before.
    pub fn machine(&self, setup: &Arc<Setup>, node: NodeId, storage: &Storage) -> Box<dyn Machine> {
        match self.client {
            Some(info) if setup.cast.clients.contains(node) => client::open(self, info, setup, node),
            _ => (self.open)(setup, node, storage),
        }
    }

    /// Whether its ledger has numbered places, in which all processes have the same decrees.
    pub fn has_places(&self) -> bool {
        self.is_log && self.histories.is_none()
    }

    /// The formulas of its cost, group after group.
    pub fn formulas(&self) -> impl Iterator<Item = &'static Formula> + use<> {
        self.formulas.iter().copied().flatten()
    }

    /// The time until all learners know, as the text of its main formula: `5Δ`, `T_el + 5Δ + 4kΔ`; a dash where the protocol
    /// has no formula.
    pub fn figure(&self) -> &'static str {
        self.formulas().next().map_or("–", |formula| formula.text)
    }

    /// Whether its figure counts from a client's request: its clients ask the acceptors themselves, and nobody begins a
    /// ballot for a request.
    pub fn counts_from_client(&self) -> bool {
        self.formulas().next().is_some_and(|formula| formula.since == formula::Since::Request(formula::Asked::Client))
    }

    /// Its figure, if the protocol is one of the slides' three variants; none for the other protocols.
    pub fn variant(&self) -> Option<&'static str> {
        VARIANTS.contains(&self).then(|| self.figure())
    }

    /// The message kinds that a cluster with this cast can send.
    pub fn spoken(&self, cast: &Cast) -> impl Iterator<Item = (Kind, &'static KindInfo)> {
        let has_clients = !cast.clients.is_empty();
        let kinds = self.kinds.iter().enumerate().map(|(place, info)| (Kind(place as u8), info));
        kinds.filter(move |(_, info)| has_clients || !info.is_of_clients)
    }

    /// The timer with this name.
    pub fn timer_named(&self, name: &str) -> Option<u8> {
        self.timers.iter().position(|timer| timer.name == name).map(|place| place as u8)
    }

    /// The field with this meaning, if the protocol has one.
    pub fn field_meaning(&self, meaning: Meaning) -> Option<Field> {
        self.fields.iter().position(|field| field.meaning == meaning).map(|place| Field(place as u8))
    }

    /// The declaration of a message kind.
    pub fn kind(&self, kind: Kind) -> &'static KindInfo {
        &self.kinds[usize::from(kind.0)]
    }

    /// The message kind with this name, in the vocabulary of 1998 or of 2001.
    pub fn kind_named(&self, name: &str) -> Option<Kind> {
        let place = self.kinds.iter().position(|kind| kind.name == name || kind.name_2001 == name)?;
        Some(Kind(place as u8))
    }

    /// A sentence that says why naming a leader has no effect with these choices; none where it has one.
    pub fn oracle_unheard(&self, choices: &[u8]) -> Option<String> {
        (self.ignores_oracle)(choices)
            .map(|why| say!("the {name} protocol {why}", name = self.name, why = translated(why)))
    }

    /// The choices of a script that chooses nothing: the default of every option.
    pub fn default_choices(&self) -> Vec<u8> {
        vec![0; self.options.len()]
    }
}

/// A family of protocols whose steps are explained in the same words. Each family adds its own explanations to those that
/// are true of every protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// No family: the explanation restates the facts, with the guard that the step tested.
    Plain,
    /// The Synod family (PTP §2 and §3): promises, the choice of a decree by the highest reported vote, votes, a ledger.
    Synod,
    /// Fast Paxos: fast and classic rounds, collisions, and the decree that can have passed.
    Fast,
}

/// A choice that a script can make, with `option NAME VALUE`.
#[derive(Clone, Copy, Debug)]
pub struct OptionInfo {
    /// The option's name in scripts.
    pub name: &'static str,
    /// The values that may be chosen; the first is the default.
    pub values: &'static [&'static str],
    /// One sentence on what the choice means.
    pub summary: &'static str,
}

/// A protocol's declaration of a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerInfo {
    /// The timer's name in scripts.
    pub name: &'static str,
    /// What it means that the timer has run out: the beginning of a sentence, in lower case.
    pub meaning: &'static str,
    /// Whether the papers describe this timer; otherwise this implementation added it to make progress.
    pub is_papers: bool,
}

/// A timer of one node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimerId {
    /// The timer's purpose, as a place in [`Protocol::timers`].
    pub kind: u8,
    /// The number that tells timers of one kind apart: an instance, or anything else that the machine counts by.
    pub number: u32,
}

/// An event that can happen to a machine.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The process comes up: for the first time, or again after a crash.
    Start {
        /// Whether the process comes up after a crash.
        again: bool,
    },
    /// Somebody asks this process to get this decree passed.
    Propose(Value),
    /// A message arrives.
    Deliver {
        /// The sender.
        from: NodeId,
        /// The message.
        message: &'a Message,
    },
    /// A timer that the machine set runs out.
    Timer(TimerId),
    /// The oracle names the processes that may think that they lead. Usually it names one process. A machine that elects its
    /// leader by itself ignores the oracle.
    Leaders(NodeSet),
    /// An entry of the ledger was executed, as the machine had asked. A machine gets this input only where
    /// [`Protocol::needs_results`] says so.
    Executed(Executed),
}

/// The result of executing an entry of the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Executed {
    /// The instance of the entry.
    pub instance: Instance,
    /// The value that was executed.
    pub value: Value,
    /// A fingerprint of everything that was executed so far, and of the result of each command.
    pub history: u64,
    /// A fingerprint of the state.
    pub state: u64,
}

/// A statement of what a process did, in the paper's vocabulary. Checks, reports and the page read facts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fact {
    /// Step 1a: the process chose this ballot number and asks for promises (`lastTried`).
    Tried(Ballot),
    /// Step 1b: in this instance, the process promised to cast no vote between the reported vote and this ballot
    /// (`nextBal`).
    Promised(Instance, Ballot, Option<Vote>),
    /// Step 2a: the process began this ballot (B_bal).
    Began {
        /// The instance that the ballot is for. A ballot without a decree of its own is for this instance and every later one.
        instance: Instance,
        /// The ballot's number.
        ballot: Ballot,
        /// The ballot's decree (B_val); none where acceptors may vote for the decrees that clients send them.
        value: Option<Value>,
        /// What allows the ballot to carry that decree.
        basis: Basis,
    },
    /// Step 2b: the process cast this vote in this instance (`prevVote`).
    Voted(Instance, Vote),
    /// Step 1b, for many instances at once: the process gave this promise for this instance and every later one. Just
    /// before, it states [`Fact::Promised`] for this ballot for each of these instances in which it has voted; it has voted
    /// in no other of them.
    PromisedFrom(Instance, Ballot),
    /// Step 3: the process knows that this decree was passed by this ballot, and wrote the decree into the ledger.
    Learned(Instance, Vote),
    /// A client that had asked this process has its reply: this command was executed.
    Answered(Value),
    /// The process holds this fingerprint for the result of this command: a replica that has executed it, or a client that has
    /// heard enough equal replies.
    Result(Value, u64),
    /// These processes have told the process that they have executed everything up to this instance, and that their history has
    /// this fingerprint. Nobody has to remember the messages about these instances any more.
    Stable {
        /// The last instance of the checkpoint.
        instance: Instance,
        /// The fingerprint of the history up to there ([`Executed::history`]).
        history: u64,
        /// The processes that have said so.
        signers: NodeSet,
    },
    /// The process thinks from now on that it is the leader (PTP §2.4), or that it is not.
    Leads(bool),
    /// The process ignored a message of this ballot, because of what it had promised before (`nextBal`; `None` is −∞).
    Refused(Ballot, Option<Ballot>),
    /// The process knows the configuration that is in force from this instance on, until another one is.
    Configured(Instance, Configuration),
    /// The process, an auxiliary one, has forgotten its votes in every instance up to this one, because every main process
    /// has the decrees of these instances in its ledger.
    Forgot(Instance),
    /// The process accepts that this ballot carries this value in this instance, because of what the ballot's leader has
    /// shown.
    Believed {
        /// The instance.
        instance: Instance,
        /// The ballot's number.
        ballot: Ballot,
        /// The ballot's value.
        value: Value,
        /// What the leader has shown: signed messages of these processes, or nothing.
        basis: Basis,
    },
    /// The process has signed messages of these processes, which show that no other value can pass in this ballot.
    Certified(Instance, Vote, NodeSet),
    /// A quorum has promised, but the process may not begin anything before it knows the decrees of all instances up to this
    /// one: an auxiliary process has forgotten its votes there.
    Blocked(Instance),
    /// The process has given this id to this value.
    Named(ValueId, Value),
    /// The process passes on that these processes have voted for the value with this id, or counts that so many have.
    Gathered {
        /// The instance.
        instance: Instance,
        /// The ballot.
        ballot: Ballot,
        /// The id of the value.
        id: ValueId,
        /// The processes that are said to have voted.
        voters: NodeSet,
    },
}

impl Fact {
    /// The fact of step 2a, for a ballot that has its own decree and rests on the promises of a quorum.
    pub const fn begun(instance: Instance, vote: Vote, quorum: NodeSet) -> Self {
        let Vote { ballot, value } = vote;
        Self::Began { instance, ballot, value: Some(value), basis: Basis::Promises(quorum) }
    }
}

/// What a ballot rests on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Basis {
    /// The promises of these processes (B_qrm).
    Promises(NodeSet),
    /// A proof: claims of these processes that other processes can check.
    Proof(NodeSet),
    /// Nothing: no smaller ballot can have passed anything.
    Nothing,
}

impl Basis {
    /// The processes whose promises or claims the ballot rests on.
    pub const fn quorum(self) -> NodeSet {
        match self {
            Self::Promises(quorum) | Self::Proof(quorum) => quorum,
            Self::Nothing => NodeSet::EMPTY,
        }
    }
}

/// The settings that every machine of a cluster is given.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Setup {
    /// The part of every process.
    pub cast: Cast,
    /// The sets of processes that are enough for each purpose.
    pub quorums: Quorums,
    /// For each of [`Protocol::options`], the place of the chosen value.
    pub choices: Vec<u8>,
    /// The rules that are switched off.
    pub without: Guards,
    /// The nodes for which [`Guard::Memory`] is switched off, where it is not switched off for all nodes.
    pub forgetful: NodeSet,
    /// The steps of [`Phase::ALL`] that are never performed, one bit for each.
    pub skipped: u16,
    /// The decrees that change the configuration; none where nothing changes it.
    pub changes: Option<Changes>,
    /// The histories that processes agree on; none where they agree on single decrees.
    pub histories: Option<Histories>,
    /// What everybody can read in a signed request, for each value; empty where requests are not signed.
    pub requests: Arc<[Option<Request>]>,
}

/// What everybody can read in a signed request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    /// The process that asks.
    pub by: NodeId,
    /// Whether the service says that the command only reads.
    pub only_reads: bool,
}

impl Setup {
    /// The quorums of classic rounds for this purpose.
    pub fn quorum(&self, purpose: Purpose) -> &QuorumSystem {
        self.quorums.get(purpose, Round::Classic)
    }

    /// Whether these processes are a quorum for this purpose in a classic round.
    pub fn is_quorum(&self, purpose: Purpose, set: NodeSet) -> bool {
        self.quorum(purpose).is_quorum(set)
    }

    /// How many liars the quorums are made for: one process fewer than a client has to hear the same answer from. It is 0
    /// where the protocol expects no lies. With more liars, the protocol promises nothing.
    pub fn tolerated_liars(&self) -> usize {
        self.quorum(Purpose::Answer).smallest().unwrap_or(0).saturating_sub(1)
    }

    /// The processes that step 2a asks for votes when it asks no more processes than it needs: the quorum that has promised,
    /// as in PTP §2.3. Where votes need other quorums than promises, it is a quorum for votes, with as many processes as
    /// possible that have promised.
    pub fn electorate(&self, leader: NodeId, promised: NodeSet) -> NodeSet {
        if self.quorums.overlap == Overlap::AnyTwo {
            return promised;
        }
        // The leader's own vote costs no message.
        let own = Some(leader).filter(|leader| promised.contains(*leader));
        let order = own.into_iter().chain(promised.iter()).chain(self.cast.acceptors.iter());
        self.quorum(Purpose::Pass).pick(order).unwrap_or(self.cast.acceptors)
    }

    /// The change of the configuration that this value carries, if it carries one.
    pub fn change(&self, value: Value) -> Option<Change> {
        self.changes.as_ref()?.of(value)
    }

    /// The signed request for this value; none where nobody asks for it, or requests are not signed.
    pub fn request(&self, value: Value) -> Option<Request> {
        self.requests.get(value.0 as usize).copied().flatten()
    }

    /// Whether this value is a client's command: neither an olive-day decree nor a change of the configuration.
    pub fn is_command(&self, value: Value) -> bool {
        value != Value::OLIVE_DAY && self.change(value).is_none()
    }

    /// The chosen value of the option at this place; the default where the protocol has no such option.
    pub fn choice(&self, option: usize) -> u8 {
        self.choices.get(option).copied().unwrap_or(0)
    }

    /// Whether processes perform this step at all.
    pub fn performs(&self, step: Phase) -> bool {
        self.skipped >> step as u8 & 1 == 0
    }

    /// Whether this process performs this step, which only acceptors perform.
    pub fn accepts(&self, node: NodeId, step: Phase) -> bool {
        self.performs(step) && self.cast.acceptors.contains(node)
    }

    /// Whether this node still knows its promises and votes after a crash.
    pub fn remembers(&self, node: NodeId) -> bool {
        self.keeps(Guard::Memory) && !self.forgetful.contains(node)
    }

    /// Whether this rule is switched off, for all nodes or only for some.
    pub fn is_broken(&self, guard: Guard) -> bool {
        !self.keeps(guard) || (guard == Guard::Memory && !self.forgetful.is_empty())
    }

    /// Whether this rule holds for all nodes, or for all nodes that are not [`Setup::forgetful`]. Every rule holds unless
    /// the script switches it off.
    pub fn keeps(&self, guard: Guard) -> bool {
        !self.without.contains(guard)
    }
}

/// A node's algorithm.
pub trait Machine: Snapshot + Send + Sync {
    /// Takes one step: the machine reacts at once and completely to one input.
    fn step(&mut self, input: Input<'_>, effects: &mut Effects);

    /// What the machine holds in volatile memory only (the paper's slip of paper), for a person to read.
    fn slip(&self) -> Option<Slip>;

    /// The same machine in a cluster whose nodes have other names; none where the names matter to the protocol. Only nodes
    /// that own no ballots are ever renamed, so ballots stay as they are. A machine that can be renamed takes the same steps
    /// under other names: renaming it before a step gives the same result as renaming it after the step.
    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        let _ = names;
        None
    }
}

/// A leader's slip of paper: what the leader collects for a ballot. Losing the slip in a crash does no harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slip {
    /// The ballot under way.
    pub ballot: Ballot,
    /// The instance that the ballot is for.
    pub instance: Instance,
    /// The phase whose messages the leader collects.
    pub phase: Phase,
    /// The processes whose messages have come already.
    pub collected: NodeSet,
}

/// Copying and hashing behind `dyn`, which checkpoints and exhaustive exploration need. Every machine that can be cloned and
/// hashed has it; nobody implements it by hand.
pub trait Snapshot {
    /// A copy in the same state.
    fn clone_box(&self) -> Box<dyn Machine>;

    /// Feeds the whole state, stable and volatile, to a hasher.
    fn digest(&self, hasher: &mut dyn Hasher);
}

impl<T: Machine + Clone + Hash + 'static> Snapshot for T {
    fn clone_box(&self) -> Box<dyn Machine> {
        Box::new(self.clone())
    }

    fn digest(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

impl Clone for Box<dyn Machine> {
    fn clone(&self) -> Self {
        (**self).clone_box()
    }
}
