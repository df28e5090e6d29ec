//! What a search must find, and what it must not.

use super::*;

fn search(text: &str, options: Options) -> Schedules {
    let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{text}")).expect("a good script");
    let mut search = Schedules::new(scenario, options).expect("small enough");
    search.go_on(usize::MAX);
    search
}

#[test]
fn two_proposers_of_three_are_safe() {
    let search = search("nodes A B C\nat 0 propose A red\nat 0 propose B blue\n", Options::default());
    assert_eq!(search.ending(), Ending::Exhausted);
    eprintln!("{} {} {} {:?}", search.states(), search.transitions(), search.depth(), search.parts());
}
