//! The pool: sorted rows, dossiers with their lines, and the indexes that passes look things up in.

use rustc_hash::FxHashMap;

use crate::domain::fold::{fold_name, is_nameless, same_name};
use crate::domain::{
    AgencyCode, CollectionMode, Day, DossierCode, Fee, FeeKind, FeeStatus, Inputs, PaymentOrder,
    Rules, Side, SourceName, Txn,
};

use super::code_scan::Scanner;
use super::edit::Edit;
use super::many::{Many, ManyOrders};
use super::squeezed::Squeezed;

/// A position in `Inputs::fees`, `txns`, `receipts` or `Pool::dossiers`.
pub type Index = u32;

/// A position as an index of a slice.
pub fn at(index: Index) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// A slice index as a position; pools are far smaller than 2^32 rows.
pub fn index(position: usize) -> Index {
    Index::try_from(position).unwrap_or(Index::MAX)
}

/// One dossier of the pool.
#[derive(Clone, Debug)]
pub struct Dossier<'a> {
    /// Its code.
    pub code: &'a DossierCode,
    /// The agency that collects (of its first line).
    pub agency: &'a AgencyCode,
    /// Its lines, as positions in `Inputs::fees`, in the order of the waterfall.
    pub fees: std::ops::Range<usize>,
    /// The sum of the lines that are no land obligations.
    pub fees_due: i128,
}

/// Does the payer agree with the dossier's?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    /// The same folded name.
    Agrees,
    /// One of the two is not told.
    Unknown,
    /// Two different names.
    Differs,
}

/// A dedicated collection account: nothing but fees comes into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dedicated {
    /// Of this agency.
    Of(Box<str>),
    /// Of several agencies.
    Shared,
}

impl Dedicated {
    /// True for the account of this agency.
    pub fn is_of(&self, agency: &AgencyCode) -> bool {
        matches!(self, Self::Of(own) if own.eq_ignore_ascii_case(agency.as_str()))
    }
}

/// Everything the passes look at.
pub struct Pool<'a> {
    /// The sorted rows.
    pub inputs: &'a Inputs,
    /// The rules.
    pub rules: &'a Rules,
    /// Dossiers in byte order of their codes.
    pub dossiers: Vec<Dossier<'a>>,
    /// Finds codes in memos.
    pub scanner: Scanner,
    by_squeezed: Squeezed,
    orders: FxHashMap<&'a str, Vec<&'a PaymentOrder>>,
    orders_of: FxHashMap<&'a DossierCode, Vec<&'a PaymentOrder>>,
    pub(super) many: FxHashMap<Index, Many>,
    pub(super) many_orders: ManyOrders<'a>,
    conflicts: FxHashMap<(Side, &'a str, &'a str, Option<&'a DossierCode>), Index>,
    /// The first day that it holds whole; none where it holds every day whole.
    whole_from: Option<Day>,
}

impl<'a> Pool<'a> {
    /// Builds the pool from sorted inputs.
    pub fn new(inputs: &'a Inputs, rules: &'a Rules) -> Self {
        let mut conflicts = FxHashMap::default();
        for (i, conflict) in inputs.conflicts.iter().enumerate() {
            let key = (
                conflict.key.side,
                conflict.key.source.as_str(),
                &*conflict.key.id,
                conflict.key.dossier.as_ref(),
            );
            conflicts.insert(key, index(i));
        }
        let mut pool = Self {
            inputs,
            rules,
            dossiers: Vec::new(),
            scanner: scanner(inputs),
            by_squeezed: Squeezed::default(),
            orders: FxHashMap::default(),
            orders_of: FxHashMap::default(),
            many: FxHashMap::default(),
            many_orders: ManyOrders::default(),
            conflicts,
            whole_from: (inputs.business_date).map(|night| rules.whole_from(night)),
        };
        pool.add_dossiers();
        for order in &inputs.orders {
            pool.orders.entry(&order.order_id).or_default().push(order);
            pool.orders_of
                .entry(&order.dossier_code)
                .or_default()
                .push(order);
        }
        for (code, orders) in &pool.orders_of {
            pool.many_orders.note(code, orders);
        }
        let dossiers = (0..pool.dossiers.len()).map(index);
        let many = dossiers.filter_map(|dossier| Some((dossier, Many::of(&pool, dossier)?)));
        pool.many = many.collect();
        pool
    }

