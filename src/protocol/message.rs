//! Messages: the envelope that all protocols share, and what a protocol declares of each kind of message.
//!
//! Where processes may lie, messages are signed: a process can show a message of another process to a third one, as a claim
//! of what the other process has said.

use std::sync::Arc;

use super::Phase;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Symbols, Value, Vote};

/// A message kind, as a place in [`super::Protocol::kinds`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Kind(pub u8);

/// A protocol's declaration of a message kind.
#[derive(PartialEq, Eq, Debug)]
pub struct KindInfo {
    /// Its name in *The Part-Time Parliament* (1998).
    pub name: &'static str,
    /// Its name in *Paxos Made Simple* (2001).
    pub name_2001: &'static str,
    /// The step that sends messages of this kind.
    pub phase: Phase,
    /// What a message of this kind carries besides its ballot and instance.
    pub carries: Carries,
    /// Whether a message of this kind is about its instance and every later instance; otherwise it is about its instance
    /// alone.
    pub is_sweeping: bool,
    /// Whether only clients send messages of this kind, or only clients receive them.
    pub is_of_clients: bool,
    /// Whether a search lets liars invent messages of this kind: messages that their machines do not send.
    pub is_invented: bool,
    /// Whether the sender hands a message of this kind to the network once for all its receivers (IP multicast); otherwise it
    /// sends each receiver a message of its own.
    pub is_multicast: bool,
    /// Whether a message of this kind names its value, by a number or a fingerprint, and does not carry it.
    pub is_by_name: bool,
    /// What the sender says by it, in words that go on after “it”, for kinds that belong to one protocol alone; “there” is
    /// the message's instance.
    pub says: Option<&'static str>,
}

impl KindInfo {
    /// The same kind, of which liars invent messages where a search looks at lies.
    #[must_use]
    pub const fn invented(self) -> Self {
        Self { is_invented: true, ..self }
    }

    /// The same kind, of which the network copies each message to all its receivers.
    #[must_use]
    pub const fn multicast(self) -> Self {
        Self { is_multicast: true, ..self }
    }
}

/// What the messages of a kind carry: the shape of their [`Payload`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carries {
    /// The message carries nothing else.
    Nothing,
    /// The sender's highest vote below the ballot, or null.
    LastVote,
    /// A decree.
    Value,
    /// A ballot that the sender has promised, other than the message's own ballot.
    Ballot,
    /// The votes and passed decrees of several instances.
    Entries,
    /// A vote or null, and signed messages of other processes that prove it.
    Proof,
    /// A value that was executed, and a fingerprint of the result.
    Result,
    /// A value with its id, and the votes that were gathered on the way ([`Hop`]).
    Named,
    /// The votes that were gathered on the way for an id; the value stays behind.
    Votes,
    /// The ids of values that have passed, each with its place.
    Ids,
}

/// The envelope that all protocols share.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// The message kind, as a place in the protocol's own table.
    pub kind: Kind,
    /// The ballot that the message is about, if it is about one.
    pub ballot: Option<Ballot>,
    /// The instance that the message is about.
    pub instance: Instance,
    /// What the message carries besides its ballot and instance.
    pub payload: Payload,
}

/// What a message carries besides its ballot and instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Payload {
    /// The message carries nothing else.
    Empty,
    /// The highest vote that the sender cast below the ballot, if any.
    LastVote(Option<Vote>),
    /// A decree.
    Value(Value),
    /// A ballot that the sender has promised.
    Ballot(Ballot),
    /// What the sender knows of several instances, in the order of the instances.
    Entries(Arc<[Entry]>),
    /// A vote, if there is one, and the signed messages that show why others can believe the sender.
    Proof(Option<Vote>, Arc<[Claim]>),
    /// A value that was executed, and a fingerprint of the result.
    Result(Value, u64),
    /// What a ring passes on from process to process, or what begins that.
    Hop(Arc<Hop>),
    /// The values that have passed, by their ids.
    Ids(Arc<[Decided]>),
    /// A client's wish on its way along a ring, and the processes that have passed it on.
    Passing(Value, Arc<NodeSet>),
}

impl Payload {
    /// The value that the message is about, if it carries the value itself.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Value(value) | Self::Result(value, _) | Self::Passing(value, _) => Some(*value),
            Self::Hop(hop) => hop.value,
            _ => None,
        }
    }
}

/// The id of a value, where messages name values by ids: the process that gave the id, and how many ids that process had given
/// with this one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ValueId {
    /// The process that gave the id.
    pub by: NodeId,
    /// The number of the id among those of the process; the first is 1.
    pub number: u32,
}

impl ValueId {
    /// The id as people read it: `A#1`.
    pub fn text(self, symbols: &Symbols) -> String {
        format!("{}#{}", symbols.node(self.by), self.number)
    }
}

/// What a message of a ring carries besides its ballot and instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hop {
    /// The id of the value.
    pub id: ValueId,
    /// The value; none where the receiver has it.
    pub value: Option<Value>,
    /// The processes on the ring. They stand in the order of their names, behind the last one follows the first, and the owner
    /// of the ballot has a place among them in any case.
    pub ring: NodeSet,
    /// The processes that have voted for the value in this ballot, as far as the votes were gathered.
    pub voters: NodeSet,
    /// The values that have passed and that the sender has not announced yet.
    pub decided: Arc<[Decided]>,
}

/// A value that has passed, by its id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decided {
    /// The instance in which it has passed.
    pub instance: Instance,
    /// The ballot that has passed it.
    pub ballot: Ballot,
    /// The id of the value.
    pub id: ValueId,
}

/// What a process knows of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The instance.
    pub instance: Instance,
    /// The process's own highest vote in the instance, or the decree that was passed and the ballot that passed it.
    pub vote: Vote,
    /// Whether the decree was passed.
    pub is_passed: bool,
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
