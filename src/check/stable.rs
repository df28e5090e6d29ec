//! Stable checkpoints: what a process forgets, a quorum has executed, and with the same history.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::quorum::{Purpose, Round};
use crate::tongue::{key, say};
use crate::trace::What;
use crate::types::{Instance, NodeId, Renaming, Sorted};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "stable",
    title: key!("Stable checkpoints"),
    statement: key!(
        "When a checkpoint is stable for a process, a quorum has said so. The quorum has correct members, and each of \
                them has executed everything up to there, with the same history."
    ),
    further: &[],
    source: "Practical Byzantine Fault Tolerance (1999), §4.3",
    applies: |scenario| scenario.protocol.window.is_some(),
    open: |_| Box::<Stable>::default(),
};

#[derive(Clone, Hash, Default)]
struct Stable {
    /// For each process and instance, the fingerprint of the history when the process had executed so far.
    executed: Sorted<(NodeId, Instance), u64>,
}

impl Check for Stable {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let What::Applied(node, applied) = seen.what {
            self.executed.set((*node, applied.instance), applied.chain);
        }
        let Some((node, Fact::Stable { instance, history, signers })) = seen.fact() else { return Ok(()) };
        let (setup, symbols) = (&seen.scenario.setup, seen.symbols());
        let (name, place) = (symbols.node(node), instance.0);
        if !setup.quorums.get(Purpose::Certify, Round::Classic).is_quorum(signers) {
            let signers = symbols.set(signers);
            return Err(say!("{name} takes the checkpoint {place} of {signers} for stable, who are no quorum").into());
        }
        let correct = signers.without(setup.cast.liars);
        if correct.is_empty() {
            let signers = symbols.set(signers);
            return Err(say!("{name} takes the checkpoint {place} of {signers} for stable, who all lie").into());
        }
        let has_executed = |node: &NodeId| self.executed.get(&(*node, instance)) == Some(&history);
        match correct.iter().find(|signer| !has_executed(signer)) {
            None => Ok(()),
            Some(other) => {
                let other = symbols.node(other);
                Err(say!(
                    "{name} takes the checkpoint {place} for stable, but {other} has not executed the same up to there"
                )
                .into())
            }
        }
    }

    fn rename(&mut self, names: &Renaming) {
        for ((node, instance), chain) in std::mem::take(&mut self.executed).into_entries() {
            self.executed.set((names.of(node), instance), chain);
        }
    }
}
