//! What a node does: the machine trait, the words it speaks, and the registry of protocols.
//!
//! A machine is data in, data out: an [`Input`] goes in, [`Effects`] come out. It never reads a clock, draws a random
//! number or sends anything itself. One object-safe trait and one message envelope carry the whole family. Quorums are asked for
//! by purpose and round, a ballot need not have a value of its own, and who plays which part is a matter of the [`Cast`]; so
//! nothing here assumes one leader, one value or majorities.
//!
//! *Architecture invariant:* this module does not know simulation, time sources, chance or the page. Whoever reads a run
//! (checks, reports, the page) reads [`Fact`]s and each message kind's declared [`Phase`], never a protocol's name.

mod acceptor;
mod basic;
mod broadcast;
mod cast;
mod client;
mod complete;
mod effects;
pub mod formula;
mod guard;
mod multi;
mod parliament;
mod phase;
mod preliminary;
mod storage;
mod synod;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::quorum::{Overlap, Purpose, QuorumSystem, Quorums, Round};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Value, Vote};

pub use cast::Cast;
pub use client::ClientInfo;
pub use effects::{Effect, Effects};
pub use formula::Formula;
pub use guard::{Guard, GuardInfo, Guards};
pub use phase::Phase;
pub use storage::{Cell, Field, FieldInfo, Meaning, Storage};

/// Every protocol, in the order in which they are taught. A new one adds its row here and its file beside.
pub static PROTOCOLS: &[&Protocol] =
    &[&preliminary::PROTOCOL, &basic::PROTOCOL, &complete::PROTOCOL, &multi::PROTOCOL, &broadcast::PROTOCOL];

/// The protocol of that name.
pub fn find(name: &str) -> Option<&'static Protocol> {
    PROTOCOLS.iter().copied().find(|protocol| protocol.name == name)
}

/// The slides' three variants, from 5Δ to 2Δ: what is compared where nobody says what.
pub static VARIANTS: [&Protocol; 3] = [&basic::PROTOCOL, &multi::PROTOCOL, &broadcast::PROTOCOL];

/// One row of the registry: everything that the rest of the house may know of a protocol.
#[derive(Debug)]
pub struct Protocol {
    /// What scripts call it.
    pub name: &'static str,
    /// A heading for people.
    pub title: &'static str,
    /// One sentence on what it does.
    pub summary: &'static str,
    /// Where its rules are written.
    pub source: &'static str,
    /// What it costs, by where from and in which situation, in groups. The very first one tells when all know.
    pub formulas: &'static [&'static [Formula]],
    /// In whose words its steps are explained.
    pub family: Family,
    /// Its message kinds; [`Kind`] is a place in this list.
    pub kinds: &'static [KindInfo],
    /// Its cells of stable storage; [`Field`] is a place in this list.
    pub fields: &'static [FieldInfo],
    /// Its timers; [`TimerId::kind`] is a place in this list.
    pub timers: &'static [TimerInfo],
    /// What a script may choose; [`Setup::choices`] has one place for each.
    pub options: &'static [OptionInfo],
    /// The rules that a script may switch off, to see what they are for.
    pub guards: &'static [Guard],
    /// Whether it fills a ledger of many decrees, each `propose` a command of its own; otherwise it passes a single one.
    pub is_log: bool,
    /// The quorums of a cluster with these parts, where the script names no others.
    pub quorums: fn(&Cast) -> Quorums,
    /// Whether a ballot is run as a classic or as a fast round.
    pub round: fn(&Setup, Ballot) -> Round,
    /// How processes that are clients ask, and how they are answered; none where no process can be a client.
    pub client: Option<ClientInfo>,
    /// Whether its machines are told what came of each entry of the ledger that they execute ([`Input::Executed`]).
    pub needs_results: bool,
    /// Why this protocol, with these choices, does not listen to the oracle that names leaders; none when it does.
    pub ignores_oracle: fn(&[u8]) -> Option<&'static str>,
    /// What a search for its slowest execution has to know; none where nothing limits how long it takes.
    pub progress: Option<Progress>,
    /// The machine of a process that is no client, as it comes up with this stable storage.
    pub open: fn(&Arc<Setup>, NodeId, &Storage) -> Box<dyn Machine>,
}

