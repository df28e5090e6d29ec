//! Prefix consistency: of any two processes, the list of commands that one has executed is a beginning of the other's list.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, crashed};
use crate::protocol::Said;
use crate::trace::What;
use crate::types::{NodeId, Renaming, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "prefix",
    title: "Same commands, same order",
    statement: "Each process executes its {ledger} from 1 on, in order and without gaps, and all execute the same.",
    source: "PTP §3.1, §4.1",
    applies: |scenario| scenario.protocol.is_log,
    open: |scenario| Box::new(Prefix { reached: vec![0; scenario.nodes()], first: Vec::new() }),
};

#[derive(Clone)]
struct Prefix {
    /// For each node, the last instance that the node has executed since it came up.
    reached: Vec<u32>,
    /// For each instance from 1 on, the node that executed it first, and the value that it executed.
    first: Vec<(NodeId, Value)>,
}

/// The hash covers the values that were executed. Only the sentence needs the node that was first.
impl Hash for Prefix {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.reached.hash(hasher);
        self.first.len().hash(hasher);
        self.first.iter().for_each(|(_, value)| value.hash(hasher));
    }
}

impl Check for Prefix {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some(node) = crashed(seen.what) {
            self.reached[node.index()] = 0;
        }
        let What::Applied(node, applied) = seen.what else { return Ok(()) };
        let (name, place) = (seen.symbols().node(*node), applied.instance.0);
        let reached = &mut self.reached[node.index()];
        if place != *reached + 1 {
            return Err(format!("{name} executed {place} after {reached}").into());
        }
        *reached = place;
        if self.first.len() < place as usize {
            self.first.push((*node, applied.value));
        }
        let (first, value) = self.first[place as usize - 1];
        if value == applied.value {
            return Ok(());
        }
        let symbols = seen.symbols();
        Err(Said::of(|words| {
            let [this, that] = [applied.value, value].map(|value| words.value(symbols, value));
            format!("{name} executed “{this}” as number {place}, but {} executed “{that}”", symbols.node(first))
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.reached);
    }
}
