//! How long a decision took, in Δ, and what it waited for.
//!
//! A decision's times are read from facts; its critical path is the chain of messages that its last learner waited for.
//! Latencies are kept apart by where they are counted from, because the literature's numbers differ in just that.
//!
//! *Architecture invariant:* this module does not know checks, and no protocol by name.

use crate::protocol::{Fact, Phase};
use crate::scenario::Act;
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Vote};

/// One decree that somebody learned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Its place in the ledger.
    pub instance: Instance,
    /// The decree, and the ballot by which it was first learned.
    pub vote: Vote,
    /// Who began that ballot: the leader of this decision.
    pub proposer: NodeId,
    /// When the proposer tried the ballot's number (step 1a).
    pub ballot_start: Option<Time>,
    /// When the proposer began the ballot (step 2a).
    pub begin_ballot: Option<Time>,
    /// When each node first learned it, in the order of learning.
    pub learned: Vec<(NodeId, Time)>,
    /// When the last of the nodes that are up at the end learned it; none when one of them has not, or none is up.
    pub all_learned: Option<Time>,
    /// The messages that the last learner waited for, first one first.
    pub critical_path: Vec<MessageId>,
    /// How much of the critical path each phase took, in the order of the phases.
    pub phases: Vec<(Phase, Time)>,
    /// How many messages of this instance and ballot were sent, not counting those to oneself or copies.
    pub messages: usize,
}

impl Decision {
    /// When the proposer learned it.
    pub fn leader_learned(&self) -> Option<Time> {
        self.learned.iter().find(|(node, _)| *node == self.proposer).map(|(_, time)| *time)
    }

    /// From `start` until the leader, and until everybody, knew.
    pub fn latency_from(&self, start: Option<Time>) -> (Option<Time>, Option<Time>) {
        let since = |end: Option<Time>| Some(end?.since(start?));
        (since(self.leader_learned()), since(self.all_learned))
    }
}

/// A ballot that was tried and has not passed a decree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abandoned {
    /// Its number.
    pub ballot: Ballot,
    /// What stopped it.
    pub why: Setback,
}

/// What stops a ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setback {
    /// This node refused a message of it, having promised this larger ballot.
    Refused(NodeId, Ballot),
    /// Not enough promises came.
    NoPromises,
    /// Not enough votes came.
    NoVotes,
    /// A quorum voted, so its decree is chosen, but its process never knew.
    Unheard,
}

/// What became of the ballots of a run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ballots {
    /// How many were tried.
    pub started: usize,
    /// Those that nobody learned a decree by.
    pub abandoned: Vec<Abandoned>,
    /// k: distinct larger ballots of others that refused a ballot (PTP §2.4; they were started before its own process
    /// knew of them).
    pub stale: usize,
}

/// Every decision of a run, by instance.
pub fn decisions(trace: &Trace) -> Vec<Decision> {
    let mut decisions: Sorted<Instance, (Decision, EventId)> = Sorted::default();
    for (event, time, node, fact) in trace.facts() {
        let Fact::Learned(instance, vote) = fact else { continue };
        let (decision, last) = decisions.entry(instance, || (open(trace, instance, vote), event));
        if decision.learned.iter().all(|(learner, _)| *learner != node) {
            decision.learned.push((node, time));
            *last = event;
        }
    }
    let up = up_at_end(trace);
    let decisions = decisions.into_entries().into_iter();
    decisions.map(|(_, (decision, last))| close(trace, decision, last, up)).collect()
}

/// A decision of which only the ballot is known yet.
fn open(trace: &Trace, instance: Instance, vote: Vote) -> Decision {
    let mut decision = Decision {
        instance,
        vote,
        proposer: vote.ballot.owner(),
        ballot_start: None,
        begin_ballot: None,
        learned: Vec::new(),
        all_learned: None,
        critical_path: Vec::new(),
        phases: Vec::new(),
        messages: 0,
    };
    for (_, time, node, fact) in trace.facts() {
        match fact {
            Fact::Tried(ballot) if ballot == vote.ballot => decision.ballot_start = Some(time),
            Fact::Began { instance: place, vote: began, .. } if (place, began) == (instance, vote) => {
                decision.proposer = node;
                decision.begin_ballot = Some(time);
            }
            _ => {}
        }
    }
    decision
}

