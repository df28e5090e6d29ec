//! The search finds the known worst cases, and the tests play them again.

use super::*;

/// The slowest execution of this cluster, searched in slices.
#[track_caller]
fn worst(lines: &str, question: Question) -> (Worst, Found) {
    let text = format!("paxos-playground 1\n{lines}\nat 0 propose A red\n");
    let (script, _) = Scenario::read(&text).expect("a good script");
    let mut worst = Worst::new(&script, question).expect("a good question");
    while !worst.go_on(1_000) {}
    let found = worst.found().cloned().expect("an execution that ends");
    (worst, found)
}

/// The bound of an exhaustive search, and what its scenario shows.
#[track_caller]
fn exact(lines: &str, question: Question) -> (String, String) {
    let (worst, found) = worst(lines, question);
    assert!(found.is_exact && worst.ending() == Some(Ending::Whole));
    (found.bound.to_string(), found.shown.all.to_string())
}

fn ask(stale: usize, resolution: u16) -> Question {
    Question { stale, resolution, ..Question::default() }
}

fn by_delta(stale: usize, resolution: u16) -> Question {
    Question { old_traffic: OldTraffic::ByDelta, ..ask(stale, resolution) }
}

fn pair(bound: &str, shown: &str) -> (String, String) {
    (bound.to_owned(), shown.to_owned())
}

/// The bound is T_el + 5Δ + 4kΔ, and a scenario takes exactly that long.
#[test]
fn each_stale_ballot_costs_four_deltas() {
    for (nodes, stale, resolution, total) in [
        (3, 0, 8, "5"),
        (3, 1, 1, "9"),
        (3, 1, 2, "9"),
        (3, 1, 4, "9"),
        (3, 2, 1, "13"),
        (5, 0, 2, "5"),
        (5, 1, 1, "9"),
    ] {
        for options in ["", "option restart any-nack", "option phase-2 quorum", "option guard strict"] {
            let lines = format!("protocol complete\nnodes {nodes}\n{options}");
            let found = exact(&lines, ask(stale, resolution));
            assert_eq!(found, pair(total, total), "{nodes} nodes, k = {stale}, {options}");
        }
    }
}

/// A protocol that sends votes to everybody needs 4Δ + 4kΔ; a log that has passed nothing yet is as slow as a single
/// decree.
#[test]
fn votes_to_everybody_save_one_delta() {
    for (stale, total) in [(0, "4"), (1, "8"), (2, "12")] {
        assert_eq!(exact("protocol broadcast\nnodes 3", ask(stale, 1)), pair(total, total));
    }
    assert_eq!(exact("protocol multi\nnodes 3", ask(1, 2)), pair("9", "9"));
}

/// When old messages are gone by T_el + Δ, more than two stale ballots do no more harm than two: 10Δ, and no execution
/// reaches this bound.
#[test]
fn old_traffic_that_ends_limits_the_harm() {
    let lines = "protocol complete\nnodes 3";
    for resolution in [1, 2, 4] {
        assert_eq!(exact(lines, by_delta(1, resolution)), pair("9", "9"));
    }
    for (stale, resolution) in [(2, 1), (2, 2), (3, 1)] {
        assert_eq!(exact(lines, by_delta(stale, resolution)), pair("10", "9.999999"));
    }
    for stale in 1..=2 {
        assert_eq!(exact("protocol complete\nnodes 3\noption restart any-nack", by_delta(stale, 1)), pair("9", "9"));
    }
}

/// A leader that waits Δ meets every stale number in phase 1; a leader that starts a little earlier is worse off than one
/// that starts at T_el.
#[test]
fn waiting_delta_helps_and_waiting_less_harms() {
    let lines = "protocol complete\nnodes 3";
    let wait = |ticks: u64| Question { wait: Time(ticks), ..by_delta(1, 4) };
    for (ticks, total) in [(250_000, "9.25"), (750_000, "9.75"), (1_000_000, "8"), (2_000_000, "9")] {
        assert_eq!(exact(lines, wait(ticks)), pair(total, total));
    }
    assert_eq!(exact(lines, Question { wait: Time::DELTA, ..by_delta(2, 2) }), pair("8", "8"));
}

/// The bound is the same for each leader and for all names of the nodes.
#[test]
fn any_process_may_lead() {
    let text = "paxos-playground 1\nprotocol complete\nnodes p q r\nat 2 crash q\nat 3 propose r x\nat 1 propose q y\n\
                bandwidth 1B/Δ\n";
    let (script, _) = Scenario::read(text).expect("a good script");
    let mut worst = Worst::new(&script, ask(1, 1)).expect("a good question");
    let notes = [
        "lines 4, 5 are set aside: the adversary chooses for itself",
        "line 7 is set aside: in this search no message waits in a port",
    ];
    assert_eq!(worst.notes(), notes);
    assert!(worst.go_on(usize::MAX));
    let found = worst.found().expect("an execution");
    assert_eq!(found.bound, Time::deltas(9));
    let script = found.script.to_string();
    assert!(
        script.contains("leader    q\n") && script.contains("propose q \"y\"") && script.contains("crash r"),
        "{script}"
    );
}

