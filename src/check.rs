//! Is it safe? One invariant a file; each reads the trace from its beginning and says at which event it first fails.
//!
//! Checks read facts and the script's acts, never messages or protocols, so a protocol that states its facts is checked
//! for nothing. They stand outside the nodes: what a node believes is no evidence.
//!
//! *Architecture invariant:* checks do not know simulation.

mod agreement;
mod b1;
mod b2;
mod b3;
pub mod beta;
mod evidence;
mod monotone;
mod once;
mod ordering;
mod prefix;
mod promise;
mod state;
mod validity;

use crate::protocol::Fact;
use crate::scenario::{Act, Scenario};
use crate::trace::{Event, EventId, Trace, What};
use crate::types::{NodeId, Symbols};
use beta::Beta;

/// Every check, in the order in which people read them. A new one adds its row here and its file beside.
pub static CHECKS: &[&CheckInfo] = &[
    &b1::INFO,
    &b2::INFO,
    &b3::INFO,
    &agreement::INFO,
    &validity::INFO,
    &evidence::INFO,
    &promise::INFO,
    &monotone::INFO,
    &ordering::INFO,
    &prefix::INFO,
    &once::INFO,
    &state::INFO,
];

/// One row of the registry.
#[derive(Debug)]
pub struct CheckInfo {
    /// What reports call it.
    pub name: &'static str,
    /// A heading for people.
    pub title: &'static str,
    /// The formula in words.
    pub statement: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// Whether it has a meaning for runs of this scenario.
    applies: fn(&Scenario) -> bool,
    /// A check that has seen nothing yet.
    open: fn(&Trace) -> Box<dyn Check>,
}

/// An invariant, shown a run event by event.
trait Check {
    /// # Errors
    /// Why this event breaks the invariant.
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String>;
}

/// One event of a run, and the ballots as they stand after it.
struct Seen<'a> {
    trace: &'a Trace,
    event: &'a Event,
    beta: &'a Beta,
}

impl Seen<'_> {
    fn fact(&self) -> Option<(NodeId, Fact)> {
        match self.event.what {
            What::Stated(node, fact) => Some((node, fact)),
            _ => None,
        }
    }

    fn symbols(&self) -> &Symbols {
        &self.trace.scenario.symbols
    }
}

/// The node that crashes in this event, if one does.
fn crashed(event: &Event) -> Option<NodeId> {
    match event.what {
        What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => Some(node),
        _ => None,
    }
}

/// What a check says of a run.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Which check.
    pub check: &'static CheckInfo,
    /// Whether it has a meaning for this run; otherwise it holds for nothing.
    pub is_applicable: bool,
    /// The first event that breaks it, and why; none when it holds.
    pub violation: Option<Violation>,
}

/// Where and why an invariant was broken first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The offending event.
    pub event: EventId,
    /// A sentence.
    pub sentence: String,
}

impl Verdict {
    /// Whether the invariant held in the whole run.
    pub fn holds(&self) -> bool {
        self.violation.is_none()
    }
}

/// Shows a run to every check.
pub fn check(trace: &Trace) -> Vec<Verdict> {
    let mut beta = Beta::new(trace.scenario.nodes());
    let open = |info: &&'static CheckInfo| {
        let is_applicable = (info.applies)(&trace.scenario);
        ((info.open)(trace), Verdict { check: info, is_applicable, violation: None })
    };
    let mut checks: Vec<_> = CHECKS.iter().map(open).collect();
    for (id, event) in trace.numbered() {
        beta.observe(id, event);
        let seen = Seen { trace, event, beta: &beta };
        let open = |verdict: &Verdict| verdict.is_applicable && verdict.holds();
        for (check, verdict) in checks.iter_mut().filter(|(_, verdict)| open(verdict)) {
            verdict.violation = check.observe(&seen).err().map(|sentence| Violation { event: id, sentence });
        }
    }
    checks.into_iter().map(|(_, verdict)| verdict).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
