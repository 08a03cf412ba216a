//! Rows of pulls that no list of seals ever named and that do not wait for one either: no pull
//! stored them, somebody added them.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::chain::Chain;
use super::ledger::word;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{FORM, RunRecord, SEALED, Sealed, SealedAs, Tables, name_of, staged_as};

/// What waits for a list, and whether something may be neither there nor in one.
pub(super) struct Waiting {
    rows: HashSet<(Box<str>, Box<str>)>,
    /// An older program pulled, or sealed less: what nobody names may be a row of it.
    is_open: bool,
}

impl Waiting {
    pub(super) async fn read(desk: &Desk, chain: &Chain) -> Result<Self, JobError> {
        let staged = desk.store.staged().await?.into_iter();
        let rows = staged.map(|row| (row.table, row.key)).collect();
        let older = desk.store.pulled_by_older().await?;
        Ok(Self {
            rows,
            is_open: older || chain.begins_later() || chain.is_of_older(),
        })
    }

    /// True of a row that waits for a list, or may.
    pub(super) fn may_hold(&self, sealed: &Sealed, row: &Value) -> bool {
        let key: (Box<str>, Box<str>) = (sealed.table.into(), staged_as(sealed, row).0.into());
        self.is_open || self.rows.contains(&key)
    }

    /// True where every row of a pull is in a list or waits for one.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_open
    }
}

/// Rows of pulls by table and name; what a list names is taken out.
#[derive(Default)]
pub(super) struct Pulled<'t> {
    rows: HashMap<(&'static str, String), (&'static Sealed, &'t Value)>,
    is_open: bool,
}

impl<'t> Pulled<'t> {
    pub(super) fn of(tables: &'t Tables) -> Self {
        let mut rows = HashMap::new();
        // decisions are in a chain of their own
        let of_pull =
            |sealed: &&Sealed| sealed.kind != SealedAs::Decided && sealed.table != "decision";
        for sealed in SEALED.iter().filter(of_pull) {
            for row in tables.get(sealed.table).into_iter().flatten() {
                rows.insert((sealed.table, name_of(sealed, row)), (sealed, row));
            }
        }
        let is_open = false;
        Self { rows, is_open }
    }

    /// A list names this row.
    pub(super) fn named(&mut self, key: &(&'static str, String)) {
        self.rows.remove(key);
    }

    /// A list of this form was read; those of older programs name less.
    pub(super) fn listed_in(&mut self, form: u32) {
        self.is_open |= form < FORM;
    }

    /// Tells what is left and does not wait; hands on the names.
    pub(super) fn tell(
        self,
        waiting: &Waiting,
        findings: &mut Findings,
    ) -> BTreeSet<(&'static str, String)> {
        let mut told = BTreeSet::new();
        if self.is_open || waiting.is_open {
            return told;
        }
        for ((table, name), (sealed, row)) in self.rows {
            let key = (table.into(), staged_as(sealed, row).0.into());
            if waiting.rows.contains(&key) {
                continue;
            }
            let what = text(
                "dòng phải do một lần lấy dữ liệu ghi: có trong danh sách niêm phong, hoặc đang chờ niêm phong",
                "a row was stored by a pull: a list of seals names it, or it waits for one",
            );
            let about = format!("{table} {name}");
            findings.add(Invariant::Stored, about, what, "sealed", word(row, "night"));
            told.insert((table, name));
        }
        told
    }
}

/// Rows of runs that are not there, and marks of older programs that none of them left.
pub(super) async fn check(
    desk: &Desk,
    (all, chain): (&[RunRecord], &Chain),
    tables: &Tables,
    findings: &mut Findings,
) -> Result<(), JobError> {
    let runs: BTreeSet<&str> = all.iter().map(|run| run.id.as_str()).collect();
    let name = |row: &Value, names: &[&str]| {
        let words = names.iter().map(|name| word(row, name));
        words.collect::<Vec<_>>().join(" ")
    };
    let of_runs: [(_, &[&str]); 2] = [
        ("kpi", &["definition", "scope", "period"]),
        ("run_kept", &["run_id", "what"]),
    ];
    for (table, names) in of_runs {
        for row in tables.get(table).into_iter().flatten() {
            let run = word(row, "run_id");
            if !runs.contains(run) {
                let what = text(
                    "dòng phải thuộc về một lần chạy có trong cơ sở dữ liệu",
                    "a row belongs to a run that is in the database",
                );
                let about = format!("{table} {}", name(row, names));
                findings.add(Invariant::Stored, about, what, "a run", run);
            }
        }
    }
    marks(desk, chain, tables, findings).await
}

/// What says that older programs pulled goes with the first publication of this one.
async fn marks(
    desk: &Desk,
    chain: &Chain,
    tables: &Tables,
    findings: &mut Findings,
) -> Result<(), JobError> {
    if !chain.links.iter().any(|link| link.is_staged) {
        return Ok(());
    }
    let spellings = tables.get("txn_spelling").into_iter().flatten();
    let mut unmade = spellings.filter(|row| word(row, "spelling").is_empty());
    let marks = [
        ("staged", desk.store.pulled_by_older().await?),
        ("txn_spelling", unmade.next().is_some()),
    ];
    for (table, _) in marks.into_iter().filter(|(_, is_there)| *is_there) {
        let what = text(
            "không bản cũ nào ghi vào cơ sở dữ liệu sau lần công bố của chương trình này",
            "no older program pulled into the database after a publication of this one",
        );
        findings.add(Invariant::Stored, format!("{table} mark"), what, "0", "1");
    }
    Ok(())
}
