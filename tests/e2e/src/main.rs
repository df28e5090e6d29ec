//! End-to-end tests: the built page in a real browser, over WebDriver.
//!
//! `cargo run -p e2e -- --dist dist --browser chromium --driver /usr/bin/chromedriver` runs every test of [`page`];
//! with `--screenshots DIR` it photographs the page instead. `cargo xtask test` and `cargo xtask screenshots` find
//! the programs and call this.

mod harness;
mod page;
mod screenshots;
mod server;
mod webdriver;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use server::Server;
use webdriver::{Browser, Driver};

/// What the command line asks for.
struct Options {
    /// The folder with the built page.
    dist: PathBuf,
    /// The browser and the program that steers it.
    driver: Driver,
    /// Where pictures go, if pictures are wanted.
    screenshots: Option<PathBuf>,
    /// Where a failed test leaves a picture and the page's source.
    failures: PathBuf,
    /// Run only the tests whose name contains this.
    filter: String,
}

fn main() -> ExitCode {
    let outcome = parse(std::env::args().skip(1)).and_then(|options| {
        let server = Server::start(&options.dist)?;
        match &options.screenshots {
            Some(folder) => screenshots::take(&server, &options.driver, folder).map(|()| true),
            None => harness::run(&server, &options.driver, &options.failures, &options.filter),
        }
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("e2e: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let (mut dist, mut browser, mut driver) = (None, None, None);
    let (mut binary, mut screenshots, mut failures) = (None, None, None);
    let mut filter = String::new();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("`{word}` needs a value after it."))?;
        match word.as_str() {
            "--dist" => dist = Some(PathBuf::from(value)),
            "--browser" => browser = Some(Browser::parse(&value)?),
            "--driver" => driver = Some(PathBuf::from(value)),
            "--binary" => binary = Some(PathBuf::from(value)),
            "--screenshots" => screenshots = Some(PathBuf::from(value)),
            "--failures" => failures = Some(PathBuf::from(value)),
            "--only" => filter = value,
            _ => return Err(format!("There is no option `{word}`.")),
        }
    }
    Ok(Options {
        dist: dist.ok_or("Say with `--dist` where the built page is.")?,
        driver: Driver {
            browser: browser.ok_or("Say with `--browser` whether to use chromium or firefox.")?,
            program: driver.ok_or("Say with `--driver` which chromedriver or geckodriver to use.")?,
            binary,
        },
        screenshots,
        failures: failures.unwrap_or_else(|| std::env::temp_dir().join("paxos-playground-e2e")),
        filter,
    })
}
