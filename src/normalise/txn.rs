//! PURE: a provider's record -> `Txn` or `Reject`.
//!
//! - The kind carries the sign: a payment written as a negative decimal is a debit.
//! - `paid_on` is the calendar day in Viet Nam; `business_date` follows the source's cut-off unless
//!   the record tells it.
//! - A row dated after the window by more than a day is refused; rows of other days are kept for
//!   their own day.
//! - The content of a row without native id is everything but its status, so that `pending` and
//!   later `success` are the same row.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::SourceContext;
use super::amount;
use super::cells::{Fault, moment, plausible};
use super::ids::{self, Refused};
use super::memo::stored;
use super::raw::RawTxn;
use super::versions::{Versioned, content};
use crate::domain::{Day, Moment, Reject, RejectCode, RowKey, Side, Txn, TxnKind, Vnd, sorting};
use crate::source::Record;

/// The rows of one delivery (one listing, one answer or one file), numbered, in order of their
/// ids. Versions of one id that contradict each other all stand here: [`super::merge`] tells them
/// apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnRows {
    /// Readable rows.
    pub txns: Vec<Txn>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

/// One record alone. Without a native id the id is the bare `~<12 hex>`; [`read_records`] numbers
/// it.
pub fn to_txn(record: &Record, source: &SourceContext) -> Result<Txn, Reject> {
    judge(&record.into(), source).map_err(|refused| refused.reject)
}

/// All records of one delivery: numbered where they bring no id, in order of their ids.
pub fn read_records(records: &[Record], source: &SourceContext) -> TxnRows {
    let mut pile = Pile::default();
    for record in records {
        pile.add(&record.into(), source);
    }
    pile.finish()
}

/// Judged rows of one delivery, still in order of arrival.
#[derive(Debug, Default)]
pub(super) struct Pile {
    named: Vec<Txn>,
    unnamed: Vec<Txn>,
    refused: Vec<Refused>,
}

impl Pile {
    /// Judges a row.
    pub(super) fn add(&mut self, raw: &RawTxn<'_>, source: &SourceContext) {
        match judge(raw, source) {
            Ok(txn) if raw.native_id().is_some() => self.named.push(txn),
            Ok(txn) => self.unnamed.push(txn),
            Err(refused) => self.refused.push(*refused),
        }
    }

    /// Adds a row that is none.
    pub(super) fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }

    /// Names what came without a name.
    pub(super) fn finish(self) -> TxnRows {
        let (mut txns, mut unnamed) = (self.named, self.unnamed);
        unnamed.sort_by(|a, b| (&a.id, a.status).cmp(&(&b.id, b.status)));
        ids::number(
            &mut unnamed,
            |txn| txn.id.to_string(),
            |txn, id| txn.id = id.into(),
        );
        txns.append(&mut unnamed);
        let order = |a: &Txn, b: &Txn| (&a.id, a.status).cmp(&(&b.id, b.status));
        sorting::sort(&mut txns, |txn| sorting::prefix(&txn.id), order);
        let rejects = if self.refused.is_empty() {
            Vec::new()
        } else {
            let ids: BTreeSet<&str> = txns.iter().map(|txn| &*txn.id).collect();
            ids::settle_refused(self.refused, |id| ids.contains(id))
        };
        TxnRows { txns, rejects }
    }
}

/// The judgement on one row.
fn judge(raw: &RawTxn<'_>, source: &SourceContext) -> Result<Txn, Box<Refused>> {
    txn_of(raw, source).map_err(|fault| Box::new(refuse(raw, source, fault)))
}

fn refuse(raw: &RawTxn<'_>, source: &SourceContext, fault: Fault) -> Refused {
    let content = ids::content_id(&raw.texts());
    let amount = match fault.code {
        RejectCode::NotVnd => None,
        _ => amount::read(raw.amount, raw.amount_form).ok(),
    };
    let id = raw.native_id().map(stored);
    Refused {
        named: id.is_some(),
        reject: Reject {
            side: Side::Txn,
            source: source.name.clone(),
            id: id.map_or_else(|| content.as_str().into(), |id| Arc::from(&*id)),
            file: raw.file.into(),
            line: raw.line,
            column: fault.column.into(),
            value: fault.value,
            code: fault.code,
            amount: amount.map(|signed| signed.amount),
            business_date: source.reject_day,
        },
        content,
    }
}

fn txn_of(raw: &RawTxn<'_>, source: &SourceContext) -> Result<Txn, Fault> {
    check_currency(raw.currency)?;
    let money = money(raw)?;
    let told = word(raw.kind, "kind", raw.kind_text)?;
    let kind = match told {
        TxnKind::Payment if money.negative => TxnKind::Debit,
        told => told,
    };
    let status = word(raw.status, "status", raw.status_text)?;
    let paid_at = moment(raw.time_column, raw.time, raw.time_form)?;
    let paid_at = plausible(paid_at, raw.time_column, raw.time)?;
    let paid_on = paid_at.day();
    let business_date = business_date(raw, source, &paid_at)?;
    let last = source.window.map(|window| window.to.plus(1));
    if last.is_some_and(|last| paid_on > last || business_date > last.plus(1)) {
        let code = RejectCode::FutureRow;
        return Err(Fault::new(raw.time_column, raw.time, code));
    }
    let mut txn = Txn {
        source: source.name.clone(),
        id: "".into(),
        order_ref: opt(raw.order_ref),
        memo: stored(raw.memo).into(),
        amount: money.amount,
        fee: money.fee,
        net: money.net,
        paid_at,
        paid_on,
        business_date,
        status,
        kind,
        payer: stored(raw.payer.trim()).into(),
        account: opt(raw.account),
        bank_ref: opt(raw.bank_ref),
        instrument: raw.instrument.unwrap_or(source.instrument),
    };
    txn.id = match raw.native_id() {
        Some(id) => Arc::from(&*stored(id)),
        None => content_name(&txn).into(),
    };
    Ok(txn)
}

