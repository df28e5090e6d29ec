//! The room that there is for the picture, in pixels.

use web_sys::HtmlElement;

use super::{NAMES_ROW, Stage};
use crate::ui::Shared;
use crate::view::Window;

/// The largest height of a picture in which time runs down, in a frame that is as high as its content.
const EMBED_HEIGHT: f64 = 460.0;
/// The least height of a picture in a frame that is lower than its content.
const EMBED_LEAST: f64 = 160.0;
/// What stands above and below the picture on the page: the picture is as high as the rest of the browser's window.
const AROUND: f64 = 426.0;
/// The same where the picture is presented alone, and how much larger it is there, as the style sheet has it.
const AROUND_PRESENTED: f64 = 260.0;
pub(super) const PRESENTED: f64 = 1.5;

/// What stands around the picture in a frame, and what the measure depends on.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Around {
    window: (f64, f64),
    pixels: f64,
}

impl Stage {
    /// The window with its lanes as far apart as the room allows.
    pub(super) fn spread(&mut self, state: &Shared, window: Window, nodes: usize) -> Window {
        let presentation = state.presentation();
        if presentation.is_embed {
            let compact = window.compact(nodes);
            return match self.room_in_frame(state) {
                Some(room) if room > compact.height => compact.spread(nodes, room),
                _ => compact,
            };
        }
        window.spread(
            nodes,
            match presentation.present {
                true => (inner_height() - AROUND_PRESENTED) / PRESENTED,
                false => inner_height() - AROUND,
            },
        )
    }

    /// The largest height of a picture in which time runs down.
    pub(super) fn tallest(&mut self, state: &Shared) -> f64 {
        if state.presentation().is_embed {
            return self.room_in_frame(state).map_or(EMBED_HEIGHT, |room| room.max(EMBED_LEAST));
        }
        // The picture ends above the player, which stays at the lower edge of a phone; a lesson stands above the picture.
        (inner_height() - if state.has_task() { 540.0 } else { 400.0 }).max(200.0)
    }

    /// The height that a frame leaves for the picture, if the frame has a height of its own and nothing stands beside the
    /// picture. A frame that is made as high as its content has none, or it would grow without end.
    fn room_in_frame(&mut self, state: &Shared) -> Option<f64> {
        let presentation = state.presentation();
        if presentation.follows_content || presentation.has_side() || state.has_task() {
            return None;
        }
        let window = (state.width(), inner_height());
        // Asking the document forces a layout, so it is not asked while the run plays.
        let kept = self.around.filter(|around| around.window == window && state.is_playing());
        let around = kept.or_else(|| Some(Around { window, pixels: self.measure_around()? }))?;
        self.around = Some(around);
        let names = if super::is_vertical(state) { NAMES_ROW } else { 0.0 };
        Some(window.1 - around.pixels - names)
    }

    /// How high the document is without the picture.
    fn measure_around(&self) -> Option<f64> {
        let scroll = self.places.scroll.cast::<HtmlElement>()?;
        let body = scroll.owner_document()?.body()?;
        Some(f64::from(body.offset_height() - scroll.offset_height()))
    }
}

/// The height of the browser's window.
fn inner_height() -> f64 {
    let height = web_sys::window().and_then(|window| window.inner_height().ok());
    height.and_then(|height| height.as_f64()).unwrap_or(800.0)
}
