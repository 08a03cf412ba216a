//! `[[notify.email]]`: one mail a publication. Plain text and HTML side by side, the files behind
//! them as long as they fit. Every attempt has the same Message-ID, date and bytes, so a mail
//! that came twice (the program was killed between the server's answer and our note of it) is one
//! mail to any reader that knows Message-IDs.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::attached::{PAGE, bytes, fitting, known};
use super::post::{self, Mail};
use super::{Address, Channel, Letter, Reached, Trouble, digest};
use crate::config::Surroundings;
use crate::config::notify::{EmailTarget, NotifyConfig, When};
use crate::domain::{Lang, RunId};
use crate::fault::point;
use crate::report::publish::OutFile;
use crate::source::BoxFuture;
use crate::text::{number, say};

pub(super) const CHANNEL: Channel = Channel {
    id: "email",
    addresses,
};

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

    fn send<'a>(
        &'a self,
        letter: &'a Letter,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Reached, Trouble>> {
        Box::pin(async move {
            let lang = letter.lang;
            let files = fitting(self, &letter.files);
            let (none, all) = (Vec::new(), [&*files.0, &*files.1].concat());
            let bare = if files.0.is_empty() {
                None
            } else {
                Some(message(self, letter, key, (&none, Left::Refused(&all)))?.formatted())
            };
            let whole = message(self, letter, key, (&files.0, Left::Large(&files.1)))?;
            let mail = Mail {
                whole: &whole.formatted(),
                bare: bare.as_deref(),
            };
            let transports = post::transports(self, &letter.around, lang).await?;
            let broken = |_| Trouble::new(lang, "notify-broken", &[("host", &self.host)]);
            point("notify").map_err(broken)?;
            let mail = (mail, letter.attempts);
            let reached = post::deliver(self, lang, &transports, mail).await?;
            point("notified").map_err(broken)?;
            Ok(reached)
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
                return post::transport(self, &self.host, around, lang).map(drop);
            }
            let transports = post::transports(self, around, lang).await?;
            let asked = post::tried(self, lang, &transports, |transport| {
                transport.test_connection()
            });
            asked.await.map_err(|refusal| refusal.trouble)
        })
    }
}

/// What stands behind the `@`.
pub(super) fn domain(from: &str) -> &str {
    let host = from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    host.trim_end_matches('>')
}

pub(super) fn mailbox(address: &str, lang: Lang) -> Result<Mailbox, Trouble> {
    let bad = |_| Trouble::new(lang, "notify-address", &[("address", address)]);
    address.parse().map_err(bad)
}

/// Why files do not go along.
#[derive(Clone, Copy)]
enum Left<'f> {
    /// They are over the limit of the settings.
    Large(&'f [&'f OutFile]),
    /// The server does not take a mail as large as they make it.
    Refused(&'f [&'f OutFile]),
}

/// The mail: the same bytes for the same letter, key and files.
fn message(
    target: &EmailTarget,
    letter: &Letter,
    key: &str,
    (along, left): (&[&OutFile], Left<'_>),
) -> Result<Message, Trouble> {
    let lang = letter.lang;
    let foot = foot(target, letter, along, left);
    let boundary = |part: &str| format!("doisoat-{}", digest(&[key, part]));
    let texts = MultiPart::alternative()
        .boundary(boundary("texts"))
        .singlepart(SinglePart::plain(letter.summary.text(&foot)))
        .singlepart(SinglePart::html(letter.summary.html(lang, &foot)));
    let mut parts = MultiPart::mixed()
        .boundary(boundary("parts"))
        .multipart(texts);
    let day = letter.run["business_date"].as_str().unwrap_or_default();
    let page = page(letter, along, day);
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
fn foot(target: &EmailTarget, letter: &Letter, along: &[&OutFile], left: Left<'_>) -> Vec<String> {
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
    let (key, left) = match left {
        Left::Large(files) => ("mail-too-large", files),
        Left::Refused(files) => ("mail-refused-large", files),
    };
    if !left.is_empty() {
        let limit = number(lang, i128::from(target.attach_bytes_max / 1024));
        let args = [
            ("files", names(left)),
            ("limit", limit),
            ("folder", folder.clone()),
        ];
        let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
        foot.push(say(lang, key, &args));
    }
    foot.push(say(lang, "mail-folder", &[("folder", &folder)]));
    let run = ("run", letter.run_id.as_str());
    foot.push(say(lang, "mail-masked", &[run]));
    foot
}
