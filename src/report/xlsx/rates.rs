//! The columns that tell how many transactions the rules matched without a person: how many, of how
//! many, and the share as a formula.

use crate::report::model::{Rate, Rates};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, letters};
use super::table::Column;

/// The columns; none in a period.
pub(super) fn columns(book: &Book<'_>) -> Vec<Column> {
    if book.report.rates.is_none() {
        return Vec::new();
    }
    let keys = ["book-auto-matched", "book-auto-all", "book-auto-share"];
    keys.map(|key| Column::figures(book.t(key), 12)).to_vec()
}

/// Their cells in the row `nth`, the first of them in the column `first`; blank where there was
/// nothing to match.
pub(super) fn cells(
    book: &Book<'_>,
    nth: usize,
    first: u16,
    rate: impl FnOnce(&Rates) -> Rate,
) -> Vec<Cell> {
    let Some(rates) = &book.report.rates else {
        return Vec::new();
    };
    let rate = rate(rates);
    let Some(share) = rate.share() else {
        return vec![Cell::Blank; 3];
    };
    let (matched, all) = (letters(first), letters(first + 1));
    let this = nth + 5;
    let formula = format!("{matched}{this}/{all}{this}");
    vec![
        Cell::count(rate.matched.into()),
        Cell::count(rate.all.into()),
        Cell::Formula(formula, share.half_up(12), Look::Share),
    ]
}
