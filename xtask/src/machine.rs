//! What this machine has: programs on PATH, and Debian's packages where it is a Debian.

use std::env;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::process;

/// The first program of this name on PATH.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// Whether packages can be installed the Debian way. Ubuntu is left out: its browsers are not in its packages.
pub(crate) fn is_debian() -> bool {
    says(&release(), "ID", "debian") && program("apt-get").is_some()
}

/// Whether the system is a Debian, or is made from one as Ubuntu is.
pub(crate) fn is_like_debian() -> bool {
    let release = release();
    ["ID", "ID_LIKE"].iter().any(|key| says(&release, key, "debian")) && program("apt-get").is_some()
}

/// The description that the system has of itself.
fn release() -> String {
    fs::read_to_string("/etc/os-release").unwrap_or_default()
}

/// Whether a system's description of itself has this word under this key.
fn says(release: &str, key: &str, word: &str) -> bool {
    let values = release.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.flat_map(|value| value.trim_matches('"').split_whitespace()).any(|found| found == word)
}

/// Installs Debian packages, as root or through `sudo`.
pub(crate) fn install_packages(packages: &[&str]) -> Outcome {
    let by_hand = format!("sudo apt-get install --no-install-recommends {}", packages.join(" "));
    process::step(&format!("installing Debian packages: {}", packages.join(", ")), || {
        let limit = Duration::from_secs(15 * 60);
        // An old package list asks for versions that the servers no longer have, so the list is updated first, and only
        // here.
        let updated = process::run(apt_get()?.args(["-q", "update"]), limit);
        let flags = ["-q", "-y", "--no-install-recommends", "install"];
        let installed = process::run(apt_get()?.args(flags).args(packages), limit);
        updated.and(installed).map_err(|error| format!("{error} Install the packages by hand: {by_hand}"))
    })
    .map_err(|error| if error.contains(&by_hand) { error } else { format!("{error} Then run: {by_hand}") })
}

fn apt_get() -> Outcome<Command> {
    let mut command = if is_root() {
        process::command("apt-get")
    } else if program("sudo").is_some() {
        let mut sudo = process::command("sudo");
        // Where nobody can type a password, fail at once instead of waiting for one.
        if !std::io::stdin().is_terminal() {
            sudo.arg("-n");
        }
        sudo.arg("apt-get");
        sudo
    } else {
        return Err("Debian packages are missing and this user is neither root nor has `sudo`.".to_owned());
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn is_root() -> bool {
    process::answer(process::command("id").arg("-u")).as_deref() == Some("0")
}

/// The entries of a folder; none if it cannot be read.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map(|found| found.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
}

/// The linker for WebAssembly with the highest version on PATH: `rust-lld`, `wasm-ld` or `wasm-ld-22`.
pub(crate) fn wasm_linker() -> Option<PathBuf> {
    let plain = program("rust-lld").or_else(|| program("wasm-ld"));
    plain.or_else(|| {
        let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
        let numbered = |path: &PathBuf| path.file_name()?.to_str()?.strip_prefix("wasm-ld-")?.parse::<u32>().ok();
        folders.iter().flat_map(|folder| entries(folder)).filter(|path| numbered(path).is_some()).max_by_key(numbered)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_say_what_they_are_and_what_they_are_like() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux\"\nID=debian\n";
        assert!(says(debian, "ID", "debian"));
        assert!(!says(debian, "ID_LIKE", "debian"));
        let mint = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert!(!says(mint, "ID", "debian"));
        assert!(says(mint, "ID_LIKE", "debian"));
        assert!(!says("ID=fedora\nVARIANT_ID=debian\n", "ID", "debian"));
    }
}
