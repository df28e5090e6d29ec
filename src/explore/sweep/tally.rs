//! The results of the runs under one protocol, added up.

use super::counts::Counts;
use crate::check::{self, CHECKS};
use crate::latency::{Ballots, Decision, Notebook, Setback};
use crate::protocol::Protocol;
use crate::scenario::Act;
use crate::sim::{Run, Stop};
use crate::trace::{Trace, What};
use crate::types::{Sorted, Time, Value};

/// A latency that is counted for each decision that has it.
#[derive(Debug)]
pub struct Measure {
    /// The name in reports: the way of counting, and the end of the latency.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    read: fn(&Decision) -> Option<Time>,
}

/// Every measure, as in the report of a single run.
pub static MEASURES: [Measure; 9] = [
    Measure { name: "from_client.leader", title: "request to leader", read: |one| one.from_client().leader },
    Measure { name: "from_client.all", title: "request to all", read: |one| one.from_client().all },
    Measure { name: "from_client.client", title: "request to answer", read: |one| one.from_client().client },
    Measure { name: "from_election.leader", title: "T_el to leader", read: |one| one.from_election().leader },
    Measure { name: "from_election.all", title: "T_el to all", read: |one| one.from_election().all },
    Measure { name: "from_ballot.leader", title: "1a to leader", read: |one| one.from_ballot().leader },
    Measure { name: "from_ballot.all", title: "1a to all", read: |one| one.from_ballot().all },
    Measure { name: "from_begin.leader", title: "2a to leader", read: |one| one.from_begin().leader },
    Measure { name: "from_begin.all", title: "2a to all", read: |one| one.from_begin().all },
];

/// Why a run has not decided everything that was asked for.
#[derive(Debug)]
pub struct Reason {
    /// The name in reports.
    pub name: &'static str,
    /// A sentence without its end.
    pub title: &'static str,
}

/// Every reason. When a run has several, the first in this order counts; only among the setbacks the last ballot decides.
pub static REASONS: [Reason; 15] = [
    Reason { name: "too-long", title: "the run takes too many steps" },
    Reason { name: "too-large", title: "the run holds too many messages, events or bytes" },
    Reason { name: "nothing-asked", title: "nobody who is up is asked for anything" },
    Reason { name: "no-ballot", title: "no ballot is started" },
    Reason { name: "refused", title: "the last ballot is refused" },
    Reason { name: "no-promises", title: "too few promises come" },
    Reason { name: "no-votes", title: "too few votes come" },
    Reason { name: "idle", title: "the last ballot has nothing to begin" },
    Reason { name: "given-up", title: "the owner of the last ballot gives it up because of a larger one" },
    Reason { name: "crashed", title: "the owner of the last ballot crashes before enough promises come" },
    Reason { name: "skipped", title: "the script leaves step 2a out" },
    Reason { name: "unheard", title: "a decree is chosen, but nobody knows" },
    Reason { name: "disagreement", title: "two processes learn different decrees" },
    Reason { name: "not-all-decrees", title: "something that was asked for is not decided" },
    Reason { name: "not-everybody", title: "somebody who is up at the end never learns" },
];

/// Runs with something in common.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Found {
    /// How many runs there are.
    pub runs: u64,
    /// The smallest of their seeds.
    pub first: Option<u64>,
}

impl Found {
    fn add(&mut self, seed: u64) {
        self.merge(Self { runs: 1, first: Some(seed) });
    }

    fn merge(&mut self, other: Self) {
        self.runs = self.runs.saturating_add(other.runs);
        self.first = self.first.into_iter().chain(other.first).min();
    }
}

/// The results of the runs under one protocol. All of them are sums, smallest and largest values, so tallies can be added
/// up in any order. A tally takes 8 MB at most where no latency is longer than [`super::counts::FINE`], and never more
/// than 20 MB.
#[derive(Clone, PartialEq, Debug)]
pub struct Tally {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// How many runs there were.
    pub runs: u64,
    /// How many runs decided everything that was asked for, and let every node that was up at the end know it.
    pub decided: u64,
    /// How many decrees were decided.
    pub decisions: u64,
    /// The messages that belong to these decisions alone, as the report of a run counts them.
    pub messages: u64,
    /// All messages that were sent, lost or not, except copies and messages to oneself.
    pub sent: u64,
    /// The latencies, for each of [`MEASURES`].
    pub latency: Vec<Counts>,
    /// The runs that did not decide, for each of [`REASONS`].
    pub undecided: Vec<Found>,
    /// The runs that violate a check, for each of [`CHECKS`].
    pub violated: Vec<Found>,
    /// The runs that violate any check.
    pub unsafe_runs: Found,
}

impl Tally {
    /// A tally without runs.
    pub fn new(protocol: &'static Protocol) -> Self {
        Self {
            protocol,
            runs: 0,
            decided: 0,
            decisions: 0,
            messages: 0,
            sent: 0,
            latency: vec![Counts::default(); MEASURES.len()],
            undecided: vec![Found::default(); REASONS.len()],
            violated: vec![Found::default(); CHECKS.len()],
            unsafe_runs: Found::default(),
        }
    }

