//! The events behind a verified answer: a payment, or a payment and its refund. Pure.

use crate::domain::{Instrument, PaymentOrder, TxnKind, TxnStatus};
use crate::source::json::Json;
use crate::source::provider::probing::Found;
use crate::source::provider::states::order_time;
use crate::source::{AmountForm, At, Record, TimeForm};

/// The events behind a verified answer with code 00.
pub(super) fn found(json: &Json, order: &PaymentOrder) -> Found {
    let field = |key: &str| json.text_of(key).unwrap_or_default();
    let kind = field("vnp_TransactionType");
    let status = status_of(kind, field("vnp_TransactionStatus"));
    let number = field("vnp_TransactionNo");
    let (time, time_form) = time_of(json, order);
    let told = Record {
        at: At {
            file: format!("querydr {}", order.order_id).into(),
            line: 1,
        },
        id: Some(order.order_id.clone()),
        order_ref: Some(order.order_id.clone()),
        memo: field("vnp_OrderInfo").into(),
        amount: json
            .text_of("vnp_Amount")
            .filter(|text| !text.is_empty())
            .map(Into::into),
        amount_column: "vnp_Amount",
        amount_form: AmountForm::Hundredths,
        time: Some(time),
        time_column: "vnp_PayDate",
        time_form,
        status: Some(status),
        status_text: field("vnp_TransactionStatus").into(),
        kind: Some(TxnKind::Payment),
        kind_text: kind.into(),
        bank_ref: Some(number).filter(|text| !text.is_empty()).map(Into::into),
        instrument: instrument_of(field("vnp_BankCode")),
        order_amount: Some(order.amount),
        ..Record::default()
    };
    match kind {
        // Paid is type 01 alone; an unpaid order may carry no type yet.
        "01" | "" if kind == "01" || status != TxnStatus::Success => Found {
            told: vec![told],
            implied: Vec::new(),
        },
        "02" | "03" => refunded(told, number, order),
        _ => Found {
            told: vec![Record { kind: None, ..told }],
            implied: Vec::new(),
        },
    }
}

/// An answer that tells the refund in place of the payment: both.
fn refunded(told: Record, number: &str, order: &PaymentOrder) -> Found {
    let payment = Record {
        amount: Some((order.amount.wide() * 100).to_string().into()),
        time: Some(order_time(order)),
        time_column: "vnp_TransactionDate",
        time_form: TimeForm::OrderTime,
        // the refund's own, not the payment's
        memo: "".into(),
        status: Some(TxnStatus::Success),
        bank_ref: None,
        ..told.clone()
    };
    // 0 is no number: the refund has none yet, and nothing has moved
    let number = Some(number).filter(|text| !text.bytes().all(|b| b == b'0'));
    let waits = number.is_none() && told.status == Some(TxnStatus::Pending);
    let suffix = number.unwrap_or("refund");
    let refund = Record {
        id: Some(format!("{}#{suffix}", order.order_id).into()),
        bank_ref: number.map(Into::into),
        kind: Some(TxnKind::Refund),
        // A refund is measured against its payment, not against the order.
        order_amount: None,
        ..told
    };
    Found {
        told: if waits { Vec::new() } else { vec![refund] },
        implied: vec![payment],
    }
}

/// The pay date; an unpaid order has none and keeps the order's own time.
fn time_of(json: &Json, order: &PaymentOrder) -> (Box<str>, TimeForm) {
    let told = json.text_of("vnp_PayDate").unwrap_or_default();
    if told.bytes().all(|b| b == b'0') {
        (order_time(order), TimeForm::OrderTime)
    } else {
        (told.into(), TimeForm::Compact)
    }
}

/// What became of the money. 04 (the payer was debited, VNPAY has no success) and 07 (suspected
/// fraud) are for a person, as is every code that the documentation does not list.
fn status_of(kind: &str, status: &str) -> TxnStatus {
    let is_refund = matches!(kind, "02" | "03");
    match (status, is_refund) {
        // 09: the refund was refused, so the payment stands.
        ("00", _) | ("09", false) => TxnStatus::Success,
        // 05, 06: a refund is being processed, or was sent to the bank. An answer of type 01 that
        // says so tells neither the refund nor whether the payment stands: for a person.
        ("01", _) | ("05" | "06", true) => TxnStatus::Pending,
        ("02", _) | ("09", true) => TxnStatus::Failed,
        _ => TxnStatus::Unmapped,
    }
}

/// `vnp_BankCode` where it names a means rather than a bank; VNPAY documents these three.
fn instrument_of(bank_code: &str) -> Option<Instrument> {
    match bank_code {
        "VNPAYQR" => Some(Instrument::Qr),
        "VNBANK" | "INTCARD" | "VISA" | "MASTERCARD" | "JCB" => Some(Instrument::Card),
        _ => None,
    }
}
