//! What two runs kept, as documents: rows by identity, rules by path.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde_json::Value;

use super::{Desk, JobError, RunRecord};
use crate::job::kept::{self, Gone};
use crate::job::recover;
use crate::settle::{Inputs, Rules, Settlement};

/// What one run was made from and what it decided.
pub(super) struct Documents {
    pub(super) pool: Value,
    pub(super) rules: Value,
    pub(super) settlement: Value,
}

impl Documents {
    /// The documents of a run that is at hand.
    pub(super) fn of(
        pool: &Inputs,
        rules: &Rules,
        settlement: &Settlement,
    ) -> Result<Self, JobError> {
        let value = "a run does not serialise";
        Ok(Self {
            pool: serde_json::to_value(pool).context(value)?,
            rules: serde_json::to_value(rules).context(value)?,
            settlement: serde_json::to_value(settlement).context(value)?,
        })
    }
}

/// What a run kept, or why it cannot be read.
async fn stored(desk: &Desk, run: &RunRecord) -> Result<Result<Documents, Gone>, JobError> {
    let documents = kept::of(desk, run).await?;
    let one = |what| kept::read::<Value>(desk, &documents, what);
    let read = (one(kept::POOL)?, one(kept::RULES)?, one(kept::SETTLEMENT)?);
    Ok(match read {
        (Ok(pool), Ok(rules), Ok(settlement)) => Ok(Documents {
            pool,
            rules,
            settlement,
        }),
        (Err(gone), ..) | (_, Err(gone), _) | (.., Err(gone)) => Err(gone),
    })
}

/// Reads what a run kept, and nothing else.
pub(super) async fn kept(
    desk: &Desk,
    run: &RunRecord,
    not_compared: &mut Vec<(String, String)>,
) -> Result<Option<Documents>, JobError> {
    Ok(match stored(desk, run).await? {
        Ok(documents) => Some(documents),
        Err(gone) => {
            not_compared.push(why(run, gone));
            None
        }
    })
}

/// Reads what a run kept; a run of an older program is decided again where that can be done. What
/// is gone from the archive is an error: a comparison without it would look like few changes.
pub(super) async fn read(
    desk: &Desk,
    run: &RunRecord,
    not_compared: &mut Vec<(String, String)>,
) -> Result<Option<Documents>, JobError> {
    let gone = match stored(desk, run).await? {
        Ok(documents) => return Ok(Some(documents)),
        Err(gone) => gone,
    };
    if matches!(gone, Gone::NotKept)
        && &*run.state == "published"
        && let Some(decided) = recover::again(desk, run).await?
    {
        let documents = Documents::of(&decided.pool, &decided.rules, &decided.settlement);
        return documents.map(Some);
    }
    if let Gone::Lost(what) = &gone {
        let documents = kept::of(desk, run).await?;
        return Err(kept::erased(desk, run, &documents, what).await?);
    }
    not_compared.push(why(run, gone));
    Ok(None)
}

/// Why only shares are compared, Vietnamese and English.
fn why(run: &RunRecord, gone: Gone) -> (String, String) {
    let id = &run.id;
    match gone {
        Gone::Lost(what) => (
            format!("{id}: tài liệu đã lưu không còn ({what}); chỉ so được tỷ lệ"),
            format!("{id}: what it kept is not there ({what}); only shares are compared"),
        ),
        Gone::NotKept => (
            format!("{id}: bản chương trình cũ không lưu dữ liệu vào; chỉ so được tỷ lệ"),
            format!("{id}: an older program kept no inputs; only shares are compared"),
        ),
    }
}

/// Leaves that differ, as `path: before / after`. Periods and the fee table follow the night and
/// are left out: neither is a reason for another share. Of days off those count that lie in the
/// window of either night.
pub(super) fn changed_rules(before: &Documents, after: &Documents) -> Vec<Box<str>> {
    let (mut was, mut now) = (BTreeMap::new(), BTreeMap::new());
    leaves(&before.rules, "", &mut was);
    leaves(&after.rules, "", &mut now);
    let mut changed = Vec::new();
    for path in was.keys().chain(now.keys()) {
        let (was, now) = (was.get(path), now.get(path));
        let follows = ["periods", "fee_table", "days_off"]
            .iter()
            .any(|own| path.starts_with(own));
        if was != now && !follows {
            // account numbers and people's names stay where they are configured
            let hidden = ["collection_accounts", ".payers."];
            let is_hidden = hidden.iter().any(|own| path.contains(own));
            let text = |value: Option<&Value>| match value {
                None => "-".into(),
                Some(_) if is_hidden => "***".into(),
                Some(value) => value.to_string(),
            };
            changed.push(format!("{path}: {} / {}", text(was.copied()), text(now.copied())).into());
        }
    }
    changed.extend(changed_days_off(before, after));
    changed.sort();
    changed.dedup();
    changed
}

