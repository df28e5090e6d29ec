//! The guard-removal lab: for each rule that safety rests on there is a built-in scenario without the rule, in which the
//! right check turns red at the right event; with the rule on, the same script is green.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::check::{CHECKS, Verdict, check};
use paxos_playground::latency::decisions;
use paxos_playground::protocol::PROTOCOLS;
use paxos_playground::scenario::library::{BuiltIn, LIBRARY, find};
use paxos_playground::scenario::{Scenario, Script, Statement};
use paxos_playground::sim::Run;

/// The rule, the check that turns red first, the line of the trace at which it turns red, and the other checks that turn
/// red.
const LAB: &[(&str, &str, &str, &[&str])] = &[
    ("promise", "B3", "8 B voted 1.A \"red\"", &["agreement", "promise", "monotone"]),
    ("max-vote", "B3", "8 C began 2.C \"blue\" with quorum A C", &["agreement"]),
    ("highest", "B3", "12.5 A began 3.A \"red\" with quorum A B", &["agreement"]),
    ("majority", "B2", "3 C began 1.C \"blue\" with quorum C D", &["agreement"]),
    ("unique-ballots", "B1", "2.5 B began 1.A \"blue\" with quorum B C", &["agreement"]),
    ("memory", "promise", "7 B promised 1.C, last vote null", &["B3", "agreement"]),
    ("one-ballot", "learned-only-if-chosen", "6.5 C learned [1] \"red\" by ballot 2.C", &[]),
    ("in-order", "prefix", "6.5 C apply [2] \"deposit ann 50\": no account ann", &["state"]),
    ("once", "at-most-once", "6.5 A apply [2] \"add x 1\": 2", &[]),
    (
        "whole-quorum",
        "one-configuration",
        "3 A began [1] 2.A \"red\" with quorum A",
        &["B2", "agreement", "learned-only-if-chosen", "prefix", "state"],
    ),
    (
        "change-decided",
        "one-configuration",
        "3 A configured [2]… mains A, auxiliaries none",
        &["B2", "agreement", "learned-only-if-chosen", "ordering"],
    ),
    ("mains-know", "forgotten-only-if-known", "8 X forgot its votes up to [1]", &[]),
    (
        "closed",
        "promise",
        "13 X promised [1]… 2.B, no other votes",
        &["B3", "agreement", "one-configuration", "ordering", "prefix", "state"],
    ),
    (
        "own-vote",
        "gathered",
        "6 C gathered [1] 1.A A#1, votes of B C",
        &["agreement", "learned-only-if-chosen", "ordering", "prefix", "state"],
    ),
    ("fresh-ids", "ids", "11 A names A#1 \"blue\"", &["agreement", "learned-only-if-chosen", "prefix", "state"]),
    (
        "ask-first",
        "learned-only-if-chosen",
        "7 C learned [1] olive-day by ballot 1.A",
        &["agreement", "prefix", "state"],
    ),
    ("fast-quorum", "B2", "6 C began 6.C \"blue\" with quorum A C", &["B3", "agreement"]),
    ("vote-once", "vote-once", "5.5 B voted 1.A \"blue\"", &["agreement"]),
    ("pick", "B3", "6 D began 8.D \"blue\" with quorum A B D", &["agreement"]),
    ("conflicts", "prefix", "6 A apply \"put x 1\": ok", &["state"]),
    ("grow", "grow", "6.9 B voted 2.A \"put x 1\"", &[]),
    ("proposed", "validity", "5 A voted 1.A \"put x 1\" • \"put y 1\"", &[]),
    (
        "commit",
        "learned-only-if-chosen",
        "2.4 B learned [1] \"red\" by ballot 1.A",
        &["agreement", "ordering", "prefix", "state"],
    ),
    (
        "backups-prepare",
        "B1",
        "3.5 C certified [1] 1.A \"blue\" by A C",
        &["B2", "B3", "agreement", "certified", "prefix", "state"],
    ),
    ("large-quorum", "B2", "2 C certified [1] 1.A \"blue\" by A C", &["B1", "agreement", "prefix", "state"]),
    ("more-than-thrice", "B2", "2 C certified [1] 1.A \"blue\" by A C", &["B1", "agreement", "prefix", "state"]),
    ("equal-replies", "replies", "4.5 E result of \"add x 1\" is 3250", &[]),
    ("window", "window", "2 B believes [9] 1.A \"blue\" with nothing before", &[]),
    ("whole-view", "B3", "27 D began [1] 4.D \"blue\" with a proof of A D", &["B2"]),
    ("last-vote", "B3", "6.5 D voted 1.A \"put x 2\" • \"put x 1\" • \"put y 1\"", &["agreement", "grow"]),
    ("signed", "B3", "8 C believes 2.B \"blue\" with a proof of A B C D E", &[]),
    ("learn-quorum", "B2", "7 B began 2.B \"blue\" with a proof of A B C E F", &["B3", "agreement"]),
    ("enough-acceptors", "B2", "7 B began 2.B \"blue\" with a proof of A B C E", &["B3", "agreement"]),
    ("one-truthful", "B1", "1 F voted [1] 1.A \"blue\"", &["agreement", "prefix", "state"]),
    ("certificate", "B2", "7 B began 2.B \"blue\" with a proof of A B C F", &["B3", "agreement"]),
    ("vouching", "B3", "8 A believes 2.B \"blue\" with a proof of A B C D E", &["agreement"]),
];

