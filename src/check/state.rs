//! State equality: two processes that have executed the same commands have the same state.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, crashed, has_histories};
use crate::protocol::Said;
use crate::tongue::{key, say};
use crate::trace::What;
use crate::types::{NodeId, Renaming, Sorted};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "state",
    title: key!("Same state"),
    statement: key!("After the same number of commands all replicas have the same state (compared by a fingerprint)."),
    further: &[(has_histories, key!("Where {ledgers} are histories, they have it after the same commands."))],
    source: "PTP §4.1 (state machines)",
    applies: |scenario| scenario.protocol.is_log,
    open: |scenario| Box::new(State { first: Sorted::default(), executed: vec![0; scenario.nodes()] }),
};

#[derive(Clone)]
struct State {
    /// For each instance or, of histories, for each set of commands, the node that had executed it first, and the fingerprint
    /// of that node's state after it.
    first: Sorted<u32, (NodeId, u64)>,
    /// Of histories, the commands that each node has executed since it came up, one bit for each.
    executed: Vec<u32>,
}

/// The hash covers the fingerprints. Only the sentence needs the node that was first.
impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.first.entries().len().hash(hasher);
        self.first.entries().iter().for_each(|(instance, (_, digest))| (instance, digest).hash(hasher));
        self.executed.hash(hasher);
    }
}

impl Check for State {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some(node) = crashed(seen.what) {
            self.executed[node.index()] = 0;
        }
        let What::Applied(node, applied) = seen.what else { return Ok(()) };
        let has_histories = seen.scenario.setup.histories.is_some();
        let mut place = applied.instance.0;
        if has_histories {
            let executed = &mut self.executed[node.index()];
            *executed |= 1 << applied.value.0;
            place = *executed;
        }
        let (first, digest) = *self.first.entry(place, || (*node, applied.digest));
        if digest == applied.digest {
            return Ok(());
        }
        let symbols = seen.symbols();
        let (this, that) = (symbols.node(*node), symbols.node(first));
        Err(if has_histories {
            let count = place.count_ones();
            say!("after the same {count} commands the states of {this} and {that} differ").into()
        } else {
            say!("after number {place} the states of {this} and {that} differ").into()
        })
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.executed);
    }
}
