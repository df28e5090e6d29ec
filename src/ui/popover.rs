//! The card of what is selected, with what can be done to it, beside its place in the picture.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, button, el, nothing, plain_button, tag};
use super::state::{Action, Fields, Selection};
use crate::scenario::{Act, Disk, Lie, RuleEffect, Statement, limits, parse_delay};
use crate::tongue::{Phrase, key, say};
use crate::trace::{MessageId, What};
use crate::types::{NodeId, Time};
use crate::view::lies::{self, Lies};
use crate::view::panels::nodes::running_timers;
use crate::view::scene::{Target, tip};
use crate::view::{Memory, NodeCard, Rules};

/// A list shows at most so many entries.
const ENTRIES: usize = 100;

/// The card of what is selected, while it is open.
#[inline(never)]
pub(super) fn popover(state: &Shared) -> Html {
    let words = state.vocabulary();
    let inside = match state.selection() {
        Selection::Message(id) => message(state, id),
        Selection::Node(node) => match NodeCard::all(state.session(), words).get(node.index()) {
            Some(card) => node_acts(state, card),
            None => return nothing(),
        },
        Selection::Mark(event) => {
            let told = tip(state.session(), words, Target::Mark(event));
            el("div").with(lines(&told))
        }
        Selection::Link(from, to) => el("div").with(super::network::link_acts(state, from, to)),
        Selection::Nothing => return nothing(),
    };
    let error = state
        .error()
        .map(|error| tag("p", "wrong").attr("id", "act-error").attr("role", "alert").text(format!("{error}.")));
    tag("section", "popover")
        .attr("id", "popover")
        .attr("aria-label", say!("Selected"))
        .with(inside)
        .option(error)
        .with(
            button(state, "×", Action::Select(Selection::Nothing))
                .attr("class", "close")
                .attr("aria-label", say!("Close")),
        )
        .into()
}

/// The lines of a text, each as a paragraph of its own.
fn lines(text: &str) -> Html {
    tag("div", "what").all(text.lines().map(|line| el("p").text(line).into()).collect()).into()
}

fn message(state: &Shared, id: MessageId) -> Node {
    let session = state.session();
    let trace = session.trace();
    let envelope = trace.message(id);
    let (now, shown) = (session.cursor().time, session.cursor().events);
    if envelope.sent.0 as usize >= shown {
        return el("div").with(lines(say!("This message is not sent yet at this time.").text()));
    }
    let delay = &state.fields().delay;
    let span = parse_delay(delay, session.scenario().delta);
    let is_over = envelope.end.is_some_and(|end| (end.0 as usize) < shown);
    let is_dropped =
        envelope.end.is_some_and(|end| matches!(trace.event(end).what, What::Lost(_, crate::trace::Loss::Dropped)));
    let (is_copy, is_ruled) = (envelope.copy_of.is_some(), session.is_ruled(id));
    let mut acts = vec![neighbour(state, id, false), neighbour(state, id, true)];
    if !is_copy && !is_dropped {
        acts.push(plain_button(state, "drop", say!("Drop"), true, Action::Rule(id, RuleEffect::Drop)));
    }
    if !is_copy {
        if !is_over && now > envelope.leaves {
            let at_once = RuleEffect::Delay(now.since(envelope.leaves));
            acts.push(plain_button(state, "deliver", say!("Deliver now"), true, Action::Rule(id, at_once)));
        }
        let given = span.as_ref().copied().unwrap_or_default();
        let (takes, copies) = (RuleEffect::Delay(given), RuleEffect::Duplicate(given));
        let field = el("input")
            .attr("id", "delay")
            .attr("size", "5")
            .attr("inputmode", "decimal")
            .attr("maxlength", "12")
            .attr(
                "aria-label",
                if session.scenario().delta.is_some() { say!("Delay in Δ, or in ms") } else { say!("Delay in Δ") },
            )
            .aria("aria-invalid", span.is_err())
            .value(delay.clone());
        let field = typed(field, state, |fields, delay| Fields { delay, ..fields });
        acts.push(tag("label", "inline").with(field).text("Δ").into());
        acts.push(plain_button(state, "apply-delay", say!("Set delay"), span.is_ok(), Action::Rule(id, takes)));
        acts.push(plain_button(
            state,
            "duplicate",
            say!("Duplicate, later by this"),
            span.is_ok(),
            Action::Rule(id, copies),
        ));
    }
    if !is_copy {
        acts.extend(lie_acts(state, id));
    }
    if is_ruled {
        acts.push(plain_button(state, "restore", say!("Reset"), true, Action::Unrule(id)));
    }
    let wrong = span.err().map(|why| tag("p", "wrong").attr("role", "alert").text(&why));
    let told = tip(session, state.vocabulary(), Target::Message(id));
    let hint =
        (!is_copy).then(|| tag("p", "hint touch").text(say!("Or drag the message in the picture with a finger.")));
    el("div").with(lines(&told)).with(tag("div", "acts").all(acts)).option(hint).option(wrong)
}

