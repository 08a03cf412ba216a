//! Telling a life: which payments come, what follows them, and which classes that makes.

use super::clock::{self, DAY};
use super::life::{After, Life, Shape, Who};
use super::memo::{WRITINGS, Writing};
use super::people;
use super::roads::{bank_row, gateway_row, net_fee};
use super::rows::TxnRow;
use super::town::{Dossier, Town};

/// One payment of the life.
pub(super) struct Pay {
    pub(super) row: TxnRow,
    pub(super) parts: Vec<(usize, i64)>,
    pub(super) surplus: i64,
    /// Too little for what was open, and no line's amount.
    pub(super) short: bool,
    pub(super) gone: bool,
    pub(super) repeat: bool,
    pub(super) classes: Vec<&'static str>,
}

/// A life while it is told.
pub(super) struct Told<'l> {
    pub(super) life: &'l Life,
    pub(super) dossier: Dossier,
    pub(super) writing: Writing,
    pub(super) defect: String,
    pub(super) due: Option<i64>,
    pub(super) left: Vec<i64>,
    pub(super) done: Vec<Option<usize>>,
    pub(super) back: Vec<i64>,
    pub(super) pays: Vec<Pay>,
}

/// Draws a dossier that fits the life, and tells it.
pub(crate) fn any(town: &mut Town, life: &Life) {
    let needs_room =
        !matches!(life.shape, Shape::Whole | Shape::ByLine) || life.after == After::RefundPart;
    let mut dossier = town.any_dossier();
    if needs_room {
        for line in &mut dossier.lines {
            line.amount = line.amount.max(12_000) / 1_000 * 1_000;
        }
    }
    if life.wrong_account {
        while town.agencies[dossier.agency].account.is_none() {
            dossier = town.any_dossier();
        }
    }
    tell(town, life, dossier);
}

/// Tells a life: every row with its truth.
pub(crate) fn tell(town: &mut Town, life: &Life, dossier: Dossier) {
    let writing = town.dice.weighted(WRITINGS);
    let days = town.dice.between(3, 15);
    let due =
        (life.late || town.dice.chance(850)).then_some(clock::number(dossier.received) + days);
    let lines = dossier.lines.len();
    let mut told = Told {
        life,
        writing,
        defect: life.defect(life.gateway.is_none().then_some(writing)),
        due,
        left: dossier.lines.iter().map(|line| line.amount).collect(),
        done: vec![None; lines],
        back: vec![0; lines],
        pays: Vec::new(),
        dossier,
    };
    told.come(town);
    told.go(town);
    told.judge();
    told.write(town);
}

