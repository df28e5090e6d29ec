//! The flags: how long a decree took, counted from where the report counts, and what a client was told.

use super::{draw, open, window, words};
use crate::scenario::library::{self, LIBRARY};
use crate::session::Session;
use crate::types::Time;
use crate::view::index::Index;
use crate::view::scene::{Focus, Input, Scene, Shape};

#[test]
fn learn_flags_say_the_latency() {
    let mut flags: Vec<_> = Vec::new();
    let scene = draw(&open("nodes 5\nat 1Δ propose A \"red\"\n"), Focus::default());
    flags.extend(words(&scene).into_iter().filter(|(_, at)| at.1 > 20.0).map(|(words, _)| words));
    flags.retain(|words| words.ends_with('Δ'));
    flags.sort_unstable();
    // The axis says 5Δ and 6Δ there, because the ballot starts at 1Δ; the sign says that the flags count from elsewhere.
    assert_eq!(flags, ["+4Δ", "+5Δ", "+5Δ", "+5Δ", "+5Δ"]);
}

#[test]
fn a_client_s_flag_says_whether_its_own_wish_came_true() {
    let mut session = Session::open(library::find("fast-collision").expect("built in").text).expect("a good script");
    session.seek(session.end());
    let scene = draw(&session, Focus::default());
    // Below the lanes of the four acceptors are those of X, who asked for red, and of Y, who asked for blue.
    let lanes = session.scenario().nodes() as f64;
    let lowest = words(&scene).iter().map(|(_, at)| at.1).fold(0.0, f64::max);
    let mut flags: Vec<_> = words(&scene).into_iter().filter(|(_, at)| at.1 > lowest * 4.5 / lanes).collect();
    flags.sort_by(|(_, one), (_, other)| one.1.total_cmp(&other.1));
    let flags: Vec<_> = flags.iter().map(|(words, _)| *words).collect();
    assert_eq!(flags, ["✓ +5Δ", "red"]);
}

#[test]
fn flags_never_cover_each_other() {
    let at = |place: u64| Time(2_000_000 + 210_000 * (place * place % 37));
    let proposals: String = (0..40).map(|place| format!("at {}Δ propose A \"put x {place}\"\n", at(place))).collect();
    let session = open(&format!("protocol multi\nservice kv\nnodes 5\nleader A\n{proposals}"));
    let index = Index::of(session.played());
    for room in [1200.0, 330.0] {
        for per_delta in [30.0, 60.0, 150.0, 300.0] {
            let window = window(&session, room).zoomed(per_delta, 0.0, session.end());
            let window = window.scrolled(window.offset_for(Time::deltas(4), 0.0), session.end());
            let scene = Scene::of(&Input::new(&session, &index, window));
            let cloths: Vec<_> = scene
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rect { corner, size, radius: 3.5, .. } => Some((*corner, *size)),
                    _ => None,
                })
                .collect();
            assert!(per_delta < 100.0 || cloths.len() > 3, "{room} {per_delta} {}", cloths.len());
            for (place, (one, size)) in cloths.iter().enumerate() {
                for (other, other_size) in &cloths[place + 1..] {
                    let apart = one.0 + size.0 <= other.0
                        || other.0 + other_size.0 <= one.0
                        || one.1 + size.1 <= other.1
                        || other.1 + other_size.1 <= one.1;
                    assert!(apart, "{room} {per_delta}: {one:?} {other:?}");
                }
            }
        }
    }
}

#[test]
fn flags_say_what_the_report_says() {
    for built_in in LIBRARY {
        let mut session = Session::open(built_in.text).expect("a good script");
        while !session.judge(100_000) {}
        let index = Index::of(session.played());
        for decision in &session.played().decisions {
            let protocol = session.scenario().protocol;
            let (_, start) = decision.counted(protocol);
            for (_, time) in &decision.learned {
                let took = start.map(|start| time.since(start));
                assert_eq!(index.took(protocol, decision.instance, decision.vote, *time), took, "{}", built_in.name);
            }
        }
    }
}
