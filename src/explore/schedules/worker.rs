//! From a state to the states after it, by looking up steps.
//!
//! A state is a short list of numbers: one for each node, one for the memory of the checks, what is left of the budgets,
//! the place in the script, and then the messages under way, in the order of their hashes. The fingerprint is a sum of
//! one hash for each of these, so a worker knows it before it writes the state itself. Most states are known already, and
//! a worker never writes those.
//!
//! Each thread has a worker with tables of its own. A worker asks the shared automaton only for what the worker has not
//! met.

use std::sync::{Arc, Mutex};

use super::automaton::{Automaton, Flight, Input};
use super::layout::{CRASHES, Code, DUPLICATES, First, LOSSES, Layout, Part, Prints, TIMEOUTS, add, least, take};
use super::lies::Told;
use super::lines::Lines;
use super::live::Views;
use super::memory::{Memory, Refused};
use super::shards::{Fresh, SHARDS, Shards};
use super::states::pack;
use super::universe::{Lies, together};
use crate::check::Judge;
use crate::explore::process::Process;
use crate::explore::table::Table;
use crate::protocol::Trust;
use crate::scenario::Scenario;
use crate::types::NodeSet;

/// In place of a step: the input changes nothing in the node, which says nothing to the checks and sends nothing.
pub(super) const NOTHING: u32 = u32::MAX - 1;

/// This stands in place of the broken checks when there is no memory to make the move.
pub(super) const REFUSED: u32 = 1 << 31;

/// A move that breaks a check: the state before the move, a number that orders the moves of a state, how many moves it counts
/// as, the broken checks (a bit each, by their places), and the move.
pub(super) type Breach = (u64, u64, u16, u32, Code);

