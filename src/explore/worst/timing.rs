//! When the events of an execution on the grid can really happen.
//!
//! The events keep their order and get new instants, in ticks. A message takes up to Δ, a timer takes exactly its span,
//! and events of one process that have an order happen a tick apart. These are limits on differences of two instants. So
//! the latest instant of each event is a shortest path (Bellman and Ford), and all events can have their latest instants
//! at once.

use std::collections::BTreeMap;

use super::game::Game;
use super::state::{Flying, State, Step};
use super::tube::Reaction;
use super::{LATE_MAX, OldTraffic, Question};
use crate::protocol::{Kind, TimerId};
use crate::types::{NodeId, Time};

/// An execution with exact times.
#[derive(Clone)]
pub(super) struct Timed {
    /// When everybody in C knows.
    pub(super) end: Time,
    /// Old messages that land: which message, at which node, when.
    pub(super) old: Vec<(usize, NodeId, Time)>,
    /// Messages that take a time other than Δ.
    pub(super) delays: Vec<(Sent, Time)>,
    /// Messages that are lost.
    pub(super) drops: Vec<Sent>,
    /// The processes that crash, and when.
    pub(super) crashes: Vec<(NodeId, Time)>,
}

/// A message as a script's rule names it.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    pub(super) kind: Kind,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) ordinal: u32,
}

/// Something that happens to a process.
struct Event {
    node: NodeId,
    what: What,
}

enum What {
    Begins,
    Leads,
    /// A message that was sent in this event lands.
    Lands(usize, Sent),
    Old(usize),
    /// A timer that was set in this event, for this span, runs out.
    Fires(usize, Time),
    Crashes,
}

/// The event `of` is at most `span` ticks after `from`.
struct Limit {
    from: usize,
    of: usize,
    span: i64,
}

/// Follows a path again and writes down which event causes which.
struct Notebook {
    events: Vec<Event>,
    limits: Vec<Limit>,
    ties: Ties,
    /// The last event of each process.
    last: BTreeMap<NodeId, usize>,
    counts: BTreeMap<(Kind, NodeId, NodeId), u32>,
    flying: Vec<OnTheWay>,
    timers: Vec<Armed>,
    /// Messages that are lost.
    drops: Vec<Sent>,
    /// For each crashed process, the event in which it crashed.
    crashed: BTreeMap<NodeId, usize>,
    /// In steps of the grid.
    instant: u32,
}

/// A message under way.
struct OnTheWay {
    message: u32,
    sent: Sent,
    /// The event that sent it, and its instant.
    by: usize,
    at: u32,
    is_late: bool,
}

/// A running timer.
struct Armed {
    node: NodeId,
    timer: TimerId,
    /// The event that set it.
    by: usize,
    span: Time,
}

/// How far apart ordered events of one process are. Only with [`Ties::Never`] is it certain that a run has the events in
/// this order; with the others a run often has it, and shows a later end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ties {
    /// A tick. But a message that is forgotten may land at the very instant of the event that makes it needless.
    Usual,
    /// A tick, and a message that is forgotten lands a tick after the event that makes it needless.
    Never,
    /// The events may be at one instant.
    Always,
}

impl Ties {
    /// Every way, in the order in which they are tried.
    pub(super) const ALL: [Self; 3] = [Self::Usual, Self::Never, Self::Always];
}

/// The latest times at which a path can be played; none when the order cannot be kept at these distances.
pub(super) fn timed(game: &mut Game, question: &Question, path: &[Step], ties: Ties) -> Option<Timed> {
    let book = Notebook::of(game, question, path, ties);
    let times = latest(book.events.len(), &book.limits)?;
    let delta = Time::DELTA.0 as i64;
    let time = |event: usize| Time(times[event] as u64);
    let mut timed = Timed {
        end: time(book.events.len() - 1),
        old: Vec::new(),
        delays: Vec::new(),
        drops: book.drops,
        crashes: Vec::new(),
    };
    for (place, event) in book.events.iter().enumerate() {
        match &event.what {
            What::Old(old) => timed.old.push((game.old(*old).0, event.node, time(place))),
            What::Crashes => timed.crashes.push((event.node, time(place))),
            What::Lands(sender, sent) if times[place] - times[*sender] != delta => {
                timed.delays.push((*sent, time(place).since(time(*sender))));
            }
            _ => {}
        }
    }
    Some(timed)
}

