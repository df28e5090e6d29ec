//! What the events of a run tell about each ballot, up to the setback that stopped it.

use crate::protocol::{Fact, Payload, Phase};
use crate::quorum::Purpose;
use crate::trace::{Event, EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// The reason why a ballot passed no decree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setback {
    /// This node refused a message of the ballot, because it had promised this larger ballot.
    Refused(NodeId, Ballot),
    /// The ballot's owner gave it up, because a Nack told the owner of this larger ballot.
    GivenUp(Ballot),
    /// The ballot's owner crashed before enough promises came.
    Crashed,
    /// Not enough promises came while the ballot's owner still waited for them.
    NoPromises,
    /// Not enough votes were cast.
    NoVotes,
    /// Enough promises came, but the script leaves step 2a out.
    Skipped,
    /// Enough promises came, but the owner had no decree to begin.
    Idle,
}

/// A decree that a quorum has voted for in one ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// The place in the ledger.
    pub instance: Instance,
    /// The decree, and the ballot in which the quorum voted for it.
    pub vote: Vote,
    /// When the last vote of the quorum was cast.
    pub time: Time,
    /// The event of the last vote.
    pub event: EventId,
}

/// What the events tell about one ballot.
#[derive(Default, Debug)]
pub(super) struct Fate {
    /// When the ballot was first tried.
    pub(super) tried: Option<Time>,
    /// The processes whose promises reached the ballot's owner while the owner still waited for promises.
    promised: NodeSet,
    /// The first instance that the promises were about, where decrees change the configuration.
    first: Option<Instance>,
    began: bool,
    /// For each instance and value, the processes that voted for it in this ballot, and whether they were a quorum. Of
    /// histories, for each smallest part that has a command.
    votes: Sorted<(Instance, Value), (NodeSet, bool)>,
    pub(super) learned: bool,
    /// The ballot's first refusal: the process that refused, and the larger ballot that it had promised.
    refused: Option<(NodeId, Ballot)>,
    /// Why the ballot's owner stopped waiting for it, if an event of the owner tells the reason.
    end: Option<Setback>,
    /// Whether this ballot made a process refuse a ballot of another owner.
    pub(super) stale: bool,
}

impl Fate {
    pub(super) fn has_passed(&self) -> bool {
        self.votes.entries().iter().any(|(_, (_, is_quorum))| *is_quorum)
    }

    /// The instance whose members have to promise.
    fn first(&self) -> Instance {
        self.first.unwrap_or(Instance::FIRST)
    }
}

/// The ballots in the events that have been read.
#[derive(Debug)]
pub(super) struct Fates {
    /// The ballots that were tried, in the order of time.
    pub(super) tried: Vec<Ballot>,
    pub(super) of: Sorted<Ballot, Fate>,
    /// For each node, its own ballot that it waits for.
    current: Vec<Option<Ballot>>,
    /// For each instance and decree, the first time that the decree was chosen.
    pub(super) chosen: Sorted<(Instance, Value), Chosen>,
    /// Every later time that a decree was chosen, by another ballot.
    pub(super) again: Vec<Chosen>,
}

impl Fates {
    pub(super) fn new(nodes: usize) -> Self {
        let (of, chosen) = (Sorted::default(), Sorted::default());
        Self { tried: Vec::new(), of, current: vec![None; nodes], chosen, again: Vec::new() }
    }

    /// A message landed. If it is a promise for the receiver's current ballot, it is noted.
    pub(super) fn take_landing(&mut self, trace: &Trace, id: crate::trace::MessageId) {
        let envelope = trace.message(id);
        let Some(ballot) = envelope.message.ballot else { return };
        let is_promise = trace.scenario.protocol.kind(envelope.message.kind).phase == Phase::OneB;
        if is_promise && self.current[envelope.to.index()] == Some(ballot) {
            self.of.entry(ballot, Fate::default).promised.insert(envelope.from);
        }
    }

