//! The script as data: one [`Line`] for each line of the text, and nothing is lost. Printing is canonical, so a printed
//! script can be compared, linked to and tested as a file.

use std::fmt;

use super::asked::{GoalLine, Permission, Who};
use super::parts::{Part, QuorumRule};
use crate::types::{Bytes, Scale, Time};

/// The first line of every script; the number grows when the meaning of an old line changes.
pub const HEADER: &str = "paxos-playground 1";

/// A script, line by line.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    /// The lines after [`HEADER`]; the first of them is line 2 of the text.
    pub lines: Vec<Line>,
}

/// A line: what it says, a comment, both or neither.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Line {
    /// The statement of the line.
    pub statement: Option<Statement>,
    /// The text after `#`, trimmed.
    pub comment: Option<String>,
    /// How long one Δ is, when the line gives its times in ms. Its times then print in ms, except those that are not a
    /// whole number of microseconds.
    pub scale: Option<Scale>,
}

impl From<Statement> for Line {
    fn from(statement: Statement) -> Self {
        Self { statement: Some(statement), ..Self::default() }
    }
}

/// What a line can say. Names stay as written; nothing is resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement {
    /// `title TEXT`
    Title(String),
    /// `about TEXT`
    About(String),
    /// `look TEXT`
    Look(String),
    /// `caption 2Δ TEXT`, `wait 3Δ TEXT`: a sentence that people read from this instant on
    Caption(Caption),
    /// `protocol NAME`
    Protocol(String),
    /// `nodes 5`: named A, B, C…
    NodeCount(u32),
    /// `nodes Ada Bob Cyd`
    Nodes(Vec<String>),
    /// `delta 100ms`: how long one Δ is
    Delta(Scale),
    /// `delay 0.2Δ..1Δ`, `delay A->B 1Δ`
    Delay(Option<Link<String>>, Range),
    /// `loss 10%`, `loss A->B 20%`, in parts per million
    Loss(Option<Link<String>>, u32),
    /// `duplicates 5%`, `duplicates A->B 5%`, in parts per million
    Duplicates(Option<Link<String>>, u32),
    /// `header 100B`: the bytes of every message, without the values that it carries
    Header(Bytes),
    /// `size 30kB`: the bytes of every value
    Size(Bytes),
    /// `bandwidth 100kB/Δ`: how many bytes leave a node in 1Δ
    Bandwidth(Bytes),
    /// `seed 7`
    Seed(u64),
    /// `option NAME VALUE`
    Option(String, String),
    /// `leader A`: the leaders that the oracle names at the start; nobody for `leader none`
    Leader(Vec<String>),
    /// `acceptors A B C` and similar lines
    Part(Part, Vec<String>),
    /// `tolerate 1`: how many liars the quorums are made for; `tolerate 1 0`: and with how many faults the protocol is still
    /// at its fastest
    Tolerate(u32, Option<u32>),
    /// `quorum 4 2` and similar lines
    Quorum(QuorumRule<String>),
    /// `service kv`
    Service(String),
    /// `without RULE`, `without memory C`: the rule is switched off for these nodes, or for all nodes when the line names
    /// none
    Without(String, Vec<String>),
    /// `skip STEP`
    Skip(String),
    /// `at TIME ACT`
    At(Time, Act<String, String>),
    /// `drop KIND A->B #1` and similar lines
    Rule {
        /// The message kind's name, in either vocabulary.
        kind: String,
        /// The sender and the receiver.
        link: Link<String>,
        /// n, for the n-th message of its kind on its link; the first is 1.
        ordinal: u32,
        /// What happens to the message.
        effect: RuleEffect,
    },
    /// `until TIME`
    Until(Time),
    /// `goal TEXT: CONDITION`: what the run has to show
    Goal(GoalLine),
    /// `allow crash, drop A->* 2`: the lines that whoever solves the exercise may add
    Allow(Vec<Permission>),
}

/// A sentence that people read while a run plays. It changes nothing in the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caption {
    /// The instant from which it is shown, until the next caption.
    pub at: Time,
    /// The sentence.
    pub text: String,
    /// Whether playing stops there, until a person goes on.
    pub waits: bool,
}

