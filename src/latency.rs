//! How long a decision took, in Δ, what it waited for, and what became of ballots and requests that decided nothing.
//!
//! A decision's times are read from facts; its critical path is what its last learner waited for: messages, and waits
//! between them. Latencies are kept apart by where they are counted from, because the literature's numbers differ in just
//! that: the same run is "5Δ" from the ballot's start and "3Δ" from BeginBallot. In a run that breaks agreement one place of
//! the ledger has several decrees; each of them is a decision of its own.
//!
//! *Architecture invariant:* this module does not know checks, and no protocol by name.

mod ballots;
mod fate;
mod notebook;
mod path;
mod request;
mod unanswered;

use crate::protocol::Phase;
use crate::trace::{MessageId, Trace};
use crate::types::{Instance, NodeId, Time, Vote};

pub use ballots::{Abandoned, Ballots};
pub use fate::{Chosen, Setback};
pub use notebook::Notebook;
pub use path::{Awaited, Reason, Segment};
pub use unanswered::{Answer, Unanswered};

/// One decree that somebody learned in one place of the ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Its place in the ledger.
    pub instance: Instance,
    /// The decree, and the ballot by which it was first learned.
    pub vote: Vote,
    /// When it was first chosen; none when it was learned although no quorum had voted for it.
    pub chosen: Option<Chosen>,
    /// Who began that ballot: the leader of this decision.
    pub proposer: NodeId,
    /// Which process was first asked for it, and when; none for a decree that nobody asks for.
    pub asked: Option<(NodeId, Time)>,
    /// When the proposer began to lead (T_el), where protocols have leaders.
    pub elected: Option<Time>,
    /// When the proposer tried the ballot's number (step 1a).
    pub ballot_start: Option<Time>,
    /// When the proposer began the ballot for this instance (step 2a).
    pub begin_ballot: Option<Time>,
    /// When each node first learned this decree, in the order of learning.
    pub learned: Vec<(NodeId, Time)>,
    /// When the last of the nodes that are up at the end learned this decree; none when one of them has not, or none is up.
    pub all_learned: Option<Time>,
    /// When the process that was asked had an answer: in a log it has executed the command then, otherwise it knows.
    pub answered: Option<Time>,
    /// What the last learner waited for, first one first, from [`Decision::start`] on without a gap. The last learner is the
    /// one of whom `all_learned` tells; where that is none, it is the last who learned at all.
    pub critical_path: Vec<Segment>,
    /// How much of the critical path each of its messages took, with the phase of each message.
    pub phases: Vec<(Phase, Time)>,
    /// How many messages of this instance and ballot were sent, not counting those to oneself or copies, nor those that
    /// speak of many instances at once, nor Nacks.
    pub messages: usize,
    /// k: how many larger ballots of others refused a ballot of the proposer since it led and was asked (PTP §2.4).
    pub stale: usize,
}

/// A latency by one way of counting.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Latency {
    /// Until the proposer knew.
    pub leader: Option<Time>,
    /// Until everybody knew.
    pub all: Option<Time>,
    /// Until the client had its answer.
    pub client: Option<Time>,
}

impl Decision {
    /// Where the critical path begins: with the request, and where nobody asked, with the ballot.
    pub fn start(&self) -> Option<Time> {
        self.asked.map(|(_, time)| time).or(self.ballot_start)
    }

    /// The messages of the critical path, first one first.
    pub fn awaited_messages(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.critical_path.iter().filter_map(Segment::message)
    }

    /// When the proposer learned it.
    pub fn leader_learned(&self) -> Option<Time> {
        self.learned.iter().find(|(node, _)| *node == self.proposer).map(|(_, time)| *time)
    }

    /// From the client's request on. None of the other figures may be compared with this one.
    pub fn from_client(&self) -> Latency {
        self.since(self.asked.map(|(_, time)| time))
    }

    /// From the ballot's start (step 1a) on. Where the ballot was started before anybody asked, phase 1 was done ahead, and
    /// there is no such figure.
    pub fn from_ballot(&self) -> Latency {
        self.since(self.ballot_start.filter(|_| !self.is_phase_1_ahead()))
    }

    /// Whether the ballot was started before anybody asked.
    pub fn is_phase_1_ahead(&self) -> bool {
        self.asked.is_some_and(|(_, asked)| self.ballot_start < Some(asked))
    }

    /// From BeginBallot (step 2a) on.
    pub fn from_begin(&self) -> Latency {
        self.since(self.begin_ballot)
    }

    /// From T_el on, when the proposer began to lead; none when it had led before anybody asked.
    pub fn from_election(&self) -> Latency {
        self.since(self.elected.filter(|elected| self.asked.is_none_or(|(_, asked)| *elected >= asked)))
    }

    fn since(&self, start: Option<Time>) -> Latency {
        let since = |end: Option<Time>| Some(end?.since(start?));
        Latency { leader: since(self.leader_learned()), all: since(self.all_learned), client: since(self.answered) }
    }
}

/// Every decision of a run, by instance, and in one instance in the order in which somebody first learned each.
pub fn decisions(trace: &Trace) -> Vec<Decision> {
    Notebook::of(trace).decisions(trace, 0, usize::MAX)
}

/// What became of the ballots of a run.
pub fn ballots(trace: &Trace) -> Ballots {
    Notebook::of(trace).ballots(trace)
}

/// The requests of a run that have no answer by its end, in the order asked.
pub fn unanswered(trace: &Trace) -> Vec<Unanswered> {
    Notebook::of(trace).unanswered(trace)
}
