//! The chamber on the screen: a ring of nodes, along which keys walk and which can be dragged apart.
//!
//! The whole picture has one listener for each kind of event, which asks to which node, message or link an event
//! belongs. So hundreds of messages need no listeners.

mod picture;

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};
use yew::virtual_dom::ListenerKind;
use yew::{Html, UseStateHandle, hook, use_state};

use super::Shared;
use super::dom::{Node, tag};
use super::network;
use super::state::{Action, Selection};
use crate::tongue::say;
use crate::trace::MessageId;
use crate::types::NodeId;
use crate::view::chamber::{Chamber, Point, Sight};
use crate::view::{Index, NodeCard};
use picture::{Look, clipped, picture};

/// The size of the picture in its own pixels; on the screen it is as wide as the room allows.
const SIZE: Point = (380.0, 330.0);
/// Groups of very many nodes are described in at most so many letters.
const TOLD_MAX: usize = 90;
/// A press that moves less than this, in pixels, is a click.
const STILL: f64 = 5.0;

/// What pointers and keys are doing in the chamber.
#[derive(Clone, Copy, PartialEq, Default)]
pub(super) struct Hand {
    /// The node to which Tab leads.
    at: u8,
    press: Option<Press>,
    /// Whether the last press was a drag; the click that follows it is then ignored.
    dragged: bool,
}

/// A node under a finger or a mouse button.
#[derive(Clone, Copy, PartialEq)]
struct Press {
    node: NodeId,
    /// Where it was pressed, in the picture's pixels.
    from: Point,
    /// Where it is now.
    now: Point,
    /// The way from the pointer to the middle of the node.
    offset: Point,
    is_drag: bool,
}

/// The chamber's own state.
pub(super) type Handle = UseStateHandle<Hand>;

#[hook]
pub(super) fn use_chamber() -> Handle {
    use_state(Hand::default)
}

/// The ring, and a line below it that says which nodes are cut off from each other, or which line would be written if
/// the node were let go.
pub(super) fn chamber(state: &Shared, hand: &Handle, index: &Index) -> Html {
    let (session, words) = (state.session(), state.vocabulary());
    let drag = hand.press.filter(|press| press.is_drag);
    let chosen = match state.selection() {
        Selection::Node(node) => Some(node),
        _ => None,
    };
    let cards = NodeCard::all(session, words);
    let drag_at = drag.map(|press| (press.node, press.middle()));
    let view = Chamber::of(Sight { session, words, index, cards: &cards, chosen, size: SIZE, drag: drag_at });
    let count = view.seats.len();
    let look = Look {
        selection: state.selection(),
        at: if usize::from(hand.at) < count { hand.at } else { 0 },
        dragged: drag.map(|press| press.node),
    };
    let told = match &view.preview {
        Some(preview) => match &preview.line {
            Some(line) => say!("Let go: {line}"),
            None => say!("Let go: nothing changes").into(),
        },
        None if view.reach.groups.len() > 1 => {
            let symbols = &session.scenario().symbols;
            let groups: Vec<_> = view.reach.groups.iter().map(|group| symbols.set(*group)).collect();
            say!("Cut: {groups}", groups = groups.join(" | "))
        }
        None if !view.reach.is_whole() => say!("Some links are cut.").into(),
        None => say!("Drag a node out of the ring to cut it off.").into(),
    };
    let is_hint = view.preview.is_none() && view.reach.is_whole();
    let more = match view.messengers_left_out {
        0 => None,
        count => Some(tag("span", "more").text(say!("{count} more messages under way"))),
    };
    tag("section", "chamber panel")
        .attr("aria-label", say!("Chamber"))
        .with(listen(picture(&look, &view), state, hand, view))
        .with(
            tag("p", if drag.is_some() { "fate dragging" } else { "fate" })
                .with(
                    tag("span", if is_hint { "hint" } else { "" })
                        .attr("role", "status")
                        .text(clipped(&told, TOLD_MAX)),
                )
                .option(more),
        )
        .with(network::network(state))
        .into()
}

impl Press {
    fn middle(&self) -> Point {
        (self.now.0 + self.offset.0, self.now.1 + self.offset.1)
    }
}

/// The element of the picture to which an event belongs: the innermost one with this attribute, and the attribute's
/// value.
fn target(event: &Event, attribute: &str) -> Option<(Element, String)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let found = target.closest(&format!("[{attribute}]")).ok()??;
    let value = found.get_attribute(attribute)?;
    Some((found, value))
}

fn node_of(event: &Event) -> Option<NodeId> {
    target(event, "data-node")?.1.parse().ok().map(NodeId)
}

/// The picture's pixel under the pointer.
fn point(event: &PointerEvent) -> Option<(Element, Point)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let picture = target.closest("svg").ok()??;
    let bounds = picture.get_bounding_client_rect();
    let scale = SIZE.0 / bounds.width().max(1.0);
    let at = (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
    Some((picture, (at.0 * scale, at.1 * scale)))
}

