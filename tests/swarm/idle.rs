//! Ballots that nobody needs: a leader starts one although it has its quorum and has nothing left to do with it.
//!
//! The trace shows what a leader has to do: a place that it began and whose outcome it does not know, a place below one
//! that it has voted in or knows of, or a wish that reached it and is not in its ledger. In a ledger of many decrees, a
//! leader that begins to lead, or comes back, has its phase 1 to do in any case. With one decree, a process that knows
//! the decree never has anything to do. Where the acceptors choose the decrees, a leader has to settle each place in which it
//! hears of a vote, and after a classic round it needs a fast one. Where processes agree on one history, the commands of a
//! vote that the leader casts or hears of are work until the leader learns them; and when votes of its ballot have collided,
//! acceptors append no more to them, so the leader needs a new ballot.
//!
//! Where passed decrees change the members, a leader needs a quorum of the place that it begins next. The promises that came
//! after its ballot had a quorum do not count, because no decree of the ballot was chosen by them.

use std::collections::BTreeSet;

use paxos_playground::protocol::{Configurations, Fact, Payload, Phase};
use paxos_playground::quorum::{Overlap, Purpose, QuorumSystem, Round};
use paxos_playground::scenario::{Act, Scenario};
use paxos_playground::trace::{Trace, What};
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

/// The work of one process, as far as the trace shows it.
#[derive(Clone, Default)]
struct Work {
    /// Its ballot since it leads, the quorums of the first place of that ballot, and the processes that have promised the
    /// ballot until they were such a quorum.
    tried: Option<(Ballot, QuorumSystem)>,
    promised: NodeSet,
    /// The changes of the members that it has learned.
    configurations: Configurations,
    /// The places where it has voted or begun a ballot, and the decrees that it has learned.
    touched: BTreeSet<Instance>,
    learned: BTreeSet<Instance>,
    wished: BTreeSet<Value>,
    passed: BTreeSet<Value>,
    /// The histories that it has heard to be voted for since its last step 1a.
    heard: BTreeSet<(Ballot, Value)>,
}

impl Work {
    /// Whether the process knows every place up to the last one that it has touched, and every wish has passed.
    fn is_done(&self) -> bool {
        let last = self.touched.iter().chain(&self.learned).max();
        let is_whole = last.is_none_or(|last| self.learned.len() == last.0 as usize);
        is_whole && self.wished.is_subset(&self.passed)
    }

    /// The first place whose decree the process does not know.
    fn missing(&self) -> Instance {
        let mut place = Instance::FIRST;
        while self.learned.contains(&place) {
            place = place.next();
        }
        place
    }

    /// Whether this is its ballot.
    fn has_tried(&self, ballot: Ballot) -> bool {
        self.tried.as_ref().is_some_and(|(tried, _)| *tried == ballot)
    }

    /// The quorums of promises of this ballot for the first place that the process does not know.
    fn quorum(&self, scenario: &Scenario, ballot: Ballot) -> QuorumSystem {
        scenario.quorum_in(&self.configurations, Purpose::Promise, (ballot, self.missing())).into_owned()
    }

    /// Whether this process has heard of votes in one ballot that do not go together.
    fn has_collision(&self, scenario: &Scenario) -> bool {
        let differ = |one: Value, other: Value| !scenario.setup.is_compatible(one, other);
        let mut votes = self.heard.iter();
        votes.any(|(ballot, one)| {
            self.heard.iter().any(|(in_ballot, other)| ballot == in_ballot && differ(*one, *other))
        })
    }

    /// A promise of the ballot of this process has come.
    fn promised(&mut self, from: NodeId) {
        if self.tried.as_ref().is_some_and(|(_, quorum)| !quorum.is_quorum(self.promised)) {
            self.promised.insert(from);
        }
    }
}

/// The first ballot that nobody needs, if there is one.
pub(crate) fn ballot(trace: &Trace) -> Option<String> {
    let scenario = &trace.scenario;
    let is_whole = scenario.protocol.guards.iter().all(|guard| scenario.setup.keeps(*guard));
    let has_leader = (scenario.protocol.ignores_oracle)(&scenario.protocol.default_choices()).is_none();
    if !is_whole || !has_leader || scenario.setup.skipped != 0 {
        return None;
    }
    let is_fast = scenario.setup.quorums.overlap == Overlap::TwoFast;
    let has_history = scenario.setup.histories.is_some();
    let mut works = vec![Work::default(); scenario.nodes()];
    for event in trace.events() {
        match &event.what {
            What::Acted(_, Act::Propose(node, value)) => {
                works[node.index()].wished.insert(*value);
            }
            What::Acted(_, Act::Restart(node, _)) => works[node.index()].tried = None,
            What::Landed(id) => {
                let sent = trace.message(*id);
                let work = &mut works[sent.to.index()];
                let phase = scenario.protocol.kind(sent.message.kind).phase;
                let is_promise =
                    phase == Phase::OneB && sent.message.ballot.is_some_and(|ballot| work.has_tried(ballot));
                if is_promise {
                    work.promised(sent.from);
                }
                let wish = sent.message.payload.value().filter(|_| phase == Phase::Request);
                work.wished.extend(wish);
                match &sent.message.payload {
                    // A vote of which a leader hears may have passed its decree, so the leader has to settle that place.
                    Payload::Entries(entries) if is_promise => {
                        work.touched.extend(entries.iter().map(|entry| entry.instance));
                    }
                    Payload::LastVote(Some(vote)) if is_promise && has_history => {
                        work.wished.extend(vote.value.commands().iter());
                    }
                    Payload::Value(value) if phase == Phase::TwoB && has_history => {
                        work.wished.extend(value.commands().iter());
                        work.heard.extend(sent.message.ballot.map(|ballot| (ballot, *value)));
                    }
                    Payload::Value(_) if phase == Phase::TwoB && is_fast => {
                        work.touched.insert(sent.message.instance);
                    }
                    _ => {}
                }
            }
            What::Stated(node, fact) => {
                let work = &mut works[node.index()];
                work.configurations.observe(&scenario.setup, fact);
                match *fact {
                    Fact::Leads(true) => work.tried = None,
                    Fact::Began { value: Some(value), .. } | Fact::Voted(_, Vote { value, .. }) if has_history => {
                        work.wished.extend(value.commands().iter());
                    }
                    Fact::Began { instance, value: Some(_), .. } | Fact::Voted(instance, _) => {
                        work.touched.insert(instance);
                    }
                    Fact::Learned(instance, vote) => {
                        work.learned.insert(instance);
                        work.passed.extend(vote.value.commands().iter());
                    }
                    Fact::Tried(ballot) => {
                        let is_settled = !scenario.protocol.is_log && !work.learned.is_empty();
                        let tried = work.tried.as_ref().map(|(tried, _)| *tried);
                        let presides = tried.is_some_and(|tried| work.quorum(scenario, tried).is_quorum(work.promised));
                        let was_classic = tried.is_some_and(|tried| scenario.round(tried) == Round::Classic);
                        let reopens = was_classic && scenario.round(ballot) == Round::Fast;
                        let reopens = reopens || has_history && work.has_collision(scenario);
                        let is_idle = scenario.protocol.is_log && presides && work.is_done() && !reopens;
                        if is_settled || is_idle {
                            let (name, ballot) = (scenario.symbols.node(*node), scenario.symbols.ballot(ballot));
                            return Some(format!("{name} starts {ballot} at {}Δ with nothing to do", event.time));
                        }
                        (work.tried, work.promised) = (Some((ballot, work.quorum(scenario, ballot))), NodeSet::EMPTY);
                        work.heard.clear();
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    None
}
