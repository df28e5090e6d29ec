//! The command line, parsed by hand: a dozen words do not need a library.

use std::path::PathBuf;

use crate::Outcome;
use crate::mutants::{self, Scope};
use crate::parts::{self, Amount};

/// What `cargo xtask --help` prints.
pub(crate) const HELP: &str = "\
The chores of paxos-playground. Each command first sets up what it needs; a second run installs nothing.

Usage: cargo xtask <command>

  serve [--port N]       show the page at http://127.0.0.1:8080/ and rebuild it on every change
  test [--only PART]... [--all]
                         run every check, fast ones first (see the parts below); with --all the end-to-end tests that
                         one browser is enough for run in every browser
  build                  build the page into dist/ as it is published, and print what a first visit loads
  dist [DIR]             build the page and copy it into a folder for any static server, by default target/site
  npm [DIR]              build the npm package, page included, by default into target/npm/package
  bench                  measure the engine natively and in a browser, and the page's frames
  frames                 measure only the page's frames: panning, zooming, scrubbing and playing large runs
  load                   measure how long a first visit takes on a slow network
  fuzz [--seconds N]     feed made-up texts to the reader and to runs, a minute each
  record                 record which functions run as the page opens; the others come after its first picture
  screenshots [DIR] [--all]
                         photograph the built page for the documents, into docs/images; with --all every picture in
                         every size, light and dark, into target/screenshots
  swarm [--events N | --hours H] [--seed S]
                         random fault configurations: N events of each protocol, or for H hours; a fresh seed
  mutants [REVISION | --all] [--shard K/N] [-- ARGUMENT...]
                         whether the tests notice small errors in what was changed since REVISION, by default main,
                         or anywhere in the engine; ARGUMENTS go to cargo-mutants
  setup                  install everything that `test` needs, without running it
  fmt, fmt-check         format the sources, or only check that they are formatted
  lint                   run clippy as `test` does
  size                   print what a first visit of the page in dist/ loads

Parts of `test`, for --only (a prefix selects all that start with it, so `wasm` means all browsers):
  fmt  lint  docs  unit  swarm  cluster  diagrams  build  size  wasm-chromium  wasm-firefox
  wasm-webkit  e2e-chromium  e2e-firefox  e2e-webkit  npm

Tools go into the folder paxos-playground under your cache directory ($XDG_CACHE_HOME or ~/.cache), by version,
shared by every clone; your own tools are used where they fit and never replaced.
";

/// One parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Print the help.
    Help,
    /// Install everything.
    Setup,
    /// Serve the page on a loopback port.
    Serve {
        /// The port to listen on.
        port: u16,
    },
    /// Build the page into `dist/`.
    Build,
    /// Build the page and copy it into a folder.
    Dist {
        /// The folder for it, if not the usual one.
        folder: Option<PathBuf>,
    },
    /// Build the npm package.
    Npm {
        /// The folder for it, if not the usual one.
        folder: Option<PathBuf>,
    },
    /// Run the checks.
    Test {
        /// Names or prefixes of parts; empty means all.
        only: Vec<String>,
        /// Whether every end-to-end test runs in every browser.
        all: bool,
    },
    /// Run the benchmarks.
    Bench,
    /// Record which functions of the page run as it opens.
    Record,
    /// Measure how long a first visit takes.
    Load,
    /// Measure the page's frames.
    Frames,
    /// Run the fuzz targets.
    Fuzz {
        /// How long each of them runs.
        seconds: u32,
    },
    /// Photograph the page.
    Screenshots {
        /// The folder for the pictures, if not the usual one.
        folder: Option<PathBuf>,
        /// Whether every picture is taken in every size and both schemes.
        all: bool,
    },
    /// Format the sources.
    Format,
    /// Check the formatting.
    FormatCheck,
    /// Run clippy.
    Lint,
    /// Draw fault configurations at random.
    Swarm {
        /// How many of them are drawn.
        amount: Amount,
        /// The seed from which they are drawn; a new one when none is given.
        seed: Option<u64>,
    },
    /// Try mutants.
    Mutants {
        /// Which mutants are tried.
        scope: Scope,
        /// Further arguments for cargo-mutants.
        arguments: Vec<String>,
    },
    /// Print the sizes of the built page.
    Size,
}

