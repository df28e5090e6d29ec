//! What conditions are read as, and where their mistakes are.

use super::vocabulary::{COLLECTIONS, FIGURES};
use super::{DEEDS, Permission, Who};
use crate::scenario::{Scenario, Script, Statement, limits};

/// The mistake in a script that has this line as its third.
fn mistake(line: &str) -> (usize, usize, String) {
    let text = format!("paxos-playground 1\nnodes A B C\n{line}\nat 0Δ propose A red\n");
    let Err(error) = Scenario::read(&text) else { panic!("{line}: no mistake") };
    (error.line, error.column, error.message)
}

fn is_read(condition: &str) {
    let text = format!("paxos-playground 1\nnodes A B C\ndelta 100ms\ngoal \"So it is\": {condition}\n");
    if let Err(error) = Scenario::read(&text) {
        panic!("{condition}: {error}");
    }
}

#[test]
fn conditions_of_every_sort_are_read() {
    for condition in [
        "votes > 0 and decisions = 0",
        "some b in ballots: b.votes = 2 and not b.abandoned",
        "not not some d in decisions: d.value = 'put y 2' and d.proposer != A",
        "some d in decisions where d.value = \"red\": d.latency.from_election.all = 9Δ",
        "every c in checks: c.name != \"agreement\" or not c.violated",
        "(count m in messages: m.kind = \"Accept\" and m.lost) >= 2",
        "end <= 2s + 1Δ - 100ms",
        "largest b in ballots: b.ballot != \"2.B\"",
        "(largest b in ballots: b.votes) - (smallest b in ballots: b.votes) = k",
        "(some n in nodes: n.up) = (crashed = 0)",
        "some d in decisions: some l in learned: some v in votes: v.value = d.value and l.node = v.node",
        "some l in lines: l.kind = none",
        "A = \"A\"",
    ] {
        is_read(condition);
    }
}

#[test]
fn every_name_of_the_vocabulary_can_be_named() {
    for figure in FIGURES {
        is_read(&format!("{} != none", figure.name));
    }
    for collection in COLLECTIONS {
        is_read(&format!("{} >= 0", collection.name));
        for field in collection.fields {
            is_read(&format!("some x in {}: x.{} = none", collection.name, field.name));
        }
    }
}

#[test]
fn a_mistake_has_its_place_and_a_suggestion() {
    let cases = [
        (
            "goal \"x\": decision > 0",
            11,
            "“decision” is neither a figure nor a collection nor a node; did you mean decisions?",
        ),
        (
            "goal   \"a: \\\"b\\\"\":   k = 1Δ",
            24,
            "a number cannot be compared with a time; a time has its unit, as in 9Δ",
        ),
        ("goal \"x\": some d in decisions: d.stal = 1", 32, "decisions have no “stal”; they have instance, value"),
        (
            "goal \"x\": some d in decisons: d.stale = 1",
            21,
            "“decisons” is no collection; there are decisions, learned",
        ),
        (
            "goal \"x\": some c in checks: c.name = \"agrement\"",
            38,
            "“agrement” is not a check; did you mean agreement?",
        ),
        ("goal \"x\": some d in decisions: d.proposer = \"D\"", 45, "no node is called “D”"),
        ("goal \"x\": some d in decisions: d.ballot = \"2.D\"", 43, "“2.D” is no ballot of this script"),
        (
            "goal \"x\": some m in messages: m.kind = \"Voten\"",
            40,
            "“Voten” is not a kind of message; did you mean Voted?",
        ),
        ("goal \"x\": some d in decisions: d.value < \"red\"", 40, "only numbers, times and ballots are less or more"),
        ("goal \"x\": end > 2.5", 17, "2.5 is no whole number; a time has its unit: 2.5Δ"),
        ("goal \"x\": k = \"two\"", 15, "a number cannot be compared with a text"),
        ("goal \"x\": \"a\" = \"b\"", 15, "one side of a comparison says what to look at"),
        ("goal \"x\": k", 11, "this is a number, and no condition"),
        ("goal \"x\": k = 1 = 2", 17, "a comparison has two sides"),
        ("goal \"x\": k = 1 k", 17, "expected “and”, “or” or the end of the condition, found “k”"),
        ("goal \"x\": k + end = 2", 13, "only two numbers or two times can be added"),
        ("goal \"x\": (k = 1", 17, "expected a closing parenthesis, found the end of the condition"),
        ("goal \"x\": k = @", 15, "“@” means nothing here"),
        ("goal \"x\": some k in votes: k.time = none", 16, "a row cannot be called “k”"),
        ("goal \"x\": some v in votes: v = none", 28, "v is a whole row; name one of its fields"),
        ("goal \"x\": (each v in votes: v.node) = none", 37, "a list with “each” is for sentences"),
        ("goal \"x\": k = 99999999999", 15, "a number is at most 1000000000"),
        ("goal \"x\": (smallest v in votes: v.node) = A", 33, "only numbers, times and ballots have a largest"),
        ("goal \"x\": k > 0 else \"{k} and {kk}\"", 31, "“kk” is neither a figure"),
        ("goal \"x\": k > 0 else \"{{k}} and {k\"", 33, "a brace belongs to a pair"),
        ("goal 1001 \"x\": k > 0", 6, "a goal is worth at most 1000 points"),
        ("goal x: k > 0", 6, "expected what is so when the goal is reached, in quotes, found “x:”"),
        ("goal \"x\" k > 0", 10, "expected a colon, and what has to be so, found “k”"),
        ("goal \"x\": ", 10, "expected what has to be so, as in decisions > 0, found the end of the line"),
        (
            "goal \"x\": k > 0 else done",
            22,
            "expected a sentence in quotes, for whoever has not reached it, found “done”",
        ),
        ("allow crash before soon", 20, "“soon” is not a time"),
        ("allow crash 99999999999", 13, "“99999999999” is too large a number"),
        ("allow crush", 7, "“crush” is no kind of line that can be allowed; did you mean crash?"),
        ("allow crash D", 13, "no node is called “D”; the nodes are A, B, C"),
        ("allow crash A->B", 7, "“crash” is about a node, as in crash A"),
        ("allow drop A", 7, "“drop” is about a link, as in drop A->*"),
        ("allow partition A", 7, "of “partition” it cannot be said whom it is about"),
        ("allow drop before 1Δ", 7, "a line “drop” has no instant"),
    ];
    for (line, column, message) in cases {
        let found = mistake(line);
        assert!(found.2.contains(message), "{line}\n{}", found.2);
        assert_eq!((found.0, found.1), (3, column), "{line}: {message}");
    }
}

