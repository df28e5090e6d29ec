//! What the events of a run tell of each ballot, up to what stopped it.

use crate::protocol::{Fact, Payload, Phase};
use crate::quorum::Purpose;
use crate::trace::{Event, EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// What stops a ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setback {
    /// This node refused a message of it, having promised this larger ballot.
    Refused(NodeId, Ballot),
    /// Its owner gave it up: a Nack told the owner of this larger ballot.
    GivenUp(Ballot),
    /// Its owner crashed before enough promises came.
    Crashed,
    /// Not enough promises came while its owner still waited for them.
    NoPromises,
    /// Not enough votes were cast.
    NoVotes,
    /// Enough promises came, but the script leaves step 2a out.
    Skipped,
    /// Enough promises came, and there was nothing to begin.
    Idle,
}

/// A decree that a quorum has voted for in one ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// The place in the ledger.
    pub instance: Instance,
    /// The decree, and the ballot.
    pub vote: Vote,
    /// When the vote was cast that completed the quorum.
    pub time: Time,
    /// The event of that vote.
    pub event: EventId,
}

/// What the events tell of one ballot.
#[derive(Default, Debug)]
pub(super) struct Fate {
    /// When it was tried first.
    pub(super) tried: Option<Time>,
    /// Those whose promises reached its owner while the owner still waited for them.
    promised: NodeSet,
    began: bool,
    /// Who voted in it for what, and whether these were a quorum.
    votes: Sorted<(Instance, Value), (NodeSet, bool)>,
    pub(super) learned: bool,
    /// Its first refusal: by whom, and for which ballot.
    refused: Option<(NodeId, Ballot)>,
    /// Why its owner stopped waiting for it, if that is known by itself.
    end: Option<Setback>,
    /// Whether it refused a ballot of another process.
    pub(super) stale: bool,
}

impl Fate {
    pub(super) fn has_passed(&self) -> bool {
        self.votes.entries().iter().any(|(_, (_, is_quorum))| *is_quorum)
    }
}

/// The ballots of a run, as far as they have been read.
#[derive(Debug)]
pub(super) struct Fates {
    /// In the order tried.
    pub(super) tried: Vec<Ballot>,
    pub(super) of: Sorted<Ballot, Fate>,
    /// For each node the ballot of its own for which it waits.
    current: Vec<Option<Ballot>>,
    /// The first time that each decree was chosen.
    pub(super) chosen: Sorted<(Instance, Value), Chosen>,
    /// Every later time, by another ballot.
    pub(super) again: Vec<Chosen>,
}

impl Fates {
    pub(super) fn new(nodes: usize) -> Self {
        let (of, chosen) = (Sorted::default(), Sorted::default());
        Self { tried: Vec::new(), of, current: vec![None; nodes], chosen, again: Vec::new() }
    }

    /// A message landed: a promise may have come.
    pub(super) fn take_landing(&mut self, trace: &Trace, id: crate::trace::MessageId) {
        let envelope = trace.message(id);
        let Some(ballot) = envelope.message.ballot else { return };
        let is_promise = trace.scenario.protocol.kind(envelope.message.kind).phase == Phase::OneB;
        if is_promise && self.current[envelope.to.index()] == Some(ballot) {
            self.of.entry(ballot, Fate::default).promised.insert(envelope.from);
        }
    }

    /// A process crashed: its slip of paper is gone. A ballot with enough promises waits for nothing that a crash could take.
    pub(super) fn take_crash(&mut self, trace: &Trace, node: NodeId) {
        if let Some(ballot) = self.current[node.index()].take() {
            let fate = self.of.entry(ballot, Fate::default);
            let has_promises = trace.scenario.is_quorum(Purpose::Promise, ballot, fate.promised);
            fate.end = (!has_promises).then_some(Setback::Crashed);
        }
    }

    /// What a fact tells of the ballot that it names.
    pub(super) fn take_fact(&mut self, trace: &Trace, id: EventId, event: &Event, node: NodeId, fact: Fact) {
        let ballot = match fact {
            Fact::Tried(ballot) => ballot,
            Fact::Began { ballot, .. } => ballot,
            Fact::Voted(_, vote) | Fact::Learned(_, vote) => vote.ballot,
            Fact::Refused(ballot, Some(bound)) if bound > ballot => ballot,
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
            Fact::Voted(instance, vote) => {
                let (voters, is_quorum) = fate.votes.entry((instance, vote.value), || (NodeSet::EMPTY, false));
                voters.insert(node);
                if !*is_quorum && trace.scenario.is_quorum(Purpose::Pass, ballot, *voters) {
                    *is_quorum = true;
                    let chosen = Chosen { instance, vote, time: event.time, event: id };
                    if self.chosen.entry((instance, vote.value), || chosen).event != id {
                        self.again.push(chosen);
                    }
                }
            }
            Fact::Learned(..) => fate.learned = true,
            Fact::Refused(_, Some(bound)) => {
                fate.refused.get_or_insert((node, bound));
                // Whether the larger ballot is a stale one is a matter of that ballot.
                self.of.entry(bound, Fate::default).stale |= bound.owner() != ballot.owner();
            }
            _ => {}
        }
    }

    /// A process tries a ballot, and so leaves the one before.
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
            _ if !trace.scenario.is_quorum(Purpose::Promise, ballot, fate.promised) => Setback::NoPromises,
            _ if !trace.scenario.setup.performs(Phase::TwoA) => Setback::Skipped,
            _ => Setback::Idle,
        }
    }
}
