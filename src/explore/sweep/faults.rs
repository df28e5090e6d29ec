//! The faults of a sweep beyond those of its script, and the script of each run.

use std::fmt;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

use crate::scenario::script::{HEADER, default_name};
use crate::scenario::{Act, Disk, Line, Planned, Range, Scenario, Script, Statement, limits};
use crate::types::{NodeId, Time};

/// Settings that replace the script's own lines, where they are given.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Faults {
    /// The delay of every link that has no delay of its own.
    pub delay: Option<Range>,
    /// Lost messages in a million.
    pub loss: Option<u32>,
    /// Duplicated messages in a million.
    pub duplicates: Option<u32>,
    /// Which nodes crash, besides those that the script crashes.
    pub crashes: Crashes,
}

/// How many nodes crash, each of them once. The run's seed decides when and for how long; each node comes back.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Crashes {
    /// None.
    #[default]
    None,
    /// This many different nodes.
    Exactly(u32),
    /// Each node with this chance, in millionths.
    Chance(u32),
}

/// Crashes go on for this long after the last thing that the script does: long enough for every variant to decide.
pub const CRASHING: Time = Time::deltas(10);

/// The longest time that a node is down.
pub const DOWN_MAX: Time = Time::deltas(10);

/// Crashes happen at multiples of this, so that people can read them.
const STEP: Time = Time(Time::DELTA.0 / 1_000);

/// The random stream that decides which nodes crash; the links have the streams below 2¹⁴.
const STREAM: u64 = 1 << 32;

impl Faults {
    /// Reads what a person writes about delays, loss, duplicates or crashes: `delay` and `0.2Δ..1Δ`, `loss` and `10%`,
    /// `crashes` and `2` or `20%`.
    ///
    /// # Errors
    /// A sentence: what is wrong with the text.
    pub fn read(&mut self, keyword: &str, text: &str) -> Result<(), String> {
        if keyword == "crashes" {
            self.crashes = Crashes::read(text)?;
            return Ok(());
        }
        match line(keyword, text)? {
            Statement::Delay(None, range) if range.most <= Time::DELTA => self.delay = Some(range),
            Statement::Delay(None, _) => return Err("Δ is the maximum message delay, so it is at most 1Δ".to_owned()),
            Statement::Loss(None, share) => self.loss = Some(share),
            Statement::Duplicates(None, share) => self.duplicates = Some(share),
            _ => return Err(format!("expected a {keyword} of every link")),
        }
        Ok(())
    }

    /// Writes the faults into a script, except the crashes.
    pub(super) fn write(&self, script: &mut Script) {
        let delay = self.delay.map(|range| Statement::Delay(None, range));
        let loss = self.loss.map(|share| Statement::Loss(None, share));
        let duplicates = self.duplicates.map(|share| Statement::Duplicates(None, share));
        let lines = [delay, loss, duplicates];
        lines.into_iter().flatten().for_each(|statement| script.set(statement));
    }
}

/// The one statement that a keyword and a text make.
fn line(keyword: &str, text: &str) -> Result<Statement, String> {
    if text.ends_with('s') {
        return Err("the faults of a sweep are said in Δ, as in 0.2Δ..1Δ, whatever the script is said in".to_owned());
    }
    let script = Script::parse(&format!("{HEADER}\n{keyword} {text}\n")).map_err(|error| error.message)?;
    let [Line { statement: Some(statement), comment: None, .. }] = &script.lines[..] else {
        return Err("nothing more is expected here".to_owned());
    };
    Ok(statement.clone())
}

