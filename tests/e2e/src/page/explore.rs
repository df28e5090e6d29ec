//! Many runs at once: every schedule, the worst case, a thousand runs.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("every schedule of a small cluster is looked at, and none breaks anything", exhaust),
    ("a cluster of acceptors, a learner and clients is exhausted in the tab", parts),
    ("without each of the rules the shortest counterexample is found, and opens on the timeline", counterexamples),
    ("a search waits, goes on and is stopped, and the page can be used meanwhile", pause_and_stop),
    ("a search that is too large says what it has found until then", too_large),
    ("a search that has used up its memory says so, and tells what it has found until then", memory_used_up),
    ("the worst cases are those of the theorem", worst_cases),
    ("a thousand runs are counted and drawn, and the slowest one opens", thousand_runs),
    ("what cannot be searched is told in a sentence", refused),
];

/// The first sentence of the findings.
const HEADLINE: &str = "#headline";

/// Opens a built-in scenario and the view of searches, with one of the questions.
fn ask(page: &Page, scenario: &str, question: &str) -> Outcome {
    if page.count("#explore")? > 0 {
        page.click("#play-place")?;
        page.wait_for_absence("#explore")?;
    }
    choose(page, "#scenario", scenario)?;
    page.click("#explore-button")?;
    page.click(&format!("#ask-{question}"))?;
    page.wait_for(&format!("#ask-{question}[aria-pressed=true]"))
}

/// Makes a choice in the knob at this place.
fn turn(page: &Page, place: usize, choice: &str) -> Outcome {
    choose(page, &format!("#knob-{place}"), choice)
}

fn begin(page: &Page) -> Outcome {
    page.click("#begin")
}

fn exhaust(page: &Page) -> Outcome {
    ask(page, "three-nodes", "schedules")?;
    turn(page, 0, "1")?;
    begin(page)?;
    // Thousands are separated by a narrow space.
    page.wait_for_result(HEADLINE, "✓ Exhausted: in all 19\u{202f}393 states")?;
    page.wait_for_text("#found .figures", "61\u{202f}880")?;
    expect(page, "nothing is to be opened", page.count("#found .openable")? == 0)
}

fn parts(page: &Page) -> Outcome {
    ask(page, "textbook-parts", "schedules")?;
    begin(page)?;
    page.wait_for_result(HEADLINE, "✓ Exhausted: in all 11\u{202f}576 states")?;
    page.wait_for_text("#found .figures", "44\u{202f}760")
}

fn counterexamples(page: &Page) -> Outcome {
    // The scenario, the crashes and duplicates that the search may use, and the number of moves of the shortest
    // violation.
    let rules = [
        ("without-promise", "0", "0"),
        ("without-max-vote", "0", "0"),
        ("without-highest", "0", "0"),
        ("without-majority", "0", "0"),
        ("without-unique-ballots", "0", "0"),
        ("without-memory", "1", "0"),
        ("without-one-ballot", "0", "0"),
        ("without-in-order", "0", "0"),
        ("without-once", "0", "1"),
    ];
    for (rule, crashes, duplicates) in rules {
        page.allow(std::time::Duration::from_secs(60));
        ask(page, rule, "schedules")?;
        turn(page, 0, crashes)?;
        turn(page, 2, duplicates)?;
        begin(page)?;
        page.wait_for_result(HEADLINE, "✗ Violated: ").map_err(|sentence| format!("{rule}: {sentence}"))?;
        page.click("#found .openable button")?;
        page.wait_for_text("h2", "Counterexample")?;
        page.wait_for_text("#tab-checks", "✗")?;
        page.click(UNDO)?;
    }
    Ok(())
}

fn pause_and_stop(page: &Page) -> Outcome {
    ask(page, "two-proposers", "schedules")?;
    turn(page, 0, "1")?;
    turn(page, 5, "4,000,000 states")?;
    begin(page)?;
    page.wait_for_text(HEADLINE, "so far")?;
    page.click("#pause")?;
    page.wait_for_text("#explore .course", "Paused")?;
    // Findings that were under way when the order came are still shown.
    page.execute_async("await new Promise((done) => setTimeout(done, 500));")?;
    let paused = page.text(HEADLINE)?;
    page.execute_async("await new Promise((done) => setTimeout(done, 500));")?;
    expect(page, "nothing moves while it is paused", page.text(HEADLINE)? == paused)?;
    page.click("#go-on")?;
    page.wait_until(
        "the search to go on",
        "return document.querySelector('#headline').textContent !== arguments[0]",
        &[json!(paused)],
    )?;
    page.click("#play-place")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ").or_else(|_| tab(page, "latency"))?;
    page.click("#explore-button")?;
    page.click("#stop")?;
    page.wait_for_text(HEADLINE, "It was stopped")?;
    page.wait_for("#begin")?;
    page.wait_for_text("#found", "so far")
}

