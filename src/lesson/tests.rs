//! Each lesson is not solved when it is watched to the end as it opens; then it is solved by acts alone.

mod scripts;

use super::{LESSONS, find};
use crate::protocol::Vocabulary;
use crate::scenario::{Act, Disk, Lie, Link, RuleEffect, Statement};
use crate::session::Session;
use crate::trace::MessageId;
use crate::types::Time;

fn open(id: &str) -> Session {
    let lesson = LESSONS[find(id).expect("a lesson")];
    Session::open(&lesson.script()).unwrap_or_else(|error| panic!("{id}: {error}"))
}

fn name(node: &str) -> String {
    node.to_owned()
}

/// Acts at this time, in hundredths of Δ.
fn act(session: &mut Session, hundredths: u64, act: Act<String, String>) {
    session.seek(Time(hundredths * Time::DELTA.0 / 100));
    session.act(act).expect("a good act");
}

fn propose(session: &mut Session, hundredths: u64, node: &str, value: &str) {
    act(session, hundredths, Act::Propose(name(node), name(value)));
}

fn crash(session: &mut Session, hundredths: u64, node: &str) {
    act(session, hundredths, Act::Crash(name(node)));
}

fn partition(groups: &[&[&str]]) -> Act<String, String> {
    Act::Partition(groups.iter().map(|group| group.iter().map(|node| name(node)).collect()).collect())
}

/// What the lesson says once everything has been watched.
fn ends(session: &mut Session, id: &str) -> (bool, String) {
    session.seek(session.end());
    let progress = LESSONS[find(id).expect("a lesson")].judge(session, Vocabulary::default());
    (progress.is_solved, progress.sentence)
}

/// Asserts that the lesson is solved once everything has been watched, and not before anything has.
fn is_solved(mut session: Session, id: &str) {
    let (solved, sentence) = ends(&mut session, id);
    assert!(solved, "{id}: {sentence}\n{}", session.script());
    session.rewind();
    assert!(
        !LESSONS[find(id).expect("a lesson")].judge(&session, Vocabulary::default()).is_solved,
        "{id}: nothing was watched"
    );
}

/// The place of the first message of this kind on this link.
fn message(session: &Session, kind: &str, from: &str, to: &str) -> MessageId {
    let trace = session.trace();
    let node = |id| trace.scenario.symbols.node(id);
    let found = trace.messages().iter().position(|envelope| {
        let is_kind = trace.scenario.protocol.kind(envelope.message.kind).name == kind;
        is_kind && node(envelope.from) == from && node(envelope.to) == to
    });
    MessageId(found.expect("it is sent") as u32)
}

