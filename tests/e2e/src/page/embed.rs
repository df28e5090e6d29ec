//! The page as a frame in other people's pages: what it shows, what it leaves alone, and what it tells.
//!
//! The pages around it are in `tests/e2e/pages`, and are served under the same strict policy as the playground.

mod messages;

use super::*;
use crate::webdriver::Browser;
use crate::window::Barriers;

pub(super) const TESTS: &[Test] = &[
    ("three frames under a strict policy decide, come to rest, and take neither focus nor scrolling", three_frames),
    ("a frame runs in every sandbox of the contract, and says what was decided", sandboxes),
    ("a frame shows what its address asks for, and says what it cannot understand", presentation),
    ("a frame with a height of its own is filled by its picture", filled),
    ("a run that is read-only can be watched, not changed", read_only),
    ("a frame that waits for a click loads nothing before", load_on_click),
    ("a frame stands still while nobody can see it", asleep),
    ("a frame leaves wheel, keys and Tab to the page around it", manners),
    ("Open full keeps the edits of a frame", open_full),
    ("axe finds no barrier in frames, light and dark", no_barrier),
    ("the code that embeds a run is written, tried out and copied", author),
    ("a page steers its frame by messages", messages::orders),
    ("messages that are forged or malformed change nothing", messages::forged),
];

/// Fails unless a claim holds about a page without a script.
fn claim(what: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(format!("Not so: {what}.")) }
}

/// Waits until a frame has told the page around it about a decision.
fn wait_for_decision(page: &Page, frame: &str) -> Outcome {
    page.wait_until(
        &format!("the frame {frame} to decide"),
        "return window.told?.(arguments[0], 'event').some(({ event }) => event === 'decided') === true",
        &[json!(frame)],
    )
}

/// Opens the page with room for one frame, and makes that frame.
fn embed(page: &Page, query: &str, fragment: &str, attributes: &serde_json::Value) -> Outcome {
    page.open_host("embed-one.html")?;
    add(page, "one", query, fragment, attributes)
}

/// Makes another frame, and waits until it tells its state.
fn add(page: &Page, name: &str, query: &str, fragment: &str, attributes: &serde_json::Value) -> Outcome {
    let words = [name, query, fragment].map(|word| json!(word).to_string()).join(", ");
    page.execute_async(&format!("await embed({words}, {attributes});")).map(drop)
}

fn three_frames(page: &Page) -> Outcome {
    page.open_host("embed-three.html")?;
    wait_for_decision(page, "two")?;
    wait_for_decision(page, "minimal")?;
    let third = "return told('steady', 'ready').length";
    claim("what is out of sight is not loaded", page.execute(third)? == json!(0))?;
    claim("nothing scrolled the page", page.execute("return scrollY")? == json!(0))?;
    let focus = page.execute("return document.activeElement === document.body")?;
    claim("no frame took the focus", focus == json!(true))?;
    // Each frame is as high as its content, and stays so.
    let at_rest = "const heights = () => heard.filter(({ data }) => data.type === 'resize' || data.subject).length;
        const before = heights();
        await new Promise((done) => setTimeout(done, 700));
        return before >= 2 && heights() === before;";
    let rests = (0..8).map(|_| page.execute_async(at_rest)).find(|rest| *rest == Ok(json!(true)));
    claim("the heights come to rest", rests.is_some())?;
    for frame in [0, 1] {
        page.enter(Some(frame))?;
        let fits = page.execute("return document.documentElement.scrollHeight <= innerHeight + 1")?;
        page.enter(None)?;
        claim(&format!("frame {frame} shows all of its content"), fits == json!(true))?;
    }
    let lti = "return heard.some(({ name, data }) => name === 'minimal' && data.subject === 'lti.frameResize'
        && data.height > 100 && Object.keys(data).length === 2)";
    claim("a course system is told in its own words", page.execute(lti)? == json!(true))?;
    page.execute("document.querySelector('[data-name=steady]').scrollIntoView({ block: 'center' })")?;
    let scrolled = page.execute("return scrollY")?;
    wait_for_decision(page, "steady")?;
    claim("the third frame did not scroll the page", page.execute("return scrollY")? == scrolled)?;
    // A driver may give the focus to a frame into which a test looks, but no test has looked into this frame.
    let focus = page.execute("return document.activeElement.dataset.name !== 'steady'")?;
    claim("nor did the third one take the focus", focus == json!(true))?;
    let themes: Vec<_> = (0..2)
        .map(|frame| {
            page.enter(Some(frame))?;
            let colour = page.execute("return getComputedStyle(document.body).backgroundColor")?;
            page.enter(None).map(|()| colour)
        })
        .collect::<Outcome<_>>()?;
    claim("each has its own theme", themes[0] != themes[1])
}

