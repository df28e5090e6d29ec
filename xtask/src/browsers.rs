//! The browsers to test in, each with the driver program that steers it.

use std::env;
use std::fmt;
use std::path::PathBuf;

use crate::paths::Paths;
use crate::tools::Tool;
use crate::{Outcome, machine};

/// A browser the page is tested in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox, of any channel.
    Firefox,
}

impl Browser {
    /// The programs it is known by.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
            Self::Firefox => &["firefox", "firefox-esr"],
        }
    }

    fn driver_program(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
        }
    }

    /// The variable in which hosted build machines name the folder of the driver.
    fn driver_variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROMEWEBDRIVER",
            Self::Firefox => "GECKOWEBDRIVER",
        }
    }

    /// The variable in which a person can name a browser that is not on PATH.
    fn binary_variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROME_BIN",
            Self::Firefox => "FIREFOX_BIN",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver"],
            Self::Firefox => &["firefox-esr"],
        }
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        })
    }
}

/// A driver program, and the browser it is to start where it cannot find one itself.
#[derive(Debug)]
pub(crate) struct Driver {
    /// The browser it steers.
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
        // geckodriver is no Debian package, so for Firefox a missing driver is nothing that apt-get can help with.
        let packaged_driver_missing = browser == Browser::Chromium && driver().is_none();
        if (!found() || packaged_driver_missing) && machine::is_debian() {
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
        };
        Ok(Self { browser, path, binary })
    }
}

fn found_driver(browser: Browser) -> Option<PathBuf> {
    let file = format!("{}{}", browser.driver_program(), env::consts::EXE_SUFFIX);
    let named = env::var_os(browser.driver_variable()).map(|folder| PathBuf::from(folder).join(file));
    named.filter(|path| path.is_file()).or_else(|| machine::program(browser.driver_program()))
}