fn script(rule: &str) -> Script {
    let built_in = find(&format!("without-{rule}")).unwrap_or_else(|| panic!("no scenario without {rule}"));
    Script::parse(built_in.text).expect("a built-in script")
}

fn red(script: &Script) -> (Run, Vec<Verdict>) {
    let run = Run::of(Scenario::of(script).expect("a built-in script"));
    let verdicts = check(run.trace()).into_iter().filter(|verdict| !verdict.holds()).collect();
    (run, verdicts)
}

#[test]
fn without_a_rule_the_right_check_turns_red_at_the_right_event() {
    for (rule, name, line, others) in LAB {
        let (run, red) = red(&script(rule));
        let event = |verdict: &Verdict| verdict.violation.as_ref().expect("it is red").event;
        let first = red.iter().map(event).min().unwrap_or_else(|| panic!("nothing is red without {rule}"));
        let found = red.iter().find(|verdict| verdict.check.name == *name).unwrap_or_else(|| panic!("{rule}: {red:?}"));
        assert_eq!(event(found), first, "without {rule}, {name} is not the first to turn red");
        let words: Vec<_> = run.trace().line(first).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), *line, "without {rule}");
        let rest: Vec<_> = red.iter().map(|verdict| verdict.check.name).filter(|other| other != name).collect();
        assert_eq!(rest, *others, "without {rule}");
    }
}

#[test]
fn with_the_rule_the_same_script_is_green() {
    for (rule, ..) in LAB {
        let mut script = script(rule);
        let is_off = |statement: &Statement| matches!(statement, Statement::Without(off, _) if off == rule);
        let lines = script.lines.len();
        script.lines.retain(|line| !line.statement.as_ref().is_some_and(is_off));
        assert_eq!(script.lines.len(), lines - 1, "{rule} is switched off once");
        let (_, red) = red(&script);
        assert!(red.is_empty(), "{rule}: {red:?}");
    }
}

/// The same holds for every built-in run with a rule off, also for those with several, and for those under another name.
#[test]
fn with_all_rules_every_run_without_some_is_green() {
    let is_lawless = |built_in: &&BuiltIn| built_in.text.contains("\nwithout ");
    for built_in in LIBRARY.iter().filter(is_lawless) {
        let mut script = Script::parse(built_in.text).expect("a built-in script");
        script.lines.retain(|line| !matches!(line.statement, Some(Statement::Without(..))));
        let (_, red) = red(&script);
        assert!(red.is_empty(), "{}: {red:?}", built_in.name);
    }
}

