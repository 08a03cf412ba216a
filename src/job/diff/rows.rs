//! The input side: which rows came, went or changed, in which column, and which file told it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::documents::{Documents, list, text};
use super::{Became, Desk, JobError, RowChange, RunRecord};
use crate::domain::{Day, DossierCode};

/// The two runs.
pub(super) struct Nights<'r> {
    pub(super) from: &'r RunRecord,
    pub(super) to: &'r RunRecord,
}

impl Nights<'_> {
    fn is_one(&self) -> bool {
        self.from.business_date == self.to.business_date
    }

    /// True for a day after the earlier night.
    fn is_new(&self, day: Option<Day>) -> bool {
        day.is_some_and(|day| day > self.from.business_date)
    }
}

/// A list of the pool: what its rows are called, and how they are told apart.
type Kind = (&'static str, &'static str, &'static [&'static str]);

const KINDS: [Kind; 8] = [
    ("txn", "txns", &["source", "id"]),
    ("fee", "fees", &["dossier_code", "fee_id"]),
    ("order", "orders", &["provider", "order_id"]),
    ("receipt", "receipts", &["receipt_id"]),
    ("reject", "rejects", &["side", "source", "id"]),
    ("conflict", "conflicts", &["key"]),
    ("agency", "agencies", &["code", "valid_from"]),
    ("decision", "decisions", &["row"]),
];

fn by_key<'v>(pool: &'v Value, kind: &Kind) -> BTreeMap<String, &'v Value> {
    let (_, name, identity) = kind;
    let key = |row: &Value| {
        let parts = identity.iter().map(|part| match &row[*part] {
            key @ Value::Object(_) => super::documents::key_of(key),
            plain => text(plain),
        });
        parts.collect::<Vec<_>>().join("/")
    };
    list(pool, name).iter().map(|row| (key(row), row)).collect()
}

/// The first column in which two rows differ.
fn first_column(before: &Value, after: &Value) -> Option<(String, String, String)> {
    let fields = before.as_object()?;
    for (name, was) in fields {
        let now = &after[name.as_str()];
        if was == now {
            continue;
        }
        if name == "more" {
            return first_column(was, now);
        }
        if matches!(name.as_str(), "payer" | "payer_name" | "cashier") {
            return Some((name.clone(), "***".to_owned(), "***".to_owned()));
        }
        return Some((name.clone(), text(was), text(now)));
    }
    None
}

/// Rows that came, went or changed. Between two nights a row that is not read any more did not go,
/// and one that is read again did not come.
pub(super) async fn inputs(
    desk: &Desk,
    nights: &Nights<'_>,
    before: &Documents,
    after: &Documents,
) -> Result<Vec<RowChange>, JobError> {
    let seen = seen_since(desk, nights).await?;
    let links = links(before, after);
    let mut changes = Vec::new();
    for kind in &KINDS {
        let (was, now) = (by_key(&before.pool, kind), by_key(&after.pool, kind));
        for (key, row) in &now {
            let change = match was.get(key) {
                Some(old) if old == row => continue,
                Some(old) => {
                    let Some((column, before, after)) = first_column(old, row) else {
                        continue;
                    };
                    change(kind.0, key, Became::Changed, row, (column, before, after))
                }
                None if !is_new(nights, kind.0, row, &seen) => continue,
                None => change(kind.0, key, Became::Added, row, Default::default()),
            };
            changes.push(change);
        }
        let gone = was.iter().filter(|(key, _)| !now.contains_key(*key));
        for (key, row) in gone {
            // a decision taken back is gone in every sense
            if nights.is_one() || kind.0 == "decision" {
                changes.push(change(
                    kind.0,
                    key,
                    Became::Removed,
                    row,
                    Default::default(),
                ));
            }
        }
    }
    for change in &mut changes {
        if change.dossier.is_none() {
            change.dossier = links
                .get(&*format!("{} {}", change.kind, change.key))
                .cloned();
        }
    }
    say_files(desk, nights.to.business_date, &mut changes).await?;
    changes.sort();
    Ok(changes)
}

fn change(
    kind: &'static str,
    key: &str,
    became: Became,
    row: &Value,
    (column, before, after): (String, String, String),
) -> RowChange {
    let dossier = match kind {
        "fee" | "order" | "receipt" => Some(text(&row["dossier_code"])),
        "decision" | "conflict" => {
            let key = if kind == "decision" {
                &row["row"]
            } else {
                &row["key"]
            };
            Some(text(&key["dossier"])).filter(|code| !code.is_empty())
        }
        _ => None,
    };
    let told_by = (kind == "decision").then(|| {
        let [by, reason] = ["by", "reason"].map(|name| text(&row[name]));
        format!("{by}: {reason}").into()
    });
    RowChange {
        kind,
        key: key.into(),
        became,
        column: column.into(),
        before: before.into(),
        after: after.into(),
        dossier: dossier.map(Into::into),
        told_by,
    }
}

