//! Links that are runs: the page opens what its address says after the `#`, and writes such a link to the clipboard.
//!
//! What a link means is decided in `scenario::link` and in the state; this is what the browser has to do with it. The first
//! picture is already the link's run. Only a lesson, and a run of a protocol that the slides only name, waits for the rest
//! of the page.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, el, nothing, tag, words};
use super::state::{Action, Presentation, State, Told};
use crate::tongue::{say, speak};

#[wasm_bindgen(module = "/static/link.js")]
extern "C" {
    /// The part of the address after its `#`, if that is a link to a run.
    fn asked() -> String;
    /// The part of the address after its `?`.
    fn query() -> String;
    /// The words of another language than English if one is wanted, or a sentence that says why they are not here.
    fn catalogue() -> String;
    /// Begins the page anew in another language, with what this fragment opens.
    pub(super) fn turn(lang: &str, fragment: &str);
    /// Whether the page is a frame in another one.
    fn framed() -> bool;
    /// The address of the whole page with this fragment.
    pub(super) fn full(fragment: &str) -> String;
    /// Calls this whenever the address says something else after its `#`, and soon if it does so already, or if it `is_due`.
    fn listen(follow: &JsValue, is_due: bool);
    /// The address with another fragment, which stands in the address bar from now on, unless that is forbidden.
    fn address(fragment: &str) -> String;
    /// Copies a text, and calls `done` with whether that was possible.
    fn copy(text: &str, done: &JsValue);
    /// Selects the contents of a field soon, for somebody to copy.
    fn choose(id: &str);
}

/// The field with a link that the browser does not let the page copy.
const FIELD: &str = "link-text";

/// Some programs cut links that are longer than this, in characters.
const LONG: usize = 2000;

/// The page as its address says that it opens: what to open, and how that is presented.
pub(super) fn opened(state: State) -> State {
    let silent = speak(catalogue()).err().filter(|why| !why.is_empty());
    let (query, fragment) = (query(), asked());
    let is_asked = framed() || !fragment.is_empty() || !query.is_empty() || silent.is_some();
    if !is_asked {
        return state;
    }
    let mut shown = Presentation::read(&query, framed());
    shown.wrong = silent.or(shown.wrong);
    state.opened(shown, &fragment)
}

/// Whether the page is a frame in another one.
pub(super) fn is_framed() -> bool {
    framed()
}

/// Opens what the address says whenever it says something else, and now if that waited. Called once the rest of the page is
/// here, and never again.
#[inline(never)]
pub(super) fn follow(state: &Shared) {
    let dispatcher = state.dispatcher();
    let follow = Closure::<dyn Fn()>::new(move || {
        let fragment = asked();
        if !fragment.is_empty() {
            dispatcher.dispatch(Action::Follow(fragment));
        }
    });
    listen(follow.as_ref().unchecked_ref(), state.is_awaiting());
    // It is called for as long as there is a page.
    follow.forget();
}

/// The button that copies a link to what is shown, what stands beside it, and whether copying worked.
#[inline(never)]
pub(super) fn share(state: &Shared, beside: Html) -> Html {
    let shared = state.clone();
    let button = el("button")
        .attr("type", "button")
        .attr("id", "copy-link")
        .attr("title", say!("A link to this run, at this time, with what is selected"))
        .text(say!("Copy link"))
        .on(ListenerKind::onclick, move |_| copy_link(&shared));
    let region = tag("span", "quiet").attr("id", "shared").attr("role", "status").with(match state.told() {
        Told::Copied(length) if *length > LONG => {
            words(say!("The link is copied. It has {length} characters, and some programs cut links that long."))
        }
        Told::Copied(_) => words(say!("The link is copied.")),
        Told::ByHand(_) => words(say!("This browser does not let the page copy. Copy the link from here:")),
        _ => nothing(),
    });
    let field = match state.told() {
        Told::ByHand(link) => Some(by_hand(link)),
        _ => None,
    };
    tag("div", "row").with(button).with(beside).with(region).option(field).into()
}

/// Copies the code that embeds the run; the code is also in a field.
pub(super) fn copy_code(state: &Shared, code: &str, field: &'static str) {
    let dispatcher = state.dispatcher();
    let done = Closure::once_into_js(move |is_copied: bool| {
        dispatcher.dispatch(Action::Tell(if is_copied {
            Told::CodeCopied
        } else {
            choose(field);
            Told::CodeByHand
        }));
    });
    copy(code, &done);
}

#[inline(never)]
fn copy_link(state: &Shared) {
    let link: std::rc::Rc<str> = address(&state.link().print()).into();
    let (text, dispatcher) = (std::rc::Rc::clone(&link), state.dispatcher());
    let done = Closure::once_into_js(move |is_copied: bool| {
        dispatcher.dispatch(Action::Tell(if is_copied {
            Told::Copied(link.chars().count())
        } else {
            choose(FIELD);
            Told::ByHand(link)
        }));
    });
    copy(&text, &done);
}

/// The notice of what is wrong with the link that was opened, until something else is done.
#[inline(never)]
pub(super) fn told(state: &Shared) -> Html {
    let region = tag("div", "told").attr("id", "told").attr("role", "status");
    let wrong = match state.told() {
        Told::Wrong(sentence) => Some(tag("p", "wrong").text(format!("{sentence}."))),
        Told::Said(sentence) => Some(el("p").text(sentence)),
        _ => None,
    };
    region.option(wrong).into()
}

fn by_hand(link: &str) -> Node {
    el("input")
        .attr("id", FIELD)
        .attr("type", "text")
        .attr("readonly", "")
        .attr("aria-label", say!("Link"))
        .value(link.to_owned())
}