/// What a liar can say instead of a message, or do with it.
fn lie_acts(state: &Shared, id: MessageId) -> Vec<Html> {
    let Some(lies) = Lies::of(state.session(), id) else { return Vec::new() };
    let forge = |name: &'static str, face: Phrase, is_possible: bool, lie: Lie| {
        plain_button(state, name, face, is_possible, Action::Rule(id, RuleEffect::Forge(lie)))
    };
    let mut acts = Vec::new();
    if let Some(other) = lies.decree {
        let lie = state.fields().lie.clone().unwrap_or(other);
        let field = el("input")
            .attr("id", "lie")
            .attr("size", "8")
            .set("maxlength", limits::VALUE_CHARS.to_string())
            .attr("aria-label", say!("What the liar says instead"))
            .value(lie.clone());
        let field = typed(field, state, |fields, lie| Fields { lie: Some(lie), ..fields });
        acts.push(tag("label", "inline").with(field).into());
        let is_possible = !lie.trim().is_empty();
        acts.push(forge("say-else", say!("Say this instead"), is_possible, Lie::Says(lie.trim().to_owned())));
    }
    if lies.has_result {
        acts.push(forge("say-false", say!("Tell another result"), true, Lie::False));
    }
    if lies.has_claims {
        acts.push(forge("omit", say!("Leave out all claims"), true, Lie::Omits(Vec::new())));
    }
    acts.push(forge("keep-back", say!("Keep it back"), true, Lie::Silent));
    acts
}

/// The button for the message that was sent before or after this one.
fn neighbour(state: &Shared, id: MessageId, next: bool) -> Html {
    let messages = state.session().trace().messages();
    let mut place = id.0 as usize;
    let found = loop {
        place = if next { place + 1 } else { place.wrapping_sub(1) };
        match messages.get(place) {
            None => break None,
            Some(envelope) if !envelope.to_self() => break Some(MessageId(place as u32)),
            Some(_) => {}
        }
    };
    let (face, name) = if next { ("›", say!("Next message")) } else { ("‹", say!("Previous message")) };
    let action = Action::Select(found.map_or(Selection::Nothing, Selection::Message));
    button(state, face, action).attr("aria-label", name).attr("title", name).flag("disabled", found.is_none()).into()
}

fn node_acts(state: &Shared, card: &NodeCard) -> Node {
    let words = state.vocabulary();
    let rules = Rules::of(state.session(), words);
    let decree = state.fields().decree.clone().unwrap_or_else(|| rules.example.to_owned());
    let name = || card.name.clone();
    let act = |id, face, act| plain_button(state, id, face, true, Action::Act(act));
    let cells: Vec<_> = card.cells.iter().map(|(name, text)| format!("{name} {text}")).collect();
    let memory = if cells.is_empty() { say!("nothing written yet").into() } else { cells.join(" · ") };
    let slip = card.slip.as_ref().map_or(String::new(), |slip| format!("\n{}: {slip}", words.fill(key!("{Slip}"))));
    let now = state.session().scenario().time_text(state.session().cursor().time);
    let status = if card.up {
        say!("{name} is up, at {now}", name = card.name)
    } else {
        say!("{name} is down, at {now}", name = card.name)
    };
    let memory = say!("Stable storage: {memory}");
    let what = format!("{status}\n{memory}{slip}");
    let mut acts = Vec::new();
    if card.up {
        acts.push(propose(state, &rules, name(), &decree));
        if rules.hears_oracle {
            acts.push(act("lead", say!("Make leader"), Act::Leader(vec![name()])));
        }
        acts.push(act("crash", say!("Crash"), Act::Crash(name())));
        acts.extend(liar(state, card));
        acts.push(act("crash-before-send", say!("Crash before it sends"), Act::CrashBeforeSend(name())));
    } else {
        acts.push(act("restart", say!("Restart"), Act::Restart(name(), Disk::Kept)));
        acts.push(act("restart-empty", say!("Restart with an empty disk"), Act::Restart(name(), Disk::Empty)));
    }
    el("div")
        .with(lines(&what))
        .with(tag("div", "acts").all(acts))
        .with(remembered(&Memory::of(state.session(), words, card.node, ENTRIES)))
        .option(timers(state, card))
}

