//! Tests that every check can turn red. Each test tells, fact by fact, the story of a protocol with one broken rule, and
//! compares the verdicts with the expected ones.
//!
//! The stories need no broken machine: a check reads facts, so a story shows it the facts that such a machine would have
//! stated.

mod certificates;
mod fast;
mod histories;
mod liars;
mod members;
mod oracle;
mod rings;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{CHECKS, Judge, Verdict, check};
use crate::protocol::{Cast, Fact, Setup, Vocabulary};
use crate::quorum::{QuorumSystem, Quorums};
use crate::replica::Outcome;
use crate::scenario::{Act, Scenario};
use crate::trace::{Applied, EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Time, Value, Vote};

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);
const D: NodeId = NodeId(3);
/// The values that the stories propose.
const RED: Value = Value(0);
const BLUE: Value = Value(1);
/// A value that nobody proposes.
const GREEN: Value = Value(2);

/// A trace that is written by hand, without running anything.
struct Story {
    trace: Trace,
}

impl Story {
    /// A cluster in which A has been asked for red and B for blue.
    fn of(nodes: usize) -> Self {
        Self::with_quorums(nodes, QuorumSystem::majority(NodeSet::all(nodes)))
    }

    /// The same cluster with a ledger of many decrees.
    fn log(nodes: usize) -> Self {
        Self::told(nodes, QuorumSystem::majority(NodeSet::all(nodes)), "protocol multi\n")
    }

    fn with_quorums(nodes: usize, quorums: QuorumSystem) -> Self {
        Self::told(nodes, quorums, "")
    }

    fn told(nodes: usize, quorums: QuorumSystem, protocol: &str) -> Self {
        let text = format!("paxos-playground 1\n{protocol}nodes {nodes}\nat 0 propose A red\nat 0 propose A blue\n");
        let (_, mut scenario) = Scenario::read(&(text + "at 9 propose A green\n")).expect("a good script");
        let quorums = Quorums::same(quorums);
        scenario.setup = Arc::new(Setup { quorums, ..(*scenario.setup).clone() });
        let mut trace = Trace::new(Arc::new(scenario));
        for (place, value) in [(0, RED), (1, BLUE)] {
            trace.push(Time::ZERO, None, What::Acted(place, Act::Propose(NodeId(place as u8), value)));
        }
        Self { trace }
    }

    fn state(&mut self, node: NodeId, fact: Fact) -> EventId {
        self.trace.push(Time::DELTA, None, What::Stated(node, fact))
    }

    fn apply(&mut self, node: NodeId, place: u32, value: Value, digest: u64) -> EventId {
        let instance = Instance(place);
        let applied = Applied { instance, value, outcome: Outcome::Done, chain: 0, digest };
        self.trace.push(Time::DELTA, None, What::Applied(node, Box::new(applied)))
    }

    fn crash(&mut self, node: NodeId) -> EventId {
        self.trace.push(Time::DELTA, None, What::CrashedBeforeSend(node))
    }

    fn promise(&mut self, nodes: &[(NodeId, Option<Vote>)], ballot: Ballot) {
        for (node, reported) in nodes {
            self.state(*node, Fact::Promised(Instance::FIRST, ballot, *reported));
        }
    }

    fn begin(&mut self, by: NodeId, vote: Vote, quorum: &[NodeId]) -> EventId {
        let quorum = quorum.iter().copied().collect();
        self.state(by, Fact::begun(Instance::FIRST, vote, quorum))
    }

    fn vote(&mut self, node: NodeId, vote: Vote) -> EventId {
        self.state(node, Fact::Voted(Instance::FIRST, vote))
    }

    fn learn(&mut self, node: NodeId, vote: Vote) -> EventId {
        self.state(node, Fact::Learned(Instance::FIRST, vote))
    }

    /// A correct ballot: promises that report no vote, step 2a, the votes of the whole quorum, and the ballot's owner
    /// learns.
    fn pass(&mut self, vote: Vote, quorum: &[NodeId]) {
        let by = vote.ballot.owner();
        self.state(by, Fact::Tried(vote.ballot));
        self.promise(&quorum.iter().map(|node| (*node, None)).collect::<Vec<_>>(), vote.ballot);
        self.begin(by, vote, quorum);
        quorum.iter().for_each(|node| {
            self.vote(*node, vote);
        });
        self.learn(by, vote);
    }

