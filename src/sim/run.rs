//! A whole run: its trace, and checkpoints from which any instant is reached, and any fork begun, without starting over.

use std::fmt;
use std::sync::Arc;

use super::World;
use crate::protocol::Kind;
use crate::scenario::{Link, Planned, Rule, RuleEffect, Scenario};
use crate::trace::{Envelope, Trace};
use crate::types::{NodeId, Time};

/// The most inputs (script lines, messages, timers) that a run handles.
pub const STEPS_MAX: u64 = 200_000;

/// At first a checkpoint is taken this often, in steps; a long run keeps every second one and doubles the distance.
const CHECKPOINT_STEPS: u64 = 256;
const CHECKPOINTS_MAX: usize = 64;

/// All checkpoints together hold at most so many things that are still to come.
const CHECKPOINTS_WEIGHT_MAX: usize = 200_000;

/// Something a person should know about a line of their script: it had no effect, and why.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Note {
    /// The script's line, counted from 1; 0 when it is about the whole run.
    pub line: usize,
    /// A sentence.
    pub message: String,
}

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Nothing more can happen.
    Quiet,
    /// The script said until when.
    Until,
    /// The script did not say until when, and for a while it has done nothing more.
    Horizon,
    /// It would have taken more than [`STEPS_MAX`] steps.
    TooLong,
}

/// A scenario, run to its end.
#[derive(Clone)]
pub struct Run {
    trace: Trace,
    checkpoints: Vec<World>,
    stride: u64,
    last: World,
    stop: Stop,
}

impl fmt::Debug for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.trace.events().len();
        formatter.debug_struct("Run").field("events", &events).field("stop", &self.stop).finish_non_exhaustive()
    }
}

impl Run {
    /// Runs a scenario from its beginning.
    pub fn of(scenario: Scenario) -> Self {
        let scenario = Arc::new(scenario);
        let mut trace = Trace::new(Arc::clone(&scenario));
        let world = World::new(scenario, Some(&mut trace));
        let checkpoints = vec![world.clone()];
        let mut run = Self { trace, checkpoints, stride: CHECKPOINT_STEPS, last: world, stop: Stop::Quiet };
        run.finish();
        run
    }

    /// Runs another scenario, keeping what is the same: everything before the first instant at which they can differ.
    pub fn fork(&self, scenario: Scenario) -> Self {
        // The first checkpoint already holds what the cluster sent as it came up.
        let differ = first_difference(&self.trace, &scenario).filter(|differ| *differ > Time::ZERO);
        let Some(differ) = differ else { return Self::of(scenario) };
        let scenario = Arc::new(scenario);
        // A checkpoint may stand in the middle of its instant, so the instant of the difference is run again whole.
        let kept = self.checkpoints.iter().filter(|world| world.steps == 0 || world.now < differ);
        let checkpoints: Vec<_> = kept.map(|world| world.adopt(&scenario, &self.trace)).collect();
        let last = checkpoints.last().expect("the first checkpoint is the start").clone();
        let trace = self.trace.prefix(scenario, last.events as usize, last.messages as usize);
        let mut fork = Self { trace, checkpoints, stride: self.stride, last, stop: Stop::Quiet };
        fork.finish();
        fork
    }