/// What a worker knows of a process: how many timers are running, and whether it is up.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProcessInfo {
    pub(super) timers: u8,
    pub(super) is_up: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct FlightInfo {
    pub(super) to: u8,
    pub(super) is_doubled: bool,
    /// Whether a liar has sent it, and may lie.
    pub(super) is_liars: bool,
    /// The kind of the message.
    pub(super) kind: u8,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct StepInfo {
    pub(super) to: u32,
    pub(super) said: Option<u32>,
    /// The place and the end of the sent messages in their list.
    pub(super) sent: (u32, u32),
    /// Whether a node has taken the step in a state that was met; otherwise the step was only looked at.
    pub(super) is_taken: bool,
}

/// This bit says that checks are broken: the others are their bits then. Without it the number is what the checks remember.
pub(super) const BREAKS: u32 = 1 << 31;

#[derive(Debug)]
pub(super) struct Worker {
    pub(super) scenario: Arc<Scenario>,
    pub(super) lines: Arc<Lines>,
    pub(super) memory: Arc<Memory>,
    pub(super) layout: Layout,
    /// How many renamings of the nodes there are; each has a fingerprint of its own.
    pub(super) ways: usize,
    pub(super) processes: Vec<ProcessInfo>,
    pub(super) process_prints: Prints,
    pub(super) flights: Vec<FlightInfo>,
    pub(super) flight_prints: Prints,
    history_prints: Prints,
    pub(super) steps: Table,
    pub(super) step_infos: Vec<StepInfo>,
    /// What each step adds to the fingerprints.
    pub(super) step_prints: Prints,
    pub(super) sent: Vec<u32>,
    /// What liars can say, where the search may spend lies; the lies that this worker has met; and the ballots and instances of
    /// which each step speaks.
    pub(super) universe: Option<Arc<Lies>>,
    pub(super) changes: Told,
    pub(super) inventions: Told,
    pub(super) spoken: Vec<u32>,
    /// The blocks of the state whose moves were made last, and how many moves the present one has.
    pub(super) blocks: Vec<Vec<Part>>,
    /// How many sets of moves that nobody notices are looked at for a process in a state; 0 where moves are not made in blocks.
    pub(super) quiet_max: usize,
    may_lie: bool,
    pub(super) moves: usize,
    /// How many moves lead to the states of this layer.
    pub(super) depth: u16,
    /// What the checks remember after they have heard something: its number, or the broken checks with [`BREAKS`].
    pub(super) heard: Table,
    /// The fingerprints of the state whose moves are made.
    base: Vec<u64>,
    /// The state being made: all of it but its messages, the messages that the move adds, all its messages, and the
    /// fingerprints.
    pub(super) head: Vec<u32>,
    pub(super) added: Vec<u32>,
    pub(super) under_way: Vec<u32>,
    pub(super) prints: Vec<u64>,
    /// The state, as it is kept.
    packed: Vec<u8>,
    /// The checks that the move breaks, a bit each; or [`REFUSED`].
    pub(super) broken: u32,
    /// What was found: states that may be new, by shard, each with the state before it; moves; transitions.
    pub(super) found: Vec<Fresh>,
    pub(super) transitions: u64,
    pub(super) breaches: Vec<Breach>,
    /// How many transitions and breaches there were before the current batch, which can be undone.
    mark: (u64, usize),
    /// What can no longer change anything, as far as the worker has asked; none where messages are never dropped.
    pub(super) views: Option<Views>,
    /// Steps that change their node and that were taken for the first time: the node before and after.
    pub(super) taken: Vec<(u32, u32)>,
    /// When it is there, every state after a state is noted here with its move, known or not.
    pub(super) codes: Option<Vec<(u64, u64, Code)>>,
}

impl Worker {
    /// A worker that has met nothing yet; it takes its memory from this account.
    pub(super) fn new(automaton: &Automaton, memory: &Arc<Memory>) -> Self {
        let scenario = Arc::clone(&automaton.scenario);
        let ways = automaton.names.len();
        Self {
            memory: Arc::clone(memory),
            layout: Layout::new(scenario.nodes(), automaton.lies.is_some()),
            blocks: Vec::new(),
            quiet_max: automaton.quiet_max,
            may_lie: automaton.scenario.protocol.trust == Trust::Byzantine,
            moves: 1,
            depth: 0,
            universe: automaton.lies.clone(),
            changes: Told::default(),
            inventions: Told::default(),
            spoken: Vec::new(),
            scenario,
            lines: Arc::clone(&automaton.lines),
            ways,
            processes: Vec::new(),
            process_prints: Prints::new(ways),
            flights: Vec::new(),
            flight_prints: Prints::new(ways),
            history_prints: Prints::new(ways),
            steps: Table::default(),
            step_infos: Vec::new(),
            step_prints: Prints::new(ways),
            sent: Vec::new(),
            heard: Table::default(),
            base: Vec::new(),
            head: Vec::new(),
            added: Vec::new(),
            under_way: Vec::new(),
            views: Views::new(automaton.live.as_ref()),
            taken: Vec::new(),
            prints: Vec::new(),
            packed: Vec::new(),
            broken: 0,
            found: (0..SHARDS).map(|_| Fresh::default()).collect(),
            transitions: 0,
            breaches: Vec::new(),
            mark: (0, 0),
            codes: None,
        }
    }

    /// Forgets the finds so far, except the smallest breach of each check; [`Worker::undo`] can undo what the worker
    /// finds from now on.
    pub(super) fn begin_batch(&mut self, depth: u16) {
        self.depth = depth;
        self.found.iter_mut().for_each(|found| found.clear(&self.memory));
        self.breaches.sort_unstable_by_key(|(before, order, moves, ..)| (*moves, *before, *order));
        let mut known = 0;
        self.breaches.retain(|(.., checks, _)| {
            let is_new = checks & !known != 0;
            known |= checks;
            is_new
        });
        self.mark = (self.transitions, self.breaches.len());
    }

    /// Forgets what the worker has found in this batch, as if it had not looked.
    pub(super) fn undo(&mut self) {
        self.found.iter_mut().for_each(|found| found.clear(&self.memory));
        self.transitions = self.mark.0;
        self.breaches.truncate(self.mark.1);
    }

    /// How many of the found states may be new.
    pub(super) fn found(&self) -> usize {
        self.found.iter().map(Fresh::len).sum()
    }

    /// Forgets all finds and all that it knows of dead messages, because the search begins again.
    pub(super) fn forget(&mut self) {
        self.found.iter_mut().for_each(|found| found.clear(&self.memory));
        self.breaches.clear();
        (self.transitions, self.mark) = (0, (0, 0));
        self.views = None;
    }

    /// Learns what other workers have met.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(super) fn catch_up(&mut self, automaton: &Automaton) -> Result<(), Refused> {
        let info =
            |process: &Process| ProcessInfo { timers: process.timers().len().min(255) as u8, is_up: process.is_up() };
        let more = automaton.processes.len() - self.processes.len();
        self.memory.make_room(&mut self.processes, more)?;
        self.processes.extend(automaton.processes.from(self.processes.len()).map(info));
        let liars = self.universe.as_ref().map_or(NodeSet::EMPTY, |lies| lies.liars);
        let info = |flight: &Flight| FlightInfo {
            to: flight.to.0,
            is_doubled: flight.is_doubled,
            is_liars: liars.contains(flight.from),
            kind: flight.message.kind.0,
        };
        let more = automaton.flights.len() - self.flights.len();
        self.memory.make_room(&mut self.flights, more)?;
        self.flights.extend(automaton.flights.from(self.flights.len()).map(info));
        self.process_prints.catch_up(&automaton.processes, &self.memory)?;
        self.flight_prints.catch_up(&automaton.flights, &self.memory)?;
        self.history_prints.catch_up(&automaton.histories, &self.memory)
    }

    /// The state in which the cluster has just come up, and the fingerprint of that state.
    ///
    /// # Errors
    /// There is no memory for the state.
    pub(super) fn first(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        first: &First,
    ) -> Result<(u64, Vec<u32>), Refused> {
        self.catch_up(&lock(automaton))?;
        let mut words = first.processes.clone();
        words.extend([first.history, first.budgets, first.said]);
        words.resize(self.layout.flights(), 0);
        self.layout.put_wishes(&mut words, &first.wishes);
        if self.universe.is_some() {
            words[self.layout.lies()] = u32::from(first.lies);
            words[self.layout.spoken()] = first.spoken;
        }
        words.extend(&first.flights);
        self.sort(&mut words[self.layout.flights()..]);
        self.sum(&words);
        self.begin(&words);
        self.list(&words, &[]);
        self.drop_dead_at(automaton, visited, u128::MAX)?;
        words.truncate(self.layout.flights());
        words.extend_from_slice(&self.under_way);
        Ok((least(&self.prints), words))
    }

    /// Sorts messages into the order in which a state lists them.
    pub(super) fn sort(&self, flights: &mut [u32]) {
        flights.sort_unstable_by_key(|flight| self.flight_prints.first(*flight));
    }

    /// Computes the fingerprints of a state under all renamings.
    fn sum(&mut self, state: &[u32]) {
        let layout = self.layout;
        let others = state.iter().enumerate().take(layout.flights()).skip(layout.budgets());
        let others = others.fold(0_u64, |sum, (place, word)| sum.wrapping_add(layout.print(place, *word)));
        self.base.clear();
        self.base.resize(self.ways, others);
        state[..layout.nodes].iter().for_each(|process| add(&mut self.base, self.process_prints.row(*process)));
        add(&mut self.base, self.history_prints.row(state[layout.history()]));
        state[layout.flights()..].iter().for_each(|flight| add(&mut self.base, self.flight_prints.row(*flight)));
    }

    /// Makes every move of a state.
    pub(super) fn expand(&mut self, automaton: &Mutex<Automaton>, visited: &dyn Shards, state: &[u32]) {
        let layout = self.layout;
        self.sum(state);
        let print = least(&self.base);
        if self.may_lie && self.codes.is_none() && visited.shard(print).layer(print) != Some(self.depth) {
            // A shorter way to this state was found after it was put into this layer.
            return;
        }
        if self.may_lie {
            return self.expand_blocks(automaton, visited, print, state);
        }
        let budgets = state[layout.budgets()];
        let has = |budget: u32| budgets >> budget & 0xFF > 0;
        let said = state[layout.leaders()];
        for node in 0..layout.nodes {
            let known = self.processes[state[node] as usize];
            if !known.is_up {
                self.begin(state);
                self.step(automaton, node, Input::restart(said));
                self.end(automaton, visited, print, state, (None, Code::Restart(node as u8)));
                continue;
            }
            let wishes = layout.wish(state, node);
            if wishes < self.lines.wishes[node].len() {
                self.begin(state);
                self.set(layout.wishes() + node / 4, |word| word + (1 << (8 * (node % 4))));
                self.step(automaton, node, Input::wish(wishes as u32));
                self.end(automaton, visited, print, state, (None, Code::Wish(node as u8)));
            }
            if has(CRASHES) {
                self.begin(state);
                self.spend(CRASHES);
                self.step(automaton, node, Input::CRASH);
                self.end(automaton, visited, print, state, (None, Code::Crash(node as u8)));
            }
            if has(TIMEOUTS) {
                for timer in 0..known.timers {
                    self.begin(state);
                    self.spend(TIMEOUTS);
                    self.step(automaton, node, Input::timer(u32::from(timer)));
                    self.end(automaton, visited, print, state, (None, Code::Timeout(node as u8, timer)));
                }
            }
        }
        if said as usize + 1 < self.lines.leaders.len() {
            self.begin(state);
            self.set(layout.leaders(), |word| word + 1);
            for (node, known) in state[..layout.nodes].iter().enumerate() {
                if self.processes[*known as usize].is_up {
                    self.step(automaton, node, Input::leaders(said + 1));
                }
            }
            self.end(automaton, visited, print, state, (None, Code::Leader));
        }
        let mut last = None;
        for place in layout.flights()..state.len() {
            let number = state[place];
            if last.replace(number) == Some(number) {
                continue;
            }
            let flight = self.flights[number as usize];
            let to = usize::from(flight.to);
            if self.processes[state[to] as usize].is_up && !self.is_idle(automaton, state[to], number) {
                self.begin(state);
                take(&mut self.prints, self.flight_prints.row(number));
                self.step(automaton, to, Input::deliver(number));
                self.end(automaton, visited, print, state, (Some(place), Code::Deliver(number)));
            }
            if has(LOSSES) {
                self.begin(state);
                take(&mut self.prints, self.flight_prints.row(number));
                self.spend(LOSSES);
                self.end(automaton, visited, print, state, (Some(place), Code::Lose(number)));
            }
            if has(DUPLICATES) && !flight.is_doubled {
                self.begin(state);
                take(&mut self.prints, self.flight_prints.row(number));
                self.spend(DUPLICATES);
                if self.add_doubled(automaton, number).is_err() {
                    self.broken = REFUSED;
                }
                self.end(automaton, visited, print, state, (Some(place), Code::Double(number)));
            }
        }
    }

    /// Every move of a state: the fingerprint of the state after the move, the place in the order of moves, and the move.
    /// A move that breaks a check is among the breaches instead.
    pub(super) fn moves(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        print: u64,
        state: &[u32],
    ) -> Vec<(u64, u64, Code)> {
        self.found.iter_mut().for_each(|found| found.clear(&self.memory));
        self.breaches.clear();
        self.blocks.clear();
        self.codes = Some(Vec::new());
        self.depth = visited.shard(print).layer(print).unwrap_or_default();
        self.expand(automaton, visited, state);
        self.codes.clone().expect("just put there")
    }

    /// The state after one of the moves that were just made.
    pub(super) fn state(&self, after: u64, code: Code) -> Vec<u32> {
        let shard = after as usize % SHARDS;
        let mut codes = self.codes.iter().flatten().filter(|(print, ..)| *print as usize % SHARDS == shard);
        let place = codes.position(|(.., other)| *other == code).expect("made just now");
        let mut state = Vec::new();
        self.found[shard].states.from(place).next().expect("found just now").unpack(&mut state);
        state
    }

    pub(super) fn begin(&mut self, state: &[u32]) {
        self.head.clear();
        self.head.extend_from_slice(&state[..self.layout.flights()]);
        self.added.clear();
        self.prints.clone_from(&self.base);
        self.broken = 0;
        self.moves = 1;
    }

    /// Changes a number of the state that is not a process, the history or a message.
    pub(super) fn set(&mut self, place: usize, change: impl FnOnce(u32) -> u32) {
        let (old, new) = (self.head[place], change(self.head[place]));
        let change = self.layout.print(place, new).wrapping_sub(self.layout.print(place, old));
        self.prints.iter_mut().for_each(|print| *print = print.wrapping_add(change));
        self.head[place] = new;
    }

    pub(super) fn spend(&mut self, budget: u32) {
        self.set(self.layout.budgets(), |word| word - (1 << budget));
    }

    /// Adds a message to the state; the fingerprints must contain the hashes of the message already.
    pub(super) fn add(&mut self, flight: u32) {
        let hash = self.flight_prints.first(flight);
        let place = self.added.partition_point(|other| self.flight_prints.first(*other) < hash);
        self.added.insert(place, flight);
    }

    /// Takes one step of one node.
    pub(super) fn step(&mut self, automaton: &Mutex<Automaton>, node: usize, input: Input) {
        if self.broken == 0 && self.try_step(automaton, node, input).is_err() {
            self.broken = REFUSED;
        }
    }

    fn try_step(&mut self, automaton: &Mutex<Automaton>, node: usize, input: Input) -> Result<(), Refused> {
        let known = self.head[node];
        let place = self.known_step(automaton, known, input)?;
        if place == NOTHING {
            return Ok(());
        }
        let StepInfo { to, said, sent, is_taken } = self.step_infos[place as usize];
        if !is_taken {
            self.step_infos[place as usize].is_taken = true;
            if to != known && self.views.is_some() {
                self.memory.make_room(&mut self.taken, 1)?;
                self.taken.push((known, to));
            }
        }
        self.head[node] = to;
        add(&mut self.prints, self.step_prints.row(place));
        for place in sent.0..sent.1 {
            self.add(self.sent[place as usize]);
        }
        if self.universe.is_some() {
            let spoken = self.spoken[place as usize];
            self.set(self.layout.spoken(), |word| together(word, spoken));
        }
        let Some(said) = said else { return Ok(()) };
        let history = self.head[self.layout.history()];
        let key = u64::from(history) << 32 | u64::from(said);
        let heard = match self.heard.get(key) {
            Some(heard) => heard,
            None => self.first_heard(automaton, history, said, key)?,
        };
        if heard & BREAKS == 0 {
            self.head[self.layout.history()] = heard;
            take(&mut self.prints, self.history_prints.row(history));
            add(&mut self.prints, self.history_prints.row(heard));
        } else {
            self.broken = heard ^ BREAKS;
        }
        Ok(())
    }

    /// Writes the state that was made if it may be new, without the message at `gone`.
    fn end(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        print: u64,
        state: &[u32],
        (gone, code): (Option<usize>, Code),
    ) {
        self.end_without(automaton, visited, print, state, (gone.as_slice(), code));
    }

    /// Writes the state that was made if it may be new, without the messages at these places, which are in order.
    pub(super) fn end_without(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        print: u64,
        state: &[u32],
        (gone, code): (&[usize], Code),
    ) {
        if self.broken == REFUSED {
            return;
        }
        self.transitions += 1;
        if self.broken != 0 {
            let breach = (print, self.order(code), self.moves as u16, self.broken, code);
            if self.memory.make_room(&mut self.breaches, 1).is_ok() {
                self.breaches.push(breach);
            }
            return;
        }
        self.list(state, gone);
        if self.views.is_some() && self.drop_dead(automaton, visited, state, gone).is_err() {
            return;
        }
        let after = least(&self.prints);
        let until = self.depth.saturating_add(self.moves as u16);
        if self.codes.is_some() {
            let order = self.order(code);
            self.codes.iter_mut().for_each(|codes| codes.push((after, order, code)));
        } else if visited.shard(after).contains(after) {
            // Only a block of several moves can be a longer way to a state than one that is found later.
            if !self.may_lie || visited.shard(after).layer(after).is_some_and(|layer| layer <= until) {
                return;
            }
        }
        // The renamings that change nothing are a subgroup, so their number divides the number of all renamings.
        let same = self.prints.iter().filter(|print| **print == after).count();
        self.packed.clear();
        pack(&self.head, &mut self.packed);
        pack(&self.under_way, &mut self.packed);
        let found = &mut self.found[after as usize % SHARDS];
        // A worker that is refused has no more to do: the account says so, and the search ends.
        let _ = found.push(&self.memory, (after, &self.packed), print, (self.ways / same) as u16, self.moves as u16);
    }

    /// Lists the messages that are under way after the move: those before it except the ones at these places, which are in
    /// order, and the added ones.
    fn list(&mut self, state: &[u32], gone: &[usize]) {
        let Self { under_way, added, flight_prints, layout, .. } = self;
        let hash = |flight: u32| flight_prints.first(flight);
        let mut added = added.iter().copied().peekable();
        let mut gone = gone.iter().peekable();
        under_way.clear();
        for (place, flight) in state.iter().copied().enumerate().skip(layout.flights()) {
            if gone.next_if(|gone| **gone == place).is_some() {
                continue;
            }
            while let Some(new) = added.next_if(|new| hash(*new) < hash(flight)) {
                under_way.push(new);
            }
            under_way.push(flight);
        }
        under_way.extend(added);
    }
}

/// The broken checks, a bit each.
pub(super) fn broken(judge: &Judge) -> u32 {
    let broken = judge.verdicts().iter().enumerate().filter(|(_, verdict)| !verdict.holds());
    broken.fold(0, |checks, (place, _)| checks | 1 << place)
}

/// Locks the automaton. A thread that panicked has ended the search.
pub(super) fn lock(automaton: &Mutex<Automaton>) -> std::sync::MutexGuard<'_, Automaton> {
    automaton.lock().expect("no thread has panicked")
}
