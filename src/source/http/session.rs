//! One pull: requests that share a deadline, each tried a bounded number of times.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{Answer, Body, Call, Client, Until, call};
use crate::clock::Stopwatch;
use crate::domain::{SourceName, ToldBy};
use crate::source::error::{BodyFault, Fault, SourceError};
use crate::source::{ArchiveError, RawSink, Told};

/// One request. GET without a body, POST with one, unless the client sends forms.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The documented path, which starts with `/`.
    pub path: Cow<'static, str>,
    /// Query parameters, or the fields of a form; never a secret.
    pub query: Vec<(&'static str, String)>,
    /// A JSON body makes it a POST.
    pub body: Option<String>,
    /// What is asked for, for the archive and for messages: `transactions 2022-12-05 page 2`.
    pub what: String,
}

impl fmt::Debug for Request {
    /// Without the body: it carries our signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("path", &self.path)
            .field("what", &self.what)
            .finish_non_exhaustive()
    }
}

/// Why the check of a body refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bad {
    /// Worth another attempt.
    Again(Fault),
    /// Our credentials are not accepted, said inside a successful answer.
    Refused(u16),
    /// Not worth another attempt for a reason of the provider's own.
    Stop(SourceError),
}

impl From<BodyFault> for Bad {
    fn from(fault: BodyFault) -> Self {
        Self::Again(Fault::Body(fault))
    }
}

/// How one attempt ended when it did not end well.
#[derive(Debug)]
pub(super) enum Ended {
    Again {
        fault: Fault,
        asked: Option<Duration>,
    },
    Stop(SourceError),
    /// A night is made again, and here nothing more was told.
    Over,
}

impl Ended {
    /// A connection that broke.
    pub(super) fn broken() -> Self {
        Self::Again {
            fault: Fault::Broken,
            asked: None,
        }
    }
}

/// One pull from one source: requests that share a deadline.
#[derive(Debug)]
pub struct Session<'a> {
    client: &'a Client,
    watch: Stopwatch,
    raw: &'a dyn RawSink,
}

impl<'a> Session<'a> {
    pub(super) fn start(client: &'a Client, raw: &'a dyn RawSink) -> Self {
        Self {
            client,
            watch: Stopwatch::start(),
            raw,
        }
    }
}

