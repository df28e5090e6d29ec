//! End-to-end tests: the built page in a real browser, over WebDriver.
//!
//! `cargo run -p e2e -- --dist dist --browser chromium --driver /usr/bin/chromedriver` runs every test of [`page`];
//! with `--screenshots DIR` it photographs the page instead, with `--frames` it measures how smoothly it moves, with `--load`
//! how long a first visit takes, with `--record FILE` it notes what runs as the page opens, and with `--package DIR` it looks at
//! a program that uses the npm package. `cargo xtask test`, `screenshots`, `frames`, `load` and `record` find the
//! programs and call this.

mod frames;
mod harness;
mod load;
mod package;
mod page;
mod record;
mod screenshots;
mod server;
mod skips;
mod webdriver;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use server::Server;
use webdriver::{Browser, Driver};

/// How a step or a test went; a failure is one sentence.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// A task: what to do with the page.
enum Task {
    /// Run the tests; if `all`, also those in this browser that Chromium alone is enough for.
    Test { all: bool },
    /// Photograph it into this folder; every picture in every size and both schemes if `all`.
    Screenshots { folder: PathBuf, all: bool },
    /// Measure its frames.
    Frames,
    /// Measure how long a first visit takes.
    Load,
    /// Look at a program that uses the npm package, and compare it with the reports in this folder.
    Package { reports: PathBuf },
    /// Write into this file which functions run as it opens.
    Record { file: PathBuf },
}

/// What the command line asks for.
struct Options {
    /// The task.
    task: Task,
    /// The folder with the built page.
    dist: PathBuf,
    /// The browser and the program that controls it.
    driver: Driver,
    /// axe-core, one file of JavaScript; without it the tests that look for barriers fail.
    axe: Option<PathBuf>,
    /// Where a failed test leaves a picture and the page's source.
    failures: PathBuf,
    /// Only the tests or pictures whose name contains this.
    filter: String,
}

fn main() -> ExitCode {
    let outcome = parse(std::env::args().skip(1)).and_then(|options| {
        let server = Server::start(&options.dist)?;
        match &options.task {
            Task::Test { all } => harness::run(&options, &server, *all),
            Task::Screenshots { folder, all } => screenshots::take(&options, &server, folder, *all).map(|()| true),
            Task::Package { reports } => package::check(&options, &server, reports).map(|()| true),
            Task::Record { file } => record::record(&options, &server, file).map(|()| true),
            Task::Frames => frames::measure(&options, &server).map(|()| true),
            Task::Load => load::measure(&options, &server).map(|()| true),
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
    let (mut dist, mut browser, mut driver, mut axe) = (None, None, None, None);
    let (mut binary, mut screenshots, mut failures, mut record) = (None, None, None, None);
    let mut package = None;
    let (mut all, mut frames, mut load, mut filter) = (false, false, false, String::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--all" => all = true,
            "--frames" => frames = true,
            "--load" => load = true,
            _ => {
                let value = words.next().ok_or_else(|| format!("`{word}` needs a value after it."))?;
                match word.as_str() {
                    "--dist" => dist = Some(PathBuf::from(value)),
                    "--browser" => browser = Some(Browser::parse(&value)?),
                    "--driver" => driver = Some(PathBuf::from(value)),
                    "--binary" => binary = Some(PathBuf::from(value)),
                    "--axe" => axe = Some(PathBuf::from(value)),
                    "--screenshots" => screenshots = Some(PathBuf::from(value)),
                    "--package" => package = Some(PathBuf::from(value)),
                    "--record" => record = Some(PathBuf::from(value)),
                    "--failures" => failures = Some(PathBuf::from(value)),
                    "--only" => filter = value,
                    _ => return Err(format!("There is no option `{word}`.")),
                }
            }
        }
    }
    let task = match (screenshots, record, package) {
        (Some(folder), ..) => Task::Screenshots { folder, all },
        (None, Some(file), _) => Task::Record { file },
        (None, None, Some(reports)) => Task::Package { reports },
        (None, None, None) if frames => Task::Frames,
        (None, None, None) if load => Task::Load,
        (None, None, None) => Task::Test { all },
    };
    Ok(Options {
        task,
        dist: dist.ok_or("Say with `--dist` where the built page is.")?,
        driver: Driver {
            browser: browser.ok_or("Say with `--browser` whether to use chromium, firefox or webkit.")?,
            program: driver.ok_or("Say with `--driver` which chromedriver, geckodriver or WebKitWebDriver to use.")?,
            binary,
        },
        axe,
        failures: failures.unwrap_or_else(|| std::env::temp_dir().join("paxos-playground-e2e")),
        filter,
    })
}
