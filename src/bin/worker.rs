//! The program that the page starts beside itself for long work. It is a program of its own, so that it can be compiled
//! for speed while the page is compiled for size.

#[cfg(target_arch = "wasm32")]
fn main() {
    paxos_playground::worker::serve();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This program lives in a browser; on a terminal use explore, worst and sweep of paxos-playground.");
}
