//! The places of nodes and messages, and the lines that dragging writes.

use super::*;
use crate::protocol::Vocabulary;
use crate::types::{NodeSet, Time};

const SIZE: Point = (380.0, 330.0);

fn session(text: &str, ticks: u64) -> Session {
    let mut session = Session::open(&format!("paxos-playground 1\n{text}")).expect("a good script");
    session.seek(Time(ticks));
    session
}

fn chamber(session: &Session, drag: Option<(NodeId, Point)>) -> Chamber {
    see(session, None, drag)
}

fn see(session: &Session, chosen: Option<NodeId>, drag: Option<(NodeId, Point)>) -> Chamber {
    let (index, cards) = (Index::of(session.played()), NodeCard::all(session, Vocabulary::default()));
    Chamber::of(Sight { session, words: Vocabulary::default(), index: &index, cards: &cards, chosen, size: SIZE, drag })
}

fn at(text: &str, ticks: u64) -> Chamber {
    chamber(&session(text, ticks), None)
}

fn set(members: &[u8]) -> NodeSet {
    members.iter().map(|member| NodeId(*member)).collect()
}

/// Every way to divide so many nodes into groups.
fn partitions(nodes: u8) -> Vec<Vec<NodeSet>> {
    (0..nodes).fold(vec![Vec::new()], |parts, node| {
        let mut more = Vec::new();
        for groups in parts {
            for place in 0..=groups.len() {
                let mut groups: Vec<NodeSet> = groups.clone();
                if place == groups.len() {
                    groups.push(NodeSet::EMPTY);
                }
                groups[place].insert(NodeId(node));
                more.push(groups);
            }
        }
        more
    })
}

#[test]
fn the_groups_are_those_that_the_script_has_left_by_now() {
    let text =
        "nodes 5\nat 1Δ partition A B | C D\nat 2Δ heal\nat 3Δ cut A->B\nat 4Δ partition A | B\nat 5Δ heal A->B\n";
    let session = |ticks| Reach::of(&session(text, ticks)).groups;
    assert_eq!(session(999_999), [set(&[0, 1, 2, 3, 4])]);
    assert_eq!(session(1_000_000), [set(&[0, 1]), set(&[2, 3]), set(&[4])], "those not named are a group");
    assert_eq!(session(2_000_000), [set(&[0, 1, 2, 3, 4])]);
    assert_eq!(session(3_000_000), [set(&[0, 1, 2, 3, 4])], "B still reaches A");
    assert_eq!(session(4_000_000), [set(&[0]), set(&[1]), set(&[2, 3, 4])]);
    assert_eq!(session(5_000_000), [set(&[0, 1]), set(&[2, 3, 4])], "one way is enough");
}

#[test]
fn of_the_acts_of_one_instant_only_those_shown_count() {
    let mut session = session("nodes 3\nat 1Δ partition A | B C\nat 1Δ heal\nat 1Δ cut A->B\n", 0);
    let mut seen = Vec::new();
    while session.step() {
        let reach = Reach::of(&session);
        seen.push((reach.groups.len(), reach.is_cut(NodeId(0), NodeId(1))));
    }
    assert_eq!(seen, [(2, true), (1, false), (1, true)]);
}

#[test]
fn nothing_covers_anything_and_no_wall_runs_through_a_card() {
    for nodes in 2..=6 {
        for groups in partitions(nodes) {
            let ring = Ring::fit(&groups, usize::from(nodes), SIZE);
            assert!(ring.is_roomy() && matches!(ring.form, Form::Card(_)), "{groups:?}: {ring:?}");
            assert_eq!(ring.walls.len(), if groups.len() > 1 { groups.len() } else { 0 });
        }
    }
    let five = |groups: &[NodeSet]| Ring::fit(groups, 5, SIZE).form;
    assert_eq!(five(&[NodeSet::all(5)]), Form::Card(3));
    assert_eq!(five(&[set(&[0, 1]), set(&[2, 3, 4])]), Form::Card(3));
    assert_eq!(five(&[set(&[0, 2]), set(&[1, 3, 4])]), Form::Card(3));
}

