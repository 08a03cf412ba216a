//! Runs: who published which night from which inputs.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::batches;
use super::codec::{day, from_json, json};
use super::exception::runs_by_night;
use super::exec::{Bind, Row, Tx};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{AgencyCode, Day, RunId};
use crate::kpi::{Fraction, Share, Verdict};

/// A published file: its name, and the SHA-256 under which the archive holds its bytes.
pub type KeptFile = (Box<str>, Box<str>);

/// One run of one night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// `<business date>-<12 hex>-<version>`.
    pub id: RunId,
    /// The night.
    pub business_date: Day,
    /// First run of the night is 1.
    pub version: u32,
    /// `published` or `superseded`.
    pub state: Box<str>,
    /// The run it replaces.
    pub replaces: Option<RunId>,
    /// Digest over the canonical inputs, source facts included.
    pub input_digest: Box<str>,
    /// Digest over the rules and the program's version.
    pub rules_digest: Box<str>,
    /// Digest over the settlement.
    pub output_digest: Box<str>,
    /// Every exit code that applies, the deciding one first.
    pub exit_codes: Vec<u8>,
    /// The program's version.
    pub program: Box<str>,
    /// The instant of the pull by which freshness was judged, milliseconds since 1970 in UTC.
    pub pulled_at_ms: i64,
    /// The source facts as JSON.
    pub sources_json: Box<str>,
    /// `run.json` as published.
    pub run_json: Box<str>,
    /// Every published file.
    pub files: Vec<KeptFile>,
    /// The margin that the night used, and what its own payments tell of false pairs, as JSON.
    pub calibration_json: Box<str>,
}

/// A run without what it holds: its place among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPlace {
    /// `<business date>-<12 hex>-<version>`.
    pub id: RunId,
    /// The night.
    pub business_date: Day,
    /// First run of the night is 1.
    pub version: u32,
    /// True of the run that stands for its night.
    pub stands: bool,
    /// The instant of its pull, milliseconds since 1970 in UTC.
    pub pulled_at_ms: i64,
}

impl Store {
    /// The run that stands for `night`.
    pub async fn published(&self, night: Day) -> Result<Option<RunRecord>, StoreError> {
        let mut tx = self.begin_read().await?;
        published(&mut tx, &night.to_string()).await
    }

    /// Every run, by night and version.
    pub async fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        let rows = self.read(&sql::SELECT_RUNS, &[]).await?;
        let mut runs: Vec<RunRecord> = rows.iter().map(read_run).collect::<Result<_, _>>()?;
        runs.sort_by_key(|run| (run.business_date, run.version));
        Ok(runs)
    }

    /// Every run without what it holds, by night and version.
    pub async fn run_places(&self) -> Result<Vec<RunPlace>, StoreError> {
        let rows = self.read(&sql::SELECT_RUN_PLACE, &[]).await?;
        let place = |row: &Row| {
            Ok(RunPlace {
                id: RunId::new(row.text("run_id")?),
                business_date: row.parsed("business_date", day)?,
                version: u32::try_from(row.int("version")?).map_err(|_| row.damaged("version"))?,
                stands: row.text("state")? == "published",
                pulled_at_ms: row.int("pulled_ms_wall")?,
            })
        };
        rows.iter().map(place).collect()
    }

    /// The runs that stand for the nights from `from` on and before `before`, by night. A night
    /// asks for few: each holds its whole `run.json`.
    pub async fn published_between(
        &self,
        from: Day,
        before: Day,
    ) -> Result<Vec<RunRecord>, StoreError> {
        let (from, before) = (from.to_string(), before.to_string());
        let binds = [Bind::Text(&from), Bind::Text(&before)];
        let rows = self.read(&sql::SELECT_PUBLISHED_BETWEEN, &binds).await?;
        rows.iter().map(read_run).collect()
    }

    /// The run that stands for the last published night before `night`.
    pub async fn published_before(&self, night: Day) -> Result<Option<RunRecord>, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let rows = self.read(&sql::SELECT_PUBLISHED_BEFORE, &binds).await?;
        rows.first().map(read_run).transpose()
    }

    /// Which run stands for which night.
    pub async fn standing_runs(&self) -> Result<BTreeMap<Day, RunId>, StoreError> {
        runs_by_night(&mut self.begin_read().await?).await
    }

    /// The nights that are published.
    pub async fn published_nights(&self) -> Result<BTreeSet<Day>, StoreError> {
        let rows = self.read(&sql::SELECT_PUBLISHED_NIGHT, &[]).await?;
        rows.iter()
            .map(|row| row.parsed("business_date", day))
            .collect()
    }

    /// The run that stands for the latest published night.
    pub async fn last_run(&self) -> Result<Option<RunRecord>, StoreError> {
        let rows = self.read(&sql::SELECT_LAST_RUN, &[]).await?;
        rows.first().map(read_run).transpose()
    }

    /// What the nights before `night` kept of their calibration.
    pub async fn calibrations(&self, night: Day) -> Result<Vec<String>, StoreError> {
        let night = night.to_string();
        let rows = self
            .read(&sql::SELECT_CALIBRATION, &[Bind::Text(&night)])
            .await?;
        let text = |row: &Row| Ok(row.text("calibration_json")?.to_owned());
        rows.iter().map(text).collect()
    }

    /// One run by id.
    pub async fn run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError> {
        let binds = [Bind::Text(id.as_str())];
        let rows = self.read(&sql::SELECT_RUN, &binds).await?;
        rows.first().map(read_run).transpose()
    }

    /// The documents that a run was made from, by name: none of one that an older program made.
    pub async fn kept(&self, id: &RunId) -> Result<BTreeMap<Box<str>, Box<str>>, StoreError> {
        let binds = [Bind::Text(id.as_str())];
        let rows = self.read(&sql::SELECT_RUN_KEPT, &binds).await?;
        let kept = |row: &Row| Ok((row.text("what")?.into(), row.text("sha256")?.into()));
        rows.iter().map(kept).collect()
    }
}

