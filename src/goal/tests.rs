//! Goals on runs whose figures are known.

use super::facts::{FIGURE, Facts, ROWS};
use super::{Outcome, judge, points};
use crate::check::{self, CHECKS};
use crate::latency::{Answer, Notebook};
use crate::scenario::goals::Datum;
use crate::scenario::goals::vocabulary::{CHECKS as CHECK_NAMES, COLLECTIONS, FIGURES, Kind, OUTCOMES};
use crate::scenario::{Scenario, library};
use crate::sim::Run;
use crate::types::Time;

/// One ballot of A: everybody is up and hears everything.
const PLAIN: &str = "paxos-playground 1\nprotocol basic\nnodes A B C D E\nat 0Δ propose A \"red\"\n";

fn run(text: &str) -> Run {
    Run::of(Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}")).1)
}

fn judged(text: &str) -> Vec<Outcome> {
    let run = run(text);
    judge(run.trace(), usize::MAX, &check::check(run.trace()))
}

/// Whether a run of this script fulfils the condition.
fn holds(script: &str, condition: &str) -> bool {
    judged(&format!("{script}goal \"It is so\": {condition}\n")).pop().expect("one goal").is_reached
}

#[test]
fn collections_and_figures_are_those_of_the_vocabulary() {
    assert_eq!(ROWS.map(|(name, _)| name).to_vec(), COLLECTIONS.iter().map(|known| known.name).collect::<Vec<_>>());
    assert_eq!(FIGURE.map(|(name, _)| name).to_vec(), FIGURES.iter().map(|known| known.name).collect::<Vec<_>>());
    assert_eq!(CHECKS.iter().map(|check| check.name).collect::<Vec<_>>(), CHECK_NAMES);
    let any = crate::types::Value::OLIVE_DAY;
    let ballot = crate::types::Ballot::new(1, crate::types::NodeId(0));
    let message = crate::trace::MessageId(0);
    let answers = [
        Answer::Unheard,
        Answer::Crashed(Time::ZERO),
        Answer::Other(any),
        Answer::Unknown,
        Answer::Begun(ballot),
        Answer::Lost(message),
        Answer::Handed(message),
        Answer::NotBegun,
    ];
    assert_eq!(answers.map(Answer::name).to_vec(), OUTCOMES);
}

#[test]
fn every_row_of_every_run_has_the_kinds_that_the_vocabulary_says() {
    let every = COLLECTIONS.iter().map(|collection| format!("goal \"x\": {} >= 0\n", collection.name));
    let every: String = every.collect();
    for built_in in library::LIBRARY {
        let run = run(&format!("{}\n{every}", built_in.text));
        let (trace, verdicts) = (run.trace(), check::check(run.trace()));
        let notebook = Notebook::of(trace);
        let facts = Facts::of(trace, usize::MAX, &notebook, &verdicts);
        for (collection, rows) in COLLECTIONS.iter().zip(&facts.tables) {
            for row in rows {
                assert_eq!(row.len(), collection.fields.len(), "{}", collection.name);
                for (field, datum) in collection.fields.iter().zip(row) {
                    let fits = match (field.kind, datum) {
                        (_, Datum::None)
                        | (Kind::Truth, Datum::Truth(_))
                        | (Kind::Number, Datum::Number(_))
                        | (Kind::Time, Datum::Time(_))
                        | (Kind::Node, Datum::Node(_))
                        | (Kind::Ballot, Datum::Ballot(_))
                        | (Kind::Decree, Datum::Text(_)) => true,
                        (Kind::Word(words), Datum::Text(word)) => {
                            words.known(word, trace.scenario.protocol).is_some_and(|known| *known == **word)
                        }
                        _ => false,
                    };
                    assert!(fits, "{}: {}.{}: {datum:?}", built_in.name, collection.name, field.name);
                }
            }
        }
    }
}

