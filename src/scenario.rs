//! Scenarios: a cluster, its network, the acts on it and their times, as plain data.
//!
//! Two forms of the same thing live here. A [`Script`] is the text that a person writes, line by line, with its comments;
//! it prints in a canonical form that parses to the same script. A [`Scenario`] is what the lines mean: names are
//! resolved to handles, lines are in order of time, limits are checked. A run is determined by its scenario and nothing
//! else.
//!
//! *Architecture invariant:* this module does not know simulation. It bounds and validates everything that comes in, so
//! that no module behind it has to.

mod asked;
pub mod fit;
pub mod goals;
pub mod hints;
pub mod library;
pub mod link;
mod parts;
mod resolve;
pub mod script;
mod sizes;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::protocol::{
    Carries, Configurations, Hop, Kind, LADDER, Message, PROTOCOLS, Payload, Protocol, Setup, ValueId,
};
use crate::quorum::{Purpose, QuorumSystem, Round};
use crate::replica::{Command, Service};
use crate::tongue::say;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Scale, Symbols, Time, Value, Vote};

pub use asked::{GoalLine, Permission, Who};
pub use goals::Goal;
pub use parts::{Part, QuorumRule};
pub use script::{Act, Caption, Disk, Injection, Lie, Line, Link, Range, RuleEffect, Script, Statement};
pub use sizes::Sizes;
pub use text::{parse_delay, parse_time, suggestion};

/// What is wrong with a line, and the word of the line that is wrong, in any of its spellings.
struct Wrong {
    words: Vec<String>,
    message: String,
    /// For a mistake in a goal, its place there, and whether it is in the goal's sentence.
    in_goal: Option<(goals::Misread, bool)>,
}

impl Wrong {
    fn new(words: Vec<String>, message: impl Into<String>) -> Self {
        Self { words, message: message.into(), in_goal: None }
    }

    fn in_goal(misread: goals::Misread, is_in_sentence: bool) -> Self {
        Self { words: Vec::new(), message: misread.message.clone(), in_goal: Some((misread, is_in_sentence)) }
    }
}

fn wrong<T>(word: impl fmt::Display, message: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong::new(vec![word.to_string()], message))
}

/// The limits of a script. Each limit is also in `docs/scenario.md`.
pub mod limits {
    use crate::types::{Bytes, Time};

    /// Bytes of a script's text.
    pub const TEXT_BYTES: usize = 64 * 1024;
    /// Lines of a script, comments included.
    pub const LINES: usize = 4096;
    /// Characters of a value.
    pub const VALUE_CHARS: usize = 64;
    /// Characters of a node's name.
    pub const NAME_CHARS: usize = 16;
    /// Captions of a script.
    pub const CAPTIONS: usize = 100;
    /// Characters of a caption, of a goal's text, and of a goal's sentence.
    pub const CAPTION_CHARS: usize = 240;
    /// Goals of a script.
    pub const GOALS: usize = 20;
    /// Points of a goal.
    pub const POINTS: u32 = 1000;
    /// Characters of a goal's condition.
    pub const CONDITION_CHARS: usize = 1000;
    /// The largest number in a condition.
    pub const FIGURE: i64 = 1_000_000_000;
    /// How deep `some` and the like are nested in a condition.
    pub const QUANTIFIERS: usize = 3;
    /// How deep parentheses are nested in a condition.
    pub const PARENTHESES: usize = 16;
    /// Kinds of lines that a script allows.
    pub const PERMISSIONS: usize = 100;
    /// The latest time that can be written.
    pub const TIME: Time = Time::deltas(100_000);
    /// The longest delay that can be given to a single message; links are bounded by Δ itself.
    pub const MESSAGE_DELAY: Time = Time::deltas(1_000);
    /// How long a run goes on after the script's last act, when no line says until when.
    pub const HORIZON: Time = Time::deltas(100);
    /// The largest instance that an injected message may speak of.
    pub const INSTANCE: u32 = 10_000;
    /// The largest ballot number that an injected message may speak of.
    pub const BALLOT: u32 = 1_000_000;
    /// The largest weight of an acceptor.
    pub const WEIGHT: u32 = 1_000;
    /// The largest number of quorums that a script names, for each phase.
    pub const QUORUMS: usize = 64;
    /// The largest header, the largest value, and the most bytes that leave a node in 1Δ.
    pub const SIZE: Bytes = Bytes(1_000_000_000);
}

/// Why a text is not a scenario: the place and the reason, in one line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", say!("line {line}, column {column}: {message}"))]
pub struct Error {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// A sentence without the place.
    pub message: String,
}

