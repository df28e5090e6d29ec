//! The house's conventions, as tests: a reader may rely on them without checking.
//!
//! Each rule is a function from a source file to its findings. A failure names the file, the line, the rule and the
//! reason for the rule. The tests at the end show each rule a bad snippet, so that no rule can go blind unnoticed.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use paxos_playground::scenario::library::LIBRARY;

#[path = "tidy/imports.rs"]
mod imports;

/// The rooms in reading order, each with the rooms that it may import, which are always rooms above it. A path such as
/// `protocol::Phase` allows that item and nothing else of its room.
const ROOMS: &[(&str, &[&str])] = &[
    ("tongue", &[]),
    ("types", &[]),
    ("quorum", &["tongue", "types"]),
    ("replica", &["tongue", "types"]),
    ("protocol", &["tongue", "types", "quorum"]),
    ("scenario", &["tongue", "types", "quorum", "replica", "protocol"]),
    ("trace", &["tongue", "types", "quorum", "replica", "protocol", "scenario"]),
    ("sim", &["tongue", "types", "quorum", "replica", "protocol", "scenario", "trace"]),
    ("check", &["tongue", "types", "quorum", "replica", "protocol", "scenario", "trace"]),
    ("logs", &["tongue", "types", "quorum", "replica", "protocol", "scenario", "trace", "check"]),
    ("latency", &["types", "quorum", "replica", "protocol", "scenario", "trace"]),
    ("goal", &["tongue", "types", "protocol", "scenario", "trace", "sim", "check", "latency"]),
    ("explore", &["types", "quorum", "replica", "protocol", "scenario", "trace", "sim", "check", "latency", "goal"]),
    (
        "report",
        &["tongue", "types", "quorum", "protocol", "scenario", "trace", "sim", "check", "latency", "goal", "explore"],
    ),
    ("session", &["tongue", "types", "quorum", "protocol", "scenario", "trace", "sim", "check", "latency", "report"]),
    ("lesson", &["tongue", "types", "protocol", "scenario", "trace", "session"]),
    (
        "view",
        &[
            "tongue", "types", "quorum", "protocol", "scenario", "trace", "check", "logs", "latency", "goal",
            "explore", "report", "session",
        ],
    ),
    ("embed", &["types", "scenario", "sim", "goal", "report", "lesson"]),
    ("worker", &["view"]),
    ("ui", &["tongue", "types", "protocol::Phase", "scenario", "trace", "session", "lesson", "view", "worker"]),
    (
        "cli",
        &[
            "types", "quorum", "protocol", "scenario", "trace", "sim", "check", "logs", "latency", "goal", "explore",
            "report", "session", "view", "embed",
        ],
    ),
];

/// Rooms that may know what time it is outside, and that may draw with floating-point numbers.
const DOORS: &[&str] = &["worker", "ui", "cli", "bin", "main", "lib"];

const LINES_MAX: usize = 600;

/// A convention.
struct Rule {
    name: &'static str,
    reason: &'static str,
    /// Finds the lines that break the convention, counted from 1, each with the text that breaks it.
    find: fn(&Source) -> Vec<(usize, String)>,
}

