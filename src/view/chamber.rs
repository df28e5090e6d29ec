//! The chamber: the parliament as a ring of nodes, with walls where the network is cut and messages in motion.
//!
//! Dragging a node changes who can reach whom: [`Chamber::drop`] turns the place where it is let go into one line of
//! the script.

mod arcs;
mod messengers;
mod reach;
mod ring;
#[cfg(test)]
mod tests;

pub use messengers::{MESSENGERS_MAX, Messenger};
pub use reach::Reach;
pub use ring::{Form, Point, Ring, unit};

use super::{Emblem, Index, NodeCard};
use crate::protocol::{Fact, Meaning, Vocabulary};
use crate::scenario::Act;
use crate::session::Session;
use crate::tongue::{key, say, translated};
use crate::trace::What;
use crate::types::NodeId;
use crate::view::decimal::within;

/// Up to so many nodes have a line between every two of them. Among more nodes, only lines that are cut are drawn.
const LINKS_MAX: usize = 9;
/// How far the lines of a ring end from the nodes, and how far they run to the right of the way, in pixels.
const HOP_AWAY: f64 = 5.0;
const HOP_RIGHT: f64 = 4.0;
/// The input from which a chamber is made.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The run and how far it has been watched.
    pub session: &'a Session,
    /// The reader's words.
    pub words: Vocabulary,
    /// Every node's memory now, in order.
    pub cards: &'a [NodeCard],
    /// The index of the whole run.
    pub index: &'a Index,
    /// The node whose memory is shown in the middle when the ring has no room for cards.
    pub chosen: Option<NodeId>,
    /// Width and height, in pixels.
    pub size: Point,
    /// The node that is being dragged, and where it is.
    pub drag: Option<(NodeId, Point)>,
}

/// Everything in the chamber.
#[derive(Clone, PartialEq, Debug)]
pub struct Chamber {
    /// Which nodes reach each other.
    pub reach: Reach,
    /// The places of everything in the ring.
    pub ring: Ring,
    /// The nodes, in order.
    pub seats: Vec<Seat>,
    /// Lines between nodes: all of them in a small cluster, otherwise those that are cut within a group.
    pub links: Vec<Wire>,
    /// The ring along which votes are gathered, if there is one: a line from each process on it to the process that follows.
    pub hops: Vec<[Point; 2]>,
    /// Messages under way, and messages that were lost a moment ago.
    pub messengers: Vec<Messenger>,
    /// How many more messages there are.
    pub messengers_left_out: usize,
    /// The place among the seats of the node whose memory is shown in the middle.
    pub reading: Option<usize>,
    /// What would happen if the dragged node were let go here.
    pub preview: Option<Preview>,
    names: Vec<String>,
}

/// A node.
#[derive(Clone, PartialEq, Debug)]
pub struct Seat {
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// The middle of its card.
    pub at: Point,
    /// Its group's number, from 0.
    pub group: usize,
    /// Whether it says another decree than some other process.
    pub disagrees: bool,
    /// Whether it is up.
    pub is_up: bool,
    /// Whether the node believes that it leads.
    pub leads: bool,
    /// The part that it plays, where not everybody plays every part.
    pub part: Option<&'static str>,
    /// The contents of its ledger, if there are any.
    pub knows: Option<String>,
    /// The look of the decree that it knows.
    pub emblem: Emblem,
    /// The names and contents of its cells apart from the ledger; `–` where nothing was written yet.
    pub rows: Vec<(&'static str, String)>,
    /// All of this as a sentence.
    pub label: String,
}

/// A line between two nodes.
#[derive(Clone, PartialEq, Debug)]
pub struct Wire {
    /// The nodes, the smaller first.
    pub ends: [NodeId; 2],
    /// Where the line begins and ends.
    pub line: [Point; 2],
    /// Whether it is cut from the first to the second, and back.
    pub cut: [bool; 2],
    /// Where the crosses stand, one for each way that is cut.
    pub crosses: Vec<Point>,
    /// All of this in words.
    pub label: String,
}

/// What would happen if a node were let go.
#[derive(Clone, PartialEq, Debug)]
pub struct Preview {
    /// The line of the script, without its time; none when nothing would change.
    pub line: Option<String>,
    /// The group that it would join.
    pub joins: Option<usize>,
    /// The wall that would rise around it.
    pub wall: Option<[Point; 2]>,
}

impl Chamber {
    /// The chamber as it is now.
    pub fn of(sight: Sight<'_>) -> Self {
        let trace = sight.session.trace();
        let reach = Reach::of(sight.session);
        let nodes = trace.scenario.nodes();
        let mut ring = Ring::fit(&reach.groups, nodes, sight.size);
        let names = trace.scenario.symbols.nodes.iter().map(ToString::to_string).collect();
        let mut chamber = Self {
            seats: Vec::new(),
            links: Vec::new(),
            hops: Vec::new(),
            messengers: Vec::new(),
            messengers_left_out: 0,
            reading: None,
            preview: None,
            names,
            reach,
            ring: ring.clone(),
        };
        chamber.preview = sight.drag.map(|(node, at)| chamber.preview(node, at));
        if let Some((node, at)) = sight.drag {
            let inside =
                |at: f64, half: f64, size: f64| within(at, half.min(size / 2.0), (size - half).max(size / 2.0));
            let (half, size) = (ring.half, sight.size);
            ring.seats[node.index()] = (inside(at.0, half.0, size.0), inside(at.1, half.1, size.1));
        }
        chamber.ring = ring;
        chamber.seats = sight.cards.iter().map(|card| chamber.seat(&sight, card)).collect();
        let parties = super::broken(sight.session, sight.words).and_then(|broken| broken.parties);
        for (node, _) in parties.into_iter().flatten() {
            chamber.seats[node.index()].disagrees = true;
        }
        chamber.links = chamber.links();
        chamber.hops = chamber.hops(&sight);
        chamber.fly(&sight);
        let is_small = !matches!(chamber.ring.form, Form::Card(2..));
        chamber.reading = sight.chosen.map(NodeId::index).filter(|place| is_small && *place < chamber.seats.len());
        chamber
    }

