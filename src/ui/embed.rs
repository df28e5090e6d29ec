//! The playground in a frame: which parts of the page it shows, and what it tells the page around it.
//!
//! `static/frame.js` exchanges messages with the page around it, checks their shape and their origin, and calls the
//! function that it gets from here. `docs/embedding.md` is the contract. The messages are made in `view::frame`.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{el, nothing, tag};
use super::rest::Later;
use super::state::{Action, Controls, Panel, Refused};
use super::{Index, Shared, Shelf, chamber, events, export, link, panel, settings, tabs, why};
use crate::session::Session;
use crate::tongue::say;
use crate::types::Time;
use crate::view::frame::{self, Around, Telling};

thread_local! {
    static FRAME: RefCell<Frame> = RefCell::default();
}

/// What the frame knows about both sides.
#[derive(Default)]
struct Frame {
    state: Option<Shared>,
    /// The function that takes messages, once somebody listens: its arguments are the kind of message and the fields as
    /// JSON.
    tell: Option<js_sys::Function>,
    telling: Telling,
    /// Whether the run played, and which lessons were solved, when the page around was last told.
    told: Option<(bool, u64)>,
}

/// Keeps the state that is shown, and tells the page around what is new in it.
#[inline(never)]
pub(super) fn note(state: &Shared) {
    FRAME.with_borrow_mut(|frame| {
        frame.state = Some(state.clone());
        let Some(tell) = frame.tell.clone() else { return };
        let say = |kind: &str, fields: &str| drop(tell.call2(&JsValue::NULL, &kind.into(), &fields.into()));
        for event in frame.telling.news(state.session()) {
            say("event", &event);
        }
        if let Some(exercise) = state.exercise_now() {
            frame.telling.solved(exercise, state.given()).iter().for_each(|event| say("event", event));
        }
        let told = (state.is_playing(), state.solved());
        let Some((was_playing, had_solved)) = frame.told.replace(told) else { return };
        for place in (0..64).filter(|place| (told.1 & !had_solved) >> place & 1 == 1) {
            say("event", &frame::solved(crate::lesson::LESSONS[place].id));
        }
        if was_playing != told.0 {
            say("state", &standing(state));
        }
    });
}

fn standing(state: &Shared) -> String {
    let around = Around {
        is_playing: state.is_playing(),
        theme: settings::name(state.theme()),
        is_edited: state.is_edited(),
        exercise: state.exercise_now().map(|exercise| &**exercise).filter(|exercise| exercise.is_judged),
        link: &state.link().print(),
    };
    frame::state(state.session(), &around)
}

#[wasm_bindgen(module = "/static/link.js")]
extern "C" {
    /// Loads `static/frame.js`, which calls the function for everything that the page around asks for.
    fn open_door(order: &JsValue);
}

/// Lets the page around control this one from now on. It is called once.
#[inline(never)]
pub(super) fn open(state: &Shared) {
    FRAME.with_borrow_mut(|frame| frame.state = Some(state.clone()));
    let door = Closure::<dyn Fn(JsValue, String, String, f64) -> JsValue>::new(|tell, order: String, text, number| {
        answer(tell, &order, text, number)
    });
    open_door(door.as_ref());
    // The door stays open for as long as there is a page.
    door.forget();
}

/// Does what the page around asks for. `tell` comes with the order `listen`: it is a function of a kind of message and
/// its fields as JSON. `text` and `number` are the arguments of the order. The answer is what was asked for, JSON that
/// says what is wrong, or nothing.
fn answer(tell: JsValue, order: &str, text: String, number: f64) -> JsValue {
    let Some(state) = FRAME.with_borrow(|frame| frame.state.clone()) else { return JsValue::UNDEFINED };
    match order {
        "listen" => {
            FRAME.with_borrow_mut(|frame| {
                frame.tell = tell.dyn_into().ok();
                frame.told = Some((state.is_playing(), state.solved()));
            });
            note(&state);
            JsValue::UNDEFINED
        }
        "state" => standing(&state).into(),
        "export" => frame::export(state.session(), &state.link().print(), &text).into(),
        _ => match action(&state, order, text, number) {
            Ok(action) => {
                state.dispatch(action);
                JsValue::UNDEFINED
            }
            Err(refusal) => refusal.into(),
        },
    }
}

