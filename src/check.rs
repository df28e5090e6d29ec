//! The checks: is a run safe? Each file holds one invariant. A check reads the trace from its beginning and says at which
//! event the invariant first fails.
//!
//! Checks read facts and the script's acts, never messages or protocols, so a new protocol that states its facts is checked
//! without any further work. Checks stand outside the nodes: a node's belief is no evidence.
//!
//! Every check is about correct processes. The statements of a process that may lie are shown to no check and are no part of
//! β. Where a check counts votes, it may add the votes of liars, because a liar can say anything to anybody.
//!
//! *Architecture invariant:* checks do not know simulation.

mod agreement;
mod b1;
mod b2;
mod b3;
mod begun;
pub mod beta;
mod certified;
mod configuration;
mod evidence;
mod forgetting;
mod gathered;
mod grow;
mod ids;
mod known;
mod monotone;
mod once;
mod ordering;
mod prefix;
mod promise;
mod replies;
mod stable;
mod state;
mod validity;
mod vote_once;
mod vouched;
mod window;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::protocol::{Carries, Configurations, Fact, Said, Setup, Vocabulary};
use crate::quorum::{Overlap, Purpose, Round};
use crate::scenario::{Act, Scenario};
use crate::tongue::key;
use crate::trace::{EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Symbols};
use beta::Beta;

/// Every check, in the order in which people read them. A new check adds its row here and its file in this folder.
pub static CHECKS: &[&CheckInfo] = &[
    &b1::INFO,
    &b2::INFO,
    &b3::INFO,
    &agreement::INFO,
    &validity::INFO,
    &begun::INFO,
    &certified::INFO,
    &vote_once::INFO,
    &grow::INFO,
    &evidence::INFO,
    &gathered::INFO,
    &ids::INFO,
    &promise::INFO,
    &monotone::INFO,
    &window::INFO,
    &stable::INFO,
    &configuration::INFO,
    &forgetting::INFO,
    &ordering::INFO,
    &prefix::INFO,
    &once::INFO,
    &state::INFO,
    &replies::INFO,
];

