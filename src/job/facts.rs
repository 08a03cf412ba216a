//! What the report has to know beside the settlement: the sources' figures as stored, the night
//! before, and what changed since.

use std::collections::{BTreeMap, BTreeSet};

use super::age;
use super::before::Before;
use super::desk::Desk;
use super::error::JobError;
use super::estimate;
use super::order::Known;
use super::page;
use super::trend::{self, TREND_DAYS};
use super::unrun;
use super::work_order::at_risk;
use crate::classify::Severity;
use crate::domain::{Agency, AgencyCode, Day, ExceptionId, FeeChecks, Fraction, Vnd};
use crate::matching::Evidence;
use crate::report::model::OVERDUE_DAYS;
use crate::report::{
    Changes, Closed, Digests, Figure, KindFigure, Previous, RunFacts, SourceNight,
};
use crate::settle::{Inputs, Settlement};
use crate::store::{ExceptionFilter, ExceptionRecord, RunRecord, SourceCount};
use crate::tariff;

/// The small drawings of agencies go over so many days.
const WEEK: i64 = 7;

/// The night before, as the store remembers it.
pub(super) struct Previously {
    pub(super) run: Option<RunRecord>,
    pub(super) open: Vec<ExceptionRecord>,
    /// The published nights before, the oldest first.
    pub(super) nights: Vec<RunRecord>,
    /// The last published night of each month before.
    pub(super) months: Vec<RunRecord>,
    /// The night of a month ago, and what was open then.
    month: Option<(RunRecord, Vec<ExceptionRecord>)>,
    /// The same of a week ago.
    week: Option<(RunRecord, Vec<ExceptionRecord>)>,
}

impl Previously {
    /// The last published night before `day`, and what was open then; as known at an instant where
    /// one is named.
    pub(super) async fn read(
        desk: &Desk,
        day: Day,
        known_at: Option<Known>,
    ) -> Result<Self, JobError> {
        let before = Before::new(desk, known_at);
        let run = before.last(day).await?;
        let first = day.minus(TREND_DAYS).plus(1);
        let nights = before.between(first, day).await?;
        let months = page::runs_of_months(before, day).await?;
        let month = page::run_of_month_ago(before, day).await?;
        let open = match &run {
            None => Vec::new(),
            Some(run) => open_after(desk, run.business_date).await?,
        };
        let month = with_open(desk, month).await?;
        let week = nights.iter().find(|run| run.business_date == day.minus(7));
        let week = with_open(desk, week.cloned()).await?;
        Ok(Self {
            run,
            open,
            nights,
            months,
            month,
            week,
        })
    }

    fn previous(&self, targets: &[crate::kpi::Target]) -> Option<Previous> {
        previous(self.run.as_ref()?, &self.open, targets)
    }

    /// The figures of the night of a month ago.
    pub(super) fn month_before(&self, targets: &[crate::kpi::Target]) -> Option<Previous> {
        let (run, open) = self.month.as_ref()?;
        previous(run, open, targets)
    }

    /// The shares of agencies on the nights of the week.
    pub(super) fn agency_days(
        &self,
        targets: &[crate::kpi::Target],
        day: Day,
    ) -> BTreeMap<AgencyCode, Vec<(Day, Fraction)>> {
        let week = |run: &&RunRecord| day.days_since(run.business_date) < WEEK;
        trend::of_agencies(self.nights.iter().filter(week), targets)
    }

    /// The shares of cells of breakdowns on the nights of the week.
    pub(super) fn cell_days(
        &self,
        targets: &[crate::kpi::Target],
        day: Day,
    ) -> BTreeMap<Box<str>, Vec<(Day, Fraction)>> {
        let week = |run: &&RunRecord| day.days_since(run.business_date) < WEEK;
        trend::of_cells(self.nights.iter().filter(week), targets)
    }

    /// The figures of the same weekday a week ago.
    pub(super) fn week_before(&self, targets: &[crate::kpi::Target]) -> Option<Previous> {
        let (run, open) = self.week.as_ref()?;
        previous(run, open, targets)
    }
}

/// A run with what was open after its night.
async fn with_open(
    desk: &Desk,
    run: Option<RunRecord>,
) -> Result<Option<(RunRecord, Vec<ExceptionRecord>)>, JobError> {
    let Some(run) = run else { return Ok(None) };
    let open = open_after(desk, run.business_date).await?;
    Ok(Some((run, open)))
}

/// What was open after a night.
async fn open_after(desk: &Desk, night: Day) -> Result<Vec<ExceptionRecord>, JobError> {
    let filter = ExceptionFilter {
        as_of: Some(night),
        ..ExceptionFilter::default()
    };
    Ok(desk.store.exceptions(&filter).await?)
}

