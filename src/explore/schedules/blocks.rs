//! Blocks: what a process does until others notice.
//!
//! Most messages change only the memory of their receiver: it counts a vote, and waits for more. Nobody else can tell when that
//! happened. So the search makes such moves only as a part of a *block*: some moves of one process in a row of which nobody
//! notices anything, and then a move that says something to a check or sends something. And a block has only moves that its
//! last move needs: where a move can as well be made after the block, or not at all, it is not in the block.
//!
//! Nothing is missed by that. Take any schedule. If nobody notices a move, and the next move is one of another process, the two
//! can change places: the message that arrives is still under way, what is left of the budgets is the same in the end, and a
//! liar can say later what it can say now. So each move that nobody notices can wait until just before the next move of its
//! process, and then behind this move, if that comes to the same. A move that nothing needs is left out at last: its message
//! stays under way. The moves that are noticed stay as they were and in their order, so the checks hear the same. The new
//! schedule has as many moves as the old one or fewer.
//!
//! Twenty messages that nobody notices have a million subsets. Where a process has too many sets of such moves in a state, the
//! search does not look at its longer blocks there, and makes each of these moves on its own instead. Nothing is missed by that
//! either: a longer block begins with one of these moves, and goes on in the state after that move.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use super::automaton::{Automaton, Input};
use super::layout::{CRASHES, Code, DUPLICATES, LOSSES, Part, TIMEOUTS, order, take};
use super::lies::Told;
use super::memory::Refused;
use super::shards::Shards;
use super::universe::BALLOT_MAX;
use super::worker::{NOTHING, REFUSED, StepInfo, Worker, lock};
use crate::explore::table::mixed;
use crate::types::Value;

/// Some moves of a process of which nobody has noticed anything.
#[derive(Clone, Debug)]
struct Quiet {
    known: u32,
    parts: Vec<Part>,
    lies: u32,
    timeouts: u32,
}

impl Quiet {
    fn has_taken(&self, place: usize) -> bool {
        self.parts.iter().any(|part| part.place == Some(place))
    }
}

impl Worker {
    /// Makes every move of a state, in blocks.
    pub(super) fn expand_blocks(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        print: u64,
        state: &[u32],
    ) {
        if self.codes.is_none() {
            self.blocks.clear();
        }
        for node in 0..self.layout.nodes {
            if self.blocks_of(automaton, visited, (print, state), node).is_err() {
                return;
            }
        }
        let budgets = state[self.layout.budgets()];
        let has = |budget: u32| budgets >> budget & 0xFF > 0;
        for place in self.layout.flights()..state.len() {
            let number = state[place];
            if place > self.layout.flights() && state[place - 1] == number {
                continue;
            }
            if has(LOSSES) {
                self.begin(state);
                take(&mut self.prints, self.flight_prints.row(number));
                self.spend(LOSSES);
                self.end_without(automaton, visited, print, state, (&[place], Code::Lose(number)));
            }
            if has(DUPLICATES) && !self.flights[number as usize].is_doubled {
                self.begin(state);
                take(&mut self.prints, self.flight_prints.row(number));
                self.spend(DUPLICATES);
                if self.add_doubled(automaton, number).is_err() {
                    self.broken = REFUSED;
                }
                self.end_without(automaton, visited, print, state, (&[place], Code::Double(number)));
            }
        }
    }

    /// What comes of a step of this node, if there is memory to find out.
    pub(super) fn outcome(&mut self, automaton: &Mutex<Automaton>, known: u32, input: Input) -> Option<StepInfo> {
        let place = self.known_step(automaton, known, input).ok()?;
        if place == NOTHING {
            return Some(StepInfo { to: known, said: None, sent: (0, 0), is_taken: true });
        }
        Some(self.step_infos[place as usize])
    }

    /// Whether two steps lead to the same state of the node, to the same messages and to the same statements.
    pub(super) fn are_alike(&self, one: StepInfo, other: StepInfo) -> bool {
        let sent = |step: StepInfo| &self.sent[step.sent.0 as usize..step.sent.1 as usize];
        (one.to, one.said, sent(one)) == (other.to, other.said, sent(other))
    }

    /// Whether a step changes nothing.
    pub(super) fn is_nothing(&self, known: u32, step: StepInfo) -> bool {
        step.to == known && step.said.is_none() && step.sent.0 == step.sent.1
    }

