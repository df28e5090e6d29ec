//! A small builder of elements, in place of Yew's `html!`.
//!
//! The macro writes out the fields of each element in place, which takes about 700 bytes of WebAssembly for each; here
//! an element is a few calls. The virtual DOM is the same. Nothing here takes HTML: words only become text nodes and
//! values of attributes.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsCast;
use yew::virtual_dom::{Key, Listener, ListenerKind, VTag, VText};
use yew::{Html, NodeRef};

use super::Shared;
use super::state::Action;
use crate::protocol::Phase;
use crate::tongue::Phrase;
use crate::view::Emblem;
pub(super) use crate::view::decimal::decimal;

/// An element that is being built.
pub(super) struct Node(Box<VTag>);

/// An empty element.
pub(super) fn el(tag: &'static str) -> Node {
    Node(Box::new(VTag::new(tag)))
}

/// An element with a class.
pub(super) fn tag(tag: &'static str, class: &'static str) -> Node {
    el(tag).attr("class", class)
}

/// What can be shown as words: a text, or a phrase of the page, which is looked up there.
pub(super) trait Words: Sized {
    /// The text node.
    fn html(self) -> Html;

    /// The element with these words inside.
    #[inline(never)]
    fn inside(self, node: Node) -> Node {
        node.with(self.html())
    }
}

impl Words for &str {
    fn html(self) -> Html {
        VText::new(self.to_owned()).into()
    }
}

impl Words for String {
    fn html(self) -> Html {
        VText::new(self).into()
    }
}

impl Words for Phrase {
    fn html(self) -> Html {
        VText::new(self.text()).into()
    }
}

impl Words for Html {
    fn html(self) -> Html {
        self
    }
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl Words for &$text {
            fn html(self) -> Html {
                (&**self).html()
            }

            #[inline(always)]
            fn inside(self, node: Node) -> Node {
                (&**self).inside(node)
            }
        }
    )*};
}

