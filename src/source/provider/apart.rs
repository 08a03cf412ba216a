//! Refunds of one payment that stand under one number. Pure.

use std::collections::BTreeMap;

use crate::source::Record;

/// Rows of refunds with the order to refund of each: of several orders under one number, as one
/// that is the payment's own would be, the earliest has the number and each other one its own
/// order.
pub(super) fn apart(mut rows: Vec<(Record, Box<str>)>) -> Vec<Record> {
    let at = |row: &Record| {
        let text = row.time.clone().unwrap_or_default();
        (text.parse::<u64>().ok(), text)
    };
    rows.sort_by_cached_key(|(row, order)| (at(row), order.clone()));
    let mut first: BTreeMap<Box<str>, Box<str>> = BTreeMap::new();
    for (row, order) in &mut rows {
        let Some(id) = row.id.clone().filter(|_| !order.is_empty()) else {
            continue;
        };
        if *first.entry(id.clone()).or_insert_with(|| order.clone()) != *order
            && let Some((payment, _)) = id.rsplit_once('#')
        {
            row.id = Some(format!("{payment}#{order}").into());
        }
    }
    rows.sort_by_key(|(row, _)| row.at.line);
    rows.into_iter().map(|(row, _)| row).collect()
}
