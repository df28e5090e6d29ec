//! The race: one script under the slides' 5Δ, 3Δ and 2Δ variants, on one axis. It takes three more runs, so it is run only
//! for whoever looks, and kept for as long as the script stays the same.

use super::latency::{Leg, path};
use crate::latency::{self, Decision, Latency};
use crate::protocol::{Phase, VARIANTS};
use crate::report::compare::{self, Compared};
use crate::scenario::{Error, Script};
use crate::session::Session;
use crate::trace::Trace;
use crate::types::{NodeId, Time};

/// A script whose run has more events than this is not run three times more while somebody waits for a fork, and a variant
/// under which it has more is left out.
pub const RACE_EVENTS_MAX: usize = 10_000;

/// At most so many reasons are told why lines mean nothing under a variant.
const NOTES_MAX: usize = 3;

/// The race for one decree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Race {
    /// What is raced for: a sentence.
    pub about: String,
    /// A row for each variant, the slowest first.
    pub rows: Vec<RaceRow>,
    /// The length of the axis: whole Δ, at least one.
    pub span: Time,
}

/// A variant's race.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaceRow {
    /// `5Δ`, `3Δ` or `2Δ`.
    pub variant: &'static str,
    /// The protocol's heading.
    pub title: &'static str,
    /// What scripts call the protocol.
    pub protocol: &'static str,
    /// How it ran; none when it decides nothing.
    pub lap: Option<Lap>,
    /// What a person should know of it, a sentence each: lines that it cannot run or that mean nothing to it.
    pub notes: Vec<String>,
}

/// How a variant decided. Everything is counted from the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lap {
    /// The critical path.
    pub path: Vec<Leg>,
    /// Until the leader knew.
    pub leader: Option<Time>,
    /// Until everybody knew.
    pub all: Option<Time>,
    /// Until the client had its answer.
    pub client: Option<Time>,
    /// Other ways of counting: a sentence.
    pub otherwise: String,
    /// Messages of its own instance and ballot, which leaves out those that speak of many instances.
    pub messages: usize,
    /// Messages of the whole run.
    pub messages_in_all: usize,
}

/// A request: by whom, when, and for what.
type Request = (NodeId, Time, String);

impl Race {
    /// Why a session's script is not raced, if so: a sentence.
    pub fn refused(session: &Session) -> Option<String> {
        let events = session.trace().events().len();
        (events > RACE_EVENTS_MAX).then(|| {
            format!("This run has {events} events: too many to run it three times more. Shorten the script to race it.")
        })
    }

    /// Runs a script under every variant. They race for the decree that the first of them decides first, among those
    /// that somebody asks for.
    pub fn of(script: &Script) -> Self {
        let run = |protocol| (protocol, Ran::of(compare::under(script, protocol, RACE_EVENTS_MAX)));
        let runs = VARIANTS.map(run);
        let request = runs.iter().find_map(|(_, run)| run.as_ref().ok()?.first_request());
        let about = match &request {
            Some((_, _, decree)) => format!("From the request for “{decree}” until the decree is known."),
            None => "Nothing that anybody asks for is decided, under any variant.".to_owned(),
        };
        let row = |(protocol, run): &(&'static crate::protocol::Protocol, Result<Ran, String>)| {
            let (lap, notes) = match run {
                Ok(ran) => (ran.lap(request.as_ref()), ran.notes(request.as_ref())),
                Err(why) => (None, vec![why.clone()]),
            };
            RaceRow { variant: protocol.figure(), title: protocol.title, protocol: protocol.name, lap, notes }
        };
        let rows: Vec<_> = runs.iter().map(row).collect();
        let mut span = Time::DELTA;
        for lap in rows.iter().filter_map(|row| row.lap.as_ref()) {
            let path = lap.path.last().map(|leg| leg.until);
            span = span.max(path.max(lap.leader).max(lap.all).unwrap_or_default());
        }
        let span = Time::deltas(span.0.div_ceil(Time::DELTA.0));
        Self { about, rows, span }
    }
}

