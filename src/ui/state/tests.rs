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
    let state = Reducible::reduce(state, Action::Search(Some("client asks".to_owned())));
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

#[test]
fn a_tool_acts_on_what_is_selected_next_and_is_put_away() {
    let state = after([Action::ToStart, Action::Tool(Some(Tool::Crash)), Action::Select(Selection::Node(NodeId(1)))]);
    assert!(state.session().text().contains("\nat 0Δ     crash B\n") && state.tool().is_none());
    assert!(state.is_playing(), "what comes of it is seen at once");
    let state = after([Action::ToStart, Action::Select(Selection::Node(NodeId(3))), Action::Tool(Some(Tool::Cut))]);
    assert!(state.session().text().contains("partition A B C E | D"), "what is selected is acted on at once");
    let state = [Action::Seek(Time::DELTA), Action::Tool(Some(Tool::Cut)), Action::Select(Selection::Node(NodeId(3)))]
        .into_iter()
        .fold(state, Reducible::reduce);
    assert!(state.session().text().contains("heal"), "{}", state.session().text());
    let state = after([Action::ToEnd, Action::Tool(Some(Tool::Drop)), Action::Select(Selection::Node(NodeId(1)))]);
    assert_eq!(state.tool(), Some(Tool::Drop), "a process cannot be dropped, so the tool waits on");
}

#[test]
fn a_variant_is_a_request_to_a_settled_cluster_or_the_reader_s_own_script() {
    let state = after([Action::Variant("multi")]);
    assert_eq!((state.session().scenario().protocol.name, state.is_edited()), ("multi", false));
    assert_eq!(state.session().cursor().time, Time(Time::DELTA.0 * 7 / 2));
    let state = after([Action::ToStart, Action::Act(Act::Crash("B".to_owned())), Action::Variant("broadcast")]);
    assert_eq!(state.session().scenario().protocol.name, "broadcast");
    assert!(state.session().text().contains("crash B"), "the reader's act is kept");
    assert_eq!(state.variants().len(), 3);
}

#[test]
fn a_caption_can_wait_and_captions_can_be_left() {
    let story = crate::scenario::library::find("first-story").expect("it is built in");
    let tick = || Action::Tick { milliseconds: 200.0, judges: true };
    let state = std::iter::once(Action::Open(story)).chain((0..100).map(|_| tick())).fold(open(), Reducible::reduce);
    assert_eq!((state.session().cursor().time, state.is_playing()), (Time::deltas(3), false));
    assert_eq!((state.speed(), state.is_captioned()), (250, true));
    let state = std::iter::once(Action::PlayOrPause).chain((0..300).map(|_| tick())).fold(state, Reducible::reduce);
    assert!(state.session().cursor().time >= state.session().end(), "it waits only once");
    let state = Reducible::reduce(state, Action::Captions(false));
    assert_eq!((state.speed(), state.is_captioned()), (1000, false));
    let state = [Action::Open(story), Action::Open(&LIBRARY[0])].into_iter().fold(open(), Reducible::reduce);
    assert_eq!((state.speed(), state.is_captioned()), (1000, false));
}

#[test]
fn a_lesson_waits_at_its_beginning_and_is_named_where_its_script_is_its_own() {
    let state = after([Action::Lesson(Some(0))]);
    assert_eq!((state.session().cursor().time, state.is_playing()), (Time::ZERO, false));
    assert_eq!(state.own_title().as_deref(), Some(LESSONS[0].title));
    let state = Reducible::reduce(state, Action::Guess(1));
    assert_eq!(state.guess(), Some(1));
    let state = Reducible::reduce(state, Action::Lesson(Some(1)));
    assert_eq!((state.guess(), state.own_title()), (None, None), "a built-in scenario has its own name in the list");
}

#[test]
fn a_lesson_judges_in_the_words_that_are_chosen() {
    let place = crate::lesson::find("no-success").expect("it is a lesson");
    let state = after([Action::Lesson(Some(place))]);
    assert_eq!(state.progress().map(|progress| &*progress.sentence), Some("Nobody has voted yet."));
    let state = Reducible::reduce(state, Action::Modern(true));
    assert_eq!(state.progress().map(|progress| &*progress.sentence), Some("Nobody has accepted yet."));
}

/// Two goals, of which the first holds at once; A may be crashed.
const EXERCISE: &str = "paxos-playground 1\nnodes A B C\nat 0Δ propose A \"red\"\nallow crash A\n\
    goal 0 \"Every check holds\": violated = 0\ngoal \"A is down\": crashed = 1\n";

