//! From a state to those after it, by looking things up.
//!
//! A state is a short list of numbers: one for each node, one for what the checks remember, what is left of the budgets, how
//! far the script is, and then the messages under way, in the order of their hashes. Its fingerprint is a sum of one hash
//! for each of these, so it is known before the state itself is written; most states are known already, and never are.
//!
//! Each thread has a worker with tables of its own, and asks the automaton that they share only for what it has not met.

use std::sync::{Arc, Mutex};

use super::automaton::{Automaton, Flight, Input, Lines, step};
use super::visited::{States, Visited};
use crate::check::Judge;
use crate::explore::table::{Table, mixed};
use crate::scenario::Scenario;

/// How many parts the visited states have. It does not depend on how many threads there are: it decides the order in which
/// states are looked at, and so which of them are there when the memory is used up.
pub(super) const SHARDS: usize = 32;

/// The places of a state's numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    nodes: usize,
}

/// What a search may still do: crashes, losses, duplicates, timeouts, a byte each.
pub(super) const CRASHES: u32 = 0;
pub(super) const LOSSES: u32 = 8;
pub(super) const DUPLICATES: u32 = 16;
pub(super) const TIMEOUTS: u32 = 24;

impl Layout {
    pub(super) fn new(nodes: usize) -> Self {
        Self { nodes }
    }

    pub(super) const fn history(self) -> usize {
        self.nodes
    }

    const fn budgets(self) -> usize {
        self.nodes + 1
    }

    const fn leaders(self) -> usize {
        self.nodes + 2
    }

    /// For each node, in a byte, how many of its lines were played.
    const fn wishes(self) -> usize {
        self.nodes + 3
    }

    /// How many of a node's lines were played.
    pub(super) fn wish(self, state: &[u32], node: usize) -> usize {
        (state[self.wishes() + node / 4] >> (8 * (node % 4)) & 0xFF) as usize
    }

    /// How many things the oracle has said since the start.
    pub(super) fn said(self, state: &[u32]) -> usize {
        state[self.leaders()] as usize
    }

    pub(super) const fn flights(self) -> usize {
        self.wishes() + self.nodes.div_ceil(4)
    }

    /// What a number other than a process, the history or a message adds to the fingerprint.
    fn print(self, place: usize, word: u32) -> u64 {
        mixed((place as u64) << 32 | u64::from(word))
    }
}

/// A move as a worker makes it: the same numbers mean the same only within one search.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Code {
    Wish(u8),
    Leader,
    Timeout(u8, u8),
    Deliver(u32),
    Lose(u32),
    Double(u32),
    Crash(u8),
    Restart(u8),
}

/// A move that breaks a check: the state before it, a number that orders the moves of a state, which checks (a bit each, by
/// their places), and the move.
pub(super) type Breach = (u64, u64, u16, Code);

/// What a worker knows of a process: its hash, how many timers are running, and whether it is up.
#[derive(Clone, Copy, Debug)]
struct ProcessInfo {
    hash: u64,
    timers: u8,
    is_up: bool,
}

#[derive(Clone, Copy, Debug)]
struct FlightInfo {
    hash: u64,
    to: u8,
    is_doubled: bool,
}

#[derive(Clone, Copy, Debug)]
struct StepInfo {
    to: u32,
    /// What the step adds to the fingerprint.
    print: u64,
    said: Option<u32>,
    /// Where the messages sent are listed.
    sent: (u32, u32),
}

/// What the checks remember afterwards, or which of them are broken.
#[derive(Clone, Copy, Debug)]
enum Heard {
    Holds { to: u32, print: u64 },
    Breaks(u16),
}

#[derive(Debug)]
pub(super) struct Worker {
    scenario: Arc<Scenario>,
    lines: Arc<Lines>,
    pub(super) layout: Layout,
    processes: Vec<ProcessInfo>,
    flights: Vec<FlightInfo>,
    steps: Table,
    step_infos: Vec<StepInfo>,
    sent: Vec<u32>,
    heard: Table,
    heard_infos: Vec<Heard>,
    /// The state being made: all but its messages, those that it has got, and its fingerprint.
    head: Vec<u32>,
    added: Vec<u32>,
    print: u64,
    broken: u16,
    /// What was found: states that may be new, by shard, each with the one before it; moves; transitions.
    pub(super) found: Vec<Found>,
    pub(super) transitions: u64,
    pub(super) breaches: Vec<Breach>,
    /// Whether every state after a state is wanted with its move, known or not.
    pub(super) codes: Option<Vec<(u64, u64, Code)>>,
}

