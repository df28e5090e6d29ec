//! Pictures say what happened, nothing that has not happened yet, and the same whichever way the session got there.

mod fans;
mod flags;

use super::{Drag, Focus, Input, Pen, Scene, Shape, Still, Target, minimap, still, tip};
use crate::protocol::PROTOCOLS;
use crate::quorum::Purpose;
use crate::scenario::Statement;
use crate::scenario::library::LIBRARY;
use crate::session::Session;
use crate::trace::MessageId;
use crate::types::{NodeId, Time, Value};
use crate::view::index::{Index, MarkKind, Notch};
use crate::view::{Dash, Emblem, Ink, Vocabulary, Window};

/// A script with something of everything: two proposers, a crash, a cut, stale news, a leader change, a message that is
/// late.
const SCRIPT: &str = "nodes 5\nservice kv\nleader A\nat 0Δ propose A \"put x 1\"\nat 0.5Δ propose B \"add x 2\"\n\
    at 1Δ inject NextBallot C->B 5.C after 0.5Δ\nat 2Δ crash A\nat 3Δ leader B\nat 4Δ partition A B | C D E\n\
    at 6Δ heal\nat 9Δ restart A\nat 10Δ propose A \"get x\"\ndrop Voted C->B #1\n\
    delay NextBallot A->C #1 7Δ\nduplicate NextBallot A->D #1 +2Δ\nuntil 30Δ\n";

const MINIMAL: &str = "nodes 5\nat 0Δ propose A \"red\"\n";

fn open(text: &str) -> Session {
    let mut session = Session::open(&format!("paxos-playground 1\n{text}")).expect("a good script");
    session.seek(session.end());
    session
}

/// A long run of many ballots.
fn long() -> Session {
    let proposals: String = (0..60).map(|ballot| format!("at {}Δ propose A \"decree\"\n", 6 * ballot)).collect();
    open(&format!("nodes 25\nloss 1%\n{proposals}"))
}

fn window(session: &Session, room: f64) -> Window {
    Window::fit(room < 560.0, room, session.scenario().nodes(), session.end())
}

fn draw(session: &Session, focus: Focus) -> Scene {
    let index = Index::of(session.played());
    Scene::of(&Input { focus, ..Input::new(session, &index, window(session, 1200.0)) })
}

fn words(scene: &Scene) -> Vec<(&str, (f64, f64))> {
    let words = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text { words, at, .. } => Some((&**words, *at)),
        _ => None,
    });
    words.collect()
}

fn crosses(scene: &Scene) -> Vec<(f64, f64)> {
    let crosses = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Cross { at, .. } => Some(*at),
        _ => None,
    });
    crosses.collect()
}

fn mark(session: &Session, kind: MarkKind, number: usize) -> Target {
    let index = Index::of(session.played());
    let mark = index.marks.iter().filter(|mark| mark.kind == kind).nth(number).expect("there is one");
    Target::Mark(mark.event)
}

fn chosen(target: Target) -> Focus {
    Focus { chosen: Some(target), hovered: None }
}

fn hovered(target: Target) -> Focus {
    Focus { chosen: None, hovered: Some(target) }
}

#[test]
fn every_protocol_is_drawn_at_every_step_and_scale() {
    for protocol in PROTOCOLS {
        let mut session = open(SCRIPT);
        session.set(Statement::Protocol(protocol.name.to_owned())).expect("the script is for every protocol");
        let index = Index::of(session.played());
        let windows = [window(&session, 1200.0), window(&session, 330.0)];
        let windows = windows.map(|window| [window, window.zoomed(0.0, 0.0, session.end())]);
        session.rewind();
        while session.step() {
            let shown = session.cursor().events;
            for window in windows.as_flattened() {
                let scene = Scene::of(&Input::new(&session, &index, *window));
                for (target, from, to) in &scene.targets {
                    assert!([from.0, from.1, to.0, to.1].iter().all(|number| number.is_finite()));
                    let event = match target {
                        Target::Message(id) => session.trace().message(*id).sent,
                        Target::Mark(event) => *event,
                        Target::Lane(..) => panic!("a lane is everywhere"),
                    };
                    assert!((event.0 as usize) < shown, "{target:?} has not happened yet");
                    assert!(!tip(&session, Vocabulary::default(), *target).is_empty());
                }
                let said = words(&scene);
                assert!(said.iter().all(|(words, _)| !words.is_empty()), "{}: {said:?}", protocol.name);
            }
        }
    }
}