/// The button that makes a process a liar, or correct again, where the protocol expects lies.
fn liar(state: &Shared, card: &NodeCard) -> Option<Html> {
    let line = lies::turned(state.session(), card.node)?;
    let is_liar = state.session().scenario().setup.cast.liars.contains(card.node);
    let is_last = matches!(&line, Statement::Part(_, names) if names.is_empty());
    let action = if is_last { Action::Unset(line) } else { Action::Set(line) };
    Some(plain_button(state, "liar", if is_liar { say!("Make correct") } else { say!("Make a liar") }, true, action))
}

/// A fold with the timers that are running; each can be made to run out.
fn timers(state: &Shared, card: &NodeCard) -> Option<Node> {
    let running = running_timers(state.session(), card.node);
    let face = |(timer, number): &(&'static str, u32)| {
        let face = if *number == 0 { format!("“{timer}”") } else { format!("“{timer}” #{number}") };
        let timeout = Act::Timeout(card.name.clone(), (*timer).to_owned(), *number);
        button(state, say!("{face} runs out now"), Action::Act(timeout)).into()
    };
    let summary = el("summary").text(say!("its timers: {running}", running = running.len()));
    let acts = tag("div", "acts").all(running.iter().map(face).collect());
    let folded = el("details").attr("id", "timers").with(summary).with(acts);
    (!running.is_empty()).then(|| tag("div", "memory").with(folded))
}

fn propose(state: &Shared, rules: &Rules, name: String, decree: &str) -> Html {
    let size = if rules.commands.is_empty() { "8" } else { "16" };
    let command = |command: &&'static str| el("option").attr("value", command).into();
    let field = el("input")
        .attr("id", "value")
        .attr("size", size)
        .set("maxlength", limits::VALUE_CHARS.to_string())
        .set("aria-label", state.vocabulary().fill(key!("{Decree}")))
        .flag("required", true)
        .attr("list", "commands")
        .attr("placeholder", rules.example)
        .value(decree.to_owned());
    let field = typed(field, state, |fields, decree| Fields { decree: Some(decree), ..fields });
    let dispatcher = state.dispatcher();
    let act = Action::Act(Act::Propose(name, decree.trim().to_owned()));
    tag("form", "inline")
        .on(ListenerKind::onsubmit, move |event| {
            event.prevent_default();
            dispatcher.dispatch(act.clone());
            super::focus("timeline");
        })
        .with(field)
        .with(el("datalist").attr("id", "commands").all(rules.commands.iter().map(command).collect()))
        .with(el("button").attr("id", "propose").attr("type", "submit").text(say!("Propose")))
        .into()
}

/// The lists of stable storage, and the state that the commands have made.
fn remembered(memory: &Memory) -> Html {
    let entry = |name: &str, text: &str| el("li").with(el("b").text(name)).text(text).into();
    let mut lists = Vec::new();
    if let Some(entries) = &memory.replica {
        let items = entries.iter().map(|(name, text)| entry(name, text)).collect();
        let list = el("ol").attr("id", "replica").all(items);
        let summary = el("summary").text(say!("its replica: {entries}", entries = entries.len()));
        lists.push(el("details").flag("open", true).with(summary).with(list).into());
    }
    for (name, list) in &memory.lists {
        let items = list.iter().map(|(place, text)| entry(&place.to_string(), text)).collect();
        let summary = el("summary").text(format!("{name}: {}", list.len()));
        lists.push(el("details").with(summary).with(el("ol").all(items)).into());
    }
    tag("div", "memory").all(lists).into()
}

/// Puts what is typed into the fields.
fn typed(field: Node, state: &Shared, fill: fn(Fields, String) -> Fields) -> Node {
    let fields = state.fields().clone();
    field.typed(state, move |text| Action::Fill(fill(fields.clone(), text)))
}

/// The place in the picture to which the popover belongs: the lane and the instant.
pub(super) fn place(state: &Shared) -> Option<(NodeId, Time)> {
    let (session, now) = (state.session(), state.session().cursor().time);
    match state.selection() {
        Selection::Message(id) => {
            let envelope = session.trace().message(id);
            Some((envelope.to, envelope.due.min(now)))
        }
        Selection::Node(node) => Some((node, now)),
        Selection::Mark(event) => {
            let event = session.trace().event(event);
            Some((session.trace().node_of(event)?, event.time))
        }
        Selection::Link(..) | Selection::Nothing => None,
    }
}
