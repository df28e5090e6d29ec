//! When the program breaks, the page says so and leads back to the last good script.
//!
//! A panic is a bug of ours and ends in a trap of WebAssembly; so does memory that the browser refuses. After a trap
//! nothing here can run any more, so `static/trap.js` shows the sentence. It knows the last good script, because this
//! file told it before.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::Shared;
use crate::session::Played;

#[wasm_bindgen(module = "/static/trap.js")]
extern "C" {
    /// From now on the page shows this sentence when the program breaks.
    fn watch(sentence: &str);
    /// Keeps the fragment of the link to a script whose run is whole.
    fn keep(fragment: &str);
}

const SENTENCE: &str = "Something in the playground broke, perhaps because the run needs more memory than this tab has. \
                        The details are in the browser’s console.";

/// Makes the page say so when the program breaks.
pub(super) fn watch_for_traps() {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    watch(SENTENCE);
}

/// Remembers a script as good once its run is over and read, because then it cannot do any harm any more.
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

/// A run that is over and read. Runs are compared by their addresses, because the first picture is made without the
/// code that compares runs.
struct Whole(Rc<Played>);

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// This is apart from the hook, because writing links belongs to the rest of the page.
#[inline(never)]
fn keep_link(state: &Shared) {
    keep(&state.link().print());
}
