//! What a ledger is for: state machines that every node keeps a replica of (PTP §4.1, “The State Machine Approach”).
//!
//! Each node applies its ledger to its [`Replica`], command after command. What a replica answers and what it becomes
//! depends on the commands before and on nothing else. So nodes that have applied the same prefix are in the same state
//! and gave the same answers, however late each of them learned it. Agreement on the ledger is all that this takes.
//!
//! A [`Service`] is one such state machine, with the commands that it reads. Without a service, decrees are plain: they
//! mean nothing, and a replica only remembers which decrees it applied and in which order.
//!
//! *Architecture invariant:* this module knows neither ledgers, nodes nor protocols, and has no time source. Time reaches
//! a service only inside a command.

mod bank;
mod kv;
mod lock;

use std::fmt;
use std::hash::Hasher as _;
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use crate::tongue::say;
use crate::types::{Time, shortened};

/// Every service, in the order in which they are taught. A new one adds its row here and its file beside.
pub static SERVICES: &[&Service] = &[&kv::SERVICE, &lock::SERVICE, &bank::SERVICE];

/// The service of that name.
pub fn find(name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.name == name)
}

/// The largest number that can be written in a command.
const NUMBER_MAX: i64 = 1_000_000_000;

/// One row of the registry.
#[derive(Debug)]
pub struct Service {
    /// Its name in scripts.
    pub name: &'static str,
    /// A heading for people.
    pub title: &'static str,
    /// One sentence on what it does.
    pub summary: &'static str,
    /// The commands that it understands.
    pub commands: &'static [CommandInfo],
    /// Reads a command from its words.
    parse: fn(&[&str]) -> Result<Body, String>,
    /// The state before the first command.
    open: fn() -> State,
}

/// A command that a service declares.
#[derive(PartialEq, Eq, Debug)]
pub struct CommandInfo {
    /// How it is written; words in capitals stand for words that the client chooses.
    pub form: &'static str,
    /// An example that can be read.
    pub example: &'static str,
    /// One sentence on what it does.
    pub meaning: &'static str,
}

impl Service {
    /// Reads a command that a client asks for at `at`. The instant is part of the command: it is the only time that a
    /// service ever sees, so it must be when the client really asked.
    ///
    /// # Errors A sentence that says why this is not one of the service's commands, and which commands there are.
    pub fn read(&self, text: &str, at: Time) -> Result<Command, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(Command { at, body: (self.parse)(&words)? })
    }

    /// A sentence that says why these words are not one of the service's commands.
    fn misread(&self, words: &[&str]) -> String {
        let Some(verb) = words.first() else {
            return say!("expected a command of {name}, which knows {forms}", name = self.name, forms = self.forms());
        };
        match self.commands.iter().find(|command| command.form.split(' ').next() == Some(verb)) {
            Some(CommandInfo { form, example, .. }) => say!("“{verb}” is written {form}, as in {example}"),
            None => say!(
                "{verb} is not a command of {name}, which knows {forms}",
                verb = quoted(verb),
                name = self.name,
                forms = self.forms()
            ),
        }
    }

    fn forms(&self) -> String {
        self.commands.iter().map(|command| command.form).collect::<Vec<_>>().join(", ")
    }
}

/// A word from outside in quotes: at most 40 characters of it, without characters that move a cursor.
fn quoted(word: &str) -> String {
    say!("“{word}”", word = shortened(word))
}

/// A whole number from `least` to [`NUMBER_MAX`].
fn whole(word: &str, least: i64) -> Result<i64, String> {
    let number = word.parse().ok().filter(|number| (least..=NUMBER_MAX).contains(number));
    number.ok_or_else(|| {
        say!("expected a whole number from {least} to {most}, found {found}", most = NUMBER_MAX, found = quoted(word))
    })
}

/// What a client asks of a service, and when it asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Command {
    at: Time,
    body: Body,
}

impl Command {
    /// A plain decree, which means nothing to any service.
    pub const fn decree(at: Time) -> Self {
        Self { at, body: Body::Decree }
    }

