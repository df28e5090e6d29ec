//! The beginning of a script's run, as moves: a search can start where the run is at an instant.
//!
//! Up to that instant the script is played as it is written, with its delays, losses and lies. Each thing that happens there is
//! a move. So the search starts in the state to which these moves lead, and a counterexample is these moves and then its own.

use super::automaton::{Flight, Input, is_heard, step};
use super::lines::Lines;
use super::moves::Move;
use crate::check::Judge;
use crate::explore::process::{Happening, Outcome, Process};
use crate::protocol::{Message, Storage};
use crate::scenario::{Act, Disk, Link, Scenario};
use crate::sim::Run;
use crate::trace::{MessageId, Trace, What};
use crate::types::{NodeId, Time};

/// The largest number of moves before a search starts. A counterexample plays all of them, so that no timer runs out.
const MOVES_MAX: usize = 1_000;

/// Where a search starts.
pub(super) struct Start {
    pub(super) processes: Vec<Process>,
    pub(super) judge: Judge,
    /// The messages under way, in the order sent.
    pub(super) flights: Vec<Flight>,
    /// Every message that was sent so far.
    pub(super) spoken: Vec<Message>,
    /// For each node, how many of its lines were played.
    pub(super) wishes: Vec<usize>,
    /// How many things the oracle has said since the cluster came up.
    pub(super) said: usize,
}

/// What happens in a run before an instant.
#[derive(Default, Debug)]
pub(super) struct Prefix {
    /// Each thing that happens, in order.
    pub(super) moves: Vec<Move>,
    /// What each node has in stable storage then.
    stored: Vec<Storage>,
}

impl Start {
    /// The cluster as it comes up, with the messages that the script injects under way.
    pub(super) fn of(scenario: &Scenario, judge: Judge) -> Self {
        let nodes = scenario.nodes();
        let wishes = vec![0; nodes];
        let (processes, flights, spoken) = (Vec::new(), Vec::new(), Vec::new());
        let mut start = Self { processes, judge, flights, spoken, wishes, said: 0 };
        for node in NodeId::all(nodes) {
            let mut process = Process::open(scenario, node);
            let outcome = process.step(scenario, Happening::Start { again: false, leaders: scenario.leaders });
            start.processes.push(process);
            start.hear(scenario, node, outcome);
        }
        for planned in &scenario.acts {
            if let Act::Inject(injection) = &planned.act {
                let (link, message) = (injection.link, injection.message(scenario.protocol));
                start.send(link.from, link.to, message);
            }
        }
        start
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Message) {
        self.spoken.push(message.clone());
        self.flights.push(Flight { from, to, message, is_doubled: false });
    }

    fn hear(&mut self, scenario: &Scenario, node: NodeId, outcome: Outcome) {
        let liars = scenario.setup.cast.liars;
        for what in outcome.said.iter().filter(|what| is_heard(what, liars)) {
            self.judge.hear_next(scenario, what);
        }
        outcome.sent.into_iter().for_each(|(to, message)| self.send(node, to, message));
    }

    /// Makes these moves, which the run of the script makes before this instant.
    ///
    /// # Errors
    /// The reason: what the run does that no search can do, or which check it violates.
    pub(super) fn make(
        &mut self,
        scenario: &Scenario,
        lines: &Lines,
        prefix: &Prefix,
        until: Time,
    ) -> Result<(), String> {
        if until == Time::ZERO {
            return Ok(());
        }
        for next in &prefix.moves {
            if !self.make_one(scenario, lines, next) {
                return Err("the script does something before that a search cannot do".to_owned());
            }
            if let Some(verdict) = self.judge.verdicts().iter().find(|verdict| !verdict.holds()) {
                return Err(format!("the script violates the check {} before that", verdict.check.name));
            }
        }
        // In a run, other things can happen between a message to oneself and its arrival, at the same instant. In a search
        // the arrival belongs to the step that sent the message.
        for (process, stored) in self.processes.iter().zip(&prefix.stored) {
            if process.storage() != stored {
                let name = scenario.symbols.node(process.node());
                return Err(format!(
                    "something happens to {name} at the very instant at which its message to itself arrives"
                ));
            }
        }
        // A line that found nothing to do is no move, and it is over all the same.
        for planned in scenario.acts.iter().take_while(|planned| planned.at < until) {
            if let Act::Propose(node, _) = planned.act {
                self.wishes[node.index()] += 1;
            }
        }
        let said = lines.leaders.iter().skip(1);
        self.said = said.take_while(|(place, _)| scenario.acts[*place as usize].at < until).count();
        Ok(())
    }

