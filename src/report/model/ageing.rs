//! Pure: the work list by class and by age.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::Severity;
use crate::domain::Lang;
use crate::report::facts::Figure;

use super::Classes;

/// One class and how much of it is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassRow {
    /// Stable id.
    pub class: Box<str>,
    /// Short name.
    pub label: String,
    /// How much a person has to do.
    pub severity: Severity,
    /// Count and money.
    pub figure: Figure,
    /// Of how many matters these rows are.
    pub matters: u64,
}

/// The classes, the ones that ask for the most first.
pub(super) fn class_rows(
    figures: BTreeMap<&str, Figure>,
    matters: &BTreeMap<&str, u64>,
    lang: Lang,
    classes: Classes<'_>,
) -> Vec<ClassRow> {
    let row = |(class, figure): (&str, Figure)| ClassRow {
        class: class.into(),
        label: classes.text(class, lang, |c| c.label),
        severity: classes.get(class).map_or(Severity::Action, |c| c.severity),
        matters: matters.get(class).copied().unwrap_or(figure.count),
        figure,
    };
    let mut rows: Vec<ClassRow> = figures.into_iter().map(row).collect();
    rows.sort_by_key(|row| {
        (
            Reverse(row.severity),
            Reverse(row.figure.sum_vnd),
            row.class.clone(),
        )
    });
    rows
}

/// The classes with open work, each with it by age.
pub(super) fn aged(
    rows: &[ClassRow],
    ageing: &BTreeMap<&str, [Figure; 5]>,
) -> Vec<(ClassRow, [Figure; 5])> {
    let row = |row: &ClassRow| {
        let ages = *ageing.get(&*row.class)?;
        let mut row = row.clone();
        // what informs is a matter of its own
        let seconds = row.figure.count.saturating_sub(row.matters);
        row.figure = Figure::default();
        for part in ages {
            row.figure.plus(part);
        }
        row.matters = row.figure.count.saturating_sub(seconds);
        Some((row, ages))
    };
    rows.iter().filter_map(row).collect()
}

/// Which of the five ages: today, 1, 2-3, 4-7, more days.
pub fn age_bucket(days: i64) -> usize {
    match days {
        ..=0 => 0,
        1 => 1,
        2..=3 => 2,
        4..=7 => 3,
        _ => 4,
    }
}