/// Each has a row of its own, so a name says which it is.
impl PartialEq for Protocol {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Protocol {
    /// A process's machine as it comes up with this stable storage: empty at first, what it persisted after a crash.
    pub fn machine(&self, setup: &Arc<Setup>, node: NodeId, storage: &Storage) -> Box<dyn Machine> {
        match self.client {
            Some(info) if setup.cast.clients.contains(node) => client::open(self, info, setup, node),
            _ => (self.open)(setup, node, storage),
        }
    }

    /// What it costs, by where from and in which situation.
    pub fn formulas(&self) -> impl Iterator<Item = &'static Formula> + use<> {
        self.formulas.iter().copied().flatten()
    }

    /// The Δ until all know, as its main formula says: `5Δ`, `T_el + 5Δ + 4kΔ`; a dash where it has no formula.
    pub fn figure(&self) -> &'static str {
        self.formulas().next().map_or("–", |formula| formula.text)
    }

    /// Which of the slides' variants it is, by its figure; none for the others.
    pub fn variant(&self) -> Option<&'static str> {
        VARIANTS.contains(&self).then(|| self.figure())
    }

    /// The message kinds that a cluster with these parts can speak.
    pub fn spoken(&self, cast: &Cast) -> impl Iterator<Item = (Kind, &'static KindInfo)> {
        let has_clients = !cast.clients.is_empty();
        let kinds = self.kinds.iter().enumerate().map(|(place, info)| (Kind(place as u8), info));
        kinds.filter(move |(_, info)| has_clients || !info.is_of_clients)
    }

    /// The timer of that name.
    pub fn timer_named(&self, name: &str) -> Option<u8> {
        self.timers.iter().position(|timer| timer.name == name).map(|place| place as u8)
    }

    /// The field with this meaning, if it has one.
    pub fn field_meaning(&self, meaning: Meaning) -> Option<Field> {
        self.fields.iter().position(|field| field.meaning == meaning).map(|place| Field(place as u8))
    }

    /// What is declared of a message kind.
    pub fn kind(&self, kind: Kind) -> &'static KindInfo {
        &self.kinds[usize::from(kind.0)]
    }

    /// The kind of that name, in either vocabulary.
    pub fn kind_named(&self, name: &str) -> Option<Kind> {
        let place = self.kinds.iter().position(|kind| kind.name == name || kind.name_2001 == name)?;
        Some(Kind(place as u8))
    }

    /// Why naming a leader has no effect with these choices, if so: a sentence.
    pub fn oracle_unheard(&self, choices: &[u8]) -> Option<String> {
        (self.ignores_oracle)(choices).map(|why| format!("the {} protocol {why}", self.name))
    }

    /// What is chosen where a script chooses nothing.
    pub fn default_choices(&self) -> Vec<u8> {
        vec![0; self.options.len()]
    }
}

/// A protocol that says this promises: once the oracle has named one leader, only that process starts ballots, and timers
/// limit how long each of them takes.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The kinds of message that an obsolete ballot can leave in the network and that can stop a later ballot. They carry
    /// nothing besides their ballot.
    pub stale: &'static [Kind],
    /// The kinds that expire: a message of which its receiver takes no notice now will find no notice later either.
    pub expiring: &'static [Kind],
}

/// Protocols whose steps are explained in the same words: each family has its own beside what is true of every protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// None: facts are restated, with the guard that was asked.
    Plain,
    /// The Synod's (PTP §2 and §3): promises, decrees by the highest reported vote, votes, a ledger.
    Synod,
}

/// A choice that a script can make, with `option NAME VALUE`.
#[derive(Debug)]
pub struct OptionInfo {
    /// What scripts call it.
    pub name: &'static str,
    /// What may be chosen; the first is the default.
    pub values: &'static [&'static str],
    /// One sentence on what the choice means.
    pub summary: &'static str,
}

/// A message kind, as a place in [`Protocol::kinds`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Kind(pub u8);

/// What a protocol declares of a message kind.
#[derive(PartialEq, Eq, Debug)]
pub struct KindInfo {
    /// Its name in *The Part-Time Parliament* (1998).
    pub name: &'static str,
    /// Its name in *Paxos Made Simple* (2001).
    pub name_2001: &'static str,
    /// The step that sends it.
    pub phase: Phase,
    /// What it carries besides its ballot and instance.
    pub carries: Carries,
    /// Whether it speaks of its instance and of every one after it; otherwise of its instance alone.
    pub is_sweeping: bool,
    /// Whether only clients send it, or only they receive it.
    pub is_of_clients: bool,
}