    /// Whether the command changes nothing, so that a process can answer it from its state.
    pub fn only_reads(&self) -> bool {
        match &self.body {
            Body::Kv(action) => action.only_reads(),
            // The clock of the locks goes on with every command, the bank has no command that only tells a balance, and a plain
            // decree is remembered.
            Body::Lock(_) | Body::Bank(_) | Body::Decree => false,
        }
    }

    /// Whether the order of the two commands can make a difference, to the outcome of one of them or to the state. Plain
    /// decrees are remembered in their order.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        match (&self.body, &other.body) {
            (Body::Kv(one), Body::Kv(other)) => one.conflicts_with(other),
            // The clock of the locks goes on with every command, so the order of commands of different instants matters.
            (Body::Lock(one), Body::Lock(two)) => one.conflicts_with(two) || self.at != other.at,
            (Body::Bank(one), Body::Bank(other)) => one.conflicts_with(other),
            _ => true,
        }
    }
}

/// The request itself, for each service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Body {
    Decree,
    Kv(kv::Action),
    Lock(lock::Action),
    Bank(bank::Action),
}

/// The state of a service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum State {
    Plain,
    Kv(kv::Pairs),
    Lock(lock::Leases),
    Bank(bank::Accounts),
}

/// The outcome of a command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was a no-op.
    NoOp,
    /// There is nothing under this key.
    Nothing,
    /// The value that is under this key now.
    Value(Arc<str>),
    /// The client holds the lock until this instant.
    Granted(Time),
    /// This other client holds the lock until this instant.
    Held(Arc<str>, Time),
    /// The lock was given back.
    Released,
    /// The client does not hold the lock.
    NotHeld,
    /// The balance of the account now.
    Balance(u64),
    /// Nobody of this name has an account.
    NoAccount(Arc<str>),
    /// There is an account of this name already.
    Exists,
    /// The command is against the rules, for this reason. Few are, and runs have many outcomes, so it is elsewhere.
    Refused(Box<Refusal>),
}

/// Why a command was refused.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// The account of this name would have more than this.
    TooMuch(Arc<str>, u64),
    /// The account of this name has only this.
    TooLittle(Arc<str>, u64),
    /// Under this key is this value, which is no number.
    NoNumber(Arc<str>, Arc<str>),
    /// This client has asked for the lock again since.
    AskedSince(Arc<str>),
    /// The command is one of another service.
    OtherService,
}

/// Writes the reason in English.
impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMuch(who, most) => write!(formatter, "{who} would have more than {most}"),
            Self::TooLittle(who, balance) => write!(formatter, "{who} has only {balance}"),
            Self::NoNumber(key, value) => write!(formatter, "{key} is {value}, to which nothing can be added"),
            Self::AskedSince(who) => write!(formatter, "{who} has asked for it again since"),
            Self::OtherService => formatter.write_str("a command of another service"),
        }
    }
}

impl Refusal {
    /// The reason in the language that the page speaks.
    fn told(&self) -> String {
        match self {
            Self::TooMuch(who, most) => say!("{who} would have more than {most}"),
            Self::TooLittle(who, balance) => say!("{who} has only {balance}"),
            Self::NoNumber(key, value) => say!("{key} is {value}, to which nothing can be added"),
            Self::AskedSince(who) => say!("{who} has asked for it again since"),
            Self::OtherService => say!("a command of another service").into(),
        }
    }
}

impl From<Refusal> for Outcome {
    fn from(why: Refusal) -> Self {
        Self::Refused(Box::new(why))
    }
}

impl Outcome {
    /// The outcome in the language that the page speaks. `Outcome::to_string` is English, because the hash of a trace is the
    /// same everywhere.
    pub fn told(&self) -> String {
        let phrase = match self {
            Self::Done => say!("ok"),
            Self::NoOp => say!("nothing to do"),
            Self::Nothing => say!("nothing"),
            Self::Released => say!("released"),
            Self::NotHeld => say!("not held"),
            Self::Exists => say!("exists already"),
            Self::Value(value) => return value.to_string(),
            Self::Granted(until) => return say!("granted until {until}Δ"),
            Self::Held(holder, until) => return say!("held by {holder} until {until}Δ"),
            Self::Balance(balance) => return say!("balance {balance}"),
            Self::NoAccount(who) => return say!("no account {who}"),
            Self::Refused(why) => return say!("refused: {why}", why = why.told()),
        };
        phrase.into()
    }
}