    /// What happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whose run it is.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.trace.scenario
    }

    /// Why it ended.
    pub fn stop(&self) -> Stop {
        self.stop
    }

    /// The world as it is at the end.
    pub fn last(&self) -> &World {
        &self.last
    }

    /// The world after everything that happens at or before `time`.
    pub fn world_at(&self, time: Time) -> World {
        let next = self.checkpoints.partition_point(|world| world.steps == 0 || world.now <= time);
        let mut world = self.checkpoints[next.max(1) - 1].clone();
        while world.steps < self.last.steps && world.next_time().is_some_and(|next| next <= time) {
            world.step(None);
        }
        world
    }

    /// The world after the step to which the first `events` events belong.
    pub fn world_after(&self, events: usize) -> World {
        // Steps without events may stand at a checkpoint with just as many, and belong to what comes after.
        let next = self.checkpoints.partition_point(|world| world.steps == 0 || (world.events as usize) < events);
        let mut world = self.checkpoints[next.max(1) - 1].clone();
        while (world.events as usize) < events && world.steps < self.last.steps {
            world.step(None);
        }
        world
    }

    /// What a person should know about the script's lines, in their order.
    pub fn notes(&self) -> Vec<Note> {
        let scenario = self.scenario();
        let line = |place: &usize| scenario.acts[*place].line;
        let mut notes = Vec::new();
        let mut note = |line: usize, message: String| {
            let note = Note { line, message };
            notes.insert(notes.partition_point(|other| *other <= note), note);
        };
        for (line, why) in &scenario.idle {
            note(*line, why.clone());
        }
        for (place, why) in &self.last.idle {
            note(line(place), why.clone());
        }
        for (place, seen) in self.last.network.unmatched(scenario) {
            let Rule { line, kind, link, ordinal, .. } = &scenario.rules[place];
            let kind = scenario.protocol.kind(*kind).name;
            let [from, to] = [link.from, link.to].map(|node| scenario.symbols.node(node));
            note(*line, format!("the run sends {seen} {kind} from {from} to {to}, so there is no #{ordinal}"));
        }
        for place in self.last.nodes.iter().filter_map(|node| node.crash_before_send) {
            note(line(&place), "it sends nothing more, so it does not crash".to_owned());
        }
        if let Some((Planned { line, at, .. }, more)) = scenario.acts[self.last.acts_done..].split_first() {
            let more =
                if more.is_empty() { String::new() } else { format!(", nor do {} more acts after it", more.len()) };
            note(*line, format!("the run ends before {at}Δ, so this does not happen{more}"));
        }
        if self.stop == Stop::Horizon {
            let horizon = scenario.horizon();
            note(0, format!("it would go on; no line says until when, so it stops at {horizon}Δ"));
        }
        if self.stop == Stop::TooLong {
            note(0, format!("stopped after {STEPS_MAX} steps, at {}Δ", self.last.now));
        }
        notes
    }

    fn finish(&mut self) {
        let scenario = &self.trace.scenario;
        let (horizon, is_told) = (scenario.horizon(), scenario.until.is_some());
        self.stop = loop {
            let Some(next) = self.last.next_time() else { break Stop::Quiet };
            if next > horizon {
                break if is_told { Stop::Until } else { Stop::Horizon };
            }
            if self.last.steps >= STEPS_MAX {
                break Stop::TooLong;
            }
            self.last.step(Some(&mut self.trace));
            if self.last.steps.is_multiple_of(self.stride) {
                self.checkpoint();
            }
        };
    }

    /// Remembers the world as it is now. What is remembered stays bounded in number and in memory: when it is too much,
    /// every second checkpoint goes and the next ones are further apart. The first one, the start, always stays.
    fn checkpoint(&mut self) {
        self.checkpoints.push(self.last.clone());
        let is_too_much = |kept: &[World]| {
            kept.len() > CHECKPOINTS_MAX || kept.iter().map(World::weight).sum::<usize>() > CHECKPOINTS_WEIGHT_MAX
        };
        while self.checkpoints.len() > 1 && is_too_much(&self.checkpoints) {
            let mut place = 0;
            self.checkpoints.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
        }
    }
}

impl World {
    /// About how much memory a copy takes: how many things are still to come, and how many links are counted.
    fn weight(&self) -> usize {
        let stored: usize = self.nodes.iter().map(|node| node.storage.len()).sum();
        self.queue.len() + self.network.weight() / 8 + stored
    }

    /// Goes on in another scenario, which was the same until now. New rules may speak of messages that are still to come,
    /// so it matters how many of their kind were sent already.
    fn adopt(&self, scenario: &Arc<Scenario>, trace: &Trace) -> Self {
        let sent = &trace.messages()[..self.messages as usize];
        let known = self.scenario.rules.iter().zip(self.network.seen());
        let seen = |rule: &Rule| {
            let same = known.clone().find(|(known, _)| known.concerns_as(rule));
            same.map_or_else(|| sent.iter().filter(|sent| rule.concerns(sent)).count() as u32, |(_, seen)| *seen)
        };
        let mut world = self.clone();
        world.network.set_seen(scenario.rules.iter().map(seen).collect());
        world.scenario = Arc::clone(scenario);
        world
    }
}

/// The earliest instant at which a run of `new` can differ from `trace`; none when it can from the start.
fn first_difference(trace: &Trace, new: &Scenario) -> Option<Time> {
    let old = &trace.scenario;
    let same_start = std::ptr::eq(old.protocol, new.protocol)
        && old.setup == new.setup
        && old.symbols.nodes == new.symbols.nodes
        && old.network == new.network
        && old.leaders == new.leaders
        && old.service.map(|service| service.name) == new.service.map(|service| service.name)
        && new.symbols.values.starts_with(&old.symbols.values)
        && new.commands.starts_with(&old.commands);
    if !same_start {
        return None;
    }
    let forever = Time(u64::MAX);
    let acts = || old.acts.iter().zip(&new.acts);
    let same_acts = acts().take_while(|(old, new)| (old.at, &old.act) == (new.at, &new.act)).count();
    let act_time = |scenario: &Scenario| scenario.acts.get(same_acts).map_or(forever, |planned| planned.at);
    let acts_differ = act_time(old).min(act_time(new));
    let rules_differ = if old.rules.iter().map(Rule::meaning).eq(new.rules.iter().map(Rule::meaning)) {
        forever
    } else {
        let about = |rules: &[Rule], this: &Rule| -> Vec<RuleEffect> {
            rules.iter().filter(|rule| rule.message() == this.message()).map(|rule| rule.effect).collect()
        };
        // Of the rules for one message the last word counts, so their order matters; that of the others does not.
        let changed = |rule: &&Rule| about(&old.rules, rule) != about(&new.rules, rule);
        let changed = old.rules.iter().chain(&new.rules).filter(changed);
        changed.filter_map(|rule| sent_at(trace, rule)).min().unwrap_or(forever)
    };
    let until_differs = if old.until == new.until { forever } else { old.until.into_iter().chain(new.until).min()? };
    Some(acts_differ.min(rules_differ).min(until_differs).min(trace.end()))
}

