//! Runs of the playground that go out as events and are read as logs: they come back with the same verdicts.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::check::check;
use paxos_playground::logs::{Beside, Log};
use paxos_playground::report::events;
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::library::{self, LIBRARY};
use paxos_playground::sim::Run;
use paxos_playground::trace::Trace;

/// Every plain built-in run, with its events as lines of JSON.
fn told_runs() -> impl Iterator<Item = (&'static str, Run, String)> {
    LIBRARY.iter().filter_map(|one| {
        let (_, scenario) = Scenario::read(one.text).expect("a good script");
        let plain = ["basic", "multi", "broadcast", "preliminary", "complete"].contains(&scenario.protocol.name);
        let is_majority = scenario.quorum.is_none() && !one.text.contains("\nwithout ");
        // Two commands with one text are one decree in a log.
        let values = &scenario.symbols.values;
        let is_told_apart = values.iter().collect::<std::collections::BTreeSet<_>>().len() == values.len();
        let run = (plain && is_majority && is_told_apart).then(|| Run::of(scenario))?;
        let lines: Vec<_> = events::lines(&run).collect::<Result<_, _>>().expect("JSON can say it");
        Some((one.name, run, lines.join("\n")))
    })
}

#[test]
fn a_run_that_went_out_as_events_comes_back_with_the_same_verdicts() {
    let mut count = 0;
    for (name, run, text) in told_runs() {
        let log = Log::read(&text, &Beside::default()).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(log.mistakes.is_empty(), "{name}: {:?}", log.mistakes);
        let verdicts = check(run.trace());
        for told in log.told.iter().filter(|told| told.silent.is_none()) {
            let expected =
                verdicts.iter().find(|verdict| verdict.check.name == told.verdict.check.name).expect("the same checks");
            assert_eq!(told.verdict.holds(), expected.holds(), "{name}: {}", expected.check.name);
            if let (Some(read), Some(ran)) = (&told.verdict.violation, &expected.violation) {
                assert_eq!(read.sentence, ran.sentence, "{name}");
                // The header is line 1, so event 0 is in line 2.
                assert_eq!(log.line_of(read), ran.event.0 as usize + 2, "{name}");
                assert_eq!(log.trace.event(read.event).time, run.trace().event(ran.event).time, "{name}");
            }
        }
        let counts = |trace: &Trace| trace.message_counts(trace.events().len()).sent;
        assert!(counts(&log.trace) >= counts(run.trace()), "{name}: no message is missing");
        count += 1;
    }
    assert!(count > 30, "{count}");
}

#[test]
fn broken_runs_are_red_in_their_logs_too() {
    for (name, check) in [("without-promise", "promise"), ("without-majority", "B2"), ("without-max-vote", "B3")] {
        let run = Run::of(Scenario::read(library::find(name).expect("it is built in").text).expect("a good script").1);
        let lines: Vec<_> = events::lines(&run).collect::<Result<_, _>>().expect("JSON can say it");
        let log = Log::read(&lines.join("\n"), &Beside::default()).unwrap_or_else(|why| panic!("{name}: {why}"));
        let broken: Vec<_> =
            log.told.iter().filter(|told| !told.verdict.holds()).map(|told| told.verdict.check.name).collect();
        assert!(broken.contains(&check), "{name}: {broken:?}");
    }
}
