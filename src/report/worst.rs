//! What a search for the slowest execution found, as one serialisable structure.
//!
//! Its fields are documented in `docs/explore.md`.

use serde::Serialize;

use super::{Deltas, VERSION};
use crate::explore::worst::{Found, Worst};

/// The report of a search, with what it has found so far.
#[derive(Clone, Serialize, Debug)]
pub struct WorstReport {
    version: u32,
    protocol: &'static str,
    nodes: Vec<String>,
    /// How many stale ballots there may be: k.
    stale: usize,
    old_traffic: &'static str,
    outside: &'static str,
    crashes: usize,
    resolution: u16,
    wait: Deltas,
    /// How many states the search has met.
    states: usize,
    /// The instant up to which executions were followed.
    reached: Deltas,
    /// Why the search ended; `null` while it goes on.
    ended: Option<&'static str>,
    found: Option<FoundReport>,
    notes: Vec<String>,
}

#[derive(Clone, Serialize, Debug)]
struct FoundReport {
    bound: Deltas,
    is_exact: bool,
    leader_learned: Deltas,
    all_learned: Deltas,
    script: String,
}

impl WorstReport {
    /// The report of a search.
    pub fn of(worst: &Worst) -> Self {
        let (question, scenario) = (worst.question(), worst.scenario());
        Self {
            version: VERSION,
            protocol: scenario.protocol.name,
            nodes: scenario.symbols.nodes.iter().map(ToString::to_string).collect(),
            stale: question.stale,
            old_traffic: question.old_traffic.name(),
            outside: question.outside.name(),
            crashes: question.crashes,
            resolution: question.resolution,
            wait: Deltas(question.wait),
            states: worst.states(),
            reached: Deltas(worst.reached()),
            ended: worst.ending().map(|ending| ending.name()),
            found: worst.found().map(FoundReport::of),
            notes: worst.notes().to_vec(),
        }
    }
}

impl FoundReport {
    fn of(found: &Found) -> Self {
        Self {
            bound: Deltas(found.bound),
            is_exact: found.is_exact,
            leader_learned: Deltas(found.shown.leader),
            all_learned: Deltas(found.shown.all),
            script: found.script.to_string(),
        }
    }
}