impl Session<'_> {
    /// The source.
    pub fn source(&self) -> &SourceName {
        &self.client.source
    }

    /// Where a request goes, for errors that a provider raises itself.
    pub fn at(&self, request: &Request) -> Box<str> {
        self.client.at(&self.whole(request.clone()))
    }

    /// The call of a request: where a client sends forms, its parameters are the body.
    fn whole(&self, request: Request) -> Call {
        let mut call = Call::from(request);
        if self.client.sends_forms && call.body.is_none() {
            call.body = Some(Body::Form(std::mem::take(&mut call.query)));
        }
        call
    }

    /// The same pull at another address of the source.
    pub fn at_other<'c>(&'c self, client: &'c Client) -> Session<'c> {
        Session {
            client,
            watch: self.watch,
            raw: self.raw,
        }
    }

    /// The same for a call.
    pub fn at_call(&self, call: &Call) -> Box<str> {
        self.client.at(call)
    }

    /// Asks until `check` accepts a body, at most `retries` times. `build` makes the request of
    /// each attempt, counted from 1, since some providers want a new request id each time.
    pub async fn fetch<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Request + Sync),
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<T, SourceError> {
        let call = |attempt| self.whole(build(attempt));
        self.call(&call, &|answer| check(answer.body)).await
    }

    /// The same, and which archived bytes were accepted.
    pub async fn fetch_kept<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Request + Sync),
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<(T, ToldBy), SourceError> {
        let call = |attempt| self.whole(build(attempt));
        self.call_kept(&call, &|answer| check(answer.body)).await
    }

    /// The same for a request whose form is the caller's own; `check` also sees headers.
    pub async fn call<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Call + Sync),
        check: &(dyn Fn(Answer<'_>) -> Result<T, Bad> + Sync),
    ) -> Result<T, SourceError> {
        let (read, _) = self.call_kept(build, check).await?;
        Ok(read)
    }

    /// The same, and which archived bytes were accepted; an answer that is not archived has no
    /// digest.
    pub async fn call_kept<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Call + Sync),
        check: &(dyn Fn(Answer<'_>) -> Result<T, Bad> + Sync),
    ) -> Result<(T, ToldBy), SourceError> {
        let limit = self.client.http.source_deadline;
        let left = self.watch.left_of(limit);
        let until = self.client.pace.until.as_ref();
        let night = until.map_or(Duration::MAX, Until::left);
        let all = tokio::time::timeout(left.min(night), self.try_all(build, check));
        all.await.unwrap_or_else(|_| {
            let at = self.client.at(&build(0));
            let seconds = limit.as_secs();
            Err(match until.filter(|_| night < left) {
                Some(until) => SourceError::NightOver {
                    at,
                    time: until.time.clone(),
                },
                None => SourceError::Deadline { at, seconds },
            })
        })
    }

    async fn try_all<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Call + Sync),
        check: &(dyn Fn(Answer<'_>) -> Result<T, Bad> + Sync),
    ) -> Result<(T, ToldBy), SourceError> {
        let mut waits = self.waits();
        let mut attempts = 0;
        let mut seen = None;
        loop {
            attempts += 1;
            let request = build(attempts);
            match (self.attempt(&request, check).await, waits.next()) {
                (Ok(value), _) => return Ok(value),
                (Err(Ended::Stop(error)), _) => return Err(error),
                (Err(Ended::Again { fault, .. }), None) => {
                    let at = self.client.at(&request);
                    return Err(SourceError::Exhausted {
                        at,
                        attempts,
                        last: fault,
                    });
                }
                (Err(Ended::Over), _) => {
                    // attempts without an answer left nothing behind
                    let at = self.client.at(&request);
                    return Err(match seen {
                        Some(last) => SourceError::Exhausted { at, attempts, last },
                        None => SourceError::Deadline { at, seconds: 0 },
                    });
                }
                (Err(Ended::Again { fault, asked }), Some(own)) => {
                    seen = Some(fault);
                    // Never earlier than asked, never earlier than our own backoff.
                    (self.client.pace.sleep)(asked.unwrap_or_default().max(own)).await;
                }
            }
        }
    }

    /// The waits between attempts: one less than there may be attempts.
    fn waits(&self) -> ExponentialBackoff {
        let Client { pace, http, .. } = self.client;
        let times = usize::try_from(http.retries.saturating_sub(1)).unwrap_or(0);
        let waits = ExponentialBuilder::new()
            .with_min_delay(pace.first_wait)
            .with_max_delay(pace.longest_wait)
            .with_max_times(times)
            .with_jitter();
        match pace.jitter_seed {
            Some(seed) => waits.with_jitter_seed(seed).build(),
            None => waits.build(),
        }
    }

    /// True while a night is made again from what was answered then: nothing is sent.
    pub fn is_replay(&self) -> bool {
        self.raw.is_replay()
    }

    /// Sends the call and reads the answer; tells whether its status is 404.
    async fn ask(&self, call: &Call) -> Result<(Vec<u8>, HeaderMap, bool), Ended> {
        let client = self.client;
        client.limiter.until_ready().await;
        let mut response = client.send(call).await?;
        let judged = client.judge_status(call, &response);
        match &judged {
            Err(Ended::Stop(SourceError::NotFound { .. })) => self.raw.absent(&call.what),
            Err(Ended::Stop(
                SourceError::Refused { status, .. } | SourceError::Rejected { status, .. },
            )) => {
                // how it ended is part of what came: without it the night cannot be made again
                let status = status.to_string();
                self.keep(&status_of(call), status.as_bytes()).await?;
            }
            _ => {}
        }
        judged?;
        let is_404 = response.status() == StatusCode::NOT_FOUND;
        let body = match client.read_body(call, &mut response).await {
            Err(Ended::Again { .. }) if is_404 => return Err(self.not_found(call)),
            body => body?,
        };
        Ok((body, std::mem::take(response.headers_mut()), is_404))
    }

    /// There is no such address.
    fn not_found(&self, call: &Call) -> Ended {
        self.raw.absent(&call.what);
        let at = self.client.at(call);
        Ended::Stop(SourceError::NotFound { at })
    }

    /// What was answered when the call was made before; none asks the source.
    fn told(&self, call: &Call) -> Option<Result<(Vec<u8>, HeaderMap), Ended>> {
        let told = self.raw.told(&call.what)?;
        let at = self.client.at(call);
        Some(match told {
            Told::Bytes(bytes) => Ok((bytes, self.told_headers(call))),
            Told::Absent => Err(Ended::Stop(SourceError::NotFound { at })),
            // here the source ended that night
            Told::Nothing => Err(self.told_status(call).map_or(Ended::Over, |status| {
                Ended::Stop(match status {
                    401 | 403 => SourceError::Refused {
                        at,
                        status,
                        inside: false,
                    },
                    _ => SourceError::Rejected { at, status },
                })
            })),
        })
    }

    /// The status by which the call, or the one for a token before it, was turned away then.
    fn told_status(&self, call: &Call) -> Option<u16> {
        let token = format!("{TOKEN}{STATUS}");
        [status_of(call), token].iter().find_map(|what| {
            let Some(Told::Bytes(bytes)) = self.raw.told(what) else {
                return None;
            };
            str::from_utf8(&bytes).ok()?.parse().ok()
        })
    }

    /// The headers that were read then.
    fn told_headers(&self, call: &Call) -> HeaderMap {
        match self.raw.told(&headers_of(call)) {
            Some(Told::Bytes(bytes)) => call::headers_from(&bytes),
            _ => HeaderMap::new(),
        }
    }

    /// Archives bytes; tells their digest.
    async fn keep(&self, what: &str, bytes: &[u8]) -> Result<String, Ended> {
        let kept = self.raw.keep(&self.client.source, what, bytes).await;
        kept.map_err(|ArchiveError(detail)| Ended::Stop(SourceError::Archive { detail }))
    }

    async fn attempt<T: Send>(
        &self,
        call: &Call,
        check: &(dyn Fn(Answer<'_>) -> Result<T, Bad> + Sync),
    ) -> Result<(T, ToldBy), Ended> {
        let client = self.client;
        let (body, headers, is_404) = match self.told(call) {
            Some(told) => told.map(|(body, headers)| (body, headers, false))?,
            None => self.ask(call).await?,
        };
        let mut kept = ToldBy {
            name: call.what.as_str().into(),
            sha256: Arc::default(),
        };
        if !call.is_private {
            kept.sha256 = self.keep(&call.what, &body).await?.into();
        }
        let (checked, read) = Answer::checked(&body, &headers, check);
        // without these the same bytes could not be read again
        if let Some(read) = read.filter(|_| !call.is_private) {
            self.keep(&headers_of(call), &read).await?;
        }
        let checked = checked.map(|checked| (checked, kept));
        checked.map_err(|bad| match bad {
            Bad::Again(_) if is_404 => self.not_found(call),
            Bad::Again(fault) => Ended::Again { fault, asked: None },
            Bad::Refused(status) => {
                let at = client.at(call);
                Ended::Stop(SourceError::Refused {
                    at,
                    status,
                    inside: true,
                })
            }
            Bad::Stop(error) => Ended::Stop(error),
        })
    }
}

/// What the archive calls a request for a token, and the end of what it calls a status.
const TOKEN: &str = "token";
const STATUS: &str = " status";

/// What the archive calls the status by which a call was turned away.
fn status_of(call: &Call) -> String {
    let what = if call.is_private { TOKEN } else { &call.what };
    format!("{what}{STATUS}")
}

/// What the archive calls the headers of an answer.
fn headers_of(call: &Call) -> String {
    format!("{} headers", call.what)
}
