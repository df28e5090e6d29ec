//! The tables of figures in the documents have the figures of the protocols' rows.

use paxos_playground::protocol::formula::{Asked, Figure, Formula, Since};
use paxos_playground::protocol::{self, PROTOCOLS, Protocol};
use paxos_playground::scenario::{Scenario, script};
use paxos_playground::types::NodeId;

const AT_LEADER: Since = Since::Request(Asked::Leader);
const AT_FOLLOWER: Since = Since::Request(Asked::Follower);
const BY_CLIENT: Since = Since::Request(Asked::Client);

fn protocol(name: &str) -> &'static Protocol {
    protocol::find(name).expect("it is in the registry")
}

/// The figure of a protocol in a cluster of this size, with these lines of a script, and the formula that gives the
/// figure.
fn figure(
    name: &str,
    figure: Figure,
    since: Since,
    nodes: usize,
    lines: &str,
    stale: usize,
) -> (&'static Formula, u64) {
    let protocol = protocol(name);
    let clients = if since == BY_CLIENT { "clients X\n" } else { "" };
    let names: String = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M"][..nodes].join(" ");
    let client = if since == BY_CLIENT { " X" } else { "" };
    let text = format!("paxos-playground 1\nprotocol {name}\nnodes {names}{client}\n{clients}{lines}");
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let speaks = |formula: &&Formula| formula.figure == figure && formula.since == since;
    let value =
        |formula: &'static Formula| Some((formula, formula.value(protocol, &scenario.setup, NodeId(0), stale)?));
    let found = protocol.formulas().filter(speaks).find_map(value);
    found.unwrap_or_else(|| panic!("{name} has no such formula: {}, {}", figure.words(), since.words()))
}

/// The figure in Δ.
fn deltas(name: &str, what: Figure, since: Since, nodes: usize) -> String {
    format!("{}Δ", figure(name, what, since, nodes, "", 0).1)
}

/// The messages of a decree: the formula, and its value.
fn messages(name: &str, label: &str, lines: &str) -> String {
    let values = [3, 5, 7].map(|nodes| figure(name, Figure::Messages, AT_LEADER, nodes, lines, 0));
    let [three, five, seven] = values.map(|(_, value)| value);
    format!("| {label} | {} | {three} | {five} | {seven} |", values[0].0.text)
}

/// Asserts that the document has these rows one after the other, whether they are set in bold or not.
#[track_caller]
fn assert_rows(document: &str, rows: &[String]) {
    let table = rows.join("\n");
    let plain = document.replace("**", "");
    assert!(plain.contains(&format!("\n{table}\n")), "the document has another table than\n{table}");
}

#[test]
fn the_ladder_tells_when_all_know() {
    let document = include_str!("../../docs/protocols.md");
    for protocol in PROTOCOLS {
        let each = if protocol.is_log { " each" } else { "" };
        let row = document.lines().find(|line| line.contains(&format!("| `{}` |", protocol.name)));
        let cells: Vec<_> = row.expect("a row").split('|').map(str::trim).collect();
        assert_eq!(cells[4], format!("{}{each}", protocol.figure()), "{}", protocol.name);
    }
}

/// Every protocol has a page, to which its row in `docs/protocols.md` leads. A row of a table there with the text of one of its formulas, such as `| as it stands | 3(n − 1) |
/// 6 | 12 | 18 |`, has the messages among three, five and seven processes.
#[test]
fn every_protocol_has_a_page_whose_messages_are_those_of_its_row() {
    let document = include_str!("../../docs/protocols.md");
    for protocol in PROTOCOLS {
        let row = document.lines().find(|line| line.contains(&format!("| `{}` |", protocol.name))).expect("a row");
        let link = row.split_once("](").and_then(|(_, rest)| rest.split([')', '#']).next()).expect("a link");
        let path = format!("{}/docs/{link}", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        for line in page.replace("**", "").lines().filter(|line| line.starts_with('|')) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [_, _, text, three, five, seven, _] = cells[..] else { continue };
            let is_it = |formula: &&Formula| formula.is_messages() && formula.text == text;
            let mut formulas = protocol.formulas().filter(is_it).peekable();
            let values = |formula: &'static Formula| {
                let options = formula.options.iter().map(|(name, value)| format!("option {name} {value}\n"));
                let lines: String = options.collect();
                [3, 5, 7].map(|nodes| figure(protocol.name, Figure::Messages, formula.since, nodes, &lines, 0).1)
            };
            let is_told = |formula| values(formula).map(|value| value.to_string()) == [three, five, seven];
            assert!(formulas.peek().is_none() || formulas.any(is_told), "{}: {line}", protocol.name);
        }
    }
}

