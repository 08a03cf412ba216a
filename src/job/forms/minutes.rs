//! The minutes of a period with one provider: its rows, and what the nights tell of it.

use std::collections::BTreeSet;

use super::handed::handed_on;
use super::{Known, collects, party_b};
use crate::config::source::SourceSettings;
use crate::domain::{Day, Period, ProviderRow, SourceName};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::nightly::Decided;
use crate::job::stored;
use crate::report::facts::Figure;
use crate::report::forms::Minutes;

pub(super) async fn minutes<'a>(
    desk: &'a Desk,
    decided: &'a Decided,
    over: &'a Period,
    source: &'a SourceSettings,
    known: &Known,
) -> Result<Minutes<'a>, JobError> {
    let (store, name, night) = (&desk.store, &source.name, known.told_to);
    let begins = known.begins;
    let word = desk.config.provider_word(source);
    let mut rows = store.provider_rows(name, over, night).await?;
    let (mut late, mut changed) = (Vec::new(), Vec::new());
    if known.had_eve {
        let since = store.decided_since(name, over.from, begins, night).await?;
        for (before, after) in since {
            match before {
                None => late.push(after),
                Some(before) => changed.push((before, after)),
            }
        }
    }
    let since = since(desk, &rows, name, night).await?;
    let opening = store.open_provider_rows(name, over.from, begins).await?;
    let mut closing = still_open(desk, name, over, (begins, night)).await?;
    if known.is_past {
        // what became of a row later is none of what is told
        for row in &mut closing {
            row.since = None;
        }
    }
    let on = handed_on(desk, over, name, (begins, night)).await?;
    rows.splice(..0, late);
    let (incomplete, unasked) = untold(desk, over, name, night).await?;
    let named = rows.iter().filter_map(|row| row.order_ref.as_deref());
    let orders = store
        .own_orders(word, over, &named.collect(), night)
        .await?;
    Ok(Minutes {
        lang: decided.facts.lang,
        unit: &decided.facts.unit,
        provider: (party_b(decided.facts.lang, source), name.as_str()),
        period: over,
        cutoff: source.cutoff.minutes(),
        run: &decided.run.id,
        collects: collects(source),
        told_to: night,
        begins: Some(begins).filter(|night| known.had_eve && *night >= over.from),
        missing: known.missing.clone(),
        incomplete,
        unasked,
        opening,
        rows,
        changed,
        since,
        withheld: on.withheld,
        kept_before: kept_before(desk, over, name, night).await?,
        as_of: Vec::new(),
        closing,
        handed: on.handed,
        ordered: store.ordered(word, over, night).await?,
        orders,
        unseen: store.missing_payments(over.to, night).await?,
        word,
    })
}

/// The rows of days up to the end of the period that were open on `night`; those of before the
/// period on the night up to which the paper before told them, where that is a later one.
async fn still_open(
    desk: &Desk,
    name: &SourceName,
    over: &Period,
    (begins, night): (Day, Day),
) -> Result<Vec<ProviderRow>, JobError> {
    let store = &desk.store;
    let all = store.open_provider_rows(name, over.to.plus(1), night);
    let all = all.await?;
    if begins <= night {
        return Ok(all);
    }
    let mut open = store.open_provider_rows(name, over.from, begins).await?;
    open.extend(all.into_iter().filter(|row| over.holds(row.business_date)));
    Ok(open)
}

/// What the nights of the period up to `night` add to what people paid, because it was kept before
/// the source told the amount.
async fn kept_before(
    desk: &Desk,
    over: &Period,
    name: &SourceName,
    night: Day,
) -> Result<Figure, JobError> {
    let told = Period::range(over.from, over.to.min(night));
    let (count, dong) = desk.store.kept_before(name, &told).await?;
    Ok(Figure::new(count, dong))
}

/// Of `rows`, which are of the period, those left out that were decided otherwise after the night
/// of their day: as in that night, and as on `night`.
async fn since(
    desk: &Desk,
    rows: &[ProviderRow],
    name: &SourceName,
    night: Day,
) -> Result<Vec<(ProviderRow, ProviderRow)>, JobError> {
    let left_out = rows.iter().filter(|row| &*row.bucket == "excluded");
    let days: BTreeSet<Day> = left_out.map(|row| row.business_date).collect();
    let mut all = Vec::new();
    for day in days {
        let decided = desk.store.decided_since(name, day.plus(1), day, night);
        for (before, now) in decided.await? {
            let is_of_day = now.business_date == day && &*now.bucket == "excluded";
            all.extend(before.filter(|_| is_of_day).map(|was| (was, now)));
        }
    }
    Ok(all)
}

/// What the source had not told by a night: days of the period, and orders not asked about. What
/// comes of them later stands in the next paper, so this one has to name them.
async fn untold(
    desk: &Desk,
    over: &Period,
    name: &SourceName,
    night: Day,
) -> Result<(Vec<Day>, u64), JobError> {
    let Some(run) = desk.store.published(night).await? else {
        return Ok((Vec::new(), 0));
    };
    let sources = stored::sources(&run.sources_json)?.into_iter();
    let mut own = sources.filter(|facts| facts.name == *name);
    Ok(own.next().map_or((Vec::new(), 0), |facts| {
        let days = facts.missing_days.into_iter();
        let within = |day: &Day| (over.from..=over.to).contains(day);
        (days.filter(within).collect(), facts.missing_orders)
    }))
}
