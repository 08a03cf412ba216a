//! What the gateway simulators share: one pool of the district's orders, answered by each in its
//! own dialect, and the faults of signed answers.
//!
//! The pool holds an order once, under the district's own id; a gateway writes that id its own way,
//! and tells of refunds its own way.

use chrono::NaiveDateTime;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha512};

use super::district::{District, GatewayOrder, GatewayState};
use super::fault::rows::Place;
use super::fault::{Act, GatewayAct, StatusAct};
use super::wire::Request;
use super::world::World;
use super::{ALL, Provider};

/// What a gateway's dialect does its own way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gateway {
    /// The id that the gateway has of an order, from the district's own id and its creation.
    pub(crate) order_id: fn(&str, NaiveDateTime) -> String,
    /// How it tells of money that went back.
    pub(crate) refunds: Refunds,
    /// Whether its answers are signed.
    pub(crate) is_signed: bool,
    /// Whether its answers name the order that was asked about.
    pub(crate) names_order: bool,
    /// Whether it says that it was asked again too soon.
    pub(crate) says_too_soon: bool,
    /// The order that a request asks about, where its address does not tell it.
    pub(crate) reference: fn(&Request) -> Option<String>,
}

/// How a gateway tells of money that went back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refunds {
    /// In the answer about the same order.
    SameOrder,
    /// Only to who names the refund's own id, made here from the order and its refund; the one-stop
    /// system lists it as an order of its own.
    OwnId(fn(&GatewayOrder, &GatewayState) -> String),
    /// Not at all: the office sends the money back from its bank account.
    ByBank,
}

/// The simulator of that name, if it is a gateway's.
pub(crate) fn named(name: &str) -> Option<(&'static Provider, Gateway)> {
    let provider = ALL.iter().find(|provider| provider.name == name)?;
    provider.gateway.map(|gateway| (provider, gateway))
}

impl Gateway {
    /// The order that the gateway knows under `id`.
    pub(crate) fn find<'w>(&self, world: &'w World, id: &str) -> Option<&'w GatewayOrder> {
        let pool = world.district.gateway_orders.iter();
        let mut known = pool.filter(|order| self.id_of(order) == id);
        known.next()
    }

    /// The gateway's id of an order.
    pub(crate) fn id_of(&self, order: &GatewayOrder) -> String {
        (self.order_id)(&order.order_id, order.created_at)
    }

    /// The gateway's id of another order of the pool: a replayed answer is about that one.
    pub(crate) fn other_than(&self, world: &World, order: &GatewayOrder) -> String {
        let mut pool = world.district.gateway_orders.iter();
        let other = pool.find(|other| other.order_id != order.order_id);
        other.map_or_else(|| "ANOTHER-ORDER-01".to_owned(), |other| self.id_of(other))
    }
}

/// The district's own id.
pub(crate) fn own_id(order_id: &str, _created_at: NaiveDateTime) -> String {
    order_id.to_owned()
}

/// The id in digits, at most sixteen of them: day, office, number, attempt.
pub(crate) fn id_in_digits(order_id: &str, _created_at: NaiveDateTime) -> String {
    let digits = |part: &str| -> String { part.chars().filter(char::is_ascii_digit).collect() };
    match order_id.splitn(4, '-').collect::<Vec<_>>()[..] {
        [office, day, number, attempt] => {
            let parts = office
                .split('.')
                .filter(|part| !matches!(*part, "H48" | "000"));
            let office: String = parts.map(digits).collect();
            format!("{day}{office:0>4}{number}{attempt}")
        }
        _ => digits(order_id),
    }
}

