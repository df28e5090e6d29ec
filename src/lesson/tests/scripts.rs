//! The third part of the path, tried by scripts: each lesson has lines that solve it, and wrong lines, for which it says what
//! helps.

use crate::lesson::{BITS, LESSONS, PARTS, about, find, part};
use crate::protocol::{PROTOCOLS, Vocabulary};
use crate::scenario::Script;
use crate::scenario::script::{HEADER, Statement};
use crate::session::Session;

/// What a lesson says in the end, when these lines are put into the script that it opens.
struct Try {
    lesson: &'static str,
    /// Acts and rules are added, and settings take the place of the script's own. A line that begins with `-` is taken out.
    lines: &'static [&'static str],
    /// Whether that solves the lesson.
    solves: bool,
    /// A part of what it says.
    says: &'static str,
}

const fn solved(lesson: &'static str, lines: &'static [&'static str], says: &'static str) -> Try {
    Try { lesson, lines, solves: true, says }
}

const fn wrong(lesson: &'static str, lines: &'static [&'static str], says: &'static str) -> Try {
    Try { lesson, lines, solves: false, says }
}

static TRIES: &[Try] = &[
    solved("two-votes", &["quorum 4 2"], "Blue took two votes of five"),
    solved("two-votes", &["quorum 5 1"], "Blue took two votes of five"),
    wrong("two-votes", &[], "two votes are not enough yet"),
    wrong("two-votes", &["quorum 3 2"], "three promises missed both votes"),
    wrong("two-votes", &["quorum 2"], "three promises missed both votes"),
    wrong("two-votes", &["quorum 4 2", "- at 12Δ leader C"], "This is given, so put it back: at 12Δ leader C."),
    wrong("two-votes", &["quorum 4 2", "at 8Δ heal"], "take out at 8Δ heal."),
    solved("removal", &["at 2.5Δ crash B"], "only A decide"),
    wrong("removal", &["at 2.5Δ crash X"], "X sleeps"),
    wrong("removal", &["at 2.5Δ crash A"], "X sleeps"),
    solved(
        "halt",
        &["at 10Δ crash A", "at 11Δ restart B", "at 12Δ leader B"],
        "B X are up, and B knows that it is out",
    ),
    wrong("halt", &["at 10Δ crash A"], "No member is up"),
    wrong("halt", &["at 11Δ restart B"], "A is a member and up"),
    solved("fast-round", &["at 3Δ propose X red"], "2Δ from its client on"),
    wrong("fast-round", &["at 1Δ propose X red"], "the round was not prepared"),
    solved("why-larger", &["at 4Δ propose X blue", "drop Voted B->C #1"], "A B: “blue”"),
    solved("why-larger", &["at 4.2Δ propose X blue", "at 4Δ cut B->C"], "C: “red”"),
    wrong("why-larger", &[], "Only Y has asked so far"),
    wrong("why-larger", &["drop Voted B->C #1"], "Only Y has asked so far"),
    wrong("why-larger", &["at 8Δ propose X blue"], "let X ask at 4Δ"),
    wrong("why-larger", &["at 4Δ propose X blue"], "If B’s vote came, it saved all"),
    solved("why-larger", &["at 4Δ propose X blue", "drop Voted B->A #1"], "B C: “blue”"),
    wrong(
        "why-larger",
        &["at 4Δ propose X blue", "drop Voted B->C #1", "- without fast-quorum"],
        "Leave “fast-quorum” switched off here",
    ),
    solved("three-f-plus-one", &["nodes A B C D X"], "2Δ with one of 4 down"),
    wrong("three-f-plus-one", &[], "It took 5Δ: the fast quorum of 3 acceptors"),
    wrong("three-f-plus-one", &["without fast-quorum"], "is switched off: switch it on again"),
    wrong("three-f-plus-one", &["- at 3.5Δ crash B"], "B has to be down"),
    wrong("three-f-plus-one", &["protocol multi"], "It took 4Δ"),
    wrong("three-f-plus-one", &["nodes A B C D X", "at 3.5Δ crash D"], "too many are down"),
    solved(
        "collision",
        &["at 4Δ propose Y blue", "drop Request X->C #1", "drop Request X->D #1"],
        "1.A was split, and 2.A decided",
    ),
    wrong("collision", &["at 4Δ propose Y blue"], "No round has votes for two decrees yet"),
    wrong("collision", &["at 4Δ propose Y blue", "drop Request X->D #1"], "split them evenly"),
    solved("two-places", &["at 4.2Δ propose Y \"put x 1\""], "both have a place"),
    wrong("two-places", &[], "No place has votes for two wishes yet"),
    wrong("two-places", &["at 4Δ propose Y \"put x 1\"", "- at 9Δ propose X \"get x\""], "Watch until X asks again"),
    wrong(
        "two-places",
        &["at 4Δ propose Y \"put x 1\"", "delay Request X->A #2 1.5Δ", "delay Request X->B #2 1.5Δ"],
        "No wish took 2Δ",
    ),
    solved("no-order", &["at 3.9Δ propose Y \"get y\""], "all know them after 2Δ"),
    wrong("no-order", &["at 6Δ propose Y \"get y\""], "appended the same command first"),
    wrong("no-order", &["at 3.9Δ propose Y \"put x 1\""], "All acceptors have appended"),
    solved("conflict", &["at 3.9Δ propose Y \"get x\""], "all know both commands after"),
    wrong("conflict", &["at 3.9Δ propose Y \"get y\""], "No two acceptors have histories that do not go together"),
    solved("silent-primary", &["at 0.5Δ crash A"], "2.B brought it"),
    wrong("silent-primary", &["at 2.5Δ crash A"], "executed in the first view"),
    wrong("silent-primary", &["at 0.5Δ crash A", "at 0.5Δ crash B"], "Nothing is executed yet"),
    solved("two-orders", &["forge PrePrepare A->D #1 \"blue\""], "A said two things"),
    wrong("two-orders", &["forge PrePrepare A->D #1 silent"], "accepted the same command"),
    solved("two-things", &["forge Propose A->E #1 \"blue\"", "forge Propose A->F #1 \"blue\""], "1.A was split"),
    wrong("two-things", &["forge Propose A->F #1 \"blue\""], "in spite of the split"),
    solved(
        "kept",
        &[
            "forge Accepted A->C #1 \"blue\"",
            "forge Accepted A->D #1 \"blue\"",
            "forge Accepted A->E #1 \"blue\"",
            "forge Accepted A->F #1 \"blue\"",
        ],
        "B knew “red”",
    ),
    wrong("kept", &[], "at about the same time"),
    solved("silent-one", &["nodes A B C D E F", "tolerate 1 1"], "2Δ with one silent and one liar expected: 6"),
    wrong("silent-one", &[], "It took 3Δ with 4 acceptors"),
    wrong("silent-one", &["nodes A B C D E F"], "It took 3Δ with 6 acceptors"),
    wrong("silent-one", &["- at 0.5Δ crash D"], "Nobody is silent yet"),
    wrong("silent-one", &["protocol fast"], "made for no liar"),
    solved("ask-directly", &["option requests direct", "at 8Δ propose Y blue"], "2Δ alone, and 6Δ after a collision"),
    solved("ask-directly", &["option requests direct", "at 8.2Δ propose Y blue"], "2Δ alone, and 6Δ after a collision"),
    wrong("ask-directly", &[], "Red took 3Δ"),
    wrong("ask-directly", &["at 8Δ propose Y blue"], "Red took 3Δ"),
    wrong("ask-directly", &["option requests direct"], "Now let Y ask at 8.2Δ"),
    wrong("ask-directly", &["option requests direct", "at 12Δ propose Y blue"], "Now let Y ask at 8.2Δ"),
    solved("choose-order", &["protocol generalized"], "each command took 2Δ at most"),
    wrong("choose-order", &[], "Multi"),
    wrong("choose-order", &["protocol generalized", "- at 2Δ crash D"], "put it back: at 2Δ crash D."),
    wrong("choose-order", &["protocol generalized", "delay Y->A 1Δ"], "put it back: delay Y->A 0.8Δ."),
    wrong("choose-order", &["protocol generalized", "option c-struct sequence"], "the goal is 2Δ"),
    solved("choose-idle", &["protocol cheap"], "X slept until B was gone"),
    wrong("choose-idle", &[], "X has sent something"),
    wrong("choose-idle", &["quorum 1"], "X has sent something"),
    wrong("choose-idle", &["protocol cheap", "- at 8Δ crash B"], "put it back: at 8Δ crash B."),
    solved("choose-lies", &["protocol fab-log", "option requests direct"], "each command took 2Δ at most"),
    wrong("choose-lies", &[], "every process is believed here"),
    wrong("choose-lies", &["protocol fast-log"], "every process is believed here"),
    wrong("choose-lies", &["protocol fab-log"], "took 3Δ, and the goal is 2Δ"),
    wrong(
        "choose-lies",
        &["protocol fab-log", "option requests direct", "tolerate 0"],
        "every process is believed here",
    ),
    wrong("choose-lies", &["protocol pbft"], "took 4Δ, and the goal is 2Δ"),
    solved("spare", &["at 4Δ crash D"], "D is a spare"),
    solved("spare", &["at 7Δ crash E"], "E is a spare"),
    wrong("spare", &[], "It took 4Δ with everybody up"),
    wrong("spare", &["at 4Δ crash B"], "the votes did not come around"),
    wrong("spare", &["at 4Δ crash D", "at 4Δ crash E"], "More than one process is down"),
    wrong("spare", &["at 9Δ propose A blue"], "and for nothing else"),
    solved("farthest", &["at 6Δ propose B red"], "4Δ from B round to A"),
    wrong("farthest", &["at 6Δ propose A red"], "From A it took 6Δ"),
    wrong("farthest", &["at 6Δ propose E red"], "From E it took 7Δ"),
    wrong("farthest", &["at 6Δ propose B red", "at 6Δ propose C blue"], "and only one"),
    wrong("farthest", &["at 6Δ propose B red", "at 6Δ crash D"], "something was lost or late"),
    solved("choose-bytes", &["protocol u-ring"], "each command took 0.2Δ at most"),
    solved("choose-bytes", &["protocol m-ring"], "each command took 0.2Δ at most"),
    wrong("choose-bytes", &[], "and the goal is 0.2Δ"),
    wrong("choose-bytes", &["protocol broadcast"], "and the goal is 0.2Δ"),
    wrong("choose-bytes", &["protocol pbft"], "and the goal is 0.2Δ"),
    wrong("choose-bytes", &["protocol basic"], "not everybody knows"),
];

/// The statement of a line.
fn statement(line: &str) -> Statement {
    let script = Script::parse(&format!("{HEADER}\n{line}\n")).unwrap_or_else(|error| panic!("{line}: {error}"));
    script.lines[0].statement.clone().expect("a statement")
}

/// The script that the lesson opens, with these lines in it.
fn script(lesson: &str, lines: &[&str]) -> String {
    let lesson = LESSONS[find(lesson).unwrap_or_else(|| panic!("{lesson} is no lesson"))];
    let mut script = Script::parse(&lesson.script()).expect("lessons open scripts");
    for line in lines {
        match (line.strip_prefix("- "), || statement(line)) {
            (Some(gone), _) => {
                let gone = statement(gone);
                let place = script.lines.iter().position(|line| line.statement.as_ref() == Some(&gone));
                script.lines.remove(place.unwrap_or_else(|| panic!("{}: there is no {line}", lesson.id)));
            }
            (None, read) => match read() {
                act @ (Statement::At(..) | Statement::Rule { .. }) => script.lines.push(act.into()),
                setting => script.set(setting),
            },
        }
    }
    script.to_string()
}

/// What the lesson says, in these words, when the script has been watched to its end.
fn judged(lesson: &str, script: &str, words: Vocabulary) -> (bool, String) {
    let mut session = Session::open(script).unwrap_or_else(|error| panic!("{lesson}: {error}\n{script}"));
    while !session.judge(100_000) {}
    session.seek(session.end());
    let lesson = LESSONS[find(lesson).expect("a lesson")];
    let progress = lesson.judge(&session, words);
    (progress.is_solved, progress.sentence)
}

#[test]
fn solutions_solve_and_wrong_tries_hear_what_helps() {
    let mut failed = Vec::new();
    for Try { lesson, lines, solves, says } in TRIES {
        let (is_solved, sentence) = judged(lesson, &script(lesson, lines), Vocabulary::default());
        if is_solved != *solves || !sentence.contains(says) {
            failed.push(format!("{lesson} {lines:?}: {is_solved}, “{sentence}”, and not “{says}”"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_sentence_can_be_said_in_the_words_of_2001() {
    for Try { lesson, lines, .. } in TRIES {
        let (_, sentence) = judged(lesson, &script(lesson, lines), Vocabulary::MadeSimple2001);
        // Names and texts stand in quotation marks and stay as they are.
        let said: String = sentence.split('“').map(|part| part.rsplit('”').next().unwrap_or_default()).collect();
        let old = ["vote", "ballot", "decree", "passed"].into_iter().find(|old| said.contains(old));
        assert_eq!(old, None, "{lesson} {lines:?}: {sentence}");
    }
}

#[test]
fn every_lesson_of_the_third_part_has_a_solution_and_a_wrong_try() {
    let (first, name) = PARTS[2];
    assert_eq!(name, "What can be saved, and what it costs");
    for lesson in &LESSONS[first..] {
        let tries = |solves| TRIES.iter().filter(|one| one.lesson == lesson.id && one.solves == solves).count();
        assert!(tries(true) > 0 && tries(false) > 0, "{} has no solution, or no wrong try", lesson.id);
    }
    assert!(TRIES.iter().all(|one| find(one.lesson) >= Some(first)));
}

#[test]
fn the_third_part_tells_of_every_derivation() {
    let (first, _) = PARTS[2];
    let opened =
        |name: &str| LESSONS[first..].iter().any(|lesson| lesson.script().contains(&format!("protocol {name}\n")));
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.variant().is_none()) {
        let is_of_the_slides = ["preliminary", "basic", "complete"].contains(&protocol.name);
        assert!(is_of_the_slides || opened(protocol.name), "no lesson opens {}", protocol.name);
    }
}

/// A lesson that asks for a choice is worth little if most choices are right.
#[test]
fn of_all_protocols_few_meet_the_goal_of_a_choice() {
    for (lesson, meets) in [
        ("choose-order", "generalized"),
        ("choose-idle", "cheap"),
        ("choose-lies", ""),
        ("choose-bytes", "m-ring u-ring"),
    ] {
        let solving: Vec<_> = PROTOCOLS
            .iter()
            .map(|protocol| protocol.name)
            .filter(|name| judged(lesson, &script(lesson, &[&format!("protocol {name}")]), Vocabulary::default()).0)
            .collect();
        assert_eq!(solving.join(" "), meets, "{lesson}");
    }
}

#[test]
fn a_path_has_parts() {
    assert_eq!(PARTS[0].0, 0);
    assert!(PARTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let starts = ["first-decree", "election", "two-votes"];
    assert!(PARTS.iter().zip(starts).all(|((first, _), id)| find(id) == Some(*first)));
    assert_eq!((part(9), part(10), part(LESSONS.len() - 1)), (PARTS[0].1, PARTS[1].1, PARTS[2].1));
}

/// What a browser remembers is a bit for each lesson; the first twenty-six stood in this order when it was first written.
#[test]
fn a_solved_lesson_stays_solved_when_the_path_grows() {
    let first = "first-decree minority no-success two-halves adopt break-it refuse lost memory duel election nine-delta \
                 three-delta in-flight olive-day followers-first removal halt fast-round collision no-order conflict \
                 silent-primary two-orders two-things kept";
    for (bit, id) in first.split(' ').enumerate() {
        assert_eq!(usize::from(BITS[find(id).expect("a lesson")]), bit, "{id}");
    }
    let mut bits = BITS;
    bits.sort_unstable();
    assert!(bits.iter().enumerate().all(|(place, bit)| place == usize::from(*bit)), "{bits:?}");
}

#[test]
fn lessons_are_found_by_their_protocol_and_say_whether_it_is_to_be_changed() {
    let ids = |protocol| about(protocol).map(|place| LESSONS[place].id).collect::<Vec<_>>().join(" ");
    assert_eq!(ids("fast"), "fast-round why-larger three-f-plus-one collision");
    assert_eq!((ids("pfab"), ids("no-such")), ("silent-one".to_owned(), String::new()));
    let changing = LESSONS.iter().filter(|lesson| lesson.changes_protocol()).map(|lesson| lesson.id);
    let changing: Vec<_> = changing.collect();
    assert_eq!(changing.join(" "), "followers-first choose-order choose-idle choose-lies choose-bytes");
}
