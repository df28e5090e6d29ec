//! From an execution on the grid to a scenario that plays it.
//!
//! The order of events is kept and their instants are chosen anew, in ticks: a message takes up to Δ, a timer takes exactly
//! its span, and what happens to one process in an order happens a tick apart. These are constraints on differences of two
//! instants, so the latest instant of each event is a shortest path (Bellman and Ford), and all of them are reached at once.
//! Then whatever makes no difference is left out, and old messages get round instants where they can have them.

use std::collections::BTreeMap;

use super::cast::Cast;
use super::game::Game;
use super::state::{State, Step};
use super::tube::Reaction;
use super::{OldTraffic, Question, Shown};
use crate::latency;
use crate::protocol::{Kind, TimerId};
use crate::scenario::{Act, Injection, Line, Link, RuleEffect, Scenario, Script, Statement};
use crate::sim::Run;
use crate::types::{Instance, NodeId, Time};

/// An execution with exact times.
pub(super) struct Timed {
    /// When everybody in C knows.
    pub(super) end: Time,
    /// Old messages that land: which ballot, at whom, when.
    old: Vec<(usize, NodeId, Time)>,
    /// Messages that take less than Δ.
    delays: Vec<(Sent, Time)>,
}

/// A message as a script's rule names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Sent {
    kind: Kind,
    from: NodeId,
    to: NodeId,
    ordinal: u32,
}

/// Something that happens to a process.
struct Event {
    node: NodeId,
    what: What,
}

enum What {
    Begins,
    Leads,
    /// Sent in this event.
    Lands(usize, Sent),
    Old(usize),
    /// Set in this event, for this span.
    Fires(usize, Time),
}

/// The event `of` is at most `span` ticks after `from`.
struct Limit {
    from: usize,
    of: usize,
    span: i64,
}

/// Follows a path again and writes down what causes what.
struct Notebook {
    events: Vec<Event>,
    limits: Vec<Limit>,
    /// The last event of each process.
    last: BTreeMap<NodeId, usize>,
    counts: BTreeMap<(Kind, NodeId, NodeId), u32>,
    /// What is under way: the message's number, what it is, the event and the instant that sent it, and whether that is
    /// before a timer of this instant.
    flying: Vec<(u32, Sent, usize, u32, bool)>,
    timers: Vec<(NodeId, TimerId, usize, Time)>,
    instant: u32,
}

/// The latest times at which a path can be played; none when its order cannot be had at single ticks' distance.
pub(super) fn timed(game: &mut Game, cast: &Cast, question: &Question, path: &[Step]) -> Option<Timed> {
    let book = Notebook::of(game, question, path);
    let times = latest(book.events.len(), &book.limits)?;
    let delta = Time::DELTA.0 as i64;
    let time = |event: usize| Time(times[event] as u64);
    let mut timed = Timed { end: time(book.events.len() - 1), old: Vec::new(), delays: Vec::new() };
    for (place, event) in book.events.iter().enumerate() {
        match &event.what {
            What::Old(old) => timed.old.push((game.old(*old).0, event.node, time(place))),
            What::Lands(sender, sent) if times[place] - times[*sender] < delta => {
                timed.delays.push((*sent, time(place).since(time(*sender))));
            }
            _ => {}
        }
    }
    debug_assert!(cast.members.len() > 1 || timed.delays.is_empty());
    Some(timed)
}

/// For each event its latest instant, the first one being at 0; none when the limits contradict each other.
fn latest(events: usize, limits: &[Limit]) -> Option<Vec<i64>> {
    let far = i64::MAX / 4;
    let mut times = vec![far; events];
    times[0] = 0;
    for _ in 0..=events {
        let mut is_done = true;
        for Limit { from, of, span } in limits {
            if times[*from] < far && times[*from] + span < times[*of] {
                times[*of] = times[*from] + span;
                is_done = false;
            }
        }
        if is_done {
            let is_good = times[0] == 0 && times.iter().all(|time| (0..far).contains(time));
            return is_good.then_some(times);
        }
    }
    None
}

impl Notebook {
    fn of(game: &mut Game, question: &Question, path: &[Step]) -> Self {
        let begin = Event { node: NodeId(0), what: What::Begins };
        let mut book = Self {
            events: vec![begin],
            limits: Vec::new(),
            last: BTreeMap::new(),
            counts: BTreeMap::new(),
            flying: Vec::new(),
            timers: Vec::new(),
            instant: 0,
        };
        let mut begun: Vec<(NodeId, Reaction)> = Vec::new();
        let mut state = game.start(|node, reaction| begun.push((node, reaction.clone())));
        begun.iter().for_each(|(node, reaction)| book.take(game, 0, *node, reaction));
        for step in path {
            let what = book.what(game, question, &state, *step);
            let (after, done) = game.play(&state, *step);
            state = after;
            let (Some((node, reaction)), Some(what)) = (done, what) else {
                book.instant += 1;
                book.flying.iter_mut().for_each(|flying| flying.4 = false);
                continue;
            };
            let event = book.events.len();
            book.place(question, event, node, &what);
            book.events.push(Event { node, what });
            book.take(game, event, node, &reaction);
        }
        book.close();
        book
    }

