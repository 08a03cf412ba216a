//! Open payments and the dossiers that they may be of, resolved once more: every assignment of the
//! payments, every line that nobody saw paid, every doubtful repeat, each with a ledger of its own.
//! A share that hangs on them is believed only at the least and the greatest that is found here;
//! what is beyond an enumeration has the bounds of its items taken freely, and is marked.

mod ledger;
pub(super) mod named;
mod paid;
mod walk;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Money, MoneyRow, class};
use super::passed_over::may_be_told;
use super::reach::{CREDITS, Reach};
use super::sum::Sum;
use super::unread::widens;
use crate::domain::{Day, Period, TxnKind};
use crate::kpi::{Contribution, Scope, Share};
use crate::matching::Evidence;
use ledger::Ledger;
use named::{by_reference, named};
pub(super) use walk::Resolved;
use ways::{Add, Way};

const TX: &str = "TX_CASHLESS";
const AMOUNT: &str = "AMOUNT_CASHLESS";
const PAID: &str = "DOSSIER_CASHLESS";

/// The most open rows of a component: payments, and lines that nobody saw paid.
const ROWS: usize = 16;
/// The most dossiers of a component, and the most that lack money while a payment names nobody.
const DOSSIERS: usize = 40;
/// The most open payments of all.
const PAYMENTS: usize = 1_000;
/// The most steps through one component.
const STEPS: usize = 1 << 18;

/// An open payment.
struct Payment {
    /// A position in `Books::money`.
    money: usize,
    /// The dossiers that it may be of.
    dossiers: BTreeSet<usize>,
    /// It must be of one of them.
    sure: bool,
    /// It may be of a dossier that is not here.
    elsewhere: bool,
    /// It is of certain lines only: no ledger here knows what they would be.
    of_lines: bool,
    /// Its own text links it as soon as it counts.
    by_text: bool,
    /// It is of one of them, unless one of them was paid otherwise.
    unsure: bool,
}

/// A component with everything that it may add.
struct Component {
    /// Of each dossier the payments that may be of it, and its ways for each set of them.
    dossiers: Vec<(Vec<usize>, Vec<Vec<Way>>)>,
    /// What each payment may add where it is of none of them; nothing where it must be of one.
    alone: Vec<Vec<Way>>,
}

/// Every component that can be enumerated.
#[derive(Default)]
pub(super) struct Components {
    all: Vec<Component>,
    /// Codes of their dossiers.
    codes: BTreeSet<Box<str>>,
    /// Their transactions: source and id.
    txns: BTreeSet<(Box<str>, Box<str>)>,
    start: Option<Day>,
}

impl Components {
    pub(super) fn new(books: &Books, reach: &Reach) -> Self {
        let mut components = Self {
            start: books.rules.start,
            ..Self::default()
        };
        // what may be put elsewhere may be of any of the dossiers
        let payments = if !books.any_open || reach.moves || reach.sums || is_beyond(books) {
            None
        } else {
            payments(books)
        };
        for (payments, dossiers) in together(payments.unwrap_or_default()) {
            if let Some(component) = component(books, reach, &payments, &dossiers) {
                components.all.push(component);
                components.cover(books, &payments, &dossiers);
            }
        }
        components
    }

    fn cover(&mut self, books: &Books, payments: &[Payment], dossiers: &BTreeSet<usize>) {
        let mut money: Vec<usize> = payments.iter().map(|payment| payment.money).collect();
        for dossier in dossiers {
            let of = &books.dossiers[*dossier];
            self.codes.insert(of.code.as_str().into());
            money.extend(of.stakes.iter().map(|stake| books.stakes[*stake].money));
        }
        let txns = money.iter().filter_map(|money| books.money[*money].txn());
        let keys = txns.map(|txn| (txn.source.as_str().into(), (&*txn.id).into()));
        self.txns.extend(keys);
    }

