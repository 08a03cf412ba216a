//! What speaks for a payment and a dossier that its text does not name belonging together, in
//! hundredths of a bit: the rarer an agreement would be by chance, the more it weighs.

use std::collections::BTreeMap;

use crate::domain::fold::{fold_name, squeeze};
use crate::domain::{AgencyCode, DeclaredMethod, FeeStatus};

use super::evidence::Evidence;
use super::left::Lacking;
use super::pool::{Index, Payer, Pool};
use super::weight::{BIT, log2};

/// The exact amount, where only one dossier of the agency lacks it; less by every doubling.
const AMOUNT: i64 = 7 * BIT;
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
const ACCOUNT: i64 = 3 * BIT;
const FEE_ACCOUNT: i64 = BIT + BIT / 2;
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
    account: Option<Option<Box<str>>>,
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

/// Counts and names that weights depend on.
pub struct Scale {
    /// How many dossiers of an agency lack an amount.
    rarity: BTreeMap<(AgencyCode, i128), usize>,
    /// The folded names of agencies.
    names: BTreeMap<AgencyCode, String>,
}

impl Scale {
    /// From everything that lacks money.
    pub fn new(pool: &Pool, open: &[Lacking]) -> Self {
        let mut rarity: BTreeMap<(AgencyCode, i128), usize> = BTreeMap::new();
        for lacking in open {
            let agency = pool.dossier(lacking.dossier).agency.clone();
            *rarity.entry((agency, lacking.amount)).or_default() += 1;
        }
        let agencies = pool.inputs.agencies.iter();
        let names = agencies.map(|agency| (agency.code.clone(), fold_name(&agency.name)));
        let names = names.filter(|(_, name)| name.contains(' ')).collect();
        Self { rarity, names }
    }

    /// The weight of a pair and what speaks for it; none when it cannot be.
    pub fn weigh(&self, pool: &Pool, traits: &Traits, lacking: &Lacking) -> Pair {
        let row = pool.txn(traits.txn);
        let dossier = pool.dossier(lacking.dossier);
        if row.amount.wide() != lacking.amount || !pool.in_window(lacking.dossier, row.paid_on) {
            return None;
        }
        let mut said = vec![Evidence::AmountFits(row.amount)];
        let key = (dossier.agency.clone(), lacking.amount);
        let equal = self.rarity.get(&key).copied().unwrap_or(1);
        let mut weight = (AMOUNT - log2(equal)).max(0);
        match traits.account.as_ref().map(Option::as_deref) {
            Some(Some(agency)) if agency.eq_ignore_ascii_case(dossier.agency.as_str()) => {
                weight += ACCOUNT;
                said.push(Evidence::AccountIs(agency.into()));
            }
            Some(Some(_)) => return None,
            Some(None) => {
                weight += FEE_ACCOUNT;
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
                let short = dossier.payer.matches(' ').count() < 2;
                weight += if short { SHORT_NAME } else { NAME };
                said.push(Evidence::PayerAgrees);
            }
            Payer::Unknown => {}
            Payer::Differs => weight += OTHER_NAME,
        }
        if holds_tail {
            weight += TAIL;
            said.push(Evidence::HoldsTail(dossier.code.clone()));
        }
        if self.names_agency(traits, dossier.agency) {
            weight += AGENCY_WORDS;
            said.push(Evidence::AgencyNamed(dossier.agency.as_str().into()));
        }
        weight += registry(pool, row.paid_on, lacking.dossier, &mut said);
        Some((weight, said))
    }

    fn names_agency(&self, traits: &Traits, agency: &AgencyCode) -> bool {
        let name = self.names.get(agency);
        name.is_some_and(|name| traits.words.contains(name))
            || traits.memo.contains(&agency.squeezed())
    }
}

/// A pair: its weight and what speaks for it; none when it cannot be.
pub type Pair = Option<(i64, Vec<Evidence>)>;

/// Where the memo holds the end of one code, it speaks against the payment's other dossiers.
pub fn weigh_tails(row: &mut [Pair]) {
    let holds = |pair: &Pair| {
        let mut said = pair.iter().flat_map(|(_, said)| said);
        said.any(|said| matches!(said, Evidence::HoldsTail(_)))
    };
    if !row.iter().any(holds) {
        return;
    }
    for pair in row.iter_mut().filter(|pair| !holds(pair)) {
        if let Some((weight, _)) = pair {
            *weight += OTHER_TAIL;
        }
    }
}

/// What the registry says of the dossier.
fn registry(
    pool: &Pool,
    paid_on: crate::domain::Day,
    dossier: Index,
    said: &mut Vec<Evidence>,
) -> i64 {
    let fees = &pool.inputs.fees[pool.dossier(dossier).fees.clone()];
    let mut weight = 0;
    let recorded = fees.iter().filter_map(|fee| fee.more.paid_at.as_ref());
    match recorded.map(crate::domain::Moment::day).max() {
        Some(day) if day == paid_on => {
            weight += RECORDED;
            said.push(Evidence::RecordedOn(day));
        }
        Some(day) if day.days_since(paid_on).abs() == 1 => {
            weight += RECORDED_NEXT;
            said.push(Evidence::RecordedOn(day));
        }
        Some(_) => {}
        None if pool.dossier(dossier).code.received_on() == Some(paid_on) => weight += RECEIVED,
        None => {}
    }
    if fees.iter().any(|fee| fee.status != FeeStatus::Paid) {
        weight += NOT_PAID;
    }
    let cash = |method: DeclaredMethod| method.is_cash();
    if fees.iter().any(|fee| cash(fee.declared_method)) {
        weight += DECLARED_CASH;
    }
    weight
}

/// Date and sequence of a code, as they stand in a squeezed memo.
pub fn tail(code: &str) -> String {
    let tail = code.split('-').skip(1);
    tail.collect()
}
