//! Items that hang on each other, resolved together. Open payments and the dossiers that they may
//! pay form components; in a component of up to [`ROWS_MAX`] open rows every way in which they may
//! turn out is tried: each payment is of one of the dossiers that it names (or of one that lacks
//! money, where it names none), or of none; each line that the registry calls paid was not, or with
//! cash, or (where a source is not complete) without. The ledger says what each way adds. What is
//! larger, or hangs on anything else (money that went back and names nobody, rows that could not be
//! read, contradictions, receipts without a line, lines that equal a day's sum), is left to the
//! relaxation, an outer bound. So is what a person could split over several dossiers: a payment of
//! one of several is resolved only where it is alone and none of them lacks less than it.

mod optimum;
mod placed;
mod unseen;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{Day, Period};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::{Effect, Entry};
use crate::matching::pool::{Index, at, index};
use crate::matching::reading::Reading;

use super::facts::{Facts, Open};
use super::origin::Origin;
use super::share::{Contribution, Scope};

pub(super) use optimum::{End, Part, optimum};

/// A component with more open rows is left to the relaxation.
pub const ROWS_MAX: usize = 16;
/// A component with more dossiers that its payments may pay is left to the relaxation.
const DOSSIERS_MAX: usize = 40;
/// What is walked for one optimum of a component: enough for eight payments that name nobody before
/// four dossiers, and for more where they name their dossiers.
const WALK_MAX: usize = 1 << 18;
/// With more open payments than this nothing is resolved.
const PAYMENTS_MAX: usize = 1_000;
/// The definitions that are resolved.
pub(super) const RESOLVED: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// What one way adds to one definition: the position in [`RESOLVED`], where, when, how much.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Adds {
    definition: usize,
    scope: Scope,
    day: Day,
    pair: (i64, i64),
}

/// What one dossier may add, by the payments that are of it (as a set of bits).
#[derive(Clone, Debug, Default)]
struct Table {
    ways: Vec<(u32, Vec<Vec<Adds>>)>,
}

/// A component, resolved.
#[derive(Clone, Debug, Default)]
struct Component {
    dossiers: Vec<Table>,
    /// Of each open payment what it may add where it is of no dossier here.
    alone: Vec<Vec<Vec<Adds>>>,
}

/// Every component that is resolved.
#[derive(Clone, Debug, Default)]
pub struct Exact {
    components: Vec<Component>,
    /// Go-live: what is older does not count.
    start: Option<Day>,
    dossiers: FxHashSet<Box<str>>,
    /// The ids of transactions, by source.
    money: FxHashMap<Box<str>, FxHashSet<Box<str>>>,
}

impl Exact {
    /// Resolves what can be resolved.
    pub fn new(facts: &Facts) -> Self {
        let mut exact = Self {
            start: facts.pool.rules.start,
            ..Self::default()
        };
        // what a grey zone makes of a payment is no matter of ledgers
        if facts.pool.rules.grey.changes() {
            return exact;
        }
        let Some(open) = open_payments(facts) else {
            return exact;
        };
        for (rows, dossiers) in components(facts, &open) {
            // whether it is a fee hangs on the ways of the others
            let likely = rows.iter().any(|row| row.likely);
            if likely || may_be_split(facts, &rows) {
                continue;
            }
            let Some(component) = ways::resolve(facts, &rows, &dossiers) else {
                continue;
            };
            exact.components.push(component);
            for row in &rows {
                exact.cover(facts, row.txn);
            }
            for dossier in &dossiers {
                let code = facts.pool.dossier(*dossier).code.as_str();
                exact.dossiers.insert(code.into());
                for entry in &facts.desk.ledgers.of(*dossier).entries {
                    if let Some(txn) = entry.credit.money.txn() {
                        exact.cover(facts, txn);
                    }
                }
            }
        }
        exact
    }

