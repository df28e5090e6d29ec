//! How many states a second the search over schedules looks at, beside `stateright` on the same model.
//!
//! The model is that of the oracle test: the basic protocol, three nodes, two proposers, one crash. Both meet the same
//! 417,035 states by the same 1,815,732 moves; items are states.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/oracle/model.rs"]
#[allow(dead_code, reason = "the oracle test asks more of it")]
mod model;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    divan::main();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use divan::counter::ItemsCount;
    use divan::{Bencher, black_box};
    use paxos_playground::explore::schedules::{Ending, Options, Schedules};
    use paxos_playground::scenario::Scenario;
    use stateright::{Checker, Model};

    use super::model;

    const STATES: usize = 417_035;
    const SCRIPT: &str = "paxos-playground 1\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n";

    /// One thread, and as many as there are processors.
    fn threads() -> Vec<usize> {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        if all > 1 { vec![1, all] } else { vec![1] }
    }

    #[divan::bench(args = threads(), sample_count = 10)]
    fn schedules(bencher: Bencher<'_, '_>, threads: usize) {
        bencher.counter(ItemsCount::new(STATES)).bench(|| {
            let (_, scenario) = Scenario::read(SCRIPT).expect("a good script");
            let options = Options { crashes: 1, threads, drops: false, ..Options::default() };
            let mut search = Schedules::new(scenario, options).expect("small enough");
            search.go_on(usize::MAX);
            assert_eq!((search.ending(), search.states()), (Ending::Exhausted, STATES));
            black_box(search.transitions())
        });
    }

    #[divan::bench(args = threads(), sample_count = 5)]
    fn stateright(bencher: Bencher<'_, '_>, threads: usize) {
        bencher.counter(ItemsCount::new(STATES)).bench(|| {
            let cluster =
                model::Cluster { nodes: 3, wishes: vec![(0, 0), (1, 1)], crashes: 1, ..model::Cluster::default() };
            let checker = cluster.checker().threads(threads).spawn_bfs().join();
            assert_eq!(checker.unique_state_count(), STATES);
            black_box(checker.state_count())
        });
    }
}
