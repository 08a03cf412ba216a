//! `[source.record]` and `[source.refund]`: how rows are cut out of an answer.

use std::collections::BTreeMap;

use super::{Mode, Names, pointer, template, words};
use crate::config::ConfigError;
use crate::config::section::{Item, Section};
use crate::domain::{Instrument, TxnKind, TxnStatus};
use crate::source::AmountForm;
use crate::source::provider::rest::spec::{Amount, Refund, Shape, Time, Told, Words, Written};
use crate::source::provider::rest::template::Template;

const AMOUNT_FORMS: &[(&str, AmountForm)] = &[
    ("digits", AmountForm::Digits),
    ("decimal", AmountForm::Decimal),
    ("hundredths", AmountForm::Hundredths),
];
const TIME_FORMS: &[(&str, Written)] = &[
    ("iso", Written::Iso),
    ("iso_or_day", Written::IsoOrDay),
    ("compact", Written::Compact),
    ("compact_or_iso", Written::CompactOrIso),
    ("unix", Written::Seconds),
    ("unix_ms", Written::Ms),
];

pub(super) fn read(table: &mut Section<'_>, names: &Names<'_>) -> Result<Shape, ConfigError> {
    let amount = amount(table, names)?;
    let form = table.get("amount_form").map(|item| item.word(AMOUNT_FORMS));
    let fix = "say where the time stands: time = \"/paidAt\"";
    let time_item = table.require("time", fix)?;
    let time = time(table, names, &time_item)?;
    let status = table.section("status")?;
    if names.mode == Mode::Probe && status.is_none() {
        let fix = "add [source.record.status] with at, success, pending, failed: what it does not list is never paid";
        return Err(table.fail("source.record.status is missing".to_owned(), fix));
    }
    let mut text = |key: &'static str| {
        let item = table.get(key);
        item.map(|item| template(&item, names.of_record()))
            .transpose()
    };
    let (id, order, memo) = (text("id")?, text("order")?, text("memo")?);
    let (fee, net, currency) = (text("fee")?, text("net")?, text("currency")?);
    let (payer, account) = (text("payer")?, text("account")?);
    let amount_else = text("amount_else")?;
    let (bank_ref, business_date) = (text("bank_ref")?, text("business_date")?);
    let zero = table.get("zero_is_none").map(|item| item.flag());
    let kind = table.section("kind")?;
    let means = table.section("instrument")?;
    let means_of_money = |means: Instrument| (means != Instrument::Cash).then_some(means);
    let shape = Shape {
        id,
        order,
        memo,
        amount,
        amount_form: form.transpose()?.unwrap_or_default(),
        amount_else,
        zero_is_none: zero.transpose()?.unwrap_or(false),
        fee,
        net,
        currency,
        time,
        payer,
        account,
        bank_ref,
        business_date,
        status: status.map(statuses).transpose()?,
        kind: kind
            .map(|table| map(table, TxnKind::ALL, TxnKind::id, Some))
            .transpose()?,
        instrument: means
            .map(|table| map(table, Instrument::ALL, Instrument::id, means_of_money))
            .transpose()?,
    };
    table.check()?;
    Ok(shape)
}

fn amount(table: &mut Section<'_>, names: &Names<'_>) -> Result<Amount, ConfigError> {
    let mut text = |key: &'static str| {
        let item = table.get(key);
        item.map(|item| template(&item, names.of_record()))
            .transpose()
    };
    let (one, inn, out) = (text("amount")?, text("amount_in")?, text("amount_out")?);
    let sum = table.section("amount_sum")?;
    match (one, inn, out, sum) {
        (Some(one), None, None, None) => Ok(Amount::One(one)),
        (None, Some(inn), Some(out), None) => Ok(Amount::Columns(inn, out)),
        (None, None, None, Some(mut sum)) => {
            let fix = "write amount_sum = { list = \"/transactions\", at = \"/amount\" }";
            let list = pointer(&sum.require("list", fix)?)?;
            let at = pointer(&sum.require("at", fix)?)?;
            sum.finish()?;
            Ok(Amount::Sum(list, at))
        }
        _ => {
            let fix = "write amount = \"/amount\", or amount_in and amount_out, or amount_sum";
            Err(table.fail("source.record tells no one amount".to_owned(), fix))
        }
    }
}

