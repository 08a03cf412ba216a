//! Pure: where a row came from, as the page and the workbook tell it.

use crate::domain::{Lang, Origin};
use crate::text;

use super::view::ExceptionView;

/// Without the account's number, which the name of a statement may hold. An answer has no digest
/// here: asked again, a source says the same in other bytes, and a page made again is the same.
pub(super) fn masked(origin: &Origin) -> Origin {
    let is_file = text::is_file(&origin.name);
    Origin {
        name: text::mask_origin(&origin.name).into(),
        sha256: Some(&origin.sha256)
            .filter(|_| is_file)
            .cloned()
            .unwrap_or_default(),
        line: origin.line,
    }
}

impl ExceptionView {
    /// Where it came from, in a line; empty where that is not known.
    pub fn origin_said(&self, lang: Lang) -> String {
        let Some(origin) = &self.origin else {
            return String::new();
        };
        let line = origin.line.to_string();
        let args = [
            ("file", &*origin.name),
            ("line", &*line),
            ("digest", origin.sha256.get(..8).unwrap_or_default()),
        ];
        let key = if origin.sha256.is_empty() {
            "origin-short-answer"
        } else {
            "origin-short"
        };
        text::say(lang, key, &args)
    }
}
