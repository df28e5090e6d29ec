//! Diagrams for other programs: they have every message with its decree, say what is lost, and no sign of a script means
//! anything to these programs.

use super::*;
use crate::session::Cursor;
use crate::trace::{Trace, What};

fn diagram(session: &Session, name: &str) -> String {
    export(session, format(name), &Choice::default()).expect("it can be written").text
}

/// How many messages between different nodes arrive, and how many are lost.
fn ends(trace: &Trace) -> (usize, usize) {
    let count = |is_it: fn(&What) -> Option<crate::trace::MessageId>| {
        let messages = trace.events().iter().filter_map(|event| is_it(&event.what));
        messages.filter(|id| !trace.message(*id).to_self()).count()
    };
    let landed = count(|what| if let What::Landed(id) = what { Some(*id) } else { None });
    (landed, count(|what| if let What::Lost(id, _) = what { Some(*id) } else { None }))
}

#[test]
fn every_message_of_every_built_in_run_is_an_arrow_and_every_loss_is_seen() {
    for one in LIBRARY {
        let session = Session::open(one.text).expect("a good script");
        let (landed, lost) = ends(session.trace());
        let arrows = |name: &str, arrow: &str, lost_arrow: &str| {
            let text = match export(&session, format(name), &Choice::default()) {
                Ok(exported) => exported.text,
                Err(why) => {
                    assert!(landed + lost > 300 && why.contains("would have more than"), "{}: {why}", one.name);
                    return;
                }
            };
            let count = |arrow: &str| text.lines().filter(|line| line.contains(arrow)).count();
            assert_eq!((count(arrow), count(lost_arrow)), (landed, lost), "{} as {name}", one.name);
        };
        arrows("mermaid", "->>n", "--xn");
        arrows("plantuml", " -> n", " -->x n");
        arrows("tikz", "\\draw[->]", "$\\times$");
    }
}

#[test]
fn arrows_bear_the_decree_and_losses_their_reason() {
    let session = built_in("message-loss");
    let mermaid = diagram(&session, "mermaid");
    assert!(mermaid.contains("2a BeginBallot 2.A #34;") && mermaid.contains(", lost#58; dropped"), "{mermaid}");
    let plantuml = diagram(&session, "plantuml");
    assert!(plantuml.contains("2a BeginBallot 2.A &#34;") && plantuml.contains(", lost: dropped"), "{plantuml}");
    let tikz = diagram(&session, "tikz");
    assert!(tikz.contains("2a BeginBallot 2.A {\\char34}") && tikz.contains("{lost: dropped}"), "{tikz}");
    let choice = Choice { words: Vocabulary::MadeSimple2001, ..Choice::default() };
    let modern = export(&session, format("mermaid"), &choice).expect("it can be written").text;
    assert!(modern.contains("2a Accept 2.A") && !modern.contains("BeginBallot"));
}

#[test]
fn a_diagram_ends_where_it_is_told_to() {
    let mut session = built_in("two-proposers");
    session.seek(Time::deltas(1));
    let choice = Choice { shown: Some(session.cursor()), ..Choice::default() };
    for name in ["mermaid", "plantuml", "shiviz", "tikz"] {
        let part = export(&session, format(name), &choice).expect("it can be written").text;
        assert!(part.contains("NextBallot 1.A") && !part.contains("BeginBallot"), "{part}");
    }
}

#[test]
fn what_a_script_says_means_nothing_to_the_programs_that_draw() {
    let session =
        open("title end; <b> %% $x_1$\nnodes A C\nat 0Δ propose C \"#1; end <i>*a* ~x %q {y} \\\\end [[z]]\"\n");
    let mermaid = diagram(&session, "mermaid");
    for line in mermaid.lines().skip(2) {
        assert!(!line.contains(['<', '%', '{', '[', '~', '*', '"']), "{line}");
    }
    let plantuml = diagram(&session, "plantuml");
    for line in plantuml.lines().filter(|line| line.contains("BeginBallot") || line.starts_with("title")) {
        assert!(!line.contains(['<', '%', '{', '[', '~', '*', '"', '\\']), "{line}");
    }
    let tikz = diagram(&session, "tikz");
    let begin = tikz.lines().find(|line| line.contains("2a BeginBallot")).expect("it is there");
    assert!(begin.contains("\\#1; end \\textless{}i\\textgreater{}*a* \\textasciitilde{}x \\%q \\{y\\}"), "{begin}");
}

#[test]
fn a_log_for_shiviz_has_the_clocks_of_the_run() {
    let session = built_in("two-proposers");
    let text = diagram(&session, "shiviz");
    let (head, log) = text.split_once("\n\n").expect("a pattern and an empty line");
    assert_eq!(head, super::super::SHIVIZ_PATTERN);
    let lines: Vec<_> = log.lines().collect();
    let mut counts = [0; 5];
    let mut read = Vec::new();
    for pair in lines.chunks(2) {
        let (host, clock) = pair[1].split_once(' ').expect("a node and its clock");
        let place = ["A", "B", "C", "D", "E"].iter().position(|name| *name == host).expect("it is a node");
        let mut known = [0; 5];
        for part in clock.trim_matches(['{', '}']).split(", ") {
            let (name, count) = part.split_once(':').expect("a count");
            let other = ["\"A\"", "\"B\"", "\"C\"", "\"D\"", "\"E\""].iter().position(|quoted| *quoted == name);
            known[other.expect("it is a node")] = count.parse().expect("a number");
        }
        counts[place] += 1;
        assert_eq!(known[place], counts[place], "each event adds one: {}", pair[1]);
        read.push((pair[0].to_owned(), known));
    }
    let is_before = |one: &[i32; 5], other: &[i32; 5]| one.iter().zip(other).all(|(a, b)| a <= b);
    let find = |words: &str| read.iter().find(|(text, _)| text.contains(words)).map(|(_, clock)| *clock).expect(words);
    assert!(is_before(&find("tried 1.A"), &find("learned \"")), "a decision comes after its ballot");
    assert!(!is_before(&find("tried 2.B"), &find("tried 1.A")), "B begins later");
}

#[test]
fn a_run_that_is_too_long_is_refused_in_a_sentence() {
    let proposals: String = (0..200).map(|count| format!("at {count}Δ propose A \"d{count}\"\n")).collect();
    let session = open(&format!("protocol multi\nnodes 25\nuntil 300Δ\n{proposals}"));
    for (name, most) in
        [("mermaid", "2000 steps"), ("plantuml", "2000 steps"), ("shiviz", "10000 events"), ("tikz", "160Δ")]
    {
        let why = export(&session, format(name), &Choice::default()).expect_err("it is too long");
        assert!(why.contains(most) && why.contains("beginning"), "{why}");
        let choice = Choice { shown: Some(Cursor { time: Time::deltas(2), events: 400 }), ..Choice::default() };
        assert!(export(&session, format(name), &choice).is_ok(), "{name}");
    }
}
