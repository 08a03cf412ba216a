//! Handing a mail over to the server: the connection, what the server says, and to whom. Whom it
//! refuses costs nobody else the mail, and a mail that is too large goes without its files.

use std::net::SocketAddr;

use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;

use super::email::{domain, mailbox};
use super::{Reached, Trouble, certificate};
use crate::config::Surroundings;
use crate::config::notify::{EmailTarget, MailTls};
use crate::domain::Lang;
use crate::source::http::resolve;
use crate::text::say;

pub(super) type Transport = AsyncSmtpTransport<Tokio1Executor>;
type SmtpError = lettre::transport::smtp::Error;

/// Codes that speak of the server, the login or the connection, whoever is to get the mail.
const OF_THE_SERVER: [u16; 11] = [421, 454, 500, 502, 503, 504, 521, 530, 534, 535, 538];

/// Why a mail was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// For people.
    pub(super) trouble: Trouble,
    /// The server's code; none where it did not answer.
    code: Option<u16>,
    /// True where the mail is larger than the server takes.
    large: bool,
}

impl Refusal {
    fn plain(lang: Lang, key: &str, host: &str) -> Self {
        Self {
            trouble: Trouble::new(lang, key, &[("host", host)]),
            code: None,
            large: false,
        }
    }

    /// What the server said, by its code; its text may repeat what we sent.
    fn of(target: &EmailTarget, error: &SmtpError, lang: Lang) -> Self {
        let host = &target.host;
        if let Some(code) = error.status() {
            let code = u16::from(code);
            let (told, text) = (code.to_string(), error.to_string());
            let args = [("host", host.as_str()), ("code", &*told)];
            let mut trouble = Trouble::new(lang, "notify-status", &args);
            // of this mail: another one may be taken
            trouble.refused = !OF_THE_SERVER.contains(&code);
            return Self {
                trouble,
                code: Some(code),
                large: code == 552 || text.contains("5.3.4") || text.contains("5.2.3"),
            };
        }
        let key = if error.is_timeout() {
            "notify-timeout"
        } else if let Some(key) = certificate::refused(error) {
            key
        } else if error.is_tls() {
            "notify-tls"
        } else if error.is_client() {
            "notify-cannot"
        } else {
            "notify-no-connection"
        };
        Self::plain(lang, key, host)
    }

    /// True where one of several may be meant. What is refused for now is asked again by the next
    /// start; from then on it costs the others nothing.
    fn may_be_of_one(&self, attempts: u32) -> bool {
        let of_mail = |code: &u16| !OF_THE_SERVER.contains(code);
        let code = self.code.filter(of_mail);
        code.is_some_and(|code| code >= 500 || attempts > 0)
    }
}

/// A mail in both shapes.
pub(super) struct Mail<'m> {
    /// With its files, as bytes.
    pub(super) whole: &'m [u8],
    /// Without them; none where it has none.
    pub(super) bare: Option<&'m [u8]>,
}

/// Hands it over to everybody: at once, and where one may have been refused, to each alone.
/// `attempts` are those before this one.
pub(super) async fn deliver(
    target: &EmailTarget,
    lang: Lang,
    transports: &[Transport],
    (mail, attempts): (Mail<'_>, u32),
) -> Result<Reached, Trouble> {
    let from = mailbox(&target.from, lang)?;
    let all = target.to.iter().map(|to| mailbox(to, lang));
    let all: Vec<Mailbox> = all.collect::<Result<_, _>>()?;
    let desk = Desk {
        target,
        lang,
        transports,
        from: &from,
    };
    let refusal = match desk.hand(&all, &mail).await {
        Ok(()) => return Ok(Reached::Everybody),
        Err(refusal) => refusal,
    };
    if all.len() < 2 || !refusal.may_be_of_one(attempts) {
        return Err(refusal.trouble);
    }
    let mut refused = Vec::new();
    for to in &all {
        match desk.hand(std::slice::from_ref(to), &mail).await {
            Ok(()) => {}
            Err(refusal) => {
                let code = refusal
                    .code
                    .map_or_else(|| "—".to_owned(), |c| c.to_string());
                refused.push(format!("{} ({code})", masked(to)));
            }
        }
    }
    let (count, who) = (refused.len(), refused.join(", "));
    let args = [("host", target.host.as_str()), ("who", &*who)];
    match count {
        0 => Ok(Reached::Everybody),
        count if count == all.len() => Err(Trouble {
            refused: true,
            ..Trouble::new(lang, "notify-refused", &args)
        }),
        _ => Ok(Reached::NotAll(say(lang, "notify-in-part", &args))),
    }
}

/// `k***@example.vn`: whose mailbox it is, people who know it can tell.
fn masked(to: &Mailbox) -> String {
    let first: String = to.email.user().chars().take(1).collect();
    format!("{first}***@{}", to.email.domain())
}

/// What does not change from one recipient to the next.
struct Desk<'d> {
    target: &'d EmailTarget,
    lang: Lang,
    transports: &'d [Transport],
    from: &'d Mailbox,
}

impl Desk<'_> {
    /// One transaction; a second one without the files where the mail is too large.
    async fn hand(&self, to: &[Mailbox], mail: &Mail<'_>) -> Result<(), Refusal> {
        match (self.once(to, mail.whole).await, mail.bare) {
            (Err(refusal), Some(bare)) if refusal.large => self.once(to, bare).await,
            (done, _) => done,
        }
    }

    async fn once(&self, to: &[Mailbox], bytes: &[u8]) -> Result<(), Refusal> {
        let Self {
            target,
            lang,
            transports,
            from,
        } = *self;
        let to = to.iter().map(|to| to.email.clone()).collect();
        let envelope = Envelope::new(Some(from.email.clone()), to);
        let envelope = envelope.map_err(|_| Refusal::plain(lang, "notify-cannot", &target.host))?;
        tried(target, lang, transports, |transport| {
            let envelope = &envelope;
            async move { transport.send_raw(envelope, bytes).await.map(|_| true) }
        })
        .await
    }
}

/// One transport an address of the server, in the order in which they are to be tried. The name is
/// resolved once and every address judged; a connection in the clear goes to this machine only.
pub(super) async fn transports(
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
pub(super) async fn tried<'t, F>(
    target: &EmailTarget,
    lang: Lang,
    transports: &'t [Transport],
    attempt: impl Fn(&'t Transport) -> F,
) -> Result<(), Refusal>
where
    F: Future<Output = Result<bool, SmtpError>>,
{
    let no_connection = Refusal::plain(lang, "notify-no-connection", &target.host);
    for transport in transports {
        let end = match tokio::time::timeout(target.timeout, attempt(transport)).await {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => "notify-broken",
            Err(_) => "notify-timeout",
            Ok(Err(error)) => match Refusal::of(target, &error, lang) {
                unreached if unreached == no_connection => continue,
                other => return Err(other),
            },
        };
        return Err(Refusal::plain(lang, end, &target.host));
    }
    Err(no_connection)
}

/// A connection to `at`, an address of the server; its certificate has to hold the server's name.
pub(super) fn transport(
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
        let password = password.map_err(|error| Trouble::told(error.message))?;
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
