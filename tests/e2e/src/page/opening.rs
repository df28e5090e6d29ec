//! How the page opens: what it shows first, every scenario, and runs of every size.

use serde_json::Value;

use super::*;
use crate::server::Publication;

pub(super) const TESTS: &[Test] = &[
    ("the page opens on a running ballot that is decided at 5Δ", opens_on_a_running_ballot),
    ("the first picture waits for nothing that comes after it", first_picture),
    ("a link's first picture is its run, and waits for nothing that comes after it", first_picture_of_a_link),
    ("a link to a run of another protocol waits for the rest of the page", link_that_waits),
    ("a frame's first picture is its run, and waits for nothing that comes after it", first_picture_of_a_frame),
    ("every scenario of the slides’ protocols plays before the rest is here: one in four", |page| {
        scenarios_without_rest(page, 0)
    }),
    ("every scenario of the slides’ protocols plays before the rest is here: the next in four", |page| {
        scenarios_without_rest(page, 1)
    }),
    ("every scenario of the slides’ protocols plays before the rest is here: the third in four", |page| {
        scenarios_without_rest(page, 2)
    }),
    ("every scenario of the slides’ protocols plays before the rest is here: the fourth in four", |page| {
        scenarios_without_rest(page, 3)
    }),
    ("what one does before the rest of the page is here is done all the same", acts_before_rest),
    ("the tools are fetched when somebody asks for one", tools_when_asked_for),
    ("the names of the lanes are there in full", names_in_full),
    ("a frame that comes long after the run was stopped is no error", late_frame),
    ("every scenario opens, and every check holds unless a rule is off: the first in four", |page| {
        every_scenario(page, 0)
    }),
    ("every scenario opens, and every check holds unless a rule is off: the second in four", |page| {
        every_scenario(page, 1)
    }),
    ("every scenario opens, and every check holds unless a rule is off: the third in four", |page| {
        every_scenario(page, 2)
    }),
    ("every scenario opens, and every check holds unless a rule is off: the fourth in four", |page| {
        every_scenario(page, 3)
    }),
    ("a large run does not freeze the page", large_run),
    ("a run of a hundred thousand messages can be played, searched and forked", huge_run),
];

/// The protocols whose machines are in the first part of the page. A run of another protocol waits for the rest.
const EARLY: [&str; 5] = ["preliminary", "basic", "complete", "multi", "broadcast"];

fn opens_on_a_running_ballot(page: &Page) -> Outcome {
    page.wait_for(TIMELINE)?;
    expect(page, "it plays by itself", page.has_named("Pause")?)?;
    tab(page, "latency")?;
    expect(page, "the run starts before it is decided", page.count("#all-latency")? == 0)?;
    wait_for_latency(page, "5Δ")?;
    page.wait_for_text("#leader-latency", "4Δ")?;
    wait_for_counts(page, 20, 0)?;
    page.wait_until("it to stop", "return !!document.querySelector(\"[aria-label='Play']\")", &[])?;
    let pixels = page.timeline_pixels()?;
    expect(page, &format!("the run is drawn; {pixels} pixels are"), pixels > 5_000)
}

fn first_picture(page: &Page) -> Outcome {
    page.move_to_new_origin()?;
    page.publish(Publication::First);
    plays_without_rest(page, "", "A minimal ballot")?;
    page.publish(Publication::Built);
    page.click_named("Try again")?;
    wait_for_latency(page, "5Δ")
}

