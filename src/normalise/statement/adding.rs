//! PURE: the entries of statements added up, in one walk over the rows of all of them.

use rust_decimal::Decimal;

use super::check::{Follow, Running};
use super::heading::Role;
use super::open::Table;
use super::sections::Section;
use super::tables::each_row;
use super::totals::Totals;
use super::{Nets, Statement, TableRow, amount, settlement, sums, time};
use crate::domain::TxnStatus;
use crate::format::{FormatError, GridRow};
use crate::source::Mapping;

/// What is held of a file however long it is: rows that cannot be read, rows of sums, balances that
/// no other row leads on from, neighbours that do not follow, rows whose direction the balances
/// have to tell.
pub(super) struct Room {
    pub(super) faults: usize,
    pub(super) sums: usize,
    pub(super) balances: usize,
    pub(super) breaks: usize,
    pub(super) rows: usize,
}

impl Room {
    const WHOLE: Self = Self {
        faults: 10_000,
        sums: 10_000,
        balances: 1_000_000,
        breaks: 50_000,
        rows: 300_000,
    };
}

/// Takes one of what there is room for; false where there is none.
pub(super) fn takes(room: &mut usize) -> bool {
    let left = room.checked_sub(1);
    *room = left.unwrap_or(0);
    left.is_some()
}

/// A statement whose entries are added up.
struct Adding {
    statement: Statement,
    follow: Follow,
    totals: Totals,
}

/// Adds up every statement; tells beside each whether every row tells which way its money went.
/// Where it is not certain whether a minus before a debit gives back (`minus`), the balances tell.
///
/// # Errors
/// More rows of sums than any statement has; a text that cannot be read to its end.
pub(super) fn add_up(
    table: &Table,
    mapping: &Mapping,
    sections: &[Section],
    statements: Vec<Statement>,
    minus: &[bool],
) -> Result<Vec<(Statement, bool)>, FormatError> {
    let both = |(statement, minus): (Statement, &bool)| {
        let other = minus.then(|| Statement {
            minus: !statement.minus,
            ..statement.clone()
        });
        let other = other.map(|other| Adding::new(other, mapping));
        (Adding::new(statement, mapping), other)
    };
    let adding = statements.into_iter().zip(minus).map(both);
    let mut adding: Vec<(Adding, Option<Adding>)> = adding.collect();
    let mut room = Room::WHOLE;
    each_row(table, sections, |at, place, row| {
        let (Some((one, other)), Some(section)) = (adding.get_mut(at), sections.get(at)) else {
            return Ok(());
        };
        for one in [Some(one), other.as_mut()].into_iter().flatten() {
            one.take(table, (section, place, row), mapping, &mut room)?;
        }
        Ok(())
    })?;
    let done = adding.into_iter().map(|(one, other)| {
        let one = one.done();
        // the balances know whether a minus gives back
        let other = other.filter(|_| one.0.balanced == Some(false));
        let other = other.map(Adding::done);
        let other = other.filter(|(other, _)| other.balanced == Some(true));
        other.unwrap_or(one)
    });
    Ok(done.collect())
}

impl Adding {
    fn new(statement: Statement, mapping: &Mapping) -> Self {
        Self {
            follow: Follow::new(statement.may_be_bare(mapping)),
            totals: Totals::of(&statement.header),
            statement,
        }
    }

    /// Adds a row, or takes the sums that it tells.
    fn take(
        &mut self,
        table: &Table,
        (section, place, row): (&Section, usize, &GridRow),
        mapping: &Mapping,
        room: &mut Room,
    ) -> Result<(), FormatError> {
        if section.rows.contains(place)
            && let Some(amount) = self.entry(table, (place, row), room)
        {
            let statement = &self.statement;
            let of = (row, &statement.header, statement.style);
            self.totals.entry(of, amount, mapping);
            self.net(table, (place, row), amount, mapping);
        }
        let statement = &self.statement;
        let label = section.notes.contains(place);
        let label = label.then(|| sums::label(row, &statement.header)).flatten();
        if let Some(label) = label {
            let told = self
                .totals
                .row(row, &statement.header, statement.style, label);
            if told && !takes(&mut room.sums) {
                return Err(FormatError::TooWide { line: row.line });
            }
        }
        Ok(())
    }

