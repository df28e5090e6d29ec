//! The golden format: one line an event that a person can read, and from which the trace hash is taken.

use std::fmt::Write as _;

use super::{EventId, Loss, MessageId, Trace, What};
use crate::protocol::{Basis, Cell, Claim, Configuration, Decided, Entry, Fact, Hop, Message, Payload, Vocabulary};
use crate::scenario::script::quoted;
use crate::scenario::{Act, Disk, Link};
use crate::tongue::key;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Symbols, Value, Vote};

/// A line shows at most so many of the entries that a message carries, and says how many more there are.
const ENTRIES_MAX: usize = 64;

impl Trace {
    /// The whole run as text.
    pub fn text(&self) -> String {
        self.lines().map(|line| line + "\n").collect()
    }

    /// The whole run, a line an event. All lines of a large run together can be larger than the run.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.events().len()).map(|place| self.line(EventId(place as u32)))
    }

    /// `1.5     B    receive NextBallot 1.A from A`: when (in Δ), at which node, and what, with a space or more between.
    pub fn line(&self, id: EventId) -> String {
        let mut line = String::new();
        self.put_line(&mut line, id);
        line
    }

    /// Writes a line without its line break. A caller that writes many lines, as the hash does, can use one buffer for
    /// all of them.
    pub(super) fn put_line(&self, out: &mut String, id: EventId) {
        let event = self.event(id);
        let node = self.node_of(event).map_or("*", |node| self.scenario.symbols.node(node));
        write!(out, "{:<7} {node:<4} ", event.time).expect("a string takes everything");
        self.put(out, Vocabulary::Parliament1998, &event.what);
    }

    /// What an event says, without its time and node. In the words of 1998 this is what its line says.
    pub fn describe(&self, words: Vocabulary, what: &What) -> String {
        let mut text = String::new();
        self.put(&mut text, words, what);
        text
    }

    fn put(&self, out: &mut String, words: Vocabulary, what: &What) {
        let symbols = &*self.scenario.symbols;
        // Most events are about messages, so their texts are written at once and not put together from other texts.
        let mut put = |before: &str, id: MessageId, between: &str, node: NodeId| {
            out.push_str(before);
            self.put_message(out, words, id);
            out.push_str(between);
            out.push_str(symbols.node(node));
        };
        match what {
            What::Sent(id) => {
                let message = self.message(*id);
                put(if message.copy_of.is_some() { "duplicate " } else { "send " }, *id, " to ", message.to);
                if message.truth.is_some() {
                    out.push_str(", a lie");
                }
                if message.leaves > message.sent_at {
                    write!(out, ", leaves at {}", message.leaves).expect("a string takes everything");
                }
            }
            What::Landed(id) => put("receive ", *id, " from ", self.message(*id).from),
            What::Lost(id, why) => {
                put("lose ", *id, " from ", self.message(*id).from);
                out.push_str(": ");
                out.push_str(why.reason());
            }
            _ => out.push_str(&self.describe_other(words, what)),
        }
    }

    /// The text of an event that is not about a message.
    fn describe_other(&self, words: Vocabulary, what: &What) -> String {
        let symbols = &*self.scenario.symbols;
        match what {
            What::Sent(_) | What::Landed(_) | What::Lost(..) => String::new(),
            What::Acted(_, act) => self.describe_act(words, act),
            What::CrashedBeforeSend(_) => "crash after persisting, before sending".to_owned(),
            What::TimerFired(_, timer) => {
                format!("timer {}", self.scenario.protocol.timers[usize::from(timer.kind)].name)
            }
            What::Persisted(_, field, instance, cell) => {
                let field = &self.scenario.protocol.fields[usize::from(field.0)];
                let place = if field.is_list { format!("[{}]", instance.0) } else { String::new() };
                format!("persist {}{place} := {}", words.field(field), describe_cell(words, symbols, *cell))
            }
            What::Applied(_, applied) => {
                let (value, outcome) = (describe_value(words, symbols, applied.value), &applied.outcome);
                format!("apply{} {value}: {outcome}", self.place(applied.instance))
            }
            What::Stated(_, fact) => self.describe_fact(words, fact),
        }
    }

    /// A message's kind, ballot and content: `BeginBallot 1.A "red"`, or `BeginBallot 1.A [3] "red"` where there are many
    /// instances.
    pub fn describe_message(&self, words: Vocabulary, id: MessageId) -> String {
        let mut text = String::new();
        self.put_message(&mut text, words, id);
        text
    }

    /// The same of a message that need not be in the trace.
    pub fn describe_content(&self, words: Vocabulary, message: &Message) -> String {
        let mut text = String::new();
        self.put_content(&mut text, words, message);
        text
    }

    fn put_message(&self, out: &mut String, words: Vocabulary, id: MessageId) {
        self.put_content(out, words, &self.message(id).message);
    }

    fn put_content(&self, out: &mut String, words: Vocabulary, message: &Message) {
        let Message { kind, ballot, instance, payload } = message;
        let symbols = &*self.scenario.symbols;
        let kind = self.scenario.protocol.kind(*kind);
        out.push_str(words.kind(kind));
        if let Some(ballot) = ballot {
            out.push(' ');
            put_ballot(out, symbols, *ballot);
        }
        self.put_place(out, " ", *instance);
        if kind.is_sweeping {
            out.push('…');
        }
        match payload {
            Payload::Empty => {}
            Payload::LastVote(vote) => {
                out.push(' ');
                put_vote(out, words, symbols, *vote);
            }
            Payload::Value(value) => {
                out.push(' ');
                put_value(out, words, symbols, *value);
            }
            Payload::Ballot(bound) => {
                out.push_str(", ");
                out.push_str(words.next_bal);
                out.push_str(" is ");
                put_ballot(out, symbols, *bound);
            }
            Payload::Entries(entries) if entries.is_empty() => out.push_str(" null"),
            Payload::Entries(entries) => {
                for (place, entry) in entries.iter().take(ENTRIES_MAX).enumerate() {
                    out.push_str(if place == 0 { " " } else { ", " });
                    self.put_entry(out, words, entry);
                }
                if entries.len() > ENTRIES_MAX {
                    write!(out, ", and {} more", entries.len() - ENTRIES_MAX).expect("a string takes everything");
                }
            }
            Payload::Proof(vote, claims) => {
                out.push(' ');
                match vote {
                    // A message of this ballot says its number already.
                    Some(vote) if Some(vote.ballot) == *ballot => put_value(out, words, symbols, vote.value),
                    vote => put_vote(out, words, symbols, *vote),
                }
                put_claims(out, symbols, claims);
            }
            Payload::Result(value, result) => {
                if *value != Value::OLIVE_DAY {
                    out.push(' ');
                    put_value(out, words, symbols, *value);
                }
                write!(out, " → {:04x}", result & 0xFFFF).expect("a string takes everything");
            }
            Payload::Hop(hop) => self.put_hop(out, words, hop),
            Payload::Ids(decided) => self.put_decided(out, words, decided),
            Payload::Passing(value, _) => {
                out.push(' ');
                put_value(out, words, symbols, *value);
            }
        }
    }

    /// Writes what a ring passes on: `A#1 "red" ring A B, votes of A`.
    fn put_hop(&self, out: &mut String, words: Vocabulary, hop: &Hop) {
        let symbols = &*self.scenario.symbols;
        out.push(' ');
        out.push_str(&hop.id.text(symbols));
        if let Some(value) = hop.value {
            out.push(' ');
            put_value(out, words, symbols, value);
        }
        if !hop.ring.is_empty() {
            write!(out, ", ring {}", symbols.set(hop.ring)).expect("a string takes everything");
        }
        if !hop.voters.is_empty() {
            write!(out, ", {} of {}", words.votes, symbols.set(hop.voters)).expect("a string takes everything");
        }
        if !hop.decided.is_empty() {
            out.push(',');
            self.put_decided(out, words, &hop.decided);
        }
    }

    /// Writes which ids have passed, each with its place: ` passed [1] A#1, [2] A#2`.
    fn put_decided(&self, out: &mut String, words: Vocabulary, decided: &[Decided]) {
        write!(out, " {}", words.passed).expect("a string takes everything");
        for (place, one) in decided.iter().take(ENTRIES_MAX).enumerate() {
            out.push_str(if place == 0 { "" } else { "," });
            self.put_place(out, " ", one.instance);
            out.push(' ');
            out.push_str(&one.id.text(&self.scenario.symbols));
        }
        if decided.len() > ENTRIES_MAX {
            write!(out, ", and {} more", decided.len() - ENTRIES_MAX).expect("a string takes everything");
        }
    }

    fn put_entry(&self, out: &mut String, words: Vocabulary, entry: &Entry) {
        if self.scenario.protocol.has_places() {
            self.put_place(out, "", entry.instance);
            out.push(' ');
        }
        if entry.is_passed {
            out.push_str(words.passed);
            out.push(' ');
        }
        put_vote(out, words, &self.scenario.symbols, Some(entry.vote));
    }

    /// Writes `before`, then the place as `[3]`, where there are many instances.
    fn put_place(&self, out: &mut String, before: &str, instance: Instance) {
        if self.scenario.protocol.has_places() {
            write!(out, "{before}[{}]", instance.0).expect("a string takes everything");
        }
    }

    /// ` [3]` where there are many instances.
    fn place(&self, instance: Instance) -> String {
        let mut place = String::new();
        self.put_place(&mut place, " ", instance);
        place
    }

    fn describe_act(&self, words: Vocabulary, act: &Act<NodeId, Value>) -> String {
        let symbols = &*self.scenario.symbols;
        let link = |link: &Link<_>| format!("{}->{}", symbols.node(link.from), symbols.node(link.to));
        match act {
            Act::Propose(_, value) => format!("propose {}", describe_value(words, symbols, *value)),
            Act::Crash(_) => "crash".to_owned(),
            Act::CrashBeforeSend(_) => "crash at the next send".to_owned(),
            Act::Timeout(_, timer, 0) => format!("fast clock: {timer}"),
            Act::Timeout(_, timer, number) => format!("fast clock: {timer} #{number}"),
            Act::Restart(_, Disk::Kept) => "restart".to_owned(),
            Act::Restart(_, Disk::Empty) => "restart with an empty disk".to_owned(),
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
            Act::Inject(injection) => {
                let kind = words.kind_named(self.scenario.protocol, &injection.kind);
                format!("inject {kind} {}", link(&injection.link))
            }
        }
    }

    /// What a node states.
    pub fn describe_fact(&self, words: Vocabulary, fact: &Fact) -> String {
        let symbols = &*self.scenario.symbols;
        match fact {
            Fact::Tried(ballot) => format!("tried {}", symbols.ballot(*ballot)),
            Fact::Promised(instance, ballot, vote) => {
                let (number, cast) = (symbols.ballot(*ballot), describe_vote(words, symbols, *vote));
                format!("promised{} {number}, {} {cast}", self.place(*instance), words.last_vote)
            }
            Fact::PromisedFrom(instance, ballot) => {
                format!("promised{}… {}, no other {}", self.place(*instance), symbols.ballot(*ballot), words.votes)
            }
            Fact::Began { instance, ballot, value, basis } => {
                let number = symbols.ballot(*ballot);
                let text = value.map_or_else(|| "any".to_owned(), |value| describe_value(words, symbols, value));
                let basis = describe_basis(symbols, *basis);
                let on = if value.is_none() && self.scenario.protocol.is_log { "…" } else { "" };
                format!("began{}{on} {number} {text} with {basis}", self.place(*instance))
            }
            Fact::Believed { instance, ballot, value, basis } => {
                let (number, basis) = (symbols.ballot(*ballot), describe_basis(symbols, *basis));
                let value = describe_value(words, symbols, *value);
                format!("believes{} {number} {value} with {basis}", self.place(*instance))
            }
            Fact::Certified(instance, vote, by) => {
                let vote = describe_vote(words, symbols, Some(*vote));
                format!("certified{} {vote} by {}", self.place(*instance), symbols.set(*by))
            }
            Fact::Voted(instance, vote) => {
                format!("{}{} {}", words.voted, self.place(*instance), describe_vote(words, symbols, Some(*vote)))
            }
            Fact::Learned(instance, vote) => {
                let (value, number) = (describe_value(words, symbols, vote.value), symbols.ballot(vote.ballot));
                format!("learned{} {value} by {} {number}", self.place(*instance), words.ballot)
            }
            Fact::Answered(value) => format!("answers the client of {}", describe_value(words, symbols, *value)),
            Fact::Result(value, result) => {
                format!("result of {} is {:04x}", describe_value(words, symbols, *value), result & 0xFFFF)
            }
            Fact::Stable { instance, history, signers } => {
                let (place, by) = (self.place(*instance), symbols.set(*signers));
                format!("stable{place}, history {:04x}, with a proof of {by}", history & 0xFFFF)
            }
            Fact::Leads(true) => "leads".to_owned(),
            Fact::Leads(false) => "follows".to_owned(),
            Fact::Refused(ballot, bound) => {
                format!("refused {}, {} is {}", symbols.ballot(*ballot), words.next_bal, symbols.ballot(*bound))
            }
            Fact::Configured(from, Configuration { mains, auxiliaries }) => {
                let or_none = |set: NodeSet| if set.is_empty() { "none".to_owned() } else { symbols.set(set) };
                let (mains, auxiliaries) = (or_none(*mains), or_none(*auxiliaries));
                format!("configured{}… mains {mains}, auxiliaries {auxiliaries}", self.place(*from))
            }
            Fact::Forgot(last) => format!("forgot its {} up to{}", words.votes, self.place(*last)),
            Fact::Blocked(last) => format!("blocked, does not know all up to{}", self.place(*last)),
            Fact::Named(id, value) => {
                let mut text = "names ".to_owned();
                text.push_str(&id.text(symbols));
                text.push(' ');
                put_value(&mut text, words, symbols, *value);
                text
            }
            Fact::Gathered { instance, ballot, id, voters } => {
                let mut text = format!("gathered{} {} ", self.place(*instance), symbols.ballot(*ballot));
                text.push_str(&id.text(symbols));
                text + &format!(", {} of {}", words.votes, symbols.set(*voters))
            }
        }
    }
}

