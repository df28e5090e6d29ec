//! Stories of fast rounds: a round without a decree of its own, votes for several decrees in it, and rounds that rest on those
//! votes.

use std::hash::Hasher;
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use super::{A, B, BLUE, C, D, RED, Story, vote};
use crate::check::Judge;
use crate::protocol::{Basis, Fact};
use crate::scenario::{Act, Scenario};
use crate::trace::{EventId, Trace, What};
use crate::types::{Instance, NodeId, Time, Value, Vote};

impl Story {
    /// A cluster of Fast Paxos with these lines, in which A has been asked for red and B for blue.
    fn fast(lines: &str) -> Self {
        let text = format!("paxos-playground 1\nprotocol fast\n{lines}\nat 0 propose A red\nat 0 propose A blue\n");
        let (_, scenario) = Scenario::read(&text).expect("a good script");
        let mut trace = Trace::new(Arc::new(scenario));
        for (place, value) in [(0, RED), (1, BLUE)] {
            trace.push(Time::ZERO, None, What::Acted(place, Act::Propose(NodeId(place as u8), value)));
        }
        Self { trace }
    }

    /// Step 2a, with a decree or without one.
    fn open(&mut self, by: NodeId, (number, owner): (u32, NodeId), value: Option<Value>, quorum: &[NodeId]) -> EventId {
        let basis = Basis::Promises(quorum.iter().copied().collect());
        let ballot = vote(number, owner, RED).ballot;
        self.state(by, Fact::Began { instance: Instance::FIRST, ballot, value, basis })
    }

    fn votes(&mut self, voters: &[NodeId], cast: Vote) {
        voters.iter().for_each(|voter| {
            self.vote(*voter, cast);
        });
    }
}

#[test]
fn a_round_that_passes_one_of_two_decrees_is_right() {
    let mut story = Story::fast("nodes 4");
    story.open(A, (1, A), None, &[A, B, C]);
    story.votes(&[A, B, C], vote(1, A, RED));
    story.vote(D, vote(1, A, BLUE));
    story.learn(A, vote(1, A, RED));
    story.open(A, (2, A), Some(RED), &[B, C, D]);
    story.votes(&[B, C, D], vote(2, A, RED));
    story.learn(D, vote(2, A, RED));
    story.assert_red(&[]);
}

#[test]
fn an_acceptor_votes_once_in_a_round() {
    let mut story = Story::fast("nodes 4");
    story.open(A, (1, A), None, &[A, B, C]);
    story.vote(B, vote(1, A, RED));
    story.vote(B, vote(1, A, RED));
    let twice = story.vote(B, vote(1, A, BLUE));
    story.assert_red(&[("vote-once", twice, "B voted for “blue” in 1.A, in which it had voted for “red”")]);
}

/// Two votes of three: A and B may have passed red, and A and C blue. The promises of B and C do not tell.
#[test]
fn two_fast_quorums_and_one_of_promises_share_a_process() {
    let mut story = Story::fast("nodes 3\nwithout fast-quorum");
    story.open(A, (1, A), None, &[A, B]);
    story.vote(B, vote(1, A, RED));
    story.vote(C, vote(1, A, BLUE));
    let begun = story.open(A, (2, A), Some(BLUE), &[B, C]);
    story.assert_red(&[
        (
            "B2",
            begun,
            "ballot 2.A rests on the promises of B C, of whom nobody is in both A B and A C, two quorums that vote in 1.A",
        ),
        (
            "B3",
            begun,
            "ballot 2.A carries “blue”, but “red” can have passed in 1.A: of its quorum, B voted for it",
        ),
    ]);
}

/// The second vote comes only after the larger round was begun.
#[test]
fn a_late_vote_can_show_that_two_fast_quorums_share_nobody() {
    let mut story = Story::fast("nodes 3\nwithout fast-quorum");
    story.open(A, (1, A), None, &[A, B]);
    story.vote(C, vote(1, A, BLUE));
    story.open(A, (2, A), Some(BLUE), &[B, C]);
    let late = story.vote(B, vote(1, A, RED));
    let red: Vec<_> = story.red().into_iter().map(|(check, event, _)| (check, event)).collect();
    assert_eq!(red, [("B2", late), ("B3", late)]);
}