    /// The checks that are red, each with its event and its sentence. A judge that hears one event after the other, as in a
    /// search, says the same.
    fn red(&self) -> Vec<(&'static str, EventId, String)> {
        let verdicts = check(&self.trace);
        let mut judge = Judge::of(&self.trace.scenario);
        let holds =
            self.trace.events().iter().fold(true, |_, event| judge.hear_next(&self.trace.scenario, &event.what));
        assert_eq!(holds, verdicts.iter().all(Verdict::holds));
        for (step_by_step, at_once) in judge.verdicts().iter().zip(&verdicts) {
            assert_eq!(step_by_step.violation, at_once.violation, "{}", at_once.check.name);
        }
        let violated = verdicts.into_iter().filter_map(|verdict| Some((verdict.check.name, verdict.violation?)));
        violated
            .map(|(name, violation)| {
                (name, violation.event, violation.sentence.in_words(Vocabulary::default()).to_owned())
            })
            .collect()
    }

    /// Asserts that exactly these checks are red, in the order of the registry, at these events and for these reasons.
    fn assert_red(&self, expected: &[(&str, EventId, &str)]) {
        let red = self.red();
        let red: Vec<_> = red.iter().map(|(name, event, sentence)| (*name, *event, sentence.as_str())).collect();
        assert_eq!(red, expected);
    }
}

fn vote(number: u32, owner: NodeId, value: Value) -> Vote {
    Vote { ballot: Ballot::new(number, owner), value }
}

/// Two ballots pass the same decree, as the protocol's rules require.
#[test]
fn a_correct_story_breaks_nothing() {
    let mut story = Story::of(3);
    let (first, second) = (vote(1, A, RED), vote(2, C, RED));
    story.pass(first, &[A, B]);
    story.promise(&[(B, Some(first)), (C, None)], second.ballot);
    story.begin(C, second, &[B, C]);
    story.vote(B, second);
    story.vote(C, second);
    story.learn(C, second);
    story.assert_red(&[]);
}

/// Step 2b without its guard: a process votes for a late BeginBallot in spite of a promise.
#[test]
fn without_the_promise_check_b3_breaks_after_the_fact() {
    let mut story = Story::of(3);
    let (first, second) = (vote(1, A, RED), vote(2, C, BLUE));
    story.promise(&[(A, None), (B, None)], first.ballot);
    story.begin(A, first, &[A, B]);
    story.pass(second, &[B, C]);
    story.vote(A, first);
    let broken = story.vote(B, first);
    let learned = story.learn(A, first);
    story.assert_red(&[
        ("B3", broken, "ballot 2.C was begun with “blue”, but its quorum’s highest earlier vote is for “red” in 1.A"),
        ("agreement", learned, "A learned “red”, but C had learned “blue”"),
        ("promise", broken, "B voted in 1.A, although it had promised 2.C"),
        ("monotone", broken, "B’s prevVote went from 2.C to 1.A"),
    ]);
}

/// Step 2a without B3: the leader takes its own wish, whatever the LastVotes report.
#[test]
fn a_value_choice_that_ignores_last_votes_breaks_b3_at_2a() {
    let mut story = Story::of(3);
    let (first, second) = (vote(1, A, RED), vote(2, C, BLUE));
    story.pass(first, &[A, B]);
    story.promise(&[(B, Some(first)), (C, None)], second.ballot);
    let begun = story.begin(C, second, &[B, C]);
    story.vote(B, second);
    story.vote(C, second);
    let learned = story.learn(C, second);
    story.assert_red(&[
        ("B3", begun, "ballot 2.C carries “blue”, but its quorum’s highest earlier vote is for “red” in 1.A"),
        ("agreement", learned, "C learned “blue”, but A had learned “red”"),
    ]);
}

/// Step 2a takes the lowest reported vote instead of the highest.
#[test]
fn taking_the_lowest_report_breaks_b3_at_2a() {
    let mut story = Story::of(3);
    let (first, second, third) = (vote(1, A, RED), vote(2, B, BLUE), vote(3, A, RED));
    story.promise(&[(A, None), (B, None)], first.ballot);
    story.begin(A, first, &[A, B]);
    story.vote(A, first);
    story.pass(second, &[B, C]);
    story.promise(&[(A, Some(first)), (B, Some(second))], third.ballot);
    let begun = story.begin(A, third, &[A, B]);
    story.vote(A, third);
    story.vote(B, third);
    let learned = story.learn(A, third);
    story.assert_red(&[
        ("B3", begun, "ballot 3.A carries “red”, but its quorum’s highest earlier vote is for “blue” in 2.B"),
        ("agreement", learned, "A learned “red”, but B had learned “blue”"),
    ]);
}

