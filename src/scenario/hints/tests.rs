//! What is offered where, what words mean, and which colours lines have.

use std::collections::BTreeSet;

use super::super::library::LIBRARY;
use super::super::text::{ACTS as VERBS, KEYWORDS};
use super::super::{Scenario, limits};
use super::*;
use crate::protocol::PROTOCOLS;

const SCRIPT: &str = "paxos-playground 1\nprotocol multi\nnodes Ada Bob 3\nservice kv\n";

/// What is offered at the end of a line after [`SCRIPT`].
fn offered(line: &str) -> Hints {
    hints(&format!("{SCRIPT}{line}\nat 1Δ heal\n"), 5, line.chars().count() + 1)
}

fn words(line: &str) -> Vec<String> {
    offered(line).list.into_iter().map(|hint| hint.word).collect()
}

#[test]
fn every_word_of_the_grammar_has_its_form_and_no_other() {
    let first = |forms: &[Form]| -> BTreeSet<String> {
        forms.iter().map(|form| form.form.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    let set = |words: &[&str]| -> BTreeSet<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let mut statements = first(STATEMENTS);
    statements.extend(first(RULES));
    assert_eq!(statements, set(KEYWORDS));
    assert_eq!(first(ACTS), set(VERBS));
    for list in [words(""), words("at 0Δ "), words("quorum ")] {
        assert!(list.len() > 2, "{list:?}");
    }
    for line in ["", "at 0Δ ", "quorum ", "protocol ", "option ", "service ", "without ", "drop ", "at 0Δ timeout Ada "]
    {
        for hint in offered(line).list {
            assert!(!hint.about.is_empty(), "{line}{}", hint.word);
        }
    }
}

#[test]
fn words_come_from_the_tables() {
    let multi = PROTOCOLS.iter().find(|protocol| protocol.name == "multi").expect("it is there");
    assert_eq!(words("protocol "), PROTOCOLS.iter().map(|protocol| protocol.name).collect::<Vec<_>>());
    assert_eq!(words("protocol b"), ["basic", "broadcast"]);
    assert_eq!(words("option "), multi.options.iter().map(|option| option.name).collect::<Vec<_>>());
    assert_eq!(words("option success "), ["at-once", "piggyback"]);
    assert_eq!(words("without in"), ["in-order"]);
    assert_eq!(words("without memory "), ["Ada", "Bob", "3"]);
    assert_eq!(words("skip 2"), ["2a", "2b"]);
    assert_eq!(words("service "), ["kv", "lock", "bank"]);
    assert_eq!(words("quorum "), ["weights", "sets", "grid"]);
    assert_eq!(words("cl"), ["clients"]);
    assert_eq!(words("CL"), ["clients"]);
}

#[test]
fn acts_and_rules_are_led_on_word_by_word() {
    assert_eq!(words("at 1.5Δ c"), ["crash", "cut"]);
    assert_eq!(words("at 1Δ crash "), ["Ada", "Bob", "3"]);
    assert_eq!(words("at 1Δ crash Ada "), ["before-send"]);
    assert_eq!(words("at 1Δ restart Ada e"), ["empty"]);
    assert_eq!(words("at 1Δ propose Ada \"put"), ["\"put x 1\""]);
    assert_eq!(words("at 1Δ leader N"), ["none"]);
    assert_eq!(words("at 1Δ cut Ada->B"), ["Bob"]);
    assert_eq!(words("at 1Δ cut Ada"), ["Ada"]);
    assert_eq!(words("at 1Δ timeout Ada ph"), ["\"phase 1\"", "\"phase 2\""]);
    assert_eq!(words("at 1Δ timeout Ada \"ph"), ["\"phase 1\"", "\"phase 2\""]);
    assert_eq!(words("at 1Δ inject NextBallot Ada->Bob 5.Ada "), ["after"]);
    assert_eq!(words("drop NextB"), ["NextBallot"]);
    assert_eq!(words("drop Prep"), ["Prepare"]);
    assert_eq!(words("drop NextBallot Ada->"), ["Ada", "Bob", "3"]);
    assert_eq!(words("delay LastVote Bob->A"), ["Ada"]);
    assert_eq!(words("delay Ada->"), ["Ada", "Bob", "3"]);
    assert_eq!(words("quorum sets Ada Bob | 3"), ["3"]);
    assert_eq!(words("quorum weights Ada=1 Bob=1 n"), ["need"]);
    let column = |line: &str| offered(line).column;
    assert_eq!((column("at 1Δ cut Ada->B"), column("protocol ")), (16, 10));
}

#[test]
fn nothing_is_offered_in_texts_comments_and_numbers() {
    for line in [
        "title A pro",
        "about ",
        "caption 1Δ c",
        "# pro",
        "protocol basic # b",
        "at ",
        "at 1",
        "seed ",
        "until 1",
        "delta ",
    ] {
        assert_eq!(words(line), [""; 0], "{line}");
    }
    assert_eq!(words("at 1Δ propose Ada \"put x 1\""), [""; 0], "a value that is closed");
}

#[test]
fn what_a_line_needs_is_told_from_what_it_can_do_without() {
    for line in ["protocol ", "at 1Δ ", "at 1Δ crash ", "at 1Δ partition Ada | ", "drop NextBallot Ada->"] {
        assert!(offered(line).is_needed, "{line}");
    }
    for line in ["at 1Δ crash Ada ", "at 1Δ partition Ada ", "at 1Δ heal ", "delay "] {
        assert!(!offered(line).is_needed, "{line}");
    }
}

#[test]
fn numbered_nodes_have_their_names_and_a_first_line_its_own() {
    let text = "paxos-playground 1\nnodes 28\nleader A\n";
    let list: Vec<_> = hints(text, 3, 9).list.into_iter().map(|hint| hint.word).collect();
    assert_eq!(list, ["A", "A1"]);
    assert_eq!(hints("", 1, 1).list[0].word, "paxos-playground 1");
    let huge = hints("paxos-playground 1\nnodes 4000000000\nleader \n", 3, 8).list;
    assert_eq!(huge.len(), crate::types::NODES_MAX + 1);
}

#[test]
fn a_word_means_what_its_table_says() {
    let line = "option success piggyback";
    let text = format!("{SCRIPT}{line}\nat 1Δ propose Bob \"put x 1\" # red\ndelay 0.5Δ\n\n");
    let about = |line, column| help(&text, line, column).map(|help| help.about);
    assert!(about(5, 1).is_some_and(|about| about == "option NAME VALUE: a choice that the protocol offers"));
    assert!(about(5, 9).is_some_and(|about| about.contains("Success")), "{:?}", about(5, 9));
    assert!(about(2, 12).is_some_and(|about| about.contains("Many decrees")), "{:?}", about(2, 12));
    let propose = "propose NODE VALUE: somebody asks A to have this decree passed";
    assert_eq!((about(6, 7).as_deref(), about(6, 13).as_deref()), (Some(propose), Some(propose)));
    assert_eq!(about(6, 15).as_deref(), Some("a node of this script"));
    assert!(about(6, 19).is_some_and(|about| about.starts_with("put KEY VALUE: ")), "a command of the service");
    let plain = text.replace("put x 1", "red");
    assert_eq!(help(&plain, 6, 20).map(|help| help.about).as_deref(), Some(propose), "a word of no table is its act's");
    assert!(about(6, 1).is_some_and(|about| about.starts_with("at TIME ACT: ")));
    assert_eq!(about(6, 31), None, "a comment");
    assert_eq!(about(7, 7).map(|about| about.lines().count()), Some(3), "each form of delay has a line");
    assert_eq!((about(8, 1), about(99, 1), about(5, 7)), (None, None, None));
    assert_eq!(help(&text, 5, 10), Some(Help { start: 8, end: 15, about: about(5, 10).expect("it is known") }));
}

/// The sorts of a line's parts.
fn sorts(line: &str) -> String {
    tokens(line).iter().map(|token| token.sort.name()).collect::<Vec<_>>().join(" ")
}

#[test]
fn lines_have_their_colours() {
    let act = sorts("at 1.5Δ crash C before-send  # so");
    assert_eq!(act, "keyword number act name name comment");
    assert_eq!(sorts("at 0 propose A \"a \\\" # b\""), "keyword number act name quoted");
    assert_eq!(sorts("drop Voted A->B #2 # two"), "keyword name name sign name number comment");
    assert_eq!(sorts("nodes A B #2"), "keyword name name comment");
    assert_eq!(sorts("title Two # not a comment"), "keyword prose");
    assert_eq!(sorts("wait 3Δ Now crash A."), "keyword number prose");
    assert_eq!(sorts("delay 20ms..0.1s"), "keyword number sign number");
    assert_eq!(sorts("loss A→B 2.5%"), "keyword name sign name number");
    assert_eq!(sorts("dealy 1Δ"), "name number");
    assert_eq!(sorts("paxos-playground 1"), "keyword number");
    let places: Vec<_> = tokens(" at 1Δ cut Ä->B").iter().map(|token| (token.start, token.end)).collect();
    assert_eq!(places, [(2, 4), (5, 7), (8, 11), (12, 13), (13, 15), (15, 16)]);
}

#[test]
fn every_place_of_every_scenario_has_help_and_no_panic() {
    for built_in in LIBRARY {
        for (line, text) in (1..).zip(built_in.text.lines()) {
            for column in 0..text.chars().count() + 3 {
                hints(built_in.text, line, column);
                help(built_in.text, line, column);
            }
            let mut end = 1;
            for token in tokens(text) {
                assert!(token.start >= end && token.end > token.start, "{text}");
                end = token.end;
            }
        }
    }
}

#[test]
fn what_is_offered_is_read_by_the_parser() {
    for hint in offered("at 2Δ propose Ada ").list {
        let text = format!("{SCRIPT}at 2Δ propose Ada {}\n", hint.word);
        Scenario::read(&text).unwrap_or_else(|error| panic!("{error}: {}", hint.word));
    }
    for line in ["protocol ", "service "] {
        for hint in offered(line).list {
            let text = format!("paxos-playground 1\nnodes 3\n{line}{}\n", hint.word);
            Scenario::read(&text).unwrap_or_else(|error| panic!("{error}: {}", hint.word));
        }
    }
}

#[test]
fn long_and_strange_texts_get_bounded_help() {
    let long = format!("{SCRIPT}title {}\n", "x ".repeat(limits::TEXT_BYTES));
    assert_eq!(hints(&long, 2, 10).list, []);
    assert_eq!(help(&long, 2, 10), None);
    assert!(tokens(&"a ".repeat(100_000)).len() <= COLUMNS);
    for noise in [
        "\u{1F9FF}%\\x\"",
        "\"\\",
        "#",
        "at \u{0} \u{feff}->",
        "->->|",
        "quorum weights =",
        "\r",
        "nodes #",
        "option \"",
    ] {
        for column in 0..20 {
            tokens(noise);
            hints(noise, 1, column);
            let text = format!("{noise}\n{noise}\n");
            hints(&text, 2, column);
            help(&text, 2, column);
        }
    }
}
