//! `sweep`: its output, how its parts are put together, and its messages about bad input.

use super::{assert_bad, assert_good, file, protocols, run, text};

#[test]
fn sweep_prints_how_latencies_are_spread() {
    let output = run(&["sweep", "steady", "--variants", "--seeds", "1..51"], b"");
    assert_good(&output);
    assert_eq!(text(&output.stderr), "");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = text(&output.stdout).lines().map(words).collect();
    assert_eq!(lines[0], "One request, three variants: 50 of 50 seeds, 1..51");
    assert_eq!(lines[2], "5Δ basic 50 of 50 runs decide (100.00%), 20 messages a decision");
    assert_eq!(lines[3], "latency in Δ count min p50 p90 p99 p99.9 max fastest slowest");
    assert_eq!(lines[5], "request to all 50 5 5 5 5 5 5 #1 #1");
    assert!(lines.contains(&"3Δ multi 50 of 50 runs decide (100.00%), 12 messages a decision".to_owned()));
    assert!(lines.contains(&"✓ every check holds in every run".to_owned()));
}

/// Everything that a sweep can be told, drawn by chance.
const ROUGH: [&str; 8] = ["--delay", "0.2Δ..1Δ", "--loss", "5%", "--duplicates", "2.5%", "--crashes", "1"];

#[test]
fn parts_of_a_sweep_come_to_the_same_bytes_as_the_whole() {
    let sweep = |more: &[&str]| {
        let arguments = [&["sweep", "steady", "--variants"], &ROUGH[..], more].concat();
        let output = run(&arguments, b"");
        assert_good(&output);
        output.stdout
    };
    let whole = sweep(&["--seeds", "0..90", "--json", "--threads", "1"]);
    assert_eq!(whole, sweep(&["--seeds", "0..90", "--json", "--threads", "3"]));
    let part = |name: &str, seeds: &str| file(name, &sweep(&["--seeds", seeds, "--json"]));
    let parts = [part("sweep-1", "0..20"), part("sweep-2", "20..70"), part("sweep-3", "70..90")];
    let [first, second, third] = parts.each_ref().map(|path| path.to_str().expect("a path in UTF-8"));
    for order in [[first, second, third], [third, first, second]] {
        let merged = run(&[&["sweep", "--json", "--merge"], &order[..]].concat(), b"");
        assert_good(&merged);
        assert!(merged.stdout == whole, "{order:?}");
    }
    let csv = sweep(&["--seeds", "0..90", "--csv"]);
    assert!(csv == run(&["sweep", "--csv", "--merge", second, first, third], b"").stdout);
    assert!(text(&csv).starts_with("variant,protocol,measure,latency,count,at_most\n5Δ,basic,from_client.leader,"));
    let twice = run(&["sweep", "--merge", first, first], b"");
    assert_bad(&twice, &format!("{first} and those before it: both have run seed 0, which would count twice"));
    let gap = run(&["sweep", "--merge", third, first], b"");
    assert!(text(&gap.stdout).starts_with("One request, three variants: 40 of 40 seeds, 0..20, 70..90\n"));
}

#[test]
fn shards_are_all_seeds_of_a_sweep_and_each_of_them_once() {
    let sweep = |more: &[&str]| {
        let output = run(&[&["sweep", "steady", "--seeds", "5..28", "--json"], &ROUGH[..], more].concat(), b"");
        assert_good(&output);
        output.stdout
    };
    let shards = (0..4).map(|place| file(&format!("shard-{place}"), &sweep(&["--shard", &format!("{place}/4")])));
    let shards: Vec<_> = shards.map(|path| path.to_str().expect("a path in UTF-8").to_owned()).collect();
    let merge: Vec<_> = ["sweep", "--json", "--merge"].into_iter().chain(shards.iter().map(String::as_str)).collect();
    assert!(run(&merge, b"").stdout == sweep(&[]));
    // The largest seeds there are, and as many shards.
    let (first, end) = ((1_u64 << 53) - 1_000_000_000, 1_u64 << 53);
    let last = ["--shard", "999999999/1000000000", "--json"];
    let output = run(&[&["sweep", "steady", "--seeds", &format!("{first}..{end}")], &last[..]].concat(), b"");
    assert!(text(&output.stdout).contains(&format!("\"done\":[[{},{end}]]", end - 1)), "{}", text(&output.stdout));
}

