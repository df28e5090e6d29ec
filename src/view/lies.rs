//! What a person can make a liar say, and who can be made a liar.

use crate::protocol::{Payload, Trust};
use crate::scenario::{Part, Statement};
use crate::session::Session;
use crate::tongue::say;
use crate::trace::MessageId;
use crate::types::NodeId;

/// Whether the protocol of this run expects that processes lie.
pub fn is_expected(session: &Session) -> bool {
    session.scenario().protocol.trust == Trust::Byzantine
}

/// What the sender of a message can say instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lies {
    /// Another decree, as an example; none where the message carries no decree.
    pub decree: Option<String>,
    /// Whether the message tells a result.
    pub has_result: bool,
    /// Whether the message contains claims.
    pub has_claims: bool,
}

impl Lies {
    /// What the sender of this message can say instead; none where it is no liar, or the message is to itself.
    pub fn of(session: &Session, id: MessageId) -> Option<Self> {
        let scenario = session.scenario();
        let envelope = session.trace().message(id);
        if !scenario.setup.cast.liars.contains(envelope.from) || envelope.to_self() {
            return None;
        }
        let payload = &envelope.message.payload;
        let said = match payload {
            Payload::Proof(vote, _) => vote.map(|vote| vote.value),
            payload => payload.value(),
        };
        let decree = said.map(|said| {
            let other = scenario.symbols.values.iter().enumerate().find(|(place, _)| *place != said.0 as usize);
            other.map_or_else(|| say!("another").into(), |(_, text)| text.to_string())
        });
        let has_claims = matches!(payload, Payload::Proof(_, claims) if !claims.is_empty());
        Some(Self { decree, has_result: matches!(payload, Payload::Result(..)), has_claims })
    }
}

/// The line with which a process becomes a liar or, if it is one, correct again. A line without names means that nobody lies.
/// None where the protocol expects no lies.
pub fn turned(session: &Session, node: NodeId) -> Option<Statement> {
    let scenario = session.scenario();
    let mut liars = scenario.setup.cast.liars;
    if !liars.insert(node) {
        liars.remove(node);
    }
    let names = liars.iter().map(|node| scenario.symbols.node(node).to_owned()).collect();
    is_expected(session).then_some(Statement::Part(Part::Liars, names))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const SCRIPT: &str = "paxos-playground 1\nprotocol pbft\nnodes A B C D E\nclients E\nliars A\nat 0 propose E red\nat 0 propose E blue\n";

    fn of(session: &Session, kind: &str) -> Option<Lies> {
        let protocol = session.scenario().protocol;
        let mut messages = (0..).zip(session.trace().messages());
        let found = messages.find(|(_, sent)| {
            protocol.kind(sent.message.kind).name == kind && sent.from == NodeId(0) && !sent.to_self()
        });
        Lies::of(session, MessageId(found.expect("it is sent").0))
    }

    #[test]
    fn a_liar_can_change_what_its_message_carries() {
        let session = Session::open(SCRIPT).expect("a good script");
        let lies = |kind| of(&session, kind).map(|lies| (lies.decree, lies.has_result, lies.has_claims));
        assert_eq!(lies("PrePrepare"), Some((Some("blue".to_owned()), false, false)));
        assert_eq!(lies("Reply"), Some((Some("blue".to_owned()), true, false)));
        let honest = Session::open(&SCRIPT.replace("liars A\n", "")).expect("a good script");
        assert_eq!(of(&honest, "PrePrepare"), None);
    }

    #[test]
    fn a_process_is_made_a_liar_and_correct_again() {
        let session = Session::open(SCRIPT).expect("a good script");
        let line = |place| match turned(&session, NodeId(place)) {
            Some(Statement::Part(Part::Liars, names)) => names.join(" "),
            other => panic!("{other:?}"),
        };
        assert_eq!((line(0), line(2)), (String::new(), "A C".to_owned()));
        let crash = Session::open("paxos-playground 1\nnodes 3\n").expect("a good script");
        assert_eq!(turned(&crash, NodeId(0)), None);
    }
}