/// Slices of any size lead to the same result, and a search that is cut short says so.
#[test]
fn a_search_in_slices_is_the_same_and_one_cut_short_says_at_least() {
    let lines = "protocol complete\nnodes 3";
    let (whole, found) = worst(lines, ask(2, 1));
    let (text, _) =
        Scenario::read(&format!("paxos-playground 1\n{lines}\nat 0 propose A red\n")).expect("a good script");
    let mut sliced = Worst::new(&text, ask(2, 1)).expect("a good question");
    while !sliced.go_on(7) {}
    assert_eq!((sliced.states(), sliced.found()), (whole.states(), Some(&found)));
    let (cut, found) = worst(lines, Question { states_max: 5_000, ..ask(3, 4) });
    assert_eq!((cut.ending(), found.is_exact), (Some(Ending::States), false));
    assert!(found.bound == found.shown.all && found.bound <= Time::deltas(17), "{}", found.bound);
    assert!(cut.states() < 500_000 && cut.sentences()[0].contains("at least"), "{:?}", cut.sentences());
}

/// A silent first primary costs B the time after which it asks everybody, Δ, T, and the 4Δ of a view change: 2T + 5Δ.
#[test]
fn a_silent_primary_costs_two_timers() {
    for (timer, resolution, total) in [(4, 1, "13"), (10, 1, "25")] {
        let text = format!("protocol pbft\noption timer {timer}\nnodes A B C D\nliars A\nat 0 propose B blue");
        let (script, _) = Scenario::read(&format!("paxos-playground 1\n{text}\n")).expect("a good script");
        let mut worst = Worst::new(&script, ask(0, resolution)).expect("a good question");
        while !worst.go_on(1_000) {}
        let found = worst.found().expect("an execution that ends");
        assert!(found.is_exact && worst.ending() == Some(Ending::Whole));
        assert_eq!((found.bound, found.shown.all), (Time::deltas(total.parse().expect("a number")), found.bound));
        let sentences = worst.sentences().join(" ");
        assert!(sentences.contains("of the request") && !sentences.contains("T_el"), "{sentences}");
    }
}

#[test]
fn what_cannot_be_asked_is_said_in_a_sentence() {
    let wrong = |lines: &str, question: Question| {
        let text = format!("paxos-playground 1\n{lines}\n");
        let (script, _) = Scenario::read(&text).expect("a good script");
        Worst::new(&script, question).expect_err("nothing that can be asked")
    };
    let good = "protocol complete\nnodes 3\nat 0 propose A red";
    for (lines, question, part) in [
        ("protocol basic\nnodes 3\nat 0 propose A red", ask(1, 1), "neither leader nor timers"),
        ("protocol fast\nnodes 3\nat 0 propose A red", ask(1, 1), "does not declare what old ballots leave behind"),
        ("protocol pbft\nnodes 4\nliars A\nat 0 propose A red", ask(0, 1), "let another process ask"),
        ("protocol pbft\nnodes 4\nliars C\nat 0 propose B red", ask(0, 1), "only the first primary can be faulty"),
        ("protocol pbft\nnodes 4\nliars A\nat 0 propose B red", ask(1, 1), "neither old ballots nor a wait"),
        ("protocol fab\nnodes 6\nat 0 propose B red", ask(0, 1), "does not declare what old ballots leave behind"),
        ("protocol complete\nnodes 3", ask(1, 1), "nobody asks"),
        ("protocol complete\nnodes 2\nat 0 propose A red", ask(1, 1), "old ballots"),
        ("protocol complete\nnodes 1\nat 0 propose A red", ask(0, 1), "one process"),
        ("protocol complete\nnodes 11\nat 0 propose A red", ask(0, 1), "at most 9 nodes"),
        (
            "protocol complete\noption election heartbeat\nnodes 3\nat 0 propose A red",
            ask(1, 1),
            "option election oracle",
        ),
        (good, Question { outside: Outside::Up, ..ask(1, 1) }, "nobody is outside C but the owner"),
        (
            "protocol complete\nnodes 2\nat 0 propose A red",
            Question { outside: Outside::Slow, ..ask(0, 1) },
            "nobody is outside C:",
        ),
        (good, Question { outside: Outside::Up, crashes: 2, ..ask(0, 1) }, "0 to 1 crashes"),
        (good, Question { outside: Outside::Slow, crashes: 1, ..ask(0, 1) }, "up until then"),
        (good, Question { crashes: 1, ..ask(0, 1) }, "up until then"),
        (
            "protocol complete\nnodes 7\nat 0 propose A red",
            Question { outside: Outside::Up, ..ask(0, 1) },
            "or all of 5",
        ),
        (good, Question { memory_max: 1 << 19, ..ask(1, 1) }, "1 MB or more"),
        (good, ask(7, 1), "0 to 6"),
        (good, ask(1, 3), "resolution"),
        (good, ask(1, 0), "resolution"),
        (good, Question { states_max: 0, ..ask(1, 1) }, "moments"),
        (good, Question { wait: Time(1), ..ask(1, 1) }, "waits"),
    ] {
        let message = wrong(lines, question);
        assert!(message.contains(part) && !message.contains('\n'), "{message}");
    }
}

