//! Goals: what a run has to show, as conditions that a script states itself; and which lines a solver may add to the script.
//!
//! A goal is typed when its script is read. So a misspelt field or a comparison of a number with a time is a mistake of the
//! script, with line and column, and judging a run never fails. `vocabulary` has the names, `reader` reads conditions, and the
//! room `goal` judges them. A goal never changes a run.

mod permission;
mod reader;
#[cfg(test)]
mod tests;
mod tokens;
pub mod vocabulary;

use std::sync::Arc;

use crate::types::{Ballot, NodeId, Symbols};

pub use super::asked::{GoalLine, Permission, Who};
pub use permission::{DEEDS, Deed, Scope, deed};
pub(super) use reader::{Names, condition, sentence};
pub(super) use tokens::Misread;

/// A goal that can be judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Goal {
    /// The script's line, counted from 1.
    pub line: usize,
    /// How many points it is worth.
    pub points: u32,
    /// What is so when the goal is reached, in words.
    pub text: String,
    /// What has to be so.
    pub condition: Expression,
    /// The sentence for whoever has not reached it; empty when the script has none.
    pub otherwise: Vec<Piece>,
}

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// This text.
    Text(String),
    /// What this is in the run.
    Filled(Expression),
}

/// What a condition, a figure or a field comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Datum {
    /// Nothing: it did not happen, or does not exist.
    None,
    /// Yes or no.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// A time or a span, in ticks.
    Time(i64),
    /// A node.
    Node(NodeId),
    /// A ballot.
    Ballot(Ballot),
    /// A decree or a word.
    Text(Arc<str>),
}

/// An expression whose kinds fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expression {
    /// This itself.
    Literal(Datum),
    /// A field of the row that a quantifier is at: how many quantifiers further out, and the field's place.
    Field(usize, usize),
    /// The figure at this place of [`vocabulary::FIGURES`].
    Figure(usize),
    /// How many rows this collection has.
    Size(usize),
    /// The opposite.
    Not(Box<Self>),
    /// All of them hold.
    All(Vec<Self>),
    /// One of them holds.
    Any(Vec<Self>),
    /// The two compare like this.
    Compare(Relation, Box<[Self; 2]>),
    /// A sum or a difference.
    Sum(Sign, Box<[Self; 2]>),
    /// Something about the rows of a collection.
    Over(Box<Over>),
}

/// How two things compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Plus or minus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Sign {
    Plus,
    Minus,
}

/// `some d in decisions where …: …` and the like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Over {
    /// What is asked about the rows.
    pub quantifier: Quantifier,
    /// The collection's place in [`vocabulary::COLLECTIONS`].
    pub collection: usize,
    /// The rows that it is about; all of them where it is none.
    pub filter: Option<Expression>,
    /// What is asked of each row.
    pub body: Expression,
}

/// What is asked about the rows of a collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantifier {
    /// The condition holds for one of them.
    Some,
    /// It holds for all of them.
    Every,
    /// For how many it holds.
    Count,
    /// The largest of the figures; none without rows.
    Largest,
    /// The smallest of the figures; none without rows.
    Smallest,
    /// All of them, one after the other, for a sentence.
    Each,
}

/// The words of the quantifiers.
pub const QUANTIFIERS: [(&str, Quantifier); 6] = [
    ("some", Quantifier::Some),
    ("every", Quantifier::Every),
    ("count", Quantifier::Count),
    ("largest", Quantifier::Largest),
    ("smallest", Quantifier::Smallest),
    ("each", Quantifier::Each),
];

impl Datum {
    /// The datum in a sentence, except for times, which need the script's scale: none for them.
    pub fn text(&self, symbols: &Symbols) -> Option<String> {
        Some(match self {
            Self::None => "none".to_owned(),
            Self::Truth(holds) => if *holds { "yes" } else { "no" }.to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Time(_) => return None,
            Self::Node(node) => symbols.node(*node).to_owned(),
            Self::Ballot(ballot) => symbols.ballot(*ballot),
            Self::Text(text) => text.to_string(),
        })
    }
}

impl Expression {
    /// Calls `visit` with this expression and every expression in it.
    pub fn walk(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::Literal(_) | Self::Field(..) | Self::Figure(_) | Self::Size(_) => {}
            Self::Not(inner) => inner.walk(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Compare(_, sides) | Self::Sum(_, sides) => sides.iter().for_each(|side| side.walk(visit)),
            Self::Over(over) => {
                over.filter.iter().for_each(|filter| filter.walk(visit));
                over.body.walk(visit);
            }
        }
    }
}

impl Goal {
    /// Calls `visit` with every expression of the condition and of the sentence.
    pub fn walk(&self, visit: &mut impl FnMut(&Expression)) {
        self.condition.walk(visit);
        for piece in &self.otherwise {
            if let Piece::Filled(filled) = piece {
                filled.walk(visit);
            }
        }
    }
}