    /// True for an item that adds nothing beside its component.
    pub(super) fn covers(&self, item: &Contribution) -> bool {
        let parts: Vec<&str> = item.item.splitn(3, '|').collect();
        match parts[..] {
            ["txn", source, id] => self.txns.contains(&(source.into(), id.into())),
            ["cash" | "receipt" | "fee" | "dossier", code, ..] => self.codes.contains(code),
            _ => false,
        }
    }

    /// What a share is over every way; none where the items taken freely are all that is known.
    /// `free` are its items that hang on nothing here.
    pub(super) fn resolve<'s>(
        &self,
        share: &Share,
        period: &Period,
        free: Sum<'s>,
    ) -> Option<Resolved<'s>> {
        let known = [TX, AMOUNT, PAID].contains(&share.definition);
        if !known || free.coupled || !free.is_never_empty() || self.all.is_empty() {
            return None;
        }
        let sees = |add: &Add| {
            let here = match (&add.scope, &share.agency) {
                (Scope::Total, None) | (Scope::AnyAgency, Some(_)) => true,
                (Scope::Agency(code), Some(agency)) => code == agency,
                _ => false,
            };
            let counts = period.from <= add.day && add.day <= period.to;
            let late = self.start.is_none_or(|start| start <= add.day);
            add.definition == share.definition && here && counts && late
        };
        Resolved::new(&self.all, &sees, free)
    }
}

/// Something is open that no enumeration here takes: unreadable rows, contradictions, money that
/// went back and names nobody, repeats that may be none, receipts over another amount or beyond the
/// due.
fn is_beyond(books: &Books) -> bool {
    let unread = books.inputs.rejects.iter();
    let unread = unread.filter(|reject| widens(books, reject)).count();
    let doubtful = |money: &Money| {
        let stranger = is_stranger(money);
        let stakes = || money.stakes.iter().map(|stake| &books.stakes[*stake]);
        let much = stakes().any(|stake| stake.surplus > 0);
        let differs = money.is_cash() && (much || money.says("receipt_mismatch"));
        let perhaps = |stake: &super::super::books::Stake| {
            !stake.settles() && super::again::certain(books, money, stake) != Some(true)
        };
        stranger || differs || stakes().any(perhaps)
    };
    books.rules.grey.changes()
        || unread > 0
        || !books.inputs.conflicts.is_empty()
        || books.open_refund_ms.is_some()
        || books.money.iter().any(doubtful)
}

/// The first of two equal payments, from somebody else than the dossier's payer: it is doubtful,
/// and stands in the dossier's ledger all the same.
pub(super) fn is_stranger(money: &Money) -> bool {
    let row = money.said;
    let why = row.into_iter().flat_map(|row| &row.evidence);
    let mut repeats = why.filter(|why| matches!(why, Evidence::Repeats(_)));
    money.stakes.is_empty() && repeats.next().is_some()
}

