//! Pure: the money that gateways still hold for the agency, from the night before to tonight, and
//! how each of their days reached the bank.
//!
//! The opening is what the night before published as its closing. The closing is added up anew from
//! the rows of the window, less what banks received. So a row that vanished or became another one
//! is a remainder, and the remainder is a column of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::domain::Day;
use crate::report::facts::{Figure, GatewayFacts, RunFacts};
use crate::settle::Settlement;

use super::index::Index;
pub use chain::{ChainRow, Stage};
use days::{Ledger, Moved};
use lines::Lines;

mod chain;
mod days;
mod fees;
mod groups;
mod lines;
mod said;

/// What one gateway holds, from the night before to tonight, or over the nights of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HeldRow {
    /// The source that tells of it.
    pub source: Box<str>,
    /// Other sources that tell of the same gateway, as its settlement file.
    pub also: Vec<Box<str>>,
    /// What it held after the night before, dong.
    pub opening: i128,
    /// True where no night before tells it: the opening is added up from the window.
    pub recomputed: bool,
    /// What people paid in the day.
    pub paid: Figure,
    /// The fees that the rows of the day tell, dong.
    pub fees: i128,
    /// Refunds and reversals of the day.
    pub returned: Figure,
    /// Rows of earlier days that came or became final tonight, less their fees; refunds less.
    pub late: Figure,
    /// What banks received tonight in one credit for a day; less where a credit is none any more.
    pub batches: Figure,
    /// What banks received tonight payment by payment; likewise.
    pub singles: Figure,
    /// What was kept of it, as is known only when it is paid out, dong.
    pub kept: i128,
    /// What it holds after tonight, added up from the rows, dong.
    pub closing: i128,
    /// Of it, what is of days before the window, dong.
    pub older: i128,
    /// Over a period: by how much its nights began with more than those before them left, dong.
    pub between: i128,
}

impl HeldRow {
    /// What people paid in the day, less fees and refunds, dong.
    pub fn net(&self) -> i128 {
        self.paid.sum_vnd - self.fees - self.returned.sum_vnd
    }

    /// What the opening and the movements come to beyond the closing: what no row explains, dong.
    pub fn rest(&self) -> i128 {
        let into = self.opening + self.between + self.net() + self.late.sum_vnd;
        let out = self.batches.sum_vnd + self.singles.sum_vnd + self.kept;
        into - out - self.closing
    }

    /// Opening, paid, fees, returned, late, in one credit, one by one, kept, between, closing and
    /// what is not explained, dong.
    pub fn parts(&self) -> [i128; 11] {
        [
            self.opening,
            self.paid.sum_vnd,
            self.fees,
            self.returned.sum_vnd,
            self.late.sum_vnd,
            self.batches.sum_vnd,
            self.singles.sum_vnd,
            self.kept,
            self.between,
            self.closing,
            self.rest(),
        ]
    }

    /// The next night of a period.
    pub(super) fn go_on(&mut self, next: &Self) {
        self.between += next.opening - self.closing;
        self.also.clone_from(&next.also);
        self.paid.plus(next.paid);
        self.fees += next.fees;
        self.returned.plus(next.returned);
        self.late.plus(next.late);
        self.batches.plus(next.batches);
        self.singles.plus(next.singles);
        self.kept += next.kept;
        (self.closing, self.older) = (next.closing, next.older);
    }
}

/// One credit for a day of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DayCredit {
    /// The bank that tells of it.
    pub bank: Box<str>,
    /// What the bank knows it by.
    pub reference: Box<str>,
    /// When.
    pub on: Option<Day>,
    /// What the bank received, dong.
    pub received: i128,
    /// What of the day's due it settled: received and kept, dong.
    pub settled: i128,
}

/// A day of a gateway, as far as the window reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GatewayDay {
    /// The source that tells of it.
    pub source: Box<str>,
    /// The day on which people paid.
    pub day: Day,
    /// Payments, and what people paid.
    pub paid: Figure,
    /// The fees that its rows tell, dong.
    pub fees: i128,
    /// Refunds and reversals.
    pub returned: Figure,
    /// What is due to the agency by its rows, dong.
    pub due: i128,
    /// Rows, refunds among them.
    pub rows: u64,
    /// The one credit for it.
    pub batch: Option<DayCredit>,
    /// What banks received payment by payment.
    pub singles: Figure,
    /// What of the due that settled, dong.
    pub singles_settled: i128,
    /// The last day on which a bank received of it, payment by payment.
    pub singles_on: Option<Day>,
    /// The fee that the configured rates give, dong; none without rates.
    pub expected: Option<i128>,
    /// Payments of which a fee was kept that no configured rate gives.
    pub odd: Figure,
    /// Something of it is not at the bank, longer than a day takes.
    pub overdue: bool,
}

impl GatewayDay {
    /// What of its due reached the bank or was kept, dong.
    pub fn settled(&self) -> i128 {
        self.batch.as_ref().map_or(0, |batch| batch.settled) + self.singles_settled
    }

    /// What banks received of it, dong.
    pub fn received(&self) -> i128 {
        self.batch.as_ref().map_or(0, |batch| batch.received) + self.singles.sum_vnd
    }

    /// What the gateway still holds of it, dong.
    pub fn held(&self) -> i128 {
        self.due - self.settled()
    }

    /// The fee that was kept: what its rows tell, and what is known since it was paid out, dong.
    pub fn kept(&self) -> i128 {
        self.fees + self.settled() - self.received()
    }

