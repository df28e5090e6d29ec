//! Steps that a worker has not seen yet: the shared automaton takes them, once for all workers, and gives numbers to what comes of
//! them.

use std::sync::{Arc, Mutex};

use super::automaton::{Automaton, Input, step};
use super::layout::{add, take};
use super::memory::Refused;
use super::worker::{BREAKS, NOTHING, StepInfo, Worker, broken, lock};

impl Worker {
    /// The number of the step that this node takes.
    pub(super) fn known_step(
        &mut self,
        automaton: &Mutex<Automaton>,
        known: u32,
        input: Input,
    ) -> Result<u32, Refused> {
        let key = u64::from(known) << 32 | u64::from(input.0);
        match self.steps.get(key) {
            Some(place) => Ok(place),
            None => self.first_step(automaton, known, input, key),
        }
    }

    /// Takes a step that this worker has not seen yet.
    fn first_step(&mut self, automaton: &Mutex<Automaton>, known: u32, input: Input, key: u64) -> Result<u32, Refused> {
        let (process, flight) = {
            let automaton = lock(automaton);
            let flight = (input.0 >> 29 == 0).then(|| Arc::clone(automaton.flights.get(input.0)));
            (Arc::clone(automaton.processes.get(known)), flight)
        };
        let (after, outcome) = step(&self.scenario, &self.lines, (*process).clone(), input, flight.as_deref());
        let step = {
            let mut automaton = lock(automaton);
            let step = automaton.number_step(after, outcome)?;
            self.catch_up(&automaton)?;
            step
        };
        if step.to == known && step.said.is_none() && step.sent.is_empty() {
            self.memory.make_room_in(&mut self.steps)?;
            self.steps.put(key, NOTHING);
            return Ok(NOTHING);
        }
        self.memory.make_room(&mut self.step_prints.numbers, self.ways)?;
        self.memory.make_room(&mut self.sent, step.sent.len())?;
        self.memory.make_room(&mut self.step_infos, 1)?;
        if self.universe.is_some() {
            self.memory.make_room(&mut self.spoken, 1)?;
        }
        self.memory.make_room_in(&mut self.steps)?;
        let sent = self.sent.len() as u32;
        let mut prints = self.process_prints.row(step.to).to_vec();
        take(&mut prints, self.process_prints.row(known));
        step.sent.iter().for_each(|flight| add(&mut prints, self.flight_prints.row(*flight)));
        self.step_prints.numbers.extend(prints);
        self.sent.extend(step.sent);
        if self.universe.is_some() {
            self.spoken.push(step.spoken);
        }
        let place = self.step_infos.len() as u32;
        self.step_infos.push(StepInfo {
            to: step.to,
            said: step.said,
            sent: (sent, self.sent.len() as u32),
            is_taken: false,
        });
        self.steps.put(key, place);
        Ok(place)
    }

    /// Tells a history something that this worker has not seen it hear yet.
    pub(super) fn first_heard(
        &mut self,
        automaton: &Mutex<Automaton>,
        history: u32,
        said: u32,
        key: u64,
    ) -> Result<u32, Refused> {
        let (mut judge, said) = {
            let automaton = lock(automaton);
            (automaton.history(history), Arc::clone(automaton.sayings.get(said)))
        };
        let heard = if judge.hear_move(&self.scenario, &said) {
            let mut automaton = lock(automaton);
            let to = automaton.number_history(&judge)?;
            self.catch_up(&automaton)?;
            to
        } else {
            BREAKS | broken(&judge)
        };
        self.memory.make_room_in(&mut self.heard)?;
        self.heard.put(key, heard);
        Ok(heard)
    }

    /// Adds the same message twice, marked as doubled.
    pub(super) fn add_doubled(&mut self, automaton: &Mutex<Automaton>, number: u32) -> Result<(), Refused> {
        let mut automaton = lock(automaton);
        let doubled = automaton.flights.get(number).doubled(true);
        let number = automaton.number_flight(doubled)?;
        self.catch_up(&automaton)?;
        drop(automaton);
        for _ in 0..2 {
            self.add(number);
            add(&mut self.prints, self.flight_prints.row(number));
        }
        Ok(())
    }
}
