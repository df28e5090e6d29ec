//! The page: how the view of a session looks in a browser, and what people can do with it.
//!
//! State changes in one place only, the pure reducer in `state`. The components here show the state and dispatch
//! actions. Everything that touches the browser (the clock, the window's size, the canvas, the storage) is an effect
//! outside the reducer.
//!
//! *Architecture invariant:* the page knows session and view, not the protocol or the simulation.

mod author;
mod bar;
mod captions;
mod chamber;
mod compare;
mod dom;
mod embed;
mod events;
mod exercise;
mod explore;
mod export;
mod gallery;
mod help;
mod keys;
mod lessons;
mod link;
mod log;
mod making;
mod network;
mod only;
mod painter;
mod panels;
mod popover;
mod race;
mod rest;
mod script;
mod search;
mod settings;
mod stage;
mod state;
mod strip;
mod tools;
mod transport;
mod trap;
mod trio;
mod why;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

use crate::scenario::library;
use crate::session::Session;
use crate::tongue::{key, say, translated};
use crate::types::Time;
use crate::view::index::Notch;
use crate::view::panels::shelf::Shelf;
use crate::view::{self, Index, Rules};
use dom::{button, el, nothing, tag};
use rest::{Later, Part};
use state::{Action, Panel, State, Tab, View};

/// Mounts the page in the body of the document and replaces its contents.
pub fn mount() {
    trap::watch_for_traps();
    yew::Renderer::<App>::new().render();
}

/// Mounts the page in an element of a larger one.
pub fn mount_in(element: web_sys::Element) {
    yew::Renderer::<App>::with_root(element).render();
}

/// What every component gets: the state, and the way to change it.
type Shared = UseReducerHandle<State>;

