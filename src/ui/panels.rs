//! The panels beside the timeline: latency and checks.

use yew::prelude::*;

use super::state::Action;
use super::timeline::phase_class;
use super::transport::act;
use super::{Shared, class};
use crate::scenario::Statement;
use crate::view::{CheckRow, GuardRow, LatencyCard, LedgerRow, OptionRow, Panels, PhaseShare, Rules};

pub(super) fn latency(panels: &Panels) -> Html {
    html! {
        <section class="panel latency" id="latency">
            <h3>{ if panels.ledger.is_some() { "Ledger and latency" } else { "Latency" } }</h3>
            if let Some(rows) = &panels.ledger { { ledger(rows) } }
            if panels.latency.is_empty() && panels.ledger.as_ref().is_none_or(Vec::is_empty) { <p class="quiet" id="undecided">{ "Nothing is decided yet." }</p> }
            { for panels.latency.iter().map(decision) }
            { for panels.abandoned.iter().map(|ballot| html! { <p class="quiet">{ ballot }</p> }) }
            <p class="quiet">{ format!("{} messages sent, {} lost.", panels.messages_sent, panels.messages_lost) }</p>
        </section>
    }
}

fn decision(card: &LatencyCard) -> Html {
    let share = |share: &PhaseShare| {
        let width = format!("flex-grow:{}", share.took.0);
        html! {
            <li class={phase_class(share.phase)} style={width} title={format!("{} took {}Δ", share.phase.label(), share.text)}>
                <b>{ share.phase.label() }</b><span>{ format!("{}Δ", share.text) }</span>
            </li>
        }
    };
    let figure = |name: &'static str, id: &'static str, value: &Option<String>| {
        html! { <div class="figure"><output {id}>{ shown(value) }</output><span>{ name }</span></div> }
    };
    html! {
        <article>
            <p class="decided">{ "Decided: " }<strong>{ &card.title }</strong></p>
            <div class="figures">
                { figure("leader knows", "leader-latency", &card.leader) }
                { figure("everybody knows", "all-latency", &card.all) }
            </div>
            { for card.otherwise.iter().map(|line| html! { <p class="quiet">{ line }</p> }) }
            if !card.phases.is_empty() {
                <ol class="phases" aria-label="Critical path by phase">{ for card.phases.iter().map(share) }</ol>
            }
        </article>
    }
}

fn shown(value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| "…".to_owned(), |value| format!("{value}Δ"))
}

/// The decided log; the newest entries come into view by themselves, since they stand first.
fn ledger(rows: &[LedgerRow]) -> Html {
    let figure = |value: &String| html! { <td class="number">{ value }</td> };
    let row = |row: &LedgerRow| {
        html! {
            <tr key={row.instance} title={format!("{} messages of its own", row.messages)}>
                <th scope="row">{ row.instance }</th>
                <td>{ &row.decree }<small>{ &row.outcome }</small></td>
                { for row.latency.iter().map(figure) }
                <td class="number">{ row.messages }</td>
            </tr>
        }
    };
    html! {
        if !rows.is_empty() {
            <div class="ledger">
                <table>
                    <thead><tr>
                        <th scope="col">{ "#" }</th><th scope="col">{ "decree, outcome" }</th><th scope="col">{ "leader" }</th>
                        <th scope="col">{ "all" }</th><th scope="col">{ "client" }</th><th scope="col" title="messages of its own">{ "msgs" }</th>
                    </tr></thead>
                    <tbody>{ for rows.iter().rev().map(row) }</tbody>
                </table>
            </div>
            <p class="quiet">{ "Leader and all know so long after BeginBallot; the client has its answer so long after it asked." }</p>
        }
    }
}

/// What the protocol lets one choose, and which of its rules one may break.
pub(super) fn rules(state: &Shared, rules: &Rules) -> Html {
    let off = state.fields().breaking || rules.guards.iter().any(|guard| guard.is_off);
    html! {
        <section class="panel rules" id="rules">
            <h3>{ "Rules" }</h3>
            <p class="quiet">{ rules.summary }<small>{ rules.source }</small></p>
            { for rules.options.iter().map(|row| option(state, row)) }
            if !rules.guards.is_empty() {
                <details open={off}>
                    <summary>{ "Break a rule" }</summary>
                    { for rules.guards.iter().map(|row| guard(state, row)) }
                </details>
            }
        </section>
    }
}

fn option(state: &Shared, row: &OptionRow) -> Html {
    let onchange = {
        let (state, name, values) = (state.clone(), row.name, row.values);
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<web_sys::HtmlSelectElement>();
            let place = select.and_then(|select| usize::try_from(select.selected_index()).ok()).unwrap_or(0);
            let setting = Statement::Option(name.to_owned(), values[place].to_owned());
            // The default needs no line.
            state.dispatch(if place == 0 { Action::Unset(setting) } else { Action::Set(setting) });
        })
    };
    let value =
        |(place, value): (usize, &&'static str)| html! { <option selected={place == row.chosen}>{ *value }</option> };
    html! {
        <label class="option" title={row.summary}>
            <span>{ row.name }<small>{ row.summary }</small></span>
            <select data-option={row.name} {onchange}>{ for row.values.iter().enumerate().map(value) }</select>
        </label>
    }
}

fn guard(state: &Shared, row: &GuardRow) -> Html {
    let setting = Statement::Without(row.name.to_owned());
    let action = if row.is_off { Action::Unset(setting) } else { Action::Set(setting) };
    html! {
        <label class={class("guard", &[("off", row.is_off)])}>
            <input type="checkbox" data-guard={row.name} checked={row.is_off} onclick={act(state, action)} />
            <span>{ "without " }<b>{ row.name }</b><small>{ row.broken }</small></span>
        </label>
    }
}

pub(super) fn checks(state: &Shared, panels: &Panels) -> Html {
    let broken = panels.checks.iter().filter(|check| check.violation.is_some()).count();
    let summary = if broken == 0 { "all hold".to_owned() } else { format!("{broken} violated") };
    html! {
        <section class="panel checks" id="checks">
            <h3>{ "Checks" }<span class={class("badge", &[("bad", broken > 0)])}>{ summary }</span></h3>
            <ul>{ for panels.checks.iter().map(|check| row(state, check)) }</ul>
        </section>
    }
}

fn row(state: &Shared, check: &CheckRow) -> Html {
    let broken = check.violation.as_ref();
    let (sign, verdict) = match broken {
        Some(_) => ("✗", "violated"),
        None if check.is_applicable => ("✓", "holds"),
        None => ("–", "does not apply"),
    };
    html! {
        <li class={if broken.is_some() { "bad" } else if check.is_applicable { "good" } else { "idle" }}>
            <details open={broken.is_some()}>
                <summary><span class="sign" aria-label={verdict}>{ sign }</span>{ check.title }</summary>
                <p>{ check.statement }<small>{ check.source }</small></p>
                if !check.is_applicable { <p>{ "This run has nothing that it speaks of." }</p> }
                if let Some((_, time, sentence)) = broken {
                    <p class="wrong">{ format!("At {time}Δ: {sentence}.") }</p>
                    <button onclick={act(state, Action::Seek(*time))}>{ "Show me" }</button>
                }
            </details>
        </li>
    }
}
