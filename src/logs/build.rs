//! A trace of the lines of a log: names get their places, messages find their ends, facts are stated in an order that causes
//! allow.

mod derive;
mod names;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Log;
use super::entry::{Cast, Deed, Entry, Letter, Lines, Number, Stamp};
use super::needs::Stated;
use super::order::{Item, Order, order};
use crate::protocol::{self, Basis, Fact, Message, PROTOCOLS, Payload, Protocol, Trust};
use crate::quorum::{Overlap, Purpose, QuorumSystem, Quorums, Round};
use crate::replica::Outcome;
use crate::scenario::{Act, Disk, Scenario, limits, suggestion};
use crate::tongue::say;
use crate::trace::{Applied, Envelope, EventId, Loss, MessageId, Trace, What};
use crate::types::{Ballot, Instance, Millis, NODES_MAX, NodeId, NodeSet, Scale, Time, Value, Vote, shortened};
use derive::Derived;
use names::Names;

/// How much later an event stands than the one before it where a log has no times and no message tells more.
const STEP: Time = Time(Time::DELTA.0 / 4);

/// Makes a trace of a log’s lines. Nothing is said of its checks yet.
pub(super) fn build(format: &'static str, mut lines: Lines, delta: Option<Millis>) -> Result<Log, String> {
    lines.entries.retain(|entry| !entry.node.is_empty());
    let events = lines.entries.len();
    if events == 0 {
        return Err(say!("nothing in this log happens at a process").into());
    }
    let mut notes = std::mem::take(&mut lines.notes);
    let row = row(&mut lines)?;
    let names = Names::of(&lines)?;
    if names.shift > 0 {
        notes.push(say!("The log has a ballot 0, so every ballot number is told as one more than in the log").into());
    }
    let ends = ends(&lines.entries);
    let times = Times::of(&lines.entries);
    let items = items(&lines.entries, &ends, &times);
    let order = order(&items, times.unit != Unit::None);
    tell_order(&order, times.unit, &mut notes);
    let scale = scale(&order, &ends, times.unit, delta, lines.head.delta_micros, &mut notes)?;
    let (script, scenario) = scenario(row, &lines, &names, scale, &mut notes)?;
    let mut builder = Builder {
        trace: Trace::new(Arc::new(scenario)),
        lines: Vec::new(),
        inputs: vec![None; names.nodes.len()],
        sent: BTreeMap::new(),
        derived: Derived::of(&lines.entries),
        names,
    };
    notes.extend(builder.derived.notes());
    let instants = instants(&order, &ends, times.unit, scale);
    let mut at = vec![Time::ZERO; events];
    order.events.iter().zip(&instants).for_each(|((place, _), time)| at[*place] = *time);
    let mut lost_ends = Vec::new();
    for ((place, _), time) in order.events.iter().zip(&instants) {
        let due = ends.end_of.get(place).map(|end| at[*end]);
        let is_known = builder.put(&lines.entries[*place], *place, *time, ends.begin_of.get(place), due);
        if !is_known {
            lost_ends.push(lines.entries[*place].line);
        }
    }
    if let Some(first) = lost_ends.iter().min() {
        let count = lost_ends.len();
        notes.push(if count == 1 {
            say!("A message arrives that nobody sent in this log (1, the first in line {first}); no arrow is drawn there")
        } else {
            say!(
                "Messages arrive that nobody sent in this log ({count}, the first in line {first}); no arrow is drawn there"
            )
        });
    }
    let Builder { trace, lines: of_events, .. } = builder;
    let is_timed = times.unit != Unit::None;
    Ok(Log {
        format,
        trace,
        script,
        lines: of_events,
        is_timed,
        is_delta_told: delta.is_some() || lines.head.delta_micros.is_some(),
        events,
        mistakes: lines.mistakes,
        notes,
        told: Vec::new(),
    })
}

/// What the times of a log count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    None,
    Micros,
    Ticks,
}

/// The times of the entries, all in one unit. An entry without a time has that of the entry before it at its process.
struct Times {
    unit: Unit,
    of: Vec<u64>,
}

