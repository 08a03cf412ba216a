//! The shares as published, and the items that moved them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cause::Causes;
use super::documents::{Documents, list, text};
use super::{Cause, Desk, Diff, JobError, Mover, RunRecord, ShareChange};
use crate::domain::Day;

type Key = (String, String, &'static str);

/// The published shares by definition, scope and kind of period.
fn published(run: &RunRecord) -> BTreeMap<Key, Value> {
    let document: Value = serde_json::from_str(&run.run_json).unwrap_or_default();
    let mut shares = BTreeMap::new();
    for share in list(&document, "share") {
        let kind = match text(&share["period"]).len() {
            4 => "1 year",
            7 => "2 month",
            _ => "3 night",
        };
        let key = (text(&share["definition"]), text(&share["scope"]), kind);
        shares.insert(key, share.clone());
    }
    shares
}

/// The definitions of the targets in their order: of the later run, else of today.
pub(super) fn leading(desk: &Desk, after: Option<&Documents>) -> Vec<String> {
    if let Some(after) = after {
        let targets = list(&after.rules, "targets").iter();
        return targets.map(|target| text(&target["definition"])).collect();
    }
    let targets = desk.config.targets.iter();
    targets
        .map(|target| target.definition.to_string())
        .collect()
}

/// The shares that differ, the whole before agencies, definitions in the order of the targets
/// (`leading`), the year before the month and the night.
pub(super) fn changed(from: &RunRecord, to: &RunRecord, leading: &[String]) -> Vec<ShareChange> {
    let (was, now) = (published(from), published(to));
    let none = Value::Null;
    let mut keys: Vec<&Key> = was.keys().chain(now.keys()).collect();
    let rank = |key: &Key| {
        let target = leading.iter().position(|definition| *definition == key.0);
        target.unwrap_or(leading.len())
    };
    keys.sort_by_key(|key| (!key.1.is_empty(), rank(key), key.2, &key.0, &key.1));
    keys.dedup();
    let mut changes = Vec::new();
    for key in keys {
        let (old, new) = (was.get(key).unwrap_or(&none), now.get(key).unwrap_or(&none));
        let names = [
            "numerator",
            "denominator",
            "share",
            "low",
            "high",
            "verdict",
        ];
        if names.iter().all(|name| old[*name] == new[*name]) {
            continue;
        }
        let texts = |name: &str| (text(&old[name]).into(), text(&new[name]).into());
        let whole = |name: &str| {
            let part = |share: &Value| share[name].as_i64().unwrap_or(0);
            (part(old), part(new))
        };
        changes.push(ShareChange {
            definition: key.0.as_str().into(),
            scope: key.1.as_str().into(),
            period: texts("period"),
            numerator: whole("numerator"),
            denominator: whole("denominator"),
            share: texts("share"),
            low: texts("low"),
            high: texts("high"),
            verdict: texts("verdict"),
            movers: Vec::new(),
            explained: None,
            causes: Vec::new(),
        });
    }
    changes
}

/// What one item adds at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Adds {
    day: String,
    pair: (i64, i64),
    /// All that it may count as, the first included; null where that is not told.
    outcomes: Value,
    exceptions: Vec<Box<str>>,
}

impl Adds {
    /// True when its day is one of the period's.
    fn is_within(&self, (from, to): &(String, String)) -> bool {
        *from <= self.day && self.day <= *to
    }
}

/// Before and after, by definition and item; of one scope.
type Items = BTreeMap<(String, String), (Option<Adds>, Option<Adds>)>;

