//! β, the set of ballots, as the paper's table (PTP §2.1), as far as it has been filled in by the session's cursor.

use super::ROWS_MAX;
use super::record::{Begun, Record, before};
use crate::latency::Setback;
use crate::quorum::{Overlap, Purpose};
use crate::report::setback_text;
use crate::session::Session;
use crate::trace::EventId;
use crate::types::{NodeId, NodeSet};

pub use super::record::Told;

/// In larger clusters only how many voted is told, not who.
const MEMBERS_MAX: usize = 16;

/// The table now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BallotTable {
    /// The latest ballots, in the order begun.
    pub rows: Vec<BallotRow>,
    /// How many before them are left out.
    pub left_out: usize,
    /// The latest numbers for which promises were asked, but no ballot was begun by now.
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
    /// The instance that it is for.
    pub instance: u32,
    /// B_dec.
    pub decree: String,
    /// B_qrm and B_vot: everybody in either, in order. Empty where the cluster is large.
    pub members: Vec<Member>,
    /// How many of its quorum voted, and how many these are.
    pub tally: (usize, usize),
    /// How it stands.
    pub standing: Standing,
    /// What stopped it, or how it succeeded otherwise; often empty.
    pub why: String,
}

/// A process in a ballot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// What it is called.
    pub name: String,
    /// Whether it is in the ballot's quorum.
    pub in_quorum: bool,
    /// Whether it has voted by now.
    pub has_voted: bool,
}

/// How a ballot stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Its quorum has voted: the decree is passed.
    Successful,
    /// It may still be.
    Open,
    /// Something stopped it.
    Stopped,
}

impl Standing {
    /// In a word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::Open => "voting",
            Self::Stopped => "stopped",
        }
    }
}

impl BallotTable {
    /// The table now.
    pub fn of(session: &Session, record: &Record) -> Self {
        let trace = session.trace();
        let events = session.cursor().events;
        let begun = record.begun.partition_point(|begun| before(begun.event, events));
        let left_out = begun.saturating_sub(ROWS_MAX);
        let row = |begun: &Begun| ballot(session, record, begun);
        let rows = record.begun[left_out..begun].iter().map(row).collect();
        let known = record.tried.partition_point(|(event, _)| before(*event, events));
        let latest = record.tried[known.saturating_sub(ROWS_MAX)..known].iter();
        let tried = latest.filter(|(_, ballot)| !record.is_begun(*ballot, events)).map(|(event, ballot)| {
            let number = trace.scenario.symbols.ballot(*ballot);
            let text = match record.setback(*ballot, events) {
                Some(why) => format!("{number} was not begun: {}.", setback_text(trace, why)),
                None => format!("{number} asks for promises."),
            };
            Told { event: *event, text }
        });
        Self { rows, left_out, tried: tried.collect(), is_log: trace.scenario.protocol.is_log }
    }
}

fn ballot(session: &Session, record: &Record, begun: &Begun) -> BallotRow {
    let trace = session.trace();
    let (scenario, symbols) = (&trace.scenario, &trace.scenario.symbols);
    let events = session.cursor().events;
    let cast = begun.votes.iter().take_while(|(event, _)| before(*event, events));
    let voters: NodeSet = cast.map(|(_, node)| *node).collect();
    let has_passed = scenario.is_quorum(Purpose::Pass, begun.ballot, voters);
    // The paper's ballot has one quorum, that promises and votes. Where votes need other quorums, it is theirs that counts.
    let is_one = scenario.setup.quorums.overlap == Overlap::AnyTwo;
    let missing = begun.quorum.without(voters).len();
    let tally = if is_one {
        (begun.quorum.len() - missing, begun.quorum.len())
    } else {
        let needed = scenario.quorum(Purpose::Pass, begun.ballot).smallest().unwrap_or(scenario.nodes());
        (voters.len(), needed.max(voters.len()))
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
        _ if has_passed => (Standing::Successful, "Those who voted are another quorum.".to_owned()),
        // Of a number that passed something, nothing is said about its other instances.
        None if record.is_over(events) => (Standing::Stopped, format!("{}.", setback_text(trace, Setback::NoVotes))),
        None => (Standing::Open, String::new()),
        Some(why) => (Standing::Stopped, format!("{}.", setback_text(trace, why))),
    };
    BallotRow {
        event: begun.event,
        number: symbols.ballot(begun.ballot),
        instance: begun.instance.0,
        decree: begun.decree(symbols),
        members: everybody.iter().map(member).collect(),
        tally,
        standing,
        why,
    }
}
