//! Runs the tests and gives each of them a [`Page`], freshly loaded.
//!
//! A test that fails is tried once more in a new browser. Browsers and their drivers are programs of others, and a machine that
//! is busy makes them miss a beat; but a fault that shows at every second run is a fault. So a test that passes only at the
//! second try is told by its name, with what failed, and more than a few of them fail the run.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::page::{TESTS, Test};
use crate::server::{Publication, Server};
use crate::webdriver::Session;
use crate::window::{DESKTOP, Page};
use crate::{Options, Outcome, skips};

/// All steps of a test together may take this long.
const TEST_LIMIT: Duration = Duration::from_secs(60);

/// How often a test is tried until it counts as failed.
const TRIES: usize = 2;

/// The run fails when more tests than this passed only at the second try.
const UNSTEADY_LIMIT: usize = 2;

/// The file, in the browser's folder of failures, that names what failed; there is none when all passed.
const FAILED: &str = "failed.txt";

/// Runs the tests whose name contains `filter`, with `all` also those that one browser is enough for; answers whether all passed.
pub(crate) fn run(options: &Options, server: &Server, all: bool) -> Outcome<bool> {
    let (driver, axe) = (&options.driver, options.axe.as_deref());
    // A failed assertion is the verdict of a test and not an accident, so only its place is printed, without a stack.
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            println!("    failed at {place}");
        }
    }));
    let browser = driver.browser.name();
    let mut session = Session::open(driver)?;
    let evidence = options.failures.join(browser);
    let told = evidence.join(FAILED);
    let _ = fs::remove_file(&told);
    let (mut passed, mut skipped) = (0, 0);
    let (mut failed, mut unsteady) = (Vec::new(), Vec::new());
    let suite_started = Instant::now();
    let wanted = |(name, _): &&Test| name.contains(&options.filter);
    for (name, test) in TESTS.iter().copied().flatten().filter(wanted) {
        if let Some(reason) = skips::reason(driver.browser, name, all) {
            skipped += 1;
            println!("{browser}: {name} ... skipped ({reason})");
            continue;
        }
        let mut complaints = Vec::new();
        for _ in 0..TRIES {
            let started = Instant::now();
            let outcome = run_one(&Page::new(&session, server, axe), server, *test);
            let seconds = started.elapsed().as_secs_f64();
            let Err(sentence) = outcome else {
                passed += 1;
                println!("{browser}: {name} ... ok ({seconds:.1} s)");
                break;
            };
            println!("{browser}: {name} ... FAILED ({seconds:.1} s)\n    {sentence}");
            complaints.push(format!("{name}: {sentence}"));
            keep_evidence(&Page::new(&session, server, axe), &evidence, name);
            // Whatever went wrong must not reach the next test.
            drop(session);
            session = Session::open(driver)?;
        }
        if complaints.len() == TRIES {
            failed.extend(complaints.pop());
        } else {
            unsteady.append(&mut complaints);
        }
    }
    let seconds = suite_started.elapsed().as_secs_f64();
    println!("{browser}: {passed} tests passed, {} failed, {skipped} skipped ({seconds:.0} s)", failed.len());
    if !unsteady.is_empty() {
        println!("{browser}: {} of them only at the second try; at the first:", unsteady.len());
    }
    for line in &unsteady {
        println!("    {line}");
    }
    if unsteady.len() > UNSTEADY_LIMIT {
        failed.append(&mut unsteady);
    }
    if failed.is_empty() {
        return Ok(true);
    }
    fs::write(&told, failed.join("\n")).map_err(|error| format!("{} cannot be written: {error}.", told.display()))?;
    Ok(false)
}

fn run_one(page: &Page, server: &Server, test: fn(&Page) -> Outcome) -> Outcome {
    page.allow(TEST_LIMIT);
    server.take_complaints();
    server.publish(Publication::Built);
    if page.can_prefer() {
        page.prefer(&[])?;
    }
    page.open("")?;
    page.set_viewport(DESKTOP)?;
    page.wait_for("main")?;
    catch_unwind(AssertUnwindSafe(|| test(page))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(text.unwrap_or("The test panicked.").to_owned())
    })?;
    let errors = page.take_errors()?;
    if errors.is_empty() { Ok(()) } else { Err(format!("The page complained: {}", errors.join("; "))) }
}

/// Saves a picture and the source of the page that a test failed on.
fn keep_evidence(page: &Page, folder: &Path, name: &str) {
    page.allow(Duration::from_secs(20));
    let file: String = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    let file: PathBuf = folder.join(file);
    let kept = fs::create_dir_all(folder)
        .map_err(|error| error.to_string())
        .and_then(|()| page.screenshot(&file.with_extension("png")))
        .and_then(|()| page.source())
        .and_then(|source| fs::write(file.with_extension("html"), source).map_err(|error| error.to_string()))
        .and_then(|()| page.take_errors());
    match kept {
        Ok(errors) => {
            println!("    See {0}.png and {0}.html.", file.display());
            for error in errors {
                println!("    The page complained: {error}");
            }
        }
        Err(error) => println!("    No picture could be taken: {error}"),
    }
}