texts!(String, &str, Cow<'_, str>, Rc<str>, Arc<str>);

impl Words for &Phrase {
    fn html(self) -> Html {
        (*self).html()
    }

    #[inline(always)]
    fn inside(self, node: Node) -> Node {
        (*self).inside(node)
    }
}

/// A text node.
pub(super) fn words(text: impl Words) -> Html {
    text.html()
}

/// What can be the value of an attribute that never changes: a text, or a phrase of the page.
pub(super) trait Fixed {
    /// The element with this attribute.
    fn put(self, key: &'static str, node: Node) -> Node;
}

impl Fixed for &'static str {
    #[inline(never)]
    fn put(self, key: &'static str, mut node: Node) -> Node {
        node.0.add_attribute(key, self);
        node
    }
}

impl<T: Fixed + Copy> Fixed for &T {
    fn put(self, key: &'static str, node: Node) -> Node {
        (*self).put(key, node)
    }
}

impl Fixed for Phrase {
    #[inline(never)]
    fn put(self, key: &'static str, mut node: Node) -> Node {
        node.0.add_attribute(key, self.text());
        node
    }
}

/// The shape of a decree in its colour, for the place before its name.
pub(super) fn emblem(emblem: Emblem) -> Node {
    let shape = tag("path", emblem.class()).set("d", emblem.path(5.0));
    tag("svg", "emblem").attr("viewBox", "-8 -8 16 16").attr("aria-hidden", "true").with(shape)
}

/// An empty node in place of an element. Its neighbours keep their places and so their focus.
pub(super) fn nothing() -> Html {
    Html::default()
}

/// A button with words on it.
pub(super) fn button(state: &Shared, face: impl Words, action: Action) -> Node {
    face.inside(pressed(state, action))
}

#[inline(never)]
fn pressed(state: &Shared, action: Action) -> Node {
    el("button").attr("type", "button").click(state, action)
}

/// A button with words and an id, which can be switched off.
pub(super) fn plain_button(state: &Shared, id: &'static str, face: impl Words, enabled: bool, action: Action) -> Html {
    button(state, face, action).attr("id", id).flag("disabled", !enabled).into()
}

/// A picture on a button: a path in a square of 16.
pub(super) fn icon(path: &'static str) -> Node {
    tag("svg", "icon")
        .attr("viewBox", "0 0 16 16")
        .attr("width", "16")
        .attr("height", "16")
        .attr("aria-hidden", "true")
        .with(el("path").attr("d", path))
}

impl Node {
    /// Adds an attribute that never changes.
    pub(super) fn attr(self, key: &'static str, value: impl Fixed) -> Self {
        value.put(key, self)
    }

    /// Adds an attribute.
    #[inline(never)]
    pub(super) fn set(mut self, key: &'static str, value: String) -> Self {
        self.0.add_attribute(key, value);
        self
    }

    /// Adds an attribute with a number of pixels or the like, rounded to a tenth.
    pub(super) fn num(self, key: &'static str, value: f64) -> Self {
        self.set(key, decimal(value, 1))
    }

    /// Adds an attribute with a whole number.
    pub(super) fn count(self, key: &'static str, value: usize) -> Self {
        self.set(key, value.to_string())
    }

    /// Adds an attribute without a value, such as `disabled`, if it is on.
    pub(super) fn flag(self, key: &'static str, is_on: bool) -> Self {
        if is_on { self.attr(key, "") } else { self }
    }

    /// Adds an `aria-…` attribute, whose value is `true` or `false`.
    pub(super) fn aria(self, key: &'static str, is_on: bool) -> Self {
        self.attr(key, if is_on { "true" } else { "false" })
    }

    /// Sets the contents of an input or a text area.
    pub(super) fn value(mut self, value: String) -> Self {
        self.0.set_value(Some(yew::AttrValue::from(value)));
        self
    }

    /// Sets whether a box is ticked.
    pub(super) fn checked(mut self, is_on: bool) -> Self {
        self.0.set_checked(is_on);
        self
    }

    /// Sets the key that tells the element from its neighbours, when they come and go.
    pub(super) fn key(mut self, key: usize) -> Self {
        self.0.key = Some(Key::from(key as u64));
        self
    }

    /// Sets the reference by which the element can be found later.
    pub(super) fn find(mut self, place: &NodeRef) -> Self {
        self.0.node_ref = place.clone();
        self
    }

    /// Adds words inside.
    pub(super) fn text(self, text: impl Words) -> Self {
        text.inside(self)
    }

    /// Adds an element inside.
    #[inline(never)]
    pub(super) fn with(mut self, child: impl Into<Html>) -> Self {
        self.0.add_child(child.into());
        self
    }

    /// Adds elements inside.
    #[inline(never)]
    pub(super) fn all(mut self, children: Vec<Html>) -> Self {
        self.0.add_child(yew::virtual_dom::VList::with_children(children, None).into());
        self
    }

    /// Adds an element inside, if there is one.
    pub(super) fn option(self, child: Option<Node>) -> Self {
        self.with(child.map_or_else(nothing, Html::from))
    }

    /// Adds what to do on an event.
    pub(super) fn on(mut self, kind: ListenerKind, run: impl Fn(web_sys::Event) + 'static) -> Self {
        self.0.add_listener(Rc::new(On { kind, run: Box::new(run) }));
        self
    }

    /// Lets the arrows walk along the buttons inside, which are a single stop of Tab: the one that had the focus last.
    pub(super) fn roving(self) -> Self {
        self.on(ListenerKind::onkeydown, |event| {
            if let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() {
                rove(key);
            }
        })
    }

    /// Adds the action for a press.
    pub(super) fn click(self, state: &Shared, action: Action) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::onclick, move |_| state.dispatch(action.clone()))
    }

    /// Adds the action that follows from what is typed, or from where a slider is moved.
    pub(super) fn typed(self, state: &Shared, action: impl Fn(String) -> Action + 'static) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::oninput, move |event| {
            if let Some(text) = value_of(&event) {
                state.dispatch(action(text));
            }
        })
    }

    /// Adds the action that follows from the value that is chosen in a list.
    pub(super) fn chosen(self, state: &Shared, action: impl Fn(String) -> Option<Action> + 'static) -> Self {
        let state = state.dispatcher();
        self.on(ListenerKind::onchange, move |event| {
            if let Some(action) = value_of(&event).and_then(&action) {
                state.dispatch(action);
            }
        })
    }

    /// Adds the action that follows from the place of what is chosen in a list. The list continues to show what the
    /// state says, which is at the place `chosen` now, so that a choice that is refused is not shown as if it had been
    /// accepted.
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

/// A choice in a list. Whether it is chosen is a property and not an attribute: the attribute says only what a list
/// shows before anybody has chosen something, so a choice would still be shown after it is undone.
pub(super) fn choice(value: &str, face: impl Words, is_chosen: bool) -> Html {
    face.inside(option(value, is_chosen)).into()
}

#[inline(never)]
fn option(value: &str, is_chosen: bool) -> Node {
    let mut option = el("option").set("value", value.to_owned());
    option.0.add_property("selected", is_chosen);
    option
}

/// The contents of the input, text area or list from which an event came.
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

#[inline(never)]
fn rove(key: &web_sys::KeyboardEvent) {
    let forward = match key.key().as_str() {
        "ArrowRight" => true,
        "ArrowLeft" => false,
        _ => return,
    };
    let from = key.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    let Some(from) = from else { return };
    let Ok(Some(group)) = from.closest(".roving") else { return };
    let Ok(all) = group.query_selector_all("button:not(:disabled)") else { return };
    let all: Vec<web_sys::HtmlElement> =
        (0..all.length()).filter_map(|place| all.get(place)?.dyn_into().ok()).collect();
    let Some(place) = all.iter().position(|one| *one == from) else { return };
    let to = &all[(place + if forward { 1 } else { all.len() - 1 }) % all.len()];
    let _ = from.set_attribute("tabindex", "-1");
    let _ = to.set_attribute("tabindex", "0");
    let _ = to.focus();
    key.prevent_default();
    key.stop_propagation();
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
