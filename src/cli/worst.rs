//! `worst`: the slowest execution that an adversary finds, and the scenario that shows it.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::interrupts::{Interrupt, Interrupts};
use super::machine::{MEMORY_MAX, MEMORY_MIN, memory_max};
use super::{called, load, pretty};
use crate::explore::worst::{OldTraffic, Outside, Question, Worst, with_option};
use crate::protocol::Trust;
use crate::report::worst::WorstReport;
use crate::scenario::{Line, Scenario, Script, Statement, parse_delay};
use crate::types::Time;

/// What can be asked.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A built-in scenario, a file, a link, or - for standard input; its protocol, nodes and first wish are taken
    scenario: String,
    /// Ask it of this protocol instead of its own
    #[arg(long)]
    protocol: Option<String>,
    /// Ask it with this option instead of the script's own: --option restart own-nack; again for another one
    #[arg(long, num_args = 2, value_names = ["NAME", "VALUE"], action = clap::ArgAction::Append)]
    option: Vec<String>,
    /// k: so many larger ballots were started before T_el, and the leader does not know of them; 1 if it is not said, and 0 where
    /// processes may lie
    #[arg(long, value_name = "K")]
    stale: Option<usize>,
    /// When their messages may land: at any time, or by T_el + Δ
    #[arg(long, value_enum, default_value_t = Traffic::Any)]
    old_traffic: Traffic,
    /// What processes outside C do: they are down; up and in time; or up, and late or silent as the adversary likes. The
    /// owner of the old ballots is down. Down if it is not said, and up where they are to crash
    #[arg(long, value_enum)]
    outside: Option<Others>,
    /// So many processes outside C crash, each when the adversary likes
    #[arg(long, value_name = "N", default_value_t = 0)]
    crashes: usize,
    /// The grid has steps of Δ/R
    #[arg(long, value_name = "R", default_value_t = Question::default().resolution)]
    resolution: u16,
    /// So long after T_el the leader starts its first ballot: 0.5Δ
    #[arg(long, value_name = "SPAN")]
    wait: Option<String>,
    /// The search may meet so many moments; cut short, it says “at least”
    #[arg(long, value_name = "N", default_value_t = Question::default().states_max)]
    states: usize,
    /// Hold no more memory than about so many MB; otherwise half of what the machine has
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(MEMORY_MIN..=MEMORY_MAX))]
    memory: Option<u64>,
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

/// As on the command line.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum Others {
    Down,
    Up,
    Slow,
}

/// The script with the options of the command line.
fn chosen(mut script: Script, options: &[String]) -> Result<Script, String> {
    let is_good = Scenario::of(&script).is_ok();
    for words in options.chunks_exact(2) {
        let (name, value) = (&words[0], &words[1]);
        script = with_option(script, name, value);
        match Scenario::of(&script) {
            // What is wrong with the script itself is told with its place in the script.
            Err(error) if is_good => return Err(format!("--option {name} {value}: {}", error.message)),
            Err(_) => {}
            Ok(scenario) => {
                let is_it = |line: &Line| matches!(&line.statement, Some(Statement::Option(own, _)) if own == name);
                let line = script.lines.iter().position(is_it).map(|place| place + 2);
                for (_, why) in scenario.idle.iter().filter(|(idle, _)| Some(*idle) == line) {
                    eprintln!("warning: --option {name} {value}: {why}");
                }
            }
        }
    }
    Ok(script)
}

/// Does what the command line says.
pub(super) fn worst(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let name = &arguments.scenario;
    let (script, _) = load(name)?;
    let script = arguments.protocol.as_ref().map_or_else(|| script.clone(), |protocol| script.under(protocol));
    let script = chosen(script, &arguments.option)?;
    let wait = arguments.wait.as_ref().map_or(Ok(Time::ZERO), |span| {
        parse_delay(span, script.delta()).map_err(|error| format!("--wait {span}: {error}"))
    })?;
    let old_traffic = match arguments.old_traffic {
        Traffic::Any => OldTraffic::Any,
        Traffic::ByDelta => OldTraffic::ByDelta,
    };
    let outside = match arguments.outside {
        Some(Others::Down) => Outside::Down,
        Some(Others::Up) => Outside::Up,
        Some(Others::Slow) => Outside::Slow,
        None if arguments.crashes > 0 => Outside::Up,
        None => Outside::Down,
    };
    let is_elected = !Scenario::of(&script).is_ok_and(|scenario| scenario.protocol.trust == Trust::Byzantine);
    let stale = arguments.stale.unwrap_or(if is_elected { Question::default().stale } else { 0 });
    let &Arguments { crashes, resolution, states: states_max, .. } = arguments;
    let memory_max = memory_max(arguments.memory);
    let question = Question { stale, old_traffic, outside, crashes, resolution, wait, states_max, memory_max };
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
