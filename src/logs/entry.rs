//! What one line of a log says, whatever format it has. Names are texts here; `build` gives them their places.

/// A ballot number as a log writes it: a number and, if the log says so, the process that owns it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Number {
    pub number: u32,
    pub owner: Option<String>,
}

/// A vote as a log writes it.
pub(super) type Cast = (Number, String);

/// When something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stamp {
    /// On a clock, in microseconds.
    Micros(u64),
    /// In ticks; a Δ has a million.
    Ticks(u64),
}

/// What a line says.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The line, counted from 1.
    pub line: usize,
    pub stamp: Option<Stamp>,
    pub node: String,
    pub deed: Deed,
    /// The vector clock, in logs that have one: how many events of each process have happened by then.
    pub clock: Vec<(String, u32)>,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Deed {
    Asked(String),
    Crash,
    Restart,
    /// The message and its receiver.
    Send(Letter, String),
    /// The message and its sender.
    Receive(Letter, String),
    /// The message and its sender: it is lost on its way to this process.
    Lose(Letter, String),
    Tried(Number),
    Promised(u32, Number, Option<Cast>),
    PromisedFrom(u32, Number),
    /// With the processes on whose promises it rests, if the log says so.
    Began(u32, Cast, Option<Vec<String>>),
    Voted(u32, Cast),
    /// By which ballot, if the log says so.
    Learned(u32, String, Option<Number>),
    Refused(Number, Option<Number>),
    Leads(bool),
    Answered(String),
    /// With a fingerprint of the state, if the log has one.
    Applied(u32, String, Option<String>),
    /// Something that no check reads.
    Other,
}

/// A message as a log writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Letter {
    /// What the log calls the message, so that its end is known from its beginning.
    pub id: Option<String>,
    /// Its kind, in the words of 1998.
    pub kind: &'static str,
    pub ballot: Option<Number>,
    pub instance: u32,
    /// The vote that it reports, or that it reports none; none where it says nothing of votes.
    pub vote: Option<Option<Cast>>,
    pub value: Option<String>,
    pub bound: Option<Number>,
}

/// What is wrong with a line, a sentence without its full stop. Everything else in the log is read all the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// The line, counted from 1; 0 when it is about the whole log.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// What a log says of the whole run.
#[derive(Clone, Default, Debug)]
pub(super) struct Head {
    /// The processes that vote.
    pub acceptors: Vec<String>,
    /// All processes, in the order in which they are drawn.
    pub nodes: Vec<String>,
    /// How many acceptors are a quorum; a majority where the log does not say.
    pub quorum: Option<usize>,
    /// How long a Δ is, in microseconds.
    pub delta_micros: Option<u64>,
    /// The protocol, if the log names one.
    pub protocol: Option<String>,
}

/// A log, line by line.
#[derive(Clone, Default, Debug)]
pub(super) struct Lines {
    pub head: Head,
    pub entries: Vec<Entry>,
    pub mistakes: Vec<Mistake>,
    pub notes: Vec<String>,
}

impl Lines {
    /// Keeps a mistake, as long as there are not too many.
    pub(super) fn mistake(&mut self, line: usize, message: impl Into<String>) {
        if self.mistakes.len() < super::MISTAKES_MAX {
            self.mistakes.push(Mistake { line, message: message.into() });
        }
    }
}
