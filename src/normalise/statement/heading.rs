//! PURE: what a column of a statement means, by its heading, and where the headings stand: in one
//! row, or in up to three that belong together (groups of columns, a second language).

mod role;
mod sides;
pub(in crate::normalise) mod unit;
mod words;

pub use role::Role;
pub use words::role_of;

use super::{amount, time};
use crate::format::GridRow;
use crate::normalise::memo::fold_name;
use crate::source::Mapping;

/// The header stands within this many rows.
pub(super) const SEARCH_ROWS: usize = 30;
/// A heading takes at most so many rows.
pub(super) const HEIGHT_MAX: usize = 3;

/// A header: one row, or several that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The line in the file of its first row.
    pub line: u64,
    /// How many rows it takes.
    pub height: usize,
    /// True where the column of the time holds the bank's reference behind the time.
    pub numbered: bool,
    /// Every column: heading and meaning. A meaning stands once, with the first column that has it.
    pub columns: Vec<(Box<str>, Role)>,
}

impl Header {
    /// Where a meaning stands.
    pub fn at(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|(_, known)| *known == role)
    }

    /// The meaning of a column.
    pub fn role(&self, at: usize) -> Role {
        self.columns.get(at).map_or(Role::Other, |(_, role)| *role)
    }

    /// The heading of a meaning.
    pub fn heading(&self, role: Role) -> Option<&str> {
        self.at(role).map(|at| &*self.columns[at].0)
    }

    /// The cell of a meaning, empty without such a column. Of a cell that holds a time and the
    /// bank's reference each meaning has its part.
    pub fn cell<'r>(&self, row: &'r GridRow, role: Role) -> &'r str {
        let whole = |role| self.at(role).map_or("", |at| row.get(at));
        match role {
            Role::Time if self.numbered => parted(whole(role)).0,
            Role::Reference if self.numbered && self.at(role).is_none() => {
                parted(whole(Role::Time)).1
            }
            _ => whole(role),
        }
    }

    /// The columns that carry the entry's amount.
    pub fn amount_role(&self) -> Role {
        let sided = self.at(Role::Credit).or(self.at(Role::Debit)).is_some();
        if sided { Role::Credit } else { Role::Amount }
    }

    /// The cells of the entry's amount that are not empty, with their columns.
    pub fn told<'r>(&self, row: &'r GridRow) -> Vec<(usize, &'r str)> {
        let roles = match self.amount_role() {
            Role::Amount => [Role::Amount, Role::Amount],
            _ => [Role::Debit, Role::Credit],
        };
        let mut at: Vec<usize> = roles.iter().filter_map(|role| self.at(*role)).collect();
        at.dedup();
        let sided = self.amount_role() != Role::Amount;
        let cells = at.into_iter().map(|at| (at, row.get(at)));
        // the side that an entry does not use may hold a dash
        let empty = |cell: &str| cell.is_empty() || (sided && amount::is_dash(cell));
        cells.filter(|(_, cell)| !empty(cell)).collect()
    }

    /// Every cell that should be an amount.
    pub fn amounts<'r>(&self, row: &'r GridRow) -> impl Iterator<Item = &'r str> + use<'r> {
        let roles = [
            Role::Debit,
            Role::Credit,
            Role::Amount,
            Role::Balance,
            Role::Fee,
            Role::Net,
        ];
        let at: Vec<usize> = roles.iter().filter_map(|role| self.at(*role)).collect();
        at.into_iter()
            .map(|at| row.get(at))
            .filter(|cell| !cell.is_empty())
    }

    /// What its amounts are counted in by a heading that says that it is not the dong.
    pub(super) fn unit(&self) -> Option<&'static str> {
        let roles = [
            Role::Debit,
            Role::Credit,
            Role::Amount,
            Role::Fee,
            Role::Net,
        ];
        let headings = roles.into_iter().filter_map(|role| self.heading(role));
        headings.into_iter().find_map(unit::of_heading)
    }

    /// The headings of columns that nothing reads and that may tell something: those that nobody
    /// knows, and further amounts and references.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let again = |text: &str| {
            matches!(
                role_of(text),
                Role::Amount | Role::Debit | Role::Credit | Role::Reference | Role::OrderRef
            )
        };
        let unread = move |(text, role): &&(Box<str>, Role)| {
            let names = text.chars().any(char::is_alphabetic);
            *role == Role::Other && names && (again(text) || !words::is_known(text))
        };
        self.columns.iter().filter(unread).map(|(text, _)| &**text)
    }

    /// True when it names a time and an amount: without them there is no entry.
    pub fn is_whole(&self) -> bool {
        let has = |role| self.at(role).is_some();
        has(Role::Time) && (has(Role::Amount) || has(Role::Credit) || has(Role::Debit))
    }

    /// How many columns have a meaning.
    fn known(&self) -> usize {
        let known = |(_, role): &&(Box<str>, Role)| *role != Role::Other;
        self.columns.iter().filter(known).count()
    }

    /// True when every meaning stands in the same column in both.
    pub fn is_like(&self, other: &Self) -> bool {
        let width = self.columns.len().max(other.columns.len());
        (0..width).all(|at| self.role(at) == other.role(at))
    }

    /// True where it looks like that of a settlement file, not of a bank's statement.
    pub fn settles(&self) -> bool {
        let roles = [Role::OrderRef, Role::Status, Role::Fee, Role::Net];
        let banks = self.at(Role::Balance).or(self.at(Role::Debit)).is_some();
        roles.iter().any(|role| self.at(*role).is_some()) && !banks
    }

    /// The first column without a meaning here whose heading has this one.
    pub(super) fn untold(&self, role: Role) -> Option<usize> {
        let untold =
            |(text, known): &(Box<str>, Role)| *known == Role::Other && role_of(text) == role;
        self.columns.iter().position(untold)
    }

    /// The column of row numbers, where none holds the bank's reference.
    pub(super) fn numbers(&self) -> Option<usize> {
        if self.numbered || self.at(Role::Reference).is_some() {
            return None;
        }
        let number =
            |(text, role): &(Box<str>, Role)| *role == Role::Other && words::is_row_number(text);
        self.columns.iter().position(number)
    }

    /// A column becomes known by what stands in it: that of the direction, of the reference.
    pub(super) fn set(&mut self, at: usize, to: Role) {
        if let Some((_, role)) = self.columns.get_mut(at) {
            *role = to;
        }
    }
}

