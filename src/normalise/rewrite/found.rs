//! PURE: where the columns of a table of others stand: in one row of headings, or in up to three
//! that belong together (groups of columns in merged cells), and which rows are rows of data.

use super::total;
use crate::format::book::Sheet;
use crate::format::{FormatError, GridRow};
use crate::normalise::memo::fold_name;
use crate::normalise::statement::amount::{self, Style};
use crate::normalise::statement::heading::unit;
use crate::source::Words;

/// The header stands within the first rows.
const HEADER_ROWS: usize = 30;
/// Headings take at most so many rows.
const HEIGHT_MAX: usize = 3;

/// A sheet whose columns were found.
pub(in crate::normalise) struct Found<'s> {
    sheet: &'s Sheet,
    /// The place of the first row behind the headings, and how many rows these take.
    first: usize,
    height: usize,
    columns: Vec<(&'static str, usize)>,
}

impl<'s> Found<'s> {
    /// The first sheet with a row of headings; without any the first with headings over two rows,
    /// then over three.
    pub(in crate::normalise) fn of(
        sheets: &'s [Sheet],
        names: &[&'static str],
        need: &[&'static str],
        words: &Words,
    ) -> Result<Self, FormatError> {
        let mut best: Option<Vec<&'static str>> = None;
        let mut repeated = None;
        for height in 1..=HEIGHT_MAX {
            for sheet in sheets {
                for at in 0..sheet.rows.len().min(HEADER_ROWS) {
                    let Some(block) = sheet.rows.get(at..at + height) else {
                        continue;
                    };
                    let columns = match columns_of(block, names, words) {
                        Ok(columns) => columns,
                        Err(column) => {
                            repeated.get_or_insert(column);
                            continue;
                        }
                    };
                    let has = |name: &str| columns.iter().any(|(known, _)| *known == name);
                    let missing: Vec<_> = need.iter().copied().filter(|name| !has(name)).collect();
                    if missing.is_empty() {
                        let first = at + height;
                        return Ok(Self {
                            sheet,
                            first,
                            height,
                            columns,
                        });
                    }
                    // of equals the later: with the rows that belong together more is known
                    if best.as_ref().is_none_or(|best| missing.len() <= best.len()) {
                        best = Some(missing);
                    }
                }
            }
        }
        if let Some(column) = repeated {
            return Err(FormatError::RepeatedColumn { column });
        }
        Err(
            best.map_or(FormatError::Empty, |columns| FormatError::MissingColumns {
                columns,
                separator: None,
            }),
        )
    }

    /// The rows of data: neither blank nor sums of others.
    pub(in crate::normalise) fn rows(&self) -> impl Iterator<Item = &'s GridRow> + use<'s> {
        self.every_row().filter(|row| !total::is_total(row))
    }

    /// The same with the rows of sums.
    pub(super) fn every_row(&self) -> impl Iterator<Item = &'s GridRow> + use<'s> {
        let rows = self.sheet.rows.iter().skip(self.first);
        rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty()))
    }

    /// True where the sheet has the column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|(known, _)| *known == name)
    }

    pub(in crate::normalise) fn cell(&self, row: &'s GridRow, name: &str) -> &'s str {
        let found = self.columns.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, at)| row.get(*at).trim())
    }

    /// What the amounts of a column are counted in, where its heading or a line above says that it
    /// is not the dong.
    pub(in crate::normalise) fn unit(&self, column: &str) -> Option<&'static str> {
        let (_, at) = self.columns.iter().find(|(known, _)| *known == column)?;
        let (head, _) = self.sheet.rows.split_at_checked(self.first)?;
        let (above, head) = head.split_at_checked(head.len().checked_sub(self.height)?)?;
        let told = head.iter().find_map(|row| unit::of_heading(row.get(*at)));
        told.or_else(|| above.iter().find_map(unit::of_line))
    }

    /// How the amounts of a column are written.
    pub(in crate::normalise) fn style(&self, column: &str, words: &Words) -> Style {
        match (words.form("thousands"), words.form("decimal")) {
            (Some("."), _) | (_, Some(",")) => Style::CommaDecimal,
            (Some(","), _) | (_, Some(".")) => Style::PointDecimal,
            _ => amount::style_of(self.rows().map(|row| self.cell(row, column))),
        }
    }

    /// A known cell of the row that lost digits, and what is left of it.
    pub(in crate::normalise) fn lost(&self, row: &GridRow) -> Option<(&'static str, &'s str)> {
        let of_row = self
            .sheet
            .lost
            .iter()
            .filter(|(line, _, _)| *line == row.line);
        of_row.into_iter().find_map(|(_, at, left)| {
            let known = self.columns.iter().find(|(_, place)| place == at)?;
            Some((known.0, &**left))
        })
    }
}

/// Where the headings stand in these rows, or the column that two of them name.
fn columns_of(
    block: &[GridRow],
    names: &[&'static str],
    words: &Words,
) -> Result<Vec<(&'static str, usize)>, &'static str> {
    let headings = headings_of(block);
    let mut columns = Vec::new();
    for name in names {
        let own: Vec<String> = words.texts(name).iter().map(|text| heading(text)).collect();
        let wanted = if own.is_empty() {
            vec![heading(name)]
        } else {
            own
        };
        let is_named = |of: &Vec<String>| of.iter().any(|text| wanted.contains(text));
        let mut places = headings
            .iter()
            .enumerate()
            .filter(|(_, column)| is_named(column));
        if let Some((at, _)) = places.next() {
            if places.next().is_some() {
                return Err(name);
            }
            columns.push((*name, at));
        }
    }
    Ok(columns)
}

/// Each column by the lowest heading that stands in it, alone and behind those of its groups
/// (`Số tiền`, `Thanh toán Số tiền`): the cell of a group holds its text in its first column only.
fn headings_of(block: &[GridRow]) -> Vec<Vec<String>> {
    let width = block.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut groups = vec![String::new(); block.len()];
    let mut columns = Vec::with_capacity(width);
    for at in 0..width {
        let own: Vec<String> = block.iter().map(|row| heading(row.get(at))).collect();
        for (group, text) in groups.iter_mut().zip(&own) {
            if !text.is_empty() {
                group.clone_from(text);
            }
        }
        let mut names = Vec::new();
        if let Some(lowest) = own.iter().rposition(|text| !text.is_empty()) {
            let mut name = own[lowest].clone();
            names.push(name.clone());
            for above in groups[..lowest].iter().rev() {
                name.insert_str(0, above);
                names.push(name.clone());
            }
        }
        columns.push(names);
    }
    columns
}

/// A heading without marks, case and what separates its words.
fn heading(text: &str) -> String {
    fold_name(text).replace([' ', '_', ':'], "")
}
