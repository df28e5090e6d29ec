//! Steady state: how many Δ and how many messages a decree takes, protocol by protocol.

use paxos_playground::protocol::Fact;
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, Time};

use super::{assert_once, facts, learned_at, node, run, sent_within};

/// One decree, requested at 10Δ, when phase 1 is long over.
fn steady(protocol: &str, nodes: usize, at: &str) -> Run {
    run(&format!("protocol {protocol}\nnodes {nodes}\nat 10 propose {at} red"))
}

/// When each node learned the decree, from 10Δ on.
fn learned(run: &Run, nodes: usize) -> Vec<Time> {
    let since = |node| learned_at(run, 1, node).expect("it learns").since(Time::deltas(10));
    NodeId::all(nodes).map(since).collect()
}

/// The leader's time first, then the followers' times.
fn leader_and_followers(leader: u64, followers: u64, nodes: usize) -> Vec<Time> {
    let mut times = vec![Time::deltas(followers); nodes];
    times[0] = Time::deltas(leader);
    times
}

/// Slides, "this brings the protocol latency, on most cases, down to 3Δ".
#[test]
fn a_decree_of_many_takes_three_deltas() {
    for nodes in 2..=9 {
        let run = steady("multi", nodes, "A");
        assert_eq!(learned(&run, nodes), leader_and_followers(2, 3, nodes), "{nodes} nodes");
    }
}

/// A client at another process has its answer after 4Δ: one for the Request, three for the decree.
#[test]
fn a_client_elsewhere_waits_four_deltas() {
    for nodes in 2..=9 {
        let run = steady("multi", nodes, "B");
        assert_once(&run, "14 B answers the client of \"red\"");
        assert_eq!(learned(&run, nodes), leader_and_followers(3, 4, nodes), "{nodes} nodes");
    }
}

/// A client at the leader itself waits 2Δ, whether votes go to everybody or not.
#[test]
fn a_client_at_the_leader_waits_two_deltas() {
    for protocol in ["multi", "broadcast"] {
        for nodes in 2..=9 {
            assert_once(&steady(protocol, nodes, "A"), "12 A answers the client of \"red\"");
        }
    }
}

/// Slides, "if each process sent messages (2b) to every other one, we'd have 2Δ": for all, from four processes on.
#[test]
fn with_votes_to_everybody_a_decree_takes_two_deltas() {
    for nodes in 4..=9 {
        let run = steady("broadcast", nodes, "A");
        assert_eq!(learned(&run, nodes), leader_and_followers(2, 2, nodes), "{nodes} nodes");
    }
}

/// With two or three processes the leader's vote and the follower's own vote are a majority: the followers know after 1Δ,
/// before the leader.
#[test]
fn with_three_processes_the_followers_know_first() {
    for nodes in [2, 3] {
        let run = steady("broadcast", nodes, "A");
        assert_eq!(learned(&run, nodes), leader_and_followers(2, 1, nodes), "{nodes} nodes");
    }
}

/// So with votes to everybody a client elsewhere waits 3Δ, and 2Δ with two or three processes.
#[test]
fn with_votes_to_everybody_a_client_elsewhere_waits_three_deltas() {
    for nodes in 2..=9 {
        let answered = if nodes <= 3 { 12 } else { 13 };
        assert_once(&steady("broadcast", nodes, "B"), &format!("{answered} B answers the client of \"red\""));
    }
}

/// A ballot with its phase 1 takes 5Δ for all, or 4Δ when votes go to everybody (3Δ for followers of two or three).
#[test]
fn the_first_decree_of_a_leader_takes_phase_1_as_well() {
    for nodes in 2..=9 {
        let first = |protocol: &str| run(&format!("protocol {protocol}\nnodes {nodes}\nat 0 propose A red"));
        let times =
            |run: &Run| NodeId::all(nodes).map(|node| learned_at(run, 1, node).expect("it learns")).collect::<Vec<_>>();
        for protocol in ["basic", "preliminary", "complete", "multi"] {
            assert_eq!(times(&first(protocol)), leader_and_followers(4, 5, nodes), "{protocol}, {nodes} nodes");
        }
        let followers = if nodes <= 3 { 3 } else { 4 };
        assert_eq!(times(&first("broadcast")), leader_and_followers(4, followers, nodes), "{nodes} nodes");
    }
}

/// All messages that a run sends for one decree, phase 1 included. Only requests for decrees that are already known would
/// be more.
fn all_messages(protocol: &str, nodes: usize, options: &str) -> usize {
    let run = run(&format!("protocol {protocol}\nnodes {nodes}\n{options}at 0 propose A red"));
    sent_within(&run, Time::ZERO, Time::deltas(1000))
}

