//! How long a decision took, in Δ, and what it waited for.
//!
//! A decision's times are read from facts; its critical path is the chain of messages that its last learner waited for.
//! Latencies are kept apart by where they are counted from, because the literature's numbers differ in just that: the same
//! run is "5Δ" from the ballot's start and "3Δ" from BeginBallot.
//!
//! *Architecture invariant:* this module does not know checks, and no protocol by name.

use crate::protocol::{Fact, Phase};
use crate::scenario::Act;
use crate::trace::{Event, EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// One decree that somebody learned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Its place in the ledger.
    pub instance: Instance,
    /// The decree, and the ballot by which it was first learned.
    pub vote: Vote,
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
    /// When each node first learned it, in the order of learning.
    pub learned: Vec<(NodeId, Time)>,
    /// When the last of the nodes that are up at the end learned it; none when one of them has not, or none is up.
    pub all_learned: Option<Time>,
    /// When the process that was asked had an answer: in a log it has executed the command then, otherwise it knows.
    pub answered: Option<Time>,
    /// The messages that the last learner waited for, first one first.
    pub critical_path: Vec<MessageId>,
    /// How much of the critical path each phase took, in the order of the phases.
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
    /// It had a quorum of promises, and nothing to begin.
    Idle,
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
    let mut notebook = Notebook::new(trace);
    for (id, event) in trace.numbered() {
        notebook.take(id, event);
    }
    let mut messages: Sorted<(Instance, Ballot), usize> = Sorted::default();
    for sent in trace.messages().iter().filter(|sent| !sent.to_self() && sent.copy_of.is_none()) {
        let kind = trace.scenario.protocol.kind(sent.message.kind);
        let is_counted = !kind.is_sweeping && kind.phase != Phase::Nack;
        if let Some(ballot) = sent.message.ballot.filter(|_| is_counted) {
            *messages.entry((sent.message.instance, ballot), || 0) += 1;
        }
    }
    let decided = std::mem::take(&mut notebook.decided).into_entries().into_iter();
    decided.map(|(instance, decided)| notebook.decision(trace, instance, decided, &messages)).collect()
}

/// What is written down of a run, event by event.
struct Notebook {
    asked: Sorted<Value, (NodeId, Time)>,
    answered: Sorted<Value, Time>,
    tried: Sorted<Ballot, Time>,
    /// Who began a ballot for an instance, when, and since when that process led.
    began: Sorted<(Instance, Ballot), (NodeId, Time, Option<Time>)>,
    /// When a ballot was refused, and for which one.
    refused: Vec<(Time, Ballot, Ballot)>,
    decided: Sorted<Instance, Decided>,
    leads_since: Vec<Option<Time>>,
    up: NodeSet,
    is_log: bool,
}

/// A decree that somebody has learned.
struct Decided {
    vote: Vote,
    learners: NodeSet,
    learned: Vec<(NodeId, Time)>,
    last: EventId,
}

impl Notebook {
    fn new(trace: &Trace) -> Self {
        let nodes = trace.scenario.nodes();
        Self {
            asked: Sorted::default(),
            answered: Sorted::default(),
            tried: Sorted::default(),
            began: Sorted::default(),
            refused: Vec::new(),
            decided: Sorted::default(),
            leads_since: vec![None; nodes],
            up: NodeSet::all(nodes),
            is_log: trace.scenario.protocol.is_log,
        }
    }

    fn take(&mut self, id: EventId, event: &Event) {
        let time = event.time;
        match &event.what {
            What::Acted(_, Act::Propose(node, value)) => {
                self.asked.entry(*value, || (*node, time));
            }
            What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => {
                self.up.remove(*node);
                self.leads_since[node.index()] = None;
            }
            What::Acted(_, Act::Restart(node)) => {
                self.up.insert(*node);
            }
            What::Stated(node, fact) => self.take_fact(id, time, *node, *fact),
            _ => {}
        }
    }

    fn take_fact(&mut self, id: EventId, time: Time, node: NodeId, fact: Fact) {
        match fact {
            Fact::Leads(leads) => self.leads_since[node.index()] = leads.then_some(time),
            Fact::Tried(ballot) => {
                self.tried.entry(ballot, || time);
            }
            Fact::Began { instance, vote, .. } => {
                let since = self.leads_since[node.index()];
                self.began.entry((instance, vote.ballot), || (node, time, since));
            }
            Fact::Refused(ballot, Some(bound)) if bound > ballot => self.refused.push((time, ballot, bound)),
            Fact::Answered(value) => {
                self.answered.entry(value, || time);
            }
            Fact::Learned(instance, vote) => {
                let new = || Decided { vote, learners: NodeSet::EMPTY, learned: Vec::new(), last: id };
                let decided = self.decided.entry(instance, new);
                if decided.learners.insert(node) {
                    decided.learned.push((node, time));
                    decided.last = id;
                }
            }
            _ => {}
        }
    }

