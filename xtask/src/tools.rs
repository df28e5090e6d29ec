//! The programs that build and test the page, each at a version known to work.
//!
//! A tool is taken from the cache folder, or else from PATH if the version there fits. Otherwise it is installed into
//! the cache folder from the registry in which it is published. The user's own tools are never replaced.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::{self, Paths};
use crate::{Outcome, machine, process, publish};

/// The package that looks for barriers, at the version whose rules the page obeys.
const AXE_PACKAGE: &str = "axe-core";
const AXE_VERSION: &str = "4.14.1";

/// The program that makes pages from the types for JavaScript, and the compiler that reads the types for it.
const TYPEDOC: [(&str, &str); 2] = [("typedoc", "0.28.20"), ("typescript", "6.0.3")];

/// Which versions of a tool found on PATH are good enough.
#[derive(Clone, Copy, Debug)]
enum Fits {
    /// Only the very version that is asked for.
    Exactly,
    /// This version, or a later one with the same major version (below 1.0, with the same minor version).
    Compatible,
    /// Any version.
    Any,
}

/// Where a tool is published.
#[derive(Clone, Copy, Debug)]
enum Registry {
    Cargo,
    Npm,
}

/// One tool at one version.
#[derive(Debug)]
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    version: String,
    fits: Fits,
    registry: Registry,
}

impl Tool {
    /// `wasm-bindgen` and its test runner; they must have exactly the version of the library.
    pub(crate) fn wasm_bindgen(paths: &Paths) -> Outcome<Self> {
        let lock = paths.root.join("Cargo.lock");
        let text = fs::read_to_string(&lock).map_err(|error| format!("{} cannot be read: {error}.", lock.display()))?;
        let version = locked_version(&text, "wasm-bindgen")
            .ok_or("Cargo.lock names no wasm-bindgen, so its command cannot be chosen.")?;
        Ok(Self::cargo("wasm-bindgen", "wasm-bindgen-cli", version, Fits::Exactly))
    }

    /// Trunk, which builds and serves the page.
    pub(crate) fn trunk() -> Self {
        Self::cargo("trunk", "trunk", "0.21.14", Fits::Compatible)
    }

    /// wasm-pack, which runs tests in a browser.
    pub(crate) fn wasm_pack() -> Self {
        Self::cargo("wasm-pack", "wasm-pack", "0.15.1", Fits::Compatible)
    }

    /// geckodriver, which controls Firefox.
    pub(crate) fn geckodriver() -> Self {
        Self::cargo("geckodriver", "geckodriver", "0.37.1", Fits::Any)
    }

    /// cargo-mutants, which makes mutants and tries them.
    pub(crate) fn cargo_mutants() -> Self {
        Self::cargo("cargo-mutants", "cargo-mutants", "27.1.0", Fits::Compatible)
    }

    /// wasm-opt, which shrinks the page.
    pub(crate) fn wasm_opt() -> Self {
        let version = "132.0.0".to_owned();
        let fits = Fits::Compatible;
        Self { program: "wasm-opt", package: "binaryen", version, fits, registry: Registry::Npm }
    }

    fn cargo(program: &'static str, package: &'static str, version: &str, fits: Fits) -> Self {
        Self { program, package, version: version.to_owned(), fits, registry: Registry::Cargo }
    }

    /// The tool's path. Installs it first if it is neither in the cache folder nor, at a version that fits, on PATH.
    pub(crate) fn prepare(&self, paths: &Paths) -> Outcome<PathBuf> {
        let folder = paths.tool(self.program, &self.version);
        let file = format!("{}{}", self.program, std::env::consts::EXE_SUFFIX);
        let cached = folder.join("bin").join(file);
        if cached.is_file() {
            return Ok(cached);
        }
        if let Some(own) = self.on_path() {
            return Ok(own);
        }
        let doing = format!("installing {} {} into {}", self.package, self.version, folder.display());
        process::step(&doing, || match self.registry {
            Registry::Cargo => self.install_with_cargo(paths, &folder),
            Registry::Npm => install_with_npm(&[(self.package, &self.version)], &folder),
        })?;
        if cached.is_file() {
            return Ok(cached);
        }
        Err(format!("{} was installed but {} is not there.", self.package, cached.display()))
    }

    fn on_path(&self) -> Option<PathBuf> {
        let path = machine::program(self.program)?;
        let answer = process::answer(process::command(&path).arg("--version"))?;
        self.accepts(&answer).then_some(path)
    }

