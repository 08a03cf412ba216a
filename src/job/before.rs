//! The published nights before a night, as they stand, or in the versions that were known when a
//! run was published: a night that was published again since was told otherwise then.

use super::desk::Desk;
use super::error::JobError;
use super::order::{Known, Order};
use crate::domain::Day;
use crate::store::RunRecord;

/// Where nights before a night are looked for.
#[derive(Clone, Copy)]
pub(super) struct Before<'d> {
    desk: &'d Desk,
    /// What was published later was not known. None: what stands.
    known_at: Option<Known>,
}

impl<'d> Before<'d> {
    pub(super) fn new(desk: &'d Desk, known_at: Option<Known>) -> Self {
        Self { desk, known_at }
    }

    /// The run of the last published night before `day`.
    pub(super) async fn last(self, day: Day) -> Result<Option<RunRecord>, JobError> {
        let then = self.then().await?;
        let mut before = day;
        while let Some(run) = self.desk.store.published_before(before).await? {
            before = run.business_date;
            if let Some(known) = self.known(run, then.as_ref()).await? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// The runs of the nights from `from` on and before `before`, by night.
    pub(super) async fn between(self, from: Day, before: Day) -> Result<Vec<RunRecord>, JobError> {
        let then = self.then().await?;
        let mut runs = Vec::new();
        for run in self.desk.store.published_between(from, before).await? {
            runs.extend(self.known(run, then.as_ref()).await?);
        }
        Ok(runs)
    }

    async fn then(self) -> Result<Option<(Known, Order)>, JobError> {
        let Some(known) = self.known_at else {
            return Ok(None);
        };
        Ok(Some((known, Order::read(self.desk).await?)))
    }

    /// The version of its night that was known; none of a night that was published later.
    async fn known(
        self,
        run: RunRecord,
        then: Option<&(Known, Order)>,
    ) -> Result<Option<RunRecord>, JobError> {
        let mut run = run;
        while then.is_some_and(|(known, order)| !order.is_known(&run, *known)) {
            let Some(replaced) = &run.replaces else {
                return Ok(None);
            };
            let Some(replaced) = self.desk.store.run(replaced).await? else {
                return Ok(None);
            };
            run = replaced;
        }
        Ok(Some(run))
    }
}
