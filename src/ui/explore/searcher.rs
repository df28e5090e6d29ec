//! The page's side of the worker: it starts a worker for each search, and ends it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, MessageEvent, Url, Worker, WorkerOptions, WorkerType};
use yew::prelude::*;

use crate::tongue::{Phrase, say};
use crate::ui::Shared;
use crate::ui::state::{Action, Course, Order};
use crate::view::explore::{Chosen, Findings, QUESTIONS};
use crate::worker::{GO_ON, PAUSE, READY, SEARCH, words};

/// The place beside the page where Trunk puts the worker's program. A published page has the name of this version's
/// program in a `<meta name=worker>`; see `xtask/src/publish.rs`.
const PROGRAM: &str = "./worker_loader.js";

/// A worker, and the functions that listen to it. The worker ends when this is dropped.
struct Searcher {
    job: u32,
    worker: Worker,
    _listeners: [Closure<dyn Fn(MessageEvent)>; 2],
}

impl Drop for Searcher {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Keeps a worker for as long as there is something to search.
#[hook]
pub(in crate::ui) fn use_searcher(state: &Shared) {
    let kept: Rc<RefCell<Option<Searcher>>> = use_mut_ref(|| None);
    let quest = state.quest();
    let state = state.clone();
    use_effect_with((quest.job(), quest.course()), move |(job, course)| {
        let mut kept = kept.borrow_mut();
        if *course == Course::Idle {
            *kept = None;
            return;
        }
        match &*kept {
            Some(searcher) if searcher.job == *job => {
                say(&searcher.worker, &[if *course == Course::Paused { PAUSE } else { GO_ON }]);
            }
            _ => *kept = start(&state, *job),
        }
    });
}

/// Starts the worker's program. A frame without an origin may not start the program by its address, but it may start a
/// line of code of its own that loads the program.
#[inline(never)]
fn launch(options: &WorkerOptions) -> Result<Worker, JsValue> {
    let program = program();
    let window = web_sys::window().filter(|window| window.origin() == "null");
    let Some(document) = window.and_then(|window| window.document()) else {
        return Worker::new_with_options(&program, options);
    };
    let address = Url::new_with_base(&program, &document.base_uri()?.unwrap_or_default())?.href();
    let line = Array::of1(&JsValue::from_str(&format!("import \"{address}\";")));
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&line, &kind)?;
    Worker::new_with_options(&Url::create_object_url_with_blob(&blob)?, options)
}

/// The address of the worker's program.
fn program() -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let named = document.and_then(|document| document.query_selector("meta[name=worker]").ok().flatten());
    named.and_then(|named| named.get_attribute("content")).unwrap_or_else(|| PROGRAM.to_owned())
}

fn say(worker: &Worker, words: &[&str]) {
    let order: Array = words.iter().map(|word| JsValue::from_str(word)).collect();
    let _ = worker.post_message(&order);
}

/// Starts a worker for what is asked. The worker gets the order once it says that it is there.
#[inline(never)]
fn start(state: &Shared, job: u32) -> Option<Searcher> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let dispatcher = state.dispatcher();
    let broke = move |why: Phrase| dispatcher.dispatch(Action::Explore(Order::Broke(job, why.text().into())));
    let Ok(worker) = launch(&options) else {
        broke(say!("This browser does not let the page search beside itself: it refuses to start a worker."));
        return None;
    };
    let order = {
        let quest = state.quest();
        let places = |chosen: &Chosen| chosen.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        (QUESTIONS[quest.asked()].name, Rc::clone(quest.script()), places(quest.chosen()))
    };
    let (dispatcher, own) = (state.dispatcher(), worker.clone());
    let is_ready = Rc::new(Cell::new(false));
    let ready = Rc::clone(&is_ready);
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let words = words(&event.data());
        if words.first().is_some_and(|word| word == READY) {
            ready.set(true);
            say(&own, &[SEARCH, order.0, &order.1, &order.2]);
        } else if let Some(findings) = Findings::unpacked(words) {
            dispatcher.dispatch(Action::Explore(Order::Found(job, Rc::new(findings))));
        }
    });
    worker.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    let error = Closure::<dyn Fn(MessageEvent)>::new(move |_| {
        broke(if is_ready.get() {
            say!(
                "The search broke off: most likely it needs more memory than the browser gives. This is what it had found."
            )
        } else {
            say!("The search could not be started: its program could not be loaded. Reload the page and try again.")
        });
    });
    worker.set_onerror(Some(error.as_ref().unchecked_ref()));
    Some(Searcher { job, worker, _listeners: [listener, error] })
}
