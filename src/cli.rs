//! The terminal door: the same engine for grading, for batch runs and for people who like text.
//!
//! The exit status is 0 if every check held, 1 if a check was violated, and 2 for bad input, with one line that says
//! where and why. A search that ends because of a signal, or because the reader of its output has gone, has the status
//! that shells give to that.
//!
//! *Architecture invariant:* this module does not know the page.

use std::io::{BufWriter, Read, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::check::Verdict;
use crate::embed;
use crate::protocol::Vocabulary;
use crate::report::compare::{self, Comparison};
use crate::report::{Report, events, list, pretty};
use crate::scenario::{Scenario, Script, library, limits, link};
use crate::sim::Run;

mod check;
mod explore;
mod export;
mod grade;
mod interrupts;
mod links;
mod machine;
mod race;
mod sweep;
mod text;
mod worst;

const VIOLATED: u8 = 1;
const BAD_INPUT: u8 = 2;

/// The Part-Time Parliament on the terminal.
#[derive(Parser, Debug)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the built-in scenarios
    List {
        /// List the protocols instead, with their options and rules
        #[arg(long)]
        protocols: bool,
        /// Print the list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a scenario and report on it
    Run {
        /// A built-in scenario, a file, a link, or - for standard input
        scenario: String,
        /// Run it under this protocol instead of its own
        #[arg(long)]
        protocol: Option<String>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
        /// Print every event, in the golden format
        #[arg(long, conflicts_with = "json")]
        trace: bool,
        /// Print every event as a line of JSON
        #[arg(long, conflicts_with_all = ["json", "trace"])]
        events: bool,
        /// Print the report in the words of 1998 or of 2001
        #[arg(long, value_name = "YEAR", conflicts_with_all = ["json", "trace", "events"])]
        words: Option<String>,
    },
    /// Run a scenario under the 5Δ, 3Δ and 2Δ variants, or the protocols of a list, and print them side by side
    Compare {
        /// A built-in scenario, a file, a link, or - for standard input
        scenario: String,
        /// Compare these protocols instead, as in basic,complete
        #[arg(long, value_name = "PROTOCOLS")]
        with: Option<String>,
        /// Print their reports as JSON
        #[arg(long)]
        json: bool,
    },
    /// Race the whole family, or the protocols of a list: one script, fitted to each, and what each one takes
    Race(race::Arguments),
    /// Run every schedule of a scenario and look for one that violates a check
    Explore(explore::Asked),
    /// Search for the slowest execution of a scenario and print it as a scenario
    Worst(worst::Arguments),
    /// Run a scenario once for each seed of a range, or with values of several sizes, and print what the runs come to
    Sweep(sweep::Arguments),
    /// Grade a folder of hand-ins by the goals of a folder of exercises
    Grade(grade::Arguments),
    /// Print a link that opens a scenario on the page
    Link(links::Arguments),
    /// Write a run as a figure, a report, a script or a test
    Export(export::Arguments),
    /// Judge the log of another system, or a counterexample of TLC, by every check that its facts allow
    Check(check::Arguments),
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::List { protocols, json } => list(protocols, json).map(|list| (list, ExitCode::SUCCESS)),
        Command::Run { scenario, protocol, json, trace, events, words } => {
            let shape = match (json, trace, events) {
                (true, ..) => Shape::Json,
                (_, true, _) => Shape::Trace,
                (.., true) => Shape::Events,
                _ => Shape::Report,
            };
            run(&scenario, protocol.as_deref(), shape, words.as_deref())
        }
        Command::Compare { scenario, with, json } => compare(&scenario, with.as_deref(), json),
        Command::Race(arguments) => race::race(&arguments),
        Command::Explore(asked) => explore::explore(&asked),
        Command::Worst(arguments) => worst::worst(&arguments),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Grade(arguments) => grade::grade(&arguments),
        Command::Link(arguments) => links::link(&arguments),
        Command::Export(arguments) => export::export(&arguments),
        Command::Check(arguments) => check::check(&arguments),
    };
    let (output, code) = match outcome {
        Ok(outcome) => outcome,
        Err(message) => {
            // The message is one line, whatever a name or a file may contain.
            eprintln!("{}", message.replace(char::is_control, "�"));
            return ExitCode::from(BAD_INPUT);
        }
    };
    // A reader that has seen enough, such as `head`, is not an error.
    let _ = std::io::stdout().write_all(output.as_bytes());
    code
}

fn list(protocols: bool, json: bool) -> Result<String, String> {
    match (protocols, json) {
        (false, false) => Ok(text::list()),
        (true, false) => Ok(text::protocols()),
        (false, true) => pretty(&list::Scenarios::all()),
        (true, true) => pretty(&list::Protocols::all()),
    }
}

