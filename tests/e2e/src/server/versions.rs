//! Versions of the page other than the one that was built: what a browser finds after the page has been published
//! again.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// What the server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Publication {
    /// The page as it was built.
    Built,
    /// Nothing: every connection is closed without an answer.
    Unreachable,
    /// A later version, in which files have other names. The names of the version before are gone.
    Next,
    /// The later version, of which one file does not come until something else is published: no browser can have all of it.
    Coming,
    /// A version that is published only in part: some of the files that it lists are missing.
    Torn,
    /// The page as it was built, without the files that come after the first picture.
    First,
    /// The page as it was built; what comes after the first picture comes a second late.
    Late,
}

/// Whether this file comes after the first picture.
fn is_later(name: &str) -> bool {
    ["rest-", "tools-"].iter().any(|part| name.starts_with(part))
}

/// The beginnings of the names that differ in the next version.
const RENAMED: [&str; 3] = ["boot-", "style-", "worker_loader-"];

impl Publication {
    /// How long the answer with a file of the page takes.
    pub(super) fn delay(self, name: &str) -> Duration {
        Duration::from_secs(u64::from(self == Self::Late && is_later(name)))
    }

    /// Whether this file is held back.
    pub(super) fn holds(self, name: &str) -> bool {
        self == Self::Coming && name.starts_with("style-next-")
    }

    /// The content of a file of the page, if it is there.
    pub(super) fn read(self, dist: &Path, name: &str) -> Option<Vec<u8>> {
        let mark = match self {
            Self::First if is_later(name) => return None,
            Self::Built | Self::First | Self::Late => return fs::read(dist.join(name)).ok(),
            Self::Unreachable => return None,
            Self::Next | Self::Coming => "next-",
            Self::Torn => "torn-",
        };
        let is_renamed = |name: &str| RENAMED.iter().any(|start| name.starts_with(start));
        if is_renamed(name) {
            // The file exists only under its new name, and not at all if it has not been published yet.
            let old = (self != Self::Torn && name.contains(mark)).then(|| name.replacen(mark, "", 1))?;
            return fs::read(dist.join(old)).ok();
        }
        let bytes = fs::read(dist.join(name)).ok()?;
        if !name.ends_with(".html") && name != "service-worker.js" {
            return Some(bytes);
        }
        let mut text = String::from_utf8(bytes).ok()?;
        let version = version(dist)?;
        text = text.replace(&version, &format!("{mark}{version}"));
        let files = fs::read_dir(dist).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        for file in files.filter(|file| is_renamed(file)) {
            let (start, end) = file.split_once('-')?;
            text = text.replace(&file, &format!("{start}-{mark}{end}"));
        }
        Some(text.into_bytes())
    }
}

/// The version that was built.
fn version(dist: &Path) -> Option<String> {
    let text = fs::read_to_string(dist.join("service-worker.js")).ok()?;
    let (_, rest) = text.split_once("const VERSION = \"")?;
    Some(rest.split_once('"')?.0.to_owned())
}
