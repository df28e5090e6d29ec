//! Everything that a search meets, once: the states of single nodes, the messages, what nodes said in a step, and what
//! the checks remember of a run. Each thing has a small number, and a hash of its contents that decides its identity.
//!
//! The numbers depend on the order in which things were met, and so, with several threads, on chance. So no number is
//! ever seen outside, and no order depends on a number.

use std::hash::Hash;
use std::sync::Arc;

use super::lines::Lines;
use super::live::Live;
use super::memory::{Memory, Refused};
use super::options::{Options, QUIET_MAX};
use super::universe::{Lies, Owners};
use crate::check::{Judge, Part};
use crate::explore::process::{Happening, Outcome, Process};
use crate::explore::table::{ContentHasher, Table, content_hash_and_length};
use crate::protocol::{self, Fact, Message};
use crate::scenario::{Act, Scenario};
use crate::trace::What;
use crate::types::{NodeId, NodeSet, Renaming};

/// A message under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flight {
    /// The node that sent it, or that seems to have sent it.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// The contents.
    pub message: Message,
    /// Whether the network has doubled the message already; the network doubles a message at most once.
    pub is_doubled: bool,
}

impl Flight {
    /// The same message, with this for whether the network has doubled it.
    #[must_use]
    pub(super) fn doubled(&self, is_doubled: bool) -> Self {
        Self { is_doubled, ..self.clone() }
    }

    /// The same message under other names of the nodes.
    #[must_use]
    pub fn renamed(&self, names: &Renaming) -> Self {
        Self { from: names.of(self.from), to: names.of(self.to), ..self.clone() }
    }
}

/// What can happen to one node, as a number: the kind in the upper bits, the number within the kind in the lower bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Input(pub(super) u32);

impl Input {
    const WHICH: u32 = (1 << 29) - 1;
    pub(super) const CRASH: Self = Self(4 << 29);

    /// The message with this number arrives.
    pub(super) const fn deliver(message: u32) -> Self {
        Self(message)
    }

    /// The node's n-th line is played; the first is 0.
    pub(super) const fn wish(place: u32) -> Self {
        Self(1 << 29 | place)
    }

    /// The node hears the n-th thing that the oracle says; the first is 0.
    pub(super) const fn leaders(place: u32) -> Self {
        Self(2 << 29 | place)
    }

    /// The node restarts; the oracle has said this many things.
    pub(super) const fn restart(place: u32) -> Self {
        Self(3 << 29 | place)
    }

    /// The n-th of the node's running timers runs out; the first is 0.
    pub(super) const fn timer(place: u32) -> Self {
        Self(5 << 29 | place)
    }
}

/// What comes of a step, in numbers.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) to: u32,
    /// The number of what was said, if checks may want to hear it.
    pub(super) said: Option<u32>,
    /// Messages to others.
    pub(super) sent: Vec<u32>,
    /// The ballots and instances of which these messages speak, where there are lies.
    pub(super) spoken: u32,
}

#[derive(Debug)]
pub(super) struct Automaton {
    pub(super) scenario: Arc<Scenario>,
    pub(super) lines: Arc<Lines>,
    pub(super) memory: Arc<Memory>,
    /// Whether it matters which timers are running.
    has_timers: bool,
    /// What liars can say, where the search may spend lies.
    pub(super) lies: Option<Arc<Lies>>,
    /// Who owns the ballots of which some message has spoken, where the search may spend lies.
    pub(super) owners: Owners,
    /// How many sets of moves that nobody notices are looked at for a process in a state; 0 where moves are not made in blocks.
    pub(super) quiet_max: usize,
    /// What is known to change something yet; none where the search keeps all messages.
    pub(super) live: Option<Arc<Live>>,
    /// The renamings of the nodes that change nothing, the true names first.
    pub(super) names: Arc<Vec<Renaming>>,
    pub(super) processes: Pool<Process>,
    pub(super) flights: Pool<Flight>,
    pub(super) sayings: Pool<Vec<What>>,
    /// What the checks remember of runs in which all of them hold: the numbers of its parts, which many of them share.
    pub(super) histories: Pool<Box<[u32]>>,
    memories: Pool<Part>,
    /// A judge of the scenario, which can be given any memory.
    judge: Option<Judge>,
}

/// Things with numbers, found by their hashes.
#[derive(Debug)]
pub(super) struct Pool<T> {
    things: Vec<Arc<T>>,
    /// For each thing its hash under each renaming of the nodes.
    hashes: Vec<u64>,
    places: Table,
    weight: Weight,
}

/// About how many bytes of memory a thing takes: a fixed number, and a number for each hashed byte. Lists have room for
/// more than they hold, and some of what is kept does not enter the hash. `tests/explore_memory.rs` measures the weights.
#[derive(Clone, Copy, Debug)]
struct Weight {
    fixed: usize,
    each: usize,
}