/// A resolved script.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The title; empty when the script does not say.
    pub title: String,
    /// One sentence on what the scenario shows.
    pub about: String,
    /// What a reader should look for.
    pub look: String,
    /// The sentences that people read while the run plays, in order of time. No run depends on them.
    pub captions: Vec<Caption>,
    /// The algorithm that the nodes run.
    pub protocol: &'static Protocol,
    /// How long one Δ is, where the script says so. No run depends on this scale; people read it beside each time.
    pub delta: Option<Scale>,
    /// The cluster and the protocol's options.
    pub setup: Arc<Setup>,
    /// The names of nodes and values.
    pub symbols: Arc<Symbols>,
    /// How messages travel.
    pub network: NetworkModel,
    /// The acts on the cluster, in order of time; acts of one instant are in the order written.
    pub acts: Vec<Planned>,
    /// The rules for single messages, in the order written.
    pub rules: Vec<Rule>,
    /// The service that executes the ledger's commands, if there is one.
    pub service: Option<&'static Service>,
    /// For each value, the command that it stands for; empty where protocols pass a single decree.
    pub commands: Vec<Command>,
    /// The leaders that the oracle names at the start.
    pub leaders: NodeSet,
    /// The quorums that the script names, if it names any.
    pub quorum: Option<QuorumRule<String>>,
    /// When the run stops; otherwise a run stops when nothing more can happen, and at the latest at its horizon.
    pub until: Option<Time>,
    /// Lines that mean nothing under this protocol: the line, and the reason.
    pub idle: Vec<(usize, String)>,
    /// What the run has to show, in the order written. No run depends on it.
    pub goals: Vec<Goal>,
    /// The lines that whoever solves the exercise may add; any lines when the script allows none. No run depends on it.
    pub allowed: Vec<Permission>,
    /// The lines that say something to the playground, the header included: the number of each, and its kind if it has one.
    pub said: Vec<(usize, Option<&'static str>)>,
}

/// How messages travel when no rule says otherwise. A message to oneself takes no time and is never lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetworkModel {
    /// How long messages take.
    pub delay: PerLink<Range>,
    /// Lost messages, in a million.
    pub loss_per_million: PerLink<u32>,
    /// Duplicated messages, in a million.
    pub duplicates_per_million: PerLink<u32>,
    /// The seed of the random numbers.
    pub seed: u64,
    /// How large messages are, and how fast nodes send them.
    pub sizes: Sizes,
}

/// A setting of the network that single links can override. The setting of a link holds there, whatever the setting for
/// all links is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PerLink<T> {
    /// The setting of every link that has none of its own.
    pub all: T,
    /// Links with a setting of their own, in order.
    pub own: Vec<(Link<NodeId>, T)>,
}

impl<T: Copy> PerLink<T> {
    /// The same setting for every link.
    pub fn everywhere(all: T) -> Self {
        Self { all, own: Vec::new() }
    }

    /// The setting of a link.
    pub fn of(&self, link: Link<NodeId>) -> T {
        self.own.binary_search_by_key(&link, |(link, _)| *link).map_or(self.all, |place| self.own[place].1)
    }

    /// Every setting that is made, for all links and for single ones.
    pub fn said(&self) -> impl Iterator<Item = T> + '_ {
        std::iter::once(self.all).chain(self.own.iter().map(|(_, own)| *own))
    }
}

/// An act, and the time at which it happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Planned {
    /// The script's line, counted from 1.
    pub line: usize,
    /// The instant of the act.
    pub at: Time,
    /// The act.
    pub act: Act<NodeId, Value>,
}

/// The rule for one message: the `ordinal`-th (from 1) of its kind that is sent on its link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The script's line, counted from 1.
    pub line: usize,
    /// The kind of the message.
    pub kind: Kind,
    /// The sender and the receiver.
    pub link: Link<NodeId>,
    /// n, for the n-th message of its kind on its link; the first is 1.
    pub ordinal: u32,
    /// What happens to the message.
    pub effect: RuleEffect<NodeId, Value>,
}

impl Rule {
    /// The lie, if the rule is about one.
    pub fn lie(&self) -> Option<&Lie<NodeId, Value>> {
        match &self.effect {
            RuleEffect::Forge(lie) => Some(lie),
            RuleEffect::Drop | RuleEffect::Delay(_) | RuleEffect::Duplicate(_) => None,
        }
    }
}

impl Injection<NodeId, Value> {
    /// The message that the injection puts into the network.
    ///
    /// # Panics
    /// When the protocol has no such kind. Resolving a script rules that out.
    pub fn message(&self, protocol: &Protocol) -> Message {
        let kind = protocol.kind_named(&self.kind).expect("resolved");
        let ballot = self.ballot.map(|(number, owner)| Ballot::new(number, owner));
        let payload = match (protocol.kind(kind).carries, self.value) {
            (Carries::Value, Some(value)) => Payload::Value(value),
            (Carries::LastVote, _) => Payload::LastVote(None),
            (Carries::Entries, _) => Payload::Entries(Arc::from([])),
            (Carries::Proof, value) => {
                let vote = ballot.zip(value).map(|(ballot, value)| Vote { ballot, value });
                Payload::Proof(vote, Arc::from([]))
            }
            (Carries::Result, Some(value)) => Payload::Result(value, 0),
            (Carries::Named | Carries::Votes, value) => {
                let id = ValueId { by: self.link.from, number: 0 };
                let (ring, voters, decided) = (NodeSet::EMPTY, NodeSet::EMPTY, Arc::from([]));
                Payload::Hop(Arc::new(Hop { id, value, ring, voters, decided }))
            }
            (Carries::Ids, _) => Payload::Ids(Arc::from([])),
            _ => Payload::Empty,
        };
        Message { kind, ballot, instance: Instance(self.instance), payload }
    }
}

