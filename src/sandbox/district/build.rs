//! Builds the district day by day.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::dice::Dice;
use super::scenario::SCENARIOS;
use super::tariff;
use super::{BankRow, District};
use super::{
    Event, Fee, FeeKind, FeeState, GatewayOrder, Method, Mode, Order, Receipt, Scenario, agencies,
};

/// Sought share of cashless payment events, in thousandths: just above the plan's 50 %.
const CASHLESS_PERMILLE: i64 = 512;
/// Sought share of dossiers filed online, in thousandths: just below the plan's 80 %.
pub(crate) const ONLINE_PERMILLE: i64 = 772;

/// The district under construction.
pub(crate) struct Builder {
    pub(crate) dice: Dice,
    /// Thousandths of the ordinary number of dossiers a day.
    permille: u32,
    pub(crate) district: District,
    /// Scenarios that still have to happen today.
    queue: Vec<Scenario>,
    /// Last sequence number by agency, of the current day.
    pub(crate) sequence: BTreeMap<&'static str, u32>,
    /// The day whose dossiers are being filed.
    today: NaiveDate,
    /// (cashless, all) payment events by day of payment.
    paid: BTreeMap<NaiveDate, (i64, i64)>,
    pub(crate) online_dossiers: i64,
    pub(crate) filed: i64,
    pub(crate) fee_count: u32,
    pub(crate) receipt_count: u32,
    pub(crate) e_receipt_count: u32,
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
    pub(crate) fn new(seed: u64, first_day: NaiveDate, days: u32, permille: u32) -> Self {
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
            gateway: "vnpay",
            gateway_orders: Vec::new(),
            events: Vec::new(),
        };
        Self {
            dice: Dice::new(seed),
            permille,
            district,
            queue: Vec::new(),
            sequence: BTreeMap::new(),
            today: first_day,
            paid: BTreeMap::new(),
            online_dossiers: 0,
            filed: 0,
            fee_count: 0,
            receipt_count: 0,
            e_receipt_count: 0,
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
        self.today = day;
        let count = match day.weekday() {
            Weekday::Sun => return,
            Weekday::Sat => self.dice.between(80, 100),
            _ => self.dice.between(285, 320),
        };
        let count = (count * i64::from(self.permille) / 1000).max(1);
        self.strangers(day);
        // Sequence numbers follow the order of receipt.
        let mut filings: Vec<(NaiveDateTime, u8)> = Vec::new();
        for _ in 0..count {
            let channel = self.channel();
            filings.push((self.received_at(day, channel), channel));
        }
        filings.sort_unstable();
        for filing in filings {
            self.dossier(filing);
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
    fn dossier(&mut self, filing: (NaiveDateTime, u8)) {
        let draft = tariff::draft(&mut self.dice);
        let at = self.file(filing, &draft, None);
        let dossier = &self.district.dossiers[at];
        let scenario = match (dossier.mode, self.due(at)) {
            (Mode::Exempt, _) => Scenario::Exempt,
            (Mode::Zero, _) => Scenario::ZeroFee,
            (Mode::After, _) => Scenario::Plain,
            (Mode::Before, due) => self.story(at, due),
        };
        self.district.dossiers[at].scenario = scenario;
        self.pay(at, scenario);
    }

    /// The next planned scenario that fits, or an ordinary one.
    fn story(&mut self, at: usize, due: i64) -> Scenario {
        // A smaller district tells the same stories to fewer dossiers, as far as there is room.
        if self.dice.chance((250_000 / self.permille.max(1)).min(600)) {
            let trap = self.neighbour(at).is_some();
            let fits =
                |one: &Scenario| one.due_min() <= due && (trap || *one != Scenario::MemoTrap);
            if let Some(next) = self.queue.iter().position(fits) {
                return self.queue.remove(next);
            }
        }
        if self.dice.chance(25) {
            Scenario::Unpaid
        } else {
            Scenario::Plain
        }
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
        let (cashless, all) = self
            .paid
            .range(..=self.today)
            .fold((0, 0), |sum, (_, day)| (sum.0 + day.0, sum.1 + day.1));
        let behind = CASHLESS_PERMILLE * all / 1000 - cashless;
        let permille = (CASHLESS_PERMILLE + 25 * behind).clamp(50, 950);
        self.dice.chance(u32::try_from(permille).unwrap_or(0))
    }

    /// Notes what really happened.
    pub(crate) fn event(&mut self, event: Event) {
        self.count(&event, 1);
        self.district.events.push(event);
    }

    /// Takes an event out of the running share.
    pub(crate) fn uncount(&mut self, event: &Event) {
        self.count(event, -1);
    }

    fn count(&mut self, event: &Event, by: i64) {
        if event.returned_at.is_none() {
            let day = self.paid.entry(event.at.date()).or_default();
            day.0 += if event.cashless { by } else { 0 };
            day.1 += by;
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
            let in_cash = matches!(method, Some(Method::Cash | Method::Post));
            let issued = status == "paid" && !in_cash && !self.dice.chance(3);
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
        self.district.gateway_orders.push(seen);
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
