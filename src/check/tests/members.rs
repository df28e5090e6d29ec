//! Stories of a protocol whose passed decrees change the members (Cheap Paxos).

use super::{A, B, C, RED, Story, vote};
use crate::protocol::{Change, Configuration, Fact};
use crate::quorum::QuorumSystem;
use crate::types::{Instance, NodeId, NodeSet, Value};

/// A cluster of Cheap Paxos: A and B are main, C is auxiliary, and `remove(B)` is the value after those that are proposed.
fn cheap(alpha: u32) -> (Story, Value) {
    let protocol = format!("protocol cheap\noption alpha {alpha}\n");
    let story = Story::told(3, QuorumSystem::majority(NodeSet::all(3)), &protocol);
    let changes = story.trace.scenario.setup.changes.as_ref().expect("Cheap Paxos has changes");
    let remove = changes.value(Change::Remove(B)).expect("B can be removed");
    (story, remove)
}

/// A and C remove B, as number 1, by a ballot of A that rests on the promises of A and B.
fn remove_b(story: &mut Story, remove: Value) -> Configuration {
    let removal = vote(1, A, remove);
    story.state(A, Fact::Tried(removal.ballot));
    [A, B].iter().for_each(|node| {
        story.state(*node, Fact::PromisedFrom(Instance::FIRST, removal.ballot));
    });
    story.begin(A, removal, &[A, B]);
    story.vote(A, removal);
    story.vote(C, removal);
    story.learn(A, removal);
    Configuration { mains: set(&[A]), auxiliaries: NodeSet::EMPTY }
}

fn set(nodes: &[NodeId]) -> NodeSet {
    nodes.iter().copied().collect()
}

#[test]
fn a_configuration_follows_from_the_decrees_before_it() {
    let (mut story, remove) = cheap(1);
    let alone = remove_b(&mut story, remove);
    story.state(A, Fact::Configured(Instance(2), alone));
    // A alone decides number 2: by then it is the only member.
    let red = vote(1, A, RED);
    story.state(A, Fact::begun(Instance(2), red, set(&[A])));
    story.state(A, Fact::Voted(Instance(2), red));
    story.state(A, Fact::Learned(Instance(2), red));
    story.assert_red(&[]);
}

#[test]
fn a_configuration_must_not_be_used_before_its_time() {
    let (mut story, remove) = cheap(3);
    let alone = remove_b(&mut story, remove);
    story.state(A, Fact::Configured(Instance(4), alone));
    // With α = 3, numbers 2 and 3 still belong to A, B and C.
    let begun = story.state(A, Fact::begun(Instance(2), vote(1, A, RED), set(&[A])));
    let why = "A began instance 2 with the promises of A, which are no majority of A B C";
    story.assert_red(&[("one-configuration", begun, why)]);
    let (mut story, _) = cheap(1);
    let stated = story.state(A, Fact::Configured(Instance(2), alone));
    let why = "A uses a configuration for instance 2, but it does not know the decree of 1";
    story.assert_red(&[("one-configuration", stated, why)]);
    let (mut story, remove) = cheap(1);
    remove_b(&mut story, remove);
    let stated = story.state(A, Fact::Configured(Instance(2), Configuration::first(&story.trace.scenario.setup.cast)));
    let why = "A says that the members of instance 2 are A B C, but by the decrees before it they are A";
    story.assert_red(&[("one-configuration", stated, why)]);
}

#[test]
fn votes_are_forgotten_only_when_every_main_process_knows() {
    let (mut story, remove) = cheap(1);
    // B is out by number 1, so only A has to know it.
    remove_b(&mut story, remove);
    story.state(C, Fact::Forgot(Instance::FIRST));
    story.assert_red(&[]);
    let (mut story, _) = cheap(1);
    let red = vote(1, A, RED);
    story.state(A, Fact::Tried(red.ballot));
    story.begin(A, red, &[A, B]);
    story.vote(A, red);
    story.vote(C, red);
    story.learn(A, red);
    let forgot = story.state(C, Fact::Forgot(Instance::FIRST));
    let why = "C forgot its votes up to instance 1, but B does not know the decree of 1";
    story.assert_red(&[("forgotten-only-if-known", forgot, why)]);
}
