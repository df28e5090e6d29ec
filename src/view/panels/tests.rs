//! What the panels say, that they do not say it too early, and that they do not say too much.

use std::rc::Rc;

use super::ROWS_MAX;
use super::ballots::{BallotTable, Standing};
use super::checks::{CheckList, CheckState};
use super::latency::LatencyPanel;
use super::ledger::{LedgerPanel, LedgerRow};
use super::nodes::NodeCard;
use super::race::{RACE_EVENTS_MAX, Race};
use super::record::{Record, before};
use super::shelf::Shelf;
use crate::protocol::{PROTOCOLS, Phase, Vocabulary};
use crate::scenario::library::{self, LIBRARY};
use crate::scenario::{Scenario, Statement};
use crate::session::Session;
use crate::types::Time;

fn open(text: &str) -> (Session, Record) {
    let mut session = Session::open(text).expect("a good script");
    finish(&mut session);
    let record = Record::of(session.played());
    (session, record)
}

fn built_in(name: &str) -> (Session, Record) {
    open(library::find(name).expect("built in").text)
}

/// Takes a session to the end of its run and reads all of it.
fn finish(session: &mut Session) {
    while !session.judge(100_000) {}
    session.seek(session.end());
}

fn race(text: &str) -> Race {
    Race::of(&Scenario::read(text).expect("a good script").0, Vocabulary::default())
}

fn deltas(span: Option<Time>) -> String {
    span.map_or_else(|| "–".to_owned(), |span| span.to_string())
}

/// A script for a ledger with this many decrees, one in each Δ.
fn long_ledger(decrees: usize) -> String {
    let mut text = "paxos-playground 1\nprotocol multi\nnodes 3\n".to_owned();
    for count in 0..decrees {
        text.push_str(&format!("at {}Δ propose A \"decree {count}\"\n", count + 3));
    }
    text
}

#[test]
fn the_column_of_cards_has_room_for_the_longest_decree_where_there_is_some() {
    let column = |decree: &str, room: f64| {
        let text = format!("paxos-playground 1\nnodes 3\nat 0Δ propose A {decree}\n");
        let session = Session::open(&text).expect("a good script");
        NodeCard::column(session.scenario(), room, Time::deltas(30))
    };
    // A letter of a cell is at most 6.4 pixels wide; edges and gaps take 46 pixels, the name takes 13.
    let needs = |cell: &str| 46.0 + 13.0 + 6.4 * cell.chars().count() as f64;
    assert!(column("red", 900.0) >= needs("prevVote 12.A \"red\""));
    let long = "x".repeat(20);
    assert!(column(&long, 1200.0) >= needs(&format!("prevVote 12.A \"{long}\"")));
    assert_eq!(column(&"x".repeat(64), 900.0), 300.0);
    assert_eq!(column(&long, 708.0), NodeCard::COLUMN);
    let text = format!("paxos-playground 1\nnodes 3\nat 0Δ propose A {long}\n");
    let session = Session::open(&text).expect("a good script");
    let short = NodeCard::column(session.scenario(), 800.0, Time::deltas(10));
    assert!(short > NodeCard::COLUMN && short < 200.0, "the run stays in view: {short}");
    assert_eq!(column(&long, 300.0), NodeCard::COLUMN);
}

#[test]
fn a_latency_is_told_when_it_is_known_and_not_before() {
    let (mut session, record) = built_in("minimal-ballot");
    session.seek(Time(3_999_999));
    assert!(LatencyPanel::of(&session, Vocabulary::default(), &record).card.is_none());
    session.seek(Time::deltas(4));
    let card = LatencyPanel::of(&session, Vocabulary::default(), &record).card.expect("the leader knows");
    assert_eq!((card.leader, card.all, card.path.len()), (Some(Time::deltas(4)), None, 4));
    session.seek(Time::deltas(5));
    let panel = LatencyPanel::of(&session, Vocabulary::default(), &record);
    let card = panel.card.expect("everybody knows");
    assert_eq!((card.leader, card.all, card.path.len()), (Some(Time::deltas(4)), Some(Time::deltas(5)), 5));
    assert_eq!(card.client.expect("A was asked").span, Some(Time::deltas(4)));
    assert_eq!((panel.decided, card.by.as_str()), (1, "by ballot 1.A"));
    // Counted from the request it is the same, so only BeginBallot is told besides.
    let others: Vec<_> = card.others.iter().map(|other| (other.since.as_str(), other.all)).collect();
    assert_eq!(others, [("BeginBallot", Some(Time::deltas(3)))]);
}

