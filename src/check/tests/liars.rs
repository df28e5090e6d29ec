//! Stories of PBFT, in which some processes lie: certificates, views, checkpoints and replies.

use std::sync::Arc;

use super::{A, B, BLUE, C, D, RED, Story, vote};
use crate::protocol::{Basis, Fact};
use crate::replica::Outcome;
use crate::scenario::{Act, Scenario};
use crate::trace::{Applied, EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Time, Value, Vote};

/// The client.
const E: NodeId = NodeId(4);
const ONE: Instance = Instance::FIRST;

/// Four replicas, of which A lies, and a client that has asked for red and for blue. Further lines may switch rules off.
fn pbft(lines: &str) -> Story {
    let text = format!(
        "paxos-playground 1\nprotocol pbft\n{lines}nodes A B C D E\nclients E\nliars A\nat 0 propose E red\nat 0 propose E blue\n"
    );
    let (_, scenario) = Scenario::read(&text).expect("a good script");
    let mut trace = Trace::new(Arc::new(scenario));
    for (place, value) in [(0, RED), (1, BLUE)] {
        trace.push(Time::ZERO, None, What::Acted(place, Act::Propose(E, value)));
    }
    Story { trace }
}

fn set(nodes: &[NodeId]) -> NodeSet {
    nodes.iter().copied().collect()
}

impl Story {
    fn accept(&mut self, node: NodeId, instance: Instance, Vote { ballot, value }: Vote, basis: Basis) -> EventId {
        self.state(node, Fact::Believed { instance, ballot, value, basis })
    }

    /// These nodes accept the value, which the liar A has begun.
    fn accepted(&mut self, nodes: &[NodeId], vote: Vote) {
        for node in nodes {
            self.accept(*node, ONE, vote, Basis::Nothing);
        }
    }

    /// The node has a certificate of these nodes, and sends COMMIT.
    fn commit(&mut self, node: NodeId, vote: Vote, signers: &[NodeId]) -> EventId {
        let certified = self.state(node, Fact::Certified(ONE, vote, set(signers)));
        self.vote(node, vote);
        certified
    }

    fn leave(&mut self, node: NodeId, ballot: Ballot, reported: Option<Vote>) {
        if reported.is_some() {
            self.state(node, Fact::Promised(ONE, ballot, reported));
        }
        self.state(node, Fact::PromisedFrom(ONE, ballot));
    }

    fn executed(&mut self, node: NodeId, place: u32, value: Value, chain: u64) {
        let instance = Instance(place);
        let applied = Applied { instance, value, outcome: Outcome::Done, chain, digest: 7 };
        self.trace.push(Time::DELTA, None, What::Applied(node, Box::new(applied)));
    }
}

/// All goes well, although A tells D another value: the next view carries what B and C are prepared for.
#[test]
fn a_liar_that_is_held_in_check_breaks_nothing() {
    let mut story = pbft("");
    let (red, blue) = (vote(1, A, RED), vote(1, A, BLUE));
    story.accepted(&[B, C], red);
    story.accepted(&[D], blue);
    story.commit(B, red, &[A, B, C]);
    story.commit(C, red, &[A, B, C]);
    // B hears of A’s Commit, too.
    story.learn(B, red);
    let next = vote(2, B, RED);
    story.leave(B, next.ballot, Some(red));
    story.leave(C, next.ballot, Some(red));
    story.leave(D, next.ballot, None);
    let basis = Basis::Proof(set(&[B, C, D]));
    let (ballot, value) = (next.ballot, Some(RED));
    story.state(B, Fact::Began { instance: ONE, ballot, value, basis });
    [B, C, D].iter().for_each(|node| {
        story.accept(*node, ONE, next, basis);
    });
    story.commit(D, next, &[B, C, D]);
    story.assert_red(&[]);
}

/// One view has two certificates for one place, since A counts twice in one of them.
#[test]
fn a_view_has_one_certificate_for_a_place() {
    let mut story = pbft("without backups-prepare\n");
    let (red, blue) = (vote(1, A, RED), vote(1, A, BLUE));
    story.accepted(&[B, D], red);
    story.accepted(&[C], blue);
    story.commit(B, red, &[A, B, D]);
    let second = story.commit(C, blue, &[A, C]);
    let b1 = "C has a certificate for “blue” as number 1 in 1.A, but B has one for “red”";
    let b2 = "the quorum A C shares no correct process with the quorum A B D, only A";
    let small = "C has a certificate for “blue” in 1.A of A C, who are no quorum";
    story.assert_red(&[("B1", second, b1), ("B2", second, b2), ("certified", second, small)]);
}

/// Two sets that share nobody but the liar.
#[test]
fn quorums_share_a_correct_process() {
    let mut story = pbft("without large-quorum\n");
    let red = vote(1, A, RED);
    story.accepted(&[B, C], red);
    story.commit(B, red, &[A, B]);
    let second = story.commit(C, red, &[A, C]);
    let why = "the quorum A C shares no correct process with the quorum A B, only A";
    story.assert_red(&[("B2", second, why)]);
}

/// A view begins without what was committed: it rests on A, which shows nothing, and D, which knows nothing.
#[test]
fn a_new_view_carries_what_can_have_been_committed() {
    let mut story = pbft("without whole-view\n");
    let red = vote(1, A, RED);
    story.accepted(&[B, C], red);
    story.commit(B, red, &[A, B, C]);
    story.commit(C, red, &[A, B, C]);
    let next = vote(4, D, BLUE);
    story.leave(D, next.ballot, None);
    let begun = story.accept(D, ONE, next, Basis::Proof(set(&[A, D])));
    let b2 = "the quorum A D shares no correct process with the quorum A B C, only A";
    let b3 = "ballot 4.D carries “blue” as number 1, but “red” can have passed in 1.A: B C voted for it";
    story.assert_red(&[("B2", begun, b2), ("B3", begun, b3)]);
}

