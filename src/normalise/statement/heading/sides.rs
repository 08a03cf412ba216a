//! PURE: columns whose headings tell their meaning only beside another one: two that differ by the
//! words for in and out alone (`Số tiền thu`, `Số tiền chi`), and the bank's reference under a word
//! that would not be one beside a better.

use super::{Header, Role, role_of, words};
use crate::format::GridRow;
use crate::normalise::memo::fold_name;

/// Words for money in and for money out, folded.
const PAIRS: [(&str, &str); 15] = [
    ("CO", "NO"),
    ("THU", "CHI"),
    ("NHAN", "CHUYEN"),
    ("VAO", "RA"),
    ("DEN", "DI"),
    ("IN", "OUT"),
    ("NOP", "RUT"),
    ("GUI", "RUT"),
    ("NAP", "RUT"),
    ("INCOMING", "OUTGOING"),
    ("INFLOW", "OUTFLOW"),
    ("RECEIVED", "SENT"),
    ("RECEIVED", "PAID"),
    ("RECEIPT", "PAYMENT"),
    ("RECEIPTS", "PAYMENTS"),
];
/// Words that say nothing but that it is money.
const MONEY: [&str; 16] = [
    "SO", "TIEN", "KHOAN", "TONG", "PHAT", "SINH", "GIA", "TRI", "VND", "DONG", "D", "GD", "MONEY",
    "AMOUNT", "CASH", "GIAO",
];

/// `No` beside `Co` is `Nợ` without its marks, and no column of row numbers.
fn unmarked(columns: &mut [(Box<str>, Role)]) {
    let is = |at: usize, side: &str| {
        let text = columns.get(at).map(|(text, _)| fold_name(text));
        text.as_deref() == Some(side)
    };
    let credit = (0..columns.len()).find(|at| columns[*at].1 == Role::Credit && is(*at, "CO"));
    let beside = credit
        .into_iter()
        .flat_map(|at| [at.wrapping_sub(1), at + 1]);
    let debit = beside.into_iter().find(|at| is(*at, "NO"));
    let named = columns.iter().any(|(_, role)| *role == Role::Debit);
    if let Some((_, role)) = debit.filter(|_| !named).and_then(|at| columns.get_mut(at)) {
        *role = Role::Debit;
    }
}

/// Names the two columns of amounts that differ by such words alone, where no other heading names a
/// side.
pub(super) fn sides(block: &[GridRow], columns: &mut [(Box<str>, Role)]) {
    unmarked(columns);
    let sided = |(_, role): &(Box<str>, Role)| matches!(role, Role::Debit | Role::Credit);
    if columns.iter().any(sided) {
        return;
    }
    let texts = |at: usize| {
        let whole = columns.get(at).map(|(text, _)| fold_name(text));
        let rows = block.iter().map(move |row| fold_name(row.get(at)));
        rows.chain(whole).filter(|text| !text.is_empty())
    };
    let may_be = |at: &usize| match columns.get(*at) {
        Some((_, Role::Amount)) => true,
        Some((text, Role::Other)) => !words::is_known(text),
        _ => false,
    };
    let all: Vec<usize> = (0..columns.len()).filter(may_be).collect();
    let pair = |a: usize, b: usize| {
        let is_money = columns[a].1 == Role::Amount && columns[b].1 == Role::Amount;
        texts(a).any(|a| texts(b).any(|b| differ(&a, &b, is_money)))
    };
    let mut pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
    if let Some((come, gone)) = pairs.find(|(a, b)| a != b && pair(*a, *b)) {
        columns[come].1 = Role::Credit;
        columns[gone].1 = Role::Debit;
    }
}

/// True where the first is of money in, the second of money out, and they differ by that alone.
fn differ(come: &str, gone: &str, is_money: bool) -> bool {
    let [a, b] = [come, gone].map(|text| text.split(' ').collect::<Vec<_>>());
    let mut sides = 0;
    let same = a.iter().zip(&b).all(|(a, b)| {
        let side = PAIRS.contains(&(*a, *b));
        sides += usize::from(side);
        side || (a == b && (is_money || MONEY.contains(a)))
    });
    same && a.len() == b.len() && sides > 0
}

/// The bank's reference, where no better heading names it.
const REFERENCES: [&str; 18] = [
    "MA CT",
    "VOUCHER NO",
    "TRANS NO",
    "TXN NO",
    "THAM CHIEU",
    "MA GD",
    "SO GD",
    "SO GIAO DICH",
    "MA BUT TOAN",
    "MA CHUNG TU",
    "MA FT",
    "SO FT",
    "REF",
    "REF NO",
    "TXN ID",
    "TRANS ID",
    "TRANSACTION NUMBER",
    "TRANSACTION CODE",
];

/// Names the column of the bank's reference, where none is named.
pub(super) fn reference(header: &mut Header) {
    if header.numbered || header.at(Role::Reference).is_some() || header.settles() {
        return;
    }
    let is_one = |(text, role): &(Box<str>, Role)| {
        let folded = format!(" {} ", fold_name(text));
        let has = |words: &&str| folded.contains(&format!(" {words} "));
        let unknown = *role == Role::Other && role_of(text) == Role::Other;
        // a column of the bank, and yet no name of one
        if unknown && has(&"MA GIAO DICH NGAN HANG") {
            return true;
        }
        // "Hồ sơ giao dịch" is the dossier
        unknown && !words::is_known(text) && REFERENCES.iter().any(has) && !has(&"HO SO")
    };
    if let Some(at) = header.columns.iter().position(is_one) {
        header.set(at, Role::Reference);
    }
}
