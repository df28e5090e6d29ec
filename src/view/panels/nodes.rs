//! What each node remembers at the session's cursor: in short for its card, and at length for somebody who looks
//! closely.

use std::sync::Arc;

use crate::protocol::{Cast, Field, Storage, Vocabulary};
use crate::scenario::{Act, Scenario};
use crate::session::Session;
use crate::tongue::{key, say, translated};
use crate::trace::{What, describe_cell};
use crate::types::{NodeId, NodeSet, Time};
use crate::view::Window;
use crate::view::decimal::within;
use crate::view::index::ranges;

/// For a list with more gaps than this, the card only says how many places are missing.
const GAPS_LISTED_MAX: usize = 64;

/// A node's memory now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeCard {
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Whether it is up.
    pub up: bool,
    /// The part that it plays, where not everybody plays every part.
    pub part: Option<&'static str>,
    /// The names and contents of its stable storage. For a list this says only which places are filled.
    pub cells: Vec<(&'static str, String)>,
    /// What the node has collected for its own ballot.
    pub slip: Option<String>,
}

impl NodeCard {
    /// The smallest width of the column of cards beside a timeline, in pixels.
    pub const COLUMN: f64 = 148.0;

    /// The width of that column beside the timeline of a run that ends at `end`, when both together have `room` pixels.
    /// The column is wide enough for the longest decree in a cell, as long as the picture keeps two thirds of the room,
    /// and the whole run stays in view if it would be in view beside a narrow column.
    pub fn column(scenario: &Scenario, room: f64, end: Time) -> f64 {
        let longest = |names: &[Arc<str>]| names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let cells = scenario.protocol.fields.iter().filter(|field| !field.is_list);
        let cell = cells.map(|field| field.name.len()).max().unwrap_or(0);
        let name = longest(&scenario.symbols.nodes);
        // The longest cell is one with a vote, as in `prevVote 12.B "red"`.
        let letters = cell + name + longest(&scenario.symbols.values) + 7;
        let beside = Window::fit(false, room - Self::COLUMN, scenario.nodes(), end).readable(end);
        let is_whole = beside <= room - Self::COLUMN;
        let most = (room / 3.0).min(room - Window::NARROW).min(if is_whole { room - beside } else { room });
        let wanted = 46.0 + within(10.0 * name as f64, 13.0, 90.0) + 6.4 * letters as f64;
        wanted.min(most).max(Self::COLUMN)
    }

    /// The cards of all nodes.
    pub fn all(session: &Session, words: Vocabulary) -> Vec<Self> {
        let scenario = session.scenario();
        let symbols = &scenario.symbols;
        if session.is_log() {
            return logged(session);
        }
        let world = session.world();
        let card = |node| {
            let mut cells: Vec<(&'static str, String)> = Vec::new();
            for (place, info) in scenario.protocol.fields.iter().enumerate() {
                let list = world.storage(node).list(Field(place as u8));
                if info.is_list {
                    if list.len() > 0 {
                        cells.push((words.field(info), filled(list.map(|(instance, _)| instance.0))));
                    }
                } else if let Some((_, cell)) = list.last() {
                    cells.push((words.field(info), describe_cell(words, symbols, cell)));
                }
            }
            let slip = world.slip(node).filter(|_| world.is_up(node)).map(|slip| {
                let collected = symbols.set(slip.collected);
                let collected = if collected.is_empty() { say!("nobody yet").into() } else { collected };
                say!(
                    "{ballot} {number}, step {label} from {collected}",
                    ballot = words.ballot,
                    number = symbols.ballot(slip.ballot),
                    label = translated(slip.phase.label())
                )
            });
            let part = membership(session, node, world.storage(node)).or_else(|| part(&scenario.setup.cast, node));
            Self { node, name: symbols.node(node).to_owned(), up: world.is_up(node), part, cells, slip }
        };
        NodeId::all(scenario.nodes()).map(card).collect()
    }
}

/// The cards of the processes of a log, which says when they are up and not what they remember.
fn logged(session: &Session) -> Vec<NodeCard> {
    let scenario = session.scenario();
    let mut up = NodeSet::all(scenario.nodes());
    for event in session.trace().events().range(0..session.cursor().events) {
        match &event.what {
            What::Acted(_, Act::Crash(node)) => up.remove(*node),
            What::Acted(_, Act::Restart(node, _)) => drop(up.insert(*node)),
            _ => {}
        }
    }
    let card = |node| NodeCard {
        node,
        name: scenario.symbols.node(node).to_owned(),
        up: up.contains(node),
        part: part(&scenario.setup.cast, node),
        cells: Vec::new(),
        slip: None,
    };
    NodeId::all(scenario.nodes()).map(card).collect()
}

/// A word for the part of a process; none where everybody plays every part.
pub fn part(cast: &Cast, node: NodeId) -> Option<&'static str> {
    if cast.liars.contains(node) {
        return Some(if cast.clients.contains(node) { key!("liar, client") } else { key!("liar") });
    }
    let parts = Cast { liars: NodeSet::EMPTY, tolerates: None, ..*cast };
    if parts == Cast::everybody(cast.nodes) {
        return None;
    }
    Some(match (cast.acceptors.contains(node), cast.learners.contains(node)) {
        _ if cast.clients.contains(node) => key!("client"),
        (true, true) => key!("acceptor, learner"),
        (true, false) => key!("acceptor"),
        (false, true) => key!("learner"),
        (false, false) => key!("proposer"),
    })
}

