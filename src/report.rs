//! The report of a run: one structure, the same on the terminal, in exports and in the JavaScript API.
//!
//! Its field names and shapes are documented in `docs/scenario.md` and versioned by [`VERSION`]. Every time is a number
//! in Δ; `null` means that it did not happen by the end of the run.

mod broken;
pub mod compare;
pub mod events;
pub mod explore;
pub mod family;
pub mod frame;
mod goals;
pub mod idle;
pub mod list;
pub mod race;
pub mod regression;
pub mod sweep;
pub mod throughput;
mod words;
pub mod worst;

pub use broken::{Broken, broken};
pub use goals::GoalReport;
pub use words::{again_text, chosen_text, segment_text, setback_text, unanswered_text, unknown_text, wait_text};

use std::io::{self, Write};

use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::check::{self, Verdict};
use crate::latency::{self, Abandoned, Awaited, Chosen, Decision, Latency, Segment, Unanswered};
use crate::protocol::{Kind, Vocabulary};
use crate::sim::{Run, Stop};
use crate::trace::{Envelope, MessageCounts, MessageId, Trace};
use crate::types::{Millis, NodeId, Scale, Time};

/// Reports for programs speak the words of 1998.
const WORDS: Vocabulary = Vocabulary::Parliament1998;

/// The version of this structure.
pub const VERSION: u32 = 1;

/// Everything worth knowing about a run.
#[derive(Clone, Serialize, Debug)]
pub struct Report {
    version: u32,
    /// The script's title.
    scenario: String,
    protocol: &'static str,
    nodes: Vec<String>,
    /// The trace hash, as 16 hexadecimal digits.
    trace_hash: String,
    /// Why the run ended: `quiet`, `until`, `horizon`, `too long` or `too large`.
    stopped: &'static str,
    /// How many ms one Δ is, where the script says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    delta_ms: Option<Amount>,
    /// When the last thing happened.
    end: Deltas,
    decisions: Vec<DecisionReport>,
    /// The decrees that a quorum has voted for and that nobody knows.
    chosen: Vec<ChosenReport>,
    unanswered: Vec<UnansweredReport>,
    ballots: BallotsReport,
    messages: Messages,
    /// What is broken in the run, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
    checks: Vec<CheckReport>,
    /// What the script asks for; only where it asks for something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    goals: Vec<GoalReport>,
    warnings: Vec<Warning>,
}

/// A time, as a number of Δ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deltas(pub Time);

impl Serialize for Deltas {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.0.is_multiple_of(Time::DELTA.0) {
            serializer.serialize_u64(self.0.0 / Time::DELTA.0)
        } else {
            // Six decimals survive: the nearest double prints as the same decimal.
            serializer.serialize_f64(self.0.as_deltas())
        }
    }
}

impl<'de> Deserialize<'de> for Deltas {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let deltas = f64::deserialize(deserializer)?;
        let ticks = (deltas * Time::DELTA.0 as f64).round();
        // Above 2⁵³ a double is no longer exact.
        if (0.0..9.0e15).contains(&ticks) {
            Ok(Self(Time(ticks as u64)))
        } else {
            Err(D::Error::custom("a time is a number of Δ"))
        }
    }
}

/// A span, as a number of Δ, or of ms to the nearest microsecond.
#[derive(Clone, Copy, Debug)]
enum Amount {
    Delta(Time),
    Clock(Time, Scale),
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Delta(time) => Deltas(time).serialize(serializer),
            Self::Clock(time, scale) => {
                let Millis(micros) = scale.nearest(time);
                // Whole numbers are written as such, as those of Δ are.
                if micros.is_multiple_of(Millis::MICROS) {
                    serializer.serialize_u64(micros / Millis::MICROS)
                } else {
                    serializer.serialize_f64(micros as f64 / Millis::MICROS as f64)
                }
            }
        }
    }
}

/// A JSON object whose keys keep their order.
#[derive(Clone, Debug)]
struct Ordered<V>(Vec<(String, V)>);

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
        map.end()
    }
}

#[derive(Clone, Serialize, Debug)]
struct DecisionReport {
    instance: u32,
    value: String,
    proposer: String,
    ballot: String,
    times: Times,
    latency: Latencies,
    /// The same in ms, where the script says how long Δ is.
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<Latencies>,
    phases: Vec<PhaseReport>,
    messages: usize,
    stale: usize,
    /// How long the messages of the critical path wait in ports; none where bandwidth has no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_ports: Option<Deltas>,
    critical_path: Vec<Hop>,
    waits: Vec<WaitReport>,
}

#[derive(Clone, Serialize, Debug)]
struct ChosenReport {
    instance: u32,
    value: String,
    ballot: String,
    time: Deltas,
}

