//! Pure: money rows of a period's days that no night tells, and those that nights tell too much.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{OfNights, ToldNight};
use crate::domain::Day;
use crate::report::facts::Figure;

/// A money row under its day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MoneyRow {
    /// The source.
    pub source: Box<str>,
    /// Its id in it.
    pub id: Box<str>,
    /// `payment`, `refund`, `reversal`, `debit`.
    pub kind: &'static str,
    /// The day that it counts under.
    pub day: Day,
    /// Dong, without sign.
    pub amount: i128,
}

/// Money rows of one source and kind by which all rows of the period's days differ from the sum of
/// its nights: those that no night tells less those that nights tell too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outside {
    /// The source.
    pub source: Box<str>,
    /// `payment`, `refund`, `reversal`, `debit`.
    pub kind: &'static str,
    /// Rows: those that no night tells less those too much.
    pub count: i128,
    /// Dong, likewise.
    pub sum_vnd: i128,
    /// In no night: they came after theirs, or are of a day without one.
    pub untold: Figure,
    /// Told by a night and not there any more: a payment that waited under one day and counts under
    /// another since, or one that is no more.
    pub gone: Figure,
}

/// By source and kind.
type Figures = BTreeMap<(Box<str>, &'static str), [Figure; 2]>;

impl Outside {
    /// Where only the difference is known.
    pub(super) fn net(source: Box<str>, kind: &'static str, net: (i128, i128)) -> Self {
        let [untold, gone] = parts(net);
        Self {
            source,
            kind,
            count: net.0,
            sum_vnd: net.1,
            untold,
            gone,
        }
    }
}

/// A difference as what is too little and what is too much.
fn parts((count, sum): (i128, i128)) -> [Figure; 2] {
    let part = |sign: i128| {
        let count = u64::try_from(sign * count).unwrap_or(0);
        Figure::new(count, (sign * sum).max(0))
    };
    [part(1), part(-1)]
}

impl OfNights {
    /// Tells what no night tells and what nights tell too much apart, row by row: `stored` are the
    /// rows of the period's days, `told` those of its day that each night read. Of a night whose
    /// rows are not at hand, or that counted others, only the difference is known.
    pub fn gross(
        &mut self,
        nights: &[ToldNight],
        stored: &[MoneyRow],
        told: &BTreeMap<Day, BTreeSet<MoneyRow>>,
    ) {
        let mut all = Figures::new();
        let mut of_day: BTreeMap<Day, BTreeSet<&MoneyRow>> = BTreeMap::new();
        for row in stored {
            of_day.entry(row.day).or_default().insert(row);
        }
        for night in nights {
            let mine = of_day.remove(&night.day).unwrap_or_default();
            match told
                .get(&night.day)
                .filter(|rows| counts(*rows) == counts_of(night))
            {
                Some(rows) => {
                    let rows: BTreeSet<&MoneyRow> = rows.iter().collect();
                    add(&mut all, 0, mine.difference(&rows));
                    add(&mut all, 1, rows.difference(&mine));
                }
                None => differ(&mut all, night, mine),
            }
        }
        // days without a night
        for rows in of_day.values() {
            add(&mut all, 0, rows);
        }
        self.outside = all
            .into_iter()
            .filter(|(_, parts)| *parts != [Figure::default(); 2])
            .map(|((source, kind), [untold, gone])| Outside {
                source,
                kind,
                count: i128::from(untold.count) - i128::from(gone.count),
                sum_vnd: untold.sum_vnd - gone.sum_vnd,
                untold,
                gone,
            })
            .collect();
    }

    /// What no night tells, and what the nights tell too much.
    pub fn all_outside(&self) -> [Figure; 2] {
        let mut all = [Figure::default(); 2];
        for one in &self.outside {
            all[0].plus(one.untold);
            all[1].plus(one.gone);
        }
        all
    }
}

fn add<'a, R>(all: &mut Figures, part: usize, rows: impl IntoIterator<Item = &'a R>)
where
    R: std::borrow::Borrow<MoneyRow> + 'a,
{
    for row in rows {
        let row = row.borrow();
        let entry = all.entry((row.source.clone(), row.kind)).or_default();
        if let Some(figure) = entry.get_mut(part) {
            figure.plus(Figure::new(1, row.amount));
        }
    }
}

/// By source and kind: rows and dong.
type Counts = BTreeMap<(Box<str>, &'static str), (i128, i128)>;

fn counts<'a>(rows: impl IntoIterator<Item = &'a MoneyRow>) -> Counts {
    let mut counts = Counts::new();
    for row in rows {
        let entry = counts.entry((row.source.clone(), row.kind)).or_default();
        *entry = (entry.0 + 1, entry.1 + row.amount);
    }
    counts
}

fn counts_of(night: &ToldNight) -> Counts {
    let mut counts = Counts::new();
    for (source, kind, figure) in &night.rows {
        let entry = counts.entry((source.clone(), *kind)).or_default();
        *entry = (entry.0 + i128::from(figure.count), entry.1 + figure.sum_vnd);
    }
    counts
}

/// The difference of a night's day, source by source and kind by kind.
fn differ(all: &mut Figures, night: &ToldNight, stored: BTreeSet<&MoneyRow>) {
    let (told, mut stored) = (counts_of(night), counts(stored));
    for (key, told) in told {
        let entry = stored.entry(key).or_default();
        *entry = (entry.0 - told.0, entry.1 - told.1);
    }
    for (key, net) in stored {
        let entry = all.entry(key).or_default();
        for (figure, part) in entry.iter_mut().zip(parts(net)) {
            figure.plus(part);
        }
    }
}
