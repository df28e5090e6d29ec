//! What the panels say at the session's cursor. They do not give away anything that has not happened yet.
//!
//! Each panel is a struct of its own and is worked out only while it is open. Everything that takes a pass over the
//! whole run is in the [`record::Record`] and the [`race::Race`], which the [`shelf::Shelf`] keeps for as long as the
//! run stays the same. Everything else is looked up, so the cost of a frame depends on what is visible and not on the
//! length of the run.

pub mod ballots;
pub mod checks;
pub mod latency;
pub mod ledger;
pub mod nodes;
pub mod pace;
pub mod race;
pub mod record;
pub mod shelf;
#[cfg(test)]
mod tests;

/// A table shows at most so many rows; if there are more, the latest ones.
pub const ROWS_MAX: usize = 40;
