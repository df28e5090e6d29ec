//! Progress where passed decrees change the members (Cheap Paxos): what is promised there, and that it comes.
//!
//! The other judge asks for a majority that is up. Here that is not enough: a majority of the first configuration may be up
//! and yet no member of the one in force. What is promised is this. One main process leads from the beginning and stays up,
//! nothing is lost, a message takes at most Δ, and of the other acceptors at most f crash, where n − f is a majority. Then
//! every command that the leader is asked for is executed by the leader, and the last one in time: each instance takes at
//! most 2Δ for a quorum of promises and for its votes, 2Δ more for each time that somebody who was asked is silent (twice that
//! with the strict guard), and besides the commands there are one removal and α − 1 olive-day decrees for each crash.
//!
//! With `rejoin on`, when all that crashed are up again, all of them are members again.

use paxos_playground::protocol::{Configuration, Configurations, Fact, Protocol};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::{HEADER, default_name};
use paxos_playground::sim::Run;
use paxos_playground::trace::What;
use paxos_playground::types::{NodeId, Time};

use crate::chance::Chance;

/// The configuration, and the time by which all is due.
pub(crate) fn draw(protocol: &Protocol, seed: u64) -> (String, Time) {
    let mut chance = Chance::new(seed);
    let acceptors = chance.between(1, 9);
    let mut lines = vec![HEADER.to_owned(), format!("protocol {}", protocol.name), format!("nodes {acceptors}")];
    let mut is = |name: &str, values: [&'static str; 2]| {
        let value = *chance.pick(&values);
        lines.push(format!("option {name} {value}"));
        value == values[1]
    };
    let is_strict = is("guard", ["ge", "strict"]);
    let (is_wide, _, comes_back) = (is("alpha", ["1", "3"]), is("forget", ["off", "on"]), is("rejoin", ["off", "on"]));
    let least = chance.time(Time::ZERO, Time::DELTA);
    lines.push(format!("delay {least}..1"));
    lines.push(format!("seed {}", chance.number()));
    let spare = (acceptors - 1) / 2;
    let others: Vec<_> = (1..acceptors as u32).map(default_name).collect();
    let crashes = chance.between(0, spare);
    let down = chance.some(&others, crashes);
    let span = Time::deltas(20);
    for name in &down {
        lines.push(format!("at {} crash {name}", chance.time(Time::ZERO, span)));
    }
    let commands = chance.between(1, 6);
    for number in 0..commands {
        lines.push(format!("at {} propose A c{number}", chance.time(Time::ZERO, span)));
    }
    let wait = if is_strict { 4 } else { 2 };
    let instances = commands + crashes * if is_wide { 3 } else { 1 };
    let due = span.plus(Time::deltas((instances * (2 + 2 + wait) + (2 * crashes + 2) * wait) as u64));
    // All come back after that, and the leader is asked once more.
    let mut until = due;
    if comes_back {
        down.iter().for_each(|name| lines.push(format!("at {due} restart {name}")));
        lines.push(format!("at {due} propose A late"));
        until = due.plus(Time::deltas(30 + 30 * crashes as u64));
    }
    lines.push(format!("until {until}"));
    (lines.join("\n") + "\n", due)
}

/// What was due and has not come.
pub(crate) fn late(run: &Run, due: Time) -> Option<String> {
    let (trace, leader) = (run.trace(), NodeId(0));
    let executed = |value| {
        let is_it =
            |what: &What| matches!(what, What::Applied(node, applied) if *node == leader && applied.value == value);
        trace.events().iter().find(|event| is_it(&event.what)).map(|event| event.time)
    };
    for (value, text) in trace.scenario.symbols.values.iter().enumerate().filter(|(_, text)| text.starts_with('c')) {
        match executed(paxos_playground::types::Value(value as u32)) {
            None => return Some(format!("the leader never executes {text}")),
            Some(time) if time > due => return Some(format!("the leader executes {text} at {time}Δ, due {due}Δ")),
            Some(_) => {}
        }
    }
    let came_back = trace.scenario.acts.iter().any(|planned| planned.at == due);
    let mut configurations = Configurations::default();
    for (_, _, node, fact) in trace.facts() {
        if node == leader && matches!(fact, Fact::Learned(..)) {
            configurations.observe(&trace.scenario.setup, &fact);
        }
    }
    let cast = &trace.scenario.setup.cast;
    let (last, first) = (configurations.last(cast), Configuration::first(cast));
    let absent = first.mains.without(last.mains);
    (came_back && last != first).then(|| format!("{} did not come back", trace.scenario.symbols.set(absent)))
}

pub(crate) fn run(text: &str) -> Run {
    Run::of(Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}")).1)
}