    /// Makes every block of a process.
    fn blocks_of(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        (print, state): (u64, &[u32]),
        node: usize,
    ) -> Result<(), Refused> {
        let lies = if self.universe.is_some() { state[self.layout.lies()] } else { 0 };
        let timeouts = state[self.layout.budgets()] >> TIMEOUTS & 0xFF;
        let first = Quiet { known: state[node], parts: Vec::new(), lies, timeouts };
        let mut waiting = VecDeque::from([first]);
        let mut seen: BTreeSet<(u32, u32, u32, Vec<usize>)> = BTreeSet::new();
        let mut next = Vec::new();
        let mut alone = Vec::new();
        while let Some(quiet) = waiting.pop_front() {
            if seen.len() > self.quiet_max {
                for part in alone {
                    self.make_block(automaton, visited, (print, state), node, vec![part]);
                }
                return Ok(());
            }
            next.clear();
            self.next_parts(automaton, state, node, &quiet, &mut next)?;
            for part in next.drain(..) {
                let step = self.outcome(automaton, quiet.known, part.input).ok_or(Refused)?;
                if self.is_nothing(quiet.known, step) {
                    continue;
                }
                let is_lie = matches!(part.code, Code::Change(..) | Code::Invent(_));
                let is_timeout = matches!(part.code, Code::Timeout(..));
                let mut longer = Quiet {
                    known: step.to,
                    parts: quiet.parts.clone(),
                    lies: quiet.lies - u32::from(is_lie),
                    timeouts: quiet.timeouts - u32::from(is_timeout),
                };
                longer.parts.push(part);
                let is_quiet = step.said.is_none() && step.sent.0 == step.sent.1;
                if is_quiet {
                    if quiet.parts.is_empty() {
                        alone.push(part);
                    }
                    let mut places: Vec<usize> = longer.parts.iter().filter_map(|part| part.place).collect();
                    places.sort_unstable();
                    if seen.insert((step.to, longer.lies, longer.timeouts, places)) {
                        waiting.push_back(longer);
                    }
                } else if self.needs_all(automaton, state[node], &longer.parts, step)? {
                    self.make_block(automaton, visited, (print, state), node, longer.parts);
                }
            }
        }
        Ok(())
    }

    /// Everything that can happen to a process next.
    fn next_parts(
        &mut self,
        automaton: &Mutex<Automaton>,
        state: &[u32],
        node: usize,
        quiet: &Quiet,
        parts: &mut Vec<Part>,
    ) -> Result<(), Refused> {
        let (layout, known) = (self.layout, quiet.known);
        let info = self.processes[known as usize];
        let part = |code, input, place| Part { code, input, known, place };
        if !info.is_up {
            parts.push(part(Code::Restart(node as u8), Input::restart(state[layout.leaders()]), None));
            return Ok(());
        }
        let wishes = layout.wish(state, node);
        if wishes < self.lines.wishes[node].len() {
            parts.push(part(Code::Wish(node as u8), Input::wish(wishes as u32), None));
        }
        if state[layout.budgets()] >> CRASHES & 0xFF > 0 {
            parts.push(part(Code::Crash(node as u8), Input::CRASH, None));
        }
        if quiet.timeouts > 0 {
            let timers = 0..info.timers;
            parts.extend(timers.map(|timer| part(Code::Timeout(node as u8, timer), Input::timer(timer.into()), None)));
        }
        for place in layout.flights()..state.len() {
            let number = state[place];
            let flight = self.flights[number as usize];
            let is_alike = place > layout.flights() && state[place - 1] == number && !quiet.has_taken(place - 1);
            if usize::from(flight.to) != node || is_alike || quiet.has_taken(place) {
                continue;
            }
            parts.push(part(Code::Deliver(number), Input::deliver(number), Some(place)));
            if quiet.lies == 0 || !flight.is_liars {
                continue;
            }
            let truth = self.outcome(automaton, known, Input::deliver(number)).ok_or(Refused)?;
            let (from, until) = self.changes_of(automaton, number)?;
            for at in from..until {
                let (changed, value) = self.changes.lies[at];
                if !self.is_known_value(state, value) {
                    continue;
                }
                let lie = self.outcome(automaton, known, Input::deliver(changed)).ok_or(Refused)?;
                // A lie that does the same as the truth is none.
                if !self.are_alike(lie, truth) {
                    parts.push(part(Code::Change((at - from) as u8, number), Input::deliver(changed), Some(place)));
                }
            }
        }
        if quiet.lies > 0 {
            self.next_inventions(automaton, state, node, quiet, parts)?;
        }
        Ok(())
    }