/// An act on the cluster at an instant; nodes and values are names in a script and handles in a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act<N, V> {
    /// `propose A "red"`: a person asks this process to have this decree passed.
    Propose(N, V),
    /// `crash A`: the node loses everything but stable storage.
    Crash(N),
    /// `crash A before-send`: the node's next step that sends is its last: the node persists, and no message leaves.
    CrashBeforeSend(N),
    /// `timeout A "phase 2" #3`: this running timer of A runs out now, as if A's clock were fast; the number
    /// distinguishes the timers of a counted sort.
    Timeout(N, String, u32),
    /// `restart A`, `restart A empty`: the node comes back, with the contents of its stable storage or without them.
    Restart(N, Disk),
    /// `partition A B | C D E`: messages pass only within a group. Nodes that are not named form a group of their own
    /// together.
    Partition(Vec<Vec<N>>),
    /// `cut A->B`: no message passes in this direction.
    Cut(Link<N>),
    /// `heal`: every cut and partition ends.
    Heal,
    /// `heal A->B`: this direction is open again.
    HealLink(Link<N>),
    /// `leader A`: the oracle names these as leaders from now on; nobody for `leader none`.
    Leader(Vec<N>),
    /// `inject NextBallot C->B 5.C after 1.5Δ`: a message that no process sends now, such as one from a process that is
    /// gone.
    Inject(Injection<N, V>),
}

/// The disk with which a node comes back after a crash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disk {
    /// The node keeps its stable storage.
    Kept,
    /// The disk is empty: all that the node had written is gone.
    Empty,
}

/// A message that the script puts into the network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Injection<N, V> {
    /// The name of its kind, in either vocabulary.
    pub kind: String,
    /// The process from which it seems to come, and its receiver.
    pub link: Link<N>,
    /// Its ballot: number and owner.
    pub ballot: Option<(u32, N)>,
    /// Its instance.
    pub instance: u32,
    /// The decree that it carries.
    pub value: Option<V>,
    /// How long it takes; when the script does not say, it takes as long as any message on its link.
    pub takes: Option<Time>,
}

/// One direction between two nodes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Link<N> {
    /// The sender.
    pub from: N,
    /// The receiver.
    pub to: N,
}

/// Delays from `least` to `most`, both included; every tick is equally likely.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The shortest delay.
    pub least: Time,
    /// The longest delay.
    pub most: Time,
}

/// What a rule does to its message; nodes and values are names in a script and handles in a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RuleEffect<N = String, V = String> {
    /// The message is lost half-way.
    Drop,
    /// The message takes exactly this long.
    Delay(Time),
    /// A copy lands this much later than the message.
    Duplicate(Time),
    /// The sender lies.
    Forge(Lie<N, V>),
}

/// How a liar's message differs from the one that a correct process would send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lie<N = String, V = String> {
    /// `"blue"`: the message carries this value instead.
    Says(V),
    /// `silent`: the liar does not send the message.
    Silent,
    /// `late 3Δ`: the message takes this long, because the liar sends it late.
    Late(Time),
    /// `false`: the message tells another result.
    False,
    /// `omit C D`: the proof lacks the claims of these processes; `omit`: the proof is empty.
    Omits(Vec<N>),
    /// `claim PrePrepare C 1.A [1] "red"`: the proof contains one more claim. The link goes from the process that is said to
    /// have sent the claimed message to the receiver of the lie.
    Claims(Injection<N, V>),
}

impl Script {
    /// The same script under another protocol. The new line replaces the script's own, or comes at the end, so that all
    /// lines keep their numbers.
    #[must_use]
    pub fn under(&self, protocol: &str) -> Self {
        let mut script = self.clone();
        script.set(Statement::Protocol(protocol.to_owned()));
        script
    }

