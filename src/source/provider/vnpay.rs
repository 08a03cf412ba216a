//! VNPAY.
use super::super::registration::{Ability, Defaults, Key, KeyForm, Registration};
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::Instrument;
use std::time::Duration;

/// VNPAY.
pub const REGISTRATION: Registration = Registration {
    kind: "vnpay",
    label: "VNPAY",
    ability: Ability::Probe,
    is_gateway: true,
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