/// The vocabulary of this year; that of 1998 when none is given.
fn vocabulary(year: Option<&str>) -> Result<Vocabulary, String> {
    match year {
        None | Some("1998") => Ok(Vocabulary::Parliament1998),
        Some("2001") => Ok(Vocabulary::MadeSimple2001),
        Some(other) => Err(format!("--words {other}: there are the words of 1998 and of 2001")),
    }
}

/// What is printed of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Report,
    Json,
    Trace,
    Events,
}

fn run(name: &str, protocol: Option<&str>, shape: Shape, words: Option<&str>) -> Result<(String, ExitCode), String> {
    let words = vocabulary(words)?;
    let run = Run::of(scenario(name, protocol)?);
    warn(called(name), &run);
    if shape == Shape::Json {
        let report = Report::of(&run);
        return Ok((pretty(&report)?, status(report.is_safe())));
    }
    let verdicts = crate::check::check(run.trace());
    let output = match shape {
        Shape::Trace => print_lines(run.trace().lines().map(Ok)),
        Shape::Events => print_lines(events::lines(&run)),
        Shape::Report | Shape::Json => Ok(text::report(&run, &verdicts, words)),
    }?;
    Ok((output, status(verdicts.iter().all(Verdict::holds))))
}

/// Prints lines as they are made, because together they can be several times as large as the run. Nothing is left to print
/// then.
fn print_lines(mut lines: impl Iterator<Item = Result<String, String>>) -> Result<String, String> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    // A reader that has seen enough, such as `head`, is not an error.
    let printed = lines.try_for_each(|line| writeln!(out, "{}", line.map_err(std::io::Error::other)?));
    let _ = printed.and_then(|()| out.flush());
    Ok(String::new())
}

fn compare(name: &str, with: Option<&str>, json: bool) -> Result<(String, ExitCode), String> {
    let protocols = compare::chosen(with).map_err(|error| format!("--with: {error}"))?;
    let (script, _) = load(name)?;
    let compared = compare::under_each(&script, &protocols).map_err(|error| format!("{}, {error}", called(name)))?;
    for one in &compared {
        warn(&format!("{} under {}", called(name), one.protocol.name), &one.run);
    }
    if json {
        let comparison = Comparison::of(&compared);
        return Ok((pretty(&comparison)?, status(comparison.is_safe())));
    }
    let verdicts: Vec<_> = compared.iter().map(|one| crate::check::check(one.run.trace())).collect();
    let output = text::comparison(&compared, &verdicts);
    Ok((output, status(verdicts.iter().flatten().all(Verdict::holds))))
}

fn warn(name: &str, run: &Run) {
    for note in run.notes() {
        match note.line {
            0 => eprintln!("warning: {name}: {}", note.message),
            line => eprintln!("warning: {name}, line {line}: {}", note.message),
        }
    }
}

fn status(is_safe: bool) -> ExitCode {
    if is_safe { ExitCode::SUCCESS } else { ExitCode::from(VIOLATED) }
}

/// The scenario with this name, in this link, in this file, or on standard input.
fn load(name: &str) -> Result<(Script, Scenario), String> {
    let text = match (library::find(name), link::fragment(name)) {
        (Some(built_in), _) => built_in.text.to_owned(),
        (None, Some(fragment)) => embed::opened(fragment)?,
        (None, None) => read(name)?,
    };
    Scenario::read(&text).map_err(|error| format!("{}, {error}", called(name)))
}

/// Its name in messages; a link would fill the screen.
fn called(name: &str) -> &str {
    if link::fragment(name).is_some() { "the link’s script" } else { name }
}

fn scenario(name: &str, protocol: Option<&str>) -> Result<Scenario, String> {
    let (script, scenario) = load(name)?;
    let Some(protocol) = protocol else { return Ok(scenario) };
    under(name, &script, protocol)
}

/// What a script means under this protocol, whatever protocol it names.
fn under(name: &str, script: &Script, protocol: &str) -> Result<Scenario, String> {
    let scenario = Scenario::of(&script.under(protocol));
    scenario.map_err(|error| format!("{} with --protocol {protocol}: {}", called(name), error.message))
}

fn read(name: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let names = library::LIBRARY.iter().map(|built_in| built_in.name);
            let hint = crate::scenario::suggestion(name, names);
            format!("{name}: no built-in scenario and no file has this name{hint}")
        }
        _ => format!("{name}: {error}"),
    };
    let mut bytes = Vec::new();
    // Reading one byte more than is allowed is enough to know that the text is too long.
    let limit = limits::TEXT_BYTES as u64 + 1;
    if name == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(name).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 == limit {
        return Err(format!("{name}, line 1, column 1: a script has at most {} bytes", limits::TEXT_BYTES));
    }
    utf8(bytes).map_err(|why| format!("{name}, {why}"))
}

/// The text of these bytes.
fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let (line, column) =
            (good.matches('\n').count() + 1, good.chars().rev().take_while(|last| *last != '\n').count() + 1);
        format!("line {line}, column {column}: this is not UTF-8 text")
    })
}
