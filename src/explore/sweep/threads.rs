//! A sweep on several threads. Chance decides which thread runs which seed, and that does not matter: results are added
//! up.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use super::Sweep;

/// How many seeds a thread takes at a time.
const BATCH: u64 = 64;

/// Each thread holds a run, which may be as large as runs are: 75 MB together with what is read off the run
/// (docs/performance.md). With this many threads all of them stay below 512 MB.
pub const THREADS_MAX: usize = 6;

impl Sweep {
    /// Runs every seed that is left, on this many threads, at most [`THREADS_MAX`]. `progress` hears now and then how
    /// many seeds have been run. When `is_stopped` says so, no further seed begins, and the seeds that have not been run
    /// stay undone.
    ///
    /// # Panics
    /// When a thread panics, which is a bug.
    pub fn run_all(&mut self, threads: usize, progress: &mut dyn FnMut(u64), is_stopped: &(dyn Fn() -> bool + Sync)) {
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
                        let before = part.done();
                        part.left = seeds;
                        while !part.is_over() && !is_stopped() {
                            part.go_on(1);
                        }
                        // There may be no listener, and that is no reason to stop.
                        let _ = tell.send(part.done() - before);
                        if !part.is_over() {
                            break;
                        }
                    }
                    part
                })
            };
            let running: Vec<_> = (0..threads.clamp(1, THREADS_MAX)).map(spawn).collect();
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
