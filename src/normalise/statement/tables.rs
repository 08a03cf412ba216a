//! PURE: the statements of a table, read in a few walks over its rows: where each stands, how its
//! columns are written, what stands beside the entries, what they add up to.

use rust_decimal::Decimal;

use super::adding::add_up;
use super::amount::{self, Style, Styles};
use super::beside::Beside;
use super::directing::{Directing, Sides};
use super::direction::{self, Way};
use super::heading::{Header, Role, unit};
use super::label::{self, beside};
use super::numbers::Numbers;
use super::open::Table;
use super::places::Places;
use super::sections::Section;
use super::split::{Split, split};
use super::{Statement, Sum, time};
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
/// The headings that are missing; an empty list when no row looks like a header. A text that cannot
/// be read to its end.
pub fn read_tables(table: &Table, mapping: &Mapping) -> Result<Read, FormatError> {
    if let Some(sheet) = mapping.sheet.as_ref().filter(|_| table.sheets.is_empty()) {
        let missing = vec![sheet.clone()];
        return Err(FormatError::NoHeader { missing });
    }
    let Split {
        mut sections,
        unread,
        last,
    } = split(table, mapping)?;
    let unread = unread.map(|(sheet, line)| FormatError::NotRead {
        sheet: table.sheet(sheet).into(),
        line,
    });
    let mut statements = begun(table, mapping, &sections)?;
    let beside = Beside::of(table, &sections, &statements, last.as_ref())?;
    for ((statement, section), beside) in statements.iter_mut().zip(&mut sections).zip(&beside) {
        beside.settle(statement, section, table.end, last.as_ref());
    }
    let minus = beside.iter().map(|beside| beside.minus().is_some());
    let minus: Vec<bool> = minus.collect();
    let read = add_up(table, mapping, &sections, statements, &minus)?;
    let mut bare = read.iter();
    let bare = bare.find(|(statement, all_in)| statement.is_bare(mapping) && !all_in);
    let undirected = bare.map(|(statement, _)| {
        let column = statement.header.heading(Role::Amount).unwrap_or_default();
        let column = column.into();
        FormatError::NoDirection { column }
    });
    Ok(Read {
        statements: read.into_iter().map(|(statement, _)| statement).collect(),
        unread,
        undirected,
    })
}

/// Walks over the rows of sections: the number of the section, the place, the row.
pub(super) fn each_row(
    table: &Table,
    sections: &[Section],
    mut take: impl FnMut(usize, usize, &GridRow) -> Result<(), FormatError>,
) -> Result<(), FormatError> {
    let mut at = 0;
    for (place, row) in table.rows.walk().enumerate() {
        while sections.get(at + 1).is_some_and(|next| next.head <= place) {
            at += 1;
        }
        let Some(section) = sections.get(at) else {
            break;
        };
        if section.rows.contains(place) || section.notes.contains(place) {
            take(at, place, &row)?;
        }
    }
    table.whole()
}

/// Walks over the rows of statements that may be entries: the number of the statement, the place,
/// the row.
///
/// # Errors
/// A text that cannot be read to its end.
pub fn each_entry(
    table: &Table,
    statements: &[Statement],
    mut take: impl FnMut(usize, usize, &GridRow),
) -> Result<(), FormatError> {
    let ends: Vec<Option<usize>> = statements.iter().map(|one| one.rows.last()).collect();
    let mut at = 0;
    for (place, row) in table.rows.walk().enumerate() {
        while ends
            .get(at)
            .is_some_and(|end| end.is_none_or(|end| end < place))
        {
            at += 1;
        }
        let Some(statement) = statements.get(at) else {
            break;
        };
        if statement.rows.contains(place) {
            take(at, place, &row);
        }
    }
    table.whole()
}

/// How the columns of sections are written: of all that have the same headings alike, as one
/// program wrote them all.
struct Written {
    styles: Styles,
    times: time::Cells,
    numbers: Numbers,
    sides: Sides,
}

impl Written {
    fn of(header: &Header) -> Self {
        Self {
            styles: Styles::default(),
            times: time::Cells::default(),
            numbers: Numbers::of(header),
            sides: Sides::default(),
        }
    }
}

