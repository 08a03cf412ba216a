//! What the name of an export file tells: what it holds, and of which day.

use std::path::Path;

use chrono::NaiveDate;

use crate::domain::Day;

/// What a file of the folder holds, by the beginning of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `agencies*.csv`.
    Agencies,
    /// `dossier_fees*.csv`.
    DossierFees,
    /// `payment_orders*.csv`.
    PaymentOrders,
    /// `cash_receipts*.csv`.
    CashReceipts,
    /// PaymentFile rows of OpenCPS, under any name.
    PaymentFiles,
}

/// Endings of tables.
const TABLES: [&str; 4] = ["csv", "xlsx", "xls", "ods"];

/// True for the name of a table.
pub(super) fn is_table(name: &str) -> bool {
    let end = Path::new(name).extension().and_then(|end| end.to_str());
    end.is_some_and(|end| TABLES.iter().any(|table| end.eq_ignore_ascii_case(table)))
}

/// True for kinds of files with rows of a day, with commas between.
pub fn are_daily(kinds: &str) -> bool {
    let mut words = kinds.split(',');
    words.all(|word| {
        FileKind::DAILY
            .iter()
            .any(|kind| kind.word() == word.trim())
    })
}

impl FileKind {
    /// Every kind and the beginning of its file names.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Agencies, "agencies"),
        (Self::DossierFees, "dossier_fees"),
        (Self::PaymentOrders, "payment_orders"),
        (Self::CashReceipts, "cash_receipts"),
    ];

    /// The word of the kind, as the database and `due` write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agencies => "agencies",
            Self::DossierFees => "dossier_fees",
            Self::PaymentOrders => "payment_orders",
            Self::CashReceipts => "cash_receipts",
            Self::PaymentFiles => "payment_files",
        }
    }

    /// What is due every day that it usually comes: the rows of a day. Agencies change seldom.
    pub const DAILY: [Self; 4] = [
        Self::DossierFees,
        Self::PaymentOrders,
        Self::CashReceipts,
        Self::PaymentFiles,
    ];

    /// The kind that a file name tells, without regard to case.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let table = is_table(&name);
        let found = Self::ALL
            .iter()
            .find(|(_, begin)| table && name.starts_with(begin));
        found.map(|(kind, _)| *kind)
    }

    /// Every column that `[source.map]` may name for a kind of source.
    pub fn columns(of_opencps: bool) -> &'static [&'static str] {
        if of_opencps {
            &OPENCPS_COLUMNS
        } else {
            &EXPORT_COLUMNS
        }
    }
}

/// The columns of the four files of an export.
const EXPORT_COLUMNS: [&str; 37] = [
    "dossier_code",
    "fee_id",
    "fee_kind",
    "amount_vnd",
    "agency_code",
    "procedure_code",
    "declared_method",
    "due_at",
    "payer_name",
    "status",
    "received_at",
    "processing_started_at",
    "result_at",
    "field_code",
    "filing_channel",
    "collection_mode",
    "online_payment_flag",
    "paid_at",
    "request_id",
    "receipt_form",
    "receipt_series",
    "receipt_no",
    "provider",
    "order_id",
    "fee_ids",
    "created_at",
    "receipt_id",
    "collected_at",
    "cashier",
    "code",
    "valid_from",
    "valid_to",
    "name",
    "level",
    "parent_code",
    "successor_code",
    "kind",
];

/// Fields of a PaymentFile of OpenCPS.
const OPENCPS_COLUMNS: [&str; 13] = [
    "referenceUid",
    "dossierNo",
    "serviceCode",
    "govAgencyCode",
    "feeAmount",
    "serviceAmount",
    "paymentStatus",
    "paymentMethod",
    "confirmDatetime",
    "invoiceTemplateNo",
    "invoiceIssueNo",
    "invoiceNo",
    "applicantName",
];

/// The day that a file name tells, the latest where it tells several: `2022-12-05`, `05-12-2022`
/// (also with `_` or `.`), `20221205`, and the latter with a time of day behind it. Years 2000 to
/// 2099.
pub fn day_in_name(name: &str) -> Option<Day> {
    let groups: Vec<&str> = name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let mut latest = None;
    let mut rest = groups.as_slice();
    while let [first, after @ ..] = rest {
        let parted = match rest {
            [a, b, c, ..] if (a.len(), b.len(), c.len()) == (4, 2, 2) => day_of(a, b, c),
            [a, b, c, ..] if (a.len(), b.len(), c.len()) == (2, 2, 4) => day_of(c, b, a),
            _ => None,
        };
        let compact = || match first.len() {
            8 | 12 | 14 => compact_day(first),
            _ => None,
        };
        rest = if parted.is_some() { &rest[3..] } else { after };
        latest = latest.max(parted.or_else(compact));
    }
    latest
}

/// The first eight digits, year first.
fn compact_day(digits: &str) -> Option<Day> {
    day_of(digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?)
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Day> {
    let year = year
        .parse()
        .ok()
        .filter(|year| (2000..2100).contains(year))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?).map(Day::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_day() {
        let check = |name: &str, day: &str| {
            let told = day_in_name(name).map_or_else(String::new, |day| day.to_string());
            assert_eq!(told, day, "{name}");
        };
        check("dossier_fees_2022-12-05.csv", "2022-12-05");
        check("dossier_fees-20221205.csv", "2022-12-05");
        check("dossier_fees_20221205013000.csv", "2022-12-05");
        check("dossier_fees_20221205_0130.csv", "2022-12-05");
        check("cash_receipts_05-12-2022.csv", "2022-12-05");
        check("cash_receipts.05.12.2022.csv", "2022-12-05");
        check("payment_orders_2022-12-01_2022-12-05.csv", "2022-12-05");
        check("payment_orders_2022-11-12_2022-12-05.csv", "2022-12-05");
        check("dossier_fees.csv", "");
        check("dossier_fees_1.csv", "");
        check("dossier_fees_2022-13-05.csv", "");
        check("dossier_fees_2022-02-30.csv", "");
        check("dossier_fees_31129999.csv", "");
        check("dossier_fees_123456789.csv", "");
        check("dossier_fees_2022-12.csv", "");
    }
}
