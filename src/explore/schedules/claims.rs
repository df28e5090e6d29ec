//! What a search has claimed of messages, and whether it is true.
//!
//! A claim says that a message is dead at a state of a process (`dead`). It is true when the process ignores the message in that state
//! and in every state that it reaches from there in the search. The claims are looked at after every layer: the steps that
//! processes have taken in the layer carry each claim to further states, and there the message is tried. Where a claim turns
//! out to be false, the search begins again and knows better.

use super::automaton::{Automaton, Input, is_heard, step};
use super::live::{Live, pair};
use super::memory::Refused;
use crate::explore::table::Table;

/// After this many beginnings, no message is dropped any more whose kind was in a false claim.
const BEGINNINGS_MAX: usize = 12;

/// The claims of a search.
#[derive(Default, Debug)]
pub(super) struct Claims {
    /// In which layer each claim was made, by its pair.
    known: Table,
    /// For each process the place of its list of dead messages, by its hash; and the lists.
    places: Table,
    lists: Vec<Vec<u32>>,
    /// For each process, by its number, the processes that it has become in one step.
    steps: Vec<Vec<u32>>,
    /// Claims that have still to be carried further.
    waiting: Vec<(u32, u32)>,
    /// What was found not to be dead, though it was claimed.
    false_ones: Vec<(u32, u32)>,
    /// The layer whose claims are looked at.
    layer: u16,
    /// How often the search has begun again.
    pub(super) beginnings: usize,
}

impl Claims {
    /// In which layer this claim was made, if it was.
    pub(super) fn layer(&self, pair: u64) -> Option<u16> {
        self.known.get(pair).map(|layer| layer as u16)
    }

