//! A small builder of elements, in place of Yew's `html!`.
//!
//! The macro writes out every element's fields where it stands, which is some 700 bytes of WebAssembly for each; here an
//! element is a few calls. What comes out is the same virtual DOM. Nothing here takes HTML: words become text nodes and
//! attribute values only.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use yew::virtual_dom::{Key, Listener, ListenerKind, VTag, VText};
use yew::{Html, NodeRef};

use super::Shared;
use super::state::Action;
use crate::protocol::Phase;
pub(super) use crate::view::decimal::decimal;

/// An element that is being put together.
pub(super) struct Node(Box<VTag>);

/// An element without anything.
pub(super) fn el(tag: &'static str) -> Node {
    Node(Box::new(VTag::new(tag)))
}

/// An element with a class.
pub(super) fn tag(tag: &'static str, class: &'static str) -> Node {
    el(tag).attr("class", class)
}

/// Words.
pub(super) fn words(text: &str) -> Html {
    VText::new(text.to_owned()).into()
}

/// Nothing, in the place of something: what stands beside it keeps its place, and so its focus.
pub(super) fn nothing() -> Html {
    Html::default()
}

/// A button whose face is words.
pub(super) fn button(state: &Shared, face: &str, action: Action) -> Node {
    el("button").attr("type", "button").text(face).click(state, action)
}

impl Node {
    /// An attribute that is always the same.
    #[inline(never)]
    pub(super) fn attr(mut self, key: &'static str, value: &'static str) -> Self {
        self.0.add_attribute(key, value);
        self
    }

    /// An attribute.
    #[inline(never)]
    pub(super) fn set(mut self, key: &'static str, value: String) -> Self {
        self.0.add_attribute(key, value);
        self
    }

    /// An attribute in pixels or the like, to a tenth.
    pub(super) fn num(self, key: &'static str, value: f64) -> Self {
        self.set(key, decimal(value, 1))
    }

    /// An attribute that counts.
    pub(super) fn count(self, key: &'static str, value: usize) -> Self {
        self.set(key, value.to_string())
    }

    /// An attribute that is there or not, such as `disabled`.
    pub(super) fn flag(self, key: &'static str, is_on: bool) -> Self {
        if is_on { self.attr(key, "") } else { self }
    }

    /// `true` or `false`, as `aria-…` attributes have it.
    pub(super) fn aria(self, key: &'static str, is_on: bool) -> Self {
        self.attr(key, if is_on { "true" } else { "false" })
    }

    /// What an input or a text area holds.
    pub(super) fn value(mut self, value: String) -> Self {
        self.0.set_value(Some(yew::AttrValue::from(value)));
        self
    }

    /// Whether a box is ticked.
    pub(super) fn checked(mut self, is_on: bool) -> Self {
        self.0.set_checked(is_on);
        self
    }

    /// What tells it from its neighbours, when they come and go.
    pub(super) fn key(mut self, key: usize) -> Self {
        self.0.key = Some(Key::from(key as u64));
        self
    }

    /// Where to find it later.
    pub(super) fn find(mut self, place: &NodeRef) -> Self {
        self.0.node_ref = place.clone();
        self
    }

    /// Words inside.
    #[inline(never)]
    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.add_child(words(text));
        self
    }

    /// An element inside.
    #[inline(never)]
    pub(super) fn with(mut self, child: impl Into<Html>) -> Self {
        self.0.add_child(child.into());
        self
    }

    /// Elements inside.
    #[inline(never)]
    pub(super) fn all(mut self, children: Vec<Html>) -> Self {
        self.0.add_child(yew::virtual_dom::VList::with_children(children, None).into());
        self
    }

    /// An element inside, if there is one.
    pub(super) fn option(self, child: Option<Node>) -> Self {
        self.with(child.map_or_else(nothing, Html::from))
    }

    /// What to do on an event.
    pub(super) fn on(mut self, kind: ListenerKind, run: impl Fn(web_sys::Event) + 'static) -> Self {
        self.0.add_listener(Rc::new(On { kind, run: Box::new(run) }));
        self
    }

    /// One action, when it is pressed.
    pub(super) fn click(self, state: &Shared, action: Action) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::onclick, move |_| state.dispatch(action.clone()))
    }

    /// The action that follows from what is typed or slid.
    pub(super) fn typed(self, state: &Shared, action: impl Fn(String) -> Action + 'static) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::oninput, move |event| {
            if let Some(text) = value_of(&event) {
                state.dispatch(action(text));
            }
        })
    }

    /// The action that follows from what is chosen in a list, by its value.
    pub(super) fn chosen(self, state: &Shared, action: impl Fn(String) -> Option<Action> + 'static) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::onchange, move |event| {
            if let Some(action) = value_of(&event).and_then(&action) {
                state.dispatch(action);
            }
        })
    }

    /// The action that follows from what is chosen in a list, by its place. The list goes on to show what the state says,
    /// which is at `chosen` now, so that a choice which is refused is not shown as if it had been taken.
    pub(super) fn picked(self, state: &Shared, chosen: usize, action: impl Fn(usize) -> Action + 'static) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::onchange, move |event| {
            let list = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok());
            let Some(list) = list else { return };
            let place = list.selected_index();
            list.set_selected_index(chosen as i32);
            if let Ok(place) = usize::try_from(place) {
                state.dispatch(action(place));
            }
        })
    }
}

impl From<Node> for Html {
    fn from(node: Node) -> Self {
        Self::VTag(Rc::new(*node.0))
    }
}

/// A choice in a list. Whether it is chosen is a property: the attribute says only what a list shows before anybody has
/// chosen in it, so what is undone would go on to be shown.
pub(super) fn choice(value: &str, face: &str, is_chosen: bool) -> Html {
    let mut option = el("option").set("value", value.to_owned()).text(face);
    option.0.add_property("selected", is_chosen);
    option.into()
}

/// What the input, text area or list that an event came from holds.
pub(super) fn value_of(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?;
    if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
        return Some(input.value());
    }
    if let Some(area) = target.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        return Some(area.value());
    }
    target.dyn_ref::<web_sys::HtmlSelectElement>().map(web_sys::HtmlSelectElement::value)
}

/// A listener of any kind.
struct On {
    kind: ListenerKind,
    run: Box<dyn Fn(web_sys::Event)>,
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn handle(&self, event: web_sys::Event) {
        (self.run)(event);
    }

    fn passive(&self) -> bool {
        false
    }
}

/// The class of a phase's colour.
pub(super) fn phase_class(phase: Phase) -> &'static str {
    match phase {
        Phase::OneA => "p1a",
        Phase::OneB => "p1b",
        Phase::TwoA => "p2a",
        Phase::TwoB => "p2b",
        Phase::Three => "p3",
        Phase::Nack => "pnack",
        Phase::Request => "prequest",
        Phase::Election => "pelection",
        Phase::Certify => "pcertify",
        Phase::Reply => "preply",
    }
}
