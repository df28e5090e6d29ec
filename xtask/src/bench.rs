//! Measuring the engine, natively and in a browser, with the same loop.

use crate::browsers::Browser;
use crate::setup::Setup;
use crate::{Outcome, page, process};

/// The test target in `tests/` that runs the loop in a browser.
pub(crate) const BROWSER_BENCH: &str = "browser_bench";

/// Runs `cargo bench`, then the same loop in Chromium.
pub(crate) fn run(setup: &mut Setup) -> Outcome {
    println!("== native");
    process::run(setup.cargo().args(["bench", "--package", "paxos-playground"]), process::BUILD_LIMIT)?;
    println!("== in the browser");
    if !setup.paths.root.join("tests").join(BROWSER_BENCH).with_extension("rs").is_file() {
        println!("There is no tests/{BROWSER_BENCH}.rs yet, so nothing is measured in the browser.");
        return Ok(());
    }
    crate::parts::wasm_pack(setup, Browser::Chromium, page::PUBLISHED_PROFILE, &[BROWSER_BENCH], true)
}
