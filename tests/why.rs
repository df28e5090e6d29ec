//! Why says what is true. The tests take every step of every built-in scenario under every protocol, and of random runs
//! with parts and quorums, and read the trace a second time in another way: each sentence must have the numbers and names
//! of that reading.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::protocol::{Family, PROTOCOLS, Vocabulary};

use paxos_playground::scenario::script::default_name;
use paxos_playground::scenario::{Act, Line, Part, QuorumRule, Scenario, Script, Statement, library};
use paxos_playground::session::Session;
use paxos_playground::trace::What;
use paxos_playground::view::Why;
use proptest::prelude::*;

#[path = "why/fast.rs"]
mod fast;
#[path = "why/membership.rs"]
mod membership;
#[path = "why/past.rs"]
mod past;
#[path = "why/proofs.rs"]
mod proofs;
#[path = "why/ring.rs"]
mod ring;
#[allow(dead_code, reason = "other tests need the rest")]
#[path = "support/scripts.rs"]
mod scripts;
#[path = "why/silence.rs"]
mod silence;
#[path = "why/truths.rs"]
mod truths;

use past::Past;
use truths::Step;

/// The largest number of steps of a run that are tested.
const STEPS: usize = 1_500;
/// How many events Why looks back over.
const WHY_REACHES: usize = 10_000;

/// The sentences of Why about a run that are not true.
fn lies(script: &Script) -> Vec<String> {
    let mut session = Session::open(&script.to_string()).unwrap_or_else(|error| panic!("{error}\n{script}"));
    session.rewind();
    let own = session.scenario().protocol.family;
    let trace = session.trace().clone();
    let (mut before, mut counted) = (Past::new(&trace), Past::new(&trace));
    let (mut place, mut lies) = (0, Vec::new());
    for _ in 0..STEPS {
        if !session.step() {
            break;
        }
        let shown = session.cursor().events;
        let first = trace.events()[shown - 1].cause.0 as usize;
        while place < first {
            before.take(&trace.events()[place]);
            counted.take(&trace.events()[place]);
            place += 1;
        }
        let input = &trace.events()[first];
        counted.take(input);
        // A process that comes back forgets before it does anything else.
        if matches!(input.what, What::Acted(_, Act::Restart(..))) {
            before.take(input);
        }
        for family in [own, Family::Plain] {
            let events = trace.events().range(first..shown).collect();
            let why = Why::of_family(&session, Vocabulary::default(), family);
            let truths = Step { past: &before, counted: &counted, input, events, family }.truths();
            // Why looks back over so many events. What was before them it does not know, and says no more than it knows.
            let is_modest = |rule: &str| place > WHY_REACHES && rule.ends_with(" states nothing.");
            let told = why.rules.iter().filter(|rule| !truths.contains(rule) && !is_modest(rule));
            let told = told.map(|rule| {
                let (time, headline) = (input.time, &why.headline);
                let other = truths.iter().filter(|truth| truth.split(' ').next() == rule.split(' ').next());
                format!("{time}Δ {headline}\n  says {rule}\n  true {:?}", other.collect::<Vec<_>>())
            });
            lies.extend(told);
        }
        if !matches!(input.what, What::Acted(_, Act::Restart(..))) {
            before.take(input);
        }
        place += 1;
    }
    lies
}

fn with(script: &Script, statements: Vec<Statement>) -> Script {
    let mut script = script.clone();
    let is_protocol = |line: &Line| matches!(line.statement, Some(Statement::Protocol(_)));
    if statements.iter().any(|statement| matches!(statement, Statement::Protocol(_))) {
        script.lines.retain(|line| !is_protocol(line));
    }
    script.lines.extend(statements.into_iter().map(Line::from));
    script
}

