//! What two runs kept, as documents: rows by identity, rules by path.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::{Desk, JobError, RunRecord};
use crate::job::kept::{self, Gone};
use crate::job::recover;

/// What one run was made from and what it decided.
pub(super) struct Documents {
    pub(super) pool: Value,
    pub(super) rules: Value,
    pub(super) settlement: Value,
}

/// Reads what a run kept; a run of an older program is decided again where that can be done.
pub(super) async fn read(
    desk: &Desk,
    run: &RunRecord,
    not_compared: &mut Vec<(String, String)>,
) -> Result<Option<Documents>, JobError> {
    let documents = kept::of(desk, run).await?;
    let one = |what| kept::read::<Value>(desk, &documents, what);
    let read = (one(kept::POOL)?, one(kept::RULES)?, one(kept::SETTLEMENT)?);
    let gone = match read {
        (Ok(pool), Ok(rules), Ok(settlement)) => {
            return Ok(Some(Documents {
                pool,
                rules,
                settlement,
            }));
        }
        (Err(gone), ..) | (_, Err(gone), _) | (.., Err(gone)) => gone,
    };
    if let Gone::Lost(what) = gone {
        not_compared.push((
            format!(
                "{}: tài liệu đã lưu không còn ({what}); chỉ so được tỷ lệ",
                run.id
            ),
            format!(
                "{}: what it kept is not there ({what}); only shares are compared",
                run.id
            ),
        ));
        return Ok(None);
    }
    if &*run.state == "published"
        && let Some(decided) = recover::again(desk, run).await?
    {
        let value = "a run does not serialise";
        return Ok(Some(Documents {
            pool: serde_json::to_value(&decided.pool).context(value)?,
            rules: serde_json::to_value(&decided.rules).context(value)?,
            settlement: serde_json::to_value(&decided.settlement).context(value)?,
        }));
    }
    not_compared.push((
        format!(
            "{}: bản chương trình cũ không lưu dữ liệu vào; chỉ so được tỷ lệ",
            run.id
        ),
        format!(
            "{}: an older program kept no inputs; only shares are compared",
            run.id
        ),
    ));
    Ok(None)
}

/// Leaves that differ, as `path: before / after`. Periods and the fee table follow the night and
/// are left out: neither is a reason for another share.
pub(super) fn changed_rules(before: &Documents, after: &Documents) -> Vec<Box<str>> {
    let (mut was, mut now) = (BTreeMap::new(), BTreeMap::new());
    leaves(&before.rules, "", &mut was);
    leaves(&after.rules, "", &mut now);
    let mut changed = Vec::new();
    for path in was.keys().chain(now.keys()) {
        let (was, now) = (was.get(path), now.get(path));
        let follows = ["periods", "fee_table"]
            .iter()
            .any(|own| path.starts_with(own));
        if was != now && !follows {
            let text = |value: Option<&Value>| value.map_or("-".into(), Value::to_string);
            changed.push(format!("{path}: {} / {}", text(was.copied()), text(now.copied())).into());
        }
    }
    changed.sort();
    changed.dedup();
    changed
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