const SANDBOXES: [Option<&str>; 5] = [
    None,
    Some("allow-scripts allow-same-origin allow-popups allow-downloads"),
    Some("allow-scripts allow-same-origin allow-popups"),
    Some("allow-scripts allow-same-origin"),
    Some("allow-scripts"),
];

fn sandboxes(page: &Page) -> Outcome {
    page.open_host("embed-one.html")?;
    page.execute("document.getElementById('forger').remove()")?;
    // In a frame without an origin, 'self' in the playground's policy matches nothing in WebKit (docs/browsers.md).
    let is_webkit = page.browser() == Browser::WebKit;
    let tried = SANDBOXES.into_iter().filter(|sandbox| !is_webkit || *sandbox != Some("allow-scripts"));
    for (frame, sandbox) in tried.enumerate() {
        let name = format!("box{frame}");
        let attributes = sandbox.map_or(json!({}), |sandbox| json!({ "sandbox": sandbox }));
        add(page, &name, "load=eager&speed=5&panels=network,checks", "v=1&scenario=minimal-ballot", &attributes)?;
        page.ask("document.querySelector(`[data-name=${arguments[0]}]`).scrollIntoView()", &[json!(name)])?;
        wait_for_decision(page, &name)?;
        let origin = page.ask("return heard.find(({ name }) => name === arguments[0]).origin", &[json!(name)])?;
        let is_own = origin != json!("null");
        claim(
            &format!("its origin is its own, if it may have one: {origin}"),
            is_own != (sandbox == Some("allow-scripts")),
        )?;
        page.enter(Some(frame))?;
        page.wait_for(TIMELINE)?;
        page.wait_for("#panel .checks")?;
        let errors = page.take_errors()?;
        page.enter(None)?;
        claim(&format!("nothing goes wrong inside: {}", errors.join("; ")), errors.is_empty())?;
    }
    Ok(())
}

fn presentation(page: &Page) -> Outcome {
    embed(page, "controls=none&theme=dark&speed=5", "v=1&scenario=two-proposers", &json!({}))?;
    page.enter(Some(1))?;
    page.wait_for(TIMELINE)?;
    for hidden in [".transport", ".zooms", ".intro", "header", "footer", ".side", ".why"] {
        page.wait_for_absence(hidden)?;
    }
    let theme = page.execute("return document.documentElement.dataset.theme")?;
    claim("the theme is the author's", theme == json!("dark"))?;
    page.enter(None)?;
    add(
        page,
        "two",
        "load=eager&panels=script,why,checks&controls=min&autoplay=0",
        "v=1&scenario=two-proposers",
        &json!({}),
    )?;
    page.enter(Some(2))?;
    page.wait_for_text("#now", "0.00Δ")?;
    page.wait_for(".why")?;
    page.wait_for("#play")?;
    page.wait_for_absence("[aria-label='One step']")?;
    page.wait_for_absence("#speed")?;
    let tabs = page.execute("return [...document.querySelectorAll('[role=tab]')].map(({ id }) => id).join()")?;
    claim("the panels are those that were asked for", tabs == json!("tab-checks,tab-script"))?;
    page.enter(None)?;
    add(page, "three", "load=eager&theme=blue&panels=latncy&fbclid=1", "v=1&scenario=two-propposers", &json!({}))?;
    page.enter(Some(3))?;
    page.wait_for_text("#told .wrong", "did you mean two-proposers?")?;
    page.enter(None)?;
    add(page, "four", "load=eager&theme=blue&fbclid=1", "v=1&scenario=two-proposers", &json!({}))?;
    page.enter(Some(4))?;
    page.wait_for_text("#told .wrong", "“theme=blue”, but theme is one of auto, light, dark")?;
    page.wait_for(TIMELINE)?;
    page.enter(None)
}

