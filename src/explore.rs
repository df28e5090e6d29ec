//! Exhaustive and randomised search over schedules; counterexamples and worst cases come back as scenarios.
//!
//! A run is one schedule of a scenario. Here are all of them, or many: the machines are the very ones that the page runs,
//! the checks are the very ones that judge a run, and whatever a search finds is a script that plays it.
//!
//! Each search is an object that works in slices, `go_on(work)`, so that a terminal, a thread or a worker of a page can
//! drive it, show how far it is, and stop it.
//!
//! *Architecture invariant:* it does not know reports, sessions or the page, and has no second model of a protocol: what a
//! node does is asked of its `Machine`, and what is safe of the checks.

pub mod process;
pub mod replay;
pub mod schedules;
pub mod table;
pub mod worst;
