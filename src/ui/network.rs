//! Plain controls for which nodes can reach each other from now on: everything that can be done in the chamber by
//! dragging, and single links.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, button, choice, el, plain_button, tag};
use super::state::{Action, Fields};
use crate::scenario::{Act, Link};
use crate::tongue::{Phrase, say};
use crate::types::{NodeId, Symbols};
use crate::view::Reach;

/// Here a network can be cut into at most so many groups; for more there is the script.
const GROUPS: usize = 4;

/// The controls for groups, and for a single link.
pub(super) fn network(state: &Shared) -> Html {
    let symbols = &state.session().scenario().symbols;
    let reach = Reach::of(state.session());
    let sides = sides(state, &reach);
    let groups: Vec<Vec<String>> = (0..GROUPS)
        .map(|group| names(symbols, |node| sides[node.index()] == group))
        .filter(|group| !group.is_empty())
        .collect();
    let chips = symbols.nodes.iter().enumerate().map(|(place, name)| chip(state, &sides, place, name)).collect();
    let cut = Act::Partition(groups.clone());
    let (is_parted, is_whole) = (groups.len() > 1, reach.is_whole());
    let face =
        if symbols.nodes.len() > 9 { say!("✂ Cut").into() } else { say!("✂ Cut {groups}", groups = text(&groups)) };
    tag("section", "network")
        .attr("aria-label", say!("Network"))
        .with(tag("div", "row").all(vec![
            plain_button(state, "cut", &face, is_parted, Action::Act(cut)),
            plain_button(state, "heal", say!("Heal"), !is_whole, Action::Act(Act::Heal)),
        ]))
        .with(
            tag("details", "more-cuts")
                .with(el("summary").attr("id", "more-cuts").text(say!("Other groups, and one way")))
                .with(tag("div", "chips").attr("role", "group").attr("aria-label", say!("Groups")).all(chips))
                .with(one_way(state, symbols, &reach)),
        )
        .into()
}

/// For each node the group that it is to be in. It is what was filled in, or else the network as it is; while nothing
/// is cut, it is two halves. For a script with other nodes it starts over.
fn sides(state: &Shared, reach: &Reach) -> Vec<usize> {
    let count = state.session().scenario().nodes();
    let filled = &state.fields().sides;
    let is_parted = reach.groups.len() > 1;
    // Once the network is cut as filled in, the groups have the numbers and the colours that they have in the ring.
    let is_together = |one: NodeId, other: NodeId| filled[one.index()] == filled[other.index()];
    let is_done = |one: NodeId| {
        NodeId::all(count).all(|other| is_together(one, other) == (reach.group_of(one) == reach.group_of(other)))
    };
    if filled.len() == count && !(is_parted && NodeId::all(count).all(is_done)) {
        return filled.clone();
    }
    let side = |node: NodeId| {
        if is_parted { reach.group_of(node).min(GROUPS - 1) } else { usize::from(node.index() >= count / 2) }
    };
    NodeId::all(count).map(side).collect()
}

/// The button of a node; a press puts the node into the next group.
fn chip(state: &Shared, sides: &[usize], place: usize, name: &str) -> Html {
    let group = sides[place];
    let mut next = sides.to_vec();
    next[place] = (group + 1) % GROUPS;
    button(state, name, Action::Fill(Fields { sides: next, ..state.fields().clone() }))
        .set("class", format!("chip group-{group}"))
        .attr("title", say!("Press for the next group"))
        .with(tag("span", "sr").text(say!(" in group ")))
        .with(el("sub").text((group + 1).to_string()))
        .into()
}

