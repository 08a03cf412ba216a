//! PURE: what stands around the entries of a table: labels with their values, the period.

use rust_decimal::Decimal;

use super::amount::{self, Style};
use super::heading::{Header, Role};
use super::time;
use crate::domain::Day;
use crate::format::GridRow;
use crate::normalise::memo::fold_name;

/// Words that begin a row of a balance.
const BALANCES: &[&str] = &[
    "SO DU",
    "OPENING BALANCE",
    "CLOSING BALANCE",
    "BALANCE",
    "ENDING BALANCE",
    "BEGINNING BALANCE",
    "MANG SANG",
    "CHUYEN TRANG",
    "LUY KE",
    "CONG LUY KE",
    "PHAT SINH LUY KE",
];
/// Balances of a page or a day, not of the statement.
const PARTS: [&str; 6] = [
    "DAU TRANG",
    "CUOI TRANG",
    "DAU NGAY",
    "CUOI NGAY",
    "CHUYEN TRANG",
    "MANG SANG",
];

pub(super) fn folded(row: &GridRow) -> String {
    let first = row.cells.iter().find(|cell| !cell.is_empty());
    first.map(|cell| fold_name(cell)).unwrap_or_default()
}

/// True for a row of a balance, by the words that it begins with.
pub(super) fn is_balance(row: &GridRow) -> bool {
    begins_balance(&folded(row))
}

pub(super) fn begins_balance(folded: &str) -> bool {
    BALANCES.iter().any(|words| folded.starts_with(words))
}

/// True for a row of the balance before the first entry: what follows may be another statement.
pub(super) fn is_opening(row: &GridRow) -> bool {
    let folded = folded(row);
    let words = ["SO DU DAU", "OPENING BALANCE", "BEGINNING BALANCE"];
    words.iter().any(|words| folded.starts_with(words))
}

/// The balance that a row behind the headings tells: in its column, or beside its label.
pub(super) fn balance(
    row: &GridRow,
    labels: &[&str],
    header: Option<&Header>,
    style: Style,
) -> Option<Decimal> {
    let folded = fold_name(&row.cells.join(" "));
    if PARTS.iter().any(|part| folded.contains(part)) {
        return None;
    }
    let told = beside(row, labels, |cell| amount::read(cell, style));
    let Some(header) = header else { return told };
    let is_label = |cell: &str| {
        labels
            .iter()
            .any(|label| fold_name(cell).starts_with(label))
    };
    let column = amount::read(header.cell(row, Role::Balance), style);
    if column.is_some() && row.cells.iter().any(|cell| is_label(cell)) {
        return column;
    }
    // what stands in a dated row belongs to the columns
    told.filter(|_| !time::may_be(header.cell(row, Role::Time)))
}

/// The period that the rows above the header tell: `Từ ngày 01/12/2022 đến ngày 05/12/2022`, in
/// one cell or several.
pub(super) fn period(above: &[GridRow]) -> Option<(Day, Day)> {
    const FROM: [&str; 3] = ["TU NGAY", "FROM DATE", "FROM"];
    const TO: [&str; 3] = ["DEN NGAY", "TO DATE", "TO"];
    let mut ends: [Option<Day>; 2] = [None, None];
    for row in above {
        let whole = format!(" {} ", fold_name(&row.cells.join(" ")));
        let has = |words: &[&str]| {
            words
                .iter()
                .any(|word| whole.contains(&format!(" {word} ")))
        };
        let days = time::days_in(&row.cells.join(" "));
        let told = match (has(&FROM), has(&TO), days.as_slice()) {
            (true, true, [from, .., to]) => [Some(*from), Some(*to)],
            (true, false, [from]) => [Some(*from), None],
            (false, true, [to]) => [None, Some(*to)],
            _ => continue,
        };
        for (end, told) in ends.iter_mut().zip(told) {
            *end = end.or(told);
        }
    }
    match ends {
        [Some(from), Some(to)] if from <= to => Some((from, to)),
        _ => None,
    }
}

/// What stands beside a label: after a colon in its own cell, else in the next cells of the row.
pub(super) fn beside<T>(
    row: &GridRow,
    labels: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let is_label = |cell: &str| {
        let folded = fold_name(cell);
        labels
            .iter()
            .any(|label| folded.starts_with(label) || folded.contains(&format!(" {label}")))
    };
    let at = row.cells.iter().position(|cell| is_label(cell))?;
    let own = row.cells[at]
        .rsplit_once(':')
        .map(|(_, value)| value.trim());
    let own = own.filter(|value| !value.is_empty());
    let rest = row.cells[at + 1..].iter().map(|cell| &**cell);
    let next = rest.filter(|cell| !cell.is_empty());
    own.into_iter().chain(next).find_map(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> GridRow {
        GridRow {
            line: 1,
            cells: cells.iter().map(|cell| (*cell).into()).collect(),
        }
    }

    #[test]
    fn a_period_is_told_in_many_ways() {
        let check = |rows: &[GridRow], expected: Option<(&str, &str)>| {
            let found = period(rows).map(|(a, b)| (a.to_string(), b.to_string()));
            let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
            assert_eq!(found, expected, "{rows:?}");
        };
        let both = Some(("2022-12-01", "2022-12-05"));
        check(&[row(&["Từ ngày 01/12/2022 đến ngày 05/12/2022"])], both);
        check(
            &[row(&[
                "Từ ngày/From:",
                "01/12/2022",
                "Đến ngày/To:",
                "05/12/2022",
            ])],
            both,
        );
        check(
            &[
                row(&["Từ ngày", "01/12/2022"]),
                row(&["Đến ngày", "05/12/2022"]),
            ],
            both,
        );
        check(&[row(&["From 01-12-2022 to 05-12-2022"])], both);
        check(&[row(&["Ngày in: 06/12/2022"])], None);
        check(&[row(&["Đến ngày 05/12/2022"])], None);
        check(&[row(&["Từ ngày 05/12/2022 đến ngày 01/12/2022"])], None);
    }
}
