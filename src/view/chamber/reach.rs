//! Which nodes can reach each other, as the script has left the network so far.

use crate::scenario::Act;
use crate::session::Session;
use crate::trace::What;
use crate::types::{NodeId, NodeSet};

/// The network's cuts at the session's cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// For each node, the nodes to which it cannot send.
    blocked: Vec<NodeSet>,
    /// The groups of nodes that are connected, one way or both ways; a single group when nothing separates them. They
    /// are in the order of their first members.
    pub groups: Vec<NodeSet>,
}

impl Reach {
    /// The network at the cursor. This reads the acts of the script and not the events of the run, because a script is
    /// short however long the run is.
    pub fn of(session: &Session) -> Self {
        let trace = session.trace();
        let cursor = session.cursor();
        let nodes = trace.scenario.nodes();
        let everybody = NodeSet::all(nodes);
        // Of the acts at this instant, only those that have been shown count.
        let instant = trace.events().range(trace.count_before(cursor.time).min(cursor.events)..cursor.events);
        let last = instant.rev().find_map(|event| match event.what {
            What::Acted(place, _) => Some(place as usize),
            _ => None,
        });
        let end = trace.end();
        let mut blocked = vec![NodeSet::EMPTY; nodes];
        for (place, planned) in trace.scenario.acts.iter().enumerate() {
            // Acts that were planned for an instant after the last event of the run found nothing to do, or were never
            // reached.
            if planned.at > end || !(planned.at < cursor.time || last.is_some_and(|last| place <= last)) {
                break;
            }
            match &planned.act {
                Act::Partition(named) => {
                    let mut rest = everybody;
                    for group in named {
                        let group: NodeSet = group.iter().copied().collect();
                        rest = rest.without(group);
                        group.iter().for_each(|node| blocked[node.index()] = everybody.without(group));
                    }
                    rest.iter().for_each(|node| blocked[node.index()] = everybody.without(rest));
                }
                Act::Cut(link) => {
                    blocked[link.from.index()].insert(link.to);
                }
                Act::Heal => blocked.fill(NodeSet::EMPTY),
                Act::HealLink(link) => blocked[link.from.index()].remove(link.to),
                _ => {}
            }
        }
        let groups = groups(&blocked, everybody);
        Self { blocked, groups }
    }

    /// Whether messages from one to the other are lost.
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.blocked[from.index()].contains(to)
    }

    /// Whether everybody reaches everybody.
    pub fn is_whole(&self) -> bool {
        self.blocked.iter().all(|blocked| blocked.is_empty())
    }

    /// The place of the group that a node is in.
    pub fn group_of(&self, node: NodeId) -> usize {
        self.groups.iter().position(|group| group.contains(node)).unwrap_or(0)
    }

    /// The groups after a node has moved to another one, or to a new one when there is none with that number; none when
    /// this changes nothing.
    pub fn moved(&self, node: NodeId, to: usize) -> Option<Vec<NodeSet>> {
        let from = self.group_of(node);
        let is_new = to >= self.groups.len();
        if to == from || (is_new && self.groups[from].len() == 1) {
            return None;
        }
        let mut groups = self.groups.clone();
        groups[from].remove(node);
        if is_new {
            groups.push(NodeSet::EMPTY);
        }
        groups[to.min(self.groups.len())].insert(node);
        groups.retain(|group| !group.is_empty());
        Some(groups)
    }
}

fn groups(blocked: &[NodeSet], everybody: NodeSet) -> Vec<NodeSet> {
    let mut rest = everybody;
    let mut groups = Vec::new();
    while let Some(first) = rest.iter().next() {
        let mut group = NodeSet::EMPTY;
        let mut new: NodeSet = [first].into_iter().collect();
        while let Some(node) = new.iter().next() {
            new.remove(node);
            group.insert(node);
            rest.remove(node);
            let forth = rest.without(blocked[node.index()]);
            let back = rest.iter().filter(|other| !blocked[other.index()].contains(node));
            new = new.union(forth).union(back.collect());
        }
        groups.push(group);
    }
    groups
}
