//! ZaloPay v2, a probe: `POST /v2/query` and `/v2/query_refund`, JSON, HMAC-SHA256 with key1 over
//! values joined with `|`. Source: docs.zalopay.vn, "Order query" and "Query refund".
//!
//! **Answers are not signed and do not name the order.** An answer counts by its TLS connection;
//! where it names an order all the same, that must be the one asked about. A wrong amount is caught
//! against the order's.
//!
//! **Refunds.** A refunded order still answers `return_code` 1, so a refund is known only to who
//! names its `m_refund_id`. The one-stop system lists such an id as an order of its own: `order_id`
//! is the `m_refund_id` (`yymmdd_<app_id>_…`), the amount is what goes back, the status `refunded`.
//! An id of that form may be a payment's as well: it is asked about with `query` first, and only
//! when ZaloPay knows no paid order of that id with `query_refund`. The answer names no amount, so
//! the row has the listed one, and no time, so it has the time at which the refund was asked for.
//!
//! **Not established by the documentation, so configuration says it.** What a `return_code` beyond
//! 1, 2 and 3 means (`status_map`), which `sub_return_code` means "no such order" (`not_found`),
//! and which field tells when it was paid (`time_field`).

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::probing::{Answer, Found, Probing, Recital, must, not_ours, refused};
use super::states::{STATUS_MAP, States, TIME_FIELD, payment_of, some};
use crate::clock::Clock;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Day, Instrument, Moment, OrderStatus, PaymentOrder, TxnKind, TxnStatus};
use crate::source::error::{Fault, SignatureFault};
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::signature::{Algorithm, Layout, Recipe};
use crate::source::{
    Ability, AmountForm, Defaults, Handle, Key, KeyForm, Opening, Protocol, Record, Registration,
    TimeForm,
};

/// ZaloPay v2 query and refund query.
pub const REGISTRATION: Registration = Registration {
    kind: "zalopay",
    label: "ZaloPay",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: Some(Protocol::Zalopay),
    keys: &[
        Key {
            name: "app_id",
            form: KeyForm::Text {
                form: "the number of the application in quotes",
                fits: is_number,
            },
            required: Some("write the application's number that ZaloPay gave you: app_id = \"…\""),
        },
        Key {
            name: "key1",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: key1 = { env = \"ZALOPAY_KEY1\" }"),
        },
        // Signs callbacks only: accepted, so that both keys can be kept together.
        Key {
            name: "key2",
            form: KeyForm::Secret,
            required: None,
        },
        NOT_FOUND,
        STATUS_MAP,
        TIME_FIELD,
    ],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Wallet,
        base_url: None,
    },
    open,
};

/// `not_found`: sub codes that mean "no such order".
const NOT_FOUND: Key = Key {
    name: "not_found",
    form: KeyForm::Text {
        form: "the codes that mean \"no such order\", blanks between them",
        fits: is_code_list,
    },
    required: None,
};

const QUERY: &str = "/v2/query";
const QUERY_REFUND: &str = "/v2/query_refund";
const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha256,
    layout: Layout::Ordered("|"),
};
/// Longest `app_trans_id`.
const ID_LENGTH_MAX: usize = 40;
/// -101: order not found; -49: transaction not found, a value of older versions.
const NOT_FOUND_CODES: &str = "-101 -49";

/// The published return codes. 3: not paid yet, or in progress.
const STATES: &[(&str, TxnStatus)] = &[
    ("1", TxnStatus::Success),
    ("2", TxnStatus::Failed),
    ("3", TxnStatus::Pending),
];

#[derive(Debug)]
struct Zalopay {
    client: Client,
    app_id: Box<str>,
    key1: SecretString,
    not_found: Vec<Box<str>>,
    states: States,
    /// The field that tells when it was paid; none takes the order's own time.
    time_field: Option<Box<str>>,
    clock: Arc<dyn Clock>,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let time_field = settings.text(TIME_FIELD.name).unwrap_or("server_time");
    let not_found = settings.text(NOT_FOUND.name).unwrap_or(NOT_FOUND_CODES);
    Ok(Handle::Probe(Box::new(Probing(Zalopay {
        client: Client::open(settings, None, None, opening.pace.clone())?,
        app_id: settings.text("app_id").unwrap_or_default().into(),
        key1: settings.secret("key1", opening.around)?,
        not_found: not_found.split(' ').map(Into::into).collect(),
        states: States::read(settings, STATES)?,
        time_field: (time_field != "none").then(|| time_field.into()),
        clock: Arc::clone(&opening.clock),
    }))))
}

fn is_number(raw: &str) -> bool {
    (1..=9).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_digit())
}

fn is_code_list(raw: &str) -> bool {
    raw.split(' ')
        .all(|code| is_number(code.strip_prefix('-').unwrap_or(code)))
}

/// True for an id that begins with a day as `yymmdd_`.
fn has_day(id: &str) -> bool {
    id.split_once('_')
        .is_some_and(|(day, rest)| day.len() == 6 && is_number(day) && !rest.is_empty())
}

impl Zalopay {
    /// True for an order of the registry that has the form of a refund's id. A payment may have it,
    /// too.
    fn may_be_refund(&self, order: &PaymentOrder) -> bool {
        let mut parts = order.order_id.splitn(3, '_').skip(1);
        let ours = parts.next() == Some(&*self.app_id) && parts.next().is_some();
        ours && order.status == OrderStatus::Refunded
    }

