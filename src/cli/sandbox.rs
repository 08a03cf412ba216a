//! `doisoat sandbox`: the provider simulators on loopback, until interrupted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;

use super::output::out;
use super::{Failure, Global, Outcome, block_on, day};
use crate::domain::Day;
use crate::job::{Exit, Stop};
use crate::sandbox::push::PUSH_FAULTS;
use crate::sandbox::{Credential, District, Fault, PushFault, Pushed, Sandbox, TLS_MODES, TlsMode};

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat sandbox                          any free port; prints base URLs and [[source]] tables
  doisoat sandbox --port 9000 --seed 7     fixed port, another district
  doisoat sandbox --gateway momo           the same district, paying through another gateway
  doisoat sandbox --fault list             the faults it can show
  doisoat sandbox --registry inbox         also writes the one-stop exports of every day
  doisoat sandbox --push pushed            also writes signed webhooks, a folder for each inbox
  doisoat sandbox --push pushed --fault push_forged   one webhook a day is not the provider's
  doisoat sandbox --tls good               https://localhost, and ca_file in each [[source]] table
  doisoat sandbox --tls expired            what a client must not accept; `--tls list` prints them all
While it runs, at the address that it prints:
  curl http://127.0.0.1:9000/__counters                what it noticed: requests, repeats, early retries
  curl -X POST http://127.0.0.1:9000/__fault/NAME      another fault from now on; `none` ends it
  curl -X POST http://127.0.0.1:9000/__now/2022-12-06T01:30:00+07:00   what had happened by then
Everything in it is invented. It listens on 127.0.0.1 only and ends with Ctrl-C.")]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What the district is invented from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A fault to show from the start; `list` prints them all
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
    /// The gateway that the district pays through: the word of its payment orders
    #[arg(long, value_name = "NAME", default_value = "vnpay")]
    gateway: String,
    /// First simulated day, not before 2020-09-15: the invented agencies are no older
    #[arg(long, value_name = "DATE", value_parser = day, default_value = "2022-12-05")]
    first_day: Day,
    /// Number of simulated days
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// Speak TLS: good, or in a way that a client must not accept; `list` prints them all
    #[arg(long, value_name = "MODE")]
    tls: Option<String>,
    /// Where the certificate authority is written that --tls asks to trust
    #[arg(
        long,
        value_name = "FILE",
        default_value = "doisoat-sandbox-ca.pem",
        requires = "tls"
    )]
    ca_file: PathBuf,
    /// Write the one-stop export of every simulated day into this folder
    #[arg(long, value_name = "DIR")]
    registry: Option<PathBuf>,
    /// Write what the providers push, as signed webhooks, into folders below this one
    #[arg(long, value_name = "DIR")]
    push: Option<PathBuf>,
}

/// A fault that was asked for.
#[derive(Clone, Copy, Default)]
struct Shown {
    /// Of what is pulled.
    answers: Option<Fault>,
    /// Of what is pushed.
    pushes: Option<PushFault>,
}

pub(super) fn run(_global: &Global, args: &SandboxArgs) -> Outcome {
    if args.fault.as_deref() == Some("list") {
        let line = |fault: &Fault| {
            let (outcome, what) = (fault.outcome.word(), fault.what());
            format!("{:<22} {outcome:<10} {what}\n", fault.name)
        };
        let pushed = |fault: PushFault| {
            let (name, outcome, what) = (fault.name, fault.outcome, fault.what);
            format!("{name:<22} {outcome:<10} {what} (--push)\n")
        };
        let lines = Fault::all().iter().map(line);
        out(&lines
            .chain(PUSH_FAULTS.into_iter().map(pushed))
            .collect::<String>());
        return Ok(Exit::Done);
    }
    if args.tls.as_deref() == Some("list") {
        let line = |mode: &TlsMode| format!("{:<11} {}\n", mode.name, mode.what);
        out(&TLS_MODES.iter().map(line).collect::<String>());
        return Ok(Exit::Done);
    }
    let fault = args.fault.as_deref().map(|name| fault(name, args));
    let fault = fault.transpose()?.unwrap_or_default();
    let tls = args.tls.as_deref().map(tls).transpose()?;
    block_on(serve(args, fault, tls))?
}

