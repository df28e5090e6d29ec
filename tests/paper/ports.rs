//! Bandwidth: what waits in a port, when it leaves, and what becomes of it. Every figure is worked out by hand.

use paxos_playground::check::check;
use paxos_playground::latency;
use paxos_playground::scenario::Scenario;
use paxos_playground::sim::Run;

use super::{all_learned_at, assert_once, decision, deltas, lines, run};

/// A value takes a port 0.4Δ, and every message 0.1Δ besides; then it travels for 0.5Δ.
const PORTS: &str = "nodes 3\nheader 100B\nsize 400B\nbandwidth 1kB/Δ\ndelay 0.5Δ";

/// How many bytes nodes have sent.
fn bytes(run: &Run) -> u64 {
    run.trace().message_counts(run.trace().events().len()).bytes
}

/// The lines of the trace that tell when this message is sent and lands.
fn way(run: &Run, kind: &str) -> Vec<String> {
    let is_it = |line: &String| ["send ", "receive "].iter().any(|verb| line.contains(&format!("{verb}{kind}")));
    lines(run).into_iter().filter(is_it).collect()
}

/// The leader's port sends one message after the other; the others' ports are free.
#[test]
fn a_ballot_through_ports_takes_what_its_messages_wait_and_travel() {
    let run = run(&format!("{PORTS}\nat 0 propose A red"));
    let expected = [
        "0 A send NextBallot 1.A to A",
        "0 A send NextBallot 1.A to B, leaves at 0.1",
        "0 A send NextBallot 1.A to C, leaves at 0.2",
        "0 A receive NextBallot 1.A from A",
        "0.6 B receive NextBallot 1.A from A",
        "0.7 C receive NextBallot 1.A from A",
    ];
    assert_eq!(way(&run, "NextBallot"), expected);
    // C's promise comes too late to matter.
    assert_once(&run, "1.2 A receive LastVote 1.A null from B");
    assert_once(&run, "1.2 A send BeginBallot 1.A \"red\" to B, leaves at 1.7");
    assert_once(&run, "1.2 A send BeginBallot 1.A \"red\" to C, leaves at 2.2");
    assert_once(&run, "2.8 A receive Voted 1.A from B");
    assert_once(&run, "2.8 A send Success 1.A \"red\" to C, leaves at 3.8");
    let decision = decision(&run);
    assert_eq!(decision.all_learned, Some(deltas("4.3")));
    // 0.1 for NextBallot, 0.1 for LastVote, 0.5 for BeginBallot, 0.1 for Voted, and 1 for Success to C, behind B's.
    assert_eq!(decision.in_ports(), deltas("1.8"));
    assert_eq!(decision.phases.iter().map(|(_, took)| took.0).sum::<u64>(), deltas("2.5").0);
    // Four messages without the value, and four with it; the two LastVotes and the two Voteds are among the former.
    assert_eq!(bytes(&run), 6 * 100 + 4 * 500);
}

/// Without values only headers are sent.
#[test]
fn headers_take_time_too() {
    let lines = PORTS.replace("400B", "0B");
    let run = run(&format!("{lines}\nat 0 propose A red"));
    // Each of five messages waits for 0.1, and Success to C for 0.1 more.
    assert_eq!(decision(&run).all_learned, Some(deltas("3.1")));
    assert_eq!(bytes(&run), 10 * 100);
}

/// Two values of a ledger that are asked for at once share a port: the second one waits for the first one in each step.
#[test]
fn two_values_through_one_port_follow_one_another() {
    let setting = PORTS.replace("nodes 3", "protocol multi\nnodes 2").replace("0.5Δ", "0.25Δ");
    let run = run(&format!("{setting}\nat 4 propose A red\nat 4 propose A blue"));
    assert_once(&run, "4 A send BeginBallot 1.A [1] \"red\" to B, leaves at 4.5");
    assert_once(&run, "4 A send BeginBallot 1.A [2] \"blue\" to B, leaves at 5");
    // The second vote waits for nothing: the first one has left when it is cast.
    assert_once(&run, "4.75 B send Voted 1.A [1] to A, leaves at 4.85");
    assert_once(&run, "5.25 B send Voted 1.A [2] to A, leaves at 5.35");
    assert_once(&run, "5.1 A send Success 1.A [1] \"red\" to B, leaves at 5.6");
    assert_once(&run, "5.6 A send Success 1.A [2] \"blue\" to B, leaves at 6.1");
    assert_eq!([1, 2].map(|place| all_learned_at(&run, place, "A B")), [deltas("5.85"), deltas("6.35")]);
    let in_ports: Vec<_> = latency::decisions(run.trace()).iter().map(|one| one.in_ports()).collect();
    assert_eq!(in_ports, [deltas("1.1"), deltas("1.6")]);
}