#[test]
fn in_the_middle_of_an_instant_nothing_is_told_that_is_still_to_come() {
    let (mut session, record) = built_in("minimal-ballot");
    session.seek(Time(4_999_999));
    // The followers learn one after the other, all of them at 5Δ.
    for learners in 2..=5 {
        while session.step() {
            let learned = session.trace().events().range(0..session.cursor().events);
            let learned = learned
                .filter(|event| session.trace().describe(Vocabulary::default(), &event.what).starts_with("learned"));
            if learned.count() == learners {
                break;
            }
        }
        let card = LatencyPanel::of(&session, Vocabulary::default(), &record).card.expect("it is decided");
        assert_eq!(card.all.is_some(), learners == 5, "after {learners} have learned it");
    }
}

#[test]
fn where_a_leader_is_elected_t_el_and_k_are_told() {
    let (session, record) = built_in("nack-nine-delta");
    let panel = LatencyPanel::of(&session, Vocabulary::default(), &record);
    let card = panel.card.expect("it is decided");
    let told: Vec<_> = card.others.iter().map(|other| (other.since.as_str(), other.all)).collect();
    let [five, three] = [5, 3].map(|deltas| Some(Time::deltas(deltas)));
    assert_eq!(told, [("the ballot’s start", five), ("BeginBallot", three)]);
    // The scenario is called after 9Δ, and the large figures say so.
    let large = (card.counted, card.leader, card.all);
    assert_eq!(large, ("the election (T_el)".to_owned(), Some(Time::deltas(8)), Some(Time::deltas(9))));
    assert_eq!(card.leading.as_deref(), Some("p leads from 1Δ on (T_el), and one larger ballot surprises it (k = 1)."));
    let abandoned: Vec<_> = panel.abandoned.iter().map(|told| told.text.as_str()).collect();
    assert!(abandoned.contains(&"1.p: q had promised 1.r."), "{abandoned:?}");
}

#[test]
fn the_three_variants_race_on_one_axis() {
    let race = race(library::find("steady").expect("built in").text);
    let rows: Vec<_> = race.rows.iter().map(|row| (row.variant, row.lap.as_ref().expect("it decides"))).collect();
    let told: Vec<_> = rows.iter().map(|(variant, lap)| (*variant, deltas(lap.leader), deltas(lap.all))).collect();
    let expected = [("5Δ", "4", "5"), ("3Δ", "2", "3"), ("2Δ", "2", "2")];
    assert!(
        told.iter().map(|(variant, leader, all)| (*variant, leader.as_str(), all.as_str())).eq(expected),
        "{told:?}"
    );
    assert_eq!(
        (race.span, race.about.as_str()),
        (Time::deltas(5), "From the request for “red” until the decree is known.")
    );
    for (variant, lap) in rows {
        let phases: Vec<_> = lap.path.iter().map(|leg| leg.phase.map_or("wait", Phase::label)).collect();
        let expected: &[&str] = match variant {
            "5Δ" => &["1a", "1b", "2a", "2b", "3"],
            "3Δ" => &["2a", "2b", "3"],
            _ => &["2a", "2b"],
        };
        assert_eq!(phases, expected, "{variant}");
        assert_eq!(lap.path.first().map(|leg| leg.from), Some(Time::ZERO), "counted from the request");
        assert_eq!(lap.path.last().map(|leg| leg.until), lap.all);
        assert!(lap.messages > 0 && lap.messages <= lap.messages_in_all);
    }
}

#[test]
fn every_built_in_scenario_can_be_raced() {
    for scenario in LIBRARY {
        let race = race(scenario.text);
        assert_eq!(
            race.rows.iter().map(|row| row.variant).collect::<Vec<_>>(),
            ["5Δ", "3Δ", "2Δ"],
            "{}",
            scenario.name
        );
        for row in &race.rows {
            assert!(
                row.lap.is_some() || !row.notes.is_empty() || race.about.starts_with("No variant"),
                "{}",
                scenario.name
            );
            for leg in row.lap.iter().flat_map(|lap| &lap.path) {
                assert!(leg.from < leg.until && leg.until <= race.span, "{}: {leg:?}", scenario.name);
            }
        }
    }
}

#[test]
fn a_variant_that_cannot_run_the_script_says_why_and_the_others_race() {
    let race = race("paxos-playground 1\nnodes 3\nservice kv\nat 0Δ propose A \"red\"\n");
    let [slow, ledger, _] = &race.rows[..] else { panic!("there are three variants") };
    assert!(slow.lap.is_some() && ledger.lap.is_none());
    assert!(ledger.notes[0].starts_with("It cannot run this script: line 4"), "{:?}", ledger.notes);
}