#[test]
fn figures_of_a_plain_run_are_those_of_its_report() {
    for condition in [
        "decisions = 1 and learned = 5 and votes = 5 and ballots = 1 and promises = 5 and refusals = 0",
        "chosen = 0 and unanswered = 0 and nodes = 5 and acts = 1 and lines = 4",
        "messages = 20 and messages.sent = 20 and messages.lost = 0 and messages.injected = 0 and messages.duplicated = 0",
        "k = 0 and end = 5Δ and violated = 0 and crashed = 0 and protocol = 'basic' and accepted = 0",
        "some d in decisions: d.instance = 1 and d.value = 'red' and d.proposer = A and d.ballot = '1.A'",
        "some d in decisions: d.latency.from_client.all = 5Δ and d.times.all_learned - d.times.leader_learned = 1Δ",
        "every d in decisions: d.times.elected = none and d.latency.from_election.all = none",
        "(count l in learned: l.time = 5Δ) = 4 and (smallest l in learned: l.time) = 4Δ",
        "every v in votes where v.node != A: v.time = 3Δ",
        "some b in ballots: b.votes = 5 and b.number = 1 and b.owner = A and not b.abandoned and b.time = 0Δ",
        "every p in promises: p.last.ballot = none and p.last.value = none and p.instance = 1",
        "(count c in checks: c.violated) = 0 and every c in checks: c.time = none",
        "every n in nodes: n.up and n.crashes = 0 and not n.leads",
        "(count m in messages: m.kind = 'Prepare' and m.phase = '1a' and m.from = A and m.landed = 1Δ) = 4",
        "some a in acts: a.act = 'propose' and a.node = A and a.value = 'red' and a.time = 0Δ",
        "(largest l in lines: l.line) = 4 and (count l in lines: l.kind = none) = 1 and (count l in lines: l.kind = 'nodes') = 1",
        "(largest r in refusals: r.time) = none and not (largest r in refusals: r.time) > 0Δ",
    ] {
        assert!(holds(PLAIN, condition), "{condition}");
        assert!(!holds(PLAIN, &format!("not ({condition})")), "{condition}");
    }
}

#[test]
fn what_goes_wrong_can_be_asked_for() {
    let crashed = format!(
        "{PLAIN}at 0.5Δ crash E\nat 2.5Δ crash A\nat 6Δ propose B \"blue\"\nat 7Δ restart A\nat 6.5Δ crash E\n"
    );
    for condition in [
        "crashed = 1 and some n in nodes: n.node = A and n.up and n.crashes = 1 and n.restarts = 1",
        "some p in promises: p.last.value = 'red' and p.last.ballot = '1.A'",
        "some m in messages: m.lost and m.to = E and m.landed = none",
        "(count a in acts: a.act = 'crash') = 2",
        "every d in decisions: d.value = 'red' and d.proposer = B",
        "some u in unanswered: u.outcome = 'other decree' and u.node = B and u.value = 'blue'",
    ] {
        assert!(holds(&crashed, condition), "{condition}");
    }
    let too_early = format!("{PLAIN}at 1.5Δ crash A\n");
    assert!(holds(&too_early, "some b in ballots: b.abandoned and b.owner = A and b.votes = 0"));
    let pbft = "paxos-playground 1\nprotocol pbft\nnodes A B C D E\nclients E\nat 0Δ propose E red\n";
    assert!(holds(
        pbft,
        "accepted > 3 and every a in accepted: a.value = 'red' and a.instance = 1 and a.ballot = '1.A'"
    ));
    let refused = format!("{PLAIN}at 1.5Δ propose B \"blue\"\n");
    assert!(holds(&refused, "refusals > 0 and every r in refusals: r.ballot = '1.A' and r.promised > r.ballot"));
    let broken = "paxos-playground 1\nnodes A B C\nwithout promise\nat 0Δ propose A red\nat 2.5Δ cut C->A\n\
                  at 2.5Δ propose C blue\ndelay BeginBallot A->B #1 6Δ\ndelay BeginBallot A->C #1 9Δ\n";
    assert!(holds(broken, "some c in checks: c.name = 'agreement' and c.violated and c.time > 0Δ and c.node != none"));
    assert!(holds(broken, "decisions = 2 and violated > 1"));
}