#[test]
fn a_message_under_way_ends_at_now_and_its_destination_is_a_ghost() {
    let mut session = open(MINIMAL);
    session.seek(Time(250_000));
    let scene = draw(&session, Focus::default());
    let window = window(&session, 1200.0);
    for (target, _, tip) in scene.targets.iter().filter(|(target, ..)| matches!(target, Target::Message(_))) {
        assert!((window.time_at(tip.0, tip.1) - 0.25).abs() < 1e-6, "{target:?}");
        let is_ghost = |shape: &&Shape| matches!(shape, Shape::Line { from, dash: Dash::Ghost, .. } if from == tip);
        let ghost = scene.shapes.iter().find(is_ghost).expect("it has one");
        let Shape::Line { to, .. } = ghost else { unreachable!() };
        assert!((window.time_at(to.0, to.1) - 1.0).abs() < 1e-6);
    }
}

#[test]
fn losses_show_where_they_happen() {
    let text = "nodes 4\nat 0Δ cut A->B\nat 0Δ propose A \"red\"\nat 0.5Δ crash C\ndrop NextBallot A->D #1\n";
    let mut session = open(text);
    session.seek(Time::DELTA);
    let (scene, window) = (draw(&session, Focus::default()), window(&session, 1200.0));
    let mut places: Vec<_> = crosses(&scene)
        .into_iter()
        .map(|(x, y)| ((window.time_at(x, y) * 100.0).round() as u32, window.lane_at(x, y, 4).map(|node| node.0)))
        .collect();
    places.sort_unstable();
    // The message on the cut link is drawn a little way. The dropped message is lost halfway, between B and C, and the
    // third at C, which crashed.
    assert_eq!(places.len(), 4, "{places:?}");
    assert_eq!(places[1..], [(50, Some(2)), (50, Some(2)), (100, Some(2))]);
    assert!(places[0].0 < 25 && places[0].0 > 0, "{places:?}");
}

#[test]
fn the_critical_path_of_a_follower_has_five_messages_and_that_of_the_leader_four() {
    let session = open(MINIMAL);
    for (flag, numbers) in [(0, "1 2 3 4"), (1, "1 2 3 4 5")] {
        let scene = draw(&session, chosen(mark(&session, MarkKind::Learned, flag)));
        let is_number = |words: &&str| words.len() == 1 && words.as_bytes()[0].is_ascii_digit();
        let said: Vec<_> = words(&scene).into_iter().map(|(words, _)| words).filter(is_number).collect();
        assert_eq!(said.join(" "), numbers);
        assert!(words(&scene).iter().any(|(words, _)| *words == "quorum A B C D E"), "those that voted");
    }
    // The path is drawn even where messages are not drawn one by one.
    let index = Index::of(session.played());
    let narrow = Window { per_delta: 10.0, ..window(&session, 1200.0) };
    let focus = chosen(mark(&session, MarkKind::Learned, 1));
    let scene = Scene::of(&Input { focus, ..Input::new(&session, &index, narrow) });
    let messages = scene.targets.iter().filter(|(target, ..)| matches!(target, Target::Message(_)));
    assert_eq!((scene.dense.is_some(), messages.count()), (true, 5));
}

#[test]
fn what_is_lit_is_the_causal_past() {
    let session = open(SCRIPT);
    let (trace, index) = (session.trace(), Index::of(session.played()));
    // The window is wide enough for the whole run.
    let window = Window { width: 9000.0, ..window(&session, 1200.0) };
    for mark in &index.marks {
        let input = Input { focus: hovered(Target::Mark(mark.event)), ..Input::new(&session, &index, window) };
        let lit = Pen::new(&input).light();
        let past = trace.causal_past(mark.event);
        for flight in &index.flights {
            assert_eq!(lit.message(flight.id) == 1.0, past.contains(&flight.id), "{mark:?} {:?}", flight.id);
        }
        let others = index.marks.iter().filter(|other| other.node == mark.node);
        others.for_each(|other| assert_eq!(lit.mark(other) == 1.0, other.event <= mark.event));
    }
    // A smaller window highlights the same.
    let last = Target::Mark(index.marks.last().expect("there is one").event);
    let whole = Input { focus: hovered(last), ..Input::new(&session, &index, window) };
    let part = Input { window: Window { width: 500.0, offset: 900.0, ..window }, ..whole };
    let (pen, whole) = (Pen::new(&part), Pen::new(&whole).light());
    let lit = pen.light();
    let seen = pen.seen();
    for flight in seen.flights.iter().chain(seen.long).filter(|flight| flight.due >= pen.from) {
        assert_eq!(lit.message(flight.id), whole.message(flight.id), "{:?}", flight.id);
    }
}