    /// The act that letting a node go at a place amounts to. Within another group the node joins that group, outside
    /// the ring it is alone, and within its own group nothing happens. When one group remains, the network heals.
    pub fn drop(&self, node: NodeId, at: Point) -> Option<Act<String, String>> {
        if self.names.len() < 2 {
            return None;
        }
        self.send_to(node, self.ring.group_at(at).unwrap_or(usize::MAX))
    }

    /// The act that puts a node into the group with this number, counted from 0, or into a new group when there is none
    /// of this number. None when the node is in that group already.
    pub fn send_to(&self, node: NodeId, group: usize) -> Option<Act<String, String>> {
        let groups = self.reach.moved(node, group)?;
        if groups.len() == 1 {
            return Some(Act::Heal);
        }
        let name = |node: NodeId| self.names[node.index()].clone();
        Some(Act::Partition(groups.into_iter().map(|group| group.iter().map(name).collect()).collect()))
    }

    fn preview(&self, node: NodeId, at: Point) -> Preview {
        let act = self.drop(node, at);
        let group = self.ring.group_at(at);
        let joins = group.filter(|_| act.is_some());
        let wall = act.as_ref().filter(|_| group.is_none()).map(|_| {
            // The wall stands across the way to the middle of the ring, nearer to the node.
            let way = unit(at, self.ring.centre);
            let far = (self.ring.half.0 * way.0.abs()).max(self.ring.half.1 * way.1.abs()) + 14.0;
            let (x, y) = (at.0 + way.0 * far, at.1 + way.1 * far);
            let half = self.ring.half.0 + 24.0;
            [(x - way.1 * half, y + way.0 * half), (x + way.1 * half, y - way.0 * half)]
        });
        Preview { line: act.map(|act| act.to_string()), joins, wall }
    }

