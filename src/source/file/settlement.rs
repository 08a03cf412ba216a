//! Settlement files: what a provider took on day T, told on T+1, in whatever columns; the columns
//! are named by `[source.map]`.

use std::time::Duration;

use super::FileRole;
use crate::config::TimeOfDay;
use crate::config::forms::Rate;
use crate::domain::Instrument;
use crate::source::registration::{Ability, Defaults, Key, KeyForm, Registration};

/// Settlement files of a provider dropped into a folder.
pub const SETTLEMENT: Registration = Registration {
    kind: "settlement",
    label: "settlement files",
    ability: Ability::Folder,
    is_gateway: true,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "path",
            form: KeyForm::Path,
            required: Some(
                "name the folder that the settlement files arrive in: path = \"inbox/momo\"",
            ),
        },
        Key {
            name: "map",
            form: KeyForm::Mapping,
            required: Some(
                "name its columns under [source.map]; `doisoat inspect FILE` proposes them",
            ),
        },
    ],
    defaults: Defaults {
        rate: Rate {
            count: 1,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(48),
        instrument: Instrument::Wallet,
        base_url: None,
    },
    open: |opening| super::open(opening, FileRole::Settlement),
};
