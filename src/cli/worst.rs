//! `worst`: the slowest execution that an adversary finds, and the scenario that shows it.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::interrupts::{Interrupt, Interrupts};
use super::{called, load, pretty};
use crate::explore::worst::{OldTraffic, Question, Worst};
use crate::report::worst::WorstReport;
use crate::scenario::parse_delay;
use crate::types::Time;

/// What can be asked.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A built-in scenario, a file, a link, or - for standard input; its protocol, nodes and first wish are taken
    scenario: String,
    /// Ask it of this protocol instead of its own
    #[arg(long)]
    protocol: Option<String>,
    /// k: so many larger ballots were started before T_el, and the leader does not know of them
    #[arg(long, value_name = "K", default_value_t = Question::default().stale)]
    stale: usize,
    /// When their messages may land: at any time, or by T_el + Δ
    #[arg(long, value_enum, default_value_t = Traffic::Any)]
    old_traffic: Traffic,
    /// The grid has steps of Δ/R
    #[arg(long, value_name = "R", default_value_t = Question::default().resolution)]
    resolution: u16,
    /// So long after T_el the leader starts its first ballot: 0.5Δ
    #[arg(long, value_name = "SPAN")]
    wait: Option<String>,
    /// The search may meet so many moments; cut short, it says “at least”
    #[arg(long, value_name = "N", default_value_t = Question::default().states_max)]
    states: usize,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
    /// Print the scenario that shows it and nothing else
    #[arg(long, conflicts_with = "json")]
    script: bool,
}

/// When messages of stale ballots may land, as the command line names it.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum Traffic {
    Any,
    ByDelta,
}

/// Does what the command line says.
pub(super) fn worst(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let name = &arguments.scenario;
    let (script, _) = load(name)?;
    let script = arguments.protocol.as_ref().map_or_else(|| script.clone(), |protocol| script.under(protocol));
    let wait = arguments
        .wait
        .as_ref()
        .map_or(Ok(Time::ZERO), |span| parse_delay(span).map_err(|error| format!("--wait {span}: {error}")))?;
    let old_traffic = match arguments.old_traffic {
        Traffic::Any => OldTraffic::Any,
        Traffic::ByDelta => OldTraffic::ByDelta,
    };
    let (stale, resolution, states_max) = (arguments.stale, arguments.resolution, arguments.states);
    let question = Question { stale, old_traffic, resolution, wait, states_max };
    let name = called(name);
    let mut worst = Worst::new(&script, question).map_err(|error| format!("{name}: {error}"))?;
    worst.notes().iter().for_each(|note| eprintln!("note: {name}: {note}"));
    let (is_watched, interrupts) = (std::io::stderr().is_terminal(), Interrupts::listen()?);
    let interrupt = interrupts.drive(|work| {
        let is_over = worst.go_on(work);
        if is_watched && !is_over {
            eprint!("\r{} moments, up to {}Δ   ", worst.states(), worst.reached());
        }
        is_over
    });
    if is_watched {
        eprint!("\r\x1b[K");
    }
    worst.stop();
    let code = interrupt.map_or(ExitCode::SUCCESS, Interrupt::status);
    let output = match worst.found() {
        _ if arguments.json => pretty(&WorstReport::of(&worst))?,
        Some(found) if arguments.script => found.script.to_string(),
        None if arguments.script && interrupt.is_some() => {
            eprintln!("{name}: {}", worst.sentences().join(" "));
            String::new()
        }
        None if arguments.script => return Err(format!("{name}: {}", worst.sentences().join(" "))),
        found => {
            let sentences = worst.sentences().join("\n");
            found.map_or_else(|| format!("{sentences}\n"), |found| format!("{sentences}\n\n{}", found.script))
        }
    };
    Ok((output, code))
}
