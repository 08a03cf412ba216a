//! The events behind a verified webhook. Pure. Ids are those under which the provider's feed or
//! probe knows the same event: the feed's own id, the order at a gateway.

use crate::domain::{Instrument, TxnKind, TxnStatus};
use crate::source::json::Json;
use crate::source::{AmountForm, Record, TimeForm};

fn some(text: &str) -> Option<Box<str>> {
    Some(text).filter(|text| !text.is_empty()).map(Into::into)
}

/// A payment of an order.
fn payment(order: &str, status: TxnStatus, status_text: &str) -> Record {
    Record {
        id: some(order),
        order_ref: some(order),
        status: Some(status),
        status_text: status_text.into(),
        kind: Some(TxnKind::Payment),
        ..Record::default()
    }
}

/// A transfer into a link of payOS.
pub(super) fn payos(data: &Json) -> Vec<Record> {
    let field = |key: &str| data.word_of(key).unwrap_or_default();
    let code = field("code");
    let status = if code == "00" {
        TxnStatus::Success
    } else {
        TxnStatus::Unmapped
    };
    vec![Record {
        memo: field("description").into(),
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        currency: some(field("currency")),
        time: some(field("transactionDateTime")),
        time_column: "transactionDateTime",
        time_form: TimeForm::Iso,
        payer: field("counterAccountName").into(),
        account: some(field("accountNumber")),
        bank_ref: some(field("reference")),
        ..payment(field("orderCode"), status, code)
    }]
}

/// Lines of a bank account through Casso: a list (v1) or one (v2). The line of a test call has the
/// number 0: it is no money.
pub(super) fn casso(body: &Json) -> Vec<Record> {
    let real = |row: &&Json| row.word_of("id") != Some("0");
    let (rows, names) = match body.get("data") {
        Some(Json::List(all)) => (all.iter().collect(), V1),
        Some(row) => (vec![row], V2),
        None => (Vec::new(), V2),
    };
    let rows = rows.into_iter().filter(real);
    rows.map(|row| casso_row(row, names)).collect()
}

/// Names of fields: time, account (the first that is there), reference, payer.
type CassoNames = (&'static str, [&'static str; 2], &'static str, &'static str);

const V1: CassoNames = (
    "when",
    ["bank_sub_acc_id", "subAccId"],
    "tid",
    "corresponsiveName",
);
const V2: CassoNames = (
    "transactionDateTime",
    ["accountNumber", "accountNumber"],
    "reference",
    "counterAccountName",
);

fn casso_row(row: &Json, (time, accounts, reference, payer): CassoNames) -> Record {
    let field = |key: &str| row.word_of(key).unwrap_or_default();
    let amount = field("amount");
    let kind = if amount.starts_with('-') {
        TxnKind::Debit
    } else {
        TxnKind::Payment
    };
    let account = accounts.into_iter().find_map(|key| some(field(key)));
    Record {
        id: some(field("id")),
        memo: field("description").into(),
        amount: some(amount),
        amount_column: "amount",
        amount_form: AmountForm::Decimal,
        time: some(field(time)),
        time_column: time,
        time_form: TimeForm::IsoOrDay,
        status: Some(TxnStatus::Success),
        kind: Some(kind),
        payer: field(payer).into(),
        account,
        bank_ref: some(field(reference)),
        ..Record::default()
    }
}

/// A line of a bank account through SePay.
pub(super) fn sepay(row: &Json) -> Vec<Record> {
    let field = |key: &str| row.word_of(key).unwrap_or_default();
    let (direction, amount) = (field("transferType"), field("transferAmount"));
    // the amount has no sign: one that has contradicts the direction, or repeats it
    let kind = match direction {
        _ if amount.starts_with('-') => None,
        "in" => Some(TxnKind::Payment),
        "out" => Some(TxnKind::Debit),
        _ => None,
    };
    vec![Record {
        id: some(field("id")),
        memo: field("content").into(),
        amount: some(amount),
        amount_column: "transferAmount",
        amount_form: AmountForm::Decimal,
        time: some(field("transactionDate")),
        time_column: "transactionDate",
        time_form: TimeForm::Iso,
        status: Some(TxnStatus::Success),
        kind,
        kind_text: match kind {
            None => format!("{direction} {amount}").trim().into(),
            Some(_) => direction.into(),
        },
        account: some(field("accountNumber")),
        bank_ref: some(field("referenceCode")),
        ..Record::default()
    }]
}

