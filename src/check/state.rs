//! State equality: two processes that have executed the same commands have the same state.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen};
use crate::protocol::Said;
use crate::trace::What;
use crate::types::{Instance, NodeId, Sorted};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "state",
    title: "Same state",
    statement: "After the same number of commands all replicas have the same state (compared by a fingerprint).",
    source: "PTP §4.1 (state machines)",
    applies: |scenario| scenario.protocol.is_log,
    open: |_| Box::<State>::default(),
};

#[derive(Clone, Default)]
struct State {
    /// For each instance, the node that executed it first, and the fingerprint of that node's state after it.
    first: Sorted<Instance, (NodeId, u64)>,
}

/// The hash covers the fingerprints. Only the sentence needs the node that was first.
impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.first.entries().len().hash(hasher);
        self.first.entries().iter().for_each(|(instance, (_, digest))| (instance, digest).hash(hasher));
    }
}

impl Check for State {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let What::Applied(node, applied) = seen.what else { return Ok(()) };
        let (first, digest) = *self.first.entry(applied.instance, || (*node, applied.digest));
        if digest == applied.digest {
            return Ok(());
        }
        let symbols = seen.symbols();
        let (this, that) = (symbols.node(*node), symbols.node(first));
        Err(format!("after number {} the states of {this} and {that} differ", applied.instance.0).into())
    }
}
