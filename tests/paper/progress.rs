//! Progress of the parliament: a leader that stays fills gaps, no ballot starts without work, and requests find their
//! way.

use paxos_playground::types::Time;

use super::{all_learned_at, assert_never, assert_once, count, learned_at, lines, node, run, run_in_spite_of};
use paxos_playground::scenario::library;

fn built_in(name: &str) -> paxos_playground::sim::Run {
    let text = library::find(name).expect("built in").text;
    run(text.split_once('\n').expect("a head").1)
}

/// The number of ballots that were started.
fn ballots(run: &paxos_playground::sim::Run) -> usize {
    lines(run).iter().filter(|line| line.contains(" tried ")).count()
}

/// PTP §3.1: a president fills gaps with olive-day decrees. A president that learns of a later place by another's ballot,
/// and stays president, fills the gap by one ballot when it next catches up.
#[test]
fn a_leader_that_stays_fills_a_gap_by_one_ballot() {
    let run = built_in("gap-behind-leader");
    assert_once(&run, "12.5 A tried 2.A");
    assert_once(&run, "14.5 A began [1] 2.A olive-day with quorum A C");
    assert_once(&run, "17.5 C answers the client of \"y\"");
    assert_eq!(ballots(&run), 3);
}

/// The same for each message that can tell of the later place: Success, votes that go to everybody, or a BeginBallot that
/// the leader has not promised and does not vote for (`guard strict`), and that carries Success. If the leader had
/// promised a larger ballot, it would have started another one in any case.
#[test]
fn a_gap_is_filled_whatever_the_later_place_was_learned_by() {
    let gap = |protocol: &str| {
        run(&format!(
            "protocol {protocol}\nnodes B A C\nleader A\nat 1.5 leader A B\ndrop NextBallot B->A #1\nat 3 propose C y
            at 3.9 propose B x\ndrop BeginBallot B->A #1\ndrop BeginBallot B->C #1\ndrop BeginBallot B->A #2
            delay Voted C->B #1 0.5\nat 5.8 crash B\nat 7 leader A\nuntil 40"
        ))
    };
    let piggyback = "multi\noption success piggyback\noption guard strict\nat 5.6 propose B z";
    for protocol in ["multi", piggyback, "multi\noption restart any-nack", "broadcast"] {
        let run = gap(protocol);
        let text = run.trace().text();
        assert_eq!(learned_at(&run, 2, node("A")).map(|time| time < Time::deltas(7)), Some(true), "{protocol}: {text}");
        assert!(lines(&run).iter().any(|line| line.ends_with("C answers the client of \"y\"")), "{protocol}: {text}");
        assert_eq!(ballots(&run), 3, "{protocol}: {text}");
    }
}

/// A vote far ahead leaves a gap wider than the window: olive-day decrees fill it one by one, while the leader begins the
/// decree of that vote at once (B3).
#[test]
fn a_gap_wider_than_the_window_is_filled_as_the_window_allows() {
    let script = "protocol multi\noption window 1\nnodes 3\nleader none\nat 0 propose C z\n\
        at 0 inject BeginBallot C->B 1.C [4] \"z\"\nat 0 crash C\nat 2 leader A\nuntil 30";
    let run = run_in_spite_of(script, &["voted-only-if-begun"]);
    for (time, place) in [(6, 1), (8, 2), (10, 3)] {
        assert_once(&run, &format!("{time} A began [{place}] 2.A olive-day with quorum A B"));
    }
    assert_once(&run, "6 A began [4] 2.A \"z\" with quorum A B");
    assert_eq!(ballots(&run), 2);
}

const REFUSED: &str = "protocol complete\noption restart any-nack\nnodes 3\nat 0 propose A red
    at 0 inject NextBallot B->C 4.B after 2.5\n";

/// A passed decree stays passed: a leader that knows it starts no other ballot, and tells every process that refuses the
/// ballot that passed it.
#[test]
fn a_settled_leader_starts_no_ballot_and_tells_who_refuses() {
    for after in ["", "at 4.5 partition A | B C\n"] {
        let run = run(&format!("{REFUSED}{after}until 40"));
        assert_eq!(ballots(&run), 1);
    }
    let run = run(&format!("{REFUSED}drop Success A->C #1\nuntil 40"));
    assert_eq!(all_learned_at(&run, 1, "A B C"), Time::deltas(5));
}

/// The same with the timer: A is in phase 1 when it learns what B passed, and is cut off before its promises come. A has
/// nothing left to find out, so it does not try again every 2Δ.
#[test]
fn a_ballot_under_way_ends_when_the_decree_is_known() {
    let run = run("protocol complete\nnodes 3\nleader A B\nat 0 propose B red\nat 4.5 propose A blue\n\
                   at 5.1 partition A | B C\nuntil 40");
    assert_eq!(learned_at(&run, 1, node("A")), Some(Time::deltas(5)));
    assert_eq!(ballots(&run), 2, "{}", run.trace().text());
}