/// A quorum that votes in a smaller round, and of which nobody has promised.
#[test]
fn those_who_promise_meet_every_quorum_of_a_classic_round() {
    let mut story = Story::fast("nodes 4");
    story.open(A, (2, A), Some(RED), &[A, B, C]);
    story.votes(&[A, B, C], vote(2, A, RED));
    let begun = story.open(B, (4, B), Some(RED), &[D]);
    let sentence = "ballot 4.B rests on the promises of D, of whom nobody is in A B C, a quorum that votes in 2.A";
    story.assert_red(&[("B2", begun, sentence)]);
}

#[test]
fn a_round_carries_the_only_decree_that_can_have_passed() {
    for value in [Some(BLUE), None] {
        let mut story = Story::fast("nodes 4");
        story.open(A, (1, A), None, &[A, B, C]);
        story.votes(&[A, B, C], vote(1, A, RED));
        story.vote(D, vote(1, A, BLUE));
        let begun = story.open(B, (3, B), value, &[B, C, D]);
        let carried = if value.is_some() { "blue" } else { "any decree" };
        let sentence = format!(
            "ballot 3.B carries “{carried}”, but “red” can have passed in 1.A: of its quorum, B C voted for it"
        );
        story.assert_red(&[("B3", begun, &sentence)]);
    }
}

/// No decree can have passed when 2.A was begun. Then B votes in 1.A, and now red can have.
#[test]
fn a_late_vote_can_make_another_decree_possible() {
    let mut story = Story::fast("nodes 4");
    story.open(A, (1, A), None, &[A, B, C]);
    story.vote(A, vote(1, A, RED));
    story.vote(D, vote(1, A, BLUE));
    story.open(A, (2, A), Some(BLUE), &[A, B, D]);
    let late = story.vote(B, vote(1, A, RED));
    let sentence =
        "ballot 2.A was begun with “blue”, but “red” can have passed in 1.A: of its quorum, A B voted for it";
    story.assert_red(&[("B3", late, sentence)]);
}

/// Acceptors that recover by themselves begin the same fast round, each with what it has picked. Nobody else may.
#[test]
fn only_a_fast_round_is_begun_by_several_processes() {
    let begun_twice = |lines: &str, by: [NodeId; 2], number: u32, values: [Option<Value>; 2]| {
        let mut story = Story::fast(&format!("nodes 4\n{lines}"));
        story.open(by[0], (number, A), values[0], &[A, B, C]);
        let second = story.open(by[1], (number, A), values[1], &[B, C, D]);
        story.red().into_iter().map(|(check, event, sentence)| (check, event == second, sentence)).collect::<Vec<_>>()
    };
    let alone = "option recovery uncoordinated";
    assert_eq!(begun_twice(alone, [C, D], 2, [Some(RED), Some(BLUE)]), []);
    let red = |name: &str, first: &str| [("B1", true, format!("{name} began a second ballot {first}"))];
    assert_eq!(begun_twice(alone, [C, C], 2, [Some(RED), Some(BLUE)]), red("C", "2.A, after C"));
    assert_eq!(begun_twice(alone, [A, D], 1, [None, None]), red("D", "1.A, after A"));
    assert_eq!(begun_twice("", [A, D], 2, [Some(RED), Some(BLUE)]), red("D", "2.A, after A"));
}

/// Whether a process begins a fast round for the second time depends on who has begun it, so judges that differ in that
/// remember different things.
#[test]
fn judges_remember_who_began_a_fast_round() {
    let digest = |by: NodeId| {
        let mut story = Story::fast("option recovery uncoordinated\nnodes 4");
        story.open(by, (2, A), Some(RED), &[A, B, C]);
        let mut judge = Judge::new(&story.trace);
        judge.hear(&story.trace, usize::MAX);
        let mut hasher = SipHasher13::new();
        judge.digest(&mut hasher);
        hasher.finish()
    };
    assert_ne!(digest(B), digest(C));
    assert_eq!(digest(B), digest(B));
}

