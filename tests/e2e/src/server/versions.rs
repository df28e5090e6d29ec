//! Other versions of the page than the one that was built: what a browser finds after its maker has published again.

use std::fs;
use std::path::Path;

/// What is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Publication {
    /// What was built.
    Built,
    /// Nothing: every connection is closed without an answer.
    Unreachable,
    /// A later version, in which files have other names. The names of the version before are gone.
    Next,
    /// A version that is published only in part: what it lists is not all there.
    Torn,
    /// What was built, less what comes after the first picture.
    First,
}

/// What the names begin with that are other ones in the next version.
const RENAMED: [&str; 3] = ["boot-", "style-", "worker_loader-"];

impl Publication {
    /// The content of a file of the page, if it is there.
    pub(super) fn read(self, dist: &Path, name: &str) -> Option<Vec<u8>> {
        let mark = match self {
            Self::First if ["rest-", "tools-"].iter().any(|part| name.starts_with(part)) => return None,
            Self::Built | Self::First => return fs::read(dist.join(name)).ok(),
            Self::Unreachable => return None,
            Self::Next => "next-",
            Self::Torn => "torn-",
        };
        let is_renamed = |name: &str| RENAMED.iter().any(|start| name.starts_with(start));
        if is_renamed(name) {
            // Only under its new name, and not at all where it has not arrived yet.
            let old = (self == Self::Next && name.contains(mark)).then(|| name.replacen(mark, "", 1))?;
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