#[derive(Default, Debug)]
pub(super) struct Found {
    pub(super) states: States,
    pub(super) before: Vec<u64>,
}

impl Worker {
    pub(super) fn new(automaton: &Automaton) -> Self {
        let scenario = Arc::clone(&automaton.scenario);
        let mut worker = Self {
            layout: Layout::new(scenario.nodes()),
            scenario,
            lines: Arc::clone(&automaton.lines),
            processes: Vec::new(),
            flights: Vec::new(),
            steps: Table::default(),
            step_infos: Vec::new(),
            sent: Vec::new(),
            heard: Table::default(),
            heard_infos: Vec::new(),
            head: Vec::new(),
            added: Vec::new(),
            print: 0,
            broken: 0,
            found: (0..SHARDS).map(|_| Found::default()).collect(),
            transitions: 0,
            breaches: Vec::new(),
            codes: None,
        };
        worker.catch_up(automaton);
        worker
    }

    /// How many states were found that may be new.
    pub(super) fn found(&self) -> usize {
        self.found.iter().map(|found| found.before.len()).sum()
    }

    /// Learns what others have met.
    pub(super) fn catch_up(&mut self, automaton: &Automaton) {
        let info = |known: &Arc<super::automaton::Known>| ProcessInfo {
            hash: known.hash,
            timers: known.process.timers().len() as u8,
            is_up: known.process.is_up(),
        };
        self.processes.extend(automaton.processes_from(self.processes.len()).map(info));
        let info =
            |(flight, hash): (&Arc<Flight>, u64)| FlightInfo { hash, to: flight.to.0, is_doubled: flight.is_doubled };
        self.flights.extend(automaton.flights_from(self.flights.len()).map(info));
    }

    /// The state in which the cluster has just come up, and its fingerprint.
    pub(super) fn first(&mut self, automaton: &Mutex<Automaton>, first: &First) -> (u64, Vec<u32>) {
        self.catch_up(&lock(automaton));
        let layout = self.layout;
        let mut words = first.processes.clone();
        words.extend([first.history, first.budgets, 0]);
        words.resize(layout.flights(), 0);
        let history = lock(automaton).history(first.history).hash;
        let mut print = history;
        print =
            first.processes.iter().fold(print, |print, known| print.wrapping_add(self.processes[*known as usize].hash));
        for (place, word) in words.iter().enumerate().skip(layout.budgets()) {
            print = print.wrapping_add(layout.print(place, *word));
        }
        let mut flights = first.flights.clone();
        flights.sort_unstable_by_key(|flight| self.flights[*flight as usize].hash);
        print = flights.iter().fold(print, |print, flight| print.wrapping_add(self.flights[*flight as usize].hash));
        words.extend(flights);
        (print, words)
    }

    /// Makes every move of a state.
    pub(super) fn expand(&mut self, automaton: &Mutex<Automaton>, visited: &dyn Shards, print: u64, state: &[u32]) {
        let layout = self.layout;
        let budgets = state[layout.budgets()];
        let has = |budget: u32| budgets >> budget & 0xFF > 0;
        let said = state[layout.leaders()];
        for node in 0..layout.nodes {
            let known = self.processes[state[node] as usize];
            if !known.is_up {
                self.begin(print, state);
                self.step(automaton, node, Input::restart(said));
                self.end(visited, print, state, None, Code::Restart(node as u8));
                continue;
            }
            let wishes = layout.wish(state, node);
            if wishes < self.lines.wishes[node].len() {
                self.begin(print, state);
                self.set(layout.wishes() + node / 4, |word| word + (1 << (8 * (node % 4))));
                self.step(automaton, node, Input::wish(wishes as u32));
                self.end(visited, print, state, None, Code::Wish(node as u8));
            }
            if has(CRASHES) {
                self.begin(print, state);
                self.spend(CRASHES);
                self.step(automaton, node, Input::CRASH);
                self.end(visited, print, state, None, Code::Crash(node as u8));
            }
            if has(TIMEOUTS) {
                for timer in 0..known.timers {
                    self.begin(print, state);
                    self.spend(TIMEOUTS);
                    self.step(automaton, node, Input::timer(u32::from(timer)));
                    self.end(visited, print, state, None, Code::Timeout(node as u8, timer));
                }
            }
        }
        if said as usize + 1 < self.lines.leaders.len() {
            self.begin(print, state);
            self.set(layout.leaders(), |word| word + 1);
            for (node, known) in state[..layout.nodes].iter().enumerate() {
                if self.processes[*known as usize].is_up {
                    self.step(automaton, node, Input::leaders(said + 1));
                }
            }
            self.end(visited, print, state, None, Code::Leader);
        }
        let mut last = None;
        for place in layout.flights()..state.len() {
            let number = state[place];
            if last.replace(number) == Some(number) {
                continue;
            }
            let flight = self.flights[number as usize];
            if self.processes[state[usize::from(flight.to)] as usize].is_up {
                self.begin(print.wrapping_sub(flight.hash), state);
                self.step(automaton, usize::from(flight.to), Input::deliver(number));
                self.end(visited, print, state, Some(place), Code::Deliver(number));
            }
            if has(LOSSES) {
                self.begin(print.wrapping_sub(flight.hash), state);
                self.spend(LOSSES);
                self.end(visited, print, state, Some(place), Code::Lose(number));
            }
            if has(DUPLICATES) && !flight.is_doubled {
                self.begin(print.wrapping_sub(flight.hash), state);
                self.spend(DUPLICATES);
                let doubled = self.doubled(automaton, number);
                self.add(doubled);
                self.add(doubled);
                self.print = self.print.wrapping_add(self.flights[doubled as usize].hash.wrapping_mul(2));
                self.end(visited, print, state, Some(place), Code::Double(number));
            }
        }
    }

