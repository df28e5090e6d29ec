//! Lies: what a liar sends instead of what its machine says.
//!
//! A liar runs the same machine as everybody else, and only its messages to others are forged, as the script says. Nobody can
//! forge a signature: a proof may claim that another process has said something only if that process has said it.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use super::World;
use crate::protocol::{Claim, Guard, Message, Payload, Protocol};
use crate::scenario::{Lie, Scenario};
use crate::tongue::say;
use crate::types::{NodeId, Value, Vote};

/// Fingerprints of what processes have sent so far, where the scenario has a lie that claims such a message; none
/// otherwise.
#[derive(Clone, Hash)]
pub(super) struct Signed(Option<BTreeSet<u64>>);

impl Signed {
    /// Nothing was sent so far.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let has_claims = scenario.rules.iter().any(|rule| matches!(rule.lie(), Some(Lie::Claims(_))));
        Self(has_claims.then(BTreeSet::new))
    }

    /// A process has sent this message.
    pub(super) fn add(&mut self, by: NodeId, message: &Message) {
        if let Some(known) = &mut self.0 {
            known.insert(fingerprint(by, message));
        }
    }

    fn has(&self, by: NodeId, message: &Message) -> bool {
        self.0.as_ref().is_some_and(|known| known.contains(&fingerprint(by, message)))
    }

    /// About how many bytes this takes.
    pub(super) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |known| known.len() * 16)
    }
}

fn fingerprint(by: NodeId, message: &Message) -> u64 {
    let mut hasher = SipHasher13::new();
    (by, message).hash(&mut hasher);
    hasher.finish()
}

impl World {
    /// What a liar sends instead of this message, by the rules at these places.
    #[inline(never)]
    pub(super) fn forged(&mut self, message: &Message, liar: NodeId, rules: &[usize]) -> Message {
        let scenario = Arc::clone(&self.scenario);
        let mut said = message.clone();
        for place in rules {
            let Some(lie) = scenario.rules[*place].lie() else { continue };
            match lie {
                Lie::Claims(claimed) => {
                    let (by, claimed) = (claimed.link.from, claimed.message(scenario.protocol));
                    let setup = &scenario.setup;
                    let is_said = setup.cast.liars.contains(by) || self.signed.has(by, &claimed);
                    if is_said || !setup.keeps(Guard::Signed) {
                        tell_lie(&mut said, liar, lie, scenario.protocol);
                    } else {
                        let (name, kind) = (scenario.symbols.node(by), scenario.protocol.kind(claimed.kind).name);
                        let why =
                            say!("{name} has sent no such {kind} by then, and nobody can forge what {name} signs");
                        self.refused.push((*place, why));
                    }
                }
                lie => tell_lie(&mut said, liar, lie, scenario.protocol),
            }
        }
        said
    }
}

/// Changes a message of a liar as this lie says. The network knows when a message lands, and the caller knows what can be
/// claimed.
pub fn tell_lie(said: &mut Message, liar: NodeId, lie: &Lie<NodeId, Value>, protocol: &Protocol) {
    match lie {
        Lie::Silent | Lie::Late(_) => {}
        Lie::Claims(claimed) => {
            let claim = Claim { by: claimed.link.from, message: claimed.message(protocol) };
            change_claims(said, |claims| claims.push(claim));
        }
        Lie::Says(value) => say(said, liar, *value),
        Lie::False => {
            if let Payload::Result(_, result) = &mut said.payload {
                *result = !*result;
            }
        }
        Lie::Omits(nodes) => {
            change_claims(said, |claims| {
                claims.retain(|claim| !nodes.is_empty() && !nodes.contains(&claim.by));
            });
        }
    }
}

/// Puts another value into a message, and into the claims that the liar itself has signed.
fn say(message: &mut Message, liar: NodeId, value: Value) {
    let ballot = message.ballot;
    match &mut message.payload {
        Payload::Value(said) | Payload::Result(said, _) => *said = value,
        Payload::Proof(vote, _) => {
            let ballot = vote.map(|vote| vote.ballot).or(ballot);
            *vote = ballot.map(|ballot| Vote { ballot, value }).or(*vote);
        }
        Payload::Empty
        | Payload::LastVote(_)
        | Payload::Ballot(_)
        | Payload::Entries(_)
        | Payload::Hop(_)
        | Payload::Ids(_)
        | Payload::Passing(..) => {}
    }
    change_claims(message, |claims| {
        claims.iter_mut().filter(|claim| claim.by == liar).for_each(|claim| say(&mut claim.message, liar, value));
    });
}

/// Changes the claims of a message that has a proof.
fn change_claims(message: &mut Message, change: impl FnOnce(&mut Vec<Claim>)) {
    if let Payload::Proof(_, claims) = &mut message.payload {
        let mut changed = claims.to_vec();
        change(&mut changed);
        *claims = Arc::from(changed);
    }
}
