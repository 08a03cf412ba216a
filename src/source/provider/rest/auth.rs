//! Who we are to the source, request by request: fixed headers, or a token that is fetched, kept
//! while it lasts and replaced in the middle of a listing when it ends.

use super::Rest;
use super::ask::{authorization, token_body};
use super::spec::{Auth, OAuth};
use crate::domain::ToldBy;
use crate::source::error::SourceError;
use crate::source::http::{Answer, Bad, Call, Granted, Session, Token};

impl Rest {
    /// Sends a request until its answer is accepted. A token that is refused is replaced once: it
    /// may have ended between two pages. Tells also which archived bytes were accepted.
    pub(super) async fn send<T: Send>(
        &self,
        session: &Session<'_>,
        build: &(dyn Fn(u32) -> Call + Sync),
        check: &(dyn Fn(Answer<'_>) -> Result<T, Bad> + Sync),
    ) -> Result<(T, ToldBy), SourceError> {
        let Auth::OAuth(oauth) = &self.connector.auth else {
            let whole = |attempt| self.with_auth(build(attempt), None);
            return session.call_kept(&whole, check).await;
        };
        let mut spent = None;
        loop {
            let token = self.token(session, oauth, spent).await?;
            let whole = |attempt| self.with_auth(build(attempt), Some(&token));
            let sent = session.call_kept(&whole, check).await;
            let is_ended = matches!(sent, Err(SourceError::Refused { status: 401, .. }));
            if is_ended && token.was_kept {
                spent = Some(token.number);
                continue;
            }
            return sent;
        }
    }

    fn with_auth(&self, mut call: Call, token: Option<&Token>) -> Call {
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
                let header = |token: &Token| ("Authorization".to_owned(), token.bearer());
                call.headers.extend(token.map(header));
            }
        }
        call
    }

    /// A token that is not the one spent; its address is below `base_url`, or the one written out.
    async fn token(
        &self,
        session: &Session<'_>,
        oauth: &OAuth,
        spent: Option<u64>,
    ) -> Result<Token, SourceError> {
        let facts = self.facts();
        let path = oauth.path.fill_path(&facts).unwrap_or_default();
        let basic = oauth.basic.as_ref().and_then(|(id, secret)| {
            let secret = self.secrets.get(secret)?.clone();
            Some((id.to_string(), secret))
        });
        let ask = || Call {
            path: path.clone(),
            body: Some(token_body(&oauth.fields, &facts, oauth.as_json)),
            basic: basic.clone(),
            ..Call::default()
        };
        let read = |body: &[u8]| {
            let (json, _) = self.unwrapped(body)?;
            let seconds = oauth.expires.count(&json);
            Granted::new(oauth.token.text(&json), seconds, oauth.token.path)
        };
        let elsewhere = self.sso.as_ref().map(|sso| session.at_other(sso));
        let session = elsewhere.as_ref().unwrap_or(session);
        self.tokens.get(session, spent, &ask, &read).await
    }
}
