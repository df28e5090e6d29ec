//! The npm package: the engine as a module, the element, their types, and the page to host.
//!
//! wasm-pack makes the engine from the crate in `npm/`. The scripts that call it and the types are copied as they are.
//! The page is the published one. `test` compares the package with the terminal, in a project of its own.

mod api;
mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use crate::setup::Setup;
use crate::{Outcome, budget, page, paths, process, publish};

pub(crate) use api::api;
pub(crate) use scratch::test;

/// The package's name.
const NAME: &str = "paxos-playground";

/// The files of `npm/` that are copied into the package.
const FILES: [&str; 7] = ["api.js", "element.d.ts", "index.d.ts", "index.js", "node.js", "README.md", "types.d.ts"];

/// The files of wasm-pack's output that are copied into the package.
const ENGINE: [&str; 4] = ["engine.d.ts", "engine.js", "engine_bg.wasm", "engine_bg.wasm.d.ts"];

const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The line in which `static/element.js` says that the page lies where the script itself came from, and the line in the
/// package, which says nothing about that.
const HERE: (&str, &str) = ("const HERE = new URL(\"./\", import.meta.url).href;", "const HERE = \"\";");

/// Builds the page and the package.
pub(crate) fn package(setup: &mut Setup, folder: Option<PathBuf>) -> Outcome {
    page::build(setup)?;
    let folder = folder.unwrap_or_else(|| place(setup).join("package"));
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    assemble(setup, &folder)?;
    println!("The package is in {}; `npm pack` or `npm publish` takes it from there.", folder.display());
    Ok(())
}

/// The folder in which everything for the package is made.
fn place(setup: &Setup) -> PathBuf {
    setup.paths.target.join("npm")
}

/// Puts the package together in a folder and replaces an older one. The page must have been built.
fn assemble(setup: &mut Setup, folder: &Path) -> Outcome {
    let engine = engine(setup)?;
    let root = setup.paths.root.clone();
    let older = fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty && !older.contains(&format!("\"name\": \"{NAME}\"")) {
        let folder = folder.display();
        return Err(format!("{folder} has something else in it than the package; name an empty folder or a new one."));
    }
    paths::remove_folder(folder)?;
    paths::create_folder(folder)?;
    let npm = root.join("npm");
    let named = [(FILES.as_slice(), &npm), (&ENGINE, &engine), (&LICENCES, &root)];
    for (name, from) in named.into_iter().flat_map(|(names, from)| names.iter().map(move |name| (name, from))) {
        copy(&from.join(name), &folder.join(name))?;
    }
    let text =
        |file: &Path| fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()));
    let manifest = manifest(&text(&npm.join("package.json"))?, &text(&root.join("Cargo.toml"))?)?;
    paths::write_file(&folder.join("package.json"), &manifest)?;
    let element = filled(&text(&root.join("static/element.js"))?, HERE, "static/element.js")?;
    paths::write_file(&folder.join("element.js"), &element)?;
    publish::copy(&setup.paths.dist, None, &folder.join("page"))?;
    println!("{:>10} {:>10}  what a program loads", "bytes", "gzip -9");
    for name in ["engine_bg.wasm", "engine.js", "api.js", "element.js"] {
        budget::print_sizes(folder, &folder.join(name))?;
    }
    Ok(())
}

/// Lets wasm-pack make the engine; answers its folder.
fn engine(setup: &mut Setup) -> Outcome<PathBuf> {
    let folder = place(setup).join("engine");
    let mut wasm_pack = setup.wasm_pack()?;
    page::fetch(setup)?;
    wasm_pack.args(["build", "npm", "--target", "web", "--mode", "no-install", "--no-pack", "--out-name", "engine"]);
    wasm_pack.arg("--out-dir").arg(&folder).args(["--profile", page::PUBLISHED_PROFILE]);
    process::run(&mut wasm_pack, process::BUILD_LIMIT)?;
    Ok(folder)
}

/// The package's manifest with the version of the crate.
fn manifest(manifest: &str, cargo: &str) -> Outcome<String> {
    let package = cargo.split_once("\n[package]\n").map_or("", |(_, after)| after);
    let version =
        package.lines().find_map(|line| line.strip_prefix("version = ")).ok_or("Cargo.toml has no version.")?;
    filled(manifest, ("\"version\": \"0.0.0\"", &format!("\"version\": {version}")), "npm/package.json")
}

/// A text after a replacement. The words to be replaced must occur exactly once.
fn filled(text: &str, (hole, content): (&str, &str), name: &str) -> Outcome<String> {
    if text.matches(hole).count() == 1 {
        Ok(text.replace(hole, content))
    } else {
        Err(format!("{name} should say `{hole}` once."))
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let copied = fs::copy(from, to);
    copied.map(drop).map_err(|error| format!("{} cannot be copied to {}: {error}.", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_has_the_version_of_the_crate() {
        let cargo = "[workspace]\nmembers = []\n\n[package]\nname = \"a\"\nversion = \"1.2.3\"\n";
        let manifest = |text| super::manifest(text, cargo);
        assert_eq!(manifest("{ \"version\": \"0.0.0\" }"), Ok("{ \"version\": \"1.2.3\" }".to_owned()));
        assert!(manifest("{ \"version\": \"1.0.0\" }").is_err());
    }

    #[test]
    fn the_element_of_the_package_does_not_look_for_the_page_beside_itself() {
        let element = include_str!("../../static/element.js");
        let element = filled(element, HERE, "static/element.js").expect("it says once where it looks");
        assert!(!element.contains("import.meta"));
    }
}