#[test]
fn the_texts_are_short_and_the_names_are_different() {
    assert!(LESSONS.len() >= 12);
    let mut bytes = 0;
    for (place, lesson) in LESSONS.iter().enumerate() {
        assert_eq!(find(lesson.id), Some(place));
        assert!(lesson.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", lesson.id);
        let words = lesson.text.split_whitespace().count();
        assert!((25..=90).contains(&words) && lesson.text.ends_with(')'), "{}: {words} words", lesson.id);
        let is_cited = [
            "PTP §",
            "Flexible Paxos, §",
            "lides, “",
            "Fast Paxos, §",
            "Generalized Consensus and Paxos, §",
            "Practical Byzantine Fault Tolerance, §",
            "Fast Byzantine Consensus, §",
            "Ring Paxos, DSN 2010",
            "Ring Paxos, 2017",
        ]
        .iter()
        .any(|source| lesson.text.contains(source));
        assert!(is_cited, "{} names no source", lesson.id);
        for (part, longest) in [(lesson.title, 40), (lesson.task, 120), (lesson.hint, 130)] {
            assert!((5..=longest).contains(&part.chars().count()), "{}: {part}", lesson.id);
            assert_eq!(part.split(['\n', '\t']).count(), 1);
        }
        bytes += [lesson.id, lesson.title, lesson.text, lesson.task, lesson.hint, lesson.opens]
            .map(str::len)
            .iter()
            .sum::<usize>();
    }
    // Every visit to the page loads them.
    assert!(bytes <= 545 * LESSONS.len(), "{bytes} bytes");
}

#[test]
fn no_lesson_is_solved_as_it_opens() {
    for lesson in LESSONS {
        let mut session = open(lesson.id);
        while session.step() {
            let progress = lesson.judge(&session, Vocabulary::default());
            assert!(!progress.is_solved && !progress.sentence.is_empty(), "{}: {}", lesson.id, progress.sentence);
        }
        assert!(!lesson.judge(&session, Vocabulary::default()).is_solved);
    }
}

#[test]
fn a_decree_is_proposed() {
    let mut session = open("first-decree");
    propose(&mut session, 0, "C", "red");
    session.seek(Time::deltas(4));
    let progress = LESSONS[0].judge(&session, Vocabulary::default());
    assert!(!progress.is_solved && progress.sentence.contains("1 of 5"), "{}", progress.sentence);
    is_solved(session, "first-decree");
}

#[test]
fn a_minority_crashes() {
    let mut session = open("minority");
    crash(&mut session, 0, "D");
    crash(&mut session, 150, "E");
    is_solved(session.clone(), "minority");
    crash(&mut session, 150, "C");
    assert!(!ends(&mut session, "minority").0, "three are down");
    let mut session = open("minority");
    crash(&mut session, 0, "D");
    crash(&mut session, 350, "E");
    assert!(!ends(&mut session, "minority").0, "E had voted");
}

#[test]
fn a_ballot_has_votes_and_fails() {
    let mut session = open("no-success");
    act(&mut session, 250, partition(&[&["A", "B"], &["C", "D", "E"]]));
    session.seek(Time::deltas(3));
    session.step_back();
    assert!(!LESSONS[2].judge(&session, Vocabulary::default()).is_solved, "it was not watched to the end");
    is_solved(session, "no-success");
}

#[test]
fn halves_that_are_no_quorums_wait_and_then_agree() {
    let mut session = open("two-halves");
    session.unset(&Statement::Without("majority".to_owned(), Vec::new())).expect("a good script");
    assert!(!ends(&mut session, "two-halves").0, "nobody healed the network");
    act(&mut session, 500, Act::Heal);
    propose(&mut session, 510, "A", "red");
    is_solved(session, "two-halves");
}

#[test]
fn a_later_ballot_takes_the_decree_up() {
    let mut session = open("adopt");
    propose(&mut session, 500, "E", "red");
    assert!(!ends(&mut session, "adopt").0, "it wished for red anyway");
    session.undo();
    propose(&mut session, 500, "E", "blue");
    is_solved(session, "adopt");
}

#[test]
fn agreement_breaks_without_a_rule_only() {
    let mut session = open("break-it");
    session.set(Statement::Without("max-vote".to_owned(), Vec::new())).expect("a good rule");
    assert!(session.played().verdicts.iter().any(|verdict| !verdict.holds()));
    is_solved(session, "break-it");
    let mut session = open("no-success");
    act(&mut session, 250, partition(&[&["A", "B"], &["C", "D", "E"]]));
    session.set(Statement::Without("promise".to_owned(), Vec::new())).expect("a good rule");
    let (solved, sentence) = ends(&mut session, "no-success");
    assert!(!solved && sentence.contains("“promise”"), "{sentence}");
}

#[test]
fn a_promise_makes_somebody_refuse() {
    let mut session = open("refuse");
    propose(&mut session, 150, "B", "blue");
    is_solved(session, "refuse");
}

#[test]
fn a_second_ballot_makes_up_for_losses() {
    let mut session = open("lost");
    for to in ["B", "C", "D"] {
        let id = message(&session, "NextBallot", "A", to);
        session.rule(id, RuleEffect::Drop).expect("a good rule");
    }
    assert!(!ends(&mut session, "lost").0, "nobody tried again");
    propose(&mut session, 300, "A", "red");
    is_solved(session, "lost");
}

#[test]
fn a_vote_that_was_written_and_not_sent_is_remembered() {
    let mut session = open("memory");
    act(&mut session, 250, Act::CrashBeforeSend(name("C")));
    assert!(!ends(&mut session, "memory").0, "it never came back");
    act(&mut session, 400, Act::Restart(name("C"), Disk::Kept));
    is_solved(session, "memory");
}

#[test]
fn a_duel_goes_on() {
    let mut session = open("duel");
    for (place, node) in ["B", "A", "B", "A", "B", "A"].into_iter().enumerate() {
        propose(&mut session, 150 * (place as u64 + 1), node, "blue");
    }
    let lesson = LESSONS[find("duel").expect("a lesson")];
    session.seek(Time::deltas(9));
    assert!(!lesson.judge(&session, Vocabulary::default()).is_solved);
    session.seek(Time::deltas(10));
    let progress = lesson.judge(&session, Vocabulary::default());
    assert!(progress.is_solved, "{}", progress.sentence);
    assert!(!ends(&mut session, "duel").0, "it ended");
}

#[test]
fn another_leader_takes_over() {
    let mut session = open("election");
    crash(&mut session, 450, "E");
    assert!(!ends(&mut session, "election").0, "nobody asked for anything");
    propose(&mut session, 900, "D", "red");
    is_solved(session, "election");
}

#[test]
fn a_stale_ballot_costs_nine_delta() {
    let mut session = open("nine-delta");
    let id = message(&session, "NextBallot", "r", "q");
    session.rule(id, RuleEffect::Delay(Time::deltas(4))).expect("a good rule");
    let (solved, sentence) = ends(&mut session, "nine-delta");
    assert!(!solved && sentence.contains("5Δ"), "{sentence}");
    session.rule(id, RuleEffect::Delay(Time::deltas(2))).expect("a good rule");
    is_solved(session, "nine-delta");
}

#[test]
fn a_steady_leader_takes_three_delta() {
    let mut session = open("three-delta");
    let (_, sentence) = ends(&mut session, "three-delta");
    assert!(sentence.contains("5Δ"), "{sentence}");
    propose(&mut session, 600, "A", "second");
    is_solved(session, "three-delta");
}

#[test]
fn three_decrees_are_under_way() {
    let mut session = open("in-flight");
    propose(&mut session, 320, "A", "second");
    assert!(!ends(&mut session, "in-flight").0, "only two");
    propose(&mut session, 340, "A", "third");
    is_solved(session, "in-flight");
}

#[test]
fn a_gap_is_filled() {
    let mut session = open("olive-day");
    act(&mut session, 290, partition(&[&["A"]]));
    act(&mut session, 310, Act::Heal);
    is_solved(session, "olive-day");
    let mut session = open("olive-day");
    for to in ["B", "C", "D", "E"] {
        let id = message(&session, "BeginBallot", "A", to);
        session.rule(id, RuleEffect::Drop).expect("a good rule");
    }
    is_solved(session, "olive-day");
}

#[test]
fn followers_know_first() {
    let mut session = open("followers-first");
    session.set(Statement::Protocol("broadcast".to_owned())).expect("a good protocol");
    is_solved(session.clone(), "followers-first");
    let cut = Act::Cut(Link { from: name("A"), to: name("B") });
    act(&mut session, 300, cut);
    assert!(!ends(&mut session, "followers-first").0, "B was cut off");
}

#[test]
fn a_client_waits_for_2_deltas() {
    let mut session = open("fast-round");
    propose(&mut session, 100, "X", "red");
    let (solved, sentence) = ends(&mut session, "fast-round");
    assert!(!solved && sentence.contains("the round was not prepared"), "{sentence}");
    let mut session = open("fast-round");
    propose(&mut session, 300, "X", "red");
    is_solved(session, "fast-round");
}

#[test]
fn a_round_is_split_and_another_one_passes() {
    let mut session = open("collision");
    propose(&mut session, 400, "Y", "blue");
    let drop = |session: &mut Session, to: &str| {
        let id = message(session, "Request", "X", to);
        session.rule(id, RuleEffect::Drop).expect("a good rule");
    };
    drop(&mut session, "D");
    let (solved, sentence) = ends(&mut session, "collision");
    assert!(!solved && sentence.contains("had a quorum"), "{sentence}");
    drop(&mut session, "C");
    session.seek(Time::deltas(6));
    assert!(!LESSONS[find("collision").expect("a lesson")].judge(&session, Vocabulary::default()).is_solved);
    is_solved(session, "collision");
}

/// Makes the first message of this kind on this link say blue.
fn say_blue(session: &mut Session, kind: &str, from: &str, to: &str) {
    let id = message(session, kind, from, to);
    session.rule(id, RuleEffect::Forge(Lie::Says(name("blue")))).expect("a good lie");
}

#[test]
fn a_leader_says_two_things() {
    let mut session = open("two-things");
    say_blue(&mut session, "Propose", "A", "F");
    let (solved, sentence) = ends(&mut session, "two-things");
    assert!(!solved && sentence.contains("in spite of the split"), "{sentence}");
    say_blue(&mut session, "Propose", "A", "E");
    session.seek(Time::deltas(6));
    assert!(!LESSONS[find("two-things").expect("a lesson")].judge(&session, Vocabulary::default()).is_solved);
    is_solved(session, "two-things");
}

#[test]
fn a_certificate_keeps_what_one_has_learned() {
    let mut session = open("kept");
    let (solved, sentence) = ends(&mut session, "kept");
    assert!(!solved && sentence.contains("at about the same time"), "{sentence}");
    ["C", "D", "E", "F"].iter().for_each(|to| say_blue(&mut session, "Accepted", "A", to));
    session.seek(Time::deltas(6));
    let progress = LESSONS[find("kept").expect("a lesson")].judge(&session, Vocabulary::default());
    assert!(!progress.is_solved && progress.sentence.starts_with("Watch"), "{}", progress.sentence);
    is_solved(session, "kept");
}

#[test]
fn the_hints_tell_the_truth() {
    // The hints also promise when D begins to lead, and who knows “red” in the script that is to be broken.
    let mut session = open("election");
    crash(&mut session, 450, "E");
    session.seek(Time(8_500_000));
    let progress = LESSONS[find("election").expect("a lesson")].judge(&session, Vocabulary::default());
    assert!(progress.sentence.starts_with("D leads since 8"), "{}", progress.sentence);
}

/// Links name lessons by these ids for ever, so no id may be taken away.
#[test]
fn the_ids_that_links_name_are_still_there() {
    let ids = "first-decree minority no-success two-halves adopt break-it refuse lost memory duel election nine-delta \
               three-delta in-flight olive-day followers-first removal halt fast-round collision \
               no-order conflict silent-primary two-orders two-things kept \
               two-votes why-larger three-f-plus-one two-places silent-one ask-directly choose-order choose-idle \
               choose-lies spare farthest choose-bytes";
    assert!(ids.split(' ').all(|id| find(id).is_some()));
    // A new lesson is in links from its first day on, so its id has to be added here.
    assert_eq!(ids.split(' ').count(), LESSONS.len());
}

#[test]
fn a_missing_process_is_removed_with_the_help_of_an_auxiliary_one() {
    let mut session = open("removal");
    crash(&mut session, 250, "B");
    session.seek(Time::deltas(8));
    let progress = LESSONS[find("removal").expect("a lesson")].judge(&session, Vocabulary::default());
    assert!(!progress.is_solved && progress.sentence.starts_with("X has voted"), "{}", progress.sentence);
    is_solved(session, "removal");
}

#[test]
fn a_removed_process_comes_back_and_all_halts() {
    let mut session = open("halt");
    crash(&mut session, 1000, "A");
    assert!(ends(&mut session, "halt").1.starts_with("No member is up"));
    act(&mut session, 1100, Act::Restart(name("B"), Disk::Kept));
    act(&mut session, 1200, Act::Leader(vec![name("B")]));
    is_solved(session.clone(), "halt");
    act(&mut session, 1900, Act::Restart(name("A"), Disk::Kept));
    assert!(!ends(&mut session, "halt").0, "A is a member");
}

#[test]
fn most_lessons_ask_for_a_guess_first_and_say_why_the_right_answer_is_right() {
    let asked: Vec<_> = LESSONS.iter().filter_map(|lesson| lesson.question()).collect();
    assert!(asked.len() * 2 >= LESSONS.len(), "{} of {} lessons ask", asked.len(), LESSONS.len());
    for question in asked {
        assert!(question.right < question.answers.len(), "{}", question.asks);
        assert!(question.asks.ends_with('?') && question.because.ends_with('.'), "{}", question.asks);
        let [one, two, three] = question.answers;
        assert!(one != two && two != three && one != three, "{}", question.asks);
    }
}

#[test]
fn a_silent_primary_is_followed_by_the_next() {
    let mut session = open("silent-primary");
    crash(&mut session, 250, "A");
    assert!(ends(&mut session, "silent-primary").1.starts_with("It was executed in the first"), "A had ordered it");
    let mut session = open("silent-primary");
    crash(&mut session, 50, "A");
    session.seek(Time::deltas(20));
    assert!(!LESSONS[find("silent-primary").expect("a lesson")].judge(&session, Vocabulary::default()).is_solved);
    is_solved(session, "silent-primary");
}

#[test]
fn a_lying_primary_does_not_part_the_correct() {
    let mut session = open("two-orders");
    let id = message(&session, "PrePrepare", "A", "D");
    session.rule(id, RuleEffect::Forge(Lie::Says("blue".to_owned()))).expect("a good rule");
    session.seek(Time::deltas(4));
    let progress = LESSONS[find("two-orders").expect("a lesson")].judge(&session, Vocabulary::default());
    assert!(!progress.is_solved && progress.sentence.starts_with("In 1.A backups"), "{}", progress.sentence);
    is_solved(session, "two-orders");
}

#[test]
fn two_reads_need_no_order() {
    let mut session = open("no-order");
    propose(&mut session, 600, "Y", "get y");
    assert!(ends(&mut session, "no-order").1.starts_with("All acceptors have appended"));
    let mut session = open("no-order");
    propose(&mut session, 390, "Y", "put x 1");
    assert!(!ends(&mut session, "no-order").0, "a write of x conflicts");
    let mut session = open("no-order");
    propose(&mut session, 390, "Y", "get y");
    is_solved(session, "no-order");
}

#[test]
fn a_write_and_a_read_collide_and_the_leader_puts_them_in_order() {
    let mut session = open("conflict");
    propose(&mut session, 390, "Y", "get y");
    assert!(!ends(&mut session, "conflict").0, "a read of y does not conflict");
    let mut session = open("conflict");
    propose(&mut session, 390, "Y", "get x");
    session.seek(Time::deltas(6));
    let progress = LESSONS[find("conflict").expect("a lesson")].judge(&session, Vocabulary::default());
    assert!(!progress.is_solved && progress.sentence.starts_with("The histories collide"), "{}", progress.sentence);
    is_solved(session, "conflict");
}
