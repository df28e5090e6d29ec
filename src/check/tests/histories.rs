//! Stories of histories: votes and ledgers that grow, ballots that begin again, and commands that need no order.

use std::sync::Arc;

use super::{A, B, BLUE, C, D, GREEN, RED, Story, vote};
use crate::protocol::{Basis, Fact};
use crate::scenario::{Act, Scenario};
use crate::trace::{EventId, Trace, What};
use crate::types::{Instance, NodeId, Time, Value, Vote};

/// What the clients ask for; red and blue write the same key, green another one.
const TEXTS: [&str; 3] = ["put x red", "put x blue", "put y green"];

/// A history with these commands.
fn history(commands: &[Value]) -> Value {
    Value::history(commands)
}

fn of(number: u32, owner: NodeId, commands: &[Value]) -> Vote {
    vote(number, owner, history(commands))
}

impl Story {
    /// A cluster of Generalized Paxos with these lines, in which A has been asked for red and B for blue. Green comes later.
    fn generalized(lines: &str) -> Self {
        let asked = TEXTS.map(|text| format!("at 9 propose A \"{text}\"\n")).concat();
        let text = format!("paxos-playground 1\nprotocol generalized\nservice kv\n{lines}\n{asked}");
        let (_, scenario) = Scenario::read(&text).expect("a good script");
        let mut trace = Trace::new(Arc::new(scenario));
        for (place, value) in [(0, RED), (1, BLUE)] {
            trace.push(Time::ZERO, None, What::Acted(place, Act::Propose(NodeId(place as u8), value)));
        }
        Self { trace }
    }

    fn ask_for_green(&mut self) {
        self.trace.push(Time::ZERO, None, What::Acted(2, Act::Propose(A, GREEN)));
    }

    /// Step 2a.
    fn start(&mut self, number: u32, owner: NodeId, commands: &[Value], quorum: &[NodeId]) -> EventId {
        let Vote { ballot, value } = of(number, owner, commands);
        let basis = Basis::Promises(quorum.iter().copied().collect());
        self.state(owner, Fact::Began { instance: Instance::FIRST, ballot, value: Some(value), basis })
    }

    fn all_vote(&mut self, voters: &[NodeId], cast: Vote) {
        voters.iter().for_each(|voter| {
            self.vote(*voter, cast);
        });
    }

    fn assert_first(&self, name: &str, event: EventId, sentence: &str) {
        let red = self.red();
        let found: Vec<_> = red.iter().filter(|(check, ..)| *check == name).collect();
        assert_eq!(found, [&(name, event, sentence.to_owned())], "{red:?}");
    }
}

#[test]
fn histories_that_grow_in_step_are_right() {
    let mut story = Story::generalized("nodes 4");
    story.ask_for_green();
    story.start(1, A, &[], &[A, B, C]);
    story.all_vote(&[A, B, C, D], of(1, A, &[RED]));
    story.all_vote(&[A, B, C], of(1, A, &[RED, GREEN]));
    story.learn(A, of(1, A, &[RED]));
    // B has not heard of the votes for red yet.
    story.vote(D, of(1, A, &[RED, GREEN]));
    story.learn(B, of(1, A, &[RED, GREEN]));
    story.start(2, A, &[RED, GREEN], &[A, B, C]);
    story.start(2, A, &[RED, BLUE, GREEN], &[A, B, C]);
    story.all_vote(&[A, B, C], of(2, A, &[RED, BLUE, GREEN]));
    story.learn(A, of(2, A, &[RED, BLUE, GREEN]));
    story.assert_red(&[]);
}

/// Red and green do not conflict, so A may learn the one and B the other.
#[test]
fn learned_histories_are_compatible() {
    let mut story = Story::generalized("nodes 4");
    story.ask_for_green();
    story.start(1, A, &[], &[A, B, C]);
    for commands in [&[RED][..], &[RED, GREEN], &[RED, BLUE, GREEN]] {
        story.all_vote(&[A, B, C, D], of(1, A, commands));
    }
    story.learn(A, of(1, A, &[RED]));
    story.learn(B, of(1, A, &[GREEN]));
    story.learn(C, of(1, A, &[RED, BLUE]));
    assert_eq!(story.red(), []);
    let event = story.learn(D, of(1, A, &[BLUE]));
    let sentence = "D learned “put x blue”, but C had learned “put x red • put x blue • put y green”";
    story.assert_first("agreement", event, sentence);
}