    /// Takes in what happened in a layer: steps of processes, and claims. Returns whether all claims are still true.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(super) fn hold(
        &mut self,
        automaton: &mut Automaton,
        layer: u16,
        steps: Vec<(u32, u32)>,
        claims: Vec<(u32, u32)>,
    ) -> Result<bool, Refused> {
        self.layer = layer;
        for (from, to) in steps {
            let memory = &automaton.memory;
            let more = (from as usize + 1).saturating_sub(self.steps.len());
            memory.make_room(&mut self.steps, more)?;
            self.steps.resize_with(self.steps.len() + more, Vec::new);
            let steps = &mut self.steps[from as usize];
            if steps.contains(&to) {
                continue;
            }
            memory.make_room(steps, 1)?;
            steps.push(to);
            if let Some(place) = self.places.get(automaton.processes.hash(from)) {
                for number in 0..self.lists[place as usize].len() {
                    let flight = self.lists[place as usize][number];
                    self.carry(automaton, to, flight)?;
                }
            }
        }
        for (process, flight) in claims {
            self.claim(automaton, process, flight)?;
        }
        while let Some((process, flight)) = self.waiting.pop() {
            let count = self.steps.get(process as usize).map_or(0, Vec::len);
            for place in 0..count {
                let to = self.steps[process as usize][place];
                self.carry(automaton, to, flight)?;
            }
        }
        Ok(self.false_ones.is_empty())
    }

    /// Claims that a message is dead at a process to which a step has led.
    fn carry(&mut self, automaton: &mut Automaton, process: u32, flight: u32) -> Result<(), Refused> {
        let pair = pair(automaton.processes.hash(process), automaton.flights.hash(flight));
        if self.known.get(pair).is_some() {
            return Ok(());
        }
        if is_ignored(automaton, process, flight) {
            return self.claim(automaton, process, flight);
        }
        if !self.false_ones.contains(&(process, flight)) {
            automaton.memory.make_room(&mut self.false_ones, 1)?;
            self.false_ones.push((process, flight));
        }
        Ok(())
    }

    /// Keeps a claim, under all names of the nodes.
    fn claim(&mut self, automaton: &mut Automaton, process: u32, flight: u32) -> Result<(), Refused> {
        for way in 0..automaton.names.len() {
            let hash = automaton.processes.row(process)[way];
            let pair = pair(hash, automaton.flights.row(flight)[way]);
            if self.known.get(pair).is_some() {
                continue;
            }
            automaton.memory.make_room_in(&mut self.known)?;
            self.known.put(pair, self.layer.into());
            let renamed = automaton.number_renamed(flight, way)?;
            let memory = &automaton.memory;
            let place = match self.places.get(hash) {
                Some(place) => place,
                None => {
                    memory.make_room(&mut self.lists, 1)?;
                    memory.make_room_in(&mut self.places)?;
                    let place = self.lists.len() as u32;
                    self.lists.push(Vec::new());
                    self.places.put(hash, place);
                    place
                }
            };
            let list = &mut self.lists[place as usize];
            memory.make_room(list, 1)?;
            list.push(renamed);
            if let Some(process) = automaton.processes.find(hash) {
                memory.make_room(&mut self.waiting, 1)?;
                self.waiting.push((process, renamed));
            }
        }
        Ok(())
    }

    /// Forgets the claims, and tells what is not dead: the claims that turned out to be false, and all those from which a false one
    /// follows.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(super) fn begin_again(&mut self, automaton: &mut Automaton, mut live: Live) -> Result<Live, Refused> {
        self.beginnings += 1;
        if self.beginnings >= BEGINNINGS_MAX {
            live.kinds.extend(self.false_ones.iter().map(|(_, flight)| automaton.flights.get(*flight).message.kind.0));
        }
        let mut before = self.before(automaton)?;
        while let Some((process, flight)) = self.false_ones.pop() {
            let [processes, flights] = [automaton.processes.row(process), automaton.flights.row(flight)];
            if !live.note(&automaton.memory, processes, flights)? {
                continue;
            }
            let twin = automaton.flights.get(flight).doubled(!automaton.flights.get(flight).is_doubled);
            let twin = automaton.find_flight(&twin);
            automaton.memory.make_room(&mut self.false_ones, 1)?;
            self.false_ones.extend(twin.map(|twin| (process, twin)));
            for way in 0..automaton.names.len() {
                let hash = automaton.processes.row(process)[way];
                let from = before.partition_point(|(to, _)| *to < hash);
                let all = before[from..].iter().take_while(|(to, _)| *to == hash);
                let flight = automaton.number_renamed(flight, way)?;
                automaton.memory.make_room(&mut self.false_ones, all.clone().count())?;
                self.false_ones.extend(all.map(|(_, process)| (*process, flight)));
            }
        }
        let memory = &automaton.memory;
        memory.forget(&mut before);
        memory.forget_table(&mut self.known);
        memory.forget_table(&mut self.places);
        self.lists.iter_mut().for_each(|list| memory.forget(list));
        memory.forget(&mut self.lists);
        memory.forget(&mut self.waiting);
        memory.forget(&mut self.false_ones);
        Ok(live)
    }

    /// Every step, as the hash of the process after it and the number of the process before it, in order.
    fn before(&self, automaton: &Automaton) -> Result<Vec<(u64, u32)>, Refused> {
        let mut before = Vec::new();
        automaton.memory.make_room(&mut before, self.steps.iter().map(Vec::len).sum())?;
        for (from, steps) in self.steps.iter().enumerate() {
            before.extend(steps.iter().map(|to| (automaton.processes.hash(*to), from as u32)));
        }
        before.sort_unstable();
        Ok(before)
    }
}

/// Whether a process ignores a message. A process that is down receives nothing.
fn is_ignored(automaton: &Automaton, process: u32, flight: u32) -> bool {
    let (known, flight_number) = (automaton.processes.get(process), flight);
    if !known.is_up() {
        return true;
    }
    let flight = automaton.flights.get(flight_number);
    let input = Input::deliver(flight_number);
    let (after, outcome) = step(&automaton.scenario, &automaton.lines, (**known).clone(), input, Some(flight));
    let liars = automaton.scenario.setup.cast.liars;
    outcome.sent.is_empty()
        && !outcome.said.iter().any(|what| is_heard(what, liars))
        && automaton.hash_process(&after).0 == automaton.processes.hash(process)
}
