//! The form beside the script in which an exercise is made. It writes title, text, goals and permissions into the script, and
//! hands out the link and the code that embeds it.

use std::rc::Rc;

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, choice, el, nothing, tag, value_of, words};
use super::exercise::later;
use super::state::{Action, Told};
use super::{Shared, focus, link};
use crate::scenario::link::RunLink;
use crate::tongue::{Phrase, say, translated};
use crate::view::making::{AllowForm, GoalForm, IDEAS, Making, deeds, pieces, told as told_wrong};

/// The field with the link to the exercise.
const FIELD: &str = "making-link";

/// What a field of the form is for.
type Change = Box<dyn Fn(&mut Making, String)>;

/// The form, or the button that opens it.
#[inline(never)]
pub(super) fn making(state: &Shared) -> Html {
    let shown = state.presentation();
    if shown.is_embed || state.is_fixed() {
        return nothing();
    }
    match state.making() {
        Some(making) => form(state, making).into(),
        None => opener(state).into(),
    }
}

/// The button that opens the form.
fn opener(state: &Shared) -> Node {
    let has_goals = state.has_goals();
    let face = if has_goals { say!("Change the exercise…") } else { say!("Make an exercise of it…") };
    let making = Making::of(state.session().text());
    button(state, face, Action::Make(Some(making.into())))
        .attr("id", "making-open")
        .attr("title", say!("Goals that this run has to reach, and what may be added to reach them"))
        .on(ListenerKind::onclick, |_| later(|| focus("making-title")))
}

/// Dispatches what the form says after a change.
fn tell(state: &Shared, making: &Rc<Making>, change: impl Fn(&mut Making, String) + 'static) -> Box<dyn Fn(String)> {
    let (dispatcher, making) = (state.dispatcher(), Rc::clone(making));
    Box::new(move |value| {
        let mut changed = (*making).clone();
        change(&mut changed, value);
        dispatcher.dispatch(Action::Make(Some(changed.into())));
    })
}

/// A field for a text. `wrong` is the id of the sentence that says what is wrong with it.
fn field(state: &Shared, making: &Rc<Making>, id: String, value: &str, wrong: Option<String>, change: Change) -> Node {
    let tell = tell(state, making, change);
    let field = el("input").attr("type", "text").attr("autocomplete", "off").attr("spellcheck", "false");
    let field = field.set("id", id).value(value.to_owned()).aria("aria-invalid", wrong.is_some());
    let field = match wrong {
        Some(wrong) => field.set("aria-describedby", wrong),
        None => field,
    };
    field.on(ListenerKind::oninput, move |event| tell(value_of(&event).unwrap_or_default()))
}

fn labelled(name: Phrase, field: Node) -> Html {
    tag("label", "knob").text(name).with(field).into()
}

/// A button that changes the form.
fn press(
    state: &Shared,
    making: &Rc<Making>,
    face: Phrase,
    change: impl Fn(&mut Making) + 'static,
    then: impl Fn() + Clone + 'static,
) -> Node {
    let tell = tell(state, making, move |making, _| change(making));
    el("button").attr("type", "button").text(face).on(ListenerKind::onclick, move |_| {
        tell(String::new());
        later(then.clone());
    })
}

fn form(state: &Shared, making: &Rc<Making>) -> Node {
    let title =
        field(state, making, "making-title".to_owned(), &making.title, None, Box::new(|form, text| form.title = text));
    let about =
        field(state, making, "making-about".to_owned(), &making.about, None, Box::new(|form, text| form.about = text));
    let goals = making.goals.iter().enumerate().map(|(place, form)| goal(state, making, place, form)).collect();
    let count = making.goals.len();
    let more = press(
        state,
        making,
        say!("Add a goal"),
        |making| making.goals.push(GoalForm::default()),
        move || focus(&format!("making-text-{count}")),
    );
    let error = state.error().map(|error| tag("p", "wrong").attr("role", "alert").text(format!("{error}.")));
    let close = button(state, say!("Close"), Action::Make(None)).attr("id", "making-close");
    tag("section", "making")
        .attr("id", "making")
        .attr("aria-label", say!("Make an exercise"))
        .with(el("h3").text(say!("An exercise")))
        .with(tag("p", "quiet").text(say!("Everything here stands in the script, and the script is the exercise.")))
        .option(error)
        .with(labelled(say!("Title"), title))
        .with(labelled(say!("What it is about"), about))
        .with(el("div").all(goals))
        .with(more.attr("id", "making-more"))
        .with(permissions(state, making))
        .with(out(state, making))
        .with(close.on(ListenerKind::onclick, |_| later(|| focus("making-open"))))
}