fn time(table: &mut Section<'_>, names: &Names<'_>, item: &Item<'_>) -> Result<Time, ConfigError> {
    let at = template(item, names.of_record())?;
    let form = table.get("time_form").map(|item| item.word(TIME_FORMS));
    let otherwise = table.get("time_else");
    let otherwise = otherwise.map(|item| template(&item, names.of_record()));
    let if_paid = table.get("time_if_paid").map(|item| item.flag());
    Ok(Time {
        at,
        if_paid: if_paid.transpose()?.unwrap_or(false),
        form: form.transpose()?.unwrap_or(Written::Iso),
        otherwise: otherwise.transpose()?,
    })
}

fn statuses(table: Section<'_>) -> Result<Words<TxnStatus>, ConfigError> {
    map(table, TxnStatus::ALL, TxnStatus::id, Some)
}

/// `at`, and for each of our words the source's: `success = ["00"]`.
fn map<T: Copy + PartialEq>(
    mut table: Section<'_>,
    all: &'static [T],
    id: fn(T) -> &'static str,
    allowed: impl Fn(T) -> Option<T>,
) -> Result<Words<T>, ConfigError> {
    let fix = "say where the word stands: at = \"/status\"";
    let at = pointer(&table.require("at", fix)?)?;
    let mut found = BTreeMap::new();
    for meaning in all.iter().copied().filter_map(allowed) {
        let Some(item) = table.get(id(meaning)) else {
            continue;
        };
        for word in words(&item)? {
            if found
                .insert(word.clone(), meaning)
                .is_some_and(|before| before != meaning)
            {
                let message = format!("{}: \"{word}\" has two meanings", item.path());
                return Err(item.fail(message, "give each word one meaning"));
            }
        }
    }
    table.finish()?;
    Ok(Words { at, words: found })
}

pub(super) fn refund(
    table: Option<Section<'_>>,
    names: &Names<'_>,
) -> Result<Option<Refund>, ConfigError> {
    let Some(mut table) = table else {
        return Ok(None);
    };
    if names.mode == Mode::List {
        let fix = "say which rows are refunds with [source.record.kind]";
        return Err(table.fail("source.refund is for probes".to_owned(), fix));
    }
    let list = table.get("list").map(|item| pointer(&item)).transpose()?;
    let when = table.section("when")?;
    let told = match (list, when) {
        (Some(list), None) => Told::List(list),
        (None, Some(mut when)) => {
            let fix = "write when = { at = \"/type\", is = [\"02\", \"03\"] }";
            let at = pointer(&when.require("at", fix)?)?;
            let is = words(&when.require("is", fix)?)?;
            when.finish()?;
            Told::Instead(at, is)
        }
        _ => {
            let fix = "write list = \"/refunds\", or when = { at = \"/type\", is = [\"02\"] }";
            return Err(table.fail("source.refund is told nowhere".to_owned(), fix));
        }
    };
    let fix = "say where the number of a refund stands: number = \"/refundId\"";
    let number_item = table.require("number", fix)?;
    let number: Template = template(&number_item, names.of_record())?;
    let mut text = |key: &'static str| {
        let item = table.get(key);
        item.map(|item| template(&item, names.of_record()))
            .transpose()
    };
    let (amount, number_else) = (text("amount")?, text("number_else")?);
    if matches!(told, Told::List(_)) && amount.is_none() {
        let fix = "say where the amount of a refund stands: amount = \"/amount\"";
        return Err(table.fail("source.refund.amount is missing".to_owned(), fix));
    }
    let time = match table.get("time") {
        Some(item) => Some(time(&mut table, names, &item)?),
        None => None,
    };
    let status = table.section("status")?.map(statuses).transpose()?;
    table.finish()?;
    Ok(Some(Refund {
        told,
        number,
        number_else,
        amount,
        time,
        status,
    }))
}
