//! Many runs at once: every schedule, the worst case, a thousand runs. This view takes the place of the stage; a worker
//! searches (`searcher`).

mod searcher;

use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, choice, el, nothing, tag, words};
use super::export::save;
use super::state::{Action, Course, Order, View};
use super::{Shared, focus};
use crate::tongue::say;
use crate::view::explore::{Drawing, Findings, QUESTIONS, Table, Tone};

pub(super) use searcher::use_searcher;

/// The question and the findings.
#[inline(never)]
pub(super) fn explore(state: &Shared) -> Vec<Html> {
    let quest = state.quest();
    let leave = button(state, say!("Back to the run"), Action::View(View::Run))
        .on(ListenerKind::onclick, |_| focus("explore-button"));
    vec![
        tag("div", "gallery-top").with(el("h2").text(say!("Explore"))).with(leave).into(),
        tag("div", "panel asking")
            .with(questions(state))
            .with(el("p").text(quest.question().about))
            .with(knobs(state))
            .with(course(state))
            .into(),
        match quest.found() {
            Some(found) => findings(state, found),
            None => nothing(),
        },
    ]
}

fn questions(state: &Shared) -> Node {
    let quest = state.quest();
    let face = |(place, question): (usize, &crate::view::explore::Question)| {
        button(state, question.title, Action::Explore(Order::Ask(place)))
            .set("id", format!("ask-{}", question.name))
            .aria("aria-pressed", place == quest.place())
            .into()
    };
    tag("div", "questions")
        .attr("role", "group")
        .attr("aria-label", say!("What to ask"))
        .all(QUESTIONS.iter().enumerate().map(face).collect())
}

fn knobs(state: &Shared) -> Node {
    let quest = state.quest();
    let is_busy = quest.course() != Course::Idle;
    let knob = |(place, knob): (usize, &crate::view::explore::Knob)| {
        let chosen = quest.chosen()[place];
        let options = knob.choices.iter().enumerate().map(|(at, face)| choice(face, face, at == chosen)).collect();
        let list = el("select")
            .set("id", format!("knob-{place}"))
            .flag("disabled", is_busy)
            .picked(state, chosen, move |at| Action::Explore(Order::Choose(place, at)))
            .all(options);
        tag("label", "knob")
            .key(quest.place() * 8 + place)
            .attr("title", knob.about)
            .with(el("span").text(knob.label))
            .with(list)
            .into()
    };
    let scenario = state.session().scenario();
    let knobs = quest.question().knobs.iter().enumerate();
    let shown = knobs.filter(|(place, _)| (quest.question().applies)(*place, scenario));
    tag("div", "knobs").all(shown.map(knob).collect())
}

/// The buttons that begin, pause and stop a search, and the title of what is searched.
fn course(state: &Shared) -> Node {
    let quest = state.quest();
    let order = |face: Html, id: &'static str, order: Order| button(state, face, Action::Explore(order)).attr("id", id);
    let buttons = match quest.course() {
        Course::Idle => {
            vec![order(words(quest.question().verb), "begin", Order::Begin).attr("class", "primary").into()]
        }
        Course::Running => {
            vec![
                order(words(say!("Pause")), "pause", Order::Pause(true)).into(),
                order(words(say!("Stop")), "stop", Order::Stop).into(),
            ]
        }
        Course::Paused => vec![
            order(words(say!("Go on")), "go-on", Order::Pause(false)).attr("class", "primary").into(),
            order(words(say!("Stop")), "stop", Order::Stop).into(),
        ],
    };
    let told = match quest.course() {
        Course::Idle => {
            say!("Of the script on the timeline: {title}", title = state.session().scenario().headline())
        }
        Course::Running if quest.asked() != quest.place() => {
            say!("Busy with “{question}”, of {title}", question = QUESTIONS[quest.asked()].title, title = quest.title())
        }
        Course::Running => say!("Searching, of {title}", title = quest.title()),
        Course::Paused => say!("Paused, of {title}", title = quest.title()),
    };
    tag("div", "course").all(buttons).with(tag("p", "quiet").attr("role", "status").text(&told))
}

