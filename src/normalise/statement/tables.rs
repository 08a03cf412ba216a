//! PURE: the statements of a table, read.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::amount::{self, Style};
use super::check::Running;
use super::direction::{self, Way};
use super::heading::{Header, Role};
use super::label::{self, beside};
use super::open::Table;
use super::sections::{self, Section};
use super::totals::Totals;
use super::{Statement, Sum, TableRow, corrections, cut, sums, time};
use crate::format::{FormatError, GridRow};
use crate::source::{Amounts, FileRole, Mapping};

/// What a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Its statements, at least one.
    pub statements: Vec<Statement>,
    /// Rows that none of them reads.
    pub unread: Option<FormatError>,
    /// Amounts of which nothing tells whether they came in or went out.
    pub undirected: Option<FormatError>,
}

/// Reads a table as a mapping says; without headings in it, by the words of its headers.
///
/// # Errors
/// The headings that are missing; an empty list when no row looks like a header.
pub fn read_tables(table: &Table, mapping: &Mapping) -> Result<Read, Vec<String>> {
    if let Some(sheet) = mapping.sheet.as_ref().filter(|_| table.sheets.is_empty()) {
        return Err(vec![sheet.to_string()]);
    }
    let split = sections::split(table, mapping)?;
    let unread = split.unread.map(|(sheet, place)| FormatError::NotRead {
        sheet: table.sheet(sheet).into(),
        line: table.grid.rows.get(place).map_or(0, |row| row.line),
    });
    let (mut statements, mut undirected): (Vec<Statement>, Option<FormatError>) = (vec![], None);
    let columns = columns_of(table, mapping, &split.sections);
    for (section, columns) in split.sections.into_iter().zip(columns) {
        let before = statements.last();
        let (statement, bare) = read_section(table, mapping, section, columns, before);
        if bare {
            let column = statement.header.heading(Role::Amount).unwrap_or_default();
            let column = column.into();
            undirected.get_or_insert(FormatError::NoDirection { column });
        }
        statements.push(statement);
    }
    Ok(Read {
        statements,
        unread,
        undirected,
    })
}

