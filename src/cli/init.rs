//! `doisoat init [DIR]`: what is missing is written, what exists stays.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;

use super::output::out;
use super::owner::Owner;
use super::{Failure, Global, Outcome, block_on};
use crate::config::{Config, DatabaseUrl};
use crate::domain::{Lang, Text};
use crate::job::{Exit, JobError, foreign, lost};
use crate::store::archive::Archive;
use crate::store::{OpenMode, Store};

const TOML_VI: &str = include_str!("init/doisoat.vi.toml");
const TOML_EN: &str = include_str!("init/doisoat.en.toml");
const SERVICE: &str = include_str!("init/doisoat.service");
/// Mộ Đức before and after 01/07/2025, by statistical codes.
const AGENCIES: &str = include_str!("init/agencies.csv");
/// National rates that are published, to begin a fee table with.
const FEE_TABLE: &str = include_str!("init/fee_table.csv");
const TIMER: &str = include_str!("init/doisoat.timer");
const CRON: &str = include_str!("init/doisoat.cron");
const LOGROTATE: &str = include_str!("init/doisoat.logrotate");

pub(super) const EXAMPLES: &str = "\
Examples:
  doisoat init                  here: doisoat.toml, folders, systemd units, cron line, database
  doisoat init /etc/doisoat     there
  doisoat init --lang en        with English comments
  doisoat init --new-database   begin again, although past nights lie beside the database that is gone
Run again after an upgrade: what exists is never changed, pending migrations are applied. Where the
database is gone and its archive or reports are not, it makes no new one: restore the backup.";

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct InitArgs {
    /// Folder to set up
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Make a new database although an archive or reports of past nights lie there
    #[arg(long)]
    new_database: bool,
    /// Go on with an archive that holds nothing of the last publication: what was kept is lost for
    /// good
    #[arg(long)]
    new_archive: bool,
}

pub(super) fn run(global: &Global, args: &InitArgs) -> Outcome {
    let lang = global.lang.unwrap_or_default();
    let mut made = Made::default();
    let wanted = std::path::absolute(&args.dir);
    writable_in_units(&wanted.with_context(|| args.dir.display().to_string())?)?;
    folder(&args.dir, 0o755, &mut made)?;
    let dir = args
        .dir
        .canonicalize()
        .with_context(|| args.dir.display().to_string())?;
    writable_in_units(&dir)?;
    let owner = Owner::of(&dir)?;
    let file = dir.join("doisoat.toml");
    let text = if lang == Lang::Vi { TOML_VI } else { TOML_EN };
    write_new(&file, text, &mut made)?;
    let mut config = Config::load(&file)?;
    config.lang = global.lang(Some(&config));
    if !args.new_database {
        block_on(lost::refuse_new(&config))??;
    }
    folder(&config.archive_dir, 0o700, &mut made)?;
    folder(&config.report_dir, 0o755, &mut made)?;
    for path in config.folders() {
        folder(&path, 0o755, &mut made)?;
    }
    write_new(&dir.join("agencies.example.csv"), AGENCIES, &mut made)?;
    write_new(&dir.join("fee_table.example.csv"), FEE_TABLE, &mut made)?;
    schedulers(&config, &dir, &owner, &mut made)?;
    block_on(database(&config, &mut made))??;
    if args.new_archive {
        block_on(new_archive(&config, &mut made))??;
    }
    for path in &made.paths {
        owner.give(path)?;
    }
    made.said.push(next_steps(&dir, &owner, lang));
    out(&made.said.concat());
    Ok(Exit::Done)
}

/// Says in the archive that nights go on without what was kept before.
async fn new_archive(config: &Config, made: &mut Made) -> Result<(), JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let said = foreign::go_on(&store, &Archive::open(&config.archive_dir)?).await;
    store.close().await;
    if let Some(file) = said? {
        made.add(&file, format!("  +  {}\n", file.display()));
    }
    Ok(())
}

/// What was made and what is said of it.
#[derive(Default)]
struct Made {
    said: Vec<String>,
    paths: Vec<PathBuf>,
}

impl Made {
    fn add(&mut self, path: &Path, said: String) {
        self.paths.push(path.to_owned());
        self.said.push(said);
    }
}