    fn body_of_query(&self, order: &PaymentOrder) -> serde_json::Value {
        // The key stands in the text as well as signing it: that is how it is documented.
        let values = [
            ("app_id", &*self.app_id),
            ("app_trans_id", &*order.order_id),
            ("key1", self.key1.expose_secret()),
        ];
        json!({
            "app_id": self.app_number(),
            "app_trans_id": &*order.order_id,
            "mac": RECIPE.sign(&self.key1, &values),
        })
    }

    fn body_of_refund_query(&self, order: &PaymentOrder) -> serde_json::Value {
        let now = self.clock.now_ms();
        let timestamp = now.to_string();
        let values = [
            ("app_id", &*self.app_id),
            ("m_refund_id", &*order.order_id),
            ("timestamp", timestamp.as_str()),
        ];
        json!({
            "app_id": self.app_number(),
            "m_refund_id": &*order.order_id,
            "timestamp": now,
            "mac": RECIPE.sign(&self.key1, &values),
        })
    }

    fn app_number(&self) -> u64 {
        self.app_id.parse().unwrap_or_default()
    }

    /// Reads an answer about a payment, or about a refund.
    fn answer(
        &self,
        body: &[u8],
        order: &PaymentOrder,
        (at, is_refund): (&str, bool),
    ) -> Result<Answer, Bad> {
        let json = Json::parse(body)?;
        let code = must(&json, "return_code")?;
        let sub_code = json.word_of("sub_return_code").unwrap_or_default();
        for name in ["app_trans_id", "m_refund_id"] {
            let named = json.word_of(name).filter(|named| !named.is_empty());
            if named.is_some_and(|named| named != &*order.order_id) {
                return Err(not_ours(at, SignatureFault::OtherOrder));
            }
        }
        let again = || Bad::Again(Fault::ErrorInside(super::plain_code(sub_code)));
        match sub_code {
            _ if code == "1" => {}
            // -402: bad application or mac; -53: bad HMAC, a value of older versions.
            "-402" | "-53" => return Err(refused(at, sub_code)),
            // -429: too many requests; -500: system; -999: maintenance.
            "-429" | "-500" | "-999" => return Err(again()),
            "-401" => return Ok(Answer::BadOrder),
            _ if self.not_found.iter().any(|known| **known == *sub_code) => {
                return Ok(Answer::NotFound);
            }
            _ => {}
        }
        let found = self.found(&json, order, is_refund);
        Ok(Answer::Known(Box::new(found)))
    }

    /// The event of an answer about `order`.
    fn found(&self, json: &Json, order: &PaymentOrder, is_refund: bool) -> Found {
        let field = |key: &str| json.word_of(key).unwrap_or_default();
        let code = field("return_code");
        let status = self.states.meaning(code);
        let asked = if is_refund { "query_refund" } else { "query" };
        let mut record = Record {
            amount: some(field("amount")),
            amount_column: "amount",
            amount_form: AmountForm::Digits,
            status: Some(status),
            status_text: code.into(),
            bank_ref: some(field("zp_trans_id")),
            ..payment_of(order, asked)
        };
        if is_refund {
            record.kind = Some(TxnKind::Refund);
            record.order_amount = None;
        }
        // A refund's answer names no amount, nor does one that says that nothing was paid.
        let untold = is_refund || matches!(status, TxnStatus::Pending | TxnStatus::Failed);
        if untold && record.amount.is_none() {
            record.amount = Some(order.amount.wide().to_string().into());
        }
        let time = self.time_field.as_deref().map(field).and_then(some);
        if let (TxnStatus::Success, false, Some(time)) = (status, is_refund, time) {
            record.time = Some(time);
            record.time_column = "server_time";
            record.time_form = TimeForm::EpochMs;
        }
        Found {
            told: vec![record],
            implied: Vec::new(),
        }
    }
}

impl Recital for Zalopay {
    fn client(&self) -> &Client {
        &self.client
    }

    fn can_ask(&self, order: &PaymentOrder) -> bool {
        let id = &*order.order_id;
        has_day(id) && id.len() <= ID_LENGTH_MAX
    }

    fn request(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        Request {
            path: QUERY.into(),
            query: Vec::new(),
            body: Some(self.body_of_query(order).to_string()),
            what: format!("query {}", order.order_id),
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        self.answer(body, order, (at, false))
    }

    /// The registry calls the order refunded, and its id may be a refund's: only a payment that
    /// ZaloPay knows as paid is one.
    fn has_second(&self, order: &PaymentOrder, first: &Answer) -> bool {
        let is_paid = |found: &Found| {
            let mut told = found.told.iter();
            told.any(|row| row.status == Some(TxnStatus::Success))
        };
        let is_payment = matches!(first, Answer::Known(found) if is_paid(found));
        self.may_be_refund(order) && !is_payment
    }

    fn second(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        Request {
            path: QUERY_REFUND.into(),
            query: Vec::new(),
            body: Some(self.body_of_refund_query(order).to_string()),
            what: format!("query_refund {}", order.order_id),
        }
    }

    fn read_second(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        self.answer(body, order, (at, true))
    }

    fn example(&self, day: Day) -> Box<str> {
        let compact = Moment::of_day(day).compact();
        format!("{}_DOISOATCHECK", &compact[2..8]).into()
    }
}

#[cfg(test)]
mod tests;
