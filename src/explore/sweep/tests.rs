//! A sweep is the sum of its runs, however it is cut, and its numbers are those of the runs.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::check;
use crate::latency;
use crate::protocol::PROTOCOLS;
use crate::scenario::library::{self, LIBRARY};
use crate::scenario::{Act, Statement};
use crate::types::Time;

fn script(name: &str) -> Script {
    Script::parse(library::find(name).expect("it is built in").text).expect("a built-in script")
}

fn faults(told: &[(&str, &str)]) -> Faults {
    let mut faults = Faults::default();
    told.iter().for_each(|(keyword, text)| faults.read(keyword, text).expect("good faults"));
    faults
}

/// Delays, losses, copies and crashes by chance.
fn rough() -> Faults {
    faults(&[("delay", "0.1Δ..1Δ"), ("loss", "8%"), ("duplicates", "8%"), ("crashes", "2")])
}

fn sweep(name: &str, under: Under, faults: &Faults, seeds: Range<u64>) -> Sweep {
    let mut sweep = Sweep::new(&script(name), under, faults, seeds).expect("a good sweep");
    assert!(sweep.go_on(usize::MAX));
    sweep
}

#[test]
fn the_parts_come_to_the_whole_in_any_order() {
    for name in ["steady", "steady-log", "duelling-proposers", "without-promise"] {
        let part = |seeds| sweep(name, Under::Variants, &rough(), seeds);
        let whole = part(3..43);
        let [first, second, third] = [3..10, 10..31, 31..43].map(part);
        for order in [[&first, &second, &third], [&third, &first, &second], [&second, &third, &first]] {
            let mut merged = order[0].clone();
            merged.merge(order[1]).expect("they share no seed");
            merged.merge(order[2]).expect("they share no seed");
            assert_eq!(merged.swept(), whole.swept(), "{name}");
        }
        let mut right = second.clone();
        right.merge(&third).expect("they share no seed");
        let mut left = first.clone();
        left.merge(&right).expect("they share no seed");
        assert_eq!(left.swept(), whole.swept(), "{name}");
    }
}

#[test]
fn slices_and_threads_come_to_the_same_numbers() {
    let new = || Sweep::new(&script("steady"), Under::Variants, &rough(), 0..300).expect("a good sweep");
    let mut whole = new();
    whole.go_on(usize::MAX);
    let mut sliced = new();
    let mut slices = 1;
    while !sliced.go_on(7) {
        assert_eq!(sliced.done(), slices * 7);
        slices += 1;
    }
    assert_eq!(sliced.swept(), whole.swept());
    for threads in [1, 2, 5] {
        let (mut threaded, mut last) = (new(), 0);
        threaded.go_on(10);
        threaded.run_all(threads, &mut |done| last = done, &|| false);
        assert!(threaded.is_over() && last == 300);
        assert_eq!(threaded.swept(), whole.swept(), "{threads} threads");
    }
}

#[test]
fn a_sweep_that_is_stopped_says_how_far_it_is() {
    let mut sweep = Sweep::new(&script("steady"), Under::Own, &Faults::default(), 5..25).expect("a good sweep");
    assert_eq!((sweep.go_on(4), sweep.done(), sweep.asked()), (false, 4, 20));
    assert_eq!((sweep.swept().done.to_string(), sweep.swept().tallies[0].runs), ("5..9".to_owned(), 4));
}

#[test]
fn every_run_is_the_run_of_its_script() {
    for built_in in LIBRARY {
        for crashes in ["none", "1", "30%"] {
            let faults = faults(&[("delay", "0.5Δ..1Δ"), ("crashes", crashes)]);
            let plan = Plan::new(&script(built_in.name), Under::Variants, &faults).expect("a good plan");
            for (place, protocol) in plan.protocols().iter().enumerate() {
                let text = plan.script_of(protocol, 7).to_string();
                let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                let (ours, own) = (plan.run(place, 7), Run::of(scenario));
                assert_eq!(ours.trace().hash(), own.trace().hash(), "{text}");
            }
        }
    }
}

