//! What a source that has not delivered may still bring, from its own history: a widened interval,
//! labelled and kept apart from the proven one.
//!
//! A day that is missing is taken to bring between the least and the most that a day of the last
//! four weeks brought, of those on which the source was complete. Payments without cash can only
//! raise the share, cash and what goes back can only lower it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::desk::Desk;
use super::error::JobError;
use super::stored;
use super::trend::decimal;
use crate::domain::{Completeness, Day, Fraction, SourceFacts};
use crate::kpi::{Period, Share};
use crate::report::facts::Estimate;
use crate::settle::{Inputs, Settlement};
use crate::store::Daily;
use crate::text;

/// How far history reaches back, in days.
const REACH: u32 = 28;
/// A source with fewer complete days has no history to go by.
const ENOUGH: usize = 7;

/// The most that the missing days of one source may bring.
struct Missing {
    days: BTreeSet<Day>,
    cash: bool,
    /// The most of a day: events and dong.
    most: Daily,
    history: usize,
}

/// The estimates of the total's shares; none while every required source is complete, and none
/// where a missing one has no history.
pub(super) async fn estimates(
    desk: &Desk,
    day: Day,
    pool: &Inputs,
    settlement: &Settlement,
) -> Result<Vec<Estimate>, JobError> {
    let late = |source: &&SourceFacts| source.required && source.state != Completeness::Complete;
    let late: Vec<&SourceFacts> = pool.sources.iter().filter(late).collect();
    // of days without a night nothing is known, neither here nor of the registry
    let gap = pool.sources.iter().any(|source| !source.unrun.is_empty());
    if late.is_empty() || gap {
        return Ok(Vec::new());
    }
    let mut missing = Vec::new();
    let mut complete = complete_days(desk, day).await?;
    for source in &late {
        let days = complete.remove(source.name.as_str()).unwrap_or_default();
        if days.len() < ENOUGH {
            return Ok(Vec::new());
        }
        missing.push(of_source(desk, day, source, &days).await?);
    }
    let names: Vec<&str> = late.iter().map(|source| source.name.as_str()).collect();
    let least = missing.iter().map(|m| m.history).min().unwrap_or(0);
    let (names, least) = (names.join(", "), least.to_string());
    let args = [("sources", names.as_str()), ("days", least.as_str())];
    let basis = text::say(desk.config.lang, "estimate-basis", &args);
    let total = settlement
        .shares
        .iter()
        .filter(|share| share.agency.is_none());
    Ok(total
        .filter_map(|share| widened(share, &missing, &basis))
        .collect())
}

/// The intervals as a run published them: what its sources brought on earlier days may be more
/// today. What each rests on is told in the language that is asked for.
pub(super) fn tell(estimates: &mut Vec<Estimate>, run_json: &str) {
    let document: Value = serde_json::from_str(run_json).unwrap_or_default();
    let shares = document["share"].as_array();
    let told = |estimate: &mut Estimate| {
        let is_it = |share: &&Value| {
            share["definition"] == *estimate.definition
                && share["scope"] == *estimate.scope
                && share["period"] == *estimate.period
        };
        let share = shares.into_iter().flatten().find(is_it);
        let bound = |name: &str| decimal(share?["estimated"][name].as_str()?);
        let Some((low, high)) = bound("low").zip(bound("high")) else {
            return false;
        };
        (estimate.low, estimate.high) = (low, high);
        true
    };
    estimates.retain_mut(told);
}

/// Of each source the days of the last four weeks on which it was complete.
async fn complete_days(desk: &Desk, day: Day) -> Result<BTreeMap<String, BTreeSet<Day>>, JobError> {
    let mut complete: BTreeMap<String, BTreeSet<Day>> = BTreeMap::new();
    let from = day.minus(REACH);
    for run in desk.store.published_between(from, day).await? {
        let of = run.business_date;
        for source in stored::sources(&run.sources_json)? {
            if source.state == Completeness::Complete {
                complete
                    .entry(source.name.to_string())
                    .or_default()
                    .insert(of);
            }
        }
    }
    Ok(complete)
}

