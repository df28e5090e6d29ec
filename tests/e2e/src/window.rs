//! What a test can do with the page: look, click, type, wait, photograph.

mod axe;
mod canvas;
mod gestures;
mod media;
mod stand_ins;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub(crate) use axe::Barriers;
pub(crate) use canvas::{Point, TIMELINE};
pub(crate) use gestures::{Place, Pointer, keys};

use crate::Outcome;
use crate::server::{Publication, Server};
use crate::webdriver::{Browser, Session};

/// The window's inner size in which every test starts.
pub(crate) const DESKTOP: (u32, u32) = (1280, 800);

/// Answers whether the text of an element, named by a selector, contains a text.
const SAYS: &str =
    "const found = document.querySelector(arguments[0]); return !!found && found.textContent.includes(arguments[1]);";

/// How long to wait for something that the page should show.
const WAIT_LIMIT: Duration = Duration::from_secs(10);
/// How often the page is asked whether it shows it.
const POLL: Duration = Duration::from_millis(25);

/// Marks an element with this name that can be seen and clicked, and tells whether there is one.
const NAMED: &str = "
    const name = arguments[0];
    document.querySelectorAll('[data-e2e-named]').forEach((old) => old.removeAttribute('data-e2e-named'));
    const words = (one) => (one.getAttribute('aria-label') || one.textContent).replace(/\\s+/g, ' ').trim();
    const all = [...document.querySelectorAll('button, summary, a, [role=button], [role=tab], [role=menuitem]')];
    const found = all.find((one) => words(one) === name && one.getClientRects().length > 0 && !one.disabled);
    if (found) found.setAttribute('data-e2e-named', '');
    return !!found;
";

/// The page in a browser window.
pub(crate) struct Page<'run> {
    session: &'run Session,
    server: &'run Server,
    /// The file of axe-core, if there is one.
    axe_file: Option<&'run Path>,
}

impl<'run> Page<'run> {
    /// The page of a session; nothing is loaded yet.
    pub(crate) fn new(session: &'run Session, server: &'run Server, axe_file: Option<&'run Path>) -> Self {
        Self { session, server, axe_file }
    }

    /// Gives all steps from now on this much time, together.
    pub(crate) fn allow(&self, time: Duration) {
        self.session.allow(time);
    }

    /// Loads the page anew, with `suffix` (`?…`, `#…` or nothing) after its address and with empty storage.
    pub(crate) fn open(&self, suffix: &str) -> Outcome {
        self.go_to(&self.server.blank())?;
        self.execute("localStorage.clear(); sessionStorage.clear();")?;
        self.go_to(&format!("{}{suffix}", self.server.page()))
    }

    /// Loads the page, with what follows its folder's address, and asks the server for nothing else before.
    pub(crate) fn visit(&self, suffix: &str) -> Outcome {
        self.go_to(&format!("{}{suffix}", self.server.page()))
    }

    /// Loads the page anew as it is, keeping what it stored.
    pub(crate) fn reload(&self) -> Outcome {
        self.session.post("/refresh", &json!({})).map(drop)
    }

    /// Loads the page from its other address.
    pub(crate) fn open_deep(&self) -> Outcome {
        self.go_to(&self.server.deep_page())
    }

    /// Loads the page in a frame that may only run scripts; the next steps are about the frame.
    pub(crate) fn open_in_frame(&self) -> Outcome {
        self.go_to(&self.server.frame())?;
        self.enter(Some(0))
    }

    /// Loads a page that embeds the page, from `tests/e2e/pages`.
    pub(crate) fn open_host(&self, name: &str) -> Outcome {
        self.go_to(&self.server.host(name))
    }

    /// Makes the next steps be about the frame of the page with this number, or, without a number, about the page
    /// itself.
    pub(crate) fn enter(&self, frame: Option<usize>) -> Outcome {
        self.session.post("/frame", &json!({ "id": frame })).map(drop)
    }

    /// Publishes another version, or nothing at all.
    pub(crate) fn publish(&self, publication: Publication) {
        self.server.publish(publication);
    }

    /// Makes the next step that opens a page the first visit that this browser pays to it: nothing is kept there for use
    /// offline. Removing what is kept would not do, because browsers now and then let a page wait for ever that asks them to
    /// while its service worker is being installed.
    pub(crate) fn move_to_new_origin(&self) -> Outcome {
        self.server.move_to_new_origin()
    }

    fn go_to(&self, address: &str) -> Outcome {
        self.session.post("/url", &json!({ "url": address })).map(drop)
    }

