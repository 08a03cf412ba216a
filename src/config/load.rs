//! Reads the file table by table.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::error::ConfigError;
use super::forms::{SHARE_FORM, TIME_FORM, TimeOfDay, share};
use super::notify::NotifyConfig;
use super::rules::RulesConfig;
use super::section::{Doc, Item, Section};
use super::tables::{catalogue, fee_table};
use super::{CatchUp, Config, DatabaseUrl, Format, ScheduleConfig, SourceSettings, parse_source};
use crate::domain::{Calendar, Day, Lang, Target, Vnd};
use crate::schedule::Cron;

const DAY_FORM: &str = "a day as \"YYYY-MM-DD\"";

impl Config {
    /// Reads and validates a configuration file.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            let name = file.display().to_string();
            if error.kind() == std::io::ErrorKind::NotFound {
                let fix = "run `doisoat init`, or name the file with --config or $DOISOAT_CONFIG";
                ConfigError::new(name, "there is no such configuration file", fix)
            } else {
                ConfigError::new(
                    name,
                    format!("cannot be read: {error}"),
                    "check its permissions",
                )
            }
        })?;
        Self::parse(&text, file)
    }

    /// Validates the text of a configuration file; `file` gives its name and folder.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let name = file.display().to_string();
        let doc = Doc { name: &name, text };
        let root = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            doc.fail(
                &span,
                error.message().replace('\n', ", "),
                "write valid TOML here",
            )
        })?;
        let dir = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let mut root = Section::new(doc, "", root.get_ref(), 0..0);
        let config = read(&mut root, file, &dir)?;
        root.finish()?;
        Ok(config)
    }
}

fn read(root: &mut Section<'_>, file: &Path, dir: &Path) -> Result<Config, ConfigError> {
    if let Some(zone) = root.get("timezone") {
        zone.word(&[("Asia/Ho_Chi_Minh", ())])?;
    }
    let lang = root
        .get("lang")
        .map(|item| item.word(&[("vi", Lang::Vi), ("en", Lang::En)]));
    let (report_dir, formats, csv_semicolons) = report(root, dir)?;
    let notify = NotifyConfig::read(root.section("notify")?, dir, &formats)?;
    let mut definitions = Vec::new();
    let targets = targets(root, &mut definitions)?;
    let mut rules = RulesConfig::read(root.section("rules")?, &mut definitions)?;
    rules.read_definitions(root.section("definitions")?)?;
    let sources = sources(root, dir)?;
    let mut files = certificates(&sources, &notify);
    Ok(Config {
        file: file.to_path_buf(),
        dir: dir.to_path_buf(),
        lang: lang.transpose()?.unwrap_or_default(),
        start: start(root)?,
        database: database(root, dir)?,
        archive_dir: folder(root, "archive", dir)?,
        retention_years: retention(root)?,
        report_dir,
        formats,
        csv_semicolons,
        open_vnd_max: gates(root)?,
        schedule: schedule(root)?,
        calendar: calendar(root, dir, &mut files)?,
        fee_table: fee_table(root, dir, &mut files)?,
        catalogue: catalogue(root, dir, &mut files)?,
        files,
        rules,
        definitions,
        sources,
        notify,
        metrics: metrics(root, dir)?,
        targets,
    })
}

/// The files of certificates that sources and those who are told name.
fn certificates(sources: &[SourceSettings], notify: &NotifyConfig) -> Vec<PathBuf> {
    let asked = sources.iter().filter_map(|source| source.http().ok());
    let mails = notify.emails.iter().map(|mail| &mail.ca_file);
    let hooks = notify.webhooks.iter().map(|hook| &hook.ca_file);
    let ping = notify.ping.iter().map(|ping| &ping.ca_file);
    let told = mails.chain(hooks).chain(ping);
    let named = asked.map(|http| &http.ca_file).chain(told);
    let files: std::collections::BTreeSet<&PathBuf> = named.flatten().collect();
    files.into_iter().cloned().collect()
}

fn start(root: &mut Section<'_>) -> Result<Option<Day>, ConfigError> {
    let Some(mut section) = root.section("start")? else {
        return Ok(None);
    };
    let day = section.get("date").map(|item| day(&item)).transpose()?;
    section.finish()?;
    Ok(day)
}