#[test]
fn where_nothing_is_decided_nobody_races() {
    let race = race("paxos-playground 1\nnodes 3\nat 0Δ crash B\nat 0Δ crash C\nat 1Δ propose A \"red\"\n");
    assert!(race.about.starts_with("No variant") && race.rows.iter().all(|row| row.lap.is_none()));
}

#[test]
fn a_run_that_is_too_long_is_not_raced() {
    let (session, _) = built_in("steady");
    assert_eq!(Race::refused(&session), None);
    let (session, _) = open(&long_ledger(400));
    assert!(session.trace().events().len() > RACE_EVENTS_MAX);
    assert!(Race::refused(&session).is_some_and(|why| why.contains("too many")));
}

#[test]
fn a_variant_that_makes_too_much_of_a_script_is_left_out() {
    // Everybody sends votes to everybody under broadcast, so a single decree among 128 nodes has too many events for a
    // race.
    let race = race("paxos-playground 1\nprotocol basic\nnodes 128\nat 0Δ propose A \"red\"\n");
    let [slow, ledger, wide] = &race.rows[..] else { panic!("there are three variants") };
    assert!(slow.lap.is_some() && ledger.lap.is_some() && wide.lap.is_none());
    assert_eq!(wide.notes, ["It makes more than 10000 events of this script: too many to race."]);
}

#[test]
fn the_table_of_ballots_is_filled_in_as_the_run_goes() {
    let (mut session, record) = built_in("minimal-ballot");
    session.seek(Time(1_999_999));
    let table = BallotTable::of(&session, Vocabulary::default(), &record);
    assert_eq!((table.rows.len(), table.tried[0].text.as_str()), (0, "1.A asks for promises."));
    session.seek(Time::deltas(2));
    let table = BallotTable::of(&session, Vocabulary::default(), &record);
    let [row] = &table.rows[..] else { panic!("{table:?}") };
    assert_eq!((row.number.as_str(), row.decree.as_str(), row.standing), ("1.A", "\"red\"", Standing::Open));
    assert_eq!((row.tally, table.tried.len()), ((1, 3), 0), "A votes at once");
    session.seek(Time::deltas(3));
    let row = BallotTable::of(&session, Vocabulary::default(), &record).rows.remove(0);
    assert_eq!((row.tally, row.standing, row.why.as_str()), ((3, 3), Standing::Successful, ""));
    assert!(row.members.iter().any(|member| member.in_quorum && member.has_voted));
}

#[test]
fn a_ballot_that_was_stopped_says_by_whom() {
    let (session, record) = open("paxos-playground 1\nnodes 5\nat 0Δ propose A \"red\"\nat 1.5Δ propose B \"blue\"\n");
    let table = BallotTable::of(&session, Vocabulary::default(), &record);
    let told: Vec<_> = table.rows.iter().map(|row| (row.number.as_str(), row.standing, row.why.as_str())).collect();
    let expected = [("1.A", Standing::Stopped, "B had promised 2.B."), ("2.B", Standing::Successful, "")];
    assert_eq!(told, expected);
}

#[test]
fn long_runs_have_short_tables() {
    let (session, record) = open(&long_ledger(100));
    let table = BallotTable::of(&session, Vocabulary::default(), &record);
    assert_eq!((table.rows.len(), table.left_out), (ROWS_MAX, 60));
    assert_eq!(table.rows.last().map(|row| row.instance), Some(100));
    let ledger = LedgerPanel::of(&session, Vocabulary::default(), &record).expect("it has a ledger");
    assert_eq!((ledger.rows.len(), ledger.left_out), (ROWS_MAX, 60));
    let [row] = &ledger.replicas[..] else { panic!("all nodes are alike: {:?}", ledger.replicas) };
    assert_eq!((row.nodes.as_str(), row.executed, row.knows.as_str()), ("A B C", 100, "1–100"));
}

#[test]
fn large_clusters_are_counted_and_not_listed() {
    let (session, record) = open("paxos-playground 1\nnodes 25\nat 0Δ propose A \"red\"\n");
    let row = BallotTable::of(&session, Vocabulary::default(), &record).rows.remove(0);
    assert!(row.members.is_empty() && row.tally == (13, 13));
}

