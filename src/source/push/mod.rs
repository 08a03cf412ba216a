//! Webhooks that another program received and wrote into a folder, one file each. Nothing here
//! listens: what a provider pushed is read from the folder, its signature is verified, and it is
//! evidence like any other row. See docs/PUSH.md for the form of a file.
//!
//! A pushed event has the id under which the provider's feed or probe knows it, so that the same
//! event pushed twice, or pushed and pulled, is one row.

mod events;
mod verify;

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::ALL;
use super::json::Json;
use super::record::{At, Record};
use super::registration::{Ability, Defaults, Handle, Key, KeyForm, Opening, Registration};
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Instrument, SourceName};

/// A larger file is no webhook.
pub const BYTES_MAX: u64 = 1 << 20;

const fn secret(name: &'static str) -> Key {
    Key {
        name,
        form: KeyForm::Secret,
        required: None,
    }
}

const fn text(name: &'static str, form: &'static str) -> Key {
    let fits = |raw: &str| !raw.trim().is_empty();
    Key {
        name,
        form: KeyForm::Text { form, fits },
        required: None,
    }
}

/// Webhooks in a folder.
pub const REGISTRATION: Registration = Registration {
    kind: "push",
    label: "webhook inbox",
    ability: Ability::Folder,
    is_gateway: false,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "path",
            form: KeyForm::Path,
            required: Some("name the folder that the receiver writes into: path = \"inbox/payos\""),
        },
        Key {
            name: "provider",
            form: KeyForm::Kinds(|kind| kind.pushes.is_some()),
            required: Some("name whose webhooks these are: provider = \"payos\""),
        },
        text("into", "the name of the source that pulls the same events"),
        text("tmn_code", "the terminal code"),
        text("partner_code", "the partner code"),
        text("app_id", "the application's number"),
        secret("token"),
        secret("secret_key"),
        secret("hash_secret"),
        secret("access_key"),
        secret("key2"),
        secret("checksum_key"),
    ],
    defaults: Defaults {
        rate: Rate {
            count: 1,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Transfer,
        base_url: None,
    },
    open,
};

/// How a provider pushes: the form of its webhooks and how they are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// payOS: the transfers into a link.
    Payos,
    /// Casso: lines of a bank account, version 1 and 2.
    Casso,
    /// SePay: lines of a bank account.
    Sepay,
    /// VNPAY: IPN of an order.
    Vnpay,
    /// MoMo: IPN of an order.
    Momo,
    /// ZaloPay: callback of a paid order.
    Zalopay,
}

/// Whose webhooks, and the keys that verify them.
pub(super) enum Provider {
    /// HMAC-SHA256 over the sorted members of `data`.
    Payos { checksum_key: SecretString },
    /// v1: a token in a header; v2: HMAC-SHA512 over the sorted body.
    Casso {
        token: Option<SecretString>,
        key: Option<SecretString>,
    },
    /// HMAC-SHA256 over time and body, or an API key in a header.
    Sepay {
        token: Option<SecretString>,
        key: Option<SecretString>,
    },
    /// HMAC-SHA512 over the sorted query.
    Vnpay {
        hash_secret: SecretString,
        tmn_code: Option<Box<str>>,
    },
    /// HMAC-SHA256 over named fields; the access key is signed and not sent.
    Momo {
        access_key: SecretString,
        secret_key: SecretString,
        partner_code: Option<Box<str>>,
    },
    /// HMAC-SHA256 over the text of `data`.
    Zalopay {
        key2: SecretString,
        app_id: Option<Box<str>>,
    },
}

/// A folder of webhooks, opened.
pub struct PushSource {
    /// The folder.
    pub path: PathBuf,
    /// The provider's word.
    pub provider: &'static str,
    /// True for a payment gateway, false for a bank feed.
    pub is_gateway: bool,
    /// Means of payment where the event does not tell.
    pub instrument: Instrument,
    /// The source that pulls the same events, where the configuration names it.
    pub into: Option<SourceName>,
    keys: Provider,
}

impl std::fmt::Debug for PushSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushSource")
            .field("path", &self.path)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// Why a file is no evidence: the field at fault, never a value of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushFault {
    /// Not of the form that docs/PUSH.md describes.
    Form(&'static str),
    /// The signature is missing, wrong, or for another merchant.
    Unverified(&'static str),
}

impl PushFault {
    /// The field at fault.
    pub fn field(self) -> &'static str {
        match self {
            Self::Form(field) | Self::Unverified(field) => field,
        }
    }
}

/// A webhook as it was received.
#[derive(Debug, Default, PartialEq, Eq)]
struct Received {
    /// Names in small letters.
    headers: Vec<(String, String)>,
    query: String,
    body: String,
}

