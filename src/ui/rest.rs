//! The rest of the page: code that nobody needs for the first picture, fetched right after it.
//!
//! `cargo xtask build` splits the page's WebAssembly in two, by the table in `xtask/src/split.rs`. No code depends on
//! which function is in which part: if a function is called too early, the rest is fetched at once, while the page
//! waits. To spare people that wait, show what needs the rest only when the rest is loaded. A page that was not split
//! is complete from the beginning.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{el, tag};

#[wasm_bindgen(module = "/static/rest.js")]
extern "C" {
    fn is_here() -> bool;
    fn why_not() -> String;
    fn fetch_rest(exports: &JsValue, done: &JsValue);
    fn load_rest(exports: &JsValue);
}

/// Fetches the rest while the page waits. The first part calls this when a function of the rest is called too early;
/// `xtask/src/split.rs` knows its name.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "only public functions can be exported")]
pub fn need_rest() {
    load_rest(&wasm_bindgen::exports());
}

/// Whether the rest has been loaded.
#[derive(Clone)]
pub(super) enum Rest {
    /// It is being fetched.
    Coming,
    /// Every function can be called.
    Here,
    /// It could not be fetched: the reason, and a handle that renders the page again after another attempt.
    Missing(String, UseForceUpdateHandle),
}

/// Fetches the rest once the page has been shown, and renders the page again when the rest is loaded.
#[hook]
pub(super) fn use_rest() -> Rest {
    let update = use_force_update();
    let first = update.clone();
    use_effect_with((), move |()| fetch(first));
    if is_here() {
        return Rest::Here;
    }
    match why_not() {
        reason if reason.is_empty() => Rest::Coming,
        reason => Rest::Missing(reason, update),
    }
}

fn fetch(update: UseForceUpdateHandle) {
    if is_here() {
        return;
    }
    let done = Closure::<dyn Fn()>::new(move || update.force_update());
    fetch_rest(&wasm_bindgen::exports(), done.as_ref().unchecked_ref());
    // This is called once or twice in the life of a page.
    done.forget();
}

impl Rest {
    /// Whether every function can be called without waiting.
    pub(super) fn is_here(&self) -> bool {
        matches!(self, Self::Here)
    }

    /// Whether it could not be fetched.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(..))
    }

    /// The notice that stands in place of the rest.
    pub(super) fn notice(&self) -> Html {
        match self {
            Self::Here => Html::default(),
            Self::Coming => tag("p", "loading").attr("role", "status").text("Loading the panels…").into(),
            Self::Missing(reason, update) => {
                let update = update.clone();
                let again = el("button").attr("type", "button").text("Try again");
                let again = again.on(ListenerKind::onclick, move |_| {
                    fetch(update.clone());
                    update.force_update();
                });
                let sentence = format!("The rest of the page could not be loaded: {reason}. ");
                tag("p", "wrong").attr("role", "alert").text(&sentence).with(again).into()
            }
        }
    }
}
