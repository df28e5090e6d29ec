//! What is shown of the run: the choice of messages, facts, processes, ballots and places, and the sentence on what is chosen.

use std::rc::Rc;

use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, button, el, nothing, tag};
use super::rest::Later;
use super::state::Action;
use crate::tongue::say;
use crate::view::Index;
use crate::view::filter::choices::{Group, choices, counted};

/// The part of a run that was picked last: the run, the text of the filter, and the part.
type Kept = Option<(Rc<Index>, Rc<str>, Rc<Index>)>;

/// What the picture draws of a run: all of it, or what the reader has chosen.
#[hook]
pub(super) fn use_shown(state: &Shared, whole: &Rc<Index>, is_here: bool) -> Rc<Index> {
    let kept: Rc<std::cell::RefCell<Kept>> = use_mut_ref(|| None);
    if state.only().is_empty() || !is_here {
        *kept.borrow_mut() = None;
        return Rc::clone(whole);
    }
    part(state, whole, &mut kept.borrow_mut())
}

/// The part of a run that is shown.
#[inline(never)]
fn part(state: &Shared, whole: &Rc<Index>, kept: &mut Kept) -> Rc<Index> {
    if let Some((of, only, part)) = kept
        && Rc::ptr_eq(of, whole)
        && only == state.only()
    {
        return Rc::clone(part);
    }
    let part = Rc::new(whole.only(state.session().trace(), &state.filter()));
    *kept = Some((Rc::clone(whole), Rc::clone(state.only()), Rc::clone(&part)));
    part
}

/// The choice. It is closed at first, and its code comes when it is opened.
#[inline(never)]
pub(super) fn only(state: &Shared, whole: &Index, shown: &Index, tools: &Later) -> Html {
    let is_open = state.is_narrowing();
    let dispatcher = state.dispatcher();
    let summary = el("summary").text(say!("Show only …")).on(ListenerKind::onclick, move |event| {
        // The state of the page says whether the choice is open, and not the element.
        event.prevent_default();
        dispatcher.dispatch(Action::Narrow(!is_open));
    });
    let details = tag("details", "only").attr("id", "only").flag("open", is_open).with(summary);
    let details = match (is_open, tools.is_here()) {
        (false, _) => details,
        (true, false) => details.with(tools.notice()),
        (true, true) => details.all(choice(state, whole, shown)),
    };
    details.into()
}

/// The groups, and how much is shown.
#[inline(never)]
fn choice(state: &Shared, whole: &Index, shown: &Index) -> Vec<Html> {
    let groups = choices(state.session().trace(), whole, &state.filter(), state.vocabulary());
    let mut choice: Vec<Html> = groups.iter().map(|one| group(state, one)).collect();
    choice.push(tag("p", "quiet").text(counted(whole, shown)).into());
    choice
}

fn group(state: &Shared, group: &Group) -> Html {
    let pick = |pick: &crate::view::filter::choices::Pick| {
        button(state, &pick.face, Action::Only(pick.next.clone()))
            .attr("class", "pick")
            .aria("aria-pressed", pick.is_on)
            .into()
    };
    let picks: Vec<Html> = group.picks.iter().map(pick).collect();
    tag("div", "picks")
        .attr("role", "group")
        .set("aria-label", group.name.clone())
        .with(el("b").text(&group.name))
        .all(picks)
        .into()
}

/// The sentence above the picture on what is shown, and the button that shows everything again; nothing while everything is
/// shown.
#[inline(never)]
pub(super) fn told(state: &Shared) -> Html {
    let sentence = state.filter().sentence(state.session().scenario(), state.vocabulary());
    let told = |sentence: String| -> Node {
        let all = button(state, say!("Show everything"), Action::Only(String::new())).attr("id", "only-all");
        tag("p", "only-told").attr("id", "only-told").attr("role", "status").text(&sentence).text(" ").with(all)
    };
    sentence.map_or_else(nothing, |sentence| told(sentence).into())
}
