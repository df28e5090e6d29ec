//! Configurations whose faults end, so that progress is due: first a storm, and then the calm that the protocol asks for.

use paxos_playground::protocol::Protocol;
use paxos_playground::scenario::Scenario;
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, Time};

use crate::plan::{Aim, Plan};
use crate::progress::{self, Judged};

/// No more proposals than this are made to overtake a number; instead the process that knows the number proposes.
const CATCH_UP_MAX: u32 = 8;

/// A configuration, run and judged.
pub(crate) struct Calmed {
    pub(crate) text: String,
    pub(crate) run: Run,
    pub(crate) judged: Judged,
}

/// Draws a configuration, takes out the rules that would reach into the calm, and runs the script for as long as it
/// takes.
pub(crate) fn draw(protocol: &'static Protocol, seed: u64) -> Calmed {
    let mut plan = Plan::open(protocol, Aim::Progress, seed);
    plan.storm();
    plan.gap();
    plan.miss();
    let up = end_faults(&mut plan);
    let has_leader = plan.has_leader();
    if has_leader {
        elect_and_ask(&mut plan, &up);
    } else {
        come_back(&mut plan, &up);
    }
    let mut text = plan.text();
    if !has_leader {
        // Only the run of the storm shows how large the number of each process is.
        text = settle(text, None).0;
        let storm = run(&text);
        plan.replace(&text);
        ask_the_leaderless(&mut plan, &up, &storm);
        text = plan.text();
    }
    // Acts end in time for a first guess of the end; a run that takes longer gets a later end.
    let last = scenario(&text).acts.last().map_or(Time::ZERO, |planned| planned.at);
    let until = last.plus(Time::deltas(20));
    let (text, run) = settle(text, Some(until));
    let judged = progress::judge(&run);
    Calmed { text, run, judged }
}

fn scenario(text: &str) -> Scenario {
    Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}")).1
}

fn run(text: &str) -> Run {
    Run::of(scenario(text))
}

/// Takes out rules for messages of the calm, and extends the run for as long as it takes to judge it.
fn settle(mut text: String, mut until: Option<Time>) -> (String, Run) {
    loop {
        let whole = until.map_or_else(|| text.clone(), |until| format!("{text}until {until}\n"));
        let run = run(&whole);
        let late = progress::late_rules(&run);
        if !late.is_empty() {
            let kept = text.lines().zip(1..).filter(|(_, number)| !late.contains(number));
            text = kept.map(|(line, _)| format!("{line}\n")).collect();
            continue;
        }
        match (until, progress::judge(&run)) {
            (Some(_), Judged::Unfinished(later)) => until = Some(later),
            _ => return (whole, run),
        }
    }
}

/// Heals everything; a majority is up, and stays up.
fn end_faults(plan: &mut Plan) -> Vec<String> {
    let end = plan.span;
    let majority = plan.names.len() / 2 + 1;
    let spare = plan.living.len() - majority;
    let down = if plan.chance.percent(30) { plan.chance.between(0, spare) } else { 0 };
    let mut down = plan.chance.some(&plan.living.clone(), down);
    if let Some((_, rival)) = &plan.gap {
        down = vec![rival.clone()];
    }
    if let Some(leader) = &plan.leads {
        down.retain(|name| name != leader);
    }
    let up: Vec<_> = plan.living.iter().filter(|name| !down.contains(name)).cloned().collect();
    for name in plan.living.clone() {
        // A process that was told to crash at its next send must not do so later.
        let is_armed = plan.text().contains(&format!("crash {name} before-send"));
        if is_armed || down.contains(&name) {
            plan.at(end, &format!("crash {name}"));
        }
    }
    plan.at(end, "heal");
    up
}

fn come_back(plan: &mut Plan, up: &[String]) {
    for name in up {
        plan.at(plan.span, &format!("restart {name}"));
    }
}

/// Gives the calm one leader with a wish of its own, stale ballots, and later requests of clients.
fn elect_and_ask(plan: &mut Plan, up: &[String]) {
    let end = plan.span;
    for _ in 0..plan.chance.weighted(&[(4, 0), (3, 1), (2, 2), (1, 4)]) {
        plan.inject(end);
    }
    let is_up_first = plan.chance.percent(50);
    if is_up_first && plan.gap.is_none() {
        come_back(plan, up);
    }
    let mut elected = end.plus(Time::deltas(5));
    let mut leader = up.last().expect("a majority").clone();
    if plan.hears_oracle() {
        (elected, leader) = (end, plan.chance.pick(up).clone());
        if let Some((stays, _)) = &plan.gap {
            leader = stays.clone();
        }
        if let Some(named) = &plan.leads {
            leader = named.clone();
        }
    }
    if plan.gap.is_some() {
        // The clients from before are still waiting: a client that asked for more would make the leader find the gap at
        // once.
        come_back(plan, up);
        plan.at(end, &format!("leader {leader}"));
        return;
    }
    // With its wish in hand a leader starts at once; otherwise it may still be busy with an earlier ballot.
    let is_asked_first = is_up_first && plan.chance.percent(70);
    if is_asked_first {
        plan.propose(end, &leader);
    }
    if plan.hears_oracle() {
        // The leader begins to lead now, or it has led all the time, along with others.
        if plan.chance.percent(60) {
            plan.at(end, "leader none");
        } else {
            plan.lead_throughout(&leader);
        }
        plan.at(end, &format!("leader {leader}"));
    }
    if !is_up_first {
        come_back(plan, up);
    }
    if !is_asked_first {
        plan.propose(end, &leader);
    }
    // One process may neither hear the leader nor be heard by it, and then takes the next process for the leader.
    let rest: Vec<_> = up.iter().filter(|name| **name != leader).cloned().collect();
    if !plan.hears_oracle() && up.len() > plan.names.len() / 2 + 1 && rest.len() > 1 && plan.chance.percent(40) {
        let remote = plan.chance.pick(&rest[..rest.len() - 1]).clone();
        plan.at(end, &format!("cut {remote}->{leader}"));
        plan.at(end, &format!("cut {leader}->{remote}"));
        let later = plan.chance.time(elected, elected.plus(Time::deltas(8)));
        plan.propose(later, &remote);
    }
    for _ in 0..plan.chance.weighted(&[(1, 0), (2, 1), (4, 3), (2, 9)]) {
        let node = plan.chance.pick(up).clone();
        let later = plan.chance.time(elected, elected.plus(Time::deltas(8)));
        plan.propose(later, &node);
    }
}

/// Makes proposals at one process, a ballot's time apart, until its number is above all others.
fn ask_the_leaderless(plan: &mut Plan, up: &[String], storm: &Run) {
    let trace = storm.trace();
    let known = |name: &String| {
        let place = trace.scenario.symbols.nodes.iter().position(|known| **known == **name).expect("a node");
        progress::largest_known(trace, NodeId(place as u8))
    };
    let largest = up.iter().max_by_key(|name| known(name)).expect("a majority");
    let number = |name: &String| known(name).map_or(0, |ballot| ballot.number());
    let mut proposer = plan.chance.pick(up).clone();
    let mut count = if proposer == *largest { 1 } else { number(largest) - number(&proposer) + 1 };
    if count > CATCH_UP_MAX {
        (proposer, count) = (largest.clone(), 1);
    }
    let quiet = plan.span.max(trace.end());
    let start = plan.chance.time(quiet, quiet.plus(Time::deltas(4)));
    for round in 0..count {
        plan.propose(start.plus(Time::deltas(6 * u64::from(round))), &proposer);
    }
}
