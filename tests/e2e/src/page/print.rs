//! Paper: printing shows a still figure.

use super::*;

pub(super) const TESTS: &[Test] = &[("what is printed is not blank", not_blank)];

/// What the page's own words and lines take in a PDF, at least, beyond an empty page.
const INK_BYTES: usize = 4_000;

fn not_blank(page: &Page) -> Outcome {
    page.click(TO_END)?;
    let printed = page.print()?.len();
    let blank = page.print_nothing()?.len();
    if printed > blank + INK_BYTES {
        return Ok(());
    }
    Err(format!("the page takes {printed} bytes on paper, an empty one {blank}"))
}
