//! What people need or prefer: no barriers, small screens, no motion.

use super::*;
use crate::harness::DESKTOP;
use crate::webdriver::Browser;

pub(super) const TESTS: &[Test] = &[
    ("axe finds no barrier as the page opens, light and dark", no_barrier),
    ("nothing is wider than a phone, and time runs down there", narrow),
    ("nothing moves by itself where motion is not wanted", reduced_motion),
];

fn narrow(page: &Page) -> Outcome {
    // Firefox has no window narrower than 450 pixels.
    let width = if page.browser() == Browser::Chromium { 360 } else { 500 };
    page.set_viewport((width, 740))?;
    page.reload()?;
    page.wait_for("svg.timeline.vertical")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    let wide = page.execute("return document.documentElement.scrollWidth - window.innerWidth")?;
    expect(page, &format!("the page is {wide} pixels too wide"), wide.as_i64().is_some_and(|wide| wide <= 0))?;
    page.set_viewport(DESKTOP)
}

fn reduced_motion(page: &Page) -> Outcome {
    if page.browser() != Browser::Chromium {
        // Only Chromium lets its driver ask for this.
        return Ok(());
    }
    page.prefer(&[("prefers-reduced-motion", "reduce")])?;
    page.reload()?;
    page.wait_for_text("#all-latency", "5Δ")?;
    page.wait_for("[aria-label='Play']")?;
    page.prefer(&[("prefers-reduced-motion", "no-preference")])
}

fn no_barrier(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.axe("the opening page")?;
    if page.can_prefer() {
        page.prefer(&[("prefers-color-scheme", "dark")])?;
        page.settle()?;
        page.axe("the opening page, dark")?;
    }
    Ok(())
}
