//! The preliminary protocol, and the facts that the basic protocol forgets.

use paxos_playground::sim::Run;
use paxos_playground::types::Time;

use super::{assert_never, assert_once, learned_at, lines, node, run, run_in_spite_of};

/// B has cast a vote in 2.C and reported it to 3.A when BeginBallot 1.C comes. B was asked for no promise before it
/// voted; only an injected BeginBallot can bring that about.
const LATE: &str = "protocol preliminary
    nodes 3
    drop NextBallot C->A\ndrop NextBallot C->B
    at 0 propose C red
    at 0 inject BeginBallot C->B 2.C \"red\" after 1
    at 2 inject NextBallot A->B 3.A after 1
    at 4 inject BeginBallot C->B 1.C \"red\" after 1\n";

/// The check that is violated because no process began the ballots that are injected.
const UNBEGUN: &str = "voted-only-if-begun";

/// PTP §2.2 step 2b: LastVote(3.A, vote in 2.C) says nothing of ballots below 2.C.
#[test]
fn the_paper_s_promise_allows_a_vote_below_the_one_reported() {
    let run = run_in_spite_of(&format!("{LATE}option promise paper"), &[UNBEGUN]);
    assert_once(&run, "3 B promised 3.A, last vote 2.C \"red\"");
    assert_once(&run, "5 B voted 1.C \"red\"");
}

/// Slides, "Phase 2b": not if LastVote(b′, v′) with b′ > b was sent.
#[test]
fn the_slides_promise_forbids_every_vote_below_it() {
    let run = run_in_spite_of(&format!("{LATE}option promise slides"), &[UNBEGUN]);
    assert_once(&run, "5 B refused 1.C, nextBal is 3.A");
    assert_never(&run, "voted 1.C");
}

/// If BeginBallot goes only to processes that have promised, the two protocols never differ. A process that voted in v′
/// had promised v′ with a lower report, and so on down to null, so some promise stands between v′ and every ballot below
/// it.
#[test]
fn in_runs_of_the_protocol_alone_the_two_promises_never_part() {
    for seed in 1..=40 {
        let asks: String =
            (0..8).map(|i| format!("at {}.5 propose {} v{i}\n", i / 2, ["A", "C", "B", "D"][i % 4])).collect();
        let script = format!("protocol preliminary\nnodes 4\ndelay 0..1\nseed {seed}\nduplicates 20%\n{asks}");
        let [slides, paper] = ["slides", "paper"].map(|promise| run(&format!("{script}option promise {promise}")));
        // The two may name different promises as the one that stands against a vote; that is the only difference.
        let deeds = |run: &Run| {
            let lines: Vec<_> =
                lines(run).iter().map(|line| line.split(", nextBal").next().map(str::to_owned)).collect();
            lines
        };
        assert_eq!(deeds(&slides), deeds(&paper), "seed {seed}");
    }
}

const OUT_OF_ORDER: &str = "nodes 3\nat 0 propose C blue\nat 0.5 propose A red\n";

/// PTP §2.2 step 1b has no guard: a process answers a smaller number that comes later, and refuses only its BeginBallot.
#[test]
fn the_preliminary_protocol_answers_a_smaller_number() {
    let run = run(&format!("protocol preliminary\n{OUT_OF_ORDER}"));
    assert_once(&run, "1 B promised 1.C, last vote null");
    assert_once(&run, "1.5 B promised 1.A, last vote null");
    assert_once(&run, "3.5 B refused 1.A, nextBal is 1.C");
}

/// PTP §2.3 step 1b: the basic protocol ignores a smaller number, because it does not remember enough to answer.
#[test]
fn the_basic_protocol_ignores_a_smaller_number() {
    let run = run(OUT_OF_ORDER);
    assert_once(&run, "1.5 B refused 1.A, nextBal is 1.C");
    assert_never(&run, "B promised 1.A");
}

/// A process may have several ballots under way here; in the basic protocol it has only its last one.
#[test]
fn the_preliminary_protocol_has_several_ballots_under_way() {
    let script = "nodes 3\nat 0 propose A red\nat 0.5 propose A red\ndrop NextBallot A->B #2\ndrop NextBallot A->C #2";
    let (preliminary, basic) = (run(&format!("protocol preliminary\n{script}")), run(script));
    assert_once(&preliminary, "2 A began 1.A \"red\" with quorum A B");
    // A's own promise of 2.A keeps A from voting in 1.A, and without A's vote Q is not complete.
    assert_once(&preliminary, "2 A refused 1.A, nextBal is 2.A");
    assert_never(&basic, "began");
    assert_eq!([&preliminary, &basic].map(|run| learned_at(run, 1, node("A"))), [None; 2]);
}

/// PTP §2.2: a process never forgets what it said, so it answers a question that comes twice two times, and alike.
#[test]
fn the_preliminary_protocol_answers_a_question_again() {
    let script =
        "protocol preliminary\nnodes 2\nat 0 propose A red\nduplicate NextBallot A->B #1 +2\ndrop LastVote B->A #1";
    let run = run(script);
    assert_once(&run, "1 B send LastVote 1.A null to A");
    assert_once(&run, "3 B send LastVote 1.A null to A");
    assert_eq!(learned_at(&run, 1, node("B")), Some(Time::deltas(7)));
}