/// The figures of a published night.
fn previous(
    run: &RunRecord,
    open: &[ExceptionRecord],
    targets: &[crate::kpi::Target],
) -> Option<Previous> {
    let document: serde_json::Value = serde_json::from_str(&run.run_json).ok()?;
    let night = run.business_date;
    let work = || open.iter().filter(|open| open.severity != Severity::Info);
    let figure = |name: &str| trend::figure(&document, name);
    Some(Previous {
        business_date: night,
        transactions: figure("transactions"),
        share: targets
            .first()
            .and_then(|target| year_share(&document, &target.definition, night)),
        open: figure("open"),
        exceptions: work().map(at_risk).collect(),
        overdue: work()
            .filter(|open| night.days_since(open.opened) > OVERDUE_DAYS)
            .map(at_risk)
            .collect(),
    })
}

/// The year's share of a definition for the whole unit, as published.
fn year_share(document: &serde_json::Value, definition: &str, night: Day) -> Option<Fraction> {
    let share = trend::year_of(document, definition, night)?;
    let whole = |name: &str| share[name].as_i64().map(i128::from);
    Fraction::new(whole("numerator")?, whole("denominator")?)
}

/// Everything about the run of a night.
pub(super) async fn of_night(
    desk: &Desk,
    run: &RunRecord,
    pool: &Inputs,
    settlement: &Settlement,
    before: Previously,
) -> Result<RunFacts, JobError> {
    let day = run.business_date;
    let config = &desk.config;
    let counts = desk.store.source_counts(day).await?;
    let mut sources = Vec::new();
    for settings in &config.sources {
        let Some(facts) = pool
            .sources
            .iter()
            .find(|facts| facts.name == settings.name)
        else {
            continue;
        };
        let mine = counts.iter().filter(|count| count.source == settings.name);
        let of_source: Vec<&SourceCount> = mine.collect();
        let mut rows = of_source.iter().fold(Figure::default(), |mut sum, count| {
            sum.plus(Figure::new(count.count, count.sum));
            sum
        });
        if !facts.carries_money {
            let files = desk.store.files_of_night(&settings.name, day).await?;
            rows = Figure::new(files.iter().map(|file| file.lines).sum(), 0);
        }
        sources.push(source_night(facts.clone(), rows, &of_source, pool, day));
    }
    let was = before.run.as_ref();
    let changes = was.map(|_| changes(settlement, &before.open));
    Ok(RunFacts {
        run_id: run.id.clone(),
        business_date: day,
        over: None,
        lacking: Vec::new(),
        unrun: unrun::of_sources(&pool.sources),
        nights: None,
        known: None,
        version_of_night: run.version,
        replaces: run.replaces.clone(),
        state: run.state.clone(),
        exit_codes: run.exit_codes.clone(),
        program_version: run.program.clone(),
        digests: Digests {
            input: run.input_digest.clone(),
            rules: run.rules_digest.clone(),
            output: run.output_digest.clone(),
        },
        lang: config.lang,
        unit: unit(&pool.agencies, day),
        sources,
        targets: config.targets.clone(),
        previous: before.previous(&config.targets),
        changes,
        replaced: None,
        opened_on: age::opened_on((desk, day), settlement, &before.open).await?,
        changed_groups: changed_groups(desk, day, settlement).await?,
        margin_min: config.rules.margin_min,
        calibration: None,
        estimates: estimate::estimates(desk, day, pool, settlement).await?,
        what_if: Vec::new(),
        trend: trend::of(&before.nights, &config.targets),
        fees: fees(desk, day, pool),
        catalogue: config.catalogue.clone(),
        page: Box::pin(page::of(desk, run, pool, settlement, &before)).await?,
    })
}

/// What the fee table says of the night's fees; none where there is no table.
fn fees(desk: &Desk, day: Day, pool: &Inputs) -> Option<FeeChecks> {
    let table = desk.config.fee_table.as_of(day);
    (!table.is_empty()).then(|| tariff::judge(&pool.fees, &table, desk.config.start))
}

