//! Every schedule of a scenario: each order in which its messages can arrive, with as many crashes, losses, duplicates and
//! early timeouts as are allowed.
//!
//! The search leaves time out. What is left is a graph. A state consists of the states of the nodes, the messages under
//! way, the place in the script and the memory of the checks. A move plays a line of the script, delivers a message, or
//! spends a budget. The search is breadth-first, so its first find is as short as possible, and it asks every check at
//! every move.
//!
//! The search plays three kinds of lines: those that propose, in the order of each node; those that name leaders, in
//! their order; and injected messages, which are under way from the start. It leaves out the lines about time, links and
//! crashes, and [`Schedules::notes`] says so. The search misses nothing by that. A message can stay under way for ever,
//! which is as good as lost: whatever can be done after a loss can be done while the message is late. So the search needs
//! no budget of losses, and no partition, to find a violation. A crash between writing and sending is a crash whose
//! messages stay under way. For the same reason a node that is down receives nothing: the message can as well be received
//! later or never.
//!
//! What a node does depends only on its state and on what happens to it. So the search takes every step of a node once
//! and looks it up afterwards (`automaton`, `worker`), and most of its work is additions. The result depends neither on
//! the order of the look-ups nor on the number of threads: every machine counts the same states and gives the same
//! counterexample.

mod automaton;
mod blocks;
mod claims;
mod dead;
mod layout;
mod lies;
mod lines;
mod live;
mod memory;
mod moves;
mod options;
mod path;
mod prefix;
mod shards;
mod states;
mod steps;
mod universe;
mod visited;
mod worker;

use std::sync::{Arc, Mutex};

use crate::check::{CHECKS, CheckInfo, UNREACHED, place};
use crate::scenario::Scenario;
use crate::types::{NodeId, Renaming};
use automaton::Automaton;
use claims::Claims;
use layout::{CRASHES, DUPLICATES, First, LOSSES, TIMEOUTS};
use live::Views;
use memory::{Memory, Refused};
use prefix::Start;
use shards::{SHARDS, Shard, View};
use states::{States, pack};
use universe::Lies;
use visited::Met;
use worker::{Breach, Worker, broken, lock};

pub use automaton::Flight;
pub use moves::{Lying, Move};
pub use options::{Ending, Options};

/// A check that can be violated.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The check.
    pub check: &'static CheckInfo,
    /// How many moves lead to the violation; [`Schedules::is_shortest`] says whether there is no shorter way.
    pub moves: usize,
    /// The fingerprint of the state before the last move.
    before: u64,
}

/// An exhaustive search.
#[derive(Debug)]
pub struct Schedules {
    scenario: Arc<Scenario>,
    options: Options,
    automaton: Mutex<Automaton>,
    workers: Vec<Worker>,
    /// What happens in the script's run before the search starts.
    prefix: Vec<Move>,
    /// The parts of the first state, its fingerprint, and its numbers.
    parts: First,
    first: (u64, Vec<u32>),
    claims: Claims,
    shards: Vec<Shard>,
    /// How many moves lead to the states of the current layer; how many states each shard and the shards before it have
    /// in this layer; and how many of these states the search has looked at.
    depth: u16,
    layer: Vec<usize>,
    at: usize,
    /// Up to this place the search looks at the states of the layer one by one.
    singly: usize,
    states: usize,
    /// How many states were left when the search ended.
    waiting: usize,
    memory: Arc<Memory>,
    found: Vec<Found>,
    /// Whether the search has looked at every state.
    is_whole: bool,
    ending: Ending,
    notes: Vec<(usize, String)>,
    alike: Vec<NodeId>,
}

/// The largest number of states in a batch: the search looks at a batch before it keeps the new states.
const BATCH: usize = 1 << 15;
/// A batch ends when its states may lead to about this many bytes of new states: in large clusters these are few states.
const BATCH_BYTES: usize = 8 << 20;
/// A batch also ends when its moves may lead to as many states as the search may still meet, or to this many if that is
/// more.
const BATCH_MOVES: usize = 1 << 10;
/// The search does not wake threads for fewer states than this.
#[cfg(not(target_arch = "wasm32"))]
const WORTH_THREADS: usize = 256;

