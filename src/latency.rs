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
    Notebook::of(trace).decisions(trace, 0, usize::MAX)
}

/// What became of the ballots of a run.
pub fn ballots(trace: &Trace) -> Ballots {
    Notebook::of(trace).ballots(trace)
}

/// What is written down of a run, event by event.
#[derive(Debug)]
pub struct Notebook {
    asked: Sorted<Value, (NodeId, Time)>,
    answered: Sorted<Value, Time>,
    /// The ballots in the order tried.
    tried: Vec<Ballot>,
    fates: Sorted<Ballot, Fate>,
    /// Who began a ballot for an instance, when, and since when that process led.
    began: Sorted<(Instance, Ballot), (NodeId, Time, Option<Time>)>,
    /// When a ballot was refused, and for which one.
    refused: Vec<(Time, Ballot, Ballot)>,
    decided: Sorted<Instance, Decided>,
    /// How many messages an instance and ballot took.
    messages: Sorted<(Instance, Ballot), usize>,
    leads_since: Vec<Option<Time>>,
    up: NodeSet,
    is_log: bool,
    read: usize,
}

/// A decree that somebody has learned.
#[derive(Debug)]
struct Decided {
    vote: Vote,
    learners: NodeSet,
    learned: Vec<(NodeId, Time)>,
    last: EventId,
}

impl Notebook {
    /// Nothing has been read yet.
    pub fn new(trace: &Trace) -> Self {
        let nodes = trace.scenario.nodes();
        Self {
            asked: Sorted::default(),
            answered: Sorted::default(),
            tried: Vec::new(),
            fates: Sorted::default(),
            began: Sorted::default(),
            refused: Vec::new(),
            decided: Sorted::default(),
            messages: Sorted::default(),
            leads_since: vec![None; nodes],
            up: NodeSet::all(nodes),
            is_log: trace.scenario.protocol.is_log,
            read: 0,
        }
    }

    fn of(trace: &Trace) -> Self {
        let mut notebook = Self::new(trace);
        notebook.read(trace, usize::MAX);
        notebook
    }

    /// Reads the next `events` events of the run, or as many as there are.
    pub fn read(&mut self, trace: &Trace, events: usize) {
        let until = self.read.saturating_add(events).min(trace.events().len());
        for (place, event) in (self.read..until).zip(trace.events().range(self.read..until)) {
            self.take(trace, EventId(place as u32), event);
        }
        self.read = until;
    }

    fn take(&mut self, trace: &Trace, id: EventId, event: &Event) {
        let time = event.time;
        match &event.what {
            What::Sent(id) => self.count(trace, *id),
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
            What::Stated(node, fact) => {
                self.take_fact(id, time, *node, *fact);
                self.follow(time, *node, *fact);
            }
            _ => {}
        }
    }

    fn count(&mut self, trace: &Trace, id: MessageId) {
        let sent = trace.message(id);
        let kind = trace.scenario.protocol.kind(sent.message.kind);
        let is_counted = !sent.to_self() && sent.copy_of.is_none() && !kind.is_sweeping && kind.phase != Phase::Nack;
        if let Some(ballot) = sent.message.ballot.filter(|_| is_counted) {
            *self.messages.entry((sent.message.instance, ballot), || 0) += 1;
        }
    }

