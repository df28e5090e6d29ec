//! What belongs to the stage and stands elsewhere on the page: the overview behind the scrubber, and the buttons that zoom.

use std::rc::Rc;

use yew::virtual_dom::ListenerKind;

use super::{Handle, zoom_by};
use crate::tongue::say;
use crate::ui::dom::{Node, el, tag};

/// The overview of the whole run, which lies behind the scrubber.
pub(in crate::ui) fn overview(stage: &Handle) -> Node {
    tag("canvas", "minimap").attr("id", "minimap").find(&stage.borrow().places.minimap).attr("aria-hidden", "true")
}

/// The buttons that zoom.
pub(in crate::ui) fn zooms(stage: &Handle) -> Node {
    let zoom = |id, face: &'static str, name, key, factor| {
        let stage = Rc::clone(stage);
        el("button")
            .attr("type", "button")
            .attr("id", id)
            .attr("aria-label", name)
            .attr("title", key)
            .text(face)
            .on(ListenerKind::onclick, move |_| zoom_by(&stage, factor))
            .into()
    };
    tag("div", "zooms").attr("role", "group").attr("aria-label", say!("Zoom")).all(vec![
        zoom("zoom-out", "−", say!("Zoom out"), say!("Zoom out (−)"), 0.7),
        zoom("zoom-in", "+", say!("Zoom in"), say!("Zoom in (+)"), 1.0 / 0.7),
        zoom("zoom-fit", say!("Fit").text(), say!("Fit the whole run"), say!("The whole run (0)"), 0.0),
    ])
}
