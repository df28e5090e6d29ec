//! What must happen in time under Generalized Paxos, once the faults are over.
//!
//! The oracle names p alone, at the calm, and clients ask at T_el or later. Count from the later of T_el and the last request.
//! After Δ, p has every command. The timer of the ballot that p is in runs out 2Δ after p has learned anything, and p can
//! learn a command at most once, so with w commands this ballot is over after 2Δ + 2wΔ, if it does not pass them all. The
//! ballot that p goes on to may be spoiled, because its acceptors have promised more than p knows of: 2Δ. Then p starts a
//! ballot from its beginning, with a number above every one that it has heard of: 2Δ for promises, and 2Δ until everybody who
//! hears votes has a quorum of them. Each of the k larger ballots that p did not start, and that p hears of in Nacks or
//! promises itself, costs a ballot: 4Δ. Who has missed something asks within 8Δ, and the answer takes 2Δ.
//!
//! So every learner that is up has executed all commands of that time 19Δ + 2wΔ + 4kΔ later, and whoever was asked has answered.
//! Where processes agree on a single value, every learner has learned one by then.

use std::collections::BTreeMap;

use paxos_playground::protocol::Fact;
use paxos_playground::trace::{EventId, What};
use paxos_playground::types::{NodeId, Time, Value};

use super::{Case, Judged, Reign};

impl Case<'_> {
    pub(super) fn generalized(&self, reign: &Reign) -> Judged {
        let (leader, elected) = (reign.leader, reign.elected);
        // A process that has crashed since does not know of the request any more.
        let stays = |id: EventId, node: NodeId| self.up.contains(node) && id >= self.since[node.index()];
        let asked = self.wishes().filter(|(id, time, node, _)| *time >= elected && stays(*id, *node));
        let asked: Vec<_> = asked.map(|(_, time, node, value)| (time, node, value)).collect();
        let Some(last) = asked.iter().map(|(time, ..)| *time).max() else {
            return Judged::Inapplicable("nobody asks after the faults");
        };
        for (_, time, by, fact) in self.trace.facts() {
            if matches!(fact, Fact::Tried(_)) && by != leader && time > elected {
                return Judged::Late(format!("{} starts a ballot at {time}Δ, though it does not lead", self.name(by)));
            }
        }
        let stale = self.larger(leader).len();
        let span = 19 + 2 * self.wishes().count() + 4 * stale;
        let bound = last.max(elected).plus(Time::deltas(span as u64));
        let mut executed: BTreeMap<(NodeId, Value), Time> = BTreeMap::new();
        let mut answered: BTreeMap<Value, Time> = BTreeMap::new();
        for (id, event) in self.trace.numbered() {
            match &event.what {
                What::Applied(node, applied) if id >= self.since[node.index()] => {
                    executed.entry((*node, applied.value)).or_insert(event.time);
                }
                What::Stated(_, Fact::Answered(value)) => {
                    answered.entry(*value).or_insert(event.time);
                }
                _ => {}
            }
        }
        let learners = self.up.shared(self.scenario.setup.cast.learners);
        if self.option("c-struct") == Some("single") {
            // One command is learned, and the others never are.
            let due = learners.iter().map(|node| (format!("{} learns", self.name(node)), self.learned(node)));
            return self.in_time(stale, elected, bound, due.collect::<Vec<_>>());
        }
        let due = asked.iter().flat_map(|(_, by, value)| {
            let text = self.scenario.symbols.value(*value);
            let told = (format!("{} answers the client of “{text}”", self.name(*by)), answered.get(value).copied());
            let at = |node: NodeId| {
                (format!("{} executes “{text}”", self.name(node)), executed.get(&(node, *value)).copied())
            };
            learners.iter().map(at).chain([told]).collect::<Vec<_>>()
        });
        self.in_time(stale, elected, bound, due.collect::<Vec<_>>())
    }
}