    /// Whether the version in an answer like `trunk 0.21.14` or `wasm-opt version 132 (version_132)` fits.
    fn accepts(&self, answer: &str) -> bool {
        let number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
        let found = answer.split_whitespace().find(number).map(numbers).unwrap_or_default();
        let wanted = numbers(&self.version);
        let at = |numbers: &[u32], index: usize| numbers.get(index).copied().unwrap_or(0);
        let same = |index: usize| at(&found, index) == at(&wanted, index);
        match self.fits {
            Fits::Exactly => found == wanted,
            Fits::Compatible if at(&wanted, 0) == 0 => same(0) && same(1) && found >= wanted,
            // binaryen has only major versions, and a later one reads everything that an earlier one read.
            Fits::Compatible => at(&found, 0) >= at(&wanted, 0),
            Fits::Any => !found.is_empty(),
        }
    }

    fn install_with_cargo(&self, paths: &Paths, folder: &Path) -> Outcome {
        paths::create_folder(&paths.cache)?;
        let install = |locked: bool| {
            let mut cargo = process::command("cargo");
            cargo.current_dir(&paths.cache);
            cargo.args(["install", self.package, "--version", &self.version, "--root"]).arg(folder);
            if locked {
                cargo.arg("--locked");
            }
            // A tool that runs for seconds does not win back ten minutes of optimising.
            cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
            cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
            cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
            cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
            cargo.env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
            cargo.env("CARGO_TARGET_DIR", paths.scratch());
            process::run(&mut cargo, process::BUILD_LIMIT)
        };
        // A registry that lags behind may lack a version that the lock file names; then only the tool's own
        // requirements count.
        install(true).or_else(|_| install(false)).map_err(|error| {
            format!("{error} Install it yourself: cargo install {} --version {}", self.package, self.version)
        })
    }
}

/// axe-core, which looks for barriers in a page: a file of JavaScript that the tests put into the page. It is installed
/// first if it is not in the cache folder.
pub(crate) fn axe(paths: &Paths) -> Outcome<PathBuf> {
    file_of(paths, &[(AXE_PACKAGE, AXE_VERSION)], "axe.min.js")
}

/// TypeDoc's program, for Node. It is installed first if it is not in the cache folder.
pub(crate) fn typedoc(paths: &Paths) -> Outcome<PathBuf> {
    file_of(paths, &TYPEDOC, "bin/typedoc")
}

/// A file of the first of these packages, which are installed together into the cache folder if they are not there.
fn file_of(paths: &Paths, packages: &[(&str, &str)], file: &str) -> Outcome<PathBuf> {
    let Some((package, version)) = packages.first() else { return Err("No package has that file.".to_owned()) };
    let folder = paths.tool(package, version);
    let place = |modules: &str| folder.join(modules).join(package).join(file);
    // npm keeps global packages under `lib`, but not on every system.
    let found = || ["lib/node_modules", "node_modules"].map(place).into_iter().find(|file| file.is_file());
    if let Some(file) = found() {
        return Ok(file);
    }
    let doing = format!("installing {package} {version} into {}", folder.display());
    process::step(&doing, || install_with_npm(packages, &folder))?;
    found().ok_or_else(|| format!("{package} was installed but {file} is not in {}.", folder.display()))
}

/// The folder with the packages of the editor of scripts, and with what bundles them. They are installed into the cache folder
/// if they are not there.
pub(crate) fn editor(paths: &Paths) -> Outcome<PathBuf> {
    locked(paths, &paths.root.join("editor"))
}

/// The folder with Mermaid's parser, in the cache folder.
pub(crate) fn diagrams(paths: &Paths) -> Outcome<PathBuf> {
    locked(paths, &paths.root.join("tests/diagrams"))
}

/// The folder with the packages of a project that has a lock file, in the cache folder. npm checks the hash of each package. No script of a package is run.
fn locked(paths: &Paths, project: &Path) -> Outcome<PathBuf> {
    let lock = project.join("package-lock.json");
    let text = fs::read_to_string(&lock).map_err(|error| format!("{} cannot be read: {error}.", lock.display()))?;
    let name = project.file_name().and_then(|name| name.to_str()).unwrap_or("project");
    let folder = paths.tool(name, &publish::short(text.as_bytes()));
    if folder.join("node_modules").is_dir() {
        return Ok(folder);
    }
    process::step(&format!("installing the packages of {name} into {}", folder.display()), || {
        let partial = folder.with_extension("partial");
        paths::remove_folder(&partial)?;
        paths::create_folder(&partial)?;
        for file in ["package.json", "package-lock.json"] {
            let copied = fs::copy(project.join(file), partial.join(file));
            copied.map_err(|error| format!("{file} of {name} cannot be copied: {error}."))?;
        }
        let mut npm = npm()?;
        npm.current_dir(&partial).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        process::run(&mut npm, process::BUILD_LIMIT)?;
        paths::remove_folder(&folder)?;
        fs::rename(&partial, &folder).map_err(|error| format!("{} cannot be renamed: {error}.", partial.display()))
    })?;
    Ok(folder)
}

