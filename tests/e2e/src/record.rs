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
const OPENINGS: [((u32, u32), &str, &str); 4] = [
    ((1280, 800), "light", ""),
    ((1920, 1080), "dark", ""),
    ((360, 740), "light", ""),
    ((1280, 800), "light", "#v=1&scenario=two-proposers"),
];

/// How long a run is watched.
const WATCHED: Duration = Duration::from_secs(6);

/// Opens the page in every way and writes the functions that ran in any of them.
pub(crate) fn record(options: &Options, server: &Server, file: &Path) -> Outcome {
    if options.driver.browser != Browser::Chromium {
        return Err("The page is recorded in chromium, which can pretend to be a phone.".to_owned());
    }
    let session = Session::open(&options.driver)?;
    let page = Page::new(&session, server, None);
    let mut ran = BTreeSet::new();
    for (size, scheme, suffix) in OPENINGS {
        session.allow(LIMIT);
        page.prefer(&[("prefers-color-scheme", scheme)])?;
        page.set_viewport(size)?;
        page.open(suffix)?;
        page.wait_for("main")?;
        std::thread::sleep(WATCHED);
        let numbers = page.execute_async(
            "const named = (name) => document.querySelector(`meta[name=${name}]`).content;
             const program = await import(new URL(named('program'), document.baseURI));
             const { memory } = await program.default();
             const [start, length] = named('recorded').split(' ').map(Number);
             return [...new Uint8Array(memory.buffer, start, length).entries()].filter(([, ran]) => ran).map(([number]) => number);",
        )?;
        let numbers: Vec<u64> = serde_json::from_value(numbers).map_err(|error| error.to_string())?;
        println!("{} functions ran at {}×{} {scheme} {suffix}", numbers.len(), size.0, size.1);
        ran.extend(numbers);
    }
    let text: String = ran.iter().map(|number| format!("{number}\n")).collect();
    fs::write(file, text).map_err(|error| format!("{} cannot be written: {error}.", file.display()))
}
