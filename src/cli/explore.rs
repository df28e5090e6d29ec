//! `explore`: every schedule of a scenario.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Args;

use super::interrupts::{Interrupt, Interrupts};
use super::machine::{MEMORY_MAX, MEMORY_MIN, memory_max};
use super::{called, load, pretty, scenario, status};
use crate::check::{self, CHECKS};
use crate::explore::schedules::{Ending, Options, Schedules};
use crate::goal;
use crate::protocol::Vocabulary;
use crate::report::explore::Exploration;
use crate::scenario::{Line, Scenario, Script, Statement, parse_time};
use crate::sim::Run;
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
    /// Keep messages under way that can no longer change anything
    #[arg(long)]
    no_dropping: bool,
    /// With so many threads; otherwise one for each processor
    #[arg(long)]
    threads: Option<usize>,
    /// Look for a violation of this check only
    #[arg(long)]
    check: Option<String>,
    /// Look for a schedule that reaches the goals of the script, instead of one that violates a check
    #[arg(long, conflicts_with_all = ["check", "json"])]
    goal: bool,
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
        drops: !asked.no_dropping,
        threads: asked.threads.unwrap_or(processors),
        check: check.transpose()?,
        goals: asked.goal,
        ..default
    };
    let lines = if asked.goal { goal_lines(name)? } else { Vec::new() };
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
    let is_well = (search.ending() == Ending::Violated) == asked.goal;
    let code = interrupt.map_or_else(|| status(is_well), Interrupt::status);
    if asked.json {
        return Ok((pretty(&Exploration::of(&search))?, code));
    }
    let script = search.found().first().map(|found| {
        let mut script = search.script(found);
        script.lines.extend(lines);
        script
    });
    if asked.script {
        return Ok((script.map_or_else(String::new, |script| script.to_string()), code));
    }
    if asked.goal {
        return Ok((solution(name, &search, script.as_ref()), code));
    }
    Ok((text(name, &search), code))
}

/// The lines with the goals of a script. A script that cannot be read has none; whoever reads it next says so. Standard input can
/// be read only once.
fn goal_lines(name: &str) -> Result<Vec<Line>, String> {
    if name == "-" {
        return Err("--goal: name a file, because the script is read twice".to_owned());
    }
    let (script, scenario) = load(name)?;
    for goal in &scenario.goals {
        if let Some(why) = goal::search::set_aside(goal) {
            eprintln!("warning: {}, line {}: {why}", called(name), goal.line);
        }
    }
    let is_goal = |line: &Line| matches!(line.statement, Some(Statement::Goal(_)));
    Ok(script.lines.into_iter().filter(is_goal).collect())
}

/// The shortest way to the goals, for people: which of them its run reaches, and its script.
fn solution(name: &str, search: &Schedules, script: Option<&Script>) -> String {
    let mut out = counts(name, search);
    let so_far = "No schedule reached the goals until then, but the search is not exhausted.";
    out += &ended(search, "no schedule reaches the goals", so_far);
    let (Some(found), Some(script)) = (search.found().first(), script) else { return out };
    let moves = if found.moves == 1 { "move" } else { "moves" };
    out += &format!("✓ reached after {} {moves}\n", found.moves);
    let run = Run::of(Scenario::of(script).expect("a script that the search wrote"));
    for outcome in goal::judge(run.trace(), usize::MAX, &check::check(run.trace())) {
        out += &match outcome.is_reached {
            true => format!("  ✓ {}\n", outcome.text),
            false => format!("  ✗ {}: {}\n", outcome.text.trim_end_matches('.'), outcome.sentence),
        };
    }
    out + &format!("\n{script}")
}

/// The findings, for people.
fn text(name: &str, search: &Schedules) -> String {
    let mut out = counts(name, search);
    let so_far = "No check was violated until then, but the search is not exhausted.";
    out += &ended(search, "no schedule violates a check", so_far);
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

/// What was searched, and how much of it there is.
fn counts(name: &str, search: &Schedules) -> String {
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
    out
}

/// Why the search ended, if it found nothing; `none` is what it has shown by looking at everything.
fn ended(search: &Schedules, none: &str, so_far: &str) -> String {
    let options = search.options();
    let sign = if options.goals { '✗' } else { '✓' };
    match search.ending() {
        Ending::Exhausted => format!("{sign} exhausted: {none}\n"),
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
    }
}