    fn take_fact(&mut self, id: EventId, time: Time, node: NodeId, fact: Fact) {
        match fact {
            Fact::Leads(leads) => self.leads_since[node.index()] = leads.then_some(time),
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

    /// What becomes of the ballot of which a fact tells.
    fn follow(&mut self, time: Time, node: NodeId, fact: Fact) {
        let ballot = match fact {
            Fact::Tried(ballot) | Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => ballot,
            Fact::Began { vote, .. } | Fact::Voted(_, vote) | Fact::Learned(_, vote) => vote.ballot,
            Fact::Refused(ballot, Some(bound)) if bound > ballot => ballot,
            _ => return,
        };
        let fate = self.fates.entry(ballot, Fate::default);
        match fact {
            Fact::Tried(_) => {
                fate.tried.get_or_insert(time);
                self.tried.push(ballot);
            }
            Fact::Began { .. } => fate.began = true,
            Fact::Voted(instance, _) => {
                fate.voters.entry(instance, || NodeSet::EMPTY).insert(node);
            }
            Fact::Learned(..) => fate.learned = true,
            Fact::Refused(_, Some(bound)) => {
                fate.refused.get_or_insert((node, bound));
                self.fates.entry(bound, Fate::default).stale |= bound.owner() != ballot.owner();
            }
            _ => {
                fate.promised.insert(node);
            }
        }
    }

    /// The decisions of what has been read, by instance: after the first `known`, the next `count` or as many as there are.
    pub fn decisions(&self, trace: &Trace, known: usize, count: usize) -> Vec<Decision> {
        let decided = self.decided.entries().iter().skip(known).take(count);
        decided.map(|(instance, decided)| self.decision(trace, *instance, decided)).collect()
    }

    /// How many decisions there are in what has been read.
    pub fn decided(&self) -> usize {
        self.decided.entries().len()
    }

    fn decision(&self, trace: &Trace, instance: Instance, decided: &Decided) -> Decision {
        let Decided { vote, learners, learned, last } = decided;
        let (vote, learned) = (*vote, learned.clone());
        let began = self.began.get(&(instance, vote.ballot));
        let proposer = began.map_or(vote.ballot.owner(), |(node, ..)| *node);
        let elected = began.and_then(|(.., since)| *since);
        let asked = self.asked.get(&vote.value).copied();
        let in_time = learned.iter().filter(|(learner, _)| self.up.contains(*learner)).map(|(_, time)| *time);
        let all_learned = if self.up.is_subset(*learners) { in_time.max() } else { None };
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
        let critical_path = trace.critical_path_while(*last, |message| {
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
            ballot_start: self.fates.get(&vote.ballot).and_then(|fate| fate.tried),
            begin_ballot: began.map(|(_, time, _)| *time),
            learned,
            all_learned,
            answered,
            phases: critical_path.iter().map(hop).collect(),
            critical_path,
            messages: self.messages.get(&(instance, vote.ballot)).copied().unwrap_or(0),
            stale: stale.entries().len(),
        }
    }

    /// What became of the ballots in what has been read.
    pub fn ballots(&self, trace: &Trace) -> Ballots {
        let quorums = &trace.scenario.setup.quorums;
        let setback = |fate: &Fate| match fate.refused {
            _ if fate.voters.entries().iter().any(|(_, voters)| quorums.is_quorum(*voters)) => Setback::Unheard,
            Some((node, bound)) => Setback::Refused(node, bound),
            None if fate.began => Setback::NoVotes,
            None if self.is_log && quorums.is_quorum(fate.promised) => Setback::Idle,
            None => Setback::NoPromises,
        };
        let unfinished = |ballot: &Ballot| self.fates.get(ballot).filter(|fate| !fate.learned);
        let abandoned = |ballot: &Ballot| Some(Abandoned { ballot: *ballot, why: setback(unfinished(ballot)?) });
        let stale = self.fates.entries().iter().filter(|(_, fate)| fate.stale).count();
        let started = self.tried.len();
        Ballots { started, abandoned: self.tried.iter().filter_map(abandoned).collect(), stale }
    }
}

/// What the facts tell of one ballot.
#[derive(Default, Debug)]
struct Fate {
    /// When it was tried first.
    tried: Option<Time>,
    promised: NodeSet,
    began: bool,
    voters: Sorted<Instance, NodeSet>,
    learned: bool,
    /// Its first refusal: by whom, and for which ballot.
    refused: Option<(NodeId, Ballot)>,
    /// Whether it refused a ballot of another process.
    stale: bool,
}
