//! From what party B tells (line II.1) to what party A tells (line IX), order by order: each
//! difference stands in exactly one step, so that the steps lead from one figure to the other.
//! What they do not explain is a line of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::annex;
use super::figures::is_paid;
use super::minutes::{Minutes, Table};
use super::paper::{Block, Cell, How, Line, Listed, Row};
use crate::domain::{Day, OrderStatus, OwnOrder, ProviderRow, Vnd};
use crate::report::facts::Figure;

/// Why the two differ over an order, in the order of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Paid by B; A says that it was returned.
    Returned,
    /// Paid by B; A waits for it.
    Waiting,
    /// Paid by B; A calls it failed, expired or withdrawn.
    Failed,
    /// Paid by B in the period; A made the order outside of it.
    OtherPeriod,
    /// Paid by B; A has no such order.
    Unknown,
    /// Paid by B once more.
    Again,
    /// Paid by A's word; B has a row of the period that is no payment that counts.
    Otherwise,
    /// Paid by A's word; B has no row of the period.
    OnlyA,
    /// Paid by both words, of another amount.
    Amount,
}

impl Why {
    fn key(self) -> &'static str {
        match self {
            Self::Returned => "form-own-returned",
            Self::Waiting => "form-own-waiting",
            Self::Failed => "form-own-failed",
            Self::OtherPeriod => "form-own-other-period",
            Self::Unknown => "form-own-unknown",
            Self::Again => "form-own-again",
            Self::Otherwise => "form-own-otherwise",
            Self::OnlyA => "form-own-only-a",
            Self::Amount => "form-own-amount",
        }
    }
}

/// One order, or one payment, over which the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'m> {
    /// Why.
    pub why: Why,
    /// B's day, or that on which A made the order.
    pub day: Day,
    /// B's payment, or A's order.
    pub id: &'m str,
    /// The dossier, where one of them tells it.
    pub dossier: &'m str,
    /// What B counts in line II.1.
    pub b: Option<Vnd>,
    /// What A counts in line IX.
    pub a: Option<Vnd>,
}

impl<'m> Step<'m> {
    /// What it adds on the way from B to A: a number of transactions, and dong.
    pub fn adds(&self) -> (i128, i128) {
        let count = i128::from(self.a.is_some()) - i128::from(self.b.is_some());
        let dong = |side: Option<Vnd>| side.map_or(0, Vnd::wide);
        (count, dong(self.a) - dong(self.b))
    }

    fn of_payment(why: Why, row: &'m ProviderRow) -> Self {
        Self {
            why,
            day: row.business_date,
            id: &row.id,
            dossier: row.dossier.as_deref().unwrap_or_default(),
            b: Some(row.amount),
            a: None,
        }
    }

    fn of_order(why: Why, order: &'m OwnOrder) -> Self {
        Self {
            why,
            day: order.made_on,
            id: &order.id,
            dossier: &order.dossier,
            b: None,
            a: Some(order.amount),
        }
    }
}

impl Minutes<'_> {
    /// The steps from line II.1 to line IX, line by line; none where A tells no order.
    pub fn steps(&self) -> Vec<Step<'_>> {
        if self.ordered.orders == 0 {
            return Vec::new();
        }
        let orders = self.orders.iter().map(|order| (&*order.id, order));
        let orders: BTreeMap<&str, &OwnOrder> = orders.collect();
        let mut by_order: BTreeMap<&str, Vec<&ProviderRow>> = BTreeMap::new();
        let mut otherwise: BTreeSet<&str> = BTreeSet::new();
        let mut steps = Vec::new();
        for row in &self.rows {
            let order = row.order_ref.as_deref();
            match order.and_then(|id| orders.get(id)) {
                Some(order) if is_paid(row) => by_order.entry(&order.id).or_default().push(row),
                Some(order) => _ = otherwise.insert(&order.id),
                None if is_paid(row) => steps.push(Step::of_payment(Why::Unknown, row)),
                None => {}
            }
        }
        for order in &self.orders {
            let rows = by_order.remove(&*order.id).unwrap_or_default();
            self.compare(order, &rows, otherwise.contains(&*order.id), &mut steps);
        }
        steps.sort_by(|a, b| (a.why, a.day, a.id).cmp(&(b.why, b.day, b.id)));
        steps
    }

    /// What B's payments of one order and A's word on it differ by.
    fn compare<'m>(
        &self,
        order: &'m OwnOrder,
        rows: &[&'m ProviderRow],
        otherwise: bool,
        steps: &mut Vec<Step<'m>>,
    ) {
        let why = match order.status {
            _ if !self.period.holds(order.made_on) => Some(Why::OtherPeriod),
            OrderStatus::Paid => None,
            OrderStatus::Refunded => Some(Why::Returned),
            OrderStatus::Created | OrderStatus::Pending => Some(Why::Waiting),
            OrderStatus::Failed | OrderStatus::Expired | OrderStatus::Cancelled => {
                Some(Why::Failed)
            }
        };
        if let Some(why) = why {
            steps.extend(rows.iter().map(|row| Step::of_payment(why, row)));
            return;
        }
        // the payment that A means: one of the order's amount, else the first
        let same = rows.iter().position(|row| row.amount == order.amount);
        let meant = same.unwrap_or(0);
        for (at, row) in rows.iter().enumerate() {
            if at != meant {
                steps.push(Step::of_payment(Why::Again, row));
            } else if row.amount != order.amount {
                steps.push(Step {
                    a: Some(order.amount),
                    ..Step::of_payment(Why::Amount, row)
                });
            }
        }
        if rows.is_empty() {
            let why = if otherwise {
                Why::Otherwise
            } else {
                Why::OnlyA
            };
            steps.push(Step::of_order(why, order));
        }
    }
}

