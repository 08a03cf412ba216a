//! Connectors by configuration alone. The examples of `docs/REST.md` are what these tests read.

mod columns;
mod config;
mod dialects;
mod ends;
mod newest;
mod night;
mod odd_answers;
mod orders;
mod paging;
mod private;
mod tokens;
mod unread;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use doisoat::clock::FixedClock;
use doisoat::config::section::{Doc, Section};
use doisoat::config::{ConfigError, SourceSettings, Surroundings, parse_source};
use doisoat::source::{Feed, Handle, Opening, Pace, Probe};

use crate::fake::{Waits, quick};

const PAGE: &str = include_str!("../../docs/REST.md");

/// The first `[[source]]` of a text.
pub(crate) fn read(text: &str) -> Result<SourceSettings, ConfigError> {
    let doc = Doc {
        name: "doisoat.toml",
        text,
    };
    let table = toml::de::DeTable::parse(text).unwrap();
    let mut whole = Section::new(doc, "", table.get_ref(), table.span());
    let item = whole.get("source").unwrap().list().unwrap().remove(0);
    parse_source(item.section().unwrap(), item.place(), Path::new("/"))
}

/// The example of a dialect with another address.
pub(crate) fn example(dialect: &str, base_url: &str) -> String {
    let begin = format!("```toml\n[[source]]\nname = \"{dialect}\"\n");
    let at = PAGE
        .find(&begin)
        .unwrap_or_else(|| panic!("docs/REST.md has no {dialect}"));
    let text = &PAGE[at + "```toml\n".len()..];
    let text = &text[..=text.find("\n```").unwrap()];
    let line = text
        .lines()
        .find(|line| line.starts_with("base_url = "))
        .unwrap();
    text.replacen(
        line,
        &format!("base_url = \"{base_url}\"\nallow_loopback = true"),
        1,
    )
}

/// Opens settings with these secrets.
pub(super) fn open(
    settings: &SourceSettings,
    secrets: &[(&str, &str)],
    pace: Pace,
    now_ms: i64,
) -> Result<Handle, ConfigError> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let secrets: BTreeMap<String, String> = secrets.iter().map(pair).collect();
    let opening = Opening {
        settings,
        around: &Surroundings::fixed(secrets, None),
        clock: Arc::new(FixedClock::new(now_ms)),
        pace,
    };
    opening.open()
}

/// A listing connector at `port` with a quick pace; the secret `T` is the canary.
pub(super) fn feed(port: u16, tables: &str) -> (Box<dyn Feed>, Waits) {
    let (pace, waits) = quick();
    let secrets = [("T", crate::fake::TOKEN)];
    match open(
        &read(&list(port, tables)).unwrap(),
        &secrets,
        pace,
        1_670_259_600_000,
    )
    .unwrap()
    {
        Handle::Feed(feed) => (feed, waits),
        other => panic!("{other:?}"),
    }
}

/// A connector that is asked about orders.
pub(super) fn probe(port: u16, tables: &str) -> Box<dyn Probe> {
    let secrets = [("T", crate::fake::TOKEN)];
    let text = head("probe", port, tables);
    match open(
        &read(&text).unwrap(),
        &secrets,
        quick().0,
        1_670_259_600_000,
    )
    .unwrap()
    {
        Handle::Probe(probe) => probe,
        other => panic!("{other:?}"),
    }
}

/// A listing source with `tables` after the common keys.
pub(super) fn list(port: u16, tables: &str) -> String {
    head("list", port, tables)
}

fn head(mode: &str, port: u16, tables: &str) -> String {
    format!(
        "[[source]]\nname = \"s\"\nkind = \"rest\"\nmode = \"{mode}\"\n\
         base_url = \"http://127.0.0.1:{port}/api\"\nallow_loopback = true\nretries = 2\n\
         rate_limit = \"1000/s\"\n{tables}"
    )
}

/// The configuration of a town in which Casso and VNPAY are read by their tables alone.
pub(crate) fn by_tables(toml: &str, sandbox: &doisoat::sandbox::Sandbox) -> String {
    let mut pieces = Vec::new();
    for piece in toml.split("[[source]]\n") {
        let known = ["casso", "vnpay"]
            .into_iter()
            .find(|kind| piece.contains(&format!("kind = \"{kind}\"")));
        let Some(kind) = known else {
            pieces.push(piece.to_owned());
            continue;
        };
        let name = piece
            .lines()
            .find(|line| line.starts_with("name = "))
            .unwrap();
        let text = example(kind, &sandbox.base_url(kind))
            .replacen(&format!("name = \"{kind}\""), name, 1)
            .replace("env = \"", "env = \"DOISOAT_SANDBOX_")
            .replace("rate_limit = \"5/s\"", "rate_limit = \"1000/s\"");
        pieces.push(text.strip_prefix("[[source]]\n").unwrap().to_owned() + "\n");
    }
    pieces.join("[[source]]\n")
}
