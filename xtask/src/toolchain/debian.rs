//! A compiler for the browser, made from Debian's packages for machines that cannot reach rustup's server.
//!
//! Debian packages a current rustc and cargo (`rustc-web`, `cargo-web`) and the source of its standard library, but not
//! the library built for the browser. So it is built here, once, into a folder of our own that looks like a
//! toolchain: `bin/` calls Debian's programs and `lib/rustlib/` joins Debian's libraries with ours. Nothing outside the
//! cache folder is written, and rustup does not need to know about it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{TARGET, Toolchain, has_target};
use crate::paths::{self, Paths};
use crate::{Outcome, machine, process};

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// What Debian's compiler says about itself.
struct Compiler {
    /// The version and the commit, as in `1.96.0-ac68faa20`: a library fits only the compiler that built it.
    identity: String,
    /// The minor number of its version: 96.
    minor: u32,
    /// The version of LLVM inside, which the linker must match: 22.
    llvm: String,
}

/// The oldest compiler that can build the page, as in the manifest's `rust-version`.
const OLDEST_MINOR: u32 = 90;

/// The toolchain that an earlier run made for the compiler that is installed now.
pub(super) fn made_before(paths: &Paths) -> Option<Toolchain> {
    let compiler = compiler()?;
    let folder = folder(paths, &compiler);
    let linker = machine::program(&linker(&compiler))?;
    has_target(&folder).then(|| Toolchain { bin: Some(folder.join("bin")), linker: Some(linker) })
}

/// Installs Debian's compiler where it is missing and builds the library for the browser.
pub(super) fn make(paths: &Paths) -> Outcome<Toolchain> {
    let ready = || compiler().is_some() && Path::new(CARGO).exists() && Path::new(SOURCE).exists();
    if !ready() {
        machine::install_packages(&["rustc-web", "cargo-web", "rust-web-src"])?;
    }
    let compiler = compiler().filter(|_| ready()).ok_or_else(|| {
        format!(
            "Debian's packages brought no compiler of version 1.{OLDEST_MINOR} or later: install rustup from \
             https://rustup.rs and run `rustup target add {TARGET}`.",
        )
    })?;
    let linker = linker(&compiler);
    if machine::program(&linker).is_none() {
        machine::install_packages(&[&format!("lld-{}", compiler.llvm)])?;
    }
    process::step(&format!("building Rust's standard library for {TARGET}"), || build(paths, &compiler, &linker))?;
    made_before(paths).ok_or_else(|| "The standard library for the browser was built but is not found.".to_owned())
}

fn compiler() -> Option<Compiler> {
    if !Path::new(RUSTC).exists() {
        return None;
    }
    let answer = process::answer(process::command(RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH"))?;
    parse(&answer).filter(|compiler| compiler.minor >= OLDEST_MINOR)
}

fn parse(answer: &str) -> Option<Compiler> {
    let field = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name));
    let release = field("release: ")?;
    let commit = field("commit-hash: ")?;
    Some(Compiler {
        identity: format!("{release}-{}", commit.get(..9).unwrap_or(commit)),
        minor: release.split('.').nth(1)?.parse().ok()?,
        llvm: field("LLVM version: ")?.split('.').next()?.to_owned(),
    })
}

fn folder(paths: &Paths, compiler: &Compiler) -> PathBuf {
    paths.cache.join(format!("toolchain-{}", compiler.identity))
}

fn linker(compiler: &Compiler) -> String {
    format!("wasm-ld-{}", compiler.llvm)
}

/// Builds the library in an empty crate and lays the toolchain folder around it.
fn build(paths: &Paths, compiler: &Compiler, linker: &str) -> Outcome {
    let scratch = paths.cache.join("standard-library");
    paths::remove_folder(&scratch)?;
    paths::create_folder(&scratch.join("src"))?;
    let manifest = "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    paths::write_file(&scratch.join("Cargo.toml"), manifest)?;
    paths::write_file(&scratch.join("src/lib.rs"), "#![no_std]\n")?;

    let mut cargo = process::command(CARGO);
    cargo.current_dir(&scratch);
    cargo.args(["build", "--release", "--target", TARGET]);
    cargo.args(["-Z", "build-std=std,panic_abort,panic_unwind,test,proc_macro"]);
    cargo.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", scratch.join("target"));
    // The published page is optimised across crates, which needs the library's bitcode.
    cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes");
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
    process::run(&mut cargo, process::BUILD_LIMIT)?;

    // The folder is laid out under another name first, so that a folder with the final name is always complete.
    let partial = paths.cache.join("toolchain-partial");
    paths::remove_folder(&partial)?;
    let built = scratch.join("target").join(TARGET).join("release/deps");
    lay_out(&partial, &built).map_err(|error| format!("The toolchain folder cannot be written: {error}."))?;
    let folder = folder(paths, compiler);
    paths::remove_folder(&folder)?;
    fs::rename(&partial, &folder).map_err(|error| format!("{} cannot be renamed: {error}.", partial.display()))?;
    paths::remove_folder(&scratch)
}

#[cfg(unix)]
fn lay_out(folder: &Path, built: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let library = folder.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&library)?;
    for file in machine::entries(built) {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".rlib") && !name.starts_with("libscratch-") {
            fs::copy(&file, library.join(name))?;
        }
    }
    for entry in machine::entries(Path::new("/usr/lib/rustlib")) {
        if let Some(name) = entry.file_name().filter(|name| *name != TARGET) {
            symlink(&entry, folder.join("lib/rustlib").join(name))?;
        }
    }
    // Debian's programs live in /usr, so they must be told that this folder is their sysroot.
    let bin = folder.join("bin");
    fs::create_dir_all(&bin)?;
    symlink(CARGO, bin.join("cargo"))?;
    for program in ["rustc", "rustdoc"] {
        let script = bin.join(program);
        let text = "#!/bin/sh\nhere=$(dirname \"$0\")\nexec /usr/bin/PROGRAM --sysroot \"${here%/bin}\" \"$@\"\n";
        fs::write(&script, text.replace("PROGRAM", program))?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn lay_out(_folder: &Path, _built: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("this is not a Debian"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_is_understood() {
        let answer = "rustc 1.96.0 (ac68faa20 2026-05-25)\nbinary: rustc\ncommit-hash: ac68faa20c58cbcc\n\
                      commit-date: 2026-05-25\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8";
        let compiler = parse(answer).expect("all fields are there");
        assert_eq!(compiler.identity, "1.96.0-ac68faa20");
        assert_eq!(compiler.minor, 96);
        assert_eq!(linker(&compiler), "wasm-ld-22");
    }
}
