//! The order in which nodes sit around the ring, and their angles. Each group has an arc.

use crate::types::{NodeId, NodeSet};

/// The ring as angles, in turns clockwise from its top.
pub(super) struct Arcs {
    /// The arcs in their order around the ring: the number of the group, and its nodes.
    pub(super) arcs: Vec<(usize, Vec<NodeId>)>,
    /// Each node's angle.
    pub(super) turns: Vec<f64>,
    /// The angle half-way from each arc to the next.
    pub(super) between: Vec<f64>,
}

impl Arcs {
    /// The arcs of groups. Nodes sit as near as possible to the places that they have while nothing is cut, or the ring
    /// is turned away from there by `tilt`. Without a tilt the first arc lies at the top.
    pub(super) fn of(groups: &[NodeSet], nodes: usize, tilt: Option<f64>) -> Self {
        let mut arcs: Vec<(usize, Vec<NodeId>)> = Vec::new();
        for (number, group) in groups.iter().enumerate() {
            let mut members: Vec<NodeId> = group.iter().collect();
            begin_after_gap(&mut members, nodes);
            let before = arcs.partition_point(|(_, others)| others.first() < members.first());
            arcs.insert(before, (number, members));
        }
        // The gap between groups is half a seat wider, or a twentieth of the ring where seats are narrow.
        let half_seats = groups.len() as f64 / 2.0;
        let gaps = (half_seats / (nodes as f64 + half_seats)).max(half_seats / 10.0).min(0.4);
        let gaps = if groups.len() > 1 { gaps } else { 0.0 };
        let (slot, extra) = ((1.0 - gaps) / nodes.max(1) as f64, gaps / (2.0 * half_seats));
        let (mut turns, mut between) = (vec![0.0; nodes], Vec::new());
        let (mut turn, mut first, mut sum) = (0.0, None, 0.0);
        for (_, members) in &arcs {
            for node in members {
                turns[node.index()] = turn;
                // How far a node is from its seat in the whole ring, measured in the direction in which the first node
                // moved.
                let away = node.index() as f64 / nodes as f64 - turn;
                let way = *first.get_or_insert(away);
                sum += away - (away - way + 0.5).floor();
                turn += slot;
            }
            between.push(turn - slot + (slot + extra) / 2.0);
            turn += extra;
        }
        let first_arc = arcs.first().map_or(0, |(_, members)| members.len());
        let upright = -slot * (first_arc as f64 - 1.0) / 2.0;
        let shift = tilt.map_or(upright, |tilt| sum / nodes.max(1) as f64 + tilt);
        turns.iter_mut().chain(&mut between).for_each(|turn| *turn += shift);
        Self { arcs, turns, between }
    }
}

/// Rotates the list of a group's nodes, so that it begins after the widest gap that the group leaves in the whole ring.
fn begin_after_gap(members: &mut [NodeId], nodes: usize) {
    let (mut start, mut widest) = (0, 0);
    for place in 0..members.len() {
        let before = members[(place + members.len() - 1) % members.len()].index();
        let gap = (members[place].index() + nodes - before) % nodes;
        if gap > widest {
            (start, widest) = (place, gap);
        }
    }
    members.rotate_left(start);
}
