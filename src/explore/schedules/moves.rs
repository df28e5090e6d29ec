//! The moves of a search, as others read them: a path is a list of moves, and `replay` makes a script of it.

use super::automaton::Flight;
use crate::protocol::{Message, TimerId};
use crate::scenario::Lie;
use crate::types::{NodeId, Value};

/// The lies that one message tells together.
pub type Lying = Vec<Lie<NodeId, Value>>;

/// Something that happens in the world without time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Move {
    /// The script's line at this place of [`crate::scenario::Scenario::acts`] is played: it proposes, or names leaders.
    Play(usize),
    /// A message arrives.
    Deliver(Flight),
    /// A liar's message arrives, but says this because of these lies.
    Change(Flight, Lying, Message),
    /// A message arrives that a liar has invented.
    Invent(Flight),
    /// The network loses a message.
    Lose(Flight),
    /// The network doubles a message.
    Double(Flight),
    /// A node crashes.
    Crash(NodeId),
    /// A node comes back.
    Restart(NodeId),
    /// A timer runs out.
    Timeout(NodeId, TimerId),
}
