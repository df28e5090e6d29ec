//! How far each process knows the ledger: what checks remember that ask whether a process knows all decrees up to an
//! instance.

use crate::protocol::Fact;
use crate::types::{Instance, NodeId, Renaming, Sorted};

/// For each node, the decrees that it has learned. Ledgers are in stable storage, so a crash takes nothing away.
#[derive(Clone, Hash)]
pub(super) struct Known {
    nodes: Vec<Learned>,
}

#[derive(Clone, Hash, Default)]
struct Learned {
    /// The last instance up to which the node has learned the decree of every instance.
    reached: u32,
    /// The later instances whose decree it has learned.
    beyond: Sorted<Instance, ()>,
}

impl Known {
    pub(super) fn new(nodes: usize) -> Self {
        Self { nodes: vec![Learned::default(); nodes] }
    }

    /// Notes what the node has learned, if this fact says so.
    pub(super) fn observe(&mut self, node: NodeId, fact: Fact) {
        let Fact::Learned(instance, _) = fact else { return };
        let learned = &mut self.nodes[node.index()];
        if instance.0 > learned.reached {
            learned.beyond.set(instance, ());
        }
        while learned.beyond.remove(&Instance(learned.reached + 1)).is_some() {
            learned.reached += 1;
        }
    }

    /// The last instance up to which the node knows the decree of every instance; 0 at first.
    pub(super) fn reached(&self, node: NodeId) -> u32 {
        self.nodes[node.index()].reached
    }

    pub(super) fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.nodes);
    }
}
