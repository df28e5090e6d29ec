//! The election of the leader (PTP §2.4; slides, "Complete protocol"): the leader is the process that an oracle names, or
//! the process with the highest name that was heard lately.
//!
//! With heartbeats every process sends its name every T − Δ, and considers itself the leader when it has heard no higher
//! name for T. If no process fails or comes back, there is exactly one leader after T, so T_el = T.

use super::{ALIVE, BEAT, SILENT};
use crate::protocol::{Effects, Message, Payload, Setup, TimerId};
use crate::types::{Instance, NodeId, NodeSet, Time};

/// T: how long a process with a higher name may be silent.
const SILENCE: Time = Time::deltas(4);
/// T − Δ: how often a process says that it is there.
const PERIOD: Time = Time::deltas(3);

#[derive(Clone, Hash)]
pub(in crate::protocol) enum Election {
    /// The processes that the oracle names. Each of these leads; the other processes take the first of them as their leader.
    Oracle(NodeSet),
    /// The processes with higher names that are not silent. For a process that may not lead itself, every name counts as
    /// higher.
    Heartbeats { higher: NodeSet, may_lead: bool },
}

impl Election {
    pub(in crate::protocol) fn open(setup: &Setup, me: NodeId, is_by_heartbeat: bool) -> Self {
        let may_lead = setup.cast.proposers().contains(me);
        if is_by_heartbeat {
            Self::Heartbeats { higher: NodeSet::EMPTY, may_lead }
        } else {
            Self::Oracle(NodeSet::EMPTY)
        }
    }

    /// The leader, as far as `me` knows.
    pub(in crate::protocol) fn leader(&self, me: NodeId) -> Option<NodeId> {
        match self {
            Self::Oracle(named) if named.contains(me) => Some(me),
            Self::Oracle(named) => named.iter().next(),
            Self::Heartbeats { higher, may_lead } => higher.iter().last().or(may_lead.then_some(me)),
        }
    }

    pub(in crate::protocol) fn leads(&self, me: NodeId) -> bool {
        self.leader(me) == Some(me)
    }

    /// The process to which `me` forwards a request from `from`, if `me` does not lead. A request never goes in a circle.
    /// With heartbeats every process forwards to a higher name than its own, so the names only rise on the way. With an
    /// oracle every process hears at once which leaders the oracle names, so one hop is enough, and the hop never leads back
    /// to `from`.
    pub(in crate::protocol) fn onward(&self, me: NodeId, from: NodeId, is_forwarded: bool) -> Option<NodeId> {
        let leader = self.leader(me).filter(|leader| *leader != from)?;
        (matches!(self, Self::Heartbeats { .. }) || !is_forwarded).then_some(leader)
    }

    /// The process comes up: for T, it assumes that every process with a higher name is there.
    pub(in crate::protocol) fn start(&mut self, setup: &Setup, me: NodeId, effects: &mut Effects) {
        let Self::Heartbeats { higher, may_lead } = self else { return };
        *higher = setup.cast.proposers().iter().filter(|node| *node > me || !*may_lead).collect();
        higher.iter().for_each(|node| effects.set_timer(silent(node), SILENCE));
        if *may_lead {
            beat(setup, me, effects);
        }
    }

    /// The oracle names leaders.
    pub(in crate::protocol) fn name(&mut self, leaders: NodeSet) {
        if let Self::Oracle(named) = self {
            *named = leaders;
        }
    }

    /// A process has said that it is there.
    pub(in crate::protocol) fn heard(&mut self, me: NodeId, from: NodeId, effects: &mut Effects) {
        if let Self::Heartbeats { higher, may_lead } = self
            && (from > me || !*may_lead)
        {
            higher.insert(from);
            effects.set_timer(silent(from), SILENCE);
        }
    }

    pub(in crate::protocol) fn timer(&mut self, timer: TimerId, me: NodeId, setup: &Setup, effects: &mut Effects) {
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
