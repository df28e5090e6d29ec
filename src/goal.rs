//! Goals: whether a run shows what its script asks for, and how many points that is worth.
//!
//! The room `scenario` has read and typed the goals. Here they are judged, on a whole run or on what has been watched of it.
//! `facts` has what conditions speak of, `judge` evaluates conditions, `exercise` compares a hand-in with the script of
//! an exercise, and `search` is what a search for a solution looks at.
//!
//! *Architecture invariant:* a goal reads a run and never changes it. Judging is bounded and cannot fail.

pub mod exercise;
mod facts;
mod judge;
pub mod search;
#[cfg(test)]
mod tests;

use crate::check::Verdict;
use crate::latency::Notebook;
use crate::trace::Trace;

use facts::Facts;
pub use judge::STEPS_MAX;

/// A goal after judging.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// What is so when the goal is reached, in the words of its author.
    pub text: String,
    /// How many points it is worth.
    pub points: u32,
    /// Whether it is reached.
    pub is_reached: bool,
    /// Its text when it is reached; otherwise what is missing.
    pub sentence: String,
}

/// Judges every goal of a run's script, in order, on the first `events` events. The verdicts are those of the whole run, or of
/// these events at least.
pub fn judge(trace: &Trace, events: usize, verdicts: &[Verdict]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    go_on(&mut outcomes, trace, events, verdicts, u64::MAX);
    outcomes
}

/// Goes on with judging the goals of a run, those after `outcomes`: one of them at least, and no further one after so many steps
/// (see [`STEPS_MAX`]). A page judges so between its frames.
pub fn go_on(outcomes: &mut Vec<Outcome>, trace: &Trace, events: usize, verdicts: &[Verdict], steps: u64) {
    let goals = trace.scenario.goals.get(outcomes.len()..).unwrap_or_default();
    if goals.is_empty() {
        return;
    }
    let mut notebook = Notebook::new(trace);
    notebook.read(trace, events);
    let facts = Facts::of(trace, events, &notebook, verdicts);
    let mut taken = 0_u64;
    for goal in goals {
        let (outcome, took) = judge::outcome(goal, &facts);
        outcomes.push(outcome);
        taken = taken.saturating_add(took);
        if taken >= steps {
            break;
        }
    }
}

/// The points for these goals: those of all goals up to the first that is not reached, and those of all.
pub fn points(outcomes: &[Outcome]) -> (u32, u32) {
    let reached = outcomes.iter().take_while(|outcome| outcome.is_reached);
    (reached.map(|outcome| outcome.points).sum(), outcomes.iter().map(|outcome| outcome.points).sum())
}

/// The first goal that is not reached, with its place.
pub fn missing(outcomes: &[Outcome]) -> Option<(usize, &Outcome)> {
    outcomes.iter().enumerate().find(|(_, outcome)| !outcome.is_reached)
}
