//! PURE: the words of headings.

use super::Role;
use crate::normalise::memo::fold_name;
use crate::normalise::statement::direction;

/// A longer cell is text, not a heading.
const HEADING_CHARS_MAX: usize = 80;

/// Words of headings, folded; the first that a heading contains as whole words decides. Bank
/// statements of Vietcombank, BIDV, MSB and Techcombank, settlement files of gateways, and plain
/// English ones.
const WORDS: &[(&str, Role)] = &[
    ("STT", Role::Other),
    // the other party's name, and its account, which is not ours
    ("TEN TAI KHOAN DOI UNG", Role::Payer),
    ("TEN DOI UNG", Role::Payer),
    ("DOI UNG", Role::Other),
    ("TAI KHOAN NGUOI", Role::Other),
    ("TAI KHOAN CHUYEN", Role::Other),
    ("TAI KHOAN NHAN", Role::Other),
    // of bookkeepers: the accounts that an entry is booked on
    ("TAI KHOAN NO", Role::Other),
    ("TAI KHOAN CO", Role::Other),
    ("TK NO", Role::Other),
    ("TK CO", Role::Other),
    ("REMITTER ACCOUNT", Role::Other),
    ("BENEFICIARY ACCOUNT", Role::Other),
    ("COUNTER ACCOUNT", Role::Other),
    ("DIEN GIAI CUA NGAN HANG", Role::Memo),
    ("NGAN HANG", Role::Other),
    ("BANK NAME", Role::Other),
    ("REMITTER BANK", Role::Other),
    ("SO DU", Role::Balance),
    ("BALANCE", Role::Balance),
    ("GHI NO", Role::Debit),
    ("PHAT SINH NO", Role::Debit),
    ("DEBIT", Role::Debit),
    ("TIEN RA", Role::Debit),
    ("WITHDRAWAL", Role::Debit),
    ("GHI CO", Role::Credit),
    ("PHAT SINH CO", Role::Credit),
    ("CREDIT", Role::Credit),
    ("TIEN VAO", Role::Credit),
    ("DEPOSIT", Role::Credit),
    ("MA DON HANG", Role::OrderRef),
    ("ORDER ID", Role::OrderRef),
    ("ORDER REF", Role::OrderRef),
    ("SO THAM CHIEU", Role::Reference),
    ("SO BUT TOAN", Role::Reference),
    ("SO CT", Role::Reference),
    ("SO CHUNG TU", Role::Reference),
    ("MA GIAO DICH", Role::Reference),
    ("DOC NO", Role::Reference),
    ("REFERENCE", Role::Reference),
    ("TRANSACTION NO", Role::Reference),
    ("TRANSACTION ID", Role::Reference),
    ("MO TA", Role::Memo),
    ("NOI DUNG", Role::Memo),
    ("DIEN GIAI", Role::Memo),
    ("DESCRIPTION", Role::Memo),
    ("DETAIL", Role::Memo),
    ("DETAILS", Role::Memo),
    ("REMARK", Role::Memo),
    ("MEMO", Role::Memo),
    ("TRANG THAI", Role::Status),
    ("STATUS", Role::Status),
    ("LOAI GIAO DICH", Role::Kind),
    ("LOAI GD", Role::Kind),
    ("TRANSACTION TYPE", Role::Kind),
    ("TRANS TYPE", Role::Kind),
    ("TXN TYPE", Role::Kind),
    ("NGAY GIAO DICH", Role::Time),
    ("THOI GIAN", Role::Time),
    ("TRANSACTION DATE", Role::Time),
    ("TNX DATE", Role::Time),
    ("NGAY", Role::Time),
    ("DATE", Role::Time),
    ("TIME", Role::Time),
    ("NGUOI HUONG", Role::Payer),
    ("NGUOI CHUYEN", Role::Payer),
    ("DOI TAC", Role::Payer),
    ("PAYER", Role::Payer),
    ("PAYEE", Role::Payer),
    ("REMITTER", Role::Payer),
    ("THUC NHAN", Role::Net),
    ("NET", Role::Net),
    ("LOAI PHI", Role::Other),
    ("SO TIEN PHI", Role::Fee),
    ("PHI", Role::Fee),
    ("FEE", Role::Fee),
    ("LOAI TIEN", Role::Currency),
    ("CURRENCY", Role::Currency),
    ("SO TIEN", Role::Amount),
    ("AMOUNT", Role::Amount),
    ("SO TAI KHOAN", Role::Account),
    ("ACCOUNT", Role::Account),
    ("NO", Role::Debit),
    ("CO", Role::Credit),
];

/// Words of a time that is not that of the entry, where both stand there: from when the money
/// counts.
const LATER: &[&str] = &["HIEU LUC", "EFFECTIVE", "GIA TRI", "VALUE DATE"];

/// True for the heading of a day of value (`Ngày hiệu lực`).
pub(super) fn is_later(heading: &str) -> bool {
    let folded = format!(" {} ", fold_name(heading));
    LATER.iter().any(|w| folded.contains(&format!(" {w} ")))
}

/// Headings of a column of row numbers.
const NUMBERS: &[&str] = &[
    "STT",
    "TT",
    "SO TT",
    "SO THU TU",
    "NO",
    "STT NO",
    "TT NO",
    "SO TT NO",
    "S NO",
    "SEQ NO",
];

/// True for the heading of a column of row numbers, in which one bank writes its reference.
pub(super) fn is_row_number(heading: &str) -> bool {
    role_of(heading) == Role::Other && NUMBERS.contains(&&*fold_name(heading))
}

/// True for a heading of which it is known what stands below it, be it nothing for us.
pub(super) fn is_known(heading: &str) -> bool {
    let folded = format!(" {} ", fold_name(heading));
    let known = |(words, _): &(&str, Role)| {
        !matches!(*words, "NO" | "CO") && folded.contains(&format!(" {words} "))
    };
    role_of(heading) != Role::Other || is_row_number(heading) || WORDS.iter().any(known)
}

/// The meaning of one heading.
pub fn role_of(heading: &str) -> Role {
    if heading.chars().count() > HEADING_CHARS_MAX {
        return Role::Other;
    }
    let folded = format!(" {} ", fold_name(heading));
    // a column of row numbers is called "No" as the debit side is called "Nợ"
    if [" NO ", " STT ", " TT "].contains(&folded.as_str())
        && !heading.contains(['ợ', 'Ợ', '\u{323}'])
    {
        return Role::Other;
    }
    // alone it says what a row does, beside other words it may say anything
    if [" LOAI ", " TYPE "].contains(&folded.as_str()) {
        return Role::Kind;
    }
    if let Some(role) = direction::heading(heading, &folded) {
        return role;
    }
    let found = WORDS
        .iter()
        .find(|(words, _)| folded.contains(&format!(" {words} ")));
    match found {
        Some((words @ ("NO" | "CO"), role)) if is_side(heading, &folded, words) => *role,
        None | Some(("NO" | "CO", _)) => Role::Other,
        Some((_, role)) => *role,
    }
}

/// Words beside which "No" and "Co" without marks are "Nợ" and "Có".
const SIDED: [&str; 5] = [" TIEN ", " BEN ", " PS ", " PHAT SINH ", " VND "];

/// True where the word is "Nợ" or "Có", not the "No" of `Ref No` or the "Co" of a company.
fn is_side(heading: &str, folded: &str, side: &str) -> bool {
    // a mark may be a character of its own
    let between = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric();
    let mut words = heading.split(between);
    let marked = words.any(|word| !word.is_ascii() && fold_name(word) == side);
    marked || folded.trim() == side || SIDED.iter().any(|words| folded.contains(words))
}
