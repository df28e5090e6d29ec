//! The promises of links: a link is read back as it was written, old links are read for ever, and reading never fails,
//! however damaged a link is.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::inflate::{Fault, adler, inflate};
use super::*;
use crate::scenario::Script;
use crate::scenario::library::LIBRARY;
use crate::tongue::Tongue;

const SHORT: &str = "paxos-playground 1\ntitle Δ\nnodes 3\n";
const MOST: usize = limits::TEXT_BYTES;

fn of_text(text: &str) -> RunLink {
    RunLink { opens: Opens::Script(text.to_owned()), ..RunLink::default() }
}

fn canonical(text: &str) -> String {
    Script::parse(text).expect("built-in scenarios are tested").to_string()
}

#[track_caller]
fn assert_reads_back(link: &RunLink) {
    let printed = link.print();
    assert_eq!(RunLink::read(&printed), (link.clone(), None), "{printed}");
    assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()), "{printed}");
}

#[track_caller]
fn assert_wrong(fragment: &str, sentence: &str) -> RunLink {
    let (link, wrong) = RunLink::read(fragment);
    let wrong = wrong.unwrap_or_else(|| panic!("nothing is wrong with {fragment}"));
    assert!(wrong.contains(sentence), "{wrong}");
    link
}

/// The links that were written when this version was new, and the scripts that they hold. These links are read for ever.
///
/// `UPDATE_GOLDEN=1` adds the lines that are missing; a line that is there is never changed.
#[test]
fn golden_links_are_read_as_when_they_were_written() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/links/golden.txt");
    let mut golden = fs::read_to_string(&path).unwrap_or_default();
    let known = |golden: &str, name: &str| golden.lines().any(|line| line.split(' ').next() == Some(name));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        for built_in in LIBRARY {
            let text = canonical(built_in.text);
            if !known(&golden, built_in.name) {
                let line = format!("{} {:08x} {}", built_in.name, adler(text.as_bytes()), of_text(&text).print());
                writeln!(golden, "{line}").expect("a string takes everything");
            }
        }
        fs::write(&path, &golden).expect("the file can be written");
    }
    for line in golden.lines().filter(|line| !line.starts_with('#')) {
        let [name, sum, link] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (read, wrong) = RunLink::read(link);
        assert_eq!(wrong, None, "{line}");
        let Opens::Script(text) = read.opens else { panic!("{line} opens no script") };
        assert_eq!(format!("{:08x}", adler(text.as_bytes())), sum, "{line}");
        // A script that was read is written again to the same letters, or this would be another version.
        assert_eq!(of_text(&text).print(), link, "what is written for {name} has changed");
        assert!(library::find(name).is_some(), "the scenario {name} is gone, and links name it");
    }
    // No line is ever taken away.
    assert!(golden.lines().filter(|line| !line.starts_with('#')).count() >= 37);
}

/// What a link says of what is shown is written so that a person can read it.
#[test]
fn what_is_shown_stands_in_a_link_as_it_is() {
    let printed = "v=1&scenario=two-proposers&only=kinds:Voted,voted;nodes:A,B;ballots:1.A;instances:2-5";
    let (link, wrong) = RunLink::read(printed);
    assert_eq!((link.only.as_deref(), wrong), (Some("kinds:Voted,voted;nodes:A,B;ballots:1.A;instances:2-5"), None));
    assert_eq!(link.print(), printed);
    let encoded = printed.replace(',', "%2C").replace(';', "%3B");
    assert_eq!(RunLink::read(&encoded).0, link);
    let link =
        assert_wrong(&format!("v=1&scenario=two-proposers&only=nodes:{}", "A,".repeat(600)), "everything is shown");
    assert_eq!((link.opens, link.only), (Opens::BuiltIn("two-proposers"), None));
    assert_wrong("v=1&scenario=two-proposers&only=a%00b", "everything is shown");
}

/// Other programs compress without our text and in other ways.
#[test]
fn streams_of_other_programs_are_read() {
    let text = "paxos-playground 1\ntitle Hand-made\nnodes 3\nat 0Δ propose A \"red\"\nat 1Δ propose A \"red\"\n";
    let links = [
        // The Python streams come from `zlib.compress(text, 9)`, the same at level 0, and with tables of their own.
        include_str!("tests/python-9.txt"),
        include_str!("tests/python-0.txt"),
    ];
    for link in links {
        assert_eq!(RunLink::read(&format!("v=1&s={}", link.trim())), (of_text(text), None));
    }
    let (link, wrong) = RunLink::read(&format!("v=1&s={}", include_str!("tests/python-dynamic.txt").trim()));
    let Opens::Script(text) = link.opens else { panic!("{wrong:?}") };
    assert!(wrong.is_none() && text.lines().count() == 205, "{text}");
}

