//! Measuring: the engine, natively and in a browser, with the same loop; then the page's frames.

use crate::browsers::Browser;
use crate::parts::{BROWSER_BENCH, wasm_pack};
use crate::setup::Setup;
use crate::{Outcome, end_to_end, page, process};

/// Runs `cargo bench`, then the same loop in Chromium, then the published page through its gestures.
pub(crate) fn run(setup: &mut Setup) -> Outcome {
    println!("== native");
    process::run(setup.cargo().args(["bench", "--package", "paxos-playground"]), process::BUILD_LIMIT)?;
    println!("== in the browser");
    wasm_pack(setup, Browser::Chromium, page::PUBLISHED_PROFILE, &[BROWSER_BENCH], true)?;
    println!("== frames of the page");
    end_to_end::frames(setup)
}
