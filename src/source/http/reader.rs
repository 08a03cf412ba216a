//! A client that only reads: GET with a bearer token that it asks for and renews by itself. The
//! request for the token is the only other one that it can send. OAuth 2.0, RFC 6749 4.3 and 4.4,
//! as Keycloak speaks it: a token lives for some minutes, so it is renewed in the middle of a long
//! reading, before it expires and when the other side says 401.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::call::{Body, Call};
use super::session::{Bad, Request, Session};
use super::{BaseUrl, Client, Pace};
use crate::clock::Stopwatch;
use crate::config::ConfigError;
use crate::config::source::SourceSettings;
use crate::source::RawSink;
use crate::source::error::{BodyFault, SourceError};
use crate::source::json::Json;

/// What a token is taken to live for when nobody says so.
const LIFE_UNTOLD: Duration = Duration::from_mins(1);
/// A token is renewed so long before it expires, or after three quarters of its life.
const MARGIN: Duration = Duration::from_secs(30);

/// How a token is asked for.
pub enum Grant {
    /// By the program's own credentials.
    Client {
        /// `client_id`.
        id: Box<str>,
        /// `client_secret`.
        secret: SecretString,
    },
    /// By an account made for the program.
    Password {
        /// `client_id`.
        id: Box<str>,
        /// `client_secret`, where the client has one.
        secret: Option<SecretString>,
        /// The account.
        user: SecretString,
        /// Its password.
        password: SecretString,
    },
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client { .. } => "Client",
            Self::Password { .. } => "Password",
        })
    }
}

impl Grant {
    /// The form that is sent.
    fn form(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        match self {
            Self::Client { id, secret } => {
                pairs.push(("grant_type", "client_credentials"));
                pairs.push(("client_id", id));
                pairs.push(("client_secret", secret.expose_secret()));
            }
            Self::Password {
                id,
                secret,
                user,
                password,
            } => {
                pairs.push(("grant_type", "password"));
                pairs.push(("client_id", id));
                let secret = secret.as_ref().map(ExposeSecret::expose_secret);
                pairs.extend(secret.map(|secret| ("client_secret", secret)));
                pairs.push(("username", user.expose_secret()));
                pairs.push(("password", password.expose_secret()));
            }
        }
        let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        pairs.into_iter().map(own).collect()
    }
}

/// What is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Get {
    /// The documented path, which starts with `/`.
    pub path: &'static str,
    /// Query parameters; never a secret.
    pub query: Vec<(&'static str, String)>,
    /// What is asked for, for the archive and for messages.
    pub what: String,
}

impl Get {
    fn request(&self) -> Request {
        Request {
            path: self.path.into(),
            query: self.query.clone(),
            body: None,
            what: self.what.clone(),
        }
    }
}

/// The reading client of one source.
pub struct Reader {
    api: Client,
    sso: Client,
    grant: Grant,
    held: Mutex<Option<Held>>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("api", &self.api)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

/// The token in use; the token itself stands in the client's header.
#[derive(Clone, Copy, Debug)]
struct Held {
    number: u64,
    since: Stopwatch,
    lives: Duration,
}

impl Reader {
    /// A client by a source's settings whose token comes from `token_url`.
    pub fn open(
        settings: &SourceSettings,
        token_url: BaseUrl,
        grant: Grant,
        pace: Pace,
    ) -> Result<Self, ConfigError> {
        let api = Client::open(settings, None, None, pace.clone())?;
        let sso = Client::open_at(settings, token_url, pace)?;
        Ok(Self {
            api,
            sso,
            grant,
            held: Mutex::new(None),
        })
    }

    /// Starts a reading: from now on its requests share `source_deadline`.
    pub fn session<'a>(&'a self, raw: &'a dyn RawSink) -> Reading<'a> {
        Reading {
            reader: self,
            api: self.api.session(raw),
            sso: self.sso.session(raw),
        }
    }
}

/// One reading from one source.
#[derive(Debug)]
pub struct Reading<'a> {
    reader: &'a Reader,
    api: Session<'a>,
    sso: Session<'a>,
}

