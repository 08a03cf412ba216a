//! A database that is not there, or holds nothing, beside an archive and reports of past nights: it
//! was lost, and must not be taken for one that was never made.

use std::fs;
use std::path::Path;

use super::error::JobError;
use crate::config::Config;
use crate::domain::Day;
use crate::store::{OpenMode, Store, StoreError};
use crate::text;

/// What lies beside the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Beside {
    /// Nights in the report folder, in order.
    nights: Vec<Day>,
    /// The archive holds bytes.
    has_archive: bool,
}

impl Beside {
    fn look(config: &Config) -> Self {
        let is_night = |name: &String| config.report_dir.join(name).join("run.json").is_file();
        let nights = names(&config.report_dir).into_iter().filter(is_night);
        let mut nights: Vec<Day> = nights.filter_map(|name| Day::parse(&name).ok()).collect();
        nights.sort();
        // bytes lie in folders of two hex digits
        let is_shelf =
            |name: &String| name.len() == 2 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
        Self {
            nights,
            has_archive: names(&config.archive_dir).iter().any(is_shelf),
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.collect()
}

/// Opens the database of the configuration, as [`Store::open`] does; where it is not there but the
/// past nights are, the error says so and how to get it back.
pub async fn open(config: &Config, mode: OpenMode) -> Result<Store, JobError> {
    let opened = Store::open(&config.database.url(), mode).await;
    let opened = match opened {
        // `migrate` would make tables in an empty one
        Ok(store) if mode == OpenMode::Any => match store.pending().await {
            Err(StoreError::NotInitialised(place)) if lost(config, &place).is_some() => {
                store.close().await;
                Err(StoreError::NotInitialised(place))
            }
            _ => Ok(store),
        },
        opened => opened,
    };
    opened.map_err(|error| match &error {
        StoreError::NotInitialised(place) => {
            lost(config, place).unwrap_or_else(|| JobError::Store(error))
        }
        _ => JobError::Store(error),
    })
}

/// Refuses to make a new database where one was lost.
pub async fn refuse_new(config: &Config) -> Result<(), JobError> {
    let mode = OpenMode::Any;
    match open(config, mode).await {
        Ok(store) => store.close().await,
        Err(error @ JobError::Lost { .. }) => return Err(error),
        // whatever else is wrong is met again when it is made
        Err(_) => {}
    }
    Ok(())
}

/// The error about a lost database; none where there is nothing beside it.
fn lost(config: &Config, place: &str) -> Option<JobError> {
    let beside = Beside::look(config);
    let (archive, reports) = (&config.archive_dir, &config.report_dir);
    let (archive, reports) = (archive.display().to_string(), reports.display().to_string());
    let count = beside.nights.len().to_string();
    let day = |day: Option<&Day>| day.map_or_else(String::new, |day| text::day(config.lang, *day));
    let (first, last) = (day(beside.nights.first()), day(beside.nights.last()));
    let args = [
        ("place", place),
        ("archive", &archive),
        ("reports", &reports),
        ("n", &count),
        ("first", &first),
        ("last", &last),
    ];
    let key = match (beside.nights.is_empty(), beside.has_archive) {
        (false, _) => "database-lost",
        (true, true) => "database-lost-archive",
        (true, false) => return None,
    };
    Some(JobError::Lost {
        message: text::say(config.lang, key, &args),
        fix: text::say(config.lang, "database-lost-fix", &args),
    })
}
