//! What only reads: it takes no lease, so a night that begins is not turned away, and it sees one
//! state of the database, so a night that publishes meanwhile cannot mix with it.

use std::time::Duration;

use super::desk::Desk;
use super::error::JobError;

/// How often it is read again where a night was at work.
const AGAIN: u32 = 4;
/// The pause before that: a night reveals its folder a moment after its commit.
const PAUSE: Duration = Duration::from_secs(1);

/// Does `work` on one state of the database. Folders and archive are no part of that state: where
/// the result is not well (`is_well`) and a night was at work, it is read again, since the two may
/// have been looked at before and after a publication.
pub async fn read<T>(
    desk: &Desk,
    work: impl AsyncFn(&Desk) -> Result<T, JobError>,
    is_well: impl Fn(&T) -> bool,
) -> Result<T, JobError> {
    let mut left = AGAIN;
    loop {
        let before = desk.store.standing_runs().await?;
        let still = Desk {
            store: desk.store.snapshot().await?,
            ..desk.clone()
        };
        let done = work(&still).await;
        drop(still);
        let ends = match &done {
            Ok(found) => is_well(found),
            Err(problem) => matches!(problem, JobError::Usage { .. } | JobError::Stopped(_)),
        };
        if ends || left == 0 {
            return done;
        }
        let moved = desk.store.standing_runs().await? != before;
        if !moved && desk.store.at_work().await?.is_none() {
            return done;
        }
        left -= 1;
        desk.or_stop(async {
            desk.clock.nap(PAUSE).await;
            Ok(())
        })
        .await?;
    }
}
