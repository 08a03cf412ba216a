//! Bank lines that equal the sum of a day (`cash_deposit`, `batch_settlement`): no payments while
//! nothing can change the sum. Where a row of that day is open, or may still come, or another line
//! of the same sum may, the line counts as open money that names nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Money, MoneyRow, class};
use super::Wanted;
use super::by_item::ByItem;
use super::spans::unseen_between;
use super::unread::waits;
use crate::classify::Bucket;
use crate::domain::{AgencyCode, Day, Side, Txn};
use crate::kpi::Contribution;
use crate::matching::Evidence;
use crate::prove::rules::is_whole;

const TX: &str = "TX_CASHLESS";
const AMOUNT: &str = "AMOUNT_CASHLESS";
const WAITS: [&str; 3] = ["conflict", "pending", "status_mismatch"];

/// What the lines are.
pub(super) struct DaySums {
    /// Those that are told as open, or must be: positions among the money.
    open: BTreeSet<usize>,
    /// Others may be: something is open, or a source is not complete.
    may: bool,
}

/// What a line is the sum of.
enum Of<'a> {
    Gateway(&'a str),
    Desk(&'a str),
}

impl DaySums {
    pub(super) fn new(books: &Books) -> Self {
        let waiting = Waiting::new(books);
        let own = |item: &Contribution| {
            matches!(item.definition, TX | AMOUNT) && item.item.starts_with("txn|")
        };
        let told = ByItem::new(&books.settlement.contributions, own);
        let (mut open, mut found) = (BTreeSet::new(), Vec::new());
        for (at, money) in books.money.iter().enumerate() {
            let Some(txn) = sum(money) else { continue };
            let name = format!("txn|{}|{}", txn.source, txn.id);
            // told as open anywhere, it is open everywhere
            let is_open = [TX, AMOUNT].iter().any(|definition| {
                told.of(told.find(definition, &name), &mut found);
                found.iter().any(|item| item.is_open())
            });
            if is_open || waiting.touches(books, money, txn) {
                open.insert(at);
            }
        }
        Self {
            open,
            may: books.any_open || is_late(books),
        }
    }

    /// True for a line that counts as open money.
    pub(super) fn is_open(&self, at: usize) -> bool {
        self.open.contains(&at)
    }

    pub(super) fn any(&self) -> bool {
        !self.open.is_empty()
    }

    /// True for a line that may be open money although nothing tells it.
    pub(super) fn may_be(&self, books: &Books, money: &Money) -> bool {
        // what is from before go-live is not among the items
        let early = books.rules.start.is_some_and(|start| money.day() < start);
        early && self.may && sum(money).is_some()
    }

    /// What a line must add; none where it is no line of a sum, or counts nowhere for certain.
    pub(super) fn wanted(&self, money: &Money, at: usize, v: i64, most: i64) -> Option<Wanted> {
        sum(money)?;
        if self.is_open(at) {
            return Some(Wanted::Credit(v, most));
        }
        self.may.then_some(Wanted::Open)
    }
}

/// The row of a line that was taken for the sum of a day.
fn sum<'m>(money: &'m Money) -> Option<&'m Txn> {
    let row = money.said?;
    let is_sum = matches!(class(row), "batch_settlement" | "cash_deposit");
    money.txn().filter(|_| is_sum)
}

/// Some source may still tell of more.
pub(super) fn is_late(books: &Books) -> bool {
    let mut sources = books.inputs.sources.iter();
    sources.any(|source| !source.is_whole())
}

/// What is open, by day.
struct Waiting<'b> {
    /// Rows that have not come for good.
    txns: BTreeMap<Day, Vec<&'b Txn>>,
    /// Receipts that came with different content.
    receipts: BTreeSet<(Day, &'b str)>,
    /// Days of rows that could not be read: of providers, of counters.
    unread: [BTreeSet<Day>; 2],
    /// The days on which cash may have been taken that nobody has seen, by agency.
    found: BTreeMap<&'b AgencyCode, Vec<(Day, Day)>>,
}

