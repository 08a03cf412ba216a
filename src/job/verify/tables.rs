//! The tables of decisions against what is decided again, and against each other: plain loops over
//! rows, no SQL.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ledger::{Ledger, holds, word};
use crate::domain::{AgencyCode, DossierCode, ExceptionId, FeeId, Fraction, RowKey};
use crate::kpi::Verdict;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, name, text};
use crate::settle::Settlement;
use crate::store::{RunRecord, Tables};

/// A column as text; empty where it is NULL.
fn column(row: &Value, name: &str) -> String {
    match &row[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn columns(row: &Value, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| column(row, name)).collect()
}

fn whole(row: &Value, name: &str) -> i128 {
    row[name].as_i64().map_or(0, i128::from)
}

/// What is known of a day of a feed.
const FEED_STATES: [&str; 5] = ["complete", "late", "partial", "missing", "refused"];
const ITEM_KEY: [&str; 3] = ["definition", "item", "scope"];
const ROW_KEY: [&str; 4] = ["side", "source", "id", "dossier"];
const SHARE: [&str; 14] = [
    "period_from",
    "period_to",
    "numerator",
    "denominator",
    "low_num",
    "low_den",
    "high_num",
    "high_den",
    "outer_bound",
    "enough_data",
    "target_num",
    "target_den",
    "verdict",
    "deciding",
];

/// What is stored of the night is what is decided again.
pub(super) fn decided(
    run: &RunRecord,
    settlement: &Settlement,
    moved: bool,
    (tables, ledger): (&Tables, &Ledger<'_>),
    findings: &mut Findings,
) {
    let night = run.business_date.to_string();
    let mut same = |about: String, wanted: Vec<String>, found: Option<Vec<String>>| {
        let found = found.unwrap_or_default();
        if wanted != found {
            let what = text(
                "cơ sở dữ liệu phải giữ đúng điều đã quyết định",
                "the database holds what was decided",
            );
            let (wanted, found) = (wanted.join(" "), found.join(" "));
            findings.add(Invariant::Stored, about, what, wanted, found);
        }
    };
    feed_days(tables, &mut same);
    let stored = ledger.sheet("row_state");
    for row in &settlement.rows {
        let code = row.dossier_code.as_ref().map(DossierCode::to_string);
        let exception = row.exception_id.as_ref().map(ExceptionId::to_string);
        let wanted = vec![
            row.class.to_owned(),
            row.severity.id().to_owned(),
            row.bucket.id().to_owned(),
            row.amount.get().to_string(),
            code.unwrap_or_default(),
            row.business_date.to_string(),
            exception.unwrap_or_default(),
        ];
        let facts = ["class", "severity", "bucket", "amount_vnd", "dossier_code"];
        let facts = [&facts[..], &["business_date", "exception_id"]].concat();
        let found = stored
            .holding(&name_of(&row.key), &night)
            .map(|found| columns(found, &facts));
        same(name(&row.key), wanted, found);
    }
    legs(settlement, ledger, &night, &mut same);
    let stored = ledger.sheet("contribution");
    for item in &settlement.contributions {
        let name = format!("{} {} {}", item.definition, item.item, item.scope);
        // on which days outcomes may fall is not stored, that they may is
        let mut pairs = item.outcomes.clone();
        for span in &item.elsewhere {
            if !pairs.contains(&span.outcome) {
                pairs.push(span.outcome);
            }
        }
        let firm = item.outcomes.len() == 1 && item.elsewhere.is_empty();
        let outcomes = serde_json::to_string(&pairs).unwrap_or_default();
        let [coupled, firm] = [item.coupled, firm].map(|flag| i64::from(flag).to_string());
        let day = item.day.to_string();
        let wanted = vec!["1".to_owned(), day, outcomes, coupled, firm];
        let facts = ["live", "day", "outcomes", "coupled", "firm"];
        let found = stored.holding(&name, &night);
        same(name, wanted, found.map(|found| columns(found, &facts)));
    }
    if !moved {
        shares(run, settlement, tables, &mut same);
    }
}

/// A day that is not complete has no seal yet, since it is read again; its state is a known word.
fn feed_days(tables: &Tables, same: &mut Same<'_>) {
    for row in tables.get("feed_day").into_iter().flatten() {
        let state = column(row, "state");
        if !FEED_STATES.contains(&state.as_str()) {
            let about = columns(row, &["source", "day"]).join(" ");
            let wanted = vec![FEED_STATES.join(" | ")];
            same(format!("feed_day {about}"), wanted, Some(vec![state]));
        }
    }
}

/// The name of a row's entry.
fn name_of(key: &RowKey) -> String {
    let dossier = key.dossier.as_ref().map(DossierCode::to_string);
    let dossier = dossier.unwrap_or_default();
    format!("{} {} {} {dossier}", key.side.id(), key.source, key.id)
}

type Same<'s> = dyn FnMut(String, Vec<String>, Option<Vec<String>>) + 's;

/// Groups and their legs.
fn legs(settlement: &Settlement, ledger: &Ledger<'_>, night: &str, same: &mut Same<'_>) {
    let stored = ledger.sheet("match_group");
    for group in &settlement.groups {
        let about = format!("group {}", group.id);
        let (class, amount) = group
            .difference
            .map_or_else(Default::default, |difference| {
                (
                    difference.class.to_owned(),
                    difference.amount.get().to_string(),
                )
            });
        let wanted = vec!["1".to_owned(), group.pass.to_owned(), class, amount];
        let id = group.id.to_string();
        let found = stored.holding(&id, night);
        let facts = ["live", "pass", "difference_class", "difference_vnd"];
        same(
            about.clone(),
            wanted,
            found.map(|found| columns(found, &facts)),
        );
        let Some(entry) = found else { continue };
        let found = ledger.legs(&id, word(entry, "night"));
        let facts = [
            "side",
            "source",
            "id",
            "dossier_code",
            "fee_id",
            "amount_vnd",
            "role",
            "pass",
        ];
        for nth in 0..found.len().max(group.legs.len()) {
            let wanted = group.legs.get(nth).map(|leg| {
                let dossier = leg.dossier_code.as_ref().map(DossierCode::to_string);
                let fee = leg.fee_id.as_ref().map(FeeId::to_string);
                vec![
                    leg.money.side.id().to_owned(),
                    leg.money.source.to_string(),
                    leg.money.id.to_string(),
                    dossier.unwrap_or_default(),
                    fee.unwrap_or_default(),
                    leg.amount.get().to_string(),
                    leg.role.id().to_owned(),
                    leg.pass.to_owned(),
                ]
            });
            let found = found.get(nth).map(|leg| columns(leg, &facts));
            same(format!("{about} {nth}"), wanted.unwrap_or_default(), found);
        }
    }
}

/// The shares of the run.
fn shares(run: &RunRecord, settlement: &Settlement, tables: &Tables, same: &mut Same<'_>) {
    let mut stored: BTreeMap<Vec<String>, &Value> = BTreeMap::new();
    for row in tables.get("kpi").into_iter().flatten() {
        if column(row, "run_id") == run.id.as_str() {
            stored.insert(columns(row, &["definition", "scope", "period"]), row);
        }
    }
    let parts = |fraction: Option<Fraction>| {
        let part = |n: i128| n.to_string();
        fraction.map_or_else(Default::default, |f| [part(f.num), part(f.den)])
    };
    for share in &settlement.shares {
        let scope = share.agency.as_ref().map(AgencyCode::to_string);
        let key = vec![
            share.definition.to_owned(),
            scope.unwrap_or_default(),
            share.period.label.to_string(),
        ];
        let mut wanted = vec![share.period.from.to_string(), share.period.to.to_string()];
        wanted.extend([share.numerator, share.denominator].map(|n| n.to_string()));
        wanted.extend(parts(share.low));
        wanted.extend(parts(share.high));
        wanted.extend([share.outer, share.enough_data].map(|flag| i64::from(flag).to_string()));
        wanted.extend(parts(share.target));
        wanted.push(share.verdict.map_or("", Verdict::id).to_owned());
        wanted.push(serde_json::to_string(&share.deciding).unwrap_or_default());
        let found = stored.remove(&key).map(|found| columns(found, &SHARE));
        same(format!("share {}", key.join(" ")), wanted, found);
    }
    for key in stored.keys() {
        same(
            format!("share {}", key.join(" ")),
            Vec::new(),
            Some(key.clone()),
        );
    }
}

/// What the tables say agrees with itself, row by row: also where no night can be decided again.
pub(super) fn itself(tables: &Tables, findings: &mut Findings) {
    let mut add = |about: String, what, expected: String, found: String| {
        if expected != found {
            findings.add(Invariant::Stored, about, what, expected, found);
        }
    };
    for row in tables.get("row_state").into_iter().flatten() {
        let class = word(row, "class");
        let [side, source, id, dossier] = ROW_KEY.map(|name| word(row, name));
        let wanted = if class == "ok" {
            String::new()
        } else {
            let parts = [class, side, source, dossier, id].join("\u{1f}");
            crate::domain::ids::short_hash(parts.as_bytes(), 16)
        };
        let what = text(
            "mã ngoại lệ phải tính từ loại và dòng",
            "the exception id follows from class and row",
        );
        let about = columns(row, &ROW_KEY).join(" ");
        add(about, what, wanted, column(row, "exception_id"));
    }
    let items = tables.get("contribution").into_iter().flatten();
    for item in items.filter(|item| whole(item, "live") == 1) {
        let outcomes: Vec<(i64, i64)> =
            serde_json::from_str(&column(item, "outcomes")).unwrap_or_default();
        let first = outcomes.first().copied().unwrap_or_default();
        // of one outcome that may fall on other days the flag alone tells that it is open
        let firm =
            i64::from(outcomes.len() <= 1).min(i64::try_from(whole(item, "firm")).unwrap_or(1));
        let wanted = format!("{} {} {firm}", first.0, first.1);
        let found = columns(item, &["numerator", "denominator", "firm"]).join(" ");
        let what = text(
            "đóng góp phải khớp với các khả năng của nó",
            "an item agrees with its outcomes",
        );
        add(columns(item, &ITEM_KEY).join(" "), what, wanted, found);
    }
}

/// Every share of the run is the sum of what its items add, at their first outcomes.
pub(super) fn sums(run: &RunRecord, tables: &Tables, findings: &mut Findings) {
    type ByDay<'t> = BTreeMap<&'t str, (i128, i128)>;
    let night = run.business_date.to_string();
    let mut added: BTreeMap<(&str, &str), ByDay<'_>> = BTreeMap::new();
    let items = tables.get("contribution").into_iter().flatten();
    for item in items.filter(|item| whole(item, "live") == 1 && holds(item, &night)) {
        let thing = (word(item, "definition"), word(item, "scope"));
        let days = added.entry(thing).or_default();
        let sum = days.entry(word(item, "day")).or_default();
        *sum = (
            sum.0 + whole(item, "numerator"),
            sum.1 + whole(item, "denominator"),
        );
    }
    for row in tables.get("kpi").into_iter().flatten() {
        if column(row, "run_id") != run.id.as_str() {
            continue;
        }
        let [from, to] = ["period_from", "period_to"].map(|name| column(row, name));
        let (definition, scope) = (column(row, "definition"), column(row, "scope"));
        let days = added.get(&(definition.as_str(), scope.as_str()));
        let mine = days
            .into_iter()
            .flatten()
            .filter(|(day, _)| *from <= ***day && ***day <= *to);
        let sum = mine.fold((0, 0), |sum, (_, day)| (sum.0 + day.0, sum.1 + day.1));
        let what = text(
            "tỷ lệ phải bằng tổng các đóng góp đã lưu",
            "a share is the sum of its stored items",
        );
        let found = columns(row, &["numerator", "denominator"]).join("/");
        let wanted = format!("{}/{}", sum.0, sum.1);
        if wanted != found {
            let about = format!("share {definition} {scope} {}", column(row, "period"));
            findings.add(Invariant::Stored, about, what, wanted, found);
        }
    }
}