/// The days of rest that the program knows, and those of the office's own file.
fn calendar(
    root: &mut Section<'_>,
    dir: &Path,
    files: &mut Vec<PathBuf>,
) -> Result<Calendar, ConfigError> {
    let mut calendar = Calendar::default();
    let Some(mut section) = root.section("calendar")? else {
        return Ok(calendar);
    };
    if let Some(item) = section.get("file") {
        let file = path(&item, dir)?;
        let name = file.display();
        let fix = "write lines as 2026-11-24,holiday,name or 2026-12-12,work,name";
        let text = std::fs::read_to_string(&file).map_err(|error| {
            let fix =
                "correct the path, or its permissions; without days of your own take the key away";
            item.fail(format!("{name} cannot be read: {error}"), fix)
        })?;
        calendar.add(&text).map_err(|bad| {
            let (line, text) = (bad.line, bad.text);
            if let Some(against) = bad.against {
                let message = format!("{name}:{line}: \"{text}\" contradicts line {against}");
                return item.fail(message, "keep the line that holds");
            }
            let message = format!("{name}:{line}: \"{text}\" is no day of rest or work");
            item.fail(message, fix)
        })?;
        files.push(file);
    }
    section.finish()?;
    Ok(calendar)
}

fn day(item: &Item<'_>) -> Result<Day, ConfigError> {
    item.parse(DAY_FORM, |raw| Day::parse(raw).ok())
}

