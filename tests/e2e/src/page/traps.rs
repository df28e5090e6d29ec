//! Runs that are too large, and a program that breaks: in both cases the page shows a sentence and can still be used.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a program that breaks says so, and leads back to the last good script", trap),
    ("a link to far too many messages stops early, says for what, and the page stays usable", too_large),
    ("a frame with far too many messages says so, to its reader and to the page around it", too_large_in_a_frame),
];

fn trap(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers&t=0.5")?;
    page.wait_for_text("#now", "0.50Δ")?;
    page.click("#cut")?;
    wait_for_line(page, "^at 0.5Δ +partition")?;
    page.settle()?;
    page.execute("e2eBreak()")?;
    page.wait_for_text(".broken[role=alert]", "Something in the playground broke")?;
    page.take_errors()?;
    // The words of the button have to be visible.
    let differ = "const style = getComputedStyle(document.querySelector('.broken button'));
        return style.color !== style.backgroundColor";
    let is_read = page.execute(differ)? == json!(true);
    page.click(".broken button")?;
    page.wait_for_absence(".broken")?;
    wait_for_line(page, "^at 0.5Δ +partition")?;
    expect(page, "the button's words have another colour than the button", is_read)
}

/// A link to a run with 128 nodes, six leaders, 64 proposals for each, every message twice, and no promise kept.
/// Without a bound it would have as many as 25 million messages. docs/links.md describes how links are made.
const LINK: &str = "v=1&s=ePm5XDSRw2I6toIUYayhkQVm9WRmgqWYRqqkDA2AFRNSAQlzmoIbDrdVKI1KjEqMSoxKjEqMSpAo4TQqMSoxKjEqMSoxKk\
    GGhPOoxKjEqMSoxKjEqAQZEi6jEqMSoxKjEqMSoxJkSLiOSoxKjEqMSoxKjEqQIeE2KjEqMSoxKjEqMSpBSAIAsLxeJw";

/// The sentence about such a run.
const STOPPED: &str = "a run holds at most 125000 messages, and what comes after is not run";

fn too_large(page: &Page) -> Outcome {
    page.open(&format!("#{LINK}"))?;
    page.wait_for_result("#cut-short", STOPPED)?;
    tab(page, "script")?;
    page.wait_for_result("#script .notes", STOPPED)?;
    page.click(TO_END)?;
    clock_stops(page)?;
    // The part that was run can be looked at and changed, and another run can be opened.
    tab(page, "ballots")?;
    let text = script(page)?;
    let is_kept = |line: &&str| {
        !line.starts_with("leader") && !["D", "E", "F"].iter().any(|node| line.contains(&format!(" {node} ")))
    };
    let smaller: String = text.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect();
    let smaller = smaller.replace("128", "3");
    paste(page, &smaller)?;
    page.wait_for_absence("#cut-short")?;
    page.click(UNDO)?;
    page.wait_for_result("#cut-short", STOPPED)?;
    choose(page, "#scenario", "two-proposers")?;
    page.wait_for_absence("#cut-short")?;
    page.click(TO_END)?;
    tab(page, "latency")?;
    page.wait_for("#all-latency")
}

/// Waits until the page asks for no more frames. A run that takes long to draw must not keep the processor busy for ever.
fn clock_stops(page: &Page) -> Outcome {
    page.wait_until(
        "the clock to stop",
        "if (!window.e2eAsked) {
             const ask = window.requestAnimationFrame;
             window.requestAnimationFrame = (call) => { window.e2eAsked = performance.now(); return ask.call(window, call); };
             window.e2eAsked = performance.now();
         }
         return performance.now() - window.e2eAsked > 1000;",
        &[],
    )
}

fn too_large_in_a_frame(page: &Page) -> Outcome {
    page.open_host("embed-one.html")?;
    page.execute_async(&format!("await embed('one', 'load=eager', {:?}, {{}});", LINK))?;
    let told = "const until = Date.now() + 10000;
        let told;
        while (!(told = (await ask('one', { type: 'getState' })).stopped) && Date.now() < until) {
            await new Promise((done) => setTimeout(done, 100));
        }
        return told ?? '';";
    let told = page.execute_async(told)?;
    // The first frame of that page belongs to somebody else.
    page.enter(Some(1))?;
    page.wait_for_text("#cut-short", STOPPED)?;
    page.enter(None)?;
    match told.as_str() {
        Some(sentence) if sentence.contains(STOPPED) => Ok(()),
        _ => Err(format!("The page around was told this of why the run was stopped: {told}.")),
    }
}
