//! Pure: the rows of gateways, added up by their days, and what moved tonight.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::classify::Classified;
use crate::domain::{Day, Side, Txn, TxnKind, TxnStatus};
use crate::matching::Evidence;
use crate::report::facts::{Figure, GatewayFacts, StandingRow};
use crate::report::model::bridge::kept_before;
use crate::report::model::index::Index;
use crate::settle::Settlement;

use super::fees::Fees;
use super::groups::Groups;
use super::lines::{Line, Lines, id};
use super::{DayCredit, GatewayDay};

/// What moved of a gateway tonight; dong.
#[derive(Clone, Default)]
pub(super) struct Moved {
    pub(super) paid: Figure,
    pub(super) fees: i128,
    pub(super) returned: Figure,
    pub(super) late: Figure,
    /// What banks received payment by payment, and what of the due that settled.
    pub(super) singles: Figure,
    pub(super) singles_settled: i128,
    /// What of all this is of days before the window.
    pub(super) older: i128,
}

/// The rows of a gateway's day.
#[derive(Default)]
pub(super) struct OfDay<'l> {
    paid: Figure,
    fees: i128,
    returned: Figure,
    due: i128,
    /// The same of the rows that the night before knew.
    pub(super) due_before: i128,
    rows: u64,
    singles: Figure,
    singles_settled: i128,
    singles_before: i128,
    singles_on: Option<Day>,
    batch: Option<&'l Line>,
    batch_before: Option<&'l Line>,
    charged: Fees,
}

/// What tonight changed of a day's credits.
pub(super) struct Credits {
    /// The one credit for it.
    pub(super) batch: Option<DayCredit>,
    /// What was settled before tonight, dong.
    pub(super) settled_before: i128,
    /// What banks received of it in one credit tonight.
    pub(super) batches: Figure,
    /// What was kept of it, as tonight's credit shows, dong.
    pub(super) kept: i128,
}

/// The days of all gateways.
#[derive(Default)]
pub(super) struct Ledger<'l> {
    pub(super) days: BTreeMap<(Box<str>, Day), OfDay<'l>>,
    pub(super) moved: BTreeMap<Box<str>, Moved>,
}

/// What a row brings to the due: less where it goes back.
fn brings(txn: &Txn) -> i128 {
    match txn.kind {
        TxnKind::Payment => txn.net.wide(),
        TxnKind::Refund | TxnKind::Reversal | TxnKind::Debit => -txn.amount.wide(),
    }
}

/// What the night before knew of the rows of gateways.
struct Known<'a> {
    /// None where no night before tells of gateways: then it is the day that tells.
    rows: Option<FxHashSet<(&'a str, &'a str)>>,
    night: Day,
}

impl<'a> Known<'a> {
    fn of(gateways: &'a GatewayFacts, night: Day, before: &Lines<'a>) -> Self {
        let rows = gateways.before.as_ref().map(|_| {
            let rows = gateways.standing.iter().filter(|row| is_final(row));
            let ids = rows.map(|row| (row.key.source.as_str(), &*row.key.id));
            ids.filter(|id| !before.twins.contains_key(id)).collect()
        });
        Self { rows, night }
    }

    fn holds(&self, txn: &Txn) -> bool {
        match &self.rows {
            Some(rows) => rows.contains(&id(txn)),
            None => txn.business_date < self.night,
        }
    }
}

/// False where its state then was none that moves money.
fn is_final(row: &StandingRow) -> bool {
    let said = |said: &Evidence| {
        matches!(
            said,
            Evidence::ProviderSays(_)
                | Evidence::UnknownState(..)
                | Evidence::VnpayState(..)
                | Evidence::MovesNothing
        )
    };
    let waits = matches!(&*row.class, "failed" | "void" | "pending");
    let is_untold = &*row.class == "status_mismatch" && row.evidence.iter().any(said);
    !waits && !is_untold
}

