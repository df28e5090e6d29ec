//! Compares the search with another one: `stateright` explores the same small clusters in a model that was written
//! separately. Both must meet the same number of states, make the same number of moves, and come to the same verdict.
//!
//! And compares runs of Fast Paxos and of Generalized Paxos with simulations that were written separately: the same votes and
//! the same outcome, to the tick; and ledgers of fast instances with a calculation of their order. Runs of PBFT and of FaB, with
//! random lies, are compared with simulations in the same way, and runs of Ring Paxos with a calculation of who knows when.
#![cfg(not(target_arch = "wasm32"))]

#[path = "oracle/byzantine.rs"]
mod byzantine;
#[path = "oracle/cheap.rs"]
mod cheap;
#[path = "oracle/fab.rs"]
mod fab;
#[path = "oracle/fab_figures.rs"]
mod fab_figures;
#[path = "oracle/fast.rs"]
mod fast;
#[path = "oracle/fast_log.rs"]
mod fast_log;
#[path = "oracle/histories.rs"]
mod histories;
#[path = "oracle/liars.rs"]
mod liars;
#[path = "oracle/model.rs"]
mod model;
#[path = "oracle/pbft.rs"]
mod pbft;
#[path = "oracle/pbft_case.rs"]
mod pbft_case;
#[path = "oracle/pbft_figures.rs"]
mod pbft_figures;
#[path = "oracle/ring.rs"]
mod ring;

use std::fmt::Write as _;

use byzantine::draw;
use fast::{Did, Plan, Recovery, Simulation};
use model::Cluster;
use paxos_playground::explore::schedules::{Ending, Options, Schedules};
use paxos_playground::latency::decisions;
use paxos_playground::protocol::{Fact, Message, Payload, Phase};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::default_name;
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, Time, Value};
use stateright::{Checker, Model};

const NAMES: [&str; 4] = ["A", "B", "C", "D"];
const COLOURS: [&str; 3] = ["red", "blue", "green"];

/// The numbers of states and moves, and whether something breaks, by our search; states after a violation do not count.
fn ours(cluster: &Cluster) -> (usize, u64, bool) {
    let mut text = format!("paxos-playground 1\nnodes {}\n", NAMES[..usize::from(cluster.nodes)].join(" "));
    for (node, value) in &cluster.wishes {
        writeln!(text, "at 0 propose {} {}", NAMES[usize::from(*node)], COLOURS[usize::from(*value)])
            .expect("a string");
    }
    if !cluster.without.is_empty() {
        writeln!(text, "without {}", cluster.without).expect("a string");
    }
    let (_, scenario) = Scenario::read(&text).expect("a good script");
    let (crashes, losses) = (cluster.crashes, cluster.losses);
    let options = Options {
        crashes,
        losses,
        goes_on: true,
        symmetry: false,
        drops: false,
        states_max: usize::MAX,
        ..Options::default()
    };
    let mut search = Schedules::new(scenario, options).expect("small enough");
    while !search.go_on(100_000) {}
    (search.states(), search.transitions(), search.ending() == Ending::Violated)
}

/// The same numbers by the other search.
fn theirs(cluster: &Cluster) -> (usize, u64, bool) {
    let checker = cluster.clone().checker().spawn_bfs().join();
    let is_broken = checker.discovery("safe").is_some();
    // The other search counts all broken states as one, and our search counts none of them.
    (checker.unique_state_count() - usize::from(is_broken), checker.state_count() as u64 - 1, is_broken)
}

fn assert_same(nodes: u8, wishes: &[(u8, u8)], crashes: u8, losses: u8, without: &'static str) {
    let cluster = Cluster { nodes, wishes: wishes.to_vec(), crashes, losses, without };
    assert_eq!(ours(&cluster), theirs(&cluster), "{cluster:?}");
}

const ONE: &[(u8, u8)] = &[(0, 0)];
const TWICE: &[(u8, u8)] = &[(0, 0), (0, 1)];
const TWO: &[(u8, u8)] = &[(0, 0), (1, 1)];

