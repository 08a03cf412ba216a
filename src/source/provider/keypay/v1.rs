//! KeyPay v1: `QuerryBillStatus`, MD5 over the secret and the sorted values.

use super::KeyPay;
use crate::domain::PaymentOrder;
use crate::source::http::{Bad, Request};
use crate::source::json::Json;
use crate::source::provider::probing::{Answer, bound};
use crate::source::provider::reply::{Known, Seal, Told};
use crate::source::signature::{Algorithm, Encoding, Layout, Recipe};

/// Their spelling.
pub(super) const PATH: &str = "/jsonresources/generic/QuerryBillStatus";

pub(super) const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::Md5Prepended,
    layout: Layout::SortedValues,
};

/// The recipe covers whatever fields a message has.
pub(super) const KNOWN: Known = Known {
    signed: &[],
    must_cover: &["merchant_code", "merchant_trans_id", "net_cost"],
    words: &[],
    not_found: &[],
};

pub(super) fn request(keypay: &KeyPay, good_code: Option<&str>, order: &PaymentOrder) -> Request {
    let mut fields = vec![
        // An order was made for one good: its own number unless all share one.
        ("good_code", good_code.unwrap_or(&order.order_id)),
        ("merchant_code", &keypay.merchant),
        ("merchant_trans_id", &order.order_id),
        // KeyPay's own number, which nobody keeps.
        ("trans_id", ""),
    ];
    let signature = RECIPE.sign(&keypay.ask_key, &fields);
    fields.push(("secure_hash", &signature));
    let sent = fields.into_iter();
    Request {
        path: keypay.path.to_string().into(),
        query: sent.map(|(key, value)| (key, value.to_owned())).collect(),
        what: format!("QuerryBillStatus {}", order.order_id),
        ..Request::default()
    }
}

pub(super) fn read(
    keypay: &KeyPay,
    body: &[u8],
    order: &PaymentOrder,
    at: &str,
) -> Result<Answer, Bad> {
    let json = Json::parse(body)?;
    let field = |key: &str| json.word_of(key).unwrap_or_default();
    let seal = Seal {
        recipe: RECIPE,
        encoding: Encoding::Hex,
        secret: &keypay.answer_key,
        field: "secure_hash",
        unsent: &[],
    };
    keypay.rules.verify(seal, &json, at)?;
    bound(
        at,
        (field("merchant_code"), &keypay.merchant),
        (field("merchant_trans_id"), &order.order_id),
    )?;
    let word = field(&keypay.status_field);
    if keypay.rules.is_not_found(word) {
        return Ok(Answer::NotFound);
    }
    let told = Told {
        order,
        asked: "QuerryBillStatus",
        meaning: keypay.rules.meaning(word),
        word,
        amount: field("net_cost"),
        amount_column: "net_cost",
        time: keypay.rules.time(&json, ""),
        time_column: "time_field",
        number: field("trans_id"),
        memo: "",
        currency: "",
        fee: field("payment_fee"),
        instrument: None,
    };
    Ok(Answer::Known(Box::new(told.events())))
}