/// A is told of the decree during its ballot, by the processes that it asked when it came back. E has refused that ballot
/// before, and no process has told E of the decree: A tells it.
#[test]
fn whoever_refused_a_ballot_is_told_when_the_decree_is_known() {
    let run = run(
        "protocol complete\nnodes 5\nleader B\ndelay A->E 0.5\ndelay E->A 0.4\nat 0 crash A\nat 0 cut B->E\n\
                   at 0 inject NextBallot C->E 10.C after 0\nat 0 propose B red\nat 6 heal\nat 6 leader A\nat 6 restart A\n\
                   at 6 propose A blue\nuntil 40",
    );
    assert_once(&run, "6.5 E send Nack 1.A, nextBal is 10.C to A");
    assert_eq!(learned_at(&run, 1, node("A")), Some(Time::deltas(8)));
    assert_eq!(learned_at(&run, 1, node("E")), Some(Time(8_500_000)));
    assert_eq!(ballots(&run), 2, "{}", run.trace().text());
}

/// PTP §3.1: a command stands in one place. A client asks B for x while B's phase 1 runs, and B learns meanwhile that x
/// has passed.
#[test]
fn a_command_that_is_learned_while_it_is_queued_is_not_begun_again() {
    let run = run("protocol multi\noption window 1\nnodes 3\nat 3 propose A x\nat 3 propose C y\nat 4.5 leader B");
    let elsewhere = |line: &&String| line.contains(" began [") && !line.contains("[1]") && line.contains("\"x\"");
    assert_eq!(lines(&run).iter().filter(elsewhere).count(), 0, "{}", run.trace().text());
}

/// A leader of a ledger with nothing to do starts no ballot on a Nack: it only remembers the number.
#[test]
fn a_leader_of_a_ledger_with_nothing_to_do_starts_no_ballot() {
    let run = run(
        "protocol multi\noption restart any-nack\nnodes 3\nat 3 propose A x\nat 0 inject NextBallot B->C 4.B after 3.5
        at 6 partition A | B C\nuntil 40",
    );
    assert_once(&run, "4 C refused 1.A, nextBal is 4.B");
    assert_eq!(ballots(&run), 1);
}

/// A takes B for the leader, because A does not hear C; B knows that C leads and passes the request on.
#[test]
fn a_request_is_passed_on_to_whoever_leads() {
    let run = built_in("request-passed-on");
    assert_once(&run, "6 B send Forward \"red\" to C");
    assert_eq!(all_learned_at(&run, 1, "B C"), Time::deltas(12));
    assert_eq!(learned_at(&run, 1, node("A")), Some(Time::deltas(15)));
}

/// Each hop has a higher name than the one before, up to the highest; each hop takes one message.
#[test]
fn a_request_goes_from_hop_to_hop_and_never_back() {
    let cuts: String = ["A-C", "A-D", "A-E", "B-D", "B-E", "C-E"]
        .iter()
        .map(|pair| pair.split_once('-').expect("a pair"))
        .map(|(one, other)| format!("at 0 cut {one}->{other}\nat 0 cut {other}->{one}\n"))
        .collect();
    let run = run(&format!("protocol multi\noption election heartbeat\nnodes 5\n{cuts}at 6 propose A x\nuntil 13.5"));
    for hop in ["6 A send Request [1] \"x\" to B", "7 B send Forward [1] \"x\" to C", "8 C send Forward [1] \"x\" to D"]
    {
        assert_once(&run, hop);
    }
    assert_once(&run, "9 D send Forward [1] \"x\" to E");
    assert_eq!(lines(&run).iter().filter(|line| line.contains("send Forward")).count(), 3);
}

/// The oracle may name leaders in a circle; a request does not follow it.
#[test]
fn a_request_does_not_follow_an_oracle_that_goes_round() {
    let run = run(
        "protocol multi\nnodes 4\nat 5 propose D x\nat 5.5 leader B\nat 6.5 leader C\nat 7.5 leader A\nat 8.5 leader B
        until 9",
    );
    assert_once(&run, "6 A send Forward [1] \"x\" to B");
    assert_once(&run, "7 B send NoLeader [1] \"x\" to A");
    assert_eq!(count(&run, "8 C send Forward [1] \"x\" to A"), 0);
}

/// Where no process is known to lead, a request is refused, and its client asks again when a process leads.
#[test]
fn a_request_is_refused_where_nobody_leads() {
    let run = run("protocol multi\nnodes 3\nat 3 propose C x\nat 3.5 leader none\nat 6 leader B\nuntil 20");
    assert_once(&run, "4 A send NoLeader [1] \"x\" to C");
    assert_never(&run, "send Forward");
    assert_once(&run, "6 C send Request [1] \"x\" to B");
    assert!(lines(&run).iter().any(|line| line.ends_with("C answers the client of \"x\"")));
}
