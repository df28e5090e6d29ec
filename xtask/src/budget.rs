//! The size budget: what a first visit of the page loads, as it travels over the network.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{Outcome, machine};

/// What we aim for, in kilobytes (1000 bytes) after gzip -9.
const AIM_KB: f64 = 150.0;
/// What fails the check.
const LIMIT_KB: f64 = 200.0;

/// Prints the size of every file a first visit loads and fails above the limit.
pub(crate) fn check(dist: &Path) -> Outcome {
    if !dist.join("index.html").is_file() {
        return Err("There is no built page in dist/; run `cargo xtask build` first.".to_owned());
    }
    let files = files(dist);
    let loaded = first_load(dist, &files)?;
    println!("{:>10} {:>10}  first load", "bytes", "gzip -9");
    let mut total = 0;
    for file in &loaded {
        total += print_sizes(dist, file)?;
    }
    for file in files.iter().filter(|file| !loaded.contains(*file)) {
        print!("(later)");
        print_sizes(dist, file)?;
    }
    let kilobytes = total as f64 / 1000.0;
    println!("First load: {kilobytes:.1} kB after gzip (aim {AIM_KB:.0} kB, limit {LIMIT_KB:.0} kB)");
    if kilobytes > LIMIT_KB {
        return Err(format!(
            "The page is too big: a first visit loads {kilobytes:.1} kB, the limit is {LIMIT_KB:.0} kB."
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

/// The files that index.html names, and those that they name in turn.
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
            text.contains(name)
        };
        open.extend(files.iter().filter(named).cloned());
    }
    Ok(loaded)
}

/// Prints one line of the table and answers the compressed size in bytes.
fn print_sizes(dist: &Path, file: &Path) -> Outcome<usize> {
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
