//! What the codes of a provider mean for the money: the documented ones, and beside or over them
//! what `status_map` says, because public tables of codes are not complete. A code that stands in
//! neither goes to a person and is never money. Pure.

use std::collections::BTreeMap;

use crate::config::{ConfigError, SourceSettings};
use crate::domain::{PaymentOrder, TxnKind, TxnStatus};
use crate::source::{At, Key, KeyForm, Record, TimeForm};

/// `status_map`: codes of state and what they mean.
pub(super) const STATUS_MAP: Key = Key {
    name: "status_map",
    form: KeyForm::Map,
    required: None,
};

/// `time_field`: the field of an answer that tells when the order was paid.
pub(super) const TIME_FIELD: Key = Key {
    name: "time_field",
    form: KeyForm::Text {
        form: "the field that tells when the order was paid, or \"none\" to take the order's own time",
        fits: is_field,
    },
    required: None,
};

/// The words of `status_map`.
const MEANINGS: [(&str, TxnStatus); 3] = [
    ("success", TxnStatus::Success),
    ("pending", TxnStatus::Pending),
    ("failed", TxnStatus::Failed),
];

/// A provider's codes of state.
#[derive(Clone, Debug, Default)]
pub(super) struct States(BTreeMap<Box<str>, TxnStatus>);

impl States {
    /// The documented codes, with what the source's `status_map` says over them.
    pub(super) fn read(
        settings: &SourceSettings,
        documented: &[(&str, TxnStatus)],
    ) -> Result<Self, ConfigError> {
        let known = documented.iter();
        let mut states: BTreeMap<Box<str>, TxnStatus> = known
            .map(|(code, status)| ((*code).into(), *status))
            .collect();
        for (code, told) in settings.map(STATUS_MAP.name).into_iter().flatten() {
            let Some((_, status)) = MEANINGS.iter().find(|(word, _)| word == told) else {
                return Err(settings.fail(
                    format!("status_map has no meaning \"{told}\" for \"{code}\""),
                    "write success, pending or failed; leave a code out and a person decides",
                ));
            };
            states.insert(code.as_str().into(), *status);
        }
        Ok(Self(states))
    }

    /// What a code means; `Unmapped` sends the payment to a person.
    pub(super) fn meaning(&self, code: &str) -> TxnStatus {
        self.0.get(code).copied().unwrap_or(TxnStatus::Unmapped)
    }
}

/// The name of a field in a configuration.
pub(super) fn is_field(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=40).contains(&raw.len()) && raw.bytes().all(plain)
}

/// The order's own time as fourteen digits; fourteen digits that came in go out unchanged.
pub(super) fn order_time(order: &PaymentOrder) -> Box<str> {
    let text = order.created_at.text();
    let compact = text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit());
    if compact {
        text.into()
    } else {
        order.created_at.compact().into()
    }
}

/// The record of an order's payment, with the order's own time until the answer tells another.
pub(super) fn payment_of(order: &PaymentOrder, asked: &str) -> Record {
    Record {
        at: At {
            file: format!("{asked} {}", order.order_id).into(),
            line: 1,
        },
        id: Some(order.order_id.clone()),
        order_ref: Some(order.order_id.clone()),
        time: Some(order_time(order)),
        time_column: "created_at",
        time_form: TimeForm::OrderTime,
        kind: Some(TxnKind::Payment),
        order_amount: Some(order.amount),
        ..Record::default()
    }
}

/// A text that says something.
pub(super) fn some(text: &str) -> Option<Box<str>> {
    Some(text)
        .filter(|text| !text.is_empty() && *text != "0")
        .map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::read as settings;

    const MOMO: &str = "[[source]]\nname = \"momo\"\nkind = \"momo\"\nbase_url = \"https://momo.example\"\n\
                        partner_code = \"P\"\naccess_key = { env = \"A\" }\nsecret_key = { env = \"S\" }\n";

    #[test]
    fn the_map_stands_over_the_documented_codes_and_the_rest_is_for_a_person() {
        let text = format!("{MOMO}status_map = {{ \"9000\" = \"success\", \"7\" = \"failed\" }}\n");
        let documented = [("0", TxnStatus::Success), ("9000", TxnStatus::Pending)];
        let states = States::read(&settings(&text).unwrap(), &documented).unwrap();
        for (code, status) in [
            ("0", TxnStatus::Success),
            ("9000", TxnStatus::Success),
            ("7", TxnStatus::Failed),
            ("4242", TxnStatus::Unmapped),
            ("", TxnStatus::Unmapped),
        ] {
            assert_eq!(states.meaning(code), status, "{code}");
        }
    }

    #[test]
    fn a_meaning_that_is_none_is_named_with_what_to_write() {
        let text = format!("{MOMO}status_map = {{ \"9000\" = \"paid\" }}\n");
        let error = States::read(&settings(&text).unwrap(), &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "doisoat.toml:1:1: source \"momo\": status_map has no meaning \"paid\" for \"9000\"\n  write \
             success, pending or failed; leave a code out and a person decides"
        );
    }
}
