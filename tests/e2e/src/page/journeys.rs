//! Journeys of a new reader, from the page as it opens to what the journey is for, with every press counted.
//! `docs/testing.md` has their table.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a cut, no majority, heal and decide take four presses", cut_and_decide),
    ("to crash the leader and to have its decree adopted takes three presses", crash_and_adopt),
    ("to break agreement and to see why takes three presses", break_and_see),
    ("the first six lessons are solved by thirty-one presses", lessons),
];

/// The light of agreement.
const AGREEMENT: &str = "[data-check=agreement]";

/// A reader, who presses things.
struct Reader<'a> {
    page: &'a Page<'a>,
    presses: usize,
}

impl Reader<'_> {
    fn press(&mut self, selector: &str) -> Outcome {
        self.presses += 1;
        self.page.click(selector)
    }

    fn press_named(&mut self, name: &str) -> Outcome {
        self.presses += 1;
        self.page.click_named(name)
    }

    /// Takes a tool and presses the name of a process, the first of which is 0.
    fn act(&mut self, tool: &str, node: usize) -> Outcome {
        self.press(&format!("[data-tool={tool}]"))?;
        self.press(&format!("ol.lanes > li:nth-child({}) button", node + 1))
    }

    /// Ends the journey: it must have taken so many presses.
    fn took(&self, presses: usize) -> Outcome {
        expect(self.page, &format!("it takes {} presses, not {presses}", self.presses), self.presses == presses)
    }
}

/// The page as it opens: it plays by itself.
fn arrive<'a>(page: &'a Page<'a>) -> Outcome<Reader<'a>> {
    whole(page)?;
    Ok(Reader { page, presses: 0 })
}

fn cut_and_decide(page: &Page) -> Outcome {
    let mut reader = arrive(page)?;
    // The page begins to play as it opens, so a reader is fast enough who presses before the promises are back.
    page.click(TO_START)?;
    reader.press("#cut")?;
    page.click(TO_END)?;
    wait_for_nothing(page)?;
    reader.press("#heal")?;
    // What was done is played by itself.
    reader.act("propose", 2)?;
    wait_for_latency(page, "5Δ")?;
    reader.took(4)
}

fn crash_and_adopt(page: &Page) -> Outcome {
    let mut reader = arrive(page)?;
    reader.press("#what-if-crash")?;
    page.click(TO_END)?;
    reader.act("propose", 1)?;
    page.wait_for_text("#latency", "“red” by ballot 2.B")?;
    reader.took(3)
}

fn break_and_see(page: &Page) -> Outcome {
    let mut reader = arrive(page)?;
    // To choose from a list takes two presses.
    reader.presses += 2;
    choose(page, "#scenario", "without-promise")?;
    page.click(TO_END)?;
    page.wait_for(&format!("{AGREEMENT}.bad"))?;
    let end = page.text("#now")?;
    reader.press(AGREEMENT)?;
    page.wait_until(
        "the instant at which it was broken",
        "return document.querySelector('#now').textContent !== arguments[0]",
        &[json!(end)],
    )?;
    reader.took(3)
}

/// Each lesson is judged before the next one is opened.
fn lessons(page: &Page) -> Outcome {
    const SOLVED: &str = ".lesson .progress.solved";
    let mut reader = arrive(page)?;
    reader.press("#lessons-button")?;
    page.wait_for_text(".lesson", "Lesson 1 of")?;
    reader.act("propose", 0)?;
    reader.press(TO_END)?;
    page.wait_for(SOLVED)?;
    let next = |reader: &mut Reader, number: usize| {
        reader.press_named("Next lesson")?;
        page.wait_for_text(".lesson", &format!("Lesson {number} of"))?;
        page.wait_for_absence(SOLVED)
    };

    next(&mut reader, 2)?;
    reader.act("crash", 3)?;
    reader.act("crash", 4)?;
    reader.press(TO_END)?;
    page.wait_for(SOLVED)?;

    next(&mut reader, 3)?;
    // The middle of the overview is at 2.5Δ of 5Δ.
    reader.presses += 1;
    page.tap(Pointer::Mouse, page.middle_of("#minimap")?)?;
    reader.press("#cut")?;
    reader.press(TO_END)?;
    page.wait_for(SOLVED)?;

    next(&mut reader, 4)?;
    reader.press("#tab-rules")?;
    reader.press("[data-guard='majority']")?;
    reader.press(TO_END)?;
    reader.press("#heal")?;
    reader.act("propose", 0)?;
    reader.press(TO_END)?;
    page.wait_for(SOLVED)?;

    next(&mut reader, 5)?;
    reader.press(TO_END)?;
    reader.act("propose", 4)?;
    reader.press(TO_END)?;
    page.wait_for(SOLVED)?;

    next(&mut reader, 6)?;
    reader.press("#rules summary")?;
    reader.press("[data-guard='max-vote']")?;
    reader.press(TO_END)?;
    page.wait_for(SOLVED)?;
    reader.took(31)
}
