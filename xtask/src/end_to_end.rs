//! Starting the end-to-end harness (`tests/e2e`) on the built page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::browsers::{Browser, Driver};
use crate::setup::Setup;
use crate::{Outcome, page, process, split};

/// None of our suites takes this long, but a browser that hangs does.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Runs the suite in one browser, with `all` also the tests that Chromium alone is enough for. The page must have been
/// built.
pub(crate) fn test(setup: &mut Setup, browser: Browser, all: bool) -> Outcome {
    let driver = setup.driver(browser)?;
    let axe = setup.axe()?;
    build(setup)?;
    let mut harness = harness(setup, &driver);
    let failures = setup.paths.target.join("e2e");
    harness.arg("--axe").arg(axe).arg("--failures").arg(&failures);
    if all {
        harness.arg("--all");
    }
    let _screen = driver.equip(&mut harness)?;
    // The names of the tests that failed belong into the summary, which may be all that somebody sees.
    process::run(&mut harness, LIMIT).map_err(|error| {
        let failed = fs::read_to_string(failures.join(browser.to_string()).join("failed.txt")).unwrap_or_default();
        failed.lines().fold(error, |told, line| format!("{told}\n    {line}"))
    })
}

/// Builds the page and photographs it in Chromium: by default into the documents' folder of pictures, or, when all
/// pictures are wanted in all sizes, below the target directory.
pub(crate) fn screenshots(setup: &mut Setup, folder: Option<PathBuf>, all: bool) -> Outcome {
    let driver = setup.driver(Browser::Chromium)?;
    page::build(setup)?;
    build(setup)?;
    let (root, target) = (&setup.paths.root, &setup.paths.target);
    let usual = || if all { target.join("screenshots") } else { root.join("docs").join("images") };
    let folder = folder.unwrap_or_else(usual);
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let mut harness = harness(setup, &driver);
    harness.arg("--screenshots").arg(&folder);
    if all {
        harness.arg("--all");
    }
    process::run(&mut harness, LIMIT)?;
    println!("The pictures are in {}.", folder.display());
    Ok(())
}

/// Builds the page and measures in Chromium how much of a frame it takes to move.
pub(crate) fn frames(setup: &mut Setup) -> Outcome {
    let driver = setup.driver(Browser::Chromium)?;
    page::build(setup)?;
    build(setup)?;
    process::run(harness(setup, &driver).arg("--frames"), LIMIT)
}

/// Builds the page and measures in Chromium how long a first visit takes on a slow network.
pub(crate) fn load(setup: &mut Setup) -> Outcome {
    let driver = setup.driver(Browser::Chromium)?;
    page::build(setup)?;
    build(setup)?;
    process::run(harness(setup, &driver).arg("--load"), LIMIT)
}

/// Builds the page so that it notes which functions run, opens it in Chromium, and writes those that did not run into the
/// table of what may come late. The page must be built again afterwards.
pub(crate) fn record(setup: &mut Setup) -> Outcome {
    let driver = setup.driver(Browser::Chromium)?;
    page::build_to_record(setup)?;
    build(setup)?;
    let ran = setup.paths.target.join("recorded.txt");
    process::run(harness(setup, &driver).arg("--record").arg(&ran), LIMIT)?;
    split::record::conclude(&setup.paths.root, &setup.paths.target.join("split.txt"), &ran)
}

/// Opens the built program that uses the package in Chromium, and compares its reports with those in this folder.
pub(crate) fn package(setup: &mut Setup, dist: &Path, reports: &Path) -> Outcome {
    let driver = setup.driver(Browser::Chromium)?;
    build(setup)?;
    process::run(harness_of(setup, &driver, dist).arg("--package").arg(reports), LIMIT)
}

/// Compiles the harness, so that its time limit holds for the browser alone.
fn build(setup: &Setup) -> Outcome {
    process::run(setup.cargo().args(["build", "--package", "e2e"]), process::BUILD_LIMIT)
}

fn harness(setup: &Setup, driver: &Driver) -> Command {
    harness_of(setup, driver, &setup.paths.dist)
}

fn harness_of(setup: &Setup, driver: &Driver, dist: &Path) -> Command {
    let mut cargo = setup.cargo();
    cargo.args(["run", "--quiet", "--package", "e2e", "--", "--dist"]).arg(dist);
    cargo.args(["--browser", &driver.browser.to_string(), "--driver"]).arg(&driver.path);
    if let Some(binary) = &driver.binary {
        cargo.arg("--binary").arg(binary);
    }
    cargo
}