/// The root component.
#[component]
pub fn App() -> Html {
    let state = use_reducer(|| link::opened(State::open(&library::LIBRARY[0], !prefers_reduced_motion())));
    let frame = use_node_ref();
    let rest = rest::use_part(Part::Rest, true);
    let tools = rest::use_part(Part::Tools, rest.is_here() && state.needs_tools());
    settings::use_settings(&state);
    use_focus(&state);
    use_clock(&state, rest.is_here());
    use_width(&frame, &state);
    trap::use_last_good(&state, rest.is_here());
    let raced = race::use_race(&state, tools.is_here());
    gallery::use_pictures(&state, &raced);
    explore::use_searcher(&state);
    exercise::use_judging(&state, tools.is_here());
    script::use_editor(&state, tools.is_here() && state.is_editing());
    let follows = use_mut_ref(|| false);
    if rest.is_here() && !follows.replace(true) {
        link::follow(&state);
        if link::is_framed() {
            embed::open(&state);
        } else {
            log::listen(&state);
        }
    }
    let shown = state.presentation();
    let is_embed = shown.is_embed;
    if is_embed && rest.is_here() {
        embed::note(&state);
    }

    let session = state.session();
    let kept = use_mut_ref(|| None);
    let index = Index::kept(&mut kept.borrow_mut(), session.played());
    let kept = use_mut_ref(|| None);
    let original = state.compares().then(|| Index::kept(&mut kept.borrow_mut(), session.original()));
    let shown_index = only::use_shown(&state, &index, rest.is_here());
    let difference = compare::use_difference(&state);
    let stage = stage::use_stage(&state, &shown_index, original);

    let ticks = use_memo(compare::Same(Rc::clone(session.played())), |_| ticks(session, &index));
    let shelf = use_memo((), |()| Shelf::default());
    let hand = chamber::use_chamber();
    let (sent, lost) = index.sent_and_lost(session.trace(), session.cursor().events);
    let label = say!(
        "Space-time diagram of {nodes} processes at {time}: {sent} messages sent, {lost} lost.",
        nodes = session.scenario().nodes(),
        time = session.scenario().time_text(session.cursor().time)
    );
    let is_run = state.view() == View::Run;
    let onkeydown = keys::keyboard(&state, &stage, &shown_index);
    let (below, beside) = match (rest.is_here(), is_embed) {
        // Nothing comes beside a frame's picture that its author does not want there.
        (false, true) if !shown.has_side() => (vec![rest.notice()], Vec::new()),
        (false, true) => (Vec::new(), vec![rest.notice()]),
        // What is beside the picture, or below it in a narrow window, is not to move when the rest comes.
        (false, false) => (vec![tag("div", "room-below").into()], vec![rest.notice()]),
        (true, false) => {
            let only = only::only(&state, &index, &shown_index, &tools);
            (below(&state, only, (*difference).as_ref(), &tools), beside(&state, &hand, &index, &shelf, &tools))
        }
        (true, true) => (embed::below(&state), embed::beside(&state, &hand, &index, &shelf, &tools)),
    };
    let is_alone = beside.is_empty();
    // Keys come to the tools after the picture, since they act on what is chosen there; the style sheet puts them above it.
    let tools_row = if is_embed { nothing() } else { tools::tools(&state, &stage, rest.is_here()) };
    let is_exercise = tools.is_here() && state.exercise().is_some();
    let log = state.log().filter(|_| tools.is_here());
    let is_lesson = state.lesson().is_some() || is_exercise || log.is_some();
    let run = tag("main", if is_alone { "run alone" } else { "run" })
        // The room for the picture is measured first, also where something else takes its place.
        .flag("hidden", !is_run && state.width() > 0.0)
        .with(match (state.lesson(), log) {
            (Some(place), _) => lessons::card(&state, place),
            (None, Some(log)) => log::card(&state, log),
            (None, None) if is_exercise => exercise::card(&state),
            (None, None) => nothing(),
        })
        .with(
            tag("section", "stage")
                .attr("aria-label", say!("Timeline"))
                .with(if is_lesson { nothing() } else { intro(&state) })
                .with(if rest.is_here() { cut_short(&state) } else { nothing() })
                .with(if rest.is_here() { why::broken(&state) } else { nothing() })
                .with(if rest.is_here() { only::told(&state) } else { nothing() })
                .with(tag("div", "frame").find(&frame).with(stage::timeline(&state, &stage, label, rest.is_here())))
                .with(tools_row)
                .with(transport::transport(&state, &stage, session.end(), &ticks))
                .all(below),
        )
        .with(if is_alone {
            nothing()
        } else {
            tag("aside", "side").attr("aria-label", say!("Network and panels")).all(beside).into()
        });
    let strip = match (is_embed, rest.is_here()) {
        (true, _) => nothing(),
        (false, false) => tag("div", "strip").into(),
        (false, true) => strip::strip(&state, &shelf).into(),
    };
    // While the run of a link is being loaded, no other run is shown.
    let is_opening = state.is_awaiting() && !rest.is_missing();
    // What would change a run is not there while a log is shown.
    let of_log = if log.is_some() { " readonly logged" } else { "" };
    // Nothing is drawn before the room for it is measured.
    let class = match (state.width() > 0.0, is_opening) {
        (false, _) => "playground measuring",
        (true, true) => "playground opening",
        (true, false) => shown.class(),
    };
    el("div")
        .set("class", if shown.present { format!("{class} present") } else { class.to_owned() } + of_log)
        .on(yew::virtual_dom::ListenerKind::onkeydown, onkeydown)
        .with(if is_embed { nothing() } else { bar::bar(&state, rest.is_here()) })
        .with(strip)
        .with(if rest.is_here() { link::told(&state) } else { nothing() })
        .with(if state.view() == View::Help { help::help(&state) } else { nothing() })
        .with(run)
        .with(if state.view() == View::Gallery { gallery::gallery(&state) } else { nothing() })
        .with(if state.view() == View::Trio && rest.is_here() { trio::trio(&state, &shelf) } else { nothing() })
        .with(if state.view() == View::Explore { exploring(&state, &tools) } else { nothing() })
        .with(if state.view() == View::Race { racing(&state, (*raced).as_ref(), &tools) } else { nothing() })
        // Nothing of what is shown may move as the rest comes.
        .with(if is_embed || !rest.is_here() {
            nothing()
        } else {
            el("footer")
                .text(say!("Lamport, The Part-Time Parliament, 1998. Nothing you do here leaves your browser."))
                .into()
        })
        .into()
}