    fn begin(&mut self, print: u64, state: &[u32]) {
        self.head.clear();
        self.head.extend_from_slice(&state[..self.layout.flights()]);
        self.added.clear();
        (self.print, self.broken) = (print, 0);
    }

    /// Changes a number of the state that is neither a process nor the history nor a message.
    fn set(&mut self, place: usize, change: impl FnOnce(u32) -> u32) {
        let (old, new) = (self.head[place], change(self.head[place]));
        let print = self.print.wrapping_sub(self.layout.print(place, old));
        self.print = print.wrapping_add(self.layout.print(place, new));
        self.head[place] = new;
    }

    fn spend(&mut self, budget: u32) {
        self.set(self.layout.budgets(), |word| word - (1 << budget));
    }

    /// Adds a message to the state; its hash must be part of the fingerprint already.
    fn add(&mut self, flight: u32) {
        let hash = |flight: u32| self.flights[flight as usize].hash;
        let place = self.added.partition_point(|other| hash(*other) < hash(flight));
        self.added.insert(place, flight);
    }

    /// One step of one node.
    fn step(&mut self, automaton: &Mutex<Automaton>, node: usize, input: Input) {
        if self.broken != 0 {
            return;
        }
        let known = self.head[node];
        let key = u64::from(known) << 32 | u64::from(input.0);
        let place = self.steps.get(key).unwrap_or_else(|| self.first_step(automaton, known, input, key));
        let StepInfo { to, print, said, sent } = self.step_infos[place as usize];
        self.head[node] = to;
        self.print = self.print.wrapping_add(print);
        for place in sent.0..sent.1 {
            self.add(self.sent[place as usize]);
        }
        let Some(said) = said else { return };
        let history = self.head[self.layout.history()];
        let key = u64::from(history) << 32 | u64::from(said);
        let place = self.heard.get(key).unwrap_or_else(|| self.first_heard(automaton, history, said, key));
        match self.heard_infos[place as usize] {
            Heard::Holds { to, print } => {
                self.head[self.layout.history()] = to;
                self.print = self.print.wrapping_add(print);
            }
            Heard::Breaks(checks) => self.broken = checks,
        }
    }

    /// Writes the state that was made where it may be new, without the message at `gone`.
    fn end(&mut self, visited: &dyn Shards, print: u64, state: &[u32], gone: Option<usize>, code: Code) {
        self.transitions += 1;
        if self.broken != 0 {
            let breach = (print, self.order(code), self.broken, code);
            self.breaches.push(breach);
            return;
        }
        if let Some(codes) = &self.codes {
            let entry = (self.print, self.order(code), code);
            debug_assert!(codes.iter().all(|(_, order, _)| *order != entry.1), "moves differ in their order");
            self.codes.as_mut().expect("just seen").push(entry);
        } else if visited.shard(self.print).contains(self.print) {
            return;
        }
        let flights = &self.flights;
        let hash = |flight: u32| flights[flight as usize].hash;
        let Found { states, before } = &mut self.found[self.print as usize % SHARDS];
        let words = states.open();
        words.extend_from_slice(&self.head);
        let first = self.layout.flights();
        let mut added = self.added.iter().copied().peekable();
        for (place, flight) in state.iter().copied().enumerate().skip(first) {
            if Some(place) == gone {
                continue;
            }
            while let Some(new) = added.next_if(|new| hash(*new) < hash(flight)) {
                words.push(new);
            }
            words.push(flight);
        }
        words.extend(added);
        states.close(self.print);
        before.push(print);
    }

