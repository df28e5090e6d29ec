//! How smoothly the page moves: the main thread's work in each frame of a pan, a zoom, a scrub and a run that plays,
//! for runs of a thousand to a hundred thousand messages; and what a fork, idling and many forks cost. Nothing is
//! asserted, because times differ between machines. The tables go to the standard output as Markdown.
//!
//! One step of a gesture is made at the start of each animation frame. The work of that frame is the time from the
//! first thing that runs in it (a scroll event or an animation callback) until a message that was posted in the
//! callback arrives, which is after style, layout and paint. This is time on the clock, so it grows when the machine is
//! busy with something else. As a cross-check, the browser itself says how much processor time its main thread took in
//! all (`TaskDuration`); this is divided by the number of frames.

use std::time::Duration;

use serde_json::{Value, json};

use crate::page::{TO_END, paste};
use crate::server::Server;
use crate::webdriver::{Browser, Session};
use crate::window::{DESKTOP, Page, TIMELINE};
use crate::{Options, Outcome};

/// The runs: nodes and ballots. A ballot of n nodes sends 5(n − 1) messages.
const RUNS: [(u32, u32); 3] = [(5, 50), (9, 250), (25, 834)];
/// The frames of each gesture.
const FRAMES: usize = 300;
/// The forks after which memory is read.
const FORKS: [u32; 2] = [50, 500];
/// How long the page is watched while it does nothing, in seconds.
const IDLE_SECONDS: u64 = 5;
/// One run's measurements may take this long.
const LIMIT: Duration = Duration::from_secs(4 * 60);

/// The gestures: a name, what is done once before it, and one step (`part` goes from 0 to 1), as JavaScript.
const GESTURES: [(&str, &str, &str); 6] = [
    // A hand pans about 40 pixels in a frame, so the gesture goes to and fro around the middle of the run.
    (
        "pan",
        "",
        "const middle = (scroller.scrollWidth - scroller.clientWidth) / 2;
         scroller.scrollLeft = middle + 3000 * Math.sin(part * 4 * Math.PI);",
    ),
    // The scrubber jumps anywhere, so nothing that was drawn before can be used again.
    ("jump", "", "scroller.scrollLeft = (scroller.scrollWidth - scroller.clientWidth) * ((frame * 0.618) % 1);"),
    // The gesture zooms out until the whole run is in view, and in again.
    (
        "zoom",
        "",
        "const box = canvas.getBoundingClientRect();
         canvas.dispatchEvent(new WheelEvent('wheel', {
             ctrlKey: true, deltaY: part < 0.5 ? 40 : -40, bubbles: true, cancelable: true,
             clientX: box.left + box.width / 2, clientY: box.top + box.height / 2,
         }));",
    ),
    (
        "scrub",
        "",
        "const [low, high] = [Number(scrubber.min), Number(scrubber.max)];
         scrubber.value = low + (high - low) * part;
         scrubber.dispatchEvent(new InputEvent('input', { bubbles: true }));",
    ),
    (
        "scrub, whole run in view",
        "key('0');",
        "const [low, high] = [Number(scrubber.min), Number(scrubber.max)];
         scrubber.value = low + (high - low) * part;
         scrubber.dispatchEvent(new InputEvent('input', { bubbles: true }));",
    ),
    ("play", "key('0'); key('Home'); key('k');", ""),
];

/// The beginning of all scripts.
const PRELUDE: &str = "
    const canvas = document.querySelector('#timeline');
    const scroller = document.querySelector('#timeline-scroll');
    const scrubber = document.querySelector('#scrubber');
    const key = (name) => canvas.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
    // The page's own callbacks may run before ours, and scroll events before any: whoever is first starts the watch.
    let started = 0;
    const note = () => { if (!started) started = performance.now(); };
    const painted = (step) => new Promise((done) => requestAnimationFrame(() => {
        note();
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
            const took = performance.now() - started;
            started = 0;
            done(took);
        };
        channel.port2.postMessage(0);
        step();
    }));
";

const GESTURE: &str = "
    const original = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => original.call(window, (time) => { note(); callback(time); });
    addEventListener('scroll', note, { capture: true });
    const work = [];
    for (let frame = 0; frame < FRAMES; frame += 1) {
        const part = frame / (FRAMES - 1);
        work.push(await painted(() => { STEP }));
    }
    removeEventListener('scroll', note, { capture: true });
    window.requestAnimationFrame = original;
    return work;
";

/// An act at a third of the run: the time from the click until it is painted, several times.
const FORK: &str = "
    const times = [];
    for (let round = 0; round < 5; round += 1) {
        scrubber.value = Number(scrubber.max) / 3;
        scrubber.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await painted(() => {});
        await new Promise((done) => setTimeout(done, 300));
        const before = performance.now();
        document.querySelector('#cut').click();
        await painted(() => {});
        times.push(performance.now() - before);
        await new Promise((done) => setTimeout(done, 300));
        key('z');
        await painted(() => {});
        await new Promise((done) => setTimeout(done, 300));
    }
    return times;
";

/// Forks by an act and by undoing it, one in each frame.
const FORK_ON: &str = "
    for (let fork = 0; fork < COUNT; fork += 1) {
        if (fork % 2) key('z');
        else document.querySelector('#cut').click();
        await painted(() => {});
    }
    return true;
";

