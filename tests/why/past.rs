//! What a run's processes have promised, voted, counted and asked so far. This code reads the trace forward, one event at
//! a time, and Why reads it backward; neither uses the code of the other.

use std::collections::{BTreeMap, BTreeSet};

use paxos_playground::protocol::{Carries, Fact, Meaning, Payload, Phase};
use paxos_playground::scenario::{Act, Disk};
use paxos_playground::trace::{Envelope, Event, MessageId, Trace, What};
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

/// One process, as far as the trace tells.
#[derive(Clone, Default)]
pub(crate) struct Process {
    /// The last `nextBal` that the process wrote, if it still knows that value.
    pub(crate) next_bal: Option<Ballot>,
    /// The last ballot that the process tried, which it never forgets.
    pub(crate) last_tried: Option<Ballot>,
    pub(crate) tried: BTreeSet<Ballot>,
    pub(crate) promised: BTreeSet<Ballot>,
    /// Every vote that the process has stated, forgotten or not.
    pub(crate) votes: Vec<(Instance, Vote)>,
    /// Those of these votes that it remembers.
    pub(crate) kept: Vec<(Instance, Vote)>,
    pub(crate) learned: Vec<(Instance, Vote)>,
    pub(crate) answered: Vec<Value>,
    /// This field and those below count since the process came up. The ballots that the process tried, and the last of them.
    pub(crate) in_hand: BTreeSet<Ballot>,
    pub(crate) latest: Option<Ballot>,
    /// How many decrees the process had learned when it tried each of these ballots.
    pub(crate) known_at_1a: BTreeMap<Ballot, usize>,
    pub(crate) leads: bool,
    /// The largest ballot that a Nack named.
    pub(crate) told: Option<Ballot>,
    pub(crate) begun: BTreeSet<(Instance, Ballot)>,
    pub(crate) asked_for_votes: BTreeMap<(Instance, Ballot), NodeSet>,
    pub(crate) promises: BTreeMap<Ballot, Promises>,
    /// The processes that have said that they vote, by instance, ballot and, where votes carry a decree, decree.
    pub(crate) voters: BTreeMap<(Instance, Ballot, Option<Value>), NodeSet>,
    /// The processes that have confirmed something in a ballot of an instance.
    pub(crate) confirmed: BTreeMap<(Instance, Ballot), NodeSet>,
    /// The requests of its clients, or the wish that it waits for if it is a client itself.
    pub(crate) wishes: Vec<Value>,
    pub(crate) asked: Option<NodeId>,
    pub(crate) crashes: u32,
}

/// The promises that have come for a ballot.
#[derive(Clone, Default)]
pub(crate) struct Promises {
    pub(crate) from: NodeSet,
    pub(crate) votes: Vec<(Instance, Vote, NodeId)>,
}

/// The run up to an event.
pub(crate) struct Past<'a> {
    pub(crate) trace: &'a Trace,
    pub(crate) processes: Vec<Process>,
}

impl<'a> Past<'a> {
    pub(crate) fn new(trace: &'a Trace) -> Self {
        Self { trace, processes: vec![Process::default(); trace.scenario.nodes()] }
    }

    pub(crate) fn of(&self, node: NodeId) -> &Process {
        &self.processes[node.index()]
    }

    pub(crate) fn phase(&self, id: MessageId) -> Phase {
        self.trace.scenario.protocol.kind(self.trace.message(id).message.kind).phase
    }

    pub(crate) fn has_bound(&self) -> bool {
        self.trace.scenario.protocol.fields.iter().any(|field| field.meaning == Meaning::NextBal)
    }

    pub(crate) fn votes_carry_decrees(&self) -> bool {
        let kinds = self.trace.scenario.protocol.kinds.iter();
        kinds.filter(|kind| kind.phase == Phase::TwoB).any(|kind| kind.carries == Carries::Value)
    }

    pub(crate) fn is_client(&self, node: NodeId) -> bool {
        self.trace.scenario.setup.cast.clients.contains(node)
    }

    /// Goes on by one event.
    pub(crate) fn take(&mut self, event: &Event) {
        match event.what {
            What::Acted(_, Act::Restart(node, disk)) => self.comes_back(node, disk),
            What::Acted(_, Act::Propose(node, value)) => self.processes[node.index()].wishes.push(value),
            What::Persisted(node, field, _, cell)
                if self.trace.scenario.protocol.fields[usize::from(field.0)].meaning == Meaning::NextBal =>
            {
                self.processes[node.index()].next_bal = cell.ballot;
            }
            What::Stated(node, fact) => self.states(node, fact),
            What::Landed(id) => self.lands(id),
            What::Sent(id) => {
                let (phase, Envelope { from, to, message, .. }) = (self.phase(id), self.trace.message(id));
                let cause = &self.trace.event(event.cause).what;
                let is_injected = matches!(cause, What::Acted(_, Act::Inject(_)));
                let process = &mut self.processes[from.index()];
                if phase == Phase::Request && !is_injected {
                    process.asked = Some(*to);
                }
                if let (Phase::TwoA, Some(ballot)) = (phase, message.ballot) {
                    process.asked_for_votes.entry((message.instance, ballot)).or_default().insert(*to);
                }
            }
            _ => {}
        }
    }