    /// The messages that liars can invent for a process.
    fn next_inventions(
        &mut self,
        automaton: &Mutex<Automaton>,
        state: &[u32],
        node: usize,
        quiet: &Quiet,
        parts: &mut Vec<Part>,
    ) -> Result<(), Refused> {
        let spoken = state[self.layout.spoken()];
        for instance in 1..=spoken >> 16 {
            for number in (1..=BALLOT_MAX).filter(|number| spoken >> (number - 1) & 1 == 1) {
                let (from, until) = self.inventions_of(automaton, number, instance)?;
                for at in from..until {
                    let (flight, value) = self.inventions.lies[at];
                    if usize::from(self.flights[flight as usize].to) != node || !self.is_known_value(state, value) {
                        continue;
                    }
                    // What is under way can arrive without a lie.
                    let first = self.layout.flights();
                    let under_way = state[first..].iter().zip(first..).filter(|(number, _)| **number == flight);
                    if under_way.into_iter().all(|(_, place)| quiet.has_taken(place)) {
                        let (code, input) = (Code::Invent(flight), Input::deliver(flight));
                        parts.push(Part { code, input, known: quiet.known, place: None });
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the last move of a block needs all the moves before it: none of them can be left out, or made after it, with the
    /// same outcome.
    fn needs_all(
        &mut self,
        automaton: &Mutex<Automaton>,
        start: u32,
        parts: &[Part],
        last: StepInfo,
    ) -> Result<bool, Refused> {
        let (end, before) = parts.split_last().expect("there is a last move");
        'parts: for (skipped, late) in before.iter().enumerate() {
            let mut known = start;
            for (place, part) in before.iter().enumerate() {
                if place == skipped {
                    continue;
                }
                // Timers have numbers among those that are running, so a timer means something else in another state.
                if matches!(part.code, Code::Timeout(..)) || !self.processes[known as usize].is_up {
                    continue 'parts;
                }
                let step = self.outcome(automaton, known, part.input).ok_or(Refused)?;
                if step.said.is_some() || step.sent.0 < step.sent.1 {
                    continue 'parts;
                }
                known = step.to;
            }
            let is_same_process = self.processes[known as usize].is_up;
            if matches!(end.code, Code::Timeout(..))
                || matches!(late.code, Code::Timeout(..) | Code::Restart(_))
                || !is_same_process
            {
                continue;
            }
            let step = self.outcome(automaton, known, end.input).ok_or(Refused)?;
            if step.said != last.said || !self.are_alike(StepInfo { to: last.to, ..step }, last) {
                continue;
            }
            if step.to == last.to {
                return Ok(false);
            }
            if !self.processes[step.to as usize].is_up {
                continue;
            }
            let after = self.outcome(automaton, step.to, late.input).ok_or(Refused)?;
            if after.to == last.to && after.said.is_none() && after.sent.0 == after.sent.1 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the moves of a block.
    fn make_block(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        (print, state): (u64, &[u32]),
        node: usize,
        parts: Vec<Part>,
    ) {
        self.begin(state);
        self.moves = parts.len();
        let mut gone = Vec::new();
        for part in &parts {
            if let Some(place) = part.place {
                take(&mut self.prints, self.flight_prints.row(state[place]));
                gone.push(place);
            }
            match part.code {
                Code::Wish(_) => self.set(self.layout.wishes() + node / 4, |word| word + (1 << (8 * (node % 4)))),
                Code::Crash(_) => self.spend(CRASHES),
                Code::Timeout(..) => self.spend(TIMEOUTS),
                Code::Change(..) | Code::Invent(_) => self.set(self.layout.lies(), |left| left - 1),
                _ => {}
            }
            self.step(automaton, node, part.input);
        }
        gone.sort_unstable();
        let code = match &parts[..] {
            [part] => part.code,
            _ => {
                self.blocks.push(parts);
                Code::Block(self.blocks.len() as u32 - 1)
            }
        };
        self.end_without(automaton, visited, print, state, (&gone, code));
    }

    /// A number that orders the moves of a state.
    pub(super) fn order(&self, code: Code) -> u64 {
        match code {
            Code::Block(place) => self.block_order(&self.blocks[place as usize]),
            code => order(&self.flight_prints, code),
        }
    }

    /// A number that orders the blocks of a state by their contents.
    fn block_order(&self, parts: &[Part]) -> u64 {
        let orders = parts.iter().map(|part| order(&self.flight_prints, part.code));
        10 << 60 | orders.fold(0, |sum, order| mixed(sum ^ order)) >> 4
    }

    /// How many moves this is.
    pub(super) fn moves_of(&self, code: Code) -> usize {
        if let Code::Block(place) = code { self.blocks[place as usize].len() } else { 1 }
    }

    /// The moves of which this consists, each with the process as it was before the move.
    pub(super) fn parts_of(&self, code: Code, state: &[u32]) -> Vec<(Code, u32)> {
        match code {
            Code::Block(place) => self.blocks[place as usize].iter().map(|part| (part.code, part.known)).collect(),
            Code::Timeout(node, _) => vec![(code, state[usize::from(node)])],
            code => vec![(code, 0)],
        }
    }
}

impl Worker {
    /// Whether a liar can name this value: somebody has asked for it, or the script has a lie with it.
    pub(super) fn is_known_value(&self, state: &[u32], value: Option<Value>) -> bool {
        let (Some(value), Some(universe)) = (value, &self.universe) else { return true };
        let asked = |(node, wishes): (usize, &Vec<(u32, Value)>)| {
            wishes[..self.layout.wish(state, node)].iter().any(|(_, wish)| *wish == value)
        };
        universe.is_scripted[value.0 as usize] || self.lines.wishes.iter().enumerate().any(asked)
    }

    /// The changed forms of a message: their places in the list.
    pub(super) fn changes_of(&mut self, automaton: &Mutex<Automaton>, number: u32) -> Result<(usize, usize), Refused> {
        if let Some(place) = self.changes.places.get(u64::from(number)) {
            return Ok(self.changes.range(place));
        }
        let lies = {
            let mut automaton = lock(automaton);
            let flight = Arc::clone(automaton.flights.get(number));
            let changed =
                automaton.lies.as_ref().map_or_else(Vec::new, |lies| lies.changed(self.scenario.protocol, &flight));
            changed.into_iter().map(|(_, flight, value)| Ok((automaton.number_flight(flight)?, value))).collect()
        };
        self.keep_lies(automaton, lies, |worker| &mut worker.changes, u64::from(number))
    }

    /// The messages about this ballot and instance that liars can invent: their places in the list.
    pub(super) fn inventions_of(
        &mut self,
        automaton: &Mutex<Automaton>,
        number: u32,
        instance: u32,
    ) -> Result<(usize, usize), Refused> {
        let key = u64::from(instance) << 32 | u64::from(number);
        if let Some(place) = self.inventions.places.get(key) {
            return Ok(self.inventions.range(place));
        }
        let lies = {
            let mut automaton = lock(automaton);
            let owner = automaton.owners.0[number as usize - 1].expect("some message has spoken of it");
            let all = automaton.lies.as_ref();
            let all = all.map_or_else(Vec::new, |lies| lies.inventions(&automaton.scenario, (number, owner), instance));
            all.into_iter().map(|(flight, value)| Ok((automaton.number_flight(flight)?, value))).collect()
        };
        self.keep_lies(automaton, lies, |worker| &mut worker.inventions, key)
    }

    fn keep_lies(
        &mut self,
        automaton: &Mutex<Automaton>,
        lies: Result<Vec<(u32, Option<Value>)>, Refused>,
        told: impl Fn(&mut Self) -> &mut Told,
        key: u64,
    ) -> Result<(usize, usize), Refused> {
        let lies = lies?;
        self.catch_up(&lock(automaton))?;
        let memory = Arc::clone(&self.memory);
        let told = told(self);
        memory.make_room(&mut told.lies, lies.len())?;
        memory.make_room(&mut told.ends, 1)?;
        memory.make_room_in(&mut told.places)?;
        told.places.put(key, told.ends.len() as u32);
        told.lies.extend(lies);
        told.ends.push(told.lies.len() as u32);
        Ok(told.range(told.ends.len() as u32 - 1))
    }
}
