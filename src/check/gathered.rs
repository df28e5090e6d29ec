//! Gathered: who passes votes on along a ring passes on votes that were cast.

use super::{Check, CheckInfo, Seen, has_ids};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::types::NodeId;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "gathered",
    title: key!("Gathered {votes} were cast"),
    statement: key!("Every process that is counted among the {votes} for an id has {voted} in that {ballot}."),
    further: &[],
    source: "Marandi and others, Ring Paxos (2010): the message that travels along the ring",
    applies: has_ids,
    open: |_| Box::new(Gathered),
};

/// β has the votes, and in one ballot a place has one id.
#[derive(Clone, Hash)]
struct Gathered;

impl Check for Gathered {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Gathered { instance, ballot, id, voters })) = seen.fact() else { return Ok(()) };
        let has_voted = |voter: &NodeId| {
            let votes = seen.beta.votes_from(instance, *voter).take_while(|(of, _)| *of == instance);
            votes.into_iter().any(|(_, vote)| vote.ballot == ballot)
        };
        let Some(silent) = voters.iter().find(|voter| !has_voted(voter)) else { return Ok(()) };
        let symbols = seen.symbols();
        let [node, silent, by] = [node, silent, id.by].map(|name| symbols.node(name));
        let (count, number, id) = (voters.len(), symbols.ballot(ballot), id.number);
        Err(Said::of(|words| {
            let votes = if count == 1 { words.vote } else { words.votes };
            let (ballot, voted) = (words.ballot, words.voted);
            say!(
                "{node} counts {count} {votes} for the id {by}#{id} in {ballot} {number}, one of them {silent}’s, which has \
                 not {voted}"
            )
        }))
    }
}
