//! Is it safe? One invariant a file; each reads the trace from its beginning and says at which event it first fails.
//!
//! Checks read facts and the script's acts, never messages or protocols, so a protocol that states its facts is checked
//! for nothing. They stand outside the nodes: what a node believes is no evidence.
//!
//! Every check speaks of correct processes. What a process states that may lie is shown to no check and is no part of β; where
//! a check counts voices, those of liars may be added, because they can say anything to anybody.
//!
//! *Architecture invariant:* checks do not know simulation.

mod agreement;
mod b1;
mod b2;
mod b3;
mod begun;
pub mod beta;
mod evidence;
mod monotone;
mod once;
mod ordering;
mod prefix;
mod promise;
mod state;
mod validity;

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::protocol::Fact;
use crate::scenario::{Act, Scenario};
use crate::trace::{EventId, Trace, What};
use crate::types::{NodeId, Renaming, Symbols};
use beta::Beta;

/// Every check, in the order in which people read them. A new one adds its row here and its file beside.
pub static CHECKS: &[&CheckInfo] = &[
    &b1::INFO,
    &b2::INFO,
    &b3::INFO,
    &agreement::INFO,
    &validity::INFO,
    &begun::INFO,
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
    open: fn(&Scenario) -> Box<dyn Check>,
}

/// An invariant, shown a run event by event.
trait Check: Memory + Send + Sync {
    /// # Errors
    /// Why this event breaks the invariant.
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String>;

    /// Renames the nodes in what it remembers, as far as its verdicts depend on that.
    fn rename(&mut self, names: &Renaming) {
        let _ = names;
    }
}

/// Copying and hashing behind `dyn`, for judges of many runs that began alike. Nobody implements it by hand, but a check
/// says by its `Hash` what its verdicts depend on: two that hash alike, beside equal ballots, judge whatever comes alike.
/// What only sentences need, such as who was first, is left out, and so is what the ballots tell as well.
trait Memory {
    fn clone_box(&self) -> Box<dyn Check>;
    fn digest(&self, hasher: &mut dyn Hasher);
}

impl<T: Check + Clone + Hash + 'static> Memory for T {
    fn clone_box(&self) -> Box<dyn Check> {
        Box::new(self.clone())
    }

    fn digest(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

impl Clone for Box<dyn Check> {
    fn clone(&self) -> Self {
        (**self).clone_box()
    }
}

/// What happened in a run, and the ballots as they stand after it.
struct Seen<'a> {
    scenario: &'a Scenario,
    what: &'a What,
    beta: &'a Beta,
}

impl Seen<'_> {
    fn fact(&self) -> Option<(NodeId, Fact)> {
        match *self.what {
            What::Stated(node, fact) => Some((node, fact)),
            _ => None,
        }
    }

    fn symbols(&self) -> &Symbols {
        &self.scenario.symbols
    }
}

/// The node that crashes here, if one does.
fn crashed(what: &What) -> Option<NodeId> {
    match what {
        What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => Some(*node),
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
    let mut judge = Judge::new(trace);
    judge.hear(trace, usize::MAX);
    judge.verdicts
}

/// Shows a run to every check a part at a time: a long run cannot be judged between two frames of a picture. A copy goes on
/// by itself, with another run that began alike.
#[derive(Clone)]
pub struct Judge {
    beta: Beta,
    /// Those that look further: that have a meaning for this run and hold so far, by their places in [`CHECKS`].
    open: Vec<(usize, Box<dyn Check>)>,
    verdicts: Vec<Verdict>,
    heard: usize,
}

impl fmt::Debug for Judge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Judge").field("heard", &self.heard).finish_non_exhaustive()
    }
}

impl Judge {
    /// Nothing has been heard yet.
    pub fn new(trace: &Trace) -> Self {
        Self::of(&trace.scenario)
    }

    /// The judge of any run of this scenario.
    pub fn of(scenario: &Scenario) -> Self {
        let verdict = |info: &&'static CheckInfo| {
            let is_applicable = (info.applies)(scenario);
            Verdict { check: info, is_applicable, violation: None }
        };
        let verdicts: Vec<_> = CHECKS.iter().map(verdict).collect();
        let applicable = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.is_applicable);
        let open = applicable.map(|(place, verdict)| (place, (verdict.check.open)(scenario))).collect();
        Self { beta: Beta::new(scenario.nodes()), open, verdicts, heard: 0 }
    }

    /// The same judge, but only this check looks.
    #[must_use]
    pub fn only(mut self, check: &CheckInfo) -> Self {
        self.open.retain(|(place, _)| std::ptr::eq(CHECKS[*place], check));
        self
    }

    /// Hears the next `events` events of the run, or as many as there are.
    pub fn hear(&mut self, trace: &Trace, events: usize) {
        let until = self.heard.saturating_add(events).min(trace.events().len());
        for (place, event) in (self.heard..until).zip(trace.events().range(self.heard..until)) {
            self.show(&trace.scenario, EventId(place as u32), &event.what);
        }
        self.heard = until;
    }

    /// Hears what happens next, of a run that nobody writes down. True when every check holds so far.
    pub fn hear_next(&mut self, scenario: &Scenario, what: &What) -> bool {
        self.show(scenario, EventId(self.heard as u32), what);
        self.heard += 1;
        self.verdicts.iter().all(Verdict::holds)
    }

    fn show(&mut self, scenario: &Scenario, id: EventId, what: &What) {
        // What only messages tell is no evidence: nothing else has to be shown to anybody.
        if matches!(what, What::Sent(_) | What::Landed(_) | What::Lost(..) | What::Persisted(..)) {
            return;
        }
        let liars = scenario.setup.cast.liars;
        if let What::Stated(node, _) | What::Applied(node, _) = what
            && liars.contains(*node)
        {
            return;
        }
        self.beta.observe(id, what);
        let seen = Seen { scenario, what, beta: &self.beta };
        let verdicts = &mut self.verdicts;
        self.open.retain_mut(|(place, check)| {
            let sentence = check.observe(&seen).err();
            verdicts[*place].violation = sentence.map(|sentence| Violation { event: id, sentence });
            verdicts[*place].holds()
        });
    }

    /// The judge of the same run where nodes are called otherwise. Of ballots' owners the names stay: only nodes that own no
    /// ballots are ever renamed.
    #[must_use]
    pub fn renamed(&self, names: &Renaming) -> Self {
        let mut renamed = self.clone();
        renamed.open.iter_mut().for_each(|(_, check)| check.rename(names));
        renamed.beta.rename(names);
        renamed
    }

    /// Feeds to a hasher what its verdicts on whatever comes next depend on, as long as every check holds: two judges of
    /// one scenario that feed the same will always find the same checks violated by the same events.
    pub fn digest(&self, hasher: &mut dyn Hasher) {
        self.open.iter().for_each(|(_, check)| check.digest(hasher));
        let mut hasher = hasher;
        self.beta.hash(&mut hasher);
    }

    /// How many events have been heard.
    pub fn heard(&self) -> usize {
        self.heard
    }

    /// What each check says of what has been heard.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
