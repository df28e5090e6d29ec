//! A log of somebody's own system on the page: dropped or chosen, drawn, judged, and left again without a loss.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a log that is dropped on the page is drawn at its first bad event, and undoing brings the script back", dropped),
    ("a broken promise is red at its line in every format, and shown at its place", every_format),
    ("a log is chosen below the script, its bad lines are told, and the rest is shown", chosen),
    ("what is no log is refused with a sentence, and the run stays", refused),
];

const BROKEN: &str = include_str!("../../../logs/broken-promise.jsonl");

/// A log with one broken promise in each format: its name, its text, and what is said of the line that breaks it.
const FORMATS: [(&str, &str, &str); 4] = [
    (
        "broken-promise.jsonl",
        BROKEN,
        "promise, line 20 at 131 ms (2.62Δ): B voted in 1.A, although it had promised 2.C",
    ),
    (
        "broken-promise.shiviz.log",
        include_str!("../../../logs/broken-promise.shiviz.log"),
        "promise, line 11: B voted in 1.A, although it had promised 2.C",
    ),
    (
        "broken-promise.paxos.tlc.txt",
        include_str!("../../../logs/broken-promise.paxos.tlc.txt"),
        "promise, line 30: a1 voted in 1.b0, although it had promised 2.b1",
    ),
    (
        "broken-promise.voting.tlc.txt",
        include_str!("../../../logs/broken-promise.voting.tlc.txt"),
        "promise, line 11: a1 voted in 1.b0, although it had promised 2.b1",
    ),
];

/// Drops a file on the page.
fn drop_file(page: &Page, name: &str, text: &str) -> Outcome {
    let steps = "const transfer = new DataTransfer();
         transfer.items.add(new File([arguments[1]], arguments[0]));
         const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer });
         document.querySelector('#timeline').dispatchEvent(event);
         return event.defaultPrevented;";
    expect(page, "the page takes the file", page.ask(steps, &[json!(name), json!(text)])? == json!(true))
}

fn dropped(page: &Page) -> Outcome {
    page.open("")?;
    whole(page)?;
    let before = script(page)?;
    drop_file(page, "broken-promise.jsonl", BROKEN)?;
    page.wait_for_text("#log", "broken-promise.jsonl")?;
    page.wait_for_text("#log", "21 events of 3 processes, read as JSON lines; quorum: 2 of A B C.")?;
    page.wait_for_text("#log", "promise, line 20 at 131 ms")?;
    page.wait_for_text("#log", "agreement, not asked: the log states no “learned”")?;
    page.wait_for_text("#checks", "violated")?;
    page.wait_for("#tab-checks[aria-selected=true]")?;
    let lanes = page.count("ol.lanes > li")?;
    expect(page, "its processes are the lanes", lanes == 3)?;
    // Nothing can be changed, and nothing is made up about what processes remember.
    page.wait_for_absence("#cut")?;
    page.wait_for_absence(".pill")?;
    page.wait_for_text("#scenario option:checked", "broken-promise.jsonl")?;
    page.wait_for_text(".tagline", "This is a log")?;
    page.wait_for_absence(".acting")?;
    page.wait_for_absence(".chamber")?;
    menu(page, "share")?;
    page.wait_for_text("#share-menu", "there is no link to it")?;
    page.press(keys::ESCAPE)?;
    page.click_named(
        "B3, line 22 at 151 ms (3.02Δ): ballot 2.C carries “blue”, but its quorum’s highest earlier vote is for “red” in 1.A",
    )?;
    page.wait_for_text("#why", "C")?;
    page.focus(TIMELINE)?;
    page.press('z')?;
    page.wait_for_absence("#log")?;
    expect(page, "the script is what it was", script(page)? == before)?;
    drop_file(page, "broken-promise.jsonl", BROKEN)?;
    page.click("#log-back")?;
    page.wait_for_absence("#log")?;
    expect(page, "the script is what it was", script(page)? == before)
}

fn every_format(page: &Page) -> Outcome {
    page.open("")?;
    whole(page)?;
    for (name, text, sentence) in FORMATS {
        drop_file(page, name, text)?;
        page.wait_for_text("#scenario option:checked", name)?;
        page.wait_for_text("#log", sentence)?;
        // The picture stands at the event that breaks the promise, and the event is explained.
        page.click(TO_START)?;
        page.click_named(sentence)?;
        let (_, what) = sentence.split_once(": ").unwrap_or_default();
        let voter = what.split(' ').next().unwrap_or_default();
        page.wait_for_text("#why", &format!("{voter} votes for"))?;
        page.wait_for_text("main", "“Promises are kept” failed at")?;
        page.wait_for_text("main", &format!("{what}."))?;
    }
    Ok(())
}

fn chosen(page: &Page) -> Outcome {
    page.open("")?;
    whole(page)?;
    tab(page, "script")?;
    page.wait_for("#log-file")?;
    let steps = "const field = document.querySelector('#log-file');
         const transfer = new DataTransfer();
         transfer.items.add(new File([arguments[0]], 'mine.jsonl'));
         field.files = transfer.files;
         field.dispatchEvent(new Event('change', { bubbles: true }));";
    page.ask(steps, &[json!(format!("{BROKEN}nonsense\n"))])?;
    page.wait_for_text("#log", "1 line could not be read; the rest is shown")?;
    page.wait_for_text("#log", "Line 23: ")?;
    page.wait_for_text("#log", "promise, line 20")?;
    // Another scenario is opened in its place.
    choose(page, "#scenario", "two-proposers")?;
    page.wait_for_absence("#log")?;
    page.wait_for_text(".intro", "Two proposers meet")
}

fn refused(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers")?;
    whole(page)?;
    drop_file(page, "holiday.txt", "Dear diary\n")?;
    page.wait_for_text("#told .wrong", "holiday.txt is no log that can be shown")?;
    page.wait_for_text("#told .wrong", "line 1")?;
    drop_file(page, "empty.jsonl", "")?;
    page.wait_for_text("#told .wrong", "it is empty")?;
    page.wait_for_text(".intro", "Two proposers meet")?;
    page.wait_for_absence("#log")
}