/// Quorums have n/2 members: two halves decide separately.
#[test]
fn quorums_of_a_half_break_b2() {
    let mut story = Story::with_quorums(4, QuorumSystem::Count { members: NodeSet::all(4), size: 2 });
    let (first, second) = (vote(1, A, RED), vote(1, C, BLUE));
    story.pass(first, &[A, B]);
    story.promise(&[(C, None), (D, None)], second.ballot);
    let begun = story.begin(C, second, &[C, D]);
    story.vote(C, second);
    story.vote(D, second);
    let learned = story.learn(C, second);
    story.assert_red(&[
        ("B2", begun, "ballot 1.C uses the quorum C D, which shares nobody with A B of ballot 1.A"),
        ("agreement", learned, "C learned “blue”, but A had learned “red”"),
    ]);
}

/// Where promises need other quorums than votes, only the votes of smaller ballots of the same instance count.
#[test]
fn larger_ballots_and_other_instances_do_not_break_b2_across_phases() {
    let mut story = Story::told(4, QuorumSystem::Count { members: NodeSet::all(4), size: 2 }, "protocol multi\n");
    let mut scenario = (*story.trace.scenario).clone();
    let half = QuorumSystem::Count { members: NodeSet::all(4), size: 2 };
    let quorums = Quorums::of_phases(half.clone(), half);
    scenario.setup = Arc::new(Setup { quorums, ..(*scenario.setup).clone() });
    story.trace.scenario = Arc::new(scenario);
    let (small, large) = (vote(1, A, RED), vote(2, C, BLUE));
    let begin = |story: &mut Story, place, vote: Vote, quorum: &[NodeId]| {
        let quorum: NodeSet = quorum.iter().copied().collect();
        story.state(vote.ballot.owner(), Fact::begun(Instance(place), vote, quorum))
    };
    // In the second instance the larger ballot comes first, and its votes are no reason against a smaller ballot.
    begin(&mut story, 2, large, &[C, D]);
    for node in [C, D] {
        story.state(node, Fact::Voted(Instance(2), large));
    }
    begin(&mut story, 2, small, &[A, B]);
    story.state(A, Fact::Voted(Instance(2), small));
    // In the third and the first, another process votes in each.
    begin(&mut story, 3, small, &[A, B]);
    story.state(B, Fact::Voted(Instance(3), small));
    begin(&mut story, 1, large, &[C, D]);
    let reds: Vec<_> = story.red().into_iter().filter(|(name, ..)| *name == "B2").collect();
    assert_eq!(reds, []);
    // Now a quorum has voted in the smaller ballot of the second instance.
    let last = story.state(B, Fact::Voted(Instance(2), small));
    let reds: Vec<_> = story.red().into_iter().filter(|(name, ..)| *name == "B2").map(|(_, event, _)| event).collect();
    assert_eq!(reds, [last]);
}

/// Ballot numbers do not name an owner: A and B begin ballots with the same number, and C answers both.
#[test]
fn numbers_without_an_owner_break_b1() {
    let mut story = Story::of(3);
    let (first, second) = (vote(1, A, RED), vote(1, A, BLUE));
    story.pass(first, &[A, C]);
    story.promise(&[(B, None), (C, None)], second.ballot);
    let begun = story.begin(B, second, &[B, C]);
    story.vote(B, second);
    story.vote(C, second);
    let learned = story.learn(B, second);
    story.assert_red(&[
        ("B1", begun, "B began a second ballot 1.A, after A"),
        ("agreement", learned, "B learned “blue”, but A had learned “red”"),
    ]);
}

/// A process comes back from a crash with empty stable storage.
#[test]
fn amnesia_breaks_the_promise() {
    let mut story = Story::of(3);
    let (first, second) = (vote(1, A, RED), vote(2, C, BLUE));
    story.pass(first, &[A, B]);
    let forgotten = story.state(B, Fact::Promised(Instance::FIRST, second.ballot, None));
    story.promise(&[(C, None)], second.ballot);
    let begun = story.begin(C, second, &[B, C]);
    story.vote(B, second);
    story.vote(C, second);
    let learned = story.learn(C, second);
    story.assert_red(&[
        ("B3", begun, "ballot 2.C carries “blue”, but its quorum’s highest earlier vote is for “red” in 1.A"),
        ("agreement", learned, "C learned “blue”, but A had learned “red”"),
        ("promise", forgotten, "B reports null to ballot 2.C, but its highest earlier vote is 1.A \"red\""),
    ]);
}

