//! What happened, as sentences and as a table: all that the drawing shows, for people who read instead of looking.
//!
//! The cost of a page of the table depends on what the page shows, not on the length of the run.

use super::filter::Filter;
use crate::protocol::{Basis, Configuration, Fact, Meaning, Vocabulary};
use crate::scenario::{Act, Disk, Link};
use crate::session::Session;
use crate::tongue::{key, say};
use crate::trace::{Event, EventId, Loss, MessageId, Trace, What};
use crate::types::{Instance, NodeId, Symbols, Time, Value, Vote};

/// The number of rows of a page.
pub const PAGE_ROWS: usize = 40;

/// A page of the table, the earliest row first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventTable {
    /// What happened.
    pub rows: Vec<EventRow>,
    /// The end of the page before this one, to ask for that page; none when there is no such page.
    pub earlier: Option<usize>,
    /// The end of the page after this one; none when this page ends with now.
    pub later: Option<usize>,
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventRow {
    /// The event.
    pub event: EventId,
    /// When.
    pub time: Time,
    /// The process where it happened, or `network`.
    pub place: String,
    /// What happened, without the place.
    pub text: String,
    /// The message of the event.
    pub message: Option<MessageId>,
    /// The process where it happened.
    pub node: Option<NodeId>,
    /// Whether it is the last event that was shown.
    pub is_now: bool,
}

impl EventTable {
    /// The page that ends with the first `end` events of the run, and never with more events than have been shown; with
    /// `end` none, the page that ends with now.
    pub fn page(session: &Session, words: Vocabulary, end: Option<usize>) -> Self {
        Self::only(session, words, &Filter::default(), end)
    }

    /// The same page with only the events that a filter shows.
    pub fn only(session: &Session, words: Vocabulary, filter: &Filter, end: Option<usize>) -> Self {
        let trace = session.trace();
        let is_told = |event: &Event| is_told(trace, event) && filter.shows(trace, event);
        let shown = session.cursor().events;
        let end = end.unwrap_or(shown).min(shown);
        let mut rows = Vec::new();
        let mut first = end;
        while first > 0 && rows.len() < PAGE_ROWS {
            first -= 1;
            let event = &trace.events()[first];
            if is_told(event) {
                rows.push(row(trace, words, EventId(first as u32), event, shown));
            }
        }
        rows.reverse();
        if let Some(last) = rows.last_mut().filter(|_| end == shown) {
            last.is_now = true;
        }
        let is_first = !trace.events().range(0..first).rev().any(is_told);
        let mut later = end;
        let mut more = 0;
        while later < shown && more < PAGE_ROWS {
            more += usize::from(is_told(&trace.events()[later]));
            later += 1;
        }
        Self { rows, earlier: (!is_first).then_some(first), later: (more > 0).then_some(later) }
    }
}

fn row(trace: &Trace, words: Vocabulary, id: EventId, event: &Event, shown: usize) -> EventRow {
    let node = place(trace, event);
    let message = message_of(event);
    let mut text = predicate(trace, words, event);
    if let What::Sent(id) = event.what {
        let envelope = trace.message(id);
        let end = envelope.end.filter(|end| (end.0 as usize) < shown).map(|end| trace.event(end));
        text.push_str(&match end {
            None => say!("; it is under way").into(),
            Some(Event { what: What::Lost(..), time, .. }) => {
                say!("; it is lost at {time}", time = trace.scenario.time_text(*time))
            }
            Some(Event { time, .. }) => say!("; it lands at {time}", time = trace.scenario.time_text(*time)),
        });
    }
    let place = node.map_or(say!("network").text(), |node| trace.scenario.symbols.node(node)).to_owned();
    EventRow { event: id, time: event.time, place, text, message, node, is_now: false }
}

/// Whether the table has a row for the event. What a process writes goes with what it states, and a message to oneself
/// does not travel.
pub(super) fn is_told(trace: &Trace, event: &Event) -> bool {
    match event.what {
        What::Persisted(..) => false,
        _ => message_of(event).is_none_or(|id| !trace.message(id).to_self()),
    }
}

/// The message that an event is about.
pub fn message_of(event: &Event) -> Option<MessageId> {
    match event.what {
        What::Sent(id) | What::Landed(id) | What::Lost(id, _) => Some(id),
        _ => None,
    }
}

/// The process that a sentence begins with.
fn place(trace: &Trace, event: &Event) -> Option<NodeId> {
    match event.what {
        What::Lost(..) => None,
        What::Sent(id) if trace.message(id).copy_of.is_some() => None,
        _ => trace.node_of(event),
    }
}