#[test]
fn the_tables_of_messages_are_those_of_the_rows() {
    let quorum = "option phase-2 quorum\n";
    let rows = [messages("basic", "`phase-2 all`", ""), messages("basic", "`phase-2 quorum`", quorum)];
    assert_rows(include_str!("../../docs/protocols/basic.md"), &rows);
    let rows = [
        messages("multi", "as it stands", ""),
        messages("multi", "`phase-2 quorum`", quorum),
        messages("multi", "`success piggyback`", "option success piggyback\n"),
    ];
    assert_rows(include_str!("../../docs/protocols/multi.md"), &rows);
    let rows = [messages("multi", "`multi`", ""), messages("broadcast", "`broadcast`", "")];
    assert_rows(include_str!("../../docs/protocols/broadcast.md"), &rows);
    let values = [3, 5, 7].map(|nodes| figure("preliminary", Figure::Messages, AT_LEADER, nodes, "", 0));
    let [three, five, seven] = values.map(|(_, value)| value);
    let (text, document) = (values[0].0.text, include_str!("../../docs/protocols/preliminary.md").replace('\n', " "));
    let numbers = format!("{three}, {five} and {seven} for three, five and seven processes");
    assert!(document.contains(&format!("{text} messages")) && document.contains(&numbers), "{text}: {numbers}");
}

#[test]
fn the_tables_of_deltas_are_those_of_the_rows() {
    let row = |label: &str, cells: &[String]| format!("| {label} | {} |", cells.join(" | "));
    let multi = |label: &str, since| {
        let cells = [Figure::Leader, Figure::All, Figure::Client].map(|what| deltas("multi", what, since, 5));
        row(label, &cells)
    };
    let begun = [Figure::Leader, Figure::All].map(|what| deltas("multi", what, Since::BeginBallot, 5));
    let rows = [
        format!("| BeginBallot | {} | |", begun.join(" | ")),
        multi("the request, at the leader (`steady-log`)", AT_LEADER),
        multi("the request, elsewhere (`client-elsewhere`)", AT_FOLLOWER),
        multi("the request, by a client with a lane of its own (`client-apart`)", BY_CLIENT),
    ];
    assert_rows(include_str!("../../docs/protocols/multi.md"), &rows);

    let document = include_str!("../../docs/protocols/broadcast.md");
    let begun = |label: &str, sizes: &[usize]| {
        let cells = |nodes: &usize| {
            [Figure::Leader, Figure::Followers].map(|what| deltas("broadcast", what, Since::BeginBallot, *nodes))
        };
        let first = cells(&sizes[0]);
        assert!(sizes.iter().all(|nodes| cells(nodes) == first), "{label}");
        row(label, &first)
    };
    let many: Vec<_> = (4..=13).collect();
    assert_rows(
        document,
        &[begun("n ≥ 4 (`votes-to-everybody`)", &many), begun("n = 2 or 3 (`followers-first`)", &[2, 3])],
    );
    let answer = |label: &str, since, nodes| {
        let cells = ["multi", "broadcast"].map(|name| deltas(name, Figure::Client, since, nodes));
        row(label, &cells)
    };
    let rows = [
        answer("the leader", AT_LEADER, 5),
        answer("a follower, n = 5", AT_FOLLOWER, 5),
        answer("a follower, n = 3", AT_FOLLOWER, 3),
        answer("with a lane of its own (`client-apart`)", BY_CLIENT, 5),
    ];
    assert_rows(document, &rows);
}

