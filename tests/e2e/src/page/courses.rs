//! The examples of the course kit, served as a teacher would copy them: the runs in them decide, and the frames tell
//! their height.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("lecture notes in plain HTML show runs that decide, each as high as its content", lecture_notes),
    ("a pasted frame decides in every course system, and its height arrives", course_systems),
    ("an exercise sheet ticks a lesson that is solved in its frame", exercise_sheet),
];

/// Opens an example.
fn open(page: &Page, name: &str) -> Outcome {
    page.open_host(&format!("examples/{name}/index.html"))
}

/// Brings a frame of the example into sight and waits until its run has decided so many times.
fn wait_for_decisions(page: &Page, frame: usize, decisions: u64) -> Outcome {
    page.ask("document.querySelectorAll('iframe')[arguments[0]].scrollIntoView()", &[json!(frame)])?;
    page.wait_until(
        &format!("{decisions} decisions in frame {frame}"),
        "const source = document.querySelectorAll('iframe')[arguments[0]].contentWindow;
         if (!window.told) {
           window.told = [];
           addEventListener('message', (message) => told.push(message));
         }
         source.postMessage({ ns: 'paxos-playground', v: 1, type: 'getState' }, '*');
         const last = told.filter((one) => one.source === source && one.data.type === 'state').pop();
         return last?.data.decided === arguments[1]",
        &[json!(frame), json!(decisions)],
    )
}

/// Waits until a frame is as high as its content: it has no scroll bar, and no room to spare.
fn wait_for_height(page: &Page, frame: usize, above: u64) -> Outcome {
    page.wait_until(
        &format!("frame {frame} to be as high as its content"),
        "const frame = document.querySelectorAll('iframe')[arguments[0]];
         const content = frame.contentDocument.body.getBoundingClientRect().height;
         return content > arguments[1] && Math.abs(frame.clientHeight - content) < 2",
        &[json!(frame), json!(above)],
    )
}

fn lecture_notes(page: &Page) -> Outcome {
    open(page, "html")?;
    wait_for_decisions(page, 0, 1)?;
    wait_for_height(page, 0, 100)?;
    // The second run stands still before anything is decided.
    wait_for_decisions(page, 1, 0)?;
    wait_for_height(page, 1, 100)?;
    let now = "return document.querySelectorAll('iframe')[1].contentDocument.querySelector('#now').textContent";
    let now = page.execute(now)?;
    if now != json!("2.50Δ") {
        return Err(format!("The second run is shown at {now}."));
    }
    // Browsers load a frame with `loading=lazy` only when its reader comes near it.
    page.ask("document.querySelectorAll('iframe')[2].scrollIntoView()", &[])?;
    page.wait_until(
        "the third frame to offer its run",
        "return document.querySelectorAll('iframe')[2].contentDocument.querySelector('.loading button') !== null",
        &[],
    )
}

fn course_systems(page: &Page) -> Outcome {
    open(page, "course-system")?;
    // The fifth frame shows a whole page in a sandbox, so its run talks to that page.
    for system in 0..4 {
        wait_for_decisions(page, system, 1)?;
        page.wait_until(
            &format!("the height that system {system} was told, and kept"),
            "const told = document.querySelectorAll('section')[arguments[0]].querySelector('output').textContent;
             const height = Number(told.trim().split(' ').pop());
             return height > 100 && document.querySelectorAll('iframe')[arguments[0]].offsetHeight === height + 2",
            &[json!(system)],
        )?;
    }
    page.ask("document.querySelectorAll('iframe')[4].scrollIntoView()", &[])?;
    page.enter(Some(4))?;
    page.enter(Some(0))?;
    page.wait_for_text("#now", "6.")?;
    page.enter(None)?;
    let title = page.execute("return document.title")?;
    if title == json!("a script ran") {
        return Err("What was pasted with the frame ran as a script.".to_owned());
    }
    Ok(())
}

fn exercise_sheet(page: &Page) -> Outcome {
    // Firefox does not scroll the page around to what is clicked in its frame.
    page.set_viewport((1280, 1600))?;
    open(page, "lesson")?;
    let acts = [
        ("minority", "Lesson 2 of", "at 0Δ crash D\nat 0Δ crash E\n"),
        ("no-success", "Lesson 3 of", "at 2.5Δ partition A B | C D E\n"),
    ];
    for (lesson, place, act) in acts {
        page.click(&format!("[data-lesson={lesson}]"))?;
        page.enter(Some(0))?;
        page.wait_for_text(".lesson", place)?;
        let text = script(page)?;
        paste(page, &format!("{text}\n{act}"))?;
        page.click(TO_END)?;
        page.wait_for(".lesson .progress.solved")?;
        page.enter(None)?;
        page.wait_until(
            &format!("a tick for {lesson}"),
            "return document.querySelector(`[data-lesson=${arguments[0]}] ~ output`).textContent === '✓ solved'",
            &[json!(lesson)],
        )?;
    }
    let ticks = "return [...document.querySelectorAll('output')].map((tick) => tick.textContent).join()";
    let ticks = page.execute(ticks)?;
    if ticks == json!("✓ solved,✓ solved,") { Ok(()) } else { Err(format!("The ticks are {ticks}.")) }
}