    /// Sets a statement that a script has only once. The new line replaces the script's own, or comes at the end, so that
    /// all lines keep their numbers.
    pub fn set(&mut self, statement: Statement) {
        let is_alike = |own: &Statement| match (own, &statement) {
            (Statement::Delay(own, _), Statement::Delay(new, _))
            | (Statement::Loss(own, _), Statement::Loss(new, _))
            | (Statement::Duplicates(own, _), Statement::Duplicates(new, _)) => own == new,
            (Statement::Part(own, _), Statement::Part(new, _)) => own == new,
            _ => std::mem::discriminant(own) == std::mem::discriminant(&statement),
        };
        match self.lines.iter_mut().find(|line| line.statement.as_ref().is_some_and(is_alike)) {
            Some(line) => line.statement = Some(statement),
            None => self.lines.push(statement.into()),
        }
    }

    /// How long one Δ is, if a line says so.
    pub fn delta(&self) -> Option<Scale> {
        self.lines.iter().find_map(|line| match line.statement {
            Some(Statement::Delta(scale)) => Some(scale),
            _ => None,
        })
    }

    /// The place where a line for this instant belongs: after the first `before` lines of its instant, and ahead of the
    /// others.
    pub fn place_for(&self, at: Time, before: usize) -> usize {
        let time = |line: &Line| match line.statement {
            Some(Statement::At(time, _)) => Some(time),
            _ => None,
        };
        let tail = |line: &Line| {
            let statement = line.statement.as_ref();
            statement.is_some_and(|statement| {
                matches!(
                    statement,
                    Statement::Rule { .. } | Statement::Until(_) | Statement::Goal(_) | Statement::Allow(_)
                )
            })
        };
        let numbered = || self.lines.iter().enumerate();
        let same = numbered().filter(|(_, line)| time(line) == Some(at)).nth(before);
        let later = || numbered().find(|(_, line)| time(line) > Some(at));
        let after_acts = || self.lines.iter().rposition(|line| time(line).is_some()).map(|place| place + 1);
        let before_tail = || self.lines.iter().position(tail);
        same.or_else(later).map(|(place, _)| place).or_else(after_acts).or_else(before_tail).unwrap_or(self.lines.len())
    }
}

/// The default names: A, B … Z, A1, B1 …
pub fn default_name(place: u32) -> String {
    let letter = char::from(b'A' + (place % 26) as u8);
    if place < 26 { letter.to_string() } else { format!("{letter}{}", place / 26) }
}

impl fmt::Display for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEADER}")?;
        let delta = self.delta();
        self.lines.iter().try_for_each(|line| {
            // Times in ms mean nothing without the line that says how long a Δ is.
            line.write(formatter, line.scale.filter(|scale| delta == Some(*scale)))?;
            writeln!(formatter)
        })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, self.scale)
    }
}

impl Line {
    fn write(&self, formatter: &mut fmt::Formatter<'_>, scale: Option<Scale>) -> fmt::Result {
        let gap = if self.statement.is_some() { "  " } else { "" };
        if let Some(statement) = &self.statement {
            statement.write(formatter, scale)?;
        }
        self.comment.as_ref().map_or(Ok(()), |comment| write!(formatter, "{gap}# {comment}"))
    }
}

/// A time as a line writes it: in ms when the line has a scale and the time is a whole number of microseconds, otherwise
/// in Δ.
fn written(time: Time, scale: Option<Scale>) -> String {
    let exact = scale.and_then(|scale| scale.exact(time));
    exact.map_or_else(|| format!("{time}Δ"), |millis| format!("{millis}ms"))
}