/// The view was begun rightly, and B3 breaks afterwards: B, C and D have left view 0 and send COMMIT in it all the same.
#[test]
fn a_commit_in_a_view_that_was_left_breaks_b3_after_the_fact() {
    let mut story = pbft("without promise\n");
    let (red, next) = (vote(1, A, RED), vote(2, B, BLUE));
    story.accepted(&[B, C], red);
    [B, C, D].iter().for_each(|node| story.leave(*node, next.ballot, None));
    story.accept(C, ONE, next, Basis::Proof(set(&[B, C, D])));
    story.state(B, Fact::Certified(ONE, red, set(&[A, B, C])));
    let promise = story.vote(B, red);
    story.state(C, Fact::Certified(ONE, red, set(&[A, B, C])));
    let second = story.vote(C, red);
    let b3 = "ballot 2.B carries “blue” as number 1, but “red” can have passed in 1.A: B C voted for it";
    let kept = "B voted in 1.A, although it had promised 2.B";
    story.assert_red(&[("B3", second, b3), ("promise", promise, kept)]);
}

#[test]
fn a_certificate_is_of_those_who_accepted() {
    let mut story = pbft("");
    let red = vote(1, A, RED);
    story.accepted(&[B], red);
    let certified = story.commit(B, red, &[A, B, C]);
    let why = "B has a certificate for “red” in 1.A with C, which has not accepted it";
    story.assert_red(&[("certified", certified, why)]);
    let mut story = pbft("");
    story.accepted(&[B], red);
    let voted = story.vote(B, red);
    story.assert_red(&[("certified", voted, "B voted for “red” in 1.A without a certificate")]);
}

/// A primary that has begun a view with a value has signed the value, even if the place is above its own window.
#[test]
fn who_begins_a_view_is_in_its_certificates() {
    let mut story = pbft("");
    let (red, value) = (vote(2, B, RED), Some(RED));
    [B, C, D].iter().for_each(|node| story.leave(*node, red.ballot, None));
    let basis = Basis::Proof(set(&[B, C, D]));
    story.state(B, Fact::Began { instance: ONE, ballot: red.ballot, value, basis });
    story.accept(C, ONE, red, basis);
    story.accept(D, ONE, red, basis);
    story.commit(C, red, &[B, C, D]);
    story.assert_red(&[]);
}

#[test]
fn a_correct_replica_accepts_one_value_for_a_place() {
    let mut story = pbft("");
    story.accepted(&[B], vote(1, A, RED));
    story.accepted(&[B], vote(2, B, BLUE));
    let second = story.accept(B, ONE, vote(1, A, BLUE), Basis::Nothing);
    let why = "B accepted “blue” as number 1 in 1.A, for which it had accepted “red”";
    story.assert_red(&[("vote-once", second, why)]);
}

#[test]
fn nobody_accepts_a_place_outside_its_window() {
    let mut story = pbft("");
    story.accept(B, Instance(4), vote(1, A, RED), Basis::Nothing);
    let above = story.accept(B, Instance(5), vote(1, A, BLUE), Basis::Nothing);
    story.assert_red(&[("window", above, "B accepted something for number 5, but its window is from 1 to 4")]);
    let mut story = pbft("");
    for node in [B, C, D] {
        story.executed(node, 1, RED, 1);
        story.executed(node, 2, BLUE, 2);
    }
    story.state(B, Fact::Stable { instance: Instance(2), history: 2, signers: set(&[B, C, D]) });
    story.accept(B, Instance(6), vote(1, A, RED), Basis::Nothing);
    let below = story.accept(B, Instance(2), vote(1, A, BLUE), Basis::Nothing);
    story.assert_red(&[("window", below, "B accepted something for number 2, but its window is from 3 to 6")]);
}

#[test]
fn a_stable_checkpoint_was_executed() {
    let stable = |signers: &[NodeId], history: u64| {
        let mut story = pbft("");
        for node in [B, C] {
            story.executed(node, 1, RED, 1);
        }
        let stated = story.state(B, Fact::Stable { instance: ONE, history, signers: set(signers) });
        (story, stated)
    };
    stable(&[A, B, C], 1).0.assert_red(&[]);
    let (story, stated) = stable(&[A, B], 1);
    story.assert_red(&[("stable", stated, "B takes the checkpoint 1 of A B for stable, who are no quorum")]);
    let (story, stated) = stable(&[A, B, C], 2);
    let why = "B takes the checkpoint 1 for stable, but B has not executed the same up to there";
    story.assert_red(&[("stable", stated, why)]);
    let (story, stated) = stable(&[A, B, D], 1);
    let why = "B takes the checkpoint 1 for stable, but D has not executed the same up to there";
    story.assert_red(&[("stable", stated, why)]);
}

#[test]
fn a_client_believes_what_a_correct_replica_has_found() {
    let mut story = pbft("");
    story.state(A, Fact::Result(RED, 8));
    story.state(B, Fact::Result(RED, 7));
    story.state(E, Fact::Result(RED, 7));
    story.assert_red(&[]);
    let believed = story.state(E, Fact::Result(RED, 8));
    let why = "E believes a result of “red” that no correct replica has found";
    story.assert_red(&[("replies", believed, why)]);
}
