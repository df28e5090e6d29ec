//! The race: one script under any choice of protocols, fitted to each of them, and what each one takes for the same request.
//!
//! All protocols run with equal f unless somebody asks for equal n, because a protocol that bears liars needs more servers
//! than one that bears crashes. Each figure stands beside its formula, if the row of the protocol has one for this
//! situation; where the run takes something else, the two differ, and every reader of a race says so. Text, JSON, CSV, the
//! figure and the page all read the same [`Race`].

mod write;

pub use write::{RaceReport, csv};

use super::{compare, idle::idle};
use crate::check;
use crate::latency::{self, Awaited, Decision};
use crate::protocol::formula::{Asked, Figure, Since, When};
use crate::protocol::{Formula, PROTOCOLS, Phase, Protocol};
use crate::scenario::fit::{Fitted, Size, fit};
use crate::scenario::{Act, Scenario, Script};
use crate::sim::Run;
use crate::tongue::{key, say};
use crate::trace::{MessageCounts, Trace};
use crate::types::Time;

/// On a terminal a protocol whose run has more events than this is not raced.
pub const EVENTS_MAX: usize = 200_000;

/// A script under several protocols.
#[derive(Debug)]
pub struct Race {
    /// The script's title.
    pub title: String,
    /// How large the clusters are.
    pub size: Size,
    /// The decree that is raced for: of those that the script asks for, the one that most protocols decide, and the
    /// earlier one of two such; none where the script asks for nothing.
    pub decree: Option<String>,
    /// A row for each protocol, in the order in which they were named.
    pub rows: Vec<Row>,
}

/// A protocol in a race.
#[derive(Debug)]
pub struct Row {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Its run, or a sentence that says why there is none.
    pub outcome: Result<Racer, String>,
}

/// A protocol that has run.
#[derive(Debug)]
pub struct Racer {
    /// The script that it ran, with its servers, the faults that these bear, and sentences on what was changed.
    pub fitted: Fitted,
    /// The run.
    pub run: Run,
    /// What became of the decree; none where nobody knows it by the end.
    pub decision: Option<Decision>,
    /// The figures, in the order of [`Measure::NAMES`].
    pub measures: [Measure; 6],
    /// The messages of the whole run.
    pub counts: MessageCounts,
    /// The names of the checks that are violated.
    pub broken: Vec<&'static str>,
    /// Sentences on what a reader should know: lines that were left out, lines that mean nothing here, no decision.
    pub notes: Vec<String>,
}

/// A figure of a run beside its formula.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// What is measured.
    pub name: &'static str,
    /// Ticks, messages, sends or bytes; none where it did not happen by the end.
    pub measured: Option<u64>,
    /// The formula and its value in the same unit, if the row has one for this situation.
    pub formula: Option<(&'static Formula, u64)>,
    is_time: bool,
}

impl Measure {
    /// What is measured, in the order of [`Racer::measures`]. The times count from the request.
    pub const NAMES: [&'static str; 6] =
        [key!("leader"), key!("all"), key!("client"), key!("messages"), key!("sends"), key!("bytes")];

    /// Whether the run took something else than the formula says.
    pub fn differs(&self) -> bool {
        self.formula.is_some_and(|(_, value)| self.measured != Some(value))
    }

    /// The measured figure: `4Δ`, `24`, or a dash.
    pub fn text(&self) -> String {
        self.said(self.measured)
    }

    /// The figure and its formula's value: `4Δ = 4Δ`, `9Δ ≠ 5Δ`; the figure alone where there is no formula.
    pub fn cell(&self) -> String {
        let sign = if self.differs() { "≠" } else { "=" };
        let beside = self.formula.map(|(_, value)| format!(" {sign} {}", self.said(Some(value))));
        format!("{}{}", self.text(), beside.unwrap_or_default())
    }

    fn said(&self, value: Option<u64>) -> String {
        match value {
            None => "–".to_owned(),
            Some(ticks) if self.is_time => format!("{}Δ", Time(ticks).told()),
            Some(count) => count.to_string(),
        }
    }
}

/// A stretch of a critical path; its times count from the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The phase of its message; none where somebody waits.
    pub phase: Option<Phase>,
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub until: Time,
}

/// The protocols of a race: those of a list such as `basic,multi`, or the whole family.
///
/// # Errors
/// A sentence: which name is none, what may have been meant, or which one comes twice.
pub fn chosen(names: Option<&str>) -> Result<Vec<&'static Protocol>, String> {
    names.map_or_else(|| Ok(PROTOCOLS.to_vec()), |names| compare::chosen(Some(names)))
}