#[test]
fn scrolling_does_not_change_what_is_drawn() {
    let session = open(SCRIPT);
    let index = Index::of(session.played());
    let end = session.end();
    for per_delta in [70.0, 10.0] {
        let first = Window { width: 700.0, ..window(&session, 700.0).zoomed(per_delta, 0.0, end) };
        let base = Scene::of(&Input::new(&session, &index, Window { width: 9000.0, ..first }));
        for step in 1..8 {
            let offset = 97.0 * f64::from(step);
            let scene = Scene::of(&Input::new(&session, &index, Window { offset, ..first }));
            // Labels that are well inside the window must be there, whatever is at the edges.
            let inside = |shift: f64, (words, at): &(&str, (f64, f64))| {
                let x = at.0 + shift;
                let is_band = words.starts_with('✂');
                (x > offset + 130.0 && x < offset + 570.0 && !is_band).then(|| format!("{words} {:.1} {:.1}", x, at.1))
            };
            let mut expected: Vec<_> = words(&base).iter().filter_map(|text| inside(0.0, text)).collect();
            let mut drawn: Vec<_> = words(&scene).iter().filter_map(|text| inside(offset, text)).collect();
            expected.sort_unstable();
            drawn.sort_unstable();
            assert_eq!(expected, drawn, "{per_delta} {offset}");
        }
    }
}

#[test]
fn one_points_at_marks_before_messages_before_lanes() {
    let session = open(MINIMAL);
    let scene = draw(&session, Focus::default());
    let window = window(&session, 1200.0);
    let at = |time: f64, lane: f64| {
        let (x, y) = window.point(time, lane);
        scene.hit(x, y)
    };
    assert_eq!(at(0.5, 2.0), Some(Target::Message(MessageId(4))), "NextBallot from A to E");
    assert_eq!(at(0.02, 0.0), Some(mark(&session, MarkKind::Tried, 0)));
    assert!(matches!(at(1.5, 0.0), Some(Target::Lane(NodeId(0), time)) if time.0.abs_diff(1_500_000) < 10));
    assert_eq!(at(2.5, 3.5), None);
    let lane = Target::Lane(NodeId(1), Time::DELTA);
    assert_eq!(scene.place(lane), Some(window.point(1.0, 1.0)));
    assert_eq!(scene.place(Target::Message(MessageId(99))), None);
}

#[test]
fn one_walks_along_a_lane_and_back() {
    let mut session = open(SCRIPT);
    session.seek(Time::deltas(7));
    let index = Index::of(session.played());
    for node in NodeId::all(5) {
        let (mut walk, mut at) = (Vec::new(), None);
        while let Some(next) = index.next_in_lane(&session, node, at, true) {
            walk.push(next);
            at = Some(next);
        }
        assert!(!walk.is_empty());
        for (place, target) in walk.iter().enumerate() {
            let before = index.next_in_lane(&session, node, Some(*target), false);
            assert_eq!(before, place.checked_sub(1).map(|before| walk[before]));
        }
        assert_eq!(index.next_in_lane(&session, node, None, false), walk.last().copied());
        let middle = walk[walk.len() / 2];
        let lane = Some(Target::Lane(node, index.instant(&session, node, middle)));
        let found = index.next_in_lane(&session, node, lane, true).expect("there is one");
        assert_eq!(index.instant(&session, node, found), index.instant(&session, node, middle));
        let marks = index.marks.iter().filter(|mark| mark.node == node && mark.time <= Time::deltas(7));
        marks.for_each(|mark| assert!(walk.contains(&Target::Mark(mark.event))));
    }
}

