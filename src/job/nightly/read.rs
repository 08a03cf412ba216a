//! What a night reads from the store, and by which digests it is told from another.

use tracing::info;

use crate::domain::Day;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::pull::Pulled;
use crate::job::{calibration, digest, gateways, names};
use crate::report::Calibration;
use crate::settle::{Inputs, Rules};
use crate::store::{RunRecord, Window};

/// What a night reads from the store, with its digests.
pub(in crate::job) struct Read {
    pub(in crate::job) pool: Inputs,
    pub(in crate::job) input_digest: Box<str>,
    pub(in crate::job) rules_digest: Box<str>,
    /// The margin that the operator's budget allows; none without a budget.
    pub(in crate::job) calibration: Option<Calibration>,
}

impl Read {
    /// True when a run was made from exactly this.
    pub(in crate::job) fn is_of(&self, run: &RunRecord) -> bool {
        run.input_digest == self.input_digest && run.rules_digest == self.rules_digest
    }

    /// With other facts of the sources than it was read with.
    pub(in crate::job) fn tell(&mut self, pulled: &Pulled) -> Result<(), JobError> {
        self.pool.sources.clone_from(&pulled.facts);
        self.input_digest = digest::of_inputs(&mut self.pool)?;
        Ok(())
    }
}

/// The pool of the night (new rows, what is open, what they name, the window) and the facts of the
/// sources.
pub(in crate::job) async fn read(
    desk: &Desk,
    day: Day,
    pulled: &Pulled,
    calibration: Option<Calibration>,
) -> Result<Read, JobError> {
    desk.progress.step(format!("{day} read"));
    let new = desk.store.new_rows(day).await?;
    let names = names::of(desk, day, &new).await?;
    // the pool holds them again
    drop(new);
    let mut pool = desk.store.pool(day, &names, &window(desk, day)).await?;
    pool.business_date = Some(day);
    pool.sources.clone_from(&pulled.facts);
    let input_digest = digest::of_inputs(&mut pool)?;
    let rules_digest = calibration::rules_digest(desk, day, calibration.as_ref())?;
    info!(business_date = %day, stage = "read", txn.count = pool.txns.len(), row.count = pool.fees.len(), reject.count = pool.rejects.len(), "pool read");
    Ok(Read {
        pool,
        input_digest,
        rules_digest,
        calibration,
    })
}

fn window(desk: &Desk, night: Day) -> Window {
    let rules = desk.config.rules_for(night);
    let back = |first: Day| u32::try_from(night.days_since(first)).unwrap_or(0);
    let days = back(rules.whole_from(night));
    Window {
        days,
        sum_days: back(rules.batch_from(night))
            .max(rules.deposit_days)
            .min(days),
        gateways: gateways::sources(desk),
    }
}

/// The rules of the night; receipt numbers are asked for only where the registry tells any.
pub(super) fn night_rules(desk: &Desk, day: Day, pool: &Inputs) -> Rules {
    let mut rules = desk.config.rules_for(day);
    rules.e_receipts = pool.fees.iter().any(|fee| fee.more.receipt_no.is_some());
    rules
}
