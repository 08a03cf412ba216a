//! OpenCPS (FDS): PaymentFile rows, exported as tables into a folder. Fields as its public source
//! has them (github.com/VietOpenCPS/opencps-v2); the interface itself is not read.

use crate::source::registration::{
    Ability, FOLDER_DEFAULTS, Key, KeyForm, Registration, open_folder,
};

/// PaymentFile exports of OpenCPS.
pub const REGISTRATION: Registration = Registration {
    kind: "opencps",
    label: "OpenCPS export",
    ability: Ability::Folder,
    is_gateway: false,
    carries_money: false,
    pushes: None,
    keys: &[
        Key {
            name: "path",
            form: KeyForm::Path,
            required: Some("name the folder that the exports arrive in: path = \"inbox/opencps\""),
        },
        Key {
            name: "map",
            form: KeyForm::Map,
            required: None,
        },
    ],
    defaults: FOLDER_DEFAULTS,
    open: open_folder,
};