    fn add_dossiers(&mut self) {
        let fees = &self.inputs.fees;
        let mut start = 0;
        let dossiers = fees.chunk_by(|a, b| a.dossier_code == b.dossier_code);
        let dossiers = dossiers.count();
        self.dossiers.reserve_exact(dossiers);
        self.by_squeezed.reserve(dossiers);
        for group in fees.chunk_by(|a, b| a.dossier_code == b.dossier_code) {
            let end = start + group.len();
            let place = index(self.dossiers.len());
            let first = &group[0];
            self.by_squeezed.insert(&first.dossier_code, place);
            let settled = payable(group);
            let fee = |fee: &&Fee| fee.kind != FeeKind::LandObligation && settled(fee);
            let fees_due = group.iter().filter(fee).map(|fee| fee.amount.wide()).sum();
            self.dossiers.push(Dossier {
                code: &first.dossier_code,
                agency: &first.agency_code,
                fees: start..end,
                fees_due,
            });
            start = end;
        }
    }

    /// The fee lines of a dossier, whether money can settle them or not.
    pub fn fees_of(&self, dossier: Index) -> &'a [Fee] {
        &self.inputs.fees[self.dossier(dossier).fees.clone()]
    }

    /// The lines of a dossier that money can settle: position and amount due.
    pub fn lines(&self, dossier: Index) -> impl Iterator<Item = (Index, i64)> + use<'a> {
        let fees = self.fees_of(dossier);
        let places = (self.dossier(dossier).fees.start..).map(index);
        let settled = payable(fees);
        let lines = places.zip(fees).filter(move |(_, fee)| settled(fee));
        lines.map(|(place, fee)| (place, fee.amount.get()))
    }

    /// Everything due by this payer to this agency: land obligations, which go to the Treasury,
    /// left out unless there is nothing else.
    pub fn due(&self, dossier: Index) -> i128 {
        match self.dossier(dossier).fees_due {
            0 => self.all_due(dossier),
            fees => fees,
        }
    }

    /// Everything due, land obligations included.
    pub fn all_due(&self, dossier: Index) -> i128 {
        if let Some(many) = self.many_of(dossier) {
            return many.due;
        }
        self.lines(dossier).map(|(_, due)| i128::from(due)).sum()
    }

    /// The payer that a dossier expects, folded.
    pub fn payer_of(&self, dossier: Index) -> String {
        fold_name(&self.first_fee(dossier).payer_name)
    }

    fn first_fee(&self, dossier: Index) -> &'a Fee {
        &self.inputs.fees[self.dossier(dossier).fees.start]
    }

    /// The dossier at a position.
    pub fn dossier(&self, place: Index) -> &Dossier<'a> {
        &self.dossiers[at(place)]
    }

    /// The fee line at a position.
    pub fn fee(&self, place: Index) -> &'a Fee {
        &self.inputs.fees[at(place)]
    }

    /// The transaction at a position.
    pub fn txn(&self, place: Index) -> &'a Txn {
        &self.inputs.txns[at(place)]
    }

    /// The dossier with this squeezed code.
    pub fn find_squeezed(&self, squeezed: &str) -> Option<Index> {
        self.by_squeezed.get(squeezed)
    }

    /// Calls `visit` for every dossier whose squeezed code is one edit away from `written`.
    pub fn one_edit_away(&self, written: &str, visit: impl FnMut(Index, Edit)) {
        self.by_squeezed.one_edit(written, visit);
    }

    /// The dossier with this code.
    pub fn find(&self, code: &DossierCode) -> Option<Index> {
        let squeezed = self.by_squeezed.of_code(code)?;
        if self.dossier(squeezed).code == code {
            return Some(squeezed);
        }
        // two codes that differ in their punctuation only
        let found = self.dossiers.binary_search_by(|d| d.code.cmp(code));
        found.ok().map(index)
    }

    /// The dossier whose code stands in this text, with nothing beside it.
    pub fn find_written(&self, text: &str) -> Option<Index> {
        let text = text.trim();
        let place = self.by_squeezed.of_text(text)?;
        let code = self.dossier(place).code.as_str();
        code.eq_ignore_ascii_case(text).then_some(place)
    }

    /// The order that a transaction's structured reference names at its provider.
    pub fn order(&self, txn: &Txn) -> Option<&'a PaymentOrder> {
        let orders = self.orders.get(txn.order_ref.as_deref()?)?;
        let kind = self.kind_of(&txn.source);
        let of = |name: &str| orders.iter().find(|o| &*o.provider == name).copied();
        of(txn.source.as_str())
            .or_else(|| of(kind))
            .or(match orders.as_slice() {
                [only] if kind.is_empty() => Some(*only),
                _ => None,
            })
    }

    /// The orders of a dossier.
    pub fn orders_of(&self, code: &DossierCode) -> &[&'a PaymentOrder] {
        self.orders_of.get(code).map_or(&[], Vec::as_slice)
    }

    fn kind_of(&self, source: &SourceName) -> &str {
        let facts = self
            .inputs
            .sources
            .iter()
            .find(|facts| facts.name == *source);
        facts.map_or("", |facts| &facts.kind)
    }

    /// The conflict of a money row, if its id came with different content.
    pub fn conflict(&self, side: Side, source: &str, id: &str) -> Option<Index> {
        self.conflicts.get(&(side, source, id, None)).copied()
    }

    /// The conflict of a fee, if its id came with different content.
    pub fn is_fee_conflict(&self, fee: &Fee) -> Option<Index> {
        let key = (Side::Fee, "", fee.fee_id.as_str(), Some(&fee.dossier_code));
        self.conflicts.get(&key).copied()
    }

    /// Does the transaction's payer agree with the dossier's?
    pub fn payer(&self, txn: &Txn, dossier: Index) -> Payer {
        let expected = &self.first_fee(dossier).payer_name;
        if txn.payer.is_empty() || is_nameless(expected) {
            return Payer::Unknown;
        }
        if same_name(&txn.payer, expected) {
            Payer::Agrees
        } else {
            Payer::Differs
        }
    }

    /// The provider's fee for `due` that would explain `paid`: the row's own fee, else a configured
    /// rate.
    pub fn net_fee(&self, txn: &Txn, due: i128, paid: i128) -> Option<i128> {
        let short = due - paid;
        if short <= 0 {
            return None;
        }
        if txn.fee.get() > 0 && txn.fee.wide() == short {
            return Some(short);
        }
        let dong = crate::domain::Vnd::from_wide(due).ok()?;
        self.rules
            .net_rates
            .iter()
            .any(|rate| rate.fee_on(dong) == short)
            .then_some(short)
    }

    /// True when `amount` equals a line, the whole, or the net of either.
    pub fn fits(&self, txn: &Txn, dossier: Index, amount: i128) -> bool {
        let exact = |due: i128| due == amount || self.net_fee(txn, due, amount).is_some();
        let of = self.dossier(dossier);
        if of.fees.len() == 1 && of.fees_due > 0 {
            // its only line is all that it owes; no row is looked at
            return exact(of.fees_due);
        }
        if let Some(many) = self.many_of(dossier) {
            let known = self.is_any(txn, &many.dues, amount);
            return known || exact(self.due(dossier)) || exact(many.due);
        }
        let mut lines = self.lines(dossier);
        lines.any(|(_, due)| exact(i128::from(due)))
            || exact(self.due(dossier))
            || exact(self.all_due(dossier))
    }

    /// True when the pool holds every gateway payment and valid receipt of the day. A night reads
    /// those of the last window days; of an older day it holds only what other rows name, and the
    /// sum of some is no sum of the day.
    pub fn holds_whole_day(&self, day: Day) -> bool {
        self.whole_from.is_none_or(|first| first <= day)
    }

    /// True when a payment of this day may be for the dossier without naming it exactly.
    pub fn in_window(&self, dossier: Index, day: Day) -> bool {
        let window = self.window(dossier);
        window.is_some_and(|(first, last)| first <= day && day <= last)
    }

    /// True when every registry has told everything: no dossier is still on its way.
    pub fn registry_complete(&self) -> bool {
        let mut sources = self.inputs.sources.iter();
        !sources.any(|source| !source.carries_money && !source.is_whole())
    }

    /// The dedicated collection account that the money came into; none for other accounts.
    pub fn dedicated(&self, txn: &Txn) -> Option<Dedicated> {
        let account = txn.account.as_deref()?;
        let mut known = self.rules.collection_accounts.iter();
        let found = known.find(|(known, _)| **known == *account);
        found.map(|(_, agency)| agency.clone().map_or(Dedicated::Shared, Dedicated::Of))
    }

    /// True for land obligations, which stay outside the share.
    pub fn is_land(&self, line: Index) -> bool {
        self.fee(line).kind == FeeKind::LandObligation
    }
}

/// Which of a dossier's lines money can settle: those not cancelled; when all are cancelled, all.
/// Of a contradictory line the version kept is as good as any: the payment is a fact.
pub(super) fn payable(fees: &[Fee]) -> impl Fn(&Fee) -> bool + use<> {
    let owed = |fee: &Fee| {
        fee.amount.get() > 0 && fee.more.collection_mode != Some(CollectionMode::Exempt)
    };
    let cancelled = |fee: &Fee| fee.status == FeeStatus::Cancelled;
    let active = fees.iter().any(|fee| owed(fee) && !cancelled(fee));
    move |fee| owed(fee) && cancelled(fee) != active
}

/// A scanner for the agencies that are known or that have fees.
fn scanner(inputs: &Inputs) -> Scanner {
    let mut codes: Vec<AgencyCode> = inputs.agencies.iter().map(|a| a.code.clone()).collect();
    for group in inputs
        .fees
        .chunk_by(|a, b| a.dossier_code == b.dossier_code)
    {
        let agency = group[0].dossier_code.agency_text();
        if codes.last().map(AgencyCode::as_str) != Some(agency) {
            codes.push(group[0].dossier_code.agency());
        }
    }
    codes.sort();
    codes.dedup();
    Scanner::new(codes.iter())
}
