//! Paxos playground.
pub mod check;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod latency;
pub mod protocol;
pub mod quorum;
pub mod report;
pub mod scenario;
pub mod session;
pub mod sim;
pub mod trace;
pub mod types;
#[cfg(any(target_arch = "wasm32", feature = "page"))]
pub mod ui;
pub mod view;
