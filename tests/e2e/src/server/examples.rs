//! The examples of the course kit, with the built page in the folder `playground` beside them, as a teacher would copy both.

use std::path::{Path, PathBuf};

/// Pages that embed the page, by names that begin so; they are in `docs/courses/examples/`.
const EXAMPLES: &str = "e2e-pages/examples/";
/// What they call the folder of the built page.
const PLAYGROUND: &str = "playground/";

/// What this name is on the disk, if it is an example's.
pub(super) fn file(name: &str) -> Option<PathBuf> {
    let name = name.strip_prefix(EXAMPLES).filter(|name| !name.contains("..") && !name.starts_with(PLAYGROUND))?;
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/courses/examples").join(name))
}

/// What a name means to the built page: what lies beside the examples is what lies in the folder.
pub(super) fn built(name: &str) -> &str {
    name.strip_prefix(EXAMPLES).and_then(|name| name.strip_prefix(PLAYGROUND)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_page_lies_beside_the_examples() {
        assert!(file("e2e-pages/examples/html/index.html").is_some_and(|file| file.is_file()));
        assert_eq!(file("e2e-pages/examples/../../../Cargo.toml"), None);
        assert_eq!((file("e2e-pages/host.js"), file("index.html")), (None, None));
        assert_eq!(file("e2e-pages/examples/playground/embed.html"), None);
        assert_eq!(built("e2e-pages/examples/playground/embed.html"), "embed.html");
        assert_eq!(built("embed.html"), "embed.html");
    }
}
