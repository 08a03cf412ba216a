//! Rows that no list of seals holds yet against what their pulls stored.

use std::collections::HashMap;

use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{EVIDENCE, ORIGIN, SEALED, Tables, staged_as, staged_name};

/// Tells every row that was changed or taken away since a pull stored it.
pub(super) async fn check(
    desk: &Desk,
    tables: &Tables,
    findings: &mut Findings,
) -> Result<(), JobError> {
    let mut waiting: HashMap<Box<str>, HashMap<Box<str>, Box<str>>> = HashMap::new();
    for row in desk.store.staged().await? {
        let of_table = waiting.entry(row.table).or_default();
        of_table.insert(row.key, row.seal);
    }
    let mut add = |table: &str, key: &str, expected: &str, found: &str| {
        let what = text(
            "dòng chưa niêm phong phải như khi lấy từ nguồn",
            "a row that is not sealed yet is as it was pulled",
        );
        let about = staged_name(table, key);
        findings.add(Invariant::Stored, about, what, expected, found);
    };
    for evidence in EVIDENCE.iter().chain([&ORIGIN]) {
        // these are held against their own lists
        waiting.remove(evidence.table);
    }
    for sealed in SEALED {
        let Some(mut of_table) = waiting.remove(sealed.table) else {
            continue;
        };
        for row in tables.get(sealed.table).into_iter().flatten() {
            let (key, found) = staged_as(sealed, row);
            if let Some(expected) = of_table.remove(&*key)
                && *expected != *found
            {
                add(sealed.table, &key, &expected, &found);
            }
        }
        for (key, expected) in &of_table {
            add(sealed.table, key, expected, "-");
        }
    }
    for (table, rows) in &waiting {
        for (key, seal) in rows {
            add(table, key, seal, "-");
        }
    }
    Ok(())
}