/// How amounts and times are written below each section's headings: the same wherever the same
/// headings stand, as one program wrote them all.
fn columns_of(table: &Table, mapping: &Mapping, sections: &[Section]) -> Vec<Columns> {
    let mut groups: Vec<(&Header, Vec<&Section>)> = Vec::new();
    let mut of = Vec::new();
    for section in sections {
        let like = groups
            .iter()
            .position(|(head, _)| head.is_like(&section.header));
        let at = like.unwrap_or_else(|| {
            groups.push((&section.header, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(section);
        of.push(at);
    }
    let written = groups.iter().map(|(header, sections)| {
        let places = sections.iter().flat_map(|section| &section.rows);
        let rows = places.filter_map(|at| table.grid.rows.get(*at));
        let amounts = rows.clone().flat_map(|row| header.amounts(row));
        let times = rows.clone().map(|row| header.cell(row, Role::Time));
        let style = Style::of(mapping).unwrap_or_else(|| amount::style_of(amounts));
        let told = mapping.time_format.map(time::Column::told);
        (style, told.unwrap_or_else(|| time::Column::of(times)))
    });
    let written: Vec<Columns> = written.collect();
    of.into_iter().map(|at| written[at]).collect()
}

/// How amounts and times are written.
type Columns = (Style, time::Column);

/// Reads one statement; true where nothing in it tells which way money went.
fn read_section(
    table: &Table,
    mapping: &Mapping,
    mut section: Section,
    (style, times): Columns,
    before: Option<&Statement>,
) -> (Statement, bool) {
    let row = |at: &usize| table.grid.rows.get(*at);
    let rows = || section.rows.iter().filter_map(row);
    let words = direction::Words::of(mapping);
    let mut header = section.header.clone();
    find_direction(&mut header, mapping, rows(), &words);
    let above = table.grid.rows.get(section.above.clone());
    let above = above.unwrap_or_default();
    let notes: Vec<&GridRow> = section.notes.iter().filter_map(row).collect();
    let balance = |labels: &[&str]| {
        let above = above
            .iter()
            .map(|row| label::balance(row, labels, None, style));
        let below = notes
            .iter()
            .map(|row| label::balance(row, labels, Some(&header), style));
        above.chain(below).flatten().collect::<Vec<Decimal>>()
    };
    let opening = balance(&["SO DU DAU", "OPENING BALANCE"]);
    // of several the last of the file
    let closing = balance(&["SO DU CUOI", "CLOSING BALANCE"]);
    let word = |cell: &str| Some(Box::<str>::from(cell.split_whitespace().next()?));
    let currency = |row| beside(row, &["LOAI TIEN", "CURRENCY", "TIEN TE"], word);
    let kept = |told: fn(&Statement) -> Option<Box<str>>| before.and_then(told);
    let mut statement = Statement {
        style,
        times,
        account: section
            .account
            .clone()
            .or_else(|| kept(|before| before.account.clone())),
        currency: above
            .iter()
            .find_map(currency)
            .or_else(|| kept(|before| before.currency.clone())),
        entries: 0,
        credits: Sum::default(),
        debits: Sum::default(),
        opening: opening.first().copied(),
        closing: closing.last().copied(),
        balanced: None,
        faults: Vec::new(),
        unread: Vec::new(),
        totals: [None, None],
        period: label::period(above),
        days: BTreeSet::new(),
        ends: None,
        cut: None,
        breaks: Vec::new(),
        sums: Vec::new(),
        only_in: mapping.amounts == Some(Amounts::In),
        words,
        signed: false,
        minus: true,
        header,
        rows: Vec::new(),
    };
    let all_in = add_up(&mut statement, table, &mut section, mapping);
    let bare = statement.is_bare(mapping) && !all_in;
    statement.rows = section.rows;
    (statement, bare)
}

/// Adds the rows up; what a minus before a debit means is told by the debits, else by the balances.
/// True where every row tells which way its money went.
fn add_up(
    statement: &mut Statement,
    table: &Table,
    section: &mut Section,
    mapping: &Mapping,
) -> bool {
    let rows = section
        .rows
        .iter()
        .filter_map(|at| table.grid.rows.get(*at));
    let debits = rows.map(|row| statement.header.cell(row, Role::Debit));
    let minus = corrections::minus(debits, statement.style);
    statement.minus = minus.unwrap_or(true);
    statement.cut = cut::place(statement, table, section);
    let other = minus.map(|minus| Statement {
        minus: !minus,
        ..statement.clone()
    });
    let mut all_in = statement.add_up(table, section, mapping);
    // the balances know whether a minus gives back
    if let Some(mut other) = other.filter(|_| statement.balanced == Some(false)) {
        let also = other.add_up(table, section, mapping);
        if other.balanced == Some(true) {
            (*statement, all_in) = (other, also);
        }
    }
    all_in
}

/// The column beside a single amount that tells which way it went, where the mapping names none: by
/// its heading, or a column of kinds that holds such words.
fn find_direction<'r>(
    header: &mut Header,
    mapping: &Mapping,
    mut rows: impl Iterator<Item = &'r GridRow>,
    words: &direction::Words,
) {
    let settles = match mapping.role {
        Some(role) => role == FileRole::Settlement,
        None => header.settles(),
    };
    if header.amount_role() != Role::Amount || header.at(Role::Direction).is_some() || settles {
        return;
    }
    if let Some(at) = header.untold(Role::Direction) {
        header.set_direction(at);
    } else if let Some(at) = header.at(Role::Kind).or(header.untold(Role::Kind))
        && rows.any(|row| words.way(row.get(at)).is_some())
    {
        header.set_direction(at);
    }
}

impl Statement {
    /// One column of amounts, without a sign and without a column beside it, where a bank's
    /// entries are told.
    fn is_bare(&self, mapping: &Mapping) -> bool {
        let sided = self.header.amount_role() != Role::Amount;
        let directed = self.header.at(Role::Direction).is_some() || self.signed;
        let settles = match mapping.role {
            Some(role) => role == FileRole::Settlement,
            None => self.header.settles(),
        };
        let told = mapping.amounts.is_some();
        self.entries > 0 && !(sided || directed || settles || told)
    }

    /// Adds up the rows of a section; true where its balances say that amounts without a sign came
    /// in.
    fn add_up(&mut self, table: &Table, section: &Section, mapping: &Mapping) -> bool {
        let mut balances = Balances::default();
        let mut totals = Totals::of(&self.header);
        let (mut entries, mut notes) = (section.rows.iter(), section.notes.iter().peekable());
        let mut next = entries.next();
        while let Some(at) = next.or_else(|| notes.peek().copied()) {
            let note = notes.next_if(|note| *note < at || next.is_none());
            let Some(row) = table.grid.rows.get(*note.unwrap_or(at)) else {
                break;
            };
            if note.is_some() {
                if let Some(label) = sums::label(row, &self.header) {
                    totals.row(row, &self.header, self.style, label);
                }
                continue;
            }
            if let Some(amount) = self.entry(table, *at, &mut balances) {
                totals.entry((row, &self.header, self.style), amount, mapping);
            }
            next = entries.next();
        }
        let judged = totals.judge([self.debits.sum, self.credits.sum]);
        (self.totals, self.sums) = (judged.totals, judged.flaws);
        let way = self.way(&balances.rows);
        self.balanced = self.check(&way);
        let told = self.opening.and(self.closing).is_some();
        let no_balances = balances.rows.is_empty();
        (self.ends, self.breaks) = (way.ends, way.breaks);
        self.balanced == Some(true) && (way.all_in || told && no_balances)
    }

    /// Adds one row; its amount, where it is an entry.
    fn entry(&mut self, table: &Table, place: usize, balances: &mut Balances) -> Option<Decimal> {
        let row = table.grid.rows.get(place)?;
        if self.cut == Some(place) {
            return None;
        }
        match self.row(row) {
            TableRow::Nothing => None,
            TableRow::Entry(amount, iso) => {
                self.entries += 1;
                if amount < Decimal::ZERO {
                    self.debits.add(-amount);
                } else {
                    self.credits.add(amount);
                }
                self.signed |= self.header.told(row).iter().any(|(_, cell)| has_sign(cell));
                self.days.extend(time::day_of(&iso));
                let balance = self.header.cell(row, Role::Balance);
                let account = self.header.cell(row, Role::Account);
                let nth = balances.count(account);
                if let Some(balance) = amount::read(balance, self.style) {
                    balances.rows.push(Running {
                        place,
                        line: row.line,
                        nth,
                        account: account.into(),
                        at: iso,
                        amount,
                        balance,
                    });
                }
                Some(amount)
            }
            TableRow::Fault(role, fault, _) => {
                let heading = self.header.heading(role).unwrap_or_default();
                let heading = table.in_sheet(place, heading);
                self.faults.push((row.line, heading, fault));
                self.unread.push(place);
                None
            }
        }
    }

    /// An amount by the column beside it.
    pub(super) fn directed(&self, row: &GridRow, amount: Decimal) -> Option<Decimal> {
        if self.header.amount_role() != Role::Amount {
            return Some(amount);
        }
        let Some(at) = self.header.at(Role::Direction) else {
            return Some(amount).filter(|amount| !(self.only_in && amount.is_sign_negative()));
        };
        match self.words.way(row.get(at))? {
            Way::Out => Some(-amount.abs()),
            Way::In => Some(amount).filter(|amount| *amount >= Decimal::ZERO),
        }
    }
}

/// The rows with a running balance, and how many entries each account has.
#[derive(Default)]
struct Balances {
    rows: Vec<Running>,
    counts: BTreeMap<Box<str>, u64>,
}

impl Balances {
    /// The place of an entry among those of its account.
    fn count(&mut self, account: &str) -> u64 {
        if let Some(count) = self.counts.get_mut(account) {
            *count += 1;
            return *count;
        }
        self.counts.insert(account.into(), 1);
        1
    }
}

/// A plus, a minus or brackets.
fn has_sign(cell: &str) -> bool {
    cell.contains(['+', '-', '(', '\u{2212}'])
}
