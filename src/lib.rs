//! Paxos playground.
pub mod types;
pub mod quorum;
pub mod protocol;
pub mod scenario;
#[cfg(any(target_arch = "wasm32", feature = "page"))]
pub mod ui;
pub mod trace;
pub mod sim;
