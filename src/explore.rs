//! Exhaustive and randomised search over schedules; counterexamples and worst cases come back as scenarios.
//!
//! A run is one schedule of a scenario. This module looks at all schedules, or at many. It runs the same machines as the
//! page, it judges with the same checks as a run does, and it hands back what it finds as a script that plays it.
//!
//! Each search is an object that works in slices, `go_on(work)`, so that a terminal, a thread or a worker of a page can
//! drive the search, show its progress, and stop it.
//!
//! *Architecture invariant:* this module does not know reports, sessions or the page, and it has no second model of a
//! protocol: the `Machine` of a node says what the node does, and the checks say what is safe.

pub mod process;
pub mod replay;
pub mod schedules;
pub mod sweep;
pub mod table;
pub mod throughput;
pub mod worst;
