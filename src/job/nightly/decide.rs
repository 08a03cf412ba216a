//! Deciding a night, or a past one again: settled, measured, and with what the report has to know.

use super::read::{Read, night_rules};
use crate::domain::{Day, RunId};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::facts::{self, Previously};
use crate::job::of_nights::{self, Telling};
use crate::job::order::Known;
use crate::job::outcome::Exit;
use crate::job::{calibration, diff, digest, estimate, exits, late, stage, stored, trend};
use crate::kpi::{self, Period};
use crate::report::{RunFacts, model};
use crate::settle::{self, Inputs, Prior, Rules, Settlement};
use crate::store::RunRecord;

/// A night, decided but not yet visible.
pub(in crate::job) struct Decided {
    pub(in crate::job) run: RunRecord,
    pub(in crate::job) exits: Vec<Exit>,
    pub(in crate::job) pool: Inputs,
    pub(in crate::job) settlement: Settlement,
    pub(in crate::job) rules: Rules,
    pub(in crate::job) prior: Prior,
    pub(in crate::job) facts: RunFacts,
}

/// Which run is being made.
pub(super) struct Making {
    pub(super) version: u32,
    pub(super) replaces: Option<RunId>,
    pub(super) pulled_at_ms: i64,
    /// Measured besides the night, the month and the year.
    pub(super) over: Option<Period>,
    /// The sums of earlier nights, where they are known; else the store is asked.
    pub(super) prior: Option<Prior>,
    /// The published `run.json` whose counts of the sources are told instead of today's.
    pub(super) counts: Option<Box<str>>,
    /// In whose knowledge the nights before are told; none: as they stand.
    pub(super) known_at: Option<Known>,
    /// How much a report of more than the night tells of its nights.
    pub(super) telling: Telling,
}

impl Making {
    /// The same run once more.
    fn of(run: &RunRecord) -> Self {
        Self {
            version: run.version,
            replaces: run.replaces.clone(),
            pulled_at_ms: run.pulled_at_ms,
            over: None,
            prior: None,
            counts: None,
            known_at: None,
            telling: Telling::default(),
        }
    }

    /// The same run measured over one more period, with the sources as it found them.
    fn over(run: &RunRecord, period: &Period) -> Self {
        Self {
            over: Some(period.clone()),
            counts: Some(run.run_json.clone()),
            ..Self::of(run)
        }
    }
}

/// Decides a published night again, as the run that stands; with `over`, measured over that period
/// too.
pub(in crate::job) async fn decide_as(
    desk: &Desk,
    read: Read,
    run: &RunRecord,
    over: Option<&Period>,
) -> Result<Decided, JobError> {
    let making = over.map_or_else(|| Making::of(run), |period| Making::over(run, period));
    let mut decided = Box::pin(decide(desk, run.business_date, read, making)).await?;
    if over.is_none() {
        // What was published is the truth, also where a later night changed what stood before.
        decided.run.run_json.clone_from(&run.run_json);
        decided
            .run
            .calibration_json
            .clone_from(&run.calibration_json);
    }
    Ok(decided)
}

/// Decides a past run again from what it read, measured over one more period.
pub(in crate::job) async fn decide_over(
    desk: &Desk,
    read: Read,
    run: &RunRecord,
    (over, telling): (&Period, Telling),
    prior: Option<Prior>,
) -> Result<Decided, JobError> {
    let making = Making {
        prior,
        telling,
        ..Making::over(run, over)
    };
    Box::pin(decide(desk, run.business_date, read, making)).await
}

/// Decides a past run again from what it read, with the sums of earlier nights where they are
/// known; `run.json` is made anew.
pub(in crate::job) async fn decide_again(
    desk: &Desk,
    read: Read,
    run: &RunRecord,
    prior: Option<Prior>,
) -> Result<Decided, JobError> {
    let making = Making {
        prior,
        ..Making::of(run)
    };
    Box::pin(decide(desk, run.business_date, read, making)).await
}

/// Decides a published night again as it was told: with the counts of its sources that it
/// published, and the nights before it as they were known when it was made. `run.json` is made
/// anew, so that it can be held against the published one.
pub(in crate::job) async fn decide_told(
    desk: &Desk,
    read: Read,
    run: &RunRecord,
    prior: Option<Prior>,
) -> Result<Decided, JobError> {
    let making = Making {
        prior,
        counts: Some(run.run_json.clone()),
        known_at: Some(Known::of(desk, run).await?),
        ..Making::of(run)
    };
    Box::pin(decide(desk, run.business_date, read, making)).await
}