impl Times {
    fn of(entries: &[Entry]) -> Self {
        let has = |ticks: bool| {
            entries.iter().any(|entry| matches!(entry.stamp, Some(Stamp::Ticks(_))) == ticks && entry.stamp.is_some())
        };
        let unit = match (has(true), has(false)) {
            (true, _) => Unit::Ticks,
            (false, true) => Unit::Micros,
            (false, false) => Unit::None,
        };
        let own = |entry: &Entry| match (entry.stamp, unit) {
            (Some(Stamp::Ticks(ticks)), Unit::Ticks) => Some(ticks),
            (Some(Stamp::Micros(micros)), Unit::Micros) => Some(micros),
            _ => None,
        };
        let first = match unit {
            Unit::Micros => entries.iter().filter_map(own).min().unwrap_or(0),
            _ => 0,
        };
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        let of = entries.iter().map(|entry| {
            let kept = last.entry(&entry.node).or_insert(0);
            if let Some(own) = own(entry) {
                *kept = own - first;
            }
            *kept
        });
        Self { unit, of: of.collect() }
    }
}

/// Which entry is the end of which message: a receipt or a loss for a sending, by their places.
#[derive(Default)]
struct Ends {
    end_of: BTreeMap<usize, usize>,
    begin_of: BTreeMap<usize, usize>,
}

/// Messages with a name are found by it. Others are those of one kind, ballot and place on one link, in their order.
fn ends(entries: &[Entry]) -> Ends {
    type Key<'a> = (&'a str, &'a str, Option<&'a str>, &'a str, Option<&'a Number>, u32);
    let mut found: BTreeMap<Key<'_>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let (letter, from, to, is_end) = match &entry.deed {
            Deed::Send(letter, to) => (letter, &entry.node, to, false),
            Deed::Receive(letter, from) | Deed::Lose(letter, from) => (letter, from, &entry.node, true),
            _ => continue,
        };
        let key = match &letter.id {
            Some(id) => (from.as_str(), to.as_str(), Some(id.as_str()), "", None, 0),
            None => (from.as_str(), to.as_str(), None, letter.kind, letter.ballot.as_ref(), letter.instance),
        };
        let (begins, ends) = found.entry(key).or_default();
        if is_end { ends.push(place) } else { begins.push(place) }
    }
    let mut all = Ends::default();
    for (begins, ends) in found.into_values() {
        for (begin, end) in begins.into_iter().zip(ends) {
            all.end_of.insert(begin, end);
            all.begin_of.insert(end, begin);
        }
    }
    all
}

fn items<'a>(entries: &'a [Entry], ends: &Ends, times: &Times) -> Vec<Item<'a>> {
    // The n-th event of each process, for vector clocks.
    let mut numbered: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if let Some((_, count)) = entry.clock.iter().find(|(node, _)| *node == entry.node) {
            numbered.insert((&entry.node, *count), place);
        }
    }
    let mut known: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut items = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let mut after: Vec<usize> = ends.begin_of.get(&place).copied().into_iter().collect();
        for (other, count) in entry.clock.iter().filter(|(other, _)| *other != entry.node) {
            let before = known.entry((&entry.node, other)).or_insert(0);
            if *count > *before {
                *before = *count;
                after.extend(numbered.get(&(other.as_str(), *count)));
            }
        }
        items.push(Item { line: entry.line, node: &entry.node, time: times.of[place], after });
    }
    items
}

fn tell_order(order: &Order, unit: Unit, notes: &mut Vec<String>) {
    if let Some((count, line, most)) = order.moved {
        let by = match unit {
            Unit::Ticks => format!("{}Δ", Time(most)),
            _ => format!("{} ms", Millis(most)),
        };
        let events = if count == 1 { say!("1 event stands").into() } else { say!("{count} events stand") };
        notes.push(say!("The clocks of the log disagree: {events} later than its own clock says, by up to {by}, the first in line {line}, because \
             its cause is later"));
    }
    if let Some(line) = order.circle {
        notes.push(say!(
            "Line {line} comes before its own cause, so no order is right; its message is taken as it comes"
        ));
    }
    if unit == Unit::None {
        notes.push(
            say!("The log has no times: only the order of its events means something, and a message takes 1Δ").into(),
        );
    }
}