/// When a sentence belongs to an invariant, and the sentence.
type Further = (fn(&Setup) -> bool, &'static str);

/// One row of the registry of checks.
#[derive(Debug)]
pub struct CheckInfo {
    /// The check's name in reports.
    pub name: &'static str,
    /// A heading for people, a text for [`Vocabulary::fill`].
    title: &'static str,
    /// The invariant in words, a text for [`Vocabulary::fill`].
    statement: &'static str,
    /// What the invariant also says in some runs: when, and the sentence, a text for [`Vocabulary::fill`].
    further: &'static [Further],
    /// The papers and sections that state the invariant.
    pub source: &'static str,
    /// Whether the check has a meaning for runs of this scenario.
    applies: fn(&Scenario) -> bool,
    /// Makes a check that has seen nothing yet.
    open: fn(&Scenario) -> Box<dyn Check>,
}

impl CheckInfo {
    /// A heading for people.
    pub fn title(&self, words: Vocabulary) -> String {
        words.fill(self.title)
    }

    /// The invariant in words, with what it says in runs of this set-up.
    pub fn statement(&self, words: Vocabulary, setup: &Setup) -> String {
        let further = self.further.iter().filter(|(applies, _)| applies(setup)).map(|(_, sentence)| *sentence);
        let said: Vec<_> = std::iter::once(self.statement).chain(further).map(|text| words.fill(text)).collect();
        said.join(" ")
    }
}

/// What a search for a run that reaches the goals of its script asks in place of a check: that the goals are not reached. It is no
/// check, and not among [`CHECKS`].
pub static UNREACHED: CheckInfo = CheckInfo {
    name: "goals",
    title: key!("The goals are not reached"),
    statement: key!("The run does not show what its script asks for."),
    further: &[],
    source: "the script",
    applies: |_| false,
    open: |_| unreachable!("a search hands over what looks at the goals of its script"),
};

/// The place of a check in the verdicts of a judge; that of [`UNREACHED`] is after all others.
pub(crate) fn place(check: &CheckInfo) -> usize {
    CHECKS.iter().position(|known| std::ptr::eq(*known, check)).unwrap_or(CHECKS.len())
}

fn has_fast_rounds(setup: &Setup) -> bool {
    setup.quorums.overlap == Overlap::TwoFast
}

fn has_liars(setup: &Setup) -> bool {
    !setup.cast.liars.is_empty()
}

fn has_histories(setup: &Setup) -> bool {
    setup.histories.is_some()
}

/// Whether any two quorums have to share a correct process, because some may lie.
fn has_certificates(setup: &Setup) -> bool {
    setup.quorums.overlap == Overlap::Correct
}

/// Whether there are fast rounds, and their decrees are no histories.
fn is_fast(setup: &Setup) -> bool {
    has_fast_rounds(setup) && !has_histories(setup)
}

/// Whether votes need other quorums than promises, in ballots that are all alike.
fn has_two_kinds(setup: &Setup) -> bool {
    let of = |purpose| setup.quorums.get(purpose, Round::Classic);
    let expects_lies = has_certificates(setup) || is_vouched(setup);
    !has_fast_rounds(setup) && !expects_lies && of(Purpose::Promise) != of(Purpose::Pass)
}

/// Whether later ballots rest on certificates of what acceptors report, which vouch for a decree.
fn is_vouched(setup: &Setup) -> bool {
    setup.quorums.overlap == Overlap::TruthfulMajority
}

/// Whether messages name values by ids.
fn has_ids(scenario: &Scenario) -> bool {
    scenario.protocol.kinds.iter().any(|kind| kind.carries == Carries::Named)
}

/// A check of one invariant. It is shown a run event by event.
pub(crate) trait Check: Memory + Send + Sync {
    /// Shows the check the next event.
    ///
    /// # Errors
    /// A sentence that says why this event breaks the invariant.
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said>;

    /// Says whether the invariant holds after the last event of a move of a search; of interest only where it may fail in the
    /// middle of a move.
    ///
    /// # Errors
    /// A sentence that says why it does not.
    fn settle(&mut self, scenario: &Scenario) -> Result<(), Said> {
        let _ = scenario;
        Ok(())
    }

    /// Whether the check remembers something that its hash leaves out because the ballots tell it as well.
    fn leans_on_ballots(&self) -> bool {
        false
    }

    /// Renames the nodes in what the check remembers, as far as its verdicts depend on their names.
    fn rename(&mut self, names: &Renaming) {
        let _ = names;
    }
}

/// Copying and hashing behind `dyn`, for judges of many runs that began alike. Nobody implements it by hand, but a check's
/// `Hash` covers everything that its verdicts depend on: two checks with equal hashes and equal ballots judge all later
/// events alike. The hash leaves out what only the sentences need, such as which process was first, and what the ballots
/// tell as well.
pub(crate) trait Memory {
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

/// An event of a run, and the ballots as they stand after the event.
pub(crate) struct Seen<'a> {
    scenario: &'a Scenario,
    what: &'a What,
    beta: &'a Beta,
    /// The changes of the configuration that somebody has learned.
    configurations: &'a Configurations,
}

impl Seen<'_> {
    /// Whether these nodes are enough for this purpose in this ballot of this instance.
    fn is_quorum(&self, purpose: Purpose, place: (Ballot, Instance), set: NodeSet) -> bool {
        self.scenario.quorum_in(self.configurations, purpose, place).is_quorum(set)
    }

    /// The fact that the event states, if it states one.
    pub(crate) fn fact(&self) -> Option<(NodeId, Fact)> {
        match *self.what {
            What::Stated(node, fact) => Some((node, fact)),
            _ => None,
        }
    }

    fn symbols(&self) -> &Symbols {
        &self.scenario.symbols
    }
}

/// The node that crashes in this event, if one does.
fn crashed(what: &What) -> Option<NodeId> {
    match what {
        What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => Some(*node),
        _ => None,
    }
}

/// Asks each check that is still open, and notes what it says.
fn ask(
    open: &mut Vec<(usize, Arc<dyn Check>)>,
    verdicts: &mut Arc<Vec<Verdict>>,
    event: EventId,
    ask: impl Fn(&mut dyn Check) -> Result<(), Said>,
) {
    open.retain_mut(|(place, check)| {
        let Err(sentence) = ask(own(check)) else { return true };
        Arc::make_mut(verdicts)[*place].violation = Some(Violation { event, sentence });
        false
    });
}

