//! The bar at the top: the places of the page, the scenario, and menus for what one needs seldom.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, choice, el, icon, nothing, tag};
use super::state::{Action, Theme, View};
use super::{Shared, author, export, focus, link, log};
use crate::scenario::Statement;
use crate::scenario::library::{self, BuiltIn};
use crate::scenario::link::RunLink;
use crate::tongue::{Phrase, Tongue, say, spoken, translated};
use crate::view::{Rules, Vocabulary};

/// The bar. What the menus hold comes with the rest of the page.
pub(super) fn bar(state: &Shared, is_rest_here: bool) -> Html {
    let rules = Rules::of(state.session(), state.vocabulary());
    let skip = el("button").attr("type", "button").attr("class", "skip").text(say!("Skip to the diagram"));
    let [share, settings] = if is_rest_here { menus(state) } else { [(); 2].map(|()| vec![coming()]) };
    let menus = vec![
        menu("share-menu", say!("Share")).all(share).into(),
        menu("settings-menu", say!("Settings")).all(settings).into(),
    ];
    tag("header", "top")
        .with(skip.on(ListenerKind::onclick, |_| focus("timeline")))
        .with(el("h1").text("Paxos").with(el("span").text(" playground")))
        .with(places(state))
        .with(tag("div", "pickers").all(vec![scenario_picker(state), protocol_picker(state, &rules)]))
        .with(
            tag("div", "tail roving")
                .attr("role", "toolbar")
                .attr("aria-label", say!("Page"))
                .all(vec![
                    opener("share-button", SHARE, say!("Share"), "share-menu").into(),
                    opener("settings-button", SETTINGS, say!("Settings"), "settings-menu")
                        .attr("tabindex", "-1")
                        .into(),
                    button(state, "?", Action::View(if state.view() == View::Help { View::Run } else { View::Help }))
                        .attr("id", "help-button")
                        .attr("aria-label", say!("Help: keys and signs"))
                        .attr("title", say!("Keys and signs (?)"))
                        .attr("tabindex", "-1")
                        .aria("aria-pressed", state.view() == View::Help)
                        .into(),
                ])
                .roving(),
        )
        .with(tag("div", "menus").all(menus))
        .into()
}

/// What a menu says that is opened before the rest of the page has come.
fn coming() -> Html {
    el("p").attr("role", "status").text(say!("One moment: the rest of the page is on its way.")).into()
}

/// A menu: the browser opens it over the page. Its closing button has the focus when it opens, and the browser gives the focus back
/// when it closes.
fn menu(id: &'static str, name: Phrase) -> Node {
    let close = el("button").attr("type", "button").attr("class", "close").attr("aria-label", say!("Close")).text("×");
    let close = close.attr("autofocus", "");
    tag("div", "menu")
        .attr("id", id)
        .attr("popover", "")
        .attr("role", "group")
        .attr("aria-label", name)
        .with(close.attr("popovertarget", id).attr("popovertargetaction", "hide"))
}

/// The places of the page. The one in which the reader is, is marked.
fn places(state: &Shared) -> Node {
    let (view, is_lesson) = (state.view(), state.lesson().is_some());
    let place = |id: &'static str, face: Phrase, is_here: bool, action: Action| {
        let place = button(state, face, action).attr("id", id);
        if is_here { place.attr("aria-current", "page") } else { place }
    };
    let learn = if is_lesson { Action::View(View::Run) } else { Action::Lesson(Some(state.next_lesson())) };
    let play = if is_lesson { Action::Lesson(None) } else { Action::View(View::Run) };
    let is_run = view == View::Run || view == View::Help;
    tag("nav", "places roving")
        .attr("aria-label", say!("Places"))
        .with(place("lessons-button", say!("Learn"), is_run && is_lesson, learn))
        .with(place("play-place", say!("Play"), is_run && !is_lesson, play).attr("tabindex", "-1"))
        .with(
            place("explore-button", say!("Explore"), view == View::Explore, Action::View(View::Explore))
                .attr("tabindex", "-1"),
        )
        .with(
            place("race-button", say!("Race"), view == View::Race, Action::View(View::Race))
                .attr("tabindex", "-1")
                .attr("title", say!("Race the whole family on this script")),
        )
        .with(
            place("gallery-button", Phrase::default(), view == View::Gallery, Action::View(View::Gallery))
                .with(icon(CARDS))
                .attr("tabindex", "-1")
                .attr("aria-label", say!("Scenarios"))
                .attr("title", say!("All scenarios, with a picture of each")),
        )
        .roving()
}