/// The action of an order, or JSON that says what is wrong with it.
fn action(state: &Shared, order: &str, text: String, number: f64) -> Result<Action, String> {
    Ok(match order {
        "load" => match Session::open(&text) {
            Ok(_) => Action::Load(text),
            Err(error) => return Err(frame::refusal(&error)),
        },
        "link" => match state.refusal_of(&text) {
            None => Action::Follow(text),
            Some(Refused::Link(sentence)) => return Err(frame::complaint(&sentence)),
            Some(Refused::Script(error)) => return Err(frame::refusal(&error)),
        },
        "seek" => {
            let time = ticks(number).ok_or_else(|| frame::complaint("a time is a number of Δ from 0 on"))?;
            Action::Seek(time.min(state.session().end()))
        }
        "play" => Action::Play(true),
        "pause" => Action::Play(false),
        "event" => Action::Step,
        "event-back" => Action::StepBack,
        "delta" => Action::StepDelta,
        "delta-back" => Action::StepDeltaBack,
        "sleep" => Action::Sleep(true),
        "wake" => Action::Sleep(false),
        "theme" => {
            Action::Theme(settings::named(&text).ok_or_else(|| frame::complaint("a theme is auto, light or dark"))?)
        }
        _ => return Err(frame::complaint("this order is not known here")),
    })
}

/// Reads a time in Δ; a time beyond every run counts as the end of the run.
fn ticks(deltas: f64) -> Option<Time> {
    let ticks = deltas * Time::DELTA.0 as f64 + 0.5;
    (ticks >= 0.0).then(|| Time(ticks.min(9.0e15) as u64))
}

/// Everything below the timeline in a frame.
#[inline(never)]
pub(super) fn below(state: &Shared) -> Vec<Html> {
    let shown = state.presentation();
    let open_full = el("a")
        .attr("id", "open-full")
        .attr("href", "./")
        .attr("target", "_blank")
        .attr("rel", "noopener")
        .attr("title", say!("Open this run, as it is now, in the whole playground"))
        .text(say!("Open full ↗"));
    // The address of the link is worked out when somebody is about to follow it, because it changes at every moment.
    let aim = |node: super::dom::Node, kind| {
        let state = state.clone();
        node.on(kind, move |event: Event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if let Some(target) = target {
                let _ = target.set_attribute("href", &link::full(&state.link().print()));
            }
        })
    };
    let kinds =
        [ListenerKind::onpointerdown, ListenerKind::onclick, ListenerKind::onfocusin, ListenerKind::oncontextmenu];
    let open_full = kinds.into_iter().fold(open_full, aim);
    vec![
        if shown.shows(Panel::Why) { why::why(state) } else { nothing() },
        if shown.shows(Panel::Events) { events::events(state) } else { nothing() },
        if shown.controls == Controls::Full { export::exports(state, false) } else { nothing() },
        tag("p", "about").with(tag("span", "quiet").text("Paxos playground")).with(open_full).into(),
    ]
}

/// Everything beside the timeline in a frame, if there is anything.
#[inline(never)]
pub(super) fn beside(state: &Shared, hand: &chamber::Handle, index: &Index, shelf: &Shelf, tools: &Later) -> Vec<Html> {
    let shown = state.presentation();
    let mut beside = Vec::new();
    if shown.shows(Panel::Network) {
        beside.push(chamber::chamber(state, hand, index));
    }
    if shown.tabs().count() > 1 {
        beside.push(tabs(state));
    }
    if shown.tabs().next().is_some() {
        beside.push(panel(state, shelf, tools));
    }
    beside
}