    /// Waits until an element is there and takes up space.
    pub(crate) fn wait_for(&self, selector: &str) -> Outcome {
        self.wait_until(
            &format!("`{selector}` to be seen"),
            "const found = document.querySelector(arguments[0]); return !!found && found.getClientRects().length > 0;",
            &[json!(selector)],
        )
    }

    /// Waits until an element is gone or hidden.
    pub(crate) fn wait_for_absence(&self, selector: &str) -> Outcome {
        self.wait_until(
            &format!("`{selector}` to be gone"),
            "const found = document.querySelector(arguments[0]); return !found || found.getClientRects().length === 0;",
            &[json!(selector)],
        )
    }

    /// Waits until the text of an element contains `text`.
    pub(crate) fn wait_for_text(&self, selector: &str, text: &str) -> Outcome {
        self.wait_until(&format!("`{selector}` to say \"{text}\""), SAYS, &[json!(selector), json!(text)])
    }

    /// Waits until the text of an element contains `text`, for as long as the test may take. It is for work whose time
    /// depends on the machine, such as a search: what is tested is what it finds, not how fast.
    pub(crate) fn wait_for_result(&self, selector: &str, text: &str) -> Outcome {
        let sentence = format!("Waited in vain for `{selector}` to say \"{text}\".");
        while !self.says(selector, text)? {
            self.session.pause(POLL, &sentence)?;
        }
        Ok(())
    }

    /// Whether the text of an element contains `text`.
    fn says(&self, selector: &str, text: &str) -> Outcome<bool> {
        Ok(self.session.execute(SAYS, &[json!(selector), json!(text)])? == json!(true))
    }

    /// Waits until a script returns true; `what` ends the sentence "Waited in vain for …".
    pub(crate) fn wait_until(&self, what: &str, script: &str, arguments: &[Value]) -> Outcome {
        let started = Instant::now();
        let sentence = format!("Waited in vain for {what}.");
        while self.session.execute(script, arguments)? != json!(true) {
            if started.elapsed() >= WAIT_LIMIT * self.patience() {
                return Err(sentence);
            }
            self.session.pause(POLL, &sentence)?;
        }
        Ok(())
    }

    /// The text of an element as it is shown.
    pub(crate) fn text(&self, selector: &str) -> Outcome<String> {
        let element = self.session.element(selector)?;
        Ok(self.session.get(&format!("/element/{element}/text"))?.as_str().unwrap_or_default().to_owned())
    }

    /// The value of an element's attribute, if it has it.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Outcome<Option<String>> {
        let element = self.session.element(selector)?;
        let value = self.session.get(&format!("/element/{element}/attribute/{name}"))?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// How many elements a selector matches.
    pub(crate) fn count(&self, selector: &str) -> Outcome<u64> {
        let script = "return document.querySelectorAll(arguments[0]).length;";
        Ok(self.session.execute(script, &[json!(selector)])?.as_u64().unwrap_or_default())
    }

    /// Waits for an element and clicks it as a person does. It fails if something else covers the element however the
    /// page is scrolled.
    pub(crate) fn click(&self, selector: &str) -> Outcome {
        self.wait_for(selector)?;
        let element = self.session.element(selector)?;
        let click = || self.session.post(&format!("/element/{element}/click"), &json!({})).map(drop);
        click().or_else(|_| {
            // Something that stays at the window's edge may cover an element that was scrolled just into sight.
            self.middle_of(selector)?;
            click()
        })
    }

    /// Clicks the button, tab, link or summary with this name, which is its label or, without a label, its text.
    pub(crate) fn click_named(&self, name: &str) -> Outcome {
        self.wait_until(&format!("something called \"{name}\" to click"), NAMED, &[json!(name)])?;
        self.click("[data-e2e-named]")
    }

    /// Whether there is something with this name to click now.
    pub(crate) fn has_named(&self, name: &str) -> Outcome<bool> {
        Ok(self.ask(NAMED, &[json!(name)])? == json!(true))
    }

    /// Types into an element, after the text that is already there.
    pub(crate) fn type_into(&self, selector: &str, text: &str) -> Outcome {
        self.wait_for(selector)?;
        let element = self.session.element(selector)?;
        self.session.post(&format!("/element/{element}/value"), &json!({ "text": text })).map(drop)
    }

    /// Runs the body of a JavaScript function and answers what it returns.
    pub(crate) fn execute(&self, script: &str) -> Outcome<Value> {
        self.session.execute(script, &[])
    }

