//! Where a row stood in what was delivered: the file or answer that told it, the line or position
//! in it, and the digest of the archived bytes.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Something that stands beside what a row says and is no part of it: equal to every other, so
/// that rows are compared, sorted and digested by what they say alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aside<T>(pub T);

impl<T> PartialEq for Aside<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Aside<T> {}

impl<T> PartialOrd for Aside<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Aside<T> {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

/// A place in a delivery. Rows that come out of the store have none: it keeps them beside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Which of the delivery's files or answers, from 0.
    pub file: u32,
    /// Line in the file, or position in the answer; the first is 1, and 0 stands for none.
    pub line: u32,
}

impl Spot {
    /// Line `line` of the only file.
    pub fn line(line: u64) -> Aside<Self> {
        Self::of(0, line)
    }

    /// Line `line` of the file `file`.
    pub fn of(file: u32, line: u64) -> Aside<Self> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Aside(Self { file, line })
    }

    /// Where that is, when the delivery's files are these; none where it is not known.
    pub fn among(self, files: &[ToldBy]) -> Option<Origin> {
        let file = files.get(usize::try_from(self.file).ok()?)?;
        (self.line > 0).then(|| Origin {
            name: file.name.clone(),
            sha256: file.sha256.clone(),
            line: self.line.into(),
        })
    }
}

/// Bytes that were delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToldBy {
    /// File name, or the request that brought them, without secrets.
    pub name: Arc<str>,
    /// 64 hex digits over them; empty where that is not known.
    pub sha256: Arc<str>,
}

impl ToldBy {
    /// Bytes of a known digest.
    pub fn new(name: &str, sha256: &str) -> Self {
        let (name, sha256) = (name.into(), sha256.into());
        Self { name, sha256 }
    }
}

/// Where a row came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// File name, or the request that brought it, without secrets.
    pub name: Arc<str>,
    /// 64 hex digits over the bytes as received; empty where they were not archived.
    pub sha256: Arc<str>,
    /// Line in the file, or position of the record in the answer; the first is 1.
    pub line: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_row_tells_no_two_apart() {
        assert_eq!(Spot::line(3), Spot::line(4));
        assert_eq!(Spot::of(1, 3).cmp(&Spot::line(4)), Ordering::Equal);
    }

    #[test]
    fn a_place_is_one_of_the_files_that_came() {
        let file = |name: &str| ToldBy {
            name: name.into(),
            sha256: "".into(),
        };
        let files = [file("a.csv"), file("b.csv")];
        let said = |spot: Aside<Spot>| {
            let origin = spot.0.among(&files)?;
            Some(format!("{} {}", origin.name, origin.line))
        };
        assert_eq!(said(Spot::line(7)).as_deref(), Some("a.csv 7"));
        assert_eq!(said(Spot::of(1, 1)).as_deref(), Some("b.csv 1"));
        assert_eq!(said(Spot::of(2, 1)), None);
        assert_eq!(said(Aside::default()), None);
    }
}
