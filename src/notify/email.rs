//! `[[notify.email]]`: one mail a publication. Plain text and HTML side by side, the files behind
//! them as long as they fit. Every attempt has the same Message-ID, date and bytes, so a mail
//! that came twice (the program was killed between the server's answer and our note of it) is one
//! mail to any reader that knows Message-IDs.

use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use super::attached::{PAGE, bytes, fitting, known};
use super::{Address, Channel, Letter, Trouble, digest};
use crate::config::Surroundings;
use crate::config::notify::{EmailTarget, MailTls, NotifyConfig, When};
use crate::domain::{Lang, RunId};
use crate::fault::point;
use crate::report::publish::OutFile;
use crate::source::BoxFuture;
use crate::source::http::resolve;
use crate::text::{number, say};

pub(super) const CHANNEL: Channel = Channel {
    id: "email",
    addresses,
};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

fn addresses(config: &NotifyConfig) -> Vec<&dyn Address> {
    let mut found: Vec<&dyn Address> = Vec::new();
    for target in &config.emails {
        found.push(target);
    }
    found
}

impl Address for EmailTarget {
    fn target(&self) -> String {
        let to = self.to.iter().map(String::as_str);
        digest(&["email"].into_iter().chain(to).collect::<Vec<_>>())
    }

    fn label(&self) -> String {
        format!("{} ({}:{})", self.to.join(", "), self.host, self.port)
    }

    fn when(&self) -> When {
        self.when
    }

    fn key(&self, run: &RunId) -> String {
        format!("<{run}.{}@{}>", self.target(), domain(&self.from))
    }

    fn send<'a>(&'a self, letter: &'a Letter, key: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let lang = letter.lang;
            let message = message(self, letter, key)?;
            let transports = transports(self, &letter.around, lang).await?;
            let broken = |_| Trouble::new(lang, "notify-broken", &[("host", &self.host)]);
            point("notify").map_err(broken)?;
            tried(self, lang, transports, |transport| {
                let message = message.clone();
                async move { transport.send(message).await.map(|_| true) }
            })
            .await?;
            point("notified").map_err(broken)
        })
    }

    fn probe<'a>(
        &'a self,
        around: &'a Surroundings,
        ask: bool,
        lang: Lang,
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            for address in self.to.iter().chain([&self.from]) {
                mailbox(address, lang)?;
            }
            if !ask {
                return transport(self, &self.host, around, lang).map(drop);
            }
            let transports = transports(self, around, lang).await?;
            tried(self, lang, transports, |transport| async move {
                transport.test_connection().await
            })
            .await
        })
    }
}

/// One transport an address of the server, in the order in which they are to be tried. The name is
/// resolved once and every address judged; a connection in the clear goes to this machine only.
async fn transports(
    target: &EmailTarget,
    around: &Surroundings,
    lang: Lang,
) -> Result<Vec<Transport>, Trouble> {
    let host = ("host", target.host.as_str());
    let found = resolve(&target.host, target.port, true).await;
    let found = found.map_err(|fault| match fault {
        None => Trouble::new(lang, "notify-no-connection", &[host]),
        Some(_) => Trouble::new(lang, "notify-forbidden", &[host]),
    })?;
    let is_elsewhere = |at: &SocketAddr| !at.ip().is_loopback();
    if target.tls == MailTls::None && found.iter().any(is_elsewhere) {
        return Err(Trouble::new(lang, "notify-forbidden", &[host]));
    }
    let of = |at: SocketAddr| transport(target, &at.ip().to_string(), around, lang);
    found.into_iter().map(of).collect()
}

/// Tries one after the other until one can be reached; what a server says counts.
async fn tried<F>(
    target: &EmailTarget,
    lang: Lang,
    transports: Vec<Transport>,
    attempt: impl Fn(Transport) -> F,
) -> Result<(), Trouble>
where
    F: Future<Output = Result<bool, lettre::transport::smtp::Error>>,
{
    let no_connection = Trouble::new(lang, "notify-no-connection", &[("host", &target.host)]);
    for transport in transports {
        let end = match tokio::time::timeout(target.timeout, attempt(transport)).await {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => "notify-broken",
            Err(_) => "notify-timeout",
            Ok(Err(error)) => match trouble(target, &error, lang) {
                unreached if unreached == no_connection => continue,
                other => return Err(other),
            },
        };
        return Err(Trouble::new(lang, end, &[("host", &target.host)]));
    }
    Err(no_connection)
}

/// What stands behind the `@`.
fn domain(from: &str) -> &str {
    let host = from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    host.trim_end_matches('>')
}

fn mailbox(address: &str, lang: Lang) -> Result<Mailbox, Trouble> {
    let bad = |_| Trouble::new(lang, "notify-address", &[("address", address)]);
    address.parse().map_err(bad)
}

/// What the server said, by its code; its text may repeat what we sent.
fn trouble(target: &EmailTarget, error: &lettre::transport::smtp::Error, lang: Lang) -> Trouble {
    let host = ("host", target.host.as_str());
    if let Some(code) = error.status() {
        let code = code.to_string();
        return Trouble::new(lang, "notify-status", &[host, ("code", &code)]);
    }
    let key = if error.is_timeout() {
        "notify-timeout"
    } else if error.is_tls() {
        "notify-tls"
    } else if error.is_client() {
        "notify-cannot"
    } else {
        "notify-no-connection"
    };
    Trouble::new(lang, key, &[host])
}

