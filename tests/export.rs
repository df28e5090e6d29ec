//! Exports of runs: golden figures, figures of random runs, and tests that are written for others to keep.
//!
//! `UPDATE_GOLDEN=1 cargo test --test export` writes `tests/golden-svg` and `tests/regression` anew; look at the figures
//! and at the differences before you commit them. The files in `tests/regression` are tests of this program, too: they
//! are compiled as they were written, and they pass.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

use paxos_playground::report::regression::DECISIONS_MAX;
use paxos_playground::scenario::library;
use paxos_playground::session::Session;
use paxos_playground::view::Vocabulary;
use paxos_playground::view::export::{
    CHARACTERS_MAX, Choice, EVENTS_BYTES_MAX, Exported, FORMATS, SHIVIZ_EVENTS_MAX, SHIVIZ_PATTERN, STEPS_MAX,
    SVG_BYTES_MAX, export, find,
};
use paxos_playground::view::scene::{DETAIL_DELTA_MIN, DETAIL_MAX};
use proptest::prelude::*;
use roxmltree::{Document, Node};

#[rustfmt::skip]
#[path = "regression/a_decree_every_3delta.rs"]
mod a_decree_every_3delta;
#[rustfmt::skip]
#[path = "regression/duelling_proposers_for_ever.rs"]
mod duelling_proposers_for_ever;
#[rustfmt::skip]
#[path = "regression/quotes_signs_and.rs"]
mod quotes_signs_and;
#[expect(dead_code, reason = "other tests need more of it")]
#[path = "support/scripts.rs"]
mod scripts;
#[rustfmt::skip]
#[path = "regression/signs_that_turn.rs"]
mod signs_that_turn;
#[rustfmt::skip]
#[path = "regression/without_promises.rs"]
mod without_promises;

/// A script with every character sequence that could end a string too early.
const QUOTES: &str = "paxos-playground 1\ntitle Quotes \"# signs, and \"##\nabout \"### \\ \\u{41}\nnodes A B C\n\
                      at 0Δ propose A \"a \\\"# b\\\\ c\"\n";

/// A script with a character that reverses the direction of reading; the compiler refuses this character in source text.
const TURNING: &str = "paxos-playground 1\ntitle Signs \u{202e} that turn\nnodes A B C\nat 0Δ crash A\n";

fn built_in(name: &str) -> &'static str {
    library::find(name).expect("it is built in").text
}