impl<'b> Waiting<'b> {
    fn new(books: &'b Books<'b>) -> Self {
        let mut waiting = Self {
            txns: BTreeMap::new(),
            receipts: BTreeSet::new(),
            unread: [BTreeSet::new(), BTreeSet::new()],
            found: BTreeMap::new(),
        };
        for money in &books.money {
            let class = money.said.map_or("", class);
            match money.row {
                MoneyRow::Txn(txn) if WAITS.contains(&class) => {
                    waiting.txns.entry(txn.paid_on).or_default().push(txn);
                }
                MoneyRow::Receipt(receipt) if class == "conflict" => {
                    let agency = receipt.agency_code.as_str();
                    waiting.receipts.insert((money.day(), agency));
                }
                _ => {}
            }
        }
        for reject in books.inputs.rejects.iter().filter(|r| waits(books, r)) {
            match reject.side {
                Side::Txn => {
                    waiting.unread[0].insert(reject.business_date);
                }
                Side::Receipt => {
                    waiting.unread[1].insert(reject.business_date);
                }
                Side::Fee => {}
            }
        }
        let last = super::reach::last_day(books);
        for line in &books.lines {
            let row = line.said.filter(|row| row.bucket == Bucket::Open);
            if row.is_some_and(|row| class(row).starts_with("missing_")) {
                let days = unseen_between(last, line.fee);
                let of = waiting.found.entry(&line.fee.agency_code);
                of.or_default().push(days);
            }
        }
        waiting
    }

    /// Something open may change the sum that a line equals, or be another line of that sum.
    fn touches(&self, books: &Books, money: &Money, txn: &Txn) -> bool {
        let why = money.said.into_iter().flat_map(|row| &row.evidence);
        let told = why.flat_map(|why| match why {
            Evidence::BatchOf(source, day, _) => vec![(Of::Gateway(source), *day)],
            Evidence::BatchOfDays(source, days, _) => days
                .iter()
                .map(|(day, _)| (Of::Gateway(source), *day))
                .collect(),
            Evidence::DepositOf(agency, day, _) => vec![(Of::Desk(agency), *day)],
            Evidence::DepositOfDays(agency, days, _) => {
                let days = days.iter();
                days.map(|(day, _)| (Of::Desk(agency), *day)).collect()
            }
            _ => Vec::new(),
        });
        let rules = books.rules;
        let again = |day: Day| {
            let tonight = books.inputs.business_date;
            tonight.is_none_or(|night| is_whole(books, night.plus(1), day))
        };
        let told: Vec<(Of, Day)> = told.collect();
        // a line over several days is held against them while all of them are
        let again = told.iter().all(|(_, day)| again(*day));
        told.into_iter().any(|(of, day)| {
            let limit = match of {
                Of::Gateway(_) => rules.batch_days,
                Of::Desk(_) => rules.deposit_days,
            };
            let same = |other: &&Txn| other.order_ref.is_none() && other.amount == txn.amount;
            let lines = self.txns.range(day..=day.plus(limit));
            let line = lines.flat_map(|(_, txns)| txns).any(same);
            let of_day = match of {
                Of::Gateway(source) => {
                    let rows = self.txns.get(&day).into_iter().flatten();
                    let mut rows = rows.filter(|row| row.order_ref.is_some());
                    rows.any(|row| row.source.as_str() == source)
                }
                Of::Desk(agency) => {
                    let code = AgencyCode::new(agency);
                    let mut found = self.found.get(&code).into_iter().flatten();
                    let found = found.any(|(from, to)| *from <= day && day <= *to);
                    let unread = self.unread[1].contains(&day);
                    found || unread || self.receipts.contains(&(day, agency))
                }
            };
            let unread = self.unread[0].contains(&day);
            again && (is_late(books) || line || of_day || unread)
        })
    }
}