/// Opens an address of which only the first part is published. What comes later is told to be missing, where there is a
/// place for it.
fn plays_without_rest(page: &Page, suffix: &str, heading: &str) -> Outcome {
    page.open(suffix)?;
    page.wait_until(
        &format!("“{suffix}” to play"),
        "const text = (selector) => document.querySelector(selector)?.textContent ?? '';
         return parseFloat(text('#now')) > 0.5 && text('.intro h2').startsWith(arguments[0])
             && !document.querySelector('.opening');",
        &[json!(heading)],
    )?;
    let pixels = page.timeline_pixels()?;
    expect(page, &format!("the run of “{suffix}” is drawn; {pixels} pixels are"), pixels > 500)?;
    page.wait_for_text(".wrong", "The rest of the page could not be loaded")?;
    // The server and the browser tell of what was not there.
    let errors = page.take_errors()?;
    let others: Vec<&String> =
        errors.iter().filter(|error| !error.contains("rest-") && !error.contains("tools-")).collect();
    expect(page, &format!("nothing else goes wrong than that the rest is missing, not {others:?}"), others.is_empty())
}

/// What a link carries: a script of its own, with acts of every kind.
fn script_under(protocol: &str) -> String {
    format!(
        "paxos-playground 1\ntitle Mine\nprotocol {protocol}\nnodes A B C D E\nseed 4\ndelay 0.2Δ..1Δ\nloss 5%\n\
         duplicates 5%\nat 0Δ propose A \"one\"\nat 2Δ crash B\nat 3Δ partition A C | D E\nat 4Δ heal\nat 5Δ restart B\n"
    )
}

fn first_picture_of_a_link(page: &Page) -> Outcome {
    for protocol in EARLY {
        page.publish(Publication::Built);
        let link = link_to(page, &script_under(protocol))?;
        // What was kept for use offline would be here as well.
        page.move_to_new_origin()?;
        page.publish(Publication::First);
        plays_without_rest(page, &link, "Mine")?;
    }
    page.publish(Publication::Built);
    page.click_named("Try again")?;
    whole(page)?;
    page.wait_for_text(".intro h2", "Mine")
}

fn link_that_waits(page: &Page) -> Outcome {
    page.open("")?;
    page.wait_for("#protocol")?;
    let protocols =
        page.execute("return [...document.querySelectorAll('#protocol option')].map((option) => option.value)")?;
    let protocols: Vec<_> = protocols.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let later = protocols.iter().filter(|protocol| !EARLY.contains(protocol)).count();
    expect(
        page,
        "the page offers its first protocols and others",
        later > 0 && later + EARLY.len() == protocols.len(),
    )?;
    let link = link_to(page, &script_under(protocols.last().ok_or("There is no protocol.")?))?;
    page.move_to_new_origin()?;
    page.publish(Publication::First);
    page.open(&link)?;
    page.wait_for_text(".wrong", "The rest of the page could not be loaded")?;
    page.take_errors()?;
    page.publish(Publication::Built);
    page.click_named("Try again")?;
    page.wait_for_text(".intro h2", "Mine")
}

/// The link to a script, as the page itself makes it, without the instant: so it plays from its beginning.
fn link_to(page: &Page, script: &str) -> Result<String, String> {
    page.open("")?;
    paste(page, script)?;
    page.wait_for_text(".intro h2", "Mine")?;
    page.execute(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } });",
    )?;
    in_menu(page, "share", "#copy-link")?;
    page.wait_until("the link to be copied", "return !!window.copied", &[])?;
    let link = page.execute("return window.copied.slice(window.copied.indexOf('#')).replace(/&t=[^&]*/, '')")?;
    link.as_str().map(str::to_owned).ok_or("The link is no text.".to_owned())
}

fn first_picture_of_a_frame(page: &Page) -> Outcome {
    page.move_to_new_origin()?;
    page.publish(Publication::First);
    let scenario = "#v=1&scenario=two-proposers";
    for query in ["", "?controls=min&theme=dark", "?panels=checks,network&speed=2&readonly"] {
        plays_without_rest(page, &format!("embed.html{query}{scenario}"), "Two proposers meet")?;
        let is_side = page.count(".side")? > 0;
        expect(page, "beside the picture is what its author wants there", is_side == query.contains("panels"))?;
    }
    let looks = page.execute(
        "const shown = document.querySelector('.playground').classList;
         return shown.contains('embed') && shown.contains('readonly') && !document.querySelector('header.top');",
    )?;
    expect(page, "the frame is presented as its author wants it", looks == json!(true))?;
    page.publish(Publication::Built);
    page.click_named("Try again")?;
    page.wait_for("#open-full")?;
    page.wait_for("#tab-checks, #checks")
}

