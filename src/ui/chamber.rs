//! The chamber on the screen: a ring of nodes to look at, to walk along with keys, and to drag apart.
//!
//! One listener of a kind stands on the whole picture and asks which node, message or link an event is of, so that hundreds
//! of messages cost no listeners.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};
use yew::virtual_dom::ListenerKind;
use yew::{Html, UseStateHandle, hook, use_state};

use super::Shared;
use super::dom::{Node, decimal, el, tag, words};
use super::network;
use super::state::{Action, Selection};
use crate::protocol::Phase;
use crate::trace::MessageId;
use crate::types::NodeId;
use crate::view::chamber::{Chamber, Form, Messenger, Point, Seat, Sight, Wire};
use crate::view::{Index, NodeCard, Vocabulary};

/// The picture's own pixels; on the screen it is as wide as there is room.
const SIZE: Point = (380.0, 330.0);
/// From a card's edge to its words.
const INSET: f64 = 7.0;
/// How wide a letter of a card is, more or less.
const LETTER: f64 = 5.7;
/// A press that moves less than this is a click.
const STILL: f64 = 5.0;

/// What hands and keys are doing in the chamber.
#[derive(Clone, Copy, PartialEq, Default)]
pub(super) struct Hand {
    /// The node that Tab leads to.
    at: u8,
    press: Option<Press>,
    /// Whether the last press was a drag: the click that follows it means nothing.
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
    /// From there to the middle of the node.
    offset: Point,
    is_drag: bool,
}

/// How the picture is to look beside what there is to see.
struct Look {
    says: Vocabulary,
    selection: Selection,
    /// The node that Tab leads to.
    at: u8,
    /// The node that is being dragged.
    dragged: Option<NodeId>,
}

/// Where the chamber's own state is kept.
pub(super) type Handle = UseStateHandle<Hand>;

#[hook]
pub(super) fn use_chamber() -> Handle {
    use_state(Hand::default)
}

