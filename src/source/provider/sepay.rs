//! SePay.
use super::super::registration::{Ability, Defaults, Key, KeyForm, Registration};
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::Instrument;
use std::time::Duration;

/// SePay.
pub const REGISTRATION: Registration = Registration {
    kind: "sepay",
    label: "SePay",
    ability: Ability::List,
    is_gateway: false,
    carries_money: true,
    keys: &[Key {
        name: "token",
        form: KeyForm::Secret,
        required: Some(""),
    }],
    defaults: Defaults {
        rate: Rate {
            count: 2,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_secs(86_400),
        instrument: Instrument::Transfer,
        base_url: None,
    },
    open: |_| todo!(),
};
