//! `doisoat sandbox`: the provider simulators on loopback, until interrupted.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;

use super::output::out;
use super::{Failure, Global, Outcome, block_on, day};
use crate::domain::Day;
use crate::job::{Exit, Stop};
use crate::sandbox::{District, Fault, Sandbox, TLS_MODES, TlsMode};

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat sandbox                          any free port; prints base URLs and [[source]] tables
  doisoat sandbox --port 9000 --seed 7     fixed port, another district
  doisoat sandbox --gateway momo           the same district, paying through another gateway
  doisoat sandbox --fault list             the faults it can show
  doisoat sandbox --registry inbox         also writes the one-stop exports of every day
  doisoat sandbox --tls good               https://localhost, and ca_file in each [[source]] table
  doisoat sandbox --tls expired            what a client must not accept; `--tls list` prints them all
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
    /// First simulated day
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
}

pub(super) fn run(_global: &Global, args: &SandboxArgs) -> Outcome {
    if args.fault.as_deref() == Some("list") {
        let line = |fault: &Fault| {
            let (outcome, what) = (fault.outcome.word(), fault.what());
            format!("{:<22} {outcome:<10} {what}\n", fault.name)
        };
        out(&Fault::all().iter().map(line).collect::<String>());
        return Ok(Exit::Done);
    }
    if args.tls.as_deref() == Some("list") {
        let line = |mode: &TlsMode| format!("{:<11} {}\n", mode.name, mode.what);
        out(&TLS_MODES.iter().map(line).collect::<String>());
        return Ok(Exit::Done);
    }
    let fault = args.fault.as_deref().map(fault).transpose()?;
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

fn fault(name: &str) -> Result<Fault, Failure> {
    Fault::named(name).ok_or_else(|| {
        let known: Vec<&str> = Fault::all().iter().map(|fault| fault.name).collect();
        let fix = crate::config::section::suggest(name, &known);
        Failure::new(Exit::Usage, format!("there is no fault \"{name}\""), fix)
    })
}

async fn serve(args: &SandboxArgs, fault: Option<Fault>, tls: Option<TlsMode>) -> Outcome {
    let stop = Stop::on_signals()
        .context("signals")
        .map_err(Failure::from)?;
    let first_day = args.first_day.date();
    let district = District::generate_at(&args.gateway, args.seed, first_day, args.days);
    let district = district.ok_or_else(|| {
        let known: Vec<&str> = Sandbox::gateways().collect();
        let fix = crate::config::section::suggest(&args.gateway, &known);
        let message = format!("there is no gateway \"{}\"", args.gateway);
        Failure::new(Exit::Usage, message, fix)
    })?;
    // behind TLS the port that was asked for is the one with TLS
    let port = if tls.is_some() { 0 } else { args.port };
    let started = Sandbox::start_in(district, port, fault).await;
    let mut sandbox = started.map_err(|error| no_port(port, &error))?;
    if let Some(mode) = tls {
        sandbox = behind_tls(sandbox, args, mode).await?;
        out(&format!("# TLS {}: {}\n", mode.name, mode.what));
    }
    if let Some(dir) = &args.registry {
        write_registry(&sandbox, args, dir)?;
    }
    let mut lines = Vec::new();
    for provider in sandbox.providers() {
        lines.push(format!("# {provider}: {}\n", sandbox.base_url(provider)));
        for known in sandbox.credentials(provider) {
            lines.push(format!(
                "#   export {}={}
",
                known.env, known.value
            ));
        }
    }
    let mut others = Sandbox::gateways().filter(|name| *name != args.gateway);
    let tables = others.by_ref().map(|name| sandbox.toml_source(name));
    let others: Vec<String> = tables.map(|table| commented(&table)).collect();
    out(&format!(
        "{}\n{}\n# The other gateways answer about the same orders. Their ids stand in the export with\n\
         # --gateway NAME, and this is what reads them:\n\n{}\n\
         # SePay version 2, in place of version 1:\n\n{}\n\
         # The registry through its interface:\n\n{}",
        lines.concat(),
        sandbox.toml_sources(),
        others.join("\n"),
        commented(&sandbox.toml_source("sepay2")),
        commented(&sandbox.toml_source("igate")),
    ));
    let asked = stop.wait().await;
    sandbox.stop().await;
    // Being interrupted is how it is meant to end; a supervisor's SIGTERM likewise.
    Ok(if asked == Exit::Terminated {
        Exit::Terminated
    } else {
        Exit::Interrupted
    })
}

/// The text as comments.
fn commented(text: &str) -> String {
    let lines = text.lines().map(|line| ["# ", line, "\n"].concat());
    lines.collect::<Vec<_>>().concat()
}

fn write_registry(sandbox: &Sandbox, args: &SandboxArgs, dir: &PathBuf) -> Result<(), Failure> {
    std::fs::create_dir_all(dir)?;
    for n in 0..args.days {
        let written = sandbox
            .district()
            .write_registry(dir, args.first_day.plus(n).date());
        written.map_err(|error| Failure::failed(&anyhow!("{}: {error}", dir.display())))?;
    }
    Ok(())
}
