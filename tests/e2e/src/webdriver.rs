//! A small WebDriver client: starts the driver program, opens one headless session, sends commands.
//!
//! The client is synchronous on purpose: a test is a list of steps, and all of its steps have the same deadline. The
//! protocol is <https://www.w3.org/TR/webdriver2/>; the `goog/cdp` command is Chromium's own.

use std::cell::Cell;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The key under which WebDriver puts the identity of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser in which the page is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK, in the small browser that its driver starts.
    WebKit,
}

impl Browser {
    /// Reads the browser's name.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        match name {
            "chromium" => Ok(Self::Chromium),
            "firefox" => Ok(Self::Firefox),
            "webkit" => Ok(Self::WebKit),
            _ => Err(format!("There is no browser `{name}`; choose chromium, firefox or webkit.")),
        }
    }

    /// The browser's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }
}

/// How to start a browser.
#[derive(Clone, Debug)]
pub(crate) struct Driver {
    /// The browser.
    pub(crate) browser: Browser,
    /// chromedriver, geckodriver or WebKitWebDriver.
    pub(crate) program: PathBuf,
    /// The browser's program, if the driver cannot find it.
    pub(crate) binary: Option<PathBuf>,
}

impl Driver {
    fn capabilities(&self) -> Value {
        let (key, mut options) = match self.browser {
            Browser::Chromium => (
                "goog:chromeOptions",
                json!({ "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--hide-scrollbars",
                    "--window-size=1280,800",
                ] }),
            ),
            Browser::Firefox => {
                ("moz:firefoxOptions", json!({ "args": ["-headless", "--width=1280", "--height=800"] }))
            }
            Browser::WebKit => ("webkitgtk:browserOptions", json!({ "args": ["--automation"] })),
        };
        // A page that asks before it is left must not stop the next test.
        let mut wanted = json!({ "unhandledPromptBehavior": "accept" });
        if let Some(binary) = &self.binary {
            options["binary"] = json!(binary);
        }
        // WebKit's driver takes options only together with a program.
        if self.browser != Browser::WebKit || self.binary.is_some() {
            wanted[key] = options;
        }
        json!({ "capabilities": { "alwaysMatch": wanted } })
    }
}

/// One browser window under remote control. Dropping it ends the browser and its driver.
pub(crate) struct Session {
    browser: Browser,
    process: Child,
    agent: ureq::Agent,
    driver_address: String,
    /// The path of the session's commands, as in `/session/1234`.
    path: String,
    /// The process of the browser, which the driver names or has started.
    browser_process: Option<u64>,
    /// How far the wheel has been turned in all, to the right and down.
    wheel: Cell<(i64, i64)>,
    /// The moment at which every command ends.
    deadline: Cell<Instant>,
}

impl Session {
    /// Starts the driver and, through it, a fresh browser.
    pub(crate) fn open(driver: &Driver) -> Result<Self, String> {
        if driver.browser == Browser::WebKit && std::env::var_os("DISPLAY").is_none() {
            return Err("WebKit shows its window on a screen: name one in DISPLAY, for instance an Xvfb.".to_owned());
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| format!("There is no free port: {error}."))?.port();
        let mut command = Command::new(&driver.program);
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn();
        let process = process.map_err(|error| format!("{} cannot be started: {error}.", driver.program.display()))?;
        let mut session = Self {
            browser: driver.browser,
            process,
            agent: ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into(),
            driver_address: format!("http://127.0.0.1:{port}"),
            path: String::new(),
            browser_process: None,
            wheel: Cell::default(),
            deadline: Cell::new(Instant::now()),
        };
        session.allow(Duration::from_secs(60));
        while session.get("/status").is_err() {
            session.pause(Duration::from_millis(50), "The driver does not answer.")?;
        }
        let opened = session.post("/session", &driver.capabilities())?;
        let id = opened["sessionId"].as_str().ok_or("The driver opened a session without a name.")?;
        session.path = format!("/session/{id}");
        let named = |key: &str| opened["capabilities"][key].as_u64();
        let started = || child_of(session.process.id());
        session.browser_process = named("moz:processID").or_else(|| named("goog:processID")).or_else(started);
        session.post("/timeouts", &json!({ "script": 30_000, "pageLoad": 30_000, "implicit": 0 }))?;
        Ok(session)
    }

