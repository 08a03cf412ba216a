//! `doisoat package DIR`: what a system package holds beside the program. Hidden: people who build
//! packages call it, docs/OPERATIONS.md tells how.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::init::{self, Place};
use super::{Cli, Outcome};
use crate::config::Config;
use crate::job::Exit;

/// The folder of an installation from a package; the user of its service has the name `doisoat`.
const HOME: &str = "/var/lib/doisoat";

/// Arguments of `package`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat package target/package    man pages, completions, units and logrotate, for cargo deb")]
pub struct PackageArgs {
    /// Folder to fill
    dir: PathBuf,
}

pub(super) fn run(args: &PackageArgs) -> Outcome {
    let command = Cli::command();
    pages(&command, &args.dir.join("man"))?;
    for (shell, name) in [
        (Shell::Bash, "doisoat.bash"),
        (Shell::Zsh, "_doisoat"),
        (Shell::Fish, "doisoat.fish"),
    ] {
        let mut bytes = Vec::new();
        generate(shell, &mut command.clone(), "doisoat", &mut bytes);
        write(&args.dir.join("completions").join(name), &bytes)?;
    }
    let config = Config::parse("", Path::new("doisoat.toml"))?;
    let place = Place {
        program: Path::new("/usr/bin/doisoat"),
        dir: Path::new(HOME),
        user: "doisoat",
        group: "doisoat",
    };
    for (name, text) in init::scheduler_files(&config, &place) {
        write(&args.dir.join(name), text.as_bytes())?;
    }
    Ok(Exit::Done)
}

/// A page for the program, and one for each command: `doisoat-exceptions-list.1`.
fn pages(command: &Command, dir: &Path) -> Result<()> {
    let mut built = command.clone();
    built.build();
    page(&built, "doisoat", dir)
}

fn page(command: &Command, name: &str, dir: &Path) -> Result<()> {
    let mut bytes = Vec::new();
    Man::new(command.clone().display_name(name.to_owned())).render(&mut bytes)?;
    write(&dir.join(format!("{name}.1")), &bytes)?;
    let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    for sub in shown {
        page(sub, &format!("{name}-{}", sub.get_name()), dir)?;
    }
    Ok(())
}

/// Replaces a file of the package; everybody may read it.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let told = || path.display().to_string();
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(told)?;
    }
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o644);
    let mut file = options.open(path).with_context(told)?;
    file.write_all(bytes).with_context(told)
}
