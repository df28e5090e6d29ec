//! Which functions of the page run as it opens and plays. This is read from a page that was built to note it
//! (`xtask/src/split/record.rs`), and written to a file with a number in each line.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::server::Server;
use crate::webdriver::{Browser, Session};
use crate::window::Page;
use crate::{Options, Outcome};

/// Each way of opening may take this long.
const LIMIT: Duration = Duration::from_secs(60);

/// The ways in which people meet the page: the window's inner size, the scheme of colours, and what follows the address.
const OPENINGS: [((u32, u32), &str, &str); 10] = [
    ((1280, 800), "light", ""),
    ((1920, 1080), "dark", ""),
    ((360, 740), "light", ""),
    ((1280, 800), "light", "#v=1&scenario=two-proposers&t=2.5&sel=B"),
    ((1280, 800), "light", SCRIPT),
    ((1280, 800), "light", LARGE),
    (
        (800, 500),
        "dark",
        "embed.html?theme=light&controls=min&panels=checks,why&readonly&speed=2#v=1&scenario=two-proposers",
    ),
    ((760, 520), "light", "embed.html#v=1&scenario=two-proposers&t=4"),
    ((1280, 800), "light", "?motion=off#v=1&scenario=steady-log"),
    ((1280, 800), "light", "?present=1#v=1&scenario=without-promise"),
];

/// A link to a script that says what scripts can say, under `multi` with a key-value store. `paxos-playground link` makes such
/// links.
const SCRIPT: &str = "#v=1&s=ePm5XDSRw2s6OFpKMjLz0pG8HQ4MulSgBDAwi5OLMgtKFJIT8xSKEyv1MMpWlAoGm8uQy0lTzHISnHgM9MyBgog6zkgVu\
    fozRq3wkL0KjTFHHN6HlAXYiwonWElihFrQ4Cr-YHEOL2hBpQlakWiCUpBglLumqK5GKXuQnJWeCnQ1SgGGUlCbY_oTGJwgHejFC\
    DxjohVX6KUZPDJQSzNDPSNT1FoM6D8uAPeosOU";

/// A link to a run of 25 nodes under `broadcast` with sixty proposals, losses and doubled messages.
const LARGE: &str = "#v=1&s=ePm5XDSRw2u6T2JReirWghVhjZEpUv1jrIpcNYF4SAWhMawgRHIONFQdcTixzABXTi4zxFUElBkpYYsGkIwxWMYEi4yJE\
    nJeR5YxRSktkGXMIGUZFhlzJWxlIEjGQgm5tESWsYT4FBoIKD6FBoIhFiloSWeERQoSDIbGWKQg4WBogkUKEhCGplikICFhaIZFC\
    hIUhuZYpCBhYWiBRQoSGIaWWKQgoWGEJTSMIKFhhCU0jKBpAktoGEFCwwhLaBhBQsMIS2gYQULDCEtoGEGrICyhYQQJDSMsoWEEC\
    Q0jLKFhBAkNIyyhYQQJDWMsoWEMCQ1jLKFhDAkNYyyhYQzNIlhCwxgSGsZYQsMYEhrGWELDGBIaxlhCwxgSGsZYQsMYEhrGWELDG\
    BIaxlhCwxgSGiZYQsMEEhomWELDBBIaJlhCwwQSGiZYQsMEWmJgCQ0TSGiYYAkNE0homGAJDRNIaJhgCQ0TSGiYYAkNE0homGAJD\
    RNIaJhiCQ1TSGiYYgkNU0homGIJDVNIaJhiCQ1TSGiYYgkNU2gBiiU0TCGhYYolNEwhoWGKJTRMIaFhiiU0TCGhYYolNExRyw2kW\
    hmWhxFtOwD2IBEx";

/// How long a run is watched.
const WATCHED: Duration = Duration::from_secs(6);

/// How long each built-in scenario is watched, in a frame at full speed.
const GLANCED: Duration = Duration::from_millis(2500);

/// Opens the page in every way, and in a frame every scenario, and writes the functions that ran in any of them.
pub(crate) fn record(options: &Options, server: &Server, file: &Path) -> Outcome {
    if options.driver.browser != Browser::Chromium {
        return Err("The page is recorded in chromium, which can pretend to be a phone.".to_owned());
    }
    let session = Session::open(&options.driver)?;
    let page = Page::new(&session, server, None);
    let mut ran = BTreeSet::new();
    let mut watch = |suffix: &str, time: Duration| {
        session.allow(LIMIT);
        page.open(suffix)?;
        page.wait_for("main")?;
        std::thread::sleep(time);
        let numbers = page.execute_async(
            "const named = (name) => document.querySelector(`meta[name=${name}]`).content;
             const program = await import(new URL(named('program'), document.baseURI));
             const { memory } = await program.default();
             const [start, length] = named('recorded').split(' ').map(Number);
             return [...new Uint8Array(memory.buffer, start, length).entries()].filter(([, ran]) => ran).map(([number]) => number);",
        )?;
        let numbers: Vec<u64> = serde_json::from_value(numbers).map_err(|error| error.to_string())?;
        println!("{} functions ran at {suffix}", numbers.len());
        ran.extend(numbers);
        Outcome::Ok(())
    };
    for (size, scheme, suffix) in OPENINGS {
        page.prefer(&[("prefers-color-scheme", scheme)])?;
        page.set_viewport(size)?;
        watch(suffix, WATCHED)?;
    }
    let names =
        page.execute("return [...document.querySelectorAll('#scenario option')].map((option) => option.value)")?;
    let names: Vec<String> = serde_json::from_value(names).map_err(|error| error.to_string())?;
    for name in names {
        watch(&format!("embed.html?speed=5#v=1&scenario={name}"), GLANCED)?;
    }
    let text: String = ran.iter().map(|number| format!("{number}\n")).collect();
    fs::write(file, text).map_err(|error| format!("{} cannot be written: {error}.", file.display()))
}
