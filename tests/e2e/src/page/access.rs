//! What people need or prefer: views without barriers, small screens, no motion, themes, forced colours.

use super::*;
use crate::window::{Barriers, DESKTOP};

pub(super) const TESTS: &[Test] = &[
    ("axe finds no barrier in the panels, light and dark", |page| no_barrier(page, PANELS)),
    ("axe finds no barrier at what is selected, light and dark", |page| no_barrier(page, SELECTED)),
    ("axe finds no barrier in the other views, light and dark", |page| no_barrier(page, VIEWS)),
    ("axe finds no barrier on a phone", no_barrier_on_a_phone),
    ("nothing is wider than a phone, and time runs down there", narrow),
    ("on a phone the run is dragged along, and zoomed, from top to bottom", narrow_run),
    ("nothing moves by itself where motion is not wanted", reduced_motion),
    ("the theme is chosen, drawn, and remembered", theme),
    ("forced colours leave everything to be seen", forced_colours),
];

/// A view: its name, and the steps that lead to it from the end of the opening run.
type View = (&'static str, fn(&Page) -> Outcome);

const PANELS: &[View] = &[
    ("the latency panel", |page| tab(page, "latency")),
    ("the ballots panel", |page| tab(page, "ballots")),
    ("the checks panel", |page| tab(page, "checks")),
    ("the ledger panel", |page| tab(page, "ledger")),
    ("the rules panel", |page| tab(page, "rules")),
    ("the script panel", editor),
    ("the script panel with a mistake", |page| paste(page, "paxos-playground 1\nnodes 0\n")),
    ("a broken rule", |page| {
        page.click(UNDO)?;
        open_at_end(page, "without-promise")?;
        tab(page, "checks")
    }),
    ("a ledger", |page| {
        open_at_end(page, "steady-log")?;
        tab(page, "ledger")
    }),
];

const SELECTED: &[View] = &[
    ("a message", |page| page.click_timeline((0.8, 3.2))),
    ("a process", |page| select_node(page, 1)),
    ("a process that is down", |page| page.click("#crash")),
    ("what happened", |page| {
        page.click("#popover [aria-label=Close]")?;
        page.focus(TIMELINE)?;
        page.press(keys::DOWN)?;
        page.press('.')?;
        page.press(keys::ENTER)?;
        page.wait_for("#popover")
    }),
];

const VIEWS: &[View] = &[
    ("the scenarios", |page| page.click("#gallery-button")),
    ("the help", |page| page.click("#help-button")),
    ("a search that has found something", |page| {
        page.click("#help-button")?;
        choose(page, "#scenario", "without-majority")?;
        page.click("#explore-button")?;
        page.click("#begin")?;
        page.wait_for("#found .openable")
    }),
    ("a thousand runs", |page| {
        page.click("#ask-sweep")?;
        page.click("#begin")?;
        page.wait_for("#found .files button")
    }),
    ("a race", |page| {
        page.click("#race-button")?;
        page.wait_for("#race-table")
    }),
    ("the bars of a race", |page| page.click("#show-bars")),
    ("the family", |page| {
        page.click("#show-family")?;
        page.wait_for("#family-table")
    }),
    ("a lesson", |page| page.click("#lessons-button")),
    ("the settings", |page| menu(page, "settings")),
    ("what can be shared", |page| menu(page, "share")),
    ("the three variants", |page| {
        page.press(keys::ESCAPE)?;
        page.click("#trio-button")?;
        page.wait_for("#trio canvas")
    }),
    ("the table of events", |page| {
        page.click("#play-place")?;
        page.click("#events summary")
    }),
    ("a search", |page| page.type_into("#search", "voted")),
    ("a comparison", |page| {
        page.click("#cut")?;
        page.click("#compare-button")?;
        page.wait_for("#compare table")
    }),
];

/// Goes from view to view and looks for barriers in both schemes; reports on all of them at once.
fn no_barrier(page: &Page, views: &[View]) -> Outcome {
    page.click(TO_END)?;
    let mut barriers = Barriers::default();
    for (name, open) in views {
        open(page).map_err(|sentence| format!("On the way to {name}: {sentence}"))?;
        for scheme in ["light", "dark"] {
            show_in(page, scheme)?;
            page.axe(&format!("{name}, {scheme}"), &mut barriers)?;
        }
    }
    barriers.outcome()
}

/// Shows the page in a scheme: as the preference of the system where the browser can pretend that, otherwise by the
/// choice on the page.
fn show_in(page: &Page, scheme: &str) -> Outcome {
    if page.can_prefer() {
        page.prefer(&[("prefers-color-scheme", scheme)])?;
    } else {
        choose_theme(page, scheme)?;
    }
    page.settle()
}

fn choose_theme(page: &Page, scheme: &str) -> Outcome {
    let is_chosen = |page: &Page| page.count(&format!("html[data-theme={scheme}]")).map(|count| count == 1);
    for _ in 0..3 {
        if is_chosen(page)? {
            return Ok(());
        }
        in_menu(page, "settings", "#theme")?;
        page.settle()?;
    }
    if is_chosen(page)? { Ok(()) } else { Err(format!("The theme cannot be made {scheme}.")) }
}

fn phone(page: &Page) -> Outcome {
    page.set_viewport((page.narrowest(), 740))?;
    page.reload()?;
    page.wait_for(".timeline.vertical")
}

fn no_barrier_on_a_phone(page: &Page) -> Outcome {
    phone(page)?;
    page.click(TO_END)?;
    // The toolbar stays at the window's lower edge and covers half of whatever is scrolled under it.
    page.middle_of("#zoom-in")?;
    let mut barriers = Barriers::default();
    page.axe("the opening page on a phone", &mut barriers)?;
    select_node(page, 1)?;
    page.axe("a process on a phone", &mut barriers)?;
    barriers.outcome()
}

fn narrow(page: &Page) -> Outcome {
    phone(page)?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")?;
    for name in ["latency", "ballots", "checks", "ledger", "rules", "script"] {
        tab(page, name)?;
        if name == "script" {
            editor(page)?;
        }
        let wide = page.execute("return document.documentElement.scrollWidth - window.innerWidth")?;
        let fits = wide.as_i64().is_some_and(|wide| wide <= 0);
        expect(page, &format!("with the panel {name} open the page is {wide} pixels too wide"), fits)?;
    }
    page.tap_timeline(Pointer::Finger, (2.5, 4.0))?;
    page.wait_for("#crash")?;
    page.set_viewport(DESKTOP)
}

fn narrow_run(page: &Page) -> Outcome {
    phone(page)?;
    timeline::long_run(page)?;
    page.click(TO_START)?;
    page.wait_for_text("#now", "0.00Δ")?;
    let (x, y) = page.at((4.0, 0.5))?;
    page.drag(Pointer::Mouse, (x, y), (x, y - 150.0))?;
    page.wait_until(
        "the run to be scrolled down, and drawn there",
        "const top = document.querySelector('#timeline-scroll').scrollTop;
         const drawn = Number(document.querySelector('#timeline').dataset.offset);
         return top > 100 && Math.abs(top - drawn) < 1.5;",
        &[],
    )?;
    let scale = page.timeline_number("perDelta")?;
    page.click("#zoom-in")?;
    timeline::wait_for_scale(page, ">", scale)?;
    page.click(TO_END)?;
    page.wait_for_now_in_sight()
}

fn reduced_motion(page: &Page) -> Outcome {
    page.prefer(&[("prefers-reduced-motion", "reduce")])?;
    page.reload()?;
    wait_for_latency(page, "5Δ")?;
    page.wait_for("[aria-label='Play']")?;
    let moving = page.execute("return document.getAnimations().length")?;
    expect(page, "nothing is animated", moving == json!(0))
}

fn theme(page: &Page) -> Outcome {
    page.click(TO_END)?;
    choose_theme(page, "light")?;
    let light = page.timeline_print()?;
    choose_theme(page, "dark")?;
    page.settle()?;
    let dark = page.timeline_print()?;
    expect(page, "the timeline is drawn in other colours", light != dark)?;
    page.reload()?;
    page.wait_for("html[data-theme=dark]")
}

fn forced_colours(page: &Page) -> Outcome {
    page.prefer(&[("forced-colors", "active")])?;
    page.reload()?;
    page.click(TO_END)?;
    page.settle()?;
    let pixels = page.timeline_pixels()?;
    expect(page, &format!("the run is drawn; {pixels} pixels are"), pixels > 5_000)?;
    let mut barriers = Barriers::default();
    page.axe("forced colours", &mut barriers)?;
    barriers.outcome()
}
