//! The present state out of a dump: what holds after the last night, without the nights in which it
//! came to hold. Two towns that were told the same must agree in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

const NEVER: &str = "9999-12-31";

/// Rows by table and identity.
pub(crate) type State = BTreeMap<&'static str, BTreeMap<String, String>>;

/// What a table is in the present state.
enum Form {
    /// The latest version of each identity holds.
    Versions(&'static [&'static str]),
    /// The entries that nothing has ended.
    Decisions,
    /// Every row.
    Rows,
    /// History of arrival only.
    Left,
}

/// How each table is compared. `export_file`, `probe` and `run` tell which night did what, `kpi`
/// belongs to runs; the shares of the last run are compared as published.
fn form(table: &str) -> (&'static str, Form) {
    match table {
        "agency_version" => ("agency", Form::Versions(&["code", "valid_from"])),
        "fee_version" => ("fee", Form::Versions(&["dossier_code", "fee_id"])),
        "order_version" => ("order", Form::Versions(&["provider", "order_id"])),
        "receipt_version" => ("receipt", Form::Versions(&["receipt_id"])),
        "dossier" => ("dossier", Form::Rows),
        "txn" => ("txn", Form::Rows),
        "conflict_version" => ("conflict", Form::Rows),
        "feed_day" => ("feed_day", Form::Rows),
        "row_state" => ("row_state", Form::Decisions),
        "match_group" => ("match_group", Form::Decisions),
        "contribution" => ("contribution", Form::Decisions),
        _ => ("", Form::Left),
    }
}

/// Columns that tell when something came to hold, or which file said it last.
const HISTORY: [&str; 7] = [
    "night",
    "until",
    "live",
    "run_id",
    "seen_night",
    "decided_night",
    "file_sha256",
];

/// The present state.
pub(crate) fn present(dump: &str) -> State {
    let mut state = State::new();
    let mut nights: BTreeMap<String, String> = BTreeMap::new();
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    let mut firm: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for line in dump.lines() {
        let (table, row) = line.split_once(' ').unwrap();
        let row: Map<String, Value> = serde_json::from_str(row).unwrap();
        let text = |column: &str| row[column].as_str().unwrap_or_default().to_owned();
        let (name, form) = form(table);
        match form {
            Form::Versions(key) => {
                let key: Vec<String> = key.iter().map(|column| text(column)).collect();
                let key = key.join("|");
                let night = nights.entry(format!("{name} {key}")).or_default();
                if *night <= text("night") {
                    *night = text("night");
                    state.entry(name).or_default().insert(key, bare(&row));
                }
            }
            Form::Decisions if text("until") == NEVER && row.get("live") != Some(&0.into()) => {
                if name == "match_group" {
                    groups.insert(text("group_id"), text("night"));
                }
                let kept = bare(&row);
                state.entry(name).or_default().insert(kept.clone(), kept);
            }
            Form::Rows => {
                let kept = bare(&row);
                state.entry(name).or_default().insert(kept.clone(), kept);
            }
            Form::Left if table == "match_leg" => {
                if groups.get(&text("group_id")) == Some(&text("night")) {
                    let kept = bare(&row);
                    state.entry("leg").or_default().insert(kept.clone(), kept);
                }
            }
            Form::Left if table == "firm_change" => {
                let key = ["definition", "scope", "day"].map(text).join("|");
                let sum = firm.entry(key).or_default();
                sum.0 += row["numerator"].as_i64().unwrap();
                sum.1 += row["denominator"].as_i64().unwrap();
            }
            Form::Left | Form::Decisions => {}
        }
    }
    firm.retain(|_, sum| *sum != (0, 0));
    let firm = firm.into_iter().map(|(key, sum)| (key, format!("{sum:?}")));
    state.insert("firm", firm.collect());
    state
}

