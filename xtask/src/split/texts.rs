//! Texts that only a later part shows, although the first part's code reaches them: they stand in tables from which the
//! first part reads other entries. These texts move, like the constants that only a later part refers to (`data`).
//!
//! A text is found by its content: each longer string of the named sources is looked for in the module's data. A string
//! moves if the data has it exactly once and no other source contains it.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::{Outcome, machine};

/// The sources whose texts move, as beginnings of paths. No code may read these texts before the rest is here, not even
/// to make a sentence that is shown later: until then there are zeros in their place.
const REST: &[&str] = &[
    "src/check/",
    "src/lesson/",
    "src/replica/",
    "src/report/",
    "src/ui/compare.rs",
    "src/ui/export.rs",
    "src/ui/help.rs",
    "src/ui/lessons.rs",
    "src/ui/link.rs",
    "src/ui/network.rs",
    "src/ui/panels",
    "src/ui/why.rs",
    "src/view/export",
    "src/view/why",
];

/// The files with the row of a protocol move too: they have this line.
const ROW: &str = "static PROTOCOL: Protocol = Protocol {";

/// The same for the tools.
const TOOLS: &[&str] =
    &["src/ui/author.rs", "src/ui/explore", "src/ui/script.rs", "src/ui/state/quest.rs", "src/view/explore"];

/// The protocols whose machines are in the first part, so that their scripts run there too. The scripts of the others move to
/// the rest; [`BuiltIn::script`](../../../src/scenario/library.rs) waits for it.
const SLIDES: [&str; 5] = ["preliminary", "basic", "complete", "multi", "broadcast"];

/// Shorter strings are not worth moving, and might be something else.
const WORTH_MOVING: usize = 24;

/// The texts of the sources below `root` that move: to the rest, and to the tools.
pub(super) fn strings(root: &Path) -> Outcome<Vec<Vec<String>>> {
    let mut texts: [Vec<String>; 3] = Default::default();
    for file in sources(&root.join("src")) {
        let text = fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
        let path = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let is_of = |sources: &[&str]| sources.iter().any(|source| path.starts_with(source));
        if !path.ends_with(".rs") {
            // A script, which the program holds as a whole.
            texts[usize::from(!is_of_the_slides(&text))].push(text);
            continue;
        }
        let part = if is_of(TOOLS) { 2 } else { usize::from(is_of(REST) || text.contains(ROW)) };
        texts[part].append(&mut literals(&text));
    }
    // A text that an earlier part contains too stays there.
    let mut moved: Vec<Vec<String>> = Vec::new();
    for part in 1..texts.len() {
        let (earlier, its) = texts.split_at_mut(part);
        let is_earlier = |text: &String| earlier.iter().flatten().any(|other| other.contains(text.as_str()));
        its[0].retain(|text| text.len() >= WORTH_MOVING && !is_earlier(text));
        its[0].sort();
        its[0].dedup();
        moved.push(its[0].clone());
    }
    Ok(moved)
}

/// Whether a script runs a protocol whose machines are in the first part.
fn is_of_the_slides(script: &str) -> bool {
    let mut protocols = script.lines().filter_map(|line| line.strip_prefix("protocol"));
    protocols.all(|name| SLIDES.contains(&name.trim()))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in machine::entries(folder) {
        if path.is_dir() {
            files.append(&mut sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "paxos") {
            files.push(path);
        }
    }
    files
}

/// The string literals of a source, except those with an escape that this code does not know.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(place) = rest.find(['"', '/', '\'']) {
        let (before, at) = rest.split_at(place);
        if at.starts_with("//") {
            rest = at.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(after) = at.strip_prefix('\'') {
            // A character or a lifetime; the only one that matters here is a quote in quotes.
            rest = after
                .strip_prefix("\"'")
                .or(after.strip_prefix("\\\"'"))
                .or(after.strip_prefix("\\''"))
                .unwrap_or(after);
        } else if let Some(after) = at.strip_prefix('"') {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let is_raw = before.trim_end_matches('#').ends_with('r');
            if is_raw {
                let end = format!("\"{}", "#".repeat(hashes));
                rest = after.split_once(&end).map_or("", |(text, after)| {
                    found.push(text.to_owned());
                    after
                });
            } else {
                let (text, after) = literal(after);
                found.extend(text);
                rest = after;
            }
        } else {
            rest = &at[1..];
        }
    }
    found
}

