//! `explore`: every schedule of a scenario.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Args;

use super::interrupts::{Interrupt, Interrupts};
use super::machine::{MEMORY_MAX, MEMORY_MIN, memory_max};
use super::{called, pretty, scenario, status};
use crate::check::CHECKS;
use crate::explore::schedules::{Ending, Options, Schedules};
use crate::protocol::Vocabulary;
use crate::report::explore::Exploration;
use crate::scenario::parse_time;
use crate::types::Time;

/// What may be asked for.
#[derive(Args, Debug)]
pub(super) struct Asked {
    /// A built-in scenario, a file, a link, or - for standard input
    scenario: String,
    /// Explore it under this protocol instead of its own
    #[arg(long)]
    protocol: Option<String>,
    /// How many crashes there may be
    #[arg(long, default_value_t = 0)]
    crashes: u8,
    /// How many messages may be lost (none need be: any may stay under way for ever)
    #[arg(long, default_value_t = 0)]
    losses: u8,
    /// How many messages may arrive twice
    #[arg(long, default_value_t = 0)]
    duplicates: u8,
    /// How many running timers may run out early
    #[arg(long, default_value_t = 0)]
    timeouts: u8,
    /// How many lies the script's liars may tell (they may keep back any message as well)
    #[arg(long, default_value_t = 0)]
    lies: u8,
    /// Start where the script’s run is at this time, with the lies, losses and delays that it has until then: 5Δ
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Meet no more states than so many
    #[arg(long, default_value_t = 10_000_000)]
    states: usize,
    /// Hold no more memory than about so many MB; otherwise half of what the machine has
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(MEMORY_MIN..=MEMORY_MAX))]
    memory: Option<u64>,
    /// Make no more than so many moves in a row
    #[arg(long)]
    depth: Option<u16>,
    /// Tell states apart that differ only in what nodes are called
    #[arg(long)]
    no_symmetry: bool,
    /// Where processes may lie, make also each move on its own that nobody notices
    #[arg(long)]
    no_blocks: bool,
    /// With so many threads; otherwise one for each processor
    #[arg(long)]
    threads: Option<usize>,
    /// Look for a violation of this check only
    #[arg(long)]
    check: Option<String>,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
    /// Print only a script that plays the first violation, for `run -`
    #[arg(long, conflicts_with = "json")]
    script: bool,
}

/// Runs the search, and answers what was found.
pub(super) fn explore(asked: &Asked) -> Result<(String, ExitCode), String> {
    let name = &asked.scenario;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let default = Options::default();
    let check = asked.check.as_ref().map(|name| {
        let names = CHECKS.iter().map(|check| check.name);
        let hint = crate::scenario::suggestion(name, names);
        let known = CHECKS.iter().copied().find(|check| check.name == name);
        known.ok_or_else(|| format!("--check {name}: no check has this name{hint}"))
    });
    let from = asked.from.as_deref().map(parse_time).transpose().map_err(|why| format!("--from: {why}"))?;
    let options = Options {
        from: from.unwrap_or(default.from),
        crashes: asked.crashes,
        losses: asked.losses,
        duplicates: asked.duplicates,
        timeouts: asked.timeouts,
        lies: asked.lies,
        states_max: asked.states,
        memory_max: memory_max(asked.memory),
        depth_max: asked.depth.unwrap_or(default.depth_max).min(default.depth_max),
        symmetry: !asked.no_symmetry,
        blocks: !asked.no_blocks,
        threads: asked.threads.unwrap_or(processors),
        check: check.transpose()?,
        ..default
    };
    let mut search = Schedules::new(scenario(name, asked.protocol.as_deref())?, options)
        .map_err(|message| format!("{}: {message}", called(name)))?;
    let (is_watched, interrupts) = (std::io::stderr().is_terminal(), Interrupts::listen()?);
    let interrupt = interrupts.drive(|work| {
        let is_over = search.go_on(work);
        if is_watched && !is_over {
            eprint!("\r{} states, {} moves deep, {} MB ", search.states(), search.depth(), search.memory() >> 20);
            let _ = std::io::stderr().flush();
        }
        is_over
    });
    if is_watched {
        eprint!("\r{:50}\r", "");
    }
    search.stop();
    let name = called(name);
    for (line, message) in search.notes() {
        match line {
            0 => eprintln!("warning: {name}: {message}"),
            _ => eprintln!("warning: {name}, line {line}: {message}"),
        }
    }
    let code = interrupt.map_or_else(|| status(search.ending() != Ending::Violated), Interrupt::status);
    if asked.json {
        return Ok((pretty(&Exploration::of(&search))?, code));
    }
    if asked.script {
        let script = search.found().first().map_or_else(String::new, |found| search.script(found).to_string());
        return Ok((script, code));
    }
    Ok((text(name, &search), code))
}

/// The findings, for people.
fn text(name: &str, search: &Schedules) -> String {
    let (scenario, options) = (search.scenario(), search.options());
    let budgets = [
        (options.crashes, "crash", "crashes"),
        (options.losses, "loss", "losses"),
        (options.duplicates, "duplicate", "duplicates"),
        (options.timeouts, "timeout", "timeouts"),
        (options.lies, "lie", "lies"),
    ];
    let budgets = budgets.into_iter().filter(|(budget, ..)| *budget > 0);
    let budgets = budgets.map(|(budget, one, many)| format!(", {budget} {}", if budget == 1 { one } else { many }));
    let title = if scenario.title.is_empty() { name } else { &scenario.title };
    let protocol = scenario.protocol.name;
    let from = if options.from == Time::ZERO { String::new() } else { format!(", from {}Δ on", options.from) };
    let (nodes, budgets) = (scenario.nodes(), budgets.collect::<String>());
    let mut out = format!("{title}: {protocol} protocol, {nodes} nodes{budgets}{from}\n");
    let alike: Vec<_> = search.alike().iter().map(|node| scenario.symbols.node(*node)).collect();
    out += &match &alike[..] {
        [] => format!("states       {}\n", search.states()),
        alike => {
            let (all, alike) = (search.states_in_all(), alike.join(" "));
            format!("states       {}, which stand for {all}: {alike} are alike\n", search.states())
        }
    };
    out += &format!("transitions  {}\n", search.transitions());
    out += &format!("depth        {} moves\n", search.depth());
    let so_far = "No check was violated until then, but the search is not exhausted.";
    out += &match search.ending() {
        Ending::Exhausted => "✓ exhausted: no schedule violates a check\n".to_owned(),
        Ending::Stopped => format!("? not exhausted: it was stopped. {so_far}\n"),
        Ending::TooManyStates => {
            format!("? not exhausted: there are more than {} states. {so_far}\n", options.states_max)
        }
        Ending::TooMuchMemory => {
            let most = options.memory_max >> 20;
            format!("? not exhausted: more than {most} MB of memory are needed (--memory). {so_far}\n")
        }
        Ending::TooDeep => format!("? not exhausted: there are more than {} moves. {so_far}\n", options.depth_max),
        Ending::Violated | Ending::Unfinished => String::new(),
    };
    for found in search.found() {
        out += &format!(
            "✗ {}: {} (after {} {})\n",
            found.check.title(Vocabulary::default()),
            search.sentence(found),
            found.moves,
            if found.moves == 1 { "move" } else { "moves" }
        );
    }
    if let Some(found) = search.found().first() {
        out += &format!("\n{}", search.script(found));
    }
    out
}