const PROCESS: Weight = Weight { fixed: 512, each: 2 };
const FLIGHT: Weight = Weight { fixed: 128, each: 2 };
const SAYING: Weight = Weight { fixed: 128, each: 4 };
const HISTORY: Weight = Weight { fixed: 96, each: 4 };
const MEMORY: Weight = Weight { fixed: 192, each: 3 };

impl<T> Pool<T> {
    fn new(weight: Weight) -> Self {
        Self { things: Vec::new(), hashes: Vec::new(), places: Table::default(), weight }
    }

    /// The number of this thing. The caller gives its hash and how many bytes were hashed; `renamed` gives its hashes
    /// under all other names, and `others` says how many names these are.
    fn number(
        &mut self,
        memory: &Memory,
        (hash, length): (u64, usize),
        thing: T,
        others: usize,
        renamed: impl Fn(&T) -> Vec<u64>,
    ) -> Result<u32, Refused> {
        if let Some(number) = self.places.get(hash) {
            return Ok(number);
        }
        memory.make_room(&mut self.things, 1)?;
        memory.make_room(&mut self.hashes, 1 + others)?;
        memory.make_room_in(&mut self.places)?;
        memory.ask(self.weight.fixed + self.weight.each * length)?;
        let number = self.things.len() as u32;
        self.places.put(hash, number);
        self.hashes.push(hash);
        self.hashes.extend(renamed(&thing));
        self.things.push(Arc::new(thing));
        Ok(number)
    }

    pub(super) fn get(&self, number: u32) -> &Arc<T> {
        &self.things[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.things.len()
    }

    /// The number of the thing with this hash, if it was met.
    pub(super) fn find(&self, hash: u64) -> Option<u32> {
        self.places.get(hash)
    }

    /// The things from this number on.
    pub(super) fn from(&self, known: usize) -> impl Iterator<Item = &T> {
        self.things[known..].iter().map(|thing| &**thing)
    }

    /// How many hashes each thing has.
    fn ways(&self) -> usize {
        self.hashes.len() / self.things.len()
    }

    /// The hashes of a thing under each renaming of the nodes.
    pub(super) fn row(&self, number: u32) -> &[u64] {
        let ways = self.ways();
        &self.hashes[number as usize * ways..][..ways]
    }

    /// The hash of a thing under the true names.
    pub(super) fn hash(&self, number: u32) -> u64 {
        self.hashes[number as usize * self.ways()]
    }

    /// The hashes from this place on.
    pub(super) fn hashes_from(&self, known: usize) -> &[u64] {
        &self.hashes[known..]
    }
}

impl Automaton {
    pub(super) fn new(
        scenario: Arc<Scenario>,
        lines: Arc<Lines>,
        memory: Arc<Memory>,
        options: &Options,
        lies: Option<Arc<Lies>>,
        names: Vec<Renaming>,
    ) -> Self {
        Self {
            scenario,
            lines,
            memory,
            has_timers: options.timeouts > 0,
            lies,
            owners: Owners::default(),
            quiet_max: if options.blocks { QUIET_MAX } else { 0 },
            live: options.drops.then(Arc::default),
            names: Arc::new(names),
            processes: Pool::new(PROCESS),
            flights: Pool::new(FLIGHT),
            sayings: Pool::new(SAYING),
            histories: Pool::new(HISTORY),
            memories: Pool::new(MEMORY),
            judge: None,
        }
    }

    /// How many states of single nodes, messages, and memories of checks were met.
    pub(super) fn sizes(&self) -> [usize; 3] {
        [self.processes.len(), self.flights.len(), self.histories.len()]
    }

    pub(super) fn number_process(&mut self, process: Process) -> Result<u32, Refused> {
        let has_timers = self.has_timers;
        let hash = |process: &Process| hash_process(process, has_timers);
        let names = &self.names[1..];
        let renamed = |process: &Process, names| process.renamed(names).expect("asked of the first processes");
        let all = |process: &Process| names.iter().map(|names| hash(&renamed(process, names)).0).collect();
        self.processes.number(&self.memory, hash(&process), process, names.len(), all)
    }

    /// The hash of a process, and how many bytes were hashed.
    pub(super) fn hash_process(&self, process: &Process) -> (u64, usize) {
        hash_process(process, self.has_timers)
    }

    pub(super) fn number_flight(&mut self, flight: Flight) -> Result<u32, Refused> {
        let hash = |flight: &Flight| content_hash_and_length(|hasher| flight.hash(hasher));
        let names = &self.names[1..];
        let all = |flight: &Flight| names.iter().map(|names| hash(&flight.renamed(names)).0).collect();
        self.flights.number(&self.memory, hash(&flight), flight, names.len(), all)
    }

    /// The number of this message under the n-th names of the nodes; the true names are the first.
    pub(super) fn number_renamed(&mut self, flight: u32, way: usize) -> Result<u32, Refused> {
        if way == 0 {
            return Ok(flight);
        }
        let renamed = self.flights.get(flight).renamed(&self.names[way]);
        self.number_flight(renamed)
    }

