//! `[notify]`: who hears of a night, and how.

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Format;
use super::error::ConfigError;
use super::forms::{DURATION_FORM, duration};
use super::load::path;
use super::secret::SecretRef;
use super::section::{Item, Section};
use crate::source::http::{BaseUrl, judge_host};

/// One attempt over HTTP takes at most this long, unless `timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The same for a mail with its attachments.
const MAIL_TIMEOUT: Duration = Duration::from_mins(1);
/// Attachments of one mail, all together, unless `attach_max` says otherwise.
const ATTACH_BYTES_MAX: u64 = 10 * 1024 * 1024;
const BYTES_FORM: &str = "a number and KB or MB: \"500 KB\", \"10 MB\"";

const LINK_FORM: &str = "the address of the report folder: \"https://baocao.example.vn/doisoat\"";

/// Everything under `[notify]`; empty when nobody is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifyConfig {
    /// `[[notify.email]]`, in the order of the file.
    pub emails: Vec<EmailTarget>,
    /// `[[notify.webhook]]`, in the order of the file.
    pub webhooks: Vec<WebhookTarget>,
    /// `[notify.ping]`.
    pub ping: Option<PingTarget>,
    /// Where people open the report folder with a browser, without a slash at its end.
    pub link_base: Option<String>,
}

/// One mail server with the people who get the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailTarget {
    /// The mail server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// The login, where the server asks for one.
    pub user: Option<String>,
    /// The password of the login.
    pub password: Option<SecretRef>,
    /// The sender, as `Name <user@host>` or `user@host`; read by the mail library when it is sent.
    pub from: String,
    /// The recipients, written as the sender is.
    pub to: Vec<String>,
    /// Which files go along, in this order.
    pub attach: Vec<Attach>,
    /// All attachments of one mail together, in bytes.
    pub attach_bytes_max: u64,
    /// After which nights.
    pub when: When,
    /// An extra certificate authority.
    pub ca_file: Option<PathBuf>,
    /// One attempt.
    pub timeout: Duration,
}

/// One address that takes a signed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookTarget {
    /// Where.
    pub url: BaseUrl,
    /// The key of the signature.
    pub secret: SecretRef,
    /// After which nights.
    pub when: When,
    /// An extra certificate authority.
    pub ca_file: Option<PathBuf>,
    /// One attempt.
    pub timeout: Duration,
}

/// Who notices that a night did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingTarget {
    /// The address of the check.
    pub url: BaseUrl,
    /// How the end is told.
    pub result: PingResult,
    /// An extra certificate authority.
    pub ca_file: Option<PathBuf>,
    /// One attempt.
    pub timeout: Duration,
}

/// How a mail server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// In the clear first, then TLS, which must succeed before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; to this machine only.
    None,
}

/// A file that goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attach {
    /// `index.html`.
    Html,
    /// `doisoat.xlsx`.
    Xlsx,
    /// `doisoat.pdf`, where `[report] formats` has it.
    Pdf,
}

/// After which nights something is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// After each: then a morning without mail means that something is broken.
    #[default]
    Always,
    /// After nights whose exit code is not 0.
    Problems,
}

/// How the end of a run is told to the dead-man's switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PingResult {
    /// `URL/<exit code>`: only 0 is well.
    #[default]
    ExitCode,
    /// `URL` when the night is published, `URL/fail` when it is not.
    Fail,
}

impl NotifyConfig {
    /// Reads `[notify]`; relative paths count from `dir`, and `formats` are what a night writes.
    pub(super) fn read(
        section: Option<Section<'_>>,
        dir: &Path,
        formats: &[Format],
    ) -> Result<Self, ConfigError> {
        let Some(mut section) = section else {
            return Ok(Self::default());
        };
        let found = Self {
            emails: tables(&mut section, "email", |table| email(table, dir, formats))?,
            webhooks: tables(&mut section, "webhook", |table| webhook(table, dir))?,
            ping: section
                .section("ping")?
                .map(|table| ping(table, dir))
                .transpose()?,
            link_base: section
                .get("link_base")
                .map(|item| item.parse(LINK_FORM, link))
                .transpose()?,
        };
        section.finish()?;
        Ok(found)
    }
}

