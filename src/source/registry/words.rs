//! The words and columns of one office, as `[source.map]` tells them: labels and codes are data of
//! each tenant, and the same code means different things in two of them.
//!
//! A key is a column of our own files (`dossier_code = "Số hồ sơ"`), a word of a closed list behind
//! its column (`status_paid = "3; Đã thanh toán"`), or a form (`time_format`, `delimiter`,
//! `encoding`, `thousands`, `decimal`). Several texts are separated by `;`.

use std::collections::BTreeMap;

use super::name::FileKind;
use crate::config::section::suggest;
use crate::domain::{
    CollectionMode, DeclaredMethod, FeeKind, FeeStatus, FilingChannel, OrderStatus, ReceiptStatus,
};
use crate::source::file::Mapping;

/// Forms of a table.
const FORMS: [&str; 5] = [
    "time_format",
    "delimiter",
    "encoding",
    "thousands",
    "decimal",
];

/// The words of one office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<String, Vec<Box<str>>>);

/// The closed lists: column and words.
fn closed() -> Vec<(&'static str, Vec<&'static str>)> {
    let ids = |ids: Vec<&'static str>| ids.into_iter().filter(|id| !id.is_empty()).collect();
    let mut statuses: Vec<&'static str> = FeeStatus::ALL.iter().map(|word| word.id()).collect();
    statuses.extend(OrderStatus::ALL.iter().map(|word| word.id()));
    statuses.extend(ReceiptStatus::ALL.iter().map(|word| word.id()));
    vec![
        (
            "fee_kind",
            ids(FeeKind::ALL.iter().map(|w| w.id()).collect()),
        ),
        ("status", ids(statuses)),
        (
            "declared_method",
            ids(DeclaredMethod::ALL.iter().map(|w| w.id()).collect()),
        ),
        (
            "collection_mode",
            ids(CollectionMode::ALL.iter().map(|w| w.id()).collect()),
        ),
        (
            "filing_channel",
            ids(FilingChannel::ALL.iter().map(|w| w.id()).collect()),
        ),
        ("online_payment_flag", vec!["true", "false"]),
    ]
}

impl Words {
    /// Every key that stands for a word of the columns named.
    pub fn keys_of(columns: &[&str]) -> Vec<String> {
        let of_column = |(column, words): (&str, Vec<&str>)| -> Vec<String> {
            words
                .iter()
                .map(|word| format!("{column}_{word}"))
                .collect()
        };
        let lists = closed().into_iter();
        let chosen = lists.filter(|(column, _)| columns.contains(column));
        chosen.flat_map(of_column).collect()
    }

    /// Every key of files: words, the columns named, forms.
    pub fn keys_of_files(columns: &[&str]) -> Vec<String> {
        let all: Vec<&str> = closed().iter().map(|(column, _)| *column).collect();
        let mut keys = Self::keys_of(&all);
        keys.extend(columns.iter().chain(&FORMS).map(|key| (*key).to_owned()));
        keys
    }

    /// Reads the table of a folder of files.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of_files(
        kind: &str,
        table: Option<&BTreeMap<String, String>>,
    ) -> Result<Self, (String, String)> {
        let Some(table) = table else {
            return Ok(Self::default());
        };
        let columns = FileKind::columns(kind == super::opencps::REGISTRATION.kind);
        let words = Self::parse(table, &Self::keys_of_files(columns))?;
        let forms = table
            .iter()
            .filter(|(key, _)| FORMS.contains(&key.as_str()));
        let forms = forms.map(|(key, value)| (key.clone(), value.clone()));
        Mapping::parse(&forms.collect()).map_err(|bad| (bad.message, bad.fix))?;
        Ok(words)
    }

    /// Reads the table; `known` are the keys that there may be.
    ///
    /// # Errors
    /// A message and what to do: an unknown key, or one without a text.
    pub fn parse(
        table: &BTreeMap<String, String>,
        known: &[String],
    ) -> Result<Self, (String, String)> {
        let mut words = BTreeMap::new();
        for (key, value) in table {
            if !known.contains(key) {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let message = format!("unknown key \"source.map.{key}\"");
                return Err((message, suggest(key, &known)));
            }
            // a separator stands alone: `;` is one
            let texts: Vec<Box<str>> = if FORMS.contains(&key.as_str()) {
                vec![value.as_str().into()]
            } else {
                let texts = value.split(';').map(str::trim).filter(|t| !t.is_empty());
                texts.map(Into::into).collect()
            };
            if texts.is_empty() {
                let fix = "write the texts that mean this, separated by ;".to_owned();
                return Err((format!("source.map.{key} is empty"), fix));
            }
            words.insert(key.clone(), texts);
        }
        Ok(Self(words))
    }

    /// The texts of a key.
    pub fn texts(&self, key: &str) -> &[Box<str>] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// The one text of a form.
    pub fn form(&self, key: &str) -> Option<&str> {
        self.texts(key).first().map(AsRef::as_ref)
    }

    /// True when nothing was told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys that were told.
    pub fn told(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_word_behind_its_column() {
        let known = Words::keys_of(&["fee_kind", "status"]);
        let parse = |key: &str, value: &str| {
            let table = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            Words::parse(&table, &known)
        };
        let words = parse("status_paid", "3; Đã thanh toán;").unwrap();
        assert_eq!(
            words.texts("status_paid"),
            ["3".into(), "Đã thanh toán".into()]
        );
        let (message, fix) = parse("status_payed", "3").unwrap_err();
        assert_eq!(message, "unknown key \"source.map.status_payed\"");
        assert_eq!(fix, "did you mean \"status_paid\"?");
        assert!(
            parse("declared_method_cash", "1").is_err(),
            "not of these columns"
        );
        assert!(parse("status_paid", " ; ").is_err());
        let files = Words::keys_of_files(&["dossier_code"]);
        for key in [
            "dossier_code",
            "delimiter",
            "declared_method_cash",
            "filing_channel_2",
            "online_payment_flag_true",
        ] {
            assert!(files.iter().any(|known| known == key), "{key}");
        }
    }
}
