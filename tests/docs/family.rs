//! The family table of `docs/protocols.md` is what the code computes.

use std::fmt::Write as _;

use paxos_playground::report::family::{self, HEADS};

const BEGIN: &str = "<!-- family table -->";
const END: &str = "<!-- end of the family table -->";

/// The table, and the links below it that its cells name.
fn table() -> String {
    let repository = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
    let (owner, name) = repository.split_once('/').expect("an owner and a name");
    let base = format!("https://{owner}.github.io/{name}/#");
    let mut out = format!("| `protocol` | {} |\n|{}\n", HEADS.join(" | "), "---|".repeat(HEADS.len() + 1));
    let mut links: Vec<(String, String)> = Vec::new();
    for row in family::table() {
        let name = row.protocol.name;
        let mut cell = |cell: &family::Cell| {
            let link = cell.link();
            let known = links.iter().find(|(_, known)| *known == link).map(|(key, _)| key.clone());
            let key = known.unwrap_or_else(|| {
                let number = links.iter().filter(|(key, _)| key.starts_with(&format!("{name}-run-"))).count() + 1;
                links.push((format!("{name}-run-{number}"), link));
                links[links.len() - 1].0.clone()
            });
            format!("[{}][{key}]", cell.text)
        };
        let (single, after) = row.cells.split_at(HEADS.len() - 1);
        let single: Vec<_> = single.iter().map(&mut cell).collect();
        let after: Vec<_> = after.iter().map(&mut cell).collect();
        writeln!(out, "| `{name}` | {} | {} |", single.join(" | "), after.join("; ")).expect("a string");
    }
    out.push('\n');
    links.iter().for_each(|(key, link)| writeln!(out, "[{key}]: {base}{link}").expect("a string"));
    out
}

#[test]
fn the_family_table_is_what_the_code_computes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocols.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let (before, rest) = document.split_once(BEGIN).expect("the table begins");
    let (told, after) = rest.split_once(END).expect("the table ends");
    let table = format!("\n{}", table());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).expect("the document can be written");
        return;
    }
    assert!(told == table, "the family table is another one now; write it again with UPDATE_GOLDEN=1: {table}");
}

/// No figure of the table differs from its formula, except with servers down, where the row says so.
#[test]
fn without_faults_every_row_takes_what_its_formula_says() {
    for row in family::table() {
        let [_, measured, messages, ..] = &row.cells[..] else { panic!("cells") };
        for cell in [measured, messages] {
            assert!(cell.text.contains(" = ") && !cell.text.contains('≠'), "{}: {}", row.protocol.name, cell.text);
        }
    }
}
