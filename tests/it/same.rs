//! Comparing long texts: only the first lines that differ are shown.

/// Panics with the first three lines that stand in one text only.
#[track_caller]
pub fn assert_same(one: &str, other: &str, what: &str) {
    if one == other {
        return;
    }
    let only = |a: &str, b: &str| {
        let there: std::collections::BTreeSet<&str> = b.lines().collect();
        let lines = a.lines().filter(|line| !there.contains(line)).take(3);
        lines.fold(String::new(), |text, line| text + "    " + line + "\n")
    };
    let (left, right) = (only(one, other), only(other, one));
    panic!("{what}: texts differ\n  only in the first:\n{left}  only in the second:\n{right}");
}
