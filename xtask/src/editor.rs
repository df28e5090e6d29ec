//! The editor of scripts: `editor/editor.js` and what it imports, in one file for the page to fetch.
//!
//! The packages are those of `editor/package-lock.json`, each with the hash of its content, and are installed into the cache
//! folder without running any script of theirs. Their licences stand at the top of the file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::setup::Setup;
use crate::{Outcome, machine, process};

/// Bundles the editor; answers its text.
pub(crate) fn bundle(setup: &Setup) -> Outcome<String> {
    let folder = setup.paths.root.join("editor");
    let modules = setup.editor()?.join("node_modules");
    let file = setup.paths.target.join("editor.js");
    let mut esbuild =
        process::command(machine::program("node").ok_or("Install Node.js: the editor is bundled with it.")?);
    esbuild.arg(modules.join("esbuild/bin/esbuild")).arg(folder.join("editor.js"));
    esbuild.args(["--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning"]);
    esbuild.arg(format!("--outfile={}", file.display())).env("NODE_PATH", &modules).current_dir(&folder);
    process::run(&mut esbuild, process::BUILD_LIMIT)?;
    let script = read(&file)?;
    Ok(format!("{}{script}", licences(&modules)?))
}

/// The licences of the packages that can be in the bundle, as a comment.
fn licences(modules: &Path) -> Outcome<String> {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for package in packages(modules) {
        let name = package.strip_prefix(modules).unwrap_or(&package).display().to_string();
        let text = read(&package.join("LICENSE"))?;
        let text = text.trim().to_owned();
        match texts.iter_mut().find(|(other, _)| *other == text) {
            Some((_, names)) => names.push(name),
            None => texts.push((text, vec![name])),
        }
    }
    if texts.is_empty() {
        return Err(format!("{} has no packages.", modules.display()));
    }
    let told: Vec<_> = texts.iter().map(|(text, names)| format!("{}:\n\n{text}", names.join(", "))).collect();
    let told = told.join("\n\n");
    if told.contains("*/") {
        Err("A licence ends the comment in which it stands.".to_owned())
    } else {
        Ok(format!("/*!\n{told}\n*/\n"))
    }
}

/// The installed packages in order of their names, without the bundler.
fn packages(modules: &Path) -> Vec<PathBuf> {
    let is_scope = |folder: &PathBuf| named(folder).starts_with('@');
    let is_bundler = |folder: &PathBuf| named(folder).contains("esbuild");
    let mut packages = Vec::new();
    for folder in machine::entries(modules).into_iter().filter(|folder| folder.is_dir() && !is_bundler(folder)) {
        if is_scope(&folder) { packages.extend(machine::entries(&folder)) } else { packages.push(folder) }
    }
    packages.retain(|package| package.join("package.json").is_file());
    packages.sort();
    packages
}

fn named(folder: &Path) -> &str {
    folder.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths;

    #[test]
    fn each_licence_is_told_once_and_the_bundler_has_none() {
        let modules = std::env::temp_dir().join(format!("paxos-playground-editor-{}", std::process::id()));
        let files = [
            ("@a/one", "MIT, by A."),
            ("@a/two", "MIT, by A."),
            ("b", "MIT, by B."),
            ("esbuild", "Other."),
            ("@esbuild/x", "Other."),
        ];
        for (package, licence) in files {
            let folder = modules.join(package);
            paths::create_folder(&folder).expect("it is made");
            paths::write_file(&folder.join("package.json"), "{}").expect("it is written");
            paths::write_file(&folder.join("LICENSE"), licence).expect("it is written");
        }
        let told = licences(&modules).expect("there are packages");
        assert_eq!(told, "/*!\n@a/one, @a/two:\n\nMIT, by A.\n\nb:\n\nMIT, by B.\n*/\n");
        fs::remove_file(modules.join("b/LICENSE")).expect("it is removed");
        assert!(licences(&modules).is_err(), "a package without a licence");
        paths::remove_folder(&modules).expect("it is removed");
        assert!(licences(&modules).is_err(), "no packages");
    }

    #[test]
    fn the_packages_are_pinned() {
        let package = include_str!("../../editor/package.json");
        let versions: Vec<_> = package.lines().filter(|line| line.starts_with("    \"")).collect();
        assert!(
            versions.len() >= 5 && versions.iter().all(|line| !line.contains(['^', '~', '*', '>'])),
            "{versions:?}"
        );
        let lock = include_str!("../../editor/package-lock.json");
        assert_eq!(lock.matches("\"integrity\": \"sha512-").count(), lock.matches("\"version\": \"").count());
    }
}
