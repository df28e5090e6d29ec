//! Configurations in which some processes lie and the others do not fail: what liars cannot prevent.

use paxos_playground::latency::unanswered;
use paxos_playground::protocol::{Carries, Protocol};
use paxos_playground::scenario::script::{HEADER, default_name};
use paxos_playground::sim::Run;
use paxos_playground::types::Time;

use crate::chance::Chance;
use crate::plan::{Aim, Plan};

/// Draws a cluster with as many liars as its quorums are made for, and a client that asks for some commands. No message of a
/// correct process is lost, and all take at most Δ.
pub(crate) fn draw(protocol: &'static Protocol, seed: u64) -> String {
    let mut chance = Chance::new(seed);
    let servers = chance.weighted(&[(6, 4), (2, 5), (2, 7)]);
    let names: Vec<String> = (0..=servers as u32).map(default_name).collect();
    let client = names[servers].clone();
    let mut plan = Plan::open(protocol, Aim::Progress, chance.number());
    let liars = chance.some(&names[..servers], (servers - 1) / 3);
    let mut lines = vec![
        HEADER.to_owned(),
        format!("protocol {}", protocol.name),
        format!("nodes {}", names.join(" ")),
        format!("clients {client}"),
        format!("liars {}", liars.join(" ")),
        format!("seed {}", chance.number()),
        "until 600".to_owned(),
    ];
    if chance.percent(50) {
        lines.push("delay 0.5..1".to_owned());
    }
    for option in protocol.options.iter().filter(|option| option.name != "timer") {
        if chance.percent(30) {
            lines.push(format!("option {} {}", option.name, chance.pick(option.values)));
        }
    }
    for command in 0..chance.between(1, 5) {
        let at = chance.time(Time::ZERO, Time::deltas(40));
        lines.push(format!("at {at} propose {client} \"command {command}\""));
    }
    plan.replace(&lines.join("\n"));
    plan.names = names;
    plan.liars = liars;
    plan.lies();
    if chance.percent(40) {
        // A liar that says nothing for long.
        let silent = plan.liars[0].clone();
        for to in plan.names.clone().iter().filter(|to| **to != silent) {
            for kind in protocol.kinds.iter().filter(|kind| kind.carries == Carries::Value) {
                for ordinal in 1..=4 {
                    let (at, message) = (format!("{silent}->{to} #{ordinal}"), kind.name);
                    let line = format!("forge {message} {at} silent");
                    if !plan.text().contains(&format!("forge {message} {at} ")) {
                        plan.line(line);
                    }
                }
            }
        }
    }
    plan.text()
}

/// A client that has no answer.
pub(crate) fn late(run: &Run) -> Option<String> {
    let symbols = &run.scenario().symbols;
    let late = unanswered(run.trace());
    late.first()
        .map(|request| format!("{} has no answer to “{}”", symbols.node(request.node), symbols.value(request.value)))
}