#[test]
fn a_long_run_costs_what_is_visible() {
    let session = long();
    let index = Index::of(session.played());
    let readable = window(&session, 1200.0);
    let whole = readable.zoomed(0.0, 0.0, session.end());
    let far = Scene::of(&Input::new(&session, &index, whole));
    let counts = session.trace().message_counts(session.cursor().events);
    assert_eq!(far.dense.map(|(messages, _)| messages), Some(counts.sent));
    assert_eq!(index.sent_and_lost(session.trace(), session.cursor().events), (counts.sent, counts.lost));
    assert!(far.shapes.len() < 8000, "{}", far.shapes.len());
    let near = Scene::of(&Input::new(&session, &index, readable.scrolled(9000.0, session.end())));
    assert!(near.dense.is_none() && near.shapes.len() < 4000, "{}", near.shapes.len());
}

#[test]
fn bands_last_from_cut_to_heal() {
    let index = Index::of(open("nodes 3\nat 1Δ partition A | B\nat 2Δ cut A->B\nat 3Δ heal\n").played());
    let bands: Vec<_> =
        index.bands.iter().map(|band| (band.stretch.from.0, band.stretch.until.0, band.label.as_str())).collect();
    assert_eq!(bands, [(1_000_000, 3_000_000, "A | B | C")], "the link was cut already, so that line does nothing");
    let session = open("nodes 3\nat 1Δ cut A->B\nat 4Δ propose C \"red\"\n");
    assert!(words(&draw(&session, Focus::default())).iter().any(|(words, _)| *words == "✂ A↛B"));
}

#[test]
fn tracks_remember_crashes_leaders_and_promises() {
    let session = open(
        "protocol multi\nnodes 3\nleader A\nat 0Δ propose A \"red\"\nat 3Δ crash A\nat 4Δ leader B\nat 9Δ restart A\n",
    );
    let index = Index::of(session.played());
    let stretches = |stretches: &[crate::view::index::Stretch]| -> Vec<_> {
        stretches.iter().map(|stretch| (stretch.from.0 / 1_000_000, stretch.until.0 / 1_000_000)).collect()
    };
    assert_eq!(stretches(&index.tracks[0].downs), [(3, 9)]);
    assert_eq!(stretches(&index.tracks[0].leads), [(0, 3)]);
    assert_eq!(stretches(&index.tracks[1].leads), [(4, u64::MAX / 1_000_000)]);
    let symbols = &session.scenario().symbols;
    let promised: Vec<_> = index.tracks[2].promises.iter().map(|(_, _, ballot)| symbols.ballot(*ballot)).collect();
    assert_eq!(promised, ["1.A", "2.B"]);
}

#[test]
fn quorums_are_complete_when_a_ballot_begins_and_when_enough_have_voted() {
    let session = open(MINIMAL);
    let index = Index::of(session.played());
    let symbols = &session.scenario().symbols;
    let told: Vec<_> =
        index.brackets.iter().map(|bracket| (bracket.time.0, bracket.is_votes, symbols.set(bracket.members))).collect();
    let [promises, votes] = &told[..] else { panic!("{told:?}") };
    assert_eq!((promises.0, promises.1), (2_000_000, false));
    assert!(session.scenario().setup.is_quorum(Purpose::Promise, index.brackets[0].members));
    assert_eq!(*votes, (3_000_000, true, "A B C D E".to_owned()));
}

#[test]
fn the_scrubber_shows_decisions_and_lines_of_the_script() {
    let session = open("nodes 3\nat 0Δ propose A \"red\"\nat 6Δ crash C\n");
    let index = Index::of(session.played());
    let crash = session.trace().numbered().find(|(_, event)| event.time == Time::deltas(6)).expect("it is there").0;
    let notches = index.notches(session.trace(), &[crash]);
    let acts = notches.iter().filter(|(_, kind)| *kind == Notch::Act).map(|(time, _)| time.0 / 1_000_000);
    assert_eq!(acts.collect::<Vec<_>>(), [0, 6]);
    assert!(notches.contains(&(Time::deltas(4), Notch::Decision)));
    assert!(notches.contains(&(Time::deltas(6), Notch::Violation)));
}