    /// The last day on which a bank received of it.
    pub fn on(&self) -> Option<Day> {
        let batch = self.batch.as_ref().and_then(|batch| batch.on);
        batch.max(self.singles_on)
    }
}

/// What gateways hold, and their days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Held {
    /// One row a gateway.
    pub rows: Vec<HeldRow>,
    /// Its days, in order of gateways and days.
    pub days: Vec<GatewayDay>,
    /// From the fees of the one-stop system to the money in the bank; empty without gateways.
    pub chain: Vec<ChainRow>,
}

impl Held {
    /// What the gateways hold together, dong.
    pub fn closing(&self) -> i128 {
        self.rows.iter().map(|row| row.closing).sum()
    }
}

/// What the gateways hold after the night.
pub(super) fn held(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Held {
    let Some(gateways) = facts.page.gateways.as_deref() else {
        return Held::default();
    };
    let night = facts.business_date;
    let [now, before] = Lines::read(index, settlement, (gateways, night));
    let groups = groups::of(gateways, &now);
    let ledger = Ledger::read(
        (index, settlement),
        (gateways, night),
        (&now, &before),
        &groups,
    );
    let mut all = Held::default();
    for source in groups.sources() {
        let also = groups.others(&source);
        let told = Told::of(gateways, &source, &also);
        let moved = ledger.moved.get(&source).cloned().unwrap_or_default();
        let own = (source.clone(), gateways.first)..=(source.clone(), night);
        let mut row = HeldRow {
            also,
            ..of_source(source, &moved, &told)
        };
        for ((_, day), of_day) in ledger.days.range(own) {
            let credits = of_day.credits(told.days.get(day).copied());
            if !told.published {
                row.opening += of_day.due_before - credits.settled_before;
            }
            row.batches.plus(credits.batches);
            row.kept += credits.kept;
            let told = of_day.told(&row.source, *day, credits.batch, gateways);
            row.closing += told.held();
            all.days.push(told);
        }
        all.rows.push(row);
    }
    all.chain = chain::chain((index, settlement, facts), &now, &groups, &all.rows);
    all
}

/// What is known of a gateway before its days are added up.
fn of_source(source: Box<str>, moved: &Moved, told: &Told<'_>) -> HeldRow {
    let older = told.older + moved.older;
    HeldRow {
        source,
        opening: told.opening,
        recomputed: !told.published,
        paid: moved.paid,
        fees: moved.fees,
        returned: moved.returned,
        late: moved.late,
        singles: moved.singles,
        kept: moved.singles_settled - moved.singles.sum_vnd,
        closing: older,
        older,
        ..HeldRow::default()
    }
}

/// What the night before published of a gateway.
struct Told<'f> {
    /// False where it published nothing of any.
    published: bool,
    /// Its closing, dong.
    opening: i128,
    /// Of it, what is of days before tonight's window, dong.
    older: i128,
    /// The days of the window.
    days: BTreeMap<Day, &'f GatewayDay>,
}

impl<'f> Told<'f> {
    fn of(gateways: &'f GatewayFacts, source: &str, also: &[Box<str>]) -> Self {
        let is_own = |name: &str| name == source || also.iter().any(|other| **other == *name);
        let mut told = Self {
            published: gateways.before.is_some(),
            opening: 0,
            older: 0,
            days: BTreeMap::new(),
        };
        let Some(before) = &gateways.before else {
            return told;
        };
        for row in before.rows.iter().filter(|row| is_own(&row.source)) {
            told.opening += row.closing;
            told.older += row.older;
        }
        for day in before.days.iter().filter(|day| is_own(&day.source)) {
            if day.day < gateways.first {
                told.older += day.held();
            } else {
                told.days.insert(day.day, day);
            }
        }
        told
    }
}

/// The nights of a period, one after the other.
#[derive(Default)]
pub(super) struct HeldNights {
    rows: BTreeMap<Box<str>, HeldRow>,
    days: BTreeMap<(Box<str>, Day), GatewayDay>,
    chain: Vec<ChainRow>,
    first: Option<Day>,
}

impl HeldNights {
    /// The next night. Of a day the last night that tells it counts; days before the first night
    /// are not of the period.
    pub(super) fn night(&mut self, night: Day, held: Held) {
        let is_first = self.first.is_none();
        let first = *self.first.get_or_insert(night);
        let told: BTreeSet<Box<str>> = held.rows.iter().map(|row| row.source.clone()).collect();
        for row in held.rows {
            match self.rows.get_mut(&row.source) {
                Some(sum) => sum.go_on(&row),
                None if is_first => {
                    self.rows.insert(row.source.clone(), row);
                }
                None => {
                    let mut sum = HeldRow {
                        source: row.source.clone(),
                        ..HeldRow::default()
                    };
                    sum.go_on(&row);
                    self.rows.insert(sum.source.clone(), sum);
                }
            }
        }
        // a gateway of which it says nothing holds nothing
        for (source, sum) in &mut self.rows {
            if !told.contains(source) {
                sum.go_on(&HeldRow::default());
            }
        }
        chain::add_up(&mut self.chain, held.chain);
        for day in held.days.into_iter().filter(|day| day.day >= first) {
            self.days.insert((day.source.clone(), day.day), day);
        }
    }

    pub(super) fn all(self) -> Held {
        Held {
            rows: self.rows.into_values().collect(),
            days: self.days.into_values().collect(),
            chain: self.chain,
        }
    }
}
