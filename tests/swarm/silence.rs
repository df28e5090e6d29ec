//! Requests that get no answer: a request that reaches a process that does not lead must at once be answered with the
//! decree, passed on, or refused. Where clients ask the acceptors themselves, an acceptor may keep a wish until a round lets
//! it vote.

use std::collections::BTreeSet;

use paxos_playground::protocol::{Asks, Fact, Phase, Trust};
use paxos_playground::scenario::Act;
use paxos_playground::trace::{EventId, Trace, What};

/// The first request that gets no answer, if there is one.
pub(crate) fn request(trace: &Trace) -> Option<String> {
    let scenario = &trace.scenario;
    let is_whole = scenario.protocol.guards.iter().all(|guard| scenario.setup.keeps(*guard));
    // So may a proposer where processes lie, until it suspects the leader.
    let is_kept = scenario.protocol.trust == Trust::Byzantine
        || scenario.protocol.client.is_some_and(|client| client.asks == Asks::Acceptors);
    if !is_whole || is_kept || scenario.setup.skipped != 0 {
        return None;
    }
    let mut leads = vec![false; scenario.nodes()];
    let mut unled: Vec<EventId> = Vec::new();
    let mut answered: BTreeSet<EventId> = BTreeSet::new();
    for (id, event) in trace.numbered() {
        match &event.what {
            What::Acted(_, Act::Crash(node)) => leads[node.index()] = false,
            // A process that crashes before it sends was about to answer.
            What::CrashedBeforeSend(node) => {
                leads[node.index()] = false;
                answered.insert(event.cause);
            }
            What::Stated(node, Fact::Leads(does)) => leads[node.index()] = *does,
            What::Sent(_) => {
                answered.insert(event.cause);
            }
            What::Landed(message) => {
                let sent = trace.message(*message);
                let kind = scenario.protocol.kind(sent.message.kind);
                let is_wish = kind.phase == Phase::Request && sent.message.payload.value().is_some();
                if is_wish && kind.name != "NoLeader" && !leads[sent.to.index()] {
                    unled.push(id);
                }
            }
            _ => {}
        }
    }
    let silent = unled.into_iter().find(|id| !answered.contains(id))?;
    let event = trace.event(silent);
    let What::Landed(message) = event.what else { return None };
    let (node, kind) = (trace.message(message).to, trace.message(message).message.kind);
    let (name, kind) = (scenario.symbols.node(node), scenario.protocol.kind(kind).name);
    Some(format!("{name} does not lead, and lets the {kind} of {}Δ drop in silence", event.time))
}
