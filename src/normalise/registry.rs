//! PURE: one file of a registry export -> fees, orders, receipts or agencies.
//!
//! In one file the same identity twice is one row if equal; fees and receipts with other content
//! are a conflict, orders and agencies a reject of the later version. The smallest content in byte
//! order stays, so the order of rows plays no part. From file to file a later row replaces the
//! earlier one: that is the store's work.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cells::Fault;
use super::columns::Columns;
use super::ids::{self, Refused};
use super::memo::stored;
use super::texts::Texts;
use super::versions::{self, Versioned};
use crate::domain::{
    Agency, Conflict, Day, Fee, PaymentOrder, Piece, Receipt, Reject, RejectCode, RowKey, Side,
    SourceName, Spot, ToldBy, Vnd, sorting,
};
use crate::format::{
    BLOCK, Block, Blocks, Column, Content, FileError, FormatError, Layout, Limits, Line, Row,
    Spoiled, Table,
};
use crate::source::registry::FileKind;

/// What one file holds, in order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryRows {
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Payment orders.
    pub orders: Vec<PaymentOrder>,
    /// Receipts.
    pub receipts: Vec<Receipt>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Fees and receipts that contradict each other inside the file.
    pub conflicts: Vec<Conflict>,
    /// The known columns that the file had.
    pub columns: Columns,
    /// Data rows of the file, rejects included.
    pub lines: u64,
    /// The answers that told the rows, where that is not one file.
    pub files: Vec<ToldBy>,
}

/// A noun of the registry: how its file looks and how a row of it is read.
pub(super) trait RegistryRow: Versioned + PartialEq + Send + Sized {
    /// The columns.
    const LAYOUT: Layout;
    /// What a refused row would have been.
    const SIDE: Side;
    /// The column of its identity.
    const ID: &'static str;
    /// The column of its amount, empty where it has none.
    const AMOUNT: &'static str;
    /// True when two versions of one identity are a conflict, false when the second is a reject.
    const CONFLICTS: bool;
    /// Where the columns stand.
    type Columns;

    /// Finds the columns once a file.
    fn columns(table: &Table) -> Self::Columns;
    /// Reads a row.
    fn read(row: Row<'_>, columns: &Self::Columns, texts: &mut Texts) -> Result<Self, Fault>;
}

/// Reads one file; `day` is the day its rejects count under.
pub fn read(
    name: &str,
    kind: FileKind,
    bytes: &[u8],
    source: &SourceName,
    day: Day,
) -> Result<RegistryRows, FileError> {
    let file = &FileAt { name, source, day };
    let mut all = RegistryRows::default();
    match kind {
        FileKind::Agencies => all.agencies = all.take(read_file(&bytes, file)?),
        FileKind::DossierFees | FileKind::PaymentFiles => {
            all.fees = all.take(read_file(&bytes, file)?);
        }
        FileKind::PaymentOrders => all.orders = all.take(read_file(&bytes, file)?),
        FileKind::CashReceipts => all.receipts = all.take(read_file(&bytes, file)?),
    }
    Ok(all)
}

/// The open fees that the newest snapshot no longer holds: the registry withdrew them.
pub fn withdrawn<'a>(
    open: impl IntoIterator<Item = &'a RowKey>,
    snapshot: &[Fee],
) -> BTreeSet<RowKey> {
    let held: BTreeSet<RowKey> = snapshot.iter().map(Fee::key).collect();
    let fees = open.into_iter().filter(|key| key.side == Side::Fee);
    fees.filter(|key| !held.contains(key)).cloned().collect()
}

impl RegistryRows {
    fn take<T>(&mut self, file: FileRows<T>) -> Vec<T> {
        self.rejects = file.rejects;
        self.conflicts = file.conflicts;
        self.columns = file.columns;
        self.lines = file.lines;
        file.rows
    }
}

/// Where a file comes from.
pub(super) struct FileAt<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a SourceName,
    pub(super) day: Day,
}