fn listen(picture: Node, state: &Shared, hand: &Handle, view: Chamber) -> Node {
    let view = Rc::new(view);
    let on_pointer = |run: fn(&Shared, &Handle, &Chamber, &PointerEvent)| {
        let (state, hand, view) = (state.clone(), hand.clone(), Rc::clone(&view));
        move |event: Event| {
            if let Some(event) = event.dyn_ref::<PointerEvent>() {
                run(&state, &hand, &view, event);
            }
        }
    };
    let (click, key) = ((state.dispatcher(), hand.clone()), (state.clone(), hand.clone(), Rc::clone(&view)));
    picture
        .on(ListenerKind::onpointerdown, on_pointer(press))
        .on(ListenerKind::onpointermove, on_pointer(pull))
        .on(ListenerKind::onpointerup, on_pointer(release))
        .on(ListenerKind::onpointercancel, on_pointer(|_, hand, _, _| hand.set(Hand { press: None, ..**hand })))
        // A finger on a node drags the node; elsewhere it scrolls the page.
        .on(ListenerKind::ontouchmove, |event| {
            if node_of(&event).is_some() && event.cancelable() {
                event.prevent_default();
            }
        })
        .on(ListenerKind::onclick, move |event| {
            let (dispatcher, hand) = &click;
            if hand.dragged {
                hand.set(Hand { dragged: false, ..**hand });
            } else if let Some(selection) = clicked(&event) {
                dispatcher.dispatch(Action::Select(selection));
            }
        })
        .on(ListenerKind::onkeydown, move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                walk(&key.0, &key.1, &key.2, event);
            }
        })
}

fn clicked(event: &Event) -> Option<Selection> {
    if let Some(node) = node_of(event) {
        return Some(Selection::Node(node));
    }
    if let Some((_, id)) = target(event, "data-message") {
        return Some(Selection::Message(MessageId(id.parse().ok()?)));
    }
    let (_, ends) = target(event, "data-link")?;
    let (one, other) = ends.split_once(' ')?;
    Some(Selection::Link(NodeId(one.parse().ok()?), NodeId(other.parse().ok()?)))
}

fn press(_: &Shared, hand: &Handle, view: &Chamber, event: &PointerEvent) {
    let pressed = node_of(event).zip(point(event)).filter(|_| event.button() == 0 && event.is_primary());
    let press = pressed.map(|(node, (_, from))| {
        let seat = view.seats[node.index()].at;
        Press { node, from, now: from, offset: (seat.0 - from.0, seat.1 - from.1), is_drag: false }
    });
    hand.set(Hand { at: press.map_or(hand.at, |press| press.node.0), press, dragged: false });
}

fn pull(_: &Shared, hand: &Handle, _: &Chamber, event: &PointerEvent) {
    let Some((press, (picture, now))) = hand.press.zip(point(event)) else { return };
    let is_far = (now.0 - press.from.0).abs() + (now.1 - press.from.1).abs() > STILL;
    if !press.is_drag {
        if event.buttons() == 0 {
            // The node was let go where the picture did not get the event.
            hand.set(Hand { press: None, ..**hand });
        }
        if event.buttons() == 0 || !is_far {
            return;
        }
        // From here on the picture gets the events of this pointer wherever it goes.
        let _ = picture.set_pointer_capture(event.pointer_id());
    }
    hand.set(Hand { press: Some(Press { now, is_drag: true, ..press }), ..**hand });
}

fn release(state: &Shared, hand: &Handle, view: &Chamber, event: &PointerEvent) {
    let Some(press) = hand.press else { return };
    hand.set(Hand { press: None, dragged: press.is_drag, ..**hand });
    if let Some((_, now)) = point(event).filter(|_| press.is_drag) {
        let at = Press { now, ..press }.middle();
        if let Some(act) = view.drop(press.node, at) {
            network::cut(state, act);
        }
    }
}

/// Arrows walk along the ring, Enter and Space choose a node, and 1 to 4 put it into the group with this number.
fn walk(state: &Shared, hand: &Handle, view: &Chamber, event: &KeyboardEvent) {
    let Some(node) = node_of(event).filter(|_| !(event.ctrl_key() || event.meta_key() || event.alt_key())) else {
        return;
    };
    let order: Vec<NodeId> = view.ring.arcs.iter().flat_map(|(_, nodes)| nodes.iter().copied()).collect();
    let place = order.iter().position(|other| *other == node).unwrap_or(0);
    let key = event.key();
    let step = match key.as_str() {
        "ArrowRight" | "ArrowDown" => 1,
        "ArrowLeft" | "ArrowUp" => order.len() - 1,
        "Enter" | " " => {
            state.dispatch(Action::Select(Selection::Node(node)));
            0
        }
        "1" | "2" | "3" | "4" => {
            let group = usize::from(key.as_bytes()[0] - b'1');
            if let Some(act) = view.send_to(node, group) {
                network::cut(state, act);
            }
            0
        }
        "Escape" if hand.press.is_some() => {
            hand.set(Hand { press: None, dragged: true, ..**hand });
            0
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let next = order[(place + step) % order.len()];
    if next != node {
        hand.set(Hand { at: next.0, ..**hand });
        let found = target(event, "data-node").and_then(|(seat, _)| seat.parent_element());
        let found = found.and_then(|picture| picture.query_selector(&format!("[data-node='{}']", next.0)).ok()?);
        if let Some(seat) = found {
            // Elements of an SVG picture can have the focus too.
            let _ = seat.unchecked_into::<HtmlElement>().focus();
        }
    }
}