fn filled(page: &Page) -> Outcome {
    for (size, query) in [((760, 520), ""), ((760, 430), "?controls=min"), ((page.narrowest(), 600), "")] {
        page.set_viewport(size)?;
        page.open(&format!("embed.html{query}#v=1&scenario=two-proposers"))?;
        page.wait_for(".about")?;
        page.wait_until(
            &format!("the content to be as high as the frame, {size:?}"),
            "const free = innerHeight - document.querySelector('.about').getBoundingClientRect().bottom;
             return free >= 0 && free < 24 && document.documentElement.scrollHeight <= innerHeight;",
            &[],
        )?;
    }
    page.set_viewport(crate::window::DESKTOP)
}

fn read_only(page: &Page) -> Outcome {
    let query = "readonly&panels=network,script,rules&autoplay=0&keys=focus";
    embed(page, query, "v=1&scenario=minimal-ballot", &json!({ "height": 900 }))?;
    page.enter(Some(1))?;
    let before = script(page)?;
    paste(page, "paxos-playground 1\nnodes 3\n")?;
    page.settle()?;
    select_node(page, 1)?;
    page.wait_for_absence("#crash")?;
    page.wait_for_absence("#cut")?;
    page.execute("document.querySelector('#crash')?.click(); document.querySelector('#cut')?.click();")?;
    page.focus(TIMELINE)?;
    page.press('z')?;
    page.settle()?;
    page.click("[aria-label='To the end']")?;
    page.wait_for_text("#now", "5.00Δ")?;
    claim("the editor cannot be typed into", page.attribute("#script-text", "readonly")?.is_some())?;
    claim("the editor does not even come", page.count(".cm-editor, [data-editor]")? == 0)?;
    claim("nothing is edited", page.count(".intro .edited")? == 0)?;
    page.enter(None)?;
    let state = page.execute_async("return await ask('one', { type: 'getState' });")?;
    claim("the run is what it was", state["edited"] == json!(false) && before.contains("red"))
}

fn load_on_click(page: &Page) -> Outcome {
    page.open_host("embed-one.html")?;
    page.execute("embed('one', 'load=click', 'v=1&scenario=minimal-ballot'); return true;")?;
    page.enter(Some(1))?;
    page.wait_for(".loading button")?;
    let loaded = "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm')).length";
    claim("no program is loaded", page.execute(loaded)? == json!(0))?;
    page.click(".loading button")?;
    page.wait_for(TIMELINE)?;
    page.enter(None)?;
    wait_for_decision(page, "one")
}

/// Up to when a frame's run is shown, in Δ.
fn shown(page: &Page) -> Outcome<f64> {
    let state = page.execute_async("return await ask('one', { type: 'getState' });")?;
    state["t"].as_f64().ok_or_else(|| format!("The state has no time: {state}"))
}

fn asleep(page: &Page) -> Outcome {
    embed(page, "speed=0.1", "v=1&scenario=steady-log", &json!({}))?;
    // The frame is pushed out of sight and not scrolled, because Firefox sometimes takes back a scroll by script.
    let push = |pixels: u32| {
        page.ask("document.getElementById('place').style.marginTop = arguments[0]", &[json!(format!("{pixels}px"))])
    };
    push(3000)?;
    let moment = "await new Promise((done) => setTimeout(done, 400));";
    page.execute_async(moment)?;
    let before = shown(page)?;
    page.execute_async(moment)?;
    claim("time stands still", shown(page)? == before)?;
    push(0)?;
    // It takes a while until browsers notice.
    for _ in 0..20 {
        page.execute_async(moment)?;
        if shown(page)? > before {
            return Ok(());
        }
    }
    claim("it goes on when it can be seen", false)
}

fn manners(page: &Page) -> Outcome {
    embed(page, "autoplay=0&controls=full&resize=post", "v=1&scenario=minimal-ballot", &json!({}))?;
    page.settle()?;
    let place = page.middle_of("iframe[data-name=one]")?;
    let scroll = "return scrollY";
    let before = page.execute(scroll)?.as_f64().unwrap_or_default();
    page.wheel(place, (0, 300), &[])?;
    page.wait_until("the wheel to scroll the page around", "return scrollY > arguments[0] + 100", &[json!(before)])?;
    page.execute("scrollTo(0, 0); document.getElementById('before').focus();")?;
    for key in [keys::RIGHT, keys::END, 'k', 'z'] {
        page.press(key)?;
    }
    claim("keys outside are not the frame's", shown(page)? == 0.0)?;
    page.execute("scrollTo(0, 0); document.getElementById('before').focus(); heard.length = 0;")?;
    // The focus moves into the frame, along its controls, and out again.
    for stop in 0.. {
        page.press(keys::TAB)?;
        if page.execute("return document.activeElement.id")? == json!("after") {
            claim("the frame was on the way", stop > 3)?;
            break;
        }
        claim("Tab leads out of the frame", stop < 60)?;
    }
    page.wait_until(
        "the frame to say that the focus left it",
        "return told('one', 'focusout').some(({ direction }) => direction === 'forward')",
        &[],
    )
}

