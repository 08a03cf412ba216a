//! The events behind a verified answer of payOS: the transfers of a link. Pure.

use crate::domain::{PaymentOrder, TxnStatus};
use crate::source::error::BodyFault;
use crate::source::json::Json;
use crate::source::provider::probing::Found;
use crate::source::provider::states::{States, payment_of, some};
use crate::source::{AmountForm, Record, TimeForm};

/// The events of a link.
pub(super) fn found(
    data: &Json,
    order: &PaymentOrder,
    states: &States,
) -> Result<Found, BodyFault> {
    let field = |key: &str| data.word_of(key).unwrap_or_default();
    let transfers = match data.get("transactions") {
        None | Some(Json::Null) => &[][..],
        Some(Json::List(all)) => all,
        Some(_) => return Err(BodyFault::Shape("transactions")),
    };
    let word = field("status");
    let told = states.meaning(word);
    let status = match told {
        // Money in a link that ended without money, and sums that do not agree, are for a person.
        TxnStatus::Failed => TxnStatus::Unmapped,
        _ if !sums_up(transfers, field("amountPaid")) => TxnStatus::Unmapped,
        told => told,
    };
    let mut rows = Vec::new();
    for (one, line) in transfers.iter().zip(1..) {
        rows.push(transfer(one, line, order, (status, word)));
    }
    // The order of transfers must not depend on the order in which they are listed.
    rows.sort_by(|a, b| (&a.time, &a.bank_ref).cmp(&(&b.time, &b.bank_ref)));
    let whole = some(field("amount"));
    let exact = rows.iter().position(|row| row.amount == whole);
    for (at, row) in rows.iter_mut().enumerate() {
        if Some(at) != exact {
            let reference = row.bank_ref.as_deref();
            let reference = reference.ok_or(BodyFault::Shape("transactions.reference"))?;
            row.id = Some(format!("{}#{reference}", order.order_id).into());
        }
    }
    // What a transfer that cannot be read was, nobody knows: it may be the whole amount, so
    // nothing is said of the link, and the order stays open.
    if exact.is_none() && rows.iter().all(has_amount) {
        rows.insert(0, link(data, order, told, transfers.is_empty()));
    }
    Ok(Found {
        told: rows,
        implied: Vec::new(),
    })
}

/// True when the amount is one that a row can have.
fn has_amount(row: &Record) -> bool {
    let amount = row.amount.as_deref().unwrap_or_default();
    (1..=15).contains(&amount.len()) && amount.bytes().all(|b| b.is_ascii_digit())
}

/// The row of the link as a whole, when no transfer is.
fn link(data: &Json, order: &PaymentOrder, told: TxnStatus, is_empty: bool) -> Record {
    let field = |key: &str| data.word_of(key).unwrap_or_default();
    let word = field("status");
    let status = match (told, is_empty) {
        // A paid link must have transfers.
        (TxnStatus::Success, true) => TxnStatus::Unmapped,
        (TxnStatus::Success, false) if word == "UNDERPAID" => TxnStatus::Pending,
        // It was paid in other parts.
        (TxnStatus::Success, false) => TxnStatus::Void,
        (told, _) => told,
    };
    Record {
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        status: Some(status),
        status_text: word.into(),
        ..payment_of(order, "payment-requests")
    }
}

/// One transfer.
fn transfer(
    one: &Json,
    line: u64,
    order: &PaymentOrder,
    (status, word): (TxnStatus, &str),
) -> Record {
    let field = |key: &str| one.word_of(key).unwrap_or_default();
    let mut record = Record {
        memo: field("description").into(),
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        time: Some(field("transactionDateTime").into()),
        time_column: "transactionDateTime",
        time_form: TimeForm::Iso,
        status: Some(status),
        status_text: word.into(),
        payer: field("counterAccountName").into(),
        account: some(field("accountNumber")),
        bank_ref: some(field("reference")),
        ..payment_of(order, "payment-requests")
    };
    record.at.line = line;
    record
}

/// True when the transfers sum up to `amountPaid`; an amount that is no number is the business of
/// the one who reads the rows.
fn sums_up(transfers: &[Json], paid: &str) -> bool {
    let amount = |one: &Json| one.word_of("amount")?.parse::<u64>().ok();
    let mut sum: u128 = 0;
    for one in transfers {
        match amount(one) {
            Some(amount) => sum += u128::from(amount),
            None => return true,
        }
    }
    paid.parse() == Ok(sum)
}
