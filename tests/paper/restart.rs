//! When a leader gives a ballot up, and which process tells it of a larger one: the options `restart` and `preemption`.

use paxos_playground::types::Time;

use super::{all_learned_at, assert_never, assert_once, run};

/// C is down, and B has promised a ballot of C's before it hears of A's first one. B's Nack for 1.A comes when A is in 2.A.
fn late_nack(restart: &str, more: &str) -> paxos_playground::sim::Run {
    run(&format!(
        "protocol complete\noption restart {restart}\nnodes 3\nat 0 crash C\nat 0 propose A red
        at 0 inject NextBallot C->B 3.C after 0\ndelay Nack B->A #1 1.5\n{more}"
    ))
}

/// `own-nack` starts a new ballot on the same Nacks as `any-nack`, except those that answer an older ballot.
#[test]
fn own_nack_waits_for_a_nack_to_this_very_ballot() {
    let run = late_nack("any-nack", "");
    assert_once(&run, "2.5 A receive Nack 1.A, nextBal is 3.C from B");
    assert_once(&run, "2.5 A tried 4.A");
    let run = late_nack("own-nack", "delay Nack B->A #2 0.5");
    assert_never(&run, "2.5 A tried");
    assert_once(&run, "3.5 A receive Nack 2.A, nextBal is 3.C from B");
    assert_once(&run, "3.5 A tried 4.A");
}

/// A Nack to an older ballot does not start a new ballot, but its number counts for the next one.
#[test]
fn own_nack_remembers_the_number_of_an_older_nack() {
    let run = late_nack("own-nack", "drop Nack B->A #2");
    assert_once(&run, "4 A timer phase 1");
    assert_once(&run, "4 A tried 4.A");
}

/// With `hopeless` a leader of five waits as long as any three may still promise, and no longer.
#[test]
fn hopeless_gives_up_when_no_quorum_of_promises_is_left() {
    let script = |restart: &str| {
        format!(
            "protocol complete\noption restart {restart}\nnodes 5\nat 0 crash E\nat 0 propose A red
            at 0 inject NextBallot E->B 3.E after 0\nat 0 inject NextBallot E->C 3.E after 0
            at 0 inject NextBallot E->D 3.E after 0
            delay Nack B->A #1 0.25\ndelay Nack C->A #1 0.5\ndelay Nack D->A #1 0.75"
        )
    };
    for (restart, at) in [("any-nack", "1.25"), ("own-nack", "1.25"), ("hopeless", "1.75"), ("timer", "2")] {
        assert_once(&run(&script(restart)), &format!("{at} A tried 4.A"));
    }
}

/// In phase 2 the processes that voted before count as well; where only a quorum was asked, one refusal is enough.
#[test]
fn hopeless_gives_up_when_no_quorum_of_votes_is_left() {
    let script = |lines: &str| {
        format!(
            "protocol complete\noption restart hopeless\nnodes 5\nat 0 crash E\nat 0 propose A red
            at 0 inject NextBallot E->B 3.E after 2.5\n{lines}\ndelay Nack B->A #1 0.5"
        )
    };
    let run_of = |lines: &str| run(&script(lines));
    // B refuses; A, C and D vote.
    assert_never(&run_of(""), "A tried 4.A");
    // B refuses, and C and D vote too late: A's timer decides.
    assert_once(&run_of("delay Voted C->A #1 3\ndelay Voted D->A #1 3"), "4 A tried 4.A");
    // A, B and C were asked, and B refuses.
    assert_once(&run_of("option phase-2 quorum"), "3.5 A tried 4.A");
    // B, C and D refuse. D is the last of them.
    let refused =
        "at 0 inject NextBallot E->C 3.E after 2.5\nat 0 inject NextBallot E->D 3.E after 2.5\ndelay Nack D->A #1 0.75";
    assert_once(&run_of(&format!("{refused}\ndelay Nack C->A #1 0.5")), "3.75 A tried 4.A");
}

