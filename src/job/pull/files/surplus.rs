//! Stored rows that the statements of their days do not have.
//!
//! A file that was wrong (columns misread, another account's, changed by hand) leaves its rows
//! behind when the right one comes: they would count beside the right ones. So the money stored of
//! an account is held against every statement of it that ties by its balances, and where the sums
//! differ, its rows one by one ([`judge`]). What such a statement does not have is put before a
//! person as a `conflict`, which counts for nothing; its day is not whole until all of it is
//! decided. Settlement files have no balances: there a later file of the same day counts
//! ([`replaced`]).

mod judge;
mod replaced;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, anyhow};
use rust_decimal::Decimal;
use tokio::sync::mpsc;

use super::super::Stage;
use super::chain::{Finding, Owner, What, is_in, opens_on};
use super::days::span;
use super::deliver::delivery;
use super::{heal, parse};
use crate::decision::in_force;
use crate::domain::{Conflict, Day, Txn, TxnKind, TxnStatus, Vnd};
use crate::job::error::JobError;
use crate::normalise;
use crate::normalise::statement::again::Again;
use crate::source::{FileRole, FileSource};
use crate::store::{AccountStatement, Delivery, Turnover};
use judge::{Rank, Told};

/// Rows of a day that a statement of it does not have.
#[derive(Clone, Debug)]
pub(super) struct Surplus<'s> {
    /// The statement.
    pub(super) statement: &'s AccountStatement,
    /// The day.
    pub(super) day: Day,
    /// The rows, in order of their ids.
    pub(super) rows: Vec<Txn>,
    /// Money in and out of the day by the statement.
    pub(super) told: [Decimal; 2],
    /// Money in and out that is stored of it.
    pub(super) stored: [Decimal; 2],
}

/// What comparing brought.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared<'s> {
    /// What waits for a person, by account and day.
    pub(super) surplus: Vec<Surplus<'s>>,
    /// Days of accounts of which every stored row stands in one statement that ties.
    whole: BTreeSet<(Box<str>, Day)>,
    /// Days of accounts of which rows were compared, and what is too much is known.
    judged: BTreeSet<(Box<str>, Day)>,
}

impl Compared<'_> {
    /// True when the rows themselves show that a finding is of the past: all days of its
    /// statement are told by others, and what it told beside them is known; or of two statements of
    /// a day that do not hang together a third tells everything.
    pub(super) fn settles(&self, owner: Owner<'_>, finding: &Finding<'_>) -> bool {
        let number = owner.of(finding.statement);
        let key = |day: Day| (Box::<str>::from(number), day);
        if let What::Apart(before) = finding.what {
            let day = opens_on(finding.statement);
            return before.to >= day && self.whole.contains(&key(day));
        }
        let known = |day| self.whole.contains(&key(day)) || self.judged.contains(&key(day));
        let mut days = span(finding.statement.from, finding.statement.to);
        days.all(known) && finding.span().any(|day| self.judged.contains(&key(day)))
    }
}