    fn make_one(&mut self, scenario: &Scenario, lines: &Lines, next: &Move) -> bool {
        let (node, input, flight) = match next {
            Move::Play(place) => match &scenario.acts[*place].act {
                Act::Propose(node, _) => {
                    let wishes = &lines.wishes[node.index()];
                    let Some(wish) = wishes.iter().position(|(wish, _)| *wish as usize == *place) else { return false };
                    (*node, Input::wish(wish as u32), None)
                }
                _ => {
                    let Some(said) = lines.leaders.iter().skip(1).position(|(said, _)| *said as usize == *place) else {
                        // The oracle has named the same leaders before, or nobody listens to it.
                        return true;
                    };
                    self.said = said + 1;
                    for node in NodeId::all(scenario.nodes()) {
                        if self.processes[node.index()].is_up() {
                            self.step(scenario, lines, (node, Input::leaders(self.said as u32), None));
                        }
                    }
                    return true;
                }
            },
            Move::Deliver(flight) | Move::Change(flight, ..) | Move::Lose(flight) => {
                let Some(place) = self.flights.iter().position(|known| known == flight) else { return false };
                self.flights.remove(place);
                let message = match next {
                    Move::Lose(_) => return true,
                    Move::Change(_, _, said) => said,
                    _ => &flight.message,
                };
                let arrives = Flight { message: message.clone(), ..flight.clone() };
                (flight.to, Input::deliver(0), Some(arrives))
            }
            Move::Double(flight) => {
                let known = self.flights.iter_mut().find(|known| *known == flight);
                let Some(known) = known.filter(|known| !known.is_doubled) else { return false };
                known.is_doubled = true;
                let copy = known.clone();
                self.flights.push(copy);
                return true;
            }
            Move::Crash(node) => (*node, Input::CRASH, None),
            Move::Restart(node) => (*node, Input::restart(self.said as u32), None),
            Move::Timeout(node, timer) => {
                let timers = self.processes[node.index()].timers();
                let Some(place) = timers.iter().position(|running| running == timer) else { return false };
                (*node, Input::timer(place as u32), None)
            }
            Move::Invent(_) => unreachable!("a line that injects is under way from the start"),
        };
        self.step(scenario, lines, (node, input, flight));
        true
    }

    fn step(&mut self, scenario: &Scenario, lines: &Lines, (node, input, flight): (NodeId, Input, Option<Flight>)) {
        let process = self.processes[node.index()].clone();
        let (process, outcome) = step(scenario, lines, process, input, flight.as_ref());
        self.processes[node.index()] = process;
        self.hear(scenario, node, outcome);
    }
}

/// What happens in the run of the scenario before this instant, as moves.
///
/// # Errors
/// The reason: what the run does that no search can do.
pub(super) fn prefix(scenario: &Scenario, until: Time) -> Result<Prefix, String> {
    let mut prefix = Prefix::default();
    if until == Time::ZERO {
        return Ok(prefix);
    }
    let mut run = Run::open(scenario.clone());
    run.go_on_to(Time(until.0 - 1));
    for event in run.trace().events() {
        prefix.moves.extend(as_move(run.trace(), &event.what)?);
        if prefix.moves.len() > MOVES_MAX {
            return Err(format!("more than {MOVES_MAX} things happen before that"));
        }
    }
    prefix.stored = NodeId::all(scenario.nodes()).map(|node| run.last().storage(node).clone()).collect();
    Ok(prefix)
}

/// The move that an event is, if it is one.
fn as_move(trace: &Trace, what: &What) -> Result<Option<Move>, String> {
    let name = |node: &NodeId| trace.scenario.symbols.node(*node);
    Ok(match what {
        What::Acted(place, Act::Propose(..) | Act::Leader(_)) => Some(Move::Play(*place as usize)),
        What::Acted(_, Act::Crash(node)) => Some(Move::Crash(*node)),
        What::Acted(_, Act::Restart(node, Disk::Kept)) => Some(Move::Restart(*node)),
        What::Acted(_, Act::Restart(node, Disk::Empty)) => {
            return Err(format!("{} loses its disk before that", name(node)));
        }
        What::CrashedBeforeSend(node) => return Err(format!("{} crashes before it sends something", name(node))),
        What::TimerFired(node, timer) => Some(Move::Timeout(*node, *timer)),
        What::Landed(id) => arrival(trace, *id),
        What::Lost(id, _) => flight(trace, *id).map(Move::Lose),
        What::Sent(id) => match trace.message(*id).copy_of {
            Some(original) => {
                flight(trace, original).map(|flight| Move::Double(Flight { is_doubled: false, ..flight }))
            }
            None => None,
        },
        What::Acted(..) | What::Persisted(..) | What::Applied(..) | What::Stated(..) => None,
    })
}

/// A message as it left its sender's machine; none where the sender is the receiver, because a step includes such messages.
fn flight(trace: &Trace, id: MessageId) -> Option<Flight> {
    let envelope = trace.message(id);
    if envelope.to_self() {
        return None;
    }
    let message = envelope.truth.as_deref().unwrap_or(&envelope.message).clone();
    let original = envelope.copy_of.unwrap_or(id);
    let is_doubled = trace.messages().iter().any(|other| other.copy_of == Some(original));
    Some(Flight { from: envelope.from, to: envelope.to, message, is_doubled })
}

/// The move in which a message arrives.
fn arrival(trace: &Trace, id: MessageId) -> Option<Move> {
    let flight = flight(trace, id)?;
    let envelope = trace.message(id);
    if envelope.truth.is_none() {
        return Some(Move::Deliver(flight));
    }
    let (kind, ordinal) = (envelope.message.kind, trace.ordinal(id));
    let is_its = |link: Link<NodeId>| (link.from, link.to) == (envelope.from, envelope.to);
    let rules = trace.scenario.rules.iter();
    let rules = rules.filter(|rule| rule.kind == kind && is_its(rule.link) && Some(rule.ordinal) == ordinal);
    let lies = rules.filter_map(|rule| rule.lie()).cloned().collect();
    Some(Move::Change(flight, lies, envelope.message.clone()))
}