#[test]
fn every_rule_of_every_protocol_is_in_the_lab() {
    for guard in PROTOCOLS.iter().flat_map(|protocol| protocol.guards) {
        assert!(LAB.iter().any(|(rule, ..)| *rule == guard.info().name), "{} is missing", guard.info().name);
    }
}

/// The rules of PBFT that other protocols have as well, each with a built-in script or one of its own, and the check that turns
/// red first.
const PBFT: &[(&str, &str, &str)] = &[
    ("promise", "pbft-old-view", "promise"),
    ("highest", "pbft-lowest", "B3"),
    ("vote-once", "pbft-two-orders", "vote-once"),
    ("memory", "pbft-forgetful", "promise"),
];

#[test]
fn pbft_needs_each_of_its_rules() {
    for (rule, lines, check) in PBFT {
        let text = find(lines).map_or_else(
            || format!("paxos-playground 1\nprotocol pbft\nwithout {rule}\n{lines}"),
            |built_in| built_in.text.to_owned(),
        );
        let mut script = Script::parse(&text).expect("a good script");
        let (_, found) = red(&script);
        let event = |verdict: &Verdict| verdict.violation.as_ref().expect("it is red").event;
        let first = found
            .iter()
            .min_by_key(|verdict| event(verdict))
            .unwrap_or_else(|| panic!("nothing is red without {rule}"));
        assert_eq!(first.check.name, *check, "without {rule}: {found:?}");
        script.lines.retain(|line| !matches!(line.statement, Some(Statement::Without(..))));
        let (_, found) = red(&script);
        assert!(found.is_empty(), "with {rule}: {found:?}");
    }
}

const LEDGER_CLASH: &str = "nodes A B C D X Y\nclients X Y\nat 4 propose X red\nat 4 propose Y blue\n\
                            delay Request X->C #1 1.5\ndelay Request X->D #1 1.5\n\
                            delay Request Y->A #1 1.4\ndelay Request Y->B #1 1.4\n\
                            delay BeginBallot A->B #1 1.5\ndelay BeginBallot A->D #1 1.5\n";

/// Each rule of a ledger of fast instances, a script of its own or a built-in one, and the check that turns red first.
const LEDGER: &[(&str, &str, &str)] = &[
    ("promise", "without-promise", "promise"),
    ("unique-ballots", "nodes A B C\nleader A B\nat 4 propose A red\n", "B1"),
    (
        "memory",
        "nodes A B C X\nclients X\nat 4 propose X red\ndrop Request X->A #1\ndrop Request X->C #1\n\
         at 5.1 crash B\nat 5.2 restart B\nat 6 leader C\n",
        "promise",
    ),
    ("one-ballot", LEDGER_CLASH, "learned-only-if-chosen"),
    (
        "in-order",
        "nodes A B C X\nclients X\nat 4 propose X red\nat 4.5 propose X blue\ndelay Voted A->C #1 2\n",
        "prefix",
    ),
    (
        "once",
        "nodes A B C X\nclients X\nat 4 propose X red\nduplicate Request X->A #1 +0.5\n\
         duplicate Request X->B #1 +0.5\nduplicate Request X->C #1 +0.5\n",
        "at-most-once",
    ),
    ("fast-quorum", "without-fast-quorum", "B2"),
    ("vote-once", "without-vote-once", "vote-once"),
    ("pick", "without-pick", "B3"),
];

#[test]
fn a_ledger_of_fast_instances_needs_each_of_its_rules() {
    for (rule, lines, check) in LEDGER {
        let text = find(lines).map_or_else(
            || format!("paxos-playground 1\nwithout {rule}\n{lines}"),
            |built_in| built_in.text.to_owned(),
        );
        let mut script = Script::parse(&text).expect("a good script").under("fast-log");
        let (_, found) = red(&script);
        let first = found.iter().min_by_key(|verdict| verdict.violation.as_ref().map(|violation| violation.event));
        assert_eq!(first.map(|verdict| verdict.check.name), Some(*check), "without {rule}: {found:?}");
        script.lines.retain(|line| !matches!(line.statement, Some(Statement::Without(..))));
        let (_, found) = red(&script);
        assert!(found.is_empty(), "with {rule}: {found:?}");
    }
    let rules = PROTOCOLS.iter().find(|protocol| protocol.name == "fast-log").expect("in the registry").guards;
    assert_eq!(rules.len(), LEDGER.len());
}

