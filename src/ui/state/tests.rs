//! The promises of the reducer.

use yew::Reducible;

use super::reduce::AFTERGLOW;
use super::*;
use crate::scenario::library::LIBRARY;

fn open() -> Rc<State> {
    Rc::new(State::open(&LIBRARY[0], true))
}

fn after(actions: impl IntoIterator<Item = Action>) -> Rc<State> {
    actions.into_iter().fold(open(), Reducible::reduce)
}

#[test]
fn playing_reaches_the_end_and_stops() {
    let state = after((0..200).map(|_| Action::Tick { milliseconds: 33.0, judges: true }));
    assert!(!state.is_playing());
    assert_eq!(state.session().cursor().time, Time::deltas(5).plus(AFTERGLOW));
    let again = Reducible::reduce(state, Action::PlayOrPause);
    assert!(again.is_playing() && again.session().cursor().time == Time::ZERO);
}

#[test]
fn a_tick_that_comes_too_late_moves_nothing() {
    let state = after([Action::Seek(Time::DELTA), Action::Tick { milliseconds: 33.0, judges: true }]);
    assert!(!state.is_playing());
    assert_eq!(state.session().cursor().time, Time::DELTA);
}

#[test]
fn after_a_cut_only_healing_and_a_new_ballot_decide() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let cut = Act::Partition(vec![names(&["A", "B"]), names(&["C", "D", "E"])]);
    let state = after([Action::ToStart, Action::Act(cut)]);
    assert!(state.session().played().decisions.is_empty() && state.error().is_none());
    let propose = Act::Propose("A".to_owned(), "blue".to_owned());
    let state = [Action::Seek(Time::deltas(6)), Action::Act(Act::Heal), Action::Act(propose)]
        .into_iter()
        .fold(state, Reducible::reduce);
    assert_eq!(state.session().played().decisions.len(), 1);
}

#[test]
fn a_bad_draft_stays_in_the_editor_and_the_last_good_run_on_the_screen() {
    let before = open().session().played().trace().hash();
    let state = after([Action::Edit("paxos-playground 1\nnodes A\nat 0Δ propose Z \"x\"".to_owned())]);
    assert!(state.error().is_some_and(|error| error.line == 3));
    assert!(state.text().contains("propose Z"));
    assert_eq!(state.session().played().trace().hash(), before);
    let state = Reducible::reduce(state, Action::Act(Act::Heal));
    assert!(state.text().contains("propose Z") && state.error().is_some());
    let state = Reducible::reduce(state, Action::Undo);
    assert!(state.error().is_none() && !state.text().contains("propose Z"));
}

#[test]
fn a_choice_that_the_script_cannot_follow_is_said_and_not_taken() {
    let text = "paxos-playground 1\nnodes 3\nservice kv\nat 0Δ propose A \"red\"\n".to_owned();
    let choose = |name: &str| Action::Set(Statement::Protocol(name.to_owned()));
    let state = after([Action::Edit(text), choose("multi")]);
    assert_eq!(state.session().scenario().protocol.name, "basic");
    assert!(state.act_error().is_some_and(|error| error.message.contains("red")));
    let state = Reducible::reduce(state, choose("complete"));
    assert!(state.act_error().is_none() && state.session().scenario().protocol.name == "complete");
}

#[test]
fn a_text_that_is_far_too_long_is_refused_and_the_editor_keeps_what_it_had() {
    let opened = open();
    let before = opened.text();
    let state = after([Action::Edit("x".repeat(1 << 20))]);
    assert!(state.error().is_some_and(|error| error.message.contains("at most 65536")));
    assert_eq!(state.text(), before);
}

#[test]
fn steps_by_delta_stop_at_whole_deltas() {
    let state = after([Action::Seek(Time(2_300_000)), Action::StepDelta]);
    assert_eq!(state.session().cursor().time, Time::deltas(3));
    let state = Reducible::reduce(state, Action::StepDeltaBack);
    assert_eq!(state.session().cursor().time, Time::deltas(2));
}

#[test]
fn what_is_found_is_shown_and_selected() {
    let find = |forward| Action::Find { forward };
    let state = after([Action::Search(Some("voted from b".to_owned())), find(true)]);
    assert!(state.search_status().starts_with("4Δ: A receives Voted 1.A from B."), "{}", state.search_status());
    assert!(matches!(state.selection(), Selection::Message(_)) && !state.is_playing());
    assert_eq!(state.session().cursor().time, Time::deltas(4));
    let state = Reducible::reduce(state, Action::Search(Some("asked".to_owned())));
    let state = Reducible::reduce(state, find(false));
    assert!(matches!(state.selection(), Selection::Node(_)));
    assert_eq!(state.session().cursor().time, Time::ZERO);
}

#[test]
fn a_page_of_the_table_is_turned_back_when_time_moves() {
    let state = after([Action::ToEnd, Action::EventsPage(Some(20))]);
    assert_eq!(state.events_page(), Some(20));
    let state = Reducible::reduce(state, Action::StepBack);
    assert_eq!(state.events_page(), None);
}
