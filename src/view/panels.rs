//! What the panels say at the session's cursor: nothing that has not happened yet is given away.
//!
//! Each panel is a struct of its own, worked out only while it is open. What takes a pass over the whole run is in the
//! [`record::Record`] and the [`race::Race`], which the [`shelf::Shelf`] keeps for as long as the run stays the same; all
//! else is looked up, so that a frame costs what is visible, however long the run.

pub mod ballots;
pub mod checks;
pub mod latency;
pub mod ledger;
pub mod nodes;
pub mod race;
pub mod record;
pub mod shelf;
#[cfg(test)]
mod tests;

/// At most so many rows of a table are shown; of more, the latest.
pub const ROWS_MAX: usize = 40;