    /// The number of this message, if it was met.
    pub(super) fn find_flight(&self, flight: &Flight) -> Option<u32> {
        self.flights.find(content_hash_and_length(|hasher| flight.hash(hasher)).0)
    }

    /// The number of what the checks remember after a run.
    pub(super) fn number_history(&mut self, judge: &Judge) -> Result<u32, Refused> {
        let hash = |judge: &Judge| content_hash_and_length(|hasher| judge.digest(hasher)).0;
        let print = hash(judge);
        if let Some(number) = self.histories.find(print) {
            return Ok(number);
        }
        let parts = judge.parts(|feed| content_hash_and_length(|hasher| feed(hasher)));
        let number = |(print, part)| self.memories.number(&self.memory, print, part, 0, |_| Vec::new());
        let parts = parts.into_iter().map(number).collect::<Result<Box<[u32]>, _>>()?;
        self.judge.get_or_insert_with(|| judge.clone());
        let names = &self.names[1..];
        self.histories.number(&self.memory, (print, parts.len()), parts, names.len(), |_| {
            names.iter().map(|names| hash(&judge.renamed(names))).collect()
        })
    }

    /// A judge that remembers what has this number.
    pub(super) fn history(&self, number: u32) -> Judge {
        let parts = self.histories.get(number).iter().map(|part| &**self.memories.get(*part));
        self.judge.as_ref().expect("the first memory came from one").of_parts(parts)
    }

    /// Gives numbers to what came of a step.
    ///
    /// # Errors
    /// There is no memory for all of it.
    pub(super) fn number_step(&mut self, process: Process, outcome: Outcome) -> Result<Step, Refused> {
        let from = process.node();
        let messages = outcome.sent.iter().map(|(_, message)| message);
        let spoken = if self.lies.is_some() { self.owners.note(messages) } else { 0 };
        let flights = outcome.sent.into_iter().map(|(to, message)| Flight { from, to, message, is_doubled: false });
        let sent = flights.map(|flight| self.number_flight(flight)).collect::<Result<_, _>>()?;
        let liars = self.scenario.setup.cast.liars;
        let said: Vec<_> = outcome.said.into_iter().filter(|what| is_heard(what, liars)).collect();
        let said = if said.is_empty() {
            None
        } else {
            let hash = content_hash_and_length(|hasher| said.iter().for_each(|what| hash_what(what, hasher)));
            Some(self.sayings.number(&self.memory, hash, said, 0, |_| Vec::new())?)
        };
        Ok(Step { to: self.number_process(process)?, said, sent, spoken })
    }
}

fn hash_process(process: &Process, has_timers: bool) -> (u64, usize) {
    content_hash_and_length(|hasher| {
        process.digest(hasher);
        if has_timers {
            process.timers().hash(hasher);
        }
    })
}

/// Takes one step of one node. The checks hear first what they want to know of the input.
pub(super) fn step(
    scenario: &Scenario,
    lines: &Lines,
    mut process: Process,
    input: Input,
    flight: Option<&Flight>,
) -> (Process, Outcome) {
    let (node, which) = (process.node(), (input.0 & Input::WHICH) as usize);
    let mut told = None;
    let happening = match (input.0 >> 29, flight) {
        (0, Some(flight)) => Happening::Input(protocol::Input::Deliver { from: flight.from, message: &flight.message }),
        (1, _) => {
            let (place, value) = lines.wishes[node.index()][which];
            told = Some(What::Acted(place, Act::Propose(node, value)));
            Happening::Input(protocol::Input::Propose(value))
        }
        (2, _) => Happening::Input(protocol::Input::Leaders(lines.leaders[which].1)),
        (3, _) => Happening::Start { again: true, leaders: lines.leaders[which].1 },
        (4, _) => {
            told = Some(What::Acted(0, Act::Crash(node)));
            Happening::Crash
        }
        _ => Happening::Input(protocol::Input::Timer(process.timers()[which])),
    };
    let mut outcome = process.step(scenario, happening);
    if let Some(told) = told {
        outcome.said.insert(0, told);
    }
    (process, outcome)
}

/// Whether checks may want to hear this. What a process refused, answered or thinks of itself is no evidence, and what a liar
/// states is none either.
pub(super) fn is_heard(what: &What, liars: NodeSet) -> bool {
    match what {
        What::Stated(_, Fact::Refused(..) | Fact::Answered(_) | Fact::Leads(_)) => false,
        What::Stated(node, _) | What::Applied(node, _) => !liars.contains(*node),
        _ => true,
    }
}

fn hash_what(what: &What, mut hasher: &mut ContentHasher) {
    let hasher = &mut hasher;
    match what {
        What::Stated(node, fact) => (0, node, fact).hash(hasher),
        What::Applied(node, applied) => {
            (1, node, applied.instance, applied.value, applied.digest, applied.chain).hash(hasher);
        }
        What::Acted(place, Act::Propose(node, _)) => (2, node, place).hash(hasher),
        What::Acted(_, Act::Crash(node)) => (3, node).hash(hasher),
        other => unreachable!("no step of a node: {other:?}"),
    }
}
