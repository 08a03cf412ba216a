//! Pure: a row as it came, for a person: without empty fields, personal data masked.

use serde::Serialize;

use crate::classify::Classified;
use crate::domain::{Day, DossierCode, Fee, Lang, Receipt, RowKey, Side, Txn};
use crate::matching::Evidence;
use crate::report::RunFacts;
use crate::text;
use crate::text::letter::Matter;

use super::breakdown::instrument_word;
use super::index::Index;
use crate::text::moment;

/// A label and a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// The value; personal data is masked.
    pub value: String,
}

/// The row as it came, without empty fields, personal data masked.
pub(super) fn row_facts(run: &RunFacts, index: &Index<'_>, key: &RowKey) -> Vec<Fact> {
    let lang = run.lang;
    let facts = if let Some(txn) = index.txn(key) {
        txn_facts(lang, txn)
    } else if let Some(receipt) = index.receipt(key) {
        receipt_facts(lang, receipt)
    } else if let Some(fee) = index.fee(key) {
        fee_facts(run, fee)
    } else {
        Vec::new()
    };
    let fact = |(label, value)| Fact { label, value };
    facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(fact)
        .collect()
}

/// What to write about a row, and to whom.
pub(super) fn letter(index: &Index<'_>, lang: Lang, row: &Classified) -> Option<(String, String)> {
    text::letter::letter(lang, &matter(index, row))
}

/// What to write to the provider about a payment whose refund was asked for on a day and has not
/// come; none for a row that is no payment.
pub(super) fn refund_letter(
    index: &Index<'_>,
    lang: Lang,
    row: &Classified,
    asked: Day,
) -> Option<(String, String)> {
    let is_money = row.key.side == Side::Txn;
    is_money.then(|| text::letter::refund(lang, &matter(index, row), asked))
}

fn matter<'m>(index: &Index<'m>, row: &'m Classified) -> Matter<'m> {
    let dossier = row.dossier_code.as_ref().map_or("", DossierCode::as_str);
    let (amount, day) = (row.amount, row.business_date);
    let matter = Matter::of(row.class, &row.key, dossier, amount, day);
    let place = row.evidence.iter().find_map(Evidence::place);
    matter.with(index.txn(&row.key)).standing(place)
}

fn txn_facts(lang: Lang, txn: &Txn) -> Vec<(String, String)> {
    let account = txn.account.as_deref();
    vec![
        (text::say(lang, "field-source", &[]), txn.source.to_string()),
        (
            text::say(lang, "field-paid-at", &[]),
            moment(lang, &txn.paid_at),
        ),
        (
            text::say(lang, "field-memo", &[]),
            text::mask_memo(&txn.memo, &txn.payer, account),
        ),
        (
            text::say(lang, "field-order", &[]),
            txn.order_ref.as_deref().unwrap_or("").to_owned(),
        ),
        (
            text::say(lang, "field-payer", &[]),
            text::mask_party(&txn.payer),
        ),
        (
            text::say(lang, "field-account", &[]),
            account.map_or_else(String::new, text::mask_account),
        ),
        (
            text::say(lang, "field-bank-ref", &[]),
            txn.bank_ref.as_deref().unwrap_or("").to_owned(),
        ),
    ]
}

fn receipt_facts(lang: Lang, receipt: &Receipt) -> Vec<(String, String)> {
    vec![
        (
            text::say(lang, "field-receipt-no", &[]),
            receipt.receipt_no.to_string(),
        ),
        (
            text::say(lang, "field-collected-at", &[]),
            moment(lang, &receipt.collected_at),
        ),
        (
            text::say(lang, "field-cashier", &[]),
            text::mask_name(&receipt.cashier),
        ),
    ]
}

fn fee_facts(run: &RunFacts, fee: &Fee) -> Vec<(String, String)> {
    let lang = run.lang;
    let code = &*fee.procedure_code;
    let procedure = run.catalogue.procedure(code);
    let due = fee
        .due_at
        .as_ref()
        .map_or_else(String::new, |at| moment(lang, at));
    vec![
        (
            text::say(lang, "field-procedure", &[]),
            procedure.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})")),
        ),
        (
            text::say(lang, "field-declared", &[]),
            instrument_word(lang, fee.declared_method.id()),
        ),
        (text::say(lang, "field-due-at", &[]), due),
        (
            text::say(lang, "field-payer", &[]),
            text::mask_party(&fee.payer_name),
        ),
    ]
}

/// The field of the dossier that a row belongs to or names.
pub(super) fn field(index: &Index<'_>, row: &Classified) -> String {
    let dossier = row.dossier_code.as_ref();
    let field = dossier.and_then(|dossier| index.field_of(dossier));
    field.unwrap_or_default().to_owned()
}