#[test]
fn the_bound_for_each_k_is_that_of_the_row() {
    let document = include_str!("../../docs/protocols/complete.md").replace("**", "");
    for stale in 0..=3 {
        let (formula, value) = figure("complete", Figure::All, Since::Election, 3, "", stale);
        assert!(document.contains(&format!("\n| {stale} | T_el + {value}Δ | ")), "k = {stale}: {value}");
        assert!(document.contains(formula.text));
    }
}

/// Flexible Paxos, of five acceptors.
#[test]
fn the_figures_of_two_sizes_of_quorums_are_those_of_the_row() {
    let document = include_str!("../../docs/protocols/flexible.md").replace('\n', " ");
    let messages = |lines: &str| figure("multi", Figure::Messages, AT_LEADER, 5, lines, 0).1;
    let (few, many) = (messages("quorum 4 2\noption phase-2 quorum\n"), messages("option phase-2 quorum\n"));
    assert!(document.contains(&format!("with {few} messages in place of {many} ")), "{few} and {many}");
    // Two votes of four after three promises, and two of five after four.
    for (nodes, sizes, ballot, steady) in [(4, "3 2", 11, 5), (5, "4 2", 14, 6)] {
        let lines = format!("quorum {sizes}\noption phase-2 quorum\n");
        let messages = |name| figure(name, Figure::Messages, AT_LEADER, nodes, &lines, 0).1;
        assert_eq!((messages("basic"), messages("multi")), (ballot, steady), "{sizes}");
    }
}

/// Cheap Paxos: the messages of a decree that the leader, or a client, asks for.
#[test]
fn the_messages_of_main_processes_are_those_of_the_row() {
    let values = [3, 5, 7].map(|nodes| figure("cheap", Figure::Messages, BY_CLIENT, nodes, "", 0));
    let [three, five, seven] = values.map(|(_, value)| value);
    let by_client = format!("| by a client | {} | {three} | {five} | {seven} |", values[0].0.text);
    let document = include_str!("../../docs/protocols/cheap.md");
    assert_rows(document, &[messages("cheap", "at the leader", ""), by_client]);
    let others = [3, 5, 7].map(|nodes| figure("multi", Figure::Messages, AT_LEADER, nodes, "", 0).1.to_string());
    let [three, five, seven] = others;
    assert!(
        document.contains(&format!("The multi-decree protocol sends {three}, {five} and {seven} for the same decree."))
    );
}

/// Every formula of Fast and of Generalized Paxos has a row with its messages, at four and at five acceptors.
#[test]
fn the_tables_of_protocols_with_fast_rounds_are_those_of_their_rows() {
    for (name_of, document, count) in [
        ("fast", include_str!("../../docs/protocols/fast.md"), 6),
        ("generalized", include_str!("../../docs/protocols/generalized.md"), 5),
    ] {
        let protocol = protocol::find(name_of).expect("in the registry");
        let mut rows = 0;
        for formula in protocol.formulas().filter(|formula| formula.is_messages()) {
            let value = |acceptors: usize| {
                let options = formula.options.iter().map(|(name, value)| format!("option {name} {value}\n"));
                let lines = format!("nodes {}\nclients {} {}\n", acceptors + 2, name(acceptors), name(acceptors + 1));
                let text = format!("paxos-playground 1\nprotocol {name_of}\n{}{lines}", options.collect::<String>());
                let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                formula.value(protocol, &scenario.setup, NodeId(0), 0).expect("it says something")
            };
            let row = format!("| {} | {} | {} |", formula.text, value(4), value(5));
            assert!(document.contains(&row), "the document has no row {row}");
            rows += 1;
        }
        assert_eq!(rows, count, "{name_of}");
    }
}

fn name(node: usize) -> String {
    script::default_name(node as u32)
}
