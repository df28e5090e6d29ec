//! Growth: where values are histories, they only get longer.
//!
//! A vote of an acceptor replaces its earlier vote in the same ballot, and what a process has learned can be extended but not
//! taken back. So both may only grow. In a classic ballot this follows from the histories of step 2a being a chain, which is
//! B1's business, and from acceptors ignoring shorter ones.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::types::{Renaming, Value, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "grow",
    title: key!("Histories only grow"),
    statement: key!(
        "In each {ballot} an acceptor’s history only grows, and so does the history that a process has learned."
    ),
    further: &[],
    source: "Generalized Consensus and Paxos (2005), §2.3 (stability), §3.3",
    applies: |scenario| scenario.setup.histories.is_some(),
    open: |scenario| Box::new(Grow { nodes: vec![Known::default(); scenario.nodes()] }),
};

#[derive(Clone, Hash)]
struct Grow {
    nodes: Vec<Known>,
}

/// A node's last vote, and the history that it has learned.
#[derive(Clone, Hash, Default)]
struct Known {
    vote: Option<Vote>,
    learned: Option<Value>,
}

impl Check for Grow {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, fact)) = seen.fact() else { return Ok(()) };
        let known = &mut self.nodes[node.index()];
        let (before, after, is_vote) = match fact {
            Fact::Voted(_, vote) => {
                let before = known.vote.replace(vote).filter(|before| before.ballot == vote.ballot);
                (before.map(|before| before.value), vote.value, true)
            }
            Fact::Learned(_, vote) => (known.learned.replace(vote.value), vote.value, false),
            _ => return Ok(()),
        };
        let Some(before) = before.filter(|before| !seen.scenario.setup.includes(after, *before)) else { return Ok(()) };
        let symbols = seen.symbols();
        let name = symbols.node(node);
        let [before, after] = [before, after].map(|value| symbols.value(value));
        Err(Said::of(|words| {
            if is_vote {
                let voted_for = words.voted_for;
                say!("{name} {voted_for} “{after}”, which does not extend “{before}” of before")
            } else {
                say!("{name} learned “{after}”, which does not extend “{before}” of before")
            }
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.nodes);
    }
}