fn findings(state: &Shared, found: &Findings) -> Html {
    let class = match found.tone {
        Tone::Plain => "panel found",
        Tone::Good => "panel found good",
        Tone::Bad => "panel found bad",
    };
    let mut sentences = found.sentences.iter();
    let sign = match found.tone {
        Tone::Plain => "",
        Tone::Good => "✓ ",
        Tone::Bad => "✗ ",
    };
    let first = sentences.next().map_or("", String::as_str);
    let figure =
        |(name, value): &(String, String)| el("div").with(el("dt").text(name)).with(el("dd").text(value)).into();
    let run = |(place, (name, _)): (usize, &(String, String))| {
        el("li").with(button(state, name, Action::Explore(Order::Show(place)))).into()
    };
    let file = |(name, text): &(String, String)| {
        let (name_kept, text) = (name.clone(), text.clone());
        let save = move |_: web_sys::Event| save(&name_kept, "", &text);
        let face = say!("Save {name}");
        el("button").attr("type", "button").text(&face).on(ListenerKind::onclick, save).into()
    };
    let part = found
        .part
        .filter(|_| !found.is_over)
        .map(|part| el("progress").attr("max", "1000").attr("aria-label", say!("Done")).count("value", part as usize));
    let runs = if found.runs.is_empty() {
        nothing()
    } else {
        tag("ul", "openable")
            .attr("aria-label", say!("Runs to open on the timeline"))
            .all(found.runs.iter().enumerate().map(run).collect())
            .into()
    };
    let quest = state.quest();
    let elsewhere = (quest.script().as_ref() != state.session().text()).then(|| {
        let told = say!("Of “{title}”, which is not the script that is on the timeline now.", title = quest.title());
        tag("p", "quiet").attr("id", "elsewhere").text(&told)
    });
    tag("section", class)
        .attr("id", "found")
        .attr("aria-label", say!("What was found"))
        .option(elsewhere)
        .with(tag("p", "headline").attr("id", "headline").attr("aria-live", "polite").text(format!("{sign}{first}")))
        .all(sentences.map(|sentence| el("p").text(sentence).into()).collect())
        .option(part)
        .with(runs)
        .with(tag("dl", "figures").all(found.figures.iter().map(figure).collect()))
        .with(tag("div", "drawings").all(found.drawings.iter().map(drawing).collect()))
        .all(found.tables.iter().map(table).collect())
        .with(tag("ul", "counted").all(found.notes.iter().map(|note| el("li").text(note).into()).collect()))
        .with(tag("div", "files").all(found.files.iter().map(file).collect()))
        .into()
}

fn table(table: &Table) -> Html {
    let head = |face: &String| el("th").attr("scope", "col").text(face).into();
    let cell = |(place, text): (usize, &String)| {
        if place == 0 { el("th").attr("scope", "row").text(text) } else { el("td").text(text) }.into()
    };
    let row = |row: &Vec<String>| el("tr").all(row.iter().enumerate().map(cell).collect()).into();
    tag("div", "wide")
        .attr("tabindex", "0")
        .attr("role", "region")
        .set("aria-label", table.caption.clone())
        .with(
            el("table")
                .with(el("caption").text(&table.caption))
                .with(el("thead").with(el("tr").all(table.head.iter().map(head).collect())))
                .with(el("tbody").all(table.rows.iter().map(row).collect())),
        )
        .into()
}

fn drawing(drawing: &Drawing) -> Html {
    let piece = |piece: &crate::view::explore::Piece| {
        el("path").set("class", piece.class.clone()).set("d", piece.path.clone()).into()
    };
    let word = |word: &crate::view::explore::Word| {
        el("text")
            .set("class", word.class.clone())
            .set("x", word.at.0.to_string())
            .set("y", word.at.1.to_string())
            .text(&word.text)
            .into()
    };
    let (width, height) = drawing.size;
    tag("figure", "plot")
        .with(el("figcaption").text(&drawing.caption))
        .with(
            el("svg")
                .set("viewBox", format!("0 0 {width} {height}"))
                .attr("role", "img")
                .set("aria-label", drawing.sentence.clone())
                .all(drawing.pieces.iter().map(piece).collect())
                .all(drawing.words.iter().map(word).collect()),
        )
        .into()
}
