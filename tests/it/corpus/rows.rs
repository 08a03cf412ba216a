//! The rows of the file contract and of the truth.

use super::clock;
use super::files::Files;
use super::town::{Dossier, Line};

/// Feeds of one shared account and of dedicated ones, and gateways.
pub(crate) const BANK: &str = "bank";
/// A second feed of the same accounts.
pub(crate) const FEED: &str = "feed2";
/// Gateways that keep a fee and pay out a day in one line.
pub(crate) const GATEWAYS: [&str; 3] = ["momo", "vnpay", "zalopay"];
/// The portal keeps no fee.
pub(crate) const PORTAL: &str = "portal";
/// The account that no agency has to itself.
pub(crate) const SHARED_ACCOUNT: &str = "0071000000001";

/// How the ids of a source begin.
pub(crate) fn prefix(source: &str) -> &'static str {
    match source {
        "momo" => "MM",
        "vnpay" => "VNP",
        "zalopay" => "ZP",
        PORTAL => "DVC",
        FEED => "CS",
        _ => "FT",
    }
}

fn file(source: &str) -> &'static str {
    match source {
        "momo" => "transactions_momo.csv",
        "vnpay" => "transactions_vnpay.csv",
        "zalopay" => "transactions_zalopay.csv",
        PORTAL => "transactions_portal.csv",
        FEED => "transactions_feed2.csv",
        _ => "transactions_bank.csv",
    }
}

/// The truth about one row.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// Classes, the right one first; further ones are right too.
    pub(crate) class: String,
    /// What was done to it.
    pub(crate) defect: String,
    /// `yes`, `typo`, `trap`, `weak` or `no`.
    pub(crate) identifiable: &'static str,
    /// Rows of the other side with the amount that belongs to each.
    pub(crate) links: Vec<(String, i64)>,
    /// Dossier codes, for a money row.
    pub(crate) dossiers: String,
}

impl Label {
    /// Nothing but a class.
    pub(crate) fn new(class: &str, defect: &str, identifiable: &'static str) -> Self {
        Self {
            class: class.to_owned(),
            defect: defect.to_owned(),
            identifiable,
            links: Vec::new(),
            dossiers: String::new(),
        }
    }

    /// With what belongs to it.
    pub(crate) fn linked(mut self, links: Vec<(String, i64)>, dossiers: &str) -> Self {
        self.links = links;
        dossiers.clone_into(&mut self.dossiers);
        self
    }

    pub(crate) fn write(&self, files: &mut Files, side: &str, source: &str, id: &str, codes: &str) {
        let header = [
            "side",
            "source",
            "id",
            "dossier_codes",
            "links",
            "class",
            "defect",
            "identifiable",
        ];
        let links: Vec<String> = self
            .links
            .iter()
            .map(|(id, v)| format!("{id}={v}"))
            .collect();
        let links = links.join(";");
        let row = [
            side,
            source,
            id,
            codes,
            &links,
            &self.class,
            &self.defect,
            self.identifiable,
        ];
        files.row("truth.csv", &header, &row);
    }
}

/// What the registry says about a fee line.
#[derive(Clone, Debug)]
pub(crate) struct FeeRow {
    pub(crate) method: &'static str,
    pub(crate) status: &'static str,
    pub(crate) mode: &'static str,
    /// The end of the last day to pay; none is never late.
    pub(crate) due: Option<i64>,
    pub(crate) paid_at: Option<i64>,
    pub(crate) receipt_no: String,
    /// Replaces the amount: for rows that cannot be read.
    pub(crate) amount: Option<String>,
}

impl FeeRow {
    /// A line with this method and status.
    pub(crate) fn new(method: &'static str, status: &'static str) -> Self {
        Self {
            method,
            status,
            mode: "before",
            due: None,
            paid_at: None,
            receipt_no: String::new(),
            amount: None,
        }
    }

