//! A run as an animated GIF, which PowerPoint, Keynote and every browser play: the figure at one instant after another.
//!
//! Somebody else paints the figures: the browser for the page, a painter of SVG for the terminal. This file says which
//! instants there are, and makes the file of the pixels.

#[cfg(feature = "animation")]
mod painter;

use std::borrow::Cow;
use std::collections::BTreeMap;

use gif::{DisposalMethod, Encoder, Frame, Repeat};

use super::svg::size;
use super::{Choice, Exported, FORMATS, export, finished};
use crate::session::{Cursor, Session};
use crate::tongue::say;
use crate::types::Time;

#[cfg(feature = "animation")]
pub use painter::Painter;

/// A picture is shown for so many hundredths of a second, and the last one for so many.
const SHOWN: (u16, u16) = (10, 300);

/// So many pictures make a Δ, which then takes a second, where the run is short enough.
const PICTURES_PER_DELTA: u64 = 10;

/// A run that would have more pictures than this takes larger steps.
const PICTURES_MAX: u64 = 100;

/// A picture has at most so many pixels. One that has at most a quarter of them is painted twice as large.
const PIXELS_MAX: u32 = 4_000_000;

/// A file has at most so many bytes.
const BYTES_MAX: usize = 32_000_000;

/// A colour: red, green, blue, and how opaque it is.
type Colour = [u8; 4];

/// What the pixels have that do not change.
const CLEAR: Colour = [0; 4];

/// A picture has at most so many colours; one more stands for what does not change.
const COLOURS_MAX: usize = 255;

/// A film of a run that is being made. Whoever can paint asks for a figure, paints it, and gives the pixels back, until there
/// is no further figure.
pub struct Film {
    session: Session,
    choice: Choice,
    cursors: Vec<Cursor>,
    next: usize,
    /// The file's name, once there is a figure.
    name: String,
    /// The file, once the size of the figures is known.
    animation: Option<Animation>,
}

/// A figure to be painted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// The figure.
    pub svg: String,
    /// It is painted so many times as large as its SVG says.
    pub scale: u16,
}

impl Film {
    /// The film of a run from its beginning until what `choice` shows.
    ///
    /// # Errors
    /// A sentence without its full stop that says why the run cannot be finished.
    pub fn new(session: &Session, choice: Choice) -> Result<Self, String> {
        let mut session = finished(session)?.unwrap_or_else(|| session.clone());
        let end = choice.shown.map_or(session.end(), |shown| shown.time);
        let mut cursors = Vec::new();
        for time in instants(end) {
            session.seek(time);
            cursors.push(session.cursor());
        }
        if let (Some(last), Some(shown)) = (cursors.last_mut(), choice.shown) {
            *last = shown;
        }
        Ok(Self { session, choice, cursors, next: 0, name: String::new(), animation: None })
    }

    /// How many figures there are in all, and how many of them were asked for.
    pub fn counts(&self) -> (usize, usize) {
        (self.cursors.len(), self.next)
    }

    /// The next figure; none after the last.
    ///
    /// # Errors
    /// A sentence without its full stop that says why the figure cannot be drawn.
    pub fn next_picture(&mut self) -> Result<Option<Picture>, String> {
        let Some(cursor) = self.cursors.get(self.next) else { return Ok(None) };
        self.next += 1;
        let choice = Choice { shown: Some(*cursor), ..self.choice.clone() };
        // The first format is the figure.
        let Exported { name, text: svg, .. } = export(&self.session, &FORMATS[0], &choice)?;
        let (width, height) = size(&svg);
        let scale = scale(width, height)?;
        if self.animation.is_none() {
            self.name = name.replace(".svg", ".gif");
            self.animation = Some(Animation::new(width * u32::from(scale), height * u32::from(scale))?);
        }
        Ok(Some(Picture { svg, scale }))
    }

    /// Takes the pixels of the figure that was asked for last: four bytes each, row by row, red, green, blue and how opaque
    /// it is.
    ///
    /// # Errors
    /// A sentence without its full stop, if these are not the pixels of such a figure or the file becomes too long.
    pub fn take(&mut self, pixels: &[u8]) -> Result<(), String> {
        let is_last = self.next == self.cursors.len();
        let animation = self.animation.as_mut().ok_or_else(|| say!("There is no picture yet"))?;
        animation.add(pixels, if is_last { SHOWN.1 } else { SHOWN.0 })
    }

