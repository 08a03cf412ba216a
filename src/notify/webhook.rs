//! `[[notify.webhook]]`: a signed JSON document for another program. The signature is that of a
//! common habit: `Doisoat-Signature: t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<seconds>.<body>`;
//! the receiver refuses an old time, and takes the same `Idempotency-Key` once.

use serde_json::{Value, json};

use super::http::{self, Post};
use super::{Address, Channel, Letter, Reached, Trouble, digest};
use crate::config::Surroundings;
use crate::config::notify::{NotifyConfig, WebhookTarget, When};
use crate::domain::{Lang, RunId};
use crate::source::BoxFuture;
use crate::source::signature::{Hash, Place, seal};

pub(super) const CHANNEL: Channel = Channel {
    id: "webhook",
    addresses,
};

fn addresses(config: &NotifyConfig) -> Vec<&dyn Address> {
    let mut found: Vec<&dyn Address> = Vec::new();
    for target in &config.webhooks {
        found.push(target);
    }
    found
}

/// What of `run.json` goes out: the figures of the whole unit, no list of rows.
const TOLD: [&str; 7] = [
    "run_id",
    "business_date",
    "version_of_night",
    "replaces",
    "exit_codes",
    "sources",
    "totals",
];

/// The document; the same bytes in every attempt.
fn document(letter: &Letter, key: &str) -> String {
    let mut document = json!({
        "schema_version": 1,
        "event": letter.run.get("event").cloned().unwrap_or_else(|| json!("night.published")),
        "id": key,
        "share": letter.summary.share,
    });
    for name in TOLD {
        document[name] = letter.run.get(name).cloned().unwrap_or(Value::Null);
    }
    // open work as page and mail tell it, with the money at risk; null where a run tells none
    let work = &letter.run["work"];
    document["exceptions"] = work["classes"].clone();
    document["open"] = work["closing"].clone();
    document["overdue"] = work["overdue"].clone();
    document.to_string()
}

impl Address for WebhookTarget {
    fn target(&self) -> String {
        digest(&["webhook", self.url.url().as_str()])
    }

    fn label(&self) -> String {
        self.url.host()
    }

    fn when(&self) -> When {
        self.when
    }

    fn key(&self, run: &RunId) -> String {
        format!("{run}.{}", self.target())
    }

    fn send<'a>(
        &'a self,
        letter: &'a Letter,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Reached, Trouble>> {
        Box::pin(async move {
            let secret = self.secret.resolve(&letter.around);
            let secret = secret.map_err(|error| Trouble::told(error.message))?;
            let body = document(letter, key);
            let seconds = letter.now_ms.div_euclid(1000);
            let text = format!("{seconds}.{body}");
            let signature = seal(Hash::HmacSha256, Place::Key, &secret, &text, "");
            let signature = format!("t={seconds},v1={}", hex::encode(signature));
            let headers = vec![
                ("Content-Type", "application/json".to_owned()),
                ("Idempotency-Key", key.to_owned()),
                ("Doisoat-Signature", signature),
            ];
            http::post(Post {
                base: &self.url,
                url: self.url.url().clone(),
                ca_file: self.ca_file.as_deref(),
                timeout: self.timeout,
                headers,
                body,
                lang: letter.lang,
            })
            .await
            .map(|()| Reached::Everybody)
        })
    }

    fn probe<'a>(
        &'a self,
        around: &'a Surroundings,
        _ask: bool,
        lang: Lang,
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let secret = self.secret.resolve(around);
            secret.map_err(|error| Trouble::told(error.message))?;
            http::client(&self.url, self.ca_file.as_deref(), self.timeout, lang).map(drop)
        })
    }
}