fn tables<T>(
    section: &mut Section<'_>,
    key: &'static str,
    read: impl Fn(Section<'_>) -> Result<T, ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    let Some(item) = section.get(key) else {
        return Ok(Vec::new());
    };
    item.list()?
        .iter()
        .map(|item| read(item.section()?))
        .collect()
}

fn email(
    mut table: Section<'_>,
    dir: &Path,
    formats: &[Format],
) -> Result<EmailTarget, ConfigError> {
    let host = table.require("host", "write host = \"mail.example.vn\"")?;
    let words = [
        ("starttls", MailTls::Starttls),
        ("tls", MailTls::Tls),
        ("none", MailTls::None),
    ];
    let given = table.get("tls");
    let tls = given.as_ref().map(|item| item.word(&words)).transpose()?;
    let tls = tls.unwrap_or(MailTls::Starttls);
    let name = host.parse("the name of a mail server", host_name)?;
    if let Some(item) = given.filter(|_| tls == MailTls::None && !is_this_machine(&name)) {
        let message = format!("notify.email.tls = \"none\" would send to {name} in the clear");
        return Err(item.fail(message, "write \"starttls\" or \"tls\""));
    }
    judge_host(&name).map_err(|fault| {
        let message = format!("notify.email.host is not allowed: {fault}");
        host.fail(message, "write the name of a mail server")
    })?;
    let user = table.get("user").map(|item| item.text().map(str::to_owned));
    let user = user.transpose()?;
    let password = secret(&mut table, "password", dir)?;
    if user.is_some() != password.is_some() {
        let fix = "write both user and password, or neither";
        return Err(table.fail("notify.email holds half a login".into(), fix));
    }
    let from = table.require("from", "write from = \"Đối soát <doisoat@example.vn>\"")?;
    let to = table.require("to", "write to = [\"ketoan@example.vn\"]")?;
    let recipients: Vec<String> = to.list()?.iter().map(address).collect::<Result<_, _>>()?;
    if recipients.is_empty() {
        return Err(to.fail("notify.email.to is empty".into(), "name who gets the mail"));
    }
    let target = EmailTarget {
        host: name,
        port: port(&mut table, tls)?,
        tls,
        user,
        password,
        from: address(&from)?,
        to: recipients,
        attach: attach(&mut table, formats)?,
        attach_bytes_max: table
            .get("attach_max")
            .map(|item| item.parse(BYTES_FORM, bytes))
            .transpose()?
            .unwrap_or(ATTACH_BYTES_MAX),
        when: when(&mut table)?,
        ca_file: ca_file(&mut table, dir)?,
        timeout: timeout(&mut table, MAIL_TIMEOUT)?,
    };
    table.finish()?;
    Ok(target)
}

fn webhook(mut table: Section<'_>, dir: &Path) -> Result<WebhookTarget, ConfigError> {
    let url = url(&mut table)?;
    let fix = "write secret = { env = \"DOISOAT_WEBHOOK\" }";
    let secret = SecretRef::read(&table.require("secret", fix)?, dir)?;
    let target = WebhookTarget {
        url,
        secret,
        when: when(&mut table)?,
        ca_file: ca_file(&mut table, dir)?,
        timeout: timeout(&mut table, TIMEOUT)?,
    };
    table.finish()?;
    Ok(target)
}

fn ping(mut table: Section<'_>, dir: &Path) -> Result<PingTarget, ConfigError> {
    let url = url(&mut table)?;
    let words = [
        ("exit_code", PingResult::ExitCode),
        ("fail", PingResult::Fail),
    ];
    let result = table.get("result").map(|item| item.word(&words));
    let target = PingTarget {
        url,
        result: result.transpose()?.unwrap_or_default(),
        ca_file: ca_file(&mut table, dir)?,
        timeout: timeout(&mut table, TIMEOUT)?,
    };
    table.finish()?;
    Ok(target)
}

/// The same rules as for a provider's address.
fn url(table: &mut Section<'_>) -> Result<BaseUrl, ConfigError> {
    let loopback = table.get("allow_loopback").map(|item| item.flag());
    let loopback = loopback.transpose()?.unwrap_or(false);
    let item = table.require("url", "write url = \"https://…\"")?;
    BaseUrl::parse(item.text()?, loopback).map_err(|fault| {
        let message = format!("{} is not allowed: {fault}", item.path());
        item.fail(message, "write https://host/path")
    })
}

