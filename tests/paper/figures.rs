//! The origin of a decision's figures, and the processes that the figures speak of.

use paxos_playground::latency::Decision;
use paxos_playground::types::Time;

use super::{assert_never, assert_once, decision, deltas, node, run};

/// "All" means the nodes that are up at the end. No decision waits for a node that crashed for good, and a node that
/// learned late and crashed afterwards is not the last of them. A decision waits in vain for a node that is back and
/// knows nothing.
#[test]
fn all_leaves_out_who_is_down_at_the_end() {
    let all_learned = |lines: &str| decision(&run(&format!("nodes 4\nat 0 propose A red\n{lines}"))).all_learned;
    let late = "delay Success A->D #1 3\n";
    assert_eq!(all_learned(""), Some(deltas("5")));
    assert_eq!(all_learned("at 1.5 crash D"), Some(deltas("5")), "D is down and has not learned");
    assert_eq!(all_learned("at 1.5 crash D\nat 8 restart D"), None, "D is up and has not learned");
    assert_eq!(all_learned(late), Some(deltas("7")), "D is up and learned last");
    assert_eq!(all_learned(&format!("{late}at 8 crash D")), Some(deltas("5")), "D learned last and is down");
    assert_eq!(all_learned(&format!("{late}at 8 crash D\nat 9 restart D")), Some(deltas("7")), "D is up again");
    let everybody = "at 6 crash A\nat 6 crash B\nat 6 crash C\nat 6 crash D";
    assert_eq!(all_learned(everybody), None, "nobody is up");
}

/// A crash between persisting and sending leaves a node out like any other crash.
#[test]
fn all_leaves_out_who_crashed_before_sending() {
    let run = run("nodes 4\nat 0 propose A red\nat 0.5 crash D before-send");
    assert_eq!(decision(&run).all_learned, Some(deltas("5")));
}

/// The times until the leader knew, until everybody knew, and until the client had its answer.
fn from_client(decision: &Decision) -> [Option<Time>; 3] {
    let latency = decision.from_client();
    [latency.leader, latency.all, latency.client]
}

/// A client that asks again for the same decree has waited since its first request, and the node that was asked first
/// answers.
#[test]
fn latency_counts_from_the_first_of_several_requests_for_the_same_decree() {
    let lost = "drop NextBallot A->B #1\ndrop NextBallot A->C #1";
    let again = decision(&run(&format!("nodes 3\n{lost}\nat 1 propose A red\nat 6 propose A red")));
    assert_eq!((again.asked, again.ballot_start), (Some((node("A"), deltas("1"))), Some(deltas("6"))));
    assert_eq!(from_client(&again), ["9", "10", "9"].map(|time| Some(deltas(time))));

    let asks = "at 1 propose B red\nat 2 propose A red";
    let elsewhere = decision(&run(&format!("protocol complete\nnodes 3\nleader none\n{asks}\nat 3 leader A")));
    assert_eq!(elsewhere.asked, Some((node("B"), deltas("1"))));
    assert_eq!(from_client(&elsewhere), ["6", "7", "7"].map(|time| Some(deltas(time))));
}

/// PTP §2.4: a stale ballot costs time where it refuses a ballot of the leader. A stale ballot that refuses a third
/// process's ballot, at a node that the leader's ballot does not reach, costs the leader nothing.
#[test]
fn k_counts_only_refusals_of_the_leader_s_own_ballots() {
    let script = "protocol complete
        nodes 5
        at 0 propose A red
        at 0 inject NextBallot E->C 1.E after 0.5
        at 0 inject NextBallot D->C 1.D after 0.75
        drop BeginBallot A->C #1";
    let other = run(&format!("{script}\ndrop NextBallot A->C #1"));
    assert_once(&other, "0.75 C refused 1.D, nextBal is 1.E");
    assert_never(&other, "refused 1.A");
    assert_eq!(decision(&other).stale, 0);

    let both = run(script);
    assert_once(&both, "0.75 C refused 1.D, nextBal is 1.E");
    assert_once(&both, "1 C refused 1.A, nextBal is 1.E");
    assert_eq!(decision(&both).stale, 1);
}
