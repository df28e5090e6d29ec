//! How many Δ the latest decision took by every way of counting, as far as this is known at the session's cursor.

use super::record::{Record, Told, before};
use crate::latency::{Awaited, Decision, Latency, Reason, Segment, Start};
use crate::protocol::{Phase, Vocabulary};
use crate::report::{again_text, segment_text, setback_text, unknown_text};
use crate::session::Session;
use crate::tongue::{key, say};
use crate::trace::{EventId, Trace};
use crate::types::{Time, Value};

/// The panel shows at most so many ballots that came to nothing; if there are more, the latest ones.
const ABANDONED_MAX: usize = 6;

/// The contents of the panel now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LatencyPanel {
    /// The decision that somebody learned last, if any.
    pub card: Option<LatencyCard>,
    /// How many decrees somebody knows.
    pub decided: usize,
    /// The decrees that are chosen so far and that nobody knows, and at the end of the run the requests that have no
    /// answer.
    pub open: Vec<Told>,
    /// The ballots so far that passed a decree which had been chosen before.
    pub again: Vec<Told>,
    /// The latest ballots that came to nothing, and why.
    pub abandoned: Vec<Told>,
    /// How many earlier ballots of this sort are left out.
    pub abandoned_before: usize,
    /// Whether the whole run has been read. Only then are the decisions and ballots of a long run shown.
    pub is_read: bool,
}

/// A decision, as far as it is known so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LatencyCard {
    /// The event in which somebody first learned it.
    pub event: EventId,
    /// The decree.
    pub decree: String,
    /// Its handle, from which its look follows.
    pub value: Value,
    /// `by ballot 1.A`, with the instance where there are many.
    pub by: String,
    /// The event from which `leader` and `all` are counted.
    pub counted: String,
    /// Whether that is the request, from which the client’s figure counts.
    pub from_request: bool,
    /// Until the leader knew; none while it does not.
    pub leader: Option<Time>,
    /// Until everybody knew.
    pub all: Option<Time>,
    /// From its request until the client had its answer; none where nobody asked.
    pub client: Option<Figure>,
    /// The latencies by other ways of counting.
    pub others: Vec<Counted>,
    /// A sentence that says when the leader began to lead and how many stale ballots surprised it, where that matters.
    pub leading: Option<String>,
    /// A sentence that says how long the messages of the path so far waited in ports, where the bandwidth has a limit.
    pub ports: Option<String>,
    /// What the decision waited for since [`LatencyCard::start`], as far as this has happened.
    pub path: Vec<Leg>,
    /// The beginning of the path: `the request` or `the ballot’s start`.
    pub start: String,
}

impl LatencyCard {
    /// How long the path is that has happened.
    pub fn path_span(&self) -> Time {
        self.path.last().map_or(Time::ZERO, |leg| leg.until)
    }
}

/// A figure that may be still to come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figure {
    /// The process that the figure is about.
    pub name: String,
    /// How long it took.
    pub span: Option<Time>,
}

/// The latencies by one way of counting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Where they begin: `BeginBallot`
    pub since: String,
    /// Until the leader knew.
    pub leader: Option<Time>,
    /// Until everybody knew.
    pub all: Option<Time>,
}

/// A stretch of a critical path. Its times are counted from the beginning of the path or of the race.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leg {
    /// The phase of its message; none where no message is under way and somebody waits.
    pub phase: Option<Phase>,
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub until: Time,
    /// `2a BeginBallot: 1Δ, A to B`, or `wait 2Δ: A waits for its timer “phase 1”`
    pub title: String,
}

/// What was sent until now: `20 messages sent so far, none lost.`, or `10 messages sent so far in 4 sends, none lost.` where some
/// were multicast.
pub fn traffic(session: &Session) -> String {
    let counts = session.trace().message_counts(session.cursor().events);
    let messages = if counts.sent == 1 { say!("message") } else { say!("messages") };
    let sends = match counts.sends {
        sends if sends == counts.sent => String::new(),
        1 => say!(" in 1 send").into(),
        sends => say!(" in {sends} sends"),
    };
    let lost = if counts.lost == 0 { say!("none").into() } else { counts.lost.to_string() };
    say!("{sent} {messages} sent so far{sends}, {lost} lost.", sent = counts.sent)
}

impl LatencyPanel {
    /// The contents of the panel now.
    pub fn of(session: &Session, words: Vocabulary, record: &Record) -> Self {
        let trace = session.trace();
        let events = session.cursor().events;
        let decided = record.decided(events);
        let latest = decided.checked_sub(1).map(|place| record.decided[place]);
        let card = latest.and_then(|(event, instance, value)| {
            Some(card(session, words, record, event, session.played().decision(instance, value)?))
        });
        let known = record.abandoned.entries();
        let known = &known[..known.partition_point(|((event, _), _)| before(*event, events))];
        let abandoned_before = known.len().saturating_sub(ABANDONED_MAX);
        let abandoned = known[abandoned_before..].iter().map(|((event, ballot), why)| {
            let text = format!("{}: {}.", trace.scenario.symbols.ballot(*ballot), setback_text(trace, words, *why));
            Told { event: *event, text }
        });
        let told = |event: EventId, text: String| Told { event, text: format!("{text}.") };
        let mut open: Vec<Told> = record
            .unknown(session.played(), events)
            .map(|chosen| told(chosen.event, unknown_text(trace, words, chosen)))
            .collect();
        open.extend(record.unanswered(session, words));
        open.truncate(ABANDONED_MAX);
        let again = session.played().ballots.again.iter().filter(|again| before(again.event, events));
        let again = again.map(|again| told(again.event, again_text(trace, words, again))).take(ABANDONED_MAX).collect();
        let is_read = session.played().is_judged();
        Self { card, decided, open, again, abandoned: abandoned.collect(), abandoned_before, is_read }
    }
}