/// Everything below the timeline, once the rest of the page is loaded.
#[inline(never)]
fn below(state: &Shared, only: Html, difference: Option<&crate::view::Difference>, tools: &Later) -> Vec<Html> {
    vec![
        why::why(state),
        match state.embedding() {
            Some(embedding) if tools.is_here() => author::author(state, embedding).into(),
            Some(_) => tools.notice(),
            None => nothing(),
        },
        search::search(state, only),
        compare::compare(state, difference),
        events::events(state),
    ]
}

/// Everything beside the timeline, once the rest of the page is loaded.
#[inline(never)]
fn beside(state: &Shared, hand: &chamber::Handle, index: &Index, shelf: &Shelf, tools: &Later) -> Vec<Html> {
    // The chamber shows what processes remember, and a log does not say that.
    let chamber = log::unless(state, || chamber::chamber(state, hand, index));
    vec![chamber, tabs(state), panel(state, shelf, tools)]
}

/// What takes the stage to explore, once the tools are here.
fn exploring(state: &Shared, tools: &Later) -> Html {
    let main = tag("main", "explore").attr("id", "explore").attr("tabindex", "-1").attr("aria-label", say!("Explore"));
    if tools.is_here() { main.all(explore::explore(state)).into() } else { main.with(tools.notice()).into() }
}

/// What takes the stage for a race, once the tools are here.
fn racing(state: &Shared, raced: Option<&crate::view::race::RaceView>, tools: &Later) -> Html {
    let main = tag("main", "racing").attr("id", "race").attr("tabindex", "-1").attr("aria-label", say!("Race"));
    if tools.is_here() { main.all(race::race(state, raced)).into() } else { main.with(tools.notice()).into() }
}

/// The marks on the scrubber: for each kind its class, and one path for all marks of this kind.
fn ticks(session: &Session, index: &Index) -> Vec<(&'static str, String)> {
    let verdicts = session.played().verdicts.iter();
    let broken: Vec<_> =
        verdicts.filter_map(|verdict| verdict.violation.as_ref()).map(|violation| violation.event).collect();
    let mut paths = vec![("acted", String::new()), ("decided", String::new()), ("violated", String::new())];
    let end = session.end().max(Time(1));
    for (time, notch) in index.notches(session.trace(), &broken) {
        let path = &mut paths[match notch {
            Notch::Act => 0,
            Notch::Decision => 1,
            Notch::Violation => 2,
        }];
        path.1.push_str(&format!("M{} 0v8h3v-8z", time.0.saturating_mul(997) / end.0));
    }
    paths
}

/// The introduction: what the scenario shows.
fn intro(state: &Shared) -> Html {
    let scenario = state.session().scenario();
    let mut heading = el("h2").text(&scenario.headline());
    if state.is_edited() {
        heading = heading.with(tag("span", "edited").text(say!("edited")));
    }
    for guard in Rules::of(state.session(), state.vocabulary()).guards.iter().filter(|guard| guard.is_off) {
        let badge = tag("span", "edited off")
            .set("title", guard.broken.clone())
            .text(say!("⚠ rule off: {name}", name = guard.name));
        heading = heading.with(badge);
    }
    let about = if state.is_captioned() {
        captions::caption(state)
    } else if state.is_edited() {
        el("p").text(say!("You have changed this run, so what was said about it need not hold any more."))
    } else {
        let look = tag("span", "look").text(translated(&scenario.look));
        el("p").text(translated(&scenario.about)).text(" ").with(look)
    };
    tag("div", "intro").with(heading).with(about).option(wrong(state)).into()
}