fn tls(name: &str) -> Result<TlsMode, Failure> {
    TlsMode::named(name).ok_or_else(|| {
        let known: Vec<&str> = TLS_MODES.iter().map(|mode| mode.name).collect();
        let fix = crate::config::section::suggest(name, &known);
        Failure::new(Exit::Usage, format!("there is no TLS mode \"{name}\""), fix)
    })
}

/// Writes the authority to trust and puts the simulators behind TLS.
async fn behind_tls(
    sandbox: Sandbox,
    args: &SandboxArgs,
    mode: TlsMode,
) -> Result<Sandbox, Failure> {
    let cannot = |error: std::io::Error| {
        let file = args.ca_file.display();
        Failure::failed(&anyhow!("{file} cannot be written: {error}"))
    };
    std::fs::write(&args.ca_file, mode.ca).map_err(cannot)?;
    let file = args.ca_file.canonicalize().map_err(cannot)?;
    let file = file.display().to_string();
    let front = sandbox.behind_tls(mode, args.port, file).await;
    front.map_err(|error| no_port(args.port, &error))
}

fn no_port(port: u16, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        format!("port {port} cannot be used: {error}"),
        "choose another --port, or 0 for any free one",
    )
}

fn fault(name: &str, args: &SandboxArgs) -> Result<Shown, Failure> {
    let (answers, pushes) = (Fault::named(name), PushFault::named(name));
    if pushes.is_some() && args.push.is_none() {
        let message = format!("{name} is a fault of what is pushed, and nothing is");
        return Err(Failure::new(Exit::Usage, message, "add --push DIR"));
    }
    if answers.is_none() && pushes.is_none() {
        let of_answers = Fault::all().iter().map(|fault| fault.name);
        let of_pushes = PUSH_FAULTS.iter().map(|fault| fault.name);
        let known: Vec<&str> = of_answers.chain(of_pushes).collect();
        let fix = crate::config::section::suggest(name, &known);
        let message = format!("there is no fault \"{name}\"");
        return Err(Failure::new(Exit::Usage, message, fix));
    }
    Ok(Shown { answers, pushes })
}

async fn serve(args: &SandboxArgs, fault: Shown, tls: Option<TlsMode>) -> Outcome {
    let stop = Stop::on_signals()
        .context("signals")
        .map_err(Failure::from)?;
    let first_day = args.first_day.date();
    if first_day < District::opened() {
        let message = format!("there is no district on {}", args.first_day);
        let fix = format!("choose a --first-day from {} on", District::opened());
        return Err(Failure::new(Exit::Usage, message, fix));
    }
    let district = District::generate_at(&args.gateway, args.seed, first_day, args.days);
    let district = district.ok_or_else(|| {
        let known: Vec<&str> = Sandbox::gateways().collect();
        let fix = crate::config::section::suggest(&args.gateway, &known);
        let message = format!("there is no gateway \"{}\"", args.gateway);
        Failure::new(Exit::Usage, message, fix)
    })?;
    // behind TLS the port that was asked for is the one with TLS
    let port = if tls.is_some() { 0 } else { args.port };
    let started = Sandbox::start_in(district, port, fault.answers).await;
    let mut sandbox = started.map_err(|error| no_port(port, &error))?;
    if let Some(mode) = tls {
        sandbox = behind_tls(sandbox, args, mode).await?;
        out(&format!("# TLS {}: {}\n", mode.name, mode.what));
    }
    if let Some(dir) = &args.registry {
        write_registry(&sandbox, args, dir)?;
    }
    let pushed = match &args.push {
        Some(dir) => write_pushes(&sandbox, dir, fault.pushes)?,
        None => Vec::new(),
    };
    out(&told(&sandbox, args, &pushed));
    let asked = stop.wait().await;
    sandbox.stop().await;
    // Being interrupted is how it is meant to end; a supervisor's SIGTERM likewise.
    Ok(if asked == Exit::Terminated {
        Exit::Terminated
    } else {
        Exit::Interrupted
    })
}

