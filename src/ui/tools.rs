//! The row of tools above the timeline: what can be done to the run, what one might try first, and the zoom.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, button, el, nothing, tag};
use super::stage::{self, Handle};
use super::state::{Action, Tool};
use crate::protocol::Phase;
use crate::scenario::{Act, RuleEffect};
use crate::session::Session;
use crate::tongue::{Phrase, say};
use crate::trace::MessageId;
use crate::types::{NodeId, Time};

/// A vote is looked for among so many messages, since the row is drawn again for each frame.
const LOOKED_AT: usize = 200;

/// The row of tools.
#[inline(never)]
pub(super) fn tools(state: &Shared, stage: &Handle, is_rest_here: bool) -> Html {
    let tool = |(place, (tool, name, hint)): (usize, &(Tool, Phrase, Phrase))| {
        let is_taken = state.tool() == Some(*tool);
        let face = button(state, name, Action::Tool(if is_taken { None } else { Some(*tool) }))
            .set("data-tool", name.english().to_ascii_lowercase().replace(' ', "-"))
            .attr("title", hint)
            .aria("aria-pressed", is_taken);
        if place == 0 { face.into() } else { face.attr("tabindex", "-1").into() }
    };
    let taken = Tool::ALL.iter().find(|(tool, ..)| state.tool() == Some(*tool));
    let told = match taken {
        Some((_, _, hint)) => tag("span", "hint").text(hint),
        None if is_rest_here && !state.is_edited() => ideas(state),
        None => tag("span", "hint"),
    };
    let acts = tag("div", "acting roving").attr("role", "toolbar").attr("aria-label", say!("Tools"));
    let row = tag("div", "tools");
    let row = if state.is_fixed() {
        row.with(nothing())
    } else {
        row.with(acts.all(Tool::ALL.iter().enumerate().map(tool).collect()).roving())
            .with(tag("div", "told-tool").attr("role", "status").with(told))
    };
    row.with(stage::zooms(stage)).into()
}

/// What one might try first with a run that nobody has changed; each is one press.
#[inline(never)]
fn ideas(state: &Shared) -> Node {
    let session = state.session();
    let symbols = &session.scenario().symbols;
    let mut ideas = Vec::new();
    let mut idea = |id: &'static str, face: String, at: Time, action: Action| {
        let dispatcher = state.dispatcher();
        let press = move |_| {
            dispatcher.dispatch(Action::Seek(at));
            dispatcher.dispatch(action.clone());
            dispatcher.dispatch(Action::Play(true));
        };
        let idea = el("button").attr("type", "button").attr("id", id).attr("class", "idea").text(&face);
        ideas.push(idea.on(ListenerKind::onclick, press).into());
    };
    let name = |node: u8| symbols.node(NodeId(node)).to_owned();
    let asked = session.scenario().acts.iter().find(|planned| matches!(planned.act, Act::Propose(..)));
    if let (Some(asked), true) = (asked, session.scenario().nodes() > 2) {
        let from = asked.at;
        let crash = from.plus(Time::deltas(3));
        idea("what-if-crash", say!("{name} crashes", name = name(0)), crash, Action::Act(Act::Crash(name(0))));
        let last = (session.scenario().nodes() - 1) as u8;
        let rest = (0..last).map(name).collect();
        let cut = Act::Partition(vec![rest, vec![name(last)]]);
        idea(
            "what-if-cut",
            say!("{name} is cut off", name = name(last)),
            from.plus(Time(Time::DELTA.0 / 2)),
            Action::Act(cut),
        );
        if let Some((vote, sent)) = first_vote(session) {
            let late = Action::Rule(vote, RuleEffect::Delay(Time::deltas(2)));
            idea("what-if-late", say!("a vote is late").into(), sent, late);
        }
    }
    tag("span", "ideas").text(if ideas.is_empty() { Phrase::default() } else { say!("What if …") }).all(ideas)
}

/// The first vote that a process sends to another one, and the instant; none when there is none among the first messages.
fn first_vote(session: &Session) -> Option<(MessageId, Time)> {
    let trace = session.trace();
    let first = trace.messages().len().min(LOOKED_AT);
    let mut messages = (0..).zip(trace.messages().range(0..first));
    messages.find_map(|(place, sent)| {
        let phase = trace.scenario.protocol.kind(sent.message.kind).phase;
        (phase == Phase::TwoB && !sent.to_self()).then_some((MessageId(place), sent.sent_at))
    })
}
