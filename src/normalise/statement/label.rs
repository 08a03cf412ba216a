//! PURE: what stands around the entries of a table: labels with their values, the totals row, the
//! period.

use rust_decimal::Decimal;

use super::amount::{self, Style};
use super::heading::{Header, Role};
use super::time;
use crate::domain::Day;
use crate::format::GridRow;
use crate::normalise::memo::fold_name;

/// Words that begin a row of sums: of a page, of a day, of everything.
const SUMS: &[&str] = &[
    "TONG SO",
    "TONG CONG",
    "TONG PHAT SINH",
    "TONG DOANH SO",
    "TONG GHI",
    "TONG TIEN",
    "TONG TRANG",
    "CONG PHAT SINH",
    "CONG TRANG",
    "CONG NGAY",
    "CONG CHUYEN",
    "CONG MANG",
    "TOTAL",
    "SUBTOTAL",
    "SUB TOTAL",
    "GRAND TOTAL",
    "PAGE TOTAL",
];
/// The same, where nothing else stands in the cell.
const SUMS_ALONE: &[&str] = &["TONG", "CONG", "SUM"];
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
];
/// Words before the number of the account.
const ACCOUNT: [&str; 3] = ["SO TAI KHOAN", "ACCOUNT NO", "ACCOUNT NUMBER"];

fn folded(row: &GridRow) -> String {
    let first = row.cells.iter().find(|cell| !cell.is_empty());
    first.map(|cell| fold_name(cell)).unwrap_or_default()
}

/// True for a row of sums, by the words that it begins with.
pub(super) fn is_sum(row: &GridRow) -> bool {
    let folded = folded(row);
    let begins = SUMS.iter().any(|words| folded.starts_with(words));
    // a corporation that pays
    let firm = folded.starts_with("TONG CONG TY");
    (begins && !firm) || SUMS_ALONE.contains(&folded.as_str())
}

/// Words of a row of sums that tells how many entries there are, not how much.
const COUNTS: &[&str] = &[
    "GIAO DICH",
    "BUT TOAN",
    "LENH",
    "LUONG",
    "MON",
    "NUMBER",
    "SO DU",
];

/// What a row of sums adds up: true for a page or a part, false for everything; none where it does
/// not tell of money.
pub(super) fn of_part(row: &GridRow) -> Option<bool> {
    let folded = format!(" {} ", folded(row));
    let has = |words: &str| folded.contains(&format!(" {words} "));
    if COUNTS.iter().any(|words| has(words)) {
        return None;
    }
    let begins = |words: &str| folded.starts_with(&format!(" {words}"));
    Some(begins("CONG") || begins("SUB") || has("TRANG") || has("PAGE") || has("NGAY"))
}

/// True for a row of a balance, by the words that it begins with.
pub(super) fn is_balance(row: &GridRow) -> bool {
    let folded = folded(row);
    BALANCES.iter().any(|words| folded.starts_with(words))
}

/// True for a row of the balance before the first entry: what follows may be another statement.
pub(super) fn is_opening(row: &GridRow) -> bool {
    let folded = folded(row);
    let words = ["SO DU DAU", "OPENING BALANCE", "BEGINNING BALANCE"];
    words.iter().any(|words| folded.starts_with(words))
}

/// The account that a row names.
pub(super) fn account(row: &GridRow) -> Option<Box<str>> {
    beside(row, &ACCOUNT, |cell| {
        let word = cell.split_whitespace().next()?;
        let digits = word.bytes().any(|b| b.is_ascii_digit());
        digits.then(|| Box::<str>::from(word))
    })
}

/// True for a row that begins with the words before an account.
pub(super) fn begins_with_account(row: &GridRow) -> bool {
    let folded = folded(row);
    ACCOUNT.iter().any(|words| folded.starts_with(words))
}

/// Money out and in as a row of sums tells them, in the columns of the entries.
pub(super) fn sums(row: &GridRow, header: &Header, style: Style) -> [Option<Decimal>; 2] {
    let cell = |role| {
        header.at(role)?;
        amount::read(header.cell(row, role), style).map(|sum| sum.abs())
    };
    [cell(Role::Debit), cell(Role::Credit)]
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