impl Race {
    /// Runs a script under each of these protocols; of a run that makes more than so many events it is only told that it
    /// does. `scenario` is what the script means by itself. Without a size each protocol bears as many faults as the
    /// script's own one does.
    pub fn of(
        script: &Script,
        scenario: &Scenario,
        protocols: &[&'static Protocol],
        size: Option<Size>,
        events: usize,
    ) -> Self {
        let size = size.unwrap_or_else(|| Size::of(scenario));
        let ran = |protocol: &&'static Protocol| {
            let fitted =
                fit(script, scenario, protocol, size).map_err(|error| say!("It cannot run this script: {error}."));
            fitted.and_then(|fitted| Ran::of(fitted, protocol, events))
        };
        let ran: Vec<_> = protocols.iter().map(ran).collect();
        let asked = scenario.acts.iter().filter_map(|planned| match planned.act {
            Act::Propose(_, value) => Some(scenario.symbols.value(value).into_owned()),
            _ => None,
        });
        let votes = |decree: &String| ran.iter().flatten().filter(|ran| ran.decision(decree).is_some()).count();
        // The last one of the largest is the first one in the script.
        let decree = asked.collect::<Vec<_>>().into_iter().rev().max_by_key(votes);
        let row = |(protocol, ran): (&&'static Protocol, Result<Ran, String>)| Row {
            protocol,
            outcome: ran.map(|ran| Racer::of(ran, protocol, decree.as_deref())),
        };
        let rows = protocols.iter().zip(ran).map(row).collect();
        Self { title: scenario.headline().into_owned(), size, decree, rows }
    }

    /// Two sentences: what is raced, and how large the clusters are.
    pub fn about(&self) -> String {
        let size = self.size.sentence();
        match &self.decree {
            Some(decree) => say!("From the request for “{decree}” until it is known. {size}."),
            None => say!("The script asks for nothing, so nobody decides anything. {size}."),
        }
    }

    /// The protocols that have run.
    pub fn racers(&self) -> impl Iterator<Item = (&'static Protocol, &Racer)> {
        self.rows.iter().filter_map(|row| Some((row.protocol, row.outcome.as_ref().ok()?)))
    }

    /// Whether every check held in all of the runs.
    pub fn is_safe(&self) -> bool {
        self.racers().all(|(_, racer)| racer.broken.is_empty())
    }
}

impl Row {
    /// The sentences that a reader should know.
    pub fn notes(&self) -> &[String] {
        match &self.outcome {
            Ok(racer) => &racer.notes,
            Err(why) => std::slice::from_ref(why),
        }
    }
}

/// A protocol's run and what it decides of what somebody asks for.
struct Ran {
    fitted: Fitted,
    run: Run,
    decisions: Vec<Decision>,
}

impl Ran {
    fn of(fitted: Fitted, protocol: &'static Protocol, events: usize) -> Result<Self, String> {
        let compared = compare::under(&fitted.script, protocol, events);
        let run = compared.map_err(|error| say!("It cannot run this script: {error}.", error = error.message))?.run;
        if !run.is_over() {
            return Err(say!(
                "It makes more than {RACE_EVENTS_MAX} events of this script: too many to race.",
                RACE_EVENTS_MAX = events
            ));
        }
        let mut decisions = latency::decisions(run.trace());
        decisions.retain(|decision| decision.asked.is_some());
        Ok(Self { fitted, run, decisions })
    }

    fn decree(&self, decision: &Decision) -> String {
        self.run.scenario().symbols.value(decision.vote.value).into_owned()
    }

    fn decision(&self, decree: &str) -> Option<&Decision> {
        self.decisions.iter().find(|decision| self.decree(decision) == decree)
    }
}

impl Racer {
    fn of(mut ran: Ran, protocol: &'static Protocol, decree: Option<&str>) -> Self {
        let mut notes = std::mem::take(&mut ran.fitted.notes);
        notes.extend(idle(ran.run.scenario()));
        let decision = decree.and_then(|decree| ran.decision(decree)).cloned();
        if decision.is_none() && decree.is_some() {
            notes.push(match ran.decisions.first() {
                Some(other) => say!("It does not decide this by the end, but “{text}”.", text = ran.decree(other)),
                None => say!("It decides nothing by the end.").into(),
            });
        }
        let Ran { fitted, run, .. } = ran;
        let trace = run.trace();
        let verdicts = check::check(trace);
        let broken = verdicts.iter().filter(|verdict| !verdict.holds());
        let broken: Vec<_> = broken.map(|verdict| verdict.check.name).collect();
        if !broken.is_empty() {
            notes.push(say!("Violated: {list}.", list = broken.join(", ")));
        }
        let counts = trace.message_counts(trace.events().len());
        let measures = measures(trace, protocol, decision.as_ref());
        Self { fitted, run, decision, measures, counts, broken, notes }
    }

