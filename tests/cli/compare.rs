//! Protocols side by side on the terminal: the slides' variants, or those of a list.

use super::*;

#[test]
fn compare_prints_the_three_variants_side_by_side() {
    let output = run(&["compare", "steady"], b"");
    assert_good(&output);
    assert_eq!(text(&output.stderr), "");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = text(&output.stdout).lines().map(words).collect();
    // The columns: from the request until the leader, all and the client know; from 2a until the leader and all know;
    // from 1a until all know; messages.
    assert_eq!(lines[2], "5Δ basic red 4Δ 5Δ 4Δ 2Δ 3Δ 5Δ 20");
    assert_eq!(lines[3], "3Δ multi red 2Δ 3Δ 2Δ 2Δ 3Δ – 12");
    assert_eq!(lines[4], "2Δ broadcast red 2Δ 2Δ 2Δ 2Δ 2Δ – 24");
}

#[test]
fn compare_gives_whole_reports_as_json() {
    let output = run(&["compare", "steady", "--json"], b"");
    assert_good(&output);
    let comparison: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let figures = |place: usize| {
        let decision = &comparison["variants"][place]["report"]["decisions"][0];
        let latency = &decision["latency"]["from_client"];
        [&latency["leader"], &latency["all"], &decision["messages"]].map(Value::as_u64)
    };
    let expected = [[4, 5, 20], [2, 3, 12], [2, 2, 24]].map(|figures: [u64; 3]| figures.map(Some));
    assert_eq!([0, 1, 2].map(figures), expected);
    assert_eq!(comparison["variants"][0]["variant"], "5Δ");
}

#[test]
fn compare_takes_a_list_of_protocols() {
    let output = run(&["compare", "steady", "--with", "preliminary,complete, basic"], b"");
    assert_good(&output);
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines[2].split_whitespace().collect::<Vec<_>>()[..4], ["5Δ", "preliminary", "red", "4Δ"]);
    assert!(lines[3].starts_with("T_el + 5Δ + 4kΔ  complete     red"), "{}", lines[3]);
    assert!(lines[6].starts_with("5Δ  preliminary  1 decided, 16 messages"), "{}", lines[6]);
    let output = run(&["compare", "steady", "--with", "broadcast", "--json"], b"");
    let comparison: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let variants = comparison["variants"].as_array().expect("a list");
    assert_eq!((variants.len(), &variants[0]["variant"]), (1, &Value::from("2Δ")));
    let all = "preliminary, basic, complete, multi, broadcast, cheap, fast, fast-log";
    for (list, sentence) in [
        ("basic,multy", format!("no protocol is called “multy”; there is: {all}; did you mean multi?")),
        ("basic,", format!("a protocol’s name is missing; there is: {all}")),
        ("basic,multi,basic", "basic is named twice".to_owned()),
    ] {
        let output = run(&["compare", "steady", "--with", list], b"");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), &*format!("--with: {sentence}\n")));
    }
}

#[test]
fn compare_warns_of_lines_that_a_variant_does_not_know() {
    let output = run(&["compare", "-"], b"paxos-playground 1\nnodes 3\nat 4 propose A red\nat 9 leader B\n");
    let warning =
        "warning: - under basic, line 4: the basic protocol has no leader: whoever is asked starts a ballot\n";
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), warning));
}
