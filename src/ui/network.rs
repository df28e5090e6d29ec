//! The partition editor: who can reach whom from now on.

use yew::prelude::*;

use super::Shared;
use super::state::{Action, Fields};
use super::dom::act;
use super::transport::plain_button;
use crate::scenario::{Act, Link};

/// More groups than this are for the script.
const GROUPS: usize = 3;

pub(super) fn network(state: &Shared) -> Html {
    let fields = state.fields();
    let symbols = state.session().scenario().symbols.clone();
    let names: Vec<String> = symbols.nodes.iter().map(ToString::to_string).collect();
    // At first the smaller half stands on one side; a script with other nodes starts over.
    let sides = if fields.sides.len() == names.len() {
        fields.sides.clone()
    } else {
        (0..names.len()).map(|place| usize::from(place >= names.len() / 2)).collect()
    };
    let members = |group: usize| -> Vec<String> {
        let places = (0..names.len()).filter(|place| sides[*place] == group);
        places.map(|place| names[place].clone()).collect()
    };
    let groups: Vec<Vec<String>> = (0..GROUPS).map(members).filter(|group| !group.is_empty()).collect();
    let chip = |(place, name): (usize, &String)| {
        let group = sides[place];
        let mut sides = sides.clone();
        sides[place] = (group + 1) % GROUPS;
        let onclick = act(state, Action::Fill(Fields { sides, ..fields.clone() }));
        html! {
            <button class={format!("chip group-{group}")} {onclick}
                aria-label={format!("{name} is in group {}; press for the next group", group + 1)}>
                { name }<sub>{ group + 1 }</sub>
            </button>
        }
    };
    let cut = Action::Act(Act::Partition(groups.clone()));
    let text = groups.iter().map(|group| group.join(" ")).collect::<Vec<_>>().join(" | ");
    let (from, to) = (fields.ends.0.min(names.len() - 1), fields.ends.1.min(names.len() - 1));
    let link = Link { from: names[from].clone(), to: names[to].clone() };
    let one_way = Action::Act(Act::Cut(link));
    let end = |label: &'static str, selected: usize, set: fn((usize, usize), usize) -> (usize, usize)| {
        let state = state.clone();
        let onchange = Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<web_sys::HtmlSelectElement>();
            if let Some(place) = select.and_then(|select| usize::try_from(select.selected_index()).ok()) {
                let fields = state.fields().clone();
                state.dispatch(Action::Fill(Fields { ends: set(fields.ends, place), ..fields }));
            }
        });
        let option = |(place, name): (usize, &String)| html! { <option selected={place == selected}>{ name }</option> };
        html! { <select aria-label={label} {onchange}>{ for names.iter().enumerate().map(option) }</select> }
    };
    html! {
        <section class="network" aria-label="Network">
            <h3>{ "Network" }</h3>
            <div class="row">
                <span class="chips" role="group" aria-label="Groups">{ for names.iter().enumerate().map(chip) }</span>
                { plain_button(state, "cut", &format!("✂ Cut {text}"), groups.len() > 1, cut) }
                { plain_button(state, "heal", "Heal", true, Action::Act(Act::Heal)) }
                <span class="one-way">
                    { end("From", from, |(_, to), from| (from, to)) }{ " → " }{ end("To", to, |(from, _), to| (from, to)) }
                    { plain_button(state, "cut-one-way", "Cut one way", from != to, one_way) }
                </span>
            </div>
        </section>
    }
}

pub(super) fn link_acts(_: &Shared, _: crate::types::NodeId, _: crate::types::NodeId) -> Html {
    html! {}
}
