//! A run as an animated GIF. The painter is a library that comes with the feature `animation`.

use std::path::Path;

use crate::session::Session;
use crate::view::export::Choice;

/// Writes the animation into the file.
#[cfg(feature = "animation")]
pub(super) fn film(session: &Session, choice: &Choice, file: Option<&Path>) -> Result<(), String> {
    use crate::view::export::animation::{Film, Painter};

    let file = file.ok_or("--animation writes pixels: say with -o run.gif into which file")?;
    let wrong = |why: String| format!("--animation: {why}");
    let painter = Painter::new().map_err(wrong)?;
    let mut film = Film::new(session, choice.clone()).map_err(wrong)?;
    while let Some(picture) = film.next_picture().map_err(wrong)? {
        let pixels = painter.paint(&picture).map_err(wrong)?;
        film.take(&pixels).map_err(wrong)?;
    }
    let (_, bytes) = film.finish().map_err(wrong)?;
    std::fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))
}

/// Says that this program cannot paint.
#[cfg(not(feature = "animation"))]
pub(super) fn film(_: &Session, _: &Choice, _: Option<&Path>) -> Result<(), String> {
    Err("--animation: this program was built without a painter; cargo build --features animation builds one that has it, \
         and the page saves a GIF as well"
        .to_owned())
}
