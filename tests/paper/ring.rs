//! Ring Paxos (2010 and 2017): who knows when, and with how many messages and sends, to the tick.

use paxos_playground::scenario::library;

use super::*;

/// The run of a built-in scenario.
fn built_in(name: &str) -> Run {
    let text = library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text;
    run(text.trim_start_matches("paxos-playground 1\n"))
}

/// When each process learns the decree of this instance, in Δ from `since` on, in the order of the names; none for one that
/// does not.
fn learned(run: &Run, instance: u32, since: u64) -> Vec<Option<u64>> {
    let at = |node: NodeId| {
        let time = learned_at(run, instance, node)?.since(Time::deltas(since));
        assert!(time.0.is_multiple_of(Time::DELTA.0), "{time}Δ is no whole number of Δ");
        Some(time.0 / Time::DELTA.0)
    };
    NodeId::all(run.scenario().nodes()).map(at).collect()
}

/// How many messages and how many sends there are from this time on.
fn counts(run: &Run, since: u64) -> (usize, usize) {
    let trace = run.trace();
    let [all, before] =
        [trace.events().len(), trace.count_before(Time::deltas(since))].map(|end| trace.message_counts(end));
    (all.sent - before.sent, all.sends - before.sends)
}

/// One decree that A is asked for at 4Δ.
fn asked(protocol: &str, nodes: usize, more: &str) -> Run {
    run(&format!("protocol {protocol}\nnodes {nodes}\nat 4 propose A red\n{more}"))
}

/// M-Ring: the coordinator knows after f + 1 Δ, and all know one Δ later. It takes 2(n − 1) + f messages and f + 2 sends.
#[test]
fn a_ring_of_f_and_one_takes_f_and_two_deltas() {
    for f in 1..=6 {
        let (n, run) = (2 * f + 1, asked("m-ring", 2 * f + 1, ""));
        let mut times = vec![Some(f as u64 + 2); n];
        times[0] = Some(f as u64 + 1);
        assert_eq!(learned(&run, 1, 4), times, "{f}");
        assert_eq!(counts(&run, 4), (2 * (n - 1) + f, f + 2), "{f}");
    }
}

/// A client's request comes 1Δ earlier: all know f + 3 Δ after it, and then the client has its answer.
#[test]
fn a_client_of_a_ring_has_its_answer_after_f_and_three_deltas() {
    for f in 1..=6 {
        let names: Vec<_> = (0..=2 * f).map(|place| format!("M{place}")).collect();
        let run = run(&format!("protocol m-ring\nnodes {} K\nclients K\nat 4 propose K red", names.join(" ")));
        let decision = decision(&run);
        let latency = decision.from_client();
        assert_eq!((latency.all, latency.client), (Some(Time::deltas(f + 3)), Some(Time::deltas(f + 3))), "{f}");
    }
}

/// Only the processes on the ring vote: f + 1 of 2f + 1.
#[test]
fn spares_do_not_vote() {
    let run = built_in("m-ring-five");
    let voted = facts(&run).into_iter().filter(|(_, _, fact)| matches!(fact, Fact::Voted(Instance(1), _)));
    let voters: Vec<_> = voted.map(|(_, by, _)| by).collect();
    assert_eq!(voters, [node("A"), node("B"), node("C")]);
}

/// What has passed travels on the next value: no Success leaves while values follow each other.
#[test]
fn news_travels_on_the_next_value() {
    let run = built_in("m-ring-piggyback");
    // A value follows every 3Δ, A knows after 2Δ, and the news lands 1Δ after the next value has left.
    assert_eq!(
        (learned(&run, 1, 4), learned(&run, 2, 7)),
        (vec![Some(2), Some(4), Some(4)], vec![Some(2), Some(4), Some(4)])
    );
    // After the last one it leaves by itself 2Δ after A knows.
    assert_eq!(learned(&run, 3, 10), [Some(2), Some(5), Some(5)]);
    let sends = (counts(&run, 4).1, counts(&built_in("m-ring-steady"), 4).1);
    assert_eq!(sends, (3 * 2 + 1, 3 * 3));
    let window = built_in("m-ring-one-at-a-time");
    assert_eq!(
        (learned(&window, 1, 4), learned(&window, 3, 4)),
        (vec![Some(2), Some(3), Some(3)], vec![Some(6), Some(7), Some(7)])
    );
    assert_eq!(counts(&window, 4).1, 3 * 2 + 1);
}

/// U-Ring: the process whose vote completes the majority knows after f Δ, the coordinator after n Δ, and the process before the
/// first of these last, after 3f Δ. It takes 3f messages, and no process sends more than two.
#[test]
fn once_around_the_ring_is_three_f_deltas() {
    for f in 1..=6 {
        let (n, run) = (2 * f + 1, asked("u-ring", 2 * f + 1, ""));
        let at = |place: usize| if place < f { n + place } else { place };
        let times: Vec<_> = (0..n).map(|place| Some(at(place) as u64)).collect();
        assert_eq!(learned(&run, 1, 4), times, "{f}");
        assert_eq!(times.iter().max(), Some(&Some(3 * f as u64)), "{f}");
        assert_eq!(counts(&run, 4), (3 * f, 3 * f), "{f}");
        for node in NodeId::all(n) {
            let sent = run.trace().messages().iter().filter(|sent| sent.from == node && !sent.to_self());
            assert!(sent.filter(|sent| sent.sent_at >= Time::deltas(4)).count() <= 2, "{f}");
        }
    }
}

