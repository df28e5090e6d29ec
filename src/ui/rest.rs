//! The later parts of the page: the rest, which is fetched right after the first picture, and the tools, which few people need
//! and which are fetched when somebody asks for one.
//!
//! `cargo xtask build` splits the page's WebAssembly, by the tables in `xtask/src/split/border.rs`. Nothing here or elsewhere
//! depends on which function is where: one that is called too early is fetched there and then, while the page waits. So
//! that nobody has to wait, show what needs a later part only when that part is here. A page that was not split is whole at
//! once.

use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{el, tag};
use crate::tongue::say;

#[wasm_bindgen(module = "/static/rest.js")]
extern "C" {
    fn is_here(part: u32) -> bool;
    fn why_not(part: u32) -> String;
    fn fetch_part(part: u32, exports: &JsValue, done: &JsValue);
    fn load_part(part: u32, exports: &JsValue);
}

/// Fetches a later part while the page waits. The first part calls it when a function of that part is called too early; the
/// name is known to `xtask/src/split.rs`.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "only public functions can be exported")]
pub fn need_part(part: u32) {
    load_part(part, &wasm_bindgen::exports());
}

/// A later part, by its number among the parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Panels, gallery, lessons.
    Rest = 1,
    /// Exploring, the editor, exports, the code that embeds a run.
    Tools = 2,
}

/// How far a later part is.
#[derive(Clone)]
pub(super) enum Later {
    /// It is being fetched, or nobody has asked for it.
    Coming(Part),
    /// Every function of it can be called.
    Here,
    /// It could not be fetched: the reason, and how to show what comes of another attempt.
    Missing(Part, String, UseForceUpdateHandle),
}

/// Fetches a part once the page has been shown and somebody wants it, and shows the page again when it is here.
#[hook]
pub(super) fn use_part(part: Part, is_wanted: bool) -> Later {
    let update = use_force_update();
    let first = update.clone();
    use_effect_with(is_wanted, move |is_wanted| {
        if *is_wanted {
            fetch(part, first);
        }
    });
    if is_here(part as u32) {
        return Later::Here;
    }
    match why_not(part as u32) {
        reason if reason.is_empty() => Later::Coming(part),
        reason => Later::Missing(part, reason, update),
    }
}

fn fetch(part: Part, update: UseForceUpdateHandle) {
    if !is_here(part as u32) {
        fetch_and(part, move || update.force_update());
    }
}

/// Fetches a part in the background, and then does what needs it. If the part could not be fetched, `run` gets the reason.
pub(super) fn with(part: Part, run: impl FnOnce(Result<(), String>) + 'static) {
    if is_here(part as u32) {
        return run(Ok(()));
    }
    fetch_and(part, move || run(if is_here(part as u32) { Ok(()) } else { Err(why_not(part as u32)) }));
}

fn fetch_and(part: Part, run: impl FnOnce() + 'static) {
    fetch_part(part as u32, &wasm_bindgen::exports(), &Closure::once_into_js(run));
}

impl Later {
    /// Whether every function of it can be called without waiting.
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
            Self::Coming(part) => {
                let told = if *part == Part::Rest { say!("Loading the panels…") } else { say!("Loading…") };
                tag("p", "loading").attr("role", "status").text(told).into()
            }
            Self::Missing(part, reason, update) => {
                let (part, update) = (*part, update.clone());
                let again = el("button").attr("type", "button").text(say!("Try again"));
                let again = again.on(ListenerKind::onclick, move |_| {
                    fetch(part, update.clone());
                    update.force_update();
                });
                let what =
                    if part == Part::Rest { say!("The rest of the page") } else { say!("This part of the page") };
                let sentence = say!("{what} could not be loaded: {reason}. ");
                tag("p", "wrong").attr("role", "alert").text(&sentence).with(again).into()
            }
        }
    }
}
