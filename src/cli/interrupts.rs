//! What ends a long search before its time: Ctrl-C, SIGTERM, or a reader of its output that has gone. The search then tells
//! what it has found so far. A second signal ends the program at once.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What a shell calls the status of a program that a signal ended: so much more than the signal's number.
const ENDED_BY: u8 = 128;
/// The number of SIGPIPE, which ends most programs whose reader has gone.
const PIPE: u8 = 13;

/// A search looks for interrupts about so often: more often than a person notices, for what it has yet to do may be slower
/// than what it has done.
const SLICE: Duration = Duration::from_millis(30);

/// Why a search is to end, as an exit status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Interrupt(u8);

impl Interrupt {
    /// 130 after Ctrl-C, 143 after SIGTERM, 141 where nobody reads any more.
    pub(super) fn status(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}

/// Listens for them, from when it is made until the program ends.
#[derive(Debug)]
pub(super) struct Interrupts {
    /// The number of the signal that came last; 0 as long as none has.
    signal: Arc<AtomicUsize>,
}

impl Interrupts {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system does not let it listen: a sentence.
    pub(super) fn listen() -> Result<Self, String> {
        let (signal, is_second) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for number in [SIGINT, SIGTERM] {
            let status = i32::from(ENDED_BY) + number;
            // In this order: the first signal finds the flag unset, and sets it.
            flag::register_conditional_shutdown(number, status, Arc::clone(&is_second))
                .and_then(|_| flag::register(number, Arc::clone(&is_second)))
                .and_then(|_| flag::register_usize(number, Arc::clone(&signal), number as usize))
                .map_err(|error| format!("this system does not let the search listen for Ctrl-C: {error}"))?;
        }
        Ok(Self { signal })
    }

    /// What has come, if something has.
    pub(super) fn seen(&self) -> Option<Interrupt> {
        match self.signal.load(Ordering::Relaxed) {
            0 => reader_has_gone().then_some(Interrupt(ENDED_BY + PIPE)),
            number => Some(Interrupt(ENDED_BY + number as u8)),
        }
    }

    /// Goes on a slice at a time, which is told how much it should do and says whether all is done, until then or until an
    /// interrupt comes.
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

/// Whether nobody will ever read what is printed.
#[cfg(unix)]
fn reader_has_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let output = std::io::stdout();
    let mut asked = [PollFd::new(&output, PollFlags::empty())];
    let has_news = poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|count| count > 0);
    has_news && asked[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

/// Other systems do not tell before something is written.
#[cfg(not(unix))]
fn reader_has_gone() -> bool {
    false
}