/// A check that nobody else looks at, as a copy if others do.
fn own(check: &mut Arc<dyn Check>) -> &mut dyn Check {
    if Arc::get_mut(check).is_none() {
        *check = Arc::from(check.clone_box());
    }
    Arc::get_mut(check).expect("just made")
}

/// A check's verdict on a run.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The check.
    pub check: &'static CheckInfo,
    /// Whether the check has a meaning for this run; otherwise it holds trivially.
    pub is_applicable: bool,
    /// The first event that breaks the invariant, and the reason; none when the invariant holds.
    pub violation: Option<Violation>,
}

/// The event at which an invariant was first broken, and the reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The offending event.
    pub event: EventId,
    /// The reason, as a sentence. It is written when the event is judged, in the words of every paper.
    pub sentence: Said,
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
    judge.verdicts().to_vec()
}

/// Shows a run to every check, a part at a time, because judging a long run takes longer than the time between two frames of
/// a picture. A copy of a judge can go on with another run that began alike.
#[derive(Clone)]
pub struct Judge {
    beta: Arc<Beta>,
    configurations: Configurations,
    /// The checks that are still shown events, by their places in [`CHECKS`]: they have a meaning for this run and hold so
    /// far.
    open: Vec<(usize, Arc<dyn Check>)>,
    verdicts: Arc<Vec<Verdict>>,
    heard: usize,
}

/// A part of what a judge remembers.
pub(crate) enum Part {
    Ballots(Arc<Beta>),
    Members(Configurations),
    /// What a check remembers, with its place in [`CHECKS`].
    Check(usize, Arc<dyn Check>),
}

impl fmt::Debug for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Part").finish_non_exhaustive()
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Judge").field("heard", &self.heard).finish_non_exhaustive()
    }
}

impl Judge {
    /// A judge of this run that has heard nothing yet.
    pub fn new(trace: &Trace) -> Self {
        Self::of(&trace.scenario)
    }