    /// Looks whether a row that succeeded adds up with its fee.
    fn net(
        &mut self,
        table: &Table,
        (place, row): (usize, &GridRow),
        amount: Decimal,
        mapping: &Mapping,
    ) {
        let statement = &mut self.statement;
        let header = &statement.header;
        let state = header.at(Role::Status).map(|at| row.get(at));
        let done = settlement::status_of(state, mapping) == TxnStatus::Success;
        if !done || !statement.is_off(row, amount) {
            return;
        }
        let heading = header.heading(Role::Net).unwrap_or_default();
        let first = || Nets {
            line: row.line,
            column: table.in_sheet(place, heading),
            rows: 0,
        };
        statement.nets.get_or_insert_with(first).rows += 1;
    }

    /// Adds one row; its amount, where it is an entry.
    fn entry(
        &mut self,
        table: &Table,
        (place, row): (usize, &GridRow),
        room: &mut Room,
    ) -> Option<Decimal> {
        let statement = &mut self.statement;
        let header = &statement.header;
        let when = header.cell(row, Role::Time);
        if statement.times.assumed && statement.doubt.is_none() {
            statement.doubt = doubt(when, statement.times);
        }
        let mut amounts = header.amounts(row);
        statement.separated |= !statement.separated && amounts.any(amount::shows_separators);
        if statement.cut == Some(place) {
            return None;
        }
        match statement.row(row) {
            TableRow::Nothing => None,
            TableRow::Entry(amount, iso) => {
                statement.entries += 1;
                if amount < Decimal::ZERO {
                    statement.debits.add(-amount);
                } else {
                    statement.credits.add(amount);
                }
                statement.signed |= header.told(row).iter().any(|(_, cell)| has_sign(cell));
                statement.days.extend(time::day_of(&iso));
                // what is odd is told for that
                let odd = statement.odd(table, place).is_some();
                let refused = statement.refused(row, amount).filter(|_| !odd);
                if let Some((role, fault)) = refused {
                    let heading = header.heading(role).unwrap_or_default();
                    statement.refusals += 1;
                    if takes(&mut room.faults) {
                        let heading = table.in_sheet(place, heading);
                        statement.refused.push((row.line, heading, fault));
                    }
                }
                if header.at(Role::Balance).is_some() {
                    let balance = amount::read(header.cell(row, Role::Balance), statement.style);
                    let running = balance.map(|balance| Running {
                        place,
                        line: row.line,
                        nth: 0,
                        at: iso,
                        amount,
                        balance,
                    });
                    let account = header.cell(row, Role::Account);
                    self.follow.add(account, running, room);
                }
                Some(amount)
            }
            TableRow::Fault(role, fault, _) => {
                let (role, fault) = statement.blamed(table, place, (role, fault));
                let heading = header.heading(role).unwrap_or_default();
                statement.faulty += 1;
                if takes(&mut room.faults) {
                    let heading = table.in_sheet(place, heading);
                    statement.faults.push((row.line, heading, fault));
                }
                statement.unread.push(place);
                None
            }
        }
    }

    /// The statement, and whether its balances say that amounts without a sign came in.
    fn done(self) -> (Statement, bool) {
        let mut statement = self.statement;
        let judged = self
            .totals
            .judge([statement.debits.sum, statement.credits.sum]);
        (statement.totals, statement.sums) = (judged.totals, judged.flaws);
        let way = statement.way(&self.follow);
        statement.balanced = statement.check(&way);
        let told = statement.opening.and(statement.closing).is_some();
        let no_balances = self.follow.is_empty();
        (statement.ends, statement.breaks) = (way.ends, way.breaks);
        let all_in = way.all_in || told && no_balances;
        let all_in = statement.balanced == Some(true) && all_in;
        (statement, all_in)
    }
}

/// A date that would be another day with the month first; see [`Statement::assumed`].
fn doubt(cell: &str, times: time::Column) -> Option<super::Doubt> {
    let day = time::day_of(&times.iso(cell)?)?;
    Some((cell.into(), day, time::other_day(cell)?))
}

/// A plus, a minus, brackets, or the mark of a side.
fn has_sign(cell: &str) -> bool {
    cell.contains(['+', '-', '(', '\u{2212}']) || amount::mark(cell).is_some()
}