/// Judges as the page does between its frames.
fn judged(mut state: Rc<State>) -> Rc<State> {
    while state.is_to_be_judged() {
        state = Reducible::reduce(state, Action::Judge);
    }
    state
}

fn solved_goals(state: &State) -> Option<usize> {
    state.exercise_now().map(|exercise| exercise.solved)
}

#[test]
fn an_exercise_waits_for_its_reader_and_is_judged_as_the_run_changes() {
    let state = judged(after([Action::Load(EXERCISE.to_owned())]));
    assert!(!state.is_playing() && state.session().cursor().events == 0 && state.needs_tools());
    assert_eq!(solved_goals(&state), Some(1));
    let state = Reducible::reduce(state, Action::Act(Act::Crash("A".to_owned())));
    assert!(state.exercise().is_some(), "what was said before is shown until the new run is judged");
    assert_eq!(solved_goals(&state), None);
    let state = judged(state);
    assert_eq!(solved_goals(&state), Some(2));
    let state = judged(Reducible::reduce(state, Action::Act(Act::Heal)));
    assert_eq!(solved_goals(&state), Some(0), "a line that is not allowed");
    let state = judged(Reducible::reduce(state, Action::Again));
    assert_eq!((solved_goals(&state), state.text() == state.given()), (Some(1), true));
    let state = judged(Reducible::reduce(state, Action::Undo));
    assert!(state.text().contains("heal"), "starting again can be undone");
    let state = Reducible::reduce(state, Action::Open(&LIBRARY[0]));
    assert!(state.exercise().is_none() && !state.has_goals());
}

#[test]
fn the_form_of_an_exercise_writes_the_script_and_follows_it() {
    let opens = crate::view::making::Making::of(open().text());
    let state = after([Action::Make(Some(opens.into()))]);
    let mut form = (**state.making().expect("it is open")).clone();
    let mut goal = crate::view::making::GoalForm::default();
    (goal.text, goal.condition) = ("Somebody votes".to_owned(), "votes > 0".to_owned());
    form.goals.push(goal);
    let state = judged(Reducible::reduce(state, Action::Make(Some(form.into()))));
    assert!(state.text().contains("goal      \"Somebody votes\": votes > 0\n") && state.is_editing());
    assert!(state.exercise_now().is_some_and(|exercise| exercise.is_being_made && exercise.solved == 0));
    let state = Reducible::reduce(state, Action::Undo);
    assert!(state.making().is_some_and(|form| form.goals.is_empty()), "the form follows");
    let state = judged(Reducible::reduce(Reducible::reduce(state, Action::Redo), Action::Pose));
    assert!(state.making().is_none() && solved_goals(&state) == Some(1));
}

#[test]
fn a_log_takes_the_place_of_the_run_and_gives_it_back_as_it_was() {
    let log = || {
        let text = include_str!("../../../tests/logs/broken-promise.jsonl");
        let (view, session) = crate::view::log::LogView::open("log", text).expect("it is a log");
        Action::Log(Some(Rc::new(Logged::new(view, session))))
    };
    let before = after([Action::ToStart, Action::Act(Act::Crash("B".to_owned()))]);
    let text = before.text().to_owned();
    let state = Reducible::reduce(Rc::clone(&before), log());
    assert!(state.log().is_some() && state.is_fixed() && state.selection() != Selection::Nothing);
    assert!(state.session().cursor().events > 0 && state.session().is_log());
    let state = Reducible::reduce(state, Action::Act(Act::Heal));
    assert!(state.error().is_some_and(|error| error.message.contains("a log cannot be changed")));
    let again = Reducible::reduce(Rc::clone(&state), log());
    for back in [Action::Undo, Action::Log(None)] {
        let state = Reducible::reduce(Rc::clone(&again), back);
        assert!(state.log().is_none() && state.text() == text && !state.is_fixed());
        assert!(Reducible::reduce(state, Action::Undo).text() != text, "the script can be undone as before");
    }
    let other = Reducible::reduce(state, Action::Open(&LIBRARY[1]));
    assert!(other.log().is_none() && other.built_in().name == LIBRARY[1].name);
    let draft = after([Action::Edit("paxos-playground 1\nnonsense".to_owned()), log()]);
    assert!(draft.log().is_none() && draft.has_draft() && matches!(draft.told(), Told::Wrong(_)));
}
