//! What the nights of a period kept of their rows: the links that stand after the last one, and
//! what the fee table says of every fee line, each once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::domain::{
    Day, DossierCode, Fee, FeeChecks, FeeId, FeeTable, Inputs, Period, RowKey, Txn, Vnd,
};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::kept::{self, Documents};
use crate::job::told;
use crate::matching::{Evidence, Leg, MatchGroup, Role, pass};
use crate::report::model::{LinkView, MoneyRow, NightGroups, Standing};
use crate::store::RunRecord;
use crate::tariff;

/// What was kept of the rows.
#[derive(Default)]
pub(super) struct Rows {
    /// The money rows of its day that each night read.
    pub(super) told: BTreeMap<Day, BTreeSet<MoneyRow>>,
    /// Every money row that a night read, by source and id, as the last of them knew it.
    known: BTreeMap<(Box<str>, Box<str>), MoneyRow>,
    /// False where a night after the period kept none, so that nobody can tell what was known.
    later_untold: bool,
    pub(super) links: Vec<LinkView>,
    pub(super) fees: Option<FeeChecks>,
    /// The nights that kept none, or whose documents are gone.
    pub(super) without: Vec<Day>,
}

impl Rows {
    /// True where a night read the row; of nights that kept none nobody can tell, and it counts.
    fn holds(&self, row: &MoneyRow) -> bool {
        !self.is_whole()
            || self
                .known
                .contains_key(&(row.source.clone(), row.id.clone()))
    }

    fn is_whole(&self) -> bool {
        self.without.is_empty() && !self.later_untold
    }

    /// What was known of the money rows of the period's days: of those that the store has there
    /// today, each with the first night that decided it, those that a night read, each as the last
    /// of these nights knew it. Also those that count under another day by now.
    pub(super) fn as_known(&self, over: &Period, stored: Vec<(MoneyRow, Day)>) -> Vec<MoneyRow> {
        // a row that only nights before the period read is none of theirs
        let is_older = |row: &MoneyRow, since: Day| {
            let key = (row.source.clone(), row.id.clone());
            since < over.from && !self.known.contains_key(&key)
        };
        let whole = self.is_whole();
        let counts = |(row, since): (MoneyRow, Day)| {
            let counts = is_older(&row, since) || (!whole && self.holds(&row));
            counts.then_some(row)
        };
        let mut all: Vec<MoneyRow> = stored.into_iter().filter_map(counts).collect();
        if whole {
            let own = self.known.values().filter(|row| over.holds(row.day));
            all.extend(own.cloned());
        }
        all
    }

    fn money(&mut self, day: Day, txns: &[Txn]) {
        self.know(txns);
        let rows = txns.iter().map(money_row).filter(|row| row.day == day);
        self.told.entry(day).or_default().extend(rows);
    }

    fn know(&mut self, txns: &[Txn]) {
        for row in txns.iter().map(money_row) {
            let key = (row.source.clone(), row.id.clone());
            self.known.insert(key, row);
        }
    }
}

fn money_row(txn: &Txn) -> MoneyRow {
    MoneyRow {
        source: txn.source.as_str().into(),
        id: (*txn.id).into(),
        kind: txn.kind.id(),
        day: txn.business_date,
        amount: txn.amount.wide(),
    }
}

/// Those of these runs, one a night and in their order.
pub(super) async fn of(desk: &Desk, over: &Period, runs: &[RunRecord]) -> Result<Rows, JobError> {
    let mut standing = Standing::new(desk.config.lang);
    let mut fees = Lines::default();
    let mut rows = Rows::default();
    for run in runs {
        let documents = kept::of(desk, run).await?;
        let table = told::rules_of(desk, run).await?.config.fee_table.clone();
        let Some((pool, settled)) = read(desk, &documents)? else {
            rows.without.push(run.business_date);
            continue;
        };
        rows.money(run.business_date, &pool.txns);
        let night = night_of(run.business_date, &pool, settled);
        let before = before(desk, over, &night).await?;
        standing.night(night, &before);
        if table.lost.is_some() {
            rows.without.push(run.business_date);
        } else {
            fees.night(table.as_of(run.business_date), pool.fees);
        }
    }
    rows.links = standing.links();
    rows.fees = fees.judge(desk.config.start);
    Ok(rows)
}

