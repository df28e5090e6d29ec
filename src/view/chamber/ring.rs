//! The seats of nodes: on a ring, group by group, with walls between the groups.

use super::arcs::Arcs;
use crate::types::{NodeId, NodeSet};
use crate::view::decimal::within;

/// A place, in pixels from the upper left corner.
pub type Point = (f64, f64);

/// How nodes are drawn; the more nodes there are, the smaller they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As a card with so many lines of memory.
    Card(usize),
    /// As a disc with the name only.
    Disc,
    /// As a dot without a name.
    Dot,
}

/// The ring.
#[derive(Clone, PartialEq, Debug)]
pub struct Ring {
    /// How nodes are drawn.
    pub form: Form,
    /// Half of a node's width and height.
    pub half: Point,
    /// The middle.
    pub centre: Point,
    /// How far nodes sit from the middle, horizontally and vertically.
    pub radii: Point,
    /// Each node's seat, in order.
    pub seats: Vec<Point>,
    /// The groups around the ring: the number of each, and its nodes.
    pub arcs: Vec<(usize, Vec<NodeId>)>,
    /// The point where the walls meet.
    pub hub: Point,
    /// The wall after each arc, from the hub over the first point to the second. Empty while there is only one group.
    pub walls: Vec<[Point; 2]>,
}

/// The forms with their sizes, the largest first; the size of a card follows from its lines.
const FORMS: [(Form, Point); 3] =
    [(Form::Card(3), (56.0, 32.0)), (Form::Card(2), (50.0, 26.0)), (Form::Card(1), (40.0, 19.0))];
/// The tilts that are tried, in this order. It is best if no node moves far; where that leaves no room, the ring is
/// turned a little, or its first arc is put at the top.
const TILTS: [Option<f64>; 6] = [Some(0.0), Some(0.03), Some(-0.03), Some(0.06), Some(-0.06), None];
/// Nodes have cards only in clusters of at most so many.
const CARDS_MAX: usize = 12;
/// The least distance between two cards, and between a card and a wall.
const GAP: f64 = 4.0;
/// The distance between a seat and the upper and lower edge of the picture, so that there is room to drag a node out of
/// the ring.
const MARGIN: f64 = 18.0;
const DISC: f64 = 14.0;
/// A node counts as outside when it is this far beyond the ring, as a part of the radius.
const AWAY: f64 = 0.35;
/// How much larger the ring may be than a ring that is in view as a whole.
const STRETCH: f64 = 1.25;

impl Ring {
    /// The ring of these groups in a picture of this size, with the largest cards for which there is room.
    pub fn fit(groups: &[NodeSet], nodes: usize, size: Point) -> Self {
        if nodes <= CARDS_MAX {
            for (form, half) in FORMS {
                for tilt in TILTS {
                    for is_bent in [false, true] {
                        let ring = Self::with(form, half, is_bent, Arcs::of(groups, nodes, tilt), size);
                        if ring.is_roomy() {
                            return ring;
                        }
                    }
                }
            }
        }
        // This is about the circumference of the ellipse without the gaps.
        let room = 1.45 * (size.0 + size.1) / nodes as f64;
        let (form, half) =
            if room >= 2.0 * DISC { (Form::Disc, DISC) } else { (Form::Dot, within(room * 0.42, 2.5, 8.0)) };
        Self::with(form, (half, half), true, Arcs::of(groups, nodes, Some(0.0)), size)
    }

    fn with(form: Form, half: Point, is_bent: bool, arcs: Arcs, size: Point) -> Self {
        let Arcs { arcs, turns, between } = arcs;
        // The ring is as wide and as high as the room allows, whichever part of the ellipse is taken.
        let side = if matches!(form, Form::Card(_)) { 3.0 } else { MARGIN };
        let across = span(&turns, 0.0, size.0, half.0 + side);
        let down = span(&turns, 0.75, size.1, half.1 + MARGIN);
        let (centre, radii) = ((across.0, down.0), (across.1, down.1));
        let at = |turn: f64| (centre.0 + radii.0 * sine(turn), centre.1 + radii.1 * sine(turn + 0.75));
        let seats: Vec<Point> = turns.into_iter().map(at).collect();
        let edge = |node: Option<&NodeId>| node.map_or(centre, |node| seats[node.index()]);
        let edges: Vec<_> = arcs.iter().map(|(_, members)| (edge(members.first()), edge(members.last()))).collect();
        let between: Vec<Point> = between.into_iter().map(at).collect();
        let mut ring = Self { form, half, centre, radii, seats, arcs, hub: centre, walls: Vec::new() };
        if edges.len() > 1 {
            ring.raise_walls(&edges, &between, is_bent, size);
        }
        ring
    }

    /// Each wall passes half-way between the last node of a group and the first node of the next. The nodes lie on an
    /// ellipse, so the lines from the hub to these half-way points never cut through a group. From there on a wall goes
    /// straight, or, if it is bent, away from the middle of the ring; then it does not come closer to any card.
    fn raise_walls(&mut self, edges: &[(Point, Point)], between: &[Point], is_bent: bool, size: Point) {
        let count = edges.len();
        let middle = |place: usize| {
            let (last, first) = (edges[place].1, edges[(place + 1) % count].0);
            (f64::midpoint(last.0, first.0), f64::midpoint(last.1, first.1))
        };
        let middles: Vec<Point> = (0..count).map(middle).collect();
        let sum = middles.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
        self.hub = (sum.0 / count as f64, sum.1 / count as f64);
        for (at, between) in middles.into_iter().zip(between) {
            let mut way = minus(at, self.hub);
            // Two nodes on their own have the hub itself as their half-way point.
            let is_alone = way.0.abs() + way.1.abs() < 1.0;
            if is_bent || is_alone {
                way = minus(*between, self.centre);
            }
            // How far it is to the edge of the picture.
            let reach = |from: f64, way: f64, size: f64| {
                let room = if way > 0.0 { size - 3.0 - from } else { from - 3.0 };
                if way.abs() < 0.01 { f64::MAX } else { room / way.abs() }
            };
            let far = reach(at.0, way.0, size.0).min(reach(at.1, way.1, size.1));
            let end = (at.0 + way.0 * far, at.1 + way.1 * far);
            self.walls.push([if is_alone { end } else { at }, end]);
        }
    }

