//! The command line: one file a command. Data goes to stdout, messages to stderr, and the exit code
//! says how it ended.

pub mod output;
pub mod inspect;
mod backfill;
mod backup;
mod check;
mod check_closed;
mod check_database;
mod check_disk;
mod check_fees;
mod check_notify;
mod check_orders;
mod check_rules;
mod demo;
mod diff;
mod exceptions;
mod help;
mod init;
mod inspect_cmd;
mod match_files;
mod match_out;
mod migrate;
mod on_disk;
mod owner;
mod package;
mod period;
mod places;
mod prune;
mod pull;
mod replay;
mod report;
mod run;
mod sandbox;
mod schedule;
mod status;
mod status_start;
mod summary;
mod usage;
mod verify;
mod who;

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError};
use crate::domain::{Day, Lang};
use crate::job::Exit;
use crate::job::desk::known_definitions;
use crate::telemetry::{self, LogFormat};

pub use output::Failure;

/// What a command ends with: an exit code, or a failure with its message.
pub type Outcome = Result<Exit, Failure>;

/// Reconciles administrative fees with payments every night, and proves the cashless share.
#[derive(Debug, Parser)]
#[command(
    name = "doisoat",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = help::TOP
)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that stand before or after any command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Configuration file [default: ./doisoat.toml]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DOISOAT_CONFIG",
        hide_env_values = true,
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub config: Option<PathBuf>,
    /// Language of what people read [default: the configuration's, else vi]
    #[arg(long, global = true, value_name = "vi|en", value_parser = lang)]
    pub lang: Option<Lang>,
    /// More log lines on stderr (-v information, -vv debug)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// How log lines are written
    #[arg(long, global = true, value_enum, default_value_t)]
    pub log_format: LogFormat,
}

impl Global {
    /// The configuration that the flags name, in the language that they name.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut config = self.read()?;
        known_definitions(&config)?;
        config.lang = self.lang(Some(&config));
        Ok(config)
    }

    /// The same for a night, which looks at its definitions once it can tell of a failure.
    pub fn read(&self) -> Result<Config, ConfigError> {
        let file = self.config_file();
        if file.as_os_str().is_empty() {
            return Err(ConfigError::new(
                "--config or $DOISOAT_CONFIG",
                "is empty: it names no configuration file",
                "name the file, or unset DOISOAT_CONFIG to take ./doisoat.toml",
            ));
        }
        Config::load(&file)
    }

    /// The path of the configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config
            .clone()
            .unwrap_or_else(|| PathBuf::from("doisoat.toml"))
    }

    /// The language: the flag, else the configuration's.
    pub fn lang(&self, config: Option<&Config>) -> Lang {
        self.lang
            .or(config.map(|config| config.lang))
            .unwrap_or_default()
    }
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Seven nights on an invented district: no configuration, no network beyond loopback
    Demo(demo::DemoArgs),
    /// Write an annotated doisoat.toml, folders, systemd units, and create the database
    Init(init::InitArgs),
    /// Apply pending database migrations
    Migrate(migrate::MigrateArgs),
    /// A consistent copy of the database, with the list of the archive
    Backup(backup::BackupArgs),
    /// Remove archived bytes that only nights older than the retention need
    Prune(prune::PruneArgs),
    /// Config, secrets, database, sources, disk, zone: one line each, with the fix
    Check(check::CheckArgs),
    /// The last and the next run
    Status(status::StatusArgs),
    /// The whole night: pull, settle, publish
    Run(run::RunArgs),
    /// Only the ingestion part of a night
    Pull(pull::PullArgs),
    /// Nights in order, resumable
    Backfill(backfill::BackfillArgs),
    /// Stay in the foreground and run every night on schedule
    Schedule(schedule::ScheduleArgs),
    /// Report again from the store: a night, a month, a range
    Report(report::ReportArgs),
    /// Close the figures of a period, or open them again
    Period(period::PeriodArgs),
    /// Past runs proved again: rows, links, shares, database, published files
    Verify(verify::VerifyArgs),
    /// A past run made again from the archive, compared with what was published
    Replay(replay::ReplayArgs),
    /// What changed between two runs, and which input did it
    Diff(diff::DiffArgs),
    /// Files in, files out: no configuration, no database
    Match(match_files::MatchArgs),
    /// What a statement or settlement file is and holds
    Inspect(inspect_cmd::InspectArgs),
    /// The work list: list, show
    Exceptions(exceptions::ExceptionsArgs),
    /// The provider simulators on loopback
    Sandbox(sandbox::SandboxArgs),
    /// Write what a system package needs beside the program: man pages, completions, units
    #[command(hide = true)]
    Package(package::PackageArgs),
    /// Print help for a command, or for a topic: exit-codes
    Help(help::HelpArgs),
}

