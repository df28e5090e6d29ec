//! The picture of the chamber: cards on a ring, walls between them, messages under way. It has no listeners.

use yew::Html;

use super::SIZE;
use crate::tongue::{say, translated};
use crate::types::NodeId;
use crate::ui::dom::{Node, decimal, el, phase_class, tag, words};
use crate::ui::state::Selection;
use crate::view::chamber::{Chamber, Form, Messenger, Point, Seat, Wire, unit};
use crate::view::decimal::within;

/// Half of the height of a card that has a head and no rows.
const HEAD: f64 = 13.0;
/// The distance from a card's edge to its words.
const INSET: f64 = 6.0;
/// The approximate width of a letter on a card.
const LETTER: f64 = 6.1;

/// How the picture looks, apart from what the chamber contains.
pub(super) struct Look {
    pub(super) selection: Selection,
    /// The node to which Tab leads.
    pub(super) at: u8,
    /// The node that is being dragged.
    pub(super) dragged: Option<NodeId>,
}

/// The whole picture, without listeners.
pub(super) fn picture(look: &Look, view: &Chamber) -> Node {
    let mut pieces: Vec<Html> = Vec::new();
    pieces.extend(view.links.iter().map(|wire| link(wire, look.selection)));
    pieces.extend(view.hops.iter().map(hop));
    pieces.push(walls(view));
    pieces.extend(view.seats.iter().map(|seat| node(look, view, seat)));
    pieces.extend(view.messengers.iter().map(|messenger| message(look, messenger)));
    if let Some(seat) = view.reading.and_then(|place| view.seats.get(place)) {
        pieces.push(reading(view, seat));
    }
    let label = say!(
        "{seats} nodes on a ring. Arrow keys walk along it, 1 to 4 put a node into a group.",
        seats = view.seats.len()
    );
    tag("svg", if look.dragged.is_some() { "ring dragging" } else { "ring" })
        .set("viewBox", format!("0 0 {} {}", SIZE.0 as u32, SIZE.1 as u32))
        .attr("role", "group")
        .set("aria-label", label)
        .all(pieces)
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

/// A part of the ring along which votes are gathered: a line with a head at its end.
fn hop(ends: &[Point; 2]) -> Html {
    let [from, to] = *ends;
    let (dx, dy) = unit(from, to);
    let back = |along: f64, aside: f64| (to.0 - dx * along - dy * aside, to.1 - dy * along + dx * aside);
    tag("g", "hop")
        .attr("aria-hidden", "true")
        .with(line("shaft", [from, back(6.0, 0.0)]))
        .with(path("head", &[back(8.0, 4.5), to, back(8.0, -4.5)]))
        .into()
}

/// A thick hatched line from the hub outwards for each wall; one word says what they are.
fn walls(view: &Chamber) -> Html {
    let mut pieces: Vec<Html> = Vec::new();
    let hub = view.ring.hub;
    for layer in ["wall", "hatch"] {
        for wall in &view.ring.walls {
            pieces.push(path(layer, &[hub, wall[0], wall[1]]).into());
        }
    }
    if !view.ring.walls.is_empty() {
        let word = say!("cut").text();
        let half = 7.0 + 3.3 * word.chars().count() as f64;
        pieces.push(rect("word", (hub.0 - half, hub.1 - 10.0), (2.0 * half, 19.0), 9.5).into());
        pieces.push(text("word", (hub.0, hub.1 + 3.5), word).attr("text-anchor", "middle").into());
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
        (" disagrees", seat.disagrees),
        (" leads", seat.leads),
        (" knows", seat.knows.is_some()),
        (" liar", seat.part.is_some_and(|part| part.starts_with("liar"))),
        (" dragged", is_dragged),
        (" host", is_host),
    ];
    let mut class = "seat".to_owned();
    if view.reach.groups.len() > 1 {
        class.push_str(&format!(" group-{}", seat.group % 4));
    }
    marks.iter().filter(|(_, is_on)| *is_on).for_each(|(mark, _)| class.push_str(mark));
    class.push(' ');
    class.push_str(seat.emblem.class());
    if view.ring.form == Form::Dot {
        class.push_str(" dot");
    }
    let face = match view.ring.form {
        Form::Card(lines) => card(seat, view.ring.half, lines),
        form => disc(seat, view.ring.half.0, form),
    };
    let seated = el("g")
        .set("class", class)
        .set("data-node", seat.node.0.to_string())
        .set("transform", translate(seat.at))
        .attr("role", "button")
        .attr("tabindex", if look.at == seat.node.0 { "0" } else { "-1" });
    // The title is the accessible name as well, and says everything. A label would have to repeat these words.
    let is_mute = matches!(view.ring.form, Form::Dot);
    let seated = if is_mute { seated.set("aria-label", seat.label.clone()) } else { seated };
    seated.with(el("title").text(&seat.label)).with(el("g").all(face)).into()
}

/// A card whose middle is at 0, 0. A process without storage has a card with a head alone.
fn card(seat: &Seat, half: Point, lines: usize) -> Vec<Html> {
    let half = if seat.rows.is_empty() { (half.0, half.1.min(HEAD)) } else { half };
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
        say!("down").text()
    } else if seat.leads {
        say!("leads").text()
    } else {
        // There is room for the part or for the decree, and not for what else the process does. That it lies always counts.
        let part = seat.part.filter(|part| seat.knows.is_none() || part.starts_with("liar"));
        part.map_or("", |part| translated(part).split(',').next().unwrap_or(part))
    };
    if !state.is_empty() {
        pieces.push(
            text(
                if !seat.is_up {
                    "down"
                } else if seat.leads {
                    "leading"
                } else {
                    "part"
                },
                (left + INSET + used * LETTER, head),
                state,
            )
            .into(),
        );
        used += state.chars().count() as f64;
    }
    if let Some(knows) = &seat.knows {
        let known = clipped(knows, within(room - used - 2.0, 1.0, 12.0) as usize);
        pieces.push(text("known", (-left - INSET, head), &format!("✓ {known}")).attr("text-anchor", "end").into());
        pieces.push(badge(seat, (-left - 3.0, top + 3.0)));
    }
    // Where there is not enough room for all rows, the number that was tried is left out first.
    let skipped = usize::from(lines < seat.rows.len().min(3));
    for (place, (name, value)) in seat.rows.iter().skip(skipped).take(lines).enumerate() {
        let at = head + 13.5 + 13.0 * place as f64;
        let value = clipped(value, (room - name.chars().count() as f64).max(3.0) as usize);
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
            pieces.push(badge(seat, (radius - 3.0, 3.0 - radius)));
        }
    }
    if !seat.is_up {
        pieces.push(cross((0.0, 0.0), radius * 0.7));
    }
    pieces
}

