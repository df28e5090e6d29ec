//! Every schedule of a scenario: each order in which its messages can arrive, with as many crashes, losses, duplicates and
//! early timeouts as are allowed.
//!
//! Time is left out. What is left is a graph: a state is what the nodes are, which messages are under way, how far the
//! script is and what the checks remember; a move plays a line of the script, delivers a message, or spends a budget. It
//! is searched in breadth, so what is found first is as short as can be, and every check is asked at every move.
//!
//! Of the script the lines that propose count, each node's in their order; those that name leaders, in their order; and
//! injected messages, which are under way from the start. Lines about time, links and crashes are left out, and
//! [`Schedules::notes`] says so. Nothing is missed by that. A message can stay under way for ever, which is as good as
//! lost: whatever can be done after a loss can be done while it is late, and so no budget of losses is needed to find a
//! violation, nor a partition. A crash between writing and sending is a crash whose messages stay under way. For the same
//! reason a node that is down receives nothing: the message is as well received later or never.
//!
//! What a node does depends on nothing but its state and what happens to it. So every step of a node is taken once and
//! looked up afterwards (`automaton`, `worker`), and most of the search is additions. What is said of a run does not depend
//! on the order in which things were looked at, nor on how many threads looked: the same states are counted, and the same
//! counterexample is given, on every machine.

mod automaton;
mod layout;
mod lines;
mod memory;
mod path;
mod visited;
mod worker;

use std::sync::{Arc, Mutex};

use crate::check::{CHECKS, CheckInfo};
use crate::explore::process::{Happening, Process};
use crate::protocol::TimerId;
use crate::scenario::{Act, Scenario};
use crate::types::{NodeId, Renaming};
use automaton::Automaton;
use layout::{CRASHES, DUPLICATES, LOSSES, TIMEOUTS};
use memory::{Memory, Refused};
use visited::{Met, States, Visited};
use worker::{Breach, First, Fresh, SHARDS, Shards, Worker, broken, lock};

pub use automaton::Flight;

/// How much a search may do.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many crashes there may be; a node that has crashed may restart at any time.
    pub crashes: u8,
    /// How many messages the network may lose. It need not: it may also never deliver them.
    pub losses: u8,
    /// How many messages the network may deliver twice.
    pub duplicates: u8,
    /// How many running timers may run out, at any moment.
    pub timeouts: u8,
    /// No more states than so many are met; the first is always one of them.
    pub states_max: usize,
    /// The search holds no more than about so many bytes, 8 MiB of them for the program itself. What a state takes is
    /// measured in `docs/explore.md`. Where this ends a search depends on the number of threads, each of which has tables of
    /// its own, and on what else the machine has to give; nothing else does.
    pub memory_max: usize,
    /// No path is followed further than so many moves.
    pub depth_max: u16,
    /// Whether states that differ only in what nodes are called count as one, where that is sound.
    pub symmetry: bool,
    /// How many threads look, at most; one in a browser.
    pub threads: usize,
    /// Whether to go on after a violation: to every state that can be reached without one.
    pub goes_on: bool,
    /// The only check that looks; otherwise all do, and the search ends where the first of them is violated. Agreement, for
    /// one, seldom is that: what it rests on breaks before.
    pub check: Option<&'static CheckInfo>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            crashes: 0,
            losses: 0,
            duplicates: 0,
            timeouts: 0,
            states_max: 1_000_000,
            memory_max: 1 << 30,
            depth_max: u16::MAX - 1,
            symmetry: true,
            threads: 1,
            goes_on: false,
            check: None,
        }
    }
}

/// Why a search ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// It has not.
    Unfinished,
    /// Every state that can be reached was looked at.
    Exhausted,
    /// A check was violated.
    Violated,
    /// There are more states than it may meet.
    TooManyStates,
    /// It would need more memory than it may hold, or than the machine gives.
    TooMuchMemory,
    /// There are longer paths than it may follow.
    TooDeep,
    /// Somebody ended it.
    Stopped,
}

