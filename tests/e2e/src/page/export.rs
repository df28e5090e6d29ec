//! Saving files: they are byte for byte those of the terminal, one is a picture in pixels, and a sentence says why
//! there is none.

use serde_json::Value;

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a run is saved as the figure that a terminal draws", figures),
    ("a figure is drawn as it is shown, for dark paper, in the words that are shown", as_shown),
    ("a figure is saved as a PNG of twice its size", pixels),
    ("a run is saved as an animation of its figures", film),
    ("the report, the script and the test of a run are saved", texts),
    ("a picture that is too large is refused in a sentence", too_large),
];

/// The golden figures, with which the tests of the terminal compare too.
const FIGURES: [(&str, &str, &str, u64); 2] = [
    ("minimal-ballot", "a-minimal-ballot-5delta.svg", include_str!("../../../golden-svg/minimal-ballot.svg"), 20),
    ("two-proposers", "two-proposers-meet.svg", include_str!("../../../golden-svg/two-proposers.svg"), 32),
];
const HASHES: &str = include_str!("../../../golden/hashes.txt");
const WRITTEN_TEST: &str = include_str!("../../../regression/without_promises.rs");

/// A file that the page gave to the browser.
struct Saved {
    name: String,
    kind: String,
    text: String,
}

/// Opens a built-in scenario and the menu with the buttons, and catches the files that are saved from now on.
fn open(page: &Page, scenario: &str) -> Outcome {
    choose(page, "#scenario", scenario)?;
    menu(page, "share")?;
    page.wait_for("#export-svg")?;
    page.execute(
        "if (window.catches) return;
         window.catches = true;
         const make = window.URL.createObjectURL;
         window.URL.createObjectURL = (blob) => { window.caught = blob; return make.call(window.URL, blob); };
         window.HTMLAnchorElement.prototype.click = function () { window.caughtAs = this.download; };",
    )
    .map(drop)
}

/// Presses a button and waits for its file.
fn press(page: &Page, button: &str) -> Outcome<Saved> {
    page.execute("window.caught = window.caughtAs = null")?;
    in_menu(page, "share", &format!("#export-{button}"))?;
    page.wait_until(&format!("a file from {button}"), "return !!window.caughtAs && !!window.caught", &[])?;
    let caught = page.execute_async("return [caughtAs, caught.type, await caught.text()]")?;
    let part = |place: usize| caught[place].as_str().unwrap_or_default().to_owned();
    let saved = Saved { name: part(0), kind: part(1), text: part(2) };
    page.wait_for_text("#exported", &format!("{} was written.", saved.name))?;
    Ok(saved)
}

fn figures(page: &Page) -> Outcome {
    for (scenario, name, golden, messages) in FIGURES {
        open(page, scenario)?;
        // It does not matter how far the run is shown.
        page.click(TO_START)?;
        let saved = press(page, "svg")?;
        expect(page, "the file says what it is", saved.name == name && saved.kind == "image/svg+xml")?;
        expect(page, "the terminal’s figure, to the letter", saved.text == golden)?;
        let steps = "const svg = new DOMParser().parseFromString(arguments[0], 'image/svg+xml');
             const names = [...svg.querySelectorAll('.names text')].map((one) => one.textContent).join(' ');
             const heads = svg.querySelectorAll('.timeline .head').length;
             return [svg.querySelectorAll('parsererror').length, svg.documentElement.localName, names, heads];";
        let read = page.ask(steps, &[json!(saved.text)])?;
        expect(page, "an SVG with its lanes and its arrows", read == json!([0, "svg", "A B C D E time", messages]))?;
    }
    Ok(())
}

fn as_shown(page: &Page) -> Outcome {
    open(page, "minimal-ballot")?;
    in_menu(page, "settings", "#words")?;
    page.wait_for_text("#words", "2001")?;
    scrub(page, 250)?;
    in_menu(page, "share", "#export-as-shown")?;
    in_menu(page, "share", "#export-dark")?;
    let part = press(page, "svg")?.text;
    expect(page, "until now, and no further", part.contains(", until 2.5Δ. Nothing is decided."))?;
    expect(page, "in the words of 2001", part.contains("2a Accept") && !part.contains("BeginBallot"))?;
    expect(page, "on dark paper", part.contains("fill=\"#1a1c22\""))?;
    page.click(TO_END)?;
    in_menu(page, "share", "#export-as-shown")?;
    expect(page, "all of it", press(page, "svg")?.text.contains("“red” is decided"))
}

/// Twice the width and the height of the first golden figure.
fn twice() -> [Option<u64>; 2] {
    let side = |name: &str| FIGURES[0].2.split_once(&format!(" {name}=\""))?.1.split('"').next()?.parse::<u64>().ok();
    ["width", "height"].map(|name| side(name).map(|pixels| 2 * pixels))
}