/// The dossiers that transactions were linked to, or name.
fn links(before: &Documents, after: &Documents) -> BTreeMap<String, Box<str>> {
    let mut links = BTreeMap::new();
    for documents in [before, after] {
        for row in list(&documents.settlement, "rows") {
            let dossier = text(&row["dossier_code"]);
            if !dossier.is_empty() {
                links.insert(super::documents::key_of(&row["key"]), dossier.into());
            }
        }
    }
    links
}

/// Transactions that pulls after the earlier night brought first.
async fn seen_since(desk: &Desk, nights: &Nights<'_>) -> Result<BTreeSet<String>, JobError> {
    let mut seen = BTreeSet::new();
    let mut day = nights.from.business_date.plus(1);
    while day <= nights.to.business_date {
        for source in &desk.config.sources {
            for id in desk.store.seen_first(&source.name, day).await? {
                seen.insert(format!("{}/{id}", source.name));
            }
        }
        day = day.plus(1);
    }
    Ok(seen)
}

/// True when a row that only the later run has was not known on the earlier night.
fn is_new(nights: &Nights<'_>, kind: &str, row: &Value, seen: &BTreeSet<String>) -> bool {
    if nights.is_one() {
        return true;
    }
    let day = |name: &str| Day::parse(&text(&row[name])).ok();
    let moment = |value: &Value| value["ms"].as_i64().map(Day::of_ms);
    match kind {
        "txn" => {
            let key = format!("{}/{}", text(&row["source"]), text(&row["id"]));
            seen.contains(&key) || nights.is_new(day("business_date"))
        }
        "fee" => {
            let code = DossierCode::parse(&text(&row["dossier_code"])).ok();
            let received = moment(&row["more"]["received_at"]);
            nights.is_new(received.or_else(|| code.and_then(|code| code.received_on())))
        }
        "order" => nights.is_new(moment(&row["created_at"])),
        "receipt" => nights.is_new(moment(&row["collected_at"])),
        "reject" | "conflict" => nights.is_new(day("business_date")),
        _ => true,
    }
}

/// The parts of a registry row's identity: a receipt has one, whatever stands in it.
pub(super) fn identity(change: &RowChange) -> Vec<&str> {
    match change.kind {
        "receipt" => vec![&*change.key],
        _ => change.key.splitn(2, '/').collect(),
    }
}

/// Names the file that told the last version of each registry row that counts on the later night:
/// what came after it is of no matter.
async fn say_files(desk: &Desk, night: Day, changes: &mut [RowChange]) -> Result<(), JobError> {
    let mut names: BTreeMap<Box<str>, Box<str>> = BTreeMap::new();
    for source in &desk.config.sources {
        for file in desk.store.known_files(&source.name).await? {
            names.insert(file.sha256, file.name);
        }
    }
    for change in changes {
        let parts = identity(change);
        let told = desk.store.told_by(change.kind, &parts, night).await?;
        if let Some(sha256) = told.last() {
            change.told_by = Some(names.get(sha256).unwrap_or(sha256).clone());
        }
    }
    Ok(())
}

/// What of a source is compared.
const COLUMNS: [&str; 5] = [
    "state",
    "missing_days",
    "missing_orders",
    "deadline_passed",
    "unrun",
];

/// Facts of sources that differ; days and control totals follow the night.
pub(super) fn sources(before: &Value, after: &Value) -> Vec<RowChange> {
    let kind: Kind = ("source", "sources", &["name"]);
    let (was, now) = (by_key(before, &kind), by_key(after, &kind));
    let mut changes = Vec::new();
    for key in was.keys().chain(now.keys()) {
        let (was, now) = (was.get(key), now.get(key));
        let none = Value::Null;
        let (old, new) = (was.copied().unwrap_or(&none), now.copied().unwrap_or(&none));
        for column in COLUMNS {
            if old[column] != new[column] {
                let told = (column.to_owned(), text(&old[column]), text(&new[column]));
                let became = match (was, now) {
                    (None, _) => Became::Added,
                    (_, None) => Became::Removed,
                    _ => Became::Changed,
                };
                changes.push(change("source", key, became, &none, told));
            }
        }
    }
    changes.sort();
    changes.dedup();
    changes
}
