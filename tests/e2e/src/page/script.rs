//! The script: live in both directions, and never the end of the last good run.

use super::*;

pub(super) const TESTS: &[Test] =
    &[("bad scripts get one sentence, and the last good run stays", bad_scripts), ("the script is live", live_script)];

fn bad_scripts(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_END)?;
    let arrows = page.count("g.arrow")?;
    let noise = "\u{1F9FF}%\\x".repeat(150_000);
    let bad = [
        ("paxos-playground 1\nnodes A B C\nat 0Δ propose F \"red\"\n", "line 3, column 15: no node is called “F”"),
        ("paxos-playground 1\nnodes A B C\nat 1.2.3Δ heal\n", "line 3, column 4"),
        ("paxos-playground 1\nnodes 10000\n", "line 2, column"),
        (noise.as_str(), "at most 65536"),
        ("", "line 1, column 1: a script begins with"),
    ];
    for (text, sentence) in bad {
        paste(page, text)?;
        page.wait_until(
            "the mistake is said in a sentence",
            "return document.querySelector('#script-error').textContent.includes(arguments[0])",
            &[json!(sentence)],
        )?;
        expect(page, "the last good run stays", page.count("g.arrow")? == arrows)?;
        expect(page, "the editor takes no megabyte", script(page)?.len() <= 65_536)?;
    }
    paste(page, "paxos-playground 1\nnodes A B\nat 0Δ propose A \"red\"\ndrop Success A->B #7\n")?;
    page.wait_for_text(".notes li", "Line 4")?;
    expect(page, "a message that is never sent is a warning only", page.text("#script-error")?.is_empty())
}

fn live_script(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_END)?;
    paste(page, "paxos-playground 1\ntitle Seven\nnodes 7\ndelay 0.5Δ\nat 1Δ propose G \"late\"\n")?;
    page.wait_for_text(".intro h2", "Seven")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "2.5Δ")?;
    expect(page, "seven lanes are drawn", page.count("g.lane")? == 7)
}