/// Measures every run and prints the tables.
pub(crate) fn measure(options: &Options, server: &Server) -> Outcome {
    if options.driver.browser != Browser::Chromium {
        return Err("Frames are measured in chromium, which says how busy it is.".to_owned());
    }
    let session = Session::open(&options.driver)?;
    session.post("/timeouts", &json!({ "script": LIMIT.as_millis() as u64 }))?;
    let page = Page::new(&session, server, None);
    page.allow(LIMIT);
    page.set_viewport(DESKTOP)?;
    // This is the thread's own time; the time that other programs take meanwhile is not counted.
    page.developer_tools("Performance.enable", &json!({ "timeDomain": "threadTicks" }))?;
    println!("Milliseconds of the main thread's work in a frame, {FRAMES} frames each:\n");
    println!("| messages | gesture | median | 95 % | worst | processor time |");
    println!("|---:|---|---:|---:|---:|---:|");
    let mut others = Vec::new();
    for (nodes, ballots) in RUNS {
        page.allow(LIMIT);
        let messages = 5 * (nodes - 1) * ballots;
        open(&page, &script(nodes, ballots))?;
        for (name, before, step) in GESTURES {
            page.execute(&format!("{PRELUDE} {before}"))?;
            page.settle()?;
            let frames = format!("const FRAMES = {FRAMES};");
            let busy = busy_ms(&page)?;
            let work = page.execute_async(&format!("{PRELUDE} {frames} {}", GESTURE.replace("STEP", step)))?;
            let busy = (busy_ms(&page)? - busy) / FRAMES as f64;
            let [median, most, worst] = spread(&work);
            println!("| {messages} | {name} | {median:.1} | {most:.1} | {worst:.1} | {busy:.1} |");
        }
        others.push(costs(&page, messages)?);
        for error in page.take_errors()? {
            println!("The page complained: {error}");
        }
    }
    println!(
        "\nOther costs: a fork at a third of the run until it is painted; how busy the page is when nothing happens"
    );
    println!("at the end of the run; and what is in use after so many forks.\n");
    let [few, many] = FORKS;
    println!("| messages | fork, ms | idle | JavaScript heap after {few} → {many} forks | WebAssembly memory |");
    println!("|---:|---:|---:|---:|---:|");
    others.iter().for_each(|row| println!("{row}"));
    Ok(())
}

/// A row of the second table.
fn costs(page: &Page, messages: u32) -> Outcome<String> {
    let [fork, _, _] = spread(&page.execute_async(&format!("{PRELUDE} {FORK}"))?);
    page.click(TO_END)?;
    // Work that was put off after the last act does not count as idling.
    page.execute_async("await new Promise((done) => setTimeout(done, 2000));")?;
    let busy = busy_ms(page)?;
    page.execute_async(&format!("await new Promise((done) => setTimeout(done, {IDLE_SECONDS} * 1000));"))?;
    let idle = (busy_ms(page)? - busy) / (IDLE_SECONDS as f64 * 10.0);
    let mut done = 0;
    let mut memory = Vec::new();
    for forks in FORKS {
        page.allow(LIMIT);
        page.execute_async(&format!("{PRELUDE} const COUNT = {}; {FORK_ON}", forks - done))?;
        done = forks;
        page.developer_tools("HeapProfiler.collectGarbage", &json!({}))?;
        let wasm = page.execute("return window.e2eMemory ? window.e2eMemory.buffer.byteLength : 0;")?;
        memory.push((metric(page, "JSHeapUsedSize")? / 1e6, wasm.as_f64().unwrap_or_default() / 1e6));
    }
    let [few, many] = [memory[0], memory[1]];
    Ok(format!(
        "| {messages} | {fork:.1} | {idle:.2} % | {:.1} → {:.1} MB | {:.1} → {:.1} MB |",
        few.0, many.0, few.1, many.1
    ))
}

/// Loads the page, pastes the script and goes to the end of the run.
fn open(page: &Page, script: &str) -> Outcome {
    page.open("")?;
    page.wait_for(TIMELINE)?;
    paste(page, script)?;
    page.wait_for_text("h2", "Frames")?;
    page.click(TO_END)?;
    // The checks are judged in between; they are not a part of a gesture.
    page.execute_async("await new Promise((done) => setTimeout(done, 3000));").map(drop)
}

/// A script with one ballot after another, each of which is done before the next begins.
fn script(nodes: u32, ballots: u32) -> String {
    let acts: String = (0..ballots).map(|ballot| format!("at {}Δ propose A \"v{ballot}\"\n", 6 * ballot)).collect();
    format!("paxos-playground 1\ntitle Frames\nprotocol basic\nnodes {nodes}\n{acts}")
}

/// How long the page's main thread has been busy so far, in milliseconds.
fn busy_ms(page: &Page) -> Outcome<f64> {
    Ok(metric(page, "TaskDuration")? * 1000.0)
}

fn metric(page: &Page, name: &str) -> Outcome<f64> {
    let answer = page.developer_tools("Performance.getMetrics", &json!({}))?;
    let metrics = answer["metrics"].as_array().cloned().unwrap_or_default();
    let found = metrics.iter().find(|metric| metric["name"] == name).and_then(|metric| metric["value"].as_f64());
    found.ok_or_else(|| format!("The browser does not tell its {name}."))
}

/// The median, the 95th percentile and the largest of the numbers that a script answered.
fn spread(numbers: &Value) -> [f64; 3] {
    let mut numbers: Vec<f64> = numbers.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let place = (numbers.len() as f64 * part) as usize;
        numbers.get(place).or(numbers.last()).copied().unwrap_or_default()
    };
    [at(0.5), at(0.95), at(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_numbers_is_read_off_their_order() {
        let numbers: Vec<u32> = (0..100).rev().collect();
        assert_eq!(spread(&json!(numbers)), [50.0, 95.0, 99.0]);
        assert_eq!(spread(&json!([])), [0.0; 3]);
    }

    #[test]
    fn every_script_fits_in_the_editor() {
        assert!(RUNS.iter().all(|(nodes, ballots)| script(*nodes, *ballots).len() <= 65_536));
    }
}
