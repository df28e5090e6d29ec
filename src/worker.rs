//! The Web Worker door: searches that take long, beside the page, so that the page never waits.
//!
//! The worker says [`READY`] once. From then on it takes orders, lists of words: [`SEARCH`], the search's name, the script
//! and what was chosen; [`PAUSE`]; [`GO_ON`]. It answers with findings, again and again while it searches, as lists of
//! words too. To stop it for good, the page ends it.
//!
//! *Architecture invariant:* it does not know the page, nor how anything is searched; it drives `view::explore`.

use std::cell::RefCell;

use js_sys::{Array, global};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::view::explore::{Chosen, Findings, KNOBS_MAX, Search};

/// The worker is there.
pub const READY: &str = "ready";
/// Begin a search, in place of the one before: its name, the script, the places chosen with spaces between.
pub const SEARCH: &str = "search";
/// Wait.
pub const PAUSE: &str = "pause";
/// Go on.
pub const GO_ON: &str = "go on";

/// A slice takes about so long, in milliseconds: an order is heard after it.
const SLICE_MS: f64 = 60.0;
/// Findings are told about so often.
const TELL_MS: f64 = 150.0;

thread_local! {
    static JOB: RefCell<Option<Job>> = const { RefCell::new(None) };
}

/// A search under way.
struct Job {
    search: Search,
    is_paused: bool,
    /// Whether the next slice is under way already.
    is_due: bool,
    /// How much is searched in one slice.
    slice: usize,
    /// How long it has searched, and when it told last, in milliseconds.
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
    // A page that is gone hears nothing.
    let _ = scope().post_message(&message);
}

/// The words of a message; nothing of one that has none.
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

/// Searches one slice, and the next one after whatever was ordered meanwhile.
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
        // Twice as much at most, so that one odd slice does not matter; much less, when what is left is much slower.
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
