//! The paper's claims on the basic protocol, one test each.
//!
//! "PTP" is Lamport's *The Part-Time Parliament*; "slides" is the Synod lecture whose figures the playground redraws.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use paxos_playground::check::check;
use paxos_playground::latency::{self, Decision, Latency};
use paxos_playground::protocol::Fact;
use paxos_playground::report::Report;
use paxos_playground::scenario::{Scenario, library};
use paxos_playground::sim::Run;
use paxos_playground::trace::What;
use paxos_playground::types::{NodeId, Time};
use serde_json::{Value, json};

fn run(lines: &str) -> Run {
    let text = format!("paxos-playground 1\n{lines}\n");
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    for verdict in check(run.trace()) {
        assert!(verdict.holds(), "{}: {:?}", verdict.check.name, verdict.violation);
    }
    run
}

/// The trace's lines without their columns.
fn lines(run: &Run) -> Vec<String> {
    run.trace().text().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// How often the trace has this line.
fn count(run: &Run, line: &str) -> usize {
    lines(run).iter().filter(|known| *known == line).count()
}

#[track_caller]
fn assert_once(run: &Run, line: &str) {
    assert_eq!(count(run, line), 1, "“{line}” in\n{}", run.trace().text());
}

#[track_caller]
fn assert_never(run: &Run, part: &str) {
    assert!(lines(run).iter().all(|line| !line.contains(part)), "“{part}” in\n{}", run.trace().text());
}

/// The only decision.
#[track_caller]
fn decision(run: &Run) -> Decision {
    let mut decisions = latency::decisions(run.trace());
    assert_eq!(decisions.len(), 1, "{}", run.trace().text());
    decisions.remove(0)
}

fn learned_value(run: &Run) -> String {
    run.scenario().symbols.value(decision(run).vote.value).to_owned()
}

fn facts(run: &Run) -> Vec<(Time, NodeId, Fact)> {
    run.trace().facts().map(|(_, time, node, fact)| (time, node, fact)).collect()
}

/// PTP §2.3; slides, "Basic protocol": 1a, 1b, 2a, 2b and 3 take a Δ each, however many processes there are.
#[test]
fn a_ballot_takes_four_deltas_for_its_leader_and_five_for_all() {
    for nodes in 2..=9 {
        let run = run(&format!("nodes {nodes}\nat 0 propose A red"));
        let decision = decision(&run);
        let both = |latency: Latency| (latency.leader, latency.all);
        assert_eq!(both(decision.from_ballot()), (Some(Time::deltas(4)), Some(Time::deltas(5))), "{nodes} nodes");
        assert_eq!(both(decision.from_begin()), (Some(Time::deltas(2)), Some(Time::deltas(3))));
    }
}

/// PTP §2.2: everything goes to all n − 1 others, and everything is answered.
#[test]
fn a_ballot_takes_five_messages_for_every_other_process() {
    for nodes in 2..=9 {
        let run = run(&format!("nodes {nodes}\nat 0 propose A red"));
        assert_eq!(decision(&run).messages, 5 * (nodes - 1), "{nodes} nodes");
    }
}

/// PTP §2.3 step 3: BeginBallot goes to the members of Q only, so phase 2 takes two messages for each but oneself.
#[test]
fn a_ballot_that_asks_only_its_quorum_takes_fewer_messages_and_the_same_time() {
    for nodes in 2..=9 {
        let run = run(&format!("nodes {nodes}\noption phase-2 quorum\nat 0 propose A red"));
        let (decision, majority) = (decision(&run), nodes / 2 + 1);
        assert_eq!(decision.messages, 3 * (nodes - 1) + 2 * (majority - 1), "{nodes} nodes");
        assert_eq!(decision.all_learned, Some(Time::deltas(5)));
    }
}

/// PTP §2.3 step 5: with `phase-2 quorum` the votes of every member of Q are needed; another majority does not help.
#[test]
fn a_ballot_that_asks_only_its_quorum_waits_for_all_of_it() {
    let crash = "nodes 5\nat 0 propose A red\nat 2.5 crash B";
    assert_eq!(latency::decisions(run(&format!("{crash}\noption phase-2 quorum")).trace()), []);
    assert_eq!(learned_value(&run(crash)), "red");
}

/// PTP §2.2: a process sends itself "messages" without messengers, so a parliament of one decides at once.
#[test]
fn one_process_alone_decides_at_once_and_sends_nothing() {
    let run = run("nodes 1\nat 0 propose A red");
    assert_eq!((decision(&run).all_learned, decision(&run).messages), (Some(Time::ZERO), 0));
}

/// PTP §2.2: messages to oneself take no time and are not counted.
#[test]
fn a_message_to_oneself_takes_no_time_and_is_not_counted() {
    let run = run("nodes 2\nat 0 propose A red");
    let own = || run.trace().messages().iter().filter(|message| message.to_self());
    assert_eq!(own().count(), 4);
    assert!(own().all(|message| message.sent_at == message.due));
    assert_eq!(decision(&run).messages, 5);
}

/// PTP §2.1, B3; slides, Theorem 1: once a quorum has voted, every later ballot carries the same decree.
#[test]
fn a_later_ballot_adopts_the_decree_that_may_have_passed() {
    let run = run("nodes 5\nat 0 propose A red\nat 6 propose B blue");
    assert_once(&run, "8 B began 2.B \"red\" with quorum A B C");
    assert_eq!(learned_value(&run), "red");
}

/// PTP §2.1, B3: a ballot in which nobody of Q voted binds nobody.
#[test]
fn a_later_ballot_is_free_when_its_quorum_has_not_voted() {
    let run = run("nodes 3\nat 0 propose A red\nat 1.5 crash A\nat 5 propose B blue");
    assert_once(&run, "7 B began 2.B \"blue\" with quorum B C");
}

/// PTP §2.1, B3: of several reported votes the one of the highest ballot counts, even if it is the only one of its kind.
#[test]
fn the_highest_reported_vote_decides() {
    // A alone votes in 1.A and C alone in 2.C; then B asks both.
    let run = run("nodes 5
        at 0    propose A red
        at 1.5  cut A->B
        at 1.5  cut A->C
        at 1.5  cut A->D
        at 1.5  cut A->E
        at 3    crash A
        at 3    propose C blue
        at 4.5  cut C->B
        at 4.5  cut C->D
        at 4.5  cut C->E
        at 6    heal
        at 6    restart A
        at 6    crash D
        at 6    crash E
        at 7    propose B green");
    assert_once(&run, "8 A promised 3.B, last vote 1.A \"red\"");
    assert_once(&run, "8 C promised 3.B, last vote 2.C \"blue\"");
    assert_eq!(learned_value(&run), "blue");
}

/// PTP §1.2; slides, "Progress": a majority is needed, and exactly half is none.
#[test]
fn half_of_the_processes_decide_nothing() {
    for nodes in [2, 4, 6, 8] {
        let down: String = NodeId::all(nodes)
            .skip(nodes / 2)
            .map(|node| format!("at 0 crash {}\n", (b'A' + node.0) as char))
            .collect();
        let run = run(&format!("nodes {nodes}\n{down}at 0 propose A red"));
        assert_eq!(latency::decisions(run.trace()), [], "{nodes} nodes");
    }
}

/// PTP §1.2: with one process more there is a majority, and nothing takes longer.
#[test]
fn a_majority_decides_in_the_same_time() {
    let run = run("nodes 5\nat 0 crash D\nat 0 crash E\nat 0 propose A red");
    assert_eq!(decision(&run).all_learned, Some(Time::deltas(5)));
}

/// PTP §2.3 step 4: whoever votes in b has b = nextBal, so with the strict guard it has promised b before.
#[test]
fn nobody_votes_without_a_promise() {
    for built_in in library::LIBRARY {
        let (_, scenario) = Scenario::read(built_in.text).expect("a built-in script");
        if scenario.protocol.name != "basic" {
            continue;
        }
        let mut promised = BTreeSet::new();
        for (_, _, node, fact) in Run::of(scenario).trace().facts() {
            match fact {
                Fact::Promised(_, ballot, _) => {
                    promised.insert((node, ballot));
                }
                Fact::Voted(_, vote) => assert!(promised.contains(&(node, vote.ballot)), "{}", built_in.name),
                _ => {}
            }
        }
    }
}

const OVERTAKING: &str = "nodes 3\nat 0 propose A red\ndelay NextBallot A->C #1 3.5";

/// PTP §2.3 step 4: b = nextBal. A BeginBallot that overtakes its NextBallot finds no promise and is not voted for.
#[test]
fn with_the_strict_guard_a_begin_ballot_that_overtakes_is_refused() {
    let run = run(&format!("{OVERTAKING}\noption guard strict"));
    assert_once(&run, "3 C refused 1.A, nextBal is −∞");
    assert_once(&run, "3.5 C promised 1.A, last vote null");
    assert_never(&run, "C voted");
}

/// Paxos Made Simple, phase 2b: b ≥ nextBal. The vote is a promise, so the NextBallot that comes later is old news.
#[test]
fn with_the_relaxed_guard_a_begin_ballot_that_overtakes_is_voted_for() {
    let run = run(&format!("{OVERTAKING}\noption guard ge"));
    assert_once(&run, "3 C persist nextBal := 1.A");
    assert_once(&run, "3 C voted 1.A \"red\"");
    assert_never(&run, "C promised");
    assert_never(&run, "C refused");
}

/// PTP §2.3 step 2: b > nextBal. The same number again is ignored, so a lost LastVote is lost for good.
#[test]
fn a_lost_last_vote_is_not_sent_again_for_the_same_ballot() {
    let run = run("nodes 2\nat 0 propose A red\nduplicate NextBallot A->B #1 +2\ndrop LastVote B->A #1");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "3 B receive NextBallot 1.A from A");
    assert_once(&run, "1 B send LastVote 1.A null to A");
    assert_never(&run, "3 B send");
    assert_never(&run, "refused");
    assert_eq!(latency::decisions(run.trace()), []);
}

/// PTP §2.3: every message may come twice; nobody promises, votes or learns twice for it.
#[test]
fn a_duplicate_of_every_message_changes_no_fact() {
    for script in ["nodes 4\nat 0 propose A red", "nodes 5\nat 0 propose A red\nat 1.5 propose B blue"] {
        let (once, twice) = (run(script), run(&format!("{script}\nduplicates 100%")));
        let sent = || twice.trace().messages().iter().filter(|message| !message.to_self());
        assert_eq!(sent().filter(|message| message.copy_of.is_some()).count() * 2, sent().count());
        let is_news = |(_, _, fact): &(Time, NodeId, Fact)| !matches!(fact, Fact::Refused(..) | Fact::Began { .. });
        let news = |run: &Run| {
            let mut news: Vec<_> = facts(run).into_iter().filter(is_news).map(|fact| format!("{fact:?}")).collect();
            news.sort();
            news
        };
        assert_eq!(news(&once), news(&twice));
    }
}

/// PTP §2.3 step 6: whoever has the decree in its ledger has nothing to write.
#[test]
fn a_success_to_a_process_that_knows_changes_nothing() {
    let run = run("nodes 3\nat 0 propose A red\nat 6 propose B blue");
    assert_once(&run, "5 C learned \"red\" by ballot 1.A");
    assert_once(&run, "11 C receive Success 2.B \"red\" from B");
    assert_eq!(facts(&run).iter().filter(|(.., fact)| matches!(fact, Fact::Learned(..))).count(), 3);
    assert_never(&run, "11 C persist");
}

/// PTP §2.3 step 1: lastTried is on stable storage, so a number is never used twice.
#[test]
fn a_restarted_proposer_chooses_a_new_number() {
    let run = run("nodes 3\nat 0 crash A before-send\nat 1 propose A red\nat 2 restart A\nat 3 propose A red");
    assert_once(&run, "1 A persist lastTried := 1.A");
    assert_once(&run, "1 A crash after persisting, before sending");
    assert_once(&run, "3 A tried 2.A");
    assert_never(&run, "send NextBallot 1.A");
}

/// PTP §2.3 step 2: nextBal is on stable storage, so a promise outlives a crash even if it was never sent.
#[test]
fn a_promise_outlives_a_crash_before_its_sending() {
    let run = run(
        "nodes 3\nat 0 cut C->A\nat 0 propose C red\nat 0.5 crash B before-send\nat 2 restart B\nat 2 propose A blue",
    );
    assert_once(&run, "1 B persist nextBal := 1.C");
    assert_never(&run, "B send LastVote 1.C");
    assert_once(&run, "3 B refused 1.A, nextBal is 1.C");
}

/// PTP §2.3 step 4: prevVote is on stable storage, so a vote that nobody heard of is reported to the next ballot.
#[test]
fn a_vote_outlives_a_crash_before_its_sending() {
    let run = run("nodes 3\nat 0 propose A red\nat 2.5 crash B before-send\nat 4 restart B\nat 5 propose C blue");
    assert_once(&run, "3 B persist prevVote := 1.A \"red\"");
    assert_never(&run, "B send Voted 1.A");
    assert_once(&run, "6 B promised 2.C, last vote 1.A \"red\"");
}

/// PTP §2.3: the slip of paper may be lost; the ballot is lost with it and nothing else.
#[test]
fn a_proposer_that_crashes_forgets_its_ballot_only() {
    let run = run("nodes 3\nat 0 propose A red\nat 1.5 crash A\nat 1.5 restart A\nat 6 propose A blue");
    assert_never(&run, "began 1.A");
    assert_once(&run, "8 A began 2.A \"blue\" with quorum A B");
}

/// At one instant: the script's lines in the order written, then messages in the order sent.
#[test]
fn what_happens_at_one_instant_has_an_order() {
    let run = run("nodes 3\nat 0 propose B blue\nat 0 propose A red\nat 1 crash C\nat 1 restart C");
    let inputs: Vec<_> = lines(&run)
        .into_iter()
        .filter(|line| {
            line.starts_with("1 ") && (line.contains("receive") || line.contains("crash") || line.contains("restart"))
        })
        .collect();
    let expected = [
        "1 C crash",
        "1 C restart",
        "1 A receive NextBallot 1.B from B",
        "1 C receive NextBallot 1.B from B",
        "1 B receive NextBallot 1.A from A",
        "1 C receive NextBallot 1.A from A",
    ];
    assert_eq!(inputs, expected);
    let proposed: Vec<_> = lines(&run).into_iter().filter(|line| line.contains("propose")).collect();
    assert_eq!(proposed, ["0 B propose \"blue\"", "0 A propose \"red\""]);
}

/// A message that is sent into a cut does not leave, even if the link is open again before it would have landed.
#[test]
fn a_message_sent_into_a_cut_is_lost_at_once() {
    let run = run("nodes 2\nat 0 cut A->B\nat 0 propose A red\nat 0.5 heal A->B");
    assert_once(&run, "0 B lose NextBallot 1.A from A: link cut");
}

/// A message under way is lost where its link is cut, or its receiver down, when it would have landed; not before.
#[test]
fn a_message_under_way_is_lost_when_it_would_have_landed() {
    let cut = run("nodes 2\nat 0 propose A red\nat 0.5 cut A->B");
    assert_once(&cut, "1 B lose NextBallot 1.A from A: link cut");
    let down = run("nodes 2\nat 0 propose A red\nat 0.5 crash B");
    assert_once(&down, "1 B lose NextBallot 1.A from A: receiver down");
    let healed =
        run("nodes 2\nat 0 propose A red\nat 0.5 cut A->B\nat 0.75 heal A->B\nat 0.5 crash B\nat 0.75 restart B");
    assert_once(&healed, "1 B receive NextBallot 1.A from A");
}

/// What a process sent before it crashed still arrives.
#[test]
fn a_crash_does_not_recall_messages() {
    let run = run("nodes 2\nat 0 propose A red\nat 0.5 crash A");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "2 A lose LastVote 1.A null from B: receiver down");
}

