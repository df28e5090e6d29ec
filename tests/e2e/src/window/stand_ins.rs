//! Replacements for what WebKit's driver lacks: a finger, and the wheel while a key is held. A script makes the events,
//! so they show what the page does with them, but not that the browser would send them.
//!
//! The driver treats a finger as a mouse, and turns the wheel as if no key were held.

use serde_json::{Value, json};

use super::Page;
use super::gestures::{Place, keys, whole};
use crate::Outcome;

/// Does with a finger what a list of WebDriver's actions says. The events of a finger go to the element on which it was
/// put down, a finger that is up sends no events, and one that was not moved clicks.
const FINGER: &str = "
    const [actions, done] = arguments;
    const wait = (time) => new Promise((over) => setTimeout(over, time));
    let [x, y, target, moved] = [0, 0, null, false];
    const tell = (type, more) => target.dispatchEvent(new PointerEvent(type, {
        bubbles: true, cancelable: true, composed: true, pointerId: 2, pointerType: 'touch', isPrimary: true,
        clientX: x, clientY: y, button: 0, ...more,
    }));
    (async () => {
        for (const action of actions) {
            if (action.duration) await wait(action.duration);
            if (action.type === 'pointerMove') [x, y] = [action.x, action.y];
            if (action.type === 'pointerMove' && target) {
                moved = true;
                tell('pointermove', { button: -1, buttons: 1 });
            }
            if (action.type === 'pointerDown') {
                [target, moved] = [document.elementFromPoint(x, y), false];
                tell('pointerdown', { buttons: 1 });
            }
            if (action.type === 'pointerUp') {
                tell('pointerup', { buttons: 0 });
                if (!moved) tell('click', { detail: 1 });
                target = null;
            }
        }
    })().then(() => done(null), (error) => done(String(error)));
";

/// Turns the wheel by these pixels over a place while Control is held.
const WHEEL_WITH_CONTROL: &str = "
    const [x, y, right, down] = arguments;
    document.elementFromPoint(x, y).dispatchEvent(new WheelEvent('wheel', {
        bubbles: true, cancelable: true, composed: true, ctrlKey: true, clientX: x, clientY: y, deltaX: right, deltaY: down,
    }));
";

impl Page<'_> {
    /// Does with a finger what a list of WebDriver's actions says.
    pub(super) fn finger_by_script(&self, actions: &[Value]) -> Outcome {
        match self.session.post("/execute/async", &json!({ "script": FINGER, "args": [actions] }))?.as_str() {
            Some(error) => Err(format!("The finger got stuck: {error}")),
            None => Ok(()),
        }
    }

    /// Turns the wheel in WebKit.
    pub(super) fn wheel_in_webkit(&self, place: Place, turn: (i64, i64), held: &[char]) -> Outcome {
        let (x, y) = whole(place);
        if held == [keys::CONTROL] {
            return self.ask(WHEEL_WITH_CONTROL, &[json!(x), json!(y), json!(turn.0), json!(turn.1)]).map(drop);
        }
        if !held.is_empty() {
            return Err("In WebKit the wheel turns alone or with Control.".to_owned());
        }
        // This driver wants the position of the wheel, and not by how much it turns.
        let (right, down) = self.session.turn_wheel(turn);
        let scroll = json!({ "type": "scroll", "x": x, "y": y, "deltaX": right, "deltaY": down, "duration": 0, "origin": "viewport" });
        self.act(&[json!({ "type": "wheel", "id": "wheel", "actions": [scroll] })])
    }
}