#[test]
fn what_was_voted_for_and_learned_only_grows() {
    let mut story = Story::generalized("nodes 4");
    story.start(2, A, &[RED], &[A, B, C]);
    story.start(2, A, &[RED, BLUE], &[A, B, C]);
    story.vote(B, of(2, A, &[RED, BLUE]));
    let shrunk = story.vote(B, of(2, A, &[RED]));
    let sentence = "B voted for “put x red”, which does not extend “put x red • put x blue” of before";
    story.assert_red(&[("grow", shrunk, sentence)]);

    let mut story = Story::generalized("nodes 4");
    story.start(2, A, &[RED], &[A, B, C]);
    story.all_vote(&[A, B, C], of(2, A, &[RED]));
    story.learn(A, of(2, A, &[RED]));
    let shrunk = story.learn(A, of(2, A, &[]));
    story.assert_red(&[("grow", shrunk, "A learned “⊥”, which does not extend “put x red” of before")]);
}

/// In another ballot, an acceptor may vote for a shorter history: nothing of the longer one can have passed.
#[test]
fn a_history_may_be_shorter_in_the_next_ballot() {
    let mut story = Story::generalized("nodes 4");
    story.start(1, A, &[], &[A, B, C]);
    story.vote(D, of(1, A, &[BLUE]));
    story.start(4, D, &[RED], &[A, B, C]);
    story.vote(D, of(4, D, &[RED]));
    story.assert_red(&[]);
}

#[test]
fn the_histories_of_a_classic_ballot_are_a_chain_of_one_leader() {
    let mut story = Story::generalized("nodes 4");
    story.start(2, A, &[RED], &[A, B, C]);
    let second = story.start(2, A, &[BLUE], &[A, B, C]);
    story.assert_red(&[("B1", second, "A began a second ballot 2.A, after A")]);

    let mut story = Story::generalized("nodes 4");
    story.start(2, A, &[RED], &[A, B, C]);
    let ballot = of(2, A, &[]).ballot;
    let value = Some(history(&[RED, BLUE]));
    let basis = Basis::Promises([A, B, C].into_iter().collect());
    let other = story.state(B, Fact::Began { instance: Instance::FIRST, ballot, value, basis });
    story.assert_red(&[("B1", other, "B began a second ballot 2.A, after A")]);
}

/// Two votes of three: A and B may have passed red first, and A and C blue. The promises of B and C do not tell.
#[test]
fn two_fast_quorums_and_one_of_promises_share_a_process() {
    let mut story = Story::generalized("nodes 3\nwithout fast-quorum");
    story.start(1, A, &[], &[A, B]);
    story.vote(B, of(1, A, &[RED, BLUE]));
    story.vote(C, of(1, A, &[BLUE, RED]));
    let begun = story.start(6, C, &[BLUE, RED], &[B, C]);
    story.assert_red(&[
        (
            "B2",
            begun,
            "ballot 6.C rests on the promises of B C, of whom nobody is in both A C and A B, two quorums that vote in 1.A",
        ),
        (
            "B3",
            begun,
            "ballot 6.C carries “put x blue • put x red”, but “put x red” can have passed in 1.A: of its quorum, B voted for it",
        ),
    ]);
}

/// A quorum votes for red in a classic ballot, and none of them promises the next ballot.
#[test]
fn those_who_promise_meet_every_quorum_of_a_classic_ballot() {
    let mut story = Story::generalized("nodes 4");
    story.start(2, A, &[RED], &[A, B, C]);
    story.start(2, A, &[RED, BLUE], &[A, B, C]);
    story.vote(A, of(2, A, &[RED]));
    story.all_vote(&[B, C], of(2, A, &[RED, BLUE]));
    let begun = story.start(4, B, &[RED, BLUE], &[D]);
    let sentence = "ballot 4.B rests on the promises of D, of whom nobody is in A B C, a quorum that votes in 2.A";
    story.assert_red(&[("B2", begun, sentence)]);
}

