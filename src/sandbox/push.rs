//! What the providers push: the district's events as signed webhooks, in the envelopes that an
//! inbox reads (docs/PUSH.md). A folder a form of webhook, a file a message; the same seed gives
//! the same bytes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, json};

use super::{ALL, Credential, District};

/// The key of who is not the provider.
const FORGED_KEY: &str = "SANDBOX-NOT-THE-KEY";
/// How much later a message is sent again.
const AGAIN: TimeDelta = TimeDelta::minutes(5);

/// One form of webhook.
#[derive(Debug)]
pub(crate) struct Push {
    /// Its folder and, with `-push` behind it, its source.
    pub(crate) name: &'static str,
    /// What a reader needs to know; the first one signs.
    pub(crate) keys: &'static [Credential],
    /// Lines of its `[[source]]` table beside those.
    pub(crate) toml: &'static str,
    /// Every message, in the order of the events.
    pub(crate) messages: fn(&District, Sending<'_>) -> Vec<Message>,
}

/// How messages are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending<'a> {
    /// What signs them.
    pub(crate) secret: &'a str,
    /// How much later than the first time.
    pub(crate) after: TimeDelta,
}

/// One request to the merchant's own address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    /// The event, unique among those of the form.
    pub(crate) id: String,
    /// When it is sent.
    pub(crate) at: NaiveDateTime,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) query: String,
    pub(crate) body: String,
}

impl Message {
    /// An empty one.
    pub(crate) fn new(id: String, at: NaiveDateTime) -> Self {
        Self {
            id,
            at,
            ..Self::default()
        }
    }

    /// The file that a receiver writes.
    fn envelope(&self) -> String {
        let headers = self.headers.iter();
        let headers: Map<String, _> = headers
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let envelope = json!({"headers": headers, "query": self.query, "body": self.body});
        format!("{envelope}\n")
    }

    fn file(&self, mark: &str) -> String {
        format!("{}-{}{mark}.json", self.at.format("%Y%m%d-%H%M%S"), self.id)
    }
}

/// A fault of what is pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushFault {
    /// Its name on the command line.
    pub name: &'static str,
    /// What a correct reader makes of it, in the words of `Outcome`.
    pub outcome: &'static str,
    /// What it is, in one sentence.
    pub what: &'static str,
    act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Forged,
    Again,
}

/// Every fault of what is pushed.
pub const PUSH_FAULTS: [PushFault; 2] = [
    PushFault {
        name: "push_forged",
        outcome: "quarantine",
        what: "the first webhook of each day is signed with another key",
        act: Act::Forged,
    },
    PushFault {
        name: "push_again",
        outcome: "complete",
        what: "the first webhook of each day comes twice, the second time five minutes later",
        act: Act::Again,
    },
];

impl PushFault {
    /// The fault of that name.
    pub fn named(name: &str) -> Option<Self> {
        PUSH_FAULTS.into_iter().find(|fault| fault.name == name)
    }
}

/// A folder of webhooks that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The provider's word.
    pub provider: &'static str,
    /// Files in it.
    pub count: usize,
    /// The `[[source]]` table that reads it.
    pub toml: String,
    /// The secrets that the table names.
    pub keys: &'static [Credential],
    /// False for another form of the same events, and for gateways that the district does not pay
    /// through.
    pub is_in_use: bool,
}

/// Writes every form of webhook: what was sent by `now`.
pub(crate) fn write(
    district: &District,
    now: NaiveDateTime,
    dir: &Path,
    fault: Option<PushFault>,
) -> io::Result<Vec<Pushed>> {
    let mut all = Vec::new();
    for provider in ALL {
        for (at, push) in provider.pushes.iter().enumerate() {
            let folder = dir.join(push.name);
            let count = fill(&folder, &sent(push, district, now, fault))?;
            let in_district = provider.gateway.is_none() || provider.name == district.gateway;
            all.push(Pushed {
                provider: provider.name,
                count,
                toml: table(provider.name, push, &folder.canonicalize()?),
                keys: push.keys,
                is_in_use: at == 0 && in_district,
            });
        }
    }
    Ok(all)
}

/// The files of one form: name and text.
fn sent(
    push: &Push,
    district: &District,
    now: NaiveDateTime,
    fault: Option<PushFault>,
) -> Vec<(String, String)> {
    let secret = push.keys.first().map_or("", |key| key.value);
    let right = Sending {
        secret,
        after: TimeDelta::zero(),
    };
    let other = match fault.map(|fault| fault.act) {
        None => right,
        Some(Act::Forged) => Sending {
            secret: FORGED_KEY,
            ..right
        },
        Some(Act::Again) => Sending {
            after: AGAIN,
            ..right
        },
    };
    let (messages, others) = (
        (push.messages)(district, right),
        (push.messages)(district, other),
    );
    let (mut files, mut days) = (Vec::new(), BTreeSet::new());
    for (message, other) in messages.iter().zip(&others) {
        if message.at > now {
            continue;
        }
        let is_hit = days.insert(message.at.date());
        match fault.filter(|_| is_hit).map(|fault| fault.act) {
            Some(Act::Forged) => files.push((other.file("-forged"), other.envelope())),
            Some(Act::Again) => {
                files.push((message.file(""), message.envelope()));
                files.push((other.file("-again"), other.envelope()));
            }
            None => files.push((message.file(""), message.envelope())),
        }
    }
    files
}

/// Writes each file under a name that readers skip, then gives it its own.
fn fill(folder: &Path, files: &[(String, String)]) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    for (name, text) in files {
        let hidden: PathBuf = folder.join(format!(".{name}.tmp"));
        fs::write(&hidden, text)?;
        fs::rename(hidden, folder.join(name))?;
    }
    Ok(files.len())
}

fn table(provider: &str, push: &Push, folder: &Path) -> String {
    let Push {
        name, keys, toml, ..
    } = push;
    let secret = |known: &Credential| format!("{} = {{ env = \"{}\" }}\n", known.key, known.env);
    let secrets: String = keys.iter().map(secret).collect();
    format!(
        "[[source]]\nname = \"{name}-push\"\nkind = \"push\"\nprovider = \"{provider}\"\n\
         path = \"{}\"\n{toml}{secrets}",
        folder.display()
    )
}

/// A text as a form encodes it.
pub(crate) fn form_text(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'*' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_faults_are_no_other_faults() {
        for fault in PUSH_FAULTS {
            assert_eq!(PushFault::named(fault.name), Some(fault));
            assert!(super::super::Fault::named(fault.name).is_none());
        }
    }

    #[test]
    fn a_text_is_encoded_as_in_a_form() {
        assert_eq!(form_text("Lệ phí x:1"), "L%E1%BB%87+ph%C3%AD+x%3A1");
    }
}