#[test]
fn stills_are_whole_and_small_ones_have_no_words() {
    let mut session = Session::open(&format!("paxos-playground 1\n{MINIMAL}")).expect("a good script");
    let index = Index::of(session.played());
    let (scene, width, height) = still(&session, &index, 260.0, Still::Thumb(150));
    assert_eq!((width, height), (260.0, 150.0));
    assert!(words(&scene).is_empty() && scene.targets.len() > 30, "all of it, though nothing was watched yet");
    let (figure, width, _) = still(&session, &index, 640.0, Still::Figure(Vocabulary::MadeSimple2001));
    assert!(width <= 640.0 && words(&figure).iter().any(|(words, _)| *words == "5Δ"));
    let names: Vec<_> = words(&figure).into_iter().filter(|(words, _)| words.len() == 1).collect();
    assert_eq!(names.len(), session.scenario().nodes(), "each lane has its name: {names:?}");
    session.seek(session.end());
    let (figure, ..) = still(&session, &index, 640.0, Still::Figure(Vocabulary::MadeSimple2001));
    for sign in ["1a Prepare", "2b Accepted", "proposal tried", "a quorum"] {
        assert!(words(&figure).iter().any(|(words, _)| *words == sign), "{sign} is in the legend");
    }
}

/// The texts about decrees in a picture of the whole run that is `width` pixels wide.
fn decrees(text: &str, width: f64, vertical: bool) -> Vec<String> {
    let mut session = Session::open(&format!("paxos-playground 1\n{text}")).expect("a good script");
    session.seek(session.end());
    let index = Index::of(session.played());
    let window = Window::fit(vertical, width, session.scenario().nodes(), session.end());
    let scene = Scene::of(&Input::new(&session, &index, window));
    let said = words(&scene).into_iter().map(|(words, _)| words.to_owned());
    said.filter(|words| words.contains("red") || words.contains("blue") || words.contains('…')).collect()
}

#[test]
fn votes_and_ballots_say_their_decree_where_there_are_several_and_there_is_room() {
    let two = "nodes 3\nat 0Δ propose A \"red\"\nat 6Δ propose B \"blue\"\ndrop Success A->B #1\n";
    for (width, vertical) in [(1132.0, false), (340.0, true)] {
        let said = decrees(two, width, vertical);
        // The beginning of a ballot and the leader's own vote share one text; two votes and the arrows have texts too.
        assert!(said.iter().filter(|words| *words == "red").count() >= 3, "{said:?}");
        assert!(vertical || said.contains(&"BeginBallot red".to_owned()), "{said:?}");
    }
    assert_eq!(decrees("nodes 3\nat 0Δ propose A \"red\"\n", 1132.0, false), [""; 0], "one decree goes without saying");
    // A decree is shortened only if there is no room for all of it.
    let long = "red-".repeat(12);
    let said = decrees(&format!("nodes 3\nat 0Δ propose A {long}\nat 6Δ propose B blue\n"), 1132.0, false);
    assert!(said.iter().any(|words| words.ends_with('…') && words.starts_with("red-red-")), "{said:?}");
    let log = "protocol multi\nnodes 3\nat 4Δ propose A \"red\"\nat 6Δ propose A \"blue\"\n";
    let said = decrees(log, 1132.0, false);
    assert!(said.contains(&"[1] red".to_owned()) && said.contains(&"[2] blue".to_owned()), "{said:?}");
}

#[test]
fn the_minimap_frames_what_is_visible() {
    let session = long();
    let index = Index::of(session.played());
    let end = session.end();
    let window = window(&session, 1200.0).scrolled(9000.0, end);
    let shapes = minimap(&index, &window, end, session.cursor().time, (600.0, 30.0));
    let frame = shapes.iter().find_map(|shape| match shape {
        Shape::Rect { corner, size, stroke: Some(_), .. } => Some((corner.0, size.0)),
        _ => None,
    });
    let (from, length) = frame.expect("there is a frame");
    let share = 600.0 / (end.as_deltas() + 0.25);
    assert!((from - window.visible().0.as_deltas() * share).abs() < 1.0);
    assert!((length - 1200.0 / window.per_delta * share).abs() < 2.0);
    assert!(shapes.len() < 1500);
}