/// The whole sentence, without its full stop: `B receives NextBallot 1.A from A`.
pub(super) fn sentence(trace: &Trace, words: Vocabulary, event: &Event) -> String {
    let text = predicate(trace, words, event);
    if let What::Acted(_, Act::Propose(node, value)) = event.what
        && !trace.scenario.setup.cast.clients.contains(node)
    {
        let symbols = &trace.scenario.symbols;
        return say!(
            "A client asks {node} to propose {value}",
            node = symbols.node(node),
            value = quote(words, symbols, value)
        );
    }
    match place(trace, event) {
        Some(node) => format!("{} {text}", trace.scenario.symbols.node(node)),
        None => text,
    }
}

fn predicate(trace: &Trace, words: Vocabulary, event: &Event) -> String {
    let symbols = &*trace.scenario.symbols;
    match &event.what {
        What::Acted(_, Act::Propose(node, value)) if trace.scenario.setup.cast.clients.contains(*node) => {
            say!("asks for {value}", value = quote(words, symbols, *value))
        }
        What::Acted(_, act) => act_text(trace, words, act),
        What::CrashedBeforeSend(_) => say!("crashes after it has written, before it sends").into(),
        What::Sent(id) => {
            let envelope = trace.message(*id);
            let (said, to) = (message_text(trace, words, *id), whom(symbols, envelope.to, envelope.from));
            if envelope.copy_of.is_none() {
                let lies = if envelope.truth.is_some() { say!("lies and ").text() } else { "" };
                return say!("{lies}sends {said} to {to}");
            }
            say!("A copy is made of {said} from {from} to {to}", from = symbols.node(envelope.from))
        }
        What::Landed(id) => {
            let envelope = trace.message(*id);
            say!(
                "receives {message} from {whom}",
                message = message_text(trace, words, *id),
                whom = whom(symbols, envelope.from, envelope.to)
            )
        }
        What::Lost(id, why) => {
            let envelope = trace.message(*id);
            let (from, to) = (symbols.node(envelope.from), symbols.node(envelope.to));
            let why = match why {
                Loss::Withheld => {
                    let (said, to) = (message_text(trace, words, *id), whom(symbols, envelope.to, envelope.from));
                    return say!("{said} never goes from {from} to {to}: the liar {from} keeps it back");
                }
                Loss::Dropped => say!("the script drops it").into(),
                Loss::Chance => say!("by chance").into(),
                Loss::Cut => say!("the link {from} → {to} is cut"),
                Loss::Down => say!("{to} is down"),
                Loss::Crashed => say!("{from} crashes before it has left"),
            };
            say!(
                "{message} from {from} to {whom} is lost: {why}",
                message = message_text(trace, words, *id),
                whom = whom(symbols, envelope.to, envelope.from)
            )
        }
        What::TimerFired(_, timer) => {
            say!("sees its timer “{name}” run out", name = trace.scenario.protocol.timers[usize::from(timer.kind)].name)
        }
        What::Persisted(..) => say!("writes {written}", written = written(trace, words, event)),
        What::Applied(_, applied) => {
            let (value, outcome) = (quote(words, symbols, applied.value), applied.outcome.told());
            say!("executes {value}{within}: {outcome}", within = within(trace, applied.instance))
        }
        What::Stated(node, fact) => fact_text(trace, words, *node, fact),
    }
}

fn act_text(trace: &Trace, words: Vocabulary, act: &Act<NodeId, Value>) -> String {
    let symbols = &*trace.scenario.symbols;
    let link = |link: &Link<NodeId>| format!("{} → {}", symbols.node(link.from), symbols.node(link.to));
    match act {
        Act::Propose(_, value) => {
            say!("is asked by a client to propose {value}", value = quote(words, symbols, *value))
        }
        Act::Crash(_) => say!("crashes").into(),
        Act::CrashBeforeSend(_) => say!("is to crash when it sends next").into(),
        Act::Timeout(_, timer, _) => say!("has a fast clock: its timer “{timer}” runs out early"),
        Act::Restart(_, Disk::Kept) => say!("comes back").into(),
        Act::Restart(_, Disk::Empty) => say!("comes back with an empty disk").into(),
        Act::Partition(groups) => {
            let mut text = say!("The network splits").to_string();
            for (place, group) in groups.iter().enumerate() {
                text.push_str(if place == 0 { ": " } else { " | " });
                text.push_str(&names(symbols, group.iter().copied()));
            }
            text
        }
        Act::Cut(cut) => say!("The link {link} is cut", link = link(cut)),
        Act::Heal => say!("Every link is open again").into(),
        Act::HealLink(healed) => say!("The link {link} is open again", link = link(healed)),
        Act::Leader(leaders) if leaders.is_empty() => say!("The oracle names nobody as the leader").into(),
        Act::Leader(leaders) => {
            say!("The oracle names {names} as the leader", names = names(symbols, leaders.iter().copied()))
        }
        Act::Inject(injection) => {
            let kind = words.kind_named(trace.scenario.protocol, &injection.kind);
            say!("The script puts {kind} {link} into the network", link = link(&injection.link))
        }
    }
}