    /// The file's name and its bytes.
    ///
    /// # Errors
    /// A sentence without its full stop, if there is no picture or the file is too long.
    pub fn finish(self) -> Result<(String, Vec<u8>), String> {
        Ok((self.name, self.animation.ok_or_else(|| say!("There is no picture yet"))?.finish()?))
    }
}

/// The instants from the beginning until the end: a tenth of a Δ apart, or the next larger step of 1, 2 or 5 tenths, whole Δ
/// and so on that makes few enough.
fn instants(end: Time) -> Vec<Time> {
    let smallest = Time::DELTA.0 / PICTURES_PER_DELTA;
    let mut steps = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * smallest * 10_u64.pow(power)));
    let step = steps.find(|step| end.0 / step < PICTURES_MAX).unwrap_or(end.0);
    let times = (0..PICTURES_MAX).map(|number| Time(number.saturating_mul(step)));
    let mut times: Vec<Time> = times.take_while(|time| *time < end).collect();
    times.push(end);
    times
}

/// How many times as large as its SVG a picture of this size is painted.
///
/// # Errors
/// A sentence without its full stop, if the picture is too large.
fn scale(width: u32, height: u32) -> Result<u16, String> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(PIXELS_MAX) || width.max(height) > u32::from(u16::MAX) / 2 {
        return Err(say!("This picture is too large for an animation; it can be saved as SVG").into());
    }
    Ok(if pixels * 4 <= u64::from(PIXELS_MAX) { 2 } else { 1 })
}

/// A GIF that is being written.
struct Animation {
    encoder: Encoder<Vec<u8>>,
    size: (u16, u16),
    /// The pixels of the picture before.
    before: Vec<Colour>,
    /// The frame that is written next: how long it is shown is only known when the next picture differs.
    waiting: Option<Frame<'static>>,
}

impl Animation {
    /// An animation of pictures of this size, in pixels, that starts anew when it has ended.
    ///
    /// # Errors
    /// A sentence without its full stop, if the pictures are too large.
    fn new(width: u32, height: u32) -> Result<Self, String> {
        let too_large = |_| String::from(say!("These pictures are too large for an animation"));
        let size = (u16::try_from(width).map_err(too_large)?, u16::try_from(height).map_err(too_large)?);
        let mut encoder = Encoder::new(Vec::new(), size.0, size.1, &[]).map_err(|error| error.to_string())?;
        encoder.set_repeat(Repeat::Infinite).map_err(|error| error.to_string())?;
        Ok(Self { encoder, size, before: Vec::new(), waiting: None })
    }

