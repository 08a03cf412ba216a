//! PURE: what the rows of sums tell, against the entries around them.
//!
//! The sum of a page is that of its rows, or of all so far. A sum of everything is that of all
//! rows: one that is only the last page's shows that a page is missing. Which of them a row tells
//! is known by its words, by its place, and by its words having stood for pages before. What no
//! reading of the rows explains is told with both figures.

mod tally;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::amount::{self, Style};
use super::heading::{Header, Role};
use super::sums::{Label, Scope};
use super::{Sum, settlement};
use crate::domain::{Flaw, TxnKind, TxnStatus};
use crate::format::GridRow;
use crate::source::Mapping;
use tally::{Item, Tally};

/// Columns of which files tell sums: one of amounts, or money out and in; fees; what is left.
const COLUMNS: usize = 4;
/// Those of them that tell amounts.
const AMOUNTS: usize = 2;

/// The sums of each column.
type Sides = [Tally; COLUMNS];

/// A row of sums, and the entries around it.
struct Told {
    label: Label,
    /// What it tells, a column each.
    figures: [Option<Decimal>; COLUMNS],
    /// Several in a row are of one place.
    place: usize,
    /// Entries so far, those since the place before, and since the last row of the same words.
    all: Sides,
    part: Sides,
    own: Sides,
}

/// The rows of sums of one statement, as they are read.
pub(super) struct Totals {
    /// The columns.
    roles: [Option<Role>; COLUMNS],
    told: Vec<Told>,
    all: Sides,
    /// All of it where the rows of sums at hand, and those before them, began.
    begun: [Sides; 2],
    /// An entry stands behind the last row of sums.
    is_new: bool,
}

/// What comes of them.
pub(super) struct Judged {
    /// Sums and counts that no rows explain.
    pub(super) flaws: Vec<Flaw>,
    /// Money out and in as the rows of sums have it; none where they tell nothing.
    pub(super) totals: [Option<Decimal>; 2],
}

impl Totals {
    pub(super) fn of(header: &Header) -> Self {
        let known = |role: Role| header.at(role).map(|_| role);
        let roles = match header.amount_role() {
            Role::Amount => [known(Role::Amount), None],
            _ => [known(Role::Debit), known(Role::Credit)],
        };
        let roles = [roles[0], roles[1], known(Role::Fee), known(Role::Net)];
        Self {
            roles,
            told: Vec::new(),
            all: Sides::default(),
            begun: Default::default(),
            is_new: true,
        }
    }

    /// Adds an entry as its columns tell it; `amount` is negative when money went out.
    pub(super) fn entry(
        &mut self,
        (row, header, style): (&GridRow, &Header, Style),
        amount: Decimal,
        mapping: &Mapping,
    ) {
        self.is_new = true;
        let state = header.at(Role::Status).map(|at| row.get(at));
        let status = settlement::status_of(state, mapping);
        let kind = header.at(Role::Kind).map(|at| row.get(at));
        let told = (status, state.unwrap_or_default());
        let done = settlement::status_by_kind(kind, told, mapping) == TxnStatus::Success;
        let words = [Role::Kind, Role::Status].map(|role| header.cell(row, role));
        let kind = settlement::kind_of(words[0], words[1], mapping);
        let undoes = kind.is_some_and(|kind| kind != TxnKind::Payment);
        let read = |role| amount::read(header.cell(row, role), style);
        for (side, role) in self.roles.into_iter().enumerate().skip(AMOUNTS) {
            // an empty cell is none; one that cannot be read leaves the column unsummed
            let cell = role.map_or("", |role| header.cell(row, role)).trim();
            match amount::read(cell, style) {
                Some(size) => self.all[side].add(&Item {
                    size: size.abs(),
                    back: undoes || size < Decimal::ZERO,
                    done,
                    after_fee: None,
                }),
                None if cell.is_empty() => {}
                None => self.roles[side] = None,
            }
        }
        for (side, role) in self.roles.into_iter().enumerate().take(AMOUNTS) {
            let Some(role) = role else { continue };
            let (size, back) = if role == Role::Amount {
                (amount, undoes || amount < Decimal::ZERO)
            } else {
                let size = read(role).unwrap_or_default();
                (size, size < Decimal::ZERO)
            };
            if size.is_zero() && !amount.is_zero() {
                continue;
            }
            let fee = read(Role::Fee).map(|fee| size.abs().saturating_sub(fee.abs()));
            self.all[side].add(&Item {
                size: size.abs(),
                back,
                done,
                after_fee: read(Role::Net).map(|net| net.abs()).or(fee),
            });
        }
    }

