//! The family: the table of what each protocol takes, bears and costs, and the map of what each one changes in those before
//! it.

use crate::protocol::kin::Aspect;
use crate::protocol::{PROTOCOLS, Vocabulary};
use crate::report::family::{self, HEADS};
use crate::tongue::translated;

/// The heads of the columns after the protocol, in English.
pub const COLUMNS: [&str; HEADS.len()] = HEADS;

/// A row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyLine {
    /// The protocol's name in scripts.
    pub protocol: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// For each of [`COLUMNS`] what its cell says, each with the text of the script that shows it.
    pub cells: Vec<Vec<(String, String)>>,
}

/// The table, in the order of the registry. It takes some seventy short runs.
pub fn table() -> Vec<FamilyLine> {
    let line = |row: family::FamilyRow| {
        let mut cells = row.cells.into_iter().map(|cell| (cell.text, cell.script.to_string()));
        let mut columns: Vec<_> = cells.by_ref().take(HEADS.len() - 1).map(|cell| vec![cell]).collect();
        columns.push(cells.collect());
        FamilyLine { protocol: row.protocol.name, title: row.protocol.title, cells: columns }
    };
    family::table().into_iter().map(line).collect()
}

/// A protocol on the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The protocol's name in scripts.
    pub protocol: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// How many descents lie between it and the first of the family, by the longest way.
    pub depth: usize,
    /// What it changes in each protocol that it comes from.
    pub edges: Vec<Edge>,
}

/// A way from one protocol to the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// The name of the protocol that it comes from, and its heading.
    pub from: (&'static str, &'static str),
    /// What is changed: the question, and the answer, in these words.
    pub changes: Vec<(&'static str, String)>,
}

/// The map, in the order of the registry, in which nobody stands before those that it comes from.
pub fn map(words: Vocabulary) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for protocol in PROTOCOLS {
        let edges = (protocol.kin)().from.iter().map(|descent| {
            let from = PROTOCOLS.iter().find(|other| other.name == descent.from).map_or("", |other| other.title);
            let mut changes: Vec<(Aspect, &'static str)> = descent.changes.to_vec();
            changes.sort_by_key(|(aspect, _)| *aspect);
            let changes =
                changes.into_iter().map(|(aspect, text)| (translated(aspect.words()), words.fill(text))).collect();
            Edge { from: (descent.from, from), changes }
        });
        let edges: Vec<Edge> = edges.collect();
        let above = edges.iter().filter_map(|edge| places.iter().find(|place| place.protocol == edge.from.0));
        let depth = above.map(|place| place.depth + 1).max().unwrap_or(0);
        places.push(Place { protocol: protocol.name, title: protocol.title, depth, edges });
    }
    places
}

/// The map as a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawing {
    /// Its width and height, in pixels.
    pub size: (i32, i32),
    /// The upper left corner of each protocol's box, which is 120 by 32 pixels.
    pub boxes: Vec<(i32, i32)>,
    /// The ways: the path of the line, and the places of the two protocols on the map.
    pub ways: Vec<(String, usize, usize)>,
}

/// Draws the map: whoever is further from the first protocol stands further to the right.
pub fn drawing(map: &[Place]) -> Drawing {
    let mut boxes: Vec<(i32, i32)> = Vec::new();
    for (at, place) in map.iter().enumerate() {
        let above = map[..at].iter().filter(|other| other.depth == place.depth).count();
        boxes.push((place.depth as i32 * 160 + 4, above as i32 * 62 + 6));
    }
    let mut ways = Vec::new();
    for (to, place) in map.iter().enumerate() {
        for edge in &place.edges {
            let Some(from) = map.iter().position(|other| other.protocol == edge.from.0) else { continue };
            let ((x1, y1), (x2, y2)) = ((boxes[from].0 + 120, boxes[from].1 + 16), (boxes[to].0, boxes[to].1 + 16));
            ways.push((format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + 24, x2 - 24), from, to));
        }
    }
    let size = boxes.iter().fold((0, 0), |size, (x, y)| (size.0.max(x + 126), size.1.max(y + 40)));
    Drawing { size, boxes, ways }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::find;

    /// The map is one tree or more: everybody except the first comes from somebody before it, by a change that is told.
    #[test]
    fn everybody_but_the_first_comes_from_somebody_before_it() {
        for words in [Vocabulary::Parliament1998, Vocabulary::MadeSimple2001] {
            let map = map(words);
            assert_eq!(map.len(), PROTOCOLS.len());
            for (place, one) in map.iter().enumerate() {
                assert_eq!(one.edges.is_empty(), place == 0, "{}", one.protocol);
                for edge in &one.edges {
                    let before = map[..place].iter().any(|other| other.protocol == edge.from.0);
                    assert!(before, "{} comes from {}, which does not stand before it", one.protocol, edge.from.0);
                    assert!(!edge.changes.is_empty(), "{} changes nothing in {}", one.protocol, edge.from.0);
                    let told = edge.changes.iter().map(|(_, text)| text);
                    told.for_each(|text| assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}"));
                }
            }
        }
    }

    #[test]
    fn a_change_of_a_quorum_or_of_trust_is_told() {
        let tells = |edge: &Edge, what: Aspect| edge.changes.iter().any(|(question, _)| *question == what.words());
        let map = map(Vocabulary::default());
        for place in &map[1..] {
            let protocol = find(place.protocol).expect("in the registry");
            for edge in &place.edges {
                let before = find(edge.from.0).expect("in the registry");
                if before.trust != protocol.trust {
                    assert!(tells(edge, Aspect::Faults), "{}", place.protocol);
                }
                if (before.kin)().per_fault != (protocol.kin)().per_fault {
                    assert!(tells(edge, Aspect::Quorum), "{}", place.protocol);
                }
            }
        }
    }

    #[test]
    fn no_two_boxes_of_the_picture_overlap_and_every_way_is_drawn() {
        let map = map(Vocabulary::default());
        let drawing = drawing(&map);
        for (place, one) in drawing.boxes.iter().enumerate() {
            let apart = |other: &(i32, i32)| (one.0 - other.0).abs() >= 120 || (one.1 - other.1).abs() >= 32;
            assert!(drawing.boxes[..place].iter().all(apart), "{}", map[place].protocol);
            assert!(one.0 + 120 <= drawing.size.0 && one.1 + 32 <= drawing.size.1);
        }
        assert_eq!(drawing.ways.len(), map.iter().map(|place| place.edges.len()).sum::<usize>());
    }

    #[test]
    fn every_cell_of_the_table_opens_a_run() {
        let table = table();
        assert_eq!(table.len(), PROTOCOLS.len());
        for line in &table {
            assert_eq!(line.cells.len(), COLUMNS.len());
            for (text, script) in line.cells.iter().flatten() {
                assert!(!text.is_empty());
                let (_, scenario) = crate::scenario::Scenario::read(script).expect("a scenario");
                assert_eq!(scenario.protocol.name, line.protocol);
            }
        }
    }
}