/// Fills in what moved each share of the whole.
pub(super) async fn movers(
    desk: &Desk,
    (from, before): (&RunRecord, &Documents),
    (to, after): (&RunRecord, &Documents),
    causes: &Causes,
    diff: &mut Diff,
) -> Result<(), JobError> {
    let stand = [from, to].iter().all(|run| &*run.state == "published");
    let items = if diff.same_night {
        of_documents(before, after, "total")
    } else if stand && from.business_date < to.business_date {
        of_store(desk, from.business_date, to.business_date).await?
    } else {
        diff.not_compared.push((
            "khoản làm đổi tỷ lệ: chỉ so được hai bản của một đêm, hoặc hai đêm đang có hiệu lực theo thứ tự".to_owned(),
            "what moved the shares: told of two versions of a night, or of two standing nights in order".to_owned(),
        ));
        return Ok(());
    };
    let mut of_agencies: BTreeMap<Box<str>, Items> = BTreeMap::new();
    for share in &mut diff.shares {
        if share.period.0 != share.period.1 {
            continue;
        }
        if !share.scope.is_empty() {
            // what moved an agency's share is told by its causes alone
            if diff.same_night {
                let scope = share.scope.clone();
                let items = of_agencies
                    .entry(scope)
                    .or_insert_with_key(|scope| of_documents(before, after, scope));
                share.causes = causes_of(items, share, (before, after), causes);
            }
            continue;
        }
        let same_night = diff.same_night;
        let [was, now] = [before, after].map(|run| bounds(run, &share.period.0));
        let (Some(was), Some(now)) = (was, now) else {
            continue;
        };
        share.movers = moved(&items, &share.definition, (&was, &now), causes);
        let sums = share.movers.iter().map(Mover::delta);
        let sum = sums.fold((0_i64, 0_i64), |sum, delta| {
            (sum.0.saturating_add(delta.0), sum.1.saturating_add(delta.1))
        });
        let numerator = share.numerator.1.saturating_sub(share.numerator.0);
        let denominator = share.denominator.1.saturating_sub(share.denominator.0);
        share.explained = Some(sum == (numerator, denominator));
        share.causes = if same_night {
            of_bounds(&items, share, (&was, &now), causes)
        } else {
            Vec::new()
        };
        if share.movers.is_empty() && share.causes.is_empty() {
            share.causes = vec![causes.of_bounds()];
        }
    }
    Ok(())
}

/// What moved the bounds or the verdict of a share and not its figure: items that may count as
/// something else than before, and beside another verdict the states of the sources. Each once.
fn of_bounds(
    items: &Items,
    share: &ShareChange,
    (was, now): (&(String, String), &(String, String)),
    causes: &Causes,
) -> Vec<Cause> {
    let same = |pair: &(Box<str>, Box<str>)| pair.0 == pair.1;
    if same(&share.low) && same(&share.high) && same(&share.verdict) {
        return Vec::new();
    }
    let may = |adds: &Option<Adds>, period: &(String, String)| {
        let adds = adds.as_ref().filter(|adds| adds.is_within(period));
        adds.map_or((None, (0, 0)), |adds| {
            (Some(adds.outcomes.clone()), adds.pair)
        })
    };
    let mine = items
        .iter()
        .filter(|((of, _), _)| **of == *share.definition);
    let widened = mine.filter(|(_, (before, after))| {
        let ((could, was), (can, now)) = (may(before, was), may(after, now));
        was == now && could != can
    });
    let mut all: Vec<Cause> = widened.map(|((_, item), _)| causes.of_item(item)).collect();
    // what no input touches hangs on an item that one does
    all.retain(|cause| *cause != Cause::Unknown);
    if !same(&share.verdict) {
        all.extend(causes.of_states());
    }
    all.sort();
    all.dedup();
    all
}

/// The causes of what moved an agency's share, each once; of its bounds where nothing did.
fn causes_of(
    items: &Items,
    share: &ShareChange,
    (before, after): (&Documents, &Documents),
    causes: &Causes,
) -> Vec<Cause> {
    let [was, now] = [before, after].map(|run| bounds(run, &share.period.0));
    let both = was.as_ref().zip(now.as_ref());
    let movers = both.map_or_else(Vec::new, |both| {
        moved(items, &share.definition, both, causes)
    });
    let mut all: Vec<Cause> = movers.into_iter().map(|mover| mover.cause).collect();
    all.extend(both.map_or_else(Vec::new, |both| of_bounds(items, share, both, causes)));
    if all.is_empty() {
        all.push(causes.of_bounds());
    }
    all.sort();
    all.dedup();
    all
}

