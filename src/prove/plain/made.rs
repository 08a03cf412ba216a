//! What is said of plain dossiers that are held, in the words in which everything else is said; and
//! the sums of all others.

use std::collections::BTreeSet;

use super::{Held, Lane, slot};
use crate::classify::{Bucket, Classified, Severity};
use crate::domain::{AgencyCode, Day, Fee, RowKey, Vnd};
use crate::kpi::{Contribution, Scope};
use crate::matching::{Evidence, Leg, MatchGroup, Role};
use crate::prove::once::group_id;
use crate::prove::told::{ADDED, Pair, Summed, Told};
use crate::settle::{By, PlainMoney, Settlement};

/// What is said of held dossiers.
#[derive(Default)]
pub(in crate::prove) struct Made {
    rows: Vec<Classified>,
    groups: Vec<MatchGroup>,
    contributions: Vec<Contribution>,
}

/// What one item adds, to which of [`ADDED`].
struct Added<'n> {
    definition: usize,
    /// Where the item is a cash event the receipt that it is named by.
    item: Item<'n>,
    day: Day,
    pair: Pair,
}

/// What an item is named by.
enum Item<'n> {
    Dossier,
    Money(&'n PlainMoney),
    CashEvent(&'n PlainMoney),
}

impl<'a> Lane<'a> {
    /// What is said of the dossiers that are held.
    pub(in crate::prove) fn made(&self, held: &Held, settlement: &Settlement) -> Made {
        let mut made = Made::default();
        let places = (0..held.dossiers.len()).filter(|place| held.dossiers[*place]);
        for place in places {
            self.rows(place, &mut made);
            self.add(place, |added| {
                if let Some((fee, item)) = self.first(place).zip(self.item(place, &added.item)) {
                    let scopes = [Scope::Total, Scope::Agency(fee.agency_code.clone())];
                    let all = scopes.map(|scope| contribution(&added, &item, scope));
                    let new = |one: &Contribution| {
                        let mine = (one.definition, &*one.item, &one.scope);
                        let found = settlement
                            .contributions
                            .binary_search_by(|c| (c.definition, &*c.item, &c.scope).cmp(&mine));
                        found.is_err()
                    };
                    made.contributions.extend(all.into_iter().filter(new));
                }
            });
        }
        made
    }

    /// Everything that the books are made of.
    pub(in crate::prove) fn told(
        &self,
        settlement: &'a Settlement,
        held: &Held,
        made: &'a Made,
    ) -> Told<'a> {
        let inputs = self.inputs;
        let mut told = Told {
            fees: picked(&inputs.fees, &held.fees),
            txns: picked(&inputs.txns, &held.txns),
            receipts: picked(&inputs.receipts, &held.receipts),
            rows: settlement.rows.iter().collect(),
            groups: settlement.groups.iter().chain(&made.groups).collect(),
            contributions: settlement.contributions.iter().collect(),
            shares: &settlement.shares,
            breakdown: &settlement.breakdown,
            plain: self.sums(held),
        };
        // what came out of order stays so, and is found
        if told.rows.is_sorted_by(|a, b| a.key <= b.key) {
            told.rows.extend(&made.rows);
            told.rows.sort_by(|a, b| a.key.cmp(&b.key));
        } else {
            told.rows.extend(&made.rows);
        }
        if told.contributions.is_sorted() {
            told.contributions.extend(&made.contributions);
            told.contributions.sort();
        } else {
            told.contributions.extend(&made.contributions);
        }
        told
    }

    /// The first line of a dossier.
    fn first(&self, place: usize) -> Option<&'a Fee> {
        self.fees(&self.plain.dossiers[place]).first()
    }

    /// What the dossiers add that are not in the books.
    fn sums(&self, held: &Held) -> Summed<'a> {
        let mut sums = Summed::default();
        sums.until(self.latest());
        for place in (0..held.dossiers.len()).filter(|place| !held.dossiers[*place]) {
            let Some(fee) = self.first(place) else {
                continue;
            };
            let agency: &'a AgencyCode = &fee.agency_code;
            self.add(place, |added| {
                sums.add(added.definition, agency, added.day, added.pair);
            });
            for txn in self.money(place).iter().filter_map(|row| self.txn(row)) {
                if txn.order_ref.is_none() {
                    sums.list(txn.amount);
                }
            }
        }
        sums
    }

    /// The last day that any row tells.
    fn latest(&self) -> Day {
        let inputs = self.inputs;
        let paid = inputs.txns.iter().map(|txn| txn.paid_on);
        let cash = inputs.receipts.iter().map(|row| row.collected_at.day());
        let mut latest = paid.chain(cash).max().unwrap_or(Day::of_ms(0));
        for fee in &inputs.fees {
            let told = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
            for day in [told, fee.dossier_code.received_on()].into_iter().flatten() {
                latest = latest.max(day);
            }
        }
        latest
    }

    /// What a dossier adds: each payment, each moment at which a cashier took cash, itself.
    fn add(&self, place: usize, mut add: impl FnMut(Added<'a>)) {
        let money = self.money(place);
        let (mut cash, mut last) = (false, None);
        let mut events: BTreeSet<(&str, i64)> = BTreeSet::new();
        for row in money {
            if let Some(txn) = self.txn(row) {
                let (day, dong) = (txn.paid_on, txn.amount.wide());
                last = last.max(Some(day));
                for (definition, pair) in [(0, (1, 1)), (1, (dong, dong))] {
                    let item = Item::Money(row);
                    add(Added {
                        definition,
                        item,
                        day,
                        pair,
                    });
                }
            }
            if let Some(receipt) = self.receipt(row) {
                let (day, dong) = (receipt.collected_at.day(), receipt.amount.wide());
                (cash, last) = (true, last.max(Some(day)));
                let event = (&*receipt.cashier, receipt.collected_at.ms());
                if events.insert(event) {
                    let (item, pair) = (Item::CashEvent(row), (0, 1));
                    add(Added {
                        definition: 0,
                        item,
                        day,
                        pair,
                    });
                }
                let (item, pair) = (Item::Money(row), (0, dong));
                add(Added {
                    definition: 1,
                    item,
                    day,
                    pair,
                });
            }
        }
        if let Some(day) = last {
            let (item, pair) = (Item::Dossier, (i128::from(!cash), 1));
            add(Added {
                definition: 2,
                item,
                day,
                pair,
            });
        }
    }

    /// The name of an item.
    fn item(&self, place: usize, item: &Item) -> Option<String> {
        let code = &self.first(place)?.dossier_code;
        Some(match item {
            Item::Dossier => format!("dossier|{code}"),
            Item::Money(row) => match (self.txn(row), self.receipt(row)) {
                (Some(txn), _) => format!("txn|{}|{}", txn.source, txn.id),
                (None, row) => format!("receipt|{}|{}", row?.dossier_code, row?.receipt_id),
            },
            Item::CashEvent(row) => {
                let row = self.receipt(row)?;
                let (code, ms) = (&row.dossier_code, row.collected_at.ms());
                format!("cash|{code}|{}|{ms}", row.cashier)
            }
        })
    }

    /// The rows and the group of a dossier.
    fn rows(&self, place: usize, made: &mut Made) {
        let of = &self.plain.dossiers[place];
        let fees = self.fees(of);
        for fee in fees {
            made.rows.push(row(fee.key(), fee.amount, of.day, fee));
        }
        let Some(first) = fees.first() else { return };
        let mut legs = Vec::new();
        for money in self.money(place) {
            let txn = self.txn(money).map(|txn| (txn.key(), txn.amount));
            let cash = || self.receipt(money).map(|row| (row.key(), row.amount));
            let Some((key, amount)) = txn.or_else(cash) else {
                continue;
            };
            made.rows.push(row(key.clone(), amount, money.day, first));
            let line = |(at, _): &(usize, &Fee)| match money.line {
                None => true,
                Some(line) => slot(line) == slot(of.first) + at,
            };
            let (pass, why) = said(money.by, first);
            for (_, fee) in fees.iter().enumerate().filter(line) {
                legs.push(Leg {
                    money: key.clone(),
                    dossier_code: Some(fee.dossier_code.clone()),
                    fee_id: Some(fee.fee_id.clone()),
                    amount: fee.amount,
                    role: Role::Settles,
                    pass,
                    why: why.clone(),
                });
            }
        }
        legs.sort_by(|a: &Leg, b: &Leg| {
            let (x, y) = (&a.money, &b.money);
            (&x.source, &x.id, &a.fee_id).cmp(&(&y.source, &y.id, &b.fee_id))
        });
        made.groups.push(MatchGroup {
            id: group_id(&legs).into(),
            pass: of.pass,
            legs,
            score: 1000,
            margin: None,
            evidence: Vec::new(),
            runner_up: None,
            difference: None,
        });
    }
}