    /// Adds a picture: four bytes for each pixel, row by row, red, green, blue and how opaque it is.
    ///
    /// # Errors
    /// A sentence without its full stop, if the picture has another size or the file becomes too long.
    fn add(&mut self, pixels: &[u8], hundredths: u16) -> Result<(), String> {
        let (pixels, rest) = pixels.as_chunks::<4>();
        if pixels.len() != usize::from(self.size.0) * usize::from(self.size.1) || !rest.is_empty() {
            return Err(say!("A picture of this animation has another size").into());
        }
        if let (None, Some(frame)) = (self.changed(pixels), &mut self.waiting) {
            frame.delay = frame.delay.saturating_add(hundredths);
            return Ok(());
        }
        self.write_waiting()?;
        let (left, top, width, height) = self.changed(pixels).unwrap_or((0, 0, self.size.0, self.size.1));
        let mut area = Vec::with_capacity(usize::from(width) * usize::from(height));
        for row in usize::from(top)..usize::from(top + height) {
            let start = row * usize::from(self.size.0) + usize::from(left);
            for (place, pixel) in pixels.iter().enumerate().skip(start).take(usize::from(width)) {
                let is_kept = self.before.get(place) == Some(pixel);
                area.push(if is_kept { CLEAR } else { opaque(*pixel) });
            }
        }
        let (palette, indices) = painted(&area);
        self.waiting = Some(Frame {
            delay: hundredths,
            dispose: DisposalMethod::Keep,
            transparent: Some(0),
            left,
            top,
            width,
            height,
            palette: Some(palette),
            buffer: Cow::Owned(indices),
            ..Frame::default()
        });
        self.before = pixels.to_vec();
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// A sentence without its full stop, if the file is too long.
    fn finish(mut self) -> Result<Vec<u8>, String> {
        self.write_waiting()?;
        self.encoder.into_inner().map_err(|error| error.to_string())
    }

    fn write_waiting(&mut self) -> Result<(), String> {
        if let Some(frame) = self.waiting.take() {
            self.encoder.write_frame(&frame).map_err(|error| error.to_string())?;
        }
        if self.encoder.get_ref().len() > BYTES_MAX {
            return Err(say!(
                "This animation has more than {most} MB; a part of the run has fewer",
                most = BYTES_MAX / 1_000_000
            ));
        }
        Ok(())
    }

    /// The smallest rectangle with all pixels that differ from the picture before: left, top, width and height. None if
    /// none differs; everything differs from no picture.
    fn changed(&self, pixels: &[Colour]) -> Option<(u16, u16, u16, u16)> {
        if self.before.is_empty() {
            return Some((0, 0, self.size.0, self.size.1));
        }
        let width = usize::from(self.size.0).max(1);
        let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
        for (row, (now, before)) in pixels.chunks(width).zip(self.before.chunks(width)).enumerate() {
            let differs = |place: &usize| now[*place] != before[*place];
            let Some(first) = (0..now.len()).find(differs) else { continue };
            let last = (0..now.len()).rev().find(differs).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last));
            (top, bottom) = (top.min(row), row);
        }
        let side = |from: usize, to: usize| u16::try_from(to - from + 1).ok();
        let start = |place: usize| u16::try_from(place).ok();
        (left <= right).then(|| Some((start(left)?, start(top)?, side(left, right)?, side(top, bottom)?)))?
    }
}

/// The colour on white paper.
fn opaque([red, green, blue, alpha]: Colour) -> Colour {
    let on_white = |part: u8| {
        let part = u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
        u8::try_from((part + 127) / 255).unwrap_or(u8::MAX)
    };
    [on_white(red), on_white(green), on_white(blue), 255]
}