static RULES: &[Rule] = &[
    Rule {
        name: "rooms import from rooms above them",
        reason: "data flows one way, so each room can be read, tested and replaced knowing only those above it; ROOMS in \
                 tests/tidy.rs is the plan of the house",
        find: import_edges,
    },
    Rule {
        name: "only the page names the browser",
        reason: "everything else runs and is tested natively",
        find: browser_names,
    },
    Rule {
        name: "no mod.rs",
        reason: "a tab or a search result named mod.rs does not say which module it is: write foo.rs beside foo/",
        find: no_mod_rs,
    },
    Rule {
        name: "files are short",
        reason: "a file of more than 600 lines is two subjects: split it where a reader would pause",
        find: short_files,
    },
    Rule {
        name: "every file begins with //!",
        reason: "a reader must learn what a file is, promises and does not know before its first line of code",
        find: file_docs,
    },
    Rule {
        name: "the engine has no floats",
        reason: "a run must mean the same on every machine; only what is drawn or printed may be rounded",
        find: no_floats,
    },
    Rule {
        name: "no hash maps",
        reason: "their order differs between runs and machines, and a run must replay bit for bit: use BTreeMap, BTreeSet \
                 or a Vec",
        find: no_hash_maps,
    },
    Rule {
        name: "the engine has no clock",
        reason: "time is an argument: a run that reads a clock cannot be replayed, and in the browser there is none to read",
        find: no_clock,
    },
    Rule {
        name: "each test target names its target",
        reason: "wasm-pack compiles every file in tests/, so each says #![cfg(target_arch = \"wasm32\")] or \
                 #![cfg(not(target_arch = \"wasm32\"))] at its top",
        find: test_target,
    },
    Rule {
        name: "nothing unfinished",
        reason: "what is merged is done; what is not yet there is in the changelog's plans, not in the code",
        find: nothing_unfinished,
    },
    Rule {
        name: "the changelog is open",
        reason: "every change that a user can notice is told under Unreleased, by the person who makes it",
        find: open_changelog,
    },
];

/// A file of the repository.
struct Source {
    /// The path from the repository's root, with `/`.
    path: String,
    text: String,
    /// The text with comments and the insides of literals blanked out; the lines keep their numbers.
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: code_of(text) }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The room of the house to which the file belongs; none outside `src/`.
    fn room(&self) -> Option<&str> {
        let path = self.path.strip_prefix("src/").filter(|_| self.is_rust())?;
        path.split(['/', '.']).next()
    }

    /// The lines of code that contain one of these words.
    fn words(&self, words: &[&str]) -> Vec<(usize, String)> {
        let found = |line: &str| words.iter().find(|word| has_word(line, word)).map(|word| format!("`{word}`"));
        self.code.lines().zip(1..).filter_map(|(line, number)| Some((number, found(line)?))).collect()
    }
}

fn import_edges(source: &Source) -> Vec<(usize, String)> {
    let Some(room) = source.room().filter(|room| !matches!(*room, "lib" | "main" | "bin")) else { return Vec::new() };
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![(1, format!("the room `{room}` is not in the plan"))];
    };
    // In src/foo.rs, `super` is the crate; below src/foo/, `super` is foo.
    let is_root = source.path == format!("src/{room}.rs");
    let is_room = |name: &str| ROOMS.iter().any(|(room, _)| *room == name);
    let mut findings = Vec::new();
    for (line, number) in source.code.lines().zip(1..) {
        let absolute = line.match_indices("crate::").map(|(place, start)| &line[place + start.len()..]);
        let relative = line.match_indices("super::").map(|(place, start)| &line[place + start.len()..]);
        let relative = relative.filter(|path| is_root && is_room(segments(path)[0]));
        for path in absolute.chain(relative) {
            let segments = segments(path);
            let is_allowed = |allowed: &&str| match allowed.split_once("::") {
                None => *allowed == segments[0],
                Some((room, item)) => room == segments[0] && segments.get(1) == Some(&item),
            };
            if segments[0].is_empty() {
                findings.push((number, "one `use` for several rooms; write one for each".to_owned()));
            } else if segments[0] != room && !allowed.iter().any(is_allowed) {
                findings.push((number, format!("`{room}` imports `{}`", segments.join("::"))));
            }
        }
    }
    findings
}

/// The first two names of a path.
fn segments(path: &str) -> Vec<&str> {
    let name = |part: &str| part.find(|next: char| !is_part_of_name(next)).unwrap_or(part.len());
    let first = &path[..name(path)];
    match path[first.len()..].strip_prefix("::") {
        Some(rest) if name(rest) > 0 => vec![first, &rest[..name(rest)]],
        _ => vec![first],
    }
}

fn browser_names(source: &Source) -> Vec<(usize, String)> {
    match source.room() {
        None | Some("worker" | "ui" | "main" | "bin") => Vec::new(),
        Some(_) => source.words(&["yew", "web_sys", "js_sys", "wasm_bindgen", "gloo_timers"]),
    }
}

