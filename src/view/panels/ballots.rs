//! β, the set of ballots, as a table like the paper's (PTP §2.1), as far as it is filled in at the session's cursor.

use super::ROWS_MAX;
use super::record::{Begun, Record, before};
use crate::latency::Setback;
use crate::protocol::{Vocabulary, capital};
use crate::quorum::{Overlap, Purpose, Round};
use crate::report::setback_text;
use crate::session::Session;
use crate::tongue::{key, say};
use crate::trace::{EventId, describe_value};
use crate::types::{NodeId, NodeSet, Sorted, Value};

pub use super::record::Told;

/// In clusters with more nodes the table shows only how many voted, and not who.
const MEMBERS_MAX: usize = 16;

/// The table now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BallotTable {
    /// The latest ballots, in the order begun.
    pub rows: Vec<BallotRow>,
    /// How many earlier ballots are left out.
    pub left_out: usize,
    /// The latest numbers for which promises were asked and no ballot has been begun so far.
    pub tried: Vec<Told>,
    /// Whether ballots are for one instance each.
    pub is_log: bool,
}

/// A ballot B.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BallotRow {
    /// Its step 2a.
    pub event: EventId,
    /// B_bal: `2.B`, the second number of B.
    pub number: String,
    /// Its instance.
    pub instance: u32,
    /// B_dec, its decree.
    pub decree: String,
    /// Its handle, from which its look follows; none where voters choose.
    pub value: Option<Value>,
    /// B_qrm and B_vot: all processes in either of them, in order. Empty where the cluster is large.
    pub members: Vec<Member>,
    /// How many members of its quorum voted, and how many members the quorum has.
    pub tally: (usize, usize),
    /// How it stands.
    pub standing: Standing,
    /// What stopped it, or in which other way it succeeded; often empty.
    pub why: String,
}

/// A process in a ballot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Whether it is in the ballot's quorum.
    pub in_quorum: bool,
    /// Whether it has voted so far.
    pub has_voted: bool,
}

/// How a ballot stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Its quorum has voted: the decree is passed.
    Successful,
    /// The ballot may still succeed.
    Open,
    /// Something stopped it.
    Stopped,
}

impl Standing {
    /// The standing in one word.
    pub fn label(self, words: Vocabulary) -> &'static str {
        match self {
            Self::Successful => say!("successful").text(),
            Self::Open => match words {
                Vocabulary::Parliament1998 => say!("voting").text(),
                Vocabulary::MadeSimple2001 => say!("accepting").text(),
            },
            Self::Stopped => say!("stopped").text(),
        }
    }
}

impl BallotTable {
    /// The table now.
    pub fn of(session: &Session, words: Vocabulary, record: &Record) -> Self {
        let trace = session.trace();
        let events = session.cursor().events;
        let begun = record.begun.partition_point(|begun| before(begun.event, events));
        let left_out = begun.saturating_sub(ROWS_MAX);
        let row = |begun: &Begun| ballot(session, words, record, begun);
        let rows = record.begun[left_out..begun].iter().map(row).collect();
        let known = record.tried.partition_point(|(event, _)| before(*event, events));
        let latest = record.tried[known.saturating_sub(ROWS_MAX)..known].iter();
        let tried = latest.filter(|(_, ballot)| !record.is_begun(*ballot, events)).map(|(event, ballot)| {
            let number = trace.scenario.symbols.ballot(*ballot);
            let text = match record.setback(*ballot, events) {
                Some(why) => say!("{number} was not begun: {why}.", why = setback_text(trace, words, why)),
                None => say!("{number} asks for promises."),
            };
            Told { event: *event, text }
        });
        Self { rows, left_out, tried: tried.collect(), is_log: trace.scenario.protocol.has_places() }
    }
}