/// Writes the outcome in a few words of English, as in a line of a trace.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Done => "ok",
            Self::NoOp => "nothing to do",
            Self::Nothing => "nothing",
            Self::Value(value) => value,
            Self::Granted(until) => &format!("granted until {until}Δ"),
            Self::Held(holder, until) => &format!("held by {holder} until {until}Δ"),
            Self::Released => "released",
            Self::NotHeld => "not held",
            Self::Balance(balance) => &format!("balance {balance}"),
            Self::NoAccount(who) => &format!("no account {who}"),
            Self::Exists => "exists already",
            Self::Refused(why) => &format!("refused: {why}"),
        };
        formatter.write_str(words)
    }
}

/// One node's copy of the service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replica {
    state: State,
    applied: u64,
    chain: u64,
}

impl Replica {
    /// A replica that has applied nothing yet. Without a service it is a replica of plain decrees.
    pub fn open(service: Option<&'static Service>) -> Self {
        Self { state: service.map_or(State::Plain, |service| (service.open)()), applied: 0, chain: 0 }
    }

    /// Applies the next decree of the ledger. `entry` is the number by which the caller knows the decree. No command is
    /// a no-op, an “olive-day decree” (PTP §3.1), which no service notices. A command of another service is refused.
    pub fn apply(&mut self, entry: u64, command: Option<&Command>) -> Outcome {
        let mut chain = Digest::default();
        chain.number(self.chain);
        chain.number(entry);
        chain.number(u64::from(command.is_some()));
        self.chain = chain.0.finish();
        self.applied += 1;
        let Some(Command { at, body }) = command else { return Outcome::NoOp };
        match (&mut self.state, body) {
            (State::Plain, _) => Outcome::Done,
            (State::Kv(pairs), Body::Kv(action)) => pairs.apply(action),
            (State::Lock(leases), Body::Lock(action)) => leases.apply(action, *at),
            (State::Bank(accounts), Body::Bank(action)) => accounts.apply(action),
            _ => Refusal::OtherService.into(),
        }
    }

    /// How many decrees it has applied, no-ops included.
    pub const fn applied(&self) -> u64 {
        self.applied
    }

    /// A digest of every decree that it has applied, no-ops included, in order.
    pub const fn chain(&self) -> u64 {
        self.chain
    }

    /// A digest of the service's state; without a service, of what was applied. Equal states have equal digests on
    /// every machine. It is SipHash-1-3 with a zero key, which guards against accidents only.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        match &self.state {
            State::Plain => digest.number(self.chain),
            State::Kv(pairs) => pairs.digest(&mut digest),
            State::Lock(leases) => leases.digest(&mut digest),
            State::Bank(accounts) => accounts.digest(&mut digest),
        }
        digest.0.finish()
    }

    /// The state as it is shown to people: names and their values, in order.
    pub fn entries(&self) -> Vec<(String, String)> {
        match &self.state {
            State::Plain => vec![(say!("applied").into(), self.applied.to_string())],
            State::Kv(pairs) => pairs.entries(),
            State::Lock(leases) => leases.entries(),
            State::Bank(accounts) => accounts.entries(),
        }
    }
}

/// A digest in the making. Every number has eight bytes, the least significant first, and the length of a word comes
/// before it. `Hash` is not used, because the lengths that it feeds differ between machines of 32 and 64 bits.
#[derive(Default)]
struct Digest(SipHasher13);

impl Digest {
    fn number(&mut self, number: u64) {
        self.0.write(&number.to_le_bytes());
    }

    fn word(&mut self, word: &str) {
        self.number(word.len() as u64);
        self.0.write(word.as_bytes());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
