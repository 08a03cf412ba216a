//! Pure: exceptions of earlier nights that are settled now, and by what: late matches explain why
//! yesterday's report said otherwise.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{Bucket, Severity};
use crate::domain::{Day, ExceptionId, RowKey};
use crate::matching::MatchGroup;
use crate::report::facts::RunFacts;
use crate::settle::Settlement;
use crate::text;

use super::Classes;

/// An exception that is settled since the night before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClosedView {
    /// Its stable id.
    pub id: ExceptionId,
    /// The label of its class.
    pub label: String,
    /// The money that was at risk.
    pub amount: i128,
    /// The row's id.
    pub row_id: Box<str>,
    /// The dossier it belonged to or named; may be empty.
    pub dossier: String,
    /// Since when it was open.
    pub opened_on: Day,
    /// For how many days.
    pub age_days: i64,
    /// What settled it: the pass that matched it, or what it is called now.
    pub how: String,
    /// True when it is matched now and nothing of it is left to do.
    pub matched: bool,
    /// True when its row is still work under another class: it is not settled.
    pub changed: bool,
}

/// Bucket and class of a row now, and whether it is open work.
type Now<'s> = (Bucket, &'s str, bool);

/// The group of a row now, and what it is.
type Found<'s> = (Option<&'s MatchGroup>, Option<Now<'s>>);

/// Those that are matched now first, of these the oldest; none without a night before.
pub(super) fn list(
    settlement: &Settlement,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> Option<Vec<ClosedView>> {
    let changes = facts.changes.as_ref()?;
    let lang = facts.lang;
    let keys = changes.closed.iter().map(|closed| &closed.key);
    let mut found: BTreeMap<&RowKey, Found<'_>> = keys.map(|key| (key, (None, None))).collect();
    for row in &settlement.rows {
        if let Some(entry) = found.get_mut(&row.key) {
            let work = row.exception_id.is_some() && row.severity != Severity::Info;
            entry.1 = Some((row.bucket, row.class, work));
        }
    }
    for group in &settlement.groups {
        for leg in &group.legs {
            if let Some(entry) = found.get_mut(&leg.money) {
                entry.0 = entry.0.or(Some(group));
            }
            let line = leg.dossier_code.as_ref().zip(leg.fee_id.as_ref());
            let line = line.map(|(dossier, fee)| RowKey::fee(dossier, fee));
            if let Some(key) = line
                && let Some(entry) = found.get_mut(&key)
            {
                entry.0 = entry.0.or(Some(group));
            }
        }
    }
    let mut views: Vec<ClosedView> = Vec::new();
    for closed in &changes.closed {
        let (group, now) = found.get(&closed.key).copied().unwrap_or_default();
        let changed = now.is_some_and(|(_, _, work)| work);
        let matched = !changed && now.is_some_and(|(bucket, ..)| bucket == Bucket::Matched);
        let how = match (group.filter(|_| matched), now) {
            (Some(group), _) => group.label().get(lang).to_owned(),
            (None, Some((_, class, _))) => {
                let label = classes.text(class, lang, |class| class.label);
                if changed {
                    text::say(lang, "closed-changed-to", &[("class", &label)])
                } else {
                    label
                }
            }
            (None, None) => text::say(lang, "closed-not-seen", &[]),
        };
        views.push(ClosedView {
            id: closed.id.clone(),
            label: classes.text(&closed.class, lang, |class| class.label),
            amount: closed.amount.wide(),
            row_id: (&*closed.key.id).into(),
            dossier: closed
                .dossier
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            opened_on: closed.opened,
            age_days: facts.business_date.days_since(closed.opened).max(0),
            how,
            matched,
            changed,
        });
    }
    views.sort_by_key(|view| {
        let (age, amount) = (Reverse(view.age_days), Reverse(view.amount));
        (!view.matched, view.changed, age, amount, view.id.clone())
    });
    Some(views)
}