/// What a process did, without its name: `votes for “red” in 1.A`.
pub(super) fn fact_text(trace: &Trace, words: Vocabulary, node: NodeId, fact: &Fact) -> String {
    let symbols = &*trace.scenario.symbols;
    match fact {
        Fact::Tried(ballot) => {
            say!("starts {ballot} {number}", ballot = words.ballot, number = symbols.ballot(*ballot))
        }
        Fact::Promised(instance, ballot, vote) => {
            let last = vote.map_or_else(
                || words.fill(key!("it reports no {vote}")),
                |vote| {
                    say!(
                        "it reports its {vote} {vote_text}",
                        vote = words.vote,
                        vote_text = vote_text(words, symbols, vote)
                    )
                },
            );
            say!(
                "promises {number}{within}; {last}",
                number = symbols.ballot(*ballot),
                within = within(trace, *instance)
            )
        }
        Fact::PromisedFrom(instance, ballot) => {
            let from = instance.0;
            say!(
                "promises {number} for instance {from} and all after it; no other {votes}",
                number = symbols.ballot(*ballot),
                votes = words.votes
            )
        }
        Fact::Began { instance, ballot, value, basis } => {
            let number = match value {
                Some(value) => vote_text(words, symbols, Vote { ballot: *ballot, value: *value }),
                None => say!("{number} for any {decree}", number = symbols.ballot(*ballot), decree = words.decree),
            };
            let basis = basis_text(symbols, *basis);
            let later =
                if value.is_none() && trace.scenario.protocol.is_log { say!(" and all after it").text() } else { "" };
            say!(
                "begins {ballot} {number}{within}{later} {basis}",
                ballot = words.ballot,
                within = within(trace, *instance)
            )
        }
        Fact::Believed { instance, ballot, value, basis } => {
            let number = vote_text(words, symbols, Vote { ballot: *ballot, value: *value });
            let basis = basis_text(symbols, *basis);
            say!(
                "accepts that {ballot} {number}{within} is right, {basis}",
                ballot = words.ballot,
                within = within(trace, *instance)
            )
        }
        Fact::Certified(instance, vote, by) => {
            let (number, by) = (vote_text(words, symbols, *vote), names(symbols, by.iter()));
            say!("has a certificate for {number}{within}, signed by {by}", within = within(trace, *instance))
        }
        Fact::Voted(instance, vote) => {
            let (value, number) = (quote(words, symbols, vote.value), symbols.ballot(vote.ballot));
            say!(
                "{votes_for} {value} in {number}{within}",
                votes_for = words.votes_for,
                within = within(trace, *instance)
            )
        }
        Fact::Learned(instance, vote) => {
            let (value, number) = (quote(words, symbols, vote.value), symbols.ballot(vote.ballot));
            say!(
                "learns that {value} is {passed}{within}, by {ballot} {number}",
                passed = words.passed,
                within = within(trace, *instance),
                ballot = words.ballot
            )
        }
        Fact::Answered(value) if trace.scenario.setup.cast.clients.contains(node) => {
            say!("has its answer: {value}", value = quote(words, symbols, *value))
        }
        Fact::Answered(value) => say!("answers the client of {value}", value = quote(words, symbols, *value)),
        Fact::Result(value, result) => {
            let (value, result) = (quote(words, symbols, *value), format!("{:04x}", result & 0xFFFF));
            if trace.scenario.setup.cast.clients.contains(node) {
                say!("believes the result {result} of {value}")
            } else {
                say!("finds the result {result} of {value}")
            }
        }
        Fact::Stable { instance, signers, .. } => {
            let by = names(symbols, signers.iter());
            say!(
                "has a stable checkpoint at instance {instance}, signed by {by}, and forgets the messages up to there",
                instance = instance.0
            )
        }
        Fact::Leads(true) => say!("leads from now on").into(),
        Fact::Leads(false) => say!("leads no longer").into(),
        Fact::Refused(ballot, bound) => {
            let protocol = trace.scenario.protocol;
            let field = protocol
                .field_meaning(Meaning::NextBal)
                .map(|field| words.field(&protocol.fields[usize::from(field.0)]));
            let has = field.map_or_else(|| say!("it has promised").into(), |name| say!("its {name} is"));
            say!("refuses {number}: {has} {bound}", number = symbols.ballot(*ballot), bound = symbols.ballot(*bound))
        }
        Fact::Configured(from, Configuration { mains, auxiliaries }) => {
            let mains = names(symbols, mains.iter());
            let auxiliaries = match auxiliaries.is_empty() {
                true => say!("nobody").into(),
                false => names(symbols, auxiliaries.iter()),
            };
            say!("knows who is a member from instance {from} on: main {mains}, auxiliary {auxiliaries}", from = from.0)
        }
        Fact::Forgot(last) => say!("forgets its {votes} up to instance {last}", votes = words.votes, last = last.0),
        Fact::Blocked(last) => {
            say!(
                "may begin nothing before it knows every {decree} up to instance {last}",
                decree = words.decree,
                last = last.0
            )
        }
        Fact::Named(id, value) => {
            say!("gives the id {id} to {value}", id = id.text(symbols), value = quote(words, symbols, *value))
        }
        Fact::Gathered { instance, ballot, id, voters } => {
            let (id, number) = (id.text(symbols), symbols.ballot(*ballot));
            let (count, by) = (voters.len(), names(symbols, voters.iter()));
            let vote = if count == 1 { words.vote } else { words.votes };
            say!(
                "has gathered {count} {vote} for the id {id} in {number}{within}: of {by}",
                within = within(trace, *instance)
            )
        }
    }
}

