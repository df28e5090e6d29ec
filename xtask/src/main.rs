//! The project's chores: `cargo xtask <command>`.
//!
//! Two commands are enough for daily work: `serve` shows the page and rebuilds it on every change, `test` runs every
//! check there is. Each command first sets up what it needs and nothing more; a second run finds everything in place
//! and installs nothing. This crate knows how to start other programs; it knows nothing of Paxos.

mod arguments;
mod bench;
mod browsers;
mod budget;
mod cluster;
mod diagrams;
mod editor;
mod end_to_end;
mod fuzz;
mod machine;
mod mutants;
mod npm;
mod page;
mod parts;
mod paths;
mod process;
mod publish;
mod screen;
mod setup;
mod site;
mod split;
mod toolchain;
mod tools;

use std::process::ExitCode;

use arguments::Request;
use paths::Paths;
use setup::Setup;

/// What a chore answers: nothing, or one sentence that says what is wrong and, where possible, what to do about it.
pub(crate) type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match arguments::parse(&words).and_then(run) {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(request: Request) -> Outcome<ExitCode> {
    if let Request::Help = request {
        print!("{}", arguments::HELP);
        return Ok(ExitCode::SUCCESS);
    }
    let mut setup = Setup::new(Paths::discover()?);
    let outcome = dispatch(&mut setup, request);
    setup.tidy_up(outcome.is_ok());
    outcome
}

fn dispatch(setup: &mut Setup, request: Request) -> Outcome<ExitCode> {
    match request {
        Request::Help => {}
        Request::Setup => setup.everything()?,
        Request::Serve { port } => page::serve(setup, port)?,
        Request::Build => {
            page::build(setup)?;
            budget::check(&setup.paths.dist)?;
        }
        Request::Dist { folder } => site::assemble(setup, folder)?,
        Request::Npm { folder } => npm::package(setup, folder)?,
        Request::Test { only, all } => return parts::run(setup, &only, all),
        Request::Bench => bench::run(setup)?,
        Request::Fuzz { seconds } => fuzz::run(setup, seconds)?,
        Request::Frames => end_to_end::frames(setup)?,
        Request::Load => end_to_end::load(setup)?,
        Request::Record => end_to_end::record(setup)?,
        Request::Screenshots { folder, all } => end_to_end::screenshots(setup, folder, all)?,
        Request::Format => parts::format(setup, false)?,
        Request::FormatCheck => parts::format(setup, true)?,
        Request::Lint => parts::lint(setup)?,
        Request::Swarm { amount, seed } => parts::swarm(setup, amount, Some(seed.unwrap_or_else(fresh_seed)))?,
        Request::Mutants { scope, arguments } => mutants::run(setup, &scope, &arguments)?,
        Request::Size => budget::check(&setup.paths.dist)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A seed that was not used before: the time.
fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |since| since.as_secs())
}
