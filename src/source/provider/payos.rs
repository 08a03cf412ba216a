//! payOS, a probe: `GET /v2/payment-requests/{orderCode}`, HMAC-SHA256 over the answer's `data`.
//! Source: payos.vn/docs, "Lấy thông tin link thanh toán" and "Kiểm tra dữ liệu với signature".
//!
//! The outer `code` says whether the call worked, `data.status` what became of the link. Money
//! comes as bank transfers: one link may have several (a payer who sent too little and then the
//! rest, or too much), and each is a row. The first one of exactly the link's amount is the row
//! `<orderCode>`; every other is `<orderCode>#<reference>`, and then the row `<orderCode>` stands
//! for the link as a whole: pending while it waits for more, void once the money came in parts,
//! failed when it ended without.
//!
//! An answer that contradicts itself is for a person: transfers that do not sum up to `amountPaid`,
//! a paid link without transfers, money in a link that was cancelled or ran out.
//!
//! payOS has no refunds: the office sends money back from its bank account, and the bank feed tells
//! it.
//!
//! **Not established by the documentation, so configuration says it.** Which outer code means "no
//! such order" (`not_found`, 101 unless it is written), and what a status outside the published
//! list means (`status_map`).

pub(in crate::source) mod checksum;
mod events;

use std::time::Duration;

use secrecy::SecretString;

use super::probing::{Answer, Probing, Recital, must, not_ours, refused, signature_of};
use super::states::{STATUS_MAP, States};
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Day, Instrument, PaymentOrder, TxnStatus};
use crate::source::error::{BodyFault, Fault, SignatureFault};
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Protocol, Registration};

/// payOS payment links.
pub const REGISTRATION: Registration = Registration {
    kind: "payos",
    label: "payOS",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: Some(Protocol::Payos),
    keys: &[
        Key {
            name: "client_id",
            form: KeyForm::Text {
                form: "the client id, letters, digits and hyphens",
                fits: is_client_id,
            },
            required: Some("write the client id that payOS gave you: client_id = \"…\""),
        },
        Key {
            name: "api_key",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: api_key = { env = \"PAYOS_API_KEY\" }"),
        },
        Key {
            name: "checksum_key",
            form: KeyForm::Secret,
            required: Some(
                "name where the key is kept: checksum_key = { env = \"PAYOS_CHECKSUM_KEY\" }",
            ),
        },
        NOT_FOUND,
        STATUS_MAP,
    ],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Qr,
        base_url: Some("https://api-merchant.payos.vn"),
    },
    open,
};

/// `not_found`: outer codes that mean "no such order".
const NOT_FOUND: Key = Key {
    name: "not_found",
    form: KeyForm::Text {
        form: "the codes that mean \"no such order\", blanks between them",
        fits: is_code_list,
    },
    required: None,
};

const PATH: &str = "/v2/payment-requests/";
/// Largest order code: 2^53 - 1.
const ORDER_CODE_MAX: u64 = (1 << 53) - 1;

/// The published statuses of a link.
const STATES: &[(&str, TxnStatus)] = &[
    ("PAID", TxnStatus::Success),
    ("UNDERPAID", TxnStatus::Success),
    ("PENDING", TxnStatus::Pending),
    ("PROCESSING", TxnStatus::Pending),
    ("CANCELLED", TxnStatus::Failed),
    ("EXPIRED", TxnStatus::Failed),
    ("FAILED", TxnStatus::Failed),
];

#[derive(Debug)]
struct Payos {
    client: Client,
    checksum_key: SecretString,
    not_found: Vec<Box<str>>,
    states: States,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let client_id = settings.text("client_id").unwrap_or_default().to_owned();
    let api_key = settings.secret("api_key", opening.around)?;
    let client = Client::open(settings, None, None, opening.pace.clone())?
        .with_header("x-client-id", &client_id.into(), settings)?
        .with_header("x-api-key", &api_key, settings)?
        // the documented code may come with it; without one the address is wrong
        .with_answers_of_404();
    let not_found = settings.text(NOT_FOUND.name).unwrap_or("101");
    Ok(Handle::Probe(Box::new(Probing(Payos {
        client,
        checksum_key: settings.secret("checksum_key", opening.around)?,
        not_found: not_found.split(' ').map(Into::into).collect(),
        states: States::read(settings, STATES)?,
    }))))
}

fn is_client_id(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=64).contains(&raw.len()) && raw.bytes().all(plain)
}

fn is_code_list(raw: &str) -> bool {
    let is_code = |code: &str| {
        (1..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    raw.split(' ').all(is_code)
}

/// An order code: a whole number without leading zeros, up to 2^53 - 1.
fn is_order_code(raw: &str) -> bool {
    let digits = raw.bytes().all(|b| b.is_ascii_digit()) && !raw.starts_with('0');
    digits && raw.parse().is_ok_and(|code: u64| code <= ORDER_CODE_MAX)
}

impl Recital for Payos {
    fn client(&self) -> &Client {
        &self.client
    }

    fn can_ask(&self, order: &PaymentOrder) -> bool {
        is_order_code(&order.order_id)
    }

    fn request(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        Request {
            path: format!("{PATH}{}", order.order_id).into(),
            query: Vec::new(),
            body: None,
            what: format!("payment-requests {}", order.order_id),
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let json = Json::parse(body)?;
        let code = must(&json, "code")?;
        match code {
            "00" => {}
            "401" | "403" => return Err(refused(at, code)),
            _ if self.not_found.iter().any(|known| **known == *code) => {
                return Ok(Answer::NotFound);
            }
            _ => return Err(Bad::Again(Fault::ErrorInside(super::plain_code(code)))),
        }
        let Some(data @ Json::Object(members)) = json.get("data") else {
            return Err(BodyFault::Shape("data").into());
        };
        let signature = signature_of(&json, "signature", at)?;
        if !checksum::verify(&self.checksum_key, members, signature) {
            return Err(not_ours(at, SignatureFault::Wrong));
        }
        // The checksum key belongs to one merchant, so the order is what is left to compare.
        if must(data, "orderCode")? != &*order.order_id {
            return Err(not_ours(at, SignatureFault::OtherOrder));
        }
        let found = events::found(data, order, &self.states)?;
        Ok(Answer::Known(Box::new(found)))
    }

    fn example(&self, _day: Day) -> Box<str> {
        ORDER_CODE_MAX.to_string().into()
    }
}

#[cfg(test)]
mod tests;
