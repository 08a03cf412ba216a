//! KeyPay-DVCQG 3.0: `client_id|command|transaction_id` under HMAC-SHA256.

use super::KeyPay;
use crate::domain::PaymentOrder;
use crate::source::http::{Bad, Request};
use crate::source::json::Json;
use crate::source::provider::probing::{Answer, bound, order_code};
use crate::source::provider::reply::{self, Known, Meaning, Seal, Told};
use crate::source::signature::{Algorithm, Encoding, Layout, Recipe};

/// The longest `transaction_id`.
pub(super) const ORDER_ID_MAX: usize = 20;

pub(super) const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha256,
    layout: Layout::Ordered("|"),
};

/// The order of a creation, which is also that of the callback; for answers the configuration tells
/// it.
pub(super) const KNOWN: Known = Known {
    signed: &[
        "addition_fee",
        "client_id",
        "command",
        "trans_amount",
        "transaction_id",
        "version",
    ],
    must_cover: &["client_id", "trans_amount", "transaction_id"],
    words: &[("0", Meaning::Paid)],
    not_found: &[],
};

const COMMAND: &str = "PAY";

pub(super) fn request(keypay: &KeyPay, form: bool, order: &PaymentOrder) -> Request {
    let mut fields = vec![
        ("client_id", &*keypay.merchant),
        ("command", COMMAND),
        ("transaction_id", &*order.order_id),
    ];
    let signature = RECIPE.sign(&keypay.ask_key, &fields);
    fields.push(("check_sum", &signature));
    let mut request = Request {
        path: keypay.path.to_string().into(),
        what: format!("detail {}", order.order_id),
        ..Request::default()
    };
    if form {
        let sent = fields.into_iter();
        request.query = sent.map(|(key, value)| (key, value.to_owned())).collect();
    } else {
        request.body = Some(reply::flat_json(&fields));
    }
    request
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
        field: "check_sum",
        unsent: &[("command", COMMAND), ("version", "3.0")],
    };
    keypay.rules.verify(seal, &json, at)?;
    bound(
        at,
        (field("client_id"), &keypay.merchant),
        (field("transaction_id"), &order.order_id),
    )?;
    match field("error") {
        // What is known of answers has no code of the call besides the state.
        "" | "0" => {}
        code if keypay.rules.is_not_found(code) => return Ok(Answer::NotFound),
        code => return Err(order_code(code)),
    }
    let word = field(&keypay.status_field);
    let told = Told {
        order,
        asked: "detail",
        meaning: keypay.rules.meaning(word),
        word,
        amount: field("trans_amount"),
        amount_column: "trans_amount",
        time: keypay.rules.time(&json, ""),
        time_column: "time_field",
        number: field("transaction_code"),
        memo: field("description"),
        currency: field("currency_code"),
        fee: field("payment_fee"),
        instrument: None,
    };
    Ok(Answer::Known(Box::new(told.events())))
}
