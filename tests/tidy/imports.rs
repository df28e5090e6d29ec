//! No two files import each other, unless one is in the folder of the other: `scene.rs` and `scene/lanes.rs` may import
//! each other, `lanes.rs` and `marks.rs` may not.
//!
//! The rule reads the paths in the code of all files, `use` trees and others, and finds for each path the file to which
//! it leads. A name that a file re-exports with `pub use` leads to the file that defines it, so a detour over the folder
//! hides nothing. Unit tests at the end of a file may import anything.

use std::collections::BTreeMap;

use super::{Source, is_part_of_name, sources};

/// The folders with the sources of each crate.
const CRATES: [&str; 4] = ["src", "xtask/src", "tests/e2e/src", "npm/src"];

/// The rule follows a name through no more re-exports than this.
const DETOURS_MAX: usize = 8;

/// A route: the folder of a crate, and from there the names of modules and items.
type Route<'a> = Vec<&'a str>;

/// A path in the code of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Import<'a> {
    /// The names as they are written; the last is `*` for a glob.
    names: Vec<&'a str>,
    /// The name of the import in the rest of the file.
    alias: &'a str,
    /// Whether the file re-exports it with `pub use`.
    is_public: bool,
}

/// All files of all crates by their modules, each with the paths in it.
struct Files<'a>(BTreeMap<Route<'a>, (&'a Source, Vec<Import<'a>>)>);

impl<'a> Files<'a> {
    fn read(sources: &'a [Source]) -> Self {
        let module = |source: &'a Source| Some((module(&source.path)?, (source, imports(&source.code))));
        Self(sources.iter().filter_map(module).collect())
    }

    /// The route from the root of the crate to the target of a path in this module; none for names of other crates and of
    /// the module itself.
    fn route(&self, module: &[&'a str], names: &[&'a str]) -> Option<Route<'a>> {
        let (mut route, mut names) = (module.to_vec(), names);
        let is_child = |name: &&'a str| self.0.contains_key(&[module, &[*name]].concat());
        if !names.first().is_some_and(|first| matches!(*first, "crate" | "super" | "self") || is_child(first)) {
            return None;
        }
        while let Some((first @ ("crate" | "super" | "self"), rest)) =
            names.split_first().map(|(first, rest)| (*first, rest))
        {
            match first {
                "crate" => route.truncate(1),
                "super" => drop(route.pop()),
                _ => {}
            }
            names = rest;
        }
        Some([&route, names].concat())
    }

    /// The module of the file that defines the item at the end of this route.
    fn end(&self, route: &[&'a str], detours: usize) -> Option<Route<'a>> {
        let length = (1..=route.len()).rev().find(|length| self.0.contains_key(&route[..*length]))?;
        let (module, rest) = route.split_at(length);
        let passed_on = |import: &&Import<'a>| import.is_public && rest.first() == Some(&import.alias);
        let import = self.0[module].1.iter().find(passed_on).filter(|_| detours < DETOURS_MAX);
        match import.and_then(|import| self.route(module, &import.names)) {
            Some(before) => self.end(&[&before, &rest[1..]].concat(), detours + 1),
            None => Some(module.to_vec()),
        }
    }

    /// For each module, the files that it imports outside of its own line of ancestors, each with the path as it is
    /// written.
    fn edges(&self) -> BTreeMap<(Route<'a>, Route<'a>), String> {
        let mut edges = BTreeMap::new();
        for (module, (_, imports)) in &self.0 {
            for import in imports {
                let route = self.route(module, &import.names);
                let Some(end) = route.and_then(|route| self.end(&route, 0)) else { continue };
                if !end.starts_with(module) && !module.starts_with(&end) {
                    edges.insert((module.clone(), end), import.names.join("::"));
                }
            }
        }
        edges
    }
}

/// Pairs of files that import each other, a sentence for each.
fn mutual_imports(sources: &[Source]) -> Vec<String> {
    let files = Files::read(sources);
    let edges = files.edges();
    let say = |((one, other), there): (&(Route<'_>, Route<'_>), &String)| {
        let back = edges.get(&(other.clone(), one.clone())).filter(|_| one < other)?;
        let (one, other) = (&files.0[one].0.path, &files.0[other].0.path);
        Some(format!("{one} imports `{there}`, and {other} imports `{back}`"))
    };
    edges.iter().filter_map(say).collect()
}

/// The module of a file: the folder of its crate, and the names from there.
fn module(path: &str) -> Option<Route<'_>> {
    let of =
        |folder: &&'static str| Some((*folder, path.strip_prefix(*folder)?.strip_prefix('/')?.strip_suffix(".rs")?));
    let (folder, below) = CRATES.iter().find_map(of)?;
    let names = below.split('/').filter(|_| !matches!(below, "lib" | "main"));
    Some(std::iter::once(folder).chain(names).collect())
}

