//! Latencies: how long each decision took, what it waited for, and what happened to ballots and requests that decided
//! nothing.
//!
//! A decision's times are read from facts. Its critical path is the chain of messages, and of waits between them, that its
//! last learner waited for. Latencies with different starting points are kept apart, because the literature's numbers differ
//! in the starting point: the same run takes "5Δ" from the ballot's start and "3Δ" from BeginBallot. In a run that breaks
//! agreement, one place of the ledger has several decrees; each of them is a separate decision.
//!
//! *Architecture invariant:* this module does not know checks, and knows no protocol by name.

mod ballots;
mod fate;
mod notebook;
mod path;
mod request;
mod unanswered;

use crate::protocol::{Phase, Protocol};
use crate::trace::{MessageId, Trace};
use crate::types::{Instance, NodeId, Time, Vote};

pub use ballots::{Abandoned, Ballots};
pub use fate::{Chosen, Setback};
pub use notebook::Notebook;
pub use path::{Awaited, Reason, Segment};
pub use unanswered::{Answer, Unanswered};

/// One decree that some process learned in one place of the ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The decree's place in the ledger.
    pub instance: Instance,
    /// The decree, and the ballot by which it was first learned.
    pub vote: Vote,
    /// When the decree was first chosen; none when it was learned although no quorum had voted for it.
    pub chosen: Option<Chosen>,
    /// The process that began the ballot: the leader of this decision.
    pub proposer: NodeId,
    /// The process that was first asked for the decree, and when; none for a decree that nobody asks for.
    pub asked: Option<(NodeId, Time)>,
    /// When the proposer began to lead (T_el), where protocols have leaders.
    pub elected: Option<Time>,
    /// When the proposer tried the ballot's number (step 1a).
    pub ballot_start: Option<Time>,
    /// When the proposer began the ballot for this instance (step 2a); none where it began all instances from one on at once.
    pub begin_ballot: Option<Time>,
    /// When each node first learned this decree, in the order of learning.
    pub learned: Vec<(NodeId, Time)>,
    /// When the last learner that is up at the end learned this decree; none when one of the learners that are up has not
    /// learned it, or when no learner is up.
    pub all_learned: Option<Time>,
    /// When the process that was asked had an answer: in a log it has executed the command then; otherwise it knows the
    /// decree.
    pub answered: Option<Time>,
    /// What the last learner waited for, in the order of time, from [`Decision::start`] on without a gap. The last learner
    /// is the one whose time `all_learned` is; where `all_learned` is none, it is the last process that learned the decree
    /// at all.
    pub critical_path: Vec<Segment>,
    /// The phase of each message of the critical path, and how long that message took.
    pub phases: Vec<(Phase, Time)>,
    /// How many messages of this instance and ballot were sent. The count leaves out messages from a process to itself,
    /// copies, injected messages, messages about many instances at once, and Nacks.
    pub messages: usize,
    /// k: how many larger ballots of other processes made a process refuse a ballot of the proposer, counted from when the
    /// proposer led and was asked (PTP §2.4).
    pub stale: usize,
}

/// A decision's latencies from one starting point.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Latency {
    /// The time until the proposer knew the decree.
    pub leader: Option<Time>,
    /// The time until all learners that are up knew the decree.
    pub all: Option<Time>,
    /// The time until the client had its answer.
    pub client: Option<Time>,
}

/// The event from which latencies count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// T_el: the proposer began to lead.
    Election,
    /// The first request for the decree.
    Request,
    /// The ballot's start (step 1a).
    Ballot,
    /// BeginBallot (step 2a).
    BeginBallot,
}

impl Start {
    /// The event from which a decision's flags and headlines count, and its time: the request where the protocol's own
    /// figure counts from a client's request; otherwise the ballot's start. A ballot that was started before anybody asked
    /// counts from BeginBallot and, where even that was sent before, from the request.
    pub fn of(
        protocol: &Protocol,
        asked: Option<Time>,
        ballot: Option<Time>,
        begun: Option<Time>,
    ) -> (Self, Option<Time>) {
        match asked {
            Some(asked) if protocol.counts_from_client() => (Self::Request, Some(asked)),
            Some(asked) if ballot < Some(asked) && begun < Some(asked) => (Self::Request, Some(asked)),
            Some(asked) if ballot < Some(asked) => (Self::BeginBallot, begun),
            _ => (Self::Ballot, ballot),
        }
    }
}