/// The open payments; none where there are too many, or too many dossiers for those that name
/// nobody.
fn payments(books: &Books) -> Option<Vec<Payment>> {
    let mut open: Vec<(usize, named::Named, &'static str)> = Vec::new();
    for (at, money) in books.money.iter().enumerate() {
        let free = money.stakes.is_empty() && money.back.is_empty() && money.seen.is_empty();
        let (MoneyRow::Txn(txn), Some(row)) = (money.row, money.said) else {
            continue;
        };
        let may_pay = txn.kind == TxnKind::Payment && CREDITS.contains(&class(row));
        if may_pay && free && money.set.is_none() {
            open.push((at, named(books, money, row), class(row)));
        }
    }
    if open.len() > PAYMENTS {
        return None;
    }
    // what open payments among several dossiers ask of each: number and dong
    let mut claims: BTreeMap<usize, (usize, i128)> = BTreeMap::new();
    for (at, named, _) in open.iter().filter(|(.., class)| *class == "ambiguous") {
        for dossier in &named.dossiers {
            let claim = claims.entry(*dossier).or_default();
            *claim = (claim.0 + 1, claim.1 + books.money[*at].amount());
        }
    }
    let nameless = open.iter().any(|(_, named, _)| named.dossiers.is_empty());
    let everyone = 0..if nameless { books.dossiers.len() } else { 0 };
    let everyone = everyone.filter(|d| lacks(books, *d) > 0);
    let everyone: BTreeSet<usize> = everyone.take(DOSSIERS + 1).collect();
    if everyone.len() > DOSSIERS {
        return None;
    }
    let has_room = |dossier: &usize| {
        let lacks = lacks(books, *dossier);
        let (number, sum) = claims.get(dossier).copied().unwrap_or_default();
        lacks > 0 && (number == 1 || sum <= lacks)
    };
    let only = open.len() == 1;
    let payment = |(money, named, class): (usize, named::Named, &'static str)| {
        let nameless = named.dossiers.is_empty();
        let fee = class == "ambiguous" && !nameless && named.dossiers.iter().all(has_room);
        let sure = fee && only && !waits(books, &named.dossiers);
        let among = ["ambiguous", "pending", "status_mismatch"].contains(&class);
        Payment {
            money,
            sure,
            unsure: fee && !sure,
            by_text: !nameless && class != "ambiguous",
            elsewhere: nameless || !among,
            of_lines: named.of_lines,
            dossiers: if nameless {
                everyone.clone()
            } else {
                named.dossiers
            },
        }
    };
    Some(open.into_iter().map(payment).collect())
}

/// The registry tells of money that nobody saw, for a line of one of these dossiers.
pub(super) fn waits(books: &Books, dossiers: &BTreeSet<usize>) -> bool {
    let lines = dossiers
        .iter()
        .flat_map(|d| books.dossiers[*d].lines.clone());
    let open = lines.filter_map(|line| books.lines[line].said);
    let mut open = open.filter(|row| row.bucket == crate::classify::Bucket::Open);
    open.any(|row| {
        let told = class(row);
        told.starts_with("missing_") || told == "pending" || told == "status_mismatch"
    })
}

/// What a dossier lacks, land obligations left out.
fn lacks(books: &Books, dossier: usize) -> i128 {
    let of = &books.dossiers[dossier];
    let lines = of.lines.clone().map(|line| (line, &books.lines[line]));
    let fees = || lines.clone().filter(|(_, line)| line.payable && !line.land);
    let is_paid = |line: &super::super::books::Line| line.gap() == 0 && line.refunded == 0;
    if of.set.is_some() || fees().all(|(_, line)| is_paid(line)) {
        return 0;
    }
    let shared = of.stakes.iter().any(|stake| !is_plain(books, *stake));
    if !of.went_back && !shared && fees().count() == of.lines.len() {
        return Ledger::with(books, dossier, &[]).lacks();
    }
    // what went back may come again
    let open = |(_, line): (usize, &super::super::books::Line)| {
        let net = line.says("net_settlement");
        let due = line.due() + line.refunded;
        if net { 0 } else { (due - line.paid).max(0) }
    };
    fees().map(open).sum()
}

/// A payment of one dossier, by the rules.
fn is_plain(books: &Books, stake: usize) -> bool {
    let stake = &books.stakes[stake];
    let alone = books.money[stake.money].stakes.len() == 1;
    alone && !stake.decided && !stake.unsure && !stake.undone && stake.returned == 0
}

/// Payments that hang together, with their dossiers.
fn together(payments: Vec<Payment>) -> Vec<(Vec<Payment>, BTreeSet<usize>)> {
    let mut groups: Vec<(Vec<Payment>, BTreeSet<usize>)> = Vec::new();
    for payment in payments {
        let mut dossiers = payment.dossiers.clone();
        let mut members = Vec::new();
        let (own, others) = groups
            .into_iter()
            .partition(|(_, other)| !other.is_disjoint(&payment.dossiers));
        groups = others;
        for (more, of) in own {
            members.extend(more);
            dossiers.extend(of);
        }
        members.push(payment);
        members.sort_by_key(|payment| payment.money);
        groups.push((members, dossiers));
    }
    groups
}

/// A component, enumerated; none where it is too large, or a ledger here does not tell all of it.
fn component(
    books: &Books,
    reach: &Reach,
    payments: &[Payment],
    dossiers: &BTreeSet<usize>,
) -> Option<Component> {
    let lines = dossiers
        .iter()
        .flat_map(|d| books.dossiers[*d].lines.clone());
    let rows = lines.filter_map(|line| books.lines[line].said);
    let missing = rows
        .filter(|row| class(row).starts_with("missing_"))
        .count();
    let small = payments.len() + missing <= ROWS && dossiers.len() <= DOSSIERS;
    let told = |dossier: &usize| {
        let of = &books.dossiers[*dossier];
        let mut lines = of.lines.clone().map(|line| &books.lines[line]);
        let land = lines.any(|line| line.payable && line.land);
        // what stands there by a memo, or by a score, is decided again with what comes
        let named = |stake: &usize| {
            let money = &books.money[books.stakes[*stake].money];
            money.txn().is_none_or(|txn| by_reference(books, txn))
        };
        let mut stakes = of.stakes.iter();
        let plain = stakes.all(|stake| is_plain(books, *stake) && named(stake));
        let mut lines = of.lines.clone().map(|line| &books.lines[line]);
        let waits = |line: &super::super::books::Line| {
            let row = line
                .said
                .filter(|row| row.bucket == crate::classify::Bucket::Open);
            row.is_some_and(|row| class(row).starts_with("missing_"))
        };
        // nobody saw it paid, once open money takes elsewhere what is spread over it
        let over = lines.any(|line| may_be_told(books, reach, line).is_some() && !waits(line));
        let back = of.went_back || reach.may_go_back(*dossier);
        plain && !land && !over && !back && of.set.is_none()
    };
    let of_lines = payments.iter().any(|payment| payment.of_lines);
    let unsure = payments.iter().any(|payment| payment.unsure);
    if !small || of_lines || unsure || may_be_split(books, payments) || !dossiers.iter().all(told) {
        return None;
    }
    let asks = |dossier: &usize| -> Vec<usize> {
        let asked = |p: &usize| payments[*p].dossiers.contains(dossier);
        (0..payments.len()).filter(asked).collect()
    };
    let asked: Vec<Vec<usize>> = dossiers.iter().map(asks).collect();
    if walk::steps(&asked, payments.len()) > STEPS {
        return None;
    }
    let mut made = Component {
        dossiers: Vec::new(),
        alone: payments
            .iter()
            .map(|payment| alone(books, payment))
            .collect(),
    };
    for (dossier, asked) in dossiers.iter().zip(asked) {
        let of = |p: &usize| (payments[*p].money, payments[*p].by_text);
        let money: Vec<ways::Asked> = asked.iter().map(of).collect();
        let ways = ways::of_dossier(books, reach, *dossier, &money)?;
        made.dossiers.push((asked, ways));
    }
    Some(made)
}

/// A person may split a payment over several dossiers: no way here does, so whatever could pay more
/// than one of them at once, or be put together with another payment, is left alone.
fn may_be_split(books: &Books, payments: &[Payment]) -> bool {
    payments.iter().any(|payment| {
        let amount = books.money[payment.money].amount();
        let short = payment.dossiers.iter().any(|d| lacks(books, *d) < amount);
        payment.dossiers.len() > 1 && (short || payments.len() > 1)
    })
}

/// What a payment may add where it is of no dossier of its component: nothing, or (of a dossier
/// that is not here) itself, for whatever agency.
fn alone(books: &Books, payment: &Payment) -> Vec<Way> {
    if payment.sure {
        return Vec::new();
    }
    let mut ways = vec![Way::new()];
    if payment.elsewhere {
        let money = &books.money[payment.money];
        let v = i64::try_from(money.amount()).unwrap_or(i64::MAX);
        let scopes = [Scope::Total, Scope::AnyAgency];
        let adds = scopes.into_iter().flat_map(|scope| {
            [(TX, 1), (AMOUNT, v)].map(|(definition, v)| Add {
                definition,
                scope: scope.clone(),
                day: money.day(),
                pair: (v, v),
            })
        });
        ways.push(adds.collect());
    }
    ways
}
