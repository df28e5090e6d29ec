//! A protocol's place in the family: how many servers it takes for so many faults, what it costs beside its kin, what a
//! fault does to it, and what it changes in the protocols that it comes from. Each row of the registry says this of itself.
//!
//! The family table, the map of the family and the race read nothing else, so a new protocol is in all of them as soon as it
//! has its row. Sentences here stand in the words of either paper (`{ballot}`, `{votes}`).

use crate::tongue::key;

/// What a protocol's row says of its place in the family.
#[derive(Clone, Copy, Debug)]
pub struct Kin {
    /// How many more servers each fault takes: k, where k·f + 1 servers are the fewest for f faults.
    pub per_fault: usize,
    /// The line of a script that makes a cluster of this size bear f faults, where the protocol's own quorums do not.
    pub line: Option<fn(usize) -> String>,
    /// What it costs: a few words, in lower case and without a full stop.
    pub costs: &'static str,
    /// What faults do to it, each shown by a built-in scenario.
    pub after: &'static [After],
    /// The protocols that it comes from, and what it changes in each. The first of the family comes from none.
    pub from: &'static [Descent],
}

/// A fault, and the built-in scenario that shows what follows.
#[derive(Clone, Copy, Debug)]
pub struct After {
    /// What goes wrong: a few words, in lower case and without a full stop.
    pub fault: &'static str,
    /// The scenario's name. It is run under the protocol of the row.
    pub scenario: &'static str,
}

/// What a protocol changes in one that it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Descent {
    /// The name of that protocol.
    pub from: &'static str,
    /// The changes, each with what it is about.
    pub changes: &'static [(Aspect, &'static str)],
}

/// What a change is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Aspect {
    /// Which faults are borne.
    Faults,
    /// Who asks whom.
    Asks,
    /// Who votes, and for what.
    Votes,
    /// Who is told.
    Told,
    /// What a quorum is.
    Quorum,
    /// What is remembered.
    Remembers,
}

impl Aspect {
    /// All of them, in the order in which people are told.
    pub const ALL: [Self; 6] = [Self::Faults, Self::Asks, Self::Votes, Self::Told, Self::Quorum, Self::Remembers];

    /// The question that the change answers.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Faults => key!("which faults"),
            Self::Asks => key!("who asks"),
            Self::Votes => key!("who votes"),
            Self::Told => key!("who is told"),
            Self::Quorum => key!("what a quorum is"),
            Self::Remembers => key!("what is remembered"),
        }
    }
}

impl Kin {
    /// The fewest servers that bear so many faults.
    pub const fn servers(&self, faults: usize) -> usize {
        self.per_fault * faults + 1
    }

    /// The most faults that so many servers bear.
    pub const fn faults(&self, servers: usize) -> usize {
        servers.saturating_sub(1) / self.per_fault
    }

    /// The fewest servers as a formula: `2f + 1`.
    pub fn size(&self) -> String {
        format!("{}f + 1", self.per_fault)
    }
}
