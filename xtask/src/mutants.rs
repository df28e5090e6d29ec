//! Mutants: the engine with one small error, to see whether a test notices it. cargo-mutants makes and tries them;
//! `.cargo/mutants.toml` says which files are changed and which tests are run.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::setup::Setup;
use crate::{Outcome, paths, process};

/// The revision at which a branch began, unless another one is named.
pub(crate) const BASE: &str = "main";

/// A thousand mutants take hours; if they take longer than this, something hangs.
const LIMIT: Duration = Duration::from_secs(48 * 60 * 60);

/// Which mutants are tried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All mutants.
    All,
    /// Mutants in lines that were changed, committed or not, since this revision and the current one parted.
    Since(String),
}

/// Tries the mutants, with these further arguments for cargo-mutants. It fails when a mutant survives.
pub(crate) fn run(setup: &Setup, scope: &Scope, arguments: &[String]) -> Outcome {
    let target = &setup.paths.target;
    paths::create_folder(target)?;
    let mut mutants = setup.cargo_mutants()?;
    mutants.args(["mutants", "--output"]).arg(target);
    if let Scope::Since(revision) = scope {
        mutants.arg("--in-diff").arg(diff(setup, revision)?);
    }
    process::run(mutants.args(arguments), LIMIT).map_err(|error| {
        let found = target.join("mutants.out");
        format!(
            "{error} In {}, missed.txt lists the mutants that lived, timeout.txt those that did not end.",
            found.display()
        )
    })
}

/// Writes a file with the changes in the sources since this revision and the current one parted.
fn diff(setup: &Setup, revision: &str) -> Outcome<PathBuf> {
    let mut git: Command = process::command("git");
    git.current_dir(&setup.paths.root);
    git.args(["diff", "--no-ext-diff", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--merge-base"]);
    git.args([revision, "--", "src"]);
    let output = git.output().map_err(|error| format!("`git diff` cannot be started: {error}."))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("What was changed since `{revision}` cannot be found out: {}", why.trim()));
    }
    let file = setup.paths.target.join("mutants.diff");
    paths::write_file(&file, &String::from_utf8_lossy(&output.stdout))?;
    Ok(file)
}