impl Crashes {
    /// Reads `none`, a number of nodes, or a chance such as `20%`.
    ///
    /// # Errors
    /// A sentence: what is wrong with the text.
    pub fn read(text: &str) -> Result<Self, String> {
        match text {
            "none" | "0" => return Ok(Self::None),
            _ if !text.ends_with('%') => {}
            _ => match line("loss", text)? {
                Statement::Loss(None, 0) => return Ok(Self::None),
                Statement::Loss(None, share) => return Ok(Self::Chance(share)),
                _ => {}
            },
        }
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number);
        number
            .map(Self::Exactly)
            .ok_or_else(|| "write how many nodes crash, as in 2, or with which chance, as in 20%".to_owned())
    }

    /// The largest number of nodes that can crash in a cluster of this size.
    pub(super) fn most(self, nodes: usize) -> usize {
        match self {
            Self::None => 0,
            Self::Exactly(count) => usize::try_from(count).unwrap_or(usize::MAX),
            Self::Chance(_) => nodes,
        }
    }

    /// Draws the crashes of one run.
    fn draw(self, seed: u64, names: &[String], window: (Time, Time)) -> Vec<Crash> {
        let mut random = Pcg32::new(seed, STREAM);
        let mut nodes: Vec<usize> = (0..names.len()).collect();
        match self {
            Self::None => return Vec::new(),
            Self::Exactly(count) => {
                // This makes the first places of a shuffle (Fisher and Yates).
                for place in 0..(count as usize).min(names.len()) {
                    let other = place as u64 + below(&mut random, (names.len() - place) as u64);
                    nodes.swap(place, other as usize);
                }
                nodes.truncate(count as usize);
            }
            Self::Chance(share) => nodes.retain(|_| below(&mut random, 1_000_000) < u64::from(share)),
        }
        let steps = |span: Time| span.0 / STEP.0;
        let crash = |node| {
            let (from, until) = window;
            let at = from.plus(Time(below(&mut random, steps(until.since(from)) + 1) * STEP.0));
            let down = Time((1 + below(&mut random, steps(DOWN_MAX))) * STEP.0);
            Crash { node, at, back: at.plus(down) }
        };
        nodes.into_iter().map(crash).collect()
    }
}

/// Prints the crashes in the form that [`Crashes::read`] reads.
impl fmt::Display for Crashes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(formatter, "none"),
            Self::Exactly(count) => write!(formatter, "{count}"),
            // A percent is ten thousand millionths, just as a Δ is a million ticks.
            Self::Chance(share) => write!(formatter, "{}%", Time(u64::from(*share) * 100)),
        }
    }
}

/// A number below `bound`; all numbers are equally likely to within one in 2³².
fn below(random: &mut Pcg32, bound: u64) -> u64 {
    ((u128::from(random.next_u64()) * u128::from(bound)) >> 64) as u64
}

/// A node, by its place, and when it is down.
struct Crash {
    node: usize,
    at: Time,
    back: Time,
}

/// A script with the names of its nodes, how many of them crash, and the window in which they crash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cluster {
    pub(super) script: Script,
    pub(super) crashes: Crashes,
    names: Vec<String>,
    /// When the first and the last crash may happen; the window is the same under every protocol.
    window: (Time, Time),
}

impl Cluster {
    pub(super) fn new(script: Script, crashes: Crashes) -> Self {
        let (mut names, mut times, mut until) = (Vec::new(), Vec::new(), limits::TIME);
        for statement in script.lines.iter().filter_map(|line| line.statement.as_ref()) {
            match statement {
                Statement::NodeCount(count) => names = (0..*count).map(default_name).collect(),
                Statement::Nodes(given) => names.clone_from(given),
                Statement::At(at, _) => times.push(*at),
                Statement::Until(at) => until = *at,
                _ => {}
            }
        }
        let first = times.iter().min().copied().unwrap_or_default();
        let last = times.iter().max().copied().unwrap_or_default().plus(CRASHING);
        let end = last.min(until).min(Time(limits::TIME.0 - DOWN_MAX.0));
        Self { script, crashes, names, window: (first.min(end), end) }
    }

    /// The script of the run of this seed, under this protocol.
    pub(super) fn script_of(&self, protocol: &str, seed: u64) -> Script {
        let mut script = self.script.under(protocol);
        script.set(Statement::Seed(seed));
        for crash in self.crashes.draw(seed, &self.names, self.window) {
            let name = &self.names[crash.node];
            for (at, act) in
                [(crash.at, Act::Crash(name.clone())), (crash.back, Act::Restart(name.clone(), Disk::Kept))]
            {
                let is_before = |line: &Line| matches!(line.statement, Some(Statement::At(own, _)) if own <= at);
                let before = script.lines.iter().rposition(is_before);
                let place = before.map_or_else(|| script.place_for(at, 0), |last| last + 1);
                script.lines.insert(place, Statement::At(at, act).into());
            }
        }
        script
    }

    /// The meaning of [`Cluster::script_of`], made from the meaning of the script without a seed of its own, so that no
    /// script has to be read again for each run.
    pub(super) fn scenario_of(&self, meaning: &Scenario, seed: u64) -> Scenario {
        let mut scenario = meaning.clone();
        scenario.network.seed = seed;
        for crash in self.crashes.draw(seed, &self.names, self.window) {
            let node = NodeId(crash.node as u8);
            for (at, act) in [(crash.at, Act::Crash(node)), (crash.back, Act::Restart(node, Disk::Kept))] {
                let place = scenario.acts.partition_point(|planned| planned.at <= at);
                scenario.acts.insert(place, Planned { line: 0, at, act });
            }
        }
        scenario
    }
}