    /// The browser under control.
    pub(crate) fn browser(&self) -> Browser {
        self.browser
    }

    /// Gives all commands from now on this much time, together.
    pub(crate) fn allow(&self, time: Duration) {
        self.deadline.set(Instant::now() + time);
    }

    /// Turns the wheel by so much more, and answers how far it has been turned in all.
    pub(crate) fn turn_wheel(&self, (right, down): (i64, i64)) -> (i64, i64) {
        let (before_right, before_down) = self.wheel.get();
        self.wheel.set((before_right + right, before_down + down));
        self.wheel.get()
    }

    /// Waits a moment, or fails with the sentence if the time is over.
    pub(crate) fn pause(&self, moment: Duration, sentence: &str) -> Result<(), String> {
        if Instant::now() >= self.deadline.get() {
            return Err(sentence.to_owned());
        }
        thread::sleep(moment);
        Ok(())
    }

    /// Sends a command that asks for something and has no arguments.
    pub(crate) fn get(&self, command: &str) -> Result<Value, String> {
        self.send(command, None)
    }

    /// Sends a command with arguments.
    pub(crate) fn post(&self, command: &str, arguments: &Value) -> Result<Value, String> {
        self.send(command, Some(arguments))
    }

    /// Runs the body of a JavaScript function and answers what it returns.
    pub(crate) fn execute(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Finds the first element that a CSS selector matches.
    pub(crate) fn element(&self, selector: &str) -> Result<String, String> {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }))?;
        found[ELEMENT].as_str().map(str::to_owned).ok_or_else(|| format!("There is no `{selector}`."))
    }

    /// Sends a command of Chromium's developer tools.
    pub(crate) fn developer_tools(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn send(&self, command: &str, arguments: Option<&Value>) -> Result<Value, String> {
        let address = format!("{}{}{command}", self.driver_address, self.path);
        let left = self.deadline.get().saturating_duration_since(Instant::now());
        // A call without any time left would be refused with a less helpful sentence.
        let time = Some(left.max(Duration::from_millis(10)));
        let answer = match arguments {
            None => self.agent.get(&address).config().timeout_global(time).build().call(),
            Some(arguments) => {
                let request = self.agent.post(&address).config().timeout_global(time).build();
                request.content_type("application/json; charset=utf-8").send(arguments.to_string())
            }
        };
        let failed = |error: ureq::Error| match error {
            ureq::Error::Timeout(_) => format!("The browser did not answer `{command}` in time."),
            error => format!("The driver did not answer `{command}`: {error}."),
        };
        let mut answer = answer.map_err(failed)?;
        let status = answer.status();
        let text = answer.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string().map_err(failed)?;
        let body: Value = serde_json::from_str(&text)
            .map_err(|error| format!("The driver's answer to `{command}` makes no sense: {error}."))?;
        if status.is_success() {
            return Ok(body["value"].clone());
        }
        let told = |name: &str| body["value"][name].as_str().unwrap_or_default().to_owned();
        Err(format!("{}: {}", told("error"), told("message")))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // If it is asked to end, the driver ends its browser too. If it does not obey, both are ended by their numbers.
        let mut ended = self.path.is_empty();
        if !ended {
            let address = format!("{}{}", self.driver_address, self.path);
            let time = Some(Duration::from_secs(10));
            let answer = self.agent.delete(&address).config().timeout_global(time).build().call();
            ended = answer.is_ok();
        }
        if let Some(process) = self.browser_process.filter(|_| !ended) {
            let process = process.to_string();
            let _ = Command::new("sh").args(["-c", "kill -s KILL \"$0\"", &process]).status();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The process that another process has started, if the system says so.
fn child_of(process: u32) -> Option<u64> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let children = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    children
        .flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .find_map(|word| word.parse().ok())
}
