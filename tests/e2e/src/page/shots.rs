//! What the page is photographed doing. The first picture is the one that the documents begin with.

use super::*;
use crate::screenshots::Shot;

/// The pictures, in the order of a first visit.
pub(crate) const SHOTS: &[Shot] = &[
    ("opening", |page| page.click(TO_END)),
    ("cut", cut),
    ("nine-delta", |page| open_at_end(page, "nack-nine-delta")),
    ("ledger", |page| open_at_end(page, "steady-log")),
    ("broken-rule", |page| open_at_end(page, "without-promise")),
];

fn cut(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click("#cut")?;
    page.click(TO_END)?;
    page.wait_for("#undecided")
}
