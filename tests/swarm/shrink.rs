//! From a script that fails to a small one that fails in the same way: lines are dropped as long as the failure stays.

/// Drops lines, first many at a time, then one by one, while `fails` says that the rest still fails. The first line
/// stays, because without it the text is no script.
pub(crate) fn shrink(text: &str, fails: impl Fn(&str) -> bool) -> String {
    let join = |lines: &[&str]| lines.join("\n") + "\n";
    let mut lines: Vec<&str> = text.lines().collect();
    let mut chunk = lines.len() / 2;
    while chunk > 0 {
        let mut place = 1;
        let mut has_dropped = false;
        while place < lines.len() {
            let mut fewer = lines.clone();
            fewer.drain(place..(place + chunk).min(lines.len()));
            if fails(&join(&fewer)) {
                lines = fewer;
                has_dropped = true;
            } else {
                place += chunk;
            }
        }
        // A line may have stayed only because of another line that is gone now.
        if !has_dropped || chunk > 1 {
            chunk /= 2;
        }
    }
    join(&lines)
}
