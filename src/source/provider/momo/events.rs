//! The events behind an answer of MoMo: the payment, and what went back of it. Pure.

use std::collections::BTreeMap;

use super::Rules;
use crate::domain::{PaymentOrder, TxnKind, TxnStatus};
use crate::source::error::BodyFault;
use crate::source::json::Json;
use crate::source::provider::probing::Found;
use crate::source::provider::states::{payment_of, some};
use crate::source::{AmountForm, Record, TimeForm};

/// The events of an answer about `order`.
pub(super) fn found(json: &Json, order: &PaymentOrder, rules: &Rules) -> Result<Found, BodyFault> {
    let field = |key: &str| json.word_of(key).unwrap_or_default();
    let code = field("resultCode");
    let status = rules.states.meaning(code);
    let mut payment = Record {
        memo: field("orderInfo").into(),
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        status: Some(status),
        status_text: code.into(),
        bank_ref: some(field("transId")),
        ..payment_of(order, "query")
    };
    if payment.amount.is_none() && matches!(status, TxnStatus::Pending | TxnStatus::Failed) {
        // An answer that says that nothing was paid need not name an amount.
        payment.amount = Some(order.amount.wide().to_string().into());
    }
    // Only a payment has a time of its own; until then the field tells when MoMo answered.
    let time = rules.time_field.as_deref().map(field).and_then(some);
    if let (TxnStatus::Success, Some(time)) = (status, time) {
        payment.time = Some(time);
        payment.time_column = "time_field";
        payment.time_form = TimeForm::EpochMs;
    }
    let mut told = vec![payment];
    match json.get("refundTrans") {
        None | Some(Json::Null) => {}
        Some(Json::List(all)) => {
            let mut back = Vec::new();
            for (one, line) in all.iter().zip(2..) {
                let order = rules.refund_fields.get("order_id");
                let order = order.and_then(|member| one.word_of(member));
                let row = refund(one, line, &told[0], rules)?;
                back.extend(row.map(|row| (row, order.unwrap_or_default())));
            }
            told.extend(apart(back));
        }
        Some(_) => return Err(BodyFault::Shape("refundTrans")),
    }
    Ok(Found {
        told,
        implied: Vec::new(),
    })
}

/// Rows of refunds: of several orders to refund under one number, as one that is the payment's own
/// would be, the earliest has the number and each other one its own order.
fn apart(mut rows: Vec<(Record, &str)>) -> Vec<Record> {
    let at = |row: &Record| row.time.as_deref().and_then(|ms| ms.parse::<u64>().ok());
    rows.sort_by(|a, b| (at(&a.0), a.1).cmp(&(at(&b.0), b.1)));
    let mut first: BTreeMap<Box<str>, &str> = BTreeMap::new();
    for (row, order) in &mut rows {
        let order = *order;
        let Some(id) = row.id.clone().filter(|_| !order.is_empty()) else {
            continue;
        };
        if *first.entry(id.clone()).or_insert(order) != order
            && let Some((payment, _)) = id.rsplit_once('#')
        {
            row.id = Some(format!("{payment}#{order}").into());
        }
    }
    rows.sort_by_key(|(row, _)| row.at.line);
    rows.into_iter().map(|(row, _)| row).collect()
}

/// The row of one refund; none while it has no number and nothing has moved.
fn refund(
    one: &Json,
    line: u64,
    payment: &Record,
    rules: &Rules,
) -> Result<Option<Record>, BodyFault> {
    let field = |name: &str| -> &str {
        let member = rules.refund_fields.get(name);
        let word = member.and_then(|member| one.word_of(member));
        word.unwrap_or_default()
    };
    let code = field("status");
    let status = rules.refund_states.meaning(code);
    let number = some(field("id"));
    if number.is_none() && status == TxnStatus::Pending {
        return Ok(None);
    }
    let number = number.or_else(|| some(field("order_id")));
    let number = number.ok_or(BodyFault::Shape("refundTrans.transId"))?;
    let order = payment.order_ref.as_deref().unwrap_or_default();
    let mut refund = Record {
        id: Some(format!("{order}#{number}").into()),
        kind: Some(TxnKind::Refund),
        amount: some(field("amount")),
        amount_column: "refundTrans.amount",
        status: Some(status),
        status_text: code.into(),
        bank_ref: Some(number),
        // A refund is measured against its payment, not against the order.
        order_amount: None,
        ..payment.clone()
    };
    refund.at.line = line;
    if let Some(time) = some(field("time")) {
        refund.time = Some(time);
        refund.time_column = "refundTrans.createdTime";
        refund.time_form = TimeForm::EpochMs;
    }
    Ok(Some(refund))
}