/// Compares what is stored of `days`, and of the days of tonight's files, with the statements
/// `told` that tie. `standing`: the findings that are not of the past.
pub(super) async fn compare<'s>(
    stage: &Stage,
    files: &FileSource,
    (told, findings, standing): (&'s [AccountStatement], &[Finding<'s>], &[Finding<'s>]),
    days: &BTreeSet<Day>,
) -> Result<Compared<'s>, JobError> {
    let mut compared = Compared::default();
    let itself = |s: &AccountStatement| {
        let own = |f: &Finding<'_>| f.statement == s && !matches!(f.what, What::Apart(_));
        findings.iter().any(own)
    };
    let is_sound = |s: &AccountStatement| {
        // a page tells a part of the day
        let is_page = s.checked.goes_on || s.checked.follows;
        let balances = s.opening.is_some() && s.closing.is_some() && !is_page;
        balances && heal::ties(s) && s.rejects == 0 && s.from <= s.whole_to && !itself(s)
    };
    let tonight = told.iter().filter(|s| s.night == stage.night);
    let tonight = tonight.flat_map(|s| span(s.from, s.whole_to));
    let days: BTreeSet<Day> = days.iter().copied().chain(tonight).collect();
    if files.role == FileRole::Settlement {
        compared.surplus = replaced::compare(stage, files, (told, findings), &days).await?;
        return Ok(compared);
    }
    let concerns = |s: &&AccountStatement| days.range(s.from..=s.to).next().is_some();
    let sound = told.iter().filter(|s| is_sound(s)).filter(concerns);
    let sound: Vec<&AccountStatement> = sound.collect();
    let (Some(from), Some(to)) = (
        sound.iter().map(|s| s.from).min(),
        sound.iter().map(|s| s.to).max(),
    ) else {
        return Ok(compared);
    };
    let owner = Owner::among(told);
    let (store, name) = (&stage.desk.store, &stage.settings.name);
    // the cut-off may move a payment to the accounting day after its own
    let turnover = store.turnover(name, (from, to.plus(1))).await?;
    for statement in &sound {
        if sums(owner, &turnover, statement) == [statement.credits, statement.checked.debits] {
            let number = owner.of(statement);
            let whole = span(statement.from, statement.whole_to);
            compared.whole.extend(whole.map(|day| (number.into(), day)));
        }
    }
    let open = sound.iter().flat_map(|s| {
        let number = owner.of(s);
        span(s.from, s.whole_to).map(move |day| (Box::<str>::from(number), day))
    });
    let open = open.filter(|key| !compared.whole.contains(key) && days.contains(&key.1));
    let open: BTreeSet<(Box<str>, Day)> = open.collect();
    if open.is_empty() {
        return Ok(compared);
    }
    let rank = |s: &AccountStatement| match (is_sound(s), is_in(findings, s)) {
        (true, false) => Rank::Firm,
        (true, true) => Rank::Apart,
        (false, _) if is_in(standing, s) => Rank::Standing,
        (false, _) => Rank::Past,
    };
    let ranked: Vec<(&AccountStatement, Rank)> = told.iter().map(|s| (s, rank(s))).collect();
    rows(stage, files, (owner, &ranked), open, &mut compared).await?;
    Ok(compared)
}

/// Money in and out that is stored of the days of a statement.
fn sums(owner: Owner<'_>, turnover: &[Turnover], statement: &AccountStatement) -> [Decimal; 2] {
    let own = turnover.iter().filter(|sum| {
        let days = statement.from..=statement.to;
        days.contains(&sum.day) && owner.of_row(sum.account.as_deref()) == owner.of(statement)
    });
    own.fold([Decimal::ZERO; 2], |[come, out], sum| {
        [
            come + Decimal::from(sum.credits),
            out + Decimal::from(sum.debits),
        ]
    })
}

/// Compares the rows of the days of accounts whose sums differ.
async fn rows<'s>(
    stage: &Stage,
    files: &FileSource,
    (owner, ranked): (Owner<'_>, &[(&'s AccountStatement, Rank)]),
    open: BTreeSet<(Box<str>, Day)>,
    compared: &mut Compared<'s>,
) -> Result<(), JobError> {
    let numbers: BTreeSet<&str> = open.iter().map(|(number, _)| &**number).collect();
    let of_account = |s: &AccountStatement| numbers.contains(owner.of(s));
    let mut ids: BTreeMap<&str, BTreeSet<Box<str>>> = BTreeMap::new();
    for (statement, _) in ranked.iter().filter(|(s, _)| of_account(s)) {
        if !ids.contains_key(&*statement.sha256) {
            stage.desk.checkpoint()?;
            ids.insert(&statement.sha256, ids_of(stage, files, statement).await?);
        }
    }
    let told: Vec<Told<'s, '_>> = ranked
        .iter()
        .filter_map(|(statement, rank)| {
            Some(Told {
                statement,
                rank: *rank,
                ids: ids.get(&*statement.sha256)?,
            })
        })
        .collect();
    let mut conflicts = Vec::new();
    for (number, day) in open {
        let stored = stored(stage, owner, (&number, day)).await?;
        let of_day: BTreeSet<&str> = stored.iter().map(|row| row.id.as_ref()).collect();
        let own = told
            .iter()
            .filter(|told| owner.of(told.statement) == &*number);
        let own: Vec<&Told<'s, '_>> = own.collect();
        let Some(judged) = judge::day(day, &own, &of_day) else {
            continue;
        };
        compared.judged.insert((number, day));
        let is_extra = |row: &&Txn| judged.extra.contains(row.id.as_ref());
        let extra: Vec<&Txn> = stored.iter().filter(is_extra).collect();
        let rows = undecided(stage, extra).await?;
        if rows.is_empty() {
            continue;
        }
        conflicts.extend(rows.iter().map(|row| conflict(row, judged.statement)));
        let has = |row: &&Txn| judged.told.contains(row.id.as_ref());
        compared.surplus.push(Surplus {
            statement: judged.statement,
            day,
            told: sides(stored.iter().filter(has)),
            stored: sides(stored.iter()),
            rows,
        });
    }
    put_before_person(stage, conflicts).await
}

