//! Promise: a LastVote is true, and stays true.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::trace::describe_vote;
use crate::types::{Ballot, Instance, Renaming};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "promise",
    title: key!("Promises are kept"),
    statement: key!(
        "{last_vote_message}(b, v) from q reports q’s {highest_vote} below b, and q {casts_no_vote} between v and \
                b afterwards."
    ),
    further: &[],
    source: "PTP §2.2 steps 1b and 2b; slides, “Phase 1b”",
    applies: |_| true,
    open: |scenario| Box::new(Promise { nodes: vec![Given::default(); scenario.nodes()] }),
};

#[derive(Clone, Hash)]
struct Promise {
    nodes: Vec<Given>,
}

/// A node's promises, in order. In a correct run no vote is below a promised number, so there is little to search.
#[derive(Clone, Hash, Default)]
struct Given {
    /// The promises for one instance: the instance, the promised number, and the number of the reported vote.
    single: Vec<(Instance, Ballot, Option<Ballot>)>,
    /// The promises for an instance and every later one: the promised number and the first instance. The promise reported
    /// null for each of these instances in which there is no single promise with the same number.
    sweeping: Vec<(Ballot, Instance)>,
}

impl Given {
    /// The lowest promised number that a vote in `ballot` breaks in this instance: the number is above `ballot`, and the
    /// vote reported with it is below `ballot`.
    fn broken_by(&self, instance: Instance, ballot: Ballot) -> Option<Ballot> {
        let above = self.single.partition_point(|(place, promised, _)| (*place, *promised) <= (instance, ballot));
        let single = &self.single[above..];
        let single = &single[..single.partition_point(|(place, ..)| *place == instance)];
        let broken = single.iter().find(|(.., reported)| *reported < Some(ballot)).map(|(_, promised, _)| *promised);
        let sweeping = &self.sweeping[self.sweeping.partition_point(|(promised, _)| *promised <= ballot)..];
        let is_single = |promised: Ballot| single.iter().any(|(_, other, _)| *other == promised);
        let swept = sweeping.iter().find(|(promised, from)| *from <= instance && !is_single(*promised));
        broken.into_iter().chain(swept.map(|(promised, _)| *promised)).min()
    }
}

impl Check for Promise {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let symbols = seen.symbols();
        match seen.fact() {
            Some((node, Fact::Promised(instance, ballot, reported))) => {
                let given = &mut self.nodes[node.index()].single;
                let promise = (instance, ballot, reported.map(|vote| vote.ballot));
                let place = given.partition_point(|known| *known < promise);
                // A repeated promise adds nothing.
                if given.get(place) != Some(&promise) {
                    given.insert(place, promise);
                }
                let truth = seen.beta.max_vote(instance, ballot, node);
                if truth == reported {
                    return Ok(());
                }
                let (name, number) = (symbols.node(node), symbols.ballot(ballot));
                Err(Said::of(|words| {
                    let [reported, truth] = [reported, truth].map(|vote| describe_vote(words, symbols, vote));
                    let (ballot, highest) = (words.ballot, words.highest_earlier_vote);
                    say!("{name} reports {reported} to {ballot} {number}, but its {highest} is {truth}")
                }))
            }
            Some((node, Fact::PromisedFrom(from, ballot))) => {
                let given = &mut self.nodes[node.index()];
                let place = given.sweeping.partition_point(|known| *known < (ballot, from));
                if given.sweeping.get(place) != Some(&(ballot, from)) {
                    given.sweeping.insert(place, (ballot, from));
                }
                let is_reported = |instance: Instance| {
                    let place =
                        given.single.partition_point(|(other, number, _)| (*other, *number) < (instance, ballot));
                    given.single.get(place).is_some_and(|(other, number, _)| (*other, *number) == (instance, ballot))
                };
                let mut votes = seen.beta.votes_from(from, node);
                let hidden = votes.find(|(instance, vote)| vote.ballot < ballot && !is_reported(*instance));
                let Some((instance, vote)) = hidden else { return Ok(()) };
                let (name, number) = (symbols.node(node), symbols.ballot(ballot));
                Err(Said::of(|words| {
                    let (ballot, voted, vote) = (words.ballot, words.voted, describe_vote(words, symbols, Some(vote)));
                    let place = instance.0;
                    say!("{name} reports null to {ballot} {number} for instance {place}, but it {voted} {vote}")
                }))
            }
            Some((node, Fact::Voted(instance, vote))) => {
                let Some(promised) = self.nodes[node.index()].broken_by(instance, vote.ballot) else { return Ok(()) };
                let [number, promised] = [vote.ballot, promised].map(|ballot| symbols.ballot(ballot));
                Err(Said::of(|words| {
                    let (name, voted_in) = (symbols.node(node), words.voted_in);
                    say!("{name} {voted_in} {number}, although it had promised {promised}")
                }))
            }
            _ => Ok(()),
        }
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.nodes);
    }
}