#[test]
fn tips_say_what_became_of_a_message() {
    let mut session = open("nodes 3\nat 0Δ propose A \"red\"\ndrop NextBallot A->C #1\n");
    let told = tip(&session, Vocabulary::default(), Target::Message(MessageId(2)));
    assert_eq!(told, "NextBallot 1.A, A → C, step 1a, sent at 0Δ, lost at 0.5Δ: dropped");
    session.seek(Time(100));
    assert!(tip(&session, Vocabulary::default(), Target::Message(MessageId(2))).ends_with("under way, lands at 1Δ"));
    let flag = mark(&session, MarkKind::Learned, 0);
    assert_eq!(
        tip(&session, Vocabulary::default(), flag),
        "4Δ: A learned \"red\" by ballot 1.A, 4Δ after its ballot was tried"
    );
}

#[test]
fn an_index_that_grows_with_its_run_is_as_good_as_one_that_reads_it_at_once() {
    let script = "paxos-playground 1\nnodes 9\nloss 1%\nduplicates 2%\n".to_owned();
    let proposals: String = (0..400).map(|ballot| format!("at {}Δ propose A \"decree\"\n", 6 * ballot)).collect();
    let mut session = Session::open(&(script + &proposals)).expect("a good script");
    let mut kept = None;
    let early = Index::kept(&mut kept, session.played()).flights.len();
    let mut reads = 0;
    while !session.judge(1000) {
        Index::kept(&mut kept, session.played());
        reads += 1;
    }
    let (grown, whole) = (Index::kept(&mut kept, session.played()), Index::of(session.played()));
    assert!(reads > 3 && early < grown.flights.len(), "it is a long run");
    assert_eq!(format!("{grown:?}"), format!("{whole:?}"));
    assert!(grown.density.iter().sum::<u32>() as usize == grown.flights.len());
    // Another run has another index.
    session.edit("paxos-playground 1\nnodes 3\n").expect("a good script");
    assert!(Index::kept(&mut kept, session.played()).flights.is_empty());
}

#[test]
fn crashes_and_restarts_can_be_pointed_at() {
    let session = open("nodes 3\nat 1Δ crash B\nat 3Δ restart B\nat 4Δ propose A \"red\"\n");
    let (scene, window) = (draw(&session, Focus::default()), window(&session, 1200.0));
    for (time, said) in [(1.0, "1Δ: B crash"), (3.0, "3Δ: B restart")] {
        let (x, y) = window.point(time, 1.0);
        assert_eq!(tip(&session, Vocabulary::default(), scene.hit(x, y).expect("it is there")), said);
    }
}

#[test]
fn a_message_that_is_dragged_shows_where_it_would_land() {
    let session = open(MINIMAL);
    let index = Index::of(session.played());
    let drag = Some(Drag { message: MessageId(4), due: Time(1_500_000) });
    let scene = Scene::of(&Input { drag, ..Input::new(&session, &index, window(&session, 1200.0)) });
    assert!(words(&scene).iter().any(|(words, _)| *words == "takes 1.5Δ"));
    let end = window(&session, 1200.0).point(1.5, 4.0);
    assert!(scene.shapes.iter().any(|shape| matches!(shape, Shape::Head { at, .. } if *at == end)));
}

#[test]
fn where_the_script_says_how_long_delta_is_the_axis_and_the_flags_say_ms_too() {
    let lines = "nodes 3\nat 0Δ propose A \"red\"\n";
    let (plain, session) = (open(lines), open(&format!("delta 100ms\n{lines}")));
    let scene = draw(&session, Focus::default());
    let shown = words(&scene);
    for deltas in 0..=5 {
        let at = |text: &str| shown.iter().find(|(words, _)| *words == text).map(|(_, at)| *at);
        let (above, below) = (at(&format!("{deltas}Δ")).expect("Δ"), at(&format!("{} ms", 100 * deltas)).expect("ms"));
        assert!(above.0 == below.0 && above.1 < below.1, "{deltas}");
    }
    assert!(shown.iter().any(|(words, _)| *words == "4Δ (400 ms)"), "{shown:?}");
    assert!(words(&draw(&plain, Focus::default())).iter().all(|(words, _)| !words.contains("ms")));
    let tip = |session: &Session| tip(session, Vocabulary::default(), mark(session, MarkKind::Learned, 0));
    assert_eq!(tip(&plain), "4Δ: A learned \"red\" by ballot 1.A, 4Δ after its ballot was tried");
    assert_eq!(tip(&session), "4Δ (400 ms): A learned \"red\" by ballot 1.A, 4Δ (400 ms) after its ballot was tried");
}

