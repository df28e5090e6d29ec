//! Ballots that nobody needs: a leader starts one although it has its quorum and has nothing left to do with it.
//!
//! The trace shows what a leader has to do: a place that it began and whose outcome it does not know, a place below one
//! that it has voted in or knows of, or a wish that reached it and is not in its ledger. In a ledger of many decrees, a
//! leader that begins to lead, or comes back, has its phase 1 to do in any case. With one decree, a process that knows
//! the decree never has anything to do. Where the acceptors choose the decrees, a leader has to settle each place in which it
//! hears of a vote, and after a classic round it needs a fast one.

use std::collections::BTreeSet;

use paxos_playground::protocol::{Fact, Payload, Phase};
use paxos_playground::quorum::{Overlap, Purpose, Round};
use paxos_playground::scenario::Act;
use paxos_playground::trace::{Trace, What};
use paxos_playground::types::{Ballot, Instance, NodeSet, Value};

/// The work of one process, as far as the trace shows it.
#[derive(Clone, Default)]
struct Work {
    /// Its ballot since it leads, and the processes that have promised that ballot.
    tried: Option<Ballot>,
    promised: NodeSet,
    /// The places where it has voted or begun a ballot, and the decrees that it has learned.
    touched: BTreeSet<Instance>,
    learned: BTreeSet<Instance>,
    wished: BTreeSet<Value>,
    passed: BTreeSet<Value>,
}

impl Work {
    /// Whether the process knows every place up to the last one that it has touched, and every wish has passed.
    fn is_done(&self) -> bool {
        let last = self.touched.iter().chain(&self.learned).max();
        let is_whole = last.is_none_or(|last| self.learned.len() == last.0 as usize);
        is_whole && self.wished.is_subset(&self.passed)
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
                match &sent.message.payload {
                    Payload::Value(value) if phase == Phase::Request => {
                        work.wished.insert(*value);
                    }
                    // A vote of which a leader hears may have passed its decree, so the leader has to settle that place.
                    Payload::Entries(entries) if phase == Phase::OneB && sent.message.ballot == work.tried => {
                        work.promised.insert(sent.from);
                        work.touched.extend(entries.iter().map(|entry| entry.instance));
                    }
                    Payload::Value(_) if phase == Phase::TwoB && is_fast => {
                        work.touched.insert(sent.message.instance);
                    }
                    _ if phase == Phase::OneB && sent.message.ballot == work.tried => {
                        work.promised.insert(sent.from);
                    }
                    _ => {}
                }
            }
            What::Stated(node, fact) => {
                let work = &mut works[node.index()];
                match *fact {
                    Fact::Leads(true) => work.tried = None,
                    Fact::Began { instance, value: Some(_), .. } | Fact::Voted(instance, _) => {
                        work.touched.insert(instance);
                    }
                    Fact::Learned(instance, vote) => {
                        work.learned.insert(instance);
                        work.passed.insert(vote.value);
                    }
                    Fact::Tried(ballot) => {
                        let is_settled = !scenario.protocol.is_log && !work.learned.is_empty();
                        let presides =
                            work.tried.is_some() && scenario.setup.is_quorum(Purpose::Promise, work.promised);
                        let was_classic = work.tried.is_some_and(|tried| scenario.round(tried) == Round::Classic);
                        let reopens = was_classic && scenario.round(ballot) == Round::Fast;
                        let is_idle = scenario.protocol.is_log && presides && work.is_done() && !reopens;
                        if is_settled || is_idle {
                            let (name, ballot) = (scenario.symbols.node(*node), scenario.symbols.ballot(ballot));
                            return Some(format!("{name} starts {ballot} at {}Δ with nothing to do", event.time));
                        }
                        (work.tried, work.promised) = (Some(ballot), NodeSet::EMPTY);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    None
}
