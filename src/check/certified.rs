//! Certified: a certificate is true, and who sends COMMIT has one.
//!
//! What a liar has begun is shown to no check, so where processes may lie nobody can ask whether the ballot of a vote was
//! begun. This check takes its place: behind every vote is a certificate, and behind every certificate are correct processes
//! that have accepted the value for this ballot.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::quorum::{Overlap, Purpose};
use crate::tongue::{key, say};
use crate::types::{Instance, NodeId, Renaming, Sorted, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "certified",
    title: key!("Certificates are true"),
    statement: key!(
        "Whoever {votes_for} a {decree} has a certificate for it: a quorum whose correct members have all accepted \
                that the {ballot} carries this {decree} there."
    ),
    further: &[],
    source: "Practical Byzantine Fault Tolerance (1999), §4.2, “prepared”",
    applies: |scenario| scenario.setup.quorums.overlap == Overlap::Correct,
    open: |_| Box::<Certified>::default(),
};

#[derive(Clone, Hash, Default)]
struct Certified {
    /// Who has accepted which value for which ballot.
    accepted: Sorted<(NodeId, Instance, Vote), ()>,
    /// Who has a certificate.
    holders: Sorted<(NodeId, Instance, Vote), ()>,
}

impl Check for Certified {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, fact)) = seen.fact() else { return Ok(()) };
        let symbols = seen.symbols();
        match fact {
            // Who begins a ballot has signed its value as well.
            Fact::Believed { instance, ballot, value, .. }
            | Fact::Began { instance, ballot, value: Some(value), .. } => {
                self.accepted.set((node, instance, Vote { ballot, value }), ());
                Ok(())
            }
            Fact::Certified(instance, vote, signers) => {
                self.holders.set((node, instance, vote), ());
                let correct = signers.without(seen.scenario.setup.cast.liars);
                let has_accepted = |node: &NodeId| self.accepted.get(&(*node, instance, vote)).is_some();
                let (name, value, number) =
                    (symbols.node(node), symbols.value(vote.value), symbols.ballot(vote.ballot));
                if let Some(other) = correct.iter().find(|node| !has_accepted(node)) {
                    let other = symbols.node(other);
                    return Err(say!(
                        "{name} has a certificate for “{value}” in {number} with {other}, which has not accepted it"
                    )
                    .into());
                }
                if seen.is_quorum(Purpose::Certify, (vote.ballot, instance), signers) {
                    return Ok(());
                }
                let signers = symbols.set(signers);
                Err(say!("{name} has a certificate for “{value}” in {number} of {signers}, who are no quorum").into())
            }
            Fact::Voted(instance, vote) if self.holders.get(&(node, instance, vote)).is_none() => {
                let (name, value, number) =
                    (symbols.node(node), symbols.value(vote.value), symbols.ballot(vote.ballot));
                Err(Said::of(|words| {
                    say!("{name} {voted_for} “{value}” in {number} without a certificate", voted_for = words.voted_for)
                }))
            }
            _ => Ok(()),
        }
    }

    fn rename(&mut self, names: &Renaming) {
        for map in [&mut self.accepted, &mut self.holders] {
            for ((node, instance, vote), ()) in std::mem::take(map).into_entries() {
                map.set((names.of(node), instance, vote), ());
            }
        }
    }
}