/// Python in an environment with the packages that `cluster/requirements.txt` locks. The environment is made in the cache folder
/// if it is not there. pip checks the hash of each package.
pub(crate) fn python(paths: &Paths) -> Outcome<PathBuf> {
    let list = paths.root.join("cluster/requirements.txt");
    let text = fs::read(&list).map_err(|error| format!("{} cannot be read: {error}.", list.display()))?;
    let folder = paths.tool("cluster", &publish::short(&text));
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let is_complete = folder.join("complete");
    // The environment names the system's Python, which can be gone after an update.
    if is_complete.is_file() && process::answer(process::command(&python).arg("--version")).is_some() {
        return Ok(python);
    }
    process::step(&format!("installing the packages of cluster into {}", folder.display()), || {
        environment(&folder)?;
        let mut pip = process::command(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]);
        pip.args(["--only-binary=:all:", "--requirement"]).arg(&list);
        process::run(&mut pip, process::BUILD_LIMIT)
            .map_err(|error| format!("{error} Python 3.10 or later is needed."))?;
        paths::write_file(&is_complete, "")
    })?;
    Ok(python)
}

/// Makes an empty environment of Python. Debian has the module for that in a package of its own.
fn environment(folder: &Path) -> Outcome {
    let make = || {
        paths::remove_folder(folder)?;
        let python =
            machine::program("python3").ok_or("Install Python 3.10 or later: the sweep on a cluster needs it.")?;
        process::run(process::command(python).args(["-m", "venv"]).arg(folder), process::BUILD_LIMIT)
    };
    make().or_else(|error| {
        if !machine::is_like_debian() {
            return Err(error);
        }
        machine::install_packages(&["python3", "python3-venv"])?;
        make()
    })
}

/// npm, ready to install packages. npm itself is installed first where that is possible.
pub(crate) fn npm() -> Outcome<Command> {
    if machine::program("npm").is_none() && machine::is_debian() {
        machine::install_packages(&["nodejs", "npm"])?;
    }
    let npm = machine::program("npm").ok_or("Install Node.js with npm: packages for JavaScript come from there.")?;
    Ok(process::command(npm))
}

fn install_with_npm(packages: &[(&str, &str)], folder: &Path) -> Outcome {
    let mut npm = npm()?;
    let partial = folder.with_extension("partial");
    paths::remove_folder(&partial)?;
    paths::create_folder(&partial)?;
    npm.args(["install", "--global", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]);
    npm.arg(&partial).args(packages.iter().map(|(package, version)| format!("{package}@{version}")));
    process::run(&mut npm, process::BUILD_LIMIT)?;
    paths::remove_folder(folder)?;
    fs::rename(&partial, folder).map_err(|error| format!("{} cannot be renamed: {error}.", partial.display()))
}

/// The version that a lock file pins for a package.
fn locked_version<'text>(lock: &'text str, package: &str) -> Option<&'text str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\nsource = \"registry\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.126"));
        assert_eq!(locked_version(lock, "yew"), None);
    }

    #[test]
    fn wasm_bindgen_must_match_exactly() {
        let tool = Tool::cargo("wasm-bindgen", "wasm-bindgen-cli", "0.2.126", Fits::Exactly);
        assert!(tool.accepts("wasm-bindgen 0.2.126"));
        assert!(!tool.accepts("wasm-bindgen 0.2.127"));
    }

    #[test]
    fn later_compatible_tools_fit() {
        assert!(Tool::trunk().accepts("trunk 0.21.20"));
        assert!(!Tool::trunk().accepts("trunk 0.21.4"));
        assert!(!Tool::trunk().accepts("trunk 0.22.0-beta.1"));
        assert!(Tool::wasm_opt().accepts("wasm-opt version 140 (version_140)"));
        assert!(!Tool::wasm_opt().accepts("wasm-opt version 108 (version_108)"));
        assert!(Tool::geckodriver().accepts("geckodriver 0.31.0 (b617178ef491 2022-04-06)"));
    }
}