/// The run of a script, to its end.
fn open(text: &str) -> Session {
    let mut session = Session::open(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    while !session.judge(100_000) {}
    session
}

fn exported(session: &Session, format: &str, choice: &Choice) -> Exported {
    let format = find(format).expect("it is a format");
    export(session, format, choice).unwrap_or_else(|why| panic!("{why}\n{}", session.text()))
}

/// Compares a text with a file below `tests`, or writes the file when `UPDATE_GOLDEN` is set.
fn assert_golden(file: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (was, is) = (expected.lines(), actual.lines());
    let differ = was.zip(is).enumerate().find(|(_, (was, is))| was != is);
    if let Some((place, (was, is))) = differ {
        panic!(
            "tests/{file} differs at line {}:\n  was {was}\n  is  {is}\nIf this is meant, UPDATE_GOLDEN=1",
            place + 1
        );
    }
    assert_eq!(expected.len(), actual.len(), "tests/{file} is longer or shorter now");
}

fn golden_figure(file: &str, name: &str, choice: &Choice) {
    assert_golden(&format!("golden-svg/{file}.svg"), &exported(&open(built_in(name)), "svg", choice).text);
}

#[test]
fn a_few_scenarios_have_their_golden_figures() {
    for name in ["minimal-ballot", "two-proposers", "without-promise", "leader-election"] {
        golden_figure(name, name, &Choice::default());
    }
    let dark = Choice { is_dark: true, words: Vocabulary::MadeSimple2001, ..Choice::default() };
    golden_figure("three-nodes-dark", "three-nodes", &dark);
    let proposals: String = (0..40).map(|ballot| format!("at {}Δ propose A \"decree\"\n", 6 * ballot)).collect();
    let long = open(&format!("paxos-playground 1\ntitle Densities\nnodes 9\nloss 1%\n{proposals}"));
    assert_golden("golden-svg/densities.svg", &exported(&long, "svg", &Choice::default()).text);
}

#[test]
fn written_tests_are_the_ones_that_are_compiled_here() {
    let scripts = ["steady-log", "duelling-proposers", "without-promise"].map(built_in);
    for text in scripts.into_iter().chain([QUOTES, TURNING]) {
        let Exported { name, text, .. } = exported(&open(text), "test", &Choice::default());
        assert_golden(&format!("regression/{name}"), &text);
        let module = format!("#[path = \"regression/{name}\"]");
        assert!(include_str!("export.rs").contains(&module), "tests/export.rs does not compile {name}");
    }
}

#[test]
fn the_document_has_every_format_and_every_limit() {
    let document = include_str!("../docs/export.md");
    for format in &FORMATS {
        let row = document.lines().find(|line| line.starts_with(&format!("| `{}` | {} |", format.name, format.title)));
        assert!(row.is_some_and(|row| row.contains(&format!(".{}` |", format.ending))), "{}", format.name);
    }
    let limits = [
        format!("{SVG_BYTES_MAX} bytes"),
        format!("{DETAIL_MAX} each"),
        format!("{DETAIL_DELTA_MIN} pixels"),
        format!("first {DECISIONS_MAX}"),
        format!("| steps of a diagram | {STEPS_MAX} |"),
        format!("{CHARACTERS_MAX} characters"),
        format!("ShiViz log | {SHIVIZ_EVENTS_MAX} |"),
        format!("{EVENTS_BYTES_MAX} bytes"),
        SHIVIZ_PATTERN.to_owned(),
    ];
    for limit in limits {
        assert!(document.contains(&limit), "{limit}");
    }
}

/// The words of the elements with this name in the group of that class.
fn words<'a>(document: &'a Document<'_>, class: &str, name: &str) -> Vec<&'a str> {
    let group = document.descendants().find(|node| node.attribute("class") == Some(class));
    let inside = group.into_iter().flat_map(|group| group.descendants());
    inside.filter(|node| node.has_tag_name(name)).filter_map(|node| node.text()).collect()
}

/// Asserts what holds for every figure: it is XML, made of a few plain elements, runs and fetches nothing, and is not too
/// large.
fn assert_figure(session: &Session, svg: &str) {
    assert!(svg.len() <= SVG_BYTES_MAX, "{} bytes", svg.len());
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2000/svg"));
    assert_eq!(root.attribute("role"), Some("img"));
    let number = |name: &str| root.attribute(name).and_then(|text| text.parse::<u32>().ok()).expect("a whole number");
    let (width, height) = (number("width"), number("height"));
    assert_eq!(root.attribute("viewBox"), Some(&*format!("0 0 {width} {height}")));
    assert!((500..=2800).contains(&width) && (100..=4000).contains(&height), "{width} × {height}");
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(["svg", "title", "desc", "g", "rect", "circle", "path", "text"].contains(&name), "<{name}>");
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on") && !attribute.value().contains("url("), "{attribute:?}");
        }
    }
    assert_eq!(svg.matches("://").count() - session_addresses(session), 1, "nothing but the namespace is an address");
    let symbols = &session.scenario().symbols;
    let names: Vec<&str> = symbols.nodes.iter().map(|name| &**name).chain(["time"]).collect();
    assert_eq!(words(&document, "names", "text"), names);
}

/// How often the script itself contains something that looks like an address.
fn session_addresses(session: &Session) -> usize {
    let scenario = session.scenario();
    let (title, about) = (scenario.title.matches("://").count(), scenario.about.matches("://").count());
    2 * title + about
}

/// This many cases, unless the environment says otherwise. A person adds a failing case as a test of its own.
fn cases(count: u32) -> ProptestConfig {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if told { config } else { ProptestConfig { cases: count, ..config } }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_run_is_a_figure_of_plain_shapes(script in scripts::script(), hundredths in 0..4500_u64, is_dark in any::<bool>()) {
        let mut session = open(&script.to_string());
        let choice = Choice { is_dark, ..Choice::default() };
        let whole = exported(&session, "svg", &choice).text;
        assert_figure(&session, &whole);
        session.seek(paxos_playground::types::Time(hundredths * 10_000));
        let shown = Some(session.cursor());
        assert_figure(&session, &exported(&session, "svg", &Choice { shown, ..choice.clone() }).text);
        prop_assert_eq!(exported(&session, "svg", &choice).text, whole);
    }

    #[test]
    fn whatever_a_script_says_stays_words(said in "[<>&\"'/\\]!\\[\\-a-zA-Z:;=#{}\\\\ \\PC]{1,24}[<>&a-z\"']") {
        // The text there is one word, and a value has a largest length.
        let (said, quoted) = (said.trim(), said.replace('\\', "\\\\").replace('"', "\\\""));
        let text = format!("paxos-playground 1\ntitle {said}\nabout {said}\nnodes A B\nat 0Δ propose A \"{quoted}\"\n");
        let session = open(&text);
        let svg = exported(&session, "svg", &Choice::default()).text;
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        let title = document.descendants().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
        let known: String = session.scenario().title.chars().map(|one| if matches!(one, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { one }).collect();
        prop_assert_eq!(title, Some(&*known));
        for element in document.descendants().filter(Node::is_element) {
            prop_assert!(["svg", "title", "desc", "g", "rect", "circle", "path", "text"].contains(&element.tag_name().name()));
        }
        let name = exported(&session, "script", &Choice::default()).name;
        prop_assert!(name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '.')), "{}", name);
    }
}
