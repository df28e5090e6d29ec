//! `export`: a run as a file, byte for byte the same as that of the page.

mod film;
mod pictures;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{called, load, status, under, vocabulary, warn};
use crate::check::Verdict;
use crate::scenario::parse_time;
use crate::session::Session;
use crate::view::export::{Choice, FORMATS, Format, find};
use crate::view::filter::Filter;

/// So many events are run or read at once.
const EVENTS: usize = 100_000;

/// What may be asked for.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A built-in scenario, a file, a link, or - for standard input
    scenario: String,
    /// What to write: svg, json, script, test, events, mermaid, plantuml, shiviz or tikz
    #[arg(long, default_value = FORMATS[0].name, value_name = "FORMAT")]
    format: String,
    /// Run it under this protocol instead of its own
    #[arg(long)]
    protocol: Option<String>,
    /// Draw the run until this time: 2.5Δ
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Draw only this, as in "kinds:Voted,voted;nodes:A,B;ballots:1.A;instances:2-5"
    #[arg(long, value_name = "FILTER")]
    only: Option<String>,
    /// Draw it for dark paper
    #[arg(long)]
    dark: bool,
    /// Draw it in the words of 1998 or of 2001
    #[arg(long, value_name = "YEAR")]
    words: Option<String>,
    /// Draw it for an exam, without what is learned, decided or violated; with -o, a second file is the key
    #[arg(long)]
    exam: bool,
    /// Draw a picture for each of these times, as in 0,1Δ,2.5Δ or, to the end of the run, 0,1Δ,..
    #[arg(long, value_name = "TIMES", conflicts_with = "at")]
    frames: Option<String>,
    /// Write the run as an animation for slides, a GIF, into the file that -o names
    #[arg(long, conflicts_with_all = ["frames", "exam"])]
    animation: bool,
    /// Write this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Does what the command line says.
pub(super) fn export(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let name = called(&arguments.scenario);
    let format = format(&arguments.format)?;
    let (mut script, _) = load(&arguments.scenario)?;
    if let Some(protocol) = &arguments.protocol {
        under(&arguments.scenario, &script, protocol)?;
        script = script.under(protocol);
    }
    let mut session = Session::open(&script.to_string()).map_err(|error| format!("{name}, {error}"))?;
    while !session.judge(EVENTS) {}
    let choice = choice(arguments, format, &mut session)?;
    warn(name, &session.played().run);
    let code = status(session.played().verdicts.iter().all(Verdict::holds));
    if let Some(times) = &arguments.frames {
        pictures::frames(&mut session, format, &choice, times, arguments.output.as_deref())?;
        return Ok((String::new(), code));
    }
    if arguments.animation {
        film::film(&session, &choice, arguments.output.as_deref())?;
        return Ok((String::new(), code));
    }
    if let (true, Some(file)) = (arguments.exam, arguments.output.as_deref()) {
        pictures::key(&session, format, &choice, file)?;
    }
    let text = crate::view::export::export(&session, format, &choice).map_err(|why| format!("{name}: {why}"))?.text;
    let Some(file) = &arguments.output else { return Ok((text, code)) };
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((String::new(), code))
}

fn format(name: &str) -> Result<&'static Format, String> {
    let names = FORMATS.iter().map(|format| format.name);
    let hint = crate::scenario::suggestion(name, names.clone());
    let known = || names.collect::<Vec<_>>().join(", ");
    find(name).ok_or_else(|| format!("--format {name}: no format has this name; there is: {}{hint}", known()))
}

/// How a figure is drawn. Options that make no difference to another format are refused for it.
fn choice(arguments: &Arguments, format: &Format, session: &mut Session) -> Result<Choice, String> {
    let (drawn, figure) = (format.is_drawn, format.is_figure);
    let given = [
        ("--at", arguments.at.is_some(), drawn, "how a run is drawn", "draws none"),
        ("--only", arguments.only.is_some(), format.can_leave_out, "how a run is drawn", "leaves nothing out"),
        ("--words", arguments.words.is_some(), drawn, "how a run is drawn", "draws none"),
        ("--dark", arguments.dark, figure, "how a figure is drawn", "draws none"),
        ("--exam", arguments.exam, figure, "how a figure is drawn", "draws none"),
        ("--frames", arguments.frames.is_some(), figure, "how a figure is drawn", "draws none"),
        ("--animation", arguments.animation, figure, "how a figure is drawn", "draws none"),
    ];
    if let Some((option, _, _, about, not)) = given.iter().find(|(_, is_given, matters, ..)| *is_given && !matters) {
        return Err(format!("{option} is about {about}, and --format {} {not}", format.name));
    }
    let words = vocabulary(arguments.words.as_deref())?;
    let at = arguments.at.as_deref().map(parse_time).transpose().map_err(|why| format!("--at: {why}"))?;
    let shown = at.map(|at| {
        session.seek(at.min(session.end()));
        session.cursor()
    });
    let (only, wrong) = Filter::read(arguments.only.as_deref().unwrap_or_default(), session.scenario());
    match wrong {
        Some(wrong) => Err(format!("--only: {wrong}")),
        None => Ok(Choice { is_dark: arguments.dark, is_exam: arguments.exam, words, shown, chosen: None, only }),
    }
}
