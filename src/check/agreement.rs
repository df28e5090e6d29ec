//! Agreement: no two processes learn different decrees in one place of the ledger.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, has_histories};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::types::{Instance, NodeId, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "agreement",
    title: key!("Agreement"),
    statement: key!("All {ledgers} that have a {decree} in a place have the same one there."),
    further: &[(
        has_histories,
        key!("Where {ledgers} are histories of commands, any two that are learned can be extended to a common one."),
    )],
    source: "slides, “Definition”; PTP §1.1; Generalized Consensus and Paxos (2005), §2.3",
    applies: |_| true,
    open: |_| Box::<Agreement>::default(),
};

#[derive(Clone, Default)]
struct Agreement {
    /// The decree that was learned first and who learned it; or the smallest history that extends all learned ones, and who
    /// last made it larger.
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
        let setup = &seen.scenario.setup;
        let known = self.first.entry(instance, || (node, vote.value));
        let (first, value) = *known;
        if setup.is_compatible(value, vote.value) {
            // Histories that are compatible with each other all are compatible with the smallest one that extends them.
            if let Some(joined) = setup.histories.and_then(|histories| histories.lub(value, vote.value)) {
                *known = (if joined == value { first } else { node }, joined);
            }
            return Ok(());
        }
        let symbols = seen.symbols();
        Err(Said::of(|words| {
            let [this, that] = [vote.value, value].map(|value| words.value(symbols, value));
            let [node, first] = [node, first].map(|node| symbols.node(node));
            say!("{node} learned “{this}”, but {first} had learned “{that}”")
        }))
    }
}
