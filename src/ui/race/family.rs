//! The family: the map of what each protocol changes, and the table of what each one takes.

use std::rc::Rc;

use yew::Html;

use crate::tongue::{key, say, translated};
use crate::ui::Shared;
use crate::ui::dom::{Node, button, el, nothing, tag};
use crate::ui::state::{Action, View};
use crate::view::family::{COLUMNS, Drawing, Edge, FamilyLine, Place, drawing, map, table};
use crate::view::race::{RaceChoice, Shows};

/// The map and the table.
#[inline(never)]
pub(super) fn family(state: &Shared) -> Vec<Html> {
    let map = map(state.vocabulary());
    vec![
        el("p").text(say!("Each protocol keeps what the one before it has, and changes something. A way between two opens both on the script of the page.")).into(),
        picture(state, &map),
        tag("ul", "family-map").attr("id", "family-map").attr("aria-label", say!("The map of the family")).all(map.iter().map(|place| place_of(state, place)).collect()).into(),
        el("p").text(say!("Every figure is measured with f = 1, on a quiet cluster that is asked once. A press on a cell opens its run.")).into(),
        table_of(state, &table()),
    ]
}

/// The race of two protocols on the script of the page.
fn both(edge: &Edge, to: &'static str) -> Action {
    Action::Race(Rc::new(RaceChoice { with: vec![edge.from.0, to], size: None, shows: Shows::Timelines }))
}

/// The drawn map. The list below it says the same and has the same buttons, so the drawing is hidden from screen readers.
fn picture(state: &Shared, map: &[Place]) -> Html {
    let Drawing { size, boxes, ways } = drawing(map);
    let way = |(path, from, to): &(String, usize, usize)| -> Html {
        let edge = map[*to].edges.iter().find(|edge| edge.from.0 == map[*from].protocol);
        let line = tag("path", "way").set("d", path.clone());
        edge.map_or_else(nothing, |edge| line.click(state, both(edge, map[*to].protocol)).into())
    };
    let place = |(place, (x, y)): (&Place, &(i32, i32))| -> Html {
        let name = el("text").set("x", (x + 60).to_string()).set("y", (y + 21).to_string()).text(place.protocol);
        let card = tag("rect", "card")
            .set("x", x.to_string())
            .set("y", y.to_string())
            .attr("width", "120")
            .attr("height", "32");
        el("g").with(card.attr("rx", "8")).with(name).into()
    };
    tag("div", "wide")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", say!("The map of the family, drawn; the list below says the same"))
        .with(
            tag("svg", "family-picture")
                .set("width", size.0.to_string())
                .set("height", size.1.to_string())
                .attr("aria-hidden", "true")
                .all(ways.iter().map(way).collect())
                .all(map.iter().zip(&boxes).map(place).collect()),
        )
        .into()
}

fn place_of(state: &Shared, place: &Place) -> Html {
    let change = |(question, answer): &(&'static str, String)| -> Html {
        el("div").with(el("dt").text(question)).with(el("dd").text(answer)).into()
    };
    let edge = |edge: &Edge| -> Html {
        let face = say!("Beside {from}", from = edge.from.1);
        let race = button(state, &face, both(edge, place.protocol))
            .set("data-edge", format!("{}-{}", edge.from.0, place.protocol))
            .set(
                "aria-label",
                say!("{title} beside {from}, on the script of the page", title = place.title, from = edge.from.1),
            );
        el("div").with(el("dl").all(edge.changes.iter().map(change).collect())).with(race).into()
    };
    let first = place.edges.is_empty().then(|| tag("p", "quiet").text(say!("The first of the family.")));
    tag("li", "kin").with(el("h3").text(place.title)).option(first).all(place.edges.iter().map(edge).collect()).into()
}

fn table_of(state: &Shared, table: &[FamilyLine]) -> Html {
    let head = |face| -> Html { el("th").attr("scope", "col").text(translated(face)).into() };
    let open = |(text, script): &(String, String)| -> Node {
        button(state, text, Action::Load(script.clone())).click(state, Action::View(View::Run)).attr("tabindex", "-1")
    };
    let row = |(place, line): (usize, &FamilyLine)| -> Html {
        let cell = |(column, cell): (usize, &Vec<(String, String)>)| -> Html {
            let first = |at: usize, node: Node| {
                if (place, column, at) == (0, 0, 0) { node.attr("tabindex", "0") } else { node }
            };
            let buttons = cell.iter().enumerate().map(|(at, run)| first(at, open(run)).into()).collect();
            el("td").all(buttons).into()
        };
        let line_of = el("tr").with(el("th").attr("scope", "row").text(line.title));
        line_of.all(line.cells.iter().enumerate().map(cell).collect()).into()
    };
    tag("div", "wide roving")
        .attr("role", "region")
        .attr("aria-label", say!("The family side by side"))
        .with(
            tag("table", "race-table family-table")
                .attr("id", "family-table")
                .with(
                    el("thead")
                        .with(el("tr").all(std::iter::once(key!("protocol")).chain(COLUMNS).map(head).collect())),
                )
                .with(el("tbody").all(table.iter().enumerate().map(row).collect())),
        )
        .roving()
        .into()
}