/// A learner counts votes for one decree from different ballots as a quorum.
#[test]
fn a_learner_that_mixes_ballots_has_no_evidence() {
    let mut story = Story::of(3);
    let (first, second) = (vote(1, A, RED), vote(2, C, RED));
    story.promise(&[(A, None), (B, None)], first.ballot);
    story.begin(A, first, &[A, B]);
    story.vote(A, first);
    story.promise(&[(B, None), (C, None)], second.ballot);
    story.begin(C, second, &[B, C]);
    story.vote(C, second);
    let learned = story.learn(B, second);
    story.assert_red(&[(
        "learned-only-if-chosen",
        learned,
        "B learned “red” by ballot 2.C, in which only C voted for it",
    )]);
}

#[test]
fn a_decree_that_nobody_proposed_is_not_valid() {
    let mut story = Story::of(3);
    let made_up = vote(1, A, GREEN);
    story.promise(&[(A, None), (B, None)], made_up.ballot);
    let begun = story.begin(A, made_up, &[A, B]);
    story.vote(A, made_up);
    story.assert_red(&[("validity", begun, "A began a ballot for “green”, which nobody has proposed")]);
}

#[test]
fn a_proposer_that_goes_back_is_not_monotone() {
    let mut story = Story::of(3);
    story.state(A, Fact::Tried(Ballot::new(2, A)));
    let again = story.state(A, Fact::Tried(Ballot::new(1, A)));
    story.assert_red(&[("monotone", again, "A’s lastTried went from 2.A to 1.A")]);
}

#[test]
fn a_second_promise_below_the_first_is_not_monotone() {
    let mut story = Story::of(3);
    story.promise(&[(B, None)], Ballot::new(2, C));
    let lower = story.state(B, Fact::Promised(Instance::FIRST, Ballot::new(1, A), None));
    story.assert_red(&[("monotone", lower, "B’s nextBal went from 2.C to 1.A")]);
}

/// Ledgers have many places, and the events of one place say nothing about another place.
#[test]
fn instances_do_not_mix() {
    let mut story = Story::of(4);
    story.pass(vote(1, A, RED), &[A, B, C]);
    let (second, other) = (Instance(2), vote(2, D, BLUE));
    for node in [B, C, D] {
        story.state(node, Fact::Promised(second, other.ballot, None));
    }
    let quorum: NodeSet = [B, C, D].into_iter().collect();
    story.state(D, Fact::begun(second, other, quorum));
    for node in [B, C, D] {
        story.state(node, Fact::Voted(second, other));
    }
    story.state(D, Fact::Learned(second, other));
    story.assert_red(&[]);
}

/// A promise for all instances at once hides a vote in one of them.
#[test]
fn a_sweeping_promise_has_to_tell_of_every_vote() {
    let mut story = Story::log(3);
    let earlier = vote(1, A, RED);
    story.begin(A, earlier, &[A, B]);
    let forged = story.vote(B, earlier);
    let hidden = story.state(B, Fact::PromisedFrom(Instance::FIRST, Ballot::new(2, C)));
    assert!(forged < hidden);
    let sentence = "B reports null to ballot 2.C for instance 1, but it voted 1.A \"red\"";
    story.assert_red(&[("promise", hidden, sentence)]);
}

/// A process votes after a BeginBallot that nobody sent, and after one whose decree is not its ballot's decree.
/// The promise of ballot 5 reports C's vote in ballot 2, so it forbids C only what is between (PTP §2.2). The same holds where
/// one LastVote speaks of all instances.
#[test]
fn a_promise_forbids_votes_between_the_reported_one_and_its_own_number() {
    for is_sweeping in [false, true] {
        let mut story = Story::log(3);
        let (reported, ballot) = (vote(2, B, RED), Ballot::new(5, A));
        story.begin(B, reported, &[B, C]);
        story.vote(C, reported);
        story.promise(&[(C, Some(reported))], ballot);
        if is_sweeping {
            story.state(C, Fact::PromisedFrom(Instance::FIRST, ballot));
        }
        story.vote(C, reported);
        story.begin(A, vote(1, A, RED), &[A, B]);
        story.vote(C, vote(1, A, RED));
        assert!(story.red().iter().all(|(name, ..)| *name != "promise"), "{is_sweeping}: {:?}", story.red());
        let broken = story.vote(C, vote(3, A, RED));
        let red = story.red().into_iter().find(|(name, ..)| *name == "promise");
        let expected = ("promise", broken, "C voted in 3.A, although it had promised 5.A".to_owned());
        assert_eq!(red, Some(expected), "{is_sweeping}");
    }
}

