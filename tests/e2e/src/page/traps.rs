//! Runs that are too large, and a program that breaks: both end in a sentence, and in a page that can be used.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a program that breaks says so, and leads back to the last good script", trap),
    ("a script of far too many messages stops early, says for what, and the page stays usable", too_large),
];

/// Breaks the page's own program. No link can do this.
const TRAP: &str = "const script = document.createElement('script');
    script.type = 'module';
    script.src = new URL('e2e-pages/trap.js', document.baseURI).href;
    document.body.append(script);";

fn trap(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers&t=0.5")?;
    page.wait_for_text("#now", "0.50Δ")?;
    page.click("#cut")?;
    wait_for_line(page, "^at 0.5Δ +partition")?;
    page.settle()?;
    page.execute(TRAP)?;
    page.wait_for_text(".broken[role=alert]", "Something in the playground broke")?;
    page.take_errors()?;
    page.click(".broken button")?;
    page.wait_for_absence(".broken")?;
    wait_for_line(page, "^at 0.5Δ +partition")
}

fn too_large(page: &Page) -> Outcome {
    page.open("")?;
    page.wait_for(TIMELINE)?;
    let head =
        "paxos-playground 1\nprotocol broadcast\nnodes 128\noption window 64\nduplicates 100%\nleader A B C D E F\n";
    let asked = |node: char| (0..64).map(move |count| format!("at 0Δ propose {node} \"{node}{count}\"\n"));
    let script = head.to_owned() + &('A'..='F').flat_map(asked).collect::<String>();
    paste(page, &script)?;
    page.wait_for_text("main", "a run holds at most 250000 messages")?;
    page.click(TO_END)?;
    page.click(UNDO)?;
    page.wait_for(TIMELINE)
}