/// A link counts when a message leaves, and not while it waits.
#[test]
fn a_cut_stops_what_leaves_then() {
    let cut = run(&format!("{PORTS}\nat 0 propose A red\nat 0.15 cut A->C"));
    assert_once(&cut, "0.2 C lose NextBallot 1.A from A: link cut");
    let healed = run(&format!("{PORTS}\nat 0 cut A->C\nat 0 propose A red\nat 0.15 heal"));
    assert_once(&healed, "0.7 C receive NextBallot 1.A from A");
    // A script's line comes before the message at the same instant.
    let then = run(&format!("{PORTS}\nat 0 propose A red\nat 0.2 cut A->C"));
    assert_once(&then, "0.2 C lose NextBallot 1.A from A: link cut");
}

/// A crash loses what has not left, and nothing else; the port of a node that comes back is free.
#[test]
fn a_crash_empties_the_port() {
    let crash =
        run(&format!("{PORTS}\nat 0 propose A red\nat 0.15 crash A\nat 0.15 restart A\nat 0.15 propose A blue"));
    assert_once(&crash, "0.15 C lose NextBallot 1.A from A: sender crashed");
    assert_once(&crash, "0.6 B receive NextBallot 1.A from A");
    assert_once(&crash, "0.15 A send NextBallot 2.A to B, leaves at 0.25");
    let then = run(&format!("{PORTS}\nat 0 propose A red\nat 0.1 crash A"));
    assert_once(&then, "0.1 B lose NextBallot 1.A from A: sender crashed");
    assert_once(&then, "0.1 C lose NextBallot 1.A from A: sender crashed");
}

/// Rules and chance count from when a message leaves. A copy leaves with its message and takes the port no time, an injected
/// message uses no port, and a message that is dropped has used it.
#[test]
fn what_the_network_does_begins_when_a_message_leaves() {
    let run = run(&format!(
        "{PORTS}\nat 0 propose A red\ndelay NextBallot A->B 0.75Δ\nduplicate NextBallot A->B +0.5Δ\n\
         drop LastVote B->A\nat 0 inject NextBallot A->C 7.B after 0.25Δ"
    ));
    assert_once(&run, "0.85 B receive NextBallot 1.A from A");
    assert_once(&run, "1.35 B receive NextBallot 1.A from A");
    assert_once(&run, "0 A send NextBallot 1.A to C, leaves at 0.2");
    assert_once(&run, "0.25 C receive NextBallot 7.B from A");
    assert_once(&run, "0.85 B send LastVote 1.A null to A, leaves at 0.95");
    assert_once(&run, "1.2 A lose LastVote 1.A null from B: dropped");
    assert_eq!(bytes(&run), 4 * 100, "neither the copy nor what is injected");
}

/// The largest sizes through the narrowest port: the time saturates, and the run ends as told.
#[test]
fn a_message_that_never_leaves_lets_the_run_end() {
    let text = "paxos-playground 1\nnodes 3\nheader 1GB\nbandwidth 1B/Δ\nat 0 propose A red\n";
    let run = Run::of(Scenario::read(text).expect("a good script").1);
    assert!(latency::decisions(run.trace()).is_empty());
    assert!(check(run.trace()).iter().all(|verdict| verdict.holds()));
    assert_eq!(run.notes().len(), 1, "{:?}", run.notes());
}

/// Without a limit a script is the same whatever its sizes are, to the last bit.
#[test]
fn sizes_alone_change_no_run() {
    let lines = "protocol multi\nnodes 5\nat 0 propose B red\nat 1 propose C blue";
    let (plain, sized) = (run(lines), run(&format!("{lines}\nheader 1MB\nsize 1GB")));
    assert_eq!(plain.trace().text(), sized.trace().text());
    assert_eq!(plain.last().digest(), sized.last().digest());
    assert!(bytes(&plain) < bytes(&sized));
}
