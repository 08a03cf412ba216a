//! PURE: a provider's record -> `Txn` or `Reject`.
//!
//! - The kind carries the sign: a payment written as a negative decimal is a debit.
//! - `paid_on` is the calendar day in Viet Nam; `business_date` follows the source's cut-off unless
//!   the record tells it.
//! - A row dated after the window by more than a day is refused; rows of other days are kept for
//!   their own day.
//! - The content of a row without native id is everything but its status, so that `pending` and
//!   later `success` are the same row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::SourceContext;
use super::amount;
use super::cells::{Fault, moment, plausible};
use super::ids::{self, Refused};
use super::memo::stored;
use super::raw::RawTxn;
use super::state_word;
use super::texts::Texts;
use super::versions::{Versioned, content};
use crate::domain::{
    Aside, Day, Moment, Piece, Reject, RejectCode, RowKey, Side, Spot, ToldBy, Txn, TxnKind,
    TxnStatus, Vnd, sorting,
};
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
    /// The answers in which they stood.
    pub files: Vec<ToldBy>,
}

impl TxnRows {
    /// Adds the rows of later answers.
    pub fn append(&mut self, mut later: Self) {
        let before = sorting::place(self.files.len());
        let txns = later.txns.iter_mut().map(|row| &mut row.spot.0);
        let rejects = later.rejects.iter_mut().map(|row| &mut row.spot.0);
        for spot in txns.chain(rejects) {
            spot.file = spot.file.saturating_add(before);
        }
        self.txns.append(&mut later.txns);
        self.rejects.append(&mut later.rejects);
        self.files.append(&mut later.files);
    }
}

/// One record alone. Without a native id the id is the bare `~<12 hex>`; [`read_records`] numbers
/// it.
pub fn to_txn(record: &Record, source: &SourceContext) -> Result<Txn, Reject> {
    let mut texts = Texts::default();
    let txn = judge(&record.into(), source, &mut texts);
    texts.end_block();
    txn.map_err(|refused| refused.reject)
}

/// All records of one delivery: numbered where they bring no id, in order of their ids.
pub fn read_records(records: &[Record], source: &SourceContext) -> TxnRows {
    let (mut pile, mut texts, mut answers) =
        (Pile::default(), Texts::default(), Answers::default());
    for record in records {
        let raw = RawTxn {
            spot: answers.spot(record),
            ..record.into()
        };
        pile.add(&raw, source, &mut texts);
    }
    texts.end_block();
    let mut txns = Vec::new();
    let rejects = pile.finish(&mut txns, 0);
    sort_by_id(&mut txns);
    TxnRows {
        txns,
        rejects,
        files: answers.files,
    }
}

/// The answers that brought records, each once.
#[derive(Default)]
struct Answers {
    files: Vec<ToldBy>,
    known: BTreeMap<ToldBy, u32>,
}

impl Answers {
    /// Where a record stood: in the bytes that brought it, where that is told, else as it says.
    fn spot(&mut self, record: &Record) -> Aside<Spot> {
        let (name, sha256, line) = match &record.came.0 {
            Some(came) => (&came.name, came.sha256.clone(), came.line),
            None => (&record.at.file, Arc::default(), record.at.line),
        };
        let answer = ToldBy {
            name: name.clone(),
            sha256,
        };
        let number = if let Some(number) = self.known.get(&answer) {
            *number
        } else {
            let number = sorting::place(self.files.len());
            self.files.push(answer.clone());
            self.known.insert(answer, number);
            number
        };
        Spot::of(number, line)
    }
}

/// In order of their ids, not-final rows first.
pub(super) fn sort_by_id(txns: &mut [Txn]) {
    let order = |a: &Txn, b: &Txn| (&a.id, a.status).cmp(&(&b.id, b.status));
    sorting::sort(txns, |txn| sorting::prefix_of(txn.id.as_bytes()), order);
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
    pub(super) fn add(&mut self, raw: &RawTxn<'_>, source: &SourceContext, texts: &mut Texts) {
        match judge(raw, source, texts) {
            Ok(txn) if raw.native_id().is_some() => self.named.push(txn),
            Ok(txn) => self.unnamed.push(txn),
            Err(refused) => self.refused.push(*refused),
        }
    }

    /// Adds a row that is none.
    pub(super) fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }

    /// Adds rows that came later; those with a name go to `named`.
    pub(super) fn append(&mut self, mut later: Self, named: &mut Vec<Txn>) {
        named.append(&mut later.named);
        self.unnamed.append(&mut later.unnamed);
        self.refused.append(&mut later.refused);
    }

    /// Rows with a name.
    pub(super) fn named(&self) -> usize {
        self.named.len()
    }

    /// Names what came without a name, adds every row to `txns`, which hold those of the delivery
    /// that were handed on already from `start` on, and gives the refused ones.
    pub(super) fn finish(mut self, txns: &mut Vec<Txn>, start: usize) -> Vec<Reject> {
        txns.append(&mut self.named);
        let mut unnamed = self.unnamed;
        unnamed.sort_by(|a, b| (&a.id, a.status).cmp(&(&b.id, b.status)));
        ids::number(
            &mut unnamed,
            |txn| txn.id.to_string(),
            |txn, id| txn.id = id.into(),
        );
        txns.append(&mut unnamed);
        if self.refused.is_empty() {
            return Vec::new();
        }
        let ids: BTreeSet<&str> = txns[start..].iter().map(|txn| &*txn.id).collect();
        ids::settle_refused(self.refused, |id| ids.contains(id))
    }
}

