//! What is said of plain dossiers, in so few words that all of it can be held: a line for each
//! dossier and one for each of its money rows, which tell the rows by their places. Whoever proves
//! it reads those rows again.

use crate::domain::{Day, Side, Vnd};
use crate::matching::credits::By;
use crate::matching::desk::Money;
use crate::matching::lane::line_of;
use crate::matching::pool::{Index, at, index};

use super::Lean;

/// Everything said of plain dossiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    /// The dossiers, in order.
    pub dossiers: Vec<PlainDossier>,
    /// Their money: that of the first dossier, then that of the second.
    pub money: Vec<PlainMoney>,
}

/// A dossier whose lines are in order, each paid exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainDossier {
    /// The place of its first line among the fees.
    pub first: Index,
    /// The number of its lines: they stand together.
    pub lines: u32,
    /// The number of its money rows.
    pub payments: u32,
    /// The pass of its group.
    pub pass: &'static str,
    /// What is due, and was paid, in dong.
    pub due: Vnd,
    /// The day under which its lines count.
    pub day: Day,
}

/// A row of its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainMoney {
    /// Transaction or receipt.
    pub side: Side,
    /// Its place among them.
    pub at: Index,
    /// The place of the one line that it pays; none where it pays all.
    pub line: Option<Index>,
    /// What it names the dossier by.
    pub by: By,
    /// The day under which the row counts.
    pub day: Day,
}

impl Lean<'_, '_> {
    /// What is said of plain dossiers.
    pub fn plain_rows(&self) -> Plain {
        let mut plain = Plain::default();
        for dossier in self.desk.plain() {
            let group = self.group(dossier);
            let first = self.desk.pool.dossier(dossier).fees.start;
            let lines = self.desk.pool.fees_of(dossier).len();
            plain.dossiers.push(PlainDossier {
                first: index(first),
                lines: index(lines),
                payments: group.payments,
                pass: group.pass,
                due: group.due,
                day: self.plain_day(Side::Fee, first),
            });
            for put in self.desk.credits.of(dossier) {
                let (side, place) = match put.money {
                    Money::Txn(place) => (Side::Txn, place),
                    Money::Receipt(place) => (Side::Receipt, place),
                };
                let all = group.payments == 1 && !matches!(put.by, By::Receipt(_));
                let line = line_of(&self.desk, put, dossier).filter(|_| !all);
                plain.money.push(PlainMoney {
                    side,
                    at: place,
                    line,
                    by: put.by,
                    day: self.plain_day(side, at(place)),
                });
            }
        }
        plain
    }
}
