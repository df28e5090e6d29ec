//! How lines about single places and about clocks are read, what they mean, and how they print.

use super::{Act, Disk, Scenario, Script, Statement, limits};
use crate::types::{Bytes, NodeId, Time};

fn read(lines: &str) -> (Script, Scenario) {
    Scenario::read(&format!("paxos-playground 1\nnodes A B C\n{lines}")).unwrap_or_else(|error| panic!("{error}"))
}

/// The printed lines of the script after its head.
fn printed(lines: &str) -> String {
    let (script, _) = read(lines);
    let text = script.to_string();
    assert_eq!(Script::parse(&text).as_ref(), Ok(&script), "it reads back as it was");
    text.lines().skip(2).map(|line| format!("{line}\n")).collect()
}

fn error(lines: &str) -> String {
    let text = format!("paxos-playground 1\nnodes A B C\n{lines}");
    Scenario::read(&text).expect_err("it is no scenario").to_string()
}

#[test]
fn lines_of_one_place_print_as_they_are_written() {
    for line in [
        "loss      A->B 20%",
        "duplicates A->B 0.5%",
        "without   memory C",
        "without   memory A C",
        "at 2Δ     restart C empty",
    ] {
        assert_eq!(printed(&format!("{line}\n")), format!("{line}\n"));
    }
    let (_, scenario) = read("at 1Δ crash C\nat 2Δ restart C empty\nat 3Δ crash C\nat 4Δ restart C\n");
    let disks: Vec<_> = scenario
        .acts
        .iter()
        .filter_map(|planned| match planned.act {
            Act::Restart(node, disk) => Some((node, disk)),
            _ => None,
        })
        .collect();
    assert_eq!(disks, [(NodeId(2), Disk::Empty), (NodeId(2), Disk::Kept)]);
}

#[test]
fn a_setting_of_one_link_takes_the_place_of_its_own_line_only() {
    let (mut script, _) = read("loss 10%\nloss A->B 20%\n");
    script.set(Statement::Loss(None, 0));
    assert_eq!(script.to_string().lines().skip(2).collect::<Vec<_>>(), ["loss      0%", "loss      A->B 20%"]);
}

#[test]
fn times_in_ms_are_ticks_exactly_and_stay_as_they_are_written() {
    let lines = "at 250ms  propose A \"red\"\ndelay     Voted B->A #1 30ms\nduplicate Voted B->A #2 +12.5ms\n\
                 delay     20ms..90ms\ndelay     A->B 45ms\ndelta     100ms\nuntil     2000ms\n";
    assert_eq!(printed(lines), lines);
    let (_, scenario) = read(lines);
    assert_eq!((scenario.acts[0].at, scenario.until), (Time(2_500_000), Some(Time::deltas(20))));
    assert_eq!(scenario.network.delay.all.least, Time(200_000));
    let (_, in_deltas) = read(
        "at 2.5Δ propose A red\ndelay Voted B->A #1 0.3Δ\nduplicate Voted B->A #2 +0.125Δ\ndelay 0.2Δ..0.9Δ\n\
         delay A->B 0.45Δ\nuntil 20Δ\n",
    );
    let meaning = |scenario: Scenario| {
        let acts: Vec<_> = scenario.acts.into_iter().map(|planned| (planned.at, planned.act)).collect();
        let rules: Vec<_> = scenario.rules.into_iter().map(|rule| (rule.link, rule.ordinal, rule.effect)).collect();
        (acts, rules, scenario.network, scenario.until)
    };
    assert_eq!(meaning(scenario), meaning(in_deltas));
}

#[test]
fn seconds_are_printed_in_ms_and_other_lines_stay_in_deltas() {
    let lines = "delta 0.5s\nat 2Δ crash A\nat 1s crash B\nat 1.5s inject NextBallot C->B 5.C after 2Δ\nuntil 2s\n";
    let expected = "delta     500ms\nat 2Δ     crash A\nat 1000ms crash B\n\
                    at 1500ms inject NextBallot C->B 5.C after 1000ms\nuntil     2000ms\n";
    assert_eq!(printed(lines), expected);
    // A time of the line that is not a whole number of microseconds stays in Δ, so that nothing is rounded.
    assert_eq!(
        printed("delta 1ms\nat 0.0005Δ crash A\nat 0.000001Δ inject NextBallot C->B 5.C after 1ms\n"),
        "delta     1ms\nat 0.0005Δ crash A\nat 0.000001Δ inject NextBallot C->B 5.C after 1ms\n"
    );
}

