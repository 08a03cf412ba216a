//! The `[[source]]` tables: common keys, and the keys of each kind as its registration lists them.

mod http;
mod sizes;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::error::ConfigError;
use super::forms::{self, DURATION_FORM, TIME_FORM, TimeOfDay};
use super::secret::{SecretRef, Surroundings};
use super::section::{Item, Section, suggest};
use crate::domain::{Instrument, SourceName};
use crate::source::{ALL, Ability, Connector, KeyForm, Mapping, Registration, Sizes};

pub use http::HttpSettings;

/// Words of `instrument`; counter cash is not a means of a money source.
const INSTRUMENTS: &[(&str, Instrument)] = &[
    ("transfer", Instrument::Transfer),
    ("qr", Instrument::Qr),
    ("wallet", Instrument::Wallet),
    ("card", Instrument::Card),
    ("mobile_money", Instrument::MobileMoney),
    ("portal", Instrument::Portal),
];
const DAY: Duration = Duration::from_hours(24);

/// One `[[source]]`, validated.
#[derive(Clone, Debug)]
pub struct SourceSettings {
    /// Name, `[a-z0-9-]+`.
    pub name: SourceName,
    /// What the kind can do.
    pub registration: &'static Registration,
    /// `file:line:column` of the table, for messages.
    pub place: String,
    /// A missing required source keeps the verdict undecided.
    pub required: bool,
    /// Payments from this time of day count for the next business date; 00:00 is the calendar day.
    pub cutoff: TimeOfDay,
    /// After the end of the business date plus this the source is no longer merely late.
    pub freshness: Duration,
    /// Every night lists `[D - lookback_days, D]`.
    pub lookback_days: u32,
    /// A probe: at most so many orders a night, the oldest first; none is bounded by
    /// `source_deadline` alone.
    pub orders_max: Option<u32>,
    /// Only rows of this account.
    pub account: Option<Box<str>>,
    /// The full name of the other party, as papers to sign and letters call it.
    pub party: Option<Box<str>>,
    /// Means of payment where the record does not tell.
    pub instrument: Instrument,
    /// How large the files of a folder may be.
    pub sizes: Sizes,
    http: Option<HttpSettings>,
    texts: BTreeMap<&'static str, Box<str>>,
    paths: BTreeMap<&'static str, PathBuf>,
    secrets: BTreeMap<&'static str, SecretRef>,
    maps: BTreeMap<&'static str, BTreeMap<String, String>>,
    mappings: BTreeMap<&'static str, Mapping>,
    connector: Option<Arc<Connector>>,
}

impl SourceSettings {
    /// The kind's word: `sepay`.
    pub fn kind(&self) -> &'static str {
        self.registration.kind
    }

    /// A text key of the kind.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(AsRef::as_ref)
    }

    /// A path key of the kind, absolute or relative to the configuration's folder.
    pub fn path(&self, key: &str) -> Option<&Path> {
        self.paths.get(key).map(PathBuf::as_path)
    }

    /// A table of texts: `[source.map]`.
    pub fn map(&self, key: &str) -> Option<&BTreeMap<String, String>> {
        self.maps.get(key)
    }

    /// How the columns of files are mapped: `[source.map]`.
    pub fn mapping(&self, key: &str) -> Option<&Mapping> {
        self.mappings.get(key)
    }

    /// What a connector of the kind `rest` does.
    pub fn connector(&self) -> Result<Arc<Connector>, ConfigError> {
        let none = || self.fail("the tables of a connector are missing", "see docs/REST.md");
        self.connector.clone().ok_or_else(none)
    }

    /// Whether a secret of the kind is named.
    pub fn has_secret(&self, key: &str) -> bool {
        self.secrets.contains_key(key)
    }

    /// Fetches a secret of the kind; an error that says what to do when it is not there.
    pub fn secret(&self, key: &str, around: &Surroundings) -> Result<SecretString, ConfigError> {
        match self.secrets.get(key) {
            Some(secret) => secret.resolve(around),
            None => Err(self.fail(format!("{key} is missing"), super::secret::SECRET_FORM)),
        }
    }

    /// True when a secret of the kind is named.
    pub fn names_secret(&self, key: &str) -> bool {
        self.secrets.contains_key(key)
    }

    /// The HTTP part.
    pub fn http(&self) -> Result<&HttpSettings, ConfigError> {
        let none = || {
            self.fail(
                format!("a source of kind {} has no address", self.kind()),
                "",
            )
        };
        self.http.as_ref().ok_or_else(none)
    }

    /// An error about this source.
    pub fn fail(&self, message: impl fmt::Display, fix: &str) -> ConfigError {
        ConfigError::new(
            self.place.clone(),
            format!("source \"{}\": {message}", self.name),
            fix,
        )
    }
}