#[test]
fn every_sentence_about_a_built_in_scenario_is_true_under_every_protocol() {
    for entry in library::LIBRARY {
        let script = Script::parse(entry.text).expect("built in");
        for protocol in PROTOCOLS {
            let script = with(&script, vec![Statement::Protocol(protocol.name.to_owned())]);
            // A scenario may switch off a rule that another protocol does not have; then it is no scenario under that
            // protocol.
            if Scenario::of(&script).is_ok() {
                let lies = lies(&script);
                assert!(lies.is_empty(), "{} under {}:\n{}", entry.name, protocol.name, lies.join("\n"));
            }
        }
    }
}

/// Runs that chance produces too seldom.
const CORNERS: &[(&str, &str)] = &[
    (
        "votes that were counted before a crash",
        "protocol broadcast\nnodes 5\nat 3 propose A red\nat 4.2 crash E\nat 4.4 restart E\ndelay Voted B->E 0.1\ndelay Voted C->E 0.8\ndelay Voted D->E 0.9",
    ),
    (
        "a vote that comes before its ballot is begun",
        "protocol basic\nnodes 5\nat 0 propose A red\nat 0 inject Voted E->A 1.A\ndelay Voted D->A 2",
    ),
    (
        "votes of all that were asked",
        "protocol basic\noption phase-2 quorum\nnodes 5\nat 0 propose A red\nat 2.5 inject Voted D->A 1.A",
    ),
    (
        "votes of all that were asked, among many",
        "protocol multi\noption phase-2 quorum\nnodes 5\nquorum 2 3\nat 3 propose A red\nat 3 inject Voted D->A 1.A [1]\nat 3 inject Voted E->A 1.A [1]",
    ),
    (
        "clients that are answered by whoever is told",
        "protocol basic\nnodes A B C X Y\nclients X Y\nat 0 propose X red\nat 1 propose Y blue",
    ),
    (
        "a ballot that ends with clients who wait",
        "protocol complete\nnodes A B C X Y\nclients X Y\nleader A B\nat 0 propose X red\nat 0 propose Y blue\nat 0 propose B green\nat 4.5 propose A black",
    ),
    (
        "votes of several ballots",
        "protocol broadcast\nwithout one-ballot\nnodes 5\nat 3 propose A red\nat 4.2 inject Voted B->E 7.B [1] \"red\"\nat 4.2 inject Voted C->E 8.C [1] \"red\"\nat 4.2 inject Voted C->E 9.C [1] \"red\"",
    ),
    (
        "votes whose ballot began too long ago",
        "protocol broadcast\noption election heartbeat\nnodes 5\nat 3.5 propose D \"red\"\nat 0 propose A \"red\"\nat 0 partition A B C D | E\nat 0 timeout A \"phase 1\"\nat 0 propose A \"red\"\nat 0 propose A \"red\"\nat 0 propose E \"red\"\nat 0 crash A before-send\nat 0 propose A \"red\"\nat 0 propose A \"red\"\nat 0 propose A \"red\"\nat 0 propose A \"red\"\nacceptors A B C D E\nquorum weights A=3 B=3 C=2 D=2 E=2 need 1 4\nwithout once",
    ),
    (
        "a Nack that names a smaller ballot",
        "protocol complete\noption guard strict\nnodes 3\nat 0 propose A red\nat 0.5 inject BeginBallot B->C 4.B \"blue\"\nat 1.5 inject BeginBallot A->C 5.A \"blue\"",
    ),
];

#[test]
fn every_sentence_about_a_corner_is_true() {
    for (name, script) in CORNERS {
        let script = format!("paxos-playground 1\n{script}\n");
        let script = Script::parse(&script).unwrap_or_else(|error| panic!("{name}: {error}"));
        let lies = lies(&script);
        assert!(lies.is_empty(), "{name}:\n{}", lies.join("\n"));
    }
}

/// The names of a script's nodes.
fn names(script: &Script) -> Vec<String> {
    let named = script.lines.iter().find_map(|line| match &line.statement {
        Some(Statement::Nodes(names)) => Some(names.clone()),
        Some(Statement::NodeCount(count)) => Some((0..*count).map(default_name).collect()),
        _ => None,
    });
    named.expect("a script names its nodes")
}

