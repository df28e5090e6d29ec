//! Pointers on the picture: they choose things, drag messages, and move the window.
//!
//! A finger scrolls, so it drags only the message that a tap has chosen before.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, PointerEvent, WheelEvent};

use super::{DRAG_GRID, Press, SLIP, Stage, offset, target};
use crate::scenario::RuleEffect;
use crate::types::Time;
use crate::ui::state::{Action, Selection};
use crate::view::scene::{Drag, Target};

impl Stage {
    pub(super) fn wheel(&mut self, event: &Event) -> Vec<Action> {
        let Some(wheel) = event.dyn_ref::<WheelEvent>() else { return Vec::new() };
        if !wheel.ctrl_key() && !wheel.meta_key() {
            return Vec::new();
        }
        wheel.prevent_default();
        let (x, y) = offset(wheel);
        let at = if self.window.is_some_and(|window| window.vertical) { y } else { x };
        self.zoom(if wheel.delta_y() < 0.0 { 1.15 } else { 1.0 / 1.15 }, Some(at))
    }

    pub(super) fn down(&mut self, event: &Event) -> Vec<Action> {
        let Some(pointer) = event.dyn_ref::<PointerEvent>().filter(|pointer| pointer.button() == 0) else {
            return Vec::new();
        };
        let at = offset(pointer);
        let is_finger = pointer.pointer_type() == "touch";
        let chosen = self.state.as_ref().and_then(|state| target(state.selection()));
        let held = chosen.filter(|chosen| {
            is_finger && matches!(chosen, Target::Message(_)) && self.scene.is_under_finger(*chosen, at.0, at.1)
        });
        let target = held.or_else(|| self.scene.hit(at.0, at.1));
        let vertical = self.window.is_some_and(|window| window.vertical);
        let scrolled = |scroll: Element| if vertical { scroll.scroll_top() } else { scroll.scroll_left() };
        let scrolled = self.places.scroll.cast::<Element>().map_or(0, scrolled);
        let scrolls = is_finger && held.is_none();
        self.press = Some(Press { at, target, scrolled, moved: false, scrolls });
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(element) = element.filter(|_| !scrolls) {
            let _ = element.set_pointer_capture(pointer.pointer_id());
        }
        Vec::new()
    }

    pub(super) fn moved(&mut self, event: &Event) -> Vec<Action> {
        let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return Vec::new() };
        let (x, y) = offset(pointer);
        let Some(press) = &mut self.press else {
            self.point_at(x, y);
            return Vec::new();
        };
        press.moved |= (x - press.at.0).hypot(y - press.at.1) > SLIP;
        if !press.moved || press.scrolls {
            return Vec::new();
        }
        let (target, scrolled, from) = (press.target, press.scrolled, press.at);
        if let (Some(Target::Message(id)), Some(window), Some(state)) = (target, self.window, &self.state) {
            let envelope = state.session().trace().message(id);
            let ticks = (window.time_at(x, y) * Time::DELTA.0 as f64) as u64;
            let delay = (ticks.saturating_sub(envelope.leaves.0) + DRAG_GRID / 2) / DRAG_GRID * DRAG_GRID;
            let due = envelope.leaves.plus(Time(delay));
            self.drag = envelope.copy_of.is_none().then_some(Drag { message: id, due });
            self.draw();
        } else if let Some(scroll) = self.places.scroll.cast::<HtmlElement>() {
            let moved = if self.window.is_some_and(|window| window.vertical) { y - from.1 } else { x - from.0 };
            self.scroll_to(&scroll, f64::from(scrolled) - moved);
        }
        Vec::new()
    }

    pub(super) fn up(&mut self, event: &Event) -> Vec<Action> {
        let Some(press) = self.press.take() else { return Vec::new() };
        if let (Some(Drag { message: id, due }), Some(state)) = (self.drag.take(), &self.state) {
            let delay = due.since(state.session().trace().message(id).leaves);
            return vec![Action::Select(Selection::Message(id)), Action::Rule(id, RuleEffect::Delay(delay))];
        }
        if press.moved || event.type_() != "pointerup" {
            return Vec::new();
        }
        let Some(state) = &self.state else { return Vec::new() };
        match press.target {
            Some(Target::Message(id)) => vec![Action::Select(Selection::Message(id))],
            Some(Target::Mark(event)) => vec![Action::Select(Selection::Mark(event))],
            // The act happens at the instant that was clicked.
            Some(Target::Lane(node, time)) if time < state.session().cursor().time => {
                let grid = crate::session::GRID.0;
                vec![Action::Seek(Time((time.0 + grid / 2) / grid * grid)), Action::Select(Selection::Node(node))]
            }
            Some(Target::Lane(node, _)) => vec![Action::Select(Selection::Node(node))],
            None => vec![Action::Select(Selection::Nothing)],
        }
    }

    /// Keeps the browser from scrolling with a finger that holds a message.
    pub(super) fn touched(&mut self, event: &Event) -> Vec<Action> {
        if self.press.as_ref().is_some_and(|press| !press.scrolls) {
            event.prevent_default();
        }
        Vec::new()
    }

    pub(super) fn cancel(&mut self, _: &Event) -> Vec<Action> {
        self.press = None;
        if self.drag.take().is_some() {
            self.draw();
        }
        Vec::new()
    }

    pub(super) fn leave(&mut self, _: &Event) -> Vec<Action> {
        if self.press.is_none() {
            self.point_at(-1000.0, -1000.0);
        }
        Vec::new()
    }
}