#[test]
fn a_ring_that_breaks_apart_keeps_everybody_near_their_seat() {
    let whole = Ring::fit(&[NodeSet::all(5)], 5, SIZE);
    for groups in partitions(5) {
        let ring = Ring::fit(&groups, 5, SIZE);
        assert_eq!(ring.form, Form::Card(3), "no card changes: {groups:?}");
        let far = |node: usize| {
            let (x, y) = ring::minus(ring.seats[node], whole.seats[node]);
            x.hypot(y)
        };
        let is_whole_arc =
            |(_, nodes): &(usize, Vec<NodeId>)| nodes.windows(2).all(|pair| (pair[0].0 + 1) % 5 == pair[1].0);
        if ring.arcs.iter().all(is_whole_arc) {
            assert!((0..5).all(|node| far(node) < 70.0), "{groups:?}");
        }
    }
}

#[test]
fn many_nodes_are_small_and_stay_inside() {
    for (nodes, form) in [(9, "Card"), (24, "Disc"), (60, "Dot"), (128, "Dot")] {
        let halves = [NodeSet::all(nodes / 2), NodeSet::all(nodes).without(NodeSet::all(nodes / 2))];
        for groups in [&[NodeSet::all(nodes)][..], &halves[..]] {
            let ring = Ring::fit(groups, nodes, SIZE);
            assert!(format!("{:?}", ring.form).starts_with(form), "{nodes}: {:?}", ring.form);
            let (width, height) = ring.half;
            let is_inside =
                |(x, y): &Point| *x >= width && *x <= SIZE.0 - width && *y >= height && *y <= SIZE.1 - height;
            assert!(ring.seats.iter().all(is_inside));
        }
    }
}

#[test]
fn every_seat_lies_on_its_own_side_of_the_walls() {
    for nodes in 2..=6 {
        for groups in partitions(nodes) {
            let ring = Ring::fit(&groups, usize::from(nodes), SIZE);
            for node in NodeId::all(usize::from(nodes)) {
                let group = groups.iter().position(|group| group.contains(node));
                assert_eq!(ring.group_at(ring.seat(node)), group, "{groups:?}, {node:?}");
            }
        }
    }
}

#[test]
fn dragging_a_node_writes_one_line() {
    let line = |chamber: &Chamber, node, at| chamber.drop(NodeId(node), at).map(|act| act.to_string());
    let whole = at("nodes 5\n", 0);
    assert_eq!(line(&whole, 0, whole.ring.centre), None, "it is still with the others");
    assert_eq!(line(&whole, 0, (4.0, 4.0)).as_deref(), Some("partition B C D E | A"));
    assert_eq!(line(&whole, 0, (190.0, -20.0)).as_deref(), Some("partition B C D E | A"));
    let parted = at("nodes 5\nat 0Δ partition A B | C D E\n", 0);
    assert_eq!(line(&parted, 2, parted.seats[0].at).as_deref(), Some("partition A B C | D E"));
    assert_eq!(line(&parted, 2, parted.seats[4].at), None);
    assert_eq!(line(&parted, 2, (376.0, 326.0)).as_deref(), Some("partition A B | D E | C"));
    let alone = at("nodes 3\nat 0Δ partition A | B C\n", 0);
    assert_eq!(line(&alone, 0, alone.seats[1].at).as_deref(), Some("heal"), "one group remains");
    assert_eq!(line(&alone, 0, (4.0, 4.0)), None, "it is alone already");
    assert_eq!(at("nodes A\n", 0).drop(NodeId(0), (4.0, 4.0)), None);
}