/// Adds what nights after the period, in their order, knew of its rows.
pub(super) async fn later(
    desk: &Desk,
    rows: &mut Rows,
    runs: &[RunRecord],
) -> Result<(), JobError> {
    for run in runs {
        let documents = kept::of(desk, run).await?;
        match kept::read::<Inputs>(desk, &documents, kept::POOL)? {
            Ok(pool) => rows.know(&pool.txns),
            Err(_) => rows.later_untold = true,
        }
    }
    Ok(())
}

/// What a night read and decided; none where it kept none of it.
fn read(desk: &Desk, documents: &Documents) -> Result<Option<(Inputs, Settled)>, JobError> {
    let pool = kept::read::<Inputs>(desk, documents, kept::POOL)?;
    let settled = kept::read::<Settled>(desk, documents, kept::SETTLEMENT)?;
    Ok(pool.ok().zip(settled.ok()))
}

/// The groups that stood before the night and have no money of the period: they are of earlier
/// nights, and were only looked at again.
async fn before(
    desk: &Desk,
    over: &Period,
    night: &NightGroups<'_>,
) -> Result<BTreeSet<Box<str>>, JobError> {
    let older = night
        .groups
        .iter()
        .filter(|group| !night.is_within(group, over));
    let ids: Vec<&str> = older.map(|group| &*group.id).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(desk
        .store
        .known_groups(over.from.min(night.day), &ids)
        .await?)
}

/// A settlement, as far as it is of interest here.
#[derive(Deserialize)]
struct Settled {
    groups: Vec<Group>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    key: RowKey,
    business_date: Day,
}

#[derive(Deserialize)]
struct Group {
    id: Box<str>,
    pass: Box<str>,
    legs: Vec<GroupLeg>,
    score: u16,
    margin: Option<u16>,
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct GroupLeg {
    money: RowKey,
    dossier_code: Option<DossierCode>,
    fee_id: Option<FeeId>,
    amount: Vnd,
    role: Role,
    pass: Box<str>,
    why: Evidence,
}

impl From<GroupLeg> for Leg {
    fn from(leg: GroupLeg) -> Self {
        Self {
            money: leg.money,
            dossier_code: leg.dossier_code,
            fee_id: leg.fee_id,
            amount: leg.amount,
            role: leg.role,
            pass: pass::id(&leg.pass).unwrap_or_default(),
            why: leg.why,
        }
    }
}

fn night_of(day: Day, pool: &Inputs, settled: Settled) -> NightGroups<'_> {
    let group = |group: Group| MatchGroup {
        id: group.id,
        pass: pass::id(&group.pass).unwrap_or_default(),
        legs: group.legs.into_iter().map(Leg::from).collect(),
        score: group.score,
        margin: group.margin,
        evidence: group.evidence,
        runner_up: None,
        difference: None,
    };
    let rows = settled.rows.into_iter();
    NightGroups {
        day,
        pool,
        rows: rows.map(|row| (row.key, row.business_date)).collect(),
        groups: settled.groups.into_iter().map(group).collect(),
    }
}

/// Every fee line as the last of the nights that read it knew it, with the table of that night.
#[derive(Default)]
struct Lines {
    tables: Vec<FeeTable>,
    lines: BTreeMap<(DossierCode, FeeId), (usize, Fee)>,
}

impl Lines {
    fn night(&mut self, table: FeeTable, fees: Vec<Fee>) {
        if table.is_empty() {
            return;
        }
        if self.tables.last() != Some(&table) {
            self.tables.push(table);
        }
        let at = self.tables.len() - 1;
        for fee in fees {
            let line = (fee.dossier_code.clone(), fee.fee_id.clone());
            self.lines.insert(line, (at, fee));
        }
    }

    /// None where no night had a table.
    fn judge(self, start: Option<Day>) -> Option<FeeChecks> {
        let mut by_table: Vec<Vec<Fee>> = self.tables.iter().map(|_| Vec::new()).collect();
        for (at, fee) in self.lines.into_values() {
            if let Some(fees) = by_table.get_mut(at) {
                fees.push(fee);
            }
        }
        let judged = self.tables.iter().zip(by_table);
        let judged = judged.map(|(table, fees)| tariff::judge(&fees, table, start));
        judged.reduce(FeeChecks::and)
    }
}