    /// A process crashed, so its slip of paper is gone. The crash is the end of its ballot only if the ballot still lacked
    /// promises.
    pub(super) fn take_crash(&mut self, trace: &Trace, node: NodeId) {
        if let Some(ballot) = self.current[node.index()].take() {
            let fate = self.of.entry(ballot, Fate::default);
            let has_promises = trace.is_quorum(Purpose::Promise, (ballot, fate.first()), fate.promised);
            fate.end = (!has_promises).then_some(Setback::Crashed);
        }
    }

    /// Notes what a fact tells about the ballot that it names.
    pub(super) fn take_fact(&mut self, trace: &Trace, id: EventId, event: &Event, node: NodeId, fact: Fact) {
        let ballot = match fact {
            Fact::Tried(ballot) => ballot,
            Fact::Began { ballot, .. } => ballot,
            Fact::Voted(_, vote) | Fact::Learned(_, vote) => vote.ballot,
            Fact::Refused(ballot, Some(bound)) if bound > ballot => ballot,
            Fact::PromisedFrom(_, ballot) if trace.scenario.setup.changes.is_some() => ballot,
            _ => return,
        };
        if matches!(fact, Fact::Tried(_)) {
            self.leave(trace, event, node, ballot);
        }
        let fate = self.of.entry(ballot, Fate::default);
        match fact {
            Fact::Tried(_) => {
                fate.tried.get_or_insert(event.time);
                self.tried.push(ballot);
            }
            Fact::Began { .. } => fate.began = true,
            Fact::PromisedFrom(from, _) => fate.first = Some(fate.first.map_or(from, |first| first.min(from))),
            Fact::Voted(instance, vote) => {
                // A command of a history is chosen when a quorum has it with the same commands before it.
                let parts = trace.scenario.setup.parts(vote.value);
                for (part, value) in parts.into_iter().zip(vote.value.commands().iter().copied()) {
                    let (voters, is_quorum) = fate.votes.entry((instance, part), || (NodeSet::EMPTY, false));
                    voters.insert(node);
                    if !*is_quorum && trace.is_quorum(Purpose::Pass, (ballot, instance), *voters) {
                        *is_quorum = true;
                        let chosen = Chosen { instance, vote: Vote { value, ..vote }, time: event.time, event: id };
                        if self.chosen.entry((instance, value), || chosen).event != id {
                            self.again.push(chosen);
                        }
                    }
                }
            }
            Fact::Learned(..) => fate.learned = true,
            Fact::Refused(_, Some(bound)) => {
                fate.refused.get_or_insert((node, bound));
                // Whether the larger ballot is stale is noted at the larger ballot.
                self.of.entry(bound, Fate::default).stale |= bound.owner() != ballot.owner();
            }
            _ => {}
        }
    }

    /// A process tries a new ballot, and so leaves its previous one.
    fn leave(&mut self, trace: &Trace, event: &Event, node: NodeId, next: Ballot) {
        let Some(left) = self.current[node.index()].replace(next) else { return };
        let What::Landed(id) = trace.event(event.cause).what else { return };
        if let Payload::Ballot(bound) = trace.message(id).message.payload {
            self.of.entry(left, Fate::default).end = Some(Setback::GivenUp(bound));
        }
    }

    pub(super) fn setback(&self, trace: &Trace, ballot: Ballot, fate: &Fate) -> Setback {
        match (fate.refused, fate.end) {
            (Some((node, bound)), _) => Setback::Refused(node, bound),
            (None, Some(given_up @ Setback::GivenUp(_))) => given_up,
            _ if fate.began => Setback::NoVotes,
            (None, Some(end)) => end,
            _ if !trace.is_quorum(Purpose::Promise, (ballot, fate.first()), fate.promised) => Setback::NoPromises,
            _ if !trace.scenario.setup.performs(Phase::TwoA) => Setback::Skipped,
            _ => Setback::Idle,
        }
    }
}