impl Decision {
    /// The event from which this decision's headline counts, and the latencies from there. Where larger ballots surprised
    /// the leader, its last ballot tells only a part of what the decision took, so the headline counts from T_el.
    pub fn headline(&self, protocol: &Protocol) -> (Start, Latency) {
        let (start, time) = self.counted(protocol);
        if self.stale > 0 && start != Start::Request {
            return (Start::Election, self.from_election());
        }
        (start, self.since(time))
    }

    /// The latencies from where the flags of this decision count.
    pub fn took(&self, protocol: &Protocol) -> Latency {
        self.since(self.counted(protocol).1)
    }

    /// The event from which the flags of this decision count, and its time.
    pub fn counted(&self, protocol: &Protocol) -> (Start, Option<Time>) {
        Start::of(protocol, self.asked.map(|(_, asked)| asked), self.ballot_start, self.begin_ballot)
    }

    /// When the critical path begins: with the request or, where nobody asked, with the ballot.
    pub fn start(&self) -> Option<Time> {
        self.asked.map(|(_, time)| time).or(self.ballot_start)
    }

    /// The messages of the critical path, in the order of time.
    pub fn awaited_messages(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.critical_path.iter().filter_map(Segment::message)
    }

    /// When the proposer learned the decree.
    pub fn leader_learned(&self) -> Option<Time> {
        self.learned.iter().find(|(node, _)| *node == self.proposer).map(|(_, time)| *time)
    }

    /// How long the messages of the critical path wait in the ports of their senders, together; the rest of the path is no
    /// matter of bandwidth.
    pub fn in_ports(&self) -> Time {
        let is_port = |segment: &&Segment| matches!(segment.what, Awaited::Wait(_, Reason::Port(_)));
        self.critical_path.iter().filter(is_port).fold(Time::ZERO, |sum, segment| sum.plus(segment.span()))
    }

    /// The latencies from the client's request. Figures from other starting points may not be compared with these.
    pub fn from_client(&self) -> Latency {
        self.since(self.asked.map(|(_, time)| time))
    }

    /// The latencies from the ballot's start (step 1a). There are none where the ballot was started before anybody asked,
    /// because phase 1 was done ahead then.
    pub fn from_ballot(&self) -> Latency {
        self.since(self.ballot_start.filter(|_| !self.is_phase_1_ahead()))
    }

    /// Whether the ballot was started before anybody asked.
    pub fn is_phase_1_ahead(&self) -> bool {
        self.asked.is_some_and(|(_, asked)| self.ballot_start < Some(asked))
    }

    /// The latencies from BeginBallot (step 2a). There are none where the ballot was begun before anybody asked, as a fast
    /// round is, because nothing was under way then.
    pub fn from_begin(&self) -> Latency {
        let asked = self.asked.map(|(_, asked)| asked);
        self.since(self.begin_ballot.filter(|begun| asked.is_none_or(|asked| *begun >= asked)))
    }

    /// The latencies from T_el, the time at which the proposer began to lead; none when it had led before anybody asked.
    pub fn from_election(&self) -> Latency {
        self.since(self.elected.filter(|elected| self.asked.is_none_or(|(_, asked)| *elected >= asked)))
    }

    fn since(&self, start: Option<Time>) -> Latency {
        let since = |end: Option<Time>| Some(end?.since(start?));
        Latency { leader: since(self.leader_learned()), all: since(self.all_learned), client: since(self.answered) }
    }
}

/// Every decision of a run, in the order of the instances; the decisions of one instance stand in the order in which they
/// were first learned.
pub fn decisions(trace: &Trace) -> Vec<Decision> {
    Notebook::of(trace).decisions(trace, 0, usize::MAX)
}

/// The outcomes of the ballots of a run.
pub fn ballots(trace: &Trace) -> Ballots {
    Notebook::of(trace).ballots(trace)
}

/// The requests of a run that have no answer by its end, in the order in which they were made.
pub fn unanswered(trace: &Trace) -> Vec<Unanswered> {
    Notebook::of(trace).unanswered(trace)
}
