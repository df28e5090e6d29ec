//! The examples of the course kit, with the built page in the folder `playground` beside them, as a teacher would copy both.

use std::path::{Path, PathBuf};

/// The beginning of the names of these pages; they are in `docs/courses/examples/`.
const EXAMPLES: &str = "e2e-pages/examples/";
/// The name of the folder with the built page in the examples.
const PLAYGROUND: &str = "playground/";

/// The file on the disk for a name, if it is the name of an example.
pub(super) fn file(name: &str) -> Option<PathBuf> {
    let name = name.strip_prefix(EXAMPLES).filter(|name| !name.contains("..") && !name.starts_with(PLAYGROUND))?;
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/courses/examples").join(name))
}

/// What a name means to the built page: a file beside the examples is a file in the folder.
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
