//! A client that only reads: GET with a bearer token that it asks for and renews by itself. The
//! request for the token is the only other one that it can send.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::call::{Body, Call};
use super::session::{Bad, Request, Session};
use super::token::{self, Granted, Tokens};
use super::{BaseUrl, Client, Pace};
use crate::config::ConfigError;
use crate::config::source::SourceSettings;
use crate::domain::ToldBy;
use crate::source::RawSink;
use crate::source::error::{BodyFault, SourceError};
use crate::source::json::Json;

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
    tokens: Tokens,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("api", &self.api)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
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
            tokens: Tokens::new(token::MARGIN),
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
        let (read, _) = self.get_kept(get, check).await?;
        Ok(read)
    }

    /// The same, and which archived bytes were accepted.
    pub async fn get_kept<T: Send>(
        &self,
        get: &Get,
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<(T, ToldBy), SourceError> {
        let token = self.token(None).await?;
        match self.api.fetch_kept(&|_| get.request(), check).await {
            // made again: a token that was refused then, and nothing came after it
            Err(SourceError::Refused { status: 401, .. }) if !self.api.is_replay() => {
                self.token(Some(token)).await?;
                self.api.fetch_kept(&|_| get.request(), check).await
            }
            done => done,
        }
    }

    /// Sees to it that a token is there that is not `spent` and not about to expire; tells its
    /// number.
    async fn token(&self, spent: Option<u64>) -> Result<u64, SourceError> {
        let ask = || Call {
            body: Some(Body::Form(self.reader.grant.form())),
            ..Call::default()
        };
        let token = self.reader.tokens.get(&self.sso, spent, &ask, &read_token);
        let token = token.await?;
        if !token.was_kept && !self.api.is_replay() {
            let header = HeaderValue::from_str(token.bearer().expose_secret()).ok();
            let header = header.map(|mut header| {
                header.set_sensitive(true);
                header
            });
            self.reader.api.authorize(header);
        }
        Ok(token.number)
    }
}

/// As Keycloak answers.
fn read_token(body: &[u8]) -> Result<Granted, BodyFault> {
    let json = Json::parse(body)?;
    let (text, seconds) = (json.word_of("access_token"), json.count_of("expires_in"));
    Granted::new(text, seconds, "access_token")
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
}