    /// The critical path of the decree, from its request on; empty where nobody knows the decree.
    pub fn path(&self) -> Vec<Stretch> {
        let Some(decision) = &self.decision else { return Vec::new() };
        let zero = decision.start().unwrap_or_default();
        let stretch = |segment: &latency::Segment| {
            let phase = match segment.what {
                Awaited::Wait(..) => None,
                Awaited::Message(id) => {
                    let envelope = self.run.trace().message(id);
                    Some(self.run.scenario().protocol.kind(envelope.message.kind).phase)
                }
            };
            Stretch { phase, from: segment.from.since(zero), until: segment.until.since(zero) }
        };
        decision.critical_path.iter().map(stretch).collect()
    }
}

/// The figures of a decision, each with its formula.
fn measures(trace: &Trace, protocol: &'static Protocol, decision: Option<&Decision>) -> [Measure; 6] {
    let latency = decision.map(Decision::from_client).unwrap_or_default();
    let ticks = |time: Option<Time>| time.map(|time| time.0);
    let [leader, all, client] = [latency.leader, latency.all, latency.client].map(ticks);
    let sent = decision.and_then(|decision| sent_for(trace, decision));
    let [messages, sends, bytes] = sent.map_or([None; 3], |sent| [sent.messages, sent.sends, sent.bytes].map(Some));
    let measured = [leader, all, client, messages, sends, bytes];
    let figures = [Some(Figure::Leader), Some(Figure::All), Some(Figure::Client), Some(Figure::Messages), None, None];
    std::array::from_fn(|place| {
        let is_time = figures[place].is_some_and(|figure| figure != Figure::Messages);
        let found =
            decision.zip(figures[place]).and_then(|(decision, figure)| expected(trace, protocol, decision, figure));
        let formula = found.map(|(formula, value)| (formula, if is_time { Time::deltas(value).0 } else { value }));
        Measure { name: Measure::NAMES[place], measured: measured[place], formula, is_time }
    })
}

/// What is sent for a request.
#[derive(Clone, Copy)]
struct Sent {
    /// Messages, without copies and messages to oneself.
    messages: u64,
    /// A multicast is one send, and any other message is one of its own.
    sends: u64,
    /// The bytes of these sends.
    bytes: u64,
}

/// What is sent from the request until the next request after all know. The messages of requests that are under way together
/// cannot be told apart, so they are all counted.
fn sent_for(trace: &Trace, decision: &Decision) -> Option<Sent> {
    let (_, asked) = decision.asked?;
    let known = decision.all_learned.unwrap_or(asked);
    let requests = trace.scenario.acts.iter().filter(|planned| matches!(planned.act, Act::Propose(..)));
    let next = requests.map(|planned| planned.at).filter(|at| *at > asked && *at >= known).min();
    let (mut messages, mut sends, mut bytes) = (0, 0, 0_u64);
    for sent in trace.messages().iter() {
        let is_before = next.is_none_or(|next| sent.sent_at < next);
        if sent.to_self() || sent.copy_of.is_some() || trace.is_injected(sent) || sent.sent_at < asked || !is_before {
            continue;
        }
        messages += 1;
        if !sent.is_shared {
            sends += 1;
            bytes = bytes.saturating_add(trace.size(sent).0);
        }
    }
    Some(Sent { messages, sends, bytes })
}

/// The formula for this figure in the situation of this decision, and its value. The formula speaks of a run without
/// faults, except that it knows the stale ballots.
fn expected(
    trace: &Trace,
    protocol: &'static Protocol,
    decision: &Decision,
    figure: Figure,
) -> Option<(&'static Formula, u64)> {
    let setup = &trace.scenario.setup;
    let (node, time) = decision.asked?;
    let asked = match node {
        _ if setup.cast.clients.contains(node) => Asked::Client,
        _ if node == decision.proposer => Asked::Leader,
        _ => Asked::Follower,
    };
    let is_ahead = decision.is_phase_1_ahead();
    let of_request = |formula: &&Formula| {
        let is_when = match formula.when {
            When::View => true,
            When::PhaseOneAhead => is_ahead,
            When::FullBallot => !is_ahead,
            When::StaleBallots | When::Collision => false,
        };
        is_when && formula.since == Since::Request(asked)
    };
    // Counted from the request, such a figure is right only where the leader began to lead at that instant.
    let is_election = decision.elected == Some(time);
    let of_election =
        |formula: &&Formula| is_election && formula.since == Since::Election && formula.when == When::StaleBallots;
    let value = |formula: &'static Formula, stale| {
        let value = formula.value(protocol, setup, decision.proposer, stale)?;
        Some((formula, value))
    };
    let formulas = || protocol.formulas().filter(move |formula| formula.figure == figure);
    let elected = || formulas().filter(of_election).find_map(|formula| value(formula, decision.stale));
    let requested = || formulas().filter(of_request).find_map(|formula| value(formula, 0));
    if decision.stale > 0 { elected().or_else(requested) } else { requested().or_else(elected) }
}
