//! PURE: PaymentFile rows of OpenCPS -> fees and, where cash was taken, receipts. `feeAmount` is
//! the lệ phí and `serviceAmount` the phí of the same request; postage (`shipAmount`) belongs to
//! the post and is no fee of the dossier. Field names: the public source of OpenCPS.

use super::ids;
use super::registry::{self, RegistryRows};
use super::rewrite::{Forms, Found, Lines, Place, cell, differing, lost};
use super::{fee, receipt};
use crate::domain::DossierCode;
use crate::format::book::Sheet;
use crate::format::{FileError, FormatError, GridRow};
use crate::source::Words;
use crate::source::registry::FileKind;

const NEED: [&str; 5] = [
    "referenceUid",
    "dossierNo",
    "feeAmount",
    "serviceAmount",
    "paymentStatus",
];

/// The two lines of a request: column, kind, end of the fee's id.
const LINES: [(&str, &str, &str); 2] =
    [("feeAmount", "le_phi", "LP"), ("serviceAmount", "phi", "P")];

/// Reads a table of PaymentFile rows.
///
/// # Errors
/// A table without the fields that make a fee.
pub fn read(sheets: &[Sheet], words: &Words, place: Place<'_>) -> Result<RegistryRows, FileError> {
    let fail = |error: FormatError| FileError {
        file: place.file.into(),
        error,
    };
    let names = FileKind::columns(true);
    let found = Found::of(sheets, names, &NEED, words).map_err(fail)?;
    let mut all = RegistryRows::default();
    let columns = LINES.map(|(column, _, _)| (column, found.style(column, words)));
    let mut refused = differing(&found, place, FileKind::PaymentFiles, &columns);
    for row in found.rows() {
        if let Some(cell) = found.lost(row) {
            refused.push(lost(place, FileKind::PaymentFiles, row, cell, ""));
        }
    }
    all.rejects = ids::settle_refused(refused, |_| false);
    all.lines = u64::try_from(found.rows().count()).unwrap_or(u64::MAX);
    for line in LINES {
        let file = Sorted::of(&found, words, line);
        for (kind, bytes) in [
            (FileKind::DossierFees, file.fees),
            (FileKind::CashReceipts, file.receipts),
        ] {
            let read = registry::read(place.file, kind, &bytes, place.source, place.day)?;
            all.fees.extend(read.fees);
            all.receipts.extend(read.receipts);
            let mut rejects = read.rejects;
            for reject in &mut rejects {
                reject.column = field(&reject.column, line.0).into();
            }
            all.rejects.extend(rejects);
            all.conflicts.extend(read.conflicts);
        }
    }
    all.fees.sort_by_key(crate::domain::Fee::key);
    Ok(all)
}

/// What the file calls a column of ours, for who looks a reject up in it.
fn field<'c>(column: &'c str, amount: &'c str) -> &'c str {
    match column {
        "dossier_code" => "dossierNo",
        "fee_id" | "receipt_id" => "referenceUid",
        "amount_vnd" => amount,
        "agency_code" => "govAgencyCode",
        "procedure_code" => "serviceCode",
        "declared_method" => "paymentMethod",
        "payer_name" => "applicantName",
        "status" => "paymentStatus",
        "paid_at" | "collected_at" => "confirmDatetime",
        "receipt_form" => "invoiceTemplateNo",
        "receipt_series" => "invoiceIssueNo",
        "receipt_no" => "invoiceNo",
        other => other,
    }
}

/// The rows of one line, as files of ours.
struct Sorted {
    fees: Vec<u8>,
    receipts: Vec<u8>,
}

