//! `docs/goals.md` is true: its scripts run, and its tables are those of the code.

use paxos_playground::scenario::goals::DEEDS;
use paxos_playground::scenario::goals::vocabulary::{COLLECTIONS, FIGURES, Name};
use paxos_playground::scenario::{Scenario, limits};

use super::run;

const GOALS: &str = include_str!("../../docs/goals.md");

/// The lines of the section with this heading, up to the next heading.
fn section(heading: &str) -> Vec<&'static str> {
    let lines = GOALS.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with('#')).collect();
    assert!(!lines.is_empty(), "no section {heading}");
    lines
}

fn rows(heading: &str) -> Vec<&'static str> {
    section(heading).into_iter().filter(|line| line.starts_with("| `")).collect()
}

fn written(names: &[Name]) -> Vec<String> {
    names.iter().map(|name| format!("| `{}` | {} | {} |", name.name, name.kind.told(), name.about)).collect()
}

#[test]
fn every_figure_collection_and_field_has_its_row_and_no_other() {
    assert_eq!(rows("### Figures"), written(FIGURES));
    for collection in COLLECTIONS {
        let heading = format!("### `{}`", collection.name);
        assert_eq!(rows(&heading), written(collection.fields), "{heading}");
        let about = section(&heading)[1].to_lowercase();
        assert_eq!(about, format!("{}.", collection.about.to_lowercase()), "{heading}");
    }
    assert_eq!(GOALS.matches("\n### `").count(), COLLECTIONS.len());
}

#[test]
fn the_script_of_the_document_runs_and_every_form_is_read() {
    let script = GOALS.split("```paxos\n").nth(1).and_then(|rest| rest.split("```").next()).expect("it has a script");
    assert_eq!(run(script).scenario().goals.len(), 3);
    let read = |line: &str| {
        let text = format!("paxos-playground 1\nnodes 3\n\n{line}\n");
        Scenario::read(&text).map_err(|error| error.to_string())
    };
    for row in rows("## Allowed lines") {
        for form in row.split('`').filter(|form| form.starts_with("allow ")) {
            read(form).unwrap_or_else(|error| panic!("{form}: {error}"));
        }
    }
    let mistaken = read("goal \"Agreement breaks\": some c in checks: c.name = \"agrement\" and c.violated");
    assert!(GOALS.contains(&format!("```text\n{}\n```", mistaken.expect_err("a mistake"))));
}

#[test]
fn the_document_names_every_kind_of_line_and_every_bound() {
    let text = section("## Allowed lines").join(" ");
    let listed = text.split("The kinds are").nth(1).expect("a list").split(". `delays`").next().expect("an end");
    let listed: Vec<_> = listed.split('`').skip(1).step_by(2).collect();
    assert_eq!(listed, DEEDS.iter().map(|deed| deed.name).collect::<Vec<_>>());
    let text = section("## Conditions").join(" ");
    assert!(text.contains(&format!("A condition has at most {} characters and three of", limits::CONDITION_CHARS)));
    assert_eq!((limits::QUANTIFIERS, paxos_playground::goal::STEPS_MAX), (3, 4_000_000));
    assert!(text.contains("4,000,000 steps"));
}
