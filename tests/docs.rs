//! `docs/scenario.md` is true: its scripts run, its examples can be read, its numbers are those of the code.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use paxos_playground::check::CHECKS;
use paxos_playground::explore::sweep::{MEASURES, REASONS, RUNS_MAX};
use paxos_playground::goal;
use paxos_playground::protocol::PROTOCOLS;
use paxos_playground::report::list::{Protocols, Scenarios};
use paxos_playground::report::{self, Report};
use paxos_playground::scenario::hints::{self, Form};
use paxos_playground::scenario::link::{LINK_CHARS, Opens, RunLink, SELECTION_CHARS, VERSION};
use paxos_playground::scenario::{Scenario, limits};
use paxos_playground::sim::{BYTES_MAX, EVENTS_MAX, MESSAGES_MAX, Run, STEPS_MAX};
use paxos_playground::types::NODES_MAX;
use serde_json::Value;

#[path = "docs/family.rs"]
mod family;
#[path = "docs/formulas.rs"]
mod formulas;
#[path = "docs/goals.rs"]
mod goals;

const SCENARIO: &str = include_str!("../docs/scenario.md");

fn run(script: &str) -> Run {
    Run::of(Scenario::read(script).unwrap_or_else(|error| panic!("{error}\n{script}")).1)
}

/// The content of each block that is fenced as a script.
fn scripts() -> Vec<&'static str> {
    let blocks = SCENARIO.split("```paxos\n").skip(1);
    blocks.map(|rest| rest.split_once("```").expect("the block ends").0).collect()
}

/// The cells of each table row of a section, without headings and rulers.
fn rows(section: &str) -> Vec<Vec<String>> {
    let (_, rest) = SCENARIO.split_once(&format!("# {section}\n")).unwrap_or_else(|| panic!("no section {section}"));
    let body = rest.split("\n#").next().unwrap_or_default();
    let table = body.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("\\|", "\u{0}");
        row.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
    };
    table.map(cells).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

#[test]
fn every_script_of_the_document_runs() {
    assert!(scripts().len() >= 2);
    scripts().into_iter().for_each(|script| {
        run(script);
    });
}

