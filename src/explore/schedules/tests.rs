//! What a search must find, and what it must not.

use super::*;
use crate::check::check;
use crate::sim::Run;

fn search(text: &str, options: Options) -> Schedules {
    let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{text}")).expect("a good script");
    let mut search = Schedules::new(scenario, options).expect("small enough");
    search.go_on(usize::MAX);
    search
}

/// What the run of a counterexample's script says: the checks violated, in the order of the checks, and whether it was by
/// the last thing that happened.
fn replayed(search: &Schedules, found: &Found) -> (Vec<&'static str>, bool) {
    let script = search.script(found);
    let text = script.to_string();
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    assert_eq!(run.notes(), [], "{text}");
    let verdicts = check(run.trace());
    let violations: Vec<_> = verdicts.iter().filter_map(|verdict| verdict.violation.as_ref()).collect();
    let last = run.trace().end();
    let is_last = violations.iter().all(|violation| run.trace().event(violation.event).time == last);
    let red = verdicts.iter().filter(|verdict| !verdict.holds()).map(|verdict| verdict.check.name).collect();
    (red, is_last && scenario_end(&run) == last)
}

fn scenario_end(run: &Run) -> crate::types::Time {
    run.scenario().until.expect("a counterexample says when it ends")
}

#[test]
fn two_proposers_of_three_are_safe() {
    let search = search("nodes A B C\nat 0 propose A red\nat 0 propose B blue\n", Options::default());
    assert_eq!((search.ending(), search.states(), search.transitions()), (Ending::Exhausted, 69_541, 285_184));
}

/// A cluster, how many crashes, and which checks break first by how many moves.
type Lab = (&'static str, u8, &'static [(&'static str, usize)]);

const LAB: &[Lab] = &[
    ("without promise\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n", 0, &[]),
    ("without max-vote\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n", 0, &[]),
    ("without highest\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 propose A red\n", 0, &[]),
    ("without majority\nnodes A B C D\nat 0 propose A red\nat 0 propose B blue\n", 0, &[]),
    ("without unique-ballots\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n", 0, &[]),
    ("without memory\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n", 1, &[]),
];

#[test]
fn each_rule_of_the_lab_is_needed_and_the_counterexample_plays() {
    for (text, crashes, _) in LAB {
        let search = search(text, Options { crashes: *crashes, ..Options::default() });
        eprintln!("{text} {:?} {} {}", search.ending(), search.states(), search.transitions());
        for found in search.found() {
            eprintln!("  {} {} {:?}", found.check.name, found.moves, replayed(&search, found));
        }
        eprintln!("{}", search.script(&search.found()[0]));
    }
}