/// Where decrees change the members: what the decrees that have passed so far make of a process, and whether an auxiliary
/// process was ever asked for anything.
fn membership(session: &Session, node: NodeId, storage: &Storage) -> Option<&'static str> {
    let newest = session.trace().newest_configuration(session.cursor().events)?;
    let cast = &session.scenario().setup.cast;
    Some(match (cast.auxiliaries.contains(node), newest.members().contains(node)) {
        _ if !cast.acceptors.contains(node) => return None,
        (true, _) if storage.is_empty() => key!("auxiliary, asleep"),
        (true, true) => key!("auxiliary, asked"),
        (true, false) => key!("auxiliary, released"),
        (false, true) => key!("main"),
        (false, false) => key!("removed"),
    })
}

/// The timers of a node that are running at the cursor: their names in scripts, and their numbers.
pub fn running_timers(session: &Session, node: NodeId) -> Vec<(&'static str, u32)> {
    if session.is_log() {
        return Vec::new();
    }
    let names = session.scenario().protocol.timers;
    session.world().timers(node).map(|timer| (names[usize::from(timer.kind)].name, timer.number)).collect()
}

/// `1–3, 5`: the places of a list that are filled. A long list without gaps is not counted through.
pub(super) fn filled(mut places: impl DoubleEndedIterator<Item = u32> + ExactSizeIterator) -> String {
    let count = places.len();
    let Some(first) = places.next() else { return String::new() };
    let Some(last) = places.next_back() else { return first.to_string() };
    let missing = (last - first) as usize + 1 - count;
    if missing == 0 {
        return format!("{first}–{last}");
    }
    if count > GAPS_LISTED_MAX {
        return say!("{first}–{last}, {missing} missing");
    }
    let mut numbers = vec![first];
    numbers.extend(places);
    numbers.push(last);
    ranges(&numbers)
}

/// All that a node remembers: too much to be shown for every node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Memory {
    /// Each list of its stable storage: its name, and its places with their contents.
    pub lists: Vec<(&'static str, Vec<(u32, String)>)>,
    /// The state that its commands have made so far, as names and values; none where decrees are plain.
    pub replica: Option<Vec<(String, String)>>,
}

impl Memory {
    /// What a node remembers now, with the last `most` places of each list.
    pub fn of(session: &Session, words: Vocabulary, node: NodeId, most: usize) -> Self {
        if session.is_log() {
            return Self { lists: Vec::new(), replica: None };
        }
        let scenario = session.scenario();
        let world = session.world();
        let mut lists: Vec<(&'static str, Vec<(u32, String)>)> = Vec::new();
        for (place, info) in scenario.protocol.fields.iter().enumerate().filter(|(_, info)| info.is_list) {
            let list = world.storage(node).list(Field(place as u8));
            let left_out = list.len().saturating_sub(most);
            let told = |(instance, cell): (crate::types::Instance, _)| {
                (instance.0, describe_cell(words, &scenario.symbols, cell))
            };
            let list: Vec<_> = list.skip(left_out).map(told).collect();
            if !list.is_empty() {
                lists.push((words.field(info), list));
            }
        }
        let replica = scenario.service.filter(|_| world.is_up(node)).map(|_| world.replica(node).entries());
        Self { lists, replica }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_as_stretches_and_many_gaps_as_a_number() {
        let told = |places: &[u32]| filled(places.iter().copied());
        assert_eq!(told(&[]), "");
        assert_eq!(told(&[4]), "4");
        assert_eq!(told(&[1, 2, 3]), "1–3");
        assert_eq!(told(&[1, 2, 3, 5, 9]), "1–3, 5, 9");
        let even: Vec<u32> = (1..=100).map(|place| 2 * place).collect();
        assert_eq!(told(&even), "2–200, 99 missing");
    }
}
