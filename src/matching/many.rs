//! Dossiers with many lines, and with many orders: what each payment asks of them is noted once.

use rustc_hash::FxHashMap;

use crate::domain::{Day, DossierCode, Fee, FeeId, PaymentOrder, Txn};

use super::pool::{Index, Pool, at, index, payable};

/// With more lines, or orders, than this a dossier has many.
pub(super) const FEW: usize = 8;

/// What is noted of a dossier with many lines.
#[derive(Clone, Debug)]
pub(super) struct Many {
    /// What is due on the lines that money can settle, in order of amount.
    pub(super) dues: Vec<i128>,
    /// All of it.
    pub(super) due: i128,
    /// The days on which a payment that does not name the dossier exactly may be for it.
    pub(super) window: Option<(Day, Day)>,
}

impl Many {
    /// Of a dossier with many lines; none of any other.
    pub(super) fn of(pool: &Pool, dossier: Index) -> Option<Self> {
        if pool.fees_of(dossier).len() <= FEW {
            return None;
        }
        let dues = pool.lines(dossier).map(|(_, due)| i128::from(due));
        let mut dues: Vec<i128> = dues.collect();
        dues.sort_unstable();
        Some(Self {
            due: dues.iter().sum(),
            dues,
            window: pool.window_told(dossier),
        })
    }
}

/// The orders of dossiers with many of them, by what they are for.
#[derive(Debug, Default)]
pub(super) struct ManyOrders<'a> {
    /// Positions of the orders that name a line.
    of_line: FxHashMap<(&'a DossierCode, &'a FeeId), Vec<Index>>,
    /// Positions of those that name none.
    of_all: FxHashMap<&'a DossierCode, Vec<Index>>,
}

impl<'a> ManyOrders<'a> {
    /// Notes the orders of a dossier where they are many.
    pub(super) fn note(&mut self, code: &'a DossierCode, orders: &[&'a PaymentOrder]) {
        if orders.len() <= FEW {
            return;
        }
        let all = self.of_all.entry(code).or_default();
        for (place, order) in orders.iter().enumerate() {
            if order.fee_ids.is_empty() {
                all.push(index(place));
            }
            for id in &order.fee_ids {
                let of_line = self.of_line.entry((code, id)).or_default();
                if of_line.last() != Some(&index(place)) {
                    of_line.push(index(place));
                }
            }
        }
    }

    /// The positions of the orders that pay a line, in order; none where its dossier has few.
    pub(super) fn of(&self, fee: &Fee) -> Option<Vec<Index>> {
        let all = self.of_all.get(&fee.dossier_code)?;
        let of_line = self.of_line.get(&(&fee.dossier_code, &fee.fee_id));
        let mut places = all.clone();
        places.extend(of_line.into_iter().flatten());
        places.sort_unstable();
        Some(places)
    }
}