#[test]
fn what_is_written_is_what_is_seen_then() {
    let mut session = session("nodes 5\n", 0);
    for (node, spot) in [(0, None), (1, Some(0)), (2, Some(0)), (0, Some(3))] {
        let chamber = chamber(&session, None);
        let place = spot.map_or((2.0, 2.0), |neighbour: usize| chamber.seats[neighbour].at);
        let preview = chamber.preview(NodeId(node), place);
        let act = chamber.drop(NodeId(node), place).expect("it goes elsewhere");
        assert_eq!(preview.line, Some(act.to_string()));
        assert_eq!((preview.joins.is_some(), preview.wall.is_some()), (spot.is_some(), spot.is_none()));
        session.act(act).expect("the nodes are there");
    }
    assert_eq!(Reach::of(&session).groups, [set(&[0, 3, 4]), set(&[1, 2])]);
}

#[test]
fn a_dragged_node_follows_and_stays_in_the_picture() {
    let session = session("nodes 5\n", 0);
    let dragged = chamber(&session, Some((NodeId(1), (200.0, 100.0))));
    assert_eq!(dragged.seats[1].at, (200.0, 100.0));
    let outside = chamber(&session, Some((NodeId(1), (900.0, -50.0))));
    assert_eq!(outside.seats[1].at, (SIZE.0 - 56.0, 32.0));
    assert!(outside.preview.is_some_and(|preview| preview.line.as_deref() == Some("partition A C D E | B")));
}

#[test]
fn messages_are_where_they_are_at_that_instant() {
    let text = "nodes 3\nat 0Δ propose A \"red\"\ndrop NextBallot A->C #1\n";
    let start = at(text, 0);
    let half = at(text, 500_000);
    let letters: Vec<_> = half.messengers.iter().map(|messenger| (messenger.letter, messenger.is_lost)).collect();
    assert_eq!(letters, [("1a", false), ("1a", true)]);
    assert!(start.messengers[0].at.1 < half.messengers[0].at.1, "it goes down, from A to B");
    assert_eq!(at(text, 640_000).messengers.len(), 2, "a loss is seen for a moment");
    assert_eq!(at(text, 660_000).messengers.len(), 1);
    let answer = at(text, 1_500_000);
    assert_eq!(answer.messengers.iter().map(|messenger| messenger.letter).collect::<Vec<_>>(), ["1b"]);
    assert!(at("nodes 3\n", 0).messengers.is_empty());
}

#[test]
fn every_protocol_is_shown_inside_the_picture_at_every_step() {
    let text = "nodes 5\nservice kv\nleader A\nat 0Δ propose A \"put x 1\"\nat 0.5Δ propose B \"add x 2\"\n\
        at 1Δ inject NextBallot C->B 5.C after 2.5Δ\nat 2Δ crash A\nat 3Δ leader B\nat 4Δ partition A B | C D E\n\
        at 5Δ cut C->D\nat 6Δ heal\nat 9Δ restart A\ndrop Voted C->B #1\nuntil 16Δ\n";
    for protocol in crate::protocol::PROTOCOLS {
        let mut session = session(&format!("protocol {}\n{text}", protocol.name), 0);
        session.rewind();
        while session.step() {
            let chamber = chamber(&session, None);
            for messenger in &chamber.messengers {
                let (x, y) = messenger.at;
                assert!((0.0..=SIZE.0).contains(&x) && (0.0..=SIZE.1).contains(&y), "{messenger:?}");
            }
            // An auxiliary process is told nothing, so nothing is said of what it knows.
            let cast = session.scenario().setup.cast;
            assert!(chamber.seats.iter().all(|seat| seat.label.contains("knows") == cast.knows(seat.node)));
        }
    }
}

#[test]
fn of_very_many_messages_some_are_counted_only() {
    let crowd: String = (0..3).map(|place| format!("at 0Δ propose {} \"red\"\n", ["A", "B", "C"][place])).collect();
    let chamber = at(&format!("nodes 128\n{crowd}"), 500_000);
    assert_eq!((chamber.messengers.len(), chamber.messengers_left_out), (MESSENGERS_MAX, 3 * 127 - MESSENGERS_MAX));
    assert!(chamber.messengers.iter().all(|messenger| messenger.letter.is_empty()));
}