/// The shape of the decree that a node knows, at the corner of the node.
fn badge(seat: &Seat, at: Point) -> Html {
    tag("path", "badge-of").set("d", seat.emblem.path(5.5)).set("transform", translate(at)).into()
}

/// What a node without a card remembers, in the middle of the ring.
fn reading(view: &Chamber, seat: &Seat) -> Html {
    let lines = seat.rows.len() as f64;
    let (width, height) = (158.0, 26.0 + 13.0 * lines);
    let (x, y) = (view.ring.centre.0 - width / 2.0, view.ring.centre.1 - height / 2.0);
    let mut pieces: Vec<Html> = vec![rect("card", (x, y), (width, height), 9.0).into()];
    let status = if !seat.is_up {
        say!("down")
    } else if seat.leads {
        say!("leads")
    } else {
        say!("up")
    };
    pieces.push(text("name", (x + 10.0, y + 17.0), &format!("{}, {status}", clipped(&seat.name, 8))).into());
    if let Some(knows) = &seat.knows {
        let known = format!("✓ {}", clipped(knows, 9));
        pieces.push(text("known", (x + width - 10.0, y + 17.0), &known).attr("text-anchor", "end").into());
    }
    for (place, (name, value)) in seat.rows.iter().enumerate() {
        let at = y + 32.0 + 13.0 * place as f64;
        pieces.push(text("cell", (x + 10.0, at), name).into());
        pieces.push(text("value", (x + width - 10.0, at), &clipped(value, 15)).attr("text-anchor", "end").into());
    }
    tag("g", "reading").attr("aria-hidden", "true").all(pieces).into()
}