fn too_large(page: &Page) -> Outcome {
    ask(page, "two-proposers", "schedules")?;
    turn(page, 5, "100,000 states")?;
    begin(page)?;
    page.wait_for_result(HEADLINE, "Not exhausted: it stopped after 100\u{202f}000 states")?;
    page.wait_for("#begin")
}

fn memory_used_up(page: &Page) -> Outcome {
    // Each state of so many servers takes more than a kilobyte.
    let wishes = "at 0Δ propose A red\nat 0.5Δ propose B blue\nat 1Δ propose C green\n";
    paste(page, &format!("paxos-playground 1\ntitle Many servers\nprotocol multi\nnodes 64\n{wishes}"))?;
    page.wait_for_text(".intro h2", "Many servers")?;
    page.click("#explore-button")?;
    page.click("#ask-schedules")?;
    page.wait_for("#ask-schedules[aria-pressed=true]")?;
    turn(page, 0, "1")?;
    turn(page, 5, "4,000,000 states")?;
    page.allow(std::time::Duration::from_secs(120));
    begin(page)?;
    page.wait_for_result(HEADLINE, "for want of memory: it takes at most 1024 MB")?;
    expect(page, "it is told what was found", page.text(HEADLINE)?.contains("no check is violated in them"))?;
    page.wait_for_text("#found .figures", "memory")?;
    page.wait_for("#begin")
}

fn worst_cases(page: &Page) -> Outcome {
    ask(page, "nack-nine-delta", "worst")?;
    turn(page, 8, "1Δ / 1")?;
    for (stale, bound) in [("0", "5Δ"), ("1", "9Δ"), ("2", "13Δ"), ("3", "17Δ")] {
        page.allow(std::time::Duration::from_secs(60));
        turn(page, 1, stale)?;
        begin(page)?;
        let told = format!(" know within {bound} of T_el");
        page.wait_for_result(HEADLINE, &told).map_err(|sentence| format!("k = {stale}: {sentence}"))?;
    }
    turn(page, 1, "2")?;
    turn(page, 2, "by T_el + 1Δ")?;
    begin(page)?;
    page.wait_for_result(HEADLINE, " know within 10Δ of T_el")?;
    page.click("#found .openable button")?;
    page.wait_for_text("#panel", "9.99")?;
    ask(page, "promise-then-crash", "worst")?;
    turn(page, 1, "0")?;
    turn(page, 3, "up, and 1 crashes")?;
    begin(page)?;
    page.wait_for_result(HEADLINE, "✓ In the worst case A and C know within 9Δ")
}

fn thousand_runs(page: &Page) -> Outcome {
    ask(page, "steady", "sweep")?;
    begin(page)?;
    page.wait_for_result(HEADLINE, "1\u{202f}000 seeds were run")?;
    expect(page, "there are two plots", page.count("#found .plot svg")? == 2)?;
    expect(page, "each has three curves", page.count("#found .plot .line.curve-2")? >= 2)?;
    expect(page, "files can be kept", page.count("#found .files button")? == 2)?;
    let slowest = page.text("#found .openable button")?;
    page.click("#found .openable button")?;
    wait_for_line(page, "^seed +\\d+$")?;
    let latency = slowest.split("slowest, ").nth(1).and_then(|rest| rest.split('Δ').next()).unwrap_or("?").to_owned();
    tab(page, "latency")?;
    page.wait_for_text("#panel", &latency[..latency.len().min(4)])
}

fn refused(page: &Page) -> Outcome {
    ask(page, "minimal-ballot", "worst")?;
    turn(page, 0, "as the script says")?;
    begin(page)?;
    page.wait_for_text(HEADLINE, "✗ This cannot be searched: ")?;
    page.wait_for("#begin")
}