/// Where an installation lies, for what starts it.
pub(super) struct Place<'a> {
    /// The program.
    pub(super) program: &'a Path,
    /// The folder of the configuration.
    pub(super) dir: &'a Path,
    /// The user of the nights.
    pub(super) user: &'a str,
    /// The group of its files.
    pub(super) group: &'a str,
}

/// The systemd units, and the same for cron and logrotate: path below the folder, and text.
pub(super) fn scheduler_files(config: &Config, place: &Place<'_>) -> Vec<(&'static str, String)> {
    let cron = &config.schedule.cron;
    let calendars = cron.calendars();
    let calendars: Vec<String> = calendars
        .iter()
        .map(|c| format!("OnCalendar={c}"))
        .collect();
    let fill = |name: &str, text: &str| {
        // what a percent sign is written as: elsewhere it is a specifier, or ends the line
        let percent = match name {
            name if name.starts_with("systemd/") => "%%",
            "cron/doisoat.cron" => "\\%",
            _ => "%",
        };
        let path = |path: &Path| path.display().to_string().replace('%', percent);
        let dir = path(place.dir);
        let mut words = dir.clone();
        if dir.contains(char::is_whitespace) {
            words = format!("\"{dir}\"");
        }
        text.replace("{program}", &path(place.program))
            .replace("{words}", &words)
            .replace("{dir}", &dir)
            .replace("{user}", place.user)
            .replace("{group}", place.group)
            .replace("{cron}", cron.as_str())
            .replace("{calendars}", &calendars.join("\n"))
    };
    [
        ("systemd/doisoat.service", SERVICE),
        ("systemd/doisoat.timer", TIMER),
        ("cron/doisoat.cron", CRON),
        ("cron/doisoat.logrotate", LOGROTATE),
    ]
    .map(|(name, text)| (name, fill(name, text)))
    .into()
}

/// Refuses a folder of which units, shell and logrotate would each read another name.
fn writable_in_units(dir: &Path) -> Result<(), Failure> {
    let is_bad = |c: char| c.is_control() || "\"'`$\\*?[]{}".contains(c);
    let path = dir.display().to_string();
    match path.chars().find(|c| is_bad(*c)) {
        None => Ok(()),
        Some(bad) => Err(Failure::from(JobError::Usage {
            message: format!(
                "{path} holds {bad:?}, which systemd, cron and logrotate take otherwise"
            ),
            fix: "give the folder another name, without quotes, $, `, \\, *, ? and brackets".into(),
        })),
    }
}

/// Writes what starts the nights, where it is missing.
fn schedulers(config: &Config, dir: &Path, owner: &Owner, made: &mut Made) -> Result<(), Failure> {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("doisoat"));
    let place = Place {
        program: &program,
        dir,
        user: &owner.user,
        group: &owner.group,
    };
    folder(&dir.join("systemd"), 0o755, made)?;
    folder(&dir.join("cron"), 0o755, made)?;
    for (name, text) in scheduler_files(config, &place) {
        write_new(&dir.join(name), &text, made)?;
    }
    folder(&dir.join("log"), 0o750, made)
}

async fn database(config: &Config, made: &mut Made) -> Result<(), JobError> {
    let existed = match &config.database {
        DatabaseUrl::Sqlite(path) => path.exists(),
        DatabaseUrl::Postgres(_) => true,
    };
    let store = Store::open(&config.database.url(), OpenMode::Create).await?;
    let applied = store.migrate().await?;
    store.close().await;
    if let (false, DatabaseUrl::Sqlite(path)) = (existed, &config.database) {
        made.paths.push(path.clone());
    }
    let label = config.database.label();
    made.said.push(match (existed, applied.is_empty()) {
        (true, true) => format!("  =  {label}\n"),
        (true, false) => format!("  ^  {label} ({})\n", applied.join(", ")),
        (false, _) => format!("  +  {label}\n"),
    });
    Ok(())
}

/// Makes a folder that is not there, with those above it.
fn folder(path: &Path, mode: u32, made: &mut Made) -> Result<(), Failure> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|dir| !dir.as_os_str().is_empty() && !dir.is_dir())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let create = DirBuilder::new().recursive(true).mode(mode).create(path);
    create.map_err(|error| cannot(path, &error))?;
    made.paths.extend(missing.into_iter().map(Path::to_owned));
    made.said.push(format!("  +  {}/\n", path.display()));
    Ok(())
}

