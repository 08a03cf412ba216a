//! Dossiers that are said to be plain: all lines in order, each paid exactly. Each is read again
//! from its rows by the few sentences that make it so, and what it adds is summed up here. One that
//! does not hold, or that any other row may have to do with, is held: it goes into the books with
//! what is said of it, and every check looks at it there. So nothing is proved by this reading that
//! the checks would not prove; it only spares the books what they would find in order.

mod made;
mod named;
mod rows;

use rustc_hash::FxHashSet;

use super::memo::Codes;
use super::violation::{Findings, Invariant, dong, text};
use crate::domain::{Fee, Inputs, Receipt, Rules, Side, Txn};
use crate::settle::{Plain, PlainDossier, PlainMoney};

/// What is said of plain dossiers, and what is needed to read it again.
pub(super) struct Lane<'a> {
    inputs: &'a Inputs,
    rules: &'a Rules,
    plain: &'a Plain,
    /// Every dossier: the place of its first line.
    starts: Vec<usize>,
    /// The codes of all dossiers.
    pub(super) codes: Codes,
    /// The first money row of each plain dossier among those of all.
    firsts: Vec<usize>,
    /// Rows that came with different content: side, source or dossier, id.
    conflicts: FxHashSet<(Side, &'a str, &'a str)>,
    /// Rows are in order and rules are such that a plain dossier can be told from its own rows.
    can_tell: bool,
}

/// Which rows and dossiers go into the books.
pub(super) struct Held {
    /// Of each plain dossier.
    dossiers: Vec<bool>,
    /// Of the fees, transactions and receipts those that nothing plain is said of.
    fees: Vec<bool>,
    txns: Vec<bool>,
    receipts: Vec<bool>,
}

/// Lines, with more of which no dossier is plain.
const LINES_MAX: usize = 8;

impl<'a> Lane<'a> {
    pub(super) fn new(inputs: &'a Inputs, rules: &'a Rules, plain: &'a Plain) -> Self {
        let mut starts = Vec::new();
        let mut in_order = true;
        for (at, fee) in inputs.fees.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| &inputs.fees[at].dossier_code);
            if before != Some(&fee.dossier_code) {
                in_order &= before.is_none_or(|before| *before < fee.dossier_code);
                starts.push(at);
            }
        }
        let codes = starts
            .iter()
            .map(|at| inputs.fees[*at].dossier_code.as_str());
        let codes = Codes::new(codes);
        let mut firsts = Vec::with_capacity(plain.dossiers.len());
        let mut first = 0_usize;
        for dossier in &plain.dossiers {
            firsts.push(first);
            first += slot(dossier.payments);
        }
        let key = |conflict: &'a crate::domain::Conflict| {
            let key = &conflict.key;
            let dossier = key.dossier.as_ref().map(|code| code.as_str());
            (key.side, dossier.unwrap_or(key.source.as_str()), &*key.id)
        };
        let mut lane = Self {
            conflicts: inputs.conflicts.iter().map(key).collect(),
            inputs,
            rules,
            plain,
            starts,
            codes,
            firsts,
            can_tell: in_order,
        };
        lane.can_tell &= first == plain.money.len() && lane.is_simple();
        lane
    }

    /// No night, nothing ruled, no orders, no go-live, no zones, every row once, and nothing asked
    /// that looks at each row.
    fn is_simple(&self) -> bool {
        let Self { inputs, rules, .. } = self;
        let known = |id: &str| super::told::ADDED.contains(&id);
        let once = inputs
            .txns
            .is_sorted_by(|a, b| (&a.source, &*a.id) < (&b.source, &*b.id))
            && inputs
                .receipts
                .is_sorted_by(|a, b| *a.receipt_id < *b.receipt_id);
        inputs.business_date.is_none()
            && inputs.decisions.is_empty()
            && inputs.orders.is_empty()
            && rules.start.is_none()
            && rules.breakdowns.is_empty()
            && rules.custom.is_none()
            && !rules.grey.changes()
            && rules.definitions.iter().all(|id| known(id))
            && rules.targets.iter().all(|target| known(&target.definition))
            && inputs.txns.iter().all(|txn| txn.source.as_str() != "cash")
            && once
    }

    /// Its lines; none where they are not there.
    fn fees(&self, of: &PlainDossier) -> &'a [Fee] {
        let first = slot(of.first);
        let lines = first.checked_add(slot(of.lines));
        let fees = lines.and_then(|end| self.inputs.fees.get(first..end));
        fees.unwrap_or_default()
    }

    /// Its money; none where it is not there.
    fn money(&self, place: usize) -> &'a [PlainMoney] {
        let first = self.firsts[place];
        let end = first.checked_add(slot(self.plain.dossiers[place].payments));
        let money = end.and_then(|end| self.plain.money.get(first..end));
        money.unwrap_or_default()
    }

    /// What is said of a dossier beside what goes into the books: what it owes is what its lines
    /// come to, and of those that are held each row names it in the way that is said.
    pub(super) fn said(&self, held: &Held, findings: &mut Findings) {
        for (place, of) in self.plain.dossiers.iter().enumerate() {
            if held.dossiers[place] {
                self.reasons(place, findings);
            }
            let fees = self.fees(of);
            let due: i128 = fees.iter().map(|fee| fee.amount.wide()).sum();
            if due != of.due.wide() {
                let code = fees.first().map_or("-", |fee| fee.dossier_code.as_str());
                let what = text(
                    "số phải thu của hồ sơ phải bằng tổng các khoản thu",
                    "what a dossier owes is what its lines come to",
                );
                findings.add(Invariant::Capacity, code, what, dong(due), of.due);
            }
        }
    }

    fn txn(&self, money: &PlainMoney) -> Option<&'a Txn> {
        let txn = self.inputs.txns.get(slot(money.at));
        txn.filter(|_| money.side == Side::Txn)
    }

    fn receipt(&self, money: &PlainMoney) -> Option<&'a Receipt> {
        let receipt = self.inputs.receipts.get(slot(money.at));
        receipt.filter(|_| money.side == Side::Receipt)
    }

    /// The dossier of a code among all.
    fn dossier(&self, code: &str) -> Option<usize> {
        let code_of = |at: &usize| self.inputs.fees[*at].dossier_code.as_str();
        let found = self.codes.whole(code)?;
        if self.starts.get(found).is_some_and(|at| code_of(at) == code) {
            return Some(found);
        }
        self.starts
            .binary_search_by(|at| code_of(at).cmp(code))
            .ok()
    }
}

/// A place in a list.
fn slot(n: impl Into<u64>) -> usize {
    usize::try_from(n.into()).unwrap_or(usize::MAX)
}
