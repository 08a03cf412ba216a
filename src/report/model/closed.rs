//! Pure: exceptions of earlier nights that are settled now, and by what: late matches explain why
//! yesterday's report said otherwise.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{Bucket, Class, Severity};
use crate::domain::ids::MADE;
use crate::domain::{Day, ExceptionId, Lang, RowKey, Ruling};
use crate::matching::MatchGroup;
use crate::report::facts::{Closed, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::{Classes, Index, RuledView, source_word};

/// The pass of what people paired.
const DECIDED: &str = "decision";

/// An exception that is settled since the night before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClosedView {
    /// Its stable id.
    pub id: ExceptionId,
    /// The id of its class.
    #[serde(skip)]
    pub class: Box<str>,
    /// The label of its class.
    pub label: String,
    /// The money that was at risk.
    pub amount: i128,
    /// The dossier it belonged to or named; may be empty.
    pub dossier: String,
    /// Its row as people know it: source, the provider's reference, amount and day. Empty for a
    /// fee line, which its dossier tells.
    pub row: String,
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
    /// The decision that ended it; none where the data did.
    #[serde(skip)]
    pub ended: Option<EndedBy>,
}

/// The decision that ended an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedBy {
    /// What was ruled, in a word; empty where it was ruled on another row of the matter.
    pub what: String,
    /// Who.
    pub by: Box<str>,
    /// When it was written; none where it was ruled on another row of the matter.
    pub on: Option<Day>,
    /// Why, with the note behind it.
    pub reason: Box<str>,
}

impl From<RuledView> for EndedBy {
    fn from(ruled: RuledView) -> Self {
        Self {
            what: ruled.what,
            by: ruled.by,
            on: Some(ruled.on),
            reason: ruled.reason,
        }
    }
}

impl ClosedView {
    /// What became of it: `matched`, `ruled` (by a person), `changed` (work under another class),
    /// `other`.
    pub fn outcome(&self) -> &'static str {
        match () {
            () if self.changed => "changed",
            () if self.ended.is_some() => "ruled",
            () if self.matched => "matched",
            () => "other",
        }
    }

    /// The same in words.
    pub fn outcome_word(&self, lang: Lang) -> String {
        let key = match self.outcome() {
            "changed" => "closed-outcome-changed",
            "ruled" => "closed-outcome-ruled",
            "matched" => "closed-outcome-matched",
            _ => "closed-outcome-other",
        };
        text::say(lang, key, &[])
    }
}

/// All of a night for its files; empty without a night before.
pub fn every_closed(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: &[Class],
) -> Vec<ClosedView> {
    list(index, settlement, facts, Classes(classes)).unwrap_or_default()
}

/// Bucket and class of a row now, whether it is open work, and who ended it with what reason.
type Now<'s> = (Bucket, &'s str, bool, Option<(&'s str, &'s str)>);

/// The group of a row now, and what it is.
type Found<'s> = (Option<&'s MatchGroup>, Option<Now<'s>>);

/// Those that are matched now first, of these the oldest; none without a night before.
pub(super) fn list(
    index: &Index<'_>,
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
            entry.1 = Some((row.bucket, row.class, work, row.ended_by()));
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
        let found = found.get(&closed.key).copied().unwrap_or_default();
        let end = End::of(found, &closed.key, facts, classes);
        views.push(ClosedView {
            id: closed.id.clone(),
            class: closed.class.clone(),
            label: classes.text(&closed.class, lang, |class| class.label),
            amount: closed.at_risk.wide(),
            dossier: closed
                .dossier
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            row: row_words(index, lang, closed),
            opened_on: closed.opened,
            age_days: facts.business_date.days_since(closed.opened).max(0),
            how: end.how,
            matched: end.matched,
            changed: end.changed,
            ended: end.ended,
        });
    }
    views.sort_by_key(|view| {
        let (age, amount) = (Reverse(view.age_days), Reverse(view.amount));
        (!view.matched, view.changed, age, amount, view.id.clone())
    });
    Some(views)
}