impl Reading<'_> {
    /// Where a request goes, for errors that a source raises itself.
    pub fn at(&self, get: &Get) -> Box<str> {
        self.api.at(&get.request())
    }

    /// Reads until `check` accepts a body; with a new token when the one at hand has expired.
    pub async fn get<T: Send>(
        &self,
        get: &Get,
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<T, SourceError> {
        let token = self.token(None).await?;
        match self.api.fetch(&|_| get.request(), check).await {
            // made again: a token that was refused then, and nothing came after it
            Err(SourceError::Refused { status: 401, .. }) if !self.api.is_replay() => {
                self.token(Some(token)).await?;
                self.api.fetch(&|_| get.request(), check).await
            }
            done => done,
        }
    }

    /// Sees to it that a token is there that is not `spent` and not about to expire; tells its
    /// number.
    async fn token(&self, spent: Option<u64>) -> Result<u64, SourceError> {
        if self.api.is_replay() {
            return Ok(0);
        }
        let mut held = self.reader.held.lock().await;
        let good = held
            .filter(|held| Some(held.number) != spent && !held.since.left_of(held.lives).is_zero());
        if let Some(good) = good {
            return Ok(good.number);
        }
        let since = Stopwatch::start();
        let ask = |_| Call {
            body: Some(Body::Form(self.reader.grant.form())),
            what: "token".to_owned(),
            is_private: true,
            ..Call::default()
        };
        let token = self.sso.call(&ask, &|answer| read_token(answer.body)).await;
        let token = token.map_err(|error| match error {
            // Keycloak says 400 (invalid_grant) to a wrong password
            SourceError::Rejected { at, status: 400 } => SourceError::Refused { at, status: 400 },
            other => other,
        })?;
        self.reader.api.authorize(Some(token.header));
        let number = held.map_or(0, |held| held.number) + 1;
        *held = Some(Held {
            number,
            since,
            lives: token.lives,
        });
        Ok(number)
    }
}

/// What the answer tells.
struct Token {
    header: HeaderValue,
    lives: Duration,
}

fn read_token(body: &[u8]) -> Result<Token, Bad> {
    let json = Json::parse(body)?;
    let token = json.word_of("access_token");
    let header = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
    let mut header = header.ok_or(BodyFault::Shape("access_token"))?;
    header.set_sensitive(true);
    let told = json.count_of("expires_in").map(Duration::from_secs);
    let life = told.unwrap_or(LIFE_UNTOLD);
    Ok(Token {
        header,
        lives: life.saturating_sub(MARGIN).max(life * 3 / 4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_escaped_and_never_printed() {
        let grant = Grant::Password {
            id: "web-onegate".into(),
            secret: None,
            user: SecretString::from("doi soat"),
            password: SecretString::from("p&=+ê"),
        };
        let form = "grant_type=password&client_id=web-onegate&username=doi+soat\
                    &password=p%26%3D%2B%C3%AA";
        assert_eq!(super::super::call::form(&grant.form()), form);
        assert_eq!(format!("{grant:?}"), "Password");
    }

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        let lives = |body: &str| {
            let token = read_token(body.as_bytes()).map_err(|_| ()).unwrap();
            assert!(token.header.is_sensitive());
            token.lives
        };
        let told = |life: u64| lives(&format!(r#"{{"access_token":"x","expires_in":{life}}}"#));
        assert_eq!(told(300), Duration::from_secs(270));
        assert_eq!(told(8), Duration::from_secs(6));
        assert_eq!(told(0), Duration::ZERO);
        assert_eq!(lives(r#"{"access_token":"x"}"#), Duration::from_secs(45));
        assert!(read_token(br#"{"expires_in":300}"#).is_err());
    }
}
