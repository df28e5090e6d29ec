//! The folders: the repository, its build folder, and the cache folder that all clones share.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;

/// The folders in which the chores work.
pub(crate) struct Paths {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// Cargo's target directory.
    pub(crate) target: PathBuf,
    /// The built page.
    pub(crate) dist: PathBuf,
    /// Tools and toolchains that outlive a clone.
    pub(crate) cache: PathBuf,
}

impl Paths {
    /// Finds the folders from the environment; creates nothing.
    pub(crate) fn discover() -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
        let root = root.ok_or("The folder of xtask has no parent folder.")?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let cache = cache_home()?.join("paxos-playground");
        Ok(Self { dist: root.join("dist"), root, target, cache })
    }

    /// The folder of one tool at one version.
    pub(crate) fn tool(&self, name: &str, version: &str) -> PathBuf {
        self.cache.join("tools").join(format!("{name}-{version}"))
    }

    /// The folder in which tools are compiled; it is removed once they are installed.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.cache.join("build")
    }
}

fn cache_home() -> Outcome<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .or_else(|| folder("LOCALAPPDATA"))
        .ok_or_else(|| "Set HOME or XDG_CACHE_HOME, so that there is a place to keep the tools.".to_owned())
}

/// Creates a folder and its parents.
pub(crate) fn create_folder(folder: &Path) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| format!("The folder {} cannot be created: {error}.", folder.display()))
}

/// Removes a folder with everything in it; it is fine if there is no such folder.
pub(crate) fn remove_folder(folder: &Path) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(|error| format!("The folder {} cannot be removed: {error}.", folder.display()))
}

/// Writes a whole file.
pub(crate) fn write_file(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(|error| format!("The file {} cannot be written: {error}.", file.display()))
}
