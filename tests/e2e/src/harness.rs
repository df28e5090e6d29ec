//! Runs the tests and gives each of them a [`Page`], freshly loaded.

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

/// Runs the tests whose name contains `filter`; answers whether all passed.
pub(crate) fn run(options: &Options, server: &Server) -> Outcome<bool> {
    let (driver, axe) = (&options.driver, options.axe.as_deref());
    // A failed assertion is the verdict of a test and not an accident, so only its place is printed, without a stack.
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            println!("    failed at {place}");
        }
    }));
    let browser = driver.browser.name();
    let mut session = Session::open(driver)?;
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let suite_started = Instant::now();
    let wanted = |(name, _): &&Test| name.contains(&options.filter);
    for (name, test) in TESTS.iter().copied().flatten().filter(wanted) {
        if let Some(reason) = skips::reason(driver.browser, name) {
            skipped += 1;
            println!("{browser}: {name} ... skipped ({reason})");
            continue;
        }
        let started = Instant::now();
        let outcome = run_one(&Page::new(&session, server, axe), server, *test);
        let seconds = started.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                passed += 1;
                println!("{browser}: {name} ... ok ({seconds:.1} s)");
            }
            Err(sentence) => {
                failed += 1;
                println!("{browser}: {name} ... FAILED ({seconds:.1} s)\n    {sentence}");
                keep_evidence(&Page::new(&session, server, axe), &options.failures.join(browser), name);
                // Whatever went wrong must not reach the next test.
                drop(session);
                session = Session::open(driver)?;
            }
        }
    }
    let seconds = suite_started.elapsed().as_secs_f64();
    println!("{browser}: {passed} tests passed, {failed} failed, {skipped} skipped ({seconds:.0} s)");
    Ok(failed == 0)
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
