//! Building and serving the page, with Trunk.

use std::process::Stdio;
use std::time::Duration;

use crate::setup::Setup;
use crate::{Outcome, editor, paths, process, publish, split, toolchain};

/// The profile of the published page: small and fast, slow to compile.
pub(crate) const PUBLISHED_PROFILE: &str = "web";
/// The profile for daily work and for tests in the browser: quick to compile.
pub(crate) const DAILY_PROFILE: &str = "web-dev";

/// Builds the page into `dist/` as it is published.
pub(crate) fn build(setup: &mut Setup) -> Outcome {
    build_page(setup, false)
}

/// Builds the page so that it notes which of its functions run before the rest is loaded. In this build the rest is
/// never loaded.
pub(crate) fn build_to_record(setup: &mut Setup) -> Outcome {
    build_page(setup, true)
}

fn build_page(setup: &mut Setup, to_record: bool) -> Outcome {
    let editor = editor::bundle(setup)?;
    let mut trunk = setup.trunk()?;
    fetch(setup)?;
    // Without `--release` Trunk skips wasm-opt, whatever the profile.
    trunk.args(["build", "--release", "--cargo-profile", PUBLISHED_PROFILE]);
    // Names of this scheme say for which types each generic function was compiled; the splitter reads them.
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Csymbol-mangling-version=v0");
    // With this, `build.rs` makes the linker write down what refers to what.
    trunk.env("PAGE_RELOCATIONS", "1");
    process::run(&mut trunk, process::BUILD_LIMIT)?;
    let target = &setup.paths.target;
    let linked = target.join(toolchain::TARGET).join(PUBLISHED_PROFILE).join("paxos-playground.wasm");
    split::page(&setup.paths.root, &setup.paths.dist, &linked, &target.join("split.txt"), to_record)?;
    publish::page(&setup.paths.root, &setup.paths.dist, &editor)
}

/// Serves the page on a loopback port until the person ends it, rebuilding it on every change.
pub(crate) fn serve(setup: &mut Setup, port: u16) -> Outcome {
    let mut trunk = setup.trunk()?;
    fetch(setup)?;
    // A folder of its own: the daily page must never be mistaken for the published one in `dist/`.
    let dist = setup.paths.target.join("serve");
    paths::create_folder(&dist)?;
    trunk.args(["serve", "--cargo-profile", DAILY_PROFILE, "--address", "127.0.0.1", "--port", &port.to_string()]);
    trunk.arg("--dist").arg(dist);
    println!("The page will be at http://127.0.0.1:{port}/ ; Ctrl-C ends it.");
    setup.tidy_up(true);
    process::become_program(&mut trunk)
}

/// Downloads the sources of the dependencies, because Trunk works offline. If they are there already, this costs
/// nothing.
pub(crate) fn fetch(setup: &mut Setup) -> Outcome {
    let mut cargo = setup.browser_cargo()?;
    cargo.args(["fetch", "--quiet", "--target", toolchain::TARGET]).stdout(Stdio::null());
    process::run(&mut cargo, Duration::from_secs(10 * 60))
}
