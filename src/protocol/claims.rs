//! Who is believed. Where processes may lie, messages are signed: a process can show a signed message of another process to
//! a third one, as a proof of what the other process has said.

use super::Message;
use crate::types::NodeId;

/// The faults that a protocol is made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// A process may stop, but it does not lie, so every process is believed.
    Crash,
    /// Some processes may say anything (Byzantine faults). No process is believed alone.
    Byzantine,
}

/// A signed message that a process shows to others. Signatures cannot be forged: the world refuses a claim that a correct
/// process has never made.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Claim {
    /// The process that has signed the message.
    pub by: NodeId,
    /// What the process has said.
    pub message: Message,
}

/// How many liars the quorums are made for, where the script says so (`tolerate 1`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tolerance {
    /// f: with so many liars the protocol is still safe.
    pub liars: u8,
    /// t: with so many faults the protocol is still at its fastest; only some protocols ask for this number.
    pub swift: Option<u8>,
}
