//! What a kind of source is: its keys, its defaults, what it can do and how it is opened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Connector, Feed, FileSource, Pace, Probe, Protocol, PushSource, Registry, Words};
use crate::clock::Clock;
use crate::config::forms::{Rate, TimeOfDay};
use crate::config::{ConfigError, SourceSettings, Surroundings};
use crate::domain::Instrument;

/// A kind of source.
#[derive(Debug)]
pub struct Registration {
    /// The word of the configuration and of the outputs: `sepay`.
    pub kind: &'static str,
    /// The name people know: `SePay`.
    pub label: &'static str,
    /// What it can do.
    pub ability: Ability,
    /// True for a payment gateway (gross amounts, one event per order); false for a bank feed.
    pub is_gateway: bool,
    /// True when it brings transactions, false for the expected side.
    pub carries_money: bool,
    /// How it pushes events that an inbox may hold; none where that is not read.
    pub pushes: Option<Protocol>,
    /// Keys of this kind, besides the common ones.
    pub keys: &'static [Key],
    /// Values of common keys that are not written.
    pub defaults: Defaults,
    /// Opens it: secrets are fetched here, nothing is sent yet.
    pub open: fn(&Opening<'_>) -> Result<Handle, ConfigError>,
}

impl Registration {
    /// True when the kind has an address and the keys that go with it.
    pub fn speaks_http(&self) -> bool {
        self.ability != Ability::Folder
    }

    /// True where tables of others lie in a folder.
    pub fn reads_tables(&self) -> bool {
        self.ability == Ability::Folder && self.keys.iter().any(|key| key.name == "map")
    }

    /// True for a provider that people know by its name: it moves money and speaks a protocol of
    /// its own, which no table of the configuration describes.
    pub fn is_provider(&self) -> bool {
        let by_tables = |key: &Key| matches!(key.form, KeyForm::Tables(_));
        self.carries_money && self.speaks_http() && !self.keys.iter().any(by_tables)
    }
}

/// What a kind can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// Lists days.
    List,
    /// Answers about one order.
    Probe,
    /// Files in a folder.
    Folder,
    /// Tells which dossiers changed.
    Registry,
}

/// A key of the configuration.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// How its value is written.
    pub form: KeyForm,
    /// What to do when it is missing; none when it may be.
    pub required: Option<&'static str>,
}

/// How a key's value is written.
#[derive(Clone, Copy)]
pub enum KeyForm {
    /// A text that `fits`; `form` says how it looks.
    Text {
        /// For messages.
        form: &'static str,
        /// The test.
        fits: fn(&str) -> bool,
    },
    /// One of these words.
    Words(&'static [&'static str]),
    /// The word of one of these kinds of source.
    Kinds(fn(&Registration) -> bool),
    /// A reference to a secret.
    Secret,
    /// A path, relative to the configuration's folder.
    Path,
    /// A table of texts.
    Map,
    /// A table that maps the columns of files.
    Mapping,
    /// Tables of the kind's own, read as a whole.
    Tables(ReadTables),
}

/// Reads the tables of a connector from its `[[source]]`; paths count from the folder.
pub type ReadTables = fn(
    &mut crate::config::section::Section<'_>,
    &std::path::Path,
) -> Result<Connector, ConfigError>;

impl fmt::Debug for KeyForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text { .. } => "Text",
            Self::Words(_) => "Words",
            Self::Kinds(_) => "Kinds",
            Self::Secret => "Secret",
            Self::Path => "Path",
            Self::Map => "Map",
            Self::Mapping => "Mapping",
            Self::Tables(_) => "Tables",
        })
    }
}

/// Values of common keys that are not written.
#[derive(Debug)]
pub struct Defaults {
    /// Request rate.
    pub rate: Rate,
    /// Accounting cut-off.
    pub cutoff: TimeOfDay,
    /// How long after the end of the business date the source is merely late.
    pub freshness: Duration,
    /// Means of payment where the record does not tell.
    pub instrument: Instrument,
    /// The provider's public address; none where it is handed over with the contract.
    pub base_url: Option<&'static str>,
}

/// What opening a source needs.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Its settings.
    pub settings: &'a SourceSettings,
    /// Where secrets are fetched.
    pub around: &'a Surroundings,
    /// The time, for request stamps.
    pub clock: Arc<dyn Clock>,
    /// The pace of attempts.
    pub pace: Pace,
}

impl Opening<'_> {
    /// Opens the source.
    pub fn open(&self) -> Result<Handle, ConfigError> {
        (self.settings.registration.open)(self)
    }
}

/// An opened source.
#[derive(Debug)]
pub enum Handle {
    /// Lists days.
    Feed(Box<dyn Feed>),
    /// Answers about orders.
    Probe(Box<dyn Probe>),
    /// Tells which dossiers changed.
    Registry(Box<dyn Registry>),
    /// Files in a folder, read by `source/registry`.
    Folder(PathBuf),
    /// Statement or settlement files in a folder.
    Files(FileSource),
    /// Webhooks in a folder.
    Push(Box<PushSource>),
}

const A_DAY: Duration = Duration::from_hours(24);

/// A folder of registry exports.
pub(super) const FOLDER_DEFAULTS: Defaults = Defaults {
    rate: Rate {
        count: 1,
        per: Duration::from_secs(1),
    },
    cutoff: TimeOfDay::MIDNIGHT,
    freshness: A_DAY,
    instrument: Instrument::Portal,
    base_url: None,
};

/// The dossier registry's CSV export.
pub const EXPORT: Registration = Registration {
    kind: "export",
    label: "CSV export",
    ability: Ability::Folder,
    is_gateway: false,
    carries_money: false,
    pushes: None,
    keys: &[
        Key {
            name: "path",
            form: KeyForm::Path,
            required: Some(
                "name the folder that the export files arrive in: path = \"inbox/igate\"",
            ),
        },
        Key {
            name: "mode",
            form: KeyForm::Words(&["delta", "snapshot"]),
            required: None,
        },
        Key {
            name: "due",
            form: KeyForm::Text {
                form: "kinds of files with commas between, such as \"dossier_fees, cash_receipts\"",
                fits: super::registry::are_daily,
            },
            required: None,
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

/// Opens a folder of tables; `[source.map]` is held against what there may be.
pub(super) fn open_folder(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    if let Err((message, fix)) = Words::of_files(settings.kind(), settings.map("map")) {
        return Err(settings.fail(message, &fix));
    }
    let missing = || settings.fail("path is missing".to_owned(), "name a folder");
    let path = settings.path("path").ok_or_else(missing)?;
    Ok(Handle::Folder(path.to_owned()))
}
