//! Every address and every script of the kit: `docs/embedding.md` has the keys and values of the addresses, and what the
//! addresses open exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use paxos_playground::lesson::{self, LESSONS};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::library::{self, LIBRARY};
use paxos_playground::scenario::link::{Opens, RunLink};

use super::root;

/// A text file of the kit, by its path from the repository's root.
struct Text {
    name: String,
    text: String,
}

/// Every text of the kit, in order, and the contract that it follows.
fn texts() -> Vec<Text> {
    let mut paths = BTreeSet::from([root().join("docs/embedding.md")]);
    collect(&root().join("docs/courses"), &mut paths);
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root()).expect("all of them are below the root").to_string_lossy().into_owned();
        Text { text: fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}")), name }
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut BTreeSet<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_none_or(|extension| extension != "pyc") {
            paths.insert(path);
        }
    }
}

/// The addresses of frames in a text: the part after `embed.html`, as a browser reads it.
fn addresses(text: &str) -> Vec<String> {
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | '<' | '>' | ')');
    let rest = text.match_indices("embed.html?").map(|(start, found)| &text[start + found.len()..]);
    let address =
        |rest: &str| rest[..rest.find(ends).unwrap_or(rest.len())].replace("&amp;", "&").replace("&amp;", "&");
    rest.map(address).collect()
}

/// The keys of the contract's table, each with its values.
fn keys() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(root().join("docs/embedding.md")).expect("the contract");
    let (_, table) = text.split_once("| key | values").expect("a table of keys");
    let coded = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let keys = rows.map(|row| {
        let cells: Vec<_> = row.split('|').collect();
        (coded(cells[1]).remove(0), coded(cells[2]))
    });
    keys.collect()
}

/// The mistake in an address, if there is one.
fn fault(address: &str, keys: &[(String, Vec<String>)]) -> Option<String> {
    let (query, fragment) = address.split_once('#').unwrap_or((address, ""));
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, "1"));
        let Some((_, values)) = keys.iter().find(|(known, _)| known == key) else {
            return Some(format!("“{key}” is no key"));
        };
        if let Some(value) = value.split(',').find(|value| !values.iter().any(|known| known == value)) {
            return Some(format!("“{value}” is no value of {key}"));
        }
    }
    let (link, wrong) = RunLink::read(fragment);
    if wrong.is_some() {
        return wrong;
    }
    match link.opens {
        Opens::Nothing => Some("it opens nothing".to_owned()),
        Opens::BuiltIn(_) => None,
        Opens::Lesson(id) => lesson::find(&id).is_none().then(|| format!("“{id}” is no lesson")),
        Opens::Script(text) => Scenario::read(&text).err().map(|error| error.to_string()),
    }
}

#[test]
fn every_address_says_what_the_contract_knows_and_opens_what_is_there() {
    let keys = keys();
    assert!(keys.len() >= 11, "{keys:?}");
    let mut seen = 0;
    for Text { name, text } in texts() {
        for address in addresses(&text) {
            seen += 1;
            assert_eq!(fault(&address, &keys), None, "{name}: {address}");
        }
        for (start, found) in text.match_indices("data-lesson=\"") {
            let id = text[start + found.len()..].split('"').next().unwrap_or_default();
            assert!(id.starts_with('$') || lesson::find(id).is_some(), "{name}: “{id}” is no lesson");
        }
    }
    assert!(seen >= 15, "only {seen} addresses are found");
}

#[test]
fn a_wrong_address_is_found() {
    let text = r#"<iframe src="x/embed.html?theme=dark&amp;panels=why,checks#v=1&amp;scenario=steady&amp;t=2">"#;
    assert_eq!(addresses(text), ["theme=dark&panels=why,checks#v=1&scenario=steady&t=2"]);
    let keys = keys();
    assert_eq!(fault(&addresses(text)[0], &keys), None);
    for (address, told) in [
        ("colour=red#v=1&scenario=steady", "“colour” is no key"),
        ("panels=why,cheques#v=1&scenario=steady", "“cheques” is no value of panels"),
        ("theme=dark", "does not say what to open"),
        ("theme=dark#v=1&lesson=adapt", "“adapt” is no lesson"),
        ("theme=dark#v=1&scenario=stedy", "did you mean steady?"),
        ("theme=dark#v=1&scenario=steady&t=soon", "not a time"),
    ] {
        let fault = fault(address, &keys).unwrap_or_default();
        assert!(fault.contains(told), "{address}: {fault}");
    }
}

#[test]
fn every_script_of_the_kit_runs() {
    let mut seen = 0;
    for Text { name, text } in texts() {
        let blocks = text.split("```paxos\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
        // Two hand-ins exist in order to be refused.
        let is_script = name.ends_with(".paxos") && !name.contains("/broken-files/");
        for script in blocks.chain(is_script.then_some(&*text)) {
            seen += 1;
            Scenario::read(script).unwrap_or_else(|error| panic!("{name}: {error}\n{script}"));
        }
    }
    assert!(seen >= 20, "only {seen} scripts are found");
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let mut seen = 0;
    for Text { name, text } in texts().into_iter().filter(|file| file.name.ends_with(".md")) {
        for (start, _) in text.match_indices("](") {
            let link = text[start + 2..].split([')', '#']).next().unwrap_or_default();
            if link.is_empty() || link.contains("://") {
                continue;
            }
            seen += 1;
            let target = root().join(&name).parent().expect("a folder").join(link);
            assert!(target.exists(), "{name}: {link} is not there");
        }
    }
    assert!(seen >= 20, "only {seen} links are found");
}

#[test]
fn the_front_page_names_every_lesson_and_every_group_of_scenarios() {
    let text = fs::read_to_string(root().join("docs/courses/README.md")).expect("the front page");
    let (_, plan) = text.split_once("## Which run for which lecture").expect("a plan");
    let plan = plan.split("\n## ").next().unwrap_or_default();
    let rows: Vec<Vec<&str>> =
        plan.lines().filter(|line| line.starts_with("| ")).skip(1).map(|row| row.split('|').collect()).collect();
    let named =
        |place: usize| -> Vec<&str> { rows.iter().flat_map(|row| row[place].split('`').skip(1).step_by(2)).collect() };
    let (scenarios, lessons) = (named(2), named(3));
    for name in &scenarios {
        assert!(library::find(name).is_some(), "“{name}” is no scenario");
    }
    let expected: Vec<_> = LESSONS.iter().map(|lesson| lesson.id).collect();
    assert_eq!(lessons, expected, "the lessons, in the order of the slides");
    for built_in in LIBRARY {
        let group = LIBRARY.iter().filter(|other| other.group == built_in.group);
        assert!(group.into_iter().any(|other| scenarios.contains(&other.name)), "nothing of “{}”", built_in.group);
    }
}
