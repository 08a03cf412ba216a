//! A plain ledger of one dossier: payments in order of time, each to the one open line that it
//! equals, else net of the provider's fee, else down the lines; what finds nothing open repeats a
//! payment or is too much. No money went back: such dossiers are not asked.

use super::super::super::books::{Books, MoneyRow, Stake};
use super::super::super::memo::person;
use crate::domain::Day;
use crate::matching::Evidence;

/// Whether the payer is the one whom the dossier expects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Payer {
    Same,
    NotTold,
    Another,
}

/// A payment, put to the credit of the dossier.
#[derive(Clone)]
pub(super) struct Paid {
    /// A position in `Books::money`.
    pub(super) money: usize,
    amount: i128,
    payer: Payer,
    /// The only lines that it may settle, where it names some.
    only: Option<Vec<usize>>,
    /// A person put it to these lines, with so many dong.
    told: Option<Vec<(usize, i128)>>,
    /// What it settled: (line, dong).
    pub(super) parts: Vec<(usize, i128)>,
    /// The provider kept its fee of it.
    pub(super) net: bool,
    pub(super) did: Did,
}

/// What a payment did.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Did {
    /// It is a payment of this dossier.
    Paid,
    /// It paid lines again, certainly or perhaps.
    Again {
        sure: bool,
        of: usize,
        lines: Vec<usize>,
    },
    /// It came first, from somebody else; a later one from the right payer counts.
    Stranger,
}

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
        };
        let linked = books.dossiers[dossier].stakes.iter();
        let linked = linked.map(|stake| &books.stakes[*stake]);
        let linked = linked.map(|stake| linked_paid(books, &ledger.lines, stake));
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
        self.lines.iter().map(Due::open).sum()
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
        let may: Vec<usize> = match &self.payments[at].only {
            Some(only) => only.clone(),
            None => (0..self.lines.len()).collect(),
        };
        let open: i128 = may.iter().map(|l| self.lines[*l].open()).sum();
        if open == 0 {
            self.again(books, at, &may);
            return;
        }
        let equal: Vec<usize> = may
            .iter()
            .copied()
            .filter(|l| self.lines[*l].open() == amount)
            .collect();
        if let [only] = equal[..] {
            self.put(at, only, amount);
            return;
        }
        if !cash && amount < open && self.net(books, at, &may, open) {
            return;
        }
        let mut left = amount;
        for l in may {
            let part = left.min(self.lines[l].open());
            self.put(at, l, part);
            left -= part;
        }
    }

    fn put(&mut self, at: usize, l: usize, part: i128) {
        if part > 0 {
            self.lines[l].paid += part;
            self.payments[at].parts.push((l, part));
        }
    }

    /// Received net of the provider's fee: of all that is open, else of the one line that it fits.
    fn net(&mut self, books: &Books, at: usize, may: &[usize], open: i128) -> bool {
        let paid = &self.payments[at];
        let amount = paid.amount;
        let Some(txn) = books.money[paid.money].txn() else {
            return false;
        };
        let is_net = |due: i128| books.is_net_of(txn, due, amount);
        let some = |l: &usize| self.lines[*l].open() > 0;
        let fits: Vec<usize> = may.iter().copied().filter(some).collect();
        let whole = is_net(open);
        let one: Vec<usize> = fits
            .iter()
            .copied()
            .filter(|l| is_net(self.lines[*l].open()))
            .collect();
        let of = match one[..] {
            _ if whole => fits,
            [only] => vec![only],
            _ => return false,
        };
        let mut left = amount;
        for l in of {
            let part = left.min(self.lines[l].open());
            self.lines[l].kept = self.lines[l].open() - part;
            self.put(at, l, part);
            left -= part;
        }
        self.payments[at].net = true;
        true
    }

    /// Nothing is open: the same thing again, or too much.
    fn again(&mut self, books: &Books, at: usize, may: &[usize]) {
        let amount = self.payments[at].amount;
        let on = |p: usize| self.payments[p].parts.iter().map(|(l, _)| *l);
        let before: Vec<usize> = (0..at)
            .filter(|p| self.payments[*p].did == Did::Paid && on(*p).any(|l| may.contains(&l)))
            .collect();
        let Some(first) = before.first().copied() else {
            return;
        };
        let same = before
            .iter()
            .copied()
            .find(|p| self.payments[*p].amount == amount);
        let all: i128 = may.iter().map(|l| self.lines[*l].owed).sum();
        let line = may.iter().copied().find(|l| self.lines[*l].owed == amount);
        let (of, lines) = match (same, line) {
            (Some(of), _) => (of, on(of).collect()),
            (None, _) if all == amount => (first, may.to_vec()),
            (None, Some(l)) => match before.iter().copied().find(|p| on(*p).any(|m| m == l)) {
                Some(of) => (of, vec![l]),
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

/// When money moved, then its source and id.
pub(super) fn turn<'b>(books: &'b Books, money: usize) -> (i64, &'b str, &'b str) {
    let money = &books.money[money];
    match money.row {
        MoneyRow::Txn(txn) => (money.ms(), txn.source.as_str(), &*txn.id),
        MoneyRow::Receipt(receipt) => (money.ms(), "cash", &*receipt.receipt_id),
    }
}

/// The day on which money moved.
pub(super) fn day(books: &Books, paid: &Paid) -> Day {
    books.money[paid.money].day()
}

/// In order of time; of equal amounts, those of the right payer take the first places.
fn in_turn(books: &Books, mut payments: Vec<Paid>) -> Vec<Paid> {
    payments.sort_by(|a, b| turn(books, a.money).cmp(&turn(books, b.money)));
    let all = payments.clone();
    for at in 0..payments.len() {
        let amount = payments[at].amount;
        let equal = || all.iter().filter(|paid| paid.amount == amount);
        let right = equal().filter(|paid| paid.payer == Payer::Same);
        let others = equal().filter(|paid| paid.payer != Payer::Same);
        let place = all[..at]
            .iter()
            .filter(|paid| paid.amount == amount)
            .count();
        if let Some(paid) = right.chain(others).nth(place) {
            payments[at] = paid.clone();
        }
    }
    payments
}

fn paid(books: &Books, dossier: usize, money: usize, only: Option<Vec<usize>>) -> Paid {
    let payer = books.money[money].txn().map(|txn| person(&txn.payer));
    let payer = payer.filter(|payer| !payer.is_empty());
    let expected = &books.payers[dossier];
    Paid {
        money,
        amount: books.money[money].amount(),
        payer: match payer {
            Some(payer) if payer == *expected => Payer::Same,
            Some(_) if !expected.is_empty() => Payer::Another,
            _ => Payer::NotTold,
        },
        only,
        told: None,
        parts: Vec::new(),
        net: false,
        did: Did::Paid,
    }
}

/// What is linked already: a receipt to its own line, a payment of an order to the order's lines.
fn linked_paid(books: &Books, lines: &[Due], stake: &Stake) -> Paid {
    let wanted = |named: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let fee = |l: &usize| books.lines[lines[*l].line].fee.fee_id.as_str();
        (0..lines.len()).filter(|l| named(fee(l))).collect()
    };
    let only = match books.money[stake.money].row {
        MoneyRow::Receipt(receipt) => {
            let own = wanted(&|fee| fee == receipt.fee_id.as_str());
            Some(own.into_iter().take(1).collect())
        }
        MoneyRow::Txn(txn) if matches!(stake.first.why, Evidence::OrderRef(_)) => {
            let code = books.dossiers[stake.dossier].code;
            let order = super::named::order(books, txn);
            let own = order
                .filter(|order| order.dossier_code == *code)
                .map(|order| wanted(&|fee| order.fee_ids.iter().any(|own| own.as_str() == fee)));
            own.filter(|own| !own.is_empty())
        }
        MoneyRow::Txn(_) => None,
    };
    paid(books, stake.dossier, stake.money, only)
}
