//! PURE: the statements of a file: where each begins, and what would be lost. Pages repeat their
//! headings and have sums of their own; a sheet or a second account may follow. Rows go on where
//! the same headings stand again; a table of another shape is not read, and that it is not is told.
//!
//! One walk over the rows, of which only those since the last entry are held.

use super::feed::{Feed, Since, size_of_row};
use super::heading::{self, Header};
use super::open::{Rows, Table};
use super::sections::{Section, is_entry, other, same_cells};
use super::{account, label};
use crate::format::{FormatError, GridRow};
use crate::source::Mapping;

/// So many rows of a sheet tell where its header stands.
const FRONT: usize = heading::SEARCH_ROWS + 2 * heading::HEIGHT_MAX;
/// More statements than these are in no file of a bank, nor so many bytes above all of them.
const SECTIONS_MAX: usize = 10_000;
const ABOVE_MAX: usize = 16 << 20;

/// The statements of a table, and where the first row stands that none of them reads.
#[derive(Debug)]
pub(super) struct Split {
    /// In order.
    pub(super) sections: Vec<Section>,
    /// Sheet and line of the first row that is lost.
    pub(super) unread: Option<(usize, u64)>,
    /// The last row and its place.
    pub(super) last: Option<(usize, GridRow)>,
}

/// Headings where they stand.
pub(super) struct Headings {
    /// Their place.
    pub(super) at: usize,
    /// What they mean.
    pub(super) header: Header,
    /// Their first row.
    pub(super) first: GridRow,
    /// What they mean by their words.
    pub(super) words: Option<Header>,
}

impl Headings {
    /// `rows` begins with them.
    fn new(at: usize, header: Header, rows: &[GridRow]) -> Self {
        let line = header.line;
        let no_row = || GridRow {
            line,
            cells: Vec::new(),
        };
        Self {
            at,
            header,
            first: rows.first().cloned().unwrap_or_else(no_row),
            words: heading::header_at(rows, 0),
        }
    }

    /// True where they have the shape of the section's own.
    fn is_like(&self, section: &Section) -> bool {
        if same_cells(&self.first, &section.first) {
            return true;
        }
        match (&section.words, &self.words) {
            (Some(own), Some(other)) => own.is_like(other),
            _ => section.header.is_like(&self.header),
        }
    }
}

/// Splits a table.
///
/// # Errors
/// The headings that are missing, an empty list when no row looks like a header; a text that cannot
/// be read to its end.
pub(super) fn split(table: &Table, mapping: &Mapping) -> Result<Split, FormatError> {
    let mut walk = Walk {
        feed: Feed::of(table),
        mapping,
        mapped: mapping.headings().next().is_some(),
        sections: Vec::new(),
        unread: None,
        since: Since::default(),
        above: 0,
    };
    let (mut missing, mut bare) = (Vec::new(), Vec::new());
    for (sheet, (_, range)) in table.sheets.iter().enumerate() {
        walk.feed.end = range.end;
        match walk.find() {
            Ok((head, header)) => walk.sheet(sheet, head, header)?,
            Err(lacking) => {
                table.whole()?;
                bare.push((sheet, range.clone()));
                if missing.is_empty() {
                    missing = lacking;
                }
                if table.sheets.len() > 1 {
                    while walk.feed.next().is_some() {}
                }
            }
        }
    }
    table.whole()?;
    let Some(first) = walk.sections.first().map(|section| section.header.clone()) else {
        let missing = missing.into_iter().map(Into::into).collect();
        return Err(FormatError::NoHeader { missing });
    };
    if let Rows::Held(rows) = &table.rows {
        for (sheet, range) in bare {
            walk.bare(sheet, &first, rows.get(range).unwrap_or_default());
        }
    }
    if let Some(last) = walk.sections.last_mut() {
        last.is_last = true;
    }
    Ok(Split {
        last: walk.feed.last(),
        sections: walk.sections,
        unread: walk.unread,
    })
}

struct Walk<'t> {
    feed: Feed<'t>,
    mapping: &'t Mapping,
    mapped: bool,
    sections: Vec<Section>,
    unread: Option<(usize, u64)>,
    since: Since,
    /// Bytes that stand above sections.
    above: usize,
}

