//! PURE: what a column of a statement means, by its heading.

use crate::format::GridRow;
use crate::normalise::memo::fold_name;
use crate::source::Mapping;

/// The header stands within this many rows.
const SEARCH_ROWS: usize = 30;
/// A longer cell is text, not a heading.
const HEADING_CHARS_MAX: usize = 80;

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// When.
    Time,
    /// The bank's reference.
    Reference,
    /// An order reference.
    OrderRef,
    /// Money out.
    Debit,
    /// Money in.
    Credit,
    /// Both, by sign.
    Amount,
    /// The provider's fee.
    Fee,
    /// What reaches the account after the fee.
    Net,
    /// Running balance.
    Balance,
    /// Free text.
    Memo,
    /// The other party.
    Payer,
    /// Own account.
    Account,
    /// Currency.
    Currency,
    /// State.
    Status,
    /// What the row does.
    Kind,
    /// No meaning for reconciliation.
    Other,
}

impl Role {
    /// The meaning of a key under `[source.map]`.
    pub fn of_key(key: &str) -> Self {
        let all = [
            Self::Time,
            Self::Reference,
            Self::OrderRef,
            Self::Debit,
            Self::Credit,
            Self::Amount,
            Self::Fee,
            Self::Net,
            Self::Balance,
            Self::Memo,
            Self::Payer,
            Self::Account,
            Self::Currency,
            Self::Status,
            Self::Kind,
        ];
        let found = all.into_iter().find(|role| role.key() == key);
        found.unwrap_or(Self::Other)
    }

    /// The key under `[source.map]`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Reference => "bank_ref",
            Self::OrderRef => "order_ref",
            Self::Debit => "debit",
            Self::Credit => "credit",
            Self::Amount => "amount",
            Self::Fee => "fee",
            Self::Net => "net",
            Self::Balance => "balance",
            Self::Memo => "memo",
            Self::Payer => "payer",
            Self::Account => "account",
            Self::Currency => "currency",
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Other => "",
        }
    }
}

/// Words of headings, folded; the first that a heading contains as whole words decides. Bank
/// statements of Vietcombank, BIDV, MSB and Techcombank, settlement files of gateways, and plain
/// English ones.
const WORDS: &[(&str, Role)] = &[
    // the other party's name, and its account, which is not ours
    ("TEN TAI KHOAN DOI UNG", Role::Payer),
    ("TEN DOI UNG", Role::Payer),
    ("DOI UNG", Role::Other),
    ("TAI KHOAN NGUOI", Role::Other),
    ("TAI KHOAN CHUYEN", Role::Other),
    ("TAI KHOAN NHAN", Role::Other),
    ("REMITTER ACCOUNT", Role::Other),
    ("BENEFICIARY ACCOUNT", Role::Other),
    ("COUNTER ACCOUNT", Role::Other),
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
    ("TRANSACTION TYPE", Role::Kind),
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
    let found = WORDS
        .iter()
        .find(|(words, _)| folded.contains(&format!(" {words} ")));
    found.map_or(Role::Other, |(_, role)| *role)
}

/// A header row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its line in the file.
    pub line: u64,
    /// Every column: heading and meaning. A meaning stands once, with the first column that has it.
    pub columns: Vec<(Box<str>, Role)>,
}