fn opt(raw: &str) -> Option<Box<str>> {
    let text = raw.trim();
    (!text.is_empty()).then(|| stored(text).into())
}

fn word<T>(read: Option<T>, column: &'static str, text: &str) -> Result<T, Fault> {
    let code = if text.trim().is_empty() {
        RejectCode::MissingValue
    } else {
        RejectCode::UnknownWord
    };
    read.ok_or_else(|| Fault::new(column, text, code))
}

/// No currency means VND; the words people use for it are understood, any other is refused.
fn check_currency(raw: &str) -> Result<(), Fault> {
    let word = raw.trim();
    let dong = ["", "VND", "VNĐ", "đ", "₫", "704"];
    let known = dong.iter().any(|name| word.eq_ignore_ascii_case(name));
    let refuse = || Fault::new("currency", raw, RejectCode::NotVnd);
    known.then_some(()).ok_or_else(refuse)
}

struct Money {
    amount: Vnd,
    fee: Vnd,
    net: Vnd,
    negative: bool,
}

/// Amount, fee and net. What is not told follows from the other two; what is told is kept even if
/// it does not add up, because that is what matching must see.
fn money(raw: &RawTxn<'_>) -> Result<Money, Fault> {
    let column = raw.amount_column;
    if raw.amount.is_empty() {
        return Err(Fault::new(column, "", RejectCode::MissingValue));
    }
    let form = raw.amount_form;
    let read = |column: &'static str, text: &str| {
        amount::read(text, form).map_err(|code| Fault::new(column, text, code))
    };
    let signed = read(column, raw.amount)?;
    let part = |column: &'static str, text: &str| {
        let told = (!text.is_empty()).then(|| read(column, text));
        told.transpose().map(|part| part.map(|part| part.amount))
    };
    let (fee, net) = (part("fee_vnd", raw.fee)?, part("net_vnd", raw.net)?);
    let less = |part: Vnd, column: &'static str, text: &str| {
        let rest = signed.amount.checked_sub(part).ok();
        let rest = rest.filter(|rest| *rest >= Vnd::ZERO);
        rest.ok_or_else(|| Fault::new(column, text, RejectCode::NegativeAmount))
    };
    let (fee, net) = match (fee, net) {
        (Some(fee), Some(net)) => (fee, net),
        (Some(fee), None) => (fee, less(fee, "fee_vnd", raw.fee)?),
        (None, Some(net)) => (less(net, "net_vnd", raw.net)?, net),
        (None, None) => (Vnd::ZERO, signed.amount),
    };
    Ok(Money {
        amount: signed.amount,
        fee,
        net,
        negative: signed.negative,
    })
}

fn business_date(raw: &RawTxn<'_>, source: &SourceContext, paid_at: &Moment) -> Result<Day, Fault> {
    let told = raw.business_date.trim();
    if told.is_empty() {
        return Ok(source.cutoff.business_date(paid_at));
    }
    Day::parse(told).map_err(|_| Fault::new("business_date", told, RejectCode::BadDay))
}

/// The name of a row by its content: everything but the status.
fn content_name(txn: &Txn) -> String {
    let fields = txn.fields();
    let told = fields.iter().filter(|(name, _)| *name != "status");
    let paid_at = txn.paid_at.ms().to_string();
    let values: Vec<&str> = told
        .map(|(name, value)| {
            if *name == "paid_at" {
                &paid_at
            } else {
                value.as_str()
            }
        })
        .collect();
    ids::content_id(&values)
}

impl Versioned for Txn {
    fn key(&self) -> RowKey {
        Txn::key(self)
    }

    fn amount(&self) -> Vnd {
        self.amount
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<Box<str>>| value.as_deref().unwrap_or("").to_owned();
        vec![
            ("order_ref", text(&self.order_ref)),
            ("memo", self.memo.to_string()),
            ("amount_vnd", self.amount.to_string()),
            ("fee_vnd", self.fee.to_string()),
            ("net_vnd", self.net.to_string()),
            ("paid_at", self.paid_at.text().to_owned()),
            ("kind", self.kind.id().to_owned()),
            ("payer", self.payer.to_string()),
            ("account", text(&self.account)),
            ("bank_ref", text(&self.bank_ref)),
            ("status", self.status.id().to_owned()),
        ]
    }
}

/// Orders rows by id, then by content.
pub(super) fn by_id_and_content(a: &Txn, b: &Txn) -> std::cmp::Ordering {
    let ids = (&a.source, &a.id).cmp(&(&b.source, &b.id));
    ids.then_with(|| content(a).cmp(&content(b)))
}
