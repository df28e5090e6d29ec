//! The golden format: one line an event that a person can read, and from which the trace hash is taken.

use super::{EventId, Loss, MessageId, Trace, What};
use crate::protocol::{Cell, Entry, Fact, Message, Payload};
use crate::scenario::script::quoted;
use crate::scenario::{Act, Link};
use crate::types::{Instance, Symbols, Value, Vote};

/// A line tells so many entries of those that a message carries, and how many more there are.
const ENTRIES_MAX: usize = 64;

impl Trace {
    /// The whole run as text.
    pub fn text(&self) -> String {
        (0..self.events().len()).map(|place| self.line(EventId(place as u32)) + "\n").collect()
    }

    /// `1.5     B    receive NextBallot 1.A from A`: when in Δ, where, what, and at least a space between them.
    pub fn line(&self, id: EventId) -> String {
        let event = self.event(id);
        let node = self.node_of(event).map_or("*", |node| self.scenario.symbols.node(node));
        format!("{:<7} {node:<4} {}", event.time, self.describe(&event.what))
    }

    /// What an event says, without its time and node.
    pub fn describe(&self, what: &What) -> String {
        let symbols = &*self.scenario.symbols;
        match what {
            What::Acted(_, act) => describe_act(symbols, act),
            What::CrashedBeforeSend(_) => "crash after persisting, before sending".to_owned(),
            What::Sent(id) => {
                let copy = if self.message(*id).copy_of.is_some() { "duplicate" } else { "send" };
                format!("{copy} {} to {}", self.describe_message(*id), symbols.node(self.message(*id).to))
            }
            What::Landed(id) => {
                format!("receive {} from {}", self.describe_message(*id), symbols.node(self.message(*id).from))
            }
            What::Lost(id, why) => {
                let from = symbols.node(self.message(*id).from);
                format!("lose {} from {from}: {}", self.describe_message(*id), why.reason())
            }
            What::TimerFired(_, timer) => {
                format!("timer {}", self.scenario.protocol.timers[usize::from(timer.kind)])
            }
            What::Persisted(_, field, instance, cell) => {
                let field = &self.scenario.protocol.fields[usize::from(field.0)];
                let place = if field.is_list { format!("[{}]", instance.0) } else { String::new() };
                format!("persist {}{place} := {}", field.name, describe_cell(symbols, *cell))
            }
            What::Applied(_, applied) => {
                let (value, outcome) = (describe_value(symbols, applied.value), &applied.outcome);
                format!("apply{} {value}: {outcome}", self.place(applied.instance))
            }
            What::Stated(_, fact) => self.describe_fact(fact),
        }
    }

    /// A message's kind, ballot and content: `BeginBallot 1.A "red"`, or `BeginBallot 1.A [3] "red"` where there are many
    /// instances.
    pub fn describe_message(&self, id: MessageId) -> String {
        let Message { kind, ballot, instance, payload } = &self.message(id).message;
        let symbols = &*self.scenario.symbols;
        let kind = self.scenario.protocol.kind(*kind);
        let mut text = kind.name.to_owned();
        if let Some(ballot) = ballot {
            text = format!("{text} {}", symbols.ballot(*ballot));
        }
        text.push_str(&self.place(*instance));
        if kind.is_sweeping {
            text.push('…');
        }
        match payload {
            Payload::Empty => text,
            Payload::LastVote(vote) => format!("{text} {}", describe_vote(symbols, *vote)),
            Payload::Value(value) => format!("{text} {}", describe_value(symbols, *value)),
            Payload::Ballot(bound) => format!("{text}, nextBal is {}", symbols.ballot(*bound)),
            Payload::Entries(entries) if entries.is_empty() => format!("{text} null"),
            Payload::Entries(entries) => {
                let shown: Vec<_> = entries.iter().take(ENTRIES_MAX).map(|entry| self.describe_entry(entry)).collect();
                let more = entries.len() - shown.len();
                let more = if more == 0 { String::new() } else { format!(", and {more} more") };
                format!("{text} {}{more}", shown.join(", "))
            }
        }
    }

    fn describe_entry(&self, entry: &Entry) -> String {
        let vote = describe_vote(&self.scenario.symbols, Some(entry.vote));
        let passed = if entry.is_passed { "passed " } else { "" };
        match self.place(entry.instance).trim_start() {
            "" => format!("{passed}{vote}"),
            place => format!("{place} {passed}{vote}"),
        }
    }

