//! `doisoat check` about `[notify]`: settings, secrets, and a mail server's word on the
//! connection and the login. Nothing is sent unless `--send-test` asks for it. What fails is a
//! warning: a night is published without it.

use serde_json::{Value, json};

use super::check::Line;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Surroundings};
use crate::domain::{Lang, RunId};
use crate::notify::ping::{Ping, run_uuid};
use crate::notify::{Address, CHANNELS, Letter, Reached, Summary, Trouble};
use crate::text::say;

/// How far a check goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Settings and secrets only.
    Nobody,
    /// Mail servers are asked whether they would take a mail.
    Servers,
    /// A test message to everybody.
    ForTest,
}

/// One line an address.
pub(super) async fn lines(config: &Config, ask: Ask, lang: Lang) -> Vec<Line> {
    let around = Surroundings::of_process();
    let letter = letter(config, &around, lang);
    let mut lines = Vec::new();
    for channel in CHANNELS {
        let name = format!("notify {}", channel.id);
        for address in (channel.addresses)(&config.notify) {
            let asked = one(address, &letter, ask).await;
            lines.push(line(&name, &address.label(), asked, ask, lang));
        }
    }
    if let Some(ping) = &config.notify.ping {
        let body = format!("{}\n", say(lang, "test-line", &[]));
        let rid = run_uuid(&[letter.run_id.as_str()]);
        let asked = match ask {
            Ask::ForTest => Ping::Test.send(ping, &rid, body, lang).await,
            Ask::Nobody | Ask::Servers => Ok(()),
        };
        let mut line = line("notify ping", &ping.url.host(), asked, ask, lang);
        if ask != Ask::ForTest {
            line = Line::ok(
                "notify ping",
                say(lang, "ping-not-asked", &[("who", &ping.url.host())]),
            );
        }
        lines.push(line);
    }
    lines
}

async fn one(address: &dyn Address, letter: &Letter, ask: Ask) -> Result<(), Trouble> {
    let (around, lang) = (&letter.around, letter.lang);
    address.probe(around, ask == Ask::Servers, lang).await?;
    if ask == Ask::ForTest {
        let key = address.key(&letter.run_id);
        if let Reached::NotAll(what) = address.send(letter, &key).await? {
            return Err(Trouble {
                what,
                refused: true,
            });
        }
    }
    Ok(())
}

fn line(name: &str, who: &str, asked: Result<(), Trouble>, ask: Ask, lang: Lang) -> Line {
    match asked {
        Ok(()) if ask == Ask::ForTest => Line::ok(name, say(lang, "test-sent", &[("who", who)])),
        Ok(()) => Line::ok(name, who),
        Err(Trouble { what, .. }) => Line::warn(name, what, say(lang, "notify-fix", &[])),
    }
}

/// A message about no night; each has a key of its own, so that a second test is not taken for the
/// first.
fn letter(config: &Config, around: &Surroundings, lang: Lang) -> Letter {
    let now_ms = SystemClock.now_ms();
    Letter {
        lang,
        run_id: RunId::new(&format!("test-{now_ms}")),
        run: json!({ "event": "test" }),
        summary: Summary {
            subject: say(lang, "test-subject", &[]),
            heading: say(lang, "test-heading", &[]),
            lines: vec![say(lang, "test-line", &[])],
            tables: Vec::new(),
            share: Value::Null,
            link: None,
        },
        files: Vec::new(),
        folder: config.report_dir.clone(),
        dated_ms: now_ms,
        now_ms,
        attempts: 0,
        around: around.clone(),
    }
}
