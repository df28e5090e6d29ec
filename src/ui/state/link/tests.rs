//! What the page promises about links, tested without a browser.

use std::rc::Rc;

use yew::Reducible;

use super::*;
use crate::scenario::library::LIBRARY;
use crate::types::NodeId;
use crate::ui::state::{Action, View};

fn follow(state: Rc<State>, fragment: &str) -> Rc<State> {
    state.reduce(Action::Follow(fragment.to_owned()))
}

/// The page, opened by a link.
fn open(fragment: &str) -> Rc<State> {
    opened(State::open(&LIBRARY[0], true), fragment)
}

/// What the page does: it opens the link at once, and lessons and judges when the rest of it is here.
fn opened(state: State, fragment: &str) -> Rc<State> {
    let mut state = Rc::new(state.opened(Presentation::new(false), fragment));
    if state.is_awaiting() {
        state = follow(state, fragment);
    }
    while !state.session().is_settled() {
        state = state.reduce(Action::Tick { milliseconds: 0.0, judges: true });
    }
    state
}

fn wrong(state: &State) -> &str {
    match state.told() {
        Told::Wrong(sentence) => sentence,
        told => panic!("{told:?}"),
    }
}

fn of_text(text: &str) -> RunLink {
    RunLink { opens: Opens::Script(text.to_owned()), ..RunLink::default() }
}

const SCRIPT: &str = "paxos-playground 1\ntitle     Linked\nnodes     Ada Bob Éva\n\nat 0Δ     propose Ada \"red\"\n";

#[test]
fn a_link_opens_its_script_there_and_with_that_selected() {
    let link = RunLink { at: Some(Time(1_500_000)), selection: Some("Bob".to_owned()), ..of_text(SCRIPT) };
    let state = open(&link.print());
    assert_eq!(state.told(), &Told::Nothing);
    assert_eq!(state.session().text(), SCRIPT);
    assert!(!state.is_playing() && state.session().cursor().time == Time(1_500_000));
    assert!(state.selection() == Selection::Node(NodeId(1)) && state.is_open());
    assert_eq!(state.link(), link);
}

#[test]
fn without_a_time_it_opens_as_scenarios_do() {
    let state = open("v=1&scenario=two-proposers");
    assert!(state.is_playing() && state.built_in().name == "two-proposers");
    let state = opened(State::open(&LIBRARY[0], false), "v=1&scenario=two-proposers");
    assert!(!state.is_playing() && state.session().cursor().time == state.session().end());
}

#[test]
fn a_lesson_is_opened_and_linked_to_until_its_script_is_changed() {
    let state = open("v=1&lesson=adopt");
    assert_eq!(state.lesson(), lesson::find("adopt"));
    assert!(state.progress().is_some());
    assert_eq!(state.link().opens, Opens::Lesson("adopt".to_owned()));
    let state = state.reduce(Action::Seek(Time::DELTA)).reduce(Action::Act(crate::scenario::Act::Heal));
    assert!(matches!(state.link().opens, Opens::Script(_)));
}

#[test]
fn everything_that_can_be_selected_has_a_name_that_finds_it_again() {
    let state = open("v=1&scenario=two-proposers&t=100");
    let trace = state.session().trace();
    let (messages, events) = (trace.messages().len(), trace.events().len());
    let messages = (0..messages as u32).map(|id| Selection::Message(MessageId(id)));
    let marks = (0..events as u32).map(|place| Selection::Mark(EventId(place)));
    let nodes = [Selection::Node(NodeId(4)), Selection::Link(NodeId(1), NodeId(0))];
    let mut named = 0;
    for selection in messages.chain(marks).chain(nodes) {
        if let Some(name) = state.name_of(selection) {
            assert!(state.called(&name) == Some(selection), "{name}");
            named += 1;
        }
    }
    assert!(named > 60, "{named}");
    for name in
        ["Z", "A-A", "A-Z", "Voted:A-B:99", "Voted:A-B:0", "event:0", "event:9999999999", "a:b", "::", "x:y:z:w"]
    {
        assert!(state.called(name).is_none(), "{name}");
    }
    assert!(state.called("Accepted:A-B:1").is_some() && state.called("Accepted:A-B:1") == state.called("Voted:A-B:1"));
}

#[test]
fn a_bad_link_says_why_and_opens_what_could_be_read() {
    let state = open("v=1&scenario=minority-crash&t=soon");
    assert!(state.built_in().name == "minority-crash" && wrong(&state).contains("“soon”"));
    let state = open("v=1&scenario=minority-crash&t=2&sel=Nobody");
    assert_eq!(wrong(&state), "The link selects “Nobody”, which is not in this run");
    assert_eq!(state.session().cursor().time, Time::deltas(2));
    let state = open("v=1&lesson=adapt");
    assert!(wrong(&state).ends_with("“adapt” is none; did you mean adopt?") && state.lesson().is_none());
    let state = open("v=9&lesson=adopt");
    assert!(wrong(&state).contains("version") && state.lesson().is_none());
    assert!(state.is_playing() && state.built_in().name == LIBRARY[0].name);
    // The message disappears once somebody does something else.
    assert_eq!(state.reduce(Action::Step).told(), &Told::Nothing);
}

