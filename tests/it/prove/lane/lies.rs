//! What a defect could say of a plain dossier.

use doisoat::domain::{Side, Vnd};
use doisoat::settle::{By, Plain};

use super::changes::slot;

/// Its name, and how it is said of the `n`-th; false where there is none such.
pub(super) type Lie = (&'static str, fn(&mut Plain, usize) -> bool);

pub(super) const LIES: &[Lie] = &[
    ("another pass", |plain, n| {
        let of = &mut plain.dossiers[n];
        of.pass = match of.pass {
            "exact_key" => "extracted_key",
            _ => "exact_key",
        };
        true
    }),
    ("another sum", |plain, n| {
        let due = &mut plain.dossiers[n].due;
        *due = Vnd::new(due.get() + 1);
        true
    }),
    ("another day of the lines", |plain, n| {
        plain.dossiers[n].day = plain.dossiers[n].day.plus(1);
        true
    }),
    ("another day of the money", |plain, n| {
        plain.money[n].day = plain.money[n].day.plus(1);
        true
    }),
    ("a line more", |plain, n| {
        plain.dossiers[n].lines += 1;
        true
    }),
    ("no line", |plain, n| {
        plain.dossiers[n].lines = 0;
        true
    }),
    ("lines that are not there", |plain, n| {
        plain.dossiers[n].first = u32::MAX - 1;
        true
    }),
    ("the lines of the next", |plain, n| {
        plain.dossiers[n].first += plain.dossiers[n].lines;
        true
    }),
    ("a payment fewer", |plain, n| {
        plain.dossiers[n].payments -= 1;
        true
    }),
    ("a payment more", |plain, n| {
        plain.dossiers[n].payments += 1;
        true
    }),
    ("money of another", |plain, n| {
        let side = plain.money[n].side;
        let other = (n + 1..plain.money.len()).find(|at| plain.money[*at].side == side);
        let Some(other) = other else { return false };
        plain.money[n].at = plain.money[other].at;
        true
    }),
    ("two payments changed places", |plain, n| {
        let of = |at: &usize| plain.money[*at].side == plain.money[n].side;
        let Some(other) = (n + 1..plain.money.len()).find(of) else {
            return false;
        };
        let (a, b) = (plain.money[n].at, plain.money[other].at);
        (plain.money[n].at, plain.money[other].at) = (b, a);
        true
    }),
    ("money that is not there", |plain, n| {
        plain.money[n].at = u32::MAX;
        true
    }),
    ("money of a fee", |plain, n| {
        plain.money[n].side = Side::Fee;
        true
    }),
    ("one line of several", |plain, n| {
        let many = |at: &usize| plain.dossiers[*at].lines > 1 && plain.dossiers[*at].payments == 1;
        let Some(at) = (n..plain.dossiers.len()).find(many) else {
            return false;
        };
        let first = plain.dossiers[at].first;
        let before: u32 = plain.dossiers[..at].iter().map(|of| of.payments).sum();
        plain.money[slot(before)].line = Some(first);
        true
    }),
    ("all lines of several", |plain, n| {
        let many = |at: &usize| plain.dossiers[*at].payments > 1;
        let Some(at) = (n..plain.dossiers.len()).find(many) else {
            return false;
        };
        let before: u32 = plain.dossiers[..at].iter().map(|of| of.payments).sum();
        plain.money[slot(before)].line = None;
        true
    }),
    ("by a reference that it has not", |plain, n| {
        let memo = |at: &usize| matches!(plain.money[*at].by, By::Extracted);
        let Some(at) = (n..plain.money.len()).find(memo) else {
            return false;
        };
        plain.money[at].by = By::Reference;
        true
    }),
    ("by a memo that it has not", |plain, n| {
        let reference = |at: &usize| plain.money[*at].by == By::Reference;
        let Some(at) = (n..plain.money.len()).find(reference) else {
            return false;
        };
        plain.money[at].by = By::WholeMemo;
        true
    }),
    ("a dossier is missing", |plain, n| {
        let before: u32 = plain.dossiers[..n].iter().map(|of| of.payments).sum();
        let of = plain.dossiers.remove(n);
        let first = slot(before);
        plain.money.drain(first..first + slot(of.payments));
        true
    }),
    ("a dossier stands twice", |plain, n| {
        let before: u32 = plain.dossiers[..n].iter().map(|of| of.payments).sum();
        let of = plain.dossiers[n];
        let first = slot(before);
        let money = plain.money[first..first + slot(of.payments)].to_vec();
        plain.dossiers.push(of);
        plain.money.extend(money);
        true
    }),
];