/// From the process behind the coordinator a wish makes 2f steps first.
#[test]
fn from_the_farthest_process_it_is_five_f_deltas() {
    for f in 1..=6 {
        let n = 2 * f + 1;
        let run = run(&format!("protocol u-ring\nnodes {n}\nat 4 propose B red"));
        assert_eq!(learned(&run, 1, 4).into_iter().max(), Some(Some(5 * f as u64)), "{f}");
        assert_eq!(counts(&run, 4), (5 * f, 5 * f), "{f}");
    }
}

/// A value goes only where nobody has it yet: the last message of the news carries the id alone.
#[test]
fn news_to_a_voter_carries_no_value() {
    let lines = lines(&built_in("u-ring-steady"));
    let news: Vec<_> = lines.iter().filter(|line| line.contains("send Success") && line.contains("[1]")).collect();
    let [to_spare, to_voter] = news[..] else { panic!("{news:?}") };
    assert!(to_spare.contains("A#1 \"red\"") && to_spare.ends_with("to C"), "{to_spare}");
    assert!(!to_voter.contains("red") && to_voter.ends_with("to A"), "{to_voter}");
}

/// A member of the ring is dead. The coordinator waits (r + 3)Δ, or (r + 1)Δ, for a ring of r, asks for promises, 2Δ, and gathers
/// votes along the new ring, rΔ.
#[test]
fn a_dead_member_costs_the_timer_and_two_deltas() {
    for (f, short, wait) in [(1, false, 5), (1, true, 3), (2, false, 6), (2, true, 4), (3, false, 7)] {
        let option = if short { "option ring-timer short\n" } else { "" };
        let nodes = 2 * f + 1;
        let run = run(&format!("protocol m-ring\n{option}nodes {nodes}\nat 4 crash B\nat 4 propose A red"));
        let (r, times) = (f as u64 + 1, learned(&run, 1, 4));
        assert_eq!((times[0], times[1]), (Some(wait + 2 + r), None), "{f} {short}");
        assert!(times[2..].iter().all(|time| *time == Some(wait + 2 + r + 1)), "{f} {short}: {times:?}");
    }
    assert_eq!(learned(&built_in("m-ring-member-dead"), 1, 4), [Some(9), None, Some(10)]);
}

/// A new coordinator needs promises, 2Δ, and a ring, rΔ.
#[test]
fn a_new_coordinator_needs_r_and_two_deltas() {
    for f in 1..=3 {
        let run =
            run(&format!("protocol m-ring\nnodes {}\nat 4 propose B red\nat 4 crash A\nat 6 leader B", 2 * f + 1));
        let (r, times) = (f as u64 + 1, learned(&run, 1, 6));
        assert_eq!((times[0], times[1]), (None, Some(2 + r)), "{f}");
        assert!(times[2..].iter().all(|time| *time == Some(3 + r)), "{f}: {times:?}");
    }
    assert_eq!(learned(&built_in("m-ring-coordinator-dead"), 1, 6), [None, Some(4), Some(5)]);
}

/// A member that has votes for an id without its value keeps them and asks: 2Δ. Only a long timer leaves it the time.
#[test]
fn a_member_asks_for_the_value_of_an_id() {
    let run = built_in("m-ring-lost-value");
    assert_eq!(learned(&run, 1, 4), [Some(5), Some(6), Some(6), Some(6), Some(6)]);
    assert_once(&run, "6 C send Fetch [1] to A");
    let impatient = built_in("m-ring-impatient");
    let tried: Vec<_> =
        facts(&impatient).iter().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).map(|(time, ..)| *time).collect();
    assert_eq!(tried, ["0", "8", "14"].map(deltas));
    assert_eq!(learned(&impatient, 1, 4)[0], Some(15));
}

#[test]
fn a_dead_spare_is_never_noticed() {
    assert_eq!(learned(&built_in("m-ring-spare-dead"), 1, 4), [Some(2), Some(3), None]);
}

/// A ring of all is broken: the timer of n + 1 Δ, 2Δ until the coordinator knows who is up, and once around those.
#[test]
fn a_broken_ring_of_three_takes_eight_deltas() {
    assert_eq!(learned(&built_in("u-ring-member-dead"), 1, 4), [Some(8), None, Some(7)]);
    // The process whose vote completed the majority knew before the news was lost.
    let lost = built_in("u-ring-news-lost");
    assert_eq!(learned(&lost, 1, 4), [Some(8), Some(1), None]);
    let began = facts(&lost).into_iter().filter(|(.., fact)| matches!(fact, Fact::Began { .. })).count();
    assert_eq!(began, 2, "the new ballot carries the same value");
    assert_eq!(learned(&built_in("u-ring-coordinator-dead"), 1, 6), [None, Some(4), Some(3)]);
}

/// A process that was not on the ring is on it again as soon as the coordinator hears of it.
#[test]
fn a_process_that_is_heard_is_on_the_ring_again() {
    let run = built_in("u-ring-back-again");
    assert_eq!(learned_at(&run, 1, node("B")), Some(deltas("16")), "it was told");
    assert_eq!(learned(&run, 2, 17), [Some(3), Some(1), Some(2)]);
}

/// Of two leaders that the oracle names, one takes over and the other has nothing to do any more: it starts no ballot when it
/// catches up later.
#[test]
fn a_leader_with_nothing_to_do_starts_no_ballot() {
    for protocol in ["m-ring", "u-ring"] {
        let run = run(&format!(
            "protocol {protocol}\nnodes 4\nat 7.75 leader D\nat 8 cut B->D\nat 9.85 leader D B\nat 10 propose B red\nuntil 80"
        ));
        let tried =
            facts(&run).into_iter().filter(|(time, _, fact)| *time > deltas("9.85") && matches!(fact, Fact::Tried(_)));
        assert_eq!(tried.count(), 0, "{protocol}\n{}", run.trace().text());
    }
}
