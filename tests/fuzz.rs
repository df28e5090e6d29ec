//! Runs the fuzz targets' bodies over the built-in scenarios and over scripts with slips; `cargo xtask fuzz` runs for
//! longer.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::scenario::library::LIBRARY;

const GOLDEN: &str = include_str!("links/golden.txt");

#[path = "../fuzz/bodies.rs"]
mod bodies;

#[test]
fn the_bodies_of_the_fuzz_targets_accept_the_library() {
    for built_in in LIBRARY {
        bodies::read(built_in.text);
        bodies::run(built_in.text);
    }
}

#[test]
fn the_body_of_the_links_accepts_golden_links_and_beginnings_of_them() {
    let links: Vec<_> = GOLDEN.lines().filter_map(|line| line.split(' ').find(|word| word.starts_with("v="))).collect();
    assert!(links.len() >= LIBRARY.len());
    for link in links {
        (0..=link.len()).for_each(|end| bodies::link(&link[..end]));
    }
}

/// Each script with one line left out, doubled, or cut short.
#[test]
fn they_accept_what_is_left_of_it_after_a_slip() {
    for built_in in LIBRARY {
        let lines: Vec<_> = built_in.text.lines().collect();
        for place in 0..lines.len() {
            let with = |line: &str| {
                let all = lines.iter().enumerate().map(|(at, old)| if at == place { line } else { old });
                all.collect::<Vec<_>>().join("\n")
            };
            let line = lines[place];
            let half = line.char_indices().nth(line.chars().count() / 2).map_or(0, |(at, _)| at);
            for text in [with(""), with(&format!("{line}\n{line}")), with(&line[..half])] {
                bodies::read(&text);
                bodies::run(&text);
            }
        }
    }
}
