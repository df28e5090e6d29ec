//! The parts of `cargo xtask test`, fast ones first, and the summary at the end.
//!
//! Every part runs even when an earlier one failed, so one run tells everything that is wrong. Each part sets up only
//! what it needs, so a missing browser affects only the parts in that browser. A part in a browser that does not exist
//! for this machine is skipped, and the summary says what to install.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::browsers::Browser;
use crate::setup::Setup;
use crate::{Outcome, budget, cluster, diagrams, end_to_end, machine, npm, page, process, toolchain};

/// The target in `tests/` that measures in a browser and is not a test.
pub(crate) const BROWSER_BENCH: &str = "browser_bench";

/// The names of the parts, in the order they run.
pub(crate) const NAMES: [&str; 16] = [
    "fmt",
    "lint",
    "docs",
    "unit",
    "swarm",
    "cluster",
    "diagrams",
    "build",
    "size",
    "wasm-chromium",
    "wasm-firefox",
    "wasm-webkit",
    "e2e-chromium",
    "e2e-firefox",
    "e2e-webkit",
    "npm",
];

/// How many events of each protocol the swarm looks at in `test`.
const SWARM_EVENTS: u64 = 1_000_000;

/// How long the tests may run in a browser, in seconds, before they count as hanging.
const BROWSER_TEST_SECONDS: &str = "300";

/// How long a browser may take in all. It usually takes twenty seconds.
const BROWSER_LIMIT: Duration = Duration::from_secs(6 * 60);

/// How often a browser is started that does not come to an end. The test runner waits without a limit for an answer of
/// the driver, and the driver for the browser.
const BROWSER_STARTS: usize = 2;

/// The result of a part, and how long it took.
struct Report {
    name: &'static str,
    time: Duration,
    verdict: Verdict,
}

/// The verdict on a part; a sentence says what is wrong or why the part was skipped.
enum Verdict {
    Passed,
    Skipped(String),
    Failed(String),
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "FAILED",
        }
    }

    fn sentence(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Skipped(sentence) | Self::Failed(sentence) => Some(sentence),
        }
    }
}

/// Runs the selected parts, or all parts when none is selected; with `all` every end-to-end test in every browser.
pub(crate) fn run(setup: &mut Setup, only: &[String], all: bool) -> Outcome<ExitCode> {
    let selected = |name: &str| only.is_empty() || only.iter().any(|prefix| name.starts_with(prefix.as_str()));
    let mut page_built = None;
    let mut reports = Vec::new();
    for name in NAMES.into_iter().filter(|name| selected(name)) {
        println!("\n== {name}");
        let started = Instant::now();
        let verdict = match out_of_reach(name) {
            Some(sentence) => Verdict::Skipped(sentence),
            None => part(setup, name, all, &mut page_built).map_or_else(Verdict::Failed, |()| Verdict::Passed),
        };
        let time = started.elapsed();
        let sentence = verdict.sentence().map(|sentence| format!(": {sentence}")).unwrap_or_default();
        println!("== {name}: {} ({}){sentence}", verdict.word(), process::duration(time));
        reports.push(Report { name, time, verdict });
    }
    Ok(summary(&reports))
}

/// Why this machine cannot run a part, if the part is in a browser that this machine cannot have.
fn out_of_reach(name: &str) -> Option<String> {
    let of = |browser: &Browser| name.ends_with(&format!("-{browser}"));
    Browser::ALL.into_iter().find(of)?.out_of_reach()
}

fn part(setup: &mut Setup, name: &str, all: bool, page_built: &mut Option<Outcome>) -> Outcome {
    let needs_page = name == "build" || name == "size" || name == "npm" || name.starts_with("e2e");
    if needs_page {
        // The first part that needs the page builds it, since testing an old page would be useless.
        let first = page_built.is_none();
        let built = page_built.get_or_insert_with(|| page::build(setup)).clone();
        if !first && built.is_err() {
            return Err("The page could not be built.".to_owned());
        }
        built?;
    }
    match name {
        "fmt" => format(setup, true),
        "lint" => lint(setup),
        "docs" => documentation(setup),
        "unit" => unit(setup),
        "swarm" => swarm(setup, Amount::Events(SWARM_EVENTS), None),
        "cluster" => cluster::test(setup),
        "diagrams" => diagrams::test(setup),
        "size" => budget::check(&setup.paths.dist),
        "wasm-chromium" => in_browser(setup, Browser::Chromium),
        "wasm-firefox" => in_browser(setup, Browser::Firefox),
        "wasm-webkit" => in_browser(setup, Browser::WebKit),
        "e2e-chromium" => end_to_end::test(setup, Browser::Chromium, all),
        "e2e-firefox" => end_to_end::test(setup, Browser::Firefox, all),
        "e2e-webkit" => end_to_end::test(setup, Browser::WebKit, all),
        "npm" => npm::test(setup),
        _ => Ok(()),
    }
}