/// The paths in code without comments and literals.
fn imports(code: &str) -> Vec<Import<'_>> {
    let code = code.split_once("#[cfg(test)]\nmod tests {").map_or(code, |(before, _)| before);
    let words = words(code);
    let (mut imports, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let starts_here = matches!(words[at], "crate" | "super" | "self") && words.get(at + 1) == Some(&"::");
        // A `use` after a `)` belongs to `pub(crate) use`.
        let is_public = at > 0 && matches!(words[at - 1], "pub" | ")");
        at = match words[at] {
            "use" => tree(&words, at + 1, &[], is_public, &mut imports),
            _ if starts_here => tree(&words, at, &[], false, &mut imports),
            _ => at + 1,
        };
    }
    imports
}

/// Reads the tree of paths that begins at a word, below these names; returns the place where it ends.
fn tree<'a>(
    words: &[&'a str],
    mut at: usize,
    above: &[&'a str],
    is_public: bool,
    imports: &mut Vec<Import<'a>>,
) -> usize {
    let mut names = above.to_vec();
    loop {
        match words.get(at) {
            Some(&"{") => {
                at += 1;
                while words.get(at).is_some_and(|word| *word != "}") {
                    at = tree(words, at, &names, is_public, imports).max(at + 1);
                }
                return at + 1;
            }
            Some(name) if *name == "*" || name.starts_with(is_part_of_name) => names.push(name),
            _ => break,
        }
        at += 1;
        if words.get(at) != Some(&"::") {
            break;
        }
        at += 1;
    }
    // `use a::{self}` is `use a`.
    names.pop_if(|last| *last == "self");
    let Some(mut alias) = names.last().copied() else { return at };
    if let [Some(&"as"), Some(name)] = [words.get(at), words.get(at + 1)] {
        (alias, at) = (name, at + 2);
    }
    imports.push(Import { names, alias, is_public });
    at
}

/// Code as names, `::`, and single other characters.
fn words(code: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), code.trim_start());
    while let Some(first) = rest.chars().next() {
        let name = rest.find(|next: char| !is_part_of_name(next)).unwrap_or(rest.len());
        let length = if rest.starts_with("::") { 2 } else { name.max(first.len_utf8()) };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after.trim_start();
    }
    words
}

#[test]
fn no_two_files_import_each_other() {
    let found = mutual_imports(&sources());
    let reason = "two files that need each other are one subject in two places, and neither can be read first: move what \
                  both need to a third file, or make one the folder of the other";
    assert!(
        found.is_empty(),
        "{} pairs of files import each other\n{}\nbecause {reason}",
        found.len(),
        found.join("\n")
    );
}

/// The findings of the rule in files with these names and texts.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    mutual_imports(&files.iter().map(|(path, text)| Source::new(path, text)).collect::<Vec<_>>())
}

#[test]
fn files_that_import_each_other_are_found() {
    let axis = ("src/plot/axis.rs", "use super::{Tick, curve::{bars, count}};\n");
    assert_eq!(
        found(&[
            ("src/plot.rs", "mod axis;\n"),
            axis,
            ("src/plot/curve.rs", "fn f() { crate::plot::axis::part(1) }\n")
        ]),
        ["src/plot/axis.rs imports `super::curve::count`, and src/plot/curve.rs imports `crate::plot::axis::part`"]
    );
    let debian = ("xtask/src/debian.rs", "use crate::toolchain::{self, TARGET};\n");
    let toolchain = ("xtask/src/toolchain.rs", "use crate::{Outcome, debian as other};\n");
    assert_eq!(found(&[debian, toolchain]).len(), 1);
}

#[test]
fn files_that_import_each_other_over_a_folder_are_found() {
    let folder = ("src/latency.rs", "mod fate;\nmod notebook;\npub(crate) use notebook::Notebook as Notes;\n");
    let fate = ("src/latency/fate.rs", "use super::Notes;\n");
    let notebook = ("src/latency/notebook.rs", "use super::fate::Fates;\n");
    assert_eq!(found(&[folder, fate, notebook]).len(), 1);
}

#[test]
fn a_folder_and_a_file_in_it_may_import_each_other() {
    let folder = ("src/plot.rs", "mod axis;\nmod curve;\npub use axis::Tick;\nuse axis::span;\n");
    let axis = ("src/plot/axis.rs", "// Not super::curve.\nuse super::Series;\nconst NAME: &str = \"super::curve\";\n");
    let curve = ("src/plot/curve.rs", "use super::axis::part;\nuse super::*;\npub(in crate::plot) fn f() {}\n");
    assert_eq!(found(&[folder, axis, curve]), Vec::<String>::new());
    let tested =
        ("src/plot/axis.rs", "use super::Series;\n#[cfg(test)]\nmod tests {\n    use super::super::curve::bars;\n}\n");
    assert_eq!(found(&[folder, tested, curve]), Vec::<String>::new());
}