    /// Adds the run of this seed.
    pub(super) fn add(&mut self, seed: u64, run: &Run) {
        let trace = run.trace();
        let mut notebook = Notebook::new(trace);
        notebook.read(trace, usize::MAX);
        let decisions = notebook.decisions(trace, 0, usize::MAX);
        self.runs += 1;
        self.decisions += decisions.len() as u64;
        self.sent += trace.message_counts(trace.events().len()).sent as u64;
        for decision in &decisions {
            self.messages += decision.messages as u64;
            for (measure, counts) in MEASURES.iter().zip(&mut self.latency) {
                if let Some(latency) = (measure.read)(decision) {
                    counts.add(latency, seed);
                }
            }
        }
        match undecided(run, &decisions, &notebook) {
            Some(name) => {
                let place = REASONS.iter().position(|reason| reason.name == name).expect("every reason is listed");
                self.undecided[place].add(seed);
            }
            None => self.decided += 1,
        }
        let mut is_safe = true;
        for (verdict, found) in check::check(trace).iter().zip(&mut self.violated) {
            if !verdict.holds() {
                found.add(seed);
                is_safe = false;
            }
        }
        if !is_safe {
            self.unsafe_runs.add(seed);
        }
    }

    /// Adds other runs under the same protocol.
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, more) in [
            (&mut self.runs, other.runs),
            (&mut self.decided, other.decided),
            (&mut self.decisions, other.decisions),
            (&mut self.messages, other.messages),
            (&mut self.sent, other.sent),
        ] {
            *own = own.saturating_add(more);
        }
        self.latency.iter_mut().zip(&other.latency).for_each(|(own, other)| own.merge(other));
        self.undecided.iter_mut().zip(&other.undecided).for_each(|(own, other)| own.merge(*other));
        self.violated.iter_mut().zip(&other.violated).for_each(|(own, other)| own.merge(*other));
        self.unsafe_runs.merge(other.unsafe_runs);
    }

    /// The latencies by the measure of this name.
    pub fn latency(&self, name: &str) -> Option<&Counts> {
        MEASURES.iter().position(|measure| measure.name == name).map(|place| &self.latency[place])
    }

    /// Messages of a decision on average, in millionths; none where nothing was decided.
    pub fn messages_per_decision(&self) -> Option<u64> {
        let whole = self.messages.checked_div(self.decisions)?;
        let rest = (self.messages % self.decisions).saturating_mul(1_000_000).saturating_add(self.decisions / 2);
        Some(whole.saturating_mul(1_000_000).saturating_add(rest / self.decisions))
    }
}

/// The name of the reason why a run has not decided everything; none when it has.
fn undecided(run: &Run, decisions: &[Decision], notebook: &Notebook) -> Option<&'static str> {
    let trace = run.trace();
    match run.stop() {
        Stop::TooLong => return Some("too-long"),
        Stop::TooLarge(_) => return Some("too-large"),
        _ => {}
    }
    let asked = asked(trace);
    if asked.is_empty() {
        return Some("nothing-asked");
    }
    if decisions.is_empty() {
        return Some(setback(&notebook.ballots(trace)));
    }
    if decisions.windows(2).any(|pair| pair[0].instance == pair[1].instance) {
        return Some("disagreement");
    }
    let mut decided = Sorted::default();
    decisions.iter().for_each(|decision| decided.set(decision.vote.value, ()));
    // A run of a single decree decides one of the values that were asked for; a ledger has to hold all of them.
    if trace.scenario.protocol.is_log && asked.iter().any(|value| decided.get(value).is_none()) {
        return Some("not-all-decrees");
    }
    decisions.iter().any(|decision| decision.all_learned.is_none()).then_some("not-everybody")
}

/// All values that a node that was up was asked for.
fn asked(trace: &Trace) -> Vec<Value> {
    let value = |what: &What| match what {
        What::Acted(_, Act::Propose(_, value)) => Some(*value),
        _ => None,
    };
    trace.events().iter().filter_map(|event| value(&event.what)).collect()
}

/// The setback of a run that decides nothing: what stopped its last ballot, or that no node knows the chosen decree.
fn setback(ballots: &Ballots) -> &'static str {
    if !ballots.unknown.is_empty() {
        return "unheard";
    }
    match ballots.abandoned.last().map(|ballot| ballot.why) {
        None => "no-ballot",
        Some(Setback::Refused(..)) => "refused",
        Some(Setback::NoPromises) => "no-promises",
        Some(Setback::NoVotes) => "no-votes",
        Some(Setback::Idle) => "idle",
        Some(Setback::GivenUp(_)) => "given-up",
        Some(Setback::Crashed) => "crashed",
        Some(Setback::Skipped) => "skipped",
    }
}
