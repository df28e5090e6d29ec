//! How long after T_el everybody knows: 5Δ, 9Δ, and the conditions for these bounds.
//!
//! T_el is 0 in most of these scripts: A leads from the start, and the messages of older ballots come out of the network.

use paxos_playground::types::Time;

use super::{all_learned_at, assert_never, assert_once, deltas, learned_at, lines, node, run};

/// One old ballot of C on its way to B, which lands this long after T_el.
fn stale(arrival: &str, options: &str) -> String {
    format!(
        "protocol complete\nnodes 3\n{options}at 0 crash C\nat 0 propose A red\nat 0 inject NextBallot C->B 1.C after {arrival}"
    )
}

/// Slides, "Complete protocol": with one leader and no old message under way, a ballot takes 5Δ from T_el on.
#[test]
fn a_fresh_leader_without_stale_ballots_takes_five_deltas() {
    for nodes in 2..=9 {
        let script = format!("protocol complete\nnodes {nodes}\nleader none\nat 1 propose A red\nat 3 leader A");
        let run = run(&script);
        assert_eq!(learned_at(&run, 1, node("A")), Some(Time::deltas(7)), "{nodes} nodes");
        assert_eq!(all_learned_at(&run, 1, "A B"), Time::deltas(8), "{nodes} nodes");
    }
}

