//! The code that embeds the run in another page: an author chooses how, sees a preview, and copies the code.

use std::rc::Rc;

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, choice, el, tag, value_of, words};
use super::state::{Action, Controls, Embedding, HEIGHTS, PANELS, Panel, SANDBOX, Theme, Told};
use super::{Shared, link, settings};
use crate::tongue::{Phrase, Tongue, say};

/// The field that holds the code.
const FIELD: &str = "embed-text";

/// The button that opens and closes this view.
pub(super) fn toggle(state: &Shared) -> Html {
    let is_open = state.embedding().is_some();
    let next = if is_open { None } else { Some(Rc::default()) };
    button(state, say!("Embed…"), Action::Embed(next))
        .attr("id", "embed-button")
        .attr("popovertarget", "share-menu")
        .attr("popovertargetaction", "hide")
        .attr("title", say!("HTML that shows this run in another page"))
        .aria("aria-expanded", is_open)
        .into()
}

/// The choices, the code, and the preview.
#[inline(never)]
pub(super) fn author(state: &Shared, embedding: &Rc<Embedding>) -> Node {
    let base = link::full("");
    let base = base.trim_end_matches('#');
    let code = embedding.code(base, state);
    let copied = tag("span", "quiet").attr("id", "embedded").attr("role", "status").with(match state.told() {
        Told::CodeCopied => words(say!("The code is copied. Paste it into the HTML of your page.")),
        Told::CodeByHand => words(say!("This browser does not let the page copy. Copy the code from the field.")),
        _ => words(""),
    });
    let (shared, text) = (state.clone(), code.clone());
    let copy = el("button")
        .attr("type", "button")
        .attr("id", "copy-code")
        .text(say!("Copy embed code"))
        .on(ListenerKind::onclick, move |_| link::copy_code(&shared, &text, FIELD));
    let field = el("textarea")
        .attr("id", FIELD)
        .attr("readonly", "")
        .attr("rows", "4")
        .attr("spellcheck", "false")
        .attr("aria-label", say!("Embed code"))
        .value(code);
    tag("section", "author")
        .attr("id", "author")
        .attr("aria-label", say!("Embed this run"))
        .with(tag("div", "knobs").all(knobs(state, embedding)))
        .with(panels(state, embedding))
        .with(field)
        .with(tag("div", "row").with(copy).with(copied))
        .with(preview(state, embedding, base))
}

