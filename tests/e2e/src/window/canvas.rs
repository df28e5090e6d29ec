//! Aiming at the timeline. It is a canvas, so there are no elements to be found. The canvas says in `data-…` attributes
//! where a time and a lane are, and the tests point there.

use serde_json::json;

use super::Page;
use super::gestures::{Place, Pointer, place};
use crate::Outcome;

/// The element on which the run is drawn.
pub(crate) const TIMELINE: &str = "#timeline";

/// A point of the run: a time in Δ and a lane, counted from 0; a fraction is a place between two lanes.
pub(crate) type Point = (f64, f64);

/// The place of a point on the screen: along time and across the lanes, turned when time runs down. The timeline is
/// scrolled until the point is in sight.
const AIM: &str = "
    const [time, lane] = arguments;
    const canvas = document.querySelector('#timeline');
    const data = canvas.dataset;
    const number = (name) => Number(data[name]);
    const vertical = data.vertical === 'true';
    const where = () => {
        const along = number('head') + time * number('perDelta') - number('offset');
        const across = number('side') + lane * number('perLane');
        const box = canvas.getBoundingClientRect();
        return vertical ? [box.left + across, box.top + along] : [box.left + along, box.top + across];
    };
    const inside = ([x, y]) => {
        const box = canvas.getBoundingClientRect();
        return x >= box.left + 1 && y >= box.top + 1 && x <= box.right - 1 && y <= box.bottom - 1;
    };
    canvas.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    if (!inside(where())) {
        const scroller = document.querySelector('#timeline-scroll');
        const reach = number('head') + time * number('perDelta');
        if (vertical) scroller.scrollTop = reach - scroller.clientHeight / 2;
        else scroller.scrollLeft = reach - scroller.clientWidth / 2;
        return null;
    }
    const [x, y] = where();
    // Nobody can point at something below the window's edge.
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
        scrollBy({ left: x - innerWidth / 2, top: y - innerHeight / 2, behavior: 'instant' });
        return null;
    }
    return where();
";

impl Page<'_> {
    /// The place of a point of the run on the screen, after the point has been scrolled into view.
    pub(crate) fn at(&self, (time, lane): Point) -> Outcome<Place> {
        self.wait_for(TIMELINE)?;
        let arguments = [json!(time), json!(lane)];
        // At most the timeline and the page are scrolled; each takes a frame to be reported.
        for _ in 0..4 {
            if let Some(found) = place(&self.ask(AIM, &arguments)?) {
                return Ok(found);
            }
            self.settle()?;
        }
        Err(format!("The timeline does not show lane {lane} at {time}Δ: {}", self.geometry()?))
    }

    /// Clicks a point of the run.
    pub(crate) fn click_timeline(&self, point: Point) -> Outcome {
        self.tap_timeline(Pointer::Mouse, point)
    }

    /// Clicks or taps a point of the run.
    pub(crate) fn tap_timeline(&self, pointer: Pointer, point: Point) -> Outcome {
        self.tap(pointer, self.at(point)?)
    }

    /// Drags from one point of the run to another; both must fit on the screen.
    pub(crate) fn drag_timeline(&self, pointer: Pointer, from: Point, to: Point) -> Outcome {
        let target = self.at(to)?;
        let start = self.at(from)?;
        if self.at(to)? != target {
            return Err(format!("{from:?} and {to:?} are not on the screen together."));
        }
        self.drag(pointer, start, target)
    }

    /// One number of the timeline's geometry, such as `perDelta` for `data-per-delta`.
    pub(crate) fn timeline_number(&self, name: &str) -> Outcome<f64> {
        let script = "return Number(document.querySelector('#timeline').dataset[arguments[0]]);";
        self.ask(script, &[json!(name)])?.as_f64().ok_or_else(|| format!("The timeline does not tell `{name}`."))
    }

    /// Waits until the timeline shows the current instant.
    pub(crate) fn wait_for_now_in_sight(&self) -> Outcome {
        self.wait_until(
            "now to be inside of the canvas",
            "const canvas = document.querySelector('#timeline');
             const [head, perDelta, offset] = ['head', 'perDelta', 'offset'].map((name) => Number(canvas.dataset[name]));
             const now = head + parseFloat(document.querySelector('#now').textContent) * perDelta - offset;
             const extent = canvas.dataset.vertical === 'true' ? canvas.clientHeight : canvas.clientWidth;
             return now > 0 && now < extent;",
            &[],
        )
    }

    /// How many of the timeline's pixels differ from its first one; none does if nothing is drawn.
    pub(crate) fn timeline_pixels(&self) -> Outcome<u64> {
        let script = "
            const canvas = document.querySelector('#timeline');
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let count = 0;
            for (let place = 4; place < pixels.length; place += 4) {
                const same = [0, 1, 2, 3].every((part) => pixels[place + part] === pixels[part]);
                if (!same) count += 1;
            }
            return count;";
        self.ask(script, &[])?.as_u64().ok_or_else(|| "The timeline has no pixels.".to_owned())
    }

    /// A number that changes when the picture of the timeline does.
    pub(crate) fn timeline_print(&self) -> Outcome<u64> {
        let script = "
            const canvas = document.querySelector('#timeline');
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let print = 0;
            for (let place = 0; place < pixels.length; place += 1) print = (print * 31 + pixels[place]) >>> 0;
            return print;";
        self.ask(script, &[])?.as_u64().ok_or_else(|| "The timeline has no pixels.".to_owned())
    }

    fn geometry(&self) -> Outcome<String> {
        let script = "return JSON.stringify({ ...document.querySelector('#timeline').dataset });";
        Ok(self.execute(script)?.as_str().unwrap_or_default().to_owned())
    }
}
