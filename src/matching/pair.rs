//! What speaks for a payment and a dossier that its text does not name belonging together, in
//! hundredths of a bit: the rarer an agreement would be by chance, the more it weighs.

use std::collections::BTreeMap;

use crate::domain::fold::{fold_name, squeeze};
use crate::domain::{AgencyCode, Day, DeclaredMethod, FeeStatus};

use super::evidence::Evidence;
use super::left::{Lacking, Waiting};
use super::part::Why;
use super::pool::{Dedicated, Index, Payer, Pool};
use super::weight::{BIT, log2};

/// The exact amount, where only one dossier of the agency lacks it in those days; less by every
/// doubling.
const AMOUNT: i64 = 6 * BIT;
/// The full name, of three words or more; of two. Two people in a district share one now and then.
const NAME: i64 = 9 * BIT;
const SHORT_NAME: i64 = 5 * BIT;
/// Another name: people do pay for others, but seldom.
const OTHER_NAME: i64 = -6 * BIT;
/// Date and sequence of the code stand in the memo.
const TAIL: i64 = 10 * BIT;
/// They stand there of another dossier.
const OTHER_TAIL: i64 = -8 * BIT;
/// The collection account of this agency; one without an agency of its own.
const ACCOUNT: i64 = 2 * BIT;
const FEE_ACCOUNT: i64 = BIT;
/// The memo names the agency.
const AGENCY_WORDS: i64 = 2 * BIT;
/// The registry recorded a payment on this very day, or one day off.
const RECORDED: i64 = 3 * BIT;
const RECORDED_NEXT: i64 = BIT;
/// Paid on the day of receipt.
const RECEIVED: i64 = BIT;
/// The registry does not call it paid; or says that cash was declared.
const NOT_PAID: i64 = -3 * BIT;
const DECLARED_CASH: i64 = -5 * BIT;

/// What a payment is compared by, worked out once.
pub struct Traits {
    /// The payment.
    pub txn: Index,
    memo: String,
    words: String,
    account: Option<Dedicated>,
}

impl Traits {
    /// Of a transaction.
    pub fn new(pool: &Pool, txn: Index) -> Self {
        let row = pool.txn(txn);
        Self {
            txn,
            memo: squeeze(&row.memo),
            words: fold_name(&row.memo),
            account: pool.dedicated(row),
        }
    }
}

/// Days in order, to count those in a window without looking at each.
#[derive(Default)]
struct Days(Vec<Day>);

impl Days {
    fn until(&self, day: Day) -> usize {
        self.0.partition_point(|known| *known <= day)
    }

    fn before(&self, day: Day) -> usize {
        self.0.partition_point(|known| *known < day)
    }
}

/// Counts and names that weights depend on.
pub struct Scale {
    /// The first and the last days of the dossiers of an agency that lack an amount.
    lacking: BTreeMap<(AgencyCode, i128), (Days, Days)>,
    /// The days of open payments of an amount into the account of an agency (upper case), or into
    /// any other.
    paying: BTreeMap<(Option<Box<str>>, i128), Days>,
    /// The folded names of agencies.
    names: BTreeMap<AgencyCode, String>,
}

impl Scale {
    /// From everything that lacks money, and every open payment.
    pub fn new(pool: &Pool, open: &[Lacking], txns: &[Waiting]) -> Self {
        let mut lacking: BTreeMap<(AgencyCode, i128), (Days, Days)> = BTreeMap::new();
        for open in open {
            let agency = pool.dossier(open.dossier).agency.clone();
            if let Some((first, last)) = pool.window(open.dossier) {
                let days = lacking.entry((agency, open.amount)).or_default();
                days.0.0.push(first);
                days.1.0.push(last);
            }
        }
        let mut paying: BTreeMap<(Option<Box<str>>, i128), Days> = BTreeMap::new();
        for waiting in txns {
            let row = pool.txn(waiting.txn);
            let agency = match pool.dedicated(row) {
                Some(Dedicated::Of(agency)) => Some(agency.to_ascii_uppercase().into()),
                Some(Dedicated::Shared) | None => None,
            };
            let days = paying.entry((agency, row.amount.wide())).or_default();
            days.0.push(row.paid_on);
        }
        let firsts_and_lasts = lacking.values_mut().flat_map(|(first, last)| [first, last]);
        for days in firsts_and_lasts.chain(paying.values_mut()) {
            days.0.sort_unstable();
        }
        let agencies = pool.inputs.agencies.iter();
        let names = agencies.map(|agency| (agency.code.clone(), fold_name(&agency.name)));
        let names = names.filter(|(_, name)| name.contains(' ')).collect();
        Self {
            lacking,
            paying,
            names,
        }
    }

    /// How many dossiers of the agency lack the amount on a day.
    fn dossiers_on(&self, agency: &AgencyCode, amount: i128, day: Day) -> usize {
        let days = self.lacking.get(&(agency.clone(), amount));
        days.map_or(0, |(first, last)| first.until(day) - last.before(day))
    }

    /// How many open payments of the amount in these days may be for the agency.
    fn payments_in(&self, agency: &AgencyCode, amount: i128, (first, last): (Day, Day)) -> usize {
        let own = Some(agency.as_str().into());
        let days = [own, None].map(|account| self.paying.get(&(account, amount)));
        let counts = days.into_iter().flatten();
        counts
            .map(|days| days.until(last) - days.before(first))
            .sum()
    }