impl Schedules {
    /// Makes a search that has looked at nothing but the start.
    ///
    /// # Errors
    /// A sentence: why the scenario is too large, or why a search cannot start at that instant.
    pub fn new(scenario: Scenario, options: Options) -> Result<Self, String> {
        let scenario = Arc::new(scenario);
        let depth_max = options.depth_max.min(u16::MAX - 1);
        let (symmetry, blocks) = (options.symmetry && !options.goals, options.blocks && !options.goals);
        let options = Options { depth_max, symmetry, blocks, ..options };
        let (lines, notes) = lines::lines(&scenario, options.from)?;
        let lines = Arc::new(lines);
        let refused = |why: String| format!("no search can start at {}Δ: {why}", options.from);
        let prefix = prefix::prefix(&scenario, options.from).map_err(refused)?;
        // Until the search starts, nodes become different that are alike in the beginning.
        let is_symmetric = options.symmetry && prefix.moves.is_empty();
        let alike = if is_symmetric { lines::alike(&scenario, &lines) } else { Vec::new() };
        let names = Renaming::all(scenario.nodes(), &alike);
        let memory = Arc::new(Memory::new(options.memory_max));
        let lies = Lies::of(&scenario, options.lies)?;
        let too_large = |_: Refused| format!("its start alone takes more than {} MB", options.memory_max >> 20);
        let mut automaton =
            Automaton::new(Arc::clone(&scenario), Arc::clone(&lines), Arc::clone(&memory), &options, lies, names);
        let mut start = Start::of(&scenario, lines::judge(&scenario, &options)?);
        start.make(&scenario, &lines, &prefix, options.from).map_err(refused)?;
        if options.goals && !start.judge.settle(&scenario) {
            return Err("the goals are reached before anything happens, so there is nothing to search for".to_owned());
        }
        let is_broken = broken(&start.judge);
        let spoken = if automaton.lies.is_some() { automaton.owners.note(start.spoken.iter()) } else { 0 };
        let processes = start.processes.into_iter().map(|process| automaton.number_process(process));
        let processes = processes.collect::<Result<_, _>>().map_err(too_large)?;
        let flights = start.flights.into_iter().map(|flight| automaton.number_flight(flight));
        let flights = flights.collect::<Result<_, _>>().map_err(too_large)?;
        let history = automaton.number_history(&start.judge).map_err(too_large)?;
        let budgets = [
            (CRASHES, options.crashes),
            (LOSSES, options.losses),
            (DUPLICATES, options.duplicates),
            (TIMEOUTS, options.timeouts),
        ];
        let budgets = budgets.into_iter().fold(0, |word, (place, budget)| word | u32::from(budget) << place);
        let threads = if cfg!(target_arch = "wasm32") { 1 } else { options.threads.clamp(1, 256) };
        let workers: Vec<_> = (0..threads).map(|_| Worker::new(&automaton, &memory)).collect();
        let automaton = Mutex::new(automaton);
        let (wishes, said) = (start.wishes, start.said as u32);
        let parts = First { processes, history, budgets, said, wishes, lies: options.lies, spoken, flights };
        let shards: Vec<_> = (0..SHARDS).map(Shard::new).collect();
        let mut search = Self {
            scenario,
            options,
            automaton,
            workers,
            prefix: prefix.moves,
            parts,
            first: (0, Vec::new()),
            claims: Claims::default(),
            shards,
            depth: 0,
            layer: Vec::new(),
            at: 0,
            singly: 0,
            states: 1,
            waiting: 0,
            memory,
            found: Vec::new(),
            is_whole: false,
            ending: Ending::Unfinished,
            notes,
            alike,
        };
        search.begin().map_err(too_large)?;
        if is_broken != 0 {
            // The cluster breaks a check as it comes up: no move leads to this violation.
            search.ending = Ending::Violated;
        }
        Ok(search)
    }

    /// Puts the first state into the first layer.
    fn begin(&mut self) -> Result<(), Refused> {
        let Self { automaton, workers, shards, memory, .. } = self;
        self.first = workers[0].first(automaton, &View(shards, &self.claims), &self.parts)?;
        let (print, words) = &self.first;
        let shard = &mut shards[*print as usize % SHARDS];
        shard.visited.insert(*print, *print, 0, memory)?;
        let mut numbers = Vec::new();
        pack(words, &mut numbers);
        shard.now.make_room(numbers.len(), memory)?;
        shard.now.push(&numbers);
        // Nothing has happened yet to any of the nodes that are alike, so no renaming changes the first state.
        shard.weight = 1;
        (self.states, self.depth) = (1, 0);
        self.measure();
        Ok(())
    }