    fn seat(&self, sight: &Sight<'_>, card: &NodeCard) -> Seat {
        let shown = sight.session.cursor().events;
        let leads = &sight.index.tracks[card.node.index()].leads;
        let begun = leads.partition_point(|stretch| (stretch.first.0 as usize) < shown);
        let leads = card.up && begun > 0 && leads[begun - 1].last.0 as usize >= shown;
        let cell = |name: &str| card.cells.iter().find(|(cell, _)| *cell == name).map(|(_, text)| text.as_str());
        let held = |name: &str| cell(name).map(|text| text.replace('"', ""));
        // Only acceptors promise and vote, and only those who may lead try ballots.
        let scenario = sight.session.scenario();
        let (cast, node) = (&scenario.setup.cast, card.node);
        let is_used = |meaning: Meaning| match meaning {
            Meaning::LastTried => cast.proposers().contains(node),
            Meaning::NextBal | Meaning::PrevVote => cast.acceptors.contains(node),
            Meaning::Own => cast.servers().contains(node),
            Meaning::Ledger => false,
        };
        let fields = scenario
            .protocol
            .fields
            .iter()
            .filter(|field| is_used(field.meaning))
            .map(|field| sight.words.field(field));
        let rows: Vec<_> = fields.map(|name| (name, held(name).unwrap_or_else(|| "–".to_owned()))).collect();
        // Only the decree is shown, without the ballot that passed it.
        let knows = cell(sight.words.ledger).map(|text| text[text.find('"').unwrap_or(0)..].replace('"', ""));
        let learned = sight.index.tracks[node.index()].knows.map(|(event, _)| &sight.session.trace().event(event).what);
        let emblem = match learned {
            Some(What::Stated(_, Fact::Learned(_, vote))) => Emblem::of(vote.value),
            _ => Emblem::SEVERAL,
        };
        let mut label = format!("{}, {}", card.name, if card.up { say!("up") } else { say!("down") });
        let ring = sight.index.ring(shown);
        let is_beside = !ring.is_empty() && !ring.contains(node) && cast.acceptors.contains(node);
        let part = card.part.or(is_beside.then_some(key!("off the ring")));
        if let Some(part) = part {
            label.push_str(&format!(", {}", translated(part)));
        }
        if leads {
            label.push_str(say!(", leads").text());
        }
        for (name, text) in &rows {
            label.push_str(&format!(", {name} {}", if text == "–" { say!("none").text() } else { text }));
        }
        if cast.knows(node) {
            label.push_str(&say!(", knows {decree}", decree = knows.as_deref().unwrap_or(say!("nothing").text())));
        }
        if let Some(next) = ring.after(node).filter(|_| ring.contains(node)) {
            label.push_str(&say!(", on the ring before {next}", next = self.names[next.index()]));
        }
        if self.reach.groups.len() > 1 {
            label.push_str(&say!(", group {group}", group = self.reach.group_of(card.node) + 1));
        }
        Seat {
            node: card.node,
            name: card.name.clone(),
            at: self.ring.seat(card.node),
            group: self.reach.group_of(card.node),
            disagrees: false,
            is_up: card.up,
            leads,
            part,
            knows,
            emblem,
            rows,
            label,
        }
    }

    fn links(&self) -> Vec<Wire> {
        let mut links = Vec::new();
        if self.names.len() > LINKS_MAX && self.reach.is_whole() {
            return links;
        }
        for group in &self.reach.groups {
            for one in group.iter() {
                for other in group.iter().filter(|other| *other > one) {
                    let cut = [self.reach.is_cut(one, other), self.reach.is_cut(other, one)];
                    if self.names.len() <= LINKS_MAX || (cut != [false; 2] && links.len() < MESSENGERS_MAX) {
                        links.push(self.wire(one, other, cut));
                    }
                }
            }
        }
        links
    }

    /// Each line runs a little to the right of the way between the two, so that a ring of two has two lines.
    fn hops(&self, sight: &Sight<'_>) -> Vec<[Point; 2]> {
        let ring = sight.index.ring(sight.session.cursor().events);
        let hop = |node: NodeId| {
            let line = self.way(node, ring.after(node)?, HOP_AWAY);
            let way = unit(line[0], line[1]);
            let aside = (-way.1 * HOP_RIGHT, way.0 * HOP_RIGHT);
            Some(line.map(|(x, y)| (x + aside.0, y + aside.1)))
        };
        ring.iter().filter_map(hop).collect()
    }

    fn wire(&self, one: NodeId, other: NodeId, cut: [bool; 2]) -> Wire {
        let line = self.way(one, other, 0.0);
        let at = |share: f64| between(line, share);
        // A cross stands before the node that does not hear the other; it is in the middle when neither hears the
        // other.
        let crosses = match cut {
            [true, true] => vec![at(0.5)],
            [true, false] => vec![at(0.72)],
            [false, true] => vec![at(0.28)],
            [false, false] => Vec::new(),
        };
        let (a, b) = (&self.names[one.index()], &self.names[other.index()]);
        let label = match cut {
            [true, true] => say!("{a} and {b}: cut both ways"),
            [true, false] => say!("{a} → {b} is cut"),
            [false, true] => say!("{b} → {a} is cut"),
            [false, false] => say!("{a} and {b}: open both ways"),
        };
        Wire { ends: [one, other], line, cut, crosses, label }
    }

    /// The line from one node's card to that of another, which ends at this distance from both.
    fn way(&self, from: NodeId, to: NodeId, away: f64) -> [Point; 2] {
        let (from, to) = (self.ring.seat(from), self.ring.seat(to));
        [self.ring.border(from, to, away), self.ring.border(to, from, away)]
    }
}

/// The point on a line at this part of its length: 0 is the beginning, 1 the end.
fn between(line: [Point; 2], part: f64) -> Point {
    (line[0].0 + (line[1].0 - line[0].0) * part, line[0].1 + (line[1].1 - line[0].1) * part)
}
