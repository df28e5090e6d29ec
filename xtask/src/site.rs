//! The site: the published page and the documentation of the package for programs, in one folder for any static server.

use std::path::PathBuf;

use crate::setup::Setup;
use crate::{Outcome, budget, npm, page, publish};

/// Builds the page and copies it into a folder for any static server, by default below the target directory.
pub(crate) fn assemble(setup: &mut Setup, folder: Option<PathBuf>) -> Outcome {
    page::build(setup)?;
    budget::check(&setup.paths.dist)?;
    let folder = folder.unwrap_or_else(|| setup.paths.target.join("site"));
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let api = npm::api(setup)?;
    let bytes = publish::copy(&setup.paths.dist, Some(&api), &folder)?;
    println!("The page is in {}: {} kB, ready for any static server.", folder.display(), bytes.div_ceil(1000));
    println!("docs/hosting.md says which headers to send, and how versions follow each other.");
    Ok(())
}