/// The event from which latencies count, in words.
fn start_text(words: Vocabulary, start: Start) -> String {
    words.fill(match start {
        Start::Election => key!("the election (T_el)"),
        Start::Request => key!("the request"),
        Start::Ballot => key!("the {ballot}’s start"),
        Start::BeginBallot => "{begin_ballot}",
    })
}

fn card(session: &Session, words: Vocabulary, record: &Record, event: EventId, decision: &Decision) -> LatencyCard {
    let trace = session.trace();
    let symbols = &trace.scenario.symbols;
    let events = session.cursor().events;
    let [leader_knows, all_know, is_answered] = record.known(trace, decision, events);
    let by_now = |latency: Latency| (latency.leader.filter(|_| leader_knows), latency.all.filter(|_| all_know));
    let (start, main) = decision.headline(trace.scenario.protocol);
    let counted = start_text(words, start);
    let (leader, all) = by_now(main);
    let client = decision.asked.map(|(node, _)| {
        let is_log = trace.scenario.protocol.is_log;
        let is_client = trace.scenario.setup.cast.clients.contains(node);
        let verb = if is_client {
            say!("has its answer")
        } else if is_log {
            say!("answers")
        } else {
            say!("knows")
        };
        let name = format!("{} {verb}", symbols.node(node));
        let span = decision.from_client().client.filter(|_| is_answered);
        Figure { name, span }
    });
    let ways = [
        (Start::Election, decision.from_election()),
        (Start::Request, decision.from_client()),
        (Start::Ballot, decision.from_ballot()),
        (Start::BeginBallot, decision.from_begin()),
    ];
    let mut others: Vec<(Latency, Counted)> = Vec::new();
    for (since, latency) in ways {
        let since = start_text(words, since);
        let latency = Latency { client: None, ..latency };
        // Ways of counting with the same result share a row, and a result that the large figures show already is left
        // out.
        let is_new = (latency.leader, latency.all) != (main.leader, main.all);
        if !is_new || latency.leader.or(latency.all).is_none() {
            continue;
        }
        match others.iter_mut().find(|(other, _)| *other == latency) {
            Some((_, other)) => other.since = format!("{}, {since}", other.since),
            None => {
                let (leader, all) = by_now(latency);
                others.push((latency, Counted { since, leader, all }));
            }
        }
    }
    let leads = decision.elected.filter(|elected| *elected > Time::ZERO || decision.stale > 0);
    let leading = leads.filter(|_| leader_knows || all_know).map(|elected| {
        let name = symbols.node(decision.proposer);
        let k = decision.stale;
        let surprises = match k {
            0 => words.fill(key!("no larger {ballot} surprises it")),
            1 => words.fill(key!("one larger {ballot} surprises it")),
            _ => say!("{k} larger {ballots} surprise it", ballots = words.ballots),
        };
        say!("{name} leads from {time} on (T_el), and {surprises} (k = {k}).", time = trace.scenario.time_text(elected))
    });
    let ports = trace.scenario.network.sizes.bandwidth.map(|_| {
        let is_port = |segment: &&Segment| matches!(segment.what, Awaited::Wait(_, Reason::Port(_)));
        let so_far = decision.critical_path.iter().filter(is_port).filter(|segment| is_over(trace, segment, events));
        let span = so_far.fold(Time::ZERO, |sum, segment| sum.plus(segment.span()));
        say!("Of this path, {time} are time in ports.", time = trace.scenario.time_text(span))
    });
    let number = symbols.ballot(decision.vote.ballot);
    let instance = decision.instance.0;
    let has_places = trace.scenario.protocol.has_places();
    LatencyCard {
        event,
        decree: words.value(symbols, decision.vote.value).into_owned(),
        value: decision.vote.value,
        by: if has_places {
            say!("in place {instance}, by {ballot} {number}", ballot = words.ballot)
        } else {
            say!("by {ballot} {number}", ballot = words.ballot)
        },
        counted,
        from_request: start == Start::Request,
        leader,
        all,
        client,
        others: others.into_iter().map(|(_, other)| other).collect(),
        leading,
        ports,
        start: words.fill(if decision.asked.is_some() { key!("the request") } else { key!("the {ballot}’s start") }),
        path: path(trace, words, &decision.critical_path, decision.start().unwrap_or_default(), events),
    }
}

/// The legs of a critical path that are over in the first `events` events, counted from `zero`.
pub(in crate::view) fn path(trace: &Trace, words: Vocabulary, path: &[Segment], zero: Time, events: usize) -> Vec<Leg> {
    let leg = |segment: &Segment| {
        let phase = segment.message().map(|id| trace.scenario.protocol.kind(trace.message(id).message.kind).phase);
        let title = segment_text(trace, words, segment, segment.span());
        Leg { phase, from: segment.from.since(zero), until: segment.until.since(zero), title }
    };
    path.iter().filter(|segment| is_over(trace, segment, events)).map(leg).filter(|leg| leg.from < leg.until).collect()
}

/// Whether a stretch is over in the first `events` events.
fn is_over(trace: &Trace, segment: &Segment, events: usize) -> bool {
    match segment.what {
        Awaited::Message(id) => trace.message(id).end.is_some_and(|end| before(end, events)),
        Awaited::Wait(..) => segment.until <= now(trace, events),
    }
}

/// When the last of the first `events` events happens.
fn now(trace: &Trace, events: usize) -> Time {
    events.checked_sub(1).map_or(Time::ZERO, |last| trace.events()[last].time)
}