/// Slides, "in the worst case, the leader receives a NACK for (2a), 4Δ after T_el", and succeeds 5Δ after that. Step by
/// step: C begins a ballot just before T_el, unheard by A, and crashes; T_el is 1Δ.
#[test]
fn the_execution_that_reaches_nine_deltas_step_by_step() {
    let run = run("protocol complete
        nodes 3
        leader C
        at 0.9  propose C blue
        at 0.9  crash C
        at 1    leader A
        at 1    propose A red
        drop    NextBallot C->A #1
        delay   NextBallot C->B #1 1.100001");
    let steps = [
        // Before T_el: C, which thinks it leads, starts a larger ballot. Its NextBallot to A is lost.
        "0.9 C tried 1.C",
        "0.9 C crash",
        "1.4 A lose NextBallot 1.C from C: dropped",
        // T_el: A leads, and asks for promises with a smaller number.
        "1 A tried 1.A",
        "1 A promised 1.A, last vote null",
        // T_el + Δ: B promises A's ballot, and an instant later a larger one. Its answer to C is lost, because C has
        // crashed.
        "2 B promised 1.A, last vote null",
        "2 B send LastVote 1.A null to A",
        "2.000001 B promised 1.C, last vote null",
        // T_el + 2Δ: A has a quorum.
        "3 A began 1.A \"red\" with quorum A B",
        // T_el + 3Δ: B must refuse.
        "4 B refused 1.A, nextBal is 1.C",
        "4 B send Nack 1.A, nextBal is 1.C to A",
        // T_el + 4Δ: the Nack comes, and the timer runs out; the new number is larger than all others.
        "5 A receive Nack 1.A, nextBal is 1.C from B",
        "5 A timer phase 2",
        "5 A tried 2.A",
        // The new ballot takes 5Δ, as always.
        "6 B promised 2.A, last vote null",
        "7 A began 2.A \"red\" with quorum A B",
        "8 B voted 2.A \"red\"",
        "9 A learned \"red\" by ballot 2.A",
        "10 B learned \"red\" by ballot 2.A",
    ];
    steps.iter().for_each(|step| assert_once(&run, step));
    let lines = lines(&run);
    let place = |step: &str| lines.iter().position(|line| line == step);
    assert!(place("5 A receive Nack 1.A, nextBal is 1.C from B") < place("5 A timer phase 2"));
}

/// The same bound when no message is older than Δ: the old ballot lands at T_el + Δ, just after A's ballot, which was
/// sent before.
#[test]
fn nine_deltas_are_reached_within_the_delay_bound() {
    let run = run("protocol complete
        nodes 3
        leader none
        at 0  propose A red
        at 1  leader A
        at 1  inject NextBallot C->B 1.C after 1
        at 1  crash C");
    assert_once(&run, "2 B promised 1.A, last vote null");
    assert_once(&run, "2 B promised 1.C, last vote null");
    assert_eq!(all_learned_at(&run, 1, "A B"), Time::deltas(10));
}

/// PTP §2.4: the cost of one stale ballot depends only on the instant at which it reaches B. Before B's promise the Nack
/// answers 1a, between promise and vote the Nack answers 2a, and after the vote the stale ballot is too late to harm.
#[test]
fn a_stale_ballot_costs_two_or_four_deltas_or_nothing_by_its_arrival() {
    let table = [
        ("0", 7),
        ("0.5", 7),
        ("0.999999", 7),
        ("1.000001", 9),
        ("2", 9),
        ("2.999999", 9),
        ("3.000001", 5),
        ("4.5", 5),
        ("50", 5),
    ];
    for (arrival, total) in table {
        for restart in ["", "option restart any-nack\n"] {
            let run = run(&stale(arrival, restart));
            assert_eq!(all_learned_at(&run, 1, "A B"), Time::deltas(total), "{arrival} {restart}");
        }
    }
}

/// A ballot that fails has met a larger number that its leader did not know, and the leader's next ballot is above that
/// number. So with k stale ballots the bound is T_el + 5Δ + 4kΔ, however late they arrive. The bound is reached: each
/// stale ballot arrives between 1b and 2a.
#[test]
fn k_stale_ballots_cost_four_deltas_each() {
    for (nodes, crashed) in [(3, "C"), (5, "D E")] {
        let last = crashed.split(' ').next_back().expect("a node");
        for restart in ["timer", "any-nack"] {
            for k in 0..=3 {
                let down: String = crashed.split(' ').map(|name| format!("at 0 crash {name}\n")).collect();
                let stale: String = (1..=k)
                    .map(|i| format!("at 0 inject NextBallot {last}->B {i}.{last} after {}\n", 4 * i - 2))
                    .collect();
                let run = run(&format!(
                    "protocol complete\nnodes {nodes}\noption restart {restart}\n{down}at 0 propose A red\n{stale}"
                ));
                let all = if nodes == 3 { "A B" } else { "A B C" };
                assert_eq!(all_learned_at(&run, 1, all), Time::deltas(5 + 4 * k), "{nodes} nodes, {restart}, k = {k}");
                assert_once(&run, &format!("{} A tried {}.A", 4 * k, k + 1));
            }
        }
    }
}

/// No arrival of two stale ballots at three processes, in steps of Δ/4, costs more than 5Δ + 2 · 4Δ; that bound can be
/// reached.
#[test]
fn two_stale_ballots_never_cost_more_than_thirteen_deltas() {
    let mut worst = Time::ZERO;
    for first in 0..=32 {
        for second in 0..=32 {
            let quarter = |count: u32| format!("{}.{:02}", count / 4, count % 4 * 25);
            let script = format!(
                "{}\nat 0 inject NextBallot C->B 2.C after {}\nuntil 20",
                stale(&quarter(first), ""),
                quarter(second)
            );
            worst = worst.max(all_learned_at(&run(&script), 1, "A B"));
        }
    }
    assert_eq!(worst, Time::deltas(13));
}

/// When all know, if two stale ballots reach B at these instants and B's LastVote takes this long. B hears each of them
/// and answers 2a at once, so its Nack names the first one while the second is still to come.
fn two_stale(options: &str, last_vote: &str, first: &str, second: &str) -> Time {
    let script = format!(
        "{}\nat 0 inject NextBallot C->B 2.C after {second}
        delay NextBallot A->B #1 0\ndelay LastVote B->A #1 {last_vote}\ndelay BeginBallot A->B #1 0",
        stale(first, options)
    );
    let run = run(&script);
    assert_once(&run, &format!("{last_vote} B send Nack 1.A, nextBal is 1.C to A"));
    all_learned_at(&run, 1, "A B")
}

/// The slides' 9Δ is for one stale ballot. With two stale ballots, and a leader that waits for its timer, the bound is
/// 10Δ, although all old messages are gone by T_el + Δ: exactly 10Δ when the second ballot comes an instant later, and an
/// instant less when it comes in time.
#[test]
fn two_stale_ballots_cost_ten_deltas_when_the_leader_waits_for_its_timer() {
    assert_eq!(two_stale("", "1", "0.9", "1.000001"), Time::deltas(10));
    assert_eq!(two_stale("", "0.999999", "0.9", "1"), deltas("9.999999"));
}

/// A leader of three that starts a new ballot on any Nack stays within 9Δ, whatever it meets by T_el + Δ.
#[test]
fn two_stale_ballots_cost_nine_deltas_when_any_nack_starts_a_new_ballot() {
    assert_eq!(two_stale("option restart any-nack\n", "1", "0.9", "1.000001"), Time::deltas(9));
    for first in 0..=8 {
        for second in 0..=8 {
            let eighth = |count: u32| format!("0.{:03}", count * 125).replace("0.1000", "1");
            let second = format!("\nat 0 inject NextBallot C->B 2.C after {}", eighth(second));
            let script = stale(&eighth(first), "option restart any-nack\n") + &second;
            assert!(all_learned_at(&run(&script), 1, "A B") <= Time::deltas(9), "{script}");
        }
    }
}

/// PTP's own count is 22 + 22 + 55 minutes, 2Δ + 2Δ + 5Δ: the leader is in an older ballot of its own, and its next
/// ballot is refused in phase 1. Here the old ballot gets no answers.
#[test]
fn a_leader_in_an_older_ballot_takes_two_and_two_and_five() {
    let run = run("protocol complete
        nodes 3
        at 0  crash C
        at 0  propose A red
        at 0  inject NextBallot C->B 2.C after 1
        drop  NextBallot A->B #1");
    assert_once(&run, "2 A tried 2.A");
    assert_once(&run, "3 B refused 2.A, nextBal is 2.C");
    assert_once(&run, "4 A tried 3.A");
    assert_eq!(all_learned_at(&run, 1, "A B"), Time::deltas(9));
}

/// "If enough messages were delivered": each loss that breaks the majority costs 2Δ in phase 1 and 4Δ in phase 2.
#[test]
fn a_lost_majority_costs_two_or_four_deltas() {
    let script = "protocol complete\nnodes 3\nat 0 propose A red\n";
    let lost = |kind: &str, to_leader: bool| {
        let links = if to_leader { ["B->A", "C->A"] } else { ["A->B", "A->C"] };
        links.map(|link| format!("drop {kind} {link}\n")).concat()
    };
    for (kind, to_leader, total) in
        [("NextBallot", false, 7), ("LastVote", true, 7), ("BeginBallot", false, 9), ("Voted", true, 9)]
    {
        let run = run(&format!("{script}{}", lost(kind, to_leader)));
        assert_eq!(all_learned_at(&run, 1, "A B C"), Time::deltas(total), "{kind}");
    }
}

/// "A majority of processes didn't fail" is enough when BeginBallot goes to everybody. When it goes to Q only, a member of
/// Q that fails after its promise costs 4Δ.
#[test]
fn a_failing_quorum_member_costs_four_deltas_when_only_the_quorum_is_asked() {
    let script = "protocol complete\nnodes 5\nat 0 propose A red\nat 1.5 crash B\n";
    let (all, quorum) = (run(script), run(&format!("{script}option phase-2 quorum")));
    assert_eq!(all_learned_at(&all, 1, "A C D E"), Time::deltas(5));
    assert_eq!(all_learned_at(&quorum, 1, "A C D E"), Time::deltas(9));
    assert_never(&all, "timer");
    assert_once(&quorum, "4 A timer phase 2");
}
