//! Several nights, one after the other.

use super::super::desk::Desk;
use super::super::error::JobError;
use super::{Mode, Night, run};
use crate::domain::Day;

/// Runs nights in order; a night that is published and whose inputs did not change costs a read.
pub async fn backfill(desk: &Desk, from: Day, to: Day) -> Result<Vec<Night>, JobError> {
    let mut nights = Vec::new();
    let mut day = from;
    while day <= to {
        desk.checkpoint()?;
        nights.push(run(desk, day, Mode::Publish).await?);
        day = day.plus(1);
    }
    Ok(nights)
}
