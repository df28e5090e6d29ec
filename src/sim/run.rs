//! A whole run: its trace and its checkpoints. From a checkpoint the run can reach any instant, or begin any fork, without
//! starting over.

use std::fmt;
use std::sync::Arc;

use super::World;
use crate::protocol::Kind;
use crate::scenario::{Lie, Link, Planned, Rule, RuleEffect, Scenario};
use crate::tongue::say;
use crate::trace::{Envelope, MessageId, Trace};
use crate::types::{NodeId, Time, Value};

/// The most inputs (script lines, messages, timers) that a run handles.
pub const STEPS_MAX: u64 = 200_000;

/// The most messages that a run holds, copies included.
pub const MESSAGES_MAX: u32 = 125_000;

/// The most events that a run holds.
pub const EVENTS_MAX: u32 = 375_000;

/// The most bytes of lists that a run's messages carry, and of state that its nodes keep, as [`World`] counts them.
pub const BYTES_MAX: usize = 12_000_000;

/// How many steps lie between two checkpoints at first. A long run keeps only every second checkpoint and doubles this
/// distance.
const CHECKPOINT_STEPS: u64 = 256;
const CHECKPOINTS_MAX: usize = 64;

/// About how many bytes all checkpoints together hold at most.
const CHECKPOINTS_BYTES_MAX: usize = 8_000_000;

/// A note for a person about a line of their script, for example that the line had no effect, and why.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Note {
    /// The script's line, counted from 1; 0 when the note is about the whole run.
    pub line: usize,
    /// The note, as a sentence.
    pub message: String,
}

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Nothing more can happen.
    Quiet,
    /// The script's `until` was reached.
    Until,
    /// The script has no `until`, and its last line acted some time ago ([`Scenario::horizon`]).
    Horizon,
    /// The run would have taken more than [`STEPS_MAX`] steps.
    TooLong,
    /// The run reached this bound on its size.
    TooLarge(Bound),
    /// The run has not ended: the rest has yet to be run.
    Unfinished,
}

/// A bound on the size of a run, so that the run fits in the memory of a browser's tab. The bounds are counts and do not
/// depend on the memory that a computer has left, so a run stops at the same event everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// A run holds at most [`MESSAGES_MAX`] messages.
    Messages,
    /// A run holds at most [`EVENTS_MAX`] events.
    Events,
    /// A run holds at most [`BYTES_MAX`] bytes.
    Bytes,
}

impl Bound {
    /// The bound as a text for people, such as `125000 messages`.
    pub fn most(self) -> String {
        match self {
            Self::Messages => say!("{most} messages", most = MESSAGES_MAX),
            Self::Events => say!("{most} events", most = EVENTS_MAX),
            Self::Bytes => say!("{most} MB of what messages carry and nodes keep", most = BYTES_MAX / 1_000_000),
        }
    }
}

/// A scenario that was run to its end, or for a part of the way. A copy costs little, because copies share the trace.
#[derive(Clone)]
pub struct Run {
    trace: Trace,
    checkpoints: Vec<Checkpoint>,
    stride: u64,
    last: World,
    stop: Stop,
}

/// A world to run on from. The world may come from a run of another scenario that was the same until then; the other
/// scenario's list of rules may differ.
#[derive(Clone)]
struct Checkpoint {
    world: Arc<World>,
    /// For each rule of the run's own scenario, how many of the rule's messages were sent by then.
    seen: Vec<u32>,
}

impl fmt::Debug for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.trace.events().len();
        formatter.debug_struct("Run").field("events", &events).field("stop", &self.stop).finish_non_exhaustive()
    }
}

impl Run {
    /// Runs a scenario from its beginning to its end.
    pub fn of(scenario: Scenario) -> Self {
        let mut run = Self::open(scenario);
        run.go_on(usize::MAX);
        run
    }

    /// A run that nobody has run: its trace comes from somewhere else. Its world is that of a cluster that has just come up.
    pub fn recorded(trace: Trace) -> Self {
        let last = World::new(Arc::clone(&trace.scenario), None);
        let mut run = Self { trace, checkpoints: Vec::new(), stride: CHECKPOINT_STEPS, last, stop: Stop::Quiet };
        run.checkpoint();
        run
    }

    /// A run whose cluster has just come up.
    pub fn open(scenario: Scenario) -> Self {
        let scenario = Arc::new(scenario);
        let mut trace = Trace::new(Arc::clone(&scenario));
        let last = World::new(scenario, Some(&mut trace));
        let mut run = Self { trace, checkpoints: Vec::new(), stride: CHECKPOINT_STEPS, last, stop: Stop::Unfinished };
        run.checkpoint();
        run
    }