impl FileAt<'_> {
    /// The error of the whole file.
    pub(super) fn fail(&self, error: FormatError) -> FileError {
        FileError {
            file: self.name.into(),
            error,
        }
    }

    /// A row that is none.
    pub(super) fn spoiled(&self, row: &Spoiled, side: Side, id: &str, amount: &str) -> Refused {
        let own = row.get(id).map(|id| stored(id.trim())).unwrap_or_default();
        let content = ids::content_id_of(&row.content);
        Refused {
            named: !own.is_empty(),
            reject: Reject {
                side,
                source: self.source.clone(),
                id: name_of(&own, &content),
                file: self.name.into(),
                line: row.line,
                column: row.column.into(),
                value: stored(&row.value).into(),
                code: row.code,
                amount: row.get(amount).and_then(|raw| Vnd::parse_digits(raw).ok()),
                business_date: self.day,
                spot: Spot::line(row.line),
            },
            content,
        }
    }

    fn refused(
        &self,
        row: Row<'_>,
        fault: Fault,
        side: Side,
        id: Column,
        amount: Column,
    ) -> Refused {
        let own = stored(row.get(id).trim());
        let content = ids::content_id(&row.known().collect::<Vec<_>>());
        Refused {
            named: !own.is_empty(),
            reject: Reject {
                side,
                source: self.source.clone(),
                id: name_of(&own, &content),
                file: self.name.into(),
                line: row.line,
                column: fault.column.into(),
                value: fault.value,
                code: fault.code,
                amount: Vnd::parse_digits(row.get(amount)).ok(),
                business_date: self.day,
                spot: Spot::line(row.line),
            },
            content,
        }
    }
}

/// The row's own id, or one made of its content.
fn name_of(own: &str, content: &str) -> Piece {
    Piece::from(if own.is_empty() { content } else { own })
}

/// What one file of one noun holds.
pub(super) struct FileRows<T> {
    pub(super) rows: Vec<T>,
    pub(super) rejects: Vec<Reject>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) columns: Columns,
    pub(super) lines: u64,
}

/// What the rows of one block, or of all, are.
struct Found<T> {
    rows: Vec<T>,
    /// The lines of the rows, where they matter: in a reject of a later version.
    lines: Vec<u64>,
    refused: Vec<Refused>,
    count: u64,
    unclosed: Option<u64>,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            lines: Vec::new(),
            refused: Vec::new(),
            count: 0,
            unclosed: None,
        }
    }
}

impl<T> Found<T> {
    /// Adds the next block.
    fn append(&mut self, mut next: Self) {
        self.rows.append(&mut next.rows);
        self.lines.append(&mut next.lines);
        self.refused.append(&mut next.refused);
        self.count += next.count;
        self.unclosed = self.unclosed.or(next.unclosed);
    }
}

/// Reads a file of one noun.
pub(super) fn read_file<T: RegistryRow>(
    content: &impl Content,
    file: &FileAt<'_>,
) -> Result<FileRows<T>, FileError> {
    let (columns, found) = read_blocks::<T>(content, file).map_err(|error| file.fail(error))?;
    let (mut rows, mut refused) = (found.rows, found.refused);
    let conflicts = one_a_key(&mut rows, found.lines, file, &mut refused);
    // only a receipt is identified by its id alone, as its refused twin is
    let ids = rows
        .iter()
        .filter(|_| T::SIDE == Side::Receipt && !refused.is_empty());
    let taken: BTreeSet<_> = ids.map(|row| row.key().id).collect();
    Ok(FileRows {
        rows,
        conflicts,
        rejects: ids::settle_refused(refused, |id| taken.contains(id)),
        columns,
        lines: found.count,
    })
}

/// Reads the blocks of a file side by side.
fn read_blocks<T: RegistryRow>(
    content: &impl Content,
    file: &FileAt<'_>,
) -> Result<(Columns, Found<T>), FormatError> {
    let layout = const { &T::LAYOUT };
    let (size, source) = content.open()?;
    let mut blocks = Blocks::new(source, BLOCK, Limits::TEXT);
    let (table, first) = Table::open(&mut blocks, size, layout, Limits::TEXT)?;
    let mut all = Found::default();
    let first_bytes = first.bytes.len();
    let reader = || {
        let (columns, mut texts) = (T::columns(&table), Texts::default());
        let (table, mut room) = (&table, 0);
        move |block: &Block| {
            let mut found = Found::default();
            found.rows.reserve(room);
            read_block(table, &columns, &mut texts, block, file, &mut found);
            room = found.rows.len() + found.rows.len() / 8;
            found
        }
    };
    blocks.each(first, reader, |found: Found<T>| {
        if all.rows.is_empty() {
            make_room(&mut all.rows, found.rows.len(), first_bytes, size);
        }
        all.append(found);
    })?;
    match all.unclosed {
        Some(line) => Err(FormatError::UnclosedQuote { line }),
        None => Ok((Columns::new(table.present()), all)),
    }
}

