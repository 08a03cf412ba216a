//! Versions in whose place stands what a file told later, of the same day.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::{Sheet, word};
use crate::store::{SealList, Sealed, SealedAs};

/// Takes out the versions in whose place stands what a file of the same day told later: their rows
/// are there under their night, with other contents, and as those of pulls a list names them or
/// they wait for one.
pub(super) fn replaced(
    sealed: &Sealed,
    sheet: &Sheet<'_>,
    list: &SealList,
    seals: &mut BTreeMap<String, BTreeSet<String>>,
) {
    if sealed.kind != SealedAs::Facts || sealed.told.is_empty() {
        return;
    }
    let Some((_, identity)) = sealed.key.split_last() else {
        return;
    };
    let Some(open) = list.lines.get(&format!("{}+", sealed.table)) else {
        return;
    };
    // identity and night of each version that the list names and that is not there
    let mut gone: BTreeMap<String, String> = BTreeMap::new();
    for (name, values) in open {
        let Some((version, _told)) = name.rsplit_once(' ') else {
            continue;
        };
        if sheet.named(version).next().is_some() {
            continue;
        }
        let identity = version
            .rsplit_once(' ')
            .map_or("", |(identity, _)| identity);
        for night in values.iter().filter_map(|values| values.split('/').next()) {
            gone.insert(format!("{identity} {night}"), version.to_owned());
        }
    }
    if gone.is_empty() {
        return;
    }
    for row in sheet.all() {
        let words = identity.iter().map(|column| word(row.row, column));
        let place = words.chain([word(row.row, "night")]);
        let place = place.collect::<Vec<_>>().join(" ");
        if let Some(version) = gone.remove(&place) {
            seals.remove(&version);
        }
    }
}
