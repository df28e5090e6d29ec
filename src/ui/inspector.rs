//! What is selected, and what can be done to it.

use yew::prelude::*;

use super::state::{Action, Fields, Selection};
use super::transport::{act, plain_button};
use super::{Shared, class};
use crate::scenario::{Act, RuleEffect, limits, parse_delay};
use crate::trace::MessageId;
use crate::types::Time;
use crate::view::{Arrow, Memory, NodeCard, Panels, Rules, Timeline, Tip};

pub(super) fn inspector(state: &Shared, timeline: &Timeline, panels: &Panels, rules: &Rules) -> Html {
    let inside = match state.selection() {
        Selection::Message(id) => match timeline.arrows.iter().find(|arrow| arrow.id == id) {
            Some(arrow) => message_acts(state, arrow),
            None => hint("This message is not sent yet at this time."),
        },
        Selection::Node(node) => node_acts(state, &panels.nodes[node.index()], rules),
        Selection::Mark(_) | Selection::Link(..) | Selection::Nothing => hint(
            "Click a message to drop or delay it; click a process to crash it or to let it propose. Everything you do \
             happens now, and becomes a line of the script.",
        ),
    };
    let chosen = state.selection() != Selection::Nothing;
    html! {
        <section class={class("inspector", &[("chosen", chosen)])} aria-label="Selected">
            { inside }
            if chosen {
                if let Some(error) = state.error() { <p class="wrong" id="act-error" role="alert">{ format!("{error}.") }</p> }
                <button class="close" aria-label="Close" onclick={act(state, Action::Select(Selection::Nothing))}>{ "×" }</button>
            }
        </section>
    }
}

fn hint(text: &'static str) -> Html {
    html! { <p class="hint">{ text }</p> }
}

fn message_acts(state: &Shared, arrow: &Arrow) -> Html {
    let delay = &state.fields().delay;
    let id = arrow.id;
    let span = parse_delay(delay);
    let ruled = state.session().is_ruled(id);
    let neighbour = |step: i64| {
        let place = i64::from(id.0) + step;
        let messages = state.session().trace().messages();
        let mut places = std::iter::successors(Some(place), move |place| Some(place + step));
        let found = places.find_map(|place| match usize::try_from(place).ok().and_then(|place| messages.get(place)) {
            None => Some(None),
            Some(envelope) => (!envelope.to_self()).then_some(Some(place)),
        });
        found.flatten().map(|place| MessageId(place as u32))
    };
    let go = |to: Option<MessageId>, face: &'static str, name: &'static str| {
        let action = Action::Select(to.map_or(Selection::Nothing, Selection::Message));
        html! { <button aria-label={name} title={name} disabled={to.is_none()} onclick={act(state, action)}>{ face }</button> }
    };
    let apply = |name: &'static str, face: &'static str, effect: fn(Time) -> RuleEffect| {
        let given = span.as_ref().copied().unwrap_or_default();
        plain_button(state, name, face, span.is_ok(), Action::Rule(id, effect(given)))
    };
    let (dropped, original) = (arrow.tip == Tip::Lost(crate::trace::Loss::Dropped), !arrow.is_copy);
    html! {
        <>
            <p class="what">{ &arrow.title }</p>
            <div class="acts">
                { go(neighbour(-1), "‹", "Previous message") }
                { go(neighbour(1), "›", "Next message") }
                if original && !dropped {
                    { plain_button(state, "drop", "Drop", true, Action::Rule(id, RuleEffect::Drop)) }
                }
                if original {
                    <label class="inline">
                        <input id="delay" size="5" inputmode="decimal" maxlength="12" aria-label="Delay in Δ" value={delay.clone()}
                            aria-invalid={span.is_err().to_string()} oninput={typed(state, |fields, delay| Fields { delay, ..fields })} />
                        { "Δ" }
                    </label>
                    { apply("apply-delay", "Take this long", RuleEffect::Delay) }
                    { apply("duplicate", "Duplicate, later by this", RuleEffect::Duplicate) }
                }
                if ruled { { plain_button(state, "restore", "Leave it alone", true, Action::Unrule(id)) } }
                if let Err(why) = &span { <span class="wrong" role="alert">{ why }</span> }
            </div>
        </>
    }
}

fn node_acts(state: &Shared, card: &NodeCard, rules: &Rules) -> Html {
    let decree = state.fields().decree.clone().unwrap_or_else(|| rules.example.to_owned());
    let button = |id: &'static str, face: &'static str, act: Act<String, String>| {
        plain_button(state, id, face, true, Action::Act(act))
    };
    let name = || card.name.clone();
    let propose = {
        let (name, decree, state) = (name(), decree.trim().to_owned(), state.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            state.dispatch(Action::Act(Act::Propose(name.clone(), decree.clone())));
        })
    };
    let cells: Vec<_> = card.cells.iter().map(|(name, text)| format!("{name} {text}")).collect();
    let memory = if cells.is_empty() { "nothing written yet".to_owned() } else { cells.join(" · ") };
    let slip = card.slip.as_ref().map_or(String::new(), |slip| format!(" — slip of paper: {slip}"));
    let status = if card.up { "up" } else { "down" };
    let what = format!("{} is {status} — stable storage: {memory}{slip}", card.name);
    let size = if rules.commands.is_empty() { "8" } else { "16" };
    let command = |command: &&'static str| html! { <option value={*command} /> };
    html! {
        <>
            <p class="what">{ what }</p>
            <div class="acts">
                if card.up {
                    <form class="inline" onsubmit={propose}>
                        <input id="value" {size} maxlength={limits::VALUE_CHARS.to_string()} aria-label="Decree" required=true list="commands"
                            value={decree} placeholder={rules.example} oninput={typed(state, |fields, decree| Fields { decree: Some(decree), ..fields })} />
                        <datalist id="commands">{ for rules.commands.iter().map(command) }</datalist>
                        <button id="propose" type="submit">{ "Propose" }</button>
                    </form>
                    if rules.hears_oracle { { button("lead", "Make leader", Act::Leader(vec![name()])) } }
                    { button("crash", "Crash", Act::Crash(name())) }
                    { button("crash-before-send", "Crash before it sends", Act::CrashBeforeSend(name())) }
                } else {
                    { button("restart", "Restart", Act::Restart(name())) }
                }
            </div>
            { remembered(&Memory::of(state.session(), card.node)) }
        </>
    }
}

/// Lists of stable storage, and what the commands have made.
fn remembered(memory: &Memory) -> Html {
    let item = |(place, text): &(u32, String)| html! { <li><b>{ place }</b>{ text }</li> };
    let list = |(name, list): &(&'static str, Vec<(u32, String)>)| {
        html! { <details><summary>{ format!("{name}: {}", list.len()) }</summary><ol>{ for list.iter().map(item) }</ol></details> }
    };
    let entry = |(name, text): &(String, String)| html! { <li><b>{ name }</b>{ text }</li> };
    html! {
        <div class="memory">
            if let Some(entries) = &memory.replica {
                <details open=true>
                    <summary>{ format!("its replica: {}", entries.len()) }</summary>
                    <ol id="replica">{ for entries.iter().map(entry) }</ol>
                </details>
            }
            { for memory.lists.iter().map(list) }
        </div>
    }
}

/// What is typed goes into the fields.
fn typed(state: &Shared, fill: fn(Fields, String) -> Fields) -> Callback<InputEvent> {
    let state = state.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            state.dispatch(Action::Fill(fill(state.fields().clone(), input.value())));
        }
    })
}