    fn cover(&mut self, facts: &Facts, txn: Index) {
        let row = facts.pool.txn(txn);
        let of = self.money.entry(row.source.as_str().into()).or_default();
        of.insert((&*row.id).into());
    }

    /// True when nothing is resolved.
    pub fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    /// True for an item whose component is resolved: it adds nothing on its own.
    pub(super) fn covers_made(&self, item: &Contribution) -> bool {
        self.covers(item.definition, Origin::parse(&item.item))
    }

    /// The same, of an item that comes from there.
    pub(super) fn covers(&self, definition: &str, origin: Origin) -> bool {
        if self.is_empty() || !RESOLVED.contains(&definition) {
            return false;
        }
        match origin {
            Origin::Txn(source, id) => {
                let of = self.money.get(source);
                of.is_some_and(|ids| ids.contains(id))
            }
            Origin::Cash(code, _)
            | Origin::Receipt(code, _)
            | Origin::Dossier(code)
            | Origin::Line(code, _) => self.dossiers.contains(code),
            Origin::Other => false,
        }
    }

    /// The components as one share sees them; none where a definition is not resolved.
    pub(super) fn parts(&self, definition: &str, scope: &Scope, period: &Period) -> Vec<Part> {
        let Some(definition) = RESOLVED.iter().position(|id| *id == definition) else {
            return Vec::new();
        };
        let sees = |adds: &Adds| {
            let counts = adds.scope == *scope
                || (adds.scope == Scope::AnyAgency && matches!(scope, Scope::Agency(_)));
            let late = self.start.is_none_or(|start| start <= adds.day);
            adds.definition == definition && counts && late && period.holds(adds.day)
        };
        let parts = self.components.iter().map(|of| Part::new(of, &sees));
        parts.collect()
    }
}

/// An open payment and the dossiers that it may be of.
#[derive(Clone, Debug)]
struct Row {
    txn: Index,
    /// It is of one of them for certain.
    sure: bool,
    /// It is of one of them unless one of them is paid otherwise.
    likely: bool,
    /// It may be of a dossier that is not here.
    elsewhere: bool,
    /// Its own text links it as soon as it counts: nobody puts it to a line.
    by_text: bool,
    /// It names an order of certain lines.
    of_lines: bool,
    dossiers: Vec<Index>,
}

/// The open payments; none where something is open that only the relaxation can take.
fn open_payments(facts: &Facts) -> Option<Vec<Row>> {
    let inputs = facts.pool.inputs;
    let unread = super::unread::any_widens(inputs);
    // a payment that may be put elsewhere may be of any of the dossiers
    let beyond = facts.moves || !facts.unsure_sums.is_empty() || !facts.unread_cash.is_empty();
    if unread || beyond || !inputs.conflicts.is_empty() {
        return None;
    }
    let set = |d: Index| facts.desk.set_of.contains_key(&d);
    let lacks = |d: &usize| !set(index(*d)) && facts.may_lack(index(*d)) > 0;
    let mut lacking: Option<Vec<Index>> = None;
    let mut rows = Vec::new();
    for txn in (0..inputs.txns.len()).map(index) {
        let open = facts.open(txn);
        match open {
            Open::Nothing => continue,
            Open::Refund => return None,
            Open::Fee | Open::Credit => {}
        }
        let named: Vec<Index> = facts.names(txn).into_iter().collect();
        let class = match &facts.desk.txns[at(txn)] {
            Standing::Out(out) => out.class,
            _ => return None,
        };
        let (nameless, certain) = (named.is_empty(), facts.is_fee_whatever_comes(txn));
        rows.push(Row {
            txn,
            sure: open == Open::Fee && certain,
            likely: open == Open::Fee && !certain,
            of_lines: match &facts.desk.readings[at(txn)] {
                Reading::One { order, .. } => order.is_some_and(|order| !order.fee_ids.is_empty()),
                _ => false,
            },
            by_text: !nameless && class != "ambiguous",
            elsewhere: nameless || !matches!(class, "ambiguous" | "pending" | "status_mismatch"),
            dossiers: if nameless {
                let all = || {
                    (0..facts.pool.dossiers.len())
                        .filter(lacks)
                        .map(index)
                        .take(DOSSIERS_MAX + 1)
                        .collect()
                };
                lacking.get_or_insert_with(all).clone()
            } else {
                named
            },
        });
        let many = lacking.as_ref().is_some_and(|all| all.len() > DOSSIERS_MAX);
        if many || rows.len() > PAYMENTS_MAX {
            return None;
        }
    }
    // a receipt that counts and stands in no ledger, such as one for a line that is not there
    let mut receipts = facts.desk.receipts.iter().filter_map(Standing::out);
    if receipts.any(|out| out.class != "void") {
        return None;
    }
    let mut entries = facts
        .desk
        .ledgers
        .iter()
        .flat_map(|(_, ledger)| &ledger.entries);
    if entries.any(|entry| doubtful(&entry.effect) || differs(entry)) {
        return None;
    }
    Some(rows)
}