#[test]
fn a_ballot_extends_whatever_can_have_passed() {
    let mut story = Story::generalized("nodes 4");
    story.start(1, A, &[], &[A, B, C]);
    story.all_vote(&[A, B], of(1, A, &[RED]));
    story.vote(C, of(1, A, &[BLUE]));
    // D may have voted for red, but not enough can have voted for blue.
    story.start(2, A, &[RED, BLUE], &[A, B, C]);
    assert_eq!(story.red(), []);
    let begun = story.start(4, B, &[BLUE, RED], &[A, B, C]);
    let sentence = "ballot 4.B carries “put x blue • put x red”, but “put x red” can have passed in 1.A: of its quorum, A B \
                    voted for it";
    story.assert_red(&[("B3", begun, sentence)]);
}

/// The promises of 6.C tell of a vote in 4.B, which passed nothing. Green may have passed in 1.A all the same.
#[test]
fn a_ballot_extends_what_can_have_passed_in_any_ballot_before() {
    let mut story = Story::generalized("nodes 4");
    story.ask_for_green();
    story.start(1, A, &[], &[A, B, C]);
    story.all_vote(&[A, B, C], of(1, A, &[GREEN]));
    let begun = story.start(4, B, &[RED], &[A, B, C]);
    let sentence =
        "ballot 4.B carries “put x red”, but “put y green” can have passed in 1.A: of its quorum, A B C voted for it";
    story.assert_first("B3", begun, sentence);
    let mut story = Story::generalized("nodes 4");
    story.ask_for_green();
    story.start(1, A, &[], &[A, B, C]);
    story.start(4, B, &[RED], &[A, B, D]);
    story.vote(A, of(1, A, &[GREEN]));
    story.vote(D, of(4, B, &[RED]));
    story.all_vote(&[B, C], of(1, A, &[GREEN]));
    let red: Vec<_> = story.red().into_iter().map(|(check, ..)| check).collect();
    assert_eq!(red, ["B3"], "A and B voted in 1.A after they had promised 4.B");
    let mut story = Story::generalized("nodes 4");
    story.ask_for_green();
    story.start(1, A, &[], &[A, B, C]);
    story.all_vote(&[A, B, C], of(1, A, &[GREEN]));
    story.start(4, B, &[GREEN, RED], &[A, B, C]);
    story.vote(A, of(4, B, &[GREEN, RED]));
    let begun = story.start(6, C, &[RED], &[A, B, C]);
    let sentence = "ballot 6.C carries “put x red”, but “put y green” can have passed in 1.A: A B C voted for it";
    story.assert_first("B3", begun, sentence);
}

/// A alone has voted in 1.A, and the others have promised 4.D without a vote. So nothing has passed in 1.A, though the promises
/// of 6.C do not tell: D was asked by 4.D, and not by 6.C.
#[test]
fn who_has_promised_in_between_votes_in_the_earlier_ballot_no_more() {
    let mut story = Story::generalized("nodes 5");
    let e = NodeId(4);
    story.ask_for_green();
    story.start(2, A, &[RED], &[A, B, C]);
    story.vote(A, of(2, A, &[RED]));
    story.start(8, D, &[GREEN], &[C, D, e]);
    story.vote(C, of(8, D, &[GREEN]));
    story.start(16, C, &[GREEN], &[A, B, C]);
    story.assert_red(&[]);
    // If only C had promised 8.D, D and E might have voted for red.
    let mut story = Story::generalized("nodes 5");
    story.ask_for_green();
    story.start(2, A, &[RED], &[A, B, C]);
    story.vote(A, of(2, A, &[RED]));
    story.start(8, D, &[GREEN], &[C]);
    story.vote(C, of(8, D, &[GREEN]));
    let begun = story.start(16, C, &[GREEN], &[A, B, C]);
    let sentence = "ballot 16.C carries “put y green”, but “put x red” can have passed in 2.A: A voted for it";
    story.assert_first("B3", begun, sentence);
}