    fn limit(&mut self, from: usize, of: usize, span: i64) {
        self.limits.push(Limit { from, of, span });
    }

    /// What a step is; nothing when time passes.
    fn what(&mut self, game: &Game, question: &Question, state: &State, step: Step) -> Option<What> {
        match step {
            Step::Pass => None,
            Step::Old(place) => Some(What::Old(place)),
            Step::Land(place) => {
                let it = state.flying[place];
                let age = u32::from(question.resolution - it.left);
                let is_it = |(message, sent, _, instant, is_late): &(u32, Sent, usize, u32, bool)| {
                    (*message, sent.from, sent.to, *is_late) == (it.message, it.from, it.to, it.is_late)
                        && *instant + age == self.instant
                };
                let place = self.flying.iter().position(is_it).expect("what is under way was sent");
                let (_, sent, event, ..) = self.flying.remove(place);
                Some(What::Lands(event, sent))
            }
            Step::Timer(place) => {
                self.flying.iter_mut().for_each(|flying| flying.4 = true);
                let running = state.timers[place];
                if Game::is_lead(running.timer) {
                    return Some(What::Leads);
                }
                let is_it = |(node, timer, ..): &(NodeId, TimerId, usize, Time)| {
                    (*node, *timer) == (running.node, running.timer)
                };
                let place = self.timers.iter().position(is_it).expect("what runs out was set");
                let (.., event, span) = self.timers.remove(place);
                Some(What::Fires(event, span))
            }
        }
        .inspect(|_| debug_assert!(game.message(0).ballot.is_some() || question.stale == 0))
    }

    /// Where an event stands in time.
    fn place(&mut self, question: &Question, event: usize, node: NodeId, what: &What) {
        let delta = Time::DELTA.0 as i64;
        self.limit(event, 0, 0);
        match what {
            What::Lands(sender, _) => {
                self.limit(*sender, event, delta);
                self.limit(event, *sender, 0);
            }
            What::Fires(set, span) => {
                self.limit(*set, event, span.0 as i64);
                self.limit(event, *set, -(span.0 as i64));
            }
            What::Leads => {
                self.limit(0, event, question.wait.0 as i64);
                self.limit(event, 0, -(question.wait.0 as i64));
            }
            What::Old(_) if question.old_traffic == OldTraffic::ByDelta => self.limit(0, event, delta),
            What::Old(_) | What::Begins => {}
        }
        if let Some(before) = self.last.insert(node, event) {
            // Messages land before timers run out, and lines of the script act before both.
            let is_free = matches!(what, What::Fires(..)) || matches!(self.events[before].what, What::Leads);
            self.limit(event, before, if is_free { 0 } else { -1 });
        }
    }

    /// What an event sends, sets and stops.
    fn take(&mut self, game: &Game, event: usize, node: NodeId, reaction: &Reaction) {
        for (to, number) in &reaction.sends {
            let kind = game.message(*number).kind;
            let count = self.counts.entry((kind, node, *to)).or_default();
            *count += 1;
            let sent = Sent { kind, from: node, to: *to, ordinal: *count };
            self.flying.push((*number, sent, event, self.instant, false));
        }
        for (timer, span) in &reaction.timers {
            let is_it = |(of, running, ..): &(NodeId, TimerId, usize, Time)| (*of, *running) == (node, *timer);
            if let Some(place) = self.timers.iter().position(is_it) {
                let (.., set, running) = self.timers.remove(place);
                self.limit(set, event, running.0 as i64);
            }
            if let Some(span) = span {
                self.timers.push((node, *timer, event, *span));
            }
        }
    }

    /// Everything happened by the end, and what did not happen by then is later.
    fn close(&mut self) {
        let end = self.events.len() - 1;
        (0..end).for_each(|event| self.limit(end, event, 0));
        for (.., set, span) in std::mem::take(&mut self.timers) {
            self.limit(set, end, span.0 as i64);
        }
    }
}

impl Timed {
    /// How many lines it takes to say so.
    pub(super) fn lines(&self) -> usize {
        self.old.len() + self.delays.len()
    }