#[test]
fn every_example_of_a_line_is_read_and_prints_as_it_is_written() {
    let examples: Vec<_> = ["Statements", "Acts", "Rules"].into_iter().flat_map(rows).collect();
    assert!(examples.len() >= 25, "{}", examples.len());
    for row in examples {
        let line = code(&row[1]);
        let nodes = if line.starts_with("nodes") { "" } else { "nodes A B C D E\n" };
        let text = format!("paxos-playground 1\n{nodes}{line}\n");
        let (script, _) = Scenario::read(&text).unwrap_or_else(|error| panic!("{line}: {error}"));
        let printed = script.to_string();
        let words: Vec<_> = printed.lines().last().unwrap_or_default().split_whitespace().collect();
        assert_eq!(words, line.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn every_limit_is_the_one_in_the_code() {
    let expected = [
        limits::TEXT_BYTES.to_string(),
        limits::LINES.to_string(),
        NODES_MAX.to_string(),
        limits::NAME_CHARS.to_string(),
        limits::VALUE_CHARS.to_string(),
        limits::CAPTIONS.to_string(),
        limits::CAPTION_CHARS.to_string(),
        limits::GOALS.to_string(),
        limits::POINTS.to_string(),
        limits::CONDITION_CHARS.to_string(),
        limits::FIGURE.to_string(),
        limits::QUANTIFIERS.to_string(),
        limits::PARENTHESES.to_string(),
        limits::PERMISSIONS.to_string(),
        format!("{}Δ", limits::TIME),
        "1Δ".to_owned(),
        format!("{}Δ", limits::MESSAGE_DELAY),
        limits::INSTANCE.to_string(),
        limits::BALLOT.to_string(),
        limits::WEIGHT.to_string(),
        limits::QUORUMS.to_string(),
        limits::SIZE.to_string(),
        format!("{}Δ", limits::HORIZON),
        STEPS_MAX.to_string(),
        goal::STEPS_MAX.to_string(),
        MESSAGES_MAX.to_string(),
        EVENTS_MAX.to_string(),
        BYTES_MAX.to_string(),
    ];
    assert_eq!(rows("Limits").iter().map(|row| row[1].clone()).collect::<Vec<_>>(), expected);
}

/// A cell of a table as the editor of scripts shows it: without marks, links, and lists of names.
fn plain(cell: &str) -> String {
    let mut text = cell.to_owned();
    for (start, end) in [(" ([below]", "))"), (": `", ";")] {
        if let Some(cut) = text.find(start) {
            let rest = &text[cut..];
            let keep = if end == ";" { 0 } else { end.len() };
            let last = rest.find(end).map_or(text.len(), |place| cut + place + keep);
            text.replace_range(cut..last, "");
        }
    }
    text.replace('`', "")
}

#[test]
fn the_editor_explains_statements_acts_and_rules_as_the_document_does() {
    for (section, forms) in [("Statements", hints::STATEMENTS), ("Acts", hints::ACTS), ("Rules", hints::RULES)] {
        let rows = rows(section).into_iter().filter(|row| row[0] != "rule");
        let told: Vec<_> = rows.map(|row| (plain(&row[0]), plain(&row[2]))).collect();
        let form = |form: &Form| (form.form.to_owned(), form.about.to_owned());
        assert_eq!(forms.iter().map(form).collect::<Vec<_>>(), told, "{section}");
    }
}

#[test]
fn every_timer_is_named_and_no_other() {
    let mut timers: Vec<&str> = Vec::new();
    for timer in PROTOCOLS.iter().flat_map(|protocol| protocol.timers) {
        if !timers.contains(&timer.name) {
            timers.push(timer.name);
        }
    }
    assert_eq!(rows("Timers").iter().map(|row| code(&row[0])).collect::<Vec<_>>(), timers);
}

#[test]
fn every_field_of_the_lists_is_documented_and_no_other() {
    let lists = [serde_json::to_value(Scenarios::all()), serde_json::to_value(Protocols::all())];
    let mut found = BTreeSet::new();
    for list in lists {
        fields(&list.expect("a list is plain data"), "", &mut found);
    }
    found.retain(|field| field.contains("[].") && !field.ends_with("[]"));
    let table = rows("Lists");
    let parts = |row: &Vec<String>, name: &str| row[1].contains(&format!("`{name}`"));
    for field in &found {
        let (parent, last) = field.rsplit_once('.').expect("it is in a list");
        let is_there = |row: &Vec<String>| code(&row[0]) == field || (code(&row[0]) == parent && parts(row, last));
        let is_list = table.iter().any(|row| code(&row[0]).starts_with(&format!("{field}[")));
        assert!(table.iter().any(is_there) || is_list, "{field} is not in docs/scenario.md");
    }
    for row in &table {
        let name = code(&row[0]);
        assert!(found.contains(name.trim_end_matches("[]")) || found.contains(name), "{name} is no field of a list");
    }
}

#[test]
fn every_kind_option_protocol_and_check_is_named() {
    for protocol in PROTOCOLS {
        let kinds = protocol.kinds.iter().map(|kind| match kind.name == kind.name_2001 {
            true => kind.name.to_owned(),
            false => format!("{} or {}", kind.name, kind.name_2001),
        });
        let options =
            protocol.options.iter().flat_map(|option| [option.name].into_iter().chain(option.values.iter().copied()));
        let rules = protocol.guards.iter().map(|guard| guard.info().name);
        let coded = options.chain([protocol.name]).chain(rules).map(|word| format!("`{word}`"));
        let folded = SCENARIO.replace('\n', " ");
        for word in kinds.chain(coded) {
            assert!(folded.contains(&word), "{word} is not in docs/scenario.md");
        }
    }
    let readme = include_str!("../README.md").lines().find(|line| line.starts_with("| `protocol "));
    for protocol in PROTOCOLS {
        let name = format!("`{}`", protocol.name);
        assert!(readme.is_some_and(|row| row.contains(&name)), "{name} is not in README.md");
    }
    for check in CHECKS {
        assert!(SCENARIO.contains(&format!("`{}`", check.name)), "{} is not in docs/scenario.md", check.name);
    }
}

/// The paths of a report's fields, without the fields under names that the script itself gives.
fn fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(_) if path.ends_with("learned") || path.ends_with("by_kind") => {}
        Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.insert(path.clone());
                fields(value, &path, found);
            }
        }
        Value::Array(items) if path != "nodes" => {
            let path = format!("{path}[]");
            found.insert(path.clone());
            items.iter().for_each(|item| fields(item, &path, found));
        }
        _ => {}
    }
}