/// A text or number of a request's JSON body.
pub(crate) fn body_word(request: &Request, field: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    match body.get(field)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The fault of a signed answer, if it is one.
pub(crate) fn act_of(act: Option<Act>) -> Option<GatewayAct> {
    match act {
        Some(Act::Gateway(gateway)) => Some(gateway),
        _ => None,
    }
}

/// Whether the answer must be the provider's own error inside a 200.
pub(crate) fn is_error_inside(act: Option<Act>) -> bool {
    act == Some(Act::Status(StatusAct::ErrorInside))
}

/// The signature that goes out in place of the right one; none when it is left out. `sign` signs
/// any text.
pub(crate) fn seal(
    act: Option<GatewayAct>,
    right: String,
    sign: impl Fn(&str) -> String,
) -> Option<String> {
    match act {
        Some(GatewayAct::MissingSignature) => None,
        Some(GatewayAct::WrongSignature) => Some(sign("other data")),
        Some(GatewayAct::UpperSignature) => Some(right.to_ascii_uppercase()),
        Some(GatewayAct::ShortSignature) => Some(right[..right.len() / 2].to_owned()),
        _ => Some(right),
    }
}

/// The amount as `amount_scale` spoils it: in the wrong unit. `times` is what the gateway writes a
/// dong as.
pub(crate) fn scaled(act: Option<GatewayAct>, dong: i64, times: i64) -> i64 {
    match (act, times) {
        (Some(GatewayAct::AmountScale), 1) => dong * 100,
        (Some(GatewayAct::AmountScale), _) => dong,
        _ => dong * times,
    }
}

/// The key that answers are signed with.
pub(crate) fn key(act: Option<GatewayAct>, own: &'static str) -> &'static str {
    if act == Some(GatewayAct::OtherKey) {
        "SOMEBODYELSESKEYSOMEBODYELSESKEY"
    } else {
        own
    }
}

/// Whether the fault keeps every order open for ever.
pub(crate) fn is_endless(act: Option<GatewayAct>) -> bool {
    act == Some(GatewayAct::PendingForever)
}

/// The order as the fault shows it: as it is, still open, in a state of no table; none when the
/// gateway says that it knows no such order.
pub(crate) fn shown(
    world: &World,
    provider: &'static str,
    order: &GatewayOrder,
    act: Option<GatewayAct>,
) -> Option<GatewayOrder> {
    let mut shown = order.clone();
    match act {
        Some(GatewayAct::Unknown) => return None,
        Some(GatewayAct::PendingForever) => shown.states.truncate(1),
        Some(GatewayAct::PendingFirst) if world.first_poll(provider, &order.order_id) => {
            shown.states.truncate(1);
        }
        Some(GatewayAct::Unmapped) => {
            shown.states.retain(|state| state.kind == "01");
            for state in &mut shown.states {
                state.status = "77";
            }
        }
        _ => {}
    }
    Some(shown)
}

/// Where the order stands among the orders of its day.
pub(crate) fn place(world: &World, order: &GatewayOrder) -> Place {
    let day = order.created_at.date();
    let pool = world.district.gateway_orders.iter();
    let same_day = pool.filter(|other| other.created_at.date() == day);
    let rank = same_day
        .take_while(|other| other.order_id != order.order_id)
        .count();
    Place {
        id: i64::try_from(rank).unwrap_or(0),
        rank,
        at: order.created_at,
    }
}

/// The payments of the district's orders, each with its order and its moment.
pub(crate) fn payments(
    district: &District,
) -> impl Iterator<Item = (&GatewayOrder, &GatewayState, NaiveDateTime)> {
    district.gateway_orders.iter().filter_map(|order| {
        let mut states = order.states.iter();
        let paid = states.find(|state| state.kind == "01" && state.status == "00")?;
        Some((order, paid, paid.paid_at?))
    })
}

/// Milliseconds since 1970 of a local time.
pub(crate) fn epoch_ms(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp_millis() - 7 * 3_600_000
}

/// HMAC-SHA512 in lower-case hex.
pub(crate) fn hmac_sha512(secret: &str, text: &str) -> String {
    match Hmac::<Sha512>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        Err(_) => String::new(), // not reached: HMAC takes keys of any length
    }
}

/// HMAC-SHA256 in lower-case hex.
pub(crate) fn hmac_sha256(secret: &str, text: &str) -> String {
    match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        Err(_) => String::new(), // not reached: HMAC takes keys of any length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_digits_stay_apart_and_fit_a_javascript_number() {
        let at = NaiveDateTime::default();
        let check = |id, digits: &str| assert_eq!(id_in_digits(id, at), digits, "{id}");
        check("H48.18.22-221202-0001-01", "2212021822000101");
        check("H48.402-250702-0013-02", "2507020402001302");
        check("000.29.31.H48-221205-0004-01", "2212052931000401");
        let largest: u64 = id_in_digits("H48.18.22-891231-9999-99", at)
            .parse()
            .unwrap();
        assert!(largest < 1 << 53);
    }
}
