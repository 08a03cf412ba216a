//! Retention: archived bytes that only nights older than the rule need are removed. Rows, runs,
//! decisions, the chain over them and the lists that seal them stay.

use chrono::Datelike;
use serde::Serialize;

use super::desk::Desk;
use super::error::JobError;
use crate::domain::Day;
use crate::store::ExceptionFilter;

/// What was removed, or in a dry run would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Only bytes that no night from this day on needs.
    pub before: Day,
    /// Set where the rule alone would reach further: the first night of an item that is still open.
    pub held_by_open: Option<Day>,
    /// Files in the archive.
    pub files: usize,
    /// Their bytes, compressed.
    pub bytes: u64,
}

/// Removes by the configured rule. Counted from the last published night, not from today, so that
/// an office that stopped loses nothing. Call it while holding the lease.
pub async fn prune(desk: &Desk, dry_run: bool) -> Result<Pruned, JobError> {
    let Some(last) = desk.store.last_run().await? else {
        return Err(JobError::Usage {
            message: "no night has been published yet".into(),
            fix: "there is nothing to prune".into(),
        });
    };
    let rule = years_before(last.business_date, desk.config.retention_years);
    let open = first_open(desk).await?.filter(|open| *open < rule);
    let before = open.unwrap_or(rule);
    let (mut objects, mut bytes) = (Vec::new(), 0);
    for (sha256, day) in desk.store.evidence().await? {
        let is_old = Day::parse(&day).is_ok_and(|day| day < before);
        if !is_old {
            continue;
        }
        if let Some((_, size)) = desk.archive.file(&sha256)? {
            bytes += size;
            objects.push(sha256);
        }
    }
    if !dry_run {
        let counted = (before, &last.id);
        desk.store.prune(&desk.archive, &objects, counted).await?;
    }
    Ok(Pruned {
        before,
        held_by_open: open,
        files: objects.len(),
        bytes,
    })
}

/// The same day some years before; 28 February for the 29th.
fn years_before(day: Day, years: u32) -> Day {
    let date = day.date();
    let year = i64::from(date.year()) - i64::from(years);
    let of = |day_of_month: u32| {
        Day::parse(&format!("{year:04}-{:02}-{day_of_month:02}", date.month())).ok()
    };
    let found = of(date.day()).or_else(|| of(28));
    found.unwrap_or_else(|| day.minus(years.saturating_mul(366)))
}

/// The first day that an item which is still open hangs on.
async fn first_open(desk: &Desk) -> Result<Option<Day>, JobError> {
    let open = desk.store.exceptions(&ExceptionFilter::default()).await?;
    let days = open.iter().map(|open| open.opened.min(open.business_date));
    Ok(days.min())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_calendar_years() {
        let check = |day: &str, years: u32, wanted: &str| {
            let day = Day::parse(day).unwrap();
            assert_eq!(years_before(day, years).to_string(), wanted);
        };
        check("2032-12-05", 10, "2022-12-05");
        check("2024-02-29", 1, "2023-02-28");
        check("2024-02-29", 4, "2020-02-29");
    }
}
