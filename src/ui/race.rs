//! The race: the script of the page under any choice of protocols, fitted to each, and the family side by side. This view
//! takes the place of the stage.

mod family;

use std::rc::Rc;

use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, choice, el, nothing, tag};
use super::export::save;
use super::panels::latency::{axis, legs, marks, ticks};
use super::state::{Action, Controls, View};
use super::{Shared, focus};
use crate::tongue::{Phrase, key, say, translated};
use crate::view::export::race::{Drawn, race as draw};
use crate::view::race::{self, COLUMNS, RaceChoice, RaceFigure, RaceRow, RaceView, Ran, SIZES, Shows};
use crate::view::scene::Still;

/// A race that is run once for each script, choice and vocabulary, while somebody looks at it.
#[hook]
pub(super) fn use_race(state: &Shared, is_here: bool) -> Rc<Option<RaceView>> {
    let choice = state.racing();
    let is_asked = is_here && state.view() == View::Race && choice.shows != Shows::Family;
    let text = || state.session().text().to_owned();
    let wanted = is_asked.then(|| (text(), choice.with.clone(), choice.size, state.vocabulary()));
    use_memo(wanted, |wanted| wanted.is_some().then(|| RaceView::run(state.session(), choice, state.vocabulary())))
}

/// The pictures that are to be painted: their canvases, scripts and kinds.
#[inline(never)]
pub(super) fn pictures(race: &RaceView) -> Vec<(String, String, Still)> {
    race.pictures().into_iter().map(|(name, text, kind)| (picture(name), text, kind)).collect()
}

fn picture(protocol: &str) -> String {
    format!("race-of-{protocol}")
}

/// What takes the stage.
#[inline(never)]
pub(super) fn race(state: &Shared, raced: Option<&RaceView>) -> Vec<Html> {
    let shown = state.presentation();
    let racing = state.racing();
    let leave = button(state, say!("Back to the run"), Action::View(View::Run))
        .on(ListenerKind::onclick, |_| focus("race-button"));
    let is_full = !shown.is_embed || shown.controls == Controls::Full;
    let top = tag("div", "gallery-top").with(el("h2").text(if racing.shows == Shows::Family {
        say!("The family")
    } else {
        say!("The race")
    }));
    let mut parts = vec![
        top.option((!shown.is_embed).then_some(leave)).into(),
        if is_full { controls(state).into() } else { nothing() },
    ];
    match raced {
        _ if racing.shows == Shows::Family => parts.extend(family::family(state)),
        None => parts.push(tag("p", "quiet").attr("role", "status").text(say!("The protocols are running.")).into()),
        Some(raced) => parts.extend(results(state, raced)),
    }
    parts
}

/// What can be chosen: what is shown, how large the clusters are, and who races.
fn controls(state: &Shared) -> Node {
    let racing = state.racing();
    let show = |(shows, _, face): &(Shows, &str, &'static str)| {
        button(state, translated(face), Action::Race(Rc::new(RaceChoice { shows: *shows, ..(**racing).clone() })))
            .aria("aria-pressed", racing.shows == *shows)
            .set(
                "id",
                format!(
                    "show-{}",
                    Shows::ALL.iter().find(|(other, ..)| other == shows).map_or("", |(_, name, _)| name)
                ),
            )
            .into()
    };
    let shows = tag("div", "questions")
        .attr("role", "group")
        .attr("aria-label", say!("What is shown"))
        .all(Shows::ALL.iter().map(show).collect());
    let controls = tag("div", "panel asking").with(shows);
    if racing.shows == Shows::Family {
        return controls;
    }
    controls.with(size(state)).with(entrants(state)).with(files(state))
}

fn size(state: &Shared) -> Node {
    let racing = state.racing();
    let known = SIZES.iter().position(|(_, size)| *size == racing.size);
    let mut faces: Vec<String> = SIZES.iter().map(|(face, _)| translated(face).to_owned()).collect();
    // An address may ask for another size.
    if let (None, Some(size)) = (known, racing.size) {
        faces.push(race::size_text(size));
    }
    let chosen = known.unwrap_or(SIZES.len());
    let options = faces.iter().enumerate().map(|(place, face)| choice(face, face, place == chosen)).collect();
    let now = Rc::clone(racing);
    let list = el("select").attr("id", "race-size").picked(state, chosen, move |place| {
        let size = SIZES.get(place).map_or(now.size, |(_, size)| *size);
        Action::Race(Rc::new(RaceChoice { size, ..(*now).clone() }))
    });
    tag("label", "knob").with(el("span").text(say!("clusters"))).with(list.all(options))
}

fn entrants(state: &Shared) -> Node {
    let racing = state.racing();
    let entrant = |(name, title): &(&'static str, &'static str)| {
        let (dispatcher, next) = (state.dispatcher(), Rc::new(racing.toggled(name)));
        let input = el("input")
            .attr("type", "checkbox")
            .set("id", format!("race-{name}"))
            .checked(racing.with.contains(name))
            .on(ListenerKind::onchange, move |_| dispatcher.dispatch(Action::Race(Rc::clone(&next))));
        el("label").with(input).text(title).into()
    };
    let all = |face: Phrase, with: Vec<&'static str>| {
        button(state, face, Action::Race(Rc::new(RaceChoice { with, ..(**racing).clone() }))).into()
    };
    tag("fieldset", "panels entrants")
        .with(el("legend").text(say!("Who races")))
        .all(race::entrants().iter().map(entrant).collect())
        .all(vec![all(say!("Whole family"), race::all()), all(say!("The three variants"), race::variants())])
}