fn summary(reports: &[Report]) -> ExitCode {
    println!("\n== summary");
    for Report { name, time, verdict } in reports {
        println!("{:<7}  {:>12}  {name}", verdict.word(), process::duration(*time));
    }
    for Report { name, verdict, .. } in reports {
        if let Some(sentence) = verdict.sentence() {
            println!("{name}: {sentence}");
        }
    }
    let total = reports.iter().map(|report| report.time).sum();
    let count = |word: &str| reports.iter().filter(|report| report.verdict.word() == word).count();
    let [passed, skipped, failed] = ["passed", "skipped", "FAILED"].map(count);
    println!("Total time: {}", process::duration(total));
    let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
    println!("{passed} passed, {failed} failed{skipped}");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Formats the sources, or checks that they are formatted.
pub(crate) fn format(setup: &Setup, only_check: bool) -> Outcome {
    setup.checkers()?;
    let mut cargo = setup.cargo();
    cargo.args(["fmt", "--all"]);
    if only_check {
        cargo.arg("--check");
    }
    process::run(&mut cargo, process::BUILD_LIMIT)
        .map_err(|error| if only_check { format!("{error} Run `cargo xtask fmt`.") } else { error })
}

/// Runs clippy on everything, then once more on the page.
pub(crate) fn lint(setup: &Setup) -> Outcome {
    setup.checkers()?;
    let clippy = |features: &[&str]| {
        let mut cargo = setup.cargo();
        cargo.args(["clippy", "--all-targets"]).args(features).args(["--", "-D", "warnings"]);
        process::run(&mut cargo, process::BUILD_LIMIT)
    };
    clippy(&["--workspace"]).and(clippy(&["--package", "paxos-playground", "--features", "page,animation"]))
}

fn documentation(setup: &Setup) -> Outcome {
    let mut cargo = setup.cargo();
    cargo.args(["doc", "--workspace", "--no-deps", "--features", "paxos-playground/page"]);
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut cargo, process::BUILD_LIMIT)
}

/// Runs all native tests: with those of the page's state, which the feature `page` compiles natively, and with the terminal's
/// painter.
fn unit(setup: &Setup) -> Outcome {
    let test = ["test", "--workspace", "--features", "paxos-playground/page,paxos-playground/animation"];
    process::run(setup.cargo().args(test), process::BUILD_LIMIT)
}

/// How much the swarm does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// So many events of each protocol.
    Events(u64),
    /// It runs for so many hours.
    Hours(u32),
}

/// Runs random fault configurations against every protocol. A failure is printed with its seed.
pub(crate) fn swarm(setup: &Setup, amount: Amount, seed: Option<u64>) -> Outcome {
    let mut cargo = setup.cargo();
    cargo.args(["test", "--release", "--package", "paxos-playground", "--test", "swarm", "--test", "worst"]);
    cargo.args(["--", "--nocapture"]);
    let mut limit = process::BUILD_LIMIT;
    match amount {
        Amount::Events(events) => {
            cargo.env("SWARM_EVENTS", events.to_string());
            limit += Duration::from_secs(events / 10_000);
        }
        Amount::Hours(hours) => {
            let seconds = u64::from(hours) * 3600;
            cargo.env("SWARM_SECONDS", seconds.to_string());
            limit += Duration::from_secs(seconds);
        }
    }
    if let Some(seed) = seed {
        println!("SWARM_SEED={seed}");
        cargo.env("SWARM_SEED", seed.to_string());
    }
    process::run(&mut cargo, limit)
}

fn in_browser(setup: &mut Setup, browser: Browser) -> Outcome {
    let targets = browser_test_targets(&setup.paths.root.join("tests"));
    let targets: Vec<&str> = targets.iter().map(String::as_str).filter(|name| *name != BROWSER_BENCH).collect();
    if targets.is_empty() {
        println!("No file in tests/ starts with #![cfg(target_arch = \"wasm32\")], so there is nothing to run.");
        return Ok(());
    }
    wasm_pack(setup, browser, page::DAILY_PROFILE, &targets, false)
}

/// The test targets that are written for the browser, by the attribute at their top.
fn browser_test_targets(folder: &Path) -> Vec<String> {
    let mut targets: Vec<String> = machine::entries(folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            text.lines().any(|line| line.trim() == "#![cfg(target_arch = \"wasm32\")]")
        })
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    targets.sort();
    targets
}

/// Runs test targets of the main package in a headless browser.
pub(crate) fn wasm_pack(
    setup: &mut Setup,
    browser: Browser,
    profile: &str,
    targets: &[&str],
    show_output: bool,
) -> Outcome {
    let driver = setup.driver(browser)?;
    let mut wasm_pack = setup.wasm_pack()?;
    let mut selection = vec!["--profile", profile];
    for target in targets {
        selection.extend(["--test", target]);
    }
    // The tests are compiled beforehand, exactly as wasm-pack will ask for them, so that the time limit is only for the
    // browser.
    let mut cargo = setup.browser_cargo()?;
    cargo.args(["build", "--tests", "--target", toolchain::TARGET]).args(&selection);
    process::run(&mut cargo, process::BUILD_LIMIT)?;

    wasm_pack.args(["test", "--headless", "--mode", "no-install"]);
    match browser {
        Browser::Chromium => wasm_pack.args(["--chrome", "--chromedriver"]).arg(&driver.path),
        Browser::Firefox => wasm_pack.args(["--firefox", "--geckodriver"]).arg(&driver.path),
        // wasm-pack speaks plain WebDriver to Safari's driver, and WebKitGTK's driver understands that as well.
        Browser::WebKit => wasm_pack.args(["--safari", "--safaridriver"]).arg(&driver.path),
    };
    let _screen = driver.equip(&mut wasm_pack)?;
    wasm_pack.arg(".").args(&selection);
    if show_output {
        wasm_pack.args(["--", "--nocapture"]);
    }
    wasm_pack.env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS);
    process::run_until_it_ends(&mut wasm_pack, BROWSER_LIMIT, BROWSER_STARTS)
}
