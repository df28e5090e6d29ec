//! Keys.

use super::*;

pub(super) const TESTS: &[Test] = &[("keys step and play while nothing is being typed", keys)];

fn keys(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_START)?;
    page.wait_for_text("#now", "0.00Δ")?;
    let key = |key: &str, shift: bool| {
        let press = format!(
            "document.querySelector('svg.timeline').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', shiftKey: {shift}, bubbles: true }}))"
        );
        page.execute(&press).map(drop)
    };
    key("ArrowRight", true)?;
    page.wait_for_text("#now", "1.00Δ")?;
    key("ArrowLeft", true)?;
    page.wait_for_text("#now", "0.00Δ")?;
    key("End", false)?;
    page.wait_for_text("#now", "5.00Δ")?;
    key("Home", false)?;
    key("k", false)?;
    page.wait_for("[aria-label='Pause']")?;
    key("k", false)?;
    page.wait_for("[aria-label='Play']")?;
    page.execute(
        "document.querySelector('#script-text').dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))",
    )?;
    expect(page, "keys typed into the script are the script's", !page.text("#now")?.starts_with("5.00"))
}