/// The ring, and a line below it that says who is cut off from whom, or what letting go would write.
pub(super) fn chamber(state: &Shared, hand: &Handle, index: &Index) -> Html {
    let session = state.session();
    let drag = hand.press.filter(|press| press.is_drag);
    let chosen = match state.selection() {
        Selection::Node(node) => Some(node),
        _ => None,
    };
    let cards = NodeCard::all(session);
    let drag_at = drag.map(|press| (press.node, press.middle()));
    let view = Chamber::of(Sight { session, index, cards: &cards, chosen, size: SIZE, drag: drag_at });
    let count = view.seats.len();
    let look = Look {
        says: state.vocabulary(),
        selection: state.selection(),
        at: if usize::from(hand.at) < count { hand.at } else { 0 },
        dragged: drag.map(|press| press.node),
    };
    let told = match &view.preview {
        Some(preview) => match &preview.line {
            Some(line) => format!("Let go: {line}"),
            None => "Let go: nothing changes".to_owned(),
        },
        None if view.reach.groups.len() > 1 => {
            let symbols = &session.scenario().symbols;
            let groups: Vec<_> = view.reach.groups.iter().map(|group| symbols.set(*group)).collect();
            format!("Cut: {}", groups.join(" | "))
        }
        None if !view.reach.is_whole() => "Some links are cut.".to_owned(),
        None => "Drag a node out of the ring to cut it off.".to_owned(),
    };
    let more = match view.messengers_left_out {
        0 => None,
        count => Some(tag("span", "more").text(&format!("{count} more messages under way"))),
    };
    tag("section", "chamber panel")
        .attr("aria-label", "Chamber")
        .with(listen(picture(&look, &view), state, hand, view))
        .with(
            tag("p", if drag.is_some() { "fate dragging" } else { "fate" })
                .with(el("span").attr("role", "status").text(&told))
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

/// The whole picture, as yet deaf.
fn picture(look: &Look, view: &Chamber) -> Node {
    let mut pieces: Vec<Html> = Vec::new();
    pieces.extend(view.links.iter().map(|wire| link(wire, look.selection)));
    pieces.push(walls(view));
    pieces.extend(view.seats.iter().map(|seat| node(look, view, seat)));
    pieces.extend(view.messengers.iter().map(|messenger| message(look, messenger)));
    if let Some(seat) = view.reading.and_then(|place| view.seats.get(place)) {
        pieces.push(reading(look.says, view, seat));
    }
    let label =
        format!("{} nodes on a ring. Arrow keys walk along it, 1 to 4 put a node into a group.", view.seats.len());
    tag("svg", if look.dragged.is_some() { "ring dragging" } else { "ring" })
        .set("viewBox", format!("0 0 {} {}", SIZE.0 as u32, SIZE.1 as u32))
        .attr("role", "group")
        .set("aria-label", label)
        .all(pieces)
}

/// Which element of the picture an event is of: the first that has this attribute, from the inside out, and its value.
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
    let view = std::rc::Rc::new(view);
    let on_pointer = |run: fn(&Shared, &Handle, &Chamber, &PointerEvent)| {
        let (state, hand, view) = (state.clone(), hand.clone(), std::rc::Rc::clone(&view));
        move |event: Event| {
            if let Some(event) = event.dyn_ref::<PointerEvent>() {
                run(&state, &hand, &view, event);
            }
        }
    };
    let (click, key) = ((state.dispatcher(), hand.clone()), (state.clone(), hand.clone(), std::rc::Rc::clone(&view)));
    picture
        .on(ListenerKind::onpointerdown, on_pointer(press))
        .on(ListenerKind::onpointermove, on_pointer(pull))
        .on(ListenerKind::onpointerup, on_pointer(release))
        .on(ListenerKind::onpointercancel, on_pointer(|_, hand, _, _| hand.set(Hand { press: None, ..**hand })))
        .on(ListenerKind::onclick, move |event| {
            if let Some(selection) = clicked(&event).filter(|_| !click.1.dragged) {
                click.0.dispatch(Action::Select(selection));
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
        if !is_far {
            return;
        }
        // From here on the picture hears of this pointer wherever it goes.
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

/// Arrows walk along the ring, Enter and Space choose, 1 to 4 put the node into that group.
fn walk(state: &Shared, hand: &Handle, view: &Chamber, event: &KeyboardEvent) {
    let Some(node) = node_of(event).filter(|_| !(event.ctrl_key() || event.meta_key() || event.alt_key())) else {
        return;
    };
    let order: Vec<NodeId> = view.reach.groups.iter().flat_map(|group| group.iter()).collect();
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
            // What lies in an SVG picture can have the focus as well.
            let _ = seat.unchecked_into::<HtmlElement>().focus();
        }
    }
}

fn link(wire: &Wire, selection: Selection) -> Html {
    let [one, other] = wire.ends;
    let is_chosen =
        matches!(selection, Selection::Link(from, to) if [from, to] == [one, other] || [to, from] == [one, other]);
    let class = match (is_chosen, wire.crosses.is_empty()) {
        (true, true) => "wire selected",
        (true, false) => "wire cut selected",
        (false, true) => "wire",
        (false, false) => "wire cut",
    };
    tag("g", class)
        .set("data-link", format!("{} {}", one.0, other.0))
        .with(el("title").text(&wire.label))
        .with(line("hit", wire.line))
        .with(line("body", wire.line))
        .all(wire.crosses.iter().map(|at| cross(*at, 5.0)).collect())
        .into()
}

/// A thick hatched line from the hub outwards for each; one word says what they are.
fn walls(view: &Chamber) -> Html {
    let mut pieces: Vec<Html> = Vec::new();
    let hub = view.ring.hub;
    for layer in ["wall", "hatch"] {
        for wall in &view.ring.walls {
            pieces.push(path(layer, &[hub, wall[0], wall[1]]).into());
        }
    }
    if !view.ring.walls.is_empty() {
        pieces.push(rect("word", (hub.0 - 17.0, hub.1 - 10.0), (34.0, 19.0), 9.5).into());
        pieces.push(text("word", (hub.0, hub.1 + 3.5), "cut").attr("text-anchor", "middle").into());
    }
    if let Some(wall) = view.preview.as_ref().and_then(|preview| preview.wall) {
        pieces.push(path("wall new", &wall).into());
    }
    tag("g", "walls").attr("aria-hidden", "true").all(pieces).into()
}

fn node(look: &Look, view: &Chamber, seat: &Seat) -> Html {
    let preview = view.preview.as_ref();
    let is_dragged = look.dragged == Some(seat.node);
    let is_host = !is_dragged && preview.is_some_and(|preview| preview.joins == Some(seat.group));
    let marks = [
        (" selected", look.selection == Selection::Node(seat.node)),
        (" off", !seat.is_up),
        (" leads", seat.leads),
        (" knows", seat.knows.is_some()),
        (" dragged", is_dragged),
        (" host", is_host),
    ];
    let mut class = "seat".to_owned();
    if view.reach.groups.len() > 1 {
        class.push_str(&format!(" group-{}", seat.group % 4));
    }
    marks.iter().filter(|(_, is_on)| *is_on).for_each(|(mark, _)| class.push_str(mark));
    let label = look.says.say(&seat.label);
    let face = match view.ring.form {
        Form::Card(lines) => card(look.says, seat, view.ring.half, lines),
        form => disc(seat, view.ring.half.0, form),
    };
    el("g")
        .set("class", class)
        .set("data-node", seat.node.0.to_string())
        .set("transform", translate(seat.at))
        .attr("role", "button")
        .attr("tabindex", if look.at == seat.node.0 { "0" } else { "-1" })
        .set("aria-label", label.to_string())
        .with(el("title").text(&label))
        .all(face)
        .into()
}

/// A card whose middle is at 0, 0.
fn card(says: Vocabulary, seat: &Seat, half: Point, lines: usize) -> Vec<Html> {
    let (left, top) = (-half.0, -half.1);
    let mut pieces: Vec<Html> = vec![
        rect("card", (left, top), (2.0 * half.0, 2.0 * half.1), 9.0).into(),
        rect("tint", (left, top), (2.0 * half.0, 2.0 * half.1), 9.0).into(),
    ];
    let head = top + 16.5;
    let room = (2.0 * half.0 - 2.0 * INSET) / LETTER;
    let name = clipped(&seat.name, 6);
    let mut used = name.chars().count() as f64 * 1.6 + 1.0;
    pieces.push(text("name", (left + INSET, head), &name).into());
    let state = if !seat.is_up {
        "down"
    } else if seat.leads {
        "leads"
    } else {
        ""
    };
    if !state.is_empty() {
        pieces.push(
            text(if seat.is_up { "leading" } else { "down" }, (left + INSET + used * LETTER, head), state).into(),
        );
        used += state.len() as f64;
    }
    if let Some(knows) = &seat.knows {
        let known = clipped(knows, (room - used - 2.0).clamp(1.0, 12.0) as usize);
        pieces.push(text("known", (-left - INSET, head), &format!("✓ {known}")).attr("text-anchor", "end").into());
    }
    // Where there is not room for all, what was tried is the first to go.
    let skipped = usize::from(lines < seat.rows.len().min(3));
    for (place, (name, value)) in seat.rows.iter().skip(skipped).take(lines).enumerate() {
        let at = head + 13.5 + 12.0 * place as f64;
        let name = says.word(name);
        let value = clipped(value, (room - name.chars().count() as f64 - 0.7).max(3.0) as usize);
        pieces.push(text("cell", (left + INSET, at), name).into());
        pieces.push(text("value", (-left - INSET, at), &value).attr("text-anchor", "end").into());
    }
    pieces
}

fn disc(seat: &Seat, radius: f64, form: Form) -> Vec<Html> {
    let mut pieces: Vec<Html> = vec![
        circle("card", radius).into(),
        circle("tint", radius).into(),
        circle("reach", radius.max(if form == Form::Disc { 12.0 } else { radius })).into(),
    ];
    if form == Form::Disc {
        pieces.push(text("name", (0.0, 4.0), &clipped(&seat.name, 3)).attr("text-anchor", "middle").into());
        if seat.knows.is_some() {
            pieces.push(text("known", (radius - 3.0, 3.0 - radius), "✓").attr("text-anchor", "middle").into());
        }
    }
    if !seat.is_up {
        pieces.push(cross((0.0, 0.0), radius * 0.7));
    }
    pieces
}

/// What a node without a card remembers, in the middle of the ring.
fn reading(says: Vocabulary, view: &Chamber, seat: &Seat) -> Html {
    let lines = seat.rows.len() as f64;
    let (width, height) = (158.0, 26.0 + 13.0 * lines);
    let (x, y) = (view.ring.centre.0 - width / 2.0, view.ring.centre.1 - height / 2.0);
    let mut pieces: Vec<Html> = vec![rect("card", (x, y), (width, height), 9.0).into()];
    let status = if !seat.is_up {
        "down"
    } else if seat.leads {
        "leads"
    } else {
        "up"
    };
    pieces.push(text("name", (x + 10.0, y + 17.0), &format!("{}, {status}", clipped(&seat.name, 8))).into());
    if let Some(knows) = &seat.knows {
        let known = format!("✓ {}", clipped(knows, 9));
        pieces.push(text("known", (x + width - 10.0, y + 17.0), &known).attr("text-anchor", "end").into());
    }
    for (place, (name, value)) in seat.rows.iter().enumerate() {
        let at = y + 32.0 + 13.0 * place as f64;
        pieces.push(text("cell", (x + 10.0, at), says.word(name)).into());
        pieces.push(text("value", (x + width - 10.0, at), &clipped(value, 15)).attr("text-anchor", "end").into());
    }
    tag("g", "reading").attr("aria-hidden", "true").all(pieces).into()
}

fn message(look: &Look, messenger: &Messenger) -> Html {
    let is_chosen = look.selection == Selection::Message(messenger.id);
    let mut class = format!("messenger {}", phase(messenger.phase));
    let marks = [(" selected", is_chosen), (" lost", messenger.is_lost), (" copy", messenger.is_copy)];
    marks.iter().filter(|(_, is_on)| *is_on).for_each(|(mark, _)| class.push_str(mark));
    let (dx, dy) = messenger.way;
    let mut pieces: Vec<Html> = Vec::new();
    if !messenger.title.is_empty() {
        pieces.push(el("title").text(&look.says.say(&messenger.title)).into());
    }
    pieces.push(circle("reach", 12.0).into());
    if messenger.is_lost {
        pieces.push(cross((0.0, 0.0), 6.0));
    } else {
        let radius = if messenger.letter.is_empty() { 3.5 } else { 8.5 };
        let at = |along: f64, aside: f64| (dx * along - dy * aside, dy * along + dx * aside);
        let (base, wide) = (radius * 0.82, radius * 0.56);
        pieces.push(path("body", &[at(base, wide), at(radius * 1.62, 0.0), at(base, -wide)]).into());
        pieces.push(circle("body", radius).into());
        if !messenger.letter.is_empty() {
            pieces.push(text("letter", (0.0, 3.3), messenger.letter).attr("text-anchor", "middle").into());
        }
    }
    el("g")
        .key(messenger.id.0 as usize)
        .set("class", class)
        .set("data-message", messenger.id.0.to_string())
        .set("transform", translate(messenger.at))
        .all(pieces)
        .into()
}

/// The class that has a phase's colour.
fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::OneA => "p1a",
        Phase::OneB => "p1b",
        Phase::TwoA => "p2a",
        Phase::TwoB => "p2b",
        Phase::Three => "p3",
        Phase::Nack => "pnack",
        Phase::Request => "prequest",
        Phase::Election => "pelection",
    }
}

fn translate((x, y): Point) -> String {
    format!("translate({} {})", decimal(x, 1), decimal(y, 1))
}

fn line(class: &'static str, [from, to]: [Point; 2]) -> Node {
    tag("line", class).num("x1", from.0).num("y1", from.1).num("x2", to.0).num("y2", to.1)
}

fn path(class: &'static str, points: &[Point]) -> Node {
    let places: Vec<_> = points.iter().map(|(x, y)| format!("{} {}", decimal(*x, 1), decimal(*y, 1))).collect();
    tag("path", class).set("d", format!("M{}", places.join("L")))
}

fn rect(class: &'static str, corner: Point, size: Point, radius: f64) -> Node {
    let node = tag("rect", class).num("x", corner.0).num("y", corner.1);
    node.num("width", size.0).num("height", size.1).num("rx", radius)
}

fn circle(class: &'static str, radius: f64) -> Node {
    tag("circle", class).num("r", radius)
}

fn text(class: &'static str, at: Point, says: &str) -> Node {
    tag("text", class).num("x", at.0).num("y", at.1).with(words(says))
}

fn cross((x, y): Point, half: f64) -> Html {
    let [left, top, side] = [x - half, y - half, 2.0 * half].map(|length| decimal(length, 1));
    tag("path", "cross").set("d", format!("M{left} {top}l{side} {side}m0 -{side}l-{side} {side}")).into()
}

fn clipped(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}