    /// A judge of any run of this scenario that has heard nothing yet.
    pub fn of(scenario: &Scenario) -> Self {
        let verdict = |info: &&'static CheckInfo| {
            let is_applicable = (info.applies)(scenario);
            Verdict { check: info, is_applicable, violation: None }
        };
        let verdicts: Vec<_> = CHECKS.iter().map(verdict).collect();
        let applicable = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.is_applicable);
        let open = applicable.map(|(place, verdict)| (place, Arc::from((verdict.check.open)(scenario)))).collect();
        let configurations = Configurations::default();
        let beta = Arc::new(Beta::new(scenario.nodes()));
        Self { beta, configurations, open, verdicts: Arc::new(verdicts), heard: 0 }
    }

    /// The same judge, but only this check is shown events.
    #[must_use]
    pub fn only(mut self, check: &CheckInfo) -> Self {
        self.open.retain(|(place, _)| std::ptr::eq(CHECKS[*place], check));
        self
    }

    /// A judge of any run of this scenario that asks this in place of all checks, as [`UNREACHED`].
    pub(crate) fn asking(scenario: &Scenario, asked: Box<dyn Check>) -> Self {
        let mut judge = Self::of(scenario);
        let verdict = Verdict { check: &UNREACHED, is_applicable: true, violation: None };
        Arc::make_mut(&mut judge.verdicts).push(verdict);
        judge.open = vec![(CHECKS.len(), Arc::from(asked))];
        judge
    }

    /// Hears the events of a move of a run that has no trace. True when every check holds so far.
    pub fn hear_move(&mut self, scenario: &Scenario, events: &[What]) -> bool {
        for what in events {
            self.hear_next(scenario, what);
        }
        self.settle(scenario)
    }

    /// Asks after a move. True when every check holds so far.
    pub fn settle(&mut self, scenario: &Scenario) -> bool {
        let event = EventId((self.heard as u32).saturating_sub(1));
        ask(&mut self.open, &mut self.verdicts, event, |check| check.settle(scenario));
        self.verdicts.iter().all(Verdict::holds)
    }

    /// Hears the next `events` events of the run, or as many as there are.
    pub fn hear(&mut self, trace: &Trace, events: usize) {
        let until = self.heard.saturating_add(events).min(trace.events().len());
        for (place, event) in (self.heard..until).zip(trace.events().range(self.heard..until)) {
            self.show(&trace.scenario, EventId(place as u32), &event.what);
        }
        self.heard = until;
    }

    /// Hears the next event of a run that has no trace. True when every check holds so far.
    pub fn hear_next(&mut self, scenario: &Scenario, what: &What) -> bool {
        self.show(scenario, EventId(self.heard as u32), what);
        self.heard += 1;
        self.verdicts.iter().all(Verdict::holds)
    }

    fn show(&mut self, scenario: &Scenario, id: EventId, what: &What) {
        // Messages and writes to storage are no evidence, so no check needs to see them.
        if matches!(what, What::Sent(_) | What::Landed(_) | What::Lost(..) | What::Persisted(..)) {
            return;
        }
        let liars = scenario.setup.cast.liars;
        if let What::Stated(node, _) | What::Applied(node, _) = what
            && liars.contains(*node)
        {
            return;
        }
        Arc::make_mut(&mut self.beta).observe(id, what);
        if let What::Stated(_, fact) = what {
            self.configurations.observe(&scenario.setup, fact);
        }
        let seen = Seen { scenario, what, beta: &self.beta, configurations: &self.configurations };
        ask(&mut self.open, &mut self.verdicts, id, |check| check.observe(&seen));
    }

    /// What the judge remembers, in parts, each with a fingerprint and how many bytes were hashed for it; `hash` tells both of what
    /// is fed to a hasher. Parts with the same fingerprint remember the same, so judges of one scenario can share them.
    pub(crate) fn parts(&self, hash: impl Fn(&dyn Fn(&mut dyn Hasher)) -> (u64, usize)) -> Vec<((u64, usize), Part)> {
        let ballots = hash(&|mut hasher| self.beta.hash(&mut hasher));
        let members = hash(&|mut hasher| ("members", &self.configurations).hash(&mut hasher));
        let check = |(place, check): &(usize, Arc<dyn Check>)| {
            let print = hash(&|mut hasher| {
                (place, check.leans_on_ballots().then_some(ballots.0)).hash(&mut hasher);
                check.digest(hasher);
            });
            (print, Part::Check(*place, Arc::clone(check)))
        };
        let shared =
            [(ballots, Part::Ballots(Arc::clone(&self.beta))), (members, Part::Members(self.configurations.clone()))];
        shared.into_iter().chain(self.open.iter().map(check)).collect()
    }

    /// A judge of the same scenario that remembers these parts.
    pub(crate) fn of_parts<'a>(&self, parts: impl Iterator<Item = &'a Part>) -> Self {
        let mut judge = self.clone();
        judge.open.clear();
        for part in parts {
            match part {
                Part::Ballots(beta) => judge.beta = Arc::clone(beta),
                Part::Members(configurations) => judge.configurations = configurations.clone(),
                Part::Check(place, check) => judge.open.push((*place, Arc::clone(check))),
            }
        }
        judge
    }

    /// The judge of the same run in a cluster whose nodes have other names. The names of ballots' owners stay, because only
    /// nodes that own no ballots are ever renamed.
    #[must_use]
    pub fn renamed(&self, names: &Renaming) -> Self {
        let mut renamed = self.clone();
        renamed.open.iter_mut().for_each(|(_, check)| own(check).rename(names));
        Arc::make_mut(&mut renamed.beta).rename(names);
        renamed
    }

    /// Feeds a hasher everything that the verdicts on later events depend on, as long as every check holds: two judges of
    /// one scenario that feed the same will always find the same checks violated by the same events.
    pub fn digest(&self, hasher: &mut dyn Hasher) {
        self.open.iter().for_each(|(_, check)| check.digest(hasher));
        let mut hasher = hasher;
        self.beta.hash(&mut hasher);
        self.configurations.hash(&mut hasher);
    }

    /// How many events have been heard.
    pub fn heard(&self) -> usize {
        self.heard
    }

    /// Each check's verdict on the events that have been heard.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