#[test]
fn of_many_sweeping_promises_a_vote_breaks_the_lowest_above_it() {
    for (ballot, promised) in [(vote(1, A, RED), "2.B"), (vote(3, A, RED), "5.C"), (vote(6, A, RED), "7.B")] {
        let mut story = Story::log(3);
        for promised in [(2, B), (5, C), (7, B)] {
            story.state(C, Fact::PromisedFrom(Instance::FIRST, Ballot::new(promised.0, promised.1)));
        }
        story.begin(A, ballot, &[A, B]);
        let voted = story.vote(C, ballot);
        let red = story.red().into_iter().find(|(name, ..)| *name == "promise");
        let sentence = format!("C voted in {}.A, although it had promised {promised}", ballot.ballot.number());
        assert_eq!(red, Some(("promise", voted, sentence)));
    }
}

#[test]
fn learning_what_nobody_proposed_is_not_valid() {
    let mut story = Story::of(3);
    let learned = story.learn(A, vote(1, A, GREEN));
    let red = story.red().into_iter().find(|(name, ..)| *name == "validity");
    assert_eq!(red, Some(("validity", learned, "A learned “green”, which nobody has proposed".to_owned())));
}

#[test]
fn a_vote_in_a_ballot_that_nobody_began_is_a_finding_of_its_own() {
    let mut story = Story::of(3);
    let alone = story.vote(B, vote(1, A, RED));
    let nobody = "B voted for “red” in ballot 1.A, which nobody began, so B1, B2 and B3 do not speak of it";
    story.assert_red(&[("voted-only-if-begun", alone, nobody)]);

    let mut story = Story::of(3);
    story.begin(A, vote(1, A, RED), &[A, B]);
    story.vote(B, vote(1, A, RED));
    let other = story.vote(C, vote(1, A, BLUE));
    let otherwise = "C voted for “blue” in ballot 1.A, which was begun with “red”";
    story.assert_red(&[("voted-only-if-begun", other, otherwise)]);
}

/// A leader proposes a new command below one that was passed before.
#[test]
fn a_later_command_with_a_lower_number_breaks_the_ordering() {
    let mut story = Story::log(3);
    let (first, second) = (vote(1, A, RED), vote(1, A, BLUE));
    let all: NodeSet = [A, B, C].into_iter().collect();
    let mut pass = |instance, vote| {
        story.state(A, Fact::begun(instance, vote, all));
        [A, B, C].into_iter().for_each(|node| {
            story.state(node, Fact::Voted(instance, vote));
        });
        story.state(A, Fact::Learned(instance, vote))
    };
    pass(Instance(2), first);
    let learned = pass(Instance(1), second);
    let sentence = "“blue” has number 1, but “red”, passed before it was proposed, has 2";
    story.assert_red(&[("ordering", learned, sentence)]);
}

/// An outrun leader proposes a command in ballot b, below a command that a larger ballot a has passed. A still larger ballot
/// c may find a vote for the leader's command and pass it: b < a < c. The outrun ballot b itself may not pass the command,
/// nor may a ballot between b and a, nor ballot a, nor any ballot where b is not the smallest.
#[test]
fn only_a_later_ballot_may_pass_what_an_outrun_leader_proposed() {
    let all: NodeSet = [A, B, C].into_iter().collect();
    for (first, passing, is_red) in
        [(1, 1, true), (1, 2, true), (1, 3, true), (1, 4, false), (3, 4, true), (4, 5, true)]
    {
        let mut story = Story::log(3);
        let mut pass = |instance, vote, by: &[NodeId]| {
            story.state(A, Fact::begun(instance, vote, all));
            by.iter().for_each(|node| {
                story.state(*node, Fact::Voted(instance, vote));
            });
            story.state(A, Fact::Learned(instance, vote))
        };
        pass(Instance(2), vote(3, A, RED), &[B, C]);
        let blue = vote(passing, A, BLUE);
        if first < passing {
            story.state(A, Fact::begun(Instance::FIRST, vote(first, A, BLUE), all));
            story.state(A, Fact::Voted(Instance::FIRST, vote(first, A, BLUE)));
        }
        story.state(A, Fact::begun(Instance::FIRST, blue, all));
        for node in [A, C] {
            story.state(node, Fact::Voted(Instance::FIRST, blue));
        }
        let learned = story.state(A, Fact::Learned(Instance::FIRST, blue));
        let sentence = "“blue” has number 1, but “red”, passed before it was proposed, has 2";
        let red = [("ordering", learned, sentence)];
        story.assert_red(if is_red { &red } else { &[] });
    }
}

