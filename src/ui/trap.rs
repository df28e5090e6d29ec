//! A program that breaks: the page says so, and leads back to the last good script.
//!
//! A panic is a bug of ours and ends in a trap of WebAssembly, as does memory that the browser does not give. After a trap
//! nothing here can run any more, so `static/trap.js` says the sentence. It has been told before which script was good.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::Shared;
use crate::session::Played;

#[wasm_bindgen(module = "/static/trap.js")]
extern "C" {
    /// From now on a broken program is told of, in this sentence.
    fn watch(sentence: &str);
    /// Keeps the fragment of the link to a script whose run is whole.
    fn keep(fragment: &str);
}

const SENTENCE: &str = "Something in the playground broke, perhaps because the run needs more memory than this tab has. \
                        The details are in the browser’s console.";

/// Has the page say so when the program breaks.
pub(super) fn watch_for_traps() {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    watch(SENTENCE);
}

/// Remembers each script as good once its run is over and read, for that is when it can do no harm any more.
#[hook]
pub(super) fn use_last_good(state: &Shared, is_here: bool) {
    let session = state.session();
    let is_good = is_here && session.is_settled() && !state.is_awaiting();
    let good = is_good.then(|| Whole(Rc::clone(session.played())));
    let state = state.clone();
    use_effect_with(good, move |good| {
        if good.is_some() {
            keep_link(&state);
        }
    });
}

/// A run that is over and read. It is compared by its place: the first picture has none of what compares runs.
struct Whole(Rc<Played>);

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Apart from the hook, because to write links belongs to the rest of the page.
#[inline(never)]
fn keep_link(state: &Shared) {
    keep(&state.link().print());
}