#[test]
fn goals_are_bounded() {
    let nested = "goal \"x\": some a in votes: some b in votes: some c in votes: some d in votes: d.time = c.time";
    assert!(mistake(nested).2.contains("nested at most 3 deep"));
    let deep =
        format!("goal \"x\": {}k = 1{}", "(".repeat(limits::PARENTHESES + 1), ")".repeat(limits::PARENTHESES + 1));
    assert!(mistake(&deep).2.contains("nested at most 16 deep"));
    let long = format!("goal \"x\": k = 1{}", " or k = 1".repeat(200));
    assert_eq!(mistake(&long).2, "a condition has at most 1000 characters");
    assert_eq!(mistake(&format!("goal \"{}\": k = 1", "x".repeat(241))).2, "a goal’s text has at most 240 characters");
    assert_eq!(mistake(&"goal \"x\": k = 1\n".repeat(21)).2, "a script has at most 20 goals");
    assert_eq!(mistake(&format!("allow {}drop", "drop, ".repeat(100))).2, "a script allows at most 100 kinds of lines");
}

#[test]
fn lines_print_as_they_are_read() {
    let text = "paxos-playground 1\nnodes     A B C\ngoal      \"Somebody votes\": votes > 0\n\
                goal      2 \"It \\\"passes\\\"\": some d in decisions: d.value = \"# else\"  and k = 0 else \"{k} # \\\\ {{}}\"  # so\n\
                allow     drop, crash A before 1.5Δ, crash A before 1.5Δ 2, inject A->*, delay *->B 3, delays\n";
    let (script, scenario) = Scenario::read(text).expect("it is a script");
    assert_eq!(script.to_string(), text);
    assert_eq!(Script::parse(&script.to_string()).as_ref(), Ok(&script));
    assert_eq!(scenario.goals.iter().map(|goal| goal.points).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(scenario.allowed.len(), 6);
    assert_eq!(scenario.said, [(1, None), (2, Some("nodes"))]);
    let times = "paxos-playground 1\nnodes     A B C\ndelta     100ms\nallow     crash before 50ms\n";
    assert_eq!(Script::parse(times).expect("a script").to_string(), times);
}

#[test]
fn a_permission_covers_the_lines_that_it_names() {
    let line = |text: &str| {
        let script = Script::parse(&format!("paxos-playground 1\n{text}\n")).expect(text);
        script.lines[0].statement.clone().expect("a statement")
    };
    let permission = |text: &str| {
        let Statement::Allow(mut permissions) = line(&format!("allow {text}")) else { panic!("{text}") };
        permissions.pop().expect("one")
    };
    let cases = [
        ("crash", "at 1Δ crash A", true),
        ("crash", "at 1Δ crash A before-send", true),
        ("crash", "at 1Δ restart A", false),
        ("crash A", "at 1Δ crash B", false),
        ("crash A before 1Δ", "at 1Δ crash A", false),
        ("crash A before 1Δ", "at 0.999999Δ crash A", true),
        ("leader A", "at 1Δ leader A", true),
        ("leader A", "at 1Δ leader A B", false),
        ("leader", "leader A", false),
        ("leaders", "leader A", true),
        ("drop A->*", "drop Voted A->B", true),
        ("drop A->*", "drop Voted B->A", false),
        ("drop *->A", "drop Voted B->A", true),
        ("delay", "delay A->B 0.5Δ", false),
        ("delays", "delay A->B 0.5Δ", true),
        ("delay", "delay Voted A->B 0.5Δ", true),
        ("cut A->B", "at 1Δ cut A->B", true),
        ("inject A->*", "at 1Δ inject NextBallot A->B 5.A", true),
        ("inject A->*", "at 1Δ inject NextBallot B->A 5.B", false),
        ("heal", "at 1Δ heal A->B", true),
        ("nodes", "nodes 5", true),
    ];
    for (allowed, added, covers) in cases {
        assert_eq!(permission(allowed).covers(&line(added)), covers, "{allowed}: {added}");
    }
    assert_eq!(
        permission("crash 2"),
        Permission { deed: "crash".into(), who: Who::Anybody, before: None, most: Some(2) }
    );
    let mut names: Vec<_> = DEEDS.iter().map(|deed| deed.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), DEEDS.len());
}