/// The notice that the run was stopped before its end.
#[inline(never)]
fn cut_short(state: &Shared) -> Html {
    let told = view::cut_short(state.session());
    told.map_or_else(nothing, |told| {
        tag("p", "wrong").attr("id", "cut-short").attr("role", "status").text(&told).into()
    })
}

/// The notice of what could not be done.
fn wrong(state: &Shared) -> Option<dom::Node> {
    state.act_error().map(|error| tag("p", "wrong").attr("role", "alert").text(format!("{error}.")))
}

/// Each panel, the title of its tab, and its name in the document.
const TABS: [(Tab, &str, &str); 6] = [
    (Tab::Latency, key!("Latency"), "tab-latency"),
    (Tab::Ballots, key!("{Ballots}"), "tab-ballots"),
    (Tab::Checks, key!("Checks"), "tab-checks"),
    (Tab::Ledger, key!("{Ledger}"), "tab-ledger"),
    (Tab::Rules, key!("Rules"), "tab-rules"),
    (Tab::Script, key!("Script"), "tab-script"),
];

/// The tabs of the panels. The left and right arrows move along them, as in any list of tabs.
fn tabs(state: &Shared) -> Html {
    let shown: Vec<_> = TABS.iter().filter(|(tab, ..)| state.presentation().shows(Panel::Tab(*tab))).collect();
    let ids: Vec<(Tab, &'static str)> = shown.iter().map(|(tab, _, id)| (*tab, *id)).collect();
    let face = |(place, (tab, name, id)): (usize, &&(Tab, &'static str, &'static str))| {
        let is_open = state.tab() == *tab;
        let (dispatcher, ids) = (state.dispatcher(), ids.clone());
        button(state, state.vocabulary().fill(name), Action::Tab(*tab))
            .attr("id", id)
            .attr("role", "tab")
            .attr("aria-controls", "panel")
            .option((*tab == Tab::Checks).then(|| panels::alarm(state)).flatten())
            .aria("aria-selected", is_open)
            .attr("tabindex", if is_open { "0" } else { "-1" })
            .on(yew::virtual_dom::ListenerKind::onkeydown, move |event| {
                let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
                let next = match key.key().as_str() {
                    "ArrowRight" => place + 1,
                    "ArrowLeft" => place + ids.len() - 1,
                    _ => return,
                } % ids.len();
                event.prevent_default();
                event.stop_propagation();
                dispatcher.dispatch(Action::Tab(ids[next].0));
                focus(ids[next].1);
            })
            .into()
    };
    tag("div", "tabs")
        .attr("role", "tablist")
        .attr("aria-label", say!("Panels"))
        .all(shown.iter().enumerate().map(face).collect())
        .into()
}

fn panel(state: &Shared, shelf: &Shelf, tools: &Later) -> Html {
    let inside = match state.tab() {
        Tab::Script if !tools.is_here() => tools.notice(),
        Tab::Script => script::editor(state),
        _ => panels::panel(state, shelf),
    };
    let open = TABS.iter().position(|(tab, ..)| *tab == state.tab()).unwrap_or(0);
    // Each panel is an element of its own, so that a fold that was opened in one panel is not open in another.
    let panel = tag("div", "open-panel").attr("id", "panel").key(open).attr("role", "tabpanel");
    panel.attr("aria-labelledby", TABS[open].2).with(inside).into()
}

/// When another view opens in place of the stage, the focus moves into it. It moves back to the picture afterwards,
/// unless somebody has moved it elsewhere.
#[hook]
fn use_focus(state: &Shared) {
    let first = use_mut_ref(|| true);
    use_effect_with(state.view(), move |view| {
        if std::mem::take(&mut *first.borrow_mut()) {
            return;
        }
        match view {
            View::Help => focus("help"),
            View::Gallery => focus("gallery"),
            View::Explore => focus("explore"),
            View::Trio => focus("trio"),
            View::Race => focus("race"),
            View::Run => {
                let document = web_sys::window().and_then(|window| window.document());
                let on = document.and_then(|document| document.active_element());
                if on.is_none_or(|on| on.tag_name() == "BODY") {
                    focus("timeline");
                }
            }
        }
    });
}

/// Moves the focus to an element, once it is rendered.
fn focus(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// While the run plays or is still being worked on, every frame of the screen is a tick. Otherwise there is no clock,
/// and the page does nothing.
///
/// A tick is asked for when the tick before it has been drawn and its effects have run. A clock that ticks on by itself could never
/// be stopped where drawing takes longer than a frame: Yew runs effects when nothing is left to be drawn, and the next tick would
/// always be there first.
#[hook]
fn use_clock(state: &Shared, judges: bool) {
    let dispatcher = state.dispatcher();
    let is_ticking = state.is_moving() || (judges && !state.session().is_settled());
    let last = use_mut_ref(|| None);
    use_effect(move || {
        if !is_ticking {
            *last.borrow_mut() = None;
        }
        let tick = move |now: f64| {
            let milliseconds = now - last.replace(Some(now)).unwrap_or(now);
            dispatcher.dispatch(Action::Tick { milliseconds, judges });
            false
        };
        let frame = is_ticking.then(|| Frames::call(tick));
        move || drop(frame)
    });
}

/// Calls a function for the next frame, and for each frame after that as long as the function says so, until this is dropped.
/// The function is told the time of the frame in milliseconds.
struct Frames(Slot);

/// The function, for as long as it is called, and the number of the frame that it waits for.
type Slot = Rc<RefCell<Option<(Closure<dyn FnMut(f64)>, i32)>>>;

impl Frames {
    fn call(function: impl Fn(f64) -> bool + 'static) -> Self {
        let slot = Slot::default();
        let again = Rc::clone(&slot);
        let run = Closure::<dyn FnMut(f64)>::new(move |now: f64| {
            let goes_on = function(now);
            if let Some((run, frame)) = again.borrow_mut().as_mut().filter(|_| goes_on) {
                *frame = request_frame(run);
            }
        });
        let frame = request_frame(&run);
        *slot.borrow_mut() = Some((run, frame));
        Self(slot)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let Some((run, frame)) = self.0.borrow_mut().take() {
            // In a tab that nobody looks at, or under load, a frame may come late, when there is nothing left to call.
            if let Some(window) = web_sys::window() {
                let _ = window.cancel_animation_frame(frame);
            }
            // The closure may be running right now, so a later turn of the event loop drops it.
            gloo_timers::callback::Timeout::new(1000, move || drop(run)).forget();
        }
    }
}

fn request_frame(run: &Closure<dyn FnMut(f64)>) -> i32 {
    let frame = web_sys::window().map(|window| window.request_animation_frame(run.as_ref().unchecked_ref()));
    frame.and_then(Result::ok).unwrap_or_default()
}

/// Keeps the width in the state equal to that of the element, whatever changes it: the window, or a style sheet that is
/// loaded later.
#[hook]
fn use_width(element: &NodeRef, state: &Shared) {
    let (element, dispatcher) = (element.clone(), state.dispatcher());
    use_effect_with((), move |()| {
        let found = element.cast::<web_sys::Element>();
        let last = std::cell::Cell::new(-1);
        let measure = move || {
            let width = element.cast::<web_sys::Element>().map_or(0, |element| element.client_width());
            // A hidden element has no width; the state keeps the width that it had.
            if width > 0 && last.replace(width) != width {
                dispatcher.dispatch(Action::Width(f64::from(width)));
            }
        };
        measure();
        let measure = Rc::new(measure);
        // An observer of sizes may not change sizes within the same call.
        let listener = Closure::<dyn Fn()>::new(move || {
            let measure = Rc::clone(&measure);
            gloo_timers::callback::Timeout::new(0, move || measure()).forget();
        });
        let observer = web_sys::ResizeObserver::new(listener.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, &found) {
            observer.observe(element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(listener);
        }
    });
}

fn prefers_reduced_motion() -> bool {
    let query = web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok());
    query.flatten().is_some_and(|query| query.matches())
}