impl Statement {
    fn write(&self, formatter: &mut fmt::Formatter<'_>, scale: Option<Scale>) -> fmt::Result {
        match self {
            Self::Delta(delta) => write!(formatter, "delta     {}ms", delta.delta()),
            Self::Title(text) => write!(formatter, "title     {text}"),
            Self::About(text) => write!(formatter, "about     {text}"),
            Self::Look(text) => write!(formatter, "look      {text}"),
            Self::Caption(Caption { at, text, waits }) => {
                let keyword = if *waits { "wait     " } else { "caption  " };
                write!(formatter, "{keyword} {:<6} {text}", written(*at, scale))
            }
            Self::Protocol(name) => write!(formatter, "protocol  {name}"),
            Self::NodeCount(count) => write!(formatter, "nodes     {count}"),
            Self::Nodes(names) => write!(formatter, "nodes     {}", names.join(" ")),
            Self::Delay(link, range) => write!(formatter, "delay     {}{}", of_link(link), range.text(scale)),
            Self::Loss(link, share) => write!(formatter, "loss      {}{}%", of_link(link), percent(*share)),
            Self::Duplicates(link, share) => write!(formatter, "duplicates {}{}%", of_link(link), percent(*share)),
            Self::Header(bytes) => write!(formatter, "header    {bytes}"),
            Self::Size(bytes) => write!(formatter, "size      {bytes}"),
            Self::Bandwidth(rate) => write!(formatter, "bandwidth {rate}/Δ"),
            Self::Seed(seed) => write!(formatter, "seed      {seed}"),
            Self::Option(name, value) => write!(formatter, "option    {name} {value}"),
            Self::Leader(names) => write!(formatter, "leader    {}", or_none(names)),
            Self::Part(part, names) => write!(formatter, "{:<9} {}", part.keyword(), names.join(" ")),
            Self::Tolerate(liars, None) => write!(formatter, "tolerate  {liars}"),
            Self::Tolerate(liars, Some(swift)) => write!(formatter, "tolerate  {liars} {swift}"),
            Self::Quorum(rule) => write!(formatter, "quorum    {rule}"),
            Self::Service(name) => write!(formatter, "service   {name}"),
            Self::Without(rule, nodes) if nodes.is_empty() => write!(formatter, "without   {rule}"),
            Self::Without(rule, nodes) => write!(formatter, "without   {rule} {}", nodes.join(" ")),
            Self::Skip(step) => write!(formatter, "skip      {step}"),
            Self::At(time, act) => {
                write!(formatter, "at {:<6} ", written(*time, scale))?;
                act.write(formatter, scale)
            }
            Self::Rule { kind, link, ordinal, effect } => match effect {
                RuleEffect::Drop => write!(formatter, "drop      {kind} {link} #{ordinal}"),
                RuleEffect::Delay(delay) => {
                    write!(formatter, "delay     {kind} {link} #{ordinal} {}", written(*delay, scale))
                }
                RuleEffect::Duplicate(after) => {
                    write!(formatter, "duplicate {kind} {link} #{ordinal} +{}", written(*after, scale))
                }
                RuleEffect::Forge(lie) => {
                    write!(formatter, "forge     {kind} {link} #{ordinal} ")?;
                    lie.write(formatter, scale)
                }
            },
            Self::Until(time) => write!(formatter, "until     {}", written(*time, scale)),
            Self::Goal(goal) => goal.write(formatter),
            Self::Allow(permissions) => {
                let list: Vec<_> = permissions.iter().map(|permission| permission.text(scale)).collect();
                write!(formatter, "allow     {}", list.join(", "))
            }
        }
    }
}

impl<N: fmt::Display, V: fmt::Display> fmt::Display for Act<N, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, None)
    }
}

impl GoalLine {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = if self.points == 1 { String::new() } else { format!("{} ", self.points) };
        write!(formatter, "goal      {points}{}: {}", quoted(&self.text), self.condition)?;
        self.otherwise.as_ref().map_or(Ok(()), |sentence| write!(formatter, " else {}", quoted(sentence)))
    }
}

impl Permission {
    fn text(&self, scale: Option<Scale>) -> String {
        let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "*".to_owned());
        let who = match &self.who {
            Who::Anybody => String::new(),
            Who::Node(name) => format!(" {name}"),
            Who::Link(from, to) => format!(" {}->{}", end(from), end(to)),
        };
        let before = self.before.map_or_else(String::new, |before| format!(" before {}", written(before, scale)));
        let most = self.most.map_or_else(String::new, |most| format!(" {most}"));
        format!("{}{who}{before}{most}", self.deed)
    }
}

impl<N, V> Act<N, V> {
    /// The word for what is done.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Propose(..) => "propose",
            Self::Crash(_) | Self::CrashBeforeSend(_) => "crash",
            Self::Timeout(..) => "timeout",
            Self::Restart(..) => "restart",
            Self::Partition(_) => "partition",
            Self::Cut(_) => "cut",
            Self::Heal | Self::HealLink(_) => "heal",
            Self::Leader(_) => "leader",
            Self::Inject(_) => "inject",
        }
    }
}

