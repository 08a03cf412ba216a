//! A list of seals, taken apart.

use std::collections::{BTreeMap, BTreeSet};

/// A list taken apart.
#[derive(Debug, Default)]
pub struct SealList {
    /// Its form, see [`super::FORM`].
    pub form: u32,
    /// Table (with a `+` behind it: what is told in the open), key, and each hash told of it: a
    /// content may stand under one key twice.
    pub lines: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl SealList {
    /// Reads a list; what is no line of one is left out, as what it named will be missed.
    pub fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut list = Self {
            form: 1,
            ..Self::default()
        };
        for line in text.lines() {
            let mut parts = line.splitn(3, ' ');
            let parts = (parts.next(), parts.next(), parts.next());
            match parts {
                (Some("form"), Some(form), _) => list.form = form.parse().unwrap_or(u32::MAX),
                (Some(table), Some(hash), Some(key)) => {
                    let key: String = serde_json::from_str(key).unwrap_or_default();
                    let of_table = list.lines.entry(table.to_owned()).or_default();
                    of_table.entry(key).or_default().insert(hash.to_owned());
                }
                _ => {}
            }
        }
        list
    }
}
