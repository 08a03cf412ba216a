//! The tables that the file names beside itself: rates of fees, names of procedures and fields.

use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::load::path;
use super::section::Section;
use crate::domain::{Catalogue, Day, FeeTable};
use crate::normalise::{catalogue, fee_table};

/// The fee table. Lines that cannot be read do not stop a night: `check` and the report tell them.
pub(super) fn fee_table(
    root: &mut Section<'_>,
    dir: &Path,
    files: &mut Vec<PathBuf>,
) -> Result<FeeTable, ConfigError> {
    let Some(mut section) = root.section("fees")? else {
        return Ok(FeeTable::default());
    };
    let mut table = FeeTable::default();
    if let Some(item) = section.get("table") {
        let file = path(&item, dir)?;
        let name = file.display().to_string();
        let fix = "name a CSV file with the columns of docs/REGISTRY.md, or take the key out";
        let bytes = std::fs::read(&file)
            .map_err(|error| item.fail(format!("{name} cannot be read: {error}"), fix))?;
        // no reject of it is stored, so its day is nobody's
        table = fee_table::read(&name, &bytes, Day::of_ms(0))
            .map_err(|error| item.fail(error.to_string(), fix))?;
        files.push(file);
    }
    section.finish()?;
    Ok(table)
}

/// The catalogue. Lines that cannot be read do not stop a night: `check` tells them.
pub(super) fn catalogue(
    root: &mut Section<'_>,
    dir: &Path,
    files: &mut Vec<PathBuf>,
) -> Result<Catalogue, ConfigError> {
    let mut catalogue = Catalogue::default();
    let Some(mut section) = root.section("catalogue")? else {
        return Ok(catalogue);
    };
    if let Some(item) = section.get("file") {
        let file = path(&item, dir)?;
        let name = file.display().to_string();
        let fix = "name a CSV file with the columns kind,code,name, or take the key out";
        let bytes = std::fs::read(&file)
            .map_err(|error| item.fail(format!("{name} cannot be read: {error}"), fix))?;
        catalogue =
            catalogue::read(&name, &bytes).map_err(|error| item.fail(error.to_string(), fix))?;
        files.push(file);
    }
    section.finish()?;
    Ok(catalogue)
}
