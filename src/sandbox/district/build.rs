//! Builds the district day by day.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::dice::Dice;
use super::scenario::SCENARIOS;
use super::tariff::{self, Draft, Place};
use super::{BankRow, District};
use super::{
    Dossier, Event, Fee, FeeKind, FeeState, GatewayOrder, Method, Mode, Order, Receipt, Scenario,
    agencies, names,
};

/// Sought share of cashless payment events, in thousandths: just above the plan's 50 %.
const CASHLESS_PERMILLE: i64 = 512;
/// Sought share of dossiers filed online, in thousandths: just below the plan's 80 %.
const ONLINE_PERMILLE: i64 = 772;

/// The district under construction.
pub(crate) struct Builder {
    pub(crate) dice: Dice,
    pub(crate) district: District,
    /// Scenarios that still have to happen today.
    queue: Vec<Scenario>,
    /// Last sequence number by agency, of the current day.
    sequence: BTreeMap<&'static str, u32>,
    cashless_events: i64,
    all_events: i64,
    online_dossiers: i64,
    pub(crate) fee_count: u32,
    pub(crate) receipt_count: u32,
    pub(crate) e_receipt_count: u32,
    pub(crate) reference_count: u32,
    pub(crate) gateway_count: u32,
}

/// `day` at `hour:minute:second`.
pub(crate) fn moment(day: NaiveDate, hour: u32, minute: u32, second: u32) -> NaiveDateTime {
    let time = NaiveTime::from_hms_opt(hour, minute, second).unwrap_or(NaiveTime::MIN);
    NaiveDateTime::new(day, time)
}

/// `at` plus some seconds.
pub(crate) fn later(at: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    at + TimeDelta::seconds(seconds)
}

/// The next day from Monday to Friday.
pub(crate) fn next_office_day(day: NaiveDate) -> NaiveDate {
    let mut next = day + Days::new(1);
    while matches!(next.weekday(), Weekday::Sat | Weekday::Sun) {
        next = next + Days::new(1);
    }
    next
}

impl Builder {
    pub(crate) fn new(seed: u64, first_day: NaiveDate, days: u32) -> Self {
        let district = District {
            seed,
            first_day,
            days,
            agencies: agencies::all(),
            dossiers: Vec::new(),
            orders: Vec::new(),
            receipts: Vec::new(),
            sepay: Vec::new(),
            casso: Vec::new(),
            vnpay: Vec::new(),
            events: Vec::new(),
        };
        Self {
            dice: Dice::new(seed),
            district,
            queue: Vec::new(),
            sequence: BTreeMap::new(),
            cashless_events: 0,
            all_events: 0,
            online_dossiers: 0,
            fee_count: 0,
            receipt_count: 0,
            e_receipt_count: 0,
            reference_count: 0,
            gateway_count: 0,
        }
    }

    /// All days, then what the banks and the gateway make of them.
    pub(crate) fn run(mut self) -> District {
        let mut week: Vec<Vec<Scenario>> = Vec::new();
        for offset in 0..self.district.days {
            let day = self.district.first_day + Days::new(u64::from(offset));
            if offset % 7 == 0 {
                week = self.plan_week(day);
                week.reverse();
            }
            self.queue.extend(week.pop().unwrap_or_default());
            self.day(day);
        }
        self.settle();
        self.district
    }

    /// Spreads the planned scenarios of seven days over the days with dossiers; the last of them
    /// gets none, so that what follows the next morning is still seen.
    fn plan_week(&mut self, first: NaiveDate) -> Vec<Vec<Scenario>> {
        let mut plan = vec![Vec::new(); 7];
        let mut slots: Vec<usize> = Vec::new();
        for (at, day) in first.iter_days().take(7).enumerate() {
            match day.weekday() {
                Weekday::Sun => {}
                Weekday::Sat => slots.push(at),
                _ => slots.extend([at; 4]),
            }
        }
        let last = slots.last().copied();
        slots.retain(|slot| Some(*slot) != last);
        for (scenario, _, weekly) in &SCENARIOS {
            for _ in 0..*weekly {
                let slot = *self.dice.pick(&slots);
                plan[slot].push(*scenario);
            }
        }
        for day in &mut plan {
            self.dice.shuffle(day);
        }
        plan
    }

    fn day(&mut self, day: NaiveDate) {
        self.sequence.clear();
        let count = match day.weekday() {
            Weekday::Sun => return,
            Weekday::Sat => self.dice.between(80, 100),
            _ => self.dice.between(285, 320),
        };
        self.strangers(day);
        for _ in 0..count {
            self.dossier(day);
        }
    }