/// An olive-day decree fills a gap below a passed decree, and breaks nothing.
#[test]
fn olive_day_decrees_have_no_order() {
    let mut story = Story::log(1);
    for (instance, value) in [(2, RED), (1, Value::OLIVE_DAY)] {
        let (instance, vote) = (Instance(instance), vote(1, A, value));
        story.state(A, Fact::begun(instance, vote, NodeSet::all(1)));
        story.state(A, Fact::Voted(instance, vote));
        story.state(A, Fact::Learned(instance, vote));
    }
    story.assert_red(&[]);
}

#[test]
fn executing_over_a_gap_breaks_the_prefix() {
    let mut story = Story::log(3);
    story.apply(A, 1, RED, 1);
    story.apply(A, 2, BLUE, 2);
    let gap = story.apply(B, 2, BLUE, 2);
    story.assert_red(&[("prefix", gap, "B executed 2 after 0")]);
}

#[test]
fn executing_something_else_breaks_the_prefix_and_the_state() {
    let mut story = Story::log(3);
    story.apply(A, 1, RED, 1);
    let other = story.apply(B, 1, BLUE, 2);
    story.assert_red(&[
        ("prefix", other, "B executed “blue” as number 1, but A executed “red”"),
        ("state", other, "after number 1 the states of B and A differ"),
    ]);
}

#[test]
fn a_command_must_not_be_executed_twice() {
    let mut story = Story::log(3);
    story.apply(A, 1, RED, 1);
    let twice = story.apply(A, 2, RED, 2);
    story.assert_red(&[("at-most-once", twice, "A executed “red” twice, as number 1 and as number 2")]);
}

/// A process that was down executes its ledger again, which is correct.
#[test]
fn after_a_crash_the_ledger_is_executed_again() {
    let mut story = Story::log(3);
    story.apply(A, 1, RED, 1);
    story.crash(A);
    story.apply(A, 1, RED, 1);
    story.assert_red(&[]);
}

/// Every check is turned red by a story of these files: otherwise nobody would have seen the check work.
#[test]
fn every_check_has_its_story() {
    let files = [
        include_str!("tests.rs"),
        include_str!("tests/certificates.rs"),
        include_str!("tests/fast.rs"),
        include_str!("tests/histories.rs"),
        include_str!("tests/liars.rs"),
        include_str!("tests/members.rs"),
        include_str!("tests/rings.rs"),
    ];
    let told: BTreeSet<_> = files.iter().flat_map(|file| file.split('"')).collect();
    for info in CHECKS {
        assert!(told.contains(info.name), "no story turns {} red", info.name);
    }
}

/// A liar's statements are no evidence against anybody: neither its learned decrees nor its promises. And a process that has
/// learned a decree by a quorum with one lying member has its evidence.
#[test]
fn checks_speak_of_the_correct_only() {
    let story = |liars: &[NodeId]| {
        let mut story = Story::of(4);
        let scenario = &story.trace.scenario;
        let cast = Cast { liars: liars.iter().copied().collect(), ..scenario.setup.cast };
        let setup = Arc::new(Setup { cast, ..(*scenario.setup).clone() });
        story.trace.scenario = Arc::new(Scenario { setup, ..(**scenario).clone() });
        let red = vote(1, A, RED);
        story.promise(&[(A, None), (B, None), (D, None)], red.ballot);
        story.begin(A, red, &[A, B, D]);
        story.vote(A, red);
        story.vote(B, red);
        story.learn(A, red);
        story.learn(D, vote(1, A, BLUE));
        story.red().into_iter().map(|(check, ..)| check).collect::<Vec<_>>()
    };
    assert_eq!(story(&[D]), Vec::<&str>::new());
    assert_eq!(story(&[]), ["agreement", "learned-only-if-chosen"]);
    assert_eq!(story(&[C]), ["agreement", "learned-only-if-chosen"], "D does not lie, so it contradicts A");
}
