//! PURE: the book of what people decided: append-only, each entry sealed with the one before it.
//!
//! A row's last ruling holds until the next one; nothing else undoes it. Entries that assign a row
//! to somebody change no ruling.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{Day, Decision, DossierCode, RowKey, Ruling, Vnd};

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Rules on the row.
    Rule(Ruling),
    /// Takes the ruling back: the rules of the program decide again.
    Undo,
    /// Gives the row to somebody to settle; with an empty name to nobody any more.
    Assign(Box<str>),
}

impl Action {
    /// Stable id.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Rule(ruling) => ruling.id(),
            Self::Undo => "undo",
            Self::Assign(_) => "assign",
        }
    }
}

/// An entry before it has its place in the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The row.
    pub row: RowKey,
    /// The dossier that the row belongs to or names.
    pub dossier_code: Option<DossierCode>,
    /// What is decided.
    pub action: Action,
    /// The row's amount at that time.
    pub amount_then: Vnd,
    /// The row's class at that time.
    pub class_then: Box<str>,
    /// Who.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
    /// The night from which it counts: the first one not yet published.
    pub night: Day,
    /// When, RFC 3339.
    pub at_wall: Box<str>,
}

/// One entry of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, from 1.
    pub seq: u64,
    /// What it says.
    pub draft: Draft,
    /// 64 hex digits of SHA-256 over the seal before it and its own content.
    pub seal: Box<str>,
}

/// The seal of an entry at `seq` after the seal `before` (empty for the first).
pub fn seal(before: &str, seq: u64, draft: &Draft) -> Result<Box<str>, serde_json::Error> {
    let content = serde_json::to_string(&(seq, draft))?;
    let mut hash = Sha256::new();
    hash.update(before.as_bytes());
    hash.update(b"\n");
    hash.update(content.as_bytes());
    Ok(hex::encode(hash.finalize()).into())
}

/// The first entry, in order of the book, that is not what was sealed; none when all are.
pub fn broken(entries: &[Entry]) -> Option<u64> {
    let mut before = "";
    for (place, entry) in (1..).zip(entries) {
        let sealed = seal(before, entry.seq, &entry.draft);
        let holds = entry.seq == place && sealed.is_ok_and(|seal| seal == entry.seal);
        if !holds {
            return Some(place);
        }
        before = &entry.seal;
    }
    None
}

/// The rulings in force after these entries, in order of the rows.
pub fn in_force(entries: &[Entry]) -> Vec<Decision> {
    let mut last: BTreeMap<&RowKey, Option<Decision>> = BTreeMap::new();
    for Entry { draft, .. } in entries {
        let ruling = match &draft.action {
            Action::Assign(_) => continue,
            Action::Undo => None,
            Action::Rule(ruling) => Some(Decision {
                row: draft.row.clone(),
                ruling: ruling.clone(),
                amount_then: draft.amount_then,
                class_then: draft.class_then.clone(),
                by: draft.by.clone(),
                reason: draft.reason.clone(),
            }),
        };
        last.insert(&draft.row, ruling);
    }
    last.into_values().flatten().collect()
}

/// The entry of the ruling in force on each row.
pub fn rulings(entries: &[Entry]) -> BTreeMap<&RowKey, (&Ruling, &Draft)> {
    let mut last = BTreeMap::new();
    for Entry { draft, .. } in entries {
        match &draft.action {
            Action::Assign(_) => {}
            Action::Undo => drop(last.remove(&draft.row)),
            Action::Rule(ruling) => drop(last.insert(&draft.row, (ruling, draft))),
        }
    }
    last
}

/// Who is to settle each assigned row.
pub fn owners(entries: &[Entry]) -> BTreeMap<&RowKey, &str> {
    let mut owners = BTreeMap::new();
    for Entry { draft, .. } in entries {
        match &draft.action {
            Action::Assign(to) if to.is_empty() => owners.remove(&draft.row),
            Action::Assign(to) => owners.insert(&draft.row, &**to),
            _ => None,
        };
    }
    owners
}