/// What a ballot rests on: `with the quorum A and B`.
fn basis_text(symbols: &Symbols, basis: Basis) -> String {
    match basis {
        Basis::Promises(quorum) => say!("with the quorum {names}", names = names(symbols, quorum.iter())),
        Basis::Proof(quorum) => say!("with a proof of {names}", names = names(symbols, quorum.iter())),
        Basis::Nothing => say!("with nothing before it").into(),
    }
}

fn whom(symbols: &Symbols, whom: NodeId, who: NodeId) -> &str {
    if whom == who { say!("itself").text() } else { symbols.node(whom) }
}

/// ` in instance 3` where a run has many instances.
pub(super) fn within(trace: &Trace, instance: Instance) -> String {
    if trace.scenario.protocol.has_places() {
        say!(" in instance {instance}", instance = instance.0)
    } else {
        String::new()
    }
}

/// A message as the trace words it, with the quotes of a printed text.
pub(super) fn message_text(trace: &Trace, words: Vocabulary, id: MessageId) -> String {
    printed(&trace.describe_message(words, id))
}

/// `nextBal := 1.A`: what a process wrote to its stable storage.
pub(super) fn written(trace: &Trace, words: Vocabulary, event: &Event) -> String {
    printed(trace.describe(words, &event.what).trim_start_matches("persist "))
}

/// Replaces the quotes of a script by “ and ”.
fn printed(text: &str) -> String {
    let mut printed = String::with_capacity(text.len() + 8);
    let (mut is_inside, mut is_escaped) = (false, false);
    for character in text.chars() {
        if character == '\\' && !is_escaped {
            is_escaped = true;
            continue;
        }
        if character == '"' && !is_escaped {
            printed.push(if is_inside { '”' } else { '“' });
            is_inside = !is_inside;
        } else {
            printed.push(character);
        }
        is_escaped = false;
    }
    printed
}

/// A decree in quotes; the one that changes nothing has none.
pub(super) fn quote(words: Vocabulary, symbols: &Symbols, value: Value) -> String {
    if value == Value::OLIVE_DAY {
        say!("the {olive_day_decree}", olive_day_decree = words.olive_day_decree)
    } else {
        format!("“{}”", symbols.value(value))
    }
}

/// `1.A “red”`.
pub(super) fn vote_text(words: Vocabulary, symbols: &Symbols, vote: Vote) -> String {
    format!("{} {}", symbols.ballot(vote.ballot), quote(words, symbols, vote.value))
}