impl Loss {
    /// The reason, for a person.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Dropped => key!("dropped"),
            Self::Chance => key!("chance"),
            Self::Cut => key!("link cut"),
            Self::Down => key!("receiver down"),
            Self::Withheld => key!("kept back"),
            Self::Crashed => key!("sender crashed"),
        }
    }
}

fn describe_basis(symbols: &Symbols, basis: Basis) -> String {
    match basis {
        Basis::Promises(quorum) => format!("quorum {}", symbols.set(quorum)),
        Basis::Proof(quorum) => format!("a proof of {}", symbols.set(quorum)),
        Basis::Nothing => "nothing before".to_owned(),
    }
}

/// Writes whose signed messages prove a vote, or that there are none.
fn put_claims(out: &mut String, symbols: &Symbols, claims: &[Claim]) {
    let signers: NodeSet = claims.iter().map(|claim| claim.by).collect();
    if signers.is_empty() {
        out.push_str(", no proof");
    } else {
        write!(out, ", proof of {}", symbols.set(signers)).expect("a string takes everything");
    }
}

/// A value in quotes; the decree that changes nothing has no quotes.
pub fn describe_value(words: Vocabulary, symbols: &Symbols, value: Value) -> String {
    let mut text = String::new();
    put_value(&mut text, words, symbols, value);
    text
}