/// How long a Δ is, where the log has a clock.
fn scale(
    order: &Order,
    ends: &Ends,
    unit: Unit,
    asked: Option<Millis>,
    told: Option<u64>,
    notes: &mut Vec<String>,
) -> Result<Option<Scale>, String> {
    let told = asked.or(told.map(Millis));
    let span = order.events.last().map_or(0, |(_, instant)| *instant);
    let most = limits::TIME.0 / Time::DELTA.0;
    match (unit, told) {
        (Unit::None, _) => Ok(None),
        (Unit::Ticks, _) if span > limits::TIME.0 => Err(say!("the log is longer than {most}Δ")),
        (Unit::Ticks, told) => Ok(told.and_then(Scale::new)),
        (Unit::Micros, Some(delta)) if span / most > delta.0 => {
            Err(say!("the log is longer than {most} times {delta} ms; give a longer Δ"))
        }
        (Unit::Micros, Some(delta)) => Ok(Scale::new(delta)),
        (Unit::Micros, None) => {
            let mut at = vec![0; order.events.len()];
            order.events.iter().for_each(|(place, instant)| at[*place] = *instant);
            let slowest = ends.end_of.iter().map(|(begin, end)| at[*end].saturating_sub(at[*begin])).max().unwrap_or(0);
            let delta = if slowest > 0 { slowest } else { (span / 10).max(1) };
            let delta = Millis(delta.max(span / most + 1).min(Scale::LONGEST.0));
            if span / most > delta.0 {
                return Err(say!("the log is longer than {most} hours"));
            }
            let why = if slowest == delta.0 {
                say!("as long as the slowest message of the log")
            } else {
                say!("chosen so that the log can be drawn")
            };
            notes.push(say!("Nobody says how long Δ is; it is {delta} ms here, {why}"));
            Ok(Scale::new(delta))
        }
    }
}

/// The instants of the events in their order, as ticks.
fn instants(order: &Order, ends: &Ends, unit: Unit, scale: Option<Scale>) -> Vec<Time> {
    let delta = scale.map_or(1, |scale| scale.delta().0);
    if unit == Unit::Ticks {
        return order.events.iter().map(|(_, ticks)| Time(*ticks)).collect();
    }
    if unit == Unit::Micros {
        let ticks = |micros: u64| u128::from(micros) * u128::from(Time::DELTA.0) / u128::from(delta);
        return order
            .events
            .iter()
            .map(|(_, micros)| Time(u64::try_from(ticks(*micros)).unwrap_or(u64::MAX)))
            .collect();
    }
    let (mut now, mut sent, mut instants) = (Time::ZERO, BTreeMap::new(), Vec::new());
    for (number, (place, _)) in order.events.iter().enumerate() {
        let left = ends.begin_of.get(place).and_then(|begin| sent.get(begin)).copied();
        now = match left {
            Some(left) => now.max(Time::plus(left, Time::DELTA)),
            None if number == 0 || ends.end_of.contains_key(place) => now,
            None => now.plus(if ends.end_of.is_empty() { STEP } else { Time::ZERO }),
        };
        sent.insert(*place, now);
        instants.push(now);
    }
    instants
}

/// The protocol whose words the log uses. Messages that it does not have are mistakes.
fn row(lines: &mut Lines) -> Result<&'static Protocol, String> {
    let named = lines.head.protocol.as_deref().unwrap_or_else(|| names::protocol(&lines.entries));
    let row = protocol::find(named).ok_or_else(|| {
        let hint = suggestion(named, PROTOCOLS.iter().map(|row| row.name));
        say!("no protocol is called “{name}”{hint}", name = shortened(named))
    })?;
    let (mut kept, mut wrong) = (Vec::new(), Vec::new());
    for entry in std::mem::take(&mut lines.entries) {
        match &entry.deed {
            Deed::Send(letter, _) | Deed::Receive(letter, _) | Deed::Lose(letter, _)
                if row.kind_named(letter.kind).is_none() =>
            {
                wrong.push((
                    entry.line,
                    say!("the protocol {name} has no message {kind}", name = row.name, kind = letter.kind),
                ));
            }
            _ => kept.push(entry),
        }
    }
    lines.entries = kept;
    wrong.into_iter().for_each(|(line, why)| lines.mistake(line, why));
    Ok(row)
}