/// The latest instant of each event, when the first event is at 0; none when the limits contradict each other.
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
    fn of(game: &mut Game, question: &Question, path: &[Step], ties: Ties) -> Self {
        let begin = Event { node: NodeId(0), what: What::Begins };
        let mut book = Self {
            events: vec![begin],
            limits: Vec::new(),
            ties,
            last: BTreeMap::new(),
            counts: BTreeMap::new(),
            flying: Vec::new(),
            timers: Vec::new(),
            drops: Vec::new(),
            crashed: BTreeMap::new(),
            instant: 0,
        };
        let mut begun: Vec<(NodeId, Reaction)> = Vec::new();
        let mut state = game.start(|node, reaction| begun.push((node, reaction.clone())));
        begun.iter().for_each(|(node, reaction)| book.take(game, 0, *node, reaction));
        for step in path {
            let what = book.what(game, &state, *step);
            let (after, done) = game.play(&state, *step);
            state = after;
            let (Some((node, reaction)), Some(what)) = (done, what) else {
                book.instant += 1;
                book.flying.iter_mut().for_each(|flying| flying.is_late = false);
                continue;
            };
            let event = book.events.len();
            book.place(game, question, event, node, &what);
            book.events.push(Event { node, what });
            book.take(game, event, node, &reaction);
            book.forget(game, event, &state);
        }
        book.close(game);
        book
    }

    fn limit(&mut self, from: usize, of: usize, span: i64) {
        self.limits.push(Limit { from, of, span });
    }

    /// What happens in a step; none when time passes.
    fn what(&mut self, game: &Game, state: &State, step: Step) -> Option<What> {
        match step {
            Step::Pass => None,
            Step::Old(place) => Some(What::Old(place)),
            Step::Land(place) => {
                let it = state.flying[place];
                let at = self.instant - u32::from(game.span(it.from, it.to) - it.left);
                let is_it = |known: &OnTheWay| {
                    let OnTheWay { message, sent, is_late, .. } = known;
                    (*message, sent.from, sent.to, *is_late, known.at) == (it.message, it.from, it.to, it.is_late, at)
                };
                let place = self.flying.iter().position(is_it).expect("what is under way was sent");
                let OnTheWay { by, sent, .. } = self.flying.remove(place);
                Some(What::Lands(by, sent))
            }
            Step::Timer(place) => {
                self.flying.iter_mut().for_each(|flying| flying.is_late = true);
                let running = state.timers[place];
                if Game::is_lead(running.timer) {
                    return Some(What::Leads);
                }
                let Armed { by, span, .. } = self.disarm(running.node, running.timer).expect("what runs out was set");
                Some(What::Fires(by, span))
            }
            Step::Crash(_) => Some(What::Crashes),
        }
    }

    fn disarm(&mut self, node: NodeId, timer: TimerId) -> Option<Armed> {
        let place = self.timers.iter().position(|armed| (armed.node, armed.timer) == (node, timer))?;
        Some(self.timers.remove(place))
    }

    /// Notes the limits on the instant of an event.
    fn place(&mut self, game: &Game, question: &Question, event: usize, node: NodeId, what: &What) {
        let delta = Time::DELTA.0 as i64;
        self.limit(event, 0, 0);
        match what {
            What::Lands(sender, sent) => {
                let is_slow = game.is_slow(sent.from, sent.to);
                self.limit(*sender, event, if is_slow { LATE_MAX.0 as i64 } else { delta });
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
            // A timer that should run out at this instant has not run out yet: the script acts first.
            What::Crashes => {
                self.crashed.insert(node, event);
                while let Some(place) = self.timers.iter().position(|armed| armed.node == node) {
                    let Armed { by, span, .. } = self.timers.remove(place);
                    self.limit(by, event, span.0 as i64);
                }
            }
            What::Old(_) | What::Begins => {}
        }
        if let Some(before) = self.last.insert(node, event) {
            // Messages land before timers run out, and lines of the script act before both.
            let is_free = matches!(what, What::Fires(..)) || matches!(self.events[before].what, What::Leads);
            self.limit(event, before, if is_free || self.ties == Ties::Always { 0 } else { -1 });
        }
    }

    /// Notes what an event sends, sets and stops.
    fn take(&mut self, game: &Game, event: usize, node: NodeId, reaction: &Reaction) {
        for (to, number) in &reaction.sends {
            let kind = game.message(*number).kind;
            let count = self.counts.entry((kind, node, *to)).or_default();
            *count += 1;
            let sent = Sent { kind, from: node, to: *to, ordinal: *count };
            if let Some(crash) = self.crashed.get(to).copied() {
                // The message must not land before the crash.
                self.limit(event, crash, Time::DELTA.0 as i64);
            } else if game.is_followed(*to) {
                self.flying.push(OnTheWay { message: *number, sent, by: event, at: self.instant, is_late: false });
            }
        }
        for (timer, span) in &reaction.timers {
            if let Some(Armed { by, span, .. }) = self.disarm(node, *timer) {
                self.limit(by, event, span.0 as i64);
            }
            if let Some(span) = *span {
                self.timers.push(Armed { node, timer: *timer, by: event, span });
            }
        }
    }

    /// Handles the messages that are forgotten. Such a message does nothing when it lands later, but it would have done
    /// something earlier, so it must not land before this event. Where it can be lost, it is lost.
    fn forget(&mut self, game: &Game, event: usize, state: &State) {
        let mut known: Vec<_> = state.flying.iter().map(Some).collect();
        let mut kept = Vec::new();
        for flying in std::mem::take(&mut self.flying) {
            let (from, to) = (flying.sent.from, flying.sent.to);
            let left = game.span(from, to).checked_sub((self.instant - flying.at) as u16);
            let it = left.map(|left| Flying { message: flying.message, from, to, left, is_late: flying.is_late });
            if let Some(place) = known.iter().position(|known| known.is_some() && *known == it.as_ref()) {
                known[place] = None;
                kept.push(flying);
            } else if game.is_slow(from, to) {
                self.drops.push(flying.sent);
            } else {
                let tick = i64::from(self.ties == Ties::Never && flying.by != event);
                self.limit(flying.by, event, Time::DELTA.0 as i64 - tick);
            }
        }
        self.flying = kept;
    }

    /// Everything happened by the end: messages that were still under way had not landed, and running timers had not run
    /// out.
    fn close(&mut self, game: &Game) {
        let end = self.events.len() - 1;
        (0..end).for_each(|event| self.limit(end, event, 0));
        for OnTheWay { by, sent, .. } in std::mem::take(&mut self.flying) {
            if game.is_slow(sent.from, sent.to) {
                self.drops.push(sent);
            } else {
                self.limit(by, end, Time::DELTA.0 as i64);
            }
        }
        for Armed { by, span, .. } in std::mem::take(&mut self.timers) {
            self.limit(by, end, span.0 as i64);
        }
    }
}