/// A button that opens a menu. The browser closes it on Escape or a press elsewhere, and gives the focus back.
fn opener(id: &'static str, picture: &'static str, face: Phrase, menu: &'static str) -> Node {
    let opener = el("button").attr("type", "button").attr("id", id).attr("popovertarget", menu);
    opener.with(icon(picture)).with(tag("span", "word").text(face))
}

// Faces that are drawn, because not every system has glyphs for them.
const CARDS: &str = "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z";
const SHARE: &str = "M8 1l4 4H9v5H7V5H4zM2 9h2v4h8V9h2v6H2z";
const SETTINGS: &str = "M1 3h7v2H1zM12 3h3v2h-3zM9 1.5h2v5H9zM1 11h3v2H1zM8 11h7v2H8zM5 9.5h2v5H5z";

/// What is in the menus.
#[inline(never)]
fn menus(state: &Shared) -> [Vec<Html>; 2] {
    let (theme, next) = match state.theme() {
        Theme::Auto => (say!("Theme: as the system"), Theme::Light),
        Theme::Light => (say!("Theme: light"), Theme::Dark),
        Theme::Dark => (say!("Theme: dark"), Theme::Auto),
    };
    let is_modern = state.vocabulary() == Vocabulary::MadeSimple2001;
    let words = if is_modern { say!("Vocabulary: 2001 (Prepare)") } else { say!("Vocabulary: 1998 (NextBallot)") };
    let words = button(state, words, Action::Modern(!is_modern))
        .attr("id", "words")
        .attr("title", say!("The words of The Part-Time Parliament (1998) or of Paxos Made Simple (2001)"));
    let theme = button(state, theme, Action::Theme(next)).attr("id", "theme");
    let share = match state.log() {
        Some(_) => vec![log::unshared(), export::exports(state, true)],
        None => vec![link::share(state, author::toggle(state)), export::exports(state, true)],
    };
    [share, vec![words.into(), theme.into(), tongues(state).into()]]
}

/// The languages, each by its own name. Another one begins the page anew, with the run as it is now.
fn tongues(state: &Shared) -> Node {
    // What a link cannot hold would be lost.
    let is_fixed = state.has_draft() || state.session().is_log();
    let face = |tongue: Tongue| {
        let state = state.clone();
        el("button")
            .attr("type", "button")
            .set("id", format!("tongue-{}", tongue.code()))
            .attr("lang", tongue.code())
            .aria("aria-pressed", tongue == spoken())
            .flag("disabled", is_fixed && tongue != spoken())
            .text(tongue.name())
            .on(ListenerKind::onclick, move |_| {
                let link = RunLink { lang: Some(tongue), ..state.link() };
                if tongue != spoken() {
                    link::turn(tongue.code(), &link.print());
                }
            })
            .into()
    };
    tag("div", "row").attr("role", "group").attr("aria-label", say!("Language")).all(Tongue::ALL.map(face).to_vec())
}

fn scenario_picker(state: &Shared) -> Html {
    let (chosen, own) = (state.built_in(), state.own_title());
    let option = |built_in: &BuiltIn| {
        choice(built_in.name, translated(built_in.title), own.is_none() && chosen.name == built_in.name)
    };
    let groups = library::LIBRARY.chunk_by(|one, next| one.group == next.group);
    let group = |group: &[BuiltIn]| {
        el("optgroup").attr("label", translated(group[0].group)).all(group.iter().map(option).collect()).into()
    };
    // A script that is not in the library is named by its own title.
    let own = own.as_ref().map_or_else(nothing, |title| choice("", title, true));
    let list = el("select")
        .attr("id", "scenario")
        .attr("aria-label", say!("Scenario"))
        .chosen(state, |value| library::find(&value).map(Action::Open))
        .with(own)
        .all(groups.map(group).collect());
    tag("label", "picker").with(list).into()
}

/// The list that runs the script under another protocol.
fn protocol_picker(state: &Shared, rules: &Rules) -> Html {
    let option = |(name, title): &(&'static str, &'static str)| choice(name, title, rules.protocol == *name);
    let names: Vec<_> = rules.protocols.iter().map(|(name, _)| *name).collect();
    let chosen = names.iter().position(|name| *name == rules.protocol).unwrap_or(0);
    let list = el("select")
        .attr("id", "protocol")
        .attr("aria-label", say!("Protocol"))
        .flag("disabled", state.session().is_log())
        .picked(state, chosen, move |place| Action::Set(Statement::Protocol(names[place].to_owned())))
        .all(rules.protocols.iter().map(option).collect());
    tag("label", "picker").with(list).into()
}