/// The cluster of the log, as a script and as its meaning.
fn scenario(
    row: &'static Protocol,
    lines: &Lines,
    names: &Names,
    scale: Option<Scale>,
    notes: &mut Vec<String>,
) -> Result<(String, Scenario), String> {
    let protocol = row.name;
    let list: Vec<_> = (0..names.nodes.len()).map(|place| format!("n{place}")).collect();
    let script = format!("paxos-playground 1\nprotocol {protocol}\nnodes {}\n", list.join(" "));
    let (_, mut scenario) = Scenario::read(&script).map_err(|error| error.message)?;
    let setup = &scenario.setup;
    let is_plain = setup.quorums.overlap == Overlap::AnyTwo && row.trust == Trust::Crash && setup.changes.is_none();
    if !is_plain || setup.histories.is_some() {
        return Err(say!("logs of the protocol {protocol} cannot be read: its checks need more than a log says"));
    }
    let acceptors = names.acceptors(lines, notes);
    let most = lines.head.quorum.unwrap_or(acceptors.len() / 2 + 1);
    if most > acceptors.len() {
        let (have, said) = (acceptors.len(), names.set(acceptors));
        return Err(say!("a quorum of {most} is larger than the {have} acceptors {said}"));
    }
    let setup = Arc::make_mut(&mut scenario.setup);
    setup.cast.acceptors = acceptors;
    setup.quorums = Quorums::same(QuorumSystem::Count { members: acceptors, size: most });
    let symbols = Arc::make_mut(&mut scenario.symbols);
    symbols.nodes = names.nodes.iter().map(|name| name.as_str().into()).collect();
    symbols.values = names.values.iter().map(|value| value.as_str().into()).collect();
    scenario.delta = scale;
    scenario.title = say!("A log of {nodes}", nodes = names.set(NodeSet::all(names.nodes.len())));
    Ok((script, scenario))
}

struct Builder {
    trace: Trace,
    lines: Vec<usize>,
    /// The input to which each process reacts now.
    inputs: Vec<Option<EventId>>,
    /// The message that each sending made.
    sent: BTreeMap<usize, MessageId>,
    derived: Derived,
    names: Names,
}

impl Builder {
    /// Adds the events of an entry. `begin` is the sending of a message that ends here, `due` the instant at which one that is
    /// sent here ends. False if the entry ends a message that nobody sent.
    fn put(&mut self, entry: &Entry, place: usize, now: Time, begin: Option<&usize>, due: Option<Time>) -> bool {
        let node = self.names.node(&entry.node);
        for fact in self.derived.facts(&self.names, node, &entry.deed) {
            self.push(entry, now, node, What::Stated(node, fact), false);
        }
        match &entry.deed {
            Deed::Send(letter, to) => {
                let message = self.message(letter);
                let id = MessageId(self.trace.messages().len() as u32);
                let (from, to) = (node, self.names.node(to));
                let sent = EventId(self.trace.events().len() as u32);
                let due = due.unwrap_or_else(|| now.plus(Time::DELTA));
                let (truth, copy_of, end) = (None, None, None);
                let (sent_at, leaves, is_shared) = (now, now, false);
                self.trace.push_message(Envelope {
                    from,
                    to,
                    message,
                    sent,
                    sent_at,
                    leaves,
                    due,
                    truth,
                    is_shared,
                    copy_of,
                    end,
                });
                self.sent.insert(place, id);
                self.push(entry, now, node, What::Sent(id), false);
            }
            Deed::Receive(..) | Deed::Lose(..) => {
                let Some(id) = begin.and_then(|begin| self.sent.get(begin)).copied() else { return false };
                let is_lost = matches!(entry.deed, Deed::Lose(..));
                let what = if is_lost { What::Lost(id, Loss::Dropped) } else { What::Landed(id) };
                self.push(entry, now, node, what, !is_lost);
            }
            Deed::Asked(value) => {
                let value = self.names.value(value);
                self.push(entry, now, node, What::Acted(0, Act::Propose(node, value)), true);
            }
            Deed::Crash => self.push(entry, now, node, What::Acted(0, Act::Crash(node)), true),
            Deed::Restart => self.push(entry, now, node, What::Acted(0, Act::Restart(node, Disk::Kept)), true),
            Deed::Applied(instance, value, state) => {
                let applied = Applied {
                    instance: Instance(*instance),
                    value: self.names.value(value),
                    outcome: Outcome::Done,
                    chain: 0,
                    digest: state.as_deref().map_or(0, fingerprint),
                };
                self.push(entry, now, node, What::Applied(node, Box::new(applied)), false);
            }
            Deed::Other => {}
            _ => {
                if let Some(fact) = self.derived.stated(&self.names, node, &entry.deed) {
                    self.push(entry, now, node, What::Stated(node, fact), false);
                }
            }
        }
        true
    }