fn no_mod_rs(source: &Source) -> Vec<(usize, String)> {
    let is_it = source.path.ends_with("/mod.rs");
    is_it.then(|| (1, "it is called mod.rs".to_owned())).into_iter().collect()
}

fn short_files(source: &Source) -> Vec<(usize, String)> {
    let lines = source.text.lines().count();
    let is_long = source.is_rust() && lines > LINES_MAX;
    is_long.then(|| (lines, format!("it has {lines} lines"))).into_iter().collect()
}

/// The lines before the first item: `//!`, `#![…]` and blank ones.
fn header(source: &Source) -> impl Iterator<Item = &str> {
    source.text.lines().take_while(|line| line.is_empty() || line.starts_with("//!") || line.starts_with("#!["))
}

fn file_docs(source: &Source) -> Vec<(usize, String)> {
    let has_docs = header(source).any(|line| line.starts_with("//! "));
    (source.is_rust() && !has_docs).then(|| (1, "no //! stands here".to_owned())).into_iter().collect()
}

fn no_floats(source: &Source) -> Vec<(usize, String)> {
    let room = source.room();
    if matches!(room, None | Some("view" | "worker" | "ui" | "report")) {
        return Vec::new();
    }
    // The one conversion from ticks is defined in types, and only the rooms that draw or print may use it.
    let definition = |number: usize| {
        let above = source.code.lines().take(number).enumerate();
        let start = above.filter(|(_, line)| line.contains("fn as_deltas(self)")).last();
        room == Some("types") && start.is_some_and(|(start, _)| number <= start + 2)
    };
    source.words(&["f64", "f32", "as_deltas"]).into_iter().filter(|(number, _)| !definition(*number)).collect()
}

fn no_hash_maps(source: &Source) -> Vec<(usize, String)> {
    source.room().map_or_else(Vec::new, |_| source.words(&["HashMap", "HashSet"]))
}

fn no_clock(source: &Source) -> Vec<(usize, String)> {
    let is_engine = source.room().is_some_and(|room| !DOORS.contains(&room));
    if is_engine { source.words(&["std::time", "SystemTime", "Instant"]) } else { Vec::new() }
}

fn test_target(source: &Source) -> Vec<(usize, String)> {
    let is_target = source.is_rust() && source.path.strip_prefix("tests/").is_some_and(|name| !name.contains('/'));
    let attributes = ["#![cfg(target_arch = \"wasm32\")]", "#![cfg(not(target_arch = \"wasm32\"))]"];
    let says_it = header(source).any(|line| attributes.contains(&line));
    (is_target && !says_it).then(|| (1, "it does not say for which target it is".to_owned())).into_iter().collect()
}

fn nothing_unfinished(source: &Source) -> Vec<(usize, String)> {
    // The words are put together here, so that this file does not break its own rule.
    let words = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME"), concat!("#[", "ignore")];
    let found = |line: &str| words.iter().find(|word| line.contains(**word)).map(|word| format!("`{word}`"));
    let lines = source.text.lines().zip(1..).filter(|_| source.is_rust());
    lines.filter_map(|(line, number)| Some((number, found(line)?))).collect()
}

fn open_changelog(source: &Source) -> Vec<(usize, String)> {
    let is_closed = source.path == "CHANGELOG.md" && !source.text.lines().any(|line| line == "## [Unreleased]");
    is_closed.then(|| (1, "it has no section `## [Unreleased]`".to_owned())).into_iter().collect()
}

fn is_part_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether the word stands in the line by itself, not as a part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_part_of_name) && !after.is_some_and(is_part_of_name)
    })
}

/// Blanks out comments and the insides of literals; every line keeps its number.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hidden = comment(rest).or_else(|| literal(rest));
        let (taken, left) = rest.split_at(hidden.unwrap_or(first.len_utf8()));
        if hidden.is_some() {
            code.extend(taken.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        } else {
            code.push(first);
        }
        rest = left;
    }
    code
}

/// The length of the comment that begins here.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then(|| text.find("*/").map_or(text.len(), |end| end + 2))
}

