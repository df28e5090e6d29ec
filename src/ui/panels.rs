//! The panels beside the timeline: latency and checks.

use yew::prelude::*;

use super::state::Action;
use super::timeline::phase_class;
use super::transport::act;
use super::{Shared, class};
use crate::view::{CheckRow, LatencyCard, Panels, PhaseShare};

pub(super) fn latency(panels: &Panels) -> Html {
    html! {
        <section class="panel latency" id="latency">
            <h3>{ "Latency" }</h3>
            if panels.latency.is_empty() { <p class="quiet" id="undecided">{ "Nothing is decided yet." }</p> }
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
    let shown = |value: &Option<String>| value.as_ref().map_or_else(|| "…".to_owned(), |value| format!("{value}Δ"));
    let figure = |name: &'static str, id: &'static str, value: &Option<String>| {
        html! { <div class="figure"><output {id}>{ shown(value) }</output><span>{ name }</span></div> }
    };
    let counted = format!(
        "Counted from the start of its ballot. From BeginBallot: leader {}, all {}.",
        shown(&card.from_begin.0),
        shown(&card.from_begin.1)
    );
    html! {
        <article>
            <p class="decided">{ "Decided: " }<strong>{ &card.title }</strong></p>
            <div class="figures">
                { figure("leader knows", "leader-latency", &card.leader) }
                { figure("everybody knows", "all-latency", &card.all) }
            </div>
            <p class="quiet">{ counted }</p>
            if !card.phases.is_empty() {
                <ol class="phases" aria-label="Critical path by phase">{ for card.phases.iter().map(share) }</ol>
            }
        </article>
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
    let sign = if broken.is_some() { "✗" } else { "✓" };
    let verdict = if broken.is_some() { "violated" } else { "holds" };
    html! {
        <li class={broken.map(|_| "bad")}>
            <details open={broken.is_some()}>
                <summary><span class="sign" aria-label={verdict}>{ sign }</span>{ check.title }</summary>
                <p>{ check.statement }<small>{ check.source }</small></p>
                if let Some((_, time, sentence)) = broken {
                    <p class="wrong">{ format!("At {time}Δ: {sentence}.") }</p>
                    <button onclick={act(state, Action::Seek(*time))}>{ "Show me" }</button>
                }
            </details>
        </li>
    }
}