/// The time at the beginning of a cell, and what stands behind it.
fn parted(cell: &str) -> (&str, &str) {
    let ends = cell.char_indices().filter(|(_, c)| c.is_whitespace());
    let ends: Vec<usize> = ends.map(|(at, _)| at).take(8).collect();
    let cut = ends.into_iter().rev().map(|at| cell.split_at(at));
    let found = cut
        .into_iter()
        .find(|(time, _)| time::is_time(time.trim_end()));
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '/' | '|');
    match found {
        Some((time, rest)) => (time.trim_end(), rest.trim_start_matches(between)),
        None => (cell, ""),
    }
}

/// Finds the header among the first rows: the one with the most meanings, at least a time and an
/// amount; of equals the first.
pub fn find(rows: &[GridRow]) -> Option<(usize, Header)> {
    let mut best: Option<(usize, Header)> = None;
    for at in 0..rows.len().min(SEARCH_ROWS) {
        let Some(header) = header_at(rows, at) else {
            continue;
        };
        let better = best
            .as_ref()
            .is_none_or(|(_, known)| header.known() > known.known());
        if better {
            best = Some((at, header));
        }
    }
    best
}

/// The header that begins with a row, of as many rows as belong together; none where it names no
/// time or no amount.
pub fn header_at(rows: &[GridRow], at: usize) -> Option<Header> {
    let one = header_of(rows.get(at..=at)?);
    let begins = one.known() >= 2 && is_wordy(rows.get(at)?);
    let mut best = Some(one).filter(Header::is_whole);
    for height in 2..=HEIGHT_MAX {
        let Some(block) = rows.get(at..at + height).filter(|_| begins) else {
            break;
        };
        let added = &block[height - 1];
        if !is_more(added) {
            break;
        }
        let header = header_of(block);
        let lower = header_of(std::slice::from_ref(added));
        let kept = |(_, role): &(Box<str>, Role)| {
            let numbered = *role == Role::Reference && header.numbered;
            *role == Role::Other || header.at(*role).is_some() || numbered
        };
        let more = best
            .as_ref()
            .is_none_or(|best| header.known() >= best.known());
        if header.is_whole() && more && lower.columns.iter().all(kept) {
            best = Some(header);
        }
    }
    best
}

/// Words alone: no cell holds a digit, so it is no entry.
pub(super) fn is_wordy(row: &GridRow) -> bool {
    let digits = |cell: &str| cell.bytes().any(|b| b.is_ascii_digit());
    !row.cells.iter().any(|cell| digits(cell))
}

/// A row of words that may belong to the headings above it.
fn is_more(row: &GridRow) -> bool {
    let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let known = header_of(std::slice::from_ref(row)).known();
    is_wordy(row) && (known > 0 || filled > 2)
}

