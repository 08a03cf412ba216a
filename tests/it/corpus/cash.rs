//! Counter cash, and what the registry says about lines on which nothing is paid.

use super::clock::DAY;
use super::life::first;
use super::memo::WRITINGS;
use super::people;
use super::roads::bank_row;
use super::rows::{FeeRow, Label, ReceiptRow};
use super::town::{Dossier, Town};

/// What is done to a dossier paid at the counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cash {
    pub(crate) late: bool,
    pub(crate) declared_cashless: bool,
    pub(crate) denied: bool,
    pub(crate) paper: Paper,
}

/// What happened to the receipts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Paper {
    #[default]
    InOrder,
    /// Cancelled or replaced, and another one written.
    Rewritten,
    /// Cancelled, none in its place.
    Voided,
    /// None was ever written.
    Missing,
    /// Over another amount.
    Mismatch,
    /// Written twice.
    Twice,
    /// For a line that does not exist.
    Astray,
    /// The same fee came through the bank as well.
    AndBank,
}

impl Cash {
    fn defect(self) -> String {
        let mut names = vec![match self.paper {
            Paper::InOrder => "cash",
            Paper::Rewritten => "receipt_rewritten",
            Paper::Voided => "receipt_void",
            Paper::Missing => "receipt_missing",
            Paper::Mismatch => "receipt_mismatch",
            Paper::Twice => "receipt_twice",
            Paper::Astray => "receipt_astray",
            Paper::AndBank => "cash_and_bank",
        }];
        names.extend(self.late.then_some("late"));
        names.extend(self.declared_cashless.then_some("method"));
        names.extend(self.denied.then_some("status"));
        names.join("+")
    }
}

/// One line's receipts while they are written.
struct Counter<'c> {
    cash: Cash,
    dossier: &'c Dossier,
    defect: &'c str,
    cashier: String,
    at: i64,
}

impl Counter<'_> {
    fn write(
        &self,
        town: &mut Town,
        n: usize,
        amount: i64,
        status: &'static str,
        class: &str,
    ) -> (String, i64) {
        let line = &self.dossier.lines[n];
        let row = ReceiptRow {
            fee_id: line.id.clone(),
            amount,
            at: self.at,
            cashier: self.cashier.clone(),
            status,
        };
        let settled = match class {
            "void" => None,
            "duplicate" => Some(0),
            _ => Some(amount.min(line.amount)),
        };
        let links: Vec<(String, i64)> = settled
            .map(|part| (line.id.clone(), part))
            .into_iter()
            .collect();
        let label = Label::new(class, self.defect, "yes").linked(links, "");
        let id = town.receipt(self.dossier, &row, &label);
        (id, settled.unwrap_or(0))
    }

    /// The receipts of a line: links for the fee, and the fee's classes beside those of all lines.
    fn line(&self, town: &mut Town, n: usize) -> (Vec<(String, i64)>, Vec<&'static str>) {
        let due = self.dossier.lines[n].amount;
        let class = if self.cash.late { "late" } else { "ok" };
        match self.cash.paper {
            Paper::InOrder | Paper::AndBank => {
                (vec![self.write(town, n, due, "valid", class)], vec![])
            }
            Paper::Rewritten => {
                let old = town.dice.pick(&["void", "replaced"]);
                self.write(town, n, due, old, "void");
                (vec![self.write(town, n, due, "valid", class)], vec![])
            }
            Paper::Voided => {
                self.write(town, n, due, "void", "void");
                (vec![], vec!["missing_receipt"])
            }
            Paper::Missing => (vec![], vec!["missing_receipt"]),
            Paper::Mismatch => {
                let amount = match town.dice.between(0, 2) {
                    0 => due + 1_000 * town.dice.between(1, 9),
                    1 => due * 10,
                    _ => (due / 2).max(500),
                };
                let link = self.write(town, n, amount, "valid", "receipt_mismatch");
                (vec![link], vec!["receipt_mismatch"])
            }
            Paper::Twice => {
                let first = self.write(town, n, due, "valid", class);
                let later = Counter {
                    at: self.at + town.dice.between(0, 1) * 4_000,
                    cashier: self.cashier.clone(),
                    ..*self
                };
                let again = later.write(town, n, due, "valid", "duplicate");
                (vec![first, again], vec!["duplicate"])
            }
            Paper::Astray => {
                let row = ReceiptRow {
                    fee_id: format!("{}X", self.dossier.lines[n].id),
                    amount: due,
                    at: self.at,
                    cashier: self.cashier.clone(),
                    status: "valid",
                };
                let label = Label::new("receipt_mismatch", self.defect, "yes");
                town.receipt(self.dossier, &row, &label);
                (vec![], vec!["missing_receipt"])
            }
        }
    }
}