/// The run that stands for `night`.
pub(super) async fn published(tx: &mut Tx, night: &str) -> Result<Option<RunRecord>, StoreError> {
    let rows = tx
        .rows(&sql::SELECT_PUBLISHED_RUN, &[Bind::Text(night)])
        .await?;
    rows.first().map(read_run).transpose()
}

fn read_run(row: &Row) -> Result<RunRecord, StoreError> {
    let version = u32::try_from(row.int("version")?).map_err(|_| row.damaged("version"))?;
    Ok(RunRecord {
        id: RunId::new(row.text("run_id")?),
        business_date: row.parsed("business_date", day)?,
        version,
        state: row.text("state")?.into(),
        replaces: row.opt_text("replaces")?.map(RunId::new),
        input_digest: row.text("input_digest")?.into(),
        rules_digest: row.text("rules_digest")?.into(),
        output_digest: row.text("output_digest")?.into(),
        exit_codes: from_json(row, "exit_codes")?,
        program: row.text("program")?.into(),
        pulled_at_ms: row.int("pulled_ms_wall")?,
        sources_json: row.text("sources_json")?.into(),
        run_json: row.text("run_json")?.into(),
        files: from_json(row, "files_json")?,
        calibration_json: row.text("calibration_json")?.into(),
    })
}

pub(super) async fn insert_run(
    tx: &mut Tx,
    run: &RunRecord,
    now_wall: &str,
) -> Result<(), StoreError> {
    let exit_codes = json(&run.exit_codes)?;
    let files = json(&run.files)?;
    let batch = batches([run], |row, run| {
        row.text("run_id", run.id.as_str())
            .text("business_date", &run.business_date.to_string())
            .int("version", i64::from(run.version))
            .text("state", &run.state)
            .opt_text("replaces", run.replaces.as_ref().map(RunId::as_str))
            .text("input_digest", &run.input_digest)
            .text("rules_digest", &run.rules_digest)
            .text("output_digest", &run.output_digest)
            .text("exit_codes", &exit_codes)
            .text("program", &run.program)
            .int("pulled_ms_wall", run.pulled_at_ms)
            .text("sources_json", &run.sources_json)
            .text("run_json", &run.run_json)
            .text("files_json", &files)
            .text("calibration_json", &run.calibration_json)
            .text("published_wall", now_wall);
    });
    tx.run_batches(&sql::INSERT_RUN, &batch, &[]).await?;
    Ok(())
}

/// The documents of a run.
pub(super) async fn insert_kept(
    tx: &mut Tx,
    run: &RunRecord,
    kept: &[KeptFile],
) -> Result<(), StoreError> {
    let rows = batches(kept, |row, (what, sha256)| {
        row.text("run_id", run.id.as_str())
            .text("what", what)
            .text("sha256", sha256);
    });
    tx.run_batches(&sql::INSERT_RUN_KEPT, &rows, &[]).await?;
    Ok(())
}

pub(super) async fn insert_kpis(
    tx: &mut Tx,
    run: &RunId,
    shares: &[Share],
) -> Result<(), StoreError> {
    let wide = |n: i128| i64::try_from(n).map_err(|_| StoreError::Overflow("a share"));
    let fraction = |f: Option<Fraction>| -> Result<[Option<i64>; 2], StoreError> {
        let parts = f.map(|f| Ok::<_, StoreError>((wide(f.num)?, wide(f.den)?)));
        let (num, den) = parts.transpose()?.unzip();
        Ok([num, den])
    };
    let mut rows = Vec::new();
    for share in shares {
        let figures = [wide(share.numerator)?, wide(share.denominator)?];
        let bounds = [
            fraction(share.low)?,
            fraction(share.high)?,
            fraction(share.target)?,
        ];
        rows.push((share, figures, bounds, json(&share.deciding)?));
    }
    let batch = batches(
        rows,
        |row, (share, figures, [low, high, target], deciding)| {
            row.text("run_id", run.as_str())
                .text("definition", share.definition)
                .text(
                    "scope",
                    share.agency.as_ref().map_or("", AgencyCode::as_str),
                )
                .text("period", &share.period.label)
                .text("period_from", &share.period.from.to_string())
                .text("period_to", &share.period.to.to_string())
                .int("numerator", figures[0])
                .int("denominator", figures[1])
                .opt_int("low_num", low[0])
                .opt_int("low_den", low[1])
                .opt_int("high_num", high[0])
                .opt_int("high_den", high[1])
                .flag("outer_bound", share.outer)
                .flag("enough_data", share.enough_data)
                .opt_int("target_num", target[0])
                .opt_int("target_den", target[1])
                .opt_text("verdict", share.verdict.map(Verdict::id))
                .text("deciding", &deciding);
        },
    );
    tx.run_batches(&sql::INSERT_KPI, &batch, &[]).await?;
    Ok(())
}
