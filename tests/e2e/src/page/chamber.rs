//! Partitions: cutting the network and healing it, by the controls and by dragging nodes apart.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a cut before the ballot starts decides nothing; after healing, a new ballot decides", cut_and_heal),
    ("groups are chosen process by process before they are cut", choose_groups),
    ("one direction of a link is cut", cut_one_way),
];

fn cut_and_heal(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click("#cut")?;
    // It comes before the ballot that starts at the same instant.
    wait_for_line(page, "partition A B \\| C D E\\nat 0Δ +propose")?;
    page.click(TO_END)?;
    wait_for_nothing(page)?;
    wait_for_counts(page, 4, 3)?;
    page.click("#heal")?;
    select_node(page, 0)?;
    page.click("#propose")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")?;
    tab(page, "checks")?;
    page.wait_for("#checks li")?;
    expect(page, "every check holds", page.count("#checks li.bad")? == 0)
}

fn choose_groups(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click(".chip:nth-child(3)")?;
    page.wait_for_text("#cut", "A B | D E | C")?;
    page.click("#cut")?;
    wait_for_line(page, "^at 0Δ +partition A B \\| D E \\| C$")
}

fn cut_one_way(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click("#cut-one-way")?;
    wait_for_line(page, "^at 0Δ +cut A->B$")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")
}