/// Reads the words after `cargo xtask`.
pub(crate) fn parse(words: &[String]) -> Outcome<Request> {
    let mut words = words.iter().map(String::as_str);
    let Some(command) = words.next() else {
        return Ok(Request::Help);
    };
    let mut rest: Vec<&str> = words.collect();
    if rest.iter().any(|word| matches!(*word, "-h" | "--help")) {
        return Ok(Request::Help);
    }
    let request = match command {
        "-h" | "--help" | "help" => Request::Help,
        "setup" => Request::Setup,
        "serve" => Request::Serve { port: port(&mut rest)? },
        "build" => Request::Build,
        "dist" => Request::Dist { folder: folder(&mut rest) },
        "npm" => Request::Npm { folder: folder(&mut rest) },
        "test" => Request::Test { only: only(&mut rest)?, all: flag(&mut rest, "--all") },
        "bench" => Request::Bench,
        "fuzz" => Request::Fuzz { seconds: number(&mut rest, "--seconds")?.unwrap_or(60) },
        "frames" => Request::Frames,
        "load" => Request::Load,
        "record" => Request::Record,
        "screenshots" => screenshots(&mut rest),
        "fmt" => Request::Format,
        "fmt-check" => Request::FormatCheck,
        "lint" => Request::Lint,
        "swarm" => Request::Swarm { amount: amount(&mut rest)?, seed: number(&mut rest, "--seed")? },
        "mutants" => mutants(&mut rest)?,
        "size" => Request::Size,
        other => {
            return Err(format!("There is no command `{other}`; `cargo xtask --help` lists them."));
        }
    };
    match rest.first() {
        Some(word) => Err(format!("`{command}` does not know `{word}`; `cargo xtask --help` shows what it takes.")),
        None => Ok(request),
    }
}

fn port(rest: &mut Vec<&str>) -> Outcome<u16> {
    match option(rest, "--port")? {
        Some(word) => word.parse().map_err(|_| format!("`--port {word}` is not a number between 0 and 65535.")),
        None => Ok(8080),
    }
}

fn screenshots(rest: &mut Vec<&str>) -> Request {
    let all = flag(rest, "--all");
    Request::Screenshots { folder: folder(rest), all }
}

/// Takes the next word as a folder, unless it is an option.
fn folder(rest: &mut Vec<&str>) -> Option<PathBuf> {
    let folder = rest.first().copied().filter(|word| !word.starts_with('-'));
    rest.drain(..usize::from(folder.is_some()));
    folder.map(PathBuf::from)
}

fn amount(rest: &mut Vec<&str>) -> Outcome<Amount> {
    let (events, hours) = (number(rest, "--events")?, number(rest, "--hours")?);
    match (events, hours) {
        (Some(_), Some(_)) => Err("`swarm` takes `--events` or `--hours`, not both.".to_owned()),
        (_, Some(hours)) => Ok(Amount::Hours(hours)),
        (events, None) => Ok(Amount::Events(events.unwrap_or(10_000_000))),
    }
}

fn mutants(rest: &mut Vec<&str>) -> Outcome<Request> {
    let own = rest.iter().position(|word| *word == "--").unwrap_or(rest.len());
    let passed_on: Vec<&str> = rest.drain(own..).skip(1).collect();
    let shard = option(rest, "--shard")?.map(|shard| format!("--shard={shard}"));
    let arguments = shard.into_iter().chain(passed_on.into_iter().map(str::to_owned)).collect();
    let all = flag(rest, "--all");
    let revision = rest.first().copied().filter(|word| !word.starts_with('-'));
    rest.drain(..usize::from(revision.is_some()));
    let scope = match (all, revision) {
        (true, Some(_)) => return Err("`mutants` takes a revision or `--all`, not both.".to_owned()),
        (true, None) => Scope::All,
        (false, revision) => Scope::Since(revision.unwrap_or(mutants::BASE).to_owned()),
    };
    Ok(Request::Mutants { scope, arguments })
}

fn number<N: std::str::FromStr>(rest: &mut Vec<&str>, name: &str) -> Outcome<Option<N>> {
    let read = |word: String| word.parse().map_err(|_| format!("`{name} {word}` is not a whole number that fits."));
    option(rest, name)?.map(read).transpose()
}

fn only(rest: &mut Vec<&str>) -> Outcome<Vec<String>> {
    let mut only = Vec::new();
    while let Some(word) = option(rest, "--only")? {
        if !parts::NAMES.iter().any(|name| name.starts_with(&word)) {
            return Err(format!("`test` has no part `{word}`; the parts are {}.", parts::NAMES.join(", ")));
        }
        only.push(word);
    }
    Ok(only)
}

