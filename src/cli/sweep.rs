//! `sweep`: a thousand runs of a scenario, or a million, and their results.

mod throughput;

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Read as _};
use std::ops::Range;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::Args;

use super::interrupts::{Interrupt, Interrupts};
use super::{called, load, status, under};
use crate::check::CHECKS;
use crate::explore::sweep::{Faults, Found, MEASURES, PERCENTILES, REASONS, Sweep, Swept, Tally, Under};
use crate::report::sweep::{SweepReport, csv};
use crate::types::{Time, shortened};

/// A file of results has at most so many bytes.
const FILE_BYTES: u64 = 256 << 20;

/// What can be said of a sweep.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A built-in scenario, a file, a link, or - for standard input
    #[arg(required_unless_present = "merge")]
    scenario: Option<String>,
    /// From the first seed to before the last: 1..1001 are a thousand runs
    #[arg(long, value_name = "A..B", required_unless_present_any = ["merge", "sizes"])]
    seeds: Option<String>,
    /// Run only one of so many shards of the seeds, counted from 0: 0/4 to 3/4
    #[arg(long, value_name = "I/N", requires = "seeds")]
    shard: Option<String>,
    /// Run it under this protocol instead of its own
    #[arg(long)]
    protocol: Option<String>,
    /// Run each seed under the 5Δ, 3Δ and 2Δ variants
    #[arg(long, conflicts_with = "protocol")]
    variants: bool,
    /// The delay of every link, in place of the script's: 0.2Δ..1Δ
    #[arg(long, value_name = "RANGE")]
    delay: Option<String>,
    /// The share of lost messages, in place of the script's: 10%
    #[arg(long, value_name = "P%")]
    loss: Option<String>,
    /// The share of duplicated messages, in place of the script's: 5%
    #[arg(long, value_name = "P%")]
    duplicates: Option<String>,
    /// So many nodes crash and come back at random instants; or each node with a chance: 2, 20%
    #[arg(long, value_name = "N|P%")]
    crashes: Option<String>,
    /// On so many threads, 6 at most; the results are the same on any number
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Print everything as JSON, which --merge reads
    #[arg(long)]
    json: bool,
    /// Print the latencies as CSV, a line for each bin
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Run it with values of these sizes instead, as in 100B,1kB,30kB, and print how many decrees pass in 1Δ
    #[arg(long, value_name = "SIZES", conflicts_with_all = [
        "seeds", "shard", "protocol", "variants", "delay", "loss", "duplicates", "crashes", "threads", "script", "merge",
    ])]
    sizes: Option<String>,
    /// Compare these protocols, as in multi,broadcast; all with a ledger that understand the scenario if none is named
    #[arg(long, value_name = "PROTOCOLS", requires = "sizes")]
    with: Option<String>,
    /// Print the figure as SVG
    #[arg(long, requires = "sizes", conflicts_with_all = ["json", "csv"])]
    svg: bool,
    /// Run nothing, and print the script of this seed's run
    #[arg(long, value_name = "SEED", conflicts_with_all = ["json", "csv", "merge", "variants"])]
    script: Option<u64>,
    /// Run nothing, and put together what was printed as JSON before
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = [
        "scenario", "seeds", "shard", "protocol", "variants", "delay", "loss", "duplicates", "crashes", "threads",
    ])]
    merge: Vec<String>,
}

/// Does what the command line says.
pub(super) fn sweep(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    if let Some(sizes) = &arguments.sizes {
        return throughput::throughput(arguments, sizes);
    }
    let mut interrupt = None;
    let swept = match &arguments.merge[..] {
        [] => {
            let mut sweep = open(arguments)?;
            if let Some(seed) = arguments.script {
                let plan = &sweep.swept().plan;
                return Ok((plan.script_of(plan.protocols()[0], seed).to_string(), ExitCode::SUCCESS));
            }
            interrupt = run(&mut sweep, arguments.threads)?;
            sweep.swept().clone()
        }
        files => merge(files)?,
    };
    let output = if arguments.json {
        serde_json::to_string(&SweepReport::of(&swept)).map_err(|error| error.to_string())? + "\n"
    } else if arguments.csv {
        csv(&swept)
    } else {
        text(&swept)
    };
    Ok((output, interrupt.map_or_else(|| status(swept.is_safe()), Interrupt::status)))
}

fn open(arguments: &Arguments) -> Result<Sweep, String> {
    let name = arguments.scenario.as_deref().unwrap_or_default();
    let mut faults = Faults::default();
    let given = [
        ("delay", &arguments.delay),
        ("loss", &arguments.loss),
        ("duplicates", &arguments.duplicates),
        ("crashes", &arguments.crashes),
    ];
    for (option, text) in given {
        if let Some(text) = text {
            faults.read(option, text).map_err(|error| format!("--{option} {}: {error}", shortened(text)))?;
        }
    }
    let mut seeds = seeds(arguments.seeds.as_deref().unwrap_or_default())?;
    if let Some(text) = &arguments.shard {
        seeds = shard(text, seeds)?;
    }
    let (script, _) = load(name)?;
    let protocols = match &arguments.protocol {
        _ if arguments.variants => Under::Variants,
        Some(protocol) => Under::One(under(name, &script, protocol)?.protocol),
        None => Under::Own,
    };
    let name = called(name);
    let sweep = Sweep::new(&script, protocols, &faults, seeds).map_err(|error| format!("{name}: {error}"))?;
    for (protocol, line, why) in sweep.swept().plan.idle() {
        eprintln!("warning: {name} under {}, line {line}: {why}", protocol.name);
    }
    Ok(sweep)
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(start, end)| Some(number(start)?..number(end)?));
    range.ok_or_else(|| {
        format!("--seeds {}: write the first seed and the one before which to end, as in 1..1001", shortened(text))
    })
}