fn message(look: &Look, messenger: &Messenger) -> Html {
    let is_chosen = look.selection == Selection::Message(messenger.id);
    let mut class = format!("messenger {}", phase_class(messenger.phase));
    let marks = [
        (" selected", is_chosen),
        (" lost", messenger.is_lost),
        (" copy", messenger.is_copy),
        (" lie", messenger.is_lie),
    ];
    marks.iter().filter(|(_, is_on)| *is_on).for_each(|(mark, _)| class.push_str(mark));
    let (dx, dy) = messenger.way;
    let mut pieces: Vec<Html> = Vec::new();
    if !messenger.title.is_empty() {
        pieces.push(el("title").text(&messenger.title).into());
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
        if messenger.is_lie {
            pieces.push(circle("forged", radius + 3.5).into());
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

pub(super) fn clipped(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::types::Time;
    use crate::view::chamber::Sight;
    use crate::view::{Index, NodeCard, Vocabulary};
    use yew::virtual_dom::{VNode, VTag};

    const WORDS: Vocabulary = Vocabulary::MadeSimple2001;

    fn each(node: &VNode, see: &mut dyn FnMut(&VTag)) {
        match node {
            VNode::VTag(tag) => {
                see(tag);
                tag.children().into_iter().for_each(|child| each(child, see));
            }
            VNode::VList(list) => list.iter().for_each(|child| each(child, see)),
            _ => {}
        }
    }

    /// The words of an element.
    fn words(node: &VNode) -> String {
        match node {
            VNode::VText(text) => text.text.to_string(),
            VNode::VList(list) => list.iter().map(words).collect(),
            _ => String::new(),
        }
    }

    /// What `find` finds in each element of the picture, in order.
    fn found(script: &str, find: impl Fn(&VTag) -> Option<String>) -> Vec<String> {
        let mut session = Session::open(&format!("paxos-playground 1\n{script}")).expect("a good script");
        session.seek(Time(500_000));
        let (index, cards) = (Index::of(session.played()), NodeCard::all(&session, WORDS));
        let (session, index, cards) = (&session, &index, &cards[..]);
        let sight = Sight { session, words: WORDS, index, cards, chosen: None, size: SIZE, drag: None };
        let look = Look { selection: Selection::Nothing, at: 1, dragged: None };
        let mut found = Vec::new();
        each(&picture(&look, &Chamber::of(sight)).into(), &mut |tag| found.extend(find(tag)));
        found
    }

    /// The values of an attribute.
    fn values(script: &str, attribute: &str) -> Vec<String> {
        let here = |tag: &VTag| Some(tag.attributes.iter().find(|(name, _)| *name == attribute)?.1.to_owned());
        found(script, here)
    }

    #[test]
    fn nodes_are_buttons_with_one_tab_stop_and_names_in_the_chosen_words() {
        let script = "nodes 3\nat 0Δ propose A \"red\"\n";
        assert_eq!(values(script, "tabindex"), ["-1", "0", "-1"]);
        assert_eq!(values(script, "role"), ["group", "button", "button", "button"]);
        let names = found(script, |tag| tag.children().filter(|_| tag.tag() == "title").map(words));
        let name = "A, up, lastProposal 1.A, promised 1.A, accepted none, knows nothing";
        assert!(names.iter().any(|found| found == name), "{names:?}");
        assert_eq!(values(script, "data-link"), ["0 1", "0 2", "1 2"]);
    }

    #[test]
    fn nothing_has_a_style_of_its_own() {
        let script = "nodes 5\nat 0Δ propose A \"red\"\nat 0.2Δ partition A B | C D E\nat 0.2Δ crash C\n";
        assert!(values(script, "style").is_empty() && !values(script, "data-message").is_empty());
    }
}
