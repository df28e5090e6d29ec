//! Partitions: cutting the network and healing it.

use super::*;

pub(super) const TESTS: &[Test] =
    &[("a cut before the ballot starts decides nothing; after healing, a new ballot decides", cut_and_heal)];

fn cut_and_heal(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_START)?;
    page.click("#cut")?;
    page.wait_until(
        "the cut is in the script before the ballot",
        "return /partition A B \\| C D E\\nat 0Δ +propose/.test(document.querySelector('#script-text').value)",
        &[],
    )?;
    page.click(TO_END)?;
    page.wait_for("#undecided")?;
    expect(page, "nothing is decided across a cut", !is_decided(page)?)?;
    expect(page, "lost messages are drawn as lost", page.count("g.arrow.lost")? == 3)?;
    page.click("#heal")?;
    select_node(page, 0)?;
    page.wait_for("#propose")?;
    page.click("#propose")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    expect(page, "every check holds", page.count("#checks li.bad")? == 0)
}