    /// ` [3]` where there are many instances.
    fn place(&self, instance: Instance) -> String {
        if self.scenario.protocol.is_log { format!(" [{}]", instance.0) } else { String::new() }
    }
    /// What a node states.
    pub fn describe_fact(&self, fact: &Fact) -> String {
        let symbols = &*self.scenario.symbols;
        match fact {
            Fact::Tried(ballot) => format!("tried {}", symbols.ballot(*ballot)),
            Fact::Promised(instance, ballot, vote) => {
                let (ballot, vote) = (symbols.ballot(*ballot), describe_vote(symbols, *vote));
                format!("promised{} {ballot}, last vote {vote}", self.place(*instance))
            }
            Fact::PromisedFrom(instance, ballot) => {
                format!("promised{}… {}, no other votes", self.place(*instance), symbols.ballot(*ballot))
            }
            Fact::Began { instance, vote, quorum } => {
                let (vote, quorum) = (describe_vote(symbols, Some(*vote)), symbols.set(*quorum));
                format!("began{} {vote} with quorum {quorum}", self.place(*instance))
            }
            Fact::Voted(instance, vote) => {
                format!("voted{} {}", self.place(*instance), describe_vote(symbols, Some(*vote)))
            }
            Fact::Learned(instance, vote) => {
                let (value, ballot) = (describe_value(symbols, vote.value), symbols.ballot(vote.ballot));
                format!("learned{} {value} by ballot {ballot}", self.place(*instance))
            }
            Fact::Answered(value) => format!("answers the client of {}", describe_value(symbols, *value)),
            Fact::Leads(true) => "leads".to_owned(),
            Fact::Leads(false) => "follows".to_owned(),
            Fact::Refused(ballot, bound) => {
                format!("refused {}, nextBal is {}", symbols.ballot(*ballot), symbols.ballot(*bound))
            }
        }
    }
}

impl Loss {
    /// For a person.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Chance => "chance",
            Self::Cut => "link cut",
            Self::Down => "receiver down",
        }
    }
}

/// A value in quotes; the decree that changes nothing has none.
pub fn describe_value(symbols: &Symbols, value: Value) -> String {
    if value == Value::OLIVE_DAY { "olive-day".to_owned() } else { quoted(symbols.value(value)) }
}

/// `1.A "red"`, or `null`.
pub fn describe_vote(symbols: &Symbols, vote: Option<Vote>) -> String {
    vote.map_or_else(
        || "null".to_owned(),
        |vote| format!("{} {}", symbols.ballot(vote.ballot), describe_value(symbols, vote.value)),
    )
}

/// What a cell of stable storage holds.
pub fn describe_cell(symbols: &Symbols, cell: Cell) -> String {
    match (cell.ballot, cell.value) {
        (ballot, Some(value)) if ballot.is_none() => describe_value(symbols, value),
        (Some(ballot), None) => symbols.ballot(ballot),
        _ => describe_vote(symbols, cell.vote()),
    }
}

fn describe_act(symbols: &Symbols, act: &Act<crate::types::NodeId, Value>) -> String {
    let link = |link: &Link<_>| format!("{}->{}", symbols.node(link.from), symbols.node(link.to));
    match act {
        Act::Propose(_, value) => format!("propose {}", describe_value(symbols, *value)),
        Act::Crash(_) => "crash".to_owned(),
        Act::CrashBeforeSend(_) => "crash at the next send".to_owned(),
        Act::Timeout(_, timer, 0) => format!("fast clock: {timer}"),
        Act::Timeout(_, timer, number) => format!("fast clock: {timer} #{number}"),
        Act::Restart(_) => "restart".to_owned(),
        Act::Partition(groups) => {
            let group = |group: &Vec<_>| group.iter().map(|node| symbols.node(*node)).collect::<Vec<_>>().join(" ");
            format!("partition {}", groups.iter().map(group).collect::<Vec<_>>().join(" | "))
        }
        Act::Cut(cut) => format!("cut {}", link(cut)),
        Act::Heal => "heal".to_owned(),
        Act::HealLink(healed) => format!("heal {}", link(healed)),
        Act::Leader(leaders) if leaders.is_empty() => "leader none".to_owned(),
        Act::Leader(leaders) => {
            format!("leader {}", leaders.iter().map(|node| symbols.node(*node)).collect::<Vec<_>>().join(" "))
        }
        Act::Inject(injection) => format!("inject {} {}", injection.kind, link(&injection.link)),
    }
}
