//! The panels: rules, options, services, and the same script under other protocols.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("the same script under another protocol has another latency, and undo brings the first one back", other_protocol),
    ("a rule that is switched off turns a check red, and a badge says so", broken_rule),
    ("a choice of the protocol is a line of the script", choose_option),
    ("a command that its service does not know is an error beside the field", bad_command),
];

fn other_protocol(page: &Page) -> Outcome {
    page.wait_for("#protocol")?;
    paste(page, "paxos-playground 1\nnodes 5\nat 3Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    let protocols =
        page.execute("return [...document.querySelectorAll('#protocol option')].map((option) => option.value)")?;
    expect(page, "there are several protocols", protocols.as_array().is_some_and(|list| list.len() >= 5))?;
    for (protocol, leader, all) in [("multi", "2Δ", "3Δ"), ("broadcast", "2Δ", "2Δ")] {
        choose(page, "#protocol", protocol)?;
        page.click(TO_END)?;
        page.wait_for_text(".ledger td:nth-child(3)", leader)?;
        page.wait_for_text(".ledger td:nth-child(4)", all)?;
        let line = format!("protocol  {protocol}\n");
        expect(page, "the protocol is a line", script(page)?.contains(&line))?;
    }
    page.click(UNDO)?;
    page.click(UNDO)?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")
}

fn broken_rule(page: &Page) -> Outcome {
    page.wait_for("#rules")?;
    choose(page, "#scenario", "without-promise")?;
    page.click(TO_END)?;
    page.wait_for(".edited.off")?;
    page.wait_for("#checks li.bad")?;
    page.click("[data-guard='promise']")?;
    page.wait_for_absence(".edited.off")?;
    page.click(TO_END)?;
    page.wait_for_absence("#checks li.bad")?;
    page.click("[data-guard='promise']")?;
    page.wait_for(".edited.off")?;
    page.click(TO_END)?;
    page.wait_for("#checks li.bad")?;
    expect(page, "the rule is a line", script(page)?.contains("without   promise"))
}

fn choose_option(page: &Page) -> Outcome {
    page.wait_for("[data-option='guard']")?;
    page.execute(
        "const select = document.querySelector(\"[data-option='guard']\");
         select.selectedIndex = 1;
         select.dispatchEvent(new Event('change', { bubbles: true }));",
    )?;
    page.wait_until(
        "the choice is a line",
        "return /option +guard ge/.test(document.querySelector('#script-text').value)",
        &[],
    )
}

fn bad_command(page: &Page) -> Outcome {
    page.wait_for("#protocol")?;
    paste(page, "paxos-playground 1\nprotocol multi\nservice kv\nnodes 3\n")?;
    select_node(page, 0)?;
    page.wait_for("#value")?;
    page.execute("document.querySelector('#value').select()")?;
    page.type_into("#value", "jump")?;
    page.click("#propose")?;
    page.wait_for_text("#act-error", "jump")?;
    page.execute("document.querySelector('#value').select()")?;
    page.type_into("#value", "put k 7")?;
    page.click("#propose")?;
    page.wait_for_absence("#act-error")?;
    page.click(TO_END)?;
    page.wait_for_text("#replica", "7")?;
    page.wait_for_text(".ledger td", "put k 7")
}
