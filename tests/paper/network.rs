//! Messengers and their absence: the effect of a message, a cut, a partition and a crash, and their order.

use paxos_playground::types::{NodeId, Time};

use super::{assert_never, assert_once, lines, run};

/// At one instant the script's lines come first, in the order written, then messages, in the order sent.
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

/// A message under way is lost if its link is cut or its receiver is down at the instant when it would have landed; it is
/// not lost before.
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

/// Messages that a process sent before it crashed still arrive.
#[test]
fn a_crash_does_not_recall_messages() {
    let run = run("nodes 2\nat 0 propose A red\nat 0.5 crash A");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "2 A lose LastVote 1.A null from B: receiver down");
}

/// The first message of its kind on the link that the script names is lost half-way, and no other message is.
#[test]
fn a_dropped_message_is_lost_half_way() {
    let run = run("nodes 3\nat 0 propose A red\nat 6 propose A red\ndrop NextBallot A->B #2");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "6.5 B lose NextBallot 2.A from A: dropped");
}

/// Every message that a node sends counts for a rule of its kind and link, even if a cut keeps it from leaving. The rule
/// has no effect on such a message itself.
#[test]
fn a_rule_counts_a_message_that_a_cut_then_blocks() {
    let with = |rule: &str| {
        let run = run(&format!("nodes 2\nat 0 cut A->B\nat 0 propose A red\nat 6 heal\nat 6 propose A red\n{rule}"));
        assert_once(&run, "0 B lose NextBallot 1.A from A: link cut");
        assert_eq!(run.notes(), [], "{rule}: there is such a message");
        run
    };
    assert_once(&with("drop NextBallot A->B #2"), "6.5 B lose NextBallot 2.A from A: dropped");
    assert_once(&with("delay NextBallot A->B #2 0.25"), "6.25 B receive NextBallot 2.A from A");
    assert_once(&with("duplicate NextBallot A->B #2 +0.25"), "6 A duplicate NextBallot 2.A to B");
    for rule in ["drop NextBallot A->B #1", "delay NextBallot A->B #1 0.25", "duplicate NextBallot A->B #1 +0.25"] {
        let run = with(rule);
        assert_once(&run, "7 B receive NextBallot 2.A from A");
        assert_never(&run, "duplicate");
    }
}

/// A copy has a fate of its own: a rule or chance may lose the original, and the copy lands all the same.
#[test]
fn a_copy_of_a_dropped_message_still_lands() {
    let script = "nodes 2\nat 0 propose A red\ndrop NextBallot A->B #1";
    let by_rule = run(&format!("{script}\nduplicate NextBallot A->B #1 +0.25"));
    assert_once(&by_rule, "0.5 B lose NextBallot 1.A from A: dropped");
    assert_once(&by_rule, "1.25 B receive NextBallot 1.A from A");

    let by_chance = run(&format!("{script}\nduplicates 100%"));
    assert_once(&by_chance, "0.5 B lose NextBallot 1.A from A: dropped");
    assert_once(&by_chance, "1 B receive NextBallot 1.A from A");

    let all_lost = run("nodes 2\nat 0 propose A red\nloss 100%\nduplicates 100%");
    assert_once(&all_lost, "0.5 B lose NextBallot 1.A from A: chance");
    assert_once(&all_lost, "5 B learned \"red\" by ballot 1.A");
}

/// Messages pass within a group only; nodes that no group names form a group together, and earlier cuts are forgotten.
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

/// A cut blocks one direction.
#[test]
fn a_cut_is_one_way() {
    let run = run("nodes 2\nat 0 cut B->A\nat 0 propose A red");
    assert_once(&run, "1 B receive NextBallot 1.A from A");
    assert_once(&run, "1 A lose LastVote 1.A null from B: link cut");
}
