//! The question about a thousand runs of the script, one for each seed.

use super::{AS_WRITTEN, Chosen, Drawing, Findings, Knob, Piece, Question, Table, Tone, Word, counted, many, rate};
use crate::check::CHECKS;
use crate::explore::sweep::{Faults, MEASURES, REASONS, Sweep, Tally, Under};
use crate::protocol::Vocabulary;
use crate::report::pretty;
use crate::report::sweep::{SweepReport, csv};
use crate::scenario::Script;
use crate::types::Time;
use crate::view::plot::{Kind, Plot, SAMPLE, Series};

const RUNS: usize = 0;
const UNDER: usize = 1;
const DELAY: usize = 2;
const LOSS: usize = 3;
const DUPLICATES: usize = 4;
const CRASHES: usize = 5;
pub(super) const MEASURE: usize = 6;

const OWN: &str = "its own protocol";
const NONE: &str = "none";

pub(super) const QUESTION: Question = Question {
    name: "sweep",
    title: "A thousand runs",
    about: "Runs the script again and again, each time with another seed, and counts how long decisions take, how many runs \
            decide, and what they cost.",
    verb: "Run them",
    knobs: &[
        Knob {
            label: "Runs",
            about: "So many seeds, from 1 on.",
            choices: &["100", "1,000", "10,000", "100,000"],
            first: 1,
        },
        Knob {
            label: "Under",
            about: "The three variants of the slides, side by side, or only the protocol of the script.",
            choices: &["the 5Δ, 3Δ and 2Δ variants", OWN],
            first: 0,
        },
        Knob {
            label: "Delays",
            about: "How long messages take: drawn evenly from this range.",
            choices: &[AS_WRITTEN, "0.2Δ..1Δ", "0Δ..1Δ", "0.9Δ..1Δ", "1Δ"],
            first: 1,
        },
        Knob {
            label: "Loss",
            about: "The share of messages that get lost.",
            choices: &[AS_WRITTEN, "0%", "1%", "5%", "10%", "30%"],
            first: 0,
        },
        Knob {
            label: "Duplicates",
            about: "The share of messages that arrive twice.",
            choices: &[AS_WRITTEN, "0%", "5%"],
            first: 0,
        },
        Knob {
            label: "Crashes",
            about: "So many nodes crash once, at any instant, and come back up to 10Δ later; or each node with that chance.",
            choices: &[NONE, "1", "2", "20%"],
            first: 0,
        },
        Knob {
            label: "Draw",
            about: "Which latency is drawn: from what, and until who knows.",
            choices: &[
                "request to all",
                "request to leader",
                "request to answer",
                "1a to all",
                "1a to leader",
                "2a to all",
                "2a to leader",
            ],
            first: 0,
        },
    ],
    applies: |_, _| true,
};

pub(super) fn search(question: &Question, script: &Script, chosen: &Chosen) -> Result<Sweep, String> {
    let word = |knob: usize| question.word(chosen, knob);
    let mut faults = Faults::default();
    for (knob, name) in [(DELAY, "delay"), (LOSS, "loss"), (DUPLICATES, "duplicates"), (CRASHES, "crashes")] {
        if word(knob) != AS_WRITTEN && word(knob) != NONE {
            faults.read(name, word(knob))?;
        }
    }
    let under = if word(UNDER) == OWN { Under::Own } else { Under::Variants };
    let runs = question.number(chosen, RUNS) as u64;
    Sweep::new(script, under, &faults, 1..runs + 1)
}

/// The name of a variant.
fn name(tally: &Tally) -> String {
    match tally.protocol.variant() {
        Some(variant) => format!("{variant} {}", tally.protocol.name),
        None => tally.protocol.name.to_owned(),
    }
}

pub(super) fn findings(search: &Sweep, measure: usize, milliseconds: u64) -> Findings {
    let (done, asked) = (search.done(), search.asked());
    let swept = search.swept();
    let title = MEASURES[measure].title;
    let runs = done * swept.tallies.len() as u64;
    let is_safe = swept.is_safe();
    let told = if search.is_over() {
        many(done, "seed was run", "seeds were run")
    } else {
        format!("{} of {} seeds so far", counted(done), counted(asked))
    };
    let safe = if is_safe { "No run violates a check." } else { "Some runs violate a check." };
    let series: Vec<_> = swept.tallies.iter().map(|tally| series(tally, measure)).collect();
    let mut drawings = Vec::new();
    if done > 0 {
        for kind in [Kind::Histogram, Kind::Cumulative] {
            drawings.push(drawing(&Plot::of(kind, &series, (560, 250)), title));
        }
    }
    let mut openable = Vec::new();
    for tally in &swept.tallies {
        let counts = &tally.latency[measure];
        let extremes = [("slowest", counts.most()), ("fastest", counts.least())];
        let slow = extremes.map(|(word, extreme)| extreme.map(|one| (format!("{word}, {}Δ", one.latency), one.seed)));
        let stuck = tally
            .undecided
            .iter()
            .zip(&REASONS)
            .find_map(|(found, reason)| Some((format!("undecided: {}", reason.title), found.first?)));
        let broken = tally.violated.iter().zip(CHECKS).find_map(|(found, check)| {
            Some((format!("violates {}", check.title(Vocabulary::default())), found.first?))
        });
        for (word, seed) in slow.into_iter().flatten().chain(stuck).chain(broken) {
            let script = swept.plan.script_of(tally.protocol, seed).to_string();
            openable.push((format!("{}: {word} (seed {seed})", name(tally)), script));
        }
    }
    let mut notes = vec![format!(
        "Latencies are counted {title}, of every decision, in bins of a thousandth of a Δ. A percentile is the smallest \
         latency such that so many are at most that long. Runs that do not decide are in none."
    )];
    notes
        .extend(swept.plan.idle().map(|(protocol, line, why)| format!("Under {}, line {line}: {why}.", protocol.name)));
    let files = if search.is_over() {
        let json = pretty(&SweepReport::of(swept)).ok();
        let json = json.into_iter().map(|text| ("sweep.json".to_owned(), text));
        json.chain([("sweep.csv".to_owned(), csv(swept))]).collect()
    } else {
        Vec::new()
    };
    let figure = |name: &str, value: String| (name.to_owned(), value);
    Findings {
        tone: if is_safe { Tone::Plain } else { Tone::Bad },
        is_over: search.is_over(),
        part: Some((done * 1000 / asked.max(1)) as u32),
        sentences: vec![format!(
            "{told}, each under {}. {safe}",
            many(swept.tallies.len() as u64, "protocol", "protocols")
        )],
        figures: vec![figure("runs", counted(runs)), figure("runs a second", rate(runs, milliseconds))],
        tables: if done > 0 { tables(search, measure) } else { Vec::new() },
        drawings,
        runs: openable,
        notes,
        files,
    }
}

