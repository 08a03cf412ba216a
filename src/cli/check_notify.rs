//! `doisoat check` about `[notify]`: settings, secrets, and a mail server's word on the
//! connection and the login. Nothing is sent. What fails is a warning: a night is published
//! without it.

use super::check::Line;
use crate::config::Surroundings;
use crate::config::notify::NotifyConfig;
use crate::domain::Lang;
use crate::notify::{CHANNELS, Trouble};
use crate::text::say;

/// One line an address.
pub(super) async fn lines(config: &NotifyConfig, offline: bool, lang: Lang) -> Vec<Line> {
    let around = Surroundings::of_process();
    let mut lines = Vec::new();
    for channel in CHANNELS {
        let name = format!("notify {}", channel.id);
        for address in (channel.addresses)(config) {
            lines.push(match address.probe(&around, !offline, lang).await {
                Ok(()) => Line::ok(&name, address.label()),
                Err(Trouble(what)) => Line::warn(&name, what, say(lang, "notify-fix", &[])),
            });
        }
    }
    if let Some(ping) = &config.ping {
        lines.push(Line::ok("notify ping", ping.url.host()));
    }
    lines
}