fn port(table: &mut Section<'_>, tls: MailTls) -> Result<u16, ConfigError> {
    let Some(item) = table.get("port") else {
        return Ok(match tls {
            MailTls::Starttls => 587,
            MailTls::Tls => 465,
            MailTls::None => 25,
        });
    };
    let port = u16::try_from(item.number()?).ok().filter(|port| *port > 0);
    port.ok_or_else(|| item.fail("notify.email.port is no port".into(), "write 1 to 65535"))
}

fn attach(table: &mut Section<'_>, formats: &[Format]) -> Result<Vec<Attach>, ConfigError> {
    let words = [
        ("html", Attach::Html),
        ("xlsx", Attach::Xlsx),
        ("pdf", Attach::Pdf),
    ];
    let Some(item) = table.get("attach") else {
        return Ok(vec![Attach::Html, Attach::Xlsx]);
    };
    let list = item.list()?;
    let named = list.iter().map(|item| item.word(&words));
    let named: Vec<Attach> = named.collect::<Result<_, _>>()?;
    if named.contains(&Attach::Pdf) && !formats.contains(&Format::Pdf) {
        let message = "notify.email.attach names pdf, which no night has".into();
        return Err(item.fail(message, "add \"pdf\" to formats in [report]"));
    }
    Ok(named)
}

fn when(table: &mut Section<'_>) -> Result<When, ConfigError> {
    let words = [("always", When::Always), ("problems", When::Problems)];
    let given = table.get("when").map(|item| item.word(&words));
    Ok(given.transpose()?.unwrap_or_default())
}

fn secret(
    table: &mut Section<'_>,
    key: &'static str,
    dir: &Path,
) -> Result<Option<SecretRef>, ConfigError> {
    let item = table.get(key);
    item.map(|item| SecretRef::read(&item, dir)).transpose()
}

fn ca_file(table: &mut Section<'_>, dir: &Path) -> Result<Option<PathBuf>, ConfigError> {
    table
        .get("ca_file")
        .map(|item| path(&item, dir))
        .transpose()
}

fn timeout(table: &mut Section<'_>, usual: Duration) -> Result<Duration, ConfigError> {
    let given = table.get("timeout");
    let given =
        given.map(|item| item.parse(DURATION_FORM, |raw| duration(raw).filter(|d| !d.is_zero())));
    Ok(given.transpose()?.unwrap_or(usual))
}

/// `user@host` or `Name <user@host>`, in one line.
fn address(item: &Item<'_>) -> Result<String, ConfigError> {
    item.parse(
        "an address: \"user@example.vn\" or \"Name <user@example.vn>\"",
        |raw| {
            let bare = match raw.rsplit_once('<') {
                Some((_, rest)) => rest.strip_suffix('>')?,
                None => raw,
            };
            let (user, host) = bare.split_once('@')?;
            let plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ', '<', '>']);
            let clean = plain(user) && plain(host) && !raw.chars().any(char::is_control);
            clean.then(|| raw.to_owned())
        },
    )
}

/// An address that a mail can link to; it is not fetched, so it may be one of the office's own net.
fn link(raw: &str) -> Option<String> {
    let rest = raw
        .strip_prefix("https://")
        .or_else(|| raw.strip_prefix("http://"))?;
    let host = rest.split('/').next()?;
    let plain = |c: char| c.is_ascii_graphic() && !"\"'<>?#\\".contains(c);
    let fits = !host.is_empty() && !host.contains('@') && rest.chars().all(plain);
    fits.then(|| raw.trim_end_matches('/').to_owned())
}

fn host_name(raw: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    (!raw.is_empty() && raw.chars().all(allowed)).then(|| raw.to_owned())
}

fn is_this_machine(host: &str) -> bool {
    let ip: Option<IpAddr> = host.parse().ok();
    ip.map_or(host == "localhost", |ip| ip.is_loopback())
}

/// Reads `500 KB`, `10 MB`.
fn bytes(raw: &str) -> Option<u64> {
    let (count, unit) = raw.split_once(' ')?;
    let unit: u64 = match unit {
        "KB" => 1024,
        "MB" => 1024 * 1024,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(unit)
}