/// The text of a literal after its first quote, and the source after its last quote.
fn literal(source: &str) -> (Option<String>, &str) {
    let mut text = Some(String::new());
    let mut put = |more: Option<char>| match (&mut text, more) {
        (Some(text), Some(more)) => text.push(more),
        (_, None) => text = None,
        _ => {}
    };
    let mut letters = source.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return (text, &source[place + 1..]),
            '\\' => match letters.next().map(|(_, letter)| letter) {
                Some('n') => put(Some('\n')),
                Some(same @ ('"' | '\\' | '\'')) => put(Some(same)),
                // A line that goes on: the indentation of the next line is left out.
                Some('\n') => {
                    let indented = letters.as_str();
                    for _ in 0..indented.len() - indented.trim_start().len() {
                        letters.next();
                    }
                }
                _ => put(None),
            },
            other => put(Some(other)),
        }
    }
    (None, "")
}

/// The addresses of those strings that stand in the segments exactly once.
pub(super) fn find(segments: &[(u32, u32, &[u8])], strings: &[String]) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    for string in strings {
        let mut places = segments.iter().flat_map(|(_, start, data)| {
            let starts = data.windows(string.len()).zip(*start..).filter(|(window, _)| *window == string.as_bytes());
            starts.map(|(_, start)| start)
        });
        if let (Some(start), None) = (places.next(), places.next()) {
            found.push(start..start + string.len() as u32);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_as_the_compiler_reads_them() {
        let source = r##"
            // "no literal"
            const ONE: &str = "one \"quoted\" line\n";
            const TWO: [char; 2] = ['"', '\''];
            fn three<'a>(text: &'a str) { call("goes \
                                                on", r#"as "it" is"#, "\u{202f}odd", b"bytes") }
        "##;
        assert_eq!(literals(source), ["one \"quoted\" line\n", "goes on", "as \"it\" is", "bytes"]);
    }

    #[test]
    fn only_what_stands_there_once_is_found() {
        let strings = ["twice".to_owned(), "once".to_owned(), "nowhere".to_owned()];
        let found = find(&[(0, 10, b"a twice b twice"), (0, 100, b"and once")], &strings);
        assert_eq!((found.len(), found.first()), (1, Some(&(104..108))));
    }

    #[test]
    fn the_texts_of_every_protocols_row_move() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the repository");
        let strings = strings(root).expect("the sources can be read");
        let registry = fs::read_to_string(root.join("src/protocol.rs")).expect("the registry can be read");
        let rows = registry.lines().filter(|line| line.trim_start().starts_with('&') && line.ends_with("::PROTOCOL,"));
        let files = sources(&root.join("src/protocol"));
        let texts = files.iter().map(|file| fs::read_to_string(file).expect("a source"));
        let texts: Vec<_> = texts.filter(|text| text.contains(ROW)).collect();
        assert_eq!(rows.count(), texts.len());
        for text in texts {
            let row = text.split(ROW).nth(1).expect("a row");
            let summary = row.split("summary: ").nth(1).and_then(|text| text.split('"').nth(1)).expect("a summary");
            assert!(strings[0].iter().any(|moved| moved == summary), "{summary}");
        }
    }

    #[test]
    fn the_page_has_texts_that_move() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the repository");
        let strings = strings(root).expect("the sources can be read");
        assert!(
            strings[0].len() > 100 && strings[1].len() > 10,
            "{:?}",
            strings.iter().map(Vec::len).collect::<Vec<_>>()
        );
    }
}
