//! Whether a webhook is the provider's: each by its own recipe, as the provider documents it.
//! Comparison takes the same time wherever the first difference is. Nothing that does not verify
//! is read.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::query::pairs;
use super::{PushFault, Received};
use crate::source::canonical::canonical;
use crate::source::http::form_text;
use crate::source::json::Json;
use crate::source::provider::payos::checksum;
use crate::source::signature::{Algorithm, Layout, Recipe};

const SHA256: Algorithm = Algorithm::HmacSha256;
const SHA512: Algorithm = Algorithm::HmacSha512;

/// True when `given` signs the one text.
fn signs(algorithm: Algorithm, key: &SecretString, text: &str, given: &str) -> bool {
    let layout = Layout::Ordered("");
    Recipe { algorithm, layout }.verify(key, &[("", text)], given)
}

/// True when both are the same text.
fn same(given: &str, wanted: &SecretString) -> bool {
    given
        .as_bytes()
        .ct_eq(wanted.expose_secret().as_bytes())
        .into()
}

/// The `data` of a payOS webhook (payos.vn/docs, webhook).
pub(super) fn payos(received: &Received, key: &SecretString) -> Result<Json, PushFault> {
    let json = received.json()?;
    let Some(data @ Json::Object(members)) = json.get("data") else {
        return Err(PushFault::Form("data"));
    };
    let given = json.word_of("signature").unwrap_or_default();
    if checksum::verify(key, members, given) {
        Ok(data.clone())
    } else {
        Err(PushFault::Unverified("signature"))
    }
}

/// The body of a Casso webhook (developer.casso.vn, webhook v1 and v2).
pub(super) fn casso(
    received: &Received,
    token: Option<&SecretString>,
    key: Option<&SecretString>,
) -> Result<Json, PushFault> {
    let json = received.json()?;
    let told = (
        received.header("x-casso-signature"),
        received.header("secure-token"),
    );
    match (told, key, token) {
        ((Some(header), _), Some(key), _) => {
            let part = |name: &str| {
                let mut parts = header.split(',').map(str::trim);
                parts
                    .find_map(|part| part.strip_prefix(name))
                    .unwrap_or_default()
            };
            let text = format!("{}.{}", part("t="), canonical(&json));
            if signs(SHA512, key, &text, part("v1=")) {
                Ok(json)
            } else {
                Err(PushFault::Unverified("X-Casso-Signature"))
            }
        }
        ((_, Some(given)), _, Some(token)) if same(given, token) => Ok(json),
        (_, _, Some(_)) => Err(PushFault::Unverified("secure-token")),
        _ => Err(PushFault::Unverified("X-Casso-Signature")),
    }
}

/// The body of a SePay webhook (developer.sepay.vn, webhooks).
pub(super) fn sepay(
    received: &Received,
    token: Option<&SecretString>,
    key: Option<&SecretString>,
) -> Result<Json, PushFault> {
    let signed = received.header("x-sepay-signature");
    let right = match (signed, key, token) {
        (Some(header), Some(key), _) => {
            let at = received.header("x-sepay-timestamp").unwrap_or_default();
            let text = format!("{at}.{}", received.body);
            let given = header.strip_prefix("sha256=").unwrap_or_default();
            signs(SHA256, key, &text, given)
        }
        (_, _, Some(token)) => {
            let header = received.header("authorization").unwrap_or_default();
            let given = header.strip_prefix("Apikey ").unwrap_or_default();
            same(given.trim(), token)
        }
        _ => false,
    };
    if right {
        received.json()
    } else {
        let by_key = key.is_some() && (signed.is_some() || token.is_none());
        Err(PushFault::Unverified(if by_key {
            "X-SePay-Signature"
        } else {
            "Authorization"
        }))
    }
}

/// The query of a VNPAY IPN (sandbox.vnpayment.vn, pay, IPN).
pub(super) fn vnpay(
    received: &Received,
    key: &SecretString,
    tmn_code: Option<&str>,
) -> Result<Vec<(String, String)>, PushFault> {
    let mut fields = pairs(&received.query).ok_or(PushFault::Form("query"))?;
    fields.sort();
    if fields.is_empty() {
        return Err(PushFault::Form("query"));
    }
    if fields.windows(2).any(|two| two[0].0 == two[1].0) {
        // which of the two counts is anyone's guess
        return Err(PushFault::Form("query"));
    }
    let get = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let signed = fields.iter().filter(|(key, value)| {
        !value.is_empty() && key != "vnp_SecureHash" && key != "vnp_SecureHashType"
    });
    let signed: Vec<String> = signed
        .map(|(key, value)| format!("{}={}", form_text(key), form_text(value)))
        .collect();
    if !signs(SHA512, key, &signed.join("&"), get("vnp_SecureHash")) {
        return Err(PushFault::Unverified("vnp_SecureHash"));
    }
    if tmn_code.is_some_and(|code| code != get("vnp_TmnCode")) {
        return Err(PushFault::Unverified("vnp_TmnCode"));
    }
    Ok(fields)
}

/// The fields of a MoMo IPN that are signed beside the access key (developers.momo.vn,
/// notification).
const MOMO: [&str; 12] = [
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
];

/// The body of a MoMo IPN.
pub(super) fn momo(
    received: &Received,
    access_key: &SecretString,
    key: &SecretString,
) -> Result<Json, PushFault> {
    let json = received.json()?;
    let own = MOMO.map(|field| (field, json.word_of(field).unwrap_or_default()));
    let mut values = own.to_vec();
    values.push(("accessKey", access_key.expose_secret()));
    let recipe = Recipe {
        algorithm: SHA256,
        layout: Layout::SortedPairs,
    };
    if recipe.verify(key, &values, json.word_of("signature").unwrap_or_default()) {
        Ok(json)
    } else {
        Err(PushFault::Unverified("signature"))
    }
}

/// The member `name` must tell our merchant, where it is known: one key may sign for several.
pub(super) fn is_ours(
    json: &Json,
    name: &'static str,
    ours: Option<&str>,
) -> Result<(), PushFault> {
    match ours {
        Some(ours) if json.word_of(name) != Some(ours) => Err(PushFault::Unverified(name)),
        _ => Ok(()),
    }
}

/// The `data` of a ZaloPay callback (docs.zalopay.vn, callback); `type` 1 is an order.
pub(super) fn zalopay(received: &Received, key2: &SecretString) -> Result<Json, PushFault> {
    let json = received.json()?;
    let data = json.word_of("data").ok_or(PushFault::Form("data"))?;
    if !signs(SHA256, key2, data, json.word_of("mac").unwrap_or_default()) {
        return Err(PushFault::Unverified("mac"));
    }
    if json.word_of("type").is_some_and(|kind| kind != "1") {
        return Err(PushFault::Form("type"));
    }
    Json::parse(data.as_bytes()).map_err(|_| PushFault::Form("data"))
}