/// Pass and reason of a leg.
fn said(by: By, fee: &Fee) -> (&'static str, Evidence) {
    let code = fee.dossier_code.clone();
    match by {
        By::Reference | By::Other(_) => ("exact_key", Evidence::OrderRef(code)),
        By::WholeMemo => ("exact_key", Evidence::MemoIsCode(code)),
        By::Receipt(_) => ("exact_key", Evidence::ReceiptNames(code)),
        By::Extracted => ("extracted_key", Evidence::MemoHolds(code)),
    }
}

/// A row in order.
fn row(key: RowKey, amount: Vnd, day: Day, fee: &Fee) -> Classified {
    Classified {
        key,
        class: "ok",
        amount,
        dossier_code: Some(fee.dossier_code.clone()),
        evidence: Vec::new(),
        nearest: Vec::new(),
        also: Vec::new(),
        severity: Severity::Info,
        exception_id: None,
        bucket: Bucket::Matched,
        carried: false,
        business_date: day,
    }
}

fn contribution(added: &Added, item: &str, scope: Scope) -> Contribution {
    let dong = |wide: i128| i64::try_from(wide).unwrap_or(i64::MAX);
    Contribution {
        definition: ADDED[added.definition],
        item: item.into(),
        scope,
        day: added.day,
        outcomes: vec![(dong(added.pair.0), dong(added.pair.1))],
        elsewhere: Vec::new(),
        coupled: false,
        exceptions: Vec::new(),
    }
}

/// Those of which it is true.
fn picked<'r, T>(rows: &'r [T], held: &[bool]) -> Vec<&'r T> {
    let rows = rows.iter().zip(held).filter(|(_, held)| **held);
    rows.map(|(row, _)| row).collect()
}
