//! The browsers in which the page is tested, each with the driver program that controls it.

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::paths::Paths;
use crate::screen::{self, Screen};
use crate::tools::Tool;
use crate::{Outcome, machine};

/// A browser in which the page is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox, of any channel.
    Firefox,
    /// WebKitGTK, in the small browser that its driver brings along.
    WebKit,
}

impl Browser {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// A sentence that says why nothing can be tested in this browser on this machine, and what to install. None if the
    /// browser is or can be installed.
    ///
    /// Chromium and Firefox exist on every system on which people develop, so it is a failure when one of them is
    /// missing. WebKitGTK is made for Linux.
    pub(crate) fn out_of_reach(self) -> Option<String> {
        let is_there = || found_driver(self).is_some() && screen::program().is_some();
        let is_out_of_reach = self == Self::WebKit && !machine::is_like_debian() && !is_there();
        is_out_of_reach.then(|| {
            "On Linux install WebKitGTK's `WebKitWebDriver` and `Xvfb` with your distribution's packages; on other \
             systems there is no WebKitGTK, and what the page does in it is seen on each push."
                .to_owned()
        })
    }

    /// The names of its programs.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
            Self::Firefox => &["firefox", "firefox-esr"],
            Self::WebKit => &["WebKitWebDriver"],
        }
    }

    fn driver_program(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::WebKit => "WebKitWebDriver",
        }
    }

    /// The variable in which hosted build machines name the folder of the driver.
    fn driver_variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROMEWEBDRIVER",
            Self::Firefox => "GECKOWEBDRIVER",
            Self::WebKit => "WEBKITWEBDRIVER",
        }
    }

    /// The variable in which a person can name a browser that is not on PATH.
    fn binary_variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROME_BIN",
            Self::Firefox => "FIREFOX_BIN",
            Self::WebKit => "WEBKIT_BIN",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver"],
            Self::Firefox => &["firefox-esr"],
            Self::WebKit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    /// Whether this machine can install its packages. Ubuntu's packages of Chromium and Firefox are empty, but that of
    /// WebKit is not.
    fn is_packaged(self) -> bool {
        if self == Self::WebKit { machine::is_like_debian() } else { machine::is_debian() }
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        })
    }
}

/// A driver program, and the browser that it is to start if it cannot find one itself.
#[derive(Debug)]
pub(crate) struct Driver {
    /// The browser that it controls.
    pub(crate) browser: Browser,
    /// The driver program.
    pub(crate) path: PathBuf,
    /// The browser, if a person named it.
    pub(crate) binary: Option<PathBuf>,
}

impl Driver {
    /// Finds the browser and its driver, installing what is missing where that is possible.
    pub(crate) fn prepare(paths: &Paths, browser: Browser) -> Outcome<Self> {
        let binary = env::var_os(browser.binary_variable()).map(PathBuf::from);
        let found = || binary.is_some() || browser.programs().iter().any(|name| machine::program(name).is_some());
        let driver = || found_driver(browser);
        // geckodriver is not a Debian package, so apt-get cannot help with a missing driver for Firefox.
        let packaged_driver_missing = browser != Browser::Firefox && driver().is_none();
        let screen_missing = browser == Browser::WebKit && screen::program().is_none();
        if (!found() || packaged_driver_missing || screen_missing) && browser.is_packaged() {
            machine::install_packages(browser.packages())?;
        }
        if !found() {
            return Err(format!(
                "Install {} so that the page can be tested in {browser}, or set {} to its path.",
                browser.programs().join(" or "),
                browser.binary_variable(),
            ));
        }
        let path = match (driver(), browser) {
            (Some(path), _) => path,
            (None, Browser::Firefox) => Tool::geckodriver().prepare(paths)?,
            (None, Browser::Chromium) => {
                return Err(
                    "Install `chromedriver` in the version of your Chromium or Chrome, and put it on PATH.".into()
                );
            }
            (None, Browser::WebKit) => return Err("Install `WebKitWebDriver`, and put it on PATH.".into()),
        };
        Ok(Self { browser, path, binary })
    }

    /// Gives the command that will start the driver everything that the browser needs. Keep the answer while the
    /// command runs.
    pub(crate) fn equip(&self, command: &mut Command) -> Outcome<Option<Screen>> {
        if self.browser != Browser::WebKit {
            return Ok(None);
        }
        // The sandbox of WebKitGTK needs rights that containers rarely grant, and it shows only our own page.
        command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
        // Without a graphics card, a processor that imitates one is slower than a processor that draws.
        command.env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1");
        let screen = Screen::start()?;
        screen.show(command);
        Ok(Some(screen))
    }
}

fn found_driver(browser: Browser) -> Option<PathBuf> {
    let file = format!("{}{}", browser.driver_program(), env::consts::EXE_SUFFIX);
    let named = env::var_os(browser.driver_variable()).map(|folder| PathBuf::from(folder).join(file));
    named.filter(|path| path.is_file()).or_else(|| machine::program(browser.driver_program()))
}
