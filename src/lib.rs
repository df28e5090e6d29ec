//! Paxos playground.
#[cfg(any(target_arch = "wasm32", feature = "page"))]
pub mod ui;
