//! What conditions speak of: the figures of a run, and the rows of the collections that the goals of its script name.

use std::cell::OnceCell;

use crate::check::Verdict;
use crate::latency::{Ballots, Decision, Notebook};
use crate::protocol::Fact;
use crate::scenario::goals::vocabulary::{COLLECTIONS, FIGURES};
use crate::scenario::goals::{Datum, Expression, Goal};
use crate::scenario::{Act, Scenario};
use crate::trace::{Event, Trace, What};
use crate::types::{Ballot, Instance, NodeId, Time, Value};

/// A row of a collection: a datum for each of its fields, in their order.
pub(super) type Row = Vec<Datum>;

/// What conditions speak of.
pub(super) struct Facts<'a> {
    pub(super) scenario: &'a Scenario,
    /// The rows of each collection of [`COLLECTIONS`] that a goal names; no rows of the others.
    pub(super) tables: Vec<Vec<Row>>,
    /// The figures of [`FIGURES`].
    pub(super) figures: Vec<Datum>,
}

/// The part of a run that is looked at.
pub(super) struct Seen<'a> {
    trace: &'a Trace,
    events: usize,
    notebook: &'a Notebook,
    verdicts: &'a [Verdict],
    ballots: OnceCell<Ballots>,
}

/// A name, and how what it stands for comes about.
type Made<T> = (&'static str, fn(&Seen<'_>) -> T);

/// How the rows of each collection come about, in the order of [`COLLECTIONS`].
pub(super) static ROWS: [Made<Vec<Row>>; 14] = [
    ("decisions", decisions),
    ("learned", learned),
    ("chosen", chosen),
    ("unanswered", unanswered),
    ("ballots", ballots),
    ("promises", promises),
    ("votes", votes),
    ("accepted", accepted),
    ("refusals", refusals),
    ("checks", checks),
    ("nodes", nodes),
    ("messages", messages),
    ("acts", acts),
    ("lines", lines),
];

/// How each figure comes about, in the order of [`FIGURES`].
pub(super) static FIGURE: [Made<Datum>; 9] = [
    ("protocol", |seen| Datum::Text(seen.trace.scenario.protocol.name.into())),
    ("k", |seen| count(seen.ballots().stale)),
    ("end", |seen| time(seen.seen().last().map_or(Time::ZERO, |event| event.time))),
    ("violated", |seen| count(seen.verdicts.iter().filter(|verdict| seen.is_violated(verdict)).count())),
    ("crashed", |seen| count(nodes(seen).iter().filter(|row| row[1] == Datum::Truth(false)).count())),
    ("messages.sent", |seen| count(seen.trace.message_counts(seen.events).sent)),
    ("messages.injected", |seen| count(seen.trace.message_counts(seen.events).injected)),
    ("messages.lost", |seen| count(seen.trace.message_counts(seen.events).lost)),
    ("messages.duplicated", |seen| count(seen.trace.message_counts(seen.events).duplicated)),
];

impl<'a> Facts<'a> {
    /// The facts of the first `events` events, which the notebook has read.
    pub(super) fn of(trace: &'a Trace, events: usize, notebook: &'a Notebook, verdicts: &'a [Verdict]) -> Self {
        let events = events.min(trace.events().len());
        let seen = Seen { trace, events, notebook, verdicts, ballots: OnceCell::new() };
        let mut named = vec![false; COLLECTIONS.len()];
        trace.scenario.goals.iter().for_each(|goal| Self::note_named(goal, &mut named));
        let table = |(place, (_, rows)): (usize, &Made<Vec<Row>>)| match named[place] {
            true => rows(&seen),
            false => Vec::new(),
        };
        let tables = ROWS.iter().enumerate().map(table).collect();
        let figures = FIGURE.iter().map(|(_, figure)| figure(&seen)).collect();
        debug_assert_eq!((ROWS.len(), FIGURE.len()), (COLLECTIONS.len(), FIGURES.len()));
        Self { scenario: &trace.scenario, tables, figures }
    }
}

impl Facts<'_> {
    /// Notes which collections a goal names.
    pub(super) fn note_named(goal: &Goal, named: &mut [bool]) {
        goal.walk(&mut |expression| match expression {
            Expression::Size(collection) => named[*collection] = true,
            Expression::Over(over) => named[over.collection] = true,
            _ => {}
        });
    }
}

impl Seen<'_> {
    fn seen(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.trace.events().range(0..self.events)
    }

    fn facts(&self) -> impl Iterator<Item = (Time, NodeId, Fact)> {
        self.seen().filter_map(|event| match event.what {
            What::Stated(node, fact) => Some((event.time, node, fact)),
            _ => None,
        })
    }

    fn ballots(&self) -> &Ballots {
        self.ballots.get_or_init(|| self.notebook.ballots(self.trace))
    }

    fn decisions(&self) -> Vec<Decision> {
        self.notebook.decisions(self.trace, 0, usize::MAX)
    }

    fn is_violated(&self, verdict: &Verdict) -> bool {
        verdict.violation.as_ref().is_some_and(|violation| (violation.event.0 as usize) < self.events)
    }

    fn text(&self, value: Value) -> Datum {
        Datum::Text(self.trace.scenario.symbols.value(value).into())
    }
}

