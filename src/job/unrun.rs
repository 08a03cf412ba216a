//! Days of which no night was published although one was due: a share over them is not proven,
//! however complete the sources of tonight are, unless a later night asked for all of the day. The
//! days are those that `status` counts: from `[start] date`, else from the first published night.
//!
//! Of a source of files a day of rest lacks nothing, as on its own night. A source that answers
//! online is asked of every day; a day lacks nothing of it once it answered completely, whichever
//! night asked: a feed and a registry of the day itself, a gateway of every order made on it.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::error::JobError;
use crate::config::SourceSettings;
use crate::domain::{Day, Period, SourceFacts};
use crate::source::Ability;

/// Tells each source of tonight the days of the year before it that have no night and that no
/// later answer of the source covers.
pub(super) async fn mark(
    desk: &Desk,
    night: Day,
    facts: &mut [SourceFacts],
) -> Result<(), JobError> {
    let published = desk.store.published_nights().await?;
    let first = first(desk, &published);
    let year = Period::year_to(night);
    let days = year.from.max(first.unwrap_or(night)).until(night);
    let days: BTreeSet<Day> = days.filter(|day| !published.contains(day)).collect();
    for one in facts {
        let mut sources = desk.config.sources.iter();
        if let Some(source) = sources.find(|source| source.name == one.name) {
            let lacking = lacking(desk, source, &days, night).await?;
            one.unrun = lacking.into_iter().collect();
        }
    }
    Ok(())
}

/// The first day of which a night is due; none before anything was published.
fn first(desk: &Desk, published: &BTreeSet<Day>) -> Option<Day> {
    desk.config.start.or(published.first().copied())
}

/// Those of the days without a night of which something of the source lacks, by what the nights up
/// to `until` were told.
async fn lacking(
    desk: &Desk,
    source: &SourceSettings,
    days: &BTreeSet<Day>,
    until: Day,
) -> Result<BTreeSet<Day>, JobError> {
    if days.is_empty() {
        return Ok(BTreeSet::new());
    }
    match source.registration.ability {
        Ability::Folder => {
            let works = |day: &&Day| !desk.config.calendar.rests(**day);
            Ok(days.iter().filter(works).copied().collect())
        }
        Ability::List | Ability::Registry => {
            let told = desk.store.complete_days(&source.name, days, until).await?;
            Ok(days.difference(&told).copied().collect())
        }
        Ability::Probe => {
            let provider = desk.config.provider_word(source);
            let whose = (provider, &source.name);
            Ok(desk.store.days_unanswered(whose, days, until).await?)
        }
    }
}

/// Of the stretches of a period without a published night the days of which one was due and of
/// which a source lacks something. `nights`: those of the knowledge; what comes after the last of
/// them is no night that was left out.
pub(super) async fn in_period(
    desk: &Desk,
    stretches: &[(Day, Day)],
    nights: &BTreeSet<Day>,
) -> Result<BTreeSet<Day>, JobError> {
    let Some(until) = nights.last().copied() else {
        return Ok(BTreeSet::new());
    };
    let first = first(desk, nights).unwrap_or(until);
    let days = stretches.iter().flat_map(|(from, to)| {
        let from = first.max(*from);
        from.until(until.min(to.plus(1)))
    });
    let days: BTreeSet<Day> = days.collect();
    let sources = &desk.config.sources;
    let any = sources.iter().any(|source| source.required);
    let mut all = BTreeSet::new();
    for source in sources.iter().filter(|source| source.required || !any) {
        all.extend(lacking(desk, source, &days, until).await?);
    }
    Ok(all)
}

/// The days of which something lacked when the sources were asked: nobody waits for an optional
/// one, unless all are.
pub(super) fn of_sources(sources: &[SourceFacts]) -> BTreeSet<Day> {
    let any = sources.iter().any(|source| source.required);
    let counts = sources.iter().filter(|source| source.required || !any);
    let days = counts.flat_map(|source| &source.unrun);
    days.copied().collect()
}
