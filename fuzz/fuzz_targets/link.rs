//! Fuzzes the reader of links.
#![no_main]

#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|fragment: &str| bodies::link(fragment));
