//! The golden format: one line an event that a person can read, and from which the trace hash is taken.

use super::{EventId, Loss, MessageId, Trace, What};
use crate::protocol::{Cell, Fact, Message, Payload};
use crate::scenario::script::quoted;
use crate::scenario::{Act, Link};
use crate::types::{Symbols, Value, Vote};

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
            What::TimerFired(_, timer) => format!("timer {}", timer.0),
            What::Persisted(_, field, instance, cell) => {
                let place = if instance.0 == 1 { String::new() } else { format!("[{}]", instance.0) };
                let field = self.scenario.protocol.fields[usize::from(field.0)];
                format!("persist {field}{place} := {}", describe_cell(symbols, *cell))
            }
            What::Stated(_, fact) => describe_fact(symbols, fact),
        }
    }

    /// A message's kind, ballot and content: `BeginBallot 1.A "red"`.
    pub fn describe_message(&self, id: MessageId) -> String {
        let Message { kind, ballot, payload, .. } = &self.message(id).message;
        let symbols = &*self.scenario.symbols;
        let head = format!("{} {}", self.scenario.protocol.kind(*kind).name, symbols.ballot(*ballot));
        match payload {
            Payload::Empty => head,
            Payload::LastVote(vote) => format!("{head} {}", describe_vote(symbols, *vote)),
            Payload::Value(value) => format!("{head} {}", describe_value(symbols, *value)),
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

/// A value in quotes.
pub fn describe_value(symbols: &Symbols, value: Value) -> String {
    quoted(symbols.value(value))
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

fn describe_fact(symbols: &Symbols, fact: &Fact) -> String {
    match fact {
        Fact::Tried(ballot) => format!("tried {}", symbols.ballot(*ballot)),
        Fact::Promised(_, ballot, vote) => {
            format!("promised {}, last vote {}", symbols.ballot(*ballot), describe_vote(symbols, *vote))
        }
        Fact::Began { vote, quorum, .. } => {
            format!("began {} with quorum {}", describe_vote(symbols, Some(*vote)), symbols.set(*quorum))
        }
        Fact::Voted(_, vote) => format!("voted {}", describe_vote(symbols, Some(*vote))),
        Fact::Learned(_, vote) => {
            format!("learned {} by ballot {}", describe_value(symbols, vote.value), symbols.ballot(vote.ballot))
        }
        Fact::Refused(ballot, bound) => {
            format!("refused {}, nextBal is {}", symbols.ballot(*ballot), symbols.ballot(*bound))
        }
    }
}

fn describe_act(symbols: &Symbols, act: &Act<crate::types::NodeId, Value>) -> String {
    let link = |link: &Link<_>| format!("{}->{}", symbols.node(link.from), symbols.node(link.to));
    match act {
        Act::Propose(_, value) => format!("propose {}", describe_value(symbols, *value)),
        Act::Crash(_) => "crash".to_owned(),
        Act::CrashBeforeSend(_) => "crash at the next send".to_owned(),
        Act::Restart(_) => "restart".to_owned(),
        Act::Partition(groups) => {
            let group = |group: &Vec<_>| group.iter().map(|node| symbols.node(*node)).collect::<Vec<_>>().join(" ");
            format!("partition {}", groups.iter().map(group).collect::<Vec<_>>().join(" | "))
        }
        Act::Cut(cut) => format!("cut {}", link(cut)),
        Act::Heal => "heal".to_owned(),
        Act::HealLink(healed) => format!("heal {}", link(healed)),
    }
}