    /// Takes a row of sums; false where it tells none.
    pub(super) fn row(
        &mut self,
        row: &GridRow,
        header: &Header,
        style: Style,
        label: Label,
    ) -> bool {
        let figure = |role: Option<Role>| {
            let cell = header.cell(row, role?);
            amount::read(cell, style).map(|sum| sum.abs())
        };
        let mut figures = self.roles.map(figure);
        if label.counts {
            // entries are counted once, beside their amounts
            figures[AMOUNTS..].fill(None);
        }
        if figures == [None; COLUMNS] {
            return false;
        }
        if self.is_new {
            self.begun = [self.begun[1].clone(), self.all.clone()];
        }
        let last = self.told.last().map_or(0, |told| told.place);
        let place = last + usize::from(self.is_new);
        self.is_new = false;
        let same = |told: &&Told| told.label.words == label.words && told.place < place;
        let before = self.told.iter().rev().find(same);
        let since = |from: &Sides| [0, 1, 2, 3].map(|side| self.all[side].since(&from[side]));
        let told = Told {
            figures,
            place,
            part: since(&self.begun[0]),
            own: before.map_or_else(|| self.all.clone(), |before| since(&before.all)),
            all: self.all.clone(),
            label,
        };
        self.told.push(told);
        true
    }

    /// Judges the rows of sums. `held` is money out and in.
    pub(super) fn judge(self, held: [Decimal; 2]) -> Judged {
        let mut flaws = Vec::new();
        let mut totals = [None; AMOUNTS];
        for (side, role) in self.roles.into_iter().enumerate() {
            if side >= AMOUNTS && self.all[side].is_empty() {
                // the rows do not tell it
                continue;
            }
            let credit = match role {
                Some(Role::Debit) => Some(false),
                Some(Role::Credit) => Some(true),
                _ => None,
            };
            let mut judge = Side {
                at: side,
                whole: &self.all[side],
                last: self.told.last().map_or(0, |told| told.place),
                told: &self.told,
                off: Decimal::ZERO,
                seen: false,
                beyond: BTreeMap::new(),
                flaws: Vec::new(),
            };
            judge.rows();
            if credit.is_some() && judge.seen {
                totals[side] = Some(held[side].saturating_add(judge.off));
            }
            let told = judge.flaws.into_iter();
            let told = told.map(|wrong| match role {
                Some(Role::Fee) => wrong.fees(),
                Some(Role::Net) => wrong.net(),
                _ => wrong.flaw(credit),
            });
            flaws.extend(told);
        }
        Judged { flaws, totals }
    }
}

/// A figure that no rows explain, and what they add up to.
struct Wrong {
    counts: bool,
    told: Decimal,
    held: Sum,
}

impl Wrong {
    fn fees(self) -> Flaw {
        let (told, held) = (self.told, self.held.sum.abs());
        Flaw::Fees { told, held }
    }

    fn net(self) -> Flaw {
        let (told, held) = (self.told, self.held.sum.abs());
        Flaw::Net { told, held }
    }

    fn flaw(self, credit: Option<bool>) -> Flaw {
        let count = u64::try_from(self.told).ok().filter(|_| self.counts);
        match count {
            Some(told) => Flaw::Count {
                credit,
                told,
                held: self.held.count,
            },
            None => Flaw::Sum {
                credit,
                told: self.told,
                held: self.held.sum.abs(),
            },
        }
    }
}

/// One column under judgement.
struct Side<'t> {
    /// Its place among the sides.
    at: usize,
    whole: &'t Tally,
    /// The place of the last rows of sums.
    last: usize,
    told: &'t [Told],
    /// By how much the rows of sums so far have more than the entries.
    off: Decimal,
    seen: bool,
    /// By how much the sums that reach beyond the file have more than the rows, for each label.
    beyond: BTreeMap<&'t str, Vec<Decimal>>,
    flaws: Vec<Wrong>,
}