/// Reads one `[[source]]`. `place` is where its header stands; relative paths count from `folder`.
pub fn parse_source(
    mut table: Section<'_>,
    place: String,
    folder: &Path,
) -> Result<SourceSettings, ConfigError> {
    let name_item = table.require("name", "give the source a name: name = \"sepay-main\"")?;
    let name = name_item.parse("small letters, digits and hyphens; not \"cash\"", |raw| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = !raw.is_empty() && raw.len() <= 40 && raw.chars().all(plain);
        fits.then(|| SourceName::new(raw))
    })?;
    if name == SourceName::cash() {
        let message = format!("{} = \"{name}\" is reserved", name_item.path());
        let fix = "\"cash\" stands for the receipts of the counter in every report; write another \
                   name: name = \"cash-desk\"";
        return Err(name_item.fail(message, fix));
    }
    let registration = registration(&mut table)?;
    let mut settings = SourceSettings {
        name,
        registration,
        place,
        required: true,
        cutoff: registration.defaults.cutoff,
        freshness: registration.defaults.freshness,
        lookback_days: 3,
        orders_max: None,
        account: None,
        party: None,
        instrument: registration.defaults.instrument,
        sizes: Sizes::default(),
        http: None,
        texts: BTreeMap::new(),
        paths: BTreeMap::new(),
        secrets: BTreeMap::new(),
        maps: BTreeMap::new(),
        mappings: BTreeMap::new(),
        connector: None,
    };
    read_common(&mut settings, &mut table)?;
    if registration.ability == Ability::Probe {
        settings.orders_max = orders_max(&mut table)?;
    }
    if registration.reads_tables() {
        settings.sizes = sizes::read(&mut table)?;
    }
    if registration.speaks_http() {
        settings.http = Some(http::read(&mut table, registration, folder)?);
    }
    read_own(&mut settings, &mut table, folder)?;
    table.finish()?;
    Ok(settings)
}

