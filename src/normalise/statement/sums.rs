//! PURE: the words of rows of sums: whether a row is one, and what of. One list for statements and
//! for settlement files; what such a row tells is checked in [`super::totals`].

use super::heading::{Header, Role};
use super::label::{begins_balance, folded};
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
    "CONG DON",
    "TOTAL",
    "SUBTOTAL",
    "SUB TOTAL",
    "GRAND TOTAL",
    "PAGE TOTAL",
    "CARRIED FORWARD",
    "BROUGHT FORWARD",
    "PHAT SINH NGAY",
    "PHAT SINH TRONG NGAY",
    "PHAT SINH TRONG KY",
    "DOANH SO NGAY",
    "DOANH SO TRONG NGAY",
    "DOANH SO TRONG KY",
    "KET CHUYEN SANG NGAY",
    "KET CHUYEN SANG TRANG",
];
/// The same, where nothing else stands in the cell.
const ALONE: &[&str] = &["TONG", "CONG", "SUM"];
/// Sums that may reach beyond the file: from the beginning of the year, or of the pages before.
const BEYOND: &[&str] = &["LUY KE", "CONG DON", "MANG SANG", "CHUYEN TRANG"];
/// Those of them that go from one page to the next.
const CARRIED: &[&str] = &["MANG SANG", "CHUYEN TRANG"];
/// What else stands in the cell of a row of sums or of a balance.
const GENERAL: &[&str] = &[
    "TONG",
    "CONG",
    "SO",
    "DU",
    "TIEN",
    "PHAT",
    "SINH",
    "DOANH",
    "TRONG",
    "KY",
    "NGAY",
    "TRANG",
    "THANG",
    "NAM",
    "DAU",
    "CUOI",
    "HIEN",
    "TAI",
    "MANG",
    "SANG",
    "KET",
    "SAU",
    "CHUYEN",
    "LUY",
    "KE",
    "DON",
    "TU",
    "DEN",
    "VA",
    "VND",
    "TOTAL",
    "SUBTOTAL",
    "SUB",
    "GRAND",
    "PAGE",
    "SUM",
    "OPENING",
    "CLOSING",
    "ENDING",
    "BEGINNING",
    "BALANCE",
    "AMOUNT",
    "OF",
    "THE",
    "DAY",
    "CARRIED",
    "BROUGHT",
    "FORWARD",
];
/// The same, of one side.
const SIDES: &[&str] = &["GHI", "NO", "CO", "DEBIT", "CREDIT"];
/// Words of sums over some of the rows, and of how many there are.
const SOME: &[&str] = &[
    "GIAO",
    "DICH",
    "BUT",
    "TOAN",
    "LENH",
    "LUONG",
    "MON",
    "BAN",
    "DONG",
    "NUMBER",
    "COUNT",
    "TRANSACTION",
    "TRANSACTIONS",
    "ENTRIES",
    "RECORDS",
    "GIA",
    "TRI",
    "VALUE",
    "THANH",
    "THAT",
    "BAI",
    "HOAN",
    "TRA",
    "HUY",
    "THU",
    "CHI",
    "VAO",
    "RA",
    "SUCCESS",
    "SUCCESSFUL",
    "FAILED",
    "REFUND",
    "REFUNDS",
    "PAYMENT",
    "PAYMENTS",
];
/// Words of sums of what the provider keeps.
const FEES: &[&str] = &[
    "PHI", "LE", "FEE", "FEES", "THUE", "VAT", "TAX", "THUC", "NHAN", "NET",
];
/// Words that begin a row that counts entries.
const NUMBERS: &[&str] = &[
    "SO GIAO DICH",
    "SO LUONG",
    "SO BUT TOAN",
    "SO LENH",
    "SO MON",
];
/// Words of a row that counts entries.
const COUNTS: &[&str] = &[
    "GIAO DICH",
    "BUT TOAN",
    "LENH",
    "LUONG",
    "MON",
    "BAN GHI",
    "SO DONG",
    "NUMBER",
    "COUNT",
    "TRANSACTIONS",
    "ENTRIES",
    "RECORDS",
];
/// Beside these it tells money nevertheless.
const MONEY: &[&str] = &["TIEN", "GIA TRI", "DOANH SO", "AMOUNT", "VALUE"];
/// Words of a page, a day or a group.
const PARTS: &[&str] = &[
    "TRANG",
    "PAGE",
    "NGAY",
    "DAY",
    "THANG",
    "MONTH",
    "TUAN",
    "WEEK",
    "NHOM",
    "GROUP",
    "BATCH",
    "SUB",
    "SUBTOTAL",
    "SUB TOTAL",
    "CONG CHUYEN",
    "CONG MANG",
    "FORWARD",
];
/// Words of everything.
const WHOLE: &[&str] = &[
    "TRONG KY",
    "TU NGAY",
    "DEN NGAY",
    "TOAN BO",
    "GRAND",
    "TONG CONG",
];
/// Sums of what the rows do not tell, or not in these columns.
const ASIDE: &[&str] = &[
    "SO DU",
    "BALANCE",
    "PHI",
    "FEE",
    "FEES",
    "THUE",
    "VAT",
    "TAX",
    "CHIET KHAU",
    "DISCOUNT",
    "KHUYEN MAI",
    "THUC NHAN",
    "NET",
];

