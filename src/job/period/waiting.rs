//! Decisions that no night has counted yet: what they change is in no figure, so nobody closes a
//! period over them without saying so.

use crate::decision::{Action, Entry};
use crate::domain::{Day, Period, Ruling, Side};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::text;

/// How many of them can change the period: all but those about money of later days that is given to
/// no dossier from before its end.
pub(super) async fn count(desk: &Desk, period: &Period) -> Result<u64, JobError> {
    let Some(last) = desk.store.last_run().await? else {
        return Ok(0);
    };
    let mut count = 0;
    for entry in desk.store.decisions().await? {
        let waits = entry.draft.night > last.business_date;
        if waits && can_change(desk, &entry, period.to).await? {
            count += 1;
        }
    }
    Ok(count)
}

/// False of an entry that rules on nothing, and of one about later days alone.
async fn can_change(desk: &Desk, entry: &Entry, end: Day) -> Result<bool, JobError> {
    let draft = &entry.draft;
    let is_later = |day: Option<Day>| day.is_some_and(|day| day > end);
    let pays_later = match &draft.action {
        Action::Assign(_) => return Ok(false),
        Action::Rule(Ruling::Pays(parts)) => {
            let mut days = parts.iter().map(|part| part.dossier_code.received_on());
            days.all(is_later)
        }
        // what an earlier ruling gave is taken back with it
        Action::Undo => is_later(
            draft
                .dossier_code
                .as_ref()
                .and_then(|code| code.received_on()),
        ),
        Action::Rule(_) => true,
    };
    if !pays_later || draft.row.side != Side::Txn {
        return Ok(true);
    }
    let txn = desk.store.txn(&draft.row).await?;
    Ok(!is_later(txn.map(|txn| txn.business_date)))
}

/// Why nothing is closed, and what to do.
pub(super) async fn refusal(
    desk: &Desk,
    period: &Period,
    count: u64,
) -> Result<JobError, JobError> {
    let lang = desk.config.lang;
    let last = desk.store.last_run().await?;
    let last = last.map_or(period.to, |run| run.business_date);
    let (count, night) = (text::number(lang, count), text::day(lang, last));
    let next = last.plus(1);
    let (next_told, next) = (text::day(lang, next), next.to_string());
    let args = [
        ("period", &*period.label),
        ("n", &*count),
        ("night", &*night),
        ("next", &*next_told),
        ("date", &*next),
    ];
    let say = |key| text::say(lang, key, &args);
    Ok(JobError::Usage {
        message: say("period-waiting"),
        fix: say("period-waiting-fix"),
    })
}