/// Tells a dossier paid at the counter.
pub(crate) fn tell(town: &mut Town, cash: Cash) {
    let dossier = town.any_dossier();
    let due_in = town.dice.between(3, 12);
    let late_by = town.dice.between(1, 5);
    let at = town.moment(if cash.late { due_in + late_by } else { 0 });
    let defect = cash.defect();
    let cashier = people::person(&mut town.dice).name;
    let counter = Counter {
        cash,
        dossier: &dossier,
        defect: &defect,
        cashier,
        at,
    };
    let paid = !matches!(cash.paper, Paper::Missing | Paper::Voided | Paper::Astray);
    let bank = (cash.paper == Paper::AndBank).then(|| repeat(town, &dossier, at, &defect));
    for n in 0..dossier.lines.len() {
        let (mut links, mut classes) = counter.line(town, n);
        if let Some(id) = &bank {
            links.push((id.clone(), 0));
            classes.push("duplicate");
        }
        classes.extend((cash.declared_cashless && paid).then_some("method_mismatch"));
        classes.extend((cash.late && paid).then_some("late"));
        classes.extend((cash.denied && paid).then_some("status_mismatch"));
        let class = if paid {
            first(&classes)
        } else {
            "missing_receipt"
        };
        let method = if cash.declared_cashless {
            town.dice.pick(&["transfer", "qr", "wallet"])
        } else {
            town.dice.pick(&["cash", "cash", "post"])
        };
        let status = if cash.denied { "unpaid" } else { "paid" };
        let mut row = FeeRow::new(method, status);
        row.due = Some(town.day * DAY + due_in * DAY);
        row.paid_at = paid.then_some(at);
        let label = Label::new(class, &defect, "yes").linked(links, "");
        town.fee(&dossier, n, &row, &label);
    }
    count(town, cash, &dossier, paid);
}

/// The whole dossier again through the bank, days later and by somebody else.
fn repeat(town: &mut Town, dossier: &Dossier, at: i64, defect: &str) -> String {
    let payer = people::stranger(&mut town.dice, &dossier.payer).bank_name;
    let writing = town.dice.weighted(WRITINGS);
    let row = bank_row(
        town,
        dossier,
        dossier.total(),
        at + 2 * DAY,
        writing,
        &payer,
    );
    let links = dossier
        .lines
        .iter()
        .map(|line| (line.id.clone(), 0))
        .collect();
    let label = Label::new("duplicate", defect, "yes").linked(links, &dossier.code);
    town.txn(row, &label)
}

fn count(town: &mut Town, cash: Cash, dossier: &Dossier, paid: bool) {
    // half of those without a valid receipt paid all the same
    let really = paid || town.dice.chance(500) || cash.paper == Paper::Astray;
    if really {
        town.event(&[dossier.agency], false);
        town.kept(dossier.agency, false, dossier.total());
        town.full(dossier.agency, false);
    }
}

/// A line on which nothing is paid, by the registry's word.
pub(crate) fn nothing(town: &mut Town, class: &'static str) {
    let mut dossier = town.any_dossier();
    let zero =
        class == "zero_fee" || town.dice.chance(300) && matches!(class, "exempt" | "not_due");
    if zero {
        for line in &mut dossier.lines {
            line.amount = 0;
        }
    }
    if class == "land_obligation" {
        dossier.lines.truncate(1);
        dossier.lines[0].kind = "land_obligation";
        dossier.lines[0].amount = 10_000 * town.dice.between(100, 4_000);
    }
    let due = town.day + town.dice.between(3, 20);
    for n in 0..dossier.lines.len() {
        let (status, mode, method) = match class {
            "zero_fee" => (town.dice.pick(&["paid", "unpaid"]), "zero", ""),
            "exempt" => (town.dice.pick(&["paid", "unpaid"]), "exempt", ""),
            "land_obligation" => (town.dice.pick(&["paid", "unpaid"]), "before", "portal"),
            "not_due" => (town.dice.pick(&["unpaid", "pending"]), "after", ""),
            "void" => ("cancelled", "before", "transfer"),
            "unpaid" => (town.dice.pick(&["unpaid", "pending"]), "before", "transfer"),
            "status_mismatch" => ("refunded", "before", "transfer"),
            _ => (
                "paid",
                "before",
                town.dice.pick(&["transfer", "qr", "portal", ""]),
            ),
        };
        let mut row = FeeRow::new(method, status);
        row.mode = mode;
        row.due = (class != "not_due").then_some(due * DAY);
        let label = Label::new(class, &format!("only_{class}"), "yes");
        town.fee(&dossier, n, &row, &label);
    }
    // some of what no source has seen was cash
    if class == "missing_payment" && town.dice.chance(400) {
        town.event(&[dossier.agency], false);
        town.kept(dossier.agency, false, dossier.total());
        town.full(dossier.agency, false);
    }
}