/// The kind; where two abilities share its word, `mode` tells which.
fn registration(table: &mut Section<'_>) -> Result<&'static Registration, ConfigError> {
    let mut words: Vec<(&str, &'static Registration)> = Vec::new();
    for known in ALL {
        if words.iter().all(|(word, _)| *word != known.kind) {
            words.push((known.kind, known));
        }
    }
    let kinds: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let kind_fix = format!("write one of: {}", kinds.join(", "));
    let found = table.require("kind", &kind_fix)?.word(&words)?;
    let modes = ALL.iter().filter(|known| known.kind == found.kind);
    let modes: Vec<(&str, &'static Registration)> = modes
        .map(|known| match known.ability {
            Ability::Probe => ("probe", *known),
            Ability::List | Ability::Folder | Ability::Registry => ("list", *known),
        })
        .collect();
    if modes.len() == 1 {
        return Ok(found);
    }
    let fix = "write mode = \"list\" for a source that lists days, \"probe\" for one that is asked about orders";
    table.require("mode", fix)?.word(&modes)
}

/// Characters of the name of a party.
const PARTY_MAX: usize = 200;

fn read_common(settings: &mut SourceSettings, table: &mut Section<'_>) -> Result<(), ConfigError> {
    if let Some(item) = table.get("required") {
        settings.required = item.flag()?;
    }
    if let Some(item) = table.get("cutoff") {
        settings.cutoff = item.parse(TIME_FORM, TimeOfDay::parse)?;
    }
    if let Some(item) = table.get("freshness") {
        settings.freshness = item.parse(DURATION_FORM, forms::duration)?;
    }
    if let Some(item) = table.get("lookback") {
        let whole_days = |raw: &str| {
            let span = forms::duration(raw)?;
            let days = u32::try_from(span.as_secs() / DAY.as_secs()).ok()?;
            (span == DAY * days && days <= 60).then_some(days)
        };
        settings.lookback_days = item.parse("whole days up to 60: \"3d\"", whole_days)?;
    }
    if let Some(item) = table.get("account") {
        let account = |raw: &str| (!raw.trim().is_empty()).then(|| raw.trim().into());
        settings.account = Some(item.parse("an account number", account)?);
    }
    if let Some(item) = table.get("party") {
        let party = |raw: &str| {
            let name = raw.trim();
            let fits = (1..=PARTY_MAX).contains(&name.chars().count());
            (fits && !name.chars().any(char::is_control)).then(|| name.into())
        };
        let form = "the full name of the bank or provider, up to 200 characters";
        settings.party = Some(item.parse(form, party)?);
    }
    if let Some(item) = table.get("instrument") {
        settings.instrument = item.word(INSTRUMENTS)?;
    }
    Ok(())
}

fn orders_max(table: &mut Section<'_>) -> Result<Option<u32>, ConfigError> {
    let Some(item) = table.get("orders_max") else {
        return Ok(None);
    };
    let count = u32::try_from(item.number()?).ok();
    let count = count.filter(|n| (1..=1_000_000).contains(n));
    count.map(Some).ok_or_else(|| {
        let message = format!("{} is out of range", item.path());
        item.fail(
            message,
            "write how many orders a night may ask about, 1 to 1000000",
        )
    })
}

fn read_own(
    settings: &mut SourceSettings,
    table: &mut Section<'_>,
    folder: &Path,
) -> Result<(), ConfigError> {
    for key in settings.registration.keys {
        if let KeyForm::Tables(read) = key.form {
            settings.connector = Some(Arc::new(read(table, folder)?));
            continue;
        }
        let Some(item) = table.get(key.name) else {
            if let Some(fix) = key.required {
                return Err(table.fail(format!("source.{} is missing", key.name), fix));
            }
            continue;
        };
        match key.form {
            KeyForm::Text { form, fits } => {
                let text = item.parse(form, |raw| fits(raw).then(|| raw.into()))?;
                settings.texts.insert(key.name, text);
            }
            KeyForm::Words(words) => {
                let pairs: Vec<(&str, &str)> = words.iter().map(|w| (*w, *w)).collect();
                settings.texts.insert(key.name, item.word(&pairs)?.into());
            }
            KeyForm::Kinds(fits) => {
                let kinds = ALL.iter().filter(|known| fits(known));
                let pairs: Vec<(&str, &str)> =
                    kinds.map(|known| (known.kind, known.kind)).collect();
                settings.texts.insert(key.name, item.word(&pairs)?.into());
            }
            KeyForm::Secret => {
                settings
                    .secrets
                    .insert(key.name, SecretRef::read(&item, folder)?);
            }
            KeyForm::Path => {
                settings.paths.insert(key.name, folder.join(item.text()?));
            }
            KeyForm::Map => {
                settings.maps.insert(key.name, item.texts()?);
            }
            KeyForm::Mapping => {
                settings.mappings.insert(key.name, mapping(&item)?);
            }
            // Read above, because it is no key of its own.
            KeyForm::Tables(_) => {}
        }
    }
    Ok(())
}

/// A table that maps columns: unknown keys are errors as everywhere.
fn mapping(item: &Item<'_>) -> Result<Mapping, ConfigError> {
    let table = item.texts()?;
    let keys = Mapping::keys();
    if let Some(unknown) = table.keys().find(|key| !keys.contains(&key.as_str())) {
        let message = format!("unknown key \"{}.{unknown}\"", item.path());
        return Err(item.fail(message, &suggest(unknown, &keys)));
    }
    Mapping::parse(&table).map_err(|bad| item.fail(bad.message, &bad.fix))
}

#[cfg(test)]
pub(crate) mod tests;
