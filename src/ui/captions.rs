//! The captions of a script: one sentence at a time while the run plays, which one can leave at any moment.

use super::Shared;
use super::dom::{Node, button, el, tag};
use super::state::Action;
use crate::tongue::{say, translated};

/// The caption of this instant, and the way on and out. It is told to those who cannot see it as soon as it is there.
pub(super) fn caption(state: &Shared) -> Node {
    let (scenario, now) = (state.session().scenario(), state.session().cursor().time);
    let text = scenario.caption(now).map_or("", |caption| translated(&caption.text));
    let is_there_more = scenario.next_caption(now).is_some();
    let next = is_there_more.then(|| button(state, say!("Next"), Action::NextCaption).attr("id", "caption-next"));
    let leave = if is_there_more { say!("Leave the story") } else { say!("Go on by yourself") };
    tag("div", "caption")
        .with(el("p").attr("id", "caption").attr("role", "status").text(text))
        .option(next)
        .with(button(state, leave, Action::Captions(false)).attr("id", "caption-leave"))
}
