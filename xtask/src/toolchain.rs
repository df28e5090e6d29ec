//! The compiler for the browser: a cargo and rustc that can build for `wasm32-unknown-unknown`.
//!
//! These places are tried in turn, so that what was found once is found again at once:
//! 1. the compiler in use already has the target (rustup, or a distribution's package);
//! 2. a toolchain that an earlier run made in the cache folder;
//! 3. `rustup target add`, the way everybody knows;
//! 4. on Debian, where rustup's server is out of reach, a toolchain made of Debian's compiler (`debian`).

mod debian;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::paths::Paths;
use crate::{Outcome, machine, process};

/// The browser's target triple.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const LINKER_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/// How to call the compiler for the browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Toolchain {
    /// The folder with its `cargo` and `rustc`, if they are not the ones on PATH.
    pub(crate) bin: Option<PathBuf>,
    /// Its linker, if the compiler does not bring one.
    pub(crate) linker: Option<PathBuf>,
}

impl Toolchain {
    /// Finds or makes the compiler.
    pub(crate) fn prepare(paths: &Paths) -> Outcome<Self> {
        let sysroot = sysroot();
        if let Some(sysroot) = sysroot.as_deref().filter(|sysroot| has_target(sysroot)) {
            return Self::of_sysroot(sysroot);
        }
        if let Some(toolchain) = debian::made_before(paths) {
            return Ok(toolchain);
        }
        let added = rustup_target_add();
        if let (Ok(()), Some(sysroot)) = (&added, &sysroot) {
            return Self::of_sysroot(sysroot);
        }
        if machine::is_debian() {
            return debian::make(paths);
        }
        Err(format!(
            "The Rust compiler cannot build for the browser yet: install rustup from https://rustup.rs and run \
             `rustup target add {TARGET}`, or install your distribution's package with the Rust standard library \
             for {TARGET} (and `lld`).",
        ))
    }

    fn of_sysroot(sysroot: &Path) -> Outcome<Self> {
        if brings_linker(sysroot) {
            return Ok(Self::default());
        }
        if machine::wasm_linker().is_none() && machine::is_debian() {
            machine::install_packages(&["lld"])?;
        }
        let linker = machine::wasm_linker().ok_or("Install `lld`: the compiler has no linker for WebAssembly.")?;
        Ok(Self { bin: None, linker: Some(linker) })
    }

    /// Makes `command`, and every program that it starts, use this compiler.
    ///
    /// The `folders`, which have the tools, come before PATH too.
    pub(crate) fn apply(&self, command: &mut Command, folders: &[PathBuf]) -> Outcome {
        let mut path: Vec<PathBuf> = self.bin.iter().chain(folders).cloned().collect();
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let path = env::join_paths(path).map_err(|error| format!("PATH cannot be extended: {error}."))?;
        command.env("PATH", path);
        if let Some(bin) = &self.bin {
            // rustup's choice for this folder would win over PATH, and so would the libraries of its compiler.
            command.env("RUSTC", bin.join("rustc"));
            command.env("RUSTDOC", bin.join("rustdoc"));
            command.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
        }
        if let Some(linker) = &self.linker {
            command.env(LINKER_VARIABLE, linker);
        }
        Ok(())
    }
}

fn sysroot() -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    process::answer(process::command(rustc).args(["--print", "sysroot"])).map(PathBuf::from)
}

/// Whether the standard library for the browser lies in this sysroot.
fn has_target(sysroot: &Path) -> bool {
    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    machine::entries(&library).iter().any(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn brings_linker(sysroot: &Path) -> bool {
    let name = format!("bin/rust-lld{}", env::consts::EXE_SUFFIX);
    machine::entries(&sysroot.join("lib/rustlib")).iter().any(|folder| folder.join(&name).is_file())
}

fn rustup_target_add() -> Outcome {
    if machine::program("rustup").is_none() {
        return Err("rustup is not installed.".to_owned());
    }
    process::step(&format!("adding the target {TARGET} to the Rust toolchain"), || {
        let mut command = process::command("rustup");
        command.args(["target", "add", TARGET]).stdout(Stdio::null());
        process::run(&mut command, process::BUILD_LIMIT)
    })
}
