//! A plain ledger of one dossier: payments in order of time, each to the one open line that it
//! equals, else net of the provider's fee, else down the lines; what finds nothing open repeats a
//! payment or is too much. No money went back: such dossiers are not asked.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::super::super::books::{Books, MoneyRow};
use super::super::super::memo::person;
use super::paid::{Did, Paid, Payer, in_turn, linked_paid, paid, turn};
use crate::domain::Txn;

/// One line.
pub(super) struct Due {
    /// A position in `Books::lines`.
    pub(super) line: usize,
    owed: i128,
    pub(super) paid: i128,
    /// What the provider kept.
    pub(super) kept: i128,
}

impl Due {
    fn open(&self) -> i128 {
        (self.owed - self.paid - self.kept).max(0)
    }

    /// Paid in full.
    pub(super) fn is_full(&self) -> bool {
        self.paid > 0 && self.open() == 0
    }
}

/// A payment, and the dong that a person put to each line, where one did.
pub(super) type Told = (usize, Option<Vec<(usize, i128)>>);

/// The ledger.
pub(super) struct Ledger {
    pub(super) lines: Vec<Due>,
    pub(super) payments: Vec<Paid>,
    /// Lines that are open, by what is open on them, and in all.
    open: BTreeMap<i128, BTreeSet<usize>>,
    all_open: BTreeSet<usize>,
    lacks: i128,
    /// What is owed in all, and the first line that owes so much.
    owed: i128,
    first_owing: FxHashMap<i128, usize>,
    /// The first payment that settled anything, by its amount too, and by the line that it settled.
    first: Option<usize>,
    first_of: FxHashMap<i128, usize>,
    first_on: FxHashMap<usize, usize>,
    first_of_on: FxHashMap<(usize, i128), usize>,
}

impl Ledger {
    /// Of a dossier with what is linked to it, and these payments more.
    pub(super) fn with(books: &Books, dossier: usize, more: &[usize]) -> Self {
        let more: Vec<Told> = more.iter().map(|money| (*money, None)).collect();
        Self::told(books, dossier, &more)
    }

    /// The same, some of the payments put to lines by a person: these come first, and where they
    /// were put.
    pub(super) fn told(books: &Books, dossier: usize, more: &[Told]) -> Self {
        let lines = books.dossiers[dossier].lines.clone();
        let lines = lines.filter(|line| books.lines[*line].payable);
        let new = |line: usize| Due {
            line,
            owed: books.lines[line].due(),
            paid: 0,
            kept: 0,
        };
        let mut ledger = Self {
            lines: lines.map(new).collect(),
            payments: Vec::new(),
            open: BTreeMap::new(),
            all_open: BTreeSet::new(),
            lacks: 0,
            owed: 0,
            first_owing: FxHashMap::default(),
            first: None,
            first_of: FxHashMap::default(),
            first_on: FxHashMap::default(),
            first_of_on: FxHashMap::default(),
        };
        for l in 0..ledger.lines.len() {
            ledger.enter(l);
            let owed = ledger.lines[l].owed;
            ledger.owed += owed;
            ledger.first_owing.entry(owed).or_insert(l);
        }
        let linked = books.dossiers[dossier].stakes.iter();
        let linked = linked.map(|stake| &books.stakes[*stake]);
        let mut of_fee: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (l, due) in ledger.lines.iter().enumerate() {
            let fee = books.lines[due.line].fee.fee_id.as_str();
            of_fee.entry(fee).or_default().push(l);
        }
        let linked = linked.map(|stake| linked_paid(books, &of_fee, stake));
        let more = more.iter().map(|(money, told)| Paid {
            told: told.clone(),
            ..paid(books, dossier, *money, None)
        });
        // whoever put it there asked the payer
        let more = more.map(|paid| match paid.told {
            Some(_) => Paid {
                payer: Payer::Same,
                ..paid
            },
            None => paid,
        });
        let (by_hand, rest) = linked.chain(more).partition(|paid| paid.told.is_some());
        let by_hand: Vec<Paid> = by_hand;
        ledger.payments = by_hand;
        ledger.payments.extend(in_turn(books, rest));
        for at in 0..ledger.payments.len() {
            ledger.take(books, at);
        }
        ledger.doubt(books);
        ledger
    }

