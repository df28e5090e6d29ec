//! The ledger as far as it is filled at the session's cursor, and what each node's state machine has made of it.

use super::ROWS_MAX;
use super::nodes::filled;
use super::record::{Record, Told};
use crate::latency::Decision;
use crate::protocol::{Histories, Meaning, Vocabulary};
use crate::session::Session;
use crate::tongue::translated;
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
    /// Where the ledger is a history, its commands as a partial order. The places of the rows are then numbers in the order in
    /// which the commands were first learned.
    pub history: Vec<Ordered>,
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

/// A command of a history, with its place in the partial order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ordered {
    /// Its number in the rows.
    pub number: u32,
    /// The event in which somebody first learned it.
    pub event: EventId,
    /// The command.
    pub decree: String,
    /// Its handle.
    pub value: Value,
    /// The length of the longest chain of conflicting commands that come before it. Commands of one level do not conflict.
    pub level: usize,
    /// The numbers of the commands that it directly follows.
    pub after: Vec<u32>,
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
    /// client's request until its answer. Of a history, all three count from the request. `…` while this may still happen, `–` when it never does.
    pub latency: [String; 3],
    /// How many messages of its own the decision took in the whole run; none while the run is still being read, and for
    /// commands of a history, which share their messages.
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
        let events = session.cursor().events;
        let service = scenario.service.map(|service| translated(service.title));
        let unanswered = record.unanswered(session, words).take(ROWS_MAX).collect();
        if let Some(histories) = &scenario.setup.histories {
            let decided = &record.decided[..record.decided(events)];
            let row = |(number, (event, instance, value)): (u32, &(EventId, Instance, Value))| {
                let decision = session.played().decision(*instance, *value);
                let applied = record.executed(*value, events);
                let entry = entry(session, words, record, (*event, *instance, *value), decision, applied);
                LedgerRow::Decided(Entry { instance: number, messages: None, ..entry })
            };
            let rows = (1..).zip(decided).map(row).collect();
            let history = order(session, words, histories, record.longest(events), decided);
            return Some(Self { rows, left_out: 0, history, replicas: replicas(session), service, unanswered });
        }
        let top = record.top(events).map_or(0, |top| top.0);
        let left_out = top.saturating_sub(ROWS_MAX as u32);
        let mut rows: Vec<LedgerRow> = Vec::new();
        for instance in (left_out + 1..=top).map(Instance) {
            let row = row(session, words, record, instance);
            match (&row, rows.last_mut()) {
                (LedgerRow::Gap(..), Some(LedgerRow::Gap(_, last))) => *last = instance.0,
                _ => rows.push(row),
            }
        }
        let (left_out, history) = (left_out as usize, Vec::new());
        Some(Self { rows, left_out, history, replicas: replicas(session), service, unanswered })
    }
}

/// The commands of a history in its order, with their levels and the commands that each directly follows.
fn order(
    session: &Session,
    words: Vocabulary,
    histories: &Histories,
    history: Value,
    decided: &[(EventId, Instance, Value)],
) -> Vec<Ordered> {
    let symbols = &session.scenario().symbols;
    let mut ordered: Vec<Ordered> = Vec::new();
    for value in history.commands().iter().copied() {
        let Some(place) = decided.iter().position(|(.., known)| *known == value) else { continue };
        let before: Vec<&Ordered> = ordered.iter().filter(|other| histories.conflict(other.value, value)).collect();
        // Whoever comes before another of them is not followed directly.
        let is_direct = |(place, one): &(usize, &&Ordered)| {
            !before[place + 1..].iter().any(|later| histories.conflict(one.value, later.value))
        };
        let after = before.iter().enumerate().filter(is_direct).map(|(_, one)| one.number).collect();
        let level = before.iter().map(|one| one.level + 1).max().unwrap_or(0);
        let (event, number) = (decided[place].0, place as u32 + 1);
        let decree = describe_value(words, symbols, value);
        ordered.push(Ordered { number, event, decree, value, level, after });
    }
    ordered
}

fn row(session: &Session, words: Vocabulary, record: &Record, instance: Instance) -> LedgerRow {
    let trace = session.trace();
    let events = session.cursor().events;
    let symbols = &trace.scenario.symbols;
    if let Some((event, value)) = record.learned(instance, events) {
        let decision = session.played().decision(instance, value);
        let applied = record.applied(instance, events);
        return LedgerRow::Decided(entry(session, words, record, (event, instance, value), decision, applied));
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
    applied: Option<EventId>,
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
        let client = decision.from_client();
        // Where acceptors append by themselves, a ballot may have begun long before anybody asked.
        let begin = if trace.scenario.protocol.has_places() { decision.from_begin() } else { client };
        [text(begin.leader, leader_knows), text(begin.all, all_know), text(client.client, is_answered)]
    });
    let applied = applied.map(|id| &trace.event(id).what);
    let outcome = match applied {
        Some(What::Applied(_, applied)) => applied.outcome.told(),
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
    if session.is_log() {
        return Vec::new();
    }
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
