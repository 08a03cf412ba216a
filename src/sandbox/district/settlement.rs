//! What the banks make of a day: the gateway's batched lines, banked cash, order of arrival.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::build::{Account, Builder, later, moment, next_office_day};
use super::cashless::{Transfer, provider_fee};
use super::dice::Dice;
use super::{BankRow, Scenario};

impl Builder {
    /// Takes the last payment event out of the truth from `at` on.
    pub(crate) fn return_last(&mut self, at: NaiveDateTime) {
        if let Some(event) = self.district.events.pop() {
            self.uncount(&event);
            self.district.events.push(super::Event {
                returned_at: Some(at),
                ..event
            });
        }
    }

    /// Drops the events after the first `kept`: rows that are no payments of their own.
    pub(crate) fn forget_events_after(&mut self, kept: usize) {
        while self.district.events.len() > kept {
            if let Some(event) = self.district.events.pop() {
                self.uncount(&event);
            }
        }
    }

    /// Adds the lines that follow from everything before, then puts the accounts in order.
    pub(crate) fn settle(&mut self) {
        self.returns_by_bank();
        self.batches();
        self.deposits();
        self.district
            .dossiers
            .sort_by(|a, b| (a.received_at, &a.code).cmp(&(b.received_at, &b.code)));
        self.district
            .orders
            .sort_by(|a, b| (a.created_at, &a.order_id).cmp(&(b.created_at, &b.order_id)));
        self.district
            .gateway_orders
            .sort_by(|a, b| (a.created_at, &a.order_id).cmp(&(b.created_at, &b.order_id)));
        self.district.receipts.sort_by(|a, b| a.id.cmp(&b.id));
        self.district
            .events
            .sort_by(|a, b| (a.at, &a.dossiers).cmp(&(b.at, &b.dossiers)));
        arrange(&mut self.district.sepay, 49_682, 1_200_541_768);
        arrange(&mut self.district.casso, 2_104_310, 386_220_500);
    }

    /// The gateway pays out each day's successful payments in one line: net of its fees, less the
    /// day's refunds, on the next office day.
    fn batches(&mut self) {
        let mut net: BTreeMap<NaiveDate, (i64, u32)> = BTreeMap::new();
        for order in &self.district.gateway_orders {
            let reversed = order.states.iter().any(|state| state.status == "04");
            for state in order
                .states
                .iter()
                .filter(|state| state.status == "00" && !reversed)
            {
                let day = state.paid_at.unwrap_or(state.at).date();
                let entry = net.entry(day).or_default();
                if state.kind == "01" {
                    entry.0 += state.amount - provider_fee(state.amount);
                    entry.1 += 1;
                } else {
                    entry.0 -= state.amount;
                }
            }
        }
        for (day, (amount, payments)) in net {
            if amount > 0 && payments > 1 {
                let at = later(
                    moment(next_office_day(day), 9, 30, 0),
                    self.dice_of(day, 1).between(0, 1_200),
                );
                let memo = format!(
                    "VNPAY TT DON VI {} NGAY {}",
                    "SANDBOX1",
                    day.format("%d%m%Y")
                );
                self.office_row(memo, amount, at, Scenario::BatchSettlement);
            }
        }
    }

    /// Offices bank the cash of a day on the next office day: the exact sum of its valid receipts.
    fn deposits(&mut self) {
        let mut sums: BTreeMap<(NaiveDate, &'static str), (i64, bool)> = BTreeMap::new();
        for receipt in &self.district.receipts {
            let key = (receipt.collected_at.date(), receipt.agency);
            let entry = sums.entry(key).or_insert((0, true));
            entry.0 += receipt.amount;
            entry.1 &= receipt.history.len() == 1;
        }
        let clean = sums.into_iter().filter(|(_, (_, all_valid))| *all_valid);
        let mut by_day: BTreeMap<NaiveDate, Vec<(&'static str, i64)>> = BTreeMap::new();
        for ((day, agency), (amount, _)) in clean {
            by_day.entry(day).or_default().push((agency, amount));
        }
        for (day, mut offices) in by_day {
            let mut dice = self.dice_of(day, 2);
            dice.shuffle(&mut offices);
            for (agency, amount) in offices.into_iter().take(2) {
                let at = later(
                    moment(next_office_day(day), 8, 30, 0),
                    dice.between(0, 9_000),
                );
                let name = self.district.agencies.iter().find(|one| one.code == agency);
                let unit = super::memo::squeeze(name.map_or("", |one| one.code));
                let memo = format!("NOP TIEN MAT DON VI {unit} NGAY {}", day.format("%d/%m/%Y"));
                self.office_row(memo, amount, at, Scenario::CashDeposit);
            }
        }
    }

    /// Dice of one day: what settles a day does not depend on how many days follow.
    fn dice_of(&self, day: NaiveDate, purpose: u64) -> Dice {
        let number = u64::from(day.num_days_from_ce().unsigned_abs());
        Dice::new(self.district.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (number << 2 | purpose))
    }

    fn office_row(&mut self, memo: String, amount: i64, at: NaiveDateTime, scenario: Scenario) {
        self.row(Transfer {
            account: Account::B,
            memo,
            amount,
            at,
            arrives: later(at, 60),
            payer: String::new(),
            scenario,
            dossiers: Vec::new(),
        });
    }
}

/// Orders an account by arrival, numbers its rows, gives them the bank's references and runs its
/// balance.
fn arrange(rows: &mut [BankRow], first_id: i64, opening: i64) {
    let order = |row: &BankRow| (row.arrives, row.at, row.memo.clone(), row.amount);
    rows.sort_by_cached_key(order);
    let (mut id, mut balance) = (first_id, opening);
    for row in rows {
        balance += row.amount;
        row.id = id;
        row.reference = format!("FT{}{:07}", row.at.format("%y%j"), id % 10_000_000);
        row.balance = balance;
        id += 1;
    }
}