fn source_night(
    facts: crate::domain::SourceFacts,
    rows: Figure,
    counts: &[&SourceCount],
    pool: &Inputs,
    day: Day,
) -> SourceNight {
    let tonight = |count: &&&SourceCount| count.count > 0;
    let by_kind = counts.iter().filter(tonight).map(|count| KindFigure {
        kind: count.kind.id().into(),
        status: count.status.id().into(),
        figure: Figure::new(count.count, count.sum),
    });
    let arrived = counts.iter().fold(Figure::default(), |mut sum, count| {
        sum.plus(Figure::new(count.arrived_count, count.arrived_sum));
        sum
    });
    let rejects = pool
        .rejects
        .iter()
        .filter(|reject| reject.source == facts.name && reject.business_date == day)
        .count();
    SourceNight {
        by_kind: by_kind.collect(),
        rows,
        rejects: u64::try_from(rejects).unwrap_or(u64::MAX),
        arrived,
        facts,
    }
}

/// The counts of the sources as a run published them: rows that came since are not of its night.
pub(super) fn tell_counts(sources: &mut [SourceNight], run_json: &str) {
    let document: serde_json::Value = serde_json::from_str(run_json).unwrap_or_default();
    let told = document["sources"].as_array();
    let figure = |value: &serde_json::Value, count: &str| {
        let sum = value["sum_vnd"].as_i64().unwrap_or(0);
        Figure::new(value[count].as_u64().unwrap_or(0), sum.into())
    };
    for source in sources {
        let name = source.facts.name.as_str();
        let own = told.and_then(|told| told.iter().find(|one| one["name"] == name));
        let Some(own) = own else { continue };
        source.rows = figure(own, "rows");
        source.rejects = own["rejects"].as_u64().unwrap_or(0);
        source.arrived = figure(&own["arrived"], "count");
        let kinds = own["by_kind"].as_array().into_iter().flatten();
        let word =
            |kind: &serde_json::Value, name: &str| kind[name].as_str().unwrap_or_default().into();
        let kind = |kind: &serde_json::Value| KindFigure {
            kind: word(kind, "kind"),
            status: word(kind, "status"),
            figure: figure(kind, "count"),
        };
        source.by_kind = kinds.map(kind).collect();
    }
}

/// The one agency without a parent among those known on the day: the unit whose report it is.
fn unit(agencies: &[Agency], day: Day) -> Box<str> {
    let valid = |a: &&Agency| a.valid_from <= day && a.valid_to.is_none_or(|to| day <= to);
    let codes: BTreeSet<_> = agencies.iter().map(|agency| &agency.code).collect();
    let root = |a: &&Agency| {
        a.parent_code
            .as_ref()
            .is_none_or(|parent| !codes.contains(parent))
    };
    let mut roots = agencies.iter().filter(valid).filter(root);
    match (roots.next(), roots.next()) {
        (Some(only), None) => only.name.clone(),
        _ => "".into(),
    }
}

/// Exceptions of the settlement that ask for a person.
fn open_now(settlement: &Settlement) -> BTreeMap<&ExceptionId, (&'static str, Vnd)> {
    let rows = settlement.rows.iter();
    let work = rows.filter(|row| row.severity != Severity::Info);
    work.filter_map(|row| Some((row.exception_id.as_ref()?, (row.class, row.amount))))
        .collect()
}

fn changes(settlement: &Settlement, before: &[ExceptionRecord]) -> Changes {
    let now = open_now(settlement);
    let known: BTreeSet<&ExceptionId> = before.iter().map(|open| &open.id).collect();
    let opened = now
        .keys()
        .filter(|id| !known.contains(**id))
        .map(|id| (*id).clone());
    let mut closed: Vec<Closed> = before
        .iter()
        .filter(|open| open.severity != Severity::Info)
        .filter(|open| !now.contains_key(&open.id))
        .map(|open| Closed {
            id: open.id.clone(),
            class: open.class.clone(),
            amount: open.amount,
            at_risk: at_risk(open),
            key: open.key.clone(),
            day: open.business_date,
            place: open.evidence.iter().find_map(place),
            dossier: open.dossier_code.clone(),
            opened: open.opened,
        })
        .collect();
    closed.sort();
    Changes {
        opened: opened.collect(),
        closed,
    }
}

/// Where a row stands that could not be read.
fn place(seen: &Evidence) -> Option<(Box<str>, u64)> {
    match seen {
        Evidence::At(file, line, ..) => Some((file.clone(), *line)),
        _ => None,
    }
}

/// Groups that did not stand like this the night before.
async fn changed_groups(
    desk: &Desk,
    day: Day,
    settlement: &Settlement,
) -> Result<BTreeSet<Box<str>>, JobError> {
    let ids: Vec<&str> = settlement
        .groups
        .iter()
        .map(|group| group.id.as_ref())
        .collect();
    let known = desk.store.known_groups(day, &ids).await?;
    let new = settlement
        .groups
        .iter()
        .filter(|group| !known.contains(&group.id));
    Ok(new.map(|group| group.id.clone()).collect())
}