/// The preview of the frame. A new address gets a new frame, because each address in the same frame would be a step in
/// the browser's history.
fn preview(state: &Shared, embedding: &Embedding, base: &str) -> Html {
    let address = embedding.address(base, state);
    let key = address.bytes().fold(usize::try_from(embedding.height).unwrap_or(0), |key, byte| {
        key.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    el("iframe")
        .key(key)
        .attr("title", say!("How it will look"))
        .attr("sandbox", SANDBOX)
        .attr("width", "100%")
        .set("height", embedding.height.to_string())
        .set("src", address)
        .into()
}

/// A change that an author makes.
type Change = fn(&mut Embedding, &str);

fn knobs(state: &Shared, embedding: &Rc<Embedding>) -> Vec<Html> {
    let shown = &embedding.shown;
    let theme = settings::name(shown.theme.unwrap_or(Theme::Auto));
    let heights = HEIGHTS.map(|height| (height.to_string(), say!("{height} pixels")));
    let height = embedding.height.to_string();
    let now = state.session().cursor().time;
    let at = embedding.at;
    let (shared, changed) = (state.dispatcher(), Rc::clone(embedding));
    let is_now = el("input").attr("type", "checkbox").attr("id", "embed-now").checked(at.is_some());
    let is_now = is_now.on(ListenerKind::onchange, move |_| {
        let mut embedding = (*changed).clone();
        embedding.at = if at.is_some() { None } else { Some(now) };
        shared.dispatch(Action::Embed(Some(embedding.into())));
    });
    let face = say!("Opens at {time}Δ, at rest", time = at.unwrap_or(now));
    vec![
        knob(
            state,
            embedding,
            "embed-theme",
            say!("Theme"),
            theme,
            &[("auto", words(say!("Automatic"))), ("light", words(say!("Light"))), ("dark", words(say!("Dark")))],
            |embedding, value| {
                embedding.shown.theme = settings::named(value).filter(|theme| *theme != Theme::Auto);
            },
        ),
        knob(
            state,
            embedding,
            "embed-lang",
            say!("Language"),
            shown.lang.unwrap_or_default().code(),
            &Tongue::ALL.map(|tongue| (tongue.code(), words(tongue.name()))),
            |embedding, value| {
                embedding.shown.lang = Tongue::named(value).filter(|tongue| *tongue != Tongue::English);
            },
        ),
        knob(
            state,
            embedding,
            "embed-controls",
            say!("Controls"),
            shown.controls.name(),
            &[("full", words(say!("All"))), ("min", words(say!("Play and scrub"))), ("none", words(say!("None")))],
            |embedding, value| {
                embedding.shown.controls = Controls::named(value).unwrap_or(Controls::Full);
            },
        ),
        knob(
            state,
            embedding,
            "embed-height",
            say!("Height"),
            &height,
            &heights.each_ref().map(|(value, face)| (value.as_str(), words(face))),
            |embedding, value| {
                embedding.height = value.parse().unwrap_or(HEIGHTS[2]);
            },
        ),
        ticked(state, embedding, "embed-autoplay", say!("Plays by itself"), shown.autoplay, |embedding, _| {
            embedding.shown.autoplay ^= true;
        }),
        ticked(state, embedding, "embed-readonly", say!("Read-only"), shown.is_read_only, |embedding, _| {
            embedding.shown.is_read_only ^= true;
        }),
        tag("label", "guard").with(is_now).text(&face).into(),
    ]
}

/// A choice from a list: each value with its text.
fn knob(
    state: &Shared,
    embedding: &Rc<Embedding>,
    id: &'static str,
    name: Phrase,
    chosen: &str,
    choices: &[(&str, Html)],
    change: Change,
) -> Html {
    let choices = choices.iter().map(|(value, face)| choice(value, face.clone(), *value == chosen)).collect();
    let list = listen(el("select").attr("id", id), state, embedding, change).all(choices);
    tag("label", "knob").text(name).with(list).into()
}

/// A box that can be ticked.
fn ticked(
    state: &Shared,
    embedding: &Rc<Embedding>,
    id: &'static str,
    face: Phrase,
    is_on: bool,
    change: Change,
) -> Html {
    let tick = el("input").attr("type", "checkbox").attr("id", id).checked(is_on);
    tag("label", "guard").with(listen(tick, state, embedding, change)).text(face).into()
}

fn listen(node: Node, state: &Shared, embedding: &Rc<Embedding>, change: Change) -> Node {
    let (dispatcher, embedding) = (state.dispatcher(), Rc::clone(embedding));
    node.on(ListenerKind::onchange, move |event| {
        let mut changed = (*embedding).clone();
        change(&mut changed, &value_of(&event).unwrap_or_default());
        dispatcher.dispatch(Action::Embed(Some(changed.into())));
    })
}

/// The boxes for the panels that the frame has.
fn panels(state: &Shared, embedding: &Rc<Embedding>) -> Node {
    let tick = |(name, panel): (&'static str, Panel)| {
        let is_on = embedding.shown.shows(panel);
        let (dispatcher, embedding) = (state.dispatcher(), Rc::clone(embedding));
        let tick = el("input").attr("type", "checkbox").attr("data-panel", name).checked(is_on);
        let tick = tick.on(ListenerKind::onchange, move |_| {
            let mut changed = (*embedding).clone();
            let panels = &mut changed.shown.panels;
            if is_on {
                panels.retain(|other| *other != panel);
            } else {
                panels.push(panel);
            }
            dispatcher.dispatch(Action::Embed(Some(changed.into())));
        });
        Html::from(tag("label", "guard").with(tick).text(name))
    };
    tag("fieldset", "panels").with(el("legend").text(say!("Panels"))).all(PANELS.into_iter().map(tick).collect())
}
