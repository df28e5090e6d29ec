//! The page: what a session's view looks like in a browser, and what people can do to it.
//!
//! State changes in one place only, the pure reducer in `state`; the components here show it and dispatch actions; what
//! touches the browser (the clock, the window's size) is an effect outside the reducer.
//!
//! *Architecture invariant:* the page knows session and view, not the protocol or the simulation.

mod dom;
mod inspector;
mod network;
mod panels;
mod script;
mod state;
mod timeline;
mod transport;

use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

use crate::scenario::Statement;
use crate::scenario::library::{self, BuiltIn};
use crate::view::{Layout, Panels, Rules, Timeline, caption};
use state::{Action, State};

/// How often the clock ticks while playing, in milliseconds.
const TICK_MS: u32 = 33;

/// Mounts the page in the document's body, in place of what is there.
pub fn mount() {
    std::panic::set_hook(Box::new(report_panic));
    yew::Renderer::<App>::new().render();
}

/// Mounts the page in an element of a larger one.
pub fn mount_in(element: web_sys::Element) {
    yew::Renderer::<App>::with_root(element).render();
}

/// A panic is a bug of ours: it goes to the console, and the page says that it stopped instead of going on half-dead.
fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    web_sys::console::error_1(&panic.to_string().into());
    let document = web_sys::window().and_then(|window| window.document());
    let Some(body) = document.as_ref().and_then(web_sys::Document::body) else { return };
    let notice =
        "Something in the playground broke. Reload the page to go on; the details are in the browser’s console.";
    let element = document.and_then(|document| document.create_element("p").ok());
    if let Some(element) = element {
        element.set_class_name("broken");
        element.set_text_content(Some(notice));
        let _ = body.prepend_with_node_1(&element);
    }
}

/// What every component gets: the state, and the way to change it.
type Shared = UseReducerHandle<State>;

/// The root component.
#[component]
pub fn App() -> Html {
    let state = use_reducer(|| State::open(&library::LIBRARY[0], !prefers_reduced_motion()));
    let stage = use_node_ref();
    use_clock(&state);
    use_width(&stage, &state);

    let session = state.session();
    let (timeline, panels, rules) = (Timeline::of(session), Panels::of(session), Rules::of(session));
    use_follow(&stage, &state, timeline.lanes.len(), timeline.end);
    let scenario = session.scenario();
    let title = if scenario.title.is_empty() { "Untitled" } else { &scenario.title };
    let onkeydown = keyboard(&state);
    let said = caption(session);
    html! {
        <div class="playground" {onkeydown}>
            <header class="top">
                <h1>{ "Paxos playground" }</h1>
                <div class="pickers">
                    { scenario_picker(&state) }
                    { protocol_picker(&state, &rules) }
                </div>
            </header>
            <main>
                <section class="stage" aria-label="Timeline">
                    <div class="intro">
                        <h2>{ title }if state.is_edited() { <span class="edited">{ "edited" }</span> }
                            { for rules.guards.iter().filter(|guard| guard.is_off).map(|guard| html! {
                                <span class="edited off" title={guard.broken}>{ format!("⚠ rule off: {}", guard.name) }</span>
                            }) }
                        </h2>
                        <p>{ &scenario.about }{ " " }<span class="look">{ &scenario.look }</span></p>
                        if let Some(error) = state.act_error() { <p class="wrong" role="alert">{ format!("{error}.") }</p> }
                    </div>
                    <div class="canvas" ref={stage}>
                        { timeline::drawing(&state, &timeline, &panels, state.width()) }
                    </div>
                    if timeline.arrows_left_out > 0 {
                        <p class="quiet">{ format!("The {} earliest messages are not drawn.", timeline.arrows_left_out) }</p>
                    }
                    <p class="caption" aria-live={if state.is_playing() { "off" } else { "polite" }}>
                        if said.is_empty() { { "Nothing has happened yet: press play." } }
                        { for said.iter().map(|line| html! { <span>{ line }</span> }) }
                    </p>
                    { transport::transport(&state, &timeline) }
                    { inspector::inspector(&state, &timeline, &panels, &rules) }
                    { network::network(&state) }
                </section>
                <aside class="panels">
                    { panels::latency(&panels) }
                    { panels::checks(&state, &panels) }
                    { panels::rules(&state, &rules) }
                    { script::editor(&state, &panels) }
                </aside>
            </main>
            <footer>
                { "Lamport, The Part-Time Parliament, 1998. Every message takes at most Δ; this page counts in Δ. Nothing you \
                   do here leaves your browser." }
            </footer>
        </div>
    }
}

fn scenario_picker(state: &Shared) -> Html {
    let onchange = {
        let state = state.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_dyn_into::<web_sys::HtmlSelectElement>();
            if let Some(built_in) = chosen.and_then(|select| library::find(&select.value())) {
                state.dispatch(Action::Open(built_in));
            }
        })
    };
    let chosen = state.built_in();
    let option = |built_in: &BuiltIn| {
        let title = built_in.text.lines().find_map(|line| line.strip_prefix("title")).map_or(built_in.name, str::trim);
        html! { <option value={built_in.name} selected={chosen.name == built_in.name}>{ title }</option> }
    };
    let groups = library::LIBRARY.chunk_by(|one, next| one.group == next.group);
    let group =
        |group: &[BuiltIn]| html! { <optgroup label={group[0].group}>{ for group.iter().map(option) }</optgroup> };
    html! {
        <label class="picker">
            <span>{ "Scenario" }</span>
            <select id="scenario" {onchange}>{ for groups.map(group) }</select>
        </label>
    }
}

