//! `doisoat.toml` -> validated `Config`. Unknown keys are errors with a suggestion; every message
//! says what, where and what to do.

pub mod at_home;
pub mod error;
pub mod forms;
pub mod lint;
pub mod rules;
pub mod secret;
pub mod section;
pub mod source;
mod load;
mod tables;
mod measure;
pub mod notify;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::domain::{Calendar, Catalogue, Day, FeeTable, Lang, Target, Vnd};
use crate::schedule::{Cron, Nights};

pub use crate::schedule::CatchUp;
pub use error::ConfigError;
pub use forms::{Rate, TimeOfDay};
pub use notify::NotifyConfig;
pub use rules::RulesConfig;
pub use secret::{SecretRef, Surroundings};
pub use source::{HttpSettings, SourceSettings, parse_source};

/// Everything `doisoat.toml` says, validated. Paths are absolute or relative to the current folder.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it was read from.
    pub file: PathBuf,
    /// The folder of that file: relative paths start there.
    pub dir: PathBuf,
    /// Language of what people read.
    pub lang: Lang,
    /// Items from before go-live are opening items, not exceptions.
    pub start: Option<Day>,
    /// Where the database is.
    pub database: DatabaseUrl,
    /// Folder of the archived raw bytes.
    pub archive_dir: PathBuf,
    /// How many years archived bytes are kept.
    pub retention_years: u32,
    /// Folder of the published nights.
    pub report_dir: PathBuf,
    /// What a night writes.
    pub formats: Vec<Format>,
    /// Published tables separate cells by `;` and decimals by `,`, for Vietnamese settings.
    pub csv_semicolons: bool,
    /// Targets; the first definition carries the night's verdict.
    pub targets: Vec<Target>,
    /// Exit 4 above this much open money.
    pub open_vnd_max: Option<Vnd>,
    /// When it runs.
    pub schedule: ScheduleConfig,
    /// On which days offices rest.
    pub calendar: Calendar,
    /// The fee table; empty where none is named.
    pub fee_table: FeeTable,
    /// What procedures and fields are called; empty where no catalogue is named.
    pub catalogue: Catalogue,
    /// The files that it names beside itself: days of rest, the fee table, the catalogue.
    pub files: Vec<PathBuf>,
    /// Windows, tolerances, rates.
    pub rules: RulesConfig,
    /// Every definition that targets and rules name, with its place; the measuring stage says
    /// whether it exists.
    pub definitions: Vec<(Box<str>, String)>,
    /// The sources, in the order of the file; names are unique.
    pub sources: Vec<SourceSettings>,
    /// Who hears of a night.
    pub notify: NotifyConfig,
    /// A file for node_exporter's textfile collector, written at the end of every run.
    pub metrics: Option<PathBuf>,
}

impl Config {
    /// Folders that sources read.
    pub fn folders(&self) -> Vec<PathBuf> {
        let folders = self
            .sources
            .iter()
            .filter(|s| !s.registration.speaks_http());
        folders
            .filter_map(|source| source.path("path").map(PathBuf::from))
            .collect()
    }

    /// The word under which orders name a source: its kind, or its name where two share the kind or
    /// the kind is `rest`, which names no provider.
    pub fn provider_word<'a>(&self, source: &'a SourceSettings) -> &'a str {
        if source.connector().is_ok() {
            return source.name.as_str();
        }
        let of_kind = self
            .sources
            .iter()
            .filter(|other| other.kind() == source.kind())
            .count();
        if of_kind > 1 {
            source.name.as_str()
        } else {
            source.kind()
        }
    }

    /// How long after its midnight a business day is closed for every source, in milliseconds.
    pub fn latest_close_ms(&self) -> i64 {
        const DAY_MS: i64 = 86_400_000;
        let close = |ms: i64| if ms == 0 { DAY_MS } else { ms };
        self.sources
            .iter()
            .map(|source| close(source.cutoff.ms()))
            .max()
            .unwrap_or(DAY_MS)
    }

    /// Where the last start of a night is written down: beside the database where that is a file,
    /// else in the archive, so that it can be told also when the database cannot be opened.
    pub fn last_run_file(&self) -> PathBuf {
        match &self.database {
            DatabaseUrl::Sqlite(path) => {
                let mut name = path.clone().into_os_string();
                name.push(".last-run.json");
                name.into()
            }
            DatabaseUrl::Postgres(_) => self.archive_dir.join("last-run.json"),
        }
    }

    /// Which nights are due.
    pub fn nights(&self) -> Nights {
        Nights {
            cron: self.schedule.cron.clone(),
            catch_up: self.schedule.catch_up,
            start: self.start,
            installed: None,
            close_ms: self.latest_close_ms(),
        }
    }

    /// What lets the program run but not report a share: no registry, no money source.
    pub fn gaps(&self) -> (bool, bool) {
        let money = |source: &&SourceSettings| source.registration.carries_money;
        let registries = self.sources.iter().filter(|source| !money(source)).count();
        (registries == 0, self.sources.iter().find(money).is_none())
    }
}

/// The database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL; may hold a password, so it is never printed.
    Postgres(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label())
    }
}

impl DatabaseUrl {
    /// The URL with its path made absolute by the configuration's folder.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// For people: without user and password.
    pub fn label(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                let host = host.split('?').next().unwrap_or(host);
                format!("postgres://{host}")
            }
        }
    }

    /// True when a password stands in the URL.
    pub fn holds_password(&self) -> bool {
        let Self::Postgres(url) = self else {
            return false;
        };
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let in_user = rest
            .rsplit_once('@')
            .is_some_and(|(user, _)| user.contains(':'));
        in_user || rest.contains("password=")
    }
}

/// A file format of a published night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `index.html`.
    Html,
    /// `doisoat.xlsx`.
    Xlsx,
    /// `exceptions.csv`, `links.csv`, `share.csv`.
    Csv,
    /// `doisoat.pdf`, the summary for print; only where it is asked for.
    Pdf,
    /// `run.json`; always written, because scripts read it.
    Json,
}

impl Format {
    /// Every format with its word in settings and options.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("html", Self::Html),
        ("xlsx", Self::Xlsx),
        ("csv", Self::Csv),
        ("pdf", Self::Pdf),
        ("json", Self::Json),
    ];

    /// Those of a night where the configuration chooses none.
    pub const USUAL: [Self; 4] = [Self::Html, Self::Xlsx, Self::Csv, Self::Json];

    /// Its word.
    pub fn word(self) -> &'static str {
        let is_it = |(word, format): &(&'static str, Self)| (*format == self).then_some(*word);
        Self::WORDS.iter().find_map(is_it).unwrap_or_default()
    }
}

/// `[schedule]`.
#[derive(Clone, Debug)]
pub struct ScheduleConfig {
    /// Five Unix fields at +07:00.
    pub cron: Cron,
    /// Which missed nights are made up for.
    pub catch_up: CatchUp,
    /// A pull that is not done by this time is cut, and the night is published with what there is.
    pub deadline: Option<TimeOfDay>,
}
