//! Batches: many rows as one JSON document, one bound argument, one fixed statement text.
//!
//! `jsonb_each` walks an object the same way on SQLite and PostgreSQL, and `->>` reads a field of a
//! row as text on both, so one text serves both databases. What it walks over was parsed once, and
//! is not parsed again for each field (PostgreSQL's `json_each` takes eight times as long for rows
//! of 17 fields). Rows keep their order: the keys of a document are numbers, which `jsonb` sorts by
//! length and then by digits.

use serde_json::{Map, Value};

use super::exec::clean;

/// Rows per statement.
pub(super) const ROWS_MAX: usize = 1_000;

/// One row being written.
pub(super) struct RowText<'a> {
    text: &'a mut String,
    first: bool,
}

impl RowText<'_> {
    fn name(&mut self, name: &'static str) {
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// A text; U+0000 becomes U+FFFD.
    pub(super) fn text(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.name(name);
        let plain = value.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\');
        if plain {
            self.text.push('"');
            self.text.push_str(value);
            self.text.push('"');
        } else {
            let quoted = serde_json::Value::String(clean(value).into_owned());
            self.text.push_str(&quoted.to_string());
        }
        self
    }

    /// A text or NULL.
    pub(super) fn opt_text(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }

    /// A number.
    pub(super) fn int(&mut self, name: &'static str, value: i64) -> &mut Self {
        self.name(name);
        self.text.push_str(&value.to_string());
        self
    }

    /// A number or NULL.
    pub(super) fn opt_int(&mut self, name: &'static str, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.int(name, value),
            None => self.null(name),
        }
    }

    /// 1 or 0.
    pub(super) fn flag(&mut self, name: &'static str, value: bool) -> &mut Self {
        self.int(name, i64::from(value))
    }

    fn null(&mut self, name: &'static str) -> &mut Self {
        self.name(name);
        self.text.push_str("null");
        self
    }
}

/// Writes rows into documents of at most [`ROWS_MAX`] rows.
pub(super) fn batches<T>(
    rows: impl IntoIterator<Item = T>,
    write: impl Fn(&mut RowText<'_>, T),
) -> Vec<String> {
    let mut documents = Vec::new();
    let mut text = String::new();
    let mut count = 0;
    for row in rows {
        text.push(if count == 0 { '{' } else { ',' });
        text.push('"');
        text.push_str(&count.to_string());
        text.push_str("\":{");
        let mut writer = RowText {
            text: &mut text,
            first: true,
        };
        write(&mut writer, row);
        text.push('}');
        count += 1;
        if count == ROWS_MAX {
            text.push('}');
            documents.push(std::mem::take(&mut text));
            count = 0;
        }
    }
    if count > 0 {
        text.push('}');
        documents.push(text);
    }
    documents
}

/// The same of rows that were read as objects.
pub(super) fn documents(rows: impl IntoIterator<Item = Map<String, Value>>) -> Vec<String> {
    let mut documents = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let batch = (0..ROWS_MAX).zip(rows.by_ref());
        let batch = batch.map(|(at, row)| (at.to_string(), Value::Object(row)));
        documents.push(Value::Object(batch.collect()).to_string());
    }
    documents
}

/// Texts to look up, as rows with the one field `k`.
pub(super) fn keys<S: AsRef<str>>(keys: impl IntoIterator<Item = S>) -> Vec<String> {
    batches(keys, |row, key| {
        row.text("k", key.as_ref());
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_json_and_keeps_the_order() {
        let documents = keys(["b", "a\"\u{1}", "x\0y", "Mộ Đức"]);
        let [document] = documents.as_slice() else {
            panic!("{documents:?}")
        };
        let read: serde_json::Value = serde_json::from_str(document).unwrap();
        let values: Vec<_> = read.as_object().unwrap().values().collect();
        let texts: Vec<_> = values.iter().map(|v| v["k"].as_str().unwrap()).collect();
        assert_eq!(texts, ["b", "a\"\u{1}", "x\u{fffd}y", "Mộ Đức"]);
    }

    #[test]
    fn documents_are_bounded() {
        let sizes = |n: usize| {
            let rows = (0..n).map(|i| i.to_string());
            let documents = keys(rows);
            let count = |d: &String| -> usize {
                let read: serde_json::Value = serde_json::from_str(d).unwrap();
                read.as_object().unwrap().len()
            };
            documents.iter().map(count).collect::<Vec<_>>()
        };
        assert_eq!(sizes(0), Vec::<usize>::new());
        assert_eq!(sizes(ROWS_MAX), [ROWS_MAX]);
        assert_eq!(sizes(ROWS_MAX + 1), [ROWS_MAX, 1]);
    }
}
