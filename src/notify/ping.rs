//! `[notify.ping]`: a dead-man's switch in the manner of healthchecks.io. `URL/start` when a run
//! begins, `URL/<exit code>` (or `URL`, `URL/fail`) when it ends; `rid` joins the two. Whoever
//! keeps the switch calls for help when no ping comes, so a lost ping is never taken for a good
//! night.

use sha2::{Digest, Sha256};

use super::Trouble;
use super::http::{self, Post};
use crate::config::notify::{PingResult, PingTarget};
use crate::domain::Lang;

/// What the switch is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ping {
    /// A run begins.
    Start,
    /// Somebody tries the address: kept by the switch, and no sign of life.
    Test,
    /// It ended with this exit code; `published` is true when its night can be seen.
    End {
        /// The exit code.
        code: u8,
        /// Whether the night is published.
        published: bool,
    },
}

/// A UUID (version 8, RFC 9562) made from what tells one start from all others.
pub fn run_uuid(parts: &[&str]) -> String {
    let mut bytes = Sha256::digest(parts.join("\n"));
    if let Some(byte) = bytes.get_mut(6) {
        *byte = *byte & 0x0f | 0x80;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = *byte & 0x3f | 0x80;
    }
    let text = hex::encode(bytes);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

impl Ping {
    fn path(&self, result: PingResult) -> String {
        match (self, result) {
            (Self::Start, _) => "/start".to_owned(),
            (Self::Test, _) => "/log".to_owned(),
            (Self::End { code, .. }, PingResult::ExitCode) => format!("/{code}"),
            (
                Self::End {
                    published: true, ..
                },
                PingResult::Fail,
            ) => String::new(),
            (Self::End { .. }, PingResult::Fail) => "/fail".to_owned(),
        }
    }

    /// One attempt; `body` is kept by the switch for people.
    pub async fn send(
        &self,
        target: &PingTarget,
        rid: &str,
        body: String,
        lang: Lang,
    ) -> Result<(), Trouble> {
        let mut url = target.url.join(&self.path(target.result));
        url.set_query(Some(&format!("rid={rid}")));
        http::post(Post {
            base: &target.url,
            url,
            ca_file: target.ca_file.as_deref(),
            timeout: target.timeout,
            headers: vec![("Content-Type", "text/plain; charset=utf-8".to_owned())],
            body,
            lang,
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_has_a_uuid_of_its_own() {
        let one = run_uuid(&["2022-12-05", "1", "17"]);
        let shape: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(shape, [8, 4, 4, 4, 12], "{one}");
        assert_eq!(&one[14..15], "8", "{one}");
        assert!("89ab".contains(&one[19..20]), "{one}");
        assert_eq!(one, run_uuid(&["2022-12-05", "1", "17"]));
        assert_ne!(one, run_uuid(&["2022-12-05", "1", "18"]));
    }

    #[test]
    fn the_end_is_told_by_code_or_by_word() {
        let path = |code, published, result| Ping::End { code, published }.path(result);
        assert_eq!(path(0, true, PingResult::ExitCode), "/0");
        assert_eq!(path(3, true, PingResult::ExitCode), "/3");
        assert_eq!(path(3, true, PingResult::Fail), "");
        assert_eq!(path(1, false, PingResult::Fail), "/fail");
        assert_eq!(Ping::Start.path(PingResult::Fail), "/start");
    }
}
