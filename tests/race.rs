//! The race: on a steady script every figure of every protocol is what its formula says, whatever a race is written as.
#![cfg(not(target_arch = "wasm32"))]

use std::process::Command;

use paxos_playground::protocol::{PROTOCOLS, Protocol, VARIANTS, Vocabulary};
use paxos_playground::report::race::{self, EVENTS_MAX, Measure, Race, RaceReport};
use paxos_playground::scenario::fit::Size;
use paxos_playground::scenario::{Scenario, library};
use paxos_playground::view::export::race::{Drawn, race as draw};
use paxos_playground::view::race::RaceView;
use serde_json::Value;

fn race_of(text: &str, size: Option<Size>) -> Race {
    let (script, scenario) = Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Race::of(&script, &scenario, PROTOCOLS, size, EVENTS_MAX)
}

fn built_in(name: &str) -> &'static str {
    library::find(name).expect("it is built in").text
}

/// The steady script as it is, and with a client that is a process of its own.
fn steady() -> [String; 2] {
    [built_in("steady").to_owned(), "paxos-playground 1\nnodes A B C X\nclients X\nat 4 propose X red\n".to_owned()]
}

#[test]
fn every_figure_is_what_its_formula_says() {
    for text in steady() {
        for faults in 0..=3 {
            let race = race_of(&text, Some(Size::Tolerate(faults)));
            assert_eq!(race.racers().count(), PROTOCOLS.len());
            for (protocol, racer) in race.racers() {
                assert_eq!(racer.fitted.servers, (protocol.kin)().servers(faults));
                assert!(racer.notes.is_empty(), "{}: {:?}", protocol.name, racer.notes);
                for measure in &racer.measures[..4] {
                    let told = format!("{}, f = {faults}, {}: {}", protocol.name, measure.name, measure.cell());
                    let (formula, value) = measure.formula.unwrap_or_else(|| panic!("no formula: {told}"));
                    assert_eq!(measure.measured, Some(value), "{told}: {}", formula.sentence());
                }
            }
        }
    }
}

#[test]
fn equal_n_runs_too_and_says_how_many_faults_are_borne() {
    for nodes in [3, 5, 6, 7] {
        let race = race_of(built_in("steady"), Some(Size::Nodes(nodes)));
        assert!(race.about().contains(&format!("At equal n: each protocol runs with n = {nodes} servers")));
        for (protocol, racer) in race.racers() {
            assert_eq!((racer.fitted.servers, racer.fitted.faults), (nodes, (protocol.kin)().faults(nodes)));
            assert!(racer.measures[..4].iter().all(|measure| !measure.differs()), "{} {nodes}", protocol.name);
        }
    }
}

/// The script's own protocol says how large f is: FaB of six servers bears one liar, and so three are enough for a majority.
#[test]
fn by_default_all_bear_as_many_faults_as_the_scripts_own_protocol() {
    let race = race_of(built_in("fab-steady"), None);
    assert_eq!(race.size, Size::Tolerate(1));
    let servers = race.racers().map(|(protocol, racer)| (protocol.name, racer.fitted.servers));
    let few: Vec<_> = servers.filter(|(name, _)| ["multi", "pbft", "fab"].contains(name)).collect();
    assert_eq!(few, [("multi", 3), ("pbft", 4), ("fab", 6)]);
}

/// A leader that a stale ballot surprises takes 9Δ, and the formula of the protocols that know such ballots says so. A
/// protocol without a leader is told of, not hidden.
#[test]
fn a_difference_is_flagged_and_what_cannot_be_run_is_told() {
    let race = race_of(built_in("nack-nine-delta"), None);
    let racer = |name: &str| race.racers().find(|(protocol, _)| protocol.name == name).expect("it ran").1;
    let cells = |name: &str| racer(name).measures.map(|measure| measure.cell());
    assert_eq!(cells("complete")[..3], ["8Δ = 8Δ", "9Δ = 9Δ", "8Δ ≠ 4Δ"]);
    assert_eq!(cells("pfab")[..2], ["3Δ ≠ 2Δ"; 2]);
    assert!(racer("basic").notes.iter().any(|note| note.contains("has no leader")), "{:?}", racer("basic").notes);
    assert!(racer("basic").notes.contains(&"It decides nothing by the end.".to_owned()));
    let asks_nothing = race_of("paxos-playground 1\nnodes 3\n", None);
    assert!(asks_nothing.about().starts_with("The script asks for nothing"));
    assert!(asks_nothing.racers().all(|(_, racer)| racer.decision.is_none() && racer.path().is_empty()));
}

#[test]
fn a_run_that_is_too_long_is_told_and_not_raced() {
    let (script, scenario) = Scenario::read(built_in("steady")).expect("a good script");
    let race = Race::of(&script, &scenario, &VARIANTS, None, 10);
    let notes: Vec<_> = race.rows.iter().flat_map(|row| row.notes()).collect();
    assert_eq!(notes, ["It makes more than 10 events of this script: too many to race."; 3]);
}

/// A path begins with the request, has no gap, and ends when all know.
#[test]
fn the_bars_end_when_all_know() {
    for text in steady() {
        for (protocol, racer) in race_of(&text, None).racers() {
            let path = racer.path();
            assert!(path.windows(2).all(|pair| pair[0].until == pair[1].from), "{}", protocol.name);
            let ends = (path[0].from.0, path.last().map(|stretch| stretch.until.0));
            assert_eq!(ends, (0, racer.measures[1].measured), "{}", protocol.name);
        }
    }
}

/// The numbers of a race, row by row: its name, f, n, and the measured figures with their formulas.
type Numbers = Vec<(String, u64, u64, Vec<String>)>;

