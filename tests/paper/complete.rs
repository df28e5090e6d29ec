//! The complete protocol: timers, Nacks, and the choice of the leader.

use paxos_playground::protocol::Fact;
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, NodeSet, Time};

use super::{all_learned_at, assert_never, assert_once, deltas, facts, learned_at, node, run};

const ALONE: &str = "protocol complete\nnodes 3\nat 0 propose A red\n";

/// Slides, "if not enough responses to (1a) or (2a) arrive after 2Δ": a response that takes exactly 2Δ is in time.
#[test]
fn a_response_after_exactly_two_deltas_is_in_time() {
    let run = run(ALONE);
    assert_once(&run, "2 A began 1.A \"red\" with quorum A B");
    assert_once(&run, "4 A learned \"red\" by ballot 1.A");
    assert_never(&run, "timer");
    assert_never(&run, "tried 2.A");
}

/// One tick more is too late, in either phase.
#[test]
fn a_response_a_tick_later_is_not_in_time() {
    for (kind, timer, at) in [("LastVote", "phase 1", "2"), ("Voted", "phase 2", "4")] {
        let late = run(&format!("{ALONE}delay {kind} B->A #1 1.000001\ndelay {kind} C->A #1 1.000001"));
        assert_once(&late, &format!("{at} A timer {timer}"));
        assert_once(&late, &format!("{at} A tried 2.A"));
        assert_eq!(all_learned_at(&late, 1, "A B C"), deltas(at).plus(Time::deltas(5)));
    }
}

/// Slides, "NACKs to (1a) or (2a) may have carried B_bal": a Nack to a 1a, 2Δ after the 1a was sent.
#[test]
fn a_nack_to_a_1a_carries_what_was_promised() {
    let run =
        run("protocol complete\nnodes 3\nat 0 crash C\nat 0 inject NextBallot C->B 3.C after 0\nat 1 propose A red");
    assert_once(&run, "2 B refused 1.A, nextBal is 3.C");
    assert_once(&run, "3 A receive Nack 1.A, nextBal is 3.C from B");
    assert_once(&run, "3 A tried 4.A");
    assert_eq!(all_learned_at(&run, 1, "A B"), Time::deltas(8));
}

/// A Nack to a 2a, 4Δ after the ballot's start.
#[test]
fn a_nack_to_a_2a_carries_what_was_promised() {
    let run =
        run("protocol complete\nnodes 3\nat 0 crash C\nat 0 inject NextBallot C->B 3.C after 2.5\nat 1 propose A red");
    assert_once(&run, "3 A began 1.A \"red\" with quorum A B");
    assert_once(&run, "4 B refused 1.A, nextBal is 3.C");
    assert_once(&run, "5 A receive Nack 1.A, nextBal is 3.C from B");
    assert_once(&run, "5 A tried 4.A");
    assert_eq!(all_learned_at(&run, 1, "A B"), Time::deltas(10));
}

/// PTP §2.4: with `any-nack` the leader does not wait for its timer.
#[test]
fn any_nack_starts_a_new_ballot_at_once() {
    let script = "protocol complete\nnodes 3\nat 0 crash C\nat 0 inject NextBallot C->B 3.C after 0\nat 1 propose A red
        delay Nack B->A #1 0.25\n";
    assert_once(&run(script), "3 A tried 4.A");
    assert_once(&run(&format!("{script}option restart any-nack")), "2.25 A tried 4.A");
}

/// The processes that think they lead at the end of an instant.
fn leaders(run: &Run, at: Time) -> NodeSet {
    let mut leaders = NodeSet::EMPTY;
    for (time, node, fact) in facts(run) {
        match fact {
            Fact::Leads(true) if time <= at => {
                leaders.insert(node);
            }
            Fact::Leads(false) if time <= at => leaders.remove(node),
            _ => {}
        }
    }
    leaders
}

/// PTP §2.4: if no process fails or comes back, there is exactly one leader after T = 4Δ. It has the highest name.
#[test]
fn exactly_one_process_leads_after_t() {
    for nodes in 1..=9 {
        for delay in ["1", "0", "0.1..1"] {
            let run =
                run(&format!("protocol complete\nnodes {nodes}\noption election heartbeat\ndelay {delay}\nuntil 30"));
            let highest: NodeSet = NodeId::all(nodes).next_back().into_iter().collect();
            for at in 4..30 {
                assert_eq!(leaders(&run, Time::deltas(at)), highest, "{nodes} nodes, {delay}, at {at}");
            }
        }
    }
}