/// In a ledger, a round without a decree of its own is for its instance and every later one.
mod ledger {
    use super::*;
    use crate::types::Ballot;

    fn told() -> Story {
        let text = "paxos-playground 1\nprotocol fast-log\nnodes 4\nat 0 propose A red\nat 0 propose A blue\n";
        let mut trace = Trace::new(Arc::new(Scenario::read(text).expect("a good script").1));
        for (place, value) in [(0, RED), (1, BLUE)] {
            trace.push(Time::ZERO, None, What::Acted(place, Act::Propose(NodeId(place as u8), value)));
        }
        Story { trace }
    }

    fn any(story: &mut Story, by: NodeId, ballot: Ballot, from: u32, quorum: &[NodeId]) -> EventId {
        let basis = Basis::Promises(quorum.iter().copied().collect());
        story.state(by, Fact::Began { instance: Instance(from), ballot, value: None, basis })
    }

    #[test]
    fn a_round_for_any_decree_is_for_every_later_instance() {
        let mut story = told();
        any(&mut story, A, vote(1, A, RED).ballot, 2, &[A, B, C]);
        for (instance, cast) in [(2, vote(1, A, RED)), (7, vote(1, A, BLUE))] {
            [A, B, C].into_iter().for_each(|voter| {
                story.state(voter, Fact::Voted(Instance(instance), cast));
            });
            story.state(D, Fact::Learned(Instance(instance), cast));
        }
        story.assert_red(&[]);
        let early = story.state(D, Fact::Voted(Instance(1), vote(1, A, RED)));
        story.assert_red(&[(
            "voted-only-if-begun",
            early,
            "D voted for “red” in ballot 1.A, which nobody began, so B1, B2 and B3 do not speak of it",
        )]);
    }

    #[test]
    fn a_second_round_of_that_number_is_one_too_many() {
        let mut story = told();
        any(&mut story, A, vote(1, A, RED).ballot, 1, &[A, B, C]);
        let again = any(&mut story, D, vote(1, A, RED).ballot, 3, &[B, C, D]);
        story.assert_red(&[("B1", again, "D began a second ballot 1.A, after A")]);
    }

    /// Red can have passed in place 2, so a round that is open for any decree there breaks B3, whether the votes come before it
    /// or after it.
    #[test]
    fn a_round_for_any_decree_leaves_out_what_can_have_passed() {
        let says = "ballot 3.B carries “any decree”, but “red” can have passed in 1.A: of its quorum, B C voted for it";
        let mut story = told();
        any(&mut story, A, vote(1, A, RED).ballot, 1, &[A, B, C]);
        [B, C].into_iter().for_each(|voter| {
            story.state(voter, Fact::Voted(Instance(2), vote(1, A, RED)));
        });
        let begun = any(&mut story, B, vote(3, B, RED).ballot, 1, &[B, C, D]);
        story.assert_red(&[("B3", begun, says)]);
        let mut story = told();
        any(&mut story, A, vote(1, A, RED).ballot, 1, &[A, B, C]);
        any(&mut story, B, vote(3, B, RED).ballot, 2, &[B, C, D]);
        story.state(B, Fact::Voted(Instance(2), vote(1, A, RED)));
        let late = story.state(C, Fact::Voted(Instance(2), vote(1, A, RED)));
        let says = says.replace("carries", "was begun with");
        story.assert_red(&[("B3", late, &says)]);
    }

    /// In a fast round nobody begins a decree, so the first vote counts as the proposal.
    #[test]
    fn a_vote_in_a_fast_round_proposes() {
        let mut story = told();
        any(&mut story, A, vote(1, A, RED).ballot, 1, &[A, B, C]);
        let pass = |story: &mut Story, instance, cast| {
            [A, B, C].into_iter().for_each(|voter| {
                story.state(voter, Fact::Voted(Instance(instance), cast));
            });
            story.state(A, Fact::Learned(Instance(instance), cast))
        };
        pass(&mut story, 2, vote(1, A, RED));
        let late = pass(&mut story, 1, vote(1, A, BLUE));
        story.assert_red(&[("ordering", late, "“blue” has number 1, but “red”, passed before it was proposed, has 2")]);
    }
}