/// The same script under another protocol.
fn protocol_picker(state: &Shared, rules: &Rules) -> Html {
    let onchange = {
        let state = state.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
                state.dispatch(Action::Set(Statement::Protocol(select.value())));
            }
        })
    };
    // A choice that the script cannot follow is taken back: the list is made anew.
    let key = format!("{} {}", rules.protocol, state.error().is_some());
    let option = |(name, title): &(&'static str, &'static str)| {
        html! { <option value={*name} selected={rules.protocol == *name}>{ *title }</option> }
    };
    html! {
        <label class="picker">
            <span>{ "Protocol" }</span>
            <select id="protocol" {key} {onchange}>{ for rules.protocols.iter().map(option) }</select>
        </label>
    }
}

/// A class attribute: always the first, and each other one when it applies.
fn class(always: &str, others: &[(&str, bool)]) -> String {
    let mut class = always.to_owned();
    for (other, _) in others.iter().filter(|(_, applies)| *applies) {
        class.push(' ');
        class.push_str(other);
    }
    class
}

/// While the run plays, the clock ticks; otherwise there is no clock.
#[hook]
fn use_clock(state: &Shared) {
    let dispatcher = state.dispatcher();
    use_effect_with(state.is_playing(), move |playing| {
        let clock = playing.then(|| {
            let mut last = now_ms();
            Interval::new(TICK_MS, move || {
                let now = now_ms();
                dispatcher.dispatch(Action::Tick { milliseconds: now - last });
                last = now;
            })
        });
        move || drop(clock)
    });
}

/// Keeps the state's width equal to that of the element.
#[hook]
fn use_width(element: &NodeRef, state: &Shared) {
    let (element, dispatcher) = (element.clone(), state.dispatcher());
    use_effect_with((), move |()| {
        let measure = move || {
            if let Some(element) = element.cast::<web_sys::Element>() {
                dispatcher.dispatch(Action::Width(f64::from(element.client_width())));
            }
        };
        measure();
        let listener = Closure::<dyn Fn()>::new(measure);
        let window = web_sys::window();
        if let Some(window) = &window {
            let _ = window.add_event_listener_with_callback("resize", listener.as_ref().unchecked_ref());
        }
        move || {
            if let Some(window) = &window {
                let _ = window.remove_event_listener_with_callback("resize", listener.as_ref().unchecked_ref());
            }
        }
    });
}

/// What is longer than the screen scrolls along while it plays.
#[hook]
fn use_follow(element: &NodeRef, state: &Shared, nodes: usize, end: crate::types::Time) {
    let element = element.clone();
    let (now, width, playing) = (state.session().cursor().time, state.width(), state.is_playing());
    use_effect_with((now, playing), move |(now, _)| {
        let Some(element) = element.cast::<web_sys::Element>().filter(|_| width > 0.0) else { return };
        let layout = Layout::fit(width, nodes, end);
        let along = layout.head + now.as_deltas() * layout.per_delta;
        let (at, room) = if layout.vertical {
            (element.scroll_top(), element.client_height())
        } else {
            (element.scroll_left(), element.client_width())
        };
        // The lanes' names stand over what is there already.
        let (from, until) = (f64::from(at) + layout.head, f64::from(at + room) - 40.0);
        if (from..=until).contains(&along) {
            return;
        }
        let to = (along - layout.head - f64::from(room) * 0.15).max(0.0) as i32;
        if layout.vertical {
            element.set_scroll_top(to);
        } else {
            element.set_scroll_left(to);
        }
    });
}

/// Keys act while the playground has focus, except where one writes.
fn keyboard(state: &Shared) -> Callback<KeyboardEvent> {
    let state = state.clone();
    Callback::from(move |event: KeyboardEvent| {
        let on = event.target_dyn_into::<web_sys::Element>().map(|target| target.tag_name()).unwrap_or_default();
        let chord = event.ctrl_key() || event.meta_key() || event.alt_key();
        if chord || matches!(on.as_str(), "INPUT" | "TEXTAREA" | "SELECT") {
            return;
        }
        let action = match (event.key().as_str(), event.shift_key()) {
            (" ", _) if on != "BUTTON" && on != "SUMMARY" => Action::PlayOrPause,
            ("k", _) => Action::PlayOrPause,
            ("ArrowRight", false) => Action::Step,
            ("ArrowLeft", false) => Action::StepBack,
            ("ArrowRight", true) => Action::StepDelta,
            ("ArrowLeft", true) => Action::StepDeltaBack,
            ("Home", _) => Action::ToStart,
            ("End", _) => Action::ToEnd,
            ("z", _) => Action::Undo,
            ("y", _) => Action::Redo,
            ("Escape", _) => Action::Select(state::Selection::Nothing),
            _ => return,
        };
        event.prevent_default();
        state.dispatch(action);
    })
}

fn now_ms() -> f64 {
    js_sys::Date::now()
}

fn prefers_reduced_motion() -> bool {
    let query = web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok());
    query.flatten().is_some_and(|query| query.matches())
}
