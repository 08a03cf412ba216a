//! The one keeper of tokens that a source gives for credentials: OAuth 2.0, RFC 6749 4.3 and 4.4. A
//! token lives for some minutes, so it is renewed before it ends, and in the middle of a reading
//! when the other side says 401. It stands in no archive and no message.
//!
//! Credentials go to the configured address alone: redirects are not followed, and an address on
//! another host counts only where the configuration writes it out.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::call::{Answer, Call};
use super::session::{Bad, Session};
use crate::clock::Stopwatch;
use crate::source::error::{BodyFault, SourceError};

/// What a token is taken to live for when nobody says so.
const LIFE_UNTOLD: Duration = Duration::from_mins(1);
/// A token is renewed so long before it ends when nothing else is said.
pub const MARGIN: Duration = Duration::from_secs(30);

/// What the answer to a request for a token tells.
#[derive(Debug)]
pub struct Granted {
    text: SecretString,
    life: Duration,
}

impl Granted {
    /// A token and its life in seconds; `field` names where the token stands.
    pub fn new(
        text: Option<&str>,
        seconds: Option<u64>,
        field: &'static str,
    ) -> Result<Self, BodyFault> {
        let fits = |text: &&str| !text.is_empty() && HeaderValue::from_str(text).is_ok();
        let text = text.filter(fits).ok_or(BodyFault::Shape(field))?;
        Ok(Self {
            text: text.to_owned().into(),
            life: seconds.map_or(LIFE_UNTOLD, Duration::from_secs),
        })
    }

    /// How long it is used: until `margin` before its end, or for three quarters of its life.
    fn lives(&self, margin: Duration) -> Duration {
        self.life.saturating_sub(margin).max(self.life * 3 / 4)
    }
}

/// A token to send.
#[derive(Clone)]
pub struct Token {
    text: SecretString,
    /// Which of the tokens so far, so that one that was refused is not sent again.
    pub number: u64,
    /// It was there before it was asked for.
    pub was_kept: bool,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Token {
    /// The value of `Authorization`.
    pub fn bearer(&self) -> SecretString {
        format!("Bearer {}", self.text.expose_secret()).into()
    }
}

#[derive(Debug)]
struct Held {
    text: SecretString,
    number: u64,
    since: Stopwatch,
    lives: Duration,
}

/// The token in use.
#[derive(Debug)]
pub struct Tokens {
    held: Mutex<Option<Held>>,
    margin: Duration,
}

impl Tokens {
    /// None yet; each is renewed so long before its end.
    pub fn new(margin: Duration) -> Self {
        let held = Mutex::new(None);
        Self { held, margin }
    }

    /// Whether the token in use is such a one; nobody holds it while an answer is judged.
    pub fn holds(&self, is_such: impl Fn(&SecretString) -> bool) -> bool {
        let held = self.held.try_lock().ok();
        held.is_some_and(|held| held.as_ref().is_some_and(|token| is_such(&token.text)))
    }

    /// A token that is not the `spent` one and not about to end. `ask` makes the request for a new
    /// one, `session` sends it, `read` reads its answer.
    pub async fn get(
        &self,
        session: &Session<'_>,
        spent: Option<u64>,
        ask: &(dyn Fn() -> Call + Sync),
        read: &(dyn Fn(&[u8]) -> Result<Granted, BodyFault> + Sync),
    ) -> Result<Token, SourceError> {
        if session.is_replay() {
            return Ok(Token {
                text: SecretString::default(),
                number: 0,
                was_kept: false,
            });
        }
        let mut held = self.held.lock().await;
        let good = held
            .as_ref()
            .filter(|held| Some(held.number) != spent && !held.since.left_of(held.lives).is_zero());
        if let Some(good) = good {
            return Ok(Token {
                text: good.text.clone(),
                number: good.number,
                was_kept: true,
            });
        }
        let since = Stopwatch::start();
        let build = |_| Call {
            what: "token".to_owned(),
            is_private: true,
            ..ask()
        };
        let check = |answer: Answer<'_>| read(answer.body).map_err(Bad::from);
        let granted = session.call(&build, &check).await;
        let granted = granted.map_err(|error| match error {
            // RFC 6749, 5.2: 400 means that the credentials are not accepted
            SourceError::Rejected { at, status: 400 } => SourceError::Refused {
                at,
                status: 400,
                inside: false,
            },
            other => other,
        })?;
        let number = held.as_ref().map_or(0, |held| held.number) + 1;
        let lives = granted.lives(self.margin);
        let text = granted.text;
        *held = Some(Held {
            text: text.clone(),
            number,
            since,
            lives,
        });
        Ok(Token {
            text,
            number,
            was_kept: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let lives = |seconds| {
            let granted = Granted::new(Some("x"), seconds, "token").unwrap();
            granted.lives(MARGIN)
        };
        assert_eq!(lives(Some(300)), Duration::from_secs(270));
        assert_eq!(lives(Some(8)), Duration::from_secs(6));
        assert_eq!(lives(Some(0)), Duration::ZERO);
        assert_eq!(lives(None), Duration::from_secs(45));
        for bad in [None, Some(""), Some("a\nb")] {
            let fault = Granted::new(bad, None, "access_token").unwrap_err();
            assert_eq!(fault, BodyFault::Shape("access_token"), "{bad:?}");
        }
    }
}
