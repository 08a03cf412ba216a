//! Gateways that tell with one word what became of an order: what the word, the amount and the time
//! are, and how such an answer is spoiled and sealed. None of them publishes all its words, so the
//! words for "refunded" and "something else" are inventions that `status_map` must name.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::district::{GatewayOrder, GatewayState};
use super::fault::Act;
use super::fault::rows::{self, Keys};
use super::gateway;
use super::world::World;

/// How times are written.
pub(crate) const STAMP: &str = "%Y%m%d%H%M%S";

/// A dialect's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) paid: &'static str,
    pub(crate) open: &'static str,
    pub(crate) failed: &'static str,
    /// Money went back: the amount is what went back.
    pub(crate) refunded: &'static str,
    /// A state that no map names.
    pub(crate) other: &'static str,
}

/// What is said of an order.
#[derive(Debug, Clone)]
pub(crate) struct Saying {
    pub(crate) word: &'static str,
    pub(crate) amount: i64,
    pub(crate) number: String,
    pub(crate) at: Option<NaiveDateTime>,
}

impl Saying {
    /// The time as it is written in `format`; empty while no money moved.
    pub(crate) fn time(&self, format: &str) -> String {
        self.at
            .map(|at| at.format(format).to_string())
            .unwrap_or_default()
    }
}

/// What is said of an order at the clock's time; none before it exists.
pub(crate) fn say(world: &World, order: &GatewayOrder, words: Words) -> Option<Saying> {
    let (payment, back) = order.parts_at(world.clock.local())?;
    let of = |state: &GatewayState, word| Saying {
        word,
        amount: state.amount,
        number: state.number.clone(),
        at: state.paid_at,
    };
    // Money on its way back has not gone back yet.
    if let Some(done) = back.filter(|state| state.status == "00") {
        return Some(of(done, words.refunded));
    }
    let word = match payment.status {
        "00" => words.paid,
        "01" => words.open,
        "02" => words.failed,
        _ => words.other,
    };
    Some(of(payment, word))
}

/// The values of some fields; absent ones are empty.
pub(crate) fn values(fields: &[&str], body: &Map<String, Value>) -> Vec<String> {
    let value = |field: &&str| rows::plain(body.get(*field));
    fields.iter().map(value).collect()
}

/// Shows a fault of single records, if it is one.
pub(crate) fn twist(
    act: Option<Act>,
    keys: Keys,
    (world, order): (&World, &GatewayOrder),
    reply: &mut Map<String, Value>,
) {
    if let Some(Act::Rows(act)) = act {
        rows::twist(act, keys, gateway::place(world, order), reply);
    }
}

/// Puts the signature into its field, as the fault wants it.
pub(crate) fn seal(
    act: Option<Act>,
    (reply, field): (&mut Map<String, Value>, &str),
    signed: impl Fn(&Map<String, Value>) -> String,
    sign: impl Fn(&str) -> String,
) {
    let right = sign(&signed(reply));
    if let Some(signature) = gateway::seal(gateway::act_of(act), right, sign) {
        reply.insert(field.to_owned(), json!(signature));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::Value;

    /// A vector of `fixtures/provider-vectors.json`: (key, text, signature).
    pub(crate) fn vector(id: &str) -> (String, String, String) {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/provider-vectors.json"
        );
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let one = all.iter().find(|one| one["id"] == id).unwrap();
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        (text("key"), text("text"), text("sig"))
    }
}