impl ChosenReport {
    fn of(trace: &Trace, chosen: &Chosen) -> Self {
        let symbols = &trace.scenario.symbols;
        Self {
            instance: chosen.instance.0,
            value: symbols.value(chosen.vote.value).into_owned(),
            ballot: symbols.ballot(chosen.vote.ballot),
            time: Deltas(chosen.time),
        }
    }
}

#[derive(Clone, Serialize, Debug)]
struct UnansweredReport {
    value: String,
    node: String,
    time: Deltas,
    /// What became of it, in a word.
    outcome: &'static str,
    sentence: String,
}

impl UnansweredReport {
    fn of(trace: &Trace, request: &Unanswered) -> Self {
        let symbols = &trace.scenario.symbols;
        Self {
            value: symbols.value(request.value).into_owned(),
            node: symbols.node(request.node).to_owned(),
            time: Deltas(request.time),
            outcome: request.answer.name(),
            sentence: unanswered_text(trace, WORDS, request),
        }
    }
}

/// A part of the critical path during which no message is under way.
#[derive(Clone, Serialize, Debug)]
struct WaitReport {
    node: Option<String>,
    from: Deltas,
    until: Deltas,
    why: String,
}

impl WaitReport {
    fn of(trace: &Trace, segment: &Segment) -> Option<Self> {
        let Awaited::Wait(node, why) = segment.what else { return None };
        let node_name = node.map(|node| trace.scenario.symbols.node(node).to_owned());
        let (from, until) = (Deltas(segment.from), Deltas(segment.until));
        Some(Self { node: node_name, from, until, why: wait_text(trace, WORDS, node, why) })
    }
}

#[derive(Clone, Serialize, Debug)]
struct Times {
    client: Option<Deltas>,
    elected: Option<Deltas>,
    ballot_start: Option<Deltas>,
    begin_ballot: Option<Deltas>,
    chosen: Option<Deltas>,
    leader_learned: Option<Deltas>,
    all_learned: Option<Deltas>,
    answered: Option<Deltas>,
    learned: Ordered<Option<Deltas>>,
}

#[derive(Clone, Serialize, Debug)]
struct Latencies {
    from_ballot: LatencyReport,
    from_begin: LatencyReport,
    /// None for a decree that nobody has asked for.
    from_client: Option<ClientLatency>,
    /// None where nobody leads, or where the leader led before it was asked.
    from_election: Option<LatencyReport>,
}

#[derive(Clone, Serialize, Debug)]
struct LatencyReport {
    leader: Option<Amount>,
    all: Option<Amount>,
}

impl Latencies {
    /// A decision's latencies, each span as this number.
    fn of(decision: &Decision, number: impl Fn(Time) -> Amount) -> Self {
        let report = |latency: Latency| {
            let [leader, all] = [latency.leader, latency.all].map(|span| span.map(&number));
            LatencyReport { leader, all }
        };
        let (client, election) = (decision.from_client(), decision.from_election());
        let [leader, all, answered] = [client.leader, client.all, client.client].map(|span| span.map(&number));
        Self {
            from_ballot: report(decision.from_ballot()),
            from_begin: report(decision.from_begin()),
            from_client: decision.asked.map(|_| ClientLatency { leader, all, client: answered }),
            from_election: election.leader.or(election.all).map(|_| report(election)),
        }
    }
}

#[derive(Clone, Serialize, Debug)]
struct ClientLatency {
    leader: Option<Amount>,
    all: Option<Amount>,
    client: Option<Amount>,
}

#[derive(Clone, Serialize, Debug)]
struct PhaseReport {
    phase: &'static str,
    took: Deltas,
}

#[derive(Clone, Serialize, Debug)]
struct Hop {
    kind: &'static str,
    phase: &'static str,
    from: String,
    to: String,
    sent: Deltas,
    /// When it left its sender's port, where the bandwidth has a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Deltas>,
    landed: Option<Deltas>,
}

#[derive(Clone, Serialize, Debug)]
struct BallotsReport {
    started: usize,
    abandoned: Vec<AbandonedReport>,
    /// The ballots that passed a decree which had been chosen before.
    again: Vec<ChosenReport>,
    stale: usize,
}

#[derive(Clone, Serialize, Debug)]
struct AbandonedReport {
    ballot: String,
    why: String,
}

#[derive(Clone, Serialize, Debug)]
struct Messages {
    /// Messages that nodes sent, lost or not, without copies and messages to oneself.
    sent: usize,
    /// How often nodes handed them to the network: a multicast counts once.
    sends: usize,
    /// Messages that the script put into the network.
    injected: usize,
    lost: usize,
    /// Copies that the network made.
    duplicated: usize,
    /// The bytes of what was sent; a multicast counts once.
    bytes: u64,
    by_kind: Ordered<usize>,
}

