//! What a run was told with that decides no class and no share: the fee table, the gate, what the
//! pull alone looks at, the language and the separator of its tables, the names of procedures. A
//! run keeps it, and a past run is verified, replayed and shown by its own, whatever stands in the
//! configuration today.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::calibration;
use super::desk::Desk;
use super::digest;
use super::error::JobError;
use super::kept;
use super::stage;
use crate::config::{Config, Format};
use crate::domain::{Catalogue, Day, FeeTable, Fraction, Lang, Vnd};
use crate::store::RunRecord;

/// What a run keeps of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// The digest of the fee table as the night knew it, which stands in the run's `rules`
    /// document; none without a table.
    fee_table: Option<Box<str>>,
    /// Exit 4 above this much open money: the codes of a published run stay as they were.
    open_vnd_max: Option<Vnd>,
    /// The budget from which the margin followed; the margin itself is kept beside it.
    max_false_match: Option<Fraction>,
    /// Decides at the pull how complete a source is, which is an input from then on.
    reject_share_max: Fraction,
    /// Decides at the pull which orders are asked about.
    reprobe_days: u32,
    lang: Lang,
    csv_semicolons: bool,
    /// The digest of the catalogue, which is a document of the run; none without one, and in a run
    /// of an older program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    catalogue: Option<Box<str>>,
}

impl Told {
    /// What the night of `day` is told with.
    pub(super) fn by(config: &Config, day: Day) -> anyhow::Result<Self> {
        Ok(Self {
            fee_table: fee_table_digest(&config.fee_table, day)?,
            open_vnd_max: config.open_vnd_max,
            max_false_match: config.rules.max_false_match,
            reject_share_max: config.rules.reject_share_max,
            reprobe_days: config.rules.reprobe_days,
            lang: config.lang,
            csv_semicolons: config.csv_semicolons,
            catalogue: catalogue_digest(&config.catalogue)?,
        })
    }
}

/// The digest of the fee table as the night of `day` knows it; none without a table.
pub(super) fn fee_table_digest(table: &FeeTable, day: Day) -> anyhow::Result<Option<Box<str>>> {
    if let Some(lost) = &table.lost {
        return Ok(Some(lost.clone()));
    }
    let table = table.as_of(day);
    (!table.is_empty()).then(|| digest::of(&table)).transpose()
}

fn catalogue_digest(catalogue: &Catalogue) -> anyhow::Result<Option<Box<str>>> {
    let named = !catalogue.is_empty();
    named.then(|| digest::of(catalogue)).transpose()
}

/// A desk whose settings that decide no class and no share are those that the run was told with.
/// What the run looks like stays: language, separator, formats.
pub(super) async fn rules_of(desk: &Desk, run: &RunRecord) -> Result<Desk, JobError> {
    let Some(told) = calibration::told(run)? else {
        return Ok(desk.clone());
    };
    let mut config = (*desk.config).clone();
    config.open_vnd_max = told.open_vnd_max;
    config.rules.max_false_match = told.max_false_match;
    config.rules.reject_share_max = told.reject_share_max;
    config.rules.reprobe_days = told.reprobe_days;
    let today = fee_table_digest(&config.fee_table, run.business_date)?;
    if today != told.fee_table {
        config.fee_table = match told.fee_table {
            None => FeeTable::default(),
            Some(digest) => archived(desk, run, digest).await?,
        };
    }
    if catalogue_digest(&config.catalogue)? != told.catalogue {
        config.catalogue = match told.catalogue {
            None => Catalogue::default(),
            Some(_) => catalogue_of(desk, run).await?,
        };
    }
    Ok(with(desk, config))
}

/// The names that the run was told with; where they are gone, codes stand alone: names prove
/// nothing.
async fn catalogue_of(desk: &Desk, run: &RunRecord) -> Result<Catalogue, JobError> {
    let documents = kept::of(desk, run).await?;
    let names = kept::read::<Catalogue>(desk, &documents, kept::CATALOGUE)?;
    Ok(names.unwrap_or_default())
}

