//! The pictures that are taken of the page. The documents begin with the first one.

use super::*;

/// A picture: its name, and what to do before it is taken.
pub(crate) type Shot = (&'static str, fn(&Page) -> Outcome);

/// The pictures, in the order of a first visit.
pub(crate) const SHOTS: &[Shot] = &[
    ("opening", |page| page.click(TO_END)),
    ("cut", cut),
    ("nine-delta", nine_delta),
    ("ledger", ledger),
    ("broken-rule", broken_rule),
    ("gallery", gallery),
    ("lesson", lesson),
    ("counterexample", counterexample),
    ("worst-case", worst_case),
    ("thousand-runs", thousand_runs),
];

fn cut(page: &Page) -> Outcome {
    scrub(page, 150)?;
    page.click("#cut")?;
    page.click(TO_END)?;
    wait_for_nothing(page)
}

/// The decision is chosen, so that its critical path is highlighted.
fn nine_delta(page: &Page) -> Outcome {
    open_at_end(page, "nack-nine-delta")?;
    tab(page, "latency")?;
    page.click("#latency .decided button")
}

fn ledger(page: &Page) -> Outcome {
    open_at_end(page, "leader-change")?;
    tab(page, "ledger")
}

fn broken_rule(page: &Page) -> Outcome {
    open_at_end(page, "without-promise")?;
    tab(page, "checks")?;
    page.wait_for("#checks li.bad button")?;
    page.click("#checks li.bad button")
}

fn gallery(page: &Page) -> Outcome {
    page.click("#gallery-button")?;
    // The gallery paints a few pictures in each frame.
    page.execute_async("await new Promise((done) => setTimeout(done, 1500));").map(drop)
}

fn lesson(page: &Page) -> Outcome {
    page.click("#lessons-button")?;
    page.click(TO_START)?;
    select_node(page, 2)?;
    page.click("#propose")?;
    page.click(TO_END)
}

fn counterexample(page: &Page) -> Outcome {
    choose(page, "#scenario", "without-majority")?;
    page.click("#explore-button")?;
    page.click("#begin")?;
    page.wait_for("#found .openable")
}

fn worst_case(page: &Page) -> Outcome {
    choose(page, "#scenario", "nack-nine-delta")?;
    page.click("#explore-button")?;
    page.click("#ask-worst")?;
    page.click("#begin")?;
    page.wait_for("#found .openable")
}

fn thousand_runs(page: &Page) -> Outcome {
    choose(page, "#scenario", "steady")?;
    page.click("#explore-button")?;
    page.click("#ask-sweep")?;
    page.click("#begin")?;
    page.wait_for("#found .files button")
}