#[derive(Clone, Serialize, Debug)]
struct CheckReport {
    name: &'static str,
    verdict: &'static str,
    statement: String,
    event: Option<Offence>,
}

#[derive(Clone, Serialize, Debug)]
struct Offence {
    /// The event's place in the trace, from 0.
    index: u32,
    time: Deltas,
    node: Option<String>,
    sentence: String,
}

#[derive(Clone, Serialize, Debug)]
struct Warning {
    line: usize,
    message: String,
}

/// A report as JSON for people and programs, with a line break at the end: the text that `JSON.stringify(report, null,
/// 2)` writes in JavaScript.
///
/// # Errors Never in practice: reports contain nothing that JSON cannot say.
pub fn pretty(report: &impl Serialize) -> Result<String, String> {
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, AsInJavaScript::default());
    report.serialize(&mut serializer).map_err(|error| error.to_string())?;
    text.push(b'\n');
    String::from_utf8(text).map_err(|error| error.to_string())
}

/// JSON over several lines, with numbers as JavaScript writes them. serde_json writes numbers below a
/// hundred-thousandth differently, with an exponent.
#[derive(Default)]
struct AsInJavaScript(PrettyFormatter<'static>);

impl Formatter for AsInJavaScript {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        if !(1.0e-6..1.0e-5).contains(&value.abs()) {
            return self.0.write_f64(writer, value);
        }
        // serde_json writes `1.5e-6`, and JavaScript 0.0000015. The general printing of floats would make the page larger.
        let mut text = Vec::new();
        self.0.write_f64(&mut text, value)?;
        let digits = text.iter().take_while(|letter| **letter != b'e').filter(|letter| letter.is_ascii_digit());
        writer.write_all(if value < 0.0 { b"-0.00000" } else { b"0.00000" })?;
        writer.write_all(&digits.copied().collect::<Vec<_>>())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

impl Report {
    /// The report of a run.
    pub fn of(run: &Run) -> Self {
        let trace = run.trace();
        let scenario = run.scenario();
        let symbols = &scenario.symbols;
        let ballots = latency::ballots(trace);
        let verdicts = check::check(trace);
        let warning = |note: crate::sim::Note| Warning { line: note.line, message: note.message };
        Self {
            version: VERSION,
            scenario: scenario.title.clone(),
            protocol: scenario.protocol.name,
            nodes: symbols.nodes.iter().map(ToString::to_string).collect(),
            trace_hash: hash_text(trace.hash()),
            stopped: stopped_text(run.stop()),
            delta_ms: trace.scenario.delta.map(|delta| Amount::Clock(Time::DELTA, delta)),
            end: Deltas(trace.end()),
            decisions: latency::decisions(trace).iter().map(|decision| decision_report(trace, decision)).collect(),
            chosen: ballots.unknown.iter().map(|chosen| ChosenReport::of(trace, chosen)).collect(),
            unanswered: latency::unanswered(trace).iter().map(|request| UnansweredReport::of(trace, request)).collect(),
            ballots: BallotsReport {
                started: ballots.started,
                abandoned: ballots.abandoned.iter().map(|ballot| abandoned_report(trace, ballot)).collect(),
                again: ballots.again.iter().map(|again| ChosenReport::of(trace, again)).collect(),
                stale: ballots.stale,
            },
            messages: messages(trace),
            broken: broken(trace, WORDS, &verdicts, usize::MAX).map(|broken| broken.sentence),
            checks: verdicts.iter().map(|verdict| check_report(trace, verdict)).collect(),
            goals: goals::judged(trace, &verdicts),
            warnings: run.notes().into_iter().map(warning).collect(),
        }
    }

    /// Whether every check held.
    pub fn is_safe(&self) -> bool {
        self.checks.iter().all(|check| check.event.is_none())
    }
}

/// A trace hash as reports and links write it.
pub fn hash_text(hash: u64) -> String {
    format!("{hash:016x}")
}

/// Why a run ended, in a word or two.
fn stopped_text(stop: Stop) -> &'static str {
    match stop {
        Stop::Quiet => "quiet",
        Stop::Until => "until",
        Stop::Horizon => "horizon",
        Stop::TooLong => "too long",
        Stop::TooLarge(_) => "too large",
        Stop::Unfinished => "unfinished",
    }
}

fn decision_report(trace: &Trace, decision: &Decision) -> DecisionReport {
    let symbols = &trace.scenario.symbols;
    let deltas = |time: Option<Time>| time.map(Deltas);
    // Who learned it, and who was to.
    let learners = trace.scenario.setup.cast.learners;
    let has_learned = |node: &NodeId| decision.learned.iter().any(|(learner, _)| learner == node);
    let nodes = NodeId::all(trace.scenario.nodes());
    let learned = nodes.filter(|node| learners.contains(*node) || has_learned(node)).map(|node| {
        let time = decision.learned.iter().find(|(learner, _)| *learner == node).map(|(_, time)| Deltas(*time));
        (symbols.node(node).to_owned(), time)
    });
    DecisionReport {
        instance: decision.instance.0,
        value: symbols.value(decision.vote.value).into_owned(),
        proposer: symbols.node(decision.proposer).to_owned(),
        ballot: symbols.ballot(decision.vote.ballot),
        times: Times {
            client: deltas(decision.asked.map(|(_, time)| time)),
            elected: deltas(decision.elected),
            ballot_start: deltas(decision.ballot_start),
            begin_ballot: deltas(decision.begin_ballot),
            chosen: deltas(decision.chosen.map(|chosen| chosen.time)),
            leader_learned: deltas(decision.leader_learned()),
            all_learned: deltas(decision.all_learned),
            answered: deltas(decision.answered),
            learned: Ordered(learned.collect()),
        },
        latency: Latencies::of(decision, Amount::Delta),
        latency_ms: trace.scenario.delta.map(|delta| Latencies::of(decision, |span| Amount::Clock(span, delta))),
        phases: decision
            .phases
            .iter()
            .map(|(phase, took)| PhaseReport { phase: phase.label(), took: Deltas(*took) })
            .collect(),
        messages: decision.messages,
        stale: decision.stale,
        in_ports: trace.scenario.network.sizes.bandwidth.map(|_| Deltas(decision.in_ports())),
        critical_path: decision.awaited_messages().map(|id| hop(trace, id)).collect(),
        waits: decision.critical_path.iter().filter_map(|segment| WaitReport::of(trace, segment)).collect(),
    }
}

fn hop(trace: &Trace, id: MessageId) -> Hop {
    let envelope = trace.message(id);
    let kind = trace.scenario.protocol.kind(envelope.message.kind);
    let symbols = &trace.scenario.symbols;
    Hop {
        kind: kind.name,
        phase: kind.phase.label(),
        from: symbols.node(envelope.from).to_owned(),
        to: symbols.node(envelope.to).to_owned(),
        sent: Deltas(envelope.sent_at),
        left: trace.scenario.network.sizes.bandwidth.map(|_| Deltas(envelope.leaves)),
        landed: envelope.end.map(|end| Deltas(trace.event(end).time)),
    }
}

fn abandoned_report(trace: &Trace, abandoned: &Abandoned) -> AbandonedReport {
    let ballot = trace.scenario.symbols.ballot(abandoned.ballot);
    AbandonedReport { ballot, why: setback_text(trace, WORDS, abandoned.why) }
}

fn messages(trace: &Trace) -> Messages {
    let MessageCounts { sent, sends, injected, lost, duplicated, bytes } = trace.message_counts(trace.events().len());
    let count = |kind: Kind| {
        let counts = |envelope: &&Envelope| {
            let is_sent = !envelope.to_self() && envelope.copy_of.is_none() && !trace.is_injected(envelope);
            envelope.message.kind == kind && is_sent
        };
        trace.messages().iter().filter(counts).count()
    };
    let kinds = trace.scenario.protocol.spoken(&trace.scenario.setup.cast);
    let by_kind = kinds.map(|(kind, info)| (info.name.to_owned(), count(kind))).collect();
    Messages { sent, sends, injected, lost, duplicated, bytes, by_kind: Ordered(by_kind) }
}

fn check_report(trace: &Trace, verdict: &Verdict) -> CheckReport {
    let offence = verdict.violation.as_ref().map(|violation| {
        let event = trace.event(violation.event);
        Offence {
            index: violation.event.0,
            time: Deltas(event.time),
            node: trace.node_of(event).map(|node| trace.scenario.symbols.node(node).to_owned()),
            sentence: violation.sentence.in_words(WORDS).to_owned(),
        }
    });
    CheckReport {
        name: verdict.check.name,
        verdict: match &offence {
            Some(_) => "violated",
            None if verdict.is_applicable => "holds",
            None => "not applicable",
        },
        statement: verdict.check.statement(WORDS, &trace.scenario.setup),
        event: offence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_javascript() {
        let written = |ticks| pretty(&[Deltas(Time(ticks))]).expect("it is a number");
        assert_eq!(written(1), "[\n  0.000001\n]\n");
        assert_eq!(written(9), "[\n  0.000009\n]\n");
        assert_eq!(written(12), "[\n  0.000012\n]\n");
        assert_eq!(written(2_500_000), "[\n  2.5\n]\n");
        assert_eq!(written(100_000_000_000), "[\n  100000\n]\n");
    }
}
