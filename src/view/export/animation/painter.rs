//! A painter for the terminal, which has no browser.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::Picture;

/// The families of letters that are looked for, the best first.
const FAMILIES: [&str; 6] = ["Helvetica", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans", "FreeSans"];

/// Paints figures with the letters that this system has.
pub struct Painter {
    options: Options<'static>,
}

impl Painter {
    /// A painter.
    ///
    /// # Errors
    /// A sentence without its full stop, if this system has no letters.
    pub fn new() -> Result<Self, String> {
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
    ///
    /// # Errors
    /// A sentence without its full stop, if the figure cannot be painted.
    pub fn paint(&self, picture: &Picture) -> Result<Vec<u8>, String> {
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