/// `A, B and C`, or nobody when there are none.
pub(super) fn names(symbols: &Symbols, nodes: impl Iterator<Item = NodeId>) -> String {
    let mut text = String::new();
    let mut nodes = nodes.peekable();
    if nodes.peek().is_none() {
        return say!("nobody").into();
    }
    while let Some(node) = nodes.next() {
        let is_last = nodes.peek().is_none();
        text.push_str(match (text.is_empty(), is_last) {
            (true, _) => "",
            (false, true) => say!(" and ").text(),
            (false, false) => ", ",
        });
        text.push_str(symbols.node(node));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;

    fn open(name: &str) -> Session {
        let mut session = Session::open(library::find(name).expect("built in").text).expect("a good script");
        session.seek(session.end());
        session
    }

    fn told(row: &EventRow) -> String {
        format!("{}Δ {}: {}", row.time, row.place, row.text)
    }

    #[test]
    fn the_table_says_what_became_of_messages_so_far() {
        let mut session = open("message-loss");
        session.seek(Time(500_000));
        let table = EventTable::page(&session, Vocabulary::default(), None);
        let rows: Vec<_> = table.rows.iter().map(told).collect();
        assert_eq!(rows[0], "0Δ A: is asked by a client to propose “red”");
        assert_eq!(rows[1], "0Δ A: starts ballot 1.A");
        assert_eq!(rows[2], "0Δ A: sends NextBallot 1.A to B; it is under way");
        assert_eq!(rows[5], "0Δ A: sends NextBallot 1.A to E; it is lost at 0.5Δ");
        assert_eq!(rows[6], "0Δ A: promises 1.A; it reports no vote");
        assert_eq!(rows[7], "0.5Δ network: NextBallot 1.A from A to E is lost: the script drops it");
        assert!(table.rows[7].is_now && table.rows.iter().filter(|row| row.is_now).count() == 1);
        assert_eq!((rows.len(), table.earlier, table.later), (8, None, None));
        session.seek(Time::DELTA);
        assert_eq!(
            told(&EventTable::page(&session, Vocabulary::default(), None).rows[2]),
            "0Δ A: sends NextBallot 1.A to B; it lands at 1Δ"
        );
    }

    #[test]
    fn a_client_wants_something_and_has_its_answer() {
        let mut session = open("textbook-parts");
        for (time, row) in [(3, "3Δ X: asks for “red”"), (7, "7Δ X: has its answer: “red”")] {
            session.seek(Time::deltas(time));
            let rows: Vec<_> = EventTable::page(&session, Vocabulary::default(), None).rows.iter().map(told).collect();
            assert!(rows.contains(&row.to_owned()), "{row}: {rows:?}");
        }
    }

    #[test]
    fn pages_follow_each_other_without_gaps_and_end_with_now() {
        let session = open("duelling-proposers");
        let trace = session.trace();
        let all = trace.numbered().filter(|(_, event)| is_told(trace, event)).map(|(id, _)| id);
        let all: Vec<_> = all.collect();
        let mut page = EventTable::page(&session, Vocabulary::default(), None);
        let mut read: Vec<_> = page.rows.iter().map(|row| row.event).collect();
        while let Some(end) = page.earlier {
            let before = EventTable::page(&session, Vocabulary::default(), Some(end));
            assert_eq!(before.rows.len(), if before.earlier.is_some() { PAGE_ROWS } else { before.rows.len() });
            let again = EventTable::page(&session, Vocabulary::default(), before.later);
            assert_eq!(again.rows.last().map(|row| row.event), page.rows.last().map(|row| row.event));
            read.splice(0..0, before.rows.iter().map(|row| row.event));
            page = before;
        }
        assert_eq!(read, all);
    }

    #[test]
    fn every_message_fact_act_crash_and_timer_has_a_row() {
        let session = open("nack-nine-delta");
        let trace = session.trace();
        for (_, event) in trace.numbered() {
            let is_hidden = matches!(event.what, What::Persisted(..))
                || message_of(event).is_some_and(|id| trace.message(id).to_self());
            assert_eq!(is_told(trace, event), !is_hidden, "{:?}", event.what);
        }
        let rows: Vec<_> = EventTable::page(&session, Vocabulary::default(), Some(55)).rows.iter().map(told).collect();
        assert!(rows.contains(&"4Δ q: refuses 1.p: its nextBal is 1.r".to_owned()), "{rows:?}");
        assert!(rows.contains(&"0.5Δ network: The oracle names r as the leader".to_owned()), "{rows:?}");
    }
}