/// What stands for the reason of an assignment that was given none.
pub const NO_REASON: &str = "-";

/// What was last noted of each row with whom it was given to: who noted it, and what.
pub fn notes(entries: &[Entry]) -> BTreeMap<&RowKey, (&str, &str)> {
    let assigns = |entry: &&Entry| matches!(entry.draft.action, Action::Assign(_));
    let noted = entries.iter().filter(assigns).map(|entry| &entry.draft);
    let noted = noted.filter(|draft| &*draft.reason != NO_REASON);
    noted
        .map(|draft| (&draft.row, (&*draft.by, &*draft.reason)))
        .collect()
}

/// Everybody who was ever given a row, in order of their names.
pub fn people(entries: &[Entry]) -> BTreeSet<&str> {
    let names = entries
        .iter()
        .filter_map(|entry| match &entry.draft.action {
            Action::Assign(to) if !to.is_empty() => Some(&**to),
            _ => None,
        });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceName;

    fn book(actions: &[(&str, Action)]) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for (seq, (id, action)) in (1..).zip(actions) {
            let draft = Draft {
                row: RowKey::txn(&SourceName::new("bank"), id),
                dossier_code: None,
                action: action.clone(),
                amount_then: Vnd::new(50_000),
                class_then: "unidentified".into(),
                by: "an".into(),
                reason: "because".into(),
                night: Day::parse("2022-12-05").unwrap(),
                at_wall: "2022-12-06T08:00:00+07:00".into(),
            };
            let before = entries.last().map_or("", |entry| &*entry.seal);
            let seal = seal(before, seq, &draft).unwrap();
            entries.push(Entry { seq, draft, seal });
        }
        entries
    }

    #[test]
    fn the_last_ruling_of_a_row_holds() {
        let rule = Action::Rule;
        let entries = book(&[
            ("a", rule(Ruling::NotFee)),
            ("b", rule(Ruling::WriteOff)),
            ("c", rule(Ruling::NotFee)),
            ("b", rule(Ruling::RefundRequested)),
            ("a", Action::Undo),
            ("b", Action::Assign("binh".into())),
            ("c", Action::Assign("chi".into())),
            ("c", Action::Assign("".into())),
        ]);
        let held = in_force(&entries);
        let held: Vec<(&str, &str)> = held.iter().map(|d| (&*d.row.id, d.ruling.id())).collect();
        assert_eq!(held, [("b", "refund_requested"), ("c", "not_fee")]);
        let owners = owners(&entries);
        assert_eq!(owners.into_values().collect::<Vec<_>>(), ["binh"]);
        assert_eq!(Vec::from_iter(people(&entries)), ["binh", "chi"]);
        let noted = notes(&entries);
        let noted: Vec<_> = noted.iter().map(|(row, note)| (&*row.id, *note)).collect();
        assert_eq!(noted, [("b", ("an", "because")), ("c", ("an", "because"))]);
    }

    #[test]
    fn any_change_breaks_the_seal() {
        let rule = Action::Rule;
        let entries = book(&[
            ("a", rule(Ruling::NotFee)),
            ("b", rule(Ruling::WriteOff)),
            ("c", rule(Ruling::NotFee)),
        ]);
        assert_eq!(broken(&entries), None);
        let check = |at: u64, edit: &dyn Fn(&mut Vec<Entry>)| {
            let mut edited = entries.clone();
            edit(&mut edited);
            assert_eq!(broken(&edited), Some(at));
        };
        check(1, &|book| book[0].draft.reason = "other".into());
        check(2, &|book| book[1].draft.amount_then = Vnd::new(50_001));
        check(3, &|book| book[2].draft.action = Action::Undo);
        check(2, &|book| {
            book[1].draft.at_wall = "2022-12-07T08:00:00+07:00".into();
        });
        check(2, &|book| drop(book.remove(1)));
        check(1, &|book| book.swap(0, 1));
        check(3, &|book| book[2].seal = book[1].seal.clone());
    }
}