    /// Rows of the day that belong to no dossier.
    fn strangers(&mut self, day: NaiveDate) {
        let alone = |one: &Scenario| {
            use Scenario::{BankFee, Foreign, Interest, Orphan};
            matches!(one, Orphan | Foreign | BankFee | Interest)
        };
        let due: Vec<Scenario> = self.queue.iter().copied().filter(alone).collect();
        self.queue.retain(|one| !alone(one));
        for scenario in due {
            self.stranger(day, scenario);
        }
    }

    /// One dossier and everything that happens to its money.
    fn dossier(&mut self, day: NaiveDate) {
        let draft = tariff::draft(&mut self.dice);
        let at = self.file(day, &draft, None);
        let dossier = &self.district.dossiers[at];
        let scenario = match (dossier.mode, self.due(at)) {
            (Mode::Exempt, _) => Scenario::Exempt,
            (Mode::Zero, _) => Scenario::ZeroFee,
            (Mode::After, _) => Scenario::Plain,
            (Mode::Before, due) => self.story(due),
        };
        self.district.dossiers[at].scenario = scenario;
        self.pay(at, scenario);
    }

    /// The next planned scenario that fits, or an ordinary one.
    fn story(&mut self, due: i64) -> Scenario {
        if self.dice.chance(250) {
            let fitting = self.queue.iter().position(|one| one.due_min() <= due);
            if let Some(at) = fitting {
                return self.queue.remove(at);
            }
        }
        if self.dice.chance(25) {
            Scenario::Unpaid
        } else {
            Scenario::Plain
        }
    }

    /// Files a dossier and returns its index. With `like`, at the same agency and by the same person
    /// as that dossier.
    pub(crate) fn file(&mut self, day: NaiveDate, draft: &Draft, like: Option<usize>) -> usize {
        let (agency, payer) = match like {
            Some(at) => {
                let other = &self.district.dossiers[at];
                (other.agency, other.payer.clone())
            }
            None => (self.agency(day, draft.place), names::person(&mut self.dice)),
        };
        let channel = self.channel();
        let received_at = self.received_at(day, channel);
        let sequence = self.sequence.entry(agency).or_default();
        *sequence += 1;
        let code = format!("{agency}-{}-{sequence:04}", day.format("%y%m%d"));
        let due_at = self.due_at(draft.mode, received_at, channel);
        let mut dossier = Dossier {
            code,
            agency,
            procedure: draft.procedure,
            field: draft.field,
            payer,
            channel,
            mode: draft.mode,
            received_at,
            due_at,
            result_at: None,
            fees: Vec::new(),
            scenario: Scenario::Plain,
        };
        for (kind, amount) in &draft.lines {
            let status = match (draft.mode, *kind) {
                (Mode::Before, FeeKind::Phi | FeeKind::LePhi) => "pending",
                _ => "unpaid",
            };
            let shown = if draft.mode == Mode::After {
                0
            } else {
                *amount
            };
            let first = FeeState {
                day,
                status,
                amount: shown,
                method: None,
                paid_at: None,
                receipt_no: None,
            };
            self.fee_count += 1;
            let id = format!("PL{:08}", self.fee_count);
            dossier.fees.push(Fee {
                id,
                kind: *kind,
                history: vec![first],
            });
        }
        self.district.dossiers.push(dossier);
        let at = self.district.dossiers.len() - 1;
        if draft.mode == Mode::After {
            self.set_amounts(at, draft);
        }
        at
    }

    /// "Thu sau": the amounts are known when the result is.
    fn set_amounts(&mut self, at: usize, draft: &Draft) {
        let wait = self.dice.below(3);
        let mut day = self.district.dossiers[at].received_at.date();
        for _ in 0..wait {
            day = next_office_day(day);
        }
        let minutes = self.dice.between(0, 70);
        let result_at = if wait == 0 {
            later(self.district.dossiers[at].received_at, 60 * (20 + minutes))
        } else {
            later(moment(day, 8, 0, 0), 60 * (minutes * 6))
        };
        let dossier = &mut self.district.dossiers[at];
        dossier.result_at = Some(result_at);
        for (fee, (_, amount)) in dossier.fees.iter_mut().zip(&draft.lines) {
            let state = FeeState {
                day: result_at.date(),
                amount: *amount,
                ..fee.history[0].clone()
            };
            fee.history.push(state);
        }
    }