/// Scenarios for single checks: the check, the line of the trace at which it turns red, and every check that is red.
const BY_CHECK: &[(&str, &str, &str, &[&str])] = &[
    (
        "ordering-in-halves",
        "ordering",
        "10 C learned [1] \"z\" by ballot 1.C",
        &["B2", "agreement", "ordering", "prefix", "state"],
    ),
    ("flexible-sum-is-n", "B2", "4 C began 1.C \"blue\" with quorum C D", &["B2", "agreement"]),
    ("without-memory-of-one", "promise", "7 C promised 1.D, last vote null", &["B3", "agreement", "promise"]),
    ("restart-empty", "B1", "8 A began 1.A \"blue\" with quorum A C", &["B1", "agreement"]),
    (
        "forgotten-too-early",
        "agreement",
        "16 B learned [1] \"blue\" by ballot 2.B",
        &["B3", "agreement", "promise", "forgotten-only-if-known", "ordering", "prefix", "state"],
    ),
    ("fab-two-liars", "B2", "8 C believes 2.B \"blue\" with a proof of A B C E F", &["B2", "B3", "agreement"]),
    (
        "cheap-broken-promise",
        "B3",
        "9 B voted [1] 1.A \"red\"",
        &["B3", "agreement", "promise", "monotone", "prefix", "state"],
    ),
    ("fast-unowned-rounds", "B1", "2 D began 1.A any with quorum A C D", &["B1"]),
    ("fast-mixed-rounds", "learned-only-if-chosen", "8.5 C learned \"red\" by ballot 6.C", &["learned-only-if-chosen"]),
    (
        "generalized-majority",
        "B2",
        "6 C began 6.C \"put x 2\" • \"put x 1\" with quorum B C",
        &["B2", "B3", "agreement", "prefix", "state"],
    ),
    (
        "generalized-mixed-ballots",
        "learned-only-if-chosen",
        "8.5 C learned \"put x 1\" by ballot 6.C",
        &["learned-only-if-chosen"],
    ),
    ("pbft-too-many-liars", "stable", "4 A stable [2], history 3a4e, with a proof of B C", &["stable"]),
    (
        "u-ring-stale-count",
        "gathered",
        "8.5 B gathered [1] 1.A A#1, votes of A B",
        &["agreement", "learned-only-if-chosen", "gathered"],
    ),
    ("vote-nobody-began", "validity", "1 B voted 2.C \"ghost\"", &["validity", "voted-only-if-begun"]),
    ("vote-nobody-began", "voted-only-if-begun", "1 B voted 2.C \"ghost\"", &["validity", "voted-only-if-begun"]),
];

#[test]
fn a_scenario_for_a_check_turns_it_red_at_the_right_event() {
    for (name, check, line, all) in BY_CHECK {
        let script = Script::parse(find(name).expect("built in").text).expect("a built-in script");
        let (run, red) = red(&script);
        let found =
            red.iter().find(|verdict| verdict.check.name == *check).unwrap_or_else(|| panic!("{name}: {red:?}"));
        let event = found.violation.as_ref().expect("it is red").event;
        let words: Vec<_> = run.trace().line(event).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), *line, "{name}");
        assert_eq!(red.iter().map(|verdict| verdict.check.name).collect::<Vec<_>>(), *all, "{name}");
    }
}