impl<'l> Ledger<'l> {
    pub(super) fn read(
        (index, settlement): (&Index<'l>, &'l Settlement),
        (gateways, night): (&'l GatewayFacts, Day),
        (now, before): (&'l Lines<'l>, &'l Lines<'l>),
        groups: &Groups,
    ) -> Self {
        let mut ledger = Self::default();
        let known = Known::of(gateways, night, before);
        let net_rows = net_rows(settlement);
        for txn in &index.inputs.txns {
            let Some(source) = groups.of(txn.source.as_str()) else {
                continue;
            };
            if txn.status != TxnStatus::Success {
                continue;
            }
            let (was, is) = (known.holds(txn), !now.twins.contains_key(&id(txn)));
            let net_row = net_rows.get(&id(txn));
            let row = Counted {
                txn,
                kept: net_row.map_or(0, |row| kept_before(row, txn)),
                was,
                is,
                older: txn.paid_on < gateways.first,
            };
            ledger.row(source, night, &row);
        }
        ledger.singles((now, before), groups, gateways.first);
        for (lines, is_now) in [(now, true), (before, false)] {
            for ((source, day), line) in &lines.batches {
                let Some(source) = groups.of(source).filter(|_| *day >= gateways.first) else {
                    continue;
                };
                let of_day = ledger.days.entry((source.into(), *day)).or_default();
                let place = if is_now {
                    &mut of_day.batch
                } else {
                    &mut of_day.batch_before
                };
                place.get_or_insert(line);
            }
        }
        ledger
    }

    fn row(&mut self, source: &str, night: Day, row: &Counted<'_>) {
        let (txn, brings) = (row.txn, brings(row.txn));
        let moved = self.moved.entry(source.into()).or_default();
        // a row of the past moves only with what became of it tonight
        let change = i128::from(row.is) - i128::from(row.was);
        if row.is && !row.was && txn.business_date >= night {
            row.tell((&mut moved.paid, &mut moved.fees, &mut moved.returned));
        } else if change != 0 && txn.business_date <= night {
            moved.late.plus(Figure::new(1, change * brings));
        }
        if row.older {
            moved.older += change * brings;
            return;
        }
        let of_day = self.days.entry((source.into(), txn.paid_on)).or_default();
        if row.was {
            of_day.due_before += brings;
        }
        if row.is {
            row.tell((&mut of_day.paid, &mut of_day.fees, &mut of_day.returned));
            of_day.due += brings;
            of_day.rows += 1;
            of_day.charged.add(txn, row.kept);
        }
    }

    /// What banks saw payment by payment.
    fn singles(&mut self, (now, before): (&Lines<'l>, &Lines<'l>), groups: &Groups, first: Day) {
        let both = [(now, before, 1), (before, now, -1)];
        for (lines, others, sign) in both {
            for (event, (txn, line)) in &lines.singles {
                let Some(source) = groups.of(txn.source.as_str()) else {
                    continue;
                };
                let brings = brings(txn);
                let received = line.received.abs() * brings.signum();
                let moved = self.moved.entry(source.into()).or_default();
                if !others.singles.contains_key(event) {
                    moved.singles.plus(Figure::new(1, sign * received));
                    moved.singles_settled += sign * brings;
                    if txn.paid_on < first {
                        moved.older -= sign * brings;
                    }
                }
                if txn.paid_on < first {
                    continue;
                }
                let place = (Box::from(source), txn.paid_on);
                let of_day = self.days.entry(place).or_default();
                if sign < 0 {
                    of_day.singles_before += brings;
                    continue;
                }
                of_day.singles.plus(Figure::new(1, received));
                of_day.singles_settled += brings;
                of_day.singles_on = of_day.singles_on.max(Some(line.on));
                of_day.charged.paid_out(txn, brings - received);
            }
        }
    }
}

/// A successful row of a gateway.
struct Counted<'a> {
    txn: &'a Txn,
    /// The fee that the matching found missing in it, dong.
    kept: i128,
    /// The night before counted it.
    was: bool,
    /// Tonight counts it: no other source of its gateway tells it already.
    is: bool,
    /// Of a day before the window.
    older: bool,
}

impl Counted<'_> {
    fn tell(&self, (paid, fees, returned): (&mut Figure, &mut i128, &mut Figure)) {
        if self.txn.kind == TxnKind::Payment {
            paid.plus(Figure::new(1, self.txn.amount.wide() + self.kept));
            *fees += self.txn.fee.wide() + self.kept;
        } else {
            returned.add(self.txn.amount);
        }
    }
}

/// The rows of which the matching found a fee missing in what they tell.
pub(super) fn net_rows(settlement: &Settlement) -> FxHashMap<(&str, &str), &Classified> {
    let found = |row: &&Classified| {
        let is_net = |said: &Evidence| matches!(said, Evidence::NetOfFee(_));
        row.key.side == Side::Txn && row.evidence.iter().any(is_net)
    };
    let rows = settlement.rows.iter().filter(found);
    rows.map(|row| ((row.key.source.as_str(), &*row.key.id), row))
        .collect()
}

impl OfDay<'_> {
    /// The one credit for the day. One that stood before settles what it settled then; `told` is
    /// what was published of the day.
    pub(super) fn credits(&self, told: Option<&GatewayDay>) -> Credits {
        let told = told.and_then(|told| told.batch.as_ref());
        let before = self.batch_before.map(|line| {
            let fallback = self.due_before - self.singles_before;
            credit(line, told.map_or(fallback, |told| told.settled))
        });
        let now = self.batch.map(|line| match (&before, self.batch_before) {
            (Some(before), Some(stood)) if stood.key == line.key => credit(line, before.settled),
            _ => credit(line, self.due - self.singles_settled),
        });
        let of = |credit: &Option<DayCredit>| {
            let credit = credit.as_ref();
            credit.map_or((0, 0), |credit| (credit.settled, credit.received))
        };
        let ((settled_before, received_before), (settled, received)) = (of(&before), of(&now));
        let is_same = self.batch.map(|line| &line.key) == self.batch_before.map(|line| &line.key);
        let line = self.batch.or(self.batch_before);
        let count = u64::from(!is_same && line.is_some_and(|line| line.counts));
        Credits {
            settled_before: settled_before + self.singles_before,
            batches: Figure::new(count, received - received_before),
            kept: (settled - received) - (settled_before - received_before),
            batch: now,
        }
    }

    /// The day as it is told.
    pub(super) fn told(
        &self,
        source: &str,
        day: Day,
        batch: Option<DayCredit>,
        gateways: &GatewayFacts,
    ) -> GatewayDay {
        let kept = batch.as_ref().map(|batch| batch.settled - batch.received);
        let (expected, odd) = self.charged.judge(&gateways.rates, kept);
        let mut told = GatewayDay {
            source: source.into(),
            day,
            paid: self.paid,
            fees: self.fees,
            returned: self.returned,
            due: self.due,
            rows: self.rows,
            batch,
            singles: self.singles,
            singles_settled: self.singles_settled,
            singles_on: self.singles_on,
            expected,
            odd,
            overdue: false,
        };
        told.overdue = day < gateways.due_from && told.held() != 0;
        told
    }
}

fn credit(line: &Line, settled: i128) -> DayCredit {
    DayCredit {
        bank: line.key.source.as_str().into(),
        reference: line.reference.clone(),
        on: Some(line.on),
        received: line.received,
        settled,
    }
}