fn database(root: &mut Section<'_>, dir: &Path) -> Result<DatabaseUrl, ConfigError> {
    let Some(mut section) = root.section("database")? else {
        return Ok(DatabaseUrl::Sqlite(dir.join("doisoat.db")));
    };
    let item = section.require(
        "url",
        "write url = \"sqlite://doisoat.db\" or \"postgres://...\"",
    )?;
    let url = if item.is_section() {
        let mut from = item.section()?;
        let name = from.require("env", "write url = { env = \"DOISOAT_DATABASE_URL\" }")?;
        let variable = name.text()?;
        let value = std::env::var(variable).map_err(|_| {
            name.fail(
                format!("the environment has no {variable}"),
                "set it, or write the URL here",
            )
        })?;
        from.finish()?;
        value
    } else {
        item.text()?.to_owned()
    };
    section.finish()?;
    if let Some(path) = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
    {
        let path = path.split('?').next().unwrap_or(path);
        if path.is_empty() || path == ":memory:" {
            let fix = "name a file: \"sqlite://doisoat.db\"";
            return Err(item.fail("database.url names no file".into(), fix));
        }
        return Ok(DatabaseUrl::Sqlite(dir.join(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(DatabaseUrl::Postgres(url));
    }
    let fix = "write \"sqlite://<file>\" or \"postgres://<user>@<host>/<database>\"";
    Err(item.fail("database.url is neither SQLite nor PostgreSQL".into(), fix))
}

/// The `dir` key of a table, by default a folder with the table's name.
fn folder(root: &mut Section<'_>, table: &'static str, dir: &Path) -> Result<PathBuf, ConfigError> {
    let Some(mut section) = root.section(table)? else {
        return Ok(dir.join(table));
    };
    let path = section
        .get("dir")
        .map(|item| path(&item, dir))
        .transpose()?;
    section.finish()?;
    Ok(path.unwrap_or_else(|| dir.join(table)))
}

/// A path, relative to the folder of the configuration.
pub(super) fn path(item: &Item<'_>, dir: &Path) -> Result<PathBuf, ConfigError> {
    item.parse("a path", |raw| (!raw.is_empty()).then(|| dir.join(raw)))
}

/// Folder, formats, and whether tables are separated by `;`.
type Report = (PathBuf, Vec<Format>, bool);

fn report(root: &mut Section<'_>, dir: &Path) -> Result<Report, ConfigError> {
    let all = Format::USUAL.to_vec();
    let Some(mut section) = root.section("report")? else {
        return Ok((dir.join("reports"), all, false));
    };
    let folder = section
        .get("dir")
        .map(|item| path(&item, dir))
        .transpose()?;
    let formats = section.get("formats").map(|item| item.list()).transpose()?;
    let formats = match formats {
        None => all,
        Some(items) => items
            .iter()
            .map(|item| item.word(&Format::WORDS))
            .collect::<Result<_, _>>()?,
    };
    let separator = section.get("csv_separator");
    let separator = separator.map(|item| item.word(&[(",", false), (";", true)]));
    let semicolons = separator.transpose()?.unwrap_or_default();
    section.finish()?;
    let folder = folder.unwrap_or_else(|| dir.join("reports"));
    Ok((folder, formats, semicolons))
}

fn targets(
    root: &mut Section<'_>,
    places: &mut Vec<(Box<str>, String)>,
) -> Result<Vec<Target>, ConfigError> {
    let Some(item) = root.get("target") else {
        return Ok(Vec::new());
    };
    let mut targets = Vec::new();
    for item in item.list()? {
        let mut section = item.section()?;
        let fix = "write definition = \"TX_CASHLESS\"";
        let named = section.require("definition", fix)?;
        let definition = super::rules::definition(&named)?;
        places.push((definition.clone(), named.place()));
        let wanted = section
            .require("share", "write share = \"50%\"")?
            .parse(SHARE_FORM, share)?;
        let valid_from = section.require("valid_from", "write valid_from = \"YYYY-MM-DD\"")?;
        let from = day(&valid_from)?;
        let to = section.get("valid_to").map(|item| day(&item)).transpose()?;
        if to.is_some_and(|to| to < from) {
            let fix = "put valid_to on or after valid_from";
            return Err(valid_from.fail("this target is never valid".into(), fix));
        }
        section.finish()?;
        targets.push(Target {
            definition,
            share: wanted,
            valid_from: from,
            valid_to: to,
        });
    }
    Ok(targets)
}

fn sources(root: &mut Section<'_>, dir: &Path) -> Result<Vec<SourceSettings>, ConfigError> {
    let Some(item) = root.get("source") else {
        return Ok(Vec::new());
    };
    let mut sources: Vec<SourceSettings> = Vec::new();
    for item in item.list()? {
        let source = parse_source(item.section()?, item.place(), dir)?;
        if sources.iter().any(|known| known.name == source.name) {
            let message = format!("the name \"{}\" stands twice", source.name);
            return Err(item.fail(message, "give every source its own name"));
        }
        sources.push(source);
    }
    Ok(sources)
}

/// Accounting documents are kept ten years (Accounting Law 88/2015, article 41; Decree 174/2016).
fn retention(root: &mut Section<'_>) -> Result<u32, ConfigError> {
    const YEARS: u32 = 10;
    let Some(mut section) = root.section("retention")? else {
        return Ok(YEARS);
    };
    let mut years = YEARS;
    if let Some(item) = section.get("years") {
        let known = u32::try_from(item.number()?).ok();
        let known = known.filter(|years| (1..=100).contains(years));
        years = known.ok_or_else(|| {
            let message = "retention.years is no number of years".into();
            item.fail(message, "write a whole number from 1 to 100")
        })?;
    }
    section.finish()?;
    Ok(years)
}

fn gates(root: &mut Section<'_>) -> Result<Option<Vnd>, ConfigError> {
    let Some(mut section) = root.section("gates")? else {
        return Ok(None);
    };
    let Some(item) = section.get("open_vnd_max") else {
        section.finish()?;
        return Ok(None);
    };
    let dong = i64::try_from(item.number()?).ok();
    let gate = dong.map(Vnd::new).ok_or_else(|| {
        item.fail(
            "gates.open_vnd_max is too large".into(),
            "write an amount in dong",
        )
    })?;
    section.finish()?;
    Ok(Some(gate))
}

/// node_exporter reads files whose names end in `.prom`, and no others.
fn metrics(root: &mut Section<'_>, dir: &Path) -> Result<Option<PathBuf>, ConfigError> {
    let Some(mut section) = root.section("metrics")? else {
        return Ok(None);
    };
    let fix = "write textfile = \"/var/lib/prometheus/node-exporter/doisoat.prom\"";
    let item = section.require("textfile", fix)?;
    let file = path(&item, dir)?;
    if file.extension().is_none_or(|ending| ending != "prom") {
        let message = "metrics.textfile does not end in .prom".into();
        return Err(item.fail(message, fix));
    }
    section.finish()?;
    Ok(Some(file))
}

fn schedule(root: &mut Section<'_>) -> Result<ScheduleConfig, ConfigError> {
    let default = || {
        Cron::parse("30 1 * * *").map_err(|error| {
            ConfigError::new("built-in schedule", error.to_string(), "report this")
        })
    };
    let Some(mut section) = root.section("schedule")? else {
        return Ok(ScheduleConfig {
            cron: default()?,
            catch_up: CatchUp::All,
            deadline: None,
        });
    };
    let cron = match section.get("cron") {
        None => default()?,
        Some(item) => Cron::parse(item.text()?).map_err(|error| {
            item.fail(
                error.to_string(),
                "write five fields as in \"30 1 * * *\" (01:30 every day)",
            )
        })?,
    };
    let catch_up = section
        .get("catch_up")
        .map(|item| item.word(&CatchUp::WORDS))
        .transpose()?;
    let deadline = section.get("deadline");
    let deadline = deadline
        .map(|item| item.parse(TIME_FORM, TimeOfDay::parse))
        .transpose()?;
    section.finish()?;
    Ok(ScheduleConfig {
        cron,
        catch_up: catch_up.unwrap_or(CatchUp::All),
        deadline,
    })
}
