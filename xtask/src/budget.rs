//! The size budget: the files that a visit of the page loads, with the sizes that travel over the network.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{Outcome, machine, publish, split};

/// The check fails when what every visit loads is larger than [`limit_kb`], in kilobytes (1000 bytes) after gzip -9: so much
/// for the page with the ladder of five protocols, and so much for each protocol of the family that was added since, with its
/// checks, scenarios, lessons and explanations; so much for what every script may say besides: goals, sizes of messages and
/// bandwidth; and so much for what people bring along and look at in their own way: logs, exercises of their own, and a part
/// of a run. `cargo xtask load` measures how long a visit waits for its run, since that time is not the sum of sizes alone.
const LADDER_KB: usize = 450;
const PROTOCOL_KB: usize = 20;
const SCRIPTS_KB: usize = 20;
const OWN_KB: usize = 10;
const LADDER: usize = 5;

/// The file with the registry of protocols.
const REGISTRY: &str = include_str!("../../src/protocol.rs");

fn limit_kb() -> usize {
    LADDER_KB + SCRIPTS_KB + OWN_KB + PROTOCOL_KB * protocols(REGISTRY).saturating_sub(LADDER)
}

/// How many rows the registry has: the lines of its list, such as `&basic::PROTOCOL,`.
fn protocols(registry: &str) -> usize {
    let list = registry.split_once("static PROTOCOLS: &[&Protocol] = &[\n").map_or("", |(_, rest)| rest);
    list.lines().take_while(|line| line.trim_start().starts_with('&')).count()
}

/// Prints the size of every file of the page, and fails when those that every visit loads are too large together: the
/// files before the first picture, and the rest, which is fetched right after it. It prints the tools and the editor of
/// scripts, which are fetched when a visitor asks for one, the search's program, the files for frames alone, and the files that keep the page for
/// use offline, but does not count them.
pub(crate) fn check(dist: &Path) -> Outcome {
    if !dist.join("index.html").is_file() {
        return Err("There is no built page in dist/; run `cargo xtask build` first.".to_owned());
    }
    let files = files(dist);
    let loaded = named(dist, &files)?;
    let (editor, others): (Vec<_>, Vec<_>) = files.difference(&loaded).partition(|file| is_editor(file));
    let part = |number: usize| {
        let its = loaded.iter().filter(move |file| split::later_part(file).unwrap_or(0) == number);
        its.collect::<Vec<_>>()
    };
    let mut kilobytes = Vec::new();
    for (number, told) in
        ["loaded before the first picture", "loaded right after it", "loaded when asked for"].iter().enumerate()
    {
        println!("{:>10} {:>10}  {told}", "bytes", "gzip -9");
        let mut its = part(number);
        if number == 2 {
            its.extend(&editor);
        }
        kilobytes.push(print_files(dist, its.into_iter())?);
    }
    println!("{:>10} {:>10}  loaded for a search, by a frame, or later for use offline", "bytes", "gzip -9");
    print_files(dist, others.into_iter())?;
    let [first, after, asked] = kilobytes[..] else { unreachable!("there are three parts") };
    let visit = first + after;
    println!("First picture: {first:.1} kB after gzip, right after it: {after:.1} kB, when asked for: {asked:.1} kB");
    let limit = limit_kb();
    println!("Every visit: {visit:.1} kB (limit {limit} kB)");
    if visit > limit as f64 {
        return Err(format!("The page is too big: every visit loads {visit:.1} kB, the limit is {limit} kB."));
    }
    Ok(())
}

/// Whether a file is the editor of scripts.
fn is_editor(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(publish::is_editor)
}

/// All files of the page, in order of their names.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for path in machine::entries(folder) {
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path);
        }
    }
    files
}

/// The files that index.html names, and those that these name in turn, except the files that are named for later use.
fn named(dist: &Path, files: &BTreeSet<PathBuf>) -> Outcome<BTreeSet<PathBuf>> {
    let mut loaded = BTreeSet::new();
    let mut open = vec![dist.join("index.html")];
    while let Some(file) = open.pop() {
        if !loaded.insert(file.clone()) {
            continue;
        }
        let text = String::from_utf8(read(&file)?).unwrap_or_default();
        let named = |other: &&PathBuf| {
            let name = other.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            text.contains(name) && !publish::is_for_later(name)
        };
        open.extend(files.iter().filter(named).cloned());
    }
    Ok(loaded)
}

/// Prints a line for each file and returns the compressed size of them all, in kilobytes.
fn print_files<'f>(dist: &Path, files: impl Iterator<Item = &'f PathBuf>) -> Outcome<f64> {
    let mut total = 0;
    for file in files {
        total += print_sizes(dist, file)?;
    }
    Ok(total as f64 / 1000.0)
}

/// Prints one line of the table and returns the compressed size in bytes.
pub(crate) fn print_sizes(dist: &Path, file: &Path) -> Outcome<usize> {
    let bytes = read(file)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let compressed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
    let compressed = compressed.map_err(|error| format!("{} cannot be compressed: {error}.", file.display()))?.len();
    let name = file.strip_prefix(dist).unwrap_or(file).display();
    println!("{:>10} {compressed:>10}  {name}", bytes.len());
    Ok(compressed)
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_registry_has_its_share() {
        let two = "static PROTOCOLS: &[&Protocol] = &[\n    &one::PROTOCOL,\n    &two::PROTOCOL,\n];\nstatic V: [&Protocol; 1] = [&one::PROTOCOL];\n";
        assert_eq!(protocols(two), 2);
        assert!(protocols(REGISTRY) >= LADDER && limit_kb() >= LADDER_KB);
    }
}
