//! How much memory the machine has, as far as the operating system says so. Linux says it in files.

use std::fs;
use std::path::{Path, PathBuf};

/// The least memory that a search can be allowed, in MB: the program itself counts as 8.
pub(super) const MEMORY_MIN: u64 = 16;
/// The most, in MB.
pub(super) const MEMORY_MAX: u64 = 1 << 24;

/// What is taken for half of the machine where nothing says how much it has, in MB.
const UNKNOWN: usize = 2048;

/// Where control groups have their files.
const GROUPS: &str = "/sys/fs/cgroup";

/// How much memory a search may hold, in bytes: so many MB, or half of what the machine has where nobody says how many.
pub(super) fn memory_max(megabytes: Option<u64>) -> usize {
    let megabytes = megabytes.unwrap_or_else(|| (half_of_memory() as u64).max(MEMORY_MIN));
    usize::try_from(megabytes << 20).unwrap_or(usize::MAX)
}

/// Half of the memory that the machine has, or of what the control groups of this program may use where that is less, in
/// MB of 2^20 bytes. It does not look at how much of it is free. Where neither can be read: 2048.
fn half_of_memory() -> usize {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = files(&groups).into_iter().filter_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok());
    let least = machine.into_iter().chain(limits).min();
    least.map_or(UNKNOWN, |bytes| usize::try_from(bytes >> 21).unwrap_or(usize::MAX))
}

/// The memory of the machine in bytes, read from the text of `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The files that may limit the memory of a program, read from the text of its `/proc/self/cgroup`: those of its group
/// and of all groups above it, in versions 2 and 1. A file that says `max` is not a limit, and neither is a file that
/// does not exist.
fn files(groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else { continue };
        let (root, name) = match controllers {
            "" => (Path::new(GROUPS).to_owned(), "memory.max"),
            _ if controllers.split(',').any(|controller| controller == "memory") => {
                (Path::new(GROUPS).join("memory"), "memory.limit_in_bytes")
            }
            _ => continue,
        };
        files.extend(Path::new(group.trim_start_matches('/')).ancestors().map(|group| root.join(group).join(name)));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_is_read() {
        assert_eq!(total("MemTotal:       24528972 kB\nMemFree:         100 kB\n"), Some(24_528_972 << 10));
        assert_eq!((total("MemTotal: much\n"), total("")), (None, None));
        let names = |text: &str| files(text).iter().map(|file| file.display().to_string()).collect::<Vec<_>>();
        let expected = ["/sys/fs/cgroup/a/b/memory.max", "/sys/fs/cgroup/a/memory.max", "/sys/fs/cgroup/memory.max"];
        assert_eq!(names("0::/a/b\n"), expected);
        let expected = ["/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
        assert_eq!(names("3:cpu,cpuacct:/x\n2:memory:/a\nnonsense\n"), expected);
        assert!(half_of_memory() > 0);
    }
}
