//! The editor of the script: it comes when the script is opened, knows the words of scripts, and is in step with the run.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("the editor is fetched when the script is opened, and not before", when_opened),
    ("a mistake is underlined where it is, and words are explained", mistakes),
    ("the editor offers the protocols, and the chosen one runs", completion),
    ("what is typed in the editor runs, and Tab leads out of it", typed),
    ("an act elsewhere changes the text and leaves the cursor where it is", in_step),
    ("without the editor’s file the text area stays", without_editor),
];

/// A script whose lines the tests know.
const SCRIPT: &str = "paxos-playground 1\nnodes 3\n\nat 0Δ propose A \"red\" # mine\n";

/// Puts the cursor at the end of a line of the editor, counted from 1.
fn go_to(page: &Page, line: usize) -> Outcome {
    page.click(&format!(".cm-line:nth-child({line})"))?;
    page.press(keys::END)
}

fn write(page: &Page, text: &str) -> Outcome {
    text.chars().try_for_each(|letter| page.press(letter))
}

/// Waits until the editor shows the text that the page has.
fn wait_for_step(page: &Page) -> Outcome {
    page.wait_until(
        "the editor to be in step with the page",
        "const shown = [...document.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\\n');
         return shown === document.querySelector('#script-text').value;",
        &[],
    )
}

/// Opens the script, and waits until the editor shows this text.
fn open(page: &Page, text: &str) -> Outcome {
    paste(page, text)?;
    page.wait_for(".cm-editor")?;
    wait_for_step(page)
}

fn when_opened(page: &Page) -> Outcome {
    let fetched = || {
        page.execute(
            "return performance.getEntriesByType('resource').filter(({ name }) => /\\/editor-[^/]*\\.js$/.test(name)).length;",
        )
    };
    whole(page)?;
    tab(page, "rules")?;
    page.settle()?;
    expect_none(page)?;
    let before = fetched()?;
    open(page, SCRIPT)?;
    expect(page, "it was not fetched before", before == json!(0))?;
    let numbers = page.execute(
        "return [...document.querySelectorAll('.cm-lineNumbers .cm-gutterElement')]
             .filter((one) => getComputedStyle(one).visibility === 'visible').map((one) => one.textContent).join(' ');",
    )?;
    expect(page, &format!("each line has its number: {numbers}"), numbers == json!("1 2 3 4 5"))?;
    let colours = page.execute(
        "return ['keyword', 'act', 'number', 'name', 'quoted', 'comment']
             .filter((sort) => !document.querySelector(`.cm-line .cm-${sort}`)).join(' ');",
    )?;
    expect(page, &format!("these have no colour: {colours}"), colours == json!(""))?;
    let style = page.execute("return document.querySelectorAll('style').length;")?;
    expect(page, "the policy allows all of its style", style == json!(0))?;
    // Nobody but the editor's readers needs it a second time.
    tab(page, "rules")?;
    page.wait_for_absence(".cm-editor")?;
    open(page, SCRIPT)?;
    expect(page, "it is fetched once", fetched()? == json!(1))
}

fn expect_none(page: &Page) -> Outcome {
    expect_count(page, ".cm-editor", 0)
}

fn expect_count(page: &Page, selector: &str, count: u64) -> Outcome {
    let found = page.count(selector)?;
    if found == count {
        Ok(())
    } else {
        Err(format!("There should be {count} of `{selector}`, and there are {found}."))
    }
}

fn mistakes(page: &Page) -> Outcome {
    open(page, SCRIPT)?;
    expect_count(page, ".cm-mistake", 0)?;
    let wrong = SCRIPT.replace("propose A", "propose F");
    open(page, &wrong)?;
    page.wait_for_text(".cm-line:nth-child(4) .cm-mistake", "F")?;
    page.hover(page.middle_of(".cm-mistake")?)?;
    page.wait_for_text(".cm-help .wrong", "no node is called “F”")?;
    page.wait_for_text("#script-error", "line 4, column 15")?;
    let invalid = page.attribute(".cm-content", "aria-invalid")?;
    expect(page, "a screen reader is told", invalid.as_deref() == Some("true"))?;
    // What is missing at the end of a line is missing after its last word.
    open(page, &SCRIPT.replace("nodes 3", "nodes"))?;
    page.wait_for_text(".cm-line:nth-child(2) .cm-mistake", "nodes")?;
    open(page, SCRIPT)?;
    page.wait_for_absence(".cm-mistake")?;
    page.hover(page.middle_of(".cm-line:nth-child(4) .cm-act")?)?;
    page.wait_for_text(".cm-help", "propose NODE VALUE: somebody asks A to have this decree passed")
}

