//! A built program that uses the npm package: whether its reports equal those of the terminal, whether it shows a
//! playground, and whether the documentation beside it can be read, all under the policy of the server.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::server::Server;
use crate::webdriver::Session;
use crate::window::Page;
use crate::{Options, Outcome};

/// All of it together may take this long.
const LIMIT: Duration = Duration::from_secs(120);

/// Tests all of this. `folder` has the terminal's reports as NAME.json, for each built-in scenario.
pub(crate) fn check(options: &Options, server: &Server, folder: &Path) -> Outcome {
    let session = Session::open(&options.driver)?;
    let page = Page::new(&session, server, None);
    session.allow(LIMIT);
    page.open("")?;
    page.wait_until("the playground to be shown", "return document.documentElement.dataset.shown === '1'", &[])?;
    page.wait_for("html[data-decided]")?;
    let compared = compare(&page, folder)?;
    complaints(&page, server)?;
    println!("{compared} reports are those of the terminal, and the playground decided.");
    documentation(&page)?;
    complaints(&page, server)
}

fn compare(page: &Page, folder: &Path) -> Outcome<usize> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}.", folder.display());
    let mut compared = 0;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let is_report = file.extension().is_some_and(|extension| extension == "json");
        // Scripts in the folder do not belong to built-in scenarios.
        if !is_report || file.with_extension("paxos").exists() {
            continue;
        }
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let said = page.execute_async(&format!("return (await window.reports([{}]))[0];", json!(name)))?;
        let expected = fs::read_to_string(&file).map_err(failed)?;
        if said.as_str() != Some(expected.as_str()) {
            return Err(format!("The package's report of {name} is not the terminal's: {said}"));
        }
        compared += 1;
    }
    if compared > 5 { Ok(compared) } else { Err(format!("{} has too few reports.", folder.display())) }
}

fn documentation(page: &Page) -> Outcome {
    page.open("api/index.html")?;
    // The list of all entries is made by the page's own scripts.
    page.wait_for("nav a[href*='functions/run.html']")?;
    page.open("api/interfaces/Report.html")?;
    page.wait_until("the report's fields", "return document.body.innerText.includes('trace_hash')", &[])
}

fn complaints(page: &Page, server: &Server) -> Outcome {
    let errors = [page.take_errors()?, server.take_complaints()].concat();
    if errors.is_empty() { Ok(()) } else { Err(format!("The page complained: {}", errors.join("; "))) }
}