impl Rule {
    /// Of which message it speaks.
    fn message(&self) -> (Kind, Link<NodeId>, u32) {
        (self.kind, self.link, self.ordinal)
    }

    /// What it says, wherever it stands.
    fn meaning(&self) -> ((Kind, Link<NodeId>, u32), RuleEffect) {
        (self.message(), self.effect)
    }

    /// Whether the two count the same messages.
    fn concerns_as(&self, other: &Self) -> bool {
        (self.kind, self.link) == (other.kind, other.link)
    }

    /// Whether it counts this message.
    fn concerns(&self, sent: &Envelope) -> bool {
        (sent.message.kind, sent.from, sent.to, sent.copy_of) == (self.kind, self.link.from, self.link.to, None)
    }
}

/// When the message that a rule speaks of was sent, if it was.
fn sent_at(trace: &Trace, rule: &Rule) -> Option<Time> {
    let mut counted = trace.messages().iter().filter(|sent| rule.concerns(sent));
    counted.nth(rule.ordinal as usize - 1).map(|envelope| envelope.sent_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{EventId, What};

    fn run(text: &str) -> Run {
        Run::of(Scenario::read(text).expect("a good script").1)
    }

    #[test]
    fn a_minimal_ballot_ends_at_five_deltas() {
        let run = run("paxos-playground 1\nnodes 5\nat 0Δ propose A \"red\"\n");
        assert_eq!((run.trace().end(), run.stop()), (Time::deltas(5), Stop::Quiet));
        let learned = run.trace().facts().filter(|(.., fact)| matches!(fact, crate::protocol::Fact::Learned(..)));
        assert_eq!(learned.count(), 5);
    }

    #[test]
    fn a_fork_notices_rules_for_one_message_that_change_places() {
        let ballots: String = (0..12).map(|count| format!("at {}Δ propose A \"red\"\n", 6 * count)).collect();
        let script = |rules: &str| format!("paxos-playground 1\nnodes 7\n{ballots}{rules}");
        let [first, second] = ["0.25", "0.75"].map(|delay| format!("delay NextBallot A->B #1 {delay}Δ\n"));
        let old = run(&script(&format!("{first}{second}")));
        let new = script(&format!("{second}{first}drop Success A->B #11\n"));
        let fork = old.fork(Scenario::read(&new).expect("a good script").1);
        assert!(fork.trace().text() == run(&new).trace().text());
    }

    #[test]
    fn a_fork_notices_rules_for_what_was_sent_as_the_cluster_came_up() {
        let script = "paxos-playground 1\nprotocol multi\nnodes 3\nat 4Δ propose A \"red\"\n";
        let new = format!("{script}drop NextBallot A->B #1\n");
        let fork = run(script).fork(Scenario::read(&new).expect("a good script").1);
        assert!(fork.trace().text() == run(&new).trace().text());
    }

    #[test]
    fn no_line_is_without_effect_in_silence() {
        let notes = |acts: &str| {
            let run = run(&format!("paxos-playground 1\nnodes 3\n{acts}"));
            run.notes().into_iter().map(|note| (note.line, note.message)).collect::<Vec<_>>()
        };
        let twice = notes("at 0Δ crash A before-send\nat 1Δ crash A before-send\nat 2Δ propose A \"red\"\n");
        assert_eq!(twice, [(4, "A is told this already".to_owned())]);
        let overtaken = notes("at 0Δ crash A before-send\nat 1Δ crash A\n");
        assert_eq!(overtaken, [(3, "A crashes otherwise before it sends".to_owned())]);
    }

    #[test]
    fn events_of_one_step_name_their_input() {
        let run = run("paxos-playground 1\nnodes 3\nat 0Δ propose A \"red\"\n");
        for (id, event) in run.trace().numbered() {
            let input = run.trace().event(event.cause);
            assert!(event.cause <= id && input.time == event.time);
            assert!(matches!(input.what, What::Acted(..) | What::Landed(_) | What::Lost(..)), "{:?}", input.what);
        }
        assert_eq!(run.trace().event(EventId(0)).cause, EventId(0));
    }
}
