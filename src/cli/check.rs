//! `check`: the log of somebody’s own system, judged by every check that its facts allow, and drawn.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{BAD_INPUT, status, vocabulary};
use crate::logs::{BYTES_MAX, Beside, Log, parse_span};
use crate::protocol::Vocabulary;
use crate::view::export::{Choice, find};
use crate::view::log::{LogRow, LogView, plain, session};

/// What may be asked for.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A log as lines of JSON, a log for ShiViz, or a counterexample of TLC; - for standard input
    log: String,
    /// Draw it as SVG into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// How long the slowest message may take: 50ms
    #[arg(long, value_name = "TIME")]
    delta: Option<String>,
    /// The processes that vote, if the log does not name them: A,B,C
    #[arg(long, value_name = "NAMES")]
    acceptors: Option<String>,
    /// Tell it in the words of 1998 or of 2001
    #[arg(long, value_name = "YEAR")]
    words: Option<String>,
}

/// Does what the command line says.
pub(super) fn check(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let words = vocabulary(arguments.words.as_deref())?;
    let delta = arguments.delta.as_deref().map(parse_span).transpose().map_err(|why| format!("--delta: {why}"))?;
    let name = &arguments.log;
    let acceptors = arguments.acceptors.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned());
    let beside = Beside { delta, acceptors: acceptors.filter(|name| !name.is_empty()).collect() };
    let log = Log::read(&text(name)?, &beside).map_err(|why| format!("{name}: {why}"))?;
    for mistake in &log.mistakes {
        eprintln!("{name}, line {}: {}", mistake.line, plain(&mistake.message));
    }
    if let Some(file) = &arguments.svg {
        let svg = drawn(&log, words).map_err(|why| format!("{name}: {why}"))?;
        std::fs::write(file, svg).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let code = match (log.is_safe(), log.mistakes.is_empty()) {
        (true, false) => ExitCode::from(BAD_INPUT),
        (is_safe, _) => status(is_safe),
    };
    Ok((report(&LogView::of(name, log), words), code))
}

/// The log’s text. Bytes that are no text become a sign that stands for such bytes, so that the rest can be read.
fn text(name: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{name}: {error}");
    let (mut bytes, limit) = (Vec::new(), BYTES_MAX as u64 + 1);
    if name == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(name).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() > BYTES_MAX {
        return Err(format!("{name}: a log has at most {BYTES_MAX} bytes"));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The log on the timeline, with the verdicts of the checks that were asked.
fn drawn(log: &Log, words: Vocabulary) -> Result<String, String> {
    let svg = find("svg").ok_or("there is no such format")?;
    let choice = Choice { words, ..Choice::default() };
    Ok(crate::view::export::export(&session(log)?, svg, &choice)?.text)
}

/// What is printed.
fn report(log: &LogView, words: Vocabulary) -> String {
    let mut out = String::new();
    let mut line = |text: &str| writeln!(out, "{text}").expect("a string takes everything");
    line(&log.summary);
    log.notes.iter().for_each(|note| line(note));
    line("");
    let rows = log.rows(words);
    for LogRow { name, holds, told, .. } in &rows {
        line(&match holds {
            Some(true) => format!("✓ {name}"),
            Some(false) => format!("✗ {name}, {told}"),
            None => format!("– {name}, {told}"),
        });
    }
    if rows.iter().all(|row| row.holds.is_none()) {
        line("no check could be asked");
    }
    out
}