    fn push(&mut self, entry: &Entry, now: Time, node: NodeId, what: What, is_input: bool) {
        let cause = if is_input { None } else { self.inputs[node.index()] };
        let id = self.trace.push(now, cause, what);
        if is_input {
            self.inputs[node.index()] = Some(id);
        }
        self.lines.push(entry.line);
    }

    fn message(&self, letter: &Letter) -> Message {
        let kind = self.trace.scenario.protocol.kind_named(letter.kind).expect("the protocol was chosen for its kinds");
        let payload = match (&letter.vote, &letter.value, &letter.bound) {
            (Some(vote), ..) => Payload::LastVote(vote.as_ref().map(|vote| self.names.vote(vote))),
            (None, Some(value), _) => Payload::Value(self.names.value(value)),
            (None, None, Some(bound)) => Payload::Ballot(self.names.ballot(bound)),
            (None, None, None) => Payload::Empty,
        };
        let ballot = letter.ballot.as_ref().map(|number| self.names.ballot(number));
        Message { kind, ballot, instance: Instance(letter.instance), payload }
    }
}

/// A number for a text: equal texts have equal numbers.
fn fingerprint(text: &str) -> u64 {
    use std::hash::Hasher as _;
    let mut hasher = siphasher::sip::SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// What a trace states, for the checks’ needs.
pub(super) fn stated(trace: &Trace) -> Vec<Stated> {
    let mut stated = std::collections::BTreeSet::new();
    for event in trace.events() {
        match &event.what {
            What::Acted(_, Act::Propose(..)) => drop(stated.insert(Stated::Asked)),
            What::Applied(_, applied) => {
                stated.insert(Stated::Applied);
                if applied.digest != 0 {
                    stated.insert(Stated::State);
                }
            }
            What::Stated(_, fact) => match fact {
                Fact::Promised(..) | Fact::PromisedFrom(..) => drop(stated.insert(Stated::Promised)),
                Fact::Began { basis, .. } => {
                    stated.insert(Stated::Began);
                    if matches!(basis, Basis::Promises(_)) {
                        stated.insert(Stated::Quorum);
                    }
                }
                Fact::Voted(..) => drop(stated.insert(Stated::Voted)),
                Fact::Learned(..) => drop(stated.insert(Stated::Learned)),
                _ => {}
            },
            _ => {}
        }
    }
    stated.into_iter().collect()
}

/// The acceptors of which a log has no line.
pub(super) fn silent_acceptors(trace: &Trace) -> NodeSet {
    let heard: NodeSet = trace.events().iter().filter_map(|event| trace.node_of(event)).collect();
    trace.scenario.setup.quorums.get(Purpose::Pass, Round::Classic).members().without(heard)
}