/// The buttons that save the race as one figure.
fn files(state: &Shared) -> Node {
    let file = |(drawn, face): (Drawn, Phrase)| {
        let shared = state.clone();
        el("button")
            .attr("type", "button")
            .text(face)
            .on(ListenerKind::onclick, move |_| {
                let raced = RaceView::run(shared.session(), shared.racing(), shared.vocabulary());
                if let Ok(svg) = draw(&raced, drawn, false) {
                    save("race.svg", "image/svg+xml", &svg);
                }
            })
            .into()
    };
    let both = [(Drawn::Timelines, say!("Save the timelines as SVG")), (Drawn::Bars, say!("Save the bars as SVG"))];
    tag("div", "files").all(both.into_iter().map(file).collect())
}

/// The figures, and below them the pictures or the bars.
fn results(state: &Shared, raced: &RaceView) -> Vec<Html> {
    let bars = state.racing().shows == Shows::Bars;
    let mut parts = vec![
        tag("p", "about-race").attr("role", "status").set("id", "race-about".to_owned()).text(&raced.about).into(),
        figures(state, raced),
        tag("p", "quiet")
            .text(say!("Times count from the request. Beside each figure stands what the protocol’s formula says; ≠ marks a difference."))
            .into(),
    ];
    if bars {
        parts.push(legend());
    }
    parts.extend(raced.rows.iter().map(|row| row_of(raced, row, bars)));
    if bars {
        parts.push(axis(raced.span).into());
    }
    parts
}

fn legend() -> Html {
    let key = |class: &'static str, name: Phrase| -> Html {
        tag("li", "").with(tag("span", class).attr("aria-hidden", "true")).text(name).into()
    };
    tag("ul", "race-legend")
        .attr("aria-label", say!("Colours of the bars"))
        .all(vec![
            key("swatch prequest", say!("request and reply")),
            key("swatch p1a", say!("phase 1")),
            key("swatch p2a", say!("phase 2")),
            key("swatch p3", say!("step 3")),
            key("swatch wait", say!("waiting")),
            key("swatch ring-mark", say!("the leader knows")),
            key("swatch square-mark", say!("all know")),
        ])
        .into()
}

/// The table of figures. The protocol's name opens its run.
fn figures(state: &Shared, raced: &RaceView) -> Html {
    let head = |face| -> Html { el("th").attr("scope", "col").text(translated(face)).into() };
    let heads = [key!("protocol"), key!("cluster")].into_iter().chain(COLUMNS).map(head).collect();
    let cell = |figure: &RaceFigure| -> Html {
        let cell = if figure.differs { tag("td", "number differs") } else { tag("td", "number") };
        cell.text(&figure.measured).text(" ").with(el("small").text(&figure.beside)).into()
    };
    let row = |row: &RaceRow| -> Html {
        let line = el("tr").set("data-racer", row.protocol.to_owned());
        match &row.ran {
            Some(ran) => line
                .with(el("th").attr("scope", "row").with(opener(state, row.title, ran)))
                .with(el("td").text(&ran.size))
                .all(ran.figures.iter().map(cell).collect()),
            None => {
                let why = el("td").attr("colspan", "6").text(row.notes.join(" "));
                line.with(el("th").attr("scope", "row").text(row.title)).with(why)
            }
        }
        .into()
    };
    tag("div", "wide")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", say!("What each protocol takes"))
        .with(
            tag("table", "race-table")
                .attr("id", "race-table")
                .with(el("thead").with(el("tr").all(heads)))
                .with(el("tbody").all(raced.rows.iter().map(row).collect())),
        )
        .into()
}

/// A button that opens a run.
fn opener(state: &Shared, face: &str, ran: &Ran) -> Node {
    button(state, face, Action::Load(ran.script.clone()))
        .attr("title", say!("Open this run"))
        .click(state, Action::View(View::Run))
}

fn row_of(raced: &RaceView, row: &RaceRow, is_bar: bool) -> Html {
    let notes = row.notes.iter().map(|note| tag("p", "quiet").text(note).into()).collect();
    let heading = el("h3").text(row.title);
    let section = tag("section", "racer-of").with(heading);
    let Some(ran) = &row.ran else { return section.all(notes).into() };
    let section = if is_bar && ran.path.is_empty() {
        section
    } else if is_bar {
        let mut pieces = ticks(raced.span);
        pieces.extend(legs(&ran.path, raced.span));
        pieces.extend(marks(ran.marks, raced.span));
        section.with(tag("svg", "track-bar").attr("role", "img").set("aria-label", RaceView::sentence(row)).all(pieces))
    } else {
        let canvas = el("canvas")
            .attr("role", "img")
            .set("aria-label", RaceView::sentence(row))
            .set("id", picture(row.protocol));
        section.with(tag("div", "picture-of").with(canvas))
    };
    section.all(notes).into()
}
