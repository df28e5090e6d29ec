//! Agreement: no two processes learn different decrees in one place of the ledger.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::types::{Instance, NodeId, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "agreement",
    title: "Agreement",
    statement: "All {ledgers} that have a {decree} in a place have the same one there.",
    source: "slides, “Definition”; PTP §1.1",
    applies: |_| true,
    open: |_| Box::<Agreement>::default(),
};

#[derive(Clone, Default)]
struct Agreement {
    first: Sorted<Instance, (NodeId, Value)>,
}

/// The hash covers the decrees that were learned. Only the sentence needs the node that was first.
impl Hash for Agreement {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.first.entries().len().hash(hasher);
        self.first.entries().iter().for_each(|(instance, (_, value))| (instance, value).hash(hasher));
    }
}

impl Check for Agreement {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Learned(instance, vote))) = seen.fact() else { return Ok(()) };
        let (first, value) = *self.first.entry(instance, || (node, vote.value));
        if value == vote.value {
            return Ok(());
        }
        let symbols = seen.symbols();
        Err(Said::of(|words| {
            let [this, that] = [vote.value, value].map(|value| words.value(symbols, value));
            format!("{} learned “{this}”, but {} had learned “{that}”", symbols.node(node), symbols.node(first))
        }))
    }
}