    /// Runs another scenario to its end, and keeps the part that is the same in this run.
    pub fn fork(&self, scenario: Scenario) -> Self {
        let mut fork = self.branch(scenario);
        fork.go_on(usize::MAX);
        fork
    }

    /// Another scenario, run to a little before the first instant at which its run can differ from this one. The time that
    /// this takes does not depend on that instant, because the two runs share the part that they have in common.
    pub fn branch(&self, scenario: Scenario) -> Self {
        // The first checkpoint already holds the messages that the cluster sent as it came up.
        let differ = first_difference(&self.trace, &scenario).filter(|differ| *differ > Time::ZERO);
        let Some(differ) = differ else { return Self::open(scenario) };
        let scenario = Arc::new(scenario);
        // A checkpoint may stand in the middle of an instant, so the whole instant of the difference is run again.
        let kept = self.checkpoints.partition_point(|kept| kept.world.steps == 0 || kept.world.now < differ);
        let checkpoints = self.adopted(&self.checkpoints[..kept], &scenario);
        let last = checkpoints.last().expect("the first checkpoint is the start").resume(&scenario);
        let (events, messages) = (last.events as usize, last.messages as usize);
        let trace = self.trace.prefix(scenario, events, messages, last.under_way());
        Self { trace, checkpoints, stride: self.stride, last, stop: Stop::Unfinished }
    }

    /// Checkpoints for another scenario, which was the same until the last of these checkpoints. Its rules may be about
    /// messages that are still to come, so each rule needs the number of messages of its kind and link that were sent
    /// already.
    fn adopted(&self, kept: &[Checkpoint], scenario: &Scenario) -> Vec<Checkpoint> {
        let mut adopted: Vec<_> =
            kept.iter().map(|kept| Checkpoint { world: Arc::clone(&kept.world), seen: Vec::new() }).collect();
        let old = &self.scenario().rules;
        for (place, rule) in scenario.rules.iter().enumerate() {
            let is_known = |known: &Rule| known.concerns_as(rule);
            let same_place = old.get(place).filter(|known| is_known(known)).map(|_| place);
            let known = same_place.or_else(|| old.iter().position(is_known));
            let (mut read, mut seen) = (0, 0);
            for (old, new) in kept.iter().zip(&mut adopted) {
                seen = match known {
                    Some(known) => old.seen[known],
                    None => {
                        let sent = self.trace.messages().range(read..old.world.messages as usize);
                        seen + sent.filter(|sent| rule.concerns(&self.trace, sent)).count() as u32
                    }
                };
                read = old.world.messages as usize;
                new.seen.push(seen);
            }
        }
        adopted
    }

    /// Runs on until about `events` more events have happened, or to the end. True when the run has come to its end.
    pub fn go_on(&mut self, events: usize) -> bool {
        self.advance(Time(u64::MAX), self.trace.events().len().saturating_add(events))
    }

    /// Runs on until everything at or before `time` has happened, or to the end. True when the run has come to its end.
    pub fn go_on_to(&mut self, time: Time) -> bool {
        self.advance(time, usize::MAX)
    }