/// The days that only one of the nights calls off, among those that both of them look at.
fn changed_days_off(before: &Documents, after: &Documents) -> Vec<Box<str>> {
    let (was, now) = (days_off(before), days_off(after));
    let ends = was.first().max(now.first()).zip(was.last().min(now.last()));
    let Some((first, last)) = ends else {
        return Vec::new();
    };
    let apart = was.symmetric_difference(&now);
    let seen = apart.filter(|day| (first..=last).contains(day));
    let told = |day: &&str| {
        let text = |days: &BTreeSet<&str>| if days.contains(day) { *day } else { "-" }.to_owned();
        format!("days_off: {} / {}", text(&was), text(&now)).into()
    };
    seen.map(told).collect()
}

fn days_off(documents: &Documents) -> BTreeSet<&str> {
    let listed = documents.rules["days_off"].as_array();
    listed
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn leaves<'v>(value: &'v Value, path: &str, found: &mut BTreeMap<String, &'v Value>) {
    let inner = |name: &str| {
        let point = if path.is_empty() { "" } else { "." };
        format!("{path}{point}{name}")
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, &inner(name), found);
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                leaves(value, &inner(&n.to_string()), found);
            }
        }
        leaf => {
            found.insert(path.to_owned(), leaf);
        }
    }
}

/// A list inside a document.
pub(super) fn list<'v>(document: &'v Value, name: &str) -> &'v [Value] {
    document[name].as_array().map_or(&[], Vec::as_slice)
}

/// A value as text; empty where there is none.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // an instant is its text
        Value::Object(fields) if fields.contains_key("ms") => {
            fields.get("text").map_or_else(String::new, text)
        }
        other => other.to_string(),
    }
}

/// The key of a row as people write it: `txn source/id`, `fee CODE/ID`, `receipt ID`.
pub(super) fn key_of(key: &Value) -> String {
    let [side, source, id, dossier] = ["side", "source", "id", "dossier"].map(|n| text(&key[n]));
    match &*side {
        "fee" => format!("fee {dossier}/{id}"),
        "receipt" => format!("receipt {id}"),
        _ => format!("{side} {source}/{id}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(rules: Value) -> Documents {
        Documents {
            pool: Value::Null,
            rules,
            settlement: Value::Null,
        }
    }

    #[test]
    fn accounts_and_people_are_not_told_and_what_follows_the_night_is_no_change() {
        let before = with(json!({"margin_min": 950, "periods": [1], "collection_accounts": []}));
        let after = with(json!({
            "margin_min": 900,
            "periods": [2],
            "collection_accounts": [["0123456789", "H48.18.24"]],
            "grey": {"rules": [{"payers": ["NGUYEN VAN A"]}]},
        }));
        assert_eq!(
            changed_rules(&before, &after),
            [
                "collection_accounts.0.0: - / ***".into(),
                "collection_accounts.0.1: - / ***".into(),
                "grey.rules.0.payers.0: - / ***".into(),
                Box::<str>::from("margin_min: 950 / 900"),
            ]
        );
    }
    #[test]
    fn days_off_are_compared_where_both_nights_look() {
        let of = |days: &[&str]| with(json!({"days_off": days}));
        let before = of(&["2022-12-03", "2022-12-04", "2022-12-10", "2022-12-11"]);
        let later = of(&["2022-12-04", "2022-12-10", "2022-12-11", "2022-12-17"]);
        assert!(changed_rules(&before, &later).is_empty());
        let holiday = of(&["2022-12-04", "2022-12-07", "2022-12-10", "2022-12-17"]);
        assert_eq!(
            changed_rules(&before, &holiday),
            [
                Box::<str>::from("days_off: - / 2022-12-07"),
                "days_off: 2022-12-11 / -".into(),
            ]
        );
    }
}
