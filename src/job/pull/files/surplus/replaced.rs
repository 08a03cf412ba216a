//! Rows of settlement files that a later file of the same day does not have.
//!
//! A provider that corrects its file of a day sends the day again. So files that end on the same
//! day are held against those that came after them: a later one that has rows of an earlier one, or
//! none at all, tells the day anew, and what it lacks is for a person. Files of a day that have no
//! row in common are parts of it. One that is cut, or does not agree with itself, tells nothing of
//! what it lacks.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::Stage;
use super::super::chain::{Finding, Owner, is_in};
use super::super::days::span;
use super::{Surplus, conflict, ids_of, put_before_person, sides, stored, undecided};
use crate::domain::{Day, Txn};
use crate::job::error::JobError;
use crate::source::FileSource;
use crate::store::AccountStatement;

/// A file and the ids of its rows.
type Read<'s> = (&'s AccountStatement, BTreeSet<Box<str>>);

/// What is stored of `days` that a later file of the same day lacks; puts it before a person.
pub(super) async fn compare<'s>(
    stage: &Stage,
    files: &FileSource,
    (told, findings): (&'s [AccountStatement], &[Finding<'s>]),
    days: &BTreeSet<Day>,
) -> Result<Vec<Surplus<'s>>, JobError> {
    let owner = Owner::among(told);
    let mut groups: BTreeMap<(&str, Day), Vec<&'s AccountStatement>> = BTreeMap::new();
    for statement in told {
        let concerned = days.range(statement.from..=statement.to).next().is_some();
        if statement.from <= statement.to && concerned {
            let key = (owner.of(statement), statement.to);
            groups.entry(key).or_default().push(statement);
        }
    }
    groups.retain(|_, of| of.iter().any(|s| s.sha256 != of[0].sha256));
    let nights = groups.values().flatten().map(|s| s.night).collect();
    let order = Order::of(stage, nights).await?;
    let (mut all, mut conflicts) = (Vec::new(), Vec::new());
    for ((number, _), mut of_day) in groups {
        stage.desk.checkpoint()?;
        of_day.sort_by_key(|s| (s.night, order.of_file(s), &s.name, s.seq));
        of_day.dedup_by(|later, first| later.sha256 == first.sha256);
        let mut read: Vec<Read<'s>> = Vec::new();
        for statement in of_day {
            read.push((statement, ids_of(stage, files, statement).await?));
        }
        let lost = lost(&read, &|s| !is_in(findings, s));
        let Some(from) = lost.values().map(|s| s.from).min() else {
            continue;
        };
        let to = read.iter().map(|(s, _)| s.to).max().unwrap_or(from);
        for day in span(from, to).filter(|day| days.contains(day)) {
            let stored = stored(stage, owner, (number, day)).await?;
            let by = |row: &Txn| {
                let by = lost.get(&*row.id).copied();
                by.filter(|s| (s.from..=s.to).contains(&day))
            };
            let open = undecided(
                stage,
                stored.iter().filter(|row| by(row).is_some()).collect(),
            );
            let rows = open.await?;
            let Some(statement) = rows.iter().filter_map(&by).next_back() else {
                continue;
            };
            conflicts.extend(rows.iter().map(|row| conflict(row, statement)));
            all.push(Surplus {
                statement,
                day,
                told: sides(stored.iter().filter(|row| by(row).is_none())),
                stored: sides(stored.iter()),
                rows,
            });
        }
    }
    put_before_person(stage, conflicts).await?;
    Ok(all)
}

/// Of each row that a later file of its day lacks that file; `read` in the order of their coming.
fn lost<'s>(
    read: &[Read<'s>],
    believed: &dyn Fn(&AccountStatement) -> bool,
) -> BTreeMap<Box<str>, &'s AccountStatement> {
    let mut lost: BTreeMap<Box<str>, &'s AccountStatement> = BTreeMap::new();
    for (at, (later, has)) in read.iter().enumerate() {
        let nothing = has.is_empty() && later.rejects == 0;
        for (_, rows) in read[..at].iter().filter(|_| believed(later)) {
            if nothing || !rows.is_disjoint(has) {
                let lacks = rows.difference(has);
                lost.extend(lacks.map(|id| (id.clone(), *later)));
            }
        }
        lost.retain(|id, _| !has.contains(id));
    }
    lost
}

/// In which order files came: by night, and within it in the order in which they were read.
struct Order(BTreeMap<(Day, Box<str>, Box<str>), usize>);

impl Order {
    async fn of(stage: &Stage, nights: BTreeSet<Day>) -> Result<Self, JobError> {
        let mut places = BTreeMap::new();
        for night in nights {
            let readings = stage.desk.store.readings(night).await?;
            let own = readings.into_iter().enumerate();
            for (place, reading) in own.filter(|(_, one)| one.source == stage.settings.name) {
                if let Some(sha256) = reading.sha256 {
                    let key = (night, reading.what, sha256);
                    places.entry(key).or_insert(place);
                }
            }
        }
        Ok(Self(places))
    }

    fn of_file(&self, statement: &AccountStatement) -> usize {
        let key = (
            statement.night,
            statement.name.clone(),
            statement.sha256.clone(),
        );
        self.0.get(&key).copied().unwrap_or(usize::MAX)
    }
}