    /// The trace of the run: what happened in it.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The scenario that is run.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.trace.scenario
    }

    /// Why the run ended.
    pub fn stop(&self) -> Stop {
        self.stop
    }

    /// Whether the run has come to its end.
    pub fn is_over(&self) -> bool {
        self.stop != Stop::Unfinished
    }

    /// The world at the end of the run, or at the point that the run has reached.
    pub fn last(&self) -> &World {
        &self.last
    }

    /// The world after everything that happens at or before `time`.
    pub fn world_at(&self, time: Time) -> World {
        let next = self.checkpoints.partition_point(|kept| kept.world.steps == 0 || kept.world.now <= time);
        let mut world = self.checkpoints[next.max(1) - 1].resume(self.scenario());
        while world.steps < self.last.steps && world.next_time().is_some_and(|next| next <= time) {
            world.step(None);
        }
        world
    }

    /// The world after the step to which the first `events` events belong.
    pub fn world_after(&self, events: usize) -> World {
        let mut world = self.checkpoint_before(events).resume(self.scenario());
        self.follow(&mut world, events);
        world
    }

    /// Moves a world of this run to the state after the step to which the first `events` events belong. A world that is
    /// already between the nearest checkpoint and that state goes on from where it is.
    pub fn move_world(&self, world: &mut World, events: usize) {
        let kept = &self.checkpoint_before(events).world;
        let is_near = world.steps >= kept.steps && (world.events as usize) <= events;
        if is_near { self.follow(world, events) } else { *world = self.world_after(events) }
    }

    fn checkpoint_before(&self, events: usize) -> &Checkpoint {
        // A checkpoint with exactly `events` events may stand after later steps that made no events, so it is too late.
        let is_before = |world: &World| world.steps == 0 || (world.events as usize) < events;
        let next = self.checkpoints.partition_point(|kept| is_before(&kept.world));
        &self.checkpoints[next.max(1) - 1]
    }

    fn follow(&self, world: &mut World, events: usize) {
        while (world.events as usize) < events && world.steps < self.last.steps {
            world.step(None);
        }
    }

    /// The notes for a person about the script's lines, in the order of the lines, once the run is over.
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
            note(*line, say!("the run sends {seen} {kind} from {from} to {to}, so there is no #{ordinal}"));
        }
        for (place, why) in &self.last.refused {
            note(scenario.rules[*place].line, why.clone());
        }
        for place in self.last.nodes.iter().filter_map(|node| node.crash_before_send) {
            note(line(&place), say!("it sends nothing more, so it does not crash").into());
        }
        if let Some((Planned { line, at, .. }, more)) = scenario.acts[self.last.acts_done..].split_first() {
            let more = if more.is_empty() {
                String::new()
            } else {
                say!(", nor do {more} more acts after it", more = more.len())
            };
            let at = scenario.time_text(*at);
            note(*line, say!("the run ends before {at}, so this does not happen{more}"));
        }
        if self.stop == Stop::Horizon {
            let horizon = scenario.time_text(scenario.horizon());
            note(0, say!("it would go on; no line says until when, so it stops at {horizon}"));
        }
        if self.stop == Stop::TooLong {
            note(
                0,
                say!(
                    "stopped after {steps} steps, at {now}",
                    steps = STEPS_MAX,
                    now = scenario.time_text(self.last.now)
                ),
            );
        }
        if let Stop::TooLarge(bound) = self.stop {
            let now = scenario.time_text(self.last.now);
            note(
                0,
                say!(
                    "stopped at {now}: a run holds at most {most}, and what comes after is not run",
                    most = bound.most()
                ),
            );
        }
        notes
    }

    fn advance(&mut self, time: Time, events: usize) -> bool {
        let scenario = &self.trace.scenario;
        let (horizon, is_told) = (scenario.horizon(), scenario.until.is_some());
        while !self.is_over() {
            self.stop = match self.last.next_time() {
                _ if let Some(bound) = self.last.full => Stop::TooLarge(bound),
                None => Stop::Quiet,
                Some(next) if next > horizon && is_told => Stop::Until,
                Some(next) if next > horizon => Stop::Horizon,
                Some(_) if self.last.steps >= STEPS_MAX => Stop::TooLong,
                Some(next) if next > time || self.trace.events().len() >= events => return false,
                Some(_) => {
                    self.last.step(Some(&mut self.trace));
                    if self.last.steps.is_multiple_of(self.stride) {
                        self.checkpoint();
                    }
                    Stop::Unfinished
                }
            };
        }
        true
    }

    /// Takes a checkpoint of the world as it is now. The checkpoints stay bounded in number and in memory: when there are
    /// too many, every second checkpoint goes, and the next ones are further apart. The first checkpoint, the start, always
    /// stays.
    fn checkpoint(&mut self) {
        let seen = self.last.network.seen().to_vec();
        self.checkpoints.push(Checkpoint { world: Arc::new(self.last.clone()), seen });
        let bytes = |kept: &[Checkpoint]| kept.iter().map(|kept| kept.world.bytes()).sum::<usize>();
        let is_too_much = |kept: &[Checkpoint]| kept.len() > CHECKPOINTS_MAX || bytes(kept) > CHECKPOINTS_BYTES_MAX;
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

impl Checkpoint {
    /// A copy of the world, for the run's own scenario.
    fn resume(&self, scenario: &Arc<Scenario>) -> World {
        let mut world = (*self.world).clone();
        world.network.set_seen(self.seen.clone());
        world.scenario = Arc::clone(scenario);
        world
    }
}

impl World {
    /// The messages that are under way, in ports or in the network.
    fn under_way(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.queue.messages().chain(self.nodes.iter().flat_map(|node| node.port.messages()))
    }

    /// About how many bytes a copy of the world takes.
    fn bytes(&self) -> usize {
        let nodes = self.nodes.iter().map(|node| size_of::<super::Node>() + node.port.bytes()).sum::<usize>();
        self.queue.bytes() + self.network.weight() * 4 + nodes + self.kept + self.signed.bytes()
    }
}

/// The earliest instant at which a run of `new` can differ from `trace`; none when it can differ from the start.
fn first_difference(trace: &Trace, new: &Scenario) -> Option<Time> {
    let old = &trace.scenario;
    // Only a run with such lies remembers what processes have signed.
    let remembers = |scenario: &Scenario| scenario.rules.iter().any(|rule| matches!(rule.lie(), Some(Lie::Claims(_))));
    let same_start = std::ptr::eq(old.protocol, new.protocol)
        && remembers(old) == remembers(new)
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
    // Rules that both lists share at their beginning or their end do not matter. Of the rules between, only those matter
    // whose message has other effects in the new list.
    let alike = |(old, new): &(&Rule, &Rule)| old.meaning() == new.meaning();
    let same = old.rules.iter().zip(&new.rules).take_while(alike).count();
    let (old_rules, new_rules) = (&old.rules[same..], &new.rules[same..]);
    let same = old_rules.iter().rev().zip(new_rules.iter().rev()).take_while(alike).count();
    let between = old_rules[..old_rules.len() - same].iter().chain(&new_rules[..new_rules.len() - same]);
    // Of several rules for one message the last one counts, so the order of these rules matters. The order of rules for
    // different messages does not.
    fn about<'a>(rules: &'a [Rule], this: &Rule) -> impl Iterator<Item = &'a RuleEffect<NodeId, Value>> {
        let message = this.message();
        rules.iter().filter(move |rule| rule.message() == message).map(|rule| &rule.effect)
    }
    let changed = between.filter(|rule| !about(&old.rules, rule).eq(about(&new.rules, rule)));
    let rules_differ = changed.filter_map(|rule| sent_at(trace, rule)).min().unwrap_or(forever);
    let until_differs = if old.until == new.until { forever } else { old.until.into_iter().chain(new.until).min()? };
    Some(acts_differ.min(rules_differ).min(until_differs).min(trace.end()))
}

