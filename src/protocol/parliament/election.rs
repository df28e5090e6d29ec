//! Who leads (PTP §2.4; slides, "Complete protocol"): whom an oracle names, or the process with the highest name that was
//! heard lately.
//!
//! With heartbeats every process sends its name every T − Δ, and considers itself the leader when it has heard no higher
//! name for T. If nobody fails or comes back, there is exactly one leader after T: T_el = T.

use super::{ALIVE, BEAT, SILENT};
use crate::protocol::{Effects, Message, Payload, Setup, TimerId};
use crate::types::{Instance, NodeId, NodeSet, Time};

/// T: how long a higher name may be silent.
const SILENCE: Time = Time::deltas(4);
/// T − Δ: how often a process says that it is there.
const PERIOD: Time = Time::deltas(3);

#[derive(Clone, Hash)]
pub(super) enum Election {
    /// Those whom the oracle names; whoever is among them leads, the others turn to the first.
    Oracle(NodeSet),
    /// Those with higher names that are not silent. For a process that may not lead itself every name counts as higher.
    Heartbeats { higher: NodeSet, may_lead: bool },
}

impl Election {
    pub(super) fn open(setup: &Setup, me: NodeId, is_by_heartbeat: bool) -> Self {
        let may_lead = setup.cast.proposers().contains(me);
        if is_by_heartbeat {
            Self::Heartbeats { higher: NodeSet::EMPTY, may_lead }
        } else {
            Self::Oracle(NodeSet::EMPTY)
        }
    }

    /// Who leads, as far as `me` knows.
    pub(super) fn leader(&self, me: NodeId) -> Option<NodeId> {
        match self {
            Self::Oracle(named) if named.contains(me) => Some(me),
            Self::Oracle(named) => named.iter().next(),
            Self::Heartbeats { higher, may_lead } => higher.iter().last().or(may_lead.then_some(me)),
        }
    }

    pub(super) fn leads(&self, me: NodeId) -> bool {
        self.leader(me) == Some(me)
    }

    /// Whom to pass a request on to that came from `from`, if `me` does not lead. It never goes in a circle: by heartbeats
    /// everybody turns to a higher name than its own, so names only rise on the way; whom the oracle names everybody hears
    /// at once, so one hop is enough, and it is never back.
    pub(super) fn onward(&self, me: NodeId, from: NodeId, is_forwarded: bool) -> Option<NodeId> {
        let leader = self.leader(me).filter(|leader| *leader != from)?;
        (matches!(self, Self::Heartbeats { .. }) || !is_forwarded).then_some(leader)
    }

    /// Comes up: for T, every higher name may be there.
    pub(super) fn start(&mut self, setup: &Setup, me: NodeId, effects: &mut Effects) {
        let Self::Heartbeats { higher, may_lead } = self else { return };
        *higher = setup.cast.proposers().iter().filter(|node| *node > me || !*may_lead).collect();
        higher.iter().for_each(|node| effects.set_timer(silent(node), SILENCE));
        if *may_lead {
            beat(setup, me, effects);
        }
    }

    /// The oracle speaks.
    pub(super) fn name(&mut self, leaders: NodeSet) {
        if let Self::Oracle(named) = self {
            *named = leaders;
        }
    }

    /// A process says that it is there.
    pub(super) fn heard(&mut self, me: NodeId, from: NodeId, effects: &mut Effects) {
        if let Self::Heartbeats { higher, may_lead } = self
            && (from > me || !*may_lead)
        {
            higher.insert(from);
            effects.set_timer(silent(from), SILENCE);
        }
    }

    pub(super) fn timer(&mut self, timer: TimerId, me: NodeId, setup: &Setup, effects: &mut Effects) {
        match (self, timer.kind) {
            (Self::Heartbeats { .. }, BEAT) => beat(setup, me, effects),
            (Self::Heartbeats { higher, .. }, SILENT) => higher.remove(NodeId(timer.number as u8)),
            _ => {}
        }
    }
}

fn silent(node: NodeId) -> TimerId {
    TimerId { kind: SILENT, number: u32::from(node.0) }
}

fn beat(setup: &Setup, me: NodeId, effects: &mut Effects) {
    let alive = Message { kind: ALIVE, ballot: None, instance: Instance::FIRST, payload: Payload::Empty };
    let others = setup.cast.servers().without([me].into_iter().collect());
    effects.send_each(others.iter(), &alive);
    effects.set_timer(TimerId { kind: BEAT, number: 0 }, PERIOD);
}