/// The search sets aside what a script says of chance, of disks and of leaders; it keeps which nodes forget and how long
/// Δ is.
#[test]
fn a_script_says_what_is_kept_and_what_is_set_aside() {
    let text = "paxos-playground 1\nprotocol complete\nnodes 3\ndelta 100ms\nwithout memory C\nloss A->B 5%\n\
                at 100ms crash C\nat 2Δ restart C empty\nat 250ms propose A red\n";
    let (script, _) = Scenario::read(text).expect("a good script");
    let mut worst = Worst::new(&script, ask(0, 1)).expect("a good question");
    while !worst.go_on(1_000) {}
    assert_eq!(worst.notes(), ["lines 6, 7, 8 are set aside: the adversary chooses for itself"]);
    let found = worst.found().expect("it ends").script.to_string();
    assert!(found.contains("delta     100ms\nwithout   memory C\n"), "{found}");
    assert!(Scenario::read(&found).is_ok(), "{found}");
}

/// The script skips a step: no execution ends, but the search ends.
#[test]
fn a_protocol_that_never_ends_is_no_endless_search() {
    let text = "paxos-playground 1\nprotocol complete\nnodes 3\nskip 2a\nat 0 propose A red\n";
    let (script, _) = Scenario::read(text).expect("a good script");
    let mut worst = Worst::new(&script, Question { states_max: 2_000, ..ask(0, 1) }).expect("a good question");
    assert!(worst.go_on(1_000_000));
    assert!(worst.found().is_none() && worst.ending() == Some(Ending::Time), "{:?}", worst.sentences());
}

/// The old messages of the search carry nothing, and a protocol that bounds how long it takes has timers for that.
#[test]
fn what_protocols_declare_can_be_played() {
    for protocol in crate::protocol::PROTOCOLS {
        let Some(progress) = protocol.progress else { continue };
        assert!(!protocol.timers.is_empty(), "{}", protocol.name);
        // Where processes may lie, nobody leads by the oracle's word, and an old view stops nothing.
        let is_elected = protocol.trust == crate::protocol::Trust::Crash;
        assert!(
            is_elected != progress.stale.is_empty()
                && progress.stale.iter().all(|kind| !progress.expiring.contains(kind))
        );
        for kind in progress.stale {
            assert_eq!(protocol.kind(*kind).carries, crate::protocol::Carries::Nothing, "{}", protocol.name);
        }
    }
}

#[test]
fn steps_are_read_back_from_their_codes() {
    for place in [0, 1, 5, 31] {
        for step in [Step::Pass, Step::Land(place), Step::Old(place), Step::Timer(place), Step::Crash(place)] {
            assert_eq!(Step::of(step.code()), step);
        }
    }
}

/// A limit of memory ends a search in the same way as a limit of moments: the search ends, says so, and its lists keep to
/// the limit.
#[test]
fn a_search_keeps_to_its_memory() {
    let memory_max = 2 << 20;
    let (script, _) =
        Scenario::read("paxos-playground 1\nprotocol complete\nnodes 3\nat 0 propose A red\n").expect("good");
    let mut worst = Worst::new(&script, Question { memory_max, ..ask(2, 4) }).expect("a good question");
    while !worst.go_on(50) {
        assert!(worst.memory(0) <= 2 * memory_max, "{} bytes", worst.memory(0));
        if worst.cut.is_none() {
            assert!(worst.memory(0) <= memory_max, "{} bytes", worst.memory(0));
        }
    }
    assert_eq!(worst.ending(), Some(Ending::Memory));
    assert!(worst.sentences().iter().any(|sentence| sentence.contains("which took 2 MB")), "{:?}", worst.sentences());
    assert!(worst.found().is_some_and(|found| !found.is_exact && found.bound <= Time::deltas(13)));
}

/// An execution that needs two events at one instant is shown in a form that a run can play: here two Nacks land
/// together.
#[test]
fn an_execution_that_needs_two_things_at_one_instant_is_shown() {
    let lines = "protocol complete\noption restart own-nack\nnodes 5";
    assert_eq!(exact(lines, by_delta(2, 1)), pair("11", "11"));
}

/// An option replaces the script's own, and the other lines keep their numbers.
#[test]
fn an_option_can_be_chosen_for_the_script() {
    let text = "paxos-playground 1\nprotocol  complete\noption    guard strict\nnodes     3\n";
    let (script, _) = Scenario::read(text).expect("a good script");
    let script = with_option(with_option(script, "guard", "ge"), "phase-2", "quorum").to_string();
    assert_eq!(script, format!("{}option    phase-2 quorum\n", text.replace("strict", "ge")));
}