/// A connection to `at`, an address of the server; its certificate has to hold the server's name.
fn transport(
    target: &EmailTarget,
    at: &str,
    around: &Surroundings,
    lang: Lang,
) -> Result<Transport, Trouble> {
    let tls = match target.tls {
        MailTls::None => Tls::None,
        MailTls::Starttls => Tls::Required(parameters(target, lang)?),
        MailTls::Tls => Tls::Wrapper(parameters(target, lang)?),
    };
    let mut builder = Transport::builder_dangerous(at)
        .port(target.port)
        .tls(tls)
        .timeout(Some(target.timeout))
        .hello_name(ClientId::Domain(domain(&target.from).to_owned()));
    if let (Some(user), Some(password)) = (&target.user, &target.password) {
        let password = password.resolve(around);
        let password = password.map_err(|error| Trouble(error.message))?;
        let password = password.expose_secret().to_owned();
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}

fn parameters(target: &EmailTarget, lang: Lang) -> Result<TlsParameters, Trouble> {
    let mut builder = TlsParameters::builder(target.host.clone());
    if let Some(file) = &target.ca_file {
        let name = file.display().to_string();
        let bad = || Trouble::new(lang, "notify-ca-file", &[("file", &name)]);
        let pem = std::fs::read(file).map_err(|_| bad())?;
        let authority = Certificate::from_pem(&pem).map_err(|_| bad())?;
        builder = builder.add_root_certificate(authority);
    }
    let built = builder.build_rustls();
    built.map_err(|_| Trouble::new(lang, "notify-no-tls", &[]))
}

/// The mail: the same bytes for the same letter and key.
fn message(target: &EmailTarget, letter: &Letter, key: &str) -> Result<Message, Trouble> {
    let lang = letter.lang;
    let (along, left) = fitting(target, &letter.files);
    let foot = foot(target, letter, &along, &left);
    let boundary = |part: &str| format!("doisoat-{}", digest(&[key, part]));
    let texts = MultiPart::alternative()
        .boundary(boundary("texts"))
        .singlepart(SinglePart::plain(letter.summary.text(&foot)))
        .singlepart(SinglePart::html(letter.summary.html(lang, &foot)));
    let mut parts = MultiPart::mixed()
        .boundary(boundary("parts"))
        .multipart(texts);
    let day = letter.run["business_date"].as_str().unwrap_or_default();
    let page = page(letter, &along, day);
    for file in along {
        let (name, kind) = known(file, day);
        let kind = ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN);
        parts = parts.singlepart(Attachment::new(name).body(bytes(file, &page), kind));
    }
    let dated = Duration::from_millis(u64::try_from(letter.dated_ms).unwrap_or_default());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let mut message = Message::builder()
        .from(mailbox(&target.from, lang)?)
        .subject(&letter.summary.subject)
        .message_id(Some(key.to_owned()))
        .date(UNIX_EPOCH + dated)
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
    for to in &target.to {
        message = message.to(mailbox(to, lang)?);
    }
    let bad = |_| Trouble::new(lang, "notify-cannot", &[("host", &target.host)]);
    message.multipart(parts).map_err(bad)
}

/// Where the workbook's links lead: to the report's address, else to the page in the mail, else to
/// the page in the folder.
fn page(letter: &Letter, along: &[&OutFile], day: &str) -> String {
    let page = along.iter().find(|file| &*file.name == PAGE);
    match (&letter.summary.link, page) {
        (Some(link), _) => link.clone(),
        (None, Some(page)) => known(page, day).0,
        (None, None) => PAGE.to_owned(),
    }
}

/// Where the rest is.
fn foot(
    target: &EmailTarget,
    letter: &Letter,
    along: &[&OutFile],
    left: &[&OutFile],
) -> Vec<String> {
    let lang = letter.lang;
    let folder = letter.folder.display().to_string();
    let names = |files: &[&OutFile]| {
        let names: Vec<&str> = files.iter().map(|file| &*file.name).collect();
        names.join(", ")
    };
    let day = letter.run["business_date"].as_str().unwrap_or_default();
    let mut foot = Vec::new();
    if !along.is_empty() {
        // by the names that they have in the mail
        let own = along.iter().map(|file| known(file, day).0);
        let own = own.collect::<Vec<_>>().join(", ");
        foot.push(say(lang, "mail-attached", &[("files", &own)]));
    }
    if !left.is_empty() {
        let limit = number(lang, i128::from(target.attach_bytes_max / 1024));
        let args = [
            ("files", names(left)),
            ("limit", limit),
            ("folder", folder.clone()),
        ];
        let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
        foot.push(say(lang, "mail-too-large", &args));
    }
    foot.push(say(lang, "mail-folder", &[("folder", &folder)]));
    let run = ("run", letter.run_id.as_str());
    foot.push(say(lang, "mail-masked", &[run]));
    foot
}