    /// Whether no card covers another one or stands on a wall.
    pub(super) fn is_roomy(&self) -> bool {
        let (width, height) = (2.0 * self.half.0 + GAP, 2.0 * self.half.1 + GAP);
        self.seats.iter().enumerate().all(|(place, seat)| {
            let is_apart = |other: &Point| (seat.0 - other.0).abs() >= width || (seat.1 - other.1).abs() >= height;
            let is_clear =
                |wall: &[Point; 2]| !self.is_hit(*seat, self.hub, wall[0]) && !self.is_hit(*seat, wall[0], wall[1]);
            self.seats[..place].iter().all(is_apart) && self.walls.iter().all(is_clear)
        })
    }

    /// Whether a line touches the card on this seat.
    fn is_hit(&self, seat: Point, from: Point, to: Point) -> bool {
        let (width, height) = (self.half.0 + GAP, self.half.1 + GAP);
        let way = minus(to, from);
        // This is the part of the line that lies in the card's column, and then in its row as well.
        let (mut least, mut most) = (0.0_f64, 1.0_f64);
        for (start, way, low, high) in
            [(from.0, way.0, seat.0 - width, seat.0 + width), (from.1, way.1, seat.1 - height, seat.1 + height)]
        {
            if way.abs() < 1e-9 {
                if start <= low || start >= high {
                    return false;
                }
                continue;
            }
            let (one, other) = ((low - start) / way, (high - start) / way);
            least = least.max(one.min(other));
            most = most.min(one.max(other));
        }
        least < most
    }

    /// The group to whose part of the ring this point belongs; none outside the ring.
    pub fn group_at(&self, at: Point) -> Option<usize> {
        let (across, down) = ((at.0 - self.centre.0) / self.radii.0, (at.1 - self.centre.1) / self.radii.1);
        if across * across + down * down > (1.0 + AWAY) * (1.0 + AWAY) {
            return None;
        }
        let count = self.walls.len();
        let way = minus(at, self.hub);
        let side = |wall: usize| cross(minus(self.walls[wall][0], self.hub), way);
        let holds = |arc: &usize| side((arc + count - 1) % count) >= 0.0 && side(*arc) < 0.0;
        Some((0..count).find(holds).map_or(0, |arc| self.arcs[arc].0))
    }

    /// The point on the straight way from one place to another at which the way is `away` pixels outside the node that
    /// sits at the first place.
    pub fn border(&self, from: Point, to: Point, away: f64) -> Point {
        let way = minus(to, from);
        let length = way.0.hypot(way.1).max(1.0);
        let share = if matches!(self.form, Form::Card(_)) {
            (self.half.0 / way.0.abs().max(1e-9)).min(self.half.1 / way.1.abs().max(1e-9))
        } else {
            self.half.0 / length
        };
        let share = (share + away / length).min(0.45);
        (from.0 + way.0 * share, from.1 + way.1 * share)
    }

    /// The seat of a node.
    pub fn seat(&self, node: NodeId) -> Point {
        self.seats[node.index()]
    }
}

/// The direction from one point to another, as a vector of length 1.
pub fn unit(from: Point, to: Point) -> Point {
    let way = minus(to, from);
    let length = way.0.hypot(way.1).max(1.0);
    (way.0 / length, way.1 / length)
}

pub(super) fn minus(one: Point, other: Point) -> Point {
    (one.0 - other.0, one.1 - other.1)
}

fn cross(one: Point, other: Point) -> f64 {
    one.0 * other.1 - one.1 * other.0
}

/// The middle and the radius of a ring in one direction, such that the seats at these angles stay within the margins.
/// The coordinate of a seat in this direction is the sine of its angle plus `shift` turns.
fn span(turns: &[f64], shift: f64, size: f64, margin: f64) -> Point {
    let (mut least, mut most) = (0.0_f64, 0.0_f64);
    for turn in turns {
        let at = sine(turn + shift);
        (least, most) = (least.min(at), most.max(at));
    }
    let room = size / 2.0 - margin;
    if turns.len() < 2 {
        return (size / 2.0, 0.0);
    }
    // Seats that lie almost on a line are not drawn apart without limit.
    let radius = room * (2.0 / (most - least).max(0.1)).min(STRETCH);
    (size / 2.0 - radius * f64::midpoint(least, most), radius)
}

/// The sine of an angle in turns, exact to less than a pixel (Bhaskara's formula). For an exact sine the browser would
/// have to load a good deal more.
fn sine(turn: f64) -> f64 {
    let half = 2.0 * (turn - turn.floor());
    let arch = |part: f64| 16.0 * part * (1.0 - part) / (5.0 - 4.0 * part * (1.0 - part));
    if half < 1.0 { arch(half) } else { -arch(half - 1.0) }
}