impl Table<'_> {
    /// Party A's own figure as the sum of party B's, a line for each reason to differ, and what is
    /// left unexplained.
    pub(super) fn own(&mut self, paid: Figure) {
        let ordered = &self.of.ordered;
        let told = ordered.orders != 0;
        let (count, dong) = (i128::from(ordered.paid), i128::from(ordered.paid_vnd));
        let own = Figure::new(ordered.paid, dong);
        self.head("IX", "form-minutes-own", told.then_some(own));
        if !told {
            return;
        }
        let steps = self.of.steps();
        let mut lines: BTreeMap<Why, (i128, i128)> = BTreeMap::new();
        for step in &steps {
            let line = lines.entry(step.why).or_default();
            let (more, dong) = step.adds();
            *line = (line.0 + more, line.1 + dong);
        }
        let rest = lines.values().fold(
            (count - i128::from(paid.count), dong - paid.sum_vnd),
            |rest, line| (rest.0 - line.0, rest.1 - line.1),
        );
        self.sum_below(u32::try_from(lines.len() + 2).unwrap_or(0));
        self.part("1", "form-own-by-b", paid);
        let listed = steps.len() <= annex::LISTED;
        for (at, (why, line)) in (2..).zip(lines) {
            let how = listed.then(|| Listed {
                table: self.of.say("form-sheet-own"),
                column: Some(7),
                alike: Some((4, 1)),
            });
            self.signed(&i32::to_string(&at), why.key(), line, how);
        }
        self.signed("", "form-own-rest", rest, None);
    }

    /// A line that adds or takes off.
    fn signed(&mut self, number: &str, key: &str, line: (i128, i128), how: Option<Listed>) {
        let (count, dong) = line;
        let dong = match how {
            Some(listed) => Cell::Made(dong, How::Listed(listed)),
            None => Cell::Number(dong),
        };
        let name = Cell::Text(self.of.say(key));
        self.rows.push(Row {
            cells: vec![Cell::text(number), name, Cell::Number(count), dong],
            strong: false,
        });
    }
}

/// The annex: every order over which the two differ.
pub(super) fn add(minutes: &Minutes<'_>, blocks: &mut Vec<Block>) {
    let steps = minutes.steps();
    if steps.is_empty() {
        return;
    }
    blocks.push(Block::Line(Line::title(minutes.say("form-own-title"))));
    blocks.push(Block::Line(Line::plain(minutes.say("form-own-intro"))));
    annex::cut(minutes, blocks, steps.len());
    let side = |dong: Option<Vnd>| {
        dong.map_or_else(|| Cell::Right("—".to_owned()), |d| Cell::Number(d.wide()))
    };
    let mut sums = [0_i128; 3];
    for step in &steps {
        let [b, a] = [step.b, step.a].map(|dong| dong.map_or(0, Vnd::wide));
        sums = [sums[0] + b, sums[1] + a, sums[2] + a - b];
    }
    let mut rows: Vec<Row> = (1_i128..)
        .zip(steps.iter().take(annex::LISTED))
        .map(|(at, step)| Row {
            cells: vec![
                Cell::Number(at),
                Cell::Day(step.day),
                Cell::text(step.id),
                Cell::text(step.dossier),
                Cell::Text(minutes.say(step.why.key())),
                side(step.b),
                side(step.a),
                Cell::Number(step.adds().1),
            ],
            strong: false,
        })
        .collect();
    let all = steps.len() <= annex::LISTED;
    let mut total = vec![Cell::text(""); 5];
    total[1] = Cell::Text(minutes.say("form-total"));
    total.extend(sums.map(|sum| {
        if all {
            Cell::total(sum)
        } else {
            Cell::Number(sum)
        }
    }));
    rows.push(Row {
        cells: total,
        strong: true,
    });
    let columns = [
        ("form-col-no", 650),
        ("form-col-day", 1400),
        ("form-col-txn-or-order", 1350),
        ("form-col-dossier", 1350),
        ("form-col-difference", 1150),
        ("form-col-by-b", 1150),
        ("form-col-by-a", 1150),
        ("form-col-a-less-b", 1150),
    ];
    blocks.push(annex::table(minutes, "form-sheet-own", &columns, rows));
}