    /// A number that orders the moves of a state by what they are.
    fn order(&self, code: Code) -> u64 {
        let flight = |kind: u64, flight: u32| kind << 60 | self.flights[flight as usize].hash >> 4;
        match code {
            Code::Wish(node) => u64::from(node),
            Code::Leader => 1 << 60,
            Code::Timeout(node, timer) => 2 << 60 | u64::from(node) << 8 | u64::from(timer),
            Code::Deliver(number) => flight(3, number),
            Code::Lose(number) => flight(4, number),
            Code::Double(number) => flight(5, number),
            Code::Crash(node) => 6 << 60 | u64::from(node),
            Code::Restart(node) => 7 << 60 | u64::from(node),
        }
    }

    /// A step that this worker has not seen yet.
    fn first_step(&mut self, automaton: &Mutex<Automaton>, known: u32, input: Input, key: u64) -> u32 {
        let (process, flight) = {
            let automaton = lock(automaton);
            let flight = (input.0 >> 29 == 0).then(|| Arc::clone(automaton.flight(input.0)));
            (Arc::clone(automaton.process(known)), flight)
        };
        let (after, outcome) = step(&self.scenario, &self.lines, process.process.clone(), input, flight.as_deref());
        let step = {
            let mut automaton = lock(automaton);
            let step = automaton.number_step(after, outcome);
            self.catch_up(&automaton);
            step
        };
        let sent = self.sent.len() as u32;
        let mut print = self.processes[step.to as usize].hash.wrapping_sub(process.hash);
        for flight in &step.sent {
            print = print.wrapping_add(self.flights[*flight as usize].hash);
        }
        self.sent.extend(step.sent);
        let place = self.step_infos.len() as u32;
        self.step_infos.push(StepInfo { to: step.to, print, said: step.said, sent: (sent, self.sent.len() as u32) });
        self.steps.put(key, place);
        place
    }

    /// Something said in a history that this worker has not seen yet.
    fn first_heard(&mut self, automaton: &Mutex<Automaton>, history: u32, said: u32, key: u64) -> u32 {
        let (before, said) = {
            let automaton = lock(automaton);
            (Arc::clone(automaton.history(history)), Arc::clone(automaton.saying(said)))
        };
        let mut judge = before.judge.clone();
        let heard = if said.iter().fold(true, |_, what| judge.hear_next(&self.scenario, what)) {
            let mut automaton = lock(automaton);
            let to = automaton.number_history(judge);
            Heard::Holds { to, print: automaton.history(to).hash.wrapping_sub(before.hash) }
        } else {
            Heard::Breaks(broken(&judge))
        };
        let place = self.heard_infos.len() as u32;
        self.heard_infos.push(heard);
        self.heard.put(key, place);
        place
    }

    /// The number of the same message, doubled.
    fn doubled(&mut self, automaton: &Mutex<Automaton>, number: u32) -> u32 {
        let mut automaton = lock(automaton);
        let doubled = Flight { is_doubled: true, ..(**automaton.flight(number)).clone() };
        let number = automaton.number_flight(doubled);
        self.catch_up(&automaton);
        number
    }
}

/// Which checks are broken, a bit each.
pub(super) fn broken(judge: &Judge) -> u16 {
    let broken = judge.verdicts().iter().enumerate().filter(|(_, verdict)| !verdict.holds());
    broken.fold(0, |checks, (place, _)| checks | 1 << place)
}

/// The parts of the visited states.
pub(super) trait Shards: Sync {
    fn shard(&self, print: u64) -> &Visited;
}

/// What the first state is made of.
#[derive(Debug)]
pub(super) struct First {
    pub(super) processes: Vec<u32>,
    pub(super) history: u32,
    pub(super) budgets: u32,
    pub(super) flights: Vec<u32>,
}

/// The automaton, for as long as it takes. A thread that panicked has ended the search.
pub(super) fn lock(automaton: &Mutex<Automaton>) -> std::sync::MutexGuard<'_, Automaton> {
    automaton.lock().expect("no thread has panicked")
}
