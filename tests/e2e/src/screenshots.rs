//! Photographs of the page: wide and narrow, light and dark, for every row of [`crate::page::SHOTS`].

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::harness::{DESKTOP, Outcome, Page};
use crate::page::SHOTS;
use crate::server::Server;
use crate::webdriver::{Browser, Driver, Session};

/// A phone's inner window size.
const PHONE: (u32, u32) = (360, 740);

/// One picture's steps may take this long.
const LIMIT: Duration = Duration::from_secs(60);

/// Takes all pictures.
pub(crate) fn take(server: &Server, driver: &Driver, folder: &Path) -> Outcome {
    if driver.browser != Browser::Chromium {
        return Err("Pictures are taken in chromium, which can pretend to be a phone.".to_owned());
    }
    fs::create_dir_all(folder).map_err(|error| format!("{} cannot be created: {error}.", folder.display()))?;
    let session = Session::open(driver)?;
    let page = Page::new(&session, server);
    for (name, script) in SHOTS {
        for (width_name, size) in [("wide", DESKTOP), ("narrow", PHONE)] {
            for scheme in ["light", "dark"] {
                session.allow(LIMIT);
                page.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")])?;
                page.set_viewport(size)?;
                page.open("")?;
                page.wait_for("main")?;
                page.execute_async(script)?;
                // Fonts are there, and what the script changed has been painted.
                page.execute_async(
                    "await document.fonts.ready;
                     for (let i = 0; i < 2; i += 1) await new Promise((next) => requestAnimationFrame(next));",
                )?;
                let file = folder.join(format!("{name}-{width_name}-{scheme}.png"));
                page.screenshot(&file)?;
                println!("{}", file.display());
                for error in page.take_errors()? {
                    println!("    The page complained: {error}");
                }
            }
        }
    }
    Ok(())
}
