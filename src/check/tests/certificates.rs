//! Stories of certificates, where some processes lie: what can be learned in one ballot, what certificates tell, and what they
//! vouch for.

use std::sync::Arc;

use super::{A, B, BLUE, C, D, RED, Story, vote};
use crate::protocol::{Basis, Fact};
use crate::scenario::{Act, Scenario};
use crate::trace::{EventId, Trace, What};
use crate::types::{Instance, NodeId, Time, Vote};

const E: NodeId = NodeId(4);
const F: NodeId = NodeId(5);

impl Story {
    /// A cluster of Fast Byzantine Paxos with these lines, in which A has been asked for red and for blue.
    fn byzantine(lines: &str) -> Self {
        let text = format!("paxos-playground 1\nprotocol fab\n{lines}\nat 0 propose A red\nat 0 propose A blue\n");
        let (_, scenario) = Scenario::read(&text).expect("a good script");
        let mut trace = Trace::new(Arc::new(scenario));
        for (place, value) in [(0, RED), (1, BLUE)] {
            trace.push(Time::ZERO, None, What::Acted(place, Act::Propose(A, value)));
        }
        Self { trace }
    }

    /// Each of these accepts the value, on this certificate or on nothing.
    fn believe(&mut self, nodes: &[NodeId], cast: Vote, signers: &[NodeId]) -> EventId {
        let Vote { ballot, value } = cast;
        let signers = signers.iter().copied().collect();
        let basis = if ballot.number() == 1 { Basis::Nothing } else { Basis::Proof(signers) };
        for node in nodes {
            self.state(*node, Fact::Believed { instance: Instance::FIRST, ballot, value, basis });
            self.vote(*node, cast);
        }
        EventId(self.trace.events().len() as u32 - 1)
    }

    fn names(&self) -> Vec<&'static str> {
        self.red().into_iter().map(|(name, ..)| name).collect()
    }
}

#[test]
fn a_later_ballot_that_keeps_what_was_learned_is_right() {
    let mut story = Story::byzantine("nodes 6\nliars A");
    story.believe(&[B, C, D, E], vote(1, A, RED), &[]);
    story.believe(&[F], vote(1, A, BLUE), &[]);
    story.learn(B, vote(1, A, RED));
    story.state(
        B,
        Fact::Began {
            instance: Instance::FIRST,
            ballot: vote(2, B, RED).ballot,
            value: Some(RED),
            basis: Basis::Proof([A, B, C, D, F].into_iter().collect()),
        },
    );
    story.believe(&[B, C, D, E, F], vote(2, B, RED), &[A, B, C, D, F]);
    story.learn(F, vote(2, B, RED));
    story.assert_red(&[]);
}

/// B1: with the votes that a liar may have cast, two values have enough in one ballot.
#[test]
fn two_values_that_can_be_learned_in_one_ballot_break_b1() {
    let mut story = Story::byzantine("nodes 6\nliars A");
    story.believe(&[B, C, D, E], vote(1, A, RED), &[]);
    story.believe(&[B, C, D], vote(1, A, BLUE), &[]);
    assert_eq!(story.names(), ["vote-once"], "blue has four of five");
    let last = story.vote(F, vote(1, A, BLUE));
    assert!(story.red().iter().any(|(name, event, sentence)| {
        (*name, *event, &**sentence) == ("B1", last, "“blue” and “red” can both have been passed in 1.A")
    }));
}

/// B2: red has the votes of all, so it can have been learned. Two truthful reports of five are no majority.
#[test]
fn a_certificate_with_too_few_truthful_reports_breaks_b2() {
    let mut story = Story::byzantine("nodes 6\nliars A B E");
    story.believe(&[C, D, F], vote(1, A, RED), &[]);
    let told = story.believe(&[C], vote(2, B, RED), &[A, B, C, D, E]);
    let told = EventId(told.0 - 1);
    story.assert_red(&[(
        "B2",
        told,
        "ballot 2.B rests on the certificate of A B C D E, of whom C D truthfully reports “red”, which A B C D E F can have \
         passed in 1.A: that is no majority",
    )]);
}

/// B2 also breaks when the vote comes later than the certificate: only D of its five members tells of it.
#[test]
fn votes_after_the_certificate_can_break_b2_too() {
    let mut story = Story::byzantine("nodes 6\nliars A B");
    story.believe(&[D, E], vote(1, A, RED), &[]);
    story.believe(&[D], vote(2, B, RED), &[A, B, C, D, F]);
    assert_eq!(story.names(), Vec::<&str>::new(), "with the liars it is four votes of five");
    let last = story.vote(C, vote(1, A, RED));
    assert_eq!(story.red().first().map(|(name, event, _)| (*name, *event)), Some(("B2", last)));
}

/// B3: four correct processes have voted for red, and nothing but the liar's vote is missing.
#[test]
fn a_certificate_that_does_not_vouch_breaks_b3() {
    let mut story = Story::byzantine("nodes 6\nliars A");
    story.believe(&[B, C, D, E], vote(1, A, RED), &[]);
    let told = story.believe(&[F], vote(2, B, BLUE), &[A, B, C, D, E]);
    let told = EventId(told.0 - 1);
    let found = story.red();
    assert_eq!(found.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), ["B3", "voted-only-if-begun"], "B is correct");
    assert_eq!(
        (found[0].1, &*found[0].2),
        (told, "ballot 2.B carries “blue” on A B C D E, but “red” can have passed in 1.A, where B C D E voted for it")
    );
}

/// B3: who has not signed the certificate may have voted for red, and so may the liar.
#[test]
fn who_is_outside_a_certificate_may_have_voted_for_anything() {
    for (voters, names) in [(&[B, C, D][..], vec!["B3"]), (&[B, C][..], Vec::new())] {
        let mut story = Story::byzantine("nodes 6\nliars A B");
        story.believe(&voters[1..], vote(1, A, RED), &[]);
        story.believe(&[F], vote(2, B, BLUE), &[A, C, D, F, B]);
        assert_eq!(story.names(), names, "{voters:?}");
    }
}

/// A certificate of nobody tells nothing: every vote for another value breaks B3.
#[test]
fn without_a_certificate_every_earlier_vote_breaks_b3() {
    let mut story = Story::byzantine("nodes 6\nliars B");
    story.believe(&[C], vote(1, A, RED), &[]);
    story.believe(&[D], vote(2, B, BLUE), &[]);
    assert_eq!(story.names(), ["B3", "voted-only-if-begun"], "A is correct, and has begun nothing");
}

/// Evidence: the vote of a liar counts for whatever it is said to be for, and no other vote is missing.
#[test]
fn a_learner_needs_the_votes_of_all_but_the_liars() {
    for (voters, is_right) in [(&[B, C, D, E][..], true), (&[B, C, D][..], false)] {
        let mut story = Story::byzantine("nodes 6\nliars A");
        story.believe(voters, vote(1, A, RED), &[]);
        story.learn(B, vote(1, A, RED));
        let expected = if is_right { Vec::new() } else { vec!["learned-only-if-chosen"] };
        assert_eq!(story.names(), expected);
    }
}