/// The seeds of one shard. Two shards differ by one seed at most in size, and all shards together are all seeds.
fn shard(text: &str, seeds: Range<u64>) -> Result<Range<u64>, String> {
    let shard = text.split_once('/').and_then(|(place, count)| Some((number(place)?, number(count)?)));
    let Some((place, count)) = shard.filter(|(place, count)| place < count) else {
        let form = "write which shard, counted from 0, and how many there are, as in 0/4 to 3/4";
        return Err(format!("--shard {}: {form}", shortened(text)));
    };
    if seeds.is_empty() {
        return Ok(seeds);
    }
    let all = seeds.end - seeds.start;
    if count > all {
        return Err(format!("--shard {}: {all} seeds make {all} shards at most", shortened(text)));
    }
    let before = |place| (u128::from(all) * u128::from(place) / u128::from(count)) as u64;
    Ok(seeds.start + before(place)..seeds.start + before(place + 1))
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Runs every seed, or the seeds before an interrupt.
fn run(sweep: &mut Sweep, threads: Option<usize>) -> Result<Option<Interrupt>, String> {
    let interrupts = Interrupts::listen()?;
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let (asked, mut shown) = (sweep.asked(), 0);
    let is_watched = std::io::stderr().is_terminal();
    let mut progress = |done| {
        if is_watched && done * 100 / asked > shown {
            shown = done * 100 / asked;
            eprint!("\r{done} of {asked} seeds");
        }
    };
    let interrupt = OnceLock::new();
    sweep.run_all(threads, &mut progress, &|| match interrupts.seen() {
        Some(seen) => {
            interrupt.get_or_init(|| seen);
            true
        }
        None => false,
    });
    if is_watched {
        eprint!("\r\x1b[K");
    }
    Ok(interrupt.into_inner())
}

fn merge(files: &[String]) -> Result<Swept, String> {
    let mut whole: Option<Swept> = None;
    for name in files {
        let failed = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let mut text = String::new();
        let file = std::fs::File::open(name).map_err(|error| failed(&error))?;
        file.take(FILE_BYTES + 1).read_to_string(&mut text).map_err(|error| failed(&error))?;
        if text.len() as u64 > FILE_BYTES {
            return Err(failed(&"this file is too large to be what a sweep prints"));
        }
        let report: SweepReport = serde_json::from_str(&text)
            .map_err(|error| failed(&format!("this is not what a sweep prints with --json: {error}")))?;
        let part = report.read().map_err(|error| failed(&error))?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => whole.merge(&part).map_err(|error| format!("{name} and those before it: {error}"))?,
        }
    }
    whole.ok_or_else(|| "there is nothing to put together".to_owned())
}

/// The results of a sweep, for people.
fn text(swept: &Swept) -> String {
    let (done, asked) = (swept.done.count(), swept.asked.count());
    let mut out = format!("{}: {done} of {asked} seeds, {}\n", swept.plan.headline(), swept.done);
    for tally in &swept.tallies {
        out.push('\n');
        out += &tally_text(tally);
    }
    out
}

fn tally_text(tally: &Tally) -> String {
    let (decided, runs) = (tally.decided, tally.runs);
    let share = (u128::from(decided) * 10_000).checked_div(u128::from(runs)).unwrap_or_default();
    let variant = tally.protocol.variant().unwrap_or("–");
    let mut out = format!("{variant}  {}  {decided} of {runs} runs decide", tally.protocol.name);
    write!(out, " ({}.{:02}%)", share / 100, share % 100).expect("a string takes everything");
    if let Some(messages) = tally.messages_per_decision() {
        write!(out, ", {} messages a decision", Time(messages)).expect("a string takes everything");
    }
    out.push('\n');
    let mut row = |cells: &[String]| {
        let cells = cells.iter().zip([20, 10, 10, 10, 10, 10, 10, 10, 9, 9]);
        let padded = cells.map(|(cell, width)| format!("{cell:<width$}")).collect::<String>();
        out += &format!("    {}\n", padded.trim_end());
    };
    let percentiles = PERCENTILES.map(|(name, _)| name);
    let head = ["latency in Δ", "count", "min"].into_iter().chain(percentiles).chain(["max", "fastest", "slowest"]);
    row(&head.map(str::to_owned).collect::<Vec<_>>());
    for (measure, counts) in MEASURES.iter().zip(&tally.latency) {
        let (Some(least), Some(most)) = (counts.least(), counts.most()) else { continue };
        let mut cells = vec![measure.title.to_owned(), counts.count().to_string(), least.latency.to_string()];
        cells
            .extend(PERCENTILES.iter().filter_map(|(_, share)| counts.percentile(*share)).map(|time| time.to_string()));
        cells.extend([most.latency.to_string(), format!("#{}", least.seed), format!("#{}", most.seed)]);
        row(&cells);
    }
    let found = |what: String, found: &Found| match found.first {
        Some(seed) => format!("    {what}: {} runs, first #{seed}\n", found.runs),
        None => String::new(),
    };
    for (reason, runs) in REASONS.iter().zip(&tally.undecided) {
        out += &found(format!("not decided, {}", reason.title), runs);
    }
    for (check, runs) in CHECKS.iter().zip(&tally.violated) {
        out += &found(format!("✗ {}", check.name), runs);
    }
    if tally.unsafe_runs.runs == 0 {
        out += "    ✓ every check holds in every run\n";
    }
    out
}