impl Received {
    /// Reads a file: an envelope `{headers, query, body}`, or the bare body (or query) where the
    /// signature stands in it.
    fn read(bytes: &[u8]) -> Result<Self, PushFault> {
        let text = str::from_utf8(bytes).map_err(|_| PushFault::Form("UTF-8"))?;
        let text = text
            .strip_prefix('\u{feff}')
            .unwrap_or(text)
            .trim_end_matches(['\r', '\n']);
        if !text.trim_start().starts_with('{') {
            return Ok(Self {
                query: text.trim().to_owned(),
                ..Self::default()
            });
        }
        let json = Json::parse(text.as_bytes()).map_err(|_| PushFault::Form("JSON"))?;
        let is_envelope = json.get("body").is_some() || json.get("query").is_some();
        if !is_envelope {
            return Ok(Self {
                body: text.to_owned(),
                ..Self::default()
            });
        }
        // the text as received: a signature is over its bytes
        let own = |key: &'static str| match json.get(key) {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::Text(text)) => Ok(text.to_string()),
            Some(_) => Err(PushFault::Form(key)),
        };
        let mut headers = Vec::new();
        if let Some(Json::Object(members)) = json.get("headers") {
            for (name, value) in members {
                let value = match value {
                    Json::List(all) => all.first().and_then(Json::word),
                    value => value.word(),
                };
                headers.push((name.to_lowercase(), value.unwrap_or_default().to_owned()));
            }
        }
        Ok(Self {
            headers,
            query: own("query")?,
            body: own("body")?,
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Result<Json, PushFault> {
        Json::parse(self.body.as_bytes()).map_err(|_| PushFault::Form("body"))
    }
}

impl PushSource {
    /// The key under which the source that pulls the same events tells whose events those are.
    pub fn merchant_key(&self) -> Option<&'static str> {
        match &self.keys {
            Provider::Momo { .. } => Some("partner_code"),
            Provider::Zalopay { .. } => Some("app_id"),
            _ => None,
        }
    }

    /// The events of a file that verifies. `merchant` is whose they must be where the inbox itself
    /// does not say: the partner or the application of the source that pulls them.
    ///
    /// # Errors
    /// A file that is no webhook of the provider, that does not verify, or that is for another
    /// merchant.
    pub fn read(
        &self,
        name: &str,
        bytes: &[u8],
        merchant: Option<&str>,
    ) -> Result<Vec<Record>, PushFault> {
        let received = Received::read(bytes)?;
        let mut records = match &self.keys {
            Provider::Payos { checksum_key } => {
                events::payos(&verify::payos(&received, checksum_key)?)
            }
            Provider::Casso { token, key } => {
                events::casso(&verify::casso(&received, token.as_ref(), key.as_ref())?)
            }
            Provider::Sepay { token, key } => {
                events::sepay(&verify::sepay(&received, token.as_ref(), key.as_ref())?)
            }
            Provider::Vnpay {
                hash_secret,
                tmn_code,
            } => events::vnpay(&verify::vnpay(&received, hash_secret, tmn_code.as_deref())?),
            Provider::Momo {
                access_key,
                secret_key,
                partner_code,
            } => {
                let json = verify::momo(&received, access_key, secret_key)?;
                let ours = partner_code.as_deref().or(merchant);
                verify::is_ours(&json, "partnerCode", ours)?;
                events::momo(&json)
            }
            Provider::Zalopay { key2, app_id } => {
                let json = verify::zalopay(&received, key2)?;
                verify::is_ours(&json, "app_id", app_id.as_deref().or(merchant))?;
                events::zalopay(&json)
            }
        };
        for (record, line) in records.iter_mut().zip(1..) {
            record.at = At {
                file: name.into(),
                line,
            };
        }
        Ok(records)
    }
}

/// The provider of that word and how it pushes; none where it does not, or nothing reads it.
fn pushing(word: &str) -> Option<(&'static Registration, Protocol)> {
    let known = ALL.iter().find(|known| known.kind == word)?;
    Some((known, known.pushes?))
}

/// True for webhooks of a payment gateway, false for those of a bank feed.
pub fn is_gateway(provider: &str) -> bool {
    pushing(provider).is_some_and(|(known, _)| known.is_gateway)
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let missing = |key: &str, fix: &str| settings.fail(format!("{key} is missing"), fix);
    let told = settings.text("provider").and_then(pushing);
    let (provider, protocol) =
        told.ok_or_else(|| missing("provider", "name whose webhooks these are"))?;
    let path = settings.path("path");
    Ok(Handle::Push(Box::new(PushSource {
        path: path
            .ok_or_else(|| missing("path", "name a folder"))?
            .to_owned(),
        provider: provider.kind,
        is_gateway: provider.is_gateway,
        instrument: provider.defaults.instrument,
        into: settings.text("into").map(SourceName::new),
        keys: keys_of(opening, protocol)?,
    })))
}

/// Fetches the keys of a provider.
fn keys_of(opening: &Opening<'_>, protocol: Protocol) -> Result<Provider, ConfigError> {
    let settings = opening.settings;
    let get = |key: &str| -> Result<Option<SecretString>, ConfigError> {
        let named = settings.names_secret(key);
        named
            .then(|| settings.secret(key, opening.around))
            .transpose()
    };
    let need = |key: &str| {
        let missing = || {
            let fix = format!("name where it is kept: {key} = {{ env = \"…\" }}");
            settings.fail(format!("{key} is missing"), &fix)
        };
        get(key)?.ok_or_else(missing)
    };
    let either = || {
        let (token, key) = (get("token")?, get("secret_key")?);
        if token.is_none() && key.is_none() {
            let fix = "name token (a header) or secret_key (a signature), as the webhook is set up";
            return Err(settings.fail("token and secret_key are missing", fix));
        }
        Ok((token, key))
    };
    Ok(match protocol {
        Protocol::Payos => Provider::Payos {
            checksum_key: need("checksum_key")?,
        },
        Protocol::Casso => {
            let (token, key) = either()?;
            Provider::Casso { token, key }
        }
        Protocol::Sepay => {
            let (token, key) = either()?;
            Provider::Sepay { token, key }
        }
        Protocol::Vnpay => Provider::Vnpay {
            hash_secret: need("hash_secret")?,
            tmn_code: settings.text("tmn_code").map(Into::into),
        },
        Protocol::Momo => Provider::Momo {
            access_key: need("access_key")?,
            secret_key: need("secret_key")?,
            partner_code: settings.text("partner_code").map(Into::into),
        },
        Protocol::Zalopay => Provider::Zalopay {
            key2: need("key2")?,
            app_id: settings.text("app_id").map(Into::into),
        },
    })
}

#[cfg(test)]
mod tests;
mod query;