/// The first message of its kind on its link that the script names is lost, half-way, and no other.
#[test]
fn a_dropped_message_is_lost_half_way() {
    let run = run("nodes 3\nat 0 propose A red\nat 6 propose A red\ndrop NextBallot A->B #2");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "6.5 B lose NextBallot 2.A from A: dropped");
}

/// Messages pass within a group only; those who are not named are a group together, and earlier cuts are forgotten.
#[test]
fn a_partition_splits_the_processes_into_groups() {
    let run = run("nodes 6\nat 0 cut A->B\nat 0 partition A B | C D\nat 1 heal");
    let groups = [0, 0, 1, 1, 2, 2];
    let (split, healed) = (run.world_at(Time::ZERO), run.world_at(Time::DELTA));
    for from in NodeId::all(6) {
        for to in NodeId::all(6) {
            assert_eq!(split.is_open(from, to), groups[from.index()] == groups[to.index()], "{from:?} to {to:?}");
            assert!(healed.is_open(from, to));
        }
    }
}

/// A cut works one way.
#[test]
fn a_cut_is_one_way() {
    let run = run("nodes 2\nat 0 cut B->A\nat 0 propose A red");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "1 A lose LastVote 1.A null from B: link cut");
}

/// A ballot that promises stand in the way of is refused, and the larger number is the stale ballot that surprised it.
#[test]
fn a_refused_ballot_is_abandoned_for_a_larger_number() {
    let run = run("nodes 5\nat 0 propose A red\nat 1.5 propose B blue");
    let ballots = latency::ballots(run.trace());
    assert_eq!((ballots.started, ballots.abandoned.len(), ballots.stale), (2, 1, 1));
    let report = report(&run);
    assert_eq!(report["ballots"]["abandoned"], json!([{ "ballot": "1.A", "why": "B had promised 2.B" }]));
}

