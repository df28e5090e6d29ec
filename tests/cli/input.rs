//! Texts that are no script, and the message about each.

use super::*;

#[test]
fn bad_input_is_told_in_one_line_with_its_place() {
    let cases: &[(&str, &str)] = &[
        ("nodes A B\nat 0 propose Q red", "line 3, column 14: no node is called “Q”; the nodes are A, B"),
        ("nodes A B\nat soon propose A red", "line 3, column 4: “soon” is not a time; write it like 1.5Δ"),
        ("nodes A B\nat -1Δ propose A red", "line 3, column 4: “-1” is not a time; write it like 1.5Δ"),
        ("nodes A B\nat 1.1234567 crash A", "line 3, column 4: a time has at most 6 decimals"),
        ("nodes A B\nat 1000000Δ crash A", "line 3, column 4: a time is at most 100000Δ"),
        ("nodes 10000", "line 2, column 7: a cluster has 1 to 128 nodes, not 10000"),
        ("nodes 99999999999", "line 2, column 7: “99999999999” is too large a number"),
        ("nodes 0", "line 2, column 7: a cluster has 1 to 128 nodes, not 0"),
        ("nodes", "line 2, column 6: expected a number of nodes, or their names, found the end of the line"),
        ("nodes A B A", "line 2, column 7: two nodes are called “A”"),
        ("nodes A ABCDEFGHIJKLMNOPQ", "line 2, column 9: a name has at most 16 characters"),
        ("seed 3", "line 2, column 1: the script names no nodes; add a line such as “nodes A B C”"),
        ("nodse A B", "line 2, column 1: “nodse” is not a statement; did you mean nodes?"),
        ("nodes A B\nat 1 crahs A", "line 3, column 6: “crahs” is not something that can be done; did you mean crash?"),
        ("nodes A B\nseed 1\nseed 2", "line 4, column 1: “seed” is said twice"),
        ("nodes A B\nat 0 partition A | A B", "line 3, column 16: A is named twice"),
        (
            "nodes A B\nat 0 cut A->A",
            "line 3, column 10: a message to oneself does not travel: it takes no time and cannot be lost",
        ),
        (
            "nodes A B\ndelay 1.5Δ",
            "line 3, column 7: Δ is the maximum message delay, so a link's delay is at most 1Δ; single messages may take longer",
        ),
        ("nodes A B\ndelay LastVote A->B #1 2000Δ", "line 3, column 24: a message takes at most 1000Δ"),
        (
            "nodes A B\ndrop Promis A->B #1",
            "line 3, column 6: the basic protocol has no message “Promis”; it has: NextBallot, LastVote, BeginBallot, Voted, Success",
        ),
        ("nodes A B\ndrop LastVote A->B #0", "line 3, column 21: messages are counted from #1"),
        (
            "nodes A B\ndrop Voted B->A #*",
            "line 3, column 17: “#*” is no number, as #2 is; a comment has a space after its #",
        ),
        (
            "nodes A B\ndelay Voted B->A #x 2Δ",
            "line 3, column 18: “#x” is no number, as #2 is; a comment has a space after its #",
        ),
        (
            "nodes A B\nduplicate Voted B->A #all +1Δ",
            "line 3, column 22: “#all” is no number, as #2 is; a comment has a space after its #",
        ),
        ("nodes A B\ndrop Voted B->A # 2", "line 3, column 17: a number stands close to its sign: #2"),
        ("nodes A B\ndrop Voted B->A #2x", "line 3, column 19: nothing more is expected here, found “x”"),
        ("nodes A B\ndrop Voted B->A #1-3", "line 3, column 19: nothing more is expected here, found “-3”"),
        ("nodes A B\ndrop Voted B->A #1 #2", "line 3, column 20: “#2” is one number too many, or stands too late"),
        ("nodes A B\ndelay Voted B->A 2Δ #2", "line 3, column 21: “#2” is one number too many, or stands too late"),
        (
            "nodes A B\nprotocol complete\nat 1 timeout A \"phase 1\" #x",
            "line 4, column 26: “#x” is no number, as #2 is; a comment has a space after its #",
        ),
        (
            "nodes A B\nprotocol raft",
            "line 3, column 10: no protocol is called “raft”; there is: preliminary, basic, complete, multi, broadcast, cheap, fast, fast-log",
        ),
        (
            "nodes A B\noption gaurd ge",
            "line 3, column 8: the basic protocol has no option “gaurd”; it has: guard, phase-2; did you mean guard?",
        ),
        ("nodes A B\noption guard lax", "line 3, column 14: option guard is one of strict, ge, not “lax”"),
        ("nodes A B\nat 0 propose A \"red", "line 3, column 16: expected a value, as in \"red\", found “\"red”"),
        (
            "nodes A B\nloss 101%",
            "line 3, column 6: “101” is not a percentage from 0% to 100% with at most four decimals",
        ),
        ("nodes A B\nloss A->C 10%", "line 3, column 9: no node is called “C”; the nodes are A, B"),
        (
            "nodes A B\nloss A->A 10%",
            "line 3, column 6: a message to oneself does not travel: it takes no time and cannot be lost",
        ),
        ("nodes A B\nloss A->B 10%\nloss A→B 20%", "line 4, column 1: “loss A->B” is said twice"),
        (
            "nodes A B\nduplicates A->B",
            "line 3, column 16: expected a percentage, as in 10%, found the end of the line",
        ),
        (
            "nodes A B\nwithout promise B",
            "line 3, column 17: only “memory” is switched off for single processes; “promise” is a rule of them all",
        ),
        ("nodes A B\nwithout memory C", "line 3, column 16: no node is called “C”; the nodes are A, B"),
        ("nodes A B\nwithout memory A A", "line 3, column 16: A is named twice"),
        ("nodes A B\nwithout memory\nwithout memory B", "line 4, column 9: “without memory” is said twice"),
        ("nodes A B\nwithout memory B\nwithout memory A", "line 4, column 9: “without memory” is said twice"),
        ("nodes A B\nat 1 restart A full", "line 3, column 16: nothing more is expected here, found “full”"),
        (
            "nodes A B\nat 250ms crash A",
            "line 3, column 4: “250ms” means nothing unless a line says how long Δ is, as in “delta 100ms”",
        ),
        ("nodes A B\ndelta 100", "line 3, column 7: “100” does not say how long Δ is; write it like 100ms or 2s"),
        ("nodes A B\ndelta", "line 3, column 6: expected how long Δ is, as in 100ms, found the end of the line"),
        ("nodes A B\ndelta 0ms", "line 3, column 7: one Δ is more than 0 ms and at most 3600000 ms"),
        ("nodes A B\ndelta 3601s", "line 3, column 7: one Δ is more than 0 ms and at most 3600000 ms"),
        ("nodes A B\ndelta 0.0001ms", "line 3, column 7: a time in ms has at most 3 decimals"),
        ("nodes A B\ndelta 1ms\ndelta 2ms", "line 4, column 1: “delta” is said twice"),
        ("nodes A B\ndelta 99999999999999999999s", "line 3, column 7: one Δ is more than 0 ms and at most 3600000 ms"),
        ("nodes A B\ndelta 1ms\nat 1e3ms crash A", "line 4, column 4: “1e3ms” is not a time; write it like 1.5Δ"),
        ("nodes A B\nheal \u{7}", "line 3, column 6: a script has no control characters"),
    ];
    for (lines, told) in cases {
        assert_bad(&run(&["run", "-"], format!("{HEADER}{lines}\n").as_bytes()), &format!("-, {told}"));
    }
}