    /// The weight of a pair and what speaks for it; none when it cannot be.
    pub fn weigh(&self, pool: &Pool, traits: &Traits, lacking: &Lacking) -> Pair {
        let row = pool.txn(traits.txn);
        let dossier = pool.dossier(lacking.dossier);
        let window = pool.window(lacking.dossier)?;
        let in_time = window.0 <= row.paid_on && row.paid_on <= window.1;
        if row.amount.wide() != lacking.amount || !in_time {
            return None;
        }
        let mut said = vec![Evidence::AmountFits(row.amount)];
        let equal = self.dossiers_on(dossier.agency, lacking.amount, row.paid_on);
        let paying = self.payments_in(dossier.agency, lacking.amount, window);
        let mut parts = vec![(Why::Amount, (AMOUNT - log2(equal)).max(0))];
        match &traits.account {
            Some(account) if account.is_of(dossier.agency) => {
                parts.push((Why::Account, ACCOUNT));
                said.push(Evidence::AccountIs(dossier.agency.as_str().into()));
            }
            Some(Dedicated::Of(_)) => return None,
            Some(Dedicated::Shared) => {
                parts.push((Why::FeeAccount, FEE_ACCOUNT));
                said.push(Evidence::FeeAccount);
            }
            None => {}
        }
        let payer = pool.payer(row, lacking.dossier);
        let holds_tail = traits.memo.contains(&tail(dossier.code.as_str()));
        if payer != Payer::Agrees && !holds_tail {
            return None;
        }
        match payer {
            Payer::Agrees => {
                let short = pool.payer_of(lacking.dossier).matches(' ').count() < 2;
                parts.push((Why::Payer, if short { SHORT_NAME } else { NAME }));
                said.push(Evidence::PayerAgrees);
            }
            Payer::Unknown => {}
            Payer::Differs => parts.push((Why::OtherPayer, OTHER_NAME)),
        }
        if holds_tail {
            parts.push((Why::Tail, TAIL));
            said.push(Evidence::HoldsTail(dossier.code.clone()));
        }
        if self.names_agency(traits, dossier.agency) {
            parts.push((Why::AgencyNamed, AGENCY_WORDS));
            said.push(Evidence::AgencyNamed(dossier.agency.as_str().into()));
        }
        registry(pool, row.paid_on, lacking.dossier, (&mut said, &mut parts));
        // where others lack this amount, or others paid it, somebody may have paid for another
        let most = (!holds_tail && (equal > 1 || paying > 1)).then_some(NAME - OTHER_NAME);
        let weight = parts.iter().map(|(_, weight)| weight).sum();
        Some(Weighed {
            weight,
            said,
            most,
            parts,
        })
    }

    fn names_agency(&self, traits: &Traits, agency: &AgencyCode) -> bool {
        let name = self.names.get(agency);
        name.is_some_and(|name| traits.words.contains(name))
            || traits.memo.contains(&agency.squeezed())
    }
}

/// A pair: its weight and what speaks for it; none when it cannot be.
pub type Pair = Option<Weighed>;

/// What a pair weighs.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// In hundredths of a bit.
    pub weight: i64,
    /// What speaks for it.
    pub said: Vec<Evidence>,
    /// It cannot be further ahead than this, whatever the component says.
    pub most: Option<i64>,
    /// What the weight is made of.
    pub parts: Vec<(Why, i64)>,
}

/// Where the memo holds the end of one code, it speaks against the payment's other dossiers.
pub fn weigh_tails(row: &mut [Pair]) {
    let holds = |pair: &Pair| {
        let mut said = pair.iter().flat_map(|pair| &pair.said);
        said.any(|said| matches!(said, Evidence::HoldsTail(_)))
    };
    if !row.iter().any(holds) {
        return;
    }
    for pair in row.iter_mut().filter(|pair| !holds(pair)).flatten() {
        pair.weight += OTHER_TAIL;
        pair.parts.push((Why::OtherTail, OTHER_TAIL));
    }
}

/// What the registry says of the dossier.
fn registry(
    pool: &Pool,
    paid_on: Day,
    dossier: Index,
    (said, parts): (&mut Vec<Evidence>, &mut Vec<(Why, i64)>),
) {
    let fees = pool.fees_of(dossier);
    let recorded = fees.iter().filter_map(|fee| fee.more.paid_at.as_ref());
    match recorded.map(crate::domain::Moment::day).max() {
        Some(day) if day == paid_on => {
            parts.push((Why::Recorded, RECORDED));
            said.push(Evidence::RecordedOn(day));
        }
        Some(day) if day.days_since(paid_on).abs() == 1 => {
            parts.push((Why::RecordedNext, RECORDED_NEXT));
            said.push(Evidence::RecordedOn(day));
        }
        None if pool.dossier(dossier).code.received_on() == Some(paid_on) => {
            parts.push((Why::Received, RECEIVED));
        }
        Some(_) | None => {}
    }
    if fees.iter().any(|fee| fee.status != FeeStatus::Paid) {
        parts.push((Why::NotPaid, NOT_PAID));
    }
    let cash = |method: DeclaredMethod| method.is_cash();
    if fees.iter().any(|fee| cash(fee.declared_method)) {
        parts.push((Why::DeclaredCash, DECLARED_CASH));
    }
}

/// Date and sequence of a code, as they stand in a squeezed memo.
pub fn tail(code: &str) -> String {
    let tail = code.split('-').skip(1);
    tail.collect()
}
