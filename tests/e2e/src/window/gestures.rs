//! Hands and fingers: drags, taps, wheels and keys, sent through WebDriver's actions as a browser gets them from a
//! person. Replacements for what WebKit's driver lacks are in `stand_ins`.
//!
//! Places are CSS pixels from the upper left corner of the visible part of the page.

use serde_json::{Value, json};

use super::Page;
use crate::Outcome;
use crate::webdriver::Browser;

/// A place on the screen: pixels to the right, pixels down.
pub(crate) type Place = (f64, f64);

/// A pointing device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pointer {
    /// A mouse with its first button.
    Mouse,
    /// A finger.
    Finger,
}

impl Pointer {
    /// Both, for gestures that have to work with either.
    pub(crate) const ALL: [Self; 2] = [Self::Mouse, Self::Finger];

    fn name(self) -> &'static str {
        match self {
            Self::Mouse => "mouse",
            Self::Finger => "touch",
        }
    }
}

/// Keys that have no letter, by WebDriver's code points.
pub(crate) mod keys {
    pub(crate) const TAB: char = '\u{e004}';
    pub(crate) const ENTER: char = '\u{e007}';
    pub(crate) const SHIFT: char = '\u{e008}';
    pub(crate) const CONTROL: char = '\u{e009}';
    pub(crate) const ESCAPE: char = '\u{e00c}';
    pub(crate) const PAGE_UP: char = '\u{e00e}';
    pub(crate) const PAGE_DOWN: char = '\u{e00f}';
    pub(crate) const END: char = '\u{e010}';
    pub(crate) const HOME: char = '\u{e011}';
    pub(crate) const LEFT: char = '\u{e012}';
    pub(crate) const UP: char = '\u{e013}';
    pub(crate) const RIGHT: char = '\u{e014}';
    pub(crate) const DOWN: char = '\u{e015}';
}

/// A drag takes this many steps, each as long as a frame. A page does not have to understand a jump in one step.
const DRAG_STEPS: u32 = 8;
const FRAME_MS: u32 = 16;

