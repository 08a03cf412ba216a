//! Who is told of a night, and how: one file a channel. What is to be sent is written with the
//! publication ([`crate::store::Outgoing`]), so a channel only has to send what it is given, and
//! a second attempt carries the same key. The ping is not about a publication but about a start
//! of the program, so it stands beside [`CHANNELS`].

mod attached;
mod certificate;
mod email;
mod figures;
mod http;
pub mod ping;
mod post;
mod summary;
mod webhook;

use std::path::PathBuf;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::Surroundings;
use crate::config::notify::{NotifyConfig, When};
use crate::domain::{Lang, RunId};
use crate::report::publish::OutFile;
use crate::source::BoxFuture;
use crate::text;

pub use summary::{About, Summary, Table};

/// One way to tell of a publication.
#[derive(Clone, Copy)]
pub struct Channel {
    /// Its stable id.
    pub id: &'static str,
    /// Whom the settings name for it.
    pub addresses: fn(&NotifyConfig) -> Vec<&dyn Address>,
}

/// The channels.
pub static CHANNELS: &[Channel] = &[email::CHANNEL, webhook::CHANNEL];

/// One who is told.
pub trait Address: Send + Sync {
    /// 12 hex over who is told: the same as long as that does not change.
    fn target(&self) -> String;
    /// Who, for people; without anything secret.
    fn label(&self) -> String;
    /// After which nights.
    fn when(&self) -> When;
    /// What marks every attempt for a run as the same: Message-ID or idempotency key.
    fn key(&self, run: &RunId) -> String;
    /// One attempt.
    fn send<'a>(
        &'a self,
        letter: &'a Letter,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Reached, Trouble>>;
    /// Whether an attempt could succeed, without sending anything; `ask` goes over the network.
    fn probe<'a>(
        &'a self,
        around: &'a Surroundings,
        ask: bool,
        lang: Lang,
    ) -> BoxFuture<'a, Result<(), Trouble>>;
}

/// What is told of one publication.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The language of what people read.
    pub lang: Lang,
    /// The run.
    pub run_id: RunId,
    /// `run.json`.
    pub run: Value,
    /// What people read of it.
    pub summary: Summary,
    /// The published files.
    pub files: Vec<OutFile>,
    /// Where they lie, from the root on.
    pub folder: PathBuf,
    /// The instant of the night's pull, the date of the mail; milliseconds since 1970 in UTC.
    pub dated_ms: i64,
    /// Now; milliseconds since 1970 in UTC.
    pub now_ms: i64,
    /// Attempts before this one.
    pub attempts: u32,
    /// Where secrets are fetched.
    pub around: Surroundings,
}

/// Whom an attempt reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// All who are told.
    Everybody,
    /// Not all: who is missing and why, for people, with masked addresses.
    NotAll(String),
}

/// Why an attempt failed, for people; never holds a secret or the path of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What.
    pub what: String,
    /// True where the other side answered and does not take this one: it may take another.
    pub refused: bool,
}

impl Trouble {
    /// The message `key` with what is to be put in.
    fn new(lang: Lang, key: &str, args: &[(&str, &str)]) -> Self {
        Self::told(text::say(lang, key, args))
    }

    /// What somebody else worded.
    fn told(what: String) -> Self {
        Self {
            what,
            refused: false,
        }
    }
}

/// 12 hex digits over texts.
fn digest(parts: &[&str]) -> String {
    let whole = hex::encode(Sha256::digest(parts.join("\n")));
    whole.chars().take(12).collect()
}
