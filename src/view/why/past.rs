//! What a trace says of the time before a step: the promises, the messages that have come, and the leaders.

use super::{REACH, Step};
use crate::protocol::{Carries, Fact, Guard, Meaning, Payload, Phase};
use crate::quorum::{Overlap, QuorumSystem};
use crate::scenario::{Act, Disk};
use crate::tongue::say;
use crate::trace::{Envelope, Event, Iter, MessageId, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};
use crate::view::events::names;

/// The most sets of processes that are named; of more sets only the number is said.
const SETS_NAMED: usize = 6;

impl<'a> Step<'a> {
    /// The events before the step, the latest last.
    pub(super) fn before(&self) -> Iter<'a, Event> {
        self.trace.events().range(self.first.saturating_sub(REACH)..self.first)
    }

    /// Whether [`Self::before`] begins with the run.
    pub(super) fn sees_all(&self) -> bool {
        self.first <= REACH
    }

    /// Whether processes remember their promises as one number, and the trace says which.
    pub(super) fn has_bound(&self) -> bool {
        !self.is_log && self.trace.scenario.protocol.field_meaning(Meaning::NextBal).is_some()
    }

    pub(super) fn is_client(&self, node: NodeId) -> bool {
        self.trace.scenario.setup.cast.clients.contains(node)
    }

    pub(super) fn is_acceptor(&self, node: NodeId) -> bool {
        self.trace.scenario.setup.cast.acceptors.contains(node)
    }

    /// A process's nextBal before the step; none where the protocol has none, or when the event that set it is too far
    /// back.
    pub(super) fn bound(&self, node: NodeId) -> Option<Option<Ballot>> {
        let scenario = &self.trace.scenario;
        if !self.has_bound() {
            return None;
        }
        let is_alone = scenario.protocol.is_log && scenario.setup.quorums.overlap == Overlap::TwoFast;
        // A process that comes back forgets before it does anything else.
        for event in std::iter::once(self.input()).chain(self.before().rev()) {
            match event.what {
                What::Persisted(who, field, _, cell)
                    if who == node && scenario.protocol.fields[usize::from(field.0)].meaning == Meaning::NextBal =>
                {
                    return Some(cell.ballot);
                }
                // When promises are kept, a process that votes in a ballot has just promised that ballot; in a ledger with fast
                // rounds, for this instance alone.
                What::Stated(who, Fact::Voted(_, vote))
                    if who == node && scenario.setup.keeps(Guard::Promise) && !is_alone =>
                {
                    return Some(Some(vote.ballot));
                }
                What::Acted(_, Act::Restart(who, disk))
                    if who == node && (disk == Disk::Empty || !scenario.setup.remembers(node)) =>
                {
                    return Some(None);
                }
                _ => {}
            }
        }
        self.sees_all().then_some(None)
    }

    /// The messages that have landed at a process for a ballot, together with the one that has come now. They count from
    /// the event that `since` finds, or from when the process came up, because a crash loses what it counts. None when
    /// that event is too far back.
    pub(super) fn landed(
        &self,
        node: NodeId,
        ballot: Ballot,
        since: impl Fn(&Event) -> bool,
    ) -> Option<Vec<MessageId>> {
        let mut landed = Vec::new();
        let mut take = |event: &Event| {
            if let What::Landed(id) = event.what
                && self.trace.message(id).to == node
                && self.trace.message(id).message.ballot == Some(ballot)
            {
                landed.push(id);
            }
        };
        take(self.input());
        let mut sees_all = self.sees_all();
        for event in self.before().rev() {
            let is_restart = matches!(event.what, What::Acted(_, Act::Restart(who, _)) if who == node);
            if is_restart || since(event) {
                sees_all = true;
                break;
            }
            take(event);
        }
        sees_all.then_some(landed)
    }

    /// The processes that have been heard in this phase of this ballot, together with the sender of the message that came
    /// now. Promises count from when the process tried the ballot. Votes that carry no decree count from when the process
    /// began the ballot. Votes that carry one count whenever they come; if `value` is given, only those for `value`
    /// count.
    pub(super) fn heard_from(
        &self,
        node: NodeId,
        phase: Phase,
        ballot: Ballot,
        instance: Instance,
        value: Option<Value>,
    ) -> Option<NodeSet> {
        let is_it = |id: &MessageId| {
            let message = &self.trace.message(*id).message;
            let is_other = matches!((&message.payload, value), (Payload::Value(other), Some(value)) if *other != value);
            self.trace.scenario.protocol.kind(message.kind).phase == phase
                && (phase == Phase::OneB || message.instance == instance)
                && !is_other
        };
        let landed = self.landed(node, ballot, |event| match phase {
            Phase::OneB => tried_by(event, node) == Some(ballot),
            Phase::TwoB if !self.votes_carry_decrees() => began_by(event, node, instance) == Some(ballot),
            _ => false,
        })?;
        Some(landed.into_iter().filter(is_it).map(|id| self.trace.message(id).from).collect())
    }

    /// Whether a process can count votes without having begun the ballot itself.
    pub(super) fn votes_carry_decrees(&self) -> bool {
        let kinds = self.trace.scenario.protocol.kinds;
        kinds.iter().any(|kind| kind.phase == Phase::TwoB && kind.carries == Carries::Value)
    }

    /// The first instance that this ballot is about, as its NextBallot says.
    pub(super) fn first_of(&self, ballot: Ballot) -> Instance {
        let asks = |event: &&Event| match event.what {
            What::Sent(id) => {
                let message = &self.trace.message(id).message;
                self.trace.scenario.protocol.kind(message.kind).phase == Phase::OneA && message.ballot == Some(ballot)
            }
            _ => false,
        };
        // Only where decrees change the members does it matter which instance it is.
        let sent = self.trace.scenario.setup.changes.as_ref().and_then(|_| self.trace.events().iter().find(asks));
        match sent.map(|event| &event.what) {
            Some(What::Sent(id)) => self.trace.message(*id).message.instance,
            _ => Instance::FIRST,
        }
    }

    /// The processes that a process has asked for votes in this ballot.
    pub(super) fn asked(&self, node: NodeId, ballot: Ballot, instance: Instance) -> NodeSet {
        let mut asked = NodeSet::EMPTY;
        for event in self.before().rev() {
            if began_by(event, node, instance) == Some(ballot) {
                break;
            }
            if let What::Sent(id) = event.what {
                let Envelope { from, to, message, .. } = self.trace.message(id);
                let is_it = *from == node && message.ballot == Some(ballot) && message.instance == instance;
                if is_it && self.trace.scenario.protocol.kind(message.kind).phase == Phase::TwoA {
                    asked.insert(*to);
                }
            }
        }
        asked
    }

    /// The votes that promises of a ballot have reported to its process, each with the process that reported it.
    pub(super) fn reported(&self, node: NodeId, ballot: Ballot, instance: Instance) -> Option<Vec<(Vote, NodeId)>> {
        let mut reported = Vec::new();
        for id in self.landed(node, ballot, |event| tried_by(event, node) == Some(ballot))? {
            let envelope = self.trace.message(id);
            if self.trace.scenario.protocol.kind(envelope.message.kind).phase != Phase::OneB {
                continue;
            }
            match &envelope.message.payload {
                Payload::LastVote(Some(vote)) if envelope.message.instance == instance => {
                    reported.push((*vote, envelope.from));
                }
                Payload::Entries(entries) => {
                    let here = entries.iter().filter(|entry| entry.instance == instance && !entry.is_passed);
                    reported.extend(here.map(|entry| (entry.vote, envelope.from)));
                }
                _ => {}
            }
        }
        Some(reported)
    }

    /// What a quorum of this system needs, by name, or by weight where numbers do not say it.
    pub(super) fn need(&self, system: &QuorumSystem, heard: NodeSet) -> String {
        match system {
            QuorumSystem::Weighted { .. } => {
                say!("{need}, of which there is {weight}", need = system.need(), weight = system.weight(heard))
            }
            QuorumSystem::Explicit(sets) if sets.len() <= SETS_NAMED => {
                let sets = sets.iter().map(|set| names(&self.trace.scenario.symbols, set.iter()));
                sets.collect::<Vec<_>>().join(say!(", or ").text())
            }
            QuorumSystem::Count { .. } | QuorumSystem::Explicit(_) => system.need(),
        }
    }

    /// Whether a process thinks that it leads; none when it has said nothing about that since it came up.
    pub(super) fn leads(&self, node: NodeId) -> Option<bool> {
        for event in self.before().rev() {
            match event.what {
                What::Stated(who, Fact::Leads(leads)) if who == node => return Some(leads),
                What::Acted(_, Act::Restart(who, _)) if who == node => return None,
                _ => {}
            }
        }
        None
    }

    /// Whether a process has learned a decree that `is_it` accepts, by its instance or by its value.
    pub(super) fn has_learned(&self, node: NodeId, is_it: impl Fn(Instance, Value) -> bool) -> bool {
        self.remembered(node).any(|event| {
            matches!(event.what, What::Stated(who, Fact::Learned(instance, vote))
                if who == node && is_it(instance, vote.value))
        })
    }

    /// The events before the step, the latest first, back to where the process last lost its disk.
    pub(super) fn remembered(&self, node: NodeId) -> impl Iterator<Item = &'a Event> + use<'a> {
        let is_empty = loses_disk(self.input(), node);
        self.before().rev().take_while(move |event| !is_empty && !loses_disk(event, node))
    }

    /// Whether a process has kept its votes all the time: a crash does not lose them, and the script never empties its
    /// disk.
    pub(super) fn has_all_votes(&self, node: NodeId) -> bool {
        let scenario = &self.trace.scenario;
        let empties = scenario.acts.iter().any(|planned| planned.act == Act::Restart(node, Disk::Empty));
        scenario.setup.remembers(node) && !empties
    }

    /// Whether the step ends with a crash before any message is sent.
    pub(super) fn is_cut_short(&self) -> bool {
        self.events.clone().any(|event| matches!(event.what, What::CrashedBeforeSend(_)))
    }

    /// The messages of the step in this phase: the sender and the receiver of each.
    pub(super) fn sent_in(&self, phase: Phase) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.events.clone().filter_map(move |event| match event.what {
            What::Sent(id) => {
                let envelope = self.trace.message(id);
                let is_it = self.trace.scenario.protocol.kind(envelope.message.kind).phase == phase;
                (is_it && envelope.copy_of.is_none()).then_some((envelope.from, envelope.to))
            }
            _ => None,
        })
    }
}

/// The ballot that this process tries in this event.
pub(super) fn tried_by(event: &Event, node: NodeId) -> Option<Ballot> {
    match event.what {
        What::Stated(who, Fact::Tried(ballot)) if who == node => Some(ballot),
        _ => None,
    }
}

/// The ballot that this process begins in this instance in this event.
pub(super) fn began_by(event: &Event, node: NodeId, of: Instance) -> Option<Ballot> {
    match event.what {
        What::Stated(who, Fact::Began { instance, ballot, .. }) if who == node && instance == of => Some(ballot),
        _ => None,
    }
}

/// Whether a process comes up in this event without what it had written to its disk.
pub(super) fn loses_disk(event: &Event, node: NodeId) -> bool {
    matches!(event.what, What::Acted(_, Act::Restart(who, Disk::Empty)) if who == node)
}
