//! PURE: rows of sums at the end of an export ("Tổng cộng"): no fees, but what they tell is held
//! against the rows above them.

use rust_decimal::Decimal;

use super::{Found, Place, refused};
use crate::domain::{DossierCode, RejectCode};
use crate::format::GridRow;
use crate::normalise::ids::Refused;
use crate::normalise::memo::fold_name;
use crate::normalise::statement::amount::{self, Style};
use crate::source::registry::FileKind;

/// Words that begin a row of sums.
const BEGIN: [&str; 5] = ["TONG CONG", "TONG SO", "TONG TIEN", "GRAND TOTAL", "TOTAL"];
/// The same, where nothing else stands in the cell.
const ALONE: [&str; 3] = ["TONG", "CONG", "SUM"];

/// True for a row that begins with the words of a sum, and holds figures beside them and no
/// dossier.
pub(super) fn is_total(row: &GridRow) -> bool {
    let mut told = row.cells.iter().filter(|cell| !cell.trim().is_empty());
    let Some(first) = told.next().filter(|cell| may_begin(cell)) else {
        return false;
    };
    let words = fold_name(first);
    let words = words.trim_end_matches([':', '.', ' ']);
    let begins = |begin: &&str| {
        let rest = words.strip_prefix(*begin);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let is_sum = ALONE.contains(&words) || BEGIN.iter().any(begins);
    let figure = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let dossier = |cell: &str| DossierCode::parse(cell).is_ok();
    is_sum && told.all(|cell| figure(cell.trim()) && !dossier(cell.trim()))
}

/// Cheap: a letter with which such words begin.
fn may_begin(cell: &str) -> bool {
    cell.trim_start()
        .starts_with(['T', 't', 'C', 'c', 'G', 'g', 'S', 's'])
}

/// The rows of sums that tell something else than the rows above them come to: all of them, or
/// those since the row of sums before. A row that cannot be read leaves a column unsummed.
pub(in crate::normalise) fn differing(
    found: &Found<'_>,
    place: Place<'_>,
    kind: FileKind,
    columns: &[(&'static str, Style)],
) -> Vec<Refused> {
    let mut differ = Vec::new();
    for (column, style) in columns {
        let (mut all, mut part) = (Some(Decimal::ZERO), Some(Decimal::ZERO));
        for row in found.every_row() {
            let cell = found.cell(row, column);
            let told = amount::read(cell, *style);
            if !is_total(row) {
                let told = told.or_else(|| cell.is_empty().then_some(Decimal::ZERO));
                let add = |sum: Option<Decimal>| sum.zip(told).map(|(sum, told)| sum + told);
                (all, part) = (add(all), add(part));
                continue;
            }
            if let Some((told, all)) = told.zip(all)
                && told != all
                && part != Some(told)
            {
                let said = [told, all].map(amount::text);
                let fault = (*column, &*said.join(" ≠ "), RejectCode::TotalDiffers);
                differ.push(refused(place, kind, row, fault, ""));
            }
            part = Some(Decimal::ZERO);
        }
    }
    differ
}