    fn agency(&mut self, day: NaiveDate, place: Place) -> &'static str {
        let valid = |agency: &&agencies::Agency| agency.valid_on(day);
        let known = self.district.agencies.iter().filter(valid);
        let communes: Vec<&'static str> = known
            .clone()
            .filter(|one| one.level == "commune")
            .map(|one| one.code)
            .collect();
        let named = place
            .code()
            .filter(|code| known.clone().any(|one| one.code == *code));
        named.unwrap_or_else(|| *self.dice.pick(&communes))
    }

    fn channel(&mut self) -> u8 {
        let filed = i64::try_from(self.district.dossiers.len()).unwrap_or(i64::MAX);
        let behind = ONLINE_PERMILLE * filed / 1000 - self.online_dossiers;
        let permille = (ONLINE_PERMILLE + 20 * behind).clamp(50, 950);
        if self.dice.chance(u32::try_from(permille).unwrap_or(0)) {
            self.online_dossiers += 1;
            2
        } else if self.dice.chance(80) {
            3
        } else {
            1
        }
    }

    fn received_at(&mut self, day: NaiveDate, channel: u8) -> NaiveDateTime {
        let (first, minutes) = match (channel, self.dice.chance(600)) {
            (2, true) => (moment(day, 7, 30, 0), 600),
            (2, false) => (moment(day, 6, 0, 0), 930),
            (_, true) => (moment(day, 7, 15, 0), 240),
            (_, false) => (moment(day, 13, 30, 0), 180),
        };
        later(first, self.dice.between(0, minutes * 60))
    }

    fn due_at(&mut self, mode: Mode, received: NaiveDateTime, channel: u8) -> NaiveDateTime {
        let mut day = received.date();
        let office_days = match (mode, channel) {
            (Mode::After, _) => 5,
            (_, 1) => 0,
            _ => 1,
        };
        for _ in 0..office_days {
            day = next_office_day(day);
        }
        moment(day, 23, 59, 59).min(moment(day, 17, 0, 0).max(later(received, 7_200)))
    }

    /// What the dossier owes to the district: phí and lệ phí, by the newest state.
    pub(crate) fn due(&self, at: usize) -> i64 {
        self.payable(at).map(|(_, state)| state.amount).sum()
    }

    /// The lines that the district collects, with their newest state.
    pub(crate) fn payable(&self, at: usize) -> impl Iterator<Item = (&Fee, &FeeState)> {
        let lines = self.district.dossiers[at].fees.iter();
        let ours = lines.filter(|fee| fee.kind != FeeKind::LandObligation);
        ours.filter_map(|fee| fee.history.last().map(|state| (fee, state)))
    }

    /// Whether the next payment should be cashless, so that the share stays near the sought one.
    pub(crate) fn wants_cashless(&mut self) -> bool {
        let behind = CASHLESS_PERMILLE * self.all_events / 1000 - self.cashless_events;
        let permille = (CASHLESS_PERMILLE + 25 * behind).clamp(50, 950);
        self.dice.chance(u32::try_from(permille).unwrap_or(0))
    }

    /// Notes what really happened.
    pub(crate) fn event(&mut self, event: Event) {
        if event.returned_at.is_none() {
            self.all_events += 1;
            self.cashless_events += i64::from(event.cashless);
        }
        self.district.events.push(event);
    }

    /// Takes an event out of the running share.
    pub(crate) fn uncount(&mut self, event: &Event) {
        if event.returned_at.is_none() {
            self.all_events -= 1;
            self.cashless_events -= i64::from(event.cashless);
        }
    }

    /// The registry's new opinion of every payable line of a dossier.
    pub(crate) fn record(
        &mut self,
        at: usize,
        status: &'static str,
        method: Option<Method>,
        known_at: NaiveDateTime,
    ) {
        let paid_at = (status == "paid").then_some(known_at);
        let mut numbers = Vec::new();
        for _ in 0..self.district.dossiers[at].fees.len() {
            self.e_receipt_count += 1;
            let issued = status == "paid" && !self.dice.chance(3);
            numbers.push(issued.then(|| format!("{:07}", self.e_receipt_count)));
        }
        let dossier = &mut self.district.dossiers[at];
        for (fee, receipt_no) in dossier.fees.iter_mut().zip(numbers) {
            let last = fee.history.last().map_or(0, |state| state.amount);
            if fee.kind != FeeKind::LandObligation {
                let day = known_at.date();
                let amount = last;
                let state = FeeState {
                    day,
                    status,
                    amount,
                    method,
                    paid_at,
                    receipt_no,
                };
                fee.history.push(state);
            }
        }
    }

    pub(crate) fn push_order(&mut self, order: Order, seen: GatewayOrder) {
        self.district.orders.push(order);
        self.district.vnpay.push(seen);
    }

    pub(crate) fn push_receipt(&mut self, receipt: Receipt) {
        self.district.receipts.push(receipt);
    }

    pub(crate) fn push_row(&mut self, account: Account, row: BankRow) {
        match account {
            Account::A => self.district.sepay.push(row),
            Account::B => self.district.casso.push(row),
        }
    }
}

/// The district's two collection accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// Seen through SePay.
    A,
    /// Seen through Casso.
    B,
}
