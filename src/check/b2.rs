//! B2: any two quorums have a process in common.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen};
use crate::protocol::Fact;
use crate::types::{Ballot, Instance, NodeSet, Renaming, Sorted};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B2",
    title: "B2 · quorums intersect",
    statement: "The quorums of any two ballots share a process: for all B, B′ in β, B_qrm ∩ B′_qrm ≠ ∅.",
    source: "PTP §2.1; slides, “Consistency conditions”",
    applies: |_| true,
    open: |_| Box::<B2>::default(),
};

/// Each quorum that was used, with the first ballot that used it: runs have many ballots and few quorums.
#[derive(Clone, Default)]
struct B2 {
    used: Sorted<(Instance, NodeSet), Ballot>,
}

/// β tells the quorums as well.
impl Hash for B2 {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Check for B2 {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        let Some((_, Fact::Began { instance, vote, quorum })) = seen.fact() else { return Ok(()) };
        self.used.entry((instance, quorum), || vote.ballot);
        let used = self.used.from(&(instance, NodeSet::EMPTY)).iter().take_while(|((other, _), _)| *other == instance);
        let disjoint = used.into_iter().find(|((_, used), _)| !used.meets(quorum));
        let Some(((_, used), ballot)) = disjoint else { return Ok(()) };
        let symbols = seen.symbols();
        let [this, that] = [vote.ballot, *ballot].map(|ballot| symbols.ballot(ballot));
        let [quorum, used] = [quorum, *used].map(|set| symbols.set(set));
        Err(format!("ballot {this} uses the quorum {quorum}, which shares nobody with {used} of ballot {that}"))
    }

    fn rename(&mut self, names: &Renaming) {
        let used = std::mem::take(&mut self.used);
        for ((instance, quorum), ballot) in used.into_entries() {
            self.used.set((instance, quorum.renamed(names)), ballot);
        }
    }
}