/// The palette of these pixels, three bytes for a colour, and for each pixel its place in the palette. The first place is for
/// clear pixels. The most frequent colours are exact: those of the paper, of lanes and of lines. The others, at the edges of
/// lines and letters, become the nearest of these.
fn painted(pixels: &[Colour]) -> (Vec<u8>, Vec<u8>) {
    let mut counts: BTreeMap<Colour, usize> = BTreeMap::new();
    for pixel in pixels.iter().filter(|pixel| **pixel != CLEAR) {
        *counts.entry(*pixel).or_default() += 1;
    }
    let mut colours: Vec<(Colour, usize)> = counts.into_iter().collect();
    // Equal counts stay in the order of their colours, so the same pixels are always the same bytes.
    colours.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let frequent: Vec<Colour> = colours.iter().take(COLOURS_MAX).map(|(colour, _)| *colour).collect();
    let distance = |one: &Colour, other: &Colour| -> u32 {
        one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2)).sum()
    };
    let nearest = |colour: &Colour| {
        let place = (0..frequent.len()).min_by_key(|place| distance(&frequent[*place], colour)).unwrap_or(0);
        u8::try_from(place + 1).unwrap_or(u8::MAX)
    };
    let mut places: BTreeMap<Colour, u8> = colours.iter().map(|(colour, _)| (*colour, nearest(colour))).collect();
    places.insert(CLEAR, 0);
    let palette = std::iter::once(&CLEAR).chain(&frequent).flat_map(|[red, green, blue, _]| [*red, *green, *blue]);
    (palette.collect(), pixels.iter().map(|pixel| places[pixel]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = [255; 4];
    const RED: Colour = [200, 0, 0, 255];

    #[test]
    fn a_delta_takes_a_second_and_a_long_run_larger_steps() {
        assert_eq!(instants(Time(250_000)), [0, 100_000, 200_000, 250_000].map(Time));
        assert_eq!(instants(Time(0)), [Time(0)]);
        assert_eq!(instants(Time::deltas(9)).len(), 91);
        assert_eq!(instants(Time::deltas(10))[1], Time(200_000));
        for end in [Time(1), Time::deltas(37), Time::deltas(100_000), Time(u64::MAX)] {
            let times = instants(end);
            assert!(times.len() <= 101 && times.last() == Some(&end), "{end}: {}", times.len());
            assert!(times.is_sorted(), "{end}");
        }
    }

    #[test]
    fn a_gif_has_a_frame_for_each_change_and_gives_the_pixels_back() {
        let mut pictures = vec![vec![WHITE; 12]; 4];
        pictures[2][5] = RED;
        pictures[3][5] = RED;
        let mut animation = Animation::new(4, 3).expect("it is small");
        for picture in &pictures {
            animation.add(picture.as_flattened(), 10).expect("the size is right");
        }
        assert!(animation.add(&[0; 8], 10).is_err_and(|why| why.contains("another size")));
        let bytes = animation.finish().expect("it is short");
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(&bytes[..]).expect("it is a GIF");
        let first = decoder.read_next_frame().expect("it can be read").expect("there is a frame");
        assert_eq!((first.width, first.height, first.delay), (4, 3, 20));
        assert_eq!(first.buffer.as_ref(), [WHITE; 12].as_flattened());
        let second = decoder.read_next_frame().expect("it can be read").expect("there is another");
        assert_eq!((second.left, second.top, second.width, second.height, second.delay), (1, 1, 1, 1, 20));
        assert_eq!(second.buffer.as_ref(), RED);
        assert!(decoder.read_next_frame().expect("it can be read").is_none());
    }

    #[test]
    fn frequent_colours_are_exact_and_rare_ones_become_their_neighbours() {
        let shade =
            |number: u32| [u8::try_from(number % 256).unwrap_or(0), u8::try_from(number / 256).unwrap_or(0), 0, 255];
        let mut pixels: Vec<Colour> = (0..400).map(shade).collect();
        pixels.extend(vec![WHITE; 500]);
        pixels.push(CLEAR);
        let (palette, indices) = painted(&pixels);
        assert_eq!(palette.len(), 3 * 256);
        assert_eq!(indices.last(), Some(&0));
        assert_eq!(&palette[3..6], &[255, 255, 255], "the most frequent colour is the first");
        assert!(indices[400..900].iter().all(|place| *place == 1));
        assert!(indices[..400].iter().all(|place| *place > 1));
    }

    #[test]
    fn a_picture_that_is_too_large_is_refused() {
        assert_eq!(scale(900, 500), Ok(2));
        assert_eq!(scale(2400, 900), Ok(1));
        assert!(scale(4000, 2000).is_err_and(|why| why.contains("SVG")));
        assert!(scale(40_000, 20).is_err());
        assert!(Animation::new(70_000, 10).is_err());
    }

    #[test]
    fn the_pictures_of_a_run_end_with_its_last_instant() {
        let text = crate::scenario::library::find("minimal-ballot").expect("it is built in").text;
        let mut session = Session::open(text).expect("it can be read");
        let mut film = Film::new(&session, Choice::default()).expect("it ends");
        let mut seen = Vec::new();
        while let Some(picture) = film.next_picture().expect("it can be drawn") {
            let (width, height) = size(&picture.svg);
            film.take(&vec![255; (width * height) as usize * usize::from(picture.scale.pow(2)) * 4])
                .expect("the size is right");
            seen.push(picture);
        }
        assert_eq!(film.counts(), (seen.len(), seen.len()));
        assert!(seen[0].svg.contains("until 0Δ"));
        assert!(seen.last().is_some_and(|last| last.svg.contains("is decided")));
        let (name, bytes) = film.finish().expect("there are pictures");
        assert_eq!((name.as_str(), &bytes[..6]), ("a-minimal-ballot-5delta.gif", &b"GIF89a"[..]));
        session.seek(Time(2_500_000));
        let choice = Choice { shown: Some(session.cursor()), ..Choice::default() };
        assert_eq!(Film::new(&session, choice).expect("it ends").counts(), (26, 0));
        assert!(Film::new(&session, Choice::default()).expect("it ends").finish().is_err());
    }
}