fn one_way(state: &Shared, symbols: &Symbols, reach: &Reach) -> Node {
    let last = symbols.nodes.len() - 1;
    let (from, to) = state.fields().ends;
    let (from, to) = (from.min(last), to.min(last));
    let end = |label: Phrase, place: usize, set: fn(usize, (usize, usize)) -> (usize, usize)| {
        let fields = state.fields().clone();
        let name = |(other, name): (usize, &std::sync::Arc<str>)| choice(&other.to_string(), name, other == place);
        el("select")
            .attr("aria-label", label)
            .chosen(state, move |value| {
                let ends = set(value.parse().ok()?, fields.ends);
                Some(Action::Fill(Fields { ends, ..fields.clone() }))
            })
            .all(symbols.nodes.iter().enumerate().map(name).collect())
    };
    let (one, other) = (NodeId(from as u8), NodeId(to as u8));
    let link = link(symbols, one, other);
    let toggle = if reach.is_cut(one, other) {
        plain_button(state, "heal-one-way", say!("Heal this way"), true, Action::Act(Act::HealLink(link)))
    } else {
        plain_button(state, "cut-one-way", say!("Cut one way"), from != to, Action::Act(Act::Cut(link)))
    };
    tag("div", "row one-way")
        .with(end(say!("From"), from, |from, (_, to)| (from, to)))
        .text("→")
        .with(end(say!("To"), to, |to, (from, _)| (from, to)))
        .with(toggle)
}

/// The state of both directions between two nodes, and the buttons that change it.
pub(super) fn link_acts(state: &Shared, one: NodeId, other: NodeId) -> Html {
    let symbols = &state.session().scenario().symbols;
    let reach = Reach::of(state.session());
    let ways = [(one, other), (other, one)];
    let cut = ways.map(|(from, to)| reach.is_cut(from, to));
    let act = |cut: bool, (from, to): (NodeId, NodeId)| {
        let link = link(symbols, from, to);
        if cut { Act::Cut(link) } else { Act::HealLink(link) }
    };
    let way = |place: usize| {
        let (from, to) = ways[place];
        let (from, to) = (symbols.node(from), symbols.node(to));
        let (stands, act_on) = if cut[place] {
            (say!("{from} → {to} is cut"), say!("Heal {from} → {to}"))
        } else {
            (say!("{from} → {to} is open"), say!("Cut {from} → {to}"))
        };
        tag("div", "way")
            .with(el("span").text(stands))
            .with(button(state, act_on, Action::Act(act(!cut[place], ways[place]))))
            .into()
    };
    let both = |face: Phrase, is_cut: bool| {
        let acts: Vec<_> =
            (0..2).filter(|place| cut[*place] != is_cut).map(|place| Action::Act(act(is_cut, ways[place]))).collect();
        let dispatcher = state.dispatcher();
        el("button")
            .attr("type", "button")
            .flag("disabled", acts.is_empty())
            .text(face)
            .on(ListenerKind::onclick, move |_| acts.iter().for_each(|act| dispatcher.dispatch(act.clone())))
            .into()
    };
    tag("div", "link-acts")
        .all((0..2).map(way).collect())
        .with(tag("div", "acts").all(vec![both(say!("Cut both ways"), true), both(say!("Heal both ways"), false)]))
        .into()
}

/// Cuts the network as the chamber says, and makes the chips say the same.
pub(super) fn cut(state: &Shared, act: Act<String, String>) {
    let symbols = &state.session().scenario().symbols;
    let sides = match &act {
        Act::Partition(groups) => {
            let side = |name: &std::sync::Arc<str>| {
                groups.iter().position(|group| group.iter().any(|member| **member == **name))
            };
            symbols.nodes.iter().map(|name| side(name).unwrap_or(0).min(GROUPS - 1)).collect()
        }
        _ => Vec::new(),
    };
    state.dispatch(Action::Fill(Fields { sides, ..state.fields().clone() }));
    state.dispatch(Action::Act(act));
}

fn link(symbols: &Symbols, from: NodeId, to: NodeId) -> Link<String> {
    Link { from: symbols.node(from).to_owned(), to: symbols.node(to).to_owned() }
}

fn names(symbols: &Symbols, is_in: impl Fn(NodeId) -> bool) -> Vec<String> {
    NodeId::all(symbols.nodes.len()).filter(|node| is_in(*node)).map(|node| symbols.node(node).to_owned()).collect()
}

fn text(groups: &[Vec<String>]) -> String {
    groups.iter().map(|group| group.join(" ")).collect::<Vec<_>>().join(" | ")
}
