//! Partitions: cutting the network and healing it, by the controls and by dragging nodes apart.

use super::*;
use crate::window::Place;

pub(super) const TESTS: &[Test] = &[
    ("a cut before the ballot starts decides nothing; after healing, a new ballot decides", cut_and_heal),
    ("groups are chosen process by process before they are cut", choose_groups),
    ("one direction of a link is cut", cut_one_way),
    ("a node is dragged out of the ring to cut it off, and back to heal", |page| drag_apart(page, Pointer::Mouse)),
    ("a node is dragged with a finger", |page| drag_apart(page, Pointer::Finger)),
    ("a drag says what letting go would write", drag_tells_first),
    ("keys walk along the ring, and put a node into a group", ring_by_keys),
    ("a link of the ring can be chosen", link_of_two),
];

fn cut_and_heal(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click("#cut")?;
    // The line comes before the ballot that starts at the same instant.
    wait_for_line(page, "partition A B \\| C D E\\nat 0Δ +propose")?;
    page.click(TO_END)?;
    wait_for_nothing(page)?;
    wait_for_counts(page, 5, 3)?;
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
    page.click("#more-cuts")?;
    page.click(".chip:nth-child(3)")?;
    page.wait_for_text("#cut", "A B | D E | C")?;
    page.click("#cut")?;
    wait_for_line(page, "^at 0Δ +partition A B \\| D E \\| C$")
}

fn cut_one_way(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click("#more-cuts")?;
    page.click("#cut-one-way")?;
    wait_for_line(page, "^at 0Δ +cut A->B$")?;
    page.click(TO_END)?;
    tab(page, "latency")?;
    page.wait_for_text("#leader-latency", "4Δ")?;
    page.wait_for_text("#all-latency", "…")?;
    page.click("#heal-one-way")?;
    page.wait_for("#cut-one-way")
}

/// The place of a node in the ring.
fn seat(page: &Page, node: usize) -> Outcome<Place> {
    page.middle_of(&format!(".ring [data-node='{node}']"))
}

/// The upper left corner of the ring's picture, where there is no node.
fn corner(page: &Page) -> Outcome<Place> {
    let script = "const box = document.querySelector('.ring').getBoundingClientRect();
         return [box.left + 4, box.top + 4];";
    let corner = page.execute(script)?;
    Ok((corner[0].as_f64().unwrap_or_default(), corner[1].as_f64().unwrap_or_default()))
}

fn drag_apart(page: &Page, pointer: Pointer) -> Outcome {
    page.click(TO_START)?;
    let from = seat(page, 4)?;
    page.drag(pointer, from, corner(page)?)?;
    wait_for_line(page, "^at 0Δ +partition A B C D \\| E$")?;
    page.wait_for_text(".fate", "Cut: A B C D | E")?;
    expect(page, "a drag is no click", page.count("#popover")? == 0)?;
    // The node is dragged back into the ring, next to the others.
    let target = seat(page, 0)?;
    page.drag(pointer, seat(page, 4)?, target)?;
    page.wait_for_text(".fate", "Drag a node")?;
    page.click(UNDO)?;
    page.click(UNDO)?;
    page.wait_for_absence(".edited")
}

fn drag_tells_first(page: &Page) -> Outcome {
    page.click(TO_START)?;
    let from = seat(page, 4)?;
    page.drag_and_hold(from, corner(page)?)?;
    page.wait_for_text(".fate", "partition A B C D | E")?;
    expect(page, "nothing is written yet", page.count(".edited")? == 0)?;
    page.let_go()?;
    page.wait_for(".edited")
}

fn ring_by_keys(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.focus(".ring [data-node='0']")?;
    page.press(keys::RIGHT)?;
    page.wait_until("the focus on B", "return document.activeElement.dataset.node === '1'", &[])?;
    page.press('2')?;
    wait_for_line(page, "^at 0Δ +partition A C D E \\| B$")?;
    page.focus(".ring [data-node='1']")?;
    page.press(keys::ENTER)?;
    page.wait_for_text("#popover", "B is up")
}

fn link_of_two(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.wait_for(".ring [data-link='0 1']")?;
    let click = "document.querySelector(\".ring [data-link='0 1'] .hit\")
         .dispatchEvent(new MouseEvent('click', { bubbles: true }))";
    page.execute(click)?;
    page.wait_for("#popover")
}