fn completion(page: &Page) -> Outcome {
    open(page, SCRIPT)?;
    go_to(page, 3)?;
    write(page, "protocol ")?;
    page.wait_for_text(".cm-tooltip-autocomplete", "preliminary")?;
    let offered = page.execute(
        "return [...document.querySelectorAll('.cm-tooltip-autocomplete li')].map((one) => one.textContent).join(' ');",
    )?;
    let offered = offered.as_str().unwrap_or_default().to_owned();
    expect(
        page,
        &format!("all are offered: {offered}"),
        ["basic", "complete", "multi"].iter().all(|name| offered.contains(name)),
    )?;
    write(page, "mu")?;
    page.wait_until(
        "only one to be left",
        "const left = document.querySelectorAll('.cm-tooltip-autocomplete li');
         return left.length === 1 && left[0].textContent === 'multi';",
        &[],
    )?;
    page.wait_for_text(".cm-completionInfo", "Multi")?;
    // A list that has only just come does not take Enter, since it may be meant for the text.
    page.execute_async("await new Promise((done) => setTimeout(done, 150));")?;
    page.press(keys::ENTER)?;
    wait_for_line(page, "^protocol +multi$")?;
    expect(page, "it is no error", page.text("#script-error")?.is_empty())?;
    tab(page, "rules")?;
    page.wait_for("[data-option=window]")
}

fn typed(page: &Page) -> Outcome {
    open(page, SCRIPT)?;
    let lanes = |count: u64| {
        page.wait_until(
            &format!("{count} lanes"),
            "return document.querySelectorAll('ol.lanes > li').length === arguments[0]",
            &[json!(count)],
        )
    };
    lanes(3)?;
    go_to(page, 2)?;
    write(page, "1")?;
    lanes(31)?;
    page.chord(&[keys::CONTROL, 'z'])?;
    lanes(3)?;
    // Keys of the page are letters here, and a first Escape only closes the list.
    go_to(page, 3)?;
    write(page, "no")?;
    page.wait_for(".cm-tooltip-autocomplete")?;
    page.press(keys::ESCAPE)?;
    page.wait_for_absence(".cm-tooltip-autocomplete")?;
    page.press(keys::TAB)?;
    let inside = "return !!document.activeElement.closest('.cm-editor, #script-text');";
    expect(page, "Tab leads out of the editor", page.execute(inside)? == json!(false))?;
    expect(page, "and writes nothing", script(page)?.lines().nth(2) == Some("no"))
}

fn in_step(page: &Page) -> Outcome {
    open(page, SCRIPT)?;
    go_to(page, 4)?;
    page.click(TO_END)?;
    page.click("#cut")?;
    wait_for_line(page, "partition|cut")?;
    wait_for_step(page)?;
    page.focus(".cm-content")?;
    write(page, "!")?;
    wait_for_line(page, "# mine!$")?;
    // The text as a whole becomes another one, and back.
    page.click(UNDO)?;
    page.click(UNDO)?;
    wait_for_step(page)?;
    expect(page, "what was typed is undone", script(page)?.contains("# mine\n"))
}

fn without_editor(page: &Page) -> Outcome {
    whole(page)?;
    page.execute("document.querySelector('meta[name=editor]').content = './no-editor.js';")?;
    editor(page)?;
    page.wait_for("#script-text[data-editor=missing]")?;
    page.take_errors()?;
    expect_none(page)?;
    page.type_into("#script-text", "at 9Δ heal\n")?;
    wait_for_line(page, "^at 9Δ heal$")?;
    expect(page, "it is no error", page.text("#script-error")?.is_empty())
}
