//! Fast Byzantine Paxos with liars: at most f processes lie at random, and no check may notice; what was asked of a correct
//! process comes in time where messages take at most Δ; and where a rule is switched off, some check notices.

use std::fmt::Write as _;

use paxos_playground::protocol::{Fact, PROTOCOLS, Protocol};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::{HEADER, default_name};
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, Time};

use crate::chance::Chance;

/// The protocols that these configurations are made for.
pub(crate) fn protocols() -> impl Iterator<Item = &'static Protocol> {
    PROTOCOLS.iter().copied().filter(|protocol| protocol.name.contains("fab"))
}

/// What a configuration is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// Lies, and messages that are late without bound.
    Safety,
    /// Lies, and messages that take at most Δ.
    Progress,
    /// Lies that need exactly the rule that is missing; few processes.
    Conflict,
}

/// A configuration with one liar, or now and then with two where f is 2.
pub(crate) fn draw(protocol: &Protocol, aim: Aim, without: Option<&str>, seed: u64) -> String {
    let mut chance = Chance::new(seed);
    let is_swift = protocol.name == "pfab";
    let faults = if aim == Aim::Conflict || chance.percent(85) { 1 } else { 2 };
    let least = if is_swift { 3 * faults + 1 } else { 5 * faults + 1 };
    let nodes = match without {
        Some("enough-acceptors") => 5,
        Some(_) => least,
        None => least + chance.between(0, 2),
    };
    let names: Vec<String> = (0..nodes as u32).map(default_name).collect();
    let liars: Vec<String> = match (aim, without) {
        (_, Some("vouching" | "signed")) => vec![names[1].clone()],
        (Aim::Conflict, _) => vec![names[0].clone()],
        _ => (0..faults).map(|place| names[chance.between(0, 2) * faults + place].clone()).collect(),
    };
    let mut text = format!("{HEADER}\nprotocol {}\nnodes {nodes}\n", protocol.name);
    let mut line = |words: String| writeln!(text, "{words}").expect("a string takes everything");
    line(format!("liars {}", liars.join(" ")));
    line(format!("tolerate {faults}"));
    for option in protocol.options {
        if aim != Aim::Conflict && chance.percent(50) {
            line(format!("option {} {}", option.name, chance.pick(option.values)));
        }
    }
    line(format!("seed {}", chance.between(1, 1_000_000)));
    if aim != Aim::Conflict {
        line(if chance.percent(50) { "delay 0.2..1".to_owned() } else { "delay 1".to_owned() });
    }
    // The first leader is asked, and so is a correct process, for another value.
    line("at 1 propose F blue".replace('F', &names[nodes - 1]));
    line(format!("at 0 propose {} red", names[0]));
    if chance.percent(40) {
        line(format!("at {} propose {} green", chance.between(0, 3), names[chance.between(1, 2)]));
    }
    let values = ["red", "blue", "green"];
    for liar in &liars {
        for name in names.iter().filter(|name| *name != liar) {
            let mut says = |kind: &str, most: usize, share: usize| {
                for ordinal in 1..=most {
                    if chance.percent(share) {
                        let value = if aim == Aim::Conflict { "blue" } else { *chance.pick(&values) };
                        line(format!("forge {kind} {liar}->{name} #{ordinal} \"{value}\""));
                    } else if chance.percent(8) {
                        line(format!("forge {kind} {liar}->{name} #{ordinal} silent"));
                    } else if chance.percent(8) {
                        let late = chance.time(Time::DELTA, Time::deltas(9));
                        line(format!("forge {kind} {liar}->{name} #{ordinal} late {late}"));
                    }
                }
            };
            says("Propose", 2, 45);
            says("Accepted", 2, 45);
            says("Rep", 1, 50);
            if is_swift {
                says("CommitProof", 1, 20);
            }
            if matches!(without, Some("signed")) {
                let [one, other] = [2, 3].map(|place| &names[place]);
                line(format!("forge Propose {liar}->{name} #1 \"blue\""));
                line(format!("forge Propose {liar}->{name} #1 omit {one} {other}"));
                line(format!("forge Propose {liar}->{name} #1 claim Rep {one} 2.{liar} \"blue\""));
                line(format!("forge Propose {liar}->{name} #1 claim Rep {other} 2.{liar} \"blue\""));
            }
            if matches!(without, Some("vote-once")) {
                line(format!("at 0.5 inject Propose {liar}->{name} 1.{liar} \"blue\""));
            }
        }
    }
    if aim != Aim::Progress {
        for _ in 0..chance.between(1, 8) {
            let kind = *chance.pick(&["Propose", "Accepted", "Rep", "Rep", "Learned", "Suspect"]);
            let [from, to] = [0, 1].map(|_| chance.between(0, nodes - 1));
            let late = chance.time(Time::DELTA, Time::deltas(8));
            if from != to {
                line(format!("delay {kind} {}->{} #1 {late}", names[from], names[to]));
            }
        }
    }
    line("until 80".to_owned());
    text
}

/// Where messages take at most Δ and at most f processes lie, everybody who is correct has learned something by then: Δ until all
/// proposers have the request of the correct process, at 1Δ; T and Δ for the leader that may be a liar, and T′ and Δ for each
/// of f − 1 more; 5Δ for a correct leader, whose regency has begun by then; 8Δ + 2Δ to pull, and T once more where the first
/// election was too early.
pub(crate) fn late(run: &Run) -> Option<String> {
    let scenario = run.scenario();
    let cast = &scenario.setup.cast;
    let faults = u64::from(cast.tolerates.map_or(0, |tolerance| tolerance.liars));
    let due = Time::deltas(1 + 1 + 5 + 9 + 17 * faults + 5 + 10);
    let mut learned: Vec<Option<Time>> = vec![None; scenario.nodes()];
    for (_, time, node, fact) in run.trace().facts() {
        if matches!(fact, Fact::Learned(..)) {
            learned[node.index()].get_or_insert(time);
        }
    }
    let correct = NodeId::all(scenario.nodes()).filter(|node| !cast.liars.contains(*node));
    let mut late = correct.filter(|node| learned[node.index()].is_none_or(|time| time > due));
    late.next().map(|node| format!("{} has not learned by {due}Δ", scenario.symbols.node(node)))
}

/// The run of a configuration.
pub(crate) fn run(text: &str) -> Run {
    Run::of(Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}")).1)
}