impl<N: fmt::Display, V: fmt::Display> Act<N, V> {
    fn write(&self, formatter: &mut fmt::Formatter<'_>, scale: Option<Scale>) -> fmt::Result {
        match self {
            Self::Propose(node, value) => write!(formatter, "propose {node} {}", quoted(&value.to_string())),
            Self::Crash(node) => write!(formatter, "crash {node}"),
            Self::CrashBeforeSend(node) => write!(formatter, "crash {node} before-send"),
            Self::Timeout(node, timer, 0) => write!(formatter, "timeout {node} {}", quoted(timer)),
            Self::Timeout(node, timer, number) => write!(formatter, "timeout {node} {} #{number}", quoted(timer)),
            Self::Restart(node, Disk::Kept) => write!(formatter, "restart {node}"),
            Self::Restart(node, Disk::Empty) => write!(formatter, "restart {node} empty"),
            Self::Partition(groups) => {
                let groups: Vec<_> = groups.iter().map(|group| or_none(group)).collect();
                write!(formatter, "partition {}", groups.join(" | "))
            }
            Self::Cut(link) => write!(formatter, "cut {link}"),
            Self::Heal => write!(formatter, "heal"),
            Self::HealLink(link) => write!(formatter, "heal {link}"),
            Self::Leader(nodes) => write!(formatter, "leader {}", or_none(nodes)),
            Self::Inject(injection) => injection.write(formatter, scale),
        }
    }
}

impl<N: fmt::Display, V: fmt::Display> Lie<N, V> {
    fn write(&self, formatter: &mut fmt::Formatter<'_>, scale: Option<Scale>) -> fmt::Result {
        match self {
            Self::Says(value) => formatter.write_str(&quoted(&value.to_string())),
            Self::Silent => formatter.write_str("silent"),
            Self::Late(time) => write!(formatter, "late {}", written(*time, scale)),
            Self::False => formatter.write_str("false"),
            Self::Omits(nodes) if nodes.is_empty() => formatter.write_str("omit"),
            Self::Omits(nodes) => write!(formatter, "omit {}", or_none(nodes)),
            Self::Claims(claimed) => {
                write!(formatter, "claim {} {}", claimed.kind, claimed.link.from)?;
                claimed.write_content(formatter)
            }
        }
    }
}

impl<N: fmt::Display, V: fmt::Display> Injection<N, V> {
    fn write(&self, formatter: &mut fmt::Formatter<'_>, scale: Option<Scale>) -> fmt::Result {
        write!(formatter, "inject {} {}", self.kind, self.link)?;
        self.write_content(formatter)?;
        self.takes.map_or(Ok(()), |takes| write!(formatter, " after {}", written(takes, scale)))
    }

    /// Writes what the message says: ballot, instance and value.
    fn write_content(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((number, owner)) = &self.ballot {
            write!(formatter, " {number}.{owner}")?;
        }
        if self.instance != 1 {
            write!(formatter, " [{}]", self.instance)?;
        }
        self.value.as_ref().map_or(Ok(()), |value| write!(formatter, " {}", quoted(&value.to_string())))
    }
}

/// The names with spaces between them, or `none`.
fn or_none<N: fmt::Display>(names: &[N]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// The link of a setting with a space after it, or nothing when the setting is for all links.
fn of_link(link: &Option<Link<String>>) -> String {
    link.as_ref().map_or_else(String::new, |link| format!("{link} "))
}

impl<N: fmt::Display> fmt::Display for Link<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}->{}", self.from, self.to)
    }
}

impl Range {
    /// The text of this range in a line.
    fn text(self, scale: Option<Scale>) -> String {
        let [least, most] = [self.least, self.most].map(|time| written(time, scale));
        if least == most { least } else { format!("{least}..{most}") }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text(None))
    }
}

/// A value as scripts and traces write it: in quotes, with the escapes `\"` and `\\`.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Parts per million as an exact percentage.
fn percent(per_million: u32) -> Time {
    // A percent is ten thousand parts per million, and a Δ is a million ticks: a number that is a hundred times larger
    // prints the same decimals.
    Time(u64::from(per_million) * 100)
}