#[test]
fn places_that_nobody_has_filled_are_a_gap() {
    let (mut session, record) = built_in("olive-day");
    session.rewind();
    let mut gaps = 0;
    while session.step() {
        let panel = LedgerPanel::of(&session, Vocabulary::default(), &record).expect("it has a ledger");
        gaps += usize::from(panel.rows.iter().any(|row| matches!(row, LedgerRow::Gap(..) | LedgerRow::Begun(..))));
        let places = panel.rows.iter().flat_map(|row| match row {
            LedgerRow::Decided(entry) => entry.instance..=entry.instance,
            LedgerRow::Begun(instance, ..) => *instance..=*instance,
            LedgerRow::Gap(first, last) => *first..=*last,
        });
        let places: Vec<_> = places.collect();
        assert!(places.iter().copied().eq(1..=places.len() as u32), "{places:?}");
    }
    assert!(gaps > 0);
}

#[test]
fn replicas_that_are_alike_share_a_row_and_a_crashed_one_has_its_own() {
    let text = "paxos-playground 1\nprotocol multi\nnodes 3\nservice kv\nat 2Δ propose A \"put x 1\"\nat 9Δ crash C\n";
    let (session, record) = open(text);
    let panel = LedgerPanel::of(&session, Vocabulary::default(), &record).expect("it has a ledger");
    let told: Vec<_> = panel.replicas.iter().map(|row| (row.nodes.as_str(), row.up, row.executed)).collect();
    assert_eq!(told, [("A B", true, 1), ("C", false, 0)]);
    assert_eq!(panel.replicas[0].state, [("x".to_owned(), "1".to_owned())]);
    assert!(panel.replicas[1].state.is_empty() && panel.replicas[1].knows == "1", "its ledger is in stable storage");
}

#[test]
fn a_broken_check_says_where_once_it_is_broken() {
    let (mut session, _) = built_in("without-promise");
    let list = CheckList::of(&session, Vocabulary::default());
    assert!(list.violated > 0 && list.badge == format!("{} violated", list.violated));
    let broken = list.rows.iter().find(|row| row.state == CheckState::Violated).expect("one is broken");
    let offence = broken.violation.clone().expect("and says where");
    assert!(offence.sentence.starts_with(&format!("At {}Δ: ", offence.time)));
    session.seek(Time(offence.time.0 - 1));
    let list = CheckList::of(&session, Vocabulary::default());
    assert!(list.rows.iter().any(|row| row.name == broken.name && row.state == CheckState::Holds));
    assert!(list.rows.iter().any(|row| row.state == CheckState::Idle));
}

#[test]
fn a_node_s_card_has_its_stable_storage_in_short() {
    let (session, _) = built_in("minimal-ballot");
    let cards = NodeCard::all(&session, Vocabulary::default());
    let cells: Vec<_> = cards[1].cells.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(cells, [("nextBal", "1.A"), ("prevVote", "1.A \"red\""), ("ledger", "\"red\"")]);
}

