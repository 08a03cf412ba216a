//! The rows of a life, with their truth.

use super::clock::{self, DAY};
use super::life::{After, Seen, Shape, first};
use super::memo;
use super::rows::{BANK, FEED, FeeRow, Label, SHARED_ACCOUNT, TxnRow};
use super::told::Told;
use super::town::Town;

impl Told<'_> {
    /// Writes every row with its truth.
    pub(super) fn write(mut self, town: &mut Town) {
        if self.life.cutoff {
            for pay in &mut self.pays {
                let day = clock::number(pay.row.at);
                pay.row.business = Some(day + 1);
            }
        }
        let mut links: Vec<Vec<(String, i64)>> = vec![Vec::new(); self.dossier.lines.len()];
        for place in 0..self.pays.len() {
            let id = self.write_pay(town, place, &mut links);
            self.pays[place].row.id = id;
        }
        self.write_return(town, &mut links);
        for (n, links) in links.into_iter().enumerate() {
            self.write_fee(town, n, links);
        }
        self.count(town);
    }

    fn write_pay(&self, town: &mut Town, place: usize, links: &mut [Vec<(String, i64)>]) -> String {
        let pay = &self.pays[place];
        let mut row = pay.row.clone();
        row.id = town.id(super::rows::prefix(row.source));
        let parts: Vec<(usize, i64)> = if pay.repeat {
            self.pays[0].parts.iter().map(|(n, _)| (*n, 0)).collect()
        } else {
            pay.parts.clone()
        };
        let mine = parts
            .iter()
            .map(|(n, part)| (self.dossier.lines[*n].id.clone(), *part));
        let label = Label::new(first(&pay.classes), &self.defect, "yes")
            .linked(mine.collect(), &self.dossier.code);
        for (n, part) in &parts {
            links[*n].push((row.id.clone(), *part));
        }
        if place == 0 {
            self.seen_again(town, &row);
        }
        town.txn(row, &label)
    }

    /// The same payment in a second source.
    fn seen_again(&self, town: &mut Town, row: &TxnRow) {
        let mut again = TxnRow::new(BANK, row.amount, row.at);
        again.account.clone_from(&row.account);
        again.bank_ref = town.dice.digits(10);
        let code = &self.dossier.code;
        match self.life.seen {
            Seen::Once => return,
            Seen::ByFeed => {
                again.source = FEED;
                again.bank_ref.clone_from(&row.bank_ref);
                again.at += town.dice.between(0, 90);
                again.memo = format!("{} ", row.memo.to_uppercase());
                again.payer.clone_from(&row.payer);
            }
            Seen::ByName => {
                SHARED_ACCOUNT.clone_into(&mut again.account);
                again.at += town.dice.between(60, 80_000);
                again.amount -= if town.dice.chance(500) { row.fee } else { 0 };
                again.memo = match town.dice.between(0, 2) {
                    0 => format!("{} {} TT PHI", row.source.to_uppercase(), row.id),
                    1 => format!("POS-{}.GD:{}", row.id, row.source),
                    _ => format!("THANH TOAN {code} GD {}", row.id),
                };
            }
            Seen::ByCode => {
                SHARED_ACCOUNT.clone_into(&mut again.account);
                again.at += town.dice.between(-200, 280);
                again.memo = memo::typed(&mut town.dice, code, self.writing);
                again.payer.clone_from(&row.payer);
            }
        }
        again.business = self.life.cutoff.then(|| row.booked());
        let label = Label::new("sighting", &self.defect, "yes").linked(Vec::new(), code);
        town.txn(again, &label);
    }

    /// The row that takes money back.
    fn write_return(&self, town: &mut Town, links: &mut [Vec<(String, i64)>]) {
        let paid = self.pays[0].row.clone();
        let after = self
            .pays
            .iter()
            .map(|pay| pay.row.at)
            .max()
            .unwrap_or(paid.at);
        let last = self.dossier.lines.len() - 1;
        let back = || {
            (0..=last)
                .filter(|n| self.back[*n] > 0)
                .map(|n| (n, -self.back[n]))
        };
        let (class, amount, at, parts): (_, _, _, Vec<(usize, i64)>) = match self.life.after {
            After::RefundWhole => ("refunded", paid.amount, after + 2 * DAY, back().collect()),
            After::RefundPart => (
                "partial_refund",
                self.back.iter().sum(),
                after + 2 * DAY,
                back().collect(),
            ),
            After::RefundSurplus => (
                "partial_refund",
                self.pays[0].surplus,
                after + DAY,
                vec![(last, 0)],
            ),
            After::RefundDuplicate => {
                let parts = self.pays[0].parts.iter().map(|(n, _)| (*n, 0));
                ("refunded", paid.amount, after + DAY, parts.collect())
            }
            After::Reversal | After::ReversalThenPaid => {
                let parts = self.pays[0].parts.iter().map(|(n, part)| (*n, -part));
                let at = paid.at + town.dice.between(700, 1_800);
                ("reversed", paid.amount, at, parts.collect())
            }
            _ => return,
        };
        let mut row = TxnRow::new(paid.source, amount, at);
        let reversal = class == "reversed";
        let debit = !reversal && paid.reference.is_none() && town.dice.chance(500);
        row.kind = match (reversal, debit) {
            (true, _) => "reversal",
            (false, true) => "debit",
            (false, false) => "refund",
        };
        row.reference.clone_from(&paid.reference);
        row.account.clone_from(&paid.account);
        row.memo = format!("HOAN PHI {}", self.dossier.code);
        row.payer.clone_from(&paid.payer);
        let mine = parts
            .iter()
            .map(|(n, part)| (self.dossier.lines[*n].id.clone(), *part));
        let label =
            Label::new(class, &self.defect, "yes").linked(mine.collect(), &self.dossier.code);
        let id = town.txn(row, &label);
        for (n, part) in parts {
            links[n].push((id.clone(), part));
        }
    }

    fn write_fee(&self, town: &mut Town, n: usize, links: Vec<(String, i64)>) {
        let method = if self.life.cash_declared {
            town.dice.pick(&["cash", "post"])
        } else {
            town.dice
                .pick(&["transfer", "qr", "wallet", "card", "portal", ""])
        };
        let full = self.done[n].is_some();
        let status = match (self.life.shape, self.life.after) {
            _ if self.life.denied && full => town.dice.pick(&["unpaid", "pending", "cancelled"]),
            (_, After::RefundWhole) => "refunded",
            (_, After::Reversal) => town.dice.pick(&["unpaid", "paid"]),
            (Shape::Partial, _) if !full => town.dice.pick(&["unpaid", "pending", "paid"]),
            _ => "paid",
        };
        // a dossier of which every line is cancelled can still be paid; one cancelled line cannot
        let status = if status == "cancelled" && self.dossier.lines.len() > 1 {
            "unpaid"
        } else {
            status
        };
        let mut row = FeeRow::new(method, status);
        row.due = self.due.map(|day| day * DAY);
        row.paid_at = self.done[n].map(|place| self.pays[place].row.at);
        if !self.life.no_receipt {
            row.receipt_no = town.dice.digits(7);
        }
        let label = Label::new(first(&self.of_line(n)), &self.defect, "yes").linked(links, "");
        town.fee(&self.dossier, n, &row, &label);
    }

    /// What really happened.
    fn count(&self, town: &mut Town) {
        let agency = self.dossier.agency;
        for pay in &self.pays {
            if !pay.gone && !pay.repeat {
                town.event(&[agency], true);
            }
        }
        if self.life.after == After::Reversal {
            return;
        }
        let net = self.life.shape == Shape::Net;
        let due = |n: usize| self.dossier.lines[n].amount;
        let left = |n: usize| if net { 0 } else { self.left[n] };
        let kept: i64 = (0..self.left.len())
            .map(|n| due(n) - left(n) - self.back[n])
            .sum();
        town.kept(agency, true, kept);
        let full = self.done.iter().all(Option::is_some) && self.back.iter().all(|back| *back == 0);
        if full {
            town.full(agency, true);
        }
    }
}
