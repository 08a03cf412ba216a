//! The tables of a `rest` source -> a validated connector. Every error names the key, its place in
//! the file and what to do; none quotes a value that could be a secret.

mod answer;
mod auth;
mod paging;
mod record;
mod request;
mod sign;

use std::collections::BTreeMap;
use std::path::Path;

use super::pointer::Pointer;
use super::spec::{Connector, Style};
use super::template::{BadTemplate, LIST, Name, PROBE, Scope, Template};
use crate::config::section::{Item, Section, suggest};
use crate::config::{ConfigError, SecretRef};

/// Which of the two ways a source is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Lists days.
    List,
    /// Answers about one order.
    Probe,
}

/// What the tables share while they are read.
#[derive(Debug)]
struct Names<'c> {
    mode: Mode,
    values: &'c BTreeMap<String, String>,
    secrets: Vec<&'c str>,
}

/// Reads the tables of a source that lists days.
pub(super) fn list(table: &mut Section<'_>, folder: &Path) -> Result<Connector, ConfigError> {
    read(Mode::List, table, folder)
}

/// Reads the tables of a source that is asked about orders.
pub(super) fn probe(table: &mut Section<'_>, folder: &Path) -> Result<Connector, ConfigError> {
    read(Mode::Probe, table, folder)
}

fn read(mode: Mode, table: &mut Section<'_>, folder: &Path) -> Result<Connector, ConfigError> {
    let secrets = secrets(table, folder)?;
    let values = match table.get("values") {
        Some(item) => item.texts()?,
        None => BTreeMap::new(),
    };
    let names = Names {
        mode,
        values: &values,
        secrets: secrets.keys().map(AsRef::as_ref).collect(),
    };
    let auth = auth::read(table.section("auth")?, &names)?;
    let fix = "add a table [source.request] with method and path";
    let mut request_table = need(table, "request", fix)?;
    let ask = request::read(&mut request_table, &names)?;
    let paging = paging::read(table.section("paging")?, &ask)?;
    let whole = table.fail(String::new(), "");
    let reading = answer::read(table.section("answer")?, &names, &whole)?;
    let fix = "add a table [source.record] with amount, time and, for orders, status";
    let shape = record::read(&mut need(table, "record", fix)?, &names)?;
    let refund = record::refund(table.section("refund")?, &names)?;
    if mode == Mode::Probe && paging.style != Style::None {
        let fix = "leave the table [source.paging] out: one answer speaks of one order";
        return Err(table.fail("source.paging has no meaning for a probe".to_owned(), fix));
    }
    if paging.style == Style::Since && shape.id.is_none() {
        let fix = "say where the id stands that the next request goes on from: id = \"/id\"";
        return Err(table.fail("source.record.id is missing".to_owned(), fix));
    }
    Ok(Connector {
        secrets,
        auth,
        ask,
        paging,
        reading,
        shape,
        refund,
    })
}

fn secrets(
    table: &mut Section<'_>,
    folder: &Path,
) -> Result<BTreeMap<Box<str>, SecretRef>, ConfigError> {
    let Some(item) = table.get("secrets") else {
        return Ok(BTreeMap::new());
    };
    let mut all = BTreeMap::new();
    for (name, item) in item.members()? {
        all.insert(name.into(), SecretRef::read(&item, folder)?);
    }
    Ok(all)
}

fn need<'t>(
    table: &mut Section<'t>,
    key: &'static str,
    fix: &str,
) -> Result<Section<'t>, ConfigError> {
    table.require(key, fix)?.section()
}

impl<'c> Names<'c> {
    /// What may stand between braces in a request.
    fn of_request(&'c self, with_secrets: bool) -> Scope<'c> {
        Scope {
            names: match self.mode {
                Mode::List => LIST,
                Mode::Probe => PROBE,
            },
            values: self.values,
            secrets: if with_secrets { &self.secrets } else { &[] },
            pointers: false,
        }
    }

    /// What may stand between braces in a record.
    fn of_record(&'c self) -> Scope<'c> {
        Scope {
            names: match self.mode {
                Mode::List => &[],
                Mode::Probe => PROBE,
            },
            values: self.values,
            secrets: &[],
            pointers: true,
        }
    }

    /// The name of a secret of `[source.secrets]`.
    fn secret(&self, item: &Item<'_>) -> Result<Box<str>, ConfigError> {
        let raw = item.text()?;
        if self.secrets.contains(&raw) {
            return Ok(raw.into());
        }
        let fix = match self.secrets.as_slice() {
            [] => "say where it is kept: [source.secrets] name = { env = \"NAME\" }".to_owned(),
            known => suggest(raw, known),
        };
        // The text is not quoted: it may be the secret itself.
        let message = format!("{} names no secret of [source.secrets]", item.path());
        Err(item.fail(message, &fix))
    }
}

fn template(item: &Item<'_>, scope: Scope<'_>) -> Result<Template, ConfigError> {
    let raw = item.text()?;
    Template::parse(raw, scope).map_err(|bad| bad_template(item, &bad))
}

fn bad_template(item: &Item<'_>, bad: &BadTemplate) -> ConfigError {
    item.fail(format!("{}: {}", item.path(), bad.what), &bad.fix)
}

fn pointer(item: &Item<'_>) -> Result<Pointer, ConfigError> {
    item.parse(
        "a JSON pointer: \"/data/records\" (RFC 6901)",
        Pointer::parse,
    )
}

/// An optional pointer of a table.
fn pointer_at(table: &mut Section<'_>, key: &'static str) -> Result<Option<Pointer>, ConfigError> {
    table.get(key).map(|item| pointer(&item)).transpose()
}

/// A list of words, or none.
fn words_at(table: &mut Section<'_>, key: &'static str) -> Result<Vec<Box<str>>, ConfigError> {
    let Some(item) = table.get(key) else {
        return Ok(Vec::new());
    };
    words(&item)
}

fn words(item: &Item<'_>) -> Result<Vec<Box<str>>, ConfigError> {
    let all = item.list()?;
    all.iter().map(|word| word.text().map(Into::into)).collect()
}

/// The path of a request: fixed but for named values, below the base address by construction.
fn path(item: &Item<'_>, scope: Scope<'_>) -> Result<Template, ConfigError> {
    let raw = item.text()?;
    let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '?' | '#');
    let climbs = raw.split('/').any(|part| matches!(part, "." | ".."));
    if !raw.starts_with('/') || raw.starts_with("//") || raw.contains(strange) || climbs {
        let message = format!("{} is no path below base_url", item.path());
        let fix = "write what follows base_url: \"/v2/transactions\"; parameters stand in [source.request.query]";
        return Err(item.fail(message, fix));
    }
    template(item, scope)
}

/// True when any text of a request holds one of these names.
fn names_any(all: &[&[super::spec::Field]], path: &Template, names: &[Name]) -> bool {
    let mut fields = all.iter().copied().flatten();
    path.uses(names) || fields.any(|field| field.value.uses(names))
}
