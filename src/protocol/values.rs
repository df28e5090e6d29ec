//! How many values a message carries, which decides how many bytes it has.
//!
//! A message that only names a value does not carry it: ballots, instances, numbers of requests, fingerprints and signatures
//! belong to the header, which every message has once. The olive-day decree has no content, so it is no value here.

use super::{Carries, Claim, KindInfo, Message, Payload, Protocol};
use crate::types::Value;

impl Message {
    /// How many values this message carries: its own decree, the decrees of the votes and passed decrees that it reports,
    /// and those of the claims that it shows. A history counts each of its commands. The same decree counts as often as it
    /// is in the message.
    pub fn values(&self, protocol: &Protocol) -> u64 {
        let kind = protocol.kind(self.kind);
        if kind.is_by_name || kind.carries == Carries::Result {
            return 0;
        }
        let of = |value: Value| match value {
            Value::OLIVE_DAY => 0,
            value if protocol.histories.is_some() && value.is_history() => value.commands().len() as u64,
            _ => 1,
        };
        match &self.payload {
            Payload::Empty | Payload::LastVote(None) | Payload::Ballot(_) | Payload::Result(..) | Payload::Ids(_) => 0,
            Payload::LastVote(Some(vote)) => of(vote.value),
            Payload::Value(value) | Payload::Passing(value, _) => of(*value),
            Payload::Hop(hop) => hop.value.map_or(0, of),
            Payload::Entries(entries) => entries.iter().map(|entry| of(entry.vote.value)).sum(),
            Payload::Proof(vote, claims) => {
                let shown: u64 = claims.iter().map(|claim: &Claim| claim.message.values(protocol)).sum();
                shown + vote.map_or(0, |vote| of(vote.value))
            }
        }
    }
}

impl KindInfo {
    /// The same kind, of which a message names its value by a number or a fingerprint and does not carry it.
    #[must_use]
    pub const fn by_name(self) -> Self {
        Self { is_by_name: true, ..self }
    }
}