/// The judgement on one row.
fn judge(raw: &RawTxn<'_>, source: &SourceContext, texts: &mut Texts) -> Result<Txn, Box<Refused>> {
    txn_of(raw, source, texts).map_err(|fault| Box::new(refuse(raw, source, fault)))
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
            id: id.map_or_else(|| content.as_str().into(), |id| Piece::from(&*id)),
            file: raw.file.into(),
            line: raw.line,
            column: fault.column.into(),
            value: fault.value,
            code: fault.code,
            amount: amount.map(|signed| signed.amount),
            business_date: source.reject_day,
            spot: raw.spot,
        },
        content,
    }
}

fn txn_of(raw: &RawTxn<'_>, source: &SourceContext, texts: &mut Texts) -> Result<Txn, Fault> {
    check_currency(raw.currency)?;
    let money = money(raw)?;
    let told = word(raw.kind, "kind", raw.kind_text)?;
    let kind = match told {
        TxnKind::Payment if money.negative => TxnKind::Debit,
        told => told,
    };
    let status = match word(raw.status, "status", raw.status_text)? {
        // a note of the bank, an attempt, an interest of nothing: it moves no money
        told if money.amount.is_zero() && told != TxnStatus::Failed => TxnStatus::Void,
        told => told,
    };
    let paid_at = moment(raw.time_column, raw.time, raw.time_form)?;
    let paid_at = plausible(paid_at, raw.time_column, raw.time)?;
    let paid_on = paid_at.day();
    let business_date = business_date(raw, source, &paid_at)?;
    let last = source.window.map(|window| window.to.plus(1));
    if last.is_some_and(|last| paid_on > last || business_date > last.plus(1)) {
        let code = RejectCode::FutureRow;
        return Err(Fault::new(raw.time_column, raw.time, code));
    }
    let id = match raw.native_id() {
        Some(id) => texts.own(id),
        None => content_name(raw, &money, kind, &paid_at).into(),
    };
    let (memo, order_ref) = texts.memo(raw.memo, raw.order_ref);
    Ok(Txn {
        source: source.name.clone(),
        id,
        order_ref,
        memo,
        amount: money.amount,
        fee: money.fee,
        net: money.net,
        paid_at,
        paid_on,
        business_date,
        status,
        status_word: (status == TxnStatus::Unmapped)
            .then(|| state_word::of(raw.status_text, raw.payer))
            .flatten(),
        kind,
        payer: texts.shared(raw.payer),
        account: opt(raw.account).map(|text| texts.shared(text)),
        bank_ref: reference(raw.bank_ref).map(|text| texts.own(text)),
        instrument: raw.instrument.unwrap_or(source.instrument),
        spot: raw.spot,
    })
}

fn opt(raw: &str) -> Option<&str> {
    Some(raw.trim()).filter(|text| !text.is_empty())
}

/// The bank's reference. Zeros alone are none: VNPAY writes 0 while nothing was processed
/// (`vnp_TransactionNo`), and the number of the payment comes with a later answer.
fn reference(raw: &str) -> Option<&str> {
    opt(raw).filter(|text| text.bytes().any(|byte| byte != b'0'))
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
    let refuse = || Fault::new("currency", raw, RejectCode::NotVnd);
    is_dong(raw).then_some(()).ok_or_else(refuse)
}

/// True for the words that people use for the dong, and for none at all.
pub fn is_dong(currency: &str) -> bool {
    let word = currency.trim();
    let dong = ["", "VND", "VNĐ", "đ", "₫", "704"];
    dong.iter().any(|name| word.eq_ignore_ascii_case(name))
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
fn content_name(raw: &RawTxn<'_>, money: &Money, kind: TxnKind, paid_at: &Moment) -> String {
    let text = |raw: &str| stored(raw.trim()).into_owned();
    let values = [
        text(raw.order_ref),
        stored(raw.memo).into_owned(),
        money.amount.to_string(),
        money.fee.to_string(),
        money.net.to_string(),
        paid_at.ms().to_string(),
        kind.id().to_owned(),
        text(raw.payer),
        text(raw.account),
        text(raw.bank_ref),
    ];
    ids::content_id(&values.each_ref().map(String::as_str))
}

impl Versioned for Txn {
    fn key(&self) -> RowKey {
        Txn::key(self)
    }

    fn amount(&self) -> Vnd {
        self.amount
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<Piece>| value.as_deref().unwrap_or("").to_owned();
        vec![
            ("order_ref", text(&self.order_ref)),
            ("memo", self.memo.to_string()),
            ("amount_vnd", self.amount.to_string()),
            ("fee_vnd", self.fee.to_string()),
            ("net_vnd", self.net.to_string()),
            ("paid_at", self.paid_at.text().into_owned()),
            ("business_date", self.business_date.to_string()),
            ("kind", self.kind.id().to_owned()),
            ("payer", self.payer.to_string()),
            ("account", text(&self.account)),
            ("bank_ref", text(&self.bank_ref)),
            ("status", self.state().into_owned()),
        ]
    }
}

/// Orders rows by id, then by content.
pub(super) fn by_id_and_content(a: &Txn, b: &Txn) -> std::cmp::Ordering {
    let ids = (&a.source, &a.id).cmp(&(&b.source, &b.id));
    ids.then_with(|| content(a).cmp(&content(b)))
}
