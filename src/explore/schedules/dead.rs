//! Messages that can no longer change anything.
//!
//! A message is *dead* at a process when the process ignores it now and whatever happens to the process from now on: the message
//! would change nothing in the process, and the process would say nothing to the checks and send nothing. So a state need not
//! contain it, and states that differ only in dead messages are one.
//!
//! A worker finds out from a *view*: a process as it is, and the messages on their way to it. It looks ahead to what the process can
//! become by these messages, by the lines of the script, by crashes and by early timeouts. Messages that nobody has sent yet may
//! still change more than that. So whatever a worker drops is a claim, and `claims` holds it against every step that the process
//! really takes later.

use std::sync::Mutex;

use super::automaton::{Automaton, Input};
use super::layout::{CRASHES, TIMEOUTS, take};
use super::live::{ANSWERS, Views, pair};
use super::memory::Refused;
use super::shards::Shards;
use super::worker::{NOTHING, Worker};
use crate::explore::table::mixed;

/// The largest number of states of a process to which a worker looks ahead.
const AHEAD_MAX: usize = 64;

/// What a process can become: its number, how many of its lines were played, and how many things the oracle has said.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ahead {
    known: u32,
    wishes: u32,
    said: u32,
}

/// What else than messages can happen to a process.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Around {
    crashes: bool,
    timeouts: bool,
    lies: bool,
}

impl Worker {
    /// Drops the messages that are dead after the move that is being made.
    ///
    /// # Errors
    /// There is no memory to find out.
    pub(super) fn drop_dead(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        state: &[u32],
        gone: &[usize],
    ) -> Result<(), Refused> {
        let layout = self.layout;
        let (before, after) = (self.around(state), self.around(&self.head));
        let touched = if before == after && layout.said(state) == layout.said(&self.head) {
            let is_other = |node: &usize| {
                state[*node] != self.head[*node] || layout.wish(state, *node) != layout.wish(&self.head, *node)
            };
            let nodes = (0..layout.nodes).filter(is_other);
            let gone = gone.iter().map(|place| state[*place]);
            let to = gone.chain(self.added.iter().copied()).map(|flight| usize::from(self.flights[flight as usize].to));
            nodes.chain(to).fold(0, |touched, node| touched | 1 << node)
        } else {
            u128::MAX
        };
        self.drop_dead_at(automaton, visited, touched)
    }

    /// Drops the messages that are dead at these nodes, one bit each.
    ///
    /// # Errors
    /// There is no memory to find out.
    pub(super) fn drop_dead_at(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        touched: u128,
    ) -> Result<(), Refused> {
        let Some(mut views) = self.views.take() else { return Ok(()) };
        views.dropped.clear();
        let mut last = None;
        let mut result = Ok(());
        for place in 0..self.under_way.len() {
            let flight = self.under_way[place];
            let node = self.flights[flight as usize].to;
            if touched >> node & 1 == 0 || last.replace(flight) == Some(flight) {
                continue;
            }
            match self.is_dead(automaton, visited, &mut views, flight) {
                Ok(true) => views.dropped.push(flight),
                Ok(false) => {}
                Err(Refused) => result = Err(Refused),
            }
        }
        if !views.dropped.is_empty() {
            for flight in self.under_way.iter().filter(|flight| views.dropped.contains(flight)) {
                take(&mut self.prints, self.flight_prints.row(*flight));
            }
            self.under_way.retain(|flight| !views.dropped.contains(flight));
        }
        self.views = Some(views);
        result
    }

