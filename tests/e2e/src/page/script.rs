//! The script: it follows the run and the run follows it, and an error in it never ends the last good run.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("bad scripts get one sentence, and the last good run stays", bad_scripts),
    ("a mistake in the text is not lost when one acts elsewhere", draft_is_kept),
    ("a line that finds nothing to do is a warning", warning),
    ("the script is live", live_script),
    ("a script in ms is shown in both, and stays as it is written", milliseconds),
];

fn wait_for_error(page: &Page, sentence: &str) -> Outcome {
    page.wait_until(
        &format!("“{sentence}” beside the script"),
        "return document.querySelector('#script-error').textContent.includes(arguments[0])",
        &[json!(sentence)],
    )
}

fn bad_scripts(page: &Page) -> Outcome {
    page.click(TO_END)?;
    wait_for_counts(page, 20, 0)?;
    let noise = "\u{1F9FF}%\\x".repeat(150_000);
    let bad = [
        ("paxos-playground 1\nnodes A B C\nat 0Δ propose F \"red\"\n", "line 3, column 15: no node is called “F”"),
        ("paxos-playground 1\nnodes A B C\nat 1.2.3Δ heal\n", "line 3, column 4"),
        ("paxos-playground 1\nnodes 10000\n", "line 2, column"),
        ("paxos-playground 1\nnodes 3\nat 0Δ propose A <img src=x onerror=alert(1)>\n", "line 3, column"),
        (noise.as_str(), "at most 65536"),
        ("", "line 1, column 1: a script begins with"),
    ];
    for (text, sentence) in bad {
        paste(page, text)?;
        wait_for_error(page, sentence)?;
        wait_for_counts(page, 20, 0)?;
        expect(page, "the editor takes no megabyte", script(page)?.len() <= 65_536)?;
        expect(page, "nothing of it becomes a part of the page", page.count("#script img, .stage img")? == 0)?;
    }
    Ok(())
}

fn draft_is_kept(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nnodes 3\nat 0Δ propose Z \"red\"\n")?;
    wait_for_error(page, "no node is called “Z”")?;
    page.click("#cut")?;
    page.settle()?;
    expect(page, "what was typed is still there", script(page)?.contains("propose Z"))?;
    page.click(UNDO)?;
    page.wait_until(
        "the last good script",
        "return !document.querySelector('#script-text').value.includes('propose Z')",
        &[],
    )
}

fn milliseconds(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nnodes 5\ndelta 100ms\nat 50ms propose A \"red\"\ndelay Voted B->A 0.1s\n")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")?;
    page.wait_for_text("#all-latency + .clock", "500 ms")?;
    page.wait_for_text("#now", "5.50Δ (550 ms)")?;
    select_node(page, 4)?;
    page.click("#crash")?;
    wait_for_line(page, "^at 5\\.5\\d*Δ +crash E$")?;
    wait_for_line(page, "^at 50ms +propose A \"red\"$")?;
    wait_for_line(page, "^delay +Voted B->A #1 100ms$")?;
    page.click(UNDO)?;
    paste(page, "paxos-playground 1\nnodes 5\nat 50ms propose A \"red\"\n")?;
    wait_for_error(page, "line 3, column 4: “50ms” means nothing unless a line says how long Δ is")
}

fn warning(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nnodes A B\nat 0Δ propose A \"red\"\ndrop Success A->B #7\n")?;
    page.wait_for_text(".notes li", "Line 4")?;
    expect(page, "it is no error", page.text("#script-error")?.is_empty())
}

fn live_script(page: &Page) -> Outcome {
    page.click(TO_END)?;
    paste(page, "paxos-playground 1\ntitle Seven\nnodes 7\ndelay 0.5Δ\nat 1Δ propose G \"late\"\n")?;
    page.wait_for_text(".intro h2", "Seven")?;
    page.click(TO_END)?;
    expect(page, "seven lanes are drawn", page.count("ol.lanes > li")? == 7)?;
    wait_for_latency(page, "2.5Δ")?;
    // The text is typed letter by letter.
    tab(page, "script")?;
    page.type_into("#script-text", "at 9Δ heal\n")?;
    wait_for_line(page, "^at 9Δ heal$")?;
    expect(page, "it is no error", page.text("#script-error")?.is_empty())
}