/// PTP §2.2 and §2.3: 1a, 1b and 3 involve every process; 2a and 2b involve the quorum of m processes, or every process.
#[test]
fn messages_of_a_single_decree() {
    for nodes in 2..=9 {
        let (others, majority) = (nodes - 1, nodes / 2 + 1);
        let quorum_only = 3 * others + 2 * (majority - 1);
        assert_eq!(all_messages("preliminary", nodes, ""), quorum_only, "preliminary, {nodes} nodes");
        for protocol in ["basic", "complete"] {
            assert_eq!(all_messages(protocol, nodes, ""), 5 * others, "{protocol}, {nodes} nodes");
            let asked = all_messages(protocol, nodes, "option phase-2 quorum\n");
            assert_eq!(asked, quorum_only, "{protocol} to its quorum, {nodes} nodes");
        }
    }
}

/// Slides and PTP §3.1: what a decree costs once phase 1 is done.
#[test]
fn messages_of_a_decree_of_many() {
    for nodes in 2..=9 {
        let (others, majority) = (nodes - 1, nodes / 2 + 1);
        let within = |run: &Run| sent_within(run, Time::deltas(10), Time::deltas(1000));
        assert_eq!(within(&steady("multi", nodes, "A")), 3 * others, "{nodes} nodes");
        assert_eq!(within(&steady("broadcast", nodes, "A")), nodes * nodes - 1, "{nodes} nodes");
        assert_eq!(within(&steady("multi", nodes, "B")), 3 * others + 1, "a Request more, {nodes} nodes");
        let asked = run(&format!("protocol multi\nnodes {nodes}\noption phase-2 quorum\nat 10 propose A red"));
        assert_eq!(within(&asked), others + 2 * (majority - 1), "{nodes} nodes");
    }
}

/// PTP §3.1: Success of one decree travels on BeginBallot of the next, which leaves two messages for each other process.
#[test]
fn messages_of_a_decree_whose_success_is_piggybacked() {
    for nodes in 2..=9 {
        let asks: String = (0..5).map(|i| format!("at {} propose A d{i}\n", 10 + 3 * i)).collect();
        let run = run(&format!("protocol multi\nnodes {nodes}\noption success piggyback\n{asks}"));
        for i in 0..4 {
            let (from, to) = (Time::deltas(10 + 3 * i), Time::deltas(13 + 3 * i));
            assert_eq!(sent_within(&run, from, to), 2 * (nodes - 1), "decree {i}, {nodes} nodes");
            // The price: followers learn a decree when the leader begins the next one.
            let (leader, follower) =
                (learned_at(&run, i as u32 + 1, node("A")), learned_at(&run, i as u32 + 1, node("B")));
            assert_eq!((leader, follower), (Some(from.plus(Time::deltas(2))), Some(to.plus(Time::DELTA))));
        }
    }
}

/// Slides, "phases (1a) and (1b) can be executed for many of them": one pair of messages for each other process, ever.
#[test]
fn phase_1_is_executed_once_for_all_instances() {
    for nodes in 2..=9 {
        let asks: String = (0..20).map(|i| format!("at {} propose A d{i}\n", 3 + i)).collect();
        let run = run(&format!("protocol multi\nnodes {nodes}\n{asks}"));
        assert_eq!(sent_within(&run, Time::ZERO, Time::deltas(3)), 2 * (nodes - 1));
        assert_eq!(sent_within(&run, Time::deltas(3), Time::deltas(1000)), 20 * 3 * (nodes - 1));
        assert_eq!(facts(&run).iter().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).count(), 1);
    }
}

/// The times are bounds: with delays of at most Δ no process learns later, and with 2Δ timers no process starts a new
/// ballot.
#[test]
fn with_smaller_delays_nothing_takes_longer() {
    for seed in 1..=30 {
        for (protocol, leader, all) in [("complete", 4, 5), ("multi", 2, 3), ("broadcast", 2, 2)] {
            let run = run(&format!("protocol {protocol}\nnodes 5\ndelay 0.01..1\nseed {seed}\nat 10 propose A red"));
            let times = learned(&run, 5);
            assert!(times[0] <= Time::deltas(leader), "{protocol}, seed {seed}: {times:?}");
            assert!(times.iter().all(|time| *time <= Time::deltas(all)), "{protocol}, seed {seed}: {times:?}");
            assert_eq!(facts(&run).iter().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).count(), 1);
        }
    }
}
