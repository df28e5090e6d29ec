//! Every format says what the run is, has a safe file name, and does not depend on how far the session is.

mod diagrams;

use super::{Choice, FORMATS, Format, SVG_BYTES_MAX, export, find};
use crate::scenario::library::{self, LIBRARY};
use crate::session::Session;
use crate::trace::EventId;
use crate::types::Time;
use crate::view::scene::Target;
use crate::view::{Index, Vocabulary};

fn open(text: &str) -> Session {
    Session::open(&format!("paxos-playground 1\n{text}")).expect("a good script")
}

fn built_in(name: &str) -> Session {
    Session::open(library::find(name).expect("it is built in").text).expect("a good script")
}

fn format(name: &str) -> &'static Format {
    find(name).expect("it is a format")
}

fn svg(session: &Session, choice: &Choice) -> String {
    export(session, format("svg"), choice).expect("it can be drawn").text
}

/// How many arrows have arrived in the picture's timeline.
fn heads(svg: &str) -> usize {
    let timeline = svg.split("<g class=\"timeline\">").nth(1).and_then(|rest| rest.split("</g>").next());
    timeline.expect("there is a timeline").matches("class=\"head\"").count()
}

#[test]
fn figures_of_one_run_at_several_instants_are_equally_large_with_lanes_at_one_height() {
    // The runs: one whose outcome, legend and violated checks grow, one that is drawn as densities in the end, and a
    // narrow one.
    let many: String = (0..130).map(|count| format!("at {count}Δ propose A \"d{count}\"\n")).collect();
    let many = format!("protocol multi\nnodes 5\n{many}");
    let short = "nodes 3\nat 0Δ propose A \"a decree with a name that needs more than one line, or so\"\n";
    let built_in = ["without-promise", "two-proposers", "partition-and-heal", "leader-election"].map(built_in);
    for mut session in built_in.into_iter().chain([open(&many), open(short)]) {
        while !session.judge(100_000) {}
        let end = session.end();
        let layout = |svg: &str| -> (String, Vec<String>) {
            let size = svg.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a size");
            let names =
                svg.split("<g class=\"names\"").nth(1).and_then(|rest| rest.split("</g>").next()).expect("names");
            let heights = names.split("<text").skip(1).filter_map(|text| text.split(" y=\"").nth(1));
            let heights = heights.filter_map(|rest| rest.split('"').next()).map(str::to_owned);
            (size.to_owned(), heights.collect())
        };
        let whole = layout(&svg(&session, &Choice::default()));
        assert!(whole.1.len() > session.scenario().nodes(), "{whole:?}");
        for part in 0..=8 {
            session.seek(Time(end.0 / 8 * part));
            let shown = Choice { shown: Some(session.cursor()), ..Choice::default() };
            assert_eq!(layout(&svg(&session, &shown)), whole, "{} at {part}/8", session.scenario().title);
        }
    }
}

#[test]
fn formats_have_names_of_their_own_and_files_that_say_what_they_are() {
    for (place, format) in FORMATS.iter().enumerate() {
        assert_eq!(FORMATS.iter().position(|other| other.name == format.name), Some(place));
        let exported = export(&built_in("steady"), format, &Choice::default()).expect("it can be exported");
        assert!(exported.name.ends_with(&format!(".{}", format.ending)) && exported.kind == format.kind);
        assert!(exported.text.ends_with('\n'), "{}", format.name);
    }
    assert!(find("png").is_none(), "only a page can make one");
}

#[test]
fn files_are_named_after_the_title_in_letters_that_every_system_takes() {
    let named = |title: &str, of: &str| {
        let session = open(&format!("{title}nodes 1\n"));
        export(&session, format(of), &Choice::default()).expect("it can be exported").name
    };
    assert_eq!(named("title A minimal ballot: 5Δ\n", "svg"), "a-minimal-ballot-5delta.svg");
    assert_eq!(named("title A minimal ballot: 5Δ\n", "test"), "a_minimal_ballot_5delta.rs");
    assert_eq!(named("title ../../etc/passwd <b>\n", "script"), "etc-passwd-b.paxos");
    assert_eq!(named("title 漢字\n", "json"), "run.json");
    assert_eq!(named("", "json"), "run.json");
    assert_eq!(named(&format!("title {}\n", "long ".repeat(40)), "svg").len(), "long-".len() * 12 - 1 + ".svg".len());
}

#[test]
fn a_figure_shows_the_whole_run_however_far_it_was_watched() {
    let mut session = built_in("two-proposers");
    let whole = svg(&session, &Choice::default());
    assert_eq!(heads(&whole), 32);
    session.seek(Time::deltas(1));
    assert_eq!(svg(&session, &Choice::default()), whole);
    let part = svg(&session, &Choice { shown: Some(session.cursor()), ..Choice::default() });
    assert!(heads(&part) < 10 && part.contains(", until 1Δ. Nothing is decided."), "{part}");
    let size = |svg: &str| svg.split("viewBox=").nth(1).and_then(|rest| rest.split('"').nth(1).map(str::to_owned));
    assert_eq!(size(&part).map(|size| size[..8].to_owned()), size(&whole).map(|size| size[..8].to_owned()));
}