/// Stores what a person has to decide.
async fn put_before_person(stage: &Stage, conflicts: Vec<Conflict>) -> Result<(), JobError> {
    let delivery = Delivery {
        conflicts,
        ..Delivery::default()
    };
    let (store, merge) = (&stage.desk.store, normalise::merge);
    store
        .save_transactions(&stage.settings.name, stage.night, &delivery, merge)
        .await?;
    Ok(())
}

/// The rows of an account that count as paid on a day.
async fn stored(
    stage: &Stage,
    owner: Owner<'_>,
    (number, day): (&str, Day),
) -> Result<Vec<Txn>, JobError> {
    let (store, name) = (&stage.desk.store, &stage.settings.name);
    let days = (day, day.plus(1));
    let mut stored = store.txns_of_days(name, days, &|_| true).await?;
    stored.retain(|row| {
        let own = owner.of_row(row.account.as_deref()) == number;
        own && row.paid_on == day && row.status == TxnStatus::Success
    });
    Ok(stored)
}

/// Those of the rows of which nobody has decided anything that counts tonight.
async fn undecided(stage: &Stage, rows: Vec<&Txn>) -> Result<Vec<Txn>, JobError> {
    let mut open = Vec::new();
    for row in rows {
        let mut book = stage.desk.store.decisions_of(&row.key()).await?;
        book.retain(|entry| entry.draft.night <= stage.night);
        if in_force(&book).is_empty() {
            open.push(row.clone());
        }
    }
    Ok(open)
}

/// Money in and out.
fn sides<'t>(rows: impl Iterator<Item = &'t Txn>) -> [Decimal; 2] {
    rows.fold([Decimal::ZERO; 2], |[come, out], row| {
        let sum = Decimal::from(row.amount.get());
        if row.kind == TxnKind::Payment {
            [come + sum, out]
        } else {
            [come, out + sum]
        }
    })
}

/// What a person has to decide: the row is stored, and the statement does not have it.
fn conflict(row: &Txn, statement: &AccountStatement) -> Conflict {
    let file = crate::text::mask_file(&statement.name);
    normalise::amount_conflict(row, Vnd::ZERO, &file)
}

/// The ids under which the rows of a statement's file are stored.
async fn ids_of(
    stage: &Stage,
    files: &FileSource,
    statement: &AccountStatement,
) -> Result<BTreeSet<Box<str>>, JobError> {
    let (archive, mapping) = (stage.desk.archive.clone(), files.mapping.clone());
    let sha256 = statement.sha256.to_string();
    let scan = move || parse::scan(&archive, &sha256, &mapping);
    let scanned = super::blocking(scan).await??;
    let fail = |error| anyhow!("{}: {error}", crate::text::mask_file(&statement.name));
    let scanned = scanned.map_err(fail)?;
    let read = (&*statement.sha256, &*statement.name);
    let job = parse::Job::of(stage, files, read, statement.to);
    let (sender, mut chunks) = mpsc::channel(2);
    let parsing = tokio::task::spawn_blocking(move || job.rows(&scanned, &sender));
    let (mut numbers, mut ids) = (Again::default(), BTreeSet::<Box<str>>::new());
    while let Some(chunk) = chunks.recv().await {
        let (delivery, _) = delivery(stage, &mut numbers, chunk).await?;
        ids.extend(delivery.txns.iter().map(|row| Box::from(&*row.id)));
    }
    let read = parsing.await.context("a file's reader ended")??;
    read.map_err(fail)?;
    ids.append(&mut numbers.settled());
    Ok(ids)
}