/// Fills in what can be said once every learner is known.
fn close(trace: &Trace, mut decision: Decision, last: EventId, up: NodeSet) -> Decision {
    let learners: NodeSet = decision.learned.iter().map(|(learner, _)| *learner).collect();
    if up.is_subset(learners) {
        let in_time = decision.learned.iter().filter(|(learner, _)| up.contains(*learner));
        decision.all_learned = in_time.map(|(_, time)| *time).max();
    }
    decision.critical_path = trace.critical_path(last);
    // Nodes react at once, so the path's time is the time of its messages.
    let hop = |id: &MessageId| {
        let envelope = trace.message(*id);
        let phase = trace.scenario.protocol.kind(envelope.message.kind).phase;
        (phase, envelope.due.since(envelope.sent_at))
    };
    decision.phases = decision.critical_path.iter().map(hop).collect();
    let belongs = |message: &crate::protocol::Message| {
        let is_sweeping = trace.scenario.protocol.kind(message.kind).is_sweeping;
        (message.instance, message.ballot) == (decision.instance, Some(decision.vote.ballot)) && !is_sweeping
    };
    let messages = trace.messages().iter();
    decision.messages =
        messages.filter(|sent| belongs(&sent.message) && !sent.to_self() && sent.copy_of.is_none()).count();
    decision
}

fn up_at_end(trace: &Trace) -> NodeSet {
    let mut up = NodeSet::all(trace.scenario.nodes());
    for event in trace.events() {
        match event.what {
            What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => up.remove(node),
            What::Acted(_, Act::Restart(node)) => {
                up.insert(node);
            }
            _ => {}
        }
    }
    up
}

/// What the facts tell of one ballot.
#[derive(Default)]
struct Fate {
    began: bool,
    voters: NodeSet,
    learned: bool,
    /// Its first refusal: by whom, and for which ballot.
    refused: Option<(NodeId, Ballot)>,
    /// Whether it refused a ballot of another process.
    stale: bool,
}

/// What became of the ballots of a run.
pub fn ballots(trace: &Trace) -> Ballots {
    let mut tried = Vec::new();
    let mut fates: Sorted<Ballot, Fate> = Sorted::default();
    for (_, _, node, fact) in trace.facts() {
        match fact {
            Fact::Tried(ballot) => {
                fates.entry(ballot, Fate::default);
                tried.push(ballot);
            }
            Fact::Began { vote, .. } => fates.entry(vote.ballot, Fate::default).began = true,
            Fact::Voted(_, vote) => {
                fates.entry(vote.ballot, Fate::default).voters.insert(node);
            }
            Fact::Learned(_, vote) => fates.entry(vote.ballot, Fate::default).learned = true,
            Fact::Refused(ballot, Some(bound)) if bound > ballot => {
                fates.entry(ballot, Fate::default).refused.get_or_insert((node, bound));
                fates.entry(bound, Fate::default).stale |= bound.owner() != ballot.owner();
            }
            _ => {}
        }
    }
    let quorums = &trace.scenario.setup.quorums;
    let setback = |fate: &Fate| match fate.refused {
        _ if quorums.is_quorum(fate.voters) => Setback::Unheard,
        Some((node, bound)) => Setback::Refused(node, bound),
        None if fate.began => Setback::NoVotes,
        None => Setback::NoPromises,
    };
    let unfinished = |ballot: &Ballot| fates.get(ballot).filter(|fate| !fate.learned);
    let abandoned = |ballot: &Ballot| Some(Abandoned { ballot: *ballot, why: setback(unfinished(ballot)?) });
    let stale = fates.entries().iter().filter(|(_, fate)| fate.stale).count();
    Ballots { started: tried.len(), abandoned: tried.iter().filter_map(abandoned).collect(), stale }
}
