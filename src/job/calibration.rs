//! How many false pairs the operator tolerates, and the margin that the nights before allow for it.
//! Every night grades one in four of its own payments with a code ([`crate::matching::calibrate`])
//! and keeps the counts with its run; a night uses those of the nights before it.

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::digest;
use super::error::JobError;
use super::told::{self, Told};
use crate::domain::{Day, Rules};
use crate::matching::calibrate::{Calibrated, Labelled, Rounds, labelled};
use crate::report::Calibration;
use crate::settle::{Inputs, Settlement};
use crate::store::RunRecord;

/// Larger nights are not graded: the report must not wait for it.
const ROWS_MAX: usize = 50_000;

/// What a run keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The margin that the night used; none without a budget.
    used: Option<Calibrated>,
    /// What the night adds for those to come.
    tonight: Labelled,
    /// What decides no class and no share; none in a run of an older program.
    #[serde(default)]
    told: Option<Told>,
}

/// What the budget of the configuration allows on `day`; none without a budget.
pub(super) async fn before(desk: &Desk, day: Day) -> Result<Option<Calibration>, JobError> {
    let Some(budget) = desk.config.rules.max_false_match else {
        return Ok(None);
    };
    let mut history = Labelled::default();
    for text in desk.store.calibrations(day).await? {
        history.add(&read(&text)?.tonight);
    }
    let found = history.calibrate(budget);
    Ok(Some(Calibration { budget, found }))
}

/// What a published run used.
pub(super) fn of_run(desk: &Desk, run: &RunRecord) -> Result<Option<Calibration>, JobError> {
    let with = |(found, budget)| Calibration { budget, found };
    let used = read(&run.calibration_json)?.used;
    Ok(used.zip(desk.config.rules.max_false_match).map(with))
}

fn read(text: &str) -> Result<Kept, JobError> {
    Ok(serde_json::from_str(text).context("the stored calibration of a run")?)
}

/// What a run was told with beside its rules; none in a run of an older program.
pub(super) fn told(run: &RunRecord) -> Result<Option<Told>, JobError> {
    Ok(read(&run.calibration_json)?.told)
}

/// The digest of the rules as a night uses them: the margin counts as one of them, and so does the
/// digest of the fee table as far as the night knows it. Of a past run it is asked of the desk with
/// what that run was told with ([`told::rules_of`]).
pub(super) fn rules_digest(
    desk: &Desk,
    night: Day,
    used: Option<&Calibration>,
) -> Result<Box<str>, JobError> {
    let rules: Box<str> = desk.config.rules_digest().into();
    let rules = match told::fee_table_digest(&desk.config.fee_table, night)? {
        None => rules,
        Some(table) => digest::of(&(rules, table))?,
    };
    let rules = match desk.config.own_days_off(night) {
        None => rules,
        Some(days) => digest::of(&(rules, days))?,
    };
    Ok(match used {
        None => rules,
        Some(calibration) => digest::of(&(rules, calibration.found.margin))?,
    })
}

/// What the run keeps: the margin used, what its own payments tell, and what it is told with.
pub(super) fn kept(
    (desk, night): (&Desk, Day),
    used: Option<&Calibration>,
    (pool, rules, settlement): (&Inputs, &Rules, &Settlement),
) -> Result<Box<str>, JobError> {
    let rows = pool.fees.len() + pool.txns.len() + pool.receipts.len();
    let tonight = if rows > ROWS_MAX {
        Labelled::default()
    } else {
        labelled(pool, rules, &settlement.groups, Rounds::OfNight)
    };
    let kept = Kept {
        used: used.map(|calibration| calibration.found),
        tonight,
        told: Some(Told::by(&desk.config, night)?),
    };
    let kept = serde_json::to_string(&kept);
    Ok(kept.context("a calibration does not serialise")?.into())
}