#[test]
fn every_kind_of_link_reads_back() {
    for built_in in LIBRARY {
        let opens = Opens::BuiltIn(built_in.name);
        assert_reads_back(&RunLink { opens, at: Some(Time(1_500_001)), selection: None, only: None, lang: None });
        assert_reads_back(&of_text(built_in.text));
        assert_reads_back(&of_text(&canonical(built_in.text)));
    }
    let lesson = Opens::Lesson("a-lesson-2".to_owned());
    assert_reads_back(&RunLink {
        opens: lesson,
        at: Some(Time::ZERO),
        selection: Some("Voted:Éa-B_:2".to_owned()),
        only: Some("kinds:Voted;nodes:Éa,B_".to_owned()),
        lang: Some(Tongue::German),
    });
    for text in ["", "x", "no script & no=link #", "Δ\r\n\0\u{10ffff}"] {
        assert_reads_back(&of_text(text));
    }
}

#[test]
fn the_longest_scripts_fit_into_a_link_and_take_no_time() {
    let mut seed = 1_u64;
    let noise: String = std::iter::repeat_with(|| char::from_u32(next(&mut seed, 0x700) as u32 + 0x80))
        .flatten()
        .take(MOST / 2)
        .collect();
    let alike = "abcdefgh".repeat(MOST / 8);
    let nearly: String = (0..MOST / 8).map(|place| format!("abcde{:02}\n", place % 100)).collect();
    for text in [noise, alike, nearly, "a".repeat(MOST)] {
        assert_eq!(text.len(), MOST);
        assert!(of_text(&text).print().len() <= LINK_CHARS);
        assert_reads_back(&of_text(&text));
    }
}

#[test]
fn a_bad_link_keeps_what_could_be_read() {
    let script = of_text("a text").print();
    let link = assert_wrong(&format!("{script}&t=soon"), "time was left out: “soon” is not a time");
    assert_eq!(link, of_text("a text"));
    let link = assert_wrong(&format!("{script}&t=100001"), "at most 100000Δ");
    assert_eq!(link, of_text("a text"));
    let link = assert_wrong(&format!("{script}&t=1&colour=red"), "“colour”");
    assert_eq!(link, RunLink { at: Some(Time::DELTA), ..of_text("a text") });
    let link = assert_wrong("v=1&s=!&t=2", "cannot be read: its character 1 is “!”");
    assert_eq!(link, RunLink { at: Some(Time::deltas(2)), ..RunLink::default() });
    assert_eq!(assert_wrong(&script[..script.len() - 9], "its end is missing").opens, Opens::Nothing);
    assert_eq!(assert_wrong(&script.replacen("v=1&", "", 1), "does not say its version"), of_text("a text"));
    assert_eq!(assert_wrong(&format!("{script}&s=x"), "twice"), of_text("a text"));
    assert_eq!(assert_wrong(&format!("{script}&lesson=x"), "two things"), of_text("a text"));
    assert_wrong("v=1&scenario=two-propposers", "“two-propposers” is none; did you mean two-proposers?");
    assert_wrong("v=1&lesson=<b>", "“<b>” is none");
    assert_wrong(&format!("v=1&lesson=adopt&sel={}", "x".repeat(SELECTION_CHARS + 1)), "no name of anything");
    assert_wrong("v=2&lesson=adopt", "version “2”");
    assert_eq!(assert_wrong(&format!("{script}&lang=tlh"), "the language “tlh”"), of_text("a text"));
    assert_wrong("v=1", "does not say what to open");
    assert_wrong("", "does not say what to open");
    assert_wrong(&"x".repeat(LINK_CHARS + 1), "too long");
}

#[test]
fn a_link_may_say_no_more_than_the_language() {
    let german = RunLink { lang: Some(Tongue::German), ..RunLink::default() };
    assert_eq!(german.print(), "v=1&lang=de");
    assert_reads_back(&german);
    let (link, wrong) = RunLink::read("v=1&lesson=adopt&lang=en");
    assert_eq!((link.lang, link.opens, wrong), (Some(Tongue::English), Opens::Lesson("adopt".to_owned()), None));
}

#[test]
fn links_survive_what_programs_do_to_them() {
    let link = RunLink { at: Some(Time::DELTA), selection: Some("A-B".to_owned()), ..of_text("Δ and more text") };
    let printed = link.print();
    let encoded: String = printed.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let padded = printed.replace("&t=", "==&t=").replace("Δ", "%CE%94");
    for changed in [encoded, printed.replace('&', "&amp;"), padded, printed.replace("t=1", "t=1%CE%94")] {
        assert_eq!(RunLink::read(&changed), (link.clone(), None), "{changed}");
    }
    let whole = format!("https://example.org/?theme=dark#{printed}");
    assert_eq!(fragment(&whole), Some(printed.as_str()));
    assert_eq!(fragment(&printed), Some(printed.as_str()));
    assert_eq!((fragment("two-proposers"), fragment("a#b"), fragment("")), (None, None, None));
}

