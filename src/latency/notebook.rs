//! The notebook: notes on a run, taken event by event, so that a long run can be read a part at a time.

use super::Decision;
use super::fate::Fates;
use super::request::Requests;
use crate::protocol::{Fact, Phase};
use crate::scenario::Act;
use crate::trace::{Event, EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// Notes on a run, taken event by event.
#[derive(Debug)]
pub struct Notebook {
    pub(super) requests: Requests,
    pub(super) fates: Fates,
    /// The beginning of each ballot, by instance, number and decree. Where a rule is broken, one number can stand for two
    /// ballots; their decrees tell the two apart.
    began: Sorted<(Instance, Ballot, Option<Value>), Beginning>,
    /// The refusals: when, the refused ballot, and the larger ballot that was promised.
    refused: Vec<(Time, Ballot, Ballot)>,
    /// Each decree that some process learned. The decrees of one instance are numbered in the order in which they were first
    /// learned.
    decided: Sorted<(Instance, u32), Decided>,
    /// Every value in `decided`.
    pub(super) values: Sorted<Value, ()>,
    /// How many messages were sent for each instance and ballot.
    messages: Sorted<(Instance, Ballot), usize>,
    /// For each node, the events in which it did something for a ballot or a client. A timer's wait begins after such an
    /// event.
    pub(super) moves: Vec<Vec<EventId>>,
    leads_since: Vec<Option<Time>>,
    /// When each node last crashed.
    pub(super) crashed: Vec<Option<Time>>,
    pub(super) up: NodeSet,
    /// The processes that are to learn the passed decrees.
    learners: NodeSet,
    pub(super) is_log: bool,
    /// Whether one instance has a history of many commands.
    has_histories: bool,
    read: usize,
}

/// The process that began a ballot, when it began the ballot, and since when it led.
type Beginning = (NodeId, Time, Option<Time>);

/// A decree that somebody has learned.
#[derive(Debug)]
struct Decided {
    vote: Vote,
    learners: NodeSet,
    /// The processes that learned the decree, each with the time and the event, in the order of time.
    learned: Vec<(NodeId, Time, EventId)>,
}

impl Notebook {
    /// A notebook for this run, with nothing read yet.
    pub fn new(trace: &Trace) -> Self {
        let nodes = trace.scenario.nodes();
        Self {
            requests: Requests::default(),
            fates: Fates::new(nodes),
            began: Sorted::default(),
            refused: Vec::new(),
            decided: Sorted::default(),
            values: Sorted::default(),
            messages: Sorted::default(),
            moves: vec![Vec::new(); nodes],
            leads_since: vec![None; nodes],
            crashed: vec![None; nodes],
            up: NodeSet::all(nodes),
            learners: trace.scenario.setup.cast.learners,
            is_log: trace.scenario.protocol.is_log,
            has_histories: trace.scenario.setup.histories.is_some(),
            read: 0,
        }
    }

    /// The notebook of a whole run.
    pub fn of(trace: &Trace) -> Self {
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
            What::Sent(message) => {
                self.count(trace, *message);
                self.requests.take_sent(trace, *message);
            }
            What::Landed(message) => self.fates.take_landing(trace, *message),
            What::Acted(_, Act::Propose(node, value)) => {
                self.requests.ask(id, time, *node, *value);
                self.moves[node.index()].push(id);
            }
            What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => {
                self.up.remove(*node);
                self.leads_since[node.index()] = None;
                self.crashed[node.index()] = Some(time);
                self.fates.take_crash(trace, *node);
            }
            What::Acted(_, Act::Restart(node, _)) => {
                self.up.insert(*node);
            }
            What::Stated(node, fact) => {
                self.take_fact(id, time, *node, *fact);
                self.fates.take_fact(trace, id, event, *node, *fact);
            }
            _ => {}
        }
    }

    fn count(&mut self, trace: &Trace, id: MessageId) {
        let sent = trace.message(id);
        let kind = trace.scenario.protocol.kind(sent.message.kind);
        let is_sent = !sent.to_self() && sent.copy_of.is_none() && !trace.is_injected(sent);
        let is_counted = is_sent && !kind.is_sweeping && kind.phase != Phase::Nack;
        if let Some(ballot) = sent.message.ballot.filter(|_| is_counted) {
            *self.messages.entry((sent.message.instance, ballot), || 0) += 1;
        }
    }

    fn take_fact(&mut self, id: EventId, time: Time, node: NodeId, fact: Fact) {
        match fact {
            Fact::Tried(_) => self.moves[node.index()].push(id),
            Fact::Leads(leads) => {
                self.leads_since[node.index()] = leads.then_some(time);
                self.moves[node.index()].push(id);
            }
            Fact::Began { instance, ballot, value, .. } => {
                let since = self.leads_since[node.index()];
                // Acceptors may append further commands to a history.
                let any = value.filter(|value| value.is_history()).map(|_| None);
                let values =
                    value.map(|value| value.commands().iter().copied().map(Some).collect()).unwrap_or(vec![None]);
                for value in values.into_iter().chain(any) {
                    self.began.entry((instance, ballot, value), || (node, time, since));
                    if let Some(value) = value {
                        self.requests.begin(value, ballot);
                    }
                }
                self.moves[node.index()].push(id);
            }
            Fact::Refused(ballot, Some(bound)) if bound > ballot => self.refused.push((time, ballot, bound)),
            Fact::Answered(value) => self.requests.answer(time, node, value),
            Fact::Learned(instance, vote) => {
                for value in vote.value.commands().iter().copied() {
                    self.learn(id, time, node, instance, Vote { value, ..vote });
                }
            }
            _ => {}
        }
    }

    /// A process learns a decree, or a command of a history. A ledger keeps the first decree of a place. So where agreement is broken, a process that
    /// learns a second decree in a place counts as a learner of it only if no process has learned that decree before.
    fn learn(&mut self, id: EventId, time: Time, node: NodeId, instance: Instance, vote: Vote) {
        let is_other = |other: &Decided| other.vote.value != vote.value && other.learners.contains(node);
        let has_other = !self.has_histories && self.decrees(instance).any(is_other);
        let decided = self.decree(instance, Decided { vote, learners: NodeSet::EMPTY, learned: Vec::new() });
        if (decided.learned.is_empty() || !has_other) && decided.learners.insert(node) {
            decided.learned.push((node, time, id));
        }
        self.values.entry(vote.value, || ());
    }

    /// The notes on a decree in an instance; `new` if no process has learned the decree there before.
    fn decree(&mut self, instance: Instance, new: Decided) -> &mut Decided {
        let alike = self.decrees(instance).position(|decided| decided.vote.value == new.vote.value);
        let number = alike.unwrap_or_else(|| self.decrees(instance).count());
        self.decided.entry((instance, number as u32), || new)
    }

    /// The decrees of an instance, in the order in which they were first learned.
    fn decrees(&self, instance: Instance) -> impl Iterator<Item = &Decided> {
        let of = self.decided.from(&(instance, 0)).iter().take_while(move |((of, _), _)| *of == instance);
        of.map(|(_, decided)| decided)
    }

    /// The processes that have learned this decree in this instance.
    pub(super) fn learners(&self, instance: Instance, value: Value) -> NodeSet {
        let decided = self.decrees(instance).find(|decided| decided.vote.value == value);
        decided.map_or(NodeSet::EMPTY, |decided| decided.learners)
    }

    /// Whether some process has learned this decree in this instance.
    pub(super) fn is_decided(&self, instance: Instance, value: Value) -> bool {
        !self.learners(instance, value).is_empty()
    }

    /// The decree that was first learned in the first instance, if there is one.
    pub(super) fn first_decree(&self) -> Option<Value> {
        self.decrees(Instance::FIRST).next().map(|decided| decided.vote.value)
    }

    /// The decisions in the events that have been read, by instance: after the first `known` decisions, the next `count` or
    /// as many as there are.
    pub fn decisions(&self, trace: &Trace, known: usize, count: usize) -> Vec<Decision> {
        let decided = self.decided.entries().iter().skip(known).take(count);
        decided.map(|((instance, _), decided)| self.decision(trace, *instance, decided)).collect()
    }

    /// How many decisions there are in the events that have been read.
    pub fn decided(&self) -> usize {
        self.decided.entries().len()
    }

    fn decision(&self, trace: &Trace, instance: Instance, decided: &Decided) -> Decision {
        let Decided { vote, learners, learned } = decided;
        let vote = *vote;
        let began = |value| self.began.get(&(instance, vote.ballot, value));
        let began = began(Some(vote.value)).or(began(None));
        let proposer = began.map_or(vote.ballot.owner(), |(node, ..)| *node);
        let elected = began.and_then(|(.., since)| *since);
        // A round that takes votes for promises starts with its step 2a.
        let begin_ballot = began.map(|(_, time, _)| *time);
        let ballot_start = self.fates.of.get(&vote.ballot).and_then(|fate| fate.tried).or(begin_ballot);
        let asked = self.requests.first.get(&vote.value).copied();
        let by = |node: NodeId| learned.iter().find(|(learner, ..)| *learner == node).map(|(_, time, _)| *time);
        // The learners that are up.
        let audience = self.up.shared(self.learners);
        let last_up = learned.iter().rfind(|(learner, ..)| audience.contains(*learner));
        let all_learned = last_up.filter(|_| audience.is_subset(*learners));
        let told = self.requests.answered(vote.value);
        let answered = if self.is_log { told } else { asked.and_then(|(node, _)| by(node)).or(told) };
        let since = elected.max(asked.map(|(_, time)| time)).unwrap_or_default();
        let until = by(proposer).or(learned.first().map(|(_, time, _)| *time)).unwrap_or_default();
        let mut stale: Sorted<Ballot, ()> = Sorted::default();
        let first = self.refused.partition_point(|(time, ..)| *time < since);
        for (_, ballot, bound) in self.refused[first..].iter().take_while(|(time, ..)| *time <= until) {
            if ballot.owner() == proposer && bound.owner() != proposer {
                stale.entry(*bound, || ());
            }
        }
        let start = asked.map(|(_, time)| time).or(ballot_start).unwrap_or_default();
        let last = all_learned.or(learned.last()).map(|(.., event)| *event);
        let critical_path = last.map_or_else(Vec::new, |last| self.path(trace, last, instance, start));
        let phase = |id| trace.scenario.protocol.kind(trace.message(id).message.kind).phase;
        let phases = critical_path.iter().filter_map(|segment| Some((phase(segment.message()?), segment.span())));
        Decision {
            instance,
            vote,
            chosen: self.fates.chosen.get(&(instance, vote.value)).copied(),
            proposer,
            asked,
            elected,
            ballot_start,
            begin_ballot,
            learned: learned.iter().map(|(node, time, _)| (*node, *time)).collect(),
            all_learned: all_learned.map(|(_, time, _)| *time),
            answered,
            phases: phases.collect(),
            critical_path,
            messages: self.messages.get(&(instance, vote.ballot)).copied().unwrap_or(0),
            stale: stale.entries().len(),
        }
    }
}