fn series(tally: &Tally, measure: usize) -> Series {
    let counts = &tally.latency[measure];
    let percentile = |(name, share): (&'static str, u64)| Some((name, share, counts.percentile(share)?));
    Series {
        label: name(tally),
        bins: counts.bins().collect(),
        out_of: counts.count().max(tally.runs),
        percentiles: [("p50", 500), ("p99", 990)].into_iter().filter_map(percentile).collect(),
    }
}

fn tables(search: &Sweep, measure: usize) -> Vec<Table> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let tallies = &search.swept().tallies;
    let latency = |tally: &Tally| {
        let counts = &tally.latency[measure];
        let shown = |time: Option<Time>| time.map_or_else(|| "–".to_owned(), |time| format!("{time}Δ"));
        let mut row = vec![name(tally), shown(counts.least().map(|one| one.latency))];
        row.extend([500, 900, 990, 999].map(|share| shown(counts.percentile(share))));
        row.push(shown(counts.most().map(|one| one.latency)));
        row
    };
    let cost = |tally: &Tally| {
        // A share is printed like a time, 1% as 1Δ, so that it is as exact.
        let share = Time(tally.decided * 100_000 / tally.runs.max(1) * 1_000);
        let messages = tally.messages_per_decision();
        let messages = messages.map_or_else(|| "–".to_owned(), |one| Time(one.div_ceil(10_000) * 10_000).to_string());
        vec![name(tally), format!("{share}%"), counted(tally.decisions), messages, counted(tally.unsafe_runs.runs)]
    };
    let mut tables = vec![
        Table {
            caption: format!("Latency, {}", MEASURES[measure].title),
            head: words(&["variant", "least", "p50", "p90", "p99", "p99.9", "most"]),
            rows: tallies.iter().map(latency).collect(),
        },
        Table {
            caption: "What is decided, and what it costs".to_owned(),
            head: words(&["variant", "runs that decide", "decisions", "messages a decision", "unsafe runs"]),
            rows: tallies.iter().map(cost).collect(),
        },
    ];
    let mut reasons = Vec::new();
    for tally in tallies {
        for (found, reason) in tally.undecided.iter().zip(&REASONS).filter(|(found, _)| found.runs > 0) {
            reasons.push(vec![name(tally), reason.title.to_owned(), counted(found.runs)]);
        }
    }
    if !reasons.is_empty() {
        let head = words(&["variant", "why a run does not decide", "runs"]);
        tables.push(Table { caption: "Undecided runs".to_owned(), head, rows: reasons });
    }
    tables
}

/// A plot as lines and words.
pub(super) fn drawing(plot: &Plot, title: &str) -> Drawing {
    let (left, top, right, bottom) = plot.frame;
    let mut pieces = Vec::new();
    let mut words = Vec::new();
    let mut piece = |class: String, path: String| pieces.push(Piece { class, path });
    let mut word = |class: &str, at: (i32, i32), text: &str| {
        words.push(Word { class: class.to_owned(), at, text: text.to_owned() });
    };
    for tick in &plot.across {
        piece("grid".to_owned(), format!("M{} {top}V{bottom}", tick.at));
        word("middle", (tick.at, bottom + 16), &tick.label);
    }
    for tick in &plot.up {
        piece("grid".to_owned(), format!("M{left} {}H{right}", tick.at));
        word("end", (left - 6, tick.at + 4), &tick.label);
    }
    for (place, curve) in plot.curves.iter().enumerate() {
        let bars =
            curve.bars.iter().map(|bar| format!("M{} {}h{}v{}h{}z", bar.x, bar.y, bar.width, bar.height, -bar.width));
        let bars: String = bars.collect();
        if !bars.is_empty() {
            piece(format!("bars curve-{place}"), bars);
        }
        let line = curve.line.iter().map(|(x, y)| format!("{x} {y}")).collect::<Vec<_>>().join("L");
        if !line.is_empty() {
            piece(format!("line curve-{place}"), format!("M{line}"));
        }
        let (x, y) = curve.key;
        piece(format!("line curve-{place}"), format!("M{x} {}h{}", y - 4, SAMPLE - 6));
        word("start", (x + SAMPLE, y), &curve.label);
        for mark in &curve.marks {
            let (x, y) = mark.at;
            piece(format!("mark curve-{place}"), format!("M{x} {}v8m-4 -4h8", y - 4));
        }
    }
    let (caption, sentence) = (format!("{title}: {}", plot.caption), plot.sentence.clone());
    Drawing { caption, sentence, size: plot.size, pieces, words }
}