    /// What no money has covered, line by line in the order in which money fills them.
    pub(super) fn room(&self) -> Vec<i128> {
        self.lines.iter().map(Due::open).collect()
    }

    /// What no money has covered.
    pub(super) fn lacks(&self) -> i128 {
        self.lacks
    }

    fn take(&mut self, books: &Books, at: usize) {
        if let Some(told) = self.payments[at].told.clone() {
            for (l, part) in told {
                self.put(at, l, part);
            }
            return;
        }
        let (amount, cash) = {
            let paid = &self.payments[at];
            (paid.amount, books.money[paid.money].is_cash())
        };
        let only = self.payments[at].only.clone();
        let may = only.as_deref();
        let open = match may {
            Some(only) => only.iter().map(|l| self.lines[*l].open()).sum(),
            None => self.lacks,
        };
        if open == 0 {
            self.again(books, at, may);
            return;
        }
        let mut equal = self.among(may, amount);
        let one = equal.pop();
        if let (Some(only), []) = (one, equal.as_slice()) {
            self.put(at, only, amount);
            return;
        }
        if !cash && amount < open && self.net(books, at, may, open) {
            return;
        }
        let (mut left, mut next) = (amount, 0);
        while left > 0 {
            let line = match may {
                Some(only) => only.get(next).copied(),
                None => self.all_open.first().copied(),
            };
            let Some(l) = line else { break };
            next += 1;
            let part = left.min(self.lines[l].open());
            self.put(at, l, part);
            left -= part;
        }
    }

    /// Of the lines that a payment may settle, those on which so much is open: two at most, for it
    /// asks whether there is only one.
    fn among(&self, may: Option<&[usize]>, amount: i128) -> Vec<usize> {
        let Some(only) = may else {
            let equal = self.open.get(&amount).into_iter().flatten();
            return equal.take(2).copied().collect();
        };
        let equal = only.iter().filter(|l| self.lines[**l].open() == amount);
        equal.take(2).copied().collect()
    }

    /// Counts what is open on a line among what is open.
    fn enter(&mut self, l: usize) {
        let open = self.lines[l].open();
        self.lacks += open;
        if open > 0 {
            self.open.entry(open).or_default().insert(l);
            self.all_open.insert(l);
        }
    }

    /// Takes it out again.
    fn leave(&mut self, l: usize) {
        let open = self.lines[l].open();
        self.lacks -= open;
        self.all_open.remove(&l);
        if let Some(lines) = self.open.get_mut(&open) {
            lines.remove(&l);
            if lines.is_empty() {
                self.open.remove(&open);
            }
        }
    }

    fn put(&mut self, at: usize, l: usize, part: i128) {
        if part > 0 {
            self.leave(l);
            self.lines[l].paid += part;
            self.enter(l);
            self.payments[at].parts.push((l, part));
            let amount = self.payments[at].amount;
            self.first.get_or_insert(at);
            self.first_of.entry(amount).or_insert(at);
            self.first_on.entry(l).or_insert(at);
            self.first_of_on.entry((l, amount)).or_insert(at);
        }
    }

    /// Received net of the provider's fee: of all that is open, else of the one line that it fits.
    fn net(&mut self, books: &Books, at: usize, may: Option<&[usize]>, open: i128) -> bool {
        let paid = &self.payments[at];
        let amount = paid.amount;
        let Some(txn) = books.money[paid.money].txn() else {
            return false;
        };
        let whole = books.is_net_of(txn, open, amount);
        let of: Vec<usize> = if whole {
            match may {
                Some(only) => {
                    let some = only.iter().filter(|l| self.lines[**l].open() > 0);
                    some.copied().collect()
                }
                None => self.all_open.iter().copied().collect(),
            }
        } else {
            let fits = |due: &i128| books.is_net_of(txn, *due, amount);
            let dues: Vec<i128> = match may {
                Some(only) => only.iter().map(|l| self.lines[*l].open()).collect(),
                None => self.net_of(books, txn, amount),
            };
            let dues: BTreeSet<i128> = dues.into_iter().filter(fits).collect();
            dues.iter().flat_map(|due| self.among(may, *due)).collect()
        };
        if of.len() != 1 && !whole {
            return false;
        }
        let mut left = amount;
        for l in of {
            let part = left.min(self.lines[l].open());
            self.leave(l);
            self.lines[l].kept = self.lines[l].open() - part;
            self.enter(l);
            self.put(at, l, part);
            left -= part;
        }
        self.payments[at].net = true;
        true
    }

