//! From a violation to the moves that lead to it, and from these moves to a script.
//!
//! The search keeps only the fingerprint of each state and half of the fingerprint of the state before it. So this code makes the
//! way once more, from the start: at each state it takes the first of the moves that lead to the next fingerprint. If none leads
//! there, another state has the same half, and the code tries again without this step.

use std::sync::Arc;

use super::layout::Code;
use super::lies::lie_of;
use super::memory::Memory;
use super::moves::Move;
use super::shards::{SHARDS, View};
use super::worker::{Worker, lock};
use super::{Found, Schedules};
use crate::check::{UNREACHED, check, place};
use crate::explore::replay;
use crate::protocol::{Guard, Vocabulary};
use crate::scenario::{Scenario, Script};
use crate::sim::Run;
use crate::types::{NodeId, Time};

/// The end of a way: its moves, and the last fingerprint with its state.
type End = (Vec<Move>, u64, Vec<u32>);

impl Schedules {
    /// The moves that lead to a violation, those before the search starts included.
    pub fn path(&self, found: &Found) -> Vec<Move> {
        // The way takes little memory, and the search has given back what it no longer needs.
        let mut worker = Worker::new(&lock(&self.automaton), &Arc::new(Memory::new(usize::MAX)));
        worker.catch_up(&lock(&self.automaton)).expect("there is memory for a way back");
        let mut wrong = Vec::new();
        let (mut moves, print, state) = loop {
            match self.follow(&self.way(found.before, &wrong), &mut worker) {
                Ok(end) => break end,
                Err(step) => wrong.push(step),
            }
        };
        worker.moves(&self.automaton, &View(&self.shards, &self.claims), print, &state);
        let place = place(found.check);
        let breaks = worker.breaches.iter().filter(|(.., checks, _)| checks >> place & 1 == 1);
        let breaks = breaks.min_by_key(|(_, order, moves, ..)| (*moves, *order));
        let (.., code) = breaks.expect("one of the moves breaks it");
        moves.extend(self.meaning(&worker, *code, &state));
        moves
    }

    /// The fingerprints from the first state to this one, without the steps that are known to be wrong.
    fn way(&self, to: u64, wrong: &[(u64, u64)]) -> Vec<u64> {
        let mut way = vec![to];
        let mut print = to;
        while print != self.first.0 {
            let known = &self.shards[print as usize % SHARDS].visited;
            let (before, layer) = known.before(print).zip(known.layer(print)).expect("a state that was met");
            let all = self.shards.iter().flat_map(|shard| shard.visited.with_half(before, layer));
            let before = all.filter(|before| !wrong.contains(&(*before, print))).min();
            print = before.expect("a state that was met has one before it");
            way.push(print);
        }
        way.reverse();
        way
    }

    /// The moves along these fingerprints, with the last of them and its state.
    ///
    /// # Errors
    /// The first step that no move makes.
    fn follow(&self, way: &[u64], worker: &mut Worker) -> Result<End, (u64, u64)> {
        let (mut print, mut state) = self.first.clone();
        let mut moves = self.prefix.clone();
        // Where names do not matter, this state may differ from the visited one in the names of nodes.
        for next in &way[1..] {
            let codes = worker.moves(&self.automaton, &View(&self.shards, &self.claims), print, &state);
            let leads = codes.into_iter().filter(|(after, ..)| after == next);
            let step = leads.min_by_key(|(_, order, code)| (worker.moves_of(*code), *order));
            let (_, _, code) = step.ok_or((print, *next))?;
            moves.extend(self.meaning(worker, code, &state));
            (print, state) = (*next, worker.state(*next, code));
        }
        Ok((moves, print, state))
    }

    /// A scenario whose run makes exactly the moves that lead to a violation.
    pub fn script(&self, found: &Found) -> Script {
        let (setup, symbols) = (&self.scenario.setup, &self.scenario.symbols);
        let rules = self.scenario.protocol.guards.iter().filter(|guard| setup.is_broken(**guard));
        let name = |guard: &Guard| match guard.info().name {
            // Memory is the only guard that can be switched off for some nodes and kept for others.
            name if setup.keeps(*guard) => {
                let nodes: Vec<_> = setup.forgetful.iter().map(|node| symbols.node(node)).collect();
                format!("{name} of {}", nodes.join(" "))
            }
            name => name.to_owned(),
        };
        let without: Vec<_> = rules.map(name).collect();
        let without = if without.is_empty() { String::new() } else { format!(" without {}", without.join(", ")) };
        let (title, what) = if std::ptr::eq(found.check, &UNREACHED) {
            (format!("Solution: {}", self.scenario.headline()), "reaches the goals".to_owned())
        } else {
            let title = found.check.title(Vocabulary::default());
            (format!("Counterexample: {title}"), format!("violates “{title}”"))
        };
        let about = format!(
            "The {} protocol{without} {what} after {}{} {}{}.",
            self.scenario.protocol.name,
            match self.options.from {
                Time::ZERO => String::new(),
                from => format!("the first {from}Δ of the script and "),
            },
            found.moves,
            if found.moves == 1 { "move" } else { "moves" },
            if self.is_shortest(found) { ", and not after fewer" } else { "" }
        );
        replay::script(&self.scenario, &title, &about, &self.path(found))
    }

    /// A sentence: why the check is violated. The run of the script says the same.
    pub fn sentence(&self, found: &Found) -> String {
        let scenario = Scenario::of(&self.script(found)).expect("a script that the search wrote");
        let verdicts = check(Run::of(scenario).trace());
        let verdict = verdicts.into_iter().find(|verdict| std::ptr::eq(verdict.check, found.check));
        let violation = verdict.and_then(|verdict| verdict.violation);
        violation
            .expect("the run of a counterexample violates its check")
            .sentence
            .in_words(Vocabulary::default())
            .to_owned()
    }

    /// What a move that this worker has just made means in this state: one move, or those of a block.
    pub(super) fn meaning(&self, worker: &Worker, code: Code, state: &[u32]) -> Vec<Move> {
        let parts = worker.parts_of(code, state);
        parts.into_iter().map(|(code, process)| self.meaning_of(code, state, process)).collect()
    }

    /// What a move of a process means; `process` is the number of the process as it was before the move, where that matters.
    fn meaning_of(&self, code: Code, state: &[u32], process: u32) -> Move {
        let automaton = lock(&self.automaton);
        let flight = |number: u32| (**automaton.flights.get(number)).clone();
        let layout = self.workers[0].layout;
        match code {
            Code::Wish(node) => {
                let place = layout.wish(state, usize::from(node));
                Move::Play(automaton.lines.wishes[usize::from(node)][place].0 as usize)
            }
            Code::Leader => Move::Play(automaton.lines.leaders[layout.said(state) + 1].0 as usize),
            Code::Timeout(node, timer) => {
                let process = automaton.processes.get(process);
                Move::Timeout(NodeId(node), process.timers()[usize::from(timer)])
            }
            Code::Deliver(number) => Move::Deliver(flight(number)),
            Code::Change(place, number) => {
                let flight = flight(number);
                let (lies, said) = lie_of(&automaton, &flight, place);
                Move::Change(flight, lies, said)
            }
            Code::Invent(number) => Move::Invent(flight(number)),
            Code::Block(_) => unreachable!("a block consists of moves"),
            Code::Lose(number) => Move::Lose(flight(number)),
            Code::Double(number) => Move::Double(flight(number)),
            Code::Crash(node) => Move::Crash(NodeId(node)),
            Code::Restart(node) => Move::Restart(NodeId(node)),
        }
    }
}
