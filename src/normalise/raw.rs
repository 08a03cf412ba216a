//! A transaction's texts, borrowed: what a provider record and a row of our own file have in
//! common when they are judged.

use crate::domain::{Aside, Instrument, Spot, TxnKind, TxnStatus};
use crate::source::{AmountForm, Record, TimeForm};

/// See [`Record`]; empty texts mean that nothing was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawTxn<'a> {
    pub(super) file: &'a str,
    pub(super) line: u64,
    /// Where it stood in the bytes that were delivered.
    pub(super) spot: Aside<Spot>,
    pub(super) id: &'a str,
    pub(super) order_ref: &'a str,
    pub(super) memo: &'a str,
    pub(super) amount: &'a str,
    pub(super) amount_column: &'static str,
    pub(super) amount_form: AmountForm,
    pub(super) fee: &'a str,
    pub(super) net: &'a str,
    pub(super) currency: &'a str,
    pub(super) time: &'a str,
    pub(super) time_column: &'static str,
    pub(super) time_form: TimeForm,
    pub(super) status: Option<TxnStatus>,
    pub(super) status_text: &'a str,
    pub(super) kind: Option<TxnKind>,
    pub(super) kind_text: &'a str,
    pub(super) payer: &'a str,
    pub(super) account: &'a str,
    pub(super) bank_ref: &'a str,
    pub(super) instrument: Option<Instrument>,
    pub(super) business_date: &'a str,
}

impl<'a> From<&'a Record> for RawTxn<'a> {
    fn from(record: &'a Record) -> Self {
        let text = |value: &'a Option<Box<str>>| value.as_deref().unwrap_or("");
        let named =
            |column: &'static str, default| if column.is_empty() { default } else { column };
        Self {
            file: &record.at.file,
            line: record.at.line,
            spot: Spot::line(record.at.line),
            id: text(&record.id),
            order_ref: text(&record.order_ref),
            memo: &record.memo,
            amount: text(&record.amount),
            amount_column: named(record.amount_column, "amount"),
            amount_form: record.amount_form,
            fee: text(&record.fee),
            net: text(&record.net),
            currency: text(&record.currency),
            time: text(&record.time),
            time_column: named(record.time_column, "time"),
            time_form: record.time_form,
            status: record.status,
            status_text: &record.status_text,
            kind: record.kind,
            kind_text: &record.kind_text,
            payer: &record.payer,
            account: text(&record.account),
            bank_ref: text(&record.bank_ref),
            instrument: record.instrument,
            business_date: text(&record.business_date),
        }
    }
}

impl RawTxn<'_> {
    /// The row's own id, where it has one.
    pub(super) fn native_id(&self) -> Option<&str> {
        Some(self.id.trim()).filter(|id| !id.is_empty())
    }

    /// Everything that was told, as received: the content of a row that cannot be read.
    pub(super) fn texts(&self) -> [&str; 14] {
        [
            self.id,
            self.order_ref,
            self.memo,
            self.amount,
            self.fee,
            self.net,
            self.currency,
            self.time,
            self.status_text,
            self.kind_text,
            self.payer,
            self.account,
            self.bank_ref,
            self.business_date,
        ]
    }
}