#[test]
fn acts_out_of_order_stay_what_they_are_among_crashes() {
    let text = "paxos-playground 1\nnodes A B C\nat 6Δ propose B blue\nat 0Δ propose A red\nat 2Δ heal\nuntil 30Δ\n";
    let script = Script::parse(text).expect("a good script");
    let plan = Plan::new(&script, Under::Own, &faults(&[("crashes", "3")])).expect("a good plan");
    for seed in 0..200 {
        let read = Scenario::of(&plan.script_of(plan.protocols()[0], seed)).expect("a good script");
        assert_eq!(plan.run(0, seed).trace().hash(), Run::of(read).trace().hash(), "seed {seed}");
    }
}

#[test]
fn exactly_so_many_nodes_crash_and_each_comes_back() {
    for (crashes, least, most) in [("0", 0, 0), ("1", 1, 1), ("5", 5, 5), ("100%", 5, 5), ("40%", 0, 5)] {
        let plan = Plan::new(&script("steady"), Under::Own, &faults(&[("crashes", crashes)])).expect("a good plan");
        let mut all = 0;
        for seed in 0..200 {
            let script = plan.script_of(plan.protocols()[0], seed);
            let (mut crashed, mut back) = (Vec::new(), Vec::new());
            for line in &script.lines {
                match &line.statement {
                    Some(Statement::At(at, Act::Crash(node))) => {
                        assert!((Time::deltas(4)..=Time::deltas(14)).contains(at), "{at}");
                        crashed.push((node.clone(), *at));
                    }
                    Some(Statement::At(at, Act::Restart(node, _))) => back.push((node.clone(), *at)),
                    _ => {}
                }
            }
            crashed.sort();
            back.sort();
            assert!((least..=most).contains(&crashed.len()) && crashed.len() == back.len());
            for ((node, down), (same, up)) in crashed.iter().zip(&back) {
                assert!(node == same && down < up && *up <= down.plus(DOWN_MAX), "{script}");
            }
            all += crashed.len();
        }
        assert!(crashes != "40%" || (300..500).contains(&all), "{all} of 1000 nodes crashed");
    }
}

#[test]
fn constant_delays_take_the_latencies_that_the_slides_tell() {
    // The latencies run from the request until the leader knows, and until everybody knows.
    for (protocol, leader, all, messages) in [("basic", 4, 5, 20), ("multi", 2, 3, 12), ("broadcast", 2, 2, 24)] {
        let under = Under::One(crate::protocol::find(protocol).expect("the registry has it"));
        let sweep = sweep("steady", under, &faults(&[("delay", "1Δ")]), 0..50);
        let [tally] = &sweep.swept().tallies[..] else { panic!("one protocol") };
        assert_eq!((tally.runs, tally.decided, tally.decisions), (50, 50, 50));
        assert_eq!(tally.messages_per_decision(), Some(messages * 1_000_000));
        for (name, deltas) in [("from_client.leader", leader), ("from_client.all", all)] {
            let counts = tally.latency(name).expect("a measure");
            assert_eq!(counts.bins().collect::<Vec<_>>(), [(Time::deltas(deltas), 50)]);
            let extreme = Some(Extreme { latency: Time::deltas(deltas), seed: 0 });
            assert_eq!((counts.least(), counts.most()), (extreme, extreme));
            assert!(PERCENTILES.iter().all(|(_, share)| counts.percentile(*share) == Some(Time::deltas(deltas))));
        }
    }
}

#[test]
fn the_numbers_are_those_of_the_runs() {
    for name in ["steady", "steady-log", "without-promise", "message-loss"] {
        let sweep = sweep(name, Under::Variants, &rough(), 100..160);
        let plan = &sweep.swept().plan;
        for tally in &sweep.swept().tallies {
            let (mut raw, mut sent, mut broken, mut silent) = (Vec::new(), 0, Vec::new(), Vec::new());
            for seed in 100..160 {
                let run = Run::of(Scenario::of(&plan.script_of(tally.protocol, seed)).expect("a good script"));
                let decisions = latency::decisions(run.trace());
                raw.extend(decisions.iter().filter_map(|one| Some((one.from_client().all?, seed))));
                let is_counted = |sent: &&crate::trace::Envelope| !sent.to_self() && sent.copy_of.is_none();
                sent += run.trace().messages().iter().filter(is_counted).count() as u64;
                if check::check(run.trace()).iter().any(|verdict| !verdict.holds()) {
                    broken.push(seed);
                }
                if decisions.is_empty() || decisions.iter().any(|one| one.all_learned.is_none()) {
                    silent.push(seed);
                }
            }
            let counts = tally.latency("from_client.all").expect("a measure");
            assert_eq!((counts.count(), tally.sent), (raw.len() as u64, sent));
            let extreme = |pair: &(Time, u64)| Extreme { latency: pair.0, seed: pair.1 };
            assert_eq!(counts.least(), raw.iter().min().map(extreme));
            let longest = raw.iter().map(|(latency, _)| *latency).max();
            assert_eq!(counts.most(), raw.iter().find(|(latency, _)| Some(*latency) == longest).map(extreme));
            let first = broken.first().copied();
            assert_eq!(tally.unsafe_runs, Found { runs: broken.len() as u64, first });
            let undecided: u64 = tally.undecided.iter().map(|found| found.runs).sum();
            assert_eq!(tally.runs, tally.decided + undecided);
            assert!(undecided >= silent.len() as u64, "{name}: {undecided} of {silent:?}");
        }
    }
    assert!(sweep("without-promise", Under::Own, &Faults::default(), 0..3).swept().tallies[0].unsafe_runs.runs == 3);
}