async fn of_source(
    desk: &Desk,
    day: Day,
    source: &SourceFacts,
    complete: &BTreeSet<Day>,
) -> Result<Missing, JobError> {
    let (from, to) = (day.minus(REACH), day.minus(1));
    let cash = !source.carries_money;
    let daily = if cash {
        desk.store.daily_cash(from, to).await?
    } else {
        desk.store.daily_payments(&source.name, from, to).await?
    };
    let of_complete = daily.iter().filter(|(of, _)| complete.contains(of));
    let most = of_complete.fold(Daily::default(), |most, (_, of)| Daily {
        count: most.count.max(of.count),
        sum: most.sum.max(of.sum),
        back_count: most.back_count.max(of.back_count),
        back_sum: most.back_sum.max(of.back_sum),
    });
    let mut days: BTreeSet<Day> = source.missing_days.iter().copied().collect();
    days.insert(day);
    Ok(Missing {
        days,
        cash,
        most,
        history: complete.len(),
    })
}

/// The proven interval with what the missing days may bring; none of definitions that count
/// neither payments nor what was paid.
fn widened(share: &Share, missing: &[Missing], basis: &str) -> Option<Estimate> {
    let (low, high) = share.low.zip(share.high).filter(|_| share.enough_data)?;
    // what came and what went back, in the unit of the definition
    let unit: fn(&Daily) -> (i128, i128) = match share.definition {
        "TX_CASHLESS" | "DOSSIER_CASHLESS" => |daily| (daily.count, daily.back_count),
        "AMOUNT_CASHLESS" => |daily| (daily.sum, daily.back_sum),
        _ => return None,
    };
    let brought = |cash: bool| -> Option<(i128, i128)> {
        let mut sums = (0_i128, 0_i128);
        for of in missing.iter().filter(|of| of.cash == cash) {
            let ((came, back), days) = (unit(&of.most), days_in(&share.period, &of.days));
            sums.0 = sums.0.checked_add(came.checked_mul(days)?)?;
            sums.1 = sums.1.checked_add(back.checked_mul(days)?)?;
        }
        Some(sums)
    };
    let ((cashless, back), (cash, _)) = (brought(false)?, brought(true)?);
    let back = back.min(low.num);
    Some(Estimate {
        definition: share.definition.into(),
        scope: "".into(),
        period: share.period.label.clone(),
        low: Fraction::new(low.num - back, low.den.checked_add(cash)? - back)
            .unwrap_or(Fraction { num: 0, den: 1 }),
        high: Fraction::new(
            high.num.checked_add(cashless)?,
            high.den.checked_add(cashless)?,
        )?,
        basis: basis.into(),
    })
}

fn days_in(period: &Period, days: &BTreeSet<Day>) -> i128 {
    days.iter()
        .filter(|day| period.holds(**day))
        .map(|_| 1)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_widens_on_its_own_side_only() {
        let day = |n: u32| Day::parse("2022-12-01").unwrap().plus(n - 1);
        let share = Share {
            definition: "TX_CASHLESS",
            agency: None,
            cell: None,
            period: Period::year_to(day(9)),
            numerator: 50,
            denominator: 100,
            low: Fraction::new(48, 100),
            high: Fraction::new(52, 100),
            outer: false,
            enough_data: true,
            target: None,
            verdict: None,
            deciding: crate::kpi::Deciding::default(),
        };
        let missing = |cash: bool, days: &[u32], count: i128| Missing {
            days: days.iter().map(|n| day(*n)).collect(),
            cash,
            most: Daily {
                count,
                back_count: i128::from(!cash),
                ..Daily::default()
            },
            history: 7,
        };
        let check = |missing: &[Missing], low: (i128, i128), high: (i128, i128)| {
            let made = widened(&share, missing, "x").unwrap();
            assert_eq!((made.low.num, made.low.den), low);
            assert_eq!((made.high.num, made.high.den), high);
        };
        check(&[missing(false, &[8, 9], 10)], (46, 98), (72, 120));
        check(&[missing(true, &[9], 10)], (48, 110), (52, 100));
        let both = [missing(false, &[9], 10), missing(true, &[9, 10], 5)];
        check(&both, (47, 104), (62, 110));
    }
}