    /// What may be open on lines of which a payment is the net: so much and the row's own fee or
    /// the least of a rate, or about so much as a rate leaves of it.
    fn net_of(&self, books: &Books, txn: &Txn, amount: i128) -> Vec<i128> {
        let mut dues = vec![amount + txn.fee.wide()];
        for rate in &books.rules.net_rates {
            let (num, den) = (rate.rate.num, rate.rate.den);
            if 2 * num > den {
                // nearly all of it may be the fee
                return self.open.keys().copied().collect();
            }
            dues.push(amount + rate.minimum.wide());
            let about = amount * den / (den - num);
            dues.extend(self.open.range(about - 4..=about + 4).map(|(due, _)| *due));
        }
        dues
    }

    /// Nothing is open: the same thing again, or too much.
    fn again(&mut self, books: &Books, at: usize, may: Option<&[usize]>) {
        let amount = self.payments[at].amount;
        let on = |p: usize| self.payments[p].parts.iter().map(|(l, _)| *l);
        let first = match may {
            Some(only) => only.iter().filter_map(|l| self.first_on.get(l)).min(),
            None => self.first.as_ref(),
        };
        let Some(first) = first.copied() else {
            return;
        };
        let same = match may {
            Some(only) => {
                let of = only.iter();
                of.filter_map(|l| self.first_of_on.get(&(*l, amount))).min()
            }
            None => self.first_of.get(&amount),
        };
        let all = || may.map_or_else(|| (0..self.lines.len()).collect(), <[usize]>::to_vec);
        let owes = |l: &usize| self.lines[*l].owed;
        let (sum, line) = match may {
            Some(only) => {
                let line = only.iter().find(|l| owes(l) == amount);
                (only.iter().map(owes).sum(), line)
            }
            None => (self.owed, self.first_owing.get(&amount)),
        };
        let (of, lines) = match (same, line) {
            (Some(of), _) => (*of, on(*of).collect()),
            (None, _) if sum == amount => (first, all()),
            (None, Some(l)) => match self.first_on.get(l) {
                Some(of) => (*of, vec![*l]),
                None => return,
            },
            (None, None) => return,
        };
        let sure = self.is_the_same(books, at, of);
        self.payments[at].did = Did::Again { sure, of, lines };
    }

    /// The same order, or the same payer and amount; of two receipts, the same amount.
    fn is_the_same(&self, books: &Books, at: usize, of: usize) -> bool {
        let [again, first] = [at, of].map(|p| &books.money[self.payments[p].money]);
        let alike = again.amount() == first.amount();
        match (again.row, first.row) {
            (MoneyRow::Txn(again), MoneyRow::Txn(first)) => {
                let order = again.order_ref.is_some() && again.order_ref == first.order_ref;
                let payer = person(&again.payer) == person(&first.payer);
                let payer = payer && !again.payer.is_empty();
                (order && again.source == first.source) || (payer && alike)
            }
            (MoneyRow::Receipt(_), MoneyRow::Receipt(_)) => alike,
            _ => false,
        }
    }

    /// A repeat that had come before what it repeats, from somebody else than the right payer.
    fn doubt(&mut self, books: &Books) {
        for at in 0..self.payments.len() {
            let Did::Again { of, .. } = self.payments[at].did else {
                continue;
            };
            let first = &self.payments[of];
            let paid = &self.payments[at];
            let earlier = turn(books, paid.money) < turn(books, first.money);
            let stranger = paid.payer == Payer::Another && first.payer == Payer::Same;
            if earlier && stranger {
                self.payments[at].did = Did::Stranger;
            }
        }
    }
}