/// Something that happens in the world without time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Move {
    /// This line of the script is played, by its place in [`Scenario::acts`]: it proposes, or names leaders.
    Play(usize),
    /// A message arrives.
    Deliver(Flight),
    /// A message is lost.
    Lose(Flight),
    /// A message becomes two.
    Double(Flight),
    /// A node crashes.
    Crash(NodeId),
    /// A node comes back.
    Restart(NodeId),
    /// A timer runs out.
    Timeout(NodeId, TimerId),
}

/// A check that can be violated.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Which.
    pub check: &'static CheckInfo,
    /// By how many moves; there is no shorter way.
    pub moves: usize,
    /// The state before the last of them.
    before: u64,
}

/// An exhaustive search.
#[derive(Debug)]
pub struct Schedules {
    scenario: Arc<Scenario>,
    options: Options,
    automaton: Mutex<Automaton>,
    workers: Vec<Worker>,
    first: (u64, Vec<u32>),
    shards: Vec<Shard>,
    /// How many moves lead to the states that are looked at now; how many of these there are in each shard and those before
    /// it; and how many of them were looked at.
    depth: u16,
    layer: Vec<usize>,
    at: usize,
    /// Until there the states of the layer are looked at one by one.
    singly: usize,
    states: usize,
    /// How many states were left when the search ended.
    waiting: usize,
    memory: Arc<Memory>,
    found: Vec<Found>,
    ending: Ending,
    notes: Vec<(usize, String)>,
    alike: Vec<NodeId>,
}

/// A part of the states, by fingerprint.
#[derive(Default, Debug)]
struct Shard {
    visited: Visited,
    now: States,
    next: States,
    /// How many states those visited stand for.
    weight: u64,
}

impl Shard {
    /// Keeps a state if it is new.
    fn insert(&mut self, found: &Fresh, state: usize, layer: u16, memory: &Memory) -> Result<Met, Refused> {
        let (print, words) = (found.states.prints[state], found.states.state(state));
        self.next.make_room(words.len(), memory)?;
        let met = self.visited.insert(print, found.before[state], layer, memory)?;
        if met == Met::New {
            self.weight += u64::from(found.weights[state]);
            self.next.push(print, words);
        }
        Ok(met)
    }
}

impl Shards for [Shard] {
    fn shard(&self, print: u64) -> &Visited {
        &self[print as usize % SHARDS].visited
    }
}

struct View<'a>(&'a [Shard]);

impl Shards for View<'_> {
    fn shard(&self, print: u64) -> &Visited {
        self.0.shard(print)
    }
}

/// So many states at most are looked at before those that are new are kept.
const BATCH: usize = 1 << 15;
/// No more than those of which about so many bytes may come: in large clusters these are few.
const BATCH_BYTES: usize = 16 << 20;
/// And no more than those of which as many states may come as may still be met, or so many.
const BATCH_MOVES: usize = 1 << 10;
/// Fewer are not worth waking threads for.
#[cfg(not(target_arch = "wasm32"))]
const WORTH_THREADS: usize = 256;

