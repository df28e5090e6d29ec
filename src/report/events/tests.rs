//! Every run is told in lines of JSON, whose keys and words the document has.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::scenario::Scenario;
use crate::scenario::library::{self, LIBRARY};

const DOCUMENT: &str = include_str!("../../../docs/events.md");

fn run(text: &str) -> Run {
    Run::of(Scenario::read(text).expect("a good script").1)
}

fn built_in(name: &str) -> Run {
    run(library::find(name).expect("it is built in").text)
}

fn told(run: &Run) -> Vec<String> {
    lines(run).collect::<Result<_, _>>().expect("JSON can say it")
}

#[test]
fn every_run_has_a_header_and_a_line_for_each_event_that_says_what_its_trace_says() {
    for one in LIBRARY {
        let run = run(one.text);
        let told = told(&run);
        assert_eq!(told.len(), run.trace().events().len() + 1, "{}", one.name);
        let header: Value = serde_json::from_str(&told[0]).expect("it is JSON");
        assert_eq!(
            (&header["events"], &header["trace_hash"]),
            (&VERSION.into(), &hash_text(run.trace().hash()).into())
        );
        for ((id, event), line) in run.trace().numbered().zip(&told[1..]) {
            let line: Value = serde_json::from_str(line).expect("it is JSON");
            assert_eq!(line["event"], id.0, "{}", one.name);
            assert_eq!(line["cause"], event.cause.0);
            assert_eq!(line["text"], run.trace().describe(WORDS, &event.what));
            let name = run.trace().node_of(event).map(|node| run.scenario().symbols.node(node));
            assert_eq!(line["node"].as_str(), name);
        }
    }
}

#[test]
fn the_document_has_every_key_and_every_word() {
    let (mut keys, mut words) = (BTreeSet::new(), BTreeSet::new());
    for one in LIBRARY {
        let run = run(one.text);
        for line in told(&run) {
            let line: Value = serde_json::from_str(&line).expect("it is JSON");
            let line = line.as_object().expect("it is an object");
            keys.extend(line.keys().cloned());
            words.extend(line.get("what").and_then(Value::as_str).map(str::to_owned));
        }
    }
    assert!(keys.len() > 30 && words.len() > 25, "{keys:?} {words:?}");
    for known in keys.iter().chain(&words) {
        assert!(DOCUMENT.contains(&format!("`{known}`")), "docs/events.md does not say what {known} is");
    }
}

#[test]
fn the_lines_in_the_document_are_those_of_the_run() {
    let told = told(&built_in("two-proposers"));
    let shown = DOCUMENT.lines().filter(|line| line.starts_with("{\"event"));
    for line in shown.clone() {
        let same = |one: &String| match line.split_once('…') {
            Some((before, after)) => one.starts_with(before) && one.ends_with(after),
            None => one == line,
        };
        assert!(told.iter().any(same), "{line}\n{}", told[..12].join("\n"));
    }
    assert_eq!(shown.count(), 3);
}

#[test]
fn a_message_is_told_with_everything_that_it_says() {
    let find = |told: &[String], parts: &[&str]| {
        let found = told.iter().find(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found.is_some(), "{parts:?}\n{}", told.join("\n"));
    };
    let synod = told(&built_in("later-ballot-adopts"));
    find(
        &synod,
        &["\"what\":\"send\"", "\"kind\":\"LastVote\",\"phase\":\"1b\"", "\"vote\":{\"ballot\":\"1.A\",\"value\":"],
    );
    find(&synod, &["\"what\":\"receive\"", "\"vote\":null"]);
    find(&synod, &["\"what\":\"began\"", "\"basis\":\"promises\",\"quorum\":["]);
    let lost = told(&built_in("message-loss"));
    find(&lost, &["\"what\":\"lose\"", "\"reason\":\"dropped\""]);
    let lied = told(&built_in("pbft-equivocation"));
    find(&lied, &["\"liars\":[\""]);
}

#[test]
fn times_are_also_in_ms_where_a_delta_has_a_length() {
    let told = told(&run("paxos-playground 1\nnodes 3\ndelta 50ms\nat 0Δ propose A \"red\"\n"));
    assert!(told[0].contains("\"delta_ms\":50,"), "{}", told[0]);
    assert!(told.iter().any(|line| line.contains("\"t\":1,\"ms\":50,")), "{}", told[5]);
}
