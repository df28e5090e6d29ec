//! What a playground in a frame tells the page around it about a run. `docs/embedding.md` describes the messages and
//! has their version.

use std::borrow::Cow;

use serde::Serialize;

use super::{Deltas, GoalReport, WORDS, broken};
use crate::check::{Verdict, Violation};
use crate::latency::Decision;
use crate::scenario::Error;
use crate::trace::Trace;
use crate::types::Time;

/// The fields of a `state` message. Times are in Δ.
#[derive(Serialize, Debug)]
pub struct State<'a> {
    /// The script's title.
    pub title: &'a str,
    /// The instant up to which the run is shown.
    pub t: Deltas,
    /// When the last event of the run happens.
    pub end: Deltas,
    /// Whether the run is being played.
    pub playing: bool,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// How many events are shown.
    pub step: usize,
    /// How many events there are.
    pub steps: usize,
    /// How many decisions there are in what is shown.
    pub decided: usize,
    /// The checks that are violated in what is shown.
    pub violated: Vec<&'static str>,
    /// Why the run was stopped before its end, if it takes or holds too much: a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// What the script asks for, in its order; only where it asks for something, and once that is judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalReport>,
    /// Why no goal counts as solved: a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'a str>,
    /// Whether the script is no longer the one that was opened.
    pub edited: bool,
    /// The fragment that opens the run as it is.
    pub link: &'a str,
}

/// The fields of an `event` message.
#[derive(Serialize, Debug)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// A process knows a decree for the first time.
    Decided {
        /// When it happened.
        t: Deltas,
        /// Its place in the ledger, from 1 on.
        instance: u32,
        /// The decree.
        value: Cow<'a, str>,
        /// Its ballot, as in `1.A`.
        ballot: String,
        /// From the request until the leader knew, in Δ.
        leader: Option<Deltas>,
        /// From the request until everybody knew.
        all: Option<Deltas>,
        /// From the request until the client had its answer.
        client: Option<Deltas>,
    },
    /// A check turned red.
    Violated {
        /// When it happened.
        t: Deltas,
        /// The name of the check, as in reports.
        check: &'static str,
        /// A sentence that says what was wrong.
        sentence: &'a str,
        /// What is broken in the run by then, in one sentence: who says what, and which check failed first.
        summary: String,
    },
    /// A lesson is solved.
    Solved {
        /// The id of the lesson, as in links.
        lesson: &'a str,
    },
    /// A goal of the script is solved.
    #[serde(rename = "solved")]
    SolvedGoal {
        /// What is so now, in the words of the goal.
        goal: &'a str,
        /// Which goal it is, from 1 on.
        number: usize,
        /// How many goals there are.
        goals: usize,
        /// The points for all goals that are solved by now.
        points: u32,
        /// The points for all goals.
        of: u32,
    },
}

/// The fields of an `export` message.
#[derive(Serialize, Debug)]
pub struct File<'a> {
    /// The format that was asked for.
    pub format: &'a str,
    /// The name that a file with it would have.
    pub name: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// The fields of an `error` message about a script.
#[derive(Serialize, Debug)]
pub struct Refusal<'a> {
    /// A sentence that says what is wrong.
    pub reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// The line of the script, counted from 1.
    pub line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// The column in this line, counted from 1.
    pub column: Option<usize>,
}

impl<'a> Refusal<'a> {
    /// The message about a script that does not run.
    pub fn of(error: &'a Error) -> Self {
        Self { reason: &error.message, line: Some(error.line), column: Some(error.column) }
    }
}

/// When a decree is first known, and the event that tells of it.
pub fn decided<'a>(trace: &'a Trace, decision: &Decision) -> (Time, Event<'a>) {
    let t = decision.learned.iter().map(|(_, time)| *time).min().unwrap_or_default();
    let symbols = &trace.scenario.symbols;
    let latency = decision.from_client();
    let event = Event::Decided {
        t: Deltas(t),
        instance: decision.instance.0,
        value: symbols.value(decision.vote.value),
        ballot: symbols.ballot(decision.vote.ballot),
        leader: latency.leader.map(Deltas),
        all: latency.all.map(Deltas),
        client: latency.client.map(Deltas),
    };
    (t, event)
}

/// The event that tells of a check that was violated.
pub fn violated<'a>(trace: &Trace, verdicts: &[Verdict], check: &'static str, violation: &'a Violation) -> Event<'a> {
    let t = Deltas(trace.event(violation.event).time);
    let summary = broken(trace, WORDS, verdicts, violation.event.0 as usize + 1);
    let summary = summary.map_or_else(String::new, |broken| broken.sentence);
    Event::Violated { t, check, sentence: violation.sentence.in_words(WORDS), summary }
}

/// A message as JSON in one line. None of these messages contains anything that JSON cannot say.
pub fn line(told: &impl Serialize) -> String {
    serde_json::to_string(told).unwrap_or_default()
}