/// A client's lane has a flag where its answer comes, with the time since it asked.
#[test]
fn a_client_has_a_flag_where_its_answer_comes() {
    let text = LIBRARY.iter().find(|built_in| built_in.name == "textbook-parts").expect("built in").text;
    let scene = draw(&open(text.split_once('\n').expect("a head").1), Focus::default());
    let flags: Vec<_> =
        words(&scene).into_iter().map(|(words, _)| words).filter(|words| words.starts_with('✓')).collect();
    assert_eq!(flags, ["✓ +4Δ", "✓ +4Δ"]);
}

#[test]
fn a_decree_looks_the_same_wherever_it_is_drawn_and_thirty_decrees_look_different() {
    let looks: Vec<_> = (0..30).map(|value| Emblem::of(Value(value))).chain([Emblem::of(Value::OLIVE_DAY)]).collect();
    for (place, look) in looks.iter().enumerate() {
        assert!(!looks[..place].contains(look), "{place}");
        // Next to each other, neither the colour nor the shape is the same.
        let next = Emblem::of(Value(place as u32 + 1));
        assert!(look.ink != next.ink && look.corners != next.corners, "{place}");
    }
    // “red” is a circle and “blue” a diamond, in their votes, their bars and their flags.
    let session =
        open("nodes 4\nwithout majority\nat 0 partition A B | C D\nat 0 propose A \"red\"\nat 0 propose C \"blue\"\n");
    let scene = draw(&session, Focus::default());
    let [red, blue] = [0, 1].map(|value| Emblem::of(Value(value)));
    let window = window(&session, 1200.0);
    for (lane, look) in [red, red, blue, blue].into_iter().enumerate() {
        let (_, y) = window.point(0.0, lane as f64);
        let voted = scene.shapes.iter().any(|shape| match *shape {
            Shape::Circle { at, fill: Some(ink), .. } => at.1 == y && ink == look.ink && look.corners.is_empty(),
            Shape::Area { at, corners, ink, .. } => at.1 == y && ink == look.ink && corners == look.corners,
            _ => false,
        });
        let bar = |shape: &Shape| matches!(*shape, Shape::Line { from, to, ink, width: 3.5, .. } if (from.1, to.1, ink) == (y, y, look.ink));
        let flag = |shape: &Shape| {
            let is_cloth = |corner: (f64, f64), size: (f64, f64)| corner.1 < y && corner.1 + size.1 > y - 12.0;
            matches!(*shape, Shape::Rect { corner, size, fill: Some(ink), radius: 3.5, .. }
                if ink == look.ink && is_cloth(corner, size))
        };
        // The run ends when B and D learn, so they have no bars.
        let has_bar = scene.shapes.iter().any(bar) == (lane % 2 == 0);
        assert!(voted && has_bar && scene.shapes.iter().any(flag), "{lane}");
    }
}

#[test]
fn a_broken_run_has_red_rings_at_what_failed_and_at_those_who_disagree() {
    let rings = |session: &Session| {
        let scene = draw(session, Focus::default());
        let rings = scene.shapes.iter().filter_map(|shape| match *shape {
            Shape::Circle { at, radius, fill: None, stroke: Some((Ink::Bad, width)), .. } if radius > 10.0 => {
                Some((at, radius, width))
            }
            _ => None,
        });
        rings.collect::<Vec<_>>()
    };
    let mut session = open(
        crate::scenario::library::find("without-promise")
            .expect("it is built in")
            .text
            .split_once('\n')
            .expect("lines")
            .1,
    );
    let broken = crate::view::broken(&session, Vocabulary::default()).expect("it is broken");
    let drawn = rings(&session);
    let window = window(&session, 1200.0);
    for (node, event) in broken.parties.expect("two disagree") {
        let at = window.point(session.trace().event(event).time.as_deltas(), f64::from(node.0));
        assert!(drawn.contains(&(at, 16.0, 4.0)), "{drawn:?}");
    }
    let violated = session.played().verdicts.iter().filter(|verdict| !verdict.holds()).count();
    assert_eq!(drawn.len(), violated + 2);
    session.seek(Time::deltas(1));
    assert!(rings(&session).is_empty() && crate::view::broken(&session, Vocabulary::default()).is_none());
}
