//! What is shown of a run: chosen on the page, said in a sentence, kept in links and embed codes, and shown in frames.

use super::*;
use crate::window::Barriers;

pub(super) const TESTS: &[Test] = &[
    ("a part of a run is chosen, said, linked, and everything is shown again", chosen),
    ("a link shows a part of its run, and says which name it does not know", linked),
    ("a frame shows the part that its link says, and its reader can see everything", framed),
];

/// Presses a choice by its face.
fn pick(page: &Page, face: &str) -> Outcome {
    let steps =
        "const pick = [...document.querySelectorAll('.pick')].find((pick) => pick.textContent === arguments[0]);
         pick?.click();
         return !!pick;";
    page.wait_for("#only[open]")?;
    expect(page, &format!("there is a choice “{face}”"), page.ask(steps, &[json!(face)])? == json!(true))
}

/// Waits until the table of events has so many rows with this text, and no others.
fn wait_for_rows(page: &Page, text: &str, most: u64) -> Outcome {
    let steps = "const rows = [...document.querySelectorAll('#events tbody tr')].map((row) => row.textContent);
         const rest = rows.filter((row) => !row.includes('is asked by a client'));
         return rest.length > 0 && rest.length <= arguments[1] && rest.every((row) => row.includes(arguments[0]));";
    page.wait_until(&format!("rows about {text} alone"), steps, &[json!(text), json!(most)])
}

fn chosen(page: &Page) -> Outcome {
    open_at_end(page, "two-proposers")?;
    whole(page)?;
    page.click("#events summary")?;
    page.click("#only summary")?;
    page.wait_for_text("#only", "32 of 32 messages")?;
    pick(page, "Voted")?;
    page.wait_for_text("#only-told", "Only this is shown: Voted.")?;
    page.wait_for_text("#only", "4 of 32 messages and 0 of")?;
    wait_for_rows(page, "Voted", 8)?;
    pick(page, "A")?;
    page.wait_for_text("#only-told", "Only this is shown: Voted; process A.")?;
    page.wait_for_text("#only", "1 of 32 messages")?;
    // What is left out has happened all the same.
    wait_for_counts(page, 32, 0)?;
    let mut barriers = Barriers::default();
    page.axe("the choice of what is shown", &mut barriers)?;
    barriers.outcome()?;
    let link = page.execute_async(
        "Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { window.copied = text; } } });
         return true;",
    )?;
    expect(page, "the clipboard is watched", link == json!(true))?;
    in_menu(page, "share", "#copy-link")?;
    page.wait_until(
        "the filter in the link",
        "return !!window.copied && copied.includes('&only=kinds:Voted;nodes:A')",
        &[],
    )?;
    in_menu(page, "share", "#embed-button")?;
    page.wait_until(
        "the filter in the embed code",
        "return document.querySelector('#embed-text')?.value.includes('only=kinds:Voted;nodes:A')",
        &[],
    )?;
    page.click("#only-all")?;
    page.wait_for_absence("#only-told")?;
    page.wait_for_text("#only", "32 of 32 messages")
}

fn linked(page: &Page) -> Outcome {
    page.open("#v=1&scenario=without-promise&only=kinds:NextBallot,Votted;nodes:A")?;
    page.wait_for_text("#told .wrong", "did you mean Voted?")?;
    page.wait_for_text("#only-told", "Only this is shown: NextBallot; process A.")?;
    // To show an event that is left out, everything is shown again.
    page.click(TO_END)?;
    page.click("#run-broken button")?;
    page.wait_for_absence("#only-told")
}

fn framed(page: &Page) -> Outcome {
    page.open("embed.html?panels=events#v=1&scenario=two-proposers&only=kinds:Voted")?;
    page.wait_for_text("#only-told", "Only this is shown: Voted.")?;
    page.click(TO_END)?;
    page.click("#events summary")?;
    wait_for_rows(page, "Voted", 8)?;
    page.click("#only-all")?;
    page.wait_for_absence("#only-told")
}