impl Schedules {
    /// A search that has looked at nothing but the start.
    ///
    /// # Errors
    /// Why the scenario is too large, in a sentence.
    pub fn new(scenario: Scenario, options: Options) -> Result<Self, String> {
        let scenario = Arc::new(scenario);
        let options = Options { depth_max: options.depth_max.min(u16::MAX - 1), ..options };
        let (lines, notes) = lines::lines(&scenario)?;
        let lines = Arc::new(lines);
        let alike = if options.symmetry { lines::alike(&scenario, &lines) } else { Vec::new() };
        let names = Renaming::all(scenario.nodes(), &alike);
        let memory = Arc::new(Memory::new(options.memory_max));
        let too_large = |_: Refused| format!("its start alone takes more than {} MB", options.memory_max >> 20);
        let mut automaton =
            Automaton::new(Arc::clone(&scenario), lines, Arc::clone(&memory), options.timeouts > 0, names);
        let mut judge = lines::judge(&scenario, options.check)?;
        let (mut processes, mut flights) = (Vec::new(), Vec::new());
        for node in NodeId::all(scenario.nodes()) {
            let mut process = Process::open(&scenario, node);
            let outcome = process.step(&scenario, Happening::Start { again: false, leaders: scenario.leaders });
            outcome.said.iter().for_each(|what| {
                judge.hear_next(&scenario, what);
            });
            let step = automaton.number_step(process, outcome).map_err(too_large)?;
            processes.push(step.to);
            flights.extend(step.sent);
        }
        for planned in &scenario.acts {
            if let Act::Inject(injection) = &planned.act {
                let (link, message) = (injection.link, injection.message(scenario.protocol));
                let flight = Flight { from: link.from, to: link.to, message, is_doubled: false };
                flights.push(automaton.number_flight(flight).map_err(too_large)?);
            }
        }
        let is_broken = broken(&judge);
        let history = automaton.number_history(judge).map_err(too_large)?;
        let budgets = [
            (CRASHES, options.crashes),
            (LOSSES, options.losses),
            (DUPLICATES, options.duplicates),
            (TIMEOUTS, options.timeouts),
        ];
        let budgets = budgets.into_iter().fold(0, |word, (place, budget)| word | u32::from(budget) << place);
        let threads = if cfg!(target_arch = "wasm32") { 1 } else { options.threads.clamp(1, 256) };
        let mut workers: Vec<_> = (0..threads).map(|_| Worker::new(&automaton, &memory)).collect();
        let automaton = Mutex::new(automaton);
        let first = First { processes, history, budgets, flights };
        let first = workers[0].first(&automaton, &first).map_err(too_large)?;
        let mut shards: Vec<_> = (0..SHARDS).map(|_| Shard::default()).collect();
        let shard = &mut shards[first.0 as usize % SHARDS];
        shard.visited.insert(first.0, first.0, 0, &memory).map_err(too_large)?;
        shard.now.make_room(first.1.len(), &memory).map_err(too_large)?;
        shard.now.push(first.0, &first.1);
        // Nothing has happened to any of the nodes that are alike, so no renaming changes the first state.
        shard.weight = 1;
        let mut search = Self {
            scenario,
            options,
            automaton,
            workers,
            first,
            shards,
            depth: 0,
            layer: Vec::new(),
            at: 0,
            singly: 0,
            states: 1,
            waiting: 0,
            memory,
            found: Vec::new(),
            ending: Ending::Unfinished,
            notes,
            alike,
        };
        search.measure();
        if is_broken != 0 {
            // The cluster breaks something as it comes up: no move leads there.
            search.ending = Ending::Violated;
        }
        Ok(search)
    }

    /// Looks at about so many more states. True when the search has ended.
    pub fn go_on(&mut self, work: usize) -> bool {
        let mut left = work.max(1);
        while self.ending == Ending::Unfinished && left > 0 {
            if self.at == self.layer[SHARDS] {
                self.end_layer();
                continue;
            }
            let (from, until) = (self.at, self.batch(left));
            self.expand(from, until);
            let room = self.options.states_max.saturating_sub(self.states);
            let is_enough = if self.memory.is_out() {
                Some(Ending::TooMuchMemory)
            } else if self.workers.iter().map(Worker::found).sum::<usize>() <= room {
                self.insert();
                self.memory.is_out().then_some(Ending::TooMuchMemory)
            } else if until - from > 1 {
                // Not all of them may be new. One by one it does not matter how many were looked at together.
                self.workers.iter_mut().for_each(Worker::undo);
                self.singly = until;
                continue;
            } else {
                self.insert_some(room)
            };
            if !self.memory.is_out() {
                self.at = until;
            }
            left -= until - from;
            if let Some(ending) = is_enough {
                self.gather();
                self.ending = if self.found.is_empty() { ending } else { Ending::Violated };
            }
        }
        let has_ended = self.ending != Ending::Unfinished;
        if has_ended {
            self.free();
        }
        has_ended
    }

    /// Ends a search that has not ended by itself, with what it has found so far.
    pub fn stop(&mut self) {
        if self.ending == Ending::Unfinished {
            self.gather();
            self.ending = if self.found.is_empty() { Ending::Stopped } else { Ending::Violated };
            self.free();
        }
    }