    /// Whether the process has never lost a vote, and never will in this run.
    pub(crate) fn has_all_votes(&self, node: NodeId) -> bool {
        let scenario = &self.trace.scenario;
        let is_emptied = |act: &Act<NodeId, Value>| matches!(act, Act::Restart(who, Disk::Empty) if *who == node);
        scenario.setup.remembers(node) && !scenario.acts.iter().any(|planned| is_emptied(&planned.act))
    }

    fn comes_back(&mut self, node: NodeId, disk: Disk) {
        let keeps = disk == Disk::Kept && self.trace.scenario.setup.remembers(node);
        let old = std::mem::take(&mut self.processes[node.index()]);
        let new = &mut self.processes[node.index()];
        new.next_bal = old.next_bal.filter(|_| keeps);
        new.last_tried = old.last_tried.filter(|_| disk == Disk::Kept);
        new.tried = if disk == Disk::Kept { old.tried } else { Default::default() };
        new.promised = if keeps { old.promised } else { BTreeSet::new() };
        new.votes = old.votes;
        new.kept = if keeps { old.kept } else { Default::default() };
        new.learned = if disk == Disk::Kept { old.learned } else { Default::default() };
        new.answered = old.answered;
        new.crashes = old.crashes + 1;
    }

    fn states(&mut self, node: NodeId, fact: Fact) {
        let process = &mut self.processes[node.index()];
        match fact {
            Fact::Tried(ballot) => {
                process.last_tried = Some(ballot);
                process.latest = Some(ballot);
                process.tried.insert(ballot);
                process.in_hand.insert(ballot);
                process.known_at_1a.insert(ballot, process.learned.len());
                process.promises.insert(ballot, Promises::default());
            }
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => {
                process.promised.insert(ballot);
            }
            Fact::Began { instance, ballot, .. } => {
                process.begun.insert((instance, ballot));
                process.asked_for_votes.remove(&(instance, ballot));
                process.voters.remove(&(instance, ballot, None));
            }
            Fact::Voted(instance, vote) => {
                process.votes.push((instance, vote));
                process.kept.push((instance, vote));
            }
            Fact::Learned(instance, vote) => process.learned.push((instance, vote)),
            Fact::Answered(value) => process.answered.push(value),
            Fact::Leads(leads) => process.leads = leads,
            Fact::Forgot(last) => process.kept.retain(|(instance, _)| *instance > last),
            Fact::Refused(..)
            | Fact::Configured(..)
            | Fact::Blocked(_)
            | Fact::Believed { .. }
            | Fact::Certified(..)
            | Fact::Result(..)
            | Fact::Stable { .. }
            | Fact::Named(..)
            | Fact::Gathered { .. } => {}
        }
    }

    fn lands(&mut self, id: MessageId) {
        let (phase, Envelope { from, to, message, .. }) = (self.phase(id), self.trace.message(id));
        let is_client = self.is_client(*from);
        let process = &mut self.processes[to.index()];
        match (phase, message.ballot, &message.payload) {
            (Phase::OneB, Some(ballot), payload) => {
                let promises = process.promises.entry(ballot).or_default();
                promises.from.insert(*from);
                match payload {
                    Payload::LastVote(Some(vote)) => promises.votes.push((message.instance, *vote, *from)),
                    Payload::Entries(entries) => {
                        let votes = entries.iter().filter(|entry| !entry.is_passed);
                        promises.votes.extend(votes.map(|entry| (entry.instance, entry.vote, *from)));
                    }
                    _ => {}
                }
            }
            (Phase::TwoB, Some(ballot), payload) => {
                let value = if let Payload::Value(value) = payload { Some(*value) } else { None };
                process.voters.entry((message.instance, ballot, value)).or_default().insert(*from);
            }
            (Phase::Certify, Some(ballot), _) => {
                process.confirmed.entry((message.instance, ballot)).or_default().insert(*from);
            }
            (Phase::Nack, _, Payload::Ballot(bound)) => process.told = process.told.max(Some(*bound)),
            (Phase::Request, _, Payload::Value(value)) if is_client => process.wishes.push(*value),
            _ => {}
        }
    }
}
