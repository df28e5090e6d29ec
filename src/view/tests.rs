//! The same view shows every protocol, without a line of code for any of them.

use super::panels::latency::LatencyPanel;
use super::panels::ledger::{LedgerPanel, LedgerRow};
use super::panels::record::Record;
use super::scene::{Input, Scene, Shape, Target, tip};
use super::{Index, Memory, NodeCard, Rules, Why, Window};
use crate::protocol::{PROTOCOLS, Vocabulary};
use crate::scenario::Statement;
use crate::session::Session;
use crate::types::{NodeId, Time};

/// A script with something of everything: two proposers, a crash, a cut, stale news, a leader change, a rule.
const SCRIPT: &str = "paxos-playground 1\nnodes 5\nservice kv\nleader A\nat 0Δ propose A \"put x 1\"\n\
    at 0.5Δ propose B \"add x 2\"\nat 1Δ inject NextBallot C->B 5.C after 0.5Δ\nat 2Δ crash A\nat 3Δ leader B\n\
    at 4Δ partition A B | C D E\nat 6Δ heal\nat 9Δ restart A\nat 10Δ propose A \"get x\"\ndrop Voted C->B #1\n\
    until 30Δ\n";

const KV: &str = "paxos-playground 1\nprotocol multi\nservice kv\nnodes 5\nat 2Δ propose A \"put x 1\"\n\
    at 2.5Δ propose B \"add x 2\"\nat 3Δ crash A\nat 4Δ leader B\nat 9Δ restart A\nat 10Δ propose A \"get x\"\n";

fn open(text: &str) -> Session {
    let mut session = Session::open(text).expect("a good script");
    session.seek(session.end());
    session
}

/// Makes every part of the view once.
fn look(session: &Session) {
    let rules = Rules::of(session, Vocabulary::default());
    assert!(rules.protocols.iter().any(|(name, _)| *name == rules.protocol));
    assert!(rules.options.iter().all(|option| option.chosen < option.values.len()));
    let (nodes, end) = (session.scenario().nodes(), session.end());
    let index = Index::of(session.played());
    let scene = Scene::of(&Input::new(session, &index, Window::fit(false, 900.0, nodes, end)));
    for (target, ..) in &scene.targets {
        assert!(!tip(session, Vocabulary::default(), *target).is_empty());
        if let Target::Mark(event) = target {
            assert!((event.0 as usize) < session.cursor().events);
        }
    }
    let mut places: Vec<_> = index.marks.iter().map(|mark| (mark.time, mark.node, mark.kind)).collect();
    places.sort_unstable();
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "a mark stands on another");
    for (node, track) in NodeId::all(nodes).zip(&index.tracks) {
        assert!(track.leads.iter().all(|stretch| stretch.from <= stretch.until));
        Memory::of(session, Vocabulary::default(), node, 40);
    }
    assert!(!Why::of(session, Vocabulary::default()).headline.is_empty());
    assert_eq!(NodeCard::all(session, Vocabulary::default()).len(), nodes);
}

#[test]
fn every_protocol_is_shown_at_every_step() {
    for protocol in PROTOCOLS {
        let mut session = open(SCRIPT);
        session.set(Statement::Protocol(protocol.name.to_owned())).expect("the script is for every protocol");
        assert_eq!(session.scenario().protocol.name, protocol.name);
        session.rewind();
        look(&session);
        while session.step() {
            look(&session);
        }
        for option in protocol.options {
            for value in option.values {
                let chosen = Statement::Option(option.name.to_owned(), (*value).to_owned());
                session.set(chosen).expect("a value of the registry");
                session.seek(session.end());
                look(&session);
            }
        }
        for guard in protocol.guards {
            session.set(Statement::Without(guard.info().name.to_owned(), Vec::new())).expect("a rule of the registry");
            session.seek(session.end());
            look(&session);
        }
        assert!(Rules::of(&session, Vocabulary::default()).guards.iter().all(|guard| guard.is_off));
    }
}

#[test]
fn a_rule_that_is_off_for_one_node_is_the_only_one_that_is_off() {
    let session = open("paxos-playground 1\nwithout memory C\nnodes A B C\nat 0 propose A red\n");
    let off: Vec<_> = Rules::of(&session, Vocabulary::default())
        .guards
        .iter()
        .filter(|guard| guard.is_off)
        .map(|guard| guard.name)
        .collect();
    assert_eq!(off, ["memory"]);
}

#[test]
fn one_script_has_another_latency_under_each_protocol() {
    let figures = |name: &str| {
        let text = format!("paxos-playground 1\nprotocol {name}\nnodes 5\nat 3Δ propose A \"red\"\n");
        let session = open(&text);
        let card = LatencyPanel::of(&session, Vocabulary::default(), &Record::of(session.played()))
            .card
            .expect("it is decided");
        let [leader, all] = [card.leader, card.all].map(|span| span.expect("all of them know"));
        format!("{leader}Δ {all}Δ")
    };
    assert_eq!(figures("basic"), "4Δ 5Δ");
    assert_eq!(figures("complete"), "4Δ 5Δ");
    assert_eq!(figures("multi"), "2Δ 3Δ");
    assert_eq!(figures("broadcast"), "2Δ 2Δ");
}

#[test]
fn who_leads_is_a_stretch_that_ends_with_a_crash() {
    let session = open(KV);
    let index = Index::of(session.played());
    let leads = |node: usize| {
        let stretches = index.tracks[node].leads.iter();
        stretches.map(|stretch| (stretch.from, stretch.until.min(session.end()))).collect::<Vec<_>>()
    };
    assert_eq!(leads(0), [(Time::ZERO, Time::deltas(3))]);
    assert_eq!(leads(1), [(Time::deltas(4), session.end())]);
    assert!(leads(2).is_empty() && index.tracks[0].knows.is_none());
}

#[test]
fn a_flag_of_a_ledger_says_which_places_and_how_long_they_took() {
    let session = open(KV);
    let index = Index::of(session.played());
    let scene = Scene::of(&Input::new(&session, &index, Window::fit(false, 2400.0, 5, session.end())));
    let words: Vec<_> = scene
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Text { words, .. } => Some(words.as_ref()),
            _ => None,
        })
        .collect();
    assert!(words.contains(&"[3] +2Δ"), "{words:?}");
    let panel =
        LedgerPanel::of(&session, Vocabulary::default(), &Record::of(session.played())).expect("it has a ledger");
    let told = panel.rows.iter().map(|row| match row {
        LedgerRow::Decided(entry) => format!("{} {} {}", entry.instance, entry.decree, entry.outcome),
        _ => String::new(),
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told.last().map(String::as_str), Some("3 \"get x\" 3"), "{told:?}");
}

#[test]
fn the_nodes_of_a_ledger_are_told_in_short_and_at_length() {
    let session = open(KV);
    let nodes = NodeCard::all(&session, Vocabulary::default());
    let ledger = nodes[1].cells.iter().find(|(name, _)| *name == "ledger");
    assert_eq!(ledger.map(|(_, places)| places.as_str()), Some("1–3"));
    let memory = Memory::of(&session, Vocabulary::default(), NodeId(1), 40);
    assert_eq!(memory.replica, Some(vec![("x".to_owned(), "3".to_owned())]));
    let (_, ledger) = memory.lists.iter().find(|(name, _)| *name == "ledger").expect("it has one");
    assert_eq!(ledger.len(), 3);
}