fn report(run: &Run) -> Value {
    serde_json::to_value(Report::of(run)).expect("a report is plain data")
}

/// Slides, "Basic protocol", the minimal ballot: one decision, 4Δ and 5Δ, twenty messages, five one after the other.
#[test]
fn the_report_of_a_minimal_ballot_has_the_paper_s_numbers() {
    let built_in = library::find("minimal-ballot").expect("the minimal ballot is built in");
    let run = Run::of(Scenario::read(built_in.text).expect("a built-in script").1);
    let report = report(&run);
    let fields: Vec<_> =
        report.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let expected = [
        "ballots",
        "checks",
        "decisions",
        "end",
        "messages",
        "nodes",
        "protocol",
        "scenario",
        "stopped",
        "trace_hash",
        "version",
        "warnings",
    ];
    assert_eq!(fields, expected);
    assert_eq!((&report["version"], &report["protocol"]), (&json!(1), &json!("basic")));
    assert_eq!(report["scenario"], "A minimal ballot: 5Δ");
    assert_eq!(report["nodes"], json!(["A", "B", "C", "D", "E"]));
    assert_eq!(report["trace_hash"], json!(format!("{:016x}", run.trace().hash())));
    assert_eq!((&report["stopped"], &report["end"]), (&json!("quiet"), &json!(5)));
    let path = &report["decisions"][0]["critical_path"];
    let follower = path[0]["to"].clone();
    let hop = |kind: &str, phase: &str, from: &Value, to: &Value, sent: u32| json!({ "kind": kind, "phase": phase, "from": from, "to": to, "sent": sent, "landed": sent + 1 });
    let leader = json!("A");
    assert_eq!(
        report["decisions"],
        json!([{
            "instance": 1,
            "value": "red",
            "proposer": "A",
            "ballot": "1.A",
            "times": {
                "client": 0,
                "elected": null,
                "ballot_start": 0,
                "begin_ballot": 2,
                "leader_learned": 4,
                "all_learned": 5,
                "answered": 4,
                "learned": { "A": 4, "B": 5, "C": 5, "D": 5, "E": 5 },
            },
            "latency": {
                "from_ballot": { "leader": 4, "all": 5 },
                "from_begin": { "leader": 2, "all": 3 },
                "from_client": { "leader": 4, "all": 5, "client": 4 },
                "from_election": null,
            },
            "phases": [
                { "phase": "1a", "took": 1 },
                { "phase": "1b", "took": 1 },
                { "phase": "2a", "took": 1 },
                { "phase": "2b", "took": 1 },
                { "phase": "3", "took": 1 },
            ],
            "messages": 20,
            "stale": 0,
            "critical_path": [
                hop("NextBallot", "1a", &leader, &follower, 0),
                hop("LastVote", "1b", &follower, &leader, 1),
                hop("BeginBallot", "2a", &leader, &path[2]["to"], 2),
                hop("Voted", "2b", &path[2]["to"], &leader, 3),
                hop("Success", "3", &leader, &path[4]["to"], 4),
            ],
        }])
    );
    assert_eq!(
        report["messages"],
        json!({
            "sent": 20,
            "lost": 0,
            "duplicated": 0,
            "by_kind": { "NextBallot": 4, "LastVote": 4, "BeginBallot": 4, "Voted": 4, "Success": 4 },
        })
    );
    assert_eq!(report["ballots"], json!({ "started": 1, "abandoned": [], "stale": 0 }));
    assert_eq!(report["warnings"], json!([]));
    for check in report["checks"].as_array().expect("a list") {
        assert_eq!(check["event"], Value::Null, "{}", check["name"]);
    }
    let verdict = |name: &str| {
        let checks = report["checks"].as_array().expect("a list").iter();
        checks.clone().find(|check| check["name"] == name).map(|check| check["verdict"].clone())
    };
    assert_eq!((verdict("B3"), verdict("ordering")), (Some(json!("holds")), Some(json!("not applicable"))));
}

/// Every message lands or is lost at the report's end, and copies are counted apart.
#[test]
fn a_report_counts_what_was_lost_and_what_was_duplicated() {
    let run = run("nodes 3\nat 0 propose A red\ndrop NextBallot A->B #1\nduplicate NextBallot A->C #1 +0.5");
    let messages = &report(&run)["messages"];
    assert_eq!((&messages["lost"], &messages["duplicated"]), (&json!(1), &json!(1)));
    let sent = run.trace().events().iter().filter(|event| matches!(event.what, What::Sent(_))).count();
    let own = run.trace().messages().iter().filter(|message| message.to_self()).count();
    assert_eq!(messages["sent"], json!(sent - own - 1));
}
