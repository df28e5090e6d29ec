//! B1: distinct ballots have distinct numbers.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, has_certificates, has_histories, is_fast, is_vouched};
use crate::protocol::{Fact, Said};
use crate::quorum::{Overlap, Purpose, Round};
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Value, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B1",
    title: key!("B1 · unique numbers"),
    statement: key!("Every {ballot} has a number of its own: for all B ≠ B′ in β, B_bal ≠ B′_bal."),
    further: &[
        (
            is_fast,
            key!(
                "Only a fast round may be begun by several processes, each with a {decree} that the {votes} before it \
             allow."
            ),
        ),
        (
            has_histories,
            key!(
                "A classic {ballot} may be begun again by its owner, each time with a history that extends the one before."
            ),
        ),
        (
            has_certificates,
            key!(
                "A lying owner can begin a {ballot} with several {decrees} in one place; then at most one of them gets a \
             certificate."
            ),
        ),
        (
            is_vouched,
            key!(
                "A lying leader can propose several {decrees} in a {ballot}; then at most one of them can be {passed}: no two have \
             enough {votes}, with those that liars may have cast."
            ),
        ),
    ],
    source: "PTP §2.1; slides, “Consistency conditions”; Fast Paxos (2006), §3.2; Practical Byzantine Fault Tolerance (1999), \
             §4.2",
    applies: |_| true,
    open: |_| Box::<B1>::default(),
};

#[derive(Clone, Default)]
struct B1 {
    /// Where rounds may be fast, the processes that have begun each ballot.
    by: Sorted<(Instance, Ballot), NodeSet>,
    /// Where processes may lie, the first certificate for each place of each ballot.
    certified: Sorted<(Instance, Ballot), (Value, NodeId)>,
}

/// Where nobody has a certificate, the hash is that of the processes alone, so that searches among those who do not lie meet
/// their states in one order for ever.
impl Hash for B1 {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.by.hash(hasher);
        self.certified.entries().iter().for_each(|entry| entry.hash(hasher));
    }
}

impl B1 {
    /// A process has a certificate: nobody has one for another decree in this place of this ballot.
    fn certify(&mut self, seen: &Seen<'_>, node: NodeId, instance: Instance, vote: Vote) -> Result<(), Said> {
        let (first, holder) = *self.certified.entry((instance, vote.ballot), || (vote.value, node));
        if first == vote.value {
            return Ok(());
        }
        let symbols = seen.symbols();
        let [name, holder] = [node, holder].map(|node| symbols.node(node));
        let (place, number) = (instance.0, symbols.ballot(vote.ballot));
        Err(Said::of(|words| {
            let [this, first] = [vote.value, first].map(|value| words.value(symbols, value));
            say!(
                "{name} has a certificate for “{this}” as number {place} in {number}, but {holder} has one for “{first}”"
            )
        }))
    }
}

impl Check for B1 {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some((node, Fact::Certified(instance, vote, _))) = seen.fact()
            && has_certificates(&seen.scenario.setup)
        {
            return self.certify(seen, node, instance, vote);
        }
        if let Some((_, Fact::Voted(instance, vote))) = seen.fact()
            && is_vouched(&seen.scenario.setup)
        {
            return one_can_pass(seen, instance, vote);
        }
        let Some((node, Fact::Began { instance, ballot, .. })) = seen.fact() else { return Ok(()) };
        let setup = &seen.scenario.setup;
        let mut is_alone = true;
        if setup.quorums.overlap == Overlap::TwoFast {
            is_alone = self.by.entry((instance, ballot), || NodeSet::EMPTY).insert(node);
        }
        let numbered = seen.beta.numbered(instance, ballot);
        let [first, _, ..] = &*numbered else { return Ok(()) };
        // Uncoordinated recovery: each acceptor goes on to the next fast round by itself, and says on which votes it rests.
        let is_fast = seen.scenario.round(ballot) == Round::Fast;
        let has_histories = setup.histories.is_some();
        if is_fast && !has_histories && is_alone && numbered.iter().all(|begun| begun.value.is_some()) {
            return Ok(());
        }
        // The leader of a classic ballot appends commands to the history of its ballot.
        let is_of_one = self.by.get(&(instance, ballot)).is_some_and(|by| by.len() == 1);
        let values: Vec<_> = numbered.iter().filter_map(|begun| begun.value).collect();
        let grows = values.windows(2).all(|pair| setup.includes(pair[1], pair[0]));
        if has_histories && !is_fast && is_of_one && grows {
            return Ok(());
        }
        let symbols = seen.symbols();
        let number = symbols.ballot(ballot);
        let [node, first] = [node, first.by].map(|node| symbols.node(node));
        Err(Said::of(|words| say!("{node} began a second {ballot} {number}, after {first}", ballot = words.ballot)))
    }

    fn rename(&mut self, names: &Renaming) {
        for (place, by) in std::mem::take(&mut self.by).into_entries() {
            self.by.set(place, by.renamed(names));
        }
    }
}

/// B1 where a leader may lie: in one ballot at most one value can be learned. Liars may have told each learner that they have
/// voted for what it likes.
fn one_can_pass(seen: &Seen<'_>, instance: Instance, vote: Vote) -> Result<(), Said> {
    let liars = seen.scenario.setup.cast.liars;
    let can_pass = |vote: &Vote| {
        let voters = seen.beta.voters(instance, *vote).union(liars);
        seen.is_quorum(Purpose::Pass, (vote.ballot, instance), voters)
    };
    let next = Ballot::new(vote.ballot.number().saturating_add(1), vote.ballot.owner());
    let votes = seen.beta.votes_below(instance, next);
    let mut others = votes.iter().filter(|other| other.ballot == vote.ballot && other.value != vote.value);
    let Some(other) = others.find(|other| can_pass(other) && can_pass(&vote)) else { return Ok(()) };
    let symbols = seen.symbols();
    let number = symbols.ballot(vote.ballot);
    Err(Said::of(|words| {
        let [this, that] = [vote.value, other.value].map(|value| words.value(symbols, value));
        say!("“{this}” and “{that}” can both have been {passed} in {number}", passed = words.passed)
    }))
}