/// A script with parts, quorums and a rule to break. If the script cannot have some of them, it stays as it is.
fn with_parts(script: &Script, dice: &[u32]) -> Script {
    let names = names(script);
    let roll = |place: usize, most: usize| dice[place % dice.len()] as usize % most.max(1);
    let clients = roll(0, 3).min(names.len().saturating_sub(1));
    let (servers, asking) = names.split_at(names.len() - clients);
    let voting = servers.len() - roll(1, servers.len());
    let acceptors = &servers[..voting];
    let mut statements = Vec::new();
    if !asking.is_empty() {
        statements.push(Statement::Part(Part::Clients, asking.to_vec()));
    }
    if roll(2, 3) > 0 {
        statements.push(Statement::Part(Part::Acceptors, acceptors.to_vec()));
        if roll(3, 2) == 0 {
            let learners = servers.iter().enumerate().filter(|(place, _)| roll(4 + place, 3) == 0);
            let learners: Vec<_> = learners.map(|(_, name)| name.clone()).collect();
            if !learners.is_empty() {
                statements.push(Statement::Part(Part::Learners, learners));
            }
        }
    }
    let voters: Vec<String> = if statements.iter().any(|line| matches!(line, Statement::Part(Part::Acceptors, _))) {
        acceptors
    } else {
        servers
    }
    .to_vec();
    let count = voters.len();
    let size = |place| roll(place, count) as u32 + 1;
    match roll(12, 6) {
        0 => statements.push(Statement::Quorum(QuorumRule::Sizes(size(13), None))),
        1 => statements.push(Statement::Quorum(QuorumRule::Sizes(size(13), Some(size(14))))),
        2 => {
            let weights = voters.iter().enumerate().map(|(place, name)| (name.clone(), roll(15 + place, 3) as u32 + 1));
            statements.push(Statement::Quorum(QuorumRule::Weights(weights.collect(), size(13), Some(size(14)))));
        }
        3 => {
            let set = |from: usize| voters.iter().skip(from % count).take(2).cloned().collect::<Vec<_>>();
            statements
                .push(Statement::Quorum(QuorumRule::Sets(vec![set(roll(13, count)), set(roll(14, count))], None)));
        }
        4 if count.is_multiple_of(2) => {
            let rows = voters.chunks(count / 2).map(<[String]>::to_vec).collect();
            statements.push(Statement::Quorum(QuorumRule::Grid(rows)));
        }
        _ => {}
    }
    if roll(20, 2) == 0 {
        const RULES: [&str; 7] = ["promise", "max-vote", "highest", "unique-ballots", "memory", "one-ballot", "once"];
        statements.push(Statement::Without(RULES[roll(21, RULES.len())].to_owned(), Vec::new()));
    }
    let mut script = script.clone();
    script.lines.retain(|line| !matches!(line.statement, Some(Statement::Without(..))));
    let script = with(&script, statements);
    // Parts can make a line impossible, as when the script injects a message that only clients send.
    if Scenario::of(&script).is_ok() { script } else { with(&script_without_parts(&script), Vec::new()) }
}

fn script_without_parts(script: &Script) -> Script {
    let mut script = script.clone();
    // Without liars, no line could say what a liar says.
    script.lines.retain(|line| match &line.statement {
        Some(Statement::Part(part, _)) => *part == Part::Liars,
        Some(Statement::Quorum(_)) => false,
        _ => true,
    });
    script
}

/// This many random runs, unless the environment says otherwise.
fn cases() -> ProptestConfig {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if told { config } else { ProptestConfig { cases: 384, ..config } }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_sentence_about_a_random_run_is_true(script in scripts::script(), dice in prop::collection::vec(any::<u32>(), 24)) {
        let script = with_parts(&script, &dice);
        let lies = lies(&script);
        prop_assert!(lies.is_empty(), "{script}\n{}", lies.join("\n"));
    }
}
