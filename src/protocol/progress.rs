//! What a protocol declares so that a search can say how long it takes at worst (`explore::worst`).

use super::Kind;

/// A protocol that declares `Progress` promises this: once the oracle has named one leader, only that process starts
/// ballots, and timers limit how long each ballot takes. Where processes may lie, no oracle is heard: timers limit how long each
/// process leads.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The message kinds that an obsolete ballot can leave in the network and that can stop a later ballot. Messages of
    /// these kinds carry nothing besides their ballot.
    pub stale: &'static [Kind],
    /// The message kinds that expire: if a receiver ignores such a message now, the receiver would ignore it at any later
    /// time.
    pub expiring: &'static [Kind],
}
