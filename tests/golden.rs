//! Golden runs: the trace of every built-in scenario, word by word, and its hash.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` writes the files anew; commit only differences that you can explain. The
//! hashes are in one file, so that the browser's tests can hold the same engine to the same numbers.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

use paxos_playground::explore::sweep::{Faults, Sweep, Under};
use paxos_playground::report::hash_text;
use paxos_playground::report::sweep::csv;
use paxos_playground::scenario::library::{self, BuiltIn, LIBRARY};
use paxos_playground::scenario::{Scenario, Script};
use paxos_playground::sim::Run;

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file)
}

fn run(built_in: &BuiltIn) -> Run {
    let (_, scenario) = Scenario::read(built_in.text).unwrap_or_else(|error| panic!("{}, {error}", built_in.name));
    Run::of(scenario)
}

/// Compares a text with the file, or writes the file when `UPDATE_GOLDEN` is set.
fn assert_golden(file: &str, actual: &str) {
    let path = golden(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; write it with UPDATE_GOLDEN=1 cargo test --test golden", path.display())
    });
    if let Some(difference) = first_difference(&expected, actual) {
        panic!("tests/golden/{file} {difference}\nIf this is meant, UPDATE_GOLDEN=1 cargo test --test golden");
    }
}

/// The words of each line, without the space between them.
fn words(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect()).collect()
}

/// The first line in which two texts differ, with the three lines before it.
fn first_difference(expected: &str, actual: &str) -> Option<String> {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let place = (0..old.len().max(new.len())).find(|place| old.get(*place) != new.get(*place))?;
    let before: String = old[place.saturating_sub(3)..place].iter().map(|line| format!("      {line}\n")).collect();
    let show = |line: Option<&&str>| line.map_or("(the end)".to_owned(), ToString::to_string);
    let (was, is) = (show(old.get(place)), show(new.get(place)));
    Some(format!("differs at line {}:\n{before}  was {was}\n  is  {is}", place + 1))
}

#[test]
fn every_built_in_scenario_runs_as_its_golden_trace() {
    for built_in in LIBRARY {
        assert_golden(&format!("{}.trace", built_in.name), &run(built_in).trace().text());
    }
}

#[test]
fn every_built_in_scenario_has_its_golden_hash() {
    let line = |built_in: &BuiltIn| format!("{} {}\n", built_in.name, hash_text(run(built_in).trace().hash()));
    assert_golden("hashes.txt", &LIBRARY.iter().map(line).collect::<String>());
}

#[test]
fn a_sweep_has_its_golden_numbers() {
    let mut faults = Faults::default();
    for (keyword, text) in [("delay", "0.2Δ..1Δ"), ("loss", "5%"), ("duplicates", "5%"), ("crashes", "20%")] {
        faults.read(keyword, text).expect("good faults");
    }
    let script = Script::parse(library::find("steady").expect("it is built in").text).expect("a built-in script");
    let mut sweep = Sweep::new(&script, Under::Variants, &faults, 1..61).expect("a good sweep");
    assert!(sweep.go_on(usize::MAX) && sweep.swept().is_safe());
    assert_golden("sweep.csv", &csv(sweep.swept()));
}

#[test]
fn no_golden_trace_outlives_its_scenario() {
    for entry in fs::read_dir(golden("")).expect("the folder of the golden files") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name in UTF-8");
        let known = LIBRARY.iter().any(|built_in| name == format!("{}.trace", built_in.name));
        assert!(
            known || ["hashes.txt", "sweep.csv"].contains(&&*name),
            "tests/golden/{name} belongs to no built-in scenario"
        );
    }
}

#[test]
fn every_built_in_script_says_what_it_is_and_has_no_idle_line() {
    for built_in in LIBRARY {
        let run = run(built_in);
        let scenario = run.scenario();
        for (keyword, text) in [("title", &scenario.title), ("about", &scenario.about), ("look", &scenario.look)] {
            assert!(!text.is_empty(), "{} has no {keyword}", built_in.name);
        }
        assert_eq!(run.notes(), [], "{}", built_in.name);
    }
}

#[test]
fn every_built_in_script_prints_back_but_for_its_layout() {
    for built_in in LIBRARY {
        let script = Script::parse(built_in.text).expect("a built-in script");
        let printed = script.to_string();
        assert_eq!(Script::parse(&printed).as_ref(), Ok(&script), "{}", built_in.name);
        assert_eq!(words(&printed), words(built_in.text), "{}", built_in.name);
    }
}

#[test]
fn long_times_and_names_stay_apart() {
    let text = "paxos-playground 1\nnodes Alexandria Byzantium\nat 0.123456 propose Alexandria red\n";
    let run = Run::of(Scenario::read(text).expect("a good script").1);
    assert_eq!(run.trace().text().lines().next(), Some("0.123456 Alexandria propose \"red\""));
}

#[test]
fn differences_are_shown_with_their_place() {
    assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    let shown = first_difference("a\nb\n", "a\n").expect("a difference");
    assert_eq!(shown, "differs at line 2:\n      a\n\n  was b\n  is  (the end)".replace("\n\n", "\n"));
}
