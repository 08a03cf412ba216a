//! The one HTTP layer that every provider speaks through, and the only file that names the HTTP
//! client: deadlines, bounded attempts, rate limit, size cap, no redirects, no cookies, no proxy,
//! and secrets that cannot be printed. An attempt is the request, its whole body, the archiving of
//! the body and the check of what it says; a truncated page is tried again like a lost connection.

mod address;
mod call;
mod cause;
mod guard;
mod reader;
mod session;
mod token;
mod wait;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use super::RawSink;
use super::error::{BodyFault, Fault, SourceError};
use crate::clock::{Clock, SystemClock};
use crate::config::ConfigError;
use crate::config::source::{HttpSettings, SourceSettings};
use crate::domain::SourceName;
use crate::fault::point;

pub use address::{AddressFault, BaseUrl, judge_host, resolve};
pub use call::{Answer, Body, Call, form_text, is_header_name, path_text};
use cause::{cause, tls_detail};
pub use guard::Guard;
pub use reader::{Get, Grant, Reader, Reading};
use session::Ended;
pub use session::{Bad, Request, Session};
pub use token::{Granted, MARGIN, Token, Tokens};
pub use wait::{Pace, Until};

/// A connection that takes longer than this to open is not going to.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP client of one source.
pub struct Client {
    inner: reqwest::Client,
    source: SourceName,
    http: HttpSettings,
    pace: Pace,
    limiter: DefaultDirectRateLimiter,
    authorization: Mutex<Option<HeaderValue>>,
    /// Headers of the provider's own that every request carries.
    headers: HeaderMap,
    /// What stands in a request's query goes out as the fields of a form.
    sends_forms: bool,
    /// A 404 may be an answer.
    reads_404: bool,
    /// A provider's own name for `Retry-After`.
    retry_header: Option<&'static str>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client by a source's settings. `authorization` is the whole header value.
    pub fn open(
        settings: &SourceSettings,
        authorization: Option<&SecretString>,
        retry_header: Option<&'static str>,
        pace: Pace,
    ) -> Result<Self, ConfigError> {
        let http = settings.http()?.clone();
        let authorization = authorization
            .map(|value| sensitive(value, settings))
            .transpose()?;
        let mut client = Self::with(settings, http, pace)?;
        client.authorization = Mutex::new(authorization);
        client.retry_header = retry_header;
        Ok(client)
    }

    /// A client of the same settings, without its credentials, for another address of the source.
    pub fn open_at(
        settings: &SourceSettings,
        base_url: BaseUrl,
        pace: Pace,
    ) -> Result<Self, ConfigError> {
        let mut http = settings.http()?.clone();
        http.base_url = base_url;
        Self::with(settings, http, pace)
    }

    fn with(
        settings: &SourceSettings,
        http: HttpSettings,
        pace: Pace,
    ) -> Result<Self, ConfigError> {
        let inner = build(&http, settings)?;
        let per_request = http.rate.per / http.rate.count.max(1);
        let quota = Quota::with_period(per_request.max(Duration::from_nanos(1)));
        let quota = quota.unwrap_or(Quota::per_second(std::num::NonZeroU32::MIN));
        Ok(Self {
            inner,
            source: settings.name.clone(),
            http,
            pace,
            limiter: RateLimiter::direct(quota.allow_burst(std::num::NonZeroU32::MIN)),
            authorization: Mutex::new(None),
            headers: HeaderMap::new(),
            sends_forms: false,
            reads_404: false,
            retry_header: None,
        })
    }

    /// The header of the next requests.
    fn authorize(&self, value: Option<HeaderValue>) {
        let held = self.authorization.lock();
        *held.unwrap_or_else(PoisonError::into_inner) = value;
    }