/// The same desk, measuring one more definition.
pub(super) fn measuring(desk: &Desk, definition: &str) -> Desk {
    let mut config = (*desk.config).clone();
    if !config
        .rules
        .definitions
        .iter()
        .any(|id| **id == *definition)
    {
        config.rules.definitions.push(definition.into());
    }
    with(desk, config)
}

/// The same desk with the language, the separator and the formats of the run.
pub(super) fn looks_of(desk: &Desk, run: &RunRecord) -> Result<Desk, JobError> {
    let mut config = (*desk.config).clone();
    if let Some(told) = calibration::told(run)? {
        config.lang = told.lang;
        config.csv_semicolons = told.csv_semicolons;
    }
    if !run.files.is_empty() {
        config.formats = stage::formats_of(&run.files);
    }
    Ok(with(desk, config))
}

/// The same desk in a language.
pub(super) fn speaking(desk: &Desk, lang: Lang) -> Desk {
    let mut config = (*desk.config).clone();
    config.lang = lang;
    with(desk, config)
}

/// The same desk with other formats.
pub(super) fn writing(desk: &Desk, formats: &[Format]) -> Desk {
    let mut config = (*desk.config).clone();
    config.formats = formats.to_vec();
    with(desk, config)
}

fn with(desk: &Desk, config: Config) -> Desk {
    Desk {
        config: Arc::new(config),
        ..desk.clone()
    }
}

/// The table that the run kept; marked as lost where it is not in the archive any more.
async fn archived(desk: &Desk, run: &RunRecord, digest: Box<str>) -> Result<FeeTable, JobError> {
    let documents = kept::of(desk, run).await?;
    let rules = kept::read::<Value>(desk, &documents, kept::RULES)?;
    let table = rules
        .ok()
        .and_then(|rules| FeeTable::deserialize(&rules["fee_table"]).ok());
    let is_it = |table: &FeeTable| digest::of(table).is_ok_and(|found| found == digest);
    Ok(table.filter(is_it).unwrap_or_else(|| FeeTable {
        lost: Some(digest),
        ..FeeTable::default()
    }))
}

/// Settings of this kind that enter the rules digest and differ, as `path: before / after`; the fee
/// table is told apart. None where a run of an older program kept none.
pub(super) fn changed(from: &RunRecord, to: &RunRecord) -> Result<Vec<Box<str>>, JobError> {
    let (Some(was), Some(now)) = (calibration::told(from)?, calibration::told(to)?) else {
        return Ok(Vec::new());
    };
    let (was, now) = (settings(&was)?, settings(&now)?);
    let differing = was
        .iter()
        .filter(|(name, was)| now.get(*name) != Some(*was));
    let said = differing.map(|(name, was)| {
        let none = Value::Null;
        let now = now.get(name).unwrap_or(&none);
        format!("{name}: {was} / {now}").into()
    });
    Ok(said.collect())
}

/// The digests of the fee tables, where they differ.
pub(super) fn changed_table(
    from: &RunRecord,
    to: &RunRecord,
) -> Result<Option<[Option<Box<str>>; 2]>, JobError> {
    let (Some(was), Some(now)) = (calibration::told(from)?, calibration::told(to)?) else {
        return Ok(None);
    };
    let is_other = was.fee_table != now.fee_table;
    Ok(is_other.then_some([was.fee_table, now.fee_table]))
}

fn settings(told: &Told) -> Result<BTreeMap<String, Value>, JobError> {
    let value = serde_json::to_value(told).context("what a run was told with")?;
    let Value::Object(all) = value else {
        return Ok(BTreeMap::new());
    };
    // neither the language nor the separator nor a name makes another run
    let own = ["fee_table", "lang", "csv_semicolons", "catalogue"];
    let rest = all.into_iter();
    Ok(rest
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .collect())
}
