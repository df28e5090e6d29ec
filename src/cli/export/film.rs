//! A run as an animated GIF. The painter is a library that comes with the feature `animation`.

use std::path::Path;

use crate::session::Session;
use crate::view::export::Choice;

/// Writes the animation into the file.
#[cfg(feature = "animation")]
pub(super) fn film(session: &Session, choice: &Choice, file: Option<&Path>) -> Result<(), String> {
    let file = file.ok_or("--animation writes pixels: say with -o run.gif into which file")?;
    let wrong = |why: String| format!("--animation: {why}");
    let painter = painter::Painter::new().map_err(wrong)?;
    let mut film = crate::view::export::animation::Film::new(session, choice.clone()).map_err(wrong)?;
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

#[cfg(feature = "animation")]
mod painter {
    use resvg::tiny_skia::{Pixmap, Transform};
    use resvg::usvg::{Options, Tree};

    use crate::view::export::animation::Picture;

    /// The families of letters that are looked for, the best first.
    const FAMILIES: [&str; 6] = ["Helvetica", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans", "FreeSans"];

    /// Paints figures with the letters that this system has.
    pub(super) struct Painter {
        options: Options<'static>,
    }

    impl Painter {
        /// A painter.
        ///
        /// # Errors
        /// A sentence without its full stop, if this system has no letters.
        pub(super) fn new() -> Result<Self, String> {
            let mut options = Options::default();
            let fonts = options.fontdb_mut();
            fonts.load_system_fonts();
            let has = |family: &str| fonts.faces().any(|face| face.families.iter().any(|(name, _)| name == family));
            let best = FAMILIES.into_iter().find(|family| has(family)).map(str::to_owned);
            let any = || fonts.faces().find_map(|face| face.families.first().map(|(name, _)| name.clone()));
            let family = best.or_else(any).ok_or("this system has no font to paint words with")?;
            fonts.set_sans_serif_family(&family);
            options.font_family = family;
            Ok(Self { options })
        }

        /// The pixels of a figure, four bytes each.
        pub(super) fn paint(&self, picture: &Picture) -> Result<Vec<u8>, String> {
            let tree = Tree::from_str(&picture.svg, &self.options).map_err(|error| error.to_string())?;
            let size = tree.size().to_int_size();
            let side = |side: u32| side.saturating_mul(u32::from(picture.scale));
            let mut pixels = Pixmap::new(side(size.width()), side(size.height()))
                .ok_or("a picture without a pixel cannot be painted")?;
            let scale = f32::from(picture.scale);
            resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
            Ok(pixels.take())
        }
    }
}
