//! Interrupts, which end a long search early: Ctrl-C, SIGTERM, or a reader of the output that has gone. The search then
//! prints what it has found so far. A second signal ends the program at once.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status that a shell gives to a program that a signal ended is this plus the number of the signal.
const ENDED_BY: u8 = 128;
/// The number of SIGPIPE, the signal that ends most programs whose reader has gone.
const PIPE: u8 = 13;

/// About how long a search goes on between two looks for interrupts. It is shorter than a person notices, because what
/// is left of the search may be slower than what is done.
const SLICE: Duration = Duration::from_millis(30);

/// The reason why a search is to end, as an exit status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Interrupt(u8);

impl Interrupt {
    /// The exit status: 130 after Ctrl-C, 143 after SIGTERM, 141 where nobody reads any more.
    pub(super) fn status(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}

/// Listens for interrupts, from when it is made until the program ends.
#[derive(Debug)]
pub(super) struct Interrupts {
    /// The number of the last signal; 0 as long as none has come.
    signal: Arc<AtomicUsize>,
}

impl Interrupts {
    /// Begins to listen.
    ///
    /// # Errors A sentence, when the system does not let the program listen.
    pub(super) fn listen() -> Result<Self, String> {
        let (signal, is_second) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for number in [SIGINT, SIGTERM] {
            let status = i32::from(ENDED_BY) + number;
            // The order matters: the first signal finds the flag unset, and then sets it.
            flag::register_conditional_shutdown(number, status, Arc::clone(&is_second))
                .and_then(|_| flag::register(number, Arc::clone(&is_second)))
                .and_then(|_| flag::register_usize(number, Arc::clone(&signal), number as usize))
                .map_err(|error| format!("this system does not let the search listen for Ctrl-C: {error}"))?;
        }
        Ok(Self { signal })
    }

    /// The interrupt that has come, if one has.
    pub(super) fn seen(&self) -> Option<Interrupt> {
        match self.signal.load(Ordering::Relaxed) {
            0 => reader_has_gone().then_some(Interrupt(ENDED_BY + PIPE)),
            number => Some(Interrupt(ENDED_BY + number as u8)),
        }
    }

    /// Calls `go_on` a slice at a time until it says that everything is done, or until an interrupt comes. The argument
    /// says how much a slice should do.
    pub(super) fn drive(&self, mut go_on: impl FnMut(usize) -> bool) -> Option<Interrupt> {
        let mut work = 1_usize;
        loop {
            let began = Instant::now();
            if go_on(work) {
                return None;
            }
            let took = began.elapsed();
            work = if took < SLICE { work.saturating_mul(2) } else { (work / 4).max(1) };
            let interrupt = self.seen();
            if interrupt.is_some() {
                return interrupt;
            }
        }
    }
}

/// Whether the reader of the output has gone.
#[cfg(unix)]
fn reader_has_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let output = std::io::stdout();
    let mut asked = [PollFd::new(&output, PollFlags::empty())];
    let has_news = poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|count| count > 0);
    has_news && asked[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

/// Other systems tell this only when something is written.
#[cfg(not(unix))]
fn reader_has_gone() -> bool {
    false
}
