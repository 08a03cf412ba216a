//! PURE: the identity of rows that bring none. `~<12 hex of the content>-<occurrence>`: two real
//! identical payments in one delivery are occurrences 1 and 2, the same row in an overlapping
//! delivery gets the same name again, and the order of rows plays no part.
//!
//! An occurrence is counted inside one delivery: one listing, one answer, one file. A source that
//! lists a day always lists all rows of that day, so twins arrive together.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Reject;
use crate::domain::ids::short_hash;

/// Between two parts of a content, so that `ab|c` and `a|bc` differ.
const SEPARATOR: &str = "\u{1f}";

pub use crate::domain::ids::MADE;

/// The name of a content, still without its occurrence.
pub fn content_id(parts: &[&str]) -> String {
    content_id_of(parts.join(SEPARATOR).as_bytes())
}

/// The name of a content given as bytes.
pub fn content_id_of(content: &[u8]) -> String {
    format!("{MADE}{}", short_hash(content, 12))
}

/// Numbers rows that share a content, in the order given; that order must not depend on the order
/// of delivery where rows of one content differ in anything else.
pub fn number<'a, T: 'a>(
    rows: impl IntoIterator<Item = &'a mut T>,
    content: impl Fn(&T) -> String,
    name: impl Fn(&mut T, String),
) {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        let content = content(row);
        let occurrence = seen.entry(content.clone()).or_default();
        *occurrence += 1;
        name(row, format!("{content}-{occurrence}"));
    }
}

/// A row that could not be read, with what identifies it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The row; its id is provisional.
    pub reject: Reject,
    /// True when the row's own id could be read.
    pub named: bool,
    /// [`content_id`] of the whole row.
    pub content: String,
}

/// Gives every refused row of one delivery its final id, in order of the ids. A row without a
/// readable id is numbered by content. A row with one keeps it; where the id is taken, by a
/// readable row (`taken`) or by another refused row with other content, the content is appended:
/// `T1~0123456789ab`. Equal rows under one id are one row, the first of them.
pub fn settle_refused(mut refused: Vec<Refused>, taken: impl Fn(&str) -> bool) -> Vec<Reject> {
    let place = |r: &Refused| (r.reject.file.clone(), r.reject.line);
    refused.sort_by(|a, b| (&a.content, place(a)).cmp(&(&b.content, place(b))));
    number(
        refused.iter_mut().filter(|r| !r.named),
        |r| r.content.clone(),
        |r, id| r.reject.id = id.into(),
    );
    let mut contents: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in refused.iter().filter(|r| r.named) {
        let of_id = contents.entry(&row.reject.id).or_default();
        of_id.insert(&row.content);
    }
    let shared: BTreeSet<String> = contents
        .iter()
        .filter(|(id, contents)| contents.len() > 1 || taken(id))
        .map(|(id, _)| (*id).to_owned())
        .collect();
    for row in refused.iter_mut().filter(|r| r.named) {
        if shared.contains(&*row.reject.id) {
            row.reject.id = format!("{}{}", row.reject.id, row.content).into();
        }
    }
    refused.sort_by(|a, b| (&a.reject.id, place(a)).cmp(&(&b.reject.id, place(b))));
    refused.dedup_by(|later, first| later.reject.id == first.reject.id);
    refused.into_iter().map(|r| r.reject).collect()
}