/// Whether a text names no other protocol than one that the slides teach in full. The text need not be a script.
pub fn is_of_the_slides(text: &str) -> bool {
    let words = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut named = words.filter(|words| words.first() == Some(&"protocol")).filter_map(|words| words.get(1).copied());
    named.all(|name| PROTOCOLS[..LADDER].iter().any(|protocol| protocol.name == name))
}

impl Scenario {
    /// Reads a text as a script, and resolves it.
    ///
    /// # Errors
    /// The first mistake in the text, and its place.
    pub fn read(text: &str) -> Result<(Script, Self), Error> {
        let script = Script::parse(text)?;
        let scenario = resolve::resolve(&script, text)?;
        Ok((script, scenario))
    }

    /// The meaning of a script.
    ///
    /// # Errors
    /// The first mistake in the script; columns are those of the script as it prints.
    pub fn of(script: &Script) -> Result<Self, Error> {
        resolve::resolve(script, &script.to_string())
    }

    /// The headline of the scenario, in the language of the page: its title or, without one, what it asks for.
    pub fn headline(&self) -> Cow<'_, str> {
        if !self.title.is_empty() {
            return Cow::Borrowed(crate::tongue::translated(&self.title));
        }
        let asked = self.acts.iter().filter_map(|planned| match planned.act {
            Act::Propose(node, value) => Some((self.symbols.node(node), self.symbols.value(value))),
            _ => None,
        });
        let asked: Vec<_> = asked.collect();
        Cow::Owned(match &asked[..] {
            [] => say!("Untitled run").into(),
            [(node, value)] => say!("{node} asks for “{value}”"),
            [(one, first), (other, second)] => say!("{one} asks for “{first}”, {other} for “{second}”"),
            [(one, first), (other, second), ..] => {
                let more = asked.len() - 2;
                say!("{one} asks for “{first}”, {other} for “{second}”, and {more} more")
            }
        })
    }

    /// The caption that is shown at this instant, if there is one.
    pub fn caption(&self, now: Time) -> Option<&Caption> {
        self.captions.iter().rfind(|caption| caption.at <= now)
    }

    /// The first caption after this instant.
    pub fn next_caption(&self, now: Time) -> Option<&Caption> {
        self.captions.iter().find(|caption| caption.at > now)
    }

    /// A time in words for people: `5Δ`, and `5Δ (500 ms)` where the script says how long Δ is.
    pub fn time_text(&self, time: Time) -> String {
        let time = time.told();
        self.delta.map_or_else(|| format!("{time}Δ"), |delta| format!("{time}Δ ({} ms)", delta.nearest(time)))
    }

    /// The latest end of a run: the time that the script gives, or some time after its last act.
    pub fn horizon(&self) -> Time {
        let span = |rule: &Rule| match rule.effect {
            RuleEffect::Delay(span) | RuleEffect::Duplicate(span) | RuleEffect::Forge(Lie::Late(span)) => span,
            RuleEffect::Drop | RuleEffect::Forge(_) => Time::ZERO,
        };
        let longest = self.rules.iter().map(span).max().unwrap_or_default();
        let last = self.acts.last().map_or(Time::ZERO, |planned| planned.at);
        self.until.unwrap_or_else(|| last.plus(longest).plus(limits::HORIZON))
    }

    /// The number of nodes.
    pub fn nodes(&self) -> usize {
        self.setup.cast.nodes
    }

    /// Whether this ballot is run as a classic round or as a fast round.
    pub fn round(&self, ballot: Ballot) -> Round {
        (self.protocol.round)(&self.setup, ballot)
    }

    /// The quorums for this purpose in this ballot.
    pub fn quorum(&self, purpose: Purpose, ballot: Ballot) -> &QuorumSystem {
        self.setup.quorums.get(purpose, self.round(ballot))
    }

    /// The quorums for this purpose in this ballot of this instance, when these changes of the configuration have passed.
    pub fn quorum_in(
        &self,
        configurations: &Configurations,
        purpose: Purpose,
        (ballot, instance): (Ballot, Instance),
    ) -> Cow<'_, QuorumSystem> {
        match configurations.of(&self.setup, instance) {
            Some(configuration) => Cow::Owned(configuration.majority()),
            None => Cow::Borrowed(self.quorum(purpose, ballot)),
        }
    }

    /// Whether these nodes are enough for this purpose in this ballot.
    pub fn is_quorum(&self, purpose: Purpose, ballot: Ballot, set: NodeSet) -> bool {
        self.quorum(purpose, ballot).is_quorum(set)
    }
}
