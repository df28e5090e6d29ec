//! Sessions: stepping, acts, forks, undo, and long runs.

use super::*;
use crate::latency;
use crate::scenario::library;
use crate::sim::Run;

fn open(name: &str) -> Session {
    Session::open(library::find(name).expect("built in").text).expect("a good script")
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn stepping_to_the_end_and_back_visits_the_same_places() {
    let mut session = open("two-proposers");
    let mut places = vec![session.cursor()];
    while session.step() {
        places.push(session.cursor());
    }
    assert_eq!(session.cursor().events, session.played().trace().events().len());
    while let Some(place) = places.pop() {
        assert_eq!(session.cursor(), place);
        assert_eq!(session.step_back(), !places.is_empty());
    }
}

#[test]
fn an_act_comes_after_what_was_shown_and_keeps_it() {
    let mut session = open("minimal-ballot");
    session.seek(Time::deltas(1));
    let before = session.played().trace().text();
    let shown = session.cursor().events;
    session.act(Act::Partition(vec![names(&["A", "B"]), names(&["C", "D", "E"])])).expect("a good act");
    let after = session.played().trace().text();
    assert!(before.lines().take(shown).eq(after.lines().take(shown)));
    assert!(session.script().to_string().contains("at 1.01Δ  partition A B | C D E"), "{}", session.script());
    assert!(session.played().decisions.is_empty());
    session.undo();
    assert_eq!(session.played().trace().text(), before);
    session.redo();
    assert_eq!(session.played().trace().text(), after);
}

#[test]
fn acts_at_the_start_come_before_what_was_not_shown_yet() {
    let mut session = open("minimal-ballot");
    session.act(Act::Cut(Link { from: "A".to_owned(), to: "B".to_owned() })).expect("a good act");
    session.act(Act::Cut(Link { from: "A".to_owned(), to: "C".to_owned() })).expect("a good act");
    let script = session.script().to_string();
    let acts: Vec<_> = script.lines().filter(|line| line.starts_with("at ")).collect();
    assert_eq!(acts, ["at 0Δ     cut A->B", "at 0Δ     cut A->C", "at 0Δ     propose A \"red\""]);
    assert_eq!(session.cursor(), Cursor { time: Time::ZERO, events: 2 });
}

#[test]
fn what_is_done_to_an_injected_message_is_done_to_its_line() {
    let text =
        "paxos-playground 1\nnodes A B C\n\nat 0Δ inject NextBallot A->B 9.C after 0.5Δ\nat 0Δ propose A \"red\"\n";
    let changed = |effect: RuleEffect| {
        let mut session = Session::open(text).expect("a good script");
        session.seek(Time::deltas(9));
        assert!(!session.is_ruled(MessageId(0)));
        session.rule(MessageId(0), effect).expect("a good script");
        let lines: Vec<_> = session.text().lines().filter(|line| line.contains("inject")).map(str::to_owned).collect();
        assert!(!session.text().contains("drop") && !session.text().contains("delay"));
        lines
    };
    let line = |takes: &str| format!("at 0Δ     inject NextBallot A->B 9.C after {takes}");
    assert_eq!(changed(RuleEffect::Drop), [""; 0]);
    assert_eq!(changed(RuleEffect::Delay(Time::deltas(2))), [line("2Δ")]);
    assert_eq!(changed(RuleEffect::Duplicate(Time::DELTA)), [line("0.5Δ"), line("1.5Δ")]);
}

#[test]
fn dropping_a_message_is_a_line_and_can_be_taken_back() {
    let mut session = open("minimal-ballot");
    let before = session.script().to_string();
    session.rule(MessageId(2), RuleEffect::Drop).expect("a good rule");
    assert!(session.script().to_string().contains("drop      NextBallot A->C #1"), "{}", session.script());
    session.rule(MessageId(2), RuleEffect::Delay(Time::DELTA)).expect("a good rule");
    assert!(session.is_ruled(MessageId(2)));
    session.unrule(MessageId(2)).expect("a good script");
    assert_eq!(session.script().to_string(), before);
}

#[test]
fn settings_are_lines_and_the_rest_of_the_script_stays() {
    let mut session = open("minimal-ballot");
    let before = session.script().to_string();
    session.set(Statement::Protocol("complete".to_owned())).expect("a good protocol");
    session.set(Statement::Option("guard".to_owned(), "strict".to_owned())).expect("a good option");
    session.set(Statement::Option("guard".to_owned(), "ge".to_owned())).expect("a good option");
    session.set(Statement::Without("promise".to_owned(), Vec::new())).expect("a good rule");
    let script = session.script().to_string();
    let settings: Vec<_> = script.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(settings, ["protocol  complete", "option    guard ge", "without   promise"], "{script}");
    assert!(script.contains("without   promise\n\nat 0Δ     propose"), "{script}");
    session.unset(&Statement::Without("promise".to_owned(), Vec::new())).expect("a good script");
    session.unset(&Statement::Option("guard".to_owned(), String::new())).expect("a good script");
    assert!(!session.script().to_string().contains("guard") && session.scenario().protocol.name == "complete");
    (0..6).for_each(|_| session.undo());
    assert_eq!(session.script().to_string(), before);
}

#[test]
fn a_bad_text_leaves_the_last_good_run() {
    let mut session = open("minimal-ballot");
    let before = session.played().trace().hash();
    let error = session.edit("paxos-playground 1\nnodes A B C\nat 0Δ propose F \"red\"\n").expect_err("no node F");
    assert_eq!((error.line, error.column), (3, 15));
    assert_eq!(session.played().trace().hash(), before);
    assert_eq!(session.can_undo_redo(), (false, false));
}

#[test]
fn acting_after_the_end_makes_the_run_longer() {
    let mut session = Session::open("paxos-playground 1\nnodes 3\nuntil 2Δ\n").expect("a good script");
    session.seek(Time::deltas(3));
    session.act(Act::Propose("A".to_owned(), "red".to_owned())).expect("a good act");
    assert_eq!((session.end(), session.played().decisions.len()), (Time::deltas(9), 1));
}

/// A script whose run is too long to be run and judged at once.
fn long() -> String {
    let ballots: String = (0..500).map(|count| format!("at {}Δ propose A \"red\"\n", 6 * count)).collect();
    format!("paxos-playground 1\nnodes 7\n{ballots}")
}

#[test]
fn a_long_run_is_played_a_part_at_a_time_and_comes_out_the_same() {
    let mut session = Session::open(&long()).expect("a good script");
    let whole = Run::of((**session.scenario()).clone());
    assert!(!session.played().run.is_over() && session.played().decisions.is_empty());
    assert_eq!(session.end(), Time::deltas(6 * 499));
    // The instant that is sought is there at once.
    session.seek(Time::deltas(2500));
    assert_eq!(session.cursor().events, whole.trace().count_until(Time::deltas(2500)));
    let (scenario, slow) = (Rc::clone(session.played()), session.clone());
    while !session.judge(7000) {
        let (judged, events) = session.judged();
        assert!(judged <= events && Arc::ptr_eq(session.scenario(), scenario.run.scenario()));
    }
    assert_eq!(session.trace().events(), whole.trace().events());
    assert_eq!(session.trace().messages(), whole.trace().messages());
    assert_eq!(session.played().decisions, latency::decisions(whole.trace()));
    assert_eq!(session.played().ballots, latency::ballots(whole.trace()));
    assert_eq!((session.end(), session.judged().0), (whole.trace().end(), whole.trace().events().len()));
    // A copy that was left behind has not changed.
    assert!(!slow.played().is_judged() && slow.trace().events().len() < whole.trace().events().len());
}

#[test]
fn a_fork_of_a_long_run_shows_at_once_what_was_before_it_and_keeps_the_original() {
    let mut session = Session::open(&long()).expect("a good script");
    session.seek(Time::deltas(1500));
    let shown = session.cursor().events;
    let steps: Vec<_> = session.trace().events().range(0..shown).cloned().collect();
    session.act(Act::Crash("B".to_owned())).expect("a good act");
    assert!(steps.iter().eq(session.trace().events().range(0..shown)));
    assert!(session.trace().events().shared(session.original().trace().events()) > shown * 9 / 10);
    // The original has not been run further than it was watched.
    assert_eq!(session.first_difference(), None);
    while !session.judge(10_000) {}
    assert!(session.original().is_judged() && session.first_difference() == Some(EventId(shown as u32)));
    let original = Rc::clone(session.original());
    assert_ne!(original.trace().events().len(), session.trace().events().len());
    session.undo();
    assert!(Rc::ptr_eq(session.played(), &original) && session.first_difference().is_none());
    session.redo();
    assert!(Rc::ptr_eq(session.original(), &original));
    assert_eq!(session.first_difference(), Some(EventId(shown as u32)));
}

#[test]
fn the_first_difference_of_a_longer_run_is_where_the_shorter_one_ends() {
    let mut session = open("minimal-ballot");
    let events = session.trace().events().len();
    session.seek(Time::deltas(8));
    session.act(Act::Crash("A".to_owned())).expect("a good act");
    assert_eq!(session.first_difference(), Some(EventId(events as u32)));
    let text = session.script().to_string();
    session.edit(&text.replace("red", "blue")).expect("a good script");
    let asked = session.first_difference().expect("other names are another run");
    assert!(session.trace().line(asked).contains("blue") && session.original().trace().line(asked).contains("red"));
}

#[test]
fn an_event_is_shown_with_its_whole_step() {
    let mut session = open("two-proposers");
    let events = session.trace().events().len();
    for place in 0..events {
        session.seek_event(EventId(place as u32));
        let shown = session.cursor();
        assert!(shown.events > place && session.step_back() && session.cursor().events <= place && session.step());
        assert_eq!(session.cursor(), shown);
    }
    let last = session.cursor();
    session.seek_event(EventId(events as u32));
    assert_eq!(session.cursor(), last);
}

#[test]
fn beta_and_the_world_are_those_of_the_cursor_before_and_after_a_fork() {
    let mut session = open("two-proposers");
    let assert_fresh = |session: &Session| {
        let events = session.cursor().events;
        let mut beta = Beta::new(session.scenario().nodes());
        beta.seek(session.trace(), events);
        assert_eq!(*session.beta(), beta);
        assert_eq!(session.world().digest(), session.played().run.world_after(events).digest());
    };
    while session.step() {
        assert_fresh(&session);
    }
    while session.step_back() {
        assert_fresh(&session);
    }
    session.seek(Time::deltas(5));
    assert_fresh(&session);
    session.act(Act::Crash("C".to_owned())).expect("a good act");
    assert_fresh(&session);
    session.seek(session.end());
    assert_fresh(&session);
    session.edit("paxos-playground 1\nnodes 9\nat 0Δ propose A \"red\"\n").expect("a good script");
    assert_fresh(&session);
}

#[test]
fn a_script_that_is_too_long_when_it_is_written_out_stays_as_it_was_read() {
    // `0` is written as `0Δ`, and a name without quotes gets quotes: that makes four bytes more for each line.
    let lines: String = (0..2_600).map(|count| format!("at 0 propose A v{count:08}\n")).collect();
    let text = format!("paxos-playground 1\nnodes 3\nuntil 0.1\n{lines}");
    let mut session = Session::open(&text).expect("a good script");
    assert!(session.script().to_string().len() > limits::TEXT_BYTES);
    session.edit(&format!("{text}# more\n")).expect("a good script");
    let why = session.act(Act::Crash("B".to_owned())).expect_err("there is no room for it");
    assert!(why.message.starts_with("the script would have"), "{why:?}");
    session.undo();
    assert_eq!(session.text(), text);
    session.redo();
    session.undo();
    assert_eq!(session.original().trace().text(), session.trace().text());
    assert!(Rc::ptr_eq(session.original(), session.played()), "the run that was opened is kept");
}

#[test]
fn of_long_scripts_fewer_versions_can_be_undone() {
    let text = |seed: u64| format!("{}seed {seed}\n# {}\n", long(), "so ".repeat(15_000));
    let mut session = Session::open(&text(100)).expect("a good script");
    let bytes = session.script().to_string().len();
    for seed in 101..200 {
        session.edit(&text(seed)).expect("a good script");
    }
    let mut undone = 0;
    while session.can_undo_redo().0 {
        session.undo();
        undone += 1;
    }
    assert!((HISTORY_BYTES_MAX / bytes).abs_diff(undone) <= 1, "{undone} versions of {bytes} bytes");
}