/// Every fourth scenario from this one on, because all of them take too long for one test.
fn scenarios_without_rest(page: &Page, from: usize) -> Outcome {
    page.wait_for("#scenario")?;
    let all = page.execute(
        "return [...document.querySelectorAll('#scenario option')].map((option) => [option.value, option.textContent])",
    )?;
    let all: Vec<(String, String)> = serde_json::from_value(all).map_err(|error| error.to_string())?;
    page.move_to_new_origin()?;
    page.publish(Publication::First);
    for (name, title) in all.iter().filter(|(name, _)| is_early(name)).skip(from).step_by(4) {
        plays_without_rest(page, &format!("embed.html?speed=5#v=1&scenario={name}"), title)?;
    }
    page.publish(Publication::Built);
    Ok(())
}

/// Whether a built-in scenario runs one of the slides' protocols.
fn is_early(scenario: &str) -> bool {
    let file = format!("{}/../../src/scenario/library/{scenario}.paxos", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut named = text.lines().filter_map(|line| line.strip_prefix("protocol")).map(str::trim);
    named.all(|protocol| EARLY.contains(&protocol))
}

fn acts_before_rest(page: &Page) -> Outcome {
    page.move_to_new_origin()?;
    page.publish(Publication::Late);
    for (name, said) in [("One step", "NextBallot"), ("To the end", "5Δ")] {
        page.open("")?;
        page.click(TO_START)?;
        page.click(&format!("[aria-label='{name}']"))?;
        page.wait_for_text("#why", said)?;
    }
    // Its script comes with the rest.
    page.open("")?;
    choose(page, "#scenario", "pbft-steady")?;
    page.wait_for_text(".intro h2", "Three phases")?;
    page.publish(Publication::Built);
    Ok(())
}

fn tools_when_asked_for(page: &Page) -> Outcome {
    page.move_to_new_origin()?;
    page.open("")?;
    whole(page)?;
    let fetched = |page: &Page| {
        page.execute(
            "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/tools-')).length",
        )
    };
    expect(page, "nobody has asked for the tools", fetched(page)? == json!(0))?;
    page.publish(Publication::First);
    page.click("#explore-button")?;
    page.wait_for_text("#explore .wrong", "This part of the page could not be loaded")?;
    page.take_errors()?;
    page.publish(Publication::Built);
    page.click_named("Try again")?;
    page.wait_for("#explore .questions")?;
    let once = fetched(page)?;
    expect(page, "they are fetched then", once != json!(0))?;
    page.click("#play-place")?;
    tab(page, "script")?;
    page.wait_for("#script-text")?;
    in_menu(page, "share", "#embed-button")?;
    page.wait_for("#author iframe")?;
    expect(page, "and once for all", fetched(page)? == once)
}

fn names_in_full(page: &Page) -> Outcome {
    page.wait_for("ol.lanes b")?;
    page.click(TO_END)?;
    page.wait_until(
        "what the processes remember to stand beside their names",
        "return document.querySelectorAll('ol.lanes .cells span').length > 10",
        &[],
    )?;
    let cut = page.execute(
        "const names = [...document.querySelectorAll('ol.lanes b')].filter((name) => name.scrollWidth > name.clientWidth);
         return names.map((name) => name.textContent).join(' ');",
    )?;
    expect(page, &format!("no name is cut off, not {cut}"), cut == json!(""))?;
    let cut = page.execute(
        "const cells = [...document.querySelectorAll('ol.lanes .cells span')].filter((cell) => cell.scrollWidth > cell.clientWidth);
         return cells.map((cell) => cell.textContent).join(' ');",
    )?;
    expect(page, &format!("no decree is cut off, not {cut}"), cut == json!(""))
}

/// A tab that nobody looks at gets its frames once somebody looks at it again.
fn late_frame(page: &Page) -> Outcome {
    page.wait_for("[aria-label='Pause']")?;
    page.execute(
        "window.requestAnimationFrame = (run) => setTimeout(() => run(performance.now()), 2000);
         window.cancelAnimationFrame = clearTimeout;",
    )?;
    // The frame that was asked for before comes, and asks for the frame that will be late.
    page.execute_async("await new Promise((done) => setTimeout(done, 300));")?;
    page.click("[aria-label='Pause']")?;
    page.wait_for("[aria-label='Play']")?;
    // If something goes wrong then, it is among the page's errors.
    page.execute_async("await new Promise((done) => setTimeout(done, 2500));").map(drop)
}

/// One test for every fourth scenario, since a test has a minute.
fn every_scenario(page: &Page, quarter: usize) -> Outcome {
    page.wait_for("#scenario")?;
    let names =
        page.execute("return [...document.querySelectorAll('#scenario option')].map((option) => option.value)")?;
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    expect(page, "there are scenarios to choose from", names.len() >= 20)?;
    tab(page, "checks")?;
    for name in names.into_iter().skip(quarter).step_by(4) {
        open_at_end(page, name)?;
        page.wait_for("#checks li")?;
        page.wait_for_absence("#checks[aria-busy=true]")?;
        // A rule is switched off, the script injects messages that nobody sent, a disk is lost, quorums do not meet, or too many
        // processes lie.
        let said = ["vote-nobody-began", "restart-empty", "flexible-sum-is-n", "pbft-too-many-liars", "fab-two-liars"];
        let is_said = said.contains(&name);
        let is_broken = page.count(".edited.off")? > 0 || is_said;
        expect(page, name, is_broken == (page.count("#checks li.bad")? > 0))?;
    }
    Ok(())
}

fn large_run(page: &Page) -> Outcome {
    let acts: String = (0..20).map(|time| format!("at {time}Δ propose A \"v{time}\"\n")).collect();
    paste(page, &format!("paxos-playground 1\nprotocol multi\nnodes 128\n{acts}"))?;
    page.click(TO_END)?;
    tab(page, "ledger")?;
    page.wait_for_text("#ledger", "v19")?;
    step_in_time(page)
}

fn huge_run(page: &Page) -> Outcome {
    let acts: String = (0..834).map(|time| format!("at {}Δ propose A \"v{time}\"\n", 6 * time)).collect();
    paste(page, &format!("paxos-playground 1\nnodes 25\n{acts}"))?;
    // A long run is computed between frames.
    page.wait_until("the whole run", "return Number(document.querySelector('#scrubber').max) === 500_300", &[])?;
    page.click(TO_END)?;
    wait_for_counts(page, 100_080, 0)?;
    step_in_time(page)?;
    // At this instant questions are under way and nothing happens; an act at an instant at which something happened
    // would come right after it.
    scrub(page, 150_050)?;
    page.click("#cut")?;
    wait_for_line(page, "^at 1500.5Δ +partition")?;
    page.click(TO_END)?;
    page.wait_until(
        "messages to be lost",
        "return !document.querySelector('#timeline').getAttribute('aria-label').includes(' 0 lost')",
        &[],
    )
}

/// A generous limit, which catches work that takes seconds, on any machine.
fn step_in_time(page: &Page) -> Outcome {
    let took = page.execute_async(
        "const before = performance.now();
         for (let step = 0; step < 5; step += 1) {
             document.querySelector(\"[aria-label='Back one step']\").click();
             await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
         }
         return (performance.now() - before) / 5;",
    )?;
    let took = took.as_f64().unwrap_or(f64::MAX);
    println!("    a step takes {took:.0} ms");
    let limit = 1000.0 * f64::from(page.patience());
    expect(page, &format!("a step takes less than {limit} ms, not {took:.0} ms"), took < limit)
}
