//! What the fee table says of a night, in a line.

use serde_json::Value;

use crate::domain::Lang;

/// How many lines do not fit it; nothing without a table.
pub(super) fn line(run: &Value, lang: Lang) -> String {
    let Some(findings) = run["fee_table"]["findings"].as_array() else {
        return String::new();
    };
    let count: u64 = findings
        .iter()
        .filter_map(|word| word["count"].as_u64())
        .sum();
    match lang {
        Lang::Vi => format!("  {count} khoản thu không khớp biểu phí\n"),
        Lang::En => format!("  {count} fee lines do not fit the fee table\n"),
    }
}
