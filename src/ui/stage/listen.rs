//! The events to which the stage listens: pointers, wheels, scrolling, changes of the theme, printing.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget};

use super::Stage;
use crate::ui::state::Action;

/// A listener that listens until it is dropped.
pub(super) struct Listening {
    target: EventTarget,
    name: &'static str,
    run: Closure<dyn Fn(Event)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.run.as_ref().unchecked_ref());
    }
}

type Handler = fn(&mut Stage, &Event) -> Vec<Action>;

fn listen(stage: &Rc<RefCell<Stage>>, target: EventTarget, name: &'static str, handle: Handler) -> Listening {
    let stage = Rc::clone(stage);
    let run = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let Ok(mut borrowed) = stage.try_borrow_mut() else { return };
        let actions = handle(&mut borrowed, &event);
        let state = borrowed.state.clone();
        drop(borrowed);
        if let Some(state) = state {
            actions.into_iter().for_each(|action| state.dispatch(action));
        }
    });
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(!matches!(name, "wheel" | "touchstart" | "touchmove"));
    let callback = run.as_ref().unchecked_ref();
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(name, callback, &options);
    Listening { target, name, run }
}

pub(super) fn listen_all(stage: &Rc<RefCell<Stage>>) -> Vec<Listening> {
    let places = stage.borrow().places.clone();
    let mut all = Vec::new();
    let mut add = |target: Option<EventTarget>, name, handle| {
        all.extend(target.map(|target| listen(stage, target, name, handle)));
    };
    let canvas = || places.canvas.cast::<Element>().map(EventTarget::from);
    add(canvas(), "pointerdown", Stage::down);
    add(canvas(), "pointermove", Stage::moved);
    add(canvas(), "pointerup", Stage::up);
    add(canvas(), "pointercancel", Stage::cancel);
    add(canvas(), "pointerleave", Stage::leave);
    add(canvas(), "touchstart", Stage::touched);
    add(canvas(), "touchmove", Stage::touched);
    add(canvas(), "wheel", Stage::wheel);
    add(places.scroll.cast::<Element>().map(EventTarget::from), "scroll", Stage::scroll);
    if let Some(window) = web_sys::window() {
        for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)"] {
            let media = window.match_media(query).ok().flatten().map(EventTarget::from);
            add(media, "change", Stage::recolour);
        }
        add(Some(window.into()), "beforeprint", Stage::print);
    }
    all
}
