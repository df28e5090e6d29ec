//! A screen that nobody sees, for the browser that has no headless mode.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::{Outcome, machine, process};

const PROGRAM: &str = "Xvfb";

/// The size of the screen, which is larger than any window that a test asks for.
const SIZE: &str = "2000x1300x24";

/// If the screen is not there after this time, it never will be.
const LIMIT: Duration = Duration::from_secs(30);

/// The X server that needs no real screen, if it is installed.
pub(crate) fn program() -> Option<PathBuf> {
    machine::program(PROGRAM)
}

/// A running X server. When this is dropped, the server ends, and with it every program that still shows something on
/// it.
pub(crate) struct Screen {
    /// Its address, as in `:1`.
    display: String,
    server: Child,
}

impl Screen {
    /// Starts a server on a free address.
    pub(crate) fn start() -> Outcome<Self> {
        let program = program().ok_or_else(|| format!("Install `{PROGRAM}`, which is a screen without a screen."))?;
        // The server looks for a free address itself and prints it on its standard output once it is ready.
        let mut command = process::command(program);
        command.args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().map_err(|error| format!("`{PROGRAM}` cannot be started: {error}."))?;
        let told = server.stdout.take();
        let mut screen = Self { display: String::new(), server };
        let number = told.and_then(first_line).filter(|number| !number.is_empty());
        screen.display = format!(":{}", number.ok_or_else(|| format!("`{PROGRAM}` opens no screen."))?);
        Ok(screen)
    }

    /// Makes a command show its windows here.
    pub(crate) fn show(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display);
        // On a Wayland desktop, windows would open there instead.
        command.env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // If it is asked to end, it removes its lock and its socket.
        let number = self.server.id().to_string();
        let asked = Command::new("sh").args(["-c", "kill -s TERM -- \"$0\"", &number]).stderr(Stdio::null()).status();
        for _ in 0..20 {
            if asked.is_err() || !matches!(self.server.try_wait(), Ok(None)) {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        // It may have ended already; then there is nothing to end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The first line of a program's output, if it comes in time.
fn first_line(told: ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(told).read_line(&mut line);
        // If the line comes too late, nobody listens any more.
        let _ = sender.send(line.trim().to_owned());
    });
    receiver.recv_timeout(LIMIT).ok()
}