#[test]
fn a_figure_names_its_lanes_its_ends_and_what_is_broken() {
    let broken = svg(&built_in("without-promise"), &Choice::default());
    for said in [">A</text>", ">C</text>", ">11Δ</text>", ">time</text>", "✗ Agreement (9Δ): A learned “red”"] {
        assert!(broken.contains(said), "{said}");
    }
    // No violation is shown before it happens.
    let mut session = built_in("without-promise");
    session.seek(Time::deltas(7));
    let before = svg(&session, &Choice { shown: Some(session.cursor()), ..Choice::default() });
    assert!(!before.contains('✗') && before.contains("“blue” is decided by ballot 2.C"));
    let names = "nodes Alexandria Byzantium\nat 0Δ propose Byzantium \"red\"\n";
    assert!(svg(&open(names), &Choice::default()).contains(">Alexandria</text>"));
}

#[test]
fn a_figure_can_be_dark_speak_the_words_of_2001_and_light_a_path() {
    let session = built_in("minimal-ballot");
    let choice = Choice { is_dark: true, words: Vocabulary::MadeSimple2001, ..Choice::default() };
    let dark = svg(&session, &choice);
    assert!(dark.contains("fill=\"#1a1c22\"") && !dark.contains("#ffffff"));
    assert!(dark.contains("1a Prepare") && !dark.contains("NextBallot"));
    let index = Index::of(session.played());
    let chosen = Some(Target::Mark(index.decisions[0].0));
    let lit = svg(&session, &Choice { chosen, ..Choice::default() });
    assert!(lit.contains(">4</text>") && lit.contains("opacity=\"0.2\""), "a critical path of four messages");
    // An event that is not in this run highlights nothing.
    let chosen = Some(Target::Mark(EventId(1_000_000)));
    assert!(!svg(&session, &Choice { chosen, ..Choice::default() }).contains("opacity=\"0.2\""));
}

#[test]
fn a_legend_explains_the_signs_of_the_run_and_no_others() {
    let explained =
        |name: &str, sign: &str| svg(&built_in(name), &Choice::default()).contains(&format!(">{sign}</text>"));
    assert!(explained("minimal-ballot", "2b Voted") && !explained("minimal-ballot", "refused"));
    assert!(explained("two-proposers", "refused") && !explained("two-proposers", "leads"));
    assert!(explained("leader-election", "leads") && explained("leader-election", "crashed, and down"));
    assert!(explained("partition-and-heal", "cut") && !explained("leader-election", "cut"));
}

#[test]
fn long_runs_are_finished_on_the_side_and_drawn_as_densities() {
    let proposals: String = (0..700).map(|ballot| format!("at {}Δ propose A \"decree\"\n", 6 * ballot)).collect();
    let session = open(&format!("nodes 25\nloss 1%\n{proposals}"));
    assert!(!session.is_settled(), "it is a long run");
    let events = session.trace().events().len();
    let drawn = svg(&session, &Choice::default());
    assert!(drawn.len() < 500_000 && heads(&drawn) == 0, "{}", drawn.len());
    assert!(drawn.contains("sent: 1a NextBallot, 1b LastVote"));
    assert_eq!(session.trace().events().len(), events, "the session stays as it is");
    let mut settled = session.clone();
    while !settled.judge(100_000) {}
    assert_eq!(svg(&settled, &Choice::default()), drawn);
    assert_eq!(
        export(&settled, format("json"), &Choice::default()),
        export(&session, format("json"), &Choice::default())
    );
}

#[test]
fn a_figure_with_too_much_in_it_is_refused_in_a_sentence() {
    let cuts: String = (0..1500).map(|cut| format!("at {}Δ partition A B | C D | E\n", cut / 2)).collect();
    let session = open(&format!("nodes 128\n{cuts}"));
    let why = export(&session, format("svg"), &Choice::default()).expect_err("it is too large");
    assert!(why.starts_with("A picture of this run would have more than 4 MB"), "{why}");
    assert!(export(&session, format("json"), &Choice::default()).is_ok());
}

#[test]
fn every_built_in_scenario_is_a_small_figure() {
    for built_in in LIBRARY {
        let session = Session::open(built_in.text).expect("a good script");
        let drawn = svg(&session, &Choice::default());
        assert!(drawn.len() < SVG_BYTES_MAX / 20, "{}: {}", built_in.name, drawn.len());
        let (sent, lost) = Index::of(session.played()).sent_and_lost(session.trace(), session.trace().events().len());
        assert!(drawn.contains(&format!(" {sent} message")), "{}", built_in.name);
        assert!(heads(&drawn) <= sent + 20 && (lost == 0 || drawn.contains(">lost</text>")), "{}", built_in.name);
    }
}

/// The places of the words of a figure's legend.
fn legend_words(svg: &str) -> Vec<(String, String)> {
    let legend = svg.split_once("class=\"legend\"").expect("there is a legend").1;
    let legend = legend.split("</g>").next().expect("it ends");
    let words = legend.split("<text").skip(1).filter_map(|word| word.split_once('>'));
    words.map(|(place, word)| (word.split("</text>").next().unwrap_or_default().to_owned(), place.to_owned())).collect()
}

#[test]
fn no_sign_of_the_legend_moves_while_a_run_goes_on() {
    let mut session = built_in("two-proposers");
    let svg = find("svg").expect("it is a format");
    let whole = legend_words(&export(&session, svg, &Choice::default()).expect("it can be drawn").text);
    let mut counts = Vec::new();
    for quarter in 0..24 {
        session.seek(Time(quarter * 250_000));
        let choice = Choice { shown: Some(session.cursor()), ..Choice::default() };
        let words = legend_words(&export(&session, svg, &choice).expect("it can be drawn").text);
        assert!(words.iter().all(|word| whole.contains(word)), "at a quarter Δ times {quarter}: {words:?}");
        counts.push(words.len());
    }
    assert!(counts.is_sorted() && counts[0] < whole.len(), "signs come one by one: {counts:?}");
}
