//! How a source is reached over HTTP: the keys of every kind that has an address.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::error::ConfigError;
use crate::config::forms::{self, BYTES_FORM, DURATION_FORM, RATE_FORM, Rate};
use crate::config::section::Section;
use crate::source::Registration;
use crate::source::http::BaseUrl;

/// How a source is reached over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// What stands before the documented path.
    pub base_url: BaseUrl,
    /// One whole request.
    pub timeout: Duration,
    /// Attempts per request, the first one included.
    pub retries: u32,
    /// Everything that one pull may take.
    pub source_deadline: Duration,
    /// Requests per time.
    pub rate: Rate,
    /// Bytes of an answer, decompressed, that are read at most.
    pub bytes_max: u64,
    /// Extra certificate authority, the only TLS setting there is.
    pub ca_file: Option<PathBuf>,
}

pub(super) fn read(
    table: &mut Section<'_>,
    registration: &Registration,
    folder: &Path,
) -> Result<HttpSettings, ConfigError> {
    let loopback = table
        .get("allow_loopback")
        .map(|item| item.flag())
        .transpose()?;
    let base_url = match (table.get("base_url"), registration.defaults.base_url) {
        (Some(item), _) => {
            let parsed = BaseUrl::parse(item.text()?, loopback.unwrap_or(false));
            parsed.map_err(|why| {
                let fix = "write https://host, or http://127.0.0.1:PORT with allow_loopback = true";
                item.fail(format!("{} is not allowed: {why}", item.path()), fix)
            })?
        }
        (None, Some(known)) => BaseUrl::parse(known, false)
            .map_err(|why| table.fail(why.to_string(), "write base_url"))?,
        (None, None) => {
            let fix = "write the host that the provider gave you: base_url = \"https://…\"";
            return Err(table.fail("source.base_url is missing".to_owned(), fix));
        }
    };
    let mut span = |key: &'static str, default: Duration| match table.get(key) {
        Some(item) => item.parse(DURATION_FORM, |raw| {
            forms::duration(raw).filter(|d| !d.is_zero())
        }),
        None => Ok(default),
    };
    let timeout = span("timeout", Duration::from_secs(30))?;
    let source_deadline = span("source_deadline", Duration::from_mins(15))?;
    let retries = match table.get("retries") {
        Some(item) => {
            let count = u32::try_from(item.number()?)
                .ok()
                .filter(|n| (1..=10).contains(n));
            count.ok_or_else(|| {
                let message = format!("{} is out of range", item.path());
                item.fail(message, "write the number of attempts, 1 to 10")
            })?
        }
        None => 5,
    };
    let rate = match table.get("rate_limit") {
        Some(item) => item.parse(RATE_FORM, forms::rate)?,
        None => registration.defaults.rate,
    };
    let bytes_max = match table.get("bytes_max") {
        Some(item) => item.parse(BYTES_FORM, forms::bytes)?,
        None => 32 << 20,
    };
    let ca_file = table
        .get("ca_file")
        .map(|item| item.text().map(|p| folder.join(p)));
    let ca_file = ca_file.transpose()?;
    Ok(HttpSettings {
        base_url,
        timeout,
        retries,
        source_deadline,
        rate,
        bytes_max,
        ca_file,
    })
}
