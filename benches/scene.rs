//! How fast pictures of a long run are made: `cargo bench --bench scene`. The run has a hundred thousand messages and
//! more, so what a picture costs must not depend on it.

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

    use divan::Bencher;
    use paxos_playground::session::Session;
    use paxos_playground::types::Time;
    use paxos_playground::view::{Focus, Index, Input, Scene, Target, Window};

    use super::workload::ballots_script;

    const NODES: usize = 25;
    const BALLOTS: usize = 1042;

    fn open() -> (Session, Index) {
        let mut session = Session::open(&ballots_script(NODES, BALLOTS)).expect("a good script");
        session.seek(session.end());
        let index = Index::of(session.played());
        (session, index)
    }

    #[divan::bench]
    fn index(bencher: Bencher<'_, '_>) {
        let (session, _) = open();
        bencher.bench_local(|| Index::of(black_box(session.played())));
    }

    /// In the middle of the run, at so many hundredths of a pixel a Δ.
    #[divan::bench(args = [19, 100, 300, 1000, 2000, 7600, 20000])]
    fn scene(bencher: Bencher<'_, '_>, scale: u32) {
        let (session, index) = open();
        let end = session.end();
        let window = Window::fit(false, 1200.0, NODES, end).zoomed(f64::from(scale) / 100.0, 0.0, end);
        let window = window.scrolled(window.offset_for(Time(end.0 / 2), 0.5), end);
        let input = Input::new(&session, &index, window);
        bencher.bench_local(|| Scene::of(black_box(&input)));
    }

    /// With the causal past of a message lit.
    #[divan::bench]
    fn scene_lit(bencher: Bencher<'_, '_>) {
        let (session, index) = open();
        let end = session.end();
        let window = Window::fit(false, 1200.0, NODES, end);
        let window = window.scrolled(window.offset_for(Time(end.0 / 2), 0.5), end);
        let mut input = Input::new(&session, &index, window);
        let hovered = index.flights[index.flights.len() / 2].id;
        input.focus = Focus { chosen: None, hovered: Some(Target::Message(hovered)) };
        bencher.bench_local(|| Scene::of(black_box(&input)));
    }
}
