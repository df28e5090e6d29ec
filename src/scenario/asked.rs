//! What the lines `goal` and `allow` say, as they are written. `goals` has their meaning.

use crate::types::Time;

/// A line `goal`, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoalLine {
    /// How many points it is worth.
    pub points: u32,
    /// What is so when the goal is reached, in words.
    pub text: String,
    /// What has to be so. The text stays as it is written.
    pub condition: String,
    /// The sentence for whoever has not reached it; parts in braces are filled in.
    pub otherwise: Option<String>,
}

/// Whom a line is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// This node.
    Node(String),
    /// This link; an end that is none is any node.
    Link(Option<String>, Option<String>),
}

/// Lines that a solver may add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permission {
    /// The kind of line: a name of [`DEEDS`](super::goals::DEEDS).
    pub deed: String,
    /// Whom the lines are about.
    pub who: Who,
    /// The instant before which they have to be.
    pub before: Option<Time>,
    /// How many of them there may be.
    pub most: Option<u32>,
}