impl Told<'_> {
    /// The payments of the shape.
    fn come(&mut self, town: &mut Town) {
        let total = self.dossier.total();
        let amounts = match self.life.shape {
            Shape::Whole => vec![total],
            Shape::ByLine => self.left.clone(),
            Shape::Over => vec![total + 1_000 * town.dice.between(1, 40)],
            Shape::Net => vec![total - net_fee(total)],
            Shape::Under => vec![self.uneven(town, total)],
            Shape::Instalments => {
                let first = self.uneven(town, total);
                vec![first, total - first]
            }
            Shape::Partial => {
                let first = self.uneven(town, total * 2 / 3);
                let second = self.uneven(town, total - first);
                vec![first, second]
            }
        };
        let start = match (self.due, self.life.early) {
            (Some(due), _) if self.life.late => due + town.dice.between(1, 4),
            (_, true) => clock::number(self.dossier.received) - town.dice.between(1, 4),
            _ => clock::number(self.dossier.received) + town.dice.between(0, 2),
        };
        let midnight = matches!(self.life.after, After::Reversal | After::ReversalThenPaid);
        for (n, amount) in (0_i64..).zip(amounts) {
            let seconds = if midnight {
                DAY - town.dice.between(60, 600)
            } else {
                town.dice.between(17 * 3600 + 600, 22 * 3600)
            };
            let row = self.row(town, amount, (start + n) * DAY + seconds, self.life.who);
            self.pay(row);
        }
    }

    /// A part of `total` that equals no line, nothing open and nothing less a fee.
    fn uneven(&self, town: &mut Town, total: i64) -> i64 {
        let step = 1_000;
        for _ in 0..50 {
            let part = step
                * town
                    .dice
                    .between(total / step * 3 / 10, total / step * 7 / 10);
            let equal = self.left.contains(&part) || self.left.contains(&(total - part));
            if part > 0 && !equal {
                return part;
            }
        }
        total / 2 - 500
    }

    /// A payment row of this life's road.
    fn row(&self, town: &mut Town, amount: i64, at: i64, who: Who) -> TxnRow {
        let payer = match who {
            Who::Own => self.dossier.payer.bank_name.clone(),
            Who::Untold => String::new(),
            Who::Relative => people::stranger(&mut town.dice, &self.dossier.payer).bank_name,
        };
        match self.life.gateway {
            None => {
                let mut row = bank_row(town, &self.dossier, amount, at, self.writing, &payer);
                if self.life.wrong_account {
                    row.account = self.other_account(town);
                }
                row
            }
            Some(gateway) => gateway_row(town, &self.dossier, gateway, amount, at, &payer),
        }
    }

    fn other_account(&self, town: &Town) -> String {
        let own = &town.agencies[self.dossier.agency].code;
        let others = town.agencies.iter().filter(|agency| agency.code != *own);
        let mut accounts = others.filter_map(|agency| agency.account.clone());
        accounts.next().expect("two agencies have accounts")
    }

    /// Books a payment: phi before le_phi, in the order of the lines.
    fn pay(&mut self, row: TxnRow) {
        let place = self.pays.len();
        let exact = self.left.iter().filter(|left| **left == row.amount).count() == 1;
        let short = !exact && row.amount < self.left.iter().sum();
        let (mut rest, mut parts) = (row.amount, Vec::new());
        for (n, left) in self.left.iter_mut().enumerate() {
            if exact && *left != row.amount {
                continue;
            }
            let part = rest.min(*left);
            if part > 0 {
                *left -= part;
                rest -= part;
                parts.push((n, part));
                if *left == 0 {
                    self.done[n] = Some(place);
                }
            }
        }
        if self.life.shape == Shape::Net {
            self.done.fill(Some(place));
        }
        self.pays.push(Pay {
            row,
            parts,
            surplus: rest,
            short,
            gone: false,
            repeat: false,
            classes: Vec::new(),
        });
    }

    /// What comes after: repeats, refunds, reversals.
    fn go(&mut self, town: &mut Town) {
        let first = self.pays[0].row.clone();
        let later = first.at + town.dice.between(1, 3) * DAY + town.dice.between(0, 3_000);
        match self.life.after {
            After::Nothing | After::RefundWhole | After::RefundPart | After::RefundSurplus => {}
            After::DuplicateOrder | After::DuplicatePayer | After::RefundDuplicate => {
                let mut row = self.row(town, first.amount, later, self.life.who);
                row.reference.clone_from(&first.reference);
                row.payer.clone_from(&first.payer);
                row.memo.clone_from(&first.memo);
                self.repeat(row);
            }
            After::DuplicateCode => {
                let payer = people::stranger(&mut town.dice, &self.dossier.payer).bank_name;
                let row = bank_row(
                    town,
                    &self.dossier,
                    first.amount,
                    later,
                    self.writing,
                    &payer,
                );
                self.repeat(row);
            }
            After::Reversal | After::ReversalThenPaid => {
                self.pays[0].gone = true;
                self.left = self.dossier.lines.iter().map(|line| line.amount).collect();
                self.done.fill(None);
                if self.life.after == After::ReversalThenPaid {
                    let row = self.row(town, first.amount, later, self.life.who);
                    self.pay(row);
                }
            }
        }
        match self.life.after {
            After::RefundWhole => {
                self.pays[0].gone = true;
                for (n, part) in self.pays[0].parts.clone() {
                    self.back[n] = part;
                }
            }
            After::RefundPart => {
                let mut rest = 1_000 * town.dice.between(1, first.amount / 1_000 - 1);
                for n in (0..self.back.len()).rev() {
                    self.back[n] = rest.min(self.dossier.lines[n].amount);
                    rest -= self.back[n];
                }
            }
            _ => {}
        }
    }

    fn repeat(&mut self, row: TxnRow) {
        self.pays.push(Pay {
            row,
            parts: Vec::new(),
            surplus: 0,
            short: false,
            gone: false,
            repeat: true,
            classes: vec![match self.life.after {
                After::RefundDuplicate => "refunded",
                _ => "duplicate",
            }],
        });
    }

    /// More was paid than was due, and what was too much is still there.
    fn is_over(&self) -> bool {
        self.life.shape == Shape::Over && self.life.after != After::RefundSurplus
    }

    fn is_short(&self, n: usize) -> bool {
        self.life.shape != Shape::Net && self.left[n] > 0
    }

    /// The classes of the payments.
    fn judge(&mut self) {
        let short = self.left.iter().any(|left| *left > 0);
        let over = self.is_over();
        for place in 0..self.pays.len() {
            if self.pays[place].repeat || self.pays[place].gone && self.is_reversed() {
                continue;
            }
            let completes: Vec<usize> = (0..self.done.len())
                .filter(|n| self.done[*n] == Some(place))
                .collect();
            let late = completes.iter().any(|n| self.is_late(*n));
            let pay = &mut self.pays[place];
            let flags = [
                (self.life.wrong_account, "wrong_agency"),
                (over, "overpaid"),
                (self.life.shape == Shape::Net, "net_settlement"),
                (self.life.shape == Shape::Under, "underpaid"),
                (
                    self.life.shape == Shape::Partial && short && pay.short,
                    "partial",
                ),
                (late, "late"),
                (self.life.cutoff && !completes.is_empty(), "cutoff"),
            ];
            pay.classes
                .extend(flags.iter().filter(|(on, _)| *on).map(|(_, class)| *class));
        }
    }

    pub(super) fn is_reversed(&self) -> bool {
        matches!(self.life.after, After::Reversal | After::ReversalThenPaid)
    }

    pub(super) fn is_late(&self, n: usize) -> bool {
        let paid = self.done[n].map(|place| clock::number(self.pays[place].row.at));
        paid.zip(self.due).is_some_and(|(paid, due)| paid > due)
    }

    /// The classes of a line.
    pub(super) fn of_line(&self, n: usize) -> Vec<&'static str> {
        let last = n + 1 == self.dossier.lines.len();
        let amount = self.dossier.lines[n].amount;
        let full = self.done[n].is_some();
        let touched = full || self.left[n] < amount;
        let back = self.life.after == After::RefundDuplicate;
        let repeated = !back && self.pays.iter().any(|pay| pay.repeat);
        let flags = [
            (self.life.after == After::Reversal, "reversed"),
            (self.back[n] == amount, "refunded"),
            (self.back[n] > 0 && self.back[n] < amount, "partial_refund"),
            (repeated, "duplicate"),
            (self.life.wrong_account && touched, "wrong_agency"),
            (self.is_over() && last, "overpaid"),
            (self.life.shape == Shape::Net && last, "net_settlement"),
            (
                self.life.shape == Shape::Under && self.is_short(n),
                "underpaid",
            ),
            (
                self.life.shape == Shape::Partial && self.is_short(n),
                "partial",
            ),
            (
                self.life.cash_declared && touched && self.life.after != After::Reversal,
                "method_mismatch",
            ),
            (self.is_late(n), "late"),
            (self.life.cutoff && full, "cutoff"),
            (self.life.denied && full, "status_mismatch"),
            (
                self.life.no_receipt && full && !self.life.denied,
                "no_e_receipt",
            ),
        ];
        flags
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, class)| *class)
            .collect()
    }
}