/// A variant's run, and what it decided.
struct Ran {
    compared: Compared,
    decisions: Vec<Decision>,
}

impl Ran {
    /// What came of a run, or a sentence why it does not race.
    fn of(compared: Result<Compared, Error>) -> Result<Self, String> {
        let compared = compared.map_err(|error| format!("It cannot run this script: {error}."))?;
        if !compared.run.is_over() {
            return Err(format!("It makes more than {RACE_EVENTS_MAX} events of this script: too many to race."));
        }
        let decisions = latency::decisions(compared.run.trace());
        Ok(Self { compared, decisions })
    }

    fn trace(&self) -> &Trace {
        self.compared.run.trace()
    }

    fn request(&self, decision: &Decision) -> Option<Request> {
        let (node, time) = decision.asked?;
        Some((node, time, self.trace().scenario.symbols.value(decision.vote.value).to_owned()))
    }

    /// What was asked for and decided first.
    fn first_request(&self) -> Option<Request> {
        let asked = self.decisions.iter().filter(|decision| decision.asked.is_some());
        let first = asked.min_by_key(|decision| decision.learned.first().map(|(_, time)| *time))?;
        self.request(first)
    }

    /// The decision on what is raced for.
    fn decision(&self, request: Option<&Request>) -> Option<&Decision> {
        self.decisions.iter().find(|decision| request.is_some() && self.request(decision).as_ref() == request)
    }

    fn lap(&self, request: Option<&Request>) -> Option<Lap> {
        let decision = self.decision(request)?;
        let trace = self.trace();
        let events = trace.events().len();
        let Latency { leader, all, client } = decision.from_client();
        let (begin, ballot) = (decision.from_begin(), decision.from_ballot());
        let shown = |span: Option<Time>| span.map_or_else(|| "–".to_owned(), |span| trace.scenario.time_text(span));
        let mut otherwise =
            format!("Since BeginBallot: leader {}, everybody {}.", shown(begin.leader), shown(begin.all));
        if ballot.all.is_some() && (ballot.leader, ballot.all) != (leader, all) {
            otherwise = format!("{otherwise} Since the ballot’s start: everybody {}.", shown(ballot.all));
        }
        let zero = decision.start().unwrap_or_default();
        let messages_in_all = trace.message_counts(events).sent;
        let path = path(trace, &decision.critical_path, zero, events);
        Some(Lap { path, leader, all, client, otherwise, messages: decision.messages, messages_in_all })
    }

    fn notes(&self, request: Option<&Request>) -> Vec<String> {
        // Lines that mean nothing for the same reason are told together.
        let mut idle: Vec<(String, &str)> = Vec::new();
        for (line, why) in &self.trace().scenario.idle {
            match idle.iter_mut().find(|(_, other)| *other == why) {
                Some((lines, _)) => *lines = format!("{lines}, {line}"),
                None => idle.push((line.to_string(), why)),
            }
        }
        let told = |(lines, why): &(String, &str)| {
            let line = if lines.contains(',') { "Lines" } else { "Line" };
            format!("{line} {lines}: {why}.")
        };
        let mut notes: Vec<_> = idle.iter().map(told).collect();
        notes.truncate(NOTES_MAX);
        let decision = self.decision(request);
        // The variants are named for what they take where phase 1 was done ahead.
        let lap = self.lap(request);
        let is_early = lap.is_some_and(|lap| lap.path.iter().any(|leg| leg.phase == Some(Phase::OneB)));
        if is_early && self.trace().scenario.protocol.is_log {
            notes.push("Its phase 1 was not over when it was asked: see what a later request takes.".to_owned());
        }
        if request.is_some() && decision.is_none() {
            let symbols = &self.trace().scenario.symbols;
            let instead = self.decisions.first().map(|decision| symbols.value(decision.vote.value));
            notes.push(match instead {
                Some(decree) => format!("It does not decide this by the end, but “{decree}”."),
                None => "It decides nothing by the end.".to_owned(),
            });
        }
        notes
    }
}