/// Makes room for the rows of a file of `size` bytes whose first block holds so many: a list that
/// grows leaves holes behind.
pub(super) fn make_room<T>(rows: &mut Vec<T>, first_rows: usize, first_bytes: usize, size: u64) {
    let blocks = usize::try_from(size).unwrap_or(0) / first_bytes.max(1);
    let room = first_rows.saturating_mul(blocks + 1 + blocks / 50);
    // without it the list grows as it must
    let _room = rows.try_reserve_exact(room);
}

fn read_block<T: RegistryRow>(
    table: &Table,
    columns: &T::Columns,
    texts: &mut Texts,
    block: &Block,
    file: &FileAt<'_>,
    found: &mut Found<T>,
) {
    let (id, amount) = (table.column(T::ID), table.column(T::AMOUNT));
    let mut lines = table.rows(block);
    while let Some(line) = lines.next_line() {
        match line {
            Line::Spoiled(row) => {
                let refused = file.spoiled(&row, T::SIDE, T::ID, T::AMOUNT);
                found.refused.push(refused);
            }
            Line::Row(row) => match T::read(row, columns, texts) {
                Ok(noun) => {
                    found.rows.push(noun);
                    if !T::CONFLICTS {
                        found.lines.push(row.line);
                    }
                }
                Err(fault) => {
                    let refused = file.refused(row, fault, T::SIDE, id, amount);
                    found.refused.push(refused);
                }
            },
        }
    }
    texts.end_block();
    found.count = lines.count();
    found.unclosed = lines.unclosed();
}

/// One row an identity; see the head of this file.
pub(super) fn one_a_key<T: RegistryRow>(
    rows: &mut Vec<T>,
    mut lines: Vec<u64>,
    file: &FileAt<'_>,
    refused: &mut Vec<Refused>,
) -> Vec<Conflict> {
    if let Some(order) = sorting::order_of(rows, T::prefix, T::cmp_key) {
        lines = order
            .iter()
            .filter_map(|from| lines.get(sorting::at(*from)).copied())
            .collect();
        sorting::permute(rows, order);
    }
    let mut conflicts = Vec::new();
    let twins = sorting::twins(rows, |a, b| a.cmp_key(b).is_eq());
    for range in &twins {
        let versions = versions_in(rows, range.clone());
        let Some((kept, others)) = versions.split_first() else {
            continue;
        };
        if T::CONFLICTS && !others.is_empty() {
            let others: Vec<&T> = others.iter().map(|at| &rows[*at]).collect();
            conflicts.push(versions::conflict(&rows[*kept], &others, file.day));
        } else {
            let line = |at: usize| lines.get(at).copied().unwrap_or(0);
            let later = others
                .iter()
                .map(|at| repeated(line(*at), &rows[*at], file));
            refused.extend(later);
        }
        rows.swap(range.start, *kept);
    }
    sorting::keep_first(rows, &twins);
    conflicts
}

/// The places of the different versions in a range, the smallest content first, equal ones once.
fn versions_in<T: RegistryRow>(rows: &[T], range: Range<usize>) -> Vec<usize> {
    let first = range.start;
    let mut places: Vec<usize> = range
        .filter(|at| *at == first || rows[*at] != rows[first])
        .collect();
    let content = |at: &usize| versions::content(&rows[*at]);
    places.sort_by_cached_key(content);
    places.dedup_by(|b, a| content(b) == content(a));
    places
}

/// A later version of an order or an agency.
fn repeated<T: RegistryRow>(line: u64, row: &T, file: &FileAt<'_>) -> Refused {
    let id = row.key().id;
    Refused {
        named: true,
        content: ids::content_id_of(versions::content(row).as_bytes()),
        reject: Reject {
            side: T::SIDE,
            source: file.source.clone(),
            file: file.name.into(),
            line,
            column: T::ID.into(),
            value: (*id).into(),
            code: RejectCode::RepeatedId,
            amount: (!T::AMOUNT.is_empty()).then(|| row.amount()),
            business_date: file.day,
            spot: Spot::line(line),
            id,
        },
    }
}
