//! The exercise that the script states: what to do, which goals are reached, what is missing, and what may be added. It stands
//! beside the run, where a lesson stands.

use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, el, nothing, tag};
use super::state::Action;
use super::{Shared, captions, focus, stage, wrong};
use crate::tongue::{say, translated};
use crate::view::exercise::{ExerciseView, GoalRow};
use crate::view::making::Making;

/// Has goals judged that are not judged yet, a few at a time, once the code for that is here.
#[hook]
pub(super) fn use_judging(state: &Shared, is_here: bool) {
    let is_due = is_here && state.is_to_be_judged();
    let dispatcher = state.dispatcher();
    use_effect(move || {
        if is_due {
            gloo_timers::callback::Timeout::new(0, move || dispatcher.dispatch(Action::Judge)).forget();
        }
    });
}

/// The card of the exercise.
#[inline(never)]
pub(super) fn card(state: &Shared) -> Html {
    let Some(exercise) = state.exercise() else { return nothing() };
    let scenario = state.session().scenario();
    let (is_small, is_solved) = (stage::is_vertical(state), exercise.is_solved());
    let about = (!scenario.about.is_empty()).then(|| {
        let summary = el("summary").text(say!("Read"));
        el("details").flag("open", !is_small).with(summary).with(el("p").text(translated(&scenario.about)))
    });
    let sign = if is_solved { "✓" } else { "…" };
    let sentence = match exercise.is_being_made {
        true => say!("You are making this exercise: the goals are judged, and nothing counts as solved.").into(),
        false => format!("{sign} {}", exercise.sentence()),
    };
    let live = if state.is_playing() { "off" } else { "polite" };
    let class = if is_solved { "progress solved" } else { "progress" };
    let is_refused = exercise.refused.is_some();
    let said = tag("p", if is_refused { "progress wrong" } else { class }).attr("id", "goals-said");
    let path = tag("div", "path").with(tag("p", "quiet").text(counted(exercise))).with(
        el("progress")
            .attr("aria-label", say!("Goals solved"))
            .count("max", exercise.goals.len())
            .count("value", exercise.solved),
    );
    // A list of protocols is needed where another protocol may be chosen, also on a phone.
    let chooses = exercise.allowed.iter().any(|allowed| allowed == "protocol");
    tag("section", if chooses { "lesson exercise choosing" } else { "lesson exercise" })
        .attr("id", "exercise")
        .attr("aria-label", say!("Exercise"))
        .with(path)
        .with(el("h2").text(&scenario.headline()))
        .option(state.is_captioned().then(|| captions::caption(state)))
        .option(about)
        .with(tag("p", "quiet your-turn").text(say!("All of this is to be so when the run ends:")))
        .with(tag("ol", "goals").all(exercise.goals.iter().map(goal).collect()))
        .with(said.attr("aria-live", live).text(&sentence))
        .option(may_add(exercise))
        .with(steps(state, exercise))
        .option(wrong(state))
        .into()
}

fn counted(exercise: &ExerciseView) -> String {
    let (points, of) = exercise.points;
    match exercise.is_being_made {
        true => say!("Exercise with {goals} goals and {of} points", goals = exercise.goals.len()),
        false => {
            say!(
                "Exercise: {solved} of {goals} goals solved, {points} of {of} points",
                solved = exercise.solved,
                goals = exercise.goals.len()
            )
        }
    }
}

fn goal(goal: &GoalRow) -> Html {
    let (class, sign, told) = match goal.is_reached {
        Some(true) => ("reached", "✓", say!("reached")),
        Some(false) => ("missing", "○", say!("not yet")),
        None => ("missing", "…", say!("being judged")),
    };
    let sign = tag("span", "sign").attr("role", "img").attr("aria-label", told).text(sign);
    let worth = match goal.points {
        0 => String::new(),
        1 => say!("1 point").into(),
        points => say!("{points} points"),
    };
    let face = el("span").text(&goal.text).text(" ").with(el("small").text(&worth));
    tag("li", class).with(sign).with(face).into()
}

/// What may be added; nothing is said where anything may.
fn may_add(exercise: &ExerciseView) -> Option<Node> {
    if exercise.allowed.is_empty() {
        return None;
    }
    let item = |allowed: &String| el("li").text(allowed).into();
    let list = tag("ul", "allowed").all(exercise.allowed.iter().map(item).collect());
    Some(el("details").with(el("summary").text(say!("What you may add, and nothing else"))).with(list))
}

fn steps(state: &Shared, exercise: &ExerciseView) -> Node {
    let steps = tag("div", "steps");
    if state.presentation().is_read_only {
        return steps;
    }
    let is_as_given = state.session().text() == state.given();
    let again =
        || button(state, say!("Start again"), Action::Again).attr("id", "exercise-again").flag("disabled", is_as_given);
    let pose = || button(state, say!("Try it as a student"), Action::Pose).attr("id", "exercise-pose");
    let steps = steps.with(if exercise.is_being_made { pose() } else { again() });
    let change = (!state.presentation().is_embed && state.making().is_none()).then(|| change(state));
    steps.option(change)
}

/// The button that opens the form for the exercise of the script.
fn change(state: &Shared) -> Node {
    let making = Making::of(state.session().text());
    button(state, say!("Change the exercise…"), Action::Make(Some(making.into())))
        .attr("id", "exercise-change")
        .on(ListenerKind::onclick, |_| later(|| focus("making-title")))
}

/// Does something once the page has been shown anew.
pub(super) fn later(run: impl FnOnce() + 'static) {
    gloo_timers::callback::Timeout::new(60, run).forget();
}
