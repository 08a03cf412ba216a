//! Arguments that cannot be read: to finance staff it is said in their language, to operators in
//! the words of the parser.

use std::error::Error as _;
use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;
use clap::error::{ContextKind, ErrorKind};

use super::{Cli, Failure};
use crate::config::Config;
use crate::domain::Lang;
use crate::job::Exit;
use crate::text::say;

/// Commands that finance staff start.
const FINANCE: [&str; 3] = ["exceptions", "period", "report"];
/// The names of values in the help of these commands, and what to write there.
const FORMS: [(&str, &str); 16] = [
    ("DATE", "usage-why-date"),
    ("YYYY-MM", "usage-why-month"),
    ("YYYY-Qn", "usage-why-quarter"),
    ("YYYY-Hn", "usage-why-half"),
    ("YYYY", "usage-why-year"),
    ("REPORTING_PERIOD", "usage-why-reporting"),
    ("PERIOD", "usage-why-period"),
    ("DONG", "usage-why-dong"),
    ("DAYS", "usage-why-days"),
    ("DOSSIER[/FEE]", "usage-why-target"),
    ("DOSSIER[/FEE]=AMOUNT", "usage-why-part"),
    ("SOURCE/ID", "usage-why-row"),
    ("FORMAT,...", "usage-why-format"),
    ("ID", "usage-why-definition"),
    ("CHAR", "usage-why-separator"),
    ("vi|en", "usage-why-lang"),
];
/// Global flags whose value is an argument of its own.
const WITH_VALUE: [&str; 3] = ["--config", "--lang", "--log-format"];

/// What is wrong and what to do; none for other commands, and where help is what was asked for.
pub(super) fn of_finance(args: &[OsString], error: &clap::Error) -> Option<Failure> {
    let args: Vec<&str> = args.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    let command = command(&args)?;
    let (lang, told) = (lang(&args), |kind| told(error, kind));
    let say = |key: &str, more: &[(&str, &str)]| say(lang, key, more);
    let arg = told(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = told(ContextKind::InvalidValue);
            let why = why(lang, error);
            let key = if value.is_empty() {
                "usage-no-value"
            } else {
                "usage-value"
            };
            say(key, &[("arg", &arg), ("value", &value), ("why", &why)])
        }
        ErrorKind::UnknownArgument => say("usage-unknown", &[("arg", &arg)]),
        ErrorKind::InvalidSubcommand => {
            let arg = told(ContextKind::InvalidSubcommand);
            say("usage-unknown", &[("arg", &arg)])
        }
        ErrorKind::MissingRequiredArgument => say("usage-missing", &[("arg", &arg)]),
        ErrorKind::ArgumentConflict => {
            let other = told(ContextKind::PriorArg);
            say("usage-conflict", &[("arg", &arg), ("other", &other)])
        }
        _ => return None,
    };
    let meant = [
        told(ContextKind::SuggestedArg),
        told(ContextKind::SuggestedSubcommand),
    ];
    let mut fix = String::new();
    if let Some(meant) = meant.iter().find(|meant| !meant.is_empty()) {
        fix = say("usage-meant", &[("arg", meant)]) + "\n";
    }
    fix.push_str(&say("usage-help", &[("command", &command)]));
    Some(Failure::new(Exit::Usage, message, fix))
}

/// Why a value is refused: what to write in its place, then the parser's own words.
fn why(lang: Lang, error: &clap::Error) -> String {
    let valid = told(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        return say(lang, "usage-why-one-of", &[("list", &valid)]);
    }
    let arg = told(error, ContextKind::InvalidArg);
    let form = |(_, rest): (&str, &str)| rest.rsplit_once('>').map(|(name, _)| name.to_owned());
    let name = arg.split_once('<').and_then(form).unwrap_or_default();
    let known = FORMS.iter().find(|(known, _)| *known == name);
    let write = known.map(|(_, key)| say(lang, key, &[]));
    let found = error.source().map(ToString::to_string);
    let parts: Vec<String> = [write, found].into_iter().flatten().collect();
    parts.join("; ")
}

/// A part of what the parser found, as text; empty where it found none.
fn told(error: &clap::Error, kind: ContextKind) -> String {
    error.get(kind).map(ToString::to_string).unwrap_or_default()
}

/// The finance command that was asked for, with its own command where it has one.
fn command(args: &[&str]) -> Option<String> {
    let mut args = args.iter();
    let name = loop {
        let arg = args.next()?;
        if WITH_VALUE.contains(arg) {
            args.next();
        } else if !arg.starts_with('-') {
            break arg;
        }
    };
    let top = Cli::command();
    let found = top.find_subcommand(name)?;
    FINANCE.contains(name).then(|| {
        let inner = args.find(|arg| found.find_subcommand(arg).is_some());
        inner.map_or_else(|| (*name).to_string(), |inner| format!("{name} {inner}"))
    })
}

/// The value of a flag, wherever it stands.
fn flag<'a>(args: &[&'a str], name: &str) -> Option<&'a str> {
    let after = |at: usize| args.get(at + 1).copied();
    let own = |(at, arg): (usize, &&'a str)| match arg.strip_prefix(name)? {
        "" => after(at),
        rest => rest.strip_prefix('='),
    };
    args.iter().enumerate().find_map(own)
}

/// The flag's language, else the configuration's, else Vietnamese.
fn lang(args: &[&str]) -> Lang {
    let configured = || {
        let named = std::env::var("DOISOAT_CONFIG").ok();
        let file = flag(args, "--config").or(named.as_deref());
        let config = Config::load(Path::new(file.unwrap_or("doisoat.toml")));
        config.map(|config| config.lang).ok()
    };
    let flag = flag(args, "--lang").and_then(Lang::parse);
    flag.or_else(configured).unwrap_or_default()
}
