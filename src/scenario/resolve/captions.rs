//! The captions of a script: they are bounded and put in order of time. Nothing that runs looks at them.

use super::Draft;
use crate::scenario::script::Caption;
use crate::scenario::{Wrong, limits, wrong};
use crate::tongue::say;

impl Draft {
    /// Puts a caption in its place in time.
    #[inline(never)]
    pub(super) fn caption(&mut self, caption: &Caption) -> Result<(), Wrong> {
        if self.captions.len() == limits::CAPTIONS {
            return wrong("", say!("a script has at most {most} captions", most = limits::CAPTIONS));
        }
        if caption.text.chars().count() > limits::CAPTION_CHARS {
            return wrong("", say!("a caption has at most {most} characters", most = limits::CAPTION_CHARS));
        }
        let place = self.captions.partition_point(|other| other.at <= caption.at);
        if place > 0 && self.captions[place - 1].at == caption.at {
            return self
                .wrong_time(caption.at, say!("two captions begin at the same instant, and only one can be shown"));
        }
        self.captions.insert(place, caption.clone());
        Ok(())
    }
}
