//! Links on the terminal: the link to a scenario.

use std::process::ExitCode;

use clap::Args;

use super::{called, load};
use crate::embed;
use crate::scenario::parse_time;

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

/// Does what the command line says.
pub(super) fn link(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let (script, _) = load(&arguments.scenario)?;
    if let Some(at) = &arguments.at {
        parse_time(at).map_err(|why| format!("--at: {why}"))?;
    }
    let fragment = embed::fragment(&script, !arguments.text, arguments.at.as_deref());
    let fragment = fragment.map_err(|why| format!("{}: {why}", called(&arguments.scenario)))?;
    let base = arguments.base.as_deref().map(|base| format!("{}#", base.split('#').next().unwrap_or_default()));
    Ok((format!("{}{fragment}\n", base.unwrap_or_default()), ExitCode::SUCCESS))
}
