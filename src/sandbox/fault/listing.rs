//! Which rows a feed lists, and the faults of listing them.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime};

use super::ListAct;
use crate::sandbox::district::{BankRow, Scenario};
use crate::sandbox::world::World;

/// A row as a feed lists it, with its rank among the rows of its day.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) row: BankRow,
    pub(crate) rank: usize,
}

/// What a client asked for: both ends included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from: NaiveDateTime,
    pub(crate) to: NaiveDateTime,
}

impl Window {
    fn holds(&self, at: NaiveDateTime) -> bool {
        self.from <= at && at <= self.to
    }

    /// A day more at both ends.
    fn wider(&self) -> Self {
        let from = self
            .from
            .checked_sub_days(Days::new(1))
            .unwrap_or(self.from);
        Self {
            from,
            to: self.to.checked_add_days(Days::new(1)).unwrap_or(self.to),
        }
    }
}

/// The rows of a window that have reached the provider by now, without any fault.
pub(crate) fn arrived(world: &World, rows: &[BankRow], window: Window) -> Vec<Seen> {
    let now = world.clock.local();
    let mut ranks: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut seen = Vec::new();
    for row in rows {
        let rank = ranks.entry(row.at.date()).or_default();
        if row.arrives <= now && window.holds(row.at) {
            seen.push(Seen {
                row: row.clone(),
                rank: *rank,
            });
        }
        *rank += 1;
    }
    seen
}

/// The same with the fault. `fresh` says that the request begins a listing.
pub(crate) fn listed(
    world: &World,
    provider: &'static str,
    rows: &[BankRow],
    window: Window,
    (act, fresh): (Option<ListAct>, bool),
) -> Vec<Seen> {
    let window = if act == Some(ListAct::WrongDays) {
        window.wider()
    } else {
        window
    };
    let seen = arrived(world, rows, window);
    if fresh {
        note_listing(world, provider, &seen);
    }
    let desk = world.desk();
    let times = |seen: &Seen| {
        desk.listings
            .get(&(provider, seen.row.at.date()))
            .copied()
            .unwrap_or_default()
    };
    let mut listed = Vec::with_capacity(seen.len());
    let mut first_of_day = String::new();
    for mut one in seen {
        match act {
            Some(ListAct::LateRows) if one.rank < 5 && times(&one) < 2 => {}
            Some(ListAct::AmendedRows) if one.rank < 5 && times(&one) > 1 => {
                if one.rank < 3 {
                    one.row.amount += 1_000;
                    listed.push(one);
                }
            }
            Some(ListAct::DupRecords) if one.row.id % 10 == 4 => {
                listed.extend([one.clone(), one]);
            }
            Some(ListAct::DupReference) if one.rank < 2 => {
                if one.rank == 0 {
                    first_of_day.clone_from(&one.row.reference);
                } else if !first_of_day.is_empty() {
                    one.row.reference.clone_from(&first_of_day);
                }
                listed.push(one);
            }
            Some(ListAct::DupConflict) if one.rank == 0 => {
                let mut other = one.clone();
                other.row.amount += 1_000;
                listed.extend([one, other]);
            }
            _ => listed.push(one),
        }
    }
    listed
}

fn note_listing(world: &World, provider: &'static str, seen: &[Seen]) {
    let mut days: Vec<NaiveDate> = seen.iter().map(|one| one.row.at.date()).collect();
    days.sort_unstable();
    days.dedup();
    let mut desk = world.desk();
    for day in days {
        *desk.listings.entry((provider, day)).or_default() += 1;
    }
}

/// Rows that no bank booked, so that the day of `window` has exactly `count` rows; `seen` are those
/// that it has.
pub(crate) fn fill_up(seen: &mut Vec<Seen>, all: &[Seen], window: Window, count: usize) {
    let day = window.from.date();
    let number = i64::from(day.num_days_from_ce()) * 10_000;
    let missing = count.saturating_sub(all.len());
    for n in 0..i64::try_from(missing).unwrap_or(0) {
        let at = day.and_time(chrono::NaiveTime::MIN) + chrono::TimeDelta::seconds(n);
        if window.holds(at) {
            seen.push(invented(9_000_000_000 + number + n, at));
        }
    }
}

/// A row that no bank ever booked: for pages without end and for rows that drift in.
pub(crate) fn invented(id: i64, at: NaiveDateTime) -> Seen {
    let row = BankRow {
        id,
        reference: format!("FTX{id}"),
        memo: format!("chuyen tien {id}"),
        amount: 10_000,
        at,
        arrives: at,
        payer: "NGUYEN VAN A".to_owned(),
        balance: 0,
        scenario: Scenario::Interest,
        dossiers: Vec::new(),
    };
    Seen {
        row,
        rank: usize::MAX,
    }
}

/// The same entries in another order, which depends on nothing but their number.
pub(crate) fn shuffled<T>(entries: Vec<T>) -> Vec<T> {
    let (mut odd, mut even) = (Vec::new(), Vec::new());
    for (at, entry) in entries.into_iter().enumerate() {
        if at % 2 == 1 {
            odd.push(entry);
        } else {
            even.push(entry);
        }
    }
    odd.reverse();
    odd.extend(even);
    odd
}
