//! The lessons as exercises: scripts with goals, which are solved by what solves the lesson and by nothing else.

use std::fs;

use paxos_playground::goal::exercise::Exercise;
use paxos_playground::lesson::{LESSONS, find};
use paxos_playground::protocol::Vocabulary;
use paxos_playground::scenario::script::HEADER;
use paxos_playground::scenario::{Script, Statement};
use paxos_playground::session::Session;

use super::root;

/// A lesson, lines that are put into its script, and whether that solves it. A line that begins with `-` is taken out.
type Try = (&'static str, &'static [&'static str], bool);

static TRIES: &[Try] = &[
    ("two-votes", &["quorum 4 2"], true),
    ("two-votes", &["quorum 5 1"], true),
    ("two-votes", &[], false),
    ("two-votes", &["quorum 3 2"], false),
    ("two-votes", &["quorum 2"], false),
    ("two-votes", &["quorum 4 2", "- at 12Δ leader C"], false),
    ("two-votes", &["quorum 4 2", "at 8Δ heal"], false),
    ("removal", &["at 2.5Δ crash B"], true),
    ("removal", &["at 2.5Δ crash X"], false),
    ("removal", &["at 2.5Δ crash A"], false),
    ("fast-round", &["at 3Δ propose X red"], true),
    ("fast-round", &["at 1Δ propose X red"], false),
    ("why-larger", &["at 4Δ propose X blue", "drop Voted B->C #1"], true),
    ("why-larger", &["at 4.2Δ propose X blue", "at 4Δ cut B->C"], true),
    ("why-larger", &[], false),
    ("why-larger", &["drop Voted B->C #1"], false),
    ("why-larger", &["at 8Δ propose X blue"], false),
    ("why-larger", &["at 4Δ propose X blue"], false),
    ("why-larger", &["at 4Δ propose X blue", "drop Voted B->A #1"], true),
    ("why-larger", &["at 4Δ propose X blue", "drop Voted B->C #1", "- without fast-quorum"], false),
    ("three-f-plus-one", &["nodes A B C D X"], true),
    ("three-f-plus-one", &[], false),
    ("three-f-plus-one", &["without fast-quorum"], false),
    ("three-f-plus-one", &["- at 3.5Δ crash B"], false),
    ("three-f-plus-one", &["protocol multi"], false),
    ("three-f-plus-one", &["nodes A B C D X", "at 3.5Δ crash D"], false),
    ("collision", &["at 4Δ propose Y blue", "drop Request X->C #1", "drop Request X->D #1"], true),
    ("collision", &["at 4Δ propose Y blue"], false),
    ("collision", &["at 4Δ propose Y blue", "drop Request X->D #1"], false),
    ("two-places", &[r#"at 4.2Δ propose Y "put x 1""#], true),
    ("two-places", &[], false),
    ("two-places", &[r#"at 4Δ propose Y "put x 1""#, r#"- at 9Δ propose X "get x""#], false),
    (
        "two-places",
        &[r#"at 4Δ propose Y "put x 1""#, "delay Request X->A #2 1.5Δ", "delay Request X->B #2 1.5Δ"],
        false,
    ),
    ("silent-primary", &["at 0.5Δ crash A"], true),
    ("silent-primary", &["at 2.5Δ crash A"], false),
    ("silent-primary", &["at 0.5Δ crash A", "at 0.5Δ crash B"], false),
    ("two-orders", &[r#"forge PrePrepare A->D #1 "blue""#], true),
    ("two-orders", &["forge PrePrepare A->D #1 silent"], false),
    ("two-things", &[r#"forge Propose A->E #1 "blue""#, r#"forge Propose A->F #1 "blue""#], true),
    ("two-things", &[r#"forge Propose A->F #1 "blue""#], false),
    (
        "kept",
        &[
            r#"forge Accepted A->C #1 "blue""#,
            r#"forge Accepted A->D #1 "blue""#,
            r#"forge Accepted A->E #1 "blue""#,
            r#"forge Accepted A->F #1 "blue""#,
        ],
        true,
    ),
    ("kept", &[], false),
    ("ask-directly", &["option requests direct", "at 8Δ propose Y blue"], true),
    ("ask-directly", &["option requests direct", "at 8.2Δ propose Y blue"], true),
    ("ask-directly", &[], false),
    ("ask-directly", &["at 8Δ propose Y blue"], false),
    ("ask-directly", &["option requests direct"], false),
    ("ask-directly", &["option requests direct", "at 12Δ propose Y blue"], false),
    ("choose-order", &["protocol generalized"], true),
    ("choose-order", &[], false),
    ("choose-order", &["protocol generalized", "- at 2Δ crash D"], false),
    ("choose-order", &["protocol generalized", "delay Y->A 1Δ"], false),
    ("choose-order", &["protocol generalized", "option c-struct sequence"], false),
    ("choose-idle", &["protocol cheap"], true),
    ("choose-idle", &[], false),
    ("choose-idle", &["quorum 1"], false),
    ("choose-idle", &["protocol cheap", "- at 8Δ crash B"], false),
    ("spare", &["at 4Δ crash D"], true),
    ("spare", &["at 7Δ crash E"], true),
    ("spare", &[], false),
    ("spare", &["at 4Δ crash B"], false),
    ("spare", &["at 4Δ crash D", "at 4Δ crash E"], false),
    ("spare", &["at 9Δ propose A blue"], false),
    ("farthest", &["at 6Δ propose B red"], true),
    ("farthest", &["at 6Δ propose A red"], false),
    ("farthest", &["at 6Δ propose E red"], false),
    ("farthest", &["at 6Δ propose B red", "at 6Δ propose C blue"], false),
    ("farthest", &["at 6Δ propose B red", "at 6Δ crash D"], false),
    ("choose-bytes", &["protocol u-ring"], true),
    ("choose-bytes", &["protocol m-ring"], true),
    ("choose-bytes", &[], false),
    ("choose-bytes", &["protocol broadcast"], false),
    ("choose-bytes", &["protocol pbft"], false),
    ("choose-bytes", &["protocol basic"], false),
    ("first-decree", &["at 1Δ propose B red"], true),
    ("first-decree", &[], false),
    ("minority", &["at 0.5Δ crash D", "at 0.5Δ crash E"], true),
    ("minority", &["at 0.5Δ crash D"], false),
    ("minority", &["at 3.5Δ crash D", "at 3.5Δ crash E"], false),
    ("no-success", &["at 2.5Δ partition A B | C D E"], true),
    ("no-success", &[], false),
    ("break-it", &["without max-vote"], true),
    ("break-it", &[], false),
    ("refuse", &["at 1.5Δ propose B blue"], true),
    ("refuse", &[], false),
    (
        "lost",
        &["drop NextBallot A->B #1", "drop NextBallot A->C #1", "drop NextBallot A->D #1", "at 6Δ propose A red"],
        true,
    ),
    ("lost", &["drop NextBallot A->B #1"], false),
    ("lost", &[], false),
    (
        "duel",
        &[
            "at 1.5Δ propose B b",
            "at 3Δ propose A a",
            "at 4.5Δ propose B b",
            "at 6Δ propose A a",
            "at 7.5Δ propose B b",
            "at 9Δ propose A a",
            "at 10.5Δ propose B b",
            "until 11Δ",
        ],
        true,
    ),
    ("duel", &[], false),
    ("nine-delta", &["delay NextBallot r->q #1 2.5Δ"], true),
    ("nine-delta", &[], false),
    ("three-delta", &["at 4Δ propose A second"], true),
    ("three-delta", &[], false),
    (
        "olive-day",
        &[
            "drop BeginBallot A->B #1",
            "drop BeginBallot A->C #1",
            "drop BeginBallot A->D #1",
            "drop BeginBallot A->E #1",
        ],
        true,
    ),
    ("olive-day", &[], false),
    ("followers-first", &["protocol broadcast"], true),
    ("followers-first", &[], false),
];

/// The lessons that are exercises too, each with its script.
fn exercises() -> Vec<(String, String)> {
    let folder = root().join("docs/courses/lessons");
    let files = fs::read_dir(folder).expect("the folder of the lessons").flatten();
    let mut exercises: Vec<_> = files
        .filter_map(|file| {
            let id = file.file_name().to_string_lossy().strip_suffix(".paxos")?.to_owned();
            Some((id, fs::read_to_string(file.path()).expect("a script")))
        })
        .collect();
    exercises.sort();
    exercises
}

/// The statement of a line.
fn statement(line: &str) -> Statement {
    let script = Script::parse(&format!("{HEADER}\n{line}\n")).unwrap_or_else(|error| panic!("{line}: {error}"));
    script.lines[0].statement.clone().expect("a statement")
}

/// The script that the lesson opens, with these lines in it.
fn script(lesson: &str, lines: &[&str]) -> String {
    let mut script = Script::parse(&LESSONS[find(lesson).expect("a lesson")].script()).expect("lessons open scripts");
    for line in lines {
        if let Some(gone) = line.strip_prefix("- ") {
            let gone = statement(gone);
            script.lines.retain(|line| line.statement.as_ref() != Some(&gone));
            continue;
        }
        match statement(line) {
            act @ (Statement::At(..) | Statement::Rule { .. }) => script.lines.push(act.into()),
            setting => script.set(setting),
        }
    }
    script.to_string()
}

/// Whether the lesson says that the script solves it, once it has been watched to its end.
fn solves(lesson: &str, script: &str) -> bool {
    let mut session = Session::open(script).unwrap_or_else(|error| panic!("{lesson}: {error}\n{script}"));
    while !session.judge(100_000) {}
    session.seek(session.end());
    LESSONS[find(lesson).expect("a lesson")].judge(&session, Vocabulary::default()).is_solved
}

#[test]
fn a_lesson_and_its_exercise_have_the_same_verdicts() {
    let exercises = exercises();
    let mut failed = Vec::new();
    for (id, text) in &exercises {
        let exercise = Exercise::read(text).unwrap_or_else(|error| panic!("{id}: {error}"));
        let tries = || TRIES.iter().filter(|(lesson, ..)| lesson == id);
        assert!(tries().any(|one| one.2) && tries().any(|one| !one.2), "{id} has no solution, or no wrong try");
        for (_, lines, expected) in tries() {
            let script = script(id, lines);
            let grade = exercise.grade(&script);
            let verdicts = (grade.points == grade.of, solves(id, &script));
            if verdicts != (*expected, *expected) {
                failed.push(format!("{id} {lines:?}: {verdicts:?}, {}", grade.sentence));
            }
        }
        let grade = exercise.grade(text);
        assert!(grade.points < grade.of, "{id} is solved as it stands");
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(TRIES.iter().all(|(lesson, ..)| exercises.iter().any(|(id, _)| id == lesson)));
}

#[test]
fn the_document_says_of_every_lesson_whether_it_is_an_exercise() {
    let document = include_str!("../../docs/goals.md");
    let (_, section) = document.split_once("## The lessons as exercises").expect("the document tells of lessons");
    let exercises = exercises();
    for lesson in LESSONS {
        let is_exercise = exercises.iter().any(|(id, _)| id == lesson.id);
        let is_linked = section.contains(&format!("[`{}`](courses/lessons/{}.paxos)", lesson.id, lesson.id));
        let is_named = section.contains(&format!("| `{}` |", lesson.id));
        assert_eq!((is_linked, is_named), (is_exercise, !is_exercise), "{}", lesson.id);
    }
}
