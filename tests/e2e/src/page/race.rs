//! The race: the protocols on one script, the family table, and the map of the family.

use super::*;
use crate::window::DESKTOP;

pub(super) const TESTS: &[Test] = &[
    ("the whole family races on the script of the page, and the figures are those of the formulas", whole_family),
    ("who races and with how many servers can be chosen by keys, and the last protocol stays", choices),
    ("the bars say the same as the table", bars),
    ("a racer’s run opens on the timeline", opens),
    ("a way of the family’s map races its two ends, and a cell of the table opens its run", family),
    ("an address shows a race, and says what it cannot understand", address),
    ("the race and the family fit on a phone", phone),
];

/// The rows of the table of figures: for each protocol its name and its cells.
const ROWS: &str = "return [...document.querySelectorAll('#race-table tbody tr')].map((row) =>
    [row.dataset.racer, ...[...row.cells].slice(1).map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim())])";

/// Opens the race of a built-in scenario.
fn race(page: &Page, scenario: &str) -> Outcome {
    choose(page, "#scenario", scenario)?;
    page.click("#race-button")?;
    page.wait_for("#race-table")
}

fn rows(page: &Page) -> Outcome<Vec<Vec<String>>> {
    let rows = page.execute(ROWS)?;
    let cells = |row: &serde_json::Value| {
        let cells = row.as_array().into_iter().flatten().filter_map(|cell| cell.as_str().map(str::to_owned));
        cells.collect::<Vec<_>>()
    };
    Ok(rows.as_array().into_iter().flatten().map(cells).collect())
}

fn whole_family(page: &Page) -> Outcome {
    race(page, "steady")?;
    page.wait_for_text(
        "#race-about",
        "At equal f: each protocol runs with the fewest servers that bear f = 2 faults.",
    )?;
    let rows = rows(page)?;
    let basic = ["basic", "f = 2, 5 servers", "4Δ = 4Δ", "5Δ = 5Δ", "4Δ = 4Δ", "20 = 20", "20", "10000"];
    expect(page, &format!("the basic protocol takes 5Δ, not {rows:?}"), rows.iter().any(|row| *row == basic))?;
    expect(page, "nothing differs from its formula", page.count("#race-table .differs")? == 0)?;
    expect(page, "each protocol has its picture", page.count("#race canvas")? == rows.len() as u64 && rows.len() > 10)?;
    let painted = "return [...document.querySelectorAll('#race canvas')].every((canvas) => canvas.width > 300 && canvas.height > 60)";
    page.wait_until("all pictures to be painted", painted, &[])
}

fn choices(page: &Page) -> Outcome {
    race(page, "steady")?;
    for name in ["preliminary", "complete", "cheap"] {
        page.focus(&format!("#race-{name}"))?;
        page.press(' ')?;
        page.wait_for_absence(&format!("[data-racer={name}]"))?;
    }
    choose(page, "#race-size", "equal n = 6")?;
    page.wait_for_text("#race-about", "each protocol runs with n = 6 servers")?;
    choose(page, "#race-size", "equal f = 1")?;
    page.wait_for_text("[data-racer=fab]", "f = 1, 6 servers")?;
    page.click("#race .entrants button:last-of-type")?;
    page.wait_for_absence("[data-racer=fab]")?;
    expect(page, "three are left", rows(page)?.len() == 3)?;
    for name in ["basic", "multi", "broadcast"] {
        page.click(&format!("#race-{name}"))?;
    }
    page.settle()?;
    expect(page, "the last one stays", rows(page)?.len() == 1)
}

fn bars(page: &Page) -> Outcome {
    race(page, "nack-nine-delta")?;
    page.click("#show-bars")?;
    page.wait_for("#race .track-bar")?;
    let label = page.execute(
        "return [...document.querySelectorAll('#race .track-bar')].map((bar) => bar.getAttribute('aria-label')).join('\\n')",
    )?;
    let label = label.as_str().unwrap_or_default().to_owned();
    let complete = label.lines().find(|line| line.starts_with("Complete protocol")).unwrap_or_default();
    let is_told =
        complete.contains("all 9Δ = 9Δ") && complete.contains("client 8Δ ≠ 4Δ") && complete.contains("wait 2Δ");
    expect(page, &format!("the bar of the complete protocol is told, not {complete}"), is_told)?;
    expect(page, "what differs is marked in the table", page.count("[data-racer=complete] .differs")? > 0)?;
    expect(page, "what cannot be run is told", page.text("#race")?.contains("has no leader: whoever is asked starts"))
}

fn opens(page: &Page) -> Outcome {
    race(page, "steady")?;
    choose(page, "#race-size", "equal f = 1")?;
    page.wait_for_text("[data-racer=pbft]", "f = 1, 4 servers")?;
    page.click("[data-racer=pbft] button")?;
    page.wait_for("#timeline")?;
    page.wait_for_absence("#race")?;
    wait_for_line(page, "^protocol +pbft$")?;
    wait_for_line(page, "^nodes +4$")
}

fn family(page: &Page) -> Outcome {
    race(page, "steady")?;
    page.click("#show-family")?;
    page.wait_for("#family-table")?;
    expect(
        page,
        "each protocol has its row",
        page.count("#family-table tbody tr")? == page.count("#family-map > li")?,
    )?;
    page.wait_for_text("#family-map", "everybody hears each vote and counts")?;
    page.click("[data-edge=multi-broadcast]")?;
    page.wait_for("#race-table")?;
    let names: Vec<_> = rows(page)?.into_iter().map(|row| row[0].clone()).collect();
    expect(page, &format!("the two ends race, not {names:?}"), names == ["multi", "broadcast"])?;
    page.click("#show-family")?;
    page.wait_for("#family-table")?;
    page.focus("#family-table button")?;
    page.press(keys::RIGHT)?;
    page.press(keys::ENTER)?;
    page.wait_for("#timeline")?;
    wait_for_line(page, "^protocol +preliminary$")
}

fn address(page: &Page) -> Outcome {
    page.open("?view=bars&with=basic,multi&tolerate=1#v=1&scenario=steady")?;
    page.wait_for("#race .track-bar")?;
    let names: Vec<_> = rows(page)?.into_iter().map(|row| row[0].clone()).collect();
    expect(page, &format!("the two race, not {names:?}"), names == ["basic", "multi"])?;
    page.open("?view=race&with=basick#v=1&scenario=steady")?;
    page.wait_for_text("body", "no protocol is called “basick”")
}

fn phone(page: &Page) -> Outcome {
    page.set_viewport((page.narrowest(), 740))?;
    race(page, "steady")?;
    for view in ["race", "bars", "family"] {
        page.click(&format!("#show-{view}"))?;
        page.settle()?;
        let wide = page.execute("return document.documentElement.scrollWidth - innerWidth")?;
        expect(
            page,
            &format!("{view} does not scroll sideways, by {wide}"),
            wide.as_i64().is_some_and(|wide| wide <= 0),
        )?;
    }
    page.set_viewport(DESKTOP)
}