/// The length of the string or character literal that begins here.
fn literal(text: &str) -> Option<usize> {
    if let Some(raw) = text.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(inside.find(&end).map_or(text.len(), |place| 2 + hashes + place + end.len()));
    }
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let mut characters = text.char_indices().skip(1);
    while let Some((place, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return Some(place + 1);
        }
        // A quote and one character without a second quote make a lifetime.
        if quote == '\'' && text[1..].chars().nth(1) != Some('\'') && !text.starts_with("'\\") {
            return None;
        }
    }
    None
}

/// The repository that is under test: clones that share a target directory also share this program.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// Every file that the rules read, in order.
fn sources() -> Vec<Source> {
    let root = root();
    let mut paths = BTreeSet::from([root.join("CHANGELOG.md")]);
    ["src", "words/src", "xtask/src", "tests", "npm/src"]
        .iter()
        .for_each(|folder| collect(&root.join(folder), &mut paths));
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let below = path.strip_prefix(&root).expect("all of them are below the root");
        Source::new(&below.to_string_lossy().replace('\\', "/"), &text)
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut BTreeSet<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.insert(path);
        }
    }
}

#[test]
fn the_sources_keep_the_conventions() {
    let sources = sources();
    let mut complaints = Vec::new();
    for rule in RULES {
        for source in &sources {
            let findings = (rule.find)(source).into_iter();
            complaints.extend(findings.map(|(line, what)| {
                format!("{}:{line}: {what}\n    rule: {}\n    because {}", source.path, rule.name, rule.reason)
            }));
        }
    }
    assert!(complaints.is_empty(), "{} broken conventions\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_plan_has_no_way_up() {
    for (place, (room, allowed)) in ROOMS.iter().enumerate() {
        let above = |path: &&str| ROOMS[..place].iter().any(|(name, _)| Some(*name) == path.split("::").next());
        assert!(allowed.iter().all(above), "{room} may import only rooms above it");
    }
}

#[test]
fn the_crate_declares_its_rooms_in_reading_order() {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("the crate has a root");
    let declared: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let planned: Vec<_> = ROOMS.iter().map(|(room, _)| *room).collect();
    assert_eq!(
        declared, planned,
        "src/lib.rs is the map: it and ROOMS in tests/tidy.rs name the same rooms in one order"
    );
}

#[test]
fn the_library_lists_every_scenario_file() {
    let folder = root().join("src/scenario/library");
    let entries = fs::read_dir(&folder).expect("the library has its folder");
    let files = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let listed: BTreeSet<_> = LIBRARY.iter().map(|built_in| format!("{}.paxos", built_in.name)).collect();
    assert_eq!(listed.len(), LIBRARY.len(), "a name stands twice in LIBRARY");
    for file in files {
        assert!(
            listed.contains(&file),
            "src/scenario/library/{file}: LIBRARY in src/scenario/library.rs does not list it, so nobody would meet it"
        );
    }
}

/// The lines in which a rule finds something.
fn found(rule: fn(&Source) -> Vec<(usize, String)>, path: &str, text: &str) -> Vec<usize> {
    rule(&Source::new(path, text)).into_iter().map(|(line, _)| line).collect()
}

#[test]
fn an_import_from_below_is_found() {
    assert_eq!(found(import_edges, "src/check/b1.rs", "//! B1.\nuse crate::sim::Run;\n"), [2]);
    assert_eq!(found(import_edges, "src/view.rs", "fn f(_: super::sim::Run) {}\n"), [1]);
    assert_eq!(found(import_edges, "src/ui.rs", "use crate::protocol::Fact;\n"), [1]);
    assert_eq!(found(import_edges, "src/cli.rs", "use crate::{types::Time, ui};\n"), [1]);
    assert_eq!(found(import_edges, "src/attic.rs", ""), [1]);
    let good =
        "//! Not [`crate::sim`].\nuse crate::protocol::Phase;\nuse crate::view::Panels;\nuse super::state::Action;\n";
    assert!(found(import_edges, "src/ui/panels.rs", good).is_empty());
    assert!(found(import_edges, "src/main.rs", "paxos_playground::ui::mount();").is_empty());
}

#[test]
fn the_browser_behind_the_page_is_found() {
    let text = "use std::fmt;\nuse web_sys::console;\n";
    assert_eq!(found(browser_names, "src/session.rs", text), [2]);
    assert!(found(browser_names, "src/ui/state.rs", text).is_empty());
    assert!(found(browser_names, "src/view.rs", "//! The view knows no yew.\nlet crayew = \"yew\";").is_empty());
}

#[test]
fn a_mod_rs_is_found() {
    assert_eq!(found(no_mod_rs, "src/check/mod.rs", ""), [1]);
    assert!(found(no_mod_rs, "src/check.rs", "").is_empty());
}

#[test]
fn a_long_file_is_found() {
    assert_eq!(found(short_files, "src/sim.rs", &"\n".repeat(LINES_MAX + 1)), [LINES_MAX + 1]);
    assert!(found(short_files, "src/sim.rs", &"\n".repeat(LINES_MAX)).is_empty());
}

#[test]
fn a_file_without_docs_is_found() {
    assert_eq!(found(file_docs, "xtask/src/page.rs", "use std::fmt;\n//! Too late.\n"), [1]);
    assert!(found(file_docs, "tests/golden.rs", "#![cfg(unix)]\n//! Golden runs.\n").is_empty());
}

#[test]
fn a_float_in_the_engine_is_found() {
    let definition = "/// In Δ.\npub fn as_deltas(self) -> f64 {\n    self.0 as f64\n}\nconst HALF: f64 = 0.5;\n";
    assert_eq!(found(no_floats, "src/types.rs", definition), [5]);
    assert_eq!(found(no_floats, "src/latency.rs", "let took = span.as_deltas();\nlet share: f32;\n"), [1, 2]);
    assert!(found(no_floats, "src/view/timeline.rs", "pub reach: f64,\n").is_empty());
}

#[test]
fn a_hash_map_is_found() {
    assert_eq!(found(no_hash_maps, "src/ui/state.rs", "use std::collections::HashMap;\n"), [1]);
    assert!(found(no_hash_maps, "xtask/src/main.rs", "use std::collections::HashMap;\n").is_empty());
}

#[test]
fn a_clock_in_the_engine_is_found() {
    assert_eq!(found(no_clock, "src/sim.rs", "let now = Instant::now();\n"), [1]);
    assert_eq!(found(no_clock, "src/protocol/basic.rs", "\nuse std::time::Duration;\n"), [2]);
    assert!(found(no_clock, "src/check.rs", "let place = Instance::FIRST; // an Instant\n").is_empty());
}

#[test]
fn a_test_without_a_target_is_found() {
    assert_eq!(found(test_target, "tests/golden.rs", "//! Golden runs.\nuse std::fs;\n"), [1]);
    assert!(found(test_target, "tests/page.rs", "//! The page.\n#![cfg(target_arch = \"wasm32\")]\n").is_empty());
    assert!(found(test_target, "tests/support/scripts.rs", "//! Random scripts.\n").is_empty());
}

#[test]
fn unfinished_work_is_found() {
    let text = concat!("fn f() {\n    todo", "!(\"later\")\n}\n#[", "ignore]\n// FIX", "ME\n");
    assert_eq!(found(nothing_unfinished, "src/sim.rs", text), [2, 4, 5]);
    assert!(found(nothing_unfinished, "src/sim.rs", "fn ignore() {}\n").is_empty());
}

#[test]
fn a_closed_changelog_is_found() {
    assert_eq!(found(open_changelog, "CHANGELOG.md", "# Changelog\n\n## [0.1.0]\n"), [1]);
    assert!(found(open_changelog, "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n").is_empty());
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "let a = \"f64 \\\" f64\"; // f64\n/* f64\n*/ let b: &'static str = r#\"f64\" f64\"#;\nlet c = ['f', '\\'']; f64\n";
    let source = Source::new("src/types.rs", text);
    assert_eq!(source.words(&["f64"]), [(4, "`f64`".to_owned())]);
    assert_eq!(source.code.lines().count(), text.lines().count());
}