fn ballot(session: &Session, words: Vocabulary, record: &Record, begun: &Begun) -> BallotRow {
    let trace = session.trace();
    let (scenario, symbols) = (&trace.scenario, &trace.scenario.symbols);
    let events = session.cursor().events;
    let cast = begun.votes.iter().take_while(|(event, ..)| before(*event, events));
    let has_histories = scenario.setup.histories.is_some();
    let mut by_value: Sorted<Value, NodeSet> = Sorted::default();
    let mut parts: Sorted<Value, NodeSet> = Sorted::default();
    for (_, node, value) in cast {
        if has_histories {
            // A vote for a history takes the place of the voter's vote for a shorter one.
            by_value = by_value.into_entries().into_iter().fold(Sorted::default(), |mut kept, (value, mut voters)| {
                voters.remove(*node);
                if !voters.is_empty() {
                    kept.set(value, voters);
                }
                kept
            });
        }
        by_value.entry(*value, || NodeSet::EMPTY).insert(*node);
        for part in scenario.setup.parts(*value) {
            parts.entry(part, || NodeSet::EMPTY).insert(*node);
        }
    }
    let by_value = by_value.into_entries();
    let voters = by_value.iter().fold(NodeSet::EMPTY, |all, (_, voters)| all.union(*voters));
    let is_enough =
        |(_, voters): &&(Value, NodeSet)| trace.is_quorum(Purpose::Pass, (begun.ballot, begun.instance), *voters);
    let has_passed = parts.entries().iter().find(is_enough).is_some();
    // A ballot of the paper has one quorum, which promises and then votes. Where votes need other quorums, the quorum
    // of votes counts.
    let is_one = scenario.setup.quorums.overlap == Overlap::AnyTwo;
    let missing = begun.quorum.without(voters).len();
    let tally = if is_one {
        (begun.quorum.len() - missing, begun.quorum.len())
    } else {
        let needed = trace.quorum(Purpose::Pass, begun.ballot, begun.instance).smallest().unwrap_or(scenario.nodes());
        let most = parts.entries().iter().map(|(_, voters)| voters.len()).max().unwrap_or(0);
        (most, needed.max(most))
    };
    let member = |node: NodeId| Member {
        name: symbols.node(node).to_owned(),
        in_quorum: begun.quorum.contains(node),
        has_voted: voters.contains(node),
    };
    let is_small = trace.scenario.nodes() <= MEMBERS_MAX;
    let everybody = if is_small { begun.quorum.union(voters) } else { NodeSet::EMPTY };
    let setback = record.setback(begun.ballot, events);
    let (standing, why) = match setback {
        _ if is_one && missing == 0 || !is_one && has_passed => (Standing::Successful, String::new()),
        _ if has_passed => (Standing::Successful, words.fill(key!("Those who {voted} are another quorum."))),
        // If a number passed a decree in some instance, nothing is said about the other instances.
        None if record.is_over(events) => {
            (Standing::Stopped, format!("{}.", setback_text(trace, words, Setback::NoVotes)))
        }
        None => (Standing::Open, String::new()),
        Some(why) => (Standing::Stopped, format!("{}.", setback_text(trace, words, why))),
    };
    // In a fast round the voters choose, and may choose different decrees.
    let who = |(value, voters): &(Value, NodeSet)| {
        say!("{value} by {voters}", value = describe_value(words, symbols, *value), voters = symbols.set(*voters))
    };
    let choose = begun.value.is_none() || has_histories && scenario.round(begun.ballot) == Round::Fast;
    let collide = |(place, (one, _)): (usize, &(Value, NodeSet))| {
        by_value[..place].iter().any(|(other, _)| !scenario.setup.is_compatible(*one, *other))
    };
    let why = if !choose || by_value.is_empty() {
        why
    } else {
        let said = by_value.iter().map(who).collect::<Vec<_>>().join(", ");
        let collided = match by_value.iter().enumerate().any(collide) {
            true if has_histories => key!("The histories collide: "),
            true => key!("The wishes collide: "),
            false => key!("{Votes}: "),
        };
        let collided = words.fill(collided);
        format!("{collided}{said}. {}", capital(&why)).trim_end().to_owned()
    };
    BallotRow {
        event: begun.event,
        number: symbols.ballot(begun.ballot),
        instance: begun.instance.0,
        decree: begun.decree(words, symbols),
        value: begun.value,
        members: everybody.iter().map(member).collect(),
        tally,
        standing,
        why,
    }
}