impl<'t> Side<'t> {
    fn rows(&mut self) {
        let mut pages: Vec<&str> = Vec::new();
        for row in self.told {
            let Some(figure) = row.figures[self.at] else {
                continue;
            };
            if row.label.scope == Scope::Beyond {
                self.far(row, figure);
                continue;
            }
            self.seen |= !row.label.counts;
            let explains = |of: &Tally, off| of.explains(figure, off, row.label.of_some);
            let part = [&row.part[self.at], &row.own[self.at]];
            if part.iter().any(|part| explains(part, Decimal::ZERO)) {
                pages.push(&row.label.words);
            }
            let allowed = self.allowed(row, &pages);
            let mut allowed_off = allowed.iter().map(|(of, is_part)| {
                let off = if *is_part { Decimal::ZERO } else { self.off };
                (*of, off)
            });
            if allowed_off.any(|(of, off)| explains(of, off)) || self.is_of_some(row, figure) {
                continue;
            }
            let wrong = self.nearest(row, figure, &allowed);
            self.flaws.push(wrong);
        }
    }

    /// The entries that a row may add up, and which of them are a part.
    fn allowed(&self, row: &'t Told, pages: &[&str]) -> Vec<(&'t Tally, bool)> {
        let (all, whole) = (&row.all[self.at], self.whole);
        let mut allowed = vec![(all, false)];
        let first = row.all.iter().all(Tally::is_empty);
        if first || row.label.scope != Scope::Part {
            allowed.push((whole, false));
        }
        // words that stood for a page before may stand for one again
        let own = |words: &&&str| **words == row.label.words;
        let again = pages.iter().filter(own).count() > 1;
        let of_page = match row.label.scope {
            Scope::Part => true,
            Scope::Either => again || row.place < self.last,
            Scope::Whole | Scope::Beyond => again,
        };
        if of_page {
            allowed.extend([(&row.part[self.at], true), (&row.own[self.at], true)]);
        }
        allowed
    }

    /// A sum over some of the rows, nobody knows which, beside one over all that agrees.
    fn is_of_some(&self, row: &Told, figure: Decimal) -> bool {
        let all = &row.all[self.at];
        let beside = |told: &&Told| {
            let label = &told.label;
            let general = !label.of_some && !label.counts && label.scope != Scope::Beyond;
            let figure = told.figures[self.at];
            let agrees = |figure| {
                let of = [&told.all[self.at], &told.part[self.at], self.whole];
                of.iter().any(|of| of.explains(figure, self.off, false))
            };
            told.place == row.place && general && figure.is_some_and(agrees)
        };
        row.label.unknown && figure <= all.gross().sum && self.told.iter().any(|t| beside(&t))
    }

    /// A sum that may begin before the file: the next of its kind has as much more than the rows.
    fn far(&mut self, row: &'t Told, figure: Decimal) {
        let more = row.all[self.at].readings();
        let more = more.map(|held| figure.saturating_sub(held.sum.abs()));
        let more: Vec<Decimal> = more.collect();
        let dated = ["NGAY", "THANG", "QUY", "NAM", "KY"];
        let mut words = row.label.words.split(' ');
        if words.any(|word| dated.contains(&word)) {
            return;
        }
        let first = more.first().copied().unwrap_or_default();
        let known = self.beyond.entry(&row.label.words).or_insert(more.clone());
        let same = known.iter().zip(&more).any(|(a, b)| a == b);
        let before = known.first().copied().unwrap_or_default();
        if same || first.saturating_sub(before) == self.off {
            return;
        }
        let held = row.all[self.at].gross();
        let held = Sum {
            sum: held.sum.saturating_add(before),
            ..held
        };
        self.off = first.saturating_sub(before);
        self.flaws.push(Wrong {
            counts: false,
            told: figure,
            held,
        });
    }

    /// Tells a row that nothing explains, beside what comes nearest.
    fn nearest(&mut self, row: &Told, figure: Decimal, allowed: &[(&Tally, bool)]) -> Wrong {
        let counts = row.label.counts;
        let mut best: Option<(Decimal, Sum)> = None;
        for (of, is_part) in allowed {
            for held in of.readings() {
                let size = if counts {
                    Decimal::from(held.count)
                } else if *is_part {
                    held.sum.abs()
                } else {
                    held.sum.abs().saturating_add(self.off)
                };
                let more = figure.saturating_sub(size);
                if best.is_none_or(|(known, _)| more.abs() < known.abs()) {
                    best = Some((more, held));
                }
            }
        }
        let (more, held) = best.unwrap_or_default();
        if !counts {
            self.off = self.off.saturating_add(more);
        }
        Wrong {
            counts,
            told: figure,
            held,
        }
    }
}

#[cfg(test)]
mod tests;
