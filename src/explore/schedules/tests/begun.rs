//! Searches that start where a script's run is at an instant: they start in the right state, and they find the rules whose
//! counterexamples are too long to be found from the beginning.

use super::*;
use crate::scenario::library::{LIBRARY, find};
use crate::types::NodeId;

fn from(from: u64, timeouts: u8, lies: u8) -> Options {
    Options { from: Time(from * (Time::DELTA.0 / 10)), timeouts, lies, ..Options::default() }
}

fn scenario(text: &str) -> Scenario {
    Scenario::read(text).expect("a good script").1
}

/// The moves that a run makes before an instant are all that happens then: a script of these moves leaves the same in every
/// node's stable storage.
#[test]
fn the_moves_of_a_run_do_what_the_run_does() {
    let mut played = 0;
    for built_in in LIBRARY {
        for tenths in [5, 25, 65, 125] {
            let (scenario, until) = (scenario(built_in.text), Time(tenths * Time::DELTA.0 / 10));
            let options = Options { from: until, ..Options::default() };
            let Ok(search) = Schedules::new(scenario.clone(), options) else { continue };
            let script = replay::script(&scenario, "again", "again", &search.prefix);
            let again = Run::of(Scenario::read(&script.to_string()).expect("a script that was written").1);
            // The values of the two scripts have the same names, and perhaps not the same numbers.
            if scenario.symbols.values == again.scenario().symbols.values {
                let before = Run::of(scenario).world_at(Time(until.0 - 1));
                for node in NodeId::all(search.scenario().nodes()) {
                    let (is, was) = (again.last().storage(node), before.storage(node));
                    assert_eq!(is, was, "{} before {until}Δ:\n{script}", built_in.name);
                }
                played += 1;
            }
        }
    }
    assert!(played > 300, "{played}");
}

/// A built-in script, when the search starts, what it may spend, the check that is violated first, and after how many moves.
const BROKEN: &[(&str, May, &str, usize)] = &[
    ("pbft-lowest", (205, 2, 0), "B3", 6),
    ("pbft-forgetful", (43, 2, 0), "promise", 4),
    ("without-learn-quorum", (45, 0, 1), "B2", 9),
    ("without-enough-acceptors", (45, 0, 1), "B2", 7),
    ("without-certificate", (45, 0, 1), "B2", 7),
    ("without-vouching", (45, 0, 1), "B3", 3),
    ("without-signed", (55, 0, 1), "B3", 9),
    ("without-one-truthful", (0, 0, 2), "B1", 3),
    ("fab-broken-promise", (45, 0, 0), "promise", 4),
];

/// Tenths of Δ, timeouts, lies.
type May = (u64, u8, u8);

/// The table of docs/explore.md. With the rule on, no way of as many moves violates anything.
#[test]
fn from_the_middle_of_a_script_each_rule_against_liars_is_found() {
    for (name, (at, timeouts, lies), check, moves) in BROKEN {
        let text = find(name).expect("a built-in script").text;
        let options = from(*at, *timeouts, *lies);
        let search = search_of(scenario(text), options);
        let found = search.found().iter().find(|found| found.check.name == *check);
        let found = found.unwrap_or_else(|| panic!("{name}: {:?}", search.found()));
        assert_eq!((found.moves, search.is_shortest(found)), (*moves, true), "{name}");
        let run = run(&search.script(found));
        assert!(red(&run).contains(&(*check, run.trace().end())), "{name}: {:?}", red(&run));
        let kept: String = text
            .lines()
            .filter(|line| !line.starts_with("without "))
            .fold(String::new(), |text, line| text + line + "\n");
        let kept = search_of(scenario(&kept), Options { depth_max: *moves as u16 + 1, ..options });
        assert!(matches!(kept.ending(), Ending::TooDeep | Ending::Exhausted), "{name}: {:?}", kept.ending());
    }
}

fn search_of(scenario: Scenario, options: Options) -> Schedules {
    let mut search = Schedules::new(scenario, options).expect("small enough");
    search.go_on(usize::MAX);
    search
}

/// What happened before the search starts is as the script says: a message that was dropped cannot arrive any more, and a lie
/// that was told costs the search nothing.
#[test]
fn what_has_happened_before_stays_as_it_is() {
    let text = "paxos-playground 1\nprotocol basic\nnodes A B C\nat 0 propose A red\ndrop LastVote B->A #1\ndrop LastVote C->A #1\n";
    let search = search_of(scenario(text), from(30, 0, 0));
    assert_eq!((search.ending(), search.states()), (Ending::Exhausted, 1));
    let all = search_of(scenario(text), from(0, 0, 0));
    assert!(all.states() > 10);
}

#[test]
fn where_no_search_can_start_a_sentence_says_why() {
    let refused = |lines: &str, at: u64| {
        let text = format!("paxos-playground 1\nprotocol basic\nnodes A B C\nat 0 propose A red\n{lines}");
        Schedules::new(scenario(&text), from(at, 0, 0)).expect_err(lines)
    };
    assert_eq!(
        refused("at 1 crash B\nat 2 restart B empty\n", 30),
        "no search can start at 3Δ: B loses its disk before that"
    );
    assert_eq!(
        refused("at 0.5 crash B before-send\n", 30),
        "no search can start at 3Δ: B crashes before it sends something"
    );
    let broken = scenario(find("without-majority").expect("a built-in script").text);
    let broken = Schedules::new(broken, from(900, 0, 0)).expect_err("it is broken by then");
    assert!(broken.starts_with("no search can start at 90Δ: the script violates the check B"), "{broken}");
    let mut many = String::new();
    for place in 0..1_200 {
        many += &format!("at 1 inject NextBallot A->B {}.A\n", place + 2);
    }
    assert!(refused(&many, 30).contains("more than 1000 things happen before that"));
}
