//! `[source.request]`: what is asked.

use super::{Mode, Names, names_any, path, sign, template};
use crate::config::ConfigError;
use crate::config::section::{Item, Section};
use crate::source::http::is_header_name;
use crate::source::provider::rest::spec::{Ask, Field, OrderIds};
use crate::source::provider::rest::template::{LIST_PATH, Name, PROBE, Scope};

/// A field with such a name holds a secret, so its value is never written in the file.
const SECRET_WORDS: [&str; 8] = [
    "authorization",
    "token",
    "secret",
    "password",
    "apikey",
    "api-key",
    "api_key",
    "cookie",
];
/// Headers that the connection itself sets.
const OWN_HEADERS: [&str; 6] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "accept-encoding",
];

pub(super) fn read(table: &mut Section<'_>, names: &Names<'_>) -> Result<Ask, ConfigError> {
    let methods = [("GET", false), ("POST", true)];
    let is_post = table
        .require("method", "write method = \"GET\" or \"POST\"")?
        .word(&methods)?;
    let fix = "write what follows base_url: path = \"/v2/transactions\"";
    let path_names = match names.mode {
        Mode::List => LIST_PATH,
        Mode::Probe => PROBE,
    };
    let in_path = Scope {
        names: path_names,
        ..names.of_request(false)
    };
    let path = path(&table.require("path", fix)?, in_path)?;
    let send = table.get("send");
    let send = send.map(|item| item.word(&[("json", false), ("form", true)]));
    let as_form = send.transpose()?.unwrap_or(false);
    let wrap = table.get("wrap").map(|item| item.text().map(Into::into));
    let wrap = wrap.transpose()?;
    let label = table.get("label").map(|item| item.parse("a word", label));
    let default = match names.mode {
        Mode::List => "transactions",
        Mode::Probe => "order",
    };
    let in_url = table.get("secret_in_url").map(|item| item.flag());
    let in_url = in_url.transpose()?.unwrap_or(false);
    let query = fields(table.get("query"), names.of_request(in_url))?;
    let headers = headers(table.get("headers"), names.of_request(true))?;
    let body_item = table.get("body");
    if let Some(item) = body_item.as_ref().filter(|_| !is_post) {
        let fix = "write method = \"POST\", or move the fields to [source.request.query]";
        return Err(item.fail(format!("{} needs a POST", item.path()), fix));
    }
    let body = fields(body_item, names.of_request(true))?;
    let signed = fields(table.get("signed"), names.of_request(true))?;
    if wrap.is_some() && body.is_empty() {
        let fix = "leave wrap out, or write the fields to wrap in [source.request.body]";
        return Err(table.fail("source.request.wrap has nothing to wrap".to_owned(), fix));
    }
    let known: Vec<&str> = query
        .iter()
        .chain(&body)
        .chain(&signed)
        .map(|field| &*field.name)
        .collect();
    let signature = table.section("signature")?;
    let signature = signature.map(|table| sign::of_request(table, names, &known));
    let ask = Ask {
        is_post,
        path,
        as_form,
        wrap,
        label: label.transpose()?.unwrap_or_else(|| default.into()),
        query,
        headers,
        body,
        signed,
        signature: signature.transpose()?,
        order_ids: order_ids(table)?,
    };
    names_what_it_asks_for(table, names, &ask)?;
    table.check()?;
    Ok(ask)
}

fn label(raw: &str) -> Option<Box<str>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let fits = !raw.is_empty() && raw.len() <= 40 && raw.chars().all(plain);
    fits.then(|| raw.into())
}

/// `order_id = { signs = "-_.", length_max = 50 }`.
fn order_ids(table: &mut Section<'_>) -> Result<OrderIds, ConfigError> {
    let any = OrderIds {
        signs: None,
        length_max: usize::MAX,
    };
    let Some(mut form) = table.section("order_id")? else {
        return Ok(any);
    };
    let signs = form.get("signs").map(|item| item.text().map(Box::from));
    let length_max = form.get("length_max").map(|item| item.number());
    let found = OrderIds {
        signs: signs.transpose()?,
        length_max: match length_max.transpose()? {
            Some(length) => usize::try_from(length).unwrap_or(usize::MAX),
            None => usize::MAX,
        },
    };
    form.finish()?;
    Ok(found)
}

/// A probe must name the order, a listing the days.
fn names_what_it_asks_for(
    table: &mut Section<'_>,
    names: &Names<'_>,
    ask: &Ask,
) -> Result<(), ConfigError> {
    let all: [&[Field]; 3] = [&ask.query, &ask.headers, &ask.body];
    let (wanted, message, fix): (&[Name], _, _) = match names.mode {
        Mode::Probe => (
            &[Name::OrderId],
            "source.request names no order",
            "write {order_id} in the path, the query or the body",
        ),
        Mode::List => (
            &[Name::From, Name::To, Name::Until],
            "source.request names no days",
            "write {from} and {to} in the path, the query or the body",
        ),
    };
    if names_any(&all, &ask.path, wanted) {
        Ok(())
    } else {
        Err(table.fail(message.to_owned(), fix))
    }
}

fn headers(item: Option<Item<'_>>, scope: Scope<'_>) -> Result<Vec<Field>, ConfigError> {
    let Some(item) = item else {
        return Ok(Vec::new());
    };
    for (name, item) in item.members()? {
        let lower = name.to_ascii_lowercase();
        if !is_header_name(name) || OWN_HEADERS.contains(&lower.as_str()) {
            let message = format!("{} is no header that can be set", item.path());
            return Err(item.fail(message, "name a header that the source documents"));
        }
        let line = |raw: &str| (!raw.chars().any(char::is_control)).then_some(());
        if !item.is_section() {
            item.parse("one line of text", line)?;
        }
    }
    fields(Some(item), scope)
}

/// Texts by name, or `{ number = "…" }` for a number of a JSON body.
pub(super) fn fields(item: Option<Item<'_>>, scope: Scope<'_>) -> Result<Vec<Field>, ConfigError> {
    let Some(item) = item else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (name, item) in item.members()? {
        let (value, is_number) = if item.is_section() {
            let mut table = item.section()?;
            let fix = "write { number = \"{order_amount}\" }";
            let number = template(&table.require("number", fix)?, scope)?;
            table.finish()?;
            (number, true)
        } else {
            (template(&item, scope)?, false)
        };
        let lower = name.to_ascii_lowercase();
        if value.is_fixed() && SECRET_WORDS.iter().any(|word| lower.contains(word)) {
            let message = format!("{} holds the secret itself", item.path());
            let fix = "keep it elsewhere, [source.secrets] name = { env = \"NAME\" }, and write {secret.name} here";
            return Err(item.fail(message, fix));
        }
        all.push(Field {
            name: name.into(),
            value,
            is_number,
        });
    }
    Ok(all)
}
