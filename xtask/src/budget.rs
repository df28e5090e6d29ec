//! The size budget: what a first visit of the page loads, as it travels over the network.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{Outcome, machine, publish, split};

/// What we aim for, in kilobytes (1000 bytes) after gzip -9.
const AIM_KB: f64 = 150.0;
/// What fails the check.
const LIMIT_KB: f64 = 200.0;
/// What fails the check of the first load and what comes right after it together.
const WHOLE_LIMIT_KB: f64 = 450.0;

/// Prints the size of every file a first visit loads and fails above the limits. What opens the page is the first load; the
/// rest of the WebAssembly is fetched right after the first picture, whether anybody needs it or not. What is left is fetched
/// when it is asked for, or by the service worker when nothing else is to be done.
pub(crate) fn check(dist: &Path) -> Outcome {
    if !dist.join("index.html").is_file() {
        return Err("There is no built page in dist/; run `cargo xtask build` first.".to_owned());
    }
    let files = files(dist);
    let loaded = first_load(dist, &files)?;
    let (rest, loaded): (Vec<_>, Vec<_>) = loaded.into_iter().partition(|file| split::is_rest(file));
    println!("{:>10} {:>10}  loaded before the first picture", "bytes", "gzip -9");
    let kilobytes = print_files(dist, loaded.iter())?;
    println!("{:>10} {:>10}  loaded right after", "", "");
    let rest_kilobytes = print_files(dist, rest.iter())?;
    println!("{:>10} {:>10}  loaded when asked for, or later for use offline", "", "");
    print_files(dist, files.iter().filter(|file| !loaded.contains(*file) && !rest.contains(*file)))?;
    let whole = kilobytes + rest_kilobytes;
    println!("First load: {kilobytes:.1} kB after gzip (aim {AIM_KB:.0} kB, limit {LIMIT_KB:.0} kB)");
    println!("Loaded right after: {rest_kilobytes:.1} kB");
    println!("Together: {whole:.1} kB (limit {WHOLE_LIMIT_KB:.0} kB)");
    if kilobytes > LIMIT_KB {
        return Err(format!(
            "The page is too big: its first picture needs {kilobytes:.1} kB, the limit is {LIMIT_KB:.0} kB."
        ));
    }
    if whole > WHOLE_LIMIT_KB {
        return Err(format!(
            "The page is too big: with what comes after its first picture it is {whole:.1} kB, the limit is \
             {WHOLE_LIMIT_KB:.0} kB."
        ));
    }
    if kilobytes > AIM_KB {
        println!("This is above the aim.");
    }
    Ok(())
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

/// The files that index.html names, and those that they name in turn, without those that are named for later.
fn first_load(dist: &Path, files: &BTreeSet<PathBuf>) -> Outcome<BTreeSet<PathBuf>> {
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

/// Prints a line for each file and answers the compressed size of them all, in kilobytes.
fn print_files<'f>(dist: &Path, files: impl Iterator<Item = &'f PathBuf>) -> Outcome<f64> {
    let mut total = 0;
    for file in files {
        total += print_sizes(dist, file)?;
    }
    Ok(total as f64 / 1000.0)
}

/// Prints one line of the table and answers the compressed size in bytes.
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