fn open_full(page: &Page) -> Outcome {
    embed(page, "autoplay=0&panels=network,script", "v=1&scenario=minimal-ballot", &json!({ "height": 1200 }))?;
    page.enter(Some(1))?;
    page.click("#cut")?;
    page.wait_for(".intro .edited")?;
    // A single panel has no tab.
    page.wait_for("#script-text")?;
    let text = page.execute("return document.querySelector('#script-text').value")?;
    page.focus("#open-full")?;
    let href = page.execute("return document.querySelector('#open-full').href")?;
    page.enter(None)?;
    let href = href.as_str().unwrap_or_default();
    let fragment = href.split_once("/#").map(|(_, fragment)| fragment).unwrap_or_default();
    claim(
        &format!("it leads to the whole page: {href}"),
        fragment.starts_with("v=1&s=") && !href.contains("embed.html"),
    )?;
    page.open(&format!("#{fragment}"))?;
    page.wait_for(TIMELINE)?;
    expect(page, "the edits are there", json!(script(page)?) == text)
}

fn no_barrier(page: &Page) -> Outcome {
    let mut barriers = Barriers::default();
    for (place, query) in
        ["theme=light&panels=network,why,checks", "theme=dark&controls=min&panels=latency"].iter().enumerate()
    {
        embed(page, query, "v=1&scenario=two-proposers&t=3", &json!({ "height": 900 }))?;
        page.enter(Some(1))?;
        page.wait_for(TIMELINE)?;
        page.axe(["a light frame", "a dark frame"][place], &mut barriers)?;
        page.enter(None)?;
    }
    barriers.outcome()
}

fn author(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers&t=1.5")?;
    in_menu(page, "share", "#embed-button")?;
    page.wait_for("#author iframe")?;
    choose(page, "#embed-theme", "dark")?;
    choose(page, "#embed-controls", "min")?;
    choose(page, "#embed-height", "400")?;
    page.click("#author [data-panel=why]")?;
    page.click("#embed-now")?;
    let address = "embed.html?theme=dark&panels=why&controls=min#v=1&scenario=two-proposers&t=1.5";
    page.wait_until(
        "the code to say all that was chosen",
        "const made = new DOMParser().parseFromString(document.querySelector('#embed-text').value, 'text/html').body;
         const frame = made.firstElementChild;
         return made.children.length === 1 && frame.localName === 'iframe' && frame.title === 'Paxos: Two proposers meet'
             && frame.getAttribute('src') === new URL(arguments[0], location.href).href && frame.height === '400'
             && frame.getAttribute('src') === document.querySelector('#author iframe').src;",
        &[json!(address)],
    )?;
    let mut barriers = Barriers::default();
    page.axe("the code that embeds a run", &mut barriers)?;
    barriers.outcome()?;
    // A frame out of sight would not be loaded.
    page.execute("document.querySelector('#author iframe').scrollIntoView({ block: 'center' })")?;
    page.enter(Some(0))?;
    page.wait_for_text("#now", "1.50Δ")?;
    page.wait_for(".why")?;
    page.enter(None)?;
    page.execute(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } });",
    )?;
    page.click("#copy-code")?;
    page.wait_for_text("#embedded", "The code is copied.")?;
    let same = page.execute("return copied === document.querySelector('#embed-text').value")?;
    expect(page, "what is copied is what is shown", same == json!(true))?;
    let back = page.execute("return history.length")?;
    choose(page, "#embed-theme", "light")?;
    page.settle()?;
    expect(page, "trying out leaves no steps in the history", page.execute("return history.length")? == back)?;
    in_menu(page, "share", "#embed-button")?;
    page.wait_for_absence("#author")
}