/// Arguments in, exit code out.
pub fn main(args: impl IntoIterator<Item = std::ffi::OsString>) -> u8 {
    let args: Vec<std::ffi::OsString> = args.into_iter().collect();
    let wants_json = args.iter().any(|arg| arg == "--json");
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return usage(&args, &error, wants_json),
    };
    private_files();
    telemetry::init(
        telemetry::level(cli.global.verbose, cli.global.quiet),
        cli.global.log_format,
    );
    let ended = dispatch(&cli);
    match ended.and_then(|exit| output::lost(exit).map_or(Ok(exit), Err)) {
        Ok(exit) => exit.code(),
        Err(failure) => {
            failure.print(wants_json, cli.global.log_format);
            failure.exit.code()
        }
    }
}

/// Whatever is written from here on is for the program's own user: files 0600, folders 0700.
fn private_files() {
    use rustix::fs::Mode;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

fn dispatch(cli: &Cli) -> Outcome {
    match &cli.command {
        Command::Demo(args) => demo::run(&cli.global, args),
        Command::Check(args) => check::run(&cli.global, args),
        Command::Status(args) => status::run(&cli.global, args),
        Command::Run(args) => run::run(&cli.global, args),
        Command::Pull(args) => pull::run(&cli.global, args),
        Command::Backfill(args) => backfill::run(&cli.global, args),
        Command::Schedule(args) => schedule::run(&cli.global, args),
        Command::Report(args) => report::run(&cli.global, args),
        Command::Period(args) => period::run(&cli.global, args),
        Command::Verify(args) => verify::run(&cli.global, args),
        Command::Replay(args) => replay::run(&cli.global, args),
        Command::Diff(args) => diff::run(&cli.global, args),
        Command::Backup(args) => backup::run(&cli.global, args),
        Command::Prune(args) => prune::run(&cli.global, args),
        Command::Match(args) => match_files::run(&cli.global, args),
        Command::Inspect(args) => inspect_cmd::run(&cli.global, args),
        Command::Package(args) => package::run(args),
        Command::Sandbox(args) => sandbox::run(&cli.global, args),
        Command::Init(args) => init::run(&cli.global, args),
        Command::Migrate(args) => migrate::run(&cli.global, args),
        Command::Exceptions(args) => exceptions::run(&cli.global, args),
        Command::Help(args) => help::run(&cli.global, args),
    }
}

/// Runs asynchronous work to its end.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Failure::failed(&error.into()))?;
    Ok(runtime.block_on(work))
}

/// Help and version are no failures; everything else is exit 2.
fn usage(args: &[std::ffi::OsString], error: &clap::Error, wants_json: bool) -> u8 {
    if let Some(failure) = usage::of_finance(args, error) {
        failure.print(wants_json, LogFormat::Text);
        return Exit::Usage.code();
    }
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if wants_json && !asked {
        let text = error.render().to_string();
        let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = one_line(message.trim_start_matches("error: "));
        Failure::new(Exit::Usage, message, one_line(rest)).print(true, LogFormat::Text);
        return Exit::Usage.code();
    }
    // Nothing is left to do when stdout or stderr is closed.
    let _printed = error.print();
    if asked {
        Exit::Done.code()
    } else {
        Exit::Usage.code()
    }
}

/// Reads a day on the command line.
pub(crate) fn day(raw: &str) -> Result<Day, String> {
    Day::parse(raw).map_err(|error| error.to_string())
}

fn lang(raw: &str) -> Result<Lang, String> {
    Lang::parse(raw).ok_or_else(|| "write vi or en".to_owned())
}
