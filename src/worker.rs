//! The Web Worker door: it runs long searches beside the page, so that the page never waits.
//!
//! The worker says [`READY`] once. From then on it takes orders, which are lists of words: [`SEARCH`] with the name of
//! the search, the script and what was chosen; [`PAUSE`]; [`GO_ON`]. While it searches, it answers again and again with
//! findings, which are lists of words too. To stop the worker for good, the page ends it.
//!
//! *Architecture invariant:* the worker knows neither the page nor how anything is searched; it drives `view::explore`.

use std::cell::RefCell;

use js_sys::{Array, global};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::view::explore::{Chosen, Findings, KNOBS_MAX, Search};

/// The message that the worker is there.
pub const READY: &str = "ready";
/// The order to begin a search, in place of the one before. The name of the search, the script, and the chosen places
/// with spaces in between follow.
pub const SEARCH: &str = "search";
/// The order to pause.
pub const PAUSE: &str = "pause";
/// The order to go on.
pub const GO_ON: &str = "go on";

/// How long a slice takes, about, in milliseconds. An order is heard after the slice.
const SLICE_MS: f64 = 60.0;
/// How long it is, about, from one message with findings to the next, in milliseconds.
const TELL_MS: f64 = 150.0;

thread_local! {
    static JOB: RefCell<Option<Job>> = const { RefCell::new(None) };
}

/// A search under way.
struct Job {
    search: Search,
    is_paused: bool,
    /// Whether the next slice is due already.
    is_due: bool,
    /// How many steps of the search make a slice.
    slice: usize,
    /// How long it has searched, and when it last sent findings, in milliseconds.
    spent: f64,
    told: f64,
}

/// Takes orders from the page for as long as the worker lives.
pub fn serve() {
    let listener = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| obey(&words(&event.data())));
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    tell(&[READY.to_owned()]);
}

fn scope() -> DedicatedWorkerGlobalScope {
    global().unchecked_into()
}

fn now() -> f64 {
    scope().performance().map_or(0.0, |clock| clock.now())
}

fn tell(words: &[String]) {
    let message: Array = words.iter().map(|word| JsValue::from_str(word)).collect();
    // If the page is gone, nobody needs the message.
    let _ = scope().post_message(&message);
}

/// The words of a message; empty for a message without words.
pub fn words(message: &JsValue) -> Vec<String> {
    let list = message.dyn_ref::<Array>().map(Array::to_vec).unwrap_or_default();
    list.iter().filter_map(JsValue::as_string).collect()
}

fn obey(order: &[String]) {
    let is_paused = match order.first().map(String::as_str) {
        Some(SEARCH) => {
            begin(order);
            return;
        }
        Some(PAUSE) => true,
        Some(GO_ON) => false,
        _ => return,
    };
    let waits = JOB.with_borrow_mut(|job| {
        let Some(job) = job else { return false };
        job.is_paused = is_paused;
        !is_paused && !job.is_due
    });
    if waits {
        search_on();
    }
}

fn begin(order: &[String]) {
    let [_, name, script, places] = order else { return };
    let mut chosen: Chosen = [0; KNOBS_MAX];
    for (place, word) in chosen.iter_mut().zip(places.split(' ')) {
        *place = word.parse().unwrap_or(0);
    }
    match Search::new(name, script, &chosen) {
        Ok(search) => {
            let slice = search.first_slice();
            JOB.set(Some(Job { search, is_paused: false, is_due: false, slice, spent: 0.0, told: now() }));
            search_on();
        }
        Err(sentence) => {
            JOB.set(None);
            tell(&Findings::failed(format!("This cannot be searched: {sentence}.")).packed());
        }
    }
}

/// Searches one slice, and then the next one, after the orders that came meanwhile.
fn search_on() {
    let goes_on = JOB.with_borrow_mut(|job| {
        let Some(job) = job else { return false };
        job.is_due = false;
        if job.is_paused {
            return false;
        }
        let before = now();
        let is_over = job.search.go_on(job.slice);
        let after = now();
        job.spent += after - before;
        // A slice grows at most to twice its size, so that one odd slice does not matter. It may shrink a lot, when
        // what is left of the search is much slower.
        let fits = SLICE_MS / (after - before).max(1.0);
        job.slice = ((job.slice as f64 * fits.clamp(0.05, 2.0)) as usize).max(1);
        if is_over || after - job.told > TELL_MS {
            job.told = after;
            tell(&job.search.findings(job.spent as u64).packed());
        }
        job.is_due = !is_over;
        job.is_due
    });
    if goes_on {
        gloo_timers::callback::Timeout::new(0, search_on).forget();
    }
}