/// What a row of sums adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// A page, a day, a group: rows since the sum before, or all so far.
    Part,
    /// Everything.
    Whole,
    /// One or the other: its place tells.
    Either,
    /// All so far, and perhaps what stands in no row here.
    Beyond,
}

/// The label of a row of sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// Its words without numbers: the same for every page.
    pub(super) words: String,
    /// What it adds up.
    pub(super) scope: Scope,
    /// True where it tells how many, not how much.
    pub(super) counts: bool,
    /// True where it may be of some of the rows.
    pub(super) of_some: bool,
    /// True where a word of it is not known: of which rows nobody can tell.
    pub(super) unknown: bool,
}

fn has(folded: &str, words: &str) -> bool {
    format!(" {folded} ").contains(&format!(" {words} "))
}

fn any(folded: &str, list: &[&str]) -> bool {
    list.iter().any(|words| has(folded, words))
}

fn is_number(word: &str) -> bool {
    !word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// True for a row of sums, by the words that it begins with.
pub(super) fn is_sum(row: &GridRow) -> bool {
    begins_sum(&folded(row))
}

fn begins_sum(folded: &str) -> bool {
    let begins = SUMS.iter().any(|words| folded.starts_with(words));
    // a corporation that pays
    let firm = folded.starts_with("TONG CONG TY");
    (begins && !firm) || ALONE.contains(&folded) || is_worded(folded)
}

/// `Tổng thanh toán thành công`, `Số lượng giao dịch`: nothing but words of sums.
fn is_worded(folded: &str) -> bool {
    const LISTS: [&[&str]; 4] = [GENERAL, SIDES, SOME, FEES];
    let known = |word: &str| is_number(word) || LISTS.iter().any(|list| list.contains(&word));
    let first = folded.split(' ').next().unwrap_or_default();
    let begins = ALONE.contains(&first) || NUMBERS.iter().any(|words| folded.starts_with(words));
    begins && folded.contains(' ') && folded.split(' ').all(known)
}

/// Of a row without a reference of its own, whether a text in it begins as a sum or a balance: true
/// where nothing else is said, false where it may be what somebody paid for.
pub(super) fn tells_sum(row: &GridRow, header: &Header) -> Option<bool> {
    let mut doubt = None;
    for folded in texts(row, header) {
        let known =
            |word: &str| is_number(word) || GENERAL.contains(&word) || SIDES.contains(&word);
        // one word may be a name (Công), and is not passed over
        if folded.contains(' ') && folded.split(' ').all(known) {
            return Some(true);
        }
        doubt = Some(false);
    }
    doubt
}

/// The texts of such a row that begin so, folded.
fn texts(row: &GridRow, header: &Header) -> Vec<String> {
    // what begins with a word of sums and says more may be a name or what somebody paid for
    let begins = |folded: &str| {
        let worded = is_worded(folded) && !SUMS.iter().any(|words| folded.starts_with(words));
        begins_balance(folded) || (begins_sum(folded) && !worded)
    };
    let own = |role| {
        let cell = header.cell(row, role);
        !cell.is_empty() && !begins(&fold_name(cell))
    };
    if own(Role::Reference) || own(Role::OrderRef) {
        return Vec::new();
    }
    let cells = row.cells.iter().enumerate().filter(|(at, cell)| {
        let role = header.role(*at);
        let letters = cell.bytes().any(|b| b.is_ascii_alphabetic() || b >= 0x80);
        letters
            && matches!(
                role,
                Role::Reference | Role::OrderRef | Role::Memo | Role::Kind
            )
    });
    let folded = cells.map(|(_, cell)| fold_name(cell));
    folded.filter(|folded| begins(folded)).collect()
}

/// The label of a row that stands for no entry; none where it is no row of sums, or tells what the
/// rows do not.
pub(super) fn label(row: &GridRow, header: &Header) -> Option<Label> {
    let is_beyond = |folded: &str| any(folded, BEYOND);
    let first = folded(row);
    let folded = if begins_sum(&first) || (begins_balance(&first) && is_beyond(&first)) {
        first
    } else {
        let mut texts = texts(row, header).into_iter();
        texts.find(|text| begins_sum(text) || is_beyond(text))?
    };
    if any(&folded, ASIDE) {
        return None;
    }
    let words: Vec<&str> = folded.split(' ').filter(|word| !is_number(word)).collect();
    let has = |list: &[&str]| any(&folded, list);
    let scope = if is_beyond(&folded) {
        Scope::Beyond
    } else if has(&WHOLE[..3]) {
        Scope::Whole
    } else if has(PARTS) {
        Scope::Part
    } else if has(WHOLE) {
        Scope::Whole
    } else {
        Scope::Either
    };
    let known = |word: &&str| SIDES.contains(word) || SOME.contains(word);
    Some(Label {
        scope,
        counts: has(COUNTS) && !has(MONEY),
        of_some: !words.iter().all(|word| GENERAL.contains(word)),
        unknown: !words
            .iter()
            .all(|word| GENERAL.contains(word) || known(word)),
        words: if has(CARRIED) {
            CARRIED.concat()
        } else {
            words.join(" ")
        },
    })
}
