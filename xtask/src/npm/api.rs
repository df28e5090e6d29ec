//! The documentation of the package for programs: pages that TypeDoc makes from the types, changed so that they obey
//! the site's policy.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{filled, place};
use crate::setup::Setup;
use crate::{Outcome, machine, paths, process, publish};

/// The time limit; TypeDoc takes only seconds.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Makes the pages; answers their folder.
pub(crate) fn api(setup: &Setup) -> Outcome<PathBuf> {
    let folder = place(setup).join("api");
    paths::remove_folder(&folder)?;
    let npm = setup.paths.root.join("npm");
    let mut typedoc = process::command("node");
    typedoc.current_dir(&npm).arg(setup.typedoc()?).args(["--options", "typedoc.json", "--out"]).arg(&folder);
    process::run(&mut typedoc, LIMIT)?;
    for page in pages(&folder) {
        let html = strict(&text(&page)?);
        paths::write_file(&page, &html.map_err(|error| format!("{} {error}", page.display()))?)?;
    }
    let script = folder.join("assets/main.js");
    let (style, nothing) = ("createElement(\"style\")", "createElement(\"template\")");
    // The style that the script writes hides what filters leave out, and there are no filters.
    paths::write_file(&script, &filled(&text(&script)?, (style, nothing), "TypeDoc's main.js")?)?;
    Ok(folder)
}

fn text(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for path in machine::entries(folder) {
        if path.is_dir() {
            pages.extend(self::pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "html") {
            pages.push(path);
        }
    }
    pages
}

/// A page with the site's policy and without its inline script, which only hides the page until the style is loaded.
fn strict(html: &str) -> Outcome<String> {
    const CHARSET: &str = "<meta charset=\"utf-8\"/>";
    let mut parts = html.split("<script>");
    let mut strict = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        strict.push_str(part.split_once("</script>").ok_or("has a script without an end.")?.1);
    }
    for forbidden in ["<style", " style=\"", "<script>", "://"] {
        if strict.contains(forbidden) {
            return Err(format!("has {forbidden} in it, which the site's policy forbids."));
        }
    }
    if strict.matches(CHARSET).count() != 1 {
        return Err(format!("should say {CHARSET} once."));
    }
    let policy = format!("{CHARSET}<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>", publish::POLICY);
    Ok(strict.replace(CHARSET, &policy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_keeps_no_script_of_its_own() {
        let page = strict("<head><meta charset=\"utf-8\"/></head><body><script>hide()</script><p>text</p></body>");
        let page = page.expect("it can be made fit");
        assert!(page.contains("Content-Security-Policy") && page.ends_with("<body><p>text</p></body>"), "{page}");
        assert!(strict("<meta charset=\"utf-8\"/><p style=\"color: red\">").is_err());
        assert!(strict("<meta charset=\"utf-8\"/><script src=\"https://example.org/a.js\"></script>").is_err());
        assert!(strict("<p>").is_err());
    }
}
