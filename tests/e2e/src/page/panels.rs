//! The panels: latency and the race of the variants, ballots, checks, ledger and rules; and the vocabulary that they
//! use.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("the same script under another protocol has another latency, and undo brings the first one back", other_protocol),
    ("a rule that is switched off turns a check red, and a badge says so", broken_rule),
    ("a choice of the protocol is a line of the script", choose_option),
    ("a command that its service does not know is an error beside the field", bad_command),
    ("the variants race each other on one axis", race),
    ("a ballot of the table stands with its quorum and who voted, and leads to its event", ballots),
    ("a check that is broken shows where, and the panel's tab says so wherever one is", show_me),
    ("a broken agreement says who says what, above the timeline, and leads to what failed first", disaster),
    ("the ledger has a row for each place, and what each node made of it", ledger),
    ("messages have their names of 1998 or of 2001, and it is remembered", vocabulary),
];

fn other_protocol(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nnodes 5\nat 3Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")?;
    let protocols =
        page.execute("return [...document.querySelectorAll('#protocol option')].map((option) => option.value)")?;
    expect(page, "there are several protocols", protocols.as_array().is_some_and(|list| list.len() >= 5))?;
    for (protocol, leader, all) in [("multi", "2Δ", "3Δ"), ("broadcast", "2Δ", "2Δ")] {
        choose(page, "#protocol", protocol)?;
        page.click(TO_END)?;
        tab(page, "latency")?;
        page.wait_for_text("#panel", leader)?;
        page.wait_for_text("#panel", all)?;
        wait_for_line(page, &format!("^protocol +{protocol}$"))?;
    }
    page.click(UNDO)?;
    page.click(UNDO)?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")
}

fn broken_rule(page: &Page) -> Outcome {
    open_at_end(page, "without-promise")?;
    page.wait_for(".edited.off")?;
    tab(page, "checks")?;
    page.wait_for("#checks li.bad")?;
    tab(page, "rules")?;
    page.click("[data-guard='promise']")?;
    page.wait_for_absence(".edited.off")?;
    page.click(TO_END)?;
    tab(page, "checks")?;
    page.wait_for_absence("#checks li.bad")?;
    tab(page, "rules")?;
    page.click("[data-guard='promise']")?;
    page.wait_for(".edited.off")?;
    page.click(TO_END)?;
    tab(page, "checks")?;
    page.wait_for("#checks li.bad")?;
    wait_for_line(page, "^without +promise$")
}

fn choose_option(page: &Page) -> Outcome {
    tab(page, "rules")?;
    page.wait_for("[data-option='guard']")?;
    page.execute(
        "const select = document.querySelector(\"[data-option='guard']\");
         select.selectedIndex = 1;
         select.dispatchEvent(new Event('change', { bubbles: true }));",
    )?;
    wait_for_line(page, "^option +guard ge$")
}

fn bad_command(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nprotocol multi\nservice kv\nnodes 3\n")?;
    // The run stands still, so that nothing moves away under the pointer.
    page.click(TO_END)?;
    select_node(page, 0)?;
    page.execute("document.querySelector('#value').select()")?;
    page.type_into("#value", "jump")?;
    page.click("#propose")?;
    page.wait_for_text("#act-error", "jump")?;
    page.execute("document.querySelector('#value').select()")?;
    page.type_into("#value", "put k 7")?;
    page.click("#propose")?;
    page.wait_for_absence("#popover")?;
    page.click(TO_END)?;
    select_node(page, 0)?;
    page.wait_for_text("#replica", "7")?;
    tab(page, "ledger")?;
    page.wait_for_text("#panel", "put k 7")
}

fn vocabulary(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.click_timeline((0.8, 3.2))?;
    page.wait_for_text("#popover", "NextBallot")?;
    in_menu(page, "settings", "#words")?;
    page.wait_for_text("#popover", "Prepare")?;
    let told = page.text("#popover")?;
    expect(page, "no old name is left", !told.contains("NextBallot"))?;
    page.reload()?;
    page.wait_for_text("#words", "2001")?;
    in_menu(page, "settings", "#words")?;
    page.wait_for_text("#words", "1998")
}

fn race(page: &Page) -> Outcome {
    open_at_end(page, "steady")?;
    tab(page, "latency")?;
    page.wait_for(".race li[data-variant]:nth-child(3) svg rect")?;
    let told = page.execute(
        "return [...document.querySelectorAll('.race li[data-variant] svg')].map((bar) => bar.getAttribute('aria-label'))",
    )?;
    let told = told.as_array().cloned().unwrap_or_default();
    let expected = ["all 5Δ", "all 3Δ", "all 2Δ"];
    let is_told = |span: &str| told.iter().any(|bar| bar.as_str().is_some_and(|bar| bar.contains(span)));
    expect(page, &format!("the bars tell of 5Δ, 3Δ and 2Δ, not {told:?}"), expected.into_iter().all(is_told))
}

fn ballots(page: &Page) -> Outcome {
    page.click(TO_END)?;
    tab(page, "ballots")?;
    page.wait_for_text("#ballots tbody", "3 of 3 voted")?;
    expect(page, "three have voted", page.count("#ballots .member.voted:not(.outside)")? == 3)?;
    expect(page, "the ballot is successful", page.count("#ballots .standing.good")? == 1)?;
    page.click("#ballots th[scope=row] button")?;
    // The event of a row is the beginning of its ballot.
    page.wait_for_text("#now", "2.00Δ")
}

fn show_me(page: &Page) -> Outcome {
    open_at_end(page, "without-promise")?;
    tab(page, "latency")?;
    let alarm = page.execute("return document.querySelector('#tab-checks').textContent")?;
    let is_told = alarm.as_str().is_some_and(|alarm| alarm.chars().any(|letter| letter.is_ascii_digit()));
    expect(page, &format!("the tab of the checks counts what is broken, not {alarm}"), is_told)?;
    tab(page, "checks")?;
    page.wait_for("#checks li.bad .wrong")?;
    let end = page.text("#now")?;
    page.click("#checks li.bad button")?;
    page.wait_until(
        "the instant at which it was broken",
        "return document.querySelector('#now').textContent !== arguments[0]",
        &[json!(end)],
    )
}

fn disaster(page: &Page) -> Outcome {
    choose(page, "#scenario", "without-promise")?;
    page.click(TO_START)?;
    expect(page, "nothing is broken yet", page.count("#run-broken")? == 0)?;
    page.click(TO_END)?;
    page.wait_for_text("#run-broken", "A says “red”, C says “blue”: agreement is broken; B3 failed first, at 8Δ")?;
    expect(page, "the ring shows both", page.count(".seat.disagrees")? == 2)?;
    page.click("#run-broken button")?;
    page.wait_for_text("#now", "8.00Δ")?;
    page.wait_for_text("#run-broken", "B3 failed first, at 8Δ: ")
}

fn ledger(page: &Page) -> Outcome {
    tab(page, "ledger")?;
    page.wait_for_text("#ledger", "single decree")?;
    open_at_end(page, "steady-log")?;
    page.wait_for("#ledger tbody tr:nth-child(3)")?;
    page.wait_for("#ledger .replicas li")?;
    page.click(TO_START)?;
    page.wait_for_text("#ledger", "Nothing stands in the ledger")
}
