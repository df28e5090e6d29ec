//! The sentences on what a process believes where some may lie: accepted values, certificates, results and checkpoints.

use paxos_playground::protocol::{Basis, Fact};
use paxos_playground::types::{NodeId, Vote};

use super::truths::Step;

impl Step<'_> {
    /// What a ballot rests on.
    pub(crate) fn basis(&self, basis: Basis) -> String {
        match basis {
            Basis::Proof(signers) => format!("with a proof of {}", self.names(signers)),
            Basis::Promises(quorum) => format!("with the quorum {}", self.names(quorum)),
            Basis::Nothing => "with nothing before it".to_owned(),
        }
    }

    pub(crate) fn restated_proof(&self, node: NodeId, fact: Fact) -> String {
        let name = self.name(node);
        match fact {
            Fact::Believed { instance, ballot, value, basis } => {
                let (vote, place) = (self.vote(Vote { ballot, value }), self.place(instance));
                format!("{name} accepts that ballot {vote}{place} is right, {}.", self.basis(basis))
            }
            Fact::Certified(instance, vote, signers) => {
                let (vote, place, signers) = (self.vote(vote), self.place(instance), self.names(signers));
                format!("{name} has a certificate for {vote}{place}, signed by {signers}.")
            }
            Fact::Result(value, result) => {
                let is_client = self.past.trace.scenario.setup.cast.clients.contains(node);
                let (says, value) = (if is_client { "believes" } else { "finds" }, self.value(value));
                format!("{name} {says} the result {:04x} of {value}.", result & 0xFFFF)
            }
            Fact::Stable { instance, signers, .. } => {
                let (last, signers) = (instance.0, self.names(signers));
                format!(
                    "{name} has a stable checkpoint at instance {last}, signed by {signers}, and forgets the messages up to there."
                )
            }
            _ => unreachable!("not a fact about proofs"),
        }
    }
}