/// The fields of a goal.
fn goal(state: &Shared, making: &Rc<Making>, place: usize, form: &GoalForm) -> Html {
    let of = |name: &str| format!("making-{name}-{place}");
    let wrong = form.wrong.is_some().then(|| of("wrong"));
    let input = |name: &str, value: &str, wrong: Option<String>, change: fn(&mut GoalForm, String)| {
        let change = move |making: &mut Making, text| change(&mut making.goals[place], text);
        field(state, making, of(name), value, wrong, Box::new(change))
    };
    let text = input("text", &form.text, None, |goal, text| goal.text = text);
    let condition = input("condition", &form.condition, wrong, |goal, text| goal.condition = text);
    let otherwise = input("otherwise", &form.otherwise, None, |goal, text| goal.otherwise = text);
    let points = input("points", &form.points, None, |goal, text| goal.points = text);
    let remove = press(
        state,
        making,
        say!("Remove this goal"),
        move |making| drop(making.goals.remove(place)),
        || focus("making-more"),
    );
    // Whether it is reached is told of goals that stand in the script.
    let standing = making.goals[..place].iter().filter(|goal| goal.is_written()).count();
    let exercise = state.exercise_now().filter(|_| form.is_written());
    let reached = exercise.and_then(|exercise| exercise.goals.get(standing)?.is_reached);
    let told = match (&form.wrong, reached) {
        (Some(wrong), _) => tag("p", "wrong").text(told_wrong(wrong)),
        (None, Some(true)) => tag("p", "quiet").text(say!("✓ This run reaches it already.")),
        (None, Some(false)) => tag("p", "quiet").text(say!("○ This run does not reach it.")),
        (None, None) => tag("p", "quiet"),
    };
    tag("fieldset", "goal-form")
        .with(el("legend").text(say!("Goal {place}", place = place + 1)))
        .with(ideas(state, making, place))
        .with(labelled(say!("What is so when it is reached"), text))
        .with(labelled(say!("Condition"), condition.attr("class", "code")))
        .with(told.set("id", of("wrong")).attr("role", "status"))
        .with(parts(state, making, place))
        .with(labelled(
            say!("Sentence for whoever has not reached it"),
            otherwise.attr("placeholder", "{votes} votes so far."),
        ))
        .with(
            tag("div", "row")
                .with(labelled(say!("Points"), points.attr("inputmode", "numeric").attr("placeholder", "1")))
                .with(remove),
        )
        .into()
}

/// The list of goals to begin with.
fn ideas(state: &Shared, making: &Rc<Making>, place: usize) -> Html {
    let option =
        |(number, idea): (usize, &crate::view::making::Idea)| choice(&number.to_string(), translated(idea.text), false);
    let tell = tell(state, making, move |making, value| {
        let Some(idea) = value.parse::<usize>().ok().and_then(|number| IDEAS.get(number)) else { return };
        let goal = &mut making.goals[place];
        (goal.text, goal.condition) = (translated(idea.text).to_owned(), idea.condition.to_owned());
        goal.otherwise = translated(idea.otherwise).to_owned();
    });
    let list = picking(tell).set("id", format!("making-idea-{place}"));
    let list = list.with(choice("", say!("Choose …"), true)).all(IDEAS.iter().enumerate().map(option).collect());
    labelled(say!("Begin with"), list)
}

/// The list of parts that can be added to a condition.
fn parts(state: &Shared, making: &Rc<Making>, place: usize) -> Html {
    let option = |(piece, about): &(String, &'static str)| choice(piece, format!("{piece}: {about}"), false);
    let group = |(name, pieces): &(&'static str, Vec<(String, &'static str)>)| {
        el("optgroup").attr("label", name).all(pieces.iter().map(option).collect()).into()
    };
    let tell = tell(state, making, move |making, value| {
        if !value.is_empty() {
            making.goals[place].add(&value);
        }
    });
    let list = picking(tell).set("id", format!("making-part-{place}")).with(choice("", say!("Choose …"), true));
    labelled(say!("Add to the condition"), list.all(pieces(state.session().scenario()).iter().map(group).collect()))
}

