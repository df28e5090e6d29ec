//! Printing: the paper shows a still figure, in ink on white, and the words beside it.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("what is printed is not blank", not_blank),
    ("the figure on paper is drawn anew, dark on light whatever the theme", figure),
    ("what can only be pressed is left out on paper", nothing_to_press),
    ("what became of ballots is on paper", ballots),
    ("the figure on paper says what its signs mean", legend),
];

/// How many bytes more than an empty page a PDF with the page's words and lines has at least.
const INK_BYTES: usize = 4_000;

fn not_blank(page: &Page) -> Outcome {
    page.click(TO_END)?;
    let printed = page.print()?.len();
    let blank = page.print_nothing()?.len();
    if printed > blank + INK_BYTES {
        return Ok(());
    }
    Err(format!("the page takes {printed} bytes on paper, an empty one {blank}"))
}

/// The shares of the figure's pixels that are dark and light ink, in thousandths; transparent pixels are paper.
const INKS: &str = "
    const canvas = document.querySelector('canvas.figure');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let [dark, light] = [0, 0];
    for (let place = 0; place < pixels.length; place += 4) {
        if (pixels[place + 3] < 128) continue;
        const shade = pixels[place] + pixels[place + 1] + pixels[place + 2];
        if (shade < 450) dark += 1;
        if (shade > 690) light += 1;
    }
    const all = pixels.length / 4;
    return [Math.round(dark / all * 1000), Math.round(light / all * 1000)];
";

fn figure(page: &Page) -> Outcome {
    page.click(TO_END)?;
    if page.can_prefer() {
        page.prefer(&[("prefers-color-scheme", "dark")])?;
        page.settle()?;
    }
    page.wait_for_absence("canvas.figure")?;
    page.prepare_print()?;
    let inks = page.execute(INKS)?;
    let dark = inks[0].as_u64().unwrap_or_default();
    expect(page, &format!("lines and words are dark; {dark} of a thousand pixels are"), dark >= 5)?;
    page.show_as_printed(true)?;
    page.wait_for("canvas.figure")?;
    page.wait_for_absence("#timeline")
}

fn nothing_to_press(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.show_as_printed(true)?;
    for gone in ["#play", "#scrubber", "#scenario", "#zoom-in", "#cut", "#search"] {
        page.wait_for_absence(gone)?;
    }
    page.wait_for(".intro h2")?;
    // The open tab is printed, whichever it is, with everything in it.
    page.show_as_printed(false)?;
    for tab in page
        .execute("return [...document.querySelectorAll('.tabs button')].map(({ id }) => id)")?
        .as_array()
        .into_iter()
        .flatten()
    {
        page.click(&format!("#{}", tab.as_str().unwrap_or_default()))?;
        page.show_as_printed(true)?;
        let pressed = page.execute(
            "return [...document.querySelectorAll('button')].filter((one) => one.checkVisibility()
                 && !one.matches('.link, .card h4 button, .lesson li button')).map((one) => one.textContent)",
        )?;
        expect(page, &format!("no button is printed with {tab}: {pressed}"), pressed == json!([]))?;
        page.show_as_printed(false)?;
    }
    Ok(())
}

fn ballots(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers")?;
    page.wait_for_text(".intro h2", "Two proposers meet")?;
    page.click(TO_END)?;
    page.wait_for(".latency .told li")?;
    page.show_as_printed(true)?;
    page.wait_for(".latency .told li")
}

/// How many pixels in the lowest twentieth of the figure are not paper. The legend is there.
const LEGEND: &str = "
    const canvas = document.querySelector('canvas.figure');
    const high = Math.round(canvas.height / 20);
    const { data } = canvas.getContext('2d').getImageData(0, canvas.height - high, canvas.width, high);
    return data.filter((value, place) => place % 4 === 3 && value > 128).length;
";

fn legend(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.prepare_print()?;
    let signs = page.execute(LEGEND)?.as_u64().unwrap_or_default();
    expect(page, &format!("the figure ends in a legend; {signs} of its pixels are inked"), signs > 500)
}