    fn authorization(&self) -> Option<HeaderValue> {
        let held = self.authorization.lock();
        held.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same with one header more on every request: a provider's own name for an identity or a
    /// key. It is never printed.
    pub fn with_header(
        mut self,
        name: &'static str,
        value: &SecretString,
        settings: &SourceSettings,
    ) -> Result<Self, ConfigError> {
        let value = sensitive(value, settings)?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// The same where a request's query goes out as a posted form.
    pub fn with_forms(mut self) -> Self {
        self.sends_forms = true;
        self
    }

    /// The same where a 404 may be an answer: when the caller's check accepts its body.
    pub fn with_answers_of_404(mut self) -> Self {
        self.reads_404 = true;
        self
    }

    /// Starts a pull: from now on its requests share `source_deadline`.
    pub fn session<'a>(&'a self, raw: &'a dyn RawSink) -> Session<'a> {
        Session::start(self, raw)
    }

    /// Path and query of a link that came with the answer to a call; none when it leads out of the
    /// base address.
    pub fn below(&self, call: &Call, link: &str) -> Option<(String, Vec<(String, String)>)> {
        self.http.base_url.below(&call.path, link)
    }

    /// Source and address of a call, for errors that a provider raises itself.
    pub fn name_of(&self, call: &Call) -> Box<str> {
        self.at(call)
    }

    /// Source and address, without the query: where an error happened.
    fn at(&self, call: &Call) -> Box<str> {
        format!(
            "{}: {} {}{}",
            self.source,
            call.method(),
            self.http.base_url,
            call.path
        )
        .into()
    }
}

impl Client {
    async fn send(&self, call: &Call) -> Result<Response, Ended> {
        let url = self.http.base_url.join(&call.path);
        let built = call::build(self, url, call).ok_or_else(|| {
            let detail = "a header holds a character that no header may hold".into();
            let at = self.at(call);
            Ended::Stop(SourceError::NotAllowed { at, detail })
        })?;
        let mut built = built.headers(self.headers.clone());
        if let Some(value) = self.authorization() {
            built = built.header(AUTHORIZATION, value);
        }
        point("request").map_err(|_| Ended::broken())?;
        built.send().await.map_err(|error| self.ended(call, &error))
    }

    /// Decides by the status alone; `Ok` means that the body may be read.
    fn judge_status(&self, call: &Call, response: &Response) -> Result<(), Ended> {
        let at = self.at(call);
        let status = response.status();
        let code = status.as_u16();
        let stop = |error| Err(Ended::Stop(error));
        match code {
            200..=299 => Ok(()),
            300..=399 => {
                let to = redirect_target(response);
                stop(SourceError::Redirect {
                    at,
                    status: code,
                    to,
                })
            }
            401 | 403 => stop(SourceError::Refused {
                at,
                status: code,
                inside: false,
            }),
            404 if self.reads_404 => Ok(()),
            404 => stop(SourceError::NotFound { at }),
            408 | 429 | 500.. => {
                let asked = self.asked_wait(response.headers());
                match asked {
                    Some(wait) if wait > self.pace.asked_wait_max => {
                        stop(SourceError::ComeBackLater {
                            at,
                            seconds: wait.as_secs(),
                        })
                    }
                    _ => Err(Ended::Again {
                        fault: Fault::Status(code),
                        asked,
                    }),
                }
            }
            _ => stop(SourceError::Rejected { at, status: code }),
        }
    }

    fn asked_wait(&self, headers: &HeaderMap) -> Option<Duration> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let asked = self
            .retry_header
            .and_then(text)
            .or_else(|| text("retry-after"))?;
        wait::asked_wait(asked, text("date"), SystemClock.now_ms())
    }

    async fn read_body(&self, call: &Call, response: &mut Response) -> Result<Vec<u8>, Ended> {
        let bytes_max = self.http.bytes_max;
        let mut body = Vec::new();
        loop {
            let chunk = response
                .chunk()
                .await
                .map_err(|error| self.ended(call, &error))?;
            let Some(chunk) = chunk else { break };
            let bytes = u64::try_from(body.len() + chunk.len()).unwrap_or(u64::MAX);
            if bytes > bytes_max {
                let at = self.at(call);
                return Err(Ended::Stop(SourceError::TooLarge { at, bytes_max }));
            }
            body.extend_from_slice(&chunk);
        }
        point("body").map_err(|_| Ended::broken())?;
        if response.status() == StatusCode::NO_CONTENT || body.is_empty() {
            let fault = Fault::Body(BodyFault::Empty);
            return Err(Ended::Again { fault, asked: None });
        }
        Ok(body)
    }

    /// What a transport error means. Its own text is never shown: it may quote the URL.
    fn ended(&self, call: &Call, error: &reqwest::Error) -> Ended {
        let at = self.at(call);
        if let Some(fault) = cause::<AddressFault>(error) {
            let detail = fault.to_string().into();
            return Ended::Stop(SourceError::NotAllowed { at, detail });
        }
        if let Some(fault) = cause::<rustls::Error>(error) {
            let detail = tls_detail(fault).into();
            return Ended::Stop(SourceError::Tls { at, detail });
        }
        let fault = if error.is_timeout() {
            Fault::Timeout
        } else if error.is_connect() {
            Fault::Connect
        } else {
            Fault::Broken
        };
        Ended::Again { fault, asked: None }
    }
}

fn build(http: &HttpSettings, settings: &SourceSettings) -> Result<reqwest::Client, ConfigError> {
    // A second installation is an error that says it is there already, which is what is wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("doisoat/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .https_only(!http.base_url.is_plain())
        .connect_timeout(CONNECT_TIMEOUT.min(http.timeout))
        .read_timeout(http.timeout)
        .timeout(http.timeout)
        .dns_resolver(Guard::of(&http.base_url));
    if http.base_url.is_plain() {
        // Nothing to verify, so a machine without a certificate store can run the demo.
        builder = builder.tls_certs_only([]);
    } else if let Some(file) = &http.ca_file {
        builder = builder.tls_certs_merge(read_ca(file, settings)?);
    }
    builder.build().map_err(|_| {
        settings.fail(
            "no TLS client can be made".to_owned(),
            "install the package ca-certificates",
        )
    })
}

fn read_ca(
    file: &std::path::Path,
    settings: &SourceSettings,
) -> Result<Vec<reqwest::Certificate>, ConfigError> {
    let name = file.display();
    let fail = |why: &str| {
        settings.fail(
            format!("ca_file {name} {why}"),
            "name a readable file of PEM certificates",
        )
    };
    let pem = std::fs::read(file).map_err(|_| fail("cannot be read"))?;
    let all = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| fail("holds no PEM"))?;
    if all.is_empty() {
        Err(fail("holds no certificate"))
    } else {
        Ok(all)
    }
}

fn sensitive(secret: &SecretString, settings: &SourceSettings) -> Result<HeaderValue, ConfigError> {
    let mut value = HeaderValue::from_str(secret.expose_secret()).map_err(|_| {
        settings.fail(
            "the secret holds characters that no HTTP header may hold".to_owned(),
            "copy the token again, without line breaks or spaces around it",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Scheme and host of a redirect's target; the rest may repeat what we sent.
fn redirect_target(response: &Response) -> Box<str> {
    let location = response
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok());
    let target = location.and_then(|raw| response.url().join(raw).ok());
    let Some(url) = target else {
        return "nowhere".into();
    };
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{}://{host}{port}", url.scheme()).into()
}
