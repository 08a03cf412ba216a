//! PURE: entries of statements and rows of settlement files -> transactions or rejects.
//!
//! A bank's reference may repeat (of one bank it is unique within a day only), so an entry is known
//! by day, reference, amount and direction, and without a reference by what it is for;
//! equal ones are told apart by their occurrence ([`super::again`]). A provider's own id of a
//! payment in a settlement file is unique; what went back of one stands under its id and is told
//! apart in the same way.

use rust_decimal::Decimal;

use super::amount::text;
use super::corrections::Undone;
use super::heading::Role;
use super::open::Table;
use super::reading::number_of;
use super::{Statement, TableRow, is_power, message, settlement};
use crate::domain::fold::squeeze;
use crate::domain::{DossierCode, Reject, RejectCode, Side, Spot, Txn, TxnKind, TxnStatus};
use crate::format::GridRow;
use crate::format::message::{Bad, Cut, Entry};
use crate::normalise::cells::Fault;
use crate::normalise::memo::stored;
use crate::normalise::{SourceContext, ids, to_txn};
use crate::source::{AmountForm, At, FileRole, Mapping, Record, TimeForm};

/// Words that stand where no reference does.
const NO_REFERENCE: [&str; 5] = ["NONREF", "NOTPROVIDED", "NOREF", "0", "-"];

/// A row made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// A transaction with the provider's own id.
    Named(Txn),
    /// A transaction whose id still lacks its occurrence.
    Bare(Txn),
    /// What went back, by its payment's id and its day; it may be one of several.
    Returned(Txn),
    /// A row that cannot be read; its id still lacks its occurrence.
    Bad(Reject),
}

/// Makes rows of one file.
#[derive(Clone, Copy, Debug)]
pub struct Maker<'a> {
    /// The source.
    pub context: &'a SourceContext,
    /// The file's name.
    pub file: &'a str,
    /// What its files tell.
    pub role: FileRole,
    /// Only rows of this account; also the account of rows that tell none.
    pub account: Option<&'a str>,
    /// How tables are read.
    pub mapping: &'a Mapping,
}