/// What is printed: secrets, switches, and tables for `doisoat.toml`.
fn told(sandbox: &Sandbox, args: &SandboxArgs, pushed: &[Pushed]) -> String {
    let mut lines = Vec::new();
    let mut exported = BTreeSet::new();
    let mut export = |known: &Credential| {
        let line = format!("#   export {}={}\n", known.env, known.value);
        if exported.insert(known.env) {
            line
        } else {
            String::new()
        }
    };
    for provider in sandbox.providers() {
        lines.push(format!("# {provider}: {}\n", sandbox.base_url(provider)));
        lines.extend(sandbox.credentials(provider).iter().map(&mut export));
    }
    if !pushed.is_empty() {
        lines.push("# webhooks\n".to_owned());
        lines.extend(pushed.iter().flat_map(|one| one.keys).map(&mut export));
    }
    let webhooks = |in_use: bool, form: fn(&str) -> String| {
        let those = pushed.iter().filter(move |one| one.is_in_use == in_use);
        let tables: Vec<String> = those.map(|one| form(&one.toml)).collect();
        tables.join("\n")
    };
    let others = Sandbox::gateways().filter(|name| *name != args.gateway);
    let others: Vec<String> = others
        .map(|name| commented(&sandbox.toml_source(name)))
        .collect();
    let spare = match webhooks(false, commented) {
        none if none.is_empty() => none,
        tables => format!("# Other webhooks of the same events:\n\n{tables}\n"),
    };
    format!(
        "{}{}\n{}\n{}\n\
         # The other gateways answer about the same orders. Their ids stand in the export with\n\
         # --gateway NAME, and this is what reads them:\n\n{}\n{spare}\
         # SePay version 2, in place of version 1:\n\n{}\n\
         # The registry through its interface:\n\n{}",
        lines.concat(),
        switches(sandbox, args),
        sandbox.toml_sources(),
        webhooks(true, str::to_owned),
        others.join("\n"),
        commented(&sandbox.toml_source("sepay2")),
        commented(&sandbox.toml_source("igate")),
    )
}

/// What can be asked of the sandbox itself while it runs.
fn switches(sandbox: &Sandbox, args: &SandboxArgs) -> String {
    let trust = match args.tls {
        Some(_) => format!("--cacert {} ", args.ca_file.display()),
        None => String::new(),
    };
    let at = sandbox.base_url("__");
    format!(
        "# what it noticed, another fault (none ends it), what had happened by then:\n\
         #   curl {trust}{at}counters\n\
         #   curl {trust}-X POST {at}fault/NAME\n\
         #   curl {trust}-X POST {at}now/2022-12-06T01:30:00+07:00\n"
    )
}

/// The text as comments.
fn commented(text: &str) -> String {
    let lines = text.lines().map(|line| ["# ", line, "\n"].concat());
    lines.collect::<Vec<_>>().concat()
}

fn write_pushes(
    sandbox: &Sandbox,
    dir: &Path,
    fault: Option<PushFault>,
) -> Result<Vec<Pushed>, Failure> {
    let written = sandbox.write_pushes(dir, fault);
    written.map_err(|error| not_written(dir, &error))
}

fn not_written(dir: &Path, error: &std::io::Error) -> Failure {
    let message = format!("{} cannot be written: {error}", dir.display());
    let fix = "choose another folder, or make this one writable";
    Failure::new(Exit::Failed, message, fix)
}

fn write_registry(sandbox: &Sandbox, args: &SandboxArgs, dir: &PathBuf) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|error| not_written(dir, &error))?;
    for n in 0..args.days {
        let written = sandbox
            .district()
            .write_registry(dir, args.first_day.plus(n).date());
        written.map_err(|error| not_written(dir, &error))?;
    }
    Ok(())
}
