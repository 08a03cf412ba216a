//! `doisoat demo`: seven nights on an invented district, through the same code as `run`.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;

use super::output::out;
use super::{Failure, Global, Outcome, block_on, summary};
use crate::clock::FixedClock;
use crate::config::Config;
use crate::domain::day::local;
use crate::domain::{Day, Lang, Text};
use crate::job::nightly::{self, Mode, Night};
use crate::job::{Desk, Exit, JobError, Progress, Stop};
use crate::sandbox::{self, Sandbox, SandboxOptions};
use crate::store::{OpenMode, Store};

/// The file that says: this folder was made by `demo` and may be made anew.
const MARKER: &str = ".doisoat-demo";
/// 01:30 after midnight.
const HALF_PAST_ONE_MS: i64 = 90 * 60_000;

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat demo                           seven nights from 2022-12-05 into ./doisoat-demo
  doisoat demo --out trial --days 2      two nights, there
  doisoat demo --seed 7 --lang en        another district, in English
Afterwards the folder is an ordinary installation: `doisoat --config doisoat-demo/doisoat.toml exceptions list`.")]
pub struct DemoArgs {
    /// Folder for everything; made anew if an earlier demo made it
    #[arg(long, value_name = "DIR", default_value = "doisoat-demo")]
    out: PathBuf,
    /// Nights to run, from 2022-12-05 on
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// What the district is invented from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(global: &Global, args: &DemoArgs) -> Outcome {
    let lang = global.lang.unwrap_or_default();
    prepare(&args.out)?;
    let nights = block_on(nights(global, args, lang))??;
    let Some(last) = nights.last() else {
        return Ok(Exit::Done);
    };
    out(&summary::of_demo(&nights, last, lang));
    let text = Text {
        vi: "\nXem thêm:\n  {page}\n  doisoat --config {toml} exceptions list\n  \
             doisoat --config {toml} status\n",
        en: "\nSee also:\n  {page}\n  doisoat --config {toml} exceptions list\n  \
             doisoat --config {toml} status\n",
    };
    let page = last.folder.join("index.html").display().to_string();
    let toml = args.out.join("doisoat.toml").display().to_string();
    out(&text
        .get(lang)
        .replace("{page}", &page)
        .replace("{toml}", &toml));
    Ok(Exit::Done)
}

/// Makes the folder, or makes an earlier demo's folder anew; any other folder is left alone.
fn prepare(dir: &Path) -> Result<(), Failure> {
    let is_demo = dir.join(MARKER).is_file();
    let is_empty = dir
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_none());
    if dir.exists() && !is_demo && !is_empty {
        let message = format!(
            "{} exists and was not made by `doisoat demo`",
            dir.display()
        );
        return Err(Failure::new(
            Exit::Usage,
            message,
            "name another folder with --out",
        ));
    }
    let cannot = |error: std::io::Error| {
        Failure::failed(&anyhow!("{} cannot be made: {error}", dir.display()))
    };
    if is_demo {
        std::fs::remove_dir_all(dir).map_err(cannot)?;
    }
    std::fs::create_dir_all(dir.join("inbox")).map_err(cannot)?;
    std::fs::write(dir.join(MARKER), "made by `doisoat demo`\n").map_err(cannot)
}

async fn nights(global: &Global, args: &DemoArgs, lang: Lang) -> Result<Vec<Night>, JobError> {
    let first = Day::parse("2022-12-05").map_err(|error| anyhow!(error))?;
    let options = SandboxOptions {
        seed: args.seed,
        port: 0,
        fault: None,
        first_day: first.date(),
        days: args.days,
    };
    let sandbox = Sandbox::start(options)
        .await
        .context("the sandbox does not start")?;
    sandbox.set_rate_limit(false);
    let file = write_config(&sandbox, &args.out, lang)?;
    let config = Config::load(&file)?;
    let store = Store::open(&config.database.url(), OpenMode::Create).await?;
    store.migrate().await?;
    store.close().await;
    let clock = Arc::new(FixedClock::new(first.start_ms()));
    let mut desk = Desk::open(config, clock.clone()).await?;
    desk.stop = Stop::on_signals().context("signals")?;
    desk.progress = Progress::on_terminal(global.quiet);
    desk.file_pause = Duration::from_millis(10);
    let mut nights = Vec::new();
    for n in 0..args.days {
        let day = first.plus(n);
        let now = day.plus(1).start_ms() + HALF_PAST_ONE_MS;
        clock.set(now).map_err(|error| anyhow!(error))?;
        sandbox.set_now(local(now).context("the clock's range")?);
        let written = sandbox
            .district()
            .write_registry(&args.out.join("inbox"), day.date());
        written.context("the one-stop export")?;
        nights.push(nightly::run(&desk, day, Mode::Publish).await?);
    }
    desk.close().await;
    sandbox.stop().await;
    Ok(nights)
}

/// A configuration like anybody's, with its secrets in files of mode 0600.
fn write_config(sandbox: &Sandbox, dir: &Path, lang: Lang) -> anyhow::Result<PathBuf> {
    let secrets = dir.join("secrets");
    std::fs::create_dir_all(&secrets)?;
    let mut sources = sandbox.toml_sources();
    for provider in sandbox.providers() {
        let named = |env: &str| sources.contains(&format!("\"{env}\""));
        let known = sandbox.credentials(provider).iter();
        let known: Vec<_> = known.filter(|known| named(known.env)).collect();
        for known in known {
            let path = secrets.join(known.env);
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(path)?;
            file.write_all(known.value.as_bytes())?;
            let (env, kept) = (
                format!("{{ env = \"{}\" }}", known.env),
                format!("{{ file = \"secrets/{}\" }}", known.env),
            );
            sources = sources.replace(&env, &kept);
        }
    }
    // The simulators are on this machine: nobody is to be spared.
    let sources = sources.replace(
        "allow_loopback = true\n",
        "allow_loopback = true\nrate_limit = \"1000/s\"\n",
    );
    let text = format!(
        "# Written by `doisoat demo`; the simulators that it names are gone.\n\
         lang = \"{}\"\n\n\
         [start]\ndate = \"2022-12-05\"\n\n\
         [database]\nurl = \"sqlite://doisoat.db\"\n\n\
         [[target]]\ndefinition = \"TX_CASHLESS\"\nshare = \"50%\"\nvalid_from = \"2022-12-02\"\n\n\
         [[target]]\ndefinition = \"DOSSIER_ONLINE\"\nshare = \"80%\"\nvalid_from = \"2022-12-02\"\n\n\
         [gates]\nopen_vnd_max = 500000000\n\n\
         [fees]\ntable = \"fee_table.csv\"\n\n\
         [catalogue]\nfile = \"catalogue.csv\"\n\n{sources}",
        lang.id()
    );
    std::fs::write(dir.join("fee_table.csv"), sandbox::FEE_TABLE)?;
    std::fs::write(dir.join("catalogue.csv"), sandbox::CATALOGUE)?;
    let file = dir.join("doisoat.toml");
    std::fs::write(&file, text)?;
    Ok(file)
}
