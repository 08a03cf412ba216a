//! Pure: what was open in each source, night after night.

use std::collections::BTreeMap;

use crate::domain::Day;
use crate::report::model::CarryRow;

/// What was open, from night to night.
#[derive(Default)]
pub(super) struct Carried {
    rows: BTreeMap<(bool, Box<str>), CarryRow>,
    /// The night before.
    before: Option<Day>,
}

impl Carried {
    /// The next night. A source of which it says nothing had nothing open, then or now.
    pub(super) fn night(&mut self, day: Day, rows: Vec<CarryRow>) {
        let mut told: BTreeMap<(bool, Box<str>), CarryRow> = BTreeMap::new();
        for row in rows {
            told.insert((!row.money, row.source.clone()), row);
        }
        for ((no_money, source), sum) in &mut self.rows {
            let silent = CarryRow {
                source: source.clone(),
                money: !no_money,
                ..CarryRow::default()
            };
            let row = told.remove(&(*no_money, source.clone()));
            sum.go_on(self.before, day, row.as_ref().unwrap_or(&silent));
        }
        for (key, row) in told {
            let mut sum = CarryRow {
                source: row.source.clone(),
                money: row.money,
                ..CarryRow::default()
            };
            if self.before.is_none() {
                sum.opening = row.opening;
            }
            sum.go_on(self.before, day, &row);
            self.rows.insert(key, sum);
        }
        self.before = Some(day);
    }

    pub(super) fn rows(self) -> Vec<CarryRow> {
        self.rows.into_values().collect()
    }
}
