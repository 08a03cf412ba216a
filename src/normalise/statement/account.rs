//! PURE: the number of an account in the rows around the entries of a table.

use super::heading::{Header, Role};
use super::label::{beside, folded, is_balance};
use super::sums::is_sum;
use crate::format::GridRow;
use crate::normalise::memo::fold_name;

/// Words before the number of the account.
const ACCOUNT: [&str; 3] = ["SO TAI KHOAN", "ACCOUNT NO", "ACCOUNT NUMBER"];
/// Words that begin a cell with the number of the account, where it has digits enough.
const ACCOUNT_SHORT: [&str; 9] = [
    "TAI KHOAN",
    "SO TK",
    "STK",
    "TK",
    "SAO KE TAI KHOAN",
    "SAO KE TK",
    "SAO KE CHI TIET TAI KHOAN",
    "ACCOUNT",
    "STATEMENT OF ACCOUNT",
];
/// Words behind these where it is that of somebody else.
const ACCOUNT_OTHER: [&str; 6] = [
    "DOI UNG",
    "THU HUONG",
    "NHAN",
    "CHUYEN",
    "BENEFICIARY",
    "THUE",
];
/// Words of what has a long number and is no account.
const NUMBERED: [&str; 12] = [
    "HOTLINE",
    "DIEN THOAI",
    "TEL",
    "FAX",
    "MST",
    "MA SO",
    "MA TRA CUU",
    "TONG DAI",
    "NGAY",
    "IN LUC",
    "CIF",
    "DT",
];
/// An account without other words has at least so many digits.
const DIGITS_MIN: usize = 6;
/// A number in a note may be an account from so many digits on.
const DIGITS_LONG: usize = 8;

/// The account that a row names.
pub(super) fn account(row: &GridRow) -> Option<Box<str>> {
    let named = beside(row, &ACCOUNT, |cell| {
        let word = cell.split_whitespace().next()?;
        let digits = word.bytes().any(|b| b.is_ascii_digit());
        digits.then(|| Box::<str>::from(word))
    });
    named.or_else(|| short_account(row))
}

/// The account behind shorter words, by its many digits.
fn short_account(row: &GridRow) -> Option<Box<str>> {
    let (first, _) = row
        .cells
        .iter()
        .enumerate()
        .find(|(_, cell)| !cell.is_empty())?;
    if !begins_short(&fold_name(&row.cells[first])) {
        return None;
    }
    let cells = row.cells[first..].iter().take(3);
    let mut words = cells.flat_map(|cell| cell.split([' ', ':', '\u{a0}', '(', ')', ',']));
    let number = words.find(|word| is_number(word, DIGITS_MIN))?;
    Some(number.into())
}

fn begins_short(folded: &str) -> bool {
    let mut words = ACCOUNT_SHORT.iter();
    let begins = words.any(|words| {
        let rest = folded.strip_prefix(words);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    begins && !ACCOUNT_OTHER.iter().any(|other| folded.contains(other))
}

/// A word of digits, dots and dashes with so many digits in a row, that is no day.
fn is_number(word: &str, digits: usize) -> bool {
    let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let mut runs = word.split(|c: char| !c.is_ascii_digit());
    let dated = word.len() == 8 && ([word.get(..2), word.get(4..6)].contains(&Some("20")));
    word.bytes().all(plain) && runs.any(|run| run.len() >= digits) && !dated
}

/// A long number in a note that tells no money and nothing known.
pub(super) fn long_number(row: &GridRow) -> Option<Box<str>> {
    let folded = fold_name(&row.cells.join(" "));
    let known = |words: &str| format!(" {folded} ").contains(&format!(" {words} "));
    let letters = folded.bytes().any(|b| b.is_ascii_alphabetic());
    if !letters || is_sum(row) || is_balance(row) || NUMBERED.iter().any(|words| known(words)) {
        return None;
    }
    let mut words = row
        .cells
        .iter()
        .flat_map(|cell| cell.split([' ', ':', '(', ')', ',']));
    words
        .find(|word| is_number(word, DIGITS_LONG))
        .map(Into::into)
}

/// True for a row that begins with the words before an account; a text that goes on from the row
/// above is none.
pub(super) fn begins_with_account(row: &GridRow, header: &Header) -> bool {
    let first = row.cells.iter().position(|cell| !cell.is_empty());
    let role = first.map_or(Role::Other, |at| header.role(at));
    let folded = folded(row);
    let long = ACCOUNT.iter().any(|words| folded.starts_with(words));
    long || (!matches!(role, Role::Memo | Role::Payer) && begins_short(&folded))
}