    /// Where the states end that are looked at next: at most `left`, and no more than a batch.
    fn batch(&self, left: usize) -> usize {
        if self.at < self.singly {
            return self.at + 1;
        }
        let most = left.min(BATCH);
        let room = self.options.states_max.saturating_sub(self.states).max(BATCH_MOVES);
        let (mut count, mut moves, mut bytes) = (0, 0, 0);
        for (shard, start) in self.shards.iter().zip(&self.layer) {
            for place in self.at.saturating_sub(*start)..shard.now.len() {
                if count == most || moves >= room || bytes >= BATCH_BYTES {
                    return self.at + count;
                }
                // About as many moves as it has numbers, and each may lead to a state of as many.
                let numbers = shard.now.length(place);
                count += 1;
                moves += numbers;
                bytes += numbers * numbers * size_of::<u32>();
            }
        }
        self.at + count
    }

    /// Counts the states to look at.
    fn measure(&mut self) {
        let mut sum = 0;
        let until = self.shards.iter().map(|shard| {
            sum += shard.now.len();
            sum
        });
        self.layer = [0].into_iter().chain(until).collect();
        (self.at, self.singly) = (0, 0);
    }

    /// Makes every move of these states.
    fn expand(&mut self, from: usize, until: usize) {
        let Self { workers, shards, automaton, layer, memory, .. } = self;
        let (automaton, view, memory) = (&*automaton, View(shards), &*memory);
        let share = (until - from).div_ceil(workers.len());
        let work = |worker: &mut Worker, from: usize, until: usize| {
            worker.begin_batch();
            if worker.catch_up(&lock(automaton)).is_err() {
                return;
            }
            for (shard, start) in shards.iter().zip(&*layer) {
                let states = &shard.now;
                let [from, until] = [from, until].map(|place| place.saturating_sub(*start).min(states.len()));
                for place in from..until {
                    if memory.is_out() {
                        return;
                    }
                    worker.expand(automaton, &view, states.prints[place], states.state(place));
                }
            }
        };
        #[cfg(not(target_arch = "wasm32"))]
        if workers.len() > 1 && until - from >= WORTH_THREADS {
            std::thread::scope(|scope| {
                for (place, worker) in workers.iter_mut().enumerate() {
                    let from = (from + place * share).min(until);
                    let work = &work;
                    scope.spawn(move || work(worker, from, (from + share).min(until)));
                }
            });
            return;
        }
        let _ = share;
        let (first, rest) = workers.split_first_mut().expect("there is one");
        work(first, from, until);
        rest.iter_mut().for_each(|worker| work(worker, 0, 0));
    }

    /// Keeps the states that are new, as long as there is memory.
    fn insert(&mut self) {
        let Self { workers, shards, depth, memory, .. } = self;
        let layer = *depth + 1;
        let (workers, memory) = (&*workers, &**memory);
        let insert = |shard: &mut Shard, place: usize| {
            for worker in workers {
                let found = &worker.found[place];
                for state in 0..found.before.len() {
                    if shard.insert(found, state, layer, memory).is_err() {
                        return;
                    }
                }
            }
        };
        #[cfg(not(target_arch = "wasm32"))]
        if workers.len() > 1 && workers.iter().map(Worker::found).sum::<usize>() >= WORTH_THREADS {
            let share = SHARDS.div_ceil(workers.len());
            std::thread::scope(|scope| {
                for (part, shards) in shards.chunks_mut(share).enumerate() {
                    let insert = &insert;
                    scope.spawn(move || {
                        shards.iter_mut().enumerate().for_each(|(place, shard)| insert(shard, part * share + place));
                    });
                }
            });
            self.states = self.shards.iter().map(|shard| shard.visited.len()).sum();
            return;
        }
        shards.iter_mut().enumerate().for_each(|(place, shard)| insert(shard, place));
        self.states = self.shards.iter().map(|shard| shard.visited.len()).sum();
    }

