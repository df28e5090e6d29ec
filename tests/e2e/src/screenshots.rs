//! Photographs of the page: a few named pictures, in the sizes of a laptop, a projector and a phone, light and dark.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::page::shots::SHOTS;
use crate::server::Server;
use crate::webdriver::{Browser, Session};
use crate::window::Page;
use crate::{Options, Outcome};

/// The window's inner sizes. A file is named after the width.
const SIZES: [(u32, u32); 3] = [(1280, 800), (1920, 1080), (360, 740)];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// One picture's steps may take this long.
const LIMIT: Duration = Duration::from_secs(60);

/// Takes the pictures. Without `all`, only the first one is taken in every size and both schemes, and the others only
/// as a light laptop shows them. So the repository contains what the documents show, and stays small.
pub(crate) fn take(options: &Options, server: &Server, folder: &Path, all: bool) -> Outcome {
    if options.driver.browser != Browser::Chromium {
        return Err("Pictures are taken in chromium, which can pretend to be a phone.".to_owned());
    }
    fs::create_dir_all(folder).map_err(|error| format!("{} cannot be created: {error}.", folder.display()))?;
    let session = Session::open(&options.driver)?;
    let page = Page::new(&session, server, None);
    for (place, (name, prepare)) in SHOTS.iter().enumerate().filter(|(_, shot)| shot.0.contains(&options.filter)) {
        let sizes = SIZES.iter().flat_map(|size| SCHEMES.map(|scheme| (*size, scheme)));
        for (size, scheme) in sizes.filter(|wanted| all || place == 0 || *wanted == (SIZES[0], SCHEMES[0])) {
            session.allow(LIMIT);
            page.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")])?;
            page.set_viewport(size)?;
            page.open("")?;
            page.wait_for("main")?;
            prepare(&page)?;
            // The picture is taken without a focus ring, at the top of the page, with its fonts, and after all changes
            // have been painted.
            page.execute("document.activeElement.blur(); scrollTo({ left: 0, top: 0, behavior: 'instant' });")?;
            page.execute_async("await document.fonts.ready;")?;
            page.settle()?;
            let file = folder.join(format!("{name}-{}-{scheme}.png", size.0));
            page.screenshot(&file)?;
            println!("{}", file.display());
            for error in page.take_errors()? {
                println!("    The page complained: {error}");
            }
        }
    }
    Ok(())
}