    /// Whether a message under way is dead.
    fn is_dead(
        &mut self,
        automaton: &Mutex<Automaton>,
        visited: &dyn Shards,
        views: &mut Views,
        flight: u32,
    ) -> Result<bool, Refused> {
        let info = self.flights[flight as usize];
        let node = usize::from(info.to);
        let known = self.head[node];
        if self.processes[known as usize].is_up && self.known_step(automaton, known, Input::deliver(flight))? != NOTHING
        {
            return Ok(false);
        }
        let around = self.around(&self.head);
        if around.lies && info.is_liars {
            return Ok(false);
        }
        let pair = pair(self.process_prints.first(known), self.flight_prints.first(flight));
        if visited.claimed(pair).is_some_and(|layer| layer < self.depth) {
            return Ok(true);
        }
        if views.live.contains(info.kind, pair) {
            return Ok(false);
        }
        let (wishes, said) = (self.layout.wish(&self.head, node) as u32, self.layout.said(&self.head) as u32);
        let flags = u64::from(around.crashes) | u64::from(around.timeouts) << 1 | u64::from(self.depth) << 2;
        let rest = mixed(u64::from(wishes) << 40 | u64::from(said) << 20 | flags);
        let is_his = |other: &&u32| usize::from(self.flights[**other as usize].to) == node;
        let arriving = self.under_way.iter().filter(is_his);
        let sum = arriving.fold(0_u64, |sum, other| sum.wrapping_add(self.flight_prints.first(*other)));
        let view = mixed(sum ^ rest) ^ pair;
        let answer = view as usize % ANSWERS;
        if views.answers[answer].0 != view {
            let is_dead = self.looks_dead(automaton, (node, Ahead { known, wishes, said }, around), flight)?;
            views.answers[answer] = (view, is_dead);
            if is_dead {
                self.memory.make_room(&mut views.claims, 1)?;
                views.claims.push((known, flight));
            }
        }
        Ok(views.answers[answer].1)
    }

    /// Whether a process ignores a message in everything that it can become by what is on its way to it now.
    fn looks_dead(
        &mut self,
        automaton: &Mutex<Automaton>,
        (node, start, around): (usize, Ahead, Around),
        flight: u32,
    ) -> Result<bool, Refused> {
        let mut arriving: Vec<u32> = self.under_way.clone();
        arriving.retain(|other| usize::from(self.flights[*other as usize].to) == node && *other != flight);
        arriving.dedup();
        let mut ahead = vec![start];
        let mut inputs = Vec::new();
        let mut at = 0;
        while let Some(next) = ahead.get(at).copied() {
            at += 1;
            if self.processes[next.known as usize].is_up
                && self.known_step(automaton, next.known, Input::deliver(flight))? != NOTHING
            {
                return Ok(false);
            }
            inputs.clear();
            self.inputs(next, (node, around), &arriving, &mut inputs);
            for (input, to) in inputs.drain(..) {
                let step = self.outcome(automaton, next.known, input).ok_or(Refused)?;
                let after = Ahead { known: step.to, ..to };
                if ahead.len() < AHEAD_MAX && !ahead.contains(&after) {
                    ahead.push(after);
                }
            }
        }
        Ok(true)
    }

    fn around(&self, state: &[u32]) -> Around {
        let budgets = state[self.layout.budgets()];
        Around {
            crashes: budgets >> CRASHES & 0xFF > 0,
            timeouts: budgets >> TIMEOUTS & 0xFF > 0,
            lies: self.universe.is_some() && state[self.layout.lies()] > 0,
        }
    }

    /// Whether the arrival of a message would only take the message away, which makes nothing possible. Where all messages are
    /// kept, such an arrival is a move all the same.
    pub(super) fn is_idle(&mut self, automaton: &Mutex<Automaton>, known: u32, flight: u32) -> bool {
        self.views.is_some() && self.known_step(automaton, known, Input::deliver(flight)) == Ok(NOTHING)
    }

    /// Everything that can happen to a process, with what the script and the oracle have said afterwards.
    fn inputs(&self, at: Ahead, (node, around): (usize, Around), arriving: &[u32], inputs: &mut Vec<(Input, Ahead)>) {
        let info = self.processes[at.known as usize];
        let more_said = (at.said as usize) + 1 < self.lines.leaders.len();
        let later = Ahead { said: at.said + 1, ..at };
        if !info.is_up {
            inputs.push((Input::restart(at.said), at));
            if more_said {
                inputs.push((Input::restart(at.said + 1), later));
            }
            return;
        }
        inputs.extend(arriving.iter().map(|flight| (Input::deliver(*flight), at)));
        if (at.wishes as usize) < self.lines.wishes[node].len() {
            inputs.push((Input::wish(at.wishes), Ahead { wishes: at.wishes + 1, ..at }));
        }
        if more_said {
            inputs.push((Input::leaders(at.said + 1), later));
        }
        if around.crashes {
            inputs.push((Input::CRASH, at));
        }
        if around.timeouts {
            inputs.extend((0..info.timers).map(|timer| (Input::timer(u32::from(timer)), at)));
        }
    }
}