/// How an exception ended.
struct End {
    how: String,
    matched: bool,
    changed: bool,
    ended: Option<EndedBy>,
}

impl End {
    fn of((group, now): Found<'_>, key: &RowKey, facts: &RunFacts, classes: Classes<'_>) -> Self {
        let lang = facts.lang;
        let changed = now.is_some_and(|(_, _, work, _)| work);
        // a claim that somebody gave up is not matched: its money never came
        let given_up = now.and_then(|(.., ended)| ended).filter(|_| !changed);
        let is_matched =
            |(bucket, class, ..): Now<'_>| bucket == Bucket::Matched && class != "refunded";
        let matched = !changed && given_up.is_none() && now.is_some_and(is_matched);
        let own = facts.page.ruled(key);
        let aside = own.is_some_and(|ruled| match (now, &ruled.ruling) {
            (Some((_, "not_fee", ..)), Ruling::NotFee)
            | (Some((_, "batch_settlement", ..)), Ruling::Payout { .. }) => !changed,
            _ => false,
        });
        let view = |ruled| RuledView::new(lang, ruled);
        let ended = if given_up.is_some() || aside {
            own.map(view)
        } else {
            let group = group.filter(|group| matched && group.pass == DECIDED);
            let money = group.into_iter().flat_map(|group| &group.legs);
            let mut ruled = money.filter_map(|leg| facts.page.ruled(&leg.money));
            ruled.next().map(view)
        };
        let how = match (&ended, given_up, group.filter(|_| matched), now) {
            (Some(ruled), ..) => ruled.said(lang),
            (None, Some((by, reason)), ..) => {
                text::say(lang, "closed-ended", &[("by", by), ("reason", reason)])
            }
            (None, None, Some(group), _) => group.label().get(lang).to_owned(),
            (None, None, None, Some((_, class, ..))) => {
                let label = classes.text(class, lang, |class| class.label);
                if changed {
                    text::say(lang, "closed-changed-to", &[("class", &label)])
                } else {
                    label
                }
            }
            (None, None, None, None) => text::say(lang, "closed-not-seen", &[]),
        };
        let elsewhere = given_up.map(|(by, reason)| EndedBy {
            what: String::new(),
            by: by.into(),
            on: None,
            reason: reason.into(),
        });
        Self {
            how,
            matched,
            changed,
            ended: ended.map(EndedBy::from).or(elsewhere),
        }
    }
}

/// What finance staff find the row by: source, number, amount and day; of a row that nobody
/// numbered its place in a file, where it has one. Empty for a fee line.
fn row_words(index: &Index<'_>, lang: Lang, closed: &Closed) -> String {
    let key = &closed.key;
    if key.dossier.is_some() {
        return String::new();
    }
    let (number, amount, day) = if let Some(txn) = index.txn(key) {
        (txn.reference(), txn.amount, txn.paid_on)
    } else if let Some(receipt) = index.receipt(key) {
        let day = receipt.collected_at.day();
        (receipt.receipt_no.to_string(), receipt.amount, day)
    } else {
        // gone from the data: what the night before knew of it
        (key.id.to_string(), closed.amount, closed.day)
    };
    let place = closed.place.as_ref().map(|(file, line)| {
        let args = [("file", &**file), ("line", &*text::number(lang, *line))];
        text::say(lang, "closed-place", &args)
    });
    let numbered = !number.is_empty() && !number.starts_with(MADE);
    let name = match place {
        Some(place) => place,
        None if numbered => number,
        None => text::say(lang, "closed-unnumbered", &[]),
    };
    let amount = (amount.get() != 0).then(|| text::money_of(lang, amount));
    let source = source_word(lang, key.source.as_str());
    let parts = [Some(source), Some(name), amount, Some(text::day(lang, day))];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" – ")
}