fn count(number: usize) -> Datum {
    Datum::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn place(instance: Instance) -> Datum {
    Datum::Number(i64::from(instance.0))
}

fn time(time: Time) -> Datum {
    Datum::Time(i64::try_from(time.0).unwrap_or(i64::MAX))
}

fn maybe<T>(datum: impl Fn(T) -> Datum, some: Option<T>) -> Datum {
    some.map_or(Datum::None, datum)
}

fn decisions(seen: &Seen<'_>) -> Vec<Row> {
    let row = |decision: &Decision| {
        let latencies =
            [decision.from_ballot(), decision.from_begin(), decision.from_client(), decision.from_election()];
        let [ballot, begin, client, election] = latencies;
        let mut row = vec![
            place(decision.instance),
            seen.text(decision.vote.value),
            Datum::Node(decision.proposer),
            Datum::Ballot(decision.vote.ballot),
            count(decision.messages),
            count(decision.stale),
        ];
        let times = [
            decision.asked.map(|(_, time)| time),
            decision.elected,
            decision.ballot_start,
            decision.begin_ballot,
            decision.chosen.map(|chosen| chosen.time),
            decision.leader_learned(),
            decision.all_learned,
            decision.answered,
            ballot.leader,
            ballot.all,
            begin.leader,
            begin.all,
            client.leader,
            client.all,
            client.client,
            election.leader,
            election.all,
        ];
        row.extend(times.map(|known| maybe(time, known)));
        row
    };
    seen.decisions().iter().map(row).collect()
}

fn learned(seen: &Seen<'_>) -> Vec<Row> {
    let rows = |decision: &Decision| {
        let (instance, value) = (decision.instance, decision.vote.value);
        let row = |(node, at): &(NodeId, Time)| vec![Datum::Node(*node), place(instance), seen.text(value), time(*at)];
        decision.learned.iter().map(row).collect::<Vec<_>>()
    };
    seen.decisions().iter().flat_map(rows).collect()
}

fn chosen(seen: &Seen<'_>) -> Vec<Row> {
    let chosen = seen.ballots().unknown.iter();
    let row = |chosen: &crate::latency::Chosen| {
        let vote = chosen.vote;
        vec![place(chosen.instance), seen.text(vote.value), Datum::Ballot(vote.ballot), time(chosen.time)]
    };
    chosen.map(row).collect()
}

fn unanswered(seen: &Seen<'_>) -> Vec<Row> {
    let requests = seen.notebook.unanswered(seen.trace);
    let row = |request: &crate::latency::Unanswered| {
        let outcome = Datum::Text(request.answer.name().into());
        vec![seen.text(request.value), Datum::Node(request.node), time(request.time), outcome]
    };
    requests.iter().map(row).collect()
}

fn ballots(seen: &Seen<'_>) -> Vec<Row> {
    let mut voters: Vec<(Ballot, NodeId)> = seen
        .facts()
        .filter_map(|(_, node, fact)| match fact {
            Fact::Voted(_, vote) => Some((vote.ballot, node)),
            _ => None,
        })
        .collect();
    voters.sort_unstable();
    voters.dedup();
    let abandoned = &seen.ballots().abandoned;
    let row = |(at, _, fact): (Time, NodeId, Fact)| {
        let Fact::Tried(ballot) = fact else { return None };
        let first = voters.partition_point(|(other, _)| *other < ballot);
        let votes = voters[first..].iter().take_while(|(other, _)| *other == ballot).count();
        let has_failed = abandoned.iter().any(|abandoned| abandoned.ballot == ballot);
        Some(vec![
            Datum::Ballot(ballot),
            Datum::Number(i64::from(ballot.number())),
            Datum::Node(ballot.owner()),
            time(at),
            count(votes),
            Datum::Truth(has_failed),
        ])
    };
    seen.facts().filter_map(row).collect()
}

fn promises(seen: &Seen<'_>) -> Vec<Row> {
    let row = |(at, node, fact)| {
        let (instance, ballot, last) = match fact {
            Fact::Promised(instance, ballot, last) => (instance, ballot, last),
            Fact::PromisedFrom(instance, ballot) => (instance, ballot, None),
            _ => return None,
        };
        let last_ballot = maybe(Datum::Ballot, last.map(|vote| vote.ballot));
        let last_value = last.map_or(Datum::None, |vote| seen.text(vote.value));
        Some(vec![Datum::Node(node), Datum::Ballot(ballot), place(instance), time(at), last_ballot, last_value])
    };
    seen.facts().filter_map(row).collect()
}

fn votes(seen: &Seen<'_>) -> Vec<Row> {
    let row = |(at, node, fact)| {
        let Fact::Voted(instance, vote) = fact else { return None };
        Some(vec![Datum::Node(node), Datum::Ballot(vote.ballot), place(instance), seen.text(vote.value), time(at)])
    };
    seen.facts().filter_map(row).collect()
}

fn accepted(seen: &Seen<'_>) -> Vec<Row> {
    let row = |(at, node, fact)| {
        let Fact::Believed { instance, ballot, value, .. } = fact else { return None };
        Some(vec![Datum::Node(node), Datum::Ballot(ballot), place(instance), seen.text(value), time(at)])
    };
    seen.facts().filter_map(row).collect()
}

fn refusals(seen: &Seen<'_>) -> Vec<Row> {
    let row = |(at, node, fact)| {
        let Fact::Refused(ballot, promised) = fact else { return None };
        Some(vec![Datum::Node(node), Datum::Ballot(ballot), maybe(Datum::Ballot, promised), time(at)])
    };
    seen.facts().filter_map(row).collect()
}

fn checks(seen: &Seen<'_>) -> Vec<Row> {
    let row = |verdict: &Verdict| {
        let violation = verdict.violation.as_ref().filter(|_| seen.is_violated(verdict));
        let event = violation.map(|violation| seen.trace.event(violation.event));
        vec![
            Datum::Text(verdict.check.name.into()),
            Datum::Truth(event.is_some()),
            maybe(time, event.map(|event| event.time)),
            maybe(Datum::Node, event.and_then(|event| seen.trace.node_of(event))),
        ]
    };
    seen.verdicts.iter().map(row).collect()
}

fn nodes(seen: &Seen<'_>) -> Vec<Row> {
    #[derive(Clone, Copy, Default)]
    struct Life {
        is_down: bool,
        leads: bool,
        crashes: usize,
        restarts: usize,
    }
    let mut lives = vec![Life::default(); seen.trace.scenario.nodes()];
    for event in seen.seen() {
        match &event.what {
            What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => {
                let life = &mut lives[node.index()];
                *life = Life { is_down: true, leads: false, crashes: life.crashes + 1, ..*life };
            }
            What::Acted(_, Act::Restart(node, _)) => {
                let life = &mut lives[node.index()];
                *life = Life { is_down: false, restarts: life.restarts + 1, ..*life };
            }
            What::Stated(node, Fact::Leads(leads)) => lives[node.index()].leads = *leads,
            _ => {}
        }
    }
    let row = |(node, life): (NodeId, Life)| {
        vec![
            Datum::Node(node),
            Datum::Truth(!life.is_down),
            Datum::Truth(life.leads),
            count(life.crashes),
            count(life.restarts),
        ]
    };
    NodeId::all(lives.len()).zip(lives).map(row).collect()
}

fn messages(seen: &Seen<'_>) -> Vec<Row> {
    let protocol = seen.trace.scenario.protocol;
    let is_seen = |event: crate::trace::EventId| (event.0 as usize) < seen.events;
    let sent = seen.trace.messages().iter().filter(|envelope| is_seen(envelope.sent) && !envelope.to_self());
    let row = |envelope: &crate::trace::Envelope| {
        let kind = protocol.kind(envelope.message.kind);
        let end = envelope.end.filter(|end| is_seen(*end)).map(|end| seen.trace.event(end));
        let is_lost = end.is_some_and(|end| matches!(end.what, What::Lost(..)));
        vec![
            Datum::Text(kind.name.into()),
            Datum::Text(kind.phase.label().into()),
            Datum::Node(envelope.from),
            Datum::Node(envelope.to),
            maybe(Datum::Ballot, envelope.message.ballot),
            time(envelope.sent_at),
            maybe(time, end.filter(|_| !is_lost).map(|end| end.time)),
            Datum::Truth(is_lost),
            Datum::Truth(seen.trace.is_injected(envelope)),
            Datum::Truth(envelope.copy_of.is_some()),
        ]
    };
    sent.map(row).collect()
}

fn acts(seen: &Seen<'_>) -> Vec<Row> {
    let row = |event: &Event| {
        let What::Acted(_, act) = &event.what else { return None };
        let value = if let Act::Propose(_, value) = act { seen.text(*value) } else { Datum::None };
        let node = maybe(Datum::Node, seen.trace.node_of(event));
        Some(vec![Datum::Text(act.verb().into()), time(event.time), node, value])
    };
    seen.seen().filter_map(row).collect()
}

fn lines(seen: &Seen<'_>) -> Vec<Row> {
    let row = |(line, kind): &(usize, Option<&'static str>)| {
        vec![count(*line), kind.map_or(Datum::None, |kind| Datum::Text(kind.into()))]
    };
    seen.trace.scenario.said.iter().map(row).collect()
}