impl Header {
    /// Where a meaning stands.
    pub fn at(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|(_, known)| *known == role)
    }

    /// The meaning of a column.
    pub fn role(&self, at: usize) -> Role {
        self.columns.get(at).map_or(Role::Other, |(_, role)| *role)
    }

    /// The heading of a meaning.
    pub fn heading(&self, role: Role) -> Option<&str> {
        self.at(role).map(|at| &*self.columns[at].0)
    }

    /// The cell of a meaning, empty without such a column.
    pub fn cell<'r>(&self, row: &'r GridRow, role: Role) -> &'r str {
        self.at(role).map_or("", |at| row.get(at))
    }

    /// The columns that carry the entry's amount.
    pub fn amount_role(&self) -> Role {
        let sided = self.at(Role::Credit).or(self.at(Role::Debit)).is_some();
        if sided { Role::Credit } else { Role::Amount }
    }

    /// The cells of the entry's amount that are not empty, with their columns.
    pub fn told<'r>(&self, row: &'r GridRow) -> Vec<(usize, &'r str)> {
        let roles = match self.amount_role() {
            Role::Amount => [Role::Amount, Role::Amount],
            _ => [Role::Debit, Role::Credit],
        };
        let mut at: Vec<usize> = roles.iter().filter_map(|role| self.at(*role)).collect();
        at.dedup();
        let cells = at.into_iter().map(|at| (at, row.get(at)));
        cells.filter(|(_, cell)| !cell.is_empty()).collect()
    }

    /// Every cell that should be an amount.
    pub fn amounts<'r>(&self, row: &'r GridRow) -> impl Iterator<Item = &'r str> + use<'r> {
        let roles = [
            Role::Debit,
            Role::Credit,
            Role::Amount,
            Role::Balance,
            Role::Fee,
            Role::Net,
        ];
        let at: Vec<usize> = roles.iter().filter_map(|role| self.at(*role)).collect();
        at.into_iter()
            .map(|at| row.get(at))
            .filter(|cell| !cell.is_empty())
    }
}

/// Finds the header among the first rows: the row with the most meanings, at least a time and an
/// amount; of equals the first.
pub fn find(rows: &[GridRow]) -> Option<(usize, Header)> {
    let mut best: Option<(usize, usize, Header)> = None;
    for (at, row) in rows.iter().take(SEARCH_ROWS).enumerate() {
        let header = header_of(row);
        let has = |role| header.at(role).is_some();
        let money = has(Role::Amount) || has(Role::Credit) || has(Role::Debit);
        let known = header
            .columns
            .iter()
            .filter(|(_, role)| *role != Role::Other)
            .count();
        let better = best.as_ref().is_none_or(|(most, ..)| known > *most);
        if has(Role::Time) && money && better {
            best = Some((known, at, header));
        }
    }
    best.map(|(_, at, header)| (at, header))
}

/// Finds the header that a mapping names: the first row that holds every heading.
///
/// # Errors
/// The headings that the best row lacks.
pub fn find_mapped(rows: &[GridRow], mapping: &Mapping) -> Result<(usize, Header), Vec<String>> {
    let wanted: Vec<(Role, String, &str)> = mapping
        .headings()
        .map(|(key, heading)| (Role::of_key(key), fold_name(heading), heading))
        .collect();
    let mut fewest: Vec<String> = wanted.iter().map(|w| w.2.to_owned()).collect();
    for (at, row) in rows.iter().take(SEARCH_ROWS).enumerate() {
        let mut left = wanted.clone();
        let mut column = |cell: &str| {
            let folded = fold_name(cell);
            let found = left.iter().position(|(_, heading, _)| *heading == folded);
            let role = found.map_or(Role::Other, |at| left.remove(at).0);
            (cell.into(), role)
        };
        let columns = row.cells.iter().map(|cell| column(cell)).collect();
        if left.is_empty() {
            let line = row.line;
            return Ok((at, Header { line, columns }));
        }
        if left.len() < fewest.len() {
            fewest = left
                .into_iter()
                .map(|(_, _, heading)| heading.to_owned())
                .collect();
        }
    }
    Err(fewest)
}

fn header_of(row: &GridRow) -> Header {
    let mut seen = std::collections::BTreeSet::new();
    let mut column = |cell: &str| {
        let role = role_of(cell);
        let first = role == Role::Other || seen.insert(role);
        (cell.into(), if first { role } else { Role::Other })
    };
    Header {
        line: row.line,
        columns: row.cells.iter().map(|cell| column(cell)).collect(),
    }
}

#[cfg(test)]
mod tests;
