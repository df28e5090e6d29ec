//! The faults that a protocol is made for: processes that stop, or processes that lie.

/// The faults that a protocol is made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// A process may stop, but it does not lie, so every process is believed.
    Crash,
    /// Some processes may say anything (Byzantine faults). No process is believed alone.
    Byzantine,
}

/// How many liars the quorums are made for, where the script says so (`tolerate 1`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tolerance {
    /// f: with so many liars the protocol is still safe.
    pub liars: u8,
    /// t: with so many faults the protocol is still at its fastest; only some protocols ask for this number.
    pub swift: Option<u8>,
}