#[test]
fn a_run_that_does_not_decide_says_why() {
    let reason = |lines: &str| {
        let script = Script::parse(&format!("paxos-playground 1\n{lines}\n")).expect("a good script");
        let mut sweep = Sweep::new(&script, Under::Own, &Faults::default(), 9..10).expect("a good sweep");
        sweep.go_on(1);
        let tally = &sweep.swept().tallies[0];
        let found: Vec<_> = REASONS.iter().zip(&tally.undecided).filter(|(_, found)| found.runs > 0).collect();
        assert!(found.iter().all(|(_, found)| found.first == Some(9)) && found.len() as u64 + tally.decided == 1);
        found.first().map_or("decided", |(reason, _)| reason.name)
    };
    let three = "nodes A B C\nat 0 propose A red\n";
    assert_eq!(reason(three), "decided");
    assert_eq!(reason("nodes A B C"), "nothing-asked");
    assert_eq!(reason("nodes A B C\nat 0 crash A\nat 0 propose A red"), "nothing-asked");
    assert_eq!(reason(&format!("{three}at 0.5 crash B\nat 0.5 crash C")), "no-promises");
    assert_eq!(reason(&format!("{three}at 2.5 crash B\nat 2.5 crash C")), "no-votes");
    assert_eq!(reason(&format!("{three}at 3.5 crash A")), "unheard");
    assert_eq!(reason(&format!("{three}drop Success A->C #1")), "not-everybody");
    assert_eq!(reason("protocol multi\nnodes A B C\nleader none\nat 0 propose A red"), "no-ballot");
    let log = "protocol multi\nnodes A B C\nat 4 propose A red\nat 8 crash B\nat 8 crash C\nat 9 propose A blue";
    assert_eq!(reason(log), "not-all-decrees");
}

#[test]
fn what_cannot_be_swept_is_told_in_a_sentence() {
    let told = |faults: &Faults, seeds| {
        let sweep = Sweep::new(&script("steady"), Under::Own, faults, seeds);
        sweep.expect_err("it cannot be run")
    };
    let none = Faults::default();
    assert_eq!(told(&none, 5..5), "there is no seed from 5 to before 5");
    assert_eq!(told(&none, 0..1_000_001), "a sweep has at most 1000000 seeds, not 1000001; run it in parts");
    assert_eq!(told(&none, SEEDS_END..SEEDS_END + 1), "seeds are below 9007199254740992");
    let six = faults(&[("crashes", "6")]);
    assert_eq!(told(&six, 0..9), "each node crashes once at most, and there are 5, not 6");
    let long = Script::parse(&format!("paxos-playground 1\nnodes 5\n{}", "#\n".repeat(4090))).expect("a long script");
    let told = Plan::new(&long, Under::Own, &faults(&[("crashes", "5")])).expect_err("there is no room");
    assert_eq!(told, "the script is too long for a seed and crashes to be written into it");
    let mut read = Faults::default();
    for (keyword, text, sentence) in [
        ("delay", "0.2Δ..2Δ", "Δ is the maximum message delay, so it is at most 1Δ"),
        ("delay", "A->B 1Δ", "expected a delay of every link"),
        ("delay", "1Δ\nnodes 5", "nothing more is expected here"),
        ("loss", "101%", "“101” is not a percentage from 0% to 100% with at most four decimals"),
        ("duplicates", "5", "expected a percent sign, found the end of the line"),
        ("crashes", "some", "write how many nodes crash, as in 2, or with which chance, as in 20%"),
        ("crashes", "-1", "write how many nodes crash, as in 2, or with which chance, as in 20%"),
    ] {
        assert_eq!(read.read(keyword, text), Err(sentence.to_owned()), "{keyword} {text}");
    }
    assert_eq!(read, Faults::default());
}