impl Sorted {
    fn of(found: &Found<'_>, words: &Words, (column, kind, end): (&str, &str, &str)) -> Self {
        // it does not tell how a dossier was filed; an empty column would
        let told = |name: &&str| *name != "filing_channel";
        let fee_names: Vec<&str> = fee::LAYOUT.columns().filter(told).collect();
        let receipt_names: Vec<&str> = receipt::LAYOUT.columns().collect();
        let (mut fees, mut receipts) = (Lines::new(&fee_names), Lines::new(&receipt_names));
        let forms = Forms {
            kind: FileKind::PaymentFiles,
            words,
            style: found.style(column, words),
        };
        for row in found.rows().filter(|row| found.lost(row).is_none()) {
            let request = Request {
                found,
                row,
                forms: &forms,
                line: (column, kind, end),
            };
            if request.is_line() {
                let cells = fee_names.iter().map(|name| request.fee_cell(name));
                fees.put(row.line, cells);
                if request.is_counter_cash() {
                    let cells = receipt_names.iter().map(|name| request.receipt_cell(name));
                    receipts.put(row.line, cells);
                }
            }
        }
        Self {
            fees: fees.finish(),
            receipts: receipts.finish(),
        }
    }
}

/// One line of one row.
struct Request<'a> {
    found: &'a Found<'a>,
    row: &'a GridRow,
    forms: &'a Forms<'a>,
    line: (&'a str, &'a str, &'a str),
}

impl Request<'_> {
    fn told(&self, field: &str) -> &str {
        self.found.cell(self.row, field)
    }

    fn amount(&self, column: &str) -> String {
        cell("amount_vnd", self.told(column), self.forms)
    }

    /// A line of zero dong is none beside another; of two zeros one stands for the request.
    fn is_line(&self) -> bool {
        let (column, kind, _) = self.line;
        let others = LINES.iter().filter(|(other, _, _)| *other != column);
        let mut others = others.map(|(other, _, _)| self.amount(other));
        let nothing = |amount: &str| amount.is_empty() || amount == "0";
        let own = self.amount(column);
        !nothing(&own) || (kind == "le_phi" && others.all(|other| nothing(&other)))
    }

    fn status(&self) -> String {
        let raw = self.told("paymentStatus");
        let read = cell("status", raw, self.forms);
        match &*read {
            // 3: confirmed, 5: approved; before that nothing was paid
            "3" | "5" => "paid".to_owned(),
            "0" | "1" | "2" => "unpaid".to_owned(),
            _ => read,
        }
    }

    fn method(&self) -> String {
        cell("declared_method", self.told("paymentMethod"), self.forms)
    }

    /// True when the counter took cash and wrote a receipt for it.
    fn is_counter_cash(&self) -> bool {
        self.method() == "cash" && self.status() == "paid" && !self.told("invoiceNo").is_empty()
    }

    fn id(&self) -> String {
        match self.told("referenceUid") {
            "" => String::new(),
            uid => format!("{uid}-{}", self.line.2),
        }
    }

    fn agency(&self) -> String {
        match self.told("govAgencyCode") {
            "" => DossierCode::parse(self.told("dossierNo"))
                .map_or_else(|_| String::new(), |code| code.agency().to_string()),
            told => told.to_owned(),
        }
    }

    fn paid_at(&self) -> String {
        cell("paid_at", self.told("confirmDatetime"), self.forms)
    }

    fn fee_cell(&self, name: &str) -> String {
        let paid = self.status() == "paid";
        match name {
            "dossier_code" => self.told("dossierNo").to_owned(),
            "fee_id" => self.id(),
            "fee_kind" => self.line.1.to_owned(),
            "amount_vnd" => self.amount(self.line.0),
            "agency_code" => self.agency(),
            "procedure_code" => self.told("serviceCode").to_owned(),
            "declared_method" => self.method(),
            "payer_name" => self.told("applicantName").to_owned(),
            "status" => self.status(),
            "paid_at" if paid => self.paid_at(),
            "receipt_form" => self.told("invoiceTemplateNo").to_owned(),
            "receipt_series" => self.told("invoiceIssueNo").to_owned(),
            "receipt_no" => self.told("invoiceNo").to_owned(),
            _ => String::new(),
        }
    }

    fn receipt_cell(&self, name: &str) -> String {
        match name {
            "receipt_id" | "fee_id" => self.id(),
            "receipt_no" => self.told("invoiceNo").to_owned(),
            "dossier_code" => self.told("dossierNo").to_owned(),
            "amount_vnd" => self.amount(self.line.0),
            "collected_at" => self.paid_at(),
            "agency_code" => self.agency(),
            "status" => "valid".to_owned(),
            _ => String::new(),
        }
    }
}
