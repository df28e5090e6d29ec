//! Stories of values that travel under ids, and of votes that are gathered along a ring.

use super::*;
use crate::protocol::ValueId;

const FIRST: ValueId = ValueId { by: A, number: 1 };

fn ring() -> Story {
    Story::told(3, QuorumSystem::majority(NodeSet::all(3)), "protocol m-ring\n")
}

fn gathered(ballot: Ballot, id: ValueId, voters: &[NodeId]) -> Fact {
    Fact::Gathered { instance: Instance::FIRST, ballot, id, voters: voters.iter().copied().collect() }
}

/// A begins red under its first id, with the promises of A and B, and both vote as far as they are named.
fn begun(story: &mut Story, voters: &[NodeId]) -> Vote {
    let red = vote(1, A, RED);
    story.promise(&[(A, None), (B, None)], red.ballot);
    story.state(A, Fact::Named(FIRST, RED));
    story.begin(A, red, &[A, B]);
    for voter in voters {
        story.vote(*voter, red);
    }
    red
}

#[test]
fn votes_that_are_passed_on_were_cast() {
    let mut story = ring();
    let red = begun(&mut story, &[A, B]);
    story.state(B, gathered(red.ballot, FIRST, &[B]));
    story.state(A, gathered(red.ballot, FIRST, &[A, B]));
    story.assert_red(&[]);
    let mut story = ring();
    let red = begun(&mut story, &[A]);
    let event = story.state(B, gathered(red.ballot, FIRST, &[A, B]));
    let why = "B counts 2 votes for the id A#1 in ballot 1.A, one of them B’s, which has not voted";
    story.assert_red(&[("gathered", event, why)]);
}

#[test]
fn an_id_stands_for_one_value() {
    let mut story = ring();
    begun(&mut story, &[A, B]);
    let event = story.state(A, Fact::Named(FIRST, BLUE));
    story.assert_red(&[("ids", event, "A gives the id A#1 to “blue”, but it stands for “red” already")]);
    let mut story = ring();
    let red = begun(&mut story, &[A, B]);
    story.state(B, gathered(red.ballot, FIRST, &[B]));
    let event = story.state(A, gathered(red.ballot, ValueId { by: A, number: 2 }, &[A, B]));
    let why = "A counts votes for A#2 in instance 1 of ballot 1.A, which has A#1";
    story.assert_red(&[("ids", event, why)]);
}
