//! How large the files of a source may be: `bytes_max`, `rows_max`, `cells_max`.

use crate::config::error::ConfigError;
use crate::config::forms;
use crate::config::section::Section;
use crate::source::Sizes;

/// How `bytes_max` of files is written, for messages.
const BYTES_FORM: &str = "a number and KiB, MiB or GiB, up to 2 GiB: \"128MiB\"";

/// Reads the keys.
pub(super) fn read(table: &mut Section<'_>) -> Result<Sizes, ConfigError> {
    let bytes = table.get("bytes_max");
    let bytes = bytes.map(|item| item.parse(BYTES_FORM, |raw| forms::size(raw, Sizes::BYTES_MAX)));
    let rows = count(table, "rows_max", Sizes::ROWS_MAX)?;
    let most = u64::try_from(Sizes::CELLS_MAX).unwrap_or(u64::MAX);
    let cells = count(table, "cells_max", most)?;
    Ok(Sizes {
        bytes: bytes.transpose()?,
        rows,
        cells: cells.map(|cells| usize::try_from(cells).unwrap_or(usize::MAX)),
    })
}

/// A number from 1 to `most`.
fn count(
    table: &mut Section<'_>,
    key: &'static str,
    most: u64,
) -> Result<Option<u64>, ConfigError> {
    let Some(item) = table.get(key) else {
        return Ok(None);
    };
    let count = Some(item.number()?).filter(|n| (1..=most).contains(n));
    count.map(Some).ok_or_else(|| {
        let message = format!("{} is out of range", item.path());
        item.fail(message, &format!("write a number from 1 to {most}"))
    })
}
