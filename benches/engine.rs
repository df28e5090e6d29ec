//! How fast the engine is: `cargo bench`. Items are events of a trace, so items a second are simulated events a second.

#[cfg(not(target_arch = "wasm32"))]
mod workload;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    divan::main();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::hint::black_box;
    use std::sync::Arc;

    use divan::Bencher;
    use divan::counter::{BytesCount, ItemsCount};
    use paxos_playground::scenario::{Act, Scenario, Script};
    use paxos_playground::session::Session;
    use paxos_playground::sim::{Run, World};
    use paxos_playground::trace::EventId;
    use paxos_playground::types::Time;
    use paxos_playground::{check, latency};

    use super::workload::{EVENTS_PER_BALLOT, ballots_script, chancy_script};

    fn scenario(script: &str) -> Scenario {
        Scenario::read(script).expect("a good script").1
    }

    /// A run of a hundred thousand events.
    fn long_run() -> (String, Run) {
        let script = ballots_script(5, 100_000 / EVENTS_PER_BALLOT + 1);
        let run = Run::of(scenario(&script));
        (script, run)
    }

    /// About as many events whatever the number of nodes.
    fn script(nodes: usize) -> String {
        ballots_script(nodes, 100_000 / EVENTS_PER_BALLOT * 5 / nodes)
    }

    fn record(bencher: Bencher<'_, '_>, script: &str) {
        let scenario = scenario(script);
        let events = Run::of(scenario.clone()).trace().events().len();
        bencher.counter(ItemsCount::new(events)).bench_local(|| Run::of(black_box(&scenario).clone()));
    }

    #[divan::bench(args = [5, 25, 101])]
    fn run_recorded(bencher: Bencher<'_, '_>, nodes: usize) {
        record(bencher, &script(nodes));
    }

    #[divan::bench(args = [5])]
    fn run_recorded_by_chance(bencher: Bencher<'_, '_>, nodes: usize) {
        record(bencher, &chancy_script(nodes, 100_000 / EVENTS_PER_BALLOT));
    }

    #[divan::bench(args = [5, 25, 101])]
    fn run_unrecorded(bencher: Bencher<'_, '_>, nodes: usize) {
        let scenario = Arc::new(scenario(&script(nodes)));
        let events = Run::of((*scenario).clone()).trace().events().len();
        bencher.counter(ItemsCount::new(events)).bench_local(|| {
            let mut world = World::new(Arc::clone(&scenario), None);
            while world.step(None) {}
            world
        });
    }

    #[divan::bench]
    fn parse(bencher: Bencher<'_, '_>) {
        let script = script(5);
        bencher.counter(BytesCount::of_str(&script)).bench_local(|| Script::parse(black_box(&script)));
    }

    #[divan::bench]
    fn read(bencher: Bencher<'_, '_>) {
        let script = script(5);
        bencher.counter(BytesCount::of_str(&script)).bench_local(|| Scenario::read(black_box(&script)));
    }

    #[divan::bench]
    fn checks(bencher: Bencher<'_, '_>) {
        let (_, run) = long_run();
        let events = ItemsCount::new(run.trace().events().len());
        bencher.counter(events).bench_local(|| check::check(black_box(&run).trace()));
    }

    #[divan::bench]
    fn latency(bencher: Bencher<'_, '_>) {
        let (_, run) = long_run();
        let events = ItemsCount::new(run.trace().events().len());
        bencher.counter(events).bench_local(|| {
            let trace = black_box(&run).trace();
            (latency::decisions(trace), latency::ballots(trace))
        });
    }

    #[divan::bench]
    fn hash(bencher: Bencher<'_, '_>) {
        let (_, run) = long_run();
        let events = ItemsCount::new(run.trace().events().len());
        bencher.counter(events).bench_local(|| black_box(&run).trace().hash());
    }

    #[divan::bench]
    fn seek(bencher: Bencher<'_, '_>) {
        let (_, run) = long_run();
        let end = run.trace().end().0;
        let mut instant = 1_u64;
        bencher.bench_local(|| {
            // Weyl's sequence visits the whole run evenly and in no order.
            instant = instant.wrapping_add(0x9E37_79B9_7F4A_7C15);
            run.world_at(Time(((u128::from(instant) * u128::from(end)) >> 64) as u64))
        });
    }

    /// A line is added a third from the end, and the rest runs again.
    #[divan::bench]
    fn fork(bencher: Bencher<'_, '_>) {
        let (script, run) = long_run();
        let at = run.trace().end().0 / Time::DELTA.0 * 2 / 3;
        let scenario = scenario(&format!("{script}at {at}Δ crash E\n"));
        let events = ItemsCount::new(run.trace().events().len() / 3);
        bencher.counter(events).bench_local(|| run.fork(black_box(&scenario).clone()));
    }

    /// The longest run that a page should be pleasant with: 25 nodes, over a hundred thousand messages.
    fn huge() -> Session {
        let mut session = Session::open(&ballots_script(25, 1042)).expect("a good script");
        while !session.judge(usize::MAX) {}
        session
    }

    /// What a person waits for after an act, at so many hundredths of the run.
    #[divan::bench(args = [1, 50, 99])]
    fn huge_act(bencher: Bencher<'_, '_>, hundredth: u64) {
        let mut session = huge();
        session.seek(Time(session.end().0 / 100 * hundredth));
        bencher.bench_local(|| {
            let mut session = black_box(&session).clone();
            session.act(Act::Crash("E".to_owned())).expect("a good act");
            session
        });
    }

    /// What a page does between two of its frames after that, until the tail has been run and everything is judged.
    #[divan::bench(args = [1, 50, 99])]
    fn huge_rest(bencher: Bencher<'_, '_>, hundredth: u64) {
        let mut session = huge();
        session.seek(Time(session.end().0 / 100 * hundredth));
        // Copies share what has been read of a run, so each round needs a fork of its own.
        let forked = || {
            let mut session = session.clone();
            session.act(Act::Crash("E".to_owned())).expect("a good act");
            session
        };
        bencher.with_inputs(forked).bench_local_values(|mut session| {
            while !session.judge(20_000) {}
            session
        });
    }

    #[divan::bench]
    fn huge_run(bencher: Bencher<'_, '_>) {
        record(bencher, &ballots_script(25, 1042));
    }

    #[divan::bench]
    fn huge_judge(bencher: Bencher<'_, '_>) {
        let session = huge();
        let events = ItemsCount::new(session.trace().events().len());
        bencher.counter(events).bench_local(|| check::check(black_box(&session).trace()));
    }

    #[divan::bench]
    fn huge_seek(bencher: Bencher<'_, '_>) {
        let mut session = huge();
        let (end, mut instant) = (session.end().0, 1_u64);
        bencher.bench_local(|| {
            instant = instant.wrapping_add(0x9E37_79B9_7F4A_7C15);
            session.seek(Time(((u128::from(instant) * u128::from(end)) >> 64) as u64));
            session.world().steps()
        });
    }

    /// For as much as can be read on a screen, and for the whole run.
    #[divan::bench(args = [20, 10_000])]
    fn huge_causal_past(bencher: Bencher<'_, '_>, deltas: u64) {
        let session = huge();
        let trace = session.trace();
        let last = EventId(trace.events().len() as u32 - 1);
        let since = Time(trace.end().0.saturating_sub(Time::deltas(deltas).0));
        bencher.bench_local(|| black_box(trace).causal_past_since(last, since));
    }
}
