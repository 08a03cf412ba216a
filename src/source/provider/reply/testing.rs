//! What the tests of gateways that are read by configuration share.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::FixedClock;
use crate::config::source::tests::read as settings;
use crate::config::{ConfigError, Surroundings};
use crate::domain::{DossierCode, Moment, OrderStatus, PaymentOrder, Vnd};
use crate::source::http::Bad;
use crate::source::provider::probing::Answer;
use crate::source::{Opening, Pace, Record, SourceError};

/// Opens a source from the lines of its table; every secret is `{ env = "…" }` with its own value.
pub(crate) fn opened<T>(
    lines: &str,
    secrets: &[(&str, &str)],
    open: impl Fn(&Opening<'_>) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    let text =
        format!("[[source]]\nname = \"s\"\nbase_url = \"https://gateway.example\"\n{lines}\n");
    let settings = settings(&text)?;
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let env: BTreeMap<String, String> = secrets.iter().map(owned).collect();
    open(&Opening {
        settings: &settings,
        around: &Surroundings::fixed(env, None),
        // 06/09/2024 01:00:00 in Viet Nam.
        clock: Arc::new(FixedClock::new(1_725_559_200_000)),
        pace: Pace::default(),
    })
}

/// An order of 45,000 dong.
pub(crate) fn order(id: &str, created_at: &str) -> PaymentOrder {
    let created_at = Moment::parse_compact(created_at)
        .or_else(|_| Moment::parse(created_at))
        .unwrap();
    PaymentOrder {
        provider: "s".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("000.00.29.H15-240905-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at,
        status: OrderStatus::Pending,
    }
}

/// The fields of an answer with some of them replaced; an empty new value takes a field away.
pub(crate) fn changed<'a>(
    fields: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = fields.to_vec();
    all.retain(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    all.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    all
}

/// What an answer was read as, in one line.
pub(crate) fn say(read: &Result<Answer, Bad>) -> String {
    let one = |record: &Record| {
        let amount = record.amount.as_deref().unwrap_or("?");
        let (kind, status) = (record.kind.unwrap(), record.status.unwrap());
        format!("{kind:?} {status:?} {amount}")
    };
    match read {
        Ok(Answer::Known(found)) => {
            let told = found.told.iter().map(one);
            let implied = found.implied.iter().map(|r| format!("({})", one(r)));
            told.chain(implied).collect::<Vec<_>>().join(" ")
        }
        Ok(Answer::NotFound) => "not found".to_owned(),
        Ok(Answer::BadOrder) => "bad order".to_owned(),
        Err(Bad::Again(fault)) => format!("again {fault:?}"),
        Err(Bad::Stop(SourceError::Signature { why, .. })) => format!("signature {why:?}"),
        Err(Bad::Stop(SourceError::RefusedByCode { code, .. })) => format!("refused {code}"),
        Err(other) => format!("{other:?}"),
    }
}

/// A vector's signature.
pub(crate) fn vector(id: &str) -> String {
    let all: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../fixtures/provider-vectors.json")).unwrap();
    let one = all.iter().find(|one| one["id"] == id).unwrap();
    one["sig"].as_str().unwrap().to_owned()
}