    /// Keeps so many of the states that are new after one state, and says why not all.
    fn insert_some(&mut self, mut room: usize) -> Option<Ending> {
        let layer = self.depth + 1;
        for (place, shard) in self.shards.iter_mut().enumerate() {
            for worker in &self.workers {
                let found = &worker.found[place];
                for state in 0..found.before.len() {
                    if room == 0 && !shard.visited.contains(found.states.prints[state]) {
                        return Some(Ending::TooManyStates);
                    }
                    let Ok(met) = shard.insert(found, state, layer, &self.memory) else {
                        return Some(Ending::TooMuchMemory);
                    };
                    if met == Met::New {
                        (room, self.states) = (room - 1, self.states + 1);
                    }
                }
            }
        }
        None
    }

    /// Gives back what nobody needs after the end; the states that were met and how they were come to are kept.
    fn free(&mut self) {
        self.waiting = self.waiting();
        for worker in &mut self.workers {
            worker.found.iter_mut().for_each(|found| found.free(&self.memory));
        }
        for shard in &mut self.shards {
            shard.now.free(&self.memory);
            shard.next.free(&self.memory);
        }
        (self.layer, self.at) = (vec![0; SHARDS + 1], 0);
    }

    fn end_layer(&mut self) {
        self.gather();
        let mut is_empty = true;
        for shard in &mut self.shards {
            shard.now.clear();
            std::mem::swap(&mut shard.now, &mut shard.next);
            is_empty &= shard.now.len() == 0;
        }
        self.measure();
        self.ending = if !self.found.is_empty() && !self.options.goes_on {
            Ending::Violated
        } else if is_empty {
            if self.found.is_empty() { Ending::Exhausted } else { Ending::Violated }
        } else if self.depth + 1 >= self.options.depth_max {
            if self.found.is_empty() { Ending::TooDeep } else { Ending::Violated }
        } else {
            Ending::Unfinished
        };
        if !is_empty {
            self.depth += 1;
        }
    }

    /// Of the violations of a layer, keeps for each check the smallest.
    fn gather(&mut self) {
        let mut breaches: Vec<Breach> = Vec::new();
        self.workers.iter_mut().for_each(|worker| breaches.append(&mut worker.breaches));
        breaches.sort_unstable_by_key(|(before, order, ..)| (*before, *order));
        for (place, check) in CHECKS.iter().copied().enumerate() {
            let is_known = self.found.iter().any(|found| std::ptr::eq(found.check, check));
            let breach = breaches.iter().find(|(.., checks, _)| checks >> place & 1 == 1);
            if let Some((before, ..)) = breach.filter(|_| !is_known) {
                self.found.push(Found { check, moves: usize::from(self.depth) + 1, before: *before });
            }
        }
    }

    /// Whose schedules they are.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// With which budgets.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// How many different states were met.
    pub fn states(&self) -> usize {
        self.states
    }

    /// How many states those stand for, with the ones that differ from them only in what nodes are called.
    pub fn states_in_all(&self) -> u64 {
        self.shards.iter().map(|shard| shard.weight).sum()
    }

    /// The nodes whose names do not matter; none where all names do.
    pub fn alike(&self) -> &[NodeId] {
        &self.alike
    }

    /// How many moves were made.
    pub fn transitions(&self) -> u64 {
        self.workers.iter().map(|worker| worker.transitions).sum()
    }

    /// How many moves lead to the states that were met last.
    pub fn depth(&self) -> usize {
        usize::from(self.depth)
    }

    /// How many states have yet to be looked at.
    pub fn waiting(&self) -> usize {
        self.waiting + self.layer[SHARDS] - self.at + self.shards.iter().map(|shard| shard.next.len()).sum::<usize>()
    }

    /// How many bytes it holds, as far as it counts them; the program's own are among them.
    pub fn memory(&self) -> usize {
        self.memory.held()
    }

    /// How many states of single nodes, messages, and memories of checks were met: all that was really computed.
    pub fn parts(&self) -> [usize; 3] {
        lock(&self.automaton).sizes()
    }

    /// Why it ended, if it has.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// Which checks can be violated, as far as is known: the shortest ways first, then in the order of the checks.
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// What a person should know about lines of the script that a search does not play: the line, and why.
    pub fn notes(&self) -> &[(usize, String)] {
        &self.notes
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
