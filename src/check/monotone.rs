//! Monotone state: `lastTried`, `nextBal` and `prevVote` only grow.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Meaning, Said, Vocabulary};
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, Renaming, Sorted};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "monotone",
    title: key!("State only grows"),
    statement: key!("Each process’s {last_tried}, {next_bal} and, in each instance, {prev_vote} never decrease."),
    further: &[],
    source: "PTP §2.3",
    // A protocol whose processes remember everything may answer NextBallots in any order.
    applies: |scenario| scenario.protocol.field_meaning(Meaning::NextBal).is_some(),
    open: |scenario| Box::new(Monotone { nodes: vec![State::default(); scenario.nodes()] }),
};

#[derive(Clone, Hash)]
struct Monotone {
    nodes: Vec<State>,
}

/// The largest numbers that a node's facts have shown.
#[derive(Clone, Hash, Default)]
struct State {
    last_tried: Option<Ballot>,
    next_bal: Option<Ballot>,
    prev_vote: Sorted<Instance, Option<Ballot>>,
}

impl Check for Monotone {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, fact)) = seen.fact() else { return Ok(()) };
        let state = &mut self.nodes[node.index()];
        let (name, before, after): (fn(Vocabulary) -> &'static str, _, _) = match fact {
            Fact::Tried(ballot) => (|words| words.last_tried, state.last_tried.replace(ballot), ballot),
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => {
                (|words| words.next_bal, state.next_bal.replace(ballot), ballot)
            }
            Fact::Voted(instance, vote) => {
                // A vote in a ballot raises `nextBal` to that ballot, as a promise does.
                state.next_bal = state.next_bal.max(Some(vote.ballot));
                (|words| words.prev_vote, state.prev_vote.entry(instance, || None).replace(vote.ballot), vote.ballot)
            }
            _ => return Ok(()),
        };
        if before <= Some(after) {
            return Ok(());
        }
        let symbols = seen.symbols();
        let [before, after] = [before, Some(after)].map(|ballot| symbols.ballot(ballot));
        Err(Said::of(|words| {
            say!("{node}’s {name} went from {before} to {after}", node = symbols.node(node), name = name(words))
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.nodes);
    }
}