#[test]
fn the_same_states_are_met_and_nothing_breaks() {
    for nodes in [2, 3] {
        for (crashes, losses) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            assert_same(nodes, ONE, crashes, losses, "");
        }
    }
    assert_same(2, TWICE, 1, 1, "");
    for (crashes, losses) in [(0, 0), (1, 0), (0, 1), (2, 1)] {
        assert_same(2, TWO, crashes, losses, "");
    }
    assert_same(4, ONE, 0, 0, "");
    if !cfg!(debug_assertions) {
        assert_same(3, TWO, 0, 0, "");
        assert_same(3, TWO, 1, 0, "");
        assert_same(3, TWO, 0, 1, "");
        assert_same(3, TWICE, 1, 0, "");
        assert_same(4, ONE, 1, 1, "");
    }
}

#[test]
fn the_same_states_are_met_until_something_breaks() {
    for without in ["promise", "max-vote", "highest", "unique-ballots", "memory"] {
        assert_same(2, TWO, 1, 0, without);
        assert_same(2, TWICE, 1, 1, without);
        assert_same(3, ONE, 1, 0, without);
        if !cfg!(debug_assertions) {
            assert_same(3, TWO, u8::from(without == "memory"), 0, without);
        }
    }
    assert_same(2, TWO, 1, 1, "majority");
    assert_same(4, ONE, 1, 0, "majority");
}

/// The decisions of Cheap Paxos and its messages, by our run: the leader is quiet before it is asked.
fn cheap_run(case: &cheap::Case) -> (Vec<cheap::Decided>, usize) {
    const ASKED: Time = Time::deltas(10);
    let name = |node: usize| default_name(node as u32);
    let guard = if case.is_strict { "strict" } else { "ge" };
    let mut text = format!("paxos-playground 1\nprotocol cheap\nnodes {}\noption guard {guard}\n", case.acceptors);
    case.dead.iter().for_each(|node| writeln!(text, "at {ASKED} crash {}", name(*node)).expect("a string"));
    (1..=case.commands).for_each(|number| writeln!(text, "at {ASKED} propose A c{number}").expect("a string"));
    let run = Run::of(Scenario::read(&text).expect("a good script").1);
    let trace = run.trace();
    let decided = decisions(trace).into_iter().map(|decision| {
        let value = trace.scenario.symbols.value(decision.vote.value);
        let removed = (0..case.acceptors).find(|node| value == format!("remove({})", name(*node)));
        let others = decision.learned.iter().filter(|(node, _)| *node != NodeId(0)).map(|(_, time)| *time).max();
        let deltas = |time: Time| time.since(ASKED).0 / Time::DELTA.0;
        cheap::Decided {
            decree: removed.map_or_else(|| value.clone().into_owned(), |node| format!("remove({node})")),
            leader: deltas(decision.leader_learned().expect("the leader knows")),
            others: others.map(deltas),
        }
    });
    // Questions of processes that miss a decree, and the answers, which list decrees, are no part of the protocol's count.
    let is_counted = |message: &Message| {
        let phase = trace.scenario.protocol.kind(message.kind).phase;
        phase != Phase::Request && !(phase == Phase::Three && matches!(message.payload, Payload::Entries(_)))
    };
    let sent = trace.messages().iter().filter(|sent| !sent.to_self() && sent.sent_at >= ASKED);
    let sent = sent.filter(|sent| is_counted(&sent.message));
    (decided.collect(), sent.count())
}