/// Votes that go to everybody count for the ballot as well: C voted before it left the ballot, so E's vote is enough.
#[test]
fn hopeless_counts_votes_that_go_to_everybody() {
    let run = run("protocol broadcast\noption restart hopeless\noption preemption notice\nnodes 5\nat 0 propose A red
        at 0 inject NextBallot D->B 6.D after 2.5\nat 0 inject NextBallot B->D 7.B after 2.5
        at 0 inject NextBallot D->C 6.D after 3.1\ndelay Voted C->A #1 0.1\ndelay Voted E->A #1 0.9
        delay Nack B->A #1 0.4\ndelay Nack C->A #1 0.2\ndelay Nack D->A #1 0.5\nuntil 12");
    assert_once(&run, "3.3 A receive Nack 1.A [1], nextBal is 6.D from C");
    assert_once(&run, "3.9 A learned [1] \"red\" by ballot 1.A");
    assert_never(&run, "A tried 8.A");
}

/// A process that leaves a ballot for a larger one sends a Nack to its owner at once: B promised A's ballot at 1Δ, and
/// C's at 1.25Δ.
#[test]
fn a_notice_tells_the_owner_of_the_ballot_that_was_left() {
    let script = |options: &str| {
        format!(
            "protocol complete\n{options}nodes 3\nat 0 crash C\nat 0 propose A red
            at 0 inject NextBallot C->B 3.C after 1.25"
        )
    };
    let silent = run(&script("option restart any-nack\n"));
    assert_once(&silent, "4 A tried 4.A");
    assert_eq!(all_learned_at(&silent, 1, "A B"), Time::deltas(9));
    let notice = "option restart any-nack\noption preemption notice\n";
    let told = run(&script(notice));
    assert_once(&told, "1.25 B promised 3.C, last vote null");
    assert_once(&told, "1.25 B send Nack 1.A, nextBal is 3.C to A");
    assert_once(&told, "2.25 A tried 4.A");
    assert_eq!(all_learned_at(&told, 1, "A B"), Time(7_250_000));
    // No process gets a notice about a larger ballot of its own.
    assert_never(
        &run(
            "protocol complete\noption preemption notice\nnodes 3\nat 0 propose A red\ndrop Voted B->A #1\ndrop Voted C->A #1",
        ),
        "Nack",
    );
}

/// A vote can leave a ballot too: C votes for B's ballot, which C never promised.
#[test]
fn a_vote_for_a_larger_ballot_is_a_notice_too() {
    let run = run(
        "protocol complete\noption preemption notice\nnodes 5\nleader none\nat 0 propose A red\nat 0 propose B blue
        at 0 leader A\nat 0.5 leader B\ndrop NextBallot B->C #1\nuntil 12",
    );
    assert_once(&run, "3.5 C send Nack 1.A, nextBal is 1.B to A");
}

/// `hopeless` with notices: a leader that knows that its quorum has left the ballot does not begin it.
#[test]
fn a_ballot_that_its_quorum_has_left_is_not_begun() {
    let run =
        run("protocol complete\noption restart hopeless\noption preemption notice\noption phase-2 quorum\nnodes 3
        at 0 crash C\nat 0 propose A red\nat 0 inject NextBallot C->B 3.C after 1.25
        delay LastVote B->A #1 0.9\ndelay Nack B->A #1 0.5");
    assert_once(&run, "1.75 A receive Nack 1.A, nextBal is 3.C from B");
    assert_once(&run, "1.9 A tried 4.A");
    assert_never(&run, "began 1.A");
}

/// D promises 1.C, and then 4.E, and says so at once. A quorum that needs D's vote is no use, and B reports a vote that must be
/// passed on, so C starts a new ballot as soon as the quorum is complete.
#[test]
fn a_quorum_of_promises_that_cannot_vote_is_left_at_once() {
    // Nobody has proposed what the injected message asks B to vote for.
    let run = crate::run_in_spite_of(
        "protocol multi\noption phase-2 quorum\noption restart hopeless\noption preemption notice\nnodes 5\n\
                   leader none\nat 0 inject BeginBallot A->B 1.A [1] \"red\" after 0.1\n\
                   at 0 inject NextBallot E->D 4.E after 1.3\nat 1 leader C\ndrop LastVote A->C #1\ndrop LastVote E->C #1\n\
                   delay NextBallot C->D #1 0.2\ndelay NextBallot C->B #1 0.5\ndelay Nack D->C #1 0.5",
        &["validity", "voted-only-if-begun"],
    );
    assert_once(&run, "2.5 C tried 5.C");
    assert_never(&run, "began [1] 1.C");
}

/// `hopeless` counts who refused the ballot under way. The Nacks that come at 3Δ answer the ballot before it.
#[test]
fn a_nack_for_an_older_ballot_does_not_make_this_one_hopeless() {
    let run = run(
        "protocol complete\noption restart hopeless\nnodes 3\nleader A\nat 0 inject NextBallot B->C 4.B after 0.5\n\
                   at 0 inject NextBallot C->B 4.C after 0.5\nat 0 propose A \"red\"\ndelay Nack B->A #1 2\n\
                   delay Nack C->A #1 2",
    );
    assert_once(&run, "2 A tried 2.A");
    assert_once(&run, "4 A tried 5.A");
    assert_never(&run, "tried 6.A");
}
