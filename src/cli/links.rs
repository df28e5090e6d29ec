//! Links on the terminal: what one opens, and the link to a scenario.

use std::process::ExitCode;

use clap::Args;

use super::load;
use crate::lesson::{self, LESSONS};
use crate::scenario::library;
use crate::scenario::link::{Opens, RunLink};
use crate::scenario::{Script, parse_time, suggestion};

/// What may be asked for.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A built-in scenario, a file, a link, or - for standard input
    scenario: String,
    /// Open it at this time: 2.5Δ
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print a whole link to the page at this address
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// Put the text of a built-in scenario into the link instead of its name
    #[arg(long)]
    text: bool,
}

/// The text that a link opens; a terminal runs all of it, wherever the link looks.
pub(super) fn text(fragment: &str) -> Result<String, String> {
    let (link, wrong) = RunLink::read(fragment);
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    match link.opens {
        Opens::Script(text) => Ok(text),
        Opens::BuiltIn(name) => {
            library::find(name).map(|built_in| built_in.text.to_owned()).ok_or_else(|| format!("{name} is gone"))
        }
        Opens::Lesson(id) => {
            let hint = suggestion(&id, LESSONS.iter().map(|lesson| lesson.id));
            let place = lesson::find(&id).ok_or(format!("The link asks for a lesson, and “{id}” is none{hint}"))?;
            Ok(LESSONS[place].script())
        }
        Opens::Nothing => Err("The link opens nothing".to_owned()),
    }
}

/// Does what the command line says.
pub(super) fn link(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let (script, _) = load(&arguments.scenario)?;
    let named = library::LIBRARY.iter().filter(|_| !arguments.text);
    let opens = match named.into_iter().find(|built_in| Script::parse(built_in.text).as_ref() == Ok(&script)) {
        Some(built_in) => Opens::BuiltIn(built_in.name),
        None => Opens::Script(script.to_string()),
    };
    let at = arguments.at.as_deref().map(parse_time).transpose().map_err(|why| format!("--at: {why}"))?;
    let fragment = RunLink { opens, at, selection: None }.print();
    let base = arguments.base.as_deref().map(|base| format!("{}#", base.split('#').next().unwrap_or_default()));
    Ok((format!("{}{fragment}\n", base.unwrap_or_default()), ExitCode::SUCCESS))
}