/// The statements as far as they are known before their entries are read.
fn begun(
    table: &Table,
    mapping: &Mapping,
    sections: &[Section],
) -> Result<Vec<Statement>, FormatError> {
    let words = direction::Words::of(mapping);
    let mut groups: Vec<(&Header, Written)> = Vec::new();
    let group = |section: &Section, groups: &mut Vec<(&Header, Written)>| {
        let mut known = groups.iter();
        known.position(|(head, _)| head.is_like(&section.header))
    };
    let mut of = Vec::new();
    for section in sections {
        of.push(group(section, &mut groups).unwrap_or_else(|| {
            groups.push((&section.header, Written::of(&section.header)));
            groups.len() - 1
        }));
    }
    let mut directed: Vec<Directing> = sections
        .iter()
        .map(|section| Directing::of(&section.header, mapping))
        .collect();
    let known = (
        Style::of(mapping),
        mapping.time_format.map(time::Column::told),
    );
    each_row(table, sections, |at, place, row| {
        if !sections[at].rows.contains(place) {
            return Ok(());
        }
        let (header, written) = &mut groups[of[at]];
        if known.0.is_none() {
            header
                .amounts(row)
                .for_each(|cell| written.styles.add(cell));
        }
        if known.1.is_none() {
            written.times.add(header.cell(row, Role::Time));
        }
        written.numbers.look(header, row);
        directed[at].look(row, &words);
        written
            .sides
            .look(header, directed[at].beside(header), row, &words);
        Ok(())
    })?;
    let mut statements: Vec<Statement> = Vec::new();
    // a mapping names every column that counts
    let by_words = mapping.headings().next().is_none();
    for ((section, of), directing) in sections.iter().zip(of).zip(directed) {
        let written = &groups[of].1;
        let style = known.0.unwrap_or_else(|| written.styles.most());
        let times = known.1.unwrap_or_else(|| written.times.column());
        let mut header = section.header.clone();
        if let Some(at) = directing.column() {
            header.set(at, Role::Direction);
        }
        if let Some(at) = written.numbers.references().filter(|_| by_words) {
            header.set(at, Role::Reference);
        }
        let words = words.clone().beside(written.sides);
        let before = statements.last();
        let statement = Statement::begin(section, before, (header, style, times, words), mapping);
        statements.push(statement);
    }
    Ok(statements)
}

impl Statement {
    /// A statement before its entries.
    fn begin(
        section: &Section,
        before: Option<&Self>,
        (header, style, times, words): (Header, Style, time::Column, direction::Words),
        mapping: &Mapping,
    ) -> Self {
        let above = &section.above;
        let word = |cell: &str| Some(Box::<str>::from(cell.split_whitespace().next()?));
        let currency = |row| beside(row, &["LOAI TIEN", "CURRENCY", "TIEN TE"], word);
        let kept = |told: fn(&Self) -> Option<Box<str>>| before.and_then(told);
        let line = above.iter().find_map(unit::of_line);
        let own = above.iter().find_map(currency);
        let last = before.and_then(|before| before.unit);
        let unit = header.unit().or(line).or(last.filter(|_| own.is_none()));
        Self {
            unit,
            style,
            times,
            account: section
                .account
                .clone()
                .or_else(|| kept(|before| before.account.clone())),
            currency: unit
                .map(Into::into)
                .or(own)
                .or_else(|| kept(|before| before.currency.clone())),
            entries: 0,
            credits: Sum::default(),
            debits: Sum::default(),
            opening: None,
            closing: None,
            balanced: None,
            faults: Vec::new(),
            faulty: 0,
            refused: Vec::new(),
            refusals: 0,
            nets: None,
            unread: Places::default(),
            totals: [None, None],
            period: label::period(above),
            days: std::collections::BTreeSet::new(),
            ends: None,
            cut: None,
            cut_line: 0,
            breaks: Vec::new(),
            sums: Vec::new(),
            doubt: None,
            separated: false,
            only_in: mapping.amounts == Some(Amounts::In),
            words,
            signed: false,
            minus: true,
            header,
            rows: Places::default(),
        }
    }

    /// One column of amounts, without a sign and without a column beside it, where a bank's
    /// entries are told.
    fn is_bare(&self, mapping: &Mapping) -> bool {
        self.entries > 0 && !self.signed && self.may_be_bare(mapping)
    }

    /// The same as far as the headings tell.
    pub(super) fn may_be_bare(&self, mapping: &Mapping) -> bool {
        let sided = self.header.amount_role() != Role::Amount;
        let directed = self.header.at(Role::Direction).is_some();
        let settles = match mapping.role {
            Some(role) => role == FileRole::Settlement,
            None => self.header.settles(),
        };
        let told = mapping.amounts.is_some();
        !(sided || directed || settles || told)
    }

    /// An amount by the column beside it.
    pub(super) fn directed(&self, row: &GridRow, amount: Decimal) -> Option<Decimal> {
        if self.header.amount_role() != Role::Amount {
            return Some(amount);
        }
        let Some(at) = self.header.at(Role::Direction) else {
            return Some(amount).filter(|amount| !(self.only_in && amount.is_sign_negative()));
        };
        let way = self.words.way(row.get(at))?;
        let behind = amount::mark(self.header.cell(row, Role::Amount));
        if behind.is_some_and(|(_, behind)| behind != way) {
            return None;
        }
        match way {
            Way::Out => Some(-amount.abs()),
            Way::In => Some(amount).filter(|amount| *amount >= Decimal::ZERO),
        }
    }
}
