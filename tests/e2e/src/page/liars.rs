//! Processes that lie: who may lie, what a liar says instead, and what the checks say of those who do not lie.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a process is made a liar, and one of its messages says something else", say_something_else),
    ("a liar keeps a message back, and becomes correct again", keep_back),
    ("a link to a run with liars waits for the rest of the page, and shows the run", link_to_liars),
];

/// Four replicas of PBFT. A is the primary, and its PrePrepares are under way from 0Δ to 1Δ.
const SCRIPT: &str = "paxos-playground 1\nprotocol pbft\nnodes A B C D\nat 0Δ propose A \"red\"\n";

fn make_liar(page: &Page) -> Outcome {
    paste(page, SCRIPT)?;
    page.click(TO_END)?;
    wait_for_latency(page, "3Δ")?;
    select_node(page, 0)?;
    page.click("#liar")?;
    wait_for_line(page, "^liars +A$")
}

fn say_something_else(page: &Page) -> Outcome {
    make_liar(page)?;
    page.click_timeline(on_message(0.0, 1.0, 0.0, 3.0))?;
    page.wait_for_text("#popover", "PrePrepare")?;
    page.execute("document.querySelector('#lie').select()")?;
    page.type_into("#lie", "blue")?;
    page.click("#say-else")?;
    wait_for_line(page, "^forge +PrePrepare A->D #1 \"blue\"$")?;
    page.wait_for_text("#popover", "a lie: a correct process would send PrePrepare")?;
    page.click(TO_END)?;
    tab(page, "checks")?;
    page.wait_for("#checks li")?;
    expect(page, "one liar of four breaks nothing", page.count("#checks li.bad")? == 0)?;
    page.click("#restore")?;
    page.wait_until(
        "the script without the lie",
        "return !document.querySelector('#popover').innerText.includes('a lie')",
        &[],
    )?;
    expect(page, "the lie is taken back", !script(page)?.contains("forge"))
}

fn keep_back(page: &Page) -> Outcome {
    make_liar(page)?;
    page.click_timeline(on_message(0.0, 1.0, 0.0, 3.0))?;
    page.click("#keep-back")?;
    wait_for_line(page, "^forge +PrePrepare A->D #1 silent$")?;
    page.wait_for_text("#popover", "kept back")?;
    page.click("#restore")?;
    page.wait_for("#keep-back")?;
    select_node(page, 0)?;
    page.wait_for_text("#liar", "Make correct")?;
    page.click("#liar")?;
    page.wait_for_text("#liar", "Make a liar")?;
    expect(page, "nobody lies any more", !script(page)?.contains("liars"))
}

fn link_to_liars(page: &Page) -> Outcome {
    page.open("#v=1&scenario=pbft-equivocation-two&t=17")?;
    page.wait_for_text("h2", "Two believe one order")?;
    tab(page, "checks")?;
    page.wait_for("#checks li")?;
    expect(page, "one liar of four breaks nothing", page.count("#checks li.bad")? == 0)?;
    expect(page, "the liar’s card says so", page.text(".ring [data-node='0']")?.contains("liar"))
}
