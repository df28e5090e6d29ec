//! Links that are runs: the page opens what its address says after the `#`, and writes such a link to the clipboard.
//!
//! What a link means is decided in `scenario::link` and in the state; this is what the browser has to do with it. The first
//! picture waits for the rest of the page when the address is a link, so that no other run is seen before.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, el, nothing, tag};
use super::state::{Action, Told};

#[wasm_bindgen(module = "/static/link.js")]
extern "C" {
    fn asked() -> String;
    fn address(fragment: &str) -> String;
    fn copy(text: &str, done: &JsValue);
    fn choose(id: &str);
}

/// The field that holds a link which the clipboard does not take.
const FIELD: &str = "link-text";

/// Some programs cut links that are longer than this, in characters.
const LONG: usize = 2000;

/// Whether the page's address is a link to a run.
pub(super) fn is_asked() -> bool {
    !asked().is_empty()
}

/// Opens what the address says once the rest of the page is here, and again whenever it says something else.
#[hook]
pub(super) fn use_link(state: &Shared, is_here: bool) {
    let dispatcher = state.dispatcher();
    use_effect_with(is_here, move |is_here| {
        let follow = move || {
            let fragment = asked();
            if !fragment.is_empty() {
                dispatcher.dispatch(Action::Follow(fragment));
            }
        };
        if *is_here {
            follow();
        }
        let listener = is_here.then(|| Closure::<dyn Fn()>::new(follow));
        let window = web_sys::window();
        if let (Some(window), Some(listener)) = (&window, &listener) {
            let _ = window.add_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
        }
        move || {
            if let (Some(window), Some(listener)) = (&window, &listener) {
                let _ = window.remove_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
            }
        }
    });
    let by_hand = matches!(state.told(), Told::ByHand(_));
    use_effect_with(by_hand, |by_hand| {
        if *by_hand {
            choose(FIELD);
        }
    });
}

/// The button that copies a link to what one sees.
pub(super) fn button(state: &Shared) -> Html {
    let shared = state.clone();
    el("button")
        .attr("type", "button")
        .attr("id", "copy-link")
        .attr("title", "A link to this run, at this time, with what is selected")
        .text("Copy link")
        .on(ListenerKind::onclick, move |_| copy_link(&shared))
        .into()
}

#[inline(never)]
fn copy_link(state: &Shared) {
    let link: std::rc::Rc<str> = address(&state.link().print()).into();
    let (text, dispatcher) = (std::rc::Rc::clone(&link), state.dispatcher());
    let done = Closure::once_into_js(move |is_copied: bool| {
        let told = if is_copied { Told::Copied(link.chars().count()) } else { Told::ByHand(link) };
        dispatcher.dispatch(Action::Tell(told));
    });
    copy(&text, &done);
}

/// What is said of links, until something else is done.
#[inline(never)]
pub(super) fn told(state: &Shared) -> Html {
    let region = tag("div", "told").attr("id", "told").attr("role", "status");
    let inside = match state.told() {
        Told::Nothing | Told::Opening => nothing(),
        Told::Copied(length) if *length > LONG => el("p")
            .text(&format!("The link is copied. It has {length} characters, and some programs cut links that long."))
            .into(),
        Told::Copied(_) => el("p").text("The link is copied.").into(),
        Told::ByHand(link) => by_hand(link).into(),
        Told::Wrong(sentence) => tag("p", "wrong").text(&format!("{sentence}.")).into(),
    };
    region.with(inside).into()
}

fn by_hand(link: &str) -> Node {
    let field = el("input")
        .attr("id", FIELD)
        .attr("type", "text")
        .attr("readonly", "")
        .attr("aria-label", "Link")
        .value(link.to_owned());
    el("p").text("This browser does not let the page copy. Copy the link from here: ").with(field)
}