#[test]
fn a_card_says_who_is_main_who_sleeps_and_who_is_out() {
    let mut session = built_in("one-main-of-three-dead").0;
    let mut parts = |deltas| {
        session.seek(Time::deltas(deltas));
        NodeCard::all(&session, Vocabulary::default())
            .iter()
            .map(|card| card.part.unwrap_or_default())
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(parts(5), "main; main; main; auxiliary, asleep; auxiliary, asleep");
    assert_eq!(parts(8), "main; main; main; auxiliary, asked; auxiliary, asleep");
    assert_eq!(parts(14), "main; main; removed; auxiliary, asked; auxiliary, asleep");
    let (session, _) = built_in("last-main-dead");
    let parts: Vec<_> = NodeCard::all(&session, Vocabulary::default()).iter().filter_map(|card| card.part).collect();
    assert_eq!(parts, ["main", "removed", "auxiliary, released", "client"]);
}

#[test]
fn a_card_leaves_out_what_was_forgotten() {
    let (session, _) = built_in("closed-for-ever");
    let cards = NodeCard::all(&session, Vocabulary::default());
    let cells: Vec<_> = cards[2].cells.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(cells, [("nextBal", "2.B"), ("closed", "2")]);
}

/// Asserts what holds at every step of any run.
fn look(session: &Session, record: &Record) {
    let events = session.cursor().events;
    let latency = LatencyPanel::of(session, Vocabulary::default(), record);
    if let Some(card) = &latency.card {
        assert!(before(card.event, events) && !card.decree.is_empty());
        assert!(card.path.windows(2).all(|legs| legs[0].until <= legs[1].from));
    }
    assert!(latency.abandoned.iter().all(|told| before(told.event, events)));
    let ballots = BallotTable::of(session, Vocabulary::default(), record);
    assert!(ballots.rows.len() <= ROWS_MAX && ballots.tried.iter().all(|told| before(told.event, events)));
    for row in &ballots.rows {
        assert!(before(row.event, events));
        assert!(row.standing != Standing::Stopped || !row.why.is_empty(), "{row:?}");
        assert!(row.standing != Standing::Open || events < session.trace().events().len(), "{row:?}");
    }
    let ledger = LedgerPanel::of(session, Vocabulary::default(), record);
    assert_eq!(ledger.is_some(), session.scenario().protocol.is_log);
    assert!(ledger.is_none_or(|ledger| ledger.rows.len() <= ROWS_MAX));
    assert_eq!(CheckList::of(session, Vocabulary::default()).rows.len(), session.played().verdicts.len());
}

#[test]
fn the_panels_of_every_protocol_tell_nothing_that_is_still_to_come() {
    let script = "paxos-playground 1\nnodes 5\nservice kv\nleader A\nat 0Δ propose A \"put x 1\"\n\
        at 0.5Δ propose B \"add x 2\"\nat 1Δ inject NextBallot C->B 5.C after 0.5Δ\nat 2Δ crash A\nat 3Δ leader B\n\
        at 4Δ partition A B | C D E\nat 6Δ heal\nat 9Δ restart A\nat 10Δ propose A \"get x\"\nuntil 30Δ\n";
    for protocol in PROTOCOLS {
        let mut session = Session::open(script).expect("a good script");
        session.set(Statement::Protocol(protocol.name.to_owned())).expect("the script is for every protocol");
        for guard in [None, protocol.guards.first()] {
            if let Some(guard) = guard {
                session
                    .set(Statement::Without(guard.info().name.to_owned(), Vec::new()))
                    .expect("a rule of the registry");
            }
            let record = Record::of(session.played());
            session.rewind();
            look(&session, &record);
            while session.step() {
                look(&session, &record);
            }
        }
    }
}

#[test]
fn what_a_run_was_worked_out_for_is_not_worked_out_again() {
    let shelf = Shelf::default();
    let (mut session, _) = built_in("steady");
    let race = shelf.race(&session, Vocabulary::default());
    session.seek(Time::DELTA);
    assert!(Rc::ptr_eq(&race, &shelf.race(&session, Vocabulary::default())));
    let ballots = BallotTable::of(&session, Vocabulary::default(), &shelf.record(&session));
    session.set(Statement::Protocol("multi".to_owned())).expect("a good protocol");
    assert!(!ballots.is_log && BallotTable::of(&session, Vocabulary::default(), &shelf.record(&session)).is_log);
    // The race is the same whichever variant is open.
    assert_eq!(race, shelf.race(&session, Vocabulary::default()));
}

#[test]
fn of_a_long_run_the_panels_tell_what_has_been_read_so_far() {
    let mut session = Session::open(&long_ledger(1000)).expect("a good script");
    assert!(!session.is_settled());
    session.seek(session.end());
    let shelf = Shelf::default();
    let early = (
        LatencyPanel::of(&session, Vocabulary::default(), &shelf.record(&session)),
        CheckList::of(&session, Vocabulary::default()),
    );
    assert!(early.0.card.is_none() && !early.0.is_read && early.0.decided > 0);
    assert!(early.1.rows.iter().any(|row| row.state == CheckState::Open), "{:?}", early.1);
    let ledger = LedgerPanel::of(&session, Vocabulary::default(), &shelf.record(&session)).expect("it has a ledger");
    let told = |row: &LedgerRow| matches!(row, LedgerRow::Decided(entry) if entry.latency[0] == "…");
    assert!(ledger.rows.iter().any(told), "{:?}", ledger.rows);
    finish(&mut session);
    let panel = LatencyPanel::of(&session, Vocabulary::default(), &shelf.record(&session));
    assert!(panel.is_read && panel.card.is_some_and(|card| card.all == Some(Time::deltas(3))));
    assert_eq!(CheckList::of(&session, Vocabulary::default()).badge, "all hold");
    // A record that was read in parts equals one that was read at once.
    let at_once = BallotTable::of(&session, Vocabulary::default(), &Record::of(session.played()));
    assert_eq!(BallotTable::of(&session, Vocabulary::default(), &shelf.record(&session)), at_once);
}

#[test]
fn at_the_end_the_figures_are_those_of_the_report() {
    for built_in in LIBRARY {
        let (session, record) = open(built_in.text);
        let protocol = session.scenario().protocol;
        let panel = LatencyPanel::of(&session, Vocabulary::default(), &record);
        let Some(card) = panel.card else { continue };
        let latest = record.decided.last().expect("something is decided");
        let decision = session.played().decision(latest.1, latest.2).expect("it is a decision of the run");
        let (_, headline) = decision.headline(protocol);
        assert_eq!((card.leader, card.all), (headline.leader, headline.all), "{}", built_in.name);
        let client = card.client.and_then(|client| client.span);
        assert_eq!(client, decision.from_client().client, "{}", built_in.name);
    }
}

#[test]
fn a_fast_round_counts_from_the_request() {
    let (session, record) = built_in("fast-collision");
    let card = LatencyPanel::of(&session, Vocabulary::default(), &record).card.expect("red is decided");
    assert_eq!((deltas(card.leader), deltas(card.all), &*card.counted), ("4".into(), "4".into(), "the request"));
    assert_eq!(deltas(card.client.expect("X has asked").span), "5");
    let (session, record) = built_in("fast-two-delta");
    let card = LatencyPanel::of(&session, Vocabulary::default(), &record).card.expect("red is decided");
    assert_eq!((deltas(card.leader), deltas(card.all), &*card.counted), ("2".into(), "2".into(), "the request"));
}

/// A write and a read of one key, and a read of another one: the history has two levels.
#[test]
fn a_history_is_a_partial_order() {
    let (mut session, record) = built_in("generalized-third");
    let panel = LedgerPanel::of(&session, Vocabulary::default(), &record).expect("it has a ledger");
    let told: Vec<_> = panel
        .history
        .iter()
        .map(|command| (command.number, command.decree.as_str(), command.level, &command.after[..]))
        .collect();
    let expected: [(_, _, _, &[u32]); 3] =
        [(1, "\"get x\"", 0, &[]), (2, "\"put x 1\"", 1, &[1]), (3, "\"get z\"", 0, &[])];
    assert_eq!(told, expected);
    let rows: Vec<_> = panel
        .rows
        .iter()
        .filter_map(|row| if let LedgerRow::Decided(entry) = row { Some(entry) } else { None })
        .collect();
    let told: Vec<_> =
        rows.iter().map(|entry| (entry.instance, entry.outcome.as_str(), entry.latency[1].as_str())).collect();
    assert_eq!(told, [(1, "nothing", "4Δ"), (2, "ok", "4Δ"), (3, "nothing", "3.5Δ")]);
    session.seek(Time::deltas(6));
    let panel = LedgerPanel::of(&session, Vocabulary::default(), &record).expect("it has a ledger");
    assert!(panel.history.is_empty() && panel.rows.is_empty(), "nobody has learned anything yet");
}

#[test]
fn histories_that_collide_are_told_with_their_voters() {
    let (mut session, record) = built_in("generalized-collision");
    session.seek(Time::deltas(6));
    let row = BallotTable::of(&session, Vocabulary::default(), &record).rows.remove(0);
    let why = "The histories collide: \"get x\" • \"put x 1\" by C D, \"put x 1\" • \"get x\" by A B.";
    assert_eq!((row.number.as_str(), row.decree.as_str(), row.tally, row.why.as_str()), ("1.A", "⊥", (2, 3), why));
    let (session, record) = built_in("generalized-two-reads");
    let row = BallotTable::of(&session, Vocabulary::default(), &record).rows.remove(0);
    assert_eq!((row.standing, row.why.as_str()), (Standing::Successful, "Votes: \"get x\" • \"get y\" by A B C D."));
}

#[test]
fn what_was_sent_is_told_in_messages_and_in_sends() {
    let told = |text: &str| {
        let mut session = Session::open(text).expect("a good script");
        session.seek(session.end());
        super::latency::traffic(&session)
    };
    let built_in = |name| crate::scenario::library::find(name).expect("it is built in").text;
    // Phase 1 takes 4 + 4 messages in 1 + 4 sends. Each of two values takes 4 + 2 + 4 messages in 1 + 2 + 1 sends.
    assert_eq!(told(built_in("m-ring-five")), "28 messages sent so far in 13 sends, none lost.");
    assert_eq!(told(built_in("minimal-ballot")), "20 messages sent so far, none lost.");
    assert_eq!(told("paxos-playground 1\nnodes 3\n"), "0 messages sent so far, none lost.");
}
