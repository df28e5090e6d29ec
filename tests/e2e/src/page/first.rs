//! The first minute: what a newcomer sees without scrolling, and how few presses lead to what one would try first.

use super::*;
use crate::server::Publication;
use crate::window::DESKTOP;

pub(super) const TESTS: &[Test] = &[
    ("all that must be understood is in the first screen", first_screen),
    ("nothing moves from its place as the page loads", stays_in_place),
    ("at most six stops of Tab lead to the diagram", few_stops),
    ("a variant opens at one press, and all three stand below each other", variants),
    ("tools act on what is clicked, and on what is chosen by keys", tools),
    ("the story waits for its reader, goes on, and can be left", story),
    ("the picture is presented alone, and leads back", present),
    ("a menu takes the focus, and gives it back", menus),
    ("a menu that is opened at once says that it is coming, and fills", early_menu),
];

/// Opens the page at the beginning of its run.
fn still(page: &Page) -> Outcome {
    page.open("?autoplay=0")?;
    whole(page)?;
    page.wait_for_text("#now", "0.00Δ")
}

fn first_screen(page: &Page) -> Outcome {
    for size in [DESKTOP, (1920, 1080)] {
        page.set_viewport(size)?;
        page.reload()?;
        whole(page)?;
        page.click(TO_END)?;
        page.settle()?;
        let hidden = page.execute(
            "const parts = ['.tagline', '.delta', '.pill:nth-child(3)', '[data-check=B1]', '[data-check=agreement]', '[data-tool=crash]',
                 '#timeline', '#scrubber', '#play', '#why', '#cut', '#tab-latency', '#share-button', '#scenario'];
             return parts.filter((part) => {
                 const box = document.querySelector(part).getBoundingClientRect();
                 return box.width === 0 || box.bottom > innerHeight || box.right > innerWidth || box.top < 0;
             }).join(' ');",
        )?;
        expect(page, &format!("at {size:?} nothing is out of sight, not {hidden}"), hidden == json!(""))?;
    }
    page.set_viewport(DESKTOP)?;
    page.wait_for_text(".tagline", "5 servers must agree although some may fail")?;
    page.wait_for_text(".delta", "the slowest a message can be")?;
    let pills = page.execute(
        "return [...document.querySelectorAll('.pill')].map((pill) => pill.innerText.replace(/\\s+/g, ' ').trim())",
    )?;
    expect(
        page,
        &format!("the variants say what they take, settled and first, not {pills}"),
        pills == json!(["5Δ Basic first: 5Δ", "3Δ Multi first: 5Δ", "2Δ Broadcast first: 4Δ"]),
    )
}

fn stays_in_place(page: &Page) -> Outcome {
    if page.browser() != crate::Browser::Chromium {
        return Ok(());
    }
    for size in [DESKTOP, (1920, 1080), (820, 1180), (768, 1024), (360, 740)] {
        page.set_viewport(size)?;
        page.open("?autoplay=0")?;
        whole(page)?;
        page.settle()?;
        let shift = page.execute_async(
            "return new Promise((done) => {
                 let sum = 0;
                 const moved = [];
                 const name = ({ node, previousRect, currentRect }) =>
                     `${node?.nodeName}.${node?.className} from ${previousRect.y} to ${currentRect.y}`;
                 new PerformanceObserver((list) => {
                     for (const { value, sources } of list.getEntries()) {
                         sum += value;
                         moved.push(...sources.map(name));
                     }
                 }).observe({ type: 'layout-shift', buffered: true });
                 setTimeout(() => done([sum, moved.join(', ')]), 300);
             });",
        )?;
        let is_little = shift[0].as_f64().is_some_and(|shift| shift < 0.02);
        expect(page, &format!("at {size:?} the layout shifts by {}, because of {}", shift[0], shift[1]), is_little)?;
    }
    page.set_viewport(DESKTOP)
}

fn few_stops(page: &Page) -> Outcome {
    still(page)?;
    page.execute("document.activeElement.blur()")?;
    let mut stops = 0;
    while page.execute("return document.activeElement.id")? != json!("timeline") {
        page.press(keys::TAB)?;
        stops += 1;
        expect(page, &format!("the diagram comes before the stop {stops}"), stops <= 7)?;
    }
    page.reload()?;
    whole(page)?;
    page.press(keys::TAB)?;
    page.press(keys::ENTER)?;
    page.wait_until("the focus on the diagram", "return document.activeElement.id === 'timeline'", &[])
}

fn variants(page: &Page) -> Outcome {
    whole(page)?;
    for (variant, all) in [("multi", "3Δ"), ("broadcast", "2Δ"), ("basic", "5Δ")] {
        page.click(&format!(".pill[data-variant={variant}]"))?;
        page.wait_for(&format!(".pill[data-variant={variant}][aria-pressed=true]"))?;
        page.click(TO_END)?;
        wait_for_latency(page, all)?;
    }
    page.click("#trio-button")?;
    page.wait_for("#trio")?;
    page.wait_until(
        "three pictures to be painted",
        "const painted = (canvas) => {
             const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
             return pixels.some((part) => part !== pixels[0]);
         };
         const all = [...document.querySelectorAll('#trio canvas')];
         return all.length === 3 && all.every(painted);",
        &[],
    )?;
    page.click_named("Back to the run")?;
    page.wait_for(TIMELINE)
}