/// Of a decided row the nearest candidates (and the digest over them) are left out: they show open
/// rows beside it, which the passes of the window may have taken away.
fn bare(row: &Map<String, Value>) -> String {
    let beside = ["nearest", "content"];
    let decided = row.contains_key("nearest");
    let kept = row.iter().filter(|(column, _)| {
        let column = column.as_str();
        let left_out = HISTORY.contains(&column) || (decided && beside.contains(&column));
        !left_out
    });
    let kept: Vec<String> = kept
        .map(|(column, value)| format!("{column}={value}"))
        .collect();
    kept.join(" ")
}

/// Takes out of both states the bank lines that one of them calls a batch or a deposit and the
/// other does not. These passes take what nothing else explains within their window of days, so
/// that what was open on those nights decides; all other passes go by keys and must not depend on
/// it.
pub(crate) fn without_windows(left: &mut State, right: &mut State) -> usize {
    let by_elimination = |state: &State| -> BTreeSet<String> {
        let rows = state.get("row_state").into_iter().flat_map(BTreeMap::keys);
        let decided = rows.filter(|row| {
            row.contains("class=\"cash_deposit\"") || row.contains("class=\"batch_settlement\"")
        });
        decided.map(|row| name_of(row)).collect()
    };
    let (l, r) = (by_elimination(left), by_elimination(right));
    let differing: BTreeSet<String> = l.symmetric_difference(&r).cloned().collect();
    let owners: Vec<String> = differing
        .iter()
        .map(|name| format!("owner=\"{name}\""))
        .collect();
    for state in [left, right] {
        if let Some(rows) = state.get_mut("row_state") {
            rows.retain(|row, _| !differing.contains(&name_of(row)));
        }
        if let (Some(rows), false) = (state.get_mut("contribution"), owners.is_empty()) {
            let others = std::mem::take(rows).into_keys();
            let others = others.filter(|row| !owners.iter().any(|owner| row.contains(owner)));
            let kept = others.map(|row| undecided(&row));
            *rows = kept.map(|row| (row.clone(), row)).collect();
        }
    }
    differing.len()
}

/// A contribution without what it says of the money that others may still bring: the outcomes of
/// what is open.
fn undecided(row: &str) -> String {
    if !row.contains(" firm=0 ") {
        return row.to_owned();
    }
    let beside = ["outcomes=", "coupled=", "exceptions=", "content="];
    let words = row.split(' ');
    let kept = words.filter(|word| !beside.iter().any(|column| word.starts_with(column)));
    kept.collect::<Vec<_>>().join(" ")
}

/// `txn|<source>|<id>` of a decided row.
fn name_of(row: &str) -> String {
    let part = |column: &str| {
        let begin = row.find(&format!("{column}=\"")).unwrap() + column.len() + 2;
        row[begin..].split('"').next().unwrap().to_owned()
    };
    format!("{}|{}|{}", part("side"), part("source"), part(" id"))
}

/// The rows in which two states differ, cut, at most `most` a table.
pub(crate) fn differences(left: &State, right: &State, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let tables: Vec<&str> = left.keys().chain(right.keys()).copied().collect();
    let none = BTreeMap::new();
    for table in BTreeSet::from_iter(tables) {
        let (l, r) = (
            left.get(table).unwrap_or(&none),
            right.get(table).unwrap_or(&none),
        );
        let only = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>, side: &str| {
            let differing = a.iter().filter(|(key, row)| b.get(*key) != Some(*row));
            let said = differing.map(|(key, row)| {
                let text = if key == row {
                    row.clone()
                } else {
                    format!("{key}: {row}")
                };
                format!(
                    "{side} {table} {}",
                    text.chars().take(420).collect::<String>()
                )
            });
            let all: Vec<String> = said.collect();
            let more = all.len().saturating_sub(most);
            let mut shown: Vec<String> = all.into_iter().take(most).collect();
            if more > 0 {
                shown.push(format!("{side} {table} and {more} more"));
            }
            shown
        };
        found.extend(only(l, r, "<"));
        found.extend(only(r, l, ">"));
    }
    found
}