#[test]
fn any_run_of_a_sweep_is_a_script() {
    let output = run(&[&["sweep", "steady", "--seeds", "1..99", "--script", "17"], &ROUGH[..]].concat(), b"");
    assert_good(&output);
    let script = text(&output.stdout);
    let has = |line: &str| script.lines().any(|known| known.split_whitespace().collect::<Vec<_>>().join(" ") == line);
    assert!(["seed 17", "delay 0.2Δ..1Δ", "loss 5%", "duplicates 2.5%"].into_iter().all(has), "{script}");
    assert!(script.contains(" crash ") && script.contains(" restart "), "{script}");
    assert_good(&run(&["run", "-"], script.as_bytes()));
}

#[test]
fn a_sweep_in_which_a_check_is_violated_ends_with_status_1() {
    let output = run(&["sweep", "without-promise", "--seeds", "5..8"], b"");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("    ✗ promise: 3 runs, first #5\n"), "{}", text(&output.stdout));
}

#[test]
fn what_a_sweep_cannot_do_is_told_in_one_line() {
    let seeds = "write the first seed and the one before which to end, as in 1..1001";
    let shard = "write which shard, counted from 0, and how many there are, as in 0/4 to 3/4";
    for (arguments, line) in [
        (&["--seeds", "7"][..], format!("--seeds 7: {seeds}")),
        (&["--seeds", "-1..3"], format!("--seeds -1..3: {seeds}")),
        (&["--seeds", "1..99999999999999999999"], format!("--seeds 1..99999999999999999999: {seeds}")),
        (&["--seeds", "9..3"], "steady: there is no seed from 9 to before 3".to_owned()),
        (
            &["--seeds", "0..2000000"],
            "steady: a sweep has at most 1000000 seeds, not 2000000; run it in parts".to_owned(),
        ),
        (&["--seeds", "0..9", "--shard", "4/4"], format!("--shard 4/4: {shard}")),
        (&["--seeds", "0..9", "--shard", "-1/4"], format!("--shard -1/4: {shard}")),
        (&["--seeds", "0..9", "--shard", "1"], format!("--shard 1: {shard}")),
        (&["--seeds", "0..9", "--shard", "0/10"], "--shard 0/10: 9 seeds make 9 shards at most".to_owned()),
        (&["--seeds", "9..3", "--shard", "0/2"], "steady: there is no seed from 9 to before 3".to_owned()),
        (
            &["--seeds", "0..9", "--loss", "101%"],
            "--loss 101%: “101” is not a percentage from 0% to 100% with at most four decimals".to_owned(),
        ),
        (
            &["--seeds", "0..9", "--delay", "2Δ"],
            "--delay 2Δ: Δ is the maximum message delay, so it is at most 1Δ".to_owned(),
        ),
        (
            &["--seeds", "0..9", "--crashes", "9"],
            "steady: each node crashes once at most, and there are 5, not 9".to_owned(),
        ),
        (
            &["--seeds", "0..9", "--protocol", "paxso"],
            format!("steady with --protocol paxso: no protocol is called “paxso”; there is: {}", protocols()),
        ),
    ] {
        let joined: Vec<_> = arguments.chunks(2).map(|pair| format!("{}={}", pair[0], pair[1])).collect();
        let joined: Vec<_> = ["sweep", "steady"].into_iter().chain(joined.iter().map(String::as_str)).collect();
        assert_bad(&run(&joined, b""), &line);
    }
    assert_eq!(run(&["sweep", "steady"], b"").status.code(), Some(2));
}