#[test]
fn a_time_in_ms_that_cannot_be_told_exactly_is_refused_where_it_stands() {
    assert_eq!(
        error("delta 30ms\nat 10ms crash A\n"),
        "line 4, column 4: 10 ms is no whole number of ticks, a million of which are one Δ of 30 ms; the nearest are \
         9.999 ms and 10.002 ms"
    );
    assert!(read("delta 30ms\nat 9.999ms crash A\n").1.acts[0].at == Time(333_300));
    // A mistake after the dots of a range is reported, too.
    assert!(error("delta 30ms\ndelay 3ms..10ms\n").starts_with("line 4, column 12: 10 ms is no whole"));
}

#[test]
fn what_is_too_long_is_told_where_it_stands_in_whatever_unit_it_is_said() {
    let told = |time: &str| error(&format!("delta 100ms\ndelay LastVote A->B #1 {time}\n"));
    for time in ["2000Δ", "200000ms", "200s"] {
        assert_eq!(told(time), "line 4, column 24: a message takes at most 1000Δ");
    }
    assert!(error("delta 100ms\ndelay 0.15s\n").starts_with("line 4, column 7: Δ is the maximum"));
    assert!(error("delta 1ms\nuntil 200s\n").starts_with("line 4, column 7: a time is at most 100000Δ"));
}

#[test]
fn captions_are_in_order_of_time_and_print_as_they_are_read() {
    let text = "paxos-playground 1\nnodes     A\nwait      3Δ     Now crash A: # 1, then go on.\ncaption   0.5Δ   So it begins.\n";
    let (script, scenario) = Scenario::read(text).expect("a good script");
    assert_eq!(script.to_string(), text);
    let told: Vec<_> = scenario.captions.iter().map(|it| (it.at.to_string(), it.text.as_str(), it.waits)).collect();
    let told: Vec<_> = told.iter().map(|(at, text, waits)| (at.as_str(), *text, *waits)).collect();
    assert_eq!(told, [("0.5", "So it begins.", false), ("3", "Now crash A: # 1, then go on.", true)]);
    let at = |time| scenario.caption(time).map(|it| it.text.as_str());
    assert_eq!((at(Time::ZERO), at(Time::DELTA)), (None, Some("So it begins.")));
    assert_eq!(scenario.next_caption(Time::DELTA).map(|it| it.at), Some(Time::deltas(3)));
    assert_eq!(scenario.next_caption(Time::deltas(3)), None);
}

#[test]
fn captions_are_bounded_and_a_mistake_in_one_has_its_place() {
    let error =
        |lines: &str| Scenario::read(&format!("paxos-playground 1\nnodes A\n{lines}")).expect_err("not a script");
    let told = error("caption 2Δ one\nwait 2Δ two\n");
    assert_eq!(
        (told.line, told.message.as_str()),
        (4, "two captions begin at the same instant, and only one can be shown")
    );
    assert_eq!(error("caption 2Δ\n").message, "expected some text, found the end of the line");
    assert_eq!(error("caption Hello\n").line, 3);
    let long = format!("caption 1Δ {}\n", "x".repeat(limits::CAPTION_CHARS + 1));
    assert_eq!(error(&long).message, "a caption has at most 240 characters");
    let many: String = (0..=limits::CAPTIONS).map(|time| format!("caption {time}Δ x\n")).collect();
    assert_eq!((error(&many).line, error(&many).message.as_str()), (103, "a script has at most 100 captions"));
}

