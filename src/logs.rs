//! Logs of other systems, read into a trace: then every check speaks of them whose facts the log has, and the timeline draws
//! them.
//!
//! A reader for each format (`json`, `shiviz`, `tlc`) turns a text into lines. `order` puts them in an order that causes
//! allow, `build` makes a trace of them, and `needs` says which facts a check must see before its silence means anything.
//! `docs/logs.md` has the formats.
//!
//! *Architecture invariant:* this module bounds and validates everything that comes in. It knows no simulation: nothing is
//! run, and what a log does not say is not made up.

mod build;
mod entry;
mod json;
mod needs;
mod order;
mod sentence;
mod shiviz;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod tlc;
mod words;

use crate::check::{self, Verdict, Violation};
use crate::tongue::{key, say, translated};
use crate::trace::Trace;
use crate::types::Millis;
use entry::Lines;

pub use entry::Mistake;

/// A log has at most so many bytes.
pub const BYTES_MAX: usize = 64_000_000;

/// A log has at most so many events.
pub const EVENTS_MAX: usize = 100_000;

/// So many mistakes are told.
pub const MISTAKES_MAX: usize = 20;

/// A process’s name has at most so many characters.
pub const NAME_CHARS_MAX: usize = 40;

/// A decree has at most so many characters.
pub const VALUE_CHARS_MAX: usize = 1_000;

/// A format: the first name that `docs/logs.md` gives it, whether a text is in it, and how it is read.
type Format = (&'static str, fn(&str) -> bool, fn(&str) -> Lines);

/// The formats that can be read; a text is in the first that takes it.
static FORMATS: &[Format] =
    &[("ShiViz", shiviz::is_it, shiviz::read), ("TLC", tlc::is_it, tlc::read), ("JSON lines", |_| true, json::read)];

/// What somebody says of a log that it does not say itself.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Beside {
    /// How long a Δ is. Without it, the slowest message of the log is a Δ.
    pub delta: Option<Millis>,
    /// The processes that vote.
    pub acceptors: Vec<String>,
}

/// A log as it was read.
#[derive(Debug)]
pub struct Log {
    /// The format in which it was read.
    pub format: &'static str,
    /// What happened.
    pub trace: Trace,
    /// The script that stands for the cluster of the log. It runs nothing.
    pub script: String,
    /// For each event of the trace, the line of the log from which it comes.
    pub lines: Vec<usize>,
    /// Whether the log has times. Otherwise an instant says only what comes first.
    pub is_timed: bool,
    /// Whether somebody said how long a Δ is.
    pub is_delta_told: bool,
    /// How many events the log has.
    pub events: usize,
    /// What is wrong with single lines.
    pub mistakes: Vec<Mistake>,
    /// What a reader of the verdicts should know: sentences without their full stops.
    pub notes: Vec<String>,
    /// What each check says that a log of this protocol can be asked about, in the order of the registry.
    pub told: Vec<Told>,
}

/// What a check says of a log.
#[derive(Debug)]
pub struct Told {
    /// The verdict; it holds where the check is not asked.
    pub verdict: Verdict,
    /// Why the check is not asked: what the log lacks. None where it is asked.
    pub silent: Option<String>,
}

impl Log {
    /// Reads a log, with what somebody says beside it.
    ///
    /// # Errors
    /// A sentence, when there is nothing at all to show.
    pub fn read(text: &str, beside: &Beside) -> Result<Self, String> {
        if text.len() > BYTES_MAX {
            return Err(say!("a log has at most {most} bytes", most = BYTES_MAX));
        }
        let (format, _, read) =
            FORMATS.iter().find(|(_, is_it, _)| is_it(text)).expect("the last one takes everything");
        let mut lines = read(text);
        if !beside.acceptors.is_empty() {
            lines.head.acceptors.clone_from(&beside.acceptors);
        }
        if lines.entries.is_empty() {
            let first = lines.mistakes.first();
            let why = first.map_or_else(
                || say!("it is empty").into(),
                |mistake| say!("line {line}: {message}", line = mistake.line, message = mistake.message),
            );
            return Err(say!("there is no event in this log, read as {format}: {why}"));
        }
        let mut log = build::build(format, lines, beside.delta)?;
        log.told = told(&log);
        Ok(log)
    }

    /// Whether no check that was asked found anything.
    pub fn is_safe(&self) -> bool {
        self.told.iter().all(|told| told.verdict.holds())
    }

    /// The verdicts alone: a check that is not asked has found nothing.
    pub fn verdicts(&self) -> Vec<Verdict> {
        self.told.iter().map(|told| told.verdict.clone()).collect()
    }

    /// The line of the log that breaks a check.
    pub fn line_of(&self, violation: &Violation) -> usize {
        self.lines.get(violation.event.0 as usize).copied().unwrap_or(0)
    }
}

/// Reads how long a Δ is: `50ms`, `0.25ms` or `2s`.
///
/// # Errors
/// A sentence: why the text is no such span.
pub fn parse_span(text: &str) -> Result<Millis, String> {
    let (number, decimals) = match text.strip_suffix("ms") {
        Some(number) => (number, 3),
        None => (text.strip_suffix('s').unwrap_or_default(), 6),
    };
    let span = json::decimal(number.trim(), decimals).map(Millis);
    let span = span.filter(|span| span.0 > 0 && *span <= crate::types::Scale::LONGEST);
    span.ok_or_else(|| {
        say!("“{text}” does not say how long Δ is; write it like 50ms or 2s", text = crate::types::shortened(text))
    })
}

/// What the checks say, as far as the log has what they need.
fn told(log: &Log) -> Vec<Told> {
    let stated = build::stated(&log.trace);
    let silent_acceptors = build::silent_acceptors(&log.trace);
    let of = |mut verdict: Verdict| {
        let needs = needs::NEEDS.iter().find(|(name, _)| *name == verdict.check.name).map(|(_, needs)| *needs);
        let lacks = |needs: &[needs::Stated]| {
            let missing: Vec<_> = needs.iter().filter(|need| !stated.contains(need)).map(|need| need.name()).collect();
            (!missing.is_empty())
                .then(|| say!("the log states no “{names}”", names = missing.join(translated(key!("”, no “")))))
        };
        // The other checks are about protocols whose logs are not read.
        let needs = needs.filter(|_| verdict.is_applicable)?;
        let silent = lacks(needs).or_else(|| {
            // A vote that nobody wrote down could be the missing one.
            let is_doubtful = verdict.check.name == "learned-only-if-chosen" && !verdict.holds();
            let names = log.trace.scenario.symbols.set(silent_acceptors);
            (is_doubtful && !silent_acceptors.is_empty())
                .then(|| say!("the log has no line of {names}, whose votes could be those that are missing"))
        });
        if silent.is_some() {
            (verdict.is_applicable, verdict.violation) = (false, None);
        }
        Some(Told { verdict, silent })
    };
    check::check(&log.trace).into_iter().filter_map(of).collect()
}