#[test]
fn sentences_are_filled_in() {
    let told = |sentence: &str| {
        let text = format!("{PLAIN}delta 100ms\ngoal 2 \"Nobody votes\": votes = 0 else \"{sentence}\"\n");
        judged(&text).pop().expect("one goal").sentence
    };
    assert_eq!(told("{votes} of five voted."), "5 of five voted.");
    assert_eq!(told("{{{votes}}}"), "{5}");
    assert_eq!(told("{each v in votes where v.node != A: v.node}"), "B, C, D, E");
    assert_eq!(told("{each r in refusals: r.node}"), "none");
    assert_eq!(told("{each m in messages: m.from}"), "A, A, A, A, B, C, D, E, A, A, A, A, …");
    assert_eq!(told("{end} or {1Δ - end}: {largest b in ballots: b.ballot}"), "5Δ (500 ms) or −4Δ (400 ms): 1.A");
    let plain = judged(&format!("{PLAIN}goal \"Nobody votes.\": votes = 0\ngoal \"All is well\": votes > 0\n"));
    assert_eq!(
        plain.iter().map(|goal| goal.sentence.as_str()).collect::<Vec<_>>(),
        ["Not yet: Nobody votes.", "All is well"]
    );
}

#[test]
fn points_are_given_up_to_the_first_goal_that_is_not_reached() {
    let goals = "goal 2 \"a\": votes > 0\ngoal 0 \"b\": votes > 1\ngoal 3 \"c\": votes = 0\ngoal 4 \"d\": votes > 0\n";
    let outcomes = judged(&format!("{PLAIN}{goals}"));
    assert_eq!(outcomes.iter().map(|goal| goal.is_reached).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!(points(&outcomes), (2, 9));
}

#[test]
fn goals_are_judged_on_what_was_watched() {
    let goals = "goal \"a\": votes > 0\ngoal \"b\": decisions > 0\ngoal \"c\": crashed = 0\ngoal \"d\": messages.lost = 0\n\
                 goal \"e\": some m in messages: m.kind = 'Success' and m.landed != none\ngoal \"f\": violated = 0\n";
    let run = run(&format!("{PLAIN}{goals}at 4.5Δ crash B\n"));
    let trace = run.trace();
    let verdicts = check::check(trace);
    let at = |time: Time| {
        let outcomes = judge(trace, trace.count_until(time), &verdicts);
        outcomes.iter().map(|goal| if goal.is_reached { 'x' } else { '-' }).collect::<String>()
    };
    assert_eq!(at(Time::ZERO), "--xx-x");
    assert_eq!(at(Time::deltas(3)), "x-xx-x");
    assert_eq!(at(Time::deltas(4)), "xxxx-x");
    assert_eq!(at(Time::deltas(5)), "xx--xx");
}

#[test]
fn too_much_work_is_given_up_with_a_sentence() {
    let many: String = (0..400).map(|place| format!("at {place}Δ propose A \"v{place}\"\n")).collect();
    let deep =
        "some a in messages: some b in messages: some c in messages: a.sent = b.sent and a.sent = none and c.lost";
    let text =
        format!("paxos-playground 1\nprotocol multi\nnodes 3\n{many}goal \"x\": {deep}\ngoal \"y\": votes > 0\n");
    let outcomes = judged(&text);
    assert_eq!(outcomes[0].sentence, "This is too much to judge: it would take more than 4000000 steps.");
    assert!(!outcomes[0].is_reached && outcomes[1].is_reached);
}

#[test]
fn goals_and_permissions_change_no_run() {
    for built_in in library::LIBRARY {
        let with = format!("{}\ngoal \"x\": decisions > 0\nallow crash\n", built_in.text);
        assert_eq!(run(built_in.text).trace().hash(), run(&with).trace().hash(), "{}", built_in.name);
    }
}
