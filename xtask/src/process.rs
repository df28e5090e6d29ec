//! Starting other programs, with a limit on their time, and ending every process they leave behind.
//!
//! Browsers outlive the driver that started them when something goes wrong. So every child gets an environment variable
//! with a value of this run's own, and its children inherit it. A process that still carries the variable when a step
//! is over was started by that step, and is ended by its number.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long a compiler or an installer may take before it counts as hanging.
pub(crate) const BUILD_LIMIT: Duration = Duration::from_secs(40 * 60);

const MARK: &str = "PAXOS_PLAYGROUND_RUN";

/// Counts the steps of this run, so that each has a mark of its own.
static STEPS: AtomicU32 = AtomicU32::new(0);

/// A command for `program` without the variables by which `cargo run` tells its child about the package xtask.
///
/// Those variables would otherwise reach the inner cargo and change what it thinks is up to date.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let of_this_package = name.to_str().is_some_and(|name| {
            name == "CARGO" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if of_this_package {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end and passes its output through. After `limit` the command is ended, with everything that it
/// started.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Outcome {
    run_until_it_ends(command, limit, 1)
}

/// Runs a command as [`run`] does. A command that is ended because it hangs is started again, until it was started
/// `starts` times; one that fails by itself has failed.
pub(crate) fn run_until_it_ends(command: &mut Command, limit: Duration, starts: usize) -> Outcome {
    let shown = shown(command);
    for start in 1.. {
        println!("$ {shown}");
        let mark = format!("{}-{}", std::process::id(), STEPS.fetch_add(1, Ordering::Relaxed));
        match run_marked(command, limit, &shown, &mark) {
            Err(Fault::Hangs(sentence)) if start < starts => println!("{sentence} It is started once more."),
            outcome => return outcome.map_err(Fault::sentence),
        }
    }
    Ok(())
}

/// Why a command did not succeed, each with a sentence.
#[derive(Debug)]
enum Fault {
    /// It took longer than it may.
    Hangs(String),
    /// Anything else.
    Fails(String),
}

impl Fault {
    fn sentence(self) -> String {
        match self {
            Self::Hangs(sentence) | Self::Fails(sentence) => sentence,
        }
    }
}

fn run_marked(command: &mut Command, limit: Duration, shown: &str, mark: &str) -> Result<(), Fault> {
    command.env(MARK, mark);
    let started = command.spawn();
    let mut child = started.map_err(|error| Fault::Fails(format!("`{shown}` cannot be started: {error}.")))?;
    let outcome = wait(&mut child, limit, shown);
    if outcome.is_err() {
        // The child may already be gone; then there is nothing to end.
        let _ = child.kill();
        let _ = child.wait();
    }
    end_marked(mark);
    outcome
}

fn wait(child: &mut Child, limit: Duration, shown: &str) -> Result<(), Fault> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(Fault::Fails(format!("`{shown}` failed ({status})."))),
            Ok(None) if started.elapsed() >= limit => {
                let limit = duration(limit);
                return Err(Fault::Hangs(format!("`{shown}` was ended because it took longer than {limit}.")));
            }
            Ok(None) => thread::sleep(pause),
            Err(error) => return Err(Fault::Fails(format!("`{shown}` cannot be waited for: {error}."))),
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Runs a command in place of this program, so that ending this program ends the command.
#[cfg(unix)]
pub(crate) fn become_program(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;

    let shown = shown(command);
    println!("$ {shown}");
    let error = command.exec();
    Err(format!("`{shown}` cannot be started: {error}."))
}

/// Runs a command until the person ends it.
#[cfg(not(unix))]
pub(crate) fn become_program(command: &mut Command) -> Outcome {
    const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    run(command, WEEK)
}

/// What a short command prints on its standard output; none when it fails or does not exist.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Does a step that takes noticeable time; prints `doing` before it and the time after it.
pub(crate) fn step<T>(doing: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    println!("» {doing} …");
    let started = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "failed" };
    println!("» {doing}: {verdict} after {}", duration(started.elapsed()));
    outcome
}

/// A duration for people: `0.4 s`, `12 s`, `3 min 05 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Ends the processes that still carry the mark, after a moment in which processes that are closing can finish. A
/// second look catches processes that were being started during the first.
fn end_marked(mark: &str) {
    for look in 0..25 {
        let left = marked(mark);
        if left.is_empty() {
            return;
        }
        if look < 20 {
            thread::sleep(Duration::from_millis(100));
            continue;
        }
        for process in &left {
            println!("ending process {process}, which this step left running");
            let _ = Command::new("sh").args(["-c", "kill -s KILL -- \"$0\"", process]).stderr(Stdio::null()).status();
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// The numbers of the running processes that carry the mark, on systems that show environments under /proc.
fn marked(mark: &str) -> Vec<String> {
    let entry = format!("{MARK}={mark}");
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let carries = |number: &String| {
        let environment = fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == entry.as_bytes())
    };
    let numbers = processes.flatten().filter_map(|folder| folder.file_name().into_string().ok());
    numbers.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(carries).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_naturally() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(42)), "42 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_failure_is_told_with_the_command() {
        let sentence = run(&mut command("false"), BUILD_LIMIT).expect_err("`false` fails");
        assert!(sentence.contains("`false` failed"), "{sentence}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_hangs_is_ended_with_its_children() {
        let started = Instant::now();
        let mut shell = command("sh");
        shell.args(["-c", "setsid sleep 61 & sleep 62"]);
        let mark = format!("test-{}", std::process::id());
        let limit = Duration::from_millis(300);
        let fault = run_marked(&mut shell, limit, "sh", &mark).expect_err("it sleeps past the limit");
        assert!(matches!(&fault, Fault::Hangs(sentence) if sentence.contains("took longer")), "{fault:?}");
        assert!(started.elapsed() < Duration::from_secs(20));
        assert!(marked(&mark).is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn what_hangs_is_started_again_and_what_fails_is_not() {
        let limit = Duration::from_millis(500);
        let folder = std::env::temp_dir().join(format!("paxos-playground-starts-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder can be made");
        let second_time = |otherwise: &str| {
            let mut shell = command("sh");
            shell.current_dir(&folder);
            shell.args(["-c", &format!("test -e started || {{ touch started; {otherwise}; }}")]);
            shell
        };
        assert_eq!(run_until_it_ends(&mut second_time("sleep 63"), limit, 2), Ok(()));
        fs::remove_file(folder.join("started")).expect("the first start left it");
        let sentence = run_until_it_ends(&mut second_time("exit 7"), limit, 2).expect_err("it fails");
        assert!(sentence.contains("failed"), "{sentence}");
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
