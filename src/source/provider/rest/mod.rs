//! Any source with a JSON interface, by configuration alone: what is asked, how it is signed, how
//! an answer is judged, where its records stand. A closed set of named values and recipes, no
//! script and no expression: what a setting can do can be read off its table. docs/REST.md tells
//! an operator how to write one.
//!
//! The settings are validated when they are read; nothing that they say can lead a request out of
//! `base_url`, put a secret into a message, or make money of a state that they do not list.

mod answer;
mod ask;
mod auth;
mod events;
mod facts;
mod list;
mod next;
mod pointer;
mod probe;
mod read;
mod record;
mod sign;
mod spans;
mod spec;
mod template;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Clock;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::Instrument;
use crate::source::http::{BaseUrl, Client, MARGIN, Tokens};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Registration};
use facts::Facts;
pub use spec::Connector;
use spec::{Auth, OAuth};

const DEFAULTS: Defaults = Defaults {
    rate: Rate {
        count: 2,
        per: Duration::from_secs(1),
    },
    cutoff: TimeOfDay::MIDNIGHT,
    freshness: Duration::from_hours(24),
    instrument: Instrument::Transfer,
    base_url: None,
};

/// A source that lists days.
pub const LIST: Registration = Registration {
    kind: "rest",
    label: "REST",
    ability: Ability::List,
    is_gateway: false,
    carries_money: true,
    pushes: None,
    keys: &[Key {
        name: "mode",
        form: KeyForm::Tables(read::list),
        required: None,
    }],
    defaults: DEFAULTS,
    open: |opening| Ok(Handle::Feed(Box::new(open(opening)?))),
};

/// A source that is asked about one order at a time.
pub const PROBE: Registration = Registration {
    ability: Ability::Probe,
    is_gateway: true,
    keys: &[Key {
        name: "mode",
        form: KeyForm::Tables(read::probe),
        required: None,
    }],
    defaults: Defaults {
        instrument: Instrument::Portal,
        ..DEFAULTS
    },
    open: |opening| Ok(Handle::Probe(Box::new(open(opening)?))),
    ..LIST
};

/// An opened connector.
struct Rest {
    client: Client,
    connector: Arc<Connector>,
    secrets: BTreeMap<Box<str>, SecretString>,
    tokens: Tokens,
    /// Where tokens come from, when not from below `base_url`.
    sso: Option<Client>,
    clock: Arc<dyn Clock>,
    cutoff: TimeOfDay,
    account: Option<Box<str>>,
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

fn open(opening: &Opening<'_>) -> Result<Rest, ConfigError> {
    let settings = opening.settings;
    let connector = settings.connector()?;
    let mut secrets = BTreeMap::new();
    for (name, kept) in &connector.secrets {
        let secret = kept.resolve(opening.around)?;
        let text = secret.expose_secret();
        let is_header = matches!(&connector.auth, Auth::Word { secret, .. } if secret == name);
        let fits = |c: char| !c.is_control() && (c.is_ascii() || !is_header);
        if !text.chars().all(fits) {
            let what = if is_header {
                "a character that no header may hold"
            } else {
                "a line break or another control character"
            };
            let message = format!("the secret \"{name}\" holds {what}");
            let fix = "copy it again, without line breaks and signs around it";
            return Err(settings.fail(message, fix));
        }
        secrets.insert(name.clone(), secret);
    }
    let retry_header = connector.reading.retry_header;
    let (sso, margin) = match &connector.auth {
        Auth::OAuth(oauth) => (token_client(opening, oauth)?, oauth.margin),
        _ => (None, MARGIN),
    };
    Ok(Rest {
        client: Client::open(settings, None, retry_header, opening.pace.clone())?,
        connector,
        secrets,
        tokens: Tokens::new(margin),
        sso,
        clock: Arc::clone(&opening.clock),
        cutoff: settings.cutoff,
        account: settings.account.clone(),
    })
}

/// A client for the address of tokens, where the settings write one out.
fn token_client(opening: &Opening<'_>, oauth: &OAuth) -> Result<Option<Client>, ConfigError> {
    let settings = opening.settings;
    let Some(raw) = &oauth.url else {
        return Ok(None);
    };
    // the machine's own addresses are for those who read from it anyway
    let url = BaseUrl::parse(raw, settings.http()?.base_url.is_loopback()).map_err(|why| {
        let message = format!("source.auth.token_url is not allowed: {why}");
        let fix = "write the address that gives tokens: token_url = \"https://…/token\"";
        settings.fail(message, fix)
    })?;
    Client::open_at(settings, url, opening.pace.clone()).map(Some)
}

impl Rest {
    /// What names stand for before anything is known of a request.
    fn facts(&self) -> Facts<'_> {
        Facts {
            order: None,
            now_ms: self.clock.now_ms(),
            span: None,
            page: self.connector.paging.first,
            offset: 0,
            size: self.connector.paging.size,
            mark: None,
            request_id: "",
            secrets: &self.secrets,
            json: None,
        }
    }
}