/// The first and the last day of a period as a run measured it.
fn bounds(run: &Documents, label: &str) -> Option<(String, String)> {
    let is_it = |share: &&Value| share["period"]["label"] == label;
    let share = list(&run.settlement, "shares").iter().find(is_it)?;
    let period = &share["period"];
    Some((text(&period["from"]), text(&period["to"])))
}

fn moved(
    items: &Items,
    definition: &str,
    (was, now): (&(String, String), &(String, String)),
    causes: &Causes,
) -> Vec<Mover> {
    let within = |adds: &Option<Adds>, period: &(String, String)| {
        let adds = adds.as_ref().filter(|adds| adds.is_within(period));
        adds.map_or((0, 0), |adds| adds.pair)
    };
    let mut movers = Vec::new();
    for ((of, item), (before, after)) in items {
        let pairs = (within(before, was), within(after, now));
        if of != definition || pairs.0 == pairs.1 {
            continue;
        }
        movers.push(Mover {
            item: item.as_str().into(),
            before: pairs.0,
            after: pairs.1,
            exceptions: after
                .as_ref()
                .map_or_else(Vec::new, |a| a.exceptions.clone()),
            cause: causes.of_item(item),
        });
    }
    movers.sort_by_key(|mover| {
        let (n, d) = mover.delta();
        (
            std::cmp::Reverse(n.unsigned_abs().saturating_add(d.unsigned_abs())),
            mover.item.clone(),
        )
    });
    movers
}

/// The items of two versions of one night in a scope: `total`, or an agency.
fn of_documents(before: &Documents, after: &Documents, scope: &str) -> Items {
    let mut items = Items::new();
    let adds = |row: &Value| Adds {
        day: text(&row["day"]),
        pair: (
            row["outcomes"][0][0].as_i64().unwrap_or(0),
            row["outcomes"][0][1].as_i64().unwrap_or(0),
        ),
        outcomes: row["outcomes"].clone(),
        exceptions: list(row, "exceptions")
            .iter()
            .map(|id| text(id).into())
            .collect(),
    };
    for (nth, run) in [before, after].into_iter().enumerate() {
        for row in list(&run.settlement, "contributions") {
            if !is_scope(&row["scope"], scope) {
                continue;
            }
            let key = (text(&row["definition"]), text(&row["item"]));
            let entry = items.entry(key).or_default();
            let place = if nth == 0 { &mut entry.0 } else { &mut entry.1 };
            *place = Some(adds(row));
        }
    }
    items
}

/// True for the total, or for the agency of this code and what may be of any.
fn is_scope(told: &Value, scope: &str) -> bool {
    match scope {
        "total" => told == scope,
        agency => told == "any_agency" || told["agency"] == agency,
    }
}

/// The items that the nights after `from` up to `to` changed.
async fn of_store(desk: &Desk, from: Day, to: Day) -> Result<Items, JobError> {
    let mut items = Items::new();
    let adds = |row: &Value| {
        let exceptions: Value = serde_json::from_str(&text(&row["exceptions"])).unwrap_or_default();
        let ids = exceptions.as_array().into_iter().flatten();
        let adds = Adds {
            day: text(&row["day"]),
            pair: (
                row["numerator"].as_i64().unwrap_or(0),
                row["denominator"].as_i64().unwrap_or(0),
            ),
            outcomes: Value::Null,
            exceptions: ids.map(|id| text(id).into()).collect(),
        };
        (row["live"] == 1).then_some(adds)
    };
    let mut day = from.plus(1);
    while day <= to {
        let (ended, begun) = desk.store.changed_items(day).await?;
        let whole = |row: &&Value| row["scope"] == "";
        let key = |row: &Value| (text(&row["definition"]), text(&row["item"]));
        for row in ended.iter().filter(whole) {
            let known = items.entry(key(row)).or_insert_with(|| (adds(row), None));
            known.1 = None;
        }
        for row in begun.iter().filter(whole) {
            items.entry(key(row)).or_default().1 = adds(row);
        }
        day = day.plus(1);
    }
    Ok(items)
}
