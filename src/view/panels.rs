//! What the panels say at the session's cursor: nothing that has not happened yet is given away.

pub mod ballots;
pub mod checks;
pub mod latency;
pub mod ledger;
pub mod nodes;
pub mod race;
pub mod record;
pub mod shelf;
#[cfg(test)]
mod tests;

use crate::latency::{Decision, Latency};
use crate::protocol::Phase;
use crate::report::setback_text;
use crate::session::Session;
use crate::trace::{EventId, Trace, What, describe_value};
use crate::types::{Instance, Sorted, Time};
pub use nodes::{Memory, NodeCard};

/// At most so many rows of a table are shown; of more, the latest.
pub const ROWS_MAX: usize = 40;

/// All panels.
#[derive(Clone, PartialEq, Debug)]
pub struct Panels {
    /// One for each decision that somebody has learned by now; empty where there is a ledger.
    pub latency: Vec<LatencyCard>,
    /// The ledger's decrees that somebody has learned by now, where a ledger has many.
    pub ledger: Option<Vec<LedgerRow>>,
    /// Ballots that came to nothing by the end of the run, once the run has been watched to its end.
    pub abandoned: Vec<String>,
    /// Every check.
    pub checks: Vec<CheckRow>,
    /// Every node.
    pub nodes: Vec<NodeCard>,
    /// What a person should know about lines of their script, a sentence each.
    pub notes: Vec<String>,
    /// Messages sent by now, not counting those to oneself or copies.
    pub messages_sent: usize,
    /// Messages lost by now.
    pub messages_lost: usize,
}

/// A decision, as far as it is known by now.
#[derive(Clone, PartialEq, Debug)]
pub struct LatencyCard {
    /// `“red” by ballot 1.A`.
    pub title: String,
    /// From the ballot's start until its leader knew.
    pub leader: Option<String>,
    /// From the ballot's start until everybody knew.
    pub all: Option<String>,
    /// The same counted from elsewhere, a sentence each.
    pub otherwise: Vec<String>,
    /// The critical path by phase, once everybody knows.
    pub phases: Vec<PhaseShare>,
}

/// An entry of the ledger, as far as it is known by now; latencies in Δ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerRow {
    /// Its place.
    pub instance: u32,
    /// The decree.
    pub decree: String,
    /// What came of it where it was executed first; empty while nobody has.
    pub outcome: String,
    /// From BeginBallot until the leader knew, and until everybody did; from the client's request until its answer. `…`
    /// while it may still come, `–` when it never does.
    pub latency: [String; 3],
    /// How many messages of its own it took, in the whole run.
    pub messages: usize,
}

/// A phase's part of the critical path.
#[derive(Clone, PartialEq, Debug)]
pub struct PhaseShare {
    /// Which phase.
    pub phase: Phase,
    /// How long it took.
    pub took: Time,
    /// The same as text, without the unit.
    pub text: String,
}

/// A check as it stands now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckRow {
    /// What reports call it.
    pub name: &'static str,
    /// A heading.
    pub title: &'static str,
    /// The formula in words.
    pub statement: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// Whether it has a meaning for this run.
    pub is_applicable: bool,
    /// Where and why it was broken, if it was by now.
    pub violation: Option<(EventId, Time, String)>,
}

impl Panels {
    /// What the panels say now.
    pub fn of(session: &Session) -> Self {
        let played = session.played();
        let trace = played.trace();
        let cursor = session.cursor();
        let watched = cursor.events == trace.events().len();
        let known = |decision: &&Decision| decision.learned.first().is_some_and(|(_, first)| *first <= cursor.time);
        let symbols = &trace.scenario.symbols;
        let abandoned = |abandoned: &crate::latency::Abandoned| {
            format!("Ballot {}: {}.", symbols.ballot(abandoned.ballot), setback_text(trace, abandoned.why))
        };
        let checks = played.verdicts.iter().map(|verdict| CheckRow {
            name: verdict.check.name,
            title: verdict.check.title,
            statement: verdict.check.statement,
            source: verdict.check.source,
            is_applicable: verdict.is_applicable,
            violation: verdict
                .violation
                .as_ref()
                .filter(|violation| (violation.event.0 as usize) < cursor.events)
                .map(|violation| (violation.event, trace.event(violation.event).time, violation.sentence.clone())),
        });
        let counts = trace.message_counts(cursor.events);
        let is_log = trace.scenario.protocol.is_log;
        let known: Vec<&Decision> = played.decisions.iter().filter(known).collect();
        let cards = known.iter().filter(|_| !is_log).map(|decision| latency_card(session, decision));
        Self {
            latency: cards.collect(),
            ledger: is_log.then(|| ledger(trace, &known, cursor.events, cursor.time)),
            abandoned: if watched { played.ballots.abandoned.iter().map(abandoned).collect() } else { Vec::new() },
            checks: checks.collect(),
            nodes: NodeCard::all(session),
            notes: notes(session),
            messages_sent: counts.sent,
            messages_lost: counts.lost,
        }
    }
}

