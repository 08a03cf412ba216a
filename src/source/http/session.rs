//! One pull: requests that share a deadline, each tried a bounded number of times.

use std::fmt;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Client;
use crate::clock::Stopwatch;
use crate::domain::SourceName;
use crate::source::error::{BodyFault, Fault, SourceError};
use crate::source::{ArchiveError, RawSink, Told};

/// One request. GET without a body, POST with one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The documented path, which starts with `/`.
    pub path: &'static str,
    /// Query parameters; never a secret.
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
        self.client.at(request)
    }

    /// Asks until `check` accepts a body, at most `retries` times. `build` makes the request of
    /// each attempt, counted from 1, since some providers want a new request id each time.
    pub async fn fetch<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Request + Sync),
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<T, SourceError> {
        let limit = self.client.http.source_deadline;
        let left = self.watch.left_of(limit);
        let all = tokio::time::timeout(left, self.try_all(build, check));
        all.await.unwrap_or_else(|_| {
            let at = self.client.at(&build(0));
            Err(SourceError::Deadline {
                at,
                seconds: limit.as_secs(),
            })
        })
    }

    async fn try_all<T: Send>(
        &self,
        build: &(dyn Fn(u32) -> Request + Sync),
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<T, SourceError> {
        let mut waits = self.waits();
        let mut attempts = 0;
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
                (Err(Ended::Again { asked, .. }), Some(own)) => {
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

    /// Sends the request and reads the answer.
    async fn ask(&self, request: &Request) -> Result<Vec<u8>, Ended> {
        let client = self.client;
        client.limiter.until_ready().await;
        let mut response = client.send(request).await?;
        let judged = client.judge_status(request, &response);
        if let Err(Ended::Stop(SourceError::NotFound { .. })) = &judged {
            self.raw.absent(&request.what);
        }
        judged?;
        client.read_body(request, &mut response).await
    }

    async fn attempt<T>(
        &self,
        request: &Request,
        check: &(dyn Fn(&[u8]) -> Result<T, Bad> + Sync),
    ) -> Result<T, Ended> {
        let client = self.client;
        let body = match self.raw.told(&request.what) {
            None => self.ask(request).await?,
            Some(Told::Bytes(bytes)) => bytes,
            Some(Told::Absent) => {
                let at = client.at(request);
                return Err(Ended::Stop(SourceError::NotFound { at }));
            }
            // here the source ended that night
            Some(Told::Nothing) => {
                let (at, seconds) = (client.at(request), 0);
                return Err(Ended::Stop(SourceError::Deadline { at, seconds }));
            }
        };
        let kept = self.raw.keep(&client.source, &request.what, &body).await;
        kept.map_err(|ArchiveError(detail)| Ended::Stop(SourceError::Archive { detail }))?;
        check(&body).map_err(|bad| match bad {
            Bad::Again(fault) => Ended::Again { fault, asked: None },
            Bad::Refused(status) => {
                let at = client.at(request);
                Ended::Stop(SourceError::Refused { at, status })
            }
            Bad::Stop(error) => Ended::Stop(error),
        })
    }
}
