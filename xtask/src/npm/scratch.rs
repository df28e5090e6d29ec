//! The test of the package, in a project like that of somebody who installs it.
//!
//! The project is `tests/npm/`, copied into the target directory, with the packed package in it. It is type-checked and
//! built. The reports of the package in Node and in a browser are compared, byte for byte, with what the terminal
//! prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{assemble, copy, place};
use crate::setup::Setup;
use crate::{Outcome, end_to_end, machine, paths, process};

/// None of these steps takes long, unless a registry hangs.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Built-in scenarios of every protocol: some that end and some that go on, faults, elections, ledgers, and broken
/// rules.
const SCENARIOS: [&str; 12] = [
    "minimal-ballot",
    "two-proposers",
    "random-delays",
    "message-loss",
    "leader-election",
    "two-stale-ten-delta",
    "steady-log",
    "lock-leases",
    "votes-to-everybody",
    "late-question",
    "without-promise",
    "without-once",
];

/// Packs the package, installs it, and tests it in every way. The page must have been built.
pub(crate) fn test(setup: &mut Setup) -> Outcome {
    let (place, root) = (place(setup), setup.paths.root.clone());
    let package = place.join("package");
    assemble(setup, &package)?;
    let packed = pack(setup, &package, &place)?;
    let project = place.join("scratch");
    paths::create_folder(&project)?;
    // Installed packages stay; npm checks whether they are the right ones.
    for entry in machine::entries(&project).iter().filter(|entry| !entry.ends_with("node_modules")) {
        if entry.is_dir() { paths::remove_folder(entry)? } else { remove(entry)? }
    }
    copy_all(&root.join("tests/npm"), &project)?;
    let npm = |words: &[&str]| {
        let mut npm = setup.npm(&project)?;
        npm.args(words).args(["--no-audit", "--no-fund", "--loglevel=error"]);
        process::run(&mut npm, LIMIT)
    };
    npm(&["ci"])?;
    npm(&["install", "--no-save", "--no-package-lock", &packed.to_string_lossy()])?;
    let reports = reports(setup, &place)?;
    paths::write_file(&project.join("src/reports.ts"), &typed(&reports)?)?;
    let node = |words: &[&str]| process::run(process::command("node").current_dir(&project).args(words), LIMIT);
    node(&["node_modules/typescript/bin/tsc", "--project", "."])?;
    node(&["run.mjs", &reports.to_string_lossy()])?;
    copy_all(&project.join("node_modules").join(super::NAME).join("page"), &project.join("public/paxos"))?;
    node(&["node_modules/vite/bin/vite.js", "build"])?;
    // The documentation is tested under the same policy.
    copy_all(&super::api(setup)?, &project.join("dist/api"))?;
    end_to_end::package(setup, &project.join("dist"), &reports)
}

/// Packs the package as it would be published; answers the file.
fn pack(setup: &Setup, package: &Path, place: &Path) -> Outcome<PathBuf> {
    let is_packed = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "tgz");
    let packed = || machine::entries(place).into_iter().filter(is_packed).collect::<Vec<_>>();
    packed().iter().try_for_each(|old| remove(old))?;
    let mut npm = setup.npm(package)?;
    npm.args(["pack", "--silent", "--pack-destination"]).arg(place);
    process::run(&mut npm, LIMIT)?;
    packed().pop().ok_or_else(|| "`npm pack` packed nothing.".to_owned())
}

/// Writes the terminal's report of each scenario as NAME.json, and those of the project's own scripts with the scripts
/// beside them.
fn reports(setup: &Setup, place: &Path) -> Outcome<PathBuf> {
    let folder = place.join("reports");
    paths::remove_folder(&folder)?;
    copy_all(&setup.paths.root.join("tests/npm/scripts"), &folder)?;
    process::run(setup.cargo().args(["build", "--package", super::NAME, "--bin", super::NAME]), process::BUILD_LIMIT)?;
    let own = machine::entries(&folder);
    let own = own.iter().filter_map(|script| Some((script.file_stem()?.to_str()?.to_owned(), script.as_os_str())));
    let built_in = SCENARIOS.iter().map(|name| ((*name).to_owned(), (*name).as_ref()));
    for (name, scenario) in built_in.chain(own) {
        let mut terminal = setup.cargo();
        terminal.args(["run", "--quiet", "--package", super::NAME, "--bin", super::NAME, "--", "run", "--json"]);
        let output =
            terminal.arg(scenario).output().map_err(|error| format!("The terminal cannot be asked: {error}."))?;
        // The status 1 says that a check was violated, and some of the scenarios are meant to do that.
        if !matches!(output.status.code(), Some(0 | 1)) || output.stdout.is_empty() {
            return Err(format!("The terminal has no report of {name}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let file = folder.join(format!("{name}.json"));
        fs::write(&file, output.stdout).map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
    }
    Ok(folder)
}

/// The reports as a program with types: it compiles only if the types name every field, and no other.
fn typed(reports: &Path) -> Outcome<String> {
    let mut program =
        "import type { Report } from \"paxos-playground\";\n\nexport const reports: Report[] = [\n".to_owned();
    let files = machine::entries(reports);
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let failed = |error| format!("{} cannot be read: {error}.", file.display());
        // In a program, unlike in JSON, this name would not become a key.
        let report = fs::read_to_string(file).map_err(failed)?.replace("\"__proto__\":", "[\"__proto__\"]:");
        program.push_str(report.trim_end());
        program.push_str(",\n");
    }
    Ok(program + "];\n")
}

/// Copies a folder with everything in it except installed packages.
fn copy_all(from: &Path, to: &Path) -> Outcome {
    paths::create_folder(to)?;
    for path in machine::entries(from).iter().filter(|path| !path.ends_with("node_modules")) {
        let Some(name) = path.file_name() else { continue };
        let to = to.join(name);
        if path.is_dir() { copy_all(path, &to)? } else { copy(path, &to)? }
    }
    Ok(())
}

fn remove(file: &Path) -> Outcome {
    fs::remove_file(file).map_err(|error| format!("{} cannot be removed: {error}.", file.display()))
}