fn of_race(race: &Race) -> Numbers {
    let row = |(protocol, racer): (&'static Protocol, &race::Racer)| {
        let cells = racer.measures.iter().map(Measure::cell).collect();
        (protocol.name.to_owned(), racer.fitted.faults as u64, racer.fitted.servers as u64, cells)
    };
    race.racers().map(row).collect()
}

/// A figure beside its formula, as the table prints it.
fn cell(place: usize, measured: Option<f64>, expected: Option<f64>) -> String {
    let unit = if place < 3 { "Δ" } else { "" };
    let text = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value}{unit}"));
    let sign = if measured == expected { "=" } else { "≠" };
    let beside = expected.map(|value| format!(" {sign} {}", text(Some(value))));
    format!("{}{}", text(measured), beside.unwrap_or_default())
}

fn of_json(race: &Race) -> Numbers {
    let json = serde_json::to_value(RaceReport::of(race)).expect("JSON");
    let row = |racer: &Value| {
        let cells = Measure::NAMES.iter().enumerate().map(|(place, name)| {
            let measure = &racer[name];
            assert_eq!(
                measure["differs"] == true,
                measure["expected"] != Value::Null && measure["expected"] != measure["measured"]
            );
            cell(place, measure["measured"].as_f64(), measure["expected"].as_f64())
        });
        let number = |name: &str| racer[name].as_u64().expect("a number");
        (racer["protocol"].as_str().expect("a name").to_owned(), number("faults"), number("servers"), cells.collect())
    };
    json["racers"].as_array().expect("a list").iter().map(row).collect()
}

fn of_csv(race: &Race) -> Numbers {
    let csv = race::csv(race);
    let row = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        let number = |place: usize| cells[place].parse::<f64>().ok();
        let measures = (0..6).map(|place| cell(place, number(4 + 2 * place), number(5 + 2 * place))).collect();
        (cells[0].to_owned(), number(1).expect("f") as u64, number(2).expect("n") as u64, measures)
    };
    csv.lines().skip(1).map(row).collect()
}

fn of_text(arguments: &[&str]) -> Numbers {
    let output = Command::new(env!("CARGO_BIN_EXE_paxos-playground")).args(arguments).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines = text.lines().skip_while(|line| !line.starts_with("protocol"));
    let head: Vec<char> = lines.next().expect("a table").chars().collect();
    let starts: Vec<_> = (0..head.len()).filter(|at| head[*at] != ' ' && (*at == 0 || head[at - 1] == ' ')).collect();
    let row = |line: &str| {
        let signs: Vec<char> = line.chars().collect();
        let end = |place: usize| starts.get(place + 1).copied().unwrap_or(signs.len()).min(signs.len());
        let cut = |place: usize| signs[starts[place]..end(place)].iter().collect::<String>().trim().to_owned();
        let number = |place: usize| cut(place).parse().expect("a number");
        (cut(0), number(1), number(2), (3..9).map(cut).collect())
    };
    lines.take_while(|line| !line.is_empty()).map(row).collect()
}

/// The figure writes the figures below each heading: `leader 4Δ = 4Δ · all 5Δ = 5Δ …`.
fn of_svg(race: &Race, drawn: Drawn) -> Numbers {
    let svg = draw(&RaceView::of(race, Vocabulary::default()), drawn, false).expect("it is small enough");
    let document = roxmltree::Document::parse(&svg).expect("well-formed");
    let texts = document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
    let texts: Vec<_> = texts.collect();
    let row = |(protocol, racer): (&'static Protocol, &race::Racer)| {
        let servers = if racer.fitted.servers == 1 { "server" } else { "servers" };
        let head = format!("{} (f = {}, {} {servers})", protocol.title, racer.fitted.faults, racer.fitted.servers);
        let place = texts.iter().position(|text| *text == head).unwrap_or_else(|| panic!("no heading {head}"));
        let parts = texts[place + 1].split(" · ").zip(Measure::NAMES);
        let cells = parts.map(|(part, name)| part.strip_prefix(name).expect("its name").trim().to_owned()).collect();
        (protocol.name.to_owned(), racer.fitted.faults as u64, racer.fitted.servers as u64, cells)
    };
    race.racers().map(row).collect()
}

#[test]
fn text_json_csv_and_both_figures_say_the_same_numbers() {
    for (name, faults) in
        [("steady", 1), ("client-apart", 2), ("two-proposers", 1), ("random-delays", 1), ("nack-nine-delta", 1)]
    {
        let race = race_of(built_in(name), Some(Size::Tolerate(faults)));
        let numbers = of_race(&race);
        assert_eq!(numbers.len(), PROTOCOLS.len());
        assert_eq!(of_json(&race), numbers, "{name}");
        assert_eq!(of_csv(&race), numbers, "{name}");
        assert_eq!(of_svg(&race, Drawn::Timelines), numbers, "{name}");
        assert_eq!(of_svg(&race, Drawn::Bars), numbers, "{name}");
        assert_eq!(of_text(&["race", name, "--tolerate", &faults.to_string()]), numbers, "{name}");
    }
}

/// Every built-in scenario can be raced: whatever a protocol cannot run is a sentence.
#[test]
fn every_scenario_is_raced_by_all_or_says_why_not() {
    for built_in in library::LIBRARY {
        let (script, scenario) = Scenario::read(built_in.text).expect("a good script");
        let race = Race::of(&script, &scenario, PROTOCOLS, None, 20_000);
        for row in &race.rows {
            if let Err(why) = &row.outcome {
                assert!(why.ends_with('.'), "{}: {why}", built_in.name);
                assert!(*row.protocol != *scenario.protocol, "{} under its own protocol: {why}", built_in.name);
            }
        }
    }
}
