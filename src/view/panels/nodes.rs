//! What each node remembers at the session's cursor: in short for its card, at length for whoever looks closely.

use std::sync::Arc;

use crate::protocol::Field;
use crate::scenario::Scenario;
use crate::session::Session;
use crate::trace::describe_cell;
use crate::types::{NodeId, Time};
use crate::view::Window;
use crate::view::index::ranges;

/// Of a list with more gaps than this only how many places are missing is said.
const GAPS_LISTED_MAX: usize = 64;

/// A node's memory now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeCard {
    /// Which.
    pub node: NodeId,
    /// What it is called.
    pub name: String,
    /// Whether it is up.
    pub up: bool,
    /// Its stable storage: names and contents. Of a list only which places are filled.
    pub cells: Vec<(&'static str, String)>,
    /// What it collects for a ballot of its own.
    pub slip: Option<String>,
}

impl NodeCard {
    /// The least breadth of the column of cards beside a timeline, in pixels.
    pub const COLUMN: f64 = 148.0;

    /// How broad that column is beside a timeline of a run that ends then, when both have so many pixels: enough for the longest
    /// decree in a cell, as long as the picture keeps two thirds, and the run is still in view as a whole if it was.
    pub fn column(scenario: &Scenario, room: f64, end: Time) -> f64 {
        let longest = |names: &[Arc<str>]| names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let cells = scenario.protocol.fields.iter().filter(|field| !field.is_list);
        let cell = cells.map(|field| field.name.len()).max().unwrap_or(0);
        let name = longest(&scenario.symbols.nodes);
        // A cell with a vote, as in `prevVote 12.B "red"`.
        let letters = cell + name + longest(&scenario.symbols.values) + 7;
        let beside = Window::fit(false, room - Self::COLUMN, scenario.nodes(), end).readable(end);
        let is_whole = beside <= room - Self::COLUMN;
        let most = (room / 3.0).min(room - Window::NARROW).min(if is_whole { room - beside } else { room });
        let wanted = 46.0 + (10.0 * name as f64).clamp(13.0, 90.0) + 6.4 * letters as f64;
        wanted.min(most).max(Self::COLUMN)
    }

    /// Every node's, from one look at the world.
    pub fn all(session: &Session) -> Vec<Self> {
        let scenario = session.scenario();
        let symbols = &scenario.symbols;
        let world = session.world();
        let card = |node| {
            let mut cells: Vec<(&'static str, String)> = Vec::new();
            for (place, info) in scenario.protocol.fields.iter().enumerate() {
                let list = world.storage(node).list(Field(place as u8));
                if info.is_list {
                    if list.len() > 0 {
                        cells.push((info.name, filled(list.map(|(instance, _)| instance.0))));
                    }
                } else if let Some((_, cell)) = list.last() {
                    cells.push((info.name, describe_cell(symbols, cell)));
                }
            }
            let slip = world.slip(node).filter(|_| world.is_up(node)).map(|slip| {
                let collected = symbols.set(slip.collected);
                let collected = if collected.is_empty() { "nobody yet".to_owned() } else { collected };
                format!("ballot {}, step {} from {collected}", symbols.ballot(slip.ballot), slip.phase.label())
            });
            Self { node, name: symbols.node(node).to_owned(), up: world.is_up(node), cells, slip }
        };
        NodeId::all(scenario.nodes()).map(card).collect()
    }
}

/// The timers that a node has running at the cursor, as scripts call them: the name, and the number.
pub fn running_timers(session: &Session, node: NodeId) -> Vec<(&'static str, u32)> {
    let names = session.scenario().protocol.timers;
    session.world().timers(node).map(|timer| (names[usize::from(timer.kind)].name, timer.number)).collect()
}

/// `1–3, 5`: which places of a list are filled, without counting through a long one that has no gap.
pub(super) fn filled(mut places: impl DoubleEndedIterator<Item = u32> + ExactSizeIterator) -> String {
    let count = places.len();
    let Some(first) = places.next() else { return String::new() };
    let Some(last) = places.next_back() else { return first.to_string() };
    let missing = (last - first) as usize + 1 - count;
    if missing == 0 {
        return format!("{first}–{last}");
    }
    if count > GAPS_LISTED_MAX {
        return format!("{first}–{last}, {missing} missing");
    }
    let mut numbers = vec![first];
    numbers.extend(places);
    numbers.push(last);
    ranges(&numbers)
}

/// What a node remembers at length: too much to show of every node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Memory {
    /// Each list of its stable storage: its name, and what stands at which place.
    pub lists: Vec<(&'static str, Vec<(u32, String)>)>,
    /// What its commands have made so far, where they are for something: names and what stands there.
    pub replica: Option<Vec<(String, String)>>,
}

impl Memory {
    /// What a node remembers now; of each list the last `most` places.
    pub fn of(session: &Session, node: NodeId, most: usize) -> Self {
        let scenario = session.scenario();
        let world = session.world();
        let mut lists: Vec<(&'static str, Vec<(u32, String)>)> = Vec::new();
        for (place, info) in scenario.protocol.fields.iter().enumerate().filter(|(_, info)| info.is_list) {
            let list = world.storage(node).list(Field(place as u8));
            let left_out = list.len().saturating_sub(most);
            let told =
                |(instance, cell): (crate::types::Instance, _)| (instance.0, describe_cell(&scenario.symbols, cell));
            let list: Vec<_> = list.skip(left_out).map(told).collect();
            if !list.is_empty() {
                lists.push((info.name, list));
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