impl Page<'_> {
    /// Presses and releases one key where the focus is; see [`keys`] for those without a letter.
    pub(crate) fn press(&self, key: char) -> Outcome {
        self.chord(&[key])
    }

    /// Presses keys one after another, holds them all, and lets go of them in turn.
    pub(crate) fn chord(&self, held: &[char]) -> Outcome {
        let down = held.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = held.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        self.act(&[json!({ "type": "key", "id": "keyboard", "actions": down.chain(up).collect::<Vec<_>>() })])
    }

    /// Gives the focus to an element, as Tab would in the end.
    pub(crate) fn focus(&self, selector: &str) -> Outcome {
        self.wait_for(selector)?;
        let script = "document.querySelector(arguments[0]).focus({ preventScroll: false });
             return document.activeElement.matches(arguments[0]);";
        match self.ask(script, &[json!(selector)])?.as_bool() {
            Some(true) => Ok(()),
            _ => Err(format!("`{selector}` does not take the focus.")),
        }
    }

    /// Moves the mouse to a place and leaves it there.
    pub(crate) fn hover(&self, place: Place) -> Outcome {
        self.point(Pointer::Mouse, &[to(place, 0)])
    }

    /// Clicks or taps a place.
    pub(crate) fn tap(&self, pointer: Pointer, place: Place) -> Outcome {
        self.point(pointer, &[to(place, 0), down(), rest(FRAME_MS), up()])
    }

    /// Puts the pointer down at one place, moves it to another and lets go.
    pub(crate) fn drag(&self, pointer: Pointer, from: Place, target: Place) -> Outcome {
        let mut steps = vec![to(from, 0), down(), rest(FRAME_MS)];
        steps.extend((1..=DRAG_STEPS).map(|step| {
            let part = f64::from(step) / f64::from(DRAG_STEPS);
            to((from.0 + (target.0 - from.0) * part, from.1 + (target.1 - from.1) * part), FRAME_MS)
        }));
        steps.extend([rest(FRAME_MS), up()]);
        self.point(pointer, &steps)
    }

    /// Takes something with the mouse, moves it, and holds it, so that a test can look at what a drag shows.
    /// [`Page::let_go`] ends this.
    pub(crate) fn drag_and_hold(&self, from: Place, target: Place) -> Outcome {
        let middle = ((from.0 + target.0) / 2.0, (from.1 + target.1) / 2.0);
        self.point(Pointer::Mouse, &[to(from, 0), down(), to(middle, FRAME_MS), to(target, FRAME_MS)])
    }

    /// Lets go of what the mouse holds.
    pub(crate) fn let_go(&self) -> Outcome {
        self.point(Pointer::Mouse, &[up()])
    }

    /// Turns the wheel over a place, by pixels to the right and down, while keys are held.
    pub(crate) fn wheel(&self, place: Place, (right, down): (i64, i64), held: &[char]) -> Outcome {
        if self.browser() == Browser::WebKit {
            return self.wheel_in_webkit(place, (right, down), held);
        }
        let pause = json!({ "type": "pause", "duration": 0 });
        let (x, y) = whole(place);
        let scroll = json!({ "type": "scroll", "x": x, "y": y, "deltaX": right, "deltaY": down, "duration": 0, "origin": "viewport" });
        // All sources act in step, so the wheel waits until the keys are down, and the keys wait until the wheel has
        // turned.
        let waits = || held.iter().map(|_| pause.clone());
        let wheel: Vec<Value> = waits().chain([scroll]).chain(waits()).collect();
        let press = held.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let release = held.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let keyboard: Vec<Value> = press.chain([pause.clone()]).chain(release).collect();
        self.act(&[
            json!({ "type": "key", "id": "keyboard", "actions": keyboard }),
            json!({ "type": "wheel", "id": "wheel", "actions": wheel }),
        ])
    }

    /// Scrolls an element to the middle of the screen and answers the place of its own middle.
    pub(crate) fn middle_of(&self, selector: &str) -> Outcome<Place> {
        self.wait_for(selector)?;
        let script = "const found = document.querySelector(arguments[0]);
             found.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
             const box = found.getBoundingClientRect();
             return [box.left + box.width / 2, box.top + box.height / 2];";
        place(&self.ask(script, &[json!(selector)])?).ok_or_else(|| format!("`{selector}` is nowhere."))
    }

    fn point(&self, pointer: Pointer, actions: &[Value]) -> Outcome {
        if pointer == Pointer::Finger && self.browser() == Browser::WebKit {
            return self.finger_by_script(actions);
        }
        let name = pointer.name();
        let parameters = json!({ "pointerType": name });
        self.act(&[json!({ "type": "pointer", "id": name, "parameters": parameters, "actions": actions })])
    }

    pub(super) fn act(&self, sources: &[Value]) -> Outcome {
        self.session.post("/actions", &json!({ "actions": sources })).map(drop)
    }
}

/// Reads what a script answered as `[x, y]`.
pub(super) fn place(answer: &Value) -> Option<Place> {
    Some((answer[0].as_f64()?, answer[1].as_f64()?))
}

/// Not every driver accepts fractions of pixels.
pub(super) fn whole((x, y): Place) -> (i64, i64) {
    (x.round() as i64, y.round() as i64)
}

fn to(place: Place, duration: u32) -> Value {
    let (x, y) = whole(place);
    json!({ "type": "pointerMove", "x": x, "y": y, "duration": duration, "origin": "viewport" })
}

fn down() -> Value {
    json!({ "type": "pointerDown", "button": 0 })
}

fn up() -> Value {
    json!({ "type": "pointerUp", "button": 0 })
}

fn rest(duration: u32) -> Value {
    json!({ "type": "pause", "duration": duration })
}
