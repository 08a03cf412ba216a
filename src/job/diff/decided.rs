//! The decided side: links, classes, exceptions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cause::{Causes, tags};
use super::documents::{Documents, key_of, list, text};
use super::{Became, ClassChange, Desk, ExceptionChange, JobError, MatchChange, RunRecord};
use crate::domain::{RowKey, Vnd};
use crate::matching::Evidence;

/// Groups that stood like this on the earlier night, although it did not read them.
pub(super) async fn known_groups(
    desk: &Desk,
    from: &RunRecord,
    after: &Documents,
    same_night: bool,
) -> Result<BTreeSet<Box<str>>, JobError> {
    if same_night {
        return Ok(BTreeSet::new());
    }
    let ids = list(&after.settlement, "groups").iter();
    let ids: Vec<String> = ids.map(|group| text(&group["id"])).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let day = from.business_date.plus(1);
    Ok(desk.store.known_groups(day, &ids).await?)
}

type Links<'v> = BTreeMap<(String, String), (String, &'v Value)>;

/// Links by money row and fee line, with what they say.
fn links<'v>(documents: &'v Documents, without: &BTreeSet<Box<str>>) -> Links<'v> {
    let mut links = Links::new();
    for group in list(&documents.settlement, "groups") {
        if without.contains(&*text(&group["id"])) {
            continue;
        }
        for leg in list(group, "legs") {
            let fee = format!("{}/{}", text(&leg["dossier_code"]), text(&leg["fee_id"]));
            let [role, amount, pass] = ["role", "amount", "pass"].map(|name| text(&leg[name]));
            let says = format!("{role} {amount} {pass}");
            links.insert((key_of(&leg["money"]), fee), (says, leg));
        }
    }
    links
}

/// Links gained, lost and changed. Between two nights a row that is not read any more keeps its.
pub(super) fn matches(
    before: &Documents,
    after: &Documents,
    known: &BTreeSet<Box<str>>,
    same_night: bool,
    causes: &Causes,
) -> Vec<MatchChange> {
    let none = BTreeSet::new();
    let (was, now) = (links(before, &none), links(after, known));
    let all = links(after, &none);
    let rows = list(&after.settlement, "rows").iter();
    let read: BTreeSet<String> = rows.map(|row| key_of(&row["key"])).collect();
    let mut changes = Vec::new();
    let mut add = |key: &(String, String), became, before: &str, after: &str, leg: &Value| {
        let (money, fee) = key;
        let dossier = text(&leg["dossier_code"]);
        changes.push(MatchChange {
            money: money.as_str().into(),
            fee: fee.as_str().into(),
            became,
            before: before.into(),
            after: after.into(),
            cause: causes.of(&tags(&leg["money"], &[dossier])),
        });
    };
    for (key, (says, leg)) in &now {
        match was.get(key) {
            None => add(key, Became::Added, "", says, leg),
            Some((old, _)) if old != says => add(key, Became::Changed, old, says, leg),
            Some(_) => {}
        }
    }
    for (key, (says, leg)) in &was {
        if !all.contains_key(key) && (same_night || read.contains(&key.0)) {
            add(key, Became::Removed, says, "", leg);
        }
    }
    changes.sort();
    changes
}

fn rows(documents: &Documents) -> BTreeMap<String, &Value> {
    let rows = list(&documents.settlement, "rows").iter();
    rows.map(|row| (key_of(&row["key"]), row)).collect()
}

fn tags_of(before: Option<&Value>, after: Option<&Value>) -> BTreeSet<String> {
    let none = Value::Null;
    let row = after.or(before).unwrap_or(&none);
    let dossiers = [before, after].into_iter().flatten();
    let dossiers: Vec<String> = dossiers.map(|row| text(&row["dossier_code"])).collect();
    tags(&row["key"], &dossiers)
}

/// Rows that both runs looked at, with another class.
pub(super) fn classes(before: &Documents, after: &Documents, causes: &Causes) -> Vec<ClassChange> {
    let (was, now) = (rows(before), rows(after));
    let mut changes = Vec::new();
    for (key, row) in &now {
        let Some(old) = was.get(key) else { continue };
        if old["class"] != row["class"] {
            changes.push(ClassChange {
                row: key.as_str().into(),
                before: text(&old["class"]).into(),
                after: text(&row["class"]).into(),
                amount_vnd: row["amount"].as_i64().unwrap_or(0),
                cause: causes.of(&tags_of(Some(old), Some(row))),
            });
        }
    }
    changes
}

/// The money at risk of a row, in dong: what the tile and the work list count of it, 0 where it is
/// counted at the other row.
fn at_risk(row: &Value) -> i64 {
    let amount = row["amount"].as_i64().unwrap_or(0);
    let key = serde_json::from_value::<RowKey>(row["key"].clone());
    let evidence = serde_json::from_value::<Vec<Evidence>>(row["evidence"].clone());
    let (Ok(key), Ok(evidence)) = (key, evidence) else {
        return amount;
    };
    let class = text(&row["class"]);
    crate::classify::at_risk(&class, &key, Vnd::new(amount), &evidence)
        .here()
        .get()
}

/// Exceptions that ask for a person, opened and closed, and those that stay with other money.
pub(super) fn exceptions(
    before: &Documents,
    after: &Documents,
    same_night: bool,
    causes: &Causes,
) -> Vec<ExceptionChange> {
    let (was, now) = (rows(before), rows(after));
    let asks = |row: &Value| {
        let of_work = row["severity"] != "info" && row["bucket"] != "excluded";
        of_work && row["exception_id"].is_string()
    };
    let mut changes = Vec::new();
    for (one, other, became) in [(&now, &was, Became::Added), (&was, &now, Became::Removed)] {
        for (key, row) in one.iter().filter(|(_, row)| asks(row)) {
            let there = other.get(key).copied();
            let same = there
                .is_some_and(|there| asks(there) && there["exception_id"] == row["exception_id"]);
            let before_vnd = there.filter(|_| same).map(at_risk);
            // one that stays is told once, with what is at risk after
            let other = before_vnd.is_some_and(|before| before != at_risk(row));
            let stays = same && !(other && became == Became::Added);
            // between two nights what is not read again has not changed
            let unread = there.is_none() && became == Became::Removed && !same_night;
            if stays || unread {
                continue;
            }
            changes.push(ExceptionChange {
                exception_id: text(&row["exception_id"]).into(),
                became: if same { Became::Changed } else { became },
                class: text(&row["class"]).into(),
                row: key.as_str().into(),
                amount_vnd: at_risk(row),
                before_vnd,
                cause: causes.of(&tags_of(there, Some(row))),
            });
        }
    }
    changes.sort_by(|a, b| {
        let order =
            |c: &ExceptionChange| (c.became, std::cmp::Reverse(c.amount_vnd), c.row.clone());
        order(a).cmp(&order(b))
    });
    changes
}
