//! The options of the protocol, and the rules of it that may be broken.

use yew::Html;

use super::super::Shared;
use super::super::dom::{Node, button, choice, el, tag};
use super::super::state::Action;
use super::{quiet, section, tag_text};
use crate::lesson::{self, LESSONS};
use crate::scenario::Statement;
use crate::tongue::say;
use crate::view::{GuardRow, OptionRow, Rules};

pub(super) fn rules(state: &Shared) -> Html {
    let rules = Rules::of(state.session(), state.vocabulary());
    let off = state.fields().breaking || rules.guards.iter().any(|guard| guard.is_off);
    let about = quiet(&rules.summary).with(el("small").text(rules.source));
    let options = rules.options.iter().map(|row| option(state, row)).collect();
    let breaking = (!rules.guards.is_empty()).then(|| {
        let guards = rules.guards.iter().map(|row| guard(state, row)).collect();
        let summary = el("summary").text(say!("Break a rule"));
        el("details").flag("open", off).with(summary).with(el("div").all(guards))
    });
    let lessons = lessons(state, rules.protocol);
    section("panel rules", "rules").with(about).option(lessons).with(el("div").all(options)).option(breaking).into()
}

/// The lessons on the protocol. Whoever is in a lesson has a list of all of them already.
fn lessons(state: &Shared, protocol: &str) -> Option<Node> {
    let item = |place: usize| {
        let title = state.vocabulary().fill(LESSONS[place].title);
        el("li").with(button(state, &title, Action::Lesson(Some(place))).attr("class", "link")).into()
    };
    let items: Vec<Html> = lesson::about(protocol).map(item).collect();
    let is_shown = !items.is_empty() && state.lesson().is_none();
    is_shown.then(|| el("details").with(el("summary").text(say!("Lessons on it"))).with(el("ul").all(items)))
}

fn option(state: &Shared, row: &OptionRow) -> Html {
    let (name, values) = (row.name, row.values);
    let value = |(place, value): (usize, &&'static str)| choice(value, value, place == row.chosen);
    let select = el("select").attr("data-option", name).picked(state, row.chosen, move |place| {
        let setting = Statement::Option(name.to_owned(), values[place].to_owned());
        // The default needs no line in the script.
        if place == 0 { Action::Unset(setting) } else { Action::Set(setting) }
    });
    let select = select.all(values.iter().enumerate().map(value).collect());
    let face = el("span").text(name).with(el("small").text(&row.summary));
    tag("label", "option").with(face).with(select).into()
}

fn guard(state: &Shared, row: &GuardRow) -> Html {
    let setting = Statement::Without(row.name.to_owned(), Vec::new());
    let action = if row.is_off { Action::Unset(setting) } else { Action::Set(setting) };
    let tick = el("input").attr("type", "checkbox").attr("data-guard", row.name).checked(row.is_off);
    let face = el("span").text("without ").with(tag_text("b", "rule", row.name));
    let face = face.with(el("small").text(&row.broken));
    let class = if row.is_off { "guard off" } else { "guard" };
    tag("label", class).with(tick.click(state, action)).with(face).into()
}