/// A list that goes back to its first line after each choice.
fn picking(tell: impl Fn(String) + 'static) -> Node {
    el("select").on(ListenerKind::onchange, move |event| {
        let value = value_of(&event).unwrap_or_default();
        let list =
            event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlSelectElement>(target).ok());
        if let Some(list) = list {
            list.set_selected_index(0);
        }
        tell(value);
    })
}

/// What may be added to the script.
fn permissions(state: &Shared, making: &Rc<Making>) -> Node {
    let rows = making.allowed.iter().enumerate().map(|(place, form)| permission(state, making, place, form)).collect();
    let tell = tell(state, making, |making, deed| {
        if !deed.is_empty() {
            making.allowed.push(AllowForm { deed, ..AllowForm::default() });
        }
    });
    let more = picking(tell).attr("id", "making-allow").with(choice("", say!("Choose …"), true));
    let more = more.all(deeds().map(|deed| choice(deed, deed, false)).collect());
    let told = if making.allowed.is_empty() {
        say!("As long as nothing is chosen, anything may be added.")
    } else {
        Phrase::default()
    };
    tag("fieldset", "goal-form")
        .with(el("legend").text(say!("What may be added")))
        .with(tag("p", "quiet").text(told))
        .with(el("div").all(rows))
        .with(labelled(say!("Allow lines of the kind"), more))
}

fn permission(state: &Shared, making: &Rc<Making>, place: usize, form: &AllowForm) -> Html {
    let wrong = form.wrong.is_some().then(|| format!("making-allow-wrong-{place}"));
    let input = |name: &str, label: Phrase, value: &str, change: fn(&mut AllowForm, String)| {
        let change = move |making: &mut Making, text| change(&mut making.allowed[place], text);
        let id = format!("making-{name}-{place}");
        let field = field(state, making, id, value, wrong.clone(), Box::new(change));
        labelled(label, field.attr("placeholder", say!("any")).set("aria-label", format!("{}: {label}", form.deed)))
    };
    let remove = press(
        state,
        making,
        say!("Remove"),
        move |making| drop(making.allowed.remove(place)),
        || focus("making-allow"),
    );
    let told = form.wrong.as_ref().map(|wrong| {
        let told = tag("p", "wrong").set("id", format!("making-allow-wrong-{place}")).attr("role", "status");
        told.text(told_wrong(wrong))
    });
    let remove = remove.set("aria-label", say!("Remove {deed}", deed = form.deed));
    tag("div", "allow-form")
        .attr("role", "group")
        .set("aria-label", say!("Allowed: {deed}", deed = form.deed))
        .with(el("b").text(&form.deed))
        .with(input("who", say!("of whom"), &form.who, |allow, text| allow.who = text))
        .with(input("before", say!("before"), &form.before, |allow, text| allow.before = text))
        .with(input("most", say!("at most"), &form.most, |allow, text| allow.most = text))
        .with(remove)
        .option(told)
        .into()
}

/// The ways out of the form: the link, the code that embeds the exercise, and a try.
fn out(state: &Shared, making: &Rc<Making>) -> Html {
    if !making.goals.iter().any(GoalForm::is_written) {
        return tag("p", "quiet").text(say!("With its first goal it can be handed out.")).into();
    }
    let address = link::full(&RunLink { at: None, selection: None, ..state.link() }.print());
    let (shared, text) = (state.clone(), address.clone());
    let copy = el("button").attr("type", "button").attr("id", "making-copy").text(say!("Copy link"));
    let copy = copy.on(ListenerKind::onclick, move |_| link::copy_code(&shared, &text, FIELD));
    let told = tag("span", "quiet").attr("role", "status").attr("id", "making-told").with(match state.told() {
        Told::CodeCopied => words(say!("Copied.")),
        Told::CodeByHand => words(say!("This browser does not let the page copy. Copy the link from the field.")),
        _ => nothing(),
    });
    let embed = button(state, say!("Embed code…"), Action::Embed(Some(Rc::default()))).attr("id", "making-embed");
    let pose = button(state, say!("Try it as a student"), Action::Pose).attr("id", "making-pose");
    let field =
        el("input").attr("type", "text").attr("id", FIELD).attr("readonly", "").attr("aria-label", say!("Link"));
    tag("div", "making-out")
        .with(field.value(address))
        .with(tag("div", "row").with(copy).with(embed).with(pose).with(told))
        .into()
}
