//! A sweep on several threads. Which thread runs which seed is left to chance, and does not matter: results are added up.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use super::Sweep;

/// A thread takes so many seeds at a time.
const BATCH: u64 = 64;

/// A run of so many events is small: every thread may hold one, and 256 of them are about 200 MB.
pub(super) const SMALL: usize = 4_000;

/// So many threads hold a run that is not small, however many there are: the largest takes 126 MB (docs/performance.md).
pub(super) const LARGE_MAX: usize = 3;

/// How many threads hold a run that is not small. The memory is the whole program's, and so is this.
static LARGE: Mutex<usize> = Mutex::new(0);
static ONE_LESS: Condvar = Condvar::new();

/// The right to hold a run that is not small, until it is dropped.
pub(super) struct Turn;

/// Waits until a run may become large.
pub(super) fn turn() -> Turn {
    let is_full = |large: &mut usize| *large >= LARGE_MAX;
    let mut large = ONE_LESS.wait_while(count(), is_full).unwrap_or_else(PoisonError::into_inner);
    *large += 1;
    Turn
}

impl Drop for Turn {
    fn drop(&mut self) {
        *count() -= 1;
        ONE_LESS.notify_one();
    }
}

/// A thread that panicked has still given its turn back.
fn count() -> MutexGuard<'static, usize> {
    LARGE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sweep {
    /// Runs every seed that is left, on so many threads. `progress` is told now and then how many seeds have been run.
    ///
    /// # Panics
    /// When a thread panics: a bug.
    pub fn run_all(&mut self, threads: usize, progress: &mut dyn FnMut(u64)) {
        let next = AtomicU64::new(self.left.start);
        let take = || -> Option<Range<u64>> {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            (start < self.left.end).then(|| start..(start + BATCH).min(self.left.end))
        };
        let mut done = self.done();
        let parts = thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let spawn = |_| {
                let (tell, mut part) = (tell.clone(), self.blank());
                let take = &take;
                scope.spawn(move || {
                    while let Some(seeds) = take() {
                        let count = seeds.end - seeds.start;
                        part.left = seeds;
                        part.go_on(usize::MAX);
                        // Nobody may be listening, and that is no reason to stop.
                        let _ = tell.send(count);
                    }
                    part
                })
            };
            let running: Vec<_> = (0..threads.max(1)).map(spawn).collect();
            drop(tell);
            for count in told {
                done += count;
                progress(done);
            }
            running.into_iter().map(|thread| thread.join().expect("a run does not panic")).collect::<Vec<_>>()
        });
        for part in &parts {
            self.swept.merge(&part.swept).expect("no two threads run the same seed");
        }
        self.left.start = self.left.end;
    }
}