/// What messages of a kind carry: the shape of their [`Payload`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carries {
    /// Nothing.
    Nothing,
    /// The highest earlier vote, or null.
    LastVote,
    /// A decree.
    Value,
    /// Another ballot.
    Ballot,
    /// Votes and passed decrees of several instances.
    Entries,
}

/// What a protocol declares of a timer.
#[derive(PartialEq, Eq, Debug)]
pub struct TimerInfo {
    /// What scripts call it.
    pub name: &'static str,
    /// What it means that it has run out: the beginning of a sentence, in lower case.
    pub meaning: &'static str,
    /// Whether the papers have it; otherwise it is how this implementation makes progress.
    pub is_papers: bool,
}

/// The envelope that all protocols share.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// What it is, by the protocol's own table.
    pub kind: Kind,
    /// The ballot it speaks of, if it speaks of one.
    pub ballot: Option<Ballot>,
    /// The instance it speaks of.
    pub instance: Instance,
    /// What it carries besides.
    pub payload: Payload,
}

/// What a message carries besides its ballot and instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Payload {
    /// Nothing.
    Empty,
    /// The highest vote its sender cast below the ballot, if any.
    LastVote(Option<Vote>),
    /// A decree.
    Value(Value),
    /// A ballot that was promised.
    Ballot(Ballot),
    /// What its sender knows of these instances, in their order.
    Entries(Arc<[Entry]>),
}

/// What a process knows of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// Which.
    pub instance: Instance,
    /// Its own highest vote there, or the decree that was passed and the ballot by which it was.
    pub vote: Vote,
    /// Whether the decree was passed.
    pub is_passed: bool,
}

/// A timer of one node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimerId {
    /// What for, as a place in [`Protocol::timers`].
    pub kind: u8,
    /// Which one of these: an instance, or whatever else the machine counts by.
    pub number: u32,
}

/// What can happen to a machine.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// It comes up: for the first time, or again after a crash.
    Start {
        /// Whether it is after a crash.
        again: bool,
    },
    /// Somebody asks for this decree to be passed.
    Propose(Value),
    /// A message arrives.
    Deliver {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: &'a Message,
    },
    /// A timer that it set runs out.
    Timer(TimerId),
    /// The oracle names those who may think that they lead. Usually it is one; a machine that elects for itself ignores it.
    Leaders(NodeSet),
    /// An entry of the ledger was executed, as the machine had asked; told only where [`Protocol::needs_results`] says so.
    Executed(Executed),
}

/// What came of executing an entry of the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Executed {
    /// Which entry.
    pub instance: Instance,
    /// What was executed.
    pub value: Value,
    /// A fingerprint of everything that was executed so far, and of what each command came to.
    pub history: u64,
    /// A fingerprint of the state.
    pub state: u64,
}

/// What a process did, in the paper's vocabulary. Checks, reports and the page read these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fact {
    /// Step 1a: chose this number and asks for promises (`lastTried`).
    Tried(Ballot),
    /// Step 1b: in this instance, promised to cast no vote between the reported vote and this ballot (`nextBal`).
    Promised(Instance, Ballot, Option<Vote>),
    /// Step 2a: began this ballot (B_bal).
    Began {
        /// Which instance it is for.
        instance: Instance,
        /// Its number.
        ballot: Ballot,
        /// Its decree (B_val); none where acceptors may vote for whatever clients ask of them.
        value: Option<Value>,
        /// What allows it to carry that decree.
        basis: Basis,
    },
    /// Step 2b: cast this vote (`prevVote`).
    Voted(Instance, Vote),
    /// Step 1b, of many instances at once: promised the same for every instance from this one on, without having voted in
    /// any of which it does not state [`Fact::Promised`] for this ballot just before.
    PromisedFrom(Instance, Ballot),
    /// Step 3: knows that this decree was passed, by this ballot, and wrote it into the ledger.
    Learned(Instance, Vote),
    /// A client that had asked this process has its answer: this command was executed.
    Answered(Value),
    /// Thinks from now on that it is the leader (PTP §2.4), or that it is not.
    Leads(bool),
    /// Ignored a message of this ballot, because of what was promised before (`nextBal`; `None` is −∞).
    Refused(Ballot, Option<Ballot>),
}

impl Fact {
    /// Step 2a of a ballot with a decree of its own, which rests on the promises of a quorum.
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
    /// A proof: claims of these processes, which others can check.
    Proof(NodeSet),
    /// Nothing: no smaller ballot can have passed anything.
    Nothing,
}