/// Finds the header that a mapping names: the first row that holds every heading, or the first
/// rows that belong together.
///
/// # Errors
/// The headings that the best row lacks.
pub fn find_mapped(rows: &[GridRow], mapping: &Mapping) -> Result<(usize, Header), Vec<String>> {
    let wanted: Vec<(Role, String, &str)> = mapping
        .headings()
        .map(|(key, heading)| (Role::of_key(key), fold_name(heading), heading))
        .collect();
    let mut fewest: Vec<String> = wanted.iter().map(|w| w.2.to_owned()).collect();
    for at in 0..rows.len().min(SEARCH_ROWS) {
        for height in 1..=HEIGHT_MAX {
            let Some(block) = rows.get(at..at + height) else {
                break;
            };
            if height > 1 && !is_more(&block[height - 1]) {
                break;
            }
            let (mut header, left) = mapped(block, &wanted);
            if left.is_empty() {
                // what else belongs to the headings is no entry
                let below = rows.get(at + height..).unwrap_or_default();
                let more = below.iter().take(HEIGHT_MAX - height);
                header.height += more.take_while(|row| is_more(row)).count();
                return Ok((at, header));
            }
            if left.len() < fewest.len() {
                fewest = left;
            }
        }
    }
    Err(fewest)
}

/// The header of some rows by a mapping, and the headings that are missing.
fn mapped(block: &[GridRow], wanted: &[(Role, String, &str)]) -> (Header, Vec<String>) {
    let mut left = wanted.to_vec();
    let mut column = |at: usize| {
        let whole = text_of(block, at);
        let texts = block.iter().map(|row| fold_name(row.get(at)));
        let texts: Vec<String> = texts.chain([fold_name(&whole)]).collect();
        let found = left
            .iter()
            .position(|(_, heading, _)| texts.contains(heading));
        let role = found.map_or(Role::Other, |at| left.remove(at).0);
        (whole.into(), role)
    };
    let columns: Vec<(Box<str>, Role)> = (0..width(block)).map(&mut column).collect();
    let mut header = Header {
        line: block.first().map_or(0, |row| row.line),
        height: block.len(),
        numbered: false,
        columns,
    };
    let time = header.heading(Role::Time).unwrap_or_default();
    header.numbered = role_of(time) == Role::Reference;
    let left = left.into_iter().map(|(_, _, heading)| heading.to_owned());
    (header, left.collect())
}

fn width(block: &[GridRow]) -> usize {
    block.iter().map(|row| row.cells.len()).max().unwrap_or(0)
}

/// The heading of a column, its rows one after the other.
fn text_of(block: &[GridRow], at: usize) -> String {
    let cells = block.iter().map(|row| row.get(at));
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
    cells.join(" / ")
}

fn header_of(block: &[GridRow]) -> Header {
    let column = |at: usize| {
        let roles = block.iter().map(|row| role_of(row.get(at)));
        let role = roles.reduce(below).unwrap_or(Role::Other);
        (text_of(block, at).into(), role)
    };
    let mut columns: Vec<(Box<str>, Role)> = (0..width(block)).map(column).collect();
    sides::sides(block, &mut columns);
    let mut header = Header {
        line: block.first().map_or(0, |row| row.line),
        height: block.len(),
        numbered: false,
        columns: firsts(columns),
    };
    let time = header.heading(Role::Time);
    if time.is_none_or(words::is_later) {
        let both = |(text, role): &&mut (Box<str>, Role)| {
            let folded = format!(" {} ", fold_name(text));
            let dated = folded.contains(" NGAY ") || folded.contains(" DATE ");
            *role == Role::Reference && dated
        };
        let later = header.at(Role::Time);
        if let Some((_, role)) = header.columns.iter_mut().find(both) {
            *role = Role::Time;
            header.numbered = true;
            if let Some((_, role)) = later.and_then(|at| header.columns.get_mut(at)) {
                *role = Role::Other;
            }
        }
    }
    if !header.numbered && header.at(Role::Reference).is_none() {
        let at = header.at(Role::Time);
        let second = |row: &GridRow| at.is_some_and(|at| role_of(row.get(at)) == Role::Reference);
        header.numbered = block.iter().any(second);
    }
    sides::reference(&mut header);
    header
}

/// A meaning stands once, with the first column that has it. The time of an entry is its own,
/// before the day from which it counts, wherever that stands.
fn firsts(mut columns: Vec<(Box<str>, Role)>) -> Vec<(Box<str>, Role)> {
    let own = |(text, role): &(Box<str>, Role)| *role == Role::Time && !words::is_later(text);
    let has_own = columns.iter().any(own);
    let mut seen = std::collections::BTreeSet::new();
    for (text, role) in &mut columns {
        let later = has_own && *role == Role::Time && words::is_later(text);
        if later || (*role != Role::Other && !seen.insert(*role)) {
            *role = Role::Other;
        }
    }
    columns
}

/// What a column means by a heading above and one below it: a side of the amount says more than
/// the group it stands in.
fn below(above: Role, below: Role) -> Role {
    let side = matches!(below, Role::Debit | Role::Credit | Role::Direction);
    match above {
        Role::Other => below,
        Role::Amount if side => below,
        Role::Kind if below == Role::Direction => below,
        _ => above,
    }
}

#[cfg(test)]
mod tests;