    /// Holds the claims of the layer against what happened, and begins the search again if one of them is false. Returns whether
    /// all of them are true.
    ///
    /// # Errors
    /// There is no memory for it.
    fn hold_claims(&mut self) -> Result<bool, Refused> {
        let mut automaton = lock(&self.automaton);
        if automaton.live.is_none() {
            return Ok(true);
        }
        let (mut taken, mut claims) = (Vec::new(), Vec::new());
        for worker in &mut self.workers {
            taken.append(&mut worker.taken);
            worker.views.iter_mut().for_each(|views| claims.append(&mut views.claims));
        }
        if self.claims.hold(&mut automaton, self.depth, taken, claims)? {
            return Ok(true);
        }
        self.workers.iter_mut().for_each(Worker::forget);
        let live = automaton.live.take().and_then(Arc::into_inner).expect("nobody else has it now");
        automaton.live = Some(Arc::new(self.claims.begin_again(&mut automaton, live)?));
        self.workers.iter_mut().for_each(|worker| worker.views = Views::new(automaton.live.as_ref()));
        drop(automaton);
        self.shards.iter_mut().for_each(|shard| shard.clear(&self.memory));
        self.found.clear();
        self.begin()?;
        Ok(false)
    }

    /// Looks at about this many more states. Returns true when the search has ended.
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
                // Not all of the states may be new. One by one the result does not depend on how many states were looked
                // at together.
                self.workers.iter_mut().for_each(Worker::undo);
                self.singly = until;
                continue;
            } else {
                self.insert_some(room)
            };
            if !self.memory.is_out() {
                self.at = until;
                for (shard, start) in self.shards.iter_mut().zip(&self.layer) {
                    shard.now.give_back(until.saturating_sub(*start), &self.memory);
                }
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

    /// Ends a search that has not ended by itself; the search keeps what it has found so far.
    pub fn stop(&mut self) {
        if self.ending == Ending::Unfinished {
            self.gather();
            self.ending = if self.found.is_empty() { Ending::Stopped } else { Ending::Violated };
            self.free();
        }
    }

    /// The place where the next batch ends: at most `left` states from here.
    fn batch(&self, left: usize) -> usize {
        if self.at < self.singly {
            return self.at + 1;
        }
        let most = left.min(BATCH);
        let room = self.options.states_max.saturating_sub(self.states).max(BATCH_MOVES);
        let (mut count, mut moves, mut bytes) = (0, 0, 0);
        for (shard, start) in self.shards.iter().zip(&self.layer) {
            for state in shard.now.from(self.at.saturating_sub(*start)) {
                if count == most || moves >= room || bytes >= BATCH_BYTES {
                    return self.at + count;
                }
                // A state has about as many moves as it has numbers, which are fewer than its bytes, and each move may lead
                // to a state of as many bytes.
                count += 1;
                moves += state.bytes();
                bytes += state.bytes() * state.bytes();
            }
        }
        self.at + count
    }

    /// Counts the states of the layer.
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
        let depth = self.depth;
        let Self { workers, shards, automaton, layer, memory, claims, .. } = self;
        let (automaton, view, memory) = (&*automaton, View(shards, claims), &*memory);
        let share = (until - from).div_ceil(workers.len());
        let work = |worker: &mut Worker, from: usize, until: usize| {
            worker.begin_batch(depth);
            if worker.catch_up(&lock(automaton)).is_err() {
                return;
            }
            let mut numbers = Vec::new();
            for (shard, start) in shards.iter().zip(&*layer) {
                let states = &shard.now;
                let [from, until] = [from, until].map(|place| place.saturating_sub(*start).min(states.len()));
                if from == until {
                    continue;
                }
                for state in states.from(from).take(until - from) {
                    if memory.is_out() {
                        return;
                    }
                    state.unpack(&mut numbers);
                    worker.expand(automaton, &view, &numbers);
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

    /// Keeps the new states, as long as there is memory.
    fn insert(&mut self) {
        let Self { workers, shards, depth, memory, .. } = self;
        let depth = *depth;
        let (workers, memory) = (&*workers, &**memory);
        let insert = |shard: &mut Shard, place: usize| {
            for worker in workers {
                for found in worker.found[place].iter() {
                    if shard.insert(found, depth, memory).is_err() {
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

    /// Keeps new states up to this number, and returns the reason if it could not keep all of them.
    fn insert_some(&mut self, mut room: usize) -> Option<Ending> {
        let depth = self.depth;
        for (place, shard) in self.shards.iter_mut().enumerate() {
            for worker in &self.workers {
                for found in worker.found[place].iter() {
                    if room == 0 && !shard.visited.contains(found.print) {
                        return Some(Ending::TooManyStates);
                    }
                    let Ok(met) = shard.insert(found, depth, &self.memory) else {
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

    /// Gives back the memory that nobody needs after the end; the visited states and the state before each of them are
    /// kept.
    fn free(&mut self) {
        self.waiting = self.waiting();
        for worker in &mut self.workers {
            worker.found.iter_mut().for_each(|found| found.free(&self.memory));
        }
        self.shards.iter_mut().for_each(|shard| shard.free(&self.memory));
        (self.layer, self.at) = (vec![0; SHARDS + 1], 0);
    }

    fn end_layer(&mut self) {
        self.gather();
        let is_shortest = self.found.first().is_some_and(|found| found.moves <= usize::from(self.depth) + 1);
        let is_over = is_shortest && !self.options.goes_on;
        // A violation is one whatever was claimed.
        match if is_over { Ok(true) } else { self.hold_claims() } {
            Ok(true) => {}
            Ok(false) => return,
            Err(Refused) => {
                self.ending = if self.found.is_empty() { Ending::TooMuchMemory } else { Ending::Violated };
                return;
            }
        }
        let mut is_empty = true;
        for shard in &mut self.shards {
            shard.now.free(&self.memory);
            if let Some(next) = shard.next.pop_front() {
                shard.next.push_back(std::mem::replace(&mut shard.now, next));
            }
            is_empty &= shard.now.len() == 0 && shard.next.iter().all(|next| next.len() == 0);
        }
        self.measure();
        self.ending = if is_over {
            Ending::Violated
        } else if is_empty {
            if self.found.is_empty() { Ending::Exhausted } else { Ending::Violated }
        } else if self.depth + 1 >= self.options.depth_max {
            if self.found.is_empty() { Ending::TooDeep } else { Ending::Violated }
        } else {
            Ending::Unfinished
        };
        self.is_whole = is_empty;
        if !is_empty {
            self.depth += 1;
        }
    }

    /// Keeps the smallest violation of each check in this layer.
    fn gather(&mut self) {
        let mut breaches: Vec<Breach> = Vec::new();
        self.workers.iter_mut().for_each(|worker| breaches.append(&mut worker.breaches));
        breaches.sort_unstable_by_key(|(before, order, moves, ..)| (*moves, *before, *order));
        let depth = usize::from(self.depth);
        for check in CHECKS.iter().copied().chain([&UNREACHED]) {
            let breach = breaches.iter().find(|(.., checks, _)| checks >> place(check) & 1 == 1);
            let Some((before, _, moves, ..)) = breach else { continue };
            let new = Found { check, moves: depth + usize::from(*moves), before: *before };
            match self.found.iter_mut().find(|found| std::ptr::eq(found.check, check)) {
                Some(known) if new.moves < known.moves => *known = new,
                Some(_) => {}
                None => self.found.push(new),
            }
        }
        self.found.sort_by_key(|found| found.moves);
    }

    /// The scenario that is searched.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// The options of the search.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// How many different states were met.
    pub fn states(&self) -> usize {
        self.states
    }

    /// How many states the visited ones stand for, together with those that differ from them only in the names of nodes.
    pub fn states_in_all(&self) -> u64 {
        self.shards.iter().map(|shard| shard.weight).sum()
    }

    /// The nodes whose names do not matter; empty when all names matter.
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

    /// How many states the search has yet to look at.
    pub fn waiting(&self) -> usize {
        self.waiting + self.layer[SHARDS] - self.at
            + self.shards.iter().flat_map(|shard| &shard.next).map(States::len).sum::<usize>()
    }

    /// How many bytes the search holds, as far as it counts them; the program's own are among them.
    pub fn memory(&self) -> usize {
        self.memory.held()
    }

    /// How many states of single nodes, messages, and memories of checks the search met: only these were really computed.
    pub fn parts(&self) -> [usize; 3] {
        lock(&self.automaton).sizes()
    }

    /// Why the search ended, or [`Ending::Unfinished`].
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// Which checks can be violated, as far as the search knows: the shortest ways first, then in the order of the
    /// checks.
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// Whether the search knows that there is no shorter way to this violation. Where it makes moves in blocks, it can end before
    /// it knows that.
    pub fn is_shortest(&self, found: &Found) -> bool {
        self.is_whole || found.moves <= usize::from(self.depth) + 1
    }

    /// What a person should know about lines of the script that a search does not play: each line, and the reason.
    pub fn notes(&self) -> &[(usize, String)] {
        &self.notes
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