/// Writes a file that is not there.
fn write_new(path: &Path, text: &str, made: &mut Made) -> Result<(), Failure> {
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o644)
        .open(path);
    match opened {
        Ok(mut file) => {
            let written = file
                .write_all(text.as_bytes())
                .and_then(|()| file.sync_all());
            written.map_err(|error| cannot(path, &error))?;
            made.add(path, format!("  +  {}\n", path.display()));
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            made.said.push(format!("  =  {}\n", path.display()));
        }
        Err(error) => return Err(cannot(path, &error)),
    }
    Ok(())
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(&anyhow!("{} cannot be written: {error}", path.display()))
}

fn next_steps(dir: &Path, owner: &Owner, lang: Lang) -> String {
    let text = Text {
        vi: "\nViệc tiếp theo:\n  1. mở {dir}/doisoat.toml, bật các nguồn và khai bí mật\n  \
             2. doisoat --config {dir}/doisoat.toml check\n  \
             3. chép {dir}/systemd/* vào /etc/systemd/system, rồi \
             systemctl enable --now doisoat.timer
     \
             (không có systemd: {dir}/cron, hoặc `doisoat schedule` chạy thường trực)
  \
             4. bật [notify.ping]: có nơi báo khi một đêm không chạy
",
        en: "
Next:
  1. edit {dir}/doisoat.toml: switch sources on, name their secrets
  \
             2. doisoat --config {dir}/doisoat.toml check
  \
             3. copy {dir}/systemd/* to /etc/systemd/system, then \
             systemctl enable --now doisoat.timer
     \
             (without systemd: {dir}/cron, or `doisoat schedule` in the foreground)
  \
             4. switch [notify.ping] on: somebody hears when a night did not run
",
    };
    let by_root = Text {
        vi: "  ! {dir} thuộc về root nên các đêm sẽ chạy bằng root: tạo một người dùng riêng, \
             chown -R thư mục này cho người đó, xóa {dir}/systemd và {dir}/cron rồi chạy lại init
",
        en:
            "  ! {dir} belongs to root, so the nights would run as root: make a user of their own, \
             chown -R the folder to it, remove {dir}/systemd and {dir}/cron, run init again
",
    };
    let mut said = text.get(lang).to_owned();
    if owner.is_root() {
        said += by_root.get(lang);
    }
    said.replace("{dir}", &dir.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_are_the_same_valid_configuration() {
        let read = |text: &str| Config::parse(text, Path::new("doisoat.toml")).unwrap();
        // Excel with Vietnamese settings reads other CSV files
        let separator = "csv_separator = \";\"\n";
        assert_eq!(TOML_VI.matches(separator).count(), 1);
        let same = TOML_EN.replace(&format!("# {separator}"), separator);
        let (vi, en) = (read(TOML_VI), read(&same));
        assert_eq!(format!("{vi:?}"), format!("{en:?}"));
        assert_eq!(vi.rules, crate::config::RulesConfig::default());
    }

    #[test]
    fn the_commented_notify_tables_are_valid_too() {
        for text in [TOML_VI, TOML_EN] {
            let (_, tail) = text.split_once("# [[notify.email]]").unwrap();
            let (block, _) = tail.split_once("[rules]").unwrap();
            let on = |line: &&str| line.contains(" = ") || line.starts_with('[');
            let lines = block
                .lines()
                .filter_map(|line| line.strip_prefix("# "))
                .filter(on);
            let lines: Vec<&str> = lines.collect();
            let text = format!("[[notify.email]]\n{}", lines.join("\n"));
            let notify = Config::parse(&text, Path::new("doisoat.toml"))
                .unwrap()
                .notify;
            assert_eq!((notify.emails.len(), notify.webhooks.len()), (1, 1));
            assert!(notify.ping.is_some());
        }
    }

    #[test]
    fn the_commented_sources_are_valid_too() {
        let tables = ["[[source]]", "[source.map]"];
        for text in [TOML_VI, TOML_EN] {
            let (head, tail) = text.split_once("mode = \"delta\"").unwrap();
            let switched_on: Vec<&str> = tail
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(code) if code.contains(" = ") || tables.contains(&code) => code,
                    _ => line,
                })
                .collect();
            let text = format!("{head}mode = \"delta\"{}", switched_on.join("\n"));
            let config = Config::parse(&text, Path::new("doisoat.toml")).unwrap();
            assert_eq!(config.sources.len(), 16);
        }
    }
}