/// Scenarios in which one disk alone is lost or a rule is off, the line that does it, and what replaces this line where the
/// disk or the rule is kept.
const MENDED: &[(&str, &str, &str)] = &[
    ("without-memory-of-one", "without   memory C\n", ""),
    ("restart-empty", "restart A empty\n", "restart A\n"),
    ("fast-unowned-rounds", "without   unique-ballots\n", ""),
    ("fast-mixed-rounds", "without   one-ballot\n", ""),
    ("generalized-majority", "without   fast-quorum\n", ""),
    ("generalized-mixed-ballots", "without   one-ballot\n", ""),
];

#[test]
fn with_the_disk_or_the_rule_the_same_script_is_green() {
    for (name, lost, kept) in MENDED {
        let text = find(name).expect("built in").text;
        assert!(text.contains(lost), "{name}");
        let (_, red) = red(&Script::parse(&text.replace(lost, kept)).expect("a script"));
        assert!(red.is_empty(), "{name}: {red:?}");
    }
}

/// One number stands for two ballots here: the figures of each decree are those of the ballot that passed it.
#[test]
fn where_a_number_is_used_twice_the_figures_are_those_of_the_right_ballot() {
    let begin = |name: &str| {
        let run = Run::of(Scenario::read(find(name).expect("built in").text).expect("a script").1);
        let symbols = &run.scenario().symbols;
        let told = decisions(run.trace()).into_iter().map(|decision| {
            let span = decision.from_begin().leader.map(|span| format!(" {span}Δ")).unwrap_or_default();
            format!("{} {}{span}", symbols.value(decision.vote.value), symbols.node(decision.proposer))
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(begin("restart-empty"), ["red A 2Δ", "blue A 2Δ"]);
    assert_eq!(begin("without-unique-ballots"), ["red A 2Δ", "blue B 2Δ"]);
}

#[test]
fn every_check_has_a_built_in_scenario_that_turns_it_red() {
    let scripts = LIBRARY.iter().map(|built_in| Script::parse(built_in.text).expect("a built-in script"));
    let red: Vec<&str> = scripts.flat_map(|script| red(&script).1).map(|verdict| verdict.check.name).collect();
    for check in CHECKS {
        assert!(red.contains(&check.name), "{} is never red", check.name);
    }
}

#[test]
fn every_other_built_in_scenario_is_green() {
    for built_in in LIBRARY {
        let script = Script::parse(built_in.text).expect("a built-in script");
        let is_off = script.lines.iter().any(|line| matches!(line.statement, Some(Statement::Without(..))));
        let is_broken = is_off || BY_CHECK.iter().any(|(name, ..)| *name == built_in.name);
        let (_, red) = red(&script);
        assert_eq!(is_broken, !red.is_empty(), "{}: {red:?}", built_in.name);
    }
}

/// The rules that Fast Byzantine Paxos shares with other protocols, with scenarios of its own: the check that turns red first.
const BYZANTINE: &[(&str, &str, &str)] =
    &[("promise", "fab-broken-promise", "promise"), ("vote-once", TWO_VALUES, "vote-once")];

/// The leader lies, and proposes a second value half a Δ later.
const TWO_VALUES: &str = "paxos-playground 1\nprotocol fab\nwithout vote-once\nnodes 6\nliars A\nat 0 propose A red\n\
                          at 0.5 inject Propose A->B 1.A \"blue\"\nat 0.5 inject Propose A->C 1.A \"blue\"\n";

#[test]
fn fast_byzantine_paxos_needs_the_rules_of_others_too() {
    for (rule, name, check) in BYZANTINE {
        let text = find(name).map_or(*name, |built_in| built_in.text);
        let mut script = Script::parse(text).expect("a good script");
        let (_, found) = red(&script);
        let first = found.iter().min_by_key(|verdict| verdict.violation.as_ref().map(|violation| violation.event));
        assert_eq!(first.map(|verdict| verdict.check.name), Some(*check), "without {rule}: {found:?}");
        script.lines.retain(|line| !matches!(line.statement, Some(Statement::Without(..))));
        let (_, found) = red(&script);
        assert!(found.is_empty(), "with {rule}: {found:?}");
    }
}
