//! Pure: the words of a comparison of then and now: what rows are found by, and what was decided.

use serde::Deserialize;

use crate::domain::{Arrived, DecidedShare, Lang, Ruling};
use crate::report::model::changes::kind_word;
use crate::text;

/// What an entry of the book of decisions does, as the book writes it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Rule(Ruling),
    Undo,
    Assign(String),
}

/// What people find a row by: the bank's number, where it gave one; a transaction without any by
/// its source, since its day and amount stand beside it. Of a decision the row that it is about.
pub(super) fn said(lang: Lang, row: &Arrived) -> String {
    let number = row.bank_ref.as_deref();
    match (row.kind, row.key.split_once(' ')) {
        ("txn", _) => numbered(lang, &row.key, number),
        ("decision", Some(("txn", key))) => {
            let word = kind_word("txn", lang);
            format!("{word} {}", numbered(lang, key, number))
        }
        ("decision", Some((side, key))) => {
            let id = key.split_once('/').map_or(key, |(_, id)| id);
            format!("{} {id}", kind_word(side, lang))
        }
        _ => row.key.to_string(),
    }
}

/// A transaction by its key, with the number that the bank gave it.
pub(super) fn numbered(lang: Lang, key: &str, number: Option<&str>) -> String {
    let Some((source, id)) = key.split_once('/') else {
        return key.to_owned();
    };
    match number.filter(|number| !number.is_empty()) {
        Some(number) => format!("{source}/{number}"),
        None if text::letter::is_made(id) => {
            text::say(lang, "known-unnumbered", &[("source", source)])
        }
        None => key.to_owned(),
    }
}

/// What a person decided, in words: `says` is the action as the book has it.
pub fn decided(lang: Lang, says: &str) -> String {
    let action = serde_json::from_str::<Action>(says).ok();
    let choice = |id: &str| {
        let key = format!("choice-{}", id.replace('_', "-"));
        text::lookup(lang, &key, &[]).unwrap_or_else(|| id.to_owned())
    };
    match action {
        Some(Action::Rule(Ruling::Pays(parts))) => {
            let part = |part: &DecidedShare| {
                let line = format!("{}/{}", part.dossier_code, part.fee_id);
                format!("{line} {}", text::money(lang, part.amount.wide()))
            };
            let parts: Vec<String> = parts.iter().map(part).collect();
            let word = text::say(lang, "ruling-pays", &[]);
            format!("{word} {}", parts.join("; "))
        }
        Some(Action::Assign(to)) => {
            format!("{}: {to}", text::say(lang, "ruling-assign", &[]))
        }
        Some(Action::Rule(ruling)) => choice(ruling.id()),
        Some(Action::Undo) => choice("undo"),
        None => choice(says),
    }
}

/// An item in words, without the name of a cashier; and the row or dossier that it is about.
pub(super) fn item_words(lang: Lang, item: &str) -> (String, String) {
    let mut parts = item.split('|');
    let kind = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let of = |key: &str, said: &str| format!("{} {said}", text::say(lang, key, &[]));
    match (kind, rest.as_slice()) {
        ("txn", [source, id @ ..]) => {
            let name = format!("{source}/{}", id.join("|"));
            (of("diff-txn", &name), name)
        }
        ("cash", [dossier, ..]) => (of("known-cash", dossier), (*dossier).to_owned()),
        ("receipt", [dossier, id @ ..]) => {
            let id = id.join("|");
            let said = of("diff-receipt", &format!("{id} ({dossier})"));
            (said, id)
        }
        ("fee", [dossier, id @ ..]) => {
            let said = of("diff-fee", &format!("{dossier} / {}", id.join("|")));
            (said, (*dossier).to_owned())
        }
        ("dossier", [dossier]) => (of("known-dossier", dossier), (*dossier).to_owned()),
        _ => (item.to_owned(), item.to_owned()),
    }
}
