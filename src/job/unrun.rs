//! Days of which no night was published although one was due: nobody asked a source for them, so a
//! share over them is not proven, however complete the sources of tonight are. The days are those
//! that `status` counts: from `[start] date`, else from the first published night. On a day of rest
//! nothing is due of a source of files, as on its own night; a source that answers online is asked
//! of every day.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::error::JobError;
use crate::domain::{Day, Period, SourceFacts};

/// Tells each source of tonight the days of the year before it that have no night.
pub(super) async fn mark(
    desk: &Desk,
    night: Day,
    facts: &mut [SourceFacts],
) -> Result<(), JobError> {
    let published = desk.store.published_nights().await?;
    let first = first(desk, &published);
    let year = Period::year_to(night);
    let days = year.from.max(first.unwrap_or(night)).until(night);
    let days: Vec<Day> = days.filter(|day| !published.contains(day)).collect();
    for one in facts {
        let mut sources = desk.config.sources.iter();
        let asked = sources.any(|s| s.name == one.name && s.registration.speaks_http());
        let is_due = |day: &&Day| asked || !desk.config.calendar.rests(**day);
        one.unrun = days.iter().filter(is_due).copied().collect();
    }
    Ok(())
}

/// The first day of which a night is due; none before anything was published.
fn first(desk: &Desk, published: &BTreeSet<Day>) -> Option<Day> {
    desk.config.start.or(published.first().copied())
}

/// Of the stretches of a period without a published night the days of which one was due.
pub(super) async fn in_period(
    desk: &Desk,
    lacking: &[(Day, Day)],
) -> Result<BTreeSet<Day>, JobError> {
    let first = first(desk, &desk.store.published_nights().await?);
    let mut sources = desk.config.sources.iter();
    let asked = sources.any(|source| source.registration.speaks_http());
    let days = lacking.iter().flat_map(|(from, to)| {
        let from = first.map_or(*from, |first| first.max(*from));
        from.until(to.plus(1))
    });
    let is_due = |day: &Day| asked || !desk.config.calendar.rests(*day);
    Ok(days.filter(is_due).collect())
}

/// The days of which a night lacked when the sources were asked.
pub(super) fn of_sources(sources: &[SourceFacts]) -> BTreeSet<Day> {
    let days = sources.iter().flat_map(|source| &source.unrun);
    days.copied().collect()
}