#[test]
fn what_stands_apart_from_its_sign_is_a_comment() {
    for (line, printed) in [
        ("drop Voted B->A # why", "drop      Voted B->A #1  # why"),
        ("drop Voted B->A #2 # why", "drop      Voted B->A #2  # why"),
        ("drop Voted B->A #2 #why", "drop      Voted B->A #2  # why"),
        ("drop Voted B->A #1  # 2", "drop      Voted B->A #1  # 2"),
        ("drop Voted B->A # 2 of them", "drop      Voted B->A #1  # 2 of them"),
        ("drop Voted B->A ## why", "drop      Voted B->A #1  # # why"),
        ("drop Voted B->A#2", "drop      Voted B->A #2"),
        ("drop Voted B->A #", "drop      Voted B->A #1  # "),
        ("delay Voted B->A 2Δ #why", "delay     Voted B->A #1 2Δ  # why"),
        ("at 1 crash A #2", "at 1Δ     crash A  # 2"),
        ("at 1 heal # all", "at 1Δ     heal  # all"),
    ] {
        let script = Script::parse(&format!("{HEADER}nodes A B\n{line}\n")).expect("a good script");
        assert_eq!(script.to_string().lines().last(), Some(printed), "{line}");
    }
}

#[test]
fn a_text_that_is_no_script_is_told_so() {
    let line = "-, line 1, column 1: a script begins with the line “paxos-playground 1”";
    for text in ["", "\n", "hello", "nodes A B C\n"] {
        assert_bad(&run(&["run", "-"], text.as_bytes()), line);
    }
    let version = "-, line 1, column 1: version “9” is not known here; this is version 1";
    assert_bad(&run(&["run", "-"], b"paxos-playground 9\n"), version);
}

#[test]
fn a_megabyte_of_noise_is_refused_at_once() {
    let line = "-, line 1, column 1: a script has at most 65536 bytes";
    let mut state = 1_u32;
    let mut noise = || {
        // The generator from Numerical Recipes is random enough here.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let binary: Vec<u8> = (0..1 << 20).map(|_| noise()).collect();
    let printable: Vec<u8> = HEADER.bytes().chain((0..1 << 20).map(|_| b' ' + noise() % 95)).collect();
    for noise in [&binary, &printable] {
        assert_bad(&run(&["run", "-"], noise), line);
    }
    let path = file("noise", &binary);
    let name = path.to_str().expect("a path in UTF-8");
    assert_bad(&run(&["run", name], b""), &line.replacen('-', name, 1));
}

#[test]
fn bytes_that_are_no_text_are_placed() {
    assert_bad(&run(&["run", "-"], b"paxos-playground 1\nnode\xff"), "-, line 2, column 5: this is not UTF-8 text");
}

#[test]
fn too_many_lines_are_refused() {
    let script = format!("{HEADER}{}", "#\n".repeat(4096));
    assert_bad(&run(&["run", "-"], script.as_bytes()), "-, line 4097, column 1: a script has at most 4096 lines");
}