#[test]
fn what_is_no_sweep_cannot_be_put_together() {
    let good = run(&["sweep", "steady", "--seeds", "0..3", "--json"], b"").stdout;
    let good = text(&good);
    for (name, old, new, told) in [
        ("version", "\"version\":1", "\"version\":7", "version 7 is not known here; this is version 1"),
        ("runs", "\"runs\":3", "\"runs\":4", "it counts 4 runs of 3 seeds"),
        ("sum", "\"decided\":3", "\"decided\":2", "of 3 runs 2 decide and 0 do not"),
        ("bins", "[4,3]", "[4,5]", "the bins of from_client.leader do not add up"),
        ("bin", "[4,3]", "[4.0001,3]", "4.0001Δ is not where a bin ends"),
        ("seeds", "\"asked\":[[0,3]]", "\"asked\":[[0,2]]", "it has run seeds that nobody asked for"),
        ("range", "\"asked\":[[0,3]]", "\"asked\":[[3,0]]", "3 to 0 is no range of seeds"),
        ("protocol", "\"protocol\":\"basic\"", "\"protocol\":\"raft\"", "no protocol is called “raft”"),
        ("check", "\"name\":\"B2\"", "\"name\":\"B9\"", "no check is called “B9”"),
        (
            "script",
            "nodes     5",
            "nodes     0",
            "under the basic protocol, line 6, column 11: a cluster has 1 to 128 nodes, not 0",
        ),
        (
            "crashes",
            "\"crashes\":\"none\"",
            "\"crashes\":\"8\"",
            "each node crashes once at most, and there are 5, not 8",
        ),
    ] {
        assert!(good.contains(old), "{name}");
        let path = file(&format!("sweep-bad-{name}"), good.replacen(old, new, 1).as_bytes());
        let path = path.to_str().expect("a path in UTF-8");
        assert_bad(&run(&["sweep", "--merge", path], b""), &format!("{path}: {told}"));
    }
    let noise = file("sweep-noise", b"{\"version\":1");
    let path = noise.to_str().expect("a path in UTF-8");
    let output = run(&["sweep", "--merge", path], b"");
    let start = format!("{path}: this is not what a sweep prints with --json: ");
    assert!(text(&output.stderr).starts_with(&start) && output.status.code() == Some(2));
}

#[test]
fn sizes_and_protocols_come_to_decrees_for_each_delta() {
    let sweep = |more: &[&str]| run(&[&["sweep", "throughput", "--sizes", "30kB,1kB"], more].concat(), b"");
    let output = sweep(&["--with", "multi,broadcast"]);
    assert_good(&output);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<_> = text(&output.stdout).lines().map(words).collect();
    assert_eq!(lines[2], ["protocol", "1kB", "30kB"]);
    let rates = |line: &[String]| -> Vec<f64> { line[1..].iter().map(|rate| rate.parse().expect("a rate")).collect() };
    assert_eq!((lines[3][0].as_str(), lines[4][0].as_str(), lines.len()), ("multi", "broadcast", 5));
    // A decree takes the leader's port 4 × 30.1kB, of which 2MB leave in 1Δ: 16.6 decrees. The first decree is known by all
    // when the next three have been sent once already, so a little more is measured.
    let multi = rates(&lines[3]);
    assert!((16.6..17.2).contains(&multi[1]) && multi[0] > 60.0, "{multi:?}");
    let json: serde_json::Value =
        serde_json::from_slice(&sweep(&["--with", "multi", "--json"]).stdout).expect("it is JSON");
    let of_json = json["protocols"][0]["runs"][1]["decrees_per_delta"].as_f64().expect("a rate");
    assert!((of_json - multi[1]).abs() < 0.001, "{of_json}");
    let csv = sweep(&["--with", "multi", "--csv"]);
    let csv: Vec<_> = text(&csv.stdout).lines().collect();
    assert_eq!((csv[0], csv.len()), ("protocol,size,asked,known,span,decrees_per_delta,bytes", 3));
    assert!(csv[2].starts_with("multi,30000,60,60,"), "{}", csv[2]);
    assert!(text(&sweep(&["--svg"]).stdout).starts_with("<svg "));
}

#[test]
fn sizes_that_cannot_be_swept_are_bad_input() {
    assert_bad(
        &run(&["sweep", "throughput", "--sizes", "1"], b""),
        "--sizes: “1” is no size; write sizes like 100B,1kB,30kB",
    );
    let single = run(&["sweep", "throughput", "--sizes", "1B", "--with", "basic"], b"");
    assert_bad(&single, "throughput: under the basic protocol, it passes a single decree, so it has no throughput");
    let twice = run(&["sweep", "throughput", "--sizes", "1B", "--with", "multi,multi"], b"");
    assert_bad(&twice, "--with: multi is named twice");
}
