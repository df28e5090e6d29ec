//! One ballot and several: the Synod's conditions, and the basic protocol's steps.

use std::collections::BTreeSet;

use paxos_playground::latency::{self, Latency};
use paxos_playground::protocol::Fact;
use paxos_playground::scenario::{Scenario, library};
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, Time};

use super::{assert_never, assert_once, decision, facts, learned_value, run};

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

/// PTP §2.2: each message goes to all n − 1 others, and all of them answer.
#[test]
fn a_ballot_takes_five_messages_for_every_other_process() {
    for nodes in 2..=9 {
        let run = run(&format!("nodes {nodes}\nat 0 propose A red"));
        assert_eq!(decision(&run).messages, 5 * (nodes - 1), "{nodes} nodes");
    }
}

/// PTP §2.3 step 3: BeginBallot goes to the members of Q only, so phase 2 takes two messages for each member but the
/// leader.
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

/// PTP §2.1, B3: a ballot in which no member of Q voted does not bind a later one.
#[test]
fn a_later_ballot_is_free_when_its_quorum_has_not_voted() {
    let run = run("nodes 3\nat 0 propose A red\nat 1.5 crash A\nat 5 propose B blue");
    assert_once(&run, "7 B began 2.B \"blue\" with quorum B C");
}

/// PTP §2.1, B3: of several reported votes the vote of the highest ballot counts, even if no other vote is like it.
#[test]
fn the_highest_reported_vote_decides() {
    // Only A votes in 1.A, and only C votes in 2.C; then B asks both.
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

/// PTP §1.2; slides, "Progress": a ballot needs a majority, and exactly half is none.
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

/// PTP §1.2: one process more makes a majority, and nothing takes longer.
#[test]
fn a_majority_decides_in_the_same_time() {
    let run = run("nodes 5\nat 0 crash D\nat 0 crash E\nat 0 propose A red");
    assert_eq!(decision(&run).all_learned, Some(Time::deltas(5)));
}

/// PTP §2.3 step 4: a process that votes in b has b = nextBal, so with the strict guard it has promised b before.
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

/// PTP §2.3 step 4: b = nextBal. A BeginBallot that overtakes its NextBallot finds no promise and gets no vote.
#[test]
fn with_the_strict_guard_a_begin_ballot_that_overtakes_is_refused() {
    let run = run(&format!("{OVERTAKING}\noption guard strict"));
    assert_once(&run, "3 C refused 1.A, nextBal is −∞");
    assert_once(&run, "3.5 C promised 1.A, last vote null");
    assert_never(&run, "C voted");
}

/// Paxos Made Simple, phase 2b: b ≥ nextBal. The vote is a promise, so the NextBallot that comes later changes nothing.
#[test]
fn with_the_relaxed_guard_a_begin_ballot_that_overtakes_is_voted_for() {
    let run = run(&format!("{OVERTAKING}\noption guard ge"));
    assert_once(&run, "3 C persist nextBal := 1.A");
    assert_once(&run, "3 C voted 1.A \"red\"");
    assert_never(&run, "C promised");
    assert_never(&run, "C refused");
}

/// PTP §2.3 step 2: b > nextBal. A process ignores the same number when it comes again, so a lost LastVote is lost for
/// good.
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

/// PTP §2.3: every message may come twice; no process promises, votes or learns twice because of that.
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

/// PTP §2.3 step 6: a process that has the decree in its ledger has nothing to write.
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

/// PTP §2.3 step 2: nextBal is on stable storage, so a promise outlives a crash even if the process never sent it.
#[test]
fn a_promise_outlives_a_crash_before_its_sending() {
    let run = run(
        "nodes 3\nat 0 cut C->A\nat 0 propose C red\nat 0.5 crash B before-send\nat 2 restart B\nat 2 propose A blue",
    );
    assert_once(&run, "1 B persist nextBal := 1.C");
    assert_never(&run, "B send LastVote 1.C");
    assert_once(&run, "3 B refused 1.A, nextBal is 1.C");
}

/// PTP §2.3 step 4: prevVote is on stable storage, so a process reports a vote to the next ballot even if no other
/// process heard of it.
#[test]
fn a_vote_outlives_a_crash_before_its_sending() {
    let run = run("nodes 3\nat 0 propose A red\nat 2.5 crash B before-send\nat 4 restart B\nat 5 propose C blue");
    assert_once(&run, "3 B persist prevVote := 1.A \"red\"");
    assert_never(&run, "B send Voted 1.A");
    assert_once(&run, "6 B promised 2.C, last vote 1.A \"red\"");
}

/// PTP §2.3: a process may lose its slip of paper; it then loses its ballot and nothing else.
#[test]
fn a_proposer_that_crashes_forgets_its_ballot_only() {
    let run = run("nodes 3\nat 0 propose A red\nat 1.5 crash A\nat 1.5 restart A\nat 6 propose A blue");
    assert_never(&run, "began 1.A");
    assert_once(&run, "8 A began 2.A \"blue\" with quorum A B");
}
