//! The question about values of several sizes: how many decrees pass in 1Δ, under each protocol with a ledger.

use super::sweep::drawing;
use super::{Chosen, Findings, Knob, Question, Table, Tone, counted, many};
use crate::explore::throughput::{Passed, Throughput, sizes};
use crate::protocol::{Protocol, find};
use crate::report::pretty;
use crate::report::throughput::{ThroughputReport, csv};
use crate::scenario::{Script, Statement};
use crate::types::Bytes;
use crate::view::export::plot_svg;
use crate::view::plot::{Plot, Rates, rate_shown};

const SIZES: usize = 0;
const UNDER: usize = 1;
const BANDWIDTH: usize = 2;

const ALL: &str = "all with a ledger";
const PAIR: &str = "multi and broadcast";

pub(super) const QUESTION: Question = Question {
    name: "throughput",
    title: "Throughput",
    about: "Runs the script with values of several sizes under several protocols, and counts how many decrees pass in 1Δ: of \
            those that everybody knows, all after the first one, divided by the time from the first one to the last one. Open the \
            scenario “throughput” for a stream of decrees.",
    verb: "Run them",
    knobs: &[
        Knob {
            label: "Sizes",
            about: "How many bytes a value has.",
            choices: &["100B, 1kB, 10kB, 30kB", "100B, 300B, 1kB, 3kB, 10kB, 30kB, 100kB", "1kB, 30kB"],
            first: 0,
        },
        Knob {
            label: "Under",
            about: "Every protocol with a ledger that understands the script and in which nobody lies, or two of them.",
            choices: &[ALL, PAIR],
            first: 0,
        },
        Knob {
            label: "Bandwidth",
            about: "How many bytes leave each node in 1Δ.",
            choices: &[super::AS_WRITTEN, "200kB/Δ", "2MB/Δ", "20MB/Δ"],
            first: 0,
        },
    ],
    applies: |_, _| true,
};

pub(super) fn search(question: &Question, script: &Script, chosen: &Chosen) -> Result<Throughput, String> {
    let mut script = script.clone();
    if let Some(rate) = question.word(chosen, BANDWIDTH).strip_suffix("/Δ").and_then(Bytes::read) {
        script.set(Statement::Bandwidth(rate));
    }
    let named =
        (question.word(chosen, UNDER) == PAIR).then(|| ["multi", "broadcast"].into_iter().filter_map(find).collect());
    Throughput::new(&script, named, sizes(question.word(chosen, SIZES))?)
}

pub(super) fn findings(search: &Throughput) -> Findings {
    let (done, asked) = (search.found.len(), search.asked());
    let is_safe = search.is_safe();
    let safe = if is_safe { "No run violates a check." } else { "Some runs violate a check." };
    let is_limited = search.bandwidth().is_some();
    let mut notes = vec![
        "The rate of a run is the number of decrees that everybody knows after the first one, divided by the time from when \
         the first one is known by all until the last one is. A dash: fewer than two decrees are known by all, or no time lies \
         between them."
            .to_owned(),
    ];
    if !is_limited {
        notes.push(
            "The script sets no bandwidth, so everything leaves at once, and the size of values makes no difference."
                .to_owned(),
        );
    }
    notes.extend(search.refused.iter().map(|(protocol, why)| format!("Not under {}: {why}.", protocol.name)));
    let files = if search.is_over() { files(search) } else { Vec::new() };
    let openable = search.rows().flat_map(|(protocol, found)| {
        let largest = search.sizes.iter().zip(found).next_back();
        largest.map(|(size, _)| {
            (format!("{} with values of {size}", protocol.name), search.script_of(protocol, *size).to_string())
        })
    });
    Findings {
        tone: if is_safe { Tone::Plain } else { Tone::Bad },
        is_over: search.is_over(),
        part: Some((done * 1000 / asked.max(1)) as u32),
        sentences: vec![format!(
            "{} of {}, of values of {}. {safe}",
            counted(done as u64),
            many(asked as u64, "run", "runs"),
            search.sizes.iter().map(Bytes::to_string).collect::<Vec<_>>().join(", ")
        )],
        figures: Vec::new(),
        tables: if done > 0 { tables(search) } else { Vec::new() },
        drawings: if done > 0 { vec![drawing(&plot(search), "Throughput")] } else { Vec::new() },
        runs: openable.collect(),
        notes,
        files,
    }
}

/// The picture: decrees for each Δ, by the size of a value.
pub fn plot(search: &Throughput) -> Plot {
    let rates = |(protocol, found): (&'static Protocol, &[Passed])| Rates {
        label: protocol.name.to_owned(),
        rates: found.iter().map(Passed::rate).collect(),
    };
    let series: Vec<_> = search.rows().map(rates).collect();
    Plot::rates(&search.sizes, &series, (560, 270))
}

fn files(search: &Throughput) -> Vec<(String, String)> {
    let json = pretty(&ThroughputReport::of(search)).ok();
    let json = json.into_iter().map(|text| ("throughput.json".to_owned(), text));
    let svg = plot_svg(&plot(search), search.title(), false);
    json.chain([("throughput.csv".to_owned(), csv(search)), ("throughput.svg".to_owned(), svg)]).collect()
}

fn tables(search: &Throughput) -> Vec<Table> {
    let dash = || "–".to_owned();
    let table = |caption: &str, cell: fn(&Passed) -> Option<String>| Table {
        caption: caption.to_owned(),
        head: ["protocol".to_owned()].into_iter().chain(search.sizes.iter().map(Bytes::to_string)).collect(),
        rows: search
            .rows()
            .map(|(protocol, found)| {
                let cells = (0..search.sizes.len()).map(|place| found.get(place).and_then(cell).unwrap_or_else(dash));
                [protocol.name.to_owned()].into_iter().chain(cells).collect()
            })
            .collect(),
    };
    vec![
        table("Decrees for each Δ", |passed| passed.rate().map(rate_shown)),
        table("Bytes sent for each decree", |passed| passed.bytes_each().map(|bytes| bytes.to_string())),
        table("Decrees that everybody knows", |passed| Some(format!("{} of {}", passed.known, passed.asked))),
    ]
}