#[test]
fn labels_say_what_a_card_shows() {
    let text = "nodes 3\nat 0Δ propose A \"red\"\nat 3.5Δ crash C\n";
    let labels = |ticks| at(text, ticks).seats.into_iter().map(|seat| seat.label).collect::<Vec<_>>();
    assert_eq!(labels(1_000_000)[1], "B, up, lastTried none, nextBal 1.A, prevVote none, knows nothing");
    let end = labels(6_000_000);
    assert_eq!(end[1], "B, up, lastTried none, nextBal 1.A, prevVote 1.A red, knows red");
    assert!(end[2].starts_with("C, down"), "{}", end[2]);
    let parted = at("nodes 3\nat 0Δ partition A | B C\n", 0);
    assert!(parted.seats[2].label.ends_with("group 2"));
}

#[test]
fn links_are_struck_where_they_are_cut() {
    let chamber = at("nodes 4\nat 0Δ partition A B C | D\nat 0Δ cut A->B\n", 0);
    let cut: Vec<_> = chamber.links.iter().map(|wire| (wire.ends[0].0, wire.ends[1].0, wire.cut)).collect();
    assert_eq!(cut, [(0, 1, [true, false]), (0, 2, [false; 2]), (1, 2, [false; 2])], "none goes through a wall");
    assert_eq!(chamber.links[0].label, "A → B is cut");
    let many = at("nodes 20\nat 0Δ cut A->B\nat 0Δ cut B->A\n", 0);
    assert_eq!((many.links.len(), many.links[0].crosses.len()), (1, 1));
}

#[test]
fn only_where_there_is_no_room_for_cards_one_is_read_in_the_middle() {
    for (nodes, reading) in [(5, None), (30, Some(3))] {
        let session = session(&format!("nodes {nodes}\n"), 0);
        assert_eq!(see(&session, Some(NodeId(3)), None).reading, reading);
    }
}

/// The script of a built-in scenario, without its first line.
fn built_in(name: &str) -> &'static str {
    crate::scenario::library::find(name).and_then(|found| found.text.split_once('\n')).expect("it is built in").1
}

#[test]
fn the_ring_is_drawn_as_the_messages_name_it() {
    // A knows the ring B, A from the promises, and tells of it with its first value.
    let member_dead = built_in("m-ring-member-dead");
    assert!(at(member_dead, 3_900_000).hops.is_empty());
    let before = at(member_dead, 4_000_000);
    assert_eq!(before.hops.len(), 2);
    // Each line begins near its process and ends near the next one, and the two lines do not cover each other.
    let [a, b] = [0, 1].map(|node| before.ring.seat(NodeId(node)));
    let is_near = |point: Point, seat: Point| {
        let apart = ring::minus(point, seat);
        apart.0.abs() < before.ring.half.0 + 10.0 && apart.1.abs() < before.ring.half.1 + 10.0
    };
    assert!(is_near(before.hops[0][0], a) && is_near(before.hops[0][1], b), "{:?}", before.hops);
    assert!(is_near(before.hops[1][0], b) && is_near(before.hops[1][1], a), "{:?}", before.hops);
    assert_ne!(before.hops[0], [before.hops[1][1], before.hops[1][0]]);
    assert!(before.seats[0].label.ends_with("on the ring before B") && before.seats[2].part == Some("off the ring"));
    // The new ring has C in the place of B, who is dead.
    let after = at(member_dead, 12_000_000);
    assert!(after.seats[2].label.ends_with("on the ring before A") && after.seats[1].part == Some("off the ring"));
    let around = at(built_in("u-ring-five"), 6_000_000);
    assert_eq!(around.hops.len(), 5);
    assert!(around.seats.iter().all(|seat| seat.part.is_none()));
    assert!(at("nodes 3\nat 0 propose A red\n", 3_000_000).hops.is_empty());
}
