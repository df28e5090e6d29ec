//! The ledger as far as it is filled at the session's cursor, and what each node's state machine has made of it.

use super::ROWS_MAX;
use super::nodes::filled;
use super::record::{Record, Told};
use crate::latency::Decision;
use crate::protocol::{Meaning, Vocabulary};
use crate::session::Session;
use crate::trace::{EventId, What, describe_value};
use crate::types::{Instance, NodeId, NodeSet, Time, Value};

/// The panel shows at most so many names of a replica's state.
const STATE_MAX: usize = 24;

/// The contents of the panel now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerPanel {
    /// The latest places, in order.
    pub rows: Vec<LedgerRow>,
    /// How many earlier places are left out.
    pub left_out: usize,
    /// The nodes; those with equal ledgers and states share a row.
    pub replicas: Vec<ReplicaRow>,
    /// The heading of the service that the ledger is for, if it is for one.
    pub service: Option<&'static str>,
    /// The requests that have no answer; only at the end of the run.
    pub unanswered: Vec<Told>,
}

/// What is known about a place, or about several places in a row for which nothing has been done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LedgerRow {
    /// Somebody knows its decree.
    Decided(Entry),
    /// A ballot was begun for it: the place, the decree and its handle, and the event.
    Begun(u32, String, Option<Value>, EventId),
    /// Nobody has done anything for these places yet: the first and the last of them.
    Gap(u32, u32),
}

/// An entry of the ledger; latencies in Δ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its place.
    pub instance: u32,
    /// The event in which somebody first learned it.
    pub event: EventId,
    /// The decree.
    pub decree: String,
    /// Its handle, from which its look follows.
    pub value: Value,
    /// The outcome of the command where it was executed first; empty while nobody has executed it.
    pub outcome: String,
    /// How long it took from BeginBallot until the leader knew, from BeginBallot until everybody knew, and from the
    /// client's request until its answer. `…` while this may still happen, `–` when it never does.
    pub latency: [String; 3],
    /// How many messages of its own the decision took in the whole run; none while the run is still being read.
    pub messages: Option<usize>,
}

/// Nodes with equal ledgers and replicas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicaRow {
    /// Their names.
    pub nodes: String,
    /// Whether they are up.
    pub up: bool,
    /// How many decrees they have executed, no-ops included.
    pub executed: u64,
    /// The places of their ledgers that are filled: `1–3, 5`.
    pub knows: String,
    /// The state that their commands made: names and values. Empty where decrees are plain or the nodes are down.
    pub state: Vec<(String, String)>,
    /// How many names are left out.
    pub state_left_out: usize,
}

impl LedgerPanel {
    /// The contents of the panel now; none under protocols that pass a single decree.
    pub fn of(session: &Session, words: Vocabulary, record: &Record) -> Option<Self> {
        let scenario = session.scenario();
        if !scenario.protocol.is_log {
            return None;
        }
        let top = record.top(session.cursor().events).map_or(0, |top| top.0);
        let left_out = top.saturating_sub(ROWS_MAX as u32);
        let mut rows: Vec<LedgerRow> = Vec::new();
        for instance in (left_out + 1..=top).map(Instance) {
            let row = row(session, words, record, instance);
            match (&row, rows.last_mut()) {
                (LedgerRow::Gap(..), Some(LedgerRow::Gap(_, last))) => *last = instance.0,
                _ => rows.push(row),
            }
        }
        let service = scenario.service.map(|service| service.title);
        let unanswered = record.unanswered(session, words).take(ROWS_MAX).collect();
        Some(Self { rows, left_out: left_out as usize, replicas: replicas(session), service, unanswered })
    }
}

fn row(session: &Session, words: Vocabulary, record: &Record, instance: Instance) -> LedgerRow {
    let trace = session.trace();
    let events = session.cursor().events;
    let symbols = &trace.scenario.symbols;
    if let Some((event, value)) = record.learned(instance, events) {
        let decision = session.played().decision(instance, value);
        return LedgerRow::Decided(entry(session, words, record, (event, instance, value), decision));
    }
    match record.begun_for(instance, events) {
        Some(begun) => LedgerRow::Begun(instance.0, begun.decree(words, symbols), begun.value, begun.event),
        None => LedgerRow::Gap(instance.0, instance.0),
    }
}

/// A row for a decision. Its latencies are not known while a long run is still being read.
fn entry(
    session: &Session,
    words: Vocabulary,
    record: &Record,
    (event, instance, value): (EventId, Instance, Value),
    decision: Option<&Decision>,
) -> Entry {
    let trace = session.trace();
    let events = session.cursor().events;
    let text = |span: Option<Time>, is_known: bool| match span.filter(|_| is_known) {
        Some(span) => format!("{}Δ", span.told()),
        None if record.is_over(events) => "–".to_owned(),
        None => "…".to_owned(),
    };
    let latency = decision.map(|decision| {
        let [leader_knows, all_know, is_answered] = record.known(trace, decision, events);
        let (begin, client) = (decision.from_begin(), decision.from_client());
        [text(begin.leader, leader_knows), text(begin.all, all_know), text(client.client, is_answered)]
    });
    let applied = record.applied(instance, events).map(|id| &trace.event(id).what);
    let outcome = match applied {
        Some(What::Applied(_, applied)) => applied.outcome.to_string(),
        _ => String::new(),
    };
    Entry {
        instance: instance.0,
        event,
        decree: describe_value(words, &trace.scenario.symbols, value),
        value,
        outcome,
        latency: latency.unwrap_or_else(|| [(); 3].map(|()| "…".to_owned())),
        messages: decision.map(|decision| decision.messages),
    }
}

fn replicas(session: &Session) -> Vec<ReplicaRow> {
    let scenario = session.scenario();
    let world = session.world();
    let ledger = scenario.protocol.field_meaning(Meaning::Ledger);
    let knows = |node: NodeId| {
        let list = ledger.map(|field| world.storage(node).list(field));
        list.map_or_else(String::new, |list| filled(list.map(|(instance, _)| instance.0)))
    };
    let mut rows: Vec<(u64, NodeSet, ReplicaRow)> = Vec::new();
    for node in NodeId::all(scenario.nodes()) {
        let (up, replica, knows) = (world.is_up(node), world.replica(node), knows(node));
        let (executed, digest) = if up { (replica.applied(), replica.digest()) } else { (0, 0) };
        let alike = |(of, _, row): &&mut (u64, NodeSet, ReplicaRow)| {
            *of == digest && row.up == up && row.executed == executed && row.knows == knows
        };
        if let Some((_, nodes, _)) = rows.iter_mut().find(alike) {
            nodes.insert(node);
            continue;
        }
        let mut state = if up && scenario.service.is_some() { replica.entries() } else { Vec::new() };
        let state_left_out = state.len().saturating_sub(STATE_MAX);
        state.truncate(STATE_MAX);
        let row = ReplicaRow { nodes: String::new(), up, executed, knows, state, state_left_out };
        rows.push((digest, NodeSet::EMPTY.union([node].into_iter().collect()), row));
    }
    let named = |(_, nodes, row): (u64, NodeSet, ReplicaRow)| ReplicaRow { nodes: scenario.symbols.set(nodes), ..row };
    rows.into_iter().map(named).collect()
}