impl Rule {
    /// The message that the rule is about: its kind, its link and its ordinal.
    fn message(&self) -> (Kind, Link<NodeId>, u32) {
        (self.kind, self.link, self.ordinal)
    }

    /// The rule's message and effect, without its line in the script.
    fn meaning(&self) -> ((Kind, Link<NodeId>, u32), &RuleEffect<NodeId, Value>) {
        (self.message(), &self.effect)
    }

    /// Whether the two rules count the same messages.
    fn concerns_as(&self, other: &Self) -> bool {
        (self.kind, self.link) == (other.kind, other.link)
    }

    /// Whether the rule counts this message.
    fn concerns(&self, trace: &Trace, sent: &Envelope) -> bool {
        (sent.message.kind, sent.from, sent.to, sent.copy_of) == (self.kind, self.link.from, self.link.to, None)
            && !trace.is_injected(sent)
    }
}

/// When the message that a rule is about was sent, if it was sent.
fn sent_at(trace: &Trace, rule: &Rule) -> Option<Time> {
    let mut counted = trace.messages().iter().filter(|sent| rule.concerns(trace, sent));
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
    fn what_lands_after_a_fork_is_under_way_there() {
        let script = "paxos-playground 1\nnodes 7\nat 0Δ propose A \"red\"\n";
        let fork = run(script).fork(Scenario::read(&format!("{script}until 2.5Δ\n")).expect("a good script").1);
        let fresh = run(&format!("{script}until 2.5Δ\n"));
        assert!(fork.trace().messages().iter().eq(fresh.trace().messages().iter()));
        assert!(fork.trace().messages().iter().any(|message| message.end.is_none()));
    }

    #[test]
    fn a_leader_has_the_timer_of_its_phase_running() {
        let run = run("paxos-playground 1\nprotocol complete\nnodes 3\nat 0Δ propose A \"red\"\n");
        let running = |time| {
            let world = run.world_at(Time(time));
            let names =
                world.timers(NodeId(0)).map(|timer| run.scenario().protocol.timers[usize::from(timer.kind)].name);
            names.filter(|name| name.starts_with("phase")).collect::<Vec<_>>()
        };
        assert_eq!(
            [running(1_500_000), running(2_500_000), running(5_000_000)],
            [vec!["phase 1"], vec!["phase 2"], vec![]]
        );
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