    /// Runs the body of a JavaScript function with arguments and answers what it returns.
    pub(crate) fn ask(&self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        self.session.execute(script, arguments)
    }

    /// Waits until all changes have been painted: two frames, because the first may already be under way.
    pub(crate) fn settle(&self) -> Outcome {
        self.execute_async(
            "for (let frame = 0; frame < 2; frame += 1) await new Promise((next) => requestAnimationFrame(next));",
        )
        .map(drop)
    }

    /// A command of Chromium's developer tools.
    pub(crate) fn developer_tools(&self, command: &str, parameters: &Value) -> Outcome<Value> {
        self.session.developer_tools(command, parameters)
    }

    /// Runs the body of an `async` JavaScript function and waits for what it returns.
    pub(crate) fn execute_async(&self, script: &str) -> Outcome<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];\
             (async () => {{ {script} }})().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let answer = self.session.post("/execute/async", &json!({ "script": script, "args": [] }))?;
        match answer["error"].as_str() {
            Some(error) => Err(format!("The script failed: {error}")),
            None => Ok(answer["value"].clone()),
        }
    }

    /// Makes the window's inner size exactly this.
    pub(crate) fn set_viewport(&self, (width, height): (u32, u32)) -> Outcome {
        if self.session.browser() == Browser::Chromium {
            // No window can be as narrow as a phone, but the page can be made to believe that it is.
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            return self.session.developer_tools("Emulation.setDeviceMetricsOverride", &metrics).map(drop);
        }
        // The border around the page can change together with the window, so the size is set again until it fits.
        let mut inner = Value::Null;
        for _ in 0..5 {
            let sizes = self.execute("return [outerWidth, outerHeight, innerWidth, innerHeight];")?;
            let [outer_width, outer_height, inner_width, inner_height] =
                [0, 1, 2, 3].map(|index| sizes[index].as_i64().unwrap_or_default());
            inner = json!([inner_width, inner_height]);
            if inner == json!([width, height]) {
                return Ok(());
            }
            let wider = outer_width + i64::from(width) - inner_width;
            let higher = outer_height + i64::from(height) - inner_height;
            self.session.post("/window/rect", &json!({ "width": wider, "height": higher }))?;
            self.session.pause(POLL, "The window did not take its size in time.")?;
        }
        Err(format!("The window should be {width}×{height} inside but is {inner}."))
    }

    /// How narrow a window can be for the tests that want a small one: as a phone where the page can be made to believe
    /// that. Neither Firefox nor WebKit has windows below 450 pixels.
    pub(crate) fn narrowest(&self) -> u32 {
        if self.browser() == Browser::Chromium { 360 } else { 500 }
    }

    /// The browser in which the page runs, for the few things that only one of them can do.
    pub(crate) fn browser(&self) -> Browser {
        self.session.browser()
    }

    /// The factor by which this browser may take longer than another. WebKitGTK paints frames slowly without a graphics
    /// card.
    pub(crate) fn patience(&self) -> u32 {
        if self.browser() == Browser::WebKit { 3 } else { 1 }
    }

    /// Writes a picture of the window as a PNG file.
    pub(crate) fn screenshot(&self, file: &Path) -> Outcome {
        let picture = self.session.get("/screenshot")?;
        let bytes = decode_base64(picture.as_str().unwrap_or_default());
        fs::write(file, bytes).map_err(|error| format!("{} cannot be written: {error}.", file.display()))
    }

    /// The page's source as it is now.
    pub(crate) fn source(&self) -> Outcome<String> {
        Ok(self.session.get("/source")?.as_str().unwrap_or_default().to_owned())
    }

    /// The errors that nobody saw since the last call: errors on the console, panics, missing files. A test that
    /// provokes errors calls this so that they are forgiven; errors that are left at its end make it fail.
    pub(crate) fn take_errors(&self) -> Outcome<Vec<String>> {
        let errors = self.execute("return window.e2eErrors ? window.e2eErrors.splice(0) : null;")?;
        let errors = errors.as_array().cloned().ok_or("Nothing collects the page's errors.")?;
        let mut errors: Vec<String> =
            errors.iter().map(|error| error.as_str().unwrap_or_default().to_owned()).collect();
        errors.extend(self.server.take_complaints());
        Ok(errors)
    }
}

/// Decodes standard base64, in which WebDriver sends pictures.
fn decode_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.bytes() {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        assert_eq!(decode_base64("SGVsbG8sIHdvcmxkIQ=="), b"Hello, world!");
        assert_eq!(decode_base64("/+8="), [0xff, 0xef]);
    }
}