/// The ballot begins with enough, but an acceptor votes for less.
#[test]
fn a_vote_extends_whatever_can_have_passed_too() {
    let mut story = Story::generalized("nodes 4");
    story.start(1, A, &[], &[A, B, C]);
    story.all_vote(&[A, B, C], of(1, A, &[RED]));
    story.start(3, B, &[RED], &[A, B, C]);
    let less = story.vote(C, of(3, B, &[BLUE]));
    let sentence =
        "ballot 3.B carries “put x blue”, but “put x red” can have passed in 1.A: of its quorum, A B C voted for it";
    story.assert_first("B3", less, sentence);
}

#[test]
fn only_in_a_fast_ballot_does_a_vote_extend_what_was_begun() {
    for (number, is_right) in [(1, true), (2, false)] {
        let mut story = Story::generalized("nodes 4");
        story.start(number, A, &[RED], &[A, B, C]);
        story.vote(B, of(number, A, &[RED]));
        let more = story.vote(B, of(number, A, &[RED, BLUE]));
        let sentence = "B voted for “put x red • put x blue” in ballot 2.A, which was begun with “put x red”";
        let red = [("voted-only-if-begun", more, sentence)];
        story.assert_red(if is_right { &[] } else { &red });
    }
}

/// Red has a quorum in 1.A, and blue after red none in any ballot: A counts B's vote in 2.A for one in 1.A.
#[test]
fn each_part_of_what_is_learned_has_a_quorum_in_one_ballot() {
    let mut story = Story::generalized("nodes 4");
    story.start(1, A, &[], &[A, B, C]);
    story.all_vote(&[A, B, C], of(1, A, &[RED]));
    story.all_vote(&[A, D], of(1, A, &[RED, BLUE]));
    story.start(2, A, &[RED, BLUE], &[A, B, C]);
    story.vote(B, of(2, A, &[RED, BLUE]));
    story.learn(A, of(1, A, &[RED]));
    assert_eq!(story.red(), []);
    let event = story.learn(A, of(2, A, &[RED, BLUE]));
    let sentence = "A learned “put x red • put x blue”, for which no quorum voted in one ballot";
    story.assert_red(&[("learned-only-if-chosen", event, sentence)]);
}

#[test]
fn every_command_of_a_history_was_proposed() {
    let mut story = Story::generalized("nodes 4");
    story.start(1, A, &[], &[A, B, C]);
    let voted = story.vote(B, of(1, A, &[RED, GREEN]));
    story.assert_red(&[("validity", voted, "B voted for “put y green”, which nobody has proposed")]);
}

/// B executes red and green in the other order than A. C executes blue before red.
#[test]
fn conflicting_commands_are_executed_in_one_order() {
    let mut story = Story::generalized("nodes 4");
    for (place, value) in [(1, RED), (2, GREEN), (3, BLUE)] {
        story.apply(A, place, value, u64::from(value.0));
    }
    story.apply(B, 1, GREEN, 7);
    story.apply(B, 2, RED, u64::from(GREEN.0));
    assert_eq!(story.red(), []);
    let event = story.apply(C, 1, BLUE, 8);
    let sentence = "C executed “put x blue” after no conflicting command, but A executed it after “put x red”";
    story.assert_red(&[("prefix", event, sentence)]);
}

#[test]
fn after_the_same_commands_the_states_are_the_same() {
    let mut story = Story::generalized("nodes 4");
    story.apply(A, 1, RED, 1);
    story.apply(A, 2, GREEN, 2);
    story.apply(B, 1, GREEN, 3);
    assert_eq!(story.red(), [], "one command is not the other");
    story.crash(B);
    story.apply(B, 1, GREEN, 3);
    let event = story.apply(B, 2, RED, 4);
    story.assert_red(&[("state", event, "after the same 2 commands the states of B and A differ")]);
}