    pub(crate) fn write(&self, files: &mut Files, dossier: &Dossier, line: &Line, agency: &str) {
        let header = [
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
            "filing_channel",
            "collection_mode",
            "paid_at",
            "receipt_no",
        ];
        let amount = self
            .amount
            .clone()
            .unwrap_or_else(|| line.amount.to_string());
        let due = self.due.map(clock::day).unwrap_or_default();
        let paid_at = self
            .paid_at
            .map(|at| clock::written(at, 2))
            .unwrap_or_default();
        let received = clock::written(dossier.received, 0);
        let row = [
            dossier.code.as_str(),
            &line.id,
            line.kind,
            &amount,
            agency,
            &dossier.procedure,
            self.method,
            &due,
            &dossier.payer.name,
            self.status,
            &received,
            "1",
            self.mode,
            &paid_at,
            &self.receipt_no,
        ];
        files.row("dossier_fees.csv", &header, &row);
    }
}

/// One transaction.
#[derive(Clone, Debug)]
pub(crate) struct TxnRow {
    pub(crate) source: &'static str,
    pub(crate) id: String,
    pub(crate) reference: Option<String>,
    pub(crate) memo: String,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) at: i64,
    pub(crate) status: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) payer: String,
    pub(crate) account: String,
    pub(crate) bank_ref: String,
    /// The accounting day where it is not the calendar day.
    pub(crate) business: Option<i64>,
    /// Replaces the amount: for rows that cannot be read.
    pub(crate) text: Option<String>,
}

impl TxnRow {
    /// A successful payment.
    pub(crate) fn new(source: &'static str, amount: i64, at: i64) -> Self {
        Self {
            source,
            id: String::new(),
            reference: None,
            memo: String::new(),
            amount,
            fee: 0,
            at,
            status: "success",
            kind: "payment",
            payer: String::new(),
            account: String::new(),
            bank_ref: String::new(),
            business: None,
            text: None,
        }
    }

    /// The day it counts under.
    pub(crate) fn booked(&self) -> i64 {
        self.business.unwrap_or_else(|| clock::number(self.at))
    }

    pub(crate) fn write(&self, files: &mut Files, style: i64) {
        let header = [
            "provider_txn_id",
            "order_ref",
            "memo",
            "amount_vnd",
            "fee_vnd",
            "net_vnd",
            "paid_at",
            "status",
            "kind",
            "payer",
            "account",
            "bank_ref",
            "business_date",
        ];
        let amount = self.text.clone().unwrap_or_else(|| self.amount.to_string());
        let (fee, net) = (self.fee.to_string(), (self.amount - self.fee).to_string());
        let business = self
            .business
            .map(|day| clock::day(day * clock::DAY))
            .unwrap_or_default();
        let at = clock::written(self.at, style);
        let row = [
            self.id.as_str(),
            self.reference.as_deref().unwrap_or_default(),
            &self.memo,
            &amount,
            &fee,
            &net,
            &at,
            self.status,
            self.kind,
            &self.payer,
            &self.account,
            &self.bank_ref,
            &business,
        ];
        files.row(file(self.source), &header, &row);
    }
}

/// One counter receipt.
#[derive(Clone, Debug)]
pub(crate) struct ReceiptRow {
    pub(crate) fee_id: String,
    pub(crate) amount: i64,
    pub(crate) at: i64,
    pub(crate) cashier: String,
    pub(crate) status: &'static str,
}

impl ReceiptRow {
    pub(crate) fn write(&self, files: &mut Files, dossier: &Dossier, id: &str, agency: &str) {
        let header = [
            "receipt_id",
            "receipt_no",
            "dossier_code",
            "fee_id",
            "amount_vnd",
            "collected_at",
            "cashier",
            "agency_code",
            "status",
        ];
        let (amount, at) = (self.amount.to_string(), clock::written(self.at, 2));
        let row = [
            id,
            id.trim_start_matches("PT"),
            &dossier.code,
            &self.fee_id,
            &amount,
            &at,
            &self.cashier,
            agency,
            self.status,
        ];
        files.row("cash_receipts.csv", &header, &row);
    }
}