    /// The scenario, and what its run shows; none when that is not what was meant.
    pub(super) fn shown(&self, cast: &Cast, question: &Question) -> Option<(Script, Shown)> {
        let mut old = self.old.clone();
        let mut delays = self.delays.clone();
        let shown = run(&script(cast, question, &old, &delays))?;
        if shown.all != self.end {
            return None;
        }
        let is_as_slow = |old: &[_], delays: &[_]| {
            run(&script(cast, question, old, delays)).is_some_and(|less| less.all >= self.end)
        };
        shrink(&mut delays, |delays| is_as_slow(&old, delays));
        shrink(&mut old, |old| is_as_slow(old, &delays));
        for place in 0..old.len() {
            if let Some(round) = rounds(question, self.end).find(|round| {
                let mut tried = old.clone();
                tried[place].2 = *round;
                is_as_slow(&tried, &delays)
            }) {
                old[place].2 = round;
            }
        }
        shrink(&mut delays, |delays| is_as_slow(&old, delays));
        let script = script(cast, question, &old, &delays);
        let shown = run(&script)?;
        Some((script, shown))
    }
}

/// Leaves out, one by one, what makes no difference.
fn shrink<T: Copy>(items: &mut Vec<T>, is_enough: impl Fn(&[T]) -> bool) {
    for place in (0..items.len()).rev() {
        let mut fewer = items.clone();
        fewer.remove(place);
        if is_enough(&fewer) {
            *items = fewer;
        }
    }
}

/// Round instants at which old messages may land, roundest first.
fn rounds(question: &Question, end: Time) -> impl Iterator<Item = Time> {
    let is_limited = question.old_traffic == OldTraffic::ByDelta;
    let most = if is_limited { Time::DELTA } else { end };
    [1, 2, 4].into_iter().flat_map(move |parts| {
        let step = Time::DELTA.0 / parts;
        (0..=most.0 / step).filter(move |count| parts == 1 || !count.is_multiple_of(2)).map(move |count| Time(count * step))
    })
}

/// The scenario in which old messages land at these instants, and these messages take so long and all others Δ.
fn script(cast: &Cast, question: &Question, old: &[(usize, NodeId, Time)], delays: &[(Sent, Time)]) -> Script {
    let name = |node: NodeId| cast.name(node);
    let mut lines: Vec<Line> = Vec::new();
    let mut say = |statement: Statement| lines.push(statement.into());
    let when = if question.old_traffic == OldTraffic::ByDelta { " that arrive by T_el + Δ" } else { "" };
    let k = question.stale;
    let ballots = if k == 1 { "one stale ballot".to_owned() } else { format!("{k} stale ballots") };
    say(Statement::Title("The slowest execution".to_owned()));
    say(Statement::About(format!("An adversary with {ballots}{when} chooses every delay, up to Δ.")));
    let head = cast.head.iter().cloned();
    let mut lines: Vec<Line> = lines.into_iter().chain(head).collect();
    let mut say = |statement: Statement| lines.push(statement.into());
    if question.wait > Time::ZERO {
        say(Statement::Leader(Vec::new()));
    } else if cast.leader != NodeId(0) {
        say(Statement::Leader(vec![name(cast.leader)]));
    }
    let mut at = |time: Time, act| say(Statement::At(time, act));
    cast.down.iter().for_each(|node| at(Time::ZERO, Act::Crash(name(*node))));
    at(Time::ZERO, Act::Propose(name(cast.leader), cast.wish.clone()));
    for (ballot, to, time) in old {
        let ballot = cast.old[*ballot];
        let injection = Injection {
            kind: cast.scenario.protocol.kind(cast.next_ballot).name.to_owned(),
            link: Link { from: name(cast.stranger), to: name(*to) },
            ballot: Some((ballot.number(), name(ballot.owner()))),
            instance: Instance::FIRST.0,
            value: None,
            takes: Some(*time),
        };
        at(Time::ZERO, Act::Inject(injection));
    }
    if question.wait > Time::ZERO {
        at(question.wait, Act::Leader(vec![name(cast.leader)]));
    }
    for (sent, delay) in delays {
        say(Statement::Rule {
            kind: cast.scenario.protocol.kind(sent.kind).name.to_owned(),
            link: Link { from: name(sent.from), to: name(sent.to) },
            ordinal: sent.ordinal,
            effect: RuleEffect::Delay(*delay),
        });
    }
    Script { lines }
}

/// Runs it; nothing when not everybody learns.
fn run(script: &Script) -> Option<Shown> {
    let run = Run::of(Scenario::of(script).ok()?);
    let decisions = latency::decisions(run.trace());
    let first = decisions.iter().find(|decision| decision.instance == Instance::FIRST)?;
    Some(Shown { leader: first.leader_learned()?, all: first.all_learned? })
}