/// A stream of zeros is a thousand times as long as its link.
#[test]
fn bombs_are_refused_before_they_go_off() {
    // Each copy makes 258 zeros out of a symbol of 8 bits and one of 5 bits; the stored block gives the first zero.
    let mut stream = vec![0x78, 0x01, 0, 1, 0, 0xfe, 0xff, 0];
    let copies: String = std::iter::repeat_n("1100010100000", 7000).collect();
    let bits = format!("110{copies}");
    stream.extend(
        bits.as_bytes()
            .chunks(8)
            .map(|bits| bits.iter().enumerate().fold(0, |byte, (place, bit)| byte | (bit - b'0') << place)),
    );
    assert_eq!(inflate(&DICTIONARY, &stream, MOST), Err(Fault::TooLong));
    assert_wrong(&format!("v=1&s={}", base64::encode(&stream)), "longer than the 65536 bytes");
    // Empty blocks end with the stream.
    let empty = [&[0x78, 0x01][..], &[0, 0, 0, 0xff, 0xff].repeat(19_000)].concat();
    assert_eq!(inflate(&DICTIONARY, &empty, MOST), Err(Fault::Cut));
}

/// Random numbers, the same each time: SplitMix64.
fn next(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ *seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ mixed >> 31) % below as u64) as usize
}

/// One way in which a link is damaged in transit.
fn mutated(link: &str, seed: &mut u64) -> String {
    let mut bytes = link.as_bytes().to_vec();
    let place = next(seed, bytes.len());
    let end = place + next(seed, bytes.len() - place) + 1;
    const LETTERS: &[u8] = b"ABCxyz019-_&=%#+/.:~ \xce\x94\"<\0";
    let letter = LETTERS[next(seed, LETTERS.len())];
    match next(seed, 9) {
        0 => bytes[place] = letter,
        1 => bytes[place] ^= 1 << next(seed, 7),
        2 => bytes.truncate(place),
        3 => bytes.insert(place, letter),
        4 => drop(bytes.drain(place..end)),
        5 => bytes.extend_from_within(place..end),
        6 => drop(bytes.splice(place..=place, format!("%{:02X}", link.as_bytes()[place]).into_bytes())),
        7 => bytes.extend_from_slice([&b"&u=1"[..], b"&v=2", b"&t=-1", b"&lesson=adopt", b"&sel=%00"][next(seed, 5)]),
        _ => drop(bytes.splice(..bytes.len().min(3), format!("v={}", next(seed, 4)).into_bytes())),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_hundred_thousand_damaged_links_are_read_or_refused_with_a_sentence() {
    let mut seed = 7_u64;
    let (mut refused, mut opened) = (0, 0);
    // Short links are damaged in more ways, because they are read sooner.
    let library: Vec<_> = LIBRARY.iter().map(|built_in| (built_in.text, of_text(built_in.text).print())).collect();
    let short = (SHORT, of_text(SHORT).print());
    for round in 0..100_000 {
        let (text, printed) = if round % 10 == 0 { &library[round / 10 % library.len()] } else { &short };
        let looks = ["", "&t=1.5", "&t=20&sel=A-B", "&sel=event:17"][round % 4];
        let mut damaged = mutated(&format!("{printed}{looks}"), &mut seed);
        while next(&mut seed, 3) == 0 && !damaged.is_empty() {
            damaged = mutated(&damaged, &mut seed);
        }
        let (read, wrong) = RunLink::read(&damaged);
        match wrong {
            Some(wrong) => {
                assert!(
                    wrong.starts_with("The link") && !wrong.ends_with('.') && wrong.chars().count() < 250,
                    "{wrong}"
                );
                assert!(!wrong.contains(char::is_control), "{wrong}");
                refused += 1;
            }
            // Without a sentence the link opens what was meant; only the place that is looked at may be another.
            // Which lessons there are is not asked here, so the name of a lesson is the one that the link has.
            None => match &read.opens {
                Opens::Lesson(id) => assert!(id == "adopt" || damaged.contains(&format!("lesson={id}")), "{damaged}"),
                opens => assert_eq!(*opens, of_text(text).opens, "{damaged}"),
            },
        }
        if let Opens::Script(read) = &read.opens {
            assert_eq!(read, text, "another script is opened by {damaged}");
            opened += 1;
        }
    }
    assert!(refused > 60_000 && opened > 20_000, "{refused} refused, {opened} opened");
}