/// `1.A "red"`, or `null`.
pub fn describe_vote(words: Vocabulary, symbols: &Symbols, vote: Option<Vote>) -> String {
    let mut text = String::new();
    put_vote(&mut text, words, symbols, vote);
    text
}

fn put_value(out: &mut String, words: Vocabulary, symbols: &Symbols, value: Value) {
    if value.is_history() && value != Value::BOTTOM {
        for (place, command) in value.commands().iter().enumerate() {
            out.push_str(if place == 0 { "" } else { " • " });
            put_value(out, words, symbols, *command);
        }
        return;
    }
    let text = &*words.value(symbols, value);
    if matches!(value, Value::OLIVE_DAY | Value::BOTTOM) {
        out.push_str(text);
    } else if text.contains(['"', '\\']) {
        out.push_str(&quoted(text));
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

fn put_vote(out: &mut String, words: Vocabulary, symbols: &Symbols, vote: Option<Vote>) {
    let Some(Vote { ballot, value }) = vote else { return out.push_str("null") };
    put_ballot(out, symbols, ballot);
    out.push(' ');
    put_value(out, words, symbols, value);
}

fn put_ballot(out: &mut String, symbols: &Symbols, ballot: impl Into<Option<Ballot>>) {
    match ballot.into() {
        Some(ballot) => {
            write!(out, "{}.", ballot.number()).expect("a string takes everything");
            out.push_str(symbols.node(ballot.owner()));
        }
        None => out.push_str(&symbols.ballot(None)),
    }
}

/// What a cell of stable storage holds.
pub fn describe_cell(words: Vocabulary, symbols: &Symbols, cell: Cell) -> String {
    match (cell.ballot, cell.value) {
        (ballot, Some(value)) if ballot.is_none() => describe_value(words, symbols, value),
        (Some(ballot), None) => symbols.ballot(ballot),
        _ => describe_vote(words, symbols, cell.vote()),
    }
}