fn tools(page: &Page) -> Outcome {
    still(page)?;
    page.click("[data-tool=drop]")?;
    page.wait_for("[data-tool=drop][aria-pressed=true]")?;
    page.press(keys::ESCAPE)?;
    page.wait_for_absence("[data-tool=drop][aria-pressed=true]")?;
    page.click(TO_END)?;
    page.click("[data-tool=delay]")?;
    page.click_timeline((0.8, 3.2))?;
    wait_for_line(page, "^delay +NextBallot A->E #1 2Δ")?;
    // What is chosen by keys is acted on at once.
    page.focus(TIMELINE)?;
    page.press(keys::HOME)?;
    page.press(keys::DOWN)?;
    page.press(keys::DOWN)?;
    page.wait_for("ol.lanes > li:nth-child(2) .chosen")?;
    page.focus("[data-tool=propose]")?;
    page.press(keys::RIGHT)?;
    page.wait_until("the focus to go along", "return document.activeElement.dataset.tool === 'crash'", &[])?;
    page.press(keys::ENTER)?;
    wait_for_line(page, "^at 0Δ +crash B")?;
    page.click(TO_START)?;
    page.click("[data-tool=cut-off]")?;
    page.click("ol.lanes > li:nth-child(4) button")?;
    wait_for_line(page, "^at 0Δ +partition A B C E \\| D")
}

fn story(page: &Page) -> Outcome {
    whole(page)?;
    page.click("#story-button")?;
    page.wait_for_text("#caption", "must agree on one value")?;
    page.wait_for("[aria-label='Pause']")?;
    choose(page, "#speed", "5000")?;
    page.wait_for_text("#caption", "Now crash A")?;
    page.wait_for_text("#now", "3.00Δ")?;
    page.wait_for("[aria-label='Play']")?;
    page.click("[data-tool=crash]")?;
    page.click("ol.lanes > li:nth-child(1) button")?;
    wait_for_line(page, "^at 3.01Δ +crash A")?;
    page.wait_for_text("#caption", "Now it is yours")?;
    page.click("#caption-leave")?;
    page.wait_for_absence("#caption")?;
    expect(page, "the run is still there", page.count(TIMELINE)? == 1)?;
    if !page.can_prefer() {
        return Ok(());
    }
    // Where motion is not wanted, the reader goes from sentence to sentence.
    page.prefer(&[("prefers-reduced-motion", "reduce")])?;
    page.open("#v=1&scenario=first-story")?;
    page.wait_for_text("#now", "0.00Δ")?;
    page.click("#caption-next")?;
    page.wait_for_text("#caption", "A client asks A")?;
    page.wait_for("[aria-label='Play']")
}

fn present(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.focus(TIMELINE)?;
    page.press('f')?;
    page.wait_for_absence("header.top")?;
    for gone in [".strip", ".side", ".tools", "footer", "#events"] {
        page.wait_for_absence(gone)?;
    }
    page.wait_for("#why")?;
    page.wait_for_text("#now", "5.00Δ")?;
    page.press(keys::PAGE_UP)?;
    page.wait_for_text("#now", "4.00Δ")?;
    page.press(keys::PAGE_DOWN)?;
    page.wait_for_text("#now", "5.00Δ")?;
    page.press(keys::ESCAPE)?;
    page.wait_for("header.top")?;
    page.open("?present=1#v=1&scenario=two-proposers")?;
    page.wait_for_text(".intro h2", "Two proposers meet")?;
    page.wait_for_absence("header.top")
}

fn menus(page: &Page) -> Outcome {
    whole(page)?;
    page.focus("#settings-button")?;
    page.press(keys::ENTER)?;
    page.wait_for("#settings-menu")?;
    page.wait_until("the focus in the menu", "return !!document.activeElement.closest('#settings-menu')", &[])?;
    page.press(keys::ESCAPE)?;
    page.wait_for_absence("#settings-menu")?;
    page.wait_until("the focus back", "return document.activeElement.id === 'settings-button'", &[])
}

fn early_menu(page: &Page) -> Outcome {
    page.move_to_new_origin()?;
    page.publish(Publication::First);
    page.open("")?;
    page.click("#share-button")?;
    page.wait_for_text("#share-menu", "One moment")?;
    // The server complained about the rest of the page, which is not there.
    page.take_errors()?;
    page.publish(Publication::Late);
    page.open("")?;
    page.click("#share-button")?;
    page.wait_for("#share-menu #copy-link")?;
    page.publish(Publication::Built);
    Ok(())
}