/// Takes `name` out of `rest`; whether it was there.
fn flag(rest: &mut Vec<&str>, name: &str) -> bool {
    let words = rest.len();
    rest.retain(|word| *word != name);
    rest.len() < words
}

/// Takes `--name value` or `--name=value` out of `rest`, if it is there.
fn option(rest: &mut Vec<&str>, name: &str) -> Outcome<Option<String>> {
    let is_it = |word: &&str| word.strip_prefix(name).is_some_and(|tail| tail.is_empty() || tail.starts_with('='));
    let Some(index) = rest.iter().position(is_it) else {
        return Ok(None);
    };
    if let Some((_, value)) = rest.remove(index).split_once('=') {
        return Ok(Some(value.to_owned()));
    }
    if index == rest.len() {
        return Err(format!("`{name}` needs a value after it."));
    }
    Ok(Some(rest.remove(index).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Outcome<Request> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn no_words_ask_for_help() {
        assert_eq!(parsed(""), Ok(Request::Help));
        assert_eq!(parsed("serve --help"), Ok(Request::Help));
    }

    #[test]
    fn serve_takes_a_port_in_both_spellings() {
        assert_eq!(parsed("serve"), Ok(Request::Serve { port: 8080 }));
        assert_eq!(parsed("serve --port 9000"), Ok(Request::Serve { port: 9000 }));
        assert_eq!(parsed("serve --port=9000"), Ok(Request::Serve { port: 9000 }));
        assert!(parsed("serve --port").is_err());
        assert!(parsed("serve --port many").is_err());
    }

    #[test]
    fn test_takes_several_parts_and_refuses_unknown_ones() {
        let only = vec!["fmt".to_owned(), "wasm".to_owned()];
        assert_eq!(parsed("test --only fmt --only wasm"), Ok(Request::Test { only, all: false }));
        assert_eq!(parsed("test --all"), Ok(Request::Test { only: Vec::new(), all: true }));
        assert!(parsed("test --only nonsense").is_err());
    }

    #[test]
    fn swarm_takes_events_or_hours_and_a_seed() {
        let amount = Amount::Events(5);
        assert_eq!(parsed("swarm --events 5 --seed 7"), Ok(Request::Swarm { amount, seed: Some(7) }));
        assert_eq!(parsed("swarm --hours 2"), Ok(Request::Swarm { amount: Amount::Hours(2), seed: None }));
        assert!(parsed("swarm --hours 2 --events 5").is_err());
    }

    #[test]
    fn screenshots_take_a_folder_and_all() {
        let folder = Some(PathBuf::from("pictures"));
        assert_eq!(parsed("screenshots"), Ok(Request::Screenshots { folder: None, all: false }));
        assert_eq!(parsed("screenshots --all pictures"), Ok(Request::Screenshots { folder, all: true }));
        assert!(parsed("screenshots --al").is_err());
        assert!(parsed("screenshots one two").is_err());
    }

    #[test]
    fn dist_and_npm_take_a_folder() {
        assert_eq!(parsed("dist"), Ok(Request::Dist { folder: None }));
        assert_eq!(parsed("npm"), Ok(Request::Npm { folder: None }));
        assert_eq!(parsed("npm package"), Ok(Request::Npm { folder: Some(PathBuf::from("package")) }));
        assert_eq!(parsed("dist site"), Ok(Request::Dist { folder: Some(PathBuf::from("site")) }));
        assert!(parsed("dist one two").is_err());
        assert!(parsed("dist --all").is_err());
    }

    #[test]
    fn mutants_take_a_revision_or_all_and_pass_the_rest_on() {
        let since = |revision: &str| Scope::Since(revision.to_owned());
        let mutants = |scope, arguments: &[&str]| {
            Ok(Request::Mutants { scope, arguments: arguments.iter().map(|word| (*word).to_owned()).collect() })
        };
        assert_eq!(parsed("mutants"), mutants(since("main"), &[]));
        assert_eq!(parsed("mutants HEAD~3 -- --list"), mutants(since("HEAD~3"), &["--list"]));
        let shard = mutants(Scope::All, &["--shard=0/4", "--jobs", "2", "--", "--quiet"]);
        assert_eq!(parsed("mutants --shard 0/4 --all -- --jobs 2 -- --quiet"), shard);
        assert!(parsed("mutants main --all").is_err());
        assert!(parsed("mutants main other").is_err());
        assert!(parsed("mutants --jobs 2").is_err());
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        assert!(parsed("bake").is_err());
        assert!(parsed("build now").is_err());
    }
}
