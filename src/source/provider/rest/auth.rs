//! Who we are to the source, request by request: fixed headers, or a token that is fetched, kept
//! while it lasts and replaced in the middle of a listing when it ends.

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Mutex;

use super::Rest;
use super::ask::{authorization, token_body};
use super::spec::{Auth, OAuth};
use crate::clock::Stopwatch;
use crate::source::error::{BodyFault, SourceError};
use crate::source::http::{Answer, Bad, Call, Session};

/// How long a token counts that says nothing of its end.
const LIFE: Duration = Duration::from_mins(5);

/// The token in use.
#[derive(Debug, Default)]
pub(super) struct Keyring(Mutex<Option<Token>>);

#[derive(Clone, Debug)]
struct Token {
    text: SecretString,
    since: Stopwatch,
    life: Duration,
}

impl Keyring {
    /// Whether the token in use is such a one; nobody holds it while an answer is judged.
    pub(super) fn holds(&self, is_such: impl Fn(&SecretString) -> bool) -> bool {
        let kept = self.0.try_lock().ok();
        kept.is_some_and(|kept| kept.as_ref().is_some_and(|token| is_such(&token.text)))
    }
}

impl Token {
    fn is_good(&self) -> bool {
        self.since.elapsed() < self.life
    }
}

/// Whether a token has been fetched for this very request already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// One that is kept will do.
    IfNeeded,
    /// The kept one was refused.
    Anew,
}

impl Rest {
    /// Sends a request until its answer is accepted. A token that is refused is replaced once: it
    /// may have ended between two pages.
    pub(super) async fn send<T: Send>(
        &self,
        session: &Session<'_>,
        build: &(dyn Fn(u32) -> Call + Sync),
        check: &(dyn Fn(Answer<'_>) -> Result<T, Bad> + Sync),
    ) -> Result<T, SourceError> {
        let Auth::OAuth(oauth) = &self.connector.auth else {
            let whole = |attempt| self.with_auth(build(attempt), None);
            return session.call(&whole, check).await;
        };
        let mut fetch = Fetch::IfNeeded;
        loop {
            let (token, was_kept) = self.token(session, oauth, fetch).await?;
            let whole = |attempt| self.with_auth(build(attempt), Some(&token));
            let sent = session.call(&whole, check).await;
            let is_ended = matches!(sent, Err(SourceError::Refused { status: 401, .. }));
            if is_ended && was_kept {
                fetch = Fetch::Anew;
                continue;
            }
            return sent;
        }
    }

    fn with_auth(&self, mut call: Call, token: Option<&SecretString>) -> Call {
        match &self.connector.auth {
            Auth::None => {}
            Auth::Word { word, secret } => {
                if let Some(secret) = self.secrets.get(secret) {
                    call.headers.push(authorization(word, secret));
                }
            }
            Auth::Basic { user, secret } => {
                let secret = self.secrets.get(secret).cloned();
                call.basic = secret.map(|secret| (user.to_string(), secret));
            }
            Auth::OAuth(_) => {
                call.headers
                    .extend(token.map(|token| authorization("Bearer", token)));
            }
        }
        call
    }

    /// The token, and whether it was there before.
    async fn token(
        &self,
        session: &Session<'_>,
        oauth: &OAuth,
        fetch: Fetch,
    ) -> Result<(SecretString, bool), SourceError> {
        if session.is_replay() {
            return Ok((SecretString::default(), false));
        }
        let mut kept = self.keyring.0.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| token.is_good())
            && fetch == Fetch::IfNeeded
        {
            return Ok((token.text.clone(), true));
        }
        *kept = None;
        let token = self.fetch_token(session, oauth).await?;
        *kept = Some(token.clone());
        Ok((token.text, false))
    }

    async fn fetch_token(
        &self,
        session: &Session<'_>,
        oauth: &OAuth,
    ) -> Result<Token, SourceError> {
        let facts = self.facts();
        let path = oauth.path.fill_path(&facts).unwrap_or_default();
        let basic = oauth.basic.as_ref().and_then(|(id, secret)| {
            let secret = self.secrets.get(secret)?.clone();
            Some((id.to_string(), secret))
        });
        let build = |_| Call {
            path: path.clone(),
            body: Some(token_body(&oauth.fields, &facts, oauth.as_json)),
            basic: basic.clone(),
            what: "token".to_owned(),
            is_private: true,
            ..Call::default()
        };
        let check = |answer: Answer<'_>| {
            let json = self.unwrapped(answer.body)?;
            let text = oauth.token.text(&json);
            let text = text.ok_or(BodyFault::Shape(oauth.token.path))?.to_owned();
            Ok((SecretString::from(text), oauth.expires.count(&json)))
        };
        let since = Stopwatch::start();
        let (text, expires) = match session.call(&build, &check).await {
            // RFC 6749, 5.2: 400 means that the credentials are not accepted.
            Err(SourceError::Rejected { at, status: 400 }) => {
                return Err(SourceError::Refused { at, status: 400 });
            }
            other => other?,
        };
        let life = expires.map_or(LIFE, Duration::from_secs);
        Ok(Token {
            text,
            since,
            life: life.saturating_sub(oauth.margin),
        })
    }
}