impl Walk<'_> {
    /// The header of the sheet and how many rows stand above it.
    fn find(&mut self) -> Result<(usize, Header), Vec<String>> {
        let rows = self.feed.look(FRONT);
        if self.mapped {
            heading::find_mapped(rows, self.mapping)
        } else {
            heading::find(rows).ok_or_else(Vec::new)
        }
    }

    /// Reads a sheet from its header on.
    fn sheet(&mut self, sheet: usize, head: usize, header: Header) -> Result<(), FormatError> {
        let front = self.feed.look(FRONT).to_vec();
        let above = front.get(..head).unwrap_or_default();
        // a table that stands above the one with more headings
        let lost = (0..head).find_map(|at| {
            let upper = heading::header_at(above, at)?;
            first_entry(&upper, above.get(at + upper.height..)?)
        });
        self.lose(sheet, lost);
        let start = self.feed.place;
        let account = above.iter().find_map(account::account);
        let opens = above.iter().any(label::is_balance);
        let height = header.height;
        let headings = Headings::new(start + head, header, front.get(head..).unwrap_or_default());
        for _ in 0..head + height {
            self.feed.next();
        }
        let before = self.sections.last();
        let before = before.filter(|b| !other(b.account.as_deref(), account.as_deref()));
        if before.is_some_and(|before| !headings.is_like(before)) {
            while let Some(row) = self.feed.next() {
                let lost = is_entry(&headings.header, row).then_some(row.line);
                self.unread = self.unread.or(lost.map(|line| (sheet, line)));
            }
            return Ok(());
        }
        if let Some(before) = before.filter(|_| opens) {
            let account = before.account.clone();
            self.begin(&headings, above.to_vec(), account)?;
        } else if before.is_none() {
            self.begin(&headings, above.to_vec(), account)?;
        } else if let Some(before) = self.sections.last_mut() {
            // the same statement goes on
            (start..start + head).for_each(|at| before.notes.push(at));
            (before.tail, before.foreign) = (false, None);
            before.last = self.feed.place.saturating_sub(1);
        }
        self.since.clear(self.feed.place);
        self.rows(sheet)
    }

    fn begin(
        &mut self,
        headings: &Headings,
        above: Vec<GridRow>,
        account: Option<Box<str>>,
    ) -> Result<(), FormatError> {
        self.above += above.iter().map(size_of_row).sum::<usize>();
        if self.sections.len() >= SECTIONS_MAX || self.above > ABOVE_MAX {
            let line = headings.header.line;
            return Err(FormatError::TooWide { line });
        }
        let section = Section::new(headings, above);
        self.sections.push(Section { account, ..section });
        Ok(())
    }

    /// Takes the rows below a header, and the headings between them.
    fn rows(&mut self, sheet: usize) -> Result<(), FormatError> {
        // below headings of another shape, or of nobody
        let mut lost: Option<Header> = None;
        loop {
            let at = self.feed.place;
            let rows = self.feed.look(heading::HEIGHT_MAX);
            let (Some(row), Some(current)) = (rows.first(), self.sections.last_mut()) else {
                return Ok(());
            };
            if let Some(header) = heading_of(current, rows) {
                let (height, begun) = (header.height, self.sections.len());
                let headings = Headings::new(at, header, rows);
                lost = self.next_table(headings)?;
                for _ in 0..height {
                    if let Some(row) = self.feed.next() {
                        self.since.push(row);
                    }
                }
                if self.sections.len() > begun {
                    self.since.clear(self.feed.place);
                }
                continue;
            }
            if let Some(header) = &lost {
                let lost = is_entry(header, row).then_some(row.line);
                self.unread = self.unread.or(lost.map(|line| (sheet, line)));
            } else if !current.take(at, row) {
                self.unread = self.unread.or(Some((sheet, row.line)));
            }
            let own = current.last == at;
            let row = self.feed.next();
            if own {
                self.since.clear(at + 1);
            } else if let Some(row) = row {
                self.since.push(row);
            }
        }
    }

    /// What stands under headings below the first: the same statement, one of another account, or
    /// what is not read: then its header.
    fn next_table(&mut self, headings: Headings) -> Result<Option<Header>, FormatError> {
        let Some(current) = self.sections.last() else {
            return Ok(None);
        };
        let (account, numbered) = self.since.told(current, headings.header.line)?;
        let account = account.or_else(|| current.foreign.clone());
        let foreign = account.is_some() && other(current.account.as_deref(), account.as_deref());
        let like = headings.is_like(current);
        let unknown = account.is_none() && numbered;
        if like && !foreign && !unknown {
            if let Some(current) = self.sections.last_mut() {
                (current.tail, current.foreign) = (false, None);
            }
            return Ok(None);
        }
        if foreign && (like || !self.mapped) {
            let header = if like {
                Header {
                    line: headings.header.line,
                    ..current.header.clone()
                }
            } else {
                headings.header.clone()
            };
            let (above, from) = (self.since.rows.clone(), self.since.from);
            if let Some(current) = self.sections.last_mut() {
                current.notes.remove(from..headings.at);
            }
            let headings = Headings { header, ..headings };
            self.begin(&headings, above, account)?;
            return Ok(None);
        }
        Ok(Some(headings.header))
    }

    /// What would be lost in a sheet without a header of its own.
    fn bare(&mut self, sheet: usize, first: &Header, rows: &[GridRow]) {
        let lost = first_entry(first, rows).or_else(|| {
            let (at, header) = heading::find(rows)?;
            first_entry(&header, rows.get(at + header.height..)?)
        });
        self.lose(sheet, lost);
    }

    fn lose(&mut self, sheet: usize, line: Option<u64>) {
        self.unread = self.unread.or(line.map(|line| (sheet, line)));
    }
}

/// The headings with which some rows below the first ones begin.
fn heading_of(current: &Section, rows: &[GridRow]) -> Option<Header> {
    let row = rows.first()?;
    if same_cells(row, &current.first) {
        let header = current.header.clone();
        return Some(Header {
            line: row.line,
            ..header
        });
    }
    if !heading::is_wordy(row) {
        return None;
    }
    heading::header_at(rows, 0)
}

/// The line of the first row that is an entry by a header.
fn first_entry(header: &Header, rows: &[GridRow]) -> Option<u64> {
    let found = rows.iter().find(|row| is_entry(header, row));
    found.map(|row| row.line)
}