#[test]
fn only_what_belongs_together_is_put_together() {
    let part = |under, seeds| sweep("steady", under, &rough(), seeds);
    let mut first = part(Under::Variants, 0..10);
    let before = first.swept().clone();
    assert_eq!(
        first.merge(&part(Under::Variants, 9..12)),
        Err("both have run seed 9, which would count twice".to_owned())
    );
    let other = "they differ in their script, protocols or faults, so they cannot be put together";
    assert_eq!(first.merge(&part(Under::Own, 20..30)), Err(other.to_owned()));
    assert_eq!(first.merge(&sweep("steady", Under::Variants, &Faults::default(), 20..30)), Err(other.to_owned()));
    assert_eq!(first.swept(), &before);
    let mut open = Sweep::new(&script("steady"), Under::Variants, &rough(), 0..20).expect("a good sweep");
    open.go_on(5);
    let sentence = "seed 9, which the other one has run, is still to be run here";
    assert_eq!(open.merge(&part(Under::Variants, 9..12)), Err(sentence.to_owned()));
}

#[test]
fn the_variants_are_those_that_are_compared() {
    let plan = Plan::new(&script("steady"), Under::Variants, &Faults::default()).expect("a good plan");
    let variants: Vec<_> = plan.protocols().iter().map(|protocol| protocol.variant()).collect();
    assert_eq!(variants, [Some("5Δ"), Some("3Δ"), Some("2Δ")]);
    assert!(PROTOCOLS.len() > variants.len());
}

/// The latency at the nearest rank of the list.
fn naive_percentile(sorted: &[u64], thousandths: u64) -> u64 {
    let at_most = |bound: u64| sorted.iter().filter(|latency| **latency <= bound).count() as u64;
    *sorted
        .iter()
        .find(|bound| at_most(**bound) * 1_000 >= thousandths * sorted.len() as u64)
        .expect("the last will do")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn percentiles_are_those_of_the_list(latencies in vec(prop_oneof![0..20_000_000_u64, 0..300_000_000_u64], 1..400)) {
        let mut counts = Counts::default();
        latencies.iter().zip(0..).for_each(|(latency, seed)| counts.add(Time(*latency), seed));
        let mut sorted = latencies.clone();
        sorted.sort_unstable();
        prop_assert_eq!(counts.least().map(|least| least.latency.0), sorted.first().copied());
        prop_assert_eq!(counts.most().map(|most| most.latency.0), sorted.last().copied());
        for share in [1, 250, 500, 900, 990, 999, 1_000] {
            let exact = naive_percentile(&sorted, share);
            let told = counts.percentile(share).expect("there are some").0;
            let width = if exact <= FINE.0 { RESOLUTION } else { Time::DELTA.0 };
            prop_assert!(exact <= told && told < exact + width, "{} at {}: {}", told, share, exact);
            prop_assert!(told <= *sorted.last().expect("there are some"));
            prop_assert!(exact > FINE.0 || !exact.is_multiple_of(RESOLUTION) || told == exact);
        }
    }

    #[test]
    fn seeds_are_a_set(ranges in vec((0..60_u64, 0..12_u64), 0..12), other in (0..60_u64, 0..12_u64)) {
        let mut seeds = Seeds::default();
        let mut naive = std::collections::BTreeSet::new();
        for (start, length) in ranges {
            seeds.add(start..start + length);
            naive.extend(start..start + length);
        }
        prop_assert_eq!(seeds.ranges().iter().cloned().flatten().collect::<Vec<_>>(), naive.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(seeds.count(), naive.len() as u64);
        prop_assert!(seeds.ranges().windows(2).all(|pair| pair[0].end < pair[1].start));
        let (start, length) = other;
        let range = start..start + length;
        let other = Seeds::of(range.clone());
        prop_assert_eq!(seeds.first_shared(&other), range.clone().find(|seed| naive.contains(seed)));
        prop_assert_eq!(seeds.contains(&other), range.clone().all(|seed| naive.contains(&seed)));
    }
}