fn pixels(page: &Page) -> Outcome {
    open(page, "minimal-ballot")?;
    let saved = press(page, "png")?;
    expect(page, "the file says what it is", saved.name == "a-minimal-ballot-5delta.png" && saved.kind == "image/png")?;
    let read = page.execute_async(
        "const bytes = new DataView(await caught.arrayBuffer());
         const signature = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => bytes.getUint8(place));
         const [width, height] = [bytes.getUint32(16), bytes.getUint32(20)];
         const canvas = document.createElement('canvas');
         [canvas.width, canvas.height] = [width, height];
         const context = canvas.getContext('2d');
         context.drawImage(await createImageBitmap(caught), 0, 0);
         const inks = new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer));
         return [signature, width, height, inks.size > 20];",
    )?;
    let signature = [137, 80, 78, 71, 13, 10, 26, 10];
    let size = twice();
    let (told, is_it) =
        (format!("a PNG of twice {size:?}, painted; it is {read}"), json!([signature, size[0], size[1], true]));
    expect(page, &told, read == is_it)
}

fn film(page: &Page) -> Outcome {
    open(page, "minimal-ballot")?;
    scrub(page, 100)?;
    in_menu(page, "share", "#export-as-shown")?;
    let saved = press(page, "gif")?;
    expect(page, "the file says what it is", saved.name == "a-minimal-ballot-5delta.gif" && saved.kind == "image/gif")?;
    let bytes = page.execute_async("return [...new Uint8Array(await caught.arrayBuffer())]")?;
    let bytes: Vec<u8> = serde_json::from_value(bytes).map_err(|error| format!("These are no bytes: {error}."))?;
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let wrong = |error: gif::DecodingError| format!("This is no GIF: {error}.");
    let mut decoder = options.read_info(&bytes[..]).map_err(wrong)?;
    let size = [decoder.width(), decoder.height()].map(u64::from);
    expect(page, &format!("twice the size of the figure: {size:?}"), twice() == size.map(Some))?;
    let (mut delays, mut inks) = (Vec::new(), std::collections::BTreeSet::new());
    while let Some(frame) = decoder.read_next_frame().map_err(wrong)? {
        delays.push(u32::from(frame.delay));
        inks.extend(frame.buffer.as_chunks::<4>().0.iter().copied());
    }
    let told = format!("ten pictures of 0.1 s and the last for 3 s, painted: {delays:?}, {} colours", inks.len());
    let is_it = delays.len() > 5 && delays.iter().sum::<u32>() == 10 * 10 + 300 && inks.len() > 20;
    expect(page, &told, is_it)
}

fn texts(page: &Page) -> Outcome {
    open(page, "without-promise")?;
    let report = press(page, "report")?;
    let read: Value = serde_json::from_str(&report.text).map_err(|error| format!("The report is no JSON: {error}."))?;
    let hash = HASHES.lines().find_map(|line| line.strip_prefix("without-promise "));
    expect(page, "the golden run", read["trace_hash"].as_str() == hash && report.name == "without-promises.json")?;
    let test = press(page, "test")?;
    expect(page, "the terminal’s test", test.text == WRITTEN_TEST && test.name == "without_promises.rs")?;
    let events = press(page, "events")?;
    let first: Value = serde_json::from_str(events.text.lines().next().unwrap_or_default()).unwrap_or_default();
    expect(
        page,
        "the events of the golden run",
        first["trace_hash"].as_str() == hash && events.name.ends_with(".jsonl"),
    )?;
    for (button, begins) in [
        ("mermaid", "sequenceDiagram\n"),
        ("plantuml", "@startuml\n"),
        ("shiviz", "(?<event>.*)"),
        ("tikz", "% Without promises\n"),
    ] {
        let told = format!("a diagram from {button}");
        expect(page, &told, press(page, button)?.text.starts_with(begins))?;
    }
    page.click("#cut")?;
    let saved = press(page, "script")?;
    expect(page, "the editor’s text", saved.text == script(page)? && saved.name == "without-promises.paxos")?;
    expect(page, "with what was done", saved.text.contains("partition"))
}

fn too_large(page: &Page) -> Outcome {
    open(page, "steady")?;
    paste(
        page,
        "paxos-playground 1\ntitle Many lanes\nnodes 128\nat 0Δ propose A \"red\"\nat 60Δ propose A \"red\"\n",
    )?;
    page.wait_for_text(".intro h2", "Many lanes")?;
    in_menu(page, "share", "#export-png")?;
    page.wait_for_text("#exported", "too large for a PNG")?;
    press(page, "svg")?;
    let cuts: String = (0..1500).map(|cut| format!("at {}Δ partition A B | C D | E\n", cut / 2)).collect();
    paste(page, &format!("paxos-playground 1\ntitle Many cuts\nnodes 128\n{cuts}"))?;
    page.wait_for_text(".intro h2", "Many cuts")?;
    in_menu(page, "share", "#export-svg")?;
    page.wait_for_text("#exported", "A picture of this run would have more than 4 MB")
}
