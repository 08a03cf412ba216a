//! Statements of bank accounts in the formats that banks export: CSV, XLSX, XLS, ODS, HTML pages,
//! MT940, MT942, camt.052, camt.053, camt.054.

use std::time::Duration;

use super::FileRole;
use crate::config::TimeOfDay;
use crate::config::forms::Rate;
use crate::domain::Instrument;
use crate::source::registration::{Ability, Defaults, Key, KeyForm, Registration};

/// Bank statements dropped into a folder.
pub const STATEMENT: Registration = Registration {
    kind: "statement",
    label: "bank statement files",
    ability: Ability::Folder,
    is_gateway: false,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "path",
            form: KeyForm::Path,
            required: Some(
                "name the folder that the statements arrive in: path = \"inbox/statement\"",
            ),
        },
        Key {
            name: "map",
            form: KeyForm::Mapping,
            required: None,
        },
    ],
    defaults: Defaults {
        rate: Rate {
            count: 1,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Transfer,
        base_url: None,
    },
    open: |opening| super::open(opening, FileRole::Statement),
};