#[test]
fn every_field_of_the_report_is_documented_and_no_other() {
    // The first run has two ballots, one of them abandoned, and a line without effect. The other runs have a decree that
    // passes again, a decree that no process knows, a decree that clients wait for, two halves that disagree, and a goal. So
    // every list has an item.
    let text = "paxos-playground 1\nprotocol complete\nnodes 3\nleader B\nat 0 propose B blue\nat 1.5 leader A\n\
                at 1.5 propose A red\nat 9 heal\n";
    let again = "paxos-playground 1\nnodes 3\nat 0 propose A red\nat 10 propose B blue\n";
    let unknown = "paxos-playground 1\nnodes 3\nat 0 propose A red\ndrop Voted B->A\ndrop Voted C->A\n";
    let mut found = BTreeSet::new();
    let waited = format!("{unknown}at 6 propose B blue\n");
    let in_ms = format!("{text}delta 100ms\n");
    let halves = "paxos-playground 1\nnodes 4\nwithout majority\nat 0 partition A B | C D\nat 0 propose A red\n\
                  at 0 propose C blue\n";
    let goal = format!("{again}goal \"Somebody votes\": votes > 0\n");
    let ports = format!("{again}bandwidth 10kB/Δ\n");
    for text in [&in_ms, again, unknown, &waited, halves, &goal, &ports] {
        let report = serde_json::to_value(Report::of(&run(text))).expect("a report is plain data");
        fields(&report, "", &mut found);
    }
    let table = rows("The report");
    let documented: BTreeSet<_> = table.iter().map(|row| code(&row[0])).collect();
    for field in &found {
        // The parts of a small object are named in its own row.
        let (parent, last) = field.rsplit_once('.').unwrap_or((field, field));
        let in_row = table.iter().any(|row| code(&row[0]) == parent && row[1].contains(&format!("`{last}`")));
        let is_parent = documented
            .iter()
            .any(|name| name.starts_with(&format!("{field}.")) || name.starts_with(&format!("{field}[]")));
        assert!(documented.contains(field.as_str()) || in_row || is_parent, "{field} is not in docs/scenario.md");
    }
    for name in documented.iter().filter(|name| !name.starts_with("checks[].event.")) {
        assert!(found.contains(*name), "{name} is no field of a report");
    }
    assert!(SCENARIO.contains(&format!("`version` is {}", report::VERSION)));
}

#[test]
fn every_measure_and_reason_of_a_sweep_is_documented() {
    let text = include_str!("../docs/explore.md");
    for measure in &MEASURES {
        let (from, until) = measure.name.split_once('.').expect("from what, until what");
        let row = text.lines().find(|line| line.contains(&format!("`{from}.")));
        let row = row.unwrap_or_else(|| panic!("{from} is not in docs/explore.md"));
        assert!(row.contains(&format!(".{until}`")), "{} is not in docs/explore.md", measure.name);
    }
    for reason in &REASONS {
        assert!(text.contains(&format!("`{}`", reason.name)), "{} is not in docs/explore.md", reason.name);
    }
    assert!(text.contains("1,000,000") && RUNS_MAX == 1_000_000);
}

#[test]
fn what_the_document_says_of_one_instant_is_so() {
    let script =
        scripts().into_iter().find(|script| script.contains("acts before it too")).expect("the example of an instant");
    let text = run(script).trace().text();
    assert!(text.contains("1       B    receive NextBallot 1.A from A"), "{text}");
}

#[test]
fn the_document_of_links_says_what_the_code_does() {
    let text = include_str!("../docs/links.md");
    for number in [LINK_CHARS, limits::TEXT_BYTES, SELECTION_CHARS] {
        assert!(text.contains(&format!("| {number} |")), "{number} is not in docs/links.md");
    }
    assert!(
        text.contains(&format!("| {}Δ |", limits::TIME)) && text.contains(&format!("`v` | the version, `{VERSION}`"))
    );
    // The output of the Python code in the document.
    let script = "paxos-playground 1\nnodes 3\nat 0Δ propose A \"red\"\n";
    let link = "v=1&s=eNorSKzIL9YtyEmsTC_KL81LUTDkystPSS1WMOZKLFEwODdFoaAovyC_OFXBUUGpKDVFiQsA0ScRKA";
    assert_eq!(RunLink::read(link), (RunLink { opens: Opens::Script(script.to_owned()), ..RunLink::default() }, None));
}
