//! One request of ours to somebody else's address: the rules of the sources' HTTP layer (checked
//! certificates, judged addresses, no redirects, no proxy, a deadline), and an answer of which the
//! status alone counts.

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, Url, redirect, retry};

use super::{Trouble, certificate};
use crate::domain::Lang;
use crate::fault::point;
use crate::source::http::{BaseUrl, Guard};

/// What is posted.
pub(super) struct Post<'a> {
    /// The configured address.
    pub(super) base: &'a BaseUrl,
    /// The address of this request, below it.
    pub(super) url: Url,
    /// An extra certificate authority.
    pub(super) ca_file: Option<&'a Path>,
    /// From the connection to the status.
    pub(super) timeout: Duration,
    /// Names and values.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(super) body: String,
    /// The language of troubles.
    pub(super) lang: Lang,
}

/// The client of an address. Errors are told without the address: its path may hold a token.
pub(super) fn client(
    base: &BaseUrl,
    ca_file: Option<&Path>,
    timeout: Duration,
    lang: Lang,
) -> Result<Client, Trouble> {
    // A second installation is an error that says it is there already, which is what is wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = Client::builder()
        .user_agent(concat!("doisoat/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .https_only(!base.is_plain())
        .timeout(timeout)
        .dns_resolver(Guard::of(base));
    if base.is_plain() {
        builder = builder.tls_certs_only([]);
    } else if let Some(file) = ca_file {
        let name = file.display().to_string();
        let bad = || Trouble::new(lang, "notify-ca-file", &[("file", &name)]);
        let pem = std::fs::read(file).map_err(|_| bad())?;
        let all = Certificate::from_pem_bundle(&pem).map_err(|_| bad())?;
        builder = builder.tls_certs_merge(all);
    }
    builder
        .build()
        .map_err(|_| Trouble::new(lang, "notify-no-tls", &[]))
}

/// Sends it once; only a status 2xx is well.
pub(super) async fn post(post: Post<'_>) -> Result<(), Trouble> {
    let lang = post.lang;
    let client = client(post.base, post.ca_file, post.timeout, lang)?;
    let request = post.headers.into_iter().fold(
        client.post(post.url).body(post.body),
        |request, (name, value)| request.header(name, value),
    );
    let broken = |_| Trouble::new(lang, "notify-broken", &[("host", &post.base.host())]);
    point("notify").map_err(broken)?;
    let answer = request.send().await.map_err(|error| {
        let key = if error.is_timeout() {
            "notify-timeout"
        } else if let Some(key) = certificate::refused(&error) {
            key
        } else if error.is_connect() {
            "notify-no-connection"
        } else {
            "notify-broken"
        };
        Trouble::new(lang, key, &[("host", &post.base.host())])
    })?;
    point("notified").map_err(broken)?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let (host, code) = (post.base.host(), status.as_u16().to_string());
    let args = [("host", host.as_str()), ("code", &code)];
    Err(Trouble {
        // of this one alone: the next may be taken
        refused: matches!(status.as_u16(), 400 | 413 | 422),
        ..Trouble::new(lang, "notify-status", &args)
    })
}
