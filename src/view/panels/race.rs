//! The race: one script under the slides' 5Δ, 3Δ and 2Δ variants, on one axis. It takes three more runs, so it is run
//! only when somebody looks at it, and kept for as long as the script stays the same.

use super::latency::{Leg, path};
use crate::latency::{self, Decision, Latency};
use crate::protocol::{Phase, VARIANTS, Vocabulary};
use crate::report::compare::{self, Compared};
use crate::report::idle::idle;
use crate::scenario::{Error, Script};
use crate::session::Session;
use crate::tongue::say;
use crate::trace::Trace;
use crate::types::{NodeId, Time};

/// A script whose run has more events than this is not raced, since somebody may be waiting for a fork. A variant under
/// which the script has more events is left out.
pub const RACE_EVENTS_MAX: usize = 10_000;

/// A variant shows at most so many reasons why lines mean nothing to it.
const NOTES_MAX: usize = 3;

/// The race for one decree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Race {
    /// A sentence that says which decree the variants race for.
    pub about: String,
    /// A row for each variant, the slowest first.
    pub rows: Vec<RaceRow>,
    /// The length of the axis: a whole number of Δ, at least one.
    pub span: Time,
}

/// The race of one variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaceRow {
    /// `5Δ`, `3Δ` or `2Δ`.
    pub variant: &'static str,
    /// The protocol's heading.
    pub title: &'static str,
    /// The protocol's name in scripts.
    pub protocol: &'static str,
    /// Its decision; none when it does not decide.
    pub lap: Option<Lap>,
    /// Sentences that a person should know: lines that this variant cannot run, or that mean nothing to it.
    pub notes: Vec<String>,
}

/// How a variant decided. All times are counted from the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lap {
    /// The critical path.
    pub path: Vec<Leg>,
    /// How long it took until the leader knew.
    pub leader: Option<Time>,
    /// How long it took until everybody knew.
    pub all: Option<Time>,
    /// How long it took until the client had its answer.
    pub client: Option<Time>,
    /// A sentence with other ways of counting.
    pub otherwise: String,
    /// How many messages speak of its instance and ballot, without those that speak of many instances.
    pub messages: usize,
    /// How many messages the whole run has.
    pub messages_in_all: usize,
}

/// A request: the process that was asked, when, and the decree that it was asked for.
type Request = (NodeId, Time, String);

impl Race {
    /// A sentence that says why a session's script is not raced, if it is not.
    pub fn refused(session: &Session) -> Option<String> {
        let events = session.trace().events().len();
        (events > RACE_EVENTS_MAX).then(|| {
            say!("This run has {events} events: too many to run it three times more. Shorten the script to race it.")
        })
    }

    /// Runs a script under every variant. The variants race for one decree: of the decrees that somebody asks for, the
    /// one that the first variant decides first.
    pub fn of(script: &Script, words: Vocabulary) -> Self {
        let run = |protocol| (protocol, Ran::of(compare::under(script, protocol, RACE_EVENTS_MAX)));
        let runs = VARIANTS.map(run);
        let request = runs.iter().find_map(|(_, run)| run.as_ref().ok()?.first_request());
        let about = match &request {
            Some((_, _, text)) => {
                say!("From the request for “{text}” until the {decree} is known.", decree = words.decree)
            }
            None => say!("No variant decides anything.").into(),
        };
        let row = |(protocol, run): &(&'static crate::protocol::Protocol, Result<Ran, String>)| {
            let (lap, notes) = match run {
                Ok(ran) => (ran.lap(words, request.as_ref()), ran.notes(words, request.as_ref())),
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

/// A variant's run, and its decisions.
struct Ran {
    compared: Compared,
    decisions: Vec<Decision>,
}

impl Ran {
    /// The run of a variant with its decisions, or a sentence that says why it does not race.
    fn of(compared: Result<Compared, Error>) -> Result<Self, String> {
        let compared = compared.map_err(|error| say!("It cannot run this script: {error}."))?;
        if !compared.run.is_over() {
            return Err(say!("It makes more than {RACE_EVENTS_MAX} events of this script: too many to race."));
        }
        let decisions = latency::decisions(compared.run.trace());
        Ok(Self { compared, decisions })
    }

    fn trace(&self) -> &Trace {
        self.compared.run.trace()
    }

    fn request(&self, decision: &Decision) -> Option<Request> {
        let (node, time) = decision.asked?;
        Some((node, time, self.trace().scenario.symbols.value(decision.vote.value).into_owned()))
    }

    /// The request whose decree was decided first.
    fn first_request(&self) -> Option<Request> {
        let asked = self.decisions.iter().filter(|decision| decision.asked.is_some());
        let first = asked.min_by_key(|decision| decision.learned.first().map(|(_, time)| *time))?;
        self.request(first)
    }

    /// The decision on the decree that the variants race for.
    fn decision(&self, request: Option<&Request>) -> Option<&Decision> {
        self.decisions.iter().find(|decision| request.is_some() && self.request(decision).as_ref() == request)
    }

    fn lap(&self, words: Vocabulary, request: Option<&Request>) -> Option<Lap> {
        let decision = self.decision(request)?;
        let trace = self.trace();
        let events = trace.events().len();
        let Latency { leader, all, client } = decision.from_client();
        let (begin, ballot) = (decision.from_begin(), decision.from_ballot());
        let shown = |span: Option<Time>| span.map_or_else(|| "–".to_owned(), |span| trace.scenario.time_text(span));
        let mut otherwise = say!(
            "Measured from {begin_ballot}: leader {leader}, everybody {all}.",
            begin_ballot = words.begin_ballot,
            leader = shown(begin.leader),
            all = shown(begin.all)
        );
        if ballot.all.is_some() && (ballot.leader, ballot.all) != (leader, all) {
            otherwise = say!(
                "{otherwise} Measured from the {ballot}’s start: everybody {shown}.",
                ballot = words.ballot,
                shown = shown(ballot.all)
            );
        }
        let zero = decision.start().unwrap_or_default();
        let messages_in_all = trace.message_counts(events).sent;
        let path = path(trace, words, &decision.critical_path, zero, events);
        Some(Lap { path, leader, all, client, otherwise, messages: decision.messages, messages_in_all })
    }

    fn notes(&self, words: Vocabulary, request: Option<&Request>) -> Vec<String> {
        let mut notes = idle(&self.trace().scenario);
        notes.truncate(NOTES_MAX);
        let decision = self.decision(request);
        // The variants are named after how long they take where phase 1 was done ahead.
        let lap = self.lap(words, request);
        let is_early = lap.is_some_and(|lap| lap.path.iter().any(|leg| leg.phase == Some(Phase::OneB)));
        if is_early && self.trace().scenario.protocol.is_log {
            notes.push(say!("Its phase 1 was not over when it was asked: see what a later request takes.").into());
        }
        if request.is_some() && decision.is_none() {
            let symbols = &self.trace().scenario.symbols;
            let instead = self.decisions.first().map(|decision| symbols.value(decision.vote.value));
            notes.push(match instead {
                Some(text) => say!("It does not decide this by the end, but “{text}”."),
                None => say!("It decides nothing by the end.").into(),
            });
        }
        notes
    }
}
