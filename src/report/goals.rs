//! What a script asks for, judged, as reports and frames tell it.

use serde::Serialize;

use crate::check::Verdict;
use crate::goal::{self, Outcome};
use crate::trace::Trace;

/// A goal after judging.
#[derive(Clone, Serialize, Debug)]
pub struct GoalReport {
    text: String,
    points: u32,
    reached: bool,
    sentence: String,
}

impl From<Outcome> for GoalReport {
    fn from(Outcome { text, points, is_reached, sentence }: Outcome) -> Self {
        Self { text, points, reached: is_reached, sentence }
    }
}

/// The goals of a run’s script. Most scripts have none, and then nothing is judged.
pub(super) fn judged(trace: &Trace, verdicts: &[Verdict]) -> Vec<GoalReport> {
    match trace.scenario.goals.is_empty() {
        true => Vec::new(),
        false => goal::judge(trace, usize::MAX, verdicts).into_iter().map(GoalReport::from).collect(),
    }
}