/// The fees of a dossier with this id, in their order: by kind, then by id.
pub(super) fn with_id<'f>(
    fees: &'f [Fee],
    id: &'f FeeId,
) -> impl Iterator<Item = (usize, &'f Fee)> + use<'f> {
    let few = fees.len() <= FEW;
    let all = few.then(|| fees.iter().enumerate()).into_iter().flatten();
    let all = all.filter(move |(_, fee)| fee.fee_id == *id);
    let mut behind = if few { fees.len() } else { 0 };
    let kinds = std::iter::from_fn(move || {
        let kind = fees.get(behind)?.kind;
        let first = behind;
        behind += fees[first..].partition_point(|fee| fee.kind <= kind);
        Some(first..behind)
    });
    let found = kinds.flat_map(move |kind| {
        let of_kind = &fees[kind.clone()];
        let first = of_kind.partition_point(|fee| fee.fee_id.as_bytes() < id.as_bytes());
        let equal = of_kind[first..].iter().take_while(|fee| fee.fee_id == *id);
        equal
            .enumerate()
            .map(move |(n, fee)| (kind.start + first + n, fee))
    });
    all.chain(found)
}

impl<'a> Pool<'a> {
    /// What is noted of a dossier with many lines.
    pub(super) fn many_of(&self, dossier: Index) -> Option<&Many> {
        let many = self.dossier(dossier).fees.len() > FEW;
        self.many.get(&dossier).filter(|_| many)
    }

    /// The lines of a dossier with this id that money can settle, in order.
    pub fn lines_with<'s>(
        &self,
        dossier: Index,
        id: &'s FeeId,
    ) -> impl Iterator<Item = (Index, i64)> + use<'s, 'a>
    where
        'a: 's,
    {
        let fees: &'s [Fee] = self.fees_of(dossier);
        let start = self.dossier(dossier).fees.start;
        let mut found = with_id(fees, id).peekable();
        let settled = found.peek().map(|_| payable(fees));
        let lines = found.filter(move |(_, fee)| settled.as_ref().is_some_and(|s| s(fee)));
        lines.map(move |(place, fee)| (index(start + place), fee.amount.get()))
    }

    /// The first fee of a dossier with this id: its position in `Inputs::fees`.
    pub fn fee_with(&self, dossier: Index, id: &FeeId) -> Option<usize> {
        let start = self.dossier(dossier).fees.start;
        let (place, _) = with_id(self.fees_of(dossier), id).next()?;
        Some(start + place)
    }

    /// The orders that pay a line, in their order.
    pub fn orders_for(&self, fee: &Fee) -> impl Iterator<Item = &'a PaymentOrder> {
        let orders = self.orders_of(&fee.dossier_code);
        let noted = self.many_orders.of(fee);
        let few = noted.is_none().then(|| {
            let mine = |o: &&&PaymentOrder| o.fee_ids.is_empty() || o.fee_ids.contains(&fee.fee_id);
            orders.iter().filter(mine).copied().collect::<Vec<_>>()
        });
        let noted = noted.into_iter().flatten();
        let noted = noted.map(|place| orders[at(place)]);
        noted.chain(few.into_iter().flatten())
    }

    /// The days on which a payment that does not name the dossier exactly may still be for it: from
    /// its receipt until the pairing days after its last day are over.
    pub fn window(&self, dossier: Index) -> Option<(Day, Day)> {
        match self.many_of(dossier) {
            Some(many) => many.window,
            None => self.window_told(dossier),
        }
    }

    /// The same, as its lines tell it.
    fn window_told(&self, dossier: Index) -> Option<(Day, Day)> {
        let dossier = self.dossier(dossier);
        let first = dossier.code.received_on()?;
        let fees = &self.inputs.fees[dossier.fees.clone()];
        let days = fees.iter().flat_map(|fee| [&fee.due_at, &fee.more.paid_at]);
        let days = days.flatten().map(crate::domain::Moment::day);
        let last = days.max().map_or(first, |day| day.max(first));
        Some((first, last.plus(self.rules.pairing_days)))
    }

    /// True when one of these amounts, which come in order, is `paid`, or is that and what the
    /// provider kept.
    pub(super) fn is_any(&self, txn: &Txn, dues: &[i128], paid: i128) -> bool {
        let exact = |due: i128| due == paid || self.net_fee(txn, due, paid).is_some();
        if dues.len() <= FEW {
            return dues.iter().any(|due| exact(*due));
        }
        let told = paid + txn.fee.wide();
        let has = |due: i128| dues.binary_search(&due).is_ok();
        if has(paid) || has(told) && exact(told) {
            return true;
        }
        self.rules.net_rates.iter().any(|rate| {
            if rate.rate.num > rate.rate.den {
                return dues.iter().any(|due| exact(*due));
            }
            // what is left of a greater due is never less
            let net = |due: i128| due - rate.fee_of(due);
            let first = dues.partition_point(|due| net(*due) < paid);
            let mut equal = dues[first..].iter().take_while(|due| net(**due) == paid);
            equal.any(|due| exact(*due))
        })
    }
}