fn notes(session: &Session) -> Vec<String> {
    let sentence = |line: usize, message: &str| match line {
        0 => format!("{message}."),
        line => format!("Line {line}: {message}."),
    };
    session.played().notes.iter().map(|note| sentence(note.line, &note.message)).collect()
}

/// What of a latency is known by now, when counting begins at `start`.
fn by_now(start: Option<Time>, latency: Latency, now: Time) -> [Option<String>; 3] {
    [latency.leader, latency.all, latency.client].map(|span| {
        let span = span?;
        (start?.plus(span) <= now).then(|| span.to_string())
    })
}

fn latency_card(session: &Session, decision: &Decision) -> LatencyCard {
    let symbols = &session.played().trace().scenario.symbols;
    let now = session.cursor().time;
    // Where phase 1 was done ahead the ballot's start says nothing.
    let from_ballot = decision.from_ballot();
    let is_ahead = from_ballot == Latency::default();
    let (main, start) =
        if is_ahead { (decision.from_begin(), decision.begin_ballot) } else { (from_ballot, decision.ballot_start) };
    let [leader, all, _] = by_now(start, main, now);
    let is_over = all.is_some();
    let phases = decision.phases.iter().filter(|_| is_over);
    let phases = phases.map(|(phase, took)| PhaseShare { phase: *phase, took: *took, text: took.to_string() });
    let counted = if is_ahead { "BeginBallot" } else { "the start of its ballot" };
    let mut otherwise = vec![format!("Counted from {counted}.")];
    let others = [
        ("From BeginBallot", decision.begin_ballot, decision.from_begin()),
        ("Since its leader leads", decision.elected, decision.from_election()),
    ];
    let shown = |span: Option<String>| span.map_or_else(|| "…".to_owned(), |span| format!("{span}Δ"));
    for (name, start, latency) in others {
        if latency != main && latency.leader.is_some() {
            let [leader, all, _] = by_now(start, latency, now);
            otherwise.push(format!("{name}: leader {}, all {}.", shown(leader), shown(all)));
        }
    }
    if let Some((node, asked)) = decision.asked {
        let [_, all, client] = by_now(Some(asked), decision.from_client(), now);
        let name = symbols.node(node);
        otherwise.push(format!("Since {name} was asked: {name} knows {}, all {}.", shown(client), shown(all)));
    }
    let value = symbols.value(decision.vote.value);
    let title = format!("“{value}” by ballot {}", symbols.ballot(decision.vote.ballot));
    LatencyCard { title, leader, all, otherwise, phases: phases.collect() }
}

fn ledger(trace: &Trace, known: &[&Decision], shown: usize, now: Time) -> Vec<LedgerRow> {
    let mut outcomes: Sorted<Instance, String> = Sorted::default();
    for event in &trace.events()[..shown] {
        if let What::Applied(_, applied) = &event.what {
            outcomes.entry(applied.instance, || applied.outcome.to_string());
        }
    }
    let row = |decision: &&Decision| {
        let [leader, all, _] = by_now(decision.begin_ballot, decision.from_begin(), now);
        let [_, _, client] = by_now(decision.asked.map(|(_, asked)| asked), decision.from_client(), now);
        let is_over = shown == trace.events().len();
        let text = |span: Option<String>| match span {
            Some(span) => format!("{span}Δ"),
            None if is_over => "–".to_owned(),
            None => "…".to_owned(),
        };
        LedgerRow {
            instance: decision.instance.0,
            decree: describe_value(&trace.scenario.symbols, decision.vote.value),
            outcome: outcomes.get(&decision.instance).cloned().unwrap_or_default(),
            latency: [leader, all, client].map(text),
            messages: decision.messages,
        }
    };
    known.iter().map(row).collect()
}
