//! Fuzzing: texts that libFuzzer makes up, fed to the reader and to runs.
//!
//! The targets are those of `cargo fuzz`, but they need neither that program nor a nightly compiler: for the coverage
//! of the sanitizer a handful of compiler flags is enough, which every toolchain has. A C++ compiler builds libFuzzer.

use std::path::Path;
use std::time::Duration;

use crate::setup::Setup;
use crate::{Outcome, machine, paths, process};

/// The targets in `fuzz/fuzz_targets/`.
const TARGETS: [&str; 3] = ["script", "run", "link"];

/// Coverage counters, and comparisons as hints.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions --cfg fuzzing";

/// Runs each target for so many seconds. Its corpus begins with the built-in scenarios or their links and is kept under
/// `target/`.
pub(crate) fn run(setup: &Setup, seconds: u32) -> Outcome {
    let (root, folder) = (&setup.paths.root, setup.paths.target.join("fuzz"));
    let host = host()?;
    let mut cargo = setup.cargo();
    cargo.args(["build", "--release", "--target", &host, "--manifest-path"]).arg(root.join("fuzz/Cargo.toml"));
    cargo.env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", &folder);
    process::run(&mut cargo, process::BUILD_LIMIT)?;
    for target in TARGETS {
        let corpus = folder.join("corpus").join(target);
        if target == "link" {
            seed_links(&root.join("tests/links/golden.txt"), &corpus)?;
        } else {
            seed(&root.join("src/scenario/library"), &corpus)?;
        }
        let mut fuzzer = process::command(folder.join(&host).join("release").join(target));
        fuzzer.arg(&corpus).args(["-max_len=4096", &format!("-max_total_time={seconds}")]);
        fuzzer.arg(format!("-artifact_prefix={}/", corpus.with_extension("found").display()));
        paths::create_folder(&corpus.with_extension("found"))?;
        process::run(&mut fuzzer, Duration::from_secs(u64::from(seconds) + 600))?;
    }
    Ok(())
}

/// Copies the scripts into the corpus, unless they are there already.
fn seed(library: &Path, corpus: &Path) -> Outcome {
    paths::create_folder(corpus)?;
    for script in machine::entries(library) {
        let Some(name) = script.file_name() else { continue };
        std::fs::copy(&script, corpus.join(name))
            .map_err(|error| format!("{} cannot be copied: {error}.", script.display()))?;
    }
    Ok(())
}

/// Writes each golden link into the corpus.
fn seed_links(golden: &Path, corpus: &Path) -> Outcome {
    paths::create_folder(corpus)?;
    let text =
        std::fs::read_to_string(golden).map_err(|error| format!("{} cannot be read: {error}.", golden.display()))?;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let [name, _, link] = line.split(' ').collect::<Vec<_>>()[..] {
            paths::write_file(&corpus.join(name), link)?;
        }
    }
    Ok(())
}

/// The compiler's own target. If it is named, build scripts are compiled without the flags.
fn host() -> Outcome<String> {
    let output = process::command("rustc").arg("-vV").output().map_err(|error| format!("`rustc -vV`: {error}."))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned);
    host.ok_or_else(|| "`rustc -vV` does not say what it compiles for.".to_owned())
}