impl Basis {
    /// Whose word it is.
    pub const fn quorum(self) -> NodeSet {
        match self {
            Self::Promises(quorum) | Self::Proof(quorum) => quorum,
            Self::Nothing => NodeSet::EMPTY,
        }
    }
}

/// What every machine of a cluster is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Setup {
    /// Who plays which part.
    pub cast: Cast,
    /// Which sets of processes are enough for what.
    pub quorums: Quorums,
    /// For each of [`Protocol::options`], the place of what was chosen.
    pub choices: Vec<u8>,
    /// The rules that are switched off.
    pub without: Guards,
    /// The nodes for which [`Guard::Memory`] is switched off, where it is not for all.
    pub forgetful: NodeSet,
    /// Which of [`Phase::ALL`] are never performed, a bit each.
    pub skipped: u16,
}

impl Setup {
    /// The quorums of classic rounds for this purpose.
    pub fn quorum(&self, purpose: Purpose) -> &QuorumSystem {
        self.quorums.get(purpose, Round::Classic)
    }

    /// Whether these are enough for this purpose in a classic round.
    pub fn is_quorum(&self, purpose: Purpose, set: NodeSet) -> bool {
        self.quorum(purpose).is_quorum(set)
    }

    /// Whom step 2a asks for votes when it asks no more than it needs: the quorum that has promised, as in PTP §2.3. Where
    /// votes need other quorums than promises, it is one of those, as far as possible of processes that have promised.
    pub fn electorate(&self, leader: NodeId, promised: NodeSet) -> NodeSet {
        if self.quorums.overlap == Overlap::AnyTwo {
            return promised;
        }
        // A vote of one's own costs no message.
        let own = Some(leader).filter(|leader| promised.contains(*leader));
        let order = own.into_iter().chain(promised.iter()).chain(self.cast.acceptors.iter());
        self.quorum(Purpose::Pass).pick(order).unwrap_or(self.cast.acceptors)
    }

    /// What was chosen for the option at this place; the default where the protocol has no such option.
    pub fn choice(&self, option: usize) -> u8 {
        self.choices.get(option).copied().unwrap_or(0)
    }

    /// Whether processes perform this step at all.
    pub fn performs(&self, step: Phase) -> bool {
        self.skipped >> step as u8 & 1 == 0
    }

    /// Whether this process performs this step, which is one for acceptors.
    pub fn accepts(&self, node: NodeId, step: Phase) -> bool {
        self.performs(step) && self.cast.acceptors.contains(node)
    }

    /// Whether this node still knows its promises and votes after a crash.
    pub fn remembers(&self, node: NodeId) -> bool {
        self.keeps(Guard::Memory) && !self.forgetful.contains(node)
    }

    /// Whether this rule is switched off, if only for some nodes.
    pub fn is_broken(&self, guard: Guard) -> bool {
        !self.keeps(guard) || (guard == Guard::Memory && !self.forgetful.is_empty())
    }

    /// Whether this rule holds for all nodes, or for all that are not [`Setup::forgetful`]; it does unless the script switches it off.
    pub fn keeps(&self, guard: Guard) -> bool {
        !self.without.contains(guard)
    }
}

/// A node's algorithm.
pub trait Machine: Snapshot + Send + Sync {
    /// Takes one step: reacts at once and completely to one input.
    fn step(&mut self, input: Input<'_>, effects: &mut Effects);

    /// What it holds in volatile memory only (the paper's slip of paper), for a person to read: label and content.
    fn slip(&self) -> Option<Slip>;

    /// The same machine where the nodes are called otherwise; none where it matters to the protocol what they are called.
    /// Only nodes that own no ballots are ever renamed, so ballots stay as they are. A machine that can be renamed takes the
    /// same steps under other names: whether one is renamed before a step or after it comes to the same.
    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        let _ = names;
        None
    }
}

/// A leader's slip of paper: what it collects for a ballot, lost in a crash without harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slip {
    /// The ballot in hand.
    pub ballot: Ballot,
    /// For which instance.
    pub instance: Instance,
    /// What is being collected.
    pub phase: Phase,
    /// From whom it has come already.
    pub collected: NodeSet,
}

/// Copying and hashing behind `dyn`: checkpoints and exhaustive exploration live on it. Nobody implements it by hand.
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
