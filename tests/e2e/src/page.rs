//! What the page promises, as tests in a browser, and what it is photographed doing.

use crate::harness::{Outcome, Page, Test};

/// Every test: a claim about the page, and the steps that check it.
pub(crate) const TESTS: &[Test] = &[("the page mounts", the_page_mounts)];

/// The pictures: a name, and the body of an async JavaScript function to run before the picture is taken.
pub(crate) const SHOTS: &[(&str, &str)] = &[("start", "")];

fn the_page_mounts(page: &Page) -> Outcome {
    page.wait_for("main")?;
    let text = page.text("main")?;
    if text.is_empty() {
        return Err("The page's main part has no text.".to_owned());
    }
    Ok(())
}