/// Every set of dead processes that leaves a majority alive, up to seven acceptors.
#[test]
fn cheap_paxos_takes_as_long_as_a_separate_calculation_says() {
    let mut compared = 0;
    for acceptors in 2..=7_usize {
        for dead in 0..1_usize << (acceptors - 1) {
            let dead: Vec<usize> = (1..acceptors).filter(|node| dead >> (node - 1) & 1 == 1).collect();
            if dead.len() >= acceptors - acceptors / 2 {
                continue;
            }
            for is_strict in [false, true] {
                let case = cheap::Case { acceptors, dead: dead.clone(), alpha: 1, is_strict, commands: 2 };
                assert_eq!(cheap_run(&case), cheap::expected(&case), "{case:?}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 154);
}

const TICKS: u64 = 1_000_000;

/// A cluster of three to seven acceptors whose links take anything up to Δ, two or three clients that ask within a Δ, and up to
/// two crashes. Messages take at least a tenth of Δ where `coarse` is not set; where it is, they take 0.5Δ or Δ, so that many
/// come at the same instant.
fn plan(seed: u64, recovery: Recovery, is_coarse: bool) -> Plan {
    let mut state = seed;
    let acceptors = 3 + draw(&mut state, 5) as usize;
    let clients = 2 + draw(&mut state, 2) as usize;
    let all = acceptors + clients;
    let span = |state: &mut u64| {
        if is_coarse { TICKS / 2 * (1 + draw(state, 2)) } else { TICKS / 10 + draw(state, 9 * TICKS / 10) }
    };
    let delays = (0..all).map(|_| (0..all).map(|_| span(&mut state)).collect()).collect();
    let mut wishes: Vec<_> = (0..clients)
        .map(|client| (4 * TICKS + if is_coarse { 0 } else { draw(&mut state, TICKS) }, acceptors + client, client))
        .collect();
    wishes.sort_unstable();
    let count = draw(&mut state, 3) as usize;
    let mut crashes: Vec<(u64, usize)> = Vec::new();
    for _ in 0..count {
        let (at, node) = (4 * TICKS + 1 + draw(&mut state, 3 * TICKS), draw(&mut state, acceptors as u64) as usize);
        if crashes.iter().all(|(_, other)| *other != node) {
            crashes.push((at, node));
        }
    }
    crashes.sort_unstable();
    // Nobody asks a second time before that.
    Plan { acceptors, recovery, delays, wishes, crashes, until: 12 * TICKS - 1 }
}

/// The votes and the decisions of a plan in the playground.
fn played(plan: &Plan) -> (Vec<Did>, Vec<Did>) {
    let name = |node: usize| char::from(b'A' + node as u8).to_string();
    let time = |ticks: u64| format!("{}.{:06}", ticks / TICKS, ticks % TICKS);
    let all = plan.delays.len();
    let names = |from: usize, to: usize| (from..to).map(name).collect::<Vec<_>>().join(" ");
    let recovery = match plan.recovery {
        Recovery::Coordinated => "coordinated",
        Recovery::Restart => "restart",
        Recovery::Uncoordinated => "uncoordinated",
    };
    let mut text = format!(
        "paxos-playground 1\nprotocol fast\noption recovery {recovery}\nnodes {}\nclients {}\n",
        names(0, all),
        names(plan.acceptors, all)
    );
    for (from, to) in (0..all).flat_map(|from| (0..all).map(move |to| (from, to))).filter(|(from, to)| from != to) {
        writeln!(text, "delay {}->{} {}", name(from), name(to), time(plan.delays[from][to])).expect("a string");
    }
    // A value's rank is its place in the script.
    let mut wishes = plan.wishes.clone();
    wishes.sort_unstable_by_key(|(.., decree)| *decree);
    for (at, client, decree) in wishes {
        writeln!(text, "at {} propose {} {}", time(at), name(client), COLOURS[decree]).expect("a string");
    }
    for (at, node) in &plan.crashes {
        writeln!(text, "at {} crash {}", time(*at), name(*node)).expect("a string");
    }
    writeln!(text, "until {}", time(plan.until)).expect("a string");
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    let did = |is_vote: bool| {
        let facts = run.trace().facts().filter_map(move |(_, time, node, fact)| match fact {
            Fact::Voted(_, vote) if is_vote => Some((time, node, vote)),
            Fact::Learned(_, vote) if !is_vote => Some((time, node, vote)),
            _ => None,
        });
        facts.map(|(time, node, vote)| (time.0, node.index(), vote.ballot.number(), vote.value.0 as usize)).collect()
    };
    (did(true), did(false))
}

#[test]
fn fast_rounds_and_their_recoveries_are_those_of_a_plain_simulation() {
    let [mut collisions, mut recovered] = [0; 2];
    for recovery in [Recovery::Coordinated, Recovery::Restart, Recovery::Uncoordinated] {
        for seed in 0..400 {
            let plan = plan(seed, recovery, seed % 4 == 0);
            let simulation = Simulation::run(&plan);
            assert_eq!(played(&plan), (simulation.votes.clone(), simulation.learned.clone()), "seed {seed}: {plan:?}");
            let of_first = |vote: &&Did| vote.2 == 1;
            let is_split = simulation.votes.iter().filter(of_first).any(|vote| vote.3 != simulation.votes[0].3);
            collisions += usize::from(is_split);
            recovered += usize::from(simulation.learned.iter().any(|learned| learned.2 > 1));
        }
    }
    assert!(collisions > 300 && recovered > 300, "{collisions} collisions, {recovered} recoveries");
}

/// Three to six acceptors, links that take anything up to Δ, and two to four commands of two keys that are asked for within
/// half a Δ.
fn histories_plan(seed: u64) -> histories::Plan {
    let mut state = seed;
    let acceptors = 3 + draw(&mut state, 4) as usize;
    let count = 2 + draw(&mut state, 3) as usize;
    let all = acceptors + count;
    let command = |state: &mut u64| (['x', 'y'][draw(state, 2) as usize], draw(state, 2) == 0);
    let commands = (0..count).map(|_| command(&mut state)).collect();
    let span = |state: &mut u64| TICKS / 10 + draw(state, 9 * TICKS / 10);
    let delays = (0..all).map(|_| (0..all).map(|_| span(&mut state)).collect()).collect();
    let asked = (0..count).map(|_| 4 * TICKS + draw(&mut state, TICKS / 2)).collect();
    histories::Plan { acceptors, commands, delays, asked }
}

/// The votes and what was learned in the playground, before this time.
#[allow(clippy::type_complexity, reason = "the lists of the simulation")]
fn histories_played(
    plan: &histories::Plan,
    until: u64,
) -> (Vec<(u64, usize, u32, histories::History)>, Vec<(u64, usize, usize)>) {
    let name = |node: usize| char::from(b'A' + node as u8).to_string();
    let time = |ticks: u64| format!("{}.{:06}", ticks / TICKS, ticks % TICKS);
    let all = plan.delays.len();
    let names = |from: usize, to: usize| (from..to).map(name).collect::<Vec<_>>().join(" ");
    let (nodes, clients) = (names(0, all), names(plan.acceptors, all));
    let mut text = format!("paxos-playground 1\nprotocol generalized\nservice kv\nnodes {nodes}\nclients {clients}\n");
    for (from, to) in (0..all).flat_map(|from| (0..all).map(move |to| (from, to))).filter(|(from, to)| from != to) {
        writeln!(text, "delay {}->{} {}", name(from), name(to), time(plan.delays[from][to])).expect("a string");
    }
    for (place, ((key, writes), at)) in plan.commands.iter().zip(&plan.asked).enumerate() {
        let command = if *writes { format!("put {key} {place}") } else { format!("get {key}") };
        let client = name(plan.acceptors + place);
        writeln!(text, "at {} propose {client} \"{command}\"", time(*at)).expect("a string");
    }
    writeln!(text, "until {}", time(until - 1)).expect("a string");
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    let (mut votes, mut learned) = (Vec::new(), Vec::new());
    for (_, time, node, fact) in run.trace().facts() {
        let list = |value: Value| value.commands().iter().map(|command| command.0 as usize).collect::<Vec<_>>();
        match fact {
            Fact::Voted(_, vote) if vote.value != Value::BOTTOM => {
                votes.push((time.0, node.index(), vote.ballot.number(), plan.meaning(&list(vote.value))));
            }
            Fact::Learned(_, vote) => {
                for command in list(vote.value) {
                    let is_new = learned.iter().all(|(_, by, known)| (*by, *known) != (node.index(), command));
                    if is_new {
                        learned.push((time.0, node.index(), command));
                    }
                }
            }
            _ => {}
        }
    }
    learned.sort_unstable();
    (votes, learned)
}

#[test]
fn histories_and_their_collisions_are_those_of_a_plain_simulation() {
    let [mut recovered, mut learned_fast] = [0; 2];
    for seed in 0..1_500 {
        let plan = histories_plan(seed);
        let simulation = histories::Simulation::run(&plan);
        let until = simulation.reach();
        let mut learned: Vec<_> = simulation.learned.iter().copied().filter(|(at, ..)| *at < until).collect();
        learned.sort_unstable();
        let votes: Vec<_> = simulation.votes.iter().filter(|(at, ..)| *at < until).cloned().collect();
        assert_eq!(histories_played(&plan, until), (votes, learned.clone()), "seed {seed}: {plan:?}");
        recovered += usize::from(simulation.has_recovered());
        learned_fast += usize::from(!simulation.has_recovered() && !learned.is_empty());
    }
    assert!(recovered > 200 && learned_fast > 200, "{recovered} recoveries, {learned_fast} without");
}