/// The outcome of an order at VNPAY. Paid needs both codes.
pub(super) fn vnpay(fields: &[(String, String)]) -> Vec<Record> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let (call, money) = (field("vnp_ResponseCode"), field("vnp_TransactionStatus"));
    let status = match (call, money) {
        ("00", "00") => TxnStatus::Success,
        (_, "01") => TxnStatus::Pending,
        (_, "02") => TxnStatus::Failed,
        // 07: debited and suspected; whatever else is for a person
        _ => TxnStatus::Unmapped,
    };
    vec![Record {
        memo: field("vnp_OrderInfo").into(),
        amount: some(field("vnp_Amount")),
        amount_column: "vnp_Amount",
        amount_form: AmountForm::Hundredths,
        time: some(field("vnp_PayDate")),
        time_column: "vnp_PayDate",
        time_form: TimeForm::Compact,
        bank_ref: some(field("vnp_TransactionNo")),
        instrument: match field("vnp_BankCode") {
            "VNPAYQR" => Some(Instrument::Qr),
            "VNBANK" | "INTCARD" | "VISA" | "MASTERCARD" | "JCB" => Some(Instrument::Card),
            _ => None,
        },
        ..payment(field("vnp_TxnRef"), status, money)
    }]
}

/// The outcome of an order at MoMo. `responseTime` is documented as the time of this message, which
/// MoMo sends when the payer paid, or again later: it stands in for the time of payment.
pub(super) fn momo(body: &Json) -> Vec<Record> {
    let (time, time_form) = stand_in(body.word_of("responseTime").unwrap_or_default());
    let field = |key: &str| body.word_of(key).unwrap_or_default();
    let code = field("resultCode");
    let status = match code {
        "0" => TxnStatus::Success,
        "1000" | "7000" | "7002" | "8000" | "9000" => TxnStatus::Pending,
        "1001" | "1002" | "1003" | "1004" | "1005" | "1006" | "1007" | "1017" | "1026" => {
            TxnStatus::Failed
        }
        _ => TxnStatus::Unmapped,
    };
    vec![Record {
        memo: field("orderInfo").into(),
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        time,
        time_column: "responseTime",
        time_form,
        bank_ref: some(field("transId")),
        ..payment(field("orderId"), status, code)
    }]
}

/// A paid order at ZaloPay: only those are called back.
pub(super) fn zalopay(data: &Json) -> Vec<Record> {
    let field = |key: &str| data.word_of(key).unwrap_or_default();
    vec![Record {
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        time: epoch(field("server_time")),
        time_column: "server_time",
        bank_ref: some(field("zp_trans_id")),
        ..payment(field("app_trans_id"), TxnStatus::Success, "1")
    }]
}

/// Milliseconds since 1970 as a time that stands in for one that is not told; what is no number
/// stays as it stands, and is refused there.
fn stand_in(raw: &str) -> (Option<Box<str>>, TimeForm) {
    let ms = raw.parse::<i64>().ok().filter(|ms| *ms > 0);
    match ms {
        Some(ms) => {
            let compact = crate::domain::Moment::of_ms(ms).compact();
            (Some(compact.into()), TimeForm::OrderTime)
        }
        None => (some(raw), TimeForm::Iso),
    }
}

/// Milliseconds since 1970 as an instant at +07:00; what is no number stays as it stands, and is
/// refused there.
fn epoch(raw: &str) -> Option<Box<str>> {
    let ms = raw.parse::<i64>().ok().filter(|ms| *ms > 0);
    match ms {
        Some(ms) => Some(crate::domain::Moment::of_ms(ms).text().into()),
        None => some(raw),
    }
}
