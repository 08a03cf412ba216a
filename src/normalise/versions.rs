//! PURE: the versions of one identity, told apart for a person.

use std::cmp::Ordering;

use crate::domain::{Conflict, Day, RowKey, Vnd};

/// A noun that can be delivered twice under one identity.
pub trait Versioned {
    /// Its identity.
    fn key(&self) -> RowKey;
    /// Compares identities, in the order of the keys, without building them.
    fn cmp_key(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
    /// A number that sorts as the identities do, as far as it reaches.
    fn prefix(&self) -> u128 {
        0
    }
    /// Its amount.
    fn amount(&self) -> Vnd;
    /// Every field of its content in a fixed order, under the names of the file contract.
    fn fields(&self) -> Vec<(&'static str, String)>;
}

/// The content as one text: the order of versions where nothing else orders them.
pub fn content<T: Versioned>(row: &T) -> String {
    let values: Vec<String> = row.fields().into_iter().map(|(_, value)| value).collect();
    values.join("\u{1f}")
}

/// The conflict between `kept` and `others`; the texts show only what differs, persons masked.
pub fn conflict<T: Versioned>(kept: &T, others: &[&T], business_date: Day) -> Conflict {
    let all: Vec<_> = std::iter::once(kept)
        .chain(others.iter().copied())
        .map(Versioned::fields)
        .collect();
    let differs = |at: usize| all.iter().any(|fields| fields[at].1 != all[0][at].1);
    let differing: Vec<usize> = (0..all[0].len()).filter(|at| differs(*at)).collect();
    let say = |fields: &Vec<(&'static str, String)>| -> Box<str> {
        let parts = differing.iter().map(|at| {
            let (name, value) = &fields[*at];
            format!("{name}={}", shown(name, value))
        });
        parts.collect::<Vec<_>>().join("; ").into()
    };
    let mut versions: Vec<Box<str>> = all.iter().map(say).collect();
    versions.sort();
    versions.dedup();
    let amounts = others.iter().map(|row| row.amount());
    Conflict {
        key: kept.key(),
        kept: kept.amount(),
        largest: amounts.chain([kept.amount()]).max().unwrap_or(Vnd::ZERO),
        versions,
        business_date,
    }
}

/// Persons are shown by the first letters of their words.
fn shown(name: &str, value: &str) -> String {
    if !matches!(name, "payer" | "payer_name" | "cashier") {
        return value.to_owned();
    }
    let initial = |word: &str| word.chars().next().map(|c| format!("{c}***"));
    let masked: Vec<String> = value.split_whitespace().filter_map(initial).collect();
    masked.join(" ")
}