#[test]
fn a_text_that_does_not_run_is_in_the_editor() {
    let text = "paxos-playground 1\nnodes 3\nat 0Δ propose Z \"red\"\n";
    let state = open(&of_text(text).print());
    assert!(wrong(&state).contains("line 3, column 15: no node is called “Z”"), "{}", wrong(&state));
    assert!(state.text() == text && state.has_draft() && state.tab() == Tab::Script);
    // The draft stays there when the next link comes.
    let state = follow(state, "v=1&scenario=two-proposers");
    assert!(wrong(&state).contains("not opened") && state.text() == text);
    let state = follow(state.reduce(Action::Undo), "v=1&scenario=two-proposers");
    assert!(state.built_in().name == "two-proposers" && state.told() == &Told::Nothing);
}

#[test]
fn what_was_edited_can_be_had_back() {
    let edited = open("v=1&scenario=two-proposers").reduce(Action::Seek(Time::DELTA));
    let edited = edited.reduce(Action::Act(crate::scenario::Act::Heal)).reduce(Action::View(View::Gallery));
    let before = edited.session().text().to_owned();
    for link in ["v=1&lesson=adopt", "v=1&scenario=minority-crash", &of_text(SCRIPT).print()] {
        let state = follow(Rc::clone(&edited), link);
        assert!(state.session().text() != before && state.view() == View::Run && state.told() == &Told::Nothing);
        // A lesson waits for its reader.
        assert!(state.session().cursor().events == 0 && state.is_playing() != link.contains("lesson"));
        assert_eq!(state.reduce(Action::Undo).session().text(), before);
    }
}

#[test]
fn a_long_run_is_not_worked_out_at_once_to_look_at_its_end() {
    let acts: String = (0..400).map(|time| format!("at {}Δ propose A \"v{time}\"\n", 6 * time)).collect();
    let text = format!("paxos-playground 1\nnodes 25\n{acts}");
    let link = RunLink { at: Some(Time::deltas(2000)), selection: Some("event:90000".to_owned()), ..of_text(&text) };
    let first = || Rc::new(State::open(&LIBRARY[0], true).opened(Presentation::new(false), &link.print()));
    let mut state = first();
    assert!(!state.session().is_settled() && state.session().cursor().time < Time::deltas(1900));
    while !state.session().is_settled() {
        state = state.reduce(Action::Tick { milliseconds: 16.0, judges: true });
    }
    assert_eq!(state.session().cursor().time, Time::deltas(2000));
    assert!(state.selection() == Selection::Mark(EventId(89_999)) && state.told() == &Told::Nothing);
    // Who goes on meanwhile is left alone.
    let gone = first().reduce(Action::Seek(Time::DELTA));
    let gone = gone.reduce(Action::Tick { milliseconds: 16.0, judges: true });
    assert_eq!(gone.session().cursor().time, Time::DELTA);
}

#[test]
fn a_link_is_a_run_at_once_and_judged_later() {
    let state = State::open(&LIBRARY[0], true).opened(Presentation::new(false), "v=1&scenario=votes-to-everybody&t=2");
    assert!(!state.is_awaiting() && !state.session().is_settled());
    assert_eq!((state.built_in().name, state.session().cursor().time), ("votes-to-everybody", Time::deltas(2)));
    assert_eq!(*state.told(), Told::Nothing);
    let state = State::open(&LIBRARY[0], true).opened(Presentation::new(false), "v=1&lesson=adopt");
    assert!(state.is_awaiting(), "lessons come with the rest of the page");
    let state = State::open(&LIBRARY[0], true).opened(Presentation::read("theme=blue", true), "");
    assert!(state.presentation().is_embed && matches!(state.told(), Told::Wrong(_)));
}

/// The machines of the slides' protocols are in the first part of the page, and those of the other protocols in the rest.
#[test]
fn a_run_of_a_protocol_that_the_slides_only_name_waits_for_the_rest_of_the_page() {
    let at_once =
        |fragment: &str| !State::open(&LIBRARY[0], true).opened(Presentation::new(false), fragment).is_awaiting();
    assert!(
        at_once("v=1&scenario=two-proposers") && at_once(&of_text(SCRIPT).print()) && at_once("v=1&scenario=nothing")
    );
    for built_in in LIBRARY {
        let protocol = Scenario::read(built_in.text).expect("it is tested").1.protocol;
        let is_early = ["preliminary", "basic", "complete", "multi", "broadcast"].contains(&protocol.name);
        assert_eq!(at_once(&format!("v=1&scenario={}", built_in.name)), is_early, "{}", built_in.name);
    }
    let fast = format!("{SCRIPT}protocol  fast  # fast\n");
    assert!(!at_once(&of_text(&fast).print()));
    let state = open(&of_text(&fast).print());
    assert_eq!(
        (state.told(), state.session().text()),
        (&Told::Nothing, &*Script::parse(&fast).expect("good").to_string())
    );
}