/// When the leader fails, there is one leader again T after the last sign of life of the old one: at most T + Δ after the
/// failure.
#[test]
fn a_leader_that_fails_is_replaced_after_t() {
    for crash in 1..=24 {
        let at = Time(Time::DELTA.0 * crash / 4);
        let run = run(&format!("protocol complete\nnodes 4\noption election heartbeat\nat {at} crash D\nuntil 30"));
        let c: NodeSet = [node("C")].into_iter().collect();
        let mut living = leaders(&run, at.plus(Time::deltas(5)));
        living.remove(node("D"));
        assert_eq!(living, c, "crash at {at}");
        let takes_over = facts(&run).into_iter().find(|(_, by, fact)| (*by, *fact) == (node("C"), Fact::Leads(true)));
        // The leader's heartbeats leave every 3Δ, the first at once; they take Δ, and the others miss them after 4Δ.
        let last_beat = (at.0 - 1) / Time::deltas(3).0 * 3;
        assert_eq!(takes_over.map(|(time, ..)| time), Some(Time::deltas(last_beat + 5)), "crash at {at}");
    }
}

/// T_el + 5Δ with the election before it: D takes over at T_el, and its client's decree is known everywhere 5Δ later.
#[test]
fn the_first_decree_of_an_elected_leader_takes_five_deltas_from_t_el() {
    let run =
        run("protocol complete\nnodes 5\noption election heartbeat\nat 4.5 crash E\nat 5 propose D red\nuntil 20");
    assert_once(&run, "8 D leads");
    assert_once(&run, "8 D tried 1.D");
    assert_eq!(all_learned_at(&run, 1, "A B C D"), Time::deltas(13));
}

/// A process that comes back leads again at once if it hears of no process with a higher name, and the others follow.
#[test]
fn the_highest_name_leads_again_when_it_comes_back() {
    let run = run("protocol complete\nnodes 3\noption election heartbeat\nat 1 crash C\nat 10 restart C\nuntil 30");
    assert_once(&run, "5 B leads");
    assert_once(&run, "10 C leads");
    assert_once(&run, "11 B follows");
}

/// Slides, "a single process (leader) should be the only one initiating ballots": two processes that think they lead
/// disturb each other, and yet they never disagree; a single leader makes progress.
#[test]
fn two_leaders_disturb_each_other_and_stay_safe() {
    for (script, at) in [("leader A B\n", None), ("leader A\n", Some(Time::deltas(5)))] {
        let run =
            run(&format!("protocol complete\nnodes 3\n{script}at 0 propose A red\nat 1.5 propose B blue\nuntil 40"));
        let all = ["A", "B", "C"].map(|name| learned_at(&run, 1, node(name)));
        match at {
            Some(at) => assert_eq!(all.into_iter().max().flatten(), Some(at)),
            None => assert!(all.iter().all(|time| *time > Some(Time::deltas(5))), "{all:?}"),
        }
    }
}

/// "And if the leader didn't fail": when the leader fails, the next one finds its vote, and takes 5Δ from its own T_el
/// on.
#[test]
fn the_next_leader_passes_what_the_last_one_began() {
    let run = run("protocol complete\nnodes 3\nat 0 propose A red\nat 3.5 crash A\nat 5 leader B\nat 5 propose B blue");
    assert_once(&run, "7 B began 2.B \"red\" with quorum B C");
    assert_eq!(all_learned_at(&run, 1, "B C"), Time::deltas(10));
}

/// The next leader begins at once when it has voted, although nobody asks it for anything.
#[test]
fn a_leader_that_has_voted_begins_at_once() {
    let run = run("protocol complete\nnodes 3\nat 0 propose A red\nat 3.5 crash A\nat 5 leader B\n");
    assert_once(&run, "5 B tried 2.B");
    assert_eq!(learned_at(&run, 1, node("B")), Some(deltas("9")));
}
