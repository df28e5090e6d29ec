//! How long a first visit takes on a slow network: the page, and the page as a frame, loaded in Chromium over a connection
//! that is as slow as its developer tools' "Fast 3G", compressed as servers do, with nothing kept from before. Nothing is
//! added to the page for the measurement, since a script before everything else would add a whole turn to each time.

use std::time::Duration;

use serde_json::{Value, json};

use crate::server::Server;
use crate::webdriver::{Browser, Session};
use crate::window::Page;
use crate::{Options, Outcome};

/// How often each of them is loaded; the median counts.
const TIMES: usize = 5;

/// Each visit may take this long.
const LIMIT: Duration = Duration::from_secs(60);

/// Bytes a second down and up, and milliseconds until an answer begins.
const FAST_3G: (u32, u32, f64) = (180_000, 84_375, 562.5);

/// What is loaded: its name in the table, and what follows the folder's address.
const VISITS: [(&str, &str); 4] = [
    ("page", ""),
    ("page, by a link", "#v=1&scenario=two-proposers"),
    ("frame", "embed.html#v=1&scenario=two-proposers"),
    ("frame, controls=min", "embed.html?controls=min&theme=light#v=1&scenario=minimal-ballot"),
];

/// A script that notes when the run is first seen, and when its panels are.
const WATCH: &str = "
    window.seen = {};
    const note = (name, selector) => {
        if (!seen[name] && document.querySelector(selector)) requestAnimationFrame(() => { seen[name] ??= performance.now(); });
    };
    new MutationObserver(() => {
        note('run', '.playground:not(.opening) #timeline[data-per-delta]');
        note('rest', '#copy-link, #open-full');
    }).observe(document, { attributes: true, childList: true, subtree: true });
";

/// The results of a visit, in milliseconds and bytes.
const READ: &str = "
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const files = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const bytes = files.filter(({ responseEnd }) => responseEnd < seen.run).reduce((sum, one) => sum + one.encodedBodySize, 0);
    return [paint, seen.run, seen.rest, bytes];
";

/// Loads everything and prints a table.
pub(crate) fn measure(options: &Options, server: &Server) -> Outcome {
    if options.driver.browser != Browser::Chromium {
        return Err("Loading is measured in chromium, whose network can be slowed down.".to_owned());
    }
    server.serve_plainly();
    println!("| first visit, Fast 3G | bytes before the run is seen | first paint | run | all |");
    println!("|---|---:|---:|---:|---:|");
    for (name, suffix) in VISITS {
        let visits: Vec<Vec<f64>> = (0..TIMES).map(|_| visit(options, server, suffix)).collect::<Outcome<_>>()?;
        let median = |place: usize| {
            let mut all: Vec<f64> = visits.iter().map(|visit| visit[place]).collect();
            all.sort_by(f64::total_cmp);
            all[TIMES / 2]
        };
        let seconds = |place| median(place) / 1000.0;
        println!("| {name} | {:.0} | {:.2} s | {:.2} s | {:.2} s |", median(3), seconds(0), seconds(1), seconds(2));
    }
    Ok(())
}

/// One visit with a fresh browser.
fn visit(options: &Options, server: &Server, suffix: &str) -> Outcome<Vec<f64>> {
    let session = Session::open(&options.driver)?;
    session.allow(LIMIT);
    let page = Page::new(&session, server, None);
    let (download, upload, latency) = FAST_3G;
    page.developer_tools("Network.enable", &json!({}))?;
    page.developer_tools("Network.setBypassServiceWorker", &json!({ "bypass": true }))?;
    page.developer_tools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }))?;
    let slow =
        json!({ "offline": false, "latency": latency, "downloadThroughput": download, "uploadThroughput": upload });
    page.developer_tools("Network.emulateNetworkConditions", &slow)?;
    page.visit(suffix)?;
    page.wait_until("all of the page", "return !!window.seen?.rest && !!window.seen.run", &[])?;
    let read: Value = page.execute(READ)?;
    serde_json::from_value(read).map_err(|error| format!("What was measured cannot be read: {error}."))
}