#[test]
fn lies_print_as_they_are_written_and_mean_nothing_where_everybody_is_believed() {
    let lines = "liars     A C\ntolerate  1\nforge     PrePrepare A->B #1 \"blue\"\nforge     Commit A->B #2 silent\n\
                 forge     Commit A->B #3 late 3Δ\nforge     Reply A->B #1 false\nforge     ViewChange A->B #1 omit\n\
                 forge     ViewChange A->B #2 omit B C\nforge     ViewChange A->B #3 claim Prepare C 2.A [3] \"red\"\n\
                 forge     ViewChange A->B #4 claim Prepare B\n";
    assert_eq!(printed(lines), lines);
    let (_, scenario) = read(lines);
    assert_eq!((scenario.rules.len(), scenario.setup.cast.liars.len(), scenario.setup.cast.tolerates), (0, 0, None));
    let why = "the basic protocol believes every process, so nobody lies under it";
    assert_eq!(scenario.idle, (3..13).map(|line| (line, why.to_owned())).collect::<Vec<_>>());
}

#[test]
fn a_mistake_in_a_lie_has_its_place() {
    for (line, expected) in [
        (
            "forge Voted A->B #1\n",
            "line 3, column 20: expected the lie: a value in quotes, silent, late, false, omit or claim, found the end of the line",
        ),
        (
            "forge Voted A->B #1 silence\n",
            "line 3, column 21: “silence” is not a lie: a value in quotes, silent, late, false, omit or claim; did you mean silent?",
        ),
        ("forge Voted A->B #1 late\n", "line 3, column 25: expected a time, as in 1.5Δ, found the end of the line"),
        ("forge Voted A->B #0 silent\n", "line 3, column 19: messages are counted from #1"),
        ("liars D\n", "line 3, column 7: no node is called “D”; the nodes are A, B, C"),
        ("liars A A\n", "line 3, column 7: A is named twice"),
        ("tolerate 3\n", "line 3, column 10: of 3 acceptors at most 2 may fail, not 3"),
        ("tolerate 1 2\n", "line 3, column 12: the second number is at most the first one, 1"),
        ("tolerate\n", "line 3, column 9: expected a number, found the end of the line"),
        ("tolerate 1\ntolerate 1\n", "line 4, column 1: “tolerate” is said twice"),
    ] {
        assert_eq!(error(line), expected);
    }
}

#[test]
fn sizes_and_a_bandwidth_are_exact_and_print_in_their_largest_unit() {
    let lines = "header    64B\nsize      1.5kB\nbandwidth 2MB/Δ\n";
    assert_eq!(
        printed("header 0.064kB\nsize 1500B\nbandwidth 2000kB/D # a rate\n"),
        lines.replace("/Δ", "/Δ  # a rate")
    );
    let (_, scenario) = read(lines);
    let sizes = scenario.network.sizes;
    assert_eq!((sizes.header, sizes.value, sizes.bandwidth), (Bytes(64), Bytes(1_500), Some(Bytes(2_000_000))));
    assert_eq!(sizes.takes(Bytes(64)), Time(32));
    assert_eq!(sizes.takes(Bytes(1)), Time(1), "half a tick is a whole one");
    assert_eq!(read("").1.network.sizes.takes(limits::SIZE), Time::ZERO);
}

#[test]
fn sizes_that_are_none_are_told_with_their_place() {
    let cases = [
        (
            "size 30",
            "line 3, column 6: “30” is no whole number of bytes with its unit; write it like 100B, 1.5kB or 2MB",
        ),
        (
            "size 1.5B",
            "line 3, column 6: “1.5B” is no whole number of bytes with its unit; write it like 100B, 1.5kB or 2MB",
        ),
        ("header", "line 3, column 7: expected a number of bytes, as in 30kB, found the end of the line"),
        ("size 1.1GB", "line 3, column 6: a size is at most 1GB"),
        ("size 99999999999999999999999GB", "line 3, column 6: a size is at most 1GB"),
        ("bandwidth 1kB", "line 3, column 14: expected “/Δ”, as in 100kB/Δ, found the end of the line"),
        ("bandwidth 1kB/s", "line 3, column 15: expected “/Δ”, as in 100kB/Δ, found “s”"),
        (
            "bandwidth 0B/Δ",
            "line 3, column 11: at least one byte leaves a port in 1Δ; without this line everything leaves at once",
        ),
        ("size 1B\nsize 2B", "line 4, column 1: “size” is said twice"),
    ];
    for (lines, message) in cases {
        assert_eq!(error(&format!("{lines}\n")), message);
    }
}