    fn decision(
        &self,
        trace: &Trace,
        instance: Instance,
        decided: Decided,
        messages: &Sorted<(Instance, Ballot), usize>,
    ) -> Decision {
        let Decided { vote, learners, learned, last } = decided;
        let began = self.began.get(&(instance, vote.ballot));
        let proposer = began.map_or(vote.ballot.owner(), |(node, ..)| *node);
        let elected = began.and_then(|(.., since)| *since);
        let asked = self.asked.get(&vote.value).copied();
        let in_time = learned.iter().filter(|(learner, _)| self.up.contains(*learner)).map(|(_, time)| *time);
        let all_learned = if self.up.is_subset(learners) { in_time.max() } else { None };
        let answered = if self.is_log {
            self.answered.get(&vote.value).copied()
        } else {
            asked.and_then(|(node, _)| learned.iter().find(|(learner, _)| *learner == node)).map(|(_, time)| *time)
        };
        let since = elected.max(asked.map(|(_, time)| time)).unwrap_or_default();
        let by_proposer = learned.iter().find(|(learner, _)| *learner == proposer);
        let until = by_proposer.or(learned.first()).map_or(Time::ZERO, |(_, time)| *time);
        let mut stale: Sorted<Ballot, ()> = Sorted::default();
        let first = self.refused.partition_point(|(time, ..)| *time < since);
        for (_, ballot, bound) in self.refused[first..].iter().take_while(|(time, ..)| *time <= until) {
            if ballot.owner() == proposer && bound.owner() != proposer {
                stale.entry(*bound, || ());
            }
        }
        // In a log one decree may wait for another; that is the other's path.
        let protocol = trace.scenario.protocol;
        let critical_path = trace.critical_path_while(last, |message| {
            message.instance == instance || message.ballot.is_none() || protocol.kind(message.kind).is_sweeping
        });
        // Nodes react at once, so the path's time is the time of its messages.
        let hop = |id: &MessageId| {
            let envelope = trace.message(*id);
            (protocol.kind(envelope.message.kind).phase, envelope.due.since(envelope.sent_at))
        };
        Decision {
            instance,
            vote,
            proposer,
            asked,
            elected,
            ballot_start: self.tried.get(&vote.ballot).copied(),
            begin_ballot: began.map(|(_, time, _)| *time),
            learned,
            all_learned,
            answered,
            phases: critical_path.iter().map(hop).collect(),
            critical_path,
            messages: messages.get(&(instance, vote.ballot)).copied().unwrap_or(0),
            stale: stale.entries().len(),
        }
    }
}

/// What the facts tell of one ballot.
#[derive(Default)]
struct Fate {
    promised: NodeSet,
    began: bool,
    voters: Sorted<Instance, NodeSet>,
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
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => {
                fates.entry(ballot, Fate::default).promised.insert(node);
            }
            Fact::Began { vote, .. } => fates.entry(vote.ballot, Fate::default).began = true,
            Fact::Voted(instance, vote) => {
                let voters = &mut fates.entry(vote.ballot, Fate::default).voters;
                voters.entry(instance, || NodeSet::EMPTY).insert(node);
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
    let is_log = trace.scenario.protocol.is_log;
    let setback = |fate: &Fate| match fate.refused {
        _ if fate.voters.entries().iter().any(|(_, voters)| quorums.is_quorum(*voters)) => Setback::Unheard,
        Some((node, bound)) => Setback::Refused(node, bound),
        None if fate.began => Setback::NoVotes,
        None if is_log && quorums.is_quorum(fate.promised) => Setback::Idle,
        None => Setback::NoPromises,
    };
    let unfinished = |ballot: &Ballot| fates.get(ballot).filter(|fate| !fate.learned);
    let abandoned = |ballot: &Ballot| Some(Abandoned { ballot: *ballot, why: setback(unfinished(ballot)?) });
    let stale = fates.entries().iter().filter(|(_, fate)| fate.stale).count();
    Ballots { started: tried.len(), abandoned: tried.iter().filter_map(abandoned).collect(), stale }
}