impl Maker<'_> {
    /// The account of what tells `told`; none when it is another than the source's.
    pub fn own(&self, told: &str) -> Option<Box<str>> {
        let told = number_of(told);
        let wanted = self.account.map(number_of);
        match wanted {
            Some(wanted) if told.is_empty() || told == wanted => Some(wanted),
            Some(_) => None,
            None => Some(told),
        }
    }

    /// The rows of an entry: one for each transaction in it where their amounts add up to it.
    pub fn entry(&self, account: &str, currency: &str, entry: &Entry, out: &mut dyn FnMut(Made)) {
        let parts = message::split(entry);
        if parts.is_empty() {
            out(self.make(&self.of_entry(account, currency, entry), |_| None));
        }
        for part in parts {
            let entry = Entry {
                amount: part.amount.clone(),
                reference: part.reference.clone(),
                bank_ref: if part.bank_ref.is_empty() {
                    entry.bank_ref.clone()
                } else {
                    part.bank_ref.clone()
                },
                memo: part.memo.clone(),
                party: part.party.clone(),
                parts: Vec::new(),
                ..entry.clone()
            };
            out(self.make(&self.of_entry(account, currency, &entry), |_| None));
        }
    }

    fn of_entry(&self, account: &str, currency: &str, entry: &Entry) -> Record {
        let sign = if entry.credit { "" } else { "-" };
        let amount = match message::amount(&entry.amount) {
            Some(_) => format!("{sign}{}", message::plain(&entry.amount)),
            None => entry.amount.to_string(),
        };
        // what the bank took back: a credit goes out, a debit comes in
        let side = if entry.credit {
            Undone::Debit
        } else {
            Undone::Credit
        };
        let undone = entry.reversal.then_some(side);
        let booked = [&entry.booked, &entry.value];
        let booked = booked.into_iter().find(|day| !day.is_empty());
        let reference = opt(&entry.reference);
        let state = if entry.pending {
            TxnStatus::Pending
        } else {
            TxnStatus::Success
        };
        let texts = [entry.memo.as_str(), &*entry.reference];
        Record {
            amount: Some(
                amount
                    .trim_start_matches(if undone.is_some() { "-" } else { "" })
                    .into(),
            ),
            amount_form: AmountForm::Decimal,
            currency: Some(if entry.currency.is_empty() {
                currency.into()
            } else {
                entry.currency.clone()
            }),
            time: booked.map(|day| message::iso(day).into()),
            memo: entry.memo.as_str().into(),
            payer: entry.party.clone(),
            kind: Some(undone.map_or(TxnKind::Payment, Undone::kind)),
            status: Some(undone.map_or(state, |undone| undone.status(texts, state))),
            order_ref: reference
                .filter(|reference| DossierCode::parse(reference).is_ok())
                .map(Into::into),
            bank_ref: opt(&entry.bank_ref).or(reference).map(Into::into),
            ..self.record(account, entry.line)
        }
    }

    fn record(&self, account: &str, line: u64) -> Record {
        Record {
            at: At {
                file: self.file.into(),
                line,
            },
            amount_column: "amount",
            time_column: "time",
            time_form: TimeForm::IsoOrDay,
            account: opt(account).map(Into::into),
            ..Record::default()
        }
    }

    /// A field of a message that is none.
    pub fn bad(&self, account: &str, bad: &Bad) -> Made {
        let fault = Fault::new("", &bad.value, RejectCode::BadRecord);
        self.misread(account, (bad.line, bad.field, fault))
    }

    /// A balance or a sum of entries that is no amount.
    pub fn misread(&self, account: &str, (line, field, fault): message::Misread) -> Made {
        let told = fault.value.clone();
        self.refuse(line, field, fault, None, &[account, field, &told])
    }

    /// The end of a statement that is cut: its last entry may be half of one.
    pub fn cut_off(&self, account: &str, cut: &Cut) -> Made {
        let line = cut.line.to_string();
        let entry = cut.entry.as_deref();
        let told = entry.map(|entry| [&*entry.booked, &*entry.amount, &*entry.memo]);
        let [booked, amount, memo] = told.unwrap_or_default();
        let content = [account, self.file, &line, cut.field, booked, amount, memo];
        self.refuse(cut.line, cut.field, message::cut_off(cut), None, &content)
    }

    /// The row at a place of a table, if it is one.
    pub fn table_row(
        &self,
        table: &Table,
        statement: &Statement,
        (place, row): (usize, &GridRow),
    ) -> Option<Made> {
        let header = &statement.header;
        let cell = |role| header.cell(row, role);
        // an account that lost its digits is nobody's, and the row is refused below
        let odd = table.odd_in(place).iter();
        let mut odd = odd.filter(|odd| header.role(odd.at) == Role::Account);
        let told = Some(cell(Role::Account)).filter(|told| !is_power(told) && odd.next().is_none());
        let account = match (told.unwrap_or_default(), statement.account.as_deref()) {
            ("", told) => told.unwrap_or_default(),
            (told, _) => told,
        };
        let account = self.own(account)?;
        let content: Vec<&str> = row.cells.iter().map(AsRef::as_ref).collect();
        let heading_of = |role| table.in_sheet(place, header.heading(role).unwrap_or_default());
        if statement.cut == Some(place) {
            let whole = row.cells.join(" ");
            let fault = Fault::new("", &whole, RejectCode::CutOff);
            return Some(self.refuse(row.line, "", fault, None, &content));
        }
        let (amount, iso) = match statement.row(row) {
            TableRow::Nothing => return None,
            TableRow::Entry(amount, iso) => (amount, iso),
            TableRow::Fault(role, fault, amount) => {
                let (role, fault) = statement.blamed(table, place, (role, fault));
                let heading = heading_of(role);
                return Some(self.refuse(row.line, &heading, fault, amount, &content));
            }
        };
        if let Some(odd) = statement.odd(table, place) {
            let fault = Fault::new("", &odd.value, odd.code);
            let heading = heading_of(header.role(odd.at));
            // what a formula gives is not taken for an amount
            let known = Some(amount).filter(|_| odd.code == RejectCode::LostDigits);
            return Some(self.refuse(row.line, &heading, fault, known, &content));
        }
        let record = self.of_row(statement, row, &account, (amount, iso));
        let heading = |column: &str| {
            let role = match column {
                "amount" => header
                    .told(row)
                    .first()
                    .map_or(Role::Amount, |t| header.role(t.0)),
                "time" => Role::Time,
                "currency" if statement.unit.is_none() => Role::Currency,
                "fee_vnd" => Role::Fee,
                "net_vnd" => Role::Net,
                "kind" => Role::Kind,
                _ => return None,
            };
            let heading = header.heading(role);
            let cell = header.cell(row, role).to_owned();
            heading.map(|heading| (table.in_sheet(place, heading), cell))
        };
        Some(self.make(&record, heading))
    }

    fn of_row(
        &self,
        statement: &Statement,
        row: &GridRow,
        account: &str,
        (amount, iso): (Decimal, String),
    ) -> Record {
        let cell = |role| statement.header.cell(row, role);
        let told = |role| opt(cell(role)).map(Into::into);
        let part = |role| statement.part(row, role).map(Into::into);
        let state = statement.header.at(Role::Status);
        let state = state.map(|at| row.get(at));
        let status = settlement::status_of(state, self.mapping);
        let undone = statement.undone(row, amount);
        let undone = undone.filter(|_| self.role == FileRole::Statement);
        let texts = [cell(Role::Memo), cell(Role::OrderRef)];
        let status = undone.map_or(status, |undone| undone.status(texts, status));
        let status = match self.role {
            FileRole::Statement => status,
            FileRole::Settlement => {
                let kind = statement.header.at(Role::Kind).map(|at| row.get(at));
                settlement::status_by_kind(kind, (status, cell(Role::Status)), self.mapping)
            }
        };
        let kind = match self.role {
            FileRole::Statement => Some(undone.map_or(TxnKind::Payment, Undone::kind)),
            FileRole::Settlement => {
                let words = (cell(Role::Kind), cell(Role::Status));
                settlement::kind_of(words.0, words.1, self.mapping).map(|kind| match kind {
                    TxnKind::Payment if amount < Decimal::ZERO => TxnKind::Refund,
                    kind => kind,
                })
            }
        };
        let amount = if self.role == FileRole::Settlement || undone.is_some() {
            amount.abs()
        } else {
            amount
        };
        let currency = statement.unit.or(opt(cell(Role::Currency)));
        let currency = currency.or(statement.currency.as_deref());
        Record {
            order_ref: told(Role::OrderRef),
            memo: cell(Role::Memo).into(),
            amount: Some(text(amount).into()),
            amount_form: AmountForm::Decimal,
            fee: part(Role::Fee),
            net: part(Role::Net),
            currency: currency.map(Into::into),
            time: Some(iso.into()),
            status: Some(status),
            status_text: cell(Role::Status).into(),
            kind,
            kind_text: cell(Role::Kind).into(),
            payer: cell(Role::Payer).into(),
            bank_ref: told(Role::Reference),
            ..self.record(account, row.line)
        }
    }

    /// Judges a record and gives it its name. `heading` tells what a column is called in the file,
    /// and what stands there.
    fn make(&self, record: &Record, heading: impl Fn(&str) -> Option<(String, String)>) -> Made {
        match to_txn(record, self.context) {
            Ok(mut txn) => {
                let told = settlement::status_of(Some(&record.status_text), self.mapping);
                if [txn.status, told] != [TxnStatus::Unmapped; 2] {
                    // the file's word is a known one: something else put the row before a person
                    txn.status_word = None;
                }
                self.name(txn)
            }
            Err(mut reject) => {
                if let Some((heading, cell)) = heading(&reject.column) {
                    reject.column = heading.into();
                    if !cell.is_empty() {
                        reject.value = stored(&cell).into();
                    }
                }
                Made::Bad(reject)
            }
        }
    }

    fn name(&self, mut txn: Txn) -> Made {
        let reference = txn.bank_ref.as_deref().unwrap_or_default().to_owned();
        if self.role == FileRole::Settlement && !reference.is_empty() {
            if matches!(txn.kind, TxnKind::Refund | TxnKind::Reversal) {
                let (kind, day) = (txn.kind.id(), txn.paid_on);
                txn.id = format!("{reference}#{kind}-{day}").into();
                return Made::Returned(txn);
            }
            txn.id = reference.into();
            return Made::Named(txn);
        }
        let memo = squeeze(&txn.memo);
        // the account is compared where both tell one: another format may not
        let parts: [&str; 6] = [
            &txn.paid_on.to_string(),
            &reference,
            &txn.amount.to_string(),
            txn.kind.id(),
            txn.order_ref.as_deref().unwrap_or_default(),
            if reference.is_empty() { &memo } else { "" },
        ];
        txn.id = ids::content_id(&parts).into();
        Made::Bare(txn)
    }

    fn refuse(
        &self,
        line: u64,
        column: &str,
        fault: Fault,
        amount: Option<Decimal>,
        content: &[&str],
    ) -> Made {
        let amount = amount.and_then(|amount| crate::domain::Vnd::from_decimal(amount.abs()).ok());
        Made::Bad(Reject {
            side: Side::Txn,
            source: self.context.name.clone(),
            id: ids::content_id(content).into(),
            file: self.file.into(),
            line,
            column: column.into(),
            value: fault.value,
            code: fault.code,
            amount,
            business_date: self.context.reject_day,
            spot: Spot::line(line),
        })
    }
}

/// A text that tells something.
pub(super) fn opt(text: &str) -> Option<&str> {
    let text = text.trim();
    let none = NO_REFERENCE
        .iter()
        .any(|none| text.eq_ignore_ascii_case(none));
    (!text.is_empty() && !none).then_some(text)
}