/// A receipt over another amount than its line's, or beyond what was left of it.
fn differs(entry: &Entry) -> bool {
    let cash = matches!(entry.credit.money, Money::Receipt(_));
    entry.receipt_differs || (cash && entry.surplus > 0)
}

fn doubtful(effect: &Effect) -> bool {
    match effect {
        Effect::Settles => false,
        Effect::Duplicate { certain, .. } => !certain,
        Effect::Doubtful { .. } => true,
    }
}

/// True where a payment may be of several dossiers at once.
fn may_be_split(facts: &Facts, rows: &[Row]) -> bool {
    let split = |row: &Row| {
        let amount = i128::from(facts.largest(row.txn));
        let mut dossiers = row.dossiers.iter();
        let reaches_more = dossiers.any(|dossier| facts.may_lack(*dossier) < amount);
        row.dossiers.len() > 1 && (rows.len() > 1 || reaches_more)
    };
    rows.iter().any(split)
}

/// Payments and dossiers that hang together, as far as they are few.
fn components(facts: &Facts, open: &[Row]) -> Vec<(Vec<Row>, Vec<Index>)> {
    let mut of_dossier: BTreeMap<Index, usize> = BTreeMap::new();
    let mut sets: Vec<(Vec<usize>, BTreeSet<Index>)> = Vec::new();
    for (r, row) in open.iter().enumerate() {
        let touched: BTreeSet<usize> = row
            .dossiers
            .iter()
            .filter_map(|dossier| of_dossier.get(dossier).copied())
            .collect();
        let mut joined = (
            vec![r],
            row.dossiers.iter().copied().collect::<BTreeSet<_>>(),
        );
        for set in touched {
            let (rows, dossiers) = std::mem::take(&mut sets[set]);
            joined.0.extend(rows);
            joined.1.extend(dossiers);
        }
        for dossier in &joined.1 {
            of_dossier.insert(*dossier, sets.len());
        }
        sets.push(joined);
    }
    let mut made = Vec::new();
    for (mut rows, dossiers) in sets.into_iter().filter(|(rows, _)| !rows.is_empty()) {
        rows.sort_unstable();
        let missing: usize = dossiers.iter().map(|d| missing_lines(facts, *d)).sum();
        if rows.len() + missing <= ROWS_MAX && dossiers.len() <= DOSSIERS_MAX {
            let rows = rows.into_iter().map(|r| open[r].clone()).collect();
            made.push((rows, dossiers.into_iter().collect()));
        }
    }
    made
}

/// The lines of a dossier that the registry calls paid and whose money nobody has seen.
fn missing_lines(facts: &Facts, dossier: Index) -> usize {
    let fees = facts.pool.dossier(dossier).fees.clone();
    let rows = fees.filter_map(|fee| facts.fee_row(index(fee)));
    let missing = |class: &str| matches!(class, "missing_payment" | "missing_receipt");
    rows.filter(|row| missing(row.counts_as())).count()
}
