//! Pure: a period that a night after its end tells, because that night knows rows of its days which
//! the last night in it did not. What is of other days is taken out, so that the first screen, the
//! sections and `run.json` tell one figure, and the texts say whose knowledge it is.

use std::collections::BTreeSet;

use crate::classify::Bucket;
use crate::domain::{Completeness, ExceptionId, Period};
use crate::report::facts::{RunFacts, SourceNight};
use crate::settle::{Inputs, Settlement};
use crate::text;

use super::Report;
use super::index::Index;
use super::nights::{Later, NightSources};

/// Leaves of a run what is of the period: rows of its days and of those before, its own shares, and
/// the end of its work list as the run knows it.
pub fn keep_to_period(inputs: &mut Inputs, settlement: &mut Settlement, facts: &mut RunFacts) {
    let Some(period) = facts.over.clone().filter(|_| facts.is_told_later()) else {
        return;
    };
    settlement.rows.retain(|row| row.business_date <= period.to);
    settlement.shares.retain(|share| share.period == period);
    settlement.breakdown.retain(|share| share.period == period);
    let rejected = settlement.rows.iter();
    let rejected = rejected.filter(|row| row.bucket == Bucket::Rejected);
    let rejected: BTreeSet<&ExceptionId> = rejected
        .filter_map(|row| row.exception_id.as_ref())
        .collect();
    inputs.rejects.retain(|reject| {
        let id = ExceptionId::of("reject", &reject.key());
        rejected.contains(&id)
    });
    // what the night of the run compares itself with, read and paired
    (facts.previous, facts.changes) = (None, None);
    facts.changed_groups.clear();
    facts.estimates.clear();
    let page = &mut facts.page;
    (page.month_before, page.week_before) = (None, None);
    page.agency_days.clear();
    page.cell_days.clear();
    page.open_before.clear();
    page.files.clear();
    if let Some(mut nights) = facts.nights.take() {
        nights.known_later(&Index::new(inputs), settlement, facts);
        facts.nights = Some(nights);
    }
}

/// How complete each source is for the period: as on its last night, or on the first one after it
/// on which nothing of the days of the period lacked any more. The nights are the last one of the
/// period and those after it; a source that is not asked since then is not looked for.
pub fn sources_of(period: &Period, nights: &[NightSources]) -> Vec<SourceNight> {
    let Some((last, after)) = nights.split_first() else {
        return Vec::new();
    };
    let of = |own: &SourceNight| {
        if whole(own, period) {
            return own.clone();
        }
        let mut came = after.iter().flat_map(|night| &night.sources);
        let came = came.any(|one| one.facts.name == own.facts.name && whole(one, period));
        let mut source = own.clone();
        if came {
            let facts = &mut source.facts;
            facts.state = Completeness::Complete;
            (facts.missing_days, facts.missing_orders, facts.trouble) = (Vec::new(), 0, None);
        }
        source
    };
    last.sources.iter().map(of).collect()
}

/// True where nothing of the days of the period lacks: days are asked for until they came.
fn whole(source: &SourceNight, period: &Period) -> bool {
    let facts = &source.facts;
    let others = !facts.missing_days.is_empty()
        && facts.missing_orders == 0
        && facts.missing_days.iter().all(|day| *day > period.to);
    match facts.state {
        Completeness::Complete => true,
        Completeness::Partial | Completeness::Late | Completeness::Missing => others,
        Completeness::Refused => false,
    }
}

/// What came and went of the work after the last night of the period, in words.
pub(super) fn say(facts: &RunFacts, later: Later, closing: u64, key: &str) -> String {
    let lang = facts.lang;
    let args = [
        ("after", text::day(lang, later.after)),
        ("day", text::day(lang, later.night)),
        ("opened", text::number(lang, later.opened)),
        ("settled", text::number(lang, later.settled)),
        ("closing", text::number(lang, closing)),
    ];
    let args = args.each_ref().map(|(name, value)| (*name, &**value));
    text::say(lang, key, &args)
}

impl Report {
    /// The first of two keys in the report of a period that a later night tells, else the second.
    pub(super) fn if_later(&self, later: &'static str, other: &'static str) -> &'static str {
        if self.told_later { later } else { other }
    }

    /// What the column is called of what joins the nights, and of what changed since.
    pub fn between_key(&self) -> &'static str {
        self.if_later("carry-between-later", "carry-between")
    }
}
