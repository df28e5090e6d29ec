//! The keys. They act while the playground has the focus, except in fields for text. None of them is a chord, and Tab
//! always leads on.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use super::Shared;
use super::stage::{self, Handle};
use super::state::{Action, Selection, View};
use crate::view::Index;

/// What a key does.
pub(super) fn keyboard(state: &Shared, stage: &Handle, index: &Rc<Index>) -> impl Fn(Event) + 'static {
    let (state, stage, index) = (state.clone(), Rc::clone(stage), Rc::clone(index));
    move |event: Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let on = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        // An open menu has Escape for itself.
        if on.as_ref().is_some_and(|on| on.closest(".menu").is_ok_and(|menu| menu.is_some())) {
            return;
        }
        // In the editor of the script, whose list of words has Escape for itself while it is open.
        let is_editor = on.as_ref().is_some_and(|on| on.has_attribute("contenteditable"));
        if is_editor && on.as_ref().is_some_and(|on| on.has_attribute("aria-haspopup")) {
            return;
        }
        let (name, id) = on.map(|on| (on.tag_name(), on.id())).unwrap_or_default();
        let chord = key.ctrl_key() || key.meta_key() || key.alt_key();
        let writes = is_editor || matches!(name.as_str(), "INPUT" | "TEXTAREA" | "SELECT");
        let pressed = key.key();
        // Escape leads out of everything.
        if chord || !state.presentation().keys || writes && pressed != "Escape" {
            return;
        }
        let is_drawing = id == "timeline";
        let presses = matches!(name.as_str(), "BUTTON" | "SUMMARY" | "A" | "g");
        let action = match (pressed.as_str(), key.shift_key()) {
            (" ", _) if !presses => Action::PlayOrPause,
            ("k", _) => Action::PlayOrPause,
            ("ArrowRight", false) => Action::Step,
            ("ArrowLeft", false) => Action::StepBack,
            ("ArrowRight", true) => Action::StepDelta,
            ("ArrowLeft", true) => Action::StepDeltaBack,
            // What a lecturer holds in the hand sends these keys.
            ("PageDown", _) if state.presentation().present => Action::StepDelta,
            ("PageUp", _) if state.presentation().present => Action::StepDeltaBack,
            ("ArrowDown", _) if is_drawing => Action::Lane { down: true },
            ("ArrowUp", _) if is_drawing => Action::Lane { down: false },
            ("." | ",", _) if is_drawing => Action::Walk { index: Rc::clone(&index), forward: pressed == "." },
            ("Enter", _) if is_drawing => Action::Enter,
            ("Home", _) => Action::ToStart,
            ("End", _) => Action::ToEnd,
            ("z", _) => Action::Undo,
            ("y", _) => Action::Redo,
            ("/", _) => Action::Search(Some(state.search().unwrap_or_default().to_owned())),
            ("n", false) => Action::Find { forward: true },
            ("N", _) | ("n", true) => Action::Find { forward: false },
            ("?", _) => Action::View(if state.view() == View::Help { View::Run } else { View::Help }),
            ("f" | "F", _) => Action::Present(!state.presentation().present),
            ("Escape", _) if state.presentation().present => Action::Present(false),
            ("Escape", _) if state.tool().is_some() => Action::Tool(None),
            ("Escape", _) if state.view() != View::Run => Action::View(View::Run),
            ("Escape", _) if state.selection() == Selection::Nothing => Action::Search(None),
            ("Escape", _) => Action::Select(Selection::Nothing),
            ("+" | "=", _) => {
                event.prevent_default();
                return stage::zoom_by(&stage, 1.0 / 0.7);
            }
            ("-", _) => {
                event.prevent_default();
                return stage::zoom_by(&stage, 0.7);
            }
            ("0", _) => {
                event.prevent_default();
                return stage::zoom_by(&stage, 0.0);
            }
            _ => return,
        };
        event.prevent_default();
        state.dispatch(action);
        if pressed == "/" {
            super::focus(if state.view() == View::Gallery { "gallery-filter" } else { "search" });
        }
        if pressed == "Enter" {
            // The popover is the next stop for Tab.
            super::focus("popover");
        }
    }
}