/// Settles and gathers what the report has to know.
pub(super) async fn decide(
    desk: &Desk,
    day: Day,
    read: Read,
    making: Making,
) -> Result<Decided, JobError> {
    desk.progress.step(format!("{day} settle"));
    let Read {
        mut pool,
        input_digest,
        rules_digest,
        calibration,
    } = read;
    let Making {
        version,
        replaces,
        pulled_at_ms,
        over,
        prior,
        counts,
        known_at,
        telling,
    } = making;
    let mut rules = night_rules(desk, day, &pool);
    measure_over(&mut rules, over.as_ref());
    if let Some(calibration) = &calibration {
        rules.margin_min = calibration.found.margin;
    }
    let prior = match prior {
        Some(prior) => prior,
        None => desk.store.prior(day, &rules.periods, &pool).await?,
    };
    let id = digest::run_id(day, &input_digest, &rules_digest, version);
    let mut settlement = settle::settle(&pool, &rules, &prior)
        .map_err(|error| stage::diagnosis(desk, &id, &error))?;
    let exits = exits::of_night(desk, day, &pool, &settlement);
    let before = Previously::read(desk, day, known_at).await?;
    let run = RunRecord {
        id,
        business_date: day,
        version,
        state: "published".into(),
        replaces,
        input_digest,
        rules_digest,
        output_digest: digest::of(&settlement)?,
        exit_codes: exits.iter().map(|exit| exit.code()).collect(),
        program: env!("CARGO_PKG_VERSION").into(),
        pulled_at_ms,
        sources_json: stored::text(&pool.sources)?.into(),
        files: Vec::new(),
        run_json: "".into(),
        calibration_json: calibration::kept(
            (desk, day),
            calibration.as_ref(),
            (&pool, &rules, &settlement),
        )?,
    };
    let lacking = lacking_cells(&rules, &prior, &before, (day, counts.as_deref()));
    let mut facts = facts::of_night(desk, &run, &pool, &settlement, before).await?;
    facts.page.cells_lacking = lacking;
    (facts.margin_min, facts.calibration) = (rules.margin_min, calibration);
    within(desk, &mut facts, over, telling).await?;
    let is_open = |period: &Period| facts.unrun_in(period).next().is_some();
    kpi::leave_open(&mut settlement.shares, is_open);
    model::keep_to_period(&mut pool, &mut settlement, &mut facts);
    #[rustfmt::skip]
    let decided = Decided { run, exits, pool, settlement, rules, prior, facts };
    Box::pin(told(desk, decided, counts.as_deref())).await
}

/// The periods whose breakdowns cannot be told: of earlier nights, or of the run itself as it was
/// published, that broke another definition down.
fn lacking_cells(
    rules: &Rules,
    prior: &Prior,
    before: &Previously,
    (day, published): (Day, Option<&str>),
) -> Vec<Period> {
    let nights = before.nights.iter();
    let nights = nights.map(|run| (run.business_date, &*run.run_json));
    let nights = nights.chain(published.map(|document| (day, document)));
    let others = trend::of_other_cells(nights, kpi::broken_down(rules));
    kpi::lacking(rules, prior, &others)
}

/// Measures a period besides those of the night; one that is the same figure anyhow stands once:
/// a month asked for on its last night, or the month to date under the label of the month.
fn measure_over(rules: &mut Rules, over: Option<&Period>) {
    let Some(over) = over else { return };
    rules.periods.retain(|period| !period.is_told_by(over));
    rules.periods.push(over.clone());
}

/// The period that is told of, and its days of which no night tells.
async fn within(
    desk: &Desk,
    facts: &mut RunFacts,
    over: Option<Period>,
    telling: Telling,
) -> Result<(), JobError> {
    if let Some(over) = &over {
        Box::pin(of_nights::tell(desk, facts, over, telling)).await?;
    }
    facts.over = over;
    if let Some(period) = facts.period().cloned() {
        late::of_period(desk, &period, &mut facts.page.late).await?;
    }
    of_nights::end(desk, facts, telling).await
}

/// With `run.json`, and in a version that replaces another what changed.
async fn told(
    desk: &Desk,
    mut decided: Decided,
    counts: Option<&str>,
) -> Result<Decided, JobError> {
    if let Some(counts) = counts.filter(|_| !decided.facts.is_told_later()) {
        facts::tell_counts(&mut decided.facts.sources, counts);
        if decided.facts.over.is_none() {
            estimate::tell(&mut decided.facts.estimates, counts);
        }
    }
    decided.tell();
    // the report of a period is no version of a night
    if decided.facts.over.is_none() {
        // against the figures of `run.json`, which tells them in turn
        let made = (&decided.pool, &decided.rules, &decided.settlement);
        decided.facts.replaced = diff::replaced(desk, &decided.run, made).await?;
    }
    if decided.facts.replaced.is_some() {
        decided.tell();
    }
    Ok(decided)
}

impl Decided {
    /// Writes `run.json`.
    pub(in crate::job) fn tell(&mut self) {
        self.run.run_json = stage::run_json(&self.pool, &self.settlement, &self.facts).into();
    }
}
